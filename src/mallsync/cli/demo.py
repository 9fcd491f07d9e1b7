"""``mallsync demo``: a shop's day at fake malls, in a store from which the next run goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from attrs import define
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mallsync import sandbox
from mallsync.adapters import rakuma
from mallsync.cli.page import Page, page_in
from mallsync.cli.stalls import Stall, stalls_of, typed_in
from mallsync.files import import_orders
from mallsync.model.period import JST
from mallsync.model.words import HostStatus, Phase
from mallsync.model.writebacks import BuyerReview
from mallsync.store import Record, SqlStore, Stored
from mallsync.sync import Plan, PlanRow, Shop, Sync, Verdict

__all__ = ["demo"]

_FIRST_DAY = datetime(2026, 11, 22, 16, 0, tzinfo=JST)
_EVENING, _MORNING = time(16, 0), time(9, 0)
_VERDICTS = {
    Verdict.SEND: ("green", "yes"),
    Verdict.HOLD: ("yellow", "not now"),
    Verdict.MANUAL: ("yellow", "by hand"),
    Verdict.NOT_ELIGIBLE: ("red", "no"),
}


@click.command()
@click.option(
    "--orders", default=300, show_default=True, help="Orders of each fake mall, in 60 days."
)
@click.option("--seed", default=1, show_default=True, help="Another seed makes other orders.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="en", show_default=True)
@click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file to keep the store in: the next run goes on from it. Left out: in memory.",
)
def demo(orders: int, seed: int, lang: str, store: Path | None) -> None:
    """Fetch a week of orders of fake malls, type in, report, lose answers, look next morning."""
    console = Console()
    with ExitStack() as stack:
        malls = stack.enter_context(sandbox.running(seed=seed, orders=orders, now=_FIRST_DAY))
        malls.rakuten.fake.settings.async_delay = timedelta()  # as its clock stands still
        url = f"sqlite:///{store}" if store else "sqlite://"
        kept = stack.enter_context(SqlStore(url, clock=malls.rakuten.clock.now))
        stalls = stalls_of(malls, f"demo-{seed}-{orders}")
        for stall in stalls:
            stack.callback(stall.shop.client.close)
        console.print("Fake malls run on this machine: made-up orders, made-up keys.")
        if not any(isinstance(stall.shop.client, rakuma.Client) for stall in stalls):
            console.print("Rakuma needs a wire: make demo puts the example wire on the path.")
        page = page_in(_folder(store, stack), f"demo-{seed}-{orders}")
        sync = Sync([*(stall.shop for stall in stalls), page.shop], kept)
        _Demo(console, malls.rakuten.clock, stalls, page, sync, lang).go_on()
        if store:
            console.print(f"\nThe store is {store}: run this again for the next day.")
            console.print(f"The files of the own page are in {page.folder}.")


def _folder(store: Path | None, stack: ExitStack) -> Path:
    """Return where files are kept: beside the store, or for this run alone."""
    if store is None:
        return Path(stack.enter_context(TemporaryDirectory()))
    folder = store.with_name(f"{store.stem}-files")
    folder.mkdir(exist_ok=True)
    return folder


@define
class _Demo:
    console: Console
    clock: sandbox.Clock
    stalls: Sequence[Stall]
    page: Page
    sync: Sync
    lang: str

    def go_on(self) -> None:
        """Go through a day and the morning after: the first, or the one after the last run."""
        last = self.sync.store.fetches.last(self.stalls[0].shop.key)
        if last is not None:
            self._replay(last.started_at)
        self._headline(f"{self.clock.now():%Y-%m-%d %H:%M}: fetch")
        self._fetch()
        self._import()
        self._type_in()
        self._headline("Plan: what may be reported today, and why not the rest?")
        plan = self.sync.plan_export()
        for stall in self.stalls:
            self._decisions(stall, [row for row in plan.rows if _is_at(row, stall)])
        self._headline("Export: the answer to each mall's first report gets lost on purpose")
        for stall in self.stalls:
            stall.fake.fail_next("RESET_AFTER", operation=stall.report)
        self._export(plan)
        self._headline("Once more, from the top")
        self._export(self.sync.plan_export())
        self._rate()
        morning = self.clock.now().date() + timedelta(days=1)
        self.clock.set(datetime.combine(morning, _MORNING, JST))
        self._headline(f"{self.clock.now():%Y-%m-%d %H:%M}: fetch again")
        self._fetch()
        self._look_at_reported()

    def _headline(self, text: str) -> None:
        self.console.rule(text, align="left", style="default")

    # ------------------------------------------------------------------------------------- steps

    def _replay(self, last: datetime) -> None:
        """Bring new fake malls to where the last run has left its own: as the journal has it."""
        done = [(record, stall) for stall in self.stalls for record in self._reported(stall)]
        done.sort(key=lambda one: one[0].told_at or last)
        for record, stall in done:
            self.clock.set(record.told_at or last)
            client = stall.shop.client
            if isinstance(record.write_back, BuyerReview):
                assert isinstance(client, rakuma.Client)  # noqa: S101 -- nobody else rates
                client.send_review(record.write_back)
            else:
                assert record.write_back is not None  # noqa: S101 -- no line of a cart is listed
                client.send_notices([record.write_back])
            stall.fake.hits.clear()
        self.clock.set(datetime.combine(last.date(), _EVENING, JST))
        self.console.print(f"They were told the {len(done)} reports that the store knows of.")

    def _reported(self, stall: Stall) -> list[Record]:
        store, key = self.sync.store, stall.shop.key
        numbers = [one.order.number for one in store.orders.find(key)]
        return [one for one in store.journal.of(key, numbers).values() if one.is_sent]

    def _fetch(self) -> None:
        table = _table("", "seen", "new", "changed", "came in", "cancelled", "confirmed")
        for stall, told in zip(self.stalls, self.sync.fetch(), strict=True):
            counts = (told.seen, told.new, told.changed, told.taken_in)
            more = (len(told.cancelled), told.confirmed)
            table.add_row(stall.name, *map(str, (*counts, *more)))
        self.console.print(table)
        self.console.print()

    def _import(self) -> None:
        """Bring in the order file of the shop's own page."""
        path = self.page.orders_of(self.clock.now().date())
        told = import_orders(self.sync, self.page.shop.key, [path])
        (file,) = told.files
        self.console.print(
            f"Own page, by file: {file.path.name} ({file.encoding}) has {file.rows} rows of"
            f" {file.orders} orders: {told.inserted} inserted, {told.updated} updated,"
            f" {told.unchanged} unchanged; now in {told.status}.\n"
        )

    def _type_in(self) -> None:
        """Type in what the shop does about what is new and may be shipped."""
        today = self.clock.now().date()
        for shop in (*(stall.shop for stall in self.stalls), self.page.shop):
            for place, one in enumerate(self._to_handle(shop)):
                status, dispatches = typed_in(one.order, place, today)
                self.sync.handle(one.order.key, status=status)
                for dispatch in dispatches:
                    self.sync.handle(one.order.key, dispatch=dispatch)

    def _to_handle(self, shop: Shop) -> list[Stored]:
        landed = HostStatus.IN_PROCESS if shop.by_file else HostStatus.NEW
        new = self.sync.orders(mall=shop.key.mall, status=landed)
        return sorted(
            (one for one in new if one.order.phase is Phase.TO_SHIP),
            key=lambda one: (one.order.ordered_at, one.order.number),
        )

    def _decisions(self, stall: Stall, rows: Sequence[PlanRow]) -> None:
        """Print one row for each thing that is said of rows."""
        stored = self.sync.store.orders.load(stall.shop.key, [row.order.number for row in rows])
        table = _table("order", "status", "ships", "carrier", "number", "report?")
        going = sum(len(row.notices) for row in rows)
        self.console.print(f"{stall.title}: {len(rows)} orders, {going} shipments to report")
        said = {row.order.number: self._said(row) for row in rows}
        counts = Counter(said.values())
        for row in rows:
            handling = stored[row.order.number].handling
            many = counts.pop(said[row.order.number], 0)
            if not many or handling is None or not handling.dispatches:
                continue
            first = handling.dispatches[0]
            table.add_row(
                f"…{row.order.number[-7:]}",
                row.status,
                f"{first.ship_date:%m-%d}" if first.ship_date else "–",
                " ".join([first.carrier, *first.delivery_methods]),
                first.tracking_number or "–",
                f"{said[row.order.number]}{f' [dim]({many} such)[/]' if many > 1 else ''}",
            )
        self.console.print(table)
        self.console.print()

    def _said(self, row: PlanRow) -> str:
        decision = row.decision
        reasons = [*(decision.reasons or decision.warnings), *row.guards]
        told = "; ".join(reason.explain(self.lang) for reason in reasons)
        colour, word = _VERDICTS[row.verdict]
        return f"[{colour}]{word}{': ' if told else ''}{escape(told)}[/]"

    def _export(self, plan: Plan) -> None:
        table = _table("", "to report", "calls", "records on the mall", "came to")
        reports = {told.shop: told for told in self.sync.export(plan)}
        for stall in self.stalls:
            told = reports[stall.shop.key]
            counts = (len(told.written), stall.calls, stall.written)
            table.add_row(stall.name, *map(str, counts), _counted(told.counts) or "–")
        told = reports[self.page.shop.key]
        rows = (len(told.written), "–", len(self.page.results()))
        table.add_row("Own page (files)", *map(str, rows), _counted(told.counts) or "–")
        self.console.print(table)
        self.console.print()

    def _rate(self) -> None:
        """Rate the buyers who have rated, which is what ends their orders."""
        for told in self.sync.review():
            posted = _counted(told.counts)
            self.console.print(f"Reviews of buyers who have rated: {posted or 'none'}.")

    def _look_at_reported(self) -> None:
        for stall in self.stalls:
            numbers = {one.key.order.number for one in self._reported(stall)}
            orders = self.sync.store.orders.load(stall.shop.key, numbers).values()
            codes = Counter(one.order.mall_status for one in orders)
            named = _counted({stall.statuses.get(code, code): codes[code] for code in codes})
            self.console.print(f"{stall.title}, of what was reported: {named or 'nothing'}.")


def _counted(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _is_at(row: PlanRow, stall: Stall) -> bool:
    return row.order.mall == stall.shop.key.mall


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, no_wrap=place < len(columns) - 1)
    return table
