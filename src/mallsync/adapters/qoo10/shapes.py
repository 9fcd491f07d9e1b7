"""Qoo10's rows and code tables, as Qoo10 names them; only what is read.

Source: public copies of the QAPI method pages and independent clients (wire page, 2026-11). The
keys are those of GetShippingInfo_v3, which is the normal form: `mallsync.adapters.qoo10.names`
brings the other two casings to it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from attrs import define

from mallsync.adapters.qoo10.values import digits, moment, optional_moment, whole
from mallsync.model.words import Phase
from mallsync.wire.strict import Meaning
from mallsync.wire.tables import NameTable

__all__ = [
    "BULK",
    "CANCEL_CLAIMS",
    "CANCEL_REASONS",
    "CARRIERS",
    "CLAIM_PHASES",
    "DEFAULT_VERSION",
    "KEY_YEARS",
    "LONGEST_LABEL",
    "LONGEST_NUMBER",
    "LONGEST_PERIOD",
    "PHASES",
    "PRECEDENCE",
    "READABLE_VERSIONS",
    "SERVICES",
    "WINDOW",
    "Amount",
    "CartAmount",
    "ClaimRecord",
    "LineRecord",
    "Moment",
    "MomentText",
    "Number",
    "OptionalMoment",
    "RowRecord",
]

READABLE_VERSIONS = (2, 3)
DEFAULT_VERSION = 3
LONGEST_PERIOD = 90
"""Days in one list, and perhaps how far back any list reaches (§16: not known)."""
WINDOW = timedelta(days=LONGEST_PERIOD - 1)
"""The longest stretch that is asked for: whether the 90 days count both ends is not known."""
BULK = 500
"""Rows of one ShippingInfoJson or SendPlanDtInfoJson."""
LONGEST_LABEL = 200
LONGEST_NUMBER = 50
KEY_YEARS = 1
"""The life of a certification key from its issue; no reply tells it (§3)."""

Moment = Annotated[datetime, Meaning("moment", moment)]
"""A moment in Japan as text, ``YYYY-MM-DD HH:MM:SS``; a bare day and minutes are taken too."""

OptionalMoment = Annotated[datetime | None, Meaning("moment", optional_moment)]
"""The same where it may be missing: empty, or a placeholder of before the year 2000 (§12)."""

Amount = Annotated[int, Meaning("whole number", whole, (int, float, str), plain=int)]
"""A whole number, which may come as ``1000.0`` or as text, ``1000.0000`` (§16), too."""

MomentText = Annotated[str, Meaning("moment", optional_moment, is_kept=True)]
CartAmount = Annotated[
    int | float | str | None, Meaning("whole number", whole, (int, float, str), is_kept=True)
]
"""The same, of which few are asked for: what nobody asks for costs no order."""

Number = Annotated[int | str, Meaning("order number", digits, (int, str), is_kept=True)]
"""An order or cart number: above zero, of up to 18 digits."""

PHASES = {
    "1": Phase.UNPAID,  # 配送待ち: ordered, the payment is pending
    "2": Phase.TO_SHIP,  # 配送要請: paid, new for the seller
    "3": Phase.TO_SHIP,  # 配送準備: confirmed, or a planned ship date is set
    "4": Phase.SHIPPED,  # 配送中
    "5": Phase.DONE,  # 配送完了; it is not "all", whatever some clients say
}
"""ShippingStatus to phase, in the order in which a line goes through them."""

CLAIM_PHASES = {
    "1": Phase.HELD,  # キャンセル要請
    "2": Phase.HELD,  # キャンセル中
    "3": Phase.CANCELLED,  # キャンセル完了
    "14": Phase.CANCELLED,  # 未受取返金完了: refunded in full
    "16": Phase.CANCELLED,  # 未納注文のキャンセル
}
"""ClaimStatus to the phase that it gives a line; returns and exchanges (4 to 13, 15) give none."""

CANCEL_CLAIMS = frozenset({"3", "14", "16"})

PRECEDENCE = (
    Phase.TO_SHIP,
    Phase.HELD,
    Phase.UNPAID,
    Phase.UNKNOWN,
    Phase.SHIPPED,
    Phase.DONE,
    Phase.CANCELLED,
)
"""A cart's phase is the first of these that one of its lines has."""

