"""What a new sighting, or a file, changes of an order: rules R6 and R10."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from mallsync import (
    Address,
    Charges,
    Contact,
    Hold,
    Item,
    Order,
    OrderKey,
    Parcel,
    Phase,
    Seen,
    Shipment,
)
from mallsync.adapters.qoo10.flows import CLAIMED_ONLY
from mallsync.errors import ConfigError
from mallsync.model.period import JST
from mallsync.model.sighting import EVERYTHING
from mallsync.policy.merge import Mode, merge

NOW = datetime(2026, 11, 22, 9, tzinfo=JST)
KEY = OrderKey("qoo10", "demo", "880000001")
PART = EVERYTHING - {"lines"}
UPDATE, REWRITE, SIGHTING = Mode


def item(ident: str, **more: Any) -> Item:
    """Return a line."""
    return Item(id=ident, **{"name": f"見本{ident}", "phase": Phase.TO_SHIP, **more})


def shipment(*lines: str, **more: Any) -> Shipment:
    """Return a shipment whose id is made of its lines' ids, as Qoo10 has it."""
    return Shipment(id=",".join(lines), items=tuple(map(item, lines)), **more)


def order(*shipments: Shipment, **more: Any) -> Order:
    """Return an order."""
    told = {"phase": Phase.TO_SHIP, "mall_status": "2", "ordered_at": NOW, **more}
    return Order(key=KEY, shipments=shipments, **told)


def lines(merged: Order) -> list[list[str]]:
    """Return the ids of the lines by shipment."""
    return [[one.id for one in shipment.items] for shipment in merged.shipments]


# ------------------------------------------------------------------------------------- the laws

