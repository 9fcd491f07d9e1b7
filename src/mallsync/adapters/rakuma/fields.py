"""Reading the mall's records field by field: strictly, and with a memory of what was found where.

A wire maps a record by asking for its fields, so that the same lines that read orders also prove
the wire against recorded samples (`mallsync.testing.rakuma`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import partial
from typing import TypeVar

from attrs import define, field, frozen

from mallsync.errors import Problem
from mallsync.model.period import JST

__all__ = ["Fields", "FieldsError", "Found"]

T = TypeVar("T")

_NEVER = datetime(1970, 1, 1, tzinfo=JST)
_DAY_LENGTH = 10


class FieldsError(ValueError):
    """A record has not what a wire wants of it; `problems` name the places."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} places cannot be read")
        self.problems = problems


@frozen
class Found:
    """What came of asking for one field: ``"found"``, ``"missing"``, or what is wrong with it."""

    path: str
    said: str


@define
class Fields:
    """One raw record.

    A path is keys with points between: ``"to.zip"``. A field that is null or absent is the
    default, if one is given; otherwise it is a problem. Problems are collected, so that a record is
    read to its end and names all of them: `Fields.check` raises them.

    >>> fields = Fields({"to": {"zip": "060-0000"}, "amount": 2500, "state": "wait_ship"})
    >>> fields.text("to.zip"), fields.count("amount"), fields.text("to.name", "")
    ('060-0000', 2500, '')
    >>> fields.code("state", {"wait_ship": 1}), fields.code("state", {})
    (1, 'wait_ship')
    """

    raw: object = field(repr=False)
    asked: list[Found] = field(factory=list)
    problems: list[Problem] = field(factory=list)

    def text(self, path: str, default: str | None = None) -> str:
        """Return text."""
        return self._must(path, _text, default, "")

    def count(self, path: str, default: int | None = None) -> int:
        """Return a whole number: a quantity, or yen. Text of digits is taken, too."""
        return self._must(path, _whole, default, 0)

    def optional_count(self, path: str) -> int | None:
        """Return a whole number, None where the record does not tell."""
        return self._may(path, _whole)

    def flag(self, path: str) -> bool | None:
        """Return true or false, None where the record does not tell."""
        return self._may(path, _flag)

    def moment(self, path: str, zone: tzinfo = JST) -> datetime:
        """Return an aware moment of ISO 8601; one without a zone is in `zone`."""
        return self._must(path, partial(_moment, zone=zone), None, _NEVER)

    def optional_moment(self, path: str, zone: tzinfo = JST) -> datetime | None:
        """Return the same, None where the record does not tell."""
        return self._may(path, partial(_moment, zone=zone))

    def epoch(self, path: str) -> datetime:
        """Return a moment that is told in seconds since 1970."""
        return self._must(path, _epoch, None, _NEVER)

    def optional_epoch(self, path: str) -> datetime | None:
        """Return the same, None where the record does not tell, or tells 0."""
        return None if self._at(path) in (0, "0") else self._may(path, _epoch)

    def day(self, path: str) -> date | None:
        """Return a day of ISO 8601, None where the record does not tell."""
        return self._may(path, _day)

    def code(self, path: str, meanings: Mapping[str, T], *, numeric: bool = False) -> T | str:
        """Return what a code means, or the code itself where the wire does not know it.

        Args:
            path: Where it is.
            meanings: By code, as text.
            numeric: Whether the mall writes it as a number.
        """
        told = str(self.count(path)) if numeric else self.text(path)
        if told and told not in meanings:
            self.asked.append(Found(path, f"{told!r} is not mapped"))
        return meanings.get(told, told)

    def has(self, path: str) -> bool:
        """Tell whether there is anything at a path."""
        return self._at(path) is not None

    def check(self) -> None:
        """Raise what has been wrong so far.

        Raises:
            FieldsError: Something has.
        """
        if self.problems:
            raise FieldsError(tuple(self.problems))

    def _must(self, path: str, meaning: Callable[[object], T], default: T | None, instead: T) -> T:
        """Return what must be there unless it has a default; `instead` where it is a problem."""
        found = self._take(path, meaning, is_problem=default is None)
        if found is not None:
            return found
        return instead if default is None else default

    def _may(self, path: str, meaning: Callable[[object], T]) -> T | None:
        return self._take(path, meaning, is_problem=False)

    def _take(self, path: str, meaning: Callable[[object], T], *, is_problem: bool) -> T | None:
        value = self._at(path)
        if value is None:
            self._note(path, "missing", is_problem=is_problem)
            return None
        try:
            found = meaning(value)
        except (ValueError, TypeError, OverflowError, OSError):
            self._note(path, f"a {type(value).__name__} that cannot be read", is_problem=True)
            return None
        self._note(path, "found", is_problem=False)
        return found

    def _note(self, path: str, said: str, *, is_problem: bool) -> None:
        self.asked.append(Found(path, said))
        if is_problem:
            self.problems.append(Problem(place=path, code=said))

    def _at(self, path: str) -> object:
        value = self.raw
        names = path.split(".")
        for at, name in enumerate(names):
            if value is None:
                return None
            if not isinstance(value, dict):
                parent = ".".join(names[:at])
                self._note(parent, f"a {type(value).__name__}, no object", is_problem=True)
                return None
            value = value.get(name)
        return value


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    raise TypeError


def _whole(value: object) -> int:
    if type(value) is int:
        return value
    if isinstance(value, str) and value.strip().removeprefix("-").isdecimal():
        return int(value)
    raise TypeError


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise TypeError


def _moment(value: object, zone: tzinfo) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _epoch(value: object) -> datetime:
    return datetime.fromtimestamp(_whole(value), JST)


def _day(value: object) -> date:
    return date.fromisoformat(_text(value)[:_DAY_LENGTH])