CANCEL_REASONS = {0: "", 1: "1", 2: "2", 3: "3"}
"""CancelReason: 0 out of stock (sent empty), 1 order change, 2 undeliverable, 3 late shipping."""

CARRIERS = NameTable(
    {
        "ヤマト宅急便": ("ヤマト宅急便", "ヤマト運輸", "クロネコヤマト", "ヤマト", "宅急便"),
        "佐川急便": ("佐川急便", "佐川", "Sagawa"),
        "ゆうパック": ("ゆうパック", "日本郵便", "郵便局"),
        "西濃運輸": ("西濃運輸",),
        "福山通運": ("福山通運",),
        "Qxpress": ("Qxpress", "TracX Logis"),
        "コンビニ等受取": ("コンビニ等受取",),
        "EMS": ("EMS",),
        "OCS": ("OCS",),
        "Fedex": ("Fedex", "FedEx"),
        "UPS": ("UPS",),
        "DHL": ("DHL",),
        "Chinapost registered airmail": ("Chinapost registered airmail",),
        "YDH Express": ("YDH Express",),
        "BANRI Express": ("BANRI Express",),
        "SDM Express": ("SDM Express",),
    }
)
"""ShippingCorp by carrier: what QSM shows first, then names that hosts use. No code, no list (§8);
EMS and what follows come from one client of cross-border sellers (weak)."""

SERVICES = {
    "ネコポス": "ヤマト宅急便",
    "クロネコDM便": "ヤマト宅急便",
    "ヤマト宅急便 (海外)": "ヤマト宅急便",
    "ネコポス(海外)": "ヤマト宅急便",
    "佐川急便(海外)": "佐川急便",
    "佐川グローバル": "佐川急便",
    "ゆうパケット": "ゆうパック",
    "クリックポスト": "ゆうパック",
    "ゆうパケット(海外)": "ゆうパック",
}
"""Display names of one service, with the carrier of `CARRIERS` that it belongs to (§8)."""


@define(kw_only=True, eq=False, repr=False)
class RowRecord:
    """What a row of a list, of the claims and of a single read share: one order line."""

    OrderNo: Number
    PackNo: Number
    OrderDate: Moment
    OrderQty: Amount
    PaymentDate: OptionalMoment = None
    ShippingDate: OptionalMoment = None
    DeliveredDate: OptionalMoment = None
    ItemNo: str = ""
    SellerItemCode: str = ""
    ItemTitle: str = ""
    Buyer: str = ""
    BuyerKana: str = ""
    BuyerTel: str = ""
    BuyerMobile: str = ""
    BuyerEmail: str = ""
    Receiver: str = ""
    ReceiverKana: str = ""
    ReceiverTel: str = ""
    ReceiverMobile: str = ""
    ZipCode: str = ""
    ShippingAddress: str = ""
    Address1: str = ""
    Address2: str = ""
    ShippingCountry: str = ""
    DeliveryCompany: str = ""
    TrackingNo: str = ""
    PaymentMethod: str = ""


@define(kw_only=True, eq=False, repr=False)
class LineRecord(RowRecord):
    """A line as GetShippingInfo and the single read show it."""

    ShippingStatus: str
    ClaimStatus: str = ""
    EstimatedShippingDate: MomentText = ""
    Option: str = ""
    OptionCode: str = ""
    OrderPrice: Amount
    Discount: Amount
    Total: Amount
    SellerDiscount: CartAmount = None
    CartDiscountSeller: CartAmount = None
    CartDiscountQoo10: CartAmount = None
    ShippingRate: CartAmount = None
    cod_price: CartAmount = None
    DesiredDeliveryDate: str = ""
    SenderName: str = ""
    ShippingMessage: str = ""
    RelatedOrder: str = ""


@define(kw_only=True, eq=False, repr=False)
class ClaimRecord:
    """A claim on a line: a cancellation, a return, an exchange; the rest of it is a `RowRecord`."""

    ClaimStatus: str
    RequestDate: MomentText = ""
    CancelRefundDate: MomentText = ""
