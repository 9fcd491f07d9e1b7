"""A cart of Qoo10 that is older than the lists: open as long as its lines are, and reported."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve, frozen

from mallsync import Handling, OrderKey, Outcome, Phase
from mallsync.errors import DecodeError
from mallsync.model.sighting import Unreadable
from mallsync.sandbox.fakes.qoo10.codes import Status
from mallsync.store import schema
from mallsync.store.encoding import CODEC
from mallsync.store.orders import Stored
from mallsync.sync import Shop, Sync
from tests.sync.conftest import World, ready
from tests.sync.troubles import SETTINGS, fake_of, written

LISTED_FOR = timedelta(days=89)


@pytest.fixture
def orders() -> int:
    """Return none: the test places its own."""
    return 0


@frozen
class Host:
    """A host's own tables."""

    said: dict[OrderKey, Handling]

    def handling(self, key: OrderKey) -> Handling | None:
        """Return what it says of an order."""
        return self.said.get(key)


def aged(world: World) -> tuple[Sync, Any, str]:
    """Return a sync that has just fetched a shop whose one cart no list shows any more."""
    sync, fake, number = young(world)
    world.advance(days=LISTED_FOR.days + 1)
    fetched(sync)
    return sync, fake, number


def young(world: World) -> tuple[Sync, Any, str]:
    """Return a sync that has just fetched a shop with one cart of two lines."""
    fake = fake_of(world, "qoo10")
    sync = Sync([Shop(world.qoo10, evolve(SETTINGS["qoo10"], days=3))], world.store)
    (number,) = fake.place(1, lines=2)
    world.advance(seconds=1)
    sync.fetch()
    return sync, fake, number


def fetched(sync: Sync) -> None:
    """Fetch, without anything to say."""
    (report,) = sync.fetch()
    assert report.ok
    assert () == report.remarks


def upgraded(world: World) -> None:
    """Let what is set aside be that of an older version."""
    with world.store.database.write() as connection:
        connection.execute(schema.quarantine.update().values(codec=CODEC - 1))


def stored(sync: Sync, number: str) -> Stored:
    """Return the cart as the store has it."""
    (found,) = sync.orders(number=number)
    return found


def test_an_open_cart_is_watched_however_old_it_is(world: World) -> None:
    """What is known of it stays, though a single read tells less than a list."""
    sync, _, number = young(world)
    (shop,) = sync.shops
    before = stored(sync, number).order
    world.advance(days=LISTED_FOR.days + 1)
    fetched(sync)

    assert {number: "2"} == world.store.orders.watched(shop)
    assert before == stored(sync, number).order
    assert before.charges.total is not None


def test_the_address_of_an_open_cart_is_not_erased(world: World) -> None:
    """It can still be shipped."""
    sync, _, number = aged(world)
    before = stored(sync, number).order.shipments[0].recipient
    world.store.care.purge(world.store.now() - timedelta(days=60))
    fetched(sync)

    assert before is not None
    assert before == stored(sync, number).order.shipments[0].recipient


def test_an_old_cart_is_reported_once_and_confirmed(world: World) -> None:
    """Also by a host that keeps what it says in tables of its own."""
    sync, _, number = aged(world)
    key = stored(sync, number).order.key
    ready(sync, key)
    said = stored(sync, number).handling
    assert said is not None
    sync.store.handlings.change(key, lambda old: evolve(old, dispatches=()))
    host = Host({key: said})
    for _ in range(2):
        sync.export(sync.plan_export(handlings=host))
        world.advance(hours=2)
        fetched(sync)
    (told,) = (one for one in world.store.journal.records(key) if one.write_back is not None)

    assert 2 == written(world, "qoo10")  # a line each
    assert Outcome.SENT is told.outcome
    assert told.confirmed_at is not None
    assert Phase.SHIPPED is stored(sync, number).order.phase


def test_what_is_cancelled_of_an_old_cart_is_told(world: World) -> None:
    """Line by line, as it is read."""
    sync, fake, number = aged(world)
    first, second = fake.lines_of(number)
    fake.cancel(first)
    fetched(sync)
    part = stored(sync, number).order
    fake.cancel(second)
    (report,) = sync.fetch()
    whole = stored(sync, number).order

    assert [Phase.CANCELLED, Phase.TO_SHIP] == [one.phase for one in part.shipments[0].items]
    assert Phase.TO_SHIP is part.phase
    assert (number,) == report.cancelled
    assert Phase.CANCELLED is whole.phase


