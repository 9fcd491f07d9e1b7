"""From a file to lines of text: which encoding it has, and what is no CSV at all (R10)."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TypeVar

from attrs import frozen

from mallsync.errors import FileError

__all__ = ["Text", "encoding_named", "opened", "worked_through"]

T = TypeVar("T")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKED = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
"""What reads the byte order mark of an encoding as no part of the text."""
_GUESSES = ("utf-8", "cp932")  # never shift_jis: it lacks what Windows writes (R10)
_OTHER_KINDS = (
    (b"PK\x03\x04", "an Excel file (.xlsx) or another archive: save it as CSV in the spreadsheet"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls): save it as CSV in the spreadsheet"),
    (b"%PDF", "a PDF: download the CSV"),
    (b"\x1f\x8b", "compressed (gzip): unpack it first"),
    (b"<", "a page (HTML or XML), perhaps of a login that had ended: download the CSV again"),
)
_NO_FILES = ("idna", "punycode", "unicode-escape", "raw-unicode-escape")
"""Names of encodings that are for something else."""

_DOUBTS = {"cp932": "\x80\uf8f0\uf8f1\uf8f2\uf8f3"}
"""What Python makes of bytes that no writer of cp932 writes: the file is in something else."""

_CHUNK = 1 << 16


def encoding_named(name: str) -> str:
    """Return Python's own name of an encoding of text, however it is spelt.

    Raises:
        LookupError: There is none, or it is none of text.

    >>> encoding_named("UTF8"), encoding_named("MS932")
    ('utf-8', 'cp932')
    """
    try:
        "a".encode(name)
        found = codecs.lookup(name).name
    except ValueError:  # NUL in the name, say
        raise LookupError(name) from None
    if found in _NO_FILES:
        raise LookupError(name)
    return found


@frozen
class Text:
    """A file whose every byte fits an encoding.

    Args:
        path: The file.
        encoding: Python's name of what it is in.
    """

    path: Path
    encoding: str

    @contextmanager
    def lines(self) -> Iterator[Iterable[str]]:
        """Open the lines with their ends as they are, as `csv.reader` wants them."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            yield file


def opened(path: Path | str, *, encoding: str | None = None) -> Text:
    """Return a file as text: in the given encoding, by its BOM, as UTF-8, or as cp932.

    The file is read once, some of it at a time, so that what does not fit is found before anybody
    works with the rest.

    Args:
        path: The file.
        encoding: Python's name of an encoding; it wins over all else.

    Raises:
        FileError: The file is not there, empty, of another kind, or fits no encoding; with line
            and column of the first byte that the best of them cannot read.
    """
    text, _ = worked_through(path, _read_through, encoding=encoding)
    return text


def worked_through(
    path: Path | str, work: Callable[[Iterable[str]], T], *, encoding: str | None = None
) -> tuple[Text, T]:
    """Return a file as `opened`, and what work on all of its lines gives: in one reading of both.

    The work may be begun anew, where a line far down does not fit the encoding that was tried.

    Args:
        path: The file.
        work: Takes all the lines with their ends, as `csv.reader` wants them.
        encoding: As for `opened`.

    Raises:
        FileError: As `opened`.
    """
    place = Path(path)
    try:
        with place.open("rb") as file:
            head = file.read(4)
            _refuse_other_kinds(head, place)
            misfits = {}
            given = _given(head, encoding, place)
            for name in (given,) if given else _GUESSES:
                doubtful = _DOUBTS.get(name, "") if not given else ""
                try:
                    return Text(place, name), work(_lines(_decoded(file, name, place, doubtful)))
                except _Misfit as error:
                    misfits[name] = error.offset
                except FileError:
                    # Text in the wrong encoding has no headers to speak of.
                    misfit = _misfit(_decoded(file, name, place, doubtful)) if misfits else None
                    if misfit is None:
                        raise
                    misfits[name] = misfit
            best = max(misfits, key=lambda name: misfits[name])
            raise _unreadable(file, best, misfits[best], tuple(misfits), place)
    except OSError as error:
        raise FileError(f"cannot be read ({type(error).__name__})", path=place) from None


