"""A report has arrived, the process was killed before it knew, and then the world went on.

Somebody changes the order on the mall, the buyer cancels, the shop changes its mind: what the mall
shows is adopted, nothing is reported twice, nothing is written over, and nothing stays in doubt.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from mallsync import Dispatch, OrderKey, Outcome
from mallsync.model.codes import ReasonCode
from mallsync.sandbox import Fault
from mallsync.sandbox.fakes.examplemarket import desks
from mallsync.sandbox.fakes.examplemarket.trade import Stage
from mallsync.sandbox.fakes.mercari_shops.codes import OTHER, Status
from mallsync.store.journal import REVIEW, SqlJournal
from mallsync.sync import Plan, Shop, Sync
from tests.sync.conftest import NOW, World, ready
from tests.sync.stories import (
    by_the_clock,
    later,
    nothing_in_doubt,
    one_parcel,
    record,
    started,
    stored,
    two_methods,
    withdraw,
)
from tests.sync.troubles import MALLS, SETTINGS, fill_in, killed, written

HAND = "555511112222"
NOBODY = Dispatch(ship_date=NOW.date(), carrier="日本郵便", delivery_methods={"定形外"})
"""A parcel that has no number."""


@pytest.fixture
def orders() -> int:
    """Return none: the test places its own."""
    return 0


# ------------------------------------------------------------------------------- the buyer cancels


@pytest.mark.parametrize("message", ["", "[配送業者] [伝票番号]"])
@pytest.mark.parametrize("status", [Status.CANCELED, Status.CANCELING])
def test_what_mercari_cancels_behind_its_shipment_had_been_reported(
    world: World, status: Status, message: str
) -> None:
    """Its pieces say so (shippedCanceledQuantity); nobody is written to about it any more."""
    sync, fake, number = started(world, "mercari_shops", message=message)
    plan = fill_in(sync)
    with killed("end", of="completeOrderShipping"):
        sync.export(plan)
    fake.cancel(number)
    fake.see(number).status = status
    world.advance(hours=2)
    sync.reconcile()

    assert Outcome.SENT is record(sync).outcome
    assert (1, 0) == (written(world, "mercari_shops"), fake.effective(kind="message"))
    assert nothing_in_doubt(sync)


@pytest.mark.parametrize("known", [True, False])
def test_what_rakuma_cancels_without_a_number_had_been_reported(
    world: World, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """It still tells when it was shipped, even in a state that the wire does not know."""
    sync, fake, number = started(world, "rakuma")
    sync.handle(stored(sync, number).order.key, status="発送待ち", dispatch=NOBODY)
    with killed("end"):
        sync.export(sync.plan_export())
    if not known:
        monkeypatch.setattr(desks, "_STATES", {**desks._STATES, Stage.CANCELLED: "returning"})
    fake.cancel(number)
    world.advance(hours=2)
    sync.reconcile()

    assert Outcome.SENT is record(sync).outcome
    assert 1 == written(world, "rakuma")


def test_a_line_of_qoo10_that_is_cancelled_ends_beside_one_that_was_changed_by_hand(
    world: World,
) -> None:
    """Each line has an end of its own."""
    sync, fake, number = started(world, "qoo10")
    first, second = fake.lines_of(number)
    plan = fill_in(sync)
    with killed("end"):
        sync.export(plan)
    fake.cancel(first)
    fake.line(second).tracking = HAND
    told = later(world, sync)

    assert (Outcome.REFUSED, "OTHER_NUMBER_ON_MALL") == (told.outcome, told.code)
    assert told.half_done
    assert nothing_in_doubt(sync)
    assert 2 == written(world, "qoo10")


def test_a_line_of_qoo10_under_another_carrier_has_arrived_all_the_same(world: World) -> None:
    """Its number is ours."""
    sync, fake, number = started(world, "qoo10")
    plan = fill_in(sync)
    with killed("end"):
        sync.export(plan)
    for line in fake.lines_of(number):
        fake.line(line).carrier = "佐川急便"

    assert Outcome.SENT is later(world, sync).outcome
    assert 2 == written(world, "qoo10")


# ------------------------------------------------------------- somebody changes it on the mall


def records(fake: Any, number: str) -> list[dict[str, Any]]:
    """Return the shipping records of an order at Rakuten."""
    return [parcel.document() for some in fake.parcels(number).values() for parcel in some]


@pytest.mark.parametrize("change", [{"date": "2026-11-21"}, {"company": "1002"}])
def test_a_report_that_shows_its_number_has_arrived_whatever_stands_beside_it(
    world: World, change: dict[str, str]
) -> None:
    """What was typed by hand since is not written over."""
    sync, fake, number = started(world, "rakuten")
    with killed("end", of="send"):
        sync.export(fill_in(sync))
    ((parcel,),) = fake.parcels(number).values()
    for name, value in change.items():
        setattr(parcel, name, value)
    by_hand = records(fake, number)

    assert Outcome.SENT is later(world, sync).outcome
    assert by_hand == records(fake, number)


def test_a_report_without_a_number_beside_another_date_is_refused(world: World) -> None:
    """Nobody can tell whose it is: it is not written over."""
    sync, fake, number = started(world, "rakuten")
    order = stored(sync, number).order
    said = evolve(NOBODY, shipment_id=order.shipments[0].id)
    sync.handle(order.key, status="発送待ち", dispatch=said)
    with killed("end", of="send"):
        sync.export(sync.plan_export())
    ((parcel,),) = fake.parcels(number).values()
    parcel.date = "2026-11-21"
    by_hand = records(fake, number)
    told = later(world, sync)

    assert (Outcome.REFUSED, "REPORTED_OTHERWISE") == (told.outcome, told.code)
    assert by_hand == records(fake, number)


def corrected(world: World) -> tuple[Sync, Any, str, Plan]:
    """Return an order at Rakuten that is reported, and the plan of its correction."""
    sync, fake, number = started(world, "rakuten")
    sync.export(fill_in(sync))
    sync.fetch()
    key = OrderKey("rakuten", "demo", number)
    ready(sync, key, "800011112222")
    return sync, fake, number, sync.plan_export(correct=[key])


@pytest.mark.parametrize("change", [{"date": "2026-11-21"}, {"number": HAND}])
def test_a_correction_does_not_write_over_what_was_typed_by_hand_since(
    world: World, change: dict[str, str]
) -> None:
    """It remembers what it began from; what is neither that nor its own is somebody else's."""
    sync, fake, number, plan = corrected(world)
    with killed("end", of="send"):
        sync.export(plan)
    ((parcel,),) = fake.parcels(number).values()
    for name, value in change.items():
        setattr(parcel, name, value)
    by_hand = records(fake, number)
    later(world, sync)
    told = record(sync, revision=2)

    assert (Outcome.REFUSED, "REPORTED_OTHERWISE") == (told.outcome, told.code)
    assert by_hand == records(fake, number)


