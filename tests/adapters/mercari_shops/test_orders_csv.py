"""The order CSV of the shop admin, as far as its headers are known (A8; rules R10)."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest

from mallsync import JST, Charges, Contact, Item, Mall, Order, Period, Phase, Shipment, sandbox
from mallsync.adapters import mercari_shops
from mallsync.adapters.mercari_shops.orders_csv import LAYOUT, ORDERS, covers, order
from mallsync.errors import DecodeError, FileError
from mallsync.model.sighting import Seen
from mallsync.policy import balance
from mallsync.policy.merge import Mode, merge
from mallsync.wire.csvs import Row, read_kept, table

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


def orders(*rows: dict[str, str]) -> list[Seen]:
    """Return what a file with these rows tells."""
    text = StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    found = table(StringIO(text.getvalue(), newline=""), ORDERS.layouts)
    by_number: dict[str, list[Row]] = {}
    for row in found.rows:
        by_number.setdefault(ORDERS.key(row.cells[ORDERS.number]), []).append(row)
    told = covers(found.headers)
    return [Seen(order("demo", number, some), told) for number, some in by_number.items()]


def refused(**other: str) -> FileError:
    """Return why a row with these cells is refused."""
    with pytest.raises(FileError) as caught:
        orders(ROW, {**ROW, **other})
    return caught.value


def test_an_order_is_what_its_row_says() -> None:
    """Every cell that is read has its field."""
    (seen,) = orders(ROW)
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
    first, second = (seen.order for seen in found)

    product = "PRODexample0000000001"
    assert [product, f"{product}#2"] == [item.id for item in first.shipments[0].items]
    assert 3 * 1440 == first.charges.goods
    assert 600 == first.charges.shipping
    assert ("B", ()) == (second.number, second.charges.discounts)


def test_what_the_file_does_not_carry_is_not_covered() -> None:
    """A column that is not there erases nothing."""
    (few,), (all_,) = orders(FEWEST), orders(ROW)

    assert {"phase", "ordered_at", "paid_at", "shipped_at"}.isdisjoint(few.covers)
    assert {"phase", "ordered_at", "paid_at", "shipped_at", "payment.paid_at"} <= all_.covers
    assert {"buyer.family_name", "charges.goods"} <= few.covers & all_.covers
    assert {"buyer", "shipments", "shipments.items", "charges", "lines"}.isdisjoint(all_.covers)
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
    order = orders({**ROW, "order_status": text})[0].order

    assert phase is order.phase
    assert (phase is Phase.CANCELLED) == order.shipments[0].cancelled


def test_an_anonymous_recipient_is_none() -> None:
    """匿名配送 is nobody's name."""
    (shipment,) = orders({**ROW, "shipping_name": "匿名配送"})[0].order.shipments

    assert (None, True) == (shipment.recipient, shipment.anonymous)


def test_headers_that_are_not_known_are_kept() -> None:
    """Malls add columns."""
    raw: Any = orders({**ROW, "gift_message": "見本"})[0].order.raw

    assert "見本" == raw[0]["gift_message"]


@pytest.mark.parametrize(
    ("column", "text"),
    [
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

    assert (3, column) == (error.line, error.column)
    assert "見本" not in str(error)


def test_a_number_has_no_prefix() -> None:
    """The API's are without it (A8)."""
    assert ["A", "A", ""] == [ORDERS.key(cell) for cell in ("order_A", " A ", "order_")]


@pytest.mark.parametrize("seed", [1, 3, 6])
def test_an_order_is_the_same_by_file_and_by_api(seed: int) -> None:
    """In every field that the file surely tells: how it cuts names and amounts is not known."""
    now = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
    with sandbox.running(seed=seed, orders=60, now=now) as malls:
        mall = malls.mercari_shops
        with mercari_shops.Client(
            mall.credentials, shop_id="demo", base_url=mall.base_url, pace=None
        ) as client:
            by_api = list(client.fetch_orders(Period.last_days(60, now=now)))
            again = [client.read(by_file(one).raw) for one in by_api]
    assert by_api
    for one, kept in zip(by_api, again, strict=True):
        told = by_file(one)
        assert told == kept
        assert (one.key, one.phase, one.mall_status, one.ordered_at, one.paid_at) == (
            told.key,
            told.phase,
            told.mall_status,
            told.ordered_at,
            told.paid_at,
        )
        for ours, theirs in zip(told.shipments[0].items, one.shipments[0].items, strict=True):
            assert (ours.product_id, ours.name, ours.quantity, ours.unit_price) == (
                theirs.product_id,
                theirs.name,
                theirs.quantity,
                theirs.unit_price,
            )


@pytest.mark.parametrize("mode", [Mode.UPDATE, Mode.REWRITE])
def test_a_file_erases_nothing_that_it_has_no_column_for(mode: Mode) -> None:
    """Lines with their variants, given names, shipping, telephone numbers: R10."""
    recipient = Contact(family_name="見本", given_name="花子", phone="0300000000")
    item = Item(id="V1", sku="DISH-BLUE", options="青", name="見本皿", unit_price=1440)
    known = Order(
        key=orders(FEWEST)[0].order.key,
        phase=Phase.TO_SHIP,
        mall_status="WAITING_FOR_SHIPPING",
        ordered_at=datetime(2031, 4, 2, tzinfo=JST),
        shipments=(Shipment(id="AAAAbbbbCCCCddddEEEE01", recipient=recipient, items=(item,)),),
        charges=Charges(goods=1440, shipping=600, total=2040),
    )
    merged = merge(known, orders(FEWEST)[0], mode=mode)
    (shipment,) = merged.shipments
    assert shipment.recipient is not None

    assert (item,) == shipment.items
    assert ("見本", "花子", "0300000000", "東京都") == (
        shipment.recipient.family_name,
        shipment.recipient.given_name,
        shipment.recipient.phone,
        shipment.recipient.address.prefecture,
    )
    assert (2880, 600, 2040) == (
        merged.charges.goods,
        merged.charges.shipping,
        merged.charges.total,
    )
    assert known.ordered_at == merged.ordered_at


def by_file(one: Order) -> Order:
    """Return the order that a file with the same facts tells of."""
    (seen,) = orders(*(row_of(one, item) for item in one.shipments[0].items))
    return seen.order


def row_of(one: Order, item: Item) -> dict[str, str]:
    """Return the row of a line, by the headers of A8."""
    return {
        **FEWEST,
        "order_id": f"order_{one.number}",
        "original_product_id": item.product_id,
        "product_name": item.name,
        "quantity": str(item.quantity),
        "product_price": str(item.unit_price),
        "purchase_date": f"{one.ordered_at:%Y/%m/%d %H:%M:%S}",
        "payment_date": "" if one.paid_at is None else f"{one.paid_at:%Y/%m/%d %H:%M:%S}",
        "order_status": one.mall_status,
    }


def test_kept_rows_that_lack_a_column_are_told_as_unreadable() -> None:
    """As where somebody has changed what was kept."""
    short = {name: told for name, told in ROW.items() if name != "quantity"}
    with pytest.raises(DecodeError, match="quantity is not there") as caught:
        read_kept((ROW, short), ORDERS, "demo", "mercari_shops")
    assert ["[1].quantity"] == [problem.place for problem in caught.value.problems]
