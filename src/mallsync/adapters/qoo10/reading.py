"""Qoo10's rows of one cart → `Order`. Pure; strict about types, tolerant of what is new.

One row is one order line (orderNo); packNo, the cart, groups lines, and is the order's number. Its
rows come from the lists, from the claims and from single reads: a row with a ShippingStatus tells
of shipping, one with a ClaimStatus of a claim, and a single read of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from attrs import frozen

from mallsync.adapters.qoo10.charges import goods_charges, goods_of, order_charges
from mallsync.adapters.qoo10.faults import failure
from mallsync.adapters.qoo10.lines import Line, Reply, Told, told_of, unreadable_rows
from mallsync.adapters.qoo10.shapes import PRECEDENCE, LineModel, RowModel
from mallsync.adapters.qoo10.values import (
    full_name,
    moment,
    optional_moment,
    phone,
    place,
    whole,
    wish,
)
from mallsync.errors import DecodeError, Problem
from mallsync.model.order import (
    Address,
    Charges,
    Contact,
    Gift,
    Item,
    Order,
    OrderKey,
    Parcel,
    Payment,
    Shipment,
)
from mallsync.model.words import Hold, Mall, Phase
from mallsync.wire.making import maker

__all__ = ["Reader"]

_new_address = maker(Address)
_new_contact = maker(Contact)
_new_item = maker(Item)
_new_key = maker(OrderKey)
_new_order = maker(Order)
_new_parcel = maker(Parcel)
_new_payment = maker(Payment)
_new_shipment = maker(Shipment)
_MALL = Mall.QOO10.value
_CANCELLED = {Phase.CANCELLED}
_CAUTION = frozenset({Hold.CAUTION})
_NO_HOLDS: frozenset[Hold] = frozenset()
_GIFT = Gift(requested=True)


@frozen
class Reader:
    """Reads rows for one shop.

    Args:
        shop_id: The shop's id, for the order's key.
        keep_raw: Whether the rows are kept on the order.
    """

    shop_id: str
    keep_raw: bool = True

    def read(self, raw: object, *, kept: object = None) -> Order:
        """Return the order that the rows of a cart describe; one row alone is a cart of one line.

        Args:
            raw: The rows.
            kept: What is kept as the order's raw record; None is the rows.

        Raises:
            DecodeError: A field that is read is missing or has another type, or there is no row,
                or the rows are of several carts.
        """
        rows = tuple(raw) if isinstance(raw, tuple | list) else (raw,)
        reply = Reply()
        lines = [reply.line(row) for row in rows]
        if len({line.cart for line in lines}) != 1:
            problem = Problem(place="PackNo", code="expected the rows of one cart")
            raise failure(DecodeError, "read", "UNREADABLE", problems=(problem,))
        return self.order(lines, kept=kept)

    def order(self, lines: Sequence[Line], *, kept: object = None) -> Order:
        """Return the order that the lines of one cart describe.

        Raises:
            DecodeError: As `read`.
        """
        try:
            return self._order(lines, kept)
        except (ValueError, OverflowError):  # a Mismatch is a ValueError
            raise unreadable_rows([line.raw for line in lines]) from None

    def _order(self, lines: Sequence[Line], kept: object) -> Order:
        told = told_of(lines)
        phases = {one.phase for one in told}
        live = told
        if Phase.CANCELLED in phases:
            live = [one for one in told if one.phase is not Phase.CANCELLED]
        head = _head(told)
        leading = told[0] if len(phases) == 1 else min(told, key=_rank)
        paid_at = optional_moment(head.get("PaymentDate"))
        charges = order_charges(_live_rows(told))
        return _new_order(
            key=_new_key(mall=_MALL, shop_id=self.shop_id, number=lines[0].cart),
            phase=leading.phase,
            mall_status=leading.status,
            ordered_at=moment(min([one.row["OrderDate"] for one in told])),
            paid_at=paid_at,
            cancelled_at=None if live else _cancelled_at(told),
            shipped_at=_last([one.row.get("ShippingDate") for one in live]),
            completed_at=_last([one.row.get("DeliveredDate") for one in live]),
            buyer=_buyer(head),
            shipments=_shipments(told, charges),
            charges=charges,
            payment=_new_payment(method=head.get("PaymentMethod") or "", paid_at=paid_at),
            remarks=_joined(told),
            gift=_GIFT if _first(told, "SenderName") else None,
            holds=_CAUTION if Phase.HELD in phases else _NO_HOLDS,
            raw=kept or (tuple([line.raw for line in lines]) if self.keep_raw else None),
        )


def _head(told: Sequence[Told]) -> RowModel:
    """Return the row that speaks for all: the first of shipping, else a claim."""
    if told[0].shipping is not None:
        return told[0].shipping
    return next((one.shipping for one in told if one.shipping is not None), told[0].row)


def _rank(one: Told) -> int:
    return PRECEDENCE.index(one.phase)


def _cancelled_at(told: Sequence[Told]) -> datetime | None:
    claims = [one.claim for one in told if one.claim is not None]
    times = [one.get("CancelRefundDate") or one.get("RequestDate") for one in claims]
    return max(filter(None, map(optional_moment, times)), default=None)


def _last(texts: Sequence[str | None]) -> datetime | None:
    """Return the latest of some moments if every line has one."""
    if not texts or not texts[0]:
        return None
    if texts.count(texts[0]) == len(texts):
        return optional_moment(texts[0])
    moments = [optional_moment(text) for text in texts]
    told = [one for one in moments if one is not None]
    return max(told) if len(told) == len(moments) else None


def _first(told: Sequence[Told], key: Literal["SenderName", "DesiredDeliveryDate"]) -> str:
    """Return the first text of the lines that is not blank."""
    for one in told:
        text = one.shipping.get(key) if one.shipping else None
        if text and not text.isspace():
            return text
    return ""


def _joined(told: Sequence[Told]) -> str:
    """Return what the buyer writes, each text once, one below the other."""
    texts: list[str] = []
    for one in told:
        text = one.shipping.get("ShippingMessage") if one.shipping else None
        if text and not text.isspace() and text not in texts:
            texts.append(text)
    return "\n".join(texts)


def _buyer(row: RowModel) -> Contact:
    family_name, given_name = full_name(row.get("Buyer"))
    family_kana, given_kana = full_name(row.get("BuyerKana"))
    return _new_contact(
        family_name=family_name,
        given_name=given_name,
        family_name_kana=family_kana,
        given_name_kana=given_kana,
        phone=phone(row.get("BuyerMobile"), row.get("BuyerTel")),
        email=row.get("BuyerEmail") or "",
    )


def _recipient(row: RowModel) -> Contact:
    family_name, given_name = full_name(row.get("Receiver"))
    family_kana, given_kana = full_name(row.get("ReceiverKana"))
    prefecture, city, street = place(
        row.get("Address1"), row.get("Address2"), row.get("ShippingAddress")
    )
    return _new_contact(
        family_name=family_name,
        given_name=given_name,
        family_name_kana=family_kana,
        given_name_kana=given_kana,
        address=_new_address(
            postal_code=row.get("ZipCode") or "",
            prefecture=prefecture,
            city=city,
            street=street,
            country=row.get("ShippingCountry") or "",
        ),
        phone=phone(row.get("ReceiverMobile"), row.get("ReceiverTel")),
    )


def _shipments(told: Sequence[Told], charges: Charges) -> tuple[Shipment, ...]:
    """Return one shipment for each recipient: normally one for the cart."""
    if len(told) == 1 or _has_one_recipient(told):
        return (_shipment(told, charges),)
    return tuple([_shipment(group, None) for group in _by_recipient(told)])


def _has_one_recipient(told: Sequence[Told]) -> bool:
    return len({_recipient_key(one.shipping) for one in told if one.shipping is not None}) <= 1


def _by_recipient(told: Sequence[Told]) -> list[list[Told]]:
    """Return the lines by recipient; one that only a claim tells of goes with the first."""
    first = next(_recipient_key(one.shipping) for one in told if one.shipping is not None)
    groups: dict[object, list[Told]] = {}
    for one in told:
        key = first if one.shipping is None else _recipient_key(one.shipping)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _recipient_key(row: LineModel) -> tuple[str | None, str | None, str | None]:
    return row.get("Receiver"), row.get("ZipCode"), row.get("ShippingAddress")


def _shipment(told: Sequence[Told], cart_charges: Charges | None) -> Shipment:
    """Return a shipment; the only one of a cart has the charges of the cart."""
    head = _head(told)
    wish_date, wish_slot = wish(_first(told, "DesiredDeliveryDate"))
    return _new_shipment(
        id=",".join([one.number for one in told]),
        recipient=_recipient(head),
        items=tuple([_item(one) for one in told]),
        parcels=tuple([_parcel(one) for one in told if one.row.get("TrackingNo")]),
        wish_date=wish_date,
        wish_slot=wish_slot,
        charges=cart_charges or goods_charges(_live_rows(told)),
        cancelled={one.phase for one in told} == _CANCELLED,
    )


def _live_rows(told: Sequence[Told]) -> list[LineModel]:
    return [
        one.shipping
        for one in told
        if one.shipping is not None and one.phase is not Phase.CANCELLED
    ]


def _item(one: Told) -> Item:
    row, shipping = one.row, one.shipping
    quantity = whole(row["OrderQty"])
    if shipping is None:
        return _new_item(
            id=one.number,
            product_id=row.get("ItemNo") or "",
            sku=row.get("SellerItemCode") or "",
            name=row.get("ItemTitle") or "",
            quantity=quantity,
            phase=one.phase,
        )
    unit_price = whole(shipping["OrderPrice"])
    return _new_item(
        id=one.number,
        product_id=row.get("ItemNo") or "",
        sku=shipping.get("OptionCode") or row.get("SellerItemCode") or "",
        name=row.get("ItemTitle") or "",
        options=shipping.get("Option") or "",
        quantity=quantity,
        unit_price=unit_price,
        option_price=goods_of(shipping) - unit_price * quantity,
        phase=one.phase,
    )


def _parcel(one: Told) -> Parcel:
    """Return a line's shipping record, whose id is the line's number: Qoo10 keeps one by line."""
    row = one.row
    shipped_at = optional_moment(row.get("ShippingDate"))
    return _new_parcel(
        id=one.number,
        carrier=row.get("DeliveryCompany") or "",
        tracking_number=row.get("TrackingNo") or "",
        ship_date=shipped_at.date() if shipped_at else None,
    )
