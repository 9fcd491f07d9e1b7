"""Whichever statement of the store or call of a mall fails, nothing is lost or done twice."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from attrs import evolve

from mallsync import OrderKey
from mallsync.errors import StoreError
from mallsync.sandbox import Fault
from mallsync.sync import Shop, Sync
from tests.sync.conftest import World
from tests.sync.processes import SOAK
from tests.sync.troubles import (
    MALLS,
    SETTINGS,
    Breaker,
    Outage,
    assert_done,
    buy,
    fake_of,
    fill_in,
    opened,
    settle,
    wanted,
    written,
)

BROKEN = [False, True] if SOAK else [False]
"""Whether all that follows fails, too: both in `make soak`, where every statement is failed."""


STRIDE = 1 if SOAK else 3
"""Every statement in `make soak`, every third elsewhere."""


@pytest.fixture
def orders() -> int:
    """Return none to begin with: each round places its own."""
    return 0


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("mall", MALLS)
def test_whichever_statement_of_an_export_fails_each_report_is_made_once(
    world: World, tmp_path: Path, mall: str, *, broken: bool
) -> None:
    """The 1st, the 2nd, the 3rd … until a run is clean."""
    for at in count(1, STRIDE):
        url = f"sqlite:///{tmp_path / f'{at}.db'}"
        buy(world, mall)
        breaker = Breaker(at, broken, journal_only=not SOAK)
        with opened(world, mall, url) as sync:
            sync.fetch()
            plan = fill_in(sync)
            before = written(world, mall)
            with breaker.within(sync.store):
                try:
                    (report,) = sync.export(plan)
                    failed = isinstance(report.error, StoreError)
                except StoreError:
                    failed = True
            assert failed == breaker.struck
        with opened(world, mall, url) as sync:
            settle(world, sync)
            assert wanted(plan) >= 1
            assert wanted(plan) == written(world, mall) - before, f"statement {at}"
            assert_done(sync, plan)
        if not breaker.struck:
            break
    assert at > 10


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("mall", MALLS if SOAK else ["rakuten"])
def test_whichever_statement_of_a_fetch_fails_nothing_is_lost(
    world: World, tmp_path: Path, mall: str, *, broken: bool
) -> None:
    """What is covered has been stored; the next fetch brings the rest."""
    url = f"sqlite:///{tmp_path / 'orders.db'}"
    placed = 0
    for at in count(1, STRIDE):
        placed += len(buy(world, mall))
        breaker = Breaker(at, broken, journal_only=False)
        with opened(world, mall, url) as sync, breaker.within(sync.store):
            (report,) = sync.fetch()
            assert report.ok != breaker.struck
        world.advance(minutes=2)  # a lease that could not be given back runs out
        with opened(world, mall, url) as sync:
            (report,) = sync.fetch()
            assert report.ok
            assert [] == sync.gaps()
            assert () == sync.store.care.check()
            assert placed == len({one.order.number for one in sync.orders()})
        if not breaker.struck:
            break
    assert at > 10


FAULTS = [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.UNAVAILABLE]


OUTAGES = [(fault, 1) for fault in FAULTS] + [(fault, 100) for fault in FAULTS[:: 1 if SOAK else 3]]
"""Each fault once, and from then on: of the latter all in `make soak`."""


@pytest.mark.parametrize(("fault", "times"), OUTAGES)
@pytest.mark.parametrize("mall", MALLS)
def test_whichever_call_of_an_export_fails_each_report_is_made_once(
    world: World, mall: str, fault: Fault, times: int
) -> None:
    """The 1st, the 2nd, the 3rd … until a run is clean; the answer may be all that is lost."""
    shop = Shop(getattr(world, mall), SETTINGS[mall])
    sync = Sync([shop], world.store)
    for at in count(1):
        buy(world, mall)
        sync.fetch()
        plan = fill_in(sync)
        before = written(world, mall)
        outage = Outage(at, fault, times)
        with outage.within(fake_of(world, mall)):
            sync.export(plan)
        settle(world, sync)
        assert wanted(plan) >= 1
        assert wanted(plan) == written(world, mall) - before, f"call {at}"
        assert_done(sync, plan)
        if outage.seen < at:
            break
    assert at > 1


@pytest.mark.parametrize("mall", MALLS)
def test_whichever_call_of_a_fetch_fails_nothing_is_lost(world: World, mall: str) -> None:
    """An outage from the 1st, the 2nd, the 3rd call on: it is told, and nothing is covered."""
    shop = Shop(getattr(world, mall), evolve(SETTINGS[mall], days=7))
    sync = Sync([shop], world.store)
    seen: set[OrderKey] = set()
    placed = 0
    for at in count(1):
        placed += len(buy(world, mall))
        outage = Outage(at, Fault.RESET_AFTER, 100)
        with outage.within(fake_of(world, mall)):
            (report,) = sync.fetch()
        assert report.ok == (outage.seen < at)
        (report,) = sync.fetch()
        now = {one.order.key for one in sync.orders()}
        assert report.ok
        assert seen < now
        assert placed == len(now)
        assert [] == sync.gaps()
        seen = now
        if outage.seen < at:
            break
    assert at > 1
