"""The rules: values in, decisions out. No I/O, no clock, and no branch on a mall."""

from __future__ import annotations

from mallsync.policy import (
    balance,
    bundle,
    buyer,
    expiry,
    export,
    guard,
    intake,
    merge,
    message,
    missing,
    notice,
    tracking,
)

__all__ = [
    "balance",
    "bundle",
    "buyer",
    "expiry",
    "export",
    "guard",
    "intake",
    "merge",
    "message",
    "missing",
    "notice",
    "tracking",
]
