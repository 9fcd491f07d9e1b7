"""The order CSV of RMS (受注データ, the template with all columns): rows → `Order` (wire page §8).

One row is one line of an order; the order's and the destination's own columns repeat. The rows of
an order are put together to what getOrder gives for it, and the API's own reader makes the order:
so both have the same form. Not in the file are shipping records (購入時配送会社 is what was
offered, not what was sent), coupons one by one, pick-up points, drop-off, and what was deleted of
an order: a line that the file lacks is taken to be gone.

The punctuation of dates is not documented: any usual one is read. Whether zip codes and flags may
have lost zeros to a spreadsheet is known of zip codes only, which are filled up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import isfinite

from attrs import evolve

from mallsync.adapters.rakuten.reading import Reader
from mallsync.adapters.rakuten.remarks import wish_of_remarks
from mallsync.adapters.rakuten.shapes import (
    UNDECIDED,
    ItemRecord,
    OrdererRecord,
    OrderRecord,
    PackageRecord,
    PointRecord,
    SenderRecord,
    SettlementRecord,
    SkuRecord,
    TaxSummaryRecord,
    WrappingRecord,
)
from mallsync.model.order import Order
from mallsync.model.words import Hold
from mallsync.wire.csvs import (
    MUST,
    Cell,
    Cells,
    Layout,
    Meaning,
    OrdersCsv,
    Row,
    code,
    day,
    moment,
    whole,
)

__all__ = ["LAYOUT", "ORDERS", "covers", "order"]


def _person(who: str) -> tuple[str, ...]:
    return (
        *(f"{who}郵便番号{part}" for part in (1, 2)),
        *(f"{who}住所{part}" for part in ("都道府県", "郡市区", "それ以降の住所")),
        *(f"{who}{part}" for part in ("姓", "名", "姓カナ", "名カナ")),
        *(f"{who}電話番号{part}" for part in (1, 2, 3)),
    )


def _wrapping(number: int) -> tuple[str, ...]:
    parts = ("タイトル", "名", "料金", "税込別", "種類")
    return tuple(f"ラッピング{part}{number}" for part in parts)


def _rate(rate: int) -> tuple[str, ...]:
    parts = (
        "請求金額",
        "請求額に対する税額",
        "合計金額",
        "決済手数料",
        "クーポン割引額",
        "利用ポイント数",
    )
    return (f"{rate}%税率", *(f"{rate}%{part}" for part in parts))


LAYOUT = Layout(
    name="order CSV of Rakuten",
    # 0 to 109, in which two independent sources agree.
    required=(
        *(
            "注文番号",
            "ステータス",
            "サブステータスID",
            "サブステータス",
            "注文日時",
            "注文日",
            "注文時間",
        ),
        *("キャンセル期限日", "注文確認日時", "注文確定日時", "発送指示日時", "発送完了報告日時"),
        *(
            "支払方法名",
            "クレジットカード支払い方法",
            "クレジットカード支払い回数",
            "配送方法",
            "配送区分",
        ),
        *("注文種別", "複数送付先フラグ", "送付先一致フラグ", "離島フラグ", "楽天確認中フラグ"),
        *(
            "警告表示タイプ",
            "楽天会員フラグ",
            "購入履歴修正有無フラグ",
            "商品合計金額",
            "消費税合計",
        ),
        *("送料合計", "代引料合計", "請求金額", "合計金額", "ポイント利用額", "クーポン利用総額"),
        *(
            "店舗発行クーポン利用額",
            "楽天発行クーポン利用額",
            *_person("注文者"),
            "注文者メールアドレス",
        ),
        *("注文者性別", "申込番号", "申込お届け回数", "送付先ID", "送付先送料", "送付先代引料"),
        *("送付先消費税合計", "送付先商品合計金額", "送付先合計金額", "のし", *_person("送付先")),
        *("商品明細ID", "商品ID", "商品名", "商品番号", "商品管理番号", "単価", "個数", "送料込別"),
        *("税込別", "代引手数料込別", "項目・選択肢", "ポイント倍率", "納期情報", "在庫タイプ"),
        *(*_wrapping(1), *_wrapping(2), "お届け時間帯", "お届け日指定", "担当者", "ひとことメモ"),
        *("メール差込文 (お客様へのメッセージ)", "ギフト配送希望", "コメント", "利用端末"),
        *(
            "メールキャリアコード",
            "あす楽希望フラグ",
            "医薬品受注フラグ",
            "楽天スーパーDEAL商品受注フラグ",
        ),
        *("メンバーシッププログラム受注タイプ", "決済手数料", "注文者負担金合計", "店舗負担金合計"),
    ),
    # 110 to 157: one source, the names up to 142 confirmed by another.
    optional=(
        *("外税合計", "決済手数料税率", "ラッピング税率1", "ラッピング税額1", "ラッピング税率2"),
        *("ラッピング税額2", "送付先外税合計", "送付先送料税率", "送付先代引料税率", "商品税率"),
        *("商品毎税込価格", *_rate(10), *_rate(8), *_rate(0), "単品配送フラグ", "購入時配送会社"),
        *("領収書発行回数", "領収書初回発行日時", "領収書最終発行日時", "支払い期限日"),
        *(
            "支払い方法変更期限日",
            "返金手続き期限日",
            "店舗発行クーポンコード",
            "店舗発行クーポン名",
        ),
        *("楽天発行クーポンコード", "楽天発行クーポン名", "警告表示タイプ詳細", "SKU管理番号"),
        *("システム連携用SKU番号", "SKU情報"),
    ),
)


def _zeros(digits: int) -> Meaning:
    """Return what fills up a part of a zip code that a spreadsheet has taken for a number."""

    def filled(text: str) -> str:
        plain = code(text)
        return plain.zfill(digits) if plain else ""

    return filled


def _fraction(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError("no rate")
    return value


def _person_cells(who: str) -> tuple[Cell, ...]:
    return (
        ("zipCode1", f"{who}郵便番号1", _zeros(3), ""),
        ("zipCode2", f"{who}郵便番号2", _zeros(4), ""),
        ("prefecture", f"{who}住所都道府県", str, ""),
        ("city", f"{who}住所郡市区", str, ""),
        ("subAddress", f"{who}住所それ以降の住所", str, ""),
        ("familyName", f"{who}姓", str, ""),
        ("firstName", f"{who}名", str, ""),
        ("familyNameKana", f"{who}姓カナ", str, ""),
        ("firstNameKana", f"{who}名カナ", str, ""),
        *((f"phoneNumber{part}", f"{who}電話番号{part}", code, "") for part in (1, 2, 3)),
    )


_reader = lru_cache(maxsize=64)(Reader)
_ORDER = Cells(
    OrderRecord,
    (
        ("orderProgress", "ステータス", whole, MUST),
        ("orderDatetime", "注文日時", moment, MUST),
        ("shippingCmplRptDatetime", "発送完了報告日時", moment, None),
        ("deliveryDate", "お届け日指定", day, None),
        ("remarks", "コメント", str, ""),
        ("giftCheckFlag", "ギフト配送希望", whole, 0),
        ("cautionDisplayType", "警告表示タイプ", whole, 0),
        ("rakutenConfirmFlag", "楽天確認中フラグ", whole, 0),
        ("goodsPrice", "商品合計金額", whole, UNDECIDED),
        ("postagePrice", "送料合計", whole, UNDECIDED),
        ("deliveryPrice", "代引料合計", whole, UNDECIDED),
        ("paymentCharge", "決済手数料", whole, UNDECIDED),
        ("totalPrice", "合計金額", whole, UNDECIDED),
        ("requestPrice", "請求金額", whole, UNDECIDED),
        ("couponAllTotalPrice", "クーポン利用総額", whole, 0),
        ("couponShopPrice", "店舗発行クーポン利用額", whole, 0),
        ("additionalFeeOccurAmountToUser", "注文者負担金合計", whole, UNDECIDED),
    ),
    (
        *("orderNumber", "shippingTerm", "OrdererModel", "SettlementModel", "PointModel"),
        *("WrappingModel1", "WrappingModel2", "PackageModelList", "TaxSummaryModelList"),
    ),
)
_BUYER = Cells(
    OrdererRecord, (*_person_cells("注文者"), ("emailAddress", "注文者メールアドレス", str, ""))
)
_PACKAGE = Cells(
    PackageRecord,
    (
        ("basketId", "送付先ID", whole, MUST),
        ("goodsPrice", "送付先商品合計金額", whole, UNDECIDED),
        ("postagePrice", "送付先送料", whole, UNDECIDED),
        ("deliveryPrice", "送付先代引料", whole, UNDECIDED),
        ("totalPrice", "送付先合計金額", whole, UNDECIDED),
        ("noshi", "のし", str, ""),
    ),
    ("packageDeleteFlag", "SenderModel", "ItemModelList"),
)
_RECIPIENT = Cells(SenderRecord, _person_cells("送付先"))
_ITEM = Cells(
    ItemRecord,
    (
        ("itemDetailId", "商品明細ID", whole, MUST),
        ("itemName", "商品名", str, ""),
        ("itemNumber", "商品番号", str, ""),
        ("manageNumber", "商品管理番号", str, ""),
        ("price", "単価", whole, MUST),
        ("units", "個数", whole, MUST),
        ("selectedChoice", "項目・選択肢", str, ""),
    ),
    ("deleteItemFlag", "taxRate", "priceTaxIncl", "SkuModelList"),
)
_TAXES = tuple(f"{rate}%請求額に対する税額" for rate in (10, 8, 0))

_ALWAYS = frozenset(
    {
        *("phase", "mall_status", "ordered_at", "shipped_at", "buyer", "remarks", "holds", "lines"),
        *("payment.method", "gift.requested", "gift.wrappings"),
        *(f"charges.{name}" for name in ("goods", "shipping", "cod_fee", "payment_fee")),
        *(f"charges.{name}" for name in ("buyer_fee", "points", "total", "requested")),
        *(
            f"shipments.{name}"
            for name in ("recipient", "charges", "noshi", "wish_date", "wish_slot")
        ),
        *(f"shipments.items.{name}" for name in ("product_id", "name", "quantity", "unit_price")),
        "shipments.items.phase",
    }
)
_MORE: Mapping[str, tuple[str, ...]] = {
    "charges.tax": _TAXES,
    "charges.wrapping": ("ラッピング税額1", "ラッピング税額2"),
    "shipments.items.tax_rate": ("商品税率",),
    "shipments.items.price_with_tax": ("商品毎税込価格",),
    "shipments.items.sku": ("SKU管理番号",),
    "shipments.items.options": ("SKU情報",),
}
"""What only a file with certain columns tells."""

_TERM_DIGITS = 4
_TITLES = {"1": 1, "包装紙": 1, "2": 2, "リボン": 2}
"""WrappingModel's titles; whether the file has the codes or the words is not documented."""


