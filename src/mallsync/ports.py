"""The seams that a host or a store fills. Protocols only: nothing here does anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from mallsync.model.handling import Handling
from mallsync.model.journal import Entry, EntryKey
from mallsync.model.order import Order, OrderKey
from mallsync.model.period import Period
from mallsync.model.sighting import Sighting, Unreadable
from mallsync.model.writebacks import (
    BuyerReview,
    ConnectionReport,
    NoticeResult,
    Preview,
    ShipmentNotice,
    Standing,
    WriteResult,
)

__all__ = [
    "HandlingSource",
    "Journal",
    "MallClient",
    "ReviewsBuyers",
    "TokenVault",
]


class MallClient(Protocol):
    """What every mall's client can do; thread-safe and immutable."""

    @property
    def mall(self) -> str:
        """The mall's key, such as ``"rakuten"``."""

    @property
    def shop_id(self) -> str:
        """The shop's id, as the host names it."""

    @property
    def settle(self) -> timedelta:
        """How long a write that arrived may take to show: absence is no proof before."""

    def check_connection(self) -> ConnectionReport:
        """Ask the mall whether the credentials work (接続チェック)."""

    def credential_expiry(self) -> datetime | None:
        """Return when the credentials end, aware; None if the mall does not say."""

    def fetch_orders(
        self,
        period: Period,
        *,
        statuses: Collection[str] | None = None,
        on_problem: Callable[[Unreadable], None] | None = None,
    ) -> Iterator[Order]:
        """Stream the orders of a period; `on_problem` takes what could not be read."""

    def sightings(
        self,
        period: Period,
        *,
        statuses: Collection[str] | None = None,
        known: Collection[str] | Mapping[str, Collection[str]] | None = None,
        held: Mapping[str, str] | None = None,
    ) -> Iterator[Sighting]:
        """Stream what a fetch sees, with `Covered` after each finished stretch.

        The numbers in `known` that the lists lack are read again, and one that the mall does not
        know is `Unreadable` as ``gone``; a mapping gives the ids of their items, where a mall finds
        an old order by these alone. Of an order whose status on the mall is still that of `held`, a
        client may tell nothing.
        """

    def get_orders(self, numbers: Iterable[str]) -> Iterator[Order]:
        """Stream single orders by number, in the order asked."""

    def read(self, raw: object) -> Order:
        """Normalise a kept raw record again; pure."""

    def preview(self, notice: ShipmentNotice) -> Preview:
        """Say what the mall would drop or refuse; pure."""

    def standing(self, order: Order, notice: ShipmentNotice) -> Standing:
        """Say whether a notice is on the mall already; pure."""

    def send_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal | None = None
    ) -> list[NoticeResult]:
        """Report shipments; one result for each notice, in order."""

    def conclude_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal
    ) -> list[NoticeResult]:
        """Find out what came of reports that were begun and that nobody wants any more.

        Nothing is written. What the mall or the journal shows to have arrived is SENT; what may
        still show is UNKNOWN; what never arrived is NOT_SENT, and its steps are forgotten. REFUSED
        where the mall shows something else in its place. One result for each notice, in order.
        """

    def close(self) -> None:
        """Give back threads and connections."""


class ReviewsBuyers(Protocol):
    """A client of a mall where the shop rates the buyer."""

    def reviewable_orders(
        self,
        period: Period,
        *,
        known: Collection[str] | None = None,
        on_problem: Callable[[Unreadable], None] | None = None,
        on_other: Callable[[Order], None] | None = None,
    ) -> Iterator[Order]:
        """Stream the orders whose buyer has rated and that wait for the shop's review.

        Those of a period, then those of the numbers in `known`, which are read singly.
        `on_problem` takes what could not be read, `on_other` each order of `known` that waits for
        no review: not yet, or no more.
        """

    def send_review(self, review: BuyerReview, *, journal: Journal | None = None) -> WriteResult:
        """Post a review once; never again when the answer is lost."""

    def conclude_review(self, review: BuyerReview, *, journal: Journal) -> WriteResult:
        """Find out what came of a review that was begun and that nobody wants any more.

        Nothing is written; otherwise as `MallClient.conclude_notices`.
        """


class Journal(Protocol):
    """The memory of everything that changes a mall; it owns the clock of its steps.

    Each method is one transaction. It survives a crash at any moment.
    """

    def open(self, key: EntryKey, payload: str) -> Entry:
        """Return the entry of `key`, made if new.

        One of which no step was begun takes the new payload: nothing of the old one is anywhere.

        Raises:
            ConfigError: It exists with another payload, and steps: ask for a new revision.
        """

    def begin(self, key: EntryKey, step: str) -> bool:
        """Mark a step as begun, before its call; False if it was begun or done already."""

    def end(self, key: EntryKey, step: str, receipt: str = "") -> None:
        """Mark a step as done, with what the mall gave for it."""

    def drop(self, key: EntryKey, step: str) -> None:
        """Forget a begun step: its call is known to have had no effect."""

    def retake(self, key: EntryKey, step: str, after: timedelta) -> bool:
        """Begin a step anew that was begun `after` ago or earlier, and never ended.

        Of several that ask, one is told True; False, too, where it has ended or was forgotten.
        """


class TokenVault(Protocol):
    """Where renewed tokens live, so that processes share them. Values are secrets."""

    def load(self, name: str) -> str | None:
        """Return the token of that name, or None."""

    def save(self, name: str, value: str, expires_at: datetime | None) -> None:
        """Keep a token; an earlier one of that name is replaced."""


class HandlingSource(Protocol):
    """A host's own tables, instead of the store's handlings."""

    def handling(self, key: OrderKey) -> Handling | None:
        """Return what the shop says of an order, or None if it does not know it."""
