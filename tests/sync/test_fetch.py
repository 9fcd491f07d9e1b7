"""Fetching into the store: nothing is lost, each shop by itself, and only what moved is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from attrs import evolve

from mallsync import Order, Period, Phase
from mallsync.errors import ConfigError, DecodeError, MallError, NotFound, StoreError
from mallsync.model.sighting import Covered, Remark, Seen, Sighting, Unreadable
from mallsync.store import ShopKey, SqlStore, schema
from mallsync.store.encoding import CODEC
from mallsync.sync import FetchReport, Gap, Shop, ShopSettings, Sync, fetch
from tests.store.made import order
from tests.sync.conftest import NOW, World, ready

PLAIN = ShopSettings()
ALL = {"rakuten": PLAIN, "qoo10": PLAIN, "mercari_shops": PLAIN, "rakuma": PLAIN}
RAKUTEN = ShopKey("rakuten", "demo")


def test_all_shops_are_fetched_and_the_second_time_nothing_is_new(world: World) -> None:
    """Every order of the week is in the store; what may come in has landed."""
    told: list[tuple[ShopKey, int]] = []
    sync = world.sync(**ALL)
    first = sync.fetch(progress=lambda shop, seen: told.append((shop, seen)))
    second = sync.fetch()
    landed = sum(one.handling is not None for one in sync.orders())

    assert all(one.ok for one in (*first, *second))
    assert [one.seen for one in first] == [one.new for one in first] == [one.seen for one in second]
    assert sum(one.seen for one in first) == len(list(sync.orders()))
    assert {(0, 0, 0)} == {(one.new, one.changed, one.taken_in) for one in second}
    assert landed == sum(one.taken_in for one in first)
    assert {one.shop for one in first} == {shop for shop, _ in told}
    assert [] == sync.gaps()


def test_one_shops_failure_stops_no_other(world: World) -> None:
    """It is told, and its period is a gap that the next fetch fills."""
    sync = world.sync(rakuten=PLAIN, rakuma=PLAIN)
    sync.fetch()
    world.advance(hours=1)
    world.malls.rakuten.fail_next("UNAUTHORISED")
    broken, good = sync.fetch()
    last = world.store.fetches.last(RAKUTEN)
    gaps = sync.gaps()
    sync.fetch(["rakuten/demo"])

    assert (False, True) == (broken.ok, good.ok)
    assert broken.error is not None
    assert last is not None
    assert last.trouble
    assert [Gap(RAKUTEN, Period(NOW, NOW + timedelta(hours=1)))] == gaps
    assert [] == sync.gaps()


def test_a_fetch_that_is_due_is_no_gap_until_it_is_overdue(world: World) -> None:
    """By an interval of the shop."""
    sync = world.sync(rakuten=ShopSettings(every=timedelta(minutes=30)))
    sync.fetch()
    world.advance(minutes=59)
    assert [] == sync.gaps()
    world.advance(minutes=2)
    assert [Gap(RAKUTEN, Period(NOW, NOW + timedelta(minutes=61)))] == sync.gaps()


def test_an_order_that_is_cancelled_after_it_came_in_is_told_and_keeps_its_status(
    world: World,
) -> None:
    """Also one that is older than the days that are fetched: it is watched."""
    sync = world.sync(rakuten=PLAIN)
    key = world.place()
    sync.fetch()
    sync.handle(key, status="発送待ち")
    world.advance(days=9)
    sync.fetch()
    world.malls.rakuten.fake.cancel(key.number)
    (report,) = sync.fetch()
    (again,) = sync.fetch()
    found = world.store.orders.get(key)

    assert (key.number,) == report.cancelled
    assert () == again.cancelled
    assert found is not None
    assert Phase.CANCELLED is found.order.phase
    assert found.handling is not None
    assert "発送待ち" == found.handling.status


def test_an_unpaid_order_waits_until_it_is_paid(world: World) -> None:
    """Then it comes in, whether or not the days still cover it (R6)."""
    sync = world.sync(mercari_shops=PLAIN)
    (number,) = world.malls.mercari_shops.fake.place(paid=False)
    world.advance(seconds=1)
    sync.fetch()
    (stored,) = sync.orders(number=number)
    world.malls.mercari_shops.fake.pay(number)
    sync.fetch()
    (paid,) = sync.orders(number=number)

    assert ("FETCH_UNPAID", None) == (stored.intake, stored.handling)
    assert paid.handling is not None


def test_statuses_and_the_landing_status_are_the_shops(world: World) -> None:
    """Only what is asked for is fetched; the coverage is of these statuses."""
    chosen = ShopSettings(statuses=frozenset({"300"}), landing_status="確認中", days=30)
    sync = world.sync(rakuten=chosen)
    sync.fetch()
    found = list(sync.orders())

    assert {"300"} == {one.order.mall_status for one in found}
    assert {"確認中"} == {one.handling.status for one in found if one.handling}
    assert found == list(sync.orders(mall="rakuten", status="確認中"))
    assert [] == list(sync.orders(mall="qoo10"))
    assert [] == list(sync.orders(status="保留", number=found[0].order.number))
    assert () == world.store.coverage.stretches(RAKUTEN)
    assert 1 == len(world.store.coverage.stretches(RAKUTEN, {"300"}))


def test_a_period_by_hand_is_fetched_instead_of_the_days(world: World) -> None:
    """It is covered, and the hole in between is named."""
    sync = world.sync(rakuten=PLAIN)
    sync.fetch()
    old = Period(NOW - timedelta(days=40), NOW - timedelta(days=30))
    (report,) = sync.fetch(["demo"], old)

    assert old == report.period
    assert [Gap(RAKUTEN, Period(old.end, NOW.replace(hour=0) - timedelta(days=7)))] == sync.gaps()


def test_two_fetches_of_a_shop_at_once_are_refused(world: World) -> None:
    """The second says that it is busy; nothing of it is done."""
    sync = world.sync(rakuten=PLAIN)
    with world.store.leases.held("fetch rakuten/demo"):
        (report,) = sync.fetch()

    assert (True, False, 0) == (report.busy, report.ok, report.seen)
    assert world.store.fetches.last(RAKUTEN) is None


class Told:
    """A client that tells a script of sightings."""

    mall, shop_id = "rakuten", "demo"

    def __init__(self, *script: Sighting | Exception, readable: bool = True) -> None:
        self.script = script
        self.readable = readable
        self.asked: dict[str, Any] = {}

    def sightings(self, period: Period, **asked: Any) -> Iterator[Sighting]:
        """Tell the script."""
        self.asked = asked
        for one in self.script:
            if isinstance(one, Exception):
                raise one
            yield one

    def read(self, raw: Any) -> Order:
        """Read a record as the made-up mall does."""
        if not self.readable:
            raise DecodeError("still not")
        return evolve(order_of(raw["orderNumber"]), remarks="read again", raw=raw)

    def close(self) -> None:
        """Do nothing."""


def order_of(number: str, **changes: Any) -> Order:
    """Return an order of the shop."""
    return order(number, **changes)


def told(world: World, *script: Sighting | Exception, **more: Any) -> tuple[Sync, Told]:
    """Return a sync of a client with a script."""
    client = Told(*script, **more)
    return Sync([Shop(client)], world.store), client  # type: ignore[arg-type]  # what a fetch needs of one


WEEK = Covered(Period(NOW - timedelta(days=7), NOW))


def test_time_to_come_is_not_covered(world: World) -> None:
    """Today is not over: an order that comes after the run is no gap's that nobody knows."""
    sync = world.sync(rakuten=PLAIN)
    today = Period.days(NOW.date(), NOW.date())
    (report,) = sync.fetch(period=today)
    world.advance(hours=4)

    assert Period(today.start, NOW) == report.period
    assert [Gap(RAKUTEN, Period(NOW, NOW + timedelta(hours=4)))] == sync.gaps()
    with pytest.raises(ConfigError, match="begins in the future"):
        sync.fetch(period=Period(NOW + timedelta(days=1), NOW + timedelta(days=2)))


