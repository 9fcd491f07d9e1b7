"""The rate limit: never too fast, and no slower than it must be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from threading import Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync import sandbox
from mallsync.adapters.rakuten.auth import RakutenAuth
from mallsync.adapters.rakuten.codec import GetSubStatusList
from mallsync.errors import ConfigError, Throttled
from mallsync.model.period import JST
from mallsync.transport import Engine, HttpTransport, Pace, Settings
from mallsync.wire.retry import Backoff

NOW = datetime(2026, 4, 10, 12, 0, tzinfo=JST)


class Clock:
    """Fake time for many threads: a sleeper is told when it would wake, and time moves on."""

    def __init__(self) -> None:
        self.seconds = 5000.0
        self.wakes: list[float] = []
        self._lock = Lock()

    def monotonic(self) -> float:
        """Return the seconds that have passed."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Move to the time of waking, if it is not past already."""
        with self._lock:
            self.seconds = max(self.seconds, self.seconds + seconds)

    def pace(self, limit: float, per: float = 1.0, **options: float) -> Pace:
        """Make a pace in this time."""
        return Pace(limit, per, monotonic=self.monotonic, sleep=self.sleep, **options)


class Frozen(Clock):
    """Time that stands still: what is slept is the time of the slot."""

    def sleep(self, seconds: float) -> None:
        """Note the slot."""
        with self._lock:
            self.wakes.append(self.seconds + seconds)


def most_in_any_window(times: list[float], span: float) -> int:
    """Return the most slots in any trailing window that is open at its start."""
    times = sorted(times)
    most = start = 0
    for end, moment in enumerate(times):
        while moment - times[start] >= span - 1e-9:
            start += 1
        most = max(most, end - start + 1)
    return most


@pytest.mark.parametrize("threads", [1, 4, 16])
@pytest.mark.parametrize(("limit", "per"), [(1, 1), (10, 1), (30, 60), (7, 3)])
def test_no_window_ever_holds_more_than_the_limit(threads: int, limit: int, per: int) -> None:
    """A thousand slots each, wherever the window is laid."""
    clock = Frozen()
    pace = clock.pace(limit, per)

    def take(_: int) -> None:
        for _ in range(1000):
            pace.acquire()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(take, range(threads)))
    slots = [clock.seconds, *clock.wakes]

    assert threads * 1000 == len(slots)
    assert most_in_any_window(slots, per) <= limit
    assert max(slots) - min(slots) <= pace.interval * (len(slots) - 1) * 1.001


@given(
    limit=st.integers(1, 100),
    per=st.integers(1, 100),
    gaps=st.lists(st.floats(0, 30), min_size=2, max_size=60),
)
def test_a_caller_that_comes_and_goes_saves_up_nothing(
    limit: int, per: int, gaps: list[float]
) -> None:
    """Idle time buys no burst."""
    clock = Clock()
    pace = clock.pace(limit, per)
    slots = []
    for gap in gaps:
        clock.sleep(gap)
        pace.acquire()
        slots.append(clock.monotonic())

    assert most_in_any_window(slots, per) <= limit


def test_a_call_that_wakes_up_late_is_not_crowded_by_those_behind_it() -> None:
    """Its slot was long ago; the mall counts when calls really come."""
    clock = Clock()
    left: list[float] = []
    oversleeps = [True]

    def sleep(seconds: float) -> None:
        if oversleeps and oversleeps.pop():
            for _ in range(10):  # others come and go meanwhile
                take()
        else:
            clock.sleep(seconds)

    pace = Pace(10, monotonic=clock.monotonic, sleep=sleep)

    def take() -> None:
        pace.acquire()
        left.append(clock.seconds)

    for _ in range(30):
        take()

    assert 40 == len(left)
    assert most_in_any_window(left, 1) <= 10
    assert max(left) - min(left) <= pace.interval * 39 + 0.2


