"""A shipment notice → what Mercari Shops is told: previewed, compared, packed.

A shipment has a tracking text and nothing else: no carrier field, no date (A5). The text is one
"carrier, new line, number" block for each number, with a blank line between blocks. What the mall
shows of it afterwards is the order's state alone: the text cannot be read back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256

from mallsync.adapters.mercari_shops.codec import CreateShipping, Package
from mallsync.adapters.mercari_shops.faults import failure
from mallsync.adapters.mercari_shops.reading import checked, net_quantity, unshipped_quantity
from mallsync.adapters.mercari_shops.shapes import (
    ARRANGED_BY_SHOP,
    LONGEST_MESSAGE,
    OrderRecord,
    ProductRecord,
    order_id,
)
from mallsync.errors import Conflict, MallError, Problem, Rejected
from mallsync.model.journal import digest
from mallsync.model.order import Order
from mallsync.model.words import Phase, is_blank
from mallsync.model.writebacks import NoticeWarning, Preview, ShipmentNotice, Standing
from mallsync.wire.texts import same_text
from mallsync.wire.writing import no_correction

__all__ = [
    "closed",
    "idempotency_key",
    "is_shipped",
    "message_id",
    "packages_of",
    "packages_told",
    "payload_of",
    "preview",
    "shows_shipped",
    "standing",
    "tell_packages",
    "tracking_text",
    "was_shipped",
]

_CLOSED = {
    Phase.UNPAID: "MALL_STATE_TOO_EARLY",
    Phase.HELD: "CANCELLED_ON_MALL",
    Phase.CANCELLED: "CANCELLED_ON_MALL",
    Phase.UNKNOWN: "UNKNOWN_STATE",
}
_SHIPPED = (Phase.SHIPPED, Phase.DONE)


def preview(notice: ShipmentNotice) -> Preview:
    """Return what Mercari Shops has no place for, and what it would refuse.

    >>> preview(ShipmentNotice(order_number="A", message="あ" * 1001)).problems[0].code
    'MESSAGE_TOO_LONG'
    """
    return Preview(dropped=tuple(_dropped(notice)), problems=tuple(_problems(notice)))


def _dropped(notice: ShipmentNotice) -> Iterator[NoticeWarning]:
    if notice.ship_date is not None:
        yield NoticeWarning("SHIP_DATE_DROPPED", "Mercari Shops dates a shipment by itself")
    if notice.carrier and not tracking_text(notice):
        yield NoticeWarning("CARRIER_DROPPED", "it is written with a tracking number only")


def _problems(notice: ShipmentNotice) -> Iterator[NoticeWarning]:
    yield from no_correction(notice)
    if any(len(number.splitlines()) > 1 for number in notice.tracking_numbers):
        yield NoticeWarning("TRACKING_NUMBER_WRONG", "tracking_numbers: each is one line")
    if len(notice.carrier.splitlines()) > 1:
        yield NoticeWarning("CARRIER_WRONG", "carrier is one line")
    if len(notice.message) > LONGEST_MESSAGE:
        yield NoticeWarning("MESSAGE_TOO_LONG", f"message: at most {LONGEST_MESSAGE} characters")
    if notice.shipment_id and order_id(notice.shipment_id) != order_id(notice.order_number):
        yield NoticeWarning("SHIPMENT_ID_WRONG", "shipment_id is the order number, or empty")


def tracking_text(notice: ShipmentNotice) -> str:
    """Return the trackingCode of a notice (R4), ``""`` where it has no number.

    >>> print(tracking_text(ShipmentNotice(order_number="A", carrier="ヤマト運輸",
    ...     tracking_numbers=("000000000001", "000000000002"))))
    ヤマト運輸
    000000000001
    <BLANKLINE>
    ヤマト運輸
    000000000002
    """
    numbers = [number for number in notice.tracking_numbers if not is_blank(number)]
    carrier = notice.carrier.strip()
    return "\n\n".join(f"{carrier}\n{number}" if carrier else number for number in numbers)


def payload_of(notice: ShipmentNotice) -> str:
    """Return the fingerprint of what is written: the date and the prefix of a number are not."""
    written = ShipmentNotice(
        order_number=order_id(notice.order_number),
        tracking_numbers=(tracking_text(notice),),
        message=notice.message,
    )
    return digest(written)


def standing(order: Order, notice: ShipmentNotice) -> Standing:
    """Return whether a notice is on the mall: SAME once all is shipped and the message is there.

    Never DIFFERENT: the mall does not show the text that a shipment has. Messages that the mall
    does not tell are taken for written. An order that was cancelled behind it had been shipped.
    """
    if not was_shipped(order):
        return Standing.ABSENT
    written = not notice.message or order.messages is None or message_id(order, notice.message)
    return Standing.SAME if written else Standing.ABSENT


def is_shipped(order: Order) -> bool:
    """Tell whether the mall has taken the whole order for shipped: COMPLETING or COMPLETED (A5)."""
    return order.phase in _SHIPPED


def was_shipped(order: Order) -> bool:
    """Tell whether an order is shipped, or was before it was cancelled: then its pieces say so.

    shippedCanceledQuantity is what was cancelled behind shipping (A4).
    """
    if is_shipped(order):
        return True
    if order.phase not in (Phase.HELD, Phase.CANCELLED) or not isinstance(order.raw, dict):
        return False
    lines = [line for line in checked(order.raw).products if line.shippedCanceledQuantity]
    return bool(lines) and all(net_quantity(line) == 0 for line in lines)


def shows_shipped(order: Order, package: Package) -> bool:
    """Tell whether an order that waits shows pieces to be shipped, and none of a package.

    Whether unshippedQuantity drops when a shipment is opened or when it is completed is not told
    (A5): of a package that was never tried to complete this says nothing, and an order that waits
    with nothing left has an open shipment, which may be this one.
    """
    if order.phase is not Phase.TO_SHIP:
        return False
    lines = checked(order.raw).products
    waiting = {(line.productId, _variant(line)) for line in lines if unshipped_quantity(line)}
    packed = {(product, variant) for product, variant, _ in package.lines}
    return bool(waiting) and waiting.isdisjoint(packed)


def message_id(order: Order, text: str) -> str | None:
    """Return the id of the shop's message with this text, None where the order shows none."""
    messages = order.messages or ()
    return next(
        (one.id for one in messages if one.sender == "shop" and same_text(one.text, text)), None
    )


