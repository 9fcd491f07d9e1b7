"""Rakuten's records and code tables, as Rakuten names them; only what is read.

Source: public field tables of getOrder up to version 10, confirmed by five independent clients
(checked 2026-11). A key that may be null may also be absent: older versions lack some of them.
"""

# No postponed annotations here: fields have the names of classes, which are what they are told of.

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from attrs import define

from mallsync.model.words import Funder, Phase
from mallsync.wire.moments import moment
from mallsync.wire.strict import Meaning
from mallsync.wire.tables import NameTable

__all__ = [
    "CARRIERS",
    "CHANGE_REASONS",
    "COUPON_FUNDERS",
    "DEFAULT_VERSION",
    "DETAIL_BATCH",
    "PHASES",
    "READABLE_VERSIONS",
    "SEARCH_CAP",
    "SEARCH_PAGE",
    "SEARCH_WINDOW",
    "UNDECIDED",
    "WRITE_BATCH",
    "ChangeReasonRecord",
    "CouponRecord",
    "Day",
    "DayText",
    "DeliveryCvsRecord",
    "ItemRecord",
    "KeyExpiryRecord",
    "MessageRecord",
    "Moment",
    "MomentText",
    "OrderRecord",
    "OrdererRecord",
    "PackageRecord",
    "PaginationRecord",
    "PersonRecord",
    "PointRecord",
    "Rate",
    "SearchRecord",
    "SenderRecord",
    "SettlementRecord",
    "ShippingRecord",
    "SkuRecord",
    "SocialGiftRecord",
    "StatusRecord",
    "SubStatusRecord",
    "TaxSummaryRecord",
    "WrappingRecord",
]

READABLE_VERSIONS = range(7, 11)
DEFAULT_VERSION = 10
SEARCH_PAGE = 1000
SEARCH_CAP = 15_000
"""Numbers behind this one can never be retrieved: the window must shrink instead."""
SEARCH_WINDOW = timedelta(days=63)
DETAIL_BATCH = 100
WRITE_BATCH = 100
UNDECIDED = -9999
"""An amount that the shop has not decided yet."""


Day = Annotated[date, Meaning("day", date.fromisoformat)]
"""A day as text, ``YYYY-MM-DD``."""

Moment = Annotated[datetime, Meaning("moment", moment)]
"""A moment as text, ``YYYY-MM-DDTHH:MM:SS+0900``; without a zone it is Japan's."""

DayText = Annotated[str, Meaning("day", date.fromisoformat, is_kept=True)]
MomentText = Annotated[str, Meaning("moment", moment, is_kept=True)]
"""The same, of which few are asked for."""

Rate = int | float
"""A tax rate such as 0.08; a whole number arrives without a point."""

PHASES = {
    100: Phase.UNPAID,  # 注文確認待ち: the shop has not confirmed, nothing is charged
    200: Phase.UNPAID,  # 楽天処理中: Rakuten checks credit or waits for prepayment
    300: Phase.TO_SHIP,  # 発送待ち
    400: Phase.HELD,  # 変更確定待ち
    500: Phase.SHIPPED,  # 発送済
    600: Phase.SHIPPED,  # 支払手続き中
    700: Phase.DONE,  # 支払手続き済
    800: Phase.HELD,  # キャンセル確定待ち
    900: Phase.CANCELLED,  # キャンセル確定
}
"""orderProgress to phase; any other value is kept as text and is `Phase.UNKNOWN`."""

COUPON_FUNDERS = {1: Funder.SHOP, 2: Funder.MAKER, 3: Funder.MALL}
"""couponCapitalCode: ショップ, メーカー, サービス."""

CHANGE_REASONS = {
    1: "キャンセル",
    2: "受取後の返品",
    3: "長期不在による受取拒否",
    4: "未入金",
    5: "代引決済の受取拒否",
    6: "その他",
    8: "欠品",
    10: "その他",
    13: "発送遅延",
    14: "顧客・配送対応注意表示",
    15: "返品(破損・品間違い)",
}
"""changeReasonDetailApply: 1 to 6 are the buyer's reasons, 8 to 15 the shop's."""

