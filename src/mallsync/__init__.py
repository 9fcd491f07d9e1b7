"""Keep orders in step with Japanese e-commerce malls.

The model and the errors are here; `mallsync.policy`, `mallsync.adapters`, `mallsync.sandbox` and
the others are submodules and are imported by name.
"""

from __future__ import annotations

from mallsync import errors
from mallsync.model.handling import Dispatch, Handling
from mallsync.model.order import (
    Address,
    Charges,
    Contact,
    Discount,
    Gift,
    Item,
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
