"""Tracking numbers by file: from a carrier's software into what the shop says of its orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mallsync import Dispatch, OrderKey
from mallsync.errors import ConfigError, FileError
from mallsync.files import CsvShop, import_orders, load_mapping, read_tracking, take_tracking
from mallsync.store import SqlStore
from mallsync.sync import Shop, Sync
from tests.files.test_mapping import EXAMPLES, HEADERS, ROW

YAMATO = (
    "お客様管理番号,送り状種類,クール区分,伝票番号,出荷予定日\r\n"
    "A-1,0,0,000011112222,2026/11/22\r\nA-1,7,0,000011113333,2026/11/22\r\n"
    "A-2,0,0,,2026/11/22\r\nA-9,0,0,000011114444,2026/11/22\r\n"
)


@pytest.fixture
def sync(tmp_path: Path) -> Iterator[Sync]:
    """Return a sync of a shop with two orders."""
    path = tmp_path / "orders.csv"
    rows = [ROW, ROW.replace("A-1", "A-2")]
    path.write_bytes("\r\n".join([HEADERS, *rows, ""]).encode("cp932"))
    client = CsvShop(
        load_mapping(EXAMPLES / "my_page.toml"), shop_id="demo", results=tmp_path / "results"
    )
    with SqlStore("sqlite://") as store:
        sync = Sync([Shop(client)], store)
        import_orders(sync, "demo", [path])
        yield sync


def written(tmp_path: Path, text: str, encoding: str = "cp932") -> Path:
    """Write a file of numbers and return it."""
    path = tmp_path / "numbers.csv"
    path.write_bytes(text.encode(encoding))
    return path


def dispatch(sync: Sync, number: str) -> Dispatch:
    """Return how an order leaves."""
    handling = sync.store.handlings.handling(OrderKey("my-page", "demo", number))
    assert handling is not None
    return next((one for one in handling.dispatches if one.shipment_id == number), Dispatch())


def test_a_number_without_its_order_is_told(sync: Sync, tmp_path: Path) -> None:
    """With its line."""
    mapping = load_mapping(EXAMPLES / "yamato_b2cloud.toml")
    path = written(tmp_path, YAMATO.replace("A-9,", ","))
    (refused,) = take_tracking(sync, "demo", path, mapping).refused

    assert ((5,), "お客様管理番号 is empty") == (refused.lines, str(refused.error))
    assert path == refused.error.path


def test_numbers_find_their_orders(sync: Sync, tmp_path: Path) -> None:
    """Several of one order are its parcels; one that is not there is named, none is no number."""
    mapping = load_mapping(EXAMPLES / "yamato_b2cloud.toml")
    report = take_tracking(sync, "demo", written(tmp_path, YAMATO), mapping, status="発送待ち")

    assert Dispatch(
        shipment_id="A-1",
        ship_date=date(2026, 11, 22),
        carrier="ヤマト運輸",
        delivery_methods={"宅急便"},
        tracking_number="000011112222,000011113333",
    ) == dispatch(sync, "A-1")
    assert [("発送待ち", "A-1"), ("受注処理中", "A-2")] == sorted(
        ((one.handling.status, one.order.number) for one in sync.orders() if one.handling),
        key=lambda pair: pair[1],
    )
    assert (("A-9",), False) == (report.unknown, report.ok)
    assert [OrderKey("my-page", "demo", "A-1")] == list(report.taken)


def test_what_a_file_does_not_tell_stays(sync: Sync, tmp_path: Path) -> None:
    """The day of shipping, say, which the shop has filled in; the same again changes nothing."""
    key = OrderKey("my-page", "demo", "A-1")
    sync.handle(key, dispatch=Dispatch(ship_date=date(2026, 11, 21), delivery_methods={"定形外"}))
    text = "お客様側管理番号,お問い合わせ番号\r\nA-1,000011112222\r\nA-1,000011112222\r\n"
    mapping = load_mapping(EXAMPLES / "yupuri_r.toml")
    report = take_tracking(sync, "demo", written(tmp_path, text), mapping)
    again = take_tracking(sync, "demo", written(tmp_path, text), mapping)

    assert report.ok
    assert again.ok
    assert Dispatch(
        shipment_id="A-1",
        ship_date=date(2026, 11, 21),
        carrier="日本郵便",
        delivery_methods={"定形外"},
        tracking_number="000011112222",
    ) == dispatch(sync, "A-1")


def test_a_row_that_cannot_be_read_is_refused_with_its_line(sync: Sync, tmp_path: Path) -> None:
    """The others count; a shipment that an order does not have is refused, too."""
    text = YAMATO.replace("000011112222,2026/11/22", "000011112222,soon")
    mapping = load_mapping(EXAMPLES / "yamato_b2cloud.toml")
    path = written(tmp_path, text)
    report = take_tracking(sync, "demo", path, mapping)
    (refused,) = report.refused

    assert ((2,), path, "出荷予定日") == (refused.lines, refused.error.path, refused.error.column)
    assert "000011113333" == dispatch(sync, "A-1").tracking_number

    toml = tmp_path / "mapping.toml"
    toml.write_text(
        "[tracking]\norder_number = 'n'\ntracking_number = 't'\nshipment_id = 's'\n",
        encoding="utf-8",
    )
    other = written(tmp_path, "n,t,s\nA-2,000011112222,7\n", "utf-8")
    (refused,) = take_tracking(sync, "demo", other, load_mapping(toml)).refused
    assert ("A-2", "order A-2 has no shipment '7': write one of A-2") == (
        refused.number,
        str(refused.error),
    )


def test_a_file_of_something_else_is_refused_whole(sync: Sync, tmp_path: Path) -> None:
    """Nothing of it counts."""
    mapping = load_mapping(EXAMPLES / "sagawa_ehiden.toml")
    path = written(tmp_path, YAMATO)
    with pytest.raises(FileError, match=r"lacks お問い合せ送り状No\.") as caught:
        take_tracking(sync, "demo", path, mapping)
    orders = load_mapping(EXAMPLES / "my_page.toml")
    with pytest.raises(ConfigError, match=r"the mapping has no \[tracking\]"):
        read_tracking(path, orders)

    assert path == caught.value.path
    assert "" == dispatch(sync, "A-1").tracking_number
