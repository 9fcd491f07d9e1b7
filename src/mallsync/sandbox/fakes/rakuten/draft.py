"""An order being made up, and the sums that must come out right (wire facts §3.1, §3.2)."""

from __future__ import annotations

from datetime import datetime

from attrs import define, field

from mallsync.sandbox.fakes.rakuten.codes import UNDECIDED
from mallsync.sandbox.world import JsonObject

__all__ = ["Coupon", "Draft", "Line", "Package", "Wrapping", "with_tax"]

STANDARD_RATE = 0.1


def with_tax(price: int, rate: float) -> int:
    """Return the price with tax, broken yen dropped."""
    return price + price * round(rate * 100) // 100


def _tax_within(amount: int, rate: float) -> int:
    percent = round(rate * 100)
    return amount * percent // (100 + percent)


@define(kw_only=True)
class Line:
    """Hold one item line: what is counted, and what is only told."""

    price: int
    units: int
    rate: float
    tax_included: bool = True
    deleted: bool = False
    told: JsonObject

    @property
    def gross(self) -> int:
        """Price of one, with tax."""
        return self.price if self.tax_included else with_tax(self.price, self.rate)

    def document(self) -> JsonObject:
        """Return the ItemModel."""
        return self.told | {
            "price": self.price,
            "units": self.units,
            "includeTaxFlag": int(self.tax_included),
            "deleteItemFlag": int(self.deleted),
            "taxRate": self.rate,
            "priceTaxIncl": self.gross,
        }


@define(kw_only=True)
class Package:
    """Hold one package: its lines, its fees, and what is only told."""

    basket_id: int
    sender: JsonObject
    lines: list[Line]
    postage: int = 0
    cod_fee: int = 0
    deleted: bool = False
    told: JsonObject = field(factory=dict)

    @property
    def live(self) -> list[Line]:
        """The lines that count."""
        return [line for line in self.lines if not line.deleted]

    @property
    def goods(self) -> int:
        """The goods as priced."""
        return sum(line.price * line.units for line in self.live)

    @property
    def goods_gross(self) -> int:
        """The goods with tax."""
        return sum(line.gross * line.units for line in self.live)

    def document(self) -> JsonObject:
        """Return the PackageModel, shipments left out."""
        undecided = self.postage == UNDECIDED
        return {
            "basketId": self.basket_id,
            "postagePrice": self.postage,
            "postageTaxRate": STANDARD_RATE,
            "deliveryPrice": self.cod_fee,
            "deliveryTaxRate": STANDARD_RATE,
            "goodsTax": self.goods_gross - self.goods,
            "goodsPrice": self.goods,
            "totalPrice": UNDECIDED if undecided else self.goods_gross + self.postage,
            "packageDeleteFlag": int(self.deleted),
            **self.told,
            "SenderModel": self.sender,
            "ItemModelList": [line.document() for line in self.lines],
        }


@define(kw_only=True)
class Coupon:
    """Hold one coupon; `funder` 1 shop, 2 maker, 3 service."""

    code: str
    funder: int
    price: int
    unit: int = 1
    expires: str
    item_id: int = 0
    item_detail_id: int = 0

    def document(self) -> JsonObject:
        """Return the CouponModel."""
        return {
            "couponCode": self.code,
            "itemId": self.item_id,
            "couponName": "見本クーポン",
            "couponSummary": f"定額割引 {self.price}円",
            "couponCapital": ("ショップ", "メーカー", "サービス")[self.funder - 1],
            "couponCapitalCode": self.funder,
            "expiryDate": self.expires,
            "couponPrice": self.price,
            "couponUnit": self.unit,
            "couponTotalPrice": self.price * self.unit,
            "itemDetailId": self.item_detail_id,
        }


