"""What a seller may change at Qoo10: tracking numbers, planned dates, cancellations."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from mallsync.sandbox.fakes.qoo10 import Status
from tests.sandbox.conftest import NOW, Seller

SEND = "ShippingBasic.SetSendingInfo"
SEND_BULK = "ShippingBasic.SetSendingInfoBulk"
CHECK = "ShippingBasic.SetSellerCheckYN_V2"
CHECK_BULK = "ShippingBasic.SetSellerCheckYNBulk"
CANCEL = "Claim.SetCancelProcess"
STRANGER = "1899999901"


def shipment(number: str, **other: object) -> dict[str, object]:
    """Return a row of a bulk report."""
    return {"OrderNo": number, "ShippingCorp": "ゆうパック", "TrackingNo": "0000", **other}


def planned(seller: Seller, *rows: dict[str, object]) -> Any:
    """Confirm several lines."""
    return seller.ask(CHECK_BULK, SendPlanDtInfoJson=json.dumps(rows))


def codes(answer: Any, name: str = "contr_no") -> dict[str, int]:
    """Return the code of each row of a bulk answer, in the order of the numbers."""
    rows = answer["ResultObject"]
    return {str(row[name]): row["result_cd"] for row in sorted(rows, key=lambda one: one[name])}


@pytest.mark.parametrize("status", [2, 3])
def test_a_tracking_number_moves_a_line_to_on_delivery(seller: Seller, status: int) -> None:
    """Straight from where it is; the day is the mall's own."""
    number = seller.free(status)
    answer = seller.ask(SEND, OrderNo=number, ShippingCorp="佐川急便", TrackingNo="000011112222")
    assert {"ResultCode": 0, "ResultMsg": "SUCCESS"} == answer
    assert seller.mall.hits[-1].took_effect
    row = seller.get(number)
    assert "On delivery(4)" == row["shippingStatus"]
    assert ("佐川急便", "000011112222") == (row["deliveryCompany"], row["trackingNo"])
    assert f"{NOW:%Y-%m-%d %H:%M:%S}" == row["shippingDate"]
    assert 1 == seller.fake.effective(number) == seller.fake.effective(kind="shipped")


def test_each_line_of_a_cart_is_reported_by_itself(seller: Seller) -> None:
    """The others stay where they are."""
    (cart,) = seller.fake.place(lines=3)
    first, *others = seller.fake.lines_of(cart)
    assert 0 == seller.send(first)
    assert {Status.REQUESTED} == {seller.fake.line(number).status for number in others}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"OrderNo": ""}, -10001),
        ({"OrderNo": "1900000011,1900000012"}, -10001),
        ({"OrderNo": STRANGER}, -10004),
        ({"OrderNo": "9999999999"}, -10004),
        ({"ShippingCorp": ""}, -10002),
        ({"TrackingNo": ""}, -10003),
        ({"ShippingCorp": "気球便"}, -10100),
        ({"ShippingCorp": "ヤ" * 201}, -10100),
        ({"TrackingNo": "0" * 51}, -10100),
        ({"TrackingNo": "0000,1111"}, -10100),
        ({"TrackingNo": " 0000"}, -10100),
    ],
)
def test_a_bad_report_is_refused(seller: Seller, form: dict[str, str], code: int) -> None:
    """Each fault has its number, and nothing changes."""
    number = seller.free()
    good = {"OrderNo": number, "ShippingCorp": "ゆうパック", "TrackingNo": "0000"}
    assert code == seller.ask(SEND, **(good | form))["ResultCode"]
    assert 0 == seller.fake.effective()
    assert not seller.mall.hits[-1].took_effect


def test_the_lines_own_carrier_is_always_known(seller: Seller) -> None:
    """Whatever the seller has called it; any text can be allowed."""
    label = "見本運送"
    number, other = seller.fake.lines_of(seller.fake.place(lines=2)[0])
    seller.fake.edit(number, DeliveryCompany=label)
    seller.fake.edit(other, DeliveryCompany="ゆうパック")
    assert 0 == seller.send(number, label)
    assert -10100 == seller.send(other, label)
    seller.fake.settings.any_carrier = True
    assert 0 == seller.send(other, label)


@pytest.mark.parametrize("status", [1, 4, 5])
def test_a_line_that_does_not_wait_for_shipment_is_refused(seller: Seller, status: int) -> None:
    """Unpaid, or shipped already: what the mall does is not known."""
    assert -10010 == seller.send(seller.free(status))


def test_a_second_report_is_refused_or_taken(seller: Seller) -> None:
    """A test can choose; the books count both."""
    number = seller.free()
    assert [0, -10010] == [seller.send(number), seller.send(number)]
    seller.fake.settings.overwrites = True
    assert 0 == seller.send(number, tracking="333344445555")
    assert "333344445555" == seller.get(number)["trackingNo"]
    assert 2 == seller.fake.effective(number)


@pytest.mark.parametrize("pending", [True, False])
def test_a_line_that_is_being_cancelled_is_refused(seller: Seller, pending: bool) -> None:
    """Whether the cancellation is settled or only asked for."""
    number = seller.free()
    seller.fake.cancel(number, pending=pending)
    assert -10010 == seller.send(number)


