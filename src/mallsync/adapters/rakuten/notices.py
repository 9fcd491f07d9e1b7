"""A shipment notice → Rakuten's shipping records: previewed, compared, matched to what is there.

Rakuten appends a record whenever no shippingDetailId is given, and an order with an unfilled
record is never completed. So a notice first takes the record with its number, then an unfilled
one, and only then adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

from attrs import frozen

from mallsync.adapters.rakuten.faults import failure
from mallsync.adapters.rakuten.shapes import CARRIERS
from mallsync.errors import Conflict, MallError, NotFound, Problem, Rejected
from mallsync.model.order import Order, Parcel, Shipment
from mallsync.model.words import Phase, fold
from mallsync.model.writebacks import NoticeWarning, Preview, ShipmentNotice, Standing
from mallsync.wire.texts import platform_dependent

__all__ = [
    "LONGEST_NUMBER",
    "MOST_NUMBERS",
    "Filling",
    "disagrees",
    "fill",
    "has_arrived",
    "has_unfilled",
    "preview",
    "records_digest",
    "shipment_of",
    "standing",
]

MOST_NUMBERS = 19
"""Tracking numbers of one shipment (rules R4); the mall itself takes 20 records a basket."""

LONGEST_NUMBER = 120
_OPERATION = "updateOrderShipping"
_CLOSED = {
    Phase.UNPAID: "MALL_STATE_TOO_EARLY",
    Phase.HELD: "MALL_STATE_TOO_EARLY",
    Phase.CANCELLED: "CANCELLED_ON_MALL",
    Phase.UNKNOWN: "UNKNOWN_STATE",
}
"""Phases from which nothing is reported; behind 300 the facts are unclear, so the mall decides."""


@frozen
class Filling:
    """What has to be written for a notice: the basket and its ShippingModel objects."""

    basket: int
    records: tuple[Mapping[str, object], ...]


def preview(notice: ShipmentNotice) -> Preview:
    """Return what Rakuten has no place for, and what it would refuse.

    >>> from datetime import date
    >>> preview(ShipmentNotice(order_number="1", carrier="気球便", ship_date=date(2026, 11, 22),
    ...     tracking_numbers=("000011112222",))).problems[0].code
    'CARRIER_UNMAPPED'
    """
    return Preview(dropped=tuple(_dropped(notice)), problems=tuple(_problems(notice)))


def _dropped(notice: ShipmentNotice) -> Iterator[NoticeWarning]:
    extra = notice.tracking_numbers[MOST_NUMBERS:]
    if extra:
        yield NoticeWarning("NUMBERS_DROPPED", f"{len(extra)} behind the first {MOST_NUMBERS}")
    if notice.message:
        yield NoticeWarning("MESSAGE_DROPPED", "Rakuten takes no message with a shipment")


def _problems(notice: ShipmentNotice) -> Iterator[NoticeWarning]:
    if CARRIERS.code_of(notice.carrier) is None:
        yield NoticeWarning("CARRIER_UNMAPPED", f"write one of: {CARRIERS.choices()}")
    if notice.ship_date is None:
        yield NoticeWarning("NOTICE_INCOMPLETE", "ship_date is missing")
    if notice.shipment_id and not _is_basket(notice.shipment_id):
        yield NoticeWarning("SHIPMENT_ID_WRONG", "shipment_id is the basketId: digits only")
    for place, number in enumerate(notice.tracking_numbers[:MOST_NUMBERS]):
        if not fold(number) or len(number) > LONGEST_NUMBER or platform_dependent(number):
            yield NoticeWarning(
                "TRACKING_NUMBER_WRONG",
                f"tracking_numbers[{place}]: 1 to {LONGEST_NUMBER} ordinary characters",
            )


def _is_basket(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10  # noqa: PLR2004 -- basketId


def standing(order: Order, notice: ShipmentNotice) -> Standing:
    """Return whether a notice is on the mall: not at all, just so, or with other values.

    A record without a number counts only for a notice without one.
    """
    shipment = shipment_of(order, notice)
    if shipment is None:
        return Standing.ABSENT
    wanted = _numbers(notice)
    there = _reported(shipment, dated_too=not wanted)
    if not there:
        return Standing.ABSENT
    same_numbers = {parcel.tracking_number for parcel in there} == set(wanted or ("",))
    agreeing = [_agrees(parcel, notice) for parcel in there]
    # Without a number one record that agrees is the notice; the others are nobody's yet.
    same_facts = all(agreeing) if wanted else any(agreeing)
    return Standing.SAME if same_numbers and same_facts else Standing.DIFFERENT


def has_arrived(order: Order, notice: ShipmentNotice) -> bool:
    """Tell whether a report that was begun has arrived, if with other values beside its numbers.

    A carrier or a date that was changed since makes it no other report. What a correction would
    write is there only if `standing` says so: its numbers may have been there before.
    """
    shipment = shipment_of(order, notice)
    wanted = set(_numbers(notice))
    if shipment is None or notice.revision > 1 or not wanted:
        return False
    return wanted <= {parcel.tracking_number for parcel in shipment.parcels}


def disagrees(order: Order, notice: ShipmentNotice) -> bool:
    """Tell whether a record that reports the shipment has another carrier or date."""
    shipment = shipment_of(order, notice)
    there = () if shipment is None else _reported(shipment, dated_too=not _numbers(notice))
    return not all(_agrees(parcel, notice) for parcel in there)


def records_digest(order: Order, notice: ShipmentNotice) -> str:
    """Return a fingerprint of the records of a notice's shipment, to see whether they change."""
    shipment = shipment_of(order, notice)
    parcels = () if shipment is None else shipment.parcels
    facts = sorted(
        [(one.id, one.tracking_number, one.carrier_code, str(one.ship_date)) for one in parcels]
    )
    return sha256(str(facts).encode()).hexdigest()[:32]


