"""Whether an order's amounts add up, and if they do not, the likely cause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from mallsync import (
    Charges,
    Discount,
    Funder,
    Hold,
    Item,
    Mall,
    Order,
    OrderKey,
    Period,
    Phase,
    Shipment,
    sandbox,
)
from mallsync.adapters import qoo10, rakuten
from mallsync.errors import ConfigError
from mallsync.model.period import JST
from mallsync.policy.balance import Balance, Cause, Finding, Sum, check

NOW = datetime(2026, 11, 22, 9, tzinfo=JST)
LINES = (
    Item(id="1", quantity=2, unit_price=1000, phase=Phase.TO_SHIP),
    Item(id="2", quantity=1, unit_price=500, phase=Phase.TO_SHIP),
)
CHARGES = Charges(
    goods=2500,
    shipping=600,
    cod_fee=330,
    payment_fee=110,
    buyer_fee=20,
    wrapping=220,
    discounts=(Discount(funder=Funder.SHOP, amount=300), Discount(funder=Funder.MALL, amount=70)),
    points=45,
    tax=282,
    total=3320,
    requested=3365,
)


def order(charges: Charges = CHARGES, *items: Item, mall: str = "a-csv-shop", **more: Any) -> Order:
    """Return an order with one shipment."""
    return Order(
        key=OrderKey(mall, "demo", "1"),
        phase=Phase.TO_SHIP,
        mall_status="2",
        ordered_at=NOW,
        shipments=(Shipment(id="1", items=items or LINES),),
        charges=charges,
        **more,
    )


def test_an_order_that_adds_up_has_nothing_to_say() -> None:
    """Goods, total and what the buyer pays."""
    assert check(order()) == Balance()
    assert check(order()).ok
    assert check(order()).explain() == "the amounts add up"


@pytest.mark.parametrize(
    ("change", "name", "residual", "cause"),
    [
        ({"goods": 3100, "total": 3920, "requested": 3965}, Sum.GOODS, 600, Cause.SHIPPING),
        ({"total": 2720, "requested": 2765}, Sum.TOTAL, -600, Cause.SHIPPING),
        ({"total": 3540, "requested": 3585}, Sum.TOTAL, 220, Cause.WRAPPING),
        ({"total": 3602, "requested": 3647}, Sum.TOTAL, 282, Cause.TAX),
        ({"requested": 3035}, Sum.REQUESTED, -330, Cause.COD_FEE),
        ({"requested": 3255}, Sum.REQUESTED, -110, Cause.PAYMENT_FEE),
        ({"requested": 3345}, Sum.REQUESTED, -20, Cause.BUYER_FEE),
        ({"requested": 3410}, Sum.REQUESTED, 45, Cause.POINTS),
        ({"requested": 3665}, Sum.REQUESTED, 300, Cause.DISCOUNT),
        ({"requested": 3435}, Sum.REQUESTED, 70, Cause.DISCOUNT),
        ({"requested": 3735}, Sum.REQUESTED, 370, Cause.DISCOUNT),
        ({"requested": 3367}, Sum.REQUESTED, 2, Cause.ROUNDING),
        ({"requested": 3363}, Sum.REQUESTED, -2, Cause.ROUNDING),
        ({"requested": 3368}, Sum.REQUESTED, 3, Cause.UNKNOWN),
        ({"requested": 9999}, Sum.REQUESTED, 6634, Cause.UNKNOWN),
    ],
)
def test_a_difference_is_named_with_its_likely_cause(
    change: dict[str, Any], name: Sum, residual: int, cause: Cause
) -> None:
    """By what it is as large as."""
    (finding,) = check(order(evolve(CHARGES, **change))).findings

    assert (finding.sum, finding.residual, finding.cause) == (name, residual, cause)
    for lang in ("ja", "en"):
        assert f"{residual:+,}" in finding.explain(lang)


def test_every_difference_is_told() -> None:
    """In words, in both languages."""
    found = check(order(evolve(CHARGES, goods=2501, requested=3365 + 300)))

    assert not found.ok
    assert found.explain("ja") == (
        "商品合計が内訳より+1円: 税の端数とみられます; "
        "合計金額が内訳より-1円: 税の端数とみられます; "
        "請求金額が内訳より+300円: 割引額と同額です"
    )
    assert found.findings[0] == Finding(Sum.GOODS, 2501, 2500, Cause.ROUNDING)
    assert "the total differs from its parts by -1 yen: no more than" in found.explain("en")


def test_cancelled_lines_and_shipments_do_not_count() -> None:
    """Neither is in the mall's sums."""
    gone = Item(id="3", quantity=9, unit_price=99, phase=Phase.CANCELLED)
    told = order(CHARGES, *LINES, gone)
    cancelled = Shipment(id="2", items=(evolve(gone, phase=Phase.TO_SHIP),), cancelled=True)

    assert check(evolve(told, shipments=(*told.shipments, cancelled))).ok


