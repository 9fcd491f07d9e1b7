"""CSV files of malls: from bytes to rows by header name, with each mistake in its place (R10)."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from io import StringIO

from attrs import field, frozen

from mallsync.errors import FileError

__all__ = ["Layout", "Row", "Table", "decode", "table"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = ("utf-8", "cp932")  # never shift_jis: it lacks what Windows writes (R10)


def decode(data: bytes, *, encoding: str | None = None, path: str = "") -> str:
    """Return the text of a file: by the given encoding, by its BOM, as UTF-8, or as cp932.

    Args:
        data: The bytes of the file.
        encoding: Python's name of an encoding; it wins over all else.
        path: The file, for the error.

    Raises:
        FileError: No encoding fits, or the given one does not; the line is that of the first byte
            that UTF-8, or the given one, cannot read.

    >>> decode("見本".encode("cp932")), decode("見本".encode("utf-8-sig"))
    ('見本', '見本')
    """
    given = encoding or next((name for bom, name in _BOMS if data.startswith(bom)), None)
    failures: list[UnicodeDecodeError] = []
    for name in (given,) if given else _GUESSES:
        try:
            return data.decode(name)
        except UnicodeDecodeError as error:
            failures.append(error)
        except LookupError:
            raise FileError(f'no encoding {name!r}: write "utf-8" or "cp932"', path=path) from None
    line = data.count(b"\n", 0, failures[0].start) + 1
    tried = " nor ".join(error.encoding for error in failures)
    raise FileError(
        f"neither {tried} can be read here: save the file as UTF-8", path=path, line=line
    )


@frozen(kw_only=True)
class Layout:
    """The headers of a mall's file: those that it must have, and others that are read."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@frozen
class Row:
    """One row by header name; ``line`` is the one on which it ends, from 1."""

    line: int
    cells: Mapping[str, str] = field(repr=False)


@frozen
class Table:
    """The rows of a file; ``extra`` are headers that its layout does not know."""

    headers: tuple[str, ...]
    extra: tuple[str, ...]
    rows: Iterator[Row] = field(repr=False)


def table(text: str, layout: Layout, *, path: str = "") -> Table:
    r"""Return the rows of a file, read as they are asked for.

    Args:
        text: The file.
        layout: The headers that it should have, in any order; blanks around them do not count.
        path: The file, for errors.

    Raises:
        FileError: A required header is missing, or one is there twice. The rows raise it for one
            that has more or fewer cells than there are headers, and for a quote that never ends.

    >>> found = table("order_id,note\r\nA,\r\n", Layout(name="made up", required=("order_id",)))
    >>> found.extra, [dict(row.cells) for row in found.rows]
    (('note',), [{'order_id': 'A', 'note': ''}])
    """
    lines = csv.reader(StringIO(text, newline=""), strict=True)
    headers = tuple(cell.strip() for cell in next(_cells(lines, path), ()))
    _refuse_missing(headers, layout, path)
    twice = sorted({header for header in headers if headers.count(header) > 1})
    if twice:
        raise FileError(f"header {twice[0]!r} is there twice", path=path, line=1, column=twice[0])
    known = {*layout.required, *layout.optional}
    extra = tuple(header for header in headers if header not in known)
    return Table(headers, extra, _rows(lines, headers, path))


def _cells(lines: Iterator[list[str]], path: str) -> Iterator[list[str]]:
    """Yield the rows that are not empty; the reader itself knows the line."""
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            line = getattr(lines, "line_num", None)
            raise FileError(f"no CSV: {error}", path=path, line=line) from None
        if cells:
            yield cells


def _rows(lines: Iterator[list[str]], headers: Sequence[str], path: str) -> Iterator[Row]:
    for cells in _cells(lines, path):
        line = int(getattr(lines, "line_num", 0))
        if len(cells) != len(headers):
            raise FileError(
                f"{len(cells)} cells under {len(headers)} headers", path=path, line=line
            )
        yield Row(line, dict(zip(headers, cells, strict=True)))


def _refuse_missing(headers: Sequence[str], layout: Layout, path: str) -> None:
    missing = [header for header in layout.required if header not in headers]
    if not missing:
        return
    named = ", ".join(
        _with_nearest(missing, [one for one in headers if one not in layout.required])
    )
    raise FileError(
        f"this is no {layout.name}: it lacks {named}", path=path, line=1, column=missing[0]
    )


def _with_nearest(missing: Iterable[str], strangers: Sequence[str]) -> Iterator[str]:
    for header in missing:
        near = get_close_matches(header, strangers, 1)
        yield f"{header} (there is {near[0]})" if near else header
