"""Made-up replies of getOrder, all different: the sandbox's orders, with every field of version 10.

An order has 144 to 644 keys, 184 in the middle, and 4.8 kB; a fifth go to more than one address.
"""

from __future__ import annotations

import json

from benchmarks.answers import BATCH, NOW, PAGE, Answers
from mallsync.sandbox.fakes.rakuten.details import of_version
from mallsync.sandbox.fakes.rakuten.state import State
from mallsync.sandbox.world import Clock
from mallsync.wire.bodies import dump_json
from mallsync.wire.paging import batches

__all__ = ["answers", "numbers_in", "spoilt"]

_VERSION = 10


def answers(orders: int, seed: int = 1) -> Answers:
    """Return the answers of a mall with so many orders; the same for the same seed."""
    state = State(Clock(NOW), seed, orders)
    listed = list(batches(state.orders, PAGE))
    return Answers(
        pages=tuple(
            _page(numbers, at, orders, len(listed)) for at, numbers in enumerate(listed, start=1)
        ),
        details={numbers[0]: _details(state, numbers) for numbers in batches(state.orders, BATCH)},
    )


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


def _details(state: State, numbers: tuple[str, ...]) -> bytes:
    orders = [of_version(state.document(number), _VERSION) for number in numbers]
    return dump_json({"version": _VERSION, "MessageModelList": [], "OrderModelList": orders})
