"""The file that RMS takes shipments from."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from mallsync import ShipmentNotice
from mallsync.adapters.rakuten.shipping_csv import HEADERS, rows_of
from mallsync.errors import ConfigError

NOTICE = ShipmentNotice(
    order_number="999001-20261122-0000000001",
    shipment_id="5000000001",
    carrier="佐川急便",
    tracking_numbers=("000011112222", "000011113333"),
    ship_date=date(2026, 11, 22),
)


def test_each_number_is_a_row() -> None:
    """Under six headers, with the carrier's code and the day with dashes."""
    first, second = rows_of([NOTICE])

    assert ("注文番号", "送付先ID", "発送明細ID", "お荷物伝票番号", "配送会社", "発送日") == HEADERS
    assert (NOTICE.order_number, "5000000001", "", "000011112222", "1002", "2026-11-22") == first
    assert "000011113333" == second[3]


def test_a_notice_without_a_number_is_a_row_without_one() -> None:
    """As 定形外 by 日本郵便; a number twice is one."""
    (row,) = rows_of([evolve(NOTICE, tracking_numbers=(), shipment_id="")])
    once = rows_of([evolve(NOTICE, tracking_numbers=("000011112222",) * 2)])

    assert ("", "", "") == row[1:4]
    assert 1 == len(once)


def test_no_more_than_nineteen_numbers_go() -> None:
    """As by API."""
    many = tuple(f"{place:012}" for place in range(25))

    assert 19 == len(rows_of([evolve(NOTICE, tracking_numbers=many)]))


def test_what_rakuten_would_refuse_is_named_for_all_orders_at_once() -> None:
    """Before there is a file."""
    wrong = evolve(NOTICE, order_number="X-1", carrier="気球便")
    undated = evolve(NOTICE, order_number="X-2", ship_date=None)
    with pytest.raises(ConfigError) as caught:
        rows_of([NOTICE, wrong, undated])

    assert "order X-1: CARRIER_UNMAPPED write one of: その他" in str(caught.value)
    assert "order X-2: NOTICE_INCOMPLETE ship_date is missing" in str(caught.value)