@given(
    limit=st.integers(1, 10),
    per=st.sampled_from([0.05, 1, 60]),
    share=st.sampled_from([0.5, 0.95, 1.0]),
    stalls=st.dictionaries(st.integers(0, 60), st.floats(0, 100), max_size=8),
)
def test_those_that_wake_up_late_do_not_crowd_the_mall(
    limit: int, per: float, share: float, stalls: dict[int, float]
) -> None:
    """As on a machine that stands still, again and again; nor is more time lost than it stood."""
    clock = Clock()
    pace = clock.pace(limit, per, share=share)
    begun, stood = clock.seconds, 0.0
    left: list[float] = []
    for at in range(40):
        moment: float | None = begun + at * pace.interval
        while moment is not None:
            stall = stalls.pop(len(left) + len(stalls), 0.0)
            stood += stall
            clock.seconds = max(clock.seconds, moment) + stall
            moment = pace._leave(moment, 1)
        left.append(clock.seconds)

    assert most_in_any_window(left, per) <= limit
    assert left[-1] - begun <= pace.interval * (40 + limit) + stood


def test_a_call_that_costs_more_waits_for_room_for_all_of_it() -> None:
    """Units count, not calls."""
    clock = Clock()
    pace = clock.pace(10)
    left = []
    for moment in (clock.seconds,) * 4:
        asked: float | None = moment
        while asked is not None:
            clock.seconds = max(clock.seconds, asked)
            asked = pace._leave(asked, 3)
        left += [clock.seconds] * 3

    assert most_in_any_window(left, 1) <= 10
    assert left[8] == left[0] < left[9]


def test_a_hold_holds_back_who_has_a_slot_already() -> None:
    """Its slot comes while the mall wants no calls."""
    clock = Clock()
    pace = clock.pace(1, share=1.0)
    pace.acquire()
    held = [True]

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if held and held.pop():
            pace.hold(30)

    pace._sleep = sleep
    assert pace.acquire()
    assert 5031.0 == clock.seconds


def test_a_booked_slot_is_never_refused_for_a_millisecond() -> None:
    """Slots begin at whole ones; and a call that costs more has its last one later."""
    clock = Clock()
    clock.seconds += 0.0004
    pace = clock.pace(1, share=1.0)

    assert pace.acquire(within=0.0)
    assert pace.acquire(3, within=1.0)


def test_those_that_were_held_leave_one_behind_the_other() -> None:
    """Each has a new slot: a mall that asked for silence wants no crowd."""
    clock = Frozen()
    pace = clock.pace(10, share=1.0)
    pace.hold(1)
    slots = [clock.seconds + at / 10 for at in range(5)]
    later = [pace._leave(slot, 1) for slot in slots]

    assert [5001.0, 5001.1, 5001.2, 5001.3, 5001.4] == [round(one or 0, 2) for one in later]


@pytest.mark.parametrize(
    "take", [lambda pace: pace.acquire(patience=20.0), lambda pace: pace.acquire(within=20.0)]
)
def test_a_hold_that_is_too_long_for_a_call_lets_it_go(take: Callable[[Pace], bool]) -> None:
    """Whether it comes before the slot is booked or while it is waited for."""
    clock = Clock()
    pace = clock.pace(1, share=1.0)
    pace.acquire()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        pace.hold(30)

    pace._sleep = sleep
    for _ in range(2):
        assert not take(pace)
        assert 5001.0 == clock.seconds


def test_the_first_slot_is_now() -> None:
    """Who has not asked for long need not wait."""
    clock = Frozen()
    clock.pace(1).acquire()

    assert [] == clock.wakes


def test_slots_are_a_little_further_apart_than_the_limit_says() -> None:
    """At the very limit a mall that counts in a sliding window refuses some."""
    assert 1.053 == Pace(1).interval
    assert 1.0 == Pace(1, share=1.0).interval
    assert 2.0 == Pace(30, per=60, share=1.0).interval


def test_a_cost_takes_so_many_slots_in_a_row() -> None:
    """The call goes at its last one, and those behind it wait for all of them."""
    clock = Frozen()
    pace = clock.pace(1, share=1.0)
    pace.acquire(3)
    pace.acquire()

    assert [5002.0, 5003.0] == clock.wakes


def test_a_cost_of_nothing_waits_for_nothing() -> None:
    """Some calls draw on no limit."""
    clock = Frozen()
    pace = clock.pace(1, share=1.0)
    for _ in range(3):
        pace.acquire(0)
    pace.acquire()

    assert [] == clock.wakes


