"""Made-up orders for the store."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from attrs import evolve

from mallsync import (
    Address,
    Charges,
    Contact,
    Item,
    Message,
    Order,
    OrderKey,
    Parcel,
    Payment,
    Phase,
    Shipment,
)
from mallsync.model.order import Discount, Gift, PickUp, Wrapping
from mallsync.model.period import JST
from mallsync.model.words import Funder, Hold
from mallsync.store import ShopKey

SHOP = ShopKey("rakuten", "demo")
OTHER = ShopKey("qoo10", "demo")
PLACED = datetime(2026, 11, 20, 9, 30, 15, tzinfo=JST)


def key(number: str = "1", shop: ShopKey = SHOP) -> OrderKey:
    """Return the key of an order."""
    return OrderKey(shop.mall, shop.shop_id, number)


def order(number: str = "1", **changes: Any) -> Order:
    """Return an order with something in every field."""
    person = Contact(
        family_name="見本",
        given_name="花子",
        address=Address(postal_code="0600000", prefecture="北海道", street="架空町1-1"),
        phone="0110000000",
    )
    made = Order(
        key=key(number),
        phase=Phase.TO_SHIP,
        mall_status="300",
        ordered_at=PLACED,
        paid_at=PLACED,
        buyer=person,
        shipments=(
            Shipment(
                id="7",
                recipient=person,
                items=(
                    Item(
                        id="1", name="見本の皿 ①", options="名入れ: 花子", quantity=2, tax_rate=0.1
                    ),
                ),
                parcels=(Parcel(id="3", carrier="ヤマト運輸", ship_date=date(2026, 11, 21)),),
                wish_date=date(2026, 11, 25),
                wish_slot="14-16",
                pick_up=PickUp(store_name="見本店"),
            ),
        ),
        charges=Charges(
            goods=2000, total=2500, discounts=(Discount(funder=Funder.SHOP, amount=100),)
        ),
        payment=Payment(method="クレジットカード", paid_at=PLACED),
        remarks="不在時は宅配ボックスへ",
        gift=Gift(requested=True, wrappings=(Wrapping(kind="箱", price=300),)),
        messages=(Message(id="m", sender="buyer", text="よろしく", sent_at=PLACED),),
        holds=frozenset({Hold.CAUTION, Hold.MALL_REVIEW}),
        raw={"orderNumber": number, "memo": "半\ud83d", "price": 2500},
    )
    return evolve(made, **changes)
