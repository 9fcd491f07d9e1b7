"""What holds for every order, rule and day (Hypothesis)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from mallsync import Dispatch, Handling, HostStatus, Order, OrderKey, Phase, Shipment
from mallsync.model.codes import ReasonCode
from mallsync.model.period import JST
from mallsync.policy import export
from mallsync.policy.export import Decision, ExportRule, Facts, PeriodUse, decide, decide_facts
from mallsync.policy.rule import EXEMPT_PAIRS

FIRST = date(2026, 11, 1)

days = st.integers(0, 60).map(lambda number: FIRST + timedelta(days=number))
moments = days.map(lambda day: datetime(day.year, day.month, day.day, 12, tzinfo=JST))
statuses = st.sampled_from([*HostStatus, "★宅急便", " 保留　", "ｷｬﾝｾﾙ"]) | st.text(max_size=5)
numbers = st.sampled_from(["", " ", "　", ",", "0000-1111-2222", "-", "１２"]) | st.text(max_size=5)
carriers = st.sampled_from(
    ["", "日本郵便", " 日本郵便", "ゆうパック", "佐川急便", "ヤマト運輸", "見本便"]
)
methods = st.frozensets(
    st.sampled_from(["定形外", "メール便", "ﾒｰﾙ便", "レターパック", "レターパックライト", "速達"]),
    max_size=3,
)
rules = st.sampled_from(list(export.RULES.values()))


@st.composite
def handlings(draw: st.DrawFn, shipments: int = 3) -> Handling:
    """Return what a shop may say of an order with shipments 0, 1 and 2."""
    dispatches = [
        Dispatch(
            shipment_id=draw(st.sampled_from(["", *map(str, range(shipments))])),
            ship_date=draw(st.none() | days),
            tracking_number=draw(numbers),
            carrier=draw(carriers),
            delivery_methods=draw(methods),
        )
        for _ in range(draw(st.integers(0, shipments)))
    ]
    return Handling(
        status=draw(statuses),
        dispatches=tuple(dispatches),
        updated_at=draw(st.none() | moments),
        created_at=draw(st.none() | moments),
    )


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Return an order with up to three shipments, some of them cancelled."""
    shipments = tuple(
        Shipment(id=str(number), cancelled=draw(st.booleans()))
        for number in range(draw(st.integers(0, 3)))
    )
    return Order(
        key=OrderKey("any", "made-up", "1"),
        phase=Phase.TO_SHIP,
        mall_status="1",
        ordered_at=draw(moments),
        shipments=shipments,
    )


own_rules = st.builds(
    ExportRule,
    excluded_statuses=st.sampled_from([frozenset(), frozenset({"保留", "★宅急便"})]),
    needs_ship_date=st.booleans(),
    needs_tracking=st.booleans(),
    synonyms=st.sampled_from([{}, {"レターパックライト": "レターパック"}]),
    exempt_pairs=st.sampled_from(
        [EXEMPT_PAIRS, frozenset({("?", "箱"), ("", "定形外"), ("日本郵便", "定形外")})]
    ),
    period=st.sampled_from([PeriodUse.IF_GIVEN, PeriodUse.IGNORED]),
)


class OwnDate(date):
    """A day as another library has it."""


own_days = days | days.map(lambda day: OwnDate(day.year, day.month, day.day))


@given(orders(), handlings(), rules | own_rules, own_days)
def test_a_decision_from_the_table_is_that_which_is_worked_out(
    order: Order, handling: Handling, rule: ExportRule, today: date
) -> None:
    """What a rule keeps is nothing but remembered."""
    worked_out = export._at_length(order, handling, rule, today, None)

    assert worked_out == decide(order, handling, rule=rule, today=today)


@given(handlings(1), rules | own_rules, own_days)
def test_facts_have_the_decision_that_is_worked_out(
    handling: Handling, rule: ExportRule, today: date
) -> None:
    """What a host keeps itself is decided by the same tables."""
    sent = next(iter(handling.dispatches), Dispatch())
    facts = Facts(
        status=handling.status,
        ship_date=sent.ship_date,
        tracking_number=sent.tracking_number,
        carrier=sent.carrier,
        delivery_methods=sent.delivery_methods,
        updated_at=handling.updated_at,
    )
    times = facts.updated_at, None, None
    timing = export._timing(rule, today, None, times)

    worked_out = export._told(facts.status, [("", facts)], rule, today, timing)

    assert worked_out == decide_facts(facts, rule=rule, today=today)


