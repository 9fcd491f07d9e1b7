"""Reporting shipments: what is written, what is not, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import define, evolve

from mallsync import Order, Outcome, Phase, ShipmentNotice
from mallsync.adapters.rakuten import sending
from mallsync.adapters.rakuten.flows import Options
from mallsync.adapters.rakuten.shapes import PHASES
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
from mallsync.model.journal import EntryKey, StepState, digest
from mallsync.model.sighting import Unreadable
from mallsync.model.writebacks import NoticeResult
from mallsync.testing import MemoryJournal, ScriptedCaller
from tests.adapters.rakuten.made import (
    BASKET,
    FETCH,
    NOW,
    NUMBER,
    detail,
    notice,
    order,
    package,
    seen,
)

SYNC = "updateOrderShipping"
ASYNC = "updateOrderShippingAsync"
RESULT = "getResultUpdateOrderShippingAsync"
NUMBERS = tuple(f"999003-20261120-{serial:010}" for serial in range(1, 251))
A, B, C = NUMBERS[:3]


@define
class Time:
    """A clock that stands still until it is moved."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """Return the present."""
        return self.moment

    def pass_by(self, minutes: float) -> None:
        """Move on."""
        self.moment += timedelta(minutes=minutes)


@pytest.fixture
def time() -> Time:
    """Return the journal's clock."""
    return Time()


@pytest.fixture
def journal(time: Time) -> MemoryJournal:
    """Return an empty journal."""
    return MemoryJournal(time.now)


def send(
    script: list[tuple[str, object]],
    notices: list[ShipmentNotice],
    journal: MemoryJournal | None = None,
) -> tuple[list[NoticeResult], ScriptedCaller]:
    """Send notices against a script, all of which must be used."""
    caller = ScriptedCaller(script)
    results = sending.send(caller, FETCH, notices, journal)

    assert [] == caller.script
    assert notices == [result.notice for result in results]
    return results, caller


def outcomes(results: list[NoticeResult]) -> list[Outcome]:
    """Return the outcomes alone."""
    return [result.outcome for result in results]


def asked(caller: ScriptedCaller) -> list[str]:
    """Return the names of the calls."""
    return [operation.name for operation in caller.asked]


def body_of(caller: ScriptedCaller, place: int) -> Any:
    """Return the JSON that a call sent."""
    return json.loads(caller.asked[place].encode().body)


def reported(number: str) -> Order:
    """Return an order that shows what `notice` reports."""
    return order(number, detail(1, "000011112222", "1001", "2026-11-22"))


def entry(order_: Order) -> EntryKey:
    """Return the journal's key for the one package of an order."""
    return EntryKey(order_.key, str(BASKET))


# ------------------------------------------------------------------------------ without a journal


def test_without_a_journal_each_notice_is_one_synchronous_call() -> None:
    """Two notices make one look and two calls, each with the order's own basket and record."""
    results, caller = send(
        [seen(order(A), order(B)), (SYNC, "1"), (SYNC, "2")], [notice(A), notice(B, "000033334444")]
    )

    assert [Outcome.SENT, Outcome.SENT] == outcomes(results)
    assert [None, None] == [result.error for result in results]
    assert {
        "orderNumber": B,
        "BasketidModelList": [
            {
                "basketId": BASKET,
                "ShippingModelList": [
                    {
                        "deliveryCompany": "1001",
                        "shippingNumber": "000033334444",
                        "shippingDate": "2026-11-22",
                    }
                ],
            }
        ],
    } == body_of(caller, 2)


def test_no_notices_make_no_call() -> None:
    """An empty list is answered with an empty list."""
    results, caller = send([], [])

    assert [] == results
    assert [] == caller.asked


def test_what_the_mall_shows_already_is_sent_without_a_write() -> None:
    """A notice found on the mall is SENT, and nothing is written."""
    results, caller = send([seen(reported(A))], [notice(A)])

    assert [Outcome.SENT] == outcomes(results)
    assert ["getOrder"] == asked(caller)


