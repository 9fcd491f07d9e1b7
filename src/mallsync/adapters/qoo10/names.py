"""The keys of Qoo10's rows → one normal form, the keys of GetShippingInfo_v3.

Version 2 mixes cases, version 3 renames fields, and the claims have a casing of their own (§6.4):
so keys are compared without case, and renamed ones are listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_type_hints

from mallsync.adapters.qoo10.shapes import ClaimModel, LineModel

__all__ = ["Spellings", "normal", "spelling"]

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
    **{key.lower(): key for key in (*get_type_hints(LineModel), *get_type_hints(ClaimModel))},
    **_RENAMED,
}


def _names(keys: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the normal form of a row's keys, None if they have it."""
    names = tuple(_NORMAL.get(key.lower(), key) for key in keys)
    return None if names == keys else names


class Spellings:
    """How the rows of one reply spell their keys: they share the very texts, so this is cheap."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], tuple[str, ...] | None] = {}

    def normal(self, row: dict[str, object]) -> dict[str, object]:
        """Return a row under its normal keys; a row that has them is returned itself."""
        keys = tuple(row)
        try:
            names = self._seen[keys]
        except KeyError:
            names = self._seen[keys] = _names(keys)
        return row if names is None else dict(zip(names, row.values(), strict=True))


def normal(row: dict[str, object]) -> dict[str, object]:
    """Return a row under its normal keys; a row that has them is returned itself.

    >>> normal({"orderNo": 1900000011, "itemCode": "700000001", "Gift": ""})
    {'OrderNo': 1900000011, 'ItemNo': '700000001', 'Gift': ''}
    """
    return Spellings().normal(row)


def spelling(row: Mapping[str, object], name: str) -> str:
    """Return how a row itself spells a normal key, to name a place in the mall's own words.

    >>> spelling({"itemCode": "700000001"}, "ItemNo"), spelling({}, "ItemNo")
    ('itemCode', 'ItemNo')
    """
    return next((key for key in row if _NORMAL.get(key.lower(), key) == name), name)
