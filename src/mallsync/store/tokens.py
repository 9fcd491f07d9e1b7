"""Renewed tokens, so that processes share them: a `TokenVault`. Values are secrets."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen
from sqlalchemy import select

from mallsync.store.database import Database, upsert
from mallsync.store.schema import tokens

__all__ = ["Tokens"]


@frozen
class Tokens:
    """The tokens of a store; the file that holds them is as secret as they are."""

    database: Database

    def load(self, name: str) -> str | None:
        """Return the token of that name, or None."""
        with self.database.read() as connection:
            return connection.execute(select(tokens.c.value).where(tokens.c.name == name)).scalar()

    def save(self, name: str, value: str, expires_at: datetime | None) -> None:
        """Keep a token; an earlier one of that name is replaced, whole."""
        row = {"value": value, "expires_at": expires_at}
        with self.database.write() as connection:
            made = upsert(connection, tokens).values(name=name, **row)
            connection.execute(made.on_conflict_do_update(index_elements=[tokens.c.name], set_=row))
