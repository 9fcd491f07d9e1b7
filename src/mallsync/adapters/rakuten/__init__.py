"""Rakuten Ichiba (楽天市場), by the RMS WEB SERVICE.

`mallsync.adapters.rakuten.events` reads the push of the system event notification service.
"""

from __future__ import annotations

from mallsync.adapters.rakuten.auth import Credentials
from mallsync.adapters.rakuten.capabilities import CAPABILITIES
from mallsync.adapters.rakuten.client import Client
from mallsync.adapters.rakuten.flows import Options

__all__ = ["CAPABILITIES", "Client", "Credentials", "Options"]
