"""Erasing personal data of old orders, and looking after the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen
from sqlalchemy import ColumnElement, Connection, and_, not_, select, tuple_

from mallsync.errors import StoreError
from mallsync.model.handling import Dispatch
from mallsync.model.order import Order, Shipment
from mallsync.model.writebacks import ShipmentNotice
from mallsync.store.database import Database
from mallsync.store.encoding import from_text, load_order, to_text, unpack_raw
from mallsync.store.journal import NOTICE, WRITE_BACKS, unfinished
from mallsync.store.schema import entries, handlings, orders, quarantine, shops

__all__ = ["Care", "Purged", "without_personal_data"]

_PAGE = 200


@frozen(kw_only=True)
class Purged:
    """What was erased: orders without their persons, raw records, the shop's notes, messages."""

    orders: int = 0
    raw_records: int = 0
    memos: int = 0
    messages: int = 0
    quarantined: int = 0


@frozen
class Care:
    """Looks after a store: erases what is personal and old, and verifies the rest."""

    database: Database
    now: Callable[[], datetime] = field(repr=False)

    def purge(self, before: datetime) -> Purged:
        """Erase what is personal of orders placed before a moment, raw records included.

        What can still be shipped is kept, and so is what the journal needs: order numbers, phases,
        amounts, carriers, tracking numbers and outcomes. The file keeps no copy in its free pages.

        Args:
            before: By the mall's order date, aware.
        """
        every = orders.c.shop.in_(select(shops.c.id))  # by the index, which begins with the shop
        old = and_(every, orders.c.ordered_at < before, not_(orders.c.is_open))
        purged = Purged()
        while True:
            with self.database.write() as connection:
                some = _erase_orders(
                    connection, and_(old, orders.c.purged_at.is_(None)), self.now()
                )
            purged = evolve(
                purged,
                orders=purged.orders + some.orders,
                raw_records=purged.raw_records + some.raw_records,
            )
            if not some.orders:
                break
        with self.database.write() as connection:
            purged = evolve(
                purged,
                memos=_erase_memos(connection, old),
                messages=_erase_messages(connection, old),
                quarantined=_erase_quarantined(connection, before),
            )
        self._forget_free_pages()
        return purged

    def check(self, *, repair: bool = False) -> tuple[str, ...]:
        """Return what is wrong with the store: the file, its links, and each order in it.

        Args:
            repair: Let the next fetch write orders anew that cannot be read: from the mall's record
                that is kept, or from the mall.
        """
        return tuple(self._problems(repair=repair))

    def _forget_free_pages(self) -> None:
        if not self.database.is_sqlite:
            return  # PostgreSQL's own vacuum does it
        connection = self.database.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            busy = 1
        finally:
            connection.close()
        if busy:
            raise StoreError(
                "it is erased from the tables, but still in the file while another process has it"
                " open: close the others and run it again"
            )

    def _problems(self, *, repair: bool) -> Iterator[str]:
        if self.database.is_sqlite:
            with self.database.read() as connection:
                told = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
                links = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            yield from (f"the file: {one}" for one in told if one != "ok")
            yield from (f"a row of {one[0]} belongs to nothing" for one in links)
        columns = (orders.c.shop, orders.c.number, orders.c.cache, orders.c.raw)
        asked = select(*columns).order_by(orders.c.shop, orders.c.number).limit(_PAGE)
        last = (0, "")
        while True:
            behind = tuple_(orders.c.shop, orders.c.number) > last
            with self.database.read() as connection:
                rows = connection.execute(asked.where(behind)).all()
            for row in rows:
                try:
                    load_order(row.cache, row.raw)
                except StoreError:
                    yield f"order {row.number} cannot be read: check --repair, then fetch it again"
                    if repair:
                        self._doubt(row.shop, row.number, row.raw)
            if len(rows) < _PAGE:
                break
            last = (rows[-1].shop, rows[-1].number)
        with self.database.read() as connection:
            yield from list(_damaged_texts(connection))

    def _doubt(self, shop: int, number: str, raw: bytes | None) -> None:
        """Let an order be read again: from its record, or from the mall if that is damaged too."""
        kept = raw if _is_readable(raw) else None
        with self.database.write() as connection:
            connection.execute(
                orders.update()
                .where(orders.c.shop == shop, orders.c.number == number)
                .values(codec=-1, digest="", raw=kept)
            )


