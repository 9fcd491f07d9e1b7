"""What works on any wire: fetching, reporting, rating, writing (rules R2, R4 to R6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from examplemarket_wire import ExamplemarketWire

from mallsync import (
    BuyerReview,
    Covered,
    Mall,
    Order,
    Outcome,
    Phase,
    Seen,
    Standing,
    Unreadable,
    sandbox,
)
from mallsync.adapters import rakuma
from mallsync.adapters.rakuma.flows import Fetch, sightings
from mallsync.adapters.rakuma.reading import Reader
from mallsync.errors import (
    AnswerLost,
    AuthCause,
    AuthFailed,
    ConfigError,
    Conflict,
    DecodeError,
    NotFound,
    NotSupported,
    Rejected,
)
from mallsync.model.codes import ReasonCode
from mallsync.policy import buyer, intake
from mallsync.sandbox import Fault
from mallsync.sandbox.fakes.examplemarket import Stage
from mallsync.testing import MemoryJournal, ScriptedCaller
from mallsync.wire.messages import Effect, Response
from mallsync.wire.writing import SETTLE
from tests.adapters.rakuma.shop import NOW, WEEK, WIRES, client_of, notice
from tests.patience import patience

Market = sandbox.ExamplemarketMall
FAULTS = sorted(set(Fault))


@pytest.fixture
def journal(mall: Market) -> MemoryJournal:
    """Make an empty journal that goes by the fake's clock."""
    return MemoryJournal(mall.clock.now)


@pytest.fixture
def hurried(wire_name: str, mall: Market, fault: Fault) -> Iterator[rakuma.Client]:
    """Make a client that does not wait long for a mall that never answers."""
    with client_of(mall, wire_name, deadline=patience(fault)) as made:
        yield made


def one(client: rakuma.Client, number: str) -> Order:
    """Return an order as the mall shows it now."""
    (order,) = client.get_orders([number])
    return order


# ---------------------------------------------------------------------------------------- a wire


def test_without_a_wire_it_says_where_one_comes_from() -> None:
    """No address of Rakuma's is guessed."""
    key = rakuma.Credentials(email="shop@example.invalid", password="made-up")
    with pytest.raises(ConfigError, match=r"inquiry form.*template_wire"):
        rakuma.Client(key, shop_id="demo")


def test_what_is_no_wire_is_refused() -> None:
    """With what it lacks."""
    key = rakuma.Credentials(email="shop@example.invalid", password="made-up")
    wrong: Any = object()
    with pytest.raises(ConfigError, match=r"lacks auth, list_orders.*write"):
        rakuma.Client(key, shop_id="demo", wire=wrong)
    with pytest.raises(ConfigError, match=r"lacks facts: write"):
        rakuma.Client(key, shop_id="demo", wire=rakuma.Wire())


@pytest.mark.parametrize(
    "call",
    [
        lambda wire: wire.auth(None, None, None),
        lambda wire: wire.list_orders(None, ""),
        lambda wire: wire.get_order("A"),
        lambda wire: wire.notify_shipped(None),
        lambda wire: wire.register_review(None),
        lambda wire: wire.send_message(None),
        lambda wire: wire.list_messages("A"),
        lambda wire: wire.record(None),
    ],
)
def test_what_a_wire_leaves_out_is_not_supported(call: Any) -> None:
    """It is never guessed."""
    with pytest.raises(NotSupported, match="write it from the specification"):
        call(rakuma.Wire())


def test_an_operation_that_is_left_out_is_refused_before_anything_is_written(mall: Market) -> None:
    """The others work."""

    class Less(ExamplemarketWire):
        register_review: Any = rakuma.Wire.register_review

    (number,) = mall.fake.place(stage=Stage.RECEIVED)
    with client_of(mall, wire=Less()) as client:
        assert Phase.SHIPPED is one(client, number).phase
        with pytest.raises(NotSupported):
            client.review_buyer(number, "見本")


@pytest.mark.parametrize(
    "wrong",
    [
        {"idempotent": "notify_shipped"},
        {"idempotent": {"no such write"}},
        {"notice_fields": {"colour"}},
    ],
)
def test_facts_that_cannot_be_right_are_refused(wrong: dict[str, Any]) -> None:
    """With what to write instead."""
    with pytest.raises(ConfigError, match="write some of"):
        rakuma.Facts(base_url="https://example.invalid", **wrong)


