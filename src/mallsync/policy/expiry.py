"""When credentials end (R8), and when the intake of a new shop begins (R9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen
from dateutil.relativedelta import relativedelta

from mallsync.errors import ConfigError, Hint
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.period import JST, require_aware, require_day
from mallsync.model.words import require_text

__all__ = ["LIFETIMES", "Expiry", "Level", "expires_at", "first_intake_at", "notice"]


class Level(StrEnum):
    """How near the end is."""

    OK = "OK"
    NOTICE = "NOTICE"
    URGENT = "URGENT"
    EXPIRED = "EXPIRED"


_URGENT_DAYS, _NOTICE_DAYS = 7, 30  # both inclusive
_CODES: Mapping[Level, ReasonCode] = {
    Level.NOTICE: ReasonCode.CREDENTIAL_EXPIRING,
    Level.URGENT: ReasonCode.CREDENTIAL_EXPIRING,
    Level.EXPIRED: ReasonCode.CREDENTIAL_EXPIRED,
}
_TEXTS: Mapping[Level, Hint] = {
    Level.OK: Hint(
        ja="{shop}認証情報は有効です。期限まであと{days}日",
        en="{shop}the credentials are good for {left}",
    ),
    Level.NOTICE: Hint(
        ja="{shop}認証情報の有効期限まであと{days}日です。更新してください",
        en="{shop}the credentials end in {left}: renew them",
    ),
    Level.URGENT: Hint(
        ja="{shop}【緊急】認証情報の有効期限まであと{days}日です。今すぐ更新してください",
        en="{shop}urgent: the credentials end in {left}: renew them now",
    ),
    Level.EXPIRED: Hint(
        ja="{shop}認証情報の有効期限が切れています。新しいものを発行してください",
        en="{shop}the credentials have expired: issue new ones",
    ),
}


@frozen(kw_only=True)
class Expiry:
    """How long credentials last: ``days_left`` is the day of the end less today, in Japan."""

    level: Level
    days_left: int
    shop: str = ""

    @property
    def reason(self) -> Reason | None:
        """The diagnostic of R12, if there is anything to say."""
        code = _CODES.get(self.level)
        return Reason(code, str(self.days_left)) if code else None

    def message(self, lang: str = "en") -> str:
        """Return what to tell a person, in ``"ja"`` or ``"en"``.

        >>> Expiry(level=Level.URGENT, days_left=1, shop="楽天市場1号店").message("ja")
        '楽天市場1号店: 【緊急】認証情報の有効期限まであと1日です。今すぐ更新してください'
        """
        shop = f"{self.shop}: " if self.shop else ""
        left = "1 day" if self.days_left == 1 else f"{self.days_left} days"
        return _TEXTS[self.level](lang).format(shop=shop, days=self.days_left, left=left)


def notice(expires_at: datetime | date, *, now: datetime, shop: str = "") -> Expiry:
    """Return how long credentials last (R8): 30 days left are a notice, 7 are urgent.

    Args:
        expires_at: The end, aware; a bare day counts as good to its end in Japan.
        now: The present, aware.
        shop: The shop's label, for the message.

    Raises:
        ConfigError: A time is naive, or not a time. Where the end is not known there is nothing
            to tell: CREDENTIAL_NOTICE_OFF (`mallsync.policy.missing`) says so.

    >>> from datetime import UTC
    >>> end = datetime(2026, 11, 29, tzinfo=JST)
    >>> notice(end, now=datetime(2026, 11, 21, 15, 30, tzinfo=UTC)).level
    <Level.URGENT: 'URGENT'>
    """
    moment = require_aware(now, "now")
    end = _end(expires_at)
    left = (end.date() - moment.date()).days
    return Expiry(
        level=Level.EXPIRED if moment > end else _level(left),
        days_left=left,
        shop=require_text(shop, "shop"),
    )


def _end(value: object) -> datetime:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.max, JST)
    return require_aware(value, "expires_at")


def _level(days_left: int) -> Level:
    if days_left <= _URGENT_DAYS:
        return Level.URGENT
    return Level.NOTICE if days_left <= _NOTICE_DAYS else Level.OK


LIFETIMES: Mapping[str, relativedelta] = MappingProxyType(
    {
        # Manuals say "3 months", systems count 90 days: the shorter one is the safe one.
        "rakuten_license_key": relativedelta(days=90),
        "rakuten_service_secret": relativedelta(years=1),
        "qoo10_certification_key": relativedelta(years=1),
        "yahoo_consent": relativedelta(days=28),
        "yahoo_consent_without_public_key": relativedelta(hours=12),
        "yahoo_public_key": relativedelta(years=1),
        "amazon_authorisation": relativedelta(years=1),
        "au_pay_key": relativedelta(days=90),  # "about"
    }
)
"""How long credentials live from their issue, by kind (R8). Those of Mercari Shops do not end."""


def expires_at(kind: str, issued_at: datetime) -> datetime:
    """Return when credentials end whose end the mall does not tell.

    Args:
        kind: One of `LIFETIMES`.
        issued_at: When they were issued, aware.

    Raises:
        ConfigError: The kind is not known, or the time is naive.

    >>> expires_at("qoo10_certification_key", datetime(2028, 2, 29, 9, tzinfo=JST)).isoformat()
    '2029-02-28T09:00:00+09:00'
    """
    if require_text(kind, "kind") not in LIFETIMES:
        raise ConfigError(f"kind is {kind!r}: write one of {', '.join(LIFETIMES)}")
    return require_aware(issued_at, "issued_at") + LIFETIMES[kind]


_OPENING = time(9, tzinfo=JST)


def first_intake_at(start_date: date, approved_at: datetime) -> datetime:
    """Return when intake begins (R9): 09:00 in Japan of the start day, or later.

    Approved at any moment after that, whatever the hour, it is 09:00 of the day after the approval.

    Args:
        start_date: The day from which the shop uses the service (利用開始日).
        approved_at: When the mall's approval was given, aware.

    Raises:
        ConfigError: A datetime where a day is meant, or a naive time.

    >>> first_intake_at(date(2026, 12, 1), datetime(2026, 12, 3, 8, tzinfo=JST)).isoformat()
    '2026-12-04T09:00:00+09:00'
    """
    start = datetime.combine(require_day(start_date, "start_date"), _OPENING)
    approved = require_aware(approved_at, "approved_at")
    if approved <= start:
        return start
    return datetime.combine(approved.date() + timedelta(days=1), _OPENING)
