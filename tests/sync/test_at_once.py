"""Several at once: processes that export the same orders, and what a journal is for."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from mallsync import NoticeResult, Outcome, sandbox
from mallsync.adapters import rakuten
from mallsync.model.journal import Entry, EntryKey
from mallsync.ports import Journal
from mallsync.sync import ShopSettings
from tests.sync.conftest import World, ready
from tests.sync.processes import SHOP, SOAK, call, planned, working

PROCESSES, ORDERS = (8, 1000) if SOAK else (4, 20)


def test_processes_that_export_the_same_orders_report_each_once(tmp_path: Path, url: str) -> None:
    """They take turns; none fails, and none tells of a lock."""
    with sandbox.running(seed=3, orders=0) as malls:
        fake = malls.rakuten.fake
        fake.settings.async_delay = timedelta()
        for number in fake.place(ORDERS):
            fake.set_progress(number, 300)
        with working(malls, url) as sync:
            plan = planned(sync)
        wanted = Counter(one.notice.order_number for one in plan.notices)
        command = [sys.executable, "-m", "mallsync", "export", "--yes", *call(tmp_path, malls, url)]
        runs = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(PROCESSES)
        ]
        told = [(*run.communicate(timeout=600), run.returncode) for run in runs]

        assert len(wanted) > ORDERS / 2
        assert wanted == Counter({one: fake.effective(one) for one in wanted})
        assert sum(wanted.values()) == fake.effective()
        with working(malls, url) as sync:
            records = sync.store.journal.of(SHOP, list(wanted))
            assert {Outcome.SENT} == {records[one.key].outcome for one in plan.notices}
        assert [0] * PROCESSES == [code for _, _, code in told], told
        assert not any("lock" in out + err for out, err, _ in told)


class Bare:
    """Passes a journal on, after all have come as far as their claim: none is before another."""

    def __init__(self, journal: Journal, *, claims: bool) -> None:
        self._journal = journal
        self._claims = claims
        self._together = Barrier(2)

    def open(self, key: EntryKey, payload: str) -> Entry:
        """Open an entry."""
        return self._journal.open(key, payload)

    def begin(self, key: EntryKey, step: str) -> bool:
        """Claim a step when the other has come here, too, or only say so."""
        self._together.wait(timeout=10)
        return self._journal.begin(key, step) if self._claims else True

    def end(self, key: EntryKey, step: str, receipt: str = "") -> None:
        """End a step, if it was claimed."""
        if self._claims:
            self._journal.end(key, step, receipt)

    def drop(self, key: EntryKey, step: str) -> None:
        """Drop a step."""
        self._journal.drop(key, step)

    def retake(self, key: EntryKey, step: str, after: timedelta) -> bool:
        """Take a step again."""
        return self._journal.retake(key, step, after)


@pytest.mark.parametrize(("claims", "reports"), [(True, 1), (False, 2)])
def test_two_that_have_both_looked_report_twice_only_without_a_claim(
    world: World, *, claims: bool, reports: int
) -> None:
    """The control: sent before it is claimed, a second report shows on the fake mall."""
    key = world.place()
    sync = world.sync(rakuten=ShopSettings())
    sync.fetch()
    ready(sync, key)
    notices = [one.notice for one in sync.plan_export().notices]
    journal = Bare(world.store.journal, claims=claims)
    mall = world.malls.rakuten

    def send(_: int) -> Sequence[NoticeResult]:
        with rakuten.Client(
            mall.credentials, shop_id="demo", base_url=mall.base_url, pace=None
        ) as client:
            return client.send_notices(notices, journal=journal)

    with ThreadPoolExecutor(2) as pool:
        results = [one for some in pool.map(send, range(2)) for one in some]

    assert 1 == len(notices)
    assert reports == world.effective(key)
    assert Outcome.SENT in {one.outcome for one in results}
