"""When each shop was fetched last: the signpost of a run, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import field, frozen
from sqlalchemy import select

from mallsync.store.database import Database, upsert
from mallsync.store.schema import fetches
from mallsync.store.shops import ShopKey, Shops

__all__ = ["Fetched", "Fetches"]


@frozen(kw_only=True)
class Fetched:
    """The last fetch of a shop.

    ``asked_from`` is the earliest moment that any fetch has asked for; ``ended_at`` is None while
    it runs, or where it was killed.
    """

    started_at: datetime
    asked_from: datetime
    ended_at: datetime | None
    trouble: str


@frozen
class Fetches:
    """The last fetch of each shop."""

    database: Database
    shops: Shops
    now: Callable[[], datetime] = field(repr=False)

    def begin(self, shop: ShopKey, asked_from: datetime) -> None:
        """Set the signpost: a fetch begins now, of orders since a moment."""
        before = self.last(shop)
        first = asked_from if before is None else min(asked_from, before.asked_from)
        values = {"started_at": self.now(), "ended_at": None, "trouble": "", "asked_from": first}
        row = self.shops.row(shop)
        with self.database.write() as connection:
            made = upsert(connection, fetches).values(shop=row, **values)
            connection.execute(made.on_conflict_do_update(index_elements=["shop"], set_=values))

    def end(self, shop: ShopKey, trouble: str = "") -> None:
        """Note that a fetch has ended, and what went wrong."""
        row = self.shops.row(shop)
        with self.database.write() as connection:
            connection.execute(
                fetches.update()
                .where(fetches.c.shop == row)
                .values(ended_at=self.now(), trouble=trouble)
            )

    def last(self, shop: ShopKey) -> Fetched | None:
        """Return the last fetch of a shop, None before the first."""
        row = self.shops.row(shop)
        with self.database.read() as connection:
            found = connection.execute(select(fetches).where(fetches.c.shop == row)).one_or_none()
        if found is None:
            return None
        return Fetched(
            started_at=found.started_at,
            asked_from=found.asked_from,
            ended_at=found.ended_at,
            trouble=found.trouble,
        )
