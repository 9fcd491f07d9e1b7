"""``mallsync store``: verify it, and erase what is personal and old."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import click
from attrs import asdict

from mallsync.errors import MallsyncError
from mallsync.store import SqlStore

__all__ = ["store"]

_URL = click.option(
    "--store",
    "url",
    default="sqlite:///orders.db",
    show_default=True,
    envvar="MALLSYNC_STORE",
    help="Which store.",
)


@click.group()
def store() -> None:
    """Look after a store."""


def _opened(url: str) -> SqlStore:
    """Open a store that is there: a file that is not would be made, and found to be sound."""
    file = url.removeprefix("sqlite:///")
    if file != url and not Path(file).exists():
        raise click.ClickException(f"there is no store {file}: write --store sqlite:///FILE")
    return SqlStore(url)


@store.command()
@_URL
@click.option("--repair", is_flag=True, help="Let the next fetch write anew what is damaged.")
def check(url: str, *, repair: bool) -> None:
    """Verify the file, its links and every order in it; 1 if something is wrong."""
    try:
        with _opened(url) as kept:
            problems = kept.care.check(repair=repair)
    except MallsyncError as error:
        raise click.ClickException(str(error)) from None
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} problems" if problems else "it is sound")
    sys.exit(1 if problems else 0)


@store.command()
@_URL
@click.option("--older-than", required=True, metavar="DAYS", help="By order date, such as 90d.")
def purge(url: str, older_than: str) -> None:
    """Erase personal data of old orders, raw records included; the journal keeps what it needs."""
    match = re.fullmatch(r"(\d{1,5})d?", older_than)
    if match is None:
        raise click.BadParameter("write a number of days, such as 90d", param_hint="--older-than")
    try:
        with _opened(url) as kept:
            purged = kept.care.purge(kept.now() - timedelta(days=int(match[1])))
    except MallsyncError as error:
        raise click.ClickException(str(error)) from None
    for what, count in asdict(purged).items():
        click.echo(f"{count} {what.replace('_', ' ')}")
