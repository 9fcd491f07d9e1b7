"""Plans and exports: each report once, whatever happens, and every decision explains itself."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from attrs import evolve

from mallsync import Contact, Dispatch, Handling, OrderKey, Outcome, Period, Phase
from mallsync.errors import ConfigError, StoreError
from mallsync.model.codes import ReasonCode
from mallsync.policy.export import RULES
from mallsync.policy.settings import FixedContact
from mallsync.sandbox.fakes.examplemarket import Stage
from mallsync.store import Arrival, ShopKey, SqlStore, schema
from mallsync.sync import (
    ExportReport,
    Plan,
    PlanRow,
    Round,
    Shop,
    ShopSettings,
    Sync,
    Verdict,
    export,
    run,
)
from tests.sync.conftest import NOW, World, ready

PLAIN = ShopSettings()
TODAY = NOW.date()


def row_of(plan: Plan, key: OrderKey) -> PlanRow:
    """Return the row of an order."""
    (row,) = [row for row in plan.rows if row.order == key]
    return row


def codes(row: PlanRow) -> list[ReasonCode]:
    """Return the codes of the guards."""
    return [one.code for one in row.guards]


@pytest.fixture
def orders() -> int:
    """Let the malls begin empty."""
    return 0


@pytest.fixture
def sync(world: World) -> Sync:
    """Return a sync of Rakuten."""
    return world.sync(rakuten=PLAIN)


def filled(world: World, sync: Sync, **more: Any) -> OrderKey:
    """Let an order come in, and the shop fill it in."""
    key = world.place()
    sync.fetch()
    ready(sync, key, **more)
    return key


def test_a_plan_says_what_would_be_sent_and_why_the_rest_would_not(
    world: World, sync: Sync
) -> None:
    """In words, in a table, and as plain values."""
    key, late = filled(world, sync), filled(world, sync, ship_date=TODAY + timedelta(days=1))
    plan = sync.plan_export(TODAY)
    going, held = row_of(plan, key), row_of(plan, late)
    rows = json.loads(json.dumps(plan.as_dict()))["rows"]
    told = {row["order"]: row for row in rows}

    assert (Verdict.SEND, Verdict.NOT_ELIGIBLE) == (going.verdict, held.verdict)
    assert 1 == len(plan.notices)
    assert "出荷日が未来です" in plan.explain("ja")
    assert str(plan) == plan.explain()
    assert late.number in plan._repr_html_()
    assert "SHIP_DATE_FUTURE" == told[late.number]["reasons"][0]["code"]
    assert ["000011112222"] == told[key.number]["notices"][0]["tracking_numbers"]


def test_a_plan_reports_once_however_often_it_is_carried_out(world: World, sync: Sync) -> None:
    """The next plan says that it is reported."""
    key = filled(world, sync)
    plan = sync.plan_export()
    first, second = sync.export(plan), sync.export(plan)
    after = row_of(sync.plan_export(), key)

    assert [Outcome.SENT] == [one.outcome for one in first[0].written]
    assert {Outcome.SENT: 1} == second[0].counts
    assert 1 == second[0].count(Outcome.SENT)
    assert 1 == world.effective(key)
    assert (Verdict.HOLD, [ReasonCode.ALREADY_REPORTED]) == (after.verdict, codes(after))


def test_a_plan_whose_inputs_have_changed_is_refused(world: World, sync: Sync) -> None:
    """With the orders named; nothing is sent. A rule and a template are inputs, too."""
    key = filled(world, sync)
    plan = sync.plan_export()
    sync.handle(key, memo="急ぎ")
    other = world.sync(rakuten=ShopSettings(message="発送しました"))

    with pytest.raises(ConfigError, match=f"{key.number} changed since"):
        sync.export(plan)
    with pytest.raises(ConfigError, match="a rule or a template changed"):
        other.export(sync.plan_export())
    assert 0 == world.effective(key)


def test_two_plans_are_compared_by_what_they_do(world: World, sync: Sync) -> None:
    """Verdicts that differ, orders that are only in one, and other values."""
    one, two = filled(world, sync), filled(world, sync)
    before = sync.plan_export()
    sync.handle(one, status="保留")
    ready(sync, two, number="999999999999")
    three = filled(world, sync)
    difference = before.difference(sync.plan_export())

    assert {
        one: (Verdict.SEND, Verdict.NOT_ELIGIBLE),
        three: (None, Verdict.SEND),
    } == difference.changed
    assert (two,) == difference.other_notices


def test_a_period_by_hand_takes_the_manual_rule(world: World, sync: Sync) -> None:
    """Orders that the shop has not touched in it are out of it."""
    key = filled(world, sync)
    inside = sync.plan_export(TODAY, Period.days(TODAY, TODAY))
    before = Period.days(TODAY - timedelta(days=9), TODAY - timedelta(days=2))
    outside = sync.plan_export(TODAY, before)

    assert Verdict.SEND is row_of(inside, key).verdict
    assert ReasonCode.OUT_OF_PERIOD is row_of(outside, key).decision.reasons[0].code
    assert inside.as_dict()["period"]


def test_a_lost_answer_is_looked_for_and_nothing_is_sent_again(world: World, sync: Sync) -> None:
    """The report is on the mall once, and known to be."""
    key = filled(world, sync)
    world.malls.rakuten.fail_next("RESET_AFTER", operation="updateOrderShipping")
    (report,) = sync.export(sync.plan_export())

    assert report.ok
    assert 1 == world.effective(key)


def test_what_is_in_doubt_is_reconciled(world: World, sync: Sync) -> None:
    """Never sent again before a look, and only after the mall has settled."""
    key = filled(world, sync)
    plan = sync.plan_export()
    world.malls.rakuten.fail_next("RESET_BEFORE", operation="updateOrderShipping", times=9)
    (lost,) = sync.export(plan)
    (unseen,) = sync.fetch()
    held = row_of(sync.plan_export(), key)
    world.malls.rakuten.fake.script.clear()
    (early,) = sync.reconcile()
    world.advance(minutes=61)
    (late,) = sync.reconcile()
    (none,) = sync.reconcile()

    assert {Outcome.UNKNOWN: 1} == lost.counts
    assert not lost.ok
    assert 0 == unseen.confirmed
    assert [ReasonCode.IN_DOUBT] == codes(held)
    assert {Outcome.UNKNOWN: 1} == early.counts
    assert {Outcome.SENT: 1} == late.counts
    assert {} == none.counts
    assert 1 == world.effective(key)


def test_what_was_refused_is_held_until_it_is_changed_or_asked_for(
    world: World, sync: Sync
) -> None:
    """The mall's code is told."""
    key = filled(world, sync)
    fail = world.malls.rakuten.fail_next
    fail("ORDER_ERRORS", operation="updateOrderShipping", orders=[key.number])
    (refused,) = sync.export(sync.plan_export())
    held = row_of(sync.plan_export(), key)
    again = row_of(sync.plan_export(retry_refused=True), key)
    ready(sync, key, number="222233334444")
    mended = sync.plan_export()
    (sent,) = sync.export(mended)

    assert [Outcome.REFUSED] == [one.outcome for one in refused.written]
    assert refused.written[0].code
    assert [ReasonCode.REFUSED_BEFORE] == codes(held)
    assert Verdict.SEND is again.verdict
    assert sent.ok
    assert 1 == world.effective(key)


