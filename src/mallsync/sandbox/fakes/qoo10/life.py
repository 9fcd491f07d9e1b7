"""How far an order line has come, and how it stands when the fake starts (qoo10.md §6.2, §10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType

from attrs import define, field

from mallsync.sandbox.fakes.qoo10.codes import VANISHED, ClaimStatus, Status
from mallsync.sandbox.world import JST, JsonObject, draw

__all__ = ["DAY", "Cart", "Claim", "Line", "Terms", "begin", "stamp"]

DAY = 86_400
_DELIVERY = 2 * DAY


@define(frozen=True, kw_only=True)
class Terms:
    """Hold the spans after which things happen by themselves."""

    unpaid_ends: timedelta = timedelta(days=5)
    delivery: timedelta = timedelta(seconds=_DELIVERY)
    cancelling: timedelta = timedelta(minutes=2)


@define(kw_only=True)
class Claim:
    """Hold one claim; times are whole seconds since 1970, 0: not yet."""

    status: ClaimStatus
    reason: str
    requested: int
    completed: int = 0


@define(kw_only=True, eq=False)
class Cart:
    """Hold one checkout, whose lines have lives of their own.

    `pays_later`: at a convenience store, for all the lines at once.
    """

    index: int
    number: str
    ordered: int
    pays_later: bool = False
    lines: list[Line] = field(factory=list, repr=False)

    @property
    def ordered_at(self) -> datetime:
        """When the buyer ordered, in JST."""
        return datetime.fromtimestamp(self.ordered, JST)


@define(kw_only=True, eq=False)
class Line:
    """Hold what can change about an order line; the rest is made up again whenever asked for.

    Times are whole seconds since 1970; 0: not yet. `since`: when it came to where it stands.
    `planned`: the planned ship date as YYYY-MM-DD. `edits`: what a test wants told otherwise.
    """

    number: str
    cart: Cart = field(repr=False)
    at: int
    status: Status
    since: int
    paid: int = 0
    planned: str = ""
    shipped: int = 0
    delivered: int = 0
    carrier: str = ""
    tracking: str = ""
    claim: Claim | None = None
    due: int = 0
    edits: JsonObject = field(factory=dict)

    @property
    def ordered(self) -> int:
        """When the buyer ordered."""
        return self.cart.ordered

    @property
    def listed(self) -> bool:
        """Whether the lists show it."""
        return self.claim is None or self.claim.status not in VANISHED


def stamp(seconds: int) -> str:
    """Return a moment as the mall writes it; empty for 0."""
    return f"{datetime.fromtimestamp(seconds, JST):%Y-%m-%d %H:%M:%S}" if seconds else ""


# age in days up to which the row holds -> (status, weight); None: cancelled
_MIXES: tuple[tuple[int, tuple[tuple[Status | None, int], ...]], ...] = (
    (
        1,
        (
            (Status.UNPAID, 20),
            (Status.REQUESTED, 60),
            (Status.CONFIRMED, 12),
            (None, 8),
        ),
    ),
    (
        5,
        (
            (Status.UNPAID, 16),
            (Status.REQUESTED, 35),
            (Status.CONFIRMED, 14),
            (Status.ON_DELIVERY, 20),
            (Status.DELIVERED, 7),
            (None, 8),
        ),
    ),
    (
        9_999,
        (
            (Status.REQUESTED, 5),
            (Status.CONFIRMED, 6),
            (Status.ON_DELIVERY, 9),
            (Status.DELIVERED, 70),
            (None, 10),
        ),
    ),
)

# What one line of a larger cart may be while the others stand at the key.
_STRAYS: Mapping[Status, tuple[tuple[Status | None, int], ...]] = MappingProxyType(
    {
        Status.REQUESTED: ((Status.CONFIRMED, 30), (Status.ON_DELIVERY, 35), (None, 35)),
        Status.CONFIRMED: ((Status.REQUESTED, 30), (Status.ON_DELIVERY, 35), (None, 35)),
        Status.ON_DELIVERY: ((Status.REQUESTED, 40), (Status.CONFIRMED, 30), (None, 30)),
        Status.DELIVERED: ((Status.ON_DELIVERY, 60), (None, 40)),
    }
)
_STRAYING = 0.2
_PAID_LATER = 0.2

# Claims that leave the line where it is.
_OPEN_CLAIMS: Mapping[Status, tuple[tuple[ClaimStatus | None, int], ...]] = MappingProxyType(
    {
        Status.REQUESTED: ((None, 97), (ClaimStatus.CANCEL_ASKED, 3)),
        Status.CONFIRMED: ((None, 94), (ClaimStatus.CANCEL_ASKED, 6)),
        Status.DELIVERED: (
            (None, 90),
            (ClaimStatus.RETURN_ASKED, 2),
            (ClaimStatus.RETURNING, 1),
            (ClaimStatus.RETURNED, 3),
            (ClaimStatus.EXCHANGE_ASKED, 1),
            (ClaimStatus.EXCHANGE_GRANTED, 1),
            (ClaimStatus.SENT_AGAIN, 1),
            (ClaimStatus.NOT_RECEIVED, 1),
        ),
    }
)
_CLOSED = VANISHED | {ClaimStatus.RETURNED, ClaimStatus.NOT_RECEIVED}
_ENDINGS = ((ClaimStatus.CANCELLED, 8), (ClaimStatus.NEVER_PAID, 2))
_REASONS = ("お客様都合", "サイズ違い ～見本～", "", "在庫切れ")


@define(frozen=True)
class _Past:
    """Hold what the lines of a cart share when the fake starts; `ending`: how they may end."""

    random: Random
    now: int
    paid: int
    ending: ClaimStatus

    def some(self, span: int) -> int:
        """Return a part of a span."""
        return int(self.random.random() * span)


def begin(random: Random, cart: Cart, now: int) -> None:
    """Put every line of a new cart where it stands when the fake starts."""
    age = (now - cart.ordered) // DAY
    common = draw(random, next(rows for days, rows in _MIXES if age < days))
    ending = draw(random, _ENDINGS) if common is None else ClaimStatus.CANCELLED
    never = ending == ClaimStatus.NEVER_PAID or common == Status.UNPAID
    cart.pays_later = never or random.random() < _PAID_LATER
    wait = int(random.random() * 8 * 3600) if cart.pays_later else 30
    past = _Past(random, now, min(cart.ordered + wait, now), ending)
    for line in cart.lines:
        status = common
        strays = _STRAYS.get(common) if common else None
        if strays and len(cart.lines) > 1 and random.random() < _STRAYING:
            status = draw(random, strays)
        _put(line, status, past)


def _put(line: Line, status: Status | None, past: _Past) -> None:
    if status is None:
        _put_cancelled(line, past)
        return
    line.status = status
    line.paid = 0 if status == Status.UNPAID else past.paid
    line.since = line.paid or line.ordered
    if status == Status.CONFIRMED or (status > Status.CONFIRMED and past.some(2)):
        line.planned = f"{line.cart.ordered_at + timedelta(days=3):%Y-%m-%d}"
    if status > Status.CONFIRMED:
        _put_shipped(line, past)
    claim = draw(past.random, _OPEN_CLAIMS.get(line.status, ((None, 1),)))
    if claim is not None:
        _put_claim(line, claim, past)


def _put_shipped(line: Line, past: _Past) -> None:
    latest = past.now - past.some(_DELIVERY) - 1
    soon = min(line.paid + past.some(3 * DAY), latest)
    late = line.status == Status.ON_DELIVERY
    line.shipped = line.since = max(line.paid, latest if late else soon)
    line.tracking = f"0000{int(line.number) % 100_000_000:08d}"
    line.status = Status.ON_DELIVERY
    if line.shipped + _DELIVERY <= past.now:
        line.delivered = line.since = line.shipped + _DELIVERY
        line.status = Status.DELIVERED


def _put_claim(line: Line, status: ClaimStatus, past: _Past) -> None:
    requested = line.since + past.some(past.now - line.since)
    line.claim = Claim(
        status=status,
        reason=past.random.choice(_REASONS),
        requested=requested,
        completed=min(requested + 1800, past.now) if status in _CLOSED else 0,
    )


def _put_cancelled(line: Line, past: _Past) -> None:
    never = past.ending == ClaimStatus.NEVER_PAID
    line.status = Status.UNPAID if never else Status.REQUESTED
    line.paid = 0 if never else past.paid
    line.since = line.paid or line.ordered
    _put_claim(line, past.ending, past)
