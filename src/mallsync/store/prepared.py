"""Statements of fixed shape, given to the driver as text: for what changes a few rows, often."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import ClauseElement, Dialect, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url

__all__ = ["BEGIN_WRITE", "Change", "Prepared"]

BEGIN_WRITE = "BEGIN IMMEDIATE"
"""How SQLite begins: one who reads first may find that another has written."""

_DIALECTS: Mapping[str, Dialect] = {  # their parameters go by name, in both
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": make_url("postgresql+psycopg://").get_dialect()(),
}


class Prepared:
    """A statement that is compiled once for each dialect.

    Core looks a statement up in its cache at each execution, by a key that it makes anew, and wraps
    what comes back: ten times the work that SQLite has with one row. Every parameter is one value:
    not for lists, as of ``IN``.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def on(self, dialect: str) -> _Compiled:
        """Return it as a dialect has it."""
        known = self._compiled.get(dialect)
        if known is None:
            known = self._compiled[dialect] = _compile(self._statement, _DIALECTS[dialect])
        return known


@frozen
class _Compiled:
    text: str
    fixed: Mapping[str, object]
    """The values that the statement itself names."""
    stored: Sequence[tuple[str, Callable[[Any], Any]]]
    """How the database keeps values whose type is not its own, by their names."""
    row: Callable[[Sequence[Any]], Any]
    """What makes a row that is read one of named columns, in the types of Python."""


@frozen
class Change:
    """One transaction of prepared statements: `Database.change` opens and ends it, once.

    Args:
        connection: The driver's, from the pool.
        dialect: ``sqlite`` or ``postgresql``.
    """

    connection: Any
    dialect: str

    def begin(self) -> None:
        """Take the right to write at once. PostgreSQL's driver begins with the first statement."""
        if self.dialect == "sqlite":
            self.connection.execute(BEGIN_WRITE)

    def rows(self, statement: Prepared, values: Mapping[str, object]) -> list[Any]:
        """Return what a statement selects."""
        compiled = statement.on(self.dialect)
        return [*map(compiled.row, self.execute(compiled, values).fetchall())]

    def write(self, statement: Prepared, values: Mapping[str, object]) -> int:
        """Carry out a statement that writes, and return how many rows it wrote."""
        written: int = self.execute(statement.on(self.dialect), values).rowcount
        return written

    def execute(self, compiled: _Compiled, values: Mapping[str, object]) -> Any:  # noqa: ANN401 -- the driver's cursor
        """Give a statement to the driver."""
        given = {**compiled.fixed, **values}
        for name, store in compiled.stored:
            given[name] = store(given[name])
        return self.connection.execute(compiled.text, given)

    def commit(self) -> None:
        """Keep what was written."""
        self.connection.commit()


def _compile(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    stores = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bind in binds.items()
    }
    return _Compiled(
        text=str(compiled),
        fixed={name: compiled.params[name] for name, bind in binds.items() if not bind.required},
        stored=[(name, store) for name, store in stores.items() if store is not None],
        row=_row(statement, dialect) if isinstance(statement, Select) else tuple,
    )


def _row(statement: Select[Any], dialect: Dialect) -> Callable[[Sequence[Any]], Any]:
    columns = list(statement.selected_columns)
    row = namedtuple("row", [column.name for column in columns])  # type: ignore[misc]  # noqa: PYI024 -- its columns are known when it runs
    reads = [
        column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
    ]
    typed = [(at, read) for at, read in enumerate(reads) if read is not None]
    if not typed:
        return row._make

    def made(values: Sequence[Any]) -> Any:  # noqa: ANN401 -- a row of named columns
        told = list(values)
        for at, read in typed:
            told[at] = read(told[at])
        return row._make(told)

    return made
