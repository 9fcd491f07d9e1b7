"""What a mall can do and within which limits, each with its source and the day it was checked."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from attrs import frozen

from mallsync.model.display import table

__all__ = ["Capabilities", "Capability", "Limit", "Support"]


_CAN = ("call", "support", "note", "source", "checked on")
_LIMITS = ("limit", "value", "source", "checked on")


class Support(StrEnum):
    """How a mall does something: itself, by our own means, not at all, or nobody knows."""

    YES = "YES"
    EMULATED = "EMULATED"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


@frozen
class Capability:
    """One thing a client is asked for, by the name of its method."""

    name: str
    support: Support
    source: str
    checked_on: date
    note: str = ""


@frozen
class Limit:
    """One figure that a mall sets, with its unit."""

    name: str
    value: int | float
    unit: str
    source: str
    checked_on: date


@frozen
class Capabilities:
    """All that is known of what one mall can do."""

    mall: str
    can: tuple[Capability, ...]
    limits: tuple[Limit, ...]

    def _repr_html_(self) -> str:
        """Return what the mall can do and its limits, each with its source, for a notebook."""
        can = [
            (one.name, one.support.value, one.note, one.source, one.checked_on) for one in self.can
        ]
        limits = [
            (one.name, f"{one.value:,} {one.unit}", one.source, one.checked_on)
            for one in self.limits
        ]
        return table(_CAN, can, caption=self.mall) + table(_LIMITS, limits, caption="limits")

    def supports(self, name: str) -> bool:
        """Tell whether the client has a working method of that name."""
        return any(
            row.name == name and row.support in (Support.YES, Support.EMULATED) for row in self.can
        )

    def limit(self, name: str) -> int | float:
        """Return a figure by name; `KeyError` if the mall sets none of that name."""
        return {row.name: row.value for row in self.limits}[name]
