"""接続チェック, over `Caller`."""

from __future__ import annotations

from datetime import datetime, timedelta

from mallsync.adapters.rakuma.flows import Fetch
from mallsync.errors import AuthFailed
from mallsync.model.period import Period
from mallsync.model.writebacks import CONNECTED, ConnectionReport
from mallsync.wire.calls import Caller
from mallsync.wire.connecting import hint_of, refusal_of

__all__ = ["check"]


def check(caller: Caller, fetch: Fetch, now: datetime) -> ConnectionReport:
    """Ask for the orders of the last second, and say what the answer means."""
    second = Period(now - timedelta(seconds=1), now)
    error = refusal_of(caller, fetch.reader.wire.list_orders(second, ""))
    if error is None:
        return ConnectionReport(ok=True, hint=CONNECTED)
    cause = error.cause if isinstance(error, AuthFailed) else None
    return ConnectionReport(ok=False, cause=cause, hint=hint_of(error))
