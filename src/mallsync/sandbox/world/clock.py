"""The fake's own time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

__all__ = ["JST", "Clock"]

JST = timezone(timedelta(hours=9), "JST")


class Clock:
    """Tell the fake's time in Japan; fixed from a start, or following the machine's clock.

    Args:
        start: the aware moment at which it stands still until moved; None follows the machine.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._fixed: datetime | None = None
        self._offset = timedelta()
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """Return the present moment, aware, in JST."""
        if self._fixed is not None:
            return self._fixed
        return datetime.now(JST) + self._offset

    def advance(self, by: timedelta | float) -> datetime:
        """Move the clock by a span, or by that many seconds, and return the new time."""
        span = by if isinstance(by, timedelta) else timedelta(seconds=by)
        if self._fixed is not None:
            self._fixed += span
        self._offset += span
        return self.now()

    def set(self, moment: datetime) -> None:
        """Stop the clock at an aware moment."""
        if moment.utcoffset() is None:
            raise ValueError("the clock needs an aware datetime")
        self._fixed = moment.astimezone(JST)
