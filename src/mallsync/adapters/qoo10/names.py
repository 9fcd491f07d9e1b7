"""The keys of Qoo10's rows → one normal form, the keys of GetShippingInfo_v3.

Version 2 mixes cases, version 3 renames fields, and the claims have a casing of their own (§6.4):
so keys are compared without case, and renamed ones are listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from attrs import fields

from mallsync.adapters.qoo10.shapes import ClaimRecord, LineRecord

__all__ = ["names_of", "normal", "spelling"]

_RENAMED = {
    "packno": "PackNo",
    "estshippingdate": "EstimatedShippingDate",
    "buyer_gata": "BuyerKana",
    "receiver_gata": "ReceiverKana",
    "itemcode": "ItemNo",
    "cart_discount_seller": "CartDiscountSeller",
    "cart_discount_qoo10": "CartDiscountQoo10",
    "shippingaddr": "ShippingAddress",
    "addr1": "Address1",
    "addr2": "Address2",
    "hopedate": "DesiredDeliveryDate",
    "shippingmsg": "ShippingMessage",
}
"""Keys of version 2 in small letters, where version 3 has another word."""

_NORMAL = {
    **{one.name.lower(): one.name for one in (*fields(LineRecord), *fields(ClaimRecord))},
    **_RENAMED,
}


@lru_cache(maxsize=64)
def names_of(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the normal form of a row's keys; a mall has few sets of them.

    >>> names_of(("orderNo", "itemCode", "Gift"))
    ('OrderNo', 'ItemNo', 'Gift')
    """
    return tuple(_NORMAL.get(key.lower(), key) for key in keys)


def normal(row: dict[str, object]) -> dict[str, object]:
    """Return a row under its normal keys.

    >>> normal({"orderNo": 1900000011, "itemCode": "700000001", "Gift": ""})
    {'OrderNo': 1900000011, 'ItemNo': '700000001', 'Gift': ''}
    """
    return dict(zip(names_of(tuple(row)), row.values(), strict=True))


def spelling(row: Mapping[str, object], name: str) -> str:
    """Return how a row itself spells a normal key, to name a place in the mall's own words.

    >>> spelling({"itemCode": "700000001"}, "ItemNo"), spelling({}, "ItemNo")
    ('itemCode', 'ItemNo')
    """
    return next((key for key in row if _NORMAL.get(key.lower(), key) == name), name)
