"""A fake Qoo10 at a fixed moment, and clients of it that wait by its clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from mallsync import JST, Period, sandbox
from mallsync.adapters import qoo10
from mallsync.transport import Settings, Surroundings

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
WEEK = Period.last_days(7, now=NOW + timedelta(seconds=1))


def client_of(
    mall: sandbox.Qoo10Mall, credentials: qoo10.Credentials, *, deadline: float = 60.0
) -> qoo10.Client:
    """Return a client that waits by the fake's clock, but for an answer by the machine's."""

    def sleep(seconds: float) -> None:
        mall.clock.advance(seconds)

    world = Surroundings(now=mall.clock.now, sleep=sleep)
    return qoo10.Client(
        credentials,
        shop_id="demo",
        base_url=mall.base_url,
        pace=None,
        settings=Settings(world=world, deadline=deadline),
    )
