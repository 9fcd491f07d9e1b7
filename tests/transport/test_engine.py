"""The engine: when it tries again, how long it waits, and what it says at the end."""

from __future__ import annotations

import gc
import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from attrs import define, evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from mallsync.errors import (
    AnswerLost,
    AuthFailed,
    ConfigError,
    Conflict,
    DecodeError,
    MallError,
    NotFound,
    NotSent,
    Rejected,
    Throttled,
    Unavailable,
)
from mallsync.model.writebacks import Outcome, outcome_of
from mallsync.transport import Engine, Pace, Settings, Surroundings
from mallsync.transport.engine import RetryBudget
from mallsync.wire.calls import Caller
from mallsync.wire.messages import Effect, Request, Response
from mallsync.wire.retry import Backoff, fault_of_status

START = datetime(2026, 11, 22, tzinfo=UTC)
NOT_THERE = 404
OK = Response(status=200, body=b"fine")


@define
class World:
    """A clock that stands still until someone sleeps; ``sleeps`` keeps for how long."""

    seconds: float = 1000.0
    jitter: float = 1.0
    sleeps: list[float] = field(factory=list)

    def monotonic(self) -> float:
        """Return the seconds that have passed."""
        return self.seconds

    def now(self) -> datetime:
        """Return the present."""
        return START + timedelta(seconds=self.seconds - 1000.0)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.sleeps.append(seconds)
        self.seconds += seconds

    def surroundings(self) -> Surroundings:
        """Return what an engine takes."""
        return Surroundings(
            now=self.now,
            monotonic=self.monotonic,
            sleep=self.sleep,
            random=lambda: self.jitter,
        )


@frozen(kw_only=True)
class Ask:
    """An operation whose answer is the body as text; statuses mean what they mean everywhere."""

    name: str = "ask"
    effect: Effect = Effect.READ
    budget: str = "all"
    cost: int = 1
    word: str = ""

    def encode(self) -> Request:
        """Return a request that carries the word."""
        return Request(method="POST", path="/ask", body=self.word.encode())

    def decode(self, response: Response) -> str:
        """Return the body; a status that is none of success raises."""
        fault = fault_of_status(response)
        if fault is not None:
            raise fault("as the status says", code=f"HTTP_{response.status}")
        if response.status in (401, 403):
            raise AuthFailed(code=f"HTTP_{response.status}")
        if response.status >= 400:
            raise (NotFound if response.status == NOT_THERE else Rejected)(code="NO")
        if response.status != OK.status:
            raise DecodeError(code=f"HTTP_{response.status}")
        return response.body.decode()


@frozen(kw_only=True)
class Late(Ask):
    """Fails on the first answers, as their bodies would have it; their status is 200."""

    said: list[MallError]

    def decode(self, response: Response) -> str:
        """Raise what is left to raise."""
        if self.said:
            error = self.said[0]
            if not isinstance(error, AuthFailed):
                self.said.pop()
            raise error
        return super().decode(response)


@frozen(kw_only=True)
class Noting(Ask):
    """Keeps which answers were decoded."""

    read: list[str]

    def decode(self, response: Response) -> str:
        """Return the body, and note it."""
        self.read.append(response.body.decode())
        return super().decode(response)


class Broken(Ask):
    """An operation with a defect."""

    def decode(self, response: Response) -> str:
        """Fail in a way that is nobody's plan."""
        raise ZeroDivisionError


@define
class Auth:
    """Signs with a counter, so that each attempt shows when it was signed."""

    renewals: list[bool] = field(factory=list)
    signed: list[datetime] = field(factory=list)
    observed: list[int] = field(factory=list)
    renewed: int = 0

    def sign(self, request: Request, now: datetime) -> Request:
        """Add the time of signing."""
        self.signed.append(now)
        return evolve(request, headers={"Authorization": f"secret {now.isoformat()}"})

    def renew(self, caller: Caller) -> bool:
        """Answer from the list; no more is no."""
        self.renewed += 1
        return self.renewals.pop(0) if self.renewals else False

    def observe(self, response: Response, now: datetime) -> None:
        """Keep the status."""
        self.observed.append(response.status)

    def explain(self, error: MallError, now: datetime) -> MallError:
        """Say that it was looked at."""
        return AuthFailed("explained", code=error.code)


Step = Response | MallError