def test_a_shop_whose_fetches_all_failed_has_a_gap(world: World) -> None:
    """From where the first was asked to begin; before the first there is nothing to say."""
    sync, client = told(world, DecodeError("odd"))
    assert [] == sync.gaps()
    (report,) = sync.fetch()
    client.script = (Covered(report.period),)

    assert not report.ok
    assert [Gap(RAKUTEN, report.period)] == sync.gaps()
    sync.fetch()
    assert [] == sync.gaps()


def test_a_run_takes_up_where_the_last_one_had_come(world: World) -> None:
    """Or some minutes before, though that is longer ago than the days that are fetched."""
    sync = world.sync(rakuten=ShopSettings(days=1))
    sync.fetch()
    world.advance(days=5)
    (report,) = sync.fetch()

    assert NOW - timedelta(minutes=10) == report.period.start
    assert [] == sync.gaps()


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=1), timedelta(minutes=9)])
def test_an_order_is_found_that_comes_behind_a_fetch_by_a_clock_that_is_ahead(
    world: World, ahead: timedelta
) -> None:
    """Behind midnight by the store's clock, and before it by the mall's, which dates the order."""
    clock = world.malls.rakuten.clock
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    with SqlStore("sqlite://", clock=lambda: clock.now() + ahead) as store:
        sync = Sync([Shop(world.rakuten, ShopSettings(days=0))], store)
        sync.fetch()
        clock.advance(midnight - ahead + timedelta(microseconds=1) - clock.now())
        sync.fetch()
        key = world.place()
        world.advance(minutes=15)
        sync.fetch()

        assert store.orders.get(key) is not None
        assert [] == sync.gaps()


