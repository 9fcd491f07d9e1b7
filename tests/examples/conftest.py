"""Shops at fake malls, as a host's file names them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from mallsync import Dispatch, OrderKey, sandbox
from mallsync.sync import Sync


@frozen
class Host:
    """What a host is given: a file of shops, a store, and the malls behind them.

    ``cart`` is one that somebody has just bought at Qoo10.
    """

    shops: Path
    store: str
    malls: sandbox.Malls
    cart: OrderKey


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """Run fake malls, and write the file and the environment of a host that has a shop at two."""
    with sandbox.running(seed=4, orders=30) as malls:
        key, login = malls.rakuten.credentials, malls.qoo10.credentials
        file = tmp_path / "shops.toml"
        file.write_text(
            f'[shops.one]\nmall = "rakuten"\nservice_secret = "{key.service_secret}"\n'
            f'license_key = "{key.license_key}"\nbase_url = "{malls.rakuten.base_url}"\n'
            "requests_per_second = 0\nfetch.days = 30\n\n"
            f'[shops.two]\nmall = "qoo10"\nuser_id = "{login.user_id}"\n'
            f'password = "{login.password}"\napi_key = "{login.api_key}"\n'
            f'base_url = "{malls.qoo10.base_url}"\nrequests_per_second = 0\nfetch.days = 30\n',
            encoding="utf-8",
        )
        store = f"sqlite:///{tmp_path / 'orders.db'}"
        monkeypatch.setenv("MALLSYNC_SHOPS", str(file))
        monkeypatch.setenv("MALLSYNC_STORE", store)
        (cart,) = malls.qoo10.fake.place(lines=2)
        yield Host(file, store, malls, OrderKey("qoo10", "two", cart))


def fill_in(sync: Sync, host: Host) -> None:
    """Let the shop fill in the cart."""
    leaves = Dispatch(carrier="ヤマト運輸", tracking_number="000011112222")
    sync.handle(host.cart, status="発送待ち", dispatch=leaves)


def reports(sync: Sync, host: Host) -> list[int]:
    """Return how often each line of the cart was reported with effect."""
    (stored,) = sync.orders(mall="qoo10", number=host.cart.number)
    items = [item for shipment in stored.order.shipments for item in shipment.items]
    return [host.malls.qoo10.fake.effective(item.id) for item in items]
