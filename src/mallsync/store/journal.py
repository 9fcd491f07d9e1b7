"""The memory of everything that changes a mall: a `Journal`, and what a sync asks of it beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from attrs import field, frozen
from sqlalchemy import ColumnElement, Connection, and_, exists, literal, or_, select

from mallsync.errors import ConfigError
from mallsync.model.journal import Entry, EntryKey, Step, StepState
from mallsync.model.order import OrderKey
from mallsync.model.writebacks import BuyerReview, Outcome, ShipmentNotice
from mallsync.store.database import Database, upsert, wrote
from mallsync.store.encoding import from_text, to_text
from mallsync.store.schema import entries, steps
from mallsync.store.shops import ShopKey, Shops

__all__ = ["NOTICE", "REVIEW", "Record", "SqlJournal", "WriteBack"]

WriteBack = ShipmentNotice | BuyerReview

NOTICE, REVIEW = "notice", "review"
_KINDS: dict[str, type] = {NOTICE: ShipmentNotice, REVIEW: BuyerReview}


@frozen(kw_only=True)
class Record:
    """One write-back as the store remembers it.

    ``outcome`` is None before the first attempt has ended; ``begun`` tells whether a call of it may
    have reached the mall without its end being known.
    """

    key: EntryKey
    write_back: WriteBack | None = field(repr=False)
    outcome: Outcome | None
    code: str
    made_at: datetime
    told_at: datetime | None
    confirmed_at: datetime | None
    begun: bool

    @property
    def in_doubt(self) -> bool:
        """Whether nobody knows what came of it, until a reconciliation or a fetch tells."""
        unknown = self.begun or self.outcome is Outcome.UNKNOWN
        return unknown and self.confirmed_at is None

    @property
    def is_sent(self) -> bool:
        """Whether it is known to be on the mall."""
        return self.outcome is Outcome.SENT and not self.in_doubt


@frozen
class SqlJournal:
    """The journal of a store. Each method is one transaction; it survives a crash at any moment.

    Args:
        database: Where it is kept.
        shops: The shops of the store.
        now: The journal's clock, aware.
    """

    database: Database
    shops: Shops
    now: Callable[[], datetime] = field(repr=False)

    # ------------------------------------------------------------------------- for the adapters

    def open(self, key: EntryKey, payload: str) -> Entry:
        """Return the entry of `key`, made if new.

        One of which no step was begun takes the new payload: nothing of the old one is anywhere.

        Raises:
            ConfigError: It exists with another payload and has steps: ask for a new revision.
        """
        row, now = self.shops.row(_shop(key)), self.now()
        with self.database.write() as connection:
            if _entry(connection, row, key) is None:
                _insert(connection, row, key, payload, now)
            found = _entry(connection, row, key)
            told = _steps(connection, found.id)
            if found.payload != payload:
                if told:
                    raise ConfigError("this write-back has another payload: ask for a new revision")
                connection.execute(
                    entries.update().where(entries.c.id == found.id).values(payload=payload)
                )
        return Entry(key=key, payload=payload, steps=told)

    def begin(self, key: EntryKey, step: str) -> bool:
        """Mark a step as begun, before its call; False if it was begun or done already."""
        row, now = self.shops.row(_shop(key)), self.now()
        with self.database.write() as connection:
            made = upsert(connection, steps).values(
                entry=_ident(connection, row, key),
                name=step,
                state=StepState.BEGUN.value,
                receipt="",
                begun_at=now,
            )
            return wrote(connection, made.on_conflict_do_nothing())

    def end(self, key: EntryKey, step: str, receipt: str = "") -> None:
        """Mark a step as done, with what the mall gave for it."""
        row, now = self.shops.row(_shop(key)), self.now()
        with self.database.write() as connection:
            connection.execute(
                steps.update()
                .where(steps.c.entry == _ident(connection, row, key), steps.c.name == step)
                .values(state=StepState.DONE.value, receipt=receipt, ended_at=now)
            )

    def drop(self, key: EntryKey, step: str) -> None:
        """Forget a begun step: its call is known to have had no effect."""
        row = self.shops.row(_shop(key))
        with self.database.write() as connection:
            connection.execute(
                steps.delete().where(
                    steps.c.entry == _ident(connection, row, key), steps.c.name == step
                )
            )

    def retake(self, key: EntryKey, step: str, after: timedelta) -> bool:
        """Begin a step anew that was begun `after` ago or earlier, and never ended.

        In one statement: of several that ask, one is told True.
        """
        row, now = self.shops.row(_shop(key)), self.now()
        with self.database.write() as connection:
            take = (
                steps.update()
                .where(
                    steps.c.entry == _ident(connection, row, key),
                    steps.c.name == step,
                    steps.c.state == StepState.BEGUN.value,
                    steps.c.begun_at <= now - after,
                )
                .values(begun_at=now)
            )
            return wrote(connection, take)

    # ----------------------------------------------------------------------------- for the sync

    def claim(self, key: EntryKey, write_back: WriteBack) -> Record:
        """Keep what is about to be written, so that any later run can go on with it.

        What was begun already stays what it is: a step of it may be on the mall.
        """
        row, now = self.shops.row(_shop(key)), self.now()
        with self.database.write() as connection:
            found = _entry(connection, row, key)
            ident = _insert(connection, row, key, "", now) if found is None else found.id
            if not _steps(connection, ident):
                connection.execute(
                    entries.update()
                    .where(entries.c.id == ident)
                    .values(write_back=to_text(write_back))
                )
            return _record(_one(connection, entries.c.id == ident), key)

    def settle(self, key: EntryKey, outcome: Outcome, code: str = "") -> None:
        """Keep what came of an attempt.

        What was SENT stays so; what has a step whose end is not known is UNKNOWN, whatever another
        attempt came to.
        """
        row, now = self.shops.row(_shop(key)), self.now()
        with self.database.write() as connection:
            record = _one(connection, _is(row, key))
            if record.outcome == Outcome.SENT.value and outcome is not Outcome.SENT:
                return
            told = Outcome.UNKNOWN if record.begun and outcome is not Outcome.SENT else outcome
            connection.execute(
                entries.update()
                .where(entries.c.id == record.id)
                .values(outcome=told.value, code=code, told_at=now)
            )

    def confirm(self, key: EntryKey) -> None:
        """Note that a fetch has seen a write-back on the mall; that also ends any doubt of it."""
        row, now = self.shops.row(_shop(key)), self.now()
        with self.database.write() as connection:
            ident = _ident(connection, row, key)
            connection.execute(
                entries.update()
                .where(entries.c.id == ident)
                .values(confirmed_at=now, outcome=Outcome.SENT.value, code="")
            )

    def records(self, order: OrderKey) -> tuple[Record, ...]:
        """Return every write-back to an order, the oldest first."""
        shop = ShopKey(order.mall, order.shop_id)
        number = entries.c.number == order.number
        return tuple(self._find(shop, number))

    def of(self, shop: ShopKey, numbers: list[str]) -> dict[EntryKey, Record]:
        """Return the write-backs to some orders of a shop."""
        return {one.key: one for one in self._find(shop, entries.c.number.in_(numbers))}

    def unfinished(self, shop: ShopKey) -> tuple[Record, ...]:
        """Return the write-backs whose end is not known, the oldest first."""
        in_doubt = or_(entries.c.outcome == Outcome.UNKNOWN.value, _is_open())
        return tuple(self._find(shop, and_(_may_be_resumed(), in_doubt)))

    def unconfirmed(self, shop: ShopKey) -> tuple[Record, ...]:
        """Return the write-backs that may be on the mall and were not seen there yet."""
        may_be = or_(
            entries.c.outcome.in_([Outcome.SENT.value, Outcome.UNKNOWN.value]), _is_open()
        )
        return tuple(self._find(shop, and_(_may_be_resumed(), may_be)))

    def _find(self, shop: ShopKey, where: ColumnElement[bool]) -> Iterator[Record]:
        row = self.shops.row(shop)
        asked = _selected().where(entries.c.shop == row, where).order_by(entries.c.id)
        with self.database.read() as connection:
            rows = connection.execute(asked).all()
        for one in rows:
            order = OrderKey(shop.mall, shop.shop_id, one.number)
            yield _record(one, EntryKey(order, one.shipment, one.kind, one.revision))


def _shop(key: EntryKey) -> ShopKey:
    return ShopKey(key.order.mall, key.order.shop_id)


def _is(row: int, key: EntryKey) -> ColumnElement[bool]:
    return and_(
        entries.c.shop == row,
        entries.c.number == key.order.number,
        entries.c.shipment == key.shipment,
        entries.c.kind == key.kind,
        entries.c.revision == key.revision,
    )


def _entry(connection: Connection, row: int, key: EntryKey) -> Any:  # noqa: ANN401 -- a row, or None
    asked = select(entries.c.id, entries.c.payload).where(_is(row, key)).with_for_update()
    return connection.execute(asked).one_or_none()


def _ident(connection: Connection, row: int, key: EntryKey) -> int:
    """Return the row of an entry, which was opened before."""
    ident: int = connection.execute(select(entries.c.id).where(_is(row, key))).scalar_one()
    return ident


def _insert(connection: Connection, row: int, key: EntryKey, payload: str, now: datetime) -> int:
    made = upsert(connection, entries).values(
        shop=row,
        number=key.order.number,
        shipment=key.shipment,
        kind=key.kind,
        revision=key.revision,
        payload=payload,
        outcome="",
        code="",
        made_at=now,
    )
    # Of two processes that make it at the same moment the other's stands.
    connection.execute(made.on_conflict_do_nothing())
    return _ident(connection, row, key)


def _steps(connection: Connection, ident: int) -> tuple[Step, ...]:
    asked = select(steps).where(steps.c.entry == ident).order_by(steps.c.begun_at, steps.c.name)
    return tuple(
        Step(name=one.name, state=StepState(one.state), receipt=one.receipt)
        for one in connection.execute(asked)
    )


def _has_step(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return what is true of entries with a step, their own or one of their lines'.

    A client of Qoo10 writes each line under an entry of its own; the shipment that the sync has
    claimed is named by its lines, joined by commas.
    """
    part = entries.alias("part")
    joined = literal(",").concat(entries.c.shipment).concat(",")
    is_line = and_(
        part.c.write_back.is_(None),
        joined.like(literal("%,").concat(part.c.shipment).concat(",%")),
    )
    same = [part.c[name] == entries.c[name] for name in ("shop", "number", "kind", "revision")]
    own_or_line = or_(part.c.id == entries.c.id, is_line)
    return exists().where(*same, own_or_line, steps.c.entry == part.c.id, *which)


