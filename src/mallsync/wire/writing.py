"""One write on its way to a mall, and the journal behind it: what each adapter's sending shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from attrs import define, frozen

from mallsync.errors import (
    AnswerLost,
    ConfigError,
    Conflict,
    MallError,
    NotFound,
    NotSent,
    Problem,
    Rejected,
)
from mallsync.model.journal import WITHDRAWN, EntryKey, StepState
from mallsync.model.writebacks import (
    NoticeWarning,
    Outcome,
    Preview,
    ShipmentNotice,
    WriteResult,
    outcome_of,
)
from mallsync.ports import Journal

__all__ = [
    "SEND",
    "SETTLE",
    "Failing",
    "Ledger",
    "Write",
    "no_correction",
    "outcome_of_look",
    "refuse_problems",
    "refused_by_preview",
    "still_open",
    "write_result",
]

SETTLE = timedelta(minutes=60)
"""How long after an accepted call its absence on the mall proves nothing; a guess, kept wide."""

SEND = "send"
"""The step of a write-back that has but one."""

_OTHERWISE = frozenset({"OTHER_NUMBER_ON_MALL", "MORE_NUMBERS_ON_MALL", "REPORTED_OTHERWISE"})
"""The codes of writes that are refused because the mall shows something else in their place."""

Failing = Callable[[type[MallError], str], MallError]
"""Makes an adapter's error of a kind and a code of ours."""


@define(eq=False)
class Write:
    """One write, its place in the journal (`key`, `step`, `payload`), and what came of it.

    ``notes`` are further steps of the entry that hold facts of this write alone. ``settle_after``
    is how long after it was begun its absence on the mall is no proof, and ``unclear`` the code of
    what is not known until then. ``has_arrived`` is set where a look shows a write that was begun,
    if not just so: its order may have changed since. ``retaken`` is set where the journal has begun
    it anew, for an earlier run's call never arrived.
    """

    key: EntryKey | None = None
    step: str = SEND
    payload: str = ""
    notes: tuple[str, ...] = ()
    outcome: Outcome | None = None
    error: MallError | None = None
    settle_after: timedelta = SETTLE
    unclear: str = "STEP_UNFINISHED"
    has_arrived: bool = False
    retaken: bool = False

    def settle(self, outcome: Outcome | None, error: MallError | None = None) -> None:
        """Note what came of it; None opens it again."""
        self.outcome, self.error = outcome, error

    def fail(self, error: MallError) -> None:
        """Note an error of the write itself."""
        self.settle(outcome_of(error), error)

    def miss(self, error: MallError) -> None:
        """Note that the look before failed: nothing was written, so no error leaves a doubt."""
        self.settle(outcome_of_look(error), error)


W = TypeVar("W", bound=Write)


def still_open(writes: Iterable[W]) -> list[W]:
    """Return the writes of which nothing has come yet."""
    return [write for write in writes if write.outcome is None]


def outcome_of_look(error: MallError) -> Outcome:
    """Return what a write comes to whose look before has failed: never UNKNOWN.

    >>> outcome_of_look(AnswerLost()).value, outcome_of_look(Rejected()).value
    ('NOT_SENT', 'REFUSED')
    """
    refused = outcome_of(error) is Outcome.REFUSED
    return Outcome.REFUSED if refused else Outcome.NOT_SENT


def write_result(number: str, error: MallError | None) -> WriteResult:
    """Return the result of a write to one order.

    >>> write_result("1", None).outcome.value, write_result("1", Conflict()).outcome.value
    ('SENT', 'REFUSED')
    """
    outcome = Outcome.SENT if error is None else outcome_of(error)
    return WriteResult(order_number=number, outcome=outcome, error=error)


