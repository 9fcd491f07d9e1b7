"""The made-up carts of Qoo10: whole, various, visibly invented, and the same each time."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import pytest

from mallsync.sandbox.fakes.qoo10 import Qoo10
from mallsync.sandbox.fakes.qoo10.columns import dumps
from mallsync.sandbox.fakes.qoo10.draft import Yen
from mallsync.sandbox.fakes.qoo10.specials import SPECIALS, special_of
from mallsync.sandbox.world import Clock
from tests.sandbox.conftest import NOW

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def fake() -> Qoo10:
    """Return a mall with carts enough for every kind."""
    return Qoo10(Clock(NOW), seed=5, orders=1500)


@pytest.fixture(scope="module")
def rows(fake: Qoo10) -> Rows:
    """Return every line as v2 would tell it, without gaps."""
    return [fake.document(number) for number in fake.lines]


def by_cart(rows: Rows) -> dict[int, Rows]:
    """Return the lines of each cart."""
    carts: dict[int, Rows] = defaultdict(list)
    for row in rows:
        carts[row["packNo"]].append(row)
    return carts


def test_the_same_seed_makes_the_same_orders_and_keys() -> None:
    """Another seed makes others."""

    def all_of(seed: int) -> tuple[str, Rows]:
        fake = Qoo10(Clock(NOW), seed=seed, orders=80)
        return fake.certification_key, fake.documents(fake.lines.values())

    assert all_of(3) == all_of(3)
    assert all_of(3) != all_of(4)


def test_the_orders_lie_in_the_sixty_days_before_now(fake: Qoo10) -> None:
    """None is of the future, none is older."""
    times = [cart.ordered_at for cart in fake.carts.values()]
    assert 1500 == len(times)
    assert NOW - timedelta(days=60, seconds=2) <= min(times) < max(times) < NOW


def test_carts_have_one_to_six_lines(rows: Rows) -> None:
    """Most have one."""
    sizes = Counter(len(lines) for lines in by_cart(rows).values())
    assert {1, 2, 3, 4, 5, 6} == set(sizes)
    assert 1 == sizes.most_common(1)[0][0]


def test_numbers_are_those_of_the_mall(rows: Rows) -> None:
    """Ten digits for a line, nine for a cart, none twice."""
    numbers = [str(row["orderNo"]) for row in rows]
    assert len(numbers) == len(set(numbers))
    assert {10} == {len(number) for number in numbers}
    assert {9} == {len(str(row["packNo"])) for row in rows}


def test_what_belongs_to_the_cart_repeats_on_every_line(rows: Rows) -> None:
    """Postage and cart discounts are not shared out."""
    names = ("ShippingRate", "Cart_Discount_Seller", "Cart_Discount_Qoo10", "receiver", "hopeDate")
    for lines in by_cart(rows).values():
        for name in names:
            assert all(row[name] == lines[0][name] for row in lines)


def test_the_sums_come_out_right(rows: Rows) -> None:
    """The surcharge of an option is what total, discount and price leave open."""
    surcharges = set()
    for row in rows:
        rest = row["total"].amount + row["discount"].amount
        surcharge = rest - row["orderPrice"].amount * row["orderQty"]
        surcharges.add(surcharge // row["orderQty"])
        assert 0 <= row["SellerDiscount"].amount <= row["discount"].amount <= rest
        assert row["SettlePrice"].amount == rest * 9 // 10
        assert bool(surcharge) == ("円)" in row["option"])
    assert {0, 55, 200} == surcharges


def test_every_kind_of_cart_is_there(fake: Qoo10, rows: Rows) -> None:
    """Each can be found by what it tells."""
    kinds = {special_of(cart.index, fake.seed) for cart in fake.carts.values()}
    assert set(SPECIALS) == kinds
    told: dict[str, set[Any]] = defaultdict(set)
    for row in rows:
        for name, value in row.items():
            told[name].add(value)
    assert {Yen(0), Yen(200), Yen(150)} == told["Cart_Discount_Seller"]
    assert {Yen(0), Yen(500), Yen(250)} == told["Cart_Discount_Qoo10"]
    assert {"Free", "Charge", "Free on condition", "Charge on delivery"} == told["shippingRateType"]
    assert {"Y", "N"} == told["OverseaConsignment"]
    assert {"0", "1", "2", "3"} == told["AvailableSendType"]
    assert {"", "見本 転送"} == told["OverseaConsignment_receiver"]
    assert {"", "MIHON-0000"} == told["VoucherCode"]
    assert {"", "綿100%"} == told["Material"]
    assert Yen(0) in told["total"]
    assert Yen(660) in told["cod_price"]
    assert {"", "コンビニ等受取", "見本運送", "佐川急便"} <= told["DeliveryCompany"]
    assert len(told["senderName"]) > 1
    assert len(told["Gift"]) == len(told["ShippingMsg"]) == 2
    assert {"コンビニ決済", "PayPay", "クレジットカード"} <= told["PaymentMethod"]


def test_wishes_come_in_their_shapes(rows: Rows) -> None:
    """Day, day with a blank behind it, time, both, none."""
    shapes = {re.sub(r"\d", "9", row["hopeDate"]) for row in rows}
    assert {"", "9999-99-99", "9999-99-99 ", "99:99~99:99", "9999-99-99 99:99~99:99"} == shapes


def test_relatives_are_told_with_and_without_blanks(rows: Rows) -> None:
    """The line itself is among them; now and then none is told."""
    untold = 0
    for lines in by_cart(rows).values():
        text = lines[0]["RelatedOrder"]
        related = [number.strip() for number in text.split(",")] if text else []
        untold += not text
        assert related in ([], [str(row["orderNo"]) for row in lines])
    assert untold > 10
    assert any(row["RelatedOrder"].startswith(" ") for row in rows)
    assert any(" ,  " in row["RelatedOrder"] for row in rows)


def test_people_are_visibly_invented(rows: Rows) -> None:
    """No number rings, no mail arrives, no letter finds its way."""
    for row in rows:
        assert row["zipCode"].startswith("999-")
        assert row["buyerEmail"].endswith("@example.invalid")
        assert row["shippingAddr"] == f"{row['Addr1']} {row['Addr2']}"
        for name in ("buyerTel", "buyerMobile", "receiverTel", "receiverMobile", "senderTel"):
            assert row[name] in ("", "+81-", "+81--") or "-0000-" in row[name]


def test_phones_come_in_all_their_shapes(rows: Rows) -> None:
    """With the leading zero and without, and three ways to have none."""
    shapes = {re.sub(r"\d{4}$", "", row["receiverMobile"]) for row in rows}
    assert {"", "+81-", "+81--", "+81-90-0000-", "+81-090-0000-"} <= shapes


def test_many_orders_are_made_quickly() -> None:
    """Twenty thousand wait within seconds, since each is built only when asked for."""
    started = time.monotonic()
    fake = Qoo10(Clock(NOW), orders=20_000)
    fake.documents(list(fake.lines.values())[:5000])
    assert time.monotonic() - started < 20


def test_what_is_no_amount_cannot_slip_into_an_answer() -> None:
    """A slip in the fake is found at once."""
    with pytest.raises(TypeError):
        dumps({"a": object()}, "")
