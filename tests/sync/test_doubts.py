"""What is in doubt does not stay so, and what the shop has withdrawn is not sent again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import evolve

from mallsync import OrderKey, Outcome
from mallsync.model.journal import Lease
from mallsync.sandbox import Fault
from mallsync.store import ShopKey, schema
from mallsync.sync import Plan, Shop, Sync, export
from tests.sync.conftest import World
from tests.sync.stories import later, record, started
from tests.sync.troubles import MALLS, SETTINGS, buy, cancel, fill_in, written

REPORTS = {
    "rakuten": "updateOrderShippingAsync",
    "qoo10": "ShippingBasic.SetSendingInfoBulk",
    "mercari_shops": "completeOrderShipping",
    "rakuma": "ship",
}


@pytest.fixture
def orders() -> int:
    """Return none: the test places its own."""
    return 0


def in_doubt(world: World, mall: str) -> tuple[Sync, Plan]:
    """Report orders at a mall that gets none of it, and return the plan."""
    sync = Sync([Shop(getattr(world, mall), SETTINGS[mall])], world.store)
    buy(world, mall)
    sync.fetch()
    plan = fill_in(sync)
    running = world.malls.examplemarket if mall == "rakuma" else getattr(world.malls, mall)
    running.fail_next(Fault.RESET_BEFORE, operation=REPORTS[mall], times=4)
    (report,) = sync.export(plan)
    running.fake.script.clear()
    assert Outcome.UNKNOWN in report.counts
    return sync, plan


def forgotten(world: World) -> tuple[Sync, Plan]:
    """Report orders at Rakuma, and forget that they have arrived."""
    sync = Sync([Shop(world.rakuma, SETTINGS["rakuma"])], world.store)
    buy(world, "rakuma")
    sync.fetch()
    plan = fill_in(sync)
    sync.export(plan)
    with world.store.database.write() as connection:
        connection.execute(schema.entries.update().values(outcome="UNKNOWN"))
    return sync, plan


def outcomes(sync: Sync, plan: Plan) -> set[Outcome | None]:
    """Return what the journal has of a plan's notices."""
    numbers = [one.key.order.number for one in plan.notices]
    records = sync.store.journal.of(plan.shops[0], numbers)
    return {records[one.key].outcome for one in plan.notices}


@pytest.mark.parametrize("mall", MALLS)
def test_a_report_that_never_arrived_of_an_order_that_is_cancelled_since_ends(
    world: World, mall: str
) -> None:
    """Nobody is asked again and again to find out what came of it."""
    before = written(world, mall)
    sync, plan = in_doubt(world, mall)
    for number in {one.key.order.number for one in plan.notices}:
        cancel(world, mall, number)
    world.advance(hours=2)
    sync.fetch()
    sync.reconcile()

    assert () == sync.store.journal.unfinished(plan.shops[0])
    # Of a cancelled order nothing is wanted, but that Rakuten cancels no package of its own.
    ends = Outcome.REFUSED if mall == "rakuten" else Outcome.NOT_SENT
    assert {ends} == outcomes(sync, plan)
    assert before == written(world, mall)


@pytest.mark.parametrize("mall", MALLS)
def test_a_client_refuses_it_too_once_the_mall_has_settled(world: World, mall: str) -> None:
    """Before, it may still show."""
    _, plan = in_doubt(world, mall)
    for number in {one.key.order.number for one in plan.notices}:
        cancel(world, mall, number)
    client, notices = getattr(world, mall), [one.notice for one in plan.notices]
    early = client.send_notices(notices, journal=world.store.journal)
    world.advance(hours=2)
    late = client.send_notices(notices, journal=world.store.journal)

    assert {Outcome.UNKNOWN} == {one.outcome for one in early}
    assert {Outcome.REFUSED} == {one.outcome for one in late}


@pytest.mark.parametrize("mall", MALLS)
@pytest.mark.parametrize("change", ["status", "number"])
def test_what_the_shop_has_withdrawn_or_changed_is_not_sent_again(
    world: World, mall: str, change: str
) -> None:
    """It ends once it is known not to have arrived; what the shop says now goes by a plan."""
    before = written(world, mall)
    sync, plan = in_doubt(world, mall)
    for key in {one.key.order for one in plan.notices}:
        stored = sync.store.orders.get(key)
        assert stored is not None
        assert stored.handling is not None
        for dispatch in stored.handling.dispatches:
            if change == "status":
                sync.handle(key, status="保留" if mall != "qoo10" else "キャンセル")
            else:
                sync.handle(key, dispatch=evolve(dispatch, tracking_number="900011112222"))
    sync.reconcile()
    early = outcomes(sync, plan)
    world.advance(hours=2)
    sync.reconcile()
    left = sync.store.journal.unfinished(plan.shops[0])
    told = outcomes(sync, plan)
    sync.fetch()
    again = sync.plan_export()

    assert {Outcome.UNKNOWN} == early
    assert () == left
    assert {Outcome.NOT_SENT} == told
    assert before == written(world, mall)
    assert bool(again.notices) == (change == "number")
    if change == "number":
        assert [True] == [report.ok for report in sync.export(again)]


