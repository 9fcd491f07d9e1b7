"""An export rule for data that is columnar already: expressions of polars, pandas, and SQL.

It is the same rule that `mallsync.policy.export.decide_facts` reads, and says the same of each row;
for objects that one is faster. A row is one shipment of one order, in columns of these names:

``status``, ``carrier``, ``tracking_number``: text, as typed. ``delivery_methods``: names joined by
commas. ``ship_date``: a day. ``updated_at``, ``created_at``, ``ordered_at``: aware moments, needed
where the rule looks at a time. A blank or a missing value is the same.

What comes out are flags: ``eligible``, and one for each reason of R2.7 by its code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from mallsync.errors import ConfigError
from mallsync.model.period import JST, Period, require_day
from mallsync.model.words import is_blank, key_of
from mallsync.policy.rule import ExportRule, PeriodBasis, PeriodUse

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["Dialect", "pandas_flags", "polars_flags", "spellings_of", "sql_flags"]

Dialect = Literal["duckdb", "postgresql", "sqlite"]
T_co = TypeVar("T_co", covariant=True)

_NAMES = ("status", "carrier", "delivery_methods")
_BASES: Mapping[PeriodBasis, tuple[str, ...]] = {
    PeriodBasis.UPDATED: ("updated_at", "created_at"),
    PeriodBasis.CREATED: ("created_at",),
    PeriodBasis.ORDERED: ("ordered_at",),
}
"""The columns of R2.1: the first that is filled counts."""


def polars_flags(
    rule: ExportRule,
    *,
    today: date,
    period: Period | None = None,
    spellings: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, pl.Expr]:
    """Return a rule as expressions of polars: ``frame.with_columns(**polars_flags(…))``.

    Columns of names are best enums or categorical: then each row costs next to nothing.

    Args:
        rule: One of `mallsync.policy.export.RULES`, or the host's own.
        today: The day in Japan.
        period: The export period (作成期間); a manual rule requires one.
        spellings: By column how its names are spelled in the data: see `spellings_of`. None is for
            names that are folded, and no more than one method in a row.

    Raises:
        ConfigError: An argument has the wrong type, or the rule lacks its period.
    """
    return _flags(rule, _Polars(spellings or {}), today, period)


def spellings_of(frame: pl.DataFrame) -> dict[str, list[str]]:
    """Return by column of names how they are spelled in a frame, for `polars_flags`."""
    return {column: _spelled(frame[column]) for column in _NAMES if column in frame.columns}


def _spelled(values: pl.Series) -> list[str]:
    import polars as pl  # noqa: PLC0415 -- an extra

    if isinstance(values.dtype, pl.Enum):
        return list(values.dtype.categories)
    return [str(one) for one in values.unique().drop_nulls()]


def pandas_flags(
    frame: pd.DataFrame, rule: ExportRule, *, today: date, period: Period | None = None
) -> pd.DataFrame:
    """Return the flags of a frame of pandas, with its index; arguments as for `polars_flags`.

    Raises:
        ConfigError: An argument has the wrong type, or the rule lacks its period.
    """
    import pandas as pd  # noqa: PLC0415 -- an extra

    flags = _flags(rule, _Pandas(frame), today, period)
    return pd.DataFrame(flags, index=frame.index)


def sql_flags(
    rule: ExportRule, dialect: Dialect, *, today: date, period: Period | None = None
) -> dict[str, str]:
    """Return a rule as expressions of SQL: ``SELECT number, {flags["eligible"]} FROM …``.

    Names are compared as they stand but for blanks around them: no SQL folds half-width and
    full-width characters as we do, so fold them (`mallsync.model.words.fold`) when you store them.
    In SQLite, days are text (``2026-11-22``) and moments are text in UTC, as
    ``2026-11-22 00:15:00``.

    Args:
        rule: One of `mallsync.policy.export.RULES`, or the host's own.
        dialect: ``"duckdb"``, ``"postgresql"`` or ``"sqlite"``.
        today: The day in Japan.
        period: The export period (作成期間); a manual rule requires one.

    Raises:
        ConfigError: An argument has the wrong type, or the rule lacks its period.
    """
    if dialect not in ("duckdb", "postgresql", "sqlite"):
        raise ConfigError(f"dialect is {dialect!r}: write duckdb, postgresql or sqlite")
    return {name: one.text for name, one in _flags(rule, _Sql(dialect), today, period).items()}


# ------------------------------------------------------------------------- a rule, in any engine


class _Engine(Protocol[T_co]):
    """What a rule asks of columns; what comes of it is combined by ``&``, ``|`` and ``~``."""

    def constant(self, value: bool) -> T_co:  # noqa: FBT001 -- a value
        """Return the same for each row."""

    def named(self, column: str, names: frozenset[str]) -> T_co:
        """Tell whether a column has one of some names, after folding."""

    def exempt(self, exempt: Mapping[str, frozenset[str]]) -> T_co:
        """Tell whether a carrier goes with one of the methods that need no number (R2.4, R2.5)."""

    def blank(self, column: str) -> T_co:
        """Tell whether a text is blank."""

    def missing(self, column: str) -> T_co:
        """Tell whether a day is missing."""

    def after(self, column: str, day: date) -> T_co:
        """Tell whether a day is after another; false for a missing one."""

    def within(self, columns: Sequence[str], period: Period) -> T_co:
        """Tell whether the first moment that is filled lies in a period; false without one."""


def _flags(
    rule: ExportRule, of: _Engine[Any], today: date, period: Period | None
) -> dict[str, Any]:
    """Return the flags of a rule, in the order of R2.7."""
    if not isinstance(rule, ExportRule):
        raise ConfigError("rule: write export.RULES[mall], or your own ExportRule")
    require_day(today, "today")
    no = of.constant(False)  # noqa: FBT003 -- a value
    inside = [of.within(_BASES[rule.basis], one) for one in _periods(rule, today, period)]
    outside = no
    for one in inside:
        outside = outside | ~one
    dated = rule.needs_ship_date
    lacks = of.blank("tracking_number") & ~of.exempt(rule.exempt_methods)
    flags = {
        "OUT_OF_PERIOD": outside,
        "STATUS_EXCLUDED": of.named("status", rule.excluded_statuses),
        "SHIP_DATE_MISSING": of.missing("ship_date") if dated else no,
        "SHIP_DATE_FUTURE": of.after("ship_date", today) if dated else no,
        "TRACKING_MISSING": lacks if rule.needs_tracking else no,
    }
    against = no
    for one in flags.values():
        against = against | one
    return {"eligible": ~against, **flags}


def _periods(rule: ExportRule, today: date, period: Period | None) -> Iterable[Period]:
    """Yield the periods in which an order's moment must lie (R2.1)."""
    if period is not None and not isinstance(period, Period):
        raise ConfigError(f"period is {type(period).__name__}: write Period.days(first, last)")
    if period is None and rule.period is PeriodUse.REQUIRED:
        raise ConfigError("this rule needs a period: write period=Period.days(first, last)")
    if period is not None and rule.period is PeriodUse.IGNORED:
        return
    if period is not None:
        yield period
    if rule.last_days is not None:
        yield Period.days(today - timedelta(days=rule.last_days), today)


