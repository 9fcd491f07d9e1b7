"""searchOrder: what it takes, what it finds, and how it pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import NOW, Shop, codes, stamp

ALL = {"requestRecordsAmount": 1000}


def found(shop: Shop, **more: Any) -> list[str]:
    """Return the numbers that a search finds on one page."""
    numbers = shop.search(PaginationRequestModel=ALL, **more)["orderNumberList"]
    assert isinstance(numbers, list)
    return numbers


@pytest.mark.parametrize("name", ["dateType", "startDatetime", "endDatetime"])
def test_a_missing_or_null_key_is_009(shop: Shop, name: str) -> None:
    """The payload keys are null then."""
    answer = shop.search(400, **{name: None})
    assert codes(answer) == ["SEARCH_ORDER_ERROR_009"]
    assert answer["orderNumberList"] is None
    assert answer["PaginationResponseModel"] is None


@pytest.mark.parametrize("name", ["startDatetime", "endDatetime", "deliveryName"])
def test_an_empty_text_is_010(shop: Shop, name: str) -> None:
    """It is there but says nothing."""
    assert codes(shop.search(400, **{name: ""})) == ["SEARCH_ORDER_ERROR_010"]


def test_an_empty_list_is_010(shop: Shop) -> None:
    """The same for lists."""
    assert codes(shop.search(400, orderProgressList=[])) == ["SEARCH_ORDER_ERROR_010"]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-04-01T00:00:00+09:00",
        "2026-04-01T00:00:00",
        "2026-04-01 00:00:00+0900",
        "2026/04/01T00:00:00+0900",
        "20260401T000000+0900",
        "2026-04-01T00:00:00.000+0900",
        "2026-04-01T00:00:00Z",
        "2026-04-01T00:00:00+0000",
        "2026-04-01",
        "2026-02-30T00:00:00+0900",
        "２０２６-04-01T00:00:00+0900",
        1775000000,
    ],
)
def test_any_other_form_of_a_moment_is_011(shop: Shop, moment: object) -> None:
    """Only +0900 without a colon, to the second, is taken."""
    assert codes(shop.search(400, startDatetime=moment)) == ["SEARCH_ORDER_ERROR_011"]


@pytest.mark.parametrize(
    "more",
    [
        {"dateType": 7},
        {"dateType": "1"},
        {"dateType": True},
        {"orderProgressList": [300, 301]},
        {"orderProgressList": 300},
        {"orderProgressList": ["300"]},
        {"orderTypeList": [2]},
        {"settlementMethod": 99},
        {"shippingNumberBlankFlag": 2},
        {"deliveryName": 1},
        {"deliveryName": "x" * 256},
        {"requestPage": 1},
        {"orderprogresslist": [300]},
        {"PaginationRequestModel": []},
        {"PaginationRequestModel": {"requestRecordsAmount": 1001}},
        {"PaginationRequestModel": {"requestRecordsAmount": 0}},
        {"PaginationRequestModel": {"requestPage": 0}},
        {"PaginationRequestModel": {"sortModelList": []}},
        {"PaginationRequestModel": {"SortModelList": [{"sortColumn": 2}]}},
        {"searchKeywordType": 2, "searchKeyword": "x" * 128},
    ],
)
def test_what_is_not_documented_is_011(shop: Shop, more: dict[str, object]) -> None:
    """Wrong types, values and keys, mis-cased or misplaced ones too."""
    assert codes(shop.search(400, **more)) == ["SEARCH_ORDER_ERROR_011"]


def test_every_problem_is_told_at_once(shop: Shop) -> None:
    """One message each."""
    assert len(codes(shop.search(400, dateType=9, startDatetime="", nonsense=1))) == 3


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        (timedelta(days=63), timedelta(), 200),
        (timedelta(days=63, seconds=1), timedelta(), 400),
        (timedelta(days=730), timedelta(days=700), 200),
        (timedelta(days=730, seconds=1), timedelta(days=700), 400),
        (timedelta(days=1), timedelta(days=2), 400),
    ],
)
def test_the_window_is_at_most_63_days_within_the_last_730(
    shop: Shop, start: timedelta, end: timedelta, status: int
) -> None:
    """The borders themselves are taken."""
    shop.search(status, startDatetime=stamp(NOW - start), endDatetime=stamp(NOW - end))


def test_sub_status_minus_one_needs_a_progress(shop: Shop) -> None:
    """Without one it is 009; with one it finds the orders that have no sub-status."""
    assert codes(shop.search(400, subStatusIdList=[-1])) == ["SEARCH_ORDER_ERROR_009"]
    number = shop.to_ship()
    shop.ask("updateOrderSubStatus", {"orderNumberList": [number], "subStatusId": 31})
    without = found(shop, subStatusIdList=[-1], orderProgressList=[300])
    assert number not in without
    assert found(shop, subStatusIdList=[31]) == [number]


@pytest.mark.parametrize("more", [{"searchKeywordType": 1}, {"searchKeyword": "見本"}])
def test_a_keyword_and_its_type_need_each_other(shop: Shop, more: dict[str, object]) -> None:
    """One alone is 009."""
    assert codes(shop.search(400, **more)) == ["SEARCH_ORDER_ERROR_009"]


def test_null_keys_count_as_left_out(shop: Shop) -> None:
    """Documented samples have them."""
    assert found(shop, orderProgressList=None, shippingDateBlankFlag=None) == found(shop)


def test_no_hits_are_no_error_and_leave_the_pagination_null(shop: Shop) -> None:
    """All three values are null."""
    answer = shop.search(reserveNumber="none")
    assert answer["orderNumberList"] == []
    assert codes(answer) == ["SEARCH_ORDER_INFO_102"]
    names = ("totalRecordsAmount", "totalPages", "requestPage")
    assert answer["PaginationResponseModel"] == dict.fromkeys(names)


def test_pages_have_thirty_orders_newest_first_unless_asked(shop: Shop) -> None:
    """All pages together have each order once."""
    pages = [
        shop.search(PaginationRequestModel={"requestPage": page})["orderNumberList"]
        for page in range(1, 11)
    ]
    assert [len(page) for page in pages] == [30] * 10
    numbers = [number for page in pages for number in page]
    times = [shop.fake.orders[number].ordered for number in numbers]
    assert times == sorted(times, reverse=True)
    assert set(numbers) == set(shop.fake.orders)
    told = shop.search()["PaginationResponseModel"]
    assert told == {"totalRecordsAmount": 300, "totalPages": 10, "requestPage": 1}


def test_a_page_beyond_the_last_looks_like_no_hits(shop: Shop) -> None:
    """Nothing is told of the others."""
    answer = shop.search(PaginationRequestModel={"requestPage": 11})
    assert codes(answer) == ["SEARCH_ORDER_INFO_102"]


def test_the_sort_direction_turns_the_list(shop: Shop) -> None:
    """1 is oldest first."""
    sort = {"SortModelList": [{"sortColumn": 1, "sortDirection": 1}], **ALL}
    upward = shop.search(PaginationRequestModel=sort)["orderNumberList"]
    assert upward == found(shop)[::-1]


def test_no_order_beyond_the_cap_is_ever_reached(shop: Shop) -> None:
    """The total says nothing of the rest, unless told to."""
    shop.fake.settings.cap = 50
    answer = shop.search(PaginationRequestModel={"requestPage": 2})
    assert len(answer["orderNumberList"]) == 20
    assert answer["PaginationResponseModel"]["totalRecordsAmount"] == 50
    shop.fake.settings.truthful_total = True
    answer = shop.search(PaginationRequestModel={"requestPage": 3})
    assert answer["orderNumberList"] == []
    total = shop.search()["PaginationResponseModel"]["totalRecordsAmount"]
    assert total == 300


def test_both_ends_of_the_window_are_included(shop: Shop) -> None:
    """So windows that touch find an order twice."""
    number, record = next(iter(shop.fake.orders.items()))
    at = stamp(record.ordered_at)
    assert number in found(shop, startDatetime=at, endDatetime=at)


def test_orders_that_come_in_between_are_found_at_once(shop: Shop) -> None:
    """Pages shift under the reader's feet."""
    before = found(shop)
    new = shop.fake.place(2)
    assert set(found(shop)) - set(before) == set(new)
    assert {shop.fake.record(number).progress for number in new} == {100}


