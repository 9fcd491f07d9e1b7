"""Rakuten's records and code tables, as Rakuten names them; only what is read.

Source: public field tables of getOrder up to version 10, confirmed by five independent clients
(checked 2026-11). A key that may be null may also be absent: older versions lack some of them.
"""

# No postponed annotations here: with them a TypedDict cannot tell which keys are required.

from datetime import timedelta
from typing import NewType, NotRequired, TypedDict

from mallsync.model.words import Funder, Phase
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
    "ChangeReasonModel",
    "CouponModel",
    "DayText",
    "DeliveryCvsModel",
    "ItemModel",
    "KeyExpiryModel",
    "MessageModel",
    "MomentText",
    "OrderModel",
    "OrdererModel",
    "PackageModel",
    "PaginationModel",
    "PersonModel",
    "PointModel",
    "Rate",
    "SearchModel",
    "SenderModel",
    "SettlementModel",
    "ShippingModel",
    "SkuModel",
    "SocialGiftModel",
    "StatusModel",
    "SubStatusModel",
    "TaxSummaryModel",
    "WrappingModel",
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

DayText = NewType("DayText", str)
"""A day as text, ``YYYY-MM-DD``."""

MomentText = NewType("MomentText", str)
"""A moment as text, ``YYYY-MM-DDTHH:MM:SS+0900``; without a zone it is Japan's."""

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


class MessageModel(TypedDict):
    """One entry of MessageModelList; never branch on ``message``."""

    messageType: str
    messageCode: str
    message: NotRequired[str | None]
    orderNumber: NotRequired[str | None]
    dataNumber: NotRequired[int | None]
    shippingDetailId: NotRequired[int | None]
    requestId: NotRequired[str | None]


class PaginationModel(TypedDict):
    """PaginationResponseModel; all null when there are no hits."""

    totalRecordsAmount: int | None
    totalPages: int | None


class SearchModel(TypedDict):
    """The payload of searchOrder."""

    orderNumberList: list[str] | None
    PaginationResponseModel: PaginationModel | None


class KeyExpiryModel(TypedDict):
    """The answer of the licence API."""

    expiryDate: str


class SubStatusModel(TypedDict):
    """A status of the shop's own, below one of the mall's."""

    subStatusId: int
    subStatusName: str


class StatusModel(TypedDict):
    """The shop's own statuses below one orderProgress."""

    orderProgress: int
    SubStatusModelList: NotRequired[list[SubStatusModel] | None]


class PersonModel(TypedDict):
    """What buyer and recipient share. Zip and phone parts are text with leading zeros."""

    zipCode1: str
    zipCode2: str
    prefecture: str
    city: str
    subAddress: str
    familyName: str
    firstName: NotRequired[str | None]
    familyNameKana: NotRequired[str | None]
    firstNameKana: NotRequired[str | None]
    phoneNumber1: NotRequired[str | None]
    phoneNumber2: NotRequired[str | None]
    phoneNumber3: NotRequired[str | None]


class OrdererModel(PersonModel):
    """The buyer."""

    emailAddress: NotRequired[str | None]


class SenderModel(PersonModel):
    """The *recipient* of a package, whatever its name says."""


class SettlementModel(TypedDict):
    """How the buyer pays."""

    settlementMethodCode: NotRequired[int | None]
    settlementMethod: str


class PointModel(TypedDict):
    """Points that were used, in yen."""

    usedPoint: int


class WrappingModel(TypedDict):
    """Paper (title 1) or ribbon (title 2)."""

    title: int
    name: str
    price: NotRequired[int | None]
    includeTaxFlag: int
    deleteWrappingFlag: int
    taxPrice: NotRequired[int | None]


class SkuModel(TypedDict):
    """variantId is the SKU管理番号; empty on orders from before the shop's SKU migration."""

    variantId: NotRequired[str | None]
    skuInfo: NotRequired[str | None]


class ItemModel(TypedDict):
    """One order line."""

    itemDetailId: int
    itemName: str
    itemNumber: NotRequired[str | None]
    manageNumber: NotRequired[str | None]
    price: int
    units: int
    selectedChoice: NotRequired[str | None]
    deleteItemFlag: int
    taxRate: NotRequired[Rate | None]
    priceTaxIncl: NotRequired[int | None]
    SkuModelList: NotRequired[list[SkuModel] | None]


class ShippingModel(TypedDict):
    """A shipping record; an unfilled one keeps the order from being completed."""

    shippingDetailId: int
    shippingNumber: NotRequired[str | None]
    deliveryCompany: NotRequired[str | None]
    deliveryCompanyName: NotRequired[str | None]
    shippingDate: NotRequired[DayText | None]


class DeliveryCvsModel(TypedDict):
    """The convenience store or post office where the parcel is collected."""

    cvsCode: NotRequired[int | None]
    storeCode: NotRequired[str | None]
    storeName: NotRequired[str | None]
    storeZip: NotRequired[str | None]
    storePrefecture: NotRequired[str | None]
    storeAddress: NotRequired[str | None]
    openTime: NotRequired[str | None]
    closeTime: NotRequired[str | None]
    cvsRemarks: NotRequired[str | None]


class SocialGiftModel(TypedDict):
    """Version 10: whether the recipient of a social gift has entered the address."""

    inputDueDate: NotRequired[DayText | None]
    inputFlag: int


class PackageModel(TypedDict):
    """One destination."""

    basketId: int
    goodsPrice: int
    postagePrice: int
    deliveryPrice: int
    totalPrice: int
    noshi: NotRequired[str | None]
    packageDeleteFlag: int
    dropOffFlag: NotRequired[int | None]
    dropOffLocation: NotRequired[str | None]
    SenderModel: SenderModel
    ItemModelList: list[ItemModel]
    ShippingModelList: NotRequired[list[ShippingModel] | None]
    DeliveryCvsModel: NotRequired[DeliveryCvsModel | None]
    SocialGiftModel: NotRequired[SocialGiftModel | None]


class CouponModel(TypedDict):
    """A coupon that was used."""

    couponCode: NotRequired[str | None]
    couponName: NotRequired[str | None]
    couponCapitalCode: int
    couponTotalPrice: int


class ChangeReasonModel(TypedDict):
    """A change or cancellation with its times."""

    changeType: NotRequired[int | None]
    changeFixDatetime: NotRequired[MomentText | None]
    changeCmplDatetime: NotRequired[MomentText | None]


class TaxSummaryModel(TypedDict):
    """What is charged at one tax rate."""

    reqPriceTax: int


class OrderModel(TypedDict):
    """One order of getOrder."""

    orderNumber: str
    orderProgress: int
    orderDatetime: MomentText
    shippingCmplRptDatetime: NotRequired[MomentText | None]
    deliveryDate: NotRequired[DayText | None]
    shippingTerm: NotRequired[int | None]
    remarks: NotRequired[str | None]
    giftCheckFlag: int
    socialGiftFlag: NotRequired[int | None]
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
    OrdererModel: OrdererModel
    SettlementModel: NotRequired[SettlementModel | None]
    PointModel: NotRequired[PointModel | None]
    WrappingModel1: NotRequired[WrappingModel | None]
    WrappingModel2: NotRequired[WrappingModel | None]
    PackageModelList: list[PackageModel]
    CouponModelList: NotRequired[list[CouponModel] | None]
    ChangeReasonModelList: NotRequired[list[ChangeReasonModel] | None]
    TaxSummaryModelList: NotRequired[list[TaxSummaryModel] | None]
