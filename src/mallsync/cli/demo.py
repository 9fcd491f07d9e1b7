"""``mallsync demo``: a shop's day at fake malls: fetch, decide, report, and look again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from importlib import import_module
from itertools import cycle
from typing import TypeAlias, TypeVar
from zlib import crc32

import click
from attrs import frozen
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mallsync import sandbox
from mallsync.adapters import mercari_shops, qoo10, rakuma, rakuten
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.handling import Dispatch, Handling
from mallsync.model.order import Order
from mallsync.model.period import JST, Period
from mallsync.model.words import HostStatus, Mall, Phase
from mallsync.model.writebacks import NoticeResult, Outcome, ShipmentNotice
from mallsync.policy import export, notice
from mallsync.policy.guard import guards
from mallsync.wire.paging import batches

__all__ = ["demo"]

T = TypeVar("T")

_Client: TypeAlias = rakuten.Client | qoo10.Client | mercari_shops.Client | rakuma.Client
_Fake: TypeAlias = (
    sandbox.RakutenMall | sandbox.Qoo10Mall | sandbox.MercariShopsMall | sandbox.ExamplemarketMall
)

_NOW = datetime(2026, 11, 22, 16, 0, tzinfo=JST)
_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=JST)
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


@frozen(kw_only=True)
class _Row:
    """One order with what the shop says of it, the decision, and what would be sent."""

    order: Order
    handling: Handling
    decision: export.Decision
    notices: tuple[ShipmentNotice, ...]
    guards: tuple[Reason, ...]
    """What speaks against it at the mall, whatever the rule says."""

    @property
    def may_go(self) -> bool:
        """Whether the rule allows it and the mall holds nothing against it."""
        return self.decision.eligible and not self.guards


@frozen(kw_only=True)
class _Stall:
    """The shop at one mall: the client, and what the demo watches on the fake."""

    mall: Mall
    title: str
    fake: _Fake
    client: _Client
    report: str
    """The mall's call that carries shipment reports."""
    message: str = ""
    """What the buyer is told, where the mall takes it."""
    statuses: Mapping[str, str]
    """How the mall calls its states."""

    @property
    def written(self) -> int:
        """How many reports have taken effect on the mall."""
        if isinstance(self.fake, sandbox.RakutenMall):
            return self.fake.fake.effective()
        return self.fake.fake.effective(kind="shipped")

    @property
    def reports(self) -> int:
        """How many calls have carried reports."""
        return sum(hit.operation == self.report for hit in self.fake.hits)


