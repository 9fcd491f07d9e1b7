"""The commands of files: orders and tracking numbers in, shipping results out."""

from __future__ import annotations

from pathlib import Path

import click

from mallsync import files
from mallsync.cli.work import Ending, print_json, working
from mallsync.errors import FileError, MallsyncError
from mallsync.files import CsvShop, ImportReport, Refused
from mallsync.model.words import HostStatus, Mall
from mallsync.policy.merge import Mode
from mallsync.sync import Sync

__all__ = ["FILE_COMMANDS"]

_FILE = click.Path(path_type=Path)
_SHOP = click.option("--shop", required=True, help="Of this shop.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
_ENCODING = click.option("--encoding", help="utf-8, cp932 and so on; else it is found out.")


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=_FILE, metavar="FILE…")
@_SHOP
@click.option(
    "--mode",
    type=click.Choice(["update", "rewrite"]),
    required=True,
    help="update (更新): blank cells leave the old value; rewrite (書換): they erase it.",
)
@click.option("--status", default=HostStatus.IN_PROCESS.value, show_default=True)
@_ENCODING
@_JSON
@working
def import_(
    sync: Sync,
    paths: tuple[Path, ...],
    shop: str,
    mode: str,
    status: str,
    encoding: str | None,
    *,
    as_json: bool,
) -> Ending:
    """Bring orders in by CSV: each mall's own file, or a shop's by its mapping."""
    report = files.import_orders(
        sync, shop, paths, mode=Mode[mode.upper()], status=status, encoding=encoding
    )
    if as_json:
        print_json(_imported(report))
    else:
        for line in _imported_lines(report):
            click.echo(line)
    return 0 if report.ok else 1


@click.command()
@click.argument("path", type=_FILE)
@_SHOP
@click.option("--mapping", required=True, type=_FILE, help="A mapping file with [tracking].")
@click.option("--status", help="Where the orders move to, such as 発送待ち.")
@_ENCODING
@working
def tracking(
    sync: Sync, path: Path, shop: str, mapping: Path, status: str | None, encoding: str | None
) -> Ending:
    """Take tracking numbers from the CSV of a carrier's software."""
    report = files.take_tracking(
        sync, shop, path, files.load_mapping(mapping), status=status, encoding=encoding
    )
    click.echo(f"{len(report.taken)} orders have their numbers")
    for number in report.unknown:
        click.echo(f"{number}: no such order has been taken in", err=True)
    _echo_refused(report.refused)
    return 0 if report.ok else 1


@click.command()
@click.argument("path", type=_FILE)
@_SHOP
@click.option("--brief", type=_FILE, help="Qoo10: the brief file (要約) to be filled in.")
@click.option("--mapping", type=_FILE, help="A mapping file with [results], for any other layout.")
@working
def results(sync: Sync, path: Path, shop: str, brief: Path | None, mapping: Path | None) -> Ending:
    """Write what would be reported into a file, for an upload by hand; nothing is sent.

    Rakuten's six columns, Qoo10's brief file, or a layout of one's own. A shop of files needs no
    such thing: export writes its result files.
    """
    notices = [one.notice for one in sync.plan_export(shops=[shop]).notices]
    mall = sync.shop(shop).key.mall
    if isinstance(sync.shop(shop).client, CsvShop):
        raise click.ClickException("this is a shop of files: mallsync export writes its results")
    if mapping is not None:
        layout = files.load_mapping(mapping).results
        if layout is None:
            raise click.ClickException(f"{mapping} has no [results]")
        files.write_results(path, notices, layout)
    elif mall == Mall.RAKUTEN:
        files.write_upload(path, notices)
    elif mall == Mall.QOO10 and brief is not None:
        files.fill_brief_file(brief, path, notices)
    else:
        raise click.ClickException(
            "name --brief with Qoo10's brief file, or --mapping with a layout of your own"
        )
    click.echo(f"{len(notices)} reports in {path}")
    return 0


@click.command("mapping")
@click.argument("path", type=_FILE)
@click.option("--check", is_flag=True, help="Read a mapping file, and name its mistakes.")
@_ENCODING
def mapping_(path: Path, encoding: str | None, *, check: bool) -> None:
    """Make a mapping to begin with of the headers of a CSV file, or check one."""
    try:
        if check:
            files.load_mapping(path)
            click.echo(f"{path} can be used")
        else:
            click.echo(files.mapping_template(path, encoding=encoding), nl=False)
    except MallsyncError as error:
        where = f"{_place(error)}: " if isinstance(error, FileError) else ""
        raise click.ClickException(f"{where}{error}") from None


FILE_COMMANDS = (import_, tracking, results, mapping_)


def _imported_lines(report: ImportReport) -> list[str]:
    told = f"{report.inserted} inserted, {report.updated} updated, {report.unchanged} unchanged"
    moved: dict[str, int] = {}
    for one in report.moves:
        moved[one.before] = moved.get(one.before, 0) + 1
    lines = [f"{report.shop}: {told}"]
    lines += [
        f"{before or 'new'} → {report.status}: {count}" for before, count in sorted(moved.items())
    ]
    for file in report.files:
        if file.unknown_headers:
            lines.append(f"{file.path}: kept in raw alone: {', '.join(file.unknown_headers)}")
    _echo_refused(report.refused)
    return lines


def _echo_refused(refused: tuple[Refused, ...]) -> None:
    for one in refused:
        click.echo(
            f"{_place(one.error)}: {one.number or 'a row'} was refused: {one.error}", err=True
        )


def _place(error: FileError) -> str:
    return ":".join(str(one) for one in (error.path, error.line) if one)


def _imported(report: ImportReport) -> dict[str, object]:
    return {
        "shop": str(report.shop),
        "ok": report.ok,
        "inserted": report.inserted,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "status": report.status,
        "moves": [{"order": one.number, "before": one.before} for one in report.moves],
        "refused": [
            {"order": one.number, "lines": one.lines, "error": str(one.error)}
            for one in report.refused
        ],
        "unknown_headers": {str(one.path): one.unknown_headers for one in report.files},
    }
