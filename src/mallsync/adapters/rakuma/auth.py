"""Who asks: the four parts that Rakuma hands to a shop, and three usual ways to use them.

Which of the ways is Rakuma's is in its specification, which is not public: the wire says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from attrs import define, evolve, field, frozen

from mallsync.adapters.rakuma.pieces import Call
from mallsync.errors import ConfigError, MallError
from mallsync.ports import TokenVault
from mallsync.wire.calls import Caller
from mallsync.wire.credentials import secret
from mallsync.wire.messages import Request, Response

__all__ = ["Credentials", "PasswordGrant", "StaticHeaders", "Token", "bearer"]

_EARLY = timedelta(seconds=60)


def _email(value: object) -> str:
    if not isinstance(value, str) or "@" not in value:
        raise ConfigError("email is no mail address: write the one that Rakuma has on record")
    return value.strip()


def _password(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError("password is empty: write the API password that Rakuma has sent")
    return value.strip()


def _optional(value: object) -> str | None:
    return None if value is None else secret(value, "client_id or client_secret")


@frozen(kw_only=True)
class Credentials:
    """The API mail address and password of the shop; client id and secret, where there are any.

    Raises:
        ConfigError: A value cannot be one.

    >>> Credentials(email="shop@example.invalid", password="made-up")
    Credentials()
    """

    email: str = field(converter=_email, repr=False)
    password: str = field(converter=_password, repr=False)
    client_id: str | None = field(default=None, converter=_optional, repr=False)
    client_secret: str | None = field(default=None, converter=_optional, repr=False)


@frozen
class StaticHeaders:
    """Signs with headers that never change."""

    headers: Mapping[str, str] = field(repr=False)

    def sign(self, request: Request, now: datetime) -> Request:  # noqa: ARG002 -- the seam's shape
        """Return the request with the headers."""
        return evolve(request, headers={**request.headers, **self.headers})

    def renew(self, caller: Caller) -> bool:  # noqa: ARG002 -- the seam's shape
        """Return False: only a person can change them."""
        return False

    def observe(self, response: Response, now: datetime) -> None:
        """Learn nothing."""

    def explain(self, error: MallError, now: datetime) -> MallError:  # noqa: ARG002 -- the seam's
        """Return the error."""
        return error


def bearer(token: str) -> StaticHeaders:
    """Return what signs with a bearer token that does not end.

    >>> bearer("made-up").sign(Request(method="GET", path="/"), None).headers["Authorization"]
    'Bearer made-up'
    """
    return StaticHeaders({"Authorization": f"Bearer {token}"})


@frozen(kw_only=True)
class Token:
    """A token and, where the mall tells, after how many seconds it ends."""

    value: str = field(repr=False)
    seconds: float | None = None


@define(eq=False)
class PasswordGrant:
    """Gets a bearer token for mail address and password (OAuth2), and another when it ends.

    Args:
        ask: The call that gets a token.
        vault: Where the token lives, so that clients and processes share it.
        name: Its name there.
        now: The clock that dates it.
    """

    ask: Call[Token]
    vault: TokenVault = field(repr=False)
    name: str
    now: Callable[[], datetime] = field(repr=False)
    _used: str = field(init=False, default="", repr=False)

    def sign(self, request: Request, now: datetime) -> Request:
        """Return the request with the token; the one that gets a token has none.

        A token that is known to end within a minute is left out: the refusal brings another.
        """
        if request is self.ask.request:
            return request
        self._used, ends_at = self._kept()
        if not self._used or not _lives(ends_at, now):
            return request
        return evolve(request, headers={**request.headers, "Authorization": f"Bearer {self._used}"})

    def renew(self, caller: Caller) -> bool:
        """Take over the token that another process has put into the vault, or get a new one."""
        value, ends_at = self._kept()
        if not value or value == self._used or not _lives(ends_at, self.now()):
            token = caller.call(self.ask)
            end = None if token.seconds is None else self.now() + timedelta(seconds=token.seconds)
            self.vault.save(self.name, f"{end.isoformat() if end else ''} {token.value}", end)
        return True

    def observe(self, response: Response, now: datetime) -> None:
        """Learn nothing."""

    def explain(self, error: MallError, now: datetime) -> MallError:  # noqa: ARG002 -- the seam's
        """Return the error."""
        return error

    def _kept(self) -> tuple[str, datetime | None]:
        end, _, value = (self.vault.load(self.name) or "").rpartition(" ")
        try:
            return value, datetime.fromisoformat(end) if end else None
        except ValueError:  # a host's own words in the vault
            return value, None


def _lives(ends_at: datetime | None, now: datetime) -> bool:
    return ends_at is None or now < ends_at - _EARLY
