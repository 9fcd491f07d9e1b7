"""Every fault against every kind of call: what is known after it, and what the mall has done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from attrs import field, frozen

from mallsync import sandbox
from mallsync.adapters.rakuten.auth import Credentials, RakutenAuth
from mallsync.adapters.rakuten.codec import GetOrders, Page, SearchOrders, UpdateShipping
from mallsync.adapters.rakuten.notices import fill
from mallsync.adapters.rakuten.reading import Reader
from mallsync.errors import (
    AnswerLost,
    AuthFailed,
    DecodeError,
    MallError,
    NotSent,
    Throttled,
    Unavailable,
)
from mallsync.model.period import JST, Period
from mallsync.model.sighting import Seen
from mallsync.model.writebacks import Outcome, ShipmentNotice, outcome_of
from mallsync.sandbox import Fault
from mallsync.transport import Engine, HttpTransport, Settings
from mallsync.wire.bodies import dump_json
from mallsync.wire.messages import Operation
from mallsync.wire.retry import Backoff
from tests.transport.faults import CERTIFICATE, FAULTS, FaultServer, Received, closed_port
from tests.transport.stalls import stopwatch

NOW = datetime(2026, 4, 10, 12, 0, tzinfo=JST)
PERIOD = Period.last_days(62, now=NOW)
LATE = 0.4
"""Seconds by which a busy machine may wake us late; no fault here ends by itself so soon."""
DEADLINE = 0.6
ATTEMPTS = 3
PATHS = {"search": "searchOrder", "detail": "getOrder", "notice": "updateOrderShipping"}


@frozen
class Row:
    """What a fault comes to: once and for ever.

    ``raised`` is the class that every call ends with if the fault goes on, ``outcome`` what that
    says of a notice, ``posts`` how many POSTs of the notice the mall has then read in full and
    ``effects`` how many took effect. ``passes`` tells which calls end well if the fault strikes
    only once: "reads", "all" or "none".
    """

    fault: str
    raised: type[MallError]
    outcome: Outcome
    posts: int
    effects: int
    passes: str


UNKNOWN, NOT_SENT = Outcome.UNKNOWN, Outcome.NOT_SENT

# The expectation, in one table.
TABLE = [
    #   fault                  raised       outcome   posts     effects  passes
    Row("reset before",        AnswerLost,  UNKNOWN,  0,        0,       "reads"),
    Row("close before",        AnswerLost,  UNKNOWN,  0,        0,       "reads"),
    Row("reset after",         AnswerLost,  UNKNOWN,  1,        1,       "reads"),
    Row("close after",         AnswerLost,  UNKNOWN,  1,        1,       "reads"),
    Row("never answers",       AnswerLost,  UNKNOWN,  1,        1,       "none"),
    Row("500 after the work",  Unavailable, UNKNOWN,  1,        1,       "reads"),
    Row("503",                 Unavailable, UNKNOWN,  1,        0,       "reads"),
    Row("429",                 Throttled,   NOT_SENT, ATTEMPTS, 0,       "all"),
    Row("429 for a minute",    Throttled,   NOT_SENT, 1,        0,       "none"),
    Row("redirect",            Unavailable, UNKNOWN,  1,        0,       "reads"),
    Row("body cut",            AnswerLost,  UNKNOWN,  1,        1,       "reads"),
    Row("200 with HTML",       DecodeError, UNKNOWN,  1,        1,       "none"),
    Row("truncated JSON",      DecodeError, UNKNOWN,  1,        1,       "none"),
    Row("bad gzip",            AnswerLost,  UNKNOWN,  1,        1,       "reads"),
    Row("two lengths",         AnswerLost,  UNKNOWN,  1,        1,       "reads"),
    Row("garbage status line", AnswerLost,  UNKNOWN,  1,        1,       "reads"),
    Row("endless headers",     AnswerLost,  UNKNOWN,  1,        1,       "reads"),
    Row("endless body",        DecodeError, UNKNOWN,  1,        1,       "none"),
    Row("gzip bomb",           DecodeError, UNKNOWN,  1,        1,       "none"),
    Row("drip in the body",    AnswerLost,  UNKNOWN,  1,        1,       "none"),
    Row("drip in the headers", AnswerLost,  UNKNOWN,  1,        1,       "none"),
]  # fmt: skip

# The same for the sandbox's own faults: the class, the outcome of a notice, its effects.
SANDBOX = [
    (Fault.RESET_BEFORE,       AnswerLost,  UNKNOWN,  0),
    (Fault.RESET_AFTER,        AnswerLost,  UNKNOWN,  1),
    (Fault.KEEPALIVE_RESET,    AnswerLost,  UNKNOWN,  0),
    (Fault.NEVER_ANSWERS,      AnswerLost,  UNKNOWN,  0),
    (Fault.DRIP,               AnswerLost,  UNKNOWN,  1),
    (Fault.BODY_CUT,           AnswerLost,  UNKNOWN,  1),
    (Fault.BAD_GZIP,           AnswerLost,  UNKNOWN,  1),
    (Fault.GARBAGE_STATUS,     AnswerLost,  UNKNOWN,  1),
    (Fault.TRUNCATED_JSON,     DecodeError, UNKNOWN,  1),
    (Fault.HTML_200,           DecodeError, UNKNOWN,  0),
    (Fault.SERVER_ERROR_AFTER, Unavailable, UNKNOWN,  1),
    (Fault.UNAVAILABLE,        Unavailable, UNKNOWN,  0),
    (Fault.THROTTLED,          Throttled,   NOT_SENT, 0),
    (Fault.UNAUTHORISED,       AuthFailed,  NOT_SENT, 0),
    (Fault.UNAUTHORISED_OLD,   AuthFailed,  NOT_SENT, 0),
]  # fmt: skip


@frozen
class Bench:
    """A mall with orders to search, read and report, one after another."""

    mall: sandbox.RakutenMall
    first: str
    _fresh: Iterator[str] = field(repr=False)

    def fresh(self) -> str:
        """Return the number of an order that no test has touched."""
        return next(self._fresh)

    def operations(self, number: str = "") -> dict[str, Operation[object]]:
        """Return a search, a detail call and a notice for an order."""
        number = number or self.first
        return {
            "search": SearchOrders(period=PERIOD),
            "detail": GetOrders(numbers=(number,), reader=Reader("my-shop")),
            "notice": self.notice(number),
        }

    def notice(self, number: str) -> UpdateShipping:
        """Return the write that reports the shipment of an order."""
        order = Reader("my-shop").read(self.mall.fake.document(number))
        wanted = ShipmentNotice(
            order_number=number,
            carrier="ヤマト運輸",
            tracking_numbers=("000011112222",),
            ship_date=date(2026, 4, 9),
        )
        filling = fill(order, wanted)
        return UpdateShipping(number=number, basket=filling.basket, records=filling.records)

    def work(self, request: Received) -> bytes:
        """Answer as the mall does."""
        if PATHS["search"] in request.target:
            return dump_json(
                {
                    "MessageModelList": [],
                    "orderNumberList": ["1"],
                    "PaginationResponseModel": {"totalRecordsAmount": 1, "totalPages": 1},
                }
            )
        if PATHS["detail"] in request.target:
            number = request.body.decode().split('"')[3]
            document = self.mall.fake.document(number)
            return dump_json({"MessageModelList": [], "OrderModelList": [document]})
        return dump_json(
            {
                "MessageModelList": [
                    {
                        "messageType": "INFO",
                        "messageCode": "ORDER_EXT_API_UPDATE_ORDERSHIPPING_INFO_101",
                        "shippingDetailId": 7,
                    }
                ]
            }
        )


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Run a fake mall with enough orders for each notice to have its own."""
    with sandbox.running(seed=1, orders=600, now=NOW) as malls:
        mall = malls.rakuten
        to_ship = (
            number
            for number in mall.fake.in_progress(300)
            if len(mall.fake.parcels(number)) == 1 and mall.fake.orders[number].plan == "none"
        )
        yield Bench(mall, next(to_ship), to_ship)


