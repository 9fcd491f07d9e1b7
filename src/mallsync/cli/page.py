"""The shop's own page in ``mallsync demo`` (カスタムCSV店舗): orders by file, results by file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from attrs import frozen

from mallsync.files import CsvShop, load_mapping, write_csv
from mallsync.sync import Shop

__all__ = ["Page", "page_in"]

_MAPPING = """
mall = "own-page"
encoding = "cp932"

[order]
number = "受注番号"
ordered_at = "受注日"
mall_status = "状態"
phase = { column = "状態", codes = { "未発送" = "TO_SHIP" }, other = "UNKNOWN" }
recipient.family_name = "届け先名"
recipient.address.postal_code = { join = ["郵便番号1", "郵便番号2"], with = "-" }
recipient.address.street = "住所"
charges.total = "合計"

[item]
name = "商品名"
quantity = "数量"

[results]
encoding = "cp932"

[results.columns]
"受注番号" = "order_number"
"伝票番号" = "tracking_number"
"運送会社" = "carrier"
"出荷日" = "ship_date"
"""
_HEADERS = (
    *("受注番号", "受注日", "状態", "届け先名", "郵便番号1", "郵便番号2", "住所", "合計"),
    *("商品名", "数量"),
)


@frozen
class Page:
    """A shop of files, and the folder where its files lie."""

    shop: Shop
    folder: Path

    def orders_of(self, day: date) -> Path:
        """Write the page's order file of a day, all of it made up, and return it."""
        path = self.folder / f"orders-{day:%Y%m%d}.csv"
        rows = [row for place in range(1, 7) for row in _rows(day, place)]
        write_csv(path, _HEADERS, rows, encoding="cp932")
        return path

    def results(self) -> list[str]:
        """Return the lines of the result files, without their headers."""
        files = sorted(self.folder.glob(f"results/{self.shop.key.shop_id}-*.csv"))
        texts = [path.read_text(encoding="cp932").splitlines() for path in files]
        return [line for lines in texts for line in lines[1:]]


def page_in(folder: Path, shop_id: str) -> Page:
    """Return the shop of files whose files lie in a folder."""
    place = folder / "own_page.toml"
    place.write_text(_MAPPING, encoding="utf-8")
    client = CsvShop(load_mapping(place), shop_id=shop_id, results=folder / "results")
    return Page(Shop(client), folder)


def _rows(day: date, place: int) -> Sequence[Sequence[str]]:
    """Return the rows of an order: one for each of its lines."""
    first = (f"P{day:%m%d}-{place}", f"{day:%Y/%m/%d} 10:{place:02}", "未発送", f"見本 {place}郎")
    rest = ("060", "0000", f"見本市{place}-1", f"{1000 * place:,}")
    lines = [(f"見本の品{line}", str(line)) for line in range(1, 2 + place % 2)]
    return [(*first, *rest, *line) for line in lines]
