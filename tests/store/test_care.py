"""Erasing what is personal and old, and finding what is damaged."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from sqlalchemy import text

from mallsync import Phase, ShipmentNotice
from mallsync.errors import DecodeError, StoreError
from mallsync.model.handling import Handling
from mallsync.model.journal import EntryKey
from mallsync.model.sighting import Unreadable
from mallsync.model.writebacks import BuyerReview, Outcome
from mallsync.store import Arrival, Purged, SqlStore, care, schema
from mallsync.store.journal import REVIEW
from tests.store.conftest import NOW, Hands
from tests.store.made import PLACED, SHOP, key, order

LATER = PLACED + timedelta(seconds=1)
NOTICE = ShipmentNotice(order_number="1", tracking_numbers=("000011112222",), message="見本様へ")


def fill(store: SqlStore) -> None:
    """Fill a store with personal data of all kinds: old, open, and young."""
    done = [order("1", phase=Phase.DONE), order("2", phase=Phase.CANCELLED)]
    kept = [order("3"), order("4", phase=Phase.DONE, ordered_at=LATER)]
    store.orders.arrive(SHOP, [Arrival(order=o, handling=Handling()) for o in (*done, *kept)])
    for number in ("1", "3"):
        store.handlings.change(key(number), lambda old: evolve(old, memo="見本様は不在がち"))
    store.journal.claim(EntryKey(key("1"), "7"), NOTICE)
    store.journal.claim(EntryKey(key("2"), "7"), evolve(NOTICE, message=""))
    store.journal.claim(
        EntryKey(key("1"), "1", REVIEW), BuyerReview(order_number="1", message="見本様へ")
    )
    store.orders.arrive(SHOP, unreadable=[Unreadable("9", {"name": "見本"}, DecodeError())])


def test_what_is_personal_and_old_is_erased(
    store: SqlStore, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can still be shipped, what is young and what the journal needs stays."""
    monkeypatch.setattr(care, "_PAGE", 1)
    fill(store)
    clock.advance(days=1)
    purged = store.care.purge(LATER)
    quarantined = store.care.purge(NOW + timedelta(minutes=1))
    one, three = store.orders.get(key("1"), raw=True), store.orders.get(key("3"), raw=True)

    assert Purged(orders=2, raw_records=2, memos=1, messages=2) == purged
    assert Purged(orders=1, raw_records=1, quarantined=1) == quarantined
    assert one is not None
    assert (None, None) == (one.order.buyer, one.order.raw)
    assert 2500 == one.order.charges.total
    assert "000011112222" in str([r.write_back for r in store.journal.records(key("1"))])
    assert three is not None
    assert order("3") == three.order
    assert three.order.raw is not None
    assert Purged() == store.care.purge(NOW + timedelta(minutes=1))


def test_nothing_of_a_person_is_left_in_the_file(tmp_path: Path) -> None:
    """Not in its free pages either, nor beside it."""
    file = tmp_path / "orders.db"
    with SqlStore(f"sqlite:///{file}", clock=lambda: NOW) as store:
        done = order("1", phase=Phase.DONE, remarks="MIHON-HANAKO" * 500, raw=None)
        store.orders.arrive(SHOP, [Arrival(order=done, handling=Handling())])
        before = _bytes_of(tmp_path)
        store.care.purge(LATER)

        assert b"MIHON-HANAKO" in before
        assert b"MIHON-HANAKO" not in _bytes_of(tmp_path)


def _bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def test_a_sighting_that_changes_nothing_does_not_bring_it_back(store: SqlStore) -> None:
    """One that changes something does: the mall has told it anew."""
    done = order("1", phase=Phase.DONE)
    store.orders.arrive(SHOP, [Arrival(order=done, handling=Handling())])
    store.care.purge(LATER)
    store.orders.arrive(SHOP, [Arrival(order=done)])
    still = store.orders.get(key("1"))
    store.orders.arrive(SHOP, [Arrival(order=evolve(done, mall_status="700"))])
    anew = store.orders.get(key("1"))

    assert still is not None
    assert still.order.buyer is None
    assert anew is not None
    assert anew.order.buyer is not None


