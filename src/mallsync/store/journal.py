"""The memory of everything that changes a mall: a `Journal`, and what a sync asks of it beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import field, frozen
from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    text,
)

from mallsync.errors import ConfigError, StoreError
from mallsync.model.journal import WITHDRAWN, Entry, EntryKey, Step, StepState
from mallsync.model.order import OrderKey
from mallsync.model.writebacks import BuyerReview, Outcome, ShipmentNotice
from mallsync.store.database import Database, in_batches
from mallsync.store.encoding import from_text, to_text
from mallsync.store.prepared import Change, Prepared
from mallsync.store.schema import Moment, entries, steps
from mallsync.store.shops import ShopKey, Shops

__all__ = [
    "NOTICE",
    "REVIEW",
    "Record",
    "SqlJournal",
    "Tally",
    "WriteBack",
    "unfinished",
]

WriteBack = ShipmentNotice | BuyerReview

NOTICE, REVIEW = "notice", "review"
WRITE_BACKS: dict[str, type] = {NOTICE: ShipmentNotice, REVIEW: BuyerReview}


@frozen(kw_only=True)
class Tally:
    """How many orders of a shop have a report that is on the mall, and that was seen there.

    ``others`` are those whose report did not arrive, or may not have: by the mall's code, or by
    the outcome.
    """

    sent: int
    confirmed: int
    others: Mapping[str, int]


@frozen(kw_only=True)
class Record:
    """One write-back as the store remembers it.

    ``outcome`` is None before the first attempt has ended; ``begun`` tells whether a call of it may
    have reached the mall without its end being known, ``done`` whether one is known to have.
    """

    key: EntryKey
    write_back: WriteBack | None = field(repr=False)
    outcome: Outcome | None
    code: str
    made_at: datetime
    told_at: datetime | None
    confirmed_at: datetime | None
    begun: bool
    done: bool

    @property
    def in_doubt(self) -> bool:
        """Whether nobody knows what came of it, until a reconciliation or a fetch tells."""
        unknown = self.begun or self.outcome is Outcome.UNKNOWN
        return unknown and self.confirmed_at is None

    @property
    def half_done(self) -> bool:
        """Whether a part of it is on the mall, and the rest is known not to be."""
        return self.done and not self.in_doubt and self.outcome is not Outcome.SENT

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
        named = self._named(key)
        with self.database.change() as change:
            found = _found_or_made(change, named, self.now(), payload=payload)
            told = _steps(found)
            if found and found[0].payload != payload:
                if change.write(_SET_PAYLOAD, {"told": payload, **named}) != 1:
                    raise ConfigError("this write-back has another payload: ask for a new revision")
                told = ()
        return Entry(key=key, payload=payload, steps=told)

    def begin(self, key: EntryKey, step: str) -> bool:
        """Mark a step as begun, before its call; False if it was begun or done already."""
        named = self._named(key)
        with self.database.change() as change:
            return change.write(_BEGIN, {"step": step, "now": self.now(), **named}) == 1

    def end(self, key: EntryKey, step: str, receipt: str = "") -> None:
        """Mark a step as done, with what the mall gave for it."""
        named = self._named(key)
        with self.database.change() as change:
            change.write(_END, {"step": step, "told": receipt, "now": self.now(), **named})

    def drop(self, key: EntryKey, step: str) -> None:
        """Forget a begun step: its call is known to have had no effect."""
        named = self._named(key)
        with self.database.change() as change:
            change.write(_DROP, {"step": step, **named})

    def retake(self, key: EntryKey, step: str, after: timedelta) -> bool:
        """Begin a step anew that was begun `after` ago or earlier, and never ended.

        In one statement: of several that ask, one is told True.
        """
        now = self.now()
        named = self._named(key)
        with self.database.change() as change:
            values = {"step": step, "now": now, "before": now - after, **named}
            return change.write(_RETAKE, values) == 1

    # ----------------------------------------------------------------------------- for the sync

    def claim(self, key: EntryKey, write_back: WriteBack) -> Record:
        """Keep what is about to be written, so that any later run can go on with it.

        What was begun already stays what it is: a step of it may be on the mall.
        """
        told = to_text(write_back)
        named = self._named(key)
        with self.database.change() as change:
            found = _found_or_made(change, named, self.now(), write_back=told)
            if found and found[0].write_back != told:
                change.write(_SET_WRITE_BACK, {"told": told, **named})
            (row,) = change.rows(_RECORD, named)
        return _record(row, key)

    def settle(self, key: EntryKey, outcome: Outcome, code: str = "") -> Outcome:
        """Keep what came of an attempt, and return what is kept.

        What was SENT stays so; what has a step whose end is not known is UNKNOWN, whatever another
        attempt came to.

        Raises:
            StoreError: It was never claimed, or its row is gone.
        """
        named = self._named(key)
        told = outcome
        with self.database.change() as change:
            if outcome is not Outcome.SENT:
                change.rows(_FIND, named)  # locks it: what is read next stays so
                for record in change.rows(_RECORD, named):
                    if record.outcome == Outcome.SENT.value:
                        return Outcome.SENT
                    told = Outcome.UNKNOWN if record.begun else outcome
            values = {"told": told.value, "said": code, "now": self.now(), **named}
            if change.write(_SETTLE, values) != 1:
                raise StoreError("this write-back is not in the journal: run mallsync store check")
        return told

    def give_up(self, key: EntryKey, after: timedelta) -> None:
        """Forget what was begun of a write-back whose order the mall does not know any more.

        Nothing is forgotten that was begun less than `after` ago: the order may show again.
        """
        now = self.now()
        named = self._named(key)
        with self.database.change() as change:
            begun = change.rows(_BEGUN_AT, named)
            if any(one.begun_at > now - after for one in begun):
                return
            for one in begun:
                change.write(_FORGET, {"id": one.entry})

    def confirm(self, key: EntryKey) -> None:
        """Note that a fetch has seen a write-back on the mall; that also ends any doubt of it."""
        named = self._named(key)
        with self.database.change() as change:
            change.write(_CONFIRM, {"now": self.now(), **named})

    def records(self, order: OrderKey) -> tuple[Record, ...]:
        """Return every write-back to an order, the oldest first."""
        shop = ShopKey(order.mall, order.shop_id)
        number = entries.c.number == order.number
        return tuple(self._find(shop, number))

    def of(
        self, shop: ShopKey, numbers: list[str], *, kinds: Collection[str] = (NOTICE, REVIEW)
    ) -> dict[EntryKey, Record]:
        """Return the write-backs to some orders of a shop; no other kind is read."""
        wanted = entries.c.kind.in_(kinds)
        found = (
            self._find(shop, and_(wanted, entries.c.number.in_(some)))
            for some in in_batches(numbers)
        )
        return {one.key: one for some in found for one in some}

    def unfinished(self, shop: ShopKey) -> tuple[Record, ...]:
        """Return the write-backs whose end is not known, or whose rest is to be made, by age."""
        return tuple(self._find(shop, unfinished()))

    def unconfirmed(self, shop: ShopKey) -> tuple[Record, ...]:
        """Return the write-backs that may be on the mall and were not seen there yet."""
        may_be = or_(entries.c.outcome.in_([Outcome.SENT.value, Outcome.UNKNOWN.value]), _is_open())
        return tuple(self._find(shop, and_(_may_be_resumed(), may_be)))

    def tally(self, shop: ShopKey) -> Tally:
        """Count the orders of a shop that a report was sent of, or tried to be.

        What was claimed and never begun is as if it had not been: a plan sends it.
        """
        tried = or_(entries.c.outcome != "", entries.c.code != "", _has_step())
        noted = and_(entries.c.kind == NOTICE, entries.c.write_back.is_not(None), tried)
        asked = _TALLY.where(entries.c.shop == self.shops.row(shop), noted)
        orders = asked.group_by(entries.c.number).subquery()
        counted = select(*orders.c, func.count()).group_by(*orders.c)
        with self.database.read() as connection:
            rows = connection.execute(counted).all()
        others: Counter[str] = Counter()
        for is_sent, _, outcome, code, count in rows:
            if not is_sent:
                others[code or outcome or Outcome.UNKNOWN.value] += count
        return Tally(
            sent=sum(count for is_sent, *_, count in rows if is_sent),
            confirmed=sum(count for is_sent, is_seen, *_, count in rows if is_sent and is_seen),
            others=others,
        )

    def _find(self, shop: ShopKey, where: ColumnElement[bool]) -> Iterator[Record]:
        row = self.shops.row(shop)
        asked = _RECORDS.where(entries.c.shop == row, where).order_by(entries.c.id)
        with self.database.read() as connection:
            rows = connection.execute(asked).all()
        for one in rows:
            order = OrderKey(shop.mall, shop.shop_id, one.number)
            yield _record(one, EntryKey(order, one.shipment, one.kind, one.revision))

    def _named(self, key: EntryKey) -> dict[str, object]:
        """Return the values that name an entry in a statement."""
        return {
            "key_shop": self.shops.row(ShopKey(key.order.mall, key.order.shop_id)),
            "key_number": key.order.number,
            "key_shipment": key.shipment,
            "key_kind": key.kind,
            "key_revision": key.revision,
        }


# ------------------------------------------------------------------------------------- statements
#
# They are prepared once: to look one up costs more than to carry it out.

_IS = and_(
    *(
        entries.c[name] == bindparam(f"key_{name}")
        for name in ("shop", "number", "shipment", "kind", "revision")
    )
)
_IDENT = select(entries.c.id).where(_IS).scalar_subquery()
_STEP = and_(steps.c.entry == _IDENT, steps.c.name == bindparam("step"))


def _has_step(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return what is true of entries with a step, their own or one of their lines'."""
    part = entries.alias("part")
    return exists().where(_is_part(part), steps.c.entry == part.c.id, *which)


