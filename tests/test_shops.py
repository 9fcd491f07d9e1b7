"""Shops from a file: what is right makes clients, what is wrong is named, and no secret is told."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mallsync import Contact, Mall
from mallsync.adapters import mercari_shops, qoo10, rakuma, rakuten
from mallsync.errors import ConfigError, FileError
from mallsync.files import CsvShop
from mallsync.model.order import Address
from mallsync.model.period import JST
from mallsync.policy.export import MANUAL_RULES, RULES
from mallsync.policy.settings import CopyRecipient, FixedContact, LeaveBlank
from mallsync.shops import load_shops
from mallsync.store import ShopKey
from mallsync.sync import Shop, ShopSettings
from mallsync.transport import ShopClient
from mallsync.wire.credentials import MemoryVault

SECRET = "made-up-secret"
RAKUTEN = f'[shops.one]\nmall = "rakuten"\nservice_secret = "{SECRET}"\nlicense_key = "made-up"\n'
QOO10 = f'[shops.one]\nmall = "qoo10"\nuser_id = "a"\npassword = "{SECRET}"\napi_key = "made-up"\n'
CERTIFIED = f'[shops.one]\nmall = "qoo10"\ncertification_key = "{SECRET}"\n'
MERCARI = f'[shops.one]\nmall = "mercari_shops"\naccess_token = "{SECRET}"\nclient_name = "mihon"\n'
RAKUMA = f'[shops.one]\nmall = "rakuma"\nemail = "a@example.invalid"\npassword = "{SECRET}"\n'
WIRED = RAKUMA + 'wire = "wire_beside_the_file:WIRE"\n'
TABLES = {"rakuten": RAKUTEN, "qoo10": CERTIFIED, "mercari_shops": MERCARI, "rakuma": WIRED}

WHOLE = f"""
[shops.first]
mall = "rakuten"
id = "my-shop"
label = "楽天市場1号店"
service_secret = {{ env = "MADE_UP_SECRET" }}
license_key = "made-up"
issued_at = 2026-11-02T00:00:00+09:00
expires_at = "2027-01-31T23:59:59+09:00"
base_url = "http://127.0.0.1:9"
requests_per_second = 0
fetch = {{ days = 3, every = 20, auto = false, statuses = ["300"] }}
landing_status = "発送待ち"
export.auto = true
message = "発送しました"
review.message = "ありがとうございました"
review.auto = true
buyer = {{ fixed = {{ company = "見本商店", postal_code = "0600000" }} }}

[shops.second]
mall = "qoo10"
user_id = "mihon"
password = "{SECRET}"
api_key = "made-up"
requests_per_second = 2.5
fetch.every = 0.5
buyer = "blank"

[shops.third]
mall = "mercari_shops"
access_token = "{SECRET}"
client_name = "mihon"
client_version = "1.2.3"
buyer = {{ copy = true, anonymous = {{ family_name = "見本" }} }}

[shops.fourth]
mall = "rakuma"
email = "mihon@example.invalid"
password = "{SECRET}"
client_id = "made-up"
client_secret = "{SECRET}"
wire = "wire_beside_the_file:WIRE"
account_kind = "1点もの"
buyer = "copy"
"""

WIRE = """
from template_wire import MyWire

class Wire(MyWire):
    vaults = []

    def auth(self, credentials, vault, now):
        self.vaults.append(vault)
        return super().auth(credentials, vault, now)

WIRE = Wire()
"""

Load = Callable[..., list[Shop]]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Write a file of shops with a wire beside it, and load it; clients are closed at the end."""
    (tmp_path / "wire_beside_the_file.py").write_text(WIRE, encoding="utf-8")
    (tmp_path / "broken_wire_beside_the_file.py").write_text("1 / 0\n", encoding="utf-8")
    file = tmp_path / "shops.toml"
    with ExitStack() as closing:

        def loaded(text: str, **more: Any) -> list[Shop]:
            file.write_text(text, encoding="utf-8")
            shops = load_shops(file, **{"environ": {}, **more})
            for shop in shops:
                closing.callback(shop.client.close)
            return shops

        yield loaded
    sys.modules.pop("wire_beside_the_file", None)


