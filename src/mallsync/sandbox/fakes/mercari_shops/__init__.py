"""A strict, stateful fake of the seller API of Mercari Shops, on a real GraphQL schema."""

from __future__ import annotations

from mallsync.sandbox.fakes.mercari_shops.app import OPERATIONS, PATH, Account, MercariShops
from mallsync.sandbox.fakes.mercari_shops.codes import ANONYMOUS, ARRANGED, OTHER, Role, Status
from mallsync.sandbox.fakes.mercari_shops.life import Line, Message, Order, Shipment
from mallsync.sandbox.fakes.mercari_shops.state import Change, Settings

__all__ = [
    "ANONYMOUS",
    "ARRANGED",
    "OPERATIONS",
    "OTHER",
    "PATH",
    "Account",
    "Change",
    "Line",
    "MercariShops",
    "Message",
    "Order",
    "Role",
    "Settings",
    "Shipment",
    "Status",
]
