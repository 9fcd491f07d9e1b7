"""Shops from a TOML file: the only module that names every adapter."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, TypeVar

from attrs import fields, frozen

from mallsync.adapters import mercari_shops, qoo10, rakuma, rakuten
from mallsync.errors import ConfigError, FileError
from mallsync.model.order import Address, Contact
from mallsync.policy.settings import BuyerMode, CopyRecipient, FixedContact, LeaveBlank
from mallsync.ports import TokenVault
from mallsync.sync import Shop, ShopSettings
from mallsync.transport import Pace

__all__ = ["load_shops"]

T = TypeVar("T")


@frozen(kw_only=True)
class _Mall:
    """How a client of one mall is made of a table.

    ``credentials`` are the names of its parts, ``secrets`` those that may come from the
    environment alone or be written out; ``options`` what else the client takes.
    """

    client: Callable[..., Any]
    credentials: Callable[..., Any]
    parts: tuple[str, ...]
    options: tuple[str, ...] = ()
    takes_vault: bool = False


_MALLS: Mapping[str, _Mall] = {
    "rakuten": _Mall(
        client=rakuten.Client,
        credentials=rakuten.Credentials,
        parts=("service_secret", "license_key", "issued_at", "expires_at"),
    ),
    "qoo10": _Mall(
        client=qoo10.Client,
        credentials=qoo10.Credentials,
        parts=("user_id", "password", "api_key", "certification_key", "issued_on"),
        takes_vault=True,
    ),
    "mercari_shops": _Mall(
        client=mercari_shops.Client,
        credentials=mercari_shops.Credentials,
        parts=("access_token", "client_name", "client_version"),
    ),
    "rakuma": _Mall(
        client=rakuma.Client,
        credentials=rakuma.Credentials,
        parts=("email", "password", "client_id", "client_secret"),
        options=("account_kind", "wire"),
        takes_vault=True,
    ),
}

_COMMON = (
    *("mall", "id", "label", "base_url", "requests_per_second", "fetch", "landing_status"),
    *("export", "message", "review", "buyer"),
)


def load_shops(
    path: Path | str,
    *,
    environ: Mapping[str, str] | None = None,
    tokens: TokenVault | None = None,
) -> list[Shop]:
    """Return the shops of a TOML file, one for each table ``[shops.<name>]``.

    Args:
        path: The file. Its keys are in the documentation; a credential is a value, or
            ``{ env = "NAME" }``.
        environ: Where such names are looked up; None is the environment of this process.
        tokens: Where clients that renew tokens keep them, such as ``store.tokens``.

    Raises:
        FileError: The file cannot be read, or is no TOML.
        ConfigError: A table is wrong; the text says where, and what to write. Never a secret.
    """
    place = Path(path)
    tables = _table(_parsed(place), "shops", "[shops.my-shop]", ("shops",))
    names = os.environ if environ is None else environ
    with ExitStack() as closing:
        shops: list[Shop] = []
        for name, table in tables.items():
            reader = _Reader(f"shops.{name}", table, names, place.parent)
            shop = reader.shop(name, tokens)
            closing.callback(shop.client.close)
            if shop.key in {one.key for one in shops}:
                raise ConfigError(f"shops.{name}: {shop.key} comes twice: give it an id of its own")
            shops.append(shop)
        closing.pop_all()
    return shops


def _parsed(place: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(place.read_text("utf-8"))
    except OSError as error:
        reason = type(error).__name__
        raise FileError(f"the file with the shops cannot be read ({reason})", path=place) from None
    except UnicodeDecodeError:
        raise FileError("the file with the shops is not UTF-8: save it so", path=place) from None
    except tomllib.TOMLDecodeError as error:
        raise FileError(f"no TOML: {error}", path=place) from None


def _table(value: object, key: str, instead: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the table under the one key that a table may have."""
    assert isinstance(value, dict)  # noqa: S101 -- what tomllib makes
    unknown = sorted(set(value) - set(known))
    if unknown or not isinstance(value.get(key), dict) or not value[key]:
        at = f"{unknown[0]} is no table of shops" if unknown else "there is no shop"
        raise ConfigError(f"{at}: write {instead}")
    table: Mapping[str, Any] = value[key]
    return table


