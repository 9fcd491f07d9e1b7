"""Qoo10 and its fake, as the laws need them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, TypeVar, cast

from attrs import evolve, frozen

from mallsync import Order, Period, Phase, ShipmentNotice, sandbox
from mallsync.adapters import qoo10
from mallsync.adapters.qoo10 import codec
from mallsync.adapters.qoo10.faults import refusal
from mallsync.adapters.qoo10.flows import Fetch, details
from mallsync.adapters.qoo10.reading import Reader
from mallsync.model.period import JST
from mallsync.model.sighting import Seen, Unreadable
from mallsync.transport import HttpTransport, Settings, Surroundings
from mallsync.wire.calls import Transport
from mallsync.wire.messages import Operation, Response

__all__ = ["running"]

T = TypeVar("T")

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
_LINES = 2  # in a cart that is reported, so that the reports go by the bulk call


@frozen
class _OneList:
    """A caller that shows rows in the first list asked for, and nothing anywhere else."""

    rows: Sequence[object]

    def call(self, operation: Operation[T]) -> T:
        """Answer."""
        if isinstance(operation, codec.GetLine):
            return cast("T", Unreadable(operation.number, None, refusal(operation.name, "-10003")))
        is_first = isinstance(operation, codec.GetLines) and operation.status == "1"
        return operation.decode(_reply(self.rows if is_first else ()))

    def map(self, operations: Iterable[Operation[T]]) -> Iterator[T]:
        """Answer one after another."""
        return map(self.call, operations)

    def pause(self, seconds: float) -> None:
        """Do not wait."""


def _reply(rows: Sequence[object]) -> Response:
    body = {"ResultObject": list(rows), "ResultCode": 0, "ResultMsg": "SUCCESS"}
    return Response(status=200, body=json.dumps(body).encode())


def _digits(name: str) -> int:
    """Return a number of nine digits for a name: Qoo10's numbers are digits."""
    return 100_000_000 + zlib.crc32(name.encode()) % 800_000_000


