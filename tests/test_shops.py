"""Shops from a file: what is right makes clients, what is wrong is named, and no secret is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mallsync import Contact
from mallsync.adapters import qoo10, rakuma, rakuten
from mallsync.errors import ConfigError, FileError
from mallsync.model.order import Address
from mallsync.policy.settings import CopyRecipient, FixedContact, LeaveBlank
from mallsync.shops import load_shops
from mallsync.store import ShopKey
from mallsync.sync import ShopSettings
from mallsync.wire.credentials import MemoryVault

SECRET = "made-up-secret"
RAKUTEN = f'[shops.one]\nmall = "rakuten"\nservice_secret = "{SECRET}"\nlicense_key = "made-up"\n'

WHOLE = f"""
[shops.first]
mall = "rakuten"
id = "my-shop"
label = "楽天市場1号店"
service_secret = {{ env = "MADE_UP_SECRET" }}
license_key = "made-up"
expires_at = 2027-01-31T00:00:00+09:00
base_url = "http://127.0.0.1:9"
requests_per_second = 0
fetch.days = 3
fetch.every = 20
fetch.auto = false
fetch.statuses = ["300"]
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
buyer = "blank"

[shops.third]
mall = "mercari_shops"
access_token = "{SECRET}"
client_name = "mihon"
buyer = {{ copy = true, anonymous = {{ family_name = "見本" }} }}

[shops.fourth]
mall = "rakuma"
email = "mihon@example.invalid"
password = "{SECRET}"
wire = "a_wire_beside_the_file:WIRE"
account_kind = "1点もの"
buyer = "copy"
"""


def written(folder: Path, text: str) -> Path:
    """Write a file of shops."""
    file = folder / "shops.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_mall_and_every_setting_can_be_written(tmp_path: Path) -> None:
    """A wire beside the file is found; tokens go where they are said to."""
    wire = "from template_wire import WIRE\n"
    (tmp_path / "a_wire_beside_the_file.py").write_text(wire, encoding="utf-8")
    vault = MemoryVault()
    environ = {"MADE_UP_SECRET": SECRET}
    shops = load_shops(written(tmp_path, WHOLE), environ=environ, tokens=vault)
    for shop in shops:
        shop.client.close()

    assert [
        ShopKey("rakuten", "my-shop"),
        ShopKey("qoo10", "second"),
        ShopKey("mercari_shops", "third"),
        ShopKey("rakuma", "fourth"),
    ] == [shop.key for shop in shops]
    assert (rakuten.Client, qoo10.Client) == (type(shops[0].client), type(shops[1].client))
    assert isinstance(shops[3].client, rakuma.Client)
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
    anonymous = FixedContact(Contact(family_name="見本"))
    assert [LeaveBlank(), CopyRecipient(anonymous=anonymous), CopyRecipient()] == [
        shop.settings.buyer for shop in shops[1:]
    ]


def test_what_is_left_out_is_the_usual(tmp_path: Path) -> None:
    """The table's name is the shop's id."""
    (shop,) = load_shops(str(written(tmp_path, RAKUTEN)))
    shop.client.close()

    assert ShopSettings() == shop.settings
    assert "one" == shop.client.shop_id == shop.label


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('colour = "red"', "shops.one: colour is not known: write some of base_url"),
        ("label = 3", "shops.one: label: write text"),
        ("fetch = 3", "shops.one: fetch: write some of fetch.days"),
        ('fetch.often = "1"', "shops.one: fetch: write some of fetch.days"),
        ('fetch.days = "7"', "shops.one: fetch.days: write a number"),
        ("fetch.every = -1", "shops.one: fetch.every: write minutes"),
        ("fetch.every = 0", "shops.one: every: write timedelta"),
        ('fetch.auto = "yes"', "shops.one: fetch.auto: write true or false"),
        ("fetch.statuses = [300]", "shops.one: fetch.statuses: write"),
        ('landing_status = " "', "shops.one: landing_status is empty"),
        ("requests_per_second = true", "requests_per_second: write a number"),
        ("requests_per_second = -1", "requests_per_second: write a number"),
        ('buyer = "me"', 'shops.one: buyer: write "copy"'),
        ("buyer = { copy = true, fixed = {} }", 'buyer: write "copy"'),
        ("buyer = { fixed = { colour = '' } }", "buyer: colour: write text for some of"),
        ("buyer = { fixed = { company = 3 } }", "buyer: company: write text for some of"),
        ('base_url = "nowhere"', "shops.one: "),
    ],
)
def test_a_key_that_is_wrong_is_named_with_its_table(tmp_path: Path, more: str, said: str) -> None:
    """And what to write instead; never a secret."""
    with pytest.raises(ConfigError) as caught:
        load_shops(written(tmp_path, RAKUTEN + more))

    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no shop: write [shops.my-shop]"),
        ("shops = 3", "there is no shop"),
        ("[shop.one]\n", "shop is no table of shops"),
        ("[shops]\none = 3", "shops.one is no table: write [shops.one]"),
        ('[shops.one]\nmall = "ebay"', "mall is 'ebay': write one of rakuten, qoo10"),
        ('[shops.one]\nmall = "rakuten"', "credentials are missing: write some of service_secret"),
        ('[shops.one]\nmall = "qoo10"\nuser_id = "a"', "shops.one: "),
        (
            '[shops.one]\nmall = "rakuten"\nservice_secret = { env = "NONE" }\nlicense_key = "a"',
            "service_secret: the environment variable NONE is not set",
        ),
        (
            '[shops.one]\nmall = "rakuten"\nservice_secret = { name = "A" }\nlicense_key = "a"',
            'service_secret: write a value, or { env = "NAME" }',
        ),
        (
            '[shops.a]\nmall="rakuma"\nemail="a@example.invalid"\npassword="b"\nwire="no:X"',
            "shops.a: wire: write MODULE:NAME",
        ),
        (RAKUTEN + RAKUTEN.replace("one]", 'two]\nid = "one"'), "rakuten/one comes twice"),
    ],
)
def test_a_table_that_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    """The clients that were made before it are closed."""
    with pytest.raises(ConfigError) as caught:
        load_shops(written(tmp_path, text), environ={})

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [(None, "cannot be read"), (b"shops = ", "no TOML"), ("楽天".encode("cp932"), "not UTF-8")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, data: Any, said: str) -> None:
    """With its path."""
    file = tmp_path / "shops.toml"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(FileError, match=said) as caught:
        load_shops(file)

    assert file == caught.value.path
