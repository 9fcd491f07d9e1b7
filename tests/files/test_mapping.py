"""Mapping files: strictly read, every mistake named; and what they make of a row."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mallsync import Phase
from mallsync.errors import ConfigError, FileError
from mallsync.files import load_mapping, mapping_template, read_orders
from mallsync.model.order import Address, Contact, Item
from mallsync.model.period import JST

EXAMPLES = Path(__file__).parents[2] / "examples" / "csv"
HEADERS = (
    "受注番号,受注日,状態,氏名,メール,届け先名,届け先名2,届け先電話,郵便番号1,郵便番号2,都道府県,"
    "住所,送料,合計,支払方法,備考,商品コード,商品名,数量,単価"
)
ROW = (
    "A-1,26.11.20,未発送,見本 花子,hanako@example.com,見本 太郎,様方,'09000000000,060,0000,北海道,"
    '見本市1-2-3,"1,100",3300,銀行振込,,SKU-1,見本の品,2,1100'
)

MINIMAL = """
mall = "my-page"

[order]
number = "no"
phase = { constant = "TO_SHIP" }
"""


def written(tmp_path: Path, text: str, name: str = "mapping.toml") -> Path:
    """Write a file and return it."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_a_row_becomes_an_order_as_the_mapping_says(tmp_path: Path) -> None:
    """Joined columns, dates of a form, codes, constants, an apostrophe and thousands commas."""
    path = tmp_path / "orders.csv"
    path.write_bytes(f"{HEADERS}\r\n{ROW}\r\n".encode("cp932"))
    found = read_orders(path, mapping=load_mapping(EXAMPLES / "my_page.toml"), shop_id="demo")
    (seen,) = found
    order = seen.order
    (shipment,) = order.shipments

    assert ("my-page", "demo", "A-1") == (order.mall, order.shop_id, order.number)
    assert (Phase.TO_SHIP, "未発送") == (order.phase, order.mall_status)
    assert datetime(2026, 11, 20, tzinfo=JST) == order.ordered_at
    assert Contact(family_name="見本 花子", email="hanako@example.com") == order.buyer
    assert shipment.recipient == Contact(
        family_name="見本 太郎 様方",
        phone="09000000000",
        address=Address(
            postal_code="060-0000", prefecture="北海道", street="見本市1-2-3", country="JP"
        ),
    )
    assert (1100, 3300) == (order.charges.shipping, order.charges.total)
    assert ("銀行振込", "") == (order.payment.method, order.remarks)
    assert shipment.items == (
        Item(
            id="SKU-1",
            sku="SKU-1",
            name="見本の品",
            quantity=2,
            unit_price=1100,
            phase=Phase.TO_SHIP,
        ),
    )
    assert {"lines", "shipments.items", "buyer.email", "shipments.recipient.phone"} <= seen.covers
    assert not {"buyer", "charges", "paid_at"} & seen.covers
    assert "A-1" == seen.order.raw[0]["受注番号"]  # type: ignore[index]  # a record is any object


def test_the_least_that_a_mapping_tells_is_number_and_phase(tmp_path: Path) -> None:
    """What it does not tell is blank, and not covered."""
    path = written(tmp_path, "no,x\n1,y\n", "orders.csv")
    found = read_orders(path, mapping=load_mapping(written(tmp_path, MINIMAL)))
    (seen,) = found

    assert ("x",) == found.unknown_headers
    assert {"phase", "mall_status", "shipments.cancelled"} == seen.covers
    assert ("TO_SHIP", None, ()) == (
        seen.order.mall_status,
        seen.order.buyer,
        seen.order.shipments[0].items,
    )


