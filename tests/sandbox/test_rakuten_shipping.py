"""updateOrderShipping and its asynchronous companions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import Shop, codes

FULL = {"deliveryCompany": "1001", "shippingNumber": "000011112222", "shippingDate": "2026-04-10"}
PREFIX = "UPDATE_ORDERSHIPPING"


def records(shop: Shop, number: str) -> list[dict[str, Any]]:
    """Return the shipping records of the first package, as getOrder gives them."""
    order = shop.get(number)["OrderModelList"][0]
    held = order["PackageModelList"][0]["ShippingModelList"]
    assert isinstance(held, list)
    return held


def test_a_record_without_an_id_is_appended_each_time(shop: Shop) -> None:
    """Sending it twice makes two."""
    number = shop.to_ship()
    first, second = shop.ship(number, FULL), shop.ship(number, FULL)
    assert codes(first) == codes(second) == [f"{PREFIX}_INFO_101"]
    ids = [one["MessageModelList"][0]["shippingDetailId"] for one in (first, second)]
    assert [one["shippingDetailId"] for one in records(shop, number)] == ids
    assert ids[0] != ids[1]
    assert shop.fake.effective(number, "added") == shop.fake.shipment_records(number) == 2
    assert records(shop, number)[0] == {
        "shippingDetailId": ids[0],
        "shippingNumber": "000011112222",
        "deliveryCompany": "1001",
        "deliveryCompanyName": "ヤマト運輸",
        "shippingDate": "2026-04-10",
    }


def test_a_record_with_an_id_is_updated(shop: Shop) -> None:
    """What is absent or null stays, what is empty is erased."""
    number = shop.to_ship(plan="blank")
    detail = records(shop, number)[0]["shippingDetailId"]
    answer = shop.ship(number, {**FULL, "shippingDetailId": detail})
    assert codes(answer) == [f"{PREFIX}_INFO_102"]
    told = {"shippingDetailId": detail, "shippingNumber": None, "shippingDate": ""}
    shop.ship(number, told)
    held = records(shop, number)
    assert len(held) == 1
    assert held[0]["shippingNumber"] == "000011112222"
    assert held[0]["deliveryCompany"] == "1001"
    assert held[0]["shippingDate"] is None
    assert shop.fake.effective(number, "updated") == 2


def test_a_record_can_be_deleted(shop: Shop) -> None:
    """By its id."""
    number = shop.to_ship(plan="blank")
    detail = records(shop, number)[0]["shippingDetailId"]
    answer = shop.ship(number, {"shippingDetailId": detail, "shippingDeleteFlag": 1})
    assert codes(answer) == [f"{PREFIX}_INFO_103"]
    assert records(shop, number) == []
    assert shop.fake.effective(number, "deleted") == 1


def test_the_least_that_is_taken_is_a_carrier(shop: Shop) -> None:
    """As in the portal's sample."""
    number = shop.to_ship()
    shop.ship(number, {"deliveryCompany": "1001"})
    assert records(shop, number)[0]["shippingNumber"] is None


def test_records_are_numbered_across_packages(shop: Shop) -> None:
    """From 1."""
    number = shop.to_ship(packages=2)
    baskets = [
        {"basketId": basket, "ShippingModelList": [FULL, FULL]}
        for basket in shop.fake.parcels(number)
    ]
    body = {"orderNumber": number, "BasketidModelList": baskets}
    answer = shop.ask("updateOrderShipping", body)
    assert [one["dataNumber"] for one in answer["MessageModelList"]] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({}, "009"),
        ({"shippingNumber": "1"}, "009"),
        ({"deliveryCompany": None}, "009"),
        ({"deliveryCompany": ""}, "010"),
        ({"deliveryCompany": "佐川急便"}, "011"),
        ({"deliveryCompany": 1001}, "011"),
        ({"deliveryCompany": "1032"}, "011"),
        ({**FULL, "shippingNumber": "1" * 121}, "011"),
        ({**FULL, "shippingNumber": "①"}, "011"),
        ({**FULL, "shippingNumber": "1\n"}, "011"),
        ({**FULL, "shippingNumber": 12}, "011"),
        ({**FULL, "shippingDate": "2026/04/10"}, "011"),
        ({**FULL, "shippingDate": "20260410"}, "011"),
        ({**FULL, "shippingDate": "2026-02-30"}, "011"),
        ({**FULL, "shippingDate": "2026-4-1"}, "011"),
        ({**FULL, "shippingDetailId": "1"}, "011"),
        ({**FULL, "shippingDetailId": 1}, "011"),
        ({**FULL, "shippingDeleteFlag": 1}, "009"),
        ({**FULL, "shippingDeleteFlag": 2}, "011"),
        ({**FULL, "trackingNumber": "1"}, "011"),
        ([], "011"),
    ],
)
def test_a_bad_record_is_refused_with_400(shop: Shop, record: object, code: str) -> None:
    """Nothing is written."""
    number = shop.to_ship()
    answer = shop.ship(number, record, status=400)
    assert codes(answer) == [f"{PREFIX}_ERROR_{code}"]
    assert records(shop, number) == []


