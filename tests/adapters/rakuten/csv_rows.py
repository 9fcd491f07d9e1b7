"""Rows of RMS's order CSV for a made-up order, written from the wire page (§8.1), not our codec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["rows_of"]

_ORDER = {
    "注文番号": "orderNumber",
    "ステータス": "orderProgress",
    "サブステータスID": "subStatusId",
    "サブステータス": "subStatusName",
    "ギフト配送希望": "giftCheckFlag",
    "楽天確認中フラグ": "rakutenConfirmFlag",
    "警告表示タイプ": "cautionDisplayType",
    "商品合計金額": "goodsPrice",
    "送料合計": "postagePrice",
    "代引料合計": "deliveryPrice",
    "決済手数料": "paymentCharge",
    "請求金額": "requestPrice",
    "合計金額": "totalPrice",
    "クーポン利用総額": "couponAllTotalPrice",
    "店舗発行クーポン利用額": "couponShopPrice",
    "注文者負担金合計": "additionalFeeOccurAmountToUser",
    "お届け日指定": "deliveryDate",
    "お届け時間帯": "shippingTerm",
    "コメント": "remarks",
}
_PERSON = {
    "郵便番号1": "zipCode1",
    "郵便番号2": "zipCode2",
    "住所都道府県": "prefecture",
    "住所郡市区": "city",
    "住所それ以降の住所": "subAddress",
    "姓": "familyName",
    "名": "firstName",
    "姓カナ": "familyNameKana",
    "名カナ": "firstNameKana",
    "電話番号1": "phoneNumber1",
    "電話番号2": "phoneNumber2",
    "電話番号3": "phoneNumber3",
}
_PACKAGE = {
    "送付先ID": "basketId",
    "送付先商品合計金額": "goodsPrice",
    "送付先送料": "postagePrice",
    "送付先代引料": "deliveryPrice",
    "送付先合計金額": "totalPrice",
    "のし": "noshi",
}
_ITEM = {
    "商品明細ID": "itemDetailId",
    "商品ID": "itemId",
    "商品名": "itemName",
    "商品番号": "itemNumber",
    "商品管理番号": "manageNumber",
    "単価": "price",
    "個数": "units",
    "項目・選択肢": "selectedChoice",
    "商品税率": "taxRate",
    "商品毎税込価格": "priceTaxIncl",
}
_WRAPPING = {
    "タイトル": "title",
    "名": "name",
    "料金": "price",
    "税込別": "includeTaxFlag",
    "税額": "taxPrice",
}


def rows_of(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a row for each line; of deleted ones no source tells, and they are left out."""
    return [
        {**_order(document), **_package(package), **_item(item)}
        for package in document["PackageModelList"]
        if not package["packageDeleteFlag"]
        for item in package["ItemModelList"]
        if not item["deleteItemFlag"]
    ]


def _order(document: Mapping[str, Any]) -> dict[str, str]:
    ordered = _moment(document["orderDatetime"])
    day, _, time = ordered.partition(" ")
    settlement = document.get("SettlementModel") or {}
    points = document.get("PointModel") or {}
    return {
        **_told(document, _ORDER),
        "注文日時": ordered,
        "注文日": day,
        "注文時間": time,
        "発送完了報告日時": _moment(document.get("shippingCmplRptDatetime")),
        "支払方法名": _text(settlement.get("settlementMethod")),
        "ポイント利用額": _text(points.get("usedPoint")),
        **_told(document["OrdererModel"], _PERSON, "注文者"),
        "注文者メールアドレス": _text(document["OrdererModel"].get("emailAddress")),
        **dict(_wrappings(document)),
        **{
            f"{round(float(one['taxRate']) * 100)}%請求額に対する税額": _text(one["reqPriceTax"])
            for one in document.get("TaxSummaryModelList") or ()
        },
    }


def _wrappings(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for number in (1, 2):
        told = document.get(f"WrappingModel{number}") or {}
        if told and not told["deleteWrappingFlag"]:
            yield from (
                (f"ラッピング{name}{number}", _text(told[key])) for name, key in _WRAPPING.items()
            )


def _package(package: Mapping[str, Any]) -> dict[str, str]:
    return {**_told(package, _PACKAGE), **_told(package["SenderModel"], _PERSON, "送付先")}


def _item(item: Mapping[str, Any]) -> dict[str, str]:
    skus = item.get("SkuModelList") or [{}]
    return {
        **_told(item, _ITEM),
        "SKU管理番号": _text(skus[0].get("variantId")),
        "SKU情報": _text(skus[0].get("skuInfo")),
    }


def _told(values: Mapping[str, Any], columns: Mapping[str, str], who: str = "") -> dict[str, str]:
    return {f"{who}{column}": _text(values.get(key)) for column, key in columns.items()}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _moment(text: str | None) -> str:
    return (text or "").removesuffix("+0900").replace("T", " ")
