"""From bytes to strict, normalised orders, against ``json.loads`` of the same bytes.

orjson reads the bytes in half the time, but the dicts that it makes are presized, in which CPython
3.11 takes longer to look a key up: what is gained in reading is partly lost in mapping. How much of
it differs from machine to machine; msgspec was no better.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

import orjson
from attrs import field, frozen

from benchmarks.answers import Answers
from benchmarks.measuring import Figure, figure, seconds
from benchmarks.payloads import numbers_in, spoilt
from mallsync.adapters.rakuten.codec import GetOrders
from mallsync.adapters.rakuten.reading import Reader
from mallsync.adapters.rakuten.shapes import OrderRecord
from mallsync.model.sighting import Seen, Unreadable
from mallsync.wire import bodies
from mallsync.wire.messages import Response
from mallsync.wire.strict import Shape

__all__ = ["Case", "by_json", "cases", "measure"]

_READER = Reader("bench")
_ORDERS = Shape(OrderRecord)


@frozen
class Case:
    """One reply and what is done with it."""

    body: bytes = field(repr=False)
    operation: GetOrders
    good: Response
    bad: Response

    def decode(self) -> tuple[Seen | Unreadable, ...]:
        """Read the reply."""
        return self.operation.decode(self.good)

    def decode_bad(self) -> tuple[Seen | Unreadable, ...]:
        """Read the reply with one bad order."""
        return self.operation.decode(self.bad)


def cases(answers: Answers) -> list[Case]:
    """Return a case for each reply of getOrder; each is checked to measure what it should."""
    found = [_case(body) for body in answers.details.values()]
    for case in found:
        assert all(isinstance(one, Seen) for one in case.decode())
        (bad,) = [one for one in case.decode_bad() if isinstance(one, Unreadable)]
        (problem,) = bad.error.problems
        assert problem.place == "PackageModelList[0].ItemModelList[0].units"
    return found


def by_json(work: Callable[[], object]) -> object:
    """Do a piece of work as where orjson is not installed."""
    quick, bodies._quick = bodies._quick, None  # noqa: SLF001 -- what is measured
    try:
        return work()
    finally:
        bodies._quick = quick  # noqa: SLF001


def measure(found: list[Case], rounds: int = 7) -> list[Figure]:
    """Return the figures; each reply is read in each way by turns, and dropped."""
    totals = [_round(found, at) for at in range(rounds)]

    def over_loads(name: str) -> list[float]:
        return [total[name] / total["json.loads"] for total in totals]

    return [
        figure("decode 10,000 orders / json.loads", over_loads("decode"), unit="x", target=1.8),
        figure("  with orjson installed", over_loads("with orjson"), unit="x", target=1.1),
        figure(
            "one bad order in 100, extra time",
            [(total["decode bad"] / total["decode"] - 1) * 100 for total in totals],
            unit="%",
            target=10.0,
        ),
        figure("  the strict reading alone / json.loads", over_loads("check"), unit="x"),
        figure(
            "  the mapper alone / json.loads",
            [(total["read"] - total["check"]) / total["json.loads"] for total in totals],
            unit="x",
        ),
        figure("  orjson.loads / json.loads (yardstick)", over_loads("orjson.loads"), unit="x"),
    ]


def _case(body: bytes) -> Case:
    return Case(
        body=body,
        operation=GetOrders(numbers=numbers_in(body), reader=_READER),
        good=Response(status=200, body=body),
        bad=Response(status=200, body=spoilt(body)),
    )


def _round(found: list[Case], at: int) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for case in found:
        records: list[object] = json.loads(case.body)["OrderModelList"]
        works: list[tuple[str, Callable[[], object]]] = [
            ("json.loads", partial(json.loads, case.body)),
            ("decode", partial(by_json, case.decode)),
            ("with orjson", case.decode),
            ("decode bad", partial(by_json, case.decode_bad)),
            ("orjson.loads", partial(orjson.loads, case.body)),
            ("check", partial(_each, _ORDERS.read, records)),
            ("read", partial(_each, _READER.read, records)),
        ]
        turn = at % len(works)  # so that none is always the one that finds the bytes in the cache
        for name, work in works[turn:] + works[:turn]:
            total[name] += seconds(work)
    return total


def _each(work: Callable[[object], object], values: Iterable[object]) -> list[object]:
    return [work(value) for value in values]