def engine(transport: HttpTransport, credentials: Credentials | None = None) -> Engine:
    """Make a real engine around a real transport, with short waits."""
    made_up = Credentials(service_secret="SP_made-up", license_key="SL_made-up")
    return Engine(
        mall="rakuten",
        transport=transport,
        auth=RakutenAuth(credentials or made_up),
        settings=Settings(
            deadline=DEADLINE, backoff=Backoff(attempts=ATTEMPTS, first=0.02, longest=0.05)
        ),
        owns_transport=True,
    )


@frozen
class Result:
    """What a call came to, and how long it took."""

    value: object
    error: MallError | None
    seconds: float

    @property
    def outcome(self) -> Outcome:
        """What a write is known to have come to."""
        return Outcome.SENT if self.error is None else outcome_of(self.error)


def call(caller: Engine, operation: Operation[object]) -> Result:
    """Make one call and close the engine."""
    value, caught = None, None
    with stopwatch() as watch:
        try:
            value = caller.call(operation)
        except MallError as error:
            caught = error
    caller.close()
    return Result(value, caught, watch.seconds)


def is_good(kind: str, value: object) -> bool:
    """Tell whether the answer of a call is what the mall has said."""
    if kind == "search":
        return isinstance(value, Page) and value.total > 0
    if kind == "detail":
        return isinstance(value, tuple) and isinstance(value[0], Seen)
    return isinstance(value, str) and value != ""


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("row", TABLE, ids=[row.fault for row in TABLE])
def test_a_fault_that_goes_on_ends_in_time_and_as_tabled(bench: Bench, row: Row, kind: str) -> None:
    """No storm of requests, no second notice, and an outcome that promises nothing false."""
    operation = bench.operations()[kind]
    with FaultServer(row.fault, work=bench.work) as server:
        transport = HttpTransport(base_url=server.base_url, largest=1024 * 1024)
        result = call(engine(transport), operation)

        posts, effects = server.posts(PATHS[kind]), server.effects(PATHS[kind])

    assert row.raised is type(result.error)
    assert ("rakuten", PATHS[kind]) == (result.error.mall, result.error.operation)
    assert result.seconds <= DEADLINE * 1.1 + LATE
    assert posts <= ATTEMPTS
    if kind == "notice":
        assert (row.posts, row.effects) == (posts, effects)
        assert row.outcome is result.outcome


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("row", TABLE, ids=[row.fault for row in TABLE])
def test_a_fault_that_strikes_once_costs_a_read_nothing_and_a_notice_no_second_effect(
    bench: Bench, row: Row, kind: str
) -> None:
    """Reads are tried again; a notice is only if the mall has refused it for now."""
    operation = bench.operations()[kind]
    with FaultServer(row.fault, "none", work=bench.work) as server:
        transport = HttpTransport(base_url=server.base_url, largest=1024 * 1024)
        result = call(engine(transport), operation)

        posts, effects = server.posts(PATHS[kind]), server.effects(PATHS[kind])

    passes = row.passes == "all" or (row.passes == "reads" and kind != "notice")
    assert passes == (result.error is None)
    assert passes == is_good(kind, result.value)
    assert result.seconds <= DEADLINE * 1.1 + LATE
    if kind == "notice":
        assert effects <= 1
        assert (2 if passes else row.posts) == posts
        assert (Outcome.SENT if passes else row.outcome) is result.outcome


