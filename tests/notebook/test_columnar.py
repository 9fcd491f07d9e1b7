"""A rule on columns says of each row what it says of the same facts as an object."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import psycopg
import pytest
from attrs import asdict, evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from mallsync.errors import ConfigError
from mallsync.model.period import JST, Period
from mallsync.model.words import fold, is_blank
from mallsync.notebook import columnar
from mallsync.policy import export
from mallsync.policy.export import ExportRule, Facts, PeriodBasis, PeriodUse
from tests.services import postgres_url

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=JST)
PERIOD = Period.days(date(2026, 11, 20), date(2026, 11, 21))
CODES = (
    *("OUT_OF_PERIOD", "STATUS_EXCLUDED", "SHIP_DATE_MISSING", "SHIP_DATE_FUTURE"),
    "TRACKING_MISSING",
)
TEXTS = ("status", "carrier", "delivery_methods", "tracking_number")
TIMES = ("updated_at", "created_at", "ordered_at")
SCHEMA: dict[str, Any] = {
    **dict.fromkeys(TEXTS, pl.String),
    "ship_date": pl.Date,
    **dict.fromkeys(TIMES, pl.Datetime("us", "Asia/Tokyo")),
}

statuses = st.sampled_from(
    ["発送待ち", "保留", "新規受付", "ｷｬﾝｾﾙ", " 保留　", "保留\r\n", "★宅急便", ""]
)
carriers = st.sampled_from(["ヤマト運輸", "佐川急便", "日本郵便", "ゆうパック", "ゆうﾊﾟｯｸ", ""])
methods = st.sampled_from(["メール便", "定形外", "レターパック", "速達", "ﾒｰﾙ便", "ゆうメール"])
numbers = st.sampled_from(
    ["000011112222", "A1", "-", "〒", "0", "～", "\u200b", "´"]
) | st.sampled_from(
    ["", "　", ",", " , ", "，", "﹐", "\t", "\r\n", "\xa0", ",\n,", "\x1f\u2003︐"]
)
days = st.none() | st.dates(TODAY - timedelta(days=2), TODAY + timedelta(days=2))
moments = st.none() | st.integers(-72 * 4, 24).map(lambda n: NOON + timedelta(minutes=15 * n))
facts = st.builds(
    Facts,
    status=statuses,
    carrier=carriers,
    delivery_methods=st.frozensets(methods, max_size=3),
    tracking_number=numbers,
    ship_date=days,
    **dict.fromkeys(TIMES, moments),
)
rules = st.sampled_from([*export.RULES.values(), *export.MANUAL_RULES.values()]) | st.builds(
    ExportRule,
    excluded_statuses=st.frozensets(statuses, max_size=3),
    needs_ship_date=st.booleans(),
    needs_tracking=st.booleans(),
    exempt_pairs=st.frozensets(st.tuples(carriers, methods | st.just("")), max_size=4),
    synonyms=st.sampled_from([{}, {"ゆうメール": "メール便"}]),
    basis=st.sampled_from(PeriodBasis),
    period=st.sampled_from(PeriodUse),
    last_days=st.none() | st.integers(0, 2),
)
periods = st.none() | st.just(PERIOD)

Rows = list[dict[str, Any]]


def row_of(one: Facts, missing: str | None = "") -> dict[str, Any]:
    """Return the columns of a row, with blanks where people leave some."""
    told = asdict(one)
    methods = f" {' ,　'.join(sorted(one.delivery_methods))}\n"
    told["delivery_methods"] = methods if one.delivery_methods else ""
    return {name: missing if told[name] == "" else told[name] for name in SCHEMA}


def by_objects(some: Sequence[Facts], rule: ExportRule, period: Period | None) -> list[set[str]]:
    """Return the codes against each row, as the rule tells them of objects."""
    found = (export.decide_facts(one, rule=rule, today=TODAY, period=period) for one in some)
    return [{reason.code.value for reason in one.reasons} for one in found]


def codes_of(flags: Rows) -> list[set[str]]:
    """Return the codes of flags; ``eligible`` must agree with them."""
    found = [{code for code in CODES if row[code]} for row in flags]
    assert [bool(row["eligible"]) for row in flags] == [not codes for codes in found]
    return found


def needs_period(rule: ExportRule, period: Period | None) -> Period | None:
    """Return a period where the rule cannot do without one."""
    return PERIOD if rule.period is PeriodUse.REQUIRED else period


@pytest.mark.parametrize("missing", [None, ""])
@pytest.mark.parametrize("kind", [pl.String, pl.Categorical, pl.Enum], ids=str)
@given(some=st.lists(facts, max_size=12), rule=rules, period=periods)
def test_polars_says_the_same(
    kind: Any, missing: str | None, some: list[Facts], rule: ExportRule, period: Period | None
) -> None:
    """Whatever kind of text its columns hold."""
    period = needs_period(rule, period)
    frame = pl.DataFrame([row_of(one, missing) for one in some], schema=SCHEMA)
    for column in TEXTS[:3] if kind is not pl.String else ():
        texts = kind(sorted(set(frame[column].drop_nulls()))) if kind is pl.Enum else kind
        frame = frame.with_columns(pl.col(column).cast(texts))
    spelled = columnar.spellings_of(frame)
    flags = columnar.polars_flags(rule, today=TODAY, period=period, spellings=spelled)
    eager = frame.with_columns(**flags)
    lazy = frame.lazy().with_columns(**flags).collect()

    assert by_objects(some, rule, period) == codes_of(eager.to_dicts())
    assert eager.equals(lazy)


@pytest.mark.parametrize("missing", [None, "", "　"])
@given(some=st.lists(facts, max_size=12), rule=rules, period=periods)
def test_pandas_says_the_same(
    missing: str | None, some: list[Facts], rule: ExportRule, period: Period | None
) -> None:
    """With the frame's own index, however it leaves a cell empty."""
    period = needs_period(rule, period)
    rows = [row_of(one) for one in some]
    cells = [
        {name: missing if cell is None else cell for name, cell in row.items()} for row in rows
    ]
    frame = pd.DataFrame(cells, columns=list(SCHEMA))
    frame.index = pd.RangeIndex(100, 100 + len(some))
    flags = columnar.pandas_flags(frame, rule, today=TODAY, period=period)

    assert by_objects(some, rule, period) == codes_of(flags.to_dict("records"))
    assert list(frame.index) == list(flags.index)


