"""A running fake of Qoo10 with a few carts, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mallsync import sandbox
from mallsync.adapters import qoo10
from tests.adapters.qoo10.shop import NOW, client_of


@pytest.fixture
def mall() -> Iterator[sandbox.Qoo10Mall]:
    """Run a fake with a few carts."""
    with sandbox.running(seed=3, orders=5, now=NOW) as malls:
        yield malls.qoo10


@pytest.fixture
def client(mall: sandbox.Qoo10Mall) -> Iterator[qoo10.Client]:
    """Make a client of it."""
    with client_of(mall, mall.credentials) as made:
        yield made
