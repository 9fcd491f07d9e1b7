"""The lists of Qoo10: both versions, claims, and one order alone."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from mallsync.sandbox.fakes.qoo10 import Status
from tests.sandbox.conftest import NOW, Seller

V2 = "ShippingBasic.GetShippingInfo_v2"


def list_v2(seller: Seller, status: str = "2", **more: str) -> Any:
    """List the last 80 days in the words of v2."""
    form = {
        "ShippingStat": status,
        "search_Sdate": f"{NOW - timedelta(days=80):%Y%m%d}",
        "search_Edate": f"{NOW:%Y%m%d%H%M%S}",
        "search_condition": "1",
    }
    return seller.ask(V2, **(form | more))


def test_both_versions_tell_the_same_under_other_names(seller: Seller) -> None:
    """Amounts are written otherwise, too."""
    old = {row["orderNo"]: row for row in list_v2(seller)["ResultObject"]}
    new = {row["OrderNo"]: row for row in seller.list()["ResultObject"]}
    assert old.keys() == new.keys()
    assert len(old) > 20
    for number, row in old.items():
        other = new[number]
        assert "On request(2)" == row["shippingStatus"] == other["ShippingStatus"]
        assert row["hopeDate"] == other["DesiredDeliveryDate"]
        assert row["Cart_Discount_Qoo10"] == other["CartDiscountQoo10"]
        assert row["Addr1"] == other["Address1"]
        assert row["itemCode"] == other["ItemNo"]
        assert not {"Material", "AvailableSendType"} & row.keys()
        assert not {"PaymentNation", "cod_price", "shippingCountry"} & other.keys()


def test_each_version_has_its_way_with_amounts(seller: Seller) -> None:
    """Nobody knows which is true: 1980.0, 1980 or 1980.0000."""
    number = seller.free()
    total = seller.fake.document(number)["total"].amount  # type: ignore[attr-defined]  # of a document of objects
    seller.fake.cancel(seller.free(3))
    form = {"search_Sdate": f"{NOW - timedelta(days=80):%Y%m%d}", "search_Edate": f"{NOW:%Y%m%d}"}
    assert f'"total":{total}.0,' in seller.post(V2, {**form, "ShippingStat": "2"}).text
    assert isinstance(seller.list()["ResultObject"][0]["Total"], int)
    claims = seller.post("ShippingBasic.GetClaimInfo_V3", form).text
    assert ".0000," in claims
    single = seller.post(
        "ShippingBasic.GetShippingAndClaimInfoByOrderNo_V2", {"OrderNo": number}
    ).text
    assert f'"total":{total}.0,' in single
    seller.fake.settings.decimals[V2] = ".0000"
    assert f'"total":{total}.0000,' in seller.post(V2, {**form, "ShippingStat": "2"}).text


@pytest.mark.parametrize("status", ["1", "2", "3", "4", "5"])
def test_one_status_is_listed_at_a_time(seller: Seller, status: str) -> None:
    """The label has the digit in parentheses."""
    rows = seller.list(status)["ResultObject"]
    assert rows
    assert {status} == {row["ShippingStatus"][-2] for row in rows}
    assert {str(row["OrderNo"]) for row in rows} == set(seller.fake.in_status(int(status)))


@pytest.mark.parametrize("status", ["", "0"])
def test_without_a_status_the_new_ones_are_listed(seller: Seller, status: str) -> None:
    """These are 1 to 3; nothing stands for all."""
    assert seller.listed(status) == {*seller.listed("1"), *seller.listed("2"), *seller.listed("3")}
    assert not seller.listed(status) & seller.listed("5")


def test_everything_comes_at_once_in_no_order(seller: Seller) -> None:
    """Unknown parameters are ignored, Page among them."""
    rows = seller.list("5", Page="2", PageSize="10")["ResultObject"]
    numbers = [row["OrderNo"] for row in rows]
    assert len(numbers) > 200
    assert sorted(numbers) != numbers
    assert rows == seller.list("5")["ResultObject"]


@pytest.mark.parametrize("status", ["6", "A", "On request(2)", "2,3", " 2"])
def test_another_status_is_refused(seller: Seller, status: str) -> None:
    """Both versions say so."""
    assert -10003 == seller.list(status)["ResultCode"]
    assert -10003 == list_v2(seller, status)["ResultCode"]


@pytest.mark.parametrize(
    ("name", "status", "date"),
    [
        ("1", "1", "OrderDate"),
        ("2", "2", "PaymentDate"),
        ("2", "0", "PaymentDate"),
        ("3", "4", "ShippingDate"),
        ("3", "5", "ShippingDate"),
        ("4", "5", "DeliveredDate"),
    ],
)
def test_the_condition_says_which_date_counts(
    seller: Seller, name: str, status: str, date: str
) -> None:
    """Both ends of the period are inside it."""
    rows = seller.list(status, SearchCondition=name)["ResultObject"]
    moment = sorted(row[date] for row in rows)[len(rows) // 2]
    digits = "".join(character for character in moment if character.isdigit())
    exact = seller.list(status, SearchCondition=name, SearchStartDate=digits, SearchEndDate=digits)[
        "ResultObject"
    ]
    assert {moment} == {row[date] for row in exact}


@pytest.mark.parametrize(
    ("status", "condition"),
    [("1", "2"), ("2", "3"), ("0", "3"), ("3", "4"), ("4", "4"), ("2", "5"), ("2", "x")],
)
def test_a_date_that_the_status_cannot_have_is_refused(
    seller: Seller, status: str, condition: str
) -> None:
    """One source calls it -10004."""
    assert -10004 == seller.list(status, SearchCondition=condition)["ResultCode"]


def test_without_a_condition_the_order_date_counts(seller: Seller) -> None:
    """Probably; nobody says so."""
    assert seller.listed("5", SearchCondition="") == seller.listed("5")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", "20260410"),
        ("2026-04-01", "2026-04-10"),
        ("20260401", "202604100000"),
        ("20260230", "20260410"),
        ("20260401", "20260410250000"),
        ("20260410", "20260409"),
    ],
)
def test_a_bad_date_is_refused(seller: Seller, start: str, end: str) -> None:
    """Only 8 or 14 digits are dates, and the end is not before the start."""
    period = {"SearchStartDate": start, "SearchEndDate": end}
    assert -10001 == seller.list(**period)["ResultCode"]


def test_the_parameters_of_one_version_are_unknown_to_the_other(seller: Seller) -> None:
    """They are ignored, and the dates are missing."""
    form = {"search_Sdate": "20260401", "search_Edate": "20260410"}
    assert -10001 == seller.ask("ShippingBasic.GetShippingInfo_v3", **form)["ResultCode"]
    assert 0 == seller.ask(V2, **form)["ResultCode"]


def test_a_period_is_at_most_ninety_days(seller: Seller) -> None:
    """The first and the last count, too."""
    good = {"SearchStartDate": "20260111000000", "SearchEndDate": "20260410235959"}
    assert 0 == seller.list(**good)["ResultCode"]
    longer = {"SearchStartDate": "20260110235959", "SearchEndDate": "20260410000000"}
    assert -10002 == seller.list(**longer)["ResultCode"]
    period = {"search_Sdate": "20260101", "search_Edate": "20260410"}
    assert -10003 == seller.claims(**period)["ResultCode"]


def test_an_end_without_a_time_is_the_first_second_of_its_day(seller: Seller) -> None:
    """Who wants the day says 235959; the kinder reading can be chosen."""
    (cart,) = seller.fake.place()
    (number,) = seller.fake.lines_of(cart)
    day = f"{NOW:%Y%m%d}"
    assert number not in seller.listed(SearchEndDate=day)
    assert number in seller.listed(SearchEndDate=f"{day}235959")
    seller.fake.settings.whole_last_day = True
    assert number in seller.listed(SearchEndDate=day)


def test_orders_older_than_ninety_days_are_gone(seller: Seller) -> None:
    """From lists, by whatever date; a single order can still be had."""
    (cart,) = seller.fake.place()
    (number,) = seller.fake.lines_of(cart)
    seller.mall.clock.advance(timedelta(days=90))
    start = {"SearchStartDate": f"{NOW:%Y%m%d%H%M%S}"}
    end = {"SearchEndDate": f"{NOW + timedelta(days=1):%Y%m%d}"}
    assert number in seller.listed(**start, **end)
    seller.mall.clock.advance(1)
    assert number not in seller.listed(**start, **end)
    assert number not in seller.listed(**start, **end, SearchCondition="2")
    assert number == str(seller.get(number)["orderNo"])


def test_nothing_found_is_said_in_three_ways(seller: Seller) -> None:
    """An empty list, null, or no word; the same question gets the same answer."""
    answers = []
    for second in range(30):
        moment = f"202603010000{second:02d}"
        period = {"SearchStartDate": moment, "SearchEndDate": moment}
        answers.append(seller.list(**period))
        assert answers[-1] == seller.list(**period)
    assert {0} == {one["ResultCode"] for one in answers}
    assert {"[]", "None", "missing"} == {str(one.get("ResultObject", "missing")) for one in answers}


def test_a_cancelled_line_vanishes_from_lists_and_shows_as_a_claim(seller: Seller) -> None:
    """The other lines of its cart stay."""
    number = seller.free(size=3)
    cart = seller.fake.lines[number].cart
    others = {line.number for line in cart.lines} - {number}
    before = {one for status in "12345" for one in seller.listed(status)}
    seller.fake.cancel(number)
    after = {one for status in "12345" for one in seller.listed(status)}
    assert before - after == {number}
    assert others & before == others & after
    (row,) = [one for one in seller.claims()["ResultObject"] if str(one["orderNo"]) == number]
    assert "3" == row["claimStatus"]
    assert f"{NOW:%Y-%m-%d %H:%M:%S}" == row["requestDate"] == row["cancelRefundDate"]
    assert int(cart.number) == row["packNo"]
    assert {"trackingNo", "deliveryCompany", "currency", "paymentNation"} <= row.keys()


def test_a_cancellation_that_is_only_asked_for_leaves_the_line_in_the_list(seller: Seller) -> None:
    """Who does not look at claims ships it."""
    number = seller.free(3)
    seller.fake.cancel(number, pending=True)
    assert number in seller.listed("3")
    assert "1" == seller.get(number)["claimStatus"]


@pytest.mark.parametrize("condition", ["1", "2", "3"])
def test_claims_can_be_searched_by_three_dates(seller: Seller, condition: str) -> None:
    """Only what is settled has the third."""
    rows = seller.claims(search_condition=condition)["ResultObject"]
    kinds = Counter(row["claimStatus"] for row in rows)
    assert kinds["3"] > 20
    if condition == "3":
        assert {"3", "6", "14", "16"} >= set(kinds)
    else:
        assert {"1", "3", "4", "6", "16"} <= set(kinds)


def test_claims_of_one_status_can_be_asked_for(seller: Seller) -> None:
    """In bare digits; the word for all is nothing."""
    rows = seller.claims(ClaimStat="16")["ResultObject"]
    assert {"16"} == {row["claimStatus"] for row in rows}
    everything = seller.claims()["ResultObject"]
    assert len(everything) > len(rows)
    assert everything == seller.claims(ClaimStat="")["ResultObject"]


@pytest.mark.parametrize(
    "more",
    [{"ClaimStat": "A"}, {"ClaimStat": "7"}, {"search_condition": "4"}, {"search_Sdate": ""}],
)
def test_a_bad_search_for_claims_is_refused(seller: Seller, more: dict[str, str]) -> None:
    """The period has a number of its own for its length."""
    assert -10002 == seller.claims(**more)["ResultCode"]


def test_without_a_condition_claims_are_searched_by_order_date(seller: Seller) -> None:
    """As lists are."""
    by_order = seller.claims(search_condition="1")["ResultObject"]
    assert len(by_order) == len(seller.claims(search_condition="")["ResultObject"])


def test_one_order_is_told_in_a_third_casing(seller: Seller) -> None:
    """It has shipping and claim in one row, but neither postage nor relatives."""
    number = seller.free(4)
    row = seller.get(number)
    assert "On delivery(4)" == row["shippingStatus"]
    assert "" == row["claimStatus"]
    assert row["trackingNo"] == seller.fake.lines[number].tracking
    assert {"shippingDate", "deliveryCompany", "paymentNation", "currency"} <= row.keys()
    gone = {"Addr1", "Addr2", "ShippingRate", "SettlePrice", "RelatedOrder", "TrackingNo"}
    assert not gone & row.keys()
    assert "999-" in row["zipCode"]


def test_a_cancelled_order_can_be_had_by_its_number(seller: Seller) -> None:
    """It stands where it stood when it was cancelled; only the claim tells."""
    number = seller.free(3)
    seller.fake.cancel(number)
    row = seller.get(number)
    assert ("Seller confirm(3)", "3") == (row["shippingStatus"], row["claimStatus"])


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", -10002),
        ("1900000011,1900000012", -10002),
        ("abc", -10002),
        ("12345678", -10002),
        ("1899999901", -10003),
        ("9999999999", -10003),
    ],
)
def test_an_order_that_is_not_to_be_had_is_an_error(seller: Seller, number: str, code: int) -> None:
    """A stranger's order looks like none."""
    answer = seller.ask("ShippingBasic.GetShippingAndClaimInfoByOrderNo_V2", OrderNo=number)
    assert code == answer["ResultCode"]