def _named(names: frozenset[str]) -> Callable[[str | None], bool]:
    return lambda one: key_of(one or "") in names


def _has(methods: frozenset[str]) -> Callable[[str | None], bool]:
    return lambda text: not methods.isdisjoint(map(key_of, (text or "").split(",")))


# ---------------------------------------------------------------------------------------- polars


class _Polars:
    """Names are compared as they are spelled in the data, each of which was folded once."""

    def __init__(self, spellings: Mapping[str, Iterable[str]]) -> None:
        import polars as pl  # noqa: PLC0415 -- an extra

        self.pl = pl
        self.spellings = {column: [*texts] for column, texts in spellings.items()}

    def constant(self, value: bool) -> pl.Expr:  # noqa: FBT001 -- a value
        return self.pl.lit(value)

    def named(self, column: str, names: frozenset[str]) -> pl.Expr:
        return self._one_of(column, _named(names), names)

    def exempt(self, exempt: Mapping[str, frozenset[str]]) -> pl.Expr:
        found = self.constant(False)  # noqa: FBT003 -- a value
        for carrier, methods in exempt.items():
            has = self._one_of("delivery_methods", _has(methods), methods)
            found = found | (self.named("carrier", frozenset({carrier})) & has)
        return found

    def _one_of(
        self, column: str, is_meant: Callable[[str], bool], names: frozenset[str]
    ) -> pl.Expr:
        meant = {*names, *filter(is_meant, self.spellings.get(column, ()))}
        return self.pl.col(column).is_in(sorted(meant)).fill_null(value=False)

    def blank(self, column: str) -> pl.Expr:
        return self.pl.col(column).map_batches(
            _polars_blank, return_dtype=self.pl.Boolean, is_elementwise=True
        )

    def missing(self, column: str) -> pl.Expr:
        return self.pl.col(column).is_null()

    def after(self, column: str, day: date) -> pl.Expr:
        return (self.pl.col(column) > day).fill_null(value=False)

    def within(self, columns: Sequence[str], period: Period) -> pl.Expr:
        moment = self.pl.coalesce(columns).dt.convert_time_zone("UTC")
        return ((moment >= period.start) & (moment < period.end)).fill_null(value=False)


def _polars_blank(values: pl.Series) -> pl.Series:
    """Tell which texts are blank: most begin with an ASCII letter or digit, and are not."""
    empty = values == ""
    # "/~" and not "0": no number begins with it, so that the first byte decides.
    low, high = values < "/~", values >= "{"
    if low.sum() > empty.sum() or high.any():
        places = ((low | high) & ~empty).arg_true()
        empty = empty.scatter(places, [is_blank(one) for one in values.gather(places)])
    return empty.fill_null(value=True) if empty.null_count() else empty


# ---------------------------------------------------------------------------------------- pandas


