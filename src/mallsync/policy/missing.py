"""Why an order is not there: the diagnostics of R12 that can be told from what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from attrs import field, frozen

from mallsync.errors import AuthCause, AuthFailed, ConfigError, MallError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.order import Order
from mallsync.model.period import JST, Period, require_aware
from mallsync.model.sighting import Unreadable
from mallsync.policy import expiry, intake
from mallsync.policy.decision import in_order
from mallsync.policy.settings import IntakeRule

__all__ = ["Clues", "explain_missing"]

_CAUSES: Mapping[AuthCause, ReasonCode] = {
    AuthCause.EXPIRED: ReasonCode.CREDENTIAL_EXPIRED,
    AuthCause.CONSENT_EXPIRED: ReasonCode.CREDENTIAL_EXPIRED,
    AuthCause.NOT_YET_ACTIVE: ReasonCode.CREDENTIAL_NOT_YET_ACTIVE,
    AuthCause.NOT_PERMITTED: ReasonCode.CREDENTIAL_NOT_PERMITTED,
    AuthCause.IP_NOT_ALLOWED: ReasonCode.IP_NOT_ALLOWED,
}
"""R12 has no code for a wrong key: its error says so itself."""


def _optional_moment(value: object) -> datetime | None:
    return None if value is None else require_aware(value, "a time of Clues")


@frozen(kw_only=True)
class Clues:
    """What is known of an order that is missing, and of its shop.

    Args:
        order: The order, if it was read.
        ordered_at: When it was ordered, if only that is known, aware.
        mall_status: The mall's status of it, if only that is known.
        unreadable: What a fetch said of it instead.
        error: What the last fetch failed with.
        credential_expires_at: When the shop's credentials end, aware.
        expiry_known: Whether the mall can be asked for that.
        other_account_kind: Whether it belongs to a kind of account that is not taken in.
        events_approved: Whether the mall's event service is approved, where the shop uses it.

    Raises:
        ConfigError: A time is naive.
    """

    order: Order | None = None
    ordered_at: datetime | None = field(default=None, converter=_optional_moment)
    mall_status: str | None = None
    unreadable: Unreadable | None = None
    error: MallError | None = None
    credential_expires_at: datetime | None = field(default=None, converter=_optional_moment)
    expiry_known: bool = True
    other_account_kind: bool = False
    events_approved: bool = True


def explain_missing(
    clues: Clues, *, rule: IntakeRule, now: datetime, period: Period | None = None
) -> tuple[Reason, ...]:
    """Return why an order may be missing, as far as the clues tell; empty if they do not.

    Args:
        clues: What is known.
        rule: What the shop takes in.
        now: The present, aware.
        period: What was fetched; by default what the rule fetches by itself.

    Raises:
        ConfigError: An argument has the wrong type, or `now` is naive.

    >>> from mallsync.model.period import JST
    >>> clues = Clues(mall_status="3", ordered_at=datetime(2026, 11, 1, tzinfo=JST))
    >>> now = datetime(2026, 11, 22, tzinfo=JST)
    >>> for reason in explain_missing(clues, rule=intake.RULES["qoo10"], now=now):
    ...     print(reason.explain("ja"))
    取得日数より前の注文です。期間を指定して取得してください (2026-11-01)
    取得前に発送予定日が入力され配送準備に移りました (3)
    """
    if not isinstance(clues, Clues):
        raise ConfigError(f"clues is {type(clues).__name__}: write missing.Clues(order=order)")
    fetched = period or intake.window(rule, now=now)
    return in_order(
        [
            *_by_time(clues, fetched),
            *_by_status(clues, rule),
            *_by_account(clues),
            *_by_error(clues.error),
            *_by_end(clues, now),
            *([] if clues.events_approved else [Reason(ReasonCode.EVENT_SERVICE_NOT_APPROVED)]),
        ]
    )


def _by_time(clues: Clues, fetched: Period) -> Iterator[Reason]:
    moment = clues.order.ordered_at if clues.order else clues.ordered_at
    if moment is not None and moment not in fetched:
        yield Reason(ReasonCode.FETCH_OUT_OF_WINDOW, moment.astimezone(JST).date().isoformat())


def _by_status(clues: Clues, rule: IntakeRule) -> Iterator[Reason]:
    if clues.order is not None:
        yield from intake.decide(clues.order, rule).reasons
    elif clues.mall_status is not None:
        yield from intake.by_status(clues.mall_status, rule)


def _by_account(clues: Clues) -> Iterator[Reason]:
    if clues.other_account_kind:
        yield Reason(ReasonCode.FETCH_ACCOUNT_KIND)
    elif clues.unreadable is not None:
        yield Reason(ReasonCode.FETCH_UNREADABLE, clues.unreadable.error.code)


def _by_error(error: MallError | None) -> Iterator[Reason]:
    code = _CAUSES.get(error.cause) if isinstance(error, AuthFailed) and error.cause else None
    if code is not None:
        yield Reason(code)


def _by_end(clues: Clues, now: datetime) -> Iterator[Reason]:
    ends_at = clues.credential_expires_at
    reason = expiry.notice(ends_at, now=now).reason if ends_at else None
    if reason is not None:
        yield reason
    elif ends_at is None and not clues.expiry_known:
        yield Reason(ReasonCode.CREDENTIAL_NOTICE_OFF)
