"""Qoo10's order CSVs: the same normal form as by API, and each bad cell in its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

import pytest

from mallsync import Order, Period, Phase, ShipmentNotice, sandbox
from mallsync.adapters import qoo10
from mallsync.adapters.qoo10.orders_csv import BRIEF, DETAIL, ORDERS, covers, order
from mallsync.errors import DecodeError, FileError
from mallsync.model.period import JST
from mallsync.model.sighting import Seen
from mallsync.model.words import Funder
from mallsync.model.writebacks import Standing
from mallsync.policy.merge import merge
from mallsync.wire.csvs import Layout, Row, table
from tests.adapters.qoo10.csv_rows import brief_rows, detail_rows

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)


def carts(seed: int) -> list[Order]:
    """Return made-up carts as version 2 of the list tells them, those with a claim left out."""
    with sandbox.running(seed=seed, orders=120, now=NOW) as malls:
        mall = malls.qoo10
        with qoo10.Client(
            mall.credentials,
            shop_id="demo",
            base_url=mall.base_url,
            pace=None,
            options=qoo10.Options(version=2),
        ) as client:
            found = list(client.fetch_orders(Period.last_days(60, now=NOW)))
    return [one for one in found if not any(row.get("claimStatus") for row in rows_of(one))]


def rows_of(one: Order) -> list[dict[str, object]]:
    """Return the API's rows."""
    return list(one.raw)  # type: ignore[call-overload, no-any-return]  # a record is any object


@pytest.fixture(scope="module")
def cart() -> Order:
    """Return one cart with several lines that waits to be shipped."""
    return next(
        one for one in carts(3) if one.phase is Phase.TO_SHIP and len(one.shipments[0].items) > 1
    )


@pytest.fixture(scope="module")
def single() -> Order:
    """Return one cart of one line."""
    return next(one for one in carts(3) if len(one.shipments[0].items) == 1)


def rows(
    one: Order, cells: Mapping[str, str] = MappingProxyType({}), layout: Layout = DETAIL
) -> list[Row]:
    """Return the rows of a cart, some cells of the first replaced."""
    made = detail_rows(rows_of(one)) if layout is DETAIL else brief_rows(rows_of(one))
    found = [{header: row.get(header, "") for header in layout.required} for row in made]
    found[0] |= dict(cells)
    return [Row(line, row) for line, row in enumerate(found, 2)]


def read(some: list[Row]) -> Order:
    """Return the order of rows."""
    return order("demo", ORDERS.key(some[0].cells["カート番号"]), some)


@pytest.mark.parametrize("layout", [DETAIL, BRIEF], ids=["detail", "brief"])
@pytest.mark.parametrize("seed", [1, 3, 6])
def test_a_cart_is_the_same_by_file_and_by_api(seed: int, layout: Layout) -> None:
    """In every field that the file tells: merged over the API's it changes nothing."""
    told = covers(layout.required)
    compared = 0
    for by_api in carts(seed):
        merged = merge(by_api, Seen(read(rows(by_api, layout=layout)), told))
        compared += 1
        assert by_api == merged

    assert compared > 80


def test_the_fields_that_are_compared_are_the_files_own(single: Order) -> None:
    """A cell that is changed is a field that is changed: the law above can fail."""
    cells = dict.fromkeys(("購入者名", "受取人名", "住所", "商品名", "販売価格"), "77")
    changed = merge(single, Seen(read(rows(single, cells)), covers(DETAIL.required)))
    (shipment,) = changed.shipments
    assert changed.buyer is not None
    assert shipment.recipient is not None

    assert ["77"] * 5 == [
        changed.buyer.family_name,
        shipment.recipient.family_name,
        shipment.recipient.address.city,
        shipment.items[0].name,
        str(shipment.items[0].unit_price),
    ]


def test_whose_a_discount_is_is_not_told(single: Order) -> None:
    """Nor the shipping; the goods are the line's sum and what was taken off."""
    made = read(rows(single, {"割引額": "100", "注文金額の合計": "1,900"}))
    free = read(rows(single, {"割引額": ""}))

    assert [(Funder.UNKNOWN, 100)] == [(one.funder, one.amount) for one in made.charges.discounts]
    assert (2000, None) == (made.charges.goods, made.charges.shipping)
    assert () == free.charges.discounts


def test_the_columns_say_what_is_covered() -> None:
    """Never what another line of the cart may change, which may be in another file."""
    detail, brief = covers(DETAIL.required), covers(BRIEF.required)

    assert brief < detail
    assert not {"lines", "charges", "remarks", "buyer", "shipments.items", "cancelled_at"} & detail
    assert "ordered_at" not in brief
    assert (44, 15) == (len(DETAIL.required), len(BRIEF.required))


