"""What every fake mall stands on: a movable clock, scripted faults, a log, a loopback server."""

from __future__ import annotations

from mallsync.sandbox.world.clock import JST, Clock
from mallsync.sandbox.world.script import (
    FakeMall,
    Fault,
    Hit,
    JsonObject,
    Reply,
    Script,
    Scripted,
    SlidingWindow,
)
from mallsync.sandbox.world.server import FAULTS, Exchange, Server

__all__ = [
    "FAULTS",
    "JST",
    "Clock",
    "Exchange",
    "FakeMall",
    "Fault",
    "Hit",
    "JsonObject",
    "Reply",
    "Script",
    "Scripted",
    "Server",
    "SlidingWindow",
]
