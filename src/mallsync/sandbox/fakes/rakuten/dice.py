"""A repeatable generator that can also say yes now and then."""

from __future__ import annotations

from random import Random

__all__ = ["Dice"]


class Dice(Random):
    """Throw the same numbers for the same seed."""

    def chance(self, part: float) -> bool:
        """Say yes in this part of all cases."""
        return self.random() < part
