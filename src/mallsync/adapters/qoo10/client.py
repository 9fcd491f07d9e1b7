"""The Qoo10 client: one short method for each call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Literal

from mallsync.adapters.qoo10 import connection, sending, writes
from mallsync.adapters.qoo10.auth import Credentials, Qoo10Auth, vault_name
from mallsync.adapters.qoo10.flows import STATUSES, Fetch, Options, details, sightings
from mallsync.adapters.qoo10.notices import preview, standing
from mallsync.adapters.qoo10.orders_csv import ORDERS
from mallsync.adapters.qoo10.reading import Reader
from mallsync.model.order import Order
from mallsync.model.period import Period, require_day
from mallsync.model.sighting import Sighting, Unreadable
from mallsync.model.words import Mall
from mallsync.model.writebacks import (
    ConnectionReport,
    NoticeResult,
    Preview,
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
    shop_id_of,
    statuses_of,
)
from mallsync.wire.calls import Transport
from mallsync.wire.credentials import vault_of
from mallsync.wire.csvs import read_kept
from mallsync.wire.fetching import orders_of

__all__ = ["BASE_URL", "REQUESTS_PER_SECOND", "Client"]

BASE_URL = "https://api.qoo10.jp/GMKT.INC.Front.QAPIService/ebayjapan.qapi"

REQUESTS_PER_SECOND = 3.0
"""No limit is published; one shop has lived with gaps of 300 ms for months (§11)."""


class Client(ShopClient):
    """Orders of one Qoo10 shop, by the QAPI. Thread-safe; close it after use.

    Args:
        credentials: The QSM login with the API key, or a certification key.
        shop_id: The host's own name of the shop; it goes into every `OrderKey`.
        base_url: What stands before ``/<Service>.<Method>``; another is for a sandbox.
        transport: Another way to the network, which stays the caller's to close.
        pace: A rate limit shared with others, None for none; left out: 3 requests a second.
        keep_raw: Whether orders keep the mall's own rows.
        options: The GetShippingInfo version, and how much one call carries.
        settings: Deadline, retries and calls in flight.
        vault: Where the certification key is kept with its issue date; left out: in memory.

    Raises:
        ConfigError: An argument cannot be right. Nothing has been sent.
    """

    MALL = Mall.QOO10.value
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
        vault: TokenVault | None = None,
    ) -> None:
        require(credentials, Credentials, "qoo10.Credentials(user_id=…, password=…, api_key=…)")
        require(options, Options | None, "qoo10.Options(version=…)")
        require(keep_raw, bool, "keep_raw=True or keep_raw=False")
        self._auth = Qoo10Auth(
            credentials=credentials,
            vault=vault_of(vault),
            name=vault_name(shop_id_of(shop_id), credentials),
            now=settings_of(settings).world.now,
        )
        super().__init__(
            shop_id=shop_id,
            auth=self._auth,
            base_url=base_url,
            transport=transport,
            pace=pace,
            settings=settings,
        )
        self._options = options or Options()
        self._reader = Reader(self.shop_id, keep_raw)
        self._writing = Lock()

    def check_connection(self) -> ConnectionReport:
        """Ask the mall whether the credentials work (接続チェック); issues a key if need be."""
        expiry = self.credential_expiry
        return connection.check(self._engine, self._engine.now(), self._options.version, expiry)

    def credential_expiry(self) -> datetime | None:
        """Return when the certification key ends, aware: one year from its issue. No call is made.

        The mall never says: None where the issue date is not known, or no key has been issued yet.
        """
        key = self._auth.key
        return None if key is None else key.ends_at

    def sightings(
        self,
        period: Period,
        *,
        statuses: Collection[str] | None = None,
        known: Collection[str] | Mapping[str, Collection[str]] | None = None,
        held: Mapping[str, str] | None = None,  # noqa: ARG002 -- lists bring whole orders
    ) -> Iterator[Sighting]:
        """Stream what a fetch sees of the carts ordered in a period, oldest first.

        Args:
            period: By order date. How far back the mall lists is not known: some 90 days, by one
                shop's experience.
            statuses: Shipping statuses such as ``{"2"}``: parts of carts are seen then, and no
                cancelled line. None is every status, with the claims.
            known: Numbers held as open: looked for again if the period's lists lack them. A mapping
                gives the numbers of their lines, by which a cart is found that no list reaches;
                without them nobody can tell whether such a cart is gone.
            held: Taken as by every client; the lists of this mall bring whole orders anyway.

        Returns:
            `Seen` and `Unreadable`, `Covered` after each finished window, and `Remark`.
        """
        fetch = self._fetch(statuses_of(statuses, STATUSES))
        lines = known if isinstance(known, Mapping) else {}
        return sightings(self._engine, fetch, period_of(period), numbers_of(known or ()), lines)

    def fetch_orders(
        self,
        period: Period,
        *,
        statuses: Collection[str] | None = None,
        on_problem: Callable[[Unreadable], None] | None = None,
    ) -> Iterator[Order]:
        """Stream the carts ordered in a period; the first `Unreadable` raises unless taken."""
        return orders_of(self.sightings(period, statuses=statuses), handler_of(on_problem))

    def get_orders(self, numbers: Iterable[str]) -> Iterator[Order]:
        """Stream carts by their number or by that of a line, in the order asked, each once.

        A cart number is looked for among the orders of the last 89 days: no call takes one. A line
        number is found whatever its age. What is not there raises `NotFound`.
        """
        return orders_of(details(self._engine, self._fetch(), numbers_of(numbers)))

    def read(self, raw: object) -> Order:
        """Normalise the kept rows of a cart again, of the API or of a CSV; pure."""
        by_file = read_kept(raw, ORDERS, self.shop_id, self.mall)
        return self._reader.read(raw) if by_file is None else by_file

    def preview(self, notice: ShipmentNotice) -> Preview:
        """Say what Qoo10 would drop or refuse; pure."""
        require(notice, ShipmentNotice, "ShipmentNotice(…)")
        return preview(notice)

    def standing(self, order: Order, notice: ShipmentNotice) -> Standing:
        """Say whether a notice is on the mall already; pure."""
        require(order, Order, "an Order of this client")
        require(notice, ShipmentNotice, "ShipmentNotice(…)")
        return standing(order, notice)

    def send_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal | None = None
    ) -> list[NoticeResult]:
        """Report shipments line by line; one result for each notice, in order. Safe to call again.

        Each line is looked at first: what is there already is SENT without a write, so that only
        the rest of a cart is sent again. `NoticeResult.lines` has the result of each line. Threads
        of one client take turns; several processes need a journal that they share.
        """
        given = notices_of(notices)
        with self._writing:  # a look and its write belong together, whichever thread asks
            return sending.send(self._engine, self._fetch(), given, journal)

    def conclude_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal
    ) -> list[NoticeResult]:
        """Find out what came of reports that nobody wants any more, line by line.

        Nothing is written. Lines that never arrived are NOT_SENT.
        """
        given = notices_of(notices)
        with self._writing:
            return sending.conclude(self._engine, self._fetch(), given, journal)

    def confirm_orders(
        self, numbers: Iterable[str], *, planned_ship_date: date | None = None
    ) -> list[WriteResult]:
        """Confirm orders (注文確認, 配送要請 → 配送準備); one result for each number, in order.

        A fetch of 配送要請 alone never sees them again. A cart is SENT once each of its lines is;
        where one cannot be confirmed, the others are all the same.

        Args:
            numbers: Of carts, which means all their lines, or of single lines.
            planned_ship_date: 発送予定日, from tomorrow on; None leaves it open.
        """
        day = planned_ship_date and require_day(planned_ship_date, "planned_ship_date")
        given = numbers_of(numbers)
        with self._writing:
            return writes.confirm(self._engine, self._fetch(), given, day)

    def cancel_order(self, number: str, *, reason: int, memo: str = "") -> WriteResult:
        """Cancel a cart, which means all its lines, or a single line.

        Where one line of a cart cannot be cancelled, the others are all the same.

        Args:
            number: Of the cart or the line.
            reason: CancelReason: 0 out of stock, 1 order change, 2 undeliverable, 3 delay.
            memo: SellerMemo, at most 1000 characters.
        """
        given = number_of(number)
        with self._writing:
            return writes.cancel(self._engine, self._fetch(), given, reason=reason, memo=memo)

    def _fetch(self, statuses: tuple[str, ...] = ()) -> Fetch:
        return Fetch(
            reader=self._reader, now=self._engine.now(), options=self._options, statuses=statuses
        )