@frozen
class Qoo10:
    """The subject of the laws."""

    mall: sandbox.Qoo10Mall

    @property
    def package(self) -> ModuleType:
        """The adapter."""
        return qoo10

    @property
    def now(self) -> datetime:
        """The fake's present."""
        return self.mall.clock.now()

    @property
    def secrets(self) -> Sequence[str]:
        """What no text may show."""
        key = self.mall.credentials
        return (key.password, key.api_key, self.mall.certification_key)

    @property
    def personal(self) -> Collection[str]:
        """Names, addresses, telephones, mail, and what buyers write themselves."""
        names = ("Buyer", "BuyerKana", "BuyerEmail", "Receiver", "ReceiverKana", "SenderName")
        phones = ("BuyerTel", "BuyerMobile", "ReceiverTel", "ReceiverMobile")
        address = ("ZipCode", "ShippingAddress", "Address1", "Address2")
        return {*names, *phones, *address, "ShippingMessage", "Option"}

    @property
    def as_text(self) -> Collection[str]:
        """Numbers and amounts: whether any comes as text is not known (§16)."""
        amounts = ("OrderPrice", "Discount", "Total", "SellerDiscount", "cod_price", "ShippingRate")
        return {
            "OrderNo",
            "PackNo",
            "OrderQty",
            "CartDiscountSeller",
            "CartDiscountQoo10",
            *amounts,
        }

    @property
    def keys(self) -> Sequence[str]:
        """Keys of the envelopes, the errors and the records."""
        return (
            *("ResultCode", "ResultMsg", "ResultObject", "ErrorCode", "ErrorMsg"),
            *("contr_no", "cont_no", "result_cd", "OrderNo", "PackNo", "orderNo", "packNo"),
            *("ShippingStatus", "shippingStatus", "ClaimStatus", "claimStatus", "OrderDate"),
        )

    def client(self, *, transport: Transport | None = None) -> qoo10.Client:
        """Return a client of the fake."""
        return self._client(qoo10.Options(), transport)

    def transport(self) -> Transport:
        """Return a way to the fake."""
        return HttpTransport(base_url=self.mall.base_url)

    def paged_clients(self) -> Iterable[qoo10.Client]:
        """Return clients with small windows and batches, and of the other version."""
        for options in (
            qoo10.Options(window=timedelta(days=5)),
            qoo10.Options(window=timedelta(days=20), batch=1),
        ):
            yield self._client(options, None)

    def numbers(self) -> Sequence[str]:
        """Return what the fake holds."""
        return tuple(self.mall.fake.carts)

    def shippable(self) -> Sequence[Order]:
        """Return carts of several lines that all wait to be shipped."""
        with self.client() as client:
            orders = client.fetch_orders(Period.last_days(61, now=self.now))
            return [order for order in orders if _is_open(order)]

    def notice(self, order: Order) -> ShipmentNotice:
        """Return a notice for the cart."""
        return ShipmentNotice(
            order_number=order.number,
            shipment_id=order.shipments[0].id,
            carrier="ヤマト運輸",
            tracking_numbers=("000011112222",),
            ship_date=self.now.date(),
        )

    def lose_next_answer(self) -> None:
        """Reset the connection after the write took effect."""
        self.mall.fail_next("RESET_AFTER", operation="ShippingBasic.SetSendingInfoBulk")

    def effects(self, order: Order) -> int:
        """Count how often what was really written for a line of the order was written."""
        lines = self.mall.fake.lines_of(order.number)
        return max(self.mall.fake.effective(line, "shipped") for line in lines)

    def operations(self) -> Sequence[Operation[object]]:
        """Return one of each operation."""
        period = Period.last_days(7, now=self.now)
        shipped = codec.Shipped(number="1", carrier="ヤマト宅急便", tracking_number="000011112222")
        key = self.mall.credentials
        return (
            codec.GetLines(period=period, status="2"),
            codec.GetLines(period=period, status="2", version=2),
            codec.GetClaims(period=period),
            codec.GetLine(number="1"),
            codec.SendLine(shipped=shipped),
            codec.SendLines(shipped=(shipped,)),
            codec.ConfirmLine(number="1"),
            codec.ConfirmLines(numbers=("1",), planned=self.now.date()),
            codec.CancelLine(number="1", reason=0),
            codec.CreateKey(user_id=key.user_id, password=key.password, api_key=key.api_key),
        )

    def record(self) -> dict[str, Any]:
        """Return a row with every field that is read, none of them null."""
        return dict(_RECORD)

    def with_number(self, record: Mapping[str, Any], number: str) -> dict[str, Any]:
        """Return it as the only line of another cart."""
        line = _digits(number)
        return {**record, "PackNo": line + 1, "OrderNo": line, "RelatedOrder": str(line)}

    def with_unknown_status(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return it in status 8, which no document names."""
        return {**record, "ShippingStatus": "Somewhere(8)"}

    def decode(
        self, numbers: Sequence[str], records: Sequence[object]
    ) -> Sequence[Seen | Unreadable]:
        """Decode a list, and return what it shows of each cart."""
        fetch = Fetch(reader=Reader("demo"), now=NOW)
        carts = [str(_digits(number) + 1) for number in numbers]
        return tuple(details(_OneList(records), fetch, carts))

    def rewrite_orders(self, response: Response, record: Mapping[str, Any]) -> Response:
        """Give each line of an answer another status."""
        payload = json.loads(response.body)
        found = payload.get("ResultObject") or []
        rows: list[Any] = found if isinstance(found, list) else [found]
        for row in rows:
            for name in [name for name in row if name.lower() == "shippingstatus"]:
                row[name] = record["ShippingStatus"]
        return evolve(response, body=json.dumps(payload).encode())

    def _client(self, options: qoo10.Options, transport: Transport | None) -> qoo10.Client:
        return qoo10.Client(
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
    phases = [item.phase for shipment in order.shipments for item in shipment.items]
    return phases.count(Phase.TO_SHIP) == len(phases) >= _LINES and not order.holds


_RECORD: Mapping[str, Any] = {
    "ShippingStatus": "Seller confirm(3)",
    "PackNo": 880000002,
    "OrderNo": 190000021,
    "OrderDate": "2026-11-20 08:00:10",
    "PaymentDate": "2026-11-20 08:00:40",
    "EstimatedShippingDate": "2026-11-25 00:00:00",
    "ShippingDate": "2026-11-21 10:00:00",
    "DeliveredDate": "2026-11-22 10:00:00",
    "Buyer": "見本 一",
    "BuyerKana": "ミホン ハジメ",
    "BuyerTel": "+81-3-0000-3333",
    "BuyerMobile": "+81-90-0000-4444",
    "BuyerEmail": "hajime@example.invalid",
    "ItemNo": "700000003",
    "SellerItemCode": "SKU-MUG-02",
    "ItemTitle": "テスト用マグ",
    "Option": "色:白",
    "OptionCode": "SKU-MUG-02-W",
    "OrderPrice": 800.0,
    "OrderQty": 3,
    "Discount": 100.0,
    "Total": 2300.0,
    "SellerDiscount": 50.0,
    "CartDiscountSeller": 30.0,
    "CartDiscountQoo10": 20.0,
    "ShippingRate": 350.0,
    "Receiver": "見本 二",
    "ReceiverKana": "ミホン ツギ",
    "ReceiverTel": "+81-3-0000-5555",
    "ReceiverMobile": "+81-80-0000-6666",
    "ZipCode": "999-0002",
    "ShippingAddress": "架空県例村 9-9",
    "Address1": "架空県例村",
    "Address2": "9-9",
    "ShippingCountry": "JP",
    "DesiredDeliveryDate": "2026-11-27 14:00~16:00",
    "SenderName": "見本 三",
    "ShippingMessage": "不在時は宅配ボックスへ",
    "PaymentMethod": "クレジットカード",
    "RelatedOrder": "190000021",
    "DeliveryCompany": "ヤマト宅急便",
    "TrackingNo": "000011110000",
    "cod_price": 10.0,
}


@contextmanager
def running() -> Iterator[Qoo10]:
    """Run the fake with carts of the 60 days before noon of 22 November 2026."""
    with sandbox.running(seed=7, orders=120, now=NOW) as malls:
        yield Qoo10(malls.qoo10)
