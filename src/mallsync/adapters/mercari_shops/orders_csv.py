"""The order CSV of the shop admin, as far as its headers are known (wire page A8).

One row is one line of an order, and the order's own columns repeat. Twelve headers are told by two
sources and required; the others by one, and read where they are there. Not known are the encoding,
the form of dates, the language of status and method, whether ``quantity`` counts cancelled pieces,
whether ``product_price`` is for one piece (taken so), and whether ``shipping_price`` is the order's
(taken so). There is no variant, so that a line's id is that of its product, with ``#2`` behind it
where the order has it again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from attrs import field, frozen
from dateutil import parser as dates

from mallsync.adapters.mercari_shops.shapes import HIDDEN_NAME, PHASES, order_id
from mallsync.errors import FileError
from mallsync.model.order import (
    Address,
    Charges,
    Contact,
    Discount,
    Item,
    Order,
    OrderKey,
    Payment,
    Shipment,
)
from mallsync.model.period import JST
from mallsync.model.sighting import Seen
from mallsync.model.words import Funder, Mall, Phase
from mallsync.wire.csvs import Layout, Row, decode, table

__all__ = ["LAYOUT", "OrdersFile", "read"]

T = TypeVar("T")

_BILLING = ("country", "postal_code", "state", "city", "address_1", "address_2", "name")

LAYOUT = Layout(
    name="order CSV of Mercari Shops",
    required=(
        "order_id",
        "buyer_name",
        "original_product_id",
        "product_name",
        "quantity",
        "product_price",
        "shipping_postal_code",
        "shipping_state",
        "shipping_city",
        "shipping_address_1",
        "shipping_address_2",
        "coupon_discount_amount",
    ),
    optional=(
        *("shipping_date", "purchase_date", "payment_date", "currency", "product_tax"),
        *("shipping_price", "shipping_tax", "shipping_method", "shipping_duration"),
        *("requested_delivery_date", "requested_delivery_time", "shipping_country"),
        *("shipping_name", "shipping_phone_number", "coupon_id", "order_type", "order_status"),
        *(f"billing_{name}" for name in _BILLING),
        "shop_id",
    ),
)

_LABELS = {
    "支払い待ち": "WAITING_FOR_PAYMENT",
    "発送待ち": "WAITING_FOR_SHIPPING",
    "発送前": "WAITING_FOR_SHIPPING",
    "完了": "COMPLETED",
    "キャンセル": "CANCELED",
}
"""Labels of the shop admin (A4); whether the file has them, or the API's codes, is not known."""

_COVERS: Mapping[str, str] = {
    "order_status": "phase mall_status",
    "purchase_date": "ordered_at",
    "payment_date": "paid_at payment",
    "shipping_date": "shipped_at",
}
"""What else an optional column tells of an order."""

_ALWAYS = frozenset({"buyer", "shipments", "shipments.items", "charges", "lines"})
_NO_DAY = datetime(1970, 1, 1, tzinfo=JST)
"""What a moment leaves out is taken from here; an order without a purchase date has this one."""

_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.0*)?")


@frozen
class OrdersFile:
    """What a file tells: its orders, in its order, and the headers that are not known here."""

    seen: tuple[Seen, ...]
    unknown_headers: tuple[str, ...] = field(default=())


def read(data: bytes, *, shop_id: str, encoding: str | None = None, path: str = "") -> OrdersFile:
    """Return the orders of a file; pure.

    An order's ``raw`` is the tuple of its rows by header. ``covers`` names what the file's columns
    tell: without ``purchase_date``, say, ``ordered_at`` is a placeholder and not covered.

    Args:
        data: The bytes of the file.
        shop_id: The host's own name of the shop, for the orders' keys.
        encoding: Python's name of an encoding, where BOM, UTF-8 and cp932 are not to be tried.
        path: The file's name, for errors.

    Raises:
        FileError: It cannot be read, lacks a required header, or a cell is not what it should be;
            with line and column. Nothing is returned then.
    """
    found = table(decode(data, encoding=encoding, path=path), LAYOUT, path=path)
    orders: dict[str, list[Row]] = {}
    for row in found.rows:
        number = order_id(row.cells["order_id"])
        if not number:
            raise FileError("order_id is empty", path=path, line=row.line, column="order_id")
        orders.setdefault(number, []).append(row)
    covers = _ALWAYS.union(
        *(told.split() for header, told in _COVERS.items() if header in found.headers)
    )
    reader = _Reader(shop_id, path)
    seen = tuple(Seen(reader.order(number, rows), covers) for number, rows in orders.items())
    return OrdersFile(seen, found.extra)


