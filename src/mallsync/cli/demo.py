"""``mallsync demo``: a shop's day against a fake mall: fetch, decide, report, and look again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import TypeVar

import click
from attrs import frozen
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mallsync import sandbox
from mallsync.adapters import rakuten
from mallsync.model.handling import Dispatch, Handling
from mallsync.model.order import Order
from mallsync.model.period import JST, Period
from mallsync.model.words import HostStatus, Mall, Phase
from mallsync.model.writebacks import NoticeResult, Outcome, ShipmentNotice
from mallsync.policy import export, notice
from mallsync.wire.paging import batches

__all__ = ["demo"]

T = TypeVar("T")

_NOW = datetime(2026, 11, 22, 16, 0, tzinfo=JST)
_TODAY = _NOW.date()
_TO_SHIP = HostStatus.TO_SHIP.value

_DAY_OF_A_SHOP: tuple[tuple[str, date | None, str, str, str], ...] = (
    # host status, ship date, carrier, delivery method, tracking number
    (_TO_SHIP, _TODAY, "ヤマト運輸", "", "1111{:04}"),
    (_TO_SHIP, _TODAY, "佐川急便", "", "2222{:04}"),
    (_TO_SHIP, _TODAY, "日本郵便", "定形外", ""),
    (_TO_SHIP, _TODAY, "ゆうパック", "メール便", ""),
    (_TO_SHIP, _TODAY + timedelta(days=1), "ヤマト運輸", "", "3333{:04}"),
    ("★宅急便", _TODAY, "ヤマト運輸", "", "4444{:04}"),
    (HostStatus.ON_HOLD.value, None, "ヤマト運輸", "", ""),
    (_TO_SHIP, _TODAY, "日本郵便", "", "5555{:04}"),
)
"""What the shop has typed in, order after order: made up, and every case of the rule."""


@frozen
class _Row:
    """One order with what the shop says of it, and the decision."""

    order: Order
    handling: Handling
    decision: export.Decision

    @property
    def guards(self) -> list[str]:
        """What speaks against it at the mall, whatever the rule says."""
        parcels = [parcel for one in self.order.shipments for parcel in one.parcels]
        reported = any(parcel.tracking_number for parcel in parcels)
        return [*sorted(self.order.holds), *(["ALREADY_REPORTED"] if reported else [])]

    @property
    def may_go(self) -> bool:
        """Whether the rule allows it and the mall holds nothing against it."""
        return self.decision.eligible and not self.guards


@click.command()
@click.option(
    "--orders", default=300, show_default=True, help="Orders of the fake mall, in 60 days."
)
@click.option("--seed", default=1, show_default=True, help="Another seed makes other orders.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="en", show_default=True)
def demo(orders: int, seed: int, lang: str) -> None:
    """Fetch a week of orders from a fake Rakuten, decide, report, lose an answer, look again."""
    console = Console()
    with sandbox.running(seed=seed, orders=orders, now=_NOW) as malls, _client(malls) as client:
        console.print("A fake Rakuten Ichiba runs on this machine: made-up orders, made-up keys.")
        rows = _decide(_fetch(console, client))
        console.print(_decisions(rows, lang))
        _report(console, malls.rakuten, client, rows)
        _sleep_over_it(console, malls.rakuten, client)


def _client(malls: sandbox.Malls) -> rakuten.Client:
    mall = malls.rakuten
    return rakuten.Client(mall.credentials, shop_id="demo", base_url=mall.base_url, pace=None)


def _fetch(console: Console, client: rakuten.Client) -> list[Order]:
    week = Period.last_days(7, now=_NOW)
    orders = list(_progress(console, "Fetching a week of orders", client.fetch_orders(week)))
    phases = Counter(order.phase for order in orders)
    told = ", ".join(f"{count} {phase}" for phase, count in phases.most_common())
    console.print(f"{len(orders)} orders since {week.start:%Y-%m-%d %H:%M}: {told}\n")
    return orders


def _decide(orders: Iterable[Order]) -> list[_Row]:
    waiting = [order for order in orders if order.phase is Phase.TO_SHIP]
    rule = export.RULES[Mall.RAKUTEN]
    rows = []
    for number, (order, typed) in enumerate(zip(waiting, cycle(_DAY_OF_A_SHOP), strict=False)):
        handling = _handling(order, typed, number)
        rows.append(_Row(order, handling, export.decide(order, handling, rule=rule, today=_TODAY)))
    return rows


def _handling(order: Order, typed: tuple[str, date | None, str, str, str], number: int) -> Handling:
    status, ship_date, carrier, method, tracking = typed
    return Handling(
        status=status,
        dispatches=tuple(
            Dispatch(
                shipment_id=shipment.id,
                ship_date=ship_date,
                carrier=carrier,
                delivery_methods={method} if method else set(),
                tracking_number=tracking.format(number * 10 + place),
            )
            for place, shipment in enumerate(order.shipments)
        ),
    )


def _decisions(rows: Sequence[_Row], lang: str) -> Table:
    title = f"May it be reported on {_TODAY}?"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("order", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("ships", no_wrap=True)
    table.add_column("carrier", no_wrap=True)
    table.add_column("number", no_wrap=True)
    table.add_column("decision")
    for row in rows:
        dispatch = row.handling.dispatches[0]
        table.add_row(
            f"…{row.order.number[-7:]}",
            row.handling.status,
            f"{dispatch.ship_date:%m-%d}" if dispatch.ship_date else "–",
            " ".join([dispatch.carrier, *dispatch.delivery_methods]),
            dispatch.tracking_number or "–",
            _verdict(row, lang),
        )
    return table


def _verdict(row: _Row, lang: str) -> str:
    decision = row.decision
    if decision.eligible and row.guards:
        return f"[yellow]not now: {', '.join(row.guards)}[/]"
    said = "; ".join(one.explain(lang) for one in decision.reasons or decision.warnings)
    colour, word = ("green", "yes") if decision.eligible else ("red", "no")
    return f"[{colour}]{word}{': ' if said else ''}{said}[/]"


def _report(
    console: Console, mall: sandbox.RakutenMall, client: rakuten.Client, rows: Sequence[_Row]
) -> None:
    going = [row for row in rows if row.may_go]
    notices = [one for row in going for one in notice.build(row.order, row.handling).notices]
    console.print(f"\n{len(going)} orders may go: {len(notices)} shipments to report.")
    console.print("The answer to the first report gets lost on purpose …")
    mall.fail_next("RESET_AFTER", operation="updateOrderShipping")
    _tell(console, "sent", _send(console, client, notices), mall)
    console.print(
        "… so the client looked at the mall, and found it there. Once more, from the top:"
    )
    _tell(console, "again", _send(console, client, notices), mall)


def _send(
    console: Console, client: rakuten.Client, notices: Sequence[ShipmentNotice]
) -> list[NoticeResult]:
    steps = _progress(console, "Reporting shipments", batches(notices, 10))
    return [result for some in steps for result in client.send_notices(some)]


def _progress(console: Console, told: str, steps: Iterable[T]) -> Iterator[T]:
    """Show progress on a terminal, and nothing in a file."""
    return iter(track(steps, told, console=console, disable=not console.is_terminal))


def _tell(
    console: Console, word: str, results: Sequence[NoticeResult], mall: sandbox.RakutenMall
) -> None:
    outcomes = Counter(result.outcome for result in results)
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    written = mall.fake.effective()
    posts = sum(hit.operation == "updateOrderShipping" for hit in mall.hits)
    console.print(f"  {word:5}: {told}; reports so far {posts}, records written {written}")
    warnings = Counter(warning.code for result in results for warning in result.warnings)
    for code, count in warnings.items():
        console.print(f"         {count} with the warning {code}")
    for result in results:
        if result.outcome is not Outcome.SENT and result.error is not None:
            console.print(f"  {result.notice.order_number}: {result.error}")


def _sleep_over_it(console: Console, mall: sandbox.RakutenMall, client: rakuten.Client) -> None:
    mall.clock.set(datetime(2026, 11, 23, 9, 0, tzinfo=JST))
    orders = client.fetch_orders(Period.last_days(8, now=mall.clock.now()))
    shipped = sum(order.shipped_at is not None and order.shipped_at > _NOW for order in orders)
    console.print(f"\nThe next morning the mall has moved {shipped} orders to 発送済 (500).")
