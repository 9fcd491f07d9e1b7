"""Rakuten's order CSV: the same normal form as by API, and each bad cell in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pytest
from attrs import evolve

from mallsync import Order, Phase, ShipmentNotice, sandbox
from mallsync.adapters import rakuten
from mallsync.adapters.rakuten.orders_csv import LAYOUT, ORDERS, covers, order
from mallsync.adapters.rakuten.reading import Reader
from mallsync.errors import DecodeError, FileError
from mallsync.model.period import JST
from mallsync.model.sighting import Seen
from mallsync.model.words import Hold
from mallsync.model.writebacks import Standing
from mallsync.policy.merge import Mode, merge
from mallsync.wire.csvs import Row
from tests.adapters.rakuten.csv_rows import rows_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
HEADERS = (*LAYOUT.required, *LAYOUT.optional)
Document = Mapping[str, Any]


def documents(seed: int) -> Iterator[Document]:
    """Yield made-up orders as the API tells them, those with something deleted left out."""
    with sandbox.running(seed=seed, orders=150, now=NOW) as malls:
        fake = malls.rakuten.fake
        for number in list(fake.orders):
            document: Any = fake.document(number)
            packages = document["PackageModelList"]
            deleted = [one["packageDeleteFlag"] for one in packages]
            deleted += [item["deleteItemFlag"] for one in packages for item in one["ItemModelList"]]
            if not any(deleted):
                yield document


@pytest.fixture(scope="module")
def document() -> Document:
    """Return one order to two destinations."""
    return next(one for one in documents(3) if len(one["PackageModelList"]) > 1)


def rows(document: Document, **cells: str) -> list[Row]:
    """Return the rows of an order, some cells of the first replaced."""
    found = [{header: row.get(header, "") for header in HEADERS} for row in rows_of(document)]
    found[0] |= cells
    return [Row(line, row) for line, row in enumerate(found, 2)]


def read(some: list[Row]) -> Order:
    """Return the order of rows."""
    return order("demo", some[0].cells["注文番号"], some)


@pytest.mark.parametrize("seed", [1, 3, 6])
def test_an_order_is_the_same_by_file_and_by_api(seed: int) -> None:
    """In every field that the file tells: merged over the API's it changes nothing but the raw."""
    told = covers(HEADERS)
    compared = 0
    for document in documents(seed):
        by_api = Reader("demo").read(document)
        merged = merge(by_api, Seen(read(rows(document)), told))
        compared += 1
        assert by_api == merged
        assert merged.raw != by_api.raw

    assert compared > 100


def test_the_fields_that_are_compared_are_the_files_own(document: Document) -> None:
    """A cell that is changed is a field that is changed: the law above can fail."""
    cells = dict.fromkeys(("注文者姓", "送付先住所郡市区", "合計金額", "商品名", "コメント"), "77")
    by_api = Reader("demo").read(document)
    changed = merge(by_api, Seen(read(rows(document, **cells)), covers(HEADERS)))
    shipment = changed.shipments[0]
    assert changed.buyer is not None
    assert shipment.recipient is not None

    assert ["77"] * 5 == [
        changed.buyer.family_name,
        shipment.recipient.address.city,
        str(changed.charges.total),
        shipment.items[0].name,
        changed.remarks,
    ]


def test_destinations_are_shipments_with_their_own_lines(document: Document) -> None:
    """By 送付先ID, also where their rows are mixed."""
    mixed = sorted(rows(document), key=lambda row: row.cells["商品明細ID"], reverse=True)
    wanted = {str(one["basketId"]) for one in document["PackageModelList"]}

    assert wanted == {shipment.id for shipment in read(mixed).shipments}
    assert len(mixed) == sum(len(shipment.items) for shipment in read(mixed).shipments)


def test_columns_that_are_not_there_are_not_covered() -> None:
    """A column that the layout does not have is no blank cell (R10)."""
    least, most = covers(LAYOUT.required), covers(HEADERS)

    assert {
        "charges.tax",
        "charges.wrapping",
        "shipments.items.sku",
        "shipments.items.options",
        "shipments.items.tax_rate",
        "shipments.items.price_with_tax",
    } == most - least
    assert not {"shipments.parcels", "charges.discounts", "payment.code", "cancelled_at"} & most
    assert (110, 48) == (len(LAYOUT.required), len(LAYOUT.optional))


