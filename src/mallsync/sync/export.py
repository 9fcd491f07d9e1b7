"""Carrying out a plan, and finding out what came of what was begun: once each, whatever happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from threading import Event
from typing import cast

from attrs import evolve, field, frozen

from mallsync.errors import ConfigError, MallError, NotFound
from mallsync.model.codes import ReasonCode
from mallsync.model.display import table
from mallsync.model.journal import EntryKey, Lease
from mallsync.model.order import OrderKey
from mallsync.model.sighting import Unreadable
from mallsync.model.writebacks import (
    BuyerReview,
    NoticeResult,
    Outcome,
    ShipmentNotice,
    WriteResult,
)
from mallsync.ports import ReviewsBuyers
from mallsync.store import Record, ShopKey, SqlStore
from mallsync.sync.plan import Planned
from mallsync.sync.shop import Progress, Shop, tells_nobody

__all__ = [
    "ExportReport",
    "Stopped",
    "Write",
    "Writing",
    "Written",
    "in_doubt",
    "send_notices",
]

Write = tuple[EntryKey, ShipmentNotice | BuyerReview]
Judge = Callable[[Sequence[Record]], tuple[Sequence[Write], Sequence[Write]]]

_BATCH = 100
"""Notices of one call of a client: what is claimed at a time."""

_WAIT = 600.0
"""Seconds that one process waits for another that writes to the same shop."""


class Stopped(Exception):
    """The work was asked to stop."""


@frozen(kw_only=True)
class Written:
    """What came of one write-back; ``code`` is the error's, ``""`` for none."""

    key: EntryKey
    outcome: Outcome
    code: str = ""
    warnings: tuple[str, ...] = ()


