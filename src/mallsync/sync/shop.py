"""One shop as the sync knows it: its client, and how the shop wants it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve, field, frozen

from mallsync.errors import ConfigError
from mallsync.model.words import HostStatus, require_text
from mallsync.model.writebacks import ShipmentNotice
from mallsync.policy import intake
from mallsync.policy.conventions import Convention, convention_followed_by
from mallsync.policy.rule import ExportRule
from mallsync.policy.settings import BuyerMode, IntakeRule
from mallsync.ports import MallClient
from mallsync.store import ShopKey

__all__ = ["Progress", "Shop", "ShopSettings", "courteous", "tells_nobody"]

_log = logging.getLogger("mallsync")

Progress = Callable[[ShopKey, int], None]
"""Told a shop and how much of its work is done: orders seen, or written."""


def tells_nobody(shop: ShopKey, done: int) -> None:
    """Tell nobody how far work has come."""


def courteous(progress: Progress | None) -> Progress:
    """Return what tells how far work has come, and ends none: what has failed is told no more."""
    told = [] if progress is None else [progress]

    def tell(shop: ShopKey, done: int) -> None:
        for one in told.copy():
            try:
                one(shop, done)
            except Exception as error:  # noqa: BLE001 -- whatever a host's own code raises
                told.clear()
                # Not its text: that is the host's, and may be personal.
                _log.warning("progress= has failed at %s (%s)", shop, type(error).__name__)

    return tell


def _statuses(value: Collection[str] | None) -> frozenset[str] | None:
    if value is None:
        return None
    if isinstance(value, str) or not value:
        raise ConfigError('statuses: write a set of the mall\'s own codes, such as {"300"}')
    return frozenset(value)


@frozen(kw_only=True)
class ShopSettings:
    """How one shop is synchronised; what is left out is as `mallsync.policy` has it for the mall.

    Args:
        label: The shop's name for people, such as 楽天市場1号店; its id where there is none.
        days: Days back that a fetch reaches (R6).
        every: The interval of the automatic fetch.
        auto_fetch: Whether ``run`` fetches it by itself.
        statuses: The mall's own codes that are fetched, and come in; None is every status, of
            which the mall's intake rule lets some in.
        landing_status: The host status in which an order lands.
        auto_export: Whether ``run`` reports shipments by itself.
        message: The template of the notice, where the mall takes one (R4).
        review_message: What is posted with a rating, where the shop rates the buyer.
        auto_review: Whether ``run`` rates buyers by itself; a deliberate act (R4).
        buyer: What stands for a buyer that the mall does not name (R5).
        rule: Another rule of the automatic export.
        manual_rule: Another rule of an export for a period.

    Raises:
        ConfigError: A value has the wrong type; the text says what to write.
    """

    label: str = ""
    days: int | None = None
    every: timedelta | None = None
    auto_fetch: bool = True
    statuses: frozenset[str] | None = field(default=None, converter=_statuses)
    landing_status: str = HostStatus.NEW.value
    auto_export: bool = False
    message: str = field(default="", repr=False)
    review_message: str = field(default="", repr=False)
    auto_review: bool = False
    buyer: BuyerMode | None = None
    rule: ExportRule | None = None
    manual_rule: ExportRule | None = None

    def __attrs_post_init__(self) -> None:
        for name in ("label", "landing_status", "message", "review_message"):
            require_text(getattr(self, name), name)
        if not self.landing_status.strip():
            raise ConfigError(f'landing_status is empty: write "{HostStatus.NEW.value}"')
        if self.every is not None and self.every <= timedelta(0):
            raise ConfigError("every: write timedelta(minutes=15)")


_NOT_TAKEN: Mapping[str, Mapping[str, Any]] = {
    "CARRIER_DROPPED": {"carrier": ""},
    "MESSAGE_DROPPED": {"message": ""},
    "SHIP_DATE_DROPPED": {"ship_date": None},
}
"""What of a notice a mall has no place for, by the warning of its preview."""


def _settings(value: ShopSettings | None) -> ShopSettings:
    return ShopSettings() if value is None else value


@frozen
class Shop:
    """A shop: a client of its mall, and settings.

    Args:
        client: Of any mall; it stays the caller's to close.
        settings: None is the usual for the mall.
    """

    client: MallClient
    settings: ShopSettings = field(default=None, converter=_settings)

    @property
    def key(self) -> ShopKey:
        """Mall and shop."""
        return ShopKey(self.client.mall, self.client.shop_id)

    @property
    def label(self) -> str:
        """The shop's name for people."""
        return self.settings.label or self.client.shop_id

    @property
    def by_file(self) -> bool:
        """Whether its orders come in by file alone: there is nothing to fetch."""
        return bool(getattr(self.client, "by_file", False))

    @property
    def convention(self) -> Convention:
        """What shops of the mall are used to."""
        return convention_followed_by(self.client.mall)

    @property
    def intake(self) -> IntakeRule:
        """Which orders come in, and where they land."""
        rule = intake.RULES.get(self.client.mall, IntakeRule())
        settings = self.settings
        return evolve(
            rule,
            days=rule.days if settings.days is None else settings.days,
            every=rule.every if settings.every is None else settings.every,
            statuses=rule.statuses if settings.statuses is None else settings.statuses,
            landing_status=settings.landing_status,
        )

    def taken(self, notice: ShipmentNotice) -> ShipmentNotice:
        """Return what of a notice the mall takes, as a first report: two alike are one report."""
        dropped = [_NOT_TAKEN.get(one.code, {}) for one in self.client.preview(notice).dropped]
        # No mall is told of a delivery method; a file may have a column for it.
        methods = notice.delivery_methods if self.by_file else frozenset[str]()
        left_out = {name: value for some in dropped for name, value in some.items()}
        return evolve(notice, revision=1, delivery_methods=methods, **left_out)

    def rule(self, *, manual: bool) -> ExportRule:
        """Return the rule of an export: for a period by hand, or the automatic one."""
        if manual:
            return self.settings.manual_rule or self.convention.manual
        return self.settings.rule or self.convention.export
