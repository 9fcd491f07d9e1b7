"""The requested day and time, which shops often get in the remarks only.

Remarks are blocks headed ``[<title>:]``. The first is normally ``[配送日時指定:]``, with a line
for the day and one for the slot in words that each shop chooses; either may be missing. Colons
and digits may be full-width.
"""

from __future__ import annotations

import re
from datetime import date

from mallsync.model.words import fold

__all__ = ["slot_of_term", "wish_of_remarks"]

_WISH_HEAD = re.compile(r"[\[［]配送日時指定[:：][\]］]")
_NEXT_HEAD = re.compile(r"\n[\[［]")
_DAY = re.compile(r"^(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?(\(.\))?$")
_HOURS = re.compile(r"^(\d{1,2})(?::00|時)?[-~〜−ー](\d{1,2})(?::00|時)?$")
_WORDS = {"午前中": "AM", "午前": "AM", "午後": "PM"}
_TERMS = {1: "AM", 2: "PM", 9: "OTHER"}
_FIRST_RANGE = 700  # 7 to 8 o'clock is 708


def slot_of_term(term: int | None) -> str:
    """Return the slot that a shippingTerm stands for, ``""`` for none.

    >>> [slot_of_term(term) for term in (None, 0, 1, 1416, 708)]
    ['', '', 'AM', '14-16', '07-08']
    """
    if not term:
        return ""
    if term < _FIRST_RANGE:
        return _TERMS.get(term, str(term))
    return f"{term // 100:02}-{term % 100:02}"


def wish_of_remarks(remarks: str) -> tuple[date | None, str]:
    r"""Return the requested day and slot from the block ``[配送日時指定:]``.

    A slot in words that are not known is kept as it stands.

    >>> wish_of_remarks("[配送日時指定:]\n2026-04-05(日)\n18:00〜20:00\n\n[備考:]\n見本")
    (datetime.date(2026, 4, 5), '18-20')
    """
    head = _WISH_HEAD.search(remarks)
    if head is None:
        return None, ""
    next_head = _NEXT_HEAD.search(remarks, head.end())
    block = remarks[head.end() : next_head.start() if next_head else None]
    day: date | None = None
    slot = ""
    for line in filter(None, map(str.strip, fold(block).splitlines())):
        told = _day(line)
        day = day or told
        slot = slot or ("" if told else _slot(line))
    return day, slot


def _day(line: str) -> date | None:
    match = _DAY.match(line)
    if match is None:
        return None
    year, month, day = match.group(1, 2, 3)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _slot(line: str) -> str:
    match = _HOURS.match(line)
    if match is None:
        return _WORDS.get(line, line)
    start, end = match.groups()
    return f"{start:0>2}-{end:0>2}"