def test_a_cart_of_which_no_line_is_there_is_gone(world: World) -> None:
    """That is told once."""
    sync, fake, number = aged(world)
    for line in fake.lines_of(number):
        del fake.lines[line]
    (first,) = sync.fetch()
    fetched(sync)
    (shop,) = sync.shops

    assert first.ok
    assert ["ORDER_GONE"] == [one.code for one in first.remarks]
    assert {} == world.store.orders.watched(shop)


def test_an_old_cart_that_could_never_be_read_stays_set_aside(world: World) -> None:
    """Nobody knows its lines, so that nobody can tell that it is gone; its record stays, too."""
    sync = Sync([Shop(world.qoo10, SETTINGS["qoo10"])], world.store)
    (shop,) = sync.shops
    held = Unreadable("870000001", ({"OrderQty": "many"},), DecodeError(code="UNREADABLE"))
    world.store.orders.arrive(shop, unreadable=[held])
    (report,) = sync.fetch()
    (kept,) = world.store.quarantine.of(shop)

    assert not report.ok
    assert ("870000001", held.raw) == (kept.number, kept.raw)


def test_why_an_old_cart_could_never_be_read_is_not_forgotten(world: World) -> None:
    """That its number is none of a line says less."""
    fake = fake_of(world, "qoo10")
    sync = Sync([Shop(world.qoo10, evolve(SETTINGS["qoo10"], days=3))], world.store)
    (number,) = fake.place(1, lines=2)
    first, _ = fake.lines_of(number)
    fake.line(first).edits = {"orderQty": "many"}
    world.advance(seconds=1)
    sync.fetch()
    (shop,) = sync.shops
    before = world.store.quarantine.of(shop)
    world.advance(days=LISTED_FOR.days + 1)
    (report,) = sync.fetch()

    assert not report.ok
    assert ["UNREADABLE"] == [one.code for one in before]
    assert before == world.store.quarantine.of(shop)


@pytest.mark.parametrize("spoilt", [{"orderNo": "?"}, {"orderQty": "many"}])
def test_a_line_that_cannot_be_read_for_a_while_is_not_lost(
    world: World, spoilt: dict[str, str]
) -> None:
    """Nor what is known of its cart, whatever a newer version reads; it is reported."""
    sync, fake, number = aged(world)
    before = stored(sync, number).order
    _, second = fake.lines_of(number)
    fake.line(second).edits = spoilt
    (spoiling,) = sync.fetch()
    fake.line(second).edits = {}
    upgraded(world)
    fetched(sync)
    after = stored(sync, number).order
    ready(sync, after.key)
    sync.export(sync.plan_export())

    assert [number] == [one.number for one in spoiling.unreadable]
    assert before == after
    assert 2 == written(world, "qoo10")  # a line each


@pytest.mark.parametrize("is_found", [True, False])
def test_what_is_set_aside_of_a_stored_cart_does_not_replace_it(
    world: World, *, is_found: bool
) -> None:
    """It may be a part: the cart is as the mall tells it anew, or stays as it was."""
    sync, fake, number = aged(world)
    before = stored(sync, number).order
    (shop,) = sync.shops
    first, second = fake.lines_of(number)
    (kept,) = world.store.orders.load(shop, [number], raw=True).values()
    assert isinstance(kept.order.raw, tuple)
    part = Unreadable(number, kept.order.raw[:1], DecodeError(code="UNREADABLE"))
    world.store.orders.arrive(shop, unreadable=[part])
    upgraded(world)
    if not is_found:
        fake.line(second).edits = {"orderNo": "?"}
    (report,) = sync.fetch()

    assert is_found is report.ok
    assert before == stored(sync, number).order
    assert [first, second] == [one.id for one in before.shipments[0].items]
    assert is_found is (() == world.store.quarantine.of(shop))


def test_an_old_cart_stays_open_while_a_line_of_it_is_not_found(world: World) -> None:
    """The others are as they are told; the line is reported once it is there again."""
    sync, fake, number = aged(world)
    (shop,) = sync.shops
    first, second = fake.lines_of(number)
    fake.set_status(first, Status.ON_DELIVERY)
    lost = fake.lines.pop(second)
    fetched(sync)
    part = stored(sync, number).order
    watched = world.store.orders.watched(shop)
    fake.lines[second] = lost
    fetched(sync)
    ready(sync, part.key)
    sync.export(sync.plan_export())
    fetched(sync)

    assert [Phase.SHIPPED, Phase.TO_SHIP] == [one.phase for one in part.shipments[0].items]
    assert (Phase.TO_SHIP, {number: "2"}) == (part.phase, watched)
    assert 1 == fake.effective(second, "shipped")
    assert Phase.SHIPPED is stored(sync, number).order.phase
