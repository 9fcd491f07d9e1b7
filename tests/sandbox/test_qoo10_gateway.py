"""Who comes in at Qoo10, and the three ways in which it says no."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from mallsync import sandbox
from mallsync.sandbox.fakes.qoo10 import OPERATIONS
from tests.sandbox.conftest import NOW, Seller

CERTIFY = "CertificationAPI.CreateCertificationKey"
LIST = "ShippingBasic.GetShippingInfo_v3"


def certify(seller: Seller, **other: str) -> requests.Response:
    """Ask for a certification key with the seller's secrets, or with others."""
    account = seller.fake.account
    form = {"user_id": account.user_id, "pwd": account.password, "returnType": "json", **other}
    return seller.post(CERTIFY, form, {"GiosisCertificationKey": account.api_key})


def error(response: requests.Response) -> int:
    """Return the number in the gateway's envelope, which has no ResultCode."""
    assert 200 == response.status_code
    assert {"ErrorCode", "ErrorMsg"} == set(response.json())
    return int(response.json()["ErrorCode"])


def test_a_key_is_issued_for_the_sellers_secrets(seller: Seller) -> None:
    """It is a bare string, and it opens the door."""
    response = certify(seller)
    answer = response.json()
    assert (0, "成功") == (answer["ResultCode"], answer["ResultMsg"])
    assert seller.mall.certification_key == answer["ResultObject"]
    assert seller.mall.hits[-1].took_effect
    assert 0 == seller.list()["ResultCode"]


def test_an_older_key_stays_alive_unless_told_otherwise(seller: Seller) -> None:
    """Nobody knows; nobody has seen a key revoked so."""
    old = seller.header()
    certify(seller)
    assert 200 == seller.post(LIST, {}, old).status_code
    assert -10001 == seller.post(LIST, {}, old).json()["ResultCode"]
    seller.fake.settings.new_key_ends_old = True
    certify(seller)
    assert -90001 == error(seller.post(LIST, {}, old))


@pytest.mark.parametrize("other", [{"pwd": "wrong"}, {"user_id": "wrong"}, {"pwd": ""}])
def test_a_wrong_password_gets_nothing(seller: Seller, other: dict[str, str]) -> None:
    """An empty body is what one source saw; the other form can be chosen."""
    assert b"" == certify(seller, **other).content
    seller.fake.settings.silent_issue = False
    assert -10000 == certify(seller, **other).json()["ResultCode"]


def test_each_key_has_its_own_slot(seller: Seller) -> None:
    """The API key opens nothing but the issuing of keys, and no other key does that."""
    api_key = {"GiosisCertificationKey": seller.fake.account.api_key}
    assert -90001 == error(seller.post(LIST, {}, api_key))
    assert -90001 == error(seller.post(CERTIFY, {}))


@pytest.mark.parametrize("key", [None, "", "FAKEKEY_g_1_wrong"])
def test_a_bad_key_is_told_that_the_api_does_not_exist(seller: Seller, key: str | None) -> None:
    """As was seen live."""
    response = seller.post(LIST, {}, {"GiosisCertificationKey": key})
    assert {"ErrorCode": -90001, "ErrorMsg": "存在しないAPIです。"} == response.json()


def test_a_key_lives_for_a_year(seller: Seller) -> None:
    """The clock alone decides, and nobody is warned."""
    issued = seller.fake.account.keys[seller.mall.certification_key]
    seller.mall.clock.set(issued + timedelta(days=365, seconds=-1))
    assert "ResultCode" in seller.list()
    seller.mall.clock.advance(1)
    assert -90004 == error(seller.post(LIST, {}))
    seller.fake.settings.expired_in_result = True
    assert -90005 == seller.post(LIST, {}).json()["ResultCode"]
    seller.fake.issue_key()
    assert 0 == seller.list()["ResultCode"]


def test_a_new_password_kills_every_key(seller: Seller) -> None:
    """Only a new key helps, and it needs the new password."""
    old = seller.header()
    seller.fake.change_password()
    assert "" == seller.mall.certification_key
    assert -90001 == error(seller.post(LIST, {}, old))
    assert 0 == certify(seller).json()["ResultCode"]
    assert 0 == seller.list()["ResultCode"]


def test_a_method_can_be_forbidden(seller: Seller) -> None:
    """It looks so for this one alone; methods that the fake lacks look so always."""
    seller.fake.switched_off.add(LIST)
    assert -90002 == error(seller.post(LIST, {}))
    assert -90002 == error(seller.post("Claim.SetClaimAccept", {}))
    assert 0 == seller.claims()["ResultCode"]


def test_method_names_are_read_without_regard_to_case(seller: Seller) -> None:
    """The hit is logged under the guide's spelling."""
    assert -10001 == seller.post("shippingbasic.GETSHIPPINGINFO_V3", {}).json()["ResultCode"]
    assert LIST == seller.mall.hits[-1].operation


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("ShippingBasic.GetShippingInfo_v9", "Can't find method Info GetShippingInfo_v9"),
        ("ShippingBasic.GetShippingInfo_v3/", "Can't find method Info GetShippingInfo_v3/"),
        ("NoSuch.GetShippingInfo_v3", "Can't find service Name NoSuch"),
        ("ShippingBasic", "Can't find service Name ShippingBasic"),
        ("", "Can't find service Name "),
    ],
)
def test_a_route_that_leads_nowhere_is_answered_in_plain_text(
    seller: Seller, path: str, said: str
) -> None:
    """HTTP says 200 all the same."""
    response = seller.post(path, {})
    assert (200, said) == (response.status_code, response.text)
    assert "text/plain; charset=utf-8" == response.headers["Content-Type"]