def test_a_correction_that_has_not_kept_what_it_began_from_writes_over_nothing(
    world: World,
) -> None:
    """Whether somebody has typed there since, nobody can tell."""
    sync, fake, number, plan = corrected(world)
    with killed("begin", of="before"):
        sync.export(plan)
    ((parcel,),) = fake.parcels(number).values()
    parcel.number = HAND
    later(world, sync)
    told = record(sync, revision=2)

    assert (Outcome.REFUSED, "REPORTED_OTHERWISE") == (told.outcome, told.code)
    assert [HAND] == [one["shippingNumber"] for one in records(fake, number)]


def test_a_correction_that_never_arrived_is_sent_once_the_mall_has_settled(world: World) -> None:
    """The mall shows what it showed before."""
    sync, fake, number, plan = corrected(world)
    world.malls.rakuten.fail_next(Fault.RESET_BEFORE, operation="updateOrderShipping", times=9)
    sync.export(plan)
    fake.script.clear()
    later(world, sync)

    assert Outcome.SENT is record(sync, revision=2).outcome
    assert ["800011112222"] == [one["shippingNumber"] for one in records(fake, number)]


@pytest.mark.parametrize(
    ("mall", "wanted"), [("rakuten", False), ("rakuma", False), ("rakuma", True)]
)
def test_what_is_known_to_be_done_stays_so_although_the_mall_shows_something_else(
    world: World, mall: str, *, wanted: bool
) -> None:
    """The process was killed between the two notes of it."""
    sync, fake, number = started(world, mall)
    plan = fill_in(sync)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlJournal, "settle", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sync.export(plan)
    if mall == "rakuten":
        fake.parcels(number)[next(iter(fake.parcels(number)))].clear()
    else:
        fake.trades[number].slip = HAND
    if not wanted:
        withdraw(sync, mall)
    world.advance(hours=2)
    sync.reconcile()

    assert Outcome.SENT is record(sync).outcome


