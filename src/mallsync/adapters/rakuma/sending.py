"""Reporting shipments, rating buyers and writing to them: each once, and looked for in doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import define, frozen

from mallsync.adapters.rakuma.faults import failure
from mallsync.adapters.rakuma.flows import Fetch, Look, looks
from mallsync.adapters.rakuma.notices import NOTIFY, closed, has_arrived, preview, standing
from mallsync.adapters.rakuma.records import RakumaRecord, State
from mallsync.errors import AnswerLost, ConfigError, Conflict, MallError, NotSent, NotSupported
from mallsync.model.journal import WITHDRAWN, EntryKey, digest
from mallsync.model.order import Order
from mallsync.model.sighting import Seen
from mallsync.model.writebacks import (
    BuyerMessage,
    BuyerReview,
    NoticeResult,
    Outcome,
    ShipmentNotice,
    Standing,
    WriteResult,
)
from mallsync.ports import Journal
from mallsync.wire.calls import Caller, Steps
from mallsync.wire.messages import Effect, Operation, Request, Response
from mallsync.wire.texts import same_text
from mallsync.wire.writing import (
    SEND,
    Write,
    outcome_of_look,
    refused_by_preview,
    write_result,
)

__all__ = ["conclude", "message", "review", "send"]

_REVIEW, _MESSAGE = "register_review", "send_message"


@frozen
class _Write:
    """A wire's write with the effect that its facts give it: unsafe unless they say otherwise."""

    inner: Operation[str]
    name: str
    effect: Effect
    budget: str = "rakuma"
    cost: int = 1

    def encode(self) -> Request:
        """Return the request."""
        return self.inner.encode()

    def decode(self, response: Response) -> str:
        """Return the receipt."""
        return self.inner.decode(response)


@define(eq=False, kw_only=True)
class _Job(Write):
    """One notice on its way."""

    notice: ShipmentNotice


def send(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice], journal: Journal | None
) -> list[NoticeResult]:
    """Report shipments and return one result for each notice, in order."""
    by_notice = {notice: _Job(notice=notice) for notice in notices}  # one given twice is one
    taken: set[str] = set()
    for job in by_notice.values():
        problems = preview(job.notice, fetch.reader.wire.facts).problems
        if problems:
            job.settle(Outcome.REFUSED, refused_by_preview(problems, _failing))
        elif job.notice.order_number in taken:
            job.settle(Outcome.REFUSED, _failing(Conflict, "SECOND_NOTICE_FOR_SHIPMENT"))
        else:
            taken.add(job.notice.order_number)
            _report(caller, fetch, job, journal)
    return [_result(by_notice[notice], fetch) for notice in notices]


def conclude(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice], journal: Journal
) -> list[NoticeResult]:
    """Find out what came of notices that nobody wants any more; nothing is written."""
    jobs = [_Job(notice=notice) for notice in notices]
    for job in jobs:
        _report(caller, fetch, job, journal, withdrawn=True)
    return [_result(job, fetch) for job in jobs]


def _failing(kind: type[MallError], code: str) -> MallError:
    return failure(kind, NOTIFY, code)


def _result(job: _Job, fetch: Fetch) -> NoticeResult:
    assert job.outcome is not None  # noqa: S101 -- every path settles
    dropped = preview(job.notice, fetch.reader.wire.facts).dropped
    return NoticeResult(notice=job.notice, outcome=job.outcome, error=job.error, warnings=dropped)


def _report(
    caller: Caller, fetch: Fetch, job: _Job, journal: Journal | None, *, withdrawn: bool = False
) -> None:
    try:
        order = _order(caller, fetch, job.notice.order_number)
    except MallError as error:
        job.miss(error)
        return
    steps = _steps(caller, fetch, journal, EntryKey(order.key, order.number), digest(job.notice))
    report = _look_for_report if withdrawn else _report_once
    try:
        report(steps, fetch, order, job.notice)
    except ConfigError:
        job.settle(Outcome.REFUSED, _failing(Conflict, "OTHER_PAYLOAD_IN_JOURNAL"))
    except MallError as error:
        job.fail(error)
    else:
        job.settle(Outcome.SENT)


def _look_for_report(steps: Steps, _fetch: Fetch, order: Order, notice: ShipmentNotice) -> None:
    """End a report that is not wanted any more as the mall shows it.

    Raises:
        MallError: It is not there, or another is.
    """
    if has_arrived(order, notice):
        steps.adopt(SEND, "")
    elif standing(order, notice) is Standing.DIFFERENT:
        steps.refuse(SEND, _failing(Conflict, "OTHER_NUMBER_ON_MALL"))
    else:
        steps.refuse(SEND, _failing(NotSent, WITHDRAWN))


def _report_once(steps: Steps, fetch: Fetch, order: Order, notice: ShipmentNotice) -> None:
    if standing(order, notice) is Standing.SAME:
        steps.adopt(SEND, "")
        return

    def seen() -> str | None:
        there = _order(steps.caller, fetch, order.number)
        return "" if standing(there, notice) is Standing.SAME else None

    error = closed(order, notice)
    if error is None:
        steps.once(SEND, _write(fetch, NOTIFY, fetch.reader.wire.notify_shipped(notice)), seen)
    elif has_arrived(order, notice) and steps.begun(SEND):
        steps.adopt(SEND, "")
    else:
        steps.refuse(SEND, error)


