"""The codes that explain a decision, each with its Japanese and English text, once."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from mallsync.errors import Hint

__all__ = ["TEXTS", "ReasonCode", "text_of"]


class ReasonCode(StrEnum):
    """Reasons and warnings of an export decision, in the order in which they are told."""

    OUT_OF_PERIOD = "OUT_OF_PERIOD"
    STATUS_EXCLUDED = "STATUS_EXCLUDED"
    SHIP_DATE_MISSING = "SHIP_DATE_MISSING"
    SHIP_DATE_FUTURE = "SHIP_DATE_FUTURE"
    TRACKING_MISSING = "TRACKING_MISSING"
    STATUS_UNPAID = "STATUS_UNPAID"
    STATUS_CUSTOM = "STATUS_CUSTOM"


TEXTS: Mapping[str, Hint] = {
    "ELIGIBLE": Hint(ja="報告できます", en="may be reported"),
    "NOT_ELIGIBLE": Hint(ja="報告できません", en="may not be reported"),
    "OUT_OF_PERIOD": Hint(ja="作成期間外です", en="outside the export period"),
    "STATUS_EXCLUDED": Hint(ja="対象外のステータスです", en="the status is excluded"),
    "SHIP_DATE_MISSING": Hint(ja="出荷日が未入力です", en="no ship date"),
    "SHIP_DATE_FUTURE": Hint(ja="出荷日が未来です", en="the ship date is after today"),
    "TRACKING_MISSING": Hint(ja="お荷物伝票番号が未入力です", en="no tracking number"),
    "STATUS_UNPAID": Hint(ja="発送前入金待ちです", en="the status says: awaiting payment"),
    "STATUS_CUSTOM": Hint(ja="独自ステータスです", en="a status of the shop's own"),
}
"""Text by code; the one table that decisions, documents and messages share."""


def text_of(code: str) -> Hint:
    """Return the text of a code.

    >>> text_of(ReasonCode.TRACKING_MISSING)("ja")
    'お荷物伝票番号が未入力です'
    """
    return TEXTS[code]
