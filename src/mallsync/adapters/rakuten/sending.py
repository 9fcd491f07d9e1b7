"""Reporting shipments: look at the mall, write what is missing, look again where in doubt.

Without a journal each notice is one synchronous call. With one, several go out in asynchronous
batches: a lost acceptance can then be told from "never asked" after the settle time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from attrs import define

from mallsync.adapters.rakuten.codec import ShippingResult, UpdateShipping, UpdateShippingAsync
from mallsync.adapters.rakuten.faults import failure
from mallsync.adapters.rakuten.flows import Fetch, details
from mallsync.adapters.rakuten.notices import (
    disagrees,
    fill,
    has_arrived,
    has_unfilled,
    preview,
    records_digest,
    shipment_of,
    standing,
)
from mallsync.adapters.rakuten.shapes import WRITE_BATCH
from mallsync.errors import AnswerLost, Conflict, MallError, Rejected
from mallsync.model.journal import EntryKey, digest
from mallsync.model.order import Order
from mallsync.model.sighting import Seen
from mallsync.model.writebacks import (
    NoticeResult,
    NoticeWarning,
    Outcome,
    ShipmentNotice,
    Standing,
)
from mallsync.ports import Journal
from mallsync.wire.calls import Caller
from mallsync.wire.paging import batches
from mallsync.wire.writing import Ledger, Write, refused_by_preview, still_open

__all__ = ["POLLS", "conclude", "look", "send"]

POLLS = (1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0)
"""Seconds before each look at an unfinished async result; its running time is not documented."""

_ACCEPTED = "accepted"
"""The note of a write that keeps the request id of its batch."""

_BEFORE = "before"
"""The note of a correction that keeps what the mall showed before it, as a digest."""

_QUEUED = timedelta(hours=24)
"""How long an accepted batch without a result may still run; a guess: only its acceptance is known,
and that a result is kept for 30 days (§4.2)."""

_OPERATION = "updateOrderShipping"


@define(eq=False, kw_only=True)
class _Job(Write):
    """One notice on its way; after the look ``key`` is its place in the journal."""

    notice: ShipmentNotice
    order: Order | None = None
    update: UpdateShipping | None = None

    def is_on_mall(self, order: object) -> bool:
        """Tell whether a fresh look at the order shows the notice."""
        return isinstance(order, Order) and standing(order, self.notice) is Standing.SAME


def _job(notice: ShipmentNotice) -> _Job:
    return _Job(notice=notice, payload=digest(notice), notes=(_ACCEPTED, _BEFORE))


def send(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice], journal: Journal | None
) -> list[NoticeResult]:
    """Report shipments and return one result for each notice, in order."""
    by_notice = {notice: _job(notice) for notice in notices}  # one given twice is one
    jobs = list(by_notice.values())
    ledger = Ledger(journal, _failing)
    for job in jobs:
        _check(job)
    _look_before(caller, fetch, still_open(jobs))
    _refuse_second_notices(still_open(jobs))
    _resume(caller, ledger, jobs)
    waiting = still_open(jobs)
    if journal is not None and len(waiting) > 1:
        _send_async(caller, ledger, waiting)
    for job in still_open(waiting):
        _send_one(caller, ledger, job)
    _look_after(caller, fetch, ledger, [job for job in jobs if job.outcome is Outcome.UNKNOWN])
    return [_result(by_notice[notice]) for notice in notices]


def conclude(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice], journal: Journal
) -> list[NoticeResult]:
    """Find out what came of notices that nobody wants any more; nothing is written."""
    jobs = [_job(notice) for notice in notices]
    ledger = Ledger(journal, _failing)
    _look_before(caller, fetch, jobs)
    _resume(caller, ledger, jobs)
    ledger.withdraw([job for job in jobs if job.order is not None])
    return [_result(job) for job in jobs]


def look(caller: Caller, fetch: Fetch, numbers: Iterable[str]) -> dict[str, Order | MallError]:
    """Return each order as it stands on the mall, or why it could not be read."""
    found: dict[str, Order | MallError] = {}
    for batch in batches(dict.fromkeys(numbers), fetch.options.batch):
        try:
            for event in details(caller, fetch, batch):
                if isinstance(event, Seen):
                    found[event.order.number] = event.order
                else:
                    found[event.number] = event.error
        except MallError as error:
            found.update(dict.fromkeys(batch, error))
    return found


def _failing(kind: type[MallError], code: str) -> MallError:
    return failure(kind, _OPERATION, code)


def _check(job: _Job) -> None:
    problems = preview(job.notice).problems
    if problems:
        job.settle(Outcome.REFUSED, refused_by_preview(problems, _failing))


def _look_before(caller: Caller, fetch: Fetch, jobs: list[_Job]) -> None:
    found = look(caller, fetch, (job.notice.order_number for job in jobs))
    for job in jobs:
        order = found[job.notice.order_number]
        if isinstance(order, MallError):
            job.miss(order)
        else:
            _prepare(job, order)


def _prepare(job: _Job, order: Order) -> None:
    """Note what has to be written, if anything."""
    shipment = shipment_of(order, job.notice)
    job.order = order
    revision = job.notice.revision
    job.key = EntryKey(order.key, shipment.id, revision=revision) if shipment else None
    if job.is_on_mall(order):
        job.settle(Outcome.SENT)
        return
    job.has_arrived = has_arrived(order, job.notice)
    try:
        filling = fill(order, job.notice)
    except MallError as error:
        job.settle(Outcome.REFUSED, error)
        return
    job.update = UpdateShipping(number=order.number, basket=filling.basket, records=filling.records)


def _refuse_second_notices(jobs: list[_Job]) -> None:
    taken: set[tuple[str, int]] = set()
    for job in jobs:
        assert job.update is not None  # noqa: S101 -- every open job has one after the look
        target = (job.update.number, job.update.basket)
        if target in taken:
            error = _failing(Conflict, "SECOND_NOTICE_FOR_SHIPMENT")
            job.settle(Outcome.REFUSED, error)
        taken.add(target)


def _resume(caller: Caller, ledger: Ledger, jobs: list[_Job]) -> None:
    """Go on where an earlier run stopped: a begun write is sent again only if it surely failed.

    What it finds changed since is never written over.
    """
    begun = ledger.begun(jobs)
    unseen = [job for job in begun if job.outcome is not Outcome.SENT and not job.has_arrived]
    told = _results_of(caller, ledger, unseen)
    ended = [job for job in unseen if job in told and not _is_unclear(told[job])]
    for job in ended:
        _take_result(ledger, job, told[job])
    for job in still_open(unseen):
        if _is_changed(ledger, job):
            job.settle(Outcome.REFUSED, _failing(Conflict, "REPORTED_OTHERWISE"))
    ledger.conclude([job for job in begun if job not in ended])


def _is_unclear(error: MallError | None) -> bool:
    """Tell whether a result says neither that a write was made nor that it was not."""
    return error is not None and error.uncertain


def _results_of(caller: Caller, ledger: Ledger, jobs: list[_Job]) -> dict[_Job, MallError | None]:
    """Return what came of begun jobs whose batch was accepted, as far as the mall tells."""
    accepted: dict[str, list[_Job]] = {}
    for job in jobs:
        request_id = ledger.receipt(job, _ACCEPTED)
        if request_id:
            job.settle_after = _QUEUED
            job.unclear = "RESULT_PENDING"  # not ready, unknown and expired look alike
            accepted.setdefault(request_id, []).append(job)
    told: dict[_Job, MallError | None] = {}
    for request_id, some in accepted.items():
        results = _results(caller, request_id)
        told.update(
            (job, results[job.notice.order_number])
            for job in some
            if job.notice.order_number in results
        )
    return told


def _is_changed(ledger: Ledger, job: _Job) -> bool:
    """Tell whether somebody has changed the records that a begun job would write over.

    A report begins where there is none; a correction keeps what it begins from, before its call.
    """
    assert job.order is not None  # noqa: S101 -- only what was looked at is begun
    if job.notice.revision == 1:
        return disagrees(job.order, job.notice)
    return ledger.receipt(job, _BEFORE) != records_digest(job.order, job.notice)


def _send_one(caller: Caller, ledger: Ledger, job: _Job) -> None:
    assert job.update is not None  # noqa: S101 -- as above
    if not _begin(ledger, job):
        return
    try:
        caller.call(job.update)
        job.settle(Outcome.SENT)
    except MallError as error:
        job.fail(error)
    ledger.finish(job)


def _begin(ledger: Ledger, job: _Job) -> bool:
    """Begin a write; a correction keeps what it writes over."""
    begun = ledger.begin(job)
    if begun and ledger.journal is not None and job.notice.revision > 1:
        assert job.order is not None  # noqa: S101 -- as above
        ledger.note(job, _BEFORE, records_digest(job.order, job.notice))
    return begun


def _send_async(caller: Caller, ledger: Ledger, jobs: list[_Job]) -> None:
    """Send in batches of one notice an order; a batch that is refused goes one by one instead."""
    rest = jobs
    while rest:
        first: dict[str, _Job] = {}
        rest = [job for job in rest if first.setdefault(job.notice.order_number, job) is not job]
        for batch in batches(first.values(), WRITE_BATCH):
            _send_batch(caller, ledger, batch)


def _send_batch(caller: Caller, ledger: Ledger, jobs: Sequence[_Job]) -> None:
    mine = [job for job in jobs if _begin(ledger, job)]
    updates = tuple(job.update for job in mine if job.update is not None)
    if not updates:
        return
    try:
        request_id = caller.call(UpdateShippingAsync(updates=updates))
    except MallError as error:
        _refuse_batch(ledger, mine, error)
        return
    for job in mine:
        ledger.note(job, _ACCEPTED, request_id)
    _poll(caller, ledger, mine, request_id, POLLS)


def _refuse_batch(ledger: Ledger, jobs: list[_Job], error: MallError) -> None:
    for job in jobs:
        job.fail(error)
        ledger.finish(job)
        if isinstance(error, Rejected):
            job.settle(None)  # one bad record refuses the whole batch: send each by itself


def _poll(
    caller: Caller, ledger: Ledger, jobs: list[_Job], request_id: str, polls: Sequence[float]
) -> None:
    """Ask for an async result until each job has one, or the polls are used up."""
    for seconds in polls:
        caller.pause(seconds)
        results = _results(caller, request_id)
        for job in still_open(jobs):
            if job.notice.order_number in results:
                _take_result(ledger, job, results[job.notice.order_number])
        if not still_open(jobs):
            return
    for job in still_open(jobs):
        # Not ready, unknown and expired look alike: the mall itself is asked next.
        job.settle(Outcome.UNKNOWN, _failing(AnswerLost, "RESULT_PENDING"))


def _results(caller: Caller, request_id: str) -> dict[str, MallError | None]:
    try:
        return dict(caller.call(ShippingResult(request_id=request_id)))
    except MallError:
        return {}  # reading the result failed; the writes are what they are


def _take_result(ledger: Ledger, job: _Job, error: MallError | None) -> None:
    if error is None:
        job.settle(Outcome.SENT)
    else:
        job.fail(error)
    ledger.finish(job)


def _look_after(caller: Caller, fetch: Fetch, ledger: Ledger, jobs: list[_Job]) -> None:
    """Resolve what is in doubt: what the mall shows is sent; absence proves nothing yet."""
    found = look(caller, fetch, (job.notice.order_number for job in jobs))
    for job in jobs:
        if job.is_on_mall(found[job.notice.order_number]):
            job.settle(Outcome.SENT)
            ledger.finish(job)


def _result(job: _Job) -> NoticeResult:
    assert job.outcome is not None  # noqa: S101 -- every path settles
    warnings = preview(job.notice).dropped
    if job.outcome is Outcome.SENT and _stays_open(job):
        warnings = (*warnings, NoticeWarning("RAKUTEN_STAYS_OPEN"))
    return NoticeResult(notice=job.notice, outcome=job.outcome, error=job.error, warnings=warnings)


def _stays_open(job: _Job) -> bool:
    """Tell whether a record without a number remains: Rakuten never completes such an order."""
    if not job.notice.tracking_numbers:
        return True
    return job.order is not None and has_unfilled(job.order, job.notice)
