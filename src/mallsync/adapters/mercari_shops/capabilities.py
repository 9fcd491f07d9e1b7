"""What Mercari Shops can do and its limits, each with its source and the day it was checked."""

from __future__ import annotations

from datetime import date

from mallsync.adapters.mercari_shops.shapes import LONGEST_MESSAGE, PAGE, POINTS_PER_HOUR
from mallsync.model.capabilities import Capabilities, Capability, Limit, Support
from mallsync.model.words import Mall

__all__ = ["CAPABILITIES"]

_CHECKED = date(2026, 11, 26)
_LIST = "A3, A4: clients in production"
_SHIPPING = "A5: clients in production"
_MESSAGES = "A6: clients in production"
_TRANSPORT = "A1: the official page, and clients"
_OPEN = "A4: no source"

CAPABILITIES = Capabilities(
    mall=Mall.MERCARI_SHOPS,
    can=(
        Capability("check_connection", Support.EMULATED, _LIST, _CHECKED, "a list of one second"),
        Capability(
            "credential_expiry",
            Support.EMULATED,
            _TRANSPORT,
            _CHECKED,
            "None: a token has no end; deleting it or its account ends it",
        ),
        Capability("fetch_orders", Support.YES, _LIST, _CHECKED, "by order date"),
        Capability("get_orders", Support.YES, _LIST, _CHECKED),
        Capability("send_notices", Support.YES, _SHIPPING, _CHECKED, "three calls and a message"),
        Capability("send_message", Support.YES, _MESSAGES, _CHECKED, "to go by January 2027"),
        Capability("verify_schema", Support.YES, _TRANSPORT, _CHECKED, "by introspection"),
        Capability("correct_notice", Support.UNKNOWN, _SHIPPING, _CHECKED, "a second text"),
        Capability("cancel_order", Support.UNKNOWN, _MESSAGES, _CHECKED, "its input is not known"),
        Capability("fetch_changes", Support.NO, _LIST, _CHECKED, 'no "updated since" list'),
        Capability("send_review", Support.NO, _LIST, _CHECKED, "shops do not rate buyers"),
        Capability("read_tracking", Support.NO, _SHIPPING, _CHECKED, "no query shows a shipment"),
        Capability("write_ship_date", Support.NO, _SHIPPING, _CHECKED, "no argument for it"),
    ),
    limits=(
        Limit(
            "points_per_hour", POINTS_PER_HOUR, "points a shop, costs unknown", _TRANSPORT, _CHECKED
        ),
        Limit(
            "requests_per_second", 1.6, "requests/s, a custom of one client", _TRANSPORT, _CHECKED
        ),
        Limit("page_size", PAGE, "orders, what clients ask for", _LIST, _CHECKED),
        Limit("message_length", LONGEST_MESSAGE, "characters, one vendor", _MESSAGES, _CHECKED),
        Limit("tokens", 10, "access tokens a shop", _TRANSPORT, _CHECKED),
    ),
)
