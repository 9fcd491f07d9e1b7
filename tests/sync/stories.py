"""How stories of the sync are told: an order is placed, time goes on, the journal is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import evolve

from mallsync.sandbox.fakes.mercari_shops.codes import ARRANGED, OTHER
from mallsync.store.journal import Record, SqlJournal
from mallsync.store.orders import Stored
from mallsync.sync import Shop, Sync
from tests.sync.conftest import World
from tests.sync.troubles import SETTINGS, fake_of

__all__ = [
    "PLACING",
    "Placing",
    "by_the_clock",
    "later",
    "nothing_in_doubt",
    "one",
    "one_parcel",
    "record",
    "started",
    "stored",
    "two_lines",
    "two_methods",
    "withdraw",
]

Placing = Callable[[Any], list[str]]
"""Lets somebody place one order at a fake."""


def one_parcel(fake: Any) -> list[str]:
    """Let somebody place an order at Rakuten that goes out in one parcel."""
    while True:
        (number,) = fake.place(1)
        if len(fake.document(number)["PackageModelList"]) == 1:
            fake.set_progress(number, 300)
            return [number]


def two_lines(fake: Any) -> list[str]:
    """Let somebody place a cart of two lines at Qoo10."""
    return list(fake.place(1, lines=2))


def two_methods(fake: Any) -> list[str]:
    """Let somebody place an order at Mercari Shops that goes out in two shipments."""
    return list(fake.place(methods=(ARRANGED, OTHER)))


def one(fake: Any) -> list[str]:
    """Let somebody place an order."""
    return list(fake.place(1))


PLACING: dict[str, Placing] = {
    "rakuten": one_parcel,
    "qoo10": two_lines,
    "mercari_shops": one,
    "rakuma": one,
}


def started(
    world: World, mall: str, place: Placing | None = None, **settings: Any
) -> tuple[Sync, Any, str]:
    """Return a sync that has fetched an order of a mall, the fake and the order's number."""
    fake = fake_of(world, mall)
    sync = Sync(
        [Shop(getattr(world, mall), evolve(SETTINGS[mall], days=3, **settings))], world.store
    )
    (number,) = (place or PLACING[mall])(fake)
    world.advance(seconds=1)
    sync.fetch()
    return sync, fake, number


def record(sync: Sync, kind: str = "notice", revision: int = 1) -> Record:
    """Return what the journal has of the one order."""
    (found,) = [
        one
        for stored in sync.orders()
        for one in sync.store.journal.records(stored.order.key)
        if one.write_back is not None and (one.key.kind, one.key.revision) == (kind, revision)
    ]
    return found


def stored(sync: Sync, number: str) -> Stored:
    """Return an order as the store has it."""
    (found,) = sync.orders(number=number)
    return found


def withdraw(sync: Sync, mall: str) -> None:
    """Let the shop hold the order."""
    for one in list(sync.orders()):
        sync.handle(one.order.key, status="キャンセル" if mall == "qoo10" else "保留")


def later(world: World, sync: Sync, **by: float) -> Record:
    """Let the mall settle, fetch, and find out; return what the journal has then."""
    world.advance(**(by or {"hours": 2}))
    sync.fetch()
    sync.reconcile()
    return record(sync)


def nothing_in_doubt(sync: Sync) -> bool:
    """Tell whether everything has an end."""
    return all(sync.store.journal.unfinished(shop) == () for shop in sync.shops)


@contextmanager
def by_the_clock(world: World) -> Iterator[None]:
    """Let a second pass before each step, as time does."""
    begin = SqlJournal.begin

    def ticks(journal: SqlJournal, *step: Any) -> bool:
        world.advance(seconds=1)
        return begin(journal, *step)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlJournal, "begin", ticks)
        yield