def test_a_sound_store_has_no_problems(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many orders it has."""
    monkeypatch.setattr(care, "_PAGE", 2)
    fill(store)

    assert () == store.care.check()


def test_an_order_that_cannot_be_read_any_more_is_named(store: SqlStore) -> None:
    """By its number: what is in it is not shown."""
    fill(store)
    with store.database.write() as connection:
        broken = schema.orders.c.number.in_(["2", "3"])
        connection.execute(schema.orders.update().where(broken).values(cache='{"phase": 1}'))
        connection.execute(
            schema.orders.update().where(schema.orders.c.number == "3").values(cache="{")
        )

    assert (
        "order 2 cannot be read: check --repair, then fetch it again",
        "order 3 cannot be read: check --repair, then fetch it again",
    ) == store.care.check(repair=True)
    with pytest.raises(StoreError, match="run mallsync store check"):
        list(store.orders.find(SHOP))
    assert ["2", "3"] == [one.number for one in store.orders.stale(SHOP)]


def test_a_record_that_is_damaged_too_is_asked_of_the_mall(store: SqlStore) -> None:
    """What is left to read again has a record that can be read."""
    fill(store)
    with store.database.write() as connection:
        connection.execute(schema.orders.update().values(raw=b"damaged"))
    with pytest.raises(StoreError, match="run mallsync store check"):
        store.orders.load(SHOP, ["3"], raw=True)
    problems = store.care.check(repair=True)

    assert 4 == len(problems)
    assert [] == list(store.orders.stale(SHOP))
    assert {} == store.orders.held(SHOP, since=PLACED)
    assert () == store.care.check()


def test_a_row_without_its_order_and_a_damaged_page_are_named(tmp_path: Path) -> None:
    """SQLite says so itself."""
    file = tmp_path / "orders.db"
    with SqlStore(f"sqlite:///{file}", clock=lambda: NOW) as store:
        fill(store)
        with store.database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            connection.commit()
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        raw = store.database.engine.raw_connection()
        raw.cursor().execute("PRAGMA foreign_keys = OFF")
        raw.cursor().execute("DELETE FROM orders WHERE number = '1'")
        raw.cursor().execute("PRAGMA foreign_keys = ON")
        raw.close()

        assert "a row of handlings belongs to nothing" in store.care.check()


def test_what_is_in_doubt_stays_whole(store: SqlStore) -> None:
    """It may have to be sent again as it was."""
    fill(store)
    for number in ("1", "2"):
        notice = ShipmentNotice(order_number=number, message="花子様")
        entry = EntryKey(key(number), number)
        store.journal.claim(entry, notice)
        store.journal.settle(entry, Outcome.UNKNOWN if number == "1" else Outcome.SENT)
    store.care.purge(LATER)
    (doubtful,) = store.journal.unfinished(SHOP)
    records = store.journal.of(SHOP, ["1", "2"])
    told = [records[EntryKey(key(number), number)].write_back for number in ("1", "2")]

    assert ["花子様", ""] == [one.message for one in told if one is not None]
    assert doubtful.write_back == ShipmentNotice(order_number="1", message="花子様")


def test_a_purge_says_so_if_the_file_still_has_what_it_erased(tmp_path: Path) -> None:
    """Another process has it open: its last state stays in the file until then."""
    with SqlStore(f"sqlite:///{tmp_path / 'orders.db'}", clock=lambda: NOW) as store:
        fill(store)
        reader = sqlite3.connect(tmp_path / "orders.db")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM orders").fetchall()
        connection = store.database.engine.raw_connection()
        connection.cursor().execute("PRAGMA busy_timeout = 10")
        connection.close()
        with pytest.raises(StoreError, match="close the others and run it again"):
            store.care.purge(LATER)
        reader.execute("COMMIT")
        reader.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="close the others and run it again"):
            store.care._forget_free_pages()
        reader.close()
        store.care.purge(LATER)
