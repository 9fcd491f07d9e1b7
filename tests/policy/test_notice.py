"""Order and handling become notices: only what the shop has filled in."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mallsync import (
    Dispatch,
    Handling,
    Order,
    OrderKey,
    Phase,
    Shipment,
    ShipmentNotice,
)
from mallsync.model.period import JST
from mallsync.policy.notice import build

DAY = date(2026, 11, 22)


def order(*shipments: Shipment) -> Order:
    """Return an order with these shipments."""
    return Order(
        key=OrderKey("rakuten", "demo", "999003-1"),
        phase=Phase.TO_SHIP,
        mall_status="300",
        ordered_at=datetime(2026, 11, 20, tzinfo=JST),
        shipments=shipments,
    )


def test_a_notice_says_what_the_dispatch_says() -> None:
    """Order, shipment, carrier, methods, numbers and day; no message of its own."""
    told = Dispatch(
        shipment_id="7",
        ship_date=DAY,
        carrier="日本郵便",
        delivery_methods=frozenset({"定形外"}),
        tracking_number="000011112222",
    )

    assert (
        ShipmentNotice(
            order_number="999003-1",
            shipment_id="7",
            carrier="日本郵便",
            delivery_methods=frozenset({"定形外"}),
            tracking_numbers=("000011112222",),
            ship_date=DAY,
        ),
    ) == build(order(Shipment(id="7")), Handling(dispatches=(told,))).notices


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", ()),
        ("　", ()),
        (",", ()),
        ("1", ("1",)),
        ("1, 2", ("1", "2")),
        ("1,,2,", ("1", "2")),
        ("1、2，3", ("1", "2", "3")),
        ("　1　,\t2 ", ("1", "2")),
    ],
)
def test_several_numbers_stand_in_one_field(text: str, numbers: tuple[str, ...]) -> None:
    """Commas of every width part them; blanks around them are no part of them."""
    told = Handling(dispatches=(Dispatch(ship_date=DAY, tracking_number=text),))
    (notice,) = build(order(Shipment(id="7")), told).notices

    assert numbers == notice.tracking_numbers


def test_a_shipment_that_has_not_left_has_no_notice() -> None:
    """Without a ship date there is nothing to report, whatever else is filled in."""
    told = Handling(
        dispatches=(
            Dispatch(shipment_id="1", tracking_number="1"),
            Dispatch(shipment_id="2", ship_date=DAY),
        )
    )

    assert ["2"] == [
        notice.shipment_id
        for notice in build(order(Shipment(id="1"), Shipment(id="2")), told).notices
    ]


def test_a_cancelled_shipment_has_no_notice() -> None:
    """The one that is left takes an unnamed dispatch."""
    told = Handling(dispatches=(Dispatch(ship_date=DAY),))
    both = order(Shipment(id="1", cancelled=True), Shipment(id="2"))

    assert ["2"] == [notice.shipment_id for notice in build(both, told).notices]


def test_an_unnamed_dispatch_means_nothing_for_two_shipments() -> None:
    """Nobody knows which of them has left."""
    told = Handling(dispatches=(Dispatch(ship_date=DAY),))

    assert () == build(order(Shipment(id="1"), Shipment(id="2")), told).notices
