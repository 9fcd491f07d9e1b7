"""The clock, the limit, the server, and every way to answer badly."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

import pytest
import requests

from mallsync import sandbox
from mallsync.sandbox import Fault
from mallsync.sandbox.world import FAULTS, JST, Clock, Script, Scripted, SlidingWindow
from tests.sandbox.conftest import NOW, Seller, Shop, codes

WRITE = {"deliveryCompany": "1001", "shippingNumber": "0000", "shippingDate": "2026-04-11"}


def test_a_clock_with_a_start_stands_still_until_moved() -> None:
    """Time passes only by advance and set."""
    clock = Clock(NOW)
    assert clock.now() == clock.now() == NOW
    assert clock.advance(90) == NOW + timedelta(seconds=90)
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2026, 1, 1, 9, tzinfo=JST)
    assert clock.now().utcoffset() == timedelta(hours=9)


def test_a_clock_without_a_start_follows_the_machine() -> None:
    """An advance is kept as a distance from the machine's time."""
    clock = Clock()
    before = clock.now()
    assert clock.advance(timedelta(days=2)) - before >= timedelta(days=2)
    assert abs(clock.now() - datetime.now(JST) - timedelta(days=2)) < timedelta(seconds=5)


def test_a_clock_refuses_a_naive_moment() -> None:
    """Nobody can say what a naive moment means."""
    with pytest.raises(ValueError, match="aware"):
        Clock(datetime(2026, 1, 1))  # noqa: DTZ001 -- naive on purpose


@pytest.mark.parametrize(
    ("rate", "times", "allowed"),
    [
        (1.0, [0.0, 0.5, 0.99, 1.0, 1.5], [True, False, False, True, False]),
        (2.0, [0.0, 0.5, 0.9, 1.0, 1.1], [True, True, False, True, False]),
        (0.5, [0.0, 1.0, 2.0], [True, False, True]),
    ],
)
def test_the_window_slides(rate: float, times: list[float], allowed: list[bool]) -> None:
    """A refused request does not push the next one back."""
    at = iter(times)
    window = SlidingWindow(rate, clock=lambda: next(at))
    assert [window.allow("key") for _ in times] == allowed


def test_each_key_has_a_window_of_its_own() -> None:
    """One shop does not slow another."""
    window = SlidingWindow(1.0, clock=lambda: 0.0)
    assert window.allow("one")
    assert window.allow("other")


def test_a_script_gives_each_fault_to_the_operation_it_is_meant_for() -> None:
    """Faults for others stay in line."""
    script = Script()
    script.add(Scripted(fault=Fault.DRIP, operation="getOrder"), times=1)
    script.add(Scripted(fault=Fault.HTML_200), times=2)
    taken = [script.take(name, 1) for name in ("searchOrder", "getOrder", "getOrder", "getOrder")]
    assert [one and one.fault for one in taken] == [
        Fault.HTML_200,
        Fault.DRIP,
        Fault.HTML_200,
        None,
    ]
    script.add(Scripted(fault=Fault.DRIP), times=3)
    assert len(script) == 3
    script.clear()
    assert len(script) == 0


def test_every_fault_has_its_function() -> None:
    """The table leaves none out."""
    assert set(FAULTS) == set(Fault)


@pytest.mark.parametrize(
    ("fault", "options", "status"),
    [
        (Fault.UNAUTHORISED, {}, 401),
        (Fault.UNAUTHORISED_OLD, {}, 401),
        (Fault.THROTTLED, {}, 429),
        (Fault.UNAVAILABLE, {}, 503),
        (Fault.HTML_200, {}, 200),
    ],
)
def test_some_faults_answer_without_doing_the_work(
    shop: Shop, fault: Fault, options: dict[str, Any], status: int
) -> None:
    """The write did not happen, and the next request is served as ever."""
    number = shop.to_ship()
    shop.mall.fail_next(fault, operation="updateOrderShipping", **options)
    shop.search()
    response = shop.post("updateOrderShipping", shop.shipment(number, WRITE))
    assert response.status_code == status
    assert shop.fake.effective(number) == 0
    hit = shop.mall.hits[-1]
    assert (hit.operation, hit.status, hit.took_effect) == ("updateOrderShipping", status, False)
    assert (hit.fault, hit.at) == (fault, NOW)
    shop.ship(number, WRITE)
    assert shop.fake.effective(number) == 1
    assert shop.mall.hits[-1].took_effect


def test_an_order_can_be_cancelled_in_between(shop: Shop) -> None:
    """Just before the request, so that whoever looked first looked too early."""
    number, other = shop.to_ship(), shop.to_ship(plan="blank")
    shop.mall.fail_next(Fault.CANCELLED_BETWEEN, operation="updateOrderShipping")
    assert codes(shop.ship(number, WRITE)) == ["UPDATE_ORDERSHIPPING_ERROR_102"]
    assert shop.fake.record(number).progress == 900
    shop.mall.fail_next(Fault.CANCELLED_BETWEEN, orders=[other])
    shop.search()
    assert shop.fake.record(other).progress == 900
    assert shop.fake.effective() == 0