@frozen
class Ledger:
    """The journal, or the lack of one, behind the same questions.

    Args:
        journal: Where writes are remembered.
        failing: Makes the adapter's own errors.
    """

    journal: Journal | None
    failing: Failing

    def begin(self, write: Write) -> bool:
        """Mark a write as begun; if someone else has begun it, it is UNKNOWN, and no."""
        retaken, write.retaken = write.retaken, False
        if self.journal is None or retaken or self.journal.begin(self.key(write), write.step):
            return True
        self.doubt(write)
        return False

    def finish(self, write: Write) -> None:
        """Keep what is known of a begun write: done, without effect, or still in doubt."""
        if self.journal is None or write.outcome is Outcome.UNKNOWN:
            return
        if write.outcome is Outcome.SENT:
            self.journal.end(self.key(write), write.step)
        else:
            self.forget(write)

    def forget(self, write: Write) -> None:
        """Forget a begun write that had no effect; its notes first, which are its alone."""
        assert self.journal is not None  # noqa: S101 -- nothing is begun without one
        self._forget_notes(write)
        self.journal.drop(self.key(write), write.step)

    def doubt(self, write: Write) -> None:
        """Note that a write was begun earlier, and nobody knows its end."""
        write.settle(Outcome.UNKNOWN, self.failing(AnswerLost, write.unclear))

    def begun(self, writes: Iterable[W]) -> list[W]:
        """Settle what the journal knows as done, and return what was begun without an end.

        Asked after a look, of writes that are open, or were seen on the mall, or that the mall
        would refuse now, as of an order that was cancelled since.
        """
        journal = self.journal
        if journal is None:
            return []
        known = (None, Outcome.SENT, Outcome.REFUSED)
        looked_at = [one for one in writes if one.outcome in known and one.key is not None]
        return [one for one in looked_at if self._is_begun(journal, one)]

    def conclude(self, writes: Iterable[Write]) -> None:
        """End begun writes by what the look has shown: absence counts once the mall has settled.

        What has arrived is SENT. What has not is open again, or is refused as the look has shown.
        """
        for write in writes:
            if write.has_arrived:
                write.settle(Outcome.SENT)
            if write.outcome is Outcome.SENT:
                self._forget_notes(write)  # one that was begun and not kept would leave a doubt
                self.finish(write)
            elif not self._retake(write):
                self.doubt(write)
            elif write.outcome is Outcome.REFUSED:
                self.forget(write)
            else:
                write.retaken = True
                write.settle(None)

    def withdraw(self, writes: Iterable[Write]) -> None:
        """Settle concluded writes that nobody wants any more: what has not arrived is not sent.

        Where the mall shows something else in its place, that is what it is refused for.
        """
        for write in writes:
            if write.retaken:
                self.forget(write)
            if write.outcome in (None, Outcome.REFUSED) and not _is_otherwise(write.error):
                write.settle(Outcome.NOT_SENT, self.failing(NotSent, WITHDRAWN))

    def receipt(self, write: Write, note: str) -> str:
        """Return what a note of a write keeps, ``""`` for nothing."""
        assert self.journal is not None  # noqa: S101 -- asked of begun writes only
        step = self.journal.open(self.key(write), write.payload).step(note)
        return "" if step is None else step.receipt

    def note(self, write: Write, note: str, receipt: str) -> None:
        """Keep a fact of a begun write."""
        assert self.journal is not None  # noqa: S101 -- as above
        self.journal.begin(self.key(write), note)
        self.journal.end(self.key(write), note, receipt)

    def key(self, write: Write) -> EntryKey:
        """Return the entry of a write."""
        assert write.key is not None  # noqa: S101 -- only writes that were looked at get here
        return write.key

    def _retake(self, write: Write) -> bool:
        assert self.journal is not None  # noqa: S101 -- nothing is begun without one
        if not self.journal.retake(self.key(write), write.step, write.settle_after):
            return False
        self._forget_notes(write)
        return True

    def _forget_notes(self, write: Write) -> None:
        assert self.journal is not None  # noqa: S101 -- as above
        for note in write.notes:
            self.journal.drop(self.key(write), note)

    def _is_begun(self, journal: Journal, write: Write) -> bool:
        try:
            step = journal.open(self.key(write), write.payload).step(write.step)
        except ConfigError:
            if write.outcome is None:
                write.settle(Outcome.REFUSED, self.failing(Conflict, "OTHER_PAYLOAD_IN_JOURNAL"))
            return False
        if step is not None and step.state is StepState.DONE:
            write.settle(Outcome.SENT)
        return step is not None and step.state is StepState.BEGUN


def _is_otherwise(error: MallError | None) -> bool:
    """Tell whether the mall shows something else than what a write is about, or nothing like it."""
    return error is not None and (isinstance(error, NotFound) or error.code in _OTHERWISE)


def no_correction(notice: ShipmentNotice) -> Iterator[NoticeWarning]:
    """Yield the problem of a correction at a mall of which no source tells how it takes one."""
    if notice.revision > 1:
        yield NoticeWarning("CORRECTION_UNKNOWN", f"revision {notice.revision}")


def refused_by_preview(problems: Sequence[NoticeWarning], failing: Failing) -> MallError:
    """Return the refusal of a notice that its preview finds fault with."""
    error = failing(Rejected, problems[0].code)
    error.problems = tuple(Problem(place=one.detail, code=one.code) for one in problems)
    return error


def refuse_problems(
    notices: Iterable[ShipmentNotice], preview: Callable[[ShipmentNotice], Preview]
) -> None:
    """Refuse notices of which a mall would refuse one, before a file of them is made.

    Raises:
        ConfigError: Every problem, each with its order and what to write instead.
    """
    problems = [
        f"order {notice.order_number}: {problem.code} {problem.detail}"
        for notice in notices
        for problem in preview(notice).problems
    ]
    if problems:
        raise ConfigError("; ".join(problems))
