"""The ports that flows and engines are written against, and the steps of a write-back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from attrs import frozen

from mallsync.errors import AnswerLost, Conflict, MallError, Rejected
from mallsync.model.journal import EntryKey, Step, StepState
from mallsync.ports import Journal
from mallsync.wire.messages import Effect, Operation, Request, Response
from mallsync.wire.writing import SETTLE

__all__ = ["Auth", "Caller", "Look", "Steps", "Transport"]

T = TypeVar("T")


class Caller(Protocol):
    """What a flow needs of the outside: calls, many calls, and a pause."""

    def call(self, operation: Operation[T]) -> T:
        """Carry out one operation; tried again only where that is safe."""

    def map(self, operations: Iterable[Operation[T]]) -> Iterator[T]:
        """Carry out many, a bounded number at a time; the answers come in the order asked."""

    def pause(self, seconds: float) -> None:
        """Wait, as between two looks at an unfinished job."""


class Transport(Protocol):
    """The way to the network: one request, one response."""

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send once and return the whole answer within `timeout` seconds.

        Raises:
            NotSent: The request surely never left.
            AnswerLost: It may have arrived.
        """

    def close(self) -> None:
        """Give back the connections."""


class Auth(Protocol):
    """How a mall knows who asks."""

    def sign(self, request: Request, now: datetime) -> Request:
        """Return the request with its credentials; called for each attempt, after pacing."""

    def renew(self, caller: Caller) -> bool:
        """Get new credentials after a refusal; False if only a person can."""

    def observe(self, response: Response, now: datetime) -> None:
        """Learn from an answer, such as a token that it carries."""

    def explain(self, error: MallError, now: datetime) -> MallError:
        """Return the error, more precise where the credentials tell more (a known expiry)."""


Look = Callable[[], str | None]
"""Looks at the mall: the receipt of a step if it shows the step's effect, else None."""


