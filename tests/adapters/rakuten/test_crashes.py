"""A run that dies anywhere, and the runs after it: never more than one effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from attrs import define, field

from mallsync import Order, Outcome
from mallsync.adapters.rakuten import sending
from mallsync.testing import MemoryJournal
from mallsync.wire.calls import Caller
from mallsync.wire.messages import Operation
from tests.adapters.rakuten.made import FETCH
from tests.adapters.rakuten.shop import Shop, running

T = TypeVar("T")
NEVER = 10_000


@define
class Fuse:
    """Counts what is done, and ends the process before or after the n-th deed."""

    blows_at: int
    done_first: bool
    count: int = 0

    def carry(self, deed: Callable[[], T]) -> T:
        """Do it, unless the process ends here."""
        self.count += 1
        if self.count != self.blows_at:
            return deed()
        if self.done_first:
            deed()
        raise KeyboardInterrupt


@define
class MortalCaller:
    """A caller of the fake that may die at any call."""

    inner: Caller
    fuse: Fuse

    def call(self, operation: Operation[T]) -> T:
        """Carry out, or die."""
        return self.fuse.carry(lambda: self.inner.call(operation))

    def map(self, operations: Iterable[Operation[T]]) -> Iterator[T]:
        """Carry out many, or die."""
        return map(self.call, operations)

    def pause(self, seconds: float) -> None:
        """Wait, or die."""
        self.fuse.carry(lambda: self.inner.pause(seconds))


@define
class MortalJournal(MemoryJournal):
    """A journal that survives, with a process that may die at any of its transactions."""

    fuse: Fuse = field(factory=lambda: Fuse(NEVER, done_first=False))

    def open(self, *args: Any) -> Any:
        """Open, or die."""
        return self.fuse.carry(lambda: super(MortalJournal, self).open(*args))

    def begin(self, *args: Any) -> Any:
        """Begin, or die."""
        return self.fuse.carry(lambda: super(MortalJournal, self).begin(*args))

    def end(self, *args: Any) -> None:
        """End, or die."""
        self.fuse.carry(lambda: super(MortalJournal, self).end(*args))


def _run(
    shop: Shop, orders: list[Order], journal: MemoryJournal | None, fuse: Fuse
) -> list[Outcome]:
    notices = [shop.notice(order) for order in orders]
    with shop.client() as client:
        caller = MortalCaller(client._engine, fuse)
        return [one.outcome for one in sending.send(caller, FETCH, notices, journal)]


def _effects(shop: Shop, orders: list[Order]) -> list[int]:
    return [shop.mall.fake.effective(order.number) for order in orders]


def _die_and_recover(blows_at: int, count: int, *, journalled: bool, done_first: bool) -> bool:
    """Run, die, run again at once, and again once the mall has settled; False: it did not die."""
    with running() as shop:
        orders = shop.shippable()[:count]
        fuse = Fuse(blows_at, done_first)
        journal = MortalJournal(shop.mall.clock.now, fuse=fuse) if journalled else None
        try:
            _run(shop, orders, journal, fuse)
        except KeyboardInterrupt:
            died = True
        else:
            died = False
        fuse.blows_at = NEVER
        soon = _run(shop, orders, journal, fuse)
        assert max(_effects(shop, orders)) <= 1
        assert {Outcome.SENT, Outcome.UNKNOWN} >= set(soon)
        shop.mall.clock.advance(timedelta(hours=1))
        assert [Outcome.SENT] * count == _run(shop, orders, journal, fuse)
        assert [1] * count == _effects(shop, orders)
        return died


@pytest.mark.parametrize("done_first", [False, True])
@pytest.mark.parametrize(("count", "journalled"), [(1, False), (3, False), (1, True), (3, True)])
def test_a_run_that_dies_anywhere_leads_to_one_effect_in_the_end(
    count: int, *, journalled: bool, done_first: bool
) -> None:
    """Whichever call or journal step is the last, before or after it, each order is told once."""
    deaths = 0
    while _die_and_recover(deaths + 1, count, journalled=journalled, done_first=done_first):
        deaths += 1

    assert deaths >= 2


@pytest.mark.parametrize("fault", ["RESET_AFTER", "RESET_BEFORE", "SERVER_ERROR_AFTER", "BODY_CUT"])
@pytest.mark.parametrize("operation", ["updateOrderShipping", "updateOrderShippingAsync"])
@pytest.mark.parametrize("journalled", [False, True])
def test_a_lost_answer_leads_to_one_effect_in_the_end(
    shop: Shop, fault: str, operation: str, *, journalled: bool
) -> None:
    """Whichever answer is lost on the way, each order is told once when the mall has settled."""
    orders = shop.shippable()[:3]
    journal = MemoryJournal(shop.mall.clock.now) if journalled else None
    shop.mall.fail_next(fault, operation=operation)
    fuse = Fuse(NEVER, done_first=False)
    _run(shop, orders, journal, fuse)
    shop.mall.clock.advance(timedelta(hours=1))

    assert [Outcome.SENT] * 3 == _run(shop, orders, journal, fuse)
    assert [1, 1, 1] == _effects(shop, orders)
