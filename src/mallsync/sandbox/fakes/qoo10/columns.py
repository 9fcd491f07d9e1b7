"""Which method tells what under which name: one table (qoo10.md §6.4, §10)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from mallsync.sandbox.fakes.qoo10.draft import Yen
from mallsync.sandbox.world import Dice, JsonObject

__all__ = ["CLAIM", "SINGLE", "V2", "V3", "dumps", "of_columns", "with_gaps"]

# key of v2, key of v3; "": that version does not have it
_NAMES = (
    ("shippingStatus", "ShippingStatus"),
    ("sellerID", "SellerID"),
    ("orderNo", "OrderNo"),
    ("packNo", "PackNo"),
    ("orderDate", "OrderDate"),
    ("PaymentDate", "PaymentDate"),
    ("EstShippingDate", "EstimatedShippingDate"),
    ("ShippingDate", "ShippingDate"),
    ("DeliveredDate", "DeliveredDate"),
    ("buyer", "Buyer"),
    ("buyer_gata", "BuyerKana"),
    ("buyerTel", "BuyerTel"),
    ("buyerMobile", "BuyerMobile"),
    ("buyerEmail", "BuyerEmail"),
    ("OrderType", ""),
    ("itemCode", "ItemNo"),
    ("sellerItemCode", "SellerItemCode"),
    ("itemTitle", "ItemTitle"),
    ("option", "Option"),
    ("optionCode", "OptionCode"),
    ("orderPrice", "OrderPrice"),
    ("orderQty", "OrderQty"),
    ("discount", "Discount"),
    ("total", "Total"),
    ("SellerDiscount", "SellerDiscount"),
    ("Cart_Discount_Seller", "CartDiscountSeller"),
    ("Cart_Discount_Qoo10", "CartDiscountQoo10"),
    ("SettlePrice", "SettlePrice"),
    ("ShippingRate", "ShippingRate"),
    ("shippingRateType", "ShippingRateType"),
    ("Currency", "Currency"),
    ("PaymentMethod", "PaymentMethod"),
    ("PaymentNation", ""),
    ("cod_price", ""),
    ("receiver", "Receiver"),
    ("receiver_gata", "ReceiverKana"),
    ("zipCode", "ZipCode"),
    ("shippingCountry", ""),
    ("shippingAddr", "ShippingAddress"),
    ("Addr1", "Address1"),
    ("Addr2", "Address2"),
    ("receiverTel", "ReceiverTel"),
    ("receiverMobile", "ReceiverMobile"),
    ("hopeDate", "DesiredDeliveryDate"),
    ("senderName", "SenderName"),
    ("senderTel", "SenderTel"),
    ("senderNation", "SenderNation"),
    ("senderZipCode", "SenderZipCode"),
    ("senderAddr", "SenderAddress"),
    ("ShippingWay", "ShippingWay"),
    ("ShippingMsg", "ShippingMessage"),
    ("RelatedOrder", "RelatedOrder"),
    ("DeliveryCompany", "DeliveryCompany"),
    ("TrackingNo", "TrackingNo"),
    ("PackingNo", "PackingNo"),
    ("SellerDeliveryNo", "SellerDeliveryNo"),
    ("VoucherCode", "VoucherCode"),
    ("Gift", "Gift"),
    ("BranchName", "BranchName"),
    ("OverseaConsignment", ""),
    ("OverseaConsignment_receiver", ""),
    ("OverseaConsignment_Country", ""),
    ("OverseaConsignment_zipCode", ""),
    ("OverseaConsignment_Addr1", ""),
    ("OverseaConsignment_Addr2", ""),
    ("DelayType", ""),
    ("DelayMemo", ""),
    ("", "Material"),
    ("", "AvailableSendType"),
    ("", "AvailableShippingDate"),
)
# How claims and single orders write what v2 writes otherwise (qoo10.md §6.4).
_THIRD_CASING = {
    "ShippingDate": "shippingDate",
    "DeliveryCompany": "deliveryCompany",
    "TrackingNo": "trackingNo",
    "Currency": "currency",
    "PaymentNation": "paymentNation",
}
_CLAIM_NAMES = (
    *("claimStatus", "cancelRefundDate", "reason", "requestDate", "orderDate", "PaymentDate"),
    *("ShippingDate", "DeliveredDate", "orderNo", "packNo", "itemCode", "sellerItemCode"),
    *("itemTitle", "orderQty", "PaymentNation", "Currency", "paymentAmount", "DeliveryCompany"),
    *("TrackingNo", "deliveryCompanyReturn", "trackingNoReturn", "pickupAddress", "zipCode"),
    *("paymentReturnShipping", "itemCondition", "receiver", "receiverTel", "receiverMobile"),
    *("buyer", "buyerTel", "buyerMobile", "CODCancelPrice", "CODQrefundPrice"),
    *("CODCancelRelatedOrder", "nrDutyTarget", "nrSolType", "nrPartRefundCnt"),
    "nrPartRefundBalance",
)
_NOT_SINGLE = {"Addr1", "Addr2", "ShippingRate", "SettlePrice", "RelatedOrder"}
_SINGLE_NAMES = tuple(
    dict.fromkeys(
        (
            *(v2 for v2, _ in _NAMES if v2 and v2 not in _NOT_SINGLE),
            *_CLAIM_NAMES,
            "pickupzipCode",
        )
    )
)

Columns = Mapping[str, str]
"""The inner name of each value, and the key under which it is told."""

V2: Columns = MappingProxyType({v2: v2 for v2, _ in _NAMES if v2})
V3: Columns = MappingProxyType({v2 or v3: v3 for v2, v3 in _NAMES if v3})
CLAIM: Columns = MappingProxyType({name: _THIRD_CASING.get(name, name) for name in _CLAIM_NAMES})
SINGLE: Columns = MappingProxyType({name: _THIRD_CASING.get(name, name) for name in _SINGLE_NAMES})

# Where nothing is told as null now and then, or left out: known to one source only (§6.4, §12).
_NULLED = frozenset(
    {
        *("PaymentDate", "EstShippingDate", "ShippingDate", "DeliveredDate", "hopeDate"),
        *("ShippingMsg", "optionCode", "option", "sellerItemCode", "TrackingNo", "senderName"),
        *("senderTel", "buyer_gata", "receiver_gata", "buyerTel", "receiverTel", "Gift"),
        *("OrderType", "VoucherCode", "BranchName", "DeliveryCompany", "cancelRefundDate"),
    }
)
_LEFT_OUT = frozenset(
    {
        *("OrderType", "DelayType", "DelayMemo", "Material", "OverseaConsignment_receiver"),
        *("OverseaConsignment_Country", "OverseaConsignment_zipCode", "pickupAddress"),
        *("OverseaConsignment_Addr1", "OverseaConsignment_Addr2", "pickupzipCode"),
    }
)
_GAPS = 0.15


def with_gaps(row: JsonObject, seed: int) -> JsonObject:
    """Return the values with some of the empty ones null or missing, the same each time."""
    dice = Dice(seed)
    empty = [name for name in row if row[name] == "" and dice.chance(_GAPS)]
    nulled = {name: None for name in empty if name in _NULLED and dice.chance(0.5)}
    gone = _LEFT_OUT.intersection(empty).difference(nulled)
    return {name: value for name, value in (row | nulled).items() if name not in gone}


def of_columns(row: JsonObject, columns: Columns, spell: Callable[[str], str]) -> JsonObject:
    """Return a row with just the columns of a method, named as it names them."""
    return {spell(key): row[name] for name, key in columns.items() if name in row}


_MARKED = re.compile(r'"\\u0000(-?[0-9.]+)"')


def dumps(payload: JsonObject, decimals: str) -> bytes:
    """Return the JSON of an answer.

    Args:
        decimals: what stands behind the whole yen of an amount, such as ".0".
    """

    def mark(value: object) -> str:
        if not isinstance(value, Yen):
            raise TypeError(value)
        return f"\0{value.amount}{decimals}"

    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=mark)
    return _MARKED.sub(r"\1", text).encode("utf-8")