def test_a_notice_that_the_mall_would_refuse_is_refused_before_any_call() -> None:
    """What `preview` calls a problem makes a REFUSED that names the place."""
    results, caller = send([], [notice(A, carrier="見本気球便", ship_date=None)])

    (result,) = results
    assert result.outcome is Outcome.REFUSED
    assert isinstance(result.error, Rejected)
    assert "CARRIER_UNMAPPED" == result.error.code
    assert ["CARRIER_UNMAPPED", "NOTICE_INCOMPLETE"] == [one.code for one in result.error.problems]
    assert [] == caller.asked


def test_an_answer_that_was_lost_and_is_seen_afterwards_is_sent() -> None:
    """After a lost answer the mall is looked at; what it shows is SENT without an error."""
    results, _ = send([seen(order(A)), (SYNC, AnswerLost()), seen(reported(A))], [notice(A)])

    assert [(Outcome.SENT, None)] == [(result.outcome, result.error) for result in results]


@pytest.mark.parametrize("error", [AnswerLost(), Unavailable(), DecodeError()])
def test_an_answer_that_was_lost_and_is_not_seen_stays_unknown(error: MallError) -> None:
    """Absence right after a write proves nothing: the outcome is UNKNOWN, nothing is sent again."""
    results, caller = send([seen(order(A)), (SYNC, error), seen(order(A))], [notice(A)])

    assert [(Outcome.UNKNOWN, error)] == [(result.outcome, result.error) for result in results]
    assert 1 == asked(caller).count(SYNC)


def test_a_second_look_that_fails_leaves_the_outcome_unknown() -> None:
    """When even the look is lost, the write's own error is told."""
    lost = AnswerLost()
    results, _ = send([seen(order(A)), (SYNC, lost), ("getOrder", Unavailable())], [notice(A)])

    assert [(Outcome.UNKNOWN, lost)] == [(result.outcome, result.error) for result in results]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotSent(), Outcome.NOT_SENT),
        (Throttled(), Outcome.NOT_SENT),
        (AuthFailed(), Outcome.NOT_SENT),
        (Rejected(), Outcome.REFUSED),
        (Conflict(), Outcome.REFUSED),
    ],
)
def test_a_write_that_surely_failed_is_told_by_its_kind(error: MallError, outcome: Outcome) -> None:
    """A refusal is REFUSED, what never took effect is NOT_SENT; there is no second look."""
    results, caller = send([seen(order(A)), (SYNC, error)], [notice(A)])

    assert [(outcome, error)] == [(result.outcome, result.error) for result in results]
    assert ["getOrder", SYNC] == asked(caller)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (AnswerLost(), Outcome.NOT_SENT),
        (Unavailable(), Outcome.NOT_SENT),
        (AuthFailed(), Outcome.NOT_SENT),
        (DecodeError(), Outcome.NOT_SENT),
        (Rejected(), Outcome.REFUSED),
    ],
)
def test_when_the_first_look_fails_nothing_is_written(error: MallError, outcome: Outcome) -> None:
    """Nothing was written yet, so even an uncertain error leaves no doubt."""
    results, caller = send([("getOrder", error)], [notice(A)])

    assert [(outcome, error)] == [(result.outcome, result.error) for result in results]
    assert ["getOrder"] == asked(caller)


def test_an_order_that_is_not_there_is_refused_and_the_others_go_on() -> None:
    """A number that the mall does not know costs only its own notice."""
    missing = Unreadable(A, None, NotFound(code="NOT_RETURNED"))
    look = ("getOrder", (missing, *_sightings(order(B))))
    results, _ = send([look, (SYNC, "1")], [notice(A), notice(B)])

    assert [Outcome.REFUSED, Outcome.SENT] == outcomes(results)
    assert missing.error is results[0].error


def _sightings(*orders: Order) -> tuple[object, ...]:
    _, found = seen(*orders)
    assert isinstance(found, tuple)
    return found


