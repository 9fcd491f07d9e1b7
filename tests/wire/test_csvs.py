"""CSV files of malls: headers, rows, cells, and each mistake in its place (R10)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from io import StringIO

import pytest
from attrs import Factory, define, field
from hypothesis import given
from hypothesis import strategies as st

from mallsync.errors import FileError
from mallsync.model.period import JST
from mallsync.wire.csvs import MUST, Cells, Layout, Row, Table, day, kept_rows, moment, table, whole

LAYOUT = Layout(name="made-up file", required=("order_id", "name"), optional=("note",))


def found(text: str) -> Table:
    """Return the rows of a text."""
    return table(StringIO(text, newline=""), [LAYOUT])


def refused(text: str) -> FileError:
    """Return why a file is refused, when all its rows are asked for."""
    with pytest.raises(FileError) as caught:
        list(found(text).rows)
    return caught.value


def test_rows_come_by_header_in_any_order() -> None:
    """Blanks around headers do not count, empty lines are none, quoted line feeds are text."""
    read = found('name, order_id ,more\r\n"見本\r\n一",A,1\r\n\r\n,B,\r\n')
    rows = list(read.rows)

    assert (("name", "order_id", "more"), ("more",)) == (read.headers, read.extra)
    assert [3, 5] == [row.line for row in rows]
    assert [
        {"name": "見本\r\n一", "order_id": "A", "more": "1"},
        {"name": "", "order_id": "B", "more": ""},
    ] == [dict(row.cells) for row in rows]


@pytest.mark.parametrize("text", ["", "\r\n", "PK\x03\x04", "注文番号,氏名\r\n"])
def test_another_file_is_refused_by_name(text: str) -> None:
    """With all headers that it lacks."""
    error = refused(text)

    assert "this is no made-up file: it lacks order_id, name" in str(error)
    assert (1, "order_id") == (error.line, error.column)


def test_a_missing_header_is_named_with_the_nearest_that_is_there() -> None:
    """It may be spelled otherwise."""
    assert "lacks order_id (there is order-id)" in str(refused("order-id,name\r\nA,B\r\n"))


def test_a_zone_that_is_not_known_is_refused() -> None:
    """It would else be taken for Japan's."""
    assert moment("2031-4-2 10:15 JST") == moment("2031-04-02T01:15:00Z")
    assert moment("2031-4-2 10:15 UTC") == moment("2031-04-02 19:15")
    for zone in ("GMT+9", "UTC+09:00", "GMT +9", "UTC +09:00", "GMT+0900", "+9", "JST+9"):
        assert moment(f"2031/4/2 10:15 {zone}") == moment("2031-04-02 10:15"), zone
    for zone in ("GMT-5", "EST-5", "EST -05:00"):
        assert moment(f"2031/4/2 10:15 {zone}") == moment("2031-04-03 00:15"), zone
    assert moment("2031-04-02 10:15 KST+9") == moment("2031-04-02 10:15 +0900 (JST)")
    assert moment("2031-4-2 10:15 PM +0900") == moment("2031-04-02 22:15")
    assert moment("2031-4-2 12:05 AM GMT+9") == moment("2031-04-02 00:05")
    with pytest.raises(ValueError, match="the zone is not known"):
        moment("2031-4-2 10:15 XYZ")


def test_a_header_that_is_there_twice_is_refused() -> None:
    """Which one counts is not known."""
    error = refused("order_id,name,name\r\nA,B,C\r\n")

    assert (1, "name") == (error.line, error.column)


@pytest.mark.parametrize("row", ["A", "A,B,C"])
def test_a_ragged_row_is_refused_with_its_line(row: str) -> None:
    """The rows before it have come."""
    error = refused(f"order_id,name\r\nA,B\r\n{row}\r\n")

    assert ("cells under 2 headers" in str(error), 3) == (True, error.line)


def test_a_quote_that_never_ends_is_refused() -> None:
    """A truncated file; in the header, too."""
    for text, line in (('order_id,name\r\nA,B\r\nA,"B\r\n', 3), ('"order_id', 1)):
        error = refused(text)

        assert ("no CSV" in str(error), line) == (True, error.line)


@given(st.text(max_size=60))
def test_any_text_is_rows_or_a_refusal(text: str) -> None:
    """Nothing else is raised."""
    with suppress(FileError):
        list(found(text).rows)


def test_columns_without_a_header_may_be_several() -> None:
    """A comma at the end of each line makes one."""
    assert {"order_id": "A", "name": "B", "": ""} == next(
        found("order_id,name,,\nA,B,,\n").rows
    ).cells


