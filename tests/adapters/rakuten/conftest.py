"""A running fake of Rakuten with a few orders, and clients of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.rakuten.shop import Shop, running


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Run a fake of 120 orders at a fixed moment."""
    with running() as one:
        yield one
