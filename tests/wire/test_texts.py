"""Text that a mall may not take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.wire.texts import platform_dependent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ABC abc 0-9 !~",
        "ひらがなカタカナ漢字",
        "全角１２３ＡＢＣ",
        "～〜－−∥‖￠￡￢",
        "、。「」ー　",
    ],
)
def test_ordinary_text_is_let_through(text: str) -> None:
    """JIS X 0208 and ASCII, with the pairs that systems map differently."""
    assert "" == platform_dependent(text)


@pytest.mark.parametrize(
    "text", ["①", "㈱", "Ⅲ", "㌔", "髙", "😀", "ｶﾅ", "é", "\n", "\x00", "\x1b"]
)
def test_what_other_machines_cannot_show_is_named(text: str) -> None:
    """機種依存文字, half-width kana, accents and control characters."""
    assert text == platform_dependent(text)


def test_only_the_characters_in_question_are_returned() -> None:
    """In their order, as often as they occur."""
    assert "㈱①①" == platform_dependent("㈱見本①商店①")


@given(st.text())
def test_what_is_left_after_taking_them_out_is_ordinary(text: str) -> None:
    """No character becomes wrong by its neighbours, and none makes the check fail."""
    wrong = platform_dependent(text)

    assert "" == platform_dependent("".join(char for char in text if char not in wrong))