def test_a_scripted_error_strikes_a_single_order(seller: Seller) -> None:
    """Once; then it is there again."""
    number = seller.free()
    operation = "ShippingBasic.GetShippingAndClaimInfoByOrderNo_V2"
    seller.mall.fail_next("ORDER_ERRORS", operation=operation, code=-10001)
    assert -10001 == seller.ask(operation, OrderNo=number)["ResultCode"]
    assert number == str(seller.get(number)["orderNo"])


def test_some_of_what_is_empty_is_null_or_missing(seller: Seller) -> None:
    """And the same each time."""
    rows = [row for status in Status for row in list_v2(seller, str(int(status)))["ResultObject"]]
    values = {repr(row.get("hopeDate")) for row in rows}
    assert {"''", "None", "'14:00~16:00'"} <= values
    assert {True, False} == {"OrderType" in row for row in rows}
    assert all("orderNo" in row and "PaymentDate" in row for row in rows)
    again = [row for status in Status for row in list_v2(seller, str(int(status)))["ResultObject"]]
    assert rows == again


def test_the_spelling_of_keys_can_be_chosen(seller: Seller) -> None:
    """Who reads keys without regard to case does not notice."""
    seller.fake.settings.spell = str.upper
    assert "SHIPPINGSTATUS" in seller.list()["ResultObject"][0]


def test_a_row_can_be_made_to_tell_anything(seller: Seller) -> None:
    """By the keys of v2."""
    number = seller.free()
    seller.fake.edit(number, total="1980.50", shippingStatus="On Waiting(1)")
    row = seller.get(number)
    assert ("1980.50", "On Waiting(1)") == (row["total"], row["shippingStatus"])
