"""The brief file (要約) with carrier and number filled in, as QSM takes it back (wire page §13).

Everything else stays byte for byte as QSM made it: its mark, its line ends, the quotes, and every
row that no notice is about. 発送日 and 発送予定日 are never written (R4).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

from mallsync.adapters.qoo10.labels import label_for
from mallsync.adapters.qoo10.notices import lines_named, preview
from mallsync.adapters.qoo10.orders_csv import BRIEF
from mallsync.errors import ConfigError
from mallsync.model.writebacks import ShipmentNotice
from mallsync.wire.csvs import Row, code, table
from mallsync.wire.writing import refuse_problems

__all__ = ["filled"]

_ENCODINGS = ("utf-8", "utf-8-sig", "cp932")
_LINE, _CART, _CARRIER, _NUMBER = "注文番号", "カート番号", "配送会社", "送り状番号"
_CELL = re.compile(rb'("(?:[^"]|"")*"|[^,"\r\n][^,\r\n]*|)(,|\r\n|\n|\r|\Z)')
"""One cell as it is written, and what ends it. No such byte is a part of a longer character, in
UTF-8 or in cp932, which reads some characters from two codes and would write one: so bytes stay."""


def filled(data: bytes, notices: Sequence[ShipmentNotice], *, encoding: str) -> bytes:
    """Return a brief file with carrier and tracking number of what notices report.

    Args:
        data: The file.
        notices: Each of the lines that its shipment_id names, or of a whole cart. Of several
            tracking numbers the first is written.
        encoding: Of the file: ``"utf-8"``, ``"utf-8-sig"`` or ``"cp932"``.

    Raises:
        ConfigError: A notice has no row, two are about one row, or Qoo10 would refuse one; or the
            file is in another encoding.
        FileError: It is no brief file.
    """
    if encoding not in _ENCODINGS:
        raise ConfigError(f"the file is in {encoding}: download it anew, or save it as UTF-8")
    refuse_problems(notices, preview)
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    found = table(StringIO(data.decode(encoding), newline=""), [BRIEF])
    headers = found.headers
    told: dict[int, tuple[bytes, bytes]] = {}
    by_line = _by_line(notices)
    missing = dict.fromkeys(by_line)
    for place, row in enumerate(found.rows, 1):
        cart = code(row.cells[_CART])
        one = next(
            (one for one in ((cart, code(row.cells[_LINE])), (cart, "")) if one in by_line), None
        )
        if one is not None:
            missing.pop(one, None)
            told[place] = _told(row, by_line[one], plain)
    for cart, line in missing:
        named = f"line {line} of order {cart}" if line else f"order {cart}"
        raise ConfigError(f"{named} has no row in the file: download it anew")
    columns = (headers.index(_CARRIER), headers.index(_NUMBER))
    mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
    return mark + b"".join(_written(data[len(mark) :], columns, told))


def _by_line(notices: Sequence[ShipmentNotice]) -> dict[tuple[str, str], ShipmentNotice]:
    """Return notices by cart and line; a notice of a whole cart has "" for the line."""
    found: dict[tuple[str, str], ShipmentNotice] = {}
    for notice in notices:
        cart = notice.order_number
        for line in lines_named(notice) or ("",):
            if found.setdefault((cart, line), notice) != notice:
                raise ConfigError(f"order {cart}: two notices are about {line or 'all of it'}")
    for cart, line in found:
        if line and (cart, "") in found:
            raise ConfigError(f"order {cart}: one notice is about line {line}, one about all of it")
    return found


def _told(row: Row, notice: ShipmentNotice, encoding: str) -> tuple[bytes, bytes]:
    """Return carrier and number as bytes of the file."""
    label = label_for(notice.carrier, row.text(_CARRIER))
    assert label is not None  # noqa: S101 -- preview has found no problem
    try:
        return label.encode(encoding), notice.tracking_numbers[0].encode(encoding)
    except UnicodeEncodeError:
        what = f"order {notice.order_number}: the file's encoding, {encoding}, lacks a character"
        raise ConfigError(f"{what} of its number: write it in ASCII") from None


def _written(
    data: bytes, columns: tuple[int, int], new: Mapping[int, Sequence[bytes]]
) -> Iterator[bytes]:
    """Yield the file piece by piece, some cells replaced; rows count as `table` counts them."""
    at = row = cell = 0
    end = b"\n"
    while at < len(data) or end == b",":  # a file may end in a comma: its last cell is blank
        found = _CELL.match(data, at)
        assert found is not None  # noqa: S101 -- `table` has read it
        written, end = found.groups()
        cells = dict(zip(columns, new.get(row, ()), strict=False))
        yield (_as(written, cells[cell]) if cell in cells else written) + end
        at = found.end()
        if end == b",":
            cell += 1
        else:
            row += cell > 0  # an empty line is no row
            cell = 0


def _as(written: bytes, new: bytes) -> bytes:
    """Return a cell quoted as the one that it replaces, or because it has to be."""
    if written.startswith(b'"') or b'"' in new:
        return b'"' + new.replace(b'"', b'""') + b'"'
    return new
