"""The part that a shop fills in: what Rakuma's specification says, and nobody else can know.

The seller API of Rakuma is handed to approved shops alone; no address, field or code of it is
public (wire page B1). So none is here: a shop that holds the specification writes a wire, by the
template ``examples/rakuma/template_wire.py``, and everything else works on it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from attrs import field, frozen

from mallsync.adapters.rakuma.auth import Credentials
from mallsync.adapters.rakuma.fields import Fields
from mallsync.adapters.rakuma.records import Page, RakumaRecord
from mallsync.errors import ConfigError, NotSupported
from mallsync.model.order import Message
from mallsync.model.period import Period
from mallsync.model.writebacks import BuyerMessage, BuyerReview, ShipmentNotice
from mallsync.ports import TokenVault
from mallsync.wire.calls import Auth
from mallsync.wire.messages import Operation
from mallsync.wire.writing import SETTLE

__all__ = ["OPERATIONS", "WRITES", "Facts", "RakumaWire", "Wire", "wire_of"]

OPERATIONS = (
    "list_orders",
    "get_order",
    "notify_shipped",
    "register_review",
    "send_message",
    "list_messages",
)
"""What a wire may offer; what it leaves out is `NotSupported`, never guessed."""

WRITES = ("notify_shipped", "register_review", "send_message")
NOTICE_FIELDS = ("carrier", "tracking_numbers", "ship_date", "message")

_MISSING = (
    "Rakuma hands its API specification to approved shops only, by inquiry form and screening:"
    " write a wire from it, by the template examples/rakuma/template_wire.py, and give it as wire=…"
)


def _writes(value: object) -> frozenset[str]:
    return _some_of(value, WRITES, "idempotent")


def _notice_fields(value: object) -> frozenset[str]:
    return _some_of(value, NOTICE_FIELDS, "notice_fields")


def _some_of(value: object, known: tuple[str, ...], name: str) -> frozenset[str]:
    names = frozenset(value) if isinstance(value, set | frozenset | tuple | list) else None
    if names is None or not names <= set(known):
        raise ConfigError(f"{name} is a set: write some of {', '.join(known)}")
    return names


@frozen(kw_only=True)
class Facts:
    """What the specification says beside addresses and fields.

    Args:
        base_url: What stands before each request's path.
        requests_per_second: The mall's limit.
        longest_period: The longest stretch that one list may cover.
        idempotent: Writes that may be repeated without another effect, of `WRITES`.
        notice_fields: What a shipment notice takes, of carrier, tracking_numbers, ship_date and
            message; the rest is dropped, and named by ``preview``.
        settle: How long after a write its absence proves nothing.
        longest_message: Characters of a review or a message, None where the mall sets no limit.
    """

    base_url: str
    requests_per_second: float = 1.0
    longest_period: timedelta = timedelta(days=31)
    idempotent: frozenset[str] = field(default=frozenset(), converter=_writes)
    notice_fields: frozenset[str] = field(
        default=frozenset({"carrier", "tracking_numbers"}), converter=_notice_fields
    )
    settle: timedelta = SETTLE
    longest_message: int | None = None


class RakumaWire(Protocol):
    """What the client needs of a wire; `Wire` is a base that has none of it."""

    facts: Facts

    def auth(
        self, credentials: Credentials, vault: TokenVault, now: Callable[[], datetime]
    ) -> Auth:
        """Return how the mall knows who asks."""

    def list_orders(self, period: Period, place: str) -> Operation[Page]:
        """Return the call for a page of the orders bought in a period; the first has place ""."""

    def get_order(self, number: str) -> Operation[object]:
        """Return the call for one raw record; one that is not there raises `NotFound`."""

    def notify_shipped(self, notice: ShipmentNotice) -> Operation[str]:
        """Return the call that reports a shipment; its answer is a receipt, or ``""``."""

    def register_review(self, review: BuyerReview) -> Operation[str]:
        """Return the call that rates the buyer, which completes the transaction."""

    def send_message(self, message: BuyerMessage) -> Operation[str]:
        """Return the call that writes to the buyer."""

    def list_messages(self, number: str) -> Operation[tuple[Message, ...]]:
        """Return the call for the messages of an order."""

    def record(self, fields: Fields) -> RakumaRecord:
        """Return what a raw record means."""


class Wire:
    """A wire that offers nothing yet: what a subclass leaves out is `NotSupported`."""

    facts: Facts

    def auth(
        self, credentials: Credentials, vault: TokenVault, now: Callable[[], datetime]
    ) -> Auth:
        """Say that it is not there."""
        raise _not_there("auth")

    def list_orders(self, period: Period, place: str) -> Operation[Page]:
        """Say that it is not there."""
        raise _not_there("list_orders")

    def get_order(self, number: str) -> Operation[object]:
        """Say that it is not there."""
        raise _not_there("get_order")

    def notify_shipped(self, notice: ShipmentNotice) -> Operation[str]:
        """Say that it is not there."""
        raise _not_there("notify_shipped")

    def register_review(self, review: BuyerReview) -> Operation[str]:
        """Say that it is not there."""
        raise _not_there("register_review")

    def send_message(self, message: BuyerMessage) -> Operation[str]:
        """Say that it is not there."""
        raise _not_there("send_message")

    def list_messages(self, number: str) -> Operation[tuple[Message, ...]]:
        """Say that it is not there."""
        raise _not_there("list_messages")

    def record(self, fields: Fields) -> RakumaRecord:
        """Say that it is not there."""
        raise _not_there("record")


def wire_of(value: RakumaWire | None) -> RakumaWire:
    """Return a wire; none, or one without facts, is a `ConfigError` that says where to get it."""
    if value is None:
        raise ConfigError(_MISSING)
    lacking = [name for name in ("auth", *OPERATIONS, "record") if not hasattr(value, name)]
    if lacking:
        raise ConfigError(f"wire lacks {', '.join(lacking)}: write it as a subclass of rakuma.Wire")
    if not isinstance(getattr(value, "facts", None), Facts):
        raise ConfigError("wire lacks facts: write facts = rakuma.Facts(base_url=…)")
    return value


def _not_there(name: str) -> NotSupported:
    return NotSupported(f"this wire of Rakuma has no {name}: write it from the specification")