def refusal(load: Load, text: str, **more: Any) -> str:
    """Return what is said of a file that is wrong."""
    with pytest.raises(ConfigError) as caught:
        load(text, **more)
    return str(caught.value)


def test_every_mall_and_every_setting_can_be_written(load: Load) -> None:
    """One shop for each table, in the order of the file."""
    shops = load(WHOLE, environ={"MADE_UP_SECRET": SECRET})

    assert [
        (ShopKey("rakuten", "my-shop"), rakuten.Client),
        (ShopKey("qoo10", "second"), qoo10.Client),
        (ShopKey("mercari_shops", "third"), mercari_shops.Client),
        (ShopKey("rakuma", "fourth"), rakuma.Client),
    ] == [(shop.key, type(shop.client)) for shop in shops]
    address = Address(postal_code="0600000")
    assert (
        ShopSettings(
            label="楽天市場1号店",
            days=3,
            every=timedelta(minutes=20),
            auto_fetch=False,
            statuses=frozenset({"300"}),
            landing_status="発送待ち",
            auto_export=True,
            message="発送しました",
            review_message="ありがとうございました",
            auto_review=True,
            buyer=FixedContact(Contact(company="見本商店", address=address)),
        )
        == shops[0].settings
    )
    assert timedelta(seconds=30) == shops[1].settings.every
    anonymous = FixedContact(Contact(family_name="見本"))
    assert [LeaveBlank(), CopyRecipient(anonymous=anonymous), CopyRecipient()] == [
        shop.settings.buyer for shop in shops[1:]
    ]


def test_the_file_has_a_row_for_every_mall() -> None:
    """A mall that is added has to be written in a file, too."""
    assert set(Mall) == set(TABLES)


@pytest.mark.parametrize("mall", TABLES)
def test_what_is_left_out_is_the_usual(load: Load, mall: str) -> None:
    """The table's name is the shop's id."""
    (shop,) = load(TABLES[mall])

    assert (mall, ShopSettings()) == (shop.client.mall, shop.settings)
    assert "one" == shop.client.shop_id == shop.label


def test_a_pace_is_the_malls_or_the_shops_or_none(load: Load) -> None:
    """0 stands for no limit, as TOML has no None."""
    text = f"{RAKUTEN}base_url = 'http://127.0.0.1:9'\n"
    usual, own, none = (
        load(text + more)[0].client
        for more in ("", "requests_per_second = 10", "requests_per_second = 0.0")
    )
    paces = [client._engine.pace for client in (usual, own) if isinstance(client, ShopClient)]

    assert [1.053, 0.106] == [pace.interval for pace in paces if pace is not None]
    assert isinstance(none, rakuten.Client)
    assert none._engine.pace is None
    assert "http://127.0.0.1:9" == getattr(none._engine.transport, "base_url", "")


def test_credentials_arrive_whole(load: Load) -> None:
    """A time is TOML's own, or ISO text, which is all that the environment has."""
    ends = 'issued_at = 2026-11-02T00:00:00+09:00\nexpires_at = { env = "ENDS" }\n'
    (shop,) = load(RAKUTEN + ends, environ={"ENDS": "2027-01-31T23:59:59+09:00"})

    assert isinstance(shop.client, rakuten.Client)
    assert (
        rakuten.Credentials(
            service_secret=SECRET,
            license_key="made-up",
            issued_at=datetime(2026, 11, 2, tzinfo=JST),
            expires_at=datetime(2027, 1, 31, 23, 59, 59, tzinfo=JST),
        )
        == shop.client._credentials
    )


@pytest.mark.parametrize("day", ["2026-03-02", '"2026-03-02"'])
def test_a_certification_key_stands_for_a_login(load: Load, day: str) -> None:
    """With the day of its issue it is known when it ends."""
    (shop,) = load(f"{CERTIFIED}issued_on = {day}\n")

    assert datetime(2027, 3, 2, tzinfo=JST) == shop.client.credential_expiry()


