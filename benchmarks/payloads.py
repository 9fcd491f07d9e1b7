"""Made-up replies of getOrder, all different: the sandbox's orders, with every field of version 10.

The sandbox is made to be odd: a fifth of its orders go to more than one address. The mix here is
near that of the measured baselines: some 2 lines, 7 in 100 to two addresses, 4.6 kB each.
"""

from __future__ import annotations

import json
from collections import Counter

from benchmarks.answers import BATCH, NOW, PAGE, Answers
from mallsync.sandbox.fakes.rakuten.details import of_version
from mallsync.sandbox.fakes.rakuten.state import State, packages_of
from mallsync.sandbox.world import Clock, JsonObject
from mallsync.wire.bodies import dump_json
from mallsync.wire.paging import batches

__all__ = ["answers", "numbers_in", "spoilt"]

_VERSION = 10
_SHARES = {1: 0.31, 2: 0.31, 3: 0.31, -2: 0.07}
"""Of orders with one line, two, more; and of those with two packages."""


def answers(orders: int, seed: int = 1) -> Answers:
    """Return the answers of a mall with so many orders; the same for the same seed."""
    state = State(Clock(NOW), seed, orders * 6)
    documents = _usual_mix(state, orders)
    listed = list(batches(documents, PAGE))
    return Answers(
        pages=tuple(
            _page(numbers, at, orders, len(listed)) for at, numbers in enumerate(listed, start=1)
        ),
        details={
            numbers[0]: _details([documents[number] for number in numbers])
            for numbers in batches(documents, BATCH)
        },
    )


def _usual_mix(state: State, orders: int) -> dict[str, JsonObject]:
    """Return so many documents by number: 1, 2 or more lines equally often, 7 % to two places."""
    taken: Counter[int] = Counter()
    documents: dict[str, JsonObject] = {}
    for number in state.orders:
        document = of_version(state.document(number), _VERSION)
        packages = packages_of(document)
        lines = sum(len(_listed(package)) for package in packages)
        kind = min(lines, 3) if len(packages) == 1 else -len(packages)
        if taken[kind] < _SHARES.get(kind, 0.0) * (len(documents) + 1):
            taken[kind] += 1
            documents[number] = document
        if len(documents) == orders:
            return documents
    raise AssertionError("the sandbox has made too few orders for this mix")


def _listed(package: JsonObject) -> list[object]:
    lines = package["ItemModelList"]
    return lines if isinstance(lines, list) else []


def numbers_in(body: bytes) -> tuple[str, ...]:
    """Return the order numbers in a reply of getOrder."""
    return tuple(order["orderNumber"] for order in json.loads(body)["OrderModelList"])


def spoilt(body: bytes) -> bytes:
    """Return a reply of getOrder with a text for a number in one order, the one in the middle."""
    reply = json.loads(body)
    orders = reply["OrderModelList"]
    orders[len(orders) // 2]["PackageModelList"][0]["ItemModelList"][0]["units"] = "1"
    return dump_json(reply)


def _page(numbers: tuple[str, ...], at: int, total: int, pages: int) -> bytes:
    told = {"totalRecordsAmount": total, "totalPages": pages, "requestPage": at}
    return dump_json(
        {
            "orderNumberList": numbers,
            "MessageModelList": [],
            "PaginationResponseModel": told,
        }
    )


def _details(orders: list[JsonObject]) -> bytes:
    return dump_json({"version": _VERSION, "MessageModelList": [], "OrderModelList": orders})
