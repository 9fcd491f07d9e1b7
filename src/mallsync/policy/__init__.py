"""The rules: values in, decisions out. No I/O, no clock, and no branch on a mall."""

from __future__ import annotations

from mallsync.policy import export, notice

__all__ = ["export", "notice"]
