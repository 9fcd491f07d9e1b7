"""Orders of a CSV file: each once, with all of its rows, however long the file is (R10)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from attrs import field, frozen

from mallsync.adapters.mercari_shops import orders_csv as mercari_shops
from mallsync.adapters.qoo10 import orders_csv as qoo10
from mallsync.adapters.rakuten import orders_csv as rakuten
from mallsync.errors import ConfigError, FileError
from mallsync.files.mapped import orders_by
from mallsync.files.mapping import CsvMapping
from mallsync.files.opening import Text, worked_through
from mallsync.model.sighting import Seen
from mallsync.model.words import Mall, require_text
from mallsync.wire.csvs import OrdersCsv, Row, Table, table

__all__ = ["FORMATS", "Numbers", "OrdersFile", "Refused", "read_orders"]

FORMATS: Mapping[str, OrdersCsv] = MappingProxyType(
    {
        Mall.RAKUTEN.value: rakuten.ORDERS,
        Mall.QOO10.value: qoo10.ORDERS,
        Mall.MERCARI_SHOPS.value: mercari_shops.ORDERS,
    }
)
"""How the order CSV of each mall that has one is read."""


@frozen
class Refused:
    """Rows that make no order: one of their cells cannot be read. The other orders stand.

    Args:
        number: The order's; ``""`` where there is none.
        lines: The lines on which its rows end, from 1.
        error: Why, with line and column.
    """

    number: str
    lines: tuple[int, ...]
    error: FileError


@frozen(kw_only=True)
class OrdersFile:
    """A file that was read through once and whose every row has its place.

    Iterating yields a `Seen` for each order, with ``covers`` for what the file's columns tell; it
    can be done again. The first row that makes no order raises its error: see `sightings`.

    Args:
        path: The file.
        mall: Whose file it is.
        shop_id: The shop's id, for the orders' keys.
        encoding: What it is in.
        layout: What the file is called.
        headers: Its headers, in its order.
        unknown_headers: Those that are kept in ``raw`` alone: malls add columns.
        covers: The `Order` fields that its columns tell.
        rows: How many rows it has below the header.
        orders: How many orders.
    """

    path: Path
    mall: str
    shop_id: str
    encoding: str
    layout: str
    headers: tuple[str, ...] = field(repr=False)
    unknown_headers: tuple[str, ...]
    covers: frozenset[str] = field(repr=False)
    rows: int
    orders: int
    _format: OrdersCsv = field(repr=False)
    _spread: frozenset[str] = field(repr=False)

    @property
    def number_header(self) -> str:
        """The header of the order's number."""
        return self._format.number

    def __iter__(self) -> Iterator[Seen]:
        """Yield the orders.

        Raises:
            FileError: A cell cannot be read; with line and column.
        """
        for event in self.sightings():
            if isinstance(event, Refused):
                raise event.error
            yield event

    def sightings(self) -> Iterator[Seen | Refused]:
        """Yield the orders, and what makes none, in the file's order.

        An order whose rows lie apart comes behind the others.
        """
        for number, rows in self._groups():
            try:
                if not number:
                    raise rows[0].wrong(self._format.number, "is empty")
                order = self._format.order(self.shop_id, number, rows)
            except FileError as error:
                error.path = self.path
                yield Refused(number, tuple(row.line for row in rows), error)
            else:
                yield Seen(order, self.covers)

    def _groups(self) -> Iterator[tuple[str, list[Row]]]:
        apart: dict[str, list[Row]] = {}
        with Text(self.path, self.encoding).lines() as lines:
            found = table(lines, self._format.layouts)
            for number, rows in groupby(found.rows, key=self._number):
                if not number:
                    yield from (("", [row]) for row in rows)
                elif number in self._spread:
                    apart.setdefault(number, []).extend(rows)
                else:
                    yield number, list(rows)
        yield from apart.items()

    def _number(self, row: Row) -> str:
        return self._format.key(row.cells[self._format.number])