def _is_part(part: FromClause) -> ColumnElement[bool]:
    """Return what is true of an entry's own row, and of those of its lines.

    A client of Qoo10 writes each line under an entry of its own; the shipment that the sync has
    claimed is named by its lines, joined by commas.
    """
    joined = literal(",").concat(entries.c.shipment).concat(",")
    is_line = and_(
        part.c.write_back.is_(None),
        joined.like(literal("%,").concat(part.c.shipment).concat(",%")),
    )
    same = [part.c[name] == entries.c[name] for name in ("shop", "number", "kind", "revision")]
    return and_(*same, or_(part.c.id == entries.c.id, is_line))


def _has_begun_step() -> ColumnElement[bool]:
    return _has_step(steps.c.state == StepState.BEGUN.value)


def _has_done_step() -> ColumnElement[bool]:
    return _has_step(steps.c.state == StepState.DONE.value)


def _is_open() -> ColumnElement[bool]:
    """Return what is true of entries with a step that has begun, or that no outcome was kept of."""
    untold = and_(entries.c.outcome == "", _has_step())
    return or_(_has_begun_step(), untold)


def unfinished() -> ColumnElement[bool]:
    """Return what is true of entries of the sync that somebody has to go on with.

    Their end is not known, or a part of them is on the mall and the rest was not sent. One that was
    refused, or withdrawn, has an end.
    """
    unknown = entries.c.outcome == Outcome.UNKNOWN.value
    not_sent = entries.c.outcome == Outcome.NOT_SENT.value
    half_done = and_(not_sent, entries.c.code != WITHDRAWN, _has_done_step())
    return and_(_may_be_resumed(), or_(unknown, _is_open(), half_done))