def test_another_number_after_a_report_is_not_sent(world: World, sync: Sync) -> None:
    """The plan says that other values are there."""
    key = filled(world, sync)
    sync.export(sync.plan_export())
    ready(sync, key, number="999900001111")
    row = row_of(sync.plan_export(), key)

    assert Verdict.HOLD is row.verdict
    assert "with other values" in row.explain("en")


def test_a_cancelled_order_is_never_reported(world: World, sync: Sync) -> None:
    """However ready it is; one that is not says it as well."""
    key, plain = filled(world, sync), world.place()
    sync.fetch()
    for one in (key, plain):
        world.malls.rakuten.fake.cancel(one.number)
    sync.handle(plain, dispatch=Dispatch(shipment_id=_only(sync, plain), carrier="エコ配"))
    sync.fetch()
    plan = sync.plan_export()

    assert (Verdict.HOLD, Verdict.NOT_ELIGIBLE) == tuple(
        row_of(plan, one).verdict for one in (key, plain)
    )
    assert ReasonCode.CANCELLED_ON_MALL in codes(row_of(plan, key))
    assert [ReasonCode.CANCELLED_ON_MALL] == codes(row_of(plan, plain))


def _only(sync: Sync, key: OrderKey) -> str:
    stored = sync.store.orders.get(key)
    assert stored is not None
    return stored.order.shipments[0].id


