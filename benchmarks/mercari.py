"""Mercari Shops' pages: from bytes to normalised orders, against ``json.loads`` of the bytes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from attrs import define, field

from benchmarks.decode import by_json
from benchmarks.measuring import Figure, figure, seconds
from mallsync import sandbox
from mallsync.adapters import mercari_shops
from mallsync.adapters.mercari_shops.codec import ListOrders
from mallsync.adapters.mercari_shops.reading import Reader
from mallsync.model.period import JST, Period
from mallsync.model.sighting import Seen
from mallsync.transport import HttpTransport
from mallsync.wire.messages import Request, Response

__all__ = ["ORDERS", "measure"]

ORDERS = 3000

_NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
_PERIOD = Period(_NOW - timedelta(days=60), _NOW + timedelta(seconds=1))
_LIST = ListOrders(period=_PERIOD)
_READER = Reader("bench")


@define
class _Recorder:
    """A transport that keeps the answers."""

    inner: HttpTransport
    bodies: list[bytes] = field(factory=list)

    def send(self, request: Request, *, timeout: float) -> Response:
        response = self.inner.send(request, timeout=timeout)
        self.bodies.append(response.body)
        return response

    def close(self) -> None:
        self.inner.close()


def measure(rounds: int = 9) -> list[Figure]:
    """Return the figure; each page is read in each way by turns, its orders one by one."""
    pages = _pages()
    works: list[tuple[str, Callable[[bytes], object]]] = [
        ("json.loads", json.loads),
        ("decode", lambda page: by_json(partial(_decode, page))),
        ("with orjson", _decode),
    ]
    totals = [_round(pages, works, at) for at in range(rounds)]
    name = f"Mercari Shops: decode {ORDERS:,} orders / json.loads"
    quick = [total["with orjson"] / total["json.loads"] for total in totals]
    return [
        figure(name, [one["decode"] / one["json.loads"] for one in totals], unit="x", target=2.0),
        figure("  with orjson installed", quick, unit="x"),
    ]


def _round(
    pages: Sequence[bytes], works: list[tuple[str, Callable[[bytes], object]]], at: int
) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    turn = at % len(works)
    for page in pages:
        for name, work in works[turn:] + works[:turn]:
            total[name] += seconds(partial(work, page))
    return total


def _decode(page: bytes) -> int:
    """Read a page as a fetch does, whose orders are let go of one by one; return how many."""
    listed = list(_LIST.decode(Response(status=200, body=page)).listed)
    count = len(listed)
    while listed:
        assert type(listed.pop().sight(_READER)) is Seen
    return count


def _pages() -> list[bytes]:
    """Return the pages as the sandbox answers what our client asks for."""
    with sandbox.running(seed=1, orders=ORDERS, now=_NOW) as malls:
        mall = malls.mercari_shops
        recorder = _Recorder(HttpTransport(base_url=mall.base_url))
        with mercari_shops.Client(
            mall.credentials, shop_id="bench", transport=recorder, pace=None
        ) as client:
            found = sum(1 for _ in client.fetch_orders(_PERIOD))
    pages = [one for one in recorder.bodies if b'"edges"' in one]
    assert found == sum(map(_decode, pages))
    return pages