def _may_be_resumed() -> ColumnElement[bool]:
    """Return what is true of entries of the sync that no fetch has seen on the mall yet."""
    return and_(entries.c.confirmed_at.is_(None), entries.c.write_back.is_not(None))


_TALLY = select(
    func.max(case((entries.c.outcome == Outcome.SENT.value, 1), else_=0)).label("is_sent"),
    func.max(case((entries.c.confirmed_at.is_not(None), 1), else_=0)).label("is_seen"),
    func.max(entries.c.outcome).label("outcome"),
    func.max(entries.c.code).label("code"),
)
_RECORDS = select(entries, _has_begun_step().label("begun"), _has_done_step().label("done"))
_RECORD = Prepared(_RECORDS.where(_IS))
_FIND = Prepared(
    select(
        entries.c.payload,
        entries.c.write_back,
        steps.c.name.label("step"),
        steps.c.state,
        steps.c.receipt,
    )
    .select_from(entries.outerjoin(steps, steps.c.entry == entries.c.id))
    .where(_IS)
    .order_by(steps.c.begun_at, steps.c.name)
    .with_for_update(of=entries),
)
# As text: Core spells ON CONFLICT for each dialect apart.
_MAKE = Prepared(
    text(
        "INSERT INTO entries (shop, number, shipment, kind, revision,"
        " payload, write_back, outcome, code, made_at)"
        " VALUES (:key_shop, :key_number, :key_shipment, :key_kind, :key_revision,"
        " :payload, :write_back, '', '', :now) ON CONFLICT DO NOTHING"
    ).bindparams(bindparam("now", type_=Moment()))
)
_BEGIN = Prepared(
    text(
        "INSERT INTO steps (entry, name, state, receipt, begun_at)"
        " SELECT id, :step, 'BEGUN', '', :now FROM entries WHERE shop = :key_shop"
        " AND number = :key_number AND shipment = :key_shipment AND kind = :key_kind"
        " AND revision = :key_revision ON CONFLICT DO NOTHING"
    ).bindparams(bindparam("now", type_=Moment()))
)
_END = Prepared(
    steps.update()
    .where(_STEP)
    .values(state=StepState.DONE.value, receipt=bindparam("told"), ended_at=bindparam("now")),
)
_DROP = Prepared(steps.delete().where(_STEP))
_RETAKE = Prepared(
    steps.update()
    .where(_STEP, steps.c.state == StepState.BEGUN.value, steps.c.begun_at <= bindparam("before"))
    .values(begun_at=bindparam("now")),
)
_SET_NEW = entries.update().where(_IS, ~exists().where(steps.c.entry == entries.c.id))
_SET_PAYLOAD = Prepared(_SET_NEW.values(payload=bindparam("told")))
_SET_WRITE_BACK = Prepared(_SET_NEW.values(write_back=bindparam("told")))
_SETTLE = Prepared(
    entries.update()
    .where(_IS)
    .values(outcome=bindparam("told"), code=bindparam("said"), told_at=bindparam("now")),
)
_PART = entries.alias("part")
_BEGUN_AT = Prepared(
    select(steps.c.entry, steps.c.begun_at)
    .select_from(entries)
    .join(_PART, _is_part(_PART))
    .join(steps, steps.c.entry == _PART.c.id)
    .where(_IS, steps.c.state == StepState.BEGUN.value),
)
_FORGET = Prepared(
    steps.delete().where(steps.c.entry == bindparam("id"), steps.c.state == StepState.BEGUN.value)
)
_CONFIRM = Prepared(
    entries.update()
    .where(_IS)
    .values(confirmed_at=bindparam("now"), outcome=Outcome.SENT.value, code=""),
)


def _found_or_made(
    change: Change,
    named: dict[str, object],
    now: datetime,
    *,
    payload: str = "",
    write_back: str | None = None,
) -> Sequence[Any]:
    """Return the rows of an entry, one for each of its steps, or one without; none if made now."""
    found = change.rows(_FIND, named)
    if found:
        return found
    made = {"payload": payload, "write_back": write_back, "now": now}
    is_made = change.write(_MAKE, {**made, **named}) == 1
    return [] if is_made else change.rows(_FIND, named)  # of two at one time the other's stands


def _steps(rows: Sequence[Any]) -> tuple[Step, ...]:
    return tuple(
        Step(name=one.step, state=StepState(one.state), receipt=one.receipt)
        for one in rows
        if one.step is not None
    )


def _record(row: Any, key: EntryKey) -> Record:  # noqa: ANN401 -- a row of the select above
    told = row.write_back
    return Record(
        key=key,
        write_back=None if told is None else from_text(told, WRITE_BACKS[key.kind]),
        outcome=Outcome(row.outcome) if row.outcome else None,
        code=row.code,
        made_at=row.made_at,
        told_at=row.told_at,
        confirmed_at=row.confirmed_at,
        begun=bool(row.begun),
        done=bool(row.done),
    )