@pytest.mark.parametrize("kind", ["縦積み", "縦組み", "縦づみ", "other", None])
def test_only_one_off_accounts_are_taken(mall: Market, kind: Any) -> None:
    """Declared in the settings, the other kind is refused (R6)."""
    with pytest.raises(ConfigError, match='write "1点もの"'):
        rakuma.Client(mall.credentials, shop_id="demo", wire=WIRES["json"](), account_kind=kind)


def test_the_pace_is_that_of_the_facts(mall: Market) -> None:
    """Unless another is given."""
    with rakuma.Client(mall.credentials, shop_id="demo", wire=WIRES["json"]()) as client:
        assert "rakuma.Client(shop_id='demo')" == repr(client)
        assert ("rakuma", "demo") == (client.mall, client.shop_id)


# ------------------------------------------------------------------------------------------ fetch


def test_orders_are_read_alike_by_either_wire(mall: Market) -> None:
    """Whatever their names for things."""
    mall.fake.place(2)
    with client_of(mall, "json") as first, client_of(mall, "form") as second:
        told = [list(client.fetch_orders(WEEK)) for client in (first, second)]

    assert [order.key for order in told[0]] == [order.key for order in told[1]]
    assert [order.phase for order in told[0]] == [order.phase for order in told[1]]
    assert [order.charges for order in told[0]] == [order.charges for order in told[1]]
    assert [order.shipments[0].recipient for order in told[0]] == [
        order.shipments[0].recipient for order in told[1]
    ]
    assert {Mall.RAKUMA} == {order.mall for order in told[0]}


@pytest.mark.parametrize(
    ("stage", "phase"),
    [
        (Stage.REQUESTED, Phase.UNPAID),
        (Stage.UNPAID, Phase.UNPAID),
        (Stage.TO_SHIP, Phase.TO_SHIP),
        (Stage.SHIPPED, Phase.SHIPPED),
        (Stage.RECEIVED, Phase.SHIPPED),
        (Stage.DONE, Phase.DONE),
        (Stage.CANCELLED, Phase.CANCELLED),
    ],
)
def test_each_state_has_its_phase(
    mall: Market, client: rakuma.Client, stage: Stage, phase: Phase
) -> None:
    """The mall's own code is kept beside it."""
    (number,) = mall.fake.place(stage=stage)
    order = one(client, number)

    assert phase is order.phase
    assert order.mall_status
    assert (phase is Phase.CANCELLED) == order.shipments[0].cancelled


def test_an_anonymous_order_has_no_recipient(mall: Market, client: rakuma.Client) -> None:
    """Nor has a buyer by the policy; an open one has both (R5)."""
    (plain,), (hidden,) = mall.fake.place(), mall.fake.place(hidden=True)
    orders = [one(client, number) for number in (plain, hidden)]
    contacts = [buyer.decide(order, buyer.DEFAULTS[Mall.RAKUMA]) for order in orders]

    assert [False, True] == [order.shipments[0].anonymous for order in orders]
    assert ["出品者が手配", "見本パック"] == [one.shipments[0].delivery_method for one in orders]
    assert orders[1].shipments[0].recipient is None
    assert contacts[0].contact is not None
    assert contacts[1].contact is None
    assert [ReasonCode.ANONYMOUS_WITH_COPY] == [one_.code for one_ in contacts[1].warnings]
    assert intake.decide(orders[1], intake.RULES[Mall.RAKUMA]).comes_in


def test_an_order_of_the_stock_kind_is_unreadable(mall: Market, client: rakuma.Client) -> None:
    """It is named, and nothing is written to it (R6)."""
    (number,) = mall.fake.place(stock=True)
    problems: list[Unreadable] = []
    found = [order.number for order in client.fetch_orders(WEEK, on_problem=problems.append)]
    (result,) = client.send_notices([notice(number)])
    message = client.send_message(number, "見本")

    assert number not in found
    assert [(number, "FETCH_ACCOUNT_KIND")] == [(one_.number, one_.error.code) for one_ in problems]
    assert [Outcome.REFUSED] * 2 == [result.outcome, message.outcome]
    assert 0 == mall.fake.effective(number)


def test_states_can_be_chosen(mall: Market, client: rakuma.Client) -> None:
    """In canonical words; what is covered is covered for them alone."""
    (number,) = mall.fake.place(stage=Stage.RECEIVED)
    mall.fake.place()
    events = list(client.sightings(WEEK, statuses={"AWAITING_SELLER_REVIEW"}))
    seen = [event.order.number for event in events if isinstance(event, Seen)]

    assert number in seen
    assert seen == [order.number for order in client.reviewable_orders(WEEK)]
    assert Covered(WEEK, frozenset({"AWAITING_SELLER_REVIEW"})) in events


