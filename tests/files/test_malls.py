"""Each mall's own files, from end to end: the same orders by API and by file, results out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mallsync import Dispatch, Mall, Period, Phase, ShipmentNotice
from mallsync.adapters import qoo10
from mallsync.errors import ConfigError, FileError
from mallsync.files import (
    FORMATS,
    fill_brief_file,
    import_orders,
    load_mapping,
    read_orders,
    write_results,
    write_upload,
)
from mallsync.policy.merge import Mode
from mallsync.store import Stored
from mallsync.sync import Shop, ShopSettings, Sync
from tests.adapters.qoo10 import csv_rows as qoo10_rows
from tests.adapters.rakuten import csv_rows as rakuten_rows
from tests.files.test_mapping import EXAMPLES
from tests.sync.conftest import NOW, World
from tests.sync.conftest import orders as orders  # noqa: PLC0414 -- fixtures
from tests.sync.conftest import world as world  # noqa: PLC0414 -- a fixture is found by its name

SETTINGS = {"rakuten": ShopSettings(days=60), "qoo10": ShopSettings(days=60)}
NOTICE = ShipmentNotice(
    order_number="A-1",
    carrier="ヤマト運輸",
    tracking_numbers=("000011112222", "000011113333"),
    ship_date=date(2026, 11, 22),
    delivery_methods={"宅急便"},
    message="見本",
)


def written(path: Path, mall: str, rows: Iterable[Mapping[str, str]]) -> Path:
    """Write a mall's file and return it; in UTF-8, as made-up names have what cp932 lacks."""
    layout = FORMATS[mall].layouts[0]
    headers = (*layout.required, *layout.optional)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, headers, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def rakuten_file(world: World, path: Path) -> Path:
    """Write the file of every order of the fake Rakuten from which nothing was deleted."""
    fake = world.malls.rakuten.fake
    documents: list[Any] = [fake.document(number) for number in list(fake.orders)]
    whole = [
        one
        for one in documents
        if not any(
            [
                *(package["packageDeleteFlag"] for package in one["PackageModelList"]),
                *(
                    item["deleteItemFlag"]
                    for package in one["PackageModelList"]
                    for item in package["ItemModelList"]
                ),
            ]
        )
    ]
    return written(path, "rakuten", [row for one in whole for row in rakuten_rows.rows_of(one)])


def qoo10_file(world: World, path: Path) -> Path:
    """Write the file of every cart of the fake Qoo10 without a claim."""
    mall = world.malls.qoo10
    with qoo10.Client(
        mall.credentials,
        shop_id="demo",
        base_url=mall.base_url,
        pace=None,
        options=qoo10.Options(version=2),
    ) as client:
        carts: list[Any] = list(client.fetch_orders(Period.last_days(60, now=NOW)))
    rows = [
        row
        for cart in carts
        if not any(row.get("claimStatus") for row in cart.raw)
        for row in cart.raw
    ]
    return written(path, "qoo10", qoo10_rows.detail_rows(rows))


FILES: Mapping[str, Callable[[World, Path], Path]] = {
    "rakuten": rakuten_file,
    "qoo10": qoo10_file,
}


@pytest.mark.parametrize("mall", FILES)
@pytest.mark.parametrize("mode", [Mode.UPDATE, Mode.REWRITE])
def test_a_file_of_orders_that_were_fetched_changes_nothing(
    world: World, tmp_path: Path, mall: str, mode: Mode
) -> None:
    """But the host status of what had come in; the mall's own record stays the record."""
    sync = Sync([Shop(getattr(world, mall), SETTINGS[mall])], world.store)
    sync.fetch()
    before = stored(sync)
    report = import_orders(sync, "demo", [FILES[mall](world, tmp_path / "orders.csv")], mode=mode)
    after = stored(sync)

    assert ((), 0, 0) == (report.refused, report.inserted, report.updated)
    assert report.unchanged > 30
    assert {number: one.order for number, one in before.items()} == {
        number: one.order for number, one in after.items()
    }
    assert [one.order.raw for one in before.values()] == [one.order.raw for one in after.values()]
    assert {one.number for one in report.moves} == {
        number
        for number, one in after.items()
        if one.handling and one.handling.status == "受注処理中"
    }


def stored(sync: Sync) -> dict[str, Stored]:
    """Return every stored order with its record."""
    (key,) = sync.shops
    return {one.order.number: one for one in sync.store.orders.find(key, raw=True)}


