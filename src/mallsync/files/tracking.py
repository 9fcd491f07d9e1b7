"""Tracking numbers by file: what a carrier's software tells of the parcels that it has labelled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import evolve, frozen

from mallsync.errors import ConfigError, FileError
from mallsync.files.mapping import TRACKING_FIELDS, CsvMapping
from mallsync.files.opening import opened
from mallsync.files.orders import Refused
from mallsync.model.handling import Dispatch, Handling
from mallsync.model.order import OrderKey
from mallsync.policy.dispatch import dispatch_of
from mallsync.store import ShopKey, Stored
from mallsync.sync import Sync
from mallsync.wire.csvs import Layout, Row, table

__all__ = ["TrackingReport", "read_tracking", "take_tracking"]


@frozen(kw_only=True)
class TrackingReport:
    """What a file of tracking numbers has done.

    Args:
        taken: The orders whose handling has a number of the file now.
        unknown: Order numbers that the shop does not have, or has not taken in.
        refused: Rows that tell nothing, or do not fit their order.
    """

    taken: tuple[OrderKey, ...]
    unknown: tuple[str, ...]
    refused: tuple[Refused, ...]

    @property
    def ok(self) -> bool:
        """Whether every row has found its order."""
        return not (self.unknown or self.refused)


def read_tracking(
    path: Path | str, mapping: CsvMapping, *, encoding: str | None = None
) -> Iterator[tuple[str, Dispatch] | Refused]:
    """Yield order number and dispatch of each row that has a tracking number.

    Args:
        path: The file.
        mapping: One with ``[tracking]``.
        encoding: Python's name of an encoding; None is the mapping's, or found out.

    Raises:
        ConfigError: The mapping has no ``[tracking]``.
        FileError: The file cannot be read, or lacks a column of the mapping; with line and column.
    """
    if not mapping.tracking:
        raise ConfigError("the mapping has no [tracking]: write where the numbers come from")
    text = opened(path, encoding=encoding or mapping.encoding)
    columns = [column for source in mapping.tracking.values() for column in source.columns]
    layout = Layout(name="file of tracking numbers", required=tuple(dict.fromkeys(columns)))
    try:
        with text.lines() as lines:
            rows = list(table(lines, [layout]).rows)  # whole, before anything is told
    except FileError as error:
        error.path = text.path
        raise
    return _told(rows, mapping, text.path)


def _told(
    rows: list[Row], mapping: CsvMapping, path: Path
) -> Iterator[tuple[str, Dispatch] | Refused]:
    readers = {
        name: source.reader(TRACKING_FIELDS[name]) for name, source in mapping.tracking.items()
    }
    for row in rows:
        try:
            told = {name: read(row) for name, read in readers.items()}
        except FileError as error:
            yield _refused(row, error, path)
            continue
        number, tracking = told.pop("order_number"), told.pop("tracking_number")
        method = told.pop("delivery_method", None)
        if tracking and not number:
            column = next(iter(mapping.tracking["order_number"].columns), "order_number")
            yield _refused(row, row.wrong(column, "is empty"), path)
        elif tracking:
            filled = {name: value for name, value in told.items() if value is not None}
            methods = frozenset({method} if method else ())
            yield (
                number,
                Dispatch(tracking_number=tracking, delivery_methods=methods, **filled),
            )


def _refused(row: Row, error: FileError, path: Path) -> Refused:
    error.path = path
    return Refused("", (row.line,), error)


def take_tracking(
    sync: Sync,
    shop: ShopKey | str,
    path: Path | str,
    mapping: CsvMapping,
    *,
    status: str | None = None,
    encoding: str | None = None,
) -> TrackingReport:
    """Put the tracking numbers of a file into the shop's handlings.

    Several rows of one order are its parcels: their numbers are joined by commas (R4). What the
    file does not tell of a dispatch stays as the shop has it.

    Args:
        sync: The shops and their store.
        shop: Key or id.
        path: The file.
        mapping: One with ``[tracking]``.
        status: Where such orders move to; None leaves them where they are.
        encoding: Python's name of an encoding; None is the mapping's, or found out.

    Raises:
        ConfigError: The shop is not known, or the mapping has no ``[tracking]``.
        FileError: The file cannot be read.
    """
    key = sync.shop(shop).key
    found: dict[tuple[str, str], Dispatch] = {}
    refused = []
    for told in read_tracking(path, mapping, encoding=encoding):
        if isinstance(told, Refused):
            refused.append(told)
            continue
        number, dispatch = told
        place = (number, dispatch.shipment_id)
        found[place] = _joined(found.get(place), dispatch)
    taken, unknown = [], []
    for (number, _), dispatch in found.items():
        order = OrderKey(key.mall, key.shop_id, number)
        stored = sync.store.orders.get(order)
        if stored is None or stored.handling is None:
            unknown.append(number)
            continue
        try:
            sync.handle(order, status=status, dispatch=_over(stored, dispatch))
        except ConfigError as error:
            refused.append(Refused(number, (), FileError(str(error), path=path)))
        else:
            taken.append(order)
    return TrackingReport(taken=tuple(taken), unknown=tuple(unknown), refused=tuple(refused))


def _joined(before: Dispatch | None, one: Dispatch) -> Dispatch:
    if before is None or one.tracking_number in before.tracking_number.split(","):
        return before or one
    return evolve(before, tracking_number=f"{before.tracking_number},{one.tracking_number}")


def _over(stored: Stored, new: Dispatch) -> Dispatch:
    """Return a dispatch with what a file tells of it, and what the shop had where it does not."""
    living = [one.id for one in stored.order.shipments if not one.cancelled]
    ident = new.shipment_id or (living[0] if len(living) == 1 else "")
    old = dispatch_of(stored.order, stored.handling or Handling(), ident)
    return evolve(
        new,
        shipment_id=ident,
        carrier=new.carrier or old.carrier,
        delivery_methods=new.delivery_methods or old.delivery_methods,
        ship_date=new.ship_date or old.ship_date,
    )
