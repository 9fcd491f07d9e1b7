"""A shipment notice → what is told of each order line: previewed, compared, filled in.

Qoo10 takes a carrier's display name and one tracking number for each line, and nothing else: the
ship date is never written (rules R4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from unicodedata import category

from mallsync.adapters.qoo10.codec import Shipped
from mallsync.adapters.qoo10.faults import failure
from mallsync.adapters.qoo10.labels import carrier_of, choices, label_for
from mallsync.adapters.qoo10.names import normal
from mallsync.adapters.qoo10.shapes import LONGEST_NUMBER
from mallsync.adapters.qoo10.values import digits
from mallsync.errors import Conflict, MallError, NotFound, Problem, Rejected
from mallsync.model.journal import digest
from mallsync.model.order import Item, Order, Parcel
from mallsync.model.words import Phase, fold, is_blank
from mallsync.model.writebacks import NoticeWarning, Preview, ShipmentNotice, Standing
from mallsync.wire.writing import no_correction

__all__ = [
    "fallen_away",
    "fill",
    "lines_named",
    "own_labels",
    "payload_of",
    "preview",
    "shows_number",
    "standing",
    "targets",
]

_OPERATION = "SetSendingInfo"
_NEVER_SENT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Kinds of characters that no number has: control characters and line breaks, and surrogates, for
which the UTF-8 of a form has no bytes (§2)."""
_WORST_FIRST = (Standing.ABSENT, Standing.DIFFERENT)
_CLOSED = {
    Phase.UNPAID: "MALL_STATE_TOO_EARLY",
    Phase.HELD: "CAUTION",
    Phase.SHIPPED: "MALL_STATE_TOO_LATE",
    Phase.DONE: "MALL_STATE_TOO_LATE",
    Phase.CANCELLED: "CANCELLED_ON_MALL",
    Phase.UNKNOWN: "UNKNOWN_STATE",
}
"""Phases of a line from which nothing is reported; writing to 配送中 is not documented (§16)."""


def preview(notice: ShipmentNotice) -> Preview:
    """Return what Qoo10 has no place for, and what it would refuse.

    >>> preview(ShipmentNotice(order_number="880000001", carrier="気球便",
    ...     tracking_numbers=("000011112222",))).problems[0].code
    'CARRIER_UNMAPPED'
    """
    return Preview(dropped=tuple(_dropped(notice)), problems=tuple(_problems(notice)))


def _dropped(notice: ShipmentNotice) -> Iterator[NoticeWarning]:
    extra = notice.tracking_numbers[1:]
    if extra:
        yield NoticeWarning("NUMBERS_DROPPED", f"{len(extra)} behind the first")
    if notice.ship_date is not None:
        yield NoticeWarning("SHIP_DATE_DROPPED", "Qoo10 dates a shipment by itself")
    if notice.message:
        yield NoticeWarning("MESSAGE_DROPPED", "Qoo10 takes no message with a shipment")


def _problems(notice: ShipmentNotice) -> Iterator[NoticeWarning]:
    yield from no_correction(notice)
    if is_blank(notice.carrier):
        yield NoticeWarning("NOTICE_INCOMPLETE", "carrier")
    elif label_for(notice.carrier) is None:
        yield NoticeWarning("CARRIER_UNMAPPED", f"write one of: {choices()}")
    if not notice.tracking_numbers or is_blank(notice.tracking_numbers[0]):
        yield NoticeWarning("NOTICE_INCOMPLETE", "tracking_numbers")  # §7: required
    elif not _is_one_number(notice.tracking_numbers[0]):
        yield NoticeWarning(
            "TRACKING_NUMBER_WRONG", f"tracking_numbers[0]: one of 1 to {LONGEST_NUMBER} characters"
        )
    if notice.shipment_id and not lines_named(notice):
        yield NoticeWarning("SHIPMENT_ID_WRONG", "shipment_id is line numbers joined by commas")


def _is_one_number(text: str) -> bool:
    return (
        len(text) <= LONGEST_NUMBER
        and "," not in text
        and _NEVER_SENT.isdisjoint(map(category, text))
    )


def lines_named(notice: ShipmentNotice) -> tuple[str, ...]:
    """Return the order lines that a notice names, none if it names none or not by their numbers.

    >>> lines_named(ShipmentNotice(order_number="880000001", shipment_id="1900000011,1900000012"))
    ('1900000011', '1900000012')
    """
    try:
        return tuple([digits(part) for part in notice.shipment_id.split(",") if part.strip()])
    except ValueError:
        return ()


def payload_of(notice: ShipmentNotice) -> str:
    """Return the fingerprint of what is written: a line that comes or goes does not change it."""
    written = ShipmentNotice(
        order_number=notice.order_number,
        carrier=label_for(notice.carrier) or "",
        tracking_numbers=notice.tracking_numbers[:1],
    )
    return digest(written)