class _Pandas:
    """As polars: each category is looked at once."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def constant(self, value: bool) -> Any:  # noqa: ANN401, FBT001 -- an array of numpy
        import numpy as np  # noqa: PLC0415 -- comes with pandas

        return np.full(len(self.frame), value)

    def named(self, column: str, names: frozenset[str]) -> Any:  # noqa: ANN401
        codes, categories = self._codes(column)
        return self._looked_up(map(_named(names), categories), codes)

    def exempt(self, exempt: Mapping[str, frozenset[str]]) -> Any:  # noqa: ANN401
        codes, categories = self._codes("delivery_methods")
        found = self.constant(False)  # noqa: FBT003 -- a value
        for carrier, methods in exempt.items():
            has = self._looked_up(map(_has(methods), categories), codes)
            found = found | (self.named("carrier", frozenset({carrier})) & has)
        return found

    def blank(self, column: str) -> Any:  # noqa: ANN401
        codes, categories = self._codes(column)
        return self._looked_up(map(is_blank, categories), codes)

    def missing(self, column: str) -> Any:  # noqa: ANN401
        return self.frame[column].isna().to_numpy()

    def after(self, column: str, day: date) -> Any:  # noqa: ANN401
        days = self._moments(column)
        bound = datetime.combine(day, datetime.min.time())
        return (days.dt.tz_localize(None) > bound).fillna(value=False).to_numpy(dtype=bool)

    def within(self, columns: Sequence[str], period: Period) -> Any:  # noqa: ANN401
        moment = self._moments(columns[0], utc=True)
        for column in columns[1:]:
            moment = moment.fillna(self._moments(column, utc=True))
        return ((moment >= period.start) & (moment < period.end)).to_numpy(dtype=bool)

    def _moments(self, column: str, *, utc: bool = False) -> Any:  # noqa: ANN401
        import pandas as pd  # noqa: PLC0415 -- an extra

        return pd.to_datetime(self.frame[column], utc=utc)

    def _codes(self, column: str) -> tuple[Any, list[str | None]]:
        found = self.frame[column].astype("category").cat
        categories: list[str | None] = [*found.categories, None]
        codes = found.codes.to_numpy().astype("int64")  # int8 for few, which overflows in products
        codes[codes < 0] = len(categories) - 1
        return codes, categories

    def _looked_up(self, table: Iterable[bool], codes: Any) -> Any:  # noqa: ANN401
        import numpy as np  # noqa: PLC0415 -- comes with pandas

        return np.fromiter(table, dtype=bool)[codes]


# ------------------------------------------------------------------------------------------- SQL

_BLANKS = ", \u3000\uff0c"


class _Text:
    """An expression of SQL that is true or false, never null."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __and__(self, other: _Text) -> _Text:
        return _Text(f"({self.text} AND {other.text})")

    def __or__(self, other: _Text) -> _Text:
        return _Text(f"({self.text} OR {other.text})")

    def __invert__(self) -> _Text:
        return _Text(f"(NOT {self.text})")


class _Sql:
    """What differs between dialects is how a moment is written."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def constant(self, value: bool) -> _Text:  # noqa: FBT001 -- a value
        return _Text("(1 = 1)" if value else "(1 = 0)")

    def named(self, column: str, names: frozenset[str]) -> _Text:
        if not names:
            return self.constant(False)  # noqa: FBT003 -- a value
        listed = ", ".join(_quoted(one) for one in sorted(names))
        return _Text(f"({self._trimmed(column)} IN ({listed}))")

    def exempt(self, exempt: Mapping[str, frozenset[str]]) -> _Text:
        found = self.constant(False)  # noqa: FBT003 -- a value
        for carrier, methods in sorted(exempt.items()):
            for method in sorted(methods):
                found = found | (self.named("carrier", frozenset({carrier})) & self._has(method))
        return found

    def _has(self, method: str) -> _Text:
        listed = "',' || coalesce(delivery_methods, '') || ','"
        name = "strpos" if self.dialect != "sqlite" else "instr"
        return _Text(f"({name}({listed}, {_quoted(f',{method},')}) > 0)")

    def blank(self, column: str) -> _Text:
        return _Text(f"(trim(coalesce({column}, ''), '{_BLANKS}') = '')")

    def missing(self, column: str) -> _Text:
        return _Text(f"({column} IS NULL)")

    def after(self, column: str, day: date) -> _Text:
        literal = f"'{day.isoformat()}'"
        bound = literal if self.dialect == "sqlite" else f"DATE {literal}"
        return _Text(f"coalesce({column} > {bound}, 1 = 0)")

    def within(self, columns: Sequence[str], period: Period) -> _Text:
        moment = f"coalesce({', '.join(columns)})" if columns[1:] else columns[0]
        bounds = self._moment(period.start), self._moment(period.end)
        return _Text(f"coalesce({moment} >= {bounds[0]} AND {moment} < {bounds[1]}, 1 = 0)")

    def _moment(self, moment: datetime) -> str:
        if self.dialect == "sqlite":
            return f"'{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
        return f"TIMESTAMPTZ '{moment.astimezone(JST).isoformat(sep=' ')}'"

    def _trimmed(self, column: str) -> str:
        return f"trim(coalesce({column}, ''), ' \u3000')"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