@given(orders(), handlings(), rules, days)
def test_deciding_is_a_function_of_its_arguments(
    order: Order, handling: Handling, rule: ExportRule, today: date
) -> None:
    """The same values, made anew, give an equal decision with the same words."""
    first = decide(order, handling, rule=rule, today=today)
    again = decide(evolve(order), evolve(handling), rule=evolve(rule), today=today)

    assert first == again
    assert first.explain("ja") == again.explain("ja")
    assert first.eligible is (not first.change("en"))


@given(orders(), handlings(), rules, days)
def test_a_tracking_number_never_turns_eligible_into_not(
    order: Order, handling: Handling, rule: ExportRule, today: date
) -> None:
    """Filling in more is never worse."""
    filled = tuple(evolve(one, tracking_number="0000-1111-2222") for one in handling.dispatches)
    before = decide(order, handling, rule=rule, today=today)
    after = decide(order, evolve(handling, dispatches=filled), rule=rule, today=today)

    assert after.eligible or not before.eligible
    assert set(after.reasons) <= set(before.reasons)


@given(orders(), handlings(), rules, days, st.integers(0, 400))
def test_time_alone_never_turns_eligible_into_not(
    order: Order, handling: Handling, rule: ExportRule, today: date, later: int
) -> None:
    """But for a rule with a window of its own."""
    assume(rule.last_days is None)
    before = decide(order, handling, rule=rule, today=today)
    after = decide(order, handling, rule=rule, today=today + timedelta(days=later))

    assert after.eligible or not before.eligible


@given(orders(), handlings(), rules, days, st.data())
def test_an_excluded_status_is_never_eligible(
    order: Order, handling: Handling, rule: ExportRule, today: date, data: st.DataObject
) -> None:
    """Whatever the rest."""
    excluded = evolve(handling, status=data.draw(st.sampled_from(sorted(rule.excluded_statuses))))
    decision = decide(order, excluded, rule=rule, today=today)

    assert not decision.eligible
    assert ReasonCode.STATUS_EXCLUDED in [reason.code for reason in decision.reasons]
    assert all(
        ReasonCode.STATUS_EXCLUDED in {r.code for r in s.reasons} for s in decision.shipments
    )


@given(orders(), handlings(), rules, days)
def test_an_order_is_eligible_when_all_its_shipments_are(
    order: Order, handling: Handling, rule: ExportRule, today: date
) -> None:
    """And it has one (R2.7)."""
    decision = decide(order, handling, rule=rule, today=today)
    live = [one for one in order.shipments if not one.cancelled]

    assert len(decision.shipments) == len(live)
    assert decision.eligible is (bool(live) and all(one.eligible for one in decision.shipments))
    assert [one.code for one in decision.reasons] == sorted(
        [one.code for one in decision.reasons], key=list(ReasonCode).index
    )


@given(handlings(shipments=1), rules, days)
def test_spelling_makes_no_difference(handling: Handling, rule: ExportRule, today: date) -> None:
    """What the rule's table answers at once is what the long way comes to."""
    assume(len(handling.dispatches) == 1)
    order = Order(
        key=OrderKey("any", "made-up", "1"),
        phase=Phase.TO_SHIP,
        mall_status="1",
        ordered_at=datetime(2026, 11, 1, tzinfo=JST),
        shipments=(Shipment(id="0"),),
    )
    spelled = evolve(handling, status=f"　{handling.status} ")
    facts = Facts(
        status=handling.status,
        ship_date=handling.dispatches[0].ship_date,
        tracking_number=handling.dispatches[0].tracking_number,
        carrier=handling.dispatches[0].carrier,
        delivery_methods=handling.dispatches[0].delivery_methods,
        updated_at=handling.updated_at,
        created_at=handling.created_at,
        ordered_at=order.ordered_at,
    )
    decision = decide(order, handling, rule=rule, today=today)

    assert isinstance(decision, Decision)
    assert decision == decide(order, spelled, rule=rule, today=today)
    assert decision == decide_facts(facts, rule=rule, today=today)
