"""Order transactions of Mercari Shops → `Order`. Pure; strict about types, tolerant of the new."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from mallsync.adapters.mercari_shops.faults import unreadable
from mallsync.adapters.mercari_shops.shapes import (
    ARRANGED_BY_SHOP,
    HIDDEN_NAME,
    PAID,
    PHASES,
    SENDERS,
    AddressRecord,
    MessageRecord,
    OrderRecord,
    ProductRecord,
    order_id,
)
from mallsync.errors import MallError, Problem
from mallsync.model.order import (
    Address,
    Charges,
    Contact,
    Item,
    Message,
    Order,
    OrderKey,
    Payment,
    Shipment,
)
from mallsync.model.words import Mall, Phase
from mallsync.wire.making import maker
from mallsync.wire.strict import Shape

__all__ = ["Reader", "checked", "hides_recipient", "net_quantity", "unshipped_quantity"]

_new_address = maker(Address)
_new_charges = maker(Charges)
_new_contact = maker(Contact)
_new_item = maker(Item)
_new_key = maker(OrderKey)
_new_message = maker(Message)
_new_order = maker(Order)
_new_payment = maker(Payment)
_new_shipment = maker(Shipment)
_MALL = Mall.MERCARI_SHOPS.value
# Asking the class for a member takes as long as reading two fields.
_UNKNOWN, _TO_SHIP, _CANCELLED = Phase.UNKNOWN, Phase.TO_SHIP, Phase.CANCELLED
_READ = "read"
_QUANTITIES = ("purchasedQuantity", "unshippedCanceledQuantity", "shippedCanceledQuantity")


_ORDERS = Shape(OrderRecord)


@frozen
class Reader:
    """Reads records for one shop.

    Args:
        shop_id: The shop's id, for the order's key.
        keep_raw: Whether the record is kept on the order.
        anonymous_methods: Values of shippingMethod that hide the recipient, where the shop knows
            them; their public names are not known (A4).
    """

    shop_id: str
    keep_raw: bool = True
    anonymous_methods: frozenset[str] = frozenset()

    def read(self, raw: object) -> Order:
        """Return the order that a record describes.

        Raises:
            DecodeError: A field that is read is missing or has another type, or more pieces of a
                line are cancelled than were bought.
        """
        try:
            return self._order(_ORDERS.read(raw), raw)
        except (ValueError, OverflowError):  # a Mismatch is a ValueError
            raise unreadable(_READ, _ORDERS.explain(raw)) from None

    def _order(self, record: OrderRecord, raw: object) -> Order:
        status = record.status
        phase = PHASES.get(status, _UNKNOWN)
        items = tuple([_item(line, at, phase) for at, line in enumerate(record.products)])
        anonymous = hides_recipient(record, self.anonymous_methods)
        charges = _charges(items, record.totalPrice)
        number = order_id(record.id)
        paid_at = record.paidAt
        return _new_order(
            key=_new_key(mall=_MALL, shop_id=self.shop_id, number=number),
            phase=phase,
            mall_status=status,
            ordered_at=record.createdAt,
            paid_at=paid_at,
            completed_at=record.completedAt,
            shipments=(
                _new_shipment(
                    id=number,
                    recipient=None if anonymous else _recipient(record.shippingAddress),
                    anonymous=anonymous,
                    items=items,
                    charges=charges,
                    cancelled=phase is _CANCELLED,
                ),
            ),
            charges=charges,
            payment=_new_payment(paid_at=paid_at),
            messages=_messages(record.messages),
            raw=raw if self.keep_raw else None,
        )


def checked(raw: object) -> OrderRecord:
    """Return what a record that an order keeps tells.

    Raises:
        DecodeError: It has not its shape, or there is none.
    """
    try:
        return _ORDERS.read(raw)
    except (ValueError, OverflowError):
        raise unreadable(_READ, _ORDERS.explain(raw)) from None


def net_quantity(line: ProductRecord) -> int:
    """Return how many pieces of a line were bought and not cancelled since (A4).

    >>> net_quantity(ProductRecord(productId="P", unitPrice=1, purchasedQuantity=3,
    ...     unshippedCanceledQuantity=1))
    2
    """
    return line.purchasedQuantity - line.unshippedCanceledQuantity - line.shippedCanceledQuantity


def unshipped_quantity(line: ProductRecord) -> int:
    """Return how many pieces of a line are still to be shipped; all where the mall does not tell.

    >>> unshipped_quantity(ProductRecord(productId="P", unitPrice=1, purchasedQuantity=3))
    3
    """
    told = line.unshippedQuantity
    return net_quantity(line) if told is None else max(0, min(told, net_quantity(line)))


def hides_recipient(record: OrderRecord, anonymous_methods: frozenset[str]) -> bool:
    """Tell whether an order goes out by anonymous delivery (R5), as far as the API shows it.

    It does by a method that the shop has named so, by the name 匿名配送, and where a paid order
    has no address; which of these the mall shows is not known (A4).
    """
    if anonymous_methods:
        methods = {line.shippingMethod for line in record.products}
        if not anonymous_methods.isdisjoint(methods - {ARRANGED_BY_SHOP}):
            return True
    address = record.shippingAddress
    if address is None:
        return record.paidAt is not None or record.status in PAID
    return HIDDEN_NAME in address.lastName + address.firstName


def _recipient(address: AddressRecord | None) -> Contact | None:
    if address is None:
        return None
    return _new_contact(
        family_name=address.lastName,
        given_name=address.firstName,
        address=_new_address(
            postal_code=address.postalCode,
            prefecture=address.state.name if address.state else "",
            city=address.city,
            street=address.address1,
            building=address.address2,
            country=address.country,
        ),
        phone=address.phoneNumber,
    )


def _item(line: ProductRecord, at: int, phase: Phase) -> Item:
    """Return a line; its id tells it from the others: the variant's, else the product's."""
    variant = line.variant
    quantity = net_quantity(line)
    if quantity < 0 or line.unshippedCanceledQuantity < 0 or line.shippedCanceledQuantity < 0:
        raise _fewer_than_none(at)
    if quantity == 0:
        phase = _CANCELLED
    elif line.unshippedQuantity == 0 and phase is _TO_SHIP:
        phase = Phase.SHIPPED  # sent ahead of the others
    return _new_item(
        id=variant.id if variant else line.productId,
        product_id=line.productId,
        sku=variant.skuCode if variant else "",
        name=line.name,
        options=variant.name if variant else "",
        quantity=quantity,
        unit_price=line.unitPrice,
        shipping_fee=line.buyerShippingFee,
        phase=phase,
    )


def _fewer_than_none(at: int) -> MallError:
    problems = [
        Problem(place=f"products[{at}].{name}", code="fewer than none are left")
        for name in _QUANTITIES
    ]
    return unreadable(_READ, problems)


def _charges(items: Sequence[Item], requested: int | None) -> Charges:
    """Return the money: goods by net quantity, shipping by line, and what the buyer has paid.

    totalPrice is "goods, shipping and fees" (A4); the fees by themselves are told nowhere.
    """
    goods, shipping = 0, 0
    untold = False
    for item in items:
        if item.quantity:
            goods += item.quantity * (item.unit_price or 0)
            if item.shipping_fee is None:
                untold = True
            else:
                shipping += item.shipping_fee
    return _new_charges(
        goods=goods,
        shipping=None if untold else shipping,
        total=None if untold else goods + shipping,
        requested=requested,
    )


def _messages(listed: Sequence[MessageRecord] | None) -> tuple[Message, ...] | None:
    if not listed:
        return None if listed is None else ()
    return tuple(
        [
            _new_message(
                id=one.id,
                sender=SENDERS.get(one.role, one.role),
                text=one.message,
                sent_at=one.createdAt,
            )
            for one in listed
        ]
    )
