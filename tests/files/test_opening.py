"""From a file to text: its encoding is found out, and what is no CSV is named with its place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from mallsync.errors import FileError
from mallsync.files.opening import Text, opened, worked_through

TEXT = "注文番号,氏名\r\n見本-1,見本 花子\r\n"


def lines_of(text: Text) -> list[str]:
    """Return all lines."""
    with text.lines() as lines:
        return list(lines)


def file(tmp_path: Path, data: bytes) -> Path:
    """Write a file and return it."""
    path = tmp_path / "orders.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp932", "cp932"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encoding_is_found_out(tmp_path: Path, written: str, found: str) -> None:
    """By its mark, as UTF-8, or as cp932; line ends stay as they are."""
    text = opened(file(tmp_path, TEXT.encode(written)))

    assert found == text.encoding
    assert TEXT == "".join(lines_of(text))


def test_a_given_encoding_wins(tmp_path: Path) -> None:
    """Even where another would fit, too."""
    path = file(tmp_path, "é".encode("latin-1") * 2 + b"\n")

    assert ["éé\n"] == lines_of(opened(path, encoding="latin-1"))


@pytest.mark.parametrize(("written", "given"), [("utf-8-sig", "UTF8"), ("utf-16", "utf-16-le")])
def test_a_mark_is_no_part_of_a_file_whose_encoding_is_given(
    tmp_path: Path, written: str, given: str
) -> None:
    """Nobody sees it, and the first header would not be found."""
    path = file(tmp_path, TEXT.encode(written))

    assert TEXT == "".join(lines_of(opened(path, encoding=given)))


def test_what_only_windows_writes_is_read(tmp_path: Path) -> None:
    """As cp932, which shift_jis lacks."""
    assert ["髙﨑①㈱"] == lines_of(opened(file(tmp_path, "髙﨑①㈱".encode("cp932"))))


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        pytest.param("あ,い\n".encode() + "う,え".encode("cp932"), 2, 1, id="cp932 behind UTF-8"),
        pytest.param("あ,い\nう,".encode("cp932") + b"\x81\x20,x\n", 2, 2, id="broken cp932"),
        pytest.param("あ,い\nう,え".encode()[:-1], 2, 2, id="cut within a character"),
        pytest.param(b'"a\nb",' + b"\xff\xff", 2, 2, id="neither, behind a line feed in quotes"),
    ],
)
def test_a_file_that_fits_no_encoding_is_refused_with_the_place(
    tmp_path: Path, data: bytes, line: int, column: int
) -> None:
    """Of the encoding that fits the longest."""
    with pytest.raises(FileError, match="neither utf-8 nor cp932 can be read here") as caught:
        opened(file(tmp_path, data))

    assert (line, column) == (caught.value.line, caught.value.column)
    assert "orders.csv" in str(caught.value.path)


@pytest.mark.parametrize("end", ["架".encode()[:1], b"\xff"])
def test_a_file_that_breaks_off_is_not_taken_for_one_of_another_mall(
    tmp_path: Path, end: bytes
) -> None:
    """Its headers look like others in the encoding that was tried last."""
    path = file(tmp_path, "番号,x\r\n".encode() + b"A,1\r\n" * 20_000 + b"A," + end)

    def work(lines: Iterable[str]) -> int:
        rest = iter(lines)
        if "番号" not in next(rest):
            raise FileError("this is no order file: it lacks 番号")
        return sum(1 for _ in rest)

    with pytest.raises(FileError, match="neither utf-8 nor cp932") as caught:
        worked_through(path, work)
    assert 20_002 == caught.value.line


def test_what_the_work_says_of_a_file_that_fits_is_told(tmp_path: Path) -> None:
    """In the first encoding that fits, which may be the second."""
    path = file(tmp_path, "番号,x\r\n".encode("cp932"))

    def work(lines: Iterable[str]) -> None:
        raise FileError(f"it lacks 注文: {next(iter(lines))[:2]}")

    with pytest.raises(FileError, match="it lacks 注文: 番号"):
        worked_through(path, work)


def test_a_file_with_a_mark_that_is_cut_is_refused(tmp_path: Path) -> None:
    """In the encoding of its mark alone."""
    with pytest.raises(FileError, match="no utf-16 can be read here"):
        opened(file(tmp_path, TEXT.encode("utf-16")[:-1]))


def test_the_place_is_found_in_a_long_file(tmp_path: Path) -> None:
    """A character may lie across two of the pieces that are read."""
    rows = ("見" * 349_525 + "本" * 10 + ",x\n").encode()
    path = file(tmp_path, rows * 3 + b"a,\xff")
    with pytest.raises(FileError) as caught:
        opened(path)

    assert (4, 2) == (caught.value.line, caught.value.column)
    assert "utf-8" == opened(file(tmp_path, rows * 3)).encoding


def test_a_given_encoding_that_does_not_fit_is_named(tmp_path: Path) -> None:
    """And one that there is none of."""
    path = file(tmp_path, TEXT.encode())
    with pytest.raises(FileError, match="no ascii can be read here"):
        opened(path, encoding="ascii")
    for name in ("utf-0", "hex", "rot13", "idna", "\0"):
        with pytest.raises(FileError, match=r'no encoding .*: write "utf-8" or "cp932"'):
            opened(path, encoding=name)


def test_an_encoding_may_be_spelt_in_any_way(tmp_path: Path) -> None:
    """UTF-16 has NUL bytes by whatever name."""
    assert "utf-16" == opened(file(tmp_path, TEXT.encode("utf-16")), encoding="UTF16").encoding


def test_a_place_is_told_in_a_file_that_has_no_cells(tmp_path: Path) -> None:
    """One with line ends of another kind, or with a line longer than any cell may be."""
    for data in (b"a,b\rc,d\r\xff", b"x" * 200_000 + b"\xff"):
        with pytest.raises(FileError, match="neither utf-8 nor cp932") as caught:
            opened(file(tmp_path, data))

        assert (1, 1) == (caught.value.line, caught.value.column)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04....", "Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"<!DOCTYPE html><html>", "login that had ended"),
        (b"a,b\nc,\x00d\n", "NUL bytes"),
    ],
)
def test_what_is_no_csv_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    """With what to do."""
    with pytest.raises(FileError, match=said) as caught:
        opened(file(tmp_path, data))

    assert caught.value.line is not None


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A folder, too."""
    with pytest.raises(FileError, match="cannot be read"):
        opened(tmp_path / "none.csv")
    with pytest.raises(FileError, match="cannot be read"):
        opened(tmp_path)
