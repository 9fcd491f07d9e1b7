"""Half-open stretches of time, and Japan's time zone as a fixed offset."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from attrs import frozen

from mallsync.errors import ConfigError

__all__ = ["JST", "Period", "require_aware", "require_day"]

JST = timezone(timedelta(hours=9), "JST")
"""Asia/Tokyo: no daylight saving since 1951, so a fixed offset of +09:00."""


def require_aware(value: object, name: str) -> datetime:
    """Return `value` as a datetime in Japan time; a naive one or another type is a `ConfigError`.

    >>> from datetime import UTC
    >>> require_aware(datetime(2026, 11, 21, 15, 30, tzinfo=UTC), "now").isoformat()
    '2026-11-22T00:30:00+09:00'
    """
    if not isinstance(value, datetime):
        raise ConfigError(f"{name} is {type(value).__name__}: write an aware datetime")
    if value.utcoffset() is None:
        raise ConfigError(
            f"{name} has no time zone: write {name}.replace(tzinfo=JST), or whichever"
        )
    return value.astimezone(JST)


def require_day(value: object, name: str) -> date:
    """Return `value` if it is a plain date; a datetime or another type is a `ConfigError`.

    >>> require_day(date(2026, 11, 22), "first")
    datetime.date(2026, 11, 22)
    """
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ConfigError(
            f"{name} is {type(value).__name__}: write a date, such as date(2026, 11, 22)"
        )
    return value


@frozen
class Period:
    """The moments t with ``start <= t < end``; both aware, kept in Japan time.

    Raises:
        ConfigError: A time is naive, or the end is before the start.

    >>> Period.days(date(2026, 11, 1), date(2026, 11, 2)).end.isoformat()
    '2026-11-03T00:00:00+09:00'
    """

    start: datetime
    end: datetime

    def __attrs_post_init__(self) -> None:
        start = require_aware(self.start, "start")
        end = require_aware(self.end, "end")
        if end < start:
            raise ConfigError("the period ends before it starts: swap start and end")
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "end", end)

    @classmethod
    def days(cls, first: date, last: date) -> Period:
        """Return whole days in Japan, both included."""
        start = _midnight(require_day(first, "first"))
        return cls(start, _midnight(require_day(last, "last")) + timedelta(days=1))

    @classmethod
    def last_days(cls, days: int, *, now: datetime) -> Period:
        """Return 00:00 in Japan of (today - `days`) up to `now` (rules R6).

        >>> Period.last_days(7, now=datetime(2026, 11, 22, 9, tzinfo=JST)).start.isoformat()
        '2026-11-15T00:00:00+09:00'
        """
        if type(days) is not int or days < 0:
            raise ConfigError(f"days is {days!r}: write a whole number from 0 up")
        moment = require_aware(now, "now")
        return cls(_midnight(moment.date() - timedelta(days=days)), moment)

    def __contains__(self, moment: datetime) -> bool:
        """Tell whether an aware moment lies in the period.

        >>> datetime(2026, 11, 1, tzinfo=JST) in Period.days(date(2026, 11, 1), date(2026, 11, 1))
        True
        """
        return self.start <= moment < self.end

    @property
    def length(self) -> timedelta:
        """How long the period lasts."""
        return self.end - self.start

    def split(self, longest: timedelta) -> tuple[Period, ...]:
        """Return adjoining periods, each at most `longest`, that cover this one.

        >>> len(Period.days(date(2026, 1, 1), date(2026, 3, 31)).split(timedelta(days=63)))
        2
        """
        if longest <= timedelta(0):
            raise ConfigError("longest must be above zero")
        parts = []
        start = self.start
        while self.end - start > longest:  # start + longest may be beyond the calendar
            parts.append(Period(start, start + longest))
            start += longest
        return (*parts, Period(start, self.end))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=JST)