def _has_begun_step() -> ColumnElement[bool]:
    return _has_step(steps.c.state == StepState.BEGUN.value)


def _is_open() -> ColumnElement[bool]:
    """Return what is true of entries with a step that has begun, or that no outcome was kept of."""
    untold = and_(entries.c.outcome == "", _has_step())
    return or_(_has_begun_step(), untold)


def _may_be_resumed() -> ColumnElement[bool]:
    """Return what is true of entries of the sync that no fetch has seen on the mall yet."""
    return and_(entries.c.confirmed_at.is_(None), entries.c.write_back.is_not(None))


def _selected() -> Any:  # noqa: ANN401 -- a select of SQLAlchemy's
    return select(entries, _has_begun_step().label("begun"))


def _one(connection: Connection, where: ColumnElement[bool]) -> Any:  # noqa: ANN401 -- a row
    return connection.execute(_selected().where(where)).one()


def _record(row: Any, key: EntryKey) -> Record:  # noqa: ANN401 -- a row of the select above
    told = row.write_back
    return Record(
        key=key,
        write_back=None if told is None else from_text(told, _KINDS[key.kind]),
        outcome=Outcome(row.outcome) if row.outcome else None,
        code=row.code,
        made_at=row.made_at,
        told_at=row.told_at,
        confirmed_at=row.confirmed_at,
        begun=bool(row.begun),
    )
