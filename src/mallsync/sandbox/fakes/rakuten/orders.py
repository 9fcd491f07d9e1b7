"""Make up an order from its seed, whole and the same each time (wire facts §3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from mallsync.sandbox.fakes.rakuten import people
from mallsync.sandbox.fakes.rakuten.codes import CARRIERS
from mallsync.sandbox.fakes.rakuten.draft import Draft, Line, Package
from mallsync.sandbox.fakes.rakuten.life import Parcel, Record
from mallsync.sandbox.fakes.rakuten.specials import SPECIALS, special_of
from mallsync.sandbox.world import Dice, JsonObject

__all__ = ["BASKET_BASE", "build", "first_parcels"]

BASKET_BASE = 5_000_000_000  # beyond 32 bits (wire facts §11 point 15)
_DETAIL_BASE = 600_000_000_000
_MEMBERS = 10  # ids kept free for the packages of one order
_POSTAGE_FREE_FROM = 3000  # yen
_LINES = 8  # ids kept free for the lines of one package

# name, number, manage number, price, tax rate, variants
_GOODS = (
    ("見本マグカップ", "MUG-01", "mihon-mug", 3300, 0.1, ()),
    ("見本クッキー〜12枚〜", None, "mihon-cookie", 1200, 0.08, ("味:チョコ\n入数:12枚", "味:抹茶")),
    (
        "架空Tシャツ ①",
        "TEE-②",
        "mihon-tee",
        2980,
        0.1,
        ("カラー:赤\nサイズ:M", "カラー:青\nサイズ:L"),
    ),
    ("例示の米 5kg", "00120", "mihon-rice", 2499, 0.08, ()),
    ("ﾀﾞﾐｰ商品 🎁 髙級", "DMY-1", "dummy-1", 777, 0.1, ()),
    ("【送料無料】仮名の本　全3巻", "BK-003", "mihon-book", 1650, 0.1, ("巻:上",)),
)
_IDENTITY = frozenset({"zipCode1", "subAddress", "familyName", "firstName", "phoneNumber3"})
_TERMS = (None, 0, 1, 2, 9, 708, 1416, 1820, 2324)
_CHOICES = (None, None, "メッセージカード:あり", "名入れ：𠮷\n色:﨑ブルー\n備考:〜")

_UNREMARKABLE: Mapping[str, object] = MappingProxyType(
    {
        "subStatusId": None,
        "subStatusName": None,
        "giftCheckFlag": 0,
        "socialGiftFlag": 0,
        "isolatedIslandFlag": 0,
        "orderType": 1,
        "reserveNumber": None,
        "reserveDeliveryCount": None,
        "cautionDisplayType": 0,
        "cautionDisplayDetailType": None,
        "rakutenConfirmFlag": 0,
        "drugFlag": 0,
        "dealFlag": 0,
        "membershipType": 0,
        "memo": None,
        "operator": None,
        "mailPlugSentence": None,
        "modifyFlag": 0,
        "receiptIssueCount": 0,
        "isTaxRecalc": 0,
    }
)
_PLAIN_ITEM: Mapping[str, object] = MappingProxyType(
    {
        "pointType": 0,
        "includeCashOnDeliveryPostageFlag": 0,
        "restoreInventoryFlag": 0,
        "dealFlag": 0,
        "drugFlag": 0,
        "isSingleItemShipping": 0,
    }
)


def build(record: Record, seed: int) -> JsonObject:
    """Return the OrderModel, version 10 and what older versions add, shipments left out."""
    dice = Dice(seed * 1_000_003 + record.index)
    special = special_of(record.index, seed)
    draft = _draft(dice, record, least=2 if special == "package_deleted" else 1)
    SPECIALS[special](draft)
    order: JsonObject = {"orderNumber": record.number} | draft.told | draft.sums()
    order["CouponModelList"] = [one.document() for one in draft.coupons] or None
    order["OrdererModel"] = draft.buyer
    if draft.points:
        order["PointModel"] = {"usedPoint": draft.points}
    for at, wrapping in enumerate(draft.wrappings, 1):
        order[f"WrappingModel{at}"] = wrapping.document() if wrapping else None
    order["severalSenderFlag"] = int(len(draft.live) > 1)
    order["equalSenderFlag"] = int(_is_to_buyer(draft))
    order["PackageModelList"] = [package.document() for package in draft.packages]
    order["TaxSummaryModelList"] = draft.tax_summary()
    return order


def _is_to_buyer(draft: Draft) -> bool:
    sender = draft.live[0].sender
    return len(draft.live) == 1 and all(sender[key] == draft.buyer[key] for key in _IDENTITY)


def first_parcels(record: Record, baskets: list[int], seed: int) -> dict[int, list[Parcel]]:
    """Return the shipping records that an order begins with, by basket.

    Args:
        baskets: the live ones.
    """
    dice = Dice(seed * 7_000_003 + record.index)
    parcels: dict[int, list[Parcel]] = {}
    for at, basket in enumerate(baskets):
        detail = _DETAIL_BASE + record.index * 100 + at * _MEMBERS
        parcels[basket] = _parcels(record, dice, detail, last=at == len(baskets) - 1)
    return parcels


def _parcels(record: Record, dice: Dice, detail: int, *, last: bool) -> list[Parcel]:
    if record.plan == "none" or (record.plan == "partly" and last):
        return []
    if record.plan == "blank":
        return [Parcel(detail_id=detail, company="1000")]
    date = f"{record.ordered_at + timedelta(days=1 + 40 * (record.plan == 'dated')):%Y-%m-%d}"
    if record.plan == "dated":
        return [Parcel(detail_id=detail, company="1001", date=date)]
    company = dice.choice(tuple(CARRIERS))
    count = 2 if dice.chance(0.15) else 1
    return [
        Parcel(detail_id=one, company=company, number=f"{one - _DETAIL_BASE:012d}", date=date)
        for one in range(detail, detail + count)
    ]


def _draft(dice: Dice, record: Record, least: int) -> Draft:
    index = record.index
    person = people.contact(dice, index)
    count = max(least, dice.choices((1, 2, 3, 4), (80, 13, 5, 2))[0])
    packages = [_package(dice, index, at, person) for at in range(count)]
    return Draft(
        index=index,
        number=record.number,
        ordered=record.ordered_at,
        buyer=people.orderer(person, dice, index),
        packages=packages,
        told=_told(dice, record),
    )


def _package(dice: Dice, index: int, at: int, buyer: JsonObject) -> Package:
    same = at == 0 and dice.chance(0.8)
    sender = dict(buyer) if same else people.contact(dice, index + 5000 + at)
    if not same and dice.chance(0.2):
        sender["firstName"] = None
    place = index * _MEMBERS + at
    first_line = BASKET_BASE + place * _LINES
    count = dice.choices((1, 2, 3, 4, 5), (60, 22, 10, 5, 3))[0]
    return Package(
        basket_id=BASKET_BASE + place,
        sender=sender | {"isolatedIslandFlag": 0},
        lines=[_line(dice, first_line + k) for k in range(count)],
        postage=dice.choice((0, 0, 550, 800)),
        told={
            "noshi": None,
            "defaultDeliveryCompanyCode": dice.choice(("1001", "1002", "1003", "1000")),
            "dropOffFlag": 0,
            "dropOffLocation": None,
            "DeliveryCvsModel": None,
            "SocialGiftModel": None,
        },
    )


def _line(dice: Dice, detail_id: int) -> Line:
    name, item_number, manage, price, rate, variants = dice.choice(_GOODS)
    info = dice.choice(variants) if variants else None
    variant = manage if info is None else f"{manage}-{variants.index(info) + 1:02d}"
    return Line(
        price=price,
        units=dice.choice((1, 1, 1, 2, 3, 12)),
        rate=rate,
        told={
            **_PLAIN_ITEM,
            "itemDetailId": detail_id,
            "itemName": name,
            "itemId": 10_000_000 + price,
            "itemNumber": item_number,
            "manageNumber": manage,
            "includePostageFlag": int(price > _POSTAGE_FREE_FROM),
            "selectedChoice": dice.choice(_CHOICES),
            "pointRate": dice.choice((1, 1, 5, 10)),
            "inventoryType": 2 if info else 1,
            "delvdateInfo": dice.choice((None, "2~3日以内に発送")),
            "SkuModelList": [
                {
                    "variantId": variant,
                    "merchantDefinedSkuId": f"SKU-{variant}" if info else None,
                    "skuInfo": info,
                }
            ],
        },
    )


def _told(dice: Dice, record: Record) -> JsonObject:
    ordered = record.ordered_at
    wish = ordered.date() + timedelta(days=dice.randint(3, 12))
    wished = dice.chance(0.4)
    term = dice.choice(_TERMS)
    return {
        **_UNREMARKABLE,
        "cancelDueDate": f"{ordered + timedelta(days=14):%Y-%m-%d}",
        "deliveryDate": wish.isoformat() if wished and dice.chance(0.7) else None,
        "shippingTerm": term,
        "remarks": people.remarks(dice, wish if wished else None, slot=dice.chance(0.4)),
        "rakutenMemberFlag": int(dice.chance(0.9)),
        "carrierCode": dice.choice((0, 11, 12, 21, 99)),
        "emailCarrierCode": dice.choice((0, 1, 2, 3)),
        "asurakuFlag": int(dice.chance(0.1)),
        "deliveryCertPrgFlag": int(dice.chance(0.1)),
        "oneDayOperationFlag": int(dice.chance(0.1)),
        "receiptIssueHistoryList": [],
        "SettlementModel": _card(),
        "DeliveryModel": {"deliveryName": "宅配便", "deliveryClass": 1},
        "PointModel": {"usedPoint": 0} if dice.chance(0.5) else None,
        "ChangeReasonModelList": [],
        "DueDateModelList": [],
    }


def _card() -> JsonObject:
    return {
        "settlementMethodCode": 1,
        "settlementMethod": "クレジットカード",
        "rpaySettlementFlag": 1,
        "cardName": "VISA",
        "cardNumber": "XXXX-XXXX-XXXX-0000",
        "cardOwner": "HANAKO MIHON",
        "cardYm": "2030-01",
        "cardPayType": 0,
        "cardInstallmentDesc": None,
    }
