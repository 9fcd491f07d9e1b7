"""Where orders, handlings and write-backs are kept: in a file, in memory, or in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from mallsync.model.period import JST, require_aware
from mallsync.store.arrivals import Arrival, Arrived
from mallsync.store.care import Care, Purged
from mallsync.store.coverage import Coverage
from mallsync.store.database import Database
from mallsync.store.fetches import Fetches
from mallsync.store.handlings import Handlings
from mallsync.store.journal import Record, SqlJournal
from mallsync.store.leases import LeaseLost, Leases
from mallsync.store.orders import Importing, Kept, Mark, Orders, Stored
from mallsync.store.quarantine import Quarantine, Quarantined
from mallsync.store.schema import prepare
from mallsync.store.shops import ShopKey, Shops
from mallsync.store.tokens import Tokens

__all__ = [
    "Arrival",
    "Arrived",
    "Importing",
    "Kept",
    "LeaseLost",
    "Mark",
    "Purged",
    "Quarantined",
    "Record",
    "ShopKey",
    "SqlStore",
    "Stored",
]


def _now() -> datetime:
    return datetime.now(JST)


class SqlStore:
    """A store. Threads and processes may share it; close it after use.

    Args:
        url: ``sqlite:///orders.db``, ``sqlite://`` in memory, or
            ``postgresql+psycopg://user@host/name``. The tables are made if they are not there.
        clock: Returns now, aware; a sandbox's clock for tests.

    Raises:
        ConfigError: The URL names no database that it can use.
        StoreError: The database cannot be reached, or is of a newer mallsync.

    >>> with SqlStore("sqlite://") as store:
    ...     store.tokens.save("rakuma/my-shop", "made-up", None)
    ...     store.tokens.load("rakuma/my-shop")
    'made-up'
    """

    def __init__(self, url: str, *, clock: Callable[[], datetime] = _now) -> None:
        self.database = Database(url)
        # In Japan's zone, which leaps at no hour: in others half an hour may look like more.
        self.now: Callable[[], datetime] = lambda: require_aware(clock(), "clock")
        try:
            prepare(self.database)
        except BaseException:
            self.database.close()
            raise
        self.shops = Shops(self.database)
        self.orders = Orders(self.database, self.shops, self.now)
        self.handlings = Handlings(self.database, self.shops, self.now)
        self.coverage = Coverage(self.database, self.shops)
        self.fetches = Fetches(self.database, self.shops, self.now)
        self.quarantine = Quarantine(self.database, self.shops)
        self.journal = SqlJournal(self.database, self.shops, self.now)
        self.leases = Leases(self.database)
        self.tokens = Tokens(self.database)
        self.care = Care(self.database, self.now)

    def __enter__(self) -> Self:
        """Return the store; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()

    def __repr__(self) -> str:
        """Return the database, without a password."""
        return f"SqlStore({self.database.url.render_as_string(hide_password=True)!r})"

    def close(self) -> None:
        """Give back the connections."""
        self.database.close()
