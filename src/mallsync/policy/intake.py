"""Which orders of a mall come in, and where they land (R6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from attrs import field, frozen

from mallsync.errors import ConfigError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.handling import Handling
from mallsync.model.order import Order
from mallsync.model.period import Period
from mallsync.model.words import Phase
from mallsync.policy.conventions import CONVENTIONS
from mallsync.policy.settings import IntakeRule

__all__ = ["RULES", "Intake", "IntakeRule", "by_status", "decide", "is_paid", "window"]

RULES: Mapping[str, IntakeRule] = {mall: row.intake for mall, row in CONVENTIONS.items()}
"""The rule of each mall, a view of the conventions; a shop's settings replace its values."""

_PAID = frozenset({Phase.TO_SHIP, Phase.SHIPPED, Phase.DONE})
_WAITING = (Reason(ReasonCode.FETCH_UNPAID),)


@frozen
class Intake:
    """Whether an order comes in, as what, and if not, why.

    ``handling`` is how it lands, None if it does not; its times are the store's to set.
    """

    handling: Handling | None = field(repr=False)
    reasons: tuple[Reason, ...] = ()

    @property
    def comes_in(self) -> bool:
        """Whether the order comes in."""
        return not self.reasons

    @property
    def waiting(self) -> bool:
        """Whether it is refused only for being unpaid: to be read again until that is settled."""
        return self.reasons == _WAITING


def decide(order: Order, rule: IntakeRule) -> Intake:
    """Return whether an order comes in, and where it lands.

    A paid order without an address is anonymous, and no reason to leave it out.

    Args:
        order: What the mall says.
        rule: One of `RULES`, or the shop's own.

    Raises:
        ConfigError: `rule` is no `IntakeRule`.

    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> order = Order(key=OrderKey("mercari_shops", "s", "1"), phase=Phase.UNPAID,
    ...     mall_status="WAITING_FOR_PAYMENT", ordered_at=datetime(2026, 11, 22, tzinfo=JST))
    >>> decide(order, RULES["mercari_shops"]).waiting
    True
    """
    _check(rule)
    reasons = tuple(_reasons(order, rule))
    return Intake(None if reasons else Handling(status=rule.landing_status), reasons)


def is_paid(order: Order) -> bool:
    """Tell whether an order is paid: it has a paid time, or a phase that only paid orders reach.

    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> is_paid(Order(key=OrderKey("mercari_shops", "s", "1"), phase=Phase.TO_SHIP,
    ...     mall_status="WAITING_FOR_SHIPPING", ordered_at=datetime(2026, 11, 22, tzinfo=JST)))
    True
    """
    return bool(order.paid_at or order.payment.paid_at) or order.phase in _PAID


def by_status(status: str, rule: IntakeRule) -> tuple[Reason, ...]:
    """Return why an order of a mall's status does not come in; empty if it does.

    >>> by_status("3", RULES["qoo10"])[0].code.value
    'FETCH_QOO10_SHIP_PLAN_SET'
    """
    if rule.statuses is None or status in rule.statuses:
        return ()
    return (Reason(rule.moved_on.get(status, ReasonCode.FETCH_STATUS_NOT_ASKED), status),)


def window(rule: IntakeRule, *, now: datetime) -> Period:
    """Return what a fetch covers by itself: from 00:00 in Japan of the day N days back to now.

    Raises:
        ConfigError: `rule` is no `IntakeRule`, or `now` is naive.

    >>> from mallsync.model.period import JST
    >>> window(RULES["rakuma"], now=datetime(2026, 11, 22, 9, tzinfo=JST)).start.isoformat()
    '2026-11-15T00:00:00+09:00'
    """
    _check(rule)
    return Period.last_days(rule.days, now=now)


def _check(rule: object) -> None:
    if not isinstance(rule, IntakeRule):
        raise ConfigError(f"rule is {type(rule).__name__}: write intake.RULES[mall]")


def _reasons(order: Order, rule: IntakeRule) -> Iterator[Reason]:
    """Return one reason: of a cancelled or an unpaid order the status says nothing more."""
    if not rule.cancelled and (order.phase is Phase.CANCELLED or order.cancelled_at is not None):
        yield Reason(ReasonCode.FETCH_CANCELLED_BEFORE)
    elif rule.paid_only and not is_paid(order):
        yield Reason(ReasonCode.FETCH_UNPAID)
    else:
        yield from by_status(order.mall_status, rule)