def test_a_hold_gives_no_slot_until_it_is_over() -> None:
    """Slots go on after it at their distance; a shorter hold does not shorten a longer one."""
    clock = Frozen()
    pace = clock.pace(1, share=1.0)
    pace.hold(60)
    pace.hold(5)
    pace.acquire()
    pace.acquire()

    assert [5060.0, 5061.0] == clock.wakes


def test_a_slot_that_is_too_far_off_is_not_taken() -> None:
    """The answer is no at once, and the slot stays free for who can wait."""
    clock = Frozen()
    pace = clock.pace(1, per=10, share=1.0)

    assert pace.acquire(within=0.0)
    assert not pace.acquire(within=9.0)
    assert pace.acquire(within=10.0)
    assert [5010.0] == clock.wakes


def test_a_hold_says_how_long_it_lasts() -> None:
    """A call that cannot wait so long need not queue."""
    clock = Clock()
    pace = clock.pace(1, share=1.0)
    pace.hold(30)
    clock.sleep(10)

    assert 20.0 == pace.held()
    clock.sleep(30)
    assert 0.0 == pace.held()


def test_a_hold_that_is_over_is_forgotten() -> None:
    """Afterwards the pace is what it was."""
    clock = Clock()
    pace = clock.pace(1, share=1.0)
    pace.hold(2)
    clock.sleep(10)
    before = clock.monotonic()
    pace.acquire()

    assert before == clock.monotonic()


@pytest.mark.parametrize(
    ("limit", "per", "share"),
    [
        (0, 1, 1),
        (-1, 1, 1),
        (1, 0, 1),
        (1, -1, 1),
        (1, 1, 0),
        (1, 1, 1.1),
        (float("nan"), 1, 1),
        (1, float("inf"), 1),
    ],
)
def test_a_pace_that_cannot_be_is_refused(limit: float, per: float, share: float) -> None:
    """The text shows one that can."""
    with pytest.raises(ConfigError, match=r"such as Pace\(1, per=1\)"):
        Pace(limit, per, share=share)


@pytest.fixture
def busy() -> Iterator[sandbox.RakutenMall]:
    """Run a mall that refuses more than twenty-five requests in any second."""
    with sandbox.running(orders=1, now=NOW, throttle=True, rate=25) as malls:
        yield malls.rakuten


def test_a_mall_with_a_sliding_window_refuses_nothing(busy: sandbox.RakutenMall) -> None:
    """Eight threads at 0.95 of the limit: no answer of 429, and hardly a slot is wasted.

    A machine that stalls for longer than the 5 % may spoil a round; a wrong pace spoils them all.
    """
    rounds = (_paced_round(busy) for _ in range(4))

    assert any(statuses == {200} and not is_slow for statuses, is_slow in rounds)


def _paced_round(busy: sandbox.RakutenMall) -> tuple[set[int], bool]:
    """Ask sixty times: the statuses seen, and whether it took longer than the slots do."""
    calls = 60
    pace = Pace(25)
    already = len(busy.hits)
    engine = Engine(
        mall="rakuten",
        transport=HttpTransport(base_url=busy.base_url),
        auth=RakutenAuth(busy.credentials),
        pace=pace,
        settings=Settings(backoff=Backoff(attempts=1)),
        owns_transport=True,
    )
    time.sleep(1.0)  # the window of the round before is over
    started = time.monotonic()
    with suppress(Throttled):
        assert calls == len(list(engine.map([GetSubStatusList()] * calls)))
    took = time.monotonic() - started
    engine.close()
    statuses = {hit.status for hit in busy.hits[already:]}
    least = (calls - 1) * pace.interval
    assert took >= least or 429 in statuses
    return statuses, took > least * 1.3 + 0.5


def test_without_a_pace_the_same_mall_refuses(busy: sandbox.RakutenMall) -> None:
    """Which shows that the test above can fail."""
    engine = Engine(
        mall="rakuten",
        transport=HttpTransport(base_url=busy.base_url),
        auth=RakutenAuth(busy.credentials),
        settings=Settings(backoff=Backoff(attempts=2, first=0.01)),
        owns_transport=True,
    )
    for _ in range(60):
        try:
            engine.call(GetSubStatusList())
        except Exception:  # noqa: BLE001, S112 -- whatever it says, the hits tell
            continue
    engine.close()

    assert 429 in {hit.status for hit in busy.hits}
