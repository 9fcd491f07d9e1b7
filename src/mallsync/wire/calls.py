"""The ports that flows and engines are written against, and the steps of a journalled write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar

from attrs import frozen

from mallsync.errors import AnswerLost, MallError
from mallsync.model.journal import EntryKey, StepState
from mallsync.ports import Journal
from mallsync.wire.messages import Operation, Request, Response

__all__ = ["Auth", "Caller", "Steps", "Transport"]

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


@frozen
class Steps:
    """The named steps of one journalled write-back: each takes effect at most once."""

    caller: Caller
    journal: Journal
    key: EntryKey
    payload: str

    def once(
        self,
        name: str,
        operation: Operation[str],
        look: Callable[[], str | None] | None = None,
    ) -> str:
        """Return the receipt of a step, carrying it out only if that is safe.

        Done: the kept receipt. Begun without an end: `look` at the mall and adopt what is there.
        Otherwise: begin, call, end.

        Args:
            name: The step, unique in its entry.
            operation: The call; its answer is the receipt, a short text without personal data.
            look: Returns the receipt if the mall shows the effect, else None.

        Raises:
            AnswerLost: It was begun before and the mall does not show it: a person must look.
            MallError: Whatever the call raises. After an uncertain one the step stays begun.
        """
        step = self.journal.open(self.key, self.payload).step(name)
        if step is not None and step.state is StepState.DONE:
            return step.receipt
        if step is not None or not self.journal.begin(self.key, name):
            receipt = look() if look is not None else None
            if receipt is None:
                raise AnswerLost(
                    f"step {name} was begun earlier and its end is not known",
                    mall=self.key.order.mall,
                    operation=operation.name,
                    code="STEP_UNFINISHED",
                )
        else:
            receipt = self._carry_out(name, operation)
        self.journal.end(self.key, name, receipt)
        return receipt

    def _carry_out(self, name: str, operation: Operation[str]) -> str:
        try:
            return self.caller.call(operation)
        except MallError as error:
            if not error.uncertain:
                self.journal.drop(self.key, name)
            raise
