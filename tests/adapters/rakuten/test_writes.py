"""Confirming, cancelling and noting: one result for each order, and no write twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mallsync import Outcome
from mallsync.adapters.rakuten import writes
from mallsync.adapters.rakuten.codec import CancelOrder, UpdateMemo
from mallsync.errors import (
    AnswerLost,
    ConfigError,
    Conflict,
    DecodeError,
    MallError,
    Rejected,
    Throttled,
)
from mallsync.model.sighting import Unreadable
from mallsync.model.writebacks import WriteResult
from mallsync.testing import ScriptedCaller
from tests.adapters.rakuten.made import FETCH, order, seen

A, B, C = "999003-1", "999003-2", "999003-3"
CONFIRM = "confirmOrder"


def confirm(script: list[tuple[str, object]], *numbers: str) -> list[WriteResult]:
    """Confirm orders against a script, all of which must be used."""
    caller = ScriptedCaller(script)
    results = writes.confirm(caller, FETCH, numbers)

    assert [] == caller.script
    assert list(numbers) == [result.order_number for result in results]
    return results


def cancel(script: list[tuple[str, object]], **more: Any) -> WriteResult:
    """Cancel an order against a script, all of which must be used."""
    caller = ScriptedCaller(script)
    result = writes.cancel(caller, FETCH, CancelOrder(number=A, **{"reason": 1, **more}))

    assert [] == caller.script
    assert result.order_number == A
    return result


def outcomes(results: list[WriteResult]) -> list[Outcome]:
    """Return the outcomes alone."""
    return [result.outcome for result in results]


def test_each_order_has_its_own_answer() -> None:
    """Confirmed orders are SENT, refused ones REFUSED with their reason."""
    refused = Conflict(code="CONFIRM_ORDER_ERROR_103")
    results = confirm([(CONFIRM, {A: None, B: refused})], A, B)

    assert [Outcome.SENT, Outcome.REFUSED] == outcomes(results)
    assert [None, refused] == [result.error for result in results]


def test_orders_are_confirmed_a_hundred_to_a_call_each_once() -> None:
    """A number given twice is confirmed once and answered twice."""
    numbers = [f"999003-{serial}" for serial in range(150)]
    script: list[tuple[str, object]] = [
        (CONFIRM, dict.fromkeys(numbers[:100])),
        (CONFIRM, dict.fromkeys(numbers[100:])),
    ]

    assert [Outcome.SENT] * 151 == outcomes(confirm(script, *numbers, numbers[0]))


def test_a_lost_confirmation_is_looked_up_and_never_sent_again() -> None:
    """What has left 100 was confirmed; what is still there is UNKNOWN, as is what is not seen."""
    lost = AnswerLost()
    missing = Unreadable(C, None, Rejected())
    _, shown = seen(order(A, orderProgress=200), order(B, orderProgress=100))
    assert isinstance(shown, tuple)
    results = confirm([(CONFIRM, lost), ("getOrder", (*shown, missing))], A, B, C)

    assert [Outcome.SENT, Outcome.UNKNOWN, Outcome.UNKNOWN] == outcomes(results)
    assert [None, lost, lost] == [result.error for result in results]


@pytest.mark.parametrize(
    ("error", "outcome"), [(Throttled(), Outcome.NOT_SENT), (Rejected(), Outcome.REFUSED)]
)
def test_a_confirmation_that_surely_failed_needs_no_look(
    error: MallError, outcome: Outcome
) -> None:
    """A refused or throttled call had no effect on any order."""
    assert [outcome, outcome] == outcomes(confirm([(CONFIRM, error)], A, B))


def test_an_order_that_the_answer_passes_over_is_looked_up() -> None:
    """No message for an order is no yes: its state tells."""
    unclear = DecodeError(code="UNCLEAR_ANSWER")
    results = confirm(
        [
            (CONFIRM, {A: None, B: unclear, C: unclear}),
            seen(order(B, orderProgress=200)),
            seen(order(C, orderProgress=100)),
        ],
        *(A, B, C),
    )

    assert [Outcome.SENT, Outcome.SENT, Outcome.UNKNOWN] == outcomes(results)


def test_a_cancellation_that_is_accepted_is_sent() -> None:
    """Before shipment, and after it by another call."""
    assert cancel([("cancelOrder", None)]).outcome is Outcome.SENT
    assert cancel([("cancelOrderAfterShipping", None)], after_shipping=True).outcome is Outcome.SENT


@pytest.mark.parametrize(
    ("progress", "outcome"),
    [(800, Outcome.SENT), (900, Outcome.SENT), (300, Outcome.UNKNOWN)],
)
def test_a_lost_cancellation_is_looked_up(progress: int, outcome: Outcome) -> None:
    """An order in 800 or 900 was cancelled; one that is not may still become so."""
    lost = AnswerLost()
    result = cancel([("cancelOrder", lost), seen(order(A, orderProgress=progress))])

    assert outcome is result.outcome
    assert (None if outcome is Outcome.SENT else lost) is result.error


def test_a_refused_cancellation_is_refused() -> None:
    """The mall's reason is the result's error."""
    refused = Rejected(code="CANCEL_ORDER_ERROR_101")

    assert refused is cancel([("cancelOrder", refused)]).error


@pytest.mark.parametrize("reason", [0, 7, 9, 16, "1", True, None, [1]])
def test_a_reason_that_rakuten_does_not_know_is_refused_before_any_call(reason: object) -> None:
    """The message lists the reasons."""
    with pytest.raises(ConfigError, match=r"write one of 1 キャンセル, .* 15 返品"):
        cancel([], reason=reason)


@pytest.mark.parametrize("restore", [-1, 3, "0", False, None])
def test_a_stock_rule_that_rakuten_does_not_know_is_refused_before_any_call(
    restore: object,
) -> None:
    """The message says what each number means."""
    with pytest.raises(ConfigError, match=r"write 0 .as the item is set., 1"):
        cancel([], restore_stock=restore)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (None, Outcome.SENT),
        (Rejected(), Outcome.REFUSED),
        (AnswerLost(), Outcome.UNKNOWN),
        (Throttled(), Outcome.NOT_SENT),
    ],
)
def test_a_memo_is_told_by_its_answer(answer: object, outcome: Outcome) -> None:
    """A memo may be set twice, so the engine repeats it; what it ends with is told."""
    operation = UpdateMemo(number=A, fields={"memo": "見本"})
    result = writes.update_memo(ScriptedCaller([("updateOrderMemo", answer)]), operation)

    assert (A, outcome) == (result.order_number, result.outcome)
    assert answer is result.error


def test_only_the_fields_that_are_given_are_written() -> None:
    """What is None stays as it is; zero and empty text are values."""
    fields = writes.memo_fields({"memo": "", "operator": None, "deliveryClass": 0})
    body = json.loads(UpdateMemo(number=A, fields=fields).encode().body)

    assert {"orderNumber": A, "memo": "", "deliveryClass": 0} == body


@pytest.mark.parametrize(
    "fields",
    [
        {"memo": "あ" * 1000, "operator": "見本見本見本", "mailPlugSentence": "あ" * 1024},
        {"memo": "一行目\n二行目\r\n三行目"},
        {"deliveryClass": 8},
        {"subStatusId": 31},
    ],
)
def test_what_rakuten_takes_is_passed_on(fields: dict[str, object]) -> None:
    """Texts up to their limits, with line feeds of either kind."""
    assert fields == writes.memo_fields(fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "write a value for memo"),
        ({"memo": None}, "write a value for memo"),
        ({"memo": "あ" * 1001}, "memo: write text of at most 1000"),
        ({"operator": "見本見本見本人"}, "operator: write text of at most 6"),
        ({"mailPlugSentence": "あ" * 1025}, "mail_text: write text of at most 1024"),
        ({"memo": 3}, "memo: write text"),
        ({"memo": "①番"}, "機種依存文字"),
        ({"operator": "髙橋"}, "機種依存文字"),
        ({"deliveryClass": 9}, "write a number from 0 to 8"),
        ({"deliveryClass": "1"}, "write a number from 0 to 8"),
    ],
)
def test_what_rakuten_would_refuse_is_refused_before_any_call(
    fields: dict[str, object], said: str
) -> None:
    """The message says what to write instead, and quotes no text."""
    with pytest.raises(ConfigError, match=said) as caught:
        writes.memo_fields(fields)

    assert "髙橋" not in str(caught.value)
