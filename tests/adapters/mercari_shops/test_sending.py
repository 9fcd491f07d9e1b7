"""Reporting shipments in steps, and writing to buyers: each takes effect once (A5, A6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mallsync import Outcome, ShipmentNotice, Standing, sandbox
from mallsync.adapters import mercari_shops
from mallsync.adapters.mercari_shops.flows import Fetch
from mallsync.adapters.mercari_shops.sending import send
from mallsync.errors import AnswerLost, AuthFailed, Conflict, MallError, NotFound, Rejected
from mallsync.model.journal import EntryKey
from mallsync.model.order import OrderKey
from mallsync.model.sighting import Seen
from mallsync.sandbox import Fault
from mallsync.sandbox.fakes.mercari_shops import ANONYMOUS, ARRANGED, OTHER, Role
from mallsync.testing import MemoryJournal, ScriptedCaller
from mallsync.wire.writing import SETTLE
from tests.adapters.mercari_shops.made import READER, record
from tests.adapters.mercari_shops.shop import client_of, notice
from tests.patience import patience

CREATE, TRACK = "createOrderShipping", "updateOrderShippingTrackingCode"
COMPLETE, WRITE = "completeOrderShipping", "addOrderTransactionMessage"
STEPS = (CREATE, TRACK, COMPLETE, WRITE)
KINDS = ("created", "tracked", "shipped", "message")
TEXT = "本日発送しました。"
FAULTS = sorted(set(Fault))

Mall = sandbox.MercariShopsMall
Client = mercari_shops.Client


@pytest.fixture
def journal(mall: Mall) -> MemoryJournal:
    """Make an empty journal that goes by the fake's clock."""
    return MemoryJournal(mall.clock.now)


@pytest.fixture
def hurried(mall: Mall, fault: Fault) -> Iterator[Client]:
    """Make a client that does not wait long for a mall that never answers."""
    with client_of(mall, deadline=patience(fault)) as made:
        yield made


def counts(mall: Mall, number: str) -> list[int]:
    """Return how often each step took effect on an order."""
    return [mall.fake.effective(number, kind) for kind in KINDS]


def calls(mall: Mall) -> list[str]:
    """Return the calls that were made."""
    return [hit.operation for hit in mall.hits]


def failed(client: Client, *notices: ShipmentNotice, **more: Any) -> MallError:
    """Send, and return the error of the last notice."""
    result = client.send_notices(notices, **more)[-1]
    assert result.error is not None
    return result.error


# ------------------------------------------------------------------------------- the usual ways


def test_a_report_is_three_steps_and_a_message(mall: Mall, client: Client) -> None:
    """In this order, after a look; the mall has them all."""
    (number,) = mall.fake.place()
    sent = notice(number, "0001", "0002", message=TEXT)
    (result,) = client.send_notices([sent])
    order = mall.fake.see(number)

    assert (Outcome.SENT, None, ()) == (result.outcome, result.error, result.warnings)
    assert ["orderTransaction", *STEPS] == calls(mall)
    assert ["ヤマト運輸\n0001\n\nヤマト運輸\n0002"] == [
        one.tracking_code for one in order.shipments
    ]
    assert [(Role.SELLER, TEXT)] == [(one.role, one.text) for one in order.messages]
    assert "COMPLETING" == order.status
    (seen,) = client.get_orders([number])
    assert Standing.SAME is client.standing(seen, sent)


def test_a_report_without_a_number_and_a_message_is_two_steps(mall: Mall, client: Client) -> None:
    """A letter has no number."""
    (number,) = mall.fake.place()
    letter = ShipmentNotice(order_number=number, carrier="日本郵便", delivery_methods={"定形外"})

    assert Outcome.SENT is client.send_notices([letter])[0].outcome
    assert ["orderTransaction", CREATE, COMPLETE] == calls(mall)


def test_a_number_may_have_its_prefix(mall: Mall, client: Client) -> None:
    """The result answers the notice as it was given."""
    (number,) = mall.fake.place()
    given = notice(f"order_{number}")
    (result,) = client.send_notices([given])

    assert (Outcome.SENT, given) == (result.outcome, result.notice)
    assert 1 == mall.fake.effective(number, "shipped")


@pytest.mark.parametrize("journalled", [False, True])
def test_sending_again_writes_nothing(
    mall: Mall, client: Client, journal: MemoryJournal, *, journalled: bool
) -> None:
    """The order is shipped, and the message is there."""
    (number,) = mall.fake.place()
    kept = journal if journalled else None
    results = [
        client.send_notices([notice(number, message=TEXT)] * 2, journal=kept) for _ in range(2)
    ]

    assert [Outcome.SENT] * 4 == [one.outcome for some in results for one in some]
    assert [1, 1, 1, 1] == counts(mall, number)


