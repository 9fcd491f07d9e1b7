"""The CSVs of QSM's delivery page: detail (詳細) and brief (要約) → `Order` (wire page §13).

One row is one order line (注文番号); カート番号 groups lines and is the order's number. The rows of
a cart are put together to what the API's list gives for it, and the API's own reader makes the
order: so both have the same form. A file may hold the rows of some states alone, so that a line
that is not in it is not gone (R6).

Not in the files are claims, shipping fees, cart coupons, e-mail addresses and methods of payment.
Who pays for a discount is not told, nor what 国家 and 購入者決済金額 would add. Five sources agree
on the detail's headers; one has the brief's, and another the same in another language.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache

from attrs import evolve

from mallsync.adapters.qoo10.lines import by_number, told_of_shipping
from mallsync.adapters.qoo10.reading import Reader
from mallsync.adapters.qoo10.shapes import LineRecord
from mallsync.adapters.qoo10.values import FIRST_YEAR, digits
from mallsync.model.order import Charges, Order
from mallsync.wire.csvs import MUST, NO_DAY, Cells, Layout, OrdersCsv, Row, code, moment, whole

__all__ = ["BRIEF", "DETAIL", "ORDERS", "covers", "order"]

DETAIL = Layout(
    name="order CSV of Qoo10 (詳細)",
    required=(
        *(
            "配送状態",
            "注文番号",
            "カート番号",
            "配送会社",
            "送り状番号",
            "発送日",
            "注文日",
            "入金日",
        ),
        *("お届け希望日", "発送予定日", "配送完了日", "配送方法", "商品番号", "商品名", "数量"),
        *("オプション情報", "オプションコード", "おまけ", "受取人名", "受取人名(フリガナ)"),
        *("受取人電話番号", "受取人携帯電話番号", "住所", "郵便番号", "国家", "送料の決済"),
        *("決済サイト", "通貨", "購入者決済金額", "販売価格", "割引額", "注文金額の合計"),
        *("供給原価の合計", "購入者名", "購入者名(フリガナ)", "配送要請事項", "購入者電話番号"),
        *("購入者携帯電話番号", "販売者商品コード", "JANコード", "規格番号", "プレゼント贈り主"),
        *("外部広告", "素材"),
    ),
    optional=("ギフト注文",),
)

BRIEF = Layout(
    name="order CSV of Qoo10 (要約)",
    required=(
        *("配送状態", "注文番号", "カート番号", "配送会社", "送り状番号", "発送日", "発送予定日"),
        *("商品名", "数量", "オプション情報", "オプションコード", "受取人名", "販売者商品コード"),
        *("外部広告", "決済サイト"),
    ),
    optional=("ギフト注文",),
)

_STATES = {
    "配送待ち": "1",
    "入金待ち": "1",
    "配送要請": "2",
    "配送準備": "3",
    "発送準備": "3",
    "配送中": "4",
    "配送完了": "5",
}
"""What QSM calls the states (§6.2); another text stays as it is, and is no known phase."""

_ORDER_DATE = "注文日"


@lru_cache(maxsize=64)
def _status(text: str) -> str:
    told = code(text)
    return _STATES.get(told, told)


def _number(text: str) -> str:
    return digits(text.removeprefix("'"))


def _moment(text: str) -> datetime:
    found = _optional_moment(text)
    if found is None:
        raise ValueError("a placeholder")
    return found


@lru_cache(maxsize=1024)
def _optional_moment(text: str) -> datetime | None:
    """Return a moment, None for a placeholder of long ago, as in the lists of the API (§12)."""
    found = moment(text)
    return found if found.year >= FIRST_YEAR else None


_BOTH = (
    ("ShippingStatus", "配送状態", _status, MUST),
    ("OrderNo", "注文番号", _number, MUST),
    ("PackNo", "カート番号", _number, MUST),
    ("DeliveryCompany", "配送会社", str, ""),
    ("TrackingNo", "送り状番号", code, ""),
    ("ShippingDate", "発送日", _optional_moment, None),
    ("ItemTitle", "商品名", str, ""),
    ("OrderQty", "数量", whole, MUST),
    ("Option", "オプション情報", str, ""),
    ("OptionCode", "オプションコード", str, ""),
    ("Receiver", "受取人名", str, ""),
    ("SellerItemCode", "販売者商品コード", str, ""),
)
_reader = lru_cache(maxsize=64)(Reader)
_BRIEF = Cells(LineRecord, _BOTH, ("OrderDate", "OrderPrice", "Discount", "Total"))
_DETAIL = Cells(
    LineRecord,
    (
        *_BOTH,
        ("OrderDate", _ORDER_DATE, _moment, MUST),
        ("PaymentDate", "入金日", _optional_moment, None),
        ("DeliveredDate", "配送完了日", _optional_moment, None),
        ("DesiredDeliveryDate", "お届け希望日", lambda text: text.replace("/", "-"), ""),
        ("ItemNo", "商品番号", code, ""),
        ("ReceiverKana", "受取人名(フリガナ)", str, ""),
        ("ReceiverTel", "受取人電話番号", code, ""),
        ("ReceiverMobile", "受取人携帯電話番号", code, ""),
        ("ShippingAddress", "住所", str, ""),
        ("ZipCode", "郵便番号", code, ""),
        ("OrderPrice", "販売価格", whole, MUST),
        ("Discount", "割引額", whole, 0),
        ("Total", "注文金額の合計", whole, MUST),
        ("Buyer", "購入者名", str, ""),
        ("BuyerKana", "購入者名(フリガナ)", str, ""),
        ("BuyerTel", "購入者電話番号", code, ""),
        ("BuyerMobile", "購入者携帯電話番号", code, ""),
        ("ShippingMessage", "配送要請事項", str, ""),
        ("SenderName", "プレゼント贈り主", str, ""),
    ),
    ("SellerDiscount",),
)

_COVERED = frozenset(
    {
        *("phase", "mall_status", "shipments.parcels"),
        *(f"shipments.recipient.{name}" for name in ("family_name", "given_name")),
        *(f"shipments.items.{name}" for name in ("sku", "name", "options", "quantity", "phase")),
    }
)
_COVERED_BY_DETAIL = _COVERED | {
    *("ordered_at", "paid_at", "payment.paid_at", "gift"),
    *(f"buyer.{name}" for name in ("family_name", "given_name", "phone")),
    *(f"buyer.{name}_name_kana" for name in ("family", "given")),
    *(f"shipments.recipient.{name}_name_kana" for name in ("family", "given")),
    *("shipments.recipient.phone", "shipments.wish_date", "shipments.wish_slot"),
    *(f"shipments.recipient.address.{name}" for name in ("postal_code", "prefecture", "city")),
    "shipments.recipient.address.street",
    *(f"shipments.items.{name}" for name in ("product_id", "unit_price", "option_price")),
}


def covers(headers: Collection[str]) -> frozenset[str]:
    """Return what a file with these headers tells of an order.

    Never ``lines``, nor what another line of the cart might change: sums, remarks.

    >>> "ordered_at" in covers(DETAIL.required), "ordered_at" in covers(BRIEF.required)
    (True, False)
    """
    return _COVERED_BY_DETAIL if _ORDER_DATE in headers else _COVERED


def order(shop_id: str, number: str, rows: Sequence[Row]) -> Order:
    """Return the order that the rows of a cart tell of.

    Raises:
        FileError: A cell is not what it should be.
    """
    is_brief = _ORDER_DATE not in rows[0].cells
    read = _brief if is_brief else _detail
    told, raw = {}, []
    for row in rows:
        line = read(row)
        if line.PackNo != number:
            raise row.wrong("カート番号", "cannot be read")
        one = str(line.OrderNo)
        told[one] = told_of_shipping(one, line)
        raw.append(row.cells)
    made = _reader(shop_id).cart(number, by_number(told), tuple(raw))
    return _without_prices(made) if is_brief else made


def _detail(row: Row) -> LineRecord:
    # Whose the discount is, is not told: a part of less than nothing is nobody's.
    return _DETAIL.read(row, -1)


def _brief(row: Row) -> LineRecord:
    return _BRIEF.read(row, NO_DAY, 0, 0, 0)


def _without_prices(made: Order) -> Order:
    """Return an order of a brief file, which has neither prices nor a date."""
    shipments = tuple(
        evolve(
            one,
            charges=Charges(),
            items=tuple(evolve(item, unit_price=None, option_price=None) for item in one.items),
        )
        for one in made.shipments
    )
    return evolve(made, charges=Charges(), shipments=shipments)


ORDERS = OrdersCsv(
    layouts=(DETAIL, BRIEF), number="カート番号", covers=covers, order=order, key=code
)
