"""How far the orders of each mall have come: fetched, eligible, sent, confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import field, frozen

from mallsync.store import ShopKey, SqlStore
from mallsync.sync.plan import Plan, PlanRow

__all__ = ["Funnel", "funnel_of"]

_WRITTEN = frozenset({"ALREADY_REPORTED", "REPORTED_OTHERWISE", "REFUSED_BEFORE", "IN_DOUBT"})
"""Guards of what was written already: the journal counts that."""


@frozen(kw_only=True)
class Funnel:
    """The orders of a mall by how far they have come, and what has held back the others.

    Args:
        mall: Which.
        fetched: Orders that the store has.
        eligible: Those whose report the rule has allowed: what was written to the mall, and what
            is allowed now.
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


def funnel_of(store: SqlStore, shops: Iterable[ShopKey], plan: Plan) -> list[Funnel]:
    """Return a funnel for each mall that has a shop here, in the order of the shops."""
    malls: dict[str, list[ShopKey]] = {}
    for key in shops:
        malls.setdefault(key.mall, []).append(key)
    return [_funnel(store, mall, keys, plan) for mall, keys in malls.items()]


def _funnel(store: SqlStore, mall: str, keys: list[ShopKey], plan: Plan) -> Funnel:
    fetched = tried = sent = confirmed = 0
    dropped: Counter[str] = Counter()
    for key in keys:
        intakes = store.orders.tally(key)
        written = store.journal.tally(key)
        fetched += sum(intakes.values())
        sent += written.sent
        confirmed += written.confirmed
        tried += written.sent + sum(written.others.values())
        dropped.update({code: count for code, count in intakes.items() if code})
        dropped.update(written.others)
    rows = [row for row in plan.rows if row.order.mall == mall]
    waiting = [row for row in rows if not _guards(row) & _WRITTEN]
    dropped.update(code for row in waiting for code in _codes(row))
    return Funnel(
        mall=mall,
        fetched=fetched,
        eligible=tried + sum(row.decision.eligible for row in waiting),
        sent=sent,
        confirmed=confirmed,
        dropped=dropped,
    )


def _codes(row: PlanRow) -> set[str]:
    """Return all that holds a row back."""
    return {one.code.value for one in row.decision.reasons} | _guards(row)


def _guards(row: PlanRow) -> set[str]:
    return {one.code.value for one in row.guards}
