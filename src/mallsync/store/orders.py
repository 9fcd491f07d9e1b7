"""Orders as the malls tell them: the raw record, and the normalised order as a cache of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from sys import intern
from typing import Any

from attrs import field, frozen
from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from mallsync.model.handling import Handling
from mallsync.model.journal import Lease
from mallsync.model.order import Order, OrderKey
from mallsync.model.sighting import Covered, Unreadable
from mallsync.model.words import Phase
from mallsync.model.writebacks import Outcome
from mallsync.store.arrivals import Arrival, Arrived, encoded_by_number, keep
from mallsync.store.coverage import cover
from mallsync.store.database import Database, in_batches
from mallsync.store.encoding import (
    ADDED_TO,
    CODEC,
    load_order,
    unpack_raw,
)
from mallsync.store.handlings import handling_of
from mallsync.store.journal import REVIEW
from mallsync.store.leases import require_held
from mallsync.store.quarantine import hold_back, let_go
from mallsync.store.schema import entries, handlings, orders, quarantine
from mallsync.store.shops import ShopKey, Shops

__all__ = ["Importing", "Kept", "Mark", "Orders", "Stored"]

_STALE = (  # as ranges, which an index knows
    orders.c.codec < ADDED_TO,
    and_(orders.c.codec > ADDED_TO, orders.c.codec < CODEC),
    orders.c.codec > CODEC,
)
_MILESTONES = (1_000, 10_000, 100_000)
"""New orders of a shop, as a process counts them, at which PostgreSQL is to look at its tables."""

_PAGE = 500


@frozen(kw_only=True)
class Mark:
    """What a fetch has to know of an order that is stored, without reading it.

    ``intake`` is ``""`` for one that has come in, else the code that says why it has not.
    """

    digest: str
    intake: str
    cancelled: bool


@frozen(kw_only=True)
class Stored:
    """An order with what the shop says of it; ``handling`` is None for one that is not taken in.

    ``digest`` changes whenever the mall's word does; for ``by_raw`` see `Arrival`.
    """

    order: Order
    handling: Handling | None
    intake: str
    digest: str
    first_seen_at: datetime
    changed_at: datetime
    by_raw: bool


@frozen
class Kept:
    """The mall's record of a stored order, and when it was cancelled."""

    number: str
    raw: object = field(repr=False)
    cancelled_at: datetime | None