def test_lines_of_two_methods_go_in_two_shipments(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """Each with its own key, its own steps and the same numbers."""
    (number,) = mall.fake.place(methods=(ARRANGED, OTHER))
    (result,) = client.send_notices([notice(number, "0001")], journal=journal)

    assert Outcome.SENT is result.outcome
    assert [2, 2, 2, 0] == counts(mall, number)
    assert ["ヤマト運輸\n0001"] * 2 == [
        one.tracking_code for one in mall.fake.see(number).shipments
    ]
    names = {step.name for entry in journal.entries.values() for step in entry.steps}
    assert names >= {f"{COMPLETE} UNDECIDED", f"{COMPLETE} {OTHER}"}
    opened = [name.split() for name in names if name.startswith(CREATE)]
    assert ["UNDECIDED", OTHER] == sorted((method for _, method, _ in opened), reverse=True)
    assert 2 == len({key for *_, key in opened})


def test_only_what_is_left_of_an_order_is_shipped(mall: Mall, client: Client) -> None:
    """Net of what was cancelled."""
    (number,) = mall.fake.place(methods=(ARRANGED, ARRANGED))
    first, second = mall.fake.see(number).lines
    first.quantity, second.quantity = 3, 1
    mall.fake.cancel_units(number, 0, 1)
    mall.fake.cancel_units(number, 1, 1)
    client.send_notices([notice(number)])

    assert [{0: 2}] == [one.pieces for one in mall.fake.see(number).shipments]
    assert "COMPLETING" == mall.fake.see(number).status


def test_a_shipped_order_gets_the_message_alone(mall: Mall, client: Client) -> None:
    """And nothing where that is there, too."""
    (number,) = mall.fake.place()
    client.send_notices([notice(number)])
    results = [client.send_notices([notice(number, message=TEXT)])[0] for _ in range(2)]

    assert [Outcome.SENT] * 2 == [one.outcome for one in results]
    assert [1, 1, 1, 1] == counts(mall, number)


def test_results_answer_the_notices(mall: Mall, client: Client) -> None:
    """Good, bad and unknown ones, one for one."""
    first, second = mall.fake.place(2)
    bad = notice(first, message="あ" * 1001)
    results = client.send_notices([notice(first), bad, notice("AAAA"), notice(second)])

    assert [Outcome.SENT, Outcome.REFUSED, Outcome.REFUSED, Outcome.SENT] == [
        one.outcome for one in results
    ]
    assert isinstance(results[2].error, NotFound)
    assert [] == client.send_notices([])


def test_a_client_that_keeps_no_records_sends_all_the_same(mall: Mall) -> None:
    """The look keeps its own."""
    (number,) = mall.fake.place()
    with client_of(mall, keep_raw=False) as client:
        assert Outcome.SENT is client.send_notices([notice(number)])[0].outcome


# --------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("unpaid", "MALL_STATE_TOO_EARLY"),
        ("cancelled", "CANCELLED_ON_MALL"),
        ("anonymous", "MALL_LABEL_ONLY"),
    ],
)
def test_an_order_that_is_not_open_is_refused_without_a_call(
    mall: Mall, client: Client, journal: MemoryJournal, kind: str, code: str
) -> None:
    """The look says why; a later run may find it open."""
    methods = (ANONYMOUS,) if kind == "anonymous" else (ARRANGED,)
    (number,) = mall.fake.place(paid=kind != "unpaid", methods=methods)
    if kind == "cancelled":
        mall.fake.cancel(number)
    error = failed(client, notice(number), journal=journal)

    assert (True, code) == (isinstance(error, Rejected), error.code)
    assert ["orderTransaction"] == calls(mall)
    if kind == "unpaid":
        mall.fake.pay(number)
        assert Outcome.SENT is client.send_notices([notice(number)], journal=journal)[0].outcome


def test_an_anonymous_order_is_reported_if_the_shop_insists(mall: Mall) -> None:
    """Whether the mall takes it is not known: here it does not, and then it does."""
    (number,) = mall.fake.place(methods=(ANONYMOUS,))
    with client_of(mall, options=mercari_shops.Options(ship_anonymous=True)) as client:
        assert isinstance(failed(client, notice(number)), Conflict)
        mall.fake.settings.ships_anonymous = True
        assert Outcome.SENT is client.send_notices([notice(number)])[0].outcome


