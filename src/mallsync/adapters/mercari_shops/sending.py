"""Reporting shipments in named steps: open, write the numbers, complete, write to the buyer.

Each shipment of an order is opened with an idempotency key, so that a repetition gives the same
one; its id is kept, for no query shows it (A5). To open and to number a shipment tells nobody, so
that stands under a key of its own, whatever the report says. Completing a shipment and writing a
message are the report; neither is repeated before a look at the order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import define, evolve, field, frozen

from mallsync.adapters.mercari_shops.codec import (
    AddMessage,
    CompleteShipping,
    CreateShipping,
    Package,
    SetTracking,
)
from mallsync.adapters.mercari_shops.faults import failure
from mallsync.adapters.mercari_shops.flows import Fetch, details
from mallsync.adapters.mercari_shops.notices import (
    closed,
    idempotency_key,
    is_shipped,
    message_id,
    packages_of,
    packages_told,
    payload_of,
    preview,
    shows_shipped,
    tell_packages,
    tracking_text,
    was_shipped,
)
from mallsync.adapters.mercari_shops.reading import checked
from mallsync.adapters.mercari_shops.shapes import order_id
from mallsync.errors import AnswerLost, ConfigError, Conflict, MallError, NotSent
from mallsync.model.journal import WITHDRAWN, EntryKey, StepState
from mallsync.model.order import Order
from mallsync.model.sighting import Seen
from mallsync.model.writebacks import (
    BuyerMessage,
    NoticeResult,
    NoticeWarning,
    Outcome,
    ShipmentNotice,
    WriteResult,
)
from mallsync.ports import Journal
from mallsync.wire.calls import Caller, Steps
from mallsync.wire.writing import (
    Write,
    outcome_of_look,
    refused_by_preview,
    still_open,
    write_result,
)

__all__ = ["conclude", "look", "message", "send"]

OPENING = "opening"
"""The kind of entry that keeps the shipments of an order which were opened, and numbered."""

PACKAGES = "packages"
"""The fact that it keeps: what was in its shipments."""

MESSAGE = "message"

_REVISION = 1


@define(eq=False, kw_only=True)
class _Job(Write):
    """One notice, its order once it was looked at, and the steps that have been done."""

    notice: ShipmentNotice
    order: Order | None = None
    done: list[str] = field(factory=list)
    left_out: list[NoticeWarning] = field(factory=list)

    @property
    def number(self) -> str:
        """The order's number, as the API has it."""
        return order_id(self.notice.order_number)


def send(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice], journal: Journal | None
) -> list[NoticeResult]:
    """Report shipments and return one result for each notice, in order."""
    by_notice = {notice: _Job(notice=notice) for notice in notices}  # one given twice is one
    jobs = list(by_notice.values())
    for job in jobs:
        _check(job)
    _refuse_second_notices(still_open(jobs))
    _look_before(caller, fetch, still_open(jobs))
    for job in still_open(jobs):
        _report(caller, fetch, job, journal, _carry_out)
    return [_result(by_notice[notice]) for notice in notices]


def conclude(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice], journal: Journal
) -> list[NoticeResult]:
    """Find out what came of notices that nobody wants any more; nothing is written."""
    jobs = [_Job(notice=notice) for notice in notices]
    _look_before(caller, fetch, jobs)
    for job in still_open(jobs):
        _report(caller, fetch, job, journal, _conclude)
    return [_result(job) for job in jobs]


def look(caller: Caller, fetch: Fetch, number: str) -> Order:
    """Return an order as the mall shows it now, with its record.

    Raises:
        MallError: It is not there or cannot be read.
    """
    (event,) = details(caller, fetch.for_looking(), [number])
    if isinstance(event, Seen):
        return event.order
    raise event.error


def message(
    caller: Caller, fetch: Fetch, told: BuyerMessage, journal: Journal | None, revision: int
) -> WriteResult:
    """Write to the buyer once; where the shop has written just that already, it is SENT."""
    number = order_id(told.order_number)
    try:
        order = look(caller, fetch, number)
    except MallError as error:
        return WriteResult(order_number=number, outcome=outcome_of_look(error), error=error)
    key = EntryKey(order.key, number, MESSAGE, revision)
    steps = Steps(caller, journal, key, payload_of(_as_notice(told)))
    try:
        _write_message(_Saga(steps=steps, fetch=fetch, order=order), told.text)
    except ConfigError:
        return write_result(number, failure(Conflict, AddMessage.name, "OTHER_PAYLOAD_IN_JOURNAL"))
    except MallError as error:
        return write_result(number, error)
    return write_result(number, None)


def _as_notice(told: BuyerMessage) -> ShipmentNotice:
    return ShipmentNotice(order_number=told.order_number, message=told.text)


def _refusal(kind: type[MallError], code: str) -> MallError:
    return failure(kind, CreateShipping.name, code)


