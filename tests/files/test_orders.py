"""Orders of a file: each once, with all its rows; whatever is wrong is named before any is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from mallsync.errors import ConfigError, FileError
from mallsync.files import FORMATS, Refused, load_mapping, orders, read_orders
from mallsync.files.mapping import CsvMapping
from mallsync.model.sighting import Seen

MAPPING = """
mall = "my-page"

[order]
number = "no"
phase = { constant = "TO_SHIP" }
charges.total = "total"

[item]
name = "item"
"""


@pytest.fixture
def mapping(tmp_path: Path) -> CsvMapping:
    """Return a mapping of three columns."""
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return load_mapping(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a file may be written."""
    return tmp_path / "orders.csv"


def lines(seen: Seen) -> tuple[str, list[str]]:
    """Return number and items of an order."""
    items = [item.name for shipment in seen.order.shipments for item in shipment.items]
    return seen.order.number, items


@pytest.mark.parametrize("few", [0, 1, 2, 3, 1 << 14])
def test_rows_of_one_number_are_one_order(
    path: Path, mapping: CsvMapping, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where they lie apart, and however many numbers are held in memory: it comes last."""
    monkeypatch.setattr(orders, "_FEW", few)
    path.write_text("no,item,total\n1,a,10\n2,b,20\n2,c,20\n1,d,10\n3,e,30\n", encoding="utf-8")
    found = read_orders(path, mapping=mapping)

    assert [("2", ["b", "c"]), ("3", ["e"]), ("1", ["a", "d"])] == list(map(lines, found))
    assert (5, 3) == (found.rows, found.orders)
    assert 3 == len(list(found)), "it can be read again"


def test_a_number_is_the_same_with_a_spreadsheets_apostrophe(
    path: Path, mapping: CsvMapping
) -> None:
    """Or it would be registered twice (R10)."""
    path.write_text("no,item,total\n'0001,a,10\n0001,b,10\n", encoding="utf-8")

    assert [("0001", ["a", "b"])] == list(map(lines, read_orders(path, mapping=mapping)))


def test_columns_are_found_by_their_headers(path: Path, mapping: CsvMapping) -> None:
    """In any order, with blanks around them, and more of them than are known."""
    path.write_text(" total ,new,item,no\n10,x,a,1\n", encoding="utf-8-sig")
    found = read_orders(path, mapping=mapping)
    (seen,) = found

    assert ("1", ["a"]) == lines(seen)
    assert 10 == seen.order.charges.total
    assert ("new",) == found.unknown_headers
    assert ("utf-8-sig", "order file of my-page") == (found.encoding, found.layout)
    assert {"new": "x", "total": "10", "item": "a", "no": "1"} == seen.order.raw[0]  # type: ignore[index]  # a record is any object


def test_cells_may_have_commas_quotes_and_line_feeds(path: Path, mapping: CsvMapping) -> None:
    """CRLF between rows; a line number is that of the file."""
    path.write_bytes(b'no,item,total\r\n1,"a,""b""\r\nc",10\r\n2,d,x\r\n')
    found = read_orders(path, mapping=mapping)
    first, second = found.sightings()

    assert isinstance(first, Seen)
    assert ("1", ['a,"b"\r\nc']) == lines(first)
    assert isinstance(second, Refused)
    assert (4,) == second.lines


def test_empty_lines_and_a_comma_at_the_end_of_every_line_do_no_harm(
    path: Path, mapping: CsvMapping
) -> None:
    """Spreadsheets write both; the columns without a header are left out of what is unknown."""
    path.write_text("no,item,total,,\n\n1,a,10,,\n\n", encoding="utf-8")
    found = read_orders(path, mapping=mapping)

    assert [("1", ["a"])] == list(map(lines, found))
    assert () == found.unknown_headers


def test_a_file_without_rows_has_no_orders(path: Path, mapping: CsvMapping) -> None:
    """It is no mistake: nobody has bought."""
    path.write_text("no,item,total\n", encoding="utf-8")

    assert [] == list(read_orders(path, mapping=mapping))


@pytest.mark.parametrize(
    ("text", "said", "line", "column"),
    [
        ("no,item\n1,a\n", "lacks total", 1, "total"),
        ("no,item,totals\n1,a,1\n", r"lacks total \(there is totals\)", 1, "total"),
        ("no,item,total,item\n", "header 'item' is there twice", 1, "item"),
        ("no,item,total\n1,a,1\n2,b\n", "2 cells under 3 headers", 3, "total"),
        ("no,item,total\n1,a,1\n2,b,2,x\n", "4 cells under 3 headers", 3, 4),
        ('no,item,total\n1,a,1\n2,"b,2\n', "no CSV: unexpected end of data", 3, None),
        ('no,item,total\n1,"a"b,1\n', "no CSV: ',' expected after", 2, None),
        ("x\n", "this is no order file of my-page", 1, "no"),
    ],
)
def test_a_file_of_another_shape_is_refused_before_any_order_is_told(
    path: Path,
    mapping: CsvMapping,
    text: str,
    said: str,
    line: int,
    column: str | int | None,
) -> None:
    """With file, line and column: cut off, ragged, another mall's, a header twice."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=said) as caught:
        read_orders(path, mapping=mapping)

    assert (path, line, column) == (caught.value.path, caught.value.line, caught.value.column)


def test_a_row_that_makes_no_order_stops_no_other(path: Path, mapping: CsvMapping) -> None:
    """It is refused with its lines; an order with one such row is refused whole."""
    path.write_text("no,item,total\n1,a,x\n1,b,1\n2,c,2\n ,d,3\n ,e,3\n", encoding="utf-8")
    found = read_orders(path, mapping=mapping)
    one, two, three, four = found.sightings()

    assert isinstance(one, Refused)
    assert isinstance(two, Seen)
    assert isinstance(three, Refused)
    assert isinstance(four, Refused)
    assert ("1", (2, 3), "total cannot be read") == (one.number, one.lines, str(one.error))
    assert ("2", ["c"]) == lines(two)
    assert [("", (5,)), ("", (6,))] == [(bad.number, bad.lines) for bad in (three, four)]
    assert (path, 5, "no") == (three.error.path, three.error.line, three.error.column)
    with pytest.raises(FileError, match="total cannot be read"):
        list(found)


def test_a_mall_without_a_known_file_is_refused(path: Path, mapping: CsvMapping) -> None:
    """As is a mall beside the mapping of another."""
    with pytest.raises(ConfigError, match="mall: write one of rakuten, qoo10, mercari_shops"):
        read_orders(path, mall="rakuma")
    with pytest.raises(ConfigError, match="mapping: write load_mapping"):
        read_orders(path, mapping="my-page.toml")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ConfigError, match="mall is 'qoo10', the mapping's is 'my-page'"):
        read_orders(path, mall="qoo10", mapping=mapping)
    assert {"rakuten", "qoo10", "mercari_shops"} == set(FORMATS)


def test_the_file_of_another_mall_is_named_by_what_it_lacks(path: Path) -> None:
    """Not read as something it is not."""
    path.write_text("order_id,buyer_name\nA,見本\n", encoding="utf-8")
    for mall in ("rakuten", "qoo10"):
        with pytest.raises(FileError, match=r"this is no .*: it lacks") as caught:
            read_orders(path, mall=mall)
        assert 1 == caught.value.line
