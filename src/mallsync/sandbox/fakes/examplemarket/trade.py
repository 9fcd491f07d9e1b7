"""A transaction of examplemarket and how it lives. All of it is fiction (wire page B5)."""

from __future__ import annotations

from enum import IntEnum
from random import Random

from attrs import define, field

from mallsync.sandbox.world import FAMILIES, GIVEN, Dice, draw

__all__ = ["DAY", "Stage", "Trade", "Words", "begin", "fill"]

DAY = 86_400


class Stage(IntEnum):
    """How far a transaction has come; both sides rate, the buyer first."""

    REQUESTED = 1
    UNPAID = 2
    TO_SHIP = 3
    SHIPPED = 4
    RECEIVED = 5
    DONE = 6
    CANCELLED = 9


@define(kw_only=True)
class Words:
    """Hold one message; `mine`: of the seller."""

    id: str
    mine: bool
    text: str = field(repr=False)
    at: int


@define(kw_only=True, eq=False)
class Trade:
    """Hold one transaction; times are whole seconds since 1970, 0: not yet."""

    index: int
    number: str
    bought: int
    stage: Stage
    stock: bool = False
    hidden: bool = False
    paid: int = 0
    shipped: int = 0
    received: int = 0
    done: int = 0
    cancelled: int = 0
    title: str = ""
    price: int = 0
    postage: int = 0
    quantity: int = 1
    postal: str = ""
    state: str = ""
    street: str = ""
    person: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    slip: str = ""
    company: str = ""
    score: str = ""
    comment: str = field(default="", repr=False)
    words: list[Words] = field(factory=list)


_WARES = (("サンプル帽子", 2500), ("サンプル靴", 4000), ("見本の皿 ①", 980), ("架空の本", 1650))
_PLACES = (
    ("0600000", "北海道", "架空市見本1-1"),
    ("1000000", "東京都", "架空区例町1-2-3 サンプル荘101"),
    ("9990002", "架空県", "例村　9-9"),
)
# age in days below which a row holds -> (stage, weight)
_MIXES: tuple[tuple[int, tuple[tuple[Stage, int], ...]], ...] = (
    (1, ((Stage.REQUESTED, 8), (Stage.UNPAID, 16), (Stage.TO_SHIP, 68), (Stage.CANCELLED, 8))),
    (
        5,
        (
            (Stage.UNPAID, 8),
            (Stage.TO_SHIP, 42),
            (Stage.SHIPPED, 24),
            (Stage.RECEIVED, 12),
            (Stage.DONE, 6),
            (Stage.CANCELLED, 8),
        ),
    ),
    (
        9_999,
        (
            (Stage.TO_SHIP, 6),
            (Stage.SHIPPED, 6),
            (Stage.RECEIVED, 6),
            (Stage.DONE, 74),
            (Stage.CANCELLED, 8),
        ),
    ),
)
_HIDDEN = 0.1


def begin(random: Random, trade: Trade, now: int) -> None:
    """Put a transaction where it stands when the fake starts."""
    age = (now - trade.bought) // DAY
    trade.stage = draw(random, next(rows for days, rows in _MIXES if age < days))
    trade.hidden = random.random() < _HIDDEN
    reached = [stage for stage in Stage if Stage.UNPAID < stage <= min(trade.stage, Stage.DONE)]
    if trade.stage is Stage.CANCELLED:
        trade.cancelled = min(trade.bought + 3600, now)
        return
    at = trade.bought + 30
    for stage in reached:
        setattr(trade, STAMPS[stage], min(at, now))
        at += int(random.random() * (now - trade.bought) / 3)
    if trade.shipped:
        trade.company, trade.slip = "架空運輸", f"0000{trade.index:08d}"
    if trade.stage is Stage.DONE:
        trade.score, trade.comment = "good", "ありがとうございました"


STAMPS = {
    Stage.TO_SHIP: "paid",
    Stage.SHIPPED: "shipped",
    Stage.RECEIVED: "received",
    Stage.DONE: "done",
    Stage.CANCELLED: "cancelled",
}


def fill(trade: Trade, seed: int) -> None:
    """Make up what is sold to whom, as the seed has it."""
    dice = Dice(seed * 1_000_003 + trade.index)
    trade.title, trade.price = dice.choice(_WARES)
    trade.postage = dice.choice((0, 0, 300))
    trade.postal, trade.state, trade.street = dice.choice(_PLACES)
    trade.person = f"{dice.choice(FAMILIES)[0]} {dice.choice(GIVEN)[0]}"
    trade.phone = f"0{dice.choice((11, 3, 90))}0000{trade.index % 10_000:04d}"
    if dice.chance(0.1):
        trade.words = [Words(id="w-1", mine=False, text="よろしくお願いします", at=trade.bought)]
