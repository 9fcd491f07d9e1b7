"""What a shipment notice comes to for each line, before anything is sent. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from mallsync import Phase, ShipmentNotice, Standing
from mallsync.adapters.qoo10.codec import Shipped
from mallsync.adapters.qoo10.notices import fill, own_labels, payload_of, preview, standing
from mallsync.errors import Conflict, MallError, NotFound
from tests.adapters.qoo10.made import claim, order, row

FIRST, SECOND = "1900000011", "1900000012"
SENT = {
    "ShippingStatus": "On delivery(4)",
    "DeliveryCompany": "ヤマト宅急便",
    "TrackingNo": "000011112222",
}


def notice(**changes: Any) -> ShipmentNotice:
    """Return a notice for the made-up cart."""
    told: dict[str, Any] = {
        "order_number": "880000001",
        "carrier": "ヤマト運輸",
        "tracking_numbers": ("000011112222",),
    }
    return ShipmentNotice(**told | changes)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, []),
        ({"carrier": "　"}, [("NOTICE_INCOMPLETE", "carrier")]),
        ({"tracking_numbers": ()}, [("NOTICE_INCOMPLETE", "tracking_numbers")]),
        ({"tracking_numbers": ("，",)}, [("NOTICE_INCOMPLETE", "tracking_numbers")]),
        (
            {"tracking_numbers": ("1" * 51,)},
            [("TRACKING_NUMBER_WRONG", "tracking_numbers[0]: one of 1 to 50 characters")],
        ),
        (
            {"tracking_numbers": ("1,2",)},
            [("TRACKING_NUMBER_WRONG", "tracking_numbers[0]: one of 1 to 50 characters")],
        ),
        *(
            (
                {"tracking_numbers": (f"0000{char}11112222",)},
                [("TRACKING_NUMBER_WRONG", "tracking_numbers[0]: one of 1 to 50 characters")],
            )
            for char in ("\n", "\r\n", "\u2028", "\x85", "\ud800", "\x00")
        ),
        ({"tracking_numbers": ("0000-1111 2222", "1\n2")}, []),
        ({"shipment_id": "1900000011, 1900000012"}, []),
        (
            {"shipment_id": "first"},
            [("SHIPMENT_ID_WRONG", "shipment_id is line numbers joined by commas")],
        ),
    ],
)
def test_what_qoo10_would_refuse_is_told_before(
    changes: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    """The two fields that its call cannot do without, and what does not fit."""
    found = preview(notice(**changes)).problems

    assert [(one.code, one.detail) for one in found] == problems


def test_what_qoo10_has_no_place_for_is_told_too() -> None:
    """Further numbers and the message."""
    more = notice(tracking_numbers=("1", "2", "3"), message="発送しました")

    assert [(one.code, one.detail) for one in preview(more).dropped] == [
        ("NUMBERS_DROPPED", "2 behind the first"),
        ("MESSAGE_DROPPED", "Qoo10 takes no message with a shipment"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row()], Standing.ABSENT),
        ([row(**SENT)], Standing.SAME),
        ([row(**SENT), row(1900000012)], Standing.ABSENT),
        ([row(**SENT), row(1900000012, **SENT)], Standing.SAME),
        ([row(**SENT), claim(1900000012)], Standing.SAME),
        ([row(**SENT | {"TrackingNo": "999900001111"})], Standing.DIFFERENT),
        ([row(**SENT | {"DeliveryCompany": "佐川急便"})], Standing.DIFFERENT),
        ([row(**SENT | {"DeliveryCompany": "気球便"})], Standing.SAME),
        ([row(**SENT | {"DeliveryCompany": "ネコポス"})], Standing.SAME),
        ([row(**SENT | {"TrackingNo": "００００１１１１２２２２"})], Standing.SAME),
    ],
)
def test_a_notice_is_on_the_mall_once_each_line_has_its_number(
    rows: list[dict[str, Any]], expected: Standing
) -> None:
    """A cancelled line needs none; a label that nobody knows may be what the mall made of ours."""
    assert standing(order(*rows), notice()) is expected


def test_a_notice_for_lines_that_the_cart_lacks_is_on_no_mall() -> None:
    """And cannot be filled in."""
    strange = notice(shipment_id="1900000099")

    assert standing(order(row(**SENT)), strange) is Standing.ABSENT
    with pytest.raises(NotFound) as caught:
        fill(order(row()), strange, {})
    assert caught.value.code == "SHIPMENT_UNKNOWN"


def test_a_notice_names_its_lines_or_means_all_that_live() -> None:
    """Where all are cancelled they are told, to be refused."""
    cart = order(row(), row(1900000012), claim(1900000013))
    gone = fill(order(claim()), notice(), {})

    assert set(fill(cart, notice(), {})) == {FIRST, SECOND}
    assert set(fill(cart, notice(shipment_id=f"{SECOND},"), {})) == {SECOND}
    assert [type(what) for what in gone.values()] == [Conflict]


def test_a_line_is_told_once() -> None:
    """What is there already needs nothing; another number is never written over."""
    cart = order(
        row(**SENT),
        row(1900000012),
        row(1900000013, **SENT | {"TrackingNo": "999900001111"}),
    )
    told = fill(cart, notice(), {})

    assert told[FIRST] is None
    assert told[SECOND] == Shipped(
        number=SECOND, carrier="ヤマト宅急便", tracking_number="000011112222"
    )
    assert isinstance(told["1900000013"], Conflict)
    assert told["1900000013"].code == "OTHER_NUMBER_ON_MALL"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ShippingStatus": "Awaiting shipping(1)"}, "MALL_STATE_TOO_EARLY"),
        ({"ClaimStatus": "1"}, "CAUTION"),
        ({"ShippingStatus": "On delivery(4)"}, "MALL_STATE_TOO_LATE"),
        ({"ShippingStatus": "Delivered(5)"}, "MALL_STATE_TOO_LATE"),
        ({"ShippingStatus": "On the moon"}, "UNKNOWN_STATE"),
        ({"ClaimStatus": "3"}, "CANCELLED_ON_MALL"),
    ],
)
def test_a_line_in_another_state_is_refused_without_a_call(
    changes: dict[str, Any], code: str
) -> None:
    """What the mall would make of it is not documented (§16)."""
    (what,) = fill(order(row(**changes)), notice(), {}).values()

    assert isinstance(what, MallError)
    assert what.code == code


@pytest.mark.parametrize(
    ("carrier", "own", "sent"),
    [
        ("ヤマト運輸", "", "ヤマト宅急便"),
        ("ヤマト運輸", "ネコポス", "ネコポス"),
        ("ヤマト運輸", "佐川急便", "ヤマト宅急便"),
        ("ネコポス", "ヤマト宅急便", "ネコポス"),
        ("佐川急便", "気球便", "佐川急便"),
    ],
)
def test_the_row_s_own_label_is_echoed_where_it_means_the_same_carrier(
    carrier: str, own: str, sent: str
) -> None:
    """It is the safest answer, since the mall gave it (§8); a service by name is taken as meant."""
    cart = order(row(DeliveryCompany=own))
    (what,) = fill(cart, notice(carrier=carrier), own_labels(cart)).values()

    assert isinstance(what, Shipped)
    assert what.carrier == sent


def test_labels_are_read_from_rows_in_any_casing() -> None:
    """Where an order keeps no rows there are none."""
    cart = order(row(DeliveryCompany="ゆうパケット"))
    old = order({key.lower(): value for key, value in row(DeliveryCompany="ネコポス").items()})

    assert own_labels(cart) == {FIRST: "ゆうパケット"}
    assert own_labels(old) == {FIRST: "ネコポス"}
    assert cart.phase is Phase.TO_SHIP


def test_the_payload_is_what_is_written_and_no_more() -> None:
    """A second number, a date or a line that goes does not make another notice of it."""
    same = notice(tracking_numbers=("000011112222", "2"), message="見本", shipment_id=FIRST)

    assert payload_of(same) == payload_of(notice())
    assert payload_of(notice(carrier="佐川急便")) != payload_of(notice())
