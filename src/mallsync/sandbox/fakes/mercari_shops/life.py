"""An order and how it lives: paid late or never, shipped, cancelled; times are whole seconds."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from attrs import define, field

from mallsync.sandbox.fakes.mercari_shops.codes import ARRANGED, Role, Status
from mallsync.sandbox.world import JST, draw

__all__ = ["DAY", "Line", "Message", "Order", "Shipment", "begin", "unpaid_until"]

DAY = 86_400


@define(kw_only=True)
class Line:
    """Hold one product of an order; quantities in pieces, amounts in yen."""

    product_id: str
    variant_id: str
    name: str
    variant: str
    sku: str | None
    jan: str | None
    price: int
    fee: int
    quantity: int
    method: str = ARRANGED
    shipped: int = 0
    cancelled: int = 0
    """Before shipping."""
    taken_back: int = 0
    """Cancelled after shipping."""

    @property
    def left(self) -> int:
        """What is neither shipped nor cancelled."""
        return self.quantity - self.shipped - self.cancelled


@define(kw_only=True)
class Message:
    """Hold one message."""

    id: str
    role: Role
    text: str = field(repr=False)
    at: int


@define(kw_only=True)
class Shipment:
    """Hold one shipment: what is in it by place of the line, its text, when it was completed."""

    id: str
    key: str
    pieces: dict[int, int]
    tracking_code: str = ""
    completed: int = 0


@define(kw_only=True, eq=False)
class Order:
    """Hold what can change of an order; the rest is made up when it is first asked for."""

    index: int
    id: str
    ordered: int
    status: Status
    pays_later: bool = False
    anonymous: bool = False
    paid: int = 0
    completed: int = 0
    lines: list[Line] = field(factory=list)
    messages: list[Message] = field(factory=list)
    shipments: list[Shipment] = field(factory=list)

    def close(self) -> None:
        """Take everything that is not shipped out of the order."""
        self.status = Status.CANCELED
        for line in self.lines:
            line.cancelled += line.left
            line.taken_back = line.shipped


# age in days below which a row holds -> (status, weight)
_MIXES: tuple[tuple[int, tuple[tuple[Status, int], ...]], ...] = (
    (
        1,
        (
            (Status.UNPAID, 20),
            (Status.TO_SHIP, 62),
            (Status.COMPLETED, 10),
            (Status.CANCELED, 8),
        ),
    ),
    (
        3,
        (
            (Status.UNPAID, 10),
            (Status.TO_SHIP, 56),
            (Status.COMPLETED, 24),
            (Status.CANCELED, 10),
        ),
    ),
    (9_999, ((Status.TO_SHIP, 8), (Status.COMPLETED, 82), (Status.CANCELED, 10))),
)
_PAID_LATER = 0.15
_ANONYMOUS = 0.08


def unpaid_until(ordered: int) -> int:
    """Return when an unpaid order ends: 0:00 in Japan of the fourth day, the first counted (A4)."""
    day = datetime.fromtimestamp(ordered, JST).replace(hour=0, minute=0, second=0)
    return int((day + timedelta(days=3)).timestamp())


def begin(random: Random, order: Order, now: int) -> None:
    """Put an order where it stands when the fake starts."""
    age = (now - order.ordered) // DAY
    status = draw(random, next(rows for days, rows in _MIXES if age < days))
    order.anonymous = random.random() < _ANONYMOUS
    if status is Status.UNPAID and unpaid_until(order.ordered) <= now:
        status = Status.CANCELED
        order.pays_later = True
    elif status is Status.UNPAID:
        order.pays_later = True
    else:
        order.pays_later = random.random() < _PAID_LATER
        wait = int(random.random() * 8 * 3600) if order.pays_later else 20
        order.paid = min(order.ordered + wait, now)
    order.status = status
    if status is Status.COMPLETED:
        order.completed = min(order.paid + int(random.random() * 2 * DAY), now)
