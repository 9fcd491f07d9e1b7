"""By how much the machine has held everybody up, so that a deadline is not blamed for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from attrs import define

__all__ = ["Stopwatch", "stopwatch"]

_TICK = 0.02


@define
class Stopwatch:
    """Seconds that a block has taken, without those in which a thread that only sleeps was late."""

    took: float = 0.0
    stalled: float = 0.0

    @property
    def seconds(self) -> float:
        """What the block itself has taken."""
        return self.took - self.stalled


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time a block; what it says is known behind it."""
    watch, ended = Stopwatch(), Event()

    def tick() -> None:
        while not ended.is_set():
            slept = time.monotonic()
            ended.wait(_TICK)
            watch.stalled += max(0.0, time.monotonic() - slept - 2 * _TICK)

    ticker = Thread(target=tick, daemon=True)
    ticker.start()
    started = time.monotonic()
    try:
        yield watch
    finally:
        watch.took = time.monotonic() - started
        ended.set()
        ticker.join()
