"""The fictional mall's data: every transaction, how it moves on, what a test may do to it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from random import Random

from attrs import define, frozen

from mallsync.sandbox.fakes.examplemarket.trade import STAMPS, Stage, Trade, Words, begin, fill
from mallsync.sandbox.world import Agenda, Clock, Timeline, past_moments

__all__ = ["Change", "Settings", "State", "Unfit"]


class Unfit(Exception):
    """Say that something cannot be done to a transaction as it stands."""


@frozen(kw_only=True)
class Change:
    """Record what the seller really did: "shipped", "reviewed" or "message"."""

    kind: str
    number: str
    at: int


@define(kw_only=True)
class Settings:
    """Hold what a test may want otherwise.

    `token_life`: of a token. `rates_after`: when a buyer rates what was shipped. `loops`: a list
    never ends. `repeats`: a second report or review of the same content is taken as the first.
    """

    token_life: timedelta = timedelta(hours=1)
    rates_after: timedelta = timedelta(days=2)
    loops: bool = False
    repeats: bool = False


class State(Agenda):
    """Keep the transactions of one seller.

    Args:
        clock: what drives their life.
        seed: the same seed makes the same transactions.
        orders: how many lie in the 60 days before the clock's start.
    """

    def __init__(self, clock: Clock, seed: int, orders: int) -> None:
        super().__init__(clock)
        self.seed = seed
        self.settings = Settings()
        self.trades: dict[str, Trade] = {}
        self.changes: list[Change] = []
        self._timeline = Timeline()
        self._random = Random(seed)
        now = self.now
        for bought in past_moments(self._random, orders, now):
            trade = self._new(bought)
            begin(self._random, trade, now)
            if trade.stage is Stage.SHIPPED:
                self._foresee(trade, now)

    def see(self, number: str) -> Trade:
        """Return a transaction as it stands now; `KeyError` if there is none."""
        self.tick()
        return self.trades[number]

    def between(self, start: float, end: float) -> list[Trade]:
        """Return what was bought in [start, end), in order."""
        numbers = self._timeline.between(int(-(-start // 1)), int(-(-end // 1)) - 1)
        return [self.trades[number] for number in numbers]

    def effective(self, number: str | None = None, kind: str | None = None) -> int:
        """Count what the seller really did, to one transaction or of one kind, or all."""
        return sum(
            number in (None, one.number) and kind in (None, one.kind) for one in self.changes
        )

    def place(
        self,
        count: int = 1,
        *,
        stage: Stage = Stage.TO_SHIP,
        stock: bool = False,
        hidden: bool = False,
    ) -> list[str]:
        """Let somebody buy now, and put it where a test needs it; return the numbers."""
        with self.lock:
            now = self.tick()
            trades = [self._new(now) for _ in range(count)]
            for trade in trades:
                trade.stock, trade.hidden = stock, hidden
                trade.quantity = 2 if stock else 1
                for step in Stage:
                    if step <= stage and (step is stage or step is not Stage.CANCELLED):
                        self.move(trade, step, now)
            return [trade.number for trade in trades]

    def cancel(self, *numbers: str) -> None:
        """Let transactions be cancelled."""
        with self.lock:
            now = self.tick()
            for number in numbers:
                self.move(self.trades[number], Stage.CANCELLED, now)

    def move(self, trade: Trade, stage: Stage, at: int) -> None:
        """Put a transaction into a stage."""
        trade.stage = stage
        if stage in STAMPS:
            setattr(trade, STAMPS[stage], at)
        if stage is Stage.SHIPPED:
            self._foresee(trade, at)

    def ship(self, number: str, company: str, slip: str) -> None:
        """Report it as shipped, once."""
        trade = self.trades[number]
        again = trade.stage is Stage.SHIPPED and (company, slip) == (trade.company, trade.slip)
        if again and self.settings.repeats:
            return
        if trade.stage is not Stage.TO_SHIP:
            raise Unfit
        trade.company, trade.slip = company, slip
        self._did("shipped", trade, Stage.SHIPPED)

    def review(self, number: str, score: str, comment: str) -> None:
        """Rate the buyer, who has rated before; that ends the transaction."""
        trade = self.trades[number]
        again = trade.stage is Stage.DONE and (score, comment) == (trade.score, trade.comment)
        if again and self.settings.repeats:
            return
        if trade.stage is not Stage.RECEIVED:
            raise Unfit
        trade.score, trade.comment = score, comment
        self._did("reviewed", trade, Stage.DONE)

    def say(self, number: str, text: str, *, mine: bool = True) -> Words:
        """Write a message; each is another."""
        trade = self.trades[number]
        if mine and trade.stage is Stage.CANCELLED:
            raise Unfit
        told = Words(id=f"w-{len(trade.words) + 1}", mine=mine, text=text, at=self.now)
        trade.words.append(told)
        if mine:
            self.changes.append(Change(kind="message", number=number, at=self.now))
        return told

    def _did(self, kind: str, trade: Trade, stage: Stage) -> None:
        self.move(trade, stage, self.now)
        self.changes.append(Change(kind=kind, number=trade.number, at=self.now))

    def _foresee(self, trade: Trade, at: int) -> None:
        after = int(self.settings.rates_after.total_seconds())
        self.later(at + after, partial(self._rate, trade))

    def _rate(self, trade: Trade, at: int) -> None:
        if trade.stage is Stage.SHIPPED:
            self.move(trade, Stage.RECEIVED, at)

    def _new(self, bought: int) -> Trade:
        index = len(self.trades)
        number = f"EXRK{self.seed % 100:02d}{index + 1:08d}"
        trade = Trade(index=index, number=number, bought=bought, stage=Stage.REQUESTED)
        fill(trade, self.seed)
        self.trades[number] = trade
        self._timeline.add(bought, number)
        return trade
