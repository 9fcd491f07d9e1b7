"""The way to the network: what each failure means, and what is kept out."""

from __future__ import annotations

import base64
import http.client
import logging
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import requests_mock
from urllib3.exceptions import HTTPError

from mallsync.adapters import rakuten
from mallsync.errors import (
    AnswerLost,
    AuthFailed,
    ConfigError,
    DecodeError,
    MallError,
    NotSent,
    Throttled,
)
from mallsync.model.period import JST, Period
from mallsync.transport import HttpTransport
from mallsync.transport.http import check_base_url
from mallsync.wire.messages import Request, Response
from tests.transport.faults import CERTIFICATE, GOOD, FaultServer, closed_port
from tests.transport.stalls import stopwatch

POST = Request(
    method="POST", path="/order/", headers={"Content-Type": "application/json"}, body=b'{"a": 1}'
)
MEGABYTE = 1024 * 1024
LATE = 0.4
"""Seconds by which a busy machine may wake us late; no fault here ends by itself so soon."""

# What each fault of the table comes to, and whether the mall has read the request.
FAILURES: list[tuple[str, type[MallError], bool]] = [
    ("reset before", AnswerLost, False),
    ("close before", AnswerLost, False),
    ("reset after", AnswerLost, True),
    ("close after", AnswerLost, True),
    ("never answers", AnswerLost, True),
    ("body cut", AnswerLost, True),
    ("bad gzip", AnswerLost, True),
    ("garbage status line", AnswerLost, True),
    ("drip in the body", AnswerLost, True),
    ("drip in the headers", AnswerLost, True),
    ("endless headers", AnswerLost, True),
    ("two lengths", AnswerLost, True),
    ("endless body", DecodeError, True),
    ("gzip bomb", DecodeError, True),
]

# What arrives whole is an answer, whatever it says: the adapter judges it.
ANSWERS: list[tuple[str, int, bytes]] = [
    ("none", 200, GOOD),
    ("500 after the work", 500, b"oops"),
    ("503", 503, b"closed"),
    ("429", 429, b"slow down"),
    ("200 with HTML", 200, b"<html><body>Please log in</body></html>"),
    ("truncated JSON", 200, GOOD[:-3]),
    ("redirect", 302, b""),
    ("cookie", 200, GOOD),
    ("closed while idle", 200, GOOD),
    ("last answer", 200, GOOD),
    ("no length", 200, GOOD),
]


def send(
    server: FaultServer, request: Request = POST, *, timeout: float = 0.5, **options: object
) -> Response:
    """Send one request through a transport of its own."""
    transport = HttpTransport(base_url=server.base_url, **options)  # type: ignore[arg-type]  # the names are the test's
    try:
        return transport.send(request, timeout=timeout)
    finally:
        transport.close()


@pytest.mark.parametrize(("fault", "raised", "read"), FAILURES, ids=[row[0] for row in FAILURES])
def test_a_lost_answer_is_told_from_a_request_that_never_left(
    fault: str, raised: type[MallError], *, read: bool
) -> None:
    """The class is as tabled, the request is sent once, and the deadline holds."""
    with FaultServer(fault) as server, stopwatch() as watch, pytest.raises(MallError) as caught:
        send(server, largest=MEGABYTE)

    assert raised is type(caught.value)
    assert caught.value.uncertain
    assert caught.value.code
    assert (1 if read else 0) == server.posts()
    assert watch.seconds <= 0.5 * 1.1 + LATE