def covers(headers: Collection[str]) -> frozenset[str]:
    """Return what a file with these headers tells of an order.

    Coupons are not among it: the file has their sums, and the API each of them.

    >>> "charges.tax" in covers(LAYOUT.required), "buyer" in covers(LAYOUT.required)
    (False, True)
    """
    more = (told for told, needed in _MORE.items() if all(one in headers for one in needed))
    return _ALWAYS.union(more)


def order(shop_id: str, number: str, rows: Sequence[Row]) -> Order:
    """Return the order that some rows tell of.

    Raises:
        FileError: A cell is not what it should be.
    """
    term = rows[0].code("お届け時間帯")
    is_code = term.isdecimal() and len(term) <= _TERM_DIGITS
    record = _record(number, rows, int(term) if is_code else None)
    found = _reader(shop_id).order(record, tuple([row.cells for row in rows]))
    found = _with_slot(found, term) if term and not is_code else found
    return _without_false_hold(found, rows)


def _with_slot(found: Order, words: str) -> Order:
    """Return an order with a slot that the file has in words, as they are read in the remarks."""
    _, slot = wish_of_remarks(f"[配送日時指定:]\n{words}")
    return evolve(found, shipments=tuple([evolve(one, wish_slot=slot) for one in found.shipments]))


def _without_false_hold(found: Order, rows: Sequence[Row]) -> Order:
    """Return an order that is not held for amounts which are blank in the file, not undecided."""
    undecided = str(UNDECIDED)
    if Hold.AMOUNT_UNDECIDED not in found.holds or any(
        cell.strip() == undecided for row in rows for cell in row.cells.values()
    ):
        return found
    return evolve(found, holds=found.holds - {Hold.AMOUNT_UNDECIDED})