def test_an_order_that_cannot_take_the_notice_is_refused_without_a_write() -> None:
    """A shipment that the order does not have is NotFound, and nothing is written."""
    results, caller = send([seen(order(A))], [notice(A, shipment_id="77")])

    assert [Outcome.REFUSED] == outcomes(results)
    assert isinstance(results[0].error, NotFound)
    assert ["getOrder"] == asked(caller)


def test_a_second_notice_for_the_same_shipment_is_refused() -> None:
    """Two notices for one basket would write over each other: the second is a Conflict."""
    results, caller = send([seen(order(A)), (SYNC, "1")], [notice(A, "1111"), notice(A, "2222")])

    assert [Outcome.SENT, Outcome.REFUSED] == outcomes(results)
    assert isinstance(results[1].error, Conflict)
    assert "SECOND_NOTICE_FOR_SHIPMENT" == results[1].error.code
    assert 1 == asked(caller).count(SYNC)


def test_a_notice_without_a_shipment_id_is_the_same_shipment_as_the_only_one() -> None:
    """The basket counts, not how it was named."""
    results, _ = send([seen(order(A)), (SYNC, "1")], [notice(A), notice(A, "2", shipment_id="")])

    assert [Outcome.SENT, Outcome.REFUSED] == outcomes(results)


def test_results_answer_the_notices_one_for_one_in_order() -> None:
    """Good, bad, absent and done notices are told in the order in which they were given."""
    missing = Unreadable(C, None, NotFound())
    look = ("getOrder", (*_sightings(order(A), reported(B)), missing))
    notices = [notice(A), notice(B), notice(NUMBER, carrier=""), notice(C)]
    results, _ = send([look, (SYNC, Rejected())], notices)

    assert [Outcome.REFUSED, Outcome.SENT, Outcome.REFUSED, Outcome.REFUSED] == outcomes(results)


def test_a_look_takes_as_many_orders_as_one_call_carries() -> None:
    """250 orders are looked at in three calls; one that fails costs only its hundred."""
    orders = [order(number) for number in NUMBERS]
    script = [seen(*orders[:100]), ("getOrder", Unavailable()), seen(*orders[200:])]
    found = sending.look(ScriptedCaller(script), FETCH, NUMBERS)

    assert list(NUMBERS) == list(found)
    assert 150 == sum(isinstance(one, Order) for one in found.values())


# ------------------------------------------------------------------------------------- warnings


def test_a_notice_without_a_number_says_that_the_order_stays_open() -> None:
    """Rakuten never completes an order without a number: a sent notice warns of it."""
    results, caller = send([seen(order(A)), (SYNC, "1")], [notice(A, tracking_numbers=())])

    assert ["RAKUTEN_STAYS_OPEN"] == [one.code for one in results[0].warnings]
    (frame,) = body_of(caller, 1)["BasketidModelList"]
    assert [{"deliveryCompany": "1001", "shippingDate": "2026-11-22"}] == frame["ShippingModelList"]


def test_an_unfilled_record_that_remains_says_that_the_order_stays_open() -> None:
    """One number for two unfilled records leaves one of them empty."""
    results, _ = send([seen(order(A, detail(1), detail(2))), (SYNC, "1")], [notice(A)])

    assert ["RAKUTEN_STAYS_OPEN"] == [one.code for one in results[0].warnings]


def test_a_complete_notice_has_no_warning() -> None:
    """An unfilled record that the notice fills leaves nothing open."""
    results, _ = send([seen(order(A, detail(1))), (SYNC, "1")], [notice(A)])

    assert () == results[0].warnings


def test_what_was_dropped_is_told_with_the_result_even_of_a_refusal() -> None:
    """The warnings of the preview come with each result."""
    results, _ = send([seen(order(A)), (SYNC, Rejected())], [notice(A, message="見本の文")])

    assert ["MESSAGE_DROPPED"] == [one.code for one in results[0].warnings]