@frozen
class _Reader:
    """Reads the rows of one order."""

    shop_id: str
    path: str

    def order(self, number: str, rows: Sequence[Row]) -> Order:
        """Return the order that some rows tell of."""
        first = rows[0]
        paid_at = self._cell(first, "payment_date", _moment)
        status = _status(first.cells.get("order_status", ""))
        phase = PHASES.get(status, Phase.UNKNOWN)
        charges = self._charges(rows)
        return Order(
            key=OrderKey(Mall.MERCARI_SHOPS.value, self.shop_id, number),
            phase=phase,
            mall_status=status,
            ordered_at=self._cell(first, "purchase_date", _moment) or _NO_DAY,
            paid_at=paid_at,
            shipped_at=self._cell(first, "shipping_date", _moment),
            buyer=Contact(family_name=first.cells["buyer_name"].strip()),
            shipments=(self._shipment(number, rows, phase, charges),),
            charges=charges,
            payment=Payment(paid_at=paid_at),
            raw=tuple(dict(row.cells) for row in rows),
        )

    def _shipment(
        self, number: str, rows: Sequence[Row], phase: Phase, charges: Charges
    ) -> Shipment:
        first = rows[0].cells
        name = first.get("shipping_name", "").strip()
        anonymous = HIDDEN_NAME in name
        return Shipment(
            id=number,
            recipient=None if anonymous else _recipient(first, name),
            anonymous=anonymous,
            items=tuple(self._items(rows, phase)),
            wish_date=self._cell(rows[0], "requested_delivery_date", _day),
            wish_slot=first.get("requested_delivery_time", "").strip(),
            charges=charges,
            cancelled=phase is Phase.CANCELLED,
        )

    def _items(self, rows: Sequence[Row], phase: Phase) -> Iterator[Item]:
        seen: Counter[str] = Counter()
        for row in rows:
            product = row.cells["original_product_id"].strip()
            seen[product] += 1
            suffix = f"#{seen[product]}" if seen[product] > 1 else ""  # another variant of it
            yield self._item(row, phase, f"{product}{suffix}")

    def _item(self, row: Row, phase: Phase, ident: str) -> Item:
        return Item(
            id=ident,
            product_id=row.cells["original_product_id"].strip(),
            name=row.cells["product_name"].strip(),
            quantity=self._must(row, "quantity"),
            unit_price=self._must(row, "product_price"),
            phase=phase,
        )

    def _charges(self, rows: Sequence[Row]) -> Charges:
        goods = sum(self._must(row, "quantity") * self._must(row, "product_price") for row in rows)
        shipping = self._cell(rows[0], "shipping_price", _yen)
        coupon = self._cell(rows[0], "coupon_discount_amount", _yen) or 0
        return Charges(
            goods=goods,
            shipping=shipping,
            discounts=(Discount(funder=Funder.UNKNOWN, amount=abs(coupon)),) if coupon else (),
            total=None if shipping is None else goods + shipping,
        )

    def _must(self, row: Row, column: str) -> int:
        found = self._cell(row, column, _yen)
        if found is None:
            raise self._wrong(row, column, "is empty")
        return found

    def _cell(self, row: Row, column: str, meaning: Callable[[str], T]) -> T | None:
        """Return what a cell means, None for a blank one or a column that is not there."""
        text = row.cells.get(column, "").strip()
        try:
            return meaning(text) if text else None
        except (ValueError, OverflowError):
            raise self._wrong(row, column, "cannot be read") from None

    def _wrong(self, row: Row, column: str, what: str) -> FileError:
        """Return the error of a cell; what stands in it may be personal and is not shown."""
        return FileError(f"{column} {what}", path=self.path, line=row.line, column=column)


def _recipient(cells: Mapping[str, str], name: str) -> Contact:
    def told(column: str) -> str:
        return cells.get(f"shipping_{column}", "").strip()

    return Contact(
        family_name=name,
        address=Address(
            postal_code=told("postal_code").lstrip("'"),
            prefecture=told("state"),
            city=told("city"),
            street=told("address_1"),
            building=told("address_2"),
            country=told("country"),
        ),
        phone=told("phone_number").lstrip("'"),
    )


def _status(text: str) -> str:
    told = text.strip()
    return _LABELS.get(told, told)


def _yen(text: str) -> int:
    """Return an amount or a quantity; thousands may have commas.

    >>> _yen("1,440"), _yen("600.00")
    (1440, 600)
    """
    plain = text.replace(",", "")
    if not _AMOUNT.fullmatch(plain):
        raise ValueError("no whole number")
    return int(plain.partition(".")[0])


def _moment(text: str) -> datetime:
    """Return a moment in any usual form; one without a zone is Japan's.

    >>> _moment("2031/04/02 10:15").isoformat(), _moment("2031-04-02T01:15:00Z").isoformat()
    ('2031-04-02T10:15:00+09:00', '2031-04-02T10:15:00+09:00')
    """
    return dates.parse(text, default=_NO_DAY, tzinfos={"JST": JST}).astimezone(JST)


def _day(text: str) -> date:
    return _moment(text).date()