texts = st.sampled_from(["", " ", "甲", "乙"])
amounts = st.none() | st.integers(0, 3)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Return an order with up to three shipments that share no line."""
    ids = draw(st.lists(st.sampled_from("123456"), unique=True, max_size=5))
    cuts = sorted(draw(st.lists(st.integers(0, len(ids)), max_size=2)))
    parts = [ids[a:b] for a, b in zip([0, *cuts], [*cuts, len(ids)], strict=True)]
    contacts = st.none() | st.builds(
        Contact, family_name=texts, phone=texts, address=st.builds(Address, city=texts)
    )
    return order(
        *[
            evolve(
                shipment(*part),
                items=tuple(item(ident, quantity=draw(st.integers(1, 3))) for ident in part),
                recipient=draw(contacts),
                wish_slot=draw(texts),
                parcels=draw(st.sampled_from([(), (Parcel(id="1"),)])),
            )
            for part in parts
            if part
        ],
        phase=draw(st.sampled_from(Phase)),
        mall_status=draw(texts),
        cancelled_at=draw(st.sampled_from([None, NOW])),
        buyer=draw(contacts),
        charges=draw(st.builds(Charges, goods=amounts, total=amounts)),
        remarks=draw(texts),
        holds=draw(st.frozensets(st.sampled_from(Hold), max_size=1)),
    )


paths = st.sampled_from(
    [
        *sorted(EVERYTHING),
        "buyer.phone",
        "buyer.address.city",
        "charges.goods",
        "shipments.wish_slot",
        "shipments.items.quantity",
        "shipments.recipient.phone",
    ]
)
coverings = st.sampled_from([EVERYTHING, PART]) | st.frozensets(paths, max_size=4)
modes = st.sampled_from(Mode)


@given(orders(), orders(), coverings, modes)
def test_the_same_sighting_again_changes_nothing(
    old: Order, new: Order, covers: frozenset[str], mode: Mode
) -> None:
    """However often it is seen."""
    once = merge(old, Seen(new, covers), mode=mode)

    assert merge(once, Seen(new, covers), mode=mode) == once


@given(orders(), orders(), coverings, modes)
def test_what_is_not_covered_is_never_touched(
    old: Order, new: Order, covers: frozenset[str], mode: Mode
) -> None:
    """Neither a field nor a part of one."""
    merged = merge(old, Seen(new, covers), mode=mode)
    tops = {path.split(".")[0] for path in covers} | ({"shipments"} if "lines" in covers else set())

    for one in fields(Order):
        if one.name not in tops | {"cancelled_at", "raw"}:
            assert getattr(merged, one.name) == getattr(old, one.name), one.name
    if "cancelled_at" not in covers:
        assert merged.cancelled_at == old.cancelled_at
    if not {"buyer", "buyer.phone"} & covers and old.buyer and merged.buyer:
        assert merged.buyer.phone == old.buyer.phone


@given(orders(), orders(), coverings, modes)
def test_no_line_is_there_twice_and_none_is_lost(
    old: Order, new: Order, covers: frozenset[str], mode: Mode
) -> None:
    """Only a sighting with all lines takes one away."""
    merged = merge(old, Seen(new, covers), mode=mode)
    ids = [ident for part in lines(merged) for ident in part]

    assert len(ids) == len(set(ids))
    before = {ident for part in lines(old) for ident in part}
    now = {ident for part in lines(new) for ident in part}
    if "lines" in covers:
        assert set(ids) == now
    else:
        assert before <= set(ids) <= before | now


@given(orders(), orders(), modes)
def test_a_new_order_comes_in_as_it_is(old: Order, new: Order, mode: Mode) -> None:
    """And a sighting of everything replaces it, but for what a file leaves blank."""
    assert merge(None, Seen(new), mode=mode) == new
    seen = merge(old, Seen(new))
    assert evolve(seen, cancelled_at=None) == evolve(new, cancelled_at=None)


# -------------------------------------------------------------------------------------- by mode

OLD = order(
    shipment("1", "2", recipient=Contact(family_name="見本", phone="03-0000-0000")),
    remarks="不在時は宅配ボックスへ",
    buyer=Contact(family_name="注文者", address=Address(city="架空市")),
    charges=Charges(goods=1000, total=1500),
    holds=frozenset({Hold.CAUTION}),
)
BLANK = order(
    shipment("1", "2", recipient=Contact(family_name="新")),
    phase=Phase.UNKNOWN,
    mall_status="　",
    buyer=Contact(family_name=" ", phone="06-0000-0000"),
    charges=Charges(goods=0),
)


def test_an_update_leaves_what_is_blank() -> None:
    """更新: filled cells are applied, into the depth; zero is a value."""
    merged = merge(OLD, Seen(BLANK), mode=UPDATE)

    assert (merged.phase, merged.mall_status, merged.remarks) == (OLD.phase, "2", OLD.remarks)
    assert merged.holds == OLD.holds
    assert merged.buyer == Contact(
        family_name="注文者", phone="06-0000-0000", address=Address(city="架空市")
    )
    assert merged.charges == Charges(goods=0, total=1500)
    (only,) = merged.shipments
    assert only.recipient == Contact(family_name="新", phone="03-0000-0000")


@pytest.mark.parametrize("mode", [REWRITE, SIGHTING])
def test_a_rewrite_erases_what_is_blank(mode: Mode) -> None:
    """書換: every cell is applied; what the mall says now is what holds."""
    assert merge(OLD, Seen(BLANK), mode=mode) == BLANK


def test_a_rewrite_erases_only_what_the_layout_carries() -> None:
    """A column that is not there is not a blank cell."""
    covers = frozenset({"remarks", "buyer.phone", "shipments.recipient.phone", "charges.total"})
    merged = merge(OLD, Seen(BLANK, covers), mode=REWRITE)

    assert OLD.buyer is not None
    assert merged.remarks == ""
    assert merged.buyer == evolve(OLD.buyer, phone="06-0000-0000")
    assert merged.charges == Charges(goods=1000, total=None)
    assert merged.shipments[0].recipient == Contact(family_name="見本")
    assert merged.mall_status == "2"


def test_a_part_of_what_was_not_there_is_filled_in() -> None:
    """And a part of what is not there now leaves the old."""
    covers = frozenset({"buyer.phone"})
    without = evolve(OLD, buyer=None)

    assert merge(without, Seen(BLANK, covers)).buyer == Contact(phone="06-0000-0000")
    assert merge(OLD, Seen(evolve(BLANK, buyer=None), covers)).buyer == OLD.buyer


# ------------------------------------------------------------------------------------ the lines


def test_a_list_by_status_shows_a_part_of_a_cart() -> None:
    """A line that it lacks is not gone; one that is new comes to the others."""
    seen = order(evolve(shipment("2", "3"), items=(item("2", quantity=5), item("3"))))
    merged = merge(order(shipment("1", "2")), Seen(seen, PART))

    assert lines(merged) == [["1", "2", "3"]]
    assert merged.shipments[0].id == "1,2,3"
    assert merged.shipments[0].items[1].quantity == 5


def test_a_sighting_of_all_lines_takes_away_what_it_lacks() -> None:
    """As a single read or a claim does."""
    merged = merge(order(shipment("1", "2"), shipment("4")), Seen(order(shipment("2"))))

    assert (lines(merged), merged.shipments[0].id) == ([["2"]], "2")


def test_a_line_that_moved_is_in_its_new_shipment_alone() -> None:
    """Even where the list shows a part."""
    old = order(shipment("1", "2"), shipment("3"))
    merged = merge(old, Seen(order(shipment("2", "3"), shipment("1")), PART))

    assert sorted(ident for part in lines(merged) for ident in part) == ["1", "2", "3"]


def test_a_shipment_that_was_not_seen_gives_up_the_lines_that_were() -> None:
    """It keeps the others, under the id that they make; without any it is gone."""
    old = order(shipment("1", "2"), shipment("3", "4"))
    fewer = merge(old, Seen(order(shipment("1", "2", "3")), PART))
    none = merge(old, Seen(order(shipment("1", "2", "3", "4")), PART))
    own = evolve(old, shipments=(old.shipments[0], evolve(old.shipments[1], id="9")))
    named = merge(own, Seen(order(shipment("1", "2", "3")), PART))

    assert [one.id for one in fewer.shipments] == ["1,2,3", "4"]
    assert lines(fewer) == [["1", "2", "3"], ["4"]]
    assert lines(none) == [["1", "2", "3", "4"]]
    assert [one.id for one in named.shipments] == ["1,2,3", "9"]


def test_a_shipment_is_known_by_its_lines() -> None:
    """Under another id, but not by a line of another."""
    old = order(shipment("1", wish_slot="甲"), shipment("2", wish_slot="乙"))
    merged = merge(old, Seen(order(shipment("2", "3", wish_slot="丙")), PART))

    assert [one.wish_slot for one in merged.shipments] == ["甲", "丙"]


def test_an_update_with_all_lines_takes_the_list_as_it_is() -> None:
    """With the blanks filled from before, and the id that the mall gives now."""
    old = order(shipment("1", "2", "4"))
    seen = order(evolve(shipment("2", "1", "3"), items=(item("2", name=""), item("1"), item("3"))))
    (merged,) = merge(old, Seen(seen), mode=UPDATE).shipments

    assert merged.id == "2,1,3"
    assert merged.items == (item("2"), item("1"), item("3"))


def test_a_shipment_keeps_an_id_of_its_own() -> None:
    """As Rakuten's basket does, whatever its lines are called."""
    old = order(Shipment(id="7", items=(item("1"),)))
    seen = order(Shipment(id="7", items=(item("2"),)))
    merged = merge(old, Seen(seen, PART))

    assert (merged.shipments[0].id, lines(merged)) == ("7", [["1", "2"]])
    renamed = order(Shipment(id="8", items=(item("1"),)))
    assert merge(old, Seen(renamed), mode=UPDATE).shipments[0].id == "8"