# --------------------------------------------------------------------------------- with a journal


def test_with_a_journal_several_notices_go_out_in_one_asynchronous_batch(
    journal: MemoryJournal,
) -> None:
    """Three orders make one call and one poll, and the journal holds each step as done."""
    results, caller = send(
        [
            seen(order(A), order(B), order(C)),
            (ASYNC, "req-1"),
            (RESULT, {C: None, A: None, B: None}),
        ],
        [notice(A), notice(B), notice(C)],
        journal,
    )

    assert [Outcome.SENT] * 3 == outcomes(results)
    assert [1.0] == caller.paused
    assert [A, B, C] == [one["orderNumber"] for one in body_of(caller, 1)["OrderShippingModelList"]]
    assert {"requestId": "req-1"} == body_of(caller, 2)
    steps = [journal.entries[entry(order(number))].steps for number in (A, B, C)]
    assert [{("send", StepState.DONE, ""), ("accepted", StepState.DONE, "req-1")}] * 3 == [
        {(step.name, step.state, step.receipt) for step in one} for one in steps
    ]


def test_with_a_journal_a_single_notice_is_one_synchronous_call(journal: MemoryJournal) -> None:
    """One notice needs no batch."""
    results, caller = send([seen(order(A)), (SYNC, "1")], [notice(A)], journal)

    assert [Outcome.SENT] == outcomes(results)
    assert ["getOrder", SYNC] == asked(caller)


def test_a_batch_holds_at_most_a_hundred_orders(journal: MemoryJournal) -> None:
    """250 notices make batches of 100, 100 and 50, each polled by its own request id."""
    orders = [order(number) for number in NUMBERS]
    looks = [seen(*orders[start : start + 100]) for start in (0, 100, 200)]
    sends: list[tuple[str, object]] = []
    for start in (0, 100, 200):
        batch = NUMBERS[start : start + 100]
        sends += [(ASYNC, f"req-{start}"), (RESULT, dict.fromkeys(batch))]
    results, caller = send([*looks, *sends], [notice(number) for number in NUMBERS], journal)

    assert [Outcome.SENT] * 250 == outcomes(results)
    sizes = [
        len(body_of(caller, place)["OrderShippingModelList"])
        for place, name in enumerate(asked(caller))
        if name == ASYNC
    ]
    assert [100, 100, 50] == sizes


def test_a_batch_holds_one_notice_for_each_order(journal: MemoryJournal) -> None:
    """Two packages of one order go in two batches: the mall refuses an order named twice."""
    two = order(A, PackageModelList=[package(), package(basketId=7)])
    results, caller = send(
        [
            seen(two, order(B)),
            (ASYNC, "req-1"),
            (RESULT, {A: None, B: None}),
            (ASYNC, "req-2"),
            (RESULT, {A: None}),
        ],
        [notice(A), notice(A, shipment_id="7"), notice(B)],
        journal,
    )

    assert [Outcome.SENT] * 3 == outcomes(results)
    first, second = (body_of(caller, place)["OrderShippingModelList"] for place in (1, 3))
    assert [A, B] == [one["orderNumber"] for one in first]
    assert [7] == [one["BasketidModelList"][0]["basketId"] for one in second]


def test_an_unfinished_batch_is_polled_until_each_order_has_a_result(
    journal: MemoryJournal,
) -> None:
    """Results that come one by one are taken as they come, with growing waits between."""
    results, caller = send(
        [
            seen(order(A), order(B)),
            (ASYNC, "req-1"),
            (RESULT, {}),
            (RESULT, {B: None}),
            (RESULT, {A: Rejected(code="UPDATE_ORDERSHIPPING_ERROR_102"), B: None}),
        ],
        [notice(A), notice(B)],
        journal,
    )

    assert [Outcome.REFUSED, Outcome.SENT] == outcomes(results)
    assert [1.0, 2.0, 3.0] == caller.paused


