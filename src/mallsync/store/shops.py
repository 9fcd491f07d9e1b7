"""The shops of the store, by mall and id."""

from __future__ import annotations

from attrs import define, field, frozen
from sqlalchemy import Connection, select

from mallsync.store.database import Database, upsert
from mallsync.store.schema import shops

__all__ = ["ShopKey", "Shops"]


@frozen
class ShopKey:
    """What makes a shop one shop: the mall and the host's own id of the shop."""

    mall: str
    shop_id: str

    def __str__(self) -> str:
        """Return ``mall/shop_id``."""
        return f"{self.mall}/{self.shop_id}"


@define
class Shops:
    """Knows the row of each shop; asked outside of transactions, for a new shop is written."""

    database: Database
    _ids: dict[ShopKey, int] = field(factory=dict, repr=False)

    def row(self, shop: ShopKey) -> int:
        """Return the row id of a shop, which is made if it is new."""
        known = self._ids.get(shop)
        if known is None:
            known = self._ids[shop] = self._found(shop)
        return known

    def all(self) -> dict[int, ShopKey]:
        """Return every shop by its row id."""
        with self.database.read() as connection:
            rows = connection.execute(select(shops)).all()
        return {row.id: ShopKey(row.mall, row.shop_id) for row in rows}

    def _found(self, shop: ShopKey) -> int:
        with self.database.read() as connection:
            known = _id(connection, shop)
        if known is not None:
            return known
        with self.database.write() as connection:
            made = upsert(connection, shops).values(mall=shop.mall, shop_id=shop.shop_id)
            connection.execute(made.on_conflict_do_nothing())
            row = _id(connection, shop)
        assert row is not None  # noqa: S101 -- it was written a line above
        return row


def _id(connection: Connection, shop: ShopKey) -> int | None:
    return connection.execute(
        select(shops.c.id).where(shops.c.mall == shop.mall, shops.c.shop_id == shop.shop_id)
    ).scalar()
