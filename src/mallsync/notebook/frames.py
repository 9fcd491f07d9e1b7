"""Orders, items and decisions as frames of pandas or polars, each column with its type.

Text stays text: telephone numbers and zip codes keep their zeros. Moments are aware, in Japan
time; amounts are whole yen, and missing where the mall has not decided. What is personal is left
out unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, overload

from mallsync.errors import ConfigError
from mallsync.model.order import Contact, Item, Order, Shipment
from mallsync.sync import Plan, PlanRow

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["HasOrder", "decisions", "items", "orders"]

_ZONE = "Asia/Tokyo"


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole"
    RATE = "rate"
    MOMENT = "moment"
    FLAG = "flag"


class Column(NamedTuple):
    """A column: its name, what it holds, where that comes from, and whether it is personal."""

    name: str
    kind: Kind
    of: Callable[[Any], object]
    personal: bool = False


class HasOrder(Protocol):
    """What an order is part of, such as what `Sync.orders` yields."""

    @property
    def order(self) -> Order:
        """The order."""


class _Line(NamedTuple):
    order: Order
    shipment: Shipment
    item: Item


def _first(order: Order) -> Contact:
    """Return the recipient of the first shipment that has one."""
    return next((one.recipient for one in order.shipments if one.recipient), Contact())


def _name(contact: Contact | None) -> str:
    return "" if contact is None else f"{contact.family_name} {contact.given_name}".strip()


def _address(contact: Contact) -> str:
    place = contact.address
    return f"{place.city}{place.street} {place.building}".strip()


ORDERS = (
    Column("mall", Kind.TEXT, attrgetter("mall")),
    Column("shop_id", Kind.TEXT, attrgetter("shop_id")),
    Column("number", Kind.TEXT, attrgetter("number")),
    Column("phase", Kind.TEXT, attrgetter("phase.value")),
    Column("mall_status", Kind.TEXT, attrgetter("mall_status")),
    *(
        Column(name, Kind.MOMENT, attrgetter(name))
        for name in ("ordered_at", "paid_at", "shipped_at", "cancelled_at", "completed_at")
    ),
    *(
        Column(name, Kind.WHOLE, attrgetter(f"charges.{name}"))
        for name in ("goods", "shipping", "cod_fee", "points", "tax", "total", "requested")
    ),
    Column("payment_method", Kind.TEXT, attrgetter("payment.method")),
    Column("shipments", Kind.WHOLE, lambda one: len(one.shipments)),
    Column("items", Kind.WHOLE, lambda one: sum(len(ship.items) for ship in one.shipments)),
    Column("holds", Kind.TEXT, lambda one: ",".join(sorted(hold.value for hold in one.holds))),
    Column("prefecture", Kind.TEXT, lambda one: _first(one).address.prefecture),
    Column("buyer_name", Kind.TEXT, lambda one: _name(one.buyer), personal=True),
    Column("buyer_phone", Kind.TEXT, lambda one: one.buyer and one.buyer.phone, personal=True),
    Column("buyer_email", Kind.TEXT, lambda one: one.buyer and one.buyer.email, personal=True),
    Column("recipient_name", Kind.TEXT, lambda one: _name(_first(one)), personal=True),
    Column("recipient_phone", Kind.TEXT, lambda one: _first(one).phone, personal=True),
    Column("postal_code", Kind.TEXT, lambda one: _first(one).address.postal_code, personal=True),
    Column("address", Kind.TEXT, lambda one: _address(_first(one)), personal=True),
    Column("remarks", Kind.TEXT, attrgetter("remarks"), personal=True),
)
ITEMS = (
    Column("mall", Kind.TEXT, attrgetter("order.mall")),
    Column("shop_id", Kind.TEXT, attrgetter("order.shop_id")),
    Column("number", Kind.TEXT, attrgetter("order.number")),
    Column("ordered_at", Kind.MOMENT, attrgetter("order.ordered_at")),
    Column("shipment_id", Kind.TEXT, attrgetter("shipment.id")),
    Column("item_id", Kind.TEXT, attrgetter("item.id")),
    *(
        Column(name, Kind.TEXT, attrgetter(f"item.{name}"))
        for name in ("product_id", "sku", "name")
    ),
    Column("quantity", Kind.WHOLE, attrgetter("item.quantity")),
    Column("unit_price", Kind.WHOLE, attrgetter("item.unit_price")),
    Column("tax_rate", Kind.RATE, attrgetter("item.tax_rate")),
    Column("phase", Kind.TEXT, attrgetter("item.phase.value")),
    Column("options", Kind.TEXT, attrgetter("item.options"), personal=True),
)
DECISIONS = (
    Column("mall", Kind.TEXT, attrgetter("order.mall")),
    Column("shop_id", Kind.TEXT, attrgetter("order.shop_id")),
    Column("number", Kind.TEXT, attrgetter("order.number")),
    Column("status", Kind.TEXT, attrgetter("status")),
    Column("verdict", Kind.TEXT, attrgetter("verdict.value")),
    Column("eligible", Kind.FLAG, attrgetter("decision.eligible")),
    Column("reasons", Kind.TEXT, lambda one: _codes(one.decision.reasons)),
    Column("guards", Kind.TEXT, lambda one: _codes(one.guards)),
    Column("warnings", Kind.TEXT, lambda one: _codes((*one.decision.warnings, *one.warnings))),
    Column("notices", Kind.WHOLE, lambda one: len(one.notices)),
    Column("why", Kind.TEXT, lambda one: one.explain("ja")),
)


def _codes(said: Iterable[Any]) -> str:
    return ",".join(str(one.code) for one in said)


@overload
def orders(
    found: Iterable[Order | HasOrder], *, to: Literal["pandas"] = "pandas", personal: bool = False
) -> pd.DataFrame: ...


@overload
def orders(
    found: Iterable[Order | HasOrder], *, to: Literal["polars"], personal: bool = False
) -> pl.DataFrame: ...


def orders(found: Iterable[Order | HasOrder], *, to: str = "pandas", personal: bool = False) -> Any:
    """Return a frame with a row for each order.

    Args:
        found: Orders, such as ``client.fetch_orders(…)`` or ``sync.orders()``.
        to: ``"pandas"`` or ``"polars"``.
        personal: Whether names, telephone numbers, addresses and remarks are in it, too.

    Raises:
        ConfigError: `to` is something else, or something is no order.
    """
    return _frame(list(_orders(found)), ORDERS, to, personal=personal)


@overload
def items(
    found: Iterable[Order | HasOrder], *, to: Literal["pandas"] = "pandas", personal: bool = False
) -> pd.DataFrame: ...


@overload
def items(
    found: Iterable[Order | HasOrder], *, to: Literal["polars"], personal: bool = False
) -> pl.DataFrame: ...


def items(found: Iterable[Order | HasOrder], *, to: str = "pandas", personal: bool = False) -> Any:
    """Return a frame with a row for each line of each order.

    Args:
        found: As for `orders`.
        to: ``"pandas"`` or ``"polars"``.
        personal: Whether what the buyer has chosen or had engraved is in it, too.

    Raises:
        ConfigError: `to` is something else, or something is no order.
    """
    lines = [
        _Line(order, shipment, item)
        for order in _orders(found)
        for shipment in order.shipments
        for item in shipment.items
    ]
    return _frame(lines, ITEMS, to, personal=personal)


@overload
def decisions(
    plan: Plan | Iterable[PlanRow], *, to: Literal["pandas"] = "pandas"
) -> pd.DataFrame: ...


@overload
def decisions(plan: Plan | Iterable[PlanRow], *, to: Literal["polars"]) -> pl.DataFrame: ...


def decisions(plan: Plan | Iterable[PlanRow], *, to: str = "pandas") -> Any:
    """Return a frame with a row for each candidate of a plan; nothing in it is personal.

    Args:
        plan: A plan, or some of its rows.
        to: ``"pandas"`` or ``"polars"``.

    Raises:
        ConfigError: `to` is something else.
    """
    rows = plan.rows if isinstance(plan, Plan) else tuple(plan)
    return _frame(rows, DECISIONS, to, personal=False)


def _orders(found: Iterable[Order | HasOrder]) -> Iterator[Order]:
    if isinstance(found, Order) or hasattr(found, "order"):
        raise ConfigError("one order is no list of them: write orders([order])")
    for one in found:
        order = getattr(one, "order", one)
        if not isinstance(order, Order):
            raise ConfigError(f"a {type(order).__name__} is no order: write orders(sync.orders())")
        yield order


def _frame(rows: Sequence[object], columns: Sequence[Column], to: str, *, personal: bool) -> Any:  # noqa: ANN401 -- one library's or the other's
    if to not in _MAKERS:
        raise ConfigError(f"to: write one of {', '.join(_MAKERS)}")
    shown = [one for one in columns if personal or not one.personal]
    return _MAKERS[to]([(one, [one.of(row) for row in rows]) for one in shown])


def _pandas(told: Sequence[tuple[Column, list[object]]]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 -- whoever wants polars needs no pandas

    kinds = {
        Kind.TEXT: "string",
        Kind.WHOLE: "Int64",
        Kind.RATE: "Float64",
        Kind.MOMENT: f"datetime64[us, {_ZONE}]",
        Kind.FLAG: "boolean",
    }
    return pd.DataFrame({one.name: pd.Series(cells, dtype=kinds[one.kind]) for one, cells in told})


def _polars(told: Sequence[tuple[Column, list[object]]]) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 -- whoever wants pandas needs no polars

    kinds = {
        Kind.TEXT: pl.String(),
        Kind.WHOLE: pl.Int64(),
        Kind.RATE: pl.Float64(),
        Kind.MOMENT: pl.Datetime("us", _ZONE),
        Kind.FLAG: pl.Boolean(),
    }
    return pl.DataFrame(
        [pl.Series(one.name, cells, dtype=kinds[one.kind], strict=False) for one, cells in told]
    )


_MAKERS: Mapping[str, Callable[[Sequence[tuple[Column, list[object]]]], Any]] = MappingProxyType(
    {"pandas": _pandas, "polars": _polars}
)