@define
class Mall:
    """A transport that plays steps, the last one for ever."""

    steps: list[Step]
    sent: list[Request] = field(factory=list)
    timeouts: list[float] = field(factory=list)
    closed: int = 0
    lock: threading.Lock = field(factory=threading.Lock)

    def send(self, request: Request, *, timeout: float) -> Response:
        """Play the next step."""
        with self.lock:
            self.sent.append(request)
            self.timeouts.append(timeout)
            step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, MallError):
            raise step
        return step

    def close(self) -> None:
        """Count."""
        self.closed += 1


@define
class Stage:
    """An engine in a world of its own."""

    mall: Mall
    world: World = field(factory=World)
    auth: Auth = field(factory=Auth)
    pace: Pace | None = None
    settings: Settings = field(factory=Settings)

    def engine(self) -> Engine:
        """Make the engine."""
        return Engine(
            mall="rakuten",
            transport=self.mall,
            auth=self.auth,
            pace=self.pace,
            settings=evolve(self.settings, world=self.world.surroundings()),
        )

    def fail(self, operation: Ask | None = None) -> MallError:
        """Call, and return the error that it ends with."""
        with pytest.raises(MallError) as caught:
            self.engine().call(operation or Ask())
        return caught.value


def stage(*steps: Step, **more: object) -> Stage:
    """Make a stage where these steps are played."""
    return Stage(Mall(list(steps)), **more)  # type: ignore[arg-type]  # the names are the test's


def throttled(wait: str) -> Response:
    """Return a refusal that says when to come back."""
    return Response(status=429, headers={"retry-after": wait})


# --------------------------------------------------------------------------------- the schedule


def test_an_answer_needs_no_wait() -> None:
    """What goes well is done once."""
    made = stage(OK)

    assert "fine" == made.engine().call(Ask())
    assert ([], 1) == (made.world.sleeps, len(made.mall.sent))


def test_the_waits_double_up_to_the_longest() -> None:
    """With full jitter each wait is exactly as computed, and the last attempt has none after it."""
    made = stage(
        NotSent(),
        settings=Settings(deadline=100, backoff=Backoff(attempts=8)),
    )

    assert isinstance(made.fail(), NotSent)
    assert [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0] == made.world.sleeps
    assert 8 == len(made.mall.sent)


def test_without_jitter_the_waits_are_half() -> None:
    """Chance decides over the upper half only, so that no wait is ever near zero."""
    made = stage(NotSent(), world=World(jitter=0.0))
    made.fail()

    assert [0.25, 0.5, 1.0] == made.world.sleeps


def test_a_hundred_waits_stay_in_their_range() -> None:
    """Each is drawn anew between half and whole."""
    dice = random.Random(7)
    waits = [Backoff().seconds(2, NotSent(), jitter=dice.random()) for _ in range(100)]

    assert 0.5 <= min(waits) < max(waits) <= 1.0
    assert len(set(waits)) > 90


def test_the_next_attempt_gets_what_is_left_of_the_deadline() -> None:
    """The transport is given less from attempt to attempt."""
    made = stage(NotSent(), NotSent(), OK, settings=Settings(deadline=10))

    assert "fine" == made.engine().call(Ask())
    assert [10.0, 9.5, 8.5] == made.mall.timeouts


def test_no_wait_reaches_beyond_the_deadline() -> None:
    """What cannot be waited for ends the call at once."""
    made = stage(NotSent(), settings=Settings(deadline=1.5))
    made.fail()

    assert [0.5] == made.world.sleeps
    assert made.world.seconds <= 1000.0 + 1.5


def test_a_first_slot_may_be_far_away() -> None:
    """The deadline runs from the first slot on: waiting for it is no failure."""
    world = World()
    pace = Pace(1, per=100, share=1.0, monotonic=world.monotonic, sleep=world.sleep)
    made = stage(OK, world=world, pace=pace, settings=Settings(deadline=10))
    engine = made.engine()
    engine.call(Ask())
    engine.call(Ask())

    assert [100.0] == world.sleeps
    assert [10.0, 10.0] == made.mall.timeouts