def test_a_bulk_report_tells_of_each_row(seller: Seller) -> None:
    """The envelope says success whatever became of them, in no order."""
    (cart,) = seller.fake.place(lines=6)
    numbers = seller.fake.lines_of(cart)
    seller.fake.cancel(numbers[1])
    answer = seller.send_bulk(*(shipment(number) for number in [*numbers, STRANGER]))
    assert (0, "SUCCESS") == (answer["ResultCode"], answer["ResultMsg"])
    expected = dict.fromkeys(numbers, 0) | {numbers[1]: -10010, STRANGER: -10004}
    assert expected == codes(answer)
    listed = [str(row["contr_no"]) for row in answer["ResultObject"]]
    assert listed != [*numbers, STRANGER]
    row = answer["ResultObject"][0]
    assert {"contr_no", "result_cd", "transc_nm", "ResultCode", "ResultMsg"} == row.keys()
    assert "ゆうパック" == row["transc_nm"]
    assert row["result_cd"] == row["ResultCode"]
    assert 5 == seller.fake.effective(kind="shipped")


def test_a_bulk_of_one_row_is_answered_without_a_list(seller: Seller) -> None:
    """The guide prints it so; lists can be had always."""
    answer = seller.send_bulk(shipment(seller.free()))
    assert 0 == answer["ResultObject"]["result_cd"]
    seller.fake.settings.single_row_is_object = False
    answer = seller.send_bulk(shipment("1,2", TrackingNo=None))
    assert [(0, -10001)] == [(one["contr_no"], one["result_cd"]) for one in answer["ResultObject"]]


def test_a_line_that_is_in_a_bulk_twice_is_reported_once(seller: Seller) -> None:
    """The second row comes too late; numbers may be bare."""
    number = seller.free()
    rows = shipment(number), shipment(number, OrderNo=int(number))
    answer = seller.send_bulk(*rows)
    assert [-10010, 0] == sorted(row["result_cd"] for row in answer["ResultObject"])
    assert 1 == seller.fake.effective(number)


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1]", "[{]", "null"])
def test_what_is_no_list_of_rows_is_refused_as_a_whole(seller: Seller, text: str) -> None:
    """There is nothing to answer row by row."""
    assert -10001 == seller.ask(SEND_BULK, ShippingInfoJson=text)["ResultCode"]
    assert -10001 == seller.ask(CHECK_BULK, SendPlanDtInfoJson=text)["ResultCode"]


def test_five_hundred_rows_are_the_most(seller: Seller) -> None:
    """One more, and none is taken."""
    number = seller.free()
    rows = [shipment(number), *(shipment(STRANGER) for _ in range(499))]
    assert -10011 == seller.send_bulk(*rows, shipment(STRANGER))["ResultCode"]
    assert 0 == seller.fake.effective()
    assert 500 == len(seller.send_bulk(*rows)["ResultObject"])


def test_scripted_order_errors_strike_single_rows(seller: Seller) -> None:
    """The others are reported; without names it strikes all of a request."""
    (cart,) = seller.fake.place(lines=3)
    numbers = seller.fake.lines_of(cart)
    rows = [shipment(number) for number in numbers]
    seller.mall.fail_next("ORDER_ERRORS", operation=SEND_BULK, orders=numbers[:1], code=-10100)
    expected = {numbers[0]: -10100, numbers[1]: 0, numbers[2]: 0}
    assert expected == codes(seller.send_bulk(*rows))
    seller.mall.fail_next("ORDER_ERRORS", operation=SEND)
    assert -10010 == seller.send(numbers[0])
    assert 0 == seller.send(numbers[0])


def test_an_order_can_be_cancelled_in_between(seller: Seller) -> None:
    """Just before the request, so that whoever looked first looked too early."""
    (cart,) = seller.fake.place(lines=2)
    first, second = seller.fake.lines_of(cart)
    seller.mall.fail_next("CANCELLED_BETWEEN", operation=SEND_BULK, orders=[second, "unknown"])
    assert {first: 0, second: -10010} == codes(seller.send_bulk(shipment(first), shipment(second)))
    assert not seller.fake.line(second).listed
    (number,) = seller.fake.lines_of(seller.fake.place()[0])
    seller.mall.fail_next("CANCELLED_BETWEEN")
    assert -10010 == seller.send(number)


def test_confirming_moves_a_line_and_keeps_the_planned_date(seller: Seller) -> None:
    """Who polls new orders alone does not see it again."""
    number = seller.free()
    more = {"EstShipDt": "20260415", "DelayType": "1", "DelayMemo": "入荷待ち"}
    assert {"ResultCode": 0, "ResultMsg": "SUCCESS"} == seller.ask(CHECK, OrderNo=number, **more)
    assert number in seller.listed("3")
    assert number not in seller.listed("2")
    row = seller.get(number)
    assert row["EstShippingDate"].startswith("2026-04-15")
    assert ("1", "入荷待ち") == (row["DelayType"], row["DelayMemo"])
    assert 1 == seller.fake.effective(number, "confirmed")


def test_a_planned_date_is_told_with_a_time_or_without(seller: Seller) -> None:
    """Both forms are told of."""
    lengths = set()
    for cart in seller.fake.place(20):
        (number,) = seller.fake.lines_of(cart)
        seller.ask(CHECK, OrderNo=number, EstShipDt="20260415")
        lengths.add(len(seller.get(number)["EstShippingDate"]))
    assert {10, 19} == lengths


def test_a_single_line_may_be_confirmed_without_a_date(seller: Seller) -> None:
    """As was seen live; the bulk call insists on one."""
    (cart,) = seller.fake.place(lines=2)
    first, second = seller.fake.lines_of(cart)
    assert 0 == seller.ask(CHECK, OrderNo=first)["ResultCode"]
    assert "Seller confirm(3)" == seller.get(first)["shippingStatus"]
    seller.fake.settings.single_row_is_object = False
    assert {second: -10016} == codes(planned(seller, {"OrderNo": second}), "cont_no")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"OrderNo": "1900000011,1900000012"}, -10001),
        ({"OrderNo": STRANGER}, -10001),
        ({"OrderNo": "9999999999"}, -10001),
        ({"EstShipDt": "2026-04-15"}, -10100),
        ({"EstShipDt": "20260230"}, -10100),
        ({"EstShipDt": "20260410"}, -10018),
        ({"EstShipDt": "20260511"}, -10017),
        ({"DelayType": "5"}, -10100),
        ({"DelayMemo": "x" * 1001}, -10100),
    ],
)
def test_a_bad_confirmation_is_refused(seller: Seller, form: dict[str, str], code: int) -> None:
    """Alone and in bulk, with the same numbers."""
    number = seller.free()
    good = {"OrderNo": number, "EstShipDt": "20260415"}
    assert code == seller.ask(CHECK, **(good | form))["ResultCode"]
    answer = planned(seller, {**good, **form})
    assert code == answer["ResultObject"]["result_cd"]
    assert {"cont_no", "result_cd", "ResultCode", "ResultMsg"} == answer["ResultObject"].keys()
    assert 0 == seller.fake.effective()