def _damaged_texts(connection: Connection) -> Iterator[str]:
    """Yield what cannot be read of what the shop has said, and of what was written to a mall."""
    said = select(handlings.c.number, handlings.c.dispatches.label("text")).where(
        handlings.c.dispatches != "[]"
    )
    told = select(entries.c.number, entries.c.kind, entries.c.write_back.label("text")).where(
        entries.c.write_back.is_not(None)
    )
    some = {"yield_per": _PAGE}
    for row in connection.execute(said, execution_options=some):
        if not _is_text_of(row.text, tuple[Dispatch, ...]):
            yield f"what the shop said of order {row.number} cannot be read: restore a copy"
    for row in connection.execute(told, execution_options=some):
        if not _is_text_of(row.text, WRITE_BACKS[row.kind]):
            yield f"what was written of order {row.number} cannot be read: restore a copy"


def _is_text_of(text: str, kind: Any) -> bool:  # noqa: ANN401 -- an annotation
    try:
        from_text(text, kind)
    except StoreError:
        return False
    return True


def _is_readable(raw: bytes | None) -> bool:
    try:
        return raw is not None and unpack_raw(raw) is not None
    except StoreError:
        return False


def without_personal_data(order: Order) -> Order:
    """Return an order without the persons in it, and what they wrote.

    >>> from mallsync.model.order import Contact, OrderKey
    >>> from mallsync.model.period import JST
    >>> from mallsync.model.words import Phase
    >>> order = Order(key=OrderKey("rakuten", "s", "1"), phase=Phase.DONE, mall_status="700",
    ...     ordered_at=datetime(2026, 1, 1, tzinfo=JST), buyer=Contact(family_name="見本"))
    >>> without_personal_data(order).buyer is None
    True
    """
    return evolve(
        order,
        buyer=None,
        remarks="",
        messages=None,
        raw=None,
        shipments=tuple(_without_person(shipment) for shipment in order.shipments),
    )


def _without_person(shipment: Shipment) -> Shipment:
    return evolve(
        shipment,
        recipient=None,
        wish_slot="",
        drop_off="",
        noshi="",
        pick_up=None,
        items=tuple(evolve(item, options="") for item in shipment.items),
    )


def _erase_orders(connection: Connection, where: ColumnElement[bool], now: datetime) -> Purged:
    columns = (orders.c.shop, orders.c.number, orders.c.cache, orders.c.raw.is_not(None))
    rows = connection.execute(select(*columns).where(where).limit(_PAGE)).all()
    for shop, number, cached, _ in rows:
        erased = to_text(without_personal_data(load_order(cached)))
        connection.execute(
            orders.update()
            .where(orders.c.shop == shop, orders.c.number == number)
            .values(cache=erased, raw=None, purged_at=now)
        )
    return Purged(orders=len(rows), raw_records=sum(bool(row[3]) for row in rows))


def _of_old_orders(
    shop: ColumnElement[int], number: ColumnElement[str], old: ColumnElement[bool]
) -> ColumnElement[bool]:
    return (
        select(orders.c.number)
        .where(old, orders.c.shop == shop, orders.c.number == number)
        .exists()
    )


def _erase_memos(connection: Connection, old: ColumnElement[bool]) -> int:
    these = and_(handlings.c.memo != "", _of_old_orders(handlings.c.shop, handlings.c.number, old))
    return connection.execute(handlings.update().where(these).values(memo="")).rowcount


def _erase_messages(connection: Connection, old: ColumnElement[bool]) -> int:
    """Erase what buyers were told; the rest of what was sent is kept.

    What is in doubt stays whole: it may have to be sent again as it was.
    """
    mine = _of_old_orders(entries.c.shop, entries.c.number, old)
    asked = select(entries.c.id, entries.c.kind, entries.c.write_back).where(
        mine, entries.c.write_back.is_not(None), ~unfinished()
    )
    erased = 0
    for row in connection.execute(asked).all():
        told = None
        if row.kind == NOTICE:
            notice: ShipmentNotice = from_text(row.write_back, ShipmentNotice)
            if not notice.message:
                continue
            told = to_text(evolve(notice, message=""))
        connection.execute(entries.update().where(entries.c.id == row.id).values(write_back=told))
        erased += 1
    return erased


def _erase_quarantined(connection: Connection, before: datetime) -> int:
    these = and_(quarantine.c.first_seen_at < before, quarantine.c.raw.is_not(None))
    return connection.execute(quarantine.update().where(these).values(raw=None)).rowcount