def test_polling_ends_at_its_deadline_and_the_mall_is_asked_itself(journal: MemoryJournal) -> None:
    """Pending, unknown and expired look alike: what the mall shows decides, else UNKNOWN."""
    pending: list[tuple[str, object]] = [(RESULT, {})] * len(sending.POLLS)
    results, caller = send(
        [
            seen(order(A), order(B)),
            (ASYNC, "req-1"),
            *pending,
            seen(order(A), reported(B)),
        ],
        [notice(A), notice(B)],
        journal,
    )

    assert [Outcome.UNKNOWN, Outcome.SENT] == outcomes(results)
    assert isinstance(results[0].error, AnswerLost)
    assert "RESULT_PENDING" == results[0].error.code
    assert list(sending.POLLS) == caller.paused


def test_a_poll_that_fails_is_just_another_look(journal: MemoryJournal) -> None:
    """An error while reading the result says nothing about the writes."""
    results, caller = send(
        [
            seen(order(A), order(B)),
            (ASYNC, "req-1"),
            (RESULT, Unavailable()),
            (RESULT, {A: None, B: None}),
        ],
        [notice(A), notice(B)],
        journal,
    )

    assert [Outcome.SENT] * 2 == outcomes(results)
    assert 2 == len(caller.paused)


def test_an_order_refused_in_a_batch_can_be_sent_anew(journal: MemoryJournal) -> None:
    """A refusal leaves nothing behind in the journal: the next run writes."""
    send(
        [
            seen(order(A), order(B)),
            (ASYNC, "req-1"),
            (RESULT, {A: Conflict(), B: None}),
        ],
        [notice(A), notice(B)],
        journal,
    )
    results, _ = send([seen(order(A)), (SYNC, "1")], [notice(A)], journal)

    assert [Outcome.SENT] == outcomes(results)


def test_a_refused_batch_goes_one_by_one(journal: MemoryJournal) -> None:
    """One bad record refuses the whole batch at once: each is then sent by itself."""
    results, caller = send(
        [
            seen(order(A), order(B)),
            (ASYNC, Rejected()),
            (SYNC, "1"),
            (SYNC, Rejected(code="UPDATE_ORDERSHIPPING_ERROR_011")),
        ],
        [notice(A), notice(B)],
        journal,
    )

    assert [Outcome.SENT, Outcome.REFUSED] == outcomes(results)
    assert results[0].error is None
    assert ["getOrder", ASYNC, SYNC, SYNC] == asked(caller)


def test_a_batch_that_never_left_can_be_sent_in_the_next_run(journal: MemoryJournal) -> None:
    """A throttled batch is NOT_SENT for each, and leaves nothing behind in the journal."""
    look = seen(order(A), order(B))
    first, _ = send([look, (ASYNC, Throttled())], [notice(A), notice(B)], journal)
    second, _ = send(
        [look, (ASYNC, "req-1"), (RESULT, {A: None, B: None})], [notice(A), notice(B)], journal
    )

    assert [Outcome.NOT_SENT] * 2 == outcomes(first)
    assert [Outcome.SENT] * 2 == outcomes(second)


# ------------------------------------------------------------------------------- after a lost run


def test_a_lost_acceptance_is_not_sent_again_before_the_settle_time(
    journal: MemoryJournal, time: Time
) -> None:
    """A batch without an answer is UNKNOWN, and stays so while its absence proves nothing."""
    look = seen(order(A), order(B))
    first, _ = send([look, (ASYNC, AnswerLost()), look], [notice(A), notice(B)], journal)
    time.pass_by(minutes=59)
    second, caller = send([look, look], [notice(A), notice(B)], journal)

    assert [Outcome.UNKNOWN] * 2 == outcomes(first)
    assert [Outcome.UNKNOWN] * 2 == outcomes(second)
    assert ["STEP_UNFINISHED"] * 2 == [one.error.code for one in second if one.error]
    assert ["getOrder", "getOrder"] == asked(caller)


