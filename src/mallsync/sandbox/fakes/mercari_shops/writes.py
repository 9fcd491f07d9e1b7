"""What can be written: shipments in three steps (A5), messages (A6), webhooks (A7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mallsync.sandbox.fakes.mercari_shops.codes import ANONYMOUS, Code, Role, Status
from mallsync.sandbox.fakes.mercari_shops.life import Order, Shipment
from mallsync.sandbox.fakes.mercari_shops.reads import Call, call_of, no
from mallsync.sandbox.world import JsonObject

if TYPE_CHECKING:
    from mallsync.sandbox.fakes.mercari_shops.reads import Info

__all__ = [
    "add_message",
    "complete_shipping",
    "create_shipping",
    "create_webhook",
    "delete_webhook",
    "update_tracking",
]

_LONGEST_KEY = 255  # not known
_LONGEST_CODE = 500  # not known
_LONGEST_MESSAGE = 1000  # one vendor (A6)
_OVER = (Status.CANCELING, Status.CANCELED)

Input = Mapping[str, Any]


def _order(info: Info, told: Input) -> tuple[Call, Order]:
    call = call_of(info)
    number = told["orderTransactionId"]
    call.check(number)
    order = call.state.order(number)
    if order is None:
        raise no(Code.NOT_FOUND, "order transaction is not found")
    return call, order


def create_shipping(_root: object, info: Info, *, input: Input) -> JsonObject:  # noqa: A002 -- the schema's name
    """Open a shipment; the same key and content give the one that there is."""
    call, order = _order(info, input)
    key = input["idempotencyKey"]
    if not 0 < len(key) <= _LONGEST_KEY:
        raise no(Code.INVALID_ARGUMENT, "idempotencyKey")
    pieces = _pieces(order, input["products"])
    known = next((one for one in order.shipments if one.key == key), None)
    if known is not None:
        if known.pieces != pieces:
            raise no(Code.ALREADY_EXISTS, "the key is that of another shipment")
        return {"orderShipping": {"id": known.id}}
    if order.status is not Status.TO_SHIP:
        raise no(Code.FAILED_PRECONDITION, "order is not in a shippable state")
    _refuse_unshippable(call, order, pieces)
    shipment = Shipment(id=f"SHIP{call.state.new_id()}", key=key, pieces=pieces)
    order.shipments.append(shipment)
    call.state.note("created", order, call.now)
    return {"orderShipping": {"id": shipment.id}}


def _pieces(order: Order, products: list[Input]) -> dict[int, int]:
    """Return how many pieces of each line are meant; each line is there once."""
    places = {(one.product_id, one.variant_id): at for at, one in enumerate(order.lines)}
    pieces: dict[int, int] = {}
    for product in products:
        at = places.get((product["productId"], product["variantId"]))
        if at is None or at in pieces or product["quantity"] < 1:
            raise no(Code.INVALID_ARGUMENT, "products")
        pieces[at] = product["quantity"]
    if not pieces:
        raise no(Code.INVALID_ARGUMENT, "products is empty")
    return pieces


def _refuse_unshippable(call: Call, order: Order, pieces: Mapping[int, int]) -> None:
    settings = call.state.settings
    methods = {order.lines[at].method for at in pieces}
    if ANONYMOUS in methods and not settings.ships_anonymous:
        raise no(Code.FAILED_PRECONDITION, "the label is printed in Mercari Shops")
    if len(methods) > 1 and not settings.mixes_methods:
        raise no(Code.INVALID_ARGUMENT, "one shipping method for each shipment")
    for at, quantity in pieces.items():
        if quantity > order.lines[at].left - call.state.opened(order, at):
            raise no(Code.FAILED_PRECONDITION, "more than is left to ship")


def _shipment(order: Order, told: Input) -> Shipment:
    found = next((one for one in order.shipments if one.id == told["orderShippingId"]), None)
    if found is None:
        raise no(Code.NOT_FOUND, "order shipping is not found")
    return found


def update_tracking(_root: object, info: Info, *, input: Input) -> JsonObject:  # noqa: A002 -- the schema's name
    """Write the tracking text, before or after completion."""
    call, order = _order(info, input)
    shipment = _shipment(order, input)
    text = input["trackingCode"]
    if not text.strip() or len(text) > _LONGEST_CODE:
        raise no(Code.INVALID_ARGUMENT, "trackingCode")
    if order.status in _OVER:
        raise no(Code.FAILED_PRECONDITION, "order is cancelled")
    if shipment.tracking_code != text:
        shipment.tracking_code = text
        call.state.note("tracked", order, call.now)
    return {"orderShipping": {"id": shipment.id}}


def complete_shipping(_root: object, info: Info, *, input: Input) -> JsonObject:  # noqa: A002 -- the schema's name
    """Report a shipment as shipped, once."""
    call, order = _order(info, input)
    shipment = _shipment(order, input)
    if shipment.completed or order.status is not Status.TO_SHIP:
        raise no(Code.FAILED_PRECONDITION, "order shipping is not open")
    shipment.completed = call.now
    for at, quantity in shipment.pieces.items():
        order.lines[at].shipped += min(quantity, order.lines[at].left)
    if not any(one.left for one in order.lines):
        call.state.complete(order, call.now)
    call.state.note("shipped", order, call.now)
    return {"orderShippingId": shipment.id}


def add_message(_root: object, info: Info, *, input: Input) -> JsonObject:  # noqa: A002 -- the schema's name
    """Write to the buyer; each call is another message."""
    call, order = _order(info, input)
    text = input["message"]
    if not text.strip() or len(text) > _LONGEST_MESSAGE:
        raise no(Code.INVALID_ARGUMENT, "message")
    if order.status in _OVER:
        raise no(Code.FAILED_PRECONDITION, "order is cancelled")
    call.state.write(order.id, text, Role.SELLER)
    call.state.note("message", order, call.now)
    return {"orderTransaction": call.state.document(order)}


def create_webhook(_root: object, info: Info, *, input: Input) -> JsonObject:  # noqa: A002 -- the schema's name
    """Register a webhook."""
    state = call_of(info).state
    if not input["endPoint"].startswith("https://"):
        raise no(Code.INVALID_ARGUMENT, "endPoint")
    made: JsonObject = {
        "id": state.new_id(),
        "topic": input["topic"],
        "endPoint": input["endPoint"],
        "createdAt": state.moment(state.now),
        "apiVersion": "v1",
    }
    state.webhooks[str(made["id"])] = made
    return {"webhook": made}


def delete_webhook(_root: object, info: Info, *, input: Input) -> JsonObject:  # noqa: A002 -- the schema's name
    """Take a webhook off."""
    if call_of(info).state.webhooks.pop(input["id"], None) is None:
        raise no(Code.NOT_FOUND, "webhook is not found")
    return {"id": input["id"]}