def test_a_slot_beyond_the_deadline_is_too_late() -> None:
    """A retry whose turn comes after the end is not sent any more, and says so."""
    world = World()
    pace = Pace(1, per=100, share=1.0, monotonic=world.monotonic, sleep=world.sleep)
    made = stage(NotSent(), world=world, pace=pace, settings=Settings(deadline=10))
    error = made.fail()

    assert (NotSent, "DEADLINE") == (type(error), error.code)
    assert 1 == len(made.mall.sent)


def test_a_late_slot_does_not_hide_the_doubt_about_a_write() -> None:
    """The first attempt may have landed: the end is no proof that it has not."""
    world = World()
    pace = Pace(1, per=100, share=1.0, monotonic=world.monotonic, sleep=world.sleep)
    made = stage(AnswerLost(), world=world, pace=pace, settings=Settings(deadline=10))

    assert isinstance(made.fail(Ask(effect=Effect.IDEMPOTENT_WRITE)), AnswerLost)


def expected(status: int, effect: Effect) -> tuple[tuple[type[MallError], ...], int]:
    """Return the errors that a status may end with, and after how many attempts."""
    if status == 429:
        return (Throttled,), 4
    if status == 408:
        return (AnswerLost,), 1 if effect is Effect.UNSAFE_WRITE else 4
    if status >= 500 or 300 <= status < 400:
        return (Unavailable,), 1 if effect is Effect.UNSAFE_WRITE else 4
    return (AuthFailed, Rejected, DecodeError), 1


@pytest.mark.parametrize("effect", Effect)
def test_every_status_is_classified(effect: Effect) -> None:
    """429, 3xx and 5xx may pass, all others not; what is in doubt is never written twice."""
    for status in set(range(100, 600)) - {OK.status}:
        made = stage(Response(status=status, body=b"fine"))
        error = made.fail(Ask(effect=effect))
        kinds, attempts = expected(status, effect)

        assert isinstance(error, kinds), status
        assert attempts == len(made.mall.sent), status


# ----------------------------------------------------------------------------------- Retry-After


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("3", 3.0),
        (" 3 ", 3.0),
        ("0", 0.0),
        ("-5", 0.0),
        (format_datetime(START + timedelta(seconds=7), usegmt=True), 7.0),
        (format_datetime(START - timedelta(days=1), usegmt=True), 0.0),
        ("soon", 0.5),
        ("--5", 0.5),
        ("", 0.5),
        ("Mon, 1 Jan 2001 00:00:00 +9999999999999999999", 0.5),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_mall_says_when_to_come_back(header: str, wait: float, status: int) -> None:
    """Seconds and dates are obeyed to the second; what cannot be read leaves our own schedule."""
    made = stage(Response(status=status, headers={"retry-after": header}), OK)

    assert "fine" == made.engine().call(Ask())
    assert [wait] == made.world.sleeps


def test_a_throttled_call_also_heeds_the_moment_of_a_reset() -> None:
    """X-Ratelimit-Reset counts without a Retry-After, and for a refusal of that kind alone."""
    reset = {"x-ratelimit-reset": "3"}
    throttled_ = stage(Response(status=429, headers=reset), OK)
    both = stage(Response(status=429, headers={**reset, "retry-after": "2"}), OK)
    unavailable = stage(Response(status=503, headers=reset), OK)
    for made in (throttled_, both, unavailable):
        assert "fine" == made.engine().call(Ask())

    assert [[3.0], [2.0], [0.5]] == [made.world.sleeps for made in (throttled_, both, unavailable)]


@pytest.mark.parametrize("header", ["60", "3600", "1000000000", "9" * 400])
def test_a_wait_beyond_the_deadline_ends_the_call_at_once(header: str) -> None:
    """The caller learns how long, and nothing is waited or sent in vain."""
    made = stage(throttled(header))
    error = made.fail()

    assert isinstance(error, Throttled)
    assert min(float(header), 21_600.0) == error.retry_after
    assert ([], 1) == (made.world.sleeps, len(made.mall.sent))


def test_a_mall_that_says_nothing_leaves_what_the_adapter_knows() -> None:
    """An adapter may know a mall's own way of saying it; whole seconds count as well."""

    class Told(Ask):
        def decode(self, response: Response) -> str:
            error = Throttled()
            error.retry_after = 4
            raise error

    made = stage(OK)
    with pytest.raises(Throttled):
        made.engine().call(Told())

    assert [4, 4, 4] == made.world.sleeps


