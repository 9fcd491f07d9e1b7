"""An order for the eye: what a notebook shows of it, and one line for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mallsync.model.display import mask, table, values

if TYPE_CHECKING:
    from datetime import datetime

    from mallsync.model.order import Contact, Item, Order, Shipment

__all__ = ["order_html", "order_line"]

_HEADERS = ("商品", "オプション", "数量", "単価", "状態")


def order_line(order: Order) -> str:
    """Return an order in one line, without anything personal."""
    key = order.key
    total = order.charges.total
    told = [
        f"{key.mall}/{key.shop_id} {key.number}",
        f"{order.phase.value} ({order.mall_status})",
        f"{order.ordered_at:%Y-%m-%d %H:%M}",
        f"{len(order.shipments)} shipments",
        "" if total is None else f"{total:,} yen",
    ]
    return f"<Order {', '.join(filter(None, told))}>"


def order_html(order: Order, *, shown: bool = False) -> str:
    """Return an order as HTML; what is personal is masked unless it is to be shown."""
    key = order.key
    head = {
        "店舗": f"{key.mall}/{key.shop_id}",
        "状態": f"{order.phase.value} ({order.mall_status})",
        "注文日時": _moment(order.ordered_at),
        "入金": _moment(order.paid_at),
        "発送": _moment(order.shipped_at),
        "キャンセル": _moment(order.cancelled_at),
        "保留の理由": ", ".join(sorted(hold.value for hold in order.holds)),
        "支払方法": order.payment.method,
        "商品計": _yen(order.charges.goods),
        "送料": _yen(order.charges.shipping),
        "合計": _yen(order.charges.total),
        "注文者": _person(order.buyer, shown=shown),
        "備考": mask(order.remarks, shown=shown),
    }
    parts = [values(head, caption=f"注文 {key.number}")]
    parts += [_shipment_html(one, shown=shown) for one in order.shipments]
    return "".join(parts)


def _shipment_html(shipment: Shipment, *, shown: bool) -> str:
    person = "匿名配送" if shipment.anonymous else _person(shipment.recipient, shown=shown)
    told = [f"送付先 {shipment.id}: {person}", *_parcels(shipment)]
    if shipment.cancelled:
        told.append("取消")
    rows = [_item_row(item, shown=shown) for item in shipment.items]
    return table(_HEADERS, rows, caption=" · ".join(told))


def _item_row(item: Item, *, shown: bool) -> tuple[object, ...]:
    price = None if item.unit_price is None else f"{item.unit_price:,}"
    # What a buyer has chosen may be a name to be engraved.
    return (item.name, mask(item.options, shown=shown), item.quantity, price, item.phase.value)


def _parcels(shipment: Shipment) -> Iterator[str]:
    for parcel in shipment.parcels:
        day = "" if parcel.ship_date is None else f"{parcel.ship_date:%m-%d}"
        yield " ".join(filter(None, (parcel.carrier, parcel.tracking_number, day)))


def _person(contact: Contact | None, *, shown: bool) -> str:
    """Return who somebody is; masked but for the prefecture, which is nobody's alone."""
    if contact is None:
        return ""
    place = contact.address
    name = mask(f"{contact.family_name} {contact.given_name}".strip(), shown=shown)
    rest = f"{place.city}{place.street} {place.building}".strip()
    told = (
        name,
        mask(contact.company, shown=shown),
        mask(place.postal_code, shown=shown),
        f"{place.prefecture}{mask(rest, shown=shown)}",
        mask(contact.phone, shown=shown),
        mask(contact.email, shown=shown),
    )
    return " ".join(filter(None, told))


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _yen(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,} 円"
