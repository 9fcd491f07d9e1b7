"""Values of the journal: one entry for each write-back, with named steps."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from enum import StrEnum

from attrs import asdict, frozen

from mallsync.model.order import OrderKey
from mallsync.model.writebacks import ShipmentNotice

__all__ = ["WITHDRAWN", "Entry", "EntryKey", "Lease", "Step", "StepState", "digest"]

WITHDRAWN = "WITHDRAWN"
"""The code of a write-back that never arrived, or not whole, and that nobody wants any more."""


@frozen
class EntryKey:
    """What makes a write-back one write-back: order, shipment, kind and revision.

    ``shipment`` is the mall's shipment id where it has one, else the order number. A correction
    is a new revision.
    """

    order: OrderKey
    shipment: str
    kind: str = "notice"
    revision: int = 1


class StepState(StrEnum):
    """A step was begun and its end is not known, or it is done."""

    BEGUN = "BEGUN"
    DONE = "DONE"


@frozen(kw_only=True)
class Step:
    """One call of a write-back: what it is called, how far it got and what the mall gave."""

    name: str
    state: StepState
    receipt: str = ""


@frozen(kw_only=True)
class Entry:
    """A write-back with its steps; ``payload`` is the digest of what is to be written."""

    key: EntryKey
    payload: str
    steps: tuple[Step, ...] = ()

    def step(self, name: str) -> Step | None:
        """Return the step of that name, or None if it was never begun."""
        return next((step for step in self.steps if step.name == name), None)


@frozen(kw_only=True)
class Lease:
    """The right to work on one shop, until it expires; a higher ``token`` fences off a lower."""

    name: str
    holder: str
    token: int
    expires_at: datetime


def digest(notice: ShipmentNotice) -> str:
    """Return a short, stable fingerprint of what a notice would write.

    Its revision is part of the entry's key, and of no payload.

    >>> digest(ShipmentNotice(order_number="1")) == digest(ShipmentNotice(order_number="1 "))
    True
    """
    facts = asdict(notice)
    del facts["revision"]
    facts["delivery_methods"] = sorted(notice.delivery_methods)
    text = json.dumps(facts, default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
