"""What the shop decides about an order. No mall ever writes here."""

from __future__ import annotations

from datetime import date, datetime

from attrs import field, frozen

from mallsync.errors import ConfigError
from mallsync.model.order import OrderKey
from mallsync.model.period import require_aware, require_day
from mallsync.model.words import HostStatus, require_text

__all__ = ["Dispatch", "Handling", "as_names"]


def as_names(value: object) -> frozenset[str]:
    """Return names as a frozenset; a bare str is a `ConfigError`, for it would fall to letters.

    >>> sorted(as_names(["定形外"]))
    ['定形外']
    """
    if isinstance(value, str) or not isinstance(value, set | frozenset | tuple | list):
        raise ConfigError('delivery methods are a set of names: write {"定形外"}')
    if not all(isinstance(name, str) for name in value):
        raise ConfigError('delivery methods are text: write {"定形外"}')
    return frozenset(value)


def _optional_day(value: object) -> date | None:
    return None if value is None else require_day(value, "ship_date")


@frozen(kw_only=True)
class Dispatch:
    """How one shipment leaves: blank until the shop fills it in.

    It belongs to the shipment of its ``shipment_id``, or to the only one. ``ship_date`` is a day
    in Japan. ``tracking_number`` is kept as typed; several are separated by commas.
    """

    shipment_id: str = ""
    ship_date: date | None = field(default=None, converter=_optional_day)
    carrier: str = ""
    delivery_methods: frozenset[str] = field(default=frozenset(), converter=as_names)
    tracking_number: str = ""

    def __attrs_post_init__(self) -> None:
        for name in ("shipment_id", "carrier", "tracking_number"):
            require_text(getattr(self, name), name)


def _optional_moment(value: object) -> datetime | None:
    return None if value is None else require_aware(value, "the handling's time")


@frozen(kw_only=True)
class Handling:
    """What the shop says of one order: its own status, and a dispatch for each shipment.

    ``created_at`` and ``updated_at`` are the host's, aware; ``bundle_parent`` is the order that
    this one is shipped together with.
    """

    status: str = HostStatus.NEW.value
    dispatches: tuple[Dispatch, ...] = ()
    bundle_parent: OrderKey | None = None
    memo: str = field(default="", repr=False)
    created_at: datetime | None = field(default=None, converter=_optional_moment)
    updated_at: datetime | None = field(default=None, converter=_optional_moment)

    def __attrs_post_init__(self) -> None:
        require_text(self.status, "status")
        require_text(self.memo, "memo")