def test_a_brief_file_has_neither_prices_nor_a_date(cart: Order) -> None:
    """They are unknown, not zero."""
    made = read(rows(cart, layout=BRIEF))

    assert 1970 == made.ordered_at.year
    assert (None, None) == (made.charges.goods, made.shipments[0].charges.goods)
    assert {(None, None)} == {
        (item.unit_price, item.option_price) for item in made.shipments[0].items
    }


@pytest.mark.parametrize("layout", [DETAIL, BRIEF], ids=["detail", "brief"])
def test_the_two_files_are_told_apart_by_their_headers(layout: Layout) -> None:
    """Also with blanks behind them, and with the column of newer files."""
    line = ",".join(f"{header} " for header in (*layout.required, "ギフト注文"))
    found = table([f"{line}\r\n"], ORDERS.layouts)

    assert layout == found.layout
    assert () == found.extra


@pytest.mark.parametrize(
    ("header", "cell", "said"),
    [
        ("配送状態", "", "is empty"),
        ("数量", "秘密", "cannot be read"),
        ("数量", "", "is empty"),
        ("販売価格", "1.5", "cannot be read"),
        ("注文金額の合計", "", "is empty"),
        ("注文日", "秘密", "cannot be read"),
        ("注文日", "", "is empty"),
        ("注文日", "1900-01-01", "cannot be read"),
        ("発送日", "秘密", "cannot be read"),
        ("注文番号", "秘密", "cannot be read"),
        ("注文番号", "", "is empty"),
        ("カート番号", "0", "cannot be read"),
    ],
)
def test_a_bad_cell_is_named_with_line_and_column(
    cart: Order, header: str, cell: str, said: str
) -> None:
    """What stands in it is not told."""
    with pytest.raises(FileError, match=said) as caught:
        read(rows(cart, {header: cell}))

    assert (2, header) == (caught.value.line, caught.value.column)
    assert "秘密" not in str(caught.value)


def test_a_bad_number_is_named_in_its_own_row(cart: Order) -> None:
    """Not in the first of its cart."""
    all_rows = list(rows(cart))
    bad = Row(9, {**all_rows[-1].cells, "注文番号": "秘密"})
    with pytest.raises(FileError, match="注文番号 cannot be read") as caught:
        read([*all_rows[:-1], bad])

    assert 9 == caught.value.line
    one, other = all_rows[0], Row(8, {**all_rows[1].cells, "カート番号": "7"})
    with pytest.raises(FileError, match="カート番号 cannot be read"):
        read([one, other])


def test_a_cart_has_one_number_however_a_spreadsheet_writes_it(cart: Order) -> None:
    """With an apostrophe and blanks it is the same."""
    number = cart.key.number
    odd = [Row(row.line, {**row.cells, "カート番号": f"' {number}"}) for row in rows(cart)]

    assert number == ORDERS.key(f"' {number}") == read(odd).key.number


def test_odd_cells_are_read_as_what_they_mean(single: Order) -> None:
    """An unknown state, an apostrophe, dates of another form, day and hours of a wish."""
    cells = {
        "配送状態": "お預かり",
        "郵便番号": "'060-0000",
        "お届け希望日": "2026/11/25 14:00~16:00",
        "注文日": "2026/11/22 9:05",
    }
    odd = read(rows(single, cells))
    recipient = odd.shipments[0].recipient

    assert (Phase.UNKNOWN, "お預かり") == (odd.phase, odd.mall_status)
    assert recipient is not None
    assert "060-0000" == recipient.address.postal_code
    assert (date(2026, 11, 25), "14-16") == (odd.shipments[0].wish_date, odd.shipments[0].wish_slot)
    assert datetime(2026, 11, 22, 9, 5, tzinfo=JST) == odd.ordered_at


def test_kept_rows_are_read_again_by_the_client(cart: Order) -> None:
    """As after an upgrade; the cart can be previewed and compared like any other."""
    found = read(rows(cart))
    kept = [dict(row) for row in found.raw]  # type: ignore[attr-defined]  # a record is any object
    credentials = qoo10.Credentials.from_certification_key("made-up")
    notice = ShipmentNotice(
        order_number=cart.number, carrier="ヤマト運輸", tracking_numbers=("000011112222",)
    )
    with qoo10.Client(credentials, shop_id="demo") as client:
        again = client.read(kept)
        assert Standing.ABSENT is client.standing(again, notice)
        assert () == client.preview(notice).problems
        with pytest.raises(DecodeError) as caught:
            client.read([{**kept[0], "数量": "x"}])
    assert found == again
    assert "UNREADABLE" == caught.value.code