def interrupted(*_: object) -> None:
    """Be no more."""
    raise KeyboardInterrupt


# ------------------------------------------------------------------------ the shop changes its mind


@pytest.mark.parametrize("change", ["number", "template", "status"])
def test_a_message_that_is_not_written_yet_is_left_out_when_the_shop_changes_its_mind(
    world: World, change: str
) -> None:
    """The order is shipped: that is what the journal says."""
    sync, fake, number = started(world, "mercari_shops")
    with by_the_clock(world), killed("begin", of="message"):
        sync.export(fill_in(sync))
    if change == "status":
        withdraw(sync, "mercari_shops")
    elif change == "number":
        ready(sync, stored(sync, number).order.key, "900011112222")
    else:
        other = evolve(SETTINGS["mercari_shops"], days=3, message="発送しました。")
        sync = Sync([Shop(world.mercari_shops, other)], world.store)
    told = later(world, sync)

    assert Outcome.SENT is told.outcome
    assert (1, 0) == (written(world, "mercari_shops"), fake.effective(kind="message"))
    assert nothing_in_doubt(sync)


def test_a_message_is_written_although_the_ship_date_has_changed(world: World) -> None:
    """Mercari Shops takes no date: what is written is as it was."""
    sync, fake, number = started(world, "mercari_shops")
    with by_the_clock(world), killed("begin", of="message"):
        sync.export(fill_in(sync))
    day = NOW.date() - timedelta(days=1)
    ready(sync, stored(sync, number).order.key, ship_date=day)
    told = later(world, sync)

    assert Outcome.SENT is told.outcome
    assert 1 == fake.effective(kind="message")


def test_a_message_that_was_written_is_adopted_when_the_shop_changes_its_mind(
    world: World,
) -> None:
    """Only the knowledge of it was lost."""
    sync, fake, _ = started(world, "mercari_shops")
    with killed("end", of="message"):
        sync.export(fill_in(sync))
    withdraw(sync, "mercari_shops")
    world.advance(hours=2)
    sync.reconcile()

    assert Outcome.SENT is record(sync).outcome
    assert 1 == fake.effective(kind="message")
    assert nothing_in_doubt(sync)


def test_a_message_that_never_arrived_is_not_written_when_the_shop_changes_its_mind(
    world: World,
) -> None:
    """It may still show for a while."""
    sync, fake, _ = started(world, "mercari_shops")
    plan = fill_in(sync)
    world.malls.mercari_shops.fail_next(
        Fault.RESET_BEFORE, operation="addOrderTransactionMessage", times=9
    )
    sync.export(plan)
    fake.script.clear()
    withdraw(sync, "mercari_shops")
    sync.reconcile()
    early = record(sync).outcome
    world.advance(hours=2)
    sync.reconcile()

    assert (Outcome.UNKNOWN, Outcome.SENT) == (early, record(sync).outcome)
    assert 0 == fake.effective(kind="message")