def _order(caller: Caller, fetch: Fetch, number: str) -> Order:
    event = _look(caller, fetch, number).sight(fetch.for_looking().reader)
    if isinstance(event, Seen):
        return event.order
    raise event.error


def _record(caller: Caller, fetch: Fetch, number: str) -> RakumaRecord:
    """Return a record that the mall shows, of an account that may be written to."""
    found = _look(caller, fetch, number)
    event = found.sight(fetch.reader)
    if found.record is None or not isinstance(event, Seen):
        raise getattr(event, "error", None) or failure(AnswerLost, "get_order", "UNREADABLE")
    return found.record


def _look(caller: Caller, fetch: Fetch, number: str) -> Look:
    (found,) = looks(caller, fetch, [number])
    return found


def _steps(
    caller: Caller, fetch: Fetch, journal: Journal | None, key: EntryKey, payload: str
) -> Steps:
    return Steps(caller, journal, key, payload, settle=fetch.reader.wire.facts.settle)


def _write(fetch: Fetch, name: str, operation: Operation[str]) -> _Write:
    may_repeat = name in fetch.reader.wire.facts.idempotent
    effect = Effect.IDEMPOTENT_WRITE if may_repeat else Effect.UNSAFE_WRITE
    return _Write(operation, operation.name, effect)


def review(
    caller: Caller,
    fetch: Fetch,
    told: BuyerReview,
    journal: Journal | None,
    *,
    withdrawn: bool = False,
) -> WriteResult:
    """Rate the buyer once, behind the buyer's own rating (R4): it completes the transaction.

    One that is withdrawn is looked for, and not written.
    """

    def done(record: RakumaRecord) -> str | None:
        # One that is cancelled since had been completed first.
        waits = record.state is State.AWAITING_SELLER_REVIEW
        is_done = record.state is State.COMPLETED or (record.completed_at and not waits)
        return "" if is_done else None

    def carry_out(steps: Steps, record: RakumaRecord) -> None:
        if withdrawn:
            steps.refuse(SEND, failure(NotSent, _REVIEW, WITHDRAWN))
        elif record.state is not State.AWAITING_SELLER_REVIEW:
            steps.refuse(SEND, failure(Conflict, _REVIEW, "BUYER_HAS_NOT_RATED"))
        else:
            operation = _write(fetch, _REVIEW, fetch.reader.wire.register_review(told))
            steps.once(SEND, operation, lambda: done(_record(caller, fetch, record.number)))

    text = f"{told.rating} {told.message}"
    entry = (told.order_number, "review", 1, text)
    return _once(caller, fetch, entry, journal, _Kind(done, carry_out))


def message(
    caller: Caller, fetch: Fetch, told: BuyerMessage, journal: Journal | None, revision: int
) -> WriteResult:
    """Write to the buyer once; where the shop has written just that already, it is SENT.

    A wire that cannot list messages leaves a lost answer to a person.
    """

    def done(_record: RakumaRecord) -> str | None:
        return _seen_message(caller, fetch, told)

    def carry_out(steps: Steps, _record: RakumaRecord) -> None:
        operation = _write(fetch, _MESSAGE, fetch.reader.wire.send_message(told))
        steps.once(SEND, operation, _look_for(caller, fetch, told))

    entry = (told.order_number, "message", revision, told.text)
    return _once(caller, fetch, entry, journal, _Kind(done, carry_out))


def _look_for(caller: Caller, fetch: Fetch, told: BuyerMessage) -> Callable[[], str | None] | None:
    """Return how to look for a message, None if the wire cannot list them."""
    try:
        fetch.reader.wire.list_messages(told.order_number)
    except NotSupported:
        return None
    return lambda: _seen_message(caller, fetch, told)


def _seen_message(caller: Caller, fetch: Fetch, told: BuyerMessage) -> str | None:
    try:
        listed = caller.call(fetch.reader.wire.list_messages(told.order_number))
    except NotSupported:
        return None
    mine = (one for one in listed if one.sender == "shop")
    return next((one.id for one in mine if same_text(one.text, told.text)), None)


@frozen
class _Kind:
    """A write of its own kind: the receipt if it is on the mall already, and how it is made."""

    done: Callable[[RakumaRecord], str | None]
    carry_out: Callable[[Steps, RakumaRecord], None]


def _once(
    caller: Caller,
    fetch: Fetch,
    entry: tuple[str, str, int, str],
    journal: Journal | None,
    kind: _Kind,
) -> WriteResult:
    """Look, then carry out a write, and return what came of it.

    Args:
        caller: Who carries it out.
        fetch: How records are read.
        entry: The order's number, the kind's name, the revision and the text of the write.
        journal: Where it is remembered.
        kind: The write.
    """
    number, name, revision, text = entry
    try:
        record = _record(caller, fetch, number)
        receipt = kind.done(record)
    except MallError as error:
        return WriteResult(order_number=number, outcome=outcome_of_look(error), error=error)
    key = EntryKey(fetch.reader.order(record, None).key, number, name, revision)
    payload = digest(ShipmentNotice(order_number=number, message=text))
    steps = _steps(caller, fetch, journal, key, payload)
    try:
        if receipt is None:
            kind.carry_out(steps, record)
        else:
            steps.adopt(SEND, receipt)
    except ConfigError:
        return write_result(number, failure(Conflict, name, "OTHER_PAYLOAD_IN_JOURNAL"))
    except MallError as error:
        return write_result(number, error)
    return write_result(number, None)
