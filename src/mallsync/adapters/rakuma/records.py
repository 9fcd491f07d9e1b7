"""What a wire makes of the mall's own records: plain values in words that are ours."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from attrs import field, frozen

from mallsync.model.order import Contact, Message
from mallsync.model.words import Phase

__all__ = ["PHASES", "AccountKind", "Method", "Page", "RakumaRecord", "State"]


class State(StrEnum):
    """Where a transaction stands, as far as is public of Rakuma (wire page B3, B4)."""

    PURCHASE_REQUESTED = "PURCHASE_REQUESTED"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    AWAITING_SHIPMENT = "AWAITING_SHIPMENT"
    AWAITING_RECEIPT = "AWAITING_RECEIPT"
    AWAITING_SELLER_REVIEW = "AWAITING_SELLER_REVIEW"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class AccountKind(StrEnum):
    """The two kinds of seller accounts; orders of the second are refused (rules R6)."""

    ONE_OFF = "1点もの"
    STOCK = "縦積み"


PHASES = {
    State.PURCHASE_REQUESTED: Phase.UNPAID,
    State.AWAITING_PAYMENT: Phase.UNPAID,
    State.AWAITING_SHIPMENT: Phase.TO_SHIP,
    State.AWAITING_RECEIPT: Phase.SHIPPED,
    State.AWAITING_SELLER_REVIEW: Phase.SHIPPED,  # the buyer has it, and has rated
    State.COMPLETED: Phase.DONE,
    State.CANCELLED: Phase.CANCELLED,
}
"""State to phase; a state that the wire does not know is `Phase.UNKNOWN`."""


@frozen
class Method:
    """A delivery method of the specification.

    ``name`` is what a person reads; ``anonymous`` whether it hides the recipient, None where the
    specification does not say (wire page B3: かんたんラクマパック may).
    """

    name: str
    anonymous: bool | None = None


@frozen(kw_only=True)
class RakumaRecord:
    """One transaction. What the mall does not tell stays at its default.

    Args:
        number: The order's number.
        state: One of `State`, or the mall's own code where the wire does not know it.
        code: The mall's own code of the state, as text.
        ordered_at: When it was bought, aware; so are all moments.
        account_kind: The kind of account that it belongs to.
        item_id: The listing; a one-off listing is one piece.
        total: What the buyer pays, in yen; so are all amounts.
        recipient: Where it goes; None where the mall does not tell.
        anonymous: Whether it goes by anonymous delivery; None where the record does not tell.
        delivery_method: How the listing is sent: a `Method`, or the mall's own code where the
            wire does not know it, ``""`` where the record does not tell.
        messages: What was said, None where a record does not tell.
    """

    number: str
    state: State | str
    code: str
    ordered_at: datetime
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    updated_at: datetime | None = None
    account_kind: AccountKind | str = AccountKind.ONE_OFF
    item_id: str = ""
    sku: str = ""
    title: str = ""
    quantity: int = 1
    unit_price: int | None = None
    shipping_fee: int | None = None
    total: int | None = None
    payment_method: str = ""
    recipient: Contact | None = None
    anonymous: bool | None = None
    delivery_method: Method | str = ""
    carrier: str = ""
    tracking_number: str = ""
    ship_date: date | None = None
    messages: tuple[Message, ...] | None = field(default=None, repr=False)

    @property
    def phase(self) -> Phase:
        """The phase of the state."""
        return PHASES[self.state] if isinstance(self.state, State) else Phase.UNKNOWN


@frozen(kw_only=True)
class Page:
    """The raw records of one page of a list, and what asks for the next, ``""`` for none."""

    records: tuple[object, ...] = field(repr=False)
    next: str = ""
