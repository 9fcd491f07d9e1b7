"""Shipping results as files (出荷実績): what a mall's screen, or a shop of files, takes in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mallsync.adapters.qoo10 import brief_csv
from mallsync.adapters.rakuten import shipping_csv
from mallsync.errors import ConfigError, FileError
from mallsync.files.mapping import ResultsLayout
from mallsync.files.opening import opened
from mallsync.files.writing import write_bytes, write_csv
from mallsync.model.writebacks import ShipmentNotice
from mallsync.wire.csvs import Row

__all__ = ["fill_brief_file", "result_rows", "write_results", "write_upload"]


def write_upload(path: Path | str, notices: Iterable[ShipmentNotice]) -> int:
    """Write the file that Rakuten's RMS takes in (発送完了報告); return how many rows it has.

    Six columns, cp932, CRLF. The journal does not know what is uploaded by hand; the next fetch
    sees it on the mall.

    Args:
        path: The file; one that is there is replaced.
        notices: Such as those of a plan, of orders at Rakuten.

    Raises:
        ConfigError: A notice holds what Rakuten would refuse.
        FileError: cp932 cannot hold it, or the file cannot be written.
    """
    rows = shipping_csv.rows_of(list(notices))
    return write_csv(path, shipping_csv.HEADERS, rows, encoding="cp932")


def fill_brief_file(
    source: Path | str, target: Path | str, notices: Iterable[ShipmentNotice]
) -> None:
    """Fill carrier and number into a brief file of Qoo10 (要約), for the upload to QSM.

    All else stays byte for byte as it was.

    Args:
        source: The file as QSM made it.
        target: Where to; it may be the same.
        notices: Such as those of a plan, of carts at Qoo10.

    Raises:
        ConfigError: A notice has no row in the file, or holds what Qoo10 would refuse.
        FileError: A file cannot be read or written, or is no brief file.
    """
    text = opened(source)
    try:
        filled = brief_csv.filled(text.path.read_bytes(), list(notices), encoding=text.encoding)
    except FileError as error:
        error.path = text.path
        raise
    write_bytes(Path(target), filled)


def write_results(
    path: Path | str, notices: Iterable[ShipmentNotice], layout: ResultsLayout
) -> int:
    """Write shipping results in a layout of one's own; return how many rows it has.

    Raises:
        ConfigError: A carrier, say, has no code in the layout.
        FileError: A cell holds what the encoding lacks, or the file cannot be written.
    """
    rows = [row for notice in notices for row in result_rows(notice, layout)]
    return write_csv(path, list(layout.columns), rows, encoding=layout.encoding)


def result_rows(notice: ShipmentNotice, layout: ResultsLayout) -> list[list[str]]:
    """Return the rows of one notice: one for each tracking number, at least one.

    Raises:
        ConfigError: A value has no code in the layout.
    """
    numbers = notice.tracking_numbers or ("",)
    try:
        return [
            [source.text(_as_row(notice, number, layout)) for source in layout.columns.values()]
            for number in numbers
        ]
    except FileError as error:
        named = f"order {notice.order_number}: {error.column}"
        raise ConfigError(f"{named} has no code in the results layout: add it") from None


def _as_row(notice: ShipmentNotice, number: str, layout: ResultsLayout) -> Row:
    day = notice.ship_date
    told = {
        "order_number": notice.order_number,
        "shipment_id": notice.shipment_id,
        "tracking_number": number,
        "carrier": notice.carrier,
        "delivery_methods": "・".join(sorted(notice.delivery_methods)),
        "ship_date": day.strftime(layout.date) if day else "",
        "message": notice.message,
    }
    return Row(0, told)
