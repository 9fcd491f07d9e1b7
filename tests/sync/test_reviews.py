"""The buyer rates when the buyer likes, and the shop rates behind it: once, and never for ever.

What the mall's list does not reach any more is asked for by its number, as long as a review may
still come, and no more of it in a run than a mall's pace bears.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import event

from mallsync import Order, Outcome, Period, Phase
from mallsync.adapters import rakuma
from mallsync.model.order import OrderKey
from mallsync.sandbox import Fault
from mallsync.sandbox.fakes.examplemarket import app, desks
from mallsync.sandbox.fakes.examplemarket.trade import Stage
from mallsync.store.journal import REVIEW
from mallsync.sync import ExportReport, Shop, Sync
from tests.sync.conftest import World
from tests.sync.stories import record, started
from tests.sync.troubles import SETTINGS, fill_in, killed

DAYS = 3
"""What a fetch of `started` reaches back."""


@pytest.fixture
def orders() -> int:
    """Return none: the test places its own."""
    return 0


@pytest.fixture
def selling(world: World) -> tuple[Sync, Any, str]:
    """Return a sync that has reported an order of Rakuma, the fake and the number.

    Its buyer rates when the test says so.
    """
    world.malls.examplemarket.fake.settings.rates_after = timedelta(days=1000)
    sync, fake, number = started(world, "rakuma", review_message="ありがとう")
    sync.export(fill_in(sync))
    return sync, fake, number


def rates(fake: Any, *numbers: str) -> None:
    """Let buyers rate."""
    for number in numbers:
        fake.move(fake.trades[number], Stage.RECEIVED, fake.now)


def shipped(world: World, sync: Sync, fake: Any, count: int) -> list[str]:
    """Let so many orders be bought and shipped; return their numbers."""
    numbers = list(fake.place(count, stage=Stage.SHIPPED))
    world.advance(seconds=1)
    sync.fetch()
    return numbers


def reviewed(sync: Sync) -> ExportReport:
    """Return the report of a review run of the one shop."""
    (report,) = sync.review()
    return report


def with_message(world: World, message: str) -> Sync:
    """Return a sync of the shop under another review message."""
    settings = evolve(SETTINGS["rakuma"], days=DAYS, review_message=message)
    return Sync([Shop(world.rakuma, settings)], world.store)


@contextmanager
def counted(world: World) -> Iterator[Counter[str]]:
    """Count the calls of a block by their operation."""
    before, calls = len(world.malls.examplemarket.hits), Counter[str]()
    yield calls
    calls.update(one.operation for one in world.malls.examplemarket.hits[before:])


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Collect the statements that the store carries out in a block."""
    engine, seen = world.store.database.engine, list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def before_each_look(monkeypatch: pytest.MonkeyPatch, deed: Callable[[str], None]) -> None:
    """Let something happen whenever the mall is about to show a single order."""
    name, shows = desks.JSON["GET", "one"]

    def after_that(state: Any, fields: Any, number: str) -> Any:
        deed(number)
        return shows(state, fields, number)

    monkeypatch.setattr(app, "JSON", {**desks.JSON, ("GET", "one"): (name, after_that)})


def asked_for(world: World, sync: Sync, runs: int = 3) -> list[int]:
    """Return how many orders each of some review runs has read singly."""
    told = []
    for _ in range(runs):
        world.advance(minutes=15)
        sync.fetch()
        with counted(world) as calls:
            reviewed(sync)
        told.append(calls["one"])
    return told


# ----------------------------------------------------------------------- behind the days of a fetch


@pytest.mark.parametrize("days", [DAYS + 1, 20, 89])
def test_a_buyer_who_takes_long_to_rate_is_rated(
    world: World, selling: tuple[Sync, Any, str], days: int
) -> None:
    """The window of a fetch goes by the purchase, a rating comes when it comes."""
    sync, fake, number = selling
    world.advance(days=days)
    sync.fetch()
    rates(fake, number)
    with counted(world) as calls:
        report = reviewed(sync)
    again = reviewed(sync)

    assert {Outcome.SENT: 1} == report.counts
    assert {"list": 1, "one": 2, "review": 1} == {k: calls[k] for k in ("list", "one", "review")}
    assert 1 == fake.effective(number, "reviewed")
    assert {} == again.counts