@frozen
class Orders:
    """The orders of a store."""

    database: Database
    shops: Shops
    now: Callable[[], datetime] = field(repr=False)
    _grown: Counter[int] = field(init=False, factory=Counter, repr=False)

    def marks(self, shop: ShopKey, numbers: Iterable[str]) -> dict[str, Mark]:
        """Return what is known of those numbers that are stored."""
        row = self.shops.row(shop)
        columns = (orders.c.number, orders.c.digest, orders.c.intake, orders.c.cancelled_at)
        asked = select(*columns).where(orders.c.shop == row, orders.c.number.in_(list(numbers)))
        with self.database.read() as connection:
            return {
                one.number: Mark(
                    digest=one.digest, intake=one.intake, cancelled=one.cancelled_at is not None
                )
                for one in connection.execute(asked)
            }

    def tally(self, shop: ShopKey) -> dict[str, int]:
        """Count the orders of a shop by their intake: "" for what has come in, else the code."""
        asked = select(orders.c.intake, func.count().label("orders")).where(
            orders.c.shop == self.shops.row(shop)
        )
        with self.database.read() as connection:
            return {
                one.intake: one.orders
                for one in connection.execute(asked.group_by(orders.c.intake))
            }

    def watched(self, shop: ShopKey) -> dict[str, str]:
        """Return by number the mall's status of the orders that may still be shipped."""
        row = self.shops.row(shop)
        asked = select(orders.c.number, orders.c.mall_status).where(
            orders.c.shop == row, orders.c.is_open
        )
        with self.database.read() as connection:
            return {one.number: one.mall_status for one in connection.execute(asked)}

    def shipped(self, shop: ShopKey, start: datetime, end: datetime) -> list[str]:
        """Return the numbers of orders bought in [start, end) that are shipped and not done.

        Of those that have come in; what was purged since, or the mall did not know, is left out, as
        is one whose buyer we have rated.
        """
        asked = select(orders.c.number).where(
            _is_shipped(self.shops.row(shop)),
            orders.c.ordered_at >= start,
            orders.c.ordered_at < end,
            ~_has_review(),
        )
        with self.database.read() as connection:
            return sorted(connection.execute(asked).scalars())

    def move_on(self, shop: ShopKey, told: Sequence[Order]) -> None:
        """Keep what is told of orders that are still shipped and not done, in one transaction.

        The others have moved on since they were asked for, or were purged: that was later.
        """
        if not told:
            return
        row, now = self.shops.row(shop), self.now()
        numbers = [one.number for one in told]
        asked = select(orders.c.number).where(_is_shipped(row), orders.c.number.in_(numbers))
        with self.database.write() as connection:
            still = set(connection.execute(asked.with_for_update()).scalars())
            left = [Arrival(order=one) for one in told if one.number in still]
            keep(connection, row, left, encoded_by_number(left), now)

    def unwatch(self, shop: ShopKey, number: str) -> None:
        """Ask no more for an order that the mall does not know any more; what is kept stays.

        Should the mall know it again, it is written anew.
        """
        row = self.shops.row(shop)
        with self.database.write() as connection:
            connection.execute(
                orders.update()
                .where(orders.c.shop == row, orders.c.number == number)
                .values(is_open=False, digest="")
            )
            let_go(connection, row, [number])

    def held(self, shop: ShopKey, since: datetime) -> dict[str, str]:
        """Return by number the mall's status of the orders since a moment that need no reading.

        Those that another codec or a file has written, that the mall did not know, or that could
        not be read the last time, are not among them.
        """
        row = self.shops.row(shop)
        doubtful = select(quarantine.c.number).where(quarantine.c.shop == row)
        columns = (orders.c.number, orders.c.mall_status, orders.c.codec, orders.c.digest)
        asked = select(*columns).where(orders.c.shop == row, orders.c.ordered_at >= since)
        with self.database.read() as connection:
            left_out = set(connection.execute(doubtful).scalars())
            # Codec and digest are not asked for: of two indexes SQLite would take that of the
            # codec, which all have. Each status is one text, however many orders have it.
            return {
                one.number: intern(one.mall_status)
                for one in connection.execute(asked)
                if one.codec == CODEC and one.digest and one.number not in left_out
            }

    def arrive(
        self,
        shop: ShopKey,
        arrivals: Sequence[Arrival] = (),
        *,
        unreadable: Sequence[Unreadable] = (),
        covered: Covered | None = None,
        lease: Lease | None = None,
    ) -> Arrived:
        """Keep what a fetch has seen, in one transaction: orders first, then what is covered.

        An order that has not changed is not written; one whose handling is there keeps it.

        Raises:
            LeaseLost: Another process has taken over the shop; nothing of the batch is kept.
        """
        row, now = self.shops.row(shop), self.now()
        encoded = encoded_by_number(arrivals)
        with self.database.write() as connection:
            if lease is not None:
                require_held(connection, lease)
            moved, known = keep(connection, row, arrivals, encoded, now)
            hold_back(connection, row, unreadable, now)
            if covered is not None:
                cover(connection, row, covered)
        new = sum(number not in known for number in moved)
        if self._has_grown(row, new):
            with self.database.write() as connection:
                _look_over(connection)
        return Arrived(new=new, changed=len(moved) - new, unchanged=len(encoded) - len(moved))

    def _has_grown(self, row: int, new: int) -> bool:
        """Count the new orders of a shop; tell whether PostgreSQL should look at its tables now."""
        before, after = self._grown[row], self._grown[row] + new
        self._grown[row] = after
        return not self.database.is_sqlite and any(before < one <= after for one in _MILESTONES)

    @contextmanager
    def importing(self, shop: ShopKey, lease: Lease) -> Iterator[Importing]:
        """Open one transaction in which a whole file comes in, or nothing of it.

        Raises:
            LeaseLost: Another process has taken over the shop; nothing is kept.
        """
        row, now = self.shops.row(shop), self.now()
        with self.database.write() as connection:
            require_held(connection, lease)
            yield Importing(connection, shop, row, now, partial(self._has_grown, row))

    def get(self, key: OrderKey, *, raw: bool = False) -> Stored | None:
        """Return one order, or None."""
        return self.load(ShopKey(key.mall, key.shop_id), [key.number], raw=raw).get(key.number)

    def load(
        self, shop: ShopKey, numbers: Iterable[str], *, raw: bool = False
    ) -> dict[str, Stored]:
        """Return those numbers that are stored; with ``raw``, the mall's records on them, too."""
        row = self.shops.row(shop)
        found: dict[str, Stored] = {}
        for some in in_batches(numbers):
            with self.database.read() as connection:
                found |= _load(connection, shop, row, some, raw=raw)
        return found

    def find(
        self,
        shop: ShopKey,
        *,
        where: ColumnElement[bool] | None = None,
        raw: bool = False,
    ) -> Iterator[Stored]:
        """Yield the orders of a shop by number, page by page: nothing stays open in between."""
        asked = _select(raw=raw).where(orders.c.shop == self.shops.row(shop))
        asked = asked.order_by(orders.c.number).limit(_PAGE)
        if where is not None:
            asked = asked.where(where)
        last = ""
        while True:
            with self.database.read() as connection:
                rows = connection.execute(asked.where(orders.c.number > last)).all()
            yield from (_stored(row, shop) for row in rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1].number

    def by_status(self, shop: ShopKey, status: str) -> Iterator[Stored]:
        """Yield the orders of a shop that the host has in a status."""
        return self.find(shop, where=handlings.c.status == status)

    def to_report(
        self, shop: ShopKey, since: datetime, number: str | None = None
    ) -> Iterator[Stored]:
        """Yield the orders that a plan has to look at: taken in, and still open at the mall.

        Of those that are past that, the ones that the shop has touched since a moment; with a
        number only that order, if it is one of them.
        """
        row = self.shops.row(shop)
        is_open = select(orders.c.number).where(orders.c.shop == row, orders.c.is_open)
        touched = select(handlings.c.number).where(
            handlings.c.shop == row,
            handlings.c.updated_at >= since,
            handlings.c.dispatches != "[]",
        )
        if number is not None:
            is_open = is_open.where(orders.c.number == number)
            touched = touched.where(handlings.c.number == number)
        with self.database.read() as connection:
            # Each by its own index: most orders of an old store are neither.
            numbers = {
                one.number for asked in (is_open, touched) for one in connection.execute(asked)
            }
        for some in in_batches(sorted(numbers)):
            found = self.load(shop, some, raw=True)
            yield from (
                found[one] for one in some if one in found and found[one].handling is not None
            )

    def stale(self, shop: ShopKey) -> Iterator[Kept]:
        """Yield what is kept of orders that another codec has written: what it made is not read.

        Those that files have added to stay as they are: their record would not make them again.
        """
        row, last = self.shops.row(shop), ""
        if not self._has_stale(row):
            return
        asked = (
            select(orders.c.number, orders.c.raw, orders.c.cancelled_at)
            .where(orders.c.shop == row, or_(*_STALE))
            .where(orders.c.raw.is_not(None))
            .order_by(orders.c.number)
            .limit(_PAGE)
        )
        while True:
            with self.database.read() as connection:
                rows = connection.execute(asked.where(orders.c.number > last)).all()
            for one in rows:
                yield Kept(one.number, unpack_raw(one.raw), one.cancelled_at)
            if len(rows) < _PAGE:
                return
            last = rows[-1].number

    def _has_stale(self, row: int) -> bool:
        """Tell whether there is any; nearly always there is none."""
        asked = (select(orders.c.codec).where(orders.c.shop == row, one).limit(1) for one in _STALE)
        with self.database.read() as connection:
            return any(connection.execute(one).first() is not None for one in asked)


