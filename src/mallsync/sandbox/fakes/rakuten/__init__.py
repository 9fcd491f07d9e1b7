"""A strict, stateful fake of the order API of Rakuten Ichiba's RMS."""

from __future__ import annotations

from mallsync.sandbox.fakes.rakuten.app import OPERATIONS, License, Rakuten
from mallsync.sandbox.fakes.rakuten.codes import Progress
from mallsync.sandbox.fakes.rakuten.life import Parcel, Record, Terms
from mallsync.sandbox.fakes.rakuten.state import Change, Settings

__all__ = [
    "OPERATIONS",
    "Change",
    "License",
    "Parcel",
    "Progress",
    "Rakuten",
    "Record",
    "Settings",
    "Terms",
]