def test_a_shipment_that_was_opened_and_not_completed_is_reported_anew_with_another_number(
    world: World,
) -> None:
    """Nothing of it was told to the buyer."""
    sync, fake, number = started(world, "mercari_shops")
    with by_the_clock(world), killed("begin", of="completeOrderShipping"):
        sync.export(fill_in(sync))
    ready(sync, stored(sync, number).order.key, "900011112222")
    told = later(world, sync)
    again = sync.plan_export()
    sync.export(again)

    assert (None, False) == (told.outcome, told.in_doubt)
    assert Outcome.SENT is record(sync).outcome
    (shipment,) = fake.see(number).shipments
    assert "900011112222" in shipment.tracking_code


def first_completed(world: World) -> tuple[Sync, Any, str]:
    """Complete the first of two shipments, and die before that is kept."""
    sync, fake, number = started(world, "mercari_shops", two_methods)
    with by_the_clock(world), killed("end", of="completeOrderShipping"):
        sync.export(fill_in(sync))
    return sync, fake, number


def test_one_of_two_shipments_is_known_to_be_done_although_nobody_wants_the_other(
    world: World,
) -> None:
    """What is half done is reported again only on purpose."""
    sync, _, _ = first_completed(world)
    withdraw(sync, "mercari_shops")
    told = later(world, sync)

    assert (Outcome.NOT_SENT, True) == (told.outcome, told.half_done)
    assert 1 == written(world, "mercari_shops")


def test_the_second_of_two_shipments_goes_out_although_the_end_of_the_first_was_lost(
    world: World,
) -> None:
    """Completing it again is refused, and nothing of it is left to ship: it is done."""
    sync, fake, number = first_completed(world)
    told = later(world, sync)

    assert Outcome.SENT is told.outcome
    assert 2 == written(world, "mercari_shops")
    assert all(shipment.completed for shipment in fake.see(number).shipments)


def test_a_completion_that_is_refused_while_pieces_are_left_to_ship_is_refused(
    world: World,
) -> None:
    """The buyer has cancelled it just now."""
    sync, fake, _ = started(world, "mercari_shops", two_methods)
    plan = fill_in(sync)
    mall = world.malls.mercari_shops
    mall.fail_next(Fault.RESET_BEFORE, operation="completeOrderShipping", times=9)
    sync.export(plan)
    fake.script.clear()
    world.advance(hours=2)
    mall.fail_next(Fault.CANCELLED_BETWEEN, operation="completeOrderShipping", times=1)
    sync.reconcile()

    assert Outcome.REFUSED is record(sync).outcome
    assert 0 == written(world, "mercari_shops")


@pytest.mark.parametrize("counts_at", ["create", "complete"])
@pytest.mark.parametrize("change", ["number", "method"])
def test_a_completion_that_never_arrived_is_made_with_the_number_of_now(
    world: World, counts_at: str, change: str
) -> None:
    """An order that waits says nothing of its shipment, whenever the mall counts its pieces."""
    sync, fake, number = started(world, "mercari_shops")
    fake.settings.counts_at = counts_at
    world.malls.mercari_shops.fail_next(
        Fault.RESET_BEFORE, operation="completeOrderShipping", times=9
    )
    sync.export(fill_in(sync))
    fake.script.clear()
    if change == "method":
        fake.see(number).lines[0].method = OTHER
    ready(sync, stored(sync, number).order.key, "900011112222")
    told = later(world, sync)
    sync.export(sync.plan_export())

    assert (Outcome.NOT_SENT, False) == (told.outcome, told.half_done)
    if (counts_at, change) != ("create", "method"):  # its pieces are in the shipment of before
        assert Outcome.SENT is record(sync).outcome
        assert 1 == written(world, "mercari_shops")


