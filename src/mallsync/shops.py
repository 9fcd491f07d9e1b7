"""Shops from a TOML file: the only module that names every adapter.

What a mall's table may hold is a row of `_MALLS`; what every table may hold, `_SETTINGS` and
`_CLIENT`. A reader takes a key and its value, and names the key if the value is no good.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Any

from attrs import field, fields, frozen

from mallsync.adapters import mercari_shops, qoo10, rakuma, rakuten
from mallsync.errors import ConfigError
from mallsync.files import CsvShop, load_mapping
from mallsync.files.toml import read_toml
from mallsync.model.order import Address, Contact
from mallsync.model.words import Mall
from mallsync.policy.conventions import CONVENTIONS, convention_followed_by
from mallsync.policy.settings import BuyerMode, CopyRecipient, FixedContact, LeaveBlank
from mallsync.ports import MallClient, TokenVault
from mallsync.store import ShopKey
from mallsync.sync import Shop, ShopSettings
from mallsync.transport import Pace

__all__ = ["load_shops"]

_Read = Callable[[str, object], object]

_OF_ADDRESS = frozenset(one.name for one in fields(Address))
_OF_CONTACT = frozenset(one.name for one in fields(Contact)) - {"address", "origin"}
_LONGEST_DAYS = 3650
_A_YEAR = 366 * 24 * 60  # minutes


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

    Returns:
        Shops in the order of the file; their clients are the caller's to close.

    Raises:
        FileError: The file cannot be read, or is no TOML.
        ConfigError: A table is wrong; the text says where, and what to write. Never a secret.
    """
    place = Path(path)
    tables = _tables(read_toml(place, "the file with the shops"))
    names = os.environ if environ is None else environ
    shops: dict[ShopKey, Shop] = {}
    with ExitStack() as closing, _importable(place.parent):
        for name, table in tables.items():
            with _told_of(f"shops.{name}"):
                if "mapping" in table:
                    shop = _csv_shop(name, table, place.parent)
                else:
                    shop = _shop(name, table, names, tokens)
                closing.callback(shop.client.close)
                if shop.key in shops:
                    raise ConfigError(f"id: {shop.key} comes twice: write an id of its own")
            shops[shop.key] = shop
        closing.pop_all()
    return list(shops.values())


def _tables(document: Mapping[str, Any]) -> Mapping[str, dict[str, Any]]:
    """Return the tables of the shops by name."""
    for key in sorted(document.keys() - {"shops"}):
        raise ConfigError(f"{key} is no table of shops: write [shops.my-shop]")
    tables = document.get("shops")
    if not isinstance(tables, dict) or not tables:
        raise ConfigError("there is no shop: write [shops.my-shop]")
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise ConfigError(f"shops.{name} is no table: write [shops.{name}]")
    return tables


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let modules beside the file be found, too."""
    entry = str(folder.resolve())
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        sys.path.remove(entry)


@contextmanager
def _told_of(where: str) -> Iterator[None]:
    """Say in which table something is wrong."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error.__cause__


def _shop(
    name: str, table: dict[str, Any], environ: Mapping[str, str], tokens: TokenVault | None
) -> Shop:
    """Return the shop of a table; the client comes last, as only that has to be closed."""
    mall = _mall(table)
    given = _flat(table)
    _refuse_unknown(given, {"mall", *_SETTINGS, *_CLIENT, *mall.options, *mall.parts})
    login = _login(mall, given)
    settings = ShopSettings(**_read(given, _SETTINGS))
    credentials = login.make(**_parts(given, login.parts, environ))
    options = _read({"id": name, **given}, {**_CLIENT, **mall.options})
    vault = {"vault": tokens} if mall.takes_vault else {}
    return Shop(mall.client(credentials, **options, **vault), settings)


def _csv_shop(name: str, table: dict[str, Any], folder: Path) -> Shop:
    """Return a shop of files (カスタムCSV店舗); its paths are from where the file of shops lies."""
    given = _flat(table)
    _refuse_unknown(given, {"mall", "rule", *_FILES, *_OF_FILES})
    paths = {"results": ".", **given}
    mapping = load_mapping(folder / _text("mapping", given["mapping"]))
    if given.get("mall", mapping.mall) != mapping.mall:
        raise ConfigError(f"mall: write {mapping.mall!r} as the mapping does, or leave it out")
    client = CsvShop(
        mapping,
        shop_id=_name("id", given.get("id", name)),
        results=folder / _text("results", paths["results"]),
    )
    told = _read(given, {key: _SETTINGS[key] for key in _OF_FILES})
    rule = convention_followed_by(_followed("rule", given.get("rule", "")) or mapping.mall)
    settings = ShopSettings(**told, auto_fetch=False, rule=rule.export, manual_rule=rule.manual)
    return Shop(client, settings)


def _mall(table: Mapping[str, Any]) -> _Mall:
    name = table.get("mall")
    if not isinstance(name, str) or name not in _MALLS:
        raise ConfigError(f"mall: write one of {', '.join(_MALLS)}")
    return _MALLS[name]


