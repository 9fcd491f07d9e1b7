"""Keep orders in step with Japanese e-commerce malls.

The model and the errors are here; `mallsync.policy`, `mallsync.adapters`, `mallsync.sandbox` and
the others are submodules and are imported by name.

A name is loaded when it is first asked for: importing mallsync alone costs a host next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mallsync import errors
    from mallsync.model.handling import Dispatch, Handling
    from mallsync.model.order import (
        Address,
        Charges,
        Contact,
        Discount,
        Gift,
        Item,
        Message,
        Order,
        OrderKey,
        Parcel,
        Payment,
        PickUp,
        Shipment,
        Wrapping,
    )
    from mallsync.model.period import JST, Period
    from mallsync.model.sighting import Covered, Remark, Seen, Unreadable
    from mallsync.model.words import Carrier, DeliveryMethod, Funder, Hold, HostStatus, Mall, Phase
    from mallsync.model.writebacks import (
        BuyerMessage,
        BuyerReview,
        ConnectionReport,
        NoticeResult,
        Outcome,
        Preview,
        Rating,
        ShipmentNotice,
        Standing,
        WriteResult,
    )

__all__ = [
    "JST",
    "Address",
    "BuyerMessage",
    "BuyerReview",
    "Carrier",
    "Charges",
    "ConnectionReport",
    "Contact",
    "Covered",
    "DeliveryMethod",
    "Discount",
    "Dispatch",
    "Funder",
    "Gift",
    "Handling",
    "Hold",
    "HostStatus",
    "Item",
    "Mall",
    "Message",
    "NoticeResult",
    "Order",
    "OrderKey",
    "Outcome",
    "Parcel",
    "Payment",
    "Period",
    "Phase",
    "PickUp",
    "Preview",
    "Rating",
    "Remark",
    "Seen",
    "Shipment",
    "ShipmentNotice",
    "Standing",
    "Unreadable",
    "Wrapping",
    "WriteResult",
    "errors",
]

_HOMES = {
    "mallsync.model.handling": "Dispatch Handling",
    "mallsync.model.order": (
        "Address Charges Contact Discount Gift Item Message Order OrderKey Parcel Payment "
        "PickUp Shipment Wrapping"
    ),
    "mallsync.model.period": "JST Period",
    "mallsync.model.sighting": "Covered Remark Seen Unreadable",
    "mallsync.model.words": "Carrier DeliveryMethod Funder Hold HostStatus Mall Phase",
    "mallsync.model.writebacks": (
        "BuyerMessage BuyerReview ConnectionReport NoticeResult Outcome Preview Rating "
        "ShipmentNotice Standing WriteResult"
    ),
}
"""The module of each name; a test holds it against the imports above, which type checkers read."""

_HOME_OF = {name: module for module, names in _HOMES.items() for name in names.split()}

# With a __getattr__ in sight a type checker would believe any name.
if not TYPE_CHECKING:  # pragma: no branch -- only a type checker goes round it

    def __getattr__(name: str) -> object:
        """Load a name of the model, or the module of errors, when it is first asked for."""
        if name == "errors":
            return import_module("mallsync.errors")
        if name not in _HOME_OF:
            raise AttributeError(f"module 'mallsync' has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
        return value


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return __all__