def test_an_order_that_waits_costs_one_look_in_a_run_and_none_behind_its_review(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """The journal knows that it is posted, though no fetch reaches the order any more."""
    sync, fake, number = selling
    sync.fetch()
    world.advance(days=10)
    before = asked_for(world, sync)
    rates(fake, number)
    reviewed(sync)

    assert [1, 1, 1] == before
    assert [0, 0, 0] == asked_for(world, sync)
    assert sync.why(OrderKey("rakuma", "demo", number)).endswith("review 1: sent 2026-12-02 12:45")
    assert 1 == fake.effective(number, "reviewed")


def test_an_order_that_the_list_shows_is_not_read_singly(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """The list says that it waits for its buyer."""
    sync, _, _ = selling

    assert [0, 0, 0] == asked_for(world, sync)


@pytest.mark.parametrize("stage", [Stage.DONE, Stage.CANCELLED])
def test_what_is_past_its_review_is_asked_for_once(
    world: World, selling: tuple[Sync, Any, str], stage: Stage
) -> None:
    """The shop has rated by hand, or the order was cancelled: the store knows it from then on."""
    sync, fake, number = selling
    world.advance(minutes=15)
    sync.fetch()
    world.advance(days=10)
    fake.move(fake.trades[number], stage, fake.now)
    asked = asked_for(world, sync)
    (stored,) = sync.orders(number=number)

    assert [1, 0, 0] == asked
    assert {Stage.DONE: Phase.DONE, Stage.CANCELLED: Phase.CANCELLED}[stage] is stored.order.phase
    assert stored.handling is not None
    assert 0 == fake.effective(number, "reviewed")


def test_what_the_mall_does_not_know_any_more_is_told_and_asked_for_once(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """There is nobody to rate."""
    sync, fake, number = selling
    sync.fetch()
    world.advance(days=10)
    del fake.trades[number]
    report = reviewed(sync)

    assert not report.ok
    assert [number] == [one.number for one in report.unreadable]
    assert [0, 0, 0] == asked_for(world, sync)
    assert "rate the buyer on the mall" in sync.why(OrderKey("rakuma", "demo", number))


def test_nobody_is_waited_for_longer_than_ninety_days(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """It is said, and what the shop can do."""
    sync, fake, number = selling
    key = OrderKey("rakuma", "demo", number)
    sync.fetch()
    early = sync.why(key)
    world.advance(days=90)
    rates(fake, number)

    assert "once the buyer has rated" in early
    assert [0, 0, 0] == asked_for(world, sync)
    assert "90 days" in sync.why(key)
    assert "90日" in sync.why(key, "ja")


def test_what_was_purged_is_not_written_into_the_store_again(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """The shop has done with it: its record would bring the recipient back."""
    sync, fake, number = selling
    sync.fetch()
    world.advance(days=10)
    world.store.care.purge(world.store.now() - timedelta(days=5))
    fake.move(fake.trades[number], Stage.DONE, fake.now)

    assert [0, 0, 0] == asked_for(world, sync)


@pytest.mark.parametrize("shown", [Stage.SHIPPED, Stage.DONE])
def test_a_look_does_not_write_over_what_a_fetch_has_seen_behind_it(
    world: World, selling: tuple[Sync, Any, str], monkeypatch: pytest.MonkeyPatch, shown: Stage
) -> None:
    """The order was cancelled while the run went on with the next."""
    sync, fake, number = selling
    sync.fetch()
    world.advance(days=10)
    fake.move(fake.trades[number], shown, fake.now)
    looks = rakuma.Client.reviewable_orders

    def then_it_is_cancelled(*asked: Any, **known: Any) -> Iterator[Order]:
        yield from looks(*asked, **known)
        fake.cancel(number)
        sync.fetch(period=Period.last_days(20, now=world.store.now()))

    monkeypatch.setattr(rakuma.Client, "reviewable_orders", then_it_is_cancelled)
    reviewed(sync)
    (stored,) = sync.orders(number=number)

    assert Phase.CANCELLED is stored.order.phase


def test_a_run_that_has_nothing_to_keep_writes_no_order(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """Most runs find that their buyers have not rated yet."""
    sync, _, _ = selling
    sync.fetch()
    world.advance(days=10)
    with statements(world) as carried_out:
        reviewed(sync)

    assert [one for one in carried_out if "FROM orders" in one]
    assert not [one for one in carried_out if "DELETE FROM quarantine" in one]


def test_each_of_many_orders_has_its_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose it is changes from run to run, though all of them wait on."""
    sync, fake, _ = started(world, "rakuma", review_message="ありがとう")
    fake.settings.rates_after = timedelta(days=1000)
    numbers = shipped(world, sync, fake, 70)
    world.advance(days=10)
    sync.fetch()
    looked_at: set[str] = set()
    before_each_look(monkeypatch, looked_at.add)
    for _ in range(12):
        world.advance(minutes=10)
        reviewed(sync)

    assert set(numbers) == looked_at


def test_a_run_reads_fifty_orders_at_most(world: World) -> None:
    """A minute at a request a second; what is posted needs two more, a look and the review."""
    sync, fake, _ = started(world, "rakuma", review_message="ありがとう")
    fake.settings.rates_after = timedelta(days=1000)
    numbers = shipped(world, sync, fake, 70)
    world.advance(days=10)
    waiting = asked_for(world, sync)
    rates(fake, *numbers)
    with counted(world) as calls:
        report = reviewed(sync)
    world.advance(minutes=15)
    second = reviewed(sync)

    assert [50, 50, 50] == waiting
    assert {Outcome.SENT: 50} == report.counts
    assert {"list": 1, "one": 100, "review": 50} == {k: calls[k] for k in ("list", "one", "review")}
    assert {Outcome.SENT: 20} == second.counts
    assert 70 == fake.effective(kind="reviewed")


def test_a_review_in_doubt_is_left_to_the_reconciliation(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """It looks for it by itself."""
    sync, fake, number = selling
    sync.fetch()
    world.advance(days=10)
    rates(fake, number)
    with killed("end"):
        sync.review()
    asked = asked_for(world, sync)
    world.advance(hours=2)
    sync.reconcile()

    assert [0, 0, 0] == asked
    assert Outcome.SENT is record(sync, REVIEW).outcome
    assert 1 == fake.effective(number, "reviewed")


# --------------------------------------------------------------------------- beside what goes wrong


def test_an_order_of_the_stock_kind_is_named_and_stops_no_review(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """It came first, and is rated by hand (R6)."""
    sync, fake, number = selling
    (other,) = fake.place(stock=True)
    fake.trades[other].bought = fake.trades[number].bought - 60
    world.advance(seconds=1)
    rates(fake, number, other)
    report = reviewed(sync)

    assert [(other, "FETCH_ACCOUNT_KIND")] == [
        (one.number, one.error.code) for one in report.unreadable
    ]
    assert {Outcome.SENT: 1} == report.counts
    assert not report.ok
    assert (1, 0) == (fake.effective(number, "reviewed"), fake.effective(other, "reviewed"))


@pytest.mark.parametrize("days", [0, 10])
def test_a_record_that_cannot_be_decoded_is_named_and_stops_no_review(
    world: World, selling: tuple[Sync, Any, str], monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """Whether the list shows it, or it is read singly."""
    sync, fake, number = selling
    (other,) = shipped(world, sync, fake, 1)
    world.advance(days=days)
    rates(fake, number, other)
    document = desks._document

    def spoilt(trade: Any) -> Any:
        made = document(trade)
        return {**made, "amount": "many"} if trade.number == other else made

    monkeypatch.setattr(desks, "_document", spoilt)
    report = reviewed(sync)

    assert ["UNREADABLE"] == [one.error.code for one in report.unreadable]
    assert {Outcome.SENT: 1} == report.counts
    assert 1 == fake.effective(number, "reviewed")


def test_a_mall_that_fails_on_the_way_stops_no_review_of_what_it_has_told(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """The list was read; an older order could not be asked for."""
    sync, fake, old = selling
    sync.fetch()
    world.advance(days=10)
    (lately,) = shipped(world, sync, fake, 1)
    rates(fake, old, lately)
    world.malls.examplemarket.fail_next(Fault.UNAUTHORISED, operation="one", times=2)
    report = reviewed(sync)
    fake.script.clear()
    world.advance(minutes=15)
    second = reviewed(sync)

    assert report.error is not None
    assert not report.ok
    assert {Outcome.SENT: 1} == report.counts == second.counts
    assert (1, 1) == (fake.effective(old, "reviewed"), fake.effective(lately, "reviewed"))


def test_a_review_run_ends_soon_when_it_is_stopped(
    world: World, selling: tuple[Sync, Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the order that it was reading; nothing is posted."""
    sync, fake, number = selling
    shipped(world, sync, fake, 9)
    world.advance(days=10)
    rates(fake, number)
    before_each_look(monkeypatch, lambda _: sync.stop())
    with counted(world) as calls:
        report = reviewed(sync)

    assert report.stopped
    assert 1 == calls["one"]
    assert 0 == fake.effective(kind="reviewed")


# ---------------------------------------------------------------------------------- what is refused


def refused(world: World, sync: Sync, *, retry_refused: bool = False) -> ExportReport:
    """Return the report of a review run of which the mall takes nothing."""
    world.malls.examplemarket.fail_next(Fault.ORDER_ERRORS, operation="review", times=9)
    (report,) = sync.review(retry_refused=retry_refused)
    world.malls.examplemarket.fake.script.clear()
    return report


@pytest.mark.parametrize("days", [0, 10])
def test_a_review_that_was_refused_is_held_until_it_is_changed_or_asked_for(
    world: World, selling: tuple[Sync, Any, str], days: int
) -> None:
    """As a report of a shipment; why says so, with the mall's code."""
    sync, fake, number = selling
    sync.fetch()
    world.advance(days=days)
    rates(fake, number)
    first = refused(world, sync)
    with counted(world) as calls:
        second = reviewed(sync)
    said = sync.why(OrderKey("rakuma", "demo", number))
    again = refused(world, sync, retry_refused=True)
    changed = reviewed(with_message(world, "またどうぞ"))

    assert {Outcome.REFUSED: 1} == first.counts == again.counts
    assert ((), 0, 0) == (second.written, calls["one"], calls["review"])
    assert f"the mall has refused just this: change what it names ({first.written[0].code})" in said
    assert first.written[0].code
    assert {Outcome.SENT: 1} == changed.counts
    assert "またどうぞ" == fake.trades[number].comment


def test_a_review_that_was_refused_is_posted_as_it_is_if_it_is_asked_for(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """The mall takes it now, and why has nothing more to say than that."""
    sync, fake, number = selling
    rates(fake, number)
    refused(world, sync)
    (report,) = sync.review(retry_refused=True)

    assert {Outcome.SENT: 1} == report.counts
    assert "refused" not in sync.why(OrderKey("rakuma", "demo", number))
    assert 1 == fake.effective(number, "reviewed")


def test_a_review_is_told_though_its_text_was_purged(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """When it was posted is nothing personal."""
    sync, fake, number = selling
    sync.fetch()
    rates(fake, number)
    reviewed(sync)
    world.advance(days=10)
    world.store.care.purge(world.store.now() - timedelta(days=5))

    assert "review 1: sent" in sync.why(OrderKey("rakuma", "demo", number))


def test_a_review_that_did_not_go_out_is_posted_by_the_next_run(
    world: World, selling: tuple[Sync, Any, str]
) -> None:
    """Nothing was refused: the mall was busy."""
    sync, fake, number = selling
    sync.fetch()
    rates(fake, number)
    world.malls.examplemarket.fail_next(Fault.UNAUTHORISED, operation="review", times=9)
    first = reviewed(sync)
    fake.script.clear()
    said = sync.why(OrderKey("rakuma", "demo", number))
    second = reviewed(sync)

    assert {Outcome.NOT_SENT: 1} == first.counts
    assert "once the buyer has rated" in said
    assert {Outcome.SENT: 1} == second.counts


def test_a_review_whose_look_is_behind_the_list_is_posted_by_the_next_run(
    world: World, selling: tuple[Sync, Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list shows the buyer's rating, the single read not yet: the mall has refused nothing."""
    sync, fake, number = selling
    fake.move(fake.trades[number], Stage.RECEIVED, fake.now)
    world.advance(minutes=15)
    sync.fetch()
    name, shows = desks.JSON["GET", "one"]

    def lags(state: Any, fields: Any, asked: str) -> Any:
        state.trades[asked].stage = Stage.SHIPPED
        try:
            return shows(state, fields, asked)
        finally:
            state.trades[asked].stage = Stage.RECEIVED

    with monkeypatch.context() as patch:
        patch.setattr(app, "JSON", {**desks.JSON, ("GET", "one"): (name, lags)})
        sync.review()
    early = record(sync, REVIEW)
    world.advance(minutes=15)
    (report,) = sync.review()

    assert (Outcome.REFUSED, "BUYER_HAS_NOT_RATED") == (early.outcome, early.code)
    assert [Outcome.SENT] == [one.outcome for one in report.written]
    assert 1 == fake.effective(number, "reviewed")
