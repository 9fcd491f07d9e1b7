"""How calls are strung together: statuses one after another, claims last, no cart cut in two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mallsync import Covered, Period, Phase, Remark, Seen, Unreadable
from mallsync.adapters import qoo10
from mallsync.adapters.qoo10.flows import CLAIMED_ONLY
from mallsync.adapters.qoo10.lines import cart_named, line_of, told_of
from mallsync.errors import ConfigError, DecodeError, NotFound, Unavailable
from mallsync.model.order import Order
from mallsync.model.sighting import EVERYTHING, Sighting
from mallsync.policy.merge import merge
from mallsync.wire.messages import Response
from tests.adapters.qoo10.made import Desk, claim, client_at, reply, row
from tests.adapters.qoo10.shop import NOW, WEEK

LIST, CLAIMS = "GetShippingInfo_v3", "GetClaimInfo_V3"
LINE = "GetShippingAndClaimInfoByOrderNo_V2"
SECOND = 1900000012
SENT = {"ShippingStatus": "On delivery(4)", "TrackingNo": "000011112222"}


def sightings(desk: Desk, period: Period = WEEK, **more: Any) -> list[Sighting]:
    """Return what a fetch at a desk sees."""
    with client_at(desk) as client:
        return list(client.sightings(period, **more))


def seen(events: list[Sighting]) -> dict[str, Seen]:
    """Return the sightings of orders by number."""
    return {one.order.number: one for one in events if isinstance(one, Seen)}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"version": 1}, "version 1 of GetShippingInfo cannot be read: write 2 or 3"),
        ({"version": "3"}, "write 2 or 3"),
        ({"window": timedelta(days=91)}, "window"),
        ({"batch": 501}, "batch"),
    ],
)
def test_options_beyond_the_mall_s_limits_are_refused(options: dict[str, Any], says: str) -> None:
    """Before the mall does it."""
    with pytest.raises(ConfigError, match=says):
        qoo10.Options(**options)


def test_every_status_is_asked_by_itself_and_then_the_claims() -> None:
    """Lines move forward only, so that one that moves meanwhile is seen twice, never missed."""
    desk = Desk([row()])
    events = sightings(desk)

    assert [form["ShippingStatus"] for form in desk.calls(LIST)] == ["1", "2", "3", "4", "5"]
    assert desk.asked[-1][0] == CLAIMS
    assert [type(one) for one in events] == [Seen, Covered]
    assert seen(events)["880000001"].covers == EVERYTHING


def test_a_line_that_moves_on_between_two_lists_is_one_line() -> None:
    """As the later list shows it."""
    desk = Desk()
    lists = {"2": [row()], "4": [row(**SENT)]}
    desk.answers[LIST] = lambda form: reply(lists.get(form["ShippingStatus"], []))
    (found,) = seen(sightings(desk)).values()

    assert len(found.order.shipments[0].items) == 1
    assert found.order.phase is Phase.SHIPPED


def test_a_long_period_is_asked_in_windows_that_follow_on_each_other() -> None:
    """None is longer than the mall takes; a cart that two of them show is told once."""
    desk = Desk([row(OrderDate="2026-09-01 12:00:00")])
    period = Period(NOW - timedelta(days=200), NOW)
    events = sightings(desk, period)
    covered = [one.period for one in events if isinstance(one, Covered)]

    assert (covered[0].start, covered[-1].end) == (period.start, period.end)
    assert all(one.end - one.start < timedelta(days=89) for one in covered)
    assert [one.end for one in covered[:-1]] == [one.start for one in covered[1:]]
    assert len(seen(events)) == 1


def test_a_cart_that_two_windows_show_is_told_once() -> None:
    """Its lines share one date by all that is known; another would be a second sighting."""
    desk = Desk(
        [row(OrderDate="2026-11-01 12:00:00"), row(SECOND, OrderDate="2026-07-01 12:00:00")]
    )
    events = sightings(desk, Period(NOW - timedelta(days=200), NOW))

    assert len([one for one in events if isinstance(one, Seen)]) == 1


def test_a_number_that_is_none_is_not_asked_for() -> None:
    """Qoo10's are digits."""
    desk = Desk([row()])
    with client_at(desk) as client, pytest.raises(NotFound):
        list(client.get_orders(["my-order"]))
    assert desk.asked == []


