"""How orders are fetched: windows, pages, cursors, and what could not be read (A3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from mallsync import JST, Covered, Period, Seen, Unreadable, sandbox
from mallsync.adapters import mercari_shops
from mallsync.adapters.mercari_shops.codec import GetOrder, ListOrders, Page
from mallsync.adapters.mercari_shops.flows import Fetch, Options, details, sightings
from mallsync.errors import ConfigError, DecodeError, MallError, NotFound
from mallsync.testing import ScriptedCaller
from tests.adapters.mercari_shops.made import READER, page, record
from tests.adapters.mercari_shops.shop import NOW, WEEK, client_of

LIST, ONE = ListOrders.name, GetOrder.name
FETCH = Fetch(reader=READER)
DAY = Period.days(datetime(2031, 4, 2, tzinfo=JST).date(), datetime(2031, 4, 2, tzinfo=JST).date())


def listed(*ids: str, cursor: str | None = None) -> Page:
    """Return a page as the codec makes it."""
    nodes = [record(id=one) for one in ids]
    return ListOrders(period=DAY).decode(page(*nodes, cursor=cursor))


def numbers(events: list[Any]) -> list[str]:
    """Return what is seen, in order."""
    return [event.order.number for event in events if isinstance(event, Seen)]


def test_pages_are_followed_to_the_end_and_told_oldest_first() -> None:
    """The mall lists the newest first."""
    caller = ScriptedCaller([(LIST, listed("C", "B", cursor="x")), (LIST, listed("A"))])
    events = list(sightings(caller, FETCH, DAY))

    assert ["A", "B", "C"] == numbers(events)
    assert Covered(DAY) == events[-1]
    asked: list[Any] = caller.asked
    assert [None, "x"] == [operation.after for operation in asked]


def test_an_order_on_two_pages_is_told_once() -> None:
    """Should a cursor overlap."""
    caller = ScriptedCaller([(LIST, listed("C", "B", cursor="x")), (LIST, listed("B", "A"))])

    assert ["A", "B", "C"] == numbers(list(sightings(caller, FETCH, DAY)))


def test_an_empty_page_is_not_the_last_if_there_is_a_cursor() -> None:
    """The page says so by itself."""
    caller = ScriptedCaller([(LIST, listed(cursor="x")), (LIST, listed("A"))])

    assert ["A"] == numbers(list(sightings(caller, FETCH, DAY)))


def test_a_cursor_that_comes_again_ends_the_fetch() -> None:
    """It would lead round in circles; nothing is covered then."""
    pages: list[tuple[str, object]] = [
        (LIST, listed("A", cursor=cursor)) for cursor in ("x", "y", "x")
    ]
    caller = ScriptedCaller(pages)
    events: list[Any] = []
    with pytest.raises(DecodeError, match="CURSOR_COMES_AGAIN"):
        events.extend(sightings(caller, FETCH, DAY))

    assert 3 == len(caller.asked)
    assert not any(isinstance(event, Covered) for event in events)


def test_a_mall_that_goes_round_in_circles_is_left(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """After two pages."""
    mall.fake.settings.loops = True
    mall.fake.place()
    with pytest.raises(DecodeError, match="CURSOR_COMES_AGAIN"):
        list(client.fetch_orders(WEEK))

    assert 2 == len(mall.hits)


def test_each_window_is_covered_by_itself() -> None:
    """After its orders."""
    fetch = evolve(FETCH, options=Options(window=timedelta(hours=12)))
    caller = ScriptedCaller([(LIST, listed("A")), (LIST, listed("B"))])
    events = list(sightings(caller, fetch, DAY))

    assert [Seen, Covered, Seen, Covered] == [type(event) for event in events]
    assert ["A", "B"] == numbers(events)


def test_statuses_are_asked_for_and_told() -> None:
    """What is covered is covered for them alone."""
    fetch = evolve(FETCH, statuses=("COMPLETED",))
    caller = ScriptedCaller([(LIST, listed())])
    (covered,) = sightings(caller, fetch, DAY)
    asked: Any = caller.asked[0]

    assert ("COMPLETED",) == asked.statuses
    assert Covered(DAY, frozenset({"COMPLETED"})) == covered


def test_known_numbers_are_read_if_the_list_lacks_them() -> None:
    """With or without the prefix, once; so a waiting order is seen when it is paid (R6)."""
    seen = Seen(READER.read(record(id="B")))
    caller = ScriptedCaller([(LIST, listed("A")), (ONE, seen)])
    events = list(sightings(caller, FETCH, DAY, ["order_A", "B", "order_B"]))

    assert ["A", "B"] == numbers(events)
    asked: Any = caller.asked[1]
    assert "B" == asked.number


def test_a_known_number_that_the_mall_does_not_know_is_gone() -> None:
    """Nothing else leads to it."""
    unknown = Unreadable("B", None, NotFound())
    caller = ScriptedCaller([(LIST, listed("A")), (ONE, unknown)])
    *_, last = sightings(caller, FETCH, DAY, ["B"])

    assert evolve(unknown, gone=True) == last


def test_what_cannot_be_read_is_named_in_its_place() -> None:
    """And nothing else is lost."""
    broken = ListOrders(period=DAY).decode(page(record(id="B"), record(id="A", status=None)))
    events = list(sightings(ScriptedCaller([(LIST, broken)]), FETCH, DAY))

    assert [Unreadable, Seen, Covered] == [type(event) for event in events]


def test_single_orders_come_in_the_order_asked() -> None:
    """Each once, by its bare id."""
    orders: list[tuple[str, object]] = [
        (ONE, Seen(READER.read(record(id=one)))) for one in ("B", "A")
    ]
    caller = ScriptedCaller(orders)

    assert ["B", "A"] == numbers(list(details(caller, FETCH, ["order_B", "A", "B"])))


def test_an_order_that_is_not_there_raises(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """Behind those that are."""
    (number,) = mall.fake.place()
    orders = client.get_orders([f"order_{number}", "AAAA"])

    assert number == next(orders).number
    with pytest.raises(NotFound):
        next(orders)


def test_a_page_with_an_order_that_the_mall_cannot_tell_brings_the_others(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """Partial data: its node is null, and on_problem hears of it."""
    good, bad = mall.fake.place(2)
    mall.fail_next("ORDER_ERRORS", orders=[bad], code="INTERNAL")
    problems: list[Unreadable] = []
    found = [order.number for order in client.fetch_orders(WEEK, on_problem=problems.append)]

    assert good in found
    assert bad not in found
    assert ["INTERNAL"] == [problem.error.code for problem in problems]


def test_a_list_that_fails_as_a_whole_raises(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """There is no half page."""
    mall.fail_next("UNAUTHORISED")
    with pytest.raises(MallError):
        list(client.fetch_orders(WEEK))


@pytest.mark.parametrize("zone", ["Z", "+09:00"])
def test_both_zones_of_the_mall_are_read_alike(mall: sandbox.MercariShopsMall, zone: str) -> None:
    """Both are seen in the field."""
    (number,) = mall.fake.place()
    mall.fake.settings.zone = zone
    with client_of(mall) as client:
        (order,) = client.get_orders([number])

    assert NOW == order.ordered_at


@pytest.mark.parametrize(
    "options",
    [
        {"size": 0},
        {"size": 101},
        {"size": True},
        {"window": timedelta(seconds=1)},
        {"window": 7},
        {"anonymous_methods": "BIN"},
        {"anonymous_methods": [3]},
        {"anonymous_methods": 3},
        {"ship_anonymous": "yes"},
    ],
)
def test_options_that_cannot_be_right_are_refused(options: dict[str, Any]) -> None:
    """With what to write instead."""
    with pytest.raises(ConfigError, match="write"):
        Options(**options)


def test_methods_may_come_in_any_collection() -> None:
    """They are a set."""
    assert frozenset({"BIN"}) == Options(anonymous_methods=["BIN"]).anonymous_methods