def test_of_an_order_that_was_cancelled_as_a_whole_nothing_tells_which_lines_counted() -> None:
    """One may have been taken out before; what is stated is still held against each other."""
    gone = [evolve(line, phase=Phase.CANCELLED) for line in LINES]
    told = order(CHARGES, *gone)
    taken_out = evolve(told, shipments=(evolve(told.shipments[0], cancelled=True),))
    rakuten_too = order(evolve(CHARGES, requested=3035), *gone, mall=Mall.RAKUTEN)

    assert check(told) == check(taken_out) == Balance((), (Sum.GOODS,))
    assert check(rakuten_too) == Balance((), (Sum.GOODS, Sum.TOTAL))
    assert not check(order(evolve(CHARGES, total=3321), *gone)).ok


@pytest.mark.parametrize(
    ("charges", "unchecked"),
    [
        (evolve(CHARGES, goods=None), (Sum.GOODS,)),
        (evolve(CHARGES, total=None), (Sum.TOTAL,)),
        (evolve(CHARGES, requested=None), (Sum.REQUESTED,)),
        (Charges(), (Sum.GOODS, Sum.TOTAL, Sum.REQUESTED)),
    ],
)
def test_what_is_not_stated_is_not_checked(charges: Charges, unchecked: tuple[Sum, ...]) -> None:
    """And that is said."""
    found = check(order(charges))

    assert found == Balance((), unchecked)
    assert "so not checked" in found.explain()


def test_a_part_that_is_not_decided_is_never_taken_for_zero() -> None:
    """One that the mall does not state at all is no part."""
    open_fee = evolve(CHARGES, shipping=None, total=2720, requested=2765)
    undecided = order(open_fee, holds=frozenset({Hold.AMOUNT_UNDECIDED}))

    assert check(order(open_fee)) == Balance()
    assert check(undecided) == Balance((), (Sum.TOTAL,))
    fees = order(evolve(CHARGES, cod_fee=None), holds=frozenset({Hold.AMOUNT_UNDECIDED}))
    assert check(fees).unchecked == (Sum.REQUESTED,)
    points = order(evolve(CHARGES, points=None), holds=frozenset({Hold.AMOUNT_UNDECIDED}))
    assert check(points) == Balance((), (Sum.REQUESTED,))


def test_a_line_without_a_price_leaves_the_goods_unchecked() -> None:
    """And an order without lines has nothing to hold them against."""
    unpriced = (LINES[0], evolve(LINES[1], unit_price=None))

    assert check(order(CHARGES, *unpriced)).unchecked == (Sum.GOODS,)
    assert check(evolve(order(), shipments=())).ok


def test_what_options_cost_counts_among_the_goods() -> None:
    """For all pieces of a line together, as Qoo10's line arithmetic tells it."""
    dearer = (evolve(LINES[0], option_price=200), LINES[1])
    charges = evolve(CHARGES, goods=2700, total=3520, requested=3565)

    assert check(order(charges, *dearer, mall=Mall.QOO10)).ok
    (finding,) = check(order(charges, mall=Mall.QOO10)).findings
    assert (finding.sum, finding.residual) == (Sum.GOODS, 200)


@pytest.mark.parametrize(
    ("mall", "more"), [(Mall.MERCARI_SHOPS, {"total": 3420, "requested": 3465})]
)
def test_a_part_that_a_mall_does_not_state_may_be_the_rest(mall: str, more: dict[str, Any]) -> None:
    """Fees on Mercari Shops: more is no finding, less is one."""
    fewer = {name: 2 * getattr(CHARGES, name) - amount for name, amount in more.items()}

    assert check(order(evolve(CHARGES, **more), mall=mall)).ok
    assert not check(order(evolve(CHARGES, **fewer), mall=mall)).ok
    assert not check(order(evolve(CHARGES, **more))).ok


