"""A fictional flea market, to try the seam where a shop's own wire of Rakuma goes."""

from __future__ import annotations

from mallsync.sandbox.fakes.examplemarket.app import (
    FORM_PATH,
    JSON_PATH,
    OPERATIONS,
    Account,
    Examplemarket,
)
from mallsync.sandbox.fakes.examplemarket.state import Change, Settings
from mallsync.sandbox.fakes.examplemarket.trade import Stage, Trade, Words

__all__ = [
    "FORM_PATH",
    "JSON_PATH",
    "OPERATIONS",
    "Account",
    "Change",
    "Examplemarket",
    "Settings",
    "Stage",
    "Trade",
    "Words",
]
