"""The vocabulary: malls, phases, holds, statuses, carriers and methods, and how names compare."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache

from mallsync.errors import ConfigError

__all__ = [
    "Carrier",
    "DeliveryMethod",
    "Funder",
    "Hold",
    "HostStatus",
    "Mall",
    "Phase",
    "fold",
    "is_blank",
    "key_of",
    "require_text",
]


class Mall(StrEnum):
    """The malls that mallsync knows; a custom CSV shop has a name of its own."""

    RAKUTEN = "rakuten"
    MERCARI_SHOPS = "mercari_shops"
    QOO10 = "qoo10"
    RAKUMA = "rakuma"


class Phase(StrEnum):
    """Where an order, a shipment or an item stands, in the same words for every mall."""

    UNPAID = "UNPAID"
    TO_SHIP = "TO_SHIP"
    SHIPPED = "SHIPPED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    HELD = "HELD"
    UNKNOWN = "UNKNOWN"


class Hold(StrEnum):
    """Why an order should not be shipped yet, although its phase allows it."""

    MALL_REVIEW = "MALL_REVIEW"
    CAUTION = "CAUTION"
    AMOUNT_UNDECIDED = "AMOUNT_UNDECIDED"
    GIFT_ADDRESS_OPEN = "GIFT_ADDRESS_OPEN"


class HostStatus(StrEnum):
    """The built-in statuses of a host application (rules R1); a shop adds its own names."""

    NEW = "新規受付"
    UNPAID = "発送前入金待ち"
    TO_SHIP = "発送待ち"
    SHIPPED_UNPAID = "発送後入金待ち"
    DONE = "処理済"
    ON_HOLD = "保留"
    CANCELLED = "キャンセル"
    IN_PROCESS = "受注処理中"


class Carrier(StrEnum):
    """Carriers (配送業者) by the names that hosts use; any other text is allowed where one is."""

    YAMATO = "ヤマト運輸"
    SAGAWA = "佐川急便"
    JAPAN_POST = "日本郵便"
    YU_PACK = "ゆうパック"
    SEINO = "西濃運輸"
    FUKUYAMA = "福山通運"
    NITTSU = "日本通運"
    ECO_HAI = "エコ配"
    OTHER = "その他"


class DeliveryMethod(StrEnum):
    """Delivery methods (配送方法) that the rules know; any other text is allowed where one is."""

    TEIKEIGAI = "定形外"
    LETTER_PACK = "レターパック"
    MAIL_BIN = "メール便"
    RAKURAKU_MERCARI = "らくらくメルカリ便"


class Funder(StrEnum):
    """Who pays for a discount."""

    SHOP = "shop"
    MALL = "mall"
    MAKER = "maker"
    UNKNOWN = "unknown"


def require_text(value: object, name: str) -> str:
    """Return `value` if it is text; another type, None included, is a `ConfigError`.

    >>> require_text("エコ配", "carrier")
    'エコ配'
    """
    if not isinstance(value, str):
        raise ConfigError(f'{name} is {type(value).__name__}: write text, "" for none')
    return value


def fold(text: str) -> str:
    """Return the comparison key of a name: NFKC, stripped. Never store or print it.

    >>> fold(" ﾔﾏﾄ運輸　")
    'ヤマト運輸'
    """
    return unicodedata.normalize("NFKC", text).strip()


@lru_cache(maxsize=4096)
def key_of(name: str) -> str:
    """Return `fold` of a name of which there are few, such as a status or a carrier; remembered.

    >>> key_of("ｷｬﾝｾﾙ")
    'キャンセル'
    """
    return fold(name)


def is_blank(text: str | None) -> bool:
    """Tell whether a field counts as not filled: nothing is left of it but commas.

    >>> is_blank("　"), is_blank(","), is_blank(None), is_blank("0")
    (True, True, True, False)
    """
    if not text:
        return True
    # A letter or digit in front is not blank, whatever follows: no need to fold a number.
    return not text[0].isalnum() and not fold(text).replace(",", " ").strip()
