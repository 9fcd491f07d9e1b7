"""What the garbage collector costs: streaming must not walk a heap that grows, or the host's."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.decode import Case, by_json
from benchmarks.measuring import Figure, figure, seconds

__all__ = ["measure"]

_OBJECTS = 2_000_000
"""That a host keeps: a large one."""


def measure(cases: Sequence[Case], rounds: int = 7) -> list[Figure]:
    """Return how long decoding takes off, beside a large heap, and beside a frozen one."""

    def decode() -> None:
        for case in cases:
            by_json(case.decode)

    ratios: list[tuple[float, float, float]] = []
    for _ in range(rounds):
        alone = seconds(decode)
        with _collector_off():
            off = seconds(decode)
        with _large_heap():
            beside = seconds(decode)
            gc.freeze()
            frozen = seconds(decode)
            gc.unfreeze()
        ratios.append((off / alone, beside / alone, frozen / alone))
    names = (
        "  decode without the garbage collector / with it",
        f"  decode beside {_OBJECTS:,} objects of a host / alone",
        "  the same behind gc.freeze()",
    )
    return [
        figure(name, taken, unit="x")
        for name, taken in zip(names, zip(*ratios, strict=True), strict=True)
    ]


@contextmanager
def _collector_off() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _large_heap() -> Iterator[None]:
    """Hold many objects that the collector follows."""
    heap: list[list[int]] = [[] for _ in range(_OBJECTS)]
    gc.collect()
    yield
    heap.clear()
    gc.collect()
