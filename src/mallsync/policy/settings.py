"""What a mall's shops are used to, as data: the parts of a `Convention`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from attrs import Attribute, field, frozen

from mallsync.errors import ConfigError
from mallsync.model.codes import ReasonCode
from mallsync.model.order import Contact
from mallsync.model.words import HostStatus, fold, require_text

__all__ = [
    "BuyerMode",
    "BuyerRule",
    "CopyRecipient",
    "FixedContact",
    "IntakeRule",
    "LeaveBlank",
    "NoticeRule",
    "NumberRule",
    "SumRule",
]

_STACKED = frozenset({"縦積み", "縦組み", "縦づみ"})
_NOTHING: Mapping[str, ReasonCode] = MappingProxyType({})


def _a_limit(_: object, attribute: Attribute[int | None], value: object) -> None:
    if value is not None and (type(value) is not int or value < 1):
        raise ConfigError(f"{attribute.name} is {value!r}: write how many, such as 19, or None")


@frozen(kw_only=True)
class NumberRule:
    """How many tracking numbers a mall takes of a field that may hold several (R4).

    Args:
        split: Whether a comma separates numbers; if not, the field is one number as entered.
        most: How many are sent, from the first on; None for all.

    Raises:
        ConfigError: `most` is not a whole number above zero.
    """

    split: bool = True
    most: int | None = field(default=None, validator=_a_limit)


@frozen(kw_only=True)
class NoticeRule:
    """What a shipment notice to a mall holds (R3, R4).

    Args:
        numbers: What is sent of several tracking numbers.
        placeholders: Whether ``[伝票番号]`` and ``[配送業者]`` in the message are replaced.
        needs: The fields of a notice that the mall's call cannot do without.
        open_without_number: Whether the order stays open on the mall without a tracking number.
        children: Whether a bundle parent's notice goes to its children too (R7).
        by_shipment: Whether each shipment of an order is reported by itself, by the mall's own id.
    """

    numbers: NumberRule = NumberRule()
    placeholders: bool = False
    needs: frozenset[str] = frozenset()
    open_without_number: bool = False
    children: bool = False
    by_shipment: bool = False


def _a_contact(_: object, attribute: Attribute[Contact], value: object) -> None:
    if not isinstance(value, Contact):
        kind = type(value).__name__
        raise ConfigError(f"{attribute.name} is {kind}: write Contact(family_name=…, …)")


@frozen
class FixedContact:
    """One contact of the shop's stands for every buyer that the mall does not name."""

    contact: Contact = field(default=Contact(), validator=_a_contact)


def _fixed_or_none(_: object, attribute: Attribute[FixedContact], value: object) -> None:
    if value is not None and not isinstance(value, FixedContact):
        kind = type(value).__name__
        raise ConfigError(f"{attribute.name} is {kind}: write FixedContact(Contact(…)), or None")


@frozen(kw_only=True)
class CopyRecipient:
    """The recipient stands for the buyer; `anonymous` where the mall hides the recipient."""

    anonymous: FixedContact | None = field(default=None, validator=_fixed_or_none)


@frozen
class LeaveBlank:
    """A buyer that the mall does not name stays unnamed."""


BuyerMode = CopyRecipient | FixedContact | LeaveBlank
"""How a buyer is filled in whom the mall does not name (R5)."""


@frozen(kw_only=True)
class BuyerRule:
    """What stands for a buyer that a mall does not name (R5).

    Args:
        default: The mode of a shop that has set none; None where it must choose.
        choice: Whether a shop may choose; if not, the default always holds.
    """

    default: BuyerMode | None
    choice: bool = True


def _one_off(_: object, attribute: Attribute[str], value: object) -> None:
    if fold(require_text(value, attribute.name)) in _STACKED:
        raise ConfigError(
            'account_kind: orders of the 縦積み kind cannot be taken in; write "1点もの"'
        )


def _from_zero(_: object, attribute: Attribute[int], value: object) -> None:
    if type(value) is not int or value < 0:
        raise ConfigError(f"{attribute.name} is {value!r}: write a whole number of days, such as 7")


@frozen(kw_only=True)
class IntakeRule:
    """Which of a mall's orders come in, and where they land (R6).

    Args:
        statuses: The mall's statuses that come in; None for every one.
        moved_on: Statuses that do not come in, with the code that says why.
        paid_only: Whether unpaid orders wait until they are paid.
        cancelled: Whether an order that was cancelled before comes in.
        landing_status: The host status of what comes in.
        days: Days back that a fetch reaches.
        every: The interval of the automatic fetch.
        account_kind: The kind of the shop's account, where a mall has several.

    Raises:
        ConfigError: The account is of a kind that cannot be taken in, or days is negative.
    """

    statuses: frozenset[str] | None = None
    moved_on: Mapping[str, ReasonCode] = field(default=_NOTHING, hash=False)
    paid_only: bool = False
    cancelled: bool = True
    landing_status: str = HostStatus.NEW.value
    days: int = field(default=7, validator=_from_zero)
    every: timedelta = timedelta(minutes=15)
    account_kind: str = field(default="", validator=_one_off)


@frozen(kw_only=True)
class SumRule:
    """How a mall's amounts add up: names of `Charges` fields (see `mallsync.policy.balance`).

    Args:
        total: What makes the total, beside the goods.
        requested: What is added to the total to make the amount that the buyer pays, before
            discounts and points are taken off.
        tax_by_line: Whether a price may be without tax: a line's price with tax then counts in
            the total.
        may_exceed: Sums with a part that the mall does not state: they may be more than the rest
            makes, and are not checked then.
    """

    total: tuple[str, ...] = ("shipping", "wrapping")
    requested: tuple[str, ...] = ("cod_fee", "payment_fee", "buyer_fee")
    tax_by_line: bool = False
    may_exceed: frozenset[str] = frozenset()
