"""Mercari Shops, by its GraphQL API."""

from __future__ import annotations

from mallsync.adapters.mercari_shops.auth import Credentials
from mallsync.adapters.mercari_shops.capabilities import CAPABILITIES
from mallsync.adapters.mercari_shops.client import SANDBOX_URL, Client
from mallsync.adapters.mercari_shops.documents import Documents
from mallsync.adapters.mercari_shops.flows import Options

__all__ = ["CAPABILITIES", "SANDBOX_URL", "Client", "Credentials", "Documents", "Options"]