def test_one_refusal_holds_back_every_thread_of_the_credential() -> None:
    """The pace gives no slot to anyone until the mall wants to be asked again."""
    world = World()
    pace = Pace(1000, monotonic=world.monotonic, sleep=world.sleep)
    made = stage(throttled("5"), OK, world=world, pace=pace)
    slots: list[float] = []

    def sleep(seconds: float) -> None:
        if not slots:  # while the first call waits, another one asks for a slot
            slots.append(0.0)
            pace.acquire()
            slots.append(world.seconds)
        World.sleep(world, seconds)

    settings = evolve(made.settings, world=evolve(world.surroundings(), sleep=sleep))
    engine = evolve(made.engine(), settings=settings)
    engine.call(Ask())

    assert slots[1] >= 1005.0


def test_a_refusal_without_a_pace_holds_nobody() -> None:
    """Without a pace there is nothing to hold."""
    made = stage(throttled("5"), OK)

    assert "fine" == made.engine().call(Ask())
    assert [5.0] == made.world.sleeps


# -------------------------------------------------------------------------------- the retry budget


@pytest.mark.parametrize("effect", [Effect.READ, Effect.IDEMPOTENT_WRITE])
def test_an_outage_makes_no_storm(effect: Effect) -> None:
    """Fifty threads against a mall that is down: one request for each call, and the quota."""
    quota, calls_each = 20, 20
    mall = Mall([Response(status=503)])
    engine = Engine(
        mall="rakuten",
        transport=mall,
        auth=Auth(),
        settings=Settings(
            retry_quota=quota,
            backoff=Backoff(first=0.0),
            world=Surroundings(sleep=lambda _: None),
        ),
    )

    def ask(_: int) -> None:
        for _ in range(calls_each):
            with pytest.raises(Unavailable):
                engine.call(Ask(effect=effect))

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(ask, range(50)))
    calls = 50 * calls_each

    assert calls + quota == len(mall.sent)
    assert len(mall.sent) <= 1.1 * calls + quota


def test_success_earns_retries_back() -> None:
    """Ten good calls pay for one retry; more than the quota is never saved."""
    budget = RetryBudget(2)
    assert [True, True, False] == [budget.spend() for _ in range(3)]
    for _ in range(10):
        budget.earn()
    assert [True, False] == [budget.spend() for _ in range(2)]
    for _ in range(1000):
        budget.earn()
    assert [True, True, False] == [budget.spend() for _ in range(3)]


def test_with_mixed_fortune_the_requests_stay_below_the_bound() -> None:
    """Whatever the order of good and bad answers: at most 1.1 requests a call, and the quota."""
    dice = random.Random(3)
    mall = Mall([OK if dice.random() < 0.7 else Response(status=503) for _ in range(5000)])
    made = Stage(mall, settings=Settings(backoff=Backoff(first=0.0), retry_quota=20))
    engine = made.engine()
    calls = 0
    while len(mall.steps) > 10:
        calls += 1
        try:
            engine.call(Ask())
        except Unavailable:
            continue

    assert len(mall.sent) <= 1.1 * calls + 20


# ------------------------------------------------------------------------------ what a write means


FAILURES = [
    NotSent,
    AnswerLost,
    Throttled,
    Unavailable,
    AuthFailed,
    Rejected,
    NotFound,
    Conflict,
    DecodeError,
]


@given(
    kinds=st.lists(st.sampled_from(FAILURES), min_size=1, max_size=6),
    effect=st.sampled_from([Effect.IDEMPOTENT_WRITE, Effect.UNSAFE_WRITE]),
    renewals=st.lists(st.booleans(), max_size=2),
)
def test_a_write_with_one_uncertain_attempt_is_unknown(
    kinds: list[type[MallError]], effect: Effect, renewals: list[bool]
) -> None:
    """However the later attempts end, no write that may have landed is called not sent."""
    steps: list[Step] = [kind() for kind in kinds]
    made = Stage(Mall([*steps, OK]), auth=Auth(renewals=renewals))
    outcome = Outcome.SENT
    try:
        made.engine().call(Ask(effect=effect))
    except MallError as error:
        outcome = outcome_of(error)
    tried = kinds[: len(made.mall.sent)]

    doubtful = any(kind.uncertain for kind in tried)
    assert outcome in ((Outcome.SENT, Outcome.UNKNOWN) if doubtful else (Outcome.SENT, *Outcome))
    if effect is Effect.UNSAFE_WRITE:
        # Nothing follows an attempt that may have landed.
        assert not any(kind.uncertain for kind in kinds[: len(made.mall.sent) - 1])


