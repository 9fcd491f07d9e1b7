"""Killed at any moment, nothing is lost and nothing is done twice: real processes, real kills."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random
from time import sleep

from mallsync import Outcome, sandbox
from tests.sync.processes import SHOP, SOAK, call, planned, working

KILLS = 200 if SOAK else 3


def kill(
    folder: Path, malls: sandbox.Malls, url: str, *command: str, seed: int, spread: float
) -> None:
    """Run a command again and again, and kill each run at some moment."""
    place = call(folder, malls, url)
    random = Random(seed)
    for _ in range(KILLS):
        before = len(malls.rakuten.hits)
        with subprocess.Popen(
            [sys.executable, "-m", "mallsync", *command, *place],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as run:
            while len(malls.rakuten.hits) == before and run.poll() is None:
                sleep(0.005)
            sleep(random.random() * spread)
            run.kill()


def test_a_fetch_that_is_killed_at_any_moment_loses_nothing(tmp_path: Path, url: str) -> None:
    """Afterwards every order is stored once, and everything is covered."""
    with sandbox.running(seed=3, orders=400) as malls:
        kill(tmp_path, malls, url, "fetch", seed=1, spread=0.3)
        with working(malls, url) as sync:
            (report,) = sync.fetch()
            stored = Counter(one.order.number for one in sync.orders())
            there = set(malls.rakuten.fake.orders)

            assert report.ok
            assert {1} == set(stored.values())
            assert there == set(stored)
            assert [] == sync.gaps()
            assert () == sync.store.care.check()


def test_an_export_that_is_killed_at_any_moment_reports_each_shipment_once(
    tmp_path: Path, url: str
) -> None:
    """After one quiet run, with the journal's clock past the settle time."""
    with sandbox.running(seed=3, orders=60) as malls:
        with working(malls, url) as sync:
            plan = planned(sync)
        wanted = Counter(one.notice.order_number for one in plan.notices)
        # Behind the first answer: within the looks and claims, or when the mall has it already.
        spread = 0.1 if url.startswith("postgresql") else 0.6
        kill(tmp_path, malls, url, "export", "--yes", seed=2, spread=spread)
        malls.rakuten.clock.advance(timedelta(hours=2))
        with working(malls, url, hours=2) as sync:
            sync.reconcile()
            sync.export(sync.plan_export())
            for _ in range(10):  # the mall works on what it has accepted, in its own time
                sync.fetch()
                if not sync.store.journal.unfinished(SHOP):
                    break
                sleep(1)
            left = sync.plan_export().notices
            doubts = sync.store.journal.unfinished(SHOP)
            records = sync.store.journal.of(SHOP, list(wanted)).values()
        sent = Counter(one.key.order.number for one in records if one.outcome is Outcome.SENT)
        refused = {one.key.order.number for one in records if one.outcome is Outcome.REFUSED}

        assert ((), ()) == (left, doubts)
        assert set(wanted) == set(sent) | refused
        assert dict(sent) == {one: malls.rakuten.fake.effective(one) for one in sent}
