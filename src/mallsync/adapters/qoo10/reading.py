"""Qoo10's rows of one cart → `Order`. Pure; strict about types, tolerant of what is new.

One row is one order line (orderNo); packNo, the cart, groups lines, and is the order's number. Its
rows come from the lists, from the claims and from single reads: a row with a ShippingStatus tells
of shipping, one with a ClaimStatus of a claim, and a single read of both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter

from attrs import frozen

from mallsync.adapters.qoo10.charges import goods_charges, order_charges
from mallsync.adapters.qoo10.faults import failure
from mallsync.adapters.qoo10.lines import Line, Reply, Told, told_of, unreadable_rows
from mallsync.adapters.qoo10.shapes import PRECEDENCE, LineRecord, RowRecord
from mallsync.adapters.qoo10.values import (
    full_name,
    optional_moment,
    phone,
    place,
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
# Asking the class for a member takes ten times as long as a name of the module.
_HELD, _CANCELLED = Phase.HELD, Phase.CANCELLED
_CAUTION = frozenset({Hold.CAUTION})
_NO_HOLDS: frozenset[Hold] = frozenset()
_GIFT = Gift(requested=True)
_SHIPPED_AT = attrgetter("ShippingDate")
_COMPLETED_AT = attrgetter("DeliveredDate")
_SENDER = attrgetter("SenderName")
_WISH = attrgetter("DesiredDeliveryDate")
_recipient_key = attrgetter("Receiver", "ZipCode", "ShippingAddress")


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
            told = told_of(lines)
            return self.cart(lines[0].cart, told, kept or tuple([line.raw for line in lines]))
        except (ValueError, OverflowError):  # a Mismatch is a ValueError
            raise unreadable_rows([line.raw for line in lines]) from None

    def cart(self, number: str, told: Sequence[Told], raw: object) -> Order:
        """Return the order that is told of by what is told of its lines.

        Raises:
            ValueError: An amount of the cart is no whole number.
        """
        rows = _shipping_of(told)
        head = rows[0] if rows else told[0].row  # speaks for all: of shipping, else a claim
        leading, live, is_held = _standing(told)
        live_rows = rows if len(live) == len(told) else _shipping_of(live)
        charges = order_charges(live_rows)
        buyer = _buyer(head)
        return _new_order(
            key=_new_key(mall=_MALL, shop_id=self.shop_id, number=number),
            phase=leading.phase,
            mall_status=leading.status,
            ordered_at=_ordered_at(told),
            paid_at=head.PaymentDate,
            cancelled_at=None if live else _cancelled_at(told),
            shipped_at=_last(live, _SHIPPED_AT),
            completed_at=_last(live, _COMPLETED_AT),
            buyer=buyer,
            shipments=_shipments(told, rows, charges, buyer, is_cancelled=not live),
            charges=charges,
            payment=_new_payment(method=head.PaymentMethod, paid_at=head.PaymentDate),
            remarks=_joined(rows),
            gift=_GIFT if _first(rows, _SENDER) else None,
            holds=_CAUTION if is_held else _NO_HOLDS,
            raw=raw if self.keep_raw else None,
        )


# What runs on every cart asks its lines in a loop: a comprehension over one or two takes longer.


def _shipping_of(told: Sequence[Told]) -> list[LineRecord]:
    rows = []
    for one in told:
        row = one.shipping
        if row is not None:
            rows.append(row)
    return rows


def _standing(told: Sequence[Told]) -> tuple[Told, list[Told], bool]:
    """Return the line that leads, those that are not cancelled, and whether one is held."""
    leading, live, is_held = told[0], [], False
    for one in told:
        phase = one.phase
        if phase is not leading.phase and _rank(phase) < _rank(leading.phase):
            leading = one
        if phase is not _CANCELLED:
            live.append(one)
        if phase is _HELD:
            is_held = True
    return leading, live, is_held


_rank = PRECEDENCE.index


def _ordered_at(told: Sequence[Told]) -> datetime:
    first = told[0].row.OrderDate
    for one in told:
        moment = one.row.OrderDate
        if moment is not first:
            first = min(first, moment)
    return first


def _cancelled_at(told: Sequence[Told]) -> datetime | None:
    claims = [one.claim for one in told if one.claim is not None]
    times = [
        optional_moment(one.CancelRefundDate) or optional_moment(one.RequestDate) for one in claims
    ]
    return max(filter(None, times), default=None)


def _last(
    told: Sequence[Told], moment_of: Callable[[RowRecord], datetime | None]
) -> datetime | None:
    """Return the latest of a moment of the lines if every one has it."""
    last = None
    for one in told:
        moment = moment_of(one.row)
        if moment is None:
            return None
        if last is None or moment > last:
            last = moment
    return last


def _first(rows: Sequence[LineRecord], text_of: Callable[[LineRecord], str]) -> str:
    """Return the first text that is not blank."""
    for row in rows:
        text = text_of(row)
        if text and not text.isspace():
            return text
    return ""


def _joined(rows: Sequence[LineRecord]) -> str:
    """Return what the buyer writes, each text once, one below the other."""
    texts: list[str] = []
    for row in rows:
        text = row.ShippingMessage
        if text and not text.isspace() and text not in texts:
            texts.append(text)
    return "\n".join(texts)


def _buyer(row: RowRecord) -> Contact:
    family_name, given_name = full_name(row.Buyer)
    family_kana, given_kana = full_name(row.BuyerKana)
    return _new_contact(
        family_name=family_name,
        given_name=given_name,
        family_name_kana=family_kana,
        given_name_kana=given_kana,
        phone=phone(row.BuyerMobile, row.BuyerTel),
        email=row.BuyerEmail,
    )


def _recipient(row: RowRecord, buyer: Contact) -> Contact:
    """Return who gets the goods; most buyers send them to themselves, and are read by now."""
    if row.Receiver == row.Buyer and row.ReceiverKana == row.BuyerKana:
        family_name, given_name = buyer.family_name, buyer.given_name
        family_kana, given_kana = buyer.family_name_kana, buyer.given_name_kana
    else:
        family_name, given_name = full_name(row.Receiver)
        family_kana, given_kana = full_name(row.ReceiverKana)
    if row.ReceiverMobile == row.BuyerMobile and row.ReceiverTel == row.BuyerTel:
        number = buyer.phone
    else:
        number = phone(row.ReceiverMobile, row.ReceiverTel)
    prefecture, city, street = place(row.Address1, row.Address2, row.ShippingAddress)
    return _new_contact(
        family_name=family_name,
        given_name=given_name,
        family_name_kana=family_kana,
        given_name_kana=given_kana,
        address=_new_address(
            postal_code=row.ZipCode,
            prefecture=prefecture,
            city=city,
            street=street,
            country=row.ShippingCountry,
        ),
        phone=number,
    )


def _shipments(
    told: Sequence[Told],
    rows: Sequence[LineRecord],
    charges: Charges,
    buyer: Contact,
    *,
    is_cancelled: bool,
) -> tuple[Shipment, ...]:
    """Return one shipment for each recipient: normally one for the cart."""
    if _have_one_recipient(rows):
        return (_shipment(told, rows, charges, buyer, is_cancelled=is_cancelled),)
    return tuple([_part(group) for group in _by_recipient(told)])


def _have_one_recipient(rows: Sequence[LineRecord]) -> bool:
    """Tell whether rows name the same recipient, as nearly all carts do."""
    first = _recipient_key(rows[0]) if rows else None
    for row in rows[1:]:  # noqa: SIM110 -- a generator takes longer, too
        if _recipient_key(row) != first:
            return False
    return True


def _part(told: Sequence[Told]) -> Shipment:
    """Return the shipment of one of several recipients."""
    _, live, _ = _standing(told)
    rows, charges = _shipping_of(told), goods_charges(_shipping_of(live))
    return _shipment(told, rows, charges, _buyer(rows[0]), is_cancelled=not live)


def _by_recipient(told: Sequence[Told]) -> list[list[Told]]:
    """Return the lines by recipient; one that only a claim tells of goes with the first."""
    first = next(_recipient_key(one.shipping) for one in told if one.shipping is not None)
    groups: dict[object, list[Told]] = {}
    for one in told:
        key = first if one.shipping is None else _recipient_key(one.shipping)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _shipment(
    told: Sequence[Told],
    rows: Sequence[LineRecord],
    charges: Charges,
    buyer: Contact,
    *,
    is_cancelled: bool,
) -> Shipment:
    wish_date, wish_slot = wish(_first(rows, _WISH))
    numbers, items, parcels = [], [], []
    for one in told:
        numbers.append(one.number)
        items.append(_item(one))
        if one.row.TrackingNo:
            parcels.append(_parcel(one))
    return _new_shipment(
        id=",".join(numbers),
        recipient=_recipient(rows[0] if rows else told[0].row, buyer),
        items=tuple(items),
        parcels=tuple(parcels),
        wish_date=wish_date,
        wish_slot=wish_slot,
        charges=charges,
        cancelled=is_cancelled,
    )


def _item(one: Told) -> Item:
    row, shipping = one.row, one.shipping
    if shipping is None:
        return _new_item(
            id=one.number,
            product_id=row.ItemNo,
            sku=row.SellerItemCode,
            name=row.ItemTitle,
            quantity=row.OrderQty,
            phase=one.phase,
        )
    unit_price = shipping.OrderPrice
    return _new_item(
        id=one.number,
        product_id=row.ItemNo,
        sku=shipping.OptionCode or row.SellerItemCode,
        name=row.ItemTitle,
        options=shipping.Option,
        quantity=row.OrderQty,
        unit_price=unit_price,
        option_price=shipping.Total + shipping.Discount - unit_price * row.OrderQty,
        phase=one.phase,
    )


def _parcel(one: Told) -> Parcel:
    """Return a line's shipping record, whose id is the line's number: Qoo10 keeps one by line."""
    row = one.row
    return _new_parcel(
        id=one.number,
        carrier=row.DeliveryCompany,
        tracking_number=row.TrackingNo,
        ship_date=row.ShippingDate.date() if row.ShippingDate else None,
    )