def test_a_hosts_own_tables_take_the_place_of_the_stores(world: World, sync: Sync) -> None:
    """What the host does not know is no candidate."""
    key, other = world.place(), world.place()
    sync.fetch()
    said = Handling(
        status="発送待ち",
        dispatches=(
            Dispatch(ship_date=TODAY, carrier="ヤマト運輸", tracking_number="000011112222"),
        ),
    )

    class Host:
        def handling(self, asked: OrderKey) -> Handling | None:
            return said if asked == key else None

    plan = sync.plan_export(handlings=Host())
    (report,) = sync.export(plan)

    assert [key] == [row.order for row in plan.rows]
    assert report.ok
    assert (1, 0) == (world.effective(key), world.effective(other))


def test_of_a_bundle_the_parents_report_goes_to_every_order(world: World) -> None:
    """Where a mall's convention has it (R7); else each has its own."""
    sync = world.sync(mercari_shops=PLAIN)
    numbers = world.malls.mercari_shops.fake.place(3)
    world.advance(seconds=1)
    sync.fetch()
    parent, child, other = (OrderKey("mercari_shops", "demo", number) for number in numbers)
    ready(sync, parent)
    sync.bundle(parent, [child])
    plan = sync.plan_export()
    (report,) = sync.export(plan)
    sync.fetch()
    after = sync.plan_export()
    unbundled = sync.unbundle(parent)

    assert {parent.number, child.number} == {one.notice.order_number for one in plan.notices}
    assert Verdict.NOT_ELIGIBLE is row_of(plan, other).verdict
    assert report.ok
    assert [ReasonCode.ALREADY_REPORTED] == codes(row_of(after, parent))
    assert (child,) == unbundled
    assert () == sync.unbundle(parent)
    assert 2 == world.malls.mercari_shops.fake.effective(kind="shipped")


def test_the_parent_of_a_bundle_counts_when_it_is_long_past(world: World) -> None:
    """A child that is left over has its notice all the same."""
    sync = world.sync(mercari_shops=PLAIN)
    numbers = world.malls.mercari_shops.fake.place(2)
    world.advance(seconds=1)
    sync.fetch()
    parent, child = (OrderKey("mercari_shops", "demo", number) for number in numbers)
    ready(sync, parent)
    sync.export(sync.plan_export())
    sync.fetch()
    sync.bundle(parent, [child])
    with sync.store.database.write() as connection:
        old = NOW - timedelta(days=60)
        connection.execute(
            schema.handlings.update()
            .where(schema.handlings.c.number == parent.number)
            .values(updated_at=old)
        )
    plan = sync.plan_export()

    assert [child.number] == [one.notice.order_number for one in plan.notices]


def test_a_child_of_a_bundle_by_the_malls_label_is_left_to_a_person(world: World) -> None:
    """Only the parent is written (R7)."""
    sync = world.sync(mercari_shops=PLAIN)
    numbers = world.malls.mercari_shops.fake.place(2)
    world.advance(seconds=1)
    sync.fetch()
    parent, child = (OrderKey("mercari_shops", "demo", number) for number in numbers)
    ready(sync, parent, delivery_methods={"らくらくメルカリ便"})
    sync.bundle(parent, [child])
    plan = sync.plan_export()

    assert Verdict.MANUAL is row_of(plan, child).verdict
    assert [ReasonCode.BUNDLE_CHILD_MANUAL] == codes(row_of(plan, child))
    assert "MALL_LABEL_ONLY" in [str(one.code) for one in row_of(plan, parent).warnings]


