"""Coverage: stretches join, holes are named, and statuses count by themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync import Period
from mallsync.model.sighting import Covered
from mallsync.store import SqlStore
from mallsync.store.coverage import holes, union
from tests.store.conftest import NOW, Hands
from tests.store.made import OTHER, SHOP


def days(first: int, last: int) -> Period:
    """Return whole days of November."""
    return Period.days(date(2026, 11, first), date(2026, 11, last))


def cover(store: SqlStore, period: Period, *statuses: str) -> None:
    """Cover a stretch."""
    store.orders.arrive(SHOP, covered=Covered(period, frozenset(statuses) or None))


def test_stretches_that_touch_are_one(store: SqlStore) -> None:
    """In any order; of one shop."""
    for period in (days(1, 2), days(5, 6), days(3, 3), days(6, 8)):
        cover(store, period)

    assert (days(1, 3), days(5, 8)) == store.coverage.stretches(SHOP)
    assert () == store.coverage.stretches(OTHER)


def test_what_was_never_covered_is_named(store: SqlStore) -> None:
    """Of a period that is asked about."""
    assert (days(1, 8),) == store.coverage.holes(SHOP, days(1, 8))
    cover(store, days(1, 2))
    cover(store, days(5, 6))

    assert (days(3, 4), days(7, 8)) == store.coverage.holes(SHOP, days(1, 8))
    assert (days(3, 4),) == store.coverage.holes(SHOP, days(2, 6))
    assert (days(4, 4),) == store.coverage.holes(SHOP, days(4, 4))
    assert () == store.coverage.holes(SHOP, days(5, 6))


def test_some_statuses_are_not_every_status(store: SqlStore) -> None:
    """But every status covers some."""
    cover(store, days(1, 1), "300", "100")
    cover(store, days(2, 2))

    assert (days(2, 2),) == store.coverage.stretches(SHOP)
    assert (days(1, 2),) == store.coverage.stretches(SHOP, {"100", "300"})
    assert (days(2, 2),) == store.coverage.stretches(SHOP, {"300"})


periods = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(
    lambda one: Period(NOW + timedelta(hours=one[0]), NOW + timedelta(hours=sum(one)))
)


@given(st.lists(periods, max_size=8))
def test_a_moment_is_covered_or_in_a_hole(some: list[Period]) -> None:
    """Never both, in all that is asked."""
    joined = union(some)
    gaps = holes(joined, Period(NOW, NOW + timedelta(hours=90)))
    for hour in range(90):
        moment = NOW + timedelta(hours=hour, minutes=30)
        covered = any(moment in one for one in some)

        assert covered == any(moment in one for one in joined)
        assert (not covered) == any(moment in one for one in gaps)


def test_the_last_fetch_of_a_shop_is_known(store: SqlStore, clock: Hands) -> None:
    """Its signpost, and how it ended; one that was killed has no end."""
    none = store.fetches.last(SHOP)
    store.fetches.begin(SHOP, NOW)
    running = store.fetches.last(SHOP)
    clock.advance(minutes=1)
    store.fetches.end(SHOP, trouble="THROTTLED")
    ended = store.fetches.last(SHOP)

    assert none is None
    assert running is not None
    assert (NOW, None, "") == (running.started_at, running.ended_at, running.trouble)
    assert ended is not None
    assert (NOW, clock.now, "THROTTLED") == (ended.started_at, ended.ended_at, ended.trouble)


@pytest.mark.parametrize("value", ["first", "second"])
def test_a_token_is_replaced_whole(store: SqlStore, value: str) -> None:
    """Another name is another token."""
    store.tokens.save("rakuma/a", "old", None)
    store.tokens.save("rakuma/a", value, NOW)

    assert (value, None) == (store.tokens.load("rakuma/a"), store.tokens.load("rakuma/b"))