@pytest.mark.parametrize(
    ("fault", "options", "effect"),
    [
        (Fault.RESET_BEFORE, {}, False),
        (Fault.RESET_AFTER, {}, True),
        (Fault.BODY_CUT, {}, True),
        (Fault.BAD_GZIP, {}, True),
        (Fault.TRUNCATED_JSON, {}, True),
        (Fault.GARBAGE_STATUS, {}, True),
        (Fault.NEVER_ANSWERS, {"after": True}, True),
        (Fault.SERVER_ERROR_AFTER, {}, True),
        (Fault.UNAVAILABLE, {"retry_after": 3}, False),
        (Fault.THROTTLED, {"retry_after": 3}, False),
        (Fault.UNAUTHORISED, {}, False),
    ],
)
def test_every_mall_meets_the_same_faults(
    seller: Seller, fault: Fault, options: dict[str, Any], effect: bool
) -> None:
    """The books of Qoo10 say what the client cannot know."""
    number = seller.free()
    seller.mall.fail_next(fault, operation="ShippingBasic.SetSendingInfo", **options)
    form = {"OrderNo": number, "ShippingCorp": "ゆうパック", "TrackingNo": "0000"}
    with contextlib.suppress(requests.RequestException):
        seller.post("ShippingBasic.SetSendingInfo", form, timeout=0.5)
    assert int(effect) == seller.fake.effective(number)
    assert (fault, effect) == (seller.mall.hits[-1].fault, seller.mall.hits[-1].took_effect)


def test_the_two_refusals_differ_in_their_bodies(shop: Shop) -> None:
    """The gateway of today and the older one have a shape each."""
    shop.mall.fail_next("UNAUTHORISED")
    assert shop.ask("getSubStatusList", {}, 401)["errors"][0]["code"] == "GA0001"
    shop.mall.fail_next("UNAUTHORISED_OLD")
    assert shop.ask("getSubStatusList", {}, 401)["Results"]["errorCode"] == "ES01-01"


@pytest.mark.parametrize("wait", [3, "Fri, 10 Apr 2026 03:00:00 GMT"])
@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.UNAVAILABLE])
def test_a_busy_mall_may_say_how_long_to_wait(shop: Shop, fault: Fault, wait: object) -> None:
    """Retry-After is given in either of its forms."""
    shop.mall.fail_next(fault, retry_after=wait)
    assert shop.post("getSubStatusList", {}).headers["Retry-After"] == str(wait)


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        (Fault.SERVER_ERROR_AFTER, {}),
        (Fault.UNAVAILABLE, {"after": True}),
        (Fault.HTML_200, {"after": True}),
    ],
)
def test_some_faults_hide_that_the_work_was_done(
    shop: Shop, fault: Fault, options: dict[str, Any]
) -> None:
    """The answer says nothing of the write that took effect."""
    number = shop.to_ship()
    shop.mall.fail_next(fault, **options)
    response = shop.post("updateOrderShipping", shop.shipment(number, WRITE))
    assert "text/html" in response.headers["Content-Type"]
    assert shop.fake.effective(number) == 1
    assert shop.mall.hits[-1].took_effect


@pytest.mark.parametrize(
    ("fault", "effect"),
    [
        (Fault.RESET_BEFORE, False),
        (Fault.RESET_AFTER, True),
        (Fault.GARBAGE_STATUS, True),
        (Fault.BODY_CUT, True),
    ],
)
def test_a_broken_connection_may_or_may_not_have_done_the_work(
    shop: Shop, fault: Fault, effect: bool
) -> None:
    """The client cannot tell; the log can."""
    number = shop.to_ship()
    body = shop.shipment(number, WRITE)
    shop.mall.fail_next(fault)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        shop.post("updateOrderShipping", body)
    assert shop.fake.effective(number) == int(effect)
    assert shop.mall.hits[-1].took_effect is effect
    assert shop.mall.hits[-1].status == (200 if fault is Fault.BODY_CUT else 0)


def test_a_reset_is_a_reset(shop: Shop) -> None:
    """The socket is not closed politely."""
    shop.mall.fail_next(Fault.RESET_BEFORE)
    with pytest.raises(requests.ConnectionError, match="reset"):
        shop.post("getSubStatusList", {})


def test_truncated_json_is_a_whole_answer_with_half_a_document(shop: Shop) -> None:
    """Length and packing are right; only the text stops short."""
    shop.mall.fail_next(Fault.TRUNCATED_JSON)
    response = shop.post("searchOrder", {})
    assert response.status_code == 400
    assert int(response.headers["Content-Length"]) == len(response.content)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        response.json()


