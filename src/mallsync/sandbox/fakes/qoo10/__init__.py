"""A strict, stateful fake of the order API of Qoo10 Japan, the QAPI."""

from __future__ import annotations

from mallsync.sandbox.fakes.qoo10.app import BASE_PATH, OPERATIONS, Account, Qoo10
from mallsync.sandbox.fakes.qoo10.codes import ClaimStatus, Status
from mallsync.sandbox.fakes.qoo10.life import Cart, Claim, Line, Terms
from mallsync.sandbox.fakes.qoo10.state import Change, Settings

__all__ = [
    "BASE_PATH",
    "OPERATIONS",
    "Account",
    "Cart",
    "Change",
    "Claim",
    "ClaimStatus",
    "Line",
    "Qoo10",
    "Settings",
    "Status",
    "Terms",
]