def test_an_order_that_failed_once_is_asked_for_again_by_its_number(world: World) -> None:
    """Though the next run does not reach as far back."""
    failed = Unreadable("9", None, MallError("odd", code="ODD"))
    sync, client = told(world, failed, Unreadable("", {"orderNumber": "8"}, failed.error), WEEK)
    (report,) = sync.fetch()
    client.script = (Seen(order_of("9")), WEEK)
    sync.fetch()

    assert not report.ok
    assert ["9"] == list(client.asked["known"])
    assert "9" in {one.order.number for one in sync.orders()}
    sync.fetch()
    assert ["9"] == list(client.asked["known"])  # it is open, and watched


def test_an_order_that_the_mall_does_not_know_any_more_is_told_once(world: World) -> None:
    """A run that asks for it for ever would bury what matters."""
    gone = Unreadable("1", None, NotFound("gone"), gone=True)
    sync, client = told(world, Seen(order_of("1")), WEEK)
    sync.fetch()
    client.script = (gone, WEEK)
    (first,) = sync.fetch()
    client.script = (WEEK,)
    (second,) = sync.fetch()

    assert ["ORDER_GONE"] == [one.code for one in first.remarks]
    assert first.ok
    assert () == second.remarks
    assert [] == list(client.asked["known"])
    assert ["1"] == [one.order.number for one in sync.orders()]


@pytest.mark.parametrize("is_stored", [True, False])
def test_an_order_that_a_list_shows_is_not_gone_though_the_mall_tells_nothing_of_it(
    world: World, *, is_stored: bool
) -> None:
    """However often: it stays watched and set aside, and no such fetch is ok."""
    key = world.place()
    sync = world.sync(rakuten=PLAIN)
    if is_stored:
        sync.fetch()
    for _ in range(3):
        world.malls.rakuten.fail_next(
            "ORDER_ERRORS", operation="getOrder", orders=[key.number], code="INFO_102"
        )
        (report,) = sync.fetch()
        world.malls.rakuten.fake.script.clear()

        assert (False, ()) == (report.ok, report.remarks)
        assert (key.number,) == world.store.quarantine.numbers(RAKUTEN)
        assert is_stored is (key.number in world.store.orders.watched(RAKUTEN))
    (mended,) = sync.fetch()

    assert mended.ok
    assert () == world.store.quarantine.numbers(RAKUTEN)
    assert key.number in world.store.orders.watched(RAKUTEN)


