"""Orders in the store: written once, known again, found, and left as they were on any failure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve

from mallsync import Dispatch, Handling, HostStatus, Outcome, Period, Phase, ShipmentNotice
from mallsync.errors import ConfigError, DecodeError, NotFound, Problem, Unavailable
from mallsync.model.journal import EntryKey
from mallsync.model.sighting import Covered, Unreadable
from mallsync.model.writebacks import BuyerReview
from mallsync.store import Arrival, Arrived, LeaseLost, ShopKey, SqlStore, orders, schema
from mallsync.store.encoding import CODEC
from mallsync.store.journal import NOTICE, REVIEW, WriteBack
from tests.services import postgres_url
from tests.store.conftest import NOW, Hands
from tests.store.made import OTHER, PLACED, SHOP, key, order

LANDED = Handling()
WRITE_BACKS: dict[str, WriteBack] = {
    NOTICE: ShipmentNotice(order_number="1", tracking_numbers=("000011112222",)),
    REVIEW: BuyerReview(order_number="1", message="ありがとう"),
}


def arrive(store: SqlStore, *numbers: str, shop: ShopKey = SHOP) -> None:
    """Let orders come in."""
    some = [evolve(order(number), key=key(number, shop)) for number in numbers]
    store.orders.arrive(shop, [Arrival(order=one, handling=LANDED) for one in some])


def test_an_order_comes_back_as_it_went_in(store: SqlStore) -> None:
    """Every field; the raw record only where it is asked for."""
    store.orders.arrive(SHOP, [Arrival(order=order(), handling=LANDED)])
    found = store.orders.get(key(), raw=True)
    plain = store.orders.get(key())

    assert found is not None
    assert order() == found.order
    assert order().raw == found.order.raw
    assert plain is not None
    assert plain.order.raw is None
    assert NOW == found.first_seen_at == found.changed_at


def test_a_cart_keeps_its_rows_as_a_tuple(store: SqlStore) -> None:
    """An adapter reads just that."""
    rows = ({"orderNo": "1"}, {"orderNo": "2"})
    store.orders.arrive(SHOP, [Arrival(order=order(raw=rows), handling=LANDED)])
    found = store.orders.get(key(), raw=True)

    assert found is not None
    assert rows == found.order.raw


def test_what_has_not_changed_is_not_written_again(store: SqlStore, clock: Hands) -> None:
    """New, unchanged, changed: each is counted."""
    first = store.orders.arrive(SHOP, [Arrival(order=order(), handling=LANDED)])
    clock.advance(hours=1)
    again = store.orders.arrive(SHOP, [Arrival(order=order())])
    edited = order(raw={"orderNumber": "1", "memo": "edited"})
    changed = store.orders.arrive(SHOP, [Arrival(order=edited)])
    found = store.orders.get(key())

    assert Arrived(new=1) == first
    assert Arrived(unchanged=1) == again
    assert Arrived(changed=1) == changed
    assert found is not None
    assert (NOW, NOW + timedelta(hours=1)) == (found.first_seen_at, found.changed_at)


def test_a_fetch_never_touches_what_the_shop_says(store: SqlStore) -> None:
    """An order lands once; afterwards its handling is the shop's alone."""
    arrive(store, "1")
    store.handlings.change(key(), lambda old: evolve(old, status="発送待ち", memo="急ぎ"))
    store.orders.arrive(SHOP, [Arrival(order=order(mall_status="500"), handling=LANDED)])
    found = store.orders.get(key())

    assert found is not None
    assert "500" == found.order.mall_status
    assert found.handling is not None
    assert ("発送待ち", "急ぎ") == (found.handling.status, found.handling.memo)


def test_an_order_that_does_not_come_in_keeps_the_reason(store: SqlStore) -> None:
    """Until it does; it is watched all the while."""
    unpaid = order(phase=Phase.UNPAID)
    store.orders.arrive(SHOP, [Arrival(order=unpaid, intake="FETCH_UNPAID")])
    waiting = store.orders.get(key())
    watched = store.orders.watched(SHOP)
    store.orders.arrive(SHOP, [Arrival(order=order(), handling=LANDED)])
    landed = store.orders.get(key())

    assert waiting is not None
    assert ("FETCH_UNPAID", None) == (waiting.intake, waiting.handling)
    assert {"1": "300"} == watched
    assert landed is not None
    assert "" == landed.intake
    assert landed.handling is not None