@frozen
class Importing:
    """A file on its way into the store, within one transaction."""

    _connection: Connection
    _shop: ShopKey
    _row: int
    _now: datetime
    _has_grown: Callable[[int], bool]

    def load(self, numbers: Sequence[str]) -> dict[str, Stored]:
        """Return those numbers that are stored, with their raw records; no more than some 500."""
        return _load(self._connection, self._shop, self._row, numbers, raw=True)

    def keep(self, arrivals: Sequence[Arrival]) -> Arrived:
        """Keep orders as they are known now; one that only comes in has not changed."""
        encoded = encoded_by_number(arrivals)
        _, known = keep(self._connection, self._row, arrivals, encoded, self._now)
        new = len(encoded) - len(known)
        if self._has_grown(new):
            _look_over(self._connection)
        changed = sum(digest != encoded[number].digest for number, (digest, *_) in known.items())
        return Arrived(new=new, changed=changed, unchanged=len(known) - changed)

    def move(self, numbers: Sequence[str], status: str) -> None:
        """Set the host status of orders that have been taken in."""
        mine = and_(handlings.c.shop == self._row, handlings.c.number.in_(numbers))
        moved = {"status": status, "updated_at": self._now}
        self._connection.execute(
            handlings.update().where(mine, handlings.c.status != status).values(moved)
        )


