"""What the commands of the daily work share: shops, store, how to end, and how to print."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from mallsync.errors import FileError, MallsyncError
from mallsync.model.order import OrderKey
from mallsync.model.period import Period
from mallsync.shops import load_shops
from mallsync.store import SqlStore
from mallsync.sync import Sync

__all__ = ["Ending", "day", "key_of", "period_of", "print_json", "with_period", "working"]

Ending = int
"""An exit code: 0 for all is well, 1 for something that needs a person."""


@contextmanager
def opened(shops: Path, store: str) -> Iterator[Sync]:
    """Open the shops and their store; SIGTERM and Ctrl-C end what is under way cleanly."""
    with ExitStack() as stack:
        kept = stack.enter_context(SqlStore(store))
        loaded = load_shops(shops, tokens=kept.tokens)
        for shop in loaded:
            stack.callback(shop.client.close)
        sync = Sync(loaded, kept)
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.signal(number, lambda *_: sync.stop())
            stack.callback(signal.signal, number, before)
        yield sync


def working(command: Callable[..., Ending]) -> Callable[..., None]:
    """Make a command of a function of a `Sync`: with the options that all of them have.

    What the function returns is the exit code; an error of ours is told in one line.
    """

    @click.option(
        "--shops",
        type=click.Path(path_type=Path),
        default=Path("shops.toml"),
        show_default=True,
        envvar="MALLSYNC_SHOPS",
        help="The file with the shops.",
    )
    @click.option(
        "--store",
        default="sqlite:///orders.db",
        show_default=True,
        envvar="MALLSYNC_STORE",
        help="Where everything is kept.",
    )
    @wraps(command)
    def run(*, shops: Path, store: str, **options: object) -> None:
        try:
            with opened(shops, store) as sync:
                ending = command(sync, **options)
        except FileError as error:
            place = ":".join(str(one) for one in (error.path, error.line) if one)
            raise click.ClickException(f"{place}: {error}") from None
        except MallsyncError as error:
            raise click.ClickException(str(error)) from None
        sys.exit(ending)

    return run


def print_json(value: object) -> None:
    """Print a value as JSON, one line."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def day(value: datetime | None) -> date | None:
    """Return the day of an option."""
    return None if value is None else value.date()


def with_period(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the two options of a period to a command, which takes them as one."""

    @wraps(command)
    def asked(
        *arguments: object, first: datetime | None, last: datetime | None, **more: object
    ) -> object:
        return command(*arguments, period=period_of(first, last), **more)

    format_ = click.DateTime(["%Y-%m-%d"])
    to = click.option("--to", "last", type=format_, help="Last day, included.")(asked)
    return click.option("--from", "first", type=format_, help="First day, in Japan.")(to)


def period_of(first: datetime | None, last: datetime | None) -> Period | None:
    """Return the period of two options, None where neither is given."""
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise click.UsageError("a period has two ends: write --from and --to")
    return Period.days(first.date(), last.date())


def key_of(sync: Sync, number: str, shop: str | None) -> OrderKey:
    """Return the key of an order: of the shop that is named, or of the only one that has it."""
    keys = [key for key in sync.shops if shop in (None, key.shop_id, str(key))]
    if len(keys) > 1:
        keys = [key for key in keys if sync.store.orders.load(key, [number])]
    if len(keys) != 1:
        known = ", ".join(str(key) for key in sync.shops)
        raise click.UsageError(f"order {number}: write --shop, one of {known}")
    return OrderKey(keys[0].mall, keys[0].shop_id, number)
