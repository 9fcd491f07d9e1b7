"""Records with one thing wrong at a time: what the laws feed to an adapter."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from typing import Any

__all__ = ["MARKER", "Place", "changed", "found", "is_foreign", "marked", "mutations", "places"]

MARKER = "印-MARKER-NAME-7F3A"
"""A customer's name that no repr, message, traceback or log may show."""

Place = tuple[str | int, ...]

_WRONG: tuple[object, ...] = (
    "3",
    3.9,
    True,
    "false",
    None,
    {},
    [],
    "",
    "abc",
    10**30,
    ["x"],
    {"x": 1},
)
"""Values of every JSON type, given to each place in turn."""


def places(value: object, path: Place = ()) -> Iterator[Place]:
    """Yield the path of each key in a record, the first element of a list standing for all.

    >>> list(places({"a": 1, "b": [{"c": 2}]}))
    [('a',), ('b',), ('b', 0, 'c')]
    """
    if isinstance(value, dict):
        for key, part in value.items():
            yield (*path, key)
            yield from places(part, (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def mutations(record: dict[str, Any]) -> Iterator[tuple[Place, str, dict[str, Any]]]:
    """Yield copies of a record with one key missing, null, wrong, or with one key more."""
    for place in places(record):
        yield place, "missing", changed(record, place, delete=True)
        for wrong in _WRONG:
            yield place, f"{wrong!r}", changed(record, place, wrong)
        extra = (*place[:-1], "aKeyThatNobodyKnows")
        yield extra, "extra", changed(record, extra, {"new": [1]})


def changed(
    record: dict[str, Any], place: Place, value: object = None, *, delete: bool = False
) -> dict[str, Any]:
    """Return a copy of a record with one place changed, or taken out."""
    mutant = copy.deepcopy(record)
    target: Any = mutant
    for step in place[:-1]:
        target = target[step]
    if delete:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return mutant


def found(record: object, place: Place) -> object:
    """Return what a record has at a place, None if it has nothing there."""
    for step in place:
        record = record.get(step) if isinstance(record, dict) else record[step]  # type: ignore[index]  # a list
    return record


def is_foreign(old: object, new: object, place: Place = (), as_text: Collection[str] = ()) -> bool:
    """Tell whether a value is of another JSON type; null is not, nor a whole number for a rate.

    Nor is a number in text, or no text, at a place whose key is in `as_text`.

    >>> is_foreign(3, "3"), is_foreign(3, "3", ("OrderNo",), {"OrderNo"})
    (True, False)
    """
    if isinstance(new, str) and (new.isdecimal() or not new) and {*place[-1:]} & {*as_text}:
        return False
    whole = type(old) is float and type(new) is int
    return new is not None and type(new) is not type(old) and not whole


def marked(record: dict[str, Any], personal: Collection[str]) -> dict[str, Any]:
    """Return a record whose every text of a customer's is the marker."""
    told = record
    for place in places(record):
        if place[-1] in personal:
            told = changed(told, place, MARKER)
    return told
