"""A running fake of Mercari Shops with a few orders, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mallsync import sandbox
from mallsync.adapters import mercari_shops
from tests.adapters.mercari_shops.shop import NOW, client_of


@pytest.fixture
def mall() -> Iterator[sandbox.MercariShopsMall]:
    """Run a fake with a few orders."""
    with sandbox.running(seed=3, orders=5, now=NOW) as malls:
        yield malls.mercari_shops


@pytest.fixture
def client(mall: sandbox.MercariShopsMall) -> Iterator[mercari_shops.Client]:
    """Make a client of it."""
    with client_of(mall) as made:
        yield made