def test_known_orders_are_read_again(mall: Market, client: rakuma.Client) -> None:
    """One that is not there is named."""
    (number,) = mall.fake.place()
    earlier = type(WEEK)(NOW - timedelta(days=3), NOW - timedelta(days=2))
    events = list(client.sightings(earlier, known=[number, "EXRKnone"]))

    assert number in [event.order.number for event in events if isinstance(event, Seen)]
    assert isinstance(events[-1], Unreadable)
    assert isinstance(events[-1].error, NotFound)
    assert events[-1].gone


def test_one_answer_that_cannot_be_read_stops_no_other(mall: Market) -> None:
    """Whatever the wire makes of it: the orders behind it are read all the same."""

    class Trips(ExamplemarketWire):
        def get_order(self, number: str) -> rakuma.Call[object]:
            """Trip over one order."""
            asked = super().get_order(number)
            return evolve(asked, meaning=tripped) if number == bad else asked

    def tripped(_response: Response) -> object:
        raise KeyError("見本 様")

    bad, good = mall.fake.place(2)
    earlier = type(WEEK)(NOW - timedelta(days=3), NOW - timedelta(days=2))
    with client_of(mall, wire=Trips()) as client:
        *_, failed, seen = client.sightings(earlier, known=[bad, good])
        result = client.send_notices([notice(bad)])[0]

    assert isinstance(failed, Unreadable)
    assert isinstance(failed.error, DecodeError)
    assert (bad, False) == (failed.number, failed.gone)
    assert isinstance(seen, Seen)
    assert good == seen.order.number
    assert Outcome.SENT is not result.outcome
    assert 0 == mall.fake.effective(bad)


def test_pages_are_followed_and_circles_are_left(mall: Market, client: rakuma.Client) -> None:
    """A place that comes again ends the fetch, and so does a page."""
    mall.fake.place(120)
    assert 120 <= len(list(client.fetch_orders(WEEK)))
    mall.fake.settings.loops = True
    with pytest.raises(DecodeError, match="PAGE_COMES_AGAIN"):
        list(client.fetch_orders(WEEK))


def test_a_place_that_comes_again_ends_the_fetch() -> None:
    """Although its page has changed."""
    pages: list[tuple[str, object]] = [
        ("list", rakuma.Page(records=({"at": at},), next="again")) for at in range(2)
    ]
    caller = ScriptedCaller(pages)
    fetch = Fetch(reader=Reader(ExamplemarketWire(), "demo"))
    with pytest.raises(DecodeError, match="PAGE_COMES_AGAIN"):
        list(sightings(caller, fetch, WEEK))

    assert 2 == len(caller.asked)


def test_the_check_tells_what_is_wrong(mall: Market, client: rakuma.Client) -> None:
    """Wrong credentials, or a mall in trouble."""
    good = client.check_connection()
    mall.fake.account.key = mall.fake.account.password = "changed"
    mall.fake.account.tokens.clear()
    wrong = client.check_connection()
    mall.fail_next("UNAVAILABLE", times=9)
    down = client.check_connection()

    assert [(True, None), (False, AuthCause.WRONG), (False, None)] == [
        (report.ok, report.cause) for report in (good, wrong, down)
    ]
    assert client.credential_expiry() is None


# -------------------------------------------------------------------------------------- shipments


def test_a_notice_is_sent_once(mall: Market, client: rakuma.Client, journal: MemoryJournal) -> None:
    """With a journal or without; what has no place is named before (R4)."""
    (number,) = mall.fake.place()
    given = notice(number, "0001", "0002", ship_date=NOW.date(), message="見本")
    dropped = {one_.code for one_ in client.preview(given).dropped}
    results = [
        client.send_notices([given, given], journal=kept) for kept in (None, journal, journal)
    ]

    assert {"SHIP_DATE_DROPPED", "MESSAGE_DROPPED"} == dropped
    assert [Outcome.SENT] * 6 == [one_.outcome for some in results for one_ in some]
    assert dropped == {one_.code for one_ in results[0][0].warnings}
    assert 1 == mall.fake.effective(number, "shipped")
    assert "0001,0002" == mall.fake.see(number).slip
    assert Standing.SAME is client.standing(one(client, number), given)


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        (Stage.UNPAID, "MALL_STATE_TOO_EARLY"),
        (Stage.CANCELLED, "CANCELLED_ON_MALL"),
    ],
)
def test_an_order_that_is_not_open_is_refused(
    mall: Market, client: rakuma.Client, stage: Stage, code: str
) -> None:
    """Without a call."""
    (number,) = mall.fake.place(stage=stage)
    (result,) = client.send_notices([notice(number)])

    assert (Outcome.REFUSED, code) == (result.outcome, result.error and result.error.code)
    assert [hit.operation for hit in mall.hits][-1] == "one"


