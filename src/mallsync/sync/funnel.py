"""How far the orders of each mall have come: fetched, eligible, sent, confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from attrs import field, frozen

from mallsync.model.order import OrderKey
from mallsync.model.writebacks import Outcome, ShipmentNotice
from mallsync.store import ShopKey, SqlStore
from mallsync.sync.plan import Plan, PlanRow

__all__ = ["Funnel", "funnel_of"]

_WRITTEN = frozenset({"ALREADY_REPORTED", "REPORTED_OTHERWISE", "REFUSED_BEFORE", "IN_DOUBT"})
"""Guards of what was written already: of an order that the journal knows it tells more itself."""


@frozen(kw_only=True)
class Funnel:
    """The orders of a mall by how far they have come, and what has held back the others.

    Args:
        mall: Which.
        fetched: Orders that the store has.
        eligible: Those whose report the rule allows: what was sent, and what is allowed now.
        sent: Those of which a report is on the mall, as far as is known.
        confirmed: Those that a later fetch has seen there.
        dropped: By code how many orders are not further: reasons of the rule (R2, R3), of intake
            (R12), guards, refusals. One order may have several.
    """

    mall: str
    fetched: int
    eligible: int
    sent: int
    confirmed: int
    dropped: Mapping[str, int] = field(repr=False)


def funnel_of(store: SqlStore, plan: Plan) -> list[Funnel]:
    """Return a funnel for each mall of a plan, in the order of its shops."""
    malls: dict[str, dict[ShopKey, list[PlanRow]]] = {}
    for key in plan.shops:
        malls.setdefault(key.mall, {})[key] = []
    for row in plan.rows:
        malls[row.order.mall][ShopKey(row.order.mall, row.order.shop_id)].append(row)
    return [_funnel(store, mall, shops) for mall, shops in malls.items()]


def _funnel(store: SqlStore, mall: str, shops: Mapping[ShopKey, list[PlanRow]]) -> Funnel:
    fetched = sent = confirmed = 0
    dropped: Counter[str] = Counter()
    known: dict[OrderKey, bool] = {}
    for key, rows in shops.items():
        intakes = store.orders.tally(key)
        written = store.journal.tally(key)
        fetched += sum(intakes.values())
        sent += written.sent
        confirmed += written.confirmed
        dropped.update({code: count for code, count in intakes.items() if code})
        dropped.update(written.others)
        known |= _known(store, key, [row.order.number for row in rows])
    candidates = [row for rows in shops.values() for row in rows if not known.get(row.order)]
    for row in candidates:
        dropped.update(_codes(row) - (_WRITTEN if row.order in known else set()))
    return Funnel(
        mall=mall,
        fetched=fetched,
        eligible=sent + sum(row.decision.eligible or bool(row.notices) for row in candidates),
        sent=sent,
        confirmed=confirmed,
        dropped=dropped,
    )


def _known(store: SqlStore, key: ShopKey, numbers: list[str]) -> dict[OrderKey, bool]:
    """Return for each of some orders that the journal knows whether its report was sent."""
    sent: dict[OrderKey, bool] = {}
    for record in store.journal.of(key, numbers).values():
        if isinstance(record.write_back, ShipmentNotice):
            order = record.key.order
            sent[order] = sent.get(order, False) or record.outcome is Outcome.SENT
    return sent


def _codes(row: PlanRow) -> set[str]:
    """Return all that holds a row back."""
    return {one.code.value for one in (*row.decision.reasons, *row.guards)}