@pytest.mark.parametrize(("fault", "status", "body"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_what_arrives_whole_is_an_answer(fault: str, status: int, body: bytes) -> None:
    """The transport judges no status and no body."""
    with FaultServer(fault) as server:
        response = send(server)

        assert (status, body) == (response.status, response.body)
        assert 1 == server.posts()


@pytest.mark.parametrize("fault", ["drip in the headers", "drip in the body", "never answers"])
def test_the_deadline_holds_over_tls_too(fault: str) -> None:
    """What bounds each read knows nothing of the encryption below it."""
    with FaultServer(fault, tls=True) as server:
        with stopwatch() as watch, pytest.raises(AnswerLost):
            send(server, timeout=0.5, verify=str(CERTIFICATE))

        assert watch.seconds <= 0.5 * 1.1 + LATE
        assert 1 == server.posts()


@pytest.mark.parametrize("fault", ["drip in the headers", "drip in the body", "never answers"])
def test_the_deadline_holds_behind_a_proxy_too(fault: str) -> None:
    """Whoever answers is read under the same deadline."""
    with FaultServer(fault) as proxy:
        transport = HttpTransport(base_url="http://localhost:9", proxies={"http": proxy.base_url})
        with stopwatch() as watch, pytest.raises(AnswerLost):
            transport.send(POST, timeout=0.5)
        transport.close()

        assert watch.seconds <= 0.5 * 1.1 + LATE


def test_the_read_timeout_ends_a_silence_long_before_the_deadline() -> None:
    """A mall that says nothing at all is given up sooner than one that is slow."""
    with FaultServer("never answers") as server:
        started = time.monotonic()
        with pytest.raises(AnswerLost, match="ReadTimeout"):
            send(server, timeout=30.0, read_timeout=0.2)

        assert time.monotonic() - started < 2.0


def test_a_deadline_that_passes_between_two_reads_is_over() -> None:
    """A reader that comes late does not begin to wait again."""
    times = iter([0.0])
    with FaultServer() as server, pytest.raises(AnswerLost):
        send(server, monotonic=lambda: next(times, 100.0))


def test_a_refused_connection_never_left() -> None:
    """Nobody listens: trying again is safe."""
    with closed_port() as port:
        transport = HttpTransport(base_url=f"http://127.0.0.1:{port}")
        with pytest.raises(NotSent, match="could not be reached"):
            transport.send(POST, timeout=0.5)


def test_an_unknown_host_never_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no one knows has no one behind it."""

    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    transport = HttpTransport(base_url="https://mall.invalid")

    with pytest.raises(NotSent, match="NameResolutionError"):
        transport.send(POST, timeout=0.5)


def test_a_connection_that_is_not_taken_up_in_time_never_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A timeout while connecting is no lost answer."""

    def silence(_: socket.socket, address: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", silence)
    transport = HttpTransport(base_url="http://127.0.0.1:9")

    with pytest.raises(NotSent):
        transport.send(POST, timeout=0.5)


def test_a_certificate_that_is_not_trusted_stops_the_request_before_it_leaves() -> None:
    """The handshake comes first: no secret has been shown to the wrong host."""
    with FaultServer(tls=True) as server:
        with pytest.raises(NotSent, match="SSLCertVerificationError"):
            send(server)

        assert 0 == server.posts()


def test_a_handshake_that_stalls_never_left_and_ends_in_time() -> None:
    """A host that takes the connection and does not speak TLS has read nothing of ours."""
    with FaultServer("mute") as server:
        transport = HttpTransport(base_url=server.base_url.replace("http:", "https:"))
        with stopwatch() as watch, pytest.raises(NotSent):
            transport.send(POST, timeout=0.3)

        assert watch.seconds <= 0.3 * 1.1 + LATE
        assert 0 == server.posts()


def test_a_proxy_that_is_down_never_passed_the_request_on() -> None:
    """What stands before the mall counts as the way to it."""
    with closed_port() as port:
        transport = HttpTransport(
            base_url="https://localhost:9", proxies={"https": f"http://127.0.0.1:{port}"}
        )
        with pytest.raises(NotSent):
            transport.send(POST, timeout=0.5)


def test_a_proxy_that_is_asked_for_is_used() -> None:
    """The proxy sees the whole URL."""
    with FaultServer() as proxy:
        transport = HttpTransport(base_url="http://localhost:9", proxies={"http": proxy.base_url})
        transport.send(POST, timeout=0.5)
        transport.close()

    assert ["http://localhost:9/order/"] == [one.target for one in proxy.received]


def test_a_request_that_cannot_be_written_never_left() -> None:
    """A header with a line break is refused on this side."""
    with FaultServer() as server:
        with pytest.raises(NotSent):
            send(server, Request(method="POST", path="/", headers={"X-Bad": "a\r\nb: c"}))

        assert 0 == server.connections


def test_the_query_reaches_the_mall_and_no_error() -> None:
    """A key in the query is encoded, sent, and named in no message of a failure."""
    asked = Request(method="GET", path="/expiry", query=(("licenseKey", "SL 見本"), ("b", "2")))
    with FaultServer("none", "none", "close after") as server:
        transport = HttpTransport(base_url=server.base_url)
        transport.send(asked, timeout=0.5)
        transport.send(Request(method="GET", path="/plain"), timeout=0.5)
        with pytest.raises(AnswerLost) as caught:
            transport.send(asked, timeout=0.5)
        transport.close()

    query = "/expiry?licenseKey=SL+%E8%A6%8B%E6%9C%AC&b=2"
    assert [query, "/plain", query] == [one.target for one in server.received]
    assert "licenseKey" not in f"{caught.value!r} {caught.value} {caught.value.__context__!r}"


def test_no_log_holds_the_query(caplog: pytest.LogCaptureFixture) -> None:
    """Not even those of the libraries below, at their most talkative."""
    caplog.set_level(logging.DEBUG)
    with FaultServer("none", "garbage status line") as server:
        transport = HttpTransport(base_url=server.base_url)
        asked = Request(method="GET", path="/expiry", query=(("licenseKey", "marker"),))
        transport.send(asked, timeout=0.5)
        with pytest.raises(AnswerLost):
            transport.send(asked, timeout=0.5)
        transport.close()

    assert "/expiry" in caplog.text
    assert "marker" not in caplog.text


def test_the_environment_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither proxies nor ~/.netrc nor a CA bundle of the environment change what is sent."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login intruder password wrong\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(CERTIFICATE))
    signed = Request(method="POST", path="/", headers={"Authorization": "ESA made-up"})

    with FaultServer() as server, FaultServer(tls=True) as untrusted:
        send(server, signed)
        with pytest.raises(NotSent):
            send(untrusted, signed)

    assert ["ESA made-up"] == [one.headers["authorization"] for one in server.received]
    assert [] == untrusted.received


def test_a_trusted_certificate_is_a_setting() -> None:
    """A CA bundle given here opens the door that the environment cannot."""
    with FaultServer(tls=True) as server:
        assert 200 == send(server, verify=str(CERTIFICATE)).status


def test_cookies_are_not_kept() -> None:
    """What a mall sets is not told again: a session stays without memory."""
    with FaultServer("cookie") as server:
        transport = HttpTransport(base_url=server.base_url)
        for _ in range(3):
            transport.send(POST, timeout=0.5)
        transport.close()

    assert [False] * 3 == ["cookie" in one.headers for one in server.received]


def test_a_redirect_is_not_followed() -> None:
    """The credentials go to the host that they are meant for, and to no other."""
    with FaultServer("redirect") as server:
        response = send(server)

    assert (302, "/elsewhere") == (response.status, response.headers["location"])
    assert ["/order/"] == [one.target for one in server.received]


def test_where_a_redirect_leads_is_not_even_looked_at() -> None:
    """A place that is no URL breaks nothing, and the body counts like any other."""
    with FaultServer("bad redirect") as server:
        assert 302 == send(server).status
    with FaultServer("huge redirect") as server, pytest.raises(DecodeError):
        send(server, largest=1000)


@pytest.mark.parametrize("error", [OSError("made up"), ValueError("s3cret"), HTTPError("made up")])
def test_what_requests_lets_through_is_a_lost_answer(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong below, a flow sees a MallError, without the text of another."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(requests.Session, "request", fail)
    with pytest.raises(AnswerLost) as caught:
        HttpTransport(base_url="https://api.example.jp").send(POST, timeout=1)

    assert type(error).__name__ == caught.value.code
    assert "s3cret" not in str(caught.value)


def test_a_session_that_is_given_back_late_is_closed() -> None:
    """A request that ends after `close` leaves nothing open behind it."""
    with FaultServer("cookie") as server:
        transport = HttpTransport(base_url=server.base_url)
        transport.close()
        transport.send(POST, timeout=1)

    assert transport._idle.empty()


def test_headers_and_body_arrive_as_they_are() -> None:
    """Names of the answer's headers come in lower case."""
    with FaultServer("cookie") as server:
        response = send(server)

    received = server.received[0]
    assert ("POST", "/order/", b'{"a": 1}') == (received.method, received.target, received.body)
    assert "application/json" == received.headers["content-type"]
    assert "gzip" == received.headers["accept-encoding"]
    assert "session=s3cret; Path=/" == response.headers["set-cookie"]


def test_the_debug_switch_of_the_standard_library_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A host may switch it on for all connections of its process."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    with FaultServer() as server:
        assert GOOD == send(server).body

    assert "reply: " in capsys.readouterr().out


def test_an_answer_of_the_allowed_size_is_read_and_a_larger_one_is_not() -> None:
    """The limit counts bytes after unpacking."""
    with FaultServer(work=lambda _: bytes(MEGABYTE)) as server:
        assert MEGABYTE == len(send(server, timeout=5.0, largest=MEGABYTE).body)
        with pytest.raises(DecodeError, match="TOO_LARGE"):
            send(server, timeout=5.0, largest=MEGABYTE - 1)


# ------------------------------------------------------------------------ one session after another


def test_a_session_is_used_again() -> None:
    """One after another, all go over one connection."""
    with FaultServer() as server:
        transport = HttpTransport(base_url=server.base_url)
        for _ in range(5):
            transport.send(POST, timeout=0.5)
        transport.close()

        assert (5, 1) == (server.posts(), server.connections)


def test_a_connection_that_was_closed_while_idle_is_noticed() -> None:
    """The next request goes over a new one, once."""
    with FaultServer("closed while idle", "none") as server:
        transport = HttpTransport(base_url=server.base_url)
        transport.send(POST, timeout=0.5)
        server.wait_for_end_of_connection()
        transport.send(POST, timeout=0.5)
        transport.close()

        assert (2, 2) == (server.posts(), server.connections)


def test_a_connection_that_is_reset_on_its_second_use_has_lost_an_answer() -> None:
    """It is not sent again behind our back: the mall may have done it."""
    with FaultServer("none", "reset after", "none") as server:
        transport = HttpTransport(base_url=server.base_url)
        transport.send(POST, timeout=0.5)
        with pytest.raises(AnswerLost):
            transport.send(POST, timeout=0.5)
        response = transport.send(POST, timeout=0.5)
        transport.close()

        assert 200 == response.status
        assert (3, 2) == (server.posts(), server.connections)


def test_a_broken_connection_is_not_used_again() -> None:
    """After a failure in the middle of an answer, nothing of it leaks into the next."""
    with FaultServer("drip in the body", "body cut", "gzip bomb", "none") as server:
        transport = HttpTransport(base_url=server.base_url, largest=MEGABYTE)
        for _ in range(3):
            with pytest.raises(MallError):
                transport.send(POST, timeout=0.3)
        response = transport.send(POST, timeout=0.5)
        transport.close()

        assert GOOD == response.body


def test_sixteen_threads_share_one_transport() -> None:
    """Each gets its own answer, and no more connections are made than threads work at once."""
    with FaultServer(work=lambda request: request.body) as server:
        transport = HttpTransport(base_url=server.base_url)

        def echo(number: int) -> bytes:
            body = f"number {number}".encode()
            return transport.send(Request(method="POST", path="/", body=body), timeout=5.0).body

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(echo, range(320)))
        transport.close()

        assert [f"number {number}".encode() for number in range(320)] == answers
        assert server.connections <= 16


def test_closing_twice_is_closing_once() -> None:
    """Connections are given back; a transport that was never used has none."""
    with FaultServer() as server:
        transport = HttpTransport(base_url=server.base_url)
        transport.close()
        transport.send(POST, timeout=0.5)
        transport.close()
        transport.close()

        server.wait_for_end_of_connection()


# ------------------------------------------------------------------------------------ the base URL


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.example.jp", "https://api.example.jp"),
        ("https://api.example.jp/", "https://api.example.jp"),
        ("https://api.example.jp/v1/graphql", "https://api.example.jp/v1/graphql"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_a_base_url_is_scheme_host_and_path(given: str, kept: str) -> None:
    """A last slash is taken off; without TLS only loopback is let through."""
    assert kept == check_base_url(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "base_url is NoneType: write https"),
        (b"https://api.example.jp", "base_url is bytes: write https"),
        ("", "no URL"),
        ("api.example.jp", "no URL"),
        ("ftp://api.example.jp", "no URL"),
        ("https://", "no URL"),
        ("https://[::1", "no URL"),
        ("https://api.example.jp:notaport", "no URL"),
        ("https://api.example.jp:99999", "no URL"),
        ("http://api.example.jp", "no TLS"),
        ("http://127.0.0.1.example.jp", "no TLS"),
        ("https://user:pw@api.example.jp", "take out the rest"),
        ("https://:pw@api.example.jp", "take out the rest"),
        ("https://api.example.jp?a=b", "take out the rest"),
        ("https://api.example.jp/?", "take out the rest"),
        ("https://api.example.jp#part", "take out the rest"),
        ("https://api.example.jp/#", "take out the rest"),
    ],
)
def test_a_base_url_that_cannot_be_right_is_refused(given: object, said: str) -> None:
    """The text says what to write, and shows no password."""
    with pytest.raises(ConfigError, match=said) as caught:
        check_base_url(given)

    assert "pw" not in str(caught.value)


def test_a_transport_shows_no_proxy_in_its_repr() -> None:
    """A proxy's URL may hold a password."""
    transport = HttpTransport(
        base_url="https://api.example.jp", proxies={"https": "http://user:pw@127.0.0.1:9"}
    )

    assert "pw" not in repr(transport)


# ------------------------------------------------------------------------ mocked by a host's tests


@pytest.fixture
def mocker() -> Iterator[requests_mock.Mocker]:
    """Mock every request, as a host does in its own tests."""
    with requests_mock.Mocker() as mocking:
        yield mocking


@pytest.fixture
def client() -> Iterator[rakuten.Client]:
    """Make a client as a host does, with nothing of a test in it."""
    credentials = rakuten.Credentials(service_secret="SP_made-up", license_key="SL_made-up")
    with rakuten.Client(credentials, shop_id="my-shop", pace=None) as made:
        yield made


SEARCH = "https://api.rms.rakuten.co.jp/es/2.0/order/searchOrder/"
PERIOD = Period.last_days(1, now=datetime(2026, 4, 10, 12, tzinfo=JST))


def test_a_host_can_mock_a_client_with_requests_mock(
    mocker: requests_mock.Mocker, client: rakuten.Client
) -> None:
    """An answer is registered for the mall's URL, and what was sent can be looked at."""
    mocker.post(
        SEARCH,
        json={"MessageModelList": [], "orderNumberList": None, "PaginationResponseModel": None},
    )

    orders = list(client.fetch_orders(PERIOD))

    sent = mocker.request_history[0]
    token = base64.b64encode(b"SP_made-up:SL_made-up").decode()
    assert [] == orders
    assert f"ESA {token}" == sent.headers["Authorization"]
    assert "2026-04-09T00:00:00+0900" == sent.json()["startDatetime"]
    assert PERIOD.length == timedelta(hours=36)


def test_a_host_can_mock_a_refusal(mocker: requests_mock.Mocker, client: rakuten.Client) -> None:
    """A status and a body come out as the error that the mall's own would."""
    mocker.post(SEARCH, status_code=401, json={"errors": [{"code": "GA0001", "message": "no"}]})

    with pytest.raises(AuthFailed, match="GA0001"):
        list(client.fetch_orders(PERIOD))


@pytest.mark.parametrize(
    ("mocked", "raised"),
    [
        (requests.ReadTimeout, AnswerLost),
        (requests.ConnectionError("by a mock"), AnswerLost),
        (requests.ConnectTimeout, NotSent),
    ],
)
def test_a_mocked_failure_is_in_doubt_unless_its_class_says_otherwise(
    mocker: requests_mock.Mocker,
    mocked: type[Exception] | Exception,
    raised: type[MallError],
) -> None:
    """A mock has no cause to look at: only a timeout of connecting surely never left."""
    mocker.post("https://mall.invalid/order/", exc=mocked)
    transport = HttpTransport(base_url="https://mall.invalid")

    with pytest.raises(raised):
        transport.send(POST, timeout=0.5)


def test_a_mocked_header_reaches_the_error(
    mocker: requests_mock.Mocker, client: rakuten.Client
) -> None:
    """Retry-After beyond the deadline ends the call at once, and is there to be read."""
    mocker.post(SEARCH, status_code=429, headers={"Retry-After": "3600"})

    with pytest.raises(Throttled) as caught:
        list(client.fetch_orders(PERIOD))

    assert 3600.0 == caught.value.retry_after
    assert 1 == mocker.call_count


@pytest.mark.parametrize("verify", ["/no/such/bundle.pem", False, "", None, 1])
def test_verification_cannot_be_switched_off_or_point_nowhere(verify: Any) -> None:
    """A bundle that is not there is told at once, not by the first call."""
    with pytest.raises(ConfigError, match="write one"):
        HttpTransport(base_url="https://api.example.jp", verify=verify)