EMPTY = {name: [None, None] for name in SCHEMA}
LATE = [datetime(2026, 11, 22, 23, 59), datetime(2026, 11, 23)]  # noqa: DTZ001 -- a day's time
LACKS = {"OUT_OF_PERIOD", "SHIP_DATE_MISSING", "TRACKING_MISSING"}
NEEDY = evolve(export.RULES["rakuten"], basis=PeriodBasis.UPDATED, last_days=1)


def flags_of(frame: Any) -> list[set[str]]:
    """Return the codes against each row of a frame of either library."""
    if isinstance(frame, pd.DataFrame):
        return codes_of(columnar.pandas_flags(frame, NEEDY, today=TODAY).to_dict("records"))
    spelled = columnar.spellings_of(frame)
    flags = columnar.polars_flags(NEEDY, today=TODAY, spellings=spelled)
    return codes_of(frame.with_columns(**flags).to_dicts())


@pytest.mark.parametrize("library", [pl, pd])
def test_a_frame_without_a_single_value_is_one_of_blanks(library: Any) -> None:
    """Its columns have no type yet; nor has a frame without a row."""
    assert [LACKS, LACKS] == flags_of(library.DataFrame(EMPTY))
    assert [] == flags_of(library.DataFrame({name: [] for name in SCHEMA}))


@pytest.mark.parametrize("library", [pl, pd])
@pytest.mark.parametrize("zone", [None, JST, UTC])
def test_a_ship_date_with_a_time_is_its_day(library: Any, zone: Any) -> None:
    """Dates are compared, never moments (R2.3); aware ones are days of Japan."""
    moments = [one.replace(tzinfo=JST).astimezone(zone) if zone else one for one in LATE]
    found = flags_of(library.DataFrame({**EMPTY, "ship_date": moments}))

    assert [
        LACKS - {"SHIP_DATE_MISSING"},
        LACKS ^ {"SHIP_DATE_MISSING", "SHIP_DATE_FUTURE"},
    ] == found


