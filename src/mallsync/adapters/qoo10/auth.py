"""Who asks: a certification key, which the API key and the QSM login are exchanged for (§3).

A key lives one year from its issue. The mall never says so: the issue date is kept with the key.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from attrs import define, evolve, field, frozen
from dateutil.relativedelta import relativedelta

from mallsync.adapters.qoo10.codec import KEY_HEADER, CreateKey
from mallsync.adapters.qoo10.codes import HINTS, RENEWABLE
from mallsync.adapters.qoo10.faults import failure
from mallsync.adapters.qoo10.shapes import KEY_YEARS
from mallsync.errors import AuthCause, AuthFailed, ConfigError, MallError
from mallsync.model.period import JST, require_aware, require_day
from mallsync.ports import TokenVault
from mallsync.wire.calls import Caller
from mallsync.wire.credentials import refused_for, secret
from mallsync.wire.messages import Request, Response

__all__ = ["FRESH", "Credentials", "Key", "Qoo10Auth", "vault_name"]

FRESH = timedelta(minutes=10)
"""A key younger than this that is refused is not issued again: another would fare no better."""


def _login(value: object) -> str:
    return value if value == "" else secret(value, "user_id")


def _api_key(value: object) -> str:
    return value if value == "" else secret(value, "api_key")


def _certification_key(value: object) -> str:
    return value if value == "" else secret(value, "certification_key")


def _password(value: object) -> str:
    """Return a password without blanks around it; unlike a key it may hold any character."""
    if not isinstance(value, str):
        raise ConfigError(f"password is {type(value).__name__}: write the QSM password as text")
    return value.strip()


def _issue_day(value: object) -> date | None:
    if isinstance(value, datetime):
        return require_aware(value, "issued_on").date()
    return None if value is None else require_day(value, "issued_on")


@frozen(kw_only=True)
class Credentials:
    """The QSM login with the API key that Qoo10 grants; or a certification key.

    Args:
        user_id: The QSM login id.
        password: The QSM password. A change of it ends every certification key.
        api_key: The API key that Qoo10's staff grant on request.
        certification_key: Use `from_certification_key`.
        issued_on: The same.

    Raises:
        ConfigError: A value is missing or cannot be one.

    >>> Credentials(user_id="mihon_shop", password="made-up", api_key="made-up")
    Credentials(issued_on=None)
    """

    user_id: str = field(default="", converter=_login, repr=False)
    password: str = field(default="", converter=_password, repr=False)
    api_key: str = field(default="", converter=_api_key, repr=False)
    certification_key: str = field(default="", converter=_certification_key, repr=False)
    issued_on: date | None = field(default=None, converter=_issue_day)

    def __attrs_post_init__(self) -> None:
        login = {"user_id": self.user_id, "password": self.password, "api_key": self.api_key}
        missing = [name for name, value in login.items() if not value]
        if self.certification_key and len(missing) < len(login):
            raise ConfigError("a login and a certification key: write one of the two")
        if missing and not self.certification_key:
            raise ConfigError(
                f"{missing[0]} is empty: write user_id, password and api_key, or"
                " qoo10.Credentials.from_certification_key(…)"
            )

    @classmethod
    def from_certification_key(cls, key: str, *, issued_on: date | None = None) -> Credentials:
        """Return credentials of a key that was issued before, which no call renews.

        Args:
            key: The certification key (販売者認証キー).
            issued_on: The day in Japan on which it was issued: tells when it ends.

        >>> Credentials.from_certification_key(" made-up ", issued_on=date(2026, 3, 2))
        Credentials(issued_on=datetime.date(2026, 3, 2))
        """
        return cls(certification_key=secret(key, "certification_key"), issued_on=issued_on)


@frozen(kw_only=True)
class Key:
    """A certification key and when it was issued, if that is known."""

    value: str = field(repr=False)
    issued_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """One year after the issue; None if that is not known.

        >>> Key(value="made-up", issued_at=datetime(2024, 2, 29, tzinfo=JST)).ends_at.isoformat()
        '2025-02-28T00:00:00+09:00'
        """
        return self.issued_at and self.issued_at + relativedelta(years=KEY_YEARS)

    def as_text(self) -> str:
        """Return the text that a vault keeps."""
        return f"{self.issued_at.isoformat()} {self.value}" if self.issued_at else self.value

    @classmethod
    def from_text(cls, text: str) -> Key:
        """Return the key that a vault kept; a bare key, put there by a host, has no issue date.

        >>> Key.from_text("2026-03-02T21:14:05+09:00 made-up").issued_at.date()
        datetime.date(2026, 3, 2)
        """
        issued_at, _, value = text.rpartition(" ")
        return cls(value=value, issued_at=_moment(issued_at))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:  # a host's own words in the vault
        return None


def vault_name(shop_id: str, credentials: Credentials) -> str:
    """Return the name under which a shop's key lies in a vault; the login shows only as a digest.

    >>> vault_name("my-shop", Credentials(user_id="mihon", password="made-up", api_key="made-up"))
    'qoo10/my-shop/certification-key/...'
    """
    login = sha256(credentials.user_id.encode()).hexdigest()[:12]
    return f"qoo10/{shop_id}/certification-key/{login}"


@define(eq=False)
class Qoo10Auth:
    """Signs with the certification key, and issues another when the mall no longer takes it.

    Args:
        credentials: The login, or a key.
        vault: Where the key lives, so that clients and processes share it.
        name: The key's name there.
        now: The clock that dates a new key.
    """

    credentials: Credentials = field(repr=False)
    vault: TokenVault = field(repr=False)
    name: str
    now: Callable[[], datetime] = field(repr=False)
    _used: Key | None = field(init=False, default=None, repr=False)
    _is_stale: bool = field(init=False, default=False)

    @property
    def key(self) -> Key | None:
        """The key in use: the one that was given, else the vault's; None before the first issue."""
        given = self.credentials
        if given.certification_key:
            day = given.issued_on
            # The hour is not known: the earliest it can be, so that nobody is told too late.
            issued_at = datetime.combine(day, time(), JST) if day else None
            return Key(value=given.certification_key, issued_at=issued_at)
        if self._used is None:
            self._used = self._kept()
        return self._used

    def sign(self, request: Request, now: datetime) -> Request:  # noqa: ARG002 -- the seam's shape
        """Return the request with the key in its header, never in its address.

        Raises:
            AuthFailed: No key has been issued yet; renewing ends that.
        """
        if KEY_HEADER in request.headers:  # CreateCertificationKey brings the API key
            return request
        key = self.key
        if key is None:
            raise failure(AuthFailed, "", "NO_KEY", hint=HINTS[AuthCause.WRONG])
        return evolve(request, headers={**request.headers, KEY_HEADER: key.value})

    def renew(self, caller: Caller) -> bool:
        """Take over the key that another process has put into the vault, else issue a new one.

        Whether a new key ends the old one is not known (§16), so none is issued without need.
        """
        given = self.credentials
        if given.certification_key or not (self._is_stale or self._used is None):
            return False
        kept = self._kept()
        if kept is None or kept == self._used:
            value = caller.call(
                CreateKey(user_id=given.user_id, password=given.password, api_key=given.api_key)
            )
            kept = Key(value=value, issued_at=self.now().astimezone(JST))
            self._used = kept  # good even if the vault cannot keep it
            self.vault.save(self.name, kept.as_text(), kept.ends_at)
        self._used, self._is_stale = kept, False
        return True

    def observe(self, response: Response, now: datetime) -> None:
        """Learn nothing: answers carry no token."""

    def explain(self, error: MallError, now: datetime) -> MallError:
        """Return the error with the cause that the key's age tells; note if renewing may help."""
        key = self.key
        if not isinstance(error, AuthFailed) or error.code not in RENEWABLE or key is None:
            return error
        issued_at, ends_at = key.issued_at, key.ends_at
        self._is_stale = issued_at is None or now - issued_at >= FRESH
        if ends_at is not None and now >= ends_at:
            return refused_for(error, AuthCause.EXPIRED, HINTS[AuthCause.EXPIRED])
        return error

    def _kept(self) -> Key | None:
        text = self.vault.load(self.name)
        return Key.from_text(text) if text else None
