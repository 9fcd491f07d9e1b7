"""Orders by file into the store (R10): 更新 and 書換, one transaction, and a report of it all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mallsync import Dispatch, Handling, Order, OrderKey, Phase
from mallsync.errors import ConfigError, FileError, StoreError
from mallsync.files import CsvShop, ImportReport, StatusMove, import_orders, load_mapping
from mallsync.files import importing as module
from mallsync.policy.merge import Mode
from mallsync.store import Arrival, ShopKey, SqlStore
from mallsync.sync import Shop, Sync
from tests.services import postgres_url

MAPPING = """
mall = "my-page"

[order]
number = "no"
phase = { column = "phase", codes = { "1" = "TO_SHIP", "9" = "CANCELLED" }, other = "UNKNOWN" }
remarks = "remarks"
buyer.family_name = "name"
buyer.phone = "phone"
charges.total = "total"

[item]
name = "item"
"""
HEAD = "no,phase,remarks,name,phone,total,item\n"
SHOP = ShopKey("my-page", "demo")


@pytest.fixture(params=["memory", "file", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """Return an empty store of each kind."""
    if request.param == "postgresql":
        with postgres_url() as url, SqlStore(url) as store:
            yield store
        return
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'orders.db'}"
    with SqlStore(url) as store:
        yield store


@pytest.fixture
def sync(store: SqlStore, tmp_path: Path) -> Sync:
    """Return a sync of a shop of files."""
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    client = CsvShop(load_mapping(path), shop_id="demo", results=tmp_path / "results")
    return Sync([Shop(client)], store)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a file may be written."""
    return tmp_path / "orders.csv"


def bring(sync: Sync, path: Path, rows: str, mode: Mode = Mode.UPDATE, **more: Any) -> ImportReport:
    """Import some rows."""
    path.write_text(HEAD + rows, encoding="utf-8")
    return import_orders(sync, "demo", [path], mode=mode, **more)


def order(sync: Sync, number: str) -> Order:
    """Return a stored order."""
    stored = sync.store.orders.get(OrderKey("my-page", "demo", number), raw=True)
    assert stored is not None
    return stored.order


def counts(report: ImportReport) -> tuple[int, int, int]:
    """Return how many orders are new, changed and as they were."""
    return report.inserted, report.updated, report.unchanged


def test_a_new_number_is_inserted_in_both_modes(sync: Sync, path: Path) -> None:
    """And lands in 受注処理中, with its lines; the same file again changes nothing."""
    first = bring(sync, path, "1,1,ok,見本,0900,100,a\n1,1,ok,見本,0900,100,b\n")
    second = bring(sync, path, "2,1,,,,,c\n", Mode.REWRITE)
    again = bring(sync, path, "2,1,,,,,c\n", Mode.REWRITE)

    assert [(1, 0, 0), (1, 0, 0), (0, 0, 1)] == [counts(one) for one in (first, second, again)]
    assert ["a", "b"] == [item.name for item in order(sync, "1").shipments[0].items]
    assert (StatusMove("1", ""),) == first.moves
    assert () == again.moves
    assert {"受注処理中"} == {one.handling.status for one in sync.orders() if one.handling}
    assert all(one.ok for one in (first, second, again))


def test_update_leaves_what_is_blank_and_rewrite_erases_it(sync: Sync, path: Path) -> None:
    """更新 and 書換; of a contact field by field."""
    bring(sync, path, "1,1,note,見本,0900,100,a\n")
    updated = bring(sync, path, "1,1,,見本2,,200,a\n")
    after_update = order(sync, "1")
    rewritten = bring(sync, path, "1,1,,,,,a\n", Mode.REWRITE)
    after_rewrite = order(sync, "1")

    assert after_update.buyer is not None
    assert after_rewrite.buyer is not None
    assert ("note", "見本2", "0900", 200) == (
        after_update.remarks,
        after_update.buyer.family_name,
        after_update.buyer.phone,
        after_update.charges.total,
    )
    assert ("", "", "", None) == (
        after_rewrite.remarks,
        after_rewrite.buyer.family_name,
        after_rewrite.buyer.phone,
        after_rewrite.charges.total,
    )
    assert [(0, 1, 0), (0, 1, 0)] == [counts(updated), counts(rewritten)]