def test_elsewhere_each_order_of_a_bundle_is_reported_by_itself(world: World, sync: Sync) -> None:
    """At Rakuten, say."""
    parent, child = filled(world, sync), filled(world, sync, number="333344445555")
    sync.bundle(parent, [child])
    plan = sync.plan_export()

    assert {"000011112222", "333344445555"} == {
        one.notice.tracking_numbers[0] for one in plan.notices
    }


def test_two_reports_to_one_cart_are_two_entries(world: World) -> None:
    """A cart to two recipients: one refused line is neither lost nor told as sent."""
    sync = world.sync(qoo10=PLAIN)
    mall = world.malls.qoo10
    (cart,) = mall.fake.place(lines=2)
    world.advance(seconds=1)
    sync.fetch()
    key = OrderKey("qoo10", "demo", cart)
    stored = sync.store.orders.get(key, raw=True)
    assert stored is not None
    (shipment,) = stored.order.shipments
    first, second = (evolve(shipment, id=item.id, items=(item,)) for item in shipment.items)
    split = evolve(stored.order, shipments=(first, second))
    sync.store.orders.arrive(ShopKey("qoo10", "demo"), [Arrival(order=split)])
    for one, number in ((first, "000011112222"), (second, "333344445555")):
        facts = {"carrier": "ヤマト運輸", "tracking_number": number}
        sync.handle(key, status="発送待ち", dispatch=Dispatch(shipment_id=one.id, **facts))
    mall.fail_next("ORDER_ERRORS", operation="ShippingBasic.SetSendingInfoBulk", orders=[first.id])
    (report,) = sync.export(sync.plan_export())
    outcomes = {one.key.shipment: one.outcome for one in report.written}

    assert {first.id: Outcome.REFUSED, second.id: Outcome.SENT} == outcomes
    assert not report.ok


def test_bundles_that_cannot_be_are_refused(world: World, sync: Sync) -> None:
    """Each with what to do."""
    one, two, three = (filled(world, sync) for _ in range(3))
    elsewhere = evolve(two, shop_id="other")
    sync.bundle(one, [two])
    for parent, child, said in (
        (two, three, "is a child itself"),
        (three, two, "part of another bundle"),
        (three, one, "part of another bundle"),
        (three, three, "other orders of one shop"),
        (three, elsewhere, "other orders of one shop"),
        (three, evolve(two, number="none"), "has not been taken in"),
    ):
        with pytest.raises(ConfigError, match=said):
            sync.bundle(parent, [child])


def test_a_bundle_within_a_bundle_of_a_hosts_own_tables_is_refused(world: World) -> None:
    """It would be written as a parent and as a child."""
    sync = world.sync(mercari_shops=PLAIN)
    numbers = world.malls.mercari_shops.fake.place(3)
    world.advance(seconds=1)
    sync.fetch()
    top, middle, low = (OrderKey("mercari_shops", "demo", number) for number in numbers)
    parents = {middle: top, low: middle}

    class Host:
        def handling(self, key: OrderKey) -> Handling | None:
            return Handling(status="発送待ち", bundle_parent=parents.get(key))

    with pytest.raises(ConfigError, match="is a child itself: name its parent"):
        sync.plan_export(handlings=Host())


def test_of_many_who_bundle_at_once_none_makes_a_chain(world: World, url: str) -> None:
    """Each bundle is checked and written in one transaction."""
    with SqlStore(url, clock=world.store.now) as store:
        sync = Sync([Shop(world.rakuten, ShopSettings())], store)
        keys = [world.place() for _ in range(4)]
        sync.fetch()
        pairs = [(one, two) for one in keys for two in keys if one != two]

        def bundle(pair: tuple[OrderKey, OrderKey]) -> None:
            with suppress(ConfigError):
                sync.bundle(pair[0], [pair[1]])

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(bundle, pairs * 3))
        parents = store.handlings.bundled(ShopKey("rakuten", "demo"))

    assert parents
    assert not set(parents) & set(parents.values())