def test_a_file_without_the_optional_columns_is_read(document: Document) -> None:
    """What they tell is not known then."""
    some = [
        Row(row.line, {header: row.cells[header] for header in LAYOUT.required})
        for row in rows(document)
    ]
    found = read(some)

    assert (None, None) == (found.charges.tax, found.shipments[0].items[0].tax_rate)
    assert len(found.shipments) > 1


@pytest.mark.parametrize(
    ("header", "cell", "said"),
    [
        ("ステータス", "秘密", "cannot be read"),
        ("ステータス", "", "is empty"),
        ("注文日時", "秘密", "cannot be read"),
        ("注文日時", "", "is empty"),
        ("送付先ID", "秘密", "cannot be read"),
        ("商品明細ID", "", "is empty"),
        ("単価", "1.5", "cannot be read"),
        ("個数", "秘密", "cannot be read"),
        ("合計金額", "秘密", "cannot be read"),
        ("お届け日指定", "秘密", "cannot be read"),
        ("商品税率", "秘密", "cannot be read"),
        ("商品税率", "nan", "cannot be read"),
        ("商品税率", "inf", "cannot be read"),
        ("10%請求額に対する税額", "秘密", "cannot be read"),
    ],
)
def test_a_bad_cell_is_named_with_line_and_column(
    document: Document, header: str, cell: str, said: str
) -> None:
    """What stands in it is not told."""
    with pytest.raises(FileError, match=said) as caught:
        read(rows(document, **{header: cell}))

    assert (2, header) == (caught.value.line, caught.value.column)
    assert "秘密" not in str(caught.value)


def test_blank_and_odd_cells_are_read_as_what_they_mean(document: Document) -> None:
    """Thousands, lost zeros, undecided amounts, an unknown status, dates of another form."""
    odd = read(
        rows(
            document,
            注文者郵便番号1="60",
            注文者郵便番号2="'0001",
            合計金額="1,234,567",
            送料合計="",
            請求金額="-9999",
            ステータス="123",
            注文日時="2026/11/22 9:05",
            お届け時間帯="1416",
            お届け日指定="2026/12/1",
            楽天確認中フラグ="1",
            ギフト配送希望="",
        )
    )

    assert odd.buyer is not None
    assert "060-0001" == odd.buyer.address.postal_code
    assert (1234567, None, None) == (odd.charges.total, odd.charges.shipping, odd.charges.requested)
    assert (Phase.UNKNOWN, "123") == (odd.phase, odd.mall_status)
    assert datetime(2026, 11, 22, 9, 5, tzinfo=JST) == odd.ordered_at
    assert (date(2026, 12, 1), "14-16") == (
        odd.shipments[0].wish_date,
        odd.shipments[0].wish_slot,
    )
    assert {Hold.MALL_REVIEW, Hold.AMOUNT_UNDECIDED} <= odd.holds


@pytest.mark.parametrize("blank", ["", " ", "　", "'"])
def test_a_blank_zip_code_is_blank(document: Document, blank: str) -> None:
    """It is not filled up with zeros, and 更新 leaves the one that is known (R10)."""
    columns = [f"{who}郵便番号{part}" for who in ("注文者", "送付先") for part in (1, 2)]
    blanked = read(rows(document, **dict.fromkeys(columns, blank)))
    by_api = Reader("demo").read(document)
    updated = merge(by_api, Seen(blanked, covers(HEADERS)), mode=Mode.UPDATE)
    assert blanked.buyer is not None
    assert blanked.shipments[0].recipient is not None

    assert "" == blanked.buyer.address.postal_code
    assert "" == blanked.shipments[0].recipient.address.postal_code
    assert by_api == updated


