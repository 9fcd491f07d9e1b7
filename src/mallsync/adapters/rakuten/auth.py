"""Who asks: a service secret and a licence key, sent with each request. Nothing to renew."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from mallsync.errors import AuthCause, AuthFailed, Hint, MallError
from mallsync.model.period import require_aware
from mallsync.wire.calls import Caller
from mallsync.wire.credentials import refused_for, secret
from mallsync.wire.messages import Request, Response

__all__ = ["HINTS", "KEY_LIFE", "NEW_KEY", "Credentials", "RakutenAuth", "refused"]

KEY_LIFE = timedelta(days=90)
"""A licence key lives 90 days and ends at 23:59:59 in Japan (six sources)."""

NEW_KEY = timedelta(minutes=90)
"""A key younger than this may not be active yet; vendors saw 10 to 30 minutes (rules R8)."""

HINTS = {
    AuthCause.EXPIRED: Hint(
        ja="ライセンスキーの期限が切れています。RMSで新しいキーを発行し、設定を更新してください。",
        en="The licence key has expired. Issue a new one in RMS and enter it here.",
    ),
    AuthCause.NOT_YET_ACTIVE: Hint(
        ja="発行直後のキーはまだ有効になっていません。10〜30分待って再実行してください。",
        en="The key was issued just now and is not active yet. Wait 10 to 30 minutes.",
    ),
    AuthCause.NOT_PERMITTED: Hint(
        ja="利用機能編集でこの機能が有効になっていないか、キーの発行後に有効にされました。"
        "機能を有効にしてから新しいキーを発行し、古いキーを停止してください。",
        en="The function is not switched on, or was after the key was issued. Switch it on, issue"
        " a new key and stop the old one.",
    ),
}


def _service_secret(value: object) -> str:
    return secret(value, "service_secret")


def _license_key(value: object) -> str:
    return secret(value, "license_key")


def _moment(value: object) -> datetime | None:
    return None if value is None else require_aware(value, "issued_at or expires_at")


@frozen(kw_only=True)
class Credentials:
    """What RMS shows a shop: WEB APIサービス, 利用情報 and ライセンスキー.

    Args:
        service_secret: serviceSecret; blanks around it are stripped.
        license_key: licenseKey; blanks around it are stripped.
        issued_at: When the key was issued, aware: tells a new key from a wrong one.
        expires_at: When the key ends, aware, if it was typed in.

    Raises:
        ConfigError: A key is empty or cannot be one, or a time is naive.

    >>> Credentials(service_secret=" SP000000_made-up ", license_key="SL000000_made-up")
    Credentials(issued_at=None, expires_at=None)
    """

    service_secret: str = field(converter=_service_secret, repr=False)
    license_key: str = field(converter=_license_key, repr=False)
    issued_at: datetime | None = field(default=None, converter=_moment)
    expires_at: datetime | None = field(default=None, converter=_moment)


@frozen
class RakutenAuth:
    """Signs with ``Authorization: ESA …``; knows from the key's dates why it may be refused."""

    credentials: Credentials = field(repr=False)

    def sign(self, request: Request, now: datetime) -> Request:  # noqa: ARG002 -- the seam's shape
        """Return the request with the ESA header."""
        pair = f"{self.credentials.service_secret}:{self.credentials.license_key}"
        token = b64encode(pair.encode("ascii")).decode("ascii")
        return evolve(request, headers={**request.headers, "Authorization": f"ESA {token}"})

    def renew(self, caller: Caller) -> bool:  # noqa: ARG002 -- the seam's shape
        """Return False: a licence key is renewed by a person, behind a captcha."""
        return False

    def observe(self, response: Response, now: datetime) -> None:
        """Learn nothing: answers carry no token."""

    def explain(self, error: MallError, now: datetime) -> MallError:
        """Return the error with the cause that the key's dates tell, and its hint."""
        cause = self._cause(now)
        if not isinstance(error, AuthFailed) or cause is None:
            return error
        return refused(error, cause)

    def _cause(self, now: datetime) -> AuthCause | None:
        key = self.credentials
        if key.expires_at is not None and now > key.expires_at:
            return AuthCause.EXPIRED
        if key.issued_at is not None and timedelta(0) <= now - key.issued_at < NEW_KEY:
            return AuthCause.NOT_YET_ACTIVE
        return None


def refused(error: AuthFailed, cause: AuthCause) -> AuthFailed:
    """Return the same refusal with a cause that is known better."""
    return refused_for(error, cause, HINTS[cause])
