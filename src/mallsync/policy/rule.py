"""An export rule as data: a host can build its own and give it instead."""

from __future__ import annotations

from attrs import field, frozen

from mallsync.model.words import Carrier, DeliveryMethod, fold

__all__ = ["EXEMPT_PAIRS", "ExportRule"]

EXEMPT_PAIRS = frozenset(
    {
        (Carrier.JAPAN_POST, DeliveryMethod.TEIKEIGAI),
        (Carrier.JAPAN_POST, DeliveryMethod.LETTER_PACK),
        (Carrier.JAPAN_POST, DeliveryMethod.MAIL_BIN),
        (Carrier.YU_PACK, DeliveryMethod.TEIKEIGAI),
        (Carrier.YU_PACK, DeliveryMethod.LETTER_PACK),
        (Carrier.SAGAWA, DeliveryMethod.MAIL_BIN),
    }
)
"""Carrier and method that need no tracking number (R2.4); every other pair needs one."""


def _folded(names: frozenset[str]) -> frozenset[str]:
    return frozenset(fold(name) for name in names)


def _folded_pairs(pairs: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset((fold(carrier), fold(method)) for carrier, method in pairs)


@frozen(kw_only=True)
class ExportRule:
    """When a shipment may be reported. Names are compared after folding (R2.6).

    Args:
        excluded_statuses: Host statuses that are never reported (R2.2).
        exempt_pairs: Carrier and method that need no tracking number (R2.4).
        independent_shipments: Whether a plan may take the eligible shipments of an order alone.
    """

    excluded_statuses: frozenset[str] = field(converter=_folded)
    exempt_pairs: frozenset[tuple[str, str]] = field(default=EXEMPT_PAIRS, converter=_folded_pairs)
    independent_shipments: bool = False