@frozen
class _Reader:
    """Reads one table, and says where it is wrong."""

    where: str
    table: object
    environ: Mapping[str, str]
    folder: Path

    def shop(self, name: str, tokens: TokenVault | None) -> Shop:
        """Return the shop of the table."""
        table = self._checked()
        mall = _MALLS[table["mall"]]
        settings = self._told("", lambda: self._settings(table))
        return Shop(self._told("", lambda: self._client(mall, name, table, tokens)), settings)

    def _checked(self) -> dict[str, Any]:
        if not isinstance(self.table, dict):
            raise ConfigError(f"{self.where} is no table: write [{self.where}]")
        mall = self.table.get("mall")
        if not isinstance(mall, str) or mall not in _MALLS:
            known = ", ".join(_MALLS)
            raise ConfigError(f"{self.where}: mall is {mall!r}: write one of {known}")
        row = _MALLS[mall]
        allowed = {*_COMMON, *row.parts, *row.options}
        for key in self.table:
            if key not in allowed:
                raise ConfigError(
                    f"{self.where}: {key} is not known: write some of {', '.join(sorted(allowed))}"
                )
        return self.table

    def _told(self, key: str, make: Callable[[], T]) -> T:
        """Return what is made, or say in which table and key it went wrong."""
        try:
            return make()
        except ConfigError as error:
            at = f"{self.where}: {key}: " if key else f"{self.where}: "
            text = str(error)
            raise ConfigError(text if text.startswith(self.where) else f"{at}{text}") from None

    def _client(
        self, mall: _Mall, name: str, table: dict[str, Any], tokens: TokenVault | None
    ) -> Any:  # noqa: ANN401 -- a client of any mall
        parts = {part: self._part(part, table[part]) for part in mall.parts if part in table}
        options: dict[str, Any] = {"shop_id": self._text(table, "id", name)}
        if "base_url" in table:
            options["base_url"] = self._text(table, "base_url", "")
        if "requests_per_second" in table:
            options["pace"] = self._pace(table["requests_per_second"])
        if "account_kind" in table:
            options["account_kind"] = self._text(table, "account_kind", "")
        if "wire" in table:
            options["wire"] = self._wire(self._text(table, "wire", ""))
        if mall.takes_vault and tokens is not None:
            options["vault"] = tokens
        try:
            credentials = mall.credentials(**parts)
        except TypeError:
            lacking = ", ".join(part for part in mall.parts if part not in table)
            raise ConfigError(f"credentials are missing: write some of {lacking}") from None
        return mall.client(credentials, **options)

    def _part(self, key: str, value: object) -> object:
        """Return a part of the credentials: a value, or that of an environment variable."""
        if not isinstance(value, dict):
            return value
        name = value.get("env")
        if set(value) != {"env"} or not isinstance(name, str):
            raise ConfigError(f'{key}: write a value, or {{ env = "NAME" }}')
        found = self.environ.get(name, "")
        if not found.strip():
            raise ConfigError(f"{key}: the environment variable {name} is not set")
        return found

    def _pace(self, value: object) -> Pace | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ConfigError("requests_per_second: write a number, 0 for no limit")
        return Pace(value, per=1) if value else None

    def _wire(self, place: str) -> Any:  # noqa: ANN401 -- whatever the shop has written
        """Return what lies at MODULE:NAME; modules beside the file are found, too."""
        sys.path.insert(0, str(self.folder.resolve()))
        try:
            return resolve_name(place)
        except (ImportError, AttributeError, ValueError):
            raise ConfigError("wire: write MODULE:NAME, such as my_wire:WIRE") from None
        finally:
            sys.path.pop(0)

    def _settings(self, table: dict[str, Any]) -> ShopSettings:
        fetch = self._part_of(table, "fetch", ("days", "every", "auto", "statuses"))
        export = self._part_of(table, "export", ("auto",))
        review = self._part_of(table, "review", ("message", "auto"))
        given: dict[str, Any] = {
            "label": self._text(table, "label", ""),
            "message": self._text(table, "message", ""),
            "review_message": self._text(review, "message", ""),
            "auto_fetch": self._flag(fetch, "fetch.auto", default=True),
            "auto_export": self._flag(export, "export.auto", default=False),
            "auto_review": self._flag(review, "review.auto", default=False),
        }
        if "landing_status" in table:
            given["landing_status"] = self._text(table, "landing_status", "")
        if "days" in fetch:
            given["days"] = self._number(fetch["days"], "fetch.days: write a number of days")
        if "every" in fetch:
            minutes = self._number(fetch["every"], "fetch.every: write minutes, such as 15")
            given["every"] = timedelta(minutes=minutes)
        if "statuses" in fetch:
            given["statuses"] = self._statuses(fetch["statuses"])
        if "buyer" in table:
            given["buyer"] = self._buyer(table["buyer"])
        return ShopSettings(**given)

    def _part_of(self, table: dict[str, Any], key: str, known: tuple[str, ...]) -> dict[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict) or set(value) - set(known):
            raise ConfigError(f"{key}: write some of {', '.join(f'{key}.{one}' for one in known)}")
        return value

    def _text(self, table: Mapping[str, Any], key: str, default: str) -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            raise ConfigError(f"{key}: write text between quotation marks")
        return value

    def _flag(self, table: dict[str, Any], key: str, *, default: bool) -> bool:
        value = table.get("auto", default)
        if not isinstance(value, bool):
            raise ConfigError(f"{key}: write true or false")
        return value

    def _number(self, value: object, instead: str) -> int:
        if type(value) is not int or value < 0:
            raise ConfigError(instead)
        return value

    def _statuses(self, value: object) -> frozenset[str]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ConfigError('fetch.statuses: write the mall\'s own codes, such as ["300"]')
        return frozenset(value)

    def _buyer(self, value: object) -> BuyerMode:
        """Return the mode of R5."""
        if value in ("copy", "blank"):
            return CopyRecipient() if value == "copy" else LeaveBlank()
        match value:
            case {"fixed": dict(contact), **rest} if not rest:
                return FixedContact(self._contact(contact))
            case {"copy": True, "anonymous": dict(contact), **rest} if not rest:
                return CopyRecipient(anonymous=FixedContact(self._contact(contact)))
        raise ConfigError('buyer: write "copy", "blank", or { fixed = { family_name = "…" } }')

    def _contact(self, told: dict[str, Any]) -> Contact:
        of_address = {one.name for one in fields(Address)}
        of_contact = {one.name for one in fields(Contact)} - {"address", "origin"}
        for key, value in told.items():
            if key not in of_address | of_contact or not isinstance(value, str):
                known = ", ".join(sorted(of_address | of_contact))
                raise ConfigError(f"buyer: {key}: write text for some of {known}")
        address = Address(**{key: told[key] for key in told if key in of_address})
        person = {key: told[key] for key in told if key in of_contact}
        return Contact(address=address, **person)
