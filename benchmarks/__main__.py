"""Measure everything, print one table and write it to ``benchmarks/RESULTS.md``."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

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
from benchmarks.measuring import ROOT, Figure, table
from benchmarks.payloads import answers

__all__ = ["main"]

_ORDERS = 10_000
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
    said("imports, in fresh interpreters")
    figures = imports.measure()
    with TemporaryDirectory() as folder:
        few, many = Path(folder, "few"), Path(folder, "many")
        answers(memory.ORDERS).save(few)
        prepared = answers(_ORDERS)
        prepared.save(many)
        said("a long stream, in fresh interpreters")
        streamed = memory.measure(few)
        said(f"decoding {_ORDERS:,} orders")
        cases = decode.cases(prepared)
        figures += decode.measure(cases)
        figures += collecting.measure(cases)
        figures += peers.measure(cases)
        figures += libraries.measure(cases)
        figures += memory.measure_kept(prepared)
        said(f"decoding {qoo10.ROWS:,} rows of Qoo10")
        figures += qoo10.measure(Path(folder))
        said(f"decoding {mercari.ORDERS:,} orders of Mercari Shops")
        figures += mercari.measure()
        said("deciding")
        figures += deciding.measure()
        figures += columns.measure()
        said(f"order files of {csvs.ROWS:,} rows")
        figures += csvs.measure(Path(folder))
        said("fetching from a loopback server")
        figures += fetch.measure(prepared, cases, many)
    said(f"a sync of {sync.ORDERS:,} orders, the journal, and many shops")
    figures += sync.measure()
    return figures + streamed


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


if __name__ == "__main__":
    sys.exit(main())