def _reported(shipment: Shipment, *, dated_too: bool) -> list[Parcel]:
    """Return the records that report a parcel: those with a number, else those with a date."""
    numbered = [parcel for parcel in shipment.parcels if _is_filled(parcel)]
    if numbered or not dated_too:
        return numbered
    return [parcel for parcel in shipment.parcels if parcel.ship_date]


def fill(order: Order, notice: ShipmentNotice) -> Filling:
    """Return the records to write, so that none is appended where one can be filled.

    Raises:
        NotFound: The order has no such shipment.
        Conflict: The order is not in a status from which it can be shipped, or the mall holds
            another number for the shipment, which only a correction writes over.
    """
    shipment = shipment_of(order, notice)
    if shipment is None:
        raise _refused(NotFound, "basketId", "SHIPMENT_UNKNOWN")
    closed = "CANCELLED_ON_MALL" if shipment.cancelled else _CLOSED.get(order.phase)
    if closed:
        raise _refused(Conflict, "orderProgress", closed)
    wanted = _numbers(notice) or ("",)
    on_mall = {parcel.tracking_number for parcel in shipment.parcels if _is_filled(parcel)}
    if notice.revision > 1 and on_mall:
        return Filling(int(shipment.id), tuple(_overwritten(shipment, notice)))
    if not on_mall <= set(wanted):
        raise _refused(Conflict, "ShippingModelList", "OTHER_NUMBER_ON_MALL")
    return Filling(int(shipment.id), tuple(_records(shipment, notice, wanted)))


def has_unfilled(order: Order, notice: ShipmentNotice) -> bool:
    """Tell whether records of the shipment stay without a number once the notice is there."""
    shipment = shipment_of(order, notice)
    if shipment is None:
        return False
    empty = sum(not _is_filled(parcel) for parcel in shipment.parcels)
    known = {parcel.tracking_number for parcel in shipment.parcels}
    return empty > sum(number not in known for number in _numbers(notice))


def _records(
    shipment: Shipment, notice: ShipmentNotice, wanted: tuple[str, ...]
) -> Iterator[Mapping[str, object]]:
    filled = [parcel for parcel in shipment.parcels if _is_filled(parcel)]
    unfilled = iter([parcel for parcel in shipment.parcels if not _is_filled(parcel)])
    for number in wanted:
        known = [parcel for parcel in filled if parcel.tracking_number == number]
        stale = [parcel for parcel in known if not _agrees(parcel, notice)]
        for record in stale if known else [next(unfilled, None)]:
            yield _record(notice, number, record)


def _overwritten(shipment: Shipment, notice: ShipmentNotice) -> Iterator[Mapping[str, object]]:
    """Yield records that correct those on the mall: a known id makes it no second one (§4.4).

    Nothing tells how a number is taken back without another in its place.
    """
    wanted = _numbers(notice)
    filled = [parcel for parcel in shipment.parcels if _is_filled(parcel)]
    kept = {parcel.tracking_number: parcel for parcel in filled if parcel.tracking_number in wanted}
    wrong = [parcel for parcel in filled if parcel.tracking_number not in wanted]
    new = [number for number in wanted if number not in kept]
    if len(wrong) > len(new):
        raise _refused(Conflict, "ShippingModelList", "MORE_NUMBERS_ON_MALL")
    free = iter([*wrong, *(parcel for parcel in shipment.parcels if not _is_filled(parcel))])
    yield from (
        _record(notice, number, parcel)
        for number, parcel in kept.items()
        if not _agrees(parcel, notice)
    )
    yield from (_record(notice, number, next(free, None)) for number in new)


def _record(notice: ShipmentNotice, number: str, record: Parcel | None) -> Mapping[str, object]:
    facts: dict[str, object] = {"deliveryCompany": CARRIERS.code_of(notice.carrier)}
    if record is not None:
        facts["shippingDetailId"] = int(record.id)
    if number:
        facts["shippingNumber"] = number
    if notice.ship_date is not None:
        # Dashes are what six sources show; one saw 20260729 work live. The dashes are sent.
        facts["shippingDate"] = notice.ship_date.isoformat()
    return facts


def shipment_of(order: Order, notice: ShipmentNotice) -> Shipment | None:
    """Return the shipment that a notice names, or the only live one if it names none."""
    if notice.shipment_id:
        return next((one for one in order.shipments if one.id == notice.shipment_id), None)
    live = [one for one in order.shipments if not one.cancelled]
    return live[0] if len(live) == 1 else None


def _numbers(notice: ShipmentNotice) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notice.tracking_numbers[:MOST_NUMBERS]))


def _is_filled(parcel: Parcel) -> bool:
    return bool(parcel.tracking_number)


def _agrees(parcel: Parcel, notice: ShipmentNotice) -> bool:
    return (
        parcel.carrier_code == CARRIERS.code_of(notice.carrier)
        and parcel.ship_date == notice.ship_date
    )


def _refused(kind: type[Rejected], place: str, code: str) -> MallError:
    return failure(kind, _OPERATION, code, problems=(Problem(place=place, code=code),))