def test_a_write_in_doubt_that_the_mall_shows_is_adopted(journal: MemoryJournal) -> None:
    """The look of a later run ends the step that an earlier one had begun."""
    first, _ = send([seen(order(A)), (SYNC, AnswerLost()), seen(order(A))], [notice(A)], journal)
    second, caller = send([seen(reported(A))], [notice(A)], journal)
    step = journal.entries[entry(order(A))].step("send")

    assert ([Outcome.UNKNOWN], [Outcome.SENT]) == (outcomes(first), outcomes(second))
    assert ["getOrder"] == asked(caller)
    assert step is not None
    assert StepState.DONE is step.state


def test_what_the_mall_shows_is_sent_whatever_the_journal_has(journal: MemoryJournal) -> None:
    """Another payload in the journal is no reason to deny what is on the mall."""
    journal.open(entry(order(A)), "another payload")
    results, caller = send([seen(reported(A))], [notice(A)], journal)

    assert [Outcome.SENT] == outcomes(results)
    assert ["getOrder"] == asked(caller)


def test_a_restart_asks_once_for_each_accepted_batch(journal: MemoryJournal, time: Time) -> None:
    """Two notices of one batch share the answer to one poll."""
    look = seen(order(A), order(B))
    pending: list[tuple[str, object]] = [(RESULT, {})] * len(sending.POLLS)
    send([look, (ASYNC, "request-1"), *pending, look], [notice(A), notice(B)], journal)
    results, caller = send([look, (RESULT, {A: None, B: None})], [notice(A), notice(B)], journal)

    assert [Outcome.SENT] * 2 == outcomes(results)
    assert ["getOrder", RESULT] == asked(caller)


def test_a_lost_acceptance_is_sent_again_once_the_mall_has_settled(
    journal: MemoryJournal, time: Time
) -> None:
    """An hour later, absence on the mall proves that the batch never arrived."""
    look = seen(order(A), order(B))
    send([look, (ASYNC, AnswerLost()), look], [notice(A), notice(B)], journal)
    time.pass_by(minutes=60)
    results, _ = send(
        [look, (ASYNC, "req-2"), (RESULT, {A: None, B: None})], [notice(A), notice(B)], journal
    )

    assert [Outcome.SENT] * 2 == outcomes(results)


def test_a_lost_acceptance_that_took_effect_is_seen(journal: MemoryJournal, time: Time) -> None:
    """However late, what the look shows is SENT without a write."""
    look = seen(order(A), order(B))
    send([look, (ASYNC, AnswerLost()), look], [notice(A), notice(B)], journal)
    time.pass_by(minutes=90)
    results, caller = send([seen(reported(A), reported(B))], [notice(A), notice(B)], journal)

    assert [Outcome.SENT] * 2 == outcomes(results)
    assert ["getOrder"] == asked(caller)


def test_an_accepted_request_is_polled_after_a_restart(journal: MemoryJournal) -> None:
    """The kept request id is asked for its result, and nothing is sent."""
    _accept(journal, order(A), notice(A), "req-1")
    results, caller = send([seen(order(A)), (RESULT, {A: None})], [notice(A)], journal)

    assert [Outcome.SENT] == outcomes(results)
    assert {"requestId": "req-1"} == body_of(caller, 1)


def test_an_accepted_request_that_was_refused_is_told_after_a_restart(
    journal: MemoryJournal,
) -> None:
    """A refusal found after a restart is the outcome; the next run may write."""
    _accept(journal, order(A), notice(A), "req-1")
    results, _ = send([seen(order(A)), (RESULT, {A: Conflict()})], [notice(A)], journal)
    again, _ = send([seen(order(A)), (SYNC, "1")], [notice(A)], journal)

    assert [Outcome.REFUSED] == outcomes(results)
    assert [Outcome.SENT] == outcomes(again)


