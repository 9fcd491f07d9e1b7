"""The mall puts the lines of an order together anew behind what the shop has typed (Qoo10).

What was typed goes with its lines; what was reported is not reported again, and the rest is.
"""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from mallsync import Dispatch, OrderKey, Outcome
from mallsync.model.codes import ReasonCode
from mallsync.sandbox import Fault
from mallsync.sandbox.fakes.qoo10.codes import Status
from mallsync.sync import Plan, Shop, Sync
from mallsync.sync.plan import PlanRow, Verdict
from tests.sync.conftest import NOW, World, ready
from tests.sync.stories import nothing_in_doubt, started, stored
from tests.sync.troubles import SETTINGS, fake_of, killed


@pytest.fixture
def orders() -> int:
    """Return none: the test places its own."""
    return 0


def in_part(world: World) -> tuple[Sync, Any, str]:
    """Return a sync that has seen one of the two lines of a cart, and of which the shop has typed.

    The other has a planned date already: a fetch of 配送要請 does not show it.
    """
    fake = fake_of(world, "qoo10")
    settings = evolve(SETTINGS["qoo10"], days=3, statuses={"2"})
    sync = Sync([Shop(world.qoo10, settings)], world.store)
    (number,) = fake.place(1, lines=2)
    first, second = fake.lines_of(number)
    fake.line(second).status = Status.CONFIRMED
    world.advance(seconds=1)
    sync.fetch()
    (shipment,) = ready(sync, stored(sync, number).order.key).shipments
    assert first == shipment.id
    return sync, fake, number


def show_whole(world: World, sync: Sync, fake: Any, number: str) -> Plan:
    """Let the cart leave 配送要請, so that it is read by its number; return the plan then."""
    first, second = fake.lines_of(number)
    if fake.line(first).status is Status.REQUESTED:
        fake.line(first).status = Status.CONFIRMED
    world.advance(minutes=1)
    sync.fetch()
    (shipment,) = stored(sync, number).order.shipments
    assert f"{first},{second}" == shipment.id
    return sync.plan_export()


def parted(world: World) -> tuple[Sync, Any, str]:
    """Return a sync with a cart of two recipients, for each of whom a number of his is typed."""
    sync, fake, number = started(world, "qoo10")
    first, second = fake.lines_of(number)
    fake.line(second).edits = {"receiver": "別人", "Receiver": "別人"}
    world.advance(minutes=1)
    sync.fetch()
    key = stored(sync, number).order.key
    for line, typed in ((first, "000011112222"), (second, "100011112222")):
        said = Dispatch(shipment_id=line, carrier="ヤマト運輸", tracking_number=typed)
        sync.handle(key, status="発送待ち", dispatch=said)
    return sync, fake, number


def row_of(sync: Sync, key: OrderKey) -> PlanRow:
    """Return what a plan says of an order."""
    (row,) = (one for one in sync.plan_export().rows if one.order == key)
    return row


def by_line(fake: Any, number: str) -> list[int]:
    """Return how often each line of a cart was reported."""
    return [fake.effective(line, "shipped") for line in fake.lines_of(number)]


def work_on(world: World, sync: Sync) -> None:
    """Work as the next runs would."""
    for _ in range(3):
        world.advance(hours=2)
        sync.fetch()
        sync.reconcile()
        sync.export(sync.plan_export())


def regroup(world: World, sync: Sync, fake: Any, number: str, *apart: str) -> None:
    """Let some lines of a cart go to somebody else, and the others not; fetch it."""
    for line in fake.lines_of(number):
        other = dict.fromkeys(("receiver", "Receiver"), "別人")
        fake.line(line).edits = other if line in apart else {}
    world.advance(minutes=1)
    sync.fetch()