def test_another_number_on_the_mall_is_a_conflict(mall: Market, client: rakuma.Client) -> None:
    """It is not written over."""
    (number,) = mall.fake.place()
    client.send_notices([notice(number, "0001")])
    (result,) = client.send_notices([notice(number, "0002")])

    assert isinstance(result.error, Conflict)
    assert "OTHER_NUMBER_ON_MALL" == result.error.code
    assert Standing.DIFFERENT is client.standing(one(client, number), notice(number, "0002"))


def test_notices_that_cannot_be_sent_are_refused(
    mall: Market, client: rakuma.Client, journal: MemoryJournal
) -> None:
    """Each for its own reason."""
    first, second = mall.fake.place(2)
    client.send_notices([notice(second, "1")], journal=journal)
    mall.fake.trades[second].slip = ""
    results = client.send_notices(
        [
            notice(first),
            notice(first, "2"),
            notice(second, "2"),
            notice("EXRKnone"),
            notice(first, shipment_id="other"),
        ],
        journal=journal,
    )

    assert [
        None,
        "SECOND_NOTICE_FOR_SHIPMENT",
        "OTHER_PAYLOAD_IN_JOURNAL",
        "no_such_order" if "no_such" in str(results[3].error) else "E404",
        "SHIPMENT_ID_WRONG",
    ] == [result.error and result.error.code for result in results]


def test_a_message_may_go_with_a_notice_if_the_facts_say_so(mall: Market) -> None:
    """And it has a length then."""
    fields = {"carrier", "tracking_numbers", "message"}
    with client_of(mall, notice_fields=fields, longest_message=5) as client:
        long, short = (client.preview(notice("A", message=text)) for text in ("123456", "12345"))

    assert ["MESSAGE_TOO_LONG"] == [one_.code for one_ in long.problems]
    assert ((), ()) == (short.problems, short.dropped)