def test_another_path_is_a_page_of_the_web_server(seller: Seller) -> None:
    """There is no API, and no JSON."""
    url = seller.mall.base_url.removesuffix("ebayjapan.qapi")
    response = seller.session.post(url, headers=seller.header(), timeout=5)
    assert (404, True) == (response.status_code, response.text.startswith("<"))


@pytest.mark.parametrize(
    "headers",
    [
        {"QAPIVersion": None},
        {"QAPIVersion": "1.1"},
        {"Content-Type": None},
        {"Content-Type": "application/json"},
        {"Content-Type": "application/x-www-form-urlencoded; charset=shift_jis"},
    ],
)
def test_a_careless_request_is_refused(seller: Seller, headers: dict[str, str | None]) -> None:
    """The mall may be more forgiving; the fake is not."""
    assert -90000 == error(seller.post(LIST, b"ShippingStatus=2", headers))


@pytest.mark.parametrize(
    "body",
    [
        b"a=%FF",
        "a=あ".encode(),
        b"a",
        b"ShippingStatus=2&ShippingStatus=3",
        b"returnType=xml",
        b"returnType=text%2Fxml",
    ],
)
def test_a_careless_body_is_refused(seller: Seller, body: bytes) -> None:
    """It is percent-encoded UTF-8, says everything once, and wants JSON."""
    assert -90000 == error(seller.post(LIST, body))


@pytest.mark.parametrize("kind", ["json", "application/json"])
def test_json_can_be_asked_for_in_two_words(seller: Seller, kind: str) -> None:
    """And is what comes without a word."""
    assert 0 == seller.list(returnType=kind)["ResultCode"]
    form = {"Content-Type": "Application/X-WWW-Form-UrlEncoded; charset=UTF-8"}
    assert -10001 == seller.post(LIST, {}, form).json()["ResultCode"]


def test_nothing_may_stand_in_the_address(seller: Seller) -> None:
    """Neither by GET nor by POST: secrets there end up in logs."""
    url = f"{seller.mall.base_url}/{LIST}"
    get = seller.session.get(url, headers=seller.header(), timeout=5)
    assert -90000 == error(get)
    with_key = {"key": seller.mall.certification_key}
    post = seller.session.post(url, params=with_key, headers=seller.header(), timeout=5)
    assert -90000 == error(post)


def test_the_answer_does_not_say_its_encoding(seller: Seller) -> None:
    """It is UTF-8; a test may put a byte order mark before it."""
    response = seller.post(LIST, {})
    assert "application/json" == response.headers["Content-Type"]
    seller.fake.settings.lead = b"\xef\xbb\xbf"
    assert seller.post(LIST, {}).content.startswith(b'\xef\xbb\xbf{"ResultObject":null')


def test_throttle_answers_with_a_page() -> None:
    """Nobody knows the mall's limit; Cloudflare speaks HTML."""
    with (
        sandbox.running(orders=1, now=NOW, throttle=True) as malls,
        requests.Session() as session,
    ):
        session.trust_env = False
        seller = Seller(malls.qoo10, session)
        responses = [seller.post(LIST, {}) for _ in range(2)]
    assert [200, 429] == [one.status_code for one in responses]
    assert "Cloudflare" in responses[1].text


def test_scripted_refusals_come_in_both_envelopes(seller: Seller) -> None:
    """The number can be chosen; each field has one that is usual."""
    seller.mall.fail_next("UNAUTHORISED")
    assert -90001 == error(seller.post(LIST, {}))
    seller.mall.fail_next("UNAUTHORISED", code=-90004)
    assert -90004 == error(seller.post(LIST, {}))
    seller.mall.fail_next("UNAUTHORISED_OLD")
    assert -10000 == seller.list()["ResultCode"]
    seller.mall.fail_next("UNAUTHORISED_OLD", code="-90005")
    assert -90005 == seller.list()["ResultCode"]


def test_scripted_order_errors_strike_a_list_as_a_whole(seller: Seller) -> None:
    """There is no order to name."""
    seller.mall.fail_next("ORDER_ERRORS", operation=LIST, code=-10101)
    assert -10101 == seller.list()["ResultCode"]
    seller.mall.fail_next("ORDER_ERRORS")
    assert -10010 == seller.list()["ResultCode"]


@pytest.mark.parametrize(("fault", "status"), [("HTML_200", 200), ("UNAVAILABLE", 503)])
def test_what_stands_before_the_mall_speaks_html(seller: Seller, fault: str, status: int) -> None:
    """A page of Cloudflare comes instead of JSON."""
    seller.mall.fail_next(fault)
    response = seller.post(LIST, {})
    assert status == response.status_code
    assert response.text.startswith("<!DOCTYPE html>")
    assert "Cloudflare Ray ID" in response.text


def test_a_fault_is_named_as_the_mall_names_its_methods(seller: Seller) -> None:
    """The list of names is in the error."""
    with pytest.raises(ValueError, match="write one of CertificationAPI"):
        seller.mall.fail_next("DRIP", operation="SetSendingInfo")
    for name in OPERATIONS:
        seller.mall.fail_next("DRIP", operation=name)
    assert len(OPERATIONS) == len(seller.fake.script)