CARRIERS = NameTable(
    {
        "1000": ("その他",),
        "1001": ("ヤマト運輸", "クロネコヤマト", "ヤマト", "宅急便"),
        "1002": ("佐川急便", "佐川"),
        "1003": ("日本郵便", "ゆうパック", "郵便局"),
        "1004": ("西濃運輸",),
        "1005": ("セイノースーパーエクスプレス", "西部運輸"),
        "1006": ("福山通運",),
        "1007": ("名鉄運輸",),
        "1008": ("トナミ運輸",),
        "1009": ("第一貨物",),
        "1010": ("新潟運輸",),
        "1011": ("中越運送",),
        "1012": ("岡山県貨物運送",),
        "1013": ("久留米運送",),
        "1014": ("山陽自動車運送",),
        "1015": ("NXトランスポート", "日本トラック", "日通トランスポート"),
        "1016": ("エコ配",),
        "1017": ("EMS",),
        "1018": ("DHL",),
        "1019": ("FedEx",),
        "1020": ("UPS",),
        "1021": ("日本通運",),
        "1022": ("TNT",),
        "1023": ("OCS",),
        "1024": ("USPS",),
        "1025": ("SFエクスプレス",),
        "1026": ("Aramex",),
        "1027": ("SGHグローバル・ジャパン",),
        "1028": ("Rakuten EXPRESS",),
        "1029": ("日本郵便 楽天倉庫出荷",),
        "1030": ("ヤマト運輸 クロネコゆうパケット", "クロネコゆうパケット"),
        "1031": ("名鉄NX運輸",),
    }
)
"""deliveryCompany: the mall's own name first, then names that hosts and labels use for it."""


@define(kw_only=True, eq=False, repr=False)
class MessageRecord:
    """One entry of MessageModelList; never branch on ``message``."""

    messageType: str
    messageCode: str
    message: str = ""
    orderNumber: str | None = None
    dataNumber: int = 0
    shippingDetailId: int | None = None
    requestId: str = ""


@define(kw_only=True, eq=False, repr=False)
class PaginationRecord:
    """PaginationResponseModel; all null when there are no hits."""

    totalRecordsAmount: int | None
    totalPages: int | None


@define(kw_only=True, eq=False, repr=False)
class SearchRecord:
    """The payload of searchOrder."""

    orderNumberList: Sequence[str] | None
    PaginationResponseModel: PaginationRecord | None


@define(kw_only=True, eq=False, repr=False)
class KeyExpiryRecord:
    """The answer of the licence API."""

    expiryDate: str


@define(kw_only=True)
class SubStatusRecord:
    """A status of the shop's own, below one of the mall's."""

    subStatusId: int
    subStatusName: str


@define(kw_only=True)
class StatusRecord:
    """The shop's own statuses below one orderProgress."""

    orderProgress: int
    SubStatusModelList: Sequence[SubStatusRecord] = ()


@define(kw_only=True, eq=False, repr=False)
class PersonRecord:
    """What buyer and recipient share. Zip and phone parts are text with leading zeros."""

    zipCode1: str
    zipCode2: str
    prefecture: str
    city: str
    subAddress: str
    familyName: str
    firstName: str = ""
    familyNameKana: str = ""
    firstNameKana: str = ""
    phoneNumber1: str = ""
    phoneNumber2: str = ""
    phoneNumber3: str = ""


@define(kw_only=True, eq=False, repr=False)
class OrdererRecord(PersonRecord):
    """The buyer."""

    emailAddress: str = ""


@define(kw_only=True, eq=False, repr=False)
class SenderRecord(PersonRecord):
    """The *recipient* of a package, whatever its name says."""


@define(kw_only=True, eq=False, repr=False)
class SettlementRecord:
    """How the buyer pays."""

    settlementMethodCode: int | None = None
    settlementMethod: str


@define(kw_only=True, eq=False, repr=False)
class PointRecord:
    """Points that were used, in yen."""

    usedPoint: int


@define(kw_only=True, eq=False, repr=False)
class WrappingRecord:
    """Paper (title 1) or ribbon (title 2)."""

    title: int
    name: str
    price: int = 0
    includeTaxFlag: int
    deleteWrappingFlag: int
    taxPrice: int = 0