def _read_through(lines: Iterable[str]) -> None:
    for _ in lines:
        pass


def _misfit(texts: Iterable[str]) -> int | None:
    """Return the place of the first byte that does not fit, None if all do."""
    try:
        _read_through(texts)
    except _Misfit as error:
        return error.offset
    return None


def _given(head: bytes, encoding: str | None, path: Path) -> str | None:
    """Return the encoding that is asked for, or told by the file's mark."""
    bom = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    given = _named(encoding, path) if encoding else bom
    return bom if bom is not None and given is not None and bom == _MARKED.get(given) else given


def _named(encoding: str, path: Path) -> str:
    try:
        return encoding_named(encoding)
    except LookupError:
        raise FileError(f'no encoding {encoding!r}: write "utf-8" or "cp932"', path=path) from None


def _refuse_other_kinds(head: bytes, path: Path) -> None:
    if not head:
        raise FileError("the file is empty: download it again", path=path, line=1)
    for mark, kind in _OTHER_KINDS:
        if head.startswith(mark):
            raise FileError(f"this is {kind}", path=path, line=1, column=1)


class _Misfit(Exception):
    """A byte does not fit an encoding."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def _decoded(file: BinaryIO, encoding: str, path: Path, doubtful: str) -> Iterator[str]:
    """Yield the text piece by piece; raises `_Misfit` at the first byte that does not fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    done = 0
    may_have_nul = encoding.startswith("utf-16")
    while chunk := file.read(_CHUNK):
        kept = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _Misfit(done - kept + error.start) from None
        # A pattern takes forty times as long to find none.
        if doubts := [text.index(one) for one in doubtful if one in text]:
            raise _Misfit(done - kept + len(text[: min(doubts)].encode(encoding)))
        if not may_have_nul and b"\0" in chunk:
            raise _binary(file, done + chunk.index(b"\0"), path)
        yield text
        done += len(chunk)
    kept = len(decoder.getstate()[0])
    if kept:
        raise _Misfit(done - kept)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    r"""Yield lines with their ends as they are, as a file with ``newline=""`` does.

    >>> list(_lines(["a\r", "\nb", "c\rd"]))
    ['a\r\n', 'bc\r', 'd']
    """
    parts: list[str] = []
    for text in texts:
        # A piece that ends with CR may go on with LF.
        cut = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
        if cut:
            yield from StringIO("".join([*parts, text[:cut]]), newline="")
            parts.clear()
        parts.append(text[cut:])
    yield from StringIO("".join(parts), newline="")


def _binary(file: BinaryIO, offset: int, path: Path) -> FileError:
    line, _ = _spot(file, offset, "latin-1")
    return FileError("this is no text: it has NUL bytes", path=path, line=line)


def _unreadable(
    file: BinaryIO, encoding: str, offset: int, tried: tuple[str, ...], path: Path
) -> FileError:
    line, column = _spot(file, offset, encoding)
    names = " nor ".join(tried)
    many = "neither " if len(tried) > 1 else "no "
    text = f"{many}{names} can be read here: save the whole file as UTF-8"
    return FileError(text, path=path, line=line, column=column)


def _spot(file: BinaryIO, offset: int, encoding: str) -> tuple[int, int]:
    """Return line and column, from 1, of a byte; a column is a cell, as far as its line tells."""
    file.seek(0)
    line, start, done = 1, 0, 0
    while done < offset:
        chunk = file.read(min(_CHUNK, offset - done))
        line += chunk.count(b"\n")
        if b"\n" in chunk:
            start = done + chunk.rindex(b"\n") + 1
        done += len(chunk)
    file.seek(start)
    if encoding.startswith("utf-16"):
        return line, 1  # two bytes a character: no cell is counted
    before = TextIOWrapper(BytesIO(file.read(offset - start)), encoding, errors="replace").read()
    try:
        return line, max(1, len(next(csv.reader([before]), ())))
    except csv.Error:  # a line that is longer than any, or has line ends of another kind
        return line, 1
