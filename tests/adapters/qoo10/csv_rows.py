"""Rows of QSM's delivery CSVs for a made-up cart, written from the wire page (§13) alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["brief_rows", "detail_rows"]

_STATES = {"1": "配送待ち", "2": "配送要請", "3": "配送準備", "4": "配送中", "5": "配送完了"}
_DETAIL = {
    "注文番号": "orderNo",
    "カート番号": "packNo",
    "配送会社": "DeliveryCompany",
    "送り状番号": "TrackingNo",
    "発送日": "ShippingDate",
    "注文日": "orderDate",
    "入金日": "PaymentDate",
    "お届け希望日": "hopeDate",
    "発送予定日": "EstShippingDate",
    "配送完了日": "DeliveredDate",
    "商品番号": "itemCode",
    "商品名": "itemTitle",
    "数量": "orderQty",
    "オプション情報": "option",
    "オプションコード": "optionCode",
    "受取人名": "receiver",
    "受取人名(フリガナ)": "receiver_gata",
    "受取人電話番号": "receiverTel",
    "受取人携帯電話番号": "receiverMobile",
    "住所": "shippingAddr",
    "郵便番号": "zipCode",
    "送料の決済": "shippingRateType",
    "販売価格": "orderPrice",
    "割引額": "discount",
    "注文金額の合計": "total",
    "購入者名": "buyer",
    "購入者名(フリガナ)": "buyer_gata",
    "配送要請事項": "ShippingMsg",
    "購入者電話番号": "buyerTel",
    "購入者携帯電話番号": "buyerMobile",
    "販売者商品コード": "sellerItemCode",
    "プレゼント贈り主": "senderName",
}
_DATES = ("発送日", "注文日", "入金日", "お届け希望日", "発送予定日", "配送完了日")
_AMOUNTS = ("販売価格", "割引額", "注文金額の合計")
_BRIEF = (
    *("配送状態", "注文番号", "カート番号", "配送会社", "送り状番号", "発送日", "発送予定日"),
    *("商品名", "数量", "オプション情報", "オプションコード", "受取人名", "販売者商品コード"),
)


def detail_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return a row for each row of version 2: slashes in dates, commas, an apostrophe."""
    return [_row(row) for row in rows]


def brief_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the same for a brief file."""
    return [{header: row[header] for header in _BRIEF} for row in detail_rows(rows)]


def _row(row: Mapping[str, Any]) -> dict[str, str]:
    told = {header: _text(row.get(key)) for header, key in _DETAIL.items()}
    told["配送状態"] = _STATES[str(row["shippingStatus"]).rpartition("(")[2].removesuffix(")")]
    for header in _DATES:
        told[header] = told[header].replace("-", "/")
    for header in _AMOUNTS:
        told[header] = f"{round(float(told[header])):,}"
    told["郵便番号"] = f"'{told['郵便番号']}"
    return told


def _text(value: object) -> str:
    return "" if value is None else str(value)
