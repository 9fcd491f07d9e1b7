"""The brief file filled in: carrier and number, and not one other byte."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from mallsync import ShipmentNotice
from mallsync.adapters.qoo10.brief_csv import filled
from mallsync.adapters.qoo10.orders_csv import BRIEF
from mallsync.errors import ConfigError, FileError

NOTICE = ShipmentNotice(
    order_number="880000001",
    shipment_id="1900000011,1900000012",
    carrier="ヤマト運輸",
    tracking_numbers=("000011112222",),
    ship_date=date(2026, 11, 22),
)
ROWS = (
    ("1900000011", "880000001", "", "見本の品"),
    ("1900000012", "880000001", "ネコポス", '見本, "二" つ\r\n組'),
    ("1900000013", "880000002", "佐川急便", "≒ｱ髙"),
)


def row(line: str, cart: str, carrier: str, title: str) -> list[str]:
    """Return the cells of a row."""
    told = {
        "配送状態": "配送要請",
        "注文番号": line,
        "カート番号": cart,
        "配送会社": carrier,
        "商品名": title,
        "数量": "1",
    }
    return [told.get(header, "") for header in BRIEF.required]


def file(*, quoted: bool = False, end: str = "\r\n") -> str:
    """Return a brief file."""

    def cell(text: str) -> str:
        special = quoted or any(sign in text for sign in '",\r\n')
        doubled = text.replace('"', '""')
        return f'"{doubled}"' if special else text

    rows = [list(BRIEF.required), *(row(*one) for one in ROWS)]
    return "".join(",".join(map(cell, cells)) + end for cells in rows)


@pytest.mark.parametrize("quoted", [True, False], ids=["quoted", "plain"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
@pytest.mark.parametrize("end", ["\r\n", "\n"], ids=["CRLF", "LF"])
def test_only_carrier_and_number_of_a_notices_lines_change(
    encoding: str, end: str, *, quoted: bool
) -> None:
    """The mark, the quotes, the line ends and all else are as they were."""
    before = file(quoted=quoted, end=end).encode(encoding)
    after = filled(before, [NOTICE], encoding=encoding)
    mark = '"' if quoted else ""
    gap = f"{mark},{mark}"

    expected = (
        before.decode(encoding)
        .replace(
            f"1900000011{gap}880000001{gap}{gap}{gap}",
            f"1900000011{gap}880000001{gap}ヤマト宅急便{gap}000011112222{gap}",
        )
        .replace(
            f"1900000012{gap}880000001{gap}ネコポス{gap}{gap}",
            f"1900000012{gap}880000001{gap}ネコポス{gap}000011112222{gap}",
        )
    )
    assert expected.encode(encoding) == after
    assert 2 == after.count(b"000011112222")


def test_bytes_that_cp932_would_write_otherwise_stay() -> None:
    """It reads ≒ from two codes, and writes one of them."""
    before = file().encode("cp932").replace("≒".encode("cp932"), b"\x87\x90")
    after = filled(before, [NOTICE], encoding="cp932")

    assert b"\x87\x90" in after
    assert before.splitlines()[-1] == after.splitlines()[-1]


def test_a_notice_of_a_whole_cart_is_for_each_of_its_rows() -> None:
    """Without the numbers of its lines."""
    after = filled(file().encode(), [evolve(NOTICE, shipment_id="")], encoding="utf-8")

    assert 2 == after.count(b"000011112222")


def test_an_empty_line_is_no_row() -> None:
    """And a file may end without a line end."""
    text = file().replace("配送要請,1900000012", "\r\n配送要請,1900000012").removesuffix("\r\n")
    after = filled(text.encode(), [NOTICE], encoding="utf-8").decode()

    assert "1900000012,880000001,ネコポス,000011112222" in after
    assert after.endswith(text.splitlines()[-1])


def test_the_first_number_goes_and_dates_never_do() -> None:
    """発送日 stays blank though the notice has a day (R4)."""
    two = evolve(NOTICE, tracking_numbers=("000011112222", "000011113333"))
    after = filled(file().encode(), [two], encoding="utf-8").decode()

    assert "000011113333" not in after
    assert "2026" not in after


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"order_number": "9", "shipment_id": "7"}, "line 7 of order 9 has no row in the file"),
        ({"order_number": "9", "shipment_id": ""}, "order 9 has no row in the file"),
        ({"order_number": "880000002"}, "line 1900000011 of order 880000002 has no row"),
        ({"shipment_id": "1900000011,7"}, "line 7 of order 880000001 has no row in the file"),
        ({"carrier": "気球便"}, "order 880000001: CARRIER_UNMAPPED"),
        ({"tracking_numbers": ()}, "order 880000001: NOTICE_INCOMPLETE tracking_numbers"),
        ({"tracking_numbers": ("1\n2",)}, "order 880000001: TRACKING_NUMBER_WRONG"),
    ],
)
def test_a_notice_that_cannot_be_written_is_named(other: dict[str, Any], said: str) -> None:
    """And nothing is returned."""
    with pytest.raises(ConfigError, match=said):
        filled(file().encode(), [evolve(NOTICE, **other)], encoding="utf-8")


def test_two_notices_about_one_row_are_refused() -> None:
    """One that is given twice is one."""
    other = evolve(NOTICE, tracking_numbers=("999911112222",))

    assert filled(file().encode(), [NOTICE, NOTICE], encoding="utf-8")
    with pytest.raises(ConfigError, match="two notices are about 1900000011"):
        filled(file().encode(), [NOTICE, other], encoding="utf-8")
    with pytest.raises(ConfigError, match="one notice is about line 1900000011, one about all"):
        filled(file().encode(), [NOTICE, evolve(other, shipment_id="")], encoding="utf-8")


def test_a_line_is_not_taken_for_a_cart_of_the_same_number() -> None:
    """Each has numbers of its own."""
    other = ("1900000014", "1900000011", "佐川急便", "")
    cells = ",".join(row(*other)) + "\r\n"
    after = filled((file() + cells).encode(), [NOTICE], encoding="utf-8").decode()

    assert after.endswith(cells)


def test_odd_cells_stay_as_they_are() -> None:
    """A quote within a cell that has none around it; and a blank last cell without a line end."""
    odd = file().replace("見本の品", '12" 見本')
    after = filled(odd.encode(), [NOTICE], encoding="utf-8").decode()
    last = ("送り状番号", *(one for one in BRIEF.required if one != "送り状番号"))
    cells = dict(zip(BRIEF.required, row(*ROWS[0]), strict=True))
    turned = "\n".join(",".join(line) for line in (last[::-1], [cells[one] for one in last[::-1]]))

    assert '12" 見本' in after
    assert "配送状態" != last[0]
    one = evolve(NOTICE, shipment_id="1900000011")
    assert filled(turned.encode(), [one], encoding="utf-8").endswith(b",000011112222")


def test_a_number_is_written_as_the_file_can_hold_it() -> None:
    """With a quote it is quoted; one that the encoding lacks is refused."""
    quote = evolve(NOTICE, tracking_numbers=('1"2',))
    apple = evolve(NOTICE, tracking_numbers=("🍎",))

    assert b',"1""2",' in filled(file().encode(), [quote], encoding="utf-8")
    assert "🍎".encode() in filled(file().encode(), [apple], encoding="utf-8")
    with pytest.raises(ConfigError, match="cp932, lacks a character of its number"):
        filled(file().encode("cp932"), [apple], encoding="cp932")


def test_another_file_or_encoding_is_refused() -> None:
    """With what to do."""
    with pytest.raises(FileError, match="this is no order CSV of Qoo10"):
        filled(b"a,b\r\n1,2\r\n", [NOTICE], encoding="utf-8")
    with pytest.raises(ConfigError, match="the file is in utf-16: download it anew"):
        filled(file().encode("utf-16"), [NOTICE], encoding="utf-16")