@pytest.mark.parametrize(
    ("date_type", "name"), [(2, "confirmed"), (3, "fixed"), (5, "reported"), (6, "paid")]
)
def test_a_date_type_looks_at_its_own_moment(shop: Shop, date_type: int, name: str) -> None:
    """Orders that have none are not found."""
    start = NOW - timedelta(days=20)
    numbers = found(shop, dateType=date_type, startDatetime=stamp(start))
    expected = {
        number
        for number, record in shop.fake.orders.items()
        if getattr(record, name) >= start.timestamp()
    }
    assert set(numbers) == expected
    assert expected


def test_date_type_4_looks_at_the_shipping_dates(shop: Shop) -> None:
    """One parcel of that day is enough."""
    number = shop.to_ship()
    shop.ship(number, {"deliveryCompany": "1001", "shippingDate": "2026-04-25"})
    day = {"startDatetime": "2026-04-25T00:00:00+0900", "endDatetime": "2026-04-25T23:59:59+0900"}
    assert found(shop, dateType=4, **day) == [number]


def test_a_search_by_progress_finds_just_those(shop: Shop) -> None:
    """Several may be asked for."""
    numbers = found(shop, orderProgressList=[100, 300])
    assert sorted(numbers) == sorted(shop.fake.in_progress(100) + shop.fake.in_progress(300))


