"""Visibly invented people: names, addresses, telephone numbers and their remarks."""

from __future__ import annotations

from datetime import date

from mallsync.sandbox.world import FAMILIES, GIVEN, Dice, JsonObject

__all__ = ["contact", "orderer", "remarks", "unnamed"]

_PLACES = (
    ("100", "東京都", "架空区"),
    ("060", "北海道", "架空市"),
    ("530", "大阪府", "例示市見本区"),
    ("810", "福岡県", "仮名市"),
    ("460", "愛知県", "試作郡見本町"),
    ("900", "沖縄県", "架空村"),
    ("001", "北海道", "例示町"),
)
_STREETS = (
    "見本町1-2-3",
    "例示通4-5",
    "仮名一丁目２番３号 サンプルハイツ２０１",
    "見本１〜３丁目 ～裏門側～",
    "架空台7-8-9 ①号棟 ㈱見本気付",
    "ﾐﾎﾝ町0-0 𠮷ビル\n3階",
    "字大字見本　0番地",
)
_PHONES = (("03", "0000"), ("090", "0000"), ("0120", "000"), ("011", "000"))

_WEEKDAYS = "月火水木金土日"
_TITLES = ("[配送日時指定:]", "[配送日時指定：]")
_SLOTS = (
    "14:00-16:00",
    "18:00〜20:00",
    "18:00～20:00",
    "14：00－16：00",
    "14:00",
    "午前中",
    "12時-14時",
)
_NOTES = (
    "テスト備考",
    "ﾊﾝｶｸ ｶﾅ と 🎁 と 𠮷 髙 﨑",
    "一行目\n\n三行目〜おわり～",
    "領収書：不要 ①②③",
)


def contact(dice: Dice, serial: int) -> JsonObject:
    """Return name, address and telephone number of somebody who does not exist."""
    family, family_kana = dice.choice(FAMILIES)
    given, given_kana = dice.choice(GIVEN)
    zip_code, prefecture, city = dice.choice(_PLACES)
    first, second = dice.choice(_PHONES)
    kana = dice.chance(0.9)
    return {
        "zipCode1": zip_code,
        "zipCode2": "0000",
        "prefecture": prefecture,
        "city": city,
        "subAddress": dice.choice(_STREETS),
        "familyName": family,
        "firstName": given,
        "familyNameKana": family_kana if kana else None,
        "firstNameKana": given_kana if kana else None,
        "phoneNumber1": first if dice.chance(0.95) else None,
        "phoneNumber2": second,
        "phoneNumber3": f"{serial % 10_000:04d}",
    }


def orderer(person: JsonObject, dice: Dice, serial: int) -> JsonObject:
    """Return a contact with what the mall adds for a buyer: a masked address, sex, birthday."""
    told = dice.chance(0.5)
    return person | {
        "emailAddress": f"{serial:032x}s{serial % 10}@pc.fw.rakuten.example",
        "sex": dice.choice(("男", "女")) if told else None,
        "birthYear": 1900 + serial % 100 if told else None,
        "birthMonth": 1 + serial % 12 if told else None,
        "birthDay": 1 + serial % 28 if told else None,
    }


def unnamed() -> JsonObject:
    """Return what stands in for the receiver of a gift who has not told the address yet."""
    waiting = ("prefecture", "city", "subAddress", "familyName", "firstName")
    return {
        "zipCode1": "999",
        "zipCode2": "9999",
        **dict.fromkeys(waiting, "入力待ち"),
        "familyNameKana": "ニュウリョクマチ",
        "firstNameKana": "ニュウリョクマチ",
        "phoneNumber1": "999",
        "phoneNumber2": "9999",
        "phoneNumber3": "9999",
    }


def remarks(dice: Dice, wish: date | None, *, slot: bool) -> str | None:
    """Return the buyer's remarks with the delivery wish as shops word it (wire facts §3.7)."""
    if wish is None and dice.chance(0.1):
        return None
    lines = [dice.choice(_TITLES)]
    if wish is not None:
        lines.append(f"{wish.isoformat()}({_WEEKDAYS[wish.weekday()]})")
    if slot:
        lines.append(dice.choice(_SLOTS))
    if dice.chance(0.5):
        lines += ["", "[備考:]", dice.choice(_NOTES)]
    return "\n".join(lines) + "\n"
