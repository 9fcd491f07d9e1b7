"""Reports of which a part is on the mall: the rest is made, and what only prepares is no part."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from mallsync import Dispatch, Outcome, ShipmentNotice
from mallsync.model.codes import ReasonCode
from mallsync.model.period import Period
from mallsync.policy import export
from mallsync.sandbox import Fault
from mallsync.sandbox.fakes.mercari_shops.codes import ARRANGED, Status
from mallsync.sandbox.fakes.rakuten import shipping
from mallsync.sync import Shop, Sync, Verdict
from mallsync.transport.engine import Engine
from tests.sync.conftest import NOW, World, ready
from tests.sync.stories import (
    Placing,
    by_the_clock,
    later,
    nothing_in_doubt,
    one_parcel,
    record,
    started,
    stored,
)
from tests.sync.troubles import SETTINGS, Killed, fill_in, killed, written

NOT_SENT = [Fault.THROTTLED, Fault.UNAUTHORISED]
OPEN, NUMBER = "createOrderShipping", "updateOrderShippingTrackingCode"
COMPLETE, WRITE = "completeOrderShipping", "addOrderTransactionMessage"
OTHER_NUMBER = "900011112222"


@pytest.fixture
def orders() -> int:
    """Return none: the test places its own."""
    return 0


def two_alike(fake: Any) -> list[str]:
    """Let somebody place an order at Mercari Shops of two lines that go in one shipment."""
    return list(fake.place(methods=(ARRANGED, ARRANGED)))


def failed_at(
    world: World, operation: str, fault: Fault, place: Placing | None = None
) -> tuple[Sync, Any, str]:
    """Return a sync whose report to Mercari Shops failed at one of its calls, as `started`."""
    sync, fake, number = started(world, "mercari_shops", place)
    world.malls.mercari_shops.fail_next(fault, operation=operation, times=99)
    sync.export(fill_in(sync))
    fake.script.clear()
    return sync, fake, number


# ------------------------------------------------------------------------- a part is on the mall


@pytest.mark.parametrize("fault", NOT_SENT)
def test_a_message_that_was_not_sent_behind_its_shipment_is_sent_by_the_reconciliation(
    world: World, fault: Fault
) -> None:
    """Though the order is past shipping now, which the report itself has done."""
    sync, fake, _ = failed_at(world, WRITE, fault)
    before = record(sync)
    told = later(world, sync, minutes=15)

    assert (Outcome.NOT_SENT, True) == (before.outcome, before.half_done)
    assert Outcome.SENT is told.outcome
    assert (1, 1) == (fake.effective(kind="shipped"), fake.effective(kind="message"))
    assert nothing_in_doubt(sync)


def test_a_plan_makes_the_rest_of_a_report_though_the_order_is_past_shipping(world: World) -> None:
    """Whoever exports by hand need not know of reconciliations."""
    sync, fake, _ = failed_at(world, WRITE, Fault.THROTTLED)
    world.advance(minutes=15)
    sync.fetch()
    plan = sync.plan_export()
    sync.export(plan)

    assert [Verdict.SEND] == [row.verdict for row in plan.rows]
    assert Outcome.SENT is record(sync).outcome
    assert (1, 1) == (fake.effective(kind="shipped"), fake.effective(kind="message"))


def test_a_message_that_is_refused_is_sent_again_when_somebody_asks_for_it(world: World) -> None:
    """No reconciliation repeats what the mall has refused."""
    sync, fake, _ = failed_at(world, WRITE, Fault.ORDER_ERRORS)
    told = later(world, sync)
    (row,) = sync.plan_export().rows
    sync.export(sync.plan_export(retry_refused=True))

    assert (Outcome.REFUSED, True) == (told.outcome, told.half_done)
    assert [ReasonCode.REFUSED_BEFORE] == [one.code for one in row.guards]
    assert Outcome.SENT is record(sync).outcome
    assert 1 == fake.effective(kind="message")


def test_a_message_that_the_shop_has_changed_behind_its_shipment_is_left_out(world: World) -> None:
    """The shipment is reported; a plan says that it has other values."""
    sync, fake, number = failed_at(world, WRITE, Fault.THROTTLED)
    ready(sync, stored(sync, number).order.key, OTHER_NUMBER)
    told = later(world, sync)

    assert Outcome.SENT is told.outcome
    assert 0 == fake.effective(kind="message")


def test_a_message_of_which_the_mall_tells_nothing_is_taken_for_written(world: World) -> None:
    """As where it is still wanted: nobody would be written to twice."""
    sync, fake, number = started(world, "mercari_shops")
    with killed("end", of="message"):
        sync.export(fill_in(sync))
    fake.settings.messages_null = True
    ready(sync, stored(sync, number).order.key, OTHER_NUMBER)
    sync.reconcile()

    assert Outcome.SENT is record(sync).outcome
    assert 1 == fake.effective(kind="message")
    assert nothing_in_doubt(sync)


# -------------------------------------------------------------------- what only prepares is none


@pytest.mark.parametrize("fault", [*NOT_SENT, Fault.ORDER_ERRORS])
@pytest.mark.parametrize("operation", [OPEN, NUMBER, COMPLETE])
@pytest.mark.parametrize("change", ["number", "template"])
def test_what_is_mended_behind_an_open_shipment_is_reported(
    world: World, fault: Fault, operation: str, change: str
) -> None:
    """To open a shipment and to number it tells nobody."""
    sync, fake, number = failed_at(world, operation, fault)
    if change == "number":
        ready(sync, stored(sync, number).order.key, OTHER_NUMBER)
    else:
        other = evolve(SETTINGS["mercari_shops"], days=3, message="発送しました。")
        sync = Sync([Shop(world.mercari_shops, other)], world.store)
    before = record(sync)
    world.advance(minutes=15)
    sync.fetch()
    sync.export(sync.plan_export())

    assert not before.half_done
    assert Outcome.SENT is record(sync).outcome
    (shipment,) = fake.see(number).shipments
    assert (OTHER_NUMBER in shipment.tracking_code) == (change == "number")
    assert (1, 1) == (fake.effective(kind="shipped"), fake.effective(kind="message"))


def test_a_number_that_the_shop_takes_back_behind_an_open_shipment_is_not_published(
    world: World,
) -> None:
    """Whether the mall takes an empty text is not known, so a person has to look."""
    sync, fake, number = started(world, "mercari_shops", message="発送しました。")
    with by_the_clock(world), killed("begin", of=COMPLETE):
        sync.export(fill_in(sync))
    key = stored(sync, number).order.key
    unnumbered = Dispatch(ship_date=NOW.date(), carrier="日本郵便", delivery_methods={"定形外"})
    sync.handle(key, dispatch=unnumbered)
    later(world, sync)
    sync.export(sync.plan_export())
    told = record(sync)
    ready(sync, key, OTHER_NUMBER)
    sync.export(sync.plan_export())

    assert (Outcome.REFUSED, "OTHER_NUMBER_ON_MALL") == (told.outcome, told.code)
    assert Outcome.SENT is record(sync).outcome
    (shipment,) = fake.see(number).shipments
    assert OTHER_NUMBER in shipment.tracking_code


@pytest.mark.parametrize("counts_at", ["create", "complete"])
@pytest.mark.parametrize("operation", [OPEN, NUMBER, COMPLETE])
def test_an_order_that_loses_a_line_behind_a_shipment_is_reported_without_it(
    world: World, operation: str, counts_at: str
) -> None:
    """Opened it is the shipment of before; else what is to be in one is asked anew."""
    world.malls.mercari_shops.fake.settings.counts_at = counts_at
    sync, fake, number = failed_at(world, operation, Fault.THROTTLED, place=two_alike)
    fake.cancel_units(number, 0, fake.see(number).lines[0].left)
    world.advance(minutes=15)
    sync.fetch()
    sync.export(sync.plan_export())

    assert Outcome.SENT is record(sync).outcome
    assert 1 == written(world, "mercari_shops")


def test_an_order_that_waits_with_nothing_left_is_refused(world: World) -> None:
    """Nothing is shipped, and nobody is told that it was."""
    sync, fake, number = started(world, "mercari_shops")
    plan = fill_in(sync)
    fake.cancel_units(number, 0, fake.see(number).lines[0].left)
    fake.see(number).status = Status.TO_SHIP
    sync.export(plan)

    assert (Outcome.REFUSED, "CANCELLED_ON_MALL") == (record(sync).outcome, record(sync).code)
    assert (0, 0) == (fake.effective(kind="shipped"), fake.effective(kind="message"))


# ------------------------------------------------------------------------- what makes a report


def test_a_delivery_method_is_no_part_of_a_report_to_a_mall(world: World) -> None:
    """No mall is told of it."""
    sync, fake, number = started(world, "mercari_shops")
    with by_the_clock(world), killed("begin", of="message"):
        sync.export(fill_in(sync))
    ready(sync, stored(sync, number).order.key, delivery_methods={"速達"})
    told = later(world, sync)
    (row,) = sync.plan_export().rows

    assert Outcome.SENT is told.outcome
    assert 1 == fake.effective(kind="message")
    assert ReasonCode.ALREADY_REPORTED in [one.code for one in row.guards]
    assert ReasonCode.REPORTED_OTHERWISE not in [one.code for one in row.guards]


def test_a_rest_goes_out_as_it_was_begun_whatever_the_mall_takes_nothing_of(world: World) -> None:
    """Its entry in the journal is of the same report."""
    sync, fake, number = failed_at(world, WRITE, Fault.THROTTLED)
    ready(sync, stored(sync, number).order.key, delivery_methods={"速達"})
    sync.export(sync.plan_export())

    assert Outcome.SENT is record(sync).outcome
    assert 1 == fake.effective(kind="message")


def test_a_carrier_without_a_number_is_dropped_by_mercari_shops(world: World) -> None:
    """It stands in the text before its number."""
    told = world.mercari_shops.preview(ShipmentNotice(order_number="A", carrier="日本郵便"))

    assert ["CARRIER_DROPPED"] == [one.code for one in told.dropped]


@pytest.mark.parametrize("flag", ["rakutenConfirmFlag", "cautionDisplayType"])
def test_what_the_mall_holds_back_since_is_not_sent_until_it_lets_go(
    world: World, monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
    """The process died before the call left; the mall looks into the order meanwhile (R6)."""
    sync, fake, number = started(world, "rakuten")
    plan, call = fill_in(sync), Engine.call

    def dies(engine: Engine, operation: Any) -> Any:
        if operation.name.startswith("updateOrderShipping"):
            raise Killed
        return call(engine, operation)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "call", dies)
        with pytest.raises(Killed):
            sync.export(plan)
    shown = type(fake)._base
    with monkeypatch.context() as patch:
        patch.setattr(type(fake), "_base", lambda *order: {**shown(*order), flag: 1})
        held = later(world, sync)
        in_between = fake.effective(number)
    later(world, sync)
    sync.export(sync.plan_export())

    assert Outcome.NOT_SENT is held.outcome
    assert 0 == in_between
    assert 1 == fake.effective(number)


def test_a_report_by_hand_is_still_wanted_where_the_rule_by_hand_lets_it_pass(world: World) -> None:
    """Nobody knows by which rule it was made."""
    rule = export.RULES["mercari_shops"]
    strict = evolve(rule, excluded_statuses={*rule.excluded_statuses, "発送後入金待ち"})
    sync, fake, number = started(world, "mercari_shops", rule=strict)
    key = stored(sync, number).order.key
    ready(sync, key)
    sync.handle(key, status="発送後入金待ち")
    plan = sync.plan_export(period=Period.days(NOW.date(), NOW.date()))
    with by_the_clock(world), killed("begin", of="message"):
        sync.export(plan)
    later(world, sync)

    assert 1 == len(plan.notices)
    assert 1 == fake.effective(kind="message")


def test_a_report_that_its_mall_would_refuse_now_has_an_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit may change while it is in doubt: then it is looked for, and not sent again."""
    sync, fake, _ = started(world, "mercari_shops")
    with by_the_clock(world), killed("begin", of="message"):
        sync.export(fill_in(sync))
    monkeypatch.setattr("mallsync.adapters.mercari_shops.notices.LONGEST_MESSAGE", 5)
    told = later(world, sync)

    assert Outcome.SENT is told.outcome
    assert 0 == fake.effective(kind="message")
    assert nothing_in_doubt(sync)


