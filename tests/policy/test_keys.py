"""Comparison keys make the same of what people type in several ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.policy.keys import compact, digits


@pytest.mark.parametrize("hyphen", list("-‐‑‒–—―−－﹣⁃─━ーｰ"))
def test_every_hyphen_that_people_type_is_one(hyphen: str) -> None:
    """Keyboards, fonts and spreadsheets each have their own."""
    assert "1-2-3" == compact(f"1{hyphen}２{hyphen}3")


def test_spaces_width_and_case_do_not_matter() -> None:
    """They are how a mall prints a line, and not what stands in it."""
    assert compact("sunハイツ203") == compact("　Ｓｕｎ ﾊｲﾂ\t２０３ ")


@given(st.text())
def test_a_compact_text_has_no_space(text: str) -> None:
    """Whatever it was made of."""
    assert "".join(compact(text).split()) == compact(text)


@given(st.from_regex(r"[0-9]{0,12}", fullmatch=True), st.sampled_from("- ()ー　〒+"))
def test_digits_are_found_between_whatever_parts_them(number: str, sign: str) -> None:
    """Full-width ones too."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")

    assert number == digits(sign.join(number)) == digits(number.translate(wide))


def test_digits_of_other_scripts_are_none() -> None:
    """No mall and no carrier uses them."""
    assert not digits("٣४")