def test_the_shop_says_what_it_does_field_by_field(world: World, sync: Sync) -> None:
    """What is left out stays; what cannot be is refused."""
    key = filled(world, sync)
    sync.handle(key, memo="急ぎ")
    said = sync.handle(key, status="★宅急便")

    assert ("★宅急便", "急ぎ", 1) == (said.status, said.memo, len(said.dispatches))
    with pytest.raises(ConfigError, match="has no shipment 'x'"):
        sync.handle(key, dispatch=Dispatch(shipment_id="x"))
    with pytest.raises(ConfigError, match="status is empty:"):
        sync.handle(key, status=" ")
    with pytest.raises(ConfigError, match=r"see sync\.why"):
        sync.handle(evolve(key, number="none"), status="保留")


def test_only_the_shipments_that_are_ready_go_out_at_rakuten(world: World, sync: Sync) -> None:
    """Each is a notice of its own, and an entry of its own (R2.7)."""
    key = filled(world, sync)
    stored = sync.store.orders.get(key)
    assert stored is not None
    shipment = stored.order.shipments[0]
    second = evolve(shipment, id="99999")
    two = evolve(stored.order, shipments=(shipment, second), raw=None)
    sync.store.orders.arrive(ShopKey("rakuten", "demo"), [Arrival(order=two)])
    plan = sync.plan_export()

    assert [shipment.id] == [one.key.shipment for one in plan.notices]
    assert Verdict.SEND is row_of(plan, key).verdict
    assert not row_of(plan, key).decision.eligible


# ----------------------------------------------------------------------------- reviews, and the run


def rated(world: World) -> str:
    """Return an order of the mall whose buyers are rated, and whose buyer has rated."""
    (number,) = world.malls.examplemarket.fake.place(stage=Stage.RECEIVED)
    world.advance(seconds=1)
    return number


def test_buyers_who_have_rated_are_rated_once(world: World) -> None:
    """An empty message is a warning, not a block (R4); other malls are left out."""
    sync = world.sync(rakuma=PLAIN, rakuten=PLAIN)
    number = rated(world)
    sync.fetch()
    (first,) = sync.review()
    (second,) = sync.review()

    assert [(Outcome.SENT, ("REVIEW_MESSAGE_EMPTY",))] == [
        (one.outcome, one.warnings) for one in first.written
    ]
    assert () == second.written
    assert 1 == world.malls.examplemarket.fake.effective(number, "reviewed")


def test_a_review_in_doubt_is_reconciled(world: World) -> None:
    """It is an entry like a notice; one that is claimed and done is not sent again."""
    sync = world.sync(rakuma=ShopSettings(review_message="ありがとうございました"))
    number = rated(world)
    sync.fetch()
    mall = world.malls.examplemarket
    mall.fail_next("RESET_AFTER", operation="review")
    (sent,) = sync.review()
    mall.fake.trades[number].stage = Stage.RECEIVED  # the list is late
    (late,) = sync.review()
    mall.fake.trades[number].stage = Stage.DONE
    with world.store.database.write() as connection:
        connection.execute(schema.entries.update().values(outcome="UNKNOWN"))
    (again,) = sync.reconcile()
    (none,) = sync.reconcile()

    assert {Outcome.SENT: 1} == sent.counts == again.counts == late.counts
    assert () == none.written
    assert 1 == mall.fake.effective(number, "reviewed")


