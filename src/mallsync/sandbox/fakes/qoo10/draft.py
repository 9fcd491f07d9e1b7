"""A cart being made up, and the sums that must come out right (qoo10.md §6.4, §12)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import define, field, frozen

from mallsync.sandbox.fakes.qoo10 import people
from mallsync.sandbox.fakes.qoo10.codes import LABELS, ClaimStatus, Status
from mallsync.sandbox.fakes.qoo10.life import Cart, Line, stamp
from mallsync.sandbox.world import Dice, JsonObject

__all__ = ["Draft", "Goods", "Yen", "draft", "values"]

_NET_PERCENT = 90  # net to the seller: so much of the undiscounted amount (qoo10.md §6.4)


@frozen
class Yen:
    """Hold an amount; how it is written differs from method to method (qoo10.md §16)."""

    amount: int


@define(kw_only=True)
class Goods:
    """Hold one item line: what is counted, and what is only told.

    `surcharge`: what the option costs more, for each piece.
    """

    price: int
    quantity: int
    surcharge: int = 0
    discount: int = 0
    by_seller: int = 0
    told: JsonObject

    @property
    def full(self) -> int:
        """Item and option price before any discount."""
        return (self.price + self.surcharge) * self.quantity

    def sums(self) -> JsonObject:
        """Return the amounts of the line."""
        return {
            "orderPrice": Yen(self.price),
            "orderQty": self.quantity,
            "discount": Yen(self.discount),
            "total": Yen(self.full - self.discount),
            "SellerDiscount": Yen(self.by_seller),
            "SettlePrice": Yen(self.full * _NET_PERCENT // 100),
        }


@define(kw_only=True)
class Draft:
    """Hold a cart while it is being made up; `shared` repeats on every line of it."""

    cart: Cart
    dice: Dice
    shared: JsonObject
    goods: list[Goods]
    postage: int = 0
    cart_seller: int = 0
    cart_mall: int = 0
    on_delivery: int = 0

    def sums(self) -> JsonObject:
        """Return the amounts of the cart; each line has them all, not a part (qoo10.md §12)."""
        return {
            "ShippingRate": Yen(self.postage),
            "Cart_Discount_Seller": Yen(self.cart_seller),
            "Cart_Discount_Qoo10": Yen(self.cart_mall),
            "cod_price": Yen(self.on_delivery),
        }


@define(frozen=True)
class _Ware:
    title: str
    code: str
    price: int
    carrier: str
    options: tuple[tuple[str, str, int], ...] = field(default=())


# option text, option code, what it costs more
_WARES = (
    _Ware(
        "テスト用Tシャツ",
        "SKU-TEE-01",
        1980,
        "ヤマト宅急便",
        (
            ("カラー:ネイビー / サイズ:L(+200円)", "SKU-TEE-01-NV-L", 200),
            ("カラー:赤 / サイズ:M", "SKU-TEE-01-RD-M", 0),
        ),
    ),
    _Ware("テスト用キャップ", "SKU-CAP-07", 1200, "ヤマト宅急便"),
    _Ware("見本マグ ①〜③", "SKU-MUG-02", 800, "ゆうパケット", (("柄:🎁", "", 0),)),
    _Ware("架空の米 5kg", "00120", 2490, "佐川急便"),
    _Ware("ﾀﾞﾐｰ商品 髙級 & <見本>", "", 777, "ネコポス", (("刻印:﨑 / 箱:有(+55円)", "X-2", 55),)),
    _Ware("仮名の本 全3巻", "BK-003", 1650, "ゆうパック"),
)
_QUANTITIES = (1, 1, 1, 2, 3, 10)
_METHODS = ("クレジットカード", "クレジットカード", "PayPay", "コンビニ決済", "Qmoney")
_PAID_LATER = "コンビニ決済"

_NOTHING: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        (
            *("OrderType", "hopeDate", "ShippingWay", "ShippingMsg", "VoucherCode", "BranchName"),
            *("senderName", "senderTel", "senderNation", "senderZipCode", "senderAddr"),
            *("DelayType", "DelayMemo", "OverseaConsignment_receiver", "pickupAddress"),
            *("OverseaConsignment_Country", "OverseaConsignment_zipCode"),
            *("OverseaConsignment_Addr1", "OverseaConsignment_Addr2", "itemCondition"),
            *("deliveryCompanyReturn", "trackingNoReturn", "pickupzipCode"),
            *("CODCancelRelatedOrder", "nrDutyTarget", "nrSolType"),
        ),
        "",
    )
)


def draft(cart: Cart, seed: int) -> Draft:
    """Return a cart as the seed makes it, with nothing out of the ordinary yet."""
    dice = Dice(seed * 1_000_003 + cart.index)
    buyer = people.buyer(dice, cart.index)
    method = dice.choice(_METHODS)
    day = f"{cart.ordered_at:%y%m%d}"
    shared: JsonObject = {
        **_NOTHING,
        **buyer,
        **people.receiver(dice, cart.index, buyer),
        "PaymentMethod": _PAID_LATER if cart.pays_later else method,
        "PaymentNation": "JP",
        "Currency": "JPY",
        "shippingRateType": "Free",
        "RelatedOrder": ", ".join(line.number for line in cart.lines),
        "PackingNo": f"JPP{90_000_000 + cart.index}",
        "SellerDeliveryNo": f"{day}-{cart.index % 10_000:04d}",
        "OverseaConsignment": "N",
        "AvailableSendType": "0",
        "AvailableShippingDate": f"{cart.ordered_at:%Y-%m-%d}",
    }
    goods = [_goods(dice) for _ in cart.lines]
    return Draft(cart=cart, dice=dice, shared=shared, goods=goods)


def _goods(dice: Dice) -> Goods:
    ware = dice.choice(_WARES)
    none = ("", "", 0)
    option, code, surcharge = dice.choice(ware.options) if ware.options else none
    return Goods(
        price=ware.price,
        quantity=dice.choice(_QUANTITIES),
        surcharge=surcharge,
        told={
            "itemCode": f"{700_000_000 + ware.price}",
            "sellerItemCode": ware.code,
            "itemTitle": ware.title,
            "option": option,
            "optionCode": code,
            "DeliveryCompany": ware.carrier,
            "Gift": "",
            "Material": "",
        },
    )


def values(made: Draft, line: Line) -> JsonObject:
    """Return everything there is to tell of one line, by the keys of v2 and of claims."""
    goods = made.goods[line.at]
    row: JsonObject = {
        **made.shared,
        **goods.told,
        **made.sums(),
        **goods.sums(),
        "shippingStatus": LABELS[line.status],
        "sellerID": "mihon_shop",
        "orderNo": int(line.number),
        "packNo": int(line.cart.number),
        "orderDate": stamp(line.ordered),
        "PaymentDate": stamp(line.paid),
        "EstShippingDate": _planned(line),
        "ShippingDate": stamp(line.shipped),
        "DeliveredDate": stamp(line.delivered),
        "TrackingNo": line.tracking,
        **_claim(line),
        "paymentAmount": Yen(goods.full - goods.discount),
    }
    if line.carrier:
        row["DeliveryCompany"] = line.carrier
    if line.status == Status.UNPAID:
        row["PackingNo"] = row["SellerDeliveryNo"] = ""
    return row | line.edits


def _planned(line: Line) -> str:
    # date only or date-time: both are told of (qoo10.md §6.4, §16)
    midnight = " 00:00:00" if int(line.number) % 2 else ""
    return line.planned + midnight if line.planned else ""


def _claim(line: Line) -> JsonObject:
    nothing = Yen(0)
    claim = line.claim
    told: JsonObject = {
        "claimStatus": str(int(claim.status)) if claim else "",
        "cancelRefundDate": stamp(claim.completed) if claim else "",
        "reason": claim.reason if claim else "",
        "requestDate": stamp(claim.requested) if claim else "",
        "paymentReturnShipping": nothing,
        "CODCancelPrice": nothing,
        "CODQrefundPrice": nothing,
        "nrPartRefundCnt": 0,
        "nrPartRefundBalance": nothing,
    }
    return told | _NOT_RECEIVED if claim and claim.status == ClaimStatus.NOT_RECEIVED else told


_NOT_RECEIVED: JsonObject = {"nrDutyTarget": "SC", "nrSolType": "NC"}