@pytest.mark.parametrize("kind", PATHS)
def test_a_call_that_cannot_leave_is_not_sent(bench: Bench, kind: str) -> None:
    """A refused connection and a certificate that is not trusted say the same of every call."""
    with closed_port() as port:
        transport = HttpTransport(base_url=f"http://127.0.0.1:{port}")
        refused = call(engine(transport), bench.operations()[kind])
    with FaultServer(work=bench.work, tls=True) as server:
        transport = HttpTransport(base_url=server.base_url)
        untrusted = call(engine(transport), bench.operations()[kind])

        assert 0 == server.posts()
    for result in (refused, untrusted):
        assert isinstance(result.error, NotSent)
        assert NOT_SENT is result.outcome
        assert result.seconds <= DEADLINE * 1.1 + LATE


@pytest.mark.parametrize("kind", PATHS)
def test_a_call_over_a_connection_that_was_closed_while_idle_is_sent_once(
    bench: Bench, kind: str
) -> None:
    """A new connection is made, over TLS as well."""
    operations = bench.operations()
    with FaultServer("closed while idle", "none", work=bench.work, tls=True) as server:
        caller = engine(HttpTransport(base_url=server.base_url, verify=str(CERTIFICATE)))
        caller.call(operations["search"])
        server.wait_for_end_of_connection()
        before = server.posts(PATHS[kind])
        result = call(caller, operations[kind])

        assert is_good(kind, result.value)
        assert 1 == server.posts(PATHS[kind]) - before