@pytest.mark.parametrize("kind", [object, "category"])
def test_days_and_moments_of_any_kind_may_be_mixed_in_pandas(kind: Any) -> None:
    """As in a column that was read by hand: each is the day that it is in Japan."""
    moments = [LATE[0], LATE[0].replace(tzinfo=UTC), TODAY, LATE[0].replace(tzinfo=JST), None]
    column = pd.Series(moments, dtype=object).astype(kind)
    found = flags_of(pd.DataFrame({**{name: [None] * 5 for name in SCHEMA}, "ship_date": column}))

    assert ["SHIP_DATE_FUTURE" in codes for codes in found] == [False, True, False, False, False]
    assert ["SHIP_DATE_MISSING" in codes for codes in found] == [False, False, False, False, True]


@pytest.mark.parametrize("library", [pl, pd])
@pytest.mark.parametrize(
    ("column", "values", "wanted"),
    [
        ("updated_at", LATE, "aware moments"),
        ("created_at", ["2026-11-22", "x"], "aware moments"),
        ("ship_date", ["2026-11-22", "11/22"], "days"),
        ("ship_date", [1, 2], "days"),
        ("tracking_number", [111122223333, 0], "text"),
        ("status", [1, 2], "text"),
        ("delivery_methods", [["定形外"], ["速達"]], "text"),
    ],
)
def test_a_column_of_another_kind_is_refused(
    library: Any, column: str, values: list[Any], wanted: str
) -> None:
    """Nothing is guessed: neither a zone nor a form of dates, nor zeros that are gone."""
    frame = library.DataFrame({**EMPTY, column: values})
    with pytest.raises(Exception, match=f"{column} holds .*: make it a column of {wanted}"):
        flags_of(frame)


def test_a_column_that_the_rule_does_not_look_at_may_be_missing() -> None:
    """Another one is named."""
    frame = pd.DataFrame({"status": ["保留", "発送待ち"]})
    rule = ExportRule(
        excluded_statuses=frozenset({"保留"}), needs_ship_date=False, needs_tracking=False
    )

    assert [False, True] == list(columnar.pandas_flags(frame, rule, today=TODAY)["eligible"])
    with pytest.raises(ConfigError, match="the frame has no column ship_date, which the rule"):
        columnar.pandas_flags(frame, export.RULES["rakuma"], today=TODAY)


def test_the_blanks_of_sql_are_those_of_the_rules() -> None:
    """Each of them alone, and no other character."""
    found = [chr(code) for code in range(0x11000) if not 0xD800 <= code < 0xE000]

    assert set(columnar._SPACES) == {one for one in found if not fold(one)}
    assert set(columnar._BLANKS) == {one for one in found if is_blank(one)}


# ------------------------------------------------------------------------------------------- SQL


def folded(one: Facts) -> Facts:
    """Return facts as a host should store them for SQL."""
    return evolve(
        one,
        status=fold(one.status),
        carrier=fold(one.carrier),
        delivery_methods=frozenset(map(fold, one.delivery_methods)),
    )


@contextmanager
def sqlite() -> Iterator[Callable[[Rows, str], Rows]]:
    """Open a database and return what carries out a query over rows."""
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    connection.execute(f"CREATE TABLE facts (place, {', '.join(SCHEMA)})")

    def run(rows: Rows, query: str) -> Rows:
        connection.execute("DELETE FROM facts")
        for place, row in enumerate(rows):
            values = [place, *(_as_text(value) for value in row.values())]
            connection.execute(f"INSERT INTO facts VALUES ({', '.join('?' * 9)})", values)  # noqa: S608 -- our own
        return [dict(one) for one in connection.execute(query)]

    yield run
    connection.close()


