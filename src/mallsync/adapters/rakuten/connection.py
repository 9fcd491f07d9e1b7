"""接続チェック and the end of the licence key, over `Caller`."""

from __future__ import annotations

from datetime import datetime, timedelta

from mallsync.adapters.rakuten.auth import Credentials, refused
from mallsync.adapters.rakuten.codec import KeyExpiry, SearchOrders
from mallsync.errors import AuthCause, AuthFailed, Hint, MallError
from mallsync.model.period import Period
from mallsync.model.writebacks import CONNECTED, ConnectionReport
from mallsync.wire.calls import Caller
from mallsync.wire.connecting import hint_of, refusal_of

__all__ = ["check", "expiry"]

_NOTICE_OFF = Hint(
    ja="接続できました。期限の通知には利用機能編集で license.expiryDate.get を有効にし、"
    "新しいキーを発行してください。",
    en="The connection works. To be told of the key's end, switch on license.expiryDate.get in"
    " RMS and issue a new key.",
)


def expiry(caller: Caller, credentials: Credentials) -> datetime | None:
    """Return when the key ends: as the mall says, else as it was typed in, else None.

    The licence API is a function of its own. Where it refuses, the typed date is used; without
    one the refusal is raised.
    """
    try:
        return caller.call(KeyExpiry(credentials.license_key))
    except AuthFailed:
        if credentials.expires_at is None:
            raise
        return credentials.expires_at


def check(caller: Caller, credentials: Credentials, now: datetime) -> ConnectionReport:
    """Ask for the orders of one second and for the key's end, and say what the answers mean."""
    search = refusal_of(
        caller, SearchOrders(period=Period(now - timedelta(seconds=1), now), size=1)
    )
    if search is not None and not isinstance(search, AuthFailed):
        return ConnectionReport(ok=False, hint=hint_of(search), expires_at=credentials.expires_at)
    try:
        expires_at: datetime | None = caller.call(KeyExpiry(credentials.license_key))
        license_error = None
    except MallError as error:
        expires_at, license_error = credentials.expires_at, error
    if search is None:
        off = isinstance(license_error, AuthFailed)
        hint = _NOTICE_OFF if off else CONNECTED  # the orders came: it works
        return ConnectionReport(ok=True, hint=hint, expires_at=expires_at)
    if license_error is None and search.cause is AuthCause.WRONG:
        # The key opens one function and not the other: it is good, and does not cover orders.
        search = refused(search, AuthCause.NOT_PERMITTED)
    return ConnectionReport(
        ok=False, cause=search.cause, hint=hint_of(search), expires_at=expires_at
    )