def test_what_the_layout_does_not_have_is_not_erased(sync: Sync, path: Path) -> None:
    """A column that is not there is no blank cell: the method of payment stays."""
    known = Order(
        key=OrderKey("my-page", "demo", "1"),
        phase=Phase.TO_SHIP,
        mall_status="1",
        ordered_at=sync.store.now(),
        messages=(),
        raw={"of": "an API"},
    )
    sync.store.orders.arrive(SHOP, [Arrival(order=known, handling=Handling())])
    bring(sync, path, "1,1,,,,,a\n", Mode.REWRITE)
    after = order(sync, "1")

    assert (known.ordered_at, (), {"of": "an API"}) == (after.ordered_at, after.messages, after.raw)
    assert ["a"] == [item.name for item in after.shipments[0].items]


def test_every_order_moves_and_what_the_shop_has_filled_in_stays(sync: Sync, path: Path) -> None:
    """The previous status is reported; where to is configurable."""
    bring(sync, path, "1,1,,,,,a\n2,1,,,,,a\n")
    key = OrderKey("my-page", "demo", "1")
    sync.handle(key, status="発送待ち", dispatch=Dispatch(tracking_number="000011112222"))
    report = bring(sync, path, "1,1,,,,,a\n2,1,,,,,a\n")
    elsewhere = bring(sync, path, "2,1,,,,,a\n", status="発送待ち")
    handling = sync.store.handlings.handling(key)

    assert (StatusMove("1", "発送待ち"),) == report.moves
    assert (StatusMove("2", "受注処理中"),) == elsewhere.moves
    assert handling is not None
    (said,) = handling.dispatches
    assert ("受注処理中", "000011112222") == (handling.status, said.tracking_number)


def test_an_order_that_had_not_come_in_does_now(sync: Sync, path: Path) -> None:
    """A fetch had left it out: the file is the shop's own word."""
    left_out = Order(
        key=OrderKey("my-page", "demo", "1"),
        phase=Phase.UNPAID,
        mall_status="1",
        ordered_at=sync.store.now(),
    )
    sync.store.orders.arrive(SHOP, [Arrival(order=left_out, intake="FETCH_UNPAID")])
    report = bring(sync, path, "1,1,,,,,a\n")
    (stored,) = sync.orders()

    assert ("", "受注処理中") == (stored.intake, stored.handling and stored.handling.status)
    assert (StatusMove("1", ""),) == report.moves


def test_rows_that_make_no_order_are_reported_and_the_others_come_in(
    sync: Sync, path: Path
) -> None:
    """With their lines."""
    report = bring(sync, path, "1,1,,,,x,a\n2,1,,,,2,b\n")
    (refused,) = report.refused

    assert (("1", (2,)), False) == ((refused.number, refused.lines), report.ok)
    assert ["2"] == [one.order.number for one in sync.orders()]


@pytest.mark.parametrize("broken", ["1,1\n", "1,1,,,,,a\n2,1,,,,,", '1,1,,,,,"a\n'])
def test_nothing_is_written_if_a_file_is_broken(
    sync: Sync, path: Path, tmp_path: Path, broken: str
) -> None:
    """Not even of the good files before it."""
    good = tmp_path / "good.csv"
    good.write_text(HEAD + "9,1,,,,,a\n", encoding="utf-8")
    path.write_text((HEAD + broken).removesuffix(","), encoding="utf-8")
    with pytest.raises(FileError) as caught:
        import_orders(sync, "demo", [good, path])

    assert path == caught.value.path
    assert [] == list(sync.orders())


