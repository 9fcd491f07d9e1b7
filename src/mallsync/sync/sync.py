"""Some shops and their store: one short method for each thing that a host does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from threading import Event
from typing import TypeVar

from attrs import evolve, frozen

from mallsync.errors import ConfigError
from mallsync.model.handling import Dispatch, Handling
from mallsync.model.journal import EntryKey
from mallsync.model.order import Order, OrderKey
from mallsync.model.period import JST, Period, require_day
from mallsync.model.words import require_text
from mallsync.policy import buyer, intake
from mallsync.policy.buyer import BuyerDecision
from mallsync.policy.dispatch import home_of
from mallsync.ports import HandlingSource
from mallsync.store import Record, ShopKey, SqlStore, Stored
from mallsync.sync.credentials import CredentialNotice, notice_of
from mallsync.sync.export import (
    ExportReport,
    Write,
    Writing,
    in_doubt,
    send_notices,
)
from mallsync.sync.fetch import FetchReport, fetch_shop
from mallsync.sync.funnel import Funnel, funnel_of
from mallsync.sync.plan import Candidate, Plan, inputs_of, plan_of, still_wanted
from mallsync.sync.reviews import rates_buyers, review_shop
from mallsync.sync.shop import Progress, Shop, courteous
from mallsync.sync.why import why_missing, why_row, why_unrated

__all__ = ["Gap", "Sync", "at_once"]

S = TypeVar("S")
T = TypeVar("T")

_AT_ONCE = 64
"""Shops that a process has in hand: more would wait for its one core, and fill its memory."""

_OVERLAP = timedelta(minutes=10)
"""What a run fetches again of what the last one covered: coverage goes by the store's clock, and an
order's date by the mall's, which may be behind; and a mall may list an order some moments late."""

_TOUCHED = timedelta(days=30)
"""How long a plan tells of an order that the shop has filled in and that is past shipping."""


@frozen
class Gap:
    """A stretch of a shop that no fetch has covered."""

    shop: ShopKey
    period: Period


class Sync:
    """Some shops and their store.

    Args:
        shops: Clients with settings; two of one mall and id are a mistake.
        store: Where everything is kept. Both stay the caller's to close.

    Raises:
        ConfigError: A shop comes twice, or an argument has the wrong type.
    """

    def __init__(self, shops: Iterable[Shop], store: SqlStore) -> None:
        given = tuple(shops)
        if not all(isinstance(shop, Shop) for shop in given):
            raise ConfigError("shops: write [Shop(client), …]")
        if not isinstance(store, SqlStore):
            raise ConfigError('store: write SqlStore("sqlite:///orders.db")')
        self.shops = {shop.key: shop for shop in given}
        if len(self.shops) < len(given):
            raise ConfigError("shops: one comes twice: give each its own shop_id")
        self.store = store
        self.stopping = Event()

    def shop(self, named: ShopKey | str) -> Shop:
        """Return the shop of a key or an id.

        Raises:
            ConfigError: None is called so, or several are.
        """
        (found,) = self._chosen([named])
        return found

    def stop(self) -> None:
        """Ask everything that runs to end soon: between two events, or two batches of writes."""
        self.stopping.set()

    # ------------------------------------------------------------------------------------- fetch

    def fetch(
        self,
        shops: Iterable[ShopKey | str] | None = None,
        period: Period | None = None,
        *,
        progress: Progress | None = None,
    ) -> list[FetchReport]:
        """Fetch shops into the store, 64 at the same time; one's failure stops no other.

        Args:
            shops: Keys, or ids; None is every one whose orders do not come by file.
            period: By the mall's order date; None is each shop's own days back from now (R6), or
                more, to ten minutes before where the last fetch had come. What lies in the future
                is left out.
            progress: Told the shop and how many orders it has seen so far; from any thread.

        Returns:
            A report for each shop, in their order.

        Raises:
            ConfigError: The period has not begun, or a shop is not known.
        """
        chosen = self._chosen(shops)
        if shops is None:
            chosen = [shop for shop in chosen if not shop.by_file]
        now = self.store.now()

        if period is not None and period.start >= now:
            raise ConfigError("period begins in the future: write one that has begun")
        tell = courteous(progress)

        def fetched(shop: Shop) -> FetchReport:
            asked = intake.window(shop.intake, now=now) if period is None else period
            try:
                asked = self._reaching_back(shop, asked) if period is None else asked
                return fetch_shop(shop, self.store, asked, self.stopping, tell)
            except Exception as error:  # noqa: BLE001 -- the report tells it; the others go on
                return FetchReport(shop=shop.key, period=asked, error=error)

        return at_once(fetched, chosen)

    def gaps(self, shops: Iterable[ShopKey | str] | None = None) -> list[Gap]:
        """Return the stretches that no fetch has covered, of all since the first asked for.

        The time since the last fetch is one only if that is overdue by an interval.
        """
        now = self.store.now()
        found = []
        for shop in self._chosen(shops):
            last = self.store.fetches.last(shop.key)
            if shop.by_file or last is None or last.asked_from >= now:
                continue
            due = now - 2 * shop.intake.every
            asked = Period(last.asked_from, now)
            holes = self.store.coverage.holes(shop.key, asked, shop.settings.statuses)
            found += [Gap(shop.key, one) for one in holes if one.end < now or one.start < due]
        return found

    # ---------------------------------------------------------------------------------- handling

    def orders(
        self, mall: str | None = None, status: str | None = None, number: str | None = None
    ) -> Iterator[Stored]:
        """Yield what the store has of these shops, page by page.

        Args:
            mall: Of this mall only.
            status: In this host status only.
            number: Of this order number only.
        """
        for key in self.shops:
            if mall is not None and key.mall != mall:
                continue
            if number is not None:
                found = self.store.orders.load(key, [number]).values()
                yield from (one for one in found if status is None or _status(one) == status)
            elif status is not None:
                yield from self.store.orders.by_status(key, status)
            else:
                yield from self.store.orders.find(key)

    def handle(
        self,
        key: OrderKey,
        *,
        status: str | None = None,
        dispatch: Dispatch | None = None,
        memo: str | None = None,
    ) -> Handling:
        """Say what the shop does about an order; what is None stays as it is.

        Args:
            key: The order.
            status: The host's status.
            dispatch: How a shipment leaves; it replaces the one of its shipment.
            memo: The shop's note.

        Raises:
            ConfigError: The order is not there, or has no such shipment.
        """
        stored = self._taken_in(key)
        if status is not None and not require_text(status, "status").strip():
            raise ConfigError('status is empty: write "発送待ち", or a name of your own')
        if dispatch is not None:
            dispatch = _placed(stored, dispatch)

        def change(old: Handling) -> Handling:
            typed = old.dispatches if dispatch is None else _with(old, dispatch, stored.order)
            return evolve(
                old,
                status=old.status if status is None else status,
                memo=old.memo if memo is None else memo,
                dispatches=typed,
            )

        return self.store.handlings.change(key, change)

    def bundle(self, parent: OrderKey, children: Iterable[OrderKey]) -> None:
        """Ship orders together: the parent's report counts for its children (R7).

        Raises:
            ConfigError: They are not of one shop, not taken in, or part of another bundle.
        """
        self.store.handlings.bundle(parent, tuple(children))

    def unbundle(self, parent: OrderKey) -> tuple[OrderKey, ...]:
        """Ship orders by themselves again; return those that were shipped with this one."""
        children = self.store.handlings.children(parent)
        for child in children:
            self.store.handlings.change(child, lambda old: evolve(old, bundle_parent=None))
        return children

    # ------------------------------------------------------------------------------------ export

    def plan_export(
        self,
        today: date | None = None,
        period: Period | None = None,
        shops: Iterable[ShopKey | str] | None = None,
        *,
        handlings: HandlingSource | None = None,
        retry_refused: bool = False,
        correct: Iterable[OrderKey] = (),
    ) -> Plan:
        """Return what would be reported, and why the rest would not; nothing is sent.

        Args:
            today: The day in Japan; None is that of the store's clock.
            period: The export period (作成期間): an export by hand, by the manual rules.
            shops: Keys, or ids; None is every one.
            handlings: A host's own tables, instead of the store's.
            retry_refused: Whether what a mall has refused is sent again as it is.
            correct: Orders of which a report is to be corrected that is on the mall with other
                values: a revision of it. Only Rakuten's way is known; elsewhere a guard says so.

        Raises:
            ConfigError: An argument has the wrong type.
        """
        day = self.store.now().astimezone(JST).date() if today is None else today
        chosen = self._chosen(shops)
        return plan_of(
            [(shop, self._candidates(shop, handlings)) for shop in chosen],
            today=require_day(day, "today"),
            period=period,
            retry_refused=retry_refused,
            correct=tuple(correct),
            source=handlings,
        )

    def export(self, plan: Plan, *, progress: Progress | None = None) -> list[ExportReport]:
        """Carry out a plan: each notice once, whatever happens on the way.

        Args:
            plan: What to do.
            progress: Told the shop and how many of its notices are done; from any thread.

        Returns:
            A report for each shop of the plan, in order.

        Raises:
            ConfigError: What the plan was made of has changed since: plan again.
        """
        self._refuse_stale(plan)
        tell = courteous(progress)

        def exported(shop: Shop) -> ExportReport:
            mine = [one for one in plan.notices if _shop_of(one.key) == shop.key]
            moved = partial(self._moved, plan, shop)
            writing = Writing(shop, self.store, self.stopping, moved, tell)
            return self._guarded(shop, lambda: send_notices(writing, mine))

        return at_once(exported, self._chosen(plan.shops))

    def reconcile(
        self,
        shops: Iterable[ShopKey | str] | None = None,
        *,
        handlings: HandlingSource | None = None,
        progress: Progress | None = None,
    ) -> list[ExportReport]:
        """Find out what came of every write-back whose end is not known, and end what is half done.

        The mall is looked at; what it shows is adopted, what it provably lacks after its settle
        time is sent again, and the rest stays UNKNOWN. Of one that has arrived in part the rest is
        sent, unless the mall has refused it. What the shop has withdrawn or changed since is never
        sent again: it ends as NOT_SENT once it is known not to have arrived.

        Args:
            shops: Keys, or ids; None is every one.
            handlings: A host's own tables, instead of the store's.
            progress: Told the shop and how many of its write-backs were looked up; from any thread.
        """
        today = self.store.now().astimezone(JST).date()
        tell = courteous(progress)

        def judged(shop: Shop, begun: Sequence[Record]) -> tuple[list[Write], list[Write]]:
            numbers = {one.key.order.number for one in begun}
            found = self.store.orders.load(shop.key, numbers, raw=True)
            candidates = self._candidates_of(shop, handlings, found)
            return in_doubt(shop, begun, still_wanted(shop, candidates, today))

        def reconciled(shop: Shop) -> ExportReport:
            writing = Writing(shop, self.store, self.stopping, progress=tell)
            return self._guarded(shop, lambda: writing.reconcile(partial(judged, shop)))

        return at_once(reconciled, self._chosen(shops))

    def review(
        self, shops: Iterable[ShopKey | str] | None = None, *, retry_refused: bool = False
    ) -> list[ExportReport]:
        """Rate the buyers who have rated, with each shop's review message (R4); once each.

        Only at malls where the shop rates the buyer; the others are left out. An empty message is
        posted as it is: see REVIEW_MESSAGE_EMPTY among the warnings.

        The mall lists the shop's own days; shipped orders of the 90 days before now that are older
        are read singly, 50 of a shop in a run. What could not be read is told, and stops no other.

        Args:
            shops: Keys, or ids; None is every one.
            retry_refused: Whether what a mall has refused is posted again as it is.
        """
        rating = [shop for shop in self._chosen(shops) if rates_buyers(shop)]
        now = self.store.now()

        def reviewed(shop: Shop) -> ExportReport:
            period = intake.window(shop.intake, now=now)
            work = partial(review_shop, shop, self.store, period, self.stopping)
            return self._guarded(shop, partial(work, retry_refused=retry_refused))

        return at_once(reviewed, rating)

    def credentials(self, shops: Iterable[ShopKey | str] | None = None) -> list[CredentialNotice]:
        """Return what there is to say of the credentials of shops; nothing where they are good."""
        now = self.store.now()
        return [told for shop in self._chosen(shops) if (told := notice_of(shop, now)) is not None]

    def funnel(self, plan: Plan | None = None) -> list[Funnel]:
        """Return how far the orders of each mall have come, and what holds back the others.

        Args:
            plan: What is allowed now; None makes one.
        """
        chosen = self.plan_export() if plan is None else plan
        return funnel_of(self.store, chosen)

    def buyer(self, key: OrderKey) -> BuyerDecision:
        """Return who stands for the buyer of an order, by the shop's setting (R5): never stored.

        Raises:
            ConfigError: The order is of no shop of this sync, or not in its store.
        """
        (shop,) = self._chosen([ShopKey(key.mall, key.shop_id)])
        stored = self.store.orders.get(key)
        if stored is None:
            raise ConfigError(f"order {key.number} has not been fetched: see sync.why(key)")
        return buyer.decide(stored.order, shop.settings.buyer)

    def why(self, key: OrderKey, lang: str = "en") -> str:
        """Return why an order is where it is, in ``"ja"`` or ``"en"``.

        Not fetched, not taken in, not reported now and what would be enough, or reported and when:
        by the automatic rule, today.

        Raises:
            ConfigError: The order is of no shop of this sync, or there are no texts in `lang`.
        """
        (shop,) = self._chosen([ShopKey(key.mall, key.shop_id)])
        stored = self.store.orders.get(key)
        if stored is None or stored.handling is None:
            return why_missing(shop, self.store, key, lang)
        today = self.store.now().astimezone(JST).date()
        candidates = self._candidates(shop, None, key.number)
        rows = {row.order: row for row in plan_of([(shop, candidates)], today=today).rows}
        records = self.store.journal.records(key)
        said = why_row(rows.get(key), records, lang)
        return "; ".join([said, *why_unrated(shop, self.store, stored, records, lang)])

    # ------------------------------------------------------------------------------------ inside

    def _reaching_back(self, shop: Shop, days: Period) -> Period:
        """Return the shop's days back, or more: a run takes up before where the last had come."""
        covered = self.store.coverage.stretches(shop.key, shop.settings.statuses)
        reached = covered[-1].end - _OVERLAP if covered else days.start
        return Period(min(days.start, reached), days.end)

    def _guarded(self, shop: Shop, work: Callable[[], ExportReport]) -> ExportReport:
        try:
            return work()
        except Exception as error:  # noqa: BLE001 -- the report tells it; the others go on
            return ExportReport(shop=shop.key, error=error)

    def _refuse_stale(self, plan: Plan) -> None:
        now = self.plan_export(
            plan.today,
            plan.period,
            plan.shops,
            handlings=plan.source,
            retry_refused=plan.retry_refused,
            correct=plan.correct,
        )
        if now.digest != plan.digest:
            old, new = plan.inputs, now.inputs
            moved = sorted(
                {one for one in {*old, *new} if old.get(one) != new.get(one)},
                key=lambda one: (one.mall, one.shop_id, one.number),
            )
            named = ", ".join(one.number for one in moved[:5]) or "a rule or a template"
            raise ConfigError(f"the plan is out of date ({named} changed since): plan again")

    def _moved(self, plan: Plan, shop: Shop, orders: Collection[OrderKey]) -> list[OrderKey]:
        """Return which of some orders, and of their bundles, have changed since a plan was made."""
        found = self.store.orders.load(shop.key, {one.number for one in orders}, raw=True)
        now = {one.key: inputs_of(one) for one in self._candidates_of(shop, plan.source, found)}
        return [one for one in {*orders, *now} if now.get(one) != plan.inputs.get(one)]

    def _candidates(
        self, shop: Shop, source: HandlingSource | None, number: str | None = None
    ) -> Sequence[Candidate]:
        since = self.store.now() - _TOUCHED
        found = self.store.orders.to_report(shop.key, since, number)
        return self._candidates_of(shop, source, {one.order.number: one for one in found})

    def _candidates_of(
        self, shop: Shop, source: HandlingSource | None, found: dict[str, Stored]
    ) -> Sequence[Candidate]:
        said = {number: _handling(one, source) for number, one in found.items()}
        self._add_bundles(shop, found, said, source)
        records = self._records(shop, found)
        return [
            Candidate(
                order=one.order,
                handling=handling,
                digest=one.digest,
                records=records.get(one.order.key, {}),
            )
            for number, one in found.items()
            if (handling := said[number]) is not None
        ]

    def _add_bundles(
        self,
        shop: Shop,
        found: dict[str, Stored],
        said: dict[str, Handling | None],
        source: HandlingSource | None,
    ) -> None:
        """Add the rest of bundles that is no candidate itself: what it is counts for the others."""
        parents = {
            one.bundle_parent.number
            for one in said.values()
            if one is not None and one.bundle_parent is not None
        }
        bundled = self.store.handlings.bundled(shop.key)
        whole = parents | set(found)
        children = {number for number, parent in bundled.items() if parent in whole}
        for number, one in self.store.orders.load(
            shop.key, (parents | children) - set(found), raw=True
        ).items():
            found[number], said[number] = one, _handling(one, source)

    def _records(
        self, shop: Shop, numbers: Iterable[str]
    ) -> dict[OrderKey, dict[EntryKey, Record]]:
        by_order: dict[OrderKey, dict[EntryKey, Record]] = {}
        for key, record in self.store.journal.of(shop.key, list(numbers)).items():
            by_order.setdefault(key.order, {})[key] = record
        return by_order

    def _taken_in(self, key: OrderKey) -> Stored:
        stored = self.store.orders.get(key)
        if stored is None or stored.handling is None:
            raise ConfigError(f"order {key.number} has not been taken in: see sync.why(key)")
        return stored

    def _chosen(self, shops: Iterable[ShopKey | str] | None) -> list[Shop]:
        if shops is None:
            return list(self.shops.values())
        if isinstance(shops, str):
            raise ConfigError('shops come in a list: write ["my-shop"]')
        chosen = []
        for one in shops:
            named = [
                shop for key, shop in self.shops.items() if one in (key, key.shop_id, str(key))
            ]
            if len(named) != 1:
                known = ", ".join(map(str, self.shops))
                raise ConfigError(f"no one shop is called {one}: write some of {known}")
            chosen += named
        return chosen


