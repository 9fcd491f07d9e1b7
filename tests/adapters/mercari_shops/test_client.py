"""The client: what it takes, what it refuses, and that a host can put its own in its place."""

from __future__ import annotations

from typing import Any

import pytest
import requests_mock

from mallsync import Period, ShipmentNotice, sandbox
from mallsync.adapters import mercari_shops
from mallsync.adapters.mercari_shops.client import BASE_URL
from mallsync.errors import ConfigError, NotSupported
from mallsync.model.capabilities import Support
from mallsync.transport import HttpTransport
from tests.adapters.mercari_shops.made import order, record
from tests.adapters.mercari_shops.shop import NOW, WEEK, client_of

KEY = mercari_shops.Credentials(access_token="msp_made_up", client_name="made-up-client")


@pytest.mark.parametrize(
    "wrong",
    [
        {"credentials": "msp_made_up"},
        {"credentials": None},
        {"shop_id": ""},
        {"settings": 60},
        {"options": {"size": 10}},
        {"documents": {"order_transaction": "…"}},
        {"keep_raw": "no"},
        {"pace": 3},
        {"base_url": "api.mercari-shops.com"},
    ],
)
def test_arguments_that_cannot_be_right_are_refused(wrong: dict[str, Any]) -> None:
    """With what to write instead; nothing is sent."""
    given: dict[str, Any] = {"credentials": KEY, "shop_id": "demo", **wrong}
    with pytest.raises(ConfigError, match="write"):
        mercari_shops.Client(given.pop("credentials"), **given)


@pytest.mark.parametrize(
    "told",
    [
        {"message": ""},
        {"message": "  "},
        {"message": None},
        {"message": "あ" * 1001},
        {"message": "見本", "revision": 0},
        {"message": "見本", "revision": True},
        {"message": "見本", "number": ""},
    ],
)
def test_a_message_that_cannot_be_written_is_refused(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client, told: dict[str, Any]
) -> None:
    """Before anything is asked."""
    with pytest.raises(ConfigError, match="write"):
        client.send_message(**{"number": "A", **told})

    assert [] == mall.hits


def test_pure_calls_take_values_alone(client: mercari_shops.Client) -> None:
    """They ask nothing of the mall."""
    notice = ShipmentNotice(order_number="A")
    made = order()

    assert made.number == client.read(record()).number
    assert () == client.preview(notice).problems
    assert "ABSENT" == client.standing(made, notice)
    with pytest.raises(ConfigError):
        client.preview("A")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ConfigError):
        client.standing(made, "A")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ConfigError):
        client.standing("A", notice)  # type: ignore[arg-type]  # wrong on purpose


def test_a_client_says_which_shop_it_is_of() -> None:
    """And no secret."""
    with mercari_shops.Client(KEY, shop_id="my-shop") as client:
        assert "mercari_shops.Client(shop_id='my-shop')" == repr(client)
        assert ("mercari_shops", "my-shop") == (client.mall, client.shop_id)


def test_production_and_mercari_s_sandbox_have_addresses_of_their_own() -> None:
    """Tokens are not interchangeable."""
    assert BASE_URL.endswith("api.mercari-shops.com/v1/graphql")
    assert mercari_shops.SANDBOX_URL.endswith("api.mercari-shops-sandbox.com/v1/graphql")


def test_a_transport_of_the_host_stays_open(mall: sandbox.MercariShopsMall) -> None:
    """It may serve other clients."""
    transport = HttpTransport(base_url=mall.base_url)
    for _ in range(2):
        with mercari_shops.Client(
            mall.credentials, shop_id="demo", transport=transport, pace=None
        ) as client:
            assert client.check_connection().ok
    transport.close()


def test_records_can_be_left_out(mall: sandbox.MercariShopsMall) -> None:
    """A host that stores its own needs none."""
    mall.fake.place()
    with client_of(mall, keep_raw=False) as client:
        assert {None} == {one.raw for one in client.fetch_orders(WEEK)}


def test_statuses_can_be_chosen(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """By the mall's own names."""
    unpaid, paid = (*mall.fake.place(paid=False), *mall.fake.place())
    found = {one.number for one in client.fetch_orders(WEEK, statuses={"WAITING_FOR_PAYMENT"})}

    assert unpaid in found
    assert paid not in found


def test_the_table_says_what_is_not_there(client: mercari_shops.Client) -> None:
    """No method promises what the mall cannot do."""
    denied = [row for row in mercari_shops.CAPABILITIES.can if row.support is Support.NO]

    assert denied
    assert not [row.name for row in denied if hasattr(client, row.name)]
    assert issubclass(NotSupported, Exception)


def test_hosts_can_mock_it_with_requests_mock() -> None:
    """The one door to the network is requests."""
    page = {"edges": [{"node": record()}], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    with requests_mock.Mocker() as mocker, mercari_shops.Client(KEY, shop_id="demo") as client:
        mocker.post(BASE_URL, json={"data": {"orderTransactions": page}})
        (found,) = client.fetch_orders(Period.last_days(7, now=NOW))
        sent = mocker.request_history[0]

    assert record()["id"] == found.number
    assert "made-up-client/0.0.0" == sent.headers["User-Agent"]
    assert "Bearer msp_made_up" == sent.headers["Authorization"]
    assert "msp_made_up" not in sent.url
