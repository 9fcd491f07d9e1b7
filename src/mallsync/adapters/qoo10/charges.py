"""The money of a cart, by the line arithmetic of the facts (§6.4, §12). Pure.

For each line Total = OrderPrice × OrderQty + option surcharge − Discount. Shipping and cart coupons
repeat on every line of a cart, and count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from mallsync.adapters.qoo10.shapes import LineRecord
from mallsync.adapters.qoo10.values import whole
from mallsync.model.order import Charges, Discount
from mallsync.model.words import Funder
from mallsync.wire.making import maker

__all__ = ["goods_charges", "order_charges"]

_new_charges = maker(Charges)
_new_discount = maker(Discount)
_NOTHING = Charges()
# Asking the class for a member takes ten times as long as a name of the module.
_SHOP, _MALL, _UNKNOWN = Funder.SHOP, Funder.MALL, Funder.UNKNOWN
_OF_CART = attrgetter("ShippingRate", "cod_price", "CartDiscountSeller", "CartDiscountQoo10")
_Amount = float | str | None


def goods_charges(rows: Sequence[LineRecord]) -> Charges:
    """Return what the goods of one of several shipments cost: the rest is known of the cart."""
    return _new_charges(goods=_goods(rows)) if rows else _NOTHING


def order_charges(rows: Sequence[LineRecord]) -> Charges:
    """Return the charges of a cart from its live lines; without one nothing is charged."""
    if not rows:
        return _NOTHING
    goods = _goods(rows)
    shipping, cod_fee, by_shop, by_mall = _of_cart(rows)
    discounts = _discounts(rows, by_shop or 0, by_mall or 0)
    total = None if shipping is None else goods + shipping
    taken_off = sum([one.amount for one in discounts]) if discounts else 0
    return _new_charges(
        goods=goods,
        shipping=shipping,
        cod_fee=cod_fee,
        discounts=discounts,
        total=total,
        requested=None if total is None else total - taken_off + (cod_fee or 0),
    )


def _goods(rows: Sequence[LineRecord]) -> int:
    """Return what lines cost before discounts, their option surcharges included."""
    goods = 0
    for row in rows:
        goods += row.Total + row.Discount
    return goods


def _of_cart(rows: Sequence[LineRecord]) -> list[int | None]:
    """Return the amounts of the cart, which its lines tell; where they differ, the first told.

    Whether one is repeated or shared out among lines is not known (§16); clients take the first.
    """
    told: tuple[_Amount, ...] = _OF_CART(rows[0])
    for row in rows[1:]:
        others: tuple[_Amount, ...] = _OF_CART(row)
        if others != told:
            pairs = zip(told, others, strict=True)
            told = tuple([other if one is None or one == "" else one for one, other in pairs])
    return [one if one is None or type(one) is int else _whole(one) for one in told]


def _whole(amount: float | str) -> int | None:
    return None if amount == "" else whole(amount)


def _discounts(rows: Sequence[LineRecord], by_shop: int, by_mall: int) -> tuple[Discount, ...]:
    """Return what was taken off, summed by who pays for it."""
    unknown = 0
    for row in rows:
        # Without a discount there is no part of it; one that cannot be read is told all the same.
        if not row.Discount and (not row.SellerDiscount or type(row.SellerDiscount) is int):
            continue
        # SellerDiscount is taken for the seller's part of Discount (§6.4).
        part = whole(row.SellerDiscount or 0)
        if 0 <= part <= row.Discount:
            by_shop += part
            by_mall += row.Discount - part
        else:
            unknown += row.Discount
    if not (by_shop or by_mall or unknown):
        return ()
    parts = ((_SHOP, by_shop), (_MALL, by_mall), (_UNKNOWN, unknown))
    return tuple([_new_discount(funder=funder, amount=yen) for funder, yen in parts if yen])
