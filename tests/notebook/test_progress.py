"""Bars for calls that take long."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from mallsync.errors import ConfigError
from mallsync.notebook import bars
from mallsync.notebook.progress import Style
from mallsync.store import ShopKey
from mallsync.sync import ShopSettings
from tests.sync.conftest import World, ready, waiting
from tests.sync.conftest import orders as orders  # noqa: PLC0414 -- fixtures
from tests.sync.conftest import world as world  # noqa: PLC0414 -- a fixture is found by its name


@pytest.mark.parametrize("style", ["tqdm", "rich"])
def test_a_fetch_moves_a_bar_for_each_shop(
    world: World, style: Style, capfd: pytest.CaptureFixture[str]
) -> None:
    """To as many orders as it has seen."""
    sync = world.sync(rakuten=ShopSettings(), qoo10=ShopSettings())
    with bars(style) as progress:
        reports = sync.fetch(progress=progress)
    out, err = capfd.readouterr()
    text = out + err

    for report in reports:
        assert f"{report.shop}" in text
        assert f"{report.seen} orders" in text.replace(",", "")


def test_an_export_and_a_reconciliation_tell_how_far_they_are(world: World) -> None:
    """In writes."""
    sync = world.sync(qoo10=ShopSettings())
    sync.fetch()
    key = waiting(sync)[0]
    ready(sync, key)
    told: list[tuple[ShopKey, int]] = []

    def progress(shop: ShopKey, done: int) -> None:
        told.append((shop, done))

    plan = sync.plan_export()
    sync.export(plan, progress=progress)
    sync.reconcile(progress=progress)

    assert [(ShopKey("qoo10", "demo"), 1)] == told


def test_a_bar_that_fails_ends_no_work(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What was done is reported as ever; the log tells of the bar."""
    sync = world.sync(qoo10=ShopSettings())

    def fail(shop: ShopKey, done: int) -> None:
        raise BrokenPipeError(f"{shop}: {done}")

    (fetched,) = sync.fetch(progress=fail)
    ready(sync, waiting(sync)[0])
    (exported,) = sync.export(sync.plan_export(), progress=fail)

    assert fetched.ok
    assert fetched.seen > 0
    assert exported.error is None
    assert 1 == len(exported.written)
    # What the error says is the host's, and may be personal.
    assert ["progress= has failed at qoo10/demo (BrokenPipeError)"] * 2 == caplog.messages
    assert not any(record.exc_info for record in caplog.records)


def test_bars_may_be_moved_by_any_thread(capfd: pytest.CaptureFixture[str]) -> None:
    """Each shop has one."""
    shops = [ShopKey("rakuten", f"shop-{at}") for at in range(4)]
    with bars() as progress:
        threads = [Thread(target=progress, args=(shop, 7)) for shop in shops * 3]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    text = capfd.readouterr().err

    assert [1, 1, 1, 1] == [text.count(f"{shop}: 7 orders") for shop in shops]


def test_another_style_is_refused() -> None:
    """With what to write."""
    other: Any = "bar"
    with pytest.raises(ConfigError, match="style: write one of tqdm, rich"), bars(other):
        pass
