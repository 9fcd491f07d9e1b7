"""Order files: rows read into orders, against ``csv.DictReader`` of the same file; and memory.

The rate counts everything: finding out the encoding, the first reading that checks the file, and
the second that makes the orders. Two rows make an order.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.measuring import Figure, figure, peak, python, seconds
from mallsync.adapters.mercari_shops import orders_csv as mercari_shops
from mallsync.adapters.qoo10 import orders_csv as qoo10
from mallsync.adapters.rakuten import orders_csv as rakuten
from mallsync.files import read_orders

__all__ = ["MANY", "ROWS", "measure", "measure_many"]

ROWS = 20_000
MANY = 1_000_000

_SLOWEST = 1 / 0.3
"""Three tenths of the rate of the bare module are wanted."""

Cells = Mapping[str, str]


def measure(folder: Path, rounds: int = 5) -> list[Figure]:
    """Return the figures of each mall's file, and how memory grows with the rows of one."""
    figures = []
    for mall in _ROWS:
        path = _written(folder, mall, ROWS)
        samples = [_ratio(path, mall) for _ in range(rounds)]
        name = f"CSV of {mall}, {ROWS:,} rows / csv.DictReader"
        figures.append(figure(name, samples, unit="x", target=_SLOWEST))
    few, many = (_written(folder, "rakuten", rows) for rows in (ROWS // 10, ROWS))
    return [*figures, _memory(f"CSV memory, {ROWS:,} rows / {ROWS // 10:,}", few, many)]


def measure_many(folder: Path) -> list[Figure]:
    """Return the same of a million rows of Rakuten's file, which is 600 MB."""
    few, many = _written(folder, "rakuten", ROWS), _written(folder, "rakuten", MANY)
    name = f"CSV of rakuten, {MANY:,} rows / csv.DictReader"
    return [
        figure(name, [_ratio(many, "rakuten")], unit="x", target=_SLOWEST),
        _memory(f"CSV memory, {MANY:,} rows / {ROWS:,}", few, many),
    ]


def _ratio(path: Path, mall: str) -> float:
    """Return the ratio to what the bare module takes, before and after: a machine's speed goes."""
    before, took, after = (
        seconds(lambda: _bare(path)),
        seconds(lambda: _orders(path, mall)),
        seconds(lambda: _bare(path)),
    )
    return took / ((before + after) / 2)


def _bare(path: Path) -> int:
    with path.open(encoding="cp932", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def _orders(path: Path, mall: str) -> int:
    return sum(1 for _ in read_orders(path, mall=mall, shop_id="bench"))


def _memory(name: str, few: Path, many: Path) -> Figure:
    peaks = [int(python("-m", "benchmarks.csvs", str(path))) for path in (few, many)]
    return figure(name, [peaks[1] / peaks[0]], unit="x", target=1.1)


def _written(folder: Path, mall: str, rows: int) -> Path:
    """Write a file of made-up rows, if it is not there, and return it."""
    path = folder / f"{mall}-{rows}.csv"
    if not path.exists():
        with path.open("w", encoding="cp932", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            first, make = _ROWS[mall]
            writer.writerow(first)
            writer.writerows(_cells(first, make, rows))
    return path


def _cells(
    headers: tuple[str, ...], make: Callable[[int], Cells], rows: int
) -> Iterator[list[str]]:
    for place in range(rows):
        told = make(place)
        yield [told.get(header, "") for header in headers]


def _rakuten(place: int) -> Cells:
    order = f"999001-20261122-{place // 2:010}"
    return {
        **dict.fromkeys(rakuten.LAYOUT.required, ""),
        **dict.fromkeys(_RAKUTEN_ZEROS, "0"),
        "注文番号": order,
        "ステータス": "300",
        "注文日時": "2026-11-22 10:15:30",
        "注文日": "2026-11-22",
        "注文時間": "10:15:30",
        "支払方法名": "銀行振込",
        "商品合計金額": "2200",
        "送料合計": "500",
        "代引料合計": "0",
        "請求金額": "2700",
        "合計金額": "2700",
        "送付先ID": f"{place // 2}",
        **_person("注文者"),
        **_person("送付先"),
        "注文者メールアドレス": f"mihon{place}@example.invalid",
        "商品明細ID": f"{place}",
        "商品ID": f"{place % 997}",
        "商品名": f"見本の品 {place % 997}",
        "商品番号": f"m-{place % 997}",
        "商品管理番号": f"m-{place % 997}",
        "単価": "1100",
        "個数": "1",
        "コメント": "[配送日時指定:]\n見本の備考",
    }


def _person(who: str) -> Cells:
    return {
        f"{who}郵便番号1": "060",
        f"{who}郵便番号2": "0000",
        f"{who}住所都道府県": "北海道",
        f"{who}住所郡市区": "見本市",
        f"{who}住所それ以降の住所": "見本町1-2-3",
        f"{who}姓": "見本",
        f"{who}名": "花子",
        f"{who}姓カナ": "ミホン",
        f"{who}名カナ": "ハナコ",
        f"{who}電話番号1": "000",
        f"{who}電話番号2": "0000",
        f"{who}電話番号3": "0000",
    }


def _qoo10(place: int) -> Cells:
    return {
        "配送状態": "配送要請",
        "注文番号": f"{100000000 + place}",
        "カート番号": f"{200000000 + place // 2}",
        "注文日": "2026/11/22 10:15:30",
        "入金日": "2026/11/22 10:16:30",
        "商品番号": f"{place % 997}",
        "商品名": f"見本の品 {place % 997}",
        "数量": "1",
        "受取人名": "見本 花子",
        "受取人名(フリガナ)": "ミホン ハナコ",
        "受取人電話番号": "+81-00-0000-0000",
        "住所": "北海道 見本市 1-2-3",
        "郵便番号": "'060-0000",
        "国家": "JP",
        "決済サイト": "JP",
        "通貨": "JPY",
        "購入者決済金額": "1,100",
        "販売価格": "1,100",
        "割引額": "0",
        "注文金額の合計": "1,100",
        "供給原価の合計": "0",
        "購入者名": "見本 花子",
        "販売者商品コード": f"m-{place % 997}",
    }


def _mercari_shops(place: int) -> Cells:
    return {
        "order_id": f"order_{place // 2}",
        "buyer_name": "見本 花子",
        "original_product_id": f"p{place % 997}",
        "product_name": f"見本の品 {place % 997}",
        "quantity": "1",
        "product_price": "1100",
        "shipping_postal_code": "060-0000",
        "shipping_state": "北海道",
        "shipping_city": "見本市",
        "shipping_address_1": "1-2-3",
        "shipping_address_2": "",
        "coupon_discount_amount": "0",
        "order_status": "発送待ち",
        "purchase_date": "2026/11/22 10:15:30",
        "payment_date": "2026/11/22 10:16:30",
    }


_RAKUTEN_ZEROS = (
    *("複数送付先フラグ", "送付先一致フラグ", "離島フラグ", "楽天確認中フラグ", "警告表示タイプ"),
    *(
        "楽天会員フラグ",
        "購入履歴修正有無フラグ",
        "消費税合計",
        "ポイント利用額",
        "クーポン利用総額",
    ),
    *("店舗発行クーポン利用額", "楽天発行クーポン利用額", "送付先送料", "送付先代引料"),
    *("送付先消費税合計", "送付先商品合計金額", "送付先合計金額", "送料込別", "税込別"),
    *(
        "代引手数料込別",
        "ポイント倍率",
        "在庫タイプ",
        "ギフト配送希望",
        "利用端末",
        "あす楽希望フラグ",
    ),
    *("医薬品受注フラグ", "楽天スーパーDEAL商品受注フラグ", "メンバーシッププログラム受注タイプ"),
    *("決済手数料", "注文者負担金合計", "店舗負担金合計"),
)

_ROWS: Mapping[str, tuple[tuple[str, ...], Callable[[int], Cells]]] = {
    "rakuten": ((*rakuten.LAYOUT.required, *rakuten.LAYOUT.optional), _rakuten),
    "qoo10": ((*qoo10.DETAIL.required, *qoo10.DETAIL.optional), _qoo10),
    "mercari_shops": (
        (*mercari_shops.LAYOUT.required, *mercari_shops.LAYOUT.optional),
        _mercari_shops,
    ),
}


if __name__ == "__main__":
    _orders(Path(sys.argv[1]), "rakuten")
    print(peak())