@pytest.mark.parametrize("journalled", [False, True])
@pytest.mark.parametrize("deed", ["one", "ship"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_the_way_reports_nothing_twice(
    mall: Market,
    hurried: rakuma.Client,
    client: rakuma.Client,
    journal: MemoryJournal,
    fault: Fault,
    deed: str,
    *,
    journalled: bool,
) -> None:
    """The first run may not know; a later one does."""
    (number,) = mall.fake.place()
    mall.fail_next(fault, operation=deed, times=2)
    told = []
    for sender in (hurried, hurried, hurried, client):
        (result,) = sender.send_notices([notice(number)], journal=journal if journalled else None)
        told.append(result.outcome)
        mall.clock.advance(timedelta(hours=2))

    assert mall.fake.effective(number, "shipped") <= 1
    if fault is Fault.CANCELLED_BETWEEN:
        assert told[-1] in (Outcome.SENT, Outcome.REFUSED)
    else:
        assert Outcome.SENT is told[-1], told
        assert 1 == mall.fake.effective(number, "shipped")


def test_a_write_is_repeated_only_if_the_facts_say_that_it_may_be(mall: Market) -> None:
    """Whatever the wire's own operation says of itself."""
    counts = []
    for idempotent in (frozenset(), frozenset({"notify_shipped"})):
        mall.fake.settings.repeats = True
        (number,) = mall.fake.place()
        mall.hits.clear()
        mall.fail_next("RESET_AFTER", operation="ship")
        with client_of(mall, idempotent=idempotent) as client:
            assert Outcome.SENT is client.send_notices([notice(number)])[0].outcome
        counts.append(sum(hit.operation == "ship" for hit in mall.hits))

    assert [1, 2] == counts
    wire = WIRES["json"]()
    assert Effect.UNSAFE_WRITE is wire.notify_shipped(notice("A")).effect


# ---------------------------------------------------------------------------- reviews, messages


def test_a_buyer_is_rated_behind_the_buyer_s_own_rating(
    mall: Market, client: rakuma.Client, journal: MemoryJournal
) -> None:
    """Once; it completes the order (R4)."""
    (number,) = mall.fake.place()
    client.send_notices([notice(number)])
    early = client.review_buyer(number, "ありがとうございました")
    mall.clock.advance(timedelta(days=3))
    now = mall.clock.now()
    week = type(WEEK).last_days(7, now=now)
    waiting = [order.number for order in client.reviewable_orders(week)]
    done = client.review_buyer(
        number, "ありがとうございました", rakuma.Rating.NORMAL, journal=journal
    )
    again = client.send_review(BuyerReview(order_number=number, message="二度目"))

    assert (Outcome.REFUSED, "BUYER_HAS_NOT_RATED") == (
        early.outcome,
        early.error and early.error.code,
    )
    assert number in waiting
    assert [Outcome.SENT] * 2 == [done.outcome, again.outcome]
    assert 1 == mall.fake.effective(number, "reviewed")
    assert ("normal", "ありがとうございました") == (
        mall.fake.see(number).score,
        mall.fake.see(number).comment,
    )
    assert Phase.DONE is one(client, number).phase


def test_known_orders_are_asked_for_whether_they_wait_for_a_review(
    mall: Market, client: rakuma.Client
) -> None:
    """Behind those of the period, by their numbers, each once; the others are told as such."""
    rated, late, early, done = (
        mall.fake.place(stage=stage)[0]
        for stage in (Stage.RECEIVED, Stage.RECEIVED, Stage.SHIPPED, Stage.DONE)
    )
    mall.fake.trades[late].bought -= 30 * 86_400
    others: list[Order] = []
    found = client.reviewable_orders(
        WEEK, known=[early, late, rated, done, late], on_other=others.append
    )
    numbers = [order.number for order in found]
    plain = [order.number for order in client.reviewable_orders(WEEK, known=[early])]

    assert (1, 1) == (numbers.count(rated), numbers.count(late))
    assert numbers[-1] == late
    assert [early, done] == [order.number for order in others]
    assert [Phase.SHIPPED, Phase.DONE] == [order.phase for order in others]
    assert early not in plain


def test_an_order_that_cannot_be_read_hides_none_that_waits_for_a_review(
    mall: Market, client: rakuma.Client
) -> None:
    """Unless nobody takes it: then it raises."""
    (stock,) = mall.fake.place(stage=Stage.RECEIVED, stock=True)
    (rated,) = mall.fake.place(stage=Stage.RECEIVED)
    problems: list[Unreadable] = []
    found = client.reviewable_orders(WEEK, known=["EXRKnone"], on_problem=problems.append)

    assert rated in [order.number for order in found]
    assert [(stock, "FETCH_ACCOUNT_KIND"), ("EXRKnone", problems[-1].error.code)] == [
        (one_.number, one_.error.code) for one_ in problems
    ]
    assert isinstance(problems[-1].error, NotFound)
    with pytest.raises(Rejected):
        list(client.reviewable_orders(WEEK))


@pytest.mark.parametrize("deed", ["review", "say"])
def test_a_lost_answer_is_looked_for(
    mall: Market, client: rakuma.Client, journal: MemoryJournal, deed: str
) -> None:
    """Nothing is written twice."""
    (number,) = mall.fake.place(stage=Stage.RECEIVED)
    mall.fail_next("RESET_AFTER", operation=deed)
    if deed == "review":
        results = [client.review_buyer(number, "見本", journal=journal) for _ in range(2)]
    else:
        results = [client.send_message(number, "見本", journal=journal) for _ in range(2)]

    assert [Outcome.SENT] * 2 == [result.outcome for result in results]
    assert 1 == mall.fake.effective(number)


def test_a_message_is_written_once(
    mall: Market, client: rakuma.Client, journal: MemoryJournal
) -> None:
    """Another is another revision."""
    (number,) = mall.fake.place()
    results = [
        client.send_message(number, "見本"),
        client.send_message(number, " 見本 "),
        client.send_message(number, "追伸", journal=journal),
        client.send_message(number, "再追伸", journal=journal),
        client.send_message(number, "再追伸", journal=journal, revision=2),
        client.send_message("EXRKnone", "見本"),
    ]

    sent, refused = Outcome.SENT, Outcome.REFUSED
    assert [sent, sent, sent, refused, sent, refused] == [one_.outcome for one_ in results]
    assert 3 == mall.fake.effective(number, "message")


def test_without_a_list_of_messages_a_lost_answer_waits_for_a_person(
    mall: Market, journal: MemoryJournal
) -> None:
    """It is never sent again blindly."""

    class Less(ExamplemarketWire):
        list_messages: Any = rakuma.Wire.list_messages

    (number,) = mall.fake.place()
    mall.fail_next("RESET_AFTER", operation="say")
    outcomes = []
    with client_of(mall, wire=Less()) as client:
        for _ in range(2):
            outcomes.append(client.send_message(number, "見本", journal=journal).outcome)
            mall.clock.advance(2 * SETTLE)

    assert [Outcome.UNKNOWN] * 2 == outcomes
    assert 1 == mall.fake.effective(number, "message")


def test_a_look_that_fails_leaves_no_doubt(mall: Market, client: rakuma.Client) -> None:
    """Nothing was written."""
    (number,) = mall.fake.place(stage=Stage.RECEIVED)
    mall.fail_next("RESET_BEFORE", operation="one", times=12)
    review = client.review_buyer(number, "見本")
    (shipped,) = client.send_notices([notice(number)])

    assert [Outcome.NOT_SENT] * 2 == [review.outcome, shipped.outcome]
    assert isinstance(review.error, AnswerLost)


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.review_buyer("A", "見本", "good"),
        lambda client: client.review_buyer("", "見本"),
        lambda client: client.review_buyer("A", "あ" * 141),
        lambda client: client.send_review("A"),
        lambda client: client.reviewable_orders("today"),
        lambda client: client.reviewable_orders(WEEK, known="A"),
        lambda client: client.reviewable_orders(WEEK, on_problem="print"),
        lambda client: client.reviewable_orders(WEEK, on_other="print"),
        lambda client: client.send_message("A", ""),
        lambda client: client.send_message("A", "見本", revision=0),
        lambda client: client.send_message("A", "あ" * 141),
        lambda client: client.preview("A"),
        lambda client: client.standing("A", notice("A")),
    ],
)
def test_arguments_that_cannot_be_right_are_refused(mall: Market, call: Any) -> None:
    """Before anything is asked."""
    with client_of(mall) as client, pytest.raises(ConfigError, match="write"):
        call(client)

    assert [] == mall.hits


