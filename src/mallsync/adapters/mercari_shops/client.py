"""The Mercari Shops client: one short method for each call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Literal

from mallsync.adapters.mercari_shops import connection, schema, sending
from mallsync.adapters.mercari_shops.auth import Credentials, MercariAuth
from mallsync.adapters.mercari_shops.documents import Documents
from mallsync.adapters.mercari_shops.flows import STATUSES, Fetch, Options, details, sightings
from mallsync.adapters.mercari_shops.notices import preview, standing
from mallsync.adapters.mercari_shops.orders_csv import ORDERS
from mallsync.adapters.mercari_shops.reading import Reader
from mallsync.adapters.mercari_shops.shapes import LONGEST_MESSAGE
from mallsync.errors import ConfigError
from mallsync.model.order import Order
from mallsync.model.period import Period
from mallsync.model.sighting import Sighting, Unreadable
from mallsync.model.words import Mall
from mallsync.model.writebacks import (
    BuyerMessage,
    ConnectionReport,
    NoticeResult,
    Preview,
    ShipmentNotice,
    Standing,
    WriteResult,
)
from mallsync.ports import Journal
from mallsync.transport import Pace, Settings, ShopClient
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
from mallsync.wire.csvs import read_kept
from mallsync.wire.fetching import orders_of

__all__ = ["BASE_URL", "REQUESTS_PER_SECOND", "SANDBOX_URL", "Client"]

BASE_URL = "https://api.mercari-shops.com/v1/graphql"

SANDBOX_URL = "https://api.mercari-shops-sandbox.com/v1/graphql"
"""Mercari's own sandbox: it has tokens and an allow-list of its own."""

REQUESTS_PER_SECOND = 1.6
"""What one client keeps to. 10,000 points an hour are allowed; what a call costs is not known."""