def _look_over(connection: Connection) -> None:
    """Let PostgreSQL look at the tables, which it does by itself once a minute at most.

    Until then it takes a shop for a small one, and walks through all of its orders for a few
    numbers. Not while someone else works on the tables: it is for speed alone.
    """
    with suppress(SQLAlchemyError), connection.begin_nested():
        connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
        connection.exec_driver_sql("ANALYZE orders, handlings")
        connection.exec_driver_sql("SET LOCAL lock_timeout = DEFAULT")


def _is_shipped(shop: int) -> ColumnElement[bool]:
    """Return what is true of orders that are shipped and not done, have come in, and are whole."""
    return and_(
        orders.c.shop == shop,
        orders.c.phase == Phase.SHIPPED.value,
        orders.c.intake == "",
        orders.c.purged_at.is_(None),
        orders.c.digest != "",
    )


def _has_review() -> ColumnElement[bool]:
    """Return what is true of orders whose buyer we have rated: most of them, after a while."""
    return exists().where(
        entries.c.shop == orders.c.shop,
        entries.c.number == orders.c.number,
        entries.c.kind == REVIEW,
        entries.c.outcome == Outcome.SENT.value,
    )


def _load(
    connection: Connection, shop: ShopKey, row: int, numbers: Sequence[str], *, raw: bool
) -> dict[str, Stored]:
    asked = _select(raw=raw).where(orders.c.shop == row, orders.c.number.in_(numbers))
    return {one.number: _stored(one, shop) for one in connection.execute(asked)}


def _select(*, raw: bool) -> Select[Any]:
    """Return a select of orders, each with the shop's handling in columns of the same names."""
    left_out = () if raw else (orders.c.raw,)
    joined = orders.outerjoin(
        handlings,
        and_(handlings.c.shop == orders.c.shop, handlings.c.number == orders.c.number),
    )
    told = [one for one in orders.c if one not in left_out]
    said = [one for one in handlings.c if one.name not in orders.c]
    return select(*told, *said).select_from(joined)


def _stored(row: Any, shop: ShopKey) -> Stored:  # noqa: ANN401 -- a row of the select above
    return Stored(
        order=load_order(row.cache, getattr(row, "raw", None)),
        handling=None if row.status is None else handling_of(row, shop),
        intake=row.intake,
        digest=row.digest,
        first_seen_at=row.first_seen_at,
        changed_at=row.changed_at,
        by_raw=row.codec != ADDED_TO,
    )