def test_the_layout_that_lacks_the_least_is_taken() -> None:
    """The first of those that fit; of those that do not, the nearest is named."""
    other = Layout(name="other file", required=("order_id", "item", "price"))
    fits = table(["order_id,item,price\n"], [LAYOUT, other])
    both = table(["order_id,item,price,name\n"], [LAYOUT, other])

    assert (other, LAYOUT) == (fits.layout, both.layout)
    with pytest.raises(FileError, match="this is no other file: it lacks price"):
        table(["order_id,item\n"], [Layout(name="made-up file", required=("a", "b")), other])


def test_a_cell_is_read_as_what_it_means() -> None:
    """Blank is None, or refused; what cannot be read is refused without being shown."""
    row = Row(7, {"count": "'1,200", "day": "2026/11/22", "none": " ", "bad": "secret"})

    assert (1200, None, None) == (
        row.must("count", whole),
        row.cell("none", whole),
        row.cell("x", day),
    )
    assert "2026-11-22" == str(row.cell("day", day))
    for column, said in (("none", "none is empty"), ("bad", "bad cannot be read")):
        with pytest.raises(FileError, match=said) as caught:
            row.must(column, whole)
        assert (7, column) == (caught.value.line, caught.value.column)


@pytest.mark.parametrize(
    "text",
    [
        "2026/11/22 10:15:30",
        "2026-11-22T10:15:30",
        "2026-11-22 01:15:30Z",
        "2026年11月22日 10:15:30",
    ],
)
def test_a_moment_is_japans_unless_it_says_otherwise(text: str) -> None:
    """In any usual form."""
    assert datetime(2026, 11, 22, 10, 15, 30, tzinfo=JST) == moment(text)


@pytest.mark.parametrize(
    "text",
    ["26/11/22", "22/11/2026", "11-22", "10", "2026", "2026-11", "0000-00-00", "2026-11-220"],
)
def test_a_date_whose_day_is_not_known_is_refused(text: str) -> None:
    """Nothing is guessed: a mapping can say which form it has."""
    with pytest.raises(ValueError, match=r"."):
        moment(text)


@pytest.mark.parametrize("text", ["1.5", "1e3", "a", "１２", "--1", "9" * 13])
def test_what_is_no_whole_number_is_none(text: str) -> None:
    """Nothing is rounded."""
    with pytest.raises(ValueError, match="no whole number"):
        whole(text)


def test_cells_with_blanks_around_them_are_read_the_second_time() -> None:
    """As what they mean, a blank one as what it stands for; a must is refused if it is blank."""
    cells: Cells[dict[str, object]] = Cells(
        dict, [("a", "A", str, ""), ("b", "B", whole, MUST), ("c", "C", whole, 7)], "d"
    )

    assert {"a": " x ", "b": 1440, "c": 7, "d": 3} == cells.read(
        Row(2, {"A": " x ", "B": " 1,440 ", "C": " "}), 3
    )
    for text, said in ((" ", "B is empty"), ("", "B is empty"), ("x", "B cannot be read")):
        with pytest.raises(FileError, match=said) as caught:
            cells.read(Row(2, {"A": "", "B": text, "C": ""}), 3)
        assert (2, "B") == (caught.value.line, caught.value.column)


@pytest.mark.parametrize(
    ("given", "said"), [((), "no cell tells b"), (("b",), "more than a plain")]
)
def test_cells_that_leave_a_field_open_are_refused(given: tuple[str, ...], said: str) -> None:
    """When they are written down, not when a file is read."""

    @define
    class Told:
        a: str
        b: int
        c: list[str] = Factory(list) if given else field(default="")

    with pytest.raises(TypeError, match=said):
        Cells(Told, [("a", "A", str, "")], given)


def test_a_blank_around_one_cell_changes_no_other() -> None:
    """What means something as it stands is taken so."""
    cells: Cells[dict[str, object]] = Cells(
        dict, [("a", "A", str.strip, ""), ("b", "B", whole, MUST)]
    )
    plain, odd = (cells.read(Row(2, {"A": "'90s", "B": told})) for told in ("2", " 2"))

    assert {"a": "'90s", "b": 2} == plain == odd


def test_kept_rows_are_known_by_their_header() -> None:
    """A record of an API has another shape, or other keys."""
    assert [Row(1, {"n": "A"})] == list(kept_rows([{"n": "A"}], "n") or ())
    assert kept_rows([{"m": "A"}], "n") is None
    assert kept_rows({"n": "A"}, "n") is None
    assert kept_rows([], "n") is None
    assert kept_rows(None, "n") is None
