"""What ``mallsync demo`` works on: a shop at each mall of the sandbox, and what it types in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from importlib import import_module
from typing import TypeAlias
from zlib import crc32

from attrs import frozen

from mallsync import sandbox
from mallsync.adapters import mercari_shops, qoo10, rakuma, rakuten
from mallsync.model.handling import Dispatch
from mallsync.model.order import Order
from mallsync.model.words import HostStatus
from mallsync.sync import Shop, ShopSettings

__all__ = ["Stall", "stalls_of", "typed_in"]

_Fake: TypeAlias = (
    sandbox.RakutenMall | sandbox.Qoo10Mall | sandbox.MercariShopsMall | sandbox.ExamplemarketMall
)
_TO_SHIP = HostStatus.TO_SHIP.value

_DAY_OF_A_SHOP: tuple[tuple[str, int | None, str, str, str], ...] = (
    # host status, days until it ships, carrier, delivery method, tracking number
    (_TO_SHIP, 0, "ヤマト運輸", "", "1111{:04}"),
    (_TO_SHIP, 0, "佐川急便", "", "2222{:04}"),
    (_TO_SHIP, 0, "日本郵便", "定形外", ""),
    (_TO_SHIP, 0, "ゆうパック", "メール便", ""),
    (_TO_SHIP, 1, "ヤマト運輸", "", "3333{:04}"),
    ("★宅急便", 0, "ヤマト運輸", "", "4444{:04}"),
    (HostStatus.ON_HOLD.value, None, "ヤマト運輸", "", ""),
    (_TO_SHIP, 0, "日本郵便", "", "5555{:04}"),
)
"""What the shop types in, order after order: made up, and every case of the rule."""


@frozen(kw_only=True)
class Stall:
    """The shop at one mall, and what the demo watches on the fake."""

    title: str
    name: str
    """A shorter title."""
    shop: Shop
    fake: _Fake
    report: str
    """The mall's call that carries shipment reports."""
    statuses: Mapping[str, str]
    """How the mall calls its states."""

    @property
    def written(self) -> int:
        """How many reports have taken effect on the mall."""
        if isinstance(self.fake, sandbox.RakutenMall):
            return self.fake.fake.effective()
        return self.fake.fake.effective(kind="shipped")

    @property
    def calls(self) -> int:
        """How many calls have carried reports."""
        return sum(hit.operation == self.report for hit in self.fake.hits)


def stalls_of(malls: sandbox.Malls, shop_id: str) -> list[Stall]:
    """Return the shop at each mall; the clients are the caller's to close."""
    return [
        _rakuten(malls.rakuten, shop_id),
        _qoo10(malls.qoo10, shop_id),
        _mercari_shops(malls.mercari_shops, shop_id),
        *_example(malls.examplemarket, shop_id),
    ]


def _rakuten(fake: sandbox.RakutenMall, shop_id: str) -> Stall:
    client = rakuten.Client(fake.credentials, shop_id=shop_id, base_url=fake.base_url, pace=None)
    return Stall(
        title="Rakuten Ichiba",
        name="Rakuten",
        shop=Shop(client),
        fake=fake,
        report="updateOrderShippingAsync",
        statuses={
            "300": "発送待ち (300)",
            "500": "発送済 (500)",
            "600": "支払手続き中 (600)",
            "700": "支払手続き済 (700)",
        },
    )


def _qoo10(fake: sandbox.Qoo10Mall, shop_id: str) -> Stall:
    client = qoo10.Client(fake.credentials, shop_id=shop_id, base_url=fake.base_url, pace=None)
    return Stall(
        title="Qoo10",
        name="Qoo10",
        shop=Shop(client, ShopSettings(statuses={"2", "3"})),
        fake=fake,
        report="ShippingBasic.SetSendingInfoBulk",
        statuses={"3": "配送準備 (3)", "4": "配送中 (4)"},
    )


def _mercari_shops(fake: sandbox.MercariShopsMall, shop_id: str) -> Stall:
    client = mercari_shops.Client(
        fake.credentials, shop_id=shop_id, base_url=fake.base_url, pace=None
    )
    message = "[配送業者]で発送しました。お荷物伝票番号: [伝票番号]"
    return Stall(
        title="Mercari Shops",
        name="Mercari Shops",
        shop=Shop(client, ShopSettings(message=message)),
        fake=fake,
        report="completeOrderShipping",
        statuses={"WAITING_FOR_SHIPPING": "発送待ち", "COMPLETED": "完了 (COMPLETED)"},
    )


def _example(fake: sandbox.ExamplemarketMall, shop_id: str) -> list[Stall]:
    """Return a stall at the fictional mall, if ``make demo`` has put the example wire on the path.

    Nothing of Rakuma's wire is public: a shop writes its own, and this one shows how.
    """
    try:
        wire = import_module("examplemarket_wire").WIRE
    except ModuleNotFoundError:
        return []
    client = rakuma.Client(
        fake.credentials, shop_id=shop_id, wire=wire, base_url=fake.base_url, pace=None
    )
    return [
        Stall(
            title="Rakuma by an example wire (the mall is fictional)",
            name="Rakuma (fictional)",
            shop=Shop(client, ShopSettings(review_message="ありがとうございました")),
            fake=fake,
            report="ship",
            statuses={"wait_receive": "awaiting receipt", "wait_review": "awaiting our review"},
        )
    ]


def typed_in(order: Order, place: int, today: date) -> tuple[str, tuple[Dispatch, ...]]:
    """Return what the shop types in for the order at a place of its list: status and dispatches."""
    status, days, carrier, method, pattern = _DAY_OF_A_SHOP[place % len(_DAY_OF_A_SHOP)]
    first = _digits(order.number)
    return status, tuple(
        Dispatch(
            shipment_id=shipment.id,
            ship_date=None if days is None else today + timedelta(days=days),
            carrier=carrier,
            delivery_methods={method} if method else set(),
            tracking_number=pattern.format((first + more) % 10_000),
        )
        for more, shipment in enumerate(order.shipments)
    )


def _digits(number: str) -> int:
    """Return four digits that go with an order number."""
    last = number.rpartition("-")[2]
    return (int(last) if last.isdecimal() else crc32(number.encode())) % 10_000
