"""Stretches of time, aware and half-open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.errors import ConfigError
from mallsync.model.period import JST, Period, require_aware, require_day

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(JST))  # noqa: DTZ001 -- hypothesis adds the zone
NOON = datetime(2026, 11, 22, 12, tzinfo=JST)


class Nowhere(tzinfo):
    """A time zone that does not know its offset: naive, although there is a tzinfo."""

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        """Return nothing."""
        return None

    def tzname(self, _: datetime | None) -> str | None:
        """Return nothing."""
        return None

    def dst(self, _: datetime | None) -> timedelta | None:
        """Return nothing."""
        return None


@given(start=MOMENTS, seconds=st.integers(0, 10**7), longest=st.integers(10**5, 10**7))
def test_the_parts_of_a_period_cover_it_adjoin_and_are_never_too_long(
    start: datetime, seconds: int, longest: int
) -> None:
    """Nothing is lost between two parts, and nothing is there twice."""
    period = Period(start, start + timedelta(seconds=seconds))
    parts = period.split(timedelta(seconds=longest))

    assert (period.start, period.end) == (parts[0].start, parts[-1].end)
    assert all(first.end == second.start for first, second in pairwise(parts))
    assert all(part.length <= timedelta(seconds=longest) for part in parts)
    assert len(parts) == 1 or all(part.length for part in parts)


def test_a_period_up_to_the_end_of_the_calendar_can_be_split() -> None:
    """Hosts write the last moment of the calendar for "no end"."""
    period = Period(datetime(9999, 12, 1, tzinfo=JST), datetime.max.replace(tzinfo=JST))
    parts = period.split(timedelta(days=20))

    assert [timedelta(days=20)] == [part.length for part in parts[:-1]]
    assert period.end == parts[-1].end


@pytest.mark.parametrize("longest", [timedelta(0), timedelta(days=-1)])
def test_a_period_is_not_split_into_nothing(longest: timedelta) -> None:
    """It would never end."""
    with pytest.raises(ConfigError, match="above zero"):
        Period(NOON, NOON).split(longest)


def test_a_period_holds_its_start_and_not_its_end() -> None:
    """So that adjoining periods share no moment."""
    period = Period(NOON, NOON + timedelta(hours=1))

    assert NOON in period
    assert NOON.astimezone(UTC) in period
    assert NOON - timedelta(microseconds=1) not in period
    assert NOON + timedelta(hours=1) not in period
    assert timedelta(hours=1) == period.length


def test_an_empty_period_holds_nothing() -> None:
    """It may be: a window that has just been closed."""
    assert NOON not in Period(NOON, NOON)


def test_a_period_is_kept_in_japan_time() -> None:
    """Whichever zone it was written in; the same moments are the same period."""
    eastern = timezone(timedelta(hours=-5))
    period = Period(NOON.astimezone(UTC), (NOON + timedelta(days=1)).astimezone(eastern))

    assert Period(NOON, NOON + timedelta(days=1)) == period
    assert JST is period.start.tzinfo is period.end.tzinfo


def test_whole_days_are_days_in_japan_both_included() -> None:
    """From midnight to midnight."""
    period = Period.days(date(2026, 11, 1), date(2026, 11, 2))

    assert "2026-11-01T00:00:00+09:00" == period.start.isoformat()
    assert "2026-11-03T00:00:00+09:00" == period.end.isoformat()


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (NOON, "2026-11-15T00:00:00+09:00"),
        (datetime(2026, 11, 21, 15, tzinfo=UTC), "2026-11-15T00:00:00+09:00"),
        (datetime(2026, 11, 21, 14, 59, tzinfo=UTC), "2026-11-14T00:00:00+09:00"),
    ],
)
def test_the_last_days_begin_at_midnight_in_japan(now: datetime, start: str) -> None:
    """Today is the day in Japan, whatever the day elsewhere."""
    period = Period.last_days(7, now=now)

    assert start == period.start.isoformat()
    assert now == period.end


@pytest.mark.parametrize("days", [-1, 1.0, True, "7", None])
def test_days_are_a_whole_number(days: object) -> None:
    """The text says what to write."""
    with pytest.raises(ConfigError, match="write a whole number from 0 up"):
        Period.last_days(days, now=NOON)  # type: ignore[arg-type]  # wrong on purpose


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    """Most likely the two were swapped."""
    with pytest.raises(ConfigError, match="swap start and end"):
        Period(NOON, NOON - timedelta(microseconds=1))


@pytest.mark.parametrize("naive", [datetime(2026, 1, 1), NOON.replace(tzinfo=Nowhere())])  # noqa: DTZ001 -- naive on purpose
def test_a_naive_datetime_is_refused(naive: datetime) -> None:
    """Everywhere, with the way to mend it."""
    with pytest.raises(ConfigError, match=r"start has no time zone: write start\.replace"):
        Period(naive, NOON)
    with pytest.raises(ConfigError, match="end has no time zone"):
        Period(NOON, naive)
    with pytest.raises(ConfigError, match="now has no time zone"):
        Period.last_days(1, now=naive)


@pytest.mark.parametrize("value", [None, "2026-11-22", date(2026, 11, 22), 0])
def test_what_is_no_datetime_is_refused(value: object) -> None:
    """A date has no time of day."""
    with pytest.raises(ConfigError, match="write an aware datetime"):
        require_aware(value, "start")


@pytest.mark.parametrize("value", [None, "2026-11-22", NOON, 0])
def test_what_is_no_day_is_refused(value: object) -> None:
    """A datetime depends on its zone."""
    with pytest.raises(ConfigError, match=r"write a date, such as date\(2026, 11, 22\)"):
        require_day(value, "first")
