"""Databases that cannot do it say so in plain words, and keep nothing half-done."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, ResourceClosedError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mallsync.errors import ConfigError, StoreError
from mallsync.model.handling import Handling
from mallsync.model.journal import EntryKey
from mallsync.store import Arrival, SqlStore, database, schema
from tests.services import postgres_database, postgres_url
from tests.store.made import PLACED, SHOP, key, order


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (None, "url is NoneType"),
        ("orders.db", "cannot be read"),
        ("mysql://root@127.0.0.1/test", "begins with 'mysql'"),
        ("postgresql://root@127.0.0.1/test", "begins with 'postgresql'"),
    ],
)
def test_a_url_of_no_database_that_it_can_use_is_refused(url: str, said: str) -> None:
    """With how to write one."""
    with pytest.raises(ConfigError, match=said) as caught:
        SqlStore(url)
    assert 'write "sqlite:///orders.db"' in str(caught.value)


def test_a_password_is_in_no_repr_and_no_error() -> None:
    """Nor is the statement that failed."""
    url = "postgresql+psycopg://root:made-up-secret@127.0.0.1:1/test"
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        SqlStore(url)
    assert "made-up-secret" not in repr(caught.value)
    with SqlStore("sqlite://") as store:
        assert "SqlStore('sqlite://')" == repr(store)


def test_a_database_that_lacks_letters_is_refused() -> None:
    """A buyer's remark with a picture in it would be lost, and its order with it."""
    with postgres_database("EUC_JP") as url, pytest.raises(StoreError, match="as EUC_JP: make one"):
        SqlStore(url)


def test_a_store_of_a_newer_version_is_refused(
    store: SqlStore, open_store: Callable[[], SqlStore], url: str
) -> None:
    """It is left as it is."""
    with store.database.write() as connection:
        connection.execute(schema.meta.update().values(version=schema.VERSION + 1))
    with pytest.raises(StoreError, match="update mallsync"):
        schema.prepare(store.database)
    if url != "sqlite://":
        with pytest.raises(StoreError, match="knows 1"):
            open_store()


def test_an_older_store_is_brought_up_step_by_step(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one transaction: all of the steps, or none."""
    made: list[int] = []
    steps = {1: lambda _: made.append(1), 2: lambda _: made.append(2)}
    monkeypatch.setattr(schema, "VERSION", 3)
    monkeypatch.setattr(schema, "MIGRATIONS", steps)
    schema.prepare(store.database)
    schema.prepare(store.database)

    assert [1, 2] == made


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """So is one in a folder that is not there."""
    file = tmp_path / "orders.db"
    file.write_text("this is no database" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="no SQLite database"):
        SqlStore(f"sqlite:///{file}")
    with pytest.raises(StoreError, match="cannot be opened"):
        SqlStore(f"sqlite:///{tmp_path / 'none' / 'orders.db'}")


def test_a_database_that_is_locked_for_long_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the transaction is kept."""
    pragmas = ("PRAGMA busy_timeout = 50", *database._PRAGMAS[1:])
    monkeypatch.setattr(database, "_PRAGMAS", pragmas)
    file = tmp_path / "orders.db"
    with SqlStore(f"sqlite:///{file}") as store:
        store.shops.row(SHOP)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="was locked"):
            store.orders.arrive(SHOP, [Arrival(order=order(), handling=Handling())])
        with pytest.raises(StoreError, match="was locked"), store.database.change():
            raise AssertionError
        other.execute("COMMIT")
        other.close()

        assert store.orders.get(key()) is None
        assert () == store.journal.open(EntryKey(key(), "1"), "payload").steps


def test_a_full_disk_says_so_and_keeps_what_was_there(tmp_path: Path) -> None:
    """All of a batch, or nothing of it."""
    with SqlStore(f"sqlite:///{tmp_path / 'orders.db'}") as store:
        store.orders.arrive(SHOP, [Arrival(order=order("1"), handling=Handling())])
        connection = store.database.engine.raw_connection()
        connection.cursor().execute("PRAGMA max_page_count = 1")
        connection.close()
        big = [order(str(n), remarks=str(n) * 4000) for n in range(2, 40)]
        with pytest.raises(StoreError, match="disk is full"):
            store.orders.arrive(SHOP, [Arrival(order=o, handling=Handling()) for o in big])

        assert ["1"] == [one.order.number for one in store.orders.find(SHOP)]


