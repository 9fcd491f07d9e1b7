"""A whole fetch through the real client from a loopback server, against what it cannot go below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

from benchmarks.answers import BATCH, CREDENTIALS, PERIOD, Answers
from benchmarks.decode import Case
from benchmarks.measuring import Figure, figure, seconds
from benchmarks.server import Running, running
from mallsync.adapters import rakuten
from mallsync.transport import Pace
from mallsync.transport.pace import SAFETY
from mallsync.wire.paging import batches

__all__ = ["measure"]

_LATENCY = 0.05
_IN_FLIGHT = 8
_LIMIT = 10


def measure(answers: Answers, cases: list[Case], file: Path, rounds: int = 5) -> list[Figure]:
    """Return the figures of fetching all orders.

    Args:
        answers: What the mall answers.
        cases: The same, to measure the decoding alone.
        file: Where the answers are saved, for the server's process.
        rounds: How often the fetch without a rate limit is repeated.
    """
    orders = sum(len(case.operation.numbers) for case in cases)
    with running(file, _LATENCY) as server:
        _fetch(server, None, orders)  # the first fetch warms both sides
        free = [_over_bound(server, answers, cases, orders) for _ in range(rounds)]
        loop = [_over_loop(server, answers, orders) for _ in range(rounds)]
    with running(file, _LATENCY, _LIMIT) as server:
        wall = seconds(lambda: _fetch(server, Pace(_LIMIT), orders))
        answered, refused = server.counts()
    assert answered == answers.calls
    bound = answers.calls / (_LIMIT * SAFETY) + _LATENCY
    return [
        figure(
            f"fetch {orders:,} orders, 50 ms, 8 in flight, over bound", free, unit="%", target=10
        ),
        figure("  a loop of requests, no check, no common form / this fetch", loop, unit="x"),
        figure(
            f"fetch under {_LIMIT} requests/s, over bound",
            [(wall / bound - 1) * 100],
            unit="%",
            target=2,
        ),
        figure("  answers of 429 from a strict server", [refused], unit="", target=0),
    ]


def _over_bound(server: Running, answers: Answers, cases: list[Case], orders: int) -> float:
    before = _decoding(cases)
    wall = seconds(lambda: _fetch(server, None, orders))
    bound = answers.calls * _LATENCY / _IN_FLIGHT + (before + _decoding(cases)) / 2
    return (wall / bound - 1) * 100


def _over_loop(server: Running, answers: Answers, orders: int) -> float:
    """Return how much longer the first script takes that one would write."""
    ours = seconds(lambda: _fetch(server, None, orders))
    return seconds(lambda: _loop(server, answers, orders)) / ours


def _loop(server: Running, answers: Answers, orders: int) -> None:
    found = 0
    with requests.Session() as session:

        def post(name: str, body: object) -> Any:  # noqa: ANN401 -- whatever comes
            url = f"{server.base_url}/es/2.0/order/{name}/"
            return session.post(url, json=body, timeout=30).json()

        for page in range(1, len(answers.pages) + 1):
            asked = {"PaginationRequestModel": {"requestPage": page}}
            numbers = post("searchOrder", asked)["orderNumberList"]
            for some in batches(numbers, BATCH):
                found += len(post("getOrder", {"orderNumberList": some})["OrderModelList"])
    assert found == orders


def _decoding(cases: list[Case]) -> float:
    return sum(seconds(case.decode) for case in cases)


def _fetch(server: Running, pace: Pace | None, orders: int) -> None:
    with rakuten.Client(
        CREDENTIALS, shop_id="bench", base_url=server.base_url, pace=pace
    ) as client:
        numbers = {order.number for order in client.fetch_orders(PERIOD)}
    assert len(numbers) == orders
