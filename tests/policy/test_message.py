"""The message of a notice: two tokens, one pass, and nothing else is touched (R4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.errors import ConfigError
from mallsync.model.words import is_blank
from mallsync.policy.message import CARRIER, TRACKING_NUMBER, missing, render

TOKENS = (TRACKING_NUMBER, CARRIER)
texts = st.text(alphabet=st.sampled_from("伝票番号配送業者[]［］a{}\\1 \n") | st.characters())
plain = texts.filter(lambda text: not any(token in text for token in TOKENS))
blanks = st.sampled_from(["", " ", "　", "\t\n", ",", " ， "])
filled = texts.filter(lambda text: not is_blank(text))
pieces = st.lists(st.sampled_from(TOKENS) | st.just("、") | st.just("お届け"))


def test_both_tokens_are_replaced_wherever_they_stand() -> None:
    """All occurrences, next to each other too."""
    template = "[配送業者][伝票番号]: [伝票番号] ([配送業者])"

    assert "エコ配1111: 1111 (エコ配)" == render(template, tracking_number="1111", carrier="エコ配")


def test_a_value_is_inserted_as_entered() -> None:
    """Stored and printed text is never changed, and several numbers stay one text."""
    assert "1111，２２２２ " == render("[伝票番号]", tracking_number="1111，２２２２ ")


@pytest.mark.parametrize(
    "template",
    ["［伝票番号］", "[ 伝票番号 ]", "[送り状番号]", "[伝票番号", "伝票番号]", "[[]]", "{0}"],
)
def test_other_brackets_stay(template: str) -> None:
    """Tokens are the exact half-width ones."""
    assert template == render(template, tracking_number="1111", carrier="エコ配")
    assert () == missing(template)


def test_a_token_within_brackets_is_still_a_token() -> None:
    """The outer ones stay."""
    assert "[1111]" == render("[[伝票番号]]", tracking_number="1111")


@given(plain, texts, texts)
def test_text_without_tokens_renders_to_itself(text: str, number: str, carrier: str) -> None:
    """Whatever the values are."""
    assert text == render(text, tracking_number=number, carrier=carrier)
    assert () == missing(text, tracking_number=number, carrier=carrier)


@given(st.sampled_from(TOKENS), texts)
def test_inserted_text_is_not_scanned_again(token: str, text: str) -> None:
    """A carrier by the name of a token, a backslash or a brace inserts just that."""
    value = f"{token}{text}\\1{{0}}"

    assert f"({value})" == render("([配送業者])", tracking_number="1111", carrier=value)
    assert f"({value})" == render("([伝票番号])", tracking_number=value, carrier="エコ配")


@given(pieces, filled, filled)
def test_a_message_is_made_piece_by_piece(parts: list[str], number: str, carrier: str) -> None:
    """What stands between two tokens does not depend on them."""
    values = {TRACKING_NUMBER: number, CARRIER: carrier}
    expected = "".join(values.get(part, part) for part in parts)

    assert expected == render("".join(parts), tracking_number=number, carrier=carrier)


@given(pieces, blanks, blanks | filled)
def test_a_missing_value_inserts_nothing_and_is_named(
    parts: list[str], number: str, carrier: str
) -> None:
    """A field of spaces or of a lone comma is not filled either."""
    template = "".join(parts)
    named = missing(template, tracking_number=number, carrier=carrier)
    without = template.replace(TRACKING_NUMBER, "")

    assert render(template, carrier=carrier, tracking_number=number) == render(
        without, carrier=carrier
    )
    assert (TRACKING_NUMBER in named) == (TRACKING_NUMBER in template)


def test_missing_values_are_named_once_each_as_they_come() -> None:
    """In the order in which a person reads the message."""
    assert ("[配送業者]", "[伝票番号]") == missing("[配送業者] [伝票番号] [配送業者]")
    assert ("[伝票番号]",) == missing("[配送業者] [伝票番号]", carrier="エコ配")
    assert () == missing("[配送業者] [伝票番号]", carrier="エコ配", tracking_number="1")


@pytest.mark.parametrize("call", [render, missing])
@pytest.mark.parametrize("template", [None, 7, b"[x]", ["[x]"]])
def test_a_template_that_is_not_text_is_refused_with_an_example(call: Any, template: Any) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigError, match=r'^template is \w+: write text, such as "\[配送業者\]'):
        call(template)


@pytest.mark.parametrize("call", [render, missing])
@pytest.mark.parametrize("name", ["tracking_number", "carrier"])
def test_a_value_that_is_not_text_is_refused_by_its_name(call: Any, name: str) -> None:
    """A number read from a spreadsheet has lost its leading zeros."""
    with pytest.raises(ConfigError, match=f"^{name} is int"):
        call("", **{name: 1111})
