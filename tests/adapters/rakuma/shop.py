"""The fictional mall at a fixed moment, and clients of it by either wire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import examplemarket_form_wire
import examplemarket_wire
from attrs import evolve

from mallsync import JST, Period, ShipmentNotice, sandbox
from mallsync.adapters import rakuma
from mallsync.transport import Settings, Surroundings

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
WEEK = Period.last_days(7, now=NOW + timedelta(seconds=1))
WIRES = {"json": examplemarket_wire.ExamplemarketWire, "form": examplemarket_form_wire.FormWire}


def client_of(
    mall: sandbox.ExamplemarketMall,
    kind: str = "json",
    *,
    deadline: float = 60.0,
    wire: rakuma.Wire | None = None,
    **facts: Any,
) -> rakuma.Client:
    """Return a client that waits by the fake's clock; its wire may have other facts."""

    def sleep(seconds: float) -> None:
        mall.clock.advance(seconds)

    wire = wire or WIRES[kind]()
    wire.facts = evolve(wire.facts, **facts)
    world = Surroundings(now=mall.clock.now, sleep=sleep)
    return rakuma.Client(
        mall.form_credentials if kind == "form" else mall.credentials,
        shop_id="demo",
        wire=wire,
        base_url=mall.form_url if kind == "form" else mall.base_url,
        pace=None,
        settings=Settings(world=world, deadline=deadline),
    )


def notice(number: str, *numbers: str, **other: Any) -> ShipmentNotice:
    """Return a notice for an order."""
    return ShipmentNotice(
        order_number=number,
        carrier="ヤマト運輸",
        tracking_numbers=numbers or ("000011112222",),
        **other,
    )
