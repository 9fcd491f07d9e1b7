"""Made-up replies of getOrder, all different: the sandbox's orders, with every field of version 10.

The sandbox is made to be odd: a fifth of its orders go to more than one address. Here 7 in 100
do, as in the measured baselines; an order has 4.7 kB and some 180 keys.
"""

from __future__ import annotations

import json

from benchmarks.answers import BATCH, NOW, PAGE, Answers
from mallsync.sandbox.fakes.rakuten.details import of_version
from mallsync.sandbox.fakes.rakuten.state import State, packages_of
from mallsync.sandbox.world import Clock, JsonObject
from mallsync.wire.bodies import dump_json
from mallsync.wire.paging import batches

__all__ = ["answers", "numbers_in", "spoilt"]

_VERSION = 10
_SEVERAL = 0.07


def answers(orders: int, seed: int = 1) -> Answers:
    """Return the answers of a mall with so many orders; the same for the same seed."""
    state = State(Clock(NOW), seed, orders * 3 // 2)
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
    """Return so many documents by number, leaving out most of those with several packages."""
    several = 0
    documents: dict[str, JsonObject] = {}
    for number in state.orders:
        document = of_version(state.document(number), _VERSION)
        if len(packages_of(document)) > 1:
            several += 1
            if several > _SEVERAL * (len(documents) + 1):
                several -= 1
                continue
        documents[number] = document
        if len(documents) == orders:
            break
    assert len(documents) == orders
    return documents


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
