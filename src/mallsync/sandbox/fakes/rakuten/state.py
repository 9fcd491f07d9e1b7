"""The mall's data: every order, how it moves on with the clock, and what a test may do to it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from random import Random

from attrs import define, field, frozen

from mallsync.sandbox.fakes.rakuten.checks import as_object
from mallsync.sandbox.fakes.rakuten.codes import SUB_STATUSES, Progress
from mallsync.sandbox.fakes.rakuten.life import Parcel, Record, Terms, beginning, next_run
from mallsync.sandbox.fakes.rakuten.orders import build, first_parcels
from mallsync.sandbox.world import Agenda, Clock, JsonObject, Timeline, past_moments

__all__ = ["Change", "Job", "Settings", "State", "packages_of", "sub_status_name"]

_NEW_DETAIL = 700_000_000_000


@frozen(kw_only=True)
class Job:
    """Hold a batch that was accepted; `results` is None until it has been worked through."""

    request_id: str
    accepted: int
    results: list[JsonObject] | None = None


@frozen(kw_only=True)
class Change:
    """Record one shipping record that was really "added", "updated" or "deleted"."""

    kind: str
    order_number: str
    basket_id: int
    detail_id: int
    at: int


@define(kw_only=True)
class Settings:
    """Hold what a test may want otherwise.

    `cap`: the last order that a search can reach (wire facts §2.1). `truthful_total`: count beyond
    it. `shippable`: where updateOrderShipping is taken (wire facts §11 point 8: 300 is certain).
    """

    cap: int = 15_000
    truthful_total: bool = False
    shippable: frozenset[Progress] = frozenset({Progress.TO_SHIP})
    async_delay: timedelta = timedelta(seconds=5)
    terms: Terms = field(factory=Terms)


class State(Agenda):
    """Keep the orders of one shop.

    Args:
        clock: what drives the life of the orders.
        seed: the same seed makes the same orders.
        orders: how many lie in the 60 days before the clock's start.
    """

    shop = "999001"

    def __init__(self, clock: Clock, seed: int, orders: int) -> None:
        super().__init__(clock)
        self.seed = seed
        self.settings = Settings()
        self.orders: dict[str, Record] = {}
        self.changes: list[Change] = []
        self.jobs: dict[str, Job] = {}
        self._timeline = Timeline()
        self._serial = 200_000_000
        self._details = _NEW_DETAIL
        self._random = Random(seed)
        self._open(orders)

    def between(self, start: int, end: int) -> list[str]:
        """Return the numbers of the orders placed in a period, both ends included, in order."""
        return self._timeline.between(start, end)

    def document(self, number: str) -> JsonObject:
        """Return the whole OrderModel as it stands, with every field of every version."""
        with self.lock:
            record = self.record(number)
            order = self._base(record) | record.life() | record.notes
            parcels = self.parcels(number)
            for package in packages_of(order):
                held = parcels.get(int(str(package["basketId"])), [])
                package["ShippingModelList"] = [parcel.document() for parcel in held]
            return order

    def record(self, number: str) -> Record:
        """Return what can change about an order, as it stands now."""
        self.tick()
        return self.orders[number]

    def parcels(self, number: str) -> dict[int, list[Parcel]]:
        """Return the shipping records of an order by basket, deleted packages left out."""
        record = self.orders[number]
        with self.lock:
            if record.parcels is None:
                packages = packages_of(self._base(record))
                live = [
                    int(str(one["basketId"])) for one in packages if not one["packageDeleteFlag"]
                ]
                record.parcels = first_parcels(record, live, self.seed)
            return record.parcels

    def shipment_records(self, number: str) -> int:
        """Count the shipping records that an order holds now."""
        return sum(len(parcels) for parcels in self.parcels(number).values())

    def effective(self, number: str | None = None, kind: str | None = None) -> int:
        """Count the shipping records that were really written, of one order or kind, or all."""
        return sum(
            number in (None, change.order_number) and kind in (None, change.kind)
            for change in self.changes
        )

    def in_progress(self, progress: int) -> list[str]:
        """Return the numbers of the orders that stand there now."""
        self.tick()
        return [one.number for one in self.orders.values() if one.progress == progress]

    def place(self, count: int = 1) -> list[str]:
        """Let buyers place orders at this moment, and return their numbers."""
        with self.lock:
            now = self.tick()
            numbers = [self._number(now) for _ in range(count)]
            for number in numbers:
                record = Record(
                    index=len(self.orders),
                    number=number,
                    ordered=now,
                    since=now,
                    progress=Progress.CONFIRMING,
                    plan="none",
                )
                self._keep(record)
            return numbers

    def cancel(self, number: str, *, pending: bool = False) -> None:
        """Let the buyer cancel; `pending`: the cancellation still waits to be settled."""
        progress = Progress.CANCELLING if pending else Progress.CANCELLED
        self.set_progress(number, progress)

    def set_progress(self, number: str, progress: int) -> None:
        """Put an order where a test needs it."""
        with self.lock:
            now = self.tick()
            self.move(self.orders[number], Progress(progress), now)

    def edit(self, number: str, /, **fields: object) -> None:
        """Replace fields of the OrderModel; a dict is laid over the one that is there.

        Progress, its times and ShippingModelList have a life of their own: `set_progress`, `cancel`
        and `parcels` are for them.
        """

        def lay(order: JsonObject) -> None:
            for name, value in fields.items():
                old = order.get(name)
                both = isinstance(old, dict) and isinstance(value, dict)
                order[name] = as_object(old) | as_object(value) if both else value
                self.orders[number].notes.pop(name, None)

        self.rewrite(number, lay)

    def rewrite(self, number: str, change: Callable[[JsonObject], None]) -> None:
        """Let a function change the OrderModel in place; life and shipments are kept elsewhere."""
        with self.lock:
            self.tick()
            record = self.orders[number]
            base = self._base(record)
            change(base)
            record.base = base

    def pay_check(self, number: str, *, passed: bool = True) -> None:
        """End the mall's check of an order in 200: on to 300, or cancelled."""
        self.set_progress(number, Progress.TO_SHIP if passed else Progress.CANCELLED)

    def new_detail(self) -> int:
        """Return the id of a new shipping record."""
        self._details += 1
        return self._details

    def note(self, change: Change) -> None:
        """Write down that a shipping record really changed."""
        self.changes.append(change)

    def move(self, record: Record, progress: Progress, at: int) -> None:
        """Put an order into a progress and plan what follows by itself."""
        record.progress = progress
        record.since = at
        _stamp(record, progress, at)
        self.plan(record)

    def touched(self, record: Record, at: int) -> None:
        """Plan anew after the shipping records of an order changed."""
        record.since = at
        self.plan(record)

    def plan(self, record: Record) -> None:
        """Find out when an order moves on by itself, and put it off until then."""
        record.due = self._due_of(record)
        if record.due:
            self.later(record.due, lambda at: self._move_on(record, at))

    def _open(self, orders: int) -> None:
        now = self.now
        for index, ordered in enumerate(past_moments(self._random, orders, now)):
            number = self._number(ordered)
            self._keep(beginning(self._random, self.seed, index, number, (ordered, now)))

    def _number(self, ordered: int) -> str:
        self._serial += self._random.randrange(1, 97)
        return f"{self.shop}-{Record.day(ordered)}-{self._serial:010d}"

    def _keep(self, record: Record) -> None:
        self.orders[record.number] = record
        self._timeline.add(record.ordered, record.number)
        self.plan(record)

    def _base(self, record: Record) -> JsonObject:
        if record.base is not None:
            return copy.deepcopy(record.base)
        return build(record, self.seed)

    def _due_of(self, record: Record) -> int:
        terms = self.settings.terms
        if record.progress == Progress.CONFIRMING:
            return record.ordered + int(terms.cancel_after.total_seconds())
        if record.progress == Progress.TO_SHIP:
            return next_run(record.since) if self._all_told(record) else 0
        span = {
            Progress.PROCESSING: terms.processing,
            Progress.SHIPPED: terms.paying_after,
            Progress.PAYING: terms.paid_after,
            Progress.CANCELLING: terms.cancelling,
        }.get(record.progress)
        return record.since + int(span.total_seconds()) if span else 0

    def _all_told(self, record: Record) -> bool:
        # wire facts §4.4: one blank record keeps the whole order in 300
        if record.parcels is None:
            return record.plan in ("reported", "shipped")
        lists = record.parcels.values()
        return all(held and all(one.complete for one in held) for held in lists)

    def _move_on(self, record: Record, at: int) -> None:
        if record.due == at:
            self.move(record, _NEXT[record.progress], at)


_NEXT = {
    Progress.CONFIRMING: Progress.CANCELLED,
    Progress.PROCESSING: Progress.TO_SHIP,
    Progress.TO_SHIP: Progress.SHIPPED,
    Progress.SHIPPED: Progress.PAYING,
    Progress.PAYING: Progress.PAID,
    Progress.CANCELLING: Progress.CANCELLED,
}

_STAMPS = {
    Progress.PROCESSING: "confirmed",
    Progress.TO_SHIP: "fixed",
    Progress.SHIPPED: "reported",
    Progress.PAID: "paid",
}


def _stamp(record: Record, progress: Progress, at: int) -> None:
    name = _STAMPS.get(progress)
    if name and not getattr(record, name):
        setattr(record, name, at)


def packages_of(order: JsonObject) -> list[JsonObject]:
    """Return the packages of an OrderModel."""
    packages = order["PackageModelList"]
    return packages if isinstance(packages, list) else []


def sub_status_name(sub_status: int | None) -> str | None:
    """Return the shop's name of a sub-status."""
    return None if sub_status is None else SUB_STATUSES[sub_status][1]
