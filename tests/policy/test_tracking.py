"""Which tracking numbers a mall is sent, and which errors of typing can be seen."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mallsync.errors import ConfigError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.words import Carrier, is_blank
from mallsync.policy import tracking
from mallsync.policy.conventions import NUMBERS
from mallsync.policy.settings import NumberRule
from mallsync.policy.tracking import Numbers, blocks, check, for_mall, limited, split

DIGITS = "0123456789"
PAIRS = list(permutations(DIGITS, 2))
MOD_7 = [Carrier.YAMATO, Carrier.SAGAWA, Carrier.JAPAN_POST, Carrier.YU_PACK]
POSTAL = [Carrier.JAPAN_POST, Carrier.YU_PACK]

fields = st.text(alphabet=st.sampled_from("123,，、､ 　\t-"), max_size=40)
serials = st.from_regex(r"[0-9]{11}", fullmatch=True)


def closed(serial: str) -> str:
    """Return a number with its check digit, by the definition."""
    return f"{serial}{int(serial) % 7}"


# ------------------------------------------------------------------------------- what is sent


@pytest.mark.parametrize(
    ("mall", "sent", "dropped"),
    [
        ("rakuten", ("1111", "2222", "3333"), ()),
        ("mercari_shops", ("1111", "2222", "3333"), ()),
        ("qoo10", ("1111",), ("2222", "3333")),
        ("rakuma", ("1111, 2222,3333",), ()),
        ("yahoo_shopping", ("1111",), ("2222", "3333")),
        ("amazon", ("1111",), ("2222", "3333")),
        ("au_pay_market", ("1111",), ("2222", "3333")),
        ("shopify", ("1111, 2222,3333",), ()),
    ],
)
def test_a_mall_is_sent_as_many_numbers_as_it_takes(
    mall: str, sent: tuple[str, ...], dropped: tuple[str, ...]
) -> None:
    """The first only, the first nineteen, all, or the field as entered."""
    assert Numbers(sent, dropped) == for_mall(mall, " 1111, 2222,3333　")


def test_rakuten_takes_nineteen_parcels() -> None:
    """The twentieth is named before anything is sent."""
    numbers = for_mall("rakuten", ",".join(str(number) for number in range(1, 22)))

    assert (19, ("20", "21")) == (len(numbers.sent), numbers.dropped)


@given(st.sampled_from(sorted(NUMBERS)), fields)
def test_no_number_is_lost_and_none_is_made_up(mall: str, raw: str) -> None:
    """What is sent and what is dropped are the numbers of the field, in its order."""
    numbers = for_mall(mall, raw)

    assert split(raw) == tuple(
        one for text in (*numbers.sent, *numbers.dropped) for one in split(text)
    )
    assert len(numbers.sent) <= (NUMBERS[mall].most or len(numbers.sent))


@given(fields)
def test_numbers_are_parted_by_any_comma_and_have_no_blanks_around(raw: str) -> None:
    """As people type: half-width, full-width, or the Japanese one of either width."""
    plain = raw.replace("，", ",").replace("、", ",").replace("､", ",")

    assert split(raw) == tuple(one.strip() for one in plain.split(",") if one.strip())


@given(
    st.text(alphabet=st.sampled_from(",，、､ 　\t"), max_size=6), st.sampled_from(sorted(NUMBERS))
)
def test_a_field_of_blanks_and_commas_holds_no_number(raw: str, mall: str) -> None:
    """As entered, too: there is nothing to send."""
    assert Numbers() == for_mall(mall, raw)


def test_a_field_can_be_limited_otherwise() -> None:
    """By the caller's own rule, whatever the mall."""
    assert Numbers(("1", "2"), ("3",)) == limited("1,2,3", NumberRule(most=2))


def test_an_unknown_mall_is_refused_with_the_known_ones() -> None:
    """A typing error in a mall's name must not send every number."""
    with pytest.raises(ConfigError, match=r"no convention for mall 'rakutn': write one of rakuten"):
        for_mall("rakutn", "1")


@pytest.mark.parametrize("most", [0, -1, True, "3", 1.5])
def test_a_limit_is_a_whole_number_above_zero(most: Any) -> None:
    """Else numbers would be dropped from the wrong end."""
    with pytest.raises(ConfigError, match=r"^most is .*: write how many, such as 19, or None"):
        NumberRule(most=most)


@pytest.mark.parametrize("call", [split, lambda raw: for_mall("rakuten", raw)])
def test_a_number_that_is_not_text_is_refused(call: Any) -> None:
    """It has lost its leading zeros."""
    with pytest.raises(ConfigError, match=r"^tracking_number is int: write text"):
        call(12345678901)


