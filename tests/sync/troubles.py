"""What goes wrong on purpose, at any mall: statements of the store, and calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import define, evolve
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from mallsync import Dispatch, Outcome, Phase, ShipmentNotice
from mallsync.model.journal import EntryKey
from mallsync.sandbox import Fault
from mallsync.sandbox.world import Script, Scripted
from mallsync.store import SqlStore
from mallsync.store.journal import SqlJournal
from mallsync.store.leases import Leases
from mallsync.store.prepared import BEGIN_WRITE, Change
from mallsync.sync import Plan, Shop, ShopSettings, Sync
from tests.sync.conftest import NOW, World

__all__ = [
    "MALLS",
    "SETTINGS",
    "Breaker",
    "Killed",
    "Outage",
    "assert_done",
    "buy",
    "cancel",
    "edit_by_hand",
    "effects_on",
    "fake_of",
    "fill_in",
    "killed",
    "opened",
    "reports",
    "settle",
    "shown_of",
    "wanted",
    "written",
]

_JOURNAL = re.compile(r"\b(entries|steps)\b")
MALLS = ("rakuten", "qoo10", "mercari_shops", "rakuma")
SETTINGS = {
    "rakuten": ShopSettings(days=0),
    "qoo10": ShopSettings(days=0, statuses={"2", "3"}),
    "mercari_shops": ShopSettings(days=0, message="[配送業者] [伝票番号]"),
    "rakuma": ShopSettings(days=0),
}


@define(eq=False)
class Breaker:
    """Fails the `at`th statement of a store, and all behind it if it is `broken`.

    Those on the journal are counted alone, or all, commits too.
    """

    at: int
    broken: bool
    journal_only: bool = True
    raises: type[BaseException] | None = None
    """What is raised instead of an error of the database."""
    seen: int = 0

    @property
    def struck(self) -> bool:
        """Whether it has failed anything."""
        return self.seen >= self.at

    def __call__(self, _: object, __: object = None, statement: str = "COMMIT", *___: Any) -> None:
        """Count one, and fail it if its time has come."""
        if self.journal_only and not _JOURNAL.search(statement):
            return
        self.seen += 1
        if self.seen == self.at or (self.broken and self.struck):
            if self.raises is not None:
                raise self.raises
            raise OperationalError("a statement", {}, Exception("disk I/O error"))

    @contextmanager
    def within(self, store: SqlStore) -> Iterator[None]:
        """Fail statements while the block lasts."""
        engine, names = store.database.engine, ("before_cursor_execute", "commit")
        for name in names:
            event.listen(engine, name, self)
        try:
            with self._within_changes():
                yield
        finally:
            for name in names:
                event.remove(engine, name, self)

    @contextmanager
    def _within_changes(self) -> Iterator[None]:
        """Fail the statements that go to the driver past the engine's events, too."""
        begin, execute, commit = Change.begin, Change.execute, Change.commit

        def broken_begin(change: Change) -> None:
            self(None, statement=BEGIN_WRITE)
            begin(change)

        def broken_execute(change: Change, compiled: Any, values: Any) -> Any:
            self(None, statement=compiled.text)
            return execute(change, compiled, values)

        def broken_commit(change: Change) -> None:
            self(None)
            commit(change)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Change, "begin", broken_begin)
            patch.setattr(Change, "execute", broken_execute)
            patch.setattr(Change, "commit", broken_commit)
            yield


@define
class Outage(Script):
    """Fails the `at`th call of a mall and the `times` - 1 behind it."""

    at: int
    fault: Fault
    times: int
    seen: int = 0

    def take(self, operation: str, uses: int) -> Scripted | None:
        """Return the fault if it is the turn of this call."""
        self.seen += 1
        strikes = self.at <= self.seen < self.at + self.times
        return Scripted(fault=self.fault) if strikes else None

    @contextmanager
    def within(self, fake: Any) -> Iterator[None]:
        """Fail calls while the block lasts."""
        before, fake.script = fake.script, self
        try:
            yield
        finally:
            fake.script = before


class Killed(BaseException):
    """The process is no more."""


@contextmanager
def killed(before: str, *, of: str = "") -> Iterator[None]:
    """Kill the process before it calls a method of the journal for a step with `of` in its name."""
    with pytest.MonkeyPatch.context() as patch:
        method = getattr(SqlJournal, before)

        def dies(journal: SqlJournal, key: EntryKey, step: str, *more: str) -> object:
            if of in step:
                raise Killed
            return method(journal, key, step, *more)

        patch.setattr(SqlJournal, before, dies)
        with pytest.raises(Killed):
            yield


@contextmanager
def opened(world: World, mall: str, url: str, *, days: int = 0) -> Iterator[Sync]:
    """Work with a store of its own, as a new process would; its leases go by the malls' clock."""
    now = world.malls.rakuten.clock.now
    with SqlStore(url, clock=now) as store:
        store.leases = Leases(store.database, now=now)
        yield Sync([Shop(getattr(world, mall), evolve(SETTINGS[mall], days=days))], store)