def test_what_the_shop_withdraws_while_another_process_writes_is_not_sent_again(
    world: World,
) -> None:
    """What is wanted is asked once the other has ended, not before."""
    before = written(world, "rakuten")
    sync, plan = in_doubt(world, "rakuten")
    world.advance(hours=2)
    keys = {one.key.order for one in plan.notices}
    held = world.store.leases.held

    @contextmanager
    def withdrawing(name: str, **options: Any) -> Iterator[Lease | None]:
        for key in keys:
            sync.handle(key, status="保留")
        with held(name, **options) as lease:
            yield lease

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(world.store.leases), "held", lambda _, *given, **more: withdrawing(*given, **more)
        )
        (report,) = sync.reconcile()

    assert {Outcome.NOT_SENT} == set(report.counts)
    assert before == written(world, "rakuten")


def test_each_batch_is_judged_when_its_turn_has_come(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the shop says then; nothing is judged twice."""
    before = written(world, "rakuten")
    sync, plan = in_doubt(world, "rakuten")
    monkeypatch.setattr(export, "_BATCH", 1)
    world.advance(hours=2)
    keys = [one.key.order for one in plan.notices]
    judged: list[OrderKey] = []

    def progress(shop: ShopKey, done: int) -> None:
        judged.append(keys[done - 1])
        for key in keys[1:]:
            sync.handle(key, status="保留")

    (report,) = sync.reconcile(progress=progress)

    assert len(keys) > 1
    assert keys == judged
    assert [Outcome.SENT, *[Outcome.NOT_SENT] * (len(keys) - 1)] == [
        one.outcome for one in report.written
    ]
    assert before + 1 == written(world, "rakuten")


def test_what_the_mall_has_of_an_order_that_is_cancelled_since_is_adopted(world: World) -> None:
    """It had been shipped with our number, although nobody was told."""
    sync, plan = forgotten(world)
    for number in {one.key.order.number for one in plan.notices}:
        cancel(world, "rakuma", number)
    world.advance(hours=2)
    sync.reconcile()

    assert {Outcome.SENT} == outcomes(sync, plan)


def test_what_the_shop_has_withdrawn_is_adopted_where_the_mall_has_it(world: World) -> None:
    """All that was lost is the knowledge of it."""
    sync, plan = forgotten(world)
    sync.handle(plan.notices[0].key.order, status="保留")
    (found,) = sync.reconcile()

    assert {Outcome.SENT: 1} == found.counts
    assert () == sync.store.journal.unfinished(plan.shops[0])
    assert 1 == written(world, "rakuma")


def test_what_cannot_be_looked_up_stays_in_doubt(world: World) -> None:
    """Until the mall answers."""
    sync, plan = in_doubt(world, "rakuten")
    for key in {one.key.order for one in plan.notices}:
        sync.handle(key, status="保留")
    world.advance(hours=2)
    world.malls.rakuten.fail_next(Fault.UNAVAILABLE, operation="getOrder", times=99)
    sync.reconcile()

    assert {Outcome.UNKNOWN} == outcomes(sync, plan)


def test_what_came_too_early_for_the_mall_goes_out_once_it_may(world: World) -> None:
    """The order was set back for a while: our own look found it, the mall has refused nothing."""
    sync, fake, number = started(world, "rakuten")
    plan = fill_in(sync)
    fake.set_progress(number, 200)
    sync.export(plan)
    early = record(sync)
    fake.set_progress(number, 300)
    later(world, sync)
    sync.export(sync.plan_export())

    assert (Outcome.REFUSED, "MALL_STATE_TOO_EARLY") == (early.outcome, early.code)
    assert Outcome.SENT is record(sync).outcome
    assert 1 == fake.effective(number)


def test_what_is_half_done_is_gone_on_with_though_the_mall_has_moved_on(world: World) -> None:
    """The order is shipped, and the buyer has not been told: the shop still says so."""
    sync = Sync([Shop(world.mercari_shops, SETTINGS["mercari_shops"])], world.store)
    buy(world, "mercari_shops")
    sync.fetch()
    plan = fill_in(sync)
    mall = world.malls.mercari_shops
    mall.fail_next(Fault.RESET_BEFORE, operation="addOrderTransactionMessage", times=9)
    sync.export(plan)
    mall.fake.script.clear()
    world.advance(hours=2)
    sync.fetch()
    sync.reconcile()

    assert {Outcome.SENT} == outcomes(sync, plan)
    assert 1 == written(world, "mercari_shops") == mall.fake.effective(kind="message")
