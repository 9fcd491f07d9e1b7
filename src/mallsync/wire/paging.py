"""Splitting work into what one call may carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

__all__ = ["batches", "unique"]

T = TypeVar("T")


def batches(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield the values in tuples of at most `size`, lazily and in order.

    >>> list(batches("abcde", 2))
    [('a', 'b'), ('c', 'd'), ('e',)]
    """
    rest = iter(values)
    while batch := tuple(islice(rest, size)):
        yield batch


def unique(values: Iterable[T]) -> tuple[T, ...]:
    """Return the values without repetition, each at its first place.

    >>> unique("abcab")
    ('a', 'b', 'c')
    """
    return tuple(dict.fromkeys(values))
