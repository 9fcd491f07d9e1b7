"""An export rule for data that is columnar already: expressions of polars, pandas, and SQL.

It is the same rule that `mallsync.policy.export.decide_facts` reads, and says the same of each row;
for objects that one is faster. A row is one shipment of one order, in columns of these names:

``status``, ``carrier``, ``tracking_number``: text, as typed. ``delivery_methods``: names joined by
commas. ``ship_date``: a day; in a frame also a moment of it, in Japan where it is aware.
``updated_at``, ``created_at``, ``ordered_at``: aware moments. A blank or a missing value is the
same. A column is needed where the rule looks at it.

What comes out are flags: ``eligible``, and one for each reason of R2.7 by its code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
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
        ConfigError: An argument has the wrong type, or the rule lacks its period. Polars raises one
            where the expressions meet a column that holds something else.
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
        ConfigError: An argument has the wrong type, the rule lacks its period, or a column that it
            looks at is missing or holds something else.
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
    ``ship_date`` is a DATE, or a TIMESTAMP without zone. In SQLite days are text (``2026-11-22``;
    what stands behind a day is left out), and so are moments, in UTC (``2026-11-22 00:15:00``) or
    with their offset, and compared to the millisecond; what begins with no such day is missing.

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
        """Tell whether a day is after another, whatever its time (R2.3); false if missing."""

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
    flags = {
        "OUT_OF_PERIOD": outside,
        "STATUS_EXCLUDED": of.named("status", rule.excluded_statuses),
        "SHIP_DATE_MISSING": no,
        "SHIP_DATE_FUTURE": no,
        "TRACKING_MISSING": no,
    }
    if rule.needs_ship_date:
        flags["SHIP_DATE_MISSING"] = of.missing("ship_date")
        flags["SHIP_DATE_FUTURE"] = of.after("ship_date", today)
    if rule.needs_tracking:
        lacks = of.blank("tracking_number")
        exempt = {carrier: some - {""} for carrier, some in rule.exempt_methods.items()}
        flags["TRACKING_MISSING"] = lacks & ~of.exempt(exempt)
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


def _is_blank(one: object) -> bool:
    return isinstance(one, str) and is_blank(one)


def _is_day(one: object) -> bool:
    return isinstance(one, date)


def _day_of(one: date) -> date:
    """Return a day; that of Japan where a moment is aware."""
    if not isinstance(one, datetime):
        return one
    return (one.astimezone(JST) if one.tzinfo is not None else one).date()


def _is_aware(one: object) -> bool:
    return isinstance(one, datetime) and one.tzinfo is not None


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
        meant = sorted({*names, *filter(is_meant, self.spellings.get(column, ()))})
        return self._of(column, partial(_polars_one_of, meant), self.pl.Boolean)

    def blank(self, column: str) -> pl.Expr:
        return self._of(column, _polars_blank, self.pl.Boolean)

    def missing(self, column: str) -> pl.Expr:
        return self._of(column, _polars_days, self.pl.Date).is_null()

    def after(self, column: str, day: date) -> pl.Expr:
        return (self._of(column, _polars_days, self.pl.Date) > day).fill_null(value=False)

    def within(self, columns: Sequence[str], period: Period) -> pl.Expr:
        kind = self.pl.Datetime("us", "UTC")
        moment = self.pl.coalesce(self._of(one, _polars_moments, kind) for one in columns)
        return ((moment >= period.start) & (moment < period.end)).fill_null(value=False)

    def _of(
        self,
        column: str,
        told: Callable[[pl.Series], pl.Series],
        kind: Any,  # noqa: ANN401 -- a type of polars
    ) -> pl.Expr:
        """Return what is told of a column, whose type an expression alone does not know."""
        return self.pl.col(column).map_batches(told, return_dtype=kind, is_elementwise=True)


def _polars_one_of(meant: Sequence[str], values: pl.Series) -> pl.Series:
    import polars as pl  # noqa: PLC0415 -- an extra

    if values.dtype == pl.Null:
        values = values.cast(pl.String)
    if values.dtype not in (pl.String, pl.Categorical, pl.Enum):
        raise _wrong(values.name, values.dtype, "text")
    return values.is_in(meant).fill_null(value="" in meant)  # a missing name is a blank one


def _polars_days(values: pl.Series) -> pl.Series:
    """Return days: those of Japan where moments are aware."""
    import polars as pl  # noqa: PLC0415 -- an extra

    if isinstance(values.dtype, pl.Datetime):
        aware = values.dtype.time_zone is not None
        return (values.dt.convert_time_zone("Asia/Tokyo") if aware else values).dt.date()
    if values.dtype not in (pl.Date, pl.Null):
        raise _wrong(values.name, values.dtype, "days")
    return values.cast(pl.Date)


def _polars_moments(values: pl.Series) -> pl.Series:
    import polars as pl  # noqa: PLC0415 -- an extra

    kind = pl.Datetime("us", "UTC")
    if values.dtype == pl.Null:
        return values.cast(kind)
    if not isinstance(values.dtype, pl.Datetime) or values.dtype.time_zone is None:
        raise _wrong(values.name, values.dtype, "aware moments")
    return values.dt.convert_time_zone("UTC").cast(kind)


def _wrong(column: str, kind: object, wanted: str) -> ConfigError:
    return ConfigError(f"{column} holds {kind}: make it a column of {wanted}")


def _polars_blank(values: pl.Series) -> pl.Series:
    """Tell which texts are blank: most begin with an ASCII letter or digit, and are not."""
    import polars as pl  # noqa: PLC0415 -- an extra

    if values.dtype == pl.Null:
        values = values.cast(pl.String)
    if values.dtype != pl.String:
        raise _wrong(values.name, values.dtype, "text")
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

    def named(self, column: str, names: frozenset[str]) -> Any:  # noqa: ANN401 -- an expression of a library
        codes, categories = self._codes(column)
        return self._looked_up(map(_named(names), categories), codes)

    def exempt(self, exempt: Mapping[str, frozenset[str]]) -> Any:  # noqa: ANN401 -- an expression of a library
        found = self.constant(False)  # noqa: FBT003 -- a value
        if not exempt:
            return found
        codes, categories = self._codes("delivery_methods")
        for carrier, methods in exempt.items():
            has = self._looked_up(map(_has(methods), categories), codes)
            found = found | (self.named("carrier", frozenset({carrier})) & has)
        return found

    def blank(self, column: str) -> Any:  # noqa: ANN401 -- an expression of a library
        codes, categories = self._codes(column)
        return self._looked_up(map(is_blank, categories), codes)

    def missing(self, column: str) -> Any:  # noqa: ANN401 -- an expression of a library
        import numpy as np  # noqa: PLC0415 -- comes with pandas

        return np.isnat(self._days(column))

    def after(self, column: str, day: date) -> Any:  # noqa: ANN401 -- an expression of a library
        import numpy as np  # noqa: PLC0415 -- comes with pandas

        return self._days(column) > np.datetime64(day)

    def within(self, columns: Sequence[str], period: Period) -> Any:  # noqa: ANN401 -- an expression of a library
        moment = self._moments(columns[0])
        for column in columns[1:]:
            moment = moment.fillna(self._moments(column))
        return ((moment >= period.start) & (moment < period.end)).to_numpy(dtype=bool)

    def _days(self, column: str) -> Any:  # noqa: ANN401 -- an array of numpy
        """Return days of numpy, which pandas' own nanoseconds do not bound."""
        import numpy as np  # noqa: PLC0415 -- comes with pandas

        values = self._dates(column, "days")
        if values.dtype.kind == "M":
            if values.dt.tz is not None:
                values = values.dt.tz_convert(JST).dt.tz_localize(None)
            return values.to_numpy().astype("datetime64[D]")
        days = [None if missing else _day_of(one) for one, missing in zip(values, values.isna())]  # noqa: B905 -- of one series
        return np.array(days, dtype="datetime64[D]")

    def _moments(self, column: str) -> Any:  # noqa: ANN401 -- a series
        import pandas as pd  # noqa: PLC0415 -- an extra

        values = self._dates(column, "aware moments")
        found = pd.to_datetime(values, utc=True)
        if getattr(values.dtype, "tz", None) is None and not values.dropna().map(_is_aware).all():
            raise _wrong(column, values.dtype, "aware moments")
        return found

    def _dates(self, column: str, wanted: str) -> Any:  # noqa: ANN401 -- a series
        """Return days or moments; blank texts are missing, other texts are refused."""
        values = self._column(column)
        if values.dtype.kind == "M":
            return values
        kind, values = values.dtype, values.astype(object)
        values = values.mask(values.map(_is_blank))
        if not values.dropna().map(_is_day).all():
            raise _wrong(column, kind, wanted)
        return values

    def _column(self, column: str) -> Any:  # noqa: ANN401 -- a series
        if column not in self.frame:
            raise ConfigError(f"the frame has no column {column}, which the rule looks at")
        return self.frame[column]

    def _codes(self, column: str) -> tuple[Any, list[str | None]]:
        values = self._column(column)
        try:
            found = values.astype("category").cat
        except TypeError:  # lists, say
            raise _wrong(column, values.dtype, "text") from None
        if not all(isinstance(one, str) for one in found.categories):
            raise _wrong(column, found.categories.dtype, "text")
        categories: list[str | None] = [*found.categories, None]
        codes = found.codes.to_numpy().astype("int64")  # int8 for few, which overflows in products
        codes[codes < 0] = len(categories) - 1
        return codes, categories

    def _looked_up(self, table: Iterable[bool], codes: Any) -> Any:  # noqa: ANN401 -- an expression of a library
        import numpy as np  # noqa: PLC0415 -- comes with pandas

        return np.fromiter(table, dtype=bool)[codes]


