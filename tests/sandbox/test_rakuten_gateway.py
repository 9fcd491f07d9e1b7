"""Who comes in, and what the gateway says to the others."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from tests.sandbox.conftest import Shop, codes

LICENSE_PATH = "/es/1.0/license-management/license-key/expiry-date"


def esa(text: str) -> str:
    """Return an Authorization header for this text."""
    return f"ESA {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize("header", [None, esa("SP:wrong"), esa("other:SL000000_mihonKey00")])
def test_a_wrong_or_missing_key_is_not_authorised(shop: Shop, header: str | None) -> None:
    """The body has the shape of today's gateway."""
    response = shop.post("searchOrder", {}, {"Authorization": header})
    assert response.status_code == 401
    assert response.json() == {"errors": [{"code": "GA0001", "message": "Un-Authorised"}]}


@pytest.mark.parametrize("header", ["ESA", "ESA %%%", "Basic YTpi", esa("nocolon"), "ESA /w=="])
def test_a_header_that_is_no_key_is_a_bad_request(shop: Shop, header: str) -> None:
    """What cannot be taken apart is told apart."""
    response = shop.post("searchOrder", {}, {"Authorization": header})
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "GK0001"


def test_the_older_body_can_be_chosen(shop: Shop) -> None:
    """Both shapes of refusal are known."""
    shop.fake.old_auth_errors = True
    response = shop.post("searchOrder", {}, {"Authorization": None})
    assert response.json() == {"Results": {"errorCode": "ES01-01", "message": "Un-Authorised"}}


def test_a_key_ends_with_its_ninetieth_day(shop: Shop) -> None:
    """The clock alone decides."""
    shop.mall.clock.set(shop.fake.license.expires_at)
    shop.search()
    shop.mall.clock.advance(1)
    shop.search(401)


def test_a_new_key_kills_the_old_one_and_is_not_alive_at_once(shop: Shop) -> None:
    """There is a gap between the two."""
    old = shop.header()
    shop.fake.renew_key(timedelta(minutes=20))
    assert shop.post("getSubStatusList", {}, old).status_code == 401
    shop.search(401)
    shop.mall.clock.advance(timedelta(minutes=20))
    shop.search()
    assert shop.post("getSubStatusList", {}, old).status_code == 401


def test_an_operation_can_be_switched_off(shop: Shop) -> None:
    """It looks like a bad key, for this one alone."""
    shop.fake.switched_off.add("getOrder")
    assert shop.post("getOrder", {}).status_code == 401
    shop.search()
    assert shop.post("getPayment", {}).status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/es/2.0/order/noSuchOrder/", "/es/2.0/sample.order/getOrder/"]
)
def test_an_unknown_path_is_not_found(shop: Shop, path: str) -> None:
    """The hit is logged under its path."""
    url = shop.mall.base_url + path
    assert shop.session.post(url, headers=shop.header(), timeout=5).status_code == 404
    assert shop.mall.hits[-1].operation == path


def test_only_post_is_taken(shop: Shop) -> None:
    """A GET is the wrong method."""
    url = f"{shop.mall.base_url}/es/2.0/order/searchOrder/"
    assert shop.session.get(url, headers=shop.header(), timeout=5).status_code == 405


def test_the_trailing_slash_may_be_left_out(shop: Shop) -> None:
    """As was seen live."""
    url = f"{shop.mall.base_url}/es/2.0/order/getSubStatusList"
    assert shop.session.post(url, b"{}", headers=shop.header(), timeout=5).status_code == 200


@pytest.mark.parametrize(
    "kind", [None, "application/json", "application/json;charset=utf-8", "text/plain"]
)
def test_the_content_type_must_be_the_documented_one(shop: Shop, kind: str | None) -> None:
    """A missing charset is 415."""
    assert shop.post("searchOrder", {}, {"Content-Type": kind}).status_code == 415


def test_the_content_type_is_read_without_regard_to_case(shop: Shop) -> None:
    """UTF-8 is utf-8."""
    header = {"Content-Type": "application/json; charset=UTF-8"}
    assert shop.post("getSubStatusList", {}, header).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff"])
def test_what_is_no_json_object_is_a_bad_request(shop: Shop, body: bytes) -> None:
    """The gateway refuses before the order application looks."""
    assert shop.post("searchOrder", body).status_code == 400


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}"])
def test_the_list_of_sub_statuses_takes_an_empty_body_in_any_form(shop: Shop, body: bytes) -> None:
    """Clients send all of them."""
    answer = shop.post("getSubStatusList", body).json()
    first = answer["StatusModelList"][0]
    assert first["orderProgress"] == 100
    assert set(first["SubStatusModelList"][0]) == {"subStatusId", "subStatusName", "orderby"}


