"""What the shop has typed stays with the lines that it was typed for."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from attrs import evolve

from mallsync import JST, Dispatch, Handling, Item, Order, OrderKey, Phase, Shipment
from mallsync.policy import export
from mallsync.policy.dispatch import dispatch_of, dispatches, home_of, strays

DAY = date(2026, 11, 22)


def lines(*numbers: str, cancelled: bool = False) -> Shipment:
    """Return a shipment whose id is made of its lines, as at Qoo10."""
    items = tuple(Item(id=number) for number in numbers)
    return Shipment(id=",".join(numbers), items=items, cancelled=cancelled)


def order(*shipments: Shipment) -> Order:
    """Return an order with these shipments."""
    return Order(
        key=OrderKey("qoo10", "demo", "880000001"),
        phase=Phase.TO_SHIP,
        mall_status="2",
        ordered_at=datetime(2026, 11, 20, tzinfo=JST),
        shipments=shipments,
    )


def typed(shipment_id: str, number: str = "000011112222") -> Dispatch:
    """Return a dispatch that is filled in."""
    return Dispatch(
        shipment_id=shipment_id, ship_date=DAY, carrier="ヤマト運輸", tracking_number=number
    )


def served(order_: Order, *said: Dispatch) -> dict[str, str]:
    """Return by living shipment the number that is typed for it."""
    found = dispatches(order_, Handling(dispatches=said))
    return {shipment.id: one.tracking_number for shipment, one in found}


def test_a_line_that_joins_goes_with_the_shipment_that_it_joins() -> None:
    """The dispatch is told under the id that the shipment has now."""
    whole = order(lines("1", "2"))
    ((_, said),) = dispatches(whole, Handling(dispatches=(typed("1"),)))

    assert typed("1,2") == said
    assert said == dispatch_of(whole, Handling(dispatches=(typed("1"),)), "1,2")
    assert () == strays(whole, Handling(dispatches=(typed("1"),)))


def test_a_line_that_leaves_takes_nothing_with_it() -> None:
    """The first shipment with a line keeps it; whether the parcel held all, nobody can tell."""
    parted = order(lines("1"), lines("2", "3"))

    assert {"1": "000011112222", "2,3": ""} == served(parted, typed("1,2"))
    assert (typed("1,2"),) == strays(parted, Handling(dispatches=(typed("1,2"),)))
    both = (typed("1,2"), typed("2,3", "9"))
    assert () == strays(parted, Handling(dispatches=both))


def test_what_is_typed_for_a_shipment_as_it_is_now_comes_first() -> None:
    """And what it was parted from does not move on to the next."""
    parted = order(lines("1"), lines("2"))
    said = (typed("1,2", "9"), typed("1", "8"))

    assert {"1": "8", "2": ""} == served(parted, *said)


def test_two_that_were_put_together_share_what_was_said_of_both() -> None:
    """Where that differs it is nobody's, and told."""
    whole = order(lines("1", "2"))
    said = Handling(dispatches=(typed("1", "8"), typed("2", "9")))

    assert {"1,2": "8"} == served(whole, typed("1", "8"), typed("2", "8"))
    assert {"1,2": ""} == served(whole, *said.dispatches)
    assert ["1", "2"] == [one.shipment_id for one in strays(whole, said)]


def test_a_line_that_lives_comes_before_one_that_is_cancelled() -> None:
    """The parcel goes with it; what was typed for a cancelled shipment stays with that."""
    parted = order(lines("1", cancelled=True), lines("2"))

    assert {"2": "000011112222"} == served(parted, typed("1,2"))
    assert {"2": ""} == served(parted, typed("1"))
    assert () == strays(parted, Handling(dispatches=(typed("1"),)))
    gone = order(lines("1", "2", cancelled=True), lines("3"))
    assert gone.shipments[0] is home_of(gone, typed("1"))


@pytest.mark.parametrize("items", [("11", "12"), ()])
def test_ids_that_are_not_made_of_lines_are_matched_as_they_are(items: tuple[str, ...]) -> None:
    """At Rakuten a basket and a line may have the same number."""
    basket = Shipment(id="7", items=tuple(Item(id=one) for one in items))
    said = typed("11")

    assert {"7": ""} == served(order(basket), said)
    assert (said,) == strays(order(basket), Handling(dispatches=(said,)))


def test_a_dispatch_without_an_id_is_of_the_only_living_shipment() -> None:
    """Of several it is none's."""
    said = typed("")

    assert {"2": "000011112222"} == served(order(lines("1", cancelled=True), lines("2")), said)
    assert {"1": "", "2": ""} == served(order(lines("1"), lines("2")), said)
    assert (said,) == strays(order(lines("1"), lines("2")), Handling(dispatches=(said,)))


def test_what_serves_nothing_is_no_matter_where_every_shipment_is_filled_in() -> None:
    """Nor is a blank."""
    whole = order(lines("1"))

    assert () == strays(whole, Handling(dispatches=(typed("9"), typed("1"))))
    assert () == strays(whole, Handling(dispatches=(Dispatch(shipment_id="9"),)))


def test_a_rule_judges_by_the_same_dispatch() -> None:
    """It would miss a ship date otherwise."""
    handling = Handling(status="発送待ち", dispatches=(typed("1"),))
    rule = evolve(export.RULES["qoo10"], needs_ship_date=True, needs_tracking=True, last_days=None)

    assert export.decide(order(lines("1", "2")), handling, rule=rule, today=DAY).eligible
