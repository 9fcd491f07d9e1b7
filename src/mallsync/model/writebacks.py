"""What is written back to a mall, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from attrs import field, frozen

from mallsync.errors import AuthCause, AuthFailed, ConfigError, Hint, MallError
from mallsync.model.handling import as_names
from mallsync.model.period import require_day
from mallsync.model.words import require_text

__all__ = [
    "CONNECTED",
    "BuyerMessage",
    "BuyerReview",
    "ConnectionReport",
    "NoticeResult",
    "NoticeWarning",
    "Outcome",
    "Preview",
    "Rating",
    "ShipmentNotice",
    "Standing",
    "WriteResult",
    "outcome_of",
]


class Outcome(StrEnum):
    """What is known of a write: an UNKNOWN is never sent again before a look at the mall."""

    SENT = "SENT"
    NOT_SENT = "NOT_SENT"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"


class Standing(StrEnum):
    """Whether a notice is on the mall already: not at all, just so, or with other values."""

    ABSENT = "ABSENT"
    SAME = "SAME"
    DIFFERENT = "DIFFERENT"


class Rating(StrEnum):
    """How a shop rates a buyer."""

    GOOD = "GOOD"
    NORMAL = "NORMAL"
    BAD = "BAD"


def _numbers(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, tuple | list):
        raise ConfigError('tracking_numbers is a tuple of text: write ("000011112222",)')
    if not all(isinstance(number, str) for number in value):
        raise ConfigError('tracking numbers are text: write ("000011112222",)')
    return tuple(number.strip() for number in value)


def _optional_day(value: object) -> date | None:
    return None if value is None else require_day(value, "ship_date")


def _order_number(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError("order_number is empty: write the mall's own order number")
    return value.strip()


def _message(value: object) -> str:
    return require_text(value, "the message")


@frozen(kw_only=True)
class ShipmentNotice:
    """Tell the mall that a shipment has left: one write-back to one order.

    Args:
        order_number: The mall's order number.
        shipment_id: The mall's id of the shipment; ``""`` for the only one.
        carrier: The host's name of the carrier, or the mall's code.
        delivery_methods: The host's names of the delivery methods.
        tracking_numbers: The numbers, one for each parcel; empty where none is needed.
        ship_date: The day in Japan on which it left.
        message: Text for the buyer, where the mall takes one.
        revision: 1, or more for a correction of what was reported before, asked for explicitly.

    Raises:
        ConfigError: A field has the wrong type; the text says what to write.
    """

    order_number: str = field(converter=_order_number)
    shipment_id: str = ""
    carrier: str = ""
    delivery_methods: frozenset[str] = field(default=frozenset(), converter=as_names)
    tracking_numbers: tuple[str, ...] = field(default=(), converter=_numbers)
    ship_date: date | None = field(default=None, converter=_optional_day)
    message: str = field(default="", repr=False)
    revision: int = 1

    def __attrs_post_init__(self) -> None:
        for name in ("shipment_id", "carrier", "message"):
            require_text(getattr(self, name), name)
        if type(self.revision) is not int or self.revision < 1:
            raise ConfigError("revision: write 1, or 2 and more for a correction")


@frozen(kw_only=True)
class BuyerReview:
    """A rating of the buyer with a message, posted once the buyer has rated receipt."""

    order_number: str = field(converter=_order_number)
    message: str = field(repr=False, converter=_message)
    rating: Rating = Rating.GOOD


@frozen(kw_only=True)
class BuyerMessage:
    """A message to the buyer of an order, through the mall."""

    order_number: str = field(converter=_order_number)
    text: str = field(repr=False, converter=_message)


@frozen
class NoticeWarning:
    """Something a person should know of a notice that was sent; ``code`` is one of R12."""

    code: str
    detail: str = ""


@frozen(kw_only=True)
class NoticeResult:
    """What came of one notice; ``lines`` has a result for each line where a mall writes by line."""

    notice: ShipmentNotice
    outcome: Outcome
    error: MallError | None = None
    warnings: tuple[NoticeWarning, ...] = ()
    lines: tuple[NoticeResult, ...] = ()


@frozen(kw_only=True)
class WriteResult:
    """What came of one other write-back, such as a confirmation or a cancellation."""

    order_number: str
    outcome: Outcome
    error: MallError | None = None


@frozen(kw_only=True)
class Preview:
    """What a mall would do with a notice, told before anything is sent.

    ``dropped`` names what the mall has no place for; ``problems`` what it would refuse.
    """

    dropped: tuple[NoticeWarning, ...] = ()
    problems: tuple[NoticeWarning, ...] = ()


CONNECTED = Hint(ja="接続できました。", en="The connection works.")


@frozen(kw_only=True)
class ConnectionReport:
    """Whether a shop's connection works (接続チェック), and if not, why and what to do."""

    ok: bool
    cause: AuthCause | None = None
    hint: Hint = CONNECTED
    expires_at: datetime | None = None


def outcome_of(error: MallError) -> Outcome:
    """Return what a failed write means, by the formula of the design.

    >>> from mallsync.errors import AnswerLost, Rejected, Throttled
    >>> [outcome_of(error()).value for error in (AnswerLost, Throttled, Rejected)]
    ['UNKNOWN', 'NOT_SENT', 'REFUSED']
    """
    if error.uncertain:
        return Outcome.UNKNOWN
    if error.retryable or isinstance(error, AuthFailed):
        return Outcome.NOT_SENT
    return Outcome.REFUSED
