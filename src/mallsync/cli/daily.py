"""The commands of the daily work, from `fetch` to `run`: one short function each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Lock
from typing import Self

import click
from rich.console import Console
from rich.progress import Progress, TextColumn

from mallsync.cli.work import Ending, day, key_of, print_json, with_period, working
from mallsync.model.handling import Dispatch
from mallsync.model.period import Period
from mallsync.policy.dispatch import dispatch_of
from mallsync.store import ShopKey, Stored
from mallsync.sync import ExportReport, FetchReport, Plan, Round, Sync
from mallsync.sync import run as run_sync

__all__ = ["COMMANDS"]

_ANY_SHOP = click.option("--shop", "shops_", multiple=True, help="Of this shop only; repeatable.")
_ONE_SHOP = click.option("--shop", help="Where several shops may have the number.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
_LANG = click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
_CORRECT = click.option(
    "--correct",
    multiple=True,
    metavar="NUMBER",
    help="Correct what was reported of this order; repeatable.",
)
_RETRY_REFUSED = click.option(
    "--retry-refused",
    is_flag=True,
    help="Send again, as it is, what the mall has refused.",
)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@_ANY_SHOP
@with_period
@_JSON
@working
def fetch(
    sync: Sync,
    shops_: tuple[str, ...],
    period: Period | None,
    *,
    as_json: bool,
) -> Ending:
    """Fetch orders into the store: the configured days, or a period."""
    with _Bars(quiet=as_json) as bars:
        reports = sync.fetch(shops_ or None, period, progress=bars.show)
    notices = sync.credentials(shops_ or None)
    if as_json:
        print_json([_fetched(one) for one in reports])
    else:
        for one in reports:
            click.echo(_fetched_line(one))
    for notice in notices:
        click.echo(notice.ja, err=True)
    return 0 if all(one.ok for one in reports) and not notices else 1


@click.command()
@click.option("--mall", help="Of this mall only.")
@click.option("--status", help="In this host status only.")
@click.option("--number", help="This one only.")
@_JSON
@working
def orders(
    sync: Sync, mall: str | None, status: str | None, number: str | None, *, as_json: bool
) -> Ending:
    """List orders: what the malls say, and what the shop does. Nobody is named."""
    for one in sync.orders(mall, status, number):
        if as_json:
            print_json(_order(one))
        else:
            click.echo("\t".join(str(value) for value in _order(one).values()))
    return 0


@click.command()
@click.argument("number")
@_ONE_SHOP
@click.option("--status", help="The host status, such as 発送待ち.")
@click.option("--memo", help="The shop's note.")
@click.option("--shipment", default="", help="The shipment, where the order has several.")
@click.option("--ship-date", type=_DAY, help="出荷日, in Japan.")
@click.option("--carrier", help="配送業者, such as ヤマト運輸.")
@click.option("--method", "methods", multiple=True, help="配送方法; repeatable.")
@click.option("--tracking", help="お荷物伝票番号.")
@working
def handle(  # noqa: PLR0913 -- one for each field
    sync: Sync,
    number: str,
    *,
    shop: str | None,
    status: str | None,
    memo: str | None,
    shipment: str,
    ship_date: datetime | None,
    carrier: str | None,
    methods: tuple[str, ...],
    tracking: str | None,
) -> Ending:
    """Say what the shop does about an order; what is left out stays as it is."""
    key = key_of(sync, number, shop)
    stored = sync.store.orders.get(key)
    if stored is None or stored.handling is None:
        raise click.ClickException(sync.why(key, "en"))
    given = (ship_date, carrier, methods or None, tracking)
    dispatch = None
    if any(one is not None for one in given):
        living = [one.id for one in stored.order.shipments if not one.cancelled]
        place = living[0] if len(living) == 1 and not shipment else shipment
        old = dispatch_of(stored.order, stored.handling, place)
        dispatch = Dispatch(
            shipment_id=place,
            ship_date=day(ship_date) or old.ship_date,
            carrier=old.carrier if carrier is None else carrier,
            delivery_methods=methods or old.delivery_methods,
            tracking_number=old.tracking_number if tracking is None else tracking,
        )
    sync.handle(key, status=status, dispatch=dispatch, memo=memo)
    click.echo(sync.why(key, "ja"))
    return 0


@click.command()
@_ANY_SHOP
@with_period
@_JSON
@_LANG
@_CORRECT
@_RETRY_REFUSED
@working
def plan(
    sync: Sync,
    shops_: tuple[str, ...],
    period: Period | None,
    lang: str,
    correct: tuple[str, ...],
    *,
    retry_refused: bool,
    as_json: bool,
) -> Ending:
    """Show what would be reported, and why the rest would not; nothing is sent."""
    made = _planned(sync, shops_, period, correct, retry_refused=retry_refused)
    _show(made, lang, as_json=as_json)
    return 0


@click.command()
@_ANY_SHOP
@with_period
@_JSON
@_LANG
@_CORRECT
@_RETRY_REFUSED
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--digest", help="Only if the plan is still the one with this digest.")
@working
def export(  # noqa: PLR0913 -- one for each option
    sync: Sync,
    shops_: tuple[str, ...],
    period: Period | None,
    lang: str,
    correct: tuple[str, ...],
    digest: str | None,
    *,
    retry_refused: bool,
    as_json: bool,
    yes: bool,
) -> Ending:
    """Report shipments: plan, show, ask, send. Each goes out once, however often this is run."""
    made = _planned(sync, shops_, period, correct, retry_refused=retry_refused)
    if digest is not None and digest != made.digest:
        raise click.ClickException("the plan is another one now: look at mallsync plan again")
    if not as_json:
        _show(made, lang, as_json=False)
    if not made.notices:
        return _tell([], as_json=as_json)
    if not yes and digest is None:
        click.confirm(f"Send {len(made.notices)} reports?", abort=True, err=True)
    return _tell(sync.export(made), as_json=as_json)


@click.command()
@_ANY_SHOP
@_JSON
@working
def reconcile(sync: Sync, shops_: tuple[str, ...], *, as_json: bool) -> Ending:
    """Find out what came of reports whose end is not known."""
    return _tell(sync.reconcile(shops_ or None), as_json=as_json)


@click.command()
@_ANY_SHOP
@_JSON
@_RETRY_REFUSED
@working
def review(sync: Sync, shops_: tuple[str, ...], *, as_json: bool, retry_refused: bool) -> Ending:
    """Rate the buyers who have rated, at malls where the shop does."""
    return _tell(sync.review(shops_ or None, retry_refused=retry_refused), as_json=as_json)


@click.command()
@_ANY_SHOP
@_JSON
@working
def gaps(sync: Sync, shops_: tuple[str, ...], *, as_json: bool) -> Ending:
    """Name the stretches of time that no fetch has covered."""
    found = sync.gaps(shops_ or None)
    if as_json:
        print_json([[str(one.shop), one.period.start, one.period.end] for one in found])
    else:
        for one in found:
            start, end = (f"{at:%Y-%m-%d %H:%M}" for at in (one.period.start, one.period.end))
            click.echo(f"{one.shop}: {start} .. {end}")
    return 1 if found else 0


@click.command()
@_ANY_SHOP
@_JSON
@working
def check(sync: Sync, shops_: tuple[str, ...], *, as_json: bool) -> Ending:
    """Ask each mall whether the credentials work (接続チェック)."""
    chosen = [key for key in sync.shops if not shops_ or {key.shop_id, str(key)} & {*shops_}]
    reports = {key: sync.shops[key].client.check_connection() for key in chosen}
    if as_json:
        print_json({str(key): [one.ok, one.cause, one.expires_at] for key, one in reports.items()})
    else:
        for key, one in reports.items():
            click.echo(f"{key}: {'ok' if one.ok else one.cause or 'no'}: {one.hint('ja')}")
    notices = sync.credentials(chosen)
    for notice in notices:
        click.echo(notice.ja, err=True)
    return 0 if all(one.ok for one in reports.values()) and not notices else 1


@click.command()
@click.argument("number")
@_ONE_SHOP
@_LANG
@working
def why(sync: Sync, number: str, shop: str | None, lang: str) -> Ending:
    """Say why an order is where it is: not fetched, not taken in, not reported, or reported."""
    click.echo(sync.why(key_of(sync, number, shop), lang))
    return 0


@click.command()
@click.option("--once", is_flag=True, help="One round of what is due now, as for cron.")
@working
def run(sync: Sync, *, once: bool) -> Ending:
    """Keep the shops in step by their intervals, until SIGTERM or Ctrl-C."""

    def told(done: Round) -> None:
        for one in done.fetched:
            click.echo(_fetched_line(one))
        for written in (*done.reconciled, *done.exported, *done.reviewed):
            if written.written or not written.ok:
                click.echo(_written_line(written))
        for notice in done.credentials:
            click.echo(notice.ja, err=True)
        if done.error is not None:
            click.echo(str(done.error), err=True)

    return 0 if run_sync(sync, told=told, once=once) else 1


COMMANDS = (
    fetch,
    orders,
    handle,
    plan,
    export,
    reconcile,
    review,
    gaps,
    check,
    why,
    run,
)


class _Bars:
    """A line for each shop that is being fetched, on a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description} {task.completed} orders"),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._tasks: dict[ShopKey, object] = {}
        self._lock = Lock()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, shop: ShopKey, seen: int) -> None:
        """Show how many orders of a shop have been seen."""
        with self._lock:
            if shop not in self._tasks:
                self._tasks[shop] = self._bars.add_task(str(shop), total=None)
            self._bars.update(self._tasks[shop], completed=seen)  # type: ignore[arg-type]  # a TaskID is an int


