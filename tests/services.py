"""Services that tests need, where they are reachable."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

__all__ = ["POSTGRES", "postgres_database", "postgres_url"]

POSTGRES = os.environ.get(
    "MALLSYNC_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test"
)


@contextmanager
def postgres_url() -> Iterator[str]:
    """Return the URL of a schema of its own in PostgreSQL, which is dropped afterwards."""
    _require()
    schema = f"mallsync_{uuid4().hex}"
    engine = create_engine(POSTGRES)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        yield f"{POSTGRES}?options=-csearch_path%3D{schema}"
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


@contextmanager
def postgres_database(encoding: str) -> Iterator[str]:
    """Return the URL of a database of its own with an encoding, which is dropped afterwards."""
    _require()
    name = f"mallsync_{uuid4().hex}"
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        kind = f"TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
        connection.execute(text(f"CREATE DATABASE {name} {kind}"))
    try:
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        engine.dispose()


def _require() -> None:
    if _is_there():
        return
    reason = f"PostgreSQL is not reachable at {POSTGRES}: set MALLSYNC_TEST_POSTGRES"
    if os.environ.get("MALLSYNC_REQUIRE_SERVICES"):
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def _is_there() -> bool:
    engine = create_engine(POSTGRES, connect_args={"connect_timeout": 2})
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()
