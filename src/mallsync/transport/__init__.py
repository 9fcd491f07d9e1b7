"""The only part that touches the network."""

from __future__ import annotations

from mallsync.transport.engine import Engine, Settings, Surroundings
from mallsync.transport.http import HttpTransport
from mallsync.transport.pace import Pace
from mallsync.transport.shop import ShopClient, settings_of

__all__ = [
    "Engine",
    "HttpTransport",
    "Pace",
    "Settings",
    "ShopClient",
    "Surroundings",
    "settings_of",
]
