"""The only part that touches the network."""

from __future__ import annotations

from mallsync.transport.engine import Engine, Settings, Surroundings
from mallsync.transport.http import HttpTransport
from mallsync.transport.pace import Pace

__all__ = ["Engine", "HttpTransport", "Pace", "Settings", "Surroundings"]
