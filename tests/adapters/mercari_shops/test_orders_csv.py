"""The order CSV of the shop admin, as far as its headers are known (A8; rules R10)."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest

from mallsync import JST, Mall, Phase
from mallsync.adapters.mercari_shops.orders_csv import LAYOUT, OrdersFile, read
from mallsync.errors import FileError
from mallsync.policy import balance

ROW = {
    "order_id": "order_AAAAbbbbCCCCddddEEEE01",
    "buyer_name": "見本 花子",
    "shipping_date": "2031/04/04",
    "original_product_id": "PRODexample0000000001",
    "product_name": "サンプル皿",
    "quantity": "2",
    "product_price": "1,440",
    "shipping_postal_code": "'100-0000",
    "shipping_state": "東京都",
    "shipping_city": "架空区",
    "shipping_address_1": "例町1-2-3",
    "shipping_address_2": "サンプル荘101",
    "coupon_discount_amount": "300",
    "purchase_date": "2031/04/02 10:15",
    "payment_date": "2031-04-02T01:15:20Z",
    "shipping_price": "600",
    "requested_delivery_date": "2031/04/06",
    "requested_delivery_time": "14:00-16:00",
    "shipping_country": "JP",
    "shipping_name": "見本 太郎",
    "shipping_phone_number": "0300000000",
    "order_status": "発送待ち",
}
FEWEST = {name: ROW[name] for name in LAYOUT.required}


def written(*rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    """Return a file with these rows."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def orders(*rows: dict[str, str]) -> OrdersFile:
    """Return what a file with these rows tells."""
    return read(written(*rows), shop_id="demo", path="orders.csv")


def refused(**other: str) -> FileError:
    """Return why a row with these cells is refused."""
    with pytest.raises(FileError) as caught:
        orders(ROW, {**ROW, **other})
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_an_order_is_what_its_row_says(encoding: str) -> None:
    """In whatever encoding it comes: which it is, is not known."""
    (seen,) = read(written(ROW, encoding=encoding), shop_id="demo").seen
    order = seen.order
    (shipment,) = order.shipments
    (item,) = shipment.items
    assert order.buyer is not None
    assert shipment.recipient is not None

    assert (Mall.MERCARI_SHOPS, "demo", "AAAAbbbbCCCCddddEEEE01") == (
        order.mall,
        order.shop_id,
        order.number,
    )
    assert (Phase.TO_SHIP, "WAITING_FOR_SHIPPING") == (order.phase, order.mall_status)
    assert datetime(2031, 4, 2, 10, 15, tzinfo=JST) == order.ordered_at
    assert datetime(2031, 4, 2, 10, 15, 20, tzinfo=JST) == order.paid_at
    assert datetime(2031, 4, 4, tzinfo=JST) == order.shipped_at
    assert ("見本 花子", "見本 太郎") == (
        order.buyer.family_name,
        shipment.recipient.family_name,
    )
    address = shipment.recipient.address
    assert ("100-0000", "東京都", "架空区", "例町1-2-3", "サンプル荘101", "JP") == (
        address.postal_code,
        address.prefecture,
        address.city,
        address.street,
        address.building,
        address.country,
    )
    assert (2, 1440, "PRODexample0000000001") == (item.quantity, item.unit_price, item.product_id)
    assert (date(2031, 4, 6), "14:00-16:00") == (shipment.wish_date, shipment.wish_slot)
    assert (2880, 600, 3480, [300]) == (
        order.charges.goods,
        order.charges.shipping,
        order.charges.total,
        [one.amount for one in order.charges.discounts],
    )
    assert (ROW,) == order.raw
    assert balance.check(order).ok


def test_several_rows_of_one_number_are_its_lines() -> None:
    """With its prefix or without; a product that comes again is another variant of it."""
    again = {**ROW, "order_id": "AAAAbbbbCCCCddddEEEE01", "quantity": "1"}
    other = {**ROW, "order_id": "order_B", "coupon_discount_amount": "0"}
    found = orders(ROW, other, again)
    first, second = (seen.order for seen in found.seen)

    product = "PRODexample0000000001"
    assert [product, f"{product}#2"] == [item.id for item in first.shipments[0].items]
    assert 3 * 1440 == first.charges.goods
    assert 600 == first.charges.shipping
    assert ("B", ()) == (second.number, second.charges.discounts)


def test_what_the_file_does_not_carry_is_not_covered() -> None:
    """A column that is not there erases nothing."""
    (few,), (all_,) = orders(FEWEST).seen, orders(ROW).seen

    assert {"phase", "ordered_at", "paid_at", "shipped_at"}.isdisjoint(few.covers)
    assert {"phase", "ordered_at", "paid_at", "shipped_at", "payment"} <= all_.covers
    assert {"buyer", "shipments", "lines"} <= few.covers & all_.covers
    assert {"messages", "completed_at", "holds"}.isdisjoint(all_.covers)
    assert (Phase.UNKNOWN, "", None) == (
        few.order.phase,
        few.order.mall_status,
        few.order.charges.total,
    )


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("支払い待ち", Phase.UNPAID),
        ("発送前", Phase.TO_SHIP),
        ("WAITING_FOR_SHIPPING", Phase.TO_SHIP),
        ("完了", Phase.DONE),
        ("キャンセル", Phase.CANCELLED),
        ("見本", Phase.UNKNOWN),
    ],
)
def test_a_status_may_be_a_label_or_a_code(text: str, phase: Phase) -> None:
    """Which it is, is not known; another is kept as it is."""
    order = orders({**ROW, "order_status": text}).seen[0].order

    assert phase is order.phase
    assert (phase is Phase.CANCELLED) == order.shipments[0].cancelled


def test_an_anonymous_recipient_is_none() -> None:
    """匿名配送 is nobody's name."""
    (shipment,) = orders({**ROW, "shipping_name": "匿名配送"}).seen[0].order.shipments

    assert (None, True) == (shipment.recipient, shipment.anonymous)


def test_headers_that_are_not_known_are_kept_and_told() -> None:
    """Malls add columns."""
    found = orders({**ROW, "gift_message": "見本"})
    raw: Any = found.seen[0].order.raw

    assert ("gift_message",) == found.unknown_headers
    assert "見本" == raw[0]["gift_message"]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("order_id", " "),
        ("order_id", "order_"),
        ("quantity", ""),
        ("quantity", "two"),
        ("product_price", "1440.5"),
        ("shipping_price", "見本 様"),
        ("purchase_date", "yesterday"),
        ("payment_date", "2031-13-41"),
        ("requested_delivery_date", "なし"),
    ],
)
def test_a_cell_that_is_not_what_it_should_be_is_refused_with_its_place(
    column: str, text: str
) -> None:
    """And what stands in it is not shown."""
    other = {"order_id": "order_B", column: text}
    error = refused(**other)

    assert ("orders.csv", 3, column) == (error.path, error.line, error.column)
    assert "見本" not in str(error)


def test_another_mall_s_file_is_refused() -> None:
    """With the headers that it lacks."""
    with pytest.raises(FileError, match="no order CSV of Mercari Shops: it lacks order_id"):
        read("注文番号,注文日\r\n1,2\r\n".encode("cp932"), shop_id="demo")


def test_a_file_without_orders_is_empty() -> None:
    """Its headers are there."""
    assert OrdersFile((), ()) == read(written(ROW).splitlines()[0], shop_id="demo")
