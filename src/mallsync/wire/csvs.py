"""CSV files of malls: from text to rows by header name, with each mistake in its place (R10).

Nothing here opens a file: `mallsync.files` does, and finds out its encoding.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final, Generic, NoReturn, TypeVar, cast

from attrs import NOTHING, field, frozen, has
from dateutil import parser as dates

from mallsync.errors import DecodeError, FileError, Problem
from mallsync.model.order import Order
from mallsync.model.period import JST
from mallsync.wire import moments
from mallsync.wire.making import maker, plain_fields

__all__ = [
    "MUST",
    "NO_DAY",
    "Cell",
    "Cells",
    "Layout",
    "Meaning",
    "OrdersCsv",
    "Row",
    "Table",
    "code",
    "day",
    "kept_rows",
    "moment",
    "numbered",
    "read_kept",
    "table",
    "whole",
]

T = TypeVar("T")

Meaning = Callable[[str], Any]
"""What a cell's text means; a ValueError says that it means nothing."""

Cell = tuple[str, str, Meaning, Any]

_DASHES = str.maketrans({"/": "-", "年": "-", "月": "-", "日": " "})
_OFFSET_OF = re.compile(r"(?<![A-Za-z])(?!AM|PM)[A-Z]{1,5}\s*(?=[+-]\d)")
"""Before an offset; dateutil would read it as POSIX does, with the sign turned round."""

_NAMES_OF_NONE = (None, "UTC", "GMT", "Z")
"""Names that tell no more than their offset."""

_YEAR_FIRST = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?!\d)")
NO_DAY = datetime(1970, 1, 1, tzinfo=JST)
"""What an order has for its date where a file tells none; it is not covered."""

MUST: Final = object()
"""What a blank cell stands for that must be filled."""

_LONGEST = 12
_WHOLE = re.compile(r"-?[0-9]{1,12}(\.0*)?")


