"""What is out of the ordinary about an order: one function for each kind, dealt out in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from attrs import evolve

from mallsync.sandbox.fakes.rakuten import people
from mallsync.sandbox.fakes.rakuten.codes import DROP_OFF_LOCATIONS, UNDECIDED
from mallsync.sandbox.fakes.rakuten.draft import Coupon, Draft, Wrapping
from mallsync.sandbox.world import JsonObject

__all__ = ["HELD", "SPECIALS", "special_of"]


_MAKER = 2


def _plain(draft: Draft) -> None:
    draft.told["giftCheckFlag"] = 0


def _tax_excluded(draft: Draft) -> None:
    for package in draft.packages:
        package.lines[0].tax_included = False


def _coupon(draft: Draft, funder: int) -> None:
    line = draft.packages[0].lines[0]
    bound = funder == _MAKER
    draft.coupons.append(
        Coupon(
            code=f"MIHO-N{funder}00-{draft.index % 10_000:04d}-ZZZZ",
            funder=funder,
            price=min(300 * funder, line.gross // 4),
            unit=line.units if bound else 1,
            expires=f"{draft.ordered + timedelta(days=30):%Y-%m-%d}",
            item_id=int(str(line.told["itemId"])) if bound else 0,
            item_detail_id=int(str(line.told["itemDetailId"])) if bound else 0,
        )
    )


def _coupon_shop(draft: Draft) -> None:
    _coupon(draft, 1)


def _coupon_maker(draft: Draft) -> None:
    _coupon(draft, 2)


def _coupons_of_all(draft: Draft) -> None:
    for funder in (1, 2, 3):
        _coupon(draft, funder)


def _points(draft: Draft) -> None:
    draft.points = draft.packages[0].goods // 10


def _settled_by(draft: Draft, code: int, method: str, *, rpay: int = 1) -> None:
    draft.told["SettlementModel"] = {
        "settlementMethodCode": code,
        "settlementMethod": method,
        "rpaySettlementFlag": rpay,
        "cardName": None,
        "cardNumber": None,
        "cardOwner": None,
        "cardYm": None,
        "cardPayType": None,
        "cardInstallmentDesc": None,
    }


def _cash_on_delivery(draft: Draft) -> None:
    _settled_by(draft, 2, "代金引換", rpay=0)
    draft.packages[0].cod_fee = 330


def _convenience_store(draft: Draft) -> None:
    _settled_by(draft, 14, "ファミリーマート、ローソン等(前払)")
    draft.payment_charge = 250
    due = f"{draft.ordered + timedelta(days=7):%Y-%m-%d}"
    draft.told["DueDateModelList"] = [{"dueDateType": 0, "dueDate": due}]


def _bank(draft: Draft) -> None:
    _settled_by(draft, 9, "銀行振込", rpay=0)


def _pay_later(draft: Draft) -> None:
    _settled_by(draft, 21, "後払い決済")
    draft.user_fee = 250


def _no_settlement(draft: Draft) -> None:
    draft.told["SettlementModel"] = None
    draft.told["PointModel"] = None
    draft.told["CouponModelList"] = None


def _undecided(draft: Draft) -> None:
    draft.packages[0].postage = UNDECIDED


def _wrapped(draft: Draft) -> None:
    draft.wrappings = [
        Wrapping(title=1, name="見本の包装紙", price=110),
        Wrapping(title=2, name="見本リボン〜赤〜", price=0),
    ]


def _wrapping_dropped(draft: Draft) -> None:
    draft.wrappings[0] = Wrapping(title=1, name="見本の包装紙", price=220, deleted=True)


def _noshi(draft: Draft) -> None:
    draft.packages[-1].told["noshi"] = "御祝\n見本一同"


def _gift_check(draft: Draft) -> None:
    draft.told["giftCheckFlag"] = 1


def _social_gift(draft: Draft, done: str | None) -> None:
    draft.told["socialGiftFlag"] = 1
    draft.packages[0].told["SocialGiftModel"] = {
        "sgMngNumber": f"{draft.number[:15]}-{draft.index:09d}-sg",
        "inputDueDate": f"{draft.ordered + timedelta(days=14):%Y-%m-%d}",
        "inputFlag": int(done is not None),
        "inputCompDatetime": done,
        "receiverEmailAddress": None if done is None else "uketori@gift.rakuten.example",
    }


def _gift_open(draft: Draft) -> None:
    _social_gift(draft, None)
    draft.packages[0].sender = people.unnamed() | {"isolatedIslandFlag": 0}


def _gift_told(draft: Draft) -> None:
    # wire facts §11 point 13: both spellings of the offset are documented
    offset = "+09:00" if draft.index % 2 else "+0900"
    _social_gift(draft, f"{draft.ordered + timedelta(minutes=9):%Y-%m-%dT%H:%M:%S}{offset}")


def _drop_off(draft: Draft) -> None:
    place = DROP_OFF_LOCATIONS[draft.index % len(DROP_OFF_LOCATIONS)]
    draft.packages[0].told |= {"dropOffFlag": 1, "dropOffLocation": place}


def _pick_up(draft: Draft) -> None:
    cvs: JsonObject = dict.fromkeys(("storeGenreCode", "areaCode", "depo", "cvsRemarks"))
    cvs |= {
        "cvsCode": (1, 20, 50, 60)[draft.index % 4],
        "storeCode": "000000",
        "storeName": "見本店",
        "storeZip": "000-0000",
        "storePrefecture": "東京都",
        "storeAddress": "架空区見本町9-9-9",
        "openTime": "0000",
        "closeTime": "2400",
    }
    draft.packages[0].told["DeliveryCvsModel"] = cvs
    draft.told["DeliveryModel"] = {"deliveryName": "コンビニ受取", "deliveryClass": None}


def _caution(draft: Draft) -> None:
    draft.told |= {"cautionDisplayType": 1, "cautionDisplayDetailType": 101 + draft.index % 5}


def _caution_cancelled(draft: Draft) -> None:
    draft.told |= {"cautionDisplayType": 2, "cautionDisplayDetailType": None}


def _mall_checks(draft: Draft) -> None:
    draft.told["rakutenConfirmFlag"] = 1


def _item_deleted(draft: Draft) -> None:
    lines = draft.packages[-1].lines
    told = lines[0].told
    gone = told | {"itemDetailId": int(str(told["itemDetailId"])) + 7}
    lines.append(evolve(lines[0], told=gone, deleted=True))


def _package_deleted(draft: Draft) -> None:
    draft.packages[-1].deleted = True


def _reserved(draft: Draft, order_type: int, count: int | None) -> None:
    number = f"{draft.number[:15]}-{draft.index:09d}-r"
    draft.told |= {
        "orderType": order_type,
        "reserveNumber": number,
        "reserveDeliveryCount": count,
    }


def _subscription(draft: Draft) -> None:
    _reserved(draft, 4, 2)


def _buying_club(draft: Draft) -> None:
    _reserved(draft, 5, 1)


def _preorder(draft: Draft) -> None:
    _reserved(draft, 6, None)


def _edited(draft: Draft) -> None:
    applied = f"{draft.ordered + timedelta(minutes=20):%Y-%m-%dT%H:%M:%S}+0900"
    change: JsonObject = {
        "changeId": 700_000_000 + draft.index,
        "changeType": 4,
        "changeTypeDetail": 2,
        "changeReason": 1,
        "changeReasonDetail": 6,
        "changeApplyDatetime": applied,
        "changeFixDatetime": applied,
        "changeCmplDatetime": None,
    }
    draft.told |= {"modifyFlag": 1, "ChangeReasonModelList": [change]}


def _receipts(draft: Draft) -> None:
    at = f"{draft.ordered + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}+0900"
    draft.told |= {"receiptIssueCount": 1, "receiptIssueHistoryList": [at]}


def _island(draft: Draft) -> None:
    draft.told["isolatedIslandFlag"] = 1
    draft.packages[-1].sender["isolatedIslandFlag"] = 1
    draft.packages[-1].postage += 1500


def _before_sku(draft: Draft) -> None:
    for line in draft.packages[0].lines:
        line.told |= {
            "itemNumber": "MIHON-01-red-m",
            "SkuModelList": [{"variantId": "", "merchantDefinedSkuId": None, "skuInfo": None}],
        }


def _no_tax(draft: Draft) -> None:
    draft.packages[0].lines[-1].rate = 0.0


SPECIALS: Mapping[str, Callable[[Draft], None]] = MappingProxyType(
    {
        "plain": _plain,
        "tax_excluded": _tax_excluded,
        "coupon_shop": _coupon_shop,
        "coupon_maker": _coupon_maker,
        "coupons_of_all": _coupons_of_all,
        "points": _points,
        "cash_on_delivery": _cash_on_delivery,
        "convenience_store": _convenience_store,
        "bank": _bank,
        "pay_later": _pay_later,
        "no_settlement": _no_settlement,
        "undecided": _undecided,
        "wrapped": _wrapped,
        "wrapping_dropped": _wrapping_dropped,
        "noshi": _noshi,
        "gift_check": _gift_check,
        "gift_open": _gift_open,
        "gift_told": _gift_told,
        "drop_off": _drop_off,
        "pick_up": _pick_up,
        "caution": _caution,
        "caution_cancelled": _caution_cancelled,
        "mall_checks": _mall_checks,
        "item_deleted": _item_deleted,
        "package_deleted": _package_deleted,
        "subscription": _subscription,
        "buying_club": _buying_club,
        "preorder": _preorder,
        "edited": _edited,
        "receipts": _receipts,
        "island": _island,
        "before_sku": _before_sku,
        "no_tax": _no_tax,
    }
)

HELD = frozenset({"undecided", "gift_open", "mall_checks"})
"""The kinds that cannot have been shipped yet."""


def special_of(index: int, seed: int) -> str:
    """Return what is special about an order; every other one is plain."""
    if index % 2:
        return "plain"
    names = tuple(SPECIALS)
    return names[(index // 2 + seed) % len(names)]