def test_a_run_does_what_is_due_and_what_is_switched_on(world: World) -> None:
    """A second round at once does nothing; one behind the interval does."""
    automatic = ShopSettings(auto_export=True)
    sync = world.sync(rakuten=automatic, rakuma=ShopSettings(auto_review=True), qoo10=PLAIN)
    number = rated(world)
    key = filled(world, sync)
    world.advance(minutes=31)
    rounds: list[Round] = []
    good = run(sync, told=rounds.append, once=True)
    run(sync, told=rounds.append, once=True)
    world.advance(minutes=16)
    run(sync, told=rounds.append, once=True)

    assert good
    assert [3, 2] == [len(one.fetched) for one in rounds]
    assert {Outcome.SENT: 1} == rounds[0].exported[0].counts
    assert {Outcome.SENT: 1} == rounds[0].reviewed[0].counts
    assert (1, 1) == (
        world.effective(key),
        world.malls.examplemarket.fake.effective(number, "reviewed"),
    )


def test_a_run_goes_on_until_it_is_stopped(world: World) -> None:
    """A round that did not go well is told in the end; nothing automatic is no run."""
    sync = world.sync(rakuten=PLAIN)
    world.malls.rakuten.fail_next("UNAUTHORISED")

    def stop(_: Round) -> None:
        sync.stop()

    manual = world.sync(rakuten=ShopSettings(auto_fetch=False))
    manual.stop()

    assert not run(sync, told=stop)
    assert run(manual, told=stop)
    assert run(world.sync(qoo10=ShopSettings(auto_fetch=False)), told=stop, once=True)


def test_a_run_waits_though_a_shop_stays_due(world: World) -> None:
    """Another process fetches it all the while."""
    sync = world.sync(rakuten=PLAIN)
    rounds: list[Round] = []
    (shop,) = sync.shops
    with ThreadPoolExecutor(1) as pool, world.store.leases.held(f"fetch {shop}"):
        running = pool.submit(run, sync, told=rounds.append)
        sleep(0.5)
        sync.stop()
        good = running.result()

    assert not good
    assert [True] == [one.fetched[0].busy for one in rounds]


def test_a_run_plans_again_when_somebody_types_in_between(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And gives it up for this round when that does not end; what was fetched is told."""
    sync = world.sync(rakuten=ShopSettings(auto_export=True))
    key = filled(world, sync)
    export_, times = sync.export, iter(range(9))
    world.advance(hours=1)

    def late(plan: Plan) -> list[ExportReport]:
        if next(times) in (1, 2, 3, 4):
            raise ConfigError("the plan is out of date: plan again")
        return export_(plan)

    monkeypatch.setattr(sync, "export", late)
    rounds: list[Round] = []
    ends = []
    for _ in range(3):
        ends.append(run(sync, told=rounds.append, once=True))
        world.advance(hours=1)

    assert [True, False, True] == ends
    assert [False, True, False] == [one.exported[0].error is not None for one in rounds]
    assert [True, True, True] == [one.fetched[0].ok for one in rounds]
    assert 1 == world.effective(key)


def test_a_store_that_fails_ends_a_round_and_not_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told and logged; the next round takes it up."""
    sync = world.sync(rakuten=PLAIN)
    with monkeypatch.context() as patched:

        def full(*_: object) -> None:
            raise StoreError("the disk is full")

        patched.setattr(sync, "fetch", full)
        rounds: list[Round] = []
        good = run(sync, told=rounds.append, once=True)
    after = run(sync, told=rounds.append, once=True)

    assert (False, True) == (good, after)
    assert ["the disk is full", None] == [one.error and str(one.error) for one in rounds]
    assert "the disk is full" in caplog.text


def test_credentials_that_end_are_told_by_each_round_and_written_to_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """R8: also when nobody reads the output."""
    sync = world.sync(rakuten=PLAIN)
    world.advance(days=55)
    rounds: list[Round] = []
    good = run(sync, told=rounds.append, once=True)

    assert not good
    assert ["rakuten/demo"] == [str(one.shop) for one in rounds[0].credentials]
    assert rounds[0].credentials[0].en in caplog.text


def test_what_is_stopped_is_taken_up_later(world: World, sync: Sync) -> None:
    """Nothing of it was begun."""
    key = filled(world, sync)
    plan = sync.plan_export()
    sync.stop()
    (stopped,) = sync.export(plan)
    (sent,) = world.sync(rakuten=PLAIN).export(plan)

    assert (True, False) == (stopped.stopped, stopped.ok)
    assert sent.ok
    assert 1 == world.effective(key)


def test_one_process_at_a_time_writes_to_a_shop(
    world: World, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another waits, and says so if it takes too long."""
    filled(world, sync)
    plan = sync.plan_export()
    monkeypatch.setattr(export, "_WAIT", 0.05)
    with world.store.leases.held("write rakuten/demo"):
        (report,) = sync.export(plan)

    assert (True, False) == (report.busy, report.ok)


def test_a_store_that_fails_ends_an_export_and_loses_nothing(
    world: World, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is is told, and the next export goes on."""
    key = filled(world, sync)
    plan = sync.plan_export()

    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.store.journal), "begin", full)
        (failed,) = sync.export(plan)
        patch.setattr(type(world.store.leases), "held", full)
        (broken,) = sync.export(plan)
    (sent,) = sync.export(plan)

    assert isinstance(failed.error, StoreError)
    assert isinstance(broken.error, StoreError)
    assert sent.ok
    assert 1 == world.effective(key)
    assert not ExportReport(shop=failed.shop, busy=True).ok


