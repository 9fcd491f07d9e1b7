"""Scripts that nobody would write by hand: faults, crashes, cancels, edits, leaps of the clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mallsync import Outcome
from mallsync.errors import MallsyncError
from mallsync.model.writebacks import ShipmentNotice
from mallsync.sandbox import Fault
from mallsync.sync import Sync
from tests.sync.conftest import ready, running_world
from tests.sync.processes import SOAK
from tests.sync.troubles import (
    MALLS,
    Breaker,
    Outage,
    buy,
    cancel,
    edit_by_hand,
    effects_on,
    fake_of,
    fill_in,
    opened,
    reports,
    shown_of,
)

EXAMPLES, STEPS = (500, 20) if SOAK else (12, 10)
FAULTS = [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.UNAVAILABLE, Fault.SERVER_ERROR_AFTER]
outages = st.builds(
    Outage, at=st.integers(1, 8), fault=st.sampled_from(FAULTS), times=st.sampled_from([1, 2, 100])
)


places = st.integers(0, 11)


def one_of(numbers: Iterable[str], at: int) -> str:
    """Return one of some numbers, which are new in each script, by its place."""
    listed = sorted(numbers)
    return listed[at % len(listed)]


class Killed(BaseException):
    """Ends a run where it stands: nobody handles it."""


breakers = st.builds(
    Breaker,
    at=st.integers(1, 60),
    broken=st.booleans(),
    journal_only=st.booleans(),
    raises=st.sampled_from([None, Killed]),
)


class Scripts(RuleBasedStateMachine):
    """A shop at one mall: what happens there, and runs that end well or badly."""

    folder: ClassVar[Path]

    @initialize(mall=st.sampled_from(MALLS))
    def begin(self, mall: str) -> None:
        """Begin with an empty store and malls of its own, where an order has been placed."""
        self.running = ExitStack()
        self.world = self.running.enter_context(running_world(orders=0))
        self.mall = mall
        self.url = f"sqlite:///{self.folder / uuid4().hex}.db"
        self.placed: list[str] = []
        self.cancelled: set[str] = set()
        self.by_hand: dict[str, dict[int, list[str]]] = {}
        self.buy()

    def opened(self) -> AbstractContextManager[Sync]:
        """Begin another run."""
        return opened(self.world, self.mall, self.url, days=4)

    # --------------------------------------------------------------------------- what happens

    @rule()
    def buy(self) -> None:
        """Somebody buys."""
        self.placed += buy(self.world, self.mall)

    @rule(minutes=st.sampled_from([1, 11, 61, 121]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.world.advance(minutes=minutes)

    @precondition(lambda self: set(self.placed) - self.cancelled)
    @rule(at=places)
    def cancel(self, at: int) -> None:
        """A buyer cancels."""
        number = one_of(set(self.placed) - self.cancelled, at)
        cancel(self.world, self.mall, number)
        self.cancelled.add(number)

    @rule(number=st.sampled_from(["700011112222", "800011112222"]), at=places)
    def edit(self, number: str, at: int) -> None:
        """The shop types another tracking number."""
        with self.opened() as sync:
            known = {one.order.number: one.order.key for one in sync.orders() if one.handling}
            if known:
                ready(sync, known[one_of(known, at)], number)

    @rule(at=places)
    def hold(self, at: int) -> None:
        """The shop does not want to report an order any more."""
        with self.opened() as sync:
            known = {one.order.number: one.order.key for one in sync.orders() if one.handling}
            if known:
                status = "キャンセル" if self.mall == "qoo10" else "保留"
                sync.handle(known[one_of(known, at)], status=status)

    @rule(at=places)
    def edit_on_the_mall(self, at: int) -> None:
        """Somebody types another number over one that the mall shows."""
        number = one_of(self.placed, at)
        if typed := edit_by_hand(self.world, self.mall, number):
            self.by_hand[number] = self.by_hand.get(number, {}) | typed

    # ----------------------------------------------------------------------------------- runs

    @rule()
    def work(self) -> None:
        """A run in peace."""
        with self.opened() as sync:
            sync.fetch()
            sync.export(fill_in(sync))

    @rule(outage=outages)
    def fetch(self, outage: Outage) -> None:
        """Fetch while the mall fails."""
        with self.opened() as sync:
            with outage.within(fake_of(self.world, self.mall)):
                sync.fetch()
            fill_in(sync)

    @rule(outage=outages)
    def export_in_an_outage(self, outage: Outage) -> None:
        """Export while the mall fails."""
        with self.opened() as sync:
            plan = fill_in(sync)
            with outage.within(fake_of(self.world, self.mall)):
                sync.export(plan)

    @rule(breaker=breakers, what=st.sampled_from(["fetch", "export", "reconcile"]))
    def run_into_a_crash(self, breaker: Breaker, what: str) -> None:
        """Do something until the store fails, or the process dies."""
        with self.opened() as sync:
            plan = fill_in(sync)
            with suppress(Killed, MallsyncError), breaker.within(sync.store):
                if what == "export":
                    sync.export(plan)
                else:
                    getattr(sync, what)()
        # What could not be given back ends by itself, after a minute by a clock that stands still.
        self.world.advance(seconds=61)

    @rule()
    def export_at_once(self) -> None:
        """Two runs export the same plan."""
        with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
            syncs = [stack.enter_context(self.opened()) for _ in range(2)]
            plans = [fill_in(sync) for sync in syncs]
            for run in [pool.submit(s.export, p) for s, p in zip(syncs, plans, strict=True)]:
                with suppress(MallsyncError):
                    run.result()

    @rule()
    def reconcile(self) -> None:
        """Find out what is in doubt."""
        with self.opened() as sync:
            sync.reconcile()

    # ---------------------------------------------------------------------------------- the end

    def teardown(self) -> None:
        """Behind the settle time, after one quiet run: everything once, nothing lost."""
        if not hasattr(self, "mall"):
            return
        with self.running:
            self.check()

    def check(self) -> None:
        """Work once more in peace, and look at all that is kept."""
        self.world.advance(hours=2)
        with self.opened() as sync:
            assert [None] == [report.error for report in sync.fetch()]
            written_ = [*sync.reconcile(), *sync.export(fill_in(sync))]
            assert [None, None] == [report.error for report in written_]
            (key,) = sync.shops
            stored = [one.order.number for one in sync.orders()]
            records = sync.store.journal.of(key, stored).values()
            made, known = Counter[str](), Counter[str]()
            # Of a cart one line may be reported when nobody wants the rest; of what was typed over
            # nobody can tell whose it was.
            in_part = {one.key.order.number for one in records if one.half_done}
            unclear = set(self.by_hand) | (in_part if self.mall == "qoo10" else set())
            for one in records:
                assert isinstance(one.write_back, ShipmentNotice | None)
                if one.write_back is not None:
                    made[one.key.order.number] += reports(one.write_back, self.mall)
                if one.write_back is not None and one.outcome is Outcome.SENT:
                    known[one.key.order.number] += reports(one.write_back, self.mall)

            assert len(stored) == len(set(stored))
            assert set(self.placed) - self.cancelled <= set(stored)
            assert () == sync.store.journal.unfinished(key)
            assert () == sync.plan_export().notices
            assert () == sync.store.care.check()
            for number in self.placed:
                effects = effects_on(self.world, self.mall, number)
                assert known[number] <= effects <= made[number]
                if number not in unclear:
                    assert known[number] == effects
            # Nothing is written over it, nor beside it; the rest of an order may be reported yet.
            for number, typed in self.by_hand.items():
                assert typed.items() <= shown_of(self.world, self.mall, number).items()


def test_whatever_happens_every_order_is_kept_and_reported_once(tmp_path: Path) -> None:
    """Random scripts at every mall; a script that fails is made as short as it can be."""

    class Here(Scripts):
        pass

    Here.folder = tmp_path
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