def test_a_row_outside_the_window_is_left_to_its_own() -> None:
    """Whether the end of a search counts is not known; one without a date stays, to be told."""
    late = row(OrderDate=f"{WEEK.end:%Y-%m-%d %H:%M:%S}")
    odd = row(1900000021, PackNo=880000002, OrderDate="some day")
    blank = row(1900000031, PackNo=880000003, OrderDate=7)
    events = sightings(Desk([late, odd, blank]))

    assert not seen(events)
    unread = {one.number for one in events if isinstance(one, Unreadable)}
    assert unread == {"880000002", "880000003"}


def test_rows_without_a_number_are_told_before_the_carts() -> None:
    """They have none to be found by."""
    first, second, _ = sightings(Desk([row(OrderNo="?", PackNo="?"), row()]))

    assert isinstance(first, Unreadable)
    assert (first.number, type(first.error)) == ("", DecodeError)
    assert isinstance(second, Seen)


def test_a_cart_with_a_row_that_cannot_be_told_apart_is_not_whole() -> None:
    """It is unreadable, rather than seen without the line; nobody takes the line for gone."""
    assert "" == cart_named("no row at all")
    desk = Desk([row(OrderNo="?"), row()])
    alone = sightings(Desk([row(OrderNo=None)]))
    with client_at(desk) as client:
        with pytest.raises(DecodeError):
            list(client.get_orders(["880000001"]))
        events = list(client.sightings(WEEK))

    for told in (alone, events):
        cart, covered = told
        assert isinstance(cart, Unreadable)
        assert ("880000001", None) == (cart.number, cart.raw)  # the other rows are no whole cart
        assert isinstance(cart.error, DecodeError)
        assert isinstance(covered, Covered)


LOST = {"OrderNo": "?", "PackNo": "?"}


def after(old: list[dict[str, Any]], desk: Desk) -> Order:
    """Return cart 880000001 as it is known once a fetch of old rows is followed by another."""
    before, then = seen(sightings(Desk(old))), seen(sightings(desk))
    return merge(before["880000001"].order, then["880000001"])


def test_a_row_that_names_no_cart_may_be_a_line_of_any_cart_that_does_not_list_its_own() -> None:
    """Then nobody takes the line for gone, nor the sums for those of the whole cart."""
    own = row(1900000021, PackNo=880000002, RelatedOrder="1900000021")
    found = seen(sightings(Desk([row(**LOST), row(), own])))

    assert found["880000001"].covers.isdisjoint({"lines", "charges", "shipped_at"})
    assert {"phase", "buyer", "shipments"} <= found["880000001"].covers
    assert found["880000002"].covers == EVERYTHING


def test_a_line_that_was_known_stays_while_its_row_names_no_cart() -> None:
    """With what it cost."""
    known = after([row(), row(SECOND)], Desk([row(), row(SECOND, **LOST | {"OrderNo": None})]))

    assert [item.id for item in known.shipments[0].items] == ["1900000011", "1900000012"]
    assert known.charges.goods == 4000


@pytest.mark.parametrize("listed", [[], [row()]])
def test_a_cart_is_not_cancelled_while_a_row_that_names_no_cart_may_be_its_living_line(
    listed: list[dict[str, Any]],
) -> None:
    """Whether the cancelled line itself is still listed or not."""
    both = [row(), row(SECOND)]
    known = after(both, Desk([*listed, row(SECOND, **LOST)], [claim()]))

    assert (known.phase, known.cancelled_at) == (Phase.TO_SHIP, None)
    assert not known.shipments[0].cancelled
    assert [item.phase for item in known.shipments[0].items] == [Phase.CANCELLED, Phase.TO_SHIP]


@pytest.mark.parametrize("code", [-10101, -999])
def test_a_line_that_its_cart_names_and_that_cannot_be_read_makes_the_cart_unreadable(
    code: int,
) -> None:
    """Only one that the mall does not know is another seller's."""
    desk = Desk([row(RelatedOrder="1900000011, 1900000012")])
    desk.answers[LINE] = lambda _: reply(code=code)
    cart, _ = sightings(desk)

    assert isinstance(cart, Unreadable)
    assert "880000001" == cart.number


