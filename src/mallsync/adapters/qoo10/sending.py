"""Reporting shipments line by line: look at the mall, write what is missing, look again in doubt.

One line goes out by SetSendingInfo, several by SetSendingInfoBulk. What a second report of a line
does is not known (§16), so none is made: a line is written only when a look has shown that it has
no number, and in the journal each line is a step of its cart's one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import define, evolve, field

from mallsync.adapters.qoo10.codec import SendLine, SendLines, Shipped
from mallsync.adapters.qoo10.faults import failure, refusal
from mallsync.adapters.qoo10.flows import STATUSES, Fetch, details, lines_by_number
from mallsync.adapters.qoo10.lines import Line
from mallsync.adapters.qoo10.notices import (
    fallen_away,
    fill,
    lines_named,
    own_labels,
    payload_of,
    preview,
    shows_number,
    standing,
)
from mallsync.errors import AuthFailed, Conflict, MallError, Rejected, Throttled
from mallsync.model.journal import EntryKey
from mallsync.model.order import Order
from mallsync.model.sighting import Seen, Unreadable
from mallsync.model.writebacks import NoticeResult, Outcome, ShipmentNotice, Standing
from mallsync.ports import Journal
from mallsync.wire.calls import Caller
from mallsync.wire.paging import batches
from mallsync.wire.writing import Ledger, Write, refused_by_preview, still_open

__all__ = ["FEW_LINES", "conclude", "look", "send"]

FEW_LINES = len(STATUSES) + 1
"""Up to so many lines are read one by one; for more, listing everything takes fewer calls."""

_OPERATION = "SetSendingInfo"
_WORST_FIRST = (Outcome.UNKNOWN, Outcome.REFUSED, Outcome.NOT_SENT, Outcome.SENT)


@define(eq=False, kw_only=True)
class _LineWrite(Write):
    """One line on its way; ``step`` is its number."""

    notice: ShipmentNotice
    shipped: Shipped | None = None


@define(eq=False)
class _Job:
    """One notice; ``lines`` once its cart was looked at, ``whole`` what came of it before that."""

    notice: ShipmentNotice
    whole: Write = field(factory=Write)
    lines: list[_LineWrite] = field(factory=list)
    cancelled: list[_LineWrite] = field(factory=list)
    """Lines that a report may have begun with, and that have fallen away since."""


def send(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice], journal: Journal | None
) -> list[NoticeResult]:
    """Report shipments and return one result for each notice, in order."""
    by_notice = {notice: _Job(notice) for notice in notices}  # one given twice is one
    jobs = list(by_notice.values())
    ledger = Ledger(journal, _failing)
    for job in jobs:
        _check(job)
    _look_before(caller, fetch, [job for job in jobs if job.whole.outcome is None])
    lines = [line for job in jobs for line in job.lines]
    _refuse_second_notices(still_open(lines))
    _resume(ledger, [*lines, *(line for job in jobs for line in job.cancelled)])
    _send_open(caller, fetch, ledger, lines)
    _look_after(caller, fetch, ledger, [one for one in lines if one.outcome is Outcome.UNKNOWN])
    return [_result(by_notice[notice]) for notice in notices]


def conclude(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice], journal: Journal
) -> list[NoticeResult]:
    """Find out what came of notices that nobody wants any more; nothing is written."""
    jobs = [_Job(notice) for notice in notices]
    ledger = Ledger(journal, _failing)
    _look_before(caller, fetch, jobs)
    lines = [line for job in jobs for line in (*job.lines, *job.cancelled)]
    _resume(ledger, lines)
    ledger.withdraw(lines)
    return [_result(job) for job in jobs]


def look(
    caller: Caller, fetch: Fetch, notices: Iterable[ShipmentNotice]
) -> dict[ShipmentNotice, Order | MallError]:
    """Return for each notice its cart as it stands on the mall, or why it could not be read.

    Where notices name their lines and they are few, only those are read, and a cart shows no
    other. The rows are kept, whatever the client does with them otherwise.
    """
    given = list(notices)
    fetch = fetch.for_looking()
    numbers = dict.fromkeys(notice.order_number for notice in given)
    named = {number for notice in given for number in lines_named(notice)}
    if all(map(lines_named, given)) and len(named) <= FEW_LINES:
        return _by_lines(caller, fetch, given)
    try:
        found = list(details(caller, fetch, numbers))
    except MallError as error:
        return dict.fromkeys(given, error)
    told: dict[str, Order | MallError] = dict.fromkeys(numbers, refusal(_OPERATION, "-10004"))
    for event in found:
        if isinstance(event, Seen):
            told[event.order.number] = event.order
        else:
            told[event.number] = event.error
    old = [one for one in given if isinstance(told[one.order_number], Rejected)]
    by_lines = _by_lines(caller, fetch, [one for one in old if lines_named(one)])
    return {one: told[one.order_number] for one in given} | by_lines


def _by_lines(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice]
) -> dict[ShipmentNotice, Order | MallError]:
    """Return for each notice its cart as far as notices name its lines.

    A line that is not there, or is of another cart, is the fault of the notice that names it; so is
    one that the mall fails on, where they are few.
    """
    named = [number for one in notices for number in lines_named(one)]
    try:
        found = dict(lines_by_number(caller, named))
    except MallError as error:
        if not 1 < len(notices) <= FEW_LINES or isinstance(error, AuthFailed | Throttled):
            return dict.fromkeys(notices, error)
        alone = [_by_lines(caller, fetch, [one]) for one in notices]
        return {one: told for some in alone for one, told in some.items()}
    carts: dict[str, list[Line]] = {}
    for line in found.values():
        if isinstance(line, Line):
            carts.setdefault(line.cart, []).append(line)
    orders = {cart: _read(fetch, lines) for cart, lines in carts.items()}
    return {one: _fault(one, found) or orders[one.order_number] for one in notices}


def _fault(notice: ShipmentNotice, found: Mapping[str, Line | Unreadable]) -> MallError | None:
    """Return why a line that a notice names cannot be reported for its cart, None if each can."""
    for number in lines_named(notice):
        line = found[number]
        if isinstance(line, Unreadable):
            return line.error
        if line.cart != notice.order_number:
            return refusal(_OPERATION, "-10004")
    return None


def _read(fetch: Fetch, lines: Sequence[Line]) -> Order | MallError:
    try:
        return fetch.reader.order(lines)
    except MallError as error:
        return error


def _failing(kind: type[MallError], code: str) -> MallError:
    return failure(kind, _OPERATION, code)


def _check(job: _Job) -> None:
    problems = preview(job.notice).problems
    if problems:
        job.whole.settle(Outcome.REFUSED, refused_by_preview(problems, _failing))


def _look_before(caller: Caller, fetch: Fetch, jobs: Sequence[_Job]) -> None:
    found = look(caller, fetch, [job.notice for job in jobs]) if jobs else {}
    for job in jobs:
        order = found[job.notice]
        if isinstance(order, MallError):
            job.whole.miss(order)
        else:
            _prepare(job, order)


def _prepare(job: _Job, order: Order) -> None:
    """Note what has to be told of each line, if anything."""
    try:
        filled = fill(order, job.notice, own_labels(order))
    except MallError as error:
        job.whole.settle(Outcome.REFUSED, error)
        return
    for number, what in filled.items():
        line = _line_write(job, order, number)
        if isinstance(what, MallError):
            line.settle(Outcome.REFUSED, what)
        elif what is None:
            line.settle(Outcome.SENT)
        else:
            line.shipped = what
        job.lines.append(line)
    for number in fallen_away(order, job.notice):
        line = _line_write(job, order, number)
        line.settle(Outcome.REFUSED, _failing(Conflict, "CANCELLED_ON_MALL"))
        job.cancelled.append(line)


def _line_write(job: _Job, order: Order, number: str) -> _LineWrite:
    return _LineWrite(
        # By line, not by cart: a cart to two recipients has two notices with other numbers.
        key=EntryKey(order.key, number),
        step=number,
        payload=payload_of(job.notice),
        has_arrived=shows_number(order, number, job.notice),
        notice=evolve(job.notice, shipment_id=number),
    )


def _refuse_second_notices(lines: Iterable[_LineWrite]) -> None:
    taken: set[str] = set()
    for line in lines:
        if line.step in taken:
            line.settle(Outcome.REFUSED, _failing(Conflict, "SECOND_NOTICE_FOR_LINE"))
        taken.add(line.step)


def _resume(ledger: Ledger, lines: Sequence[_LineWrite]) -> None:
    """Go on where an earlier run stopped: a begun line is sent again only if it surely failed."""
    ledger.conclude(ledger.begun(lines))


def _send_open(caller: Caller, fetch: Fetch, ledger: Ledger, lines: Sequence[_LineWrite]) -> None:
    """Send what is open: one line by itself, several together."""
    for batch in batches(still_open(lines), fetch.options.batch):
        mine = [line for line in batch if ledger.begin(line)]
        if len(mine) > 1:
            _send_together(caller, fetch, ledger, mine)
        elif mine:
            _send_one(caller, ledger, mine[0])


def _send_together(
    caller: Caller, fetch: Fetch, ledger: Ledger, lines: Sequence[_LineWrite]
) -> None:
    shipped = tuple(line.shipped for line in lines if line.shipped is not None)
    try:
        errors = caller.call(SendLines(shipped=shipped))
    except MallError as error:
        errors = dict.fromkeys([line.step for line in lines], error)
        if isinstance(error, Rejected):  # as a whole: perhaps for one bad row
            _send_singly(caller, fetch, ledger, lines)
            return
    for line in lines:
        _end(ledger, line, errors[line.step])


def _send_singly(caller: Caller, fetch: Fetch, ledger: Ledger, lines: Sequence[_LineWrite]) -> None:
    """Send lines that were refused together one by one, each behind a look.

    That a refused call has written no row is not documented (wire page §7).
    """
    found = look(caller, fetch, [line.notice for line in lines])
    for line in lines:
        order = found[line.notice]
        if isinstance(order, MallError):
            ledger.doubt(line)
        elif standing(order, line.notice) is Standing.SAME:
            _end(ledger, line, None)
        else:
            _send_one(caller, ledger, line)


def _send_one(caller: Caller, ledger: Ledger, line: _LineWrite) -> None:
    assert line.shipped is not None  # noqa: S101 -- every open line has it after the look
    try:
        errors = caller.call(SendLine(shipped=line.shipped))
    except MallError as error:
        _end(ledger, line, error)
    else:
        _end(ledger, line, errors[line.step])


def _end(ledger: Ledger, line: _LineWrite, error: MallError | None) -> None:
    if error is None:
        line.settle(Outcome.SENT)
    else:
        line.fail(error)
    ledger.finish(line)


def _look_after(caller: Caller, fetch: Fetch, ledger: Ledger, lines: Sequence[_LineWrite]) -> None:
    """Resolve what is in doubt: what the mall shows is sent; absence proves nothing yet."""
    found = look(caller, fetch, [line.notice for line in lines]) if lines else {}
    for line in lines:
        order = found[line.notice]
        if isinstance(order, Order) and standing(order, line.notice) is Standing.SAME:
            line.settle(Outcome.SENT)
            ledger.finish(line)


def _result(job: _Job) -> NoticeResult:
    """Return what came of a notice: SENT once each line is, else the worst of them."""
    lines = tuple([_line_result(line) for line in job.lines])
    worst = min(lines, key=_severity, default=None)
    return NoticeResult(
        notice=job.notice,
        outcome=worst.outcome if worst else _outcome(job.whole),
        error=worst.error if worst else job.whole.error,
        warnings=preview(job.notice).dropped,
        lines=lines,
    )


def _line_result(line: _LineWrite) -> NoticeResult:
    return NoticeResult(notice=line.notice, outcome=_outcome(line), error=line.error)


def _severity(result: NoticeResult) -> int:
    return _WORST_FIRST.index(result.outcome)


def _outcome(write: Write) -> Outcome:
    assert write.outcome is not None  # noqa: S101 -- every path settles
    return write.outcome
