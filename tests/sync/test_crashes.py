"""Killed at any moment, nothing is lost and nothing is done twice: real processes, real kills."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import sleep

import pytest

from mallsync import Dispatch, Outcome, Phase, sandbox
from mallsync.adapters import rakuten
from mallsync.model.period import JST
from mallsync.store import ShopKey, SqlStore
from mallsync.sync import Plan, Shop, ShopSettings, Sync
from mallsync.transport import Settings, Surroundings
from tests.services import postgres_url

KILLS = 3
SHOP = ShopKey("rakuten", "one")


@pytest.fixture(params=["file", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty database that processes can share."""
    if request.param == "file":
        yield f"sqlite:///{tmp_path / 'orders.db'}"
    else:
        with postgres_url() as fresh:
            yield fresh


@contextmanager
def working(malls: sandbox.Malls, url: str, *, hours: int = 0) -> Iterator[Sync]:
    """Work in this process, in peace; `hours` later by the clock of the journal."""
    settings = Settings(world=Surroundings(sleep=lambda seconds: sleep(min(seconds, 0.7))))
    mall = malls.rakuten
    client = rakuten.Client(
        mall.credentials, shop_id="one", base_url=mall.base_url, pace=None, settings=settings
    )
    store = SqlStore(url, clock=lambda: datetime.now(JST) + timedelta(hours=hours))
    with client, store:
        yield Sync([Shop(client, ShopSettings(days=60))], store)


def kill(
    folder: Path, malls: sandbox.Malls, url: str, *command: str, seed: int, spread: float
) -> None:
    """Run a command again and again, and kill each run at some moment."""
    key = malls.rakuten.credentials
    text = (
        f'[shops.one]\nmall = "rakuten"\nservice_secret = "{key.service_secret}"\n'
        f'license_key = "{key.license_key}"\nbase_url = "{malls.rakuten.base_url}"\n'
        "requests_per_second = 0\nfetch.days = 60\n"
    )
    (folder / "shops.toml").write_text(text, encoding="utf-8")
    place = ["--shops", str(folder / "shops.toml"), "--store", url]
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


def planned(sync: Sync) -> Plan:
    """Fetch, let the shop fill in every order that waits, and return the plan."""
    sync.fetch()
    number = 0
    for one in list(sync.orders()):
        if one.handling is None or one.order.phase is not Phase.TO_SHIP:
            continue
        for shipment in one.order.shipments:
            number += 1
            sent = Dispatch(
                shipment_id=shipment.id,
                ship_date=datetime.now(JST).date(),
                carrier="ヤマト運輸",
                tracking_number=f"1000{number:08}",
            )
            sync.handle(one.order.key, status="発送待ち", dispatch=sent)
    return sync.plan_export()


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
