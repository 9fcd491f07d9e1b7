"""What Mercari Shops is told of a shipment, and what it shows of it (R4, R7; A4, A5)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mallsync import Order, ShipmentNotice
from mallsync.adapters.mercari_shops.codec import Package
from mallsync.adapters.mercari_shops.notices import (
    closed,
    idempotency_key,
    message_id,
    packages_of,
    packages_told,
    payload_of,
    preview,
    standing,
    tell_packages,
    tracking_text,
)
from mallsync.adapters.mercari_shops.reading import checked
from mallsync.errors import Rejected
from mallsync.model.writebacks import Standing
from mallsync.policy import message
from tests.adapters.mercari_shops.made import order, product, record

NUMBER = "AAAAbbbbCCCCddddEEEE01"
MESSAGES = [
    {"id": "m-1", "role": "BUYER", "message": "本日発送しました。"},
    {"id": "m-2", "role": "SELLER", "message": "本日発送しました。\r\n"},
]


def told(**other: Any) -> ShipmentNotice:
    """Return a notice."""
    return ShipmentNotice(**{"order_number": NUMBER, "carrier": "ヤマト運輸", **other})


def test_the_tracking_text_has_a_block_for_each_number() -> None:
    """Carrier, new line, number; a blank line between blocks (R4)."""
    assert "ヤマト運輸\n0001\n\nヤマト運輸\n0002" == tracking_text(
        told(tracking_numbers=("0001", " ", "0002"))
    )
    assert "0001" == tracking_text(told(carrier=" ", tracking_numbers=("0001",)))
    assert "" == tracking_text(told(tracking_numbers=("", ",")))


def test_a_template_is_filled_before_it_gets_here() -> None:
    """The placeholders of R4 are the policy's; brackets that are none stay as they are."""
    text = message.render(
        "[配送業者] [伝票番号] [他]", tracking_number="0001,0002", carrier="ヤマト運輸"
    )

    assert "ヤマト運輸 0001,0002 [他]" == text


def test_what_has_no_place_is_named_before_it_is_sent() -> None:
    """The mall dates a shipment by itself."""
    found = preview(told(ship_date=date(2026, 11, 22), tracking_numbers=("1",), message="見本"))

    assert (["SHIP_DATE_DROPPED"], []) == (
        [one.code for one in found.dropped],
        [one.code for one in found.problems],
    )


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"tracking_numbers": ("1\n2",)}, "TRACKING_NUMBER_WRONG"),
        ({"carrier": "ヤマト\n運輸"}, "CARRIER_WRONG"),
        ({"message": "あ" * 1001}, "MESSAGE_TOO_LONG"),
        ({"shipment_id": "another"}, "SHIPMENT_ID_WRONG"),
    ],
)
def test_what_the_mall_would_refuse_is_named_before_it_is_sent(
    other: dict[str, Any], code: str
) -> None:
    """With what to write instead."""
    assert [code] == [one.code for one in preview(told(**other)).problems]


@pytest.mark.parametrize("shipment", ["", NUMBER, f"order_{NUMBER}"])
def test_the_one_shipment_is_the_order_s_own(shipment: str) -> None:
    """With or without the prefix."""
    assert () == preview(told(shipment_id=shipment)).problems


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("WAITING_FOR_PAYMENT", Standing.ABSENT),
        ("WAITING_FOR_SHIPPING", Standing.ABSENT),
        ("COMPLETING", Standing.SAME),
        ("COMPLETED", Standing.SAME),
        ("CANCELING", Standing.ABSENT),
        ("CANCELED", Standing.ABSENT),
        ("ON_THE_MOON", Standing.ABSENT),
    ],
)
def test_a_notice_is_there_once_the_order_is_shipped(status: str, expected: Standing) -> None:
    """COMPLETING is as good as COMPLETED; the text cannot be read back."""
    assert expected is standing(order(status=status), told(tracking_numbers=("0001",)))


