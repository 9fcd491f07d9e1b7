"""Whether to try again, and after how long: arithmetic on what is given, without a clock."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from attrs import frozen

from mallsync.errors import AnswerLost, MallError, Throttled, Unavailable
from mallsync.wire.messages import Effect, Response

__all__ = [
    "LONGEST_RETRY_AFTER",
    "Backoff",
    "fault_of_status",
    "may_retry",
    "reset_after",
    "retry_after",
]

LONGEST_RETRY_AFTER = 21_600.0
"""Seconds; no mall is believed that asks for more (urllib3 caps at the same six hours)."""

_SERVER_ERROR = 500
_TOO_MANY = 429
_TIMED_OUT = 408
_REDIRECTS = range(300, 400)
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")
_EPOCH_FROM = 1e9  # seconds: the year 2001, or 31 years to wait
_MILLISECONDS_FROM = 1e11  # the year 1973 in milliseconds, 5138 in seconds


def may_retry(effect: Effect, error: MallError) -> bool:
    """Tell whether a failed call may be made again, by the formula of the design.

    >>> may_retry(Effect.UNSAFE_WRITE, AnswerLost()), may_retry(Effect.UNSAFE_WRITE, Throttled())
    (False, True)
    """
    return error.retryable and (effect is not Effect.UNSAFE_WRITE or not error.uncertain)


@frozen(kw_only=True)
class Backoff:
    """Waits between attempts: doubling from ``first`` seconds up to ``longest``, half of it jitter.

    >>> from mallsync.errors import NotSent
    >>> [Backoff().seconds(attempt, NotSent(), jitter=1.0) for attempt in (1, 2, 3, 9)]
    [0.5, 1.0, 2.0, 8.0]
    """

    attempts: int = 4
    first: float = 0.5
    longest: float = 8.0

    def seconds(self, attempt: int, error: MallError, *, jitter: float) -> float:
        """Return how long to wait after failed attempt number `attempt` (from 1).

        Args:
            attempt: How many attempts have been made.
            error: Why the last one failed; what the mall asked for wins.
            jitter: A random number from 0 to 1.
        """
        asked = getattr(error, "retry_after", None)
        if isinstance(asked, int | float):
            return float(asked)
        full = min(self.first * 2.0 ** (attempt - 1), self.longest)
        return full * (0.5 + 0.5 * jitter)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for, None if it is unreadable.

    Seconds and HTTP dates are understood; the past is 0, and `LONGEST_RETRY_AFTER` the most.

    >>> from datetime import UTC
    >>> moment = datetime(2026, 11, 22, tzinfo=UTC)
    >>> retry_after("Sun, 22 Nov 2026 00:00:30 GMT", moment), retry_after("soon", moment)
    (30.0, None)
    """
    seconds = _as_seconds(value or "", now)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def reset_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds until the moment of an ``X-Ratelimit-Reset`` header, None if unreadable.

    Its form is not documented where it is sent: seconds to wait, seconds or milliseconds since
    1970, an HTTP date and ISO 8601 are told apart by their size and look.

    >>> from datetime import UTC
    >>> moment = datetime(2026, 11, 22, tzinfo=UTC)
    >>> reset_after("1795305630", moment), reset_after("90", moment), reset_after("soon", moment)
    (30.0, 90.0, None)
    """
    text = (value or "").strip()
    seconds = _of_number(text, now) if _NUMBER.fullmatch(text) else _of_moment(text, now)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _of_number(text: str, now: datetime) -> float:
    number = float(text)
    if number < _EPOCH_FROM:
        return number
    return (number / 1000 if number >= _MILLISECONDS_FROM else number) - now.timestamp()


def _of_moment(text: str, now: datetime) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _as_seconds(text, now)
    return None if moment.tzinfo is None else (moment - now).total_seconds()


def _as_seconds(value: str, now: datetime) -> float | None:
    text = value.strip()
    if text.removeprefix("-").isdecimal():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the latter for an absurd time zone
        return None
    if moment.tzinfo is None:
        return None
    return (moment - now).total_seconds()


def fault_of_status(response: Response) -> type[MallError] | None:
    """Return the class that an HTTP status alone stands for, None where it says nothing.

    A redirect is not followed: malls answer so in maintenance.

    >>> fault_of_status(Response(status=503)).__name__, fault_of_status(Response(status=200))
    ('Unavailable', None)
    """
    if response.status == _TOO_MANY:
        return Throttled
    if response.status == _TIMED_OUT:
        return AnswerLost
    if response.status >= _SERVER_ERROR or response.status in _REDIRECTS:
        return Unavailable
    return None
