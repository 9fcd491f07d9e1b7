"""The mall's data: every cart and line, how they move on, and what a test may do to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from functools import partial
from random import Random

from attrs import define, field, frozen

from mallsync.sandbox.fakes.qoo10.codes import ClaimStatus, Status
from mallsync.sandbox.fakes.qoo10.columns import V2, of_columns, with_gaps
from mallsync.sandbox.fakes.qoo10.draft import Draft, draft, values
from mallsync.sandbox.fakes.qoo10.life import DAY, Cart, Claim, Line, Terms, begin
from mallsync.sandbox.fakes.qoo10.specials import SPECIALS, special_of
from mallsync.sandbox.world import Agenda, Clock, JsonObject, Timeline, draw, past_moments

__all__ = ["Change", "Settings", "State"]

_FIRST_ORDER = 1_900_000_000  # ten digits, as seen; the guide says nine (qoo10.md §6.4)
_FIRST_CART = 880_000_000
_SIZES = ((1, 55), (2, 22), (3, 11), (4, 6), (5, 4), (6, 2))
_PAYS = 0.7
_REGRETS = 0.04


@frozen(kw_only=True)
class Change:
    """Record one order line that was really "shipped", "confirmed" or "cancelled" by the seller."""

    kind: str
    order_number: str
    at: int


@define(kw_only=True)
class Settings:
    """Hold what nobody knows for certain (qoo10.md §16), and what a test may want otherwise.

    `expired_in_result`: an ended key is told by -90005 in ResultCode instead of -90004 in
    ErrorCode. `silent_issue`: a wrong password gets an empty body instead of -10000.
    `new_key_ends_old`: issuing revokes. `overwrites`: a second tracking number is taken.
    `any_carrier`: ShippingCorp is free text. `single_row_is_object`: a bulk call of one row is
    answered without a list. `whole_last_day`: an end of eight digits is the end of that day.
    `horizon`: older orders are listed no more. `latest_plan`: how far ahead a planned ship date may
    lie. `decimals`: what stands behind whole yen, by operation. `spell`: how keys are written.
    `lead`: bytes before every JSON body.
    """

    terms: Terms = field(factory=Terms)
    expired_in_result: bool = False
    silent_issue: bool = True
    new_key_ends_old: bool = False
    overwrites: bool = False
    any_carrier: bool = False
    single_row_is_object: bool = True
    whole_last_day: bool = False
    horizon: timedelta = timedelta(days=90)
    latest_plan: timedelta = timedelta(days=30)
    spell: Callable[[str], str] = str
    lead: bytes = b""
    decimals: dict[str, str] = field(
        factory=lambda: {
            "ShippingBasic.GetShippingInfo_v2": ".0",
            "ShippingBasic.GetClaimInfo_V3": ".0000",
            "ShippingBasic.GetShippingAndClaimInfoByOrderNo_V2": ".0",
        }
    )


class State(Agenda):
    """Keep the carts of one seller; a line's own number is what the mall calls an order number.

    Args:
        clock: what drives the life of the orders.
        seed: the same seed makes the same orders.
        orders: how many carts lie in the 60 days before the clock's start.
    """

    def __init__(self, clock: Clock, seed: int, orders: int) -> None:
        super().__init__(clock)
        self.seed = seed
        self.settings = Settings()
        self.carts: dict[str, Cart] = {}
        self.lines: dict[str, Line] = {}
        self.changes: list[Change] = []
        # orders that exist, but are another seller's
        self.strangers = frozenset({"1899999901", "1899999902", "1899999903"})
        self._timeline = Timeline()
        self._order, self._cart = _FIRST_ORDER, _FIRST_CART
        self._random = Random(seed)
        now = self.now
        for ordered in past_moments(self._random, orders, now):
            cart = self._new_cart(ordered, draw(self._random, _SIZES))
            begin(self._random, cart, now)
            self._foresee(cart)

    def between(self, start: int, end: int) -> list[Line]:
        """Return the lines ordered in a period, both ends included, in order."""
        numbers = self._timeline.between(start, end)
        return [line for number in numbers for line in self.carts[number].lines]

    def lines_of(self, cart: str) -> list[str]:
        """Return the order numbers of a cart."""
        return [line.number for line in self.carts[cart].lines]

    def line(self, number: str) -> Line:
        """Return what can change about a line, as it stands now."""
        self.tick()
        return self.lines[number]

    def in_status(self, status: int, *, size: int = 0) -> list[str]:
        """Return the order numbers listed there now; `size`: only of carts of so many lines."""
        self.tick()
        return [
            line.number
            for line in self.lines.values()
            if line.status == status and line.listed and size in (0, len(line.cart.lines))
        ]

    def documents(
        self, lines: Iterable[Line], columns: Mapping[str, str] = V2, *, gaps: bool = True
    ) -> list[JsonObject]:
        """Return rows as a method tells them; the same each time, until something happens."""
        drafts: dict[int, Draft] = {}
        rows = []
        for line in lines:
            index = line.cart.index
            made = drafts.get(index) or drafts.setdefault(index, self._draft(line.cart))
            row = values(made, line)
            row = with_gaps(row, self.seed + int(line.number)) if gaps else row
            rows.append(of_columns(row, columns, self.settings.spell))
        return rows

    def document(self, number: str) -> JsonObject:
        """Return the row of v2 as it stands, without gaps."""
        return self.document_of(self.line(number))

    def document_of(self, line: Line) -> JsonObject:
        """Return the row of v2 of a line, without gaps."""
        return values(self._draft(line.cart), line)

    def effective(self, number: str | None = None, kind: str | None = None) -> int:
        """Count what was really written by the seller, of one order line or kind, or all."""
        return sum(
            number in (None, change.order_number) and kind in (None, change.kind)
            for change in self.changes
        )

    def place(self, count: int = 1, *, lines: int = 1, paid: bool = True) -> list[str]:
        """Let buyers place orders at this moment, and return the numbers of the carts."""
        with self.lock:
            now = self.tick()
            carts = [self._new_cart(now, lines) for _ in range(count)]
            for cart in carts:
                cart.pays_later = not paid
                for line in cart.lines:
                    self.plan(line)
                if paid:
                    self._pay(cart, now)
            return [cart.number for cart in carts]

    def pay(self, cart: str) -> None:
        """Let the buyer pay: every line that waits for it goes on."""
        with self.lock:
            self._pay(self.carts[cart], self.tick())

    def cancel(self, *numbers: str, pending: bool = False) -> None:
        """Let the buyer cancel order lines; `pending`: it still waits for the seller's consent."""
        claim = ClaimStatus.CANCEL_ASKED if pending else ClaimStatus.CANCELLED
        with self.lock:
            now = self.tick()
            for number in numbers:
                self.claim(self.lines[number], claim, now)

    def set_status(self, number: str, status: int) -> None:
        """Put a line where a test needs it, as if all before had happened now, without claims."""
        with self.lock:
            now = self.tick()
            line = self.lines[number]
            line.claim = None
            line.carrier = line.planned = ""
            line.paid = line.shipped = line.delivered = 0
            line.tracking = f"0000{number}" if status >= Status.ON_DELIVERY else ""
            for step in Status:
                if step <= status:
                    self.move(line, step, now)

    def edit(self, number: str, /, **fields: object) -> None:
        """Let a line tell something else, by the keys of v2; `str` for a number is taken as is."""
        self.lines[number].edits |= fields

    def note(self, kind: str, line: Line, at: int) -> None:
        """Write down that the seller really changed something."""
        self.changes.append(Change(kind=kind, order_number=line.number, at=at))

    def claim(self, line: Line, status: ClaimStatus, at: int, reason: str = "お客様都合") -> None:
        """Open or settle a claim."""
        requested = line.claim.requested if line.claim else at
        completed = at if status in _SETTLED else 0
        line.claim = Claim(status=status, reason=reason, requested=requested, completed=completed)
        line.since = at
        self.plan(line)

    def move(self, line: Line, status: Status, at: int) -> None:
        """Put a line into a status and plan what follows by itself."""
        line.status = status
        line.since = at
        name = _STAMPS.get(status)
        if name and not getattr(line, name):
            setattr(line, name, at)
        self.plan(line)

    def plan(self, line: Line) -> None:
        """Find out when a line moves on by itself, and put it off until then."""
        line.due = self._due_of(line)
        if line.due:
            self.later(line.due, partial(self._move_on, line))

    def _due_of(self, line: Line) -> int:
        terms = self.settings.terms
        if line.claim is not None and line.claim.status == ClaimStatus.CANCELLING:
            return line.since + int(terms.cancelling.total_seconds())
        if not line.listed:
            return 0
        if line.status == Status.UNPAID:
            return line.since + int(terms.unpaid_ends.total_seconds())
        if line.status == Status.ON_DELIVERY:
            return line.since + int(terms.delivery.total_seconds())
        return 0

    def _move_on(self, line: Line, at: int) -> None:
        if line.due != at:
            return
        if line.status == Status.ON_DELIVERY:
            self.move(line, Status.DELIVERED, at)
        elif line.claim is None and line.status == Status.UNPAID:
            self.claim(line, ClaimStatus.NEVER_PAID, at, reason="")
        else:
            self.claim(line, ClaimStatus.CANCELLED, at)

    def _new_cart(self, ordered: int, size: int) -> Cart:
        self._cart += self._random.randrange(1, 40)
        cart = Cart(index=len(self.carts), number=str(self._cart), ordered=ordered)
        for at in range(size):
            self._order += self._random.randrange(1, 30)
            line = Line(
                number=str(self._order), cart=cart, at=at, status=Status.UNPAID, since=ordered
            )
            cart.lines.append(line)
            self.lines[line.number] = line
        self.carts[cart.number] = cart
        self._timeline.add(ordered, cart.number)
        return cart

    def _foresee(self, cart: Cart) -> None:
        """Decide what buyers will do within two days: pay, or cancel a single line."""
        for line in cart.lines:
            self.plan(line)
            if line.status == Status.REQUESTED and self._random.random() < _REGRETS:
                self.later(self._soon(), partial(self._regret, line))
        if cart.lines[0].due and cart.pays_later and self._random.random() < _PAYS:
            self.later(self._soon(), partial(self._pay, cart))

    def _soon(self) -> int:
        return self.now + int(self._random.random() * 2 * DAY)

    def _regret(self, line: Line, at: int) -> None:
        if line.status == Status.REQUESTED and line.listed:
            self.claim(line, ClaimStatus.CANCELLED, at)

    def _pay(self, cart: Cart, at: int) -> None:
        for line in cart.lines:
            if line.status == Status.UNPAID and line.claim is None:
                self.move(line, Status.REQUESTED, at)

    def _draft(self, cart: Cart) -> Draft:
        made = draft(cart, self.seed)
        SPECIALS[special_of(cart.index, self.seed)](made)
        return made


_SETTLED: Collection[ClaimStatus] = (ClaimStatus.CANCELLED, ClaimStatus.NEVER_PAID)
_STAMPS = {
    Status.REQUESTED: "paid",
    Status.ON_DELIVERY: "shipped",
    Status.DELIVERED: "delivered",
}