def test_a_notice_is_there_once_its_message_is_there_too() -> None:
    """The shop's own, not the buyer's."""
    notice = told(message="本日発送しました。")
    done: dict[str, Any] = {"status": "COMPLETED"}

    assert Standing.SAME is standing(order(**done, messages=MESSAGES), notice)
    assert Standing.ABSENT is standing(order(**done, messages=MESSAGES[:1]), notice)
    assert Standing.SAME is standing(order(**done, messages=None), notice)
    assert "m-2" == message_id(order(messages=MESSAGES), "本日発送しました。")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({}, None),
        ({"status": "COMPLETED"}, None),
        ({"status": "WAITING_FOR_PAYMENT", "paidAt": None}, "MALL_STATE_TOO_EARLY"),
        ({"status": "CANCELING"}, "CANCELLED_ON_MALL"),
        ({"status": "CANCELED"}, "CANCELLED_ON_MALL"),
        ({"status": "ON_THE_MOON"}, "UNKNOWN_STATE"),
        ({"shippingAddress": None}, "MALL_LABEL_ONLY"),
    ],
)
def test_an_order_is_open_or_says_why_not(other: dict[str, Any], code: str | None) -> None:
    """An anonymous one has its label printed in Mercari Shops."""
    error = closed(order(**other), force_anonymous=False)

    assert code == (error and error.code)


def test_an_anonymous_order_is_open_if_the_shop_insists() -> None:
    """Whether the mall takes it is not known."""
    assert closed(order(shippingAddress=None), force_anonymous=True) is None


def packages(*products: dict[str, Any]) -> tuple[Package, ...]:
    """Return what is to be shipped of an order with these lines."""
    return packages_of(checked(record(products=list(products))))


def test_what_is_left_is_shipped_by_method() -> None:
    """Net of what was cancelled or sent; whether methods may be mixed is not known."""
    found = packages(
        product(purchasedQuantity=3, unshippedQuantity=3, unshippedCanceledQuantity=1),
        product(variant={"id": "V2"}, shippingMethod="OTHER"),
        product(variant={"id": "V3"}, unshippedQuantity=0),
        product(variant={"id": "V4"}, shippingMethod=None),
    )
    line = "PRODexample0000000001"

    assert (
        Package(method="UNDECIDED", lines=((line, "VARexample00000000001", 2), (line, "V4", 2))),
        Package(method="OTHER", lines=((line, "V2", 2),)),
    ) == found


def test_of_an_open_shipment_all_is_asked_for_again() -> None:
    """So that our own key finds it; nothing cancelled is in it."""
    found = packages(
        product(unshippedQuantity=0),
        product(variant={"id": "V2"}, unshippedQuantity=0, unshippedCanceledQuantity=2),
    )

    assert [(2,)] == [tuple(count for _, _, count in one.lines) for one in found]


def test_a_line_without_a_variant_cannot_be_shipped() -> None:
    """The mall wants its id, and none is made up."""
    with pytest.raises(Rejected, match="VARIANT_UNKNOWN"):
        packages(product(variant=None))


def test_packages_survive_the_journal() -> None:
    """As text."""
    found = packages(product(), product(variant={"id": "V2"}, shippingMethod="OTHER"))

    assert found == packages_told(tell_packages(found))


def test_a_key_is_of_order_contents_and_revision() -> None:
    """The order of the lines makes none, and anything else does."""
    lines = (("P", "V", 1), ("P", "W", 2))
    key = idempotency_key("A", Package(method="M", lines=lines), 1)

    assert key == idempotency_key("A", Package(method="M", lines=lines[::-1]), 1)
    assert len(key) <= 255
    others = {
        idempotency_key("B", Package(method="M", lines=lines), 1),
        idempotency_key("A", Package(method="M", lines=lines[:1]), 1),
        idempotency_key("A", Package(method="M", lines=lines), 2),
    }
    assert key not in others
    assert 3 == len(others)


def test_a_payload_is_what_is_written() -> None:
    """Neither the date nor a prefix is; the message is."""
    plain = payload_of(told(tracking_numbers=("1",)))

    assert plain == payload_of(
        told(
            order_number=f"order_{NUMBER}",
            tracking_numbers=("1", ""),
            ship_date=date(2026, 11, 22),
        )
    )
    assert plain != payload_of(told(tracking_numbers=("1",), message="見本"))
    assert plain != payload_of(told(tracking_numbers=("2",)))


def test_an_order_of_another_kind_shows_no_message() -> None:
    """Where the mall tells none there is none to be seen."""
    made: Order = order(messages=None)

    assert message_id(made, "見本") is None
