"""What happens when in a fake mall: the calendar of things to come, and the list of those past."""

from __future__ import annotations

import heapq
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import timedelta
from random import Random

from mallsync.sandbox.world.clock import Clock

__all__ = ["Agenda", "Timeline", "past_moments"]

_SPAN = int(timedelta(days=60).total_seconds())


class Agenda:
    """Let things happen in their order once the clock has come to them.

    Args:
        clock: what says that a moment has come.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self._due: list[tuple[int, int, Callable[[int], None]]] = []
        self._count = 0

    @property
    def now(self) -> int:
        """The present in whole seconds since 1970."""
        return int(self.clock.now().timestamp())

    def tick(self) -> int:
        """Let everything happen that was due, in its order, and return the present."""
        now = self.now
        with self.lock:
            while self._due and self._due[0][0] <= now:
                at, _, happen = heapq.heappop(self._due)
                happen(at)
        return now

    def later(self, at: int, happen: Callable[[int], None]) -> None:
        """Put something off until a moment."""
        with self.lock:
            self._count += 1
            heapq.heappush(self._due, (at, self._count, happen))


class Timeline:
    """Keep names in the order of their moments."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._names: list[str] = []

    def add(self, moment: int, name: str) -> None:
        """Keep a name behind those of the same moment."""
        at = bisect_right(self._times, moment)
        self._times.insert(at, moment)
        self._names.insert(at, name)

    def between(self, start: int, end: int) -> list[str]:
        """Return the names of a period, both ends included, in order."""
        first, last = bisect_left(self._times, start), bisect_right(self._times, end)
        return self._names[first:last]


def past_moments(random: Random, count: int, now: int) -> list[int]:
    """Return so many moments of the 60 days before now, in order."""
    return sorted(now - 1 - int(random.random() * _SPAN) for _ in range(count))