def test_what_came_before_an_error_is_kept_and_not_covered(world: World) -> None:
    """A remark with a gap makes a fetch incomplete, too."""
    gap = Remark("SEARCH_CAP", gap=WEEK.period)
    sync, _ = told(world, Seen(order_of("1")), gap, DecodeError("odd", code="ODD"))
    (report,) = sync.fetch()
    complete = FetchReport(shop=RAKUTEN, period=WEEK.period, remarks=(gap,))

    assert (1, (gap,), False) == (report.seen, report.remarks, report.ok)
    assert ["1"] == [one.order.number for one in sync.orders()]
    assert () == world.store.coverage.stretches(RAKUTEN)
    assert not complete.ok


def test_a_mistake_of_ours_is_told_as_well(world: World) -> None:
    """It does not pass for a fetch."""
    sync, _ = told(world, ZeroDivisionError("odd"))
    (report,) = sync.fetch()
    broken, _ = told(world, StoreError("full"))

    assert isinstance(report.error, ZeroDivisionError)
    assert isinstance(broken.fetch()[0].error, StoreError)


def test_what_cannot_be_read_is_set_aside_and_read_after_an_upgrade(world: World) -> None:
    """With its reason until then; what still cannot be read stays."""
    raw = {"orderNumber": "9"}
    error = DecodeError(code="UNREADABLE")
    bare = Unreadable("", {"orderNumber": "8"}, error)
    sync, _ = told(world, Unreadable("9", raw, error), bare, WEEK)
    (report,) = sync.fetch()
    sync, client = told(world, WEEK, readable=False)
    with world.store.database.write() as connection:
        connection.execute(schema.quarantine.update().values(codec=CODEC - 1))
    sync.fetch()
    still = world.store.quarantine.of(RAKUTEN)
    client.readable = True
    sync.fetch()

    assert (2, False) == (len(report.unreadable), report.ok)
    assert 2 == len(still)
    assert {"8", "9"} == {one.order.number for one in sync.orders()}
    assert () == world.store.quarantine.of(RAKUTEN)


def test_what_has_no_number_stays_set_aside_behind_an_upgrade(world: World) -> None:
    """It is kept, and asked for by nothing."""
    sync, _ = told(world, Unreadable("", {"orderNumber": " "}, DecodeError(code="X")), WEEK)
    sync.fetch()
    with world.store.database.write() as connection:
        connection.execute(schema.quarantine.update().values(codec=CODEC - 1))
    (report,) = sync.fetch()
    (held,) = world.store.quarantine.of(RAKUTEN)

    assert report.error is None
    assert {"orderNumber": " "} == held.raw
    assert [] == list(sync.orders())