def test_a_number_of_120_characters_is_taken(shop: Shop) -> None:
    """That is the limit."""
    shop.ship(shop.to_ship(), {**FULL, "shippingNumber": "1" * 120})


def test_one_bad_record_keeps_out_all_others_and_each_bad_one_is_named(shop: Shop) -> None:
    """All or nothing."""
    number = shop.to_ship()
    bad = {**FULL, "shippingDetailId": 5}
    worse = {**FULL, "shippingDetailId": 6}
    answer = shop.ship(number, FULL, bad, worse, status=400)
    assert [one["dataNumber"] for one in answer["MessageModelList"]] == [2, 3]
    assert records(shop, number) == []
    assert not shop.mall.hits[-1].took_effect


@pytest.mark.parametrize(
    "change",
    [
        {"BasketidModelList": None},
        {"BasketidModelList": {}},
        {"BasketIdModelList": []},
        {"BasketidModelList": [{"basketId": "5000000000", "ShippingModelList": [FULL]}]},
        {"BasketidModelList": [{"basketId": 1, "ShippingModelList": FULL}]},
        {"BasketidModelList": [{"basketId": 1, "ShippingModelList": []}]},
        {"BasketidModelList": [{"basketId": 1, "ShippingModelList": [FULL]}]},
        {"BasketidModelList": [{"basketId": 1, "ShippingModelList": [FULL]}] * 2},
        {"orderNumber": None},
    ],
)
def test_a_wrong_frame_is_refused_with_400(shop: Shop, change: dict[str, object]) -> None:
    """Spelling, lists and ids must be right."""
    body = {**shop.shipment(shop.to_ship(), FULL), **change}
    shop.ask("updateOrderShipping", body, 400)
    assert shop.fake.effective() == 0


def test_an_id_may_be_named_only_once(shop: Shop) -> None:
    """Twice is refused."""
    number = shop.to_ship(plan="blank")
    record = {**FULL, "shippingDetailId": records(shop, number)[0]["shippingDetailId"]}
    assert len(codes(shop.ship(number, record, record, status=400))) == 2


def test_a_package_holds_twenty_records(shop: Shop) -> None:
    """In one request, and in all."""
    number = shop.to_ship()
    shop.ship(number, *[FULL] * 21, status=400)
    shop.ship(number, *[FULL] * 20)
    shop.ship(number, FULL, status=400)
    assert shop.fake.shipment_records(number) == 20


def test_a_deleted_package_takes_no_records(shop: Shop) -> None:
    """Its basket is not known any more."""
    number, gone = next(
        (number, int(package["basketId"]))
        for number in shop.fake.orders
        for package in shop.get(number)["OrderModelList"][0]["PackageModelList"]
        if package["packageDeleteFlag"]
    )
    shop.fake.set_progress(number, 300)
    baskets = [{"basketId": gone, "ShippingModelList": [FULL]}]
    body = {"orderNumber": number, "BasketidModelList": baskets}
    assert codes(shop.ask("updateOrderShipping", body, 400)) == [f"{PREFIX}_ERROR_011"]


@pytest.mark.parametrize("progress", [100, 200, 400, 500, 600, 700])
def test_only_what_waits_to_be_shipped_can_be_reported(shop: Shop, progress: int) -> None:
    """Unless the settings allow more."""
    number = shop.fake.place()[0]
    shop.fake.set_progress(number, progress)
    assert codes(shop.ship(number, FULL)) == [f"{PREFIX}_ERROR_101"]
    shop.fake.settings.shippable = frozenset({progress})  # type: ignore[arg-type]  # any number will do
    shop.ship(number, FULL)
    assert shop.fake.effective(number) == 1


def test_an_unknown_order_cannot_be_reported(shop: Shop) -> None:
    """The body says so."""
    body = {**shop.shipment(shop.to_ship(), FULL), "orderNumber": "none"}
    assert codes(shop.ask("updateOrderShipping", body)) == [f"{PREFIX}_ERROR_101"]


def batch(shop: Shop, *bodies: object) -> Any:
    """Send a batch and return its answer."""
    return shop.ask("updateOrderShippingAsync", {"OrderShippingModelList": list(bodies)})


def results(shop: Shop, request_id: str) -> list[dict[str, Any]]:
    """Return what came of a batch."""
    answer = shop.ask("getResultUpdateOrderShippingAsync", {"requestId": request_id})
    held = answer["ResultShippingModelList"]
    assert isinstance(held, list)
    return held


NOT_READY = ["GET_RESULT_UPDATEORDERSHIPPING_ASYNC_INFO_101"]


