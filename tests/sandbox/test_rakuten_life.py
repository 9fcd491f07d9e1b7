"""How orders move on: by the clock, by the shop, by the buyer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mallsync.sandbox.world import JST
from tests.sandbox.conftest import NOW, Shop, codes, stamp

FULL = {"deliveryCompany": "1001", "shippingNumber": "000011112222", "shippingDate": "2026-04-10"}


def order_of(shop: Shop, number: str) -> Any:
    """Return an order as getOrder gives it."""
    return shop.get(number)["OrderModelList"][0]


def keep_key_alive(shop: Shop) -> None:
    """Make the key as young as the clock."""
    shop.fake.license.issued_at = shop.mall.clock.now()


def test_an_order_that_nobody_confirms_is_cancelled_after_14_days(shop: Shop) -> None:
    """To the second."""
    number = shop.fake.place()[0]
    shop.mall.clock.advance(timedelta(days=14, seconds=-1))
    assert order_of(shop, number)["orderProgress"] == 100
    shop.mall.clock.advance(1)
    assert order_of(shop, number)["orderProgress"] == 900


def test_a_confirmed_order_is_processed_by_the_mall_and_then_waits_to_be_shipped(
    shop: Shop,
) -> None:
    """The moments are written down, and the 14 days no longer count."""
    number = shop.fake.place()[0]
    assert codes(shop.ask("confirmOrder", {"orderNumberList": [number]})) == [
        "CONFIRM_ORDER_INFO_101"
    ]
    order = order_of(shop, number)
    assert (order["orderProgress"], order["shopOrderCfmDatetime"]) == (200, stamp(NOW))
    assert order["orderFixDatetime"] is None
    shop.mall.clock.advance(timedelta(minutes=10))
    order = order_of(shop, number)
    assert order["orderProgress"] == 300
    assert order["orderFixDatetime"] == stamp(NOW + timedelta(minutes=10))
    shop.mall.clock.advance(timedelta(days=30))
    assert shop.fake.record(number).progress == 300


def test_the_mall_may_pass_or_stop_an_order_at_once(shop: Shop) -> None:
    """Its check has two ends."""
    good, bad = shop.fake.place(2)
    shop.ask("confirmOrder", {"orderNumberList": [good, bad]})
    shop.fake.pay_check(good)
    shop.fake.pay_check(bad, passed=False)
    assert shop.fake.record(good).progress == 300
    assert shop.fake.record(bad).progress == 900


@pytest.mark.parametrize(("progress", "code"), [(300, "103"), (900, "102"), (800, "102")])
def test_only_what_waits_for_it_can_be_confirmed(shop: Shop, progress: int, code: str) -> None:
    """HTTP says 200; the message names the order."""
    number = shop.fake.place()[0]
    shop.fake.set_progress(number, progress)
    answer = shop.ask("confirmOrder", {"orderNumberList": [number]})
    assert codes(answer) == [f"CONFIRM_ORDER_ERROR_{code}"]
    assert answer["MessageModelList"][0]["orderNumber"] == number
    assert shop.fake.record(number).progress == progress


def test_a_shipped_order_moves_on_in_the_nightly_run(shop: Shop) -> None:
    """It stays in 300 until five past midnight, then the money follows."""
    number = shop.to_ship()
    shop.ship(number, FULL)
    night = datetime(2026, 4, 11, 0, 5, tzinfo=JST)
    shop.mall.clock.set(night - timedelta(seconds=1))
    assert order_of(shop, number)["orderProgress"] == 300
    shop.mall.clock.set(night)
    order = order_of(shop, number)
    assert (order["orderProgress"], order["shippingCmplRptDatetime"]) == (500, stamp(night))
    shop.mall.clock.advance(timedelta(days=1))
    assert shop.fake.record(number).progress == 600
    shop.mall.clock.advance(timedelta(days=2))
    assert shop.fake.record(number).progress == 700


def test_a_late_look_finds_the_moments_as_if_someone_had_watched(shop: Shop) -> None:
    """What was due happens in its order, at its time."""
    number = shop.to_ship()
    shop.ship(number, FULL)
    shop.mall.clock.advance(timedelta(days=20))
    order = order_of(shop, number)
    assert order["orderProgress"] == 700
    assert order["shippingCmplRptDatetime"] == "2026-04-11T00:05:00+0900"


@pytest.mark.parametrize("name", ["shippingNumber", "shippingDate"])
def test_an_incomplete_record_keeps_the_order(shop: Shop, name: str) -> None:
    """Carrier, number and date are all needed."""
    number = shop.to_ship()
    shop.ship(number, {**FULL, name: ""})
    shop.mall.clock.advance(timedelta(days=3))
    assert shop.fake.record(number).progress == 300


def test_a_blank_extra_record_keeps_the_order(shop: Shop) -> None:
    """Although the other record is complete; filling it lets the order go."""
    number = shop.to_ship(plan="blank")
    shop.ship(number, FULL)
    shop.mall.clock.advance(timedelta(days=3))
    assert shop.fake.record(number).progress == 300
    blank = next(iter(shop.fake.parcels(number).values()))[0]
    shop.ship(number, {**FULL, "shippingDetailId": blank.detail_id})
    shop.mall.clock.advance(timedelta(days=1))
    assert shop.fake.record(number).progress == 500


def test_one_package_alone_does_not_let_the_order_go(shop: Shop) -> None:
    """Every live package counts."""
    number = shop.to_ship(packages=2)
    shop.ship(number, FULL)
    shop.mall.clock.advance(timedelta(days=3))
    assert shop.fake.record(number).progress == 300


def test_orders_reported_today_are_among_those_to_ship(shop: Shop) -> None:
    """They go in the next run; who does not look ships them twice."""
    number = shop.to_ship(plan="reported")
    assert all(one.complete for held in shop.fake.parcels(number).values() for one in held)
    shop.mall.clock.advance(timedelta(days=1))
    assert shop.fake.record(number).progress == 500


def test_a_buyer_can_cancel_in_between(shop: Shop) -> None:
    """The report comes too late and changes nothing."""
    number = shop.to_ship()
    shop.fake.cancel(number)
    assert codes(shop.ship(number, FULL)) == ["UPDATE_ORDERSHIPPING_ERROR_102"]
    assert shop.fake.effective() == 0
    assert not shop.mall.hits[-1].took_effect


def test_a_cancellation_may_be_pending(shop: Shop) -> None:
    """It is settled a little later."""
    number = shop.to_ship()
    shop.fake.cancel(number, pending=True)
    assert shop.fake.record(number).progress == 800
    shop.mall.clock.advance(timedelta(minutes=2))
    assert shop.fake.record(number).progress == 900


CANCEL = {"inventoryRestoreType": 0, "changeReasonDetailApply": 1}


@pytest.mark.parametrize("progress", [100, 200, 300, 400, 500, 600, 700, 800, 900])
def test_each_of_the_two_cancellations_has_its_time(shop: Shop, progress: int) -> None:
    """Before the shipment the one, after it the other."""
    goals = {}
    for operation in ("cancelOrder", "cancelOrderAfterShipping"):
        number = shop.fake.place()[0]
        shop.fake.set_progress(number, progress)
        shop.ask(operation, {"orderNumber": number, **CANCEL})
        goals[operation] = int(shop.fake.record(number).progress)
    assert goals == {
        "cancelOrder": 800 if progress < 400 else progress,
        "cancelOrderAfterShipping": 900 if progress > 400 else progress,
    }


@pytest.mark.parametrize("operation", ["cancelOrder", "cancelOrderAfterShipping"])
@pytest.mark.parametrize("more", [{"inventoryRestoreType": 3}, {"changeReasonDetailApply": 7}])
def test_a_cancellation_needs_known_reasons(
    shop: Shop, operation: str, more: dict[str, int]
) -> None:
    """Others are refused as a whole."""
    number = next(iter(shop.fake.orders))
    answer = shop.ask(operation, {"orderNumber": number, **CANCEL, **more}, 400)
    assert answer["MessageModelList"][0]["messageType"] == "ERROR"


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("confirmOrder", {}),
        ("updateOrderSubStatus", {}),
        ("cancelOrder", CANCEL),
        ("updateOrderMemo", {"memo": "x"}),
        ("updateOrderRemarks", {"remarks": "x"}),
    ],
)
def test_an_unknown_order_is_an_error_in_the_body(
    shop: Shop, operation: str, more: dict[str, object]
) -> None:
    """HTTP says 200."""
    lists = operation in {"confirmOrder", "updateOrderSubStatus"}
    named = {"orderNumberList": ["none"]} if lists else {"orderNumber": "none"}
    answer = shop.ask(operation, {**named, **more})
    assert answer["MessageModelList"][0]["messageType"] == "ERROR"
    assert not shop.mall.hits[-1].took_effect


def test_a_memo_changes_what_is_told_and_keeps_the_rest(shop: Shop) -> None:
    """Empty erases."""
    number = shop.to_ship()
    told = {
        "memo": "見本〜メモ～\n二行目",
        "operator": "見本",
        "mailPlugSentence": "御礼",
        "deliveryDate": "2026-04-20",
        "shippingTerm": 1416,
        "deliveryClass": 2,
        "subStatusId": 32,
    }
    shop.ask("updateOrderMemo", {"orderNumber": number, **told})
    order = order_of(shop, number)
    assert order["DeliveryModel"]["deliveryClass"] == 2
    assert (order["subStatusId"], order["subStatusName"]) == (32, "出荷準備中")
    for name in ("memo", "operator", "mailPlugSentence", "deliveryDate", "shippingTerm"):
        assert order[name] == told[name]
    shop.ask("updateOrderMemo", {"orderNumber": number, "memo": "", "operator": None})
    order = order_of(shop, number)
    assert (order["memo"], order["operator"]) == (None, "見本")


@pytest.mark.parametrize(
    "more",
    [
        {"memo": "x" * 1001},
        {"memo": "①"},
        {"memo": "髙"},
        {"memo": "🎁"},
        {"memo": "ﾊﾝｶｸ"},
        {"memo": "\x07"},
        {"operator": "1234567"},
        {"operator": "a\nb"},
        {"mailPlugSentence": "x" * 1025},
        {"deliveryDate": "2026/04/20"},
        {"deliveryDate": "2026-02-30"},
        {"shippingTerm": 1614},
        {"shippingTerm": "1416"},
        {"deliveryClass": 9},
        {"subStatusId": 99},
    ],
)
def test_a_memo_that_breaks_a_limit_is_refused_as_a_whole(
    shop: Shop, more: dict[str, object]
) -> None:
    """Nothing of it is kept."""
    number = shop.to_ship()
    answer = shop.ask("updateOrderMemo", {"orderNumber": number, "memo": "x", **more}, 400)
    assert codes(answer) == ["UPDATE_ORDERMEMO_ERROR_011"]
    assert order_of(shop, number)["memo"] is None


def test_remarks_and_gift_flag_can_be_changed(shop: Shop) -> None:
    """One of the two is needed."""
    number = shop.to_ship()
    shop.ask("updateOrderRemarks", {"orderNumber": number, "giftCheck": 1, "remarks": "見本"})
    order = order_of(shop, number)
    assert (order["giftCheckFlag"], order["remarks"]) == (1, "見本")
    answer = shop.ask("updateOrderRemarks", {"orderNumber": number})
    assert codes(answer) == ["UPDATE_ORDERREMARKS_ERROR_009"]


def test_a_sub_status_can_be_set_and_cleared(shop: Shop) -> None:
    """Only one that belongs to where the order stands."""
    number = shop.to_ship()
    name = "updateOrderSubStatus"
    shop.ask(name, {"orderNumberList": [number], "subStatusId": 31})
    assert order_of(shop, number)["subStatusName"] == "入荷待ち"
    wrong = shop.ask(name, {"orderNumberList": [number], "subStatusId": 51})
    assert codes(wrong) == ["UPDATE_ORDERSUBSTATUS_ERROR_102"]
    shop.ask(name, {"orderNumberList": [number], "subStatusId": None})
    assert order_of(shop, number)["subStatusId"] is None
    shop.fake.cancel(number)
    gone = shop.ask(name, {"orderNumberList": [number], "subStatusId": 31})
    assert codes(gone) == ["UPDATE_ORDERSUBSTATUS_ERROR_101"]


def test_a_batch_may_end_differently_for_each_order(shop: Shop) -> None:
    """One message each, in the order asked."""
    good = shop.to_ship()
    gone = shop.fake.in_progress(900)[0]
    body = {"orderNumberList": [gone, good], "subStatusId": 31}
    answer = shop.ask("updateOrderSubStatus", body)
    assert [one["messageType"] for one in answer["MessageModelList"]] == ["ERROR", "INFO"]
    assert shop.mall.hits[-1].took_effect


def test_orders_of_every_progress_are_there_at_the_start(shop: Shop) -> None:
    """Their moments fit where they stand."""
    seen = set()
    for record in shop.fake.orders.values():
        seen.add(int(record.progress))
        assert record.ordered <= record.confirmed or not record.confirmed
        assert bool(record.reported) == (record.progress in {500, 600, 700})
        assert bool(record.paid) == (record.progress == 700)
    assert seen == {100, 200, 300, 400, 500, 600, 700, 800, 900}
