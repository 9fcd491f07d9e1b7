"""Strict checks of what a client sends; stricter than the mall, which ignores unknown keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from attrs import frozen

from mallsync.sandbox.world import JST, JsonObject

__all__ = [
    "BAD",
    "EMPTY",
    "MISSING",
    "Check",
    "Key",
    "Problem",
    "as_list",
    "as_object",
    "day",
    "integer",
    "list_of",
    "moment",
    "numbers",
    "object_of",
    "one_of",
    "plain",
    "text",
]

MISSING, EMPTY, BAD = "ERROR_009", "ERROR_010", "ERROR_011"  # wire facts §1.7

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0900", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TWINS = frozenset("～－∥￠￡￢—")  # how Windows writes characters that Shift_JIS has


@frozen
class Problem:
    """Say what is wrong where; `code` is what follows the operation's prefix."""

    place: str
    code: str
    why: str


Check = Callable[[object, str], list[Problem]]


@frozen
class Key:
    """Say what a key must hold, and whether it must be there."""

    check: Check
    required: bool = False


def object_of(keys: Mapping[str, Key]) -> Check:
    """Return a check for an object with these keys and no others."""

    def check(value: object, place: str) -> list[Problem]:
        if not isinstance(value, dict):
            return [Problem(place, BAD, "not an object")]
        found = [
            Problem(f"{place}.{name}", BAD, "unknown key") for name in value if name not in keys
        ]
        for name, key in keys.items():
            found += _of_key(key, value.get(name), f"{place}.{name}")
        return found

    return check


def _of_key(key: Key, value: object, place: str) -> list[Problem]:
    # a null key counts as left out (wire facts §1.1)
    if value is None:
        return [Problem(place, MISSING, "missing")] if key.required else []
    return key.check(value, place)


def list_of(check: Check, most: int | None = None, *, unique: bool = False) -> Check:
    """Return a check for a list that holds something."""

    def check_all(value: object, place: str) -> list[Problem]:
        if not isinstance(value, list):
            return [Problem(place, BAD, "not a list")]
        if not value:
            return [Problem(place, EMPTY, "empty")]
        if most is not None and len(value) > most:
            return [Problem(place, BAD, f"more than {most}")]
        if unique and len({str(one) for one in value}) < len(value):
            return [Problem(place, BAD, "named twice")]
        return [one for at, item in enumerate(value) for one in check(item, f"{place}[{at}]")]

    return check_all


def text(most: int, least: int = 1) -> Check:
    """Return a check for a text of so many characters."""

    def check(value: object, place: str) -> list[Problem]:
        if not isinstance(value, str):
            return [Problem(place, BAD, "not a text")]
        if len(value) < least:
            return [Problem(place, EMPTY, "empty")]
        return [Problem(place, BAD, f"longer than {most}")] if len(value) > most else []

    return check


def plain(most: int, *, lines: bool = False) -> Check:
    """Return a check for a text, possibly empty, without platform-dependent characters."""

    def check(value: object, place: str) -> list[Problem]:
        found = text(most, least=0)(value, place)
        if not found and not all(_is_plain(one, lines=lines) for one in str(value)):
            found = [Problem(place, BAD, "platform-dependent character")]
        return found

    return check


def _is_plain(character: str, *, lines: bool) -> bool:
    if character in _TWINS:
        return True
    if character < " ":
        return lines and character in "\r\n\t"
    if "｡" <= character <= "ﾟ":  # half-width kana
        return False
    try:
        character.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True


def integer(least: int = 0, most: int = 9_999_999_999) -> Check:
    """Return a check for a whole number; neither true nor "1" is one."""

    def check(value: object, place: str) -> list[Problem]:
        if type(value) is not int or not least <= value <= most:
            return [Problem(place, BAD, f"not a number from {least} to {most}")]
        return []

    return check


def one_of(*allowed: int | str) -> Check:
    """Return a check for one of these values, of just this type."""

    def check(value: object, place: str) -> list[Problem]:
        if value == "":
            return [Problem(place, EMPTY, "empty")]
        if any(value == one and type(value) is type(one) for one in allowed):
            return []
        return [Problem(place, BAD, "not one of the values")]

    return check


def moment(value: object, place: str) -> list[Problem]:
    """Check `YYYY-MM-DDTHH:MM:SS+0900`, the only form that is taken (wire facts §2.1)."""
    if value == "":
        return [Problem(place, EMPTY, "empty")]
    if not isinstance(value, str) or not _MOMENT.fullmatch(value) or seconds(value) is None:
        return [Problem(place, BAD, "not YYYY-MM-DDTHH:MM:SS+0900")]
    return []


def seconds(value: object) -> int | None:
    """Return a moment, as the mall writes it, in seconds since 1970; None if there is none."""
    try:
        read = datetime.strptime(str(value)[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=JST)
    except ValueError:
        return None
    return int(read.timestamp())


def day(*, or_empty: bool = False) -> Check:
    """Return a check for `YYYY-MM-DD`."""

    def check(value: object, place: str) -> list[Problem]:
        if value == "":
            return [] if or_empty else [Problem(place, EMPTY, "empty")]
        if not isinstance(value, str) or not _DAY.fullmatch(value) or not _is_day(value):
            return [Problem(place, BAD, "not YYYY-MM-DD")]
        return []

    return check


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def numbers(most: int = 100) -> Key:
    """Return the key for a list of order numbers."""
    return Key(list_of(text(60), most, unique=True), required=True)


def as_object(value: object) -> JsonObject:
    """Return a value that a check has found to be an object."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """Return a value that a check has found to be a list."""
    return value if isinstance(value, list) else []
