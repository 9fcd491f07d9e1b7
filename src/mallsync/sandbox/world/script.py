"""What is said between a fake mall and its server: faults to come, hits, replies, the limit."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol, cast

from attrs import define, field, frozen
from werkzeug.wrappers import Request

from mallsync.sandbox.world.clock import Clock

__all__ = [
    "PAGE",
    "FakeMall",
    "Fault",
    "Hit",
    "JsonObject",
    "Refused",
    "Reply",
    "Script",
    "Scripted",
    "SlidingWindow",
]

JsonObject = dict[str, object]

PAGE = "<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
"""What stands before a mall says in HTML, unless the mall has a page of its own."""


class Fault(StrEnum):
    """Name what can go wrong on the way to a mall and back."""

    UNAUTHORISED = "UNAUTHORISED"
    UNAUTHORISED_OLD = "UNAUTHORISED_OLD"
    THROTTLED = "THROTTLED"
    UNAVAILABLE = "UNAVAILABLE"
    SERVER_ERROR_AFTER = "SERVER_ERROR_AFTER"
    NEVER_ANSWERS = "NEVER_ANSWERS"
    DRIP = "DRIP"
    TRUNCATED_JSON = "TRUNCATED_JSON"
    BAD_GZIP = "BAD_GZIP"
    BODY_CUT = "BODY_CUT"
    HTML_200 = "HTML_200"
    GARBAGE_STATUS = "GARBAGE_STATUS"
    RESET_BEFORE = "RESET_BEFORE"
    RESET_AFTER = "RESET_AFTER"
    ORDER_ERRORS = "ORDER_ERRORS"
    CANCELLED_BETWEEN = "CANCELLED_BETWEEN"
    KEEPALIVE_RESET = "KEEPALIVE_RESET"


@frozen(kw_only=True)
class Scripted:
    """Hold one fault that waits for its request; `operation` None takes whichever comes."""

    fault: Fault
    operation: str | None = None
    options: Mapping[str, object] = field(factory=dict)

    def struck(self, asked: Iterable[object]) -> list[str]:
        """Return the orders that it strikes: those that the options name, else all asked for."""
        named = cast("Iterable[object]", self.options.get("orders"))
        return [str(number) for number in named or asked]

    def refusals(self, asked: Iterable[object], code: str) -> dict[str, str]:
        """Return a code for each order that the mall is to refuse; `code` if none was scripted."""
        if self.fault is not Fault.ORDER_ERRORS:
            return {}
        return dict.fromkeys(self.struck(asked), str(self.options.get("code", code)))


class Script:
    """Keep the faults to come, in order."""

    def __init__(self) -> None:
        self._waiting: list[Scripted] = []
        self._lock = threading.Lock()

    def add(self, scripted: Scripted, times: int) -> None:
        """Line up a fault for its next `times` requests."""
        with self._lock:
            self._waiting += [scripted] * times

    def take(self, operation: str, uses: int) -> Scripted | None:
        """Return and forget the fault meant for this request; `uses`: the connection's, 1-based."""
        with self._lock:
            for at, scripted in enumerate(self._waiting):
                fits = scripted.operation in (None, operation)
                if fits and (uses > 1 or scripted.fault is not Fault.KEEPALIVE_RESET):
                    return self._waiting.pop(at)
        return None

    def clear(self) -> None:
        """Forget every fault that has not struck yet."""
        with self._lock:
            self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)


@frozen(kw_only=True)
class Hit:
    """Record one request; `status` 0: none was sent; `took_effect`: the mall's data changed."""

    operation: str
    status: int
    took_effect: bool
    at: datetime
    fault: Fault | None = None


class SlidingWindow:
    """Allow `rate` requests a second and key, counted over a window that slides in real time."""

    def __init__(self, rate: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = max(1, math.floor(rate))
        self._span = self._limit / rate
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def allow(self, key: str) -> bool:
        """Say whether this request may pass; a refused one is not counted."""
        with self._lock:
            now = self._clock()
            seen = self._seen.setdefault(key, deque())
            while seen and now - seen[0] >= self._span:
                seen.popleft()
            if len(seen) >= self._limit:
                return False
            seen.append(now)
            return True


@frozen(kw_only=True)
class Reply:
    """Hold what a mall answers."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    took_effect: bool = False


@define(kw_only=True)
class Refused(Exception):
    """Carry the answer to a request that is not let in."""

    reply: Reply


class FakeMall(Protocol):
    """What the server needs of a fake mall; `page` is an HTML template with a {text}."""

    page: str
    operations: tuple[str, ...]
    clock: Clock
    script: Script
    hits: list[Hit]

    def operation(self, request: Request) -> str:
        """Name the operation that the request's address asks for."""
        ...

    def respond(self, request: Request, scripted: Scripted | None) -> Reply:
        """Do the work and answer."""
        ...

    def stand_in(self, request: Request, scripted: Scripted) -> Reply:
        """Answer a fault in the mall's own words, without doing the work."""
        ...
