"""What a fetch reports, event by event: orders, what could not be read, and what is now covered."""

from __future__ import annotations

from attrs import field, frozen

from mallsync.errors import MallError
from mallsync.model.order import Order
from mallsync.model.period import Period

__all__ = ["EVERYTHING", "Covered", "Remark", "Seen", "Sighting", "Unreadable"]

EVERYTHING = frozenset(
    {
        "phase",
        "mall_status",
        "ordered_at",
        "paid_at",
        "cancelled_at",
        "shipped_at",
        "completed_at",
        "updated_at",
        "buyer",
        "shipments",
        "shipments.items",
        "shipments.parcels",
        "charges",
        "payment",
        "remarks",
        "gift",
        "messages",
        "holds",
        "lines",
    }
)
"""The ``covers`` of a sighting that shows the whole order, its line list included."""


@frozen
class Seen:
    """An order was seen. ``covers`` are the dotted `Order` fields that this sighting knows."""

    order: Order
    covers: frozenset[str] = EVERYTHING


@frozen
class Unreadable:
    """An order is at the mall but could not be read; it is named, never lost.

    ``gone`` marks one that no list has shown, and that the mall does not know by its number either.
    """

    number: str
    raw: object = field(repr=False, eq=False)
    error: MallError
    gone: bool = False


@frozen
class Covered:
    """Every order of this period and these statuses has been reported before this event.

    ``statuses`` are the mall's codes that were asked for; ``None`` is every status.
    """

    period: Period
    statuses: frozenset[str] | None = None


@frozen
class Remark:
    """Something that a person should know of a fetch; the code is one word, the detail free.

    ``gap`` is the stretch that this fetch could not cover, if that is what the remark is about.
    """

    code: str
    detail: str = ""
    gap: Period | None = None


Sighting = Seen | Unreadable | Covered | Remark
