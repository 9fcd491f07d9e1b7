"""The journal: a step is begun once, ends once, and nothing that was begun is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from mallsync import Outcome, ShipmentNotice
from mallsync.errors import ConfigError, StoreError
from mallsync.model.journal import EntryKey, StepState
from mallsync.model.writebacks import BuyerReview
from mallsync.ports import Journal
from mallsync.store import Record, SqlStore
from mallsync.store.journal import _BEGIN, _DROP, _SET_PAYLOAD, REVIEW
from mallsync.store.prepared import Change
from mallsync.testing.memory import MemoryJournal
from tests.services import postgres_url
from tests.store.conftest import NOW, Hands
from tests.store.made import SHOP, key

KEY = EntryKey(key(), "7")
NOTICE = ShipmentNotice(
    order_number="1",
    shipment_id="7",
    carrier="ヤマト運輸",
    delivery_methods={"定形外"},
    tracking_numbers=("000011112222",),
    ship_date=NOW.date(),
    message="発送しました",
)


@pytest.fixture(params=[False, True], ids=["store", "memory"])
def journal(request: pytest.FixtureRequest, store: SqlStore, clock: Hands) -> Journal:
    """Return each journal that there is: adapters cannot tell them apart."""
    return MemoryJournal(clock) if request.param else store.journal


def test_a_step_is_begun_once_and_ends_with_its_receipt(journal: Journal) -> None:
    """Its name is its own within an entry."""
    new = journal.open(KEY, "payload")
    begun = (journal.begin(KEY, "send"), journal.begin(KEY, "send"), journal.begin(KEY, "note"))
    journal.end(KEY, "send", "receipt 1")
    entry = journal.open(KEY, "payload")

    assert () == new.steps
    assert (True, False, True) == begun
    assert {"send": (StepState.DONE, "receipt 1"), "note": (StepState.BEGUN, "")} == {
        step.name: (step.state, step.receipt) for step in entry.steps
    }


def test_a_step_without_effect_is_forgotten(journal: Journal) -> None:
    """It may be begun again then."""
    journal.open(KEY, "payload")
    journal.begin(KEY, "send")
    journal.drop(KEY, "send")

    assert () == journal.open(KEY, "payload").steps
    assert journal.begin(KEY, "send")


def test_another_payload_needs_a_new_revision_once_something_was_begun(journal: Journal) -> None:
    """Before that nothing of the old one is anywhere: a shop may mend what was refused."""
    journal.open(KEY, "with a typing error")
    journal.open(KEY, "mended")
    journal.begin(KEY, "send")

    with pytest.raises(ConfigError, match="ask for a new revision"):
        journal.open(KEY, "edited")
    assert () == journal.open(evolve(KEY, revision=2), "edited").steps


def test_what_was_begun_is_begun_anew_once_it_has_settled(journal: Journal, clock: Hands) -> None:
    """By one of those who ask; not where it has ended, or was forgotten."""
    journal.open(KEY, "payload")
    journal.begin(KEY, "send")
    clock.advance(minutes=59)
    hour = timedelta(minutes=60)
    early = journal.retake(KEY, "send", hour)
    clock.advance(minutes=1)
    late = (journal.retake(KEY, "send", hour), journal.retake(KEY, "send", hour))
    clock.advance(minutes=60)
    journal.end(KEY, "send")
    journal.begin(KEY, "note")
    journal.drop(KEY, "note")

    assert not early
    assert (True, False) == late
    assert not journal.retake(KEY, "send", hour)
    assert not journal.retake(KEY, "note", timedelta(0))


def test_a_mall_has_its_time_by_a_clock_that_leaps_into_summer() -> None:
    """Half an hour is no more though the wall of London shows an hour and a half."""
    now = [datetime(2026, 3, 29, 0, 45, tzinfo=UTC)]
    london = ZoneInfo("Europe/London")
    with SqlStore("sqlite://", clock=lambda: now[0].astimezone(london)) as store:
        store.journal.open(KEY, "payload")
        store.journal.begin(KEY, "send")
        now[0] += timedelta(minutes=30)
        early = store.journal.retake(KEY, "send", timedelta(minutes=60))
        now[0] += timedelta(minutes=30)

        assert not early
        assert store.journal.retake(KEY, "send", timedelta(minutes=60))


def test_of_many_threads_one_begins_a_step(store: SqlStore) -> None:
    """Whoever else asks is told no."""
    store.journal.open(KEY, "payload")
    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda _: store.journal.begin(KEY, "send"), range(40)))

    assert 1 == sum(begun)


def test_of_many_threads_that_open_an_entry_none_fails(store: SqlStore) -> None:
    """It is made once."""
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: store.journal.open(KEY, "payload"), range(24)))

    assert {"payload"} == {entry.payload for entry in opened}


# ----------------------------------------------------------------------------- what the sync keeps


def claimed(store: SqlStore, **changes: Any) -> Record:
    """Claim a notice."""
    return store.journal.claim(KEY, evolve(NOTICE, **changes))


def only(store: SqlStore) -> Record:
    """Return the one record of the order."""
    (record,) = store.journal.records(key())
    return record


def test_what_is_about_to_be_written_is_kept(
    store: SqlStore, open_store: Callable[[], SqlStore]
) -> None:
    """Another process goes on with it."""
    new = claimed(store)

    assert NOTICE == new.write_back
    assert (None, False, False) == (new.outcome, new.in_doubt, new.is_sent)
    assert new == only(open_store())
    assert {KEY: new} == store.journal.of(SHOP, ["1", "2"])


def test_write_backs_of_one_kind_are_found_beside_those_of_another(store: SqlStore) -> None:
    """Who asks for reviews reads no notices."""
    notice = claimed(store)
    rating = EntryKey(key(), "1", REVIEW)
    review = store.journal.claim(rating, BuyerReview(order_number="1", message="ありがとう"))

    assert {rating: review} == store.journal.of(SHOP, ["1"], kinds=[REVIEW])
    assert {KEY: notice, rating: review} == store.journal.of(SHOP, ["1"])


def test_a_claim_may_change_until_something_was_begun(store: SqlStore) -> None:
    """Then it stays what may be on the mall."""
    claimed(store, carrier="佐川急便")
    claimed(store)
    store.journal.open(KEY, "payload")
    store.journal.begin(KEY, "send")
    late = claimed(store, carrier="エコ配")

    assert NOTICE == late.write_back


def test_a_write_whose_end_is_not_known_is_in_doubt(store: SqlStore) -> None:
    """It is unfinished until a step ends, or a fetch sees it on the mall."""
    claimed(store)
    store.journal.open(KEY, "payload")
    store.journal.begin(KEY, "send")
    begun = only(store)
    store.journal.settle(KEY, Outcome.NOT_SENT, "NOT_SENT")
    doubt = only(store)
    unfinished = store.journal.unfinished(SHOP)
    store.journal.confirm(KEY)
    seen = only(store)

    assert begun.in_doubt
    assert Outcome.UNKNOWN is doubt.outcome
    assert (doubt,) == unfinished
    assert (NOW, False, True) == (seen.confirmed_at, seen.in_doubt, seen.is_sent)
    assert () == store.journal.unfinished(SHOP)
    assert () == store.journal.unconfirmed(SHOP)


def test_what_was_sent_stays_sent(store: SqlStore) -> None:
    """Whatever a later attempt comes to; it waits to be seen on the mall."""
    claimed(store)
    store.journal.settle(KEY, Outcome.UNKNOWN, "ANSWER_LOST")
    store.journal.settle(KEY, Outcome.SENT)
    store.journal.settle(KEY, Outcome.REFUSED, "TOO_LATE")
    sent = only(store)

    assert (Outcome.SENT, "", NOW) == (sent.outcome, sent.code, sent.told_at)
    assert (sent,) == store.journal.unconfirmed(SHOP)


def test_what_was_refused_is_kept_with_the_code(store: SqlStore) -> None:
    """It is neither in doubt nor sent."""
    claimed(store)
    store.journal.settle(KEY, Outcome.REFUSED, "CARRIER_WRONG")
    refused = only(store)

    assert (Outcome.REFUSED, "CARRIER_WRONG") == (refused.outcome, refused.code)
    assert (False, False) == (refused.in_doubt, refused.is_sent)
    assert () == store.journal.unfinished(SHOP)


def test_a_review_is_an_entry_too(store: SqlStore) -> None:
    """Of another kind than the notice to the same order."""
    review = BuyerReview(order_number="1", message="ありがとうございました")
    told = store.journal.claim(EntryKey(key(), "1", REVIEW), review)
    claimed(store)

    assert review == told.write_back
    assert [REVIEW, "notice"] == [one.key.kind for one in store.journal.records(key())]


def test_what_an_adapter_writes_by_itself_is_nobodys_to_resume(store: SqlStore) -> None:
    """A host that calls a client with the journal of the store keeps its own books."""
    store.journal.open(KEY, "payload")
    store.journal.begin(KEY, "send")

    assert () == store.journal.unfinished(SHOP)
    assert only(store).write_back is None


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.NOT_SENT])
def test_an_outcome_that_has_no_place_is_not_lost_silently(
    store: SqlStore, outcome: Outcome
) -> None:
    """As of a write-back that was never claimed, or whose row somebody has deleted."""
    with pytest.raises(StoreError, match="not in the journal: run mallsync store check"):
        store.journal.settle(KEY, outcome)


def test_an_outcome_heeds_a_step_that_is_begun_at_the_same_moment() -> None:
    """It waits for the other process, then looks: nobody knows what comes of that step."""
    with (
        postgres_url() as url,
        SqlStore(url) as store,
        SqlStore(url) as other,
        ThreadPoolExecutor() as pool,
    ):
        store.journal.claim(KEY, NOTICE)
        named = other.journal._named(KEY)
        with other.database.change() as change:
            change.write(_BEGIN, {"step": "send", "now": NOW, **named})
            told = pool.submit(store.journal.settle, KEY, Outcome.NOT_SENT)
            with pytest.raises(TimeoutError):
                told.result(timeout=0.2)

        assert told.result(timeout=10) is Outcome.UNKNOWN


def test_a_payload_replaces_another_whose_step_is_dropped_meanwhile(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is returned is what is kept."""
    store.journal.open(KEY, "payload")
    store.journal.begin(KEY, "send")
    write = Change.write

    def dropped_before(change: Change, statement: Any, values: Any) -> int:
        if statement is _SET_PAYLOAD:  # as another process does, which does not wait for this
            write(change, _DROP, {**values, "step": "send"})
        return write(change, statement, values)

    monkeypatch.setattr(Change, "write", dropped_before)

    assert () == store.journal.open(KEY, "mended").steps
    assert () == store.journal.open(KEY, "mended").steps
