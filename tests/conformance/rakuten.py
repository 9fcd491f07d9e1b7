"""Rakuten and its fake, as the laws need them."""

from __future__ import annotations

import copy
import json
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import evolve, frozen

from mallsync import Order, Period, Phase, ShipmentNotice, sandbox
from mallsync.adapters import rakuten
from mallsync.adapters.rakuten import codec
from mallsync.adapters.rakuten.reading import Reader
from mallsync.model.period import JST
from mallsync.model.sighting import Seen, Unreadable
from mallsync.transport import HttpTransport, Settings, Surroundings
from mallsync.wire.calls import Transport
from mallsync.wire.messages import Operation, Response

__all__ = ["running"]

_RECORD = Path(__file__).with_name("rakuten_record.json")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)


@frozen
class Rakuten:
    """The subject of the laws."""

    mall: sandbox.RakutenMall

    @property
    def package(self) -> ModuleType:
        """The adapter."""
        return rakuten

    @property
    def now(self) -> datetime:
        """The fake's present."""
        return self.mall.clock.now()

    @property
    def secrets(self) -> Sequence[str]:
        """What no text may show, plain or encoded."""
        key = self.mall.credentials
        encoded = b64encode(f"{key.service_secret}:{key.license_key}".encode()).decode()
        return (key.service_secret, key.license_key, encoded)

    @property
    def personal(self) -> Collection[str]:
        """Names, addresses, telephones, mail, and what buyers write themselves."""
        names = ("familyName", "firstName", "familyNameKana", "firstNameKana", "emailAddress")
        address = ("zipCode1", "zipCode2", "prefecture", "city", "subAddress")
        phones = ("phoneNumber1", "phoneNumber2", "phoneNumber3")
        return {*names, *address, *phones, "remarks", "noshi", "selectedChoice", "memo"}

    @property
    def as_text(self) -> Collection[str]:
        """Rakuten sends numbers as numbers."""
        return ()

    @property
    def keys(self) -> Sequence[str]:
        """Keys of the envelopes, the errors and the records."""
        return (
            *("MessageModelList", "messageType", "messageCode", "message", "orderNumber"),
            *("orderNumberList", "PaginationResponseModel", "totalRecordsAmount", "totalPages"),
            *("OrderModelList", "ResultShippingModelList", "StatusModelList", "expiryDate"),
            *("errors", "code", "Results", "errorCode", "requestId", "dataNumber"),
        )

    def client(self, *, transport: Transport | None = None) -> rakuten.Client:
        """Return a client of the fake."""
        return self._client(rakuten.Options(), transport)

    def transport(self) -> Transport:
        """Return a way to the fake."""
        return HttpTransport(base_url=self.mall.base_url)

    def paged_clients(self) -> Iterable[rakuten.Client]:
        """Return clients with small pages, windows, caps and batches."""
        for options in (
            rakuten.Options(page=7, batch=3),
            rakuten.Options(page=1000, batch=1),
            rakuten.Options(window=timedelta(days=5), page=30),
            rakuten.Options(cap=20, page=10),
        ):
            yield self._client(options, None)

    def numbers(self) -> Sequence[str]:
        """Return what the fake holds."""
        return tuple(self.mall.fake.orders)

    def shippable(self) -> Sequence[Order]:
        """Return orders in 300 without holds whose first shipment has no number yet."""
        with self.client() as client:
            orders = client.fetch_orders(Period.last_days(61, now=self.now), statuses={"300"})
            return [order for order in orders if _is_open(order)]

    def notice(self, order: Order) -> ShipmentNotice:
        """Return a notice for the first shipment."""
        return ShipmentNotice(
            order_number=order.number,
            shipment_id=_live(order)[0].id,
            carrier="ヤマト運輸",
            tracking_numbers=("000011112222",),
            ship_date=self.now.date(),
        )

    def lose_next_answer(self) -> None:
        """Reset the connection after the write took effect."""
        self.mall.fail_next("RESET_AFTER", operation="updateOrderShipping")

    def effects(self, order: Order) -> int:
        """Count what was really written for an order."""
        return self.mall.fake.effective(order.number)

    def operations(self) -> Sequence[Operation[object]]:
        """Return one of each operation."""
        period = Period.last_days(7, now=self.now)
        update = codec.UpdateShipping(number="1", basket=1, records=({"deliveryCompany": "1001"},))
        return (
            codec.SearchOrders(period=period),
            codec.GetOrders(numbers=("1", "2"), reader=Reader("demo")),
            codec.ConfirmOrders(numbers=("1",)),
            update,
            codec.UpdateShippingAsync(updates=(update,)),
            codec.ShippingResult(request_id="x"),
            codec.CancelOrder(number="1", reason=1),
            codec.UpdateMemo(number="1", fields={"memo": "見本"}),
            codec.GetSubStatusList(),
            codec.KeyExpiry(self.mall.credentials.license_key),
        )

    def record(self) -> dict[str, Any]:
        """Return a record with every field, none of them null: see rakuten_record.json."""
        record: dict[str, Any] = json.loads(_RECORD.read_text(encoding="utf-8"))
        return record

    def with_number(self, record: Mapping[str, Any], number: str) -> dict[str, Any]:
        """Return it under another number."""
        return {**copy.deepcopy(dict(record)), "orderNumber": number}

    def with_unknown_status(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return it in 850, which no document names."""
        return {**copy.deepcopy(dict(record)), "orderProgress": 850}

    def decode(
        self, numbers: Sequence[str], records: Sequence[object]
    ) -> Sequence[Seen | Unreadable]:
        """Decode an answer of getOrder."""
        body = json.dumps({"version": 10, "MessageModelList": [], "OrderModelList": records})
        operation = codec.GetOrders(numbers=tuple(numbers), reader=Reader("demo"))
        return operation.decode(Response(status=200, body=body.encode()))

    def rewrite_orders(self, response: Response, record: Mapping[str, Any]) -> Response:
        """Give each order of an answer another orderProgress."""
        payload = json.loads(response.body)
        for order in payload.get("OrderModelList") or ():
            order["orderProgress"] = record["orderProgress"]
        return evolve(response, body=json.dumps(payload).encode())

    def _client(self, options: rakuten.Options, transport: Transport | None) -> rakuten.Client:
        return rakuten.Client(
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


def _live(order: Order) -> list[Any]:
    return [shipment for shipment in order.shipments if not shipment.cancelled]


def _is_open(order: Order) -> bool:
    numbers = [parcel.tracking_number for one in _live(order) for parcel in one.parcels]
    return order.phase is Phase.TO_SHIP and not order.holds and not any(numbers)


@contextmanager
def running() -> Iterator[Rakuten]:
    """Run the fake with orders of the 60 days before noon of 22 November 2026."""
    with sandbox.running(seed=7, orders=120, now=NOW) as malls:
        yield Rakuten(malls.rakuten)
