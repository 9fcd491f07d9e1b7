"""Rate limits: each call books the next free slot, then waits for it. Hides pyrate-limiter."""

from __future__ import annotations

import time
from bisect import bisect, insort
from collections.abc import Callable
from math import ceil, floor, inf
from threading import Lock

from pyrate_limiter import GCRA, Rate, RateItem, StateBucket

from mallsync.errors import ConfigError

__all__ = ["SAFETY", "Pace"]

SAFETY = 0.95
"""The share of a limit that is used: at 0.98 a sliding-window server still refuses some calls."""


class Pace:
    """At most `limit` calls in each `per` seconds, evenly spaced, shared by every thread.

    A call that waits has its slot already: a late wake-up delays that call, and those behind it
    only where they would come too close upon it for the limit itself. Those that a machine which
    stood still has delayed leave together, as many as the limit allows.

    Args:
        limit: Calls that the mall allows.
        per: In how many seconds.
        share: The share of the limit to use.
        monotonic: Seconds that only grow.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        limit: float,
        per: float = 1.0,
        *,
        share: float = SAFETY,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not (limit > 0 and 0 < per < inf and 0 < share <= 1):
            raise ConfigError("a pace is a limit above 0 in a time above 0, such as Pace(1, per=1)")
        self.interval = ceil(per / (limit * share) * 1000) / 1000
        self._bucket = StateBucket([Rate(1, round(self.interval * 1000), burst=1)], GCRA())
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = Lock()
        self._held_until = 0.0
        self._free_from = 0.0
        self._most = max(floor(limit), 1)
        # Half of what is not used of the limit is for those that are late on their way.
        self._span = per * self._most / limit * (1 / share + 1) / 2
        self._left: list[float] = []

    def acquire(self, cost: int = 1, *, within: float | None = None, patience: float = inf) -> bool:
        """Wait until the next free slot, and return True.

        Args:
            cost: How many slots in a row are taken.
            within: Seconds; if no slot is free in that time none is taken, and the answer is
                False at once. It is False, too, once a slot turns out to come too late.
            patience: Seconds; False if the mall asks for a longer silence meanwhile.
        """
        with self._lock:
            now = self._monotonic()
            start = max(now, self._held_until, self._free_from)
            too_late = within is not None and start - now > within
            if too_late or self._held_until - now > patience:
                return False
            if not cost:
                return True
            moment = self._slot(start, cost)
        end = inf if within is None else now + within
        while True:
            wait = moment - self._monotonic()
            if wait > 0:
                self._sleep(wait)
            later = self._leave(moment, cost)
            if later is None:
                return True
            if later > end or self.held() > patience:
                return False
            moment = later

    def _slot(self, start: float, cost: int) -> float:
        """Book the next free slots from a moment on, and return the last of them."""
        slots = [self._book(ceil(start * 1000)) / 1000 for _ in range(cost)]
        self._free_from = slots[-1] + self.interval
        return slots[-1]

    def _leave(self, moment: float, cost: int) -> float | None:
        """Note that a call leaves; if it must not yet, return the moment at which it may ask again.

        It must not while the mall wants no calls: then it has a new slot behind that. Nor where the
        limit would be passed because others have left late.
        """
        with self._lock:
            now = max(self._monotonic(), moment)
            room = self._most - min(cost, self._most)
            before = bisect(self._left, now)
            crowded = self._left[before - room - 1] + self._span if before > room else 0.0
            if self._held_until > now:
                return self._slot(max(self._held_until, self._free_from), cost)
            if crowded > now:
                return crowded
            for _ in range(cost):
                insort(self._left, now)
            del self._left[: -self._most]
        return None

    def held(self) -> float:
        """Return for how many seconds more no slot is given, by the mall's own wish."""
        with self._lock:
            return max(self._held_until - self._monotonic(), 0.0)

    def hold(self, seconds: float) -> None:
        """Give no slot for so long, as after a refusal that said when to come back."""
        with self._lock:
            self._held_until = max(self._held_until, self._monotonic() + seconds)

    def _book(self, moment: int) -> int:
        """Take the first free slot from `moment` (milliseconds) on, and return its time."""
        item = RateItem("", moment)
        while not self._bucket.put(item):
            wait = self._bucket.waiting(item)
            assert isinstance(wait, int)  # noqa: S101 -- an in-memory bucket answers at once
            item.timestamp += max(wait, 1)
        return item.timestamp