def test_what_an_older_version_has_written_is_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its record; what a claim has told of a cancellation stays."""
    monkeypatch.setattr(fetch, "_BATCH", 1)
    cancelled = order_of("2", cancelled_at=NOW, phase=Phase.CANCELLED)
    sync, _ = told(world, Seen(order_of("1")), Seen(cancelled), WEEK)
    sync.fetch()
    with world.store.database.write() as connection:
        # What an older version wrote may be nothing that this one can read.
        connection.execute(schema.orders.update().values(codec=CODEC - 1, cache='{"phase": 1}'))
    failing, client = told(world, WEEK, readable=False)
    (failed,) = failing.fetch()
    held = {one.number for one in world.store.quarantine.of(RAKUTEN)}
    client.readable = True
    failing.fetch()
    one, two = (stored.order for stored in failing.orders())

    assert {"1", "2"} == held == {one.number for one in failed.unreadable}
    assert not failed.ok
    assert () == world.store.quarantine.of(RAKUTEN)
    assert ("read again", "read again") == (one.remarks, two.remarks)
    assert (Phase.TO_SHIP, Phase.CANCELLED) == (one.phase, two.phase)
    assert NOW == two.cancelled_at
    assert [] == list(world.store.orders.stale(RAKUTEN))


def test_parts_of_one_order_are_put_together(world: World) -> None:
    """A sighting of a part touches nothing else; what is seen twice is one."""
    part = Seen(order_of("1", mall_status="500", remarks=""), frozenset({"mall_status"}))
    sync, client = told(world, Seen(order_of("1")), part, part, WEEK)
    (report,) = sync.fetch()
    (stored,) = sync.orders()

    assert ("500", "不在時は宅配ボックスへ") == (stored.order.mall_status, stored.order.remarks)
    assert (3, 1, 1) == (report.seen, report.new, report.changed)
    sync.fetch()
    assert (["1"], {"1": "500"}) == (list(client.asked["known"]), client.asked["held"])


def test_a_shop_that_waits_for_its_turn_is_not_asked_after_a_stop(world: World) -> None:
    """Nor is it taken for one that was fetched."""
    shop, stop = Shop(world.qoo10), Event()
    stop.set()
    period = Period(NOW - timedelta(days=7), NOW)
    report = fetch.fetch_shop(shop, world.store, period, stop)

    assert (True, 0, False) == (report.stopped, report.seen, report.ok)
    assert world.store.fetches.last(shop.key) is None


def test_a_fetch_stops_between_two_events(world: World) -> None:
    """What it has seen is kept; the period is not covered."""
    stop = Event()

    class Stopping(Told):
        def sightings(self, period: Period, **asked: Any) -> Iterator[Sighting]:
            for event in super().sightings(period, **asked):
                yield event
                stop.set()

    shop = Shop(Stopping(Seen(order_of("1")), Seen(order_of("2")), WEEK))  # type: ignore[arg-type]  # as above
    period = WEEK.period
    report = fetch.fetch_shop(shop, world.store, period, stop)
    last = world.store.fetches.last(RAKUTEN)

    assert (True, 1, False) == (report.stopped, report.seen, report.ok)
    assert last is not None
    assert "STOPPED" == last.trouble
    assert () == world.store.coverage.stretches(RAKUTEN)


def test_a_report_is_confirmed_by_the_fetch_that_sees_it(world: World) -> None:
    """Once."""
    sync = world.sync(rakuten=PLAIN)
    key = world.place()
    sync.fetch()
    ready(sync, key)
    sync.export(sync.plan_export())
    (seen,) = sync.fetch()
    (again,) = sync.fetch()
    (record,) = world.store.journal.records(key)

    assert (1, 0) == (seen.confirmed, again.confirmed)
    assert record.confirmed_at is not None


def test_shops_are_named_by_key_or_id(world: World) -> None:
    """What is none of them, or several, is refused."""
    sync = world.sync(rakuten=PLAIN, qoo10=PLAIN)
    assert [RAKUTEN] == [one.shop for one in sync.fetch([RAKUTEN])]
    for wrong in (["demo"], ["none"], "demo"):
        with pytest.raises(ConfigError, match="write"):
            sync.fetch(wrong)
    with pytest.raises(ConfigError, match="one comes twice"):
        Sync([Shop(world.rakuten), Shop(world.rakuten)], world.store)
    with pytest.raises(ConfigError, match=r"write \[Shop"):
        Sync([world.rakuten], world.store)  # type: ignore[list-item]  # wrong on purpose
    with pytest.raises(ConfigError, match="write SqlStore"):
        Sync([], "sqlite://")  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"statuses": "300"}, "write a set"),
        ({"statuses": set()}, "write a set"),
        ({"label": 3}, "label is int"),
        ({"landing_status": "　"}, "landing_status is empty"),
        ({"every": timedelta(0)}, "write timedelta"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any], said: str) -> None:
    """With what to write instead."""
    with pytest.raises(ConfigError, match=said):
        ShopSettings(**wrong)


def test_a_shop_has_a_name_for_people(world: World) -> None:
    """Its id where none is given; the mall's rules, with the shop's own in their place."""
    assert "demo" == Shop(world.rakuten).label
    assert "一号店" == Shop(world.rakuten, ShopSettings(label="一号店")).label
    rule = Shop(world.qoo10).rule(manual=False)
    own = ShopSettings(rule=rule, manual_rule=rule)
    assert rule is Shop(world.rakuten, own).rule(manual=False)
    assert rule is Shop(world.rakuten, own).rule(manual=True)