def _check(job: _Job) -> None:
    problems = preview(job.notice).problems
    if problems:
        job.settle(Outcome.REFUSED, refused_by_preview(problems, _refusal))


def _refuse_second_notices(jobs: list[_Job]) -> None:
    taken: set[str] = set()
    for job in jobs:
        if job.number in taken:
            job.settle(Outcome.REFUSED, _refusal(Conflict, "SECOND_NOTICE_FOR_SHIPMENT"))
        taken.add(job.number)


def _look_before(caller: Caller, fetch: Fetch, jobs: list[_Job]) -> None:
    try:
        events = details(caller, fetch.for_looking(), [job.number for job in jobs])
        for job, event in zip(jobs, events, strict=True):
            if isinstance(event, Seen):
                job.order = event.order
            else:
                job.miss(event.error)
    except MallError as error:
        for job in jobs:
            if job.order is None and job.outcome is None:
                job.miss(error)


def _report(
    caller: Caller,
    fetch: Fetch,
    job: _Job,
    journal: Journal | None,
    work: Callable[[_Saga, ShipmentNotice], None],
) -> None:
    assert job.order is not None  # noqa: S101 -- an open job was looked at
    key = EntryKey(job.order.key, job.order.number, revision=_REVISION)
    steps = Steps(caller, journal, key, payload_of(job.notice))
    saga = _Saga(steps=steps, fetch=fetch, order=job.order, done=job.done, left_out=job.left_out)
    try:
        work(saga, job.notice)
    except ConfigError:
        job.settle(Outcome.REFUSED, _refusal(Conflict, "OTHER_PAYLOAD_IN_JOURNAL"))
    except MallError as error:
        job.fail(error)
    else:
        job.settle(Outcome.SENT)


@frozen(kw_only=True)
class _Saga:
    """The steps of one write-back to an order; ``order`` is how the first look showed it."""

    steps: Steps
    fetch: Fetch
    order: Order
    done: list[str] = field(factory=list)
    left_out: list[NoticeWarning] = field(factory=list)

    @property
    def opening(self) -> Steps:
        """The steps that only prepare: what they did holds for whatever is reported."""
        return evolve(self.steps, key=evolve(self.steps.key, kind=OPENING), payload="")

    def look(self) -> Order:
        """Return the order as the mall shows it now."""
        return look(self.steps.caller, self.fetch, self.order.number)


def _carry_out(saga: _Saga, notice: ShipmentNotice) -> None:
    """Go through the steps of a notice; those that have been done give what they gave then.

    Raises:
        MallError: The first that cannot be done; the next run goes on from there.
    """
    if is_shipped(saga.order):
        _close(saga)
    else:
        _ship_all(saga, notice)
    # One that was cancelled behind its shipment is reported, and nobody is written to.
    if notice.message and (is_shipped(saga.order) or not was_shipped(saga.order)):
        _write_message(saga, notice.message)


def _close(saga: _Saga) -> None:
    """End the steps of shipments of which the mall needs no more: the order is shipped."""
    for name in saga.steps.names(StepState.BEGUN) - {MESSAGE}:
        saga.steps.adopt(name, "")


def _packed(saga: _Saga) -> tuple[Package, ...]:
    """Return the shipments that an earlier report was begun with."""
    return packages_told(saga.opening.receipt(PACKAGES) or "[]")


def _conclude(saga: _Saga, notice: ShipmentNotice) -> None:
    """Find out how far a notice came that nobody wants any more.

    Where only some of its shipments were completed, that stays known, so that nothing is reported
    twice.

    Raises:
        NotSent: It, or the rest of it, never arrived.
        AnswerLost: It may still show.
    """
    error = _refusal(NotSent, WITHDRAWN)
    packages = _packed(saga)
    completed = [_completed(saga, package, error) for package in packages]
    is_written = _is_written(saga, notice.message, error) if notice.message else True
    if not (was_shipped(saga.order) or (packages and all(completed))):
        raise error
    if not is_written:
        saga.left_out.append(NoticeWarning("MESSAGE_DROPPED", "the report is not wanted now"))


def _is_written(saga: _Saga, text: str, error: MallError) -> bool:
    """Tell whether the buyer was written to; a message that was begun is ended as it shows.

    Raises:
        AnswerLost: It may still show.
    """
    seen = message_id(saga.order, text)
    if seen is None and saga.steps.begun(MESSAGE):
        if saga.order.messages is not None:
            saga.steps.end_absent(MESSAGE, error.operation)
            return False
        seen = ""  # what the mall does not tell is taken for written, as `standing` does
    if seen is None:
        return saga.steps.done(MESSAGE)
    saga.steps.adopt(MESSAGE, seen)
    return True


