"""Code tables with names."""

from __future__ import annotations

from mallsync.wire.tables import NameTable

CARRIERS = NameTable({"1001": ("ヤマト運輸", "クロネコヤマト"), "1002": ("佐川急便",), "1000": ()})


def test_a_code_is_found_by_each_of_its_names() -> None:
    """Compared after folding: half-width letters and blanks around make no difference."""
    names = ("ヤマト運輸", "クロネコヤマト", "ﾔﾏﾄ運輸", "　ヤマト運輸 ", "1001", "１００１")

    assert ["1001"] * 6 == [CARRIERS.code_of(name) for name in names]


def test_a_name_that_nobody_knows_has_no_code() -> None:
    """Nothing is guessed."""
    assert [None, None] == [CARRIERS.code_of(name) for name in ("ヤマト", "")]


def test_a_code_has_the_malls_own_name() -> None:
    """The first of the row; a code without a name or without a row has none."""
    assert ["ヤマト運輸", None, None] == [CARRIERS.name_of(code) for code in ("1001", "1000", "9")]


def test_the_choices_are_the_malls_own_names() -> None:
    """As a message lists them."""
    assert "A, B" == NameTable({"1": ("A", "a"), "2": ("B",)}).choices()


def test_tables_with_the_same_names_are_equal() -> None:
    """The index is no part of what a table is."""
    assert NameTable({"1": ("A",)}) == NameTable({"1": ("A",)})
    assert "_codes" not in repr(CARRIERS)
