"""Whether an order's amounts add up, and if they do not, the likely cause.

Three sums are checked: the goods against the lines, the total against its parts, and what the
buyer pays against the total, fees, discounts and points. Which parts make which sum is a
convention of each mall (`mallsync.policy.settings.SumRule`). Everything is whole yen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from attrs import field, frozen

from mallsync.errors import ConfigError, Hint
from mallsync.model.order import Charges, Item, Order
from mallsync.model.words import Hold, Phase
from mallsync.policy.conventions import convention_followed_by

__all__ = ["Balance", "Cause", "Finding", "Sum", "check"]


class Sum(StrEnum):
    """The sums that are checked: `Charges` fields."""

    GOODS = "goods"
    TOTAL = "total"
    REQUESTED = "requested"


class Cause(StrEnum):
    """What a difference is as large as."""

    SHIPPING = "SHIPPING"
    COD_FEE = "COD_FEE"
    PAYMENT_FEE = "PAYMENT_FEE"
    BUYER_FEE = "BUYER_FEE"
    WRAPPING = "WRAPPING"
    POINTS = "POINTS"
    DISCOUNT = "DISCOUNT"
    TAX = "TAX"
    ROUNDING = "ROUNDING"
    UNKNOWN = "UNKNOWN"


_SUMS: Mapping[Sum, Hint] = {
    Sum.GOODS: Hint(ja="商品合計", en="goods"),
    Sum.TOTAL: Hint(ja="合計金額", en="total"),
    Sum.REQUESTED: Hint(ja="請求金額", en="amount requested"),
}
_CAUSES: Mapping[Cause, Hint] = {
    Cause.SHIPPING: Hint(ja="送料と同額です", en="as much as the shipping"),
    Cause.COD_FEE: Hint(ja="代引手数料と同額です", en="as much as the cash-on-delivery fee"),
    Cause.PAYMENT_FEE: Hint(ja="決済手数料と同額です", en="as much as the payment fee"),
    Cause.BUYER_FEE: Hint(ja="注文者負担金と同額です", en="as much as the buyer's further charge"),
    Cause.WRAPPING: Hint(ja="ラッピング料と同額です", en="as much as the wrapping"),
    Cause.POINTS: Hint(ja="ポイント利用額と同額です", en="as much as the points"),
    Cause.DISCOUNT: Hint(ja="割引額と同額です", en="as much as a discount"),
    Cause.TAX: Hint(ja="消費税と同額です", en="as much as the consumption tax"),
    Cause.ROUNDING: Hint(ja="税の端数とみられます", en="no more than rounding of tax"),
    Cause.UNKNOWN: Hint(ja="原因は不明です", en="for a reason that is not known"),
}
_UNCHECKED = Hint(ja="未確定のため確認できません", en="not decided yet, so not checked")
_GOOD = Hint(ja="金額は一致しています", en="the amounts add up")
_FINDING = Hint(
    ja="{name}が内訳より{residual:+,}円: {cause}",
    en="the {name} differs from its parts by {residual:+,} yen: {cause}",
)


@frozen
class Finding:
    """A sum that does not add up: what the mall states less what its parts make, in yen."""

    sum: Sum
    stated: int
    parts: int
    cause: Cause

    @property
    def residual(self) -> int:
        """What is stated beyond the parts; negative if less is stated."""
        return self.stated - self.parts

    def explain(self, lang: str = "en") -> str:
        """Return the finding in words, in ``"ja"`` or ``"en"``.

        >>> Finding(Sum.TOTAL, 1500, 1000, Cause.SHIPPING).explain("ja")
        '合計金額が内訳より+500円: 送料と同額です'
        """
        return _FINDING(lang).format(
            name=_SUMS[self.sum](lang), residual=self.residual, cause=_CAUSES[self.cause](lang)
        )


@frozen
class Balance:
    """What checking an order's amounts came to.

    ``unchecked`` are the sums of which an amount is not decided, or not stated by the mall.
    """

    findings: tuple[Finding, ...] = ()
    unchecked: tuple[Sum, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether nothing that could be checked is wrong."""
        return not self.findings

    def explain(self, lang: str = "en") -> str:
        """Return it in words, in ``"ja"`` or ``"en"``.

        >>> Balance().explain("ja")
        '金額は一致しています'
        """
        said = [finding.explain(lang) for finding in self.findings]
        said += [f"{_SUMS[one](lang)}: {_UNCHECKED(lang)}" for one in self.unchecked]
        return "; ".join(said) or _GOOD(lang)


