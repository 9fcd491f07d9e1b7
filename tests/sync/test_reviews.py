"""The buyer rates when the buyer likes, and the shop rates behind it: once, and never for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mallsync import Outcome
from mallsync.sandbox.fakes.examplemarket import desks
from mallsync.sandbox.fakes.examplemarket.trade import Stage
from mallsync.sync import ExportReport, Sync
from tests.sync.conftest import World
from tests.sync.test_meanwhile import started
from tests.sync.troubles import fill_in


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


@pytest.mark.parametrize("days", [0, 2])
def test_a_record_that_cannot_be_decoded_is_named_and_stops_no_review(
    world: World, selling: tuple[Sync, Any, str], monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """The list shows it."""
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
