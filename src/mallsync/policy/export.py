"""May this be reported now, and if not, why (rules R2 and R3).

Today the rule of Rakuten; the other malls, periods and the smallest change come with the full
policy package.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from attrs import field, frozen

from mallsync.errors import ConfigError
from mallsync.model.codes import ReasonCode, text_of
from mallsync.model.handling import Dispatch, Handling
from mallsync.model.order import Order
from mallsync.model.period import require_day
from mallsync.model.words import HostStatus, fold, is_blank
from mallsync.policy.conventions import CONVENTIONS
from mallsync.policy.rule import ExportRule

__all__ = [
    "RULES",
    "Decision",
    "ExportRule",
    "Reason",
    "ShipmentDecision",
    "decide",
    "tracking_exempt",
]

RULES: Mapping[str, ExportRule] = {mall: row.export for mall, row in CONVENTIONS.items()}
"""The rule of each mall, a view of the conventions."""

_UNPAID = fold(HostStatus.UNPAID)
_BUILT_IN = frozenset(fold(status) for status in HostStatus)


@frozen
class Reason:
    """Why a shipment may not be reported, or what to know if it may; ``code`` is one of R12."""

    code: ReasonCode
    detail: str = ""

    def explain(self, lang: str = "en") -> str:
        """Return the reason in words, in ``"ja"`` or ``"en"``."""
        text = text_of(self.code)(lang)
        return f"{text} ({self.detail})" if self.detail else text


@frozen
class ShipmentDecision:
    """The decision for one shipment: eligible when no reason speaks against it."""

    shipment_id: str
    reasons: tuple[Reason, ...] = ()

    @property
    def eligible(self) -> bool:
        """Whether this shipment may be reported."""
        return not self.reasons


@frozen
class Decision:
    """The decision for an order: eligible when each of its shipments is, and it has one."""

    shipments: tuple[ShipmentDecision, ...]
    warnings: tuple[Reason, ...] = ()
    order_reasons: tuple[Reason, ...] = field(default=())

    @property
    def eligible(self) -> bool:
        """Whether the whole order may be reported."""
        return not self.reasons

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason against it, in the fixed order of R2.7, each once."""
        found = {reason for shipment in self.shipments for reason in shipment.reasons}
        return tuple(sorted(found | set(self.order_reasons), key=_rank))

    def explain(self, lang: str = "en") -> str:
        """Return the decision in words, in ``"ja"`` or ``"en"``."""
        head = text_of("ELIGIBLE" if self.eligible else "NOT_ELIGIBLE")(lang)
        said = "; ".join(reason.explain(lang) for reason in self.reasons or self.warnings)
        return f"{head}: {said}" if said else head


def _rank(reason: Reason) -> tuple[int, str]:
    return list(ReasonCode).index(reason.code), reason.detail


def decide(order: Order, handling: Handling, *, rule: ExportRule, today: date) -> Decision:
    """Return whether an order's shipments may be reported, with every reason against it.

    Args:
        order: What the mall says.
        handling: What the shop says.
        rule: The mall's rule, such as ``RULES[Mall.RAKUTEN]``, or the host's own.
        today: The day in Japan.
    """
    if not isinstance(rule, ExportRule):
        raise ConfigError("rule: write export.RULES[mall], or your own ExportRule")
    day = require_day(today, "today")
    status = fold(handling.status)
    by_status = tuple(_status_reasons(status, rule))
    live = [shipment for shipment in order.shipments if not shipment.cancelled]
    decisions = tuple(
        ShipmentDecision(
            shipment.id,
            (
                *by_status,
                *_dispatch_reasons(
                    handling.dispatch_for(shipment.id, only=len(live) == 1), rule, day
                ),
            ),
        )
        for shipment in live
    )
    missing = () if live else (*by_status, Reason(ReasonCode.SHIP_DATE_MISSING))
    return Decision(decisions, tuple(_warnings(status, by_status)), missing)


def tracking_exempt(carrier: str, methods: Collection[str], *, rule: ExportRule) -> bool:
    """Tell whether a carrier with any of these methods needs no tracking number (R2.4, R2.5).

    >>> from mallsync.model.words import Mall
    >>> tracking_exempt("日本郵便", {"定形外"}, rule=RULES[Mall.RAKUTEN])
    True
    """
    key = fold(carrier)
    return any((key, fold(method)) in rule.exempt_pairs for method in methods)


def _status_reasons(status: str, rule: ExportRule) -> Iterator[Reason]:
    if status in rule.excluded_statuses:
        yield Reason(ReasonCode.STATUS_EXCLUDED, status)


def _dispatch_reasons(dispatch: Dispatch, rule: ExportRule, today: date) -> Iterator[Reason]:
    if dispatch.ship_date is None:
        yield Reason(ReasonCode.SHIP_DATE_MISSING)
    elif dispatch.ship_date > today:
        yield Reason(ReasonCode.SHIP_DATE_FUTURE, dispatch.ship_date.isoformat())
    if is_blank(dispatch.tracking_number) and not tracking_exempt(
        dispatch.carrier, dispatch.delivery_methods, rule=rule
    ):
        yield Reason(ReasonCode.TRACKING_MISSING)


def _warnings(status: str, by_status: tuple[Reason, ...]) -> Iterator[Reason]:
    if by_status:
        return
    if status == _UNPAID:
        yield Reason(ReasonCode.STATUS_UNPAID)
    elif status not in _BUILT_IN:
        yield Reason(ReasonCode.STATUS_CUSTOM, status)
