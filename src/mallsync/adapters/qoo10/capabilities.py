"""What Qoo10 can do and its limits, each with its source and the day it was checked."""

from __future__ import annotations

from datetime import date

from mallsync.adapters.qoo10.shapes import (
    BULK,
    KEY_YEARS,
    LONGEST_LABEL,
    LONGEST_NUMBER,
    LONGEST_PERIOD,
)
from mallsync.model.capabilities import Capabilities, Capability, Limit, Support
from mallsync.model.words import Mall

__all__ = ["CAPABILITIES"]

_CHECKED = date(2026, 11, 22)
_PAGES = "public copies of the method pages, and independent clients"
_LISTS = f"§6: {_PAGES}"
_SENDING = f"§7: {_PAGES}"
_CONFIRMING = f"§9: {_PAGES}"
_CLAIMS = f"§10: {_PAGES}"
_KEYS = "§3: help pages of vendors, and clients"
_PACE = "§11: what clients do; the mall says nothing"
_OPEN = "§16: no source"

CAPABILITIES = Capabilities(
    mall=Mall.QOO10,
    can=(
        Capability("check_connection", Support.EMULATED, _LISTS, _CHECKED, "a list of one second"),
        Capability(
            "credential_expiry",
            Support.EMULATED,
            _KEYS,
            _CHECKED,
            "a year from the kept issue date",
        ),
        Capability("fetch_orders", Support.YES, _LISTS, _CHECKED, "one call for each status"),
        Capability(
            "get_orders",
            Support.EMULATED,
            _LISTS,
            _CHECKED,
            "by line; a cart is looked for in lists",
        ),
        Capability("send_notices", Support.YES, _SENDING, _CHECKED, "by order line"),
        Capability("confirm_orders", Support.YES, _CONFIRMING, _CHECKED, "by order line"),
        Capability("cancel_order", Support.YES, _CLAIMS, _CHECKED, "by order line"),
        Capability("correct_notice", Support.UNKNOWN, _OPEN, _CHECKED, "a second tracking number"),
        Capability("fetch_changes", Support.NO, _LISTS, _CHECKED, 'no "updated since" list'),
        Capability("receive_events", Support.NO, _PACE, _CHECKED),
        Capability("send_message", Support.NO, _LISTS, _CHECKED),
        Capability("send_review", Support.NO, _LISTS, _CHECKED),
        Capability("write_ship_date", Support.NO, _SENDING, _CHECKED, "no parameter for it"),
    ),
    limits=(
        Limit("requests_per_second", 3, "requests/s, a custom of clients", _PACE, _CHECKED),
        Limit("search_window", LONGEST_PERIOD, "days", _LISTS, _CHECKED),
        Limit("look_back", LONGEST_PERIOD, "days, one shop's experience", _LISTS, _CHECKED),
        Limit("rows_per_bulk_call", BULK, "order lines", _SENDING, _CHECKED),
        Limit("tracking_numbers_per_shipment", 1, "number a line", _SENDING, _CHECKED),
        Limit("tracking_number_length", LONGEST_NUMBER, "characters", _SENDING, _CHECKED),
        Limit("carrier_length", LONGEST_LABEL, "characters", _SENDING, _CHECKED),
        Limit("key_life", KEY_YEARS * 365, "days", _KEYS, _CHECKED),
    ),
)