def test_a_second_notice_for_an_order_is_refused(mall: Mall, client: Client) -> None:
    """With or without its prefix."""
    (number,) = mall.fake.place()
    error = failed(client, notice(number, "1"), notice(f"order_{number}", "2"))

    assert "SECOND_NOTICE_FOR_SHIPMENT" == error.code
    assert 1 == mall.fake.effective(number, "shipped")


def test_another_text_under_the_same_entry_is_refused(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """An edited template is no second mail."""
    (number,) = mall.fake.place()
    client.send_notices([notice(number, message=TEXT)], journal=journal)
    error = failed(client, notice(number, message="別の文"), journal=journal)

    assert "OTHER_PAYLOAD_IN_JOURNAL" == error.code
    assert [1, 1, 1, 1] == counts(mall, number)


def test_an_order_cancelled_on_the_way_is_refused(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """Between the look and the write; nothing of it was begun."""
    (number,) = mall.fake.place()
    mall.fail_next("CANCELLED_BETWEEN", operation=CREATE)
    error = failed(client, notice(number), journal=journal)

    assert isinstance(error, Conflict)
    assert {"packages"} == {step.name for one in journal.entries.values() for step in one.steps}
    assert "CANCELLED_ON_MALL" == failed(client, notice(number), journal=journal).code


def test_pieces_cancelled_on_the_way_are_not_shipped_by_the_next_run(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """Nothing was opened, so the order is taken as it is then."""
    (number,) = mall.fake.place()
    mall.fake.see(number).lines[0].quantity = 3
    mall.fail_next("ORDER_ERRORS", operation=CREATE)
    failed(client, notice(number), journal=journal)
    mall.fake.cancel_units(number)

    assert Outcome.SENT is client.send_notices([notice(number)], journal=journal)[0].outcome
    assert [{0: 2}] == [one.pieces for one in mall.fake.see(number).shipments]


def test_what_was_done_of_a_report_is_told(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """A refusal in the middle names the steps before it; the next run goes on behind them."""
    (number,) = mall.fake.place()
    mall.fail_next("ORDER_ERRORS", operation=COMPLETE, code="INVALID_ARGUMENT")
    (result,) = client.send_notices([notice(number, message=TEXT)], journal=journal)

    assert Outcome.REFUSED is result.outcome
    assert [("PARTLY_SENT", f"done: {CREATE}, {TRACK}")] == [
        (one.code, one.detail) for one in result.warnings
    ]
    assert (
        Outcome.SENT
        is client.send_notices([notice(number, message=TEXT)], journal=journal)[0].outcome
    )
    assert [1, 1, 1, 1] == counts(mall, number)


def test_a_look_that_fails_writes_nothing(mall: Mall, client: Client) -> None:
    """Neither a refused token nor a silent mall leaves a doubt."""
    (number,) = mall.fake.place()
    mall.fail_next("UNAUTHORISED")
    (result,) = client.send_notices([notice(number)])
    assert (Outcome.NOT_SENT, AuthFailed) == (result.outcome, type(result.error))
    mall.fail_next("RESET_BEFORE", times=9)
    (result,) = client.send_notices([notice(number)])

    assert (Outcome.NOT_SENT, AnswerLost) == (result.outcome, type(result.error))
    assert [0, 0, 0, 0] == counts(mall, number)


# -------------------------------------------------------------------------- lost answers, crashes


@pytest.mark.parametrize("journalled", [False, True])
@pytest.mark.parametrize("counts_at", ["create", "complete"])
@pytest.mark.parametrize("step", STEPS)
def test_a_lost_answer_is_looked_for_and_no_step_is_taken_twice(
    mall: Mall,
    client: Client,
    journal: MemoryJournal,
    step: str,
    counts_at: str,
    *,
    journalled: bool,
) -> None:
    """One run is enough: the key, the text and two looks make it so."""
    mall.fake.settings.counts_at = counts_at
    (number,) = mall.fake.place()
    mall.fail_next("RESET_AFTER", operation=step)
    (result,) = client.send_notices(
        [notice(number, message=TEXT)], journal=journal if journalled else None
    )

    assert Outcome.SENT is result.outcome
    assert [1, 1, 1, 1] == counts(mall, number)


@pytest.mark.parametrize("step", [COMPLETE, WRITE])
def test_a_step_that_never_arrived_is_taken_once_the_mall_has_settled(
    mall: Mall, client: Client, journal: MemoryJournal, step: str
) -> None:
    """Until then its absence is no proof."""
    (number,) = mall.fake.place()
    mall.fail_next("RESET_BEFORE", operation=step)
    sent = [notice(number, message=TEXT)]
    outcomes = [client.send_notices(sent, journal=journal)[0].outcome for _ in range(2)]
    mall.clock.advance(SETTLE)
    outcomes.append(client.send_notices(sent, journal=journal)[0].outcome)

    assert [Outcome.UNKNOWN, Outcome.UNKNOWN, Outcome.SENT] == outcomes
    assert [1, 1, 1, 1] == counts(mall, number)


def test_an_open_shipment_of_ours_is_found_again_without_a_journal(
    mall: Mall, client: Client
) -> None:
    """By its key, although nothing is left to ship by the mall's count."""
    mall.fake.settings.counts_at = "create"
    (number,) = mall.fake.place()
    mall.fail_next("ORDER_ERRORS", operation=TRACK, code="INVALID_ARGUMENT")
    assert Outcome.REFUSED is client.send_notices([notice(number)])[0].outcome

    assert Outcome.SENT is client.send_notices([notice(number)])[0].outcome
    assert [1, 1, 1, 0] == counts(mall, number)


def test_an_open_shipment_of_someone_else_is_left_alone(mall: Mall, client: Client) -> None:
    """The mall refuses a second one."""
    mall.fake.settings.counts_at = "create"
    (number,) = mall.fake.place()
    stranger = client_of(mall)
    mall.fail_next("ORDER_ERRORS", operation=COMPLETE)
    with stranger:
        stranger.send_notices([notice(number)])
    mall.fake.see(number).shipments[0].key = "another"

    assert isinstance(failed(client, notice(number)), Conflict)
    assert [1, 1, 0, 0] == counts(mall, number)


def test_an_order_completed_by_hand_on_the_way_is_taken_for_sent(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """A shipment that is not open any more has been completed."""
    (number,) = mall.fake.place()
    mall.fail_next("ORDER_ERRORS", operation=COMPLETE)
    assert Outcome.REFUSED is client.send_notices([notice(number)], journal=journal)[0].outcome
    with client_of(mall) as by_hand:
        by_hand.send_notices([notice(number)])

    assert Outcome.SENT is client.send_notices([notice(number)], journal=journal)[0].outcome
    assert 1 == mall.fake.effective(number, "shipped")


def test_a_completion_that_was_begun_ends_once_somebody_has_shipped_the_order(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """Nothing of it is in doubt then; the message that goes with it is written."""
    (number,) = mall.fake.place()
    mall.fail_next("RESET_BEFORE", operation=COMPLETE)
    sent = [notice(number, message=TEXT)]
    begun = client.send_notices(sent, journal=journal)[0]
    with client_of(mall) as by_hand:
        by_hand.send_notices([notice(number)])
    ended = client.send_notices(sent, journal=journal)[0]

    assert [Outcome.UNKNOWN, Outcome.SENT] == [begun.outcome, ended.outcome]
    assert [1, 1] == [mall.fake.effective(number, told) for told in ("shipped", "message")]


def test_a_lost_message_that_cannot_be_looked_for_waits_for_a_person(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """Null is not "none": it is never sent again blindly."""
    mall.fake.settings.messages_null = True
    (number,) = mall.fake.place()
    mall.fail_next("RESET_AFTER", operation=WRITE)
    outcomes = []
    for _ in range(3):
        (result,) = client.send_notices([notice(number, message=TEXT)], journal=journal)
        outcomes.append(result.outcome)
        mall.clock.advance(2 * SETTLE)

    assert [Outcome.UNKNOWN] * 3 == outcomes
    assert 1 == mall.fake.effective(number, "message")
    mall.fake.settings.messages_null = False
    (result,) = client.send_notices([notice(number, message=TEXT)], journal=journal)
    assert Outcome.SENT is result.outcome
    assert 1 == mall.fake.effective(number, "message")


def test_a_message_begun_elsewhere_is_adopted(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """Its step ends, as the look shows it."""
    (number,) = mall.fake.place()
    mall.fake.settings.messages_null = True
    mall.fail_next("RESET_AFTER", operation=WRITE)
    client.send_notices([notice(number, message=TEXT)], journal=journal)
    mall.fake.settings.messages_null = False
    client.send_notices([notice(number, message=TEXT)], journal=journal)
    (step,) = [one for entry in journal.entries.values() if (one := entry.step("message"))]

    assert step is not None
    assert ("DONE", "m-1") == (step.state, step.receipt)


@pytest.mark.parametrize("journalled", [False, True])
@pytest.mark.parametrize("step", ["orderTransaction", *STEPS])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_the_way_takes_no_step_twice(
    mall: Mall,
    hurried: Client,
    client: Client,
    journal: MemoryJournal,
    fault: Fault,
    step: str,
    *,
    journalled: bool,
) -> None:
    """The first run may not know; a later one does, and nothing was ever written twice."""
    (number,) = mall.fake.place()
    mall.fail_next(fault, operation=step, times=2)
    told: list[Outcome] = []
    for sender in (hurried, hurried, hurried, client):
        (result,) = sender.send_notices(
            [notice(number, message=TEXT)], journal=journal if journalled else None
        )
        told.append(result.outcome)
        mall.clock.advance(7200)

    found = counts(mall, number)
    assert max(found) <= 1
    if fault is Fault.CANCELLED_BETWEEN:
        assert told[-1] in (Outcome.SENT, Outcome.REFUSED)
    else:
        assert Outcome.SENT is told[-1], told
        assert [1, 1, 1, 1] == found


# ------------------------------------------------------------------------------------- messages


def test_a_message_is_written_once(mall: Mall, client: Client, journal: MemoryJournal) -> None:
    """What the shop has written already is found, with a journal or without."""
    (number,) = mall.fake.place()
    results = [
        client.send_message(f"order_{number}", TEXT),
        client.send_message(number, TEXT),
        client.send_message(number, TEXT, journal=journal),
    ]

    assert [(number, Outcome.SENT)] * 3 == [(one.order_number, one.outcome) for one in results]
    assert 1 == mall.fake.effective(number, "message")


def test_another_message_is_another_revision(
    mall: Mall, client: Client, journal: MemoryJournal
) -> None:
    """The journal keeps one text under each."""
    (number,) = mall.fake.place()
    first, second, third = (
        client.send_message(number, text, journal=journal, revision=revision)
        for text, revision in ((TEXT, 1), ("追伸", 1), ("追伸", 2))
    )

    assert [Outcome.SENT, Outcome.REFUSED, Outcome.SENT] == [
        one.outcome for one in (first, second, third)
    ]
    assert second.error is not None
    assert "OTHER_PAYLOAD_IN_JOURNAL" == second.error.code
    assert 2 == mall.fake.effective(number, "message")
    key = EntryKey(OrderKey("mercari_shops", "demo", number), number, "message", 2)
    assert key in journal.entries


def test_a_message_to_an_order_that_cannot_be_read_is_not_written(
    mall: Mall, client: Client
) -> None:
    """The look says why."""
    (number,) = mall.fake.place()
    unknown = client.send_message("AAAA", TEXT)
    mall.fail_next("RESET_BEFORE", times=9)
    lost = client.send_message(number, TEXT)

    assert [Outcome.REFUSED, Outcome.NOT_SENT] == [unknown.outcome, lost.outcome]
    assert 0 == mall.fake.effective(number, "message")


def test_a_message_that_the_mall_refuses_is_refused(mall: Mall, client: Client) -> None:
    """To a cancelled order, say."""
    (number,) = mall.fake.place()
    mall.fake.cancel(number)
    result = client.send_message(number, TEXT)

    assert (Outcome.REFUSED, Conflict) == (result.outcome, type(result.error))


def test_orders_and_notices_of_one_shop_do_not_mix(mall: Mall, client: Client) -> None:
    """Several at once, each with its own text."""
    numbers = mall.fake.place(3)
    given = [notice(one, f"000{at}", message=f"{TEXT}{at}") for at, one in enumerate(numbers)]
    client.send_notices(given)

    for at, one in enumerate(numbers):
        order = mall.fake.see(one)
        assert f"ヤマト運輸\n000{at}" == order.shipments[0].tracking_code
        assert [f"{TEXT}{at}"] == [told.text for told in order.messages]


def test_a_look_that_breaks_off_leaves_those_that_were_seen_to_be_sent() -> None:
    """The others are not sent, for nobody knows how they stand."""
    seen = Seen(READER.read(record(id="A", status="COMPLETED")))
    caller = ScriptedCaller([("orderTransaction", seen), ("orderTransaction", AuthFailed())])
    first, second = send(caller, Fetch(reader=READER), [notice("A"), notice("B")], None)

    assert [Outcome.SENT, Outcome.NOT_SENT] == [first.outcome, second.outcome]