@pytest.mark.parametrize(
    ("flag", "name"), [("shippingDateBlankFlag", "date"), ("shippingNumberBlankFlag", "number")]
)
def test_the_blank_flags_find_orders_without_any(shop: Shop, flag: str, name: str) -> None:
    """An order of which one parcel is told is no longer among them."""
    numbers = set(found(shop, orderProgressList=[300], **{flag: 1}))
    for number in shop.fake.in_progress(300):
        held = [one for parcels in shop.fake.parcels(number).values() for one in parcels]
        assert (number in numbers) is not any(getattr(one, name) for one in held)


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"settlementMethod": 2}, ("SettlementModel", "settlementMethodCode", 2)),
        ({"deliveryName": "コンビニ受取"}, ("DeliveryModel", "deliveryName", "コンビニ受取")),
        ({"asurakuFlag": 1}, (None, "asurakuFlag", 1)),
        ({"oneDayOperationFlag": 1}, (None, "oneDayOperationFlag", 1)),
        ({"orderTypeList": [4]}, (None, "orderType", 4)),
    ],
)
def test_a_filter_looks_at_its_field(
    shop: Shop, more: dict[str, object], path: tuple[str | None, str, object]
) -> None:
    """All that it finds have the value, and it finds all of them."""
    model, name, value = path
    expected = set()
    for number in shop.fake.orders:
        order = shop.fake.document(number)
        held = order if model is None else order[model]
        if isinstance(held, dict) and held[name] == value:
            expected.add(number)
    assert set(found(shop, **more)) == expected
    assert expected


def test_orders_are_found_by_coupon_phone_mail_and_keyword(shop: Shop) -> None:
    """Each of the filters narrows the list."""
    used = found(shop, couponUseFlag=1)
    assert 0 < len(used) < 300
    orderer = shop.fake.document(used[0])["OrdererModel"]
    assert isinstance(orderer, dict)
    assert found(shop, ordererMailAddress=orderer["emailAddress"]) == [used[0]]
    phone = "-".join(str(orderer[f"phoneNumber{at}"] or "") for at in (1, 2, 3))
    assert used[0] in found(shop, phoneNumber=phone, phoneNumberType=1)
    assert used[0] in found(shop, searchKeywordType=4, searchKeyword=orderer["familyName"])