def test_an_accepted_request_without_a_result_waits_for_the_settle_time(
    journal: MemoryJournal, time: Time
) -> None:
    """A request that is still pending is not written again while its absence proves nothing."""
    _accept(journal, order(A), notice(A), "req-1")
    time.pass_by(minutes=24 * 60 - 1)
    look = seen(order(A))
    results, caller = send([look, (RESULT, {}), look], [notice(A)], journal)

    assert [Outcome.UNKNOWN] == outcomes(results)
    assert "RESULT_PENDING" == getattr(results[0].error, "code", "")
    assert 0 == asked(caller).count(SYNC)


def test_an_accepted_request_that_never_shows_is_sent_again_once_the_mall_has_settled(
    journal: MemoryJournal, time: Time
) -> None:
    """An unknown or expired request id says nothing for ever: after a day, absence is proof."""
    _accept(journal, order(A), notice(A), "req-1")
    time.pass_by(minutes=24 * 60)
    results, _ = send([seen(order(A)), (RESULT, {}), (SYNC, "1")], [notice(A)], journal)
    again, _ = send([seen(order(A))], [notice(A)], journal)

    assert [Outcome.SENT] == outcomes(results)
    assert [Outcome.SENT] == outcomes(again)


def test_an_acceptance_that_was_not_kept_is_a_lost_one(journal: MemoryJournal, time: Time) -> None:
    """A crash while the request id was being kept leaves none to poll: the settle time decides."""
    _accept(journal, order(A), notice(A), None)
    look = seen(order(A))
    early, caller = send([look, look], [notice(A)], journal)
    time.pass_by(minutes=60)
    late, _ = send([look, (SYNC, "1")], [notice(A)], journal)

    assert [Outcome.UNKNOWN] == outcomes(early)
    assert 0 == asked(caller).count(RESULT)
    assert [Outcome.SENT] == outcomes(late)


def _accept(
    journal: MemoryJournal, order_: Order, notice_: ShipmentNotice, request_id: str | None
) -> None:
    """Leave a journal as a run does that dies after its batch was accepted."""
    key = entry(order_)
    journal.open(key, digest(notice_))
    journal.begin(key, "send")
    journal.begin(key, "accepted")
    if request_id is not None:
        journal.end(key, "accepted", request_id)


def test_a_write_that_the_journal_knows_as_done_is_not_made_again(journal: MemoryJournal) -> None:
    """The journal's word counts even where the mall shows nothing: a person took it back there."""
    send([seen(order(A)), (SYNC, "1")], [notice(A)], journal)
    results, caller = send([seen(order(A))], [notice(A)], journal)

    assert [Outcome.SENT] == outcomes(results)
    assert ["getOrder"] == asked(caller)


def test_another_payload_for_the_same_shipment_is_refused(journal: MemoryJournal) -> None:
    """A changed notice would be a second one: the journal's entry keeps its first payload."""
    send([seen(order(A)), (SYNC, "1")], [notice(A)], journal)
    results, caller = send([seen(order(A))], [notice(A, "000055556666")], journal)

    assert [Outcome.REFUSED] == outcomes(results)
    assert isinstance(results[0].error, Conflict)
    assert "OTHER_PAYLOAD_IN_JOURNAL" == results[0].error.code
    assert ["getOrder"] == asked(caller)


@define
class Crowded(MemoryJournal):
    """A journal in which someone else has just begun the steps of some orders."""

    taken: frozenset[str] = frozenset()

    def begin(self, key: EntryKey, step: str) -> bool:
        """Say that someone was faster."""
        return key.order.number not in self.taken and super().begin(key, step)


def test_a_write_that_someone_else_has_begun_is_left_to_them(time: Time) -> None:
    """Two runs at once: the slower one writes nothing and knows nothing."""
    crowded = Crowded(time.now, taken=frozenset({A}))
    look = seen(order(A))
    results, caller = send([look, look], [notice(A)], crowded)

    assert [Outcome.UNKNOWN] == outcomes(results)
    assert "STEP_UNFINISHED" == getattr(results[0].error, "code", "")
    assert ["getOrder", "getOrder"] == asked(caller)


