"""The writes: tracking numbers, planned ship dates, cancellations (qoo10.md §7, §9, §10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from attrs import frozen

from mallsync.sandbox.fakes.qoo10 import forms
from mallsync.sandbox.fakes.qoo10.codes import CARRIERS, DONE, ClaimStatus, Status, Why
from mallsync.sandbox.fakes.qoo10.life import Line, stamp
from mallsync.sandbox.fakes.qoo10.messages import Answer, Call, result
from mallsync.sandbox.fakes.qoo10.state import State
from mallsync.sandbox.world import JsonObject

__all__ = ["cancel", "check", "check_bulk", "send", "send_bulk"]

_MOST_ROWS = 500
_LONGEST_CARRIER = 200
_LONGEST_TRACKING = 50
_LONGEST_MEMO = 1000
_DELAYS = frozenset({"", "1", "2", "3", "4"})
_REASONS = {"": "在庫切れ", "1": "注文変更", "2": "配送不可地域", "3": "配送遅延"}
_SENDABLE = frozenset({Status.REQUESTED, Status.CONFIRMED})
_SENT = frozenset({Status.ON_DELIVERY, Status.DELIVERED})

_Row = Mapping[str, str]
_Write = Callable[[State, Call, _Row], int]


def send(state: State, call: Call) -> Answer:
    """Answer SetSendingInfo."""
    return _single(_send(state, call, call.form))


def send_bulk(state: State, call: Call) -> Answer:
    """Answer SetSendingInfoBulk."""
    return _many(state, call, _Bulk("ShippingInfoJson", _send, "contr_no", carrier=True))


def check(state: State, call: Call) -> Answer:
    """Answer SetSellerCheckYN_V2."""
    return _single(_check(state, call, call.form))


def check_bulk(state: State, call: Call) -> Answer:
    """Answer SetSellerCheckYNBulk, which insists on a date and says cont_no, without an r."""
    return _many(state, call, _Bulk("SendPlanDtInfoJson", _check_dated, "cont_no"))


def cancel(state: State, call: Call) -> Answer:
    """Answer Claim.SetCancelProcess."""
    return _single(_cancel(state, call, call.form))


@frozen
class _Bulk:
    parameter: str
    write: _Write
    id_name: str
    carrier: bool = False


def _single(code: int) -> Answer:
    return Answer(payload=result(code), took_effect=code == DONE)


def _many(state: State, call: Call, bulk: _Bulk) -> Answer:
    asked = forms.rows(call.form.get(bulk.parameter, ""))
    if asked is None:
        return _single(call.code(Why.FORM))
    if len(asked) > _MOST_ROWS:
        return _single(call.code(Why.TOO_MANY))
    rows = [_row(row, bulk.write(state, call, row), bulk) for row in asked]
    done = any(row["result_cd"] == DONE for row in rows)
    Random(len(rows)).shuffle(rows)  # nobody promises the order asked
    flat = len(rows) == 1 and state.settings.single_row_is_object
    payload: JsonObject = {"ResultObject": rows[0] if flat else rows, **result(DONE)}
    return Answer(payload=payload, took_effect=done)


def _row(asked: _Row, code: int, bulk: _Bulk) -> JsonObject:
    # contr_no is almost certainly the order number; one source takes it for a place (qoo10.md §7)
    number = asked.get("OrderNo", "")
    named: JsonObject = {bulk.id_name: int(number) if forms.is_number(number) else 0}
    carrier: JsonObject = {"transc_nm": asked.get("ShippingCorp", "")} if bulk.carrier else {}
    return {**named, "result_cd": code, **carrier, **result(code)}


def _find(state: State, call: Call, number: str) -> Line | int:
    """Return the line, or the code of why there is none to be had."""
    if not forms.is_number(number):
        return call.code(Why.NUMBER)
    if number in call.refused:
        return int(call.refused[number])
    line = state.lines.get(number)
    if line is None:
        return call.code(Why.STRANGER if number in state.strangers else Why.UNKNOWN)
    return line


def _send(state: State, call: Call, row: _Row) -> int:
    line = _find(state, call, row.get("OrderNo", ""))
    if isinstance(line, int):
        return line
    why = _unsendable(state, line, row)
    if why is None:
        line.carrier, line.tracking = row["ShippingCorp"], row["TrackingNo"]
        state.move(line, Status.ON_DELIVERY, call.now)
        state.note("shipped", line, call.now)
    return call.code(why)


def _unsendable(state: State, line: Line, row: _Row) -> Why | None:
    carrier, tracking = row.get("ShippingCorp", ""), row.get("TrackingNo", "")
    if not carrier:
        return Why.NO_CARRIER
    if not tracking:
        return Why.NO_TRACKING
    known = carrier in CARRIERS or carrier == state.document_of(line)["DeliveryCompany"]
    too_long = len(carrier) > _LONGEST_CARRIER or len(tracking) > _LONGEST_TRACKING
    odd = tracking != tracking.strip() or "," in tracking  # one line, one parcel, one number
    if too_long or odd or not (known or state.settings.any_carrier):
        return Why.VALUE
    # from 2 it goes, too, seen live; what happens to 1, 4, 5 or a claim, nobody says (§7, §16)
    good = _SENDABLE | (_SENT if state.settings.overwrites else frozenset())
    return None if line.claim is None and line.status in good else Why.STATE


def _check(state: State, call: Call, row: _Row) -> int:
    line = _find(state, call, row.get("OrderNo", ""))
    if isinstance(line, int):
        return line
    planned = row.get("EstShipDt", "")
    why = _bad_plan(state, call, row, planned) or _uncheckable(line)
    if why is None:
        day = forms.day(planned)
        line.planned = f"{day:%Y-%m-%d}" if day else ""
        line.edits |= {name: row[name] for name in ("DelayType", "DelayMemo") if row.get(name)}
        state.move(line, Status.CONFIRMED, call.now)
        state.note("confirmed", line, call.now)
    return call.code(why)


def _check_dated(state: State, call: Call, row: _Row) -> int:
    return _check(state, call, row) if row.get("EstShipDt") else call.code(Why.NO_PLAN)


def _bad_plan(state: State, call: Call, row: _Row, planned: str) -> Why | None:
    bad_delay = row.get("DelayType", "") not in _DELAYS
    if bad_delay or len(row.get("DelayMemo", "")) > _LONGEST_MEMO:
        return Why.VALUE
    if not planned:
        return None  # seen live: the line is confirmed without a date (qoo10.md §9)
    day = forms.day(planned)
    if day is None:
        return Why.VALUE
    if f"{day:%Y-%m-%d}" <= stamp(call.now)[:10]:
        return Why.EARLY_PLAN
    # how far ahead it may lie is not known
    latest = call.now + int(state.settings.latest_plan.total_seconds())
    return Why.LATE_PLAN if day.timestamp() > latest else None


def _uncheckable(line: Line) -> Why | None:
    if line.status == Status.CONFIRMED and line.listed:
        return Why.ALREADY
    return None if line.status == Status.REQUESTED and line.claim is None else Why.STATE


def _cancel(state: State, call: Call, row: _Row) -> int:
    line = _find(state, call, row.get("ContrNo", ""))
    if isinstance(line, int):
        return line
    reason = _REASONS.get(row.get("CancelReason", ""))
    if reason is None or len(row.get("SellerMemo", "")) > _LONGEST_MEMO:
        return call.code(Why.VALUE)
    asked = line.claim is None or line.claim.status == ClaimStatus.CANCEL_ASKED
    if line.status not in _SENDABLE or not asked:
        return call.code(Why.STATE)
    state.claim(line, ClaimStatus.CANCELLING, call.now, reason)
    state.note("cancelled", line, call.now)
    return DONE
