"""One row for each mall: the only place where malls differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from attrs import evolve, field, frozen

from mallsync.errors import ConfigError
from mallsync.model.codes import ReasonCode
from mallsync.model.words import HostStatus, Mall
from mallsync.policy.rule import ExportRule, PeriodUse
from mallsync.policy.settings import (
    BuyerRule,
    CopyRecipient,
    IntakeRule,
    LeaveBlank,
    NoticeRule,
    NumberRule,
    SumRule,
)

T = TypeVar("T")

__all__ = [
    "CONVENTIONS",
    "NUMBERS",
    "Convention",
    "convention_followed_by",
    "numbers_of",
]


@frozen(kw_only=True)
class Convention:
    """What a mall's shops are used to.

    Args:
        export: When a shipment may be reported, automatically (R2, R3).
        manual: The same for an export that a person starts for a period.
        notice: What a notice holds (R4, R7).
        intake: Which orders come in (R6).
        buyer: What stands for a buyer that the mall does not name (R5).
        sums: How amounts add up.
    """

    export: ExportRule
    manual: ExportRule = field()
    notice: NoticeRule = field(default=NoticeRule())
    intake: IntakeRule = field(default=IntakeRule())
    buyer: BuyerRule = field(default=BuyerRule(default=LeaveBlank()))
    sums: SumRule = field(default=SumRule())

    @manual.default
    def _manual(self) -> ExportRule:
        """Return the same rule with a period, which replaces an automatic window."""
        return evolve(self.export, period=PeriodUse.REQUIRED, last_days=None)


_COMMON = frozenset({HostStatus.NEW, HostStatus.ON_HOLD, HostStatus.CANCELLED})
_FIELD = Convention(export=ExportRule(excluded_statuses=_COMMON))
_FIRST = NumberRule(most=1)
_AS_ENTERED = NumberRule(split=False)

CONVENTIONS: Mapping[str, Convention] = MappingProxyType(
    {
        # R3: the source manuals state no rule for Rakuten; this is the convention of the field.
        Mall.RAKUTEN: Convention(
            export=ExportRule(excluded_statuses=_COMMON, independent_shipments=True),
            notice=NoticeRule(
                numbers=NumberRule(most=19), open_without_number=True, by_shipment=True
            ),
            # goodsPrice is as priced, totalPrice with tax. requestPrice leaves deliveryPrice out by
            # the formula that is documented, although the RMS screen's grand total has it
            # (wire/rakuten.md §3.1, §11 point 12).
            sums=SumRule(requested=("payment_fee", "buyer_fee"), tax_by_line=True),
        ),
        Mall.MERCARI_SHOPS: Convention(
            export=ExportRule(excluded_statuses=_COMMON, period=PeriodUse.IGNORED),
            notice=NoticeRule(placeholders=True, children=True),
            intake=IntakeRule(
                # 発送前 and 完了; COMPLETING is what an order reads on its way to COMPLETED.
                statuses=frozenset({"WAITING_FOR_SHIPPING", "COMPLETING", "COMPLETED"}),
                paid_only=True,
                cancelled=False,
            ),
            buyer=BuyerRule(default=None),
            # Stated are lines and totalPrice, "goods, shipping and fees", one source; the fees by
            # themselves are not, nor whether a coupon is taken off (wire A4).
            sums=SumRule(may_exceed=frozenset({"total", "requested"})),
        ),
        # R3: the automatic window and the two exclusions are stated, those of the manual rule
        # are inferred from it; 保留 passes.
        Mall.QOO10: Convention(
            export=ExportRule(
                excluded_statuses=frozenset({HostStatus.NEW, HostStatus.CANCELLED}),
                needs_ship_date=False,
                needs_tracking=False,
                last_days=1,
            ),
            notice=NoticeRule(
                numbers=_FIRST,
                needs=frozenset({"carrier", "tracking_numbers"}),
                by_shipment=True,  # a cart may go to two recipients
            ),
            intake=IntakeRule(
                statuses=frozenset({"2"}),  # 配送要請/新規注文
                moved_on={"3": ReasonCode.FETCH_QOO10_SHIP_PLAN_SET},  # 配送準備
                every=timedelta(minutes=30),
            ),
            # orderPrice is without paid options; the line arithmetic tells their price (§12). That
            # ShippingRate is the cart's, once, is what one client does; not proven (§15).
            sums=SumRule(),
        ),
        Mall.RAKUMA: Convention(
            export=ExportRule(excluded_statuses=_COMMON),
            notice=NoticeRule(numbers=_AS_ENTERED),
            intake=IntakeRule(every=timedelta(minutes=10), account_kind="1点もの"),
            buyer=BuyerRule(default=CopyRecipient(), choice=False),
            # Nothing is public of its amounts (wire B1): one item, and postage if it is charged.
            sums=SumRule(),
        ),
    }
)

NUMBERS: Mapping[str, NumberRule] = MappingProxyType(
    {
        **{mall: row.notice.numbers for mall, row in CONVENTIONS.items()},
        # R4 also tells these, which have no client yet.
        "yahoo_shopping": _FIRST,
        "amazon": _FIRST,
        "au_pay_market": _FIRST,
        "shopify": _AS_ENTERED,
    }
)


def convention_followed_by(mall: str) -> Convention:
    """Return the row of a mall; for one without, such as a shop of CSV files, the field's.

    The convention of the field has the common exclusions, a ship date and a tracking number, no
    placeholders, and every order by itself; the limit of numbers is the mall's where it is known.

    >>> convention_followed_by("my-shop").export.needs_ship_date
    True
    """
    if mall in CONVENTIONS:
        return CONVENTIONS[mall]
    numbers = NUMBERS.get(mall, NumberRule())
    return evolve(_FIELD, notice=NoticeRule(numbers=numbers))


def numbers_of(mall: str) -> NumberRule:
    """Return what a mall takes of several tracking numbers; also known of malls without a client.

    Raises:
        ConfigError: Nothing is known of that mall.

    >>> numbers_of("amazon").most
    1
    """
    return _row(NUMBERS, mall)


def _row(rows: Mapping[str, T], mall: str) -> T:
    try:
        return rows[mall]
    except (KeyError, TypeError):
        known = ", ".join(rows)
        raise ConfigError(f"no convention for mall {mall!r}: write one of {known}") from None
