"""The tables of the store, their version, and how an older one becomes this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    inspect,
    select,
)

from mallsync.errors import StoreError
from mallsync.model.period import JST
from mallsync.store.database import Database

__all__ = [
    "MIGRATIONS",
    "TABLES",
    "VERSION",
    "coverage",
    "entries",
    "fetches",
    "handlings",
    "leases",
    "orders",
    "prepare",
    "quarantine",
    "shops",
    "steps",
    "tokens",
]

VERSION = 1
"""Of the tables below. Whoever changes them raises it and adds to `MIGRATIONS`."""

MIGRATIONS: Mapping[int, Callable[[Connection], None]] = {}
"""By the version that it starts from: what makes the next one of it. Version 1 is the first."""

_LOCK = 0x6D616C6C  # "mall"
"""What processes that open a new PostgreSQL database agree on, so that one makes the tables."""


@lru_cache(maxsize=256)
def _in_japan(moment: datetime) -> str:
    """Return the text of a moment; that of a batch stands in each of its rows."""
    return moment.astimezone(JST).isoformat(timespec="microseconds")


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as text in Japan time: it sorts, and people can read it."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 -- SQLAlchemy's
        """Return the text."""
        return None if value is None else _in_japan(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's
        """Return the moment, in Japan time."""
        return None if value is None else datetime.fromisoformat(value).astimezone(JST)


TABLES = MetaData()

meta = Table("meta", TABLES, Column("version", Integer, nullable=False))

shops = Table(
    "shops",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("mall", Text, nullable=False),
    Column("shop_id", Text, nullable=False),
    UniqueConstraint("mall", "shop_id"),
)


def _shop() -> Column[int]:
    return Column("shop", ForeignKey("shops.id"), primary_key=True, autoincrement=False)


orders = Table(
    "orders",
    TABLES,
    _shop(),
    Column("number", Text, primary_key=True),
    Column("phase", Text, nullable=False),
    Column("mall_status", Text, nullable=False),
    Column("ordered_at", Moment, nullable=False),
    Column("cancelled_at", Moment),
    Column("total", Integer),
    Column("is_open", Boolean, nullable=False),  # may still be shipped: watched by each fetch
    Column("intake", Text, nullable=False),  # "" came in; else the code of R12 why it did not
    Column("first_seen_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("purged_at", Moment),  # when its personal data was erased
    Column("codec", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("cache", Text, nullable=False),  # the normalised order, as JSON
    Column("raw", LargeBinary),  # the mall's own record; None where the client keeps none
    Index("orders_open", "shop", "is_open", "number"),
    Index("orders_ordered_at", "shop", "ordered_at"),
    Index("orders_codec", "shop", "codec"),
)

handlings = Table(
    "handlings",
    TABLES,
    _shop(),
    Column("number", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("dispatches", Text, nullable=False),
    Column("parent", Text),  # the number of the order that it is shipped together with
    Column("memo", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    ForeignKeyConstraint(["shop", "number"], ["orders.shop", "orders.number"]),
    ForeignKeyConstraint(["shop", "parent"], ["orders.shop", "orders.number"]),
    Index("handlings_parent", "shop", "parent"),
    Index("handlings_updated_at", "shop", "updated_at"),
)

quarantine = Table(
    "quarantine",
    TABLES,
    _shop(),
    Column("number", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("codec", Integer, nullable=False),
    Column("raw", LargeBinary),
)

coverage = Table(
    "coverage",
    TABLES,
    _shop(),
    Column("statuses", Text, primary_key=True),  # "" is every status; else codes, sorted, by comma
    Column("start_at", Moment, primary_key=True),
    Column("end_at", Moment, nullable=False),
)

fetches = Table(
    "fetches",
    TABLES,
    _shop(),
    Column("started_at", Moment, nullable=False),  # the signpost of the last run
    Column("asked_from", Moment, nullable=False),  # the earliest that any run has asked for
    Column("ended_at", Moment),
    Column("trouble", Text, nullable=False),
)

entries = Table(
    "entries",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("shop", ForeignKey("shops.id"), nullable=False),
    Column("number", Text, nullable=False),
    Column("shipment", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("write_back", Text),  # what is written, so that a later run can go on with it
    Column("outcome", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("told_at", Moment),  # when the outcome was learnt
    Column("confirmed_at", Moment),  # when a later fetch saw it on the mall
    UniqueConstraint("shop", "number", "shipment", "kind", "revision"),
)

steps = Table(
    "steps",
    TABLES,
    Column("entry", ForeignKey("entries.id"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

leases = Table(
    "leases",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("token", Integer, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

tokens = Table(
    "tokens",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("expires_at", Moment),
)


def prepare(database: Database) -> None:
    """Make the tables, or bring older ones up to `VERSION`, in one transaction.

    Raises:
        StoreError: They are newer than this version of mallsync knows, or the database does not
            take every text.
    """
    with database.write() as connection:
        if not database.is_sqlite:
            _require_unicode(connection)
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if not inspect(connection).has_table(meta.name):
            TABLES.create_all(connection)
            connection.execute(meta.insert().values(version=VERSION))
            return
        found = connection.execute(select(meta.c.version)).scalar_one()
        if found > VERSION:
            raise StoreError(
                f"the store has tables of version {found}, this mallsync knows {VERSION}:"
                " update mallsync"
            )
        for version in range(found, VERSION):
            MIGRATIONS[version](connection)
            connection.execute(meta.update().values(version=version + 1))


def _require_unicode(connection: Connection) -> None:
    """Refuse a PostgreSQL database that lacks letters: a buyer's remark may hold any."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreError(
            f"the database keeps text as {encoding}: make one with ENCODING 'UTF8'"
            " (CREATE DATABASE … TEMPLATE template0)"
        )