@pytest.mark.parametrize(
    ("status", "phase"),
    [("発送済", Phase.SHIPPED), ("取消", Phase.CANCELLED), ("？", Phase.UNKNOWN)],
)
def test_codes_are_translated(tmp_path: Path, status: str, phase: Phase) -> None:
    """An unknown one by what stands for the others."""
    path = tmp_path / "orders.csv"
    path.write_bytes(f"{HEADERS}\r\n{ROW.replace('未発送', status)}\r\n".encode("cp932"))
    (seen,) = read_orders(path, mapping=load_mapping(EXAMPLES / "my_page.toml"))

    assert (phase, phase is Phase.CANCELLED) == (
        seen.order.phase,
        seen.order.shipments[0].cancelled,
    )


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        ('ordered_at = { column = "x", date = "%Y.%m.%d" }', "soon", "x cannot be read"),
        ('charges.total = "x"', "many", "x cannot be read"),
        ('wish_date = "x"', "soon", "x cannot be read"),
        ('wish_date = { join = ["x", "x"] }', "soon", "x cannot be read"),
        ('mall_status = { column = "x", codes = { "1" = "new" } }', "2", "x has a code"),
    ],
)
def test_a_cell_that_means_nothing_is_named(
    tmp_path: Path, line: str, cell: str, said: str
) -> None:
    """With file, line and column, and not what stands in it."""
    path = written(tmp_path, f"no,x\n1,\n2,{cell}\n", "orders.csv")
    text = f"{MINIMAL}\n{line}\n"
    if "codes" in line:
        path = written(tmp_path, f"no,x\n1,1\n2,{cell}\n", "orders.csv")
    found = read_orders(path, mapping=load_mapping(written(tmp_path, text)))
    with pytest.raises(FileError, match=said) as caught:
        list(found)

    assert (path, 3, "x") == (caught.value.path, caught.value.line, caught.value.column)
    assert cell not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "x is not known: write mall, encoding"),
        ("mal = 'x'", "mal is not known: did you mean mall?"),
        ("", r"write one of \[order\], \[tracking\] and \[results\]"),
        ("order = 1", r"order is no table: write \[order\]"),
        ("[order]\nnumber = 'n'", "order.phase is missing"),
        ("[tracking]\norder_number = 'n'", "tracking.tracking_number is missing"),
        ("mall = 'm'\n[order]\nnumbr = 'n'", "order.numbr is not known: did you mean number?"),
        ("[order]\nnumber = 'n'\nphase = 'p'", "mall: write a name of the shop's own"),
        ("mall = 'qoo10'\n[order]\nnumber = 'n'\nphase = 'p'", "mall: write a name of the shop's"),
        ("mall = 3\n[order]\nnumber = 'n'\nphase = 'p'", "mall: write text"),
        ("[results]\nencoding = 3", "results.encoding: write text"),
        ("[results]\nencoding = 'utf-0'", 'results.encoding: no encoding: write "utf-8"'),
        ("encoding = 'utf-0'", 'encoding: no encoding: write "utf-8" or "cp932"'),
        (MINIMAL + "remarks = 3", "order.remarks: write a column's header"),
        (MINIMAL + "remarks = ''", "order.remarks: write a column's header"),
        (MINIMAL + "remarks = { x = 1 }", "order.remarks: write one of column, join, constant"),
        (MINIMAL + "remarks = { column = '' }", "order.remarks: write the header of a column"),
        (MINIMAL + "remarks = { column = 'a', with = '-' }", "with does not go with column"),
        (MINIMAL + "remarks = { column = 'a', codes = 1 }", "codes: write {"),
        (MINIMAL + "remarks = { column = 'a', codes = { a = 1 } }", "codes: write {"),
        (MINIMAL + "remarks = { column = 'a', other = 'b' }", "other: write text, beside codes"),
        (MINIMAL + "paid_at = { column = 'a', date = 1 }", "date: write a form with year, month"),
        (
            MINIMAL + "paid_at = { column = 'a', date = '%Q' }",
            "date: write a form with year, month",
        ),
        (MINIMAL + "paid_at = { column = 'a', date = '%m/%d' }", "date: write a form with year"),
        (MINIMAL + "paid_at = { column = 'a', date = '%Y%m%d', codes = {} }", "not go with codes"),
        (MINIMAL + "remarks = { column = 'a', date = '%Y%m%d' }", "date goes with dates alone"),
        (MINIMAL + "[item]\ntax_rate = { constant = 'nan' }", "'nan' is no tax_rate"),
        (MINIMAL + "[item]\ntax_rate = { constant = '1000%' }", "'1000%' is no tax_rate"),
        ("[results]\ndate = 3", 'results.date: write a form such as "%Y/%m/%d"'),
        ("[results]\ndate = '%Y'", 'results.date: write a form such as "%Y/%m/%d"'),
        (
            "[results.columns]\n' a' = 'order_number'",
            "results.columns. a: write the header without",
        ),
        ("[results.columns]\n'見〜本' = 'order_number'", "a file in cp932 gives it back as 見～本"),
        ("[results.columns]\n'𠮷' = 'order_number'", "cp932 cannot hold it: U\\+20BB7: write 吉"),
        ("[results]\nencoding = 'rot13'\n[results.columns]\na = 'order_number'", "no encoding"),
        ('encoding = "\\u0000"', "encoding: no encoding"),
        ("encoding = 'idna'", "encoding: no encoding"),
        (MINIMAL + "remarks = { join = [] }", "write { join ="),
        (MINIMAL + "remarks = { join = ['a'], with = 1 }", "write { join ="),
        (MINIMAL + "remarks = { constant = 1 }", "constant: write text"),
        (MINIMAL.replace('"no"', "{ constant = '1' }"), "order.number: write the one column"),
        (MINIMAL.replace('"no"', "{ join = ['a', 'b'] }"), "order.number: write the one column"),
        (MINIMAL.replace('"no"', "{ column = 'a', codes = { a = 'b' } }"), "number: write the one"),
        (MINIMAL.replace("TO_SHIP", "SENT"), "'SENT' is no phase: write one of UNPAID, TO_SHIP"),
        (MINIMAL + "charges.total = { constant = 'x' }", "'x' is no charges.total"),
        (MINIMAL + "wish_date = { column = 'a', codes = { a = 'x' } }", "'x' is no wish_date"),
        ("[results]\ncolumns = 1", r"results.columns is no table"),
        ("[results.columns]\nx = 'y'", "results.columns.x: y is not known: write one of order"),
        ("[results.columns]\nx = 'carrier'", 'one of them has to hold "order_number"'),
        ("[results.columns]\nx = { field = 'carrier', y = 1 }", "y does not go with column"),
    ],
)
def test_every_mistake_of_a_mapping_is_named(tmp_path: Path, text: str, said: str) -> None:
    """By its key, with what to write."""
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match=said) as caught:
        load_mapping(path)

    assert str(path) in str(caught.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    """One run of the check is enough."""
    text = MINIMAL + "remarks = 3\nwish_dat = 'a'\n[item]\nnam = 'b'\n"
    with pytest.raises(ConfigError) as caught:
        load_mapping(written(tmp_path, text))

    assert 3 == str(caught.value).count("; ") + 1


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"a = ", "no TOML"), (b"\xff", "is not UTF-8"), (None, "cannot be read")],
)
def test_a_mapping_that_is_no_toml_is_refused(
    tmp_path: Path, data: bytes | None, said: str
) -> None:
    """With its place."""
    path = tmp_path / "mapping.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(FileError, match=said) as caught:
        load_mapping(path)

    assert path == caught.value.path


