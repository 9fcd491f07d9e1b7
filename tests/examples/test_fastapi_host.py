"""The FastAPI host of the documentation, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from fastapi_host import create_app

from mallsync.sync import Sync
from tests.examples.conftest import Host, fill_in, reports


@pytest.fixture
def web(host: Host) -> Iterator[TestClient]:
    """Return a browser of the running app."""
    assert host.store
    with TestClient(create_app()) as client:
        yield client


def test_orders_come_in_without_their_persons(web: TestClient) -> None:
    """A list has numbers and states."""
    done = web.post("/sync").json()
    orders = web.get("/orders").json()

    assert {"rakuten/one": True, "qoo10/two": True} == done
    assert orders
    assert {"mall", "shop", "number", "phase"} == set(orders[0])
    assert len(web.get("/orders", params={"status": "保留"}).json()) < len(orders)


def test_what_is_filled_in_is_reported_once(web: TestClient, host: Host) -> None:
    """Though the button is pushed again."""
    web.post("/sync")
    sync: Sync = web.app.state.sync  # type: ignore[attr-defined]  # Starlette's state is open
    fill_in(sync, host)
    web.post("/sync")
    web.post("/sync")
    why = web.get(f"/orders/qoo10/two/{host.cart.number}/why").json()["why"]

    assert "送信済み" in why
    assert [1, 1] == reports(sync, host)


def test_a_shop_that_is_not_there_is_not_found(web: TestClient) -> None:
    """With the reason."""
    answer = web.get("/orders/rakuten/other/1/why")

    assert 404 == answer.status_code
    assert "other" in answer.json()["detail"]