@pytest.mark.parametrize("kind", PATHS)
def test_a_connection_that_is_reset_on_its_second_use_costs_a_notice_its_certainty(
    bench: Bench, kind: str
) -> None:
    """The mall has read it: a read is made again, a notice is not."""
    operations = bench.operations()
    with FaultServer("none", "reset after", "none", work=bench.work) as server:
        caller = engine(HttpTransport(base_url=server.base_url))
        caller.call(operations["search"])
        before = server.posts(PATHS[kind])
        result = call(caller, operations[kind])

        posts = server.posts(PATHS[kind]) - before
    if kind == "notice":
        assert (UNKNOWN, 1) == (result.outcome, posts)
    else:
        assert is_good(kind, result.value)
        assert 2 == posts


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize(
    ("fault", "raised", "outcome", "effects"), SANDBOX, ids=[row[0].value for row in SANDBOX]
)
def test_the_sandbox_fails_as_tabled(
    bench: Bench,
    fault: Fault,
    raised: type[MallError],
    outcome: Outcome,
    effects: int,
    kind: str,
) -> None:
    """Against a mall that keeps books: at most one notice takes effect, whatever is lost."""
    mall, operations = bench.mall, bench.operations(bench.fresh() if kind == "notice" else "")
    caller = engine(HttpTransport(base_url=mall.base_url), mall.credentials)
    caller.call(SearchOrders(period=Period(NOW - timedelta(hours=1), NOW)))
    seen = len(mall.hits)
    mall.fail_next(fault, operation=PATHS[kind], times=20)
    result = call(caller, operations[kind])
    mall.fake.script.clear()

    hits = mall.hits[seen:]
    if fault is Fault.KEEPALIVE_RESET and kind != "notice":
        # The next attempt goes over a new connection, which this fault leaves alone.
        assert is_good(kind, result.value)
        assert 2 == len(hits)
    else:
        assert raised is type(result.error)
    assert result.seconds <= DEADLINE * 1.1 + LATE
    assert len(hits) <= ATTEMPTS
    if kind == "notice":
        assert outcome is result.outcome
        assert effects == sum(hit.took_effect for hit in hits)
        assert 1 == len(hits) or raised is Throttled


def test_the_table_has_every_fault_that_a_call_can_meet() -> None:
    """A fault that is added to the server is added to the table."""
    elsewhere = {"none", "mute", "cookie", "closed while idle", "last answer", "no length"}
    elsewhere |= {"bad redirect", "huge redirect"}

    assert set(FAULTS) - elsewhere == {row.fault for row in TABLE}
    own_business = {Fault.ORDER_ERRORS, Fault.CANCELLED_BETWEEN}  # the mall itself says them
    assert set(Fault) - own_business == {row[0] for row in SANDBOX}
