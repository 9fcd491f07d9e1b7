"""From any CSV's columns to our fields, and back (カスタムCSV店舗): a mapping as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from mallsync.model.period import JST
from mallsync.model.words import Phase
from mallsync.wire.csvs import Meaning, Row, day, moment, whole

__all__ = [
    "ITEM_FIELDS",
    "MOMENTS",
    "ORDER_FIELDS",
    "RESULT_FIELDS",
    "TRACKING_FIELDS",
    "CsvMapping",
    "Read",
    "ResultsLayout",
    "Source",
]

Read = Callable[[Row], Any]

_ADDRESS = ("postal_code", "prefecture", "city", "street", "building", "country")
_PERSON = (
    *("family_name", "given_name", "family_name_kana", "given_name_kana"),
    *("company", "phone", "email"),
)
_AMOUNTS = (
    *("goods", "shipping", "cod_fee", "payment_fee", "wrapping", "buyer_fee"),
    *("points", "tax", "total", "requested"),
)
MOMENTS = ("ordered_at", "paid_at", "cancelled_at", "shipped_at", "completed_at", "updated_at")


def _contact_fields(who: str) -> dict[str, Meaning]:
    places = [*_PERSON, *(f"address.{one}" for one in _ADDRESS)]
    return {f"{who}.{place}": str for place in places}


def _phase(text: str) -> Phase:
    return Phase(text)


def _rate(text: str) -> float:
    """Return a rate of tax; what is one or more is in percent.

    >>> _rate("10%"), _rate("8"), _rate("0.1")
    (0.1, 0.08, 0.1)
    """
    rate = float(text.removesuffix("%"))
    if not 0 <= rate <= _ALL:
        raise ValueError("no rate")
    return rate / _ALL if text.endswith("%") or rate >= 1 else rate


ORDER_FIELDS: Mapping[str, Meaning] = MappingProxyType(
    {
        "number": str,
        "phase": _phase,
        "mall_status": str,
        **dict.fromkeys(MOMENTS, moment),
        **_contact_fields("buyer"),
        **_contact_fields("recipient"),
        **{f"charges.{name}": whole for name in _AMOUNTS},
        "payment.method": str,
        "payment.code": str,
        "wish_date": day,
        "wish_slot": str,
        "remarks": str,
    }
)
"""What a mapping's ``[order]`` may hold, and what its cells mean."""

ITEM_FIELDS: Mapping[str, Meaning] = MappingProxyType(
    {
        **dict.fromkeys(("id", "product_id", "sku", "name", "options"), str),
        **dict.fromkeys(("quantity", "unit_price", "price_with_tax"), whole),
        "tax_rate": _rate,
    }
)
"""What ``[item]`` may hold."""

TRACKING_FIELDS: Mapping[str, Meaning] = MappingProxyType(
    {
        "order_number": str,
        "shipment_id": str,
        "tracking_number": str,
        "carrier": str,
        "delivery_method": str,
        "ship_date": day,
    }
)
"""What ``[tracking]`` may hold."""

RESULT_FIELDS = (
    *("order_number", "shipment_id", "tracking_number", "carrier"),
    *("delivery_methods", "ship_date", "message"),
)
"""What a column of ``[results.columns]`` may hold."""

_ALL = 100
"""Percent."""

_SHIPMENT = ("recipient", "wish_date", "wish_slot")


@frozen(kw_only=True)
class Source:
    """Where a value comes from: columns, or a constant."""

    columns: tuple[str, ...] = ()
    between: str = ""
    constant: str | None = None
    codes: Mapping[str, str] | None = None
    other: str | None = None
    date: str = ""

    def text(self, row: Row) -> str:
        """Return the text of a row; ``""`` for a blank.

        Raises:
            FileError: The cell holds a code that the mapping does not know.
        """
        return self.reader(str)(row) or ""

    def reader(self, plain: Meaning) -> Read:
        """Return what reads the value of a row: worked out once, called for each of them.

        It returns None for a blank, and raises a FileError for a cell that means nothing.
        """
        if self.constant is not None:
            return _always(plain(self.constant) if self.constant else None)
        meaning = self._dated(plain) if self.date else plain
        if self.codes is not None:
            return self._decoder(self.codes, meaning)
        if len(self.columns) > 1:
            return self._joiner(meaning)
        return _cell(self.columns[0], meaning)

    def _dated(self, plain: Meaning) -> Meaning:
        """Return what a cell with a date of another form means; days come again and again."""

        @lru_cache(maxsize=1024)
        def dated(text: str) -> Any:  # noqa: ANN401 -- a moment or a day
            found = datetime.strptime(text, self.date).replace(tzinfo=JST)
            return found.date() if plain is day else found

        return dated

    def _decoder(self, codes: Mapping[str, str], meaning: Meaning) -> Read:
        (column,) = self.columns
        known = {code: meaning(text) if text else None for code, text in codes.items()}
        has_other = self.other is not None
        other = meaning(self.other) if self.other else None

        def decoded(row: Row) -> Any:  # noqa: ANN401 -- what the field holds
            text = row.code(column)
            if text in known:
                return known[text]
            if not has_other:
                raise row.wrong(column, "has a code that the mapping does not know")
            return other

        return decoded

    def _joiner(self, meaning: Meaning) -> Read:
        def joined(row: Row) -> Any:  # noqa: ANN401 -- what the field holds
            text = self.between.join(filter(None, map(row.code, self.columns)))
            try:
                return meaning(text) if text else None
            except (ValueError, OverflowError):
                raise row.wrong(self.columns[0], "cannot be read") from None

        return joined


@frozen(kw_only=True)
class ResultsLayout:
    """A file of shipping results: its columns in order, each with what it holds.

    A source's only column is one of `RESULT_FIELDS`.
    """

    columns: Mapping[str, Source]
    encoding: str = "cp932"
    date: str = "%Y-%m-%d"


@frozen(kw_only=True)
class CsvMapping:
    """What a mapping file says; see `mallsync.files.load_mapping`.

    Args:
        mall: The shop's own name in the place of a mall's, such as ``"my-shop-page"``.
        encoding: Of its files; None is found out.
        order: By field of an order where it comes from.
        item: The same of a line; empty if a row tells none.
        tracking: The same of what a carrier's software tells of a parcel.
        results: The layout of shipping results.
    """

    mall: str = ""
    encoding: str | None = None
    order: Mapping[str, Source] = field(factory=dict, repr=False)
    item: Mapping[str, Source] = field(factory=dict, repr=False)
    tracking: Mapping[str, Source] = field(factory=dict, repr=False)
    results: ResultsLayout | None = field(default=None, repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that an order file must have."""
        sources = [*self.order.values(), *self.item.values()]
        return tuple(dict.fromkeys(column for source in sources for column in source.columns))

    @property
    def covers(self) -> frozenset[str]:
        """The `Order` fields that a file tells."""
        told = {_covered(field) for field in self.order if field != "number"}
        if self.item:
            told |= {"lines", "shipments.items"}
        if "paid_at" in told:
            told.add("payment.paid_at")
        # Both follow from the phase, which every mapping has.
        return frozenset(told | {"shipments.cancelled", "mall_status"})


def _always(value: object) -> Read:
    return lambda _: value


def _cell(column: str, meaning: Meaning) -> Read:
    if meaning is not str:
        return lambda row: row.cell(column, meaning)

    def text(row: Row) -> str | None:  # `Row.code`, written out: most cells are text
        found = row.cells[column].strip()
        return found.removeprefix("'") or None

    return text


def _covered(field: str) -> str:
    head = field.partition(".")[0]
    return f"shipments.{field}" if head in _SHIPMENT else field
