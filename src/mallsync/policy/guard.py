"""What holds an eligible order back in a plan (R3, R6): a guard is no rule of eligibility.

Rules say what the shop has filled in; guards say what the mall would make of it now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mallsync.errors import ConfigError
from mallsync.model.codes import CODES, CodeKind, Reason, ReasonCode
from mallsync.model.order import Order
from mallsync.model.words import Hold, Phase, is_blank
from mallsync.model.writebacks import Preview, ShipmentNotice, Standing
from mallsync.policy.conventions import convention_followed_by
from mallsync.policy.decision import in_order

__all__ = ["HELD_BY_MALL", "PASSING", "guards"]

_HOLDS: Mapping[Hold, ReasonCode] = {
    Hold.MALL_REVIEW: ReasonCode.MALL_REVIEW,
    Hold.CAUTION: ReasonCode.CAUTION,
    Hold.AMOUNT_UNDECIDED: ReasonCode.AMOUNT_UNDECIDED,
    Hold.GIFT_ADDRESS_OPEN: ReasonCode.GIFT_ADDRESS_OPEN,
}
HELD_BY_MALL = frozenset(_HOLDS.values())
"""Codes of what the mall itself holds back for now: nothing is written to it meanwhile (R6)."""

PASSING = HELD_BY_MALL | {ReasonCode.MALL_STATE_TOO_EARLY.value, "BUYER_HAS_NOT_RATED"}
"""Codes of refusals that tell where the mall stood, not what is wrong with what was written: what
was refused for them is tried again, once the mall shows that it may be."""

# Every mall takes a notice for an order that waits to be shipped. Whether Rakuten takes one later
# is not documented (wire/rakuten.md, unknown 8), so nobody is sent one then.
_PHASES: Mapping[Phase, ReasonCode] = {
    Phase.UNPAID: ReasonCode.MALL_STATE_TOO_EARLY,
    Phase.HELD: ReasonCode.MALL_STATE_TOO_EARLY,
    Phase.SHIPPED: ReasonCode.MALL_STATE_TOO_LATE,
    Phase.DONE: ReasonCode.MALL_STATE_TOO_LATE,
    Phase.UNKNOWN: ReasonCode.UNKNOWN_STATE,
}
_GUARDS = frozenset(code for code, row in CODES.items() if row.kind is CodeKind.GUARD)


def guards(
    order: Order,
    notice: ShipmentNotice | None = None,
    *,
    standing: Standing | None = None,
    preview: Preview | None = None,
) -> tuple[Reason, ...]:
    """Return what speaks against reporting an order now, in the fixed order of the codes.

    Args:
        order: What the mall says.
        notice: What would be sent; its fields are held against what the mall's call needs.
        standing: Whether the notice is on the mall already (``client.standing``); an order that
            was cancelled since says so all the same.
        preview: What the mall would refuse of it (``client.preview``).

    Raises:
        ConfigError: `order` is no `Order`, or `standing` no `Standing`.

    >>> from datetime import datetime
    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> order = Order(key=OrderKey("rakuten", "s", "1"), phase=Phase.CANCELLED, mall_status="900",
    ...     ordered_at=datetime(2026, 11, 22, tzinfo=JST), holds=frozenset({Hold.CAUTION}))
    >>> [one.code.value for one in guards(order)]
    ['CANCELLED_ON_MALL', 'CAUTION']
    """
    if not isinstance(order, Order):
        raise ConfigError(f"order is {type(order).__name__}: write an Order")
    if standing is not None and not isinstance(standing, Standing):
        raise ConfigError("standing: write what client.standing returns, such as Standing.SAME")
    found = [*_state(order, standing), *(Reason(_HOLDS[hold]) for hold in order.holds)]
    if notice is not None:
        found += _blanks(order, notice)
    if preview is not None:
        found += _refused(preview)
    return in_order(found)


def _state(order: Order, standing: Standing | None) -> Iterator[Reason]:
    if order.cancelled_at is not None or order.phase is Phase.CANCELLED:
        yield Reason(ReasonCode.CANCELLED_ON_MALL, order.mall_status)
    if standing is Standing.DIFFERENT:
        yield Reason(ReasonCode.REPORTED_OTHERWISE)
    if standing is Standing.SAME:
        yield Reason(ReasonCode.ALREADY_REPORTED)  # which is why the mall's state has moved on
    elif order.cancelled_at is None and order.phase in _PHASES:
        yield Reason(_PHASES[order.phase], order.mall_status)


def _blanks(order: Order, notice: ShipmentNotice) -> Iterator[Reason]:
    for name in sorted(convention_followed_by(order.mall).notice.needs):
        if not _is_filled(getattr(notice, name)):
            yield Reason(ReasonCode.NOTICE_INCOMPLETE, name)


def _is_filled(value: object) -> bool:
    """Tell whether a field holds something; of several numbers the first counts, which is sent."""
    first = next(iter(value), "") if isinstance(value, tuple) else value
    return not is_blank(first) if isinstance(first, str) else bool(first)


def _refused(preview: Preview) -> Iterator[Reason]:
    for problem in preview.problems:
        known = problem.code in _GUARDS
        code = ReasonCode(problem.code) if known else ReasonCode.NOTICE_INCOMPLETE
        yield Reason(code, problem.detail if known else f"{problem.code} {problem.detail}".strip())
