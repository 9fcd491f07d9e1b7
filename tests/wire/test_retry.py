"""Whether to try again and after how long, without a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.errors import (
    AnswerLost,
    AuthFailed,
    Conflict,
    DecodeError,
    MallError,
    NotFound,
    NotSent,
    Rejected,
    Throttled,
    Unavailable,
)
from mallsync.wire.messages import Effect, Response
from mallsync.wire.retry import (
    LONGEST_RETRY_AFTER,
    Backoff,
    fault_of_status,
    may_retry,
    reset_after,
    retry_after,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
READ, REPEATABLE, UNSAFE = Effect.READ, Effect.IDEMPOTENT_WRITE, Effect.UNSAFE_WRITE


@pytest.mark.parametrize(
    ("kind", "effects"),
    [
        (NotSent, {READ, REPEATABLE, UNSAFE}),
        (Throttled, {READ, REPEATABLE, UNSAFE}),
        (AnswerLost, {READ, REPEATABLE}),
        (Unavailable, {READ, REPEATABLE}),
        (AuthFailed, set()),
        (Rejected, set()),
        (NotFound, set()),
        (Conflict, set()),
        (DecodeError, set()),
    ],
)
def test_what_may_be_tried_again_follows_from_two_facts(
    kind: type[MallError], effects: set[Effect]
) -> None:
    """Retryable, and for a write that cannot be repeated also certain."""
    assert effects == {effect for effect in Effect if may_retry(effect, kind())}


def test_the_waits_are_as_told() -> None:
    """Doubling from the first to the longest, the lower half fixed."""
    backoff = Backoff(first=1.0, longest=5.0)

    assert [1.0, 2.0, 4.0, 5.0, 5.0] == [
        backoff.seconds(attempt, NotSent(), jitter=1.0) for attempt in range(1, 6)
    ]
    assert 2.5 == backoff.seconds(9, NotSent(), jitter=0.0)
    assert 5.0 == backoff.seconds(1000, NotSent(), jitter=1.0)


@pytest.mark.parametrize("kind", [Throttled, Unavailable])
@pytest.mark.parametrize("asked", [0.0, 0, 7, 7.5, 21_600.0])
def test_what_the_mall_asks_for_wins(kind: type[Throttled], asked: float) -> None:
    """Whole seconds as well as parts of them."""
    error = kind()
    error.retry_after = asked

    assert asked == Backoff().seconds(1, error, jitter=1.0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("-1", 0.0),
        ("-", None),
        ("--1", None),
        ("1.5", None),
        ("1e3", None),
        ("soon", None),
        ("²", None),
        ("1000000000", LONGEST_RETRY_AFTER),
        ("9" * 5000, LONGEST_RETRY_AFTER),
        ("Sun, 22 Nov 2026 00:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 09:00:30 +0900", 30.0),
        ("Sun, 22 Nov 2026 00:00:30 -0000", None),
        ("Sat, 21 Nov 2026 00:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2099 00:00:00 GMT", LONGEST_RETRY_AFTER),
        ("Sun, 99 Nov 2026 00:00:00 GMT", None),
        ("Mon, 1 Jan 2001 00:00:00 +9999999999999999999", None),
    ],
)
def test_a_retry_after_header_is_seconds_or_a_date(
    header: str | None, seconds: float | None
) -> None:
    """What cannot be read asks for nothing; the past is now, and nobody is waited for all day."""
    assert seconds == retry_after(header, NOW)


@given(st.text() | st.text("0123456789+-:, SunNovGMT", max_size=40))
def test_no_header_is_too_strange(header: str) -> None:
    """Whatever a server writes there, the answer is a wait within bounds, or none."""
    seconds = retry_after(header, NOW)

    assert seconds is None or 0.0 <= seconds <= LONGEST_RETRY_AFTER


@given(st.integers(0, 20_000))
def test_a_date_and_its_seconds_ask_for_the_same(seconds: int) -> None:
    """The two ways of writing it agree."""
    moment = NOW + timedelta(seconds=seconds)
    text = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")

    assert retry_after(str(seconds), NOW) == retry_after(text, NOW) == float(seconds)


def test_a_status_alone_stands_for_little() -> None:
    """Too many, too late, a redirect, a failure of the server; all others need the body."""
    classes = {status: fault_of_status(Response(status=status)) for status in range(100, 600)}

    assert {429} == {status for status, kind in classes.items() if kind is Throttled}
    assert {*range(300, 400), *range(500, 600)} == {
        status for status, kind in classes.items() if kind is Unavailable
    }
    assert {408} == {status for status, kind in classes.items() if kind is AnswerLost}
    assert {Throttled, Unavailable, AnswerLost, None} == set(classes.values())


MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
HALF_A_MINUTE = MOMENT + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (f"{HALF_A_MINUTE.timestamp():.0f}", 30.0),
        (f"{HALF_A_MINUTE.timestamp():.3f}", 30.0),
        (f"{HALF_A_MINUTE.timestamp() * 1000:.0f}", 30.0),
        ("30", 30.0),
        (" 30 ", 30.0),
        ("0.5", 0.5),
        ("Sun, 22 Nov 2026 00:00:30 GMT", 30.0),
        ("2026-11-22T00:00:30Z", 30.0),
        ("2026-11-22T09:00:30+09:00", 30.0),
        ("0", 0.0),
        ("1000000000", 0.0),
        ("2026-11-21T00:00:00Z", 0.0),
        ("99999999", LONGEST_RETRY_AFTER),
        ("2026-11-22T00:00:30", None),
        ("soon", None),
        ("-30", 0.0),
        ("1e9", None),
        ("", None),
        (None, None),
    ],
)
def test_the_moment_of_a_reset_is_understood_in_any_form(
    header: str | None, seconds: float | None
) -> None:
    """Its form is not documented where it is sent; what cannot be read is None."""
    assert seconds == reset_after(header, MOMENT)


@given(st.text(max_size=40))
def test_no_text_of_a_reset_is_an_error(header: str) -> None:
    """It is seconds within the limit, or None."""
    seconds = reset_after(header, MOMENT)

    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER
