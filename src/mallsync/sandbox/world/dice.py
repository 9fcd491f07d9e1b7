"""A repeatable generator that can also say yes now and then, and draw by weight."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

__all__ = ["Dice", "draw"]

_T = TypeVar("_T")


class Dice(Random):
    """Throw the same numbers for the same seed."""

    def chance(self, part: float) -> bool:
        """Say yes in this part of all cases."""
        return self.random() < part


def draw(random: Random, rows: Sequence[tuple[_T, int]]) -> _T:
    """Return one of the values, each as often as its weight says."""
    return random.choices([value for value, _ in rows], [weight for _, weight in rows])[0]
