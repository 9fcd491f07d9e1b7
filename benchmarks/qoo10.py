"""Qoo10's lists: from a reply of 5,000 rows to normalised carts, and whether memory stays flat.

A list has no paging, so a reply is whole, and its rows are lines, not orders: what is measured is
reading the reply, grouping its rows to carts and mapping each, against ``json.loads`` of the bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from attrs import field, frozen

from benchmarks.decode import by_json
from benchmarks.measuring import Figure, figure, peak, python, seconds
from mallsync.adapters.qoo10.codec import GetLines
from mallsync.adapters.qoo10.lines import Line
from mallsync.adapters.qoo10.reading import Reader
from mallsync.model.period import JST, Period
from mallsync.sandbox.fakes.qoo10.codes import Status
from mallsync.sandbox.fakes.qoo10.columns import V3, dumps
from mallsync.sandbox.fakes.qoo10.messages import result
from mallsync.sandbox.fakes.qoo10.state import State
from mallsync.sandbox.world import Clock
from mallsync.wire.messages import Response

__all__ = ["ROWS", "measure"]

ROWS = 5000

_NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
_PERIOD = Period(_NOW - timedelta(days=60), _NOW + timedelta(seconds=1))
_FEW, _MANY = 5, 50


@frozen
class _Case:
    """One reply of a list."""

    body: bytes = field(repr=False)
    operation: GetLines = field(factory=lambda: GetLines(period=_PERIOD, status="2"))
    reader: Reader = field(factory=lambda: Reader("bench"))

    def decode(self) -> int:
        """Read the reply cart by cart, as a fetch does, and return how many there are."""
        carts: dict[str, list[Line]] = {}
        for line in self.operation.decode(Response(status=200, body=self.body)).lines:
            carts.setdefault(line.cart, []).append(line)
        numbers = list(carts)
        for number in numbers:
            self.reader.order(carts.pop(number))
        return len(numbers)


def measure(folder: Path, rounds: int = 9) -> list[Figure]:
    """Return the figures; the reply is read in each way by turns, and dropped."""
    file = folder / "qoo10.json"
    file.write_bytes(_reply(Status.REQUESTED))
    new, delivered = _Case(file.read_bytes()), _Case(_reply(Status.DELIVERED))
    peaks = [_peak(file, _MANY) / _peak(file, _FEW) for _ in range(3)]
    return [
        *_decoding("new", new, rounds),
        *_decoding("delivered", delivered, rounds),
        figure(f"Qoo10: peak memory, {_MANY} such replies / {_FEW}", peaks, unit="x", target=1.2),
    ]


def _decoding(kind: str, case: _Case, rounds: int) -> list[Figure]:
    assert ROWS / 3 < case.decode() < ROWS
    totals = [_round(case, at) for at in range(rounds)]
    name = f"Qoo10: decode {ROWS:,} {kind} rows / json.loads"
    quick = [total["with orjson"] / total["json.loads"] for total in totals]
    return [
        figure(name, [one["decode"] / one["json.loads"] for one in totals], unit="x", target=2.0),
        figure("  with orjson installed", quick, unit="x"),
    ]


def _reply(status: Status) -> bytes:
    """Return a list of so many lines, which have one status in any list; two lines to a cart."""
    state = State(Clock(_NOW), 1, ROWS)
    lines = list(state.lines.values())[:ROWS]
    for line in lines:
        state.set_status(line.number, status)
    return dumps({**result(0), "ResultObject": state.documents(lines, V3)}, "")


def _round(case: _Case, at: int) -> dict[str, float]:
    works: list[tuple[str, Callable[[], object]]] = [
        ("json.loads", partial(json.loads, case.body)),
        ("decode", partial(by_json, case.decode)),
        ("with orjson", case.decode),
    ]
    turn = at % len(works)
    return {name: seconds(work) for name, work in works[turn:] + works[:turn]}


def _peak(file: Path, replies: int) -> float:
    return float(python("-m", "benchmarks.qoo10", str(file), str(replies)))


def _main(file: str, replies: str) -> None:
    case = _Case(Path(file).read_bytes())
    for _ in range(int(replies)):
        case.decode()
    print(peak())


if __name__ == "__main__":
    _main(*sys.argv[1:])
