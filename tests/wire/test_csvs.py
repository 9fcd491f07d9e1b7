"""CSV files of malls: encodings, headers, rows, and each mistake in its place (R10)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.errors import FileError
from mallsync.wire.csvs import Layout, decode, table

LAYOUT = Layout(name="made-up file", required=("order_id", "name"), optional=("note",))


def refused(text: str) -> FileError:
    """Return why a file is refused, when all its rows are asked for."""
    with pytest.raises(FileError) as caught:
        list(table(text, LAYOUT, path="made-up.csv").rows)
    assert "made-up.csv" == caught.value.path
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_a_file_is_read_in_its_encoding(encoding: str) -> None:
    """By its mark, as UTF-8, or as Windows writes it."""
    text = "注文番号,氏名\r\nA,髙見本①～\r\n"

    assert text == decode(text.encode(encoding))


def test_an_explicit_encoding_wins() -> None:
    """Even where another would fit."""
    assert "ﾃｽﾄ" == decode("ﾃｽﾄ".encode("euc_jp"), encoding="euc_jp")
    assert "Ã©" == decode("é".encode(), encoding="latin-1")


def test_a_file_that_no_encoding_fits_is_refused_with_its_line() -> None:
    """The first that cannot be read."""
    with pytest.raises(FileError, match="save the file as UTF-8") as caught:
        decode(b"a\nb\n\x81\x20\n", path="x.csv")
    assert ("x.csv", 3) == (caught.value.path, caught.value.line)
    with pytest.raises(FileError, match="neither utf-8 can") as caught:
        decode("見本".encode("cp932"), encoding="utf-8")
    assert 1 == caught.value.line


def test_an_encoding_that_python_does_not_know_is_refused() -> None:
    """With what to write instead."""
    with pytest.raises(FileError, match='write "utf-8"'):
        decode(b"a", encoding="klingon")


def test_rows_come_by_header_in_any_order() -> None:
    """Blanks around headers do not count, empty lines are none, quoted line feeds are text."""
    found = table('name, order_id ,more\r\n"見本\r\n一",A,1\r\n\r\n,B,\r\n', LAYOUT)
    rows = list(found.rows)

    assert (("name", "order_id", "more"), ("more",)) == (found.headers, found.extra)
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
    """A truncated file."""
    error = refused('order_id,name\r\nA,B\r\nA,"B\r\n')

    assert ("no CSV" in str(error), 3) == (True, error.line)


@given(st.binary(max_size=60))
def test_any_bytes_are_rows_or_a_refusal(data: bytes) -> None:
    """Nothing else is raised."""
    with suppress(FileError):
        list(table(decode(data), LAYOUT).rows)