def test_what_is_shipped_and_not_done_is_found_by_its_purchase(store: SqlStore) -> None:
    """Half-open; of what has come in, is whole and known to the mall, and of no other shop."""
    phases = {"1": Phase.SHIPPED, "2": Phase.DONE, "3": Phase.TO_SHIP, "4": Phase.CANCELLED}
    some = [evolve(order(number), phase=phase) for number, phase in phases.items()]
    store.orders.arrive(SHOP, [Arrival(order=one, handling=LANDED) for one in some])
    left_out = [Arrival(order=evolve(order("5"), phase=Phase.SHIPPED), intake="FETCH_UNPAID")]
    store.orders.arrive(SHOP, left_out)
    gone = [Arrival(order=evolve(order("6"), phase=Phase.SHIPPED), handling=LANDED)]
    store.orders.arrive(SHOP, gone)
    store.orders.unwatch(SHOP, "6")
    store.orders.arrive(OTHER, [Arrival(order=evolve(some[0], key=key("7", OTHER)))])
    at, after = PLACED, PLACED + timedelta.resolution

    assert ["1"] == store.orders.shipped(SHOP, at, after)
    assert [] == store.orders.shipped(SHOP, after, after + timedelta(days=1))
    assert [] == store.orders.shipped(SHOP, at - timedelta(days=1), at)
    store.care.purge(after)
    assert [] == store.orders.shipped(SHOP, at, after)


def test_an_order_whose_buyer_was_rated_is_not_looked_for_as_shipped(store: SqlStore) -> None:
    """Its review is on the mall; a report of its shipment, or what was refused, is no review."""
    for shop in (SHOP, OTHER):
        for number in ("1", "2", "3"):
            one = evolve(order(number, phase=Phase.SHIPPED), key=key(number, shop))
            store.orders.arrive(shop, [Arrival(order=one, handling=LANDED)])
    for number, kind, outcome in (
        ("1", REVIEW, Outcome.SENT),
        ("2", REVIEW, Outcome.REFUSED),
        ("3", NOTICE, Outcome.SENT),
    ):
        entry = EntryKey(key(number), number, kind)
        store.journal.claim(entry, WRITE_BACKS[kind])
        store.journal.settle(entry, outcome)
    at, after = PLACED, PLACED + timedelta.resolution

    assert ["2", "3"] == store.orders.shipped(SHOP, at, after)
    assert ["1", "2", "3"] == store.orders.shipped(OTHER, at, after)


def test_what_has_left_its_state_moves_on_and_nothing_else_does(store: SqlStore) -> None:
    """What a fetch saw as cancelled, or was purged, or the mall did not know, was later."""
    for number, phase in (("1", Phase.SHIPPED), ("2", Phase.CANCELLED), ("3", Phase.SHIPPED)):
        one = order(number, phase=phase)
        store.orders.arrive(SHOP, [Arrival(order=one, handling=LANDED)])
    store.orders.unwatch(SHOP, "3")
    done = [order(number, phase=Phase.DONE) for number in ("1", "2", "3", "4")]
    store.orders.move_on(SHOP, done)
    purged = order("5", phase=Phase.SHIPPED)
    store.orders.arrive(SHOP, [Arrival(order=purged, handling=LANDED)])
    store.care.purge(PLACED + timedelta(days=1))
    store.orders.move_on(SHOP, [evolve(purged, phase=Phase.DONE)])
    found = store.orders.load(SHOP, ["1", "2", "3", "4", "5"])

    assert {
        "1": Phase.DONE,
        "2": Phase.CANCELLED,
        "3": Phase.SHIPPED,
        "5": Phase.SHIPPED,
    } == {number: one.order.phase for number, one in found.items()}
    assert found["1"].handling is not None