# ------------------------------------------------------------------------------------------- SQL

_SPACES = "".join(map(chr, (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680)))
_SPACES += "".join(map(chr, (*range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))
"""What `fold` takes away at both ends."""

_BLANKS = _SPACES + ",\ufe10\ufe50\uff0c"
"""What leaves a text blank: a comma in any form, too (`is_blank`)."""


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
    """Dialects differ in how days and moments are written, and in how a text is parted."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def constant(self, value: bool) -> _Text:  # noqa: FBT001 -- a value
        return _Text("(1 = 1)" if value else "(1 = 0)")

    def named(self, column: str, names: frozenset[str]) -> _Text:
        return _one_of(f"coalesce({column}, '')", names)

    def exempt(self, exempt: Mapping[str, frozenset[str]]) -> _Text:
        found = self.constant(False)  # noqa: FBT003 -- a value
        for carrier, methods in sorted(exempt.items()):
            found = found | (self.named("carrier", frozenset({carrier})) & self._has(methods))
        return found

    def _has(self, methods: frozenset[str]) -> _Text:
        found = _one_of("part.value", methods)
        rows = f"SELECT 1 FROM {_PARTS[self.dialect]} WHERE {found.text}"  # noqa: S608 -- quoted
        return _Text(f"EXISTS ({rows})")

    def blank(self, column: str) -> _Text:
        return _Text(f"(trim(coalesce({column}, ''), '{_BLANKS}') = '')")

    def missing(self, column: str) -> _Text:
        return _Text(f"({self._day(column)} IS NULL)")

    def after(self, column: str, day: date) -> _Text:
        literal = f"'{day + timedelta(days=1)}'"
        bound = literal if self.dialect == "sqlite" else f"DATE {literal}"
        return _Text(f"coalesce({self._day(column)} >= {bound}, 1 = 0)")

    def within(self, columns: Sequence[str], period: Period) -> _Text:
        told = [_to_the_millisecond(one) if self.dialect == "sqlite" else one for one in columns]
        moment = f"coalesce({', '.join(told)})" if told[1:] else told[0]
        bounds = self._moment(period.start), self._moment(period.end)
        return _Text(f"coalesce({moment} >= {bounds[0]} AND {moment} < {bounds[1]}, 1 = 0)")

    def _moment(self, moment: datetime) -> str:
        if self.dialect == "sqlite":
            return f"'{moment.astimezone(UTC).isoformat(' ', 'milliseconds')[:23]}'"
        return f"TIMESTAMPTZ '{moment.astimezone(JST).isoformat(sep=' ')}'"

    def _day(self, column: str) -> str:
        """Return a day, which SQLite reads from text: null if it cannot."""
        if self.dialect != "sqlite":
            return column
        return _if_dated(column, f"date(substr({column}, 1, 10))")


def _if_dated(column: str, told: str) -> str:
    """Return an expression for text that begins with a day; SQLite takes numbers for days, too."""
    day = "-".join(["[0-9]" * 4, "[0-9]" * 2, "[0-9]" * 2])
    return f"CASE WHEN {column} GLOB '{day}*' THEN {told} END"


def _to_the_millisecond(column: str) -> str:
    return _if_dated(column, f"strftime('%Y-%m-%d %H:%M:%f', {column})")


_PARTS: Mapping[Dialect, str] = {
    "duckdb": "unnest(string_split(delivery_methods, ',')) AS part(value)",
    "postgresql": "unnest(string_to_array(delivery_methods, ',')) AS part(value)",
    "sqlite": "json_each('['||replace(json_quote(delivery_methods),',','\",\"')||']') AS part",
}
"""The names between the commas, as rows."""


def _one_of(text: str, names: frozenset[str]) -> _Text:
    if not names:
        return _Text("(1 = 0)")
    listed = ", ".join(_quoted(one) for one in sorted(names))
    return _Text(f"(trim({text}, '{_SPACES}') IN ({listed}))")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