# --------------------------------------------------------------------------------------------- why


def test_every_order_says_why_it_is_where_it_is(world: World, sync: Sync) -> None:
    """In one call, in Japanese and English."""
    unknown = OrderKey("rakuten", "demo", "none")
    before = sync.why(unknown)
    key = world.place()
    sync.fetch()
    fresh = sync.why(key, "ja")
    ready(sync, key)
    eligible = sync.why(key)
    sync.export(sync.plan_export())
    sent = sync.why(key)
    sync.fetch()
    seen = sync.why(key, "ja")
    world.malls.rakuten.fail_next("UNAUTHORISED")
    sync.fetch()
    missing = sync.why(unknown)
    world.advance(days=60)
    sync.fetch()
    past = sync.why(key)

    assert "this shop was never fetched" == before
    assert "対象外のステータスです (新規受付)" in fresh
    assert "may be reported; TRACKING_SUSPECT number 1, ヤマト運輸: check digit" == eligible
    assert "already reported" in sent
    assert "notice 1: sent" in sent
    assert "モールで確認済み" in seen
    assert missing.startswith("the last fetch failed (")
    assert "never seen by a fetch" in missing
    assert past.startswith("past shipping on the mall")
    with pytest.raises(ConfigError, match="no one shop is called"):
        sync.why(evolve(key, shop_id="other"))


def test_an_order_that_did_not_come_in_says_why(world: World) -> None:
    """Also one that could not be read."""
    sync = world.sync(qoo10=PLAIN)
    (number,) = world.malls.qoo10.fake.place(paid=False)
    world.advance(seconds=1)
    sync.fetch()
    key = OrderKey("qoo10", "demo", number)
    waits = sync.why(key)
    assert "older than" not in waits
    world.advance(days=20)
    old = sync.why(key)
    with world.store.database.write() as connection:
        connection.execute(
            schema.quarantine.insert().values(
                shop=1,
                number="odd",
                code="UNREADABLE",
                reason="packNo: missing",
                first_seen_at=NOW,
                codec=1,
            )
        )
    odd = sync.why(OrderKey("qoo10", "demo", "odd"))
    other = sync.why(OrderKey("qoo10", "demo", "other"))

    assert "its status on the mall is not one that is fetched" in waits
    assert "older than the days that are fetched" in old
    assert "set aside, with the reason (packNo: missing)" in odd
    assert other.startswith("never seen by a fetch")


# ------------------------------------------------------------------------------------- credentials


