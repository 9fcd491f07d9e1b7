"""Rakuma with the example wire that speaks JSON, and its fictional mall, as the laws need them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from types import ModuleType
from typing import Any

import examplemarket_wire
from attrs import evolve, frozen

from mallsync import BuyerMessage, BuyerReview, Order, Period, Phase, ShipmentNotice, sandbox
from mallsync.adapters import rakuma
from mallsync.adapters.rakuma.flows import look
from mallsync.adapters.rakuma.reading import Reader
from mallsync.model.period import JST
from mallsync.model.sighting import Seen, Unreadable
from mallsync.testing.memory import MemoryVault
from mallsync.transport import HttpTransport, Settings, Surroundings
from mallsync.wire.calls import Transport
from mallsync.wire.messages import Operation, Response

__all__ = ["NOW", "Rakuma", "running"]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)


@frozen(kw_only=True)
class Rakuma:
    """The subject of the laws: one wire, and the desk of the fictional mall that it speaks to.

    ``listed`` and ``single`` are the keys of answers that hold records, ``texts`` the keys whose
    numbers may come as text.
    """

    mall: sandbox.ExamplemarketMall
    wire: rakuma.Wire
    url: str
    credentials: rakuma.Credentials
    good: Mapping[str, Any]
    number_key: str
    state_key: str
    strange: object
    personal: Collection[str]
    texts: Collection[str]

    @property
    def package(self) -> ModuleType:
        """The adapter."""
        return rakuma

    @property
    def now(self) -> datetime:
        """The fake's present."""
        return self.mall.clock.now()

    @property
    def secrets(self) -> Sequence[str]:
        """What no text may show."""
        key = self.credentials
        return (key.email, key.password, str(key.client_secret), "mihon-token")

    @property
    def as_text(self) -> Collection[str]:
        """Whole numbers: the pieces take digits as text."""
        return self.texts

    @property
    def keys(self) -> Sequence[str]:
        """Keys of the envelopes, the errors and the records."""
        return ("orders", "order", "next", "rows", "error", "code", "why", "talk", "state", "id")

    def client(self, *, transport: Transport | None = None) -> rakuma.Client:
        """Return a client of the fake."""
        return rakuma.Client(
            self.credentials,
            shop_id="demo",
            wire=self.wire,
            base_url=self.url,
            transport=transport,
            pace=None,
            settings=Settings(world=Surroundings(now=self.mall.clock.now, sleep=self._sleep)),
        )

    def transport(self) -> Transport:
        """Return a way to the fake."""
        return HttpTransport(base_url=self.url)

    def paged_clients(self) -> Iterable[rakuma.Client]:
        """Return clients whose wires say that a list may cover less."""
        for days in (3, 20):
            wire = deepcopy(self.wire)
            wire.facts = evolve(wire.facts, longest_period=days * _DAY)
            yield evolve(self, wire=wire).client()

    def numbers(self) -> Sequence[str]:
        """Return what the fake holds."""
        return tuple(self.mall.fake.trades)

    def shippable(self) -> Sequence[Order]:
        """Return orders that wait to be shipped."""
        with self.client() as client:
            orders = client.fetch_orders(Period.last_days(61, now=self.now))
            return [order for order in orders if order.phase is Phase.TO_SHIP]

    def notice(self, order: Order) -> ShipmentNotice:
        """Return a notice."""
        return ShipmentNotice(
            order_number=order.number, carrier="ヤマト運輸", tracking_numbers=("000011112222",)
        )

    def lose_next_answer(self) -> None:
        """Reset the connection after the write took effect."""
        self.mall.fail_next("RESET_AFTER", operation="ship")

    def effects(self, order: Order) -> int:
        """Count the shipping reports of the order that took effect."""
        return self.mall.fake.effective(order.number, "shipped")

    def operations(self) -> Sequence[Operation[object]]:
        """Return one of each operation of the wire."""
        period = Period.last_days(7, now=self.now)
        auth = self.wire.auth(self.credentials, MemoryVault(), self.mall.clock.now)
        asked = [auth.ask] if isinstance(auth, rakuma.PasswordGrant) else []
        return (
            *asked,
            self.wire.list_orders(period, ""),
            self.wire.get_order("A"),
            self.wire.notify_shipped(ShipmentNotice(order_number="A")),
            self.wire.register_review(BuyerReview(order_number="A", message="見本")),
            self.wire.send_message(BuyerMessage(order_number="A", text="見本")),
            self.wire.list_messages("A"),
        )

    def record(self) -> dict[str, Any]:
        """Return a record with every field that is read, none of them null."""
        return deepcopy(dict(self.good))

    def with_number(self, record: Mapping[str, Any], number: str) -> dict[str, Any]:
        """Return it under another number."""
        return {**deepcopy(dict(record)), self.number_key: number}

    def with_unknown_status(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return it in a state that the wire does not know."""
        return {**record, self.state_key: self.strange}

    def decode(
        self, _numbers: Sequence[str], records: Sequence[object]
    ) -> Sequence[Seen | Unreadable]:
        """Read records as a list shows them."""
        reader = Reader(self.wire, "demo")
        return tuple(look(reader, record).sight(reader) for record in records)

    def rewrite_orders(self, response: Response, record: Mapping[str, Any]) -> Response:
        """Give each record of an answer another state."""
        payload = json.loads(response.body)
        found = [*payload.get("orders", ()), *payload.get("rows", ()), payload.get("order")]
        for one in filter(None, found):
            one[self.state_key] = record[self.state_key]
        return evolve(response, body=json.dumps(payload).encode())

    def _sleep(self, seconds: float) -> None:
        """Let the fake's time pass instead of ours."""
        self.mall.clock.advance(seconds)


_DAY = Period.days(NOW.date(), NOW.date()).end - Period.days(NOW.date(), NOW.date()).start

_RECORD: Mapping[str, Any] = {
    "order_no": "EXRK0100000001",
    "item_no": "900000001",
    "account_kind": "one_off",
    "qty": 1,
    "state": "wait_ship",
    "title": "サンプル帽子",
    "amount": 2500,
    "postage": 300,
    "ordered": "2026-11-20T10:00:00+09:00",
    "paid": "2026-11-20T10:02:00+09:00",
    "shipped": "2026-11-21T10:02:00+09:00",
    "completed": "2026-11-22T10:02:00+09:00",
    "cancelled": "2026-11-22T10:03:00+09:00",
    "anonymous": False,
    "method": "example_self",
    "to": {
        "zip": "0600000",
        "pref": "北海道",
        "addr": "架空市見本1-1",
        "name": "例 花子",
        "tel": "0110000000",
    },
    "parcel": {"tracking": "000000000003", "carrier": "架空運輸"},
}


@contextmanager
def running() -> Iterator[Rakuma]:
    """Run the fake with orders of the 60 days before noon of 22 November 2026."""
    with sandbox.running(seed=7, orders=120, now=NOW) as malls:
        mall = malls.examplemarket
        yield Rakuma(
            mall=mall,
            wire=examplemarket_wire.ExamplemarketWire(),
            url=mall.base_url,
            credentials=mall.credentials,
            good=_RECORD,
            number_key="order_no",
            state_key="state",
            strange="on_the_moon",
            personal={"zip", "addr", "name", "tel"},
            texts={"qty", "amount", "postage"},
        )