@pytest.mark.parametrize("listed", ["", None, "1900000012"])
def test_a_filtered_list_that_does_not_name_its_lines_may_lack_some(listed: str | None) -> None:
    """RelatedOrder may be blank, and whether it has the row's own number is not proven (§16)."""
    (found,) = seen(sightings(Desk([row(RelatedOrder=listed, **SENT)]), statuses={"4"})).values()

    assert found.covers.isdisjoint({"lines", "charges", "phase"})


def test_no_row_shows_a_person() -> None:
    """Nor do the values that hold rows."""
    lines = [line_of(row())]
    shown = f"{lines} {told_of(lines)}"

    assert "見本" not in shown
    assert "1900000011" in shown


def test_a_line_that_its_cart_names_and_no_list_shows_is_read_by_itself() -> None:
    """One of another seller is not given to us, and is no gap (§6.3)."""
    related = {"RelatedOrder": "1900000011, 1900000012, 1900000013, 1900000014"}
    single = {
        "1900000012": [row(SECOND, **SENT, **related)],
        "1900000014": [row(1900000014, PackNo=880000009)],
    }
    desk = Desk([row(**related)])
    desk.answers[LINE] = lambda form: reply(single.get(form["OrderNo"], []))
    (found,) = seen(sightings(desk)).values()

    assert [item.id for item in found.order.shipments[0].items] == ["1900000011", "1900000012"]
    assert len(desk.calls(LINE)) == 3


def test_what_claims_alone_know_is_all_that_is_covered() -> None:
    """No price, no address; of each line its phase, and of a line that no claim names nothing."""
    (found,) = seen(sightings(Desk([], [claim()]))).values()

    assert found.order.phase is Phase.CANCELLED
    assert found.covers - CLAIMED_ONLY == {"shipments.cancelled", "shipments.items.phase"}
    assert CLAIMED_ONLY - found.covers == {"lines"}


def test_a_cart_that_claims_alone_show_is_cancelled_line_by_line() -> None:
    """What was known of it stays: options, price and address, and the record that has them."""
    bought = row(Option="色:青", OptionCode="DISH-B", Total=2100)
    known = after([bought], Desk([], [claim()]))
    (shipment,) = known.shipments
    (item,) = shipment.items

    assert (known.phase, shipment.cancelled, item.phase) == (
        Phase.CANCELLED,
        True,
        Phase.CANCELLED,
    )
    assert (item.options, item.sku, item.unit_price, item.option_price) == (
        "色:青",
        "DISH-B",
        1000,
        100,
    )
    assert shipment.recipient is not None
    assert known.raw == (bought,)


def test_a_line_that_a_claim_alone_shows_keeps_its_option_and_price() -> None:
    """Beside one that a list shows; what else is known of the cart is told anew."""
    bought = row(SECOND, Option="色:青", OptionCode="DISH-B", Total=2100)
    desk = Desk([row(ShippingMessage="置き配希望")], [claim(SECOND)])
    known = after([row(), bought], desk)
    living, gone = known.shipments[0].items

    assert (living.phase, gone.phase) == (Phase.TO_SHIP, Phase.CANCELLED)
    assert (gone.options, gone.sku, gone.unit_price, gone.option_price) == (
        "色:青",
        "DISH-B",
        1000,
        100,
    )
    assert (known.remarks, known.charges.goods) == ("置き配希望", 2000)
    assert not known.shipments[0].cancelled


def test_a_line_that_a_claim_alone_shows_leaves_no_other_behind() -> None:
    """Lists and claims together have every line of a cart."""
    known = after([row(), row(SECOND), row(1900000013)], Desk([row()], [claim(SECOND)]))

    assert [item.id for item in known.shipments[0].items] == ["1900000011", "1900000012"]


def test_a_claim_with_a_blank_shipping_status_tells_no_more_than_a_claim() -> None:
    """Its other fields erase nothing."""
    known = after([row()], Desk([], [claim() | {"ShippingStatus": "", "OrderPrice": 0}]))

    assert known.phase is Phase.CANCELLED
    assert known.shipments[0].items[0].unit_price == 1000