def fake_of(world: World, mall: str) -> Any:
    """Return the fake behind a client."""
    running = world.malls.examplemarket if mall == "rakuma" else getattr(world.malls, mall)
    return running.fake


def buy(world: World, mall: str) -> list[str]:
    """Let somebody place an order or two that can be shipped; return their numbers."""
    fake = fake_of(world, mall)
    if mall == "rakuten":
        placed = fake.place(2)
        for number in placed:
            fake.set_progress(number, 300)
    elif mall == "qoo10":
        placed = [*fake.place(1, lines=2), *fake.place(1)]
    else:
        placed = fake.place()
    world.advance(seconds=1)
    return list(placed)


def cancel(world: World, mall: str, number: str) -> None:
    """Let the buyer cancel a whole order."""
    fake = fake_of(world, mall)
    if mall == "rakuten":
        fake.set_progress(number, 900)
    elif mall == "qoo10":
        fake.cancel(*fake.lines_of(number))
    else:
        fake.cancel(number)


def edit_by_hand(world: World, mall: str, number: str) -> dict[int, list[str]]:
    """Let somebody type a number over each that the mall shows; return what it shows there then."""
    fake, typed = fake_of(world, mall), "555511112222"
    shown = shown_of(world, mall, number)
    places = [place for place, numbers in shown.items() if any(numbers)]
    for place in places:
        if mall == "rakuten":
            for parcel in fake.parcels(number)[place]:
                parcel.number = parcel.number and typed
        elif mall == "qoo10":
            fake.line(place).tracking = typed
        else:
            fake.trades[number].slip = typed
    after = shown_of(world, mall, number)
    return {place: after[place] for place in places}


def shown_of(world: World, mall: str, number: str) -> dict[int, list[str]]:
    """Return the tracking numbers that a mall shows of an order, by basket or line."""
    fake = fake_of(world, mall)
    if mall == "rakuten":
        return {place: [one.number for one in some] for place, some in fake.parcels(number).items()}
    if mall == "qoo10":
        return {one: [fake.line(one).tracking] for one in fake.lines_of(number)}
    if mall == "rakuma":
        return {0: [fake.trades[number].slip]}
    return {}  # Mercari Shops shows none


def fill_in(sync: Sync) -> Plan:
    """Let the shop fill in whatever waits, and return the plan."""
    for one in list(sync.orders(status="新規受付")):
        if one.order.phase is not Phase.TO_SHIP:
            continue
        living = (shipment for shipment in one.order.shipments if not shipment.cancelled)
        for place, shipment in enumerate(living):
            said = Dispatch(
                shipment_id=shipment.id,
                ship_date=NOW.date(),
                carrier="ヤマト運輸",
                tracking_number=f"{place}00011112222",
            )
            sync.handle(one.order.key, status="発送待ち", dispatch=said)
    return sync.plan_export()


def written(world: World, mall: str) -> int:
    """Count the reports that took effect: at Qoo10 a line each."""
    fake = fake_of(world, mall)
    effects: int = fake.effective() if mall == "rakuten" else fake.effective(kind="shipped")
    return effects


def effects_on(world: World, mall: str, number: str) -> int:
    """Count the reports of one order that took effect: at Qoo10 a line each."""
    fake = fake_of(world, mall)
    if mall == "rakuten":
        return int(fake.effective(number))
    parts = fake.lines_of(number) if mall == "qoo10" else [number]
    return sum(fake.effective(part, "shipped") for part in parts)


def reports(notice: ShipmentNotice, mall: str) -> int:
    """Count the reports that a notice makes: at Qoo10 a line each."""
    return 1 + (notice.shipment_id.count(",") if mall == "qoo10" else 0)


def wanted(plan: Plan) -> int:
    """Count the reports that a plan makes: at Qoo10 a line each."""
    return sum(reports(one.notice, one.key.order.mall) for one in plan.notices)


def settle(world: World, sync: Sync) -> None:
    """Work in peace behind the settle time, as the next runs would."""
    world.advance(hours=2)
    assert [True] == [report.ok for report in sync.reconcile()]
    assert [True] == [report.ok for report in sync.fetch()]
    assert [True] == [report.ok for report in sync.export(sync.plan_export())]


def assert_done(sync: Sync, plan: Plan) -> None:
    """Every notice of a plan is known as sent, and nothing is left."""
    keys = {one.key for one in plan.notices}
    records = sync.store.journal.of(plan.shops[0], [key.order.number for key in keys])
    assert {Outcome.SENT} == {records[key].outcome for key in keys}
    assert () == sync.store.journal.unfinished(plan.shops[0])
    assert () == sync.plan_export().notices
    assert () == sync.store.care.check()
