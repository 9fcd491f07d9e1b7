"""Who asks: a token that identifies the shop, and a client name that identifies the company."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, field, frozen

from mallsync.errors import ConfigError, MallError
from mallsync.wire.calls import Caller
from mallsync.wire.credentials import secret
from mallsync.wire.messages import Request, Response

__all__ = ["Credentials", "MercariAuth"]

_BEARER = "bearer"


def _token(value: object) -> str:
    if isinstance(value, str):
        scheme, _, rest = value.strip().partition(" ")
        value = rest if scheme.lower() == _BEARER else value
    return secret(value, "access_token")


def _agent_part(value: object, name: str) -> str:
    """Return one side of ``<name>/<version>``, without blanks around it."""
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{name} is empty: write the API_CLIENT_NAME that Mercari has assigned")
    text = value.strip()
    if not (text.isascii() and text.isprintable()) or " " in text or "/" in text:
        raise ConfigError(
            f"{name} is one word without a slash: write it as Mercari has assigned it"
        )
    return text


def _client_name(value: object) -> str:
    return _agent_part(value, "client_name")


def _client_version(value: object) -> str:
    return _agent_part(value, "client_version")


@frozen(kw_only=True)
class Credentials:
    """The shop's access token, and the name under which Mercari knows the company.

    Args:
        access_token: From the shop admin, 設定 → 拡張機能; it has no end. A token of the sandbox
            does not open production, nor the other way round.
        client_name: API_CLIENT_NAME: Mercari assigns it to a contracting company. Each request
            must bear it, and no other can be made up.
        client_version: Any; ``0.0.0`` where there is none.

    Raises:
        ConfigError: A value is missing or cannot be one.

    >>> Credentials(access_token=" msp_made-up ", client_name="made-up-client")
    Credentials(client_name='made-up-client', client_version='0.0.0')
    """

    access_token: str = field(converter=_token, repr=False)
    client_name: str = field(converter=_client_name)
    client_version: str = field(default="0.0.0", converter=_client_version)


@frozen
class MercariAuth:
    """Signs with a bearer token and the mandatory User-Agent. Nothing to renew."""

    credentials: Credentials = field(repr=False)

    def sign(self, request: Request, now: datetime) -> Request:  # noqa: ARG002 -- the seam's shape
        """Return the request with token and User-Agent."""
        key = self.credentials
        headers = {
            **request.headers,
            "Authorization": f"Bearer {key.access_token}",
            "User-Agent": f"{key.client_name}/{key.client_version}",
        }
        return evolve(request, headers=headers)

    def renew(self, caller: Caller) -> bool:  # noqa: ARG002 -- the seam's shape
        """Return False: a person issues a token in the shop admin."""
        return False

    def observe(self, response: Response, now: datetime) -> None:
        """Learn nothing: answers carry no token."""

    def explain(self, error: MallError, now: datetime) -> MallError:  # noqa: ARG002 -- the seam's
        """Return the error: a token has no dates that would tell more."""
        return error
