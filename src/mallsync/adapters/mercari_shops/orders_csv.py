"""The order CSV of the shop admin, as far as its headers are known (wire page A8).

One row is one line of an order, and the order's own columns repeat. Twelve headers are told by two
sources and required; the others by one, and read where they are there. Not known are the encoding,
the form of dates, the language of status and method, whether ``quantity`` counts cancelled pieces,
whether ``product_price`` is for one piece (taken so), and whether ``shipping_price`` is the order's
(taken so). There is no variant, so that a line's id is that of its product, with ``#2`` behind it
where the order has it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from attrs import define

from mallsync.adapters.mercari_shops.shapes import HIDDEN_NAME, PHASES, order_id
from mallsync.model.order import (
    Address,
    Charges,
    Contact,
    Discount,
    Item,
    Order,
    OrderKey,
    Payment,
    Shipment,
)
from mallsync.model.words import Funder, Mall, Phase
from mallsync.wire.csvs import (
    MUST,
    NO_DAY,
    Cells,
    Layout,
    OrdersCsv,
    Row,
    code,
    day,
    moment,
    numbered,
    whole,
)
from mallsync.wire.making import maker

__all__ = ["LAYOUT", "ORDERS", "covers", "order"]

_BILLING = ("country", "postal_code", "state", "city", "address_1", "address_2", "name")

LAYOUT = Layout(
    name="order CSV of Mercari Shops",
    required=(
        "order_id",
        "buyer_name",
        "original_product_id",
        "product_name",
        "quantity",
        "product_price",
        "shipping_postal_code",
        "shipping_state",
        "shipping_city",
        "shipping_address_1",
        "shipping_address_2",
        "coupon_discount_amount",
    ),
    optional=(
        *("shipping_date", "purchase_date", "payment_date", "currency", "product_tax"),
        *("shipping_price", "shipping_tax", "shipping_method", "shipping_duration"),
        *("requested_delivery_date", "requested_delivery_time", "shipping_country"),
        *("shipping_name", "shipping_phone_number", "coupon_id", "order_type", "order_status"),
        *(f"billing_{name}" for name in _BILLING),
        "shop_id",
    ),
)

_LABELS = {
    "支払い待ち": "WAITING_FOR_PAYMENT",
    "発送待ち": "WAITING_FOR_SHIPPING",
    "発送前": "WAITING_FOR_SHIPPING",
    "完了": "COMPLETED",
    "キャンセル": "CANCELED",
}
"""Labels of the shop admin (A4); whether the file has them, or the API's codes, is not known."""

_COVERS: Mapping[str, str] = {
    "order_status": "phase mall_status shipments.cancelled",
    "purchase_date": "ordered_at",
    "payment_date": "paid_at payment.paid_at",
    "shipping_date": "shipped_at",
    "shipping_name": "shipments.recipient.family_name shipments.anonymous",
    "shipping_phone_number": "shipments.recipient.phone",
    "shipping_country": "shipments.recipient.address.country",
    "shipping_price": "charges.shipping charges.total",
    "requested_delivery_date": "shipments.wish_date",
    "requested_delivery_time": "shipments.wish_slot",
}
"""What an optional column tells of an order."""

_ALWAYS = frozenset(
    {
        *("buyer.family_name", "charges.goods", "charges.discounts"),
        *(f"shipments.recipient.address.{name}" for name in ("postal_code", "prefecture", "city")),
        *(f"shipments.recipient.address.{name}" for name in ("street", "building")),
    }
)
"""What the required columns tell. Not the lines: those of the API go by their variants, of which
the file has none, so that one could not be told from the other."""

_MALL = Mall.MERCARI_SHOPS.value
# Asking the class for a member takes ten times as long as a name of the module.
_CANCELLED, _UNKNOWN = Phase.CANCELLED, Phase.UNKNOWN
_new_address = maker(Address)
_new_charges = maker(Charges)
_new_contact = maker(Contact)
_new_item = maker(Item)
_new_key = maker(OrderKey)
_new_order = maker(Order)
_new_payment = maker(Payment)
_new_shipment = maker(Shipment)


@define(eq=False)
class _Head:
    """What the first row of an order tells of the whole of it."""

    status: str
    ordered_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    buyer: str
    recipient: str
    phone: str
    country: str
    wish_date: date | None
    wish_slot: str
    shipping: int | None
    coupon: int