class Client(ShopClient):
    """Orders of one shop at Mercari Shops, by GraphQL. Thread-safe; close it after use.

    Args:
        credentials: The shop's access token and the assigned client name.
        shop_id: The host's own name of the shop; it goes into every `OrderKey`.
        base_url: The endpoint; another is `SANDBOX_URL`, or that of a fake.
        transport: Another way to the network, which stays the caller's to close.
        pace: A rate limit shared with others, None for none; left out: 1.6 requests a second.
        keep_raw: Whether orders keep the mall's own record.
        options: What the shop knows better, and how much one call carries.
        settings: Deadline, retries and calls in flight.
        documents: GraphQL documents to send instead of the library's own.

    Raises:
        ConfigError: An argument cannot be right. Nothing has been sent.
    """

    MALL = Mall.MERCARI_SHOPS.value
    REQUESTS_PER_SECOND = REQUESTS_PER_SECOND

    def __init__(  # noqa: PLR0913 -- what a client is made of, by keyword
        self,
        credentials: Credentials,
        *,
        shop_id: str,
        base_url: str = BASE_URL,
        transport: Transport | None = None,
        pace: Pace | Literal["default"] | None = "default",
        keep_raw: bool = True,
        options: Options | None = None,
        settings: Settings | None = None,
        documents: Documents | None = None,
    ) -> None:
        hint = "mercari_shops.Credentials(access_token=…, client_name=…)"
        require(credentials, Credentials, hint)
        require(options, Options | None, "mercari_shops.Options(size=…)")
        require(documents, Documents | None, "mercari_shops.Documents(order_transaction=…)")
        require(keep_raw, bool, "keep_raw=True or keep_raw=False")
        super().__init__(
            shop_id=shop_id,
            auth=MercariAuth(credentials),
            base_url=base_url,
            transport=transport,
            pace=pace,
            settings=settings,
        )
        options = options or Options()
        self._fetch = Fetch(
            reader=Reader(self.shop_id, keep_raw, options.anonymous_methods),
            documents=documents or Documents(),
            options=options,
        )
        self._writing = Lock()

    def check_connection(self) -> ConnectionReport:
        """Ask the mall whether token, client name and source address work (接続チェック)."""
        return connection.check(self._engine, self._fetch, self._engine.now())

    def credential_expiry(self) -> datetime | None:
        """Return None: a token has no end. No call is made."""
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
            period: By order date (createdAt), which is all that can be asked for.
            statuses: OrderTransactionStatus such as ``{"WAITING_FOR_SHIPPING"}``; None is all six.
            known: Numbers held as open, read again if the period's list lacks them: so an unpaid
                order is seen when it is paid, whether or not the period covers it.
            held: Taken as by every client; the lists of this mall bring whole orders anyway.

        Returns:
            `Seen` and `Unreadable`, `Covered` after each finished window.
        """
        fetch = self._asking(statuses_of(statuses, STATUSES))
        return sightings(self._engine, fetch, period_of(period), numbers_of(known or ()))

    def fetch_orders(
        self,
        period: Period,
        *,
        statuses: Collection[str] | None = None,
        on_problem: Callable[[Unreadable], None] | None = None,
    ) -> Iterator[Order]:
        """Stream the orders of a period; the first `Unreadable` raises unless taken."""
        return orders_of(self.sightings(period, statuses=statuses), handler_of(on_problem))

    def get_orders(self, numbers: Iterable[str]) -> Iterator[Order]:
        """Stream orders by number, with or without ``order_``, in the order asked, each once."""
        return orders_of(details(self._engine, self._fetch, numbers_of(numbers)))

    def read(self, raw: object) -> Order:
        """Normalise a kept record again, or kept rows of the CSV; pure."""
        by_file = read_kept(raw, ORDERS, self.shop_id, self.mall)
        return self._fetch.reader.read(raw) if by_file is None else by_file

    def preview(self, notice: ShipmentNotice) -> Preview:
        """Say what Mercari Shops would drop or refuse; pure."""
        require(notice, ShipmentNotice, "ShipmentNotice(…)")
        return preview(notice)

    def standing(self, order: Order, notice: ShipmentNotice) -> Standing:
        """Say whether a notice is on the mall already; pure.

        SAME once the order is shipped and has the message; the mall shows no tracking text.
        """
        require(order, Order, "an Order of this client")
        require(notice, ShipmentNotice, "ShipmentNotice(…)")
        return standing(order, notice)

    def send_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal | None = None
    ) -> list[NoticeResult]:
        """Report shipments; one result for each notice, in order. Safe to call again.

        A report is up to three calls and a message to the buyer, each a step. With a journal, a
        later run goes on behind the last step that is known to be done; without one, it finds an
        open shipment again by its idempotency key. An order that is shipped already gets the
        message alone. Threads of one client take turns; several processes need a journal that
        they share.
        """
        given = notices_of(notices)
        with self._writing:  # a look and its write belong together, whichever thread asks
            return sending.send(self._engine, self._fetch, given, journal)

    def conclude_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal
    ) -> list[NoticeResult]:
        """Find out what came of reports that nobody wants any more; nothing is written.

        An order that is shipped is SENT, and its message, if it is not there, is left out.
        """
        given = notices_of(notices)
        with self._writing:
            return sending.conclude(self._engine, self._fetch, given, journal)

    def send_message(
        self, number: str, message: str, *, journal: Journal | None = None, revision: int = 1
    ) -> WriteResult:
        """Write to the buyer of an order, once: a text that the shop has written there is SENT.

        The call is to be replaced by inquiries, by January 2027 as one source says.

        Args:
            number: Of the order.
            message: At most 1000 characters.
            journal: Where it is remembered, so that a lost answer leads to no second message.
            revision: With a journal, another message to the same order is another revision.
        """
        told = BuyerMessage(order_number=number_of(number), text=_message_of(message))
        if type(revision) is not int or revision < 1:
            raise ConfigError("revision: write 1, 2, … for the messages of an order")
        with self._writing:
            return sending.message(self._engine, self._fetch, told, journal, revision)

    def verify_schema(self) -> tuple[schema.SchemaDifference, ...]:
        """Ask the mall for its schema, and return what differs from what the documents ask.

        The names in the documents come from clients, not from the schema. An empty answer says
        that they fit; for what differs, give mended `Documents`. Needs ``mallsync[schema]``.
        """
        return schema.verify(self._engine, self._fetch)

    def _asking(self, statuses: tuple[str, ...]) -> Fetch:
        return Fetch(
            reader=self._fetch.reader,
            documents=self._fetch.documents,
            options=self._fetch.options,
            statuses=statuses,
        )


def _message_of(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_MESSAGE:
        raise ConfigError(f"message: write text of 1 to {LONGEST_MESSAGE} characters")
    return value
