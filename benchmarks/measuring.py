"""Figures: what was measured, how far it spread, and what it should be."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter

from attrs import frozen

__all__ = ["ROOT", "Figure", "figure", "peak", "python", "seconds", "table"]

ROOT = Path(__file__).resolve().parents[1]

_FORMATS = {"x": "{:.2f} x", "%": "{:+.1f} %", "ms": "{:.1f} ms", "kB": "{:.1f} kB", "": "{:g}"}
_FEW = 4


@frozen(kw_only=True)
class Figure:
    """One line of the table. ``target`` is the most that is wanted; None is for information."""

    name: str
    measured: float
    spread: tuple[float, float]
    unit: str
    target: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the target is met."""
        return self.target is None or self.measured <= self.target

    def row(self) -> tuple[str, str, str, str]:
        """Return figure, measured, target, ok as text."""
        said = _FORMATS[self.unit].format
        low, high = map(said, self.spread)
        return (
            self.name,
            said(self.measured) + (f" ({low} to {high})" if low != high else ""),
            "" if self.target is None else f"<= {said(self.target)}",
            "" if self.target is None else ("yes" if self.ok else "NO"),
        )


def figure(
    name: str, samples: Iterable[float], *, unit: str, target: float | None = None
) -> Figure:
    """Return the median of samples with the middle half as its spread.

    >>> figure("made up", [1.0, 2.0, 9.0], unit="x", target=2.5).row()
    ('made up', '2.00 x (1.00 x to 9.00 x)', '<= 2.50 x', 'yes')
    """
    found = sorted(samples)
    low, _, high = (
        statistics.quantiles(found, n=4, method="inclusive")
        if len(found) > _FEW
        else (found[0], 0.0, found[-1])
    )
    return Figure(
        name=name,
        measured=statistics.median(found),
        spread=(low, high),
        unit=unit,
        target=target,
    )


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes, the freeing of what it returns included."""
    started = perf_counter()
    work()
    return perf_counter() - started


def peak() -> int:
    """Return this process's peak memory in kB.

    On Linux getrusage starts from the peak of the process that started this one; the status file
    does not.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(
        int(line.split()[1])
        for line in status.read_text("utf-8").splitlines()
        if line.startswith("VmHWM")
    )


def python(*arguments: str) -> str:
    """Run a fresh interpreter in the project's folder and return what it prints."""
    done = subprocess.run(  # noqa: S603 -- this interpreter, with arguments of our own
        [sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table in Markdown that is aligned for the terminal as well."""
    rows = [("figure", "measured, median (middle half)", "target", "ok")]
    rows += [one.row() for one in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    rows.insert(1, ("-" * widths[0], "-" * widths[1], "-" * widths[2], "-" * widths[3]))
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    )