def test_what_a_mall_does_not_show_of_a_shipment_stays() -> None:
    """Parcels on record, when only the lines are covered."""
    old = order(shipment("1", parcels=(Parcel(id="9"),), wish_date=date(2026, 12, 1)))
    seen = order(evolve(shipment("1"), items=(item("1", quantity=2),)))
    for covers in (frozenset({"shipments.items"}), frozenset({"shipments.items", "lines"})):
        (merged,) = merge(old, Seen(seen, covers)).shipments
        assert merged.parcels == (Parcel(id="9"),)
        assert merged.wish_date == date(2026, 12, 1)
        assert merged.items[0].quantity == 2


def test_only_the_number_of_lines_may_be_covered() -> None:
    """Then their fields stay as they were."""
    old, seen = order(shipment("1", "2")), order(evolve(shipment("2"), items=(item("2", name=""),)))
    (merged,) = merge(old, Seen(seen, frozenset({"lines"}))).shipments

    assert merged.items == (item("2"),)


# ------------------------------------------------------------------------- cancellation and raw


def test_the_time_of_a_cancellation_stays() -> None:
    """A list that shows it as cancelled need not say when; one that shows it alive takes it off."""
    cancelled = order(phase=Phase.CANCELLED, cancelled_at=NOW)

    assert merge(cancelled, Seen(order(phase=Phase.CANCELLED))).cancelled_at == NOW
    assert merge(cancelled, Seen(order())).cancelled_at is None
    later = datetime(2026, 11, 23, tzinfo=JST)
    again = Seen(order(phase=Phase.CANCELLED, cancelled_at=later))
    assert merge(cancelled, again).cancelled_at == later
    assert merge(order(), Seen(order(phase=Phase.CANCELLED))).cancelled_at is None


def test_the_raw_record_is_that_of_the_last_whole_sighting() -> None:
    """A part of a cart is not the record of the cart."""
    old, new = order(raw=("old",)), order(raw=("new",))

    assert merge(old, Seen(new)).raw == ("new",)
    assert merge(old, Seen(new), mode=UPDATE).raw == ("new",)
    assert merge(old, Seen(new, PART)).raw == ("old",)


def test_claims_that_know_every_line_are_not_the_record_of_a_cart() -> None:
    """They tell of no address and no price, so that the whole record stays."""
    old = order(shipment("1", "2"), raw=("old",))
    claims = Seen(order(shipment("1"), raw=("claim",), phase=Phase.CANCELLED), CLAIMED_ONLY)
    merged = merge(old, claims)

    assert (merged.phase, merged.raw) == (Phase.CANCELLED, ("old",))
    assert lines(merged) == [["1"]]


# ------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("old", "seen", "mode", "says"),
    [
        (OLD, OLD, UPDATE, r"^seen is Order: write Seen\(order, covers=…\)$"),
        (OLD, Seen(OLD), "UPDATES", r"^mode is 'UPDATES': write merge\.Mode\.UPDATE"),
        (Seen(OLD), Seen(OLD), UPDATE, r"^old is Seen: write an Order, or None$"),
        (
            evolve(OLD, key=OrderKey("qoo10", "demo", "2")),
            Seen(OLD),
            UPDATE,
            r"^seen is of another order than old: merge sightings of one key$",
        ),
    ],
)
def test_what_cannot_be_merged_is_refused(old: Any, seen: Any, mode: Any, says: str) -> None:
    """The message names the argument, and no order."""
    with pytest.raises(ConfigError, match=says):
        merge(old, seen, mode=mode)
