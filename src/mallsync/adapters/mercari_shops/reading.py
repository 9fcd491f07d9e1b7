"""Order transactions of Mercari Shops → `Order`. Pure; strict about types, tolerant of the new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from attrs import frozen

from mallsync.adapters.mercari_shops.faults import unreadable
from mallsync.adapters.mercari_shops.shapes import (
    ARRANGED_BY_SHOP,
    HIDDEN_NAME,
    PAID,
    PHASES,
    SENDERS,
    AddressModel,
    MessageModel,
    MomentText,
    OrderModel,
    ProductModel,
    order_id,
)
from mallsync.errors import Problem
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
from mallsync.model.period import JST
from mallsync.model.words import Mall, Phase
from mallsync.wire.making import maker
from mallsync.wire.strict import Mismatch, Shape

__all__ = ["Reader", "checked", "hides_recipient", "line_id", "net_quantity", "unshipped_quantity"]

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
_READ = "read"
_QUANTITIES: tuple[
    Literal["purchasedQuantity", "unshippedCanceledQuantity", "shippedCanceledQuantity"], ...
] = ("purchasedQuantity", "unshippedCanceledQuantity", "shippedCanceledQuantity")


def _moment(text: str) -> datetime:
    """Return an aware moment in Japan time; one without a zone is a `ValueError`.

    >>> _moment("2031-04-02T01:15:00Z").isoformat()
    '2031-04-02T10:15:00+09:00'
    """
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("no zone")
    return value.astimezone(JST)


def _optional_moment(text: str | None) -> datetime | None:
    return _moment(text) if text else None


_ORDERS = Shape(OrderModel, {MomentText: _moment})


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
            return self._order(_ORDERS.check(raw))
        except (ValueError, OverflowError):  # a Mismatch is a ValueError
            raise unreadable(_READ, _ORDERS.explain(raw)) from None

    def _order(self, record: OrderModel) -> Order:
        status = record["status"]
        phase = PHASES.get(status, Phase.UNKNOWN)
        lines = [_line(product, at) for at, product in enumerate(record["products"])]
        paid_at = _optional_moment(record.get("paidAt"))
        anonymous = hides_recipient(record, self.anonymous_methods)
        charges = _charges(lines, record.get("totalPrice"))
        number = order_id(record["id"])
        messages = record.get("messages")
        return _new_order(
            key=_new_key(mall=_MALL, shop_id=self.shop_id, number=number),
            phase=phase,
            mall_status=status,
            ordered_at=_moment(record["createdAt"]),
            paid_at=paid_at,
            completed_at=_optional_moment(record.get("completedAt")),
            shipments=(
                _new_shipment(
                    id=number,
                    recipient=None if anonymous else _recipient(record.get("shippingAddress")),
                    anonymous=anonymous,
                    items=tuple([_item(product, net, phase) for product, net in lines]),
                    charges=charges,
                    cancelled=phase is Phase.CANCELLED,
                ),
            ),
            charges=charges,
            payment=_new_payment(paid_at=paid_at),
            messages=None if messages is None else tuple([_message(one) for one in messages]),
            raw=record if self.keep_raw else None,
        )


def checked(raw: object) -> OrderModel:
    """Return a record that an order keeps, known to have its shape.

    Raises:
        DecodeError: It has not, or there is none.
    """
    try:
        return _ORDERS.check(raw)
    except Mismatch:
        raise unreadable(_READ, _ORDERS.explain(raw)) from None


def net_quantity(product: ProductModel) -> int:
    """Return how many pieces of a line were bought and not cancelled since (A4).

    >>> net_quantity({"productId": "P", "unitPrice": 1, "purchasedQuantity": 3,
    ...     "unshippedCanceledQuantity": 1, "shippedCanceledQuantity": None})
    2
    """
    before = product.get("unshippedCanceledQuantity") or 0
    after = product.get("shippedCanceledQuantity") or 0
    return product["purchasedQuantity"] - before - after


def unshipped_quantity(product: ProductModel) -> int:
    """Return how many pieces of a line are still to be shipped; all where the mall does not tell.

    >>> unshipped_quantity({"productId": "P", "unitPrice": 1, "purchasedQuantity": 3})
    3
    """
    told = product.get("unshippedQuantity")
    return net_quantity(product) if told is None else min(told, net_quantity(product))


def line_id(product: ProductModel) -> str:
    """Return what tells one line of an order from another: the variant, else the product.

    >>> line_id({"productId": "P", "unitPrice": 1, "purchasedQuantity": 3, "variant": {"id": "V"}})
    'V'
    """
    variant = product.get("variant")
    return variant["id"] if variant is not None else product["productId"]


def hides_recipient(record: OrderModel, anonymous_methods: frozenset[str]) -> bool:
    """Tell whether an order goes out by anonymous delivery (R5), as far as the API shows it.

    It does by a method that the shop has named so, by the name 匿名配送, and where a paid order
    has no address; which of these the mall shows is not known (A4).
    """
    if anonymous_methods:
        methods = {product.get("shippingMethod") for product in record["products"]}
        if not anonymous_methods.isdisjoint(methods - {ARRANGED_BY_SHOP}):
            return True
    address = record.get("shippingAddress")
    if address is None:
        return bool(record.get("paidAt")) or record["status"] in PAID
    return HIDDEN_NAME in f"{address.get('lastName') or ''}{address.get('firstName') or ''}"


def _line(product: ProductModel, at: int) -> tuple[ProductModel, int]:
    """Return a line with its net quantity."""
    net = net_quantity(product)
    if net < 0 or _has_below_nothing(product):
        problems = [
            Problem(place=f"products[{at}].{name}", code="fewer than none are left")
            for name in _QUANTITIES
        ]
        raise unreadable(_READ, problems)
    return product, net


def _has_below_nothing(product: ProductModel) -> bool:
    before = product.get("unshippedCanceledQuantity") or 0
    return before < 0 or (product.get("shippedCanceledQuantity") or 0) < 0


def _recipient(address: AddressModel | None) -> Contact | None:
    if address is None:
        return None
    state = address.get("state")
    return _new_contact(
        family_name=address.get("lastName") or "",
        given_name=address.get("firstName") or "",
        address=_new_address(
            postal_code=address.get("postalCode") or "",
            prefecture=(state.get("name") if state else None) or "",
            city=address.get("city") or "",
            street=address.get("address1") or "",
            building=address.get("address2") or "",
            country=address.get("country") or "",
        ),
        phone=address.get("phoneNumber") or "",
    )


def _item(product: ProductModel, quantity: int, phase: Phase) -> Item:
    variant = product.get("variant")
    return _new_item(
        id=line_id(product),
        product_id=product["productId"],
        sku=(variant.get("skuCode") if variant else None) or "",
        name=product.get("name") or "",
        options=(variant.get("name") if variant else None) or "",
        quantity=quantity,
        unit_price=product["unitPrice"],
        shipping_fee=product.get("buyerShippingFee"),
        phase=_phase_of_line(product, quantity, phase),
    )


def _phase_of_line(product: ProductModel, quantity: int, phase: Phase) -> Phase:
    """Return where a line stands: taken out, sent ahead of the others, or as the order."""
    if quantity == 0:
        return Phase.CANCELLED
    sent = phase is Phase.TO_SHIP and unshipped_quantity(product) == 0
    return Phase.SHIPPED if sent else phase


def _charges(lines: Sequence[tuple[ProductModel, int]], requested: int | None) -> Charges:
    """Return the money: goods by net quantity, shipping by line, and what the buyer has paid.

    totalPrice is "goods, shipping and fees" (A4); the fees by themselves are told nowhere.
    """
    goods = sum([product["unitPrice"] * net for product, net in lines])
    shipping = _shipping([product.get("buyerShippingFee") for product, net in lines if net])
    return _new_charges(
        goods=goods,
        shipping=shipping,
        total=None if shipping is None else goods + shipping,
        requested=requested,
    )


def _shipping(fees: Sequence[int | None]) -> int | None:
    told = [fee for fee in fees if fee is not None]
    return sum(told) if len(told) == len(fees) else None


def _message(told: MessageModel) -> Message:
    role = told.get("role") or ""
    return _new_message(
        id=told["id"],
        sender=SENDERS.get(role, role),
        text=told.get("message") or "",
        sent_at=_optional_moment(told.get("createdAt")),
    )
