"""Thousands of shops on paper: how late their runs end with so many workers.

``python -m benchmarks.scale [SHOPS]`` prints the table of docs/scale.rst. A worker is one process
and its threads: calls wait in any of them, and one of them at a time computes. Calls of one shop go
one after another, no faster than its mall allows; runs are due every ten minutes, spread evenly.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from heapq import heapify, heapreplace
from math import ceil
from statistics import quantiles

from attrs import frozen

__all__ = ["MALLS", "Mall", "Outcome", "simulate"]

EVERY = 600.0
"""Seconds between two runs of a shop."""

LATENCY = 0.3
"""Seconds of a call, on the way and at the mall."""

RUN = 0.032
"""Seconds of one core for a run without orders, in PostgreSQL: leases, signposts, commits."""

ORDER = 0.0006
"""Seconds of one core for an order that is read again, and stored if it has moved."""

ORDERS = 50
"""Of a shop in a day, on average; most shops have fewer, some ten times as many."""

DAYS = 7
"""That a run looks back (R6)."""

THREADS = 64
"""Runs that a worker has in hand at a time."""


@frozen
class Mall:
    """What a run of a shop at a mall takes.

    Args:
        share: Of all shops.
        spacing: Seconds from one call to the next that the mall allows.
        calls: Of a run whose days have so many orders.
    """

    name: str
    share: float
    spacing: float
    calls: Callable[[float], int]


MALLS = (
    # A search, and a hundred orders to a call; of many, eight lists by status and what has moved.
    Mall("rakuten", 0.5, 1.0, lambda orders: 1 + ceil(orders / 100) if orders < 2200 else 12),
    Mall("qoo10", 0.25, 1 / 3, lambda _: 7),  # a list for each of five statuses, and the claims
    Mall("mercari_shops", 0.25, 0.5, lambda orders: 1 + ceil(orders / 100)),
)


@frozen(kw_only=True)
class Outcome:
    """How long after they were due runs end, in seconds; and how busy the workers' cores are."""

    median: float
    late: float
    worst: float
    busy: float


def simulate(shops: int, workers: int, *, hours: int = 2, seed: int = 1) -> Outcome:
    """Return what comes of the last of some hours."""
    free, cores = [0.0] * (workers * THREADS), [0.0] * workers
    heapify(free)
    ends, worked, last = [], 0.0, (hours - 1) * 3600
    for due, mall, orders in _due(shops, hours, random.Random(seed)):
        started = max(due, free[0])
        calls = mall.calls(orders)
        waited = LATENCY + (calls - 1) * max(LATENCY, mall.spacing)
        work = RUN + orders * ORDER
        core = min(range(workers), key=cores.__getitem__)
        done = max(started + waited, cores[core]) + work
        cores[core] = max(started, cores[core]) + work
        heapreplace(free, done)
        worked += work
        if due >= last:
            ends.append(done - due)
    cuts = quantiles(ends, n=100)
    busy = worked / (hours * 3600 * workers)
    return Outcome(median=cuts[49], late=cuts[98], worst=max(ends), busy=busy)


def _due(shops: int, hours: int, dice: random.Random) -> Iterator[tuple[float, Mall, float]]:
    """Yield when runs are due, where, and how many orders they find, in order of time."""
    malls = dice.choices(MALLS, [one.share for one in MALLS], k=shops)
    found = [dice.expovariate(1 / (ORDERS * DAYS)) for _ in malls]
    for run in range(int(hours * 3600 / EVERY)):
        for place, mall in enumerate(malls):
            yield EVERY * (run + place / shops), mall, found[place]


def _main(shops: int = 5000) -> None:
    runs = [(mall, orders) for _, mall, orders in _due(shops, 1, random.Random(1))][:shops]
    calls = sum(mall.calls(orders) for mall, orders in runs) / EVERY
    print(f"{shops:,} shops: {shops / EVERY:.1f} runs/s, {calls:.0f} calls/s")
    print("workers    median      99 %     worst   cores busy")
    for workers in (1, 2, 3, 4, 8):
        one = simulate(shops, workers)
        times = f"{one.median:7.1f} s {one.late:7.1f} s {one.worst:7.1f} s"
        print(f"{workers:7} {times} {min(1.0, one.busy):11.0%}")


if __name__ == "__main__":
    _main(*map(int, sys.argv[1:2]))
