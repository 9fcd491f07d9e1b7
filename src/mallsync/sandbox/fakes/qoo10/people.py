"""Visibly invented people: names, addresses and telephone numbers, as Qoo10 writes them."""

from __future__ import annotations

from mallsync.sandbox.world import FAMILIES, GIVEN, Dice, JsonObject

__all__ = ["EMPTY_PHONES", "buyer", "phone", "receiver", "sender"]

EMPTY_PHONES = ("+81--", "+81-", "")  # three ways to say that there is none (qoo10.md §12)

_PLACES = (
    ("999-0001", "架空県見本市例町", "1-2-3 サンプル荘101"),
    ("999-0002", "架空県例村", "9-9"),
    ("999-1234", "東京都架空区見本町", "０−０　サンプルビル２階"),
    ("999-9999", "例示府仮名市試作区", "4–5—6\u200b見本ハイツ★701◆"),
    ("999-0100", "見本市例示通", "7丁目 ①号棟 ㈱見本気付"),  # no prefecture
    ("999-4321", "仮名県架空郡例示町", "字大字見本　0番地"),
)
_MOBILES = ("90", "80", "70", "090")  # the leading 0 is there or not
_TELEPHONES = ("3", "6", "11", "03")


def _name(dice: Dice) -> tuple[str, str]:
    family, family_kana = dice.choice(FAMILIES)
    given, given_kana = dice.choice(GIVEN)
    return f"{family} {given}", f"{family_kana} {given_kana}"


def phone(prefix: str, serial: int) -> str:
    """Return a telephone number that nobody has."""
    return f"+81-{prefix}-0000-{serial % 10_000:04d}"


def _phones(dice: Dice, serial: int) -> tuple[str, str]:
    """Return telephone and mobile, of which one is there."""
    mobile = phone(dice.choice(_MOBILES), serial)
    telephone = phone(dice.choice(_TELEPHONES), serial)
    nothing = dice.choice(EMPTY_PHONES)
    return dice.choice(((nothing, mobile), (nothing, mobile), (telephone, nothing)))


def buyer(dice: Dice, serial: int) -> JsonObject:
    """Return who ordered."""
    name, kana = _name(dice)
    telephone, mobile = _phones(dice, serial)
    return {
        "buyer": name,
        "buyer_gata": kana,
        "buyerTel": telephone,
        "buyerMobile": mobile,
        "buyerEmail": f"buyer{serial}@example.invalid",
    }


def receiver(dice: Dice, serial: int, ordered_by: JsonObject) -> JsonObject:
    """Return where it goes: to the buyer, or to somebody else."""
    zip_code, first, second = dice.choice(_PLACES)
    name, kana = _name(dice)
    telephone, mobile = _phones(dice, serial + 5_000)
    itself = dice.chance(0.8)
    return {
        "receiver": ordered_by["buyer"] if itself else name,
        "receiver_gata": ordered_by["buyer_gata"] if itself else kana,
        "shippingCountry": "JP",
        "zipCode": zip_code,
        "shippingAddr": f"{first} {second}",
        "Addr1": first,
        "Addr2": second,
        "receiverTel": ordered_by["buyerTel"] if itself else telephone,
        "receiverMobile": ordered_by["buyerMobile"] if itself else mobile,
    }


def sender(dice: Dice, serial: int) -> JsonObject:
    """Return who gives it as a present."""
    name, _ = _name(dice)
    zip_code, first, second = dice.choice(_PLACES)
    return {
        "senderName": name,
        "senderTel": phone(dice.choice(_TELEPHONES), serial),
        "senderNation": "JP",
        "senderZipCode": zip_code,
        "senderAddr": f"{first} {second}",
    }
