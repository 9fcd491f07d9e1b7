"""Who stands for a buyer that a mall does not name (R5): a view, never stored on the order."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from mallsync.errors import ConfigError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.order import Contact, Order, Shipment
from mallsync.policy.conventions import CONVENTIONS, convention_followed_by
from mallsync.policy.settings import BuyerMode, BuyerRule, CopyRecipient, FixedContact, LeaveBlank

__all__ = [
    "DEFAULTS",
    "BuyerDecision",
    "BuyerMode",
    "CopyRecipient",
    "FixedContact",
    "LeaveBlank",
    "decide",
    "resolve",
]

DEFAULTS: Mapping[str, BuyerMode | None] = {
    mall: row.buyer.default for mall, row in CONVENTIONS.items()
}
"""The mode of a shop that has set none; None where it must choose. A view of the conventions."""

_RECIPIENT, _FIXED = "recipient", "fixed"  # Contact.origin


@frozen
class BuyerDecision:
    """Who stands for the buyer, and what to know of it."""

    contact: Contact | None
    warnings: tuple[Reason, ...] = ()


def decide(order: Order, mode: BuyerMode | None = None) -> BuyerDecision:
    """Return who stands for the buyer; one that the mall names is never replaced.

    What a policy filled in is marked in the contact's ``origin``: ``"recipient"`` or ``"fixed"``.
    Of several recipients it is the first that is not cancelled.

    Args:
        order: What the mall says.
        mode: The shop's choice. None: it has made none. Where the mall leaves none, the mall's
            own way holds whatever is given; `CopyRecipient` may add who stands for an anonymous
            recipient.

    Raises:
        ConfigError: `mode` is none of the three.

    >>> from datetime import datetime
    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> from mallsync.model.words import Phase
    >>> order = Order(key=OrderKey("mercari_shops", "s", "1"), phase=Phase.TO_SHIP,
    ...     mall_status="WAITING_FOR_SHIPPING", ordered_at=datetime(2026, 11, 22, tzinfo=JST),
    ...     shipments=(Shipment(id="1", recipient=Contact(family_name="見本")),))
    >>> decide(order, CopyRecipient()).contact.family_name
    '見本'
    >>> decide(order).warnings[0].code.value
    'BUYER_MODE_UNSET'
    """
    if mode is not None and not isinstance(mode, BuyerMode):
        raise ConfigError(
            f"mode is {type(mode).__name__}: write CopyRecipient(), FixedContact(…) or LeaveBlank()"
        )
    if order.buyer is not None:
        return BuyerDecision(order.buyer)
    chosen = _chosen(convention_followed_by(order.mall).buyer, mode)
    if chosen is None:  # as if fixed, with blanks
        unset = Reason(ReasonCode.BUYER_MODE_UNSET)
        return BuyerDecision(evolve(FixedContact().contact, origin=_FIXED), (unset,))
    return _by_mode(order, chosen)


def resolve(order: Order, mode: BuyerMode | None = None) -> Contact | None:
    """Return the contact of `decide`.

    >>> from datetime import datetime
    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> from mallsync.model.words import Phase
    >>> order = Order(key=OrderKey("qoo10", "s", "1"), phase=Phase.TO_SHIP, mall_status="2",
    ...     ordered_at=datetime(2026, 11, 22, tzinfo=JST), buyer=Contact(phone="03-0000-0000"))
    >>> resolve(order, FixedContact(Contact(phone="06-0000-0000"))).phone
    '03-0000-0000'
    """
    return decide(order, mode).contact


def _chosen(rule: BuyerRule, mode: BuyerMode | None) -> BuyerMode | None:
    if mode is None:
        return rule.default
    refines = isinstance(mode, CopyRecipient) and isinstance(rule.default, CopyRecipient)
    return mode if rule.choice or refines else rule.default


def _by_mode(order: Order, mode: BuyerMode) -> BuyerDecision:
    if isinstance(mode, LeaveBlank):
        return BuyerDecision(None)
    if isinstance(mode, FixedContact):
        return BuyerDecision(evolve(mode.contact, origin=_FIXED))
    shipment = next((one for one in order.shipments if not one.cancelled), Shipment(id=""))
    if shipment.anonymous:
        return _anonymous(mode)
    if shipment.recipient is None:  # not paid yet, or a gift without its address
        return BuyerDecision(None)
    return BuyerDecision(evolve(shipment.recipient, origin=_RECIPIENT))


def _anonymous(mode: CopyRecipient) -> BuyerDecision:
    """Return the fixed contact: what a mall shows for an anonymous recipient is nobody's name."""
    if mode.anonymous is None:
        return BuyerDecision(None, (Reason(ReasonCode.ANONYMOUS_WITH_COPY),))
    return BuyerDecision(evolve(mode.anonymous.contact, origin=_FIXED))
