"""Records of Rakuma, through a wire → `Order`. Pure."""

from __future__ import annotations

from attrs import frozen

from mallsync.adapters.rakuma.faults import failure
from mallsync.adapters.rakuma.fields import Fields, FieldsError
from mallsync.adapters.rakuma.records import AccountKind, Method, RakumaRecord, State
from mallsync.adapters.rakuma.wiring import RakumaWire
from mallsync.errors import DecodeError, MallError, Problem, Rejected
from mallsync.model.order import Charges, Item, Order, OrderKey, Parcel, Payment, Shipment
from mallsync.model.words import Mall, Phase

__all__ = ["Reader"]

_PAID = (
    State.AWAITING_SHIPMENT,
    State.AWAITING_RECEIPT,
    State.AWAITING_SELLER_REVIEW,
    State.COMPLETED,
)


@frozen
class Reader:
    """Reads records for one shop.

    Args:
        wire: What the specification says.
        shop_id: The shop's id, for the order's key.
        keep_raw: Whether the record is kept on the order.
    """

    wire: RakumaWire
    shop_id: str
    keep_raw: bool = True

    def record(self, raw: object) -> RakumaRecord:
        """Return what the wire makes of a raw record.

        Raises:
            DecodeError: A field that the wire wants is missing or cannot be read.
        """
        if not isinstance(raw, dict):
            raise _unreadable((Problem(place="", code="expected an object"),))
        fields = Fields(raw)
        try:
            made = self.wire.record(fields)
            fields.check()
        except FieldsError as error:
            raise _unreadable(error.problems) from None
        except MallError:
            raise
        except Exception:  # noqa: BLE001 -- a wire is the shop's own code
            raise _unreadable(tuple(fields.problems)) from None
        return made

    def read(self, raw: object) -> Order:
        """Return the order that a raw record describes.

        Raises:
            DecodeError: As `record`.
            Rejected: It belongs to an account of the 縦積み kind (R6).
        """
        return self.order(self.record(raw), raw)

    def order(self, record: RakumaRecord, raw: object) -> Order:
        """Return the order of a record."""
        if record.account_kind != AccountKind.ONE_OFF:
            problem = Problem(place="account_kind", code="FETCH_ACCOUNT_KIND")
            raise failure(Rejected, "record", "FETCH_ACCOUNT_KIND", problems=(problem,))
        charges = _charges(record)
        return Order(
            key=OrderKey(Mall.RAKUMA.value, self.shop_id, record.number),
            phase=record.phase,
            mall_status=record.code,
            ordered_at=record.ordered_at,
            paid_at=record.paid_at,
            cancelled_at=record.cancelled_at,
            shipped_at=record.shipped_at,
            completed_at=record.completed_at,
            updated_at=record.updated_at,
            shipments=(_shipment(record, charges),),
            charges=charges,
            payment=Payment(method=record.payment_method, paid_at=record.paid_at),
            messages=record.messages,
            raw=raw if self.keep_raw else None,
        )


def _unreadable(problems: tuple[Problem, ...]) -> MallError:
    found = problems or (Problem(place="", code="the wire cannot read it"),)
    return failure(DecodeError, "record", "UNREADABLE", problems=found)


def _shipment(record: RakumaRecord, charges: Charges) -> Shipment:
    anonymous = _is_anonymous(record)
    return Shipment(
        id=record.number,
        recipient=None if anonymous else record.recipient,
        anonymous=anonymous,
        delivery_method=_method(record).name,
        items=(
            Item(
                id=record.item_id or record.number,
                product_id=record.item_id,
                sku=record.sku,
                name=record.title,
                quantity=record.quantity,
                unit_price=record.unit_price,
                phase=record.phase,
            ),
        ),
        parcels=_parcels(record),
        charges=charges,
        cancelled=record.phase is Phase.CANCELLED,
    )


def _is_anonymous(record: RakumaRecord) -> bool:
    """Tell whether the recipient is hidden.

    The record says so, or its delivery method; else it is where a paid order has no recipient.
    """
    for told in (record.anonymous, _method(record).anonymous):
        if told is not None:
            return told
    return record.recipient is None and record.state in _PAID


def _method(record: RakumaRecord) -> Method:
    """Return the delivery method; one that the wire does not know bears the mall's own code."""
    method = record.delivery_method
    return method if isinstance(method, Method) else Method(method)


def _parcels(record: RakumaRecord) -> tuple[Parcel, ...]:
    if not (record.tracking_number or record.ship_date or record.phase is Phase.SHIPPED):
        return ()
    return (
        Parcel(
            id=record.number,
            carrier=record.carrier,
            tracking_number=record.tracking_number,
            ship_date=record.ship_date,
        ),
    )


def _charges(record: RakumaRecord) -> Charges:
    """Return the money; nothing is public of how the amounts of Rakuma add up (wire page B1)."""
    price = record.unit_price
    goods = None if price is None else price * record.quantity
    known = goods is not None and record.shipping_fee is not None
    return Charges(
        goods=goods,
        shipping=record.shipping_fee,
        total=(goods or 0) + (record.shipping_fee or 0) if known else None,
        requested=record.total,
    )