def test_credentials_that_end_are_told_before_they_do(world: World, sync: Sync) -> None:
    """Refused ones say why; a mall that cannot be asked says nothing, nor one whose key is good."""
    shop = ShopKey("rakuten", "demo")
    good = world.sync(mercari_shops=PLAIN, rakuten=PLAIN).credentials()
    mall = world.malls.rakuten
    ends_at = mall.fake.license.expires_at
    mall.clock.set(ends_at - timedelta(days=5))
    (soon,) = sync.credentials()
    mall.fail_next("UNAUTHORISED")
    (refused,) = sync.credentials([shop])
    mall.fail_next("UNAVAILABLE", times=20)
    none = sync.credentials()

    assert [] == good == none
    assert ReasonCode.CREDENTIAL_EXPIRING is soon.reason.code
    assert "demo: 【緊急】認証情報の有効期限まであと5日です。今すぐ更新してください" == soon.ja
    assert soon.en.startswith("demo: urgent")
    assert refused.ja.startswith("demo: ")


def test_rules_of_the_shops_own_are_inputs_that_any_process_writes_alike(world: World) -> None:
    """A digest does not hang on the order of a set."""
    rule = evolve(RULES["rakuten"], synonyms={"レターパックライト": "レターパック"})
    made = [world.sync(rakuten=ShopSettings(rule=rule)).plan_export().digest for _ in range(2)]

    assert made[0] == made[1]
    assert made[0] != world.sync(rakuten=PLAIN).plan_export().digest
    assert isinstance(world.store, SqlStore)


def test_what_is_typed_while_an_export_waits_stops_it(world: World) -> None:
    """Nobody else writes when the plan is looked at last."""
    sync = world.sync(rakuten=PLAIN)
    key = world.place()
    sync.fetch()
    ready(sync, key)
    plan = sync.plan_export()
    (shop,) = sync.shops
    with ThreadPoolExecutor(1) as pool:
        with world.store.leases.held(f"write {shop}"):
            run = pool.submit(sync.export, plan)
            sleep(0.5)
            sync.handle(key, status="キャンセル")
        (report,) = run.result()

    assert isinstance(report.error, ConfigError)
    assert 0 == world.effective(key)


def test_a_dispatch_that_names_no_shipment_replaces_that_of_the_only_one(world: World) -> None:
    """What is typed last counts."""
    sync = world.sync(rakuten=PLAIN)
    key = world.place()
    sync.fetch()
    order = ready(sync, key, "100011112222")
    handling = sync.handle(key, dispatch=Dispatch(tracking_number="200011112222"))

    assert [order.shipments[0].id] == [one.shipment_id for one in handling.dispatches]
    assert ["200011112222"] == [one.tracking_number for one in handling.dispatches]


def test_a_bundle_is_judged_whole_though_a_child_of_it_is_done(world: World) -> None:
    """R7: by the mall's own label a person handles the children; also when one was shipped."""
    sync = world.sync(mercari_shops=ShopSettings(message="[伝票番号]"))
    fake = world.malls.mercari_shops.fake
    numbers = fake.place(3)
    world.advance(seconds=1)
    sync.fetch()
    parent, first, second = (OrderKey("mercari_shops", "demo", one) for one in numbers)
    for key in (parent, first, second):
        ready(sync, key)
    sync.bundle(parent, [first, second])
    done = sync.store.orders.get(first, raw=True)
    assert done is not None
    shipped = evolve(done.order, phase=Phase.DONE)
    sync.store.orders.arrive(ShopKey("mercari_shops", "demo"), [Arrival(order=shipped)])
    world.advance(days=31)  # it is no candidate by itself any more
    rows = {row.order for row in sync.plan_export().rows}

    assert {parent, first, second} <= rows


def test_the_buyer_is_who_the_shop_says_where_the_mall_names_none(world: World) -> None:
    """A view by the shop's setting (R5); what is stored stays the mall's."""
    fixed = Contact(company="見本商店")
    sync = world.sync(mercari_shops=ShopSettings(buyer=FixedContact(fixed)))
    (number,) = world.malls.mercari_shops.fake.place()
    world.advance(seconds=1)
    sync.fetch()
    key = OrderKey("mercari_shops", "demo", number)
    stored = sync.store.orders.get(key)

    assert evolve(fixed, origin="fixed") == sync.buyer(key).contact
    assert stored is not None
    assert stored.order.buyer is None
    with pytest.raises(ConfigError, match="order 0 has not been fetched"):
        sync.buyer(evolve(key, number="0"))
