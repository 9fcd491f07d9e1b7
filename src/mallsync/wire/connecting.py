"""What a connection check (接続チェック) asks and tells, alike for every mall."""

from __future__ import annotations

from typing import TypeVar

from mallsync.errors import Hint, MallError
from mallsync.wire.calls import Caller
from mallsync.wire.messages import Operation

__all__ = ["hint_of", "refusal_of"]

T = TypeVar("T")


def refusal_of(caller: Caller, operation: Operation[T]) -> MallError | None:
    """Carry out a call for its refusal alone; None if it was answered."""
    try:
        caller.call(operation)
    except MallError as error:
        return error
    return None


def hint_of(error: MallError) -> Hint:
    """Return an error's hint as a value.

    >>> hint_of(MallError()).en
    'Look up the error code.'
    """
    return Hint(ja=error.hint("ja"), en=error.hint("en"))
