"""Leases: one holder at a time, a dead one's is taken over at once, a lost one writes nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from attrs import evolve

from mallsync.errors import StoreError
from mallsync.model.period import JST
from mallsync.store import LeaseLost, SqlStore, leases, schema
from mallsync.store.leases import Leases, holder, is_dead, require_held

ELSEWHERE = "elsewhere.invalid:1:1"


@pytest.fixture
def held(store: SqlStore) -> Leases:
    """Return leases on the machine's clock."""
    return store.leases


def hold_as(store: SqlStore, who: str, expires_at: datetime) -> None:
    """Let somebody else hold a lease."""
    lease = store.leases.acquire("fetch")
    assert lease is not None
    with store.database.write() as connection:
        connection.execute(
            schema.leases.update().values(holder=who, expires_at=expires_at, token=7)
        )


def soon() -> datetime:
    """Return a moment that has not come yet."""
    return datetime.now(JST) + timedelta(minutes=1)


def test_two_cannot_hold_one_lease(held: Leases) -> None:
    """When it is given back, another can, with a higher token; other names are free."""
    first = held.acquire("fetch")
    second, other = held.acquire("fetch"), held.acquire("write")
    assert first is not None
    held.release(first)
    third = held.acquire("fetch")

    assert second is None
    assert other is not None
    assert third is not None
    assert first.token < third.token


def test_a_lease_that_nobody_renews_ends(store: SqlStore) -> None:
    """Its holder may be on another machine, which cannot be asked."""
    hold_as(store, ELSEWHERE, soon())
    early = store.leases.acquire("fetch")
    hold_as_expired = evolve(store.leases, now=lambda: soon() + timedelta(minutes=1))
    late = hold_as_expired.acquire("fetch")

    assert early is None
    assert late is not None
    assert 8 == late.token


def test_the_lease_of_a_dead_process_is_taken_over_at_once(store: SqlStore) -> None:
    """It has ended on this very machine."""
    said = subprocess.run(
        [sys.executable, "-c", "from mallsync.store.leases import holder; print(holder())"],
        check=True,
        capture_output=True,
        text=True,
    )
    dead = said.stdout.strip()
    hold_as(store, dead, soon())

    assert is_dead(dead)
    assert store.leases.acquire("fetch") is not None


def test_whether_a_process_lives_is_known_by_when_it_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another with the same id is another; without a /proc, or elsewhere, nobody can tell."""
    host, pid, started = holder().rsplit(":", 2)
    assert host.startswith(socket.gethostname())
    assert str(os.getpid()) == pid
    assert not is_dead(holder())
    assert is_dead(f"{host}:{pid}:{int(started) - 1}")
    assert not is_dead(ELSEWHERE)
    monkeypatch.setattr(leases, "Path", lambda place: tmp_path / str(place).replace("/", "_"))
    assert not is_dead(f"{host}:{pid}:{int(started) - 1}")


@pytest.mark.parametrize("said", [PermissionError, None])
def test_a_process_that_may_not_be_seen_is_not_taken_for_dead(
    monkeypatch: pytest.MonkeyPatch, said: type[OSError] | None
) -> None:
    """A /proc that hides the processes of others (hidepid) shows nothing of it."""
    host = holder().rsplit(":", 2)[0]
    nobody = f"{host}:4194305:1"  # above the largest process id that there is
    gone = is_dead(nobody)

    def kill(_: int, signal: int) -> None:
        assert signal == 0
        if said is not None:
            raise said

    monkeypatch.setattr(os, "kill", kill)

    assert gone
    assert not is_dead(nobody)


def test_what_a_holder_writes_after_it_has_lost_the_lease_is_refused(store: SqlStore) -> None:
    """Also a renewal; giving it back leaves the other's alone."""
    mine = store.leases.acquire("fetch")
    assert mine is not None
    late = evolve(store.leases, now=lambda: soon() + timedelta(minutes=1))
    with store.database.write() as connection:
        connection.execute(schema.leases.update().values(holder=ELSEWHERE))
    other = late.acquire("fetch")
    store.leases.release(mine)

    with pytest.raises(LeaseLost, match="another process has taken over fetch"):
        store.leases.renew(mine)
    with store.database.write() as connection, pytest.raises(LeaseLost):
        require_held(connection, mine)
    assert other is not None
    late.renew(other)


def test_a_lease_is_renewed_while_it_is_held(store: SqlStore) -> None:
    """A long call of the mall does not cost it."""
    short = evolve(store.leases, life=timedelta(seconds=0.15))
    with short.held("fetch") as lease:
        assert lease is not None
        Event().wait(0.4)
        assert short.acquire("fetch") is None
        with store.database.write() as connection:
            require_held(connection, lease)
    assert short.acquire("fetch") is not None


def test_the_keeper_of_a_lost_lease_ends(store: SqlStore) -> None:
    """The holder sees it at its next write."""
    short = evolve(store.leases, life=timedelta(seconds=0.06))
    with short.held("fetch") as lease:
        assert lease is not None
        with store.database.write() as connection:
            connection.execute(schema.leases.update().values(token=9))
        Event().wait(0.1)


def test_a_keeper_tries_again_while_the_store_is_busy(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that passes costs nothing."""
    tries: list[int] = []
    renew = Leases.renew

    def busy_at_first(self: Leases, lease: object) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise StoreError("the database was locked")
        renew(self, lease)  # type: ignore[arg-type]  # as it was before

    monkeypatch.setattr(Leases, "renew", busy_at_first)
    short = evolve(store.leases, life=timedelta(seconds=0.09))
    with short.held("fetch"):
        Event().wait(0.3)

    assert len(tries) > 1


def test_one_can_wait_for_a_lease(store: SqlStore, open_store: Callable[[], SqlStore]) -> None:
    """Until it is free, its time is up, or it is told to stop."""
    first = store.leases.acquire("write")
    assert first is not None
    with open_store().leases.held("write", wait=0.15) as late:
        assert late is None
    stop = Event()
    stop.set()
    with open_store().leases.held("write", wait=60, stop=stop) as stopped:
        assert stopped is None
    store.leases.release(first)
    with open_store().leases.held("write", wait=60) as mine:
        assert mine is not None