@define(kw_only=True)
class Wrapping:
    """Hold one wrapping; `title` 1 paper, 2 ribbon."""

    title: int
    name: str
    price: int
    deleted: bool = False

    def document(self) -> JsonObject:
        """Return the WrappingModel."""
        return {
            "title": self.title,
            "name": self.name,
            "price": self.price,
            "includeTaxFlag": 1,
            "deleteWrappingFlag": int(self.deleted),
            "taxRate": STANDARD_RATE,
            "taxPrice": _tax_within(self.price, STANDARD_RATE),
        }


@define(kw_only=True)
class Draft:
    """Hold an order while it is being made up."""

    index: int
    number: str
    ordered: datetime
    buyer: JsonObject
    packages: list[Package]
    told: JsonObject
    coupons: list[Coupon] = field(factory=list)
    wrappings: list[Wrapping | None] = field(factory=lambda: [None, None])
    points: int = 0
    payment_charge: int = 0
    user_fee: int = 0
    shop_fee: int = 0

    @property
    def live(self) -> list[Package]:
        """The packages that count."""
        return [package for package in self.packages if not package.deleted]

    @property
    def undecided(self) -> bool:
        """Whether the shop has yet to set the postage."""
        return any(package.postage == UNDECIDED for package in self.live)

    @property
    def total(self) -> int:
        """Goods with tax, postage and wrapping."""
        goods = sum(package.goods_gross + package.postage for package in self.live)
        return goods + self.wrapping_price

    @property
    def wrapping_price(self) -> int:
        """What the wrappings cost together."""
        return sum(one.price for one in self.wrappings if one and not one.deleted)

    def sums(self) -> JsonObject:
        """Return the amounts of the OrderModel.

        requestPrice follows the documented formula, which leaves the COD fee out (wire facts
        §3.1, §11 point 12).
        """
        shop = sum(one.price * one.unit for one in self.coupons if one.funder == 1)
        other = sum(one.price * one.unit for one in self.coupons if one.funder != 1)
        request = self.total + self.payment_charge + self.user_fee - shop - other - self.points
        open_ = self.undecided
        return {
            "goodsPrice": sum(package.goods for package in self.live),
            "goodsTax": sum(package.goods_gross - package.goods for package in self.live),
            "postagePrice": UNDECIDED if open_ else sum(one.postage for one in self.live),
            "deliveryPrice": sum(package.cod_fee for package in self.live),
            "paymentCharge": self.payment_charge,
            "paymentChargeTaxRate": STANDARD_RATE,
            "totalPrice": UNDECIDED if open_ else self.total,
            "requestPrice": UNDECIDED if open_ else request,
            "couponAllTotalPrice": shop + other,
            "couponShopPrice": shop,
            "couponOtherPrice": other,
            "additionalFeeOccurAmountToUser": self.user_fee,
            "additionalFeeOccurAmountToShop": self.shop_fee,
        }

    def tax_summary(self) -> list[JsonObject] | None:
        """Return the TaxSummaryModelList; coupons come off the highest rate first."""
        if self.undecided:
            return None
        totals = self._totals_by_rate()
        coupons = sum(one.price * one.unit for one in self.coupons)
        rows: list[JsonObject] = []
        for rate in sorted(totals, reverse=True):
            charge = self.payment_charge if rate == STANDARD_RATE else 0
            coupon = min(coupons, totals[rate])
            coupons -= coupon
            asked = totals[rate] + charge - coupon
            rows.append(
                {
                    "taxRate": rate,
                    "reqPrice": asked,
                    "reqPriceTax": _tax_within(asked, rate),
                    "totalPrice": totals[rate],
                    "paymentCharge": charge,
                    "couponPrice": coupon,
                    "point": 0,
                }
            )
        return rows

    def _totals_by_rate(self) -> dict[float, int]:
        totals: dict[float, int] = {}
        if self.wrapping_price or self.payment_charge:
            totals[STANDARD_RATE] = self.wrapping_price
        for package in self.live:
            if package.postage:
                totals[STANDARD_RATE] = totals.get(STANDARD_RATE, 0) + package.postage
            for line in package.live:
                totals[line.rate] = totals.get(line.rate, 0) + line.gross * line.units
        return totals
