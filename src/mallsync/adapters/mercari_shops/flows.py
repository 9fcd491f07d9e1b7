"""How calls are strung together to fetch orders: plain functions over `Caller`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from attrs import evolve, field, frozen

from mallsync.adapters.mercari_shops.codec import GetOrder, Listed, ListOrders
from mallsync.adapters.mercari_shops.documents import Documents
from mallsync.adapters.mercari_shops.faults import failure
from mallsync.adapters.mercari_shops.reading import Reader
from mallsync.adapters.mercari_shops.shapes import PAGE, PHASES, WINDOW, order_id
from mallsync.errors import ConfigError, DecodeError
from mallsync.model.period import Period
from mallsync.model.sighting import Covered, Seen, Sighting, Unreadable
from mallsync.wire.arguments import at_most, window_within
from mallsync.wire.calls import Caller
from mallsync.wire.fetching import number_seen, unlisted
from mallsync.wire.paging import unique

__all__ = ["STATUSES", "Fetch", "Options", "details", "sightings"]

STATUSES = tuple(PHASES)


def _methods(value: object) -> frozenset[str]:
    if isinstance(value, str) or not isinstance(value, Collection):
        raise ConfigError('anonymous_methods is a set: write {"…"} with values of shippingMethod')
    if not all(isinstance(one, str) for one in value):
        raise ConfigError("anonymous_methods holds text: write values of shippingMethod")
    return frozenset(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ConfigError("ship_anonymous: write True or False")
    return value


@frozen(kw_only=True)
class Options:
    """What a shop knows better, and how much one call carries: less than the limits in tests.

    Args:
        size: Orders of one page.
        window: How much is listed between two `Covered`.
        anonymous_methods: Values of shippingMethod that mean らくらくメルカリ便, once they are
            known; see `Client.verify_schema`. A paid order without an address is anonymous anyway.
        ship_anonymous: Whether shipments by らくらくメルカリ便 are reported, too. Their labels are
            printed in Mercari Shops, and whether the mall takes a report is not known.

    Raises:
        ConfigError: A size is above the limit, or a value is of another type.
    """

    size: int = field(default=PAGE, validator=at_most(PAGE))
    window: timedelta = field(default=WINDOW, validator=window_within(timedelta(days=90)))
    anonymous_methods: frozenset[str] = field(default=frozenset(), converter=_methods)
    ship_anonymous: bool = field(default=False, converter=_flag)


@frozen(kw_only=True)
class Fetch:
    """What is fetched, with which documents, and how it is read."""

    reader: Reader
    documents: Documents = field(factory=Documents)
    options: Options = field(factory=Options)
    statuses: tuple[str, ...] = ()

    def for_looking(self) -> Fetch:
        """Return a fetch that keeps records, whatever the client does with them otherwise."""
        return evolve(self, reader=evolve(self.reader, keep_raw=True))


def sightings(
    caller: Caller, fetch: Fetch, period: Period, known: Collection[str] = ()
) -> Iterator[Sighting]:
    """Yield what is seen of the orders of a period, oldest first, with `Covered` by window.

    There is no "updated since": the numbers in `known` that the lists lack are read at the end.
    """
    unseen = dict.fromkeys(map(order_id, known))
    for window in period.split(fetch.options.window):
        for event in _window(caller, fetch, window):
            unseen.pop(number_seen(event), None)
            yield event
        yield Covered(window, frozenset(fetch.statuses) or None)
    yield from unlisted(details(caller, fetch, unseen))


def _window(caller: Caller, fetch: Fetch, window: Period) -> Iterator[Seen | Unreadable]:
    """Yield the orders of a window, each once: the mall lists the newest first (A3)."""
    listed = [one for page in _pages(caller, fetch, window) for one in page]
    told: set[str] = set()
    while listed:
        event = listed.pop().sight(fetch.reader)  # what is told need not be kept
        number = number_seen(event)
        if not number or number not in told:
            yield event
        told.add(number)


def _pages(caller: Caller, fetch: Fetch, window: Period) -> Iterator[tuple[Listed, ...]]:
    """Yield the pages of a window; a cursor that comes again would lead round in circles.

    Raises:
        DecodeError: It did.
    """
    after: str | None = None
    seen: set[str] = set()
    while after is None or after not in seen:
        if after is not None:
            seen.add(after)
        page = caller.call(
            ListOrders(
                period=window,
                # All six where none is asked for: what the mall lists without is not known (A3).
                statuses=fetch.statuses or STATUSES,
                after=after,
                size=fetch.options.size,
                document=fetch.documents.order_transactions,
            )
        )
        yield page.listed
        if not page.cursor:
            return
        after = page.cursor
    raise failure(DecodeError, ListOrders.name, "CURSOR_COMES_AGAIN")


def details(caller: Caller, fetch: Fetch, numbers: Iterable[str]) -> Iterator[Seen | Unreadable]:
    """Yield each order by its number, with or without ``order_``, in the order asked."""
    document = fetch.documents.order_transaction
    yield from caller.map(
        GetOrder(number=number, reader=fetch.reader, document=document)
        for number in unique(map(order_id, numbers))
    )
