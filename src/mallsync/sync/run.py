"""What a host runs all day: fetch by interval, report and rate where a shop has switched it on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from attrs import frozen

from mallsync.errors import MallsyncError
from mallsync.store import ShopKey, SqlStore
from mallsync.sync.credentials import CredentialNotice
from mallsync.sync.export import ExportReport
from mallsync.sync.fetch import FetchReport
from mallsync.sync.shop import Shop
from mallsync.sync.sync import Sync, at_once

__all__ = ["Round", "run"]

_LONGEST_WAIT = 60.0
"""Seconds after which the clock is looked at again: it may have been set."""

_SHORTEST_WAIT = 5.0
"""Seconds between two rounds, whatever is due: a shop that is busy stays due."""

_TRIES = 3
"""How often an export is planned anew when somebody types between its plan and its start."""

_log = logging.getLogger("mallsync")


@frozen(kw_only=True)
class Round:
    """What one round of the loop did: only what was due."""

    fetched: tuple[FetchReport, ...] = ()
    reconciled: tuple[ExportReport, ...] = ()
    exported: tuple[ExportReport, ...] = ()
    reviewed: tuple[ExportReport, ...] = ()
    credentials: tuple[CredentialNotice, ...] = ()
    error: MallsyncError | None = None
    """What ended the round early; the next one takes it up."""

    @property
    def ok(self) -> bool:
        """Whether everything went well, and nobody has to renew anything."""
        written = (*self.reconciled, *self.exported, *self.reviewed)
        done = all(one.ok for one in self.fetched) and all(one.ok for one in written)
        return done and self.error is None and not self.credentials


def run(
    sync: Sync,
    *,
    told: Callable[[Round], None],
    once: bool = False,
) -> bool:
    """Keep shops in step until `Sync.stop` is called; return whether every round went well.

    A shop whose ``auto_fetch`` is on is fetched when its interval has passed since its last fetch,
    also one of an earlier process. Behind that those whose ``auto_export`` or ``auto_review`` is on
    are reconciled, and written to. What is in doubt of the others stays for whoever has begun it,
    who may keep tables of his own: see `Sync.reconcile`.

    Args:
        sync: The shops and their store.
        told: Called after each round in which something was due.
        once: One round, whatever is due now, and no waiting.
    """
    good = True
    while not sync.stopping.is_set():
        done, wait = _safely(sync)
        if done is not None:
            good = good and done.ok
            _note(done)
            told(done)
        if once:
            break
        sync.stopping.wait(wait)
    return good


def _safely(sync: Sync) -> tuple[Round | None, float]:
    """Do what is due, and return the seconds to wait behind it; a store that fails ends nothing."""
    try:
        done = _round(sync, _due(sync))
        wait = min(_LONGEST_WAIT, _seconds_to_next(sync))
    except MallsyncError as error:
        return Round(error=error), _LONGEST_WAIT
    return done, max(wait, _SHORTEST_WAIT)


def _note(done: Round) -> None:
    """Write into the log what a person should know though nobody looks at the output."""
    for notice in done.credentials:
        _log.warning("%s", notice.en)
    if done.error is not None:
        _log.error("%s", done.error)


def _round(sync: Sync, due: list[ShopKey]) -> Round | None:
    if not due:
        return None
    shops = [sync.shops[key] for key in due]
    exporting = [shop.key for shop in shops if shop.settings.auto_export]
    rating = [shop.key for shop in shops if shop.settings.auto_review]
    return Round(
        fetched=tuple(sync.fetch(due)),
        reconciled=tuple(sync.reconcile([*dict.fromkeys([*exporting, *rating])])),
        exported=tuple(_exported(sync, exporting)),
        reviewed=tuple(sync.review(rating)),
        credentials=tuple(sync.credentials(due)),
    )


def _exported(sync: Sync, shops: list[ShopKey]) -> list[ExportReport]:
    """Export each shop by a plan of its own: one that cannot be made holds up no other shop."""
    return at_once(partial(_exported_one, sync), shops)


def _exported_one(sync: Sync, shop: ShopKey) -> ExportReport:
    """Export; where somebody keeps typing the next round takes it up, and what was fetched stays.

    A plan that cannot be made at all, as of a rule without its period, is told in the same way.
    """
    report = ExportReport(shop=shop)
    for _ in range(_TRIES):
        try:
            (report,) = sync.export(sync.plan_export(shops=[shop]))
        except MallsyncError as error:
            report = ExportReport(shop=shop, error=error)
        else:
            break
    return report


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