# ----------------------------------------------------------------------------------- at Rakuten


def test_a_note_that_was_begun_leaves_no_doubt_once_its_report_has_arrived(world: World) -> None:
    """Though somebody has changed the date since, so that no fetch confirms it."""
    fake = world.malls.rakuten.fake
    numbers = [*one_parcel(fake), *one_parcel(fake)]
    sync = Sync([Shop(world.rakuten, evolve(SETTINGS["rakuten"], days=3))], world.store)
    world.advance(seconds=1)
    sync.fetch()
    with killed("end", of="accepted"):
        sync.export(fill_in(sync))
    world.advance(minutes=5)
    sync.reconcile()
    for number in numbers:
        for some in fake.parcels(number).values():
            for parcel in some:
                parcel.date = "2026-11-21"
    world.advance(hours=7)
    sync.fetch()
    sync.reconcile()

    assert nothing_in_doubt(sync)


def test_a_result_that_tells_neither_success_nor_failure_leaves_no_doubt_after_a_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mall itself is looked at, as where there is no result."""
    fake = world.malls.rakuten.fake
    one_parcel(fake)
    one_parcel(fake)
    sync = Sync([Shop(world.rakuten, evolve(SETTINGS["rakuten"], days=3))], world.store)
    world.advance(seconds=1)
    sync.fetch()
    plan = fill_in(sync)
    warned = {"messageType": "WARNING", "messageCode": "X", "message": ""}
    with monkeypatch.context() as patch:
        patch.setattr(shipping, "_apply", lambda *_: ([warned], False))
        sync.export(plan)
    world.advance(hours=23)
    sync.reconcile()
    early = nothing_in_doubt(sync)
    world.advance(hours=2)
    sync.reconcile()

    assert not early
    assert nothing_in_doubt(sync)
    assert 2 == written(world, "rakuten")