def test_the_error_in_doubt_is_the_one_that_is_raised() -> None:
    """A refusal after a lost answer may be the echo of the first attempt: the doubt is told."""
    first = AnswerLost("the first")
    made = stage(first, Response(status=400))

    assert first is made.fail(Ask(effect=Effect.IDEMPOTENT_WRITE))
    assert isinstance(stage(first, Response(status=400)).fail(Ask()), Rejected)


def test_a_defect_is_raised_as_it_is() -> None:
    """What is no failure of the mall is neither tried again nor dressed up."""
    made = stage(OK)

    with pytest.raises(ZeroDivisionError):
        made.engine().call(Broken())
    assert 1 == len(made.mall.sent)


def test_an_error_names_the_mall_and_the_call() -> None:
    """What the transport raises does not know them; what an adapter has said stays."""
    own = AnswerLost(mall="other", operation="itsOwn")

    errors = [stage(step).fail(Ask(effect=Effect.UNSAFE_WRITE)) for step in (AnswerLost(), own)]

    assert [("rakuten", "ask"), ("other", "itsOwn")] == [
        (error.mall, error.operation) for error in errors
    ]


# ------------------------------------------------------------------------------------ who asks


def test_a_wish_that_a_call_cannot_wait_for_holds_back_the_others() -> None:
    """429 with two minutes ends this call at once, and the next before anything is sent."""
    world = World()
    pace = Pace(100, share=1.0, monotonic=world.monotonic, sleep=world.sleep)
    made = stage(throttled("120"), world=world, pace=pace)
    engine = made.engine()
    with pytest.raises(Throttled) as first:
        engine.call(Ask())
    world.sleep(20)
    with pytest.raises(Throttled) as second:
        engine.call(Ask())
    world.sleep(60)
    with pytest.raises(Throttled):
        engine.call(Ask())

    assert (120.0, 100.0) == (first.value.retry_after, second.value.retry_after)
    assert ("rakuten", "ask", "HELD") == (
        second.value.mall,
        second.value.operation,
        second.value.code,
    )
    assert 2 == len(made.mall.sent)
    assert world.seconds == 1120


@pytest.mark.parametrize("wrong", [{"deadline": 0}, {"deadline": "60"}, {"in_flight": 0}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    """The message names the setting and says what to write."""
    with pytest.raises(ConfigError, match="write a number above 0"):
        Settings(**wrong)


def test_credentials_are_renewed_once() -> None:
    """After a renewal the call is made again; refused twice, a person must act."""
    refused = Response(status=401)
    good = stage(refused, OK, auth=Auth(renewals=[True]))
    bad = stage(refused, auth=Auth(renewals=[True, True]))

    assert "fine" == good.engine().call(Ask())
    assert "explained" in str(bad.fail())
    assert (1, 1) == (good.auth.renewed, bad.auth.renewed)
    assert 2 == len(bad.mall.sent)


@define
class TokenAuth(Auth):
    """Renews by a call of its own, through the caller that it is given."""

    def renew(self, caller: Caller) -> bool:
        """Ask for a token; many at once, to show that the caller can."""
        self.renewed += 1
        caller.pause(0.0)
        return ["fine", "fine"] == [caller.call(Ask()), *caller.map([Ask()])]


def test_a_renewal_may_call_the_mall() -> None:
    """The renewal's own calls are signed and sent like any other."""
    made = stage(Response(status=401), OK, auth=TokenAuth())

    assert "fine" == made.engine().call(Ask())
    assert (1, 4) == (made.auth.renewed, len(made.mall.sent))


def test_a_refused_renewal_is_not_renewed_in_turn() -> None:
    """A refusal inside the renewal ends the call: nothing recurses."""
    made = stage(Response(status=401), auth=TokenAuth())

    assert isinstance(made.fail(), AuthFailed)
    assert (1, 2) == (made.auth.renewed, len(made.mall.sent))


def test_many_threads_that_meet_one_refusal_renew_once() -> None:
    """Whoever comes second finds new credentials, and does not ask for newer ones."""
    together = threading.Barrier(4)

    @define
    class Slow(Mall):
        def send(self, request: Request, *, timeout: float) -> Response:
            """Refuse the first four, which wait for one another."""
            response = Mall.send(self, request, timeout=timeout)
            if response.status == 401:
                together.wait(5)
            return response

    steps: list[Step] = [Response(status=401)] * 4
    made = Stage(Slow([*steps, OK]), auth=Auth(renewals=[True]))
    engine = made.engine()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: engine.call(Ask()), range(4)))

    assert ["fine"] * 4 == answers
    assert (1, 8) == (made.auth.renewed, len(made.mall.sent))


