"""Mercari Shops and its fake, as the laws need them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from attrs import evolve, frozen

from mallsync import Order, Period, Phase, ShipmentNotice, sandbox
from mallsync.adapters import mercari_shops
from mallsync.adapters.mercari_shops import codec
from mallsync.adapters.mercari_shops.reading import Reader
from mallsync.model.period import JST
from mallsync.model.sighting import Seen, Unreadable
from mallsync.transport import HttpTransport, Settings, Surroundings
from mallsync.wire.calls import Transport
from mallsync.wire.messages import Operation, Response

__all__ = ["running"]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)


@frozen
class MercariShops:
    """The subject of the laws."""

    mall: sandbox.MercariShopsMall

    @property
    def package(self) -> ModuleType:
        """The adapter."""
        return mercari_shops

    @property
    def now(self) -> datetime:
        """The fake's present."""
        return self.mall.clock.now()

    @property
    def secrets(self) -> Sequence[str]:
        """What no text may show."""
        return (self.mall.credentials.access_token,)

    @property
    def personal(self) -> Collection[str]:
        """Names, addresses, telephones, and what is written to each other."""
        address = ("postalCode", "city", "address1", "address2")
        return {*address, "lastName", "firstName", "phoneNumber", "message"}

    @property
    def as_text(self) -> Collection[str]:
        """None: GraphQL's Int is a number."""
        return set()

    @property
    def keys(self) -> Sequence[str]:
        """Keys of the envelope, the errors and the records."""
        return (
            *("data", "errors", "message", "path", "extensions", "code"),
            *("orderTransactions", "orderTransaction", "edges", "node", "pageInfo", "hasNextPage"),
            *("endCursor", "createOrderShipping", "orderShipping", "orderShippingId", "id"),
            *("updateOrderShippingTrackingCode", "completeOrderShipping", "__schema"),
            *("addOrderTransactionMessage", "messages", "products", "status", "createdAt"),
        )

    def client(self, *, transport: Transport | None = None) -> mercari_shops.Client:
        """Return a client of the fake."""
        return self._client(mercari_shops.Options(), transport)

    def transport(self) -> Transport:
        """Return a way to the fake."""
        return HttpTransport(base_url=self.mall.base_url)

    def paged_clients(self) -> Iterable[mercari_shops.Client]:
        """Return clients with small pages and windows."""
        for options in (
            mercari_shops.Options(size=1, window=timedelta(days=20)),
            mercari_shops.Options(size=7),
            mercari_shops.Options(window=timedelta(days=1)),
        ):
            yield self._client(options, None)

    def numbers(self) -> Sequence[str]:
        """Return what the fake holds."""
        return tuple(self.mall.fake.orders)

    def shippable(self) -> Sequence[Order]:
        """Return orders that wait to be shipped, and not by らくらくメルカリ便."""
        with self.client() as client:
            orders = client.fetch_orders(Period.last_days(61, now=self.now))
            return [order for order in orders if _is_open(order)]

    def notice(self, order: Order) -> ShipmentNotice:
        """Return a notice with a message."""
        return ShipmentNotice(
            order_number=order.number,
            carrier="ヤマト運輸",
            tracking_numbers=("000011112222",),
            message="本日発送しました。",
        )

    def lose_next_answer(self) -> None:
        """Reset the connection after the write took effect."""
        self.mall.fail_next("RESET_AFTER", operation="completeOrderShipping")

    def effects(self, order: Order) -> int:
        """Count the shipments of the order that were reported."""
        return self.mall.fake.effective(order.number, "shipped")

    def operations(self) -> Sequence[Operation[object]]:
        """Return one of each operation."""
        package = codec.Package(method="UNDECIDED", lines=(("P", "V", 1),))
        return (
            codec.ListOrders(period=Period.last_days(7, now=self.now)),
            codec.GetOrder(number="A", reader=Reader("demo")),
            codec.CreateShipping(number="A", package=package, idempotency_key="key"),
            codec.SetTracking(number="A", shipping_id="S", text="000011112222"),
            codec.CompleteShipping(number="A", shipping_id="S"),
            codec.AddMessage(number="A", text="見本"),
            codec.Introspect(document="{ __schema { types { name } } }"),
        )

    def record(self) -> dict[str, Any]:
        """Return an order with every field that is read, none of them null."""
        return deepcopy(dict(_RECORD))

    def with_number(self, record: Mapping[str, Any], number: str) -> dict[str, Any]:
        """Return it under another id."""
        return {**deepcopy(dict(record)), "id": number}

    def with_unknown_status(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return it in a status that no document names."""
        return {**record, "status": "ON_THE_MOON"}

    def decode(
        self, numbers: Sequence[str], records: Sequence[object]
    ) -> Sequence[Seen | Unreadable]:
        """Decode a page of a list."""
        edges = [{"node": record} for record in records]
        page = {"edges": edges, "pageInfo": {"hasNextPage": False, "endCursor": None}}
        body = json.dumps({"data": {"orderTransactions": page}}).encode()
        asked = codec.ListOrders(period=Period.last_days(7, now=NOW))
        listed = asked.decode(Response(status=200, body=body)).listed
        return tuple(one.sight(Reader("demo")) for one in listed)

    def rewrite_orders(self, response: Response, record: Mapping[str, Any]) -> Response:
        """Give each order of an answer another status."""
        payload = json.loads(response.body)
        data = payload.get("data") or {}
        found = [edge["node"] for edge in data.get("orderTransactions", {}).get("edges", ())]
        for order in [*found, data.get("orderTransaction")]:
            if order:
                order["status"] = record["status"]
        return evolve(response, body=json.dumps(payload).encode())

    def _client(
        self, options: mercari_shops.Options, transport: Transport | None
    ) -> mercari_shops.Client:
        return mercari_shops.Client(
            self.mall.credentials,
            shop_id="demo",
            base_url=self.mall.base_url,
            transport=transport,
            pace=None,
            options=options,
            settings=Settings(world=Surroundings(now=self.mall.clock.now, sleep=self._sleep)),
        )

    def _sleep(self, seconds: float) -> None:
        """Let the fake's time pass instead of ours."""
        self.mall.clock.advance(seconds)


def _is_open(order: Order) -> bool:
    return order.phase is Phase.TO_SHIP and not order.shipments[0].anonymous


_RECORD: Mapping[str, Any] = {
    "id": "AAAAbbbbCCCCddddEEEE01",
    "status": "WAITING_FOR_SHIPPING",
    "orderType": "EXAMPLE_TYPE",
    "createdAt": "2026-11-20T01:15:00Z",
    "paidAt": "2026-11-20T01:15:20Z",
    "completedAt": "2026-11-21T01:15:20Z",
    "totalPrice": 3480,
    "shippingAddress": {
        "postalCode": "100-0000",
        "state": {"name": "東京都"},
        "city": "架空区",
        "address1": "例町1-2-3",
        "address2": "サンプル荘101",
        "lastName": "見本",
        "firstName": "太郎",
        "phoneNumber": "0300000000",
        "country": "JP",
    },
    "products": [
        {
            "productId": "PRODexample0000000001",
            "name": "サンプル皿",
            "purchasedQuantity": 3,
            "unshippedQuantity": 1,
            "unshippedCanceledQuantity": 1,
            "shippedCanceledQuantity": 1,
            "unitPrice": 1440,
            "buyerShippingFee": 600,
            "shippingMethod": "UNDECIDED",
            "variant": {
                "id": "VARexample00000000001",
                "name": "青",
                "skuCode": "DISH-BLUE",
                "janCode": "4900000000012",
            },
        }
    ],
    "messages": [
        {
            "id": "m-1",
            "role": "BUYER",
            "message": "よろしくお願いします",
            "createdAt": "2026-11-20T01:20:00Z",
        }
    ],
}


@contextmanager
def running() -> Iterator[MercariShops]:
    """Run the fake with orders of the 60 days before noon of 22 November 2026."""
    with sandbox.running(seed=7, orders=120, now=NOW) as malls:
        yield MercariShops(malls.mercari_shops)
