"""What is out of the ordinary about a cart: one function for each kind, dealt out in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from mallsync.sandbox.fakes.qoo10 import people
from mallsync.sandbox.fakes.qoo10.draft import Draft

__all__ = ["SPECIALS", "special_of"]


def _plain(draft: Draft) -> None:
    draft.shared["ShippingMsg"] = ""


def _day(draft: Draft, days: int) -> str:
    return f"{draft.cart.ordered_at + timedelta(days=days):%Y-%m-%d}"


def _discount_seller(draft: Draft) -> None:
    for goods in draft.goods:
        goods.discount = goods.by_seller = goods.full // 10


def _discount_event(draft: Draft) -> None:
    for goods in draft.goods:
        goods.discount = goods.full // 5


def _discount_mixed(draft: Draft) -> None:
    goods = draft.goods[0]
    goods.discount, goods.by_seller = 300, 100


def _for_nothing(draft: Draft) -> None:
    goods = draft.goods[-1]
    goods.discount = goods.full


def _cart_seller(draft: Draft) -> None:
    draft.cart_seller = 200


def _cart_mall(draft: Draft) -> None:
    draft.cart_mall = 500


def _cart_both(draft: Draft) -> None:
    draft.cart_seller, draft.cart_mall = 150, 250


def _postage(draft: Draft) -> None:
    draft.postage = 350
    draft.shared["shippingRateType"] = "Charge"


def _postage_on_condition(draft: Draft) -> None:
    draft.postage = 480
    draft.shared["shippingRateType"] = "Free on condition"


def _everything(draft: Draft) -> None:
    for alter in (_postage, _cart_both, _discount_mixed):
        alter(draft)


def _cash_on_delivery(draft: Draft) -> None:
    draft.on_delivery = 660
    draft.shared["shippingRateType"] = "Charge on delivery"


def _wish_day(draft: Draft) -> None:
    draft.shared["hopeDate"] = _day(draft, 5)


def _wish_day_and_blank(draft: Draft) -> None:
    draft.shared["hopeDate"] = f"{_day(draft, 6)} "


def _wish_time(draft: Draft) -> None:
    draft.shared["hopeDate"] = "14:00~16:00"


def _wish_both(draft: Draft) -> None:
    draft.shared["hopeDate"] = f"{_day(draft, 7)} 18:00~20:00"


def _message(draft: Draft) -> None:
    draft.shared["ShippingMsg"] = "不在時は宅配ボックスへ ﾊﾝｶｸ 🎁\r\n𠮷 髙 ～見本～"


def _nobody_to_call(draft: Draft) -> None:
    keys = ("buyerTel", "buyerMobile", "receiverTel", "receiverMobile")
    draft.shared |= dict.fromkeys(keys, people.EMPTY_PHONES[draft.cart.index % 3])


def _both_phones(draft: Draft) -> None:
    serial = draft.cart.index
    draft.shared |= {
        "receiverTel": people.phone("3", serial),
        "receiverMobile": people.phone("90", serial + 1),
    }


def _giveaway(draft: Draft) -> None:
    draft.goods[0].told["Gift"] = "おまけ:見本シール"


def _present(draft: Draft) -> None:
    draft.shared |= people.sender(draft.dice, draft.cart.index)


def _preorder(draft: Draft) -> None:
    draft.shared |= {"AvailableSendType": "2", "AvailableShippingDate": _day(draft, 30)}


def _made_to_order(draft: Draft) -> None:
    draft.shared |= {"AvailableSendType": "1", "AvailableShippingDate": _day(draft, 10)}


def _same_day(draft: Draft) -> None:
    draft.shared["AvailableSendType"] = "3"


def _related_blanks(draft: Draft) -> None:
    numbers = [line.number for line in draft.cart.lines]
    draft.shared["RelatedOrder"] = f" {' ,  '.join(numbers)} "


def _related_untold(draft: Draft) -> None:
    draft.shared["RelatedOrder"] = ""  # one source says that it may be (qoo10.md §16)


def _no_receiver_kana(draft: Draft) -> None:
    draft.shared |= {"receiver_gata": "", "buyer_gata": ""}


def _forwarded(draft: Draft) -> None:
    draft.shared |= {
        "OverseaConsignment": "Y",
        "OverseaConsignment_receiver": "見本 転送",
        "OverseaConsignment_Country": "XX",
        "OverseaConsignment_zipCode": "999-9000",
        "OverseaConsignment_Addr1": "架空国例示州",
        "OverseaConsignment_Addr2": "0番地",
    }


def _collected(draft: Draft) -> None:
    draft.shared |= {"VoucherCode": "MIHON-0000", "BranchName": "見本店"}
    for goods in draft.goods:
        goods.told["DeliveryCompany"] = "コンビニ等受取"


def _strange_carrier(draft: Draft) -> None:
    for goods in draft.goods:
        goods.told["DeliveryCompany"] = "見本運送"


def _no_carrier(draft: Draft) -> None:
    for goods in draft.goods:
        goods.told["DeliveryCompany"] = ""


def _material(draft: Draft) -> None:
    draft.goods[0].told["Material"] = "綿100%"


SPECIALS: Mapping[str, Callable[[Draft], None]] = MappingProxyType(
    {
        "plain": _plain,
        "discount_seller": _discount_seller,
        "discount_event": _discount_event,
        "discount_mixed": _discount_mixed,
        "for_nothing": _for_nothing,
        "cart_seller": _cart_seller,
        "cart_mall": _cart_mall,
        "cart_both": _cart_both,
        "postage": _postage,
        "postage_on_condition": _postage_on_condition,
        "everything": _everything,
        "cash_on_delivery": _cash_on_delivery,
        "wish_day": _wish_day,
        "wish_day_and_blank": _wish_day_and_blank,
        "wish_time": _wish_time,
        "wish_both": _wish_both,
        "message": _message,
        "nobody_to_call": _nobody_to_call,
        "both_phones": _both_phones,
        "giveaway": _giveaway,
        "present": _present,
        "preorder": _preorder,
        "made_to_order": _made_to_order,
        "same_day": _same_day,
        "related_blanks": _related_blanks,
        "related_untold": _related_untold,
        "no_receiver_kana": _no_receiver_kana,
        "forwarded": _forwarded,
        "collected": _collected,
        "strange_carrier": _strange_carrier,
        "no_carrier": _no_carrier,
        "material": _material,
    }
)


def special_of(index: int, seed: int) -> str:
    """Return what is special about a cart; every third one is plain."""
    if index % 3 == 0:
        return "plain"
    names = tuple(SPECIALS)
    return names[(index + seed) % len(names)]