def test_a_batch_takes_effect_later_and_each_order_on_its_own(shop: Shop) -> None:
    """Nothing is known of it until then."""
    good, gone = shop.to_ship(), shop.fake.in_progress(900)[0]
    answer = batch(shop, shop.shipment(good, FULL), shop.shipment(gone, FULL))
    assert codes(answer) == [f"{PREFIX}_ASYNC_INFO_101"]
    request_id = answer["MessageModelList"][0]["requestId"]
    assert request_id.endswith("_20260410120000")
    assert shop.mall.hits[-1].took_effect
    assert shop.fake.effective() == 0
    waiting = results(shop, request_id)
    assert codes(waiting[0]) == NOT_READY
    assert "orderNumber" not in waiting[0]
    shop.mall.clock.advance(5)
    done = {one["orderNumber"]: codes(one) for one in results(shop, request_id)}
    assert done == {good: [f"{PREFIX}_INFO_101"], gone: [f"{PREFIX}_ERROR_102"]}
    assert shop.fake.effective() == shop.fake.effective(good) == 1


def test_an_order_cancelled_before_the_batch_is_worked_through_is_not_reported(
    shop: Shop,
) -> None:
    """The look is taken when the work is done."""
    number = shop.to_ship()
    request_id = batch(shop, shop.shipment(number, FULL))["MessageModelList"][0]["requestId"]
    shop.fake.cancel(number)
    shop.mall.clock.advance(5)
    assert codes(results(shop, request_id)[0]) == [f"{PREFIX}_ERROR_102"]


def test_a_batch_without_delay_takes_effect_at_once(shop: Shop) -> None:
    """For tests that do not want to wait."""
    shop.fake.settings.async_delay = timedelta()
    request_id = batch(shop, shop.shipment(shop.to_ship(), FULL))["MessageModelList"][0][
        "requestId"
    ]
    assert shop.fake.effective() == 1
    assert codes(results(shop, request_id)[0]) == [f"{PREFIX}_INFO_101"]


def test_what_is_in_no_order_shows_only_in_the_result(shop: Shop) -> None:
    """A basket that does not exist is no matter of form."""
    body = shop.shipment(shop.to_ship(), FULL)
    body["BasketidModelList"][0]["basketId"] = 1
    request_id = batch(shop, body)["MessageModelList"][0]["requestId"]
    shop.mall.clock.advance(5)
    assert codes(results(shop, request_id)[0]) == [f"{PREFIX}_ERROR_011"]


@pytest.mark.parametrize(
    "record", [{**FULL, "shippingDate": "2026/04/10"}, {**FULL, "shippingDeleteFlag": 1}]
)
def test_bad_form_is_told_at_once_with_200_and_without_an_id(
    shop: Shop, record: dict[str, object]
) -> None:
    """Unlike the synchronous call."""
    answer = batch(shop, shop.shipment(shop.to_ship(), record))
    assert answer["MessageModelList"][0]["messageType"] == "ERROR"
    assert "requestId" not in answer["MessageModelList"][0]
    shop.mall.clock.advance(60)
    assert shop.fake.effective() == 0


def test_an_order_may_be_named_once_in_a_batch(shop: Shop) -> None:
    """Twice is an error for all."""
    body = shop.shipment(shop.to_ship(), FULL)
    assert codes(batch(shop, body, body)) == [f"{PREFIX}_ASYNC_ERROR_011"]


def test_a_batch_holds_a_hundred_orders(shop: Shop) -> None:
    """One more is an error for all."""
    body = shop.shipment(shop.to_ship(), FULL)
    bodies = [{**body, "orderNumber": f"none-{at}"} for at in range(101)]
    assert codes(batch(shop, *bodies)) == [f"{PREFIX}_ASYNC_ERROR_011"]
    assert codes(batch(shop, *bodies[1:])) == [f"{PREFIX}_ASYNC_INFO_101"]


def test_unknown_and_forgotten_batches_look_unfinished(shop: Shop) -> None:
    """Results are kept 30 days."""
    assert codes(results(shop, "none")[0]) == NOT_READY
    request_id = batch(shop, shop.shipment(shop.to_ship(), FULL))["MessageModelList"][0][
        "requestId"
    ]
    shop.mall.clock.advance(timedelta(days=30))
    assert codes(results(shop, request_id)[0]) == [f"{PREFIX}_INFO_101"]
    shop.mall.clock.advance(1)
    assert codes(results(shop, request_id)[0]) == NOT_READY


def test_a_result_is_asked_for_by_its_id(shop: Shop) -> None:
    """Without one it is 009."""
    answer = shop.ask("getResultUpdateOrderShippingAsync", {}, 400)
    assert codes(answer) == ["GET_RESULT_UPDATEORDERSHIPPING_ASYNC_ERROR_009"]