@pytest.mark.skipif(os.getuid() == 0, reason="root may write to a file that is read-only")
def test_a_read_only_file_says_so(tmp_path: Path) -> None:  # pragma: no cover -- not as root
    """With what to do."""
    file = tmp_path / "orders.db"
    SqlStore(f"sqlite:///{file}").close()
    file.chmod(0o400)
    with pytest.raises(StoreError, match="read-only"):
        SqlStore(f"sqlite:///{file}")


def test_a_read_only_database_says_so(tmp_path: Path) -> None:
    """With what to do."""
    with SqlStore(f"sqlite:///{tmp_path / 'orders.db'}") as store:
        store.shops.row(SHOP)
        connection = store.database.engine.raw_connection()
        connection.cursor().execute("PRAGMA query_only = 1")
        connection.close()
        with pytest.raises(StoreError, match="read-only"):
            store.fetches.begin(SHOP, PLACED)


def test_what_is_wrong_otherwise_is_told_without_the_statement() -> None:
    """By the kind of the driver's error."""
    odd = DBAPIError("SELECT secret", {"name": "花子"}, ValueError("花子"))
    said = [database._plain(one) for one in (odd, ResourceClosedError("closed"))]

    assert [
        "the database refused (ValueError): run mallsync store check",
        "the database refused (ResourceClosedError): run mallsync store check",
    ] == [str(one) for one in said]
    assert "fewer at a time" in str(database._plain(PoolTimeoutError()))


def test_a_block_that_raises_leaves_nothing(store: SqlStore) -> None:
    """Of its own errors nothing is made."""
    row = store.shops.row(SHOP)

    def break_off() -> None:
        with store.database.write() as connection:
            connection.execute(schema.tokens.insert().values(name="a", value="b"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert store.tokens.load("a") is None
    assert row == store.shops.row(SHOP)


def test_a_transaction_that_reads_sees_one_state(tmp_path: Path) -> None:
    """What arrives meanwhile is not half in it."""
    with postgres_url() as url:
        for one in (url, f"sqlite:///{tmp_path / 'orders.db'}"):
            with SqlStore(one) as store, store.database.read() as connection:
                before = connection.execute(select(func.count()).select_from(schema.orders))
                counted = [before.scalar_one()]
                store.orders.arrive(SHOP, [Arrival(order=order("1"), handling=Handling())])
                after = connection.execute(select(func.count()).select_from(schema.orders))

                assert [0, 0] == [*counted, after.scalar_one()]


def test_a_store_in_memory_is_not_asked_in_the_middle_of_its_work() -> None:
    """It has one connection: asking would end the transaction, and lose what it has written."""
    with SqlStore("sqlite://") as store:
        row = store.shops.row(SHOP)
        with store.database.write() as connection:
            connection.execute(schema.tokens.insert().values(name="a", value="b"))
            with pytest.raises(StoreError, match="a store in memory has one connection"):
                store.orders.tally(SHOP)
        assert "b" == store.tokens.load("a")
        assert row == store.shops.row(SHOP)


def test_threads_share_a_store(store: SqlStore) -> None:
    """In memory they take turns."""
    numbers = [str(number) for number in range(24)]

    def arrive(some: list[str]) -> None:
        for number in some:
            store.orders.arrive(SHOP, [Arrival(order=order(number), handling=Handling())])

    threads = [Thread(target=arrive, args=(numbers[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [one.order.number for one in store.orders.find(SHOP)]


def test_a_cut_log_leaves_a_prefix_of_what_was_kept(tmp_path: Path) -> None:
    """As after a power cut: whole transactions, and a sound file."""
    file = tmp_path / "orders.db"
    store = SqlStore(f"sqlite:///{file}")
    for number in range(12):
        store.orders.arrive(SHOP, [Arrival(order=order(f"{number:02}"), handling=Handling())])
    log = (tmp_path / "orders.db-wal").read_bytes()
    kept = file.read_bytes()
    store.close()
    for at in range(0, len(log), max(1, len(log) // 40)):
        place = tmp_path / f"cut-{at}.db"
        place.write_bytes(kept)
        place.with_name(f"{place.name}-wal").write_bytes(log[:at])
        with SqlStore(f"sqlite:///{place}") as cut:
            found = [one.order.number for one in cut.orders.find(SHOP)]

            assert [f"{number:02}" for number in range(len(found))] == found
            assert () == cut.care.check()


def test_a_new_database_is_made_once(url: str) -> None:
    """By whichever process comes first."""
    if url == "sqlite://":
        return
    code = f"from mallsync.store import SqlStore; SqlStore({url!r}).close()"
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]

    assert [0, 0, 0] == [one.wait() for one in running]
