"""How calls are strung together to fetch orders: plain functions over `Caller`.

A list has no paging and no "all": each status is asked for by itself, by order date, which is the
one date that every line of a cart shares. So a window never cuts a cart in two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from attrs import define, evolve, field, fields_dict, frozen

from mallsync.adapters.qoo10.codec import GetClaims, GetLine, GetLines, Listing
from mallsync.adapters.qoo10.faults import refusal
from mallsync.adapters.qoo10.lines import Line, cart_named, related, tells_of_shipping
from mallsync.adapters.qoo10.reading import Reader
from mallsync.adapters.qoo10.shapes import (
    BULK,
    DEFAULT_VERSION,
    PHASES,
    READABLE_VERSIONS,
    WINDOW,
)
from mallsync.adapters.qoo10.values import digits, optional_moment
from mallsync.errors import ConfigError, MallError, NotFound
from mallsync.model.order import Item, Shipment
from mallsync.model.period import Period
from mallsync.model.sighting import EVERYTHING, Covered, Remark, Seen, Sighting, Unreadable
from mallsync.model.words import Phase
from mallsync.wire.arguments import at_most, window_within
from mallsync.wire.calls import Caller
from mallsync.wire.fetching import number_seen
from mallsync.wire.paging import unique

__all__ = ["CLAIMED_ONLY", "Fetch", "Options", "details", "lines_by_number", "sightings"]

Lines = Mapping[str, Collection[str]]
"""By the numbers of carts those of their lines, as far as they are known."""

STATUSES = tuple(PHASES)
_NONE: Lines = MappingProxyType({})
_SECOND = timedelta(seconds=1)
_REQUESTED = "2"
_PLANNED = "3"

CLAIMED_ONLY = frozenset(
    {"phase", "mall_status", "ordered_at", "paid_at", "cancelled_at", "holds", "lines"}
)
"""What the claims know of a cart that is in no list: no price, no address, no item's option."""

_OF_CLAIMS = CLAIMED_ONLY - {"lines"} | {"shipments.cancelled", "shipments.items.phase"}
"""The same, line by line. Without ``lines``: rows that were known of the cart, with its prices,
stay its record, and a line that is in no claim stays as it was (R6)."""

_NOT_IN_CLAIMS = frozenset({"options", "sku", "unit_price", "option_price"})
"""What a claim's row lacks of an item (§10); its SKU is not that of an option."""

_OF_BOTH = (
    EVERYTHING - {"shipments", "shipments.items"}
    | {f"shipments.{name}" for name in fields_dict(Shipment) if name != "items"}
    | {f"shipments.items.{name}" for name in fields_dict(Item) if name not in _NOT_IN_CLAIMS}
)
"""What lists and claims know together of a cart that has a line which is in no list. Covers are by
field and not by line: so the options and prices of its listed lines stay as they were, too."""

_OF_SHIPMENTS = frozenset(f"shipments.{name}" for name in fields_dict(Shipment))
_NOT_IN_SINGLES = frozenset({"charges", "shipments.charges", "shipments.recipient", "lines"})
"""What single reads lack of a cart that no list reaches: the shipping rate, the parts of an address
and RelatedOrder (§10), so that a line which is not there stays as it was."""

_OF_ALL_LINES = frozenset({"charges", "shipped_at", "completed_at", "remarks", "gift", "lines"})
_OF_LEADING_LINE = frozenset({"phase", "mall_status"})
_OF_SOME = {
    Phase.TO_SHIP: frozenset[str](),
    Phase.CANCELLED: _OF_LEADING_LINE | {"cancelled_at", "shipments", "shipments.cancelled"},
}
"""What another line of a cart might change, by the phase of those that are known: none leads one
that waits to be shipped; and while one lives, nothing is cancelled as a whole."""


def _readable(version: object) -> int:
    if not isinstance(version, int) or version not in READABLE_VERSIONS:
        raise ConfigError(f"version {version!r} of GetShippingInfo cannot be read: write 2 or 3")
    return version


@frozen(kw_only=True)
class Options:
    """The GetShippingInfo version, and how much one call carries: less than the limits in tests.

    Raises:
        ConfigError: The version is not 2 or 3, or a size is above the mall's limit.
    """

    version: int = field(default=DEFAULT_VERSION, converter=_readable)
    window: timedelta = field(default=WINDOW, validator=window_within(WINDOW))
    batch: int = field(default=BULK, validator=at_most(BULK))


