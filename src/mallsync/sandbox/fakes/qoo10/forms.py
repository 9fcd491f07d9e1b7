"""Read what a form says, strictly (qoo10.md §5 to §10)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from mallsync.sandbox.fakes.qoo10.codes import Why
from mallsync.sandbox.world import JST, JsonObject

__all__ = ["day", "is_number", "period", "rows"]

_NUMBER = re.compile(r"\d{9,10}", re.ASCII)
_MOMENT = re.compile(r"\d{8}(\d{6})?", re.ASCII)
_DAY = re.compile(r"\d{8}", re.ASCII)
_DATE_ONLY = 8
_LONGEST = 90  # days, the first and the last included: the harder reading


def is_number(text: str) -> bool:
    """Say whether this is one order number; several with commas are not (qoo10.md §5)."""
    return _NUMBER.fullmatch(text) is not None


def period(start: str, end: str, *, whole_last_day: bool) -> tuple[int, int] | Why:
    """Return a search period in seconds since 1970, or what is wrong with it.

    Args:
        whole_last_day: an end without a time is the end of that day; nobody says so, so that the
            fake takes it for its first second unless told otherwise.
    """
    first, last = _moment(start), _moment(end)
    if first is None or last is None or last < first:
        return Why.DATE
    if len(end) == _DATE_ONLY and whole_last_day:
        last += timedelta(days=1, seconds=-1)
    if (last.date() - first.date()).days >= _LONGEST:
        return Why.PERIOD
    return int(first.timestamp()), int(last.timestamp())


def _moment(text: str) -> datetime | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=JST)
    except ValueError:
        return None


def day(text: str) -> datetime | None:
    """Return the midnight in Japan of a day written yyyyMMdd; None if it is none."""
    return _moment(text) if _DAY.fullmatch(text) else None


def rows(text: str) -> list[Mapping[str, str]] | None:
    """Return the rows of a bulk parameter, every value as text; None if they are none."""
    try:
        read = json.loads(text)
    except ValueError:
        return None
    if not isinstance(read, list) or not read or not all(isinstance(one, dict) for one in read):
        return None
    return [_as_text(one) for one in read]


def _as_text(row: JsonObject) -> Mapping[str, str]:
    # whether numbers may be bare is not known; both are taken
    return {name: "" if value is None else str(value) for name, value in row.items()}
