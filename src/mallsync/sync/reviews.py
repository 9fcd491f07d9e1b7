"""Rating buyers: which orders wait for a review, and which are looked at for it (R4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from random import Random
from threading import Event
from typing import cast

from attrs import define, evolve, field, frozen

from mallsync.errors import MallError, NotFound
from mallsync.model.journal import EntryKey
from mallsync.model.order import Order, OrderKey
from mallsync.model.period import Period
from mallsync.model.sighting import Unreadable
from mallsync.model.words import Phase
from mallsync.model.writebacks import BuyerReview, Outcome
from mallsync.policy.guard import PASSING
from mallsync.ports import ReviewsBuyers
from mallsync.store import Record, SqlStore
from mallsync.store.journal import REVIEW
from mallsync.sync.export import ExportReport, Stopped, Write, Writing
from mallsync.sync.shop import Shop

__all__ = ["WATCHED", "rates_buyers", "refused_before", "review_shop"]

WATCHED = timedelta(days=90)
"""How long behind its purchase a shipped order is looked at for its buyer's rating."""

_AT_ONCE = 50
"""Orders of one run that are read singly: a minute at one request a second, as Rakuma's."""


def rates_buyers(shop: Shop) -> bool:
    """Tell whether the shop rates buyers at its mall."""
    return hasattr(shop.client, "send_review")


def refused_before(shop: Shop, record: Record | None) -> bool:
    """Tell whether the mall has refused just the review that the shop would post now."""
    if record is None or record.in_doubt or record.outcome is not Outcome.REFUSED:
        return False
    same = record.write_back == _review(shop, record.key.order.number)
    return same and record.code not in PASSING


def review_shop(
    shop: Shop, store: SqlStore, period: Period, stop: Event, *, retry_refused: bool = False
) -> ExportReport:
    """Rate the buyers who have rated, each once (R4).

    The mall lists the orders of a period. Those before it that the store knows as shipped are read
    singly, 50 in a run; what is past its review by now is kept as it is, and asked for no more.
    """
    posting = _Posting(shop, store, retry_refused=retry_refused)
    known = posting.turn(period)
    look = _Look(shop, stop)
    look.carry_out(period, known)
    look.keep(store, known)
    if stop.is_set():
        return ExportReport(shop=shop.key, stopped=True)
    report = Writing(shop, store, stop).carry_out(posting.writes(look.waiting))
    return evolve(report, error=report.error or look.error, unreadable=tuple(look.unreadable))


@frozen
class _Posting:
    """What is posted of a shop: what the mall has refused only if it is asked for."""

    shop: Shop
    store: SqlStore
    retry_refused: bool = field(kw_only=True)

    def turn(self, period: Period) -> list[str]:
        """Return the orders before a period that are looked at now: by lot, if they are many."""
        numbers = self.store.orders.shipped(self.shop.key, period.end - WATCHED, period.start)
        records = self._records(numbers)
        waiting = [one for one in numbers if not self._is_over(records.get(one))]
        lot = Random(period.end.isoformat())  # noqa: S311 -- whose turn it is, no secret
        return lot.sample(waiting, min(len(waiting), _AT_ONCE))

    def writes(self, numbers: Iterable[str]) -> list[Write]:
        """Return the reviews of those orders that have come in."""
        taken_in = self.store.orders.load(self.shop.key, numbers)
        records = self._records(taken_in)
        return [
            (self._key(number), _review(self.shop, number))
            for number, one in taken_in.items()
            if one.handling is not None and not self._is_refused(records.get(number))
        ]

    def _key(self, number: str) -> EntryKey:
        mall, shop_id = self.shop.client.mall, self.shop.client.shop_id
        return EntryKey(OrderKey(mall, shop_id, number), number, REVIEW)

    def _records(self, numbers: Iterable[str]) -> Mapping[str, Record]:
        found = self.store.journal.of(self.shop.key, list(numbers), kinds=[REVIEW])
        return {key.order.number: one for key, one in found.items()}

    def _is_over(self, record: Record | None) -> bool:
        """Tell whether a review that is not posted needs no look: in doubt, or refused."""
        in_doubt = record is not None and record.in_doubt
        return in_doubt or self._is_refused(record)

    def _is_refused(self, record: Record | None) -> bool:
        return refused_before(self.shop, record) and not self.retry_refused


@define
class _Look:
    """What the mall says of the orders that may wait for a review."""

    shop: Shop
    stop: Event
    waiting: list[str] = field(factory=list)
    others: list[Order] = field(factory=list)
    unreadable: list[Unreadable] = field(factory=list)
    error: MallError | None = None

    def carry_out(self, period: Period, known: list[str]) -> None:
        """Look; an error of the mall ends it, and what came before is gone on with."""
        client = cast("ReviewsBuyers", self.shop.client)
        try:
            for order in client.reviewable_orders(
                period, known=known, on_problem=self.unreadable.append, on_other=self._pass_over
            ):
                self._go_on()
                self.waiting.append(order.number)
        except MallError as error:
            self.error = error
        except Stopped:
            return

    def keep(self, store: SqlStore, known: list[str]) -> None:
        """Keep what is past its review, and what the mall does not know any more.

        Only an order that has left its state is written, and only where the store has it there
        still: a fetch may have seen the others later.
        """
        left = [one for one in self.others if one.phase is not Phase.SHIPPED]
        store.orders.move_on(self.shop.key, left)
        for one in self.unreadable:
            if one.number in known and isinstance(one.error, NotFound):
                store.orders.unwatch(self.shop.key, one.number)

    def _pass_over(self, order: Order) -> None:
        self._go_on()
        self.others.append(order)

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise Stopped


def _review(shop: Shop, number: str) -> BuyerReview:
    return BuyerReview(order_number=number, message=shop.settings.review_message)
