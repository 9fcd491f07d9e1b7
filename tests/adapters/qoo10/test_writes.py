"""Confirming and cancelling: each line once, and no line that was not meant."""

from __future__ import annotations

from datetime import date

import pytest

from mallsync import Outcome, sandbox
from mallsync.adapters import qoo10
from mallsync.errors import (
    AnswerLost,
    ConfigError,
    Conflict,
    DecodeError,
    NotFound,
    NotSent,
    Unavailable,
)

PLANNED = date(2026, 11, 24)
ONE = "ShippingBasic.SetSellerCheckYN_V2"
BULK = "ShippingBasic.SetSellerCheckYNBulk"
CANCEL = "Claim.SetCancelProcess"


def confirmed(mall: sandbox.Qoo10Mall, cart: str) -> list[int]:
    """Return how often each line of a cart was confirmed."""
    return [mall.fake.effective(line, "confirmed") for line in mall.fake.lines_of(cart)]


def cancelled(mall: sandbox.Qoo10Mall, cart: str) -> list[int]:
    """Return how often each line of a cart was cancelled."""
    return [mall.fake.effective(line, "cancelled") for line in mall.fake.lines_of(cart)]


@pytest.mark.parametrize("planned", [None, PLANNED])
@pytest.mark.parametrize("lines", [1, 2])
def test_confirming_twice_writes_once(
    mall: sandbox.Qoo10Mall, client: qoo10.Client, lines: int, planned: date | None
) -> None:
    """For a cart; one that is not there is refused."""
    (cart,) = mall.fake.place(lines=lines)
    first = client.confirm_orders([cart, "999999999"], planned_ship_date=planned)
    again = client.confirm_orders([cart], planned_ship_date=planned)

    assert [Outcome.SENT, Outcome.REFUSED] == [result.outcome for result in first]
    assert isinstance(first[1].error, NotFound)
    assert [Outcome.SENT] == [result.outcome for result in again]
    assert [1] * lines == confirmed(mall, cart)


@pytest.mark.parametrize("planned", [None, PLANNED])
def test_a_line_number_confirms_that_line_alone(
    mall: sandbox.Qoo10Mall, client: qoo10.Client, planned: date | None
) -> None:
    """The other lines of its cart were not meant."""
    (cart,) = mall.fake.place(lines=3)
    number = mall.fake.lines_of(cart)[1]
    (result,) = client.confirm_orders([number], planned_ship_date=planned)

    assert (number, Outcome.SENT) == (result.order_number, result.outcome)
    assert [0, 1, 0] == confirmed(mall, cart)