def _fetched_line(one: FetchReport) -> str:
    told = f"{one.shop}: {one.seen} seen, {one.new} new, {one.changed} changed"
    more = (
        (len(one.cancelled), "cancelled on the mall"),
        (one.confirmed, "reports seen on the mall"),
        (len(one.unreadable), "set aside as unreadable"),
    )
    told += "".join(f", {count} {what}" for count, what in more if count)
    told += "".join(f"; {remark.code} {remark.detail}".rstrip() for remark in one.remarks)
    if one.busy:
        return f"{one.shop}: another process is fetching it"
    if one.error is not None:
        return f"{told}; stopped by {one.error}"
    return f"{told}; stopped" if one.stopped else told


def _fetched(one: FetchReport) -> dict[str, object]:
    return {
        "shop": str(one.shop),
        "ok": one.ok,
        "seen": one.seen,
        "new": one.new,
        "changed": one.changed,
        "taken_in": one.taken_in,
        "cancelled": list(one.cancelled),
        "confirmed": one.confirmed,
        "unreadable": [each.number for each in one.unreadable],
        "remarks": [[remark.code, remark.detail] for remark in one.remarks],
        "error": None if one.error is None else str(one.error),
    }


def _order(one: Stored) -> dict[str, object]:
    order, handling = one.order, one.handling
    return {
        "mall": order.mall,
        "shop": order.shop_id,
        "number": order.number,
        "ordered_at": f"{order.ordered_at:%Y-%m-%d %H:%M}",
        "phase": order.phase.value,
        "mall_status": order.mall_status,
        "status": one.intake if handling is None else handling.status,
        "total": order.charges.total,
    }