def test_a_mapping_without_orders_reads_none(tmp_path: Path) -> None:
    """It is one of tracking numbers."""
    mapping = load_mapping(EXAMPLES / "yupuri_r.toml")
    with pytest.raises(ConfigError, match=r"the mapping has no \[order\]"):
        read_orders(written(tmp_path, "a\n1\n", "orders.csv"), mapping=mapping)


def test_a_template_knows_usual_headers_and_can_be_loaded(tmp_path: Path) -> None:
    """What it does not know is listed, to be written in by hand."""
    headers = '注文番号,注文日時,注文者氏名,送付先住所,商品名,個数,合計金額,"変な""名前"'
    path = tmp_path / "orders.csv"
    path.write_bytes(f"{headers}\r\n".encode("cp932"))
    text = mapping_template(path)
    mapping = load_mapping(written(tmp_path, text))
    path.write_bytes(f"{headers}\r\n1,2026/11/22,見本,見本市,品,2,300,x\r\n".encode("cp932"))
    (seen,) = read_orders(path, mapping=mapping)

    assert '# not used: 変な\\"名前' in text
    assert "cp932" == mapping.encoding
    assert ("1", 300, 2) == (
        seen.order.number,
        seen.order.charges.total,
        seen.order.shipments[0].items[0].quantity,
    )