def say(sync: Sync, key: OrderKey, shipment: str, tracking: str) -> None:
    """Type a number for a shipment."""
    said = Dispatch(shipment_id=shipment, carrier="ヤマト運輸", tracking_number=tracking)
    sync.handle(key, status="発送待ち", dispatch=evolve(said, ship_date=NOW.date()))


def assert_held_until_typed_anew(sync: Sync, key: OrderKey) -> None:
    """Of two numbers nobody can tell which is right; one that is typed for the whole is."""
    (row,) = sync.plan_export().rows
    ready(sync, key)
    (mended,) = sync.plan_export().rows

    assert Verdict.HOLD is row.verdict
    assert [ReasonCode.SHIPMENT_UNKNOWN] * 2 == [one.code for one in row.guards]
    assert (Verdict.SEND, ()) == (mended.verdict, mended.guards)


def test_what_was_typed_for_a_part_is_reported_for_the_whole(world: World) -> None:
    """Once for each line."""
    sync, fake, number = in_part(world)
    plan = show_whole(world, sync, fake, number)
    (report,) = sync.export(plan)
    work_on(world, sync)

    assert {Outcome.SENT: 1} == report.counts
    assert [1, 1] == by_line(fake, number)
    assert nothing_in_doubt(sync)


def test_a_part_that_was_reported_is_not_reported_again_with_the_whole(world: World) -> None:
    """What is missing of the cart is."""
    sync, fake, number = in_part(world)
    sync.export(sync.plan_export())
    before = by_line(fake, number)
    sync.export(show_whole(world, sync, fake, number))
    after = by_line(fake, number)
    work_on(world, sync)

    assert ([1, 0], [1, 1]) == (before, after)
    assert [1, 1] == by_line(fake, number)
    assert () == sync.plan_export().notices
    assert nothing_in_doubt(sync)


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("reconciles", [True, False])
def test_a_part_in_doubt_is_reported_once_with_the_whole(
    world: World, *, arrived: bool, reconciles: bool
) -> None:
    """Whether it had arrived or not, and whichever of reconcile and export comes first."""
    sync, fake, number = in_part(world)
    if arrived:
        with killed("end"):
            sync.export(sync.plan_export())
    else:
        world.malls.qoo10.fail_next(
            Fault.RESET_BEFORE, operation="ShippingBasic.SetSendingInfo", times=9
        )
        sync.export(sync.plan_export())
        fake.script.clear()
    assert not nothing_in_doubt(sync)
    plan = show_whole(world, sync, fake, number)
    if reconciles:
        sync.reconcile()
        plan = sync.plan_export()
    sync.export(plan)
    work_on(world, sync)

    assert [1, 1] == by_line(fake, number)
    assert nothing_in_doubt(sync)


def test_a_cart_that_goes_to_two_recipients_is_reported_by_each(world: World) -> None:
    """What was typed for both lines goes with the first; the other is for the shop to fill in."""
    sync, fake, number = started(world, "qoo10")
    key = ready(sync, stored(sync, number).order.key).key
    first, second = fake.lines_of(number)
    fake.line(second).edits = {"receiver": "別人", "Receiver": "別人"}
    world.advance(minutes=1)
    sync.fetch()
    shipments = [one.id for one in stored(sync, number).order.shipments]
    (one,) = sync.plan_export().notices
    sync.export(sync.plan_export())
    half = by_line(fake, number)
    world.advance(hours=2)
    sync.fetch()
    held = row_of(sync, key)
    ready(sync, key)
    work_on(world, sync)

    assert [first, second] == shipments
    assert first == one.notice.shipment_id
    assert [1, 0] == half
    assert (ReasonCode.SHIPMENT_UNKNOWN, f"{first},{second}") in [
        (reason.code, reason.detail) for reason in held.guards
    ]
    assert [1, 1] == by_line(fake, number)