@frozen(kw_only=True)
class ExportReport:
    """What writing to one shop came to.

    Args:
        shop: Which.
        written: One for each write-back, in the order of the plan; fewer if it ended early.
        error: What ended it early. Nothing is lost: a plan takes up what was not begun, and
            `Sync.reconcile` what was.
        unreadable: Orders whose buyer may have rated and that could not be read, with the reason.
        busy: Whether another process wrote to the shop all the time.
        stopped: Whether it was asked to stop.
    """

    shop: ShopKey
    written: tuple[Written, ...] = field(default=(), repr=False)
    error: Exception | None = None
    unreadable: tuple[Unreadable, ...] = ()
    busy: bool = False
    stopped: bool = False

    def _repr_html_(self) -> str:
        """Return what was written, order by order, for a notebook."""
        rows = [
            (one.key.order.number, one.outcome.value, one.code, ", ".join(one.warnings))
            for one in self.written
        ]
        rows += [(one.number, "", one.error.code, "") for one in self.unreadable]
        counts = ", ".join(f"{count} {outcome.value}" for outcome, count in self.counts.items())
        end = "" if self.error is None else str(self.error)
        title = f"{self.shop}: {counts or 'nothing to write'}"
        return table(("order", "outcome", "code", "warnings"), rows, caption=title, foot=end)

    def count(self, outcome: Outcome) -> int:
        """Return how many write-backs came to this."""
        return sum(one.outcome is outcome for one in self.written)

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many came to what."""
        return dict(sorted(Counter(one.outcome for one in self.written).items()))

    @property
    def ok(self) -> bool:
        """Whether every order could be read, and everything has been sent."""
        early = self.error is not None or self.busy or self.stopped
        return not (early or self.unreadable) and all(
            one.outcome is Outcome.SENT for one in self.written
        )


def send_notices(writing: Writing, planned: Sequence[Planned]) -> ExportReport:
    """Send notices to a shop, each once; a claim is kept before anything is sent."""
    return writing.carry_out([(one.key, one.notice) for one in planned])


def in_doubt(
    shop: Shop, begun: Sequence[Record], wanted: Mapping[EntryKey, Collection[ShipmentNotice]]
) -> tuple[list[Write], list[Write]]:
    """Return of what was begun what is still wanted as it was, and what the shop has withdrawn.

    Args:
        shop: Whose it is. A change of what its mall takes nothing of is none.
        begun: What is in doubt, or half done.
        wanted: The notices that the shop wants, as first reports.
    """
    again: list[Write] = []
    withdrawn: list[Write] = []
    for one in begun:
        told = one.write_back
        assert told is not None  # noqa: S101 -- only what the sync has claimed is in doubt
        if isinstance(told, BuyerReview):
            as_it_was = told.message == shop.settings.review_message
        else:
            as_it_was = _is_wanted(shop, told, wanted.get(evolve(one.key, revision=1), ()))
        (again if as_it_was else withdrawn).append((one.key, told))
    return again, withdrawn


def _is_wanted(shop: Shop, told: ShipmentNotice, wanted: Collection[ShipmentNotice]) -> bool:
    """Tell whether a notice is still wanted, and still one that can be sent."""
    as_now = [shop.taken(one) for one in wanted]
    return shop.taken(told) in as_now and not shop.client.preview(told).problems


@frozen
class Writing:
    """Writes to one shop while nobody else does.

    Args:
        shop: Which.
        store: Where it is remembered.
        stop: Ends it between two batches.
        moved: Returns which of some orders are not what they were when the writes were planned;
            asked while nobody else writes, before each batch.
        progress: Told how many writes are done, after each batch.
    """

    shop: Shop
    store: SqlStore
    stop: Event
    moved: Callable[[Collection[OrderKey]], Collection[OrderKey]] = lambda _: ()
    progress: Progress = tells_nobody

    def carry_out(self, writes: Sequence[Write]) -> ExportReport:
        """Write."""
        if not writes:
            return ExportReport(shop=self.shop.key)
        return self._alone(partial(self._batches, writes))

    def reconcile(self, judge: Judge) -> ExportReport:
        """Find out what came of what was begun.

        The mall is looked at: what it shows is adopted, and what it provably lacks after its
        settle time is sent again if it is still wanted as it was; what is not ends as NOT_SENT.
        Until the mall has settled it stays UNKNOWN.

        Args:
            judge: As `in_doubt`; asked of each batch when its turn has come, for the shop may
                withdraw a report while this one waits for another process, or for the mall.
        """
        if not self.store.journal.unfinished(self.shop.key):
            return ExportReport(shop=self.shop.key)
        return self._alone(partial(self._doubtful, judge))

    def _alone(self, work: Callable[[Lease], Iterator[Iterable[Written]]]) -> ExportReport:
        """Carry out work while nobody else writes to the shop."""
        name = f"write {self.shop.key}"
        written: list[Written] = []
        error: Exception | None = None
        with self.store.leases.held(name, wait=_WAIT, stop=self.stop) as lease:
            if lease is None:
                return ExportReport(shop=self.shop.key, busy=True)
            try:
                for some in work(lease):
                    for one in some:
                        written.append(one)  # noqa: PERF402 -- what ends a batch loses none of it
                    self.progress(self.shop.key, len(written))
            except Stopped:
                return ExportReport(shop=self.shop.key, written=tuple(written), stopped=True)
            except Exception as ended:  # noqa: BLE001 -- the report tells it, with what was done
                error = ended
        return ExportReport(shop=self.shop.key, written=tuple(written), error=error)

    def _go_on(self, lease: Lease) -> None:
        if self.stop.is_set():
            raise Stopped
        self.store.leases.renew(lease)

    def _batches(self, writes: Sequence[Write], lease: Lease) -> Iterator[Iterable[Written]]:
        for start in range(0, len(writes), _BATCH):
            some = writes[start : start + _BATCH]
            self._go_on(lease)
            if self.moved({key.order for key, _ in some}):
                raise ConfigError("the plan is out of date (an order changed since): plan again")
            yield self._batch(some)

    def _doubtful(self, judge: Judge, lease: Lease) -> Iterator[Iterable[Written]]:
        begun = self.store.journal.unfinished(self.shop.key)
        for start in range(0, len(begun), _BATCH):
            self._go_on(lease)
            again, withdrawn = judge(begun[start : start + _BATCH])
            yield chain(self._batch(again), self._concluded(withdrawn))

    def _concluded(self, withdrawn: Sequence[Write]) -> Iterator[Written]:
        """Yield what came of writes that are not made again, as far as it is known now."""
        client, journal = self.shop.client, self.store.journal
        notices, reviews = _by_kind(withdrawn)
        some = [notice for _, notice in notices]
        results = client.conclude_notices(some, journal=journal) if some else []
        for (key, _), result in zip(notices, results, strict=True):
            yield self._kept(key, result)
        for key, review in reviews:
            done = cast("ReviewsBuyers", client).conclude_review(review, journal=journal)
            told = self._kept(key, done)
            if told.outcome is Outcome.NOT_SENT:  # what the shop says now; no list may show it
                now = evolve(review, message=self.shop.settings.review_message)
                yield from self._reviews([(key, now)])
            else:
                yield told

    def _batch(self, writes: Sequence[Write]) -> Iterator[Written]:
        notices, reviews = _by_kind(writes)
        yield from self._notices(notices)
        yield from self._reviews(reviews)

    def _notices(self, some: Sequence[tuple[EntryKey, ShipmentNotice]]) -> Iterator[Written]:
        """Claim, send, and keep what came of it; what another has sent meanwhile is taken over."""
        claimed = {key: self.store.journal.claim(key, told) for key, told in some}
        open_ones = [(key, told) for key, told in some if not claimed[key].is_sent]
        sent = [self._as_begun(claimed[key], told) for key, told in open_ones]
        results = self.shop.client.send_notices(sent, journal=self.store.journal) if sent else []
        told = {
            key: self._kept(key, result)
            for (key, _), result in zip(open_ones, results, strict=True)
        }
        return (told.get(key, Written(key=key, outcome=Outcome.SENT)) for key, _ in some)

    def _as_begun(self, claimed: Record, told: ShipmentNotice) -> ShipmentNotice:
        """Return a notice as it was begun, where it differs in what the mall takes nothing of."""
        before = claimed.write_back
        if not isinstance(before, ShipmentNotice) or before == told:
            return told
        return before if self.shop.taken(before) == self.shop.taken(told) else told

    def _kept(self, key: EntryKey, result: NoticeResult | WriteResult) -> Written:
        """Keep what came of a write, and return it."""
        if isinstance(result.error, NotFound):
            self.store.journal.give_up(key, self.shop.client.settle)
        code = _code(result.error)
        outcome = self.store.journal.settle(key, result.outcome, code)
        return Written(
            key=key,
            outcome=outcome,
            code="" if outcome is Outcome.SENT else code,
            warnings=tuple(one.code for one in getattr(result, "warnings", ())),
        )

    def _reviews(self, some: Iterable[tuple[EntryKey, BuyerReview]]) -> Iterator[Written]:
        client = cast("ReviewsBuyers", self.shop.client)
        for key, review in some:
            warned = () if review.message.strip() else (ReasonCode.REVIEW_MESSAGE_EMPTY.value,)
            if self.store.journal.claim(key, review).is_sent:
                yield Written(key=key, outcome=Outcome.SENT)
                continue
            done = self._kept(key, client.send_review(review, journal=self.store.journal))
            yield evolve(done, warnings=warned)


def _by_kind(
    writes: Iterable[Write],
) -> tuple[list[tuple[EntryKey, ShipmentNotice]], list[tuple[EntryKey, BuyerReview]]]:
    some = list(writes)
    notices = [(key, told) for key, told in some if isinstance(told, ShipmentNotice)]
    reviews = [(key, told) for key, told in some if isinstance(told, BuyerReview)]
    return notices, reviews


def _code(error: MallError | None) -> str:
    return "" if error is None else error.code or type(error).__name__
