"""What can be done for Rakuma: as much as the wire that a shop brings."""

from __future__ import annotations

from datetime import date

from mallsync.model.capabilities import Capabilities, Capability, Support
from mallsync.model.words import Mall

__all__ = ["CAPABILITIES"]

_CHECKED = date(2026, 11, 26)
_WIRE = "B1, B2: nothing of the wire is public; the shop's own specification says"
_WITH = "with a wire"

CAPABILITIES = Capabilities(
    mall=Mall.RAKUMA,
    can=(
        *(
            Capability(name, Support.EMULATED, _WIRE, _CHECKED, note)
            for name, note in (
                ("check_connection", _WITH),
                ("credential_expiry", "None: nothing is known of it"),
                ("fetch_orders", _WITH),
                ("get_orders", _WITH),
                ("send_notices", _WITH),
                ("review_buyer", "behind the buyer's own rating"),
                ("send_review", "the same, as a value"),
                ("reviewable_orders", _WITH),
                ("send_message", _WITH),
            )
        ),
        Capability("cancel_order", Support.UNKNOWN, _WIRE, _CHECKED),
        Capability("fetch_stock_orders", Support.NO, "R6: 1点もの alone", _CHECKED, "縦積み"),
    ),
    limits=(),
)