@pytest.mark.parametrize("dies", [True, False])
def test_a_cart_that_is_parted_behind_its_report_is_reported_all_the_same(
    world: World, *, dies: bool
) -> None:
    """What a client keeps of its lines is taken for no report of what they are now."""
    sync, fake, number = started(world, "qoo10")
    key = ready(sync, stored(sync, number).order.key).key
    if dies:
        with killed("end"):
            sync.export(sync.plan_export())
    else:
        sync.export(sync.plan_export())
    reported = by_line(fake, number)
    fake.line(fake.lines_of(number)[1]).edits = {"receiver": "別人", "Receiver": "別人"}
    work_on(world, sync)
    told = {reason.code for reason in row_of(sync, key).guards}

    assert told.isdisjoint({ReasonCode.IN_DOUBT, ReasonCode.REPORTED_OTHERWISE})
    assert reported == by_line(fake, number)
    assert nothing_in_doubt(sync)


def test_two_reported_shipments_that_are_put_together_are_nothing_to_fill_in(world: World) -> None:
    """Both are past shipping."""
    sync, fake, number = parted(world)
    key = stored(sync, number).order.key
    sync.export(sync.plan_export())
    fake.line(fake.lines_of(number)[1]).edits = {}
    work_on(world, sync)

    assert () == row_of(sync, key).guards
    assert [1, 1] == by_line(fake, number)


def test_what_was_typed_for_a_shipment_that_is_not_there_any_more_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan does not pass over it; once the order is filled in as it is now, it goes."""
    sync, fake, number = started(world, "rakuten")
    order = ready(sync, stored(sync, number).order.key)
    (old,) = order.shipments
    shown = type(fake)._base

    def renamed(*record: Any) -> Any:
        document = shown(*record)
        for package in document["PackageModelList"]:
            package["basketId"] += 990
        return document

    monkeypatch.setattr(type(fake), "_base", renamed)
    sync.fetch()
    row = row_of(sync, order.key)
    ready(sync, order.key)
    mended = row_of(sync, order.key)

    assert [(ReasonCode.SHIPMENT_UNKNOWN, old.id)] == [(x.code, x.detail) for x in row.guards]
    assert "does not have any more" in row.explain()
    assert (Verdict.SEND, ()) == (mended.verdict, mended.guards)


def test_a_number_for_a_part_is_not_lost_in_the_whole_that_had_one_before(world: World) -> None:
    """Typed for the cart, then for the line that was parted from it; now they are one again."""
    sync, fake, number = started(world, "qoo10")
    key = ready(sync, stored(sync, number).order.key).key
    _, second = fake.lines_of(number)
    regroup(world, sync, fake, number, second)
    say(sync, key, second, "100011112222")
    regroup(world, sync, fake, number)
    assert_held_until_typed_anew(sync, key)


def test_a_line_does_not_go_out_under_the_number_of_another(world: World) -> None:
    """Its own number was typed for a shipment that it has left since."""
    sync, fake, number = started(world, "qoo10", lambda fake: list(fake.place(1, lines=3)))
    key = stored(sync, number).order.key
    first, second, third = fake.lines_of(number)
    regroup(world, sync, fake, number, second)
    say(sync, key, second, "000011112222")
    say(sync, key, f"{first},{third}", "100011112222")
    regroup(world, sync, fake, number, second, third)
    (row,) = sync.plan_export().rows
    sync.export(sync.plan_export())
    say(sync, key, f"{second},{third}", "000011112222")
    (mended,) = sync.plan_export().rows

    assert ReasonCode.SHIPMENT_UNKNOWN in [one.code for one in row.guards]
    assert "" == fake.line(third).tracking
    assert Verdict.SEND is mended.verdict


def test_two_numbers_for_what_is_one_shipment_now_are_held_back(world: World) -> None:
    """Nobody can tell which of them is right; one that is typed for the whole is."""
    sync, fake, number = parted(world)
    key = stored(sync, number).order.key
    fake.line(fake.lines_of(number)[1]).edits = {}
    sync.fetch()
    assert_held_until_typed_anew(sync, key)