def closed(order: Order, *, force_anonymous: bool) -> MallError | None:
    """Return why nothing can be shipped of an order, None if it can be.

    Args:
        order: As the mall shows it.
        force_anonymous: Whether to report らくらくメルカリ便, too: its label is printed in Mercari
            Shops, and vendors report nothing for it (A4).
    """
    code = _CLOSED.get(order.phase)
    if code is not None:
        return _refused(Conflict, "status", code)
    anonymous = any(shipment.anonymous for shipment in order.shipments)
    if anonymous and not force_anonymous and order.phase is Phase.TO_SHIP:
        return _refused(Rejected, "shippingMethod", "MALL_LABEL_ONLY")
    return None


def packages_of(record: OrderRecord) -> tuple[Package, ...]:
    """Return what is left to ship, one shipment for each shippingMethod, as one client does (A5).

    An order that waits with nothing left to ship has an open shipment. If it is ours, its key finds
    it again; so all of the order is asked for once more. Someone else's makes the mall refuse.

    Raises:
        Conflict: Every piece was cancelled, though the order still waits.
        Rejected: A line has no variant, whose id the mall wants.
    """
    left = [(line, unshipped_quantity(line)) for line in record.products]
    if not any(quantity for _, quantity in left):
        left = [(line, net_quantity(line)) for line in record.products]
    methods: dict[str, list[tuple[str, str, int]]] = {}
    for line, quantity in left:
        if quantity > 0:
            method = line.shippingMethod or ARRANGED_BY_SHOP
            methods.setdefault(method, []).append((line.productId, _variant(line), quantity))
    if not methods:
        raise _refused(Conflict, "products", "CANCELLED_ON_MALL")
    return tuple(Package(method=one, lines=tuple(lines)) for one, lines in methods.items())


def _variant(line: ProductRecord) -> str:
    if line.variant is None:
        raise _refused(Rejected, "products.variant", "VARIANT_UNKNOWN")
    return line.variant.id


def idempotency_key(number: str, package: Package, revision: int) -> str:
    """Return the key of a shipment: of the order, what goes in it, and the revision.

    >>> package = Package(method="UNDECIDED", lines=(("P", "V", 2),))
    >>> idempotency_key("A", package, 1) == idempotency_key("A", package, 2)
    False
    """
    facts = json.dumps([number, sorted(package.lines), revision], separators=(",", ":"))
    return f"mallsync-{sha256(facts.encode()).hexdigest()[:40]}"


def tell_packages(packages: Sequence[Package]) -> str:
    """Return packages as text, for the journal.

    >>> told = tell_packages([Package(method="UNDECIDED", lines=(("P", "V", 2),))])
    >>> packages_told(told)
    (Package(method='UNDECIDED', lines=(('P', 'V', 2),)),)
    """
    facts = [[one.method, one.lines] for one in packages]
    return json.dumps(facts, separators=(",", ":"), ensure_ascii=False)


def packages_told(text: str) -> tuple[Package, ...]:
    """Return the packages that a text of `tell_packages` tells."""
    return tuple(
        Package(
            method=method,
            lines=tuple((product, variant, count) for product, variant, count in lines),
        )
        for method, lines in json.loads(text)
    )


def _refused(kind: type[Rejected], place: str, code: str) -> MallError:
    problem = Problem(place=place, code=code)
    return failure(kind, CreateShipping.name, code, problems=(problem,))
