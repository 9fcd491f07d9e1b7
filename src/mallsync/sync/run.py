"""What a host runs all day: fetch by interval, report and rate where a shop has switched it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import frozen

from mallsync.store import ShopKey, SqlStore
from mallsync.sync.export import ExportReport
from mallsync.sync.fetch import FetchReport
from mallsync.sync.shop import Shop
from mallsync.sync.sync import Sync

__all__ = ["Round", "run"]

_LONGEST_WAIT = 60.0
"""Seconds after which the clock is looked at again: it may have been set."""


@frozen(kw_only=True)
class Round:
    """What one round of the loop did: only what was due."""

    fetched: tuple[FetchReport, ...] = ()
    reconciled: tuple[ExportReport, ...] = ()
    exported: tuple[ExportReport, ...] = ()
    reviewed: tuple[ExportReport, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything went well."""
        written = (*self.reconciled, *self.exported, *self.reviewed)
        return all(one.ok for one in self.fetched) and all(one.ok for one in written)


def run(
    sync: Sync,
    *,
    told: Callable[[Round], None],
    once: bool = False,
) -> bool:
    """Keep shops in step until `Sync.stop` is called; return whether every round went well.

    A shop whose ``auto_fetch`` is on is fetched when its interval has passed since its last fetch,
    also one of an earlier process. What was in doubt is reconciled first; then shops whose
    ``auto_export`` or ``auto_review`` is on are written to.

    Args:
        sync: The shops and their store.
        told: Called after each round in which something was due.
        once: One round, whatever is due now, and no waiting.
    """
    good = True
    while not sync.stopping.is_set():
        done = _round(sync, _due(sync))
        if done is not None:
            good = good and done.ok
            told(done)
        if once:
            break
        sync.stopping.wait(min(_LONGEST_WAIT, _seconds_to_next(sync)))
    return good


def _round(sync: Sync, due: list[ShopKey]) -> Round | None:
    if not due:
        return None
    shops = [sync.shops[key] for key in due]
    exporting = [shop.key for shop in shops if shop.settings.auto_export]
    rating = [shop.key for shop in shops if shop.settings.auto_review]
    return Round(
        fetched=tuple(sync.fetch(due)),
        reconciled=tuple(sync.reconcile(exporting)),
        exported=tuple(sync.export(sync.plan_export(shops=exporting)) if exporting else ()),
        reviewed=tuple(sync.review(rating)),
    )


def _due(sync: Sync) -> list[ShopKey]:
    now = sync.store.now()
    return [
        shop.key
        for shop in sync.shops.values()
        if shop.settings.auto_fetch and _next(sync.store, shop, now) <= now
    ]


def _next(store: SqlStore, shop: Shop, now: datetime) -> datetime:
    last = store.fetches.last(shop.key)
    return now if last is None else last.started_at + shop.intake.every


def _seconds_to_next(sync: Sync) -> float:
    now = sync.store.now()
    automatic = [shop for shop in sync.shops.values() if shop.settings.auto_fetch]
    waits = [(_next(sync.store, shop, now) - now).total_seconds() for shop in automatic]
    return max(0.0, min(waits, default=_LONGEST_WAIT))