def test_a_sleep_that_takes_too_long_ends_the_call() -> None:
    """Whoever wakes up behind the deadline sends nothing more."""

    @define
    class Sluggish(World):
        def sleep(self, seconds: float) -> None:
            """Sleep far longer than asked."""
            self.seconds += 100 * seconds

    made = stage(NotSent(), world=Sluggish(), settings=Settings(deadline=10))
    error = made.fail()

    assert (NotSent, "DEADLINE", 1) == (type(error), error.code, len(made.mall.sent))


def test_a_retry_without_a_slot_before_the_deadline_ends_at_once() -> None:
    """A busy rate limit does not carry a call past its deadline."""
    world = World()
    pace = Pace(1, per=100, share=1.0, monotonic=world.monotonic, sleep=world.sleep)
    made = stage(NotSent(), world=world, pace=pace, settings=Settings(deadline=60))
    error = made.fail()

    assert (NotSent, "DEADLINE") == (type(error), error.code)
    assert ("rakuten", "ask") == (error.mall, error.operation)
    assert 1 == len(made.mall.sent)
    assert world.seconds < 1060


def test_what_cannot_be_renewed_is_explained() -> None:
    """The error is as precise as the credentials allow."""
    made = stage(Response(status=403))
    error = made.fail()

    assert ("explained", "HTTP_403") == (error.args[0], error.code)
    assert ("rakuten", "ask") == (error.mall, error.operation)
    assert (1, 1) == (made.auth.renewed, len(made.mall.sent))


def test_each_attempt_is_signed_by_itself_after_its_slot() -> None:
    """A signature holds the time at which it is sent, not the one at which it was queued."""
    world = World()
    pace = Pace(1, per=10, share=1.0, monotonic=world.monotonic, sleep=world.sleep)
    made = stage(NotSent(), OK, world=world, pace=pace)
    made.engine().call(Ask())

    assert [START, START + timedelta(seconds=10)] == made.auth.signed
    assert [f"secret {moment.isoformat()}" for moment in made.auth.signed] == [
        request.headers["Authorization"] for request in made.mall.sent
    ]


def test_every_answer_is_shown_to_the_credentials() -> None:
    """A refusal may carry a new token as well as a good answer; a lost one carries nothing."""
    made = stage(Response(status=503), AnswerLost(), OK)
    made.engine().call(Ask())

    assert [503, 200] == made.auth.observed


# ------------------------------------------------------------------------------------- many calls


@define
class Counting:
    """A source of operations that tells how many were taken from it."""

    total: int
    taken: int = 0

    def __iter__(self) -> Iterator[Ask]:
        """Yield numbered operations."""
        for number in range(self.total):
            self.taken += 1
            yield Ask(word=str(number))


@define
class Echo:
    """A transport that answers with the body it was sent, after what `before` does."""

    before: Callable[[str], None] = field(default=lambda _: None)
    sent: list[str] = field(factory=list)

    def send(self, request: Request, *, timeout: float) -> Response:
        """Answer."""
        word = request.body.decode()
        self.sent.append(word)
        self.before(word)
        return Response(status=200, body=request.body)

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def echoing() -> Iterator[Callable[..., Engine]]:
    """Make engines around an echo, closed after the test."""
    made: list[Engine] = []

    def make(echo: Echo, in_flight: int = 4) -> Engine:
        engine = Engine(
            mall="rakuten",
            transport=echo,
            auth=Auth(),
            settings=Settings(in_flight=in_flight),
        )
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


def test_many_answers_come_in_the_order_asked(echoing: Callable[..., Engine]) -> None:
    """Whichever is ready first."""
    dice = random.Random(5)
    engine = echoing(Echo(lambda _: time.sleep(dice.random() / 500)))

    assert [str(number) for number in range(100)] == list(engine.map(Counting(100)))