def test_a_template_of_unknown_headers_says_what_has_to_be_told(tmp_path: Path) -> None:
    """The number of the order."""
    text = mapping_template(written(tmp_path, 'a,"b\\""c"\n', "orders.csv"))

    assert '# number = "…"  # must be told' in text
    with pytest.raises(ConfigError, match=r"order\.number is missing"):
        load_mapping(written(tmp_path, text))


def test_a_template_can_be_read_whatever_its_headers_hold(tmp_path: Path) -> None:
    """Line feeds and control characters are escaped."""
    text = mapping_template(written(tmp_path, '"注文\n番号",\x07a,b\x7f\n1,2,3\n', "orders.csv"))

    assert {"encoding", "mall", "order", "item", "results"} == set(tomllib.loads(text))
    assert "# not used: 注文\\n番号" in text


def test_lines_without_a_number_go_by_what_they_are_of(tmp_path: Path) -> None:
    """So that a file in another order of rows tells of the same lines."""
    text = MINIMAL + "\n[item]\nproduct_id = 'product'\nname = 'name'\n"
    path = written(tmp_path, "no,product,name\n1,P-1,a\n1,,b\n1,P-1,c\n", "orders.csv")
    (seen,) = read_orders(path, mapping=load_mapping(written(tmp_path, text)))

    assert ["P-1", "2", "P-1#2"] == [item.id for item in seen.order.shipments[0].items]


def test_a_day_of_payment_is_told_in_both_places(tmp_path: Path) -> None:
    """So that a payment is not known with its day and without."""
    text = MINIMAL + "paid_at = 'paid'\n"
    path = written(tmp_path, "no,paid\n1,2026-11-22\n", "orders.csv")
    (seen,) = read_orders(path, mapping=load_mapping(written(tmp_path, text)))

    assert {"paid_at", "payment.paid_at"} <= seen.covers
    assert seen.order.paid_at == seen.order.payment.paid_at


def test_the_examples_are_mappings() -> None:
    """Each says what it is for."""
    found = {path.stem: load_mapping(path) for path in EXAMPLES.glob("*.toml")}

    assert {"my_page", "sagawa_ehiden", "yamato_b2cloud", "yupuri_r"} == set(found)
    assert 3 == sum(bool(one.tracking) for one in found.values())


def test_a_rate_is_read_with_and_without_percent(tmp_path: Path) -> None:
    """As 0.1 in both."""
    text = MINIMAL + "\n[item]\ntax_rate = 'rate'\nid = 'id'\n"
    path = written(tmp_path, "no,id,rate\n1,a,10%\n1,b,0.1\n1,,\n", "orders.csv")
    (seen,) = read_orders(path, mapping=load_mapping(written(tmp_path, text)))
    items = seen.order.shipments[0].items

    assert [0.1, 0.1, None] == [item.tax_rate for item in items]
    assert ["a", "b", "3"] == [item.id for item in items]
    assert datetime(1970, 1, 1, tzinfo=UTC).date() == seen.order.ordered_at.date()