def targets(order: Order, notice: ShipmentNotice) -> tuple[Item, ...]:
    """Return the lines that a notice is about: those it names, else all; cancelled ones fall away.

    Only where every one of them is cancelled they are returned, to be refused.

    Raises:
        NotFound: The order has not all of the lines.
    """
    meant = _meant(order, notice)
    live = tuple([item for item in meant if item.phase is not Phase.CANCELLED])
    return live or meant


def _meant(order: Order, notice: ShipmentNotice) -> tuple[Item, ...]:
    items = {item.id: item for shipment in order.shipments for item in shipment.items}
    named = lines_named(notice) or tuple(items)
    if not set(named) <= set(items):
        raise _refused(NotFound, "shipment_id", "SHIPMENT_UNKNOWN")
    return tuple([items[number] for number in dict.fromkeys(named)])


def fallen_away(order: Order, notice: ShipmentNotice) -> tuple[str, ...]:
    """Return the numbers of the cancelled lines that a notice names beside those it is about.

    Raises:
        NotFound: The order has not all of the lines.
    """
    about = targets(order, notice)
    return tuple([item.id for item in _meant(order, notice) if item not in about])


def shows_number(order: Order, line: str, notice: ShipmentNotice) -> bool:
    """Tell whether a line shows a notice's number, under whatever carrier."""
    parcel = _parcels(order).get(line)
    wanted = notice.tracking_numbers[:1]
    return parcel is not None and [fold(parcel.tracking_number)] == [fold(one) for one in wanted]


def standing(order: Order, notice: ShipmentNotice) -> Standing:
    """Return whether a notice is on the mall: ABSENT while one of its lines has no number.

    Once each line has one, another number, or the number of another carrier, is DIFFERENT.
    """
    try:
        lines = targets(order, notice)
    except NotFound:
        return Standing.ABSENT
    by_line = _standings(order, notice, lines)
    return next((one for one in _WORST_FIRST if one in by_line), Standing.SAME)


def _standings(order: Order, notice: ShipmentNotice, lines: tuple[Item, ...]) -> list[Standing]:
    parcels = _parcels(order)
    return [_standing_of(parcels.get(line.id), notice) for line in lines]


def _parcels(order: Order) -> dict[str, Parcel]:
    """Return the shipping record of each line that has one."""
    return {parcel.id: parcel for shipment in order.shipments for parcel in shipment.parcels}


def _standing_of(parcel: Parcel | None, notice: ShipmentNotice) -> Standing:
    if parcel is None or not notice.tracking_numbers:
        return Standing.ABSENT
    same_number = fold(parcel.tracking_number) == fold(notice.tracking_numbers[0])
    on_mall = carrier_of(parcel.carrier)
    # A label that is not known may be what the mall makes of ours.
    same_carrier = on_mall in (None, carrier_of(notice.carrier))
    return Standing.SAME if same_number and same_carrier else Standing.DIFFERENT


def fill(
    order: Order, notice: ShipmentNotice, own: Mapping[str, str]
) -> dict[str, Shipped | MallError | None]:
    """Return for each line what has to be told of it, None for nothing, or why it cannot be told.

    Args:
        order: As it stands on the mall.
        notice: One that `preview` has no problem with.
        own: The DeliveryCompany of each line.

    Raises:
        NotFound: The order has not all of the lines.
    """
    lines = targets(order, notice)
    found = zip(lines, _standings(order, notice, lines), strict=True)
    return {line.id: _fill_line(line, notice, one, own.get(line.id, "")) for line, one in found}


def _fill_line(
    line: Item, notice: ShipmentNotice, standing_: Standing, own: str
) -> Shipped | MallError | None:
    if standing_ is Standing.SAME:
        return None
    if standing_ is Standing.DIFFERENT:
        return _refused(Conflict, "TrackingNo", "OTHER_NUMBER_ON_MALL")
    closed = _CLOSED.get(line.phase)
    if closed:
        return _refused(Conflict, "ShippingStatus", closed)
    carrier = label_for(notice.carrier, own)
    assert carrier is not None  # noqa: S101 -- preview has found no problem
    return Shipped(number=line.id, carrier=carrier, tracking_number=notice.tracking_numbers[0])


def own_labels(order: Order) -> dict[str, str]:
    """Return the DeliveryCompany of each line, from the rows that the order keeps."""
    rows = order.raw if isinstance(order.raw, tuple) else ()
    records = [normal(row) for row in rows if isinstance(row, dict)]
    return {
        digits(record["OrderNo"]): str(record["DeliveryCompany"])
        for record in records
        if record.get("DeliveryCompany")
    }


def _refused(kind: type[Rejected], place: str, code: str) -> MallError:
    return failure(kind, _OPERATION, code, problems=(Problem(place=place, code=code),))
