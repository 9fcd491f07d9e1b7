"""Stand-ins for the outside: a caller and a transport that answer from a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar, cast

from attrs import define, field, frozen

from mallsync.errors import MallError
from mallsync.wire.calls import Transport
from mallsync.wire.messages import Operation, Request, Response

__all__ = ["RewritingTransport", "ScriptedCaller", "ScriptedTransport"]

T = TypeVar("T")


@define
class ScriptedCaller:
    """A `Caller` that gives prepared results, in order; an error among them is raised.

    ``asked`` keeps the operations and ``paused`` the waits. An operation too many, or of another
    name than scripted, is an `AssertionError`.

    >>> from mallsync.errors import NotSent
    >>> ScriptedCaller([("getOrder", NotSent())]).script
    [('getOrder', NotSent(''))]
    """

    script: list[tuple[str, object]]
    asked: list[Operation[object]] = field(factory=list)
    paused: list[float] = field(factory=list)

    def call(self, operation: Operation[T]) -> T:
        """Return or raise what comes next in the script."""
        self.asked.append(operation)
        if not self.script:
            raise AssertionError(f"{operation.name} was called, and the script is at its end")
        name, result = self.script.pop(0)
        if name != operation.name:
            raise AssertionError(f"{operation.name} was called where the script has {name}")
        if isinstance(result, MallError):
            raise result
        return cast("T", result)

    def map(self, operations: Iterable[Operation[T]]) -> Iterator[T]:
        """Yield the results of many, one after another."""
        return map(self.call, operations)

    def pause(self, seconds: float) -> None:
        """Keep the wait, and do not wait."""
        self.paused.append(seconds)


@define
class ScriptedTransport:
    """A `Transport` that answers from a list; an error in it is raised. ``sent`` keeps requests."""

    script: list[Response | MallError]
    sent: list[Request] = field(factory=list)
    is_closed: bool = False

    def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ARG002 -- no waiting
        """Return or raise what comes next in the script."""
        self.sent.append(request)
        if not self.script:
            raise AssertionError(f"{request.path} was sent, and the script is at its end")
        result = self.script.pop(0)
        if isinstance(result, MallError):
            raise result
        return result

    def close(self) -> None:
        """Keep that it was closed."""
        self.is_closed = True


@frozen
class RewritingTransport:
    """A `Transport` that passes requests on and lets a function change the answers."""

    inner: Transport
    rewrite: Callable[[Request, Response], Response]

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send, and return the changed answer."""
        return self.rewrite(request, self.inner.send(request, timeout=timeout))

    def close(self) -> None:
        """Close the inner transport."""
        self.inner.close()
