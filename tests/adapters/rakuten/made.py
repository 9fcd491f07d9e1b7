"""Made-up records of Rakuten's, written from the wire facts, and short ways to build on them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from mallsync import Order, ShipmentNotice
from mallsync.adapters.rakuten.flows import Fetch
from mallsync.adapters.rakuten.reading import Reader
from mallsync.model.period import JST
from mallsync.model.sighting import Seen
from mallsync.wire.messages import Response

__all__ = [
    "BASKET",
    "FETCH",
    "NOW",
    "NUMBER",
    "PREFIX",
    "detail",
    "item",
    "message",
    "notice",
    "order",
    "package",
    "reader",
    "record",
    "response",
    "seen",
    "sender",
]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
NUMBER = "999003-20261120-0000000101"
BASKET = 5_000_000_031
PREFIX = "ORDER_EXT_API_"

_SENDER: Mapping[str, Any] = {
    "zipCode1": "100",
    "zipCode2": "0009",
    "prefecture": "東京都",
    "city": "架空区",
    "subAddress": "見本町7-8-9",
    "familyName": "見本",
    "firstName": "一子",
    "familyNameKana": "ミホン",
    "firstNameKana": "イチコ",
    "phoneNumber1": "03",
    "phoneNumber2": "0000",
    "phoneNumber3": "0031",
    "isolatedIslandFlag": 0,
}

_ITEM: Mapping[str, Any] = {
    "itemDetailId": 5_000_000_032,
    "itemName": "見本の急須",
    "itemId": 10_000_031,
    "itemNumber": "POT-31",
    "manageNumber": "mihon-pot",
    "price": 2200,
    "units": 1,
    "includePostageFlag": 0,
    "includeTaxFlag": 1,
    "includeCashOnDeliveryPostageFlag": 0,
    "selectedChoice": None,
    "pointRate": 1,
    "pointType": 0,
    "inventoryType": 1,
    "delvdateInfo": None,
    "restoreInventoryFlag": 0,
    "dealFlag": 0,
    "drugFlag": 0,
    "deleteItemFlag": 0,
    "taxRate": 0.1,
    "priceTaxIncl": 2200,
    "isSingleItemShipping": 0,
    "SkuModelList": [
        {"variantId": "pot-blue", "merchantDefinedSkuId": "P-31", "skuInfo": "色:藍"},
    ],
}

_PACKAGE: Mapping[str, Any] = {
    "basketId": BASKET,
    "postagePrice": 600,
    "postageTaxRate": 0.1,
    "deliveryPrice": 0,
    "deliveryTaxRate": 0.1,
    "goodsPrice": 2200,
    "totalPrice": 2800,
    "noshi": None,
    "packageDeleteFlag": 0,
    "SenderModel": _SENDER,
    "ItemModelList": [_ITEM],
    "ShippingModelList": [],
    "DeliveryCvsModel": None,
    "defaultDeliveryCompanyCode": "1001",
    "dropOffFlag": 0,
    "dropOffLocation": None,
    "SocialGiftModel": None,
}

_RECORD: Mapping[str, Any] = {
    "orderNumber": NUMBER,
    "orderProgress": 300,
    "subStatusId": None,
    "subStatusName": None,
    "orderDatetime": "2026-11-20T21:05:09+0900",
    "shopOrderCfmDatetime": "2026-11-20T21:10:00+0900",
    "orderFixDatetime": "2026-11-20T21:30:00+0900",
    "shippingInstDatetime": "2026-11-20T21:30:00+0900",
    "shippingCmplRptDatetime": None,
    "cancelDueDate": None,
    "deliveryDate": None,
    "shippingTerm": None,
    "remarks": None,
    "giftCheckFlag": 0,
    "severalSenderFlag": 0,
    "equalSenderFlag": 1,
    "isolatedIslandFlag": 0,
    "rakutenMemberFlag": 1,
    "carrierCode": 11,
    "emailCarrierCode": 0,
    "orderType": 1,
    "reserveNumber": None,
    "reserveDeliveryCount": None,
    "cautionDisplayType": 0,
    "cautionDisplayDetailType": None,
    "rakutenConfirmFlag": 0,
    "goodsPrice": 2200,
    "postagePrice": 600,
    "deliveryPrice": 0,
    "paymentCharge": 0,
    "paymentChargeTaxRate": 0.1,
    "totalPrice": 2800,
    "requestPrice": 2800,
    "couponAllTotalPrice": 0,
    "couponShopPrice": 0,
    "couponOtherPrice": 0,
    "additionalFeeOccurAmountToUser": 0,
    "additionalFeeOccurAmountToShop": 0,
    "asurakuFlag": 0,
    "drugFlag": 0,
    "dealFlag": 0,
    "deliveryCertPrgFlag": 0,
    "oneDayOperationFlag": 0,
    "membershipType": 0,
    "memo": None,
    "operator": None,
    "mailPlugSentence": None,
    "modifyFlag": 0,
    "receiptIssueCount": 0,
    "receiptIssueHistoryList": None,
    "socialGiftFlag": 0,
    "OrdererModel": {
        **_SENDER,
        "emailAddress": "00000000000000000000000000000031s1@pc.fw.rakuten.ne.jp",
        "sex": None,
        "birthYear": None,
        "birthMonth": None,
        "birthDay": None,
    },
    "SettlementModel": {
        "settlementMethodCode": 1,
        "settlementMethod": "クレジットカード",
        "rpaySettlementFlag": 1,
    },
    "DeliveryModel": {"deliveryName": "宅配便", "deliveryClass": None},
    "PointModel": None,
    "WrappingModel1": None,
    "WrappingModel2": None,
    "PackageModelList": [_PACKAGE],
    "CouponModelList": None,
    "ChangeReasonModelList": [],
    "TaxSummaryModelList": [
        {
            "taxRate": 0.1,
            "reqPrice": 2800,
            "reqPriceTax": 254,
            "totalPrice": 2800,
            "paymentCharge": 0,
            "couponPrice": 0,
            "point": 0,
        }
    ],
    "DueDateModelList": [],
}


def record(**changes: Any) -> dict[str, Any]:
    """Return a getOrder record of version 10, with some keys changed."""
    return copy.deepcopy({**_RECORD, **changes})


def package(**changes: Any) -> dict[str, Any]:
    """Return a PackageModel, with some keys changed."""
    return copy.deepcopy({**_PACKAGE, **changes})


def item(**changes: Any) -> dict[str, Any]:
    """Return an ItemModel, with some keys changed."""
    return copy.deepcopy({**_ITEM, **changes})


def sender(**changes: Any) -> dict[str, Any]:
    """Return a SenderModel, with some keys changed."""
    return {**_SENDER, **changes}


def detail(
    ident: int = 600_000_000_031,
    number: str | None = None,
    company: str | None = None,
    day: str | None = None,
) -> dict[str, Any]:
    """Return a ShippingModel."""
    return {
        "shippingDetailId": ident,
        "shippingNumber": number,
        "deliveryCompany": company,
        "deliveryCompanyName": None,
        "shippingDate": day,
    }


def reader() -> Reader:
    """Return a reader of the shop "demo"."""
    return Reader("demo")


FETCH = Fetch(reader=Reader("demo"))


def order(number: str = NUMBER, *details: Mapping[str, Any], **changes: Any) -> Order:
    """Return an order of one package that holds these shipping records."""
    one = package(ShippingModelList=list(details))
    return reader().read(record(orderNumber=number, **{"PackageModelList": [one], **changes}))


def seen(*orders: Order) -> tuple[str, object]:
    """Return a row of a script: the mall is looked at, and shows these orders."""
    return "getOrder", tuple(Seen(one) for one in orders)


def notice(number: str = NUMBER, *numbers: str, **changes: Any) -> ShipmentNotice:
    """Return a notice with these tracking numbers; one, if none is given."""
    facts: dict[str, Any] = {
        "order_number": number,
        "shipment_id": str(BASKET),
        "carrier": "ヤマト運輸",
        "tracking_numbers": numbers or ("000011112222",),
        "ship_date": date(2026, 11, 22),
    }
    return ShipmentNotice(**{**facts, **changes})


def message(code: str, **more: Any) -> dict[str, Any]:
    """Return an entry of MessageModelList; its type is the word within its code."""
    kind = next(word for word in ("INFO", "WARNING", "ERROR") if f"_{word}_" in code)
    return {"messageType": kind, "messageCode": PREFIX + code, "message": "見本の文", **more}


def response(payload: object, status: int = 200, **headers: str) -> Response:
    """Return an answer with a JSON body."""
    return Response(status=status, headers=headers, body=json.dumps(payload).encode())
