"""What every fake mall stands on: a movable clock, scripted faults, a log, a loopback server."""

from __future__ import annotations

from mallsync.sandbox.world.agenda import Agenda, Timeline, past_moments
from mallsync.sandbox.world.clock import JST, Clock
from mallsync.sandbox.world.dice import Dice, draw
from mallsync.sandbox.world.names import FAMILIES, GIVEN
from mallsync.sandbox.world.script import (
    PAGE,
    FakeMall,
    Fault,
    Hit,
    JsonObject,
    Refused,
    Reply,
    Script,
    Scripted,
    SlidingWindow,
)
from mallsync.sandbox.world.server import FAULTS, Exchange, Server

__all__ = [
    "FAMILIES",
    "FAULTS",
    "GIVEN",
    "JST",
    "PAGE",
    "Agenda",
    "Clock",
    "Dice",
    "Exchange",
    "FakeMall",
    "Fault",
    "Hit",
    "JsonObject",
    "Refused",
    "Reply",
    "Script",
    "Scripted",
    "Server",
    "SlidingWindow",
    "Timeline",
    "draw",
    "past_moments",
]
