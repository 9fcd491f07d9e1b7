"""What a file cannot hold is named before it is written; what a spreadsheet runs is marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.errors import ConfigError, FileError
from mallsync.files import for_spreadsheet, unwritable, write_csv
from mallsync.files.writing import write_bytes, write_text


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("𠮷", "吉"),
        ("鷗", "鴎"),
        ("—", "―"),
        ("–", "-"),
        ("¥", "￥"),
        ("‾", "￣"),
        ("é", "e"),
        ("⅓", "1⁄3"),
        ("🍎", ""),
        ("\U000e0100", ""),
    ],
)
def test_a_character_that_cp932_lacks_is_named_with_what_to_write(text: str, instead: str) -> None:
    """Or that it is to be left out."""
    (found,) = unwritable(f"見本{text}")
    fitting = instead if not list(unwritable(instead)) else ""

    assert (2, text, fitting) == (found.place, found.character, found.instead)
    assert f"U+{ord(text):04X}: " in str(found)


@given(st.text())
def test_what_is_proposed_can_be_written(text: str) -> None:
    """And a text with nothing to name can be, as a whole."""
    found = list(unwritable(text))
    for one in found:
        one.instead.encode("cp932")
    if not found:
        text.encode("cp932")


def test_two_pairs_look_alike_and_come_back_as_one() -> None:
    """〜 and ～, − and －: written as the same bytes, read back as the second (full-width) form."""
    assert [] == list(unwritable("〜～−－"))
    assert "〜".encode("cp932") == "～".encode("cp932")
    assert "～～－－" == "〜～−－".encode("cp932").decode("cp932")


def test_nothing_is_written_if_a_cell_cannot_be(tmp_path: Path) -> None:
    """Each place is named, and the file that was there stays."""
    path = tmp_path / "out.csv"
    path.write_text("before", encoding="utf-8")
    rows = [["A-1", "見本"], ["A-2", "𠮷野 🍎"]]
    with pytest.raises(FileError, match="nothing was written: line 3, 氏名: U") as caught:
        write_csv(path, ["番号", "氏名"], rows, encoding="cp932")

    assert ("3", "氏名") == (str(caught.value.line), caught.value.column)
    assert "U+20BB7: write 吉; line 3, 氏名: U+1F34E: leave it out" in str(caught.value)
    assert "before" == path.read_text(encoding="utf-8")
    assert [path] == list(tmp_path.iterdir())


def test_a_file_is_written_with_crlf_and_quotes_where_needed(tmp_path: Path) -> None:
    """In the encoding that was asked for; how many rows it has is returned."""
    path = tmp_path / "out.csv"
    count = write_csv(path, ["番号", "備考"], [["A-1", 'x,"y"\nz']], encoding="cp932")

    assert 1 == count
    assert '番号,備考\r\nA-1,"x,""y""\nz"\r\n'.encode("cp932") == path.read_bytes()


def test_only_a_file_for_a_spreadsheet_has_its_formulas_marked(tmp_path: Path) -> None:
    """A mall would read the mark as a part of the value."""
    rows = [["=1+1", "-5", "+81-90-0000-0000", "@x", "\tx", "\rx", "見本"]]
    for_people, for_malls = tmp_path / "people.csv", tmp_path / "malls.csv"
    headers = list("abcdefg")
    write_csv(for_people, headers, rows, spreadsheet=True)
    write_csv(for_malls, headers, rows)

    assert "'=1+1,'-5,'+81-90-0000-0000,'@x" in for_people.read_text(encoding="utf-8-sig")
    assert "=1+1,-5,+81-90-0000-0000,@x" in for_malls.read_text(encoding="utf-8-sig")
    assert "'=" == for_spreadsheet("=")


@pytest.mark.parametrize("row", [["1"], ["1", "2", "3"], ["1", None], ["1", 2]])
def test_rows_of_another_shape_are_refused(tmp_path: Path, row: list[str]) -> None:
    """Before there is a file; so is an encoding that there is not."""
    path = tmp_path / "out.csv"
    with pytest.raises(ConfigError, match="row 2: write 2 cells of text"):
        write_csv(path, ["a", "b"], [["1", "2"], row])
    with pytest.raises(ConfigError, match="no encoding 'utf-0': write \"utf-8\""):
        write_csv(path, ["a"], [["1"]], encoding="utf-0")

    assert not path.exists()


def test_a_text_that_cannot_be_written_is_named_by_its_line(tmp_path: Path) -> None:
    """And a place where nothing can be written is told; no part of a file stays."""
    path = tmp_path / "out.txt"
    with pytest.raises(FileError, match=r"cp932 cannot hold it: U\+1F34E") as caught:
        write_text(path, "a\r\nb🍎\r\n", encoding="cp932")

    assert 2 == caught.value.line
    with pytest.raises(FileError, match="cannot be written"):
        write_bytes(tmp_path / "none" / "out.txt", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match="this is a folder: name a file in it"):
        write_bytes(tmp_path / "folder", b"x")
    assert [tmp_path / "folder"] == list(tmp_path.iterdir())
