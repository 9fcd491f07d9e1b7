"""Orders, items and decisions as frames: typed, with zeros kept, and without persons."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import pandas as pd
import polars as pl
import pytest
from attrs import evolve

from mallsync import Charges, Contact, Handling, Item, Order, Payment, Shipment
from mallsync.errors import ConfigError
from mallsync.model.order import Address
from mallsync.model.period import JST
from mallsync.notebook import frames
from mallsync.sync import Shop, ShopSettings, Sync, Verdict
from tests.model.test_display import ORDER, SECRET
from tests.sync.conftest import World, ready
from tests.sync.conftest import orders as orders  # noqa: PLC0414 -- fixtures
from tests.sync.conftest import world as world  # noqa: PLC0414 -- a fixture is found by its name

Engine = Literal["pandas", "polars"]
ENGINES: tuple[Engine, ...] = ("pandas", "polars")
PERSON = Contact(
    family_name="見本",
    given_name="花子",
    phone="0900000000",
    email="mihon@example.invalid",
    address=Address(postal_code="0600000", prefecture="北海道", city="見本市", street="1-2"),
)
ITEM = Item(id="1", sku="007", name="見本の品", quantity=2, unit_price=1100, tax_rate=0.1)
FULL = evolve(
    ORDER,
    buyer=PERSON,
    remarks="見本",
    payment=Payment(method="銀行振込"),
    shipments=(Shipment(id="7", recipient=PERSON, items=(ITEM, evolve(ITEM, id="2"))),),
)
BARE = Order(
    key=evolve(ORDER.key, number="2"),
    phase=ORDER.phase,
    mall_status="",
    ordered_at=datetime(2026, 11, 22, tzinfo=JST),
    charges=Charges(),
)


def cells(frame: Any, row: int = 0) -> dict[str, Any]:
    """Return a row by column, whichever library the frame is of."""
    if isinstance(frame, pl.DataFrame):
        return frame.row(row, named=True)
    return {name: None if pd.isna(value) else value for name, value in frame.iloc[row].items()}


@pytest.mark.parametrize("to", ENGINES)
def test_an_order_is_a_row_with_typed_cells(to: Engine) -> None:
    """Zeros of telephone numbers and zip codes are kept; moments are aware, in Japan."""
    told = cells(frames.orders([FULL, BARE], to=to, personal=True))

    assert ("0900000000", "0600000", "見本 花子", "見本市1-2") == (
        told["buyer_phone"],
        told["postal_code"],
        told["recipient_name"],
        told["address"],
    )
    assert FULL.ordered_at == told["ordered_at"]
    assert "+09:00" in told["ordered_at"].isoformat()
    assert (2700, 1, 2, "CAUTION", "銀行振込") == (
        told["total"],
        told["shipments"],
        told["items"],
        told["holds"],
        told["payment_method"],
    )


@pytest.mark.parametrize("to", ENGINES)
def test_what_is_not_known_is_missing_and_not_zero(to: Engine) -> None:
    """An amount that is undecided, a moment that has not come, a buyer who is not named."""
    told = cells(frames.orders([FULL, BARE], to=to, personal=True), 1)

    assert (None, None, None) == (told["total"], told["paid_at"], told["buyer_phone"])
    assert ("", 0) == (told["recipient_name"], told["items"])


@pytest.mark.parametrize("to", ENGINES)
def test_persons_are_left_out_unless_they_are_asked_for(to: Engine) -> None:
    """The prefecture is nobody's alone."""
    plain = frames.orders([ORDER], to=to)
    lines = frames.items([ORDER], to=to)

    assert SECRET not in str(cells(plain)) + str(cells(lines))
    assert not {"buyer_name", "address", "remarks", "options"} & {*plain.columns, *lines.columns}
    assert "北海道" == cells(plain)["prefecture"]
    assert SECRET == cells(frames.items([ORDER], to=to, personal=True))["options"]


@pytest.mark.parametrize("to", ENGINES)
def test_each_line_is_a_row(to: Engine) -> None:
    """Codes stay text; a rate is a number."""
    frame = frames.items([FULL, BARE], to=to)
    told = cells(frame, 1)

    assert 2 == len(frame)
    assert ("1-2-3", "7", "2", "007", 2, 1100, 0.1) == tuple(
        told[name]
        for name in (
            "number",
            "shipment_id",
            "item_id",
            "sku",
            "quantity",
            "unit_price",
            "tax_rate",
        )
    )


@pytest.mark.parametrize("to", ENGINES)
def test_a_plan_is_a_row_for_each_candidate(world: World, to: Engine) -> None:
    """With the codes of what speaks against it."""
    sync = Sync([Shop(world.rakuten)], world.store)
    key = world.place()
    sync.fetch()
    before = frames.decisions(sync.plan_export(), to=to)
    ready(sync, key)
    plan = sync.plan_export()
    after = frames.decisions([row for row in plan.rows if row.order == key], to=to)
    told = cells(after)

    assert len(before) == len(plan.rows)
    assert not any(cells(before, at)["eligible"] for at in range(len(before)))
    assert "STATUS_EXCLUDED,SHIP_DATE_MISSING,TRACKING_MISSING" == cells(before)["reasons"]
    assert (key.number, Verdict.SEND.value, True, "", 1) == tuple(
        told[name] for name in ("number", "verdict", "eligible", "reasons", "notices")
    )
    assert Handling().status != told["status"]


@pytest.mark.parametrize("to", ENGINES)
def test_an_empty_frame_has_its_types_all_the_same(to: Engine) -> None:
    """So that a day without orders is like another."""
    empty, full = frames.orders([], to=to), frames.orders([FULL], to=to)

    assert list(empty.columns) == list(full.columns)
    assert list(map(str, empty.dtypes)) == list(map(str, full.dtypes))


def test_the_orders_of_a_store_are_orders(world: World) -> None:
    """As `Sync.orders` gives them; what is none is told."""
    sync = world.sync(qoo10=ShopSettings())
    sync.fetch()
    stored = list(sync.orders())

    assert frames.orders(stored).equals(frames.orders(one.order for one in stored))
    assert len(frames.items(stored)) >= len(stored)
    for wrong in (stored[0], ["text"], [None]):
        with pytest.raises(ConfigError, match=r"write orders\("):
            frames.orders(wrong)  # type: ignore[arg-type]  # that is the test


def test_another_library_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(ConfigError, match="to: write one of pandas, polars"):
        frames.orders([], to="spark")  # type: ignore[call-overload]  # wrong on purpose
