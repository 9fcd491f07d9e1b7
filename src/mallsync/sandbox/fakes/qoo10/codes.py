"""The mall's code tables, as far as a fake needs them (qoo10.md §5, §6.2, §8, §10)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

__all__ = ["CARRIERS", "CODES", "DONE", "LABELS", "VANISHED", "ClaimStatus", "Status", "Why"]

DONE = 0


class Status(IntEnum):
    """Say how far an order line has come."""

    UNPAID = 1
    REQUESTED = 2
    CONFIRMED = 3
    ON_DELIVERY = 4
    DELIVERED = 5


LABELS: Mapping[Status, str] = MappingProxyType(
    {
        Status.UNPAID: "Awaiting shipping(1)",
        Status.REQUESTED: "On request(2)",
        Status.CONFIRMED: "Seller confirm(3)",
        Status.ON_DELIVERY: "On delivery(4)",
        Status.DELIVERED: "Delivered(5)",
    }
)
"""What stands in a reply; a request has the bare digit."""


class ClaimStatus(IntEnum):
    """Say how far a claim has come."""

    CANCEL_ASKED = 1
    CANCELLING = 2
    CANCELLED = 3
    RETURN_ASKED = 4
    RETURNING = 5
    RETURNED = 6
    EXCHANGE_ASKED = 11
    EXCHANGE_GRANTED = 12
    SENT_AGAIN = 13
    NOT_RECEIVED = 14
    PARTLY_NOT_RECEIVED = 15
    NEVER_PAID = 16


VANISHED = frozenset({ClaimStatus.CANCELLING, ClaimStatus.CANCELLED, ClaimStatus.NEVER_PAID})
"""Claims whose lines the lists no longer show (qoo10.md §6.1)."""

# Seen live: "Sagawa" was taken, so the mall may take any text (qoo10.md §8). The fake does not.
CARRIERS = frozenset(
    {
        "ヤマト宅急便",
        "佐川急便",
        "ゆうパック",
        "ゆうパケット",
        "ネコポス",
        "クロネコDM便",
        "クリックポスト",
        "コンビニ等受取",
        "西濃運輸",
        "福山通運",
        "Qxpress",
        "佐川急便(海外)",
        "ヤマト宅急便 (海外)",
        "ネコポス(海外)",
        "ゆうパケット(海外)",
        "佐川グローバル",
        "EMS",
        "OCS",
        "Fedex",
        "UPS",
        "DHL",
        "Chinapost registered airmail",
        "YDH Express",
        "BANRI Express",
        "SDM Express",
    }
)


class Why(StrEnum):
    """Name what is wrong with a request; each method has a number of its own for it."""

    NUMBER = "order-number format"
    UNKNOWN = "no such order"
    STRANGER = "not this seller's order"
    STATE = "wrong state"
    DATE = "bad date"
    PERIOD = "period over 90 days"
    STATUS = "bad status value"
    CONDITION = "status and search condition do not fit"
    NO_CARRIER = "ShippingCorp missing"
    NO_TRACKING = "TrackingNo missing"
    VALUE = "bad value"
    FORM = "not a list of rows"
    TOO_MANY = "more than 500 rows"
    ALREADY = "already confirmed"
    NO_PLAN = "EstShipDt empty"
    LATE_PLAN = "date beyond the maximum"
    EARLY_PLAN = "date must be later than today"


_LIST = {
    Why.DATE: -10001,
    Why.PERIOD: -10002,
    Why.STATUS: -10003,
    Why.CONDITION: -10004,
}
_SEND = {
    Why.NUMBER: -10001,
    Why.NO_CARRIER: -10002,
    Why.NO_TRACKING: -10003,
    Why.UNKNOWN: -10004,
    Why.STRANGER: -10004,
    Why.STATE: -10010,
    # "update failed", like -10010: what the mall says to a name that it does not know is not known
    Why.VALUE: -10100,
    Why.FORM: -10001,
    Why.TOO_MANY: -10011,  # known of SetSellerCheckYNBulk alone
}
# The guide says that -10001 is an unknown seller; a number with a comma got it, too (§15).
_CHECK = {
    Why.NUMBER: -10001,
    Why.UNKNOWN: -10001,
    Why.STRANGER: -10001,
    Why.FORM: -10001,
    Why.TOO_MANY: -10011,
    Why.ALREADY: -10012,
    Why.STATE: -10013,
    Why.NO_PLAN: -10016,
    Why.LATE_PLAN: -10017,
    Why.EARLY_PLAN: -10018,
    Why.VALUE: -10100,
}

CODES: Mapping[str, Mapping[Why, int]] = MappingProxyType(
    {
        "ShippingBasic.GetShippingInfo_v2": _LIST,
        "ShippingBasic.GetShippingInfo_v3": _LIST,
        # no code is known for a bad ClaimStat or search_condition
        "ShippingBasic.GetClaimInfo_V3": {
            Why.DATE: -10002,
            Why.PERIOD: -10003,
            Why.STATUS: -10002,
            Why.CONDITION: -10002,
        },
        "ShippingBasic.GetShippingAndClaimInfoByOrderNo_V2": {
            Why.NUMBER: -10002,
            Why.UNKNOWN: -10003,
            Why.STRANGER: -10003,
        },
        "ShippingBasic.SetSendingInfo": _SEND,
        "ShippingBasic.SetSendingInfoBulk": _SEND,
        "ShippingBasic.SetSellerCheckYN_V2": _CHECK,
        "ShippingBasic.SetSellerCheckYNBulk": _CHECK,
        "Claim.SetCancelProcess": {
            Why.NUMBER: -10001,
            Why.VALUE: -10001,
            Why.UNKNOWN: -10002,
            Why.STRANGER: -10003,
            Why.STATE: -10004,
        },
    }
)