def _status(text: str) -> str:
    label = text.strip()
    return _LABELS.get(label, label)


_HEAD = Cells(
    _Head,
    (
        ("status", "order_status", _status, ""),
        ("ordered_at", "purchase_date", moment, NO_DAY),
        ("paid_at", "payment_date", moment, None),
        ("shipped_at", "shipping_date", moment, None),
        ("buyer", "buyer_name", str.strip, ""),
        ("recipient", "shipping_name", str.strip, ""),
        ("phone", "shipping_phone_number", code, ""),
        ("country", "shipping_country", str.strip, ""),
        ("wish_date", "requested_delivery_date", day, None),
        ("wish_slot", "requested_delivery_time", str.strip, ""),
        ("shipping", "shipping_price", whole, None),
        ("coupon", "coupon_discount_amount", whole, 0),
    ),
    optional=LAYOUT.optional,
)
_ITEM = Cells(
    _new_item,
    (
        ("product_id", "original_product_id", str.strip, ""),
        ("name", "product_name", str.strip, ""),
        ("quantity", "quantity", whole, MUST),
        ("unit_price", "product_price", whole, MUST),
    ),
    ("id", "phase"),
)
_ADDRESS = Cells(
    _new_address,
    (
        ("postal_code", "shipping_postal_code", code, ""),
        ("prefecture", "shipping_state", str.strip, ""),
        ("city", "shipping_city", str.strip, ""),
        ("street", "shipping_address_1", str.strip, ""),
        ("building", "shipping_address_2", str.strip, ""),
    ),
    ("country",),
)


def covers(headers: Collection[str]) -> frozenset[str]:
    """Return what a file with these headers tells of an order.

    Without ``purchase_date``, say, ``ordered_at`` is a placeholder and not covered.
    """
    told = (fields.split() for header, fields in _COVERS.items() if header in headers)
    return _ALWAYS.union(*told)


def order(shop_id: str, number: str, rows: Sequence[Row]) -> Order:
    """Return the order that some rows tell of.

    Raises:
        FileError: A cell is not what it should be.
    """
    head = _HEAD.read(rows[0])
    phase = PHASES.get(head.status, _UNKNOWN)
    items = _items(rows, phase)
    charges = _charges(head, items)
    return _new_order(
        key=_new_key(mall=_MALL, shop_id=shop_id, number=number),
        phase=phase,
        mall_status=head.status,
        ordered_at=head.ordered_at,
        paid_at=head.paid_at,
        shipped_at=head.shipped_at,
        buyer=_new_contact(family_name=head.buyer),
        shipments=(_shipment(number, rows[0], head, phase, items, charges),),
        charges=charges,
        payment=_new_payment(paid_at=head.paid_at),
        raw=tuple([row.cells for row in rows]),
    )


ORDERS = OrdersCsv(layouts=(LAYOUT,), number="order_id", covers=covers, order=order, key=order_id)


def _shipment(
    number: str, first: Row, head: _Head, phase: Phase, items: tuple[Item, ...], charges: Charges
) -> Shipment:
    anonymous = HIDDEN_NAME in head.recipient
    return _new_shipment(
        id=number,
        recipient=None if anonymous else _recipient(first, head),
        anonymous=anonymous,
        items=items,
        wish_date=head.wish_date,
        wish_slot=head.wish_slot,
        charges=charges,
        cancelled=phase is _CANCELLED,
    )


def _items(rows: Sequence[Row], phase: Phase) -> tuple[Item, ...]:
    # A product that comes again is another variant.
    idents = numbered([row.cells["original_product_id"].strip() for row in rows])
    return tuple([_ITEM.read(row, ident, phase) for row, ident in zip(rows, idents, strict=True)])


def _charges(head: _Head, items: Sequence[Item]) -> Charges:
    goods = sum([item.quantity * (item.unit_price or 0) for item in items])
    shipping, coupon = head.shipping, head.coupon
    return _new_charges(
        goods=goods,
        shipping=shipping,
        discounts=(Discount(funder=Funder.UNKNOWN, amount=abs(coupon)),) if coupon else (),
        total=None if shipping is None else goods + shipping,
    )


def _recipient(first: Row, head: _Head) -> Contact:
    return _new_contact(
        family_name=head.recipient,
        address=_ADDRESS.read(first, head.country),
        phone=head.phone,
    )