def test_a_filtered_fetch_says_what_it_knows_of_a_cart() -> None:
    """With all of its lines everything but that none is gone; with some, neither sums nor phase."""
    whole = Desk([row(RelatedOrder="1900000011")])
    part = Desk([row(RelatedOrder="1900000011,1900000012")])
    moved = Desk([row(RelatedOrder="1900000011,1900000012", **SENT)])
    (all_lines,) = seen(sightings(whole, statuses={"2"})).values()
    (some,) = seen(sightings(part, statuses={"2"})).values()
    (led,) = seen(sightings(moved, statuses={"4"})).values()

    assert all_lines.covers == EVERYTHING - {"lines"}
    assert "charges" not in some.covers
    assert "phase" in some.covers
    assert "phase" not in led.covers
    assert not whole.calls(CLAIMS)


@pytest.mark.parametrize("statuses", [{"2"}, {"1", "2"}])
def test_orders_with_a_planned_ship_date_are_counted_when_new_ones_are_fetched_without_them(
    statuses: set[str],
) -> None:
    """Those that are known already, or were told, are not lost (R6)."""
    planned = [
        row(1900000021, PackNo=880000002, ShippingStatus="配送準備(3)"),
        row(1900000031, PackNo=880000003, ShippingStatus="配送準備(3)"),
    ]
    desk = Desk([row(), *planned])
    events = sightings(desk, statuses=statuses, known={"880000003"})
    (remark,) = [one for one in events if isinstance(one, Remark)]

    assert remark.code == "FETCH_QOO10_SHIP_PLAN_SET"
    assert remark.detail == "orders in 配送準備 (3): 1"
    assert set(seen(events)) == {"880000001", "880000003"}


def test_known_carts_that_the_lists_lack_are_looked_for_at_the_end() -> None:
    """By a line's number however old; by a cart's only as far as lists reach."""
    old = row(1900000001, PackNo=870000001, OrderDate="2026-01-05 12:00:00")
    desk = Desk([row()])
    desk.answers[LINE] = lambda form: reply([old] if form["OrderNo"] == "1900000001" else [])
    events = sightings(desk, known=["1900000001", "870000002", "880000001", "my-order"])

    assert set(seen(events)) == {"880000001", "870000001"}
    unread = {one.number: type(one.error) for one in events if isinstance(one, Unreadable)}
    assert unread == {"870000002": NotFound, "my-order": NotFound}


OLD = {"OrderDate": "2026-01-05 12:00:00", "PackNo": 870000001}
KNOWN = {"870000001": ("1", "2")}


def test_a_known_cart_that_no_list_reaches_is_read_by_its_lines() -> None:
    """Its own number is none of a line; what a single read lacks is not covered."""
    desk = Desk([])
    rows = [row(1, ShippingRate=..., Address1=..., Address2=..., **OLD), row(2, **OLD)]
    desk.answers[LINE] = lambda form: reply([rows[int(form["OrderNo"]) - 1]])
    (one,) = seen(sightings(desk, known=KNOWN)).values()

    assert ["1", "2"] == [form["OrderNo"] for form in desk.calls(LINE)]
    assert ["1", "2"] == [item.id for item in one.order.shipments[0].items]
    assert {"phase", "shipments.items", "shipments.parcels", "shipments.cancelled"} < one.covers
    assert one.covers.isdisjoint(
        {"lines", "charges", "shipments", "shipments.charges", "shipments.recipient"}
    )


def test_an_old_cart_of_which_a_claim_alone_is_left_is_covered_as_a_claim_is() -> None:
    """It says that the cart was cancelled."""
    desk = Desk([])
    desk.answers[LINE] = lambda form: reply([claim(int(form["OrderNo"]), packNo=870000001)])
    (one,) = seen(sightings(desk, known=KNOWN)).values()

    assert CLAIMED_ONLY - {"lines"} | {"shipments.cancelled", "shipments.items.phase"} == one.covers
    assert Phase.CANCELLED is one.order.phase


def test_lines_are_not_asked_for_where_a_list_shows_the_cart() -> None:
    """The mapping may be a lazy one."""
    desk = Desk([row(), row(SECOND)])
    earlier = Period(NOW - timedelta(days=30), NOW - timedelta(days=20))
    events = sightings(desk, earlier, known={"880000001": ("1900000011", str(SECOND))})

    assert set(seen(events)) == {"880000001"}
    assert [] == desk.calls(LINE)


