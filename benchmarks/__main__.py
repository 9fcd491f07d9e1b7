"""Measure everything, print one table and write it to ``benchmarks/RESULTS.md``."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from cattrs import structure, unstructure

from benchmarks import (
    collecting,
    columns,
    csvs,
    deciding,
    decode,
    fetch,
    imports,
    libraries,
    memory,
    mercari,
    peers,
    qoo10,
    sync,
)
from benchmarks.answers import Answers
from benchmarks.measuring import ROOT, Figure, python, table
from benchmarks.payloads import answers

__all__ = ["main"]

_ORDERS = 10_000
_FEW, _MANY = "few", "many"
_PACKAGES = (
    "attrs",
    "cattrs",
    "requests",
    "urllib3",
    "tenacity",
    "pyrate-limiter",
    "orjson",
    "polars",
    "pydantic",
    "sqlalchemy",
)
_SKIPPED = (
    "Skipped: 100,000 and a million orders, and a file of a million rows, which take many minutes:"
    " `make soak`."
)


Part = Callable[[Path], list[Figure]]


def main() -> int:
    """Return 0 if every target is met, 1 if not."""
    started = perf_counter()
    figures = _measure()
    text = f"{table(figures)}\n\n{_SKIPPED}\n"
    print(f"{text}\n{perf_counter() - started:.0f} s in all")
    results = f"# Results\n\nOf one run of `make bench`. {_machine()}\n\n{text}"
    (ROOT / "benchmarks" / "RESULTS.md").write_text(results, "utf-8")
    return 0 if all(one.ok for one in figures) else 1


def _measure() -> list[Figure]:
    """Measure each part in a process of its own, which nothing before has filled."""
    found: list[Figure] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        answers(memory.ORDERS).save(folder / _FEW)
        answers(_ORDERS).save(folder / _MANY)
        for part in PARTS:
            said(part)
            told = json.loads(python("-m", "benchmarks", part, name))
            found += [structure(one, Figure) for one in told]
    return found


def _decoding(folder: Path) -> list[Figure]:
    cases = decode.cases(Answers.load(folder / _MANY))
    return [*decode.measure(cases), *collecting.measure(cases)]


def _others(folder: Path) -> list[Figure]:
    cases = decode.cases(Answers.load(folder / _MANY))
    return [*peers.measure(cases), *libraries.measure(cases)]


def _fetching(folder: Path) -> list[Figure]:
    prepared = Answers.load(folder / _MANY)
    return fetch.measure(prepared, decode.cases(prepared), folder / _MANY)


def _kept(folder: Path) -> list[Figure]:
    return memory.measure_kept(Answers.load(folder / _MANY))


PARTS: Mapping[str, Part] = {
    "imports, in fresh interpreters": lambda _: imports.measure(),
    f"decoding {_ORDERS:,} orders": _decoding,
    "what others do with them": _others,
    "orders that are kept": _kept,
    f"decoding {qoo10.ROWS:,} rows of Qoo10": qoo10.measure,
    f"decoding {mercari.ORDERS:,} orders of Mercari Shops": lambda _: mercari.measure(),
    "deciding": lambda _: deciding.measure(),
    "deciding on columns": lambda _: columns.measure(),
    f"order files of {csvs.ROWS:,} rows": csvs.measure,
    "fetching from a loopback server": _fetching,
    f"a sync of {sync.ORDERS:,} orders, the journal, and many shops": lambda _: sync.measure(),
    "a long stream": lambda folder: memory.measure(folder / _FEW),
}


def said(what: str) -> None:
    """Tell on the error stream what is being measured."""
    print(f"measuring {what} …", file=sys.stderr)


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{platform.python_implementation()} {platform.python_version()} on {platform.system()},"
        f" {os.cpu_count()} × {_processor()}; {packages}."
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.machine()
    names = (
        line.split(":")[1]
        for line in info.read_text("utf-8").splitlines()
        if ":" in line and line.startswith("model name")
    )
    return " ".join(next(names, platform.machine()).split())


def _one(part: str, folder: str) -> None:
    print(json.dumps(unstructure(PARTS[part](Path(folder)))))


if __name__ == "__main__":
    if sys.argv[1:]:
        _one(*sys.argv[1:])
    else:
        sys.exit(main())