def test_the_look_ahead_is_bounded(echoing: Callable[..., Engine]) -> None:
    """No more is taken from the source than may be under way at once."""
    source, engine = Counting(100), echoing(Echo(), 4)
    answers = engine.map(source)

    assert 0 == source.taken
    for number in range(10):
        assert str(number) == next(answers)
        assert source.taken <= number + 4
    answers.close()  # type: ignore[attr-defined]  # a generator has it


def test_answers_stay_bytes_until_the_reader_comes_to_them(
    echoing: Callable[..., Engine],
) -> None:
    """Decoded ahead, they would all be held as objects at once."""
    read: list[str] = []
    arrived = threading.Semaphore(0)
    engine = echoing(Echo(lambda _: arrived.release()), 4)
    answers = engine.map([Noting(word=str(number), read=read) for number in range(4)])

    assert "0" == next(answers)
    assert all(arrived.acquire(timeout=5) for _ in range(4))
    assert ["0"] == read
    assert "1" == next(answers)
    assert ["0", "1"] == read
    answers.close()  # type: ignore[attr-defined]  # a generator has it


def test_a_write_is_told_as_soon_as_it_is_answered(echoing: Callable[..., Engine]) -> None:
    """What became of it must not depend on a reader who may never come."""
    read: list[str] = []
    engine = echoing(Echo(), 4)
    writes = [
        Noting(word=str(number), read=read, effect=Effect.UNSAFE_WRITE) for number in range(4)
    ]

    assert ["0", "1", "2", "3"] == list(engine.map(writes))
    answers = engine.map(writes)
    next(answers)
    deadline = time.monotonic() + 5
    while len(read) < 8 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sorted(read) == sorted("0123" * 2)


def test_an_answer_that_asks_for_patience_gets_another_call(
    echoing: Callable[..., Engine],
) -> None:
    """Also where only its body says so, which the reader comes to late."""
    for first, expected in (
        (Throttled(), ["fine"]),
        (AuthFailed(), []),
        (DecodeError(code="BODY"), []),
    ):
        echo = Echo()
        answers = echoing(echo).map([Late(word="fine", said=[first])])
        if expected:
            assert expected == list(answers)
            assert ["fine", "fine"] == echo.sent
        else:
            with pytest.raises(type(first)) as told:
                list(answers)
            assert ("rakuten", "ask") == (told.value.mall, told.value.operation)


def test_readers_who_take_turns_never_lock_each_other_out(echoing: Callable[..., Engine]) -> None:
    """However many streams are begun in one thread, and however few threads serve them."""
    engine = echoing(Echo(), 2)
    streams = [engine.map(Counting(4)) for _ in range(4)]

    assert ["0"] * 4 == [next(stream) for stream in streams]
    assert ["1", "2", "3"] * 4 == [word for stream in streams for word in stream]


def test_nothing_to_ask_is_nothing_to_answer(echoing: Callable[..., Engine]) -> None:
    """And fewer than may be under way are all asked."""
    engine = echoing(Echo(), 8)

    assert [] == list(engine.map([]))
    assert ["0", "1"] == list(engine.map(Counting(2)))


def test_closing_the_stream_early_cancels_what_has_not_begun(
    echoing: Callable[..., Engine],
) -> None:
    """A reader that has seen enough asks for no more."""
    hold, begun = threading.Event(), threading.Event()

    def before(word: str) -> None:
        if word != "0":
            begun.set()
            hold.wait(5)

    echo = Echo(before)
    engine = echoing(echo, 4)
    narrow = ThreadPoolExecutor(1)
    object.__setattr__(engine, "_pool", narrow)  # one thread, so that three wait in line
    answers = engine.map(Counting(100))
    assert "0" == next(answers)
    assert begun.wait(5)
    answers.close()  # type: ignore[attr-defined]  # a generator has it
    hold.set()
    narrow.shutdown()

    assert ["0", "1"] == echo.sent


def test_an_error_in_the_middle_is_raised_at_its_place(echoing: Callable[..., Engine]) -> None:
    """What comes before it is delivered first."""

    def before(word: str) -> None:
        if word == "5":
            raise Rejected(code="FIVE")

    answers = echoing(Echo(before)).map(Counting(100))

    assert ["0", "1", "2", "3", "4"] == [next(answers) for _ in range(5)]
    with pytest.raises(Rejected, match="FIVE"):
        next(answers)
    assert [] == list(answers)


