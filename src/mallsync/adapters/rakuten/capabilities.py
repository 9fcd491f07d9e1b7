"""What Rakuten Ichiba can do and its limits, each with its source and the day it was checked."""

from __future__ import annotations

from datetime import date

from mallsync.adapters.rakuten.auth import KEY_LIFE
from mallsync.adapters.rakuten.notices import LONGEST_NUMBER, MOST_NUMBERS
from mallsync.adapters.rakuten.shapes import (
    DETAIL_BATCH,
    SEARCH_CAP,
    SEARCH_PAGE,
    SEARCH_WINDOW,
    WRITE_BATCH,
)
from mallsync.model.capabilities import Capabilities, Capability, Limit, Support
from mallsync.model.words import Mall

__all__ = ["CAPABILITIES"]

_CHECKED = date(2026, 11, 22)
_DOCS = "public copies of the RMS order API pages, versions up to 10"
_LIVE = "states measured by public clients in 2026"
_VENDORS = "help pages of several vendors"

CAPABILITIES = Capabilities(
    mall=Mall.RAKUTEN,
    can=(
        Capability("check_connection", Support.EMULATED, _DOCS, _CHECKED, "a search of one second"),
        Capability("credential_expiry", Support.YES, _LIVE, _CHECKED, "a function of its own"),
        Capability("fetch_orders", Support.YES, _DOCS, _CHECKED),
        Capability("get_orders", Support.YES, _DOCS, _CHECKED),
        Capability("send_notices", Support.YES, _DOCS, _CHECKED),
        Capability("confirm_orders", Support.YES, _DOCS, _CHECKED),
        Capability("cancel_order", Support.YES, _DOCS, _CHECKED),
        Capability("update_memo", Support.YES, _DOCS, _CHECKED),
        Capability("get_sub_statuses", Support.YES, _DOCS, _CHECKED),
        Capability("send_message", Support.NO, _VENDORS, _CHECKED, "mail goes by SMTP relay"),
        Capability("send_review", Support.NO, _DOCS, _CHECKED),
        Capability("fetch_changes", Support.NO, _DOCS, _CHECKED, 'no "updated since" search'),
    ),
    limits=(
        Limit("requests_per_second", 1, "requests/s, a guideline", _DOCS, _CHECKED),
        Limit("search_window", SEARCH_WINDOW.days, "days", _DOCS, _CHECKED),
        Limit("search_cap", SEARCH_CAP, "order numbers", _DOCS, _CHECKED),
        Limit("search_page", SEARCH_PAGE, "order numbers", _DOCS, _CHECKED),
        Limit("look_back", 730, "days", _DOCS, _CHECKED),
        Limit("details_per_call", DETAIL_BATCH, "orders", _DOCS, _CHECKED),
        Limit("notices_per_async_call", WRITE_BATCH, "orders", _DOCS, _CHECKED),
        Limit("tracking_numbers_per_shipment", MOST_NUMBERS, "numbers", _VENDORS, _CHECKED),
        Limit("tracking_number_length", LONGEST_NUMBER, "characters", _DOCS, _CHECKED),
        Limit("key_life", KEY_LIFE.days, "days", _VENDORS, _CHECKED),
    ),
)