def _as_text(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else value


_TABLE = (
    "CREATE TEMPORARY TABLE facts (place integer, status text, carrier text, delivery_methods text,"
    " tracking_number text, ship_date date, updated_at timestamptz, created_at timestamptz,"
    " ordered_at timestamptz)"
)


@contextmanager
def duck() -> Iterator[Callable[[Rows, str], Rows]]:
    """Return the same for DuckDB."""
    connection = duckdb.connect()
    connection.execute(_TABLE)

    def run(rows: Rows, query: str) -> Rows:
        connection.execute("DELETE FROM facts")
        for place, row in enumerate(rows):
            values = [place, *row.values()]
            connection.execute(f"INSERT INTO facts VALUES ({', '.join('?' * 9)})", values)  # noqa: S608 -- our own
        found = connection.execute(query)
        names = [one[0] for one in found.description]
        return [dict(zip(names, one, strict=True)) for one in found.fetchall()]

    yield run
    connection.close()


@contextmanager
def postgresql() -> Iterator[Callable[[Rows, str], Rows]]:
    """Return the same for PostgreSQL."""
    with postgres_url() as url:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, row_factory=psycopg.rows.dict_row) as connection:
            connection.execute(_TABLE)

            def run(rows: Rows, query: str) -> Rows:
                connection.execute("DELETE FROM facts")
                for place, row in enumerate(rows):
                    values = [place, *row.values()]
                    insert = f"INSERT INTO facts VALUES ({', '.join(['%s'] * 9)})"  # noqa: S608 -- our own
                    connection.execute(insert, values)
                return connection.execute(query).fetchall()

            yield run


DATABASES = {"sqlite": sqlite, "duckdb": duck, "postgresql": postgresql}


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any]]:
    """Return a dialect, and what carries out a query over rows."""
    with DATABASES[request.param]() as run:
        yield request.param, run


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    some=st.lists(facts.map(folded), min_size=1, max_size=8),
    rule=rules,
    period=periods,
    missing=st.sampled_from([None, ""]),
)
def test_sql_says_the_same(
    database: tuple[Any, Any],
    some: list[Facts],
    rule: ExportRule,
    period: Period | None,
    missing: str | None,
) -> None:
    """In each dialect, of names that are folded."""
    dialect, run = database
    period = needs_period(rule, period)
    flags = columnar.sql_flags(rule, dialect, today=TODAY, period=period)
    columns = ", ".join(f'{text} AS "{name}"' for name, text in flags.items())
    rows = [row_of(one, missing) for one in some]
    found = run(rows, f"SELECT {columns} FROM facts ORDER BY place")  # noqa: S608 -- our own

    assert by_objects(some, rule, period) == codes_of(found)


def test_polars_looks_closely_only_at_texts_that_may_be_blank() -> None:
    """Called here as well, for polars calls it in threads of its own."""
    some = pl.Series(["12", None, "", "　", ",", "〒", "A", "{"])
    plain = pl.Series(["12", "A", ""])

    assert [False, True, True, True, True, False, False, False] == list(
        columnar._polars_blank(some)
    )
    assert [False, False, True] == list(columnar._polars_blank(plain))


def test_polars_reads_columns_by_their_kind() -> None:
    """Called here as well, for polars calls it in threads of its own."""
    nothing = pl.Series("cells", [None])
    naive, aware = pl.Series(LATE), pl.Series([one.replace(tzinfo=UTC) for one in LATE])

    assert [TODAY, TODAY + timedelta(days=1)] == list(columnar._polars_days(naive))
    assert [TODAY + timedelta(days=1)] * 2 == list(columnar._polars_days(aware))
    assert [one.replace(tzinfo=UTC) for one in LATE] == list(columnar._polars_moments(aware))
    assert [None] == list(columnar._polars_days(nothing)) == list(columnar._polars_moments(nothing))
    assert [True] == list(columnar._polars_blank(nothing))
    assert [False] == list(columnar._polars_one_of(["保留"], nothing))
    assert [True] == list(columnar._polars_one_of(["", "保留"], nothing))
    for read in (columnar._polars_days, columnar._polars_moments, columnar._polars_blank):
        with pytest.raises(ConfigError, match="cells holds Int64: make it a column of"):
            read(pl.Series("cells", [1]))
    with pytest.raises(ConfigError, match="cells holds Int64: make it a column of text"):
        columnar._polars_one_of(["保留"], pl.Series("cells", [1]))


