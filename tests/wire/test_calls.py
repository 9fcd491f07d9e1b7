"""The steps of a journalled write: each takes effect at most once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar, cast

import pytest

from mallsync.errors import (
    AnswerLost,
    Conflict,
    DecodeError,
    MallError,
    NotSent,
    Rejected,
    Unavailable,
)
from mallsync.model.journal import EntryKey, Step, StepState
from mallsync.model.order import OrderKey
from mallsync.model.period import JST
from mallsync.testing import MemoryJournal, ScriptedCaller
from mallsync.wire.calls import Steps
from mallsync.wire.messages import Effect, Request, Response
from mallsync.wire.writing import SETTLE

T = TypeVar("T")

KEY = EntryKey(OrderKey("rakuten", "my-shop", "1"), "10")
NOW = datetime(2026, 11, 22, tzinfo=JST)


class Write:
    """A write that cannot be repeated, unless it says that it can."""

    name = "write"
    budget = "all"
    cost = 1

    def __init__(self, effect: Effect = Effect.UNSAFE_WRITE) -> None:
        self.effect = effect

    def encode(self) -> Request:
        """Not called: the caller is scripted."""
        raise NotImplementedError

    def decode(self, response: Response) -> str:
        """Not called."""
        raise NotImplementedError


@pytest.fixture
def journal() -> MemoryJournal:
    """Make an empty journal."""
    return MemoryJournal(lambda: NOW)


def steps(journal: MemoryJournal, *results: object) -> tuple[Steps, ScriptedCaller]:
    """Return the steps of one write-back, and the caller that gives these results."""
    caller = ScriptedCaller([("write", result) for result in results])
    return Steps(caller, journal, KEY, "payload"), caller


def begun(journal: MemoryJournal) -> None:
    """Begin the step, as a run does that is killed before the end."""
    journal.open(KEY, "payload")
    assert journal.begin(KEY, "send")


def state(journal: MemoryJournal) -> Step | None:
    """Return the step as the journal has it."""
    return journal.open(KEY, "payload").step("send")


def never() -> str | None:
    """Fail: a look was not called for."""
    raise AssertionError


def test_a_fresh_step_is_carried_out_and_its_receipt_kept(journal: MemoryJournal) -> None:
    """Begin, call, end."""
    work, caller = steps(journal, "receipt")

    assert "receipt" == work.once("send", Write(), look=never)
    assert Step(name="send", state=StepState.DONE, receipt="receipt") == state(journal)
    assert 1 == len(caller.asked)


def test_a_step_that_is_done_gives_its_receipt_again(journal: MemoryJournal) -> None:
    """Without a call and without a look."""
    steps(journal, "receipt")[0].once("send", Write())
    work, caller = steps(journal)

    assert "receipt" == work.once("send", Write(), look=never)
    assert [] == caller.asked


def test_a_begun_step_that_the_mall_shows_is_adopted(journal: MemoryJournal) -> None:
    """What is there is not written again."""
    begun(journal)
    work, caller = steps(journal)

    assert "found" == work.once("send", Write(), look=lambda: "found")
    assert Step(name="send", state=StepState.DONE, receipt="found") == state(journal)
    assert [] == caller.asked


def test_an_empty_receipt_is_a_receipt(journal: MemoryJournal) -> None:
    """Some malls give nothing for a write."""
    begun(journal)

    assert "" == steps(journal)[0].once("send", Write(), look=lambda: "")


@pytest.mark.parametrize("look", [lambda: None, None])
def test_a_begun_step_that_nothing_shows_waits_for_a_person(
    journal: MemoryJournal, look: None
) -> None:
    """Absence is no proof, and without a look there is not even that."""
    begun(journal)
    work, caller = steps(journal)
    with pytest.raises(AnswerLost) as caught:
        work.once("send", Write(), look=look)

    error = caught.value
    assert ("rakuten", "write", "STEP_UNFINISHED") == (error.mall, error.operation, error.code)
    assert Step(name="send", state=StepState.BEGUN) == state(journal)
    assert [] == caller.asked


def test_a_step_that_another_worker_begins_first_is_looked_at(journal: MemoryJournal) -> None:
    """Between opening the entry and beginning the step there may be another."""

    class Contested(MemoryJournal):
        def retake(self, key: EntryKey, step: str, after: timedelta) -> bool:
            return super().retake(key, step, after) and super().retake(key, step, after)

    begun(journal)
    contested = Contested(lambda: NOW + SETTLE, journal.entries)
    contested._begun_at = journal._begun_at
    work, caller = steps(contested)
    with pytest.raises(AnswerLost, match="STEP_UNFINISHED"):
        work.once("send", Write(), look=lambda: None)

    assert [] == caller.asked


@pytest.mark.parametrize("kind", [AnswerLost, Unavailable, DecodeError, Conflict])
def test_a_doubt_is_looked_into_at_once(journal: MemoryJournal, kind: type[MallError]) -> None:
    """After a lost answer, and after a refusal for the state has moved on."""
    work, _ = steps(journal, kind())

    assert "found" == work.once("send", Write(), look=lambda: "found")
    assert Step(name="send", state=StepState.DONE, receipt="found") == state(journal)


@pytest.mark.parametrize("kind", [AnswerLost, Conflict])
def test_a_look_that_fails_or_shows_nothing_leaves_the_doubt(
    journal: MemoryJournal, kind: type[MallError]
) -> None:
    """The first error is what is told."""

    def fails() -> str | None:
        raise NotSent

    for look in (fails, lambda: None):
        with pytest.raises(kind):
            steps(journal, kind())[0].once("send", Write(), look=look)
        if kind is AnswerLost:
            journal.drop(KEY, "send")


def test_without_a_journal_a_step_is_one_of_this_run(journal: MemoryJournal) -> None:
    """Nothing is kept; a lost answer is looked for all the same."""
    caller = ScriptedCaller([("write", "a"), ("write", AnswerLost()), ("write", Rejected())])
    work = Steps(caller, None, KEY, "payload")

    assert ("a", "b") == (work.once("one", Write()), work.once("two", Write(), lambda: "b"))
    with pytest.raises(Rejected):
        work.once("three", Write())
    work.adopt("one", "x")
    work.forget("one")
    assert not work.done("one")
    assert "made" == work.fact("fact", lambda: "made")
    assert {} == journal.entries


def test_a_fact_is_made_once(journal: MemoryJournal) -> None:
    """Later runs are given what the first has made, until it is forgotten."""
    work, _ = steps(journal)
    made = iter(("first", "second"))

    assert ("first", "first") == tuple(work.fact("fact", lambda: next(made)) for _ in range(2))
    assert work.done("fact")
    work.forget("fact")
    assert not work.done("fact")
    assert "second" == work.fact("fact", lambda: next(made))


def test_only_a_begun_step_is_adopted(journal: MemoryJournal) -> None:
    """One that is done keeps its receipt, and one that was never begun stays so."""
    work, _ = steps(journal, "receipt")
    work.adopt("send", "seen")
    assert state(journal) is None
    begun(journal)
    work.adopt("send", "seen")
    work.adopt("send", "other")

    assert "seen" == cast("Step", state(journal)).receipt