@frozen(kw_only=True)
class Fetch:
    """What is fetched, and how it is read; ``now`` bounds how far back a cart is looked for."""

    reader: Reader
    now: datetime
    options: Options = Options()
    statuses: tuple[str, ...] = ()

    def for_looking(self) -> Fetch:
        """Return a fetch of whole carts that keeps their rows, whatever the client does."""
        return evolve(self, reader=evolve(self.reader, keep_raw=True), statuses=())

    @property
    def is_partial(self) -> bool:
        """Whether only some statuses are asked for, so that a cart may be seen in part."""
        return bool(self.statuses)

    @property
    def passes_planned(self) -> bool:
        """Whether new orders are asked for, and not those that a ship date has moved on (R6)."""
        return _REQUESTED in self.statuses and _PLANNED not in self.statuses

    @property
    def horizon(self) -> Period:
        """The stretch in which carts are looked for by number: 89 days back (§16: not known)."""
        end = self.now + _SECOND
        return Period(end - WINDOW + _SECOND, end)


@define
class _Carts:
    """The lines of a window by cart, and what could not be told apart.

    ``broken`` is why a cart is not whole: a line of it is there, and could not be read. What is
    ``nameless`` may be a line of any cart.
    """

    lines: dict[str, list[Line]] = field(factory=dict)
    nameless: list[Unreadable] = field(factory=list)
    broken: dict[str, MallError] = field(factory=dict)

    def add(self, listing: Listing, window: Period) -> None:
        """Add rows that were ordered in the window; one whose date cannot be read stays, too."""
        for line in listing.lines:
            if _is_inside(line, window):
                self.lines.setdefault(line.cart, []).append(line)
        for one in listing.nameless:
            cart = _cart_of(one.raw)
            if cart:
                self.broken[cart] = one.error
                self.lines.setdefault(cart, [])
            else:
                self.nameless.append(one)

    def sight(self, fetch: Fetch, number: str) -> Seen | Unreadable:
        """Return what is told of a cart: one of which a line could not be read is not whole.

        Nor are its other rows, which would be read again as all of it.
        """
        lines = self.lines[number]
        error = self.broken.get(number)
        if error is not None:
            return Unreadable(number, None, error)
        return _sight(fetch, number, lines, may_lack=bool(self.nameless))


def _cart_of(raw: object) -> str:
    """Return the cart that a row names which does not say which line it is, "" for none."""
    rows = raw if isinstance(raw, tuple) else (raw,)
    return next(filter(None, map(cart_named, rows)), "")


def _is_inside(line: Line, window: Period) -> bool:
    ordered_at = _ordered_at(line)
    return ordered_at is None or ordered_at in window


def _ordered_at(line: Line) -> datetime | None:
    text = line.record.get("OrderDate")
    try:
        return optional_moment(text) if isinstance(text, str) else None
    except ValueError:
        return None


def sightings(
    caller: Caller,
    fetch: Fetch,
    period: Period,
    known: Collection[str] = (),
    lines: Lines = _NONE,
) -> Iterator[Sighting]:
    """Yield what is seen in a period, oldest first, with `Covered` after each finished window.

    There is no "updated since": the numbers in `known` that the lists lack are looked for at the
    end, and by their `lines` where no list reaches them. A cart that two windows show is told once.
    """
    unseen = dict.fromkeys(known)
    told: set[str] = set()
    planned: set[str] = set()
    # Rounded out to whole seconds a window grows by less than one: it must still fit.
    for window in period.split(fetch.options.window - _SECOND):
        for event in _window(caller, fetch, window):
            number = number_seen(event)
            unseen.pop(number, None)
            if not number or number not in told:
                yield event
            told.add(number)
        if fetch.passes_planned:
            planned.update(_carts(caller, fetch, window, (_PLANNED,)).lines)
        yield Covered(window, frozenset(fetch.statuses) or None)
    trapped = planned.difference(known, told)
    if trapped:
        yield Remark("FETCH_QOO10_SHIP_PLAN_SET", f"orders in 配送準備 (3): {len(trapped)}")
    yield from details(caller, fetch, unseen, lines)