def _planned(
    sync: Sync,
    shops: tuple[str, ...],
    period: Period | None,
    correct: tuple[str, ...],
    *,
    retry_refused: bool,
) -> Plan:
    shop = shops[0] if len(shops) == 1 else None
    keys = [key_of(sync, number, shop) for number in correct]
    return sync.plan_export(
        period=period, shops=shops or None, retry_refused=retry_refused, correct=keys
    )


def _show(made: Plan, lang: str, *, as_json: bool) -> None:
    if as_json:
        print_json(made.as_dict())
        return
    if made.rows:
        click.echo(made.explain(lang))
    click.echo(f"{len(made.notices)} to report, of {len(made.rows)}; plan {made.digest[:12]}")


def _tell(reports: Sequence[ExportReport], *, as_json: bool) -> Ending:
    if as_json:
        print_json([_written(one) for one in reports])
    else:
        for line in _written_lines(reports):
            click.echo(line)
    return 0 if all(one.ok for one in reports) else 1


def _written_lines(reports: Iterable[ExportReport]) -> Iterable[str]:
    for report in reports:
        yield _written_line(report)
        for one in report.written:
            if one.code:
                yield f"  {one.key.order.number}: {one.outcome} {one.code}"
        for strange in report.unreadable:
            yield f"  {strange.number}: unreadable {strange.error.code}"


def _written_line(one: ExportReport) -> str:
    if one.busy:
        return f"{one.shop}: another process is writing to it"
    counts = [f"{count} {outcome}" for outcome, count in one.counts.items()]
    counts += [f"{len(one.unreadable)} unreadable"] if one.unreadable else []
    told = ", ".join(counts)
    early = f"; stopped by {one.error}" if one.error else "; stopped" if one.stopped else ""
    return f"{one.shop}: {told or 'nothing to write'}{early}"


def _written(one: ExportReport) -> dict[str, object]:
    return {
        "shop": str(one.shop),
        "ok": one.ok,
        "counts": {str(outcome): count for outcome, count in one.counts.items()},
        "written": [[each.key.order.number, each.outcome.value, each.code] for each in one.written],
        "unreadable": [[each.number, each.error.code] for each in one.unreadable],
        "error": None if one.error is None else str(one.error),
    }
