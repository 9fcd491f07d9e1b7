"""A shop at each fake mall, one store for all, and a clock that they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from examplemarket_wire import WIRE

from mallsync import Dispatch, Order, OrderKey, Phase, sandbox
from mallsync.adapters import mercari_shops, qoo10, rakuma, rakuten
from mallsync.model.period import JST
from mallsync.ports import MallClient
from mallsync.store import SqlStore
from mallsync.sync import Shop, ShopSettings, Sync
from mallsync.transport import Settings, Surroundings
from tests.services import postgres_url

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)


@frozen(kw_only=True)
class World:
    """What a test of the sync works with."""

    malls: sandbox.Malls
    store: SqlStore
    rakuten: MallClient
    qoo10: MallClient
    mercari_shops: MallClient
    rakuma: MallClient

    def advance(self, **by: float) -> None:
        """Let time pass for all."""
        self.malls.rakuten.clock.advance(timedelta(**by))

    def sync(self, **settings: ShopSettings) -> Sync:
        """Return a sync of the malls that are named, with settings."""
        shops = [Shop(getattr(self, name), told) for name, told in settings.items()]
        return Sync(shops, self.store)

    def place(self, progress: int = 300) -> OrderKey:
        """Let somebody buy at Rakuten now; return the order's key, and its status as told."""
        fake = self.malls.rakuten.fake
        numbers = (one for _ in range(50) for one in fake.place())
        number = next(one for one in numbers if _has_one_parcel(fake.document(one)))
        fake.set_progress(number, progress)
        self.advance(seconds=1)  # a period is half-open: what is bought now is not in it
        return OrderKey("rakuten", "demo", number)

    def effective(self, key: OrderKey) -> int:
        """Count the reports to an order that took effect at Rakuten."""
        return self.malls.rakuten.fake.effective(key.number)


def _has_one_parcel(document: Mapping[str, Any]) -> bool:
    return len(document["PackageModelList"]) == 1


def ready(sync: Sync, key: OrderKey, number: str = "000011112222", **more: object) -> Order:
    """Let the shop fill in everything that a report needs; return the order."""
    stored = sync.store.orders.get(key)
    assert stored is not None
    for shipment in stored.order.shipments:
        if shipment.cancelled:
            continue
        facts = {"ship_date": NOW.date(), "carrier": "ヤマト運輸", "tracking_number": number}
        sync.handle(
            key,
            status="発送待ち",
            dispatch=Dispatch(shipment_id=shipment.id, **(facts | more)),  # type: ignore[arg-type]  # the names are the test's
        )
    return stored.order


def waiting(sync: Sync) -> list[OrderKey]:
    """Return the orders that wait to be shipped."""
    return [
        one.order.key
        for one in sync.orders()
        if one.handling is not None and one.order.phase is Phase.TO_SHIP
    ]


@pytest.fixture(params=["file", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty database that processes can share."""
    if request.param == "file":
        yield f"sqlite:///{tmp_path / 'orders.db'}"
    else:
        with postgres_url() as fresh:
            yield fresh


@pytest.fixture
def orders() -> int:
    """Return how many orders each mall has; a test may say otherwise."""
    return 60


@contextmanager
def running_world(orders: int) -> Iterator[World]:
    """Run the malls, with clients whose pauses let the fake's time pass, and a store in memory."""
    with ExitStack() as stack:
        malls = stack.enter_context(sandbox.running(seed=5, orders=orders, now=NOW))
        clock = malls.rakuten.clock

        def sleep(seconds: float) -> None:
            clock.advance(timedelta(seconds=seconds))

        settings = Settings(world=Surroundings(now=clock.now, sleep=sleep))
        same = {"shop_id": "demo", "pace": None, "settings": settings}
        store = stack.enter_context(SqlStore("sqlite://", clock=clock.now))
        first, second, third = malls.rakuten, malls.qoo10, malls.mercari_shops
        fourth = malls.examplemarket
        yield World(
            malls=malls,
            store=store,
            rakuten=stack.enter_context(
                rakuten.Client(first.credentials, base_url=first.base_url, **same)  # type: ignore[arg-type]  # the names are the test's
            ),
            qoo10=stack.enter_context(
                qoo10.Client(second.credentials, base_url=second.base_url, **same)  # type: ignore[arg-type]  # the names are the test's
            ),
            mercari_shops=stack.enter_context(
                mercari_shops.Client(third.credentials, base_url=third.base_url, **same)  # type: ignore[arg-type]  # the names are the test's
            ),
            rakuma=stack.enter_context(
                rakuma.Client(
                    fourth.credentials,
                    base_url=fourth.base_url,
                    wire=WIRE,
                    **same,  # type: ignore[arg-type]  # the names are the test's
                )
            ),
        )


@pytest.fixture
def world(orders: int) -> Iterator[World]:
    """Run the malls for a test."""
    with running_world(orders) as running:
        yield running
