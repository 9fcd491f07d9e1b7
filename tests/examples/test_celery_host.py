"""The Celery recipe of the documentation: tasks that may run twice, and at once."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Thread

import celery_host
import pytest

from tests.examples.conftest import Host, fill_in, reports


@pytest.fixture(autouse=True)
def _worker(host: Host) -> Iterator[None]:
    """Let tasks run where they are called, in a worker that has opened nothing yet."""
    assert host.shops.exists()
    celery_host.app.conf.task_always_eager = True
    celery_host.app.conf.task_eager_propagates = True
    celery_host.opened.cache_clear()
    yield
    sync = celery_host.opened()
    for shop in sync.shops.values():
        shop.client.close()
    sync.store.close()
    celery_host.opened.cache_clear()


def test_a_beat_keeps_every_shop_in_step() -> None:
    """Each by a task of its own."""
    celery_host.keep_all.delay()

    assert {"rakuten", "qoo10"} == {one.order.key.mall for one in celery_host.opened().orders()}


def test_a_task_that_runs_in_two_workers_at_once_reports_once(host: Host) -> None:
    """As after a worker that died, or a broker that delivered again."""
    host.shops.write_text(f"{host.shops.read_text('utf-8')}export.auto = true\n", "utf-8")
    celery_host.keep_all.delay()
    key = host.cart
    fill_in(celery_host.opened(), host)
    at_once = Barrier(2)

    def work() -> None:
        at_once.wait()
        celery_host.keep_shop(key.mall, key.shop_id)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    celery_host.keep_shop(key.mall, key.shop_id)

    assert [1, 1] == reports(celery_host.opened(), host)


def test_a_shop_that_has_not_switched_it_on_reports_nothing_by_itself(host: Host) -> None:
    """A person looks at its plan first (R6)."""
    celery_host.keep_all.delay()
    fill_in(celery_host.opened(), host)
    celery_host.keep_all.delay()

    assert [0, 0] == reports(celery_host.opened(), host)


def test_a_task_tells_what_went_wrong(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    """In the worker's log: nobody asks for its result."""
    host.malls.rakuten.fail_next("UNAUTHORISED", times=10)
    (key,) = [one for one in celery_host.opened().shops if one.mall == "rakuten"]

    assert not celery_host.keep_shop(key.mall, key.shop_id)
    assert "rakuten/one" in caplog.text


def test_tasks_are_given_back_by_a_worker_that_dies() -> None:
    """Which is safe, because a task may run twice."""
    assert celery_host.app.conf.task_acks_late
    assert celery_host.app.conf.task_reject_on_worker_lost
