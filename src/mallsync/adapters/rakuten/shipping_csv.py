"""The file that RMS takes shipments from (発送完了報告): six columns (wire page §8.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mallsync.adapters.rakuten.notices import MOST_NUMBERS, preview
from mallsync.adapters.rakuten.shapes import CARRIERS
from mallsync.model.writebacks import ShipmentNotice
from mallsync.wire.writing import refuse_problems

__all__ = ["HEADERS", "rows_of"]

HEADERS = ("注文番号", "送付先ID", "発送明細ID", "お荷物伝票番号", "配送会社", "発送日")


def rows_of(notices: Sequence[ShipmentNotice]) -> list[tuple[str, ...]]:
    """Return the rows of notices: one for each tracking number, at least one.

    発送明細ID stays blank, which makes a new record; 送付先ID is needed where an order has several
    destinations.

    Raises:
        ConfigError: Rakuten would refuse a notice; every one is named with what to write instead.

    >>> from datetime import date
    >>> notice = ShipmentNotice(order_number="999001-20261122-0000000001", shipment_id="1",
    ...     carrier="ヤマト運輸", tracking_numbers=("000011112222",), ship_date=date(2026, 11, 22))
    >>> rows_of([notice])[0][1:]
    ('1', '', '000011112222', '1001', '2026-11-22')
    """
    refuse_problems(notices, preview)
    return [row for notice in notices for row in _rows(notice)]


def _rows(notice: ShipmentNotice) -> Iterator[tuple[str, ...]]:
    assert notice.ship_date is not None  # noqa: S101 -- a problem of its preview
    day = notice.ship_date.isoformat()
    carrier = CARRIERS.code_of(notice.carrier) or ""
    numbers = dict.fromkeys(notice.tracking_numbers[:MOST_NUMBERS])
    for number in numbers or ("",):
        yield notice.order_number, notice.shipment_id, "", number, carrier, day