def test_a_limit_of_another_type_is_refused_with_an_example() -> None:
    """Where a number was meant."""
    wrong: Any = 19

    with pytest.raises(ConfigError, match=r"^mall_limits is int: write NumberRule\(most=19\)"):
        limited("1", wrong)


# ------------------------------------------------------------------------------ text of blocks


def test_each_number_has_a_block_with_its_carrier() -> None:
    """A blank line stands between; the carrier of one number has no other near it."""
    assert "ヤマト運輸\n1111\n\nヤマト運輸\n2222" == blocks("ヤマト運輸", ("1111", "2222"))


@given(
    st.text(st.characters(exclude_characters="\n")),
    st.lists(st.text(alphabet=DIGITS, min_size=1), min_size=1),
)
def test_there_are_as_many_blocks_as_numbers(carrier: str, numbers: list[str]) -> None:
    """A carrier that is not filled leaves the numbers alone."""
    head = "" if is_blank(carrier) else f"{carrier}\n"

    assert [head + number for number in numbers] == blocks(carrier, numbers).split("\n\n")


def test_no_number_makes_no_text() -> None:
    """A carrier alone says nothing of a parcel."""
    assert not blocks("ヤマト運輸", ())


def test_one_number_instead_of_several_is_refused() -> None:
    """A text would fall to digits."""
    with pytest.raises(ConfigError, match=r"^numbers is a tuple of text: write \("):
        blocks("ヤマト運輸", "1111")


# ---------------------------------------------------------------------------- what looks wrong


@given(serials, st.sampled_from(MOD_7))
def test_a_number_whose_check_digit_agrees_has_no_warning(serial: str, carrier: str) -> None:
    """The digits before it, divided by 7."""
    assert () == check(closed(serial), carrier)


@given(serials, st.sampled_from(DIGITS), st.sampled_from(MOD_7))
def test_a_wrong_check_digit_is_a_warning(serial: str, last: str, carrier: Carrier) -> None:
    """Every one: the last digit itself is compared, not what it leaves."""
    assume(last != closed(serial)[-1])

    assert (Reason(ReasonCode.TRACKING_SUSPECT, f"{carrier.value}: check digit"),) == check(
        serial + last, carrier
    )


@pytest.mark.parametrize(
    "typed",
    ["1234-5678-9013", "１２３４５６７８９０１３", " 1234 5678　9013 ", "1234ー5678−9013"],
)
def test_hyphens_spaces_and_width_do_not_matter(typed: str) -> None:
    """They are how a label prints it."""
    assert () == check(typed, "ﾔﾏﾄ運輸 ")


@pytest.mark.parametrize(
    ("number", "carrier", "detail"),
    [
        ("12345678901", "ヤマト運輸", "ヤマト運輸: 12 digits"),
        ("1234567890133", "佐川急便", "佐川急便: 12 digits"),
        ("123456789013,123456789013", "佐川急便", "佐川急便: 12 digits"),
        ("O23456789013", "ヤマト運輸", "ヤマト運輸: 12 digits"),
        ("٣23456789013", "ヤマト運輸", "ヤマト運輸: 12 digits"),
        ("EE123456785JP", "ヤマト運輸", "ヤマト運輸: 12 digits"),
        ("1234", "日本郵便", "日本郵便: 11 or 12 digits or 2 letters, 9 digits, 2 letters"),
        (
            "EE12345678JP",
            "ゆうパック",
            "ゆうパック: 11 or 12 digits or 2 letters, 9 digits, 2 letters",
        ),
        ("EE123456784JP", "日本郵便", "日本郵便: check digit"),
    ],
)
def test_a_warning_says_what_a_number_of_the_carrier_is_like(
    number: str, carrier: str, detail: str
) -> None:
    """Never the number itself, and never the digit that would make it pass."""
    assert (Reason(ReasonCode.TRACKING_SUSPECT, detail),) == check(number, carrier)


@given(st.from_regex(r"[0-9]{10}", fullmatch=True), st.sampled_from(POSTAL))
def test_japan_post_has_eleven_digits_on_letters(serial: str, carrier: str) -> None:
    """Registered and recorded ones; the check digit is made the same way."""
    assert () == check(closed(serial), carrier)


