"""Measure for long: ``python -m benchmarks.soak`` streams and stores orders, and reads a file."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import csvs, memory, sync
from benchmarks.measuring import table
from benchmarks.payloads import answers

__all__ = ["main"]

_ROUNDS = 1000
_MANY = 100_000


def main() -> int:
    """Print the table; the exit status is 1 if a target is missed."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "answers")
        answers(memory.ORDERS).save(file)
        figures = memory.measure(file, _ROUNDS, repeats=1)
        figures += csvs.measure_many(Path(folder))
    figures += [*sync.measure(_MANY, rounds=1), sync.measure_growth()]
    print(table(figures))
    return 0 if all(one.ok for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
