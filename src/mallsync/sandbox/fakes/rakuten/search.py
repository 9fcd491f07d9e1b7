"""searchOrder (wire facts §2.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from mallsync.sandbox.fakes.rakuten import checks
from mallsync.sandbox.fakes.rakuten.checks import BAD, MISSING, Check, Key, Problem
from mallsync.sandbox.fakes.rakuten.codes import Progress
from mallsync.sandbox.fakes.rakuten.life import Record
from mallsync.sandbox.fakes.rakuten.messages import Answer, Call, message, refusal
from mallsync.sandbox.fakes.rakuten.state import State, packages_of
from mallsync.sandbox.world import JST, JsonObject

__all__ = ["SEARCH", "search_order"]

_FLAG = Key(checks.one_of(0, 1))
_LONGEST = int(timedelta(days=63).total_seconds())
_OLDEST = int(timedelta(days=730).total_seconds())
_KEYWORD_LIMITS = (0, 1024, 127, 1000, 254, 254, 254, 40, 96, 400)
_METHODS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 16, 17, 21, 27)

_SORT = checks.object_of(
    {
        "sortColumn": Key(checks.one_of(1), required=True),
        "sortDirection": Key(checks.one_of(1, 2)),
    }
)
_PAGINATION = checks.object_of(
    {
        "requestRecordsAmount": Key(checks.integer(1, 1000)),
        "requestPage": Key(checks.integer(1)),
        "SortModelList": Key(checks.list_of(_SORT, 1)),
    }
)

SEARCH: Check = checks.object_of(
    {
        "orderProgressList": Key(checks.list_of(checks.one_of(*map(int, Progress)))),
        "subStatusIdList": Key(checks.list_of(checks.integer(-1))),
        "dateType": Key(checks.integer(1, 6), required=True),
        "startDatetime": Key(checks.moment, required=True),
        "endDatetime": Key(checks.moment, required=True),
        "orderTypeList": Key(checks.list_of(checks.one_of(1, 4, 5, 6))),
        "settlementMethod": Key(checks.one_of(*_METHODS)),
        "deliveryName": Key(checks.text(255)),
        "shippingDateBlankFlag": _FLAG,
        "shippingNumberBlankFlag": _FLAG,
        "searchKeywordType": Key(checks.integer(0, 9)),
        "searchKeyword": Key(checks.text(1024)),
        "mailSendType": Key(checks.integer(0, 2)),
        "ordererMailAddress": Key(checks.text(255)),
        "phoneNumberType": Key(checks.one_of(1, 2)),
        "phoneNumber": Key(checks.text(20)),
        "reserveNumber": Key(checks.text(60)),
        "purchaseSiteType": Key(checks.integer(0, 4)),
        "asurakuFlag": _FLAG,
        "couponUseFlag": _FLAG,
        "drugFlag": _FLAG,
        "overseasFlag": _FLAG,
        "oneDayOperationFlag": _FLAG,
        "PaginationRequestModel": Key(_PAGINATION),
    }
)


def search_order(state: State, call: Call) -> Answer:
    """Answer with a page of order numbers."""
    problems = [*_window_problems(call), *_together(call.body)]
    if problems:
        return refusal(call.operation, problems)
    found = list(_matches(state, call.body))
    return _page(state, call, found)


def _window_problems(call: Call) -> Iterator[Problem]:
    start = checks.seconds(call.body["startDatetime"]) or 0
    end = checks.seconds(call.body["endDatetime"]) or 0
    if start < call.now - _OLDEST:
        yield Problem("startDatetime", BAD, "older than 730 days")
    if end < start:
        yield Problem("endDatetime", BAD, "before startDatetime")
    if end - start > _LONGEST:
        yield Problem("endDatetime", BAD, "more than 63 days after startDatetime")


def _together(body: JsonObject) -> Iterator[Problem]:
    unset = -1 in checks.as_list(body.get("subStatusIdList"))
    if unset and body.get("orderProgressList") is None:
        yield Problem("orderProgressList", MISSING, "needed with subStatusId -1")
    kind = body.get("searchKeywordType") or 0
    keyword = body.get("searchKeyword")
    if bool(kind) != bool(keyword):
        yield Problem("searchKeyword", MISSING, "keyword and type need each other")
    if kind and len(str(keyword)) > _KEYWORD_LIMITS[int(str(kind))]:
        yield Problem("searchKeyword", BAD, "too long for searchKeywordType")


def _matches(state: State, body: JsonObject) -> Iterator[str]:
    start = checks.seconds(body["startDatetime"]) or 0
    end = checks.seconds(body["endDatetime"]) or 0
    progress = set(checks.as_list(body.get("orderProgressList")))
    inside = _DATE_TYPES[int(str(body["dateType"]))]
    # no order does anything before it is placed
    for number in state.between(start if body["dateType"] == 1 else 0, end):
        record = state.orders[number]
        if progress and int(record.progress) not in progress:
            continue
        if inside(state, record, (start, end)) and _passes(state, number, body):
            yield number


def _passes(state: State, number: str, body: JsonObject) -> bool:
    asked = [name for name in _FILTERS if body.get(name) not in (None, 0)]
    return all(_FILTERS[name](state, number, body[name]) for name in asked)


_Inside = Callable[[State, Record, tuple[int, int]], bool]


def _at(name: str) -> _Inside:
    def inside(_state: State, record: Record, period: tuple[int, int]) -> bool:
        return bool(getattr(record, name)) and period[0] <= getattr(record, name) <= period[1]

    return inside


def _shipping_date(state: State, record: Record, period: tuple[int, int]) -> bool:
    first, last = (datetime.fromtimestamp(one, JST).date().isoformat() for one in period)
    parcels = state.parcels(record.number).values()
    return any(first <= one.date <= last for held in parcels for one in held if one.date)


_DATE_TYPES: Mapping[int, _Inside] = MappingProxyType(
    {
        1: _at("ordered"),
        2: _at("confirmed"),
        3: _at("fixed"),
        4: _shipping_date,
        5: _at("reported"),
        6: _at("paid"),
    }
)


def _field(*names: str) -> Callable[[State, str, object], bool]:
    def matches(state: State, number: str, value: object) -> bool:
        found: object = state.document(number)
        for name in names:
            found = checks.as_object(found).get(name)
        return found == value or (isinstance(value, list) and found in value)

    return matches


def _sub_status(state: State, number: str, value: object) -> bool:
    held = state.document(number)["subStatusId"]
    return (-1 if held is None else held) in checks.as_list(value)


def _no_date(state: State, number: str, _value: object) -> bool:
    return _none_told(state, number, "date")


def _no_number(state: State, number: str, _value: object) -> bool:
    return _none_told(state, number, "number")


def _none_told(state: State, number: str, name: str) -> bool:
    # an order of which one parcel is told is no longer one "without": the harder reading
    lists = state.parcels(number).values()
    return not any(getattr(one, name) for held in lists for one in held)


def _coupon_used(state: State, number: str, _value: object) -> bool:
    return bool(state.document(number)["CouponModelList"])


def _phone(state: State, number: str, value: object) -> bool:
    order = state.document(number)
    people = [order["OrdererModel"], *(one["SenderModel"] for one in packages_of(order))]
    parts = ("phoneNumber1", "phoneNumber2", "phoneNumber3")
    said = str(value).replace("-", "")
    return any(
        "".join(str(checks.as_object(one)[part] or "") for part in parts) == said for one in people
    )


def _keyword(state: State, number: str, value: object) -> bool:
    return str(value) in str(state.document(number))


_FILTERS: Mapping[str, Callable[[State, str, object], bool]] = MappingProxyType(
    {
        "subStatusIdList": _sub_status,
        "orderTypeList": _field("orderType"),
        "settlementMethod": _field("SettlementModel", "settlementMethodCode"),
        "deliveryName": _field("DeliveryModel", "deliveryName"),
        "shippingDateBlankFlag": _no_date,
        "shippingNumberBlankFlag": _no_number,
        "searchKeyword": _keyword,
        "ordererMailAddress": _field("OrdererModel", "emailAddress"),
        "phoneNumber": _phone,
        "reserveNumber": _field("reserveNumber"),
        "asurakuFlag": _field("asurakuFlag"),
        "couponUseFlag": _coupon_used,
        "drugFlag": _field("drugFlag"),
        "oneDayOperationFlag": _field("oneDayOperationFlag"),
    }
)


def _page(state: State, call: Call, found: list[str]) -> Answer:
    paging = checks.as_object(call.body.get("PaginationRequestModel"))
    amount = int(str(paging.get("requestRecordsAmount") or 30))
    page = int(str(paging.get("requestPage") or 1))
    sorting = checks.as_list(paging.get("SortModelList")) or [{}]
    if checks.as_object(sorting[0]).get("sortDirection") != 1:
        found.reverse()
    reachable = found[: state.settings.cap]
    total = len(found) if state.settings.truthful_total else len(reachable)
    numbers = reachable[(page - 1) * amount : page * amount]
    if not numbers:
        return _nothing(call)
    told = {
        "totalRecordsAmount": total,
        "totalPages": -(-total // amount),
        "requestPage": page,
    }
    return Answer(
        payload={
            "orderNumberList": numbers,
            "MessageModelList": [message(call.operation, "INFO_101")],
            "PaginationResponseModel": told,
        }
    )


def _nothing(call: Call) -> Answer:
    names = ("totalRecordsAmount", "totalPages", "requestPage")
    return Answer(
        payload={
            "orderNumberList": [],
            "MessageModelList": [message(call.operation, "INFO_102")],
            "PaginationResponseModel": dict.fromkeys(names),
        }
    )
