"""The whole table of R2 against a restatement that shares no line with the library."""

from __future__ import annotations

import itertools
from datetime import date

from mallsync.policy import export

TODAY = date(2026, 11, 22)
STATUSES = [
    "新規受付",
    "発送前入金待ち",
    "発送待ち",
    "発送後入金待ち",
    "処理済",
    "保留",
    "キャンセル",
    "★出荷待ち",
]
SHIP_DATES = [None, date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)]
NUMBERS = ["", "0000-1111-2222"]
CARRIERS = ["日本郵便", "ゆうパック", "佐川急便", "ヤマト運輸", "西濃運輸"]
METHODS = [
    None,
    "定形外",
    "レターパック",
    "メール便",
    "ゆうパケ",
    "ポスパケ",
    "ネコポス",
    "宅急便コンパクト",
    "速達",
    "クリックポスト",
    "らくらくメルカリ便",
]
ROWS = list(itertools.product(STATUSES, SHIP_DATES, NUMBERS, CARRIERS, METHODS))
SIZE, ELIGIBLE = 3520, 610  # business rules, section 9.4


def naive(
    status: str, ship_date: date | None, number: str, carrier: str, method: str | None
) -> list[str]:
    """Return the reasons, as a person reads them off the manual."""
    reasons = []
    if status == "新規受付" or status == "保留" or status == "キャンセル":  # noqa: PLR1714 -- naive
        reasons.append("STATUS_EXCLUDED")
    if ship_date is None:
        reasons.append("SHIP_DATE_MISSING")
    elif ship_date > date(2026, 11, 22):
        reasons.append("SHIP_DATE_FUTURE")
    if number == "":
        exempt = False
        if carrier == "日本郵便" and method in ("定形外", "レターパック", "メール便"):
            exempt = True
        if carrier == "ゆうパック" and method in ("定形外", "レターパック"):
            exempt = True
        if carrier == "佐川急便" and method == "メール便":
            exempt = True
        if not exempt:
            reasons.append("TRACKING_MISSING")
    return reasons


def decided(
    status: str, ship_date: date | None, number: str, carrier: str, method: str | None, mall: str
) -> list[str]:
    """Return the reasons that the library gives."""
    facts = export.Facts(
        status=status,
        ship_date=ship_date,
        tracking_number=number,
        carrier=carrier,
        delivery_methods=frozenset({method} if method else ()),
    )
    decision = export.decide_facts(facts, rule=export.RULES[mall], today=TODAY)
    return [reason.code.value for reason in decision.reasons]


def test_the_whole_table_of_3520_rows_is_as_the_manual_says() -> None:
    """For the three malls that share it."""
    assert len(ROWS) == SIZE
    assert sum(not naive(*row) for row in ROWS) == ELIGIBLE
    for mall in ("rakuma", "mercari_shops", "rakuten"):
        wrong = [row for row in ROWS if naive(*row) != decided(*row, mall)]
        assert wrong == []