def _completed(saga: _Saga, package: Package, error: MallError) -> bool:
    """Tell whether a shipment is completed; one that was begun is ended as the mall shows it.

    Raises:
        AnswerLost: It may still show.
    """
    name = _name(package)
    if saga.steps.begun(name):
        if was_shipped(saga.order) or shows_shipped(saga.order, package):
            saga.steps.adopt(name, "")
        else:
            saga.steps.end_absent(name, error.operation)
    return saga.steps.done(name)


def _ship_all(saga: _Saga, notice: ShipmentNotice) -> None:
    for package in _packages(saga):
        _ship(saga, package, notice)


def _packages(saga: _Saga) -> tuple[Package, ...]:
    """Return the shipments of a report: those of an earlier one, once one may have been opened.

    What is in an open shipment is in no other. Before that the order may be another than it was.
    """
    begun_with = _packed(saga)
    if begun_with and saga.opening.names() != {PACKAGES}:
        return begun_with
    error = closed(saga.order, force_anonymous=saga.fetch.options.ship_anonymous)
    if error is not None:
        raise error
    packages = packages_of(checked(saga.order.raw))
    if packages != begun_with:
        if begun_with:
            saga.opening.forget(PACKAGES)
        saga.opening.fact(PACKAGES, lambda: tell_packages(packages))
    return packages


def _ship(saga: _Saga, package: Package, notice: ShipmentNotice) -> None:
    number, documents = saga.order.number, saga.fetch.documents
    opened = CreateShipping(
        number=number,
        package=package,
        idempotency_key=idempotency_key(number, package, saga.steps.key.revision),
        document=documents.create_order_shipping,
    )
    named = f"{package.method} {opened.idempotency_key}"
    shipping_id = saga.opening.once(f"{opened.name} {named}", opened)
    saga.done.append(opened.name)
    tracked = SetTracking(
        number=number,
        shipping_id=shipping_id,
        text=tracking_text(notice),
        document=documents.update_order_shipping_tracking_code,
    )
    if _name(package) not in saga.steps.names():
        _number(saga, f"{tracked.name} {named}", tracked)
    completed = CompleteShipping(
        number=number, shipping_id=shipping_id, document=documents.complete_order_shipping
    )
    _complete(saga, package, completed)


def _number(saga: _Saga, name: str, operation: SetTracking) -> None:
    """Write the numbers of a shipment over those that an earlier report may have written.

    Raises:
        Conflict: There are none now: whether the mall takes an empty text is not known (A5).
    """
    if not operation.text:
        if name in saga.opening.names():
            raise _refusal(Conflict, "OTHER_NUMBER_ON_MALL")
        return
    if saga.opening.done(name):
        saga.steps.caller.call(operation)
    else:
        saga.opening.once(name, operation)
    saga.done.append(operation.name)


def _complete(saga: _Saga, package: Package, operation: CompleteShipping) -> None:
    """Complete a shipment, once.

    Of an order with several the mall shows no more than whether all are. Completing one again does
    nothing: the mall refuses it, and where nothing of it is left to ship, that is why.
    """
    name = _name(package)
    was_begun = saga.steps.begun(name)

    def seen() -> str | None:
        return operation.shipping_id if was_shipped(saga.look()) else None

    try:
        saga.steps.once(name, operation, seen)
    except Conflict:
        # The look behind a refusal has shown that the order still waits.
        if not was_begun or not shows_shipped(saga.look(), package):
            raise
        saga.steps.fact(name, lambda: operation.shipping_id)
    saga.done.append(operation.name)


def _name(package: Package) -> str:
    """Return the name of the step that completes a shipment: an order has one by shippingMethod."""
    return f"{CompleteShipping.name} {package.method}"


def _write_message(saga: _Saga, text: str) -> None:
    """Write to the buyer, unless the order shows that the shop has written just that."""
    seen = message_id(saga.order, text)
    if seen is not None:
        saga.steps.adopt(MESSAGE, seen)
        return
    operation = AddMessage(
        number=saga.order.number,
        text=text,
        document=saga.fetch.documents.add_order_transaction_message,
    )
    saga.steps.once(MESSAGE, operation, lambda: _seen_message(saga.look(), text))
    saga.done.append(operation.name)


def _seen_message(order: Order, text: str) -> str | None:
    """Return the id of a message that the order shows, None if it surely shows none."""
    if order.messages is None:  # after the move to inquiries it may (A4): that is no "none"
        raise failure(AnswerLost, AddMessage.name, "MESSAGES_NOT_TOLD")
    return message_id(order, text)


def _result(job: _Job) -> NoticeResult:
    assert job.outcome is not None  # noqa: S101 -- every path settles
    warnings = (*preview(job.notice).dropped, *job.left_out)
    if job.done and job.outcome is not Outcome.SENT:
        warnings = (*warnings, NoticeWarning("PARTLY_SENT", f"done: {', '.join(job.done)}"))
    return NoticeResult(notice=job.notice, outcome=job.outcome, error=job.error, warnings=warnings)