@pytest.mark.parametrize(("status", "code"), [(1, -10013), (3, -10012), (4, -10013), (5, -10013)])
def test_only_a_requested_line_can_be_confirmed(seller: Seller, status: int, code: int) -> None:
    """Again is an error of its own."""
    form = {"OrderNo": seller.free(status), "EstShipDt": "20260415"}
    assert code == seller.ask(CHECK, **form)["ResultCode"]


def test_a_line_that_is_being_cancelled_cannot_be_confirmed(seller: Seller) -> None:
    """The seller has to answer the claim."""
    number = seller.free()
    seller.fake.cancel(number, pending=True)
    assert -10013 == seller.ask(CHECK, OrderNo=number)["ResultCode"]


@pytest.mark.parametrize("status", [2, 3])
@pytest.mark.parametrize("pending", [True, False])
def test_a_seller_cancels_a_line(seller: Seller, status: int, pending: bool) -> None:
    """It vanishes at once, and the claim is settled two minutes later."""
    number = seller.free(status)
    if pending:
        seller.fake.cancel(number, pending=True)
    form = {"ContrNo": number, "CancelReason": "1", "SellerMemo": "見本"}
    assert 0 == seller.ask(CANCEL, **form)["ResultCode"]
    assert number not in seller.listed(str(status))
    assert ("2", "注文変更") == tuple(
        seller.get(number)[name] for name in ("claimStatus", "reason")
    )
    assert -10004 == seller.ask(CANCEL, **form)["ResultCode"]
    seller.mall.clock.advance(timedelta(minutes=2))
    assert "3" == seller.get(number)["claimStatus"]
    assert 1 == seller.fake.effective(number, "cancelled")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"ContrNo": "1900000011,1900000012"}, -10001),
        ({"ContrNo": "9999999999"}, -10002),
        ({"ContrNo": STRANGER}, -10003),
        ({"CancelReason": "4"}, -10001),
        ({"SellerMemo": "x" * 1001}, -10001),
    ],
)
def test_a_bad_cancellation_is_refused(seller: Seller, form: dict[str, str], code: int) -> None:
    """Each fault has its number."""
    good = {"ContrNo": seller.free()}
    assert code == seller.ask(CANCEL, **(good | form))["ResultCode"]
    assert 0 == seller.fake.effective()


@pytest.mark.parametrize("status", [1, 4, 5])
def test_a_line_that_is_unpaid_or_shipped_cannot_be_cancelled(seller: Seller, status: int) -> None:
    """Only what waits for shipment can."""
    assert -10004 == seller.ask(CANCEL, ContrNo=seller.free(status))["ResultCode"]


def test_a_scripted_error_strikes_a_cancellation(seller: Seller) -> None:
    """It names the order as ContrNo."""
    number = seller.free()
    seller.mall.fail_next("ORDER_ERRORS", operation=CANCEL, orders=[number], code=-10004)
    assert -10004 == seller.ask(CANCEL, ContrNo=number)["ResultCode"]
    assert seller.fake.line(number).claim is None
