"""The reads: lists of both versions, claims, and one order by its number (qoo10.md §6, §10)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from random import Random
from types import MappingProxyType

from attrs import frozen

from mallsync.sandbox.fakes.qoo10 import forms
from mallsync.sandbox.fakes.qoo10.codes import ClaimStatus, Status, Why
from mallsync.sandbox.fakes.qoo10.columns import CLAIM, SINGLE, V2, V3
from mallsync.sandbox.fakes.qoo10.life import Line
from mallsync.sandbox.fakes.qoo10.messages import Answer, Call, refusal, result
from mallsync.sandbox.fakes.qoo10.state import State
from mallsync.sandbox.world import JsonObject

__all__ = ["get_claims", "get_list_v2", "get_list_v3", "get_one"]


@frozen
class _Names:
    """Name the parameters of one version; those of the other are unknown to it."""

    status: str
    start: str
    end: str
    condition: str


_V2 = _Names("ShippingStat", "search_Sdate", "search_Edate", "search_condition")
_V3 = _Names("ShippingStatus", "SearchStartDate", "SearchEndDate", "SearchCondition")
_CLAIMS = _Names("ClaimStat", "search_Sdate", "search_Edate", "search_condition")

_NEW = frozenset({Status.UNPAID, Status.REQUESTED, Status.CONFIRMED})
# Nothing and "0" mean 1 to 3 (one source: 1 and 2); there is no word for all of them (§6.1).
_STATUSES: Mapping[str, frozenset[Status]] = MappingProxyType(
    {"": _NEW, "0": _NEW, **{str(int(one)): frozenset({one}) for one in Status}}
)
# The statuses that have such a date at all; a wish for none of them is refused (§5, §6.1).
_FITTING: Mapping[str, frozenset[Status]] = MappingProxyType(
    {
        "1": frozenset(Status),
        "2": frozenset(Status) - {Status.UNPAID},
        "3": frozenset({Status.ON_DELIVERY, Status.DELIVERED}),
        "4": frozenset({Status.DELIVERED}),
    }
)
_DATES: Mapping[str, Callable[[Line], int]] = MappingProxyType(
    {
        "1": lambda line: line.ordered,
        "2": lambda line: line.paid,
        "3": lambda line: line.shipped,
        "4": lambda line: line.delivered,
    }
)
_CLAIM_DATES: Mapping[str, Callable[[Line], int]] = MappingProxyType(
    {
        "1": lambda line: line.ordered,
        "2": lambda line: line.claim.requested if line.claim else 0,
        "3": lambda line: line.claim.completed if line.claim else 0,
    }
)
_CLAIM_STATUSES = frozenset(str(int(one)) for one in ClaimStatus)


def get_list_v2(state: State, call: Call) -> Answer:
    """Answer GetShippingInfo_v2 with every line that fits, unsorted and in one piece."""
    return _list(state, call, _V2, V2)


def get_list_v3(state: State, call: Call) -> Answer:
    """Answer GetShippingInfo_v3, which names its parameters and its fields otherwise."""
    return _list(state, call, _V3, V3)


def _list(state: State, call: Call, names: _Names, columns: Mapping[str, str]) -> Answer:
    period = _period(state, call, names)
    if isinstance(period, Why):
        return refusal(call, period)
    statuses = _STATUSES.get(call.form.get(names.status, ""))
    if statuses is None:
        return refusal(call, Why.STATUS)
    # left out, it probably means the date of the order (qoo10.md §16)
    condition = call.form.get(names.condition) or "1"
    if statuses.isdisjoint(_FITTING.get(condition, ())):
        return refusal(call, Why.CONDITION)
    date = _DATES[condition]
    found = [
        line
        for line in _within(state, call, period, condition)
        if line.listed and line.status in statuses and _inside(date(line), period)
    ]
    return _rows(state, call, found, columns)


def get_claims(state: State, call: Call) -> Answer:
    """Answer GetClaimInfo_V3 with the lines that have a claim."""
    period = _period(state, call, _CLAIMS)
    if isinstance(period, Why):
        return refusal(call, period)
    status = call.form.get(_CLAIMS.status, "")
    # "A" for all of them stands in one source only (qoo10.md §16)
    if status and status not in _CLAIM_STATUSES:
        return refusal(call, Why.STATUS)
    condition = call.form.get(_CLAIMS.condition) or "1"
    date = _CLAIM_DATES.get(condition)
    if date is None:
        return refusal(call, Why.CONDITION)
    found = [
        line
        for line in _within(state, call, period, condition)
        if line.claim
        and status in ("", str(int(line.claim.status)))
        and _inside(date(line), period)
    ]
    return _rows(state, call, found, CLAIM)


def get_one(state: State, call: Call) -> Answer:
    """Answer GetShippingAndClaimInfoByOrderNo_V2, which shows cancelled lines, too."""
    number = call.form.get("OrderNo", "")
    if not forms.is_number(number):
        return refusal(call, Why.NUMBER)
    if number in call.refused:
        return Answer(payload={"ResultObject": None, **result(int(call.refused[number]))})
    line = state.lines.get(number)
    if line is None:
        return refusal(call, Why.STRANGER if number in state.strangers else Why.UNKNOWN)
    return _rows(state, call, [line], SINGLE)


def _period(state: State, call: Call, names: _Names) -> tuple[int, int] | Why:
    start, end = call.form.get(names.start, ""), call.form.get(names.end, "")
    return forms.period(start, end, whole_last_day=state.settings.whole_last_day)


def _inside(moment: int, period: tuple[int, int]) -> bool:
    return bool(moment) and period[0] <= moment <= period[1]


def _within(state: State, call: Call, period: tuple[int, int], condition: str) -> list[Line]:
    # What is older cannot be had again: one shop's experience (qoo10.md §16).
    oldest = call.now - int(state.settings.horizon.total_seconds())
    start = max(oldest, period[0] if condition == "1" else 0)
    return state.between(start, period[1])


def _rows(state: State, call: Call, found: Iterable[Line], columns: Mapping[str, str]) -> Answer:
    lines = list(found)
    Random(len(lines)).shuffle(lines)  # nobody promises an order
    if not lines:
        return Answer(payload={**_nothing(call), **result(0)})
    return Answer(payload={"ResultObject": state.documents(lines, columns), **result(0)})


_NOTHING: tuple[JsonObject, ...] = ({"ResultObject": []}, {"ResultObject": None}, {})


def _nothing(call: Call) -> JsonObject:
    """Return one of the three ways to say nothing, the same to the same question (§4)."""
    question = "&".join(sorted(call.form.values())).encode()
    return _NOTHING[zlib.crc32(question) % len(_NOTHING)]