def test_only_what_may_still_be_shipped_is_watched(store: SqlStore) -> None:
    """What is held by status are all of a stretch."""
    for number, phase, cancelled_at in (
        ("1", Phase.TO_SHIP, None),
        ("2", Phase.SHIPPED, None),
        ("3", Phase.UNKNOWN, None),
        ("4", Phase.TO_SHIP, PLACED),
    ):
        one = order(number, phase=phase, cancelled_at=cancelled_at)
        store.orders.arrive(SHOP, [Arrival(order=one, handling=LANDED)])

    assert {"1", "3"} == set(store.orders.watched(SHOP))
    assert {"1", "2", "3", "4"} == set(store.orders.held(SHOP, since=PLACED))
    assert {} == store.orders.held(SHOP, since=PLACED + timedelta(seconds=1))
    assert store.orders.marks(SHOP, ["4", "9"])["4"].cancelled


def test_orders_are_found_page_by_page(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one shop, by number; in a host status, too."""
    monkeypatch.setattr(orders, "_PAGE", 2)
    arrive(store, "5", "3", "1", "4", "2")
    arrive(store, "1", shop=OTHER)
    store.handlings.change(key("4"), lambda old: evolve(old, status="保留"))

    assert ["1", "2", "3", "4", "5"] == [one.order.number for one in store.orders.find(SHOP)]
    assert ["4"] == [one.order.number for one in store.orders.by_status(SHOP, "保留")]
    assert {SHOP, OTHER} == set(store.shops.all().values())


def test_postgresql_knows_of_a_shop_that_has_grown_before_it_looks_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When it has so many; a few more orders are not worth a look."""
    monkeypatch.setattr("mallsync.store.orders._MILESTONES", (3, 30))
    looked = []
    with postgres_url() as url, SqlStore(url) as store:
        for numbers in (("1", "2"), ("2",), ("3",), ("4",)):
            arrive(store, *numbers)
            with store.database.read() as connection:
                told = "SELECT reltuples FROM pg_class WHERE oid = 'orders'::regclass"
                looked.append(int(connection.exec_driver_sql(told).scalar_one()))

    assert [-1, -1, 3, 3] == looked


def test_postgresql_looks_at_a_shop_that_grows_by_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the one transaction, in which nobody else can look for it."""
    monkeypatch.setattr("mallsync.store.orders._MILESTONES", (3,))
    with postgres_url() as url, SqlStore(url) as store:
        with store.leases.held("fetch") as lease:
            assert lease is not None
            with store.orders.importing(SHOP, lease) as importing:
                for number in "1234":
                    importing.keep([Arrival(order=order(number), handling=LANDED)])
        with store.database.read() as connection:
            told = "SELECT reltuples FROM pg_class WHERE oid = 'orders'::regclass"

            assert 3 == int(connection.exec_driver_sql(told).scalar_one())


def test_what_is_kept_does_not_fail_because_the_tables_cannot_be_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While someone else cleans them up, say: it is for speed alone."""
    monkeypatch.setattr("mallsync.store.orders._MILESTONES", (2,))
    with postgres_url() as url, SqlStore(url) as store, SqlStore(url) as other:
        with other.database.write() as connection:
            connection.exec_driver_sql("LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE")
            arrive(store, "1", "2")

        assert 2 == sum(store.orders.tally(SHOP).values())


def test_an_order_that_the_mall_knows_again_is_watched_again(store: SqlStore) -> None:
    """Though it is the same as before the mall did not know it."""
    arrive(store, "1")
    store.orders.unwatch(SHOP, "1")
    gone = store.orders.watched(SHOP)
    arrive(store, "1")

    assert {} == gone
    assert {"1"} == set(store.orders.watched(SHOP))
    assert ["1"] == [one.order.number for one in store.orders.to_report(SHOP, NOW)]


def test_what_could_not_be_read_is_not_held(store: SqlStore) -> None:
    """It is to be read again, though its status is the same as before."""
    arrive(store, "1", "2")
    error = DecodeError("unreadable", code="UNREADABLE")
    store.orders.arrive(SHOP, unreadable=[Unreadable("1", {"made": "up"}, error)])

    assert {"2"} == set(store.orders.held(SHOP, since=PLACED))


def test_a_plan_looks_at_what_is_open_and_at_what_the_shop_has_just_filled_in(
    store: SqlStore, clock: Hands
) -> None:
    """Not at what was not taken in, nor at what is long past."""
    arrive(store, "1", "2", "3")
    store.orders.arrive(SHOP, [Arrival(order=order("4"), intake="FETCH_UNPAID")])
    filled = Dispatch(carrier="エコ配")
    store.handlings.change(key("2"), lambda old: evolve(old, dispatches=(filled,)))
    done = [Arrival(order=order(number, phase=Phase.SHIPPED)) for number in ("2", "3")]
    store.orders.arrive(SHOP, done)
    lately = [one.order.number for one in store.orders.to_report(SHOP, NOW)]
    clock.advance(days=1)
    later = [one.order.number for one in store.orders.to_report(SHOP, clock.now)]

    assert ["1", "2"] == lately
    assert ["1"] == later


def test_what_an_older_codec_has_written_is_told_page_by_page(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once."""
    monkeypatch.setattr(orders, "_PAGE", 2)
    arrive(store, "1", "2", "3")
    with store.database.write() as connection:
        connection.execute(schema.orders.update().values(codec=CODEC - 1))

    assert ["1", "2", "3"] == [one.number for one in store.orders.stale(SHOP)]


def test_what_an_older_codec_has_written_is_told_with_its_record(store: SqlStore) -> None:
    """To be read again from it; without a record there is nothing to read."""
    arrive(store, "1")
    store.orders.arrive(SHOP, [Arrival(order=order("2", raw=None), handling=LANDED)])
    with store.database.write() as connection:
        connection.execute(schema.orders.update().values(codec=CODEC - 1))
    stale = list(store.orders.stale(SHOP))
    rewritten = store.orders.arrive(SHOP, [Arrival(order=order())])

    assert [order().raw] == [one.raw for one in stale]
    assert Arrived(changed=1) == rewritten
    assert [] == list(store.orders.stale(SHOP))
    assert {"1"} == set(store.orders.held(SHOP, since=PLACED))


# ------------------------------------------------------------------------------------- quarantine


def unreadable(number: str = "9", raw: object = ("見本",)) -> Unreadable:
    """Return what could not be read."""
    problems = (Problem(place="PackageModelList[0].basketId", code="missing"),)
    return Unreadable(number, raw, DecodeError(code="UNREADABLE", problems=problems))


def test_what_could_not_be_read_is_kept_with_the_reason_until_it_can(store: SqlStore) -> None:
    """Then it is an order like any other."""
    store.orders.arrive(SHOP, unreadable=[unreadable(), unreadable()])
    (held,) = store.quarantine.of(SHOP)
    store.orders.arrive(SHOP, [Arrival(order=order("9"), handling=LANDED)])

    assert ("9", "UNREADABLE", CODEC) == (held.number, held.code, held.codec)
    assert "PackageModelList[0].basketId: missing" == held.reason
    assert ("見本",) == held.raw
    assert () == store.quarantine.of(SHOP)


def test_a_record_that_is_not_told_again_stays_to_be_read_by_a_later_version(
    store: SqlStore,
) -> None:
    """The reason is the last one."""
    store.orders.arrive(SHOP, unreadable=[unreadable()])
    store.orders.arrive(SHOP, unreadable=[Unreadable("9", None, Unavailable("not told"))])
    (held,) = store.quarantine.of(SHOP)

    assert (("見本",), "not told") == (held.raw, held.reason)


def test_why_an_order_could_not_be_read_stays_where_the_mall_does_not_find_it(
    store: SqlStore,
) -> None:
    """That is a reason of its own only where there is no other."""
    lost = NotFound("not found", code="LOST")
    store.orders.arrive(SHOP, unreadable=[unreadable()])
    before = store.quarantine.of(SHOP)
    store.orders.arrive(SHOP, unreadable=[Unreadable("9", None, lost)])
    after = store.quarantine.of(SHOP)
    store.orders.arrive(SHOP, unreadable=[Unreadable("8", None, lost)])
    new, _ = store.quarantine.of(SHOP)

    assert before == after
    assert ("8", "LOST", None) == (new.number, new.code, new.raw)


def test_a_record_without_a_number_is_kept_by_what_it_holds(store: SqlStore) -> None:
    """The same twice is one; it can be dropped by the name that it bears."""
    bare = Unreadable("", {"a": 1}, DecodeError("no number"))
    nothing = Unreadable("", None, DecodeError("no number"))
    strange = unreadable("9\x00\ud800")
    store.orders.arrive(SHOP, unreadable=[bare, bare, nothing, strange])
    first, second, third = store.quarantine.of(SHOP)
    store.quarantine.drop(SHOP, [second.number])

    assert r"9\x00\ud800" == first.number
    assert {"?"} == {second.number[0], third.number[0]}
    assert {"no number"} == {second.reason, third.reason}
    assert 2 == len(store.quarantine.of(SHOP))


def test_a_status_that_no_database_takes_is_written_out(store: SqlStore) -> None:
    """The order itself keeps it as it is."""
    strange = order(mall_status="3\x00\ud800")
    store.orders.arrive(SHOP, [Arrival(order=strange, handling=LANDED)])
    found = store.orders.get(key())

    assert {"1": r"3\x00\ud800"} == store.orders.watched(SHOP)
    assert found is not None
    assert strange == found.order


# --------------------------------------------------------------------------------------- coverage


def test_orders_are_there_before_their_period_is_covered(store: SqlStore) -> None:
    """Both or neither: a holder who has lost the shop writes nothing."""
    lease = store.leases.acquire("fetch")
    assert lease is not None
    covered = Covered(Period.days(PLACED.date(), PLACED.date()))
    stale = evolve(lease, token=lease.token - 1)
    with pytest.raises(LeaseLost, match="taken over"):
        store.orders.arrive(SHOP, [Arrival(order=order())], covered=covered, lease=stale)
    before = (store.orders.get(key()), store.coverage.stretches(SHOP))
    store.orders.arrive(SHOP, [Arrival(order=order())], covered=covered, lease=lease)

    assert (None, ()) == before
    assert (covered.period,) == store.coverage.stretches(SHOP)


# -------------------------------------------------------------------------------------- handlings


def test_the_shop_says_what_it_does_in_its_own_time(store: SqlStore, clock: Hands) -> None:
    """Times are the store's: when it landed, and when it was last changed."""
    arrive(store, "1")
    clock.advance(minutes=5)
    sent = Dispatch(shipment_id="7", ship_date=NOW.date(), delivery_methods={"定形外", "速達"})
    store.handlings.change(key(), lambda old: evolve(old, dispatches=(sent,)))
    said = store.handlings.handling(key())

    assert said is not None
    assert (HostStatus.NEW.value, (sent,)) == (said.status, said.dispatches)
    assert (NOW, clock.now) == (said.created_at, said.updated_at)


def test_an_order_that_is_not_taken_in_has_no_handling(store: SqlStore) -> None:
    """Nor can one be made up for it."""
    store.orders.arrive(SHOP, [Arrival(order=order(), intake="FETCH_UNPAID")])

    assert store.handlings.handling(key()) is None
    with pytest.raises(ConfigError, match="has not been taken in"):
        store.handlings.change(key(), lambda old: old)


def test_bundles_are_kept_by_their_parent(store: SqlStore) -> None:
    """The children know theirs."""
    arrive(store, "1", "2", "3")
    for child in ("3", "2"):
        store.handlings.change(key(child), lambda old: evolve(old, bundle_parent=key("1")))
    said = store.handlings.handling(key("2"))

    assert (key("2"), key("3")) == store.handlings.children(key("1"))
    assert said is not None
    assert key("1") == said.bundle_parent


def test_a_store_is_there_for_the_next_process(
    store: SqlStore, open_store: Callable[[], SqlStore]
) -> None:
    """With all that is in it."""
    arrive(store, "1")

    assert open_store().orders.get(key()) is not None
