"""One database behind the store: connections, transactions, and what goes wrong in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from itertools import islice
from threading import RLock
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Insert, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool

from mallsync.errors import ConfigError, StoreError
from mallsync.store.prepared import BEGIN_WRITE, Change

__all__ = ["BUSY_SECONDS", "Database", "in_batches", "upsert", "wrote"]

BUSY_SECONDS = 30
"""How long a write waits for another process to finish its own."""

_MOST = 500
_DRIVERS = ("sqlite", "postgresql+psycopg")
_READS = "mallsync_reads"
_FREE = nullcontext()
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    # A claim that a power cut takes back is a second mail: NORMAL may lose the last commits.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
_CAUSES: Mapping[str, str] = {
    "is locked": f"the database was locked for {BUSY_SECONDS} s: see which process holds it",
    "disk is full": "the disk is full, or the file may not grow: make room, then run again",
    "disk I/O error": "the file cannot be written to or read: check the disk and its free space",
    "readonly": "the database is read-only: make its file and folder writable",
    "read-only": "the database is read-only: write to the primary server",
    "unable to open": "the file cannot be opened: check that its folder is there and writable",
    "malformed": "the file is damaged: restore a copy, or run mallsync store check",
    "not a database": "the file is no SQLite database: name another file",
    "connection failed": "the database server cannot be reached: check host, port and password",
    "connection refused": "the database server cannot be reached: check host and port",
    "could not serialize": "another process changed the same rows: run again",
    "deadlock detected": "another process changed the same rows: run again",
}


class Database:
    """Transactions on one SQLite file, one in memory (``sqlite://``), or PostgreSQL.

    Args:
        url: ``sqlite:///orders.db``, ``sqlite://`` or ``postgresql+psycopg://user@host/name``.

    Raises:
        ConfigError: The URL names no database that the store can use.
    """

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        in_memory = self.is_sqlite and self.url.database in (None, "", ":memory:")
        # One connection is all that a database in memory has: threads take turns.
        self._turn = RLock() if in_memory else None
        self._taken = False
        self.engine = _engine(self.url, in_memory=in_memory)
        self._refused: Any = self.engine.dialect.loaded_dbapi.Error
        # SQLite's transactions see one state anyway.
        one_state = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reads = self.engine.execution_options(**{_READS: True}, **one_state)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes; it is rolled back when the block raises.

        Raises:
            StoreError: The database cannot do it now; nothing of the block has been kept.
        """
        with self._session(self.engine) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that reads one state; keep it short."""
        with self._session(self._reads) as connection:
            yield connection

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Open a transaction of prepared statements; it is rolled back when the block raises.

        What the journal writes is on the way of every report: a row at a time, each committed.

        Raises:
            StoreError: As `write`.
        """
        with self._taking(self._turn) if self._turn else _FREE:
            try:
                connection = self.engine.raw_connection()
                try:
                    change = Change(connection.driver_connection, self.engine.dialect.name)
                    change.begin()
                    yield change
                    change.commit()
                except self._refused as error:
                    if self.engine.dialect.is_disconnect(error, connection.driver_connection, None):
                        connection.invalidate(error)
                    raise
                finally:
                    connection.close()  # which rolls back what is not committed
            except (SQLAlchemyError, self._refused) as error:
                raise _plain(error) from None

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Connection]:
        with self._taking(self._turn) if self._turn else _FREE:
            try:
                with engine.begin() as connection:
                    yield connection
            except SQLAlchemyError as error:
                raise _plain(error) from None

    @contextmanager
    def _taking(self, turn: RLock) -> Iterator[None]:
        """Take the only connection; a second time would end the transaction of the first."""
        with turn:
            if self._taken:
                raise StoreError(
                    "a store in memory has one connection, which is at work: ask it behind that, or"
                    ' keep the store in a file ("sqlite:///orders.db")'
                )
            self._taken = True
            try:
                yield
            finally:
                self._taken = False

    def close(self) -> None:
        """Give back the connections."""
        self.engine.dispose()


def in_batches(numbers: Iterable[str]) -> Iterator[list[str]]:
    """Yield some numbers at a time: a database takes no more than so many in one statement.

    >>> [len(some) for some in in_batches(str(one) for one in range(1200))]
    [500, 500, 200]
    """
    rest = iter(numbers)
    while some := list(islice(rest, _MOST)):
        yield some


def wrote(
    connection: Connection, statement: Executable, values: Mapping[str, object] | None = None
) -> bool:
    """Carry out a statement that writes one row or none, and tell which."""
    result = connection.execute(statement, values, execution_options={"preserve_rowcount": True})
    return result.rowcount == 1


def upsert(connection: Connection, table: Table) -> Any:  # noqa: ANN401 -- one of two dialects' own
    """Return an INSERT of the dialect, which knows ``on_conflict_do_update``."""
    make: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement: Insert = make(table)
    return statement


def _url(value: object) -> URL:
    instead = 'write "sqlite:///orders.db", or "postgresql+psycopg://user@host/name"'
    if not isinstance(value, str):
        raise ConfigError(f"the store's url is {type(value).__name__}: {instead}")
    try:
        url = make_url(value)
    except ArgumentError:
        raise ConfigError(f"the store's url cannot be read: {instead}") from None
    if url.drivername not in _DRIVERS:
        raise ConfigError(f"the store's url begins with {url.drivername!r}: {instead}")
    return url


def _engine(url: URL, *, in_memory: bool) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=40)
    if in_memory:
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(url, pool_size=10, max_overflow=40)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 -- sqlite3's, or a wrapper
    connection.isolation_level = None  # transactions are begun below, not by guesses of the driver
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin what only reads without the right to write, which is one process's at a time."""
    reads = connection.get_execution_options().get(_READS)
    connection.exec_driver_sql("BEGIN" if reads else BEGIN_WRITE)


def _plain(error: Exception) -> StoreError:
    """Return what is wrong and what to do; never the statement, nor its values or the URL."""
    if isinstance(error, PoolTimeoutError):
        return StoreError("too many threads wait for the database: use fewer at a time")
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = "" if isinstance(cause, SQLAlchemyError) else str(cause)
    for sign, plain in _CAUSES.items():
        if sign in said:
            return StoreError(plain)
    return StoreError(f"the database refused ({type(cause).__name__}): run mallsync store check")