@pytest.mark.parametrize("counts_at", ["create", "complete"])
def test_a_shipment_that_is_open_is_not_left_out_of_the_next_report(
    world: World, counts_at: str
) -> None:
    """Though the mall may show what is in it as gone."""
    sync, fake, number = started(world, "mercari_shops", two_methods)
    fake.settings.counts_at = counts_at
    with by_the_clock(world), killed("begin", of="completeOrderShipping"):
        sync.export(fill_in(sync))
    ready(sync, stored(sync, number).order.key, "900011112222")
    told = later(world, sync)
    sync.export(sync.plan_export())

    assert (None, False) == (told.outcome, told.half_done)
    assert Outcome.SENT is record(sync).outcome
    texts = [shipment.tracking_code for shipment in fake.see(number).shipments]
    assert (2, 2) == (written(world, "mercari_shops"), len(texts))
    assert all("900011112222" in text for text in texts)


@pytest.mark.parametrize("step", ["createOrderShipping", "updateOrderShippingTrackingCode"])
def test_what_only_prepares_a_shipment_stays_in_no_doubt(world: World, step: str) -> None:
    """The first shipment is completed, the second was on its way when nobody wanted it any more."""
    sync, _, _ = started(world, "mercari_shops", two_methods)
    with killed("end", of=f"{step} {OTHER}"):
        sync.export(fill_in(sync))
    withdraw(sync, "mercari_shops")
    told = later(world, sync)

    assert (Outcome.NOT_SENT, True, False) == (told.outcome, told.half_done, told.in_doubt)
    assert 1 == written(world, "mercari_shops")


@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize(
    ("method", "step"),
    [
        ("end", "createOrderShipping"),
        ("begin", "updateOrderShippingTrackingCode"),
        ("end", "updateOrderShippingTrackingCode"),
    ],
)
def test_what_somebody_completes_by_hand_keeps_its_text(
    world: World, method: str, step: str, *, wanted: bool
) -> None:
    """There is nothing left for us to do."""
    sync, fake, number = started(world, "mercari_shops", message="")
    with killed(method, of=step):
        sync.export(fill_in(sync))
    order = fake.see(number)
    for shipment in order.shipments:
        shipment.completed, shipment.tracking_code = fake.now, "HAND"
    order.status = Status.COMPLETED
    if not wanted:
        withdraw(sync, "mercari_shops")
    later(world, sync)
    (row,) = sync.plan_export().rows
    sync.export(sync.plan_export())

    assert not wanted or ReasonCode.ALREADY_REPORTED in [one.code for one in row.guards]
    assert ["HAND"] == [shipment.tracking_code for shipment in order.shipments]
    assert nothing_in_doubt(sync)


@pytest.mark.parametrize("rest", ["held", "cancelled"])
def test_a_cart_of_which_one_line_was_reported_is_half_done(world: World, rest: str) -> None:
    """The other line had a request for its cancellation; then nobody wants the report any more."""
    sync, fake, number = started(world, "qoo10")
    first, second = fake.lines_of(number)
    plan = fill_in(sync)
    fake.cancel(second, pending=True)
    with killed("end"):
        sync.export(plan)
    if rest == "held":
        withdraw(sync, "qoo10")
    else:
        fake.cancel(first, second)
    told = later(world, sync)

    assert (Outcome.NOT_SENT, True) == (told.outcome, told.half_done)
    assert 1 == written(world, "qoo10")


def test_a_cart_that_no_list_reaches_any_more_is_read_by_its_lines(world: World) -> None:
    """Lists reach 89 days back, single reads further."""
    sync, _, _ = started(world, "qoo10")
    with killed("end"):
        sync.export(fill_in(sync))
    withdraw(sync, "qoo10")
    world.advance(days=90)
    sync.reconcile()

    assert Outcome.SENT is record(sync).outcome