def test_an_answer_has_the_headers_seen_live(shop: Shop) -> None:
    """Each has an id of its own, and a cookie nobody needs."""
    first, second = (shop.post("getSubStatusList", {}).headers for _ in range(2))
    assert first["Content-Type"] == "application/json;charset=UTF-8"
    assert first["RequestId"] != second["RequestId"]
    assert len(first["Timestamp"]) == len("2026-04-10T12:00:00")
    assert "WMONID" in first["Set-Cookie"]


def test_the_licence_tells_its_end_without_a_zone(shop: Shop) -> None:
    """It is 23:59:59 of the last day, Japan time."""
    held = shop.fake.license
    url = shop.mall.base_url + LICENSE_PATH
    query = {"licenseKey": held.license_key}
    response = shop.session.get(url, params=query, headers=shop.header(), timeout=5)
    assert response.json() == {"expiryDate": f"{held.expires_at:%Y-%m-%d}T23:59:59"}
    assert shop.mall.hits[-1].operation == "license.expiryDate.get"


@pytest.mark.parametrize("query", [{}, {"licenseKey": "other"}])
def test_the_licence_of_another_key_is_not_told(shop: Shop, query: dict[str, str]) -> None:
    """The key in the query must be the one in the header."""
    url = shop.mall.base_url + LICENSE_PATH
    response = shop.session.get(url, params=query, headers=shop.header(), timeout=5)
    assert response.status_code == 401


def test_the_licence_is_not_told_to_a_dead_key(shop: Shop) -> None:
    """The very call that could warn of the end fails after it."""
    shop.mall.clock.advance(timedelta(days=200))
    url = shop.mall.base_url + LICENSE_PATH
    query = {"licenseKey": shop.fake.license.license_key}
    response = shop.session.get(url, params=query, headers=shop.header(), timeout=5)
    assert response.status_code == 401


def test_the_licence_is_asked_for_by_get(shop: Shop) -> None:
    """A POST is the wrong method."""
    url = shop.mall.base_url + LICENSE_PATH
    assert shop.session.post(url, headers=shop.header(), timeout=5).status_code == 405


def test_scripted_order_errors_strike_all_orders_of_a_request(shop: Shop) -> None:
    """HTTP says 200, the body says ERROR for each."""
    numbers = list(shop.fake.orders)[:2]
    shop.mall.fail_next("ORDER_ERRORS", operation="getOrder")
    answer = shop.get(*numbers)
    assert codes(answer) == ["GET_ORDER_ERROR_999"] * 2
    assert [one["orderNumber"] for one in answer["MessageModelList"]] == numbers
    assert answer["OrderModelList"] == []


def test_scripted_order_errors_can_be_for_some_orders_and_with_any_code(shop: Shop) -> None:
    """The others are served."""
    bad, good = list(shop.fake.orders)[:2]
    shop.mall.fail_next("ORDER_ERRORS", orders=[bad], code="ORDER_EXT_API_GET_ORDER_WARNING_101")
    answer = shop.get(bad, good)
    assert [one["messageType"] for one in answer["MessageModelList"]] == ["INFO", "WARNING"]
    assert [one["orderNumber"] for one in answer["OrderModelList"]] == [good]


def test_scripted_order_errors_fail_a_search_as_a_whole(shop: Shop) -> None:
    """It has no orders to name."""
    shop.mall.fail_next("ORDER_ERRORS")
    answer = shop.search()
    assert codes(answer) == ["SEARCH_ORDER_ERROR_999"]
    assert answer["orderNumberList"] is None


@pytest.mark.parametrize(
    "operation", ["confirmOrder", "updateOrderSubStatus", "updateOrderShippingAsync"]
)
def test_scripted_order_errors_keep_a_batch_from_changing_anything(
    shop: Shop, operation: str
) -> None:
    """Confirmations, sub-statuses and batches of shipments alike."""
    number = shop.fake.in_progress(100)[0]
    body: dict[str, object] = {"orderNumberList": [number]}
    if operation == "updateOrderShippingAsync":
        number = shop.to_ship()
        record = {"deliveryCompany": "1001"}
        body = {"OrderShippingModelList": [shop.shipment(number, record)]}
    shop.mall.fail_next("ORDER_ERRORS", operation=operation)
    before = shop.fake.document(number)
    shop.ask(operation, body)
    shop.mall.clock.advance(60)
    assert shop.fake.document(number) == before


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("cancelOrder", {"inventoryRestoreType": 0, "changeReasonDetailApply": 1}),
        ("updateOrderMemo", {"memo": "x"}),
        ("updateOrderRemarks", {"remarks": "x"}),
    ],
)
def test_scripted_order_errors_keep_a_single_order_from_changing(
    shop: Shop, operation: str, more: dict[str, object]
) -> None:
    """Cancellation, memo and remarks alike."""
    number = shop.fake.in_progress(100)[0]
    before = shop.fake.document(number)
    shop.mall.fail_next("ORDER_ERRORS")
    answer = shop.ask(operation, {"orderNumber": number, **more})
    assert answer["MessageModelList"][0]["messageType"] == "ERROR"
    assert shop.fake.document(number) == before
    assert not shop.mall.hits[-1].took_effect
