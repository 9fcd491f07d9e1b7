"""What the shop says of its orders: a `HandlingSource`. No mall ever writes here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen
from sqlalchemy import Connection, and_, select

from mallsync.errors import ConfigError
from mallsync.model.handling import Dispatch, Handling
from mallsync.model.order import OrderKey
from mallsync.store.database import Database, upsert
from mallsync.store.encoding import from_text, to_text
from mallsync.store.schema import handlings
from mallsync.store.shops import ShopKey, Shops

__all__ = ["Handlings", "handling_of", "insert_handlings"]

Change = Callable[[Handling], Handling]


@frozen
class Handlings:
    """The handlings of a store; their times are set here."""

    database: Database
    shops: Shops
    now: Callable[[], datetime] = field(repr=False)

    def handling(self, key: OrderKey) -> Handling | None:
        """Return what the shop says of an order; None if it has not been taken in."""
        shop = ShopKey(key.mall, key.shop_id)
        row = self.shops.row(shop)
        with self.database.read() as connection:
            return _read(connection, row, key.number, shop)

    def change(self, key: OrderKey, change: Change) -> Handling:
        """Replace a handling by what a function makes of it, in one transaction.

        Raises:
            ConfigError: The order has not been taken in.
        """
        shop = ShopKey(key.mall, key.shop_id)
        row, now = self.shops.row(shop), self.now()
        with self.database.write() as connection:
            old = _read(connection, row, key.number, shop, lock=True)
            if old is None:
                raise ConfigError(f"order {key.number} of {shop} has not been taken in: fetch it")
            new = evolve(change(old), created_at=old.created_at, updated_at=now)
            connection.execute(
                handlings.update()
                .where(handlings.c.shop == row, handlings.c.number == key.number)
                .values(_values(new))
            )
        return new

    def bundle(self, parent: OrderKey, children: Collection[OrderKey]) -> None:
        """Let orders be shipped with another, in one transaction.

        Raises:
            ConfigError: They are not of one shop, not taken in, or part of another bundle.
        """
        shop = ShopKey(parent.mall, parent.shop_id)
        numbers = [child.number for child in children]
        for child in children:
            if ShopKey(child.mall, child.shop_id) != shop or child == parent:
                raise ConfigError(f"order {child.number}: a bundle is of other orders of one shop")
        named = and_(handlings.c.shop == self.shops.row(shop), handlings.c.number.in_(numbers))
        with self.database.write() as connection:
            self._check_bundle(connection, parent, numbers)
            told = {"parent": parent.number, "updated_at": self.now()}
            connection.execute(handlings.update().where(named).values(told))

    def _check_bundle(self, connection: Connection, whole: OrderKey, numbers: list[str]) -> None:
        """Refuse what is no bundle; what it is about is locked, in one order for all."""
        shop = ShopKey(whole.mall, whole.shop_id)
        mine = handlings.c.shop == self.shops.row(shop)
        asked = select(handlings.c.number, handlings.c.parent).where(
            mine, handlings.c.number.in_([whole.number, *numbers])
        )
        rows = connection.execute(asked.order_by(handlings.c.number).with_for_update()).all()
        known = {one.number: one.parent for one in rows}
        parents = select(handlings.c.parent).where(mine, handlings.c.parent.in_(numbers))
        themselves_parents = set(connection.execute(parents).scalars())
        for number in (whole.number, *numbers):
            if number not in known:
                raise ConfigError(f"order {number} has not been taken in: see sync.why(key)")
        if known[whole.number] is not None:
            raise ConfigError(f"order {whole.number} is a child itself: name its parent")
        for number in numbers:
            if known[number] not in (None, whole.number) or number in themselves_parents:
                raise ConfigError(f"order {number} is part of another bundle: unbundle that")

    def bundled(self, shop: ShopKey) -> dict[str, str]:
        """Return by number the parent's number of every order that is shipped with another."""
        asked = select(handlings.c.number, handlings.c.parent).where(
            handlings.c.shop == self.shops.row(shop), handlings.c.parent.is_not(None)
        )
        with self.database.read() as connection:
            return {one.number: one.parent for one in connection.execute(asked)}

    def children(self, key: OrderKey) -> tuple[OrderKey, ...]:
        """Return the orders that are shipped together with this one, by number."""
        row = self.shops.row(ShopKey(key.mall, key.shop_id))
        asked = select(handlings.c.number).where(
            handlings.c.shop == row, handlings.c.parent == key.number
        )
        with self.database.read() as connection:
            numbers = connection.execute(asked.order_by(handlings.c.number)).scalars().all()
        return tuple(OrderKey(key.mall, key.shop_id, number) for number in numbers)


def handling_of(row: Any, shop: ShopKey) -> Handling:  # noqa: ANN401 -- a row of the table
    """Return the handling of a row."""
    parent = None if row.parent is None else OrderKey(shop.mall, shop.shop_id, row.parent)
    dispatches: tuple[Dispatch, ...] = from_text(row.dispatches, tuple[Dispatch, ...])
    return Handling(
        status=row.status,
        dispatches=dispatches,
        bundle_parent=parent,
        memo=row.memo,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def insert_handlings(
    connection: Connection, row: int, landed: Mapping[str, Handling], now: datetime
) -> None:
    """Let orders land, by number; one that is there already stays as the shop has it."""
    values = [
        {"shop": row, "number": number, "created_at": now, "updated_at": now, **_values(handling)}
        for number, handling in landed.items()
    ]
    if values:
        made = upsert(connection, handlings)
        connection.execute(made.on_conflict_do_nothing(), values)


def _read(
    connection: Connection, row: int, number: str, shop: ShopKey, *, lock: bool = False
) -> Handling | None:
    asked = select(handlings).where(handlings.c.shop == row, handlings.c.number == number)
    found = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    return None if found is None else handling_of(found, shop)


def _values(handling: Handling) -> dict[str, object]:
    return dict(_columns(handling))


def _columns(handling: Handling) -> Iterator[tuple[str, object]]:
    yield "status", handling.status
    yield "dispatches", to_text(handling.dispatches)
    yield "parent", None if handling.bundle_parent is None else handling.bundle_parent.number
    yield "memo", handling.memo
    if handling.updated_at is not None:
        yield "updated_at", handling.updated_at
