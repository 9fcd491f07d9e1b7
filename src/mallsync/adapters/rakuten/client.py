"""The Rakuten Ichiba client: one short method for each call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from threading import Lock
from typing import Literal

from mallsync.adapters.rakuten import connection, sending, writes
from mallsync.adapters.rakuten.auth import Credentials, RakutenAuth
from mallsync.adapters.rakuten.codec import CancelOrder, GetSubStatusList, UpdateMemo
from mallsync.adapters.rakuten.flows import Fetch, Options, details, sightings
from mallsync.adapters.rakuten.notices import preview, standing
from mallsync.adapters.rakuten.orders_csv import ORDERS
from mallsync.adapters.rakuten.reading import Reader
from mallsync.adapters.rakuten.shapes import PHASES, StatusRecord
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
from mallsync.ports import Journal
from mallsync.transport import Pace, Settings, ShopClient
from mallsync.wire.arguments import (
    handler_of,
    held_of,
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

__all__ = ["BASE_URL", "REQUESTS_PER_SECOND", "Client"]

BASE_URL = "https://api.rms.rakuten.co.jp"

REQUESTS_PER_SECOND = 1.0
"""A guideline of the mall; whether by licence, shop or operation is not known: by licence here."""


class Client(ShopClient):
    """Orders of one Rakuten Ichiba shop, by the RMS WEB SERVICE. Thread-safe; close it after use.

    Args:
        credentials: The shop's service secret and licence key.
        shop_id: The host's own name of the shop; it goes into every `OrderKey`.
        base_url: Scheme and host; anything but the mall itself is for a sandbox.
        transport: Another way to the network, which stays the caller's to close.
        pace: A rate limit shared with others, None for none; left out: 1 request a second.
        keep_raw: Whether orders keep the mall's own record.
        options: The getOrder version, and how much one call carries.
        settings: Deadline, retries and calls in flight.

    Raises:
        ConfigError: An argument cannot be right. Nothing has been sent.
    """

    MALL = Mall.RAKUTEN.value
    REQUESTS_PER_SECOND = REQUESTS_PER_SECOND

    def __init__(
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
    ) -> None:
        require(credentials, Credentials, "rakuten.Credentials(service_secret=…, license_key=…)")
        require(options, Options | None, "rakuten.Options(version=…)")
        require(keep_raw, bool, "keep_raw=True or keep_raw=False")
        super().__init__(
            shop_id=shop_id,
            auth=RakutenAuth(credentials),
            base_url=base_url,
            transport=transport,
            pace=pace,
            settings=settings,
        )
        self._credentials = credentials
        self._options = options or Options()
        self._reader = Reader(self.shop_id, keep_raw)
        self._sending = Lock()

    def check_connection(self) -> ConnectionReport:
        """Ask the mall whether the credentials work (接続チェック); two calls."""
        return connection.check(self._engine, self._credentials, self._engine.now())

    def credential_expiry(self) -> datetime | None:
        """Return when the licence key ends, aware.

        Raises:
            AuthFailed: The function license.expiryDate.get is not switched on, and no
                ``expires_at`` was given with the credentials.
        """
        return connection.expiry(self._engine, self._credentials)

    def sightings(
        self,
        period: Period,
        *,
        statuses: Collection[str] | None = None,
        known: Collection[str] | None = None,
        held: Mapping[str, str] | None = None,
    ) -> Iterator[Sighting]:
        """Stream what a fetch sees of the orders placed in a period, oldest first.

        Args:
            period: By order date; it may reach back 730 days.
            statuses: orderProgress codes such as ``{"300"}``; None is every status.
            known: Numbers held as open: read again if the period's list lacks them.
            held: The orderProgress of orders that are held already: where more than some two
                thousand are listed, those that are listed in it are not read again.

        Returns:
            `Seen` and `Unreadable`, `Covered` after each finished window, and `Remark`.
        """
        asked = statuses_of(statuses, map(str, PHASES))
        fetch = self._fetch(tuple(int(status) for status in asked))
        return sightings(
            self._engine, fetch, period_of(period), numbers_of(known or ()), held_of(held)
        )

    def fetch_orders(
        self,
        period: Period,
        *,
        statuses: Collection[str] | None = None,
        on_problem: Callable[[Unreadable], None] | None = None,
    ) -> Iterator[Order]:
        """Stream the orders placed in a period; the first `Unreadable` raises unless taken."""
        return orders_of(self.sightings(period, statuses=statuses), handler_of(on_problem))

    def get_orders(self, numbers: Iterable[str]) -> Iterator[Order]:
        """Stream single orders by number, in the order asked; one that is not there raises."""
        return orders_of(details(self._engine, self._fetch(), numbers_of(numbers)))

    def read(self, raw: object) -> Order:
        """Normalise a kept record of OrderModelList again, or kept rows of the CSV; pure."""
        by_file = read_kept(raw, ORDERS, self.shop_id, self.mall)
        return self._reader.read(raw) if by_file is None else by_file

    def preview(self, notice: ShipmentNotice) -> Preview:
        """Say what Rakuten would drop or refuse; pure."""
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
        """Report shipments; one result for each notice, in order. Safe to call again.

        Each order is looked at first: what is there already is SENT without a write. Threads of
        one client take turns; several processes need a journal that they share. With a journal
        several notices go out in asynchronous batches.
        """
        given = notices_of(notices)
        with self._sending:  # a look and its write belong together, whichever thread asks
            return sending.send(self._engine, self._fetch(), given, journal)

    def conclude_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal
    ) -> list[NoticeResult]:
        """Find out what came of reports that nobody wants any more; nothing is written.

        What an accepted batch says of them counts, too. What never arrived is NOT_SENT.
        """
        given = notices_of(notices)
        with self._sending:
            return sending.conclude(self._engine, self._fetch(), given, journal)

    def confirm_orders(self, numbers: Iterable[str]) -> list[WriteResult]:
        """Confirm orders (注文確認, 100 → 200); one result for each number, in order."""
        return writes.confirm(self._engine, self._fetch(), numbers_of(numbers))

    def cancel_order(
        self, number: str, *, reason: int, restore_stock: int = 0, after_shipping: bool = False
    ) -> WriteResult:
        """Cancel one order.

        Args:
            number: The order number.
            reason: changeReasonDetailApply: 1 to 6 are the buyer's, 8 to 15 the shop's.
            restore_stock: inventoryRestoreType: 0 as the item is set, 1 restore, 2 do not.
            after_shipping: For orders from 500 on.
        """
        operation = CancelOrder(
            number=number_of(number),
            reason=reason,
            restore_stock=restore_stock,
            after_shipping=after_shipping,
        )
        return writes.cancel(self._engine, self._fetch(), operation)

    def update_memo(
        self,
        number: str,
        *,
        memo: str | None = None,
        operator: str | None = None,
        mail_text: str | None = None,
        delivery_class: int | None = None,
        delivery_date: date | None = None,
        sub_status_id: int | None = None,
    ) -> WriteResult:
        """Set the shop's notes on an order; what is None stays as it is.

        Args:
            number: The order number.
            memo: ひとことメモ, at most 1000 characters.
            operator: 担当者, at most 6 characters.
            mail_text: メール差込文, at most 1024 characters.
            delivery_class: 0 none, 1 normal, 2 chilled, 3 frozen, 4 to 8 other.
            delivery_date: The requested day.
            sub_status_id: One of `get_sub_statuses`.
        """
        day = None if delivery_date is None else require_day(delivery_date, "delivery_date")
        fields = writes.memo_fields(
            {
                "memo": memo,
                "operator": operator,
                "mailPlugSentence": mail_text,
                "deliveryClass": delivery_class,
                "deliveryDate": day and day.isoformat(),
                "subStatusId": sub_status_id,
            }
        )
        return writes.update_memo(self._engine, UpdateMemo(number=number_of(number), fields=fields))

    def get_sub_statuses(self) -> tuple[StatusRecord, ...]:
        """Return the shop's own statuses below the mall's, as the mall lists them."""
        return self._engine.call(GetSubStatusList())

    def _fetch(self, progresses: tuple[int, ...] = ()) -> Fetch:
        return Fetch(reader=self._reader, options=self._options, progresses=progresses)
