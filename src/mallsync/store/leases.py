"""The right to work on one shop: one process at a time, and what it wrote before counts no more."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from attrs import field, frozen
from sqlalchemy import Connection, func, select

from mallsync.errors import StoreError
from mallsync.model.journal import Lease
from mallsync.model.period import JST
from mallsync.store.database import Database, upsert, wrote
from mallsync.store.schema import leases

__all__ = ["LIFE", "LeaseLost", "Leases", "holder", "is_dead", "require_held"]

LIFE = timedelta(seconds=60)
"""How long a lease lasts that nobody renews."""


_POLL = 0.1
"""Seconds between two tries for a lease that another holds."""


class LeaseLost(StoreError):
    """Another process works on this shop now: what this one had not written yet is left to it."""


def holder() -> str:
    """Return who this process is: host, process id, and when it started."""
    return f"{_host()}:{os.getpid()}:{_started(os.getpid())}"


def _host() -> str:
    """Return the host, this start of it, and within it the container.

    Process ids mean something only there; of the host's name there may be many.
    """
    try:
        started = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{socket.gethostname()} {started} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def is_dead(name: str) -> bool:
    """Tell whether a holder is known to have ended: on this host, and that very process is gone."""
    host, pid, started = name.rsplit(":", 2)
    if host != _host() or not started or not _started(os.getpid()):
        return False  # nobody can tell from here: the lease's time has to pass
    return _started(int(pid)) != started and not _is_hidden(int(pid))


def _is_hidden(pid: int) -> bool:
    """Tell whether a process runs that this one may not see, as under hidepid=2."""
    if Path(f"/proc/{pid}").exists():
        return False
    try:
        os.kill(pid, 0)  # sends nothing
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


def _started(pid: int) -> str:
    """Return when a process started, in ticks since the machine did; "" if it is not there.

    Without a /proc, as on macOS, it is always "".
    """
    try:
        said = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    state, *rest = said.rpartition(")")[2].split()
    return "" if state == "Z" else rest[18]  # starttime, behind the name that may hold anything


@frozen
class Leases:
    """The leases of a store.

    Args:
        database: Where they are kept.
        now: A clock for tests. None is the server's, which all hosts share, or of SQLite this
            machine's: a lease is about processes, not about orders.
        life: How long one lasts that nobody renews.
    """

    database: Database
    now: Callable[[], datetime] | None = field(default=None, repr=False)
    life: timedelta = LIFE

    def acquire(self, name: str) -> Lease | None:
        """Return the lease of a name, or None while another holds it.

        One whose holder has died is taken over at once, another once its time has passed; the new
        one has a higher token, so that what the old holder still writes is refused.
        """
        me = holder()
        with self.database.write() as connection:
            now = self._time(connection)
            held = connection.execute(
                select(leases).where(leases.c.name == name).with_for_update()
            ).one_or_none()
            if held is not None and held.expires_at > now and not is_dead(held.holder):
                return None
            token = 1 if held is None else held.token + 1
            lease = Lease(name=name, holder=me, token=token, expires_at=now + self.life)
            row = {"holder": me, "token": token, "expires_at": lease.expires_at}
            made = upsert(connection, leases).values(name=name, **row)
            take = made.on_conflict_do_update(
                index_elements=[leases.c.name], set_=row, where=leases.c.token < token
            )
            return lease if wrote(connection, take) else None

    def renew(self, lease: Lease) -> None:
        """Make a lease last for another life.

        Raises:
            LeaseLost: Another holder has it now.
        """
        with self.database.write() as connection:
            require_held(connection, lease)
            connection.execute(
                leases.update()
                .where(leases.c.name == lease.name)
                .values(expires_at=self._time(connection) + self.life)
            )

    def release(self, lease: Lease) -> None:
        """Give a lease back; one that another has taken over stays the other's."""
        with self.database.write() as connection:
            connection.execute(
                leases.update()
                .where(leases.c.name == lease.name, leases.c.token == lease.token)
                .values(expires_at=self._time(connection))
            )

    @contextmanager
    def held(
        self, name: str, *, wait: float = 0.0, stop: Event | None = None
    ) -> Iterator[Lease | None]:
        """Hold a lease while the block lasts, renewed all the while; None if another has it.

        Args:
            name: What it is the right to.
            wait: Seconds of the machine's clock to wait for another to end.
            stop: Ends the waiting.
        """
        lease = self._acquire_within(name, wait, stop or Event())
        if lease is None:
            yield None
            return
        ended = Event()
        keeper = Thread(target=self._keep, args=(lease, ended), name=f"keeps {name}", daemon=True)
        keeper.start()
        try:
            yield lease
        finally:
            ended.set()
            keeper.join()
            self.release(lease)

    def _time(self, connection: Connection) -> datetime:
        """Return now, by a clock that all who share the leases share."""
        if self.now is not None:
            return self.now()
        if self.database.is_sqlite:
            return datetime.now(JST)
        told: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return told

    def _acquire_within(self, name: str, wait: float, stop: Event) -> Lease | None:
        deadline = monotonic() + wait
        lease = self.acquire(name)
        while lease is None and monotonic() < deadline and not stop.wait(_POLL):
            lease = self.acquire(name)
        return lease

    def _keep(self, lease: Lease, ended: Event) -> None:
        """Renew a lease until it is over; one that is lost shows at the holder's next write."""
        while not ended.wait(self.life.total_seconds() / 3):
            try:
                self.renew(lease)
            except LeaseLost:
                return
            except StoreError:
                continue  # busy: two thirds of its life are left for another try


def require_held(connection: Connection, lease: Lease) -> None:
    """See, within a transaction, that a lease is still its holder's.

    Raises:
        LeaseLost: It is not; the transaction must not be kept.
    """
    token = connection.execute(
        select(leases.c.token).where(leases.c.name == lease.name).with_for_update()
    ).scalar()
    if token != lease.token:
        raise LeaseLost(f"another process has taken over {lease.name}: let it finish")
