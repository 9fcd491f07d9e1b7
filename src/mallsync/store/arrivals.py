"""Orders that a fetch or a file has seen, on their way into the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from attrs import frozen
from sqlalchemy import Connection, select

from mallsync.model.handling import Handling
from mallsync.model.order import Order
from mallsync.model.words import Phase
from mallsync.store.database import upsert
from mallsync.store.encoding import ADDED_TO, CODEC, Encoded, encode, pack_raw, storable
from mallsync.store.handlings import insert_handlings
from mallsync.store.quarantine import let_go
from mallsync.store.schema import orders

__all__ = ["Arrival", "Arrived", "encoded_by_number", "keep"]

_LARGEST = 2**31 - 1
"""What an integer of PostgreSQL holds."""

_OPEN = frozenset({Phase.UNPAID, Phase.TO_SHIP, Phase.HELD, Phase.UNKNOWN})
"""Phases from which an order may still be shipped."""

_Known = tuple[str, str, int]
"""Digest, intake and codec of a stored order."""


@frozen(kw_only=True)
class Arrival:
    """An order as it is known after a sighting, and what becomes of it.

    ``handling`` is how it lands, if it comes in now; ``intake`` the code of R12 if it does not.
    ``by_raw`` tells whether its raw record alone makes it: not what files have added to.
    """

    order: Order
    intake: str = ""
    handling: Handling | None = None
    by_raw: bool = True

    @property
    def codec(self) -> int:
        """By which it is read again from its record, if it is."""
        return CODEC if self.by_raw else ADDED_TO


@frozen(kw_only=True)
class Arrived:
    """How many orders of a batch were new to the store, had changed, or are as they were."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


def encoded_by_number(arrivals: Iterable[Arrival]) -> dict[str, Encoded]:
    """Return orders as they are stored: before the transaction, which is short then."""
    return {one.order.number: encode(one.order) for one in arrivals}


def keep(
    connection: Connection,
    row: int,
    arrivals: Iterable[Arrival],
    encoded: Mapping[str, Encoded],
    now: datetime,
) -> tuple[list[str], dict[str, _Known]]:
    """Write what has changed; return its numbers, and what was stored before."""
    latest = {one.order.number: one for one in arrivals}
    known = _known(connection, row, latest)
    moved = [
        one
        for number, one in latest.items()
        if known.get(number) != (encoded[number].digest, one.intake, one.codec)
    ]
    _write(connection, [_row(row, one, encoded[one.order.number], now) for one in moved])
    landed = {number: one.handling for number, one in latest.items() if one.handling is not None}
    insert_handlings(connection, row, landed, now)
    let_go(connection, row, latest)
    return [one.order.number for one in moved], known


def _known(connection: Connection, row: int, numbers: Iterable[str]) -> dict[str, _Known]:
    asked = select(orders.c.number, orders.c.digest, orders.c.intake, orders.c.codec).where(
        orders.c.shop == row, orders.c.number.in_(list(numbers))
    )
    return {one.number: (one.digest, one.intake, one.codec) for one in connection.execute(asked)}


def _row(shop: int, arrival: Arrival, encoded: Encoded, now: datetime) -> dict[str, object]:
    order = arrival.order
    return {
        "shop": shop,
        "number": order.number,
        "phase": order.phase.value,
        "mall_status": storable(order.mall_status),
        "ordered_at": order.ordered_at,
        "cancelled_at": order.cancelled_at,
        "total": _fitting(order.charges.total),
        "is_open": order.phase in _OPEN and order.cancelled_at is None,
        "intake": arrival.intake,
        "first_seen_at": now,
        "changed_at": now,
        "purged_at": None,
        "codec": arrival.codec,
        "digest": encoded.digest,
        "cache": encoded.cache,
        "raw": None if encoded.raw is None else pack_raw(encoded.raw),
    }


def _fitting(amount: int | None) -> int | None:
    """Return an amount that a column can hold; None for one beyond reason, which the cache has."""
    return amount if amount is None or abs(amount) <= _LARGEST else None


def _write(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    if not rows:
        return
    made = upsert(connection, orders)
    kept = {"shop", "number", "first_seen_at"}
    renewed = {name: made.excluded[name] for name in rows[0] if name not in kept}
    connection.execute(
        made.on_conflict_do_update(index_elements=["shop", "number"], set_=renewed), rows
    )