def check(order: Order) -> Balance:
    """Hold an order's amounts against their parts.

    Cancelled lines and shipments do not count. Where all are, nothing tells which of them had
    counted, so that what is made of lines stays unchecked.
    An amount that the mall has not decided is never taken for zero: its sum stays unchecked. One
    that the mall does not state at all is no part.

    Raises:
        ConfigError: `order` is no `Order`.

    >>> from datetime import datetime
    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> order = Order(key=OrderKey("rakuten", "s", "1"), phase=Phase.TO_SHIP, mall_status="300",
    ...     ordered_at=datetime(2026, 11, 22, tzinfo=JST),
    ...     charges=Charges(goods=1000, shipping=500, total=1500, points=100, requested=1500))
    >>> check(order).explain("ja")
    '請求金額が内訳より+100円: ポイント利用額と同額です'
    """
    if not isinstance(order, Order):
        raise ConfigError(f"order is {type(order).__name__}: write an Order")
    items = _items(order)
    may_exceed = convention_followed_by(order.mall).sums.may_exceed
    findings = []
    unchecked = []
    for one, parts in _parts(order, items):
        stated = getattr(order.charges, one)
        if stated is None or parts is None:
            unchecked.append(one)
        elif stated < parts or (stated > parts and one not in may_exceed):
            findings.append(Finding(one, stated, parts, _cause(stated - parts, order, items)))
    return Balance(tuple(findings), tuple(unchecked))


def _items(order: Order) -> list[Item]:
    """Return the lines that count."""
    return [
        item
        for shipment in order.shipments
        for item in shipment.items
        if not shipment.cancelled and item.phase is not Phase.CANCELLED
    ]


def _parts(order: Order, items: list[Item]) -> Iterator[tuple[Sum, int | None]]:
    """Return what each sum is made of, in yen; None where that cannot be told."""
    rule = convention_followed_by(order.mall).sums
    charges = order.charges
    has_lines = any(shipment.items for shipment in order.shipments)
    priced = _sum([_price(item) for item in items]) if items else None
    if has_lines:
        yield Sum.GOODS, priced
    goods = priced if charges.goods is None else charges.goods
    added = _tax_on_top(items) if rule.tax_by_line else 0
    if rule.tax_by_line and has_lines and not items:
        added = None
    total = _sum([goods, *_amounts(order, rule.total), added])
    yield Sum.TOTAL, total
    taken = [-discount.amount for discount in charges.discounts]
    points = [None if one is None else -one for one in _amounts(order, ("points",))]
    whole = total if charges.total is None else charges.total
    yield Sum.REQUESTED, _sum([whole, *_amounts(order, rule.requested), *taken, *points])


def _amounts(order: Order, names: Iterable[str]) -> list[int | None]:
    """Return amounts by name: of one that is not there, nothing or zero, as the mall means it."""
    missing = None if Hold.AMOUNT_UNDECIDED in order.holds else 0
    amounts = [getattr(order.charges, name) for name in names]
    return [missing if amount is None else amount for amount in amounts]


def _sum(amounts: Iterable[int | None]) -> int | None:
    total = 0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _price(item: Item) -> int | None:
    """Return what a line costs as priced, with what its options cost for all pieces together."""
    if item.unit_price is None:
        return None
    return item.unit_price * item.quantity + (item.option_price or 0)


def _tax_on_top(items: Iterable[Item]) -> int | None:
    """Return the tax of lines whose price is without: the mall states both prices of a line."""
    return _sum(
        None
        if item.price_with_tax is None or item.unit_price is None
        else (item.price_with_tax - item.unit_price) * item.quantity
        for item in items
    )


def _cause(residual: int, order: Order, items: list[Item]) -> Cause:
    size = abs(residual)
    known = dict(_known(order.charges, items))
    if size in known:
        return known[size]
    return Cause.ROUNDING if size <= len(items) else Cause.UNKNOWN


def _known(charges: Charges, items: list[Item]) -> Iterator[tuple[int, Cause]]:
    """Return amounts that are often left out or counted twice; a later one is the likelier."""
    yield _tax_on_top(items) or 0, Cause.TAX
    yield charges.tax or 0, Cause.TAX
    yield charges.buyer_fee or 0, Cause.BUYER_FEE
    yield charges.payment_fee or 0, Cause.PAYMENT_FEE
    yield charges.wrapping or 0, Cause.WRAPPING
    yield charges.cod_fee or 0, Cause.COD_FEE
    yield sum(discount.amount for discount in charges.discounts), Cause.DISCOUNT
    for discount in charges.discounts:
        yield discount.amount, Cause.DISCOUNT
    yield charges.points or 0, Cause.POINTS
    yield charges.shipping or 0, Cause.SHIPPING