def _window(caller: Caller, fetch: Fetch, window: Period) -> Iterator[Sighting]:
    carts = _carts(caller, fetch, window, fetch.statuses)
    if not fetch.is_partial:
        _complete(caller, carts)
    yield from carts.nameless
    for number in sorted(carts.lines, key=lambda number: _place_of(number, carts.lines[number])):
        yield carts.sight(fetch, number)
        del carts.lines[number]  # what is told need not be kept


def _place_of(number: str, lines: Iterable[Line]) -> tuple[str, int]:
    dates = (str(line.record.get("OrderDate")) for line in lines)
    return min(dates, default=""), int(number)


def _carts(caller: Caller, fetch: Fetch, window: Period, statuses: Sequence[str]) -> _Carts:
    """Return the carts of a window in some statuses; without any, all of them and the claims.

    Lines only move forward, so the statuses are asked in that order and not at once: a line that
    moves on meanwhile is seen twice, never missed, and its later row counts. Those that were
    cancelled meanwhile, or before, are in the claims, which come last.
    """
    carts = _Carts()
    for status in statuses or STATUSES:
        version = fetch.options.version
        asked = GetLines(period=window, status=status, version=version)
        carts.add(caller.call(asked), window)
    if not statuses:
        carts.add(caller.call(GetClaims(period=window)), window)
    return carts


def _complete(caller: Caller, carts: _Carts) -> None:
    """Read the lines by themselves that their own cart names (RelatedOrder) and no list has shown.

    Normally there is none. A number that the mall does not know is another seller's: a cart can
    span sellers (§6.3). One that is there and cannot be read makes its cart unreadable.
    """
    missing = [
        (cart, number)
        for cart, lines in carts.lines.items()
        for number in sorted(related(lines) - {line.number for line in lines})
    ]
    found = caller.map(GetLine(number=number) for _, number in missing)
    for (cart, _), line in zip(missing, found, strict=True):
        if isinstance(line, Unreadable):
            if not isinstance(line.error, NotFound):
                carts.broken[cart] = line.error
        elif line.cart == cart:
            carts.lines[cart].append(line)


def _sight(
    fetch: Fetch, number: str, lines: Sequence[Line], *, may_lack: bool
) -> Seen | Unreadable:
    try:
        order = fetch.reader.order(lines)
    except MallError as error:
        return Unreadable(number, tuple(line.raw for line in lines), error)
    covers = _covers(lines)
    if fetch.is_partial:
        covers -= {"lines"}  # a filtered list never knows that a line is gone (R6)
    if (may_lack or fetch.is_partial) and not _names_all(lines):
        covers -= _OF_ALL_LINES | _OF_SOME.get(order.phase, _OF_LEADING_LINE)
    return Seen(order, covers)


def _covers(lines: Sequence[Line]) -> frozenset[str]:
    """Return what is known of lines: more of those that lists show than of claims."""
    listed = {line.number for line in lines if tells_of_shipping(line.record)}
    if not listed:
        return _OF_CLAIMS
    return EVERYTHING if all(line.number in listed for line in lines) else _OF_BOTH


def _names_all(lines: Sequence[Line]) -> bool:
    """Return whether the rows themselves say that they are all of their cart.

    RelatedOrder may be blank (§16), and the claims have none: then a line may be missing.
    """
    tells_all = all(line.record.get("RelatedOrder") for line in lines)
    return tells_all and related(lines) == {line.number for line in lines}