@frozen(kw_only=True)
class Layout:
    """The headers of a mall's file: those that it must have, and others that are read."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@frozen
class Row:
    """One row by header name; ``line`` is the one on which it ends, from 1.

    >>> row = Row(2, {"個数": " 1,440 ", "郵便番号": "'0600000", "備考": ""})
    >>> row.must("個数", whole), row.code("郵便番号"), row.cell("備考", whole), row.text("ない")
    (1440, '0600000', None, '')
    """

    line: int
    cells: Mapping[str, str] = field(repr=False)

    def text(self, column: str) -> str:
        """Return a cell without blanks around it; ``""`` for a column that is not there."""
        return self.cells.get(column, "").strip()

    def code(self, column: str) -> str:
        """Return a cell without the apostrophe that keeps a spreadsheet from making it a number."""
        return code(self.cells.get(column, ""))

    def cell(self, column: str, meaning: Callable[[str], T]) -> T | None:
        """Return what a cell means; None for a blank one, or a column that is not there.

        Raises:
            FileError: It means nothing: `meaning` raised a ValueError.
        """
        told = self.cells.get(column)
        if not told:
            return None
        text = code(told)
        try:
            return meaning(text) if text else None
        except (ValueError, OverflowError):
            raise self.wrong(column, "cannot be read") from None

    def must(self, column: str, meaning: Callable[[str], T]) -> T:
        """Return what a cell means that may not be blank.

        Raises:
            FileError: It is blank, or means nothing.
        """
        found = self.cell(column, meaning)
        if found is None:
            raise self.wrong(column, "is empty")
        return found

    def wrong(self, column: str, what: str) -> FileError:
        """Return the error of a cell; what stands in it may be personal and is not shown."""
        return FileError(f"{column} {what}", line=self.line, column=column)


_new_row = maker(Row)


class Cells(Generic[T]):
    """What a row tells of a value: by the value's field the column that tells it.

    Args:
        make: Makes the value of its fields, by name; or an attrs class of plain fields.
        cells: Field, column, what a cell means, and what a blank one stands for: `MUST` for one
            that must be filled. A cell that means ``str`` is taken as it stands.
        given: Fields that whoever reads a row knows already.
        optional: Columns that a file may lack; then they are as if blank.

    >>> cells = Cells(dict, [("name", "商品名", str, ""), ("units", "個数", whole, MUST)], ["at"])
    >>> cells.read(Row(2, {"商品名": " 見本 ", "個数": "1,440"}), 7)
    {'at': 7, 'name': ' 見本 ', 'units': 1440}
    """

    def __init__(
        self,
        make: Callable[..., T],
        cells: Iterable[Cell],
        given: Sequence[str] = (),
        *,
        optional: Collection[str] = (),
    ) -> None:
        self._make = make
        self._cells = tuple(cells)
        self._given = tuple(given)
        self._optional = frozenset(optional)
        self._quick = self._written()

    def read(self, row: Row, *given: object) -> T:
        """Return what a row tells, and what is given.

        Raises:
            FileError: A cell cannot be read, or is blank and must not be.
        """
        try:
            return self._quick(row.cells, *given)
        except (ValueError, OverflowError):
            found = {name: self._read(row, *cell) for name, *cell in self._cells}
            return self._make(**found, **dict(zip(self._given, given, strict=True)))

    def _read(self, row: Row, column: str, meaning: Meaning, blank: object) -> object:
        """Return the same of one cell, which may have blanks around it, or say that it is wrong."""
        text = row.cells.get(column, "")
        if meaning is str:
            return text
        with suppress(ValueError, OverflowError):
            if text:
                return meaning(text)
        told = row.must(column, meaning) if blank is MUST else row.cell(column, meaning)
        return blank if told is None else told

    def _written(self) -> Callable[..., T]:
        """Return a function, written out from the cells, that reads a row in which all is well."""
        scope: dict[str, Any] = {"make": self._make, "must": _must, "new": object.__new__}
        values = {name: name for name in self._given}
        for at, (name, column, meaning, blank) in enumerate(self._cells):
            scope |= {f"m{at}": meaning, f"b{at}": blank}
            blank_one = "must()" if blank is MUST else f"b{at}"
            cell = (
                f"cells.get({column!r}, '')" if column in self._optional else f"cells[{column!r}]"
            )
            read = f"m{at}(t) if (t := {cell}) else {blank_one}"
            values[name] = cell if meaning is str else read
        lines = [f"def read({', '.join(['cells', *self._given])}):"]
        if isinstance(self._make, type) and has(self._make):
            # Of a class with dozens of fields a call costs as much as reading the cells.
            defaults = {one.name: one.default for one in plain_fields(self._make)}
            lacking = [
                one for one, told in defaults.items() if told is NOTHING and one not in values
            ]
            if lacking:
                raise TypeError(f"no cell tells {', '.join(lacking)}")
            scope |= {f"d_{name}": default for name, default in defaults.items()}
            lines += ["made = new(make)"]
            lines += [f"made.{name} = {values.get(name, f'd_{name}')}" for name in defaults]
            lines += ["return made"]
        else:
            given = ", ".join([f"{name}={value}" for name, value in values.items()])
            lines += [f"return make({given})"]
        exec("\n    ".join(lines), scope)  # noqa: S102 -- our own names
        return cast("Callable[..., T]", scope["read"])


def _must() -> NoReturn:
    raise ValueError("is empty")


@frozen(kw_only=True)
class OrdersCsv:
    """How a mall's order CSV is read. Each part is pure.

    Args:
        layouts: The files that the mall makes; the first whose required headers are all there.
        number: The header of the order's number; several rows of one number are its lines.
        covers: Makes of the headers of a file the `Order` fields that it tells (see `Seen`).
        order: Makes an order of the shop's id, its number and its rows, in their order; raises a
            FileError at the cell that cannot be read. The order's ``raw`` is the tuple of its
            rows as dicts.
        key: Makes the order's number of its cell.
    """

    layouts: tuple[Layout, ...]
    number: str
    covers: Callable[[Collection[str]], frozenset[str]]
    order: Callable[[str, str, Sequence[Row]], Order]
    key: Callable[[str], str] = str.strip


@frozen
class Table:
    """The rows of a file; ``extra`` are headers that its layout does not know.

    ``records`` are line and cells of each row, for who needs no more than some of the cells.
    """

    layout: Layout
    headers: tuple[str, ...]
    extra: tuple[str, ...]
    records: Iterator[tuple[int, list[str]]] = field(repr=False)

    @property
    def rows(self) -> Iterator[Row]:
        """The rows by header."""
        headers = self.headers
        blank = dict.fromkeys(headers, "")
        for line, told in self.records:
            cells = blank.copy()  # which grows no more, as a dict of pairs does
            # Records have as many cells as there are headers: that is not checked again.
            cells |= zip(headers, told)  # noqa: B905 -- as above
            yield _new_row(line, cells)


def table(lines: Iterable[str], layouts: Sequence[Layout]) -> Table:
    r"""Return the rows of a file, read as they are asked for.

    Args:
        lines: The file's lines with their ends, as `open` with ``newline=""`` gives them.
        layouts: The headers that it may have, in any order; blanks around them do not count.

    Raises:
        FileError: A required header is missing, or one is there twice. The rows raise it for one
            that has more or fewer cells than there are headers, and for a quote that never ends.

    >>> made_up = Layout(name="made up", required=("order_id",))
    >>> found = table(["order_id,note\r\n", "A,\r\n"], [made_up])
    >>> found.extra, [dict(row.cells) for row in found.rows]
    (('note',), [{'order_id': 'A', 'note': ''}])
    """
    reader = csv.reader(lines, strict=True)
    headers = tuple(cell.strip() for cell in _first_line(reader))
    layout = min(layouts, key=lambda one: len(_missing(one, headers)))
    _refuse_missing(headers, layout)
    # Columns without a header may be several: a line that ends in a comma makes one.
    twice = sorted(header for header, times in Counter(headers).items() if header and times > 1)
    if twice:
        raise FileError(f"header {twice[0]!r} is there twice", line=1, column=twice[0])
    known = {*layout.required, *layout.optional}
    extra = tuple(header for header in headers if header not in known)
    return Table(layout, headers, extra, _records(reader, headers))


def kept_rows(raw: object, column: str) -> tuple[Row, ...] | None:
    """Return the rows of an order's raw record if it is one of a file that has such a column.

    >>> kept_rows({"orderNumber": "1"}, "注文番号") is None
    True
    """
    if not isinstance(raw, list | tuple) or not raw:
        return None
    if not all(isinstance(row, dict) and column in row for row in raw):
        return None
    return tuple(Row(place, row) for place, row in enumerate(raw, 1))


def read_kept(raw: object, kind: OrdersCsv, shop_id: str, mall: str) -> Order | None:
    """Return the order that a kept raw record makes if it is one of such a file, else None.

    Raises:
        DecodeError: A cell cannot be read, which it could once, or a column is not there.
    """
    rows = kept_rows(raw, kind.number)
    if rows is None:
        return None
    try:
        _refuse_lacking(rows, kind.layouts)
        return kind.order(shop_id, kind.key(rows[0].cells[kind.number]), rows)
    except FileError as error:
        problem = Problem(place=f"[{(error.line or 1) - 1}].{error.column}", code="unreadable")
        raise DecodeError(
            str(error), mall=mall, operation="read", code="UNREADABLE", problems=(problem,)
        ) from None


def numbered(names: Iterable[str]) -> Iterator[str]:
    """Yield ids of lines that have none: what they are of, and which of these it is.

    >>> list(numbered(["SKU-1", "SKU-2", "SKU-1"]))
    ['SKU-1', 'SKU-2', 'SKU-1#2']
    """
    seen: dict[str, int] = {}
    for name in names:
        times = seen[name] = seen.get(name, 0) + 1
        yield f"{name}#{times}" if times > 1 else name


# -------------------------------------------------------------------------------- what cells mean


def code(text: str) -> str:
    """Return a code or a telephone number, without a spreadsheet's apostrophe and blanks.

    >>> code(" '0600000")
    '0600000'
    """
    return text if text.isalnum() else text.strip().removeprefix("'").lstrip()


@lru_cache(maxsize=1024)
def whole(text: str) -> int:
    """Return an amount in yen or a quantity; thousands may have commas.

    Lines repeat quantities and prices, so the last ones are kept.

    >>> whole("1,440"), whole("600.00")
    (1440, 600)
    """
    plain = text if text.isdecimal() else text.replace(",", "")
    if plain.isdecimal() and plain.isascii() and len(plain) <= _LONGEST:
        return int(plain)
    if not _WHOLE.fullmatch(plain):
        raise ValueError("no whole number")
    return int(plain.partition(".")[0])


def moment(text: str) -> datetime:
    """Return a moment that begins with its year, aware; one without a zone is Japan's.

    ``2/1/2031`` and ``31/2/1`` are refused: which number is the day is not known.

    >>> moment("2031/04/02 10:15").isoformat(), moment("2031-04-02T01:15:00Z").isoformat()
    ('2031-04-02T10:15:00+09:00', '2031-04-02T10:15:00+09:00')
    """
    try:
        return moments.moment(text.replace("/", "-"))
    except ValueError:
        found = _odd_moment(text)
    if found.tzinfo is None:
        return datetime.combine(found.date(), found.time(), JST)
    return found.astimezone(JST)


def _odd_moment(text: str) -> datetime:
    """Return a moment in another form than most have it."""
    plain = _OFFSET_OF.sub("", text.translate(_DASHES).strip())
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        if not _YEAR_FIRST.match(plain):
            raise
        return dates.parse(plain, default=NO_DAY, tzinfos=_zone)


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    """Return a zone by its name or its seconds, None if none is told; most names mean several."""
    if name == "JST":
        return JST
    if name not in _NAMES_OF_NONE:
        raise ValueError("the zone is not known")
    return None if offset is None else timezone(timedelta(seconds=offset))


def day(text: str) -> date:
    """Return a day that begins with its year.

    >>> day("2031/4/2").isoformat(), day("2031年4月2日").isoformat()
    ('2031-04-02', '2031-04-02')
    """
    return moment(text).date()


# ----------------------------------------------------------------------------------------- inside


def _first_line(reader: Iterator[list[str]]) -> list[str]:
    try:
        return next(filter(None, reader), [])
    except csv.Error as error:
        raise _no_csv(error, reader) from None


def _records(
    reader: Iterator[list[str]], headers: Sequence[str]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, with their lines, which the reader itself knows."""
    count = len(headers)
    try:
        for cells in reader:
            if len(cells) == count:
                # Any iterator of lists for the type checker, but one of csv.
                yield reader.line_num, cells  # type: ignore[attr-defined]  # as above
            elif cells:
                raise _ragged(cells, headers, reader)
    except csv.Error as error:
        raise _no_csv(error, reader) from None


