"""A Celery host: many workers, one store, and each report once, whoever is killed on the way.

    celery --app celery_host worker --beat

A task may run twice (a worker died, a broker delivered again) and two may run at once. Neither does
harm: a lease lets one fetch and one writer to a shop in, and the journal knows what was begun.
"""

from __future__ import annotations

import logging
import os
from functools import cache

from celery import Celery

from mallsync.shops import load_shops
from mallsync.store import ShopKey, SqlStore
from mallsync.sync import ExportReport, FetchReport, Sync

__all__ = ["app", "keep_all", "keep_shop", "opened"]

log = logging.getLogger(__name__)
app = Celery("mallsync_host", broker=os.environ.get("CELERY_BROKER", "memory://"))
app.conf.update(
    task_acks_late=True,  # a task of a worker that dies is given to another …
    task_reject_on_worker_lost=True,  # … even if the worker was killed
    worker_prefetch_multiplier=1,
    task_time_limit=1800,
    beat_schedule={"all": {"task": "celery_host.keep_all", "schedule": 600.0}},
)


@cache
def opened() -> Sync:
    """Return the sync of this process: opened behind the fork, by the first task that needs it."""
    store = SqlStore(os.environ["MALLSYNC_STORE"])  # PostgreSQL, for workers on several machines
    return Sync(load_shops(os.environ["MALLSYNC_SHOPS"], tokens=store.tokens), store)


@app.task(name="celery_host.keep_all", ignore_result=True)
def keep_all() -> None:
    """Hand out a task for each shop; they may run anywhere, in any order."""
    for key in opened().shops:
        keep_shop.delay(key.mall, key.shop_id)


@app.task(name="celery_host.keep_shop", ignore_result=True)
def keep_shop(mall: str, shop_id: str) -> bool:
    """Do for one shop what its file has switched on; return whether all went well."""
    sync = opened()
    shop = sync.shops[ShopKey(mall, shop_id)]
    reports: list[FetchReport | ExportReport] = []
    if shop.settings.auto_fetch:
        reports += sync.fetch([shop.key])
    if shop.settings.auto_export:  # off unless the shop's file says otherwise
        reports += sync.reconcile([shop.key])  # first what an earlier task has left in doubt
        reports += sync.export(sync.plan_export(shops=[shop.key]))
    for one in reports:
        if not one.ok:
            log.warning("%s: %s", one.shop, one.error or one)
    return all(one.ok for one in reports)