def details(
    caller: Caller, fetch: Fetch, numbers: Iterable[str], lines: Lines = _NONE
) -> Iterator[Seen | Unreadable]:
    """Yield a sighting for each number of a cart or a line, in the order asked; a cart comes once.

    No call takes a cart number. So the last 89 days are listed once, and what is not there is read
    by its `lines`, or else as an order line, however old. A cart number of that age is not found:
    only the numbers of its lines lead to it, and only they tell that it is gone.
    """
    whole = evolve(fetch, statuses=())
    wanted = unique(numbers)
    if not wanted:
        return
    carts = _scan(caller, whole, wanted)
    listed = frozenset(carts.lines)
    shown = {line.number for some in carts.lines.values() for line in some}.union(listed)
    # A cart may have the number of another's line: its own lines say which is meant.
    missing = [
        number
        for number in wanted
        if number not in listed and (number not in shown or lines.get(number))
    ]
    old = {number: tuple(lines.get(number, ())) for number in missing}
    lost = _add_singles(caller, carts, [number for number, some in old.items() if not some])
    cart_of = {line.number: cart for cart, some in carts.lines.items() for line in some}
    told: set[str] = set()
    for number in wanted:
        cart = number if number in carts.lines else cart_of.get(number)
        if old.get(number):  # read when its turn has come: one that fails ends what is behind it
            yield _by_lines(caller, whole, number, old[number])
        elif cart is None:
            yield lost[number]
        elif cart not in told:
            told.add(cart)
            found = carts if cart in listed else _old_cart(caller, whole, carts.lines[cart])
            yield found.sight(whole, cart)


def _scan(caller: Caller, fetch: Fetch, numbers: Collection[str]) -> _Carts:
    """Return the carts of the horizon that are asked for by their number or by one of a line."""
    if not any(map(_is_number, numbers)):
        return _Carts()
    wanted = set(numbers)
    found = _carts(caller, fetch, fetch.horizon, ())
    found.lines = {
        cart: lines
        for cart, lines in found.lines.items()
        if cart in wanted or not wanted.isdisjoint(line.number for line in lines)
    }
    _complete(caller, found)
    return found


def _is_number(text: str) -> bool:
    try:
        return digits(text) == text
    except ValueError:
        return False


def _by_lines(caller: Caller, fetch: Fetch, cart: str, numbers: Iterable[str]) -> Seen | Unreadable:
    """Return what single reads of its lines tell of a cart that no list shows.

    Where none of them is there, it is gone. Where some are not, those that are do not speak for the
    cart. They know less of it than what is kept: so the rows of one that cannot be read are not
    told.
    """
    found = [one for _, one in lines_by_number(caller, numbers)]
    lines = [line for line in found if isinstance(line, Line) and line.cart == cart]
    errors = [line.error for line in found if isinstance(line, Unreadable)]
    failed = next((error for error in errors if not isinstance(error, NotFound)), None)
    if failed is not None:
        return Unreadable(cart, None, failed)
    if not lines:
        return Unreadable(cart, None, refusal(GetLine.name, "-10003"), gone=True)
    event = _sight(fetch, cart, lines, may_lack=len(lines) < len(found))
    return _less(event) if isinstance(event, Seen) else evolve(event, raw=None)


def _less(seen: Seen) -> Seen:
    """Return a sighting that covers no more than single reads tell."""
    covers = seen.covers
    if "shipments" in covers:
        covers = covers - {"shipments"} | _OF_SHIPMENTS
    return Seen(seen.order, covers - _NOT_IN_SINGLES)


def _add_singles(caller: Caller, carts: _Carts, missing: Sequence[str]) -> dict[str, Unreadable]:
    """Read the numbers that no list shows as those of lines, and return what is none."""
    refused = refusal(GetLine.name, "-10002")
    lost = {one: Unreadable(one, None, refused) for one in missing if not _is_number(one)}
    for number, line in lines_by_number(caller, filter(_is_number, missing)):
        if isinstance(line, Unreadable):
            lost[number] = line
        else:
            carts.lines.setdefault(line.cart, []).append(line)
    return lost


def _old_cart(caller: Caller, fetch: Fetch, lines: Sequence[Line]) -> _Carts:
    """Return the cart of lines older than the horizon, as far as the mall still shows it."""
    cart = lines[0].cart
    ordered_at = next(filter(None, map(_ordered_at, lines)), None)
    found = _Carts()
    if ordered_at is not None:
        found = _carts(caller, fetch, Period(ordered_at, ordered_at + _SECOND), ())
    found.lines = {cart: [*lines, *found.lines.get(cart, ())]}
    _complete(caller, found)
    return found


def lines_by_number(
    caller: Caller, numbers: Iterable[str]
) -> Iterator[tuple[str, Line | Unreadable]]:
    """Yield single order lines, in the order asked."""
    wanted = unique(numbers)
    found = caller.map(GetLine(number=number) for number in wanted)
    yield from zip(wanted, found, strict=True)
