"""The Rakuma client: one short method for each call, on the wire that a shop brings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal

from mallsync.adapters.rakuma import connection, sending
from mallsync.adapters.rakuma.auth import Credentials
from mallsync.adapters.rakuma.flows import STATUSES, Fetch, details, reviewable, sightings
from mallsync.adapters.rakuma.notices import preview, standing
from mallsync.adapters.rakuma.reading import Reader
from mallsync.adapters.rakuma.records import AccountKind
from mallsync.adapters.rakuma.wiring import RakumaWire, wire_of
from mallsync.errors import ConfigError
from mallsync.model.order import Order
from mallsync.model.period import Period
from mallsync.model.sighting import Sighting, Unreadable
from mallsync.model.words import Mall
from mallsync.model.writebacks import (
    BuyerMessage,
    BuyerReview,
    ConnectionReport,
    NoticeResult,
    Preview,
    Rating,
    ShipmentNotice,
    Standing,
    WriteResult,
)
from mallsync.ports import Journal, TokenVault
from mallsync.transport import Pace, Settings, ShopClient, settings_of
from mallsync.wire.arguments import (
    handler_of,
    notices_of,
    number_of,
    numbers_of,
    period_of,
    require,
    statuses_of,
)
from mallsync.wire.calls import Transport
from mallsync.wire.credentials import vault_of
from mallsync.wire.fetching import orders_of

__all__ = ["Client"]

_STOCK_KINDS = ("縦積み", "縦組み", "縦づみ")


class Client(ShopClient):
    """Orders of one Rakuma shop, by a wire that the shop writes. Thread-safe; close it after use.

    Args:
        credentials: What Rakuma has handed to the shop.
        shop_id: The host's own name of the shop; it goes into every `OrderKey`.
        wire: What the specification says; see ``examples/rakuma/template_wire.py``.
        base_url: Another address than the wire's facts have, for a fake.
        transport: Another way to the network, which stays the caller's to close.
        pace: A rate limit shared with others, None for none; left out: that of the wire's facts.
        keep_raw: Whether orders keep the mall's own record.
        settings: Deadline, retries and calls in flight.
        vault: Where tokens are kept; left out: in memory.
        account_kind: The kind of the shop's account: 1点もの is the only one.

    Raises:
        ConfigError: An argument cannot be right, or there is no wire. Nothing has been sent.
    """

    MALL = Mall.RAKUMA.value
    REQUESTS_PER_SECOND = 1.0

    def __init__(  # noqa: PLR0913 -- what a client is made of, by keyword
        self,
        credentials: Credentials,
        *,
        shop_id: str,
        wire: RakumaWire | None = None,
        base_url: str | None = None,
        transport: Transport | None = None,
        pace: Pace | Literal["default"] | None = "default",
        keep_raw: bool = True,
        settings: Settings | None = None,
        vault: TokenVault | None = None,
        account_kind: str = AccountKind.ONE_OFF,
    ) -> None:
        require(credentials, Credentials, "rakuma.Credentials(email=…, password=…)")
        require(keep_raw, bool, "keep_raw=True or keep_raw=False")
        if account_kind != AccountKind.ONE_OFF:
            kind = "縦積み" if account_kind in _STOCK_KINDS else repr(account_kind)
            raise ConfigError(f'account_kind {kind} cannot be taken in: write "1点もの"')
        known = wire_of(wire)
        now = settings_of(settings).world.now
        super().__init__(
            shop_id=shop_id,
            auth=known.auth(credentials, vault_of(vault), now),
            base_url=known.facts.base_url if base_url is None else base_url,
            transport=transport,
            pace=Pace(known.facts.requests_per_second) if pace == "default" else pace,
            settings=settings,
        )
        self._fetch = Fetch(reader=Reader(known, self.shop_id, keep_raw))
        self._writing = Lock()

    def check_connection(self) -> ConnectionReport:
        """Ask the mall whether the credentials work (接続チェック)."""
        return connection.check(self._engine, self._fetch, self._engine.now())

    def credential_expiry(self) -> datetime | None:
        """Return None: nothing is known of an end. No call is made."""
        return None

    def sightings(
        self,
        period: Period,
        *,
        statuses: Collection[str] | None = None,
        known: Collection[str] | None = None,
        held: Mapping[str, str] | None = None,  # noqa: ARG002 -- lists bring whole orders
    ) -> Iterator[Sighting]:
        """Stream what a fetch sees of the orders of a period, oldest first.

        Args:
            period: By the moment of the purchase.
            statuses: Canonical states such as ``{"AWAITING_SHIPMENT"}``; None is all.
            known: Numbers held as open, read again if the period's list lacks them.
            held: Taken as by every client; the lists of this mall bring whole orders anyway.

        Returns:
            `Seen` and `Unreadable`, `Covered` after each finished window.
        """
        fetch = Fetch(reader=self._fetch.reader, statuses=statuses_of(statuses, STATUSES))
        return sightings(self._engine, fetch, period_of(period), numbers_of(known or ()))

    def fetch_orders(
        self,
        period: Period,
        *,
        statuses: Collection[str] | None = None,
        on_problem: Callable[[Unreadable], None] | None = None,
    ) -> Iterator[Order]:
        """Stream the orders of a period; the first `Unreadable` raises unless taken.

        An order of the 縦積み kind is one: its code is FETCH_ACCOUNT_KIND.
        """
        return orders_of(self.sightings(period, statuses=statuses), handler_of(on_problem))

    def reviewable_orders(
        self,
        period: Period,
        *,
        known: Collection[str] | None = None,
        on_problem: Callable[[Unreadable], None] | None = None,
        on_other: Callable[[Order], None] | None = None,
    ) -> Iterator[Order]:
        """Stream the orders whose buyer has rated and that wait for the shop's review.

        Args:
            period: By the moment of the purchase.
            known: Numbers of other orders, each of which is read by a call of its own.
            on_problem: Takes what could not be read; left out, the first raises.
            on_other: Takes the orders of `known` that wait for no review: not yet, or no more.
        """
        asked, numbers = period_of(period), numbers_of(known or ())
        events = reviewable(self._engine, self._fetch, asked, numbers, _taking(on_other))
        return orders_of(events, handler_of(on_problem))

    def get_orders(self, numbers: Iterable[str]) -> Iterator[Order]:
        """Stream orders by number, in the order asked, each once."""
        return orders_of(details(self._engine, self._fetch, numbers_of(numbers)))

    def read(self, raw: object) -> Order:
        """Normalise a kept record again; pure."""
        return self._fetch.reader.read(raw)

    @property
    def settle(self) -> timedelta:
        """How long a write that arrived may take to show, by the wire's facts."""
        return self._fetch.reader.wire.facts.settle

    def preview(self, notice: ShipmentNotice) -> Preview:
        """Say what the mall would drop or refuse, by the wire's facts; pure."""
        require(notice, ShipmentNotice, "ShipmentNotice(…)")
        return preview(notice, self._fetch.reader.wire.facts)

    def standing(self, order: Order, notice: ShipmentNotice) -> Standing:
        """Say whether a notice is on the mall already; pure."""
        require(order, Order, "an Order of this client")
        require(notice, ShipmentNotice, "ShipmentNotice(…)")
        return standing(order, notice)

    def send_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal | None = None
    ) -> list[NoticeResult]:
        """Report shipments; one result for each notice, in order. Safe to call again.

        Each order is looked at first, and again when an answer is lost; nothing is repeated that
        the wire's facts do not call idempotent. Threads of one client take turns; several
        processes need a journal that they share.
        """
        given = notices_of(notices)
        with self._writing:  # a look and its write belong together, whichever thread asks
            return sending.send(self._engine, self._fetch, given, journal)

    def conclude_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal
    ) -> list[NoticeResult]:
        """Find out what came of reports that nobody wants any more; nothing is written."""
        given = notices_of(notices)
        with self._writing:
            return sending.conclude(self._engine, self._fetch, given, journal)

    def review_buyer(
        self,
        order_number: str,
        message: str,
        rating: Rating = Rating.GOOD,
        *,
        journal: Journal | None = None,
    ) -> WriteResult:
        """Rate the buyer of an order, which completes it; only behind the buyer's own rating (R4).

        Never repeated when the answer is lost: the order is looked at instead.
        """
        if not isinstance(rating, Rating):
            raise ConfigError("rating: write rakuma.Rating.GOOD, NORMAL or BAD")
        number = number_of(order_number)
        told = BuyerReview(order_number=number, message=message, rating=rating)
        return self.send_review(told, journal=journal)

    def send_review(self, review: BuyerReview, *, journal: Journal | None = None) -> WriteResult:
        """Post a review once, as `review_buyer`."""
        require(review, BuyerReview, "BuyerReview(order_number=…, message=…)")
        self._refuse_long(review.message)
        with self._writing:
            return sending.review(self._engine, self._fetch, review, journal)

    def conclude_review(self, review: BuyerReview, *, journal: Journal) -> WriteResult:
        """Find out what came of a review that nobody wants any more; nothing is written."""
        with self._writing:
            return sending.review(self._engine, self._fetch, review, journal, withdrawn=True)

    def send_message(
        self, number: str, message: str, *, journal: Journal | None = None, revision: int = 1
    ) -> WriteResult:
        """Write to the buyer of an order, once: a text that the shop has written there is SENT.

        Args:
            number: Of the order.
            message: The text.
            journal: Where it is remembered, so that a lost answer leads to no second message.
            revision: With a journal, another message to the same order is another revision.
        """
        told = BuyerMessage(order_number=number_of(number), text=message)
        if not told.text.strip() or type(revision) is not int or revision < 1:
            raise ConfigError("message is empty, or revision is no number: write text, and 1, 2, …")
        self._refuse_long(message)
        with self._writing:
            return sending.message(self._engine, self._fetch, told, journal, revision)

    def _refuse_long(self, text: str) -> None:
        longest = self._fetch.reader.wire.facts.longest_message
        if longest is not None and len(text) > longest:
            raise ConfigError(f"message: write at most {longest} characters")


def _taking(on_other: Callable[[Order], None] | None) -> Callable[[Order], None]:
    """Return what takes orders that wait for no review; left out, they are passed over."""
    if on_other is None:
        return lambda _: None
    if not callable(on_other):
        raise ConfigError("on_other takes each other order: write a function of one argument")
    return on_other