def test_tokens_are_kept_where_they_are_said_to_be(load: Load) -> None:
    """By the clients that keep any."""
    vault = MemoryVault()
    key = qoo10.Credentials(user_id="a", password=SECRET, api_key="made-up")
    vault.save(qoo10.auth.vault_name("one", key), "2026-03-02T00:00:00+09:00 made-up", None)
    wired = WIRED.replace("one]", "two]")
    with_it, _ = load(QOO10 + wired, tokens=vault)
    without, _ = load(QOO10 + wired)
    vaults = sys.modules["wire_beside_the_file"].Wire.vaults

    assert date(2027, 3, 2) == with_it.client.credential_expiry().date()  # type: ignore[union-attr]  # it is told here
    assert without.client.credential_expiry() is None
    assert [True, False] == [one is vault for one in vaults]


def test_the_environment_is_that_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no other is given; a path may be text, and the file may begin with a mark."""
    monkeypatch.setenv("MADE_UP_SECRET", SECRET)
    file = tmp_path / "shops.toml"
    text = RAKUTEN.replace(f'"{SECRET}"', '{ env = "MADE_UP_SECRET" }')
    file.write_text(text, encoding="utf-8-sig")
    (shop,) = load_shops(str(file))
    shop.client.close()

    assert isinstance(shop.client, rakuten.Client)
    assert SECRET == shop.client._credentials.service_secret


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('{ env = "NONE" }', "the environment variable NONE is not set"),
        ('{ env = "EMPTY" }', "the environment variable EMPTY is empty"),
        ('{ env = "" }', 'write a value, or { env = "NAME" }'),
        ("{ env = 3 }", 'write a value, or { env = "NAME" }'),
        ('{ name = "A" }', 'write a value, or { env = "NAME" }'),
        ('{ env = "A", default = "b" }', 'write a value, or { env = "NAME" }'),
        ("3", 'write text between quotation marks, or { env = "NAME" }'),
        ('" "', 'write text between quotation marks, or { env = "NAME" }'),
    ],
)
def test_a_credential_that_is_wrong_is_named(load: Load, value: str, said: str) -> None:
    """With the table, and the variable that it should come from."""
    text = RAKUTEN.replace('"made-up"', value)

    assert f"shops.one: license_key: {said}" == refusal(load, text, environ={"EMPTY": " "})


def test_a_value_from_the_environment_is_not_told(load: Load) -> None:
    """The adapter refuses it by its key alone."""
    text = RAKUTEN.replace('"made-up"', '{ env = "KEY" }')
    said = refusal(load, text, environ={"KEY": f"{SECRET} {SECRET}"})

    assert "shops.one: license_key holds characters that no key has: copy the key again" == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{RAKUTEN}expires_at = 2027-01-31", "expires_at: write a time with its zone, such as"),
        (f"{RAKUTEN}expires_at = 2027-01-31T00:00:00", "expires_at: write a time with its zone"),
        (f'{RAKUTEN}issued_at = "soon"', "issued_at: write a time with its zone"),
        (f"{CERTIFIED}issued_on = 2026-03-02T00:00:00", "issued_on: write a date, such as"),
        (f"{CERTIFIED}issued_on = 3", "issued_on: write a date, such as 2026-03-02"),
        (f'{CERTIFIED}issued_on = "spring"', "issued_on: write a date, such as 2026-03-02"),
        (RAKUTEN.replace("license_key", "licence_key"), "licence_key is not known: write some of"),
        (
            RAKUTEN.replace("license_key", "# "),
            "license_key is missing: write service_secret, license_key",
        ),
        (
            '[shops.one]\nmall = "qoo10"',
            "user_id is missing: write user_id, password, api_key; or certification_key",
        ),
        ('[shops.one]\nmall = "qoo10"\nissued_on = 2026-03-02', "certification_key is missing"),
        (
            f'{CERTIFIED}user_id = "a"',
            "certification_key, user_id do not go together: write either user_id, password,",
        ),
        (f"{QOO10}issued_on = 2026-03-02", "user_id, password, api_key, issued_on do not go"),
        (f'{RAKUTEN}account_kind = "1点もの"', "account_kind is not known: write some of"),
        (RAKUMA, "Rakuma hands its API specification to approved shops only"),
        (f'{WIRED}account_kind = "縦積み"', 'account_kind 縦積み cannot be taken in: write "1点'),
        (f'{RAKUMA}wire = "my_wire"', "wire: write MODULE:NAME, such as my_wire:WIRE"),
        (f'{RAKUMA}wire = "no_such_wire:X"', "wire: no_such_wire:X cannot be loaded (ModuleNot"),
        (
            f'{RAKUMA}wire = "wire_beside_the_file:NONE"',
            "wire: wire_beside_the_file:NONE cannot be loaded (AttributeError): write MODULE:NAME",
        ),
        (f'{RAKUMA}wire = "wire_beside_the_file:__name__"', "wire lacks auth"),
    ],
)
def test_what_a_mall_needs_is_named(load: Load, text: str, said: str) -> None:
    """Missing, mixed up, or of another mall."""
    path = list(sys.path)
    told = refusal(load, text)

    assert told.startswith(f"shops.one: {said}")
    assert SECRET not in told
    assert path == sys.path


def test_a_wire_that_fails_says_why(load: Load) -> None:
    """The shop wrote it, so the shop sees the error itself behind ours."""
    with pytest.raises(ConfigError, match=r"cannot be loaded \(ZeroDivisionError\)") as caught:
        load(f'{RAKUMA}wire = "broken_wire_beside_the_file:WIRE"')

    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('colour = "red"', "colour is not known: write some of base_url, buyer, expires_at,"),
        ('id = " "', "id: write your own name of the shop"),
        ("id = 3", "id: write your own name of the shop"),
        ("label = 3", "label: write text between quotation marks"),
        ("fetch = 3", "fetch is not known: write some of"),
        ('fetch.often = "1"', "fetch.often is not known: write some of"),
        ('fetch.days = "7"', "fetch.days: write a whole number of days, such as 7"),
        ("fetch.days = -1", "fetch.days: write a whole number of days"),
        ("fetch.days = true", "fetch.days: write a whole number of days"),
        ("fetch.every = 0", "fetch.every: write minutes, such as 15"),
        ("fetch.every = nan", "fetch.every: write minutes"),
        ("fetch.every = 1e300", "fetch.every: write minutes"),
        ('fetch.every = "10min"', "fetch.every: write minutes"),
        ('fetch.auto = "yes"', "fetch.auto: write true or false"),
        ("fetch.statuses = [300]", 'fetch.statuses: write the mall\'s own codes, such as ["300"]'),
        ('fetch.statuses = "300"', "fetch.statuses: write the mall's own codes"),
        ("fetch.statuses = []", "fetch.statuses is empty: leave it out for every status"),
        ('landing_status = " "', "landing_status is empty: write"),
        ("requests_per_second = true", "requests_per_second: write a number from 0.001 to 1000,"),
        ("requests_per_second = -1", "requests_per_second: write a number"),
        ("requests_per_second = inf", "requests_per_second: write a number"),
        ('base_url = "nowhere"', "base_url is no URL: write https://"),
        ('buyer = "me"', 'buyer: write "copy", "blank", { fixed = { company = "…" } }, or'),
        ("buyer = { copy = true, fixed = {} }", 'buyer: write "copy"'),
        ("buyer = { copy = true, anonymous = {}, fixed = {} }", 'buyer: write "copy"'),
        ("buyer = { fixed = { colour = '' } }", "buyer.fixed.colour is not known: write some of"),
        ("buyer = { fixed = { origin = '' } }", "buyer.fixed.origin is not known: write some of"),
        (
            "buyer = { copy = true, anonymous = { company = 3 } }",
            "buyer.anonymous.company: write text between quotation marks",
        ),
    ],
)
def test_a_key_that_is_wrong_is_named_with_its_table(load: Load, more: str, said: str) -> None:
    """And what to write instead."""
    assert refusal(load, RAKUTEN + more).startswith(f"shops.one: {said}")


KEYS = {
    "rakuten": "mall service_secret license_key issued_at expires_at",
    "qoo10": "mall certification_key issued_on",
    "mercari_shops": "mall access_token client_name client_version",
    "rakuma": "mall email password client_id client_secret wire account_kind",
}
COMMON = (
    "id label base_url requests_per_second fetch fetch.days fetch.every fetch.auto fetch.statuses"
    " landing_status export export.auto message review review.message review.auto buyer"
)
VALUES = [
    *("0", "-1", "3", "1e-300", "1e300", "9" * 400, "inf", "nan", "true", "''", "' '", "'…'"),
    *("2026-03-02", "2026-03-02T00:00:00", "2026-03-02T00:00:00+09:00", "09:00:00"),
    *("[]", "[[1]]", "['']", "{}", "{ env = 'NONE' }", "{ auto = 3 }", "{ fixed = 3 }"),
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("mall", TABLES)
def test_whatever_stands_at_a_key_it_is_taken_or_named(load: Load, mall: str, value: str) -> None:
    """No value brings another error, or one that does not name its key."""
    for key in f"{KEYS[mall]} {COMMON}".split():
        lines = [one for one in TABLES[mall].splitlines() if not one.startswith(f"{key} ")]
        text = "\n".join([*lines, f"{key} = {value}"])
        try:
            load(text)
        except ConfigError as error:
            told = str(error)
            assert told.startswith("shops.one: ")
            assert key in told
            assert SECRET not in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no shop: write [shops.my-shop]"),
        ("shops = 3", "there is no shop: write [shops.my-shop]"),
        ("[shops]", "there is no shop: write [shops.my-shop]"),
        ("[shop.one]\n", "shop is no table of shops: write [shops.my-shop]"),
        (f"store = 'a'\n{RAKUTEN}", "store is no table of shops: write [shops.my-shop]"),
        ("[shops]\none = 3", "shops.one is no table: write [shops.one]"),
        ("[[shops.one]]", "shops.one is no table: write [shops.one]"),
        (
            "[shops.one]\nid = 'a'",
            "shops.one: mall: write one of rakuten, qoo10, mercari_shops, rakuma",
        ),
        (
            '[shops.one]\nmall = "ebay"',
            "shops.one: mall: write one of rakuten, qoo10, mercari_shops, rakuma",
        ),
    ],
)
def test_a_table_that_is_wrong_is_named(load: Load, text: str, said: str) -> None:
    """And what to write instead."""
    assert said == refusal(load, text)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (
            RAKUTEN.replace("one]", "two]") + 'id = " one "\n',
            "shops.two: id: rakuten/one comes twice: write an id of its own",
        ),
        ('[shops.two]\nmall = "ebay"\n', "shops.two: mall: write one of"),
    ],
)
def test_of_a_file_that_is_wrong_no_client_stays_open(
    load: Load, monkeypatch: pytest.MonkeyPatch, second: str, said: str
) -> None:
    """Every client that was made is closed; those of a file that is right are not."""
    made: list[object] = []
    closed: list[object] = []
    init, close = rakuten.Client.__init__, rakuten.Client.close

    def noted_init(client: rakuten.Client, *args: Any, **more: Any) -> None:
        init(client, *args, **more)
        made.append(client)

    def noted_close(client: rakuten.Client) -> None:
        closed.append(client)
        close(client)

    monkeypatch.setattr(rakuten.Client, "__init__", noted_init)
    monkeypatch.setattr(rakuten.Client, "close", noted_close)
    told = refusal(load, RAKUTEN + second)

    assert told.startswith(said)
    assert made
    assert set(map(id, made)) == set(map(id, closed))
    closed.clear()
    load(RAKUTEN)
    assert not closed


def test_one_id_may_be_used_at_two_malls(load: Load) -> None:
    """Mall and id together make a shop one shop."""
    shops = load(RAKUTEN + MERCARI.replace("one]", "two]") + 'id = "one"\n')

    assert ["rakuten/one", "mercari_shops/one"] == [str(shop.key) for shop in shops]


@pytest.mark.parametrize(
    ("data", "said", "line", "column"),
    [
        (None, r"cannot be read \(FileNotFoundError\)", None, None),
        (b"shops = ", "no TOML", None, None),
        (f"{RAKUTEN}license_key".encode(), "no TOML", None, None),
        (f"{RAKUTEN}label = {SECRET}\n".encode(), "no TOML: Invalid value", 5, 9),
        (f'[shops.one]\r\npassword = "{SECRET}\r\n'.encode(), "no TOML: Illegal", 2, 27),
        (b"a = " + b"9" * 5000, "no TOML", None, None),
        (b"a = " + b"[" * 20000, "no TOML", None, None),
        (b"[shops.one]\nlabel = '" + "楽天".encode("cp932") + b"'", "not UTF-8", 2, None),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, data: bytes | None, said: str, line: int | None, column: int | None
) -> None:
    """With its path, and the line where it is known."""
    file = tmp_path / "shops.toml"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(FileError, match=said) as caught:
        load_shops(file)

    assert (file, line) == (caught.value.path, caught.value.line)
    assert column in {None, caught.value.column}
    assert SECRET not in str(caught.value)


OWN_PAGE = """
[shops.page]
mapping = "own/page.toml"
results = "out"
label = "自社ページ"
rule = "qoo10"
message = "発送しました"
landing_status = "発送待ち"
"""


def mapped(tmp_path: Path) -> None:
    """Write the mapping of a shop of files beside the file of shops."""
    (tmp_path / "own").mkdir()
    text = 'mall = "my-page"\n[order]\nnumber = "no"\nphase = { constant = "TO_SHIP" }\n'
    (tmp_path / "own" / "page.toml").write_text(text, encoding="utf-8")


def test_a_shop_of_files_is_written_with_its_mapping(load: Load, tmp_path: Path) -> None:
    """Paths are from where the file of shops lies; its rule may be that of a mall."""
    mapped(tmp_path)
    (own,) = load(OWN_PAGE)
    (plain,) = load("[shops.page]\nmall = 'my-page'\nid = 'x'\nmapping = 'own/page.toml'\n")

    assert isinstance(own.client, CsvShop)
    assert isinstance(plain.client, CsvShop)
    assert (ShopKey("my-page", "page"), ShopKey("my-page", "x")) == (own.key, plain.key)
    assert (tmp_path / "out", tmp_path) == (own.client.results, plain.client.results)
    assert (RULES["qoo10"], MANUAL_RULES["qoo10"]) == (
        own.rule(manual=False),
        own.rule(manual=True),
    )
    assert plain.rule(manual=False).needs_ship_date
    assert ("自社ページ", False, True) == (own.label, own.settings.auto_fetch, own.by_file)
    assert ("発送しました", "発送待ち") == (own.settings.message, own.settings.landing_status)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("mapping = 3", "mapping: write text"),
        ("results = 3", "results: write text"),
        ("mall = 'other'", "mall: write 'my-page' as the mapping does"),
        ("fetch.days = 3", "fetch.days is not known"),
        ("export.auto = true", "export.auto is not known"),
        ("service_secret = 'x'", "service_secret is not known"),
        ("rule = 'ebay'", "rule: write one of rakuten, mercari_shops, qoo10, rakuma"),
    ],
)
def test_what_a_shop_of_files_cannot_have_is_named(
    load: Load, tmp_path: Path, line: str, said: str
) -> None:
    """With its table."""
    mapped(tmp_path)
    rest = "" if line.startswith("mapping") else "mapping = 'own/page.toml'\n"

    assert f"shops.page: {said}" in refusal(load, f"[shops.page]\n{rest}{line}\n")


def test_the_mistakes_of_a_mapping_are_told(load: Load, tmp_path: Path) -> None:
    """With the mapping's own place."""
    mapped(tmp_path)
    (tmp_path / "own" / "page.toml").write_text("x = 1", encoding="utf-8")

    assert "page.toml: x is not known" in refusal(load, OWN_PAGE)
