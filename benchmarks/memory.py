"""Whether a long fetch stays as quick and as small as it began.

Two processes fetch through the real client, without a network: an old one that has fetched 100,000
orders already, and a young one that has fetched 5,000. Then they fetch by turns, each first as
often as the other, so that whatever else the machine does slows both. Both hash texts alike: how
keys fall into its tables makes a process quicker or slower by some percent for all its life.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import field, frozen

from benchmarks.answers import CREDENTIALS, PERIOD, Answers, PreparedTransport
from benchmarks.measuring import ROOT, Figure, figure, peak, seconds
from mallsync.adapters import rakuten

__all__ = ["ORDERS", "Fetcher", "fetching", "measure", "measure_kept"]

ORDERS = 1000
"""Orders in a round."""

_YOUNG = 5
_OLD = 100
_TURNS = 16


@frozen
class Fetcher:
    """A process that has fetched its first rounds; `peak` is its peak memory then, in kB."""

    peak: int
    _process: subprocess.Popen[str] = field(repr=False)

    def round(self) -> float:
        """Let it fetch one more round, and return how long that took it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print("go", file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())


@contextmanager
def fetching(file: Path, rounds: int, hash_seed: int) -> Iterator[Fetcher]:
    """Run a process while the `with` block lasts; it begins with so many rounds."""
    command = [sys.executable, "-m", "benchmarks.memory", str(file), str(rounds)]
    with subprocess.Popen(  # noqa: S603 -- this interpreter, with arguments of our own
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield Fetcher(int(process.stdout.readline()), process)


def measure(file: Path, rounds: int = _OLD, repeats: int = 5) -> list[Figure]:
    """Return the figures.

    Args:
        file: The saved answers of a mall with `ORDERS` orders.
        rounds: How many the old process begins with.
        repeats: How often both processes are started.
    """
    peaks: list[float] = []
    times: list[float] = []
    for seed in range(repeats):
        with fetching(file, rounds, seed) as old, fetching(file, _YOUNG, seed) as young:
            peaks.append(old.peak / young.peak)
            for _ in range(_TURNS // 2):
                times.append(old.round() / young.round())
                times.append(1 / (young.round() / old.round()))
    name = f"{rounds * ORDERS:,}"
    return [
        figure(f"peak memory, {name} orders / {_YOUNG * ORDERS:,}", peaks, unit="x", target=1.1),
        figure(
            f"time per order after {name} over after {_YOUNG * ORDERS:,}",
            [(ratio - 1) * 100 for ratio in times],
            unit="%",
            target=5.0,
        ),
    ]


def measure_kept(answers: Answers) -> list[Figure]:
    """Return what normalised orders take while somebody keeps them, with their records and without.

    Args:
        answers: Of a mall with some thousand orders.
    """
    return [
        figure(f"memory of an order that is kept, {said} its record", kept, unit="kB", target=most)
        for said, kept, most in (
            ("without", [_kept(answers, keep_raw=False)], 6.0),
            ("with", [_kept(answers, keep_raw=True)], None),
        )
    ]


def _kept(answers: Answers, *, keep_raw: bool) -> float:
    """Return kB for each of the orders in a list, as the interpreter counts what it allocates."""
    transport = PreparedTransport(answers)
    with rakuten.Client(
        CREDENTIALS, shop_id="bench", transport=transport, pace=None, keep_raw=keep_raw
    ) as client:
        next(client.fetch_orders(PERIOD))  # tables and caches are there before
        tracemalloc.start()
        kept = list(client.fetch_orders(PERIOD))
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return size / 1000 / len(kept)


def _fetch(client: rakuten.Client) -> None:
    count = sum(1 for _ in client.fetch_orders(PERIOD))
    assert count == ORDERS


def _main(file: str, rounds: str) -> None:
    transport = PreparedTransport(Answers.load(Path(file)))
    with rakuten.Client(CREDENTIALS, shop_id="bench", transport=transport, pace=None) as client:
        for _ in range(int(rounds)):
            _fetch(client)
        print(peak(), flush=True)
        for _ in sys.stdin:
            print(seconds(lambda: _fetch(client)), flush=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
