"""A fake Mercari Shops at a fixed moment, and clients of it that wait by its clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from mallsync import JST, Period, ShipmentNotice, sandbox
from mallsync.adapters import mercari_shops
from mallsync.transport import Pace, Settings, Surroundings

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
WEEK = Period.last_days(7, now=NOW + timedelta(seconds=1))


def client_of(
    mall: sandbox.MercariShopsMall,
    *,
    options: mercari_shops.Options | None = None,
    deadline: float = 60.0,
    pace: Pace | None = None,
    keep_raw: bool = True,
) -> mercari_shops.Client:
    """Return a client that waits by the fake's clock, but for an answer by the machine's."""

    def sleep(seconds: float) -> None:
        mall.clock.advance(seconds)

    world = Surroundings(now=mall.clock.now, sleep=sleep)
    return mercari_shops.Client(
        mall.credentials,
        shop_id="demo",
        base_url=mall.base_url,
        pace=pace,
        options=options,
        keep_raw=keep_raw,
        settings=Settings(world=world, deadline=deadline),
    )


def notice(number: str, *numbers: str, message: str = "") -> ShipmentNotice:
    """Return a notice for an order."""
    return ShipmentNotice(
        order_number=number,
        carrier="ヤマト運輸",
        tracking_numbers=numbers or ("000011112222",),
        message=message,
    )