def _record(number: str, rows: Sequence[Row], term: int | None) -> OrderRecord:
    """Return what getOrder would give for the rows, as far as they tell."""
    first = rows[0]
    packages: dict[str, list[Row]] = {}
    for row in rows:
        packages.setdefault(row.cells["送付先ID"], []).append(row)
    return _ORDER.read(
        first,
        number,
        term,
        _BUYER.read(first),
        SettlementRecord(settlementMethod=first.cells["支払方法名"]),
        PointRecord(usedPoint=first.cell("ポイント利用額", whole) or 0),
        _wrapping_of(first, 1),
        _wrapping_of(first, 2),
        [_package(some) for some in packages.values()],
        _taxes(first),
    )


def _package(rows: Sequence[Row]) -> PackageRecord:
    items = [_item(row) for row in rows]
    return _PACKAGE.read(rows[0], 0, _RECIPIENT.read(rows[0]), items)


def _item(row: Row) -> ItemRecord:
    cells = row.cells
    sku = SkuRecord(variantId=cells.get("SKU管理番号", ""), skuInfo=cells.get("SKU情報", ""))
    rate = row.cell("商品税率", _fraction)
    return _ITEM.read(row, 0, rate, row.cell("商品毎税込価格", whole), [sku])


def _wrapping_of(row: Row, number: int) -> WrappingRecord | None:
    name = row.text(f"ラッピング名{number}")
    if not name:
        return None
    return WrappingRecord(
        title=_TITLES.get(row.code(f"ラッピングタイトル{number}"), number),
        name=name,
        price=row.cell(f"ラッピング料金{number}", whole) or 0,
        includeTaxFlag=row.cell(f"ラッピング税込別{number}", whole) or 0,
        deleteWrappingFlag=0,
        taxPrice=row.cell(f"ラッピング税額{number}", whole) or 0,
    )


def _taxes(row: Row) -> list[TaxSummaryRecord]:
    found = [row.cell(column, whole) for column in _TAXES]
    return [TaxSummaryRecord(reqPriceTax=amount) for amount in found if amount is not None]


ORDERS = OrdersCsv(layouts=(LAYOUT,), number="注文番号", covers=covers, order=order)
