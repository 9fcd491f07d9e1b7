"""Orders by a mapping: how the rows of a shop's own file are read, worked out once for them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mallsync.errors import ConfigError
from mallsync.files.mapping import ITEM_FIELDS, MOMENTS, ORDER_FIELDS, CsvMapping, Read
from mallsync.model.order import Address, Charges, Contact, Item, Order, OrderKey, Payment, Shipment
from mallsync.model.words import Phase
from mallsync.wire.csvs import NO_DAY, Layout, OrdersCsv, Row, code, numbered
from mallsync.wire.making import maker

__all__ = ["orders_by"]

Part = tuple[tuple[str, Read], ...]

_PARTS = ("buyer.address", "recipient.address", "buyer", "recipient", "charges", "payment")
_new_address = maker(Address)
_new_charges = maker(Charges)
_new_contact = maker(Contact)
_new_item = maker(Item)
_new_key = maker(OrderKey)
_new_order = maker(Order)
_new_payment = maker(Payment)
_new_shipment = maker(Shipment)


def orders_by(mapping: CsvMapping) -> OrdersCsv:
    """Return how the order files of a mapping are read.

    Raises:
        ConfigError: The mapping has no ``[order]``.
    """
    if not mapping.order:
        raise ConfigError("the mapping has no [order]: write where an order's fields come from")
    covers = mapping.covers
    return OrdersCsv(
        layouts=(Layout(name=f"order file of {mapping.mall}", required=mapping.columns),),
        number=mapping.order["number"].columns[0],
        covers=lambda _: covers,
        order=_Maker(mapping).order,
        key=code,
    )


class _Maker:
    """Makes orders of rows: each part of an order has the readers of its fields."""

    def __init__(self, mapping: CsvMapping) -> None:
        self.mall = mapping.mall
        readers = {
            name: source.reader(ORDER_FIELDS[name]) for name, source in mapping.order.items()
        }
        self.parts = {name: _part(f"{name}.", readers) for name in _PARTS}
        self.own = tuple((name, read) for name, read in readers.items() if "." not in name)
        self.item = tuple(
            (name, source.reader(ITEM_FIELDS[name])) for name, source in mapping.item.items()
        )

    def order(self, shop_id: str, number: str, rows: Sequence[Row]) -> Order:
        """Return the order of some rows."""
        first = rows[0]
        told = _read(self.own, first)
        phase = told.get("phase", Phase.UNKNOWN)
        moments = {name: told[name] for name in MOMENTS if name in told}
        shipment = _new_shipment(
            id=number,
            recipient=self._contact("recipient", first),
            items=tuple(self._items(rows, phase)),
            wish_date=told.get("wish_date"),
            wish_slot=told.get("wish_slot", ""),
            cancelled=phase is Phase.CANCELLED,
        )
        return _new_order(
            key=_new_key(mall=self.mall, shop_id=shop_id, number=number),
            phase=phase,
            mall_status=told.get("mall_status", phase.value),
            **{"ordered_at": NO_DAY, **moments},
            buyer=self._contact("buyer", first),
            shipments=(shipment,),
            charges=_new_charges(**_read(self.parts["charges"], first)),
            payment=_new_payment(
                **_read(self.parts["payment"], first), paid_at=told.get("paid_at")
            ),
            remarks=told.get("remarks", ""),
            raw=tuple([row.cells for row in rows]),
        )

    def _items(self, rows: Sequence[Row], phase: Phase) -> Iterable[Item]:
        if not self.item:
            return
        lines = [_read(self.item, row) for row in rows]
        idents = numbered(
            line.get("sku") or line.get("product_id") or str(place)
            for place, line in enumerate(lines, 1)
        )
        for ident, line in zip(idents, lines, strict=True):
            yield _new_item(**{"id": ident, "phase": phase, **line})

    def _contact(self, who: str, row: Row) -> Contact | None:
        """Return who a mapping tells of, though all cells be blank; None if it tells of nobody."""
        person, address = self.parts[who], self.parts[f"{who}.address"]
        if not (person or address):
            return None
        return _new_contact(**_read(person, row), address=_new_address(**_read(address, row)))


def _part(prefix: str, readers: dict[str, Read]) -> Part:
    """Return the readers of a part's own fields, by the names that they have there."""
    inside = (
        (name.removeprefix(prefix), read)
        for name, read in readers.items()
        if name.startswith(prefix)
    )
    return tuple((name, read) for name, read in inside if "." not in name)


def _read(part: Part, row: Row) -> dict[str, Any]:
    """Return what a row tells of a part, without the blanks."""
    return {name: value for name, read in part if (value := read(row)) is not None}