def _flat(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with ``fetch = { days = 7 }`` as ``fetch.days``."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if key in _GROUPS and isinstance(value, dict):
            flat |= {f"{key}.{inner}": one for inner, one in value.items()}
        else:
            flat[key] = value
    return flat


def _refuse_unknown(given: Collection[str], known: Collection[str], inside: str = "") -> None:
    for key in given:
        if key not in known:
            some = ", ".join(sorted(known))
            raise ConfigError(f"{inside}{key} is not known: write some of {some}")


def _login(mall: _Mall, given: Collection[str]) -> _Login:
    """Return the way of logging in that a table has begun to write."""
    begun = [login for login in mall.logins if not login.parts.keys().isdisjoint(given)]
    ways = "; or ".join(", ".join(login.needs) for login in mall.logins)
    if len(begun) > 1:
        mixed = ", ".join(key for key in given if key in mall.parts)
        raise ConfigError(f"{mixed} do not go together: write either {ways}")
    login = begun[0] if begun else mall.logins[0]
    for key in login.needs:
        if key not in given:
            raise ConfigError(f"{key} is missing: write {ways}")
    return login


def _parts(
    given: Mapping[str, Any], parts: Mapping[str, _Read], environ: Mapping[str, str]
) -> dict[str, Any]:
    """Return parts of credentials, from the table or the environment."""
    found = {key: _looked_up(key, given[key], environ) for key in parts if key in given}
    return {key: parts[key](key, value) for key, value in found.items()}


def _looked_up(key: str, value: object, environ: Mapping[str, str]) -> object:
    """Return a value; that of an environment variable for ``{ env = "NAME" }``."""
    if not isinstance(value, dict):
        return value
    name = value.get("env")
    if value.keys() != {"env"} or not isinstance(name, str) or not name:
        raise ConfigError(f'{key}: write a value, or {{ env = "NAME" }}')
    if not environ.get(name, "").strip():
        state = "empty" if name in environ else "not set"
        raise ConfigError(f"{key}: the environment variable {name} is {state}")
    return environ[name]


def _read(given: Mapping[str, Any], keys: Mapping[str, _Key]) -> dict[str, Any]:
    """Return by argument what a table says under some keys; nothing for what is left out."""
    return {one.name: one.read(key, given[key]) for key, one in keys.items() if key in given}


# ------------------------------------------------------------------------------------- readers


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{key}: write text between quotation marks")
    return value


def _followed(key: str, value: object) -> str:
    if value not in ("", *CONVENTIONS):
        raise ConfigError(f"{key}: write one of {', '.join(CONVENTIONS)}")
    return str(value)


def _name(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f'{key}: write your own name of the shop, such as "my-shop"')
    return value


def _secret(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f'{key}: write text between quotation marks, or {{ env = "NAME" }}')
    return value


def _flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{key}: write true or false")
    return value


def _days(key: str, value: object) -> int:
    if type(value) is not int or not 0 <= value <= _LONGEST_DAYS:
        raise ConfigError(f"{key}: write a whole number of days, such as 7")
    return value


def _is_number(value: object, least: float, most: float) -> bool:
    """Tell whether a value is a number in a range; true, false and nan are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return least <= value <= most


def _minutes(key: str, value: Any) -> timedelta:  # noqa: ANN401 -- as TOML has it
    if not _is_number(value, 0.01, _A_YEAR):
        raise ConfigError(f"{key}: write minutes, such as 15")
    return timedelta(minutes=value)


def _pace(key: str, value: Any) -> Pace | None:  # noqa: ANN401 -- as TOML has it
    if _is_number(value, 0, 0):
        return None
    if not _is_number(value, 0.001, 1000):
        raise ConfigError(f"{key}: write a number from 0.001 to 1000, or 0 for no limit")
    return Pace(value, per=1)


def _moment(key: str, value: object) -> datetime:
    """Return an aware moment, from TOML's own or from ISO text."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise ConfigError(f"{key}: write a time with its zone, such as 2027-01-31T23:59:59+09:00")
    return moment


def _day(key: str, value: object) -> date:
    """Return a day, from TOML's own or from ISO text, which is all that the environment has."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ConfigError(f"{key}: write a date, such as 2026-03-02")
    return day


def _statuses(key: str, value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ConfigError(f'{key}: write the mall\'s own codes, such as ["300"]')
    if not value:
        raise ConfigError(f"{key} is empty: leave it out for every status")
    return frozenset(value)


def _buyer(key: str, value: object) -> BuyerMode:
    """Return who stands for a buyer that the mall does not name (R5)."""
    match value:
        case "copy":
            return CopyRecipient()
        case "blank":
            return LeaveBlank()
        case {"fixed": dict(told), **rest} if not rest:
            return FixedContact(_contact(f"{key}.fixed", told))
        case {"copy": True, "anonymous": dict(told), **rest} if not rest:
            anonymous = FixedContact(_contact(f"{key}.anonymous", told))
            return CopyRecipient(anonymous=anonymous)
    raise ConfigError(
        f'{key}: write "copy", "blank", {{ fixed = {{ company = "…" }} }},'
        ' or { copy = true, anonymous = { company = "…" } }'
    )


def _contact(key: str, told: dict[str, Any]) -> Contact:
    _refuse_unknown(told, _OF_ADDRESS | _OF_CONTACT, inside=f"{key}.")
    texts = {one: _text(f"{key}.{one}", value) for one, value in told.items()}
    address = Address(**{one: text for one, text in texts.items() if one in _OF_ADDRESS})
    person = {one: text for one, text in texts.items() if one in _OF_CONTACT}
    return Contact(address=address, **person)


def _wire(key: str, value: object) -> object:
    """Return what lies at MODULE:NAME, see `pkgutil.resolve_name`."""
    place = _text(key, value)
    module, _, name = place.partition(":")
    if not module or not name:
        raise ConfigError(f"{key}: write MODULE:NAME, such as my_wire:WIRE")
    try:
        return resolve_name(place)
    except Exception as error:
        text = f"{key}: {place} cannot be loaded ({type(error).__name__}): write MODULE:NAME"
        raise ConfigError(f"{text} of a module beside the file") from error


def _certified(*, certification_key: str, issued_on: date | None = None) -> qoo10.Credentials:
    return qoo10.Credentials.from_certification_key(certification_key, issued_on=issued_on)


# -------------------------------------------------------------------------------------- tables


@frozen
class _Key:
    """A key of a table: which argument it is, and how it is read."""

    name: str
    read: _Read


@frozen(kw_only=True)
class _Login:
    """One way to say who asks: what makes the credentials, and of which parts."""

    make: Callable[..., object]
    needs: tuple[str, ...]
    may: Mapping[str, _Read] = field(default=MappingProxyType({}))

    @property
    def parts(self) -> Mapping[str, _Read]:
        """Every part with its reader."""
        return {**dict.fromkeys(self.needs, _secret), **self.may}


@frozen(kw_only=True)
class _Mall:
    """How a client of one mall is made of a table.

    Args:
        client: Takes credentials and options.
        logins: The ways to log in; the first is the usual one.
        options: Keys that only this mall has.
        takes_vault: Whether the client keeps tokens.
    """

    client: Callable[..., MallClient]
    logins: tuple[_Login, ...]
    options: Mapping[str, _Key] = field(default=MappingProxyType({}))
    takes_vault: bool = False

    @property
    def parts(self) -> frozenset[str]:
        """The parts of the credentials of every way to log in."""
        return frozenset(key for login in self.logins for key in login.parts)


_MALLS: Mapping[str, _Mall] = MappingProxyType(
    {
        Mall.RAKUTEN.value: _Mall(
            client=rakuten.Client,
            logins=(
                _Login(
                    make=rakuten.Credentials,
                    needs=("service_secret", "license_key"),
                    may={"issued_at": _moment, "expires_at": _moment},
                ),
            ),
        ),
        Mall.QOO10.value: _Mall(
            client=qoo10.Client,
            logins=(
                _Login(make=qoo10.Credentials, needs=("user_id", "password", "api_key")),
                _Login(make=_certified, needs=("certification_key",), may={"issued_on": _day}),
            ),
            takes_vault=True,
        ),
        Mall.MERCARI_SHOPS.value: _Mall(
            client=mercari_shops.Client,
            logins=(
                _Login(
                    make=mercari_shops.Credentials,
                    needs=("access_token", "client_name"),
                    may={"client_version": _secret},
                ),
            ),
        ),
        Mall.RAKUMA.value: _Mall(
            client=rakuma.Client,
            logins=(
                _Login(
                    make=rakuma.Credentials,
                    needs=("email", "password"),
                    may={"client_id": _secret, "client_secret": _secret},
                ),
            ),
            options={
                "account_kind": _Key("account_kind", _text),
                "wire": _Key("wire", _wire),
            },
            takes_vault=True,
        ),
    }
)

_CLIENT: Mapping[str, _Key] = MappingProxyType(
    {
        "id": _Key("shop_id", _name),
        "base_url": _Key("base_url", _text),
        "requests_per_second": _Key("pace", _pace),
    }
)
"""What every client takes."""

_SETTINGS: Mapping[str, _Key] = MappingProxyType(
    {
        "label": _Key("label", _text),
        "fetch.days": _Key("days", _days),
        "fetch.every": _Key("every", _minutes),
        "fetch.auto": _Key("auto_fetch", _flag),
        "fetch.statuses": _Key("statuses", _statuses),
        "landing_status": _Key("landing_status", _text),
        "export.auto": _Key("auto_export", _flag),
        "message": _Key("message", _text),
        "review.message": _Key("review_message", _text),
        "review.auto": _Key("auto_review", _flag),
        "buyer": _Key("buyer", _buyer),
    }
)
"""What `ShopSettings` are made of."""

_FILES = ("mapping", "results", "id")
_OF_FILES = ("label", "landing_status", "message", "buyer")
"""What a shop of files has, and which settings count for it: nothing of it runs by itself."""

_GROUPS = frozenset(key.partition(".")[0] for key in _SETTINGS if "." in key)
