"""What holds an eligible order back: the guards of a plan."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from mallsync import Hold, Mall, Order, OrderKey, Phase, Preview, ShipmentNotice, Standing
from mallsync.errors import ConfigError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.period import JST
from mallsync.model.writebacks import NoticeWarning
from mallsync.policy.guard import guards

NOW = datetime(2026, 11, 22, tzinfo=JST)
ORDER = Order(
    key=OrderKey(Mall.RAKUTEN, "demo", "999003-1"),
    phase=Phase.TO_SHIP,
    mall_status="300",
    ordered_at=NOW,
)
NOTICE = ShipmentNotice(
    order_number="999003-1",
    carrier="ヤマト運輸",
    tracking_numbers=("000011112222",),
    ship_date=date(2026, 11, 22),
)
BY_PHASE = {
    Phase.UNPAID: "MALL_STATE_TOO_EARLY",
    Phase.HELD: "MALL_STATE_TOO_EARLY",
    Phase.SHIPPED: "MALL_STATE_TOO_LATE",
    Phase.DONE: "MALL_STATE_TOO_LATE",
    Phase.CANCELLED: "CANCELLED_ON_MALL",
    Phase.UNKNOWN: "UNKNOWN_STATE",
}


def codes(*arguments: Any, **more: Any) -> list[str]:
    """Return the codes of the guards."""
    return [reason.code.value for reason in guards(*arguments, **more)]


def test_an_order_that_waits_to_be_shipped_is_not_held_back() -> None:
    """Nothing speaks against it."""
    assert guards(ORDER, NOTICE, standing=Standing.ABSENT, preview=Preview()) == ()


@pytest.mark.parametrize(("phase", "code"), BY_PHASE.items())
def test_the_phase_says_whether_the_mall_takes_a_notice(phase: Phase, code: str) -> None:
    """With the mall's own status, so that a person sees where it stands."""
    assert guards(evolve(ORDER, phase=phase)) == (Reason(ReasonCode(code), "300"),)
    assert set(Phase) - {Phase.TO_SHIP} == set(BY_PHASE)


def test_an_order_that_was_marked_as_cancelled_is_never_reported() -> None:
    """Whatever its phase says since."""
    assert codes(evolve(ORDER, cancelled_at=NOW)) == ["CANCELLED_ON_MALL"]


def test_what_is_on_the_mall_already_is_not_reported_again() -> None:
    """Nor is it too late then: that it has been shipped is what the notice did."""
    shipped = evolve(ORDER, phase=Phase.SHIPPED)

    assert codes(shipped, NOTICE, standing=Standing.SAME) == ["ALREADY_REPORTED"]
    assert codes(ORDER, NOTICE, standing=Standing.DIFFERENT) == ["REPORTED_OTHERWISE"]
    assert codes(shipped, NOTICE, standing=Standing.DIFFERENT) == [
        "REPORTED_OTHERWISE",
        "MALL_STATE_TOO_LATE",
    ]


def test_a_cancellation_is_told_though_the_notice_is_on_the_mall() -> None:
    """Someone has to stop the parcel."""
    cancelled = evolve(ORDER, phase=Phase.CANCELLED, cancelled_at=NOW)

    assert set(codes(cancelled, NOTICE, standing=Standing.SAME)) == {
        "CANCELLED_ON_MALL",
        "ALREADY_REPORTED",
    }


def test_a_standing_that_is_none_is_refused() -> None:
    """Text that looks like one must not pass for nothing known."""
    wrong: Any = "SAME"
    with pytest.raises(ConfigError, match=r"such as Standing\.SAME"):
        guards(ORDER, NOTICE, standing=wrong)


@given(st.frozensets(st.sampled_from(Hold)))
def test_each_hold_is_a_guard_of_its_own(holds: frozenset[Hold]) -> None:
    """All of them, in the order of the codes."""
    found = codes(evolve(ORDER, holds=holds))

    assert set(found) == {hold.value for hold in holds}
    assert found == sorted(found, key=[code.value for code in ReasonCode].index)


@pytest.mark.parametrize(
    ("missing", "details"),
    [
        ({"tracking_numbers": ()}, ["tracking_numbers"]),
        ({"tracking_numbers": ("　", "000011112222")}, ["tracking_numbers"]),
        ({"carrier": "　"}, ["carrier"]),
        ({"carrier": "", "tracking_numbers": ()}, ["carrier", "tracking_numbers"]),
        ({"ship_date": None}, []),
    ],
)
def test_qoo10_needs_a_carrier_and_a_number(missing: dict[str, Any], details: list[str]) -> None:
    """Its call cannot do without them (R3); elsewhere the rule says what is needed."""
    qoo10 = evolve(ORDER, key=OrderKey(Mall.QOO10, "demo", "1"))
    found = guards(qoo10, evolve(NOTICE, **missing))

    assert [reason.detail for reason in found] == details
    assert {reason.code for reason in found} <= {ReasonCode.NOTICE_INCOMPLETE}
    assert guards(ORDER, evolve(NOTICE, **missing)) == ()


def test_what_the_mall_would_refuse_is_a_guard() -> None:
    """Under its own code where it is one of a guard."""
    preview = Preview(
        problems=(
            NoticeWarning("CARRIER_UNMAPPED", "write one of: …"),
            NoticeWarning("SHIPMENT_ID_WRONG", "digits only"),
            NoticeWarning("SHIPMENT_ID_WRONG"),
        ),
        dropped=(NoticeWarning("NUMBERS_DROPPED"),),
    )

    assert guards(ORDER, NOTICE, preview=preview) == (
        Reason(ReasonCode.NOTICE_INCOMPLETE, "SHIPMENT_ID_WRONG"),
        Reason(ReasonCode.NOTICE_INCOMPLETE, "SHIPMENT_ID_WRONG digits only"),
        Reason(ReasonCode.CARRIER_UNMAPPED, "write one of: …"),
    )


def test_what_is_no_order_is_refused() -> None:
    """The message says what to write."""
    wrong: Any = "999003-1"
    with pytest.raises(ConfigError, match=r"^order is str: write an Order"):
        guards(wrong)
