"""接続チェック, over `Caller`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from mallsync.adapters.qoo10.codec import GetLines
from mallsync.errors import AuthFailed
from mallsync.model.period import Period
from mallsync.model.writebacks import CONNECTED, ConnectionReport
from mallsync.wire.calls import Caller
from mallsync.wire.connecting import hint_of, refusal_of

__all__ = ["check"]

_STATUS = "2"


def check(
    caller: Caller, now: datetime, version: int, expiry: Callable[[], datetime | None]
) -> ConnectionReport:
    """Ask for the new lines of one second, and say what the answer means.

    Args:
        caller: Who asks; a key that is missing or has ended is issued on the way.
        now: The present.
        version: That of GetShippingInfo.
        expiry: When the key ends, asked after the call, which may have issued another.
    """
    second = Period(now - timedelta(seconds=1), now)
    error = refusal_of(caller, GetLines(period=second, status=_STATUS, version=version))
    if error is None:
        return ConnectionReport(ok=True, hint=CONNECTED, expires_at=expiry())
    cause = error.cause if isinstance(error, AuthFailed) else None
    return ConnectionReport(ok=False, cause=cause, hint=hint_of(error), expires_at=expiry())
