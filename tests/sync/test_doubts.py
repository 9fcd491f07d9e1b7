"""What is in doubt does not stay so: not of an order that was cancelled meanwhile, either."""

from __future__ import annotations

import pytest

from mallsync import Outcome
from mallsync.sandbox import Fault
from mallsync.sync import Shop, Sync
from tests.sync.conftest import World
from tests.sync.troubles import MALLS, SETTINGS, buy, fake_of, fill_in, written

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


def cancel(world: World, mall: str, number: str) -> None:
    """Let the buyer cancel a whole order."""
    fake = fake_of(world, mall)
    if mall == "rakuten":
        fake.set_progress(number, 900)
    elif mall == "qoo10":
        fake.cancel(*fake.lines_of(number))
    else:
        fake.cancel(number)


@pytest.mark.parametrize("mall", MALLS)
def test_a_report_that_never_arrived_of_an_order_that_is_cancelled_since_is_refused_in_the_end(
    world: World, mall: str
) -> None:
    """Nobody is asked again and again to find out what came of it."""
    sync = Sync([Shop(getattr(world, mall), SETTINGS[mall])], world.store)
    numbers = buy(world, mall)
    sync.fetch()
    plan = fill_in(sync)
    before = written(world, mall)
    running = world.malls.examplemarket if mall == "rakuma" else getattr(world.malls, mall)
    running.fail_next(Fault.RESET_BEFORE, operation=REPORTS[mall], times=4)
    (report,) = sync.export(plan)
    running.fake.script.clear()
    doubtful = len(world.store.journal.unfinished(plan.shops[0]))
    for number in numbers:
        cancel(world, mall, number)
    world.advance(hours=2)
    sync.fetch()
    sync.reconcile()
    records = world.store.journal.of(plan.shops[0], numbers)

    assert Outcome.UNKNOWN in report.counts
    assert doubtful
    assert () == world.store.journal.unfinished(plan.shops[0])
    assert {Outcome.REFUSED} == {records[one.key].outcome for one in plan.notices}
    assert before == written(world, mall)