def test_a_line_number_cancels_that_line_alone(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """The rest of the cart still ships."""
    (cart,) = mall.fake.place(lines=3)
    number = mall.fake.lines_of(cart)[2]
    result = client.cancel_order(number, reason=0)

    assert (number, Outcome.SENT) == (result.order_number, result.outcome)
    assert [0, 0, 1] == cancelled(mall, cart)


def test_a_cart_and_one_of_its_lines_are_confirmed_once(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """Each number given has its result."""
    (cart,) = mall.fake.place(lines=2)
    line = mall.fake.lines_of(cart)[0]
    results = client.confirm_orders([line, cart], planned_ship_date=PLANNED)

    assert [(line, Outcome.SENT), (cart, Outcome.SENT)] == [
        (result.order_number, result.outcome) for result in results
    ]
    assert [1, 1] == confirmed(mall, cart)


def test_cancelling_twice_cancels_once(mall: sandbox.Qoo10Mall, client: qoo10.Client) -> None:
    """While the claim is under way, it is sent already."""
    (cart,) = mall.fake.place(lines=2)
    first = client.cancel_order(cart, reason=0, memo="在庫切れ")
    asked = len(mall.hits)
    again = client.cancel_order(cart, reason=0)

    assert (Outcome.SENT, Outcome.SENT) == (first.outcome, again.outcome)
    assert CANCEL not in [hit.operation for hit in mall.hits[asked:]]
    assert [1, 1] == cancelled(mall, cart)


def test_a_cart_means_its_living_lines(mall: sandbox.Qoo10Mall, client: qoo10.Client) -> None:
    """A line that the buyer has cancelled is left alone; it can be confirmed no more."""
    (cart,) = mall.fake.place(lines=2)
    gone, left = mall.fake.lines_of(cart)
    mall.fake.cancel(gone)
    (whole,) = client.confirm_orders([cart], planned_ship_date=PLANNED)
    (single,) = client.confirm_orders([gone], planned_ship_date=PLANNED)

    assert whole.outcome is Outcome.SENT
    assert 1 == mall.fake.effective(left, "confirmed")
    assert single.outcome is Outcome.REFUSED
    assert isinstance(single.error, Conflict)


def test_what_has_been_sent_off_is_not_cancelled(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """Nor asked of the mall: nobody says what it would do (§16)."""
    (cart,) = mall.fake.place()
    mall.fake.set_status(mall.fake.lines_of(cart)[0], 4)
    result = client.cancel_order(cart, reason=1)

    assert result.outcome is Outcome.REFUSED
    assert isinstance(result.error, Conflict)
    assert "MALL_STATE_WRONG" == result.error.code
    assert CANCEL not in [hit.operation for hit in mall.hits]


@pytest.mark.parametrize("fault", ["RESET_AFTER", "RESET_BEFORE"])
@pytest.mark.parametrize(("lines", "operation"), [(1, ONE), (3, BULK)])
def test_a_lost_answer_to_a_confirmation_is_looked_up(
    mall: sandbox.Qoo10Mall, client: qoo10.Client, fault: str, lines: int, operation: str
) -> None:
    """What has arrived is told as sent, what has not may be asked for again."""
    (cart,) = mall.fake.place(lines=lines)
    mall.fail_next(fault, operation=operation)
    (first,) = client.confirm_orders([cart], planned_ship_date=PLANNED)
    (again,) = client.confirm_orders([cart], planned_ship_date=PLANNED)

    arrived = fault == "RESET_AFTER"
    assert (Outcome.SENT if arrived else Outcome.UNKNOWN) is first.outcome
    assert again.outcome is Outcome.SENT
    assert [1] * lines == confirmed(mall, cart)


def test_a_lost_answer_stays_in_doubt_when_the_look_fails_too(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """The next run finds it done."""
    (cart,) = mall.fake.place()
    mall.fail_next("RESET_AFTER", operation=CANCEL)
    mall.fail_next(
        "UNAVAILABLE", operation="ShippingBasic.GetShippingAndClaimInfoByOrderNo_V2", times=9
    )
    first = client.cancel_order(cart, reason=2)

    assert first.outcome is Outcome.UNKNOWN
    assert isinstance(first.error, AnswerLost)
    assert [1] == cancelled(mall, cart)


def test_a_refused_row_leaves_the_other_lines_confirmed(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """The cart as a whole is not sent before each of its lines is."""
    (cart,) = mall.fake.place(lines=3)
    refused = mall.fake.lines_of(cart)[0]
    mall.fail_next("ORDER_ERRORS", operation=BULK, orders=(refused,), code=-10010)
    first = client.confirm_orders([cart], planned_ship_date=PLANNED)[0]
    counts = confirmed(mall, cart)
    again = client.confirm_orders([cart], planned_ship_date=PLANNED)[0]

    assert first.outcome is not Outcome.SENT
    assert [0, 1, 1] == counts
    assert again.outcome is Outcome.SENT
    assert [1, 1, 1] == confirmed(mall, cart)


@pytest.mark.parametrize("by_line", [False, True])
def test_a_cart_that_cannot_be_read_is_not_written_to(
    mall: sandbox.Qoo10Mall, client: qoo10.Client, *, by_line: bool
) -> None:
    """By its own number and by that of a line."""
    (cart,) = mall.fake.place(lines=2)
    lines = mall.fake.lines_of(cart)
    mall.fake.edit(lines[0], orderQty="many")
    asked = lines[1] if by_line else cart
    (result,) = client.confirm_orders([asked], planned_ship_date=PLANNED)

    assert (asked, Outcome.NOT_SENT) == (result.order_number, result.outcome)
    assert isinstance(result.error, DecodeError)
    assert [0, 0] == confirmed(mall, cart)


def test_nothing_is_written_when_the_look_fails(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """Each order is told as not sent."""
    carts = mall.fake.place(2)
    mall.fail_next("UNAVAILABLE", times=99)
    results = client.confirm_orders(carts)

    assert [Outcome.NOT_SENT] * 2 == [result.outcome for result in results]
    assert all(isinstance(result.error, Unavailable | NotSent) for result in results)
    assert [[0], [0]] == [confirmed(mall, cart) for cart in carts]


@pytest.mark.parametrize("reason", [4, -1, True, "0", None])
def test_a_reason_that_qoo10_does_not_have_is_refused(client: qoo10.Client, reason: object) -> None:
    """The text lists those that it has."""
    with pytest.raises(ConfigError, match="write one of 0 out of stock"):
        client.cancel_order("880000001", reason=reason)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("memo", ["長" * 1001, None])
def test_a_memo_that_qoo10_cannot_take_is_refused(client: qoo10.Client, memo: object) -> None:
    """Before anything is asked of the mall."""
    with pytest.raises(ConfigError, match="at most 1000 characters"):
        client.cancel_order("880000001", reason=0, memo=memo)  # type: ignore[arg-type]  # wrong on purpose