def test_rakuten_states_goods_as_priced_and_totals_with_tax() -> None:
    """A price without tax is made up for by the line's own; the carrier collects its fee."""
    line = Item(id="1", quantity=3, unit_price=500, price_with_tax=550, phase=Phase.TO_SHIP)
    plain = evolve(line, id="2", quantity=1, price_with_tax=500)
    charges = Charges(goods=2000, shipping=500, total=2650, cod_fee=330, requested=2650)

    assert check(order(charges, line, plain, mall=Mall.RAKUTEN)).ok
    (finding,) = check(
        order(evolve(charges, total=2500, requested=2500), line, plain, mall=Mall.RAKUTEN)
    ).findings
    assert (finding.sum, finding.cause) == (Sum.TOTAL, Cause.TAX)
    untold = evolve(plain, price_with_tax=None)
    assert check(order(charges, line, untold, mall=Mall.RAKUTEN)) == Balance((), (Sum.TOTAL,))


def test_sums_that_are_not_stated_are_made_of_their_parts_for_the_next() -> None:
    """A mall that states no goods and no total still has its last amount checked."""
    bare = evolve(CHARGES, goods=None, total=None)
    found = check(order(evolve(bare, requested=3465)))

    assert check(order(bare)) == Balance((), (Sum.GOODS, Sum.TOTAL))
    assert [(one.sum, one.residual) for one in found.findings] == [(Sum.REQUESTED, 100)]


amounts = st.integers(0, 100_000)


@given(
    st.lists(st.tuples(st.integers(1, 9), amounts), min_size=1, max_size=5),
    st.fixed_dictionaries(
        dict.fromkeys(("shipping", "wrapping", "cod_fee", "payment_fee", "buyer_fee"), amounts)
    ),
    st.lists(st.tuples(st.sampled_from(Funder), amounts), max_size=3),
    amounts,
    st.integers(-9, 9),
)
def test_what_is_made_of_its_parts_adds_up(
    lines: list[tuple[int, int]],
    fees: dict[str, int],
    coupons: list[tuple[Funder, int]],
    points: int,
    wrong: int,
) -> None:
    """And a single yen too many or too few is found."""
    goods = sum(quantity * price for quantity, price in lines)
    total = goods + fees["shipping"] + fees["wrapping"]
    paid = total + fees["cod_fee"] + fees["payment_fee"] + fees["buyer_fee"]
    charges = Charges(
        goods=goods,
        total=total,
        requested=paid - points - sum(amount for _, amount in coupons) + wrong,
        points=points,
        discounts=tuple(Discount(funder=funder, amount=amount) for funder, amount in coupons),
        **fees,
    )
    items = [
        Item(id=str(at), quantity=quantity, unit_price=price)
        for at, (quantity, price) in enumerate(lines)
    ]
    found = check(order(charges, *items))

    assert [one.residual for one in found.findings] == ([wrong] if wrong else [])


@pytest.mark.parametrize("seed", [1, 3, 6])
@pytest.mark.parametrize("kind", [rakuten, qoo10])
def test_the_orders_of_the_fakes_add_up(kind: Any, seed: int) -> None:
    """Coupons, points, wrapping, tax on top, options and all, read by the real client."""
    with sandbox.running(seed=seed, orders=300, now=NOW) as malls:
        mall = malls.rakuten if kind is rakuten else malls.qoo10
        client = kind.Client(mall.credentials, shop_id="s", base_url=mall.base_url, pace=None)
        with client:
            found = {
                one.number: check(one) for one in client.fetch_orders(Period.last_days(60, now=NOW))
            }

    assert len(found) > 200
    assert {number: one.explain() for number, one in found.items() if not one.ok} == {}
    assert any(one.unchecked for one in found.values())


def test_what_is_no_order_is_refused() -> None:
    """The message says what to write."""
    wrong: Any = CHARGES
    with pytest.raises(ConfigError, match=r"^order is Charges: write an Order"):
        check(wrong)
