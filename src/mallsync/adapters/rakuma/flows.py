"""How calls of a wire are strung together to fetch orders: plain functions over `Caller`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

from attrs import evolve, field, frozen

from mallsync.adapters.rakuma.faults import failure
from mallsync.adapters.rakuma.reading import Reader
from mallsync.adapters.rakuma.records import RakumaRecord, State
from mallsync.errors import AuthFailed, DecodeError, MallError
from mallsync.model.order import Order
from mallsync.model.period import JST, Period
from mallsync.model.sighting import Covered, Seen, Sighting, Unreadable
from mallsync.wire.calls import Caller
from mallsync.wire.fetching import number_seen, unlisted
from mallsync.wire.paging import unique

__all__ = ["STATUSES", "Fetch", "Look", "details", "look", "reviewable", "sightings"]

STATUSES = tuple(State)
_LIST = "list_orders"
_FIRST = datetime(1970, 1, 1, tzinfo=JST)


@frozen(kw_only=True)
class Fetch:
    """What is fetched, and how it is read; ``statuses`` are canonical states, none for all."""

    reader: Reader
    statuses: tuple[str, ...] = ()

    def for_looking(self) -> Fetch:
        """Return a fetch of all states that keeps records."""
        return Fetch(reader=evolve(self.reader, keep_raw=True))


@frozen
class Look:
    """A record as the mall has it now, or why it could not be read."""

    number: str
    raw: object = field(repr=False)
    record: RakumaRecord | None = None
    error: MallError | None = None

    @property
    def state(self) -> State | str:
        """Where the transaction stands, ``""`` where that could not be read."""
        return "" if self.record is None else self.record.state

    def sight(self, reader: Reader) -> Seen | Unreadable:
        """Return what it shows."""
        if self.record is None:
            return self._unreadable(self.error)
        try:
            return Seen(reader.order(self.record, self.raw))
        except MallError as error:
            return self._unreadable(error)

    def _unreadable(self, error: MallError | None) -> Unreadable:
        return Unreadable(self.number, self.raw, error or failure(DecodeError, _LIST, "UNREADABLE"))


def look(reader: Reader, raw: object) -> Look:
    """Return what a raw record says."""
    try:
        record = reader.record(raw)
    except MallError as error:
        return Look("", raw, error=error)
    return Look(record.number, raw, record)


def sightings(
    caller: Caller, fetch: Fetch, period: Period, known: Collection[str] = ()
) -> Iterator[Sighting]:
    """Yield what is seen of the orders bought in a period, oldest first in each window.

    Statuses are sorted out here, so that a list that cannot be asked by state is no worse. The
    numbers in `known` that the lists lack are read at the end.
    """
    unseen = dict.fromkeys(known)
    for window in period.split(fetch.reader.wire.facts.longest_period):
        for event in _window(caller, fetch, window):
            unseen.pop(number_seen(event), None)
            yield event
        yield Covered(window, frozenset(fetch.statuses) or None)
    yield from unlisted(details(caller, fetch, unseen))


def reviewable(
    caller: Caller,
    fetch: Fetch,
    period: Period,
    known: Collection[str],
    on_other: Callable[[Order], None],
) -> Iterator[Sighting]:
    """Yield what is seen of the orders that wait for the seller's review (wire page B3).

    Those bought in a period, then those in `known` that its lists have not shown, which are read
    by number; of these `on_other` takes the orders in another state.
    """
    unseen = dict.fromkeys(known)
    rated = evolve(fetch, statuses=(State.AWAITING_SELLER_REVIEW,))
    for event in sightings(caller, rated, period):
        unseen.pop(number_seen(event), None)
        yield event
    for one in looks(caller, fetch, unseen):
        event = one.sight(fetch.reader)
        if isinstance(event, Seen) and one.state is not State.AWAITING_SELLER_REVIEW:
            on_other(event.order)
        else:
            yield event


def _window(caller: Caller, fetch: Fetch, window: Period) -> Iterator[Seen | Unreadable]:
    found = [look(fetch.reader, raw) for page in _pages(caller, fetch, window) for raw in page]
    told: set[str] = set()
    for one in sorted(found, key=_moment):
        record = one.record
        strange = record is not None and (record.ordered_at not in window or one.number in told)
        told.add(one.number)
        if not strange and (record is None or not fetch.statuses or record.state in fetch.statuses):
            yield one.sight(fetch.reader)


def _moment(one: Look) -> tuple[datetime, str]:
    return (one.record.ordered_at if one.record else _FIRST, one.number)


def _pages(caller: Caller, fetch: Fetch, window: Period) -> Iterator[tuple[object, ...]]:
    """Yield the pages of a window, unless they lead round in circles.

    Raises:
        DecodeError: A place has come again, or a page just like the one before.
    """
    place = ""
    before: tuple[object, ...] = ()
    seen: set[str] = set()
    while place not in seen:
        seen.add(place)
        page = caller.call(fetch.reader.wire.list_orders(window, place))
        if page.records and page.records == before:
            break
        yield page.records
        if not page.next:
            return
        place, before = page.next, page.records
    raise failure(DecodeError, _LIST, "PAGE_COMES_AGAIN")


def details(caller: Caller, fetch: Fetch, numbers: Iterable[str]) -> Iterator[Seen | Unreadable]:
    """Yield each order by its number, in the order asked."""
    for one in looks(caller, fetch, numbers):
        yield one.sight(fetch.reader)


def looks(caller: Caller, fetch: Fetch, numbers: Iterable[str]) -> Iterator[Look]:
    """Yield each record by its number, in the order asked; an answer is that of one order alone.

    Raises:
        MallError: What is wrong with all of them, such as the credentials.
    """
    for number in unique(numbers):
        try:
            raw = caller.call(fetch.reader.wire.get_order(number))
        except MallError as error:
            if isinstance(error, AuthFailed) or error.retryable:
                raise
            yield Look(number, None, error=error)
            continue
        one = look(fetch.reader, raw)
        yield evolve(one, number=number) if one.record is None else _same(number, one)


def _same(number: str, one: Look) -> Look:
    """Return what was read, if it is what was asked for."""
    if one.number == number:
        return one
    error = failure(DecodeError, "get_order", "ANOTHER_ORDER")
    return Look(number, one.raw, error=error)