def test_bad_arguments_are_told() -> None:
    """With what to write instead."""
    rule = export.MANUAL_RULES["rakuten"]
    other: Any = "mysql"
    with pytest.raises(ConfigError, match="this rule needs a period"):
        columnar.polars_flags(rule, today=TODAY)
    with pytest.raises(ConfigError, match="dialect is 'mysql': write duckdb, postgresql or sqlite"):
        columnar.sql_flags(rule, other, today=TODAY)
    with pytest.raises(ConfigError, match="rule: write export"):
        columnar.polars_flags(other, today=TODAY)
    with pytest.raises(ConfigError, match="period is str"):
        columnar.polars_flags(rule, today=TODAY, period=other)


def test_a_day_of_sqlite_is_the_one_that_is_written() -> None:
    """Whatever time stands behind it, in whatever zone."""
    flags = columnar.sql_flags(NEEDY, "sqlite", today=TODAY)
    told = ["2026-11-22T23:59:00Z", "2026-11-23T00:00:00+09:00", "2026-11-22 08:00", "11/22"]
    told += ["46387", "12:00", "2461367.5"]  # days of a spreadsheet, a time, a Julian day
    query = (
        f"SELECT {flags['SHIP_DATE_FUTURE']} AS future, {flags['SHIP_DATE_MISSING']} AS missing"  # noqa: S608 -- ours
        " FROM facts ORDER BY place"
    )
    with sqlite() as run:
        found = run([{**row_of(Facts(status="発送待ち")), "ship_date": one} for one in told], query)

    assert [(0, 0), (1, 0), (0, 0), *[(0, 1)] * 4] == [
        (one["future"], one["missing"]) for one in found
    ]


def test_sqlite_compares_moments_to_the_millisecond() -> None:
    """A period that ends now has microseconds."""
    half = Period(NOON - timedelta(days=1), NOON + timedelta(seconds=0.5))
    rule = evolve(export.MANUAL_RULES["rakuten"], basis=PeriodBasis.ORDERED)
    flags = columnar.sql_flags(rule, "sqlite", today=TODAY, period=half)
    end = NOON.astimezone(UTC)
    told = [f"{end:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%dT%H:%M:%S}.499Z", f"{end:%H:%M}", "2461367"]
    told += [f"{end:%Y-%m-%d %H:%M:%S}.500"]
    query = f"SELECT {flags['OUT_OF_PERIOD']} AS found FROM facts ORDER BY place"  # noqa: S608 -- our own
    with sqlite() as run:
        found = run([{**row_of(Facts(status="x")), "ordered_at": one} for one in told], query)

    assert [0, 0, 1, 1, 1] == [one["found"] for one in found]


def test_days_of_any_year_are_compared_in_pandas() -> None:
    """Its own moments end in 2262, in some versions."""
    far = [date(9999, 12, 31), date(1, 1, 1)]
    found = flags_of(pd.DataFrame({**EMPTY, "ship_date": far}))

    assert [True, False] == ["SHIP_DATE_FUTURE" in codes for codes in found]


def test_a_rule_without_exemptions_needs_no_methods() -> None:
    """In no library."""
    rule = ExportRule(
        excluded_statuses=frozenset(), needs_ship_date=False, exempt_pairs=frozenset()
    )
    cells = {"status": ["x", "x"], "tracking_number": ["1", ""]}
    frame = pl.DataFrame(cells)

    assert [True, False] == list(
        columnar.pandas_flags(pd.DataFrame(cells), rule, today=TODAY)["eligible"]
    )
    assert [True, False] == list(
        frame.with_columns(**columnar.polars_flags(rule, today=TODAY))["eligible"]
    )


def test_a_quote_in_a_name_stays_one() -> None:
    """It ends no text of SQL."""
    rule = ExportRule(excluded_statuses=frozenset({"it's"}))
    flags = columnar.sql_flags(rule, "sqlite", today=TODAY)
    some = [Facts(status="it's"), Facts(status="its")]
    with sqlite() as run:
        query = f"SELECT {flags['STATUS_EXCLUDED']} AS found FROM facts ORDER BY place"  # noqa: S608 -- our own
        found = run([row_of(one) for one in some], query)

    assert [1, 0] == [one["found"] for one in found]
