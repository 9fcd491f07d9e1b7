"""When credentials end, and when intake begins: rules R8 and R9."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.errors import ConfigError
from mallsync.model.codes import ReasonCode
from mallsync.model.period import JST
from mallsync.policy.expiry import LIFETIMES, Level, expires_at, first_intake_at, notice

NOW = datetime(2026, 11, 22, 12, tzinfo=JST)
START = date(2026, 12, 1)
EXPIRING, EXPIRED = ReasonCode.CREDENTIAL_EXPIRING, ReasonCode.CREDENTIAL_EXPIRED


@pytest.mark.parametrize(
    ("days", "level", "code"),
    [
        (365, Level.OK, None),
        (31, Level.OK, None),
        (30, Level.NOTICE, EXPIRING),
        (8, Level.NOTICE, EXPIRING),
        (7, Level.URGENT, EXPIRING),
        (1, Level.URGENT, EXPIRING),
        (0, Level.URGENT, EXPIRING),
        (-1, Level.EXPIRED, EXPIRED),
    ],
)
def test_the_level_goes_by_the_days_left_in_japan(
    days: int, level: Level, code: ReasonCode | None
) -> None:
    """Thirty and seven are counted in."""
    found = notice(NOW + timedelta(days=days, seconds=1), now=NOW)

    assert (level, days) == (found.level, found.days_left)
    assert code == (found.reason.code if found.reason else None)
    assert found.reason is None or found.reason.detail == str(days)


def test_days_are_those_of_the_calendar_in_japan() -> None:
    """Just before midnight there is one day to the next moment."""
    late = datetime(2026, 11, 21, 14, 59, tzinfo=UTC)  # 23:59 in Japan

    assert notice(datetime(2026, 11, 22, 0, 1, tzinfo=JST), now=late).days_left == 1


def test_past_the_moment_it_is_expired_even_with_no_day_left() -> None:
    """At the moment itself it is not yet."""
    assert notice(NOW, now=NOW).level is Level.URGENT
    past = notice(NOW - timedelta(seconds=1), now=NOW)
    assert (past.level, past.days_left) == (Level.EXPIRED, 0)


def test_a_bare_day_is_good_to_its_end() -> None:
    """A key that ends on the 22nd still works in the evening of the 22nd."""
    day = date(2026, 11, 22)

    assert notice(day, now=datetime(2026, 11, 22, 23, 59, tzinfo=JST)).level is Level.URGENT
    assert notice(day, now=datetime(2026, 11, 23, tzinfo=JST)).level is Level.EXPIRED


@pytest.mark.parametrize(
    ("days", "ja", "en"),
    [
        (40, "見本店: 認証情報は有効です。期限まであと40日", "good for 40 days"),
        (
            22,
            "見本店: 認証情報の有効期限まであと22日です。更新してください",
            "end in 22 days: renew them",
        ),
        (
            1,
            "見本店: 【緊急】認証情報の有効期限まであと1日です。今すぐ更新してください",
            "urgent: the credentials end in 1 day: renew them now",
        ),
        (
            -3,
            "見本店: 認証情報の有効期限が切れています。新しいものを発行してください",
            "have expired",
        ),
    ],
)
def test_a_message_names_the_shop_and_the_days(days: int, ja: str, en: str) -> None:
    """In both languages."""
    found = notice(NOW + timedelta(days=days), now=NOW, shop="見本店")

    assert found.message("ja") == ja
    assert found.message().startswith("見本店: ")
    assert en in found.message("en")
    assert notice(NOW + timedelta(days=days), now=NOW).message("ja") == ja.removeprefix("見本店: ")


@given(st.integers(0, 10**9), st.integers(-(10**8), 10**8), st.integers(0, 10**8))
def test_time_alone_never_makes_it_better(ends: int, before: int, later: int) -> None:
    """The level only rises, the days only fall."""
    end = NOW + timedelta(seconds=ends)
    moment = end + timedelta(seconds=before)
    first = notice(end, now=moment)
    after = notice(end, now=moment + timedelta(seconds=later))

    assert list(Level).index(after.level) >= list(Level).index(first.level)
    assert after.days_left <= first.days_left


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("rakuten_license_key", "2026-05-01T09:00:00+09:00"),
        ("rakuten_service_secret", "2027-01-31T09:00:00+09:00"),
        ("qoo10_certification_key", "2027-01-31T09:00:00+09:00"),
        ("yahoo_consent", "2026-02-28T09:00:00+09:00"),
        ("yahoo_consent_without_public_key", "2026-01-31T21:00:00+09:00"),
        ("yahoo_public_key", "2027-01-31T09:00:00+09:00"),
        ("amazon_authorisation", "2027-01-31T09:00:00+09:00"),
        ("au_pay_key", "2026-05-01T09:00:00+09:00"),
    ],
)
def test_what_a_mall_does_not_tell_is_counted_from_the_issue(kind: str, end: str) -> None:
    """The lifetimes of R8."""
    assert expires_at(kind, datetime(2026, 1, 31, tzinfo=UTC)).isoformat() == end
    assert kind in LIFETIMES


@pytest.mark.parametrize(
    ("approved", "begins"),
    [
        (datetime(2026, 11, 20, 23, tzinfo=JST), "2026-12-01"),
        (datetime(2026, 12, 1, 9, 0, 0, tzinfo=JST), "2026-12-01"),
        (datetime(2026, 12, 1, 9, 0, 0, 1, tzinfo=JST), "2026-12-02"),
        (datetime(2026, 12, 3, 8, tzinfo=JST), "2026-12-04"),
        (datetime(2026, 12, 3, 22, tzinfo=JST), "2026-12-04"),
        (datetime(2026, 12, 2, 15, 30, tzinfo=UTC), "2026-12-04"),
    ],
)
def test_intake_begins_at_nine(approved: datetime, begins: str) -> None:
    """Of the start day, or of the day after a later approval, whatever its hour."""
    assert first_intake_at(START, approved).isoformat() == f"{begins}T09:00:00+09:00"


WRONG: Any = None
NAIVE = datetime(2026, 11, 22)  # noqa: DTZ001 -- that it is naive is the point


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: notice(NAIVE, now=NOW), r"^expires_at has no time zone"),
        (lambda: notice(WRONG, now=NOW), r"^expires_at is NoneType"),
        (lambda: notice(NOW, now=NAIVE), r"^now has no time zone"),
        (lambda: notice(NOW, now=NOW, shop=WRONG), r"^shop is NoneType"),
        (
            lambda: expires_at("key", NOW),
            r"^kind is 'key': write one of rakuten_license_key, rakuten_service",
        ),
        (lambda: expires_at(WRONG, NOW), r"^kind is NoneType"),
        (lambda: expires_at("au_pay_key", NAIVE), r"^issued_at has no time zone"),
        (lambda: first_intake_at(NOW, NOW), r"^start_date is datetime: write a date"),
        (lambda: first_intake_at(START, NAIVE), r"^approved_at has no time zone"),
    ],
)
def test_what_is_no_time_is_refused(call: Any, says: str) -> None:
    """The message names the argument."""
    with pytest.raises(ConfigError, match=says):
        call()