@pytest.mark.parametrize("days", [1, 20])
def test_a_review_whose_text_the_shop_has_changed_is_written_as_it_is_now(
    world: World, days: int
) -> None:
    """Also where no list shows the order any more."""
    sync, fake, number = started(world, "rakuma", review_message="ありがとう")
    sync.export(fill_in(sync))
    fake.move(fake.trades[number], Stage.RECEIVED, fake.now)
    sync.fetch()
    world.malls.examplemarket.fail_next(Fault.RESET_BEFORE, operation="review", times=9)
    sync.review()
    fake.script.clear()
    doubt = record(sync, REVIEW).in_doubt
    other = evolve(SETTINGS["rakuma"], days=3, review_message="またどうぞ")
    sync = Sync([Shop(world.rakuma, other)], world.store)
    later(world, sync, days=days)

    assert doubt
    assert Outcome.SENT is record(sync, REVIEW).outcome
    assert "またどうぞ" == fake.trades[number].comment
    assert 1 == fake.effective(kind="reviewed")


def test_a_review_that_arrived_is_adopted_although_the_shop_has_changed_its_text(
    world: World,
) -> None:
    """There is no second one."""
    sync, fake, number = started(world, "rakuma", review_message="ありがとう")
    sync.export(fill_in(sync))
    fake.move(fake.trades[number], Stage.RECEIVED, fake.now)
    sync.fetch()
    with killed("end"):
        sync.review()
    other = evolve(SETTINGS["rakuma"], days=3, review_message="またどうぞ")
    later(world, Sync([Shop(world.rakuma, other)], world.store))

    assert Outcome.SENT is record(sync, REVIEW).outcome
    assert "ありがとう" == fake.trades[number].comment


def test_a_review_of_an_order_that_is_cancelled_since_is_adopted(world: World) -> None:
    """It had completed the order."""
    sync, fake, number = started(world, "rakuma", review_message="ありがとう")
    sync.export(fill_in(sync))
    fake.move(fake.trades[number], Stage.RECEIVED, fake.now)
    sync.fetch()
    with killed("end"):
        sync.review()
    fake.cancel(number)
    later(world, sync)

    assert Outcome.SENT is record(sync, REVIEW).outcome
    assert 1 == fake.effective(kind="reviewed")


# ------------------------------------------------------------------------------ what the mall does


@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize("mall", MALLS)
def test_a_report_of_an_order_that_the_mall_does_not_know_any_more_ends(
    world: World, mall: str, wanted: bool
) -> None:
    """Its own code says so; before the mall has settled it may show again."""
    sync, fake, number = started(world, mall)
    with killed("end", of="completeOrderShipping" if mall == "mercari_shops" else ""):
        sync.export(fill_in(sync))
    if mall == "qoo10":
        for line in fake.carts[number].lines:
            fake.lines.pop(line.number)
        fake.carts[number].lines.clear()
    else:
        (fake.trades if mall == "rakuma" else fake.orders).pop(number)
    if not wanted:
        withdraw(sync, mall)
    sync.reconcile()
    early = record(sync)
    world.advance(hours=2)
    sync.reconcile()
    late = record(sync)

    assert early.in_doubt
    assert Outcome.REFUSED is late.outcome
    assert late.code
    assert nothing_in_doubt(sync)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_report_of_a_shipment_that_the_mall_does_not_know_any_more_ends(
    world: World, monkeypatch: pytest.MonkeyPatch, *, wanted: bool
) -> None:
    """The order is there, its basket is not."""
    sync, fake, _ = started(world, "rakuten")
    with killed("end", of="send"):
        sync.export(fill_in(sync))
    shown = type(fake)._base

    def renamed(*record: Any) -> Any:
        document = shown(*record)
        for package in document["PackageModelList"]:
            package["basketId"] += 990
        return document

    monkeypatch.setattr(type(fake), "_base", renamed)
    if not wanted:
        withdraw(sync, "rakuten")
    world.advance(hours=2)
    sync.reconcile()
    told = record(sync)

    assert (Outcome.REFUSED, "SHIPMENT_UNKNOWN") == (told.outcome, told.code)
    assert nothing_in_doubt(sync)