def test_a_known_cart_whose_number_is_that_of_a_line_of_another_is_read_all_the_same() -> None:
    """Its own lines say which is meant."""
    desk = Desk([row(870000001), row(870000001, PackNo=880000001)])
    rows = [row(1, **OLD), row(2, **OLD)]
    desk.answers[LINE] = lambda form: reply([rows[int(form["OrderNo"]) - 1]])
    earlier = Period(NOW - timedelta(days=30), NOW - timedelta(days=20))
    events = sightings(desk, earlier, known={**KNOWN, "880000001": ()})

    assert {"870000001", "880000001"} == set(seen(events))


@pytest.mark.parametrize("found", [[], [row(1, OrderDate="2026-01-05 12:00:00", PackNo=5)]])
def test_a_known_cart_none_of_whose_lines_is_there_is_gone(found: list[Any]) -> None:
    """Also where such a line is one of another cart."""
    desk = Desk([])
    desk.answers[LINE] = lambda form: reply(found if form["OrderNo"] == "1" else [])
    events = sightings(desk, known=KNOWN)
    (gone,) = [one for one in events if isinstance(one, Unreadable)]

    assert ("870000001", True) == (gone.number, gone.gone)
    assert isinstance(gone.error, NotFound)
    assert {} == seen(events)


@pytest.mark.parametrize("status", [SENT, {"ShippingStatus": "Delivered(5)"}])
def test_a_known_cart_a_line_of_which_is_not_there_is_told_by_no_other(
    status: dict[str, Any],
) -> None:
    """Only the lines that are there are as they are told: the other may wait to be shipped."""
    desk = Desk([])
    sent = row(1, **OLD | status)
    desk.answers[LINE] = lambda form: reply([sent] if form["OrderNo"] == "1" else [])
    (one,) = seen(sightings(desk, known=KNOWN)).values()

    assert {"shipments.items", "shipments.parcels"} < one.covers
    assert one.covers.isdisjoint(
        {"lines", "charges", "phase", "mall_status", "shipped_at", "completed_at", "remarks"}
    )


def test_a_known_cart_is_not_cancelled_while_a_line_of_it_is_not_there() -> None:
    """The one that is there is."""
    desk = Desk([])
    gone = claim(1, packNo=870000001)
    desk.answers[LINE] = lambda form: reply([gone] if form["OrderNo"] == "1" else [])
    (one,) = seen(sightings(desk, known=KNOWN)).values()

    assert "shipments.items.phase" in one.covers
    assert one.covers.isdisjoint({"phase", "cancelled_at", "shipments", "shipments.cancelled"})


@pytest.mark.parametrize("first", [[], [row(1, **OLD)]])
def test_a_known_cart_of_which_a_line_cannot_be_told_is_not_gone(first: list[Any]) -> None:
    """Nor is it seen without the line, and what is there of it is no record of the cart."""
    desk = Desk([])
    answers = {"1": reply(first), "2": reply([{"OrderNo": "?"}])}
    desk.answers[LINE] = lambda form: answers[form["OrderNo"]]
    events = sightings(desk, known=KNOWN)
    (unread,) = [one for one in events if isinstance(one, Unreadable)]

    assert ("870000001", None, False) == (unread.number, unread.raw, unread.gone)
    assert isinstance(unread.error, DecodeError)
    assert {} == seen(events)


def test_a_known_cart_with_a_row_that_cannot_be_read_is_unreadable() -> None:
    """Without its rows: they tell less than those of a list, which are kept."""
    desk = Desk([])
    bad = row(1, OrderQty="many", **OLD)
    desk.answers[LINE] = lambda form: reply([bad] if form["OrderNo"] == "1" else [])
    (unread,) = [one for one in sightings(desk, known=KNOWN) if isinstance(one, Unreadable)]

    assert ("870000001", None, False) == (unread.number, unread.raw, unread.gone)
    assert isinstance(unread.error, DecodeError)


def test_a_cart_of_which_no_line_is_known_may_be_too_old_for_the_lists() -> None:
    """That it is no line says nothing of it."""
    (unread,) = [one for one in sightings(Desk([]), known=["5"]) if isinstance(one, Unreadable)]

    assert ("5", False) == (unread.number, unread.gone)


