"""Records of Mercari Shops → orders (A4; rules R5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mallsync import JST, Order, Phase
from mallsync.adapters.mercari_shops.reading import Reader, checked
from mallsync.errors import DecodeError, MallError
from tests.adapters.mercari_shops.made import ADDRESS, READER, order, product, record


def item_of(**other: object) -> Any:
    """Return the one line of an order whose line has these values."""
    (item,) = order(products=[product(**other)]).shipments[0].items
    return item


def refused(raw: object) -> MallError:
    """Return why a record cannot be read."""
    with pytest.raises(DecodeError) as caught:
        READER.read(raw)
    return caught.value


def test_an_order_is_what_the_record_says() -> None:
    """Every field that is read has its place."""
    made = order()
    (shipment,) = made.shipments
    assert shipment.recipient is not None
    address = shipment.recipient.address

    assert ("mercari_shops", "demo", "AAAAbbbbCCCCddddEEEE01") == (
        made.mall,
        made.shop_id,
        made.number,
    )
    assert (Phase.TO_SHIP, "WAITING_FOR_SHIPPING") == (made.phase, made.mall_status)
    assert datetime(2031, 4, 2, 10, 15, tzinfo=JST) == made.ordered_at
    assert datetime(2031, 4, 2, 10, 15, 20, tzinfo=JST) == made.paid_at == made.payment.paid_at
    assert made.number == shipment.id
    assert ("見本", "太郎", "0300000000") == (
        shipment.recipient.family_name,
        shipment.recipient.given_name,
        shipment.recipient.phone,
    )
    assert ("100-0000", "東京都", "架空区", "例町1-2-3", "サンプル荘101", "JP") == (
        address.postal_code,
        address.prefecture,
        address.city,
        address.street,
        address.building,
        address.country,
    )
    assert made.buyer is None
    assert not shipment.anonymous
    assert () == shipment.parcels


def test_a_line_is_what_the_record_says() -> None:
    """The variant is what tells lines apart, and what is needed for shipping."""
    item = item_of()

    assert ("VARexample00000000001", "PRODexample0000000001", "DISH-BLUE", "サンプル皿", "青") == (
        item.id,
        item.product_id,
        item.sku,
        item.name,
        item.options,
    )
    assert (2, 1440, 600, Phase.TO_SHIP) == (
        item.quantity,
        item.unit_price,
        item.shipping_fee,
        item.phase,
    )


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("WAITING_FOR_PAYMENT", Phase.UNPAID),
        ("WAITING_FOR_SHIPPING", Phase.TO_SHIP),
        ("COMPLETING", Phase.SHIPPED),
        ("COMPLETED", Phase.DONE),
        ("CANCELING", Phase.HELD),
        ("CANCELED", Phase.CANCELLED),
        ("CANCELLED", Phase.UNKNOWN),
        ("", Phase.UNKNOWN),
    ],
)
def test_a_status_has_its_phase(status: str, phase: Phase) -> None:
    """Six are known; another is kept as text."""
    made = order(status=status)

    assert (phase, status) == (made.phase, made.mall_status)
    assert (phase is Phase.CANCELLED) == made.shipments[0].cancelled


@pytest.mark.parametrize("number", ["AAAAbbbbCCCCddddEEEE01", "order_AAAAbbbbCCCCddddEEEE01"])
def test_a_number_has_no_prefix(number: str) -> None:
    """Mails, files and the admin write one."""
    assert "AAAAbbbbCCCCddddEEEE01" == order(id=number).number


@pytest.mark.parametrize(
    ("cancelled", "returned", "quantity", "phase"),
    [
        (0, 0, 3, Phase.TO_SHIP),
        (1, 0, 2, Phase.TO_SHIP),
        (1, 1, 1, Phase.TO_SHIP),
        (None, None, 3, Phase.TO_SHIP),
        (3, 0, 0, Phase.CANCELLED),
        (1, 2, 0, Phase.CANCELLED),
    ],
)
def test_a_quantity_is_what_was_bought_less_what_was_cancelled(
    cancelled: int | None, returned: int | None, quantity: int, phase: Phase
) -> None:
    """Before shipping and after; a line of which nothing is left is cancelled."""
    item = item_of(
        purchasedQuantity=3,
        unshippedQuantity=3,
        unshippedCanceledQuantity=cancelled,
        shippedCanceledQuantity=returned,
    )

    assert (quantity, phase) == (item.quantity, item.phase)


def test_a_line_that_went_ahead_of_the_others_is_shipped() -> None:
    """The order still waits for the rest."""
    sent = product(unshippedQuantity=0)
    rest = product(variant={"id": "V2"})
    items = order(products=[sent, rest]).shipments[0].items

    assert [Phase.SHIPPED, Phase.TO_SHIP] == [item.phase for item in items]


def test_what_is_not_told_of_unshipped_pieces_is_all_of_them() -> None:
    """One example of the facts lacks the field."""
    line = product()
    del line["unshippedQuantity"]
    (item,) = order(products=[line]).shipments[0].items

    assert Phase.TO_SHIP is item.phase


@pytest.mark.parametrize(
    "name", ["purchasedQuantity", "unshippedCanceledQuantity", "shippedCanceledQuantity"]
)
def test_quantities_below_zero_are_refused(name: str) -> None:
    """And so is more cancelled than was bought."""
    assert f"products[0].{name}" in {
        problem.place for problem in refused(record(products=[product(**{name: -1})])).problems
    }
    if name != "purchasedQuantity":
        error = refused(record(products=[product(**{name: 3})]))
        assert f"products[0].{name}" in {problem.place for problem in error.problems}


def test_money_is_made_of_lines_and_of_what_was_paid() -> None:
    """Shipping is charged by line, whatever its quantity."""
    lines = [
        product(purchasedQuantity=3, unshippedCanceledQuantity=1),
        product(variant={"id": "V2"}, unitPrice=500, buyerShippingFee=0),
        product(variant={"id": "V3"}, purchasedQuantity=1, unshippedCanceledQuantity=1),
    ]
    charges = order(products=lines, totalPrice=9999).charges

    assert (2 * 1440 + 2 * 500, 600, 4480, 9999) == (
        charges.goods,
        charges.shipping,
        charges.total,
        charges.requested,
    )


def test_what_is_not_told_of_money_is_not_known() -> None:
    """Never zero."""
    charges = order(products=[product(buyerShippingFee=None)], totalPrice=None).charges

    assert (2880, None, None, None) == (
        charges.goods,
        charges.shipping,
        charges.total,
        charges.requested,
    )


def test_an_unpaid_order_has_no_address_and_is_not_anonymous() -> None:
    """It comes when the order is paid."""
    made = order(status="WAITING_FOR_PAYMENT", paidAt=None, shippingAddress=None, products=[])
    (shipment,) = made.shipments

    assert (None, False, ()) == (shipment.recipient, shipment.anonymous, shipment.items)
    assert made.paid_at is None


@pytest.mark.parametrize(
    "other",
    [
        {"shippingAddress": None},
        {"shippingAddress": None, "paidAt": None},
        {"shippingAddress": None, "paidAt": None, "status": "COMPLETED"},
        {"shippingAddress": None, "status": "WAITING_FOR_PAYMENT"},
        {"shippingAddress": {**ADDRESS, "lastName": "匿名配送", "firstName": ""}},
        {"shippingAddress": {**ADDRESS, "lastName": None, "firstName": "（匿名配送）"}},
    ],
)
def test_a_paid_order_whose_recipient_is_not_told_is_anonymous(other: dict[str, Any]) -> None:
    """Paid by its time or by its status; hidden by null or by a word."""
    (shipment,) = order(**other).shipments

    assert (None, True) == (shipment.recipient, shipment.anonymous)


def test_a_method_is_anonymous_once_the_shop_knows_it() -> None:
    """The public names of らくらくメルカリ便 are not known; 未定 is never one."""
    known = Reader("demo", anonymous_methods=frozenset({"BIN", "UNDECIDED"}))
    hidden = known.read(record(products=[product(shippingMethod="BIN")]))
    other = known.read(record(products=[product(shippingMethod="ELSE"), product()]))

    assert hidden.shipments[0].anonymous
    assert not other.shipments[0].anonymous


def test_a_line_may_have_no_variant() -> None:
    """Its product is its id then."""
    item = item_of(variant=None)

    assert ("PRODexample0000000001", "", "") == (item.id, item.sku, item.options)


def test_messages_are_kept_with_who_wrote_them() -> None:
    """An unknown role is kept as it is."""
    told = [
        {"id": "m-1", "role": "BUYER", "message": "よろしく", "createdAt": "2031-04-03T00:10:00Z"},
        {"id": "m-2", "role": "SELLER", "message": "発送しました", "createdAt": None},
        {"id": "m-3", "role": "MALL", "message": None},
        {"id": "m-4"},
    ]
    messages = order(messages=told).messages
    assert messages is not None

    assert ["buyer", "shop", "MALL", ""] == [one.sender for one in messages]
    assert ["よろしく", "発送しました", "", ""] == [one.text for one in messages]
    assert datetime(2031, 4, 3, 9, 10, tzinfo=JST) == messages[0].sent_at
    assert "発送" not in repr(messages)


def test_messages_that_are_not_told_are_not_none_at_all() -> None:
    """After the move to inquiries the field may be null (A4)."""
    assert order(messages=None).messages is None
    assert () == order(messages=[]).messages


@pytest.mark.parametrize(
    ("other", "place"),
    [
        ({"createdAt": "2031-04-02T01:15:00"}, "createdAt"),
        ({"createdAt": None}, "createdAt"),
        ({"paidAt": "soon"}, "paidAt"),
        ({"status": 3}, "status"),
        ({"totalPrice": "3480"}, "totalPrice"),
        ({"products": None}, "products"),
        ({"products": [product(unitPrice=1440.0)]}, "products[0].unitPrice"),
        ({"shippingAddress": {"state": "東京都"}}, "shippingAddress.state"),
        ({"messages": [{"id": 1}]}, "messages[0].id"),
    ],
)
def test_what_has_another_type_is_refused_with_its_place(other: dict[str, Any], place: str) -> None:
    """Nothing is coerced."""
    assert [place] == [problem.place for problem in refused(record(**other)).problems]


@pytest.mark.parametrize("raw", [None, [], "order", 3, {}])
def test_what_is_no_record_is_refused(raw: object) -> None:
    """Read and checked alike."""
    assert "UNREADABLE" == refused(raw).code
    with pytest.raises(DecodeError):
        checked(raw)


def test_a_moment_that_japan_does_not_reach_is_refused() -> None:
    """Read and checked alike."""
    raw = record(createdAt="9999-12-31T23:59:59Z")

    assert "UNREADABLE" == refused(raw).code
    with pytest.raises(DecodeError):
        checked(raw)


def test_the_record_is_kept_unless_it_is_not_wanted() -> None:
    """Raw is the record, the order is made of it."""
    raw = record()

    assert raw is READER.read(raw).raw
    assert READER.read(raw).key.number == checked(raw).id
    without: Order = Reader("demo", keep_raw=False).read(raw)
    assert without.raw is None
    assert READER.read(raw) == without