def read_orders(
    path: Path | str,
    *,
    mall: str = "",
    shop_id: str = "",
    mapping: CsvMapping | None = None,
    encoding: str | None = None,
) -> OrdersFile:
    """Return the orders of a CSV file, in the same form as a client's.

    The file is read through before this returns: encoding, headers and the shape of every row.
    Then it is read again, as the orders are asked for, in the memory of a few rows.

    Args:
        path: A file as the mall makes it: see `FORMATS`.
        mall: The mall's key, such as ``"rakuten"``.
        shop_id: The host's own name of the shop, for the orders' keys.
        mapping: Of a shop that has files of its own, instead of a mall.
        encoding: Python's name of an encoding, where BOM, UTF-8 and cp932 are not to be tried.

    Raises:
        ConfigError: The mall has no order CSV that is known.
        FileError: The file cannot be read, lacks a required header, or has a row with too many or
            too few cells; with line and column.
    """
    named, found = _format(mall, mapping)
    require_text(shop_id, "shop_id")
    chosen = encoding or (None if mapping is None else mapping.encoding)
    try:
        text, (first, rows, orders, spread) = worked_through(
            path, partial(_survey, kind=found), encoding=chosen
        )
    except FileError as error:
        error.path = Path(path)
        raise
    return OrdersFile(
        path=text.path,
        mall=named,
        shop_id=shop_id,
        encoding=text.encoding,
        layout=first.layout.name,
        headers=first.headers,
        unknown_headers=tuple(filter(None, first.extra)),
        covers=found.covers(first.headers),
        rows=rows,
        orders=orders,
        format=found,
        spread=spread,
    )


def _format(mall: str, mapping: object) -> tuple[str, OrdersCsv]:
    if mapping is not None:
        if not isinstance(mapping, CsvMapping):
            raise ConfigError('mapping: write load_mapping("my-page.toml")')
        if mall not in ("", mapping.mall):
            raise ConfigError(f"mall is {mall!r}, the mapping's is {mapping.mall!r}: write one")
        return mapping.mall, orders_by(mapping)
    if mall not in FORMATS:
        raise ConfigError(f"mall: write one of {', '.join(FORMATS)}, or give a mapping")
    return mall, FORMATS[mall]


def _survey(lines: Iterable[str], kind: OrdersCsv) -> tuple[Table, int, int, frozenset[str]]:
    """Return the table, how many rows and orders there are, and the orders whose rows lie apart."""
    found = table(lines, kind.layouts)
    column = found.headers.index(kind.number)
    rows = orders = 0
    before = ""
    spread: set[str] = set()
    with Numbers() as numbers:
        for _, cells in found.records:
            rows += 1
            number = kind.key(cells[column])
            if number == before:
                continue
            before = number
            if number and numbers.add(number):
                orders += 1
            elif number:
                spread.add(number)
    return found, rows, orders, frozenset(spread)


_FEW = 1 << 14
_INSERT = "INSERT OR IGNORE INTO numbers VALUES (?)"


class Numbers:
    """The numbers of a file; on disk once they are many, so that a million take no memory."""

    def __init__(self) -> None:
        self._few: set[str] = set()
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._database is not None:
            self._database.close()

    def add(self, number: str) -> bool:
        """Keep a number; False if it is there already."""
        if self._database is not None:
            return self._database.execute(_INSERT, (number,)).rowcount == 1
        is_new = number not in self._few
        self._few.add(number)
        if len(self._few) > _FEW:
            self._database = _database(self._few)
            self._few.clear()
        return is_new


def _database(numbers: Iterable[str]) -> sqlite3.Connection:
    """Return a table of numbers, on disk as far as it must be and gone when it is closed."""
    database = sqlite3.connect("", isolation_level=None)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("CREATE TABLE numbers (number TEXT PRIMARY KEY) WITHOUT ROWID")
    database.execute("BEGIN")
    database.executemany(_INSERT, [(number,) for number in numbers])
    return database