# ---------------------------------------------------------------------------------------- tokens


def test_a_token_is_got_kept_and_renewed(mall: Market) -> None:
    """By the password grant; a dead one is exchanged once, and shared by the vault."""
    with client_of(mall) as client:
        client.check_connection()
        client.check_connection()
        mall.clock.advance(timedelta(hours=2))
        client.check_connection()
        mall.fake.account.tokens.clear()
        assert client.check_connection().ok

    tokens = [hit for hit in mall.hits if hit.operation == "token"]
    assert 3 == len(tokens)


def test_a_wrong_password_is_told_as_such(mall: Market) -> None:
    """By the token's own refusal."""
    with client_of(mall) as client:
        mall.fake.account.password = "changed"
        with pytest.raises(AuthFailed, match="bad_login"):
            list(client.fetch_orders(WEEK))


def test_an_answer_about_another_order_is_not_believed(mall: Market, client: rakuma.Client) -> None:
    """Whoever mixes them up."""
    first, second = mall.fake.place(2)
    mall.fake.trades[first].number = second
    with pytest.raises(DecodeError, match="ANOTHER_ORDER"):
        one(client, first)


def test_a_record_that_cannot_be_read_is_named_in_its_place(
    mall: Market, client: rakuma.Client
) -> None:
    """And nothing is written to its order."""
    good, bad = mall.fake.place(2)
    broken: Any = 3
    mall.fake.trades[bad].title = broken
    problems: list[Unreadable] = []
    found = [order.number for order in client.fetch_orders(WEEK, on_problem=problems.append)]
    message = client.send_message(bad, "見本")

    assert good in found
    assert ["UNREADABLE"] == [problem.error.code for problem in problems]
    assert Outcome.UNKNOWN is not message.outcome
    assert 0 == mall.fake.effective(bad)


def test_orders_outside_the_window_are_left_out(mall: Market) -> None:
    """A desk of whole seconds tells more than it was asked for."""
    (number,) = mall.fake.place()
    moment = NOW + timedelta(milliseconds=500)
    with client_of(mall, "form") as client:
        late = type(WEEK)(moment, moment + timedelta(hours=1))
        assert number not in [order.number for order in client.fetch_orders(late)]