def test_an_import_that_fails_in_the_middle_has_written_nothing(
    sync: Sync, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All batches are one transaction."""
    rows = "".join(f"{number},1,,,,,a\n" for number in range(450))
    calls = iter(range(999))

    def failing(**told: Any) -> Arrival:
        if next(calls) == 430:
            raise StoreError("the disk is full")
        return Arrival(**told)

    with monkeypatch.context() as patched:
        patched.setattr(module, "Arrival", failing)
        with pytest.raises(StoreError):
            bring(sync, path, rows)
    nothing = list(sync.orders())
    report = bring(sync, path, rows)

    assert [] == nothing
    assert (450, 0, 0) == counts(report)
    assert 450 == len(list(sync.orders()))


def test_an_order_whose_lines_are_all_told_is_in_one_file_alone(sync: Sync, tmp_path: Path) -> None:
    """Else the last file would take the other lines away; one after another, its word holds."""
    paths = [tmp_path / name for name in ("one.csv", "two.csv")]
    for path, remark in zip(paths, ("first", "second"), strict=True):
        path.write_text(f"{HEAD}1,1,{remark},,,,{remark}\n", encoding="utf-8")
    with pytest.raises(FileError, match="order 1 is in a file before this one, too") as caught:
        import_orders(sync, SHOP, paths)

    assert paths[1] == caught.value.path
    assert [] == list(sync.orders())
    for path in paths:
        import_orders(sync, SHOP, [path])

    assert "second" == order(sync, "1").remarks


def test_several_files_count_in_their_order(store: SqlStore, tmp_path: Path) -> None:
    """The last word holds, where no file tells all lines."""
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING.partition("[item]")[0], encoding="utf-8")
    client = CsvShop(load_mapping(mapping), shop_id="demo", results=tmp_path / "results")
    sync = Sync([Shop(client)], store)
    paths = [tmp_path / name for name in ("one.csv", "two.csv")]
    for path, remark in zip(paths, ("first", "second"), strict=True):
        path.write_text(f"{HEAD}1,1,{remark},,,,a\n", encoding="utf-8")
    report = import_orders(sync, SHOP, paths)

    assert "second" == order(sync, "1").remarks
    assert (1, 1, 0) == counts(report)
    assert paths == [one.path for one in report.files]


def test_what_files_have_added_to_is_not_made_of_its_last_rows_alone(
    sync: Sync, path: Path
) -> None:
    """A blank that left the old value would erase it when the record is read again."""

    def is_by_raw() -> bool:
        stored = sync.store.orders.get(OrderKey("my-page", "demo", "1"))
        assert stored is not None
        return stored.by_raw

    bring(sync, path, "1,1,door,,,,a\n")
    first = is_by_raw()
    bring(sync, path, "1,1,door,,,,a\n")
    same = is_by_raw()
    bring(sync, path, "1,1,,,,,b\n")
    added = is_by_raw()
    remarks = order(sync, "1").remarks
    bring(sync, path, "1,1,,,,,b\n")
    still = is_by_raw()
    bring(sync, path, "1,1,,,,,b\n", Mode.REWRITE)

    assert (True, True, False, False, True) == (first, same, added, still, is_by_raw())
    assert ("door", "") == (remarks, order(sync, "1").remarks)


def test_progress_is_told_as_orders_come_in(sync: Sync, path: Path) -> None:
    """After each batch."""
    told: list[int] = []
    rows = "".join(f"{number},1,,,,,a\n" for number in range(250))
    bring(sync, path, rows, progress=lambda _, orders: told.append(orders))

    assert [200, 250] == told


def test_an_amount_beyond_reason_does_not_lose_the_others(sync: Sync, path: Path) -> None:
    """It is kept as it was told."""
    bring(sync, path, "1,1,,,,999999999999,a\n2,1,,,,100,a\n")

    assert [999_999_999_999, 100] == [order(sync, one).charges.total for one in "12"]


def test_an_import_waits_for_a_fetch_of_the_shop(
    sync: Sync, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And gives it up when that does not end."""
    monkeypatch.setattr(module, "_WAIT", 0.0)
    with sync.store.leases.held(f"fetch {SHOP}"), pytest.raises(StoreError, match="being fetched"):
        bring(sync, path, "1,1,,,,,a\n")

    assert (1, 0, 0) == counts(bring(sync, path, "1,1,,,,,a\n"))


def test_bad_arguments_are_told(sync: Sync, path: Path) -> None:
    """With what to write instead."""
    with pytest.raises(ConfigError, match=r"mode: write Mode\.UPDATE"):
        bring(sync, path, "", Mode.SIGHTING)
    with pytest.raises(ConfigError, match='status is empty: write "受注処理中"'):
        bring(sync, path, "", status=" ")
    with pytest.raises(ConfigError, match="paths come in a list"):
        import_orders(sync, "demo", path)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ConfigError, match="no one shop is called other"):
        import_orders(sync, "other", [path])
