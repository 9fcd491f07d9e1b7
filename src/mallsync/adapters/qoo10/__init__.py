"""Qoo10 Japan, by the QAPI."""

from __future__ import annotations

from mallsync.adapters.qoo10.auth import Credentials
from mallsync.adapters.qoo10.capabilities import CAPABILITIES
from mallsync.adapters.qoo10.client import Client
from mallsync.adapters.qoo10.flows import Options

__all__ = ["CAPABILITIES", "Client", "Credentials", "Options"]