def test_the_cart_of_an_old_line_is_listed_by_its_moment() -> None:
    """Its lines share the order date."""
    moment = {"OrderDate": "2026-01-05 12:00:00", "PackNo": 870000001}
    desk = Desk([])
    both = [row(1900000001, **moment), row(1900000002, **moment)]

    def listed(form: dict[str, str]) -> Response:
        is_then = form["SearchStartDate"] == "20260105120000" and form["ShippingStatus"] == "2"
        return reply(both if is_then else [])

    desk.answers[LIST] = listed
    desk.answers[LINE] = lambda form: reply([both[0]])
    with client_at(desk) as client:
        (order,) = client.get_orders(["1900000001"])

    assert [item.id for item in order.shipments[0].items] == ["1900000001", "1900000002"]


@pytest.mark.parametrize("lists_reach", [True, False])
@pytest.mark.parametrize("asked", [["1", "2"], ["2", "870000001", "1"]])
def test_an_old_cart_asked_for_by_two_of_its_lines_comes_once(
    asked: list[str], *, lists_reach: bool
) -> None:
    """With both, whether the lists still reach it or not; and once listed, it is not again."""
    moment = {"OrderDate": "2026-01-05 12:00:00", "PackNo": 870000001}
    desk = Desk([row(1, **moment), row(2, **moment)])
    if not lists_reach:
        desk.answers[LIST] = lambda _: reply([])
    with client_at(desk) as client:
        (order,) = client.get_orders(asked)

    assert [item.id for item in order.shipments[0].items] == ["1", "2"]
    assert len(desk.calls(CLAIMS)) == 2


def test_a_line_that_no_list_shows_is_read_into_its_cart_that_one_does() -> None:
    """The cart comes once, with the line."""
    desk = Desk([row()])
    lone = row(SECOND, OrderDate="2026-01-05 12:00:00", ShippingStatus="On the moon")
    desk.answers[LINE] = lambda _: reply([lone])
    with client_at(desk) as client:
        (order,) = client.get_orders(["1900000011", "1900000012"])

    assert [item.id for item in order.shipments[0].items] == ["1900000011", "1900000012"]


def test_an_old_cart_with_a_row_that_cannot_be_told_apart_is_not_whole() -> None:
    """As any other."""
    moment = {"OrderDate": "2026-01-05 12:00:00", "PackNo": 870000001}
    desk = Desk([row(1, **moment), row(OrderNo="?", **moment)])
    with client_at(desk) as client, pytest.raises(DecodeError):
        list(client.get_orders(["1"]))


def test_an_old_line_without_a_date_is_told_as_it_is() -> None:
    """It cannot be read, which is said."""
    desk = Desk([])
    desk.answers[LINE] = lambda _: reply([row(OrderDate="")])
    with client_at(desk) as client, pytest.raises(DecodeError):
        list(client.get_orders(["1900000011"]))


def test_a_cart_asked_for_twice_comes_once() -> None:
    """By its own number and by that of a line; asking for nothing asks nobody."""
    desk = Desk([row(), row(SECOND)])
    with client_at(desk) as client:
        orders = list(client.get_orders(["1900000012", "880000001", "1900000012"]))
        asked = len(desk.asked)
        none = list(client.get_orders([]))

    assert [order.number for order in orders] == ["880000001"]
    assert (none, len(desk.asked)) == ([], asked)


def test_a_fetch_ends_where_a_list_fails_and_covers_no_more() -> None:
    """What was told before stays told."""
    desk = Desk([row()])
    desk.answers[CLAIMS] = lambda _: Response(status=503)
    events: list[Sighting] = []
    with client_at(desk) as client, pytest.raises(Unavailable):
        events.extend(client.sightings(WEEK))

    assert not any(isinstance(one, Covered) for one in events)


def test_a_problem_may_be_taken_instead_of_raised() -> None:
    """The other carts come all the same."""
    bad = row(1900000021, PackNo=880000002, OrderQty="many")
    taken: list[Unreadable] = []
    with client_at(Desk([bad, row()])) as client:
        orders = list(client.fetch_orders(WEEK, on_problem=taken.append))

    assert [order.number for order in orders] == ["880000001"]
    assert [(one.number, one.raw) for one in taken] == [("880000002", (bad,))]
