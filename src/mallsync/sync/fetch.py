"""Fetching one shop into the store: what is covered is written behind what it covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from threading import Event
from typing import Any

from attrs import define, evolve, field, frozen

from mallsync.errors import DecodeError, MallError, MallsyncError
from mallsync.model.display import values
from mallsync.model.journal import Lease
from mallsync.model.order import Order
from mallsync.model.period import Period
from mallsync.model.sighting import EVERYTHING, Covered, Remark, Seen, Sighting, Unreadable
from mallsync.model.words import Phase
from mallsync.model.writebacks import ShipmentNotice, Standing
from mallsync.policy import intake
from mallsync.policy.merge import merge
from mallsync.policy.settings import IntakeRule
from mallsync.store import Arrival, Arrived, Kept, Mark, ShopKey, SqlStore
from mallsync.store.encoding import CODEC, is_number
from mallsync.sync.shop import Progress, Shop, tells_nobody

__all__ = ["FetchReport", "Fetching", "fetch_shop"]

_BATCH = 200
"""Orders of one transaction: enough that its cost does not show, little enough to lose."""


@frozen(kw_only=True)
class FetchReport:
    """What one fetch of one shop came to.

    Args:
        shop: Which.
        period: What was asked for.
        seen: Orders that the mall told of.
        new: Those that the store did not have.
        changed: Those of which the mall's word has changed.
        taken_in: Those that landed now, with a handling.
        cancelled: Numbers of orders that were taken in and that the mall has cancelled since.
        confirmed: Reports that were seen on the mall for the first time.
        unreadable: Orders that went to quarantine, with the reason.
        remarks: What a person should know.
        error: What ended the fetch early; what came before is kept.
        busy: Whether another process was fetching the shop, so that nothing was done.
        stopped: Whether it was asked to stop; what came before is kept.
    """

    shop: ShopKey
    period: Period
    seen: int = 0
    new: int = 0
    changed: int = 0
    taken_in: int = 0
    cancelled: tuple[str, ...] = ()
    confirmed: int = 0
    unreadable: tuple[Unreadable, ...] = ()
    remarks: tuple[Remark, ...] = ()
    error: Exception | None = None
    busy: bool = False
    stopped: bool = False

    def _repr_html_(self) -> str:
        """Return what the fetch came to, for a notebook."""
        told = {
            "期間": f"{self.period.start:%Y-%m-%d %H:%M} – {self.period.end:%Y-%m-%d %H:%M}",
            "結果": "ok" if self.ok else "要確認",
            "取得": self.seen,
            "新規": self.new,
            "更新": self.changed,
            "取込": self.taken_in,
            "キャンセル": ", ".join(self.cancelled),
            "モールで確認": self.confirmed,
            "読み取れない注文": ", ".join(one.number for one in self.unreadable),
            "備考": "\n".join(f"{one.code} {one.detail}".rstrip() for one in self.remarks),
            "エラー": self.error and str(self.error),
        }
        return values(told, caption=str(self.shop))

    @property
    def ok(self) -> bool:
        """Whether the whole period was fetched, and every order could be read."""
        early = self.error is not None or self.busy or self.stopped
        gap = any(remark.gap is not None for remark in self.remarks)
        return not (early or gap or self.unreadable)


def fetch_shop(
    shop: Shop,
    store: SqlStore,
    period: Period,
    stop: Event | None = None,
    progress: Progress = tells_nobody,
) -> FetchReport:
    """Fetch a period of a shop into the store; two at a time are refused (``busy``).

    Raises:
        StoreError: The store cannot be written to. What the mall has told was not kept, and is
            not covered.
    """
    if stop is not None and stop.is_set():  # while it waited for its turn
        return FetchReport(shop=shop.key, period=period, stopped=True)
    with store.leases.held(f"fetch {shop.key}") as lease:
        if lease is None:
            return FetchReport(shop=shop.key, period=period, busy=True)
        # What is not over cannot be covered: an order may come in the next moment.
        asked = Period(period.start, min(period.end, store.now()))
        store.fetches.begin(shop.key, asked.start)
        run = Fetching(shop, store, lease, FetchReport(shop=shop.key, period=asked))
        report = run.carry_out(stop or Event(), progress)
        store.fetches.end(shop.key, trouble=_trouble(report))
    return report


def _trouble(report: FetchReport) -> str:
    if report.error is None:
        return "STOPPED" if report.stopped else ""
    return getattr(report.error, "code", "") or type(report.error).__name__


@define
class Fetching:
    """One fetch on its way: what it has seen and not yet written."""

    shop: Shop
    store: SqlStore
    lease: Lease
    report: FetchReport
    _seen: dict[str, Seen] = field(factory=dict, repr=False)
    _unreadable: list[Unreadable] = field(factory=list, repr=False)
    _sighted: int = 0
    _rule: IntakeRule = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._rule = self.shop.intake  # made of two tables: once is enough

    def carry_out(self, stop: Event, progress: Progress) -> FetchReport:
        """Read again what an older version could not, fetch, and see what has arrived on the mall.

        An error of the mall ends it; orders that came before are kept.
        """
        try:
            self._read_again()
            for event in self._events():
                if stop.is_set():
                    self._tell(stopped=True)
                    break
                self._take(event)
                progress(self.shop.key, self._sighted)
        except MallsyncError as error:
            if not isinstance(error, MallError):
                raise
            self._tell(error=error)
        self._flush()
        self._confirm()
        return self.report

    def _events(self) -> Iterator[Sighting]:
        key, period = self.shop.key, self.report.period
        known = sorted({*self.store.orders.watched(key), *self.store.quarantine.numbers(key)})
        # By lot: where a mall reads them singly, one that it fails on ends the fetch, and would
        # hold up the same others each time.
        Random(period.end.isoformat()).shuffle(known)  # noqa: S311 -- whose turn it is, no secret
        return self.shop.client.sightings(
            period,
            statuses=self.shop.settings.statuses,
            known=_Watched(self.store, key, dict.fromkeys(known)),
            held=self.store.orders.held(key, since=period.start),
        )

    def _take(self, event: Sighting) -> None:
        if isinstance(event, Seen) and not is_number(event.order.number):
            event = Unreadable(event.order.number, event.order.raw, _no_number())
        if isinstance(event, Seen):
            if event.order.number in self._seen:
                self._flush()  # a cart that is seen in part, and in another part
            self._seen[event.order.number] = event
            self._sighted += 1
        elif isinstance(event, Unreadable) and event.gone:
            self.store.orders.unwatch(self.shop.key, event.number)
            gone = Remark("ORDER_GONE", f"{event.number}: the mall does not know it any more")
            self._tell(remarks=(*self.report.remarks, gone))
        elif isinstance(event, Unreadable):
            self._hold_back(event)
        elif isinstance(event, Remark):
            self._tell(remarks=(*self.report.remarks, event))
        if isinstance(event, Covered):
            self._flush(event)
        elif len(self._seen) >= _BATCH:
            self._flush()

    def _hold_back(self, event: Unreadable) -> None:
        self._unreadable.append(event)
        self._tell(unreadable=(*self.report.unreadable, event))

    def _flush(self, covered: Covered | None = None) -> None:
        """Write what was seen: orders and then, in the same transaction, what they cover."""
        if not (self._seen or self._unreadable or covered):
            return
        marks = self.store.orders.marks(self.shop.key, self._seen)
        arrivals = [
            self._arrival(order, marks.get(order.number), by_raw=by_raw)
            for order, by_raw in self._merged(marks)
        ]
        arrived = self.store.orders.arrive(
            self.shop.key,
            arrivals,
            unreadable=self._unreadable,
            covered=covered,
            lease=self.lease,
        )
        self._count(arrivals, arrived, marks)
        self._seen.clear()
        self._unreadable.clear()

    def _merged(self, marks: dict[str, Mark]) -> Iterator[tuple[Order, bool]]:
        """Yield each order as it is known now: a part of one, or one that was cancelled, is merged.

        Beside it whether its raw record alone makes it, which a part does not change.

        A sighting of everything stands by itself but for the time of a cancellation.
        """
        parts = [
            number
            for number, seen in self._seen.items()
            if number in marks
            and (
                (marks[number].cancelled and seen.order.cancelled_at is None)
                or not seen.covers >= EVERYTHING
            )
        ]
        before = self.store.orders.load(self.shop.key, parts, raw=True) if parts else {}
        for number, seen in self._seen.items():
            if number in before:
                stored = before[number]
                yield merge(stored.order, seen), stored.by_raw or seen.covers >= EVERYTHING
            else:
                yield seen.order, True

    def _arrival(self, order: Order, mark: Mark | None, *, by_raw: bool) -> Arrival:
        """Return what becomes of an order: one that has come in is in, whatever it is now (R6)."""
        if mark is not None and not mark.intake:
            return Arrival(order=order, by_raw=by_raw)
        said = intake.decide(order, self._rule)
        if said.comes_in:
            return Arrival(order=order, handling=said.handling, by_raw=by_raw)
        return Arrival(order=order, intake=said.reasons[0].code.value, by_raw=by_raw)

    def _count(self, arrivals: list[Arrival], arrived: Arrived, marks: dict[str, Mark]) -> None:
        cancelled = (
            one.order.number
            for one in arrivals
            if (mark := marks.get(one.order.number)) is not None
            and not (mark.intake or mark.cancelled)
            and _is_cancelled(one.order)
        )
        self._tell(
            seen=self._sighted,
            new=self.report.new + arrived.new,
            changed=self.report.changed + arrived.changed,
            taken_in=self.report.taken_in + sum(one.handling is not None for one in arrivals),
            cancelled=(*self.report.cancelled, *cancelled),
        )

    def _read_again(self) -> None:
        """Normalise again what an older codec has written, and what it could not read.

        What is set aside of a stored order may be a part of it, and the mall is asked for it anew.
        """
        key = self.shop.key
        for kept in self.store.orders.stale(key):
            self._read(kept.raw, kept)
        for held in self.store.quarantine.of(key):
            if held.codec == CODEC or self.store.orders.marks(key, [held.number]):
                continue
            if self._read(held.raw, None):
                self._flush()
                self.store.quarantine.drop(key, [held.number])

    def _read(self, raw: object, kept: Kept | None) -> bool:
        try:
            order = self.shop.client.read(raw)
            if not is_number(order.number):
                raise _no_number()
        except MallError as error:
            if kept is not None:
                self._hold_back(Unreadable(kept.number, raw, error))
            return False
        if kept is not None and kept.cancelled_at is not None:
            # A claim has told it, which is in no raw record.
            order = evolve(order, cancelled_at=kept.cancelled_at, phase=Phase.CANCELLED)
        self._seen[order.number] = Seen(order)
        if len(self._seen) >= _BATCH:
            self._flush()
        return True

    def _confirm(self) -> None:
        """Turn SENT into CONFIRMED where the mall shows the report now."""
        key, client = self.shop.key, self.shop.client
        waiting = [
            one
            for one in self.store.journal.unconfirmed(key)
            if isinstance(one.write_back, ShipmentNotice)
        ]
        orders = self.store.orders.load(key, {one.key.order.number for one in waiting}, raw=True)
        for record in waiting:
            stored = orders.get(record.key.order.number)
            notice = record.write_back
            assert isinstance(notice, ShipmentNotice)  # noqa: S101 -- sorted out above
            if stored and client.standing(stored.order, notice) is Standing.SAME:
                self.store.journal.confirm(record.key)
                self._tell(confirmed=self.report.confirmed + 1)

    def _tell(self, **facts: Any) -> None:  # noqa: ANN401 -- fields of the report
        self.report = evolve(self.report, **facts)


@frozen(eq=False)
class _Watched(Mapping[str, tuple[str, ...]]):
    """Numbers that are watched, with the ids of their items, which are read when asked for.

    Few are: only a mall that finds an old order by its lines alone asks for any.
    """

    store: SqlStore
    shop: ShopKey
    numbers: Mapping[str, None]

    def __getitem__(self, number: str) -> tuple[str, ...]:
        """Return the ids of an order's items; none for one that could never be read."""
        if number not in self.numbers:
            raise KeyError(number)
        found = self.store.orders.load(self.shop, [number]).values()
        return tuple(
            item.id for one in found for part in one.order.shipments for item in part.items
        )

    def __iter__(self) -> Iterator[str]:
        """Yield the numbers."""
        return iter(self.numbers)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.numbers)


def _no_number() -> DecodeError:
    return DecodeError("an order has no number by which it could be asked for", code="NUMBER")


def _is_cancelled(order: Order) -> bool:
    return order.cancelled_at is not None or order.phase is Phase.CANCELLED
