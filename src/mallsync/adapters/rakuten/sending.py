"""Reporting shipments: look at the mall, write what is missing, look again where in doubt.

Without a journal each notice is one synchronous call. With one, several go out in asynchronous
batches: a lost acceptance can then be told from "never asked" after the settle time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from attrs import define, frozen

from mallsync.adapters.rakuten.codec import ShippingResult, UpdateShipping, UpdateShippingAsync
from mallsync.adapters.rakuten.faults import failure
from mallsync.adapters.rakuten.flows import Fetch, details
from mallsync.adapters.rakuten.notices import (
    fill,
    has_unfilled,
    preview,
    shipment_of,
    standing,
)
from mallsync.adapters.rakuten.shapes import WRITE_BATCH
from mallsync.errors import AnswerLost, ConfigError, Conflict, MallError, Problem, Rejected
from mallsync.model.journal import EntryKey, StepState, digest
from mallsync.model.order import Order
from mallsync.model.sighting import Seen
from mallsync.model.writebacks import (
    NoticeResult,
    NoticeWarning,
    Outcome,
    ShipmentNotice,
    Standing,
    outcome_of,
)
from mallsync.ports import Journal
from mallsync.wire.calls import Caller
from mallsync.wire.paging import batches

__all__ = ["POLLS", "SETTLE", "look", "send"]

SETTLE = timedelta(minutes=60)
"""How long after an accepted call its absence on the mall proves nothing; a guess, kept wide."""

POLLS = (1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0)
"""Seconds before each look at an unfinished async result; its running time is not documented."""

_SEND = "send"
_ACCEPTED = "accepted"
_OPERATION = "updateOrderShipping"


@define(eq=False)
class _Job:
    """One notice on its way; after the look ``entry`` is its place in the journal."""

    notice: ShipmentNotice
    entry: EntryKey | None = None
    order: Order | None = None
    update: UpdateShipping | None = None
    outcome: Outcome | None = None
    error: MallError | None = None

    def settle(self, outcome: Outcome | None, error: MallError | None = None) -> None:
        """Note what came of it; None opens it again."""
        self.outcome, self.error = outcome, error

    def fail(self, error: MallError) -> None:
        """Note an error of the write itself."""
        self.settle(outcome_of(error), error)

    def is_on_mall(self, order: object) -> bool:
        """Tell whether a fresh look at the order shows the notice."""
        return isinstance(order, Order) and standing(order, self.notice) is Standing.SAME


@frozen
class _Ledger:
    """The journal, or the lack of one, behind the same questions."""

    journal: Journal | None

    def key(self, job: _Job) -> EntryKey:
        """Return the entry of a job."""
        assert job.entry is not None  # noqa: S101 -- only jobs that were looked at get here
        return job.entry

    def begin(self, job: _Job) -> bool:
        """Mark the write as begun; False if someone else has."""
        return self.journal is None or self.journal.begin(self.key(job), _SEND)

    def finish(self, job: _Job) -> None:
        """Keep what is known of a begun write: done, without effect, or still in doubt."""
        if self.journal is None or job.outcome is Outcome.UNKNOWN:
            return
        if job.outcome is Outcome.SENT:
            self.journal.end(self.key(job), _SEND)
        else:
            self.forget(job)

    def forget(self, job: _Job) -> None:
        """Forget a begun write that had no effect; its request id first, which is its alone."""
        assert self.journal is not None  # noqa: S101 -- nothing is begun without one
        self.journal.drop(self.key(job), _ACCEPTED)
        self.journal.drop(self.key(job), _SEND)

    def accepted(self, job: _Job, request_id: str) -> None:
        """Keep the request id of an accepted async call."""
        assert self.journal is not None  # noqa: S101 -- only with one are calls asynchronous
        self.journal.begin(self.key(job), _ACCEPTED)
        self.journal.end(self.key(job), _ACCEPTED, request_id)


def send(
    caller: Caller, fetch: Fetch, notices: Sequence[ShipmentNotice], journal: Journal | None
) -> list[NoticeResult]:
    """Report shipments and return one result for each notice, in order."""
    by_notice = {notice: _Job(notice) for notice in notices}  # one given twice is one
    jobs = list(by_notice.values())
    ledger = _Ledger(journal)
    for job in jobs:
        _check(job)
    _look_before(caller, fetch, _open(jobs))
    _refuse_second_notices(_open(jobs))
    _resume(caller, ledger, jobs)
    waiting = _open(jobs)
    if journal is not None and len(waiting) > 1:
        _send_async(caller, ledger, waiting)
    for job in _open(waiting):
        _send_one(caller, ledger, job)
    _look_after(caller, fetch, ledger, [job for job in jobs if job.outcome is Outcome.UNKNOWN])
    return [_result(by_notice[notice]) for notice in notices]


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


def _open(jobs: Iterable[_Job]) -> list[_Job]:
    return [job for job in jobs if job.outcome is None]


def _check(job: _Job) -> None:
    problems = preview(job.notice).problems
    if problems:
        places = tuple(Problem(place=problem.detail, code=problem.code) for problem in problems)
        error = failure(Rejected, _OPERATION, problems[0].code, problems=places)
        job.settle(Outcome.REFUSED, error)


def _look_before(caller: Caller, fetch: Fetch, jobs: list[_Job]) -> None:
    found = look(caller, fetch, (job.notice.order_number for job in jobs))
    for job in jobs:
        order = found[job.notice.order_number]
        if isinstance(order, MallError):
            # Nothing was written yet, so even an uncertain error leaves no doubt.
            refused = outcome_of(order) is Outcome.REFUSED
            job.settle(Outcome.REFUSED if refused else Outcome.NOT_SENT, order)
            continue
        _prepare(job, order)


def _prepare(job: _Job, order: Order) -> None:
    """Note what has to be written, if anything."""
    shipment = shipment_of(order, job.notice)
    job.order = order
    job.entry = EntryKey(order.key, shipment.id) if shipment else None
    if job.is_on_mall(order):
        job.settle(Outcome.SENT)
        return
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
            error = failure(Conflict, _OPERATION, "SECOND_NOTICE_FOR_SHIPMENT")
            job.settle(Outcome.REFUSED, error)
        taken.add(target)


def _resume(caller: Caller, ledger: _Ledger, jobs: list[_Job]) -> None:
    """Go on where an earlier run stopped: a begun write is sent again only if it surely failed."""
    journal = ledger.journal
    if journal is None:
        return
    hopeful = [job for job in jobs if job.outcome in (None, Outcome.SENT)]
    begun = [job for job in hopeful if _take_up(journal, ledger, job)]
    for request_id, some in _accepted(journal, ledger, _open(begun)).items():
        _poll(caller, ledger, some, request_id, polls=(0.0,))
    for job in begun:
        if job.outcome is Outcome.SENT:
            ledger.finish(job)
        elif job.outcome is Outcome.UNKNOWN and journal.settled(ledger.key(job), _SEND, SETTLE):
            ledger.forget(job)  # the look has shown that it never arrived
            job.settle(None)


def _accepted(journal: Journal, ledger: _Ledger, jobs: list[_Job]) -> dict[str, list[_Job]]:
    """Return begun jobs by the request id of their batch; one without an id stays in doubt."""
    accepted: dict[str, list[_Job]] = {}
    for job in jobs:
        step = journal.open(ledger.key(job), digest(job.notice)).step(_ACCEPTED)
        if step is not None and step.receipt:
            accepted.setdefault(step.receipt, []).append(job)
        else:
            job.settle(Outcome.UNKNOWN, failure(AnswerLost, _OPERATION, "STEP_UNFINISHED"))
    return accepted


def _take_up(journal: Journal, ledger: _Ledger, job: _Job) -> bool:
    """Settle what the journal knows, and tell whether a write was begun without an end."""
    try:
        step = journal.open(ledger.key(job), digest(job.notice)).step(_SEND)
    except ConfigError:
        if job.outcome is None:
            error = failure(Conflict, _OPERATION, "OTHER_PAYLOAD_IN_JOURNAL")
            job.settle(Outcome.REFUSED, error)
        return False
    if step is not None and step.state is StepState.DONE:
        job.settle(Outcome.SENT)
    return step is not None and step.state is StepState.BEGUN


def _send_one(caller: Caller, ledger: _Ledger, job: _Job) -> None:
    assert job.update is not None  # noqa: S101 -- as above
    if not ledger.begin(job):
        job.settle(Outcome.UNKNOWN, failure(AnswerLost, _OPERATION, "STEP_UNFINISHED"))
        return
    try:
        caller.call(job.update)
        job.settle(Outcome.SENT)
    except MallError as error:
        job.fail(error)
    ledger.finish(job)


def _send_async(caller: Caller, ledger: _Ledger, jobs: list[_Job]) -> None:
    """Send in batches of one notice an order; a batch that is refused goes one by one instead."""
    rest = jobs
    while rest:
        first: dict[str, _Job] = {}
        rest = [job for job in rest if first.setdefault(job.notice.order_number, job) is not job]
        for batch in batches(first.values(), WRITE_BATCH):
            _send_batch(caller, ledger, batch)


def _send_batch(caller: Caller, ledger: _Ledger, jobs: Sequence[_Job]) -> None:
    mine = [job for job in jobs if ledger.begin(job)]
    for job in jobs:
        if job not in mine:
            job.settle(Outcome.UNKNOWN, failure(AnswerLost, _OPERATION, "STEP_UNFINISHED"))
    updates = tuple(job.update for job in mine if job.update is not None)
    if not updates:
        return
    try:
        request_id = caller.call(UpdateShippingAsync(updates=updates))
    except MallError as error:
        _refuse_batch(ledger, mine, error)
        return
    for job in mine:
        ledger.accepted(job, request_id)
    _poll(caller, ledger, mine, request_id, POLLS)


def _refuse_batch(ledger: _Ledger, jobs: list[_Job], error: MallError) -> None:
    for job in jobs:
        job.fail(error)
        ledger.finish(job)
        if isinstance(error, Rejected):
            job.settle(None)  # one bad record refuses the whole batch: send each by itself


def _poll(
    caller: Caller, ledger: _Ledger, jobs: list[_Job], request_id: str, polls: Sequence[float]
) -> None:
    """Ask for an async result until each job has one, or the polls are used up."""
    for seconds in polls:
        caller.pause(seconds)
        results = _results(caller, request_id)
        for job in _open(jobs):
            if job.notice.order_number in results:
                _take_result(ledger, job, results[job.notice.order_number])
        if not _open(jobs):
            return
    for job in _open(jobs):
        # Not ready, unknown and expired look alike: the mall itself is asked next.
        job.settle(Outcome.UNKNOWN, failure(AnswerLost, _OPERATION, "RESULT_PENDING"))


def _results(caller: Caller, request_id: str) -> dict[str, MallError | None]:
    try:
        return dict(caller.call(ShippingResult(request_id=request_id)))
    except MallError:
        return {}  # reading the result failed; the writes are what they are


def _take_result(ledger: _Ledger, job: _Job, error: MallError | None) -> None:
    if error is None:
        job.settle(Outcome.SENT)
    else:
        job.fail(error)
    ledger.finish(job)


def _look_after(caller: Caller, fetch: Fetch, ledger: _Ledger, jobs: list[_Job]) -> None:
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
