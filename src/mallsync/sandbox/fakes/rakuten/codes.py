"""The mall's code tables, as far as a fake needs them (wire facts §2.3, §3.3 to §3.6, §4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

__all__ = [
    "CANCELLED",
    "CARRIERS",
    "CHANGE_REASONS",
    "DROP_OFF_LOCATIONS",
    "PREFIXES",
    "SUB_STATUSES",
    "UNDECIDED",
    "Progress",
]

UNDECIDED = -9999


class Progress(IntEnum):
    """Say how far an order has come."""

    CONFIRMING = 100
    PROCESSING = 200
    TO_SHIP = 300
    CHANGING = 400
    SHIPPED = 500
    PAYING = 600
    PAID = 700
    CANCELLING = 800
    CANCELLED = 900


CANCELLED = frozenset({Progress.CANCELLING, Progress.CANCELLED})

CARRIERS: Mapping[str, str] = MappingProxyType(
    {
        "1000": "その他",
        "1001": "ヤマト運輸",
        "1002": "佐川急便",
        "1003": "日本郵便",
        "1004": "西濃運輸",
        "1005": "セイノースーパーエクスプレス",
        "1006": "福山通運",
        "1007": "名鉄運輸",
        "1008": "トナミ運輸",
        "1009": "第一貨物",
        "1010": "新潟運輸",
        "1011": "中越運送",
        "1012": "岡山県貨物運送",
        "1013": "久留米運送",
        "1014": "山陽自動車運送",
        "1015": "NXトランスポート",
        "1016": "エコ配",
        "1017": "EMS",
        "1018": "DHL",
        "1019": "FedEx",
        "1020": "UPS",
        "1021": "日本通運",
        "1022": "TNT",
        "1023": "OCS",
        "1024": "USPS",
        "1025": "SFエクスプレス",
        "1026": "Aramex",
        "1027": "SGHグローバル・ジャパン",
        "1028": "Rakuten EXPRESS",
        "1029": "日本郵便 楽天倉庫出荷",
        "1030": "ヤマト運輸 クロネコゆうパケット",
        "1031": "名鉄NX運輸",
    }
)

CHANGE_REASONS = frozenset({1, 2, 3, 4, 5, 6, 8, 10, 13, 14, 15})

DROP_OFF_LOCATIONS = (
    "宅配ボックス",
    "玄関前",
    "玄関前鍵付容器",
    "ポスト（郵便受箱）",
    "メーターボックス",
    "物置",
    "車庫",
)

# Shop-defined: sub-status id -> (the progress that it belongs to, name).
SUB_STATUSES: Mapping[int, tuple[Progress, str]] = MappingProxyType(
    {
        11: (Progress.CONFIRMING, "在庫確認中"),
        31: (Progress.TO_SHIP, "入荷待ち"),
        32: (Progress.TO_SHIP, "出荷準備中"),
        51: (Progress.SHIPPED, "到着確認済"),
    }
)

# What stands before _INFO_101 and the like (wire facts §1.7). The names of searchOrder to
# updateOrderRemarks are evidenced; that of cancelOrderAfterShipping follows their pattern.
PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "searchOrder": "SEARCH_ORDER",
        "getOrder": "GET_ORDER",
        "confirmOrder": "CONFIRM_ORDER",
        "updateOrderShipping": "UPDATE_ORDERSHIPPING",
        "updateOrderShippingAsync": "UPDATE_ORDERSHIPPING_ASYNC",
        "getResultUpdateOrderShippingAsync": "GET_RESULT_UPDATEORDERSHIPPING_ASYNC",
        "getSubStatusList": "GET_SUBSTATUSLIST",
        "updateOrderSubStatus": "UPDATE_ORDERSUBSTATUS",
        "updateOrderMemo": "UPDATE_ORDERMEMO",
        "updateOrderRemarks": "UPDATE_ORDERREMARKS",
        "cancelOrder": "CANCEL_ORDER",
        "cancelOrderAfterShipping": "CANCEL_ORDERAFTERSHIPPING",
    }
)