@pytest.mark.parametrize(
    ("cell", "slot"),
    [
        ("1416", "14-16"),
        ("'1416", "14-16"),
        ("午前中", "AM"),
        ("14:00-16:00", "14-16"),
        ("見本の時間", "見本の時間"),
        ("9" * 5000, "9" * 5000),
        ("0", ""),
        (" ", ""),
    ],
)
def test_a_slot_is_read_as_a_code_or_in_words(document: Document, cell: str, slot: str) -> None:
    """What is not known of it is kept as it stands, for every destination."""
    found = read(rows(document, お届け時間帯=cell, コメント=""))

    assert [slot] * len(found.shipments) == [one.wish_slot for one in found.shipments]


@pytest.mark.parametrize("header", ["注文日時", "発送完了報告日時"])
def test_the_first_of_all_moments_is_read_too(document: Document, header: str) -> None:
    """Some systems write it for none; no zone is put on it that takes it before the first year."""
    found = read(rows(document, **{header: "0001-01-01 00:00:00"}))

    assert datetime(1, 1, 1, tzinfo=JST) in (found.ordered_at, found.shipped_at)


@pytest.mark.parametrize(
    ("title", "kind"),
    [("2", "リボン"), ("リボン", "リボン"), ("1", "包装紙"), ("包装紙", "包装紙"), ("", "包装紙")],
)
def test_the_title_of_a_wrapping_says_what_it_is(document: Document, title: str, kind: str) -> None:
    """As a code or in words; without one the place of its columns does."""
    found = read(rows(document, ラッピングタイトル1=title, ラッピング名1="見本"))

    assert found.gift is not None
    assert [kind] == [one.kind for one in found.gift.wrappings]


def test_wrapping_makes_a_gift(document: Document) -> None:
    """By the columns of paper and ribbon, with or without its tax."""
    told = read(
        rows(
            document,
            ギフト配送希望="1",
            ラッピング名1="見本の紙",
            ラッピング料金1="100",
            ラッピング税込別1="1",
            ラッピング名2="見本のリボン",
            ラッピング料金2="50",
            ラッピング税込別2="0",
            ラッピング税額2="5",
        )
    )

    assert told.gift is not None
    assert [("包装紙", 100), ("リボン", 50)] == [
        (one.kind, one.price) for one in told.gift.wrappings
    ]
    assert 155 == told.charges.wrapping


def test_kept_rows_are_read_again_by_the_client(document: Document) -> None:
    """As after an upgrade; the order can be previewed and compared like any other."""
    found = read(rows(document))
    with rakuten.Client(
        rakuten.Credentials(service_secret="made-up", license_key="made-up"), shop_id="demo"
    ) as client:
        kept = [dict(row) for row in found.raw]  # type: ignore[attr-defined]  # a record is any object
        again = client.read(kept)
        notice = ShipmentNotice(
            order_number=found.number,
            shipment_id=found.shipments[0].id,
            carrier="ヤマト運輸",
            ship_date=NOW.date(),
            tracking_numbers=("000011112222",),
        )
        assert found == again
        assert Standing.ABSENT is client.standing(again, notice)
        assert () == client.preview(notice).problems
        with pytest.raises(DecodeError) as caught:
            client.read([{**kept[0], "単価": "x"}])
    assert "UNREADABLE" == caught.value.code


def test_the_number_is_the_orders_own() -> None:
    """One order, several rows."""
    assert ("注文番号", "A") == (ORDERS.number, ORDERS.key(" A "))
    assert evolve(LAYOUT, name="x") != LAYOUT


def test_a_blank_amount_is_unknown_and_holds_nothing_back(document: Document) -> None:
    """更新 leaves what was known of it; one that is -9999 is not decided yet, and does."""
    blanks = dict.fromkeys(("決済手数料", "注文者負担金合計", "送料合計"), "")
    blank = read(rows(document, **blanks))
    undecided = read(rows(document, **blanks, 合計金額="-9999"))
    by_api = Reader("demo").read(document)
    updated = merge(by_api, Seen(blank, covers(HEADERS)), mode=Mode.UPDATE)

    assert Hold.AMOUNT_UNDECIDED not in blank.holds
    assert Hold.AMOUNT_UNDECIDED in undecided.holds
    assert by_api.charges == updated.charges
