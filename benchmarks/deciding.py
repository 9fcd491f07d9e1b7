"""Deciding on orders of one shipment, against the same rule as a bare if-chain.

``python -m benchmarks.deciding COUNT`` decides on so many orders from an iterator and prints the
process's peak memory in kB.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from time import perf_counter

from benchmarks.measuring import Figure, figure, peak, python
from mallsync import JST, Dispatch, Handling, HostStatus, Mall, Order, OrderKey, Phase, Shipment
from mallsync.policy import export

__all__ = ["measure"]

_TODAY = date(2026, 11, 22)
_RULE = export.RULES[Mall.RAKUMA]
_EXCLUDED = frozenset({"新規受付", "保留", "キャンセル"})
_EXEMPT = frozenset(
    {
        ("日本郵便", "定形外"),
        ("日本郵便", "レターパック"),
        ("日本郵便", "メール便"),
        ("ゆうパック", "定形外"),
        ("ゆうパック", "レターパック"),
        ("佐川急便", "メール便"),
    }
)
# As a shop's list looks: most are ready, some wait for a date or a number, some are excluded.
_STATUSES = [*["発送待ち"] * 5, "処理済", "発送前入金待ち", "新規受付", "保留"]
_DAYS = [*[_TODAY] * 4, _TODAY - timedelta(days=1), None]
_NUMBERS = [*["000011112222"] * 3, ""]
_CARRIERS = ["ヤマト運輸", "ヤマト運輸", "佐川急便", "日本郵便"]
_METHODS = [frozenset[str](), frozenset({"宅急便"}), frozenset({"メール便"})]


_Case = tuple[Order, Handling]


def _cases(count: int) -> Iterator[_Case]:
    dice = random.Random(20261122)
    assert set(_STATUSES) <= set(HostStatus)
    for number in range(count):
        yield (
            Order(
                key=OrderKey(Mall.RAKUMA, "bench", str(number)),
                phase=Phase.TO_SHIP,
                mall_status="3",
                ordered_at=datetime(2026, 11, 20, tzinfo=JST),
                shipments=(Shipment(id=str(number)),),
            ),
            Handling(
                status=dice.choice(_STATUSES),
                dispatches=(
                    Dispatch(
                        ship_date=dice.choice(_DAYS),
                        tracking_number=dice.choice(_NUMBERS),
                        carrier=dice.choice(_CARRIERS),
                        delivery_methods=dice.choice(_METHODS),
                    ),
                ),
            ),
        )


def _bare(_: Order, handling: Handling, today: date) -> list[str]:
    reasons = []
    sent = handling.dispatches[0]
    if handling.status in _EXCLUDED:
        reasons.append("STATUS_EXCLUDED")
    if sent.ship_date is None:
        reasons.append("SHIP_DATE_MISSING")
    elif sent.ship_date > today:
        reasons.append("SHIP_DATE_FUTURE")
    if not sent.tracking_number:
        for method in sent.delivery_methods:
            if (sent.carrier, method) in _EXEMPT:
                break
        else:
            reasons.append("TRACKING_MISSING")
    return reasons


def measure(count: int = 20_000, rounds: int = 9) -> list[Figure]:
    """Return the figures; both ways decide on the same objects by turns."""
    cases = list(_cases(count))
    for order, handling in cases:
        decision = export.decide(order, handling, rule=_RULE, today=_TODAY)
        assert _bare(order, handling, _TODAY) == [reason.code for reason in decision.reasons]
    ratios = [_by_rule(cases) / _by_hand(cases) for _ in range(rounds)]
    few, many = (
        int(python("-m", "benchmarks.deciding", str(size))) for size in (10_000, 1_000_000)
    )
    return [
        figure("decide on an order / bare if-chain", ratios, unit="x", target=2.0),
        figure("peak memory, 1,000,000 decisions / 10,000", [many / few], unit="x", target=1.1),
    ]


def _by_rule(cases: Iterable[_Case]) -> float:
    decide, rule, today = export.decide, _RULE, _TODAY
    started = perf_counter()
    for order, handling in cases:
        decide(order, handling, rule=rule, today=today)
    return perf_counter() - started


def _by_hand(cases: Iterable[_Case]) -> float:
    decide, today = _bare, _TODAY
    started = perf_counter()
    for order, handling in cases:
        decide(order, handling, today)
    return perf_counter() - started


if __name__ == "__main__":
    _by_rule(_cases(int(sys.argv[1])))
    print(peak())