def test_a_batch_leaves_out_what_someone_else_has_begun(time: Time) -> None:
    """The others of the batch go out."""
    crowded = Crowded(time.now, taken=frozenset({B}))
    results, caller = send(
        [
            seen(order(A), order(B), order(C)),
            (ASYNC, "req-1"),
            (RESULT, {A: None, C: None}),
            seen(order(B)),
        ],
        [notice(A), notice(B), notice(C)],
        crowded,
    )

    assert [Outcome.SENT, Outcome.UNKNOWN, Outcome.SENT] == outcomes(results)
    assert [A, C] == [one["orderNumber"] for one in body_of(caller, 1)["OrderShippingModelList"]]


def test_a_batch_that_someone_else_has_begun_whole_is_not_sent(time: Time) -> None:
    """With nothing of its own to send, the run makes no call but its looks."""
    crowded = Crowded(time.now, taken=frozenset({A, B}))
    look = seen(order(A), order(B))
    results, caller = send([look, look], [notice(A), notice(B)], crowded)

    assert [Outcome.UNKNOWN] * 2 == outcomes(results)
    assert ["getOrder", "getOrder"] == asked(caller)


def test_looks_obey_the_batch_size_of_the_options() -> None:
    """What one call carries is the client's option."""
    fetch = evolve(FETCH, options=Options(batch=1))
    caller = ScriptedCaller([seen(order(A)), seen(order(B))])

    assert [A, B] == list(sending.look(caller, fetch, [A, B]))


def test_the_polls_wait_no_longer_than_two_minutes_in_all() -> None:
    """The deadline of polling is a matter of minutes, each wait longer than the one before."""
    waits: Iterator[tuple[float, float]] = zip(sending.POLLS, sending.POLLS[1:], strict=False)

    assert sum(sending.POLLS) <= 120
    assert all(one < two for one, two in waits)


# ------------------------------------------------------------------------------- found by review


def test_a_notice_given_twice_is_one() -> None:
    """Both get the result of the one write."""
    one = notice(A)
    caller = ScriptedCaller([seen(order(A)), (SYNC, "1")])
    results = sending.send(caller, FETCH, [one, notice(A)], None)

    assert [Outcome.SENT] * 2 == outcomes(results)
    assert 2 == len(caller.asked)


def test_a_partly_refused_write_is_looked_up() -> None:
    """One record taken and one refused: what the mall shows decides, and nothing is denied."""
    doubt = DecodeError(code="UNCLEAR_ANSWER")
    landed, _ = send([seen(order(A)), (SYNC, doubt), seen(reported(A))], [notice(A)])
    other, _ = send([seen(order(A)), (SYNC, doubt), seen(order(A))], [notice(A)])

    assert ([Outcome.SENT], [Outcome.UNKNOWN]) == (outcomes(landed), outcomes(other))


@pytest.mark.parametrize(
    ("progress", "code"),
    [
        (100, "MALL_STATE_TOO_EARLY"),
        (200, "MALL_STATE_TOO_EARLY"),
        (400, "MALL_STATE_TOO_EARLY"),
        (800, "MALL_STATE_TOO_EARLY"),
        (850, "UNKNOWN_STATE"),
        (900, "CANCELLED_ON_MALL"),
    ],
)
def test_only_what_can_be_shipped_is_reported(progress: int, code: str) -> None:
    """From 300 an order can be shipped; before it and beside it nothing is written."""
    phase = PHASES.get(progress, Phase.UNKNOWN)
    here = evolve(order(A), phase=phase, mall_status=str(progress))
    (result,), caller = send([seen(here)], [notice(A)])

    assert Outcome.REFUSED is result.outcome
    assert result.error is not None
    assert code == result.error.code
    assert ["getOrder"] == asked(caller)