@frozen
class Steps:
    """The named steps of one write-back: each takes effect at most once.

    Args:
        caller: Who carries them out.
        journal: Where they are remembered; without one they are steps of this run alone.
        key: The entry of the write-back.
        payload: The digest of what it writes.
        settle: How long after a step was begun its absence on the mall is no proof.
    """

    caller: Caller
    journal: Journal | None
    key: EntryKey
    payload: str
    settle: timedelta = SETTLE

    def once(self, name: str, operation: Operation[str], look: Look | None = None) -> str:
        """Return the receipt of a step, carrying it out only if that is safe.

        Done: the kept receipt. Begun without an end: what may be repeated is; for all else `look`
        at the mall and adopt what is there. Otherwise: begin, call, end. A call whose answer is
        lost, or that the mall refuses because its state has moved on, is looked for at once.

        Args:
            name: The step, unique in its entry.
            operation: The call; its answer is the receipt, a short text without personal data.
            look: How to see the effect.

        Raises:
            AnswerLost: It was begun before and the mall does not show it: a person must look, or
                a later run, once the mall has settled.
            MallError: Whatever the call raises. After an uncertain one the step stays begun.
            ConfigError: The entry was opened with another payload.
        """
        step = self._step(name)
        if step is not None and step.state is StepState.DONE:
            return step.receipt
        if step is None and self._begin(name):
            receipt = self._carry_out(name, operation, look)
        else:
            receipt = self._resume(name, operation, look)
        self._end(name, receipt)
        return receipt

    def fact(self, name: str, make: Callable[[], str]) -> str:
        """Return a fact of the write-back, made on its first run and kept for later ones.

        Raises:
            ConfigError: As `once`.
        """
        step = self._step(name)
        if step is not None and step.state is StepState.DONE:
            return step.receipt
        receipt = make()
        self._begin(name)
        self._end(name, receipt)
        return receipt

    def adopt(self, name: str, receipt: str) -> None:
        """End a step that was begun, for a look has shown its effect; another is left alone.

        Raises:
            ConfigError: As `once`.
        """
        step = self._step(name)
        if step is not None and step.state is StepState.BEGUN:
            self._end(name, receipt)

    def refuse(self, name: str, error: MallError) -> None:
        """Raise the refusal of a step, which a look has shown neither done nor possible now.

        If it was begun earlier, it is forgotten first: it never arrived. One that has ended is
        left alone.

        Raises:
            MallError: `error`, or AnswerLost while the mall may still show that it did arrive.
            ConfigError: As `once`.
        """
        step = self._step(name)
        if step is not None:
            if step.state is StepState.DONE:
                return
            self.end_absent(name, error.operation)
        raise error

    def forget(self, name: str) -> None:
        """Forget a step or a fact that is known to have come to nothing."""
        if self.journal is not None:
            self.journal.drop(self.key, name)

    def names(self, state: StepState | None = None) -> frozenset[str]:
        """Return the names of the steps and facts that are remembered: all, or those in a state.

        Raises:
            ConfigError: As `once`.
        """
        if self.journal is None:
            return frozenset()
        steps = self.journal.open(self.key, self.payload).steps
        return frozenset([one.name for one in steps if state in (None, one.state)])

    def done(self, name: str) -> bool:
        """Tell whether a step has ended in an earlier run or in this one.

        Raises:
            ConfigError: As `once`.
        """
        return self._is(name, StepState.DONE)

    def begun(self, name: str) -> bool:
        """Tell whether a step was begun, and its end is not known.

        Raises:
            ConfigError: As `once`.
        """
        return self._is(name, StepState.BEGUN)

    def receipt(self, name: str) -> str:
        """Return what a step or a fact keeps, ``""`` for nothing.

        Raises:
            ConfigError: As `once`.
        """
        step = self._step(name)
        return "" if step is None else step.receipt

    def end_absent(self, name: str, operation: str) -> None:
        """Forget a begun step that a look has not shown.

        Raises:
            AnswerLost: The mall may still show it.
        """
        if not self._retake(name):
            raise self._unfinished(name, operation)
        self.forget(name)

    def _is(self, name: str, state: StepState) -> bool:
        step = self._step(name)
        return step is not None and step.state is state

    def _step(self, name: str) -> Step | None:
        if self.journal is None:
            return None
        return self.journal.open(self.key, self.payload).step(name)

    def _begin(self, name: str) -> bool:
        return self.journal is None or self.journal.begin(self.key, name)

    def _end(self, name: str, receipt: str) -> None:
        if self.journal is not None:
            self.journal.end(self.key, name, receipt)

    def _carry_out(
        self, name: str, operation: Operation[str], look: Look | None, *, again: bool = False
    ) -> str:
        try:
            return self.caller.call(operation)
        except MallError as error:
            found = self._seen(look) if error.uncertain or isinstance(error, Conflict) else None
            if found is not None:
                return found
            # A repetition that never left says nothing of the call before it.
            if isinstance(error, Rejected) or not (error.uncertain or again):
                self.forget(name)
            raise

    def _resume(self, name: str, operation: Operation[str], look: Look | None) -> str:
        """Return the receipt of a step that was begun earlier, or by someone else just now."""
        if operation.effect is Effect.IDEMPOTENT_WRITE:
            return self._carry_out(name, operation, look, again=True)
        found = None if look is None else look()
        if found is not None:
            return found
        if look is not None and self._retake(name):  # the look has shown that it never arrived
            return self._carry_out(name, operation, look)
        raise self._unfinished(name, operation.name)

    def _unfinished(self, name: str, operation: str) -> AnswerLost:
        return AnswerLost(
            f"step {name} was begun earlier and its end is not known",
            mall=self.key.order.mall,
            operation=operation,
            code="STEP_UNFINISHED",
        )

    def _retake(self, name: str) -> bool:
        assert self.journal is not None  # noqa: S101 -- without one no step was begun earlier
        return self.journal.retake(self.key, name, self.settle)

    def _seen(self, look: Look | None) -> str | None:
        """Return what a look in doubt shows; one that fails shows nothing."""
        try:
            return None if look is None else look()
        except MallError:
            return None