def _no_csv(error: csv.Error, reader: Iterator[list[str]]) -> FileError:
    return FileError(f"no CSV: {error}", line=getattr(reader, "line_num", None))


def _ragged(cells: Sequence[str], headers: Sequence[str], reader: Iterator[list[str]]) -> FileError:
    place = headers[len(cells)] if len(cells) < len(headers) else len(headers) + 1
    what = f"{len(cells)} cells under {len(headers)} headers"
    return FileError(what, line=getattr(reader, "line_num", None), column=place)


def _missing(layout: Layout, headers: Collection[str]) -> list[str]:
    return [header for header in layout.required if header not in headers]


def _refuse_lacking(rows: Iterable[Row], layouts: Sequence[Layout]) -> None:
    for row in rows:
        missing = min((_missing(one, row.cells) for one in layouts), key=len)
        if missing:
            raise row.wrong(missing[0], "is not there")


def _refuse_missing(headers: Sequence[str], layout: Layout) -> None:
    missing = _missing(layout, headers)
    if not missing:
        return
    strangers = [one for one in headers if one not in layout.required]
    named = ", ".join(_with_nearest(missing, strangers))
    raise FileError(f"this is no {layout.name}: it lacks {named}", line=1, column=missing[0])


def _with_nearest(missing: Iterable[str], strangers: Sequence[str]) -> Iterator[str]:
    for header in missing:
        near = get_close_matches(header, strangers, 1)
        yield f"{header} (there is {near[0]})" if near else header
