"""How calls are strung together to fetch orders: plain functions over `Caller`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from attrs import evolve, field, frozen

from mallsync.adapters.rakuten.codec import GetOrders, Page, SearchOrders
from mallsync.adapters.rakuten.reading import Reader
from mallsync.adapters.rakuten.shapes import (
    DEFAULT_VERSION,
    DETAIL_BATCH,
    PHASES,
    READABLE_VERSIONS,
    SEARCH_CAP,
    SEARCH_PAGE,
    SEARCH_WINDOW,
)
from mallsync.errors import ConfigError
from mallsync.model.period import Period
from mallsync.model.sighting import Covered, Remark, Seen, Sighting, Unreadable
from mallsync.wire.arguments import at_most, window_within
from mallsync.wire.calls import Caller
from mallsync.wire.fetching import number_seen, unlisted
from mallsync.wire.paging import batches, unique

__all__ = ["Fetch", "Options", "details", "sightings"]

_SHORTEST_WINDOW = timedelta(seconds=1)
_ROUNDS = 4
_NOTHING: Mapping[str, str] = MappingProxyType({})

_READ_WHOLE = 2 * (len(PHASES) + 2)
"""Calls of details up to which a window is read whole: listing it by status takes half of them."""


def _readable(version: object) -> int:
    if not isinstance(version, int) or version not in READABLE_VERSIONS:
        raise ConfigError(f"version {version!r} of getOrder cannot be read: write 7 to 10")
    return version


@frozen(kw_only=True)
class Options:
    """The getOrder version, and how much one call carries: less than the mall's limits in tests.

    Raises:
        ConfigError: The version is not one of 7 to 10, or a size is above the mall's limit.
    """

    version: int = field(default=DEFAULT_VERSION, converter=_readable)
    page: int = field(default=SEARCH_PAGE, validator=at_most(SEARCH_PAGE))
    cap: int = field(default=SEARCH_CAP, validator=at_most(SEARCH_CAP))
    window: timedelta = field(default=SEARCH_WINDOW, validator=window_within(SEARCH_WINDOW))
    batch: int = field(default=DETAIL_BATCH, validator=at_most(DETAIL_BATCH))


@frozen(kw_only=True)
class Fetch:
    """What is fetched, and how it is read."""

    reader: Reader
    options: Options = Options()
    progresses: tuple[int, ...] = ()

    def covered(self, period: Period) -> Covered:
        """Return the event that says a period is done."""
        statuses = frozenset(str(progress) for progress in self.progresses)
        return Covered(period, statuses or None)


@frozen
class _Known:
    """What the caller holds: the numbers that no list had so far, and the status of each."""

    unseen: dict[str, None]
    held: Mapping[str, str]


def sightings(
    caller: Caller,
    fetch: Fetch,
    period: Period,
    known: Iterable[str] = (),
    held: Mapping[str, str] = _NOTHING,
) -> Iterator[Sighting]:
    """Yield what is seen in a period, oldest first, with `Covered` after each finished window.

    Windows longer than the mall's 63 days are split. There is no "updated since": the numbers in
    `known` that the lists lack are read again at the end. Those that the lists of a large window
    have in the status of `held` are not read.
    """
    unseen = dict.fromkeys(known)
    unreadable: set[str] = set()
    # Rounded out to whole seconds a window grows by less than one: it must still fit.
    for window in period.split(fetch.options.window - _SHORTEST_WINDOW):
        for event in _window(caller, fetch, window, _Known(unseen, held)):
            number = number_seen(event)
            unseen.pop(number, None)
            if not isinstance(event, Unreadable):
                yield event
            elif number not in unreadable:  # on the edge of two windows it is met in both
                unreadable.add(number)
                yield event
    yield from unlisted(details(caller, fetch, unseen))


def details(caller: Caller, fetch: Fetch, numbers: Iterable[str]) -> Iterator[Seen | Unreadable]:
    """Yield a sighting for each number, in the order asked, a hundred to a call."""
    calls = (
        GetOrders(numbers=batch, reader=fetch.reader, version=fetch.options.version)
        for batch in batches(unique(numbers), fetch.options.batch)
    )
    for answers in caller.map(calls):
        yield from answers


def _window(caller: Caller, fetch: Fetch, window: Period, known: _Known) -> Iterator[Sighting]:
    first = SearchOrders(period=window, progresses=fetch.progresses, size=fetch.options.page)
    page = caller.call(first)
    if page.total >= fetch.options.cap:  # whether the mall counts beyond its cap is not known
        yield from _halves(caller, fetch, window, known)
        return
    listing = _moved(caller, fetch, first, page, known) or _list(caller, first, page)
    for event in details(caller, fetch, listing.numbers):
        if not isinstance(event, Seen) or event.order.ordered_at in window:
            yield event
    yield fetch.covered(window) if listing.steady else Remark("SEARCH_UNSTEADY", gap=window)


def _halves(caller: Caller, fetch: Fetch, window: Period, known: _Known) -> Iterator[Sighting]:
    """Halve a window with more hits than can be listed; one second cannot be halved."""
    if window.length <= _SHORTEST_WINDOW:
        yield Remark("SEARCH_CAP", gap=window)
        return
    half = timedelta(seconds=window.length // _SHORTEST_WINDOW // 2 or 1)
    for part in (
        Period(window.start, window.start + half),
        Period(window.start + half, window.end),
    ):
        yield from _window(caller, fetch, part, known)


@frozen
class _Listing:
    """The numbers of a window, and whether the list stood still while its pages were read."""

    numbers: tuple[str, ...]
    steady: bool


def _list(caller: Caller, first: SearchOrders, page: Page) -> _Listing:
    """Return every number of a window, whose first page is given.

    Orders that leave a status while the pages are read shift those behind them over the edge of
    a page, and one that enters hides it from the total. So several pages of a status count as
    steady only when two readings agree; what any reading saw counts.
    """
    numbers: list[str] = []
    before: frozenset[str] = frozenset()
    for again in range(_ROUNDS):
        pages = _pages(caller, first, caller.call(first) if again else page)
        now = frozenset(number for one in pages for number in one.numbers)
        numbers.extend(number for one in pages for number in one.numbers)
        agrees = not (pages[1:] and first.progresses) or now == before
        if agrees and _is_whole(pages, now):
            return _Listing(unique(numbers), steady=True)
        before = now
    return _Listing(unique(numbers), steady=False)


def _pages(caller: Caller, first: SearchOrders, page: Page) -> list[Page]:
    rest = [evolve(first, page=number) for number in range(2, page.pages + 1)]
    return [page, *caller.map(rest)]


def _moved(
    caller: Caller, fetch: Fetch, first: SearchOrders, page: Page, known: _Known
) -> _Listing | None:
    """Return the numbers of a window that are new, or in another status than they are known in.

    Each status is listed by itself, in the order in which an order passes through them, so that
    one that moves on meanwhile is met twice, and is read. The lists hold only if they have as many
    numbers as the window, before and after; else, and where a window is small enough to be read
    whole with fewer calls, None. What is listed counts as seen.
    """
    if first.progresses or not known.held or page.total < _READ_WHOLE * fetch.options.batch:
        return None
    listed: dict[str, list[str]] = {}
    for progress in PHASES:
        ask = evolve(first, progresses=(progress,))
        for one in _pages(caller, ask, caller.call(ask)):
            for number in one.numbers:
                listed.setdefault(number, []).append(str(progress))
    if not len(listed) == page.total == caller.call(first).total:
        return None
    moved = [number for number, found in listed.items() if [known.held.get(number)] != found]
    for number in listed:
        known.unseen.pop(number, None)
    return _Listing(tuple(sorted(moved)), steady=True)  # a number begins with its day


def _is_whole(pages: list[Page], seen: frozenset[str]) -> bool:
    """Tell whether the total stood still, and as many numbers were seen as it says."""
    return len({one.total for one in pages}) == 1 and len(seen) >= pages[0].total
