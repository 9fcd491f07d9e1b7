"""A running fictional mall, and a client of it for each of the two example wires."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mallsync import sandbox
from mallsync.adapters import rakuma
from tests.adapters.rakuma.shop import NOW, WIRES, client_of


@pytest.fixture
def mall() -> Iterator[sandbox.ExamplemarketMall]:
    """Run a fake with a few orders."""
    with sandbox.running(seed=3, orders=5, now=NOW) as malls:
        yield malls.examplemarket


@pytest.fixture(params=list(WIRES))
def wire_name(request: pytest.FixtureRequest) -> str:
    """Name one wire, and then the other."""
    return str(request.param)


@pytest.fixture
def client(wire_name: str, mall: sandbox.ExamplemarketMall) -> Iterator[rakuma.Client]:
    """Make a client of it, with one wire and with the other."""
    with client_of(mall, wire_name) as made:
        yield made
