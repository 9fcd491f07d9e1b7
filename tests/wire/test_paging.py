"""Splitting work, and the orders of a fetch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.errors import DecodeError, Unavailable
from mallsync.model.order import Order, OrderKey
from mallsync.model.period import JST, Period
from mallsync.model.sighting import Covered, Remark, Seen, Sighting, Unreadable
from mallsync.model.words import Phase
from mallsync.wire.fetching import orders_of
from mallsync.wire.paging import batches, unique

NOW = datetime(2026, 11, 22, tzinfo=JST)


@given(st.lists(st.integers()), st.integers(1, 10))
def test_batches_keep_everything_in_order(values: list[int], size: int) -> None:
    """All but the last are full, and none is empty."""
    parts = list(batches(values, size))

    assert values == [value for part in parts for value in part]
    assert all(len(part) == size for part in parts[:-1])
    assert all(parts)


def test_batches_are_lazy() -> None:
    """Nothing is taken before it is needed."""
    taken: list[int] = []

    def source() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    parts = batches(source(), 3)
    assert [] == taken
    assert (0, 1, 2) == next(parts)
    assert [0, 1, 2] == taken


@given(st.lists(st.sampled_from("abcde")))
def test_what_is_unique_stays_at_its_first_place(values: list[str]) -> None:
    """Nothing is lost and nothing is there twice."""
    once = unique(values)

    assert sorted(set(values)) == sorted(once)
    assert list(once) == sorted(once, key=values.index)


def seen(number: str) -> Seen:
    """Return a sighting of an order."""
    key = OrderKey("rakuten", "my-shop", number)
    return Seen(Order(key=key, phase=Phase.TO_SHIP, mall_status="300", ordered_at=NOW))


BROKEN = Unreadable("2", {}, DecodeError("broken"))
EVENTS: list[Sighting] = [
    seen("1"),
    Remark("SEARCH_UNSTEADY"),
    BROKEN,
    seen("3"),
    Covered(Period.last_days(1, now=NOW)),
]


def test_the_orders_of_a_fetch_stop_at_the_first_that_is_unreadable() -> None:
    """Nothing is passed over in silence."""
    orders = orders_of(EVENTS)

    assert "1" == next(orders).number
    with pytest.raises(DecodeError, match="broken"):
        next(orders)


def test_a_host_may_take_what_is_unreadable() -> None:
    """Each is named, the orders go on, and no other event is told."""
    problems: list[Unreadable] = []

    assert ["1", "3"] == [order.number for order in orders_of(EVENTS, problems.append)]
    assert [BROKEN] == problems


def test_a_gap_is_no_silence() -> None:
    """What could not be covered is told after the last order, with its stretch."""
    gap = Period.days(date(2026, 11, 21), date(2026, 11, 21))
    events = [EVENTS[0], Remark("SEARCH_CAP", gap=gap), Remark("BY_THE_WAY")]
    seen_orders: list[Order] = []
    with pytest.raises(
        Unavailable, match=r"2026-11-21T00:00:00\+09:00 \.\. .*SEARCH_CAP"
    ) as caught:
        seen_orders.extend(orders_of(events, lambda _: None))

    assert "SEARCH_CAP" == caught.value.code
