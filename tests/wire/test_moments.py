"""Moments as malls write them: whatever their zone, they are Japan's then."""

from __future__ import annotations

from datetime import datetime

import pytest

from mallsync.model.period import JST
from mallsync.wire.moments import moment, zoned_moment

ZONED = [
    ("2026-04-01T01:15:30Z", "2026-04-01T10:15:30+09:00"),
    ("2026-04-01T10:15:30+09:00", "2026-04-01T10:15:30+09:00"),
    ("2026-04-01T10:15:30+0900", "2026-04-01T10:15:30+09:00"),
    ("2026-04-01T10:15:30.250+09:00", "2026-04-01T10:15:30.250000+09:00"),
    ("2026-04-01T01:15:30-23:59", "2026-04-02T10:14:30+09:00"),
    ("2026-04-01T01:15:30+00:00:15", "2026-04-01T10:15:15+09:00"),
    ("2024-02-29T23:00:00Z", "2024-03-01T08:00:00+09:00"),
    ("0001-01-01T00:00:00+09:00", "0001-01-01T00:00:00+09:00"),
    ("9999-12-31T23:59:59+09:00", "9999-12-31T23:59:59+09:00"),
]
BARE = [
    ("2026-04-01 10:15:30", "2026-04-01T10:15:30+09:00"),
    ("2026-04-01", "2026-04-01T00:00:00+09:00"),
    ("2026-04-01+0900", "2026-04-01T00:00:00+09:00"),
    ("2026-04-01 10:15:30 +0900", "2026-04-01T10:15:30+09:00"),
    ("0001-01-01", "0001-01-01T00:00:00+09:00"),
    ("9999-12-31 23:59:59", "9999-12-31T23:59:59+09:00"),
]


@pytest.mark.parametrize(("text", "meant"), [*ZONED, *BARE])
def test_a_moment_without_a_zone_is_that_of_japan(text: str, meant: str) -> None:
    """And one with a zone is turned to it."""
    found = moment(text)

    assert datetime.fromisoformat(meant) == found
    assert found.tzinfo is JST
    assert meant == found.isoformat()


@pytest.mark.parametrize(("text", "meant"), ZONED)
def test_a_moment_may_have_to_tell_its_zone(text: str, meant: str) -> None:
    """Then it means the same."""
    found = zoned_moment(text)

    assert found.tzinfo is JST
    assert meant == found.isoformat()


@pytest.mark.parametrize("text", ["2026-04-01T10:15:30", "2026-04-01 10:15:30", "2026-04-01"])
def test_a_moment_that_must_tell_its_zone_and_does_not_is_none(text: str) -> None:
    """Nobody knows when it was."""
    with pytest.raises(ValueError, match="no zone"):
        zoned_moment(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2026-02-30", "2026-04-01T25:00:00Z", "2026-04-01T10:15:30Z+0900"),
        *("2026-04-01T10:15:30+0900+0900", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"),
    ],
)
def test_what_is_no_moment_of_the_calendar_is_refused(text: str) -> None:
    """In one way, so that nobody who reads one forgets the other."""
    says = "isoformat|day is out of range|hour must be|beyond the calendar"
    with pytest.raises(ValueError, match=says):
        moment(text)
    with pytest.raises(ValueError, match=says):
        zoned_moment(text)
