"""Qoo10's ways to write numbers, moments, names, telephones, addresses and wishes. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from mallsync.wire import moments

__all__ = [
    "FIRST_YEAR",
    "TOO_LARGE",
    "code_of",
    "digits",
    "full_name",
    "moment",
    "optional_moment",
    "phone",
    "place",
    "whole",
    "wish",
]

_WHOLE = re.compile(r"-?[0-9]{1,18}(\.0*)?")
_LONGEST = 18
TOO_LARGE = 10**_LONGEST
"""No number of an order or a cart is as large."""
_CODE = re.compile(r"\(([0-9]{1,2})\)\s*$")
FIRST_YEAR = 2000
"""An earlier one is a placeholder such as 0001-01-01 (§12)."""
_FIRST = "2000"
_NO_NUMBER = "+81"  # Japan's prefix alone
_PREFECTURE = re.compile(r"東京都|北海道|(?:京都|大阪)府|[^\s市区町村郡都道府県]{2,3}県")
_DAY = r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]00:00(?::00)?)?"
_SLOT = r"(\d{1,2}:\d{2})\s*[~〜～-]\s*(\d{1,2}:\d{2})"
_WISH = re.compile(rf"(?:{_DAY})?\s*(?:{_SLOT})?")
_FULL_HOUR = ":00"


def whole(value: float | str) -> int:
    """Return an amount or a quantity as the whole number that it must be.

    Raises:
        ValueError: It has a fraction, or is no number.

    >>> whole(1980.0), whole("1000.0000"), whole(350)
    (1980, 1000, 350)
    """
    if type(value) is int:
        return value
    if isinstance(value, str):
        text = value.strip()
        if not _WHOLE.fullmatch(text):
            raise ValueError("no whole number")
        return int(text.partition(".")[0])
    number = int(value)
    if number != value:
        raise ValueError("no whole number")
    return number


def digits(value: object) -> str:
    """Return an order or cart number as text.

    Raises:
        ValueError: It is none: zero, negative, empty or anything but digits.

    >>> digits(1900000011), digits(" 880000001 ")
    ('1900000011', '880000001')
    """
    if type(value) is int and 0 < value < TOO_LARGE:
        return str(value)
    if isinstance(value, str):
        text = value.strip()
        if text.isdecimal() and text.isascii() and text[0] != "0" and len(text) <= _LONGEST:
            return text
    raise ValueError("no order number")


def code_of(label: str) -> str:
    """Return the code of a status: ``Label(n)`` or a bare digit; another text is kept as it is.

    >>> code_of("On request(2)"), code_of("3"), code_of("On the moon")
    ('2', '3', 'On the moon')
    """
    found = _CODE.search(label)
    return found[1] if found else label.strip()


@lru_cache(maxsize=1024)
def moment(text: str) -> datetime:
    """Return a moment of Qoo10's, which is always Japan's, aware.

    The lines of a cart repeat the same texts, so the last ones are kept.

    Raises:
        ValueError: It is none, or a placeholder of long ago.

    >>> moment("2026-03-02 21:14:05").isoformat(), moment("2026-03-06").isoformat()
    ('2026-03-02T21:14:05+09:00', '2026-03-06T00:00:00+09:00')
    """
    value = moments.moment(text)
    if value.year < FIRST_YEAR:
        raise ValueError("a placeholder")
    return value


@lru_cache(maxsize=1024)
def optional_moment(text: str | None) -> datetime | None:
    """Return a moment, None for null, empty text, blanks and placeholders.

    >>> optional_moment(""), optional_moment("1900-01-01 00:00:00")
    (None, None)
    """
    if not text or text < _FIRST or text.isspace():
        return None
    return moment(text)


def full_name(text: str | None) -> tuple[str, str]:
    """Return family and given name where one blank parts them; else the whole is the first.

    >>> full_name("試験 花子"), full_name("見本商店"), full_name("A B C"), full_name(None)
    (('試験', '花子'), ('見本商店', ''), ('A B C', ''), ('', ''))
    """
    if not text:
        return "", ""
    parts = text.split()
    if len(parts) == 2:  # noqa: PLR2004 -- a family and a given name
        return parts[0], parts[1]
    return text.strip(), ""


def phone(mobile: str | None, telephone: str | None = None) -> str:
    """Return the mobile number, else the other one, as it is dialled in Japan.

    An unfilled number is ``+81--`` or ``+81-`` (§12): what does not end with a digit is none.

    >>> phone("+81--", "+81-90-0000-1111"), phone("+81-"), phone("+81-03-0000-3333")
    ('090-0000-1111', '', '03-0000-3333')
    """
    number = (mobile or "").strip()
    if not number[-1:].isdecimal() or number == _NO_NUMBER:
        number = (telephone or "").strip()
        if not number[-1:].isdecimal() or number == _NO_NUMBER:
            return ""
    if not number.startswith(_NO_NUMBER):
        return number
    rest = number[3:].strip("-")
    return rest if rest[0] == "0" else f"0{rest}"


def place(first: str | None, second: str | None, whole_text: str | None) -> tuple[str, str, str]:
    """Return prefecture, city and street; Addr1 may lack the prefecture, Addr1 and 2 be absent.

    >>> place("架空県見本市例町", "1-2-3 見本荘101", None)
    ('架空県', '見本市例町', '1-2-3 見本荘101')
    >>> place(None, None, "東京都見本区 9-9"), place("見本市", None, "")
    (('東京都', '見本区', '9-9'), ('', '見本市', ''))
    """
    if not first and not second:
        first, _, second = (whole_text or "").strip().partition(" ")
    town = (first or "").strip()
    found = _PREFECTURE.match(town)
    prefecture = found[0] if found else ""
    return prefecture, town[len(prefecture) :].strip(), (second or "").strip()


def wish(text: str) -> tuple[date | None, str]:
    """Return the requested day and slot: a day, a slot, or both with a blank between (§12).

    What has another form is kept as the slot in its own words.

    >>> wish("2026-03-07 14:00~16:00"), wish("2026-03-07 ")
    ((datetime.date(2026, 3, 7), '14-16'), (datetime.date(2026, 3, 7), ''))
    >>> wish("18:30~20:00"), wish("午前中")
    ((None, '18:30-20:00'), (None, '午前中'))
    """
    told = text.strip()
    if not told:
        return None, ""
    found = _WISH.fullmatch(told)
    if found is None:
        return None, told
    year, month, day, start, end = found.groups()
    try:
        wished = date(int(year), int(month), int(day)) if year else None
    except ValueError:
        return None, told
    if wished is not None and wished.year < FIRST_YEAR:
        wished = None
    return wished, _slot(start, end) if start else ""


def _slot(start: str, end: str) -> str:
    if start.endswith(_FULL_HOUR) and end.endswith(_FULL_HOUR):
        start, end = start[:-3], end[:-3]
        return f"{start:0>2}-{end:0>2}"
    return f"{start:0>5}-{end:0>5}"