def test_an_error_of_the_source_is_raised_as_it_is(echoing: Callable[..., Engine]) -> None:
    """The operations may come from a generator that fails."""

    def source() -> Iterable[Ask]:
        yield Ask(word="a")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(echoing(Echo()).map(source()))


def test_a_pause_and_the_present_come_from_the_surroundings() -> None:
    """Flows wait and look at the clock through the engine."""
    made = stage(OK)
    engine = made.engine()
    engine.pause(3.0)

    assert [3.0] == made.world.sleeps
    assert START + timedelta(seconds=3) == engine.now()


def test_the_present_is_aware() -> None:
    """The machine's clock is read in UTC."""
    now = Surroundings().now()

    assert timedelta(0) == now.utcoffset()
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)


# ---------------------------------------------------------------------------------------- the end


def test_closing_twice_is_closing_once() -> None:
    """A transport that was given stays open; one that is owned is closed with the engine."""
    given_one, own = Mall([OK]), Mall([OK])
    for mall, owns in ((given_one, False), (own, True)):
        engine = Engine(mall="rakuten", transport=mall, auth=Auth(), owns_transport=owns)
        assert ["fine"] == list(engine.map([Ask()]))
        engine.close()
        engine.close()

    assert 0 == given_one.closed
    assert own.closed > 0


def test_a_closed_engine_makes_no_call() -> None:
    """Neither one nor many: the client is closed for good, and the text says so."""
    made = stage(OK)
    engine = made.engine()
    engine.close()

    with pytest.raises(ConfigError, match="the client is closed"):
        engine.call(Ask())
    with pytest.raises(ConfigError, match="the client is closed"):
        list(engine.map([Ask()]))
    assert [] == made.mall.sent


def test_a_closed_engine_leaves_no_thread(echoing: Callable[..., Engine]) -> None:
    """The threads of its pool have ended when close returns."""
    engine = echoing(Echo(), 3)
    list(engine.map(Counting(20)))
    mine = [thread for thread in threading.enumerate() if "mallsync-rakuten" in thread.name]
    engine.close()

    assert mine
    assert not any(thread.is_alive() for thread in mine)


def test_an_engine_that_nobody_closes_ends_with_its_last_reader() -> None:
    """A forgotten client holds no threads for ever."""
    engine = Engine(mall="forgotten", transport=Echo(), auth=Auth())
    list(engine.map(Counting(20)))
    mine = [thread for thread in threading.enumerate() if "mallsync-forgotten" in thread.name]
    del engine
    gc.collect()
    for thread in mine:
        thread.join(5)

    assert not any(thread.is_alive() for thread in mine)


def test_engines_share_no_state() -> None:
    """Neither the budget nor the pace nor the threads of one shop slow another down."""
    down, up = stage(Response(status=503)), stage(Response(status=503), OK)
    broken, working = down.engine(), up.engine()
    for _ in range(30):
        with pytest.raises(Unavailable):
            broken.call(Ask())

    assert not broken.spend_retry()
    assert "fine" == working.call(Ask())
    assert working.spend_retry()
    assert broken != working


# ---------------------------------------------------------------------------------------- the log


def test_no_log_holds_a_secret_a_body_or_a_person(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG there is one line for each attempt: mall, call, result and time."""
    caplog.set_level(logging.DEBUG)
    made = stage(
        AnswerLost(code="ReadTimeout"),
        Response(status=503, headers={"x": "marker"}, body=b"marker"),
        Response(status=200, body=b"marker"),
    )
    made.engine().call(Ask(word="marker"))

    assert [
        "rakuten ask: AnswerLost ReadTimeout in 0.000 s",
        "rakuten ask: Unavailable HTTP_503 in 0.000 s",
        "rakuten ask: ok in 0.000 s",
    ] == caplog.messages
    assert {"DEBUG"} == {record.levelname for record in caplog.records}
    assert "marker" not in caplog.text
    assert "secret" not in caplog.text


def test_an_engine_shows_nothing_of_its_inside() -> None:
    """Its repr holds neither the pool nor the budget."""
    assert "Pool" not in repr(stage(OK).engine())