def test_bad_gzip_cannot_be_unpacked(shop: Shop) -> None:
    """The head of the stream is good, the rest is not."""
    shop.mall.fail_next(Fault.BAD_GZIP)
    with pytest.raises(requests.exceptions.ContentDecodingError):
        shop.post("getSubStatusList", {})


@pytest.mark.parametrize("after", [False, True])
def test_a_mall_may_never_answer(shop: Shop, after: bool) -> None:
    """It holds the line until the client gives up."""
    number = shop.to_ship()
    shop.mall.fail_next(Fault.NEVER_ANSWERS, after=after)
    with pytest.raises(requests.ReadTimeout):
        shop.post("updateOrderShipping", shop.shipment(number, WRITE), timeout=0.2)
    assert shop.fake.effective(number) == int(after)
    assert shop.mall.hits[-1].status == 0


def test_stopping_the_server_frees_those_who_wait_in_vain() -> None:
    """Nobody hangs on a mall that is gone."""
    raised: list[Exception] = []

    def knock(url: str) -> None:
        try:
            requests.get(url, timeout=10)
        except requests.ConnectionError as error:
            raised.append(error)

    with sandbox.running(orders=1) as malls:
        malls.rakuten.fail_next(Fault.NEVER_ANSWERS)
        waiting = threading.Thread(target=knock, args=(malls.rakuten.base_url,))
        waiting.start()
        while not malls.rakuten.hits:
            time.sleep(0.005)
    waiting.join(timeout=5)
    assert not waiting.is_alive()
    assert len(raised) == 1


def test_a_dripping_answer_comes_byte_by_byte(shop: Shop) -> None:
    """The head comes at once, the body slowly, and all of it in the end."""
    shop.mall.fail_next(Fault.DRIP, interval=0.001)
    response = shop.post("getSubStatusList", {})
    assert response.json()["StatusModelList"]
    shop.mall.fail_next(Fault.DRIP, interval=0.001, headers=True)
    assert shop.post("getSubStatusList", {}).json()["StatusModelList"]


def test_dripping_ends_with_the_server() -> None:
    """A slow answer does not hold up the end."""
    with sandbox.running(orders=1) as malls:
        malls.rakuten.fail_next(Fault.DRIP)
        response = requests.get(malls.rakuten.base_url, timeout=5, stream=True)
        assert response.status_code == 404
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        assert response.content
    response.close()


def test_connections_are_kept_alive(shop: Shop) -> None:
    """Several requests go through one connection."""
    connection = HTTPConnection("127.0.0.1", int(shop.mall.base_url.rpartition(":")[2]))
    sockets = set()
    for _ in range(3):
        connection.request("POST", "/es/2.0/order/getSubStatusList/", b"{}", shop.header())
        assert connection.getresponse().read()
        sockets.add(connection.sock)
    assert len(sockets) == 1
    connection.close()


def test_a_keepalive_reset_strikes_a_connection_in_its_second_use(shop: Shop) -> None:
    """The first request on a connection is served, the next one meets the reset."""
    shop.mall.fail_next(Fault.KEEPALIVE_RESET)
    shop.search()
    with pytest.raises(requests.ConnectionError):
        shop.search()
    assert [(hit.status, hit.took_effect) for hit in shop.mall.hits] == [(200, False), (0, False)]
    shop.search()


def test_large_answers_are_packed_for_those_who_take_it(shop: Shop) -> None:
    """Without Accept-Encoding nothing is packed."""
    numbers = shop.search(PaginationRequestModel={"requestRecordsAmount": 50})["orderNumberList"]
    body = {"orderNumberList": numbers, "version": 10}
    packed = shop.post("getOrder", body, {"Accept-Encoding": "gzip"})
    bare = shop.post("getOrder", body, {"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in bare.headers
    assert packed.json() == bare.json()
    assert len(gzip.compress(bare.content)) < len(bare.content)


def test_a_client_that_asks_first_may_go_on(shop: Shop) -> None:
    """Expect: 100-continue is answered."""
    assert shop.post("getSubStatusList", {}, {"Expect": "100-continue"}).status_code == 200


def test_a_port_that_is_taken_is_an_error_of_the_system() -> None:
    """The caller can catch it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), sandbox.running(orders=1, port=port):
            pass


def test_a_bug_of_the_fake_is_answered_and_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client sees 500 instead of hanging."""

    def broken() -> int:
        raise KeyError("bug")

    monkeypatch.setattr(shop.fake, "tick", broken)
    response = shop.post("getSubStatusList", {})
    assert response.status_code == 500
    assert "the fake itself failed" in response.text
