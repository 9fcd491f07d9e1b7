"""What running() gives, and how much it bears."""

from __future__ import annotations

import contextlib
import socket
import time
from datetime import timedelta
from typing import Any

import pytest
import requests

from mallsync import sandbox
from tests.sandbox.conftest import NOW, Seller, Shop


def free_row(count: int = 4) -> int:
    """Return the first of so many ports that are free: as many as there are malls.

    They lie below those which systems hand to outgoing connections, where nobody takes one
    between this look and its use.
    """
    for first in range(20_000, 30_000, count):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(first, first + count):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return first
    raise AssertionError(f"no {count} ports in a row are free")


def test_the_orders_lie_in_the_sixty_days_before_now(shop: Shop) -> None:
    """None is of the future, none is older."""
    times = [record.ordered_at for record in shop.fake.orders.values()]
    assert len(times) == 300
    assert NOW - timedelta(days=60, seconds=2) <= min(times) < max(times) < NOW


def test_without_now_the_clock_is_the_machines() -> None:
    """The newest order is not far away."""
    with sandbox.running(orders=50) as malls:
        clock = malls.rakuten.clock
        assert clock.now() <= clock.now()
        assert malls.rakuten.base_url.startswith("http://127.0.0.1:")


def test_the_same_seed_makes_the_same_orders() -> None:
    """Another seed makes others."""

    def documents(seed: int) -> list[dict[str, object]]:
        with sandbox.running(seed=seed, orders=60, now=NOW) as malls:
            fake = malls.rakuten.fake
            return [fake.document(number) for number in fake.orders]

    assert documents(3) == documents(3)
    assert documents(3) != documents(4)


def test_the_credentials_are_those_of_the_key_that_is_good_now(shop: Shop) -> None:
    """They are typed, and they follow a renewal."""
    credentials = shop.mall.credentials
    held = shop.fake.license
    assert credentials.service_secret == held.service_secret
    assert credentials.license_key == held.license_key
    assert credentials.expires_at == held.expires_at
    shop.fake.renew_key()
    assert shop.mall.credentials.license_key != credentials.license_key


def test_the_fake_does_not_show_in_the_malls_repr(shop: Shop) -> None:
    """A failing test does not print thousands of orders."""
    assert repr(shop.mall) == f"RakutenMall(base_url='{shop.mall.base_url}')"


def test_the_credentials_of_qoo10_follow_a_new_password(seller: Seller) -> None:
    """From them a new key can be had; the old key is gone."""
    credentials, account = seller.mall.credentials, seller.fake.account
    said = (credentials.user_id, credentials.password, credentials.api_key)
    assert (account.user_id, account.password, account.api_key) == said
    seller.fake.change_password()
    assert seller.mall.credentials.password != credentials.password
    assert "" == seller.mall.certification_key


def test_the_malls_share_one_time() -> None:
    """Who moves one clock moves the other."""
    with sandbox.running(orders=1, now=NOW) as malls:
        malls.rakuten.clock.advance(60)
        assert NOW + timedelta(minutes=1) == malls.qoo10.clock.now()


def test_a_given_port_is_the_first_malls_and_the_next_ones_the_others() -> None:
    """So that shell lines can be written down."""
    port = free_row()
    with sandbox.running(orders=1, port=port) as malls:
        assert f"http://127.0.0.1:{port}" == malls.rakuten.base_url
        assert malls.qoo10.base_url == (
            f"http://127.0.0.1:{port + 1}/GMKT.INC.Front.QAPIService/ebayjapan.qapi"
        )
        assert f":{port + 2}/" in malls.mercari_shops.base_url
        assert f":{port + 3}/" in malls.examplemarket.base_url


def test_a_second_port_that_is_taken_frees_the_first() -> None:
    """Nothing is left running."""
    port = free_row()
    with socket.create_server(("127.0.0.1", port + 1)):
        with pytest.raises(OSError, match="in use"), sandbox.running(orders=1, port=port):
            pass
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=1)


def test_throttle_lets_one_request_a_second_pass() -> None:
    """The second one at once is told to slow down."""
    with (
        sandbox.running(orders=1, now=NOW, throttle=True) as malls,
        requests.Session() as session,
    ):
        session.trust_env = False
        shop = Shop(malls.rakuten, session)
        statuses = [shop.post("getSubStatusList", {}).status_code for _ in range(3)]
    assert statuses == [200, 429, 429]


def test_throttle_can_be_wider() -> None:
    """The rate is an argument."""
    with (
        sandbox.running(orders=1, now=NOW, throttle=True, rate=3) as malls,
        requests.Session() as session,
    ):
        session.trust_env = False
        shop = Shop(malls.rakuten, session)
        statuses = [shop.post("getSubStatusList", {}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_many_orders_are_made_quickly() -> None:
    """Twenty thousand wait within seconds, since each is built only when asked for."""
    started = time.monotonic()
    with sandbox.running(orders=20_000, now=NOW) as malls:
        fake = malls.rakuten.fake
        for number in list(fake.orders)[:500]:
            fake.document(number)
    assert time.monotonic() - started < 30  # three malls, under coverage, on a busy machine


@pytest.mark.parametrize("name", ["UNKNOWN", "drip"])
def test_an_unknown_fault_is_refused(shop: Shop, name: str) -> None:
    """A slip in a test is found at once."""
    with pytest.raises(ValueError, match=name):
        shop.mall.fail_next(name)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"fault": "NOPE"}, "NOPE"),
        ({"fault": "DRIP", "operation": "getOrders"}, "write one of searchOrder, getOrder"),
        ({"fault": "DRIP", "speed": 2}, "write one of after, code"),
    ],
)
def test_a_fault_that_would_never_strike_is_refused(asked: dict[str, Any], said: str) -> None:
    """A misspelt word would make a test that proves nothing."""
    with sandbox.running(orders=1) as malls, pytest.raises(ValueError, match=said):
        malls.rakuten.fail_next(**asked)
