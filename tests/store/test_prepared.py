"""Prepared statements do what Core does with them, and their errors are told as its are."""

from __future__ import annotations

from datetime import UTC

import pytest
from sqlalchemy import bindparam, select, text

from mallsync.errors import StoreError
from mallsync.model.journal import EntryKey
from mallsync.store import SqlStore, schema
from mallsync.store.prepared import Prepared
from tests.services import postgres_url
from tests.store.conftest import NOW
from tests.store.made import SHOP, key

LEASE = {"name": "a", "holder": "me", "token": 1, "expires_at": NOW}
PUT = Prepared(schema.leases.insert().values({name: bindparam(name) for name in LEASE}))
FIND = select(schema.leases).where(schema.leases.c.name == bindparam("name"))
MOVE = Prepared(
    schema.leases.update()
    .where(schema.leases.c.name == bindparam("of"), schema.leases.c.holder == "me")
    .values(expires_at=bindparam("until"), token=schema.leases.c.token + 1)
)


def put(store: SqlStore) -> None:
    """Write a row."""
    with store.database.change() as change:
        assert 1 == change.write(PUT, LEASE)


def test_what_is_written_is_read_as_core_reads_it(store: SqlStore) -> None:
    """Names, types and values that the statement itself has."""
    put(store)
    with store.database.change() as change:
        assert 1 == change.write(MOVE, {"of": "a", "until": NOW})
        assert 0 == change.write(MOVE, {"of": "another", "until": NOW})
        (row,) = change.rows(Prepared(FIND), {"name": "a"})
        assert [] == change.rows(Prepared(FIND), {"name": "another"})
    with store.database.read() as connection:
        by_core = connection.execute(FIND, {"name": "a"}).one()

    assert by_core._asdict() == row._asdict()
    assert (2, NOW) == (row.token, row.expires_at)


def test_a_value_that_is_forgotten_is_no_null(store: SqlStore) -> None:
    """It is refused, as by Core."""

    def forget() -> None:
        with store.database.change() as change:
            change.rows(Prepared(FIND), {})

    with pytest.raises(StoreError, match="the database refused"):
        forget()


def test_a_value_of_the_statement_itself_is_kept_as_its_column_is(store: SqlStore) -> None:
    """A moment, as text in Japan time."""
    put(store)
    found = Prepared(FIND.where(schema.leases.c.expires_at == NOW.astimezone(UTC)))
    with store.database.change() as change:
        assert ["a"] == [row.name for row in change.rows(found, {"name": "a"})]


def test_a_change_that_raises_leaves_nothing(store: SqlStore) -> None:
    """Nor does it leave its transaction open."""

    def break_off() -> None:
        with store.database.change() as change:
            change.write(PUT, LEASE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    put(store)


def test_a_refusal_is_told_in_plain_words(store: SqlStore) -> None:
    """Without statement and values; the next change goes on."""
    put(store)
    with pytest.raises(StoreError, match=r"the database refused \((Integrity|Unique)") as caught:
        put(store)
    assert "me" not in str(caught.value).split()
    assert caught.value.__suppress_context__
    with store.database.change() as change:
        assert 1 == change.write(MOVE, {"of": "a", "until": NOW})


def test_a_store_in_memory_changes_one_thing_at_a_time() -> None:
    """It has one connection: a second transaction would end the first."""
    with SqlStore("sqlite://") as store:
        entry = EntryKey(key(), "1")
        store.shops.row(SHOP)
        with store.database.change() as change:
            change.write(PUT, LEASE)
            with pytest.raises(StoreError, match="a store in memory has one connection"):
                store.journal.open(entry, "payload")
        assert "payload" == store.journal.open(entry, "payload").payload


def test_a_connection_that_the_server_has_cut_is_not_used_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What was in the middle is an error, what comes behind works; the log is not alarmed."""

    def be_cut(store: SqlStore) -> None:
        with store.database.change() as change:
            change.write(MOVE, {"of": "a", "until": NOW})
            change.rows(Prepared(text("SELECT pg_terminate_backend(pg_backend_pid())")), {})

    with postgres_url() as url, SqlStore(url) as store:
        put(store)
        with pytest.raises(StoreError, match="the database refused"):
            be_cut(store)
        with store.database.read() as connection:
            assert 1 == connection.execute(FIND, {"name": "a"}).one().token
        with store.database.change() as change:
            assert 1 == change.write(MOVE, {"of": "a", "until": NOW})
    assert not caplog.records