@click.command()
@click.option(
    "--orders", default=300, show_default=True, help="Orders of each fake mall, in 60 days."
)
@click.option("--seed", default=1, show_default=True, help="Another seed makes other orders.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="en", show_default=True)
def demo(orders: int, seed: int, lang: str) -> None:
    """Fetch a week of orders of each fake mall, decide, report, lose an answer, look again."""
    console = Console()
    with sandbox.running(seed=seed, orders=orders, now=_NOW) as malls:
        console.print("Fake malls run on this machine: made-up orders, made-up keys.")
        with ExitStack() as open_clients:
            stalls = _stalls(malls)
            if stalls[-1].mall is not Mall.RAKUMA:
                console.print("Rakuma needs a wire: make demo puts the example wire on the path.")
            for stall in stalls:
                open_clients.enter_context(stall.client)
            reported = [_day(console, stall, lang) for stall in stalls]
            console.print()
            console.rule("The next morning", align="left", style="default")
            for stall, numbers in zip(stalls, reported, strict=True):
                stall.fake.clock.set(_MORNING)
                _look_again(console, stall, numbers)


def _day(console: Console, stall: _Stall, lang: str) -> list[str]:
    """Fetch, decide and report; return the numbers of the orders that were reported."""
    console.print()
    console.rule(stall.title, align="left", style="default")
    rows = _decide(stall, _fetch(console, stall.client))
    console.print(_decisions(rows, lang))
    going = [row for row in rows if row.may_go]
    _report(console, stall, going)
    if isinstance(stall.client, rakuma.Client):
        _rate(console, stall.client)
    return [row.order.number for row in going]


def _rate(console: Console, client: rakuma.Client) -> None:
    """Rate the buyers who have rated, which is what ends their orders."""
    week = Period.last_days(7, now=_NOW)
    waiting = list(client.reviewable_orders(week))
    results = [client.review_buyer(one.number, "ありがとうございました") for one in waiting]
    sent = sum(result.outcome is Outcome.SENT for result in results)
    console.print(f"\nBuyers who have rated: {len(waiting)}; reviews posted in return: {sent}.")


def _look_again(console: Console, stall: _Stall, numbers: Iterable[str]) -> None:
    codes = Counter(order.mall_status for order in stall.client.get_orders(numbers))
    named = [f"{count} in {stall.statuses.get(code, code)}" for code, count in codes.most_common()]
    console.print(f"{stall.title}, of what was reported: {', '.join(named) or 'nothing'}.")


def _stalls(malls: sandbox.Malls) -> list[_Stall]:
    first, second, third = malls.rakuten, malls.qoo10, malls.mercari_shops
    return [
        _Stall(
            mall=Mall.RAKUTEN,
            title="Rakuten Ichiba",
            fake=first,
            client=rakuten.Client(
                first.credentials, shop_id="demo", base_url=first.base_url, pace=None
            ),
            report="updateOrderShipping",
            statuses={"300": "発送待ち (300)", "500": "発送済 (500)"},
        ),
        _Stall(
            mall=Mall.QOO10,
            title="Qoo10",
            fake=second,
            client=qoo10.Client(
                second.credentials, shop_id="demo", base_url=second.base_url, pace=None
            ),
            report="ShippingBasic.SetSendingInfoBulk",
            statuses={"3": "配送準備 (3)", "4": "配送中 (4)"},
        ),
        _Stall(
            mall=Mall.MERCARI_SHOPS,
            title="Mercari Shops",
            fake=third,
            client=mercari_shops.Client(
                third.credentials, shop_id="demo", base_url=third.base_url, pace=None
            ),
            report="completeOrderShipping",
            message="[配送業者]で発送しました。お荷物伝票番号: [伝票番号]",
            statuses={"WAITING_FOR_SHIPPING": "発送待ち", "COMPLETED": "完了 (COMPLETED)"},
        ),
        *_example_stalls(malls.examplemarket),
    ]


def _example_stalls(fake: sandbox.ExamplemarketMall) -> list[_Stall]:
    """Return a stall at the fictional mall, if ``make demo`` has put the example wire on the path.

    Nothing of Rakuma's wire is public: a shop writes its own, and this one shows how.
    """
    try:
        wire = import_module("examplemarket_wire").WIRE
    except ModuleNotFoundError:
        return []
    client = rakuma.Client(
        fake.credentials, shop_id="demo", wire=wire, base_url=fake.base_url, pace=None
    )
    return [
        _Stall(
            mall=Mall.RAKUMA,
            title="Rakuma by an example wire (the mall is fictional)",
            fake=fake,
            client=client,
            report="ship",
            statuses={"wait_receive": "awaiting receipt", "wait_review": "awaiting our review"},
        )
    ]


def _fetch(console: Console, client: _Client) -> list[Order]:
    week = Period.last_days(7, now=_NOW)
    orders = list(_progress(console, "Fetching a week of orders", client.fetch_orders(week)))
    phases = Counter(order.phase for order in orders)
    told = ", ".join(f"{count} {phase}" for phase, count in phases.most_common())
    console.print(f"{len(orders)} orders since {week.start:%Y-%m-%d %H:%M}: {told}\n")
    return orders


def _decide(stall: _Stall, orders: Iterable[Order]) -> list[_Row]:
    waiting = [order for order in orders if order.phase is Phase.TO_SHIP]
    typed = zip(waiting, cycle(_DAY_OF_A_SHOP), strict=False)
    return [_row(stall, order, _handling(order, *one)) for order, one in typed]


def _row(stall: _Stall, order: Order, handling: Handling) -> _Row:
    notices = notice.build(order, handling, stall.message).notices
    return _Row(
        order=order,
        handling=handling,
        decision=export.decide(order, handling, rule=export.RULES[stall.mall], today=_TODAY),
        notices=notices,
        guards=tuple(dict.fromkeys(_guards(stall, order, notices))),
    )


def _guards(stall: _Stall, order: Order, notices: Iterable[ShipmentNotice]) -> Iterator[Reason]:
    if any(parcel.tracking_number for one in order.shipments for parcel in one.parcels):
        yield Reason(ReasonCode.ALREADY_REPORTED)
    if stall.mall is Mall.MERCARI_SHOPS and any(one.anonymous for one in order.shipments):
        yield Reason(ReasonCode.MALL_LABEL_ONLY)
    for one in notices:
        yield from guards(order, one, preview=stall.client.preview(one))


def _handling(
    order: Order, status: str, ship_date: date | None, carrier: str, method: str, pattern: str
) -> Handling:
    last = _digits(order.number)
    return Handling(
        status=status,
        updated_at=_NOW,
        dispatches=tuple(
            Dispatch(
                shipment_id=shipment.id,
                ship_date=ship_date,
                carrier=carrier,
                delivery_methods={method} if method else set(),
                tracking_number=pattern.format((last + place) % 10_000),
            )
            for place, shipment in enumerate(order.shipments)
        ),
    )


def _digits(number: str) -> int:
    """Return four digits that go with an order number."""
    last = number.rpartition("-")[2]
    return (int(last) if last.isdecimal() else crc32(number.encode())) % 10_000


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
        return f"[yellow]not now: {_said(row.guards, lang)}[/]"
    said = _said(decision.reasons or decision.warnings, lang)
    colour, word = ("green", "yes") if decision.eligible else ("red", "no")
    return f"[{colour}]{word}{': ' if said else ''}{said}[/]"


def _said(reasons: Iterable[Reason], lang: str) -> str:
    return "; ".join(reason.explain(lang) for reason in reasons)


def _report(console: Console, stall: _Stall, going: Sequence[_Row]) -> None:
    notices = [one for row in going for one in row.notices]
    console.print(f"\n{len(going)} orders may go: {len(notices)} shipments to report.")
    if not notices:
        return
    console.print("The answer to the first report gets lost on purpose …")
    stall.fake.fail_next("RESET_AFTER", operation=stall.report)
    _tell(console, "sent", _send(console, stall.client, notices), stall)
    console.print(
        "… so the client looked at the mall, and found it there. Once more, from the top:"
    )
    _tell(console, "again", _send(console, stall.client, notices), stall)


def _send(
    console: Console, client: _Client, notices: Sequence[ShipmentNotice]
) -> list[NoticeResult]:
    steps = _progress(console, "Reporting shipments", batches(notices, 10))
    return [result for some in steps for result in client.send_notices(some)]


def _progress(console: Console, told: str, steps: Iterable[T]) -> Iterator[T]:
    """Show progress on a terminal, and nothing in a file."""
    return iter(track(steps, told, console=console, disable=not console.is_terminal))


def _tell(console: Console, word: str, results: Sequence[NoticeResult], stall: _Stall) -> None:
    outcomes = Counter(result.outcome for result in results)
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    counts = f"reports so far {stall.reports}, records written {stall.written}"
    console.print(f"  {word:5}: {told}; {counts}")
    warnings = Counter(warning.code for result in results for warning in result.warnings)
    for code, count in warnings.items():
        console.print(f"         {count} with the warning {code}")
