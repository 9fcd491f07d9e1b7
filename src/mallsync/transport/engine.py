"""Carries out operations: pace, sign, send, decode, wait, again."""

from __future__ import annotations

import logging
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from threading import Event, Lock
from typing import Any, Generic, TypeVar

from attrs import Attribute, Factory, field, frozen
from tenacity import RetryCallState, Retrying, retry_if_exception

from mallsync.errors import AuthFailed, ConfigError, MallError, NotSent, Throttled, Unavailable
from mallsync.transport.pace import Pace
from mallsync.wire.calls import Auth, Caller, Transport
from mallsync.wire.messages import Effect, Operation, Response
from mallsync.wire.retry import Backoff, may_retry, reset_after, retry_after

__all__ = ["Engine", "RetryBudget", "Settings", "Surroundings"]

T = TypeVar("T")
R = TypeVar("R")
E = TypeVar("E", bound=MallError)
Take = Callable[[Operation[T], Response, datetime], R]
"""What is done with an answer that was signed, sent and received."""

_log = logging.getLogger("mallsync")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@frozen(kw_only=True)
class Surroundings:
    """What an engine takes from the world around it."""

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random


def _above_zero(_: object, attribute: Attribute[Any], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise ConfigError(f"{attribute.name} is {value!r}: write a number above 0")


@frozen(kw_only=True)
class Settings:
    """How patient a client is.

    Args:
        deadline: Seconds for a call with all its attempts, from its first slot on.
        backoff: How often and after which waits a call is tried again.
        in_flight: Calls under way at once.
        retry_quota: Retries that may be spent before calls must succeed to earn more.
        world: Clock, sleep and chance; tests put their own in.
    """

    deadline: float = field(default=60.0, validator=_above_zero)
    backoff: Backoff = field(factory=Backoff)
    in_flight: int = field(default=8, validator=_above_zero)
    retry_quota: int = 20
    world: Surroundings = field(factory=Surroundings)


_TENTHS = 10  # counted whole: ten times 0.1 is less than 1


class RetryBudget:
    """A purse of retries shared by all calls of a client, so that an outage makes no storm.

    A retry costs one; a call that succeeds pays back a tenth, up to the quota.
    """

    def __init__(self, quota: int) -> None:
        self._quota = self._left = quota * _TENTHS
        self._lock = Lock()

    def spend(self) -> bool:
        """Take one retry; False if none is left."""
        with self._lock:
            if self._left < _TENTHS:
                return False
            self._left -= _TENTHS
            return True

    def earn(self) -> None:
        """Put a tenth of a retry back after a success."""
        with self._lock:
            self._left = min(self._left + 1, self._quota)


class _Renewals:
    """Renews once, however many threads meet the same refusal."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = Lock()

    def renew(self, auth: Auth, caller: Caller, seen: int) -> bool:
        """Renew unless another thread has since `seen`; False if only a person can."""
        with self._lock:
            if self.count == seen:
                if not auth.renew(caller):
                    return False
                self.count += 1
            return True


@frozen(kw_only=True, eq=False)
class Engine:
    """A `Caller` that moves the bytes; thread-safe.

    Args:
        mall: The mall's key, for errors and logs.
        transport: The way to the network.
        auth: How the mall knows who asks.
        pace: The credential's rate limit; None for no limit.
        settings: How patient it is, with clock, sleep and chance.
        owns_transport: Whether closing the engine closes the transport.
    """

    mall: str
    transport: Transport
    auth: Auth
    pace: Pace | None = None
    settings: Settings = field(factory=Settings)
    owns_transport: bool = False
    _closed: Event = field(factory=Event, init=False, repr=False)
    _renewals: _Renewals = field(factory=_Renewals, init=False, repr=False)
    _budget: RetryBudget = field(
        init=False,
        repr=False,
        default=Factory(lambda self: RetryBudget(self.settings.retry_quota), takes_self=True),
    )
    _pool: ThreadPoolExecutor = field(
        init=False,
        repr=False,
        default=Factory(
            lambda self: ThreadPoolExecutor(self.settings.in_flight, f"mallsync-{self.mall}"),
            takes_self=True,
        ),
    )

    def call(self, operation: Operation[T]) -> T:
        """Carry out one operation; tried again only where that is safe.

        Raises:
            MallError: What the last attempt came to.
            ConfigError: The client is closed.
        """
        return self._call(operation, self.decode)

    def _call(self, operation: Operation[T], take: Take[T, R]) -> R:
        self._refuse_if_closed()
        seen = self._renewals.count
        try:
            result = self.once(operation, take)
        except AuthFailed:
            if not self._renewals.renew(self.auth, _Plain(self), seen):
                raise
            result = self.once(operation, take)
        self._budget.earn()
        return result

    def map(self, operations: Iterable[Operation[T]]) -> Iterator[T]:
        """Carry out many, at most ``in_flight`` ahead of the reader, answers in the order asked.

        What was read stays bytes until the reader comes to it: answers that are decoded ahead, by
        turns of threads, and kept, cost half as much again (benchmarks/fetch.py).
        """
        pending: deque[Future[Callable[[], T]]] = deque()
        try:
            for operation in operations:
                self._refuse_if_closed()
                pending.append(self._pool.submit(self._call, operation, self._keep))
                if len(pending) >= self.settings.in_flight:
                    yield pending.popleft().result()()
            while pending:
                yield pending.popleft().result()()
        finally:
            for future in pending:
                future.cancel()

    def _keep(self, operation: Operation[T], response: Response, now: datetime) -> Callable[[], T]:
        """Return what gives the result when it is asked for; refusals and writes are told now."""
        if response.status == HTTPStatus.OK and operation.effect is Effect.READ:
            return partial(self._read, operation, response, now)
        result = self.decode(operation, response, now)
        return lambda: result

    def _read(self, operation: Operation[T], response: Response, now: datetime) -> T:
        """Decode what was kept; an answer that asks for another attempt gets a call of its own."""
        try:
            return self.decode(operation, response, now)
        except MallError as error:
            if isinstance(error, AuthFailed) or may_retry(operation.effect, error):
                return self.call(operation)
            raise

    def decode(self, operation: Operation[T], response: Response, now: datetime) -> T:
        """Return what an answer says; what the mall asks of the next calls is heeded."""
        try:
            return operation.decode(response)
        except AuthFailed as error:
            raise self.named(self.auth.explain(error, now), operation) from None
        except MallError as error:
            if isinstance(error, Throttled | Unavailable):
                self._heed(error, response, now)
            self.named(error, operation)
            raise

    def _heed(self, error: Throttled | Unavailable, response: Response, now: datetime) -> None:
        asked = retry_after(response.headers.get("retry-after"), now)
        if asked is None and isinstance(error, Throttled):
            asked = reset_after(response.headers.get("x-ratelimit-reset"), now)
        error.retry_after = error.retry_after if asked is None else asked
        if self.pace is not None and error.retry_after:
            self.pace.hold(error.retry_after)  # for every thread of the credential

    def named(self, error: E, operation: Operation[Any]) -> E:
        """Return an error that says where it happened."""
        error.mall = error.mall or self.mall
        error.operation = error.operation or operation.name
        return error

    def pause(self, seconds: float) -> None:
        """Wait."""
        self.settings.world.sleep(seconds)

    def now(self) -> datetime:
        """Return the present, aware."""
        return self.settings.world.now()

    def close(self) -> None:
        """Take no more calls, and wait for those of `map`; a direct one elsewhere goes on."""
        self._closed.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self.owns_transport:
            self.transport.close()

    def _refuse_if_closed(self) -> None:
        if self._closed.is_set():
            raise ConfigError("the client is closed: make a new one, or write it as a with block")

    def spend_retry(self) -> bool:
        """Take one retry from the shared budget; False if none is left."""
        return self._budget.spend()

    def once(self, operation: Operation[T], take: Take[T, R]) -> R:
        """Carry out one operation with the credentials as they are."""
        call = _Call(self, operation, take)
        retrying = Retrying(
            retry=retry_if_exception(call.may_go_on),
            wait=call.wait,
            stop=call.is_over,
            sleep=self.settings.world.sleep,
            reraise=True,
        )
        try:
            return retrying(call.attempt)
        except MallError as error:
            raise call.verdict(error) from error.__cause__


@frozen
class _Plain:
    """The caller that a renewal is given: a refusal there is not answered by another renewal."""

    engine: Engine

    def call(self, operation: Operation[T]) -> T:
        """Carry out one operation."""
        return self.engine.once(operation, self.engine.decode)

    def map(self, operations: Iterable[Operation[T]]) -> Iterator[T]:
        """Carry out many, one after another."""
        return map(self.call, operations)

    def pause(self, seconds: float) -> None:
        """Wait."""
        self.engine.pause(seconds)


class _Call(Generic[T, R]):
    """One operation under way: its deadline, and whether a write may have landed."""

    def __init__(self, engine: Engine, operation: Operation[T], take: Take[T, R]) -> None:
        self._engine = engine
        self._operation = operation
        self._take = take
        self._ends_at: float | None = None
        self._doubt: MallError | None = None

    def attempt(self) -> R:
        """Pace, sign, send and take the answer once."""
        world = self._engine.settings.world
        self._take_slot()
        started = world.monotonic()
        if self._ends_at is None:
            self._ends_at = started + self._engine.settings.deadline
        try:
            result = self._exchange(self._ends_at - started)
        except MallError as error:
            self._log(started, f"{type(error).__name__} {error.code}")
            raise
        self._log(started, "ok")
        return result

    def _take_slot(self) -> None:
        """Wait for a slot: the first however long the queue is, later ones within the deadline.

        While the mall has asked for more patience than a call has, calls fail at once.
        """
        pace, settings = self._engine.pace, self._engine.settings
        if pace is None:
            return
        left = None if self._ends_at is None else self._ends_at - settings.world.monotonic()
        if pace.acquire(self._operation.cost, within=left, patience=settings.deadline):
            return
        held = pace.held()
        if held > settings.deadline:
            error = self._named(Throttled("the mall has asked to wait", code="HELD"))
            error.retry_after = held
            raise error
        raise self._named(NotSent("no slot is free before the deadline", code="DEADLINE"))

    def _named(self, error: E) -> E:
        return self._engine.named(error, self._operation)

    def may_go_on(self, error: BaseException) -> bool:
        """Tell whether the failure allows another attempt; remember an uncertain one."""
        if not isinstance(error, MallError):
            return False
        if error.uncertain and self._operation.effect is not Effect.READ:
            self._doubt = self._doubt or error
        return may_retry(self._operation.effect, error)

    def wait(self, state: RetryCallState) -> float:
        """Return the seconds until the next attempt."""
        backoff, jitter = self._engine.settings.backoff, self._engine.settings.world.random()
        return backoff.seconds(state.attempt_number, _failure(state), jitter=jitter)

    def is_over(self, state: RetryCallState) -> bool:
        """Tell whether attempts, deadline or the shared retry budget are used up."""
        settings, world = self._engine.settings, self._engine.settings.world
        return (
            state.attempt_number >= settings.backoff.attempts
            or world.monotonic() + state.upcoming_sleep >= (self._ends_at or 0.0)
            or not self._engine.spend_retry()
        )

    def verdict(self, error: MallError) -> MallError:
        """Return what the whole call came to: one uncertain attempt leaves a write in doubt."""
        return error if self._doubt is None or error.uncertain else self._doubt

    def _exchange(self, left: float) -> R:
        auth, now = self._engine.auth, self._engine.settings.world.now()
        try:
            if left <= 0:
                raise NotSent("the deadline passed before it could be sent", code="DEADLINE")
            request = auth.sign(self._operation.encode(), now)
            response = self._engine.transport.send(request, timeout=left)
            auth.observe(response, now)
        except MallError as error:
            self._named(error)
            raise
        return self._take(self._operation, response, now)

    def _log(self, started: float, result: str) -> None:
        _log.debug(
            "%s %s: %s in %.3f s",
            self._engine.mall,
            self._operation.name,
            result,
            self._engine.settings.world.monotonic() - started,
        )


def _failure(state: RetryCallState) -> MallError:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, MallError) else MallError()
