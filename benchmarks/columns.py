"""Deciding on a million rows of polars, by the same rule."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import partial

import polars as pl

from benchmarks.measuring import Figure, figure, seconds
from mallsync.notebook import columnar
from mallsync.policy import export

__all__ = ["ROWS", "measure"]

ROWS = 1_000_000
_FASTEST = ROWS / 50e6 * 1000
"""Milliseconds: fifty million rows a second are wanted."""

_TODAY = date(2026, 11, 22)
_RULE = export.RULES["rakuma"]
_NAMES = {
    "status": [*["発送待ち"] * 5, "処理済", "発送前入金待ち", "新規受付", "保留"],
    "carrier": ["ヤマト運輸", "ヤマト運輸", "佐川急便", "日本郵便"],
    "delivery_methods": ["", "宅急便", "メール便", "メール便,速達"],
}
_DAYS = [*[_TODAY] * 4, _TODAY - timedelta(days=1), _TODAY + timedelta(days=1), None]


def measure(rounds: int = 7) -> list[Figure]:
    """Return how long all flags take, with names as enums and as categories."""
    figures = []
    for kind, target in ((pl.Enum, _FASTEST), (pl.Categorical, None)):
        frame = _frame(kind)
        took = [seconds(partial(_decide, frame)) * 1000 for _ in range(rounds)]
        name = f"deciding {ROWS:,} rows of polars, names as {kind.__name__}"
        figures.append(figure(name, took, unit="ms", target=target))
    return figures


def _decide(frame: pl.DataFrame) -> None:
    spelled = columnar.spellings_of(frame)
    frame.with_columns(**columnar.polars_flags(_RULE, today=_TODAY, spellings=spelled))


def _frame(kind: type[pl.Enum | pl.Categorical]) -> pl.DataFrame:
    dice = random.Random(20261122)
    columns = {
        name: pl.Series(dice.choices(texts, k=ROWS)).cast(
            pl.Enum(sorted(set(texts))) if kind is pl.Enum else pl.Categorical
        )
        for name, texts in _NAMES.items()
    }
    numbers = ["" if dice.random() < 1 / 4 else f"{place:012}" for place in range(ROWS)]
    days = dice.choices(_DAYS, k=ROWS)
    return pl.DataFrame({**columns, "tracking_number": numbers, "ship_date": days})
