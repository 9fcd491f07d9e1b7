"""CSV files that others read: checked whole before anything is written, and there whole or not."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from pathlib import Path

from mallsync.errors import ConfigError, FileError
from mallsync.files.opening import encoding_named
from mallsync.files.safety import for_spreadsheet, unwritable

__all__ = ["csv_text", "write_bytes", "write_csv", "write_text"]

_MOST = 5
"""How many places an error names."""


def write_csv(
    path: Path | str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    encoding: str = "utf-8-sig",
    spreadsheet: bool = False,
) -> int:
    """Write a CSV file with CRLF; return how many rows it has below the header.

    Args:
        path: The file; one that is there is replaced, in one step.
        headers: Its first line.
        rows: The cells of each row, in the order of the headers.
        encoding: Python's name of an encoding: ``"cp932"`` for what malls and labels read.
        spreadsheet: Whether people open it: cells that would run as formulas are then marked as
            text by an apostrophe. Never for a file that a mall reads.

    Raises:
        ConfigError: A row has more or fewer cells than there are headers, or a cell is no text; or
            there is no such encoding.
        FileError: A cell holds what the encoding lacks: the line, the column and what to write
            instead are named, and nothing is written. Or the file cannot be written.
    """
    rows = [_texts(row, headers, place) for place, row in enumerate(rows, 1)]
    _refuse_unknown(encoding)
    made = [[for_spreadsheet(cell) for cell in row] if spreadsheet else list(row) for row in rows]
    _refuse_unwritable(Path(path), headers, made, encoding)
    write_text(path, csv_text([headers, *made]), encoding=encoding)
    return len(made)


def _texts(row: Sequence[object], headers: Sequence[str], place: int) -> list[str]:
    """Return the cells of a row, which are text, as many as there are headers."""
    texts = [cell for cell in row if isinstance(cell, str)]
    if len(row) != len(headers) or len(texts) != len(row):
        raise ConfigError(f"row {place}: write {len(headers)} cells of text, one for each header")
    return texts


def _refuse_unknown(encoding: str) -> None:
    try:
        encoding_named(encoding)
    except LookupError:
        raise ConfigError(f'no encoding {encoding!r}: write "utf-8" or "cp932"') from None


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    r"""Return rows as CSV with CRLF, quoted where it is needed.

    >>> csv_text([["注文番号", "備考"], ["A-1", "a,b"]])
    '注文番号,備考\r\nA-1,"a,b"\r\n'
    """
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def write_text(path: Path | str, text: str, *, encoding: str) -> None:
    """Write a file in one step: a reader sees the old one or the new one, whole.

    Raises:
        FileError: The encoding lacks a character: its line is named, and nothing is written. Or
            the file cannot be written.
    """
    for line, one in enumerate(text.splitlines(), 1):
        for what in unwritable(one, encoding):
            raise FileError(f"{encoding} cannot hold it: {what}", path=path, line=line)
    write_bytes(Path(path), text.encode(encoding))


def write_bytes(place: Path, data: bytes) -> None:
    """Write a file in one step, through a file beside it, down to the disk."""
    if not place.name or place.is_dir():
        raise FileError("this is a folder: name a file in it", path=place)
    beside = place.with_name(f".{place.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise FileError(f"cannot be written ({type(error).__name__})", path=place) from None


def _refuse_unwritable(
    path: Path, headers: Sequence[str], rows: Sequence[Sequence[str]], encoding: str
) -> None:
    found = _unwritable([headers, *rows], headers, encoding)
    first = list(islice(found, _MOST))
    if not first:
        return
    line, column, _ = first[0]
    told = "; ".join(f"line {line}, {column}: {what}" for line, column, what in first)
    text = f"{encoding} cannot hold everything, and nothing was written: {told}"
    raise FileError(text, path=path, line=line, column=column)


def _unwritable(
    rows: Sequence[Sequence[str]], headers: Sequence[str], encoding: str
) -> Iterator[tuple[int, str, str]]:
    for line, row in enumerate(rows, 1):
        for header, cell in zip(headers, row, strict=True):
            for one in unwritable(cell, encoding):
                yield line, header, str(one)