@pytest.mark.parametrize(
    ("serial", "digit"), [("12345678", 5), ("47312482", 9), ("00000000", 5), ("00000008", 0)]
)
@pytest.mark.parametrize("carrier", POSTAL)
def test_japan_post_has_s10_numbers_abroad(serial: str, digit: int, carrier: str) -> None:
    """Eleven less the remainder; the two that are no digit are 5 and 0. Letters of any case."""
    right = [one for one in DIGITS if not check(f"EE{serial}{one}JP", carrier)]

    assert (
        [str(digit)] == right == [one for one in DIGITS if not check(f"ee{serial}{one}jp", carrier)]
    )


@pytest.mark.parametrize("carrier", ["", "西濃運輸", "エコ配", "その他", "1001", "ヤマト"])
def test_of_an_unknown_carrier_nothing_is_said(carrier: str) -> None:
    """A warning that is often wrong is soon not read."""
    assert () == check("1234", carrier)


@pytest.mark.parametrize("number", ["", "　", ","])
def test_a_blank_number_is_no_typing_error(number: str) -> None:
    """That one is missing is said elsewhere."""
    assert () == check(number, "ヤマト運輸")


@given(st.text(), st.sampled_from(MOD_7) | st.text())
def test_any_text_can_be_checked(number: str, carrier: str) -> None:
    """A warning at most, never a refusal."""
    assert all(one.code is ReasonCode.TRACKING_SUSPECT for one in check(number, carrier))


@pytest.mark.parametrize(("number", "carrier"), [(123456789013, "ヤマト運輸"), ("1", None)])
def test_what_is_not_text_cannot_be_checked(number: Any, carrier: Any) -> None:
    """It is a mistake in the call."""
    with pytest.raises(ConfigError, match="write text"):
        check(number, carrier)


# ------------------------------------------------------------------- which errors nobody can see


def _put(number: str, place: int, digits: str) -> str:
    return number[:place] + digits + number[place + len(digits) :]


def _is_seen(number: str) -> bool:
    return bool(check(number, Carrier.YAMATO))


SEVEN_APART = {(a, b) for a, b in PAIRS if abs(int(a) - int(b)) == 7}
CLASSES = [closed(f"{left:010}{digit}") for left in range(7) for digit in DIGITS]
"""What the last two digits can be, each as often as among all numbers (but for 1 in 10^9)."""


@given(serials, st.integers(0, 10), st.sampled_from(PAIRS))
def test_a_wrong_digit_is_noticed_unless_it_is_seven_away(
    serial: str, place: int, pair: tuple[str, str]
) -> None:
    """At every place before the last, and whatever stands around: 10 and 7 share no factor."""
    right, wrong = pair
    number = closed(_put(serial, place, right))

    assert (pair not in SEVEN_APART) == _is_seen(_put(number, place, wrong))


@given(serials, st.integers(0, 9), st.sampled_from(PAIRS))
def test_an_exchange_of_neighbours_is_noticed_unless_they_are_seven_apart(
    serial: str, place: int, pair: tuple[str, str]
) -> None:
    """The number changes by nine times their difference, and 9 and 7 share no factor."""
    left, right = pair
    number = closed(_put(serial, place, left + right))

    assert (pair not in SEVEN_APART) == _is_seen(_put(number, place, right + left))


@pytest.mark.parametrize("number", CLASSES)
def test_every_error_at_the_last_digit_is_noticed(number: str) -> None:
    """A wrong check digit, and one that changed places with its neighbour."""
    wrong = {number[:11] + digit for digit in DIGITS} | {_put(number, 10, number[:9:-1])}

    assert all(_is_seen(one) for one in wrong - {number})


def test_the_share_that_goes_unnoticed_is_as_the_module_says() -> None:
    """Of 12 places 11 are before the last, of 11 exchanges 10; neighbours differ in 9 of 10."""
    share = Fraction(len(SEVEN_APART), len(PAIRS))
    alike = Fraction(sum(one[10] == one[11] for one in CLASSES), len(CLASSES))

    assert (Fraction(1, 15), Fraction(1, 10)) == (share, alike)
    assert Fraction(11, 180) == share * Fraction(11, 12)
    assert Fraction(2, 33) == share * Fraction(10, 11)
    for said in ("6 of 90", "1 in 15", "11/180", "2/33"):
        assert said in (tracking.__doc__ or "")


def test_the_share_of_wrong_digits_is_what_the_check_misses() -> None:
    """Counted over numbers that have every digit at every place: 66 of 1080."""
    numbers = [closed(digit * 11) for digit in DIGITS]
    wrong = [
        _put(number, place, digit)
        for number in numbers
        for place in range(12)
        for digit in DIGITS
        if digit != number[place]
    ]

    assert Fraction(11, 180) == Fraction(sum(not _is_seen(one) for one in wrong), len(wrong))
