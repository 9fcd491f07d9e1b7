"""Tracking numbers: which of a field are sent to a mall (R4), and whether one looks mistyped.

The check is a warning and no more: carriers add kinds of numbers without telling anybody.

Yamato, Sagawa and Japan Post close a number with what is left when the digits before are divided
by 7. That does not tell 0 from 7, 1 from 8 or 2 from 9. So of the errors of typing before the last
digit, one wrong digit goes unnoticed in 6 of 90 cases, and so do two different neighbours that
changed places: 1 in 15, or 6.7 %. Errors at the last digit are always noticed. Over a whole number
of 12 digits that makes 11/180 (6.1 %) of the wrong digits and 2/33 (6.1 %) of the exchanges. A
digit too few or too many shows by the length, where a carrier has only one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from mallsync.errors import ConfigError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.words import Carrier, fold, is_blank, require_text
from mallsync.policy.conventions import numbers_of
from mallsync.policy.keys import compact
from mallsync.policy.settings import NumberRule

__all__ = ["Numbers", "blocks", "check", "for_mall", "limited", "split"]

_SEPARATORS = re.compile("[,，、､]")  # as people type


@frozen
class Numbers:
    """The tracking numbers of a field: those that a mall is sent, and those that it is not."""

    sent: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def split(raw: str) -> tuple[str, ...]:
    """Return the numbers of a field that holds several, without the blanks around them.

    Raises:
        ConfigError: It is not text.

    >>> split("1111, 2222、3333")
    ('1111', '2222', '3333')
    """
    parts = _SEPARATORS.split(require_text(raw, "tracking_number"))
    return tuple(part.strip() for part in parts if not is_blank(part))


def limited(raw: str, mall_limits: NumberRule) -> Numbers:
    """Return what is sent of a field under a limit, and what is dropped.

    Args:
        raw: The field as typed. One that holds only separators holds no number.
        mall_limits: The mall's limit, or the caller's own.

    Raises:
        ConfigError: One of them has the wrong type.

    >>> limited("1111, 2222", NumberRule(split=False)).sent
    ('1111, 2222',)
    """
    if not isinstance(mall_limits, NumberRule):
        raise ConfigError(f"mall_limits is {type(mall_limits).__name__}: write NumberRule(most=19)")
    found = split(raw)
    if found and not mall_limits.split:
        found = (raw.strip(),)
    sent = found[: mall_limits.most]
    return Numbers(sent, found[len(sent) :])


def for_mall(mall: str, raw: str) -> Numbers:
    """Return what a mall is sent of a field that may hold several numbers, and what is dropped.

    Raises:
        ConfigError: Nothing is known of that mall, or `raw` is not text.

    >>> for_mall("qoo10", "1111,2222,3333")
    Numbers(sent=('1111',), dropped=('2222', '3333'))
    """
    return limited(raw, numbers_of(mall))


def blocks(carrier: str, numbers: Sequence[str]) -> str:
    r"""Return numbers as text: a block of carrier and number for each, a blank line between.

    >>> blocks("エコ配", ("1111", "2222"))
    'エコ配\n1111\n\nエコ配\n2222'
    """
    if isinstance(numbers, str):
        raise ConfigError('numbers is a tuple of text: write ("000011112222",)')
    head = "" if is_blank(require_text(carrier, "carrier")) else f"{carrier}\n"
    return "\n\n".join(f"{head}{number}" for number in numbers)


def _closes_mod_7(key: str) -> bool:
    return int(key[:-1]) % 7 == int(key[-1])


_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10_CHECKS: Mapping[int, int] = {0: 5, 1: 0}
"""Where 11 less the remainder is no digit of the standard (UPU S10)."""


def _closes_s10(key: str) -> bool:
    *serial, last = (int(digit) for digit in key[2:11])
    left = sum(digit * weight for digit, weight in zip(serial, _S10_WEIGHTS, strict=True)) % 11
    return last == _S10_CHECKS.get(left, 11 - left)


@frozen
class _Shape:
    """One form of a carrier's numbers, and whether the check digit of such a number agrees."""

    name: str
    pattern: re.Pattern[str]
    closes: Callable[[str], bool]


_TWELVE = _Shape("12 digits", re.compile("[0-9]{12}"), _closes_mod_7)
# 11 digits: registered and recorded letters (書留, 特定記録); 12: ゆうパック, レターパック.
_POSTAL = _Shape("11 or 12 digits", re.compile("[0-9]{11,12}"), _closes_mod_7)
_S10 = _Shape("2 letters, 9 digits, 2 letters", re.compile("[a-z]{2}[0-9]{9}[a-z]{2}"), _closes_s10)

_SHAPES: Mapping[str, tuple[_Shape, ...]] = {
    Carrier.YAMATO: (_TWELVE,),
    Carrier.SAGAWA: (_TWELVE,),
    Carrier.JAPAN_POST: (_POSTAL, _S10),
    Carrier.YU_PACK: (_POSTAL, _S10),
}
"""The forms of a carrier's numbers; of a carrier that is not here nothing is known."""


def check(number: str, carrier: str) -> tuple[Reason, ...]:
    """Return the warning that a number does not look like one of its carrier, if it does not.

    Hyphens, spaces and the width of the signs do not matter. A blank number, or a carrier of
    which nothing is known, has no warning. The module says which errors cannot be seen.

    Args:
        number: One number, as typed.
        carrier: The host's name of the carrier.

    Raises:
        ConfigError: One of them is not text.

    >>> check("1234-5678-9013", "ヤマト運輸")
    ()
    >>> check("1234-5678-9031", "ヤマト運輸")[0].detail
    'ヤマト運輸: check digit'
    >>> check("1234-5678-901", "ヤマト運輸")[0].detail
    'ヤマト運輸: 12 digits'
    """
    name = fold(require_text(carrier, "carrier"))
    shapes = _SHAPES.get(name, ())
    if is_blank(require_text(number, "number")) or not shapes:
        return ()
    key = compact(number).replace("-", "")
    fitting = [shape for shape in shapes if shape.pattern.fullmatch(key)]
    if any(shape.closes(key) for shape in fitting):
        return ()
    wanted = "check digit" if fitting else " or ".join(shape.name for shape in shapes)
    return (Reason(ReasonCode.TRACKING_SUSPECT, f"{name}: {wanted}"),)
