"""A shipment notice for Rakuma: what a wire would drop, and whether it is on the mall. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from mallsync.adapters.rakuma.faults import failure
from mallsync.adapters.rakuma.wiring import NOTICE_FIELDS, Facts
from mallsync.errors import Conflict, MallError, Problem
from mallsync.model.order import Order
from mallsync.model.words import Phase, fold, is_blank
from mallsync.model.writebacks import NoticeWarning, Preview, ShipmentNotice, Standing
from mallsync.wire.writing import no_correction

__all__ = ["closed", "has_arrived", "number_of_notice", "preview", "standing"]

NOTIFY = "notify_shipped"

_DROPPED = {
    "carrier": "CARRIER_DROPPED",
    "tracking_numbers": "NUMBERS_DROPPED",
    "ship_date": "SHIP_DATE_DROPPED",
    "message": "MESSAGE_DROPPED",
}
_BEFORE_SHIPPING = (Phase.UNPAID, Phase.TO_SHIP)
_CLOSED = {
    Phase.UNPAID: "MALL_STATE_TOO_EARLY",
    Phase.SHIPPED: "MALL_STATE_TOO_LATE",
    Phase.DONE: "MALL_STATE_TOO_LATE",
    Phase.CANCELLED: "CANCELLED_ON_MALL",
    Phase.UNKNOWN: "UNKNOWN_STATE",
    Phase.HELD: "CAUTION",
}


def preview(notice: ShipmentNotice, facts: Facts) -> Preview:
    """Return what the mall has no place for, and what it would refuse, by the wire's facts."""
    return Preview(dropped=tuple(_dropped(notice, facts)), problems=tuple(_problems(notice, facts)))


def _dropped(notice: ShipmentNotice, facts: Facts) -> Iterator[NoticeWarning]:
    for name in NOTICE_FIELDS:
        if getattr(notice, name) and name not in facts.notice_fields:
            yield NoticeWarning(_DROPPED[name], f"Rakuma takes no {name} with a notice")


def _problems(notice: ShipmentNotice, facts: Facts) -> Iterator[NoticeWarning]:
    yield from no_correction(notice)
    longest = facts.longest_message
    taken = "message" in facts.notice_fields
    if taken and longest is not None and len(notice.message) > longest:
        yield NoticeWarning("MESSAGE_TOO_LONG", f"message: at most {longest} characters")
    if notice.shipment_id and notice.shipment_id != notice.order_number:
        yield NoticeWarning("SHIPMENT_ID_WRONG", "shipment_id is the order number, or empty")


def number_of_notice(notice: ShipmentNotice) -> str:
    """Return the tracking numbers as they were entered, in one field (R4).

    >>> number_of_notice(ShipmentNotice(order_number="A", tracking_numbers=("0001", "0002")))
    '0001,0002'
    """
    return ",".join(number for number in notice.tracking_numbers if not is_blank(number))


def standing(order: Order, notice: ShipmentNotice) -> Standing:
    """Return whether a notice is on the mall: SAME once it is shipped with no other number.

    A number that the mall does not show may be ours. One that is cancelled since, or in a state
    that the wire does not know, had been shipped if it shows our number.
    """
    shown = _shown(order)
    is_ours = fold(shown) == fold(number_of_notice(notice))
    if order.phase in (Phase.SHIPPED, Phase.DONE):
        return Standing.SAME if not shown or is_ours else Standing.DIFFERENT
    was_shipped = order.phase not in _BEFORE_SHIPPING and bool(shown) and is_ours
    return Standing.SAME if was_shipped else Standing.ABSENT


def has_arrived(order: Order, notice: ShipmentNotice) -> bool:
    """Tell whether a report that was begun has arrived: with our number, or it shows none.

    When the order was shipped says that somebody has reported it, although it is closed since.
    """
    if standing(order, notice) is not Standing.ABSENT:
        return standing(order, notice) is Standing.SAME
    return order.phase not in _BEFORE_SHIPPING and bool(order.shipped_at) and not _shown(order)


def _shown(order: Order) -> str:
    return next((one.tracking_number for one in order.shipments[0].parcels), "")


def closed(order: Order, notice: ShipmentNotice) -> MallError | None:
    """Return why nothing can be reported of an order, None if it can be."""
    if standing(order, notice) is Standing.DIFFERENT:
        return _refused("OTHER_NUMBER_ON_MALL")
    code = _CLOSED.get(order.phase)
    return None if code is None else _refused(code)


def _refused(code: str) -> MallError:
    return failure(Conflict, NOTIFY, code, problems=(Problem(place="state", code=code),))