def accepted(world: World) -> tuple[Sync, Any, list[str]]:
    """Report two orders at Rakuten in a batch that it accepts, and does not work through yet."""
    fake = world.malls.rakuten.fake
    numbers = [*one_parcel(fake), *one_parcel(fake)]
    sync = Sync([Shop(world.rakuten, evolve(SETTINGS["rakuten"], days=3))], world.store)
    world.advance(seconds=1)
    sync.fetch()
    fake.settings.async_delay = timedelta(hours=5)
    sync.export(fill_in(sync))
    return sync, fake, numbers


def test_a_batch_that_the_mall_has_accepted_is_not_sent_again_while_it_may_run(
    world: World,
) -> None:
    """However long it takes, within a day."""
    sync, _, numbers = accepted(world)
    world.advance(hours=2)
    (report,) = sync.reconcile()
    world.advance(hours=4)
    (done,) = sync.reconcile()

    assert {(Outcome.UNKNOWN, "RESULT_PENDING")} == {(x.outcome, x.code) for x in report.written}
    assert {Outcome.SENT: 2} == done.counts
    assert len(numbers) == written(world, "rakuten")


def test_a_batch_of_which_nothing_came_in_a_day_is_sent_again(world: World) -> None:
    """It is lost."""
    sync, fake, numbers = accepted(world)
    fake.settings.async_delay = timedelta(seconds=1)
    fake.jobs.clear()
    world.advance(hours=25)
    (done,) = sync.reconcile()

    assert {Outcome.SENT: 2} == done.counts
    assert len(numbers) == written(world, "rakuten")


def test_what_the_mall_says_of_a_batch_counts_for_orders_that_are_cancelled_since(
    world: World,
) -> None:
    """A report without a number cannot be seen on a record that somebody has cleared."""
    sync, fake, numbers = accepted(world)
    world.advance(hours=6)
    for number in numbers:
        fake.parcels(number)[next(iter(fake.parcels(number)))].clear()
    withdraw(sync, "rakuten")
    (done,) = sync.reconcile()

    assert {Outcome.SENT: 2} == done.counts
    assert nothing_in_doubt(sync)


def test_a_repetition_that_was_throttled_says_nothing_of_the_call_before_it(world: World) -> None:
    """The shipment is open: what is in it stays known."""
    sync, fake, number = started(world, "mercari_shops")
    with killed("end", of="createOrderShipping"):
        sync.export(fill_in(sync))
    world.malls.mercari_shops.fail_next(Fault.THROTTLED, operation="createOrderShipping", times=99)
    sync.export(sync.plan_export())
    fake.script.clear()
    told = record(sync)
    sync.export(sync.plan_export())

    assert (Outcome.NOT_SENT, False) == (told.outcome, told.half_done)
    assert Outcome.SENT is record(sync).outcome
    assert 1 == len(fake.see(number).shipments)


def test_a_fetch_that_confirms_in_the_middle_is_not_written_over(world: World) -> None:
    """What is known to be on the mall stays so."""
    sync, _, _ = started(world, "rakuma")
    with killed("end"):
        sync.export(fill_in(sync))
    key = record(sync).key
    sync.store.journal.confirm(key)

    assert Outcome.SENT is sync.store.journal.settle(key, Outcome.NOT_SENT, "WITHDRAWN")
    assert record(sync).is_sent


def test_the_plan_guards_what_is_half_done(world: World) -> None:
    """It is reported otherwise, or in part."""
    sync, fake, number = started(world, "qoo10")
    _, second = fake.lines_of(number)
    plan = fill_in(sync)
    fake.cancel(second, pending=True)
    with killed("end"):
        sync.export(plan)
    withdraw(sync, "qoo10")
    later(world, sync)
    ready(sync, stored(sync, number).order.key, "900011112222")
    (row,) = sync.plan_export().rows

    assert ReasonCode.REPORTED_OTHERWISE in {one.code for one in row.guards}
