"""The Flask host of the documentation, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_host import close, create_app

from mallsync.sync import Sync
from tests.examples.conftest import Host, fill_in, reports

PUSH = (
    "<notifyModel><authModel><shopUrl>mihon-shop</shopUrl><authKey>{key}</authKey></authModel>"
    "<notifyInfoModel><requestId>req-31</requestId><serviceId>1</serviceId>"
    "<functionId>1</functionId></notifyInfoModel></notifyModel>"
)


@pytest.fixture
def app(host: Host) -> Iterator[Flask]:
    """Return the host's app."""
    app = create_app(host.shops, host.store, event_key="made-up")
    yield app
    close(app)


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    """Return a browser of it."""
    return app.test_client()


def test_a_button_fetches_and_reports_once(app: Flask, web: FlaskClient, host: Host) -> None:
    """The second push finds nothing to do."""
    first = web.post("/sync").get_json()
    sync: Sync = app.extensions["mallsync"]
    fill_in(sync, host)
    second, third = (web.post("/sync").get_json() for _ in range(2))

    assert first["ok"]
    assert first["new"]["rakuten/one"] > 0
    assert 1 == second["sent"]["qoo10/two"]
    assert 0 == third["sent"]["qoo10/two"]
    assert [1, 1] == reports(sync, host)


def test_a_page_says_why(app: Flask, web: FlaskClient) -> None:
    """In Japanese, and what cannot be asked for is told."""
    web.post("/sync")
    sync: Sync = app.extensions["mallsync"]
    key = next(one.order.key for one in sync.orders(mall="rakuten"))
    told = web.get(f"/orders/rakuten/one/{key.number}/why").get_json()
    unknown = web.get("/orders/rakuten/other/1/why")

    assert told["why"]
    assert 400 == unknown.status_code
    assert "other" in unknown.get_json()["error"]


def test_a_push_with_another_key_is_refused(app: Flask, web: FlaskClient) -> None:
    """In the mall's own form; nothing is due then."""
    answer = web.post("/rakuten/events", data=PUSH.format(key="wrong"))
    app.extensions["mallsync_work"].shutdown()

    assert "xml" in answer.content_type
    assert [] == [*app.extensions["mallsync"].orders()]


def test_a_push_lets_the_shops_of_the_mall_be_fetched(app: Flask, web: FlaskClient) -> None:
    """Behind the answer, which the mall does not wait long for; of two pushes each."""
    answers = [web.post("/rakuten/events", data=PUSH.format(key="made-up")) for _ in range(2)]
    app.extensions["mallsync_work"].shutdown()
    sync: Sync = app.extensions["mallsync"]

    assert all("xml" in answer.content_type for answer in answers)
    assert {"rakuten"} == {one.order.key.mall for one in sync.orders()}


def test_a_push_that_leads_to_nothing_is_in_the_log(
    app: Flask, web: FlaskClient, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for what came of it."""
    host.malls.rakuten.fail_next("UNAUTHORISED", times=10)
    web.post("/rakuten/events", data=PUSH.format(key="made-up"))
    app.extensions["mallsync_work"].shutdown()

    assert "rakuten/one" in caplog.text
