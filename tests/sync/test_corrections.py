"""Correcting what was reported: only when it is asked for, and once."""

from __future__ import annotations

import pytest
from attrs import evolve

from mallsync import OrderKey, Outcome, ShipmentNotice
from mallsync.errors import ConfigError
from mallsync.model.codes import ReasonCode
from mallsync.sandbox import Fault
from mallsync.sync import Plan, PlanRow, ShopSettings, Sync, Verdict
from tests.sync.conftest import World, ready
from tests.sync.troubles import MALLS, SETTINGS, buy, fill_in

RIGHT, WRONG = "100011112222", "999911112222"


@pytest.fixture
def orders() -> int:
    """Return none: the tests place their own."""
    return 0


def row_of(plan: Plan, key: OrderKey) -> PlanRow:
    """Return the row of an order."""
    (row,) = [row for row in plan.rows if row.order == key]
    return row


@pytest.fixture
def reported(world: World) -> tuple[Sync, OrderKey]:
    """Return an order of which a wrong number was reported, and typed right since."""
    sync = world.sync(rakuten=ShopSettings())
    key = world.place()
    sync.fetch()
    ready(sync, key, WRONG)
    sync.export(sync.plan_export())
    sync.fetch()
    ready(sync, key, RIGHT)
    return sync, key


def numbers(world: World, key: OrderKey) -> list[str]:
    """Return the tracking numbers that the mall has."""
    (order,) = world.rakuten.get_orders([key.number])
    return [parcel.tracking_number for one in order.shipments for parcel in one.parcels]


def test_a_correction_is_made_only_when_it_is_asked_for(
    world: World, reported: tuple[Sync, OrderKey]
) -> None:
    """It writes over what is there: the mall has one record, and the journal both revisions."""
    sync, key = reported
    plain = row_of(sync.plan_export(), key)
    plan = sync.plan_export(correct=[key])
    sync.export(plan)
    again = sync.export(plan)
    sync.fetch()
    after = row_of(sync.plan_export(), key)
    records = sync.store.journal.records(key)

    assert (Verdict.HOLD, ReasonCode.REPORTED_OTHERWISE) == (plain.verdict, plain.guards[0].code)
    assert [2] == [one.notice.revision for one in plan.notices]
    assert [RIGHT] == numbers(world, key)
    assert 2 == world.effective(key)
    assert {Outcome.SENT: 1} == again[0].counts
    assert [ReasonCode.ALREADY_REPORTED] == [one.code for one in after.guards]
    assert [(1, Outcome.SENT), (2, Outcome.SENT)] == [(r.key.revision, r.outcome) for r in records]


def test_a_correction_whose_answer_is_lost_is_not_made_twice(
    world: World, reported: tuple[Sync, OrderKey]
) -> None:
    """It is in doubt until it is looked up; one that never arrived is made by a reconciliation."""
    sync, key = reported
    world.malls.rakuten.fail_next(Fault.RESET_BEFORE, operation="updateOrderShipping", times=9)
    (report,) = sync.export(sync.plan_export(correct=[key]))
    world.malls.rakuten.fake.script.clear()
    doubtful = row_of(sync.plan_export(correct=[key]), key)
    world.advance(hours=2)
    (found,) = sync.reconcile()

    assert {Outcome.UNKNOWN: 1} == report.counts
    assert ReasonCode.IN_DOUBT in {one.code for one in doubtful.guards}
    assert {Outcome.SENT: 1} == found.counts
    assert [RIGHT] == numbers(world, key)
    assert 2 == world.effective(key)


def test_a_correction_that_did_not_leave_is_the_same_one_later(
    world: World, reported: tuple[Sync, OrderKey]
) -> None:
    """No revision is used up by it."""
    sync, key = reported
    world.malls.rakuten.fail_next(Fault.UNAVAILABLE, operation="getOrder", times=99)
    sync.export(sync.plan_export(correct=[key]))
    world.malls.rakuten.fake.script.clear()
    plan = sync.plan_export(correct=[key])
    sync.export(plan)
    ready(sync, key, "200011112222")
    sync.fetch()
    third = sync.plan_export(correct=[key])

    assert [2] == [one.notice.revision for one in plan.notices]
    assert [RIGHT] == numbers(world, key)
    assert [3] == [one.notice.revision for one in third.notices]


def test_what_is_right_already_or_was_never_reported_needs_no_correction(world: World) -> None:
    """It is reported as ever."""
    sync = world.sync(rakuten=ShopSettings())
    key = world.place()
    sync.fetch()
    ready(sync, key, RIGHT)
    first = sync.plan_export(correct=[key])
    sync.export(first)
    sync.fetch()
    second = row_of(sync.plan_export(correct=[key]), key)

    assert [1] == [one.notice.revision for one in first.notices]
    assert [ReasonCode.ALREADY_REPORTED] == [one.code for one in second.guards]


@pytest.mark.parametrize("mall", [mall for mall in MALLS if mall != "rakuten"])
def test_where_no_source_tells_how_a_person_corrects_on_the_malls_own_page(
    world: World, mall: str
) -> None:
    """Nothing is guessed."""
    sync = Sync(list(world.sync(**{mall: SETTINGS[mall]}).shops.values()), world.store)
    buy(world, mall)
    sync.fetch()
    plan = fill_in(sync)
    sync.export(plan)
    sync.fetch()
    key = plan.notices[0].key.order
    stored = sync.store.orders.get(key)
    assert stored is not None
    assert stored.handling is not None
    for dispatch in stored.handling.dispatches:
        sync.handle(key, dispatch=evolve(dispatch, tracking_number=RIGHT))
    row = row_of(sync.plan_export(correct=[key]), key)

    assert () == row.notices
    assert {ReasonCode.CORRECTION_UNKNOWN, ReasonCode.ALREADY_REPORTED} & {
        one.code for one in row.guards
    }


def test_a_revision_is_a_number() -> None:
    """From 1 on."""
    with pytest.raises(ConfigError, match="revision: write 1, or 2 and more"):
        ShipmentNotice(order_number="1", revision=0)


def test_a_number_typed_anew_after_half_a_report_is_held_back(world: World) -> None:
    """What is on the mall has the old one: the plan says so before the client does."""
    sync = world.sync(mercari_shops=ShopSettings(message="[伝票番号]"))
    (number,) = buy(world, "mercari_shops")
    sync.fetch()
    key = OrderKey("mercari_shops", "demo", number)
    ready(sync, key, WRONG)
    world.malls.mercari_shops.fail_next(
        Fault.THROTTLED, operation="addOrderTransactionMessage", times=9
    )
    (report,) = sync.export(sync.plan_export())
    world.malls.mercari_shops.fake.script.clear()
    ready(sync, key, RIGHT)
    held = row_of(sync.plan_export(), key)
    ready(sync, key, WRONG)
    (rest,) = sync.export(sync.plan_export())

    assert {Outcome.NOT_SENT: 1} == report.counts
    assert (Verdict.HOLD, [ReasonCode.REPORTED_OTHERWISE]) == (
        held.verdict,
        [one.code for one in held.guards],
    )
    assert {Outcome.SENT: 1} == rest.counts
