"""Shops that real processes work on: their file, and what to look at in peace before and after."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep

from mallsync import Dispatch, Phase, sandbox
from mallsync.adapters import rakuten
from mallsync.model.period import JST
from mallsync.store import ShopKey, SqlStore
from mallsync.sync import Plan, Shop, ShopSettings, Sync
from mallsync.transport import Settings, Surroundings

__all__ = ["SHOP", "SOAK", "call", "planned", "shop_file", "working"]

SHOP = ShopKey("rakuten", "one")
SOAK = bool(os.environ.get("MALLSYNC_SOAK"))
"""Whether to go on for long, as `make soak` does."""


def shop_file(folder: Path, malls: sandbox.Malls) -> Path:
    """Write the file of a shop at the fake Rakuten, and return its place."""
    key = malls.rakuten.credentials
    text = (
        f'[shops.one]\nmall = "rakuten"\nservice_secret = "{key.service_secret}"\n'
        f'license_key = "{key.license_key}"\nbase_url = "{malls.rakuten.base_url}"\n'
        "requests_per_second = 0\nfetch.days = 60\n"
    )
    file = folder / "shops.toml"
    file.write_text(text, encoding="utf-8")
    return file


def call(folder: Path, malls: sandbox.Malls, url: str) -> list[str]:
    """Return what a command is told of the shop and its store; the file of shops is written."""
    return ["--shops", str(shop_file(folder, malls)), "--store", url]


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


def planned(sync: Sync) -> Plan:
    """Fetch, let the shop fill in every order that waits, and return the plan."""
    sync.fetch()
    number = 0
    for one in list(sync.orders()):
        if one.handling is None or one.order.phase is not Phase.TO_SHIP:
            continue
        for shipment in one.order.shipments:
            if shipment.cancelled:
                continue
            number += 1
            sent = Dispatch(
                shipment_id=shipment.id,
                ship_date=datetime.now(JST).date(),
                carrier="ヤマト運輸",
                tracking_number=f"1000{number:08}",
            )
            sync.handle(one.order.key, status="発送待ち", dispatch=sent)
    return sync.plan_export()
