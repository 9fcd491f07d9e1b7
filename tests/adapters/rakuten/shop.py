"""A running fake of Rakuten, with the clients and the orders that a test needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import frozen

from mallsync import Order, Period, Phase, ShipmentNotice, sandbox
from mallsync.adapters import rakuten
from mallsync.transport import Settings, Surroundings
from mallsync.wire.retry import Backoff
from tests.adapters.rakuten.made import NOW

__all__ = ["Shop", "running"]


@frozen
class Shop:
    """A shop at the fake mall."""

    mall: sandbox.RakutenMall

    @property
    def settings(self) -> Settings:
        """Settings under which the fake's time passes instead of ours."""
        clock = self.mall.clock
        world = Surroundings(now=clock.now, sleep=self.sleep, random=lambda: 0.0)
        return Settings(world=world, backoff=Backoff(attempts=3))

    def sleep(self, seconds: float) -> None:
        """Let the fake's time pass."""
        self.mall.clock.advance(seconds)

    def client(self, **more: Any) -> rakuten.Client:
        """Return a client without a pace."""
        options = {"base_url": self.mall.base_url, "pace": None, "settings": self.settings}
        credentials = more.pop("credentials", self.mall.credentials)
        return rakuten.Client(credentials, shop_id="demo", **{**options, **more})

    def period(self) -> Period:
        """Return the days in which the fake's orders lie."""
        return Period.last_days(61, now=self.mall.clock.now())

    def shippable(self) -> list[Order]:
        """Return orders in 300 without holds that have one package and no shipping record."""
        with self.client() as client:
            orders = list(client.fetch_orders(self.period(), statuses={"300"}))
        return [one for one in orders if _is_plain(one)]

    def notice(self, order: Order) -> ShipmentNotice:
        """Return a notice for the only shipment of an order."""
        return ShipmentNotice(
            order_number=order.number,
            shipment_id=order.shipments[0].id,
            carrier="ヤマト運輸",
            tracking_numbers=(f"0000{order.number[-8:]}",),
            ship_date=self.mall.clock.now().date(),
        )


def _is_plain(order: Order) -> bool:
    only = order.shipments[0]
    return (
        len(order.shipments) == 1
        and order.phase is Phase.TO_SHIP
        and not (order.holds or only.parcels or only.cancelled)
    )


@contextmanager
def running(seed: int = 3, orders: int = 120) -> Iterator[Shop]:
    """Run a fake at noon of 22 November 2026."""
    with sandbox.running(seed=seed, orders=orders, now=NOW) as malls:
        yield Shop(malls.rakuten)