def at_once(work: Callable[[S], T], some: Sequence[S]) -> list[T]:
    """Work on shops at the same time, so many at once; results come in their order."""
    if len(some) < 2:  # noqa: PLR2004 -- one needs no thread
        return [work(one) for one in some]
    with ThreadPoolExecutor(min(len(some), _AT_ONCE), thread_name_prefix="mallsync") as pool:
        return list(pool.map(work, some))


def _handling(one: Stored, source: HandlingSource | None) -> Handling | None:
    return one.handling if source is None else source.handling(one.order.key)


def _status(one: Stored) -> str | None:
    return None if one.handling is None else one.handling.status


def _shop_of(key: EntryKey) -> ShopKey:
    return ShopKey(key.order.mall, key.order.shop_id)


def _placed(stored: Stored, dispatch: Dispatch) -> Dispatch:
    """Return a dispatch with the id of its shipment, which is the only one if none is named."""
    ids = [shipment.id for shipment in stored.order.shipments if not shipment.cancelled]
    if not dispatch.shipment_id and len(ids) == 1:
        return evolve(dispatch, shipment_id=ids[0])
    if dispatch.shipment_id not in ids:
        raise ConfigError(
            f"order {stored.order.number} has no shipment {dispatch.shipment_id!r}:"
            f" write one of {', '.join(ids)}"
        )
    return dispatch


def _with(old: Handling, dispatch: Dispatch, order: Order) -> tuple[Dispatch, ...]:
    """Return the dispatches with one put in the place of its shipment's."""
    home = home_of(order, dispatch)
    others = (one for one in old.dispatches if one.shipment_id and home_of(order, one) is not home)
    return (*others, dispatch)
