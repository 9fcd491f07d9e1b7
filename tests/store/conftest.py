"""Each test of the store runs on every kind of database that it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mallsync.model.period import JST
from mallsync.store import SqlStore
from tests.services import postgres_url

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)


class Hands:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def advance(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Hands:
    """Return a clock that stands at noon of 22 November 2026."""
    return Hands()


@pytest.fixture(params=["file", "memory", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty database of each kind."""
    if request.param == "postgresql":
        with postgres_url() as fresh:
            yield fresh
    else:
        yield "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'orders.db'}"


@pytest.fixture
def open_store(url: str, clock: Hands) -> Iterator[Callable[[], SqlStore]]:
    """Return what opens the store once more, as another process would."""
    opened: list[SqlStore] = []

    def open_once_more() -> SqlStore:
        if opened and url == "sqlite://":
            return opened[0]
        opened.append(SqlStore(url, clock=clock))
        return opened[-1]

    yield open_once_more
    for one in opened:
        one.close()


@pytest.fixture
def store(open_store: Callable[[], SqlStore]) -> SqlStore:
    """Return an empty store."""
    return open_store()