@pytest.mark.parametrize("mall", FILES)
def test_orders_that_came_by_file_are_planned_like_fetched_ones(
    world: World, tmp_path: Path, mall: str
) -> None:
    """And a fetch takes them over, with the handling that the shop has typed in."""
    sync = Sync([Shop(getattr(world, mall), SETTINGS[mall])], world.store)
    report = import_orders(sync, "demo", [FILES[mall](world, tmp_path / "orders.csv")])
    waiting = [
        one.order
        for one in sync.orders()
        if one.order.phase is Phase.TO_SHIP and len(one.order.shipments) == 1
    ]
    told = Dispatch(ship_date=NOW.date(), carrier="ヤマト運輸", tracking_number="000011112222")
    for order in waiting:
        sync.handle(order.key, status="発送待ち", dispatch=told)
    by_file = sync.plan_export()
    sync.fetch()
    by_api = sync.plan_export()

    assert report.inserted == len(list(sync.orders(status="受注処理中"))) + len(waiting)
    assert by_file.notices
    assert {one.key for one in by_api.notices} <= {one.key for one in by_file.notices}


def test_the_files_of_the_malls_are_told_apart(world: World, tmp_path: Path) -> None:
    """Each is refused as another's, by what it lacks."""
    paths = {mall: make(world, tmp_path / f"{mall}.csv") for mall, make in FILES.items()}

    for mall, path in paths.items():
        assert read_orders(path, mall=mall).orders > 20
        for other in set(FORMATS) - {mall}:
            with pytest.raises(FileError, match="it lacks") as caught:
                read_orders(path, mall=other)
            assert (path, 1) == (caught.value.path, caught.value.line)


def test_a_mall_without_a_file_says_so(world: World, tmp_path: Path) -> None:
    """Nothing is public of Rakuma's."""
    sync = Sync([Shop(world.rakuma)], world.store)
    with pytest.raises(ConfigError, match="mall: write one of"):
        import_orders(sync, "demo", [tmp_path / "orders.csv"])


def test_results_for_rakuten_are_its_six_columns(tmp_path: Path) -> None:
    """In cp932 with CRLF; what would be refused is named before there is a file."""
    path = tmp_path / "out.csv"
    count = write_upload(path, [NOTICE])
    with pytest.raises(ConfigError, match="order A-1: CARRIER_UNMAPPED"):
        write_upload(
            tmp_path / "none.csv",
            [ShipmentNotice(order_number="A-1", carrier="気球便", ship_date=NOTICE.ship_date)],
        )

    assert 2 == count
    assert (
        "注文番号,送付先ID,発送明細ID,お荷物伝票番号,配送会社,発送日\r\n"
        "A-1,,,000011112222,1001,2026-11-22\r\nA-1,,,000011113333,1001,2026-11-22\r\n"
    ).encode("cp932") == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_a_brief_file_is_filled_beside_or_in_place(tmp_path: Path) -> None:
    """Another file is refused with its place."""
    layout = FORMATS[Mall.QOO10.value].layouts[1]
    source, target = tmp_path / "brief.csv", tmp_path / "filled.csv"
    cells = {"注文番号": "1900000011", "カート番号": "880000001"}
    row = ",".join(cells.get(header, "") for header in layout.required)
    source.write_text(f"{','.join(layout.required)}\r\n{row}\r\n", encoding="utf-8-sig", newline="")
    notice = ShipmentNotice(
        order_number="880000001", carrier="ヤマト運輸", tracking_numbers=("000011112222",)
    )
    fill_brief_file(source, target, [notice])
    fill_brief_file(source, source, [notice])
    target.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(FileError, match="this is no") as caught:
        fill_brief_file(target, source, [notice])

    assert "ヤマト宅急便,000011112222" in source.read_text(encoding="utf-8-sig")
    assert (target, 1) == (caught.value.path, caught.value.line)


def test_results_in_a_layout_of_ones_own(tmp_path: Path) -> None:
    """Any field in any column; a value without a code is named."""
    toml = tmp_path / "mapping.toml"
    columns = {
        "番号": "order_number",
        "伝票": "tracking_number",
        "方法": "delivery_methods",
        "言葉": "message",
        "送付先": "shipment_id",
    }
    lines = [f'"{header}" = "{field}"' for header, field in columns.items()]
    toml.write_text("\n".join(["[results]", "[results.columns]", *lines]), encoding="utf-8")
    layout, own = load_mapping(toml).results, load_mapping(EXAMPLES / "my_page.toml").results
    assert layout is not None
    assert own is not None
    path = tmp_path / "out.csv"
    count = write_results(path, [NOTICE], layout)
    unmapped = ShipmentNotice(order_number="A-2", carrier="西濃運輸")

    assert 2 == count
    assert "A-1,000011112222,宅急便,見本,\r\n" in path.read_bytes().decode("cp932")
    with pytest.raises(ConfigError, match="order A-2: carrier has no code in the results layout"):
        write_results(path, [unmapped], own)