@define(kw_only=True, eq=False, repr=False)
class SkuRecord:
    """variantId is the SKU管理番号; empty on orders from before the shop's SKU migration."""

    variantId: str = ""
    skuInfo: str = ""


@define(kw_only=True, eq=False, repr=False)
class ItemRecord:
    """One order line."""

    itemDetailId: int
    itemName: str
    itemNumber: str = ""
    manageNumber: str = ""
    price: int
    units: int
    selectedChoice: str = ""
    deleteItemFlag: int
    taxRate: Rate | None = None
    priceTaxIncl: int | None = None
    SkuModelList: Sequence[SkuRecord] = ()


@define(kw_only=True, eq=False, repr=False)
class ShippingRecord:
    """A shipping record; an unfilled one keeps the order from being completed."""

    shippingDetailId: int
    shippingNumber: str = ""
    deliveryCompany: str = ""
    deliveryCompanyName: str = ""
    shippingDate: Day | None = None


@define(kw_only=True, eq=False, repr=False)
class DeliveryCvsRecord:
    """The convenience store or post office where the parcel is collected."""

    cvsCode: int | None = None
    storeCode: str = ""
    storeName: str = ""
    storeZip: str = ""
    storePrefecture: str = ""
    storeAddress: str = ""
    openTime: str = ""
    closeTime: str = ""
    cvsRemarks: str = ""


@define(kw_only=True, eq=False, repr=False)
class SocialGiftRecord:
    """Version 10: whether the recipient of a social gift has entered the address."""

    inputDueDate: DayText = ""
    inputFlag: int


@define(kw_only=True, eq=False, repr=False)
class PackageRecord:
    """One destination."""

    basketId: int
    goodsPrice: int
    postagePrice: int
    deliveryPrice: int
    totalPrice: int
    noshi: str = ""
    packageDeleteFlag: int
    dropOffFlag: int = 0
    dropOffLocation: str = ""
    SenderModel: SenderRecord
    ItemModelList: Sequence[ItemRecord]
    ShippingModelList: Sequence[ShippingRecord] = ()
    DeliveryCvsModel: DeliveryCvsRecord | None = None
    SocialGiftModel: SocialGiftRecord | None = None


@define(kw_only=True, eq=False, repr=False)
class CouponRecord:
    """A coupon that was used."""

    couponCode: str = ""
    couponName: str = ""
    couponCapitalCode: int
    couponTotalPrice: int


@define(kw_only=True, eq=False, repr=False)
class ChangeReasonRecord:
    """A change or cancellation with its times."""

    changeType: int | None = None
    changeFixDatetime: MomentText = ""
    changeCmplDatetime: MomentText = ""


@define(kw_only=True, eq=False, repr=False)
class TaxSummaryRecord:
    """What is charged at one tax rate."""

    reqPriceTax: int


@define(kw_only=True, eq=False, repr=False)
class OrderRecord:
    """One order of getOrder."""

    orderNumber: str
    orderProgress: int
    orderDatetime: Moment
    shippingCmplRptDatetime: Moment | None = None
    deliveryDate: Day | None = None
    shippingTerm: int | None = None
    remarks: str = ""
    giftCheckFlag: int
    socialGiftFlag: int = 0
    cautionDisplayType: int
    rakutenConfirmFlag: int
    goodsPrice: int
    postagePrice: int
    deliveryPrice: int
    paymentCharge: int
    totalPrice: int
    requestPrice: int
    couponAllTotalPrice: int
    couponShopPrice: int
    additionalFeeOccurAmountToUser: int
    OrdererModel: OrdererRecord
    SettlementModel: SettlementRecord | None = None
    PointModel: PointRecord | None = None
    WrappingModel1: WrappingRecord | None = None
    WrappingModel2: WrappingRecord | None = None
    PackageModelList: Sequence[PackageRecord]
    CouponModelList: Sequence[CouponRecord] = ()
    ChangeReasonModelList: Sequence[ChangeReasonRecord] = ()
    TaxSummaryModelList: Sequence[TaxSummaryRecord] = ()
