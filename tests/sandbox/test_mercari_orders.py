"""What Mercari Shops tells of orders, and how they live (A3, A4)."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta

import pytest

from mallsync import sandbox
from mallsync.sandbox.fakes.mercari_shops import ANONYMOUS, ARRANGED, MercariShops, Role, Status
from mallsync.sandbox.world import JST, Clock
from tests.sandbox.conftest import LIST, NOW, ONE, Partner

DAY = timedelta(days=1)


def ids(page: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    """Return the ids of a page."""
    return [edge["node"]["id"] for edge in page["edges"]]


def test_a_list_shows_the_newest_first(partner: Partner) -> None:
    """Page by page, each order once."""
    seen: list[str] = []
    times: list[str] = []
    after = None
    while True:
        page = partner.page(first=70, after=after)
        seen += ids(page)
        times += [edge["node"]["createdAt"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert len(partner.fake.orders) == len(seen) == len(set(seen))
    assert sorted(times, reverse=True) == times


def test_pages_stay_stable_while_orders_come_in(partner: Partner) -> None:
    """A cursor is a place between orders, not a number of them."""
    first = partner.page(first=2)
    second = partner.page(first=2, after=first["pageInfo"]["endCursor"])
    partner.fake.place(3)

    assert ids(second) == ids(partner.page(first=2, after=first["edges"][-1]["cursor"]))


def test_a_page_has_twenty_orders_unless_it_is_asked_for_more(partner: Partner) -> None:
    """A hundred at the most; both are stricter than what is known."""
    assert 20 == len(partner.page()["edges"])
    assert 100 == len(partner.page(first=100)["edges"])
    assert {"INVALID_ARGUMENT"} == {partner.code(LIST, first=size) for size in (0, -1, 101)}


def test_a_list_is_cut_by_the_moment_of_the_order(partner: Partner) -> None:
    """The start is in it, the end is not."""
    (number,) = partner.fake.place()
    moment, later = NOW.isoformat(), (NOW + timedelta(seconds=1)).isoformat()

    assert [number] == ids(partner.page(orderedDateGte=moment, orderedDateLt=later))
    assert number not in ids(partner.page(first=100, orderedDateLt=moment))
    assert [] == ids(partner.page(orderedDateGte=later))


@pytest.mark.parametrize("told", ["2026-04-10", "yesterday", "2026-04-10T00:00:00"])
def test_a_moment_without_a_zone_is_refused(partner: Partner, told: str) -> None:
    """Clients write one, with Z or with hours."""
    assert "INVALID_ARGUMENT" == partner.code(LIST, orderedDateGte=told)


@pytest.mark.parametrize("after", ["", "x", "bm9uZQ==", "見本"])
def test_a_cursor_that_was_made_up_is_refused(partner: Partner, after: str) -> None:
    """It is the mall's own."""
    assert "INVALID_ARGUMENT" == partner.code(LIST, after=after)


def test_a_list_is_cut_by_status(partner: Partner) -> None:
    """Without any it shows all; an empty list of them is refused."""
    wanted = ["WAITING_FOR_SHIPPING", "CANCELED"]
    page = partner.page(first=100, statuses=wanted)

    assert set(wanted) == {edge["node"]["status"] for edge in page["edges"]}
    assert "INVALID_ARGUMENT" == partner.code(LIST, statuses=[])


def test_a_list_can_be_made_to_go_round_in_circles(partner: Partner) -> None:
    """The cursor is always the same, and there is always more."""
    partner.fake.settings.loops = True
    first = partner.page(first=3)
    second = partner.page(first=3, after=first["pageInfo"]["endCursor"])

    assert first == second
    assert first["pageInfo"]["hasNextPage"]


def test_an_order_is_found_by_its_bare_id(partner: Partner) -> None:
    """The prefix of mails and files is not the API's."""
    (number,) = partner.fake.place()

    assert 22 == len(number)
    assert number == partner.get(number)["id"]
    assert "NOT_FOUND" == partner.code(ONE, id=f"order_{number}")
    assert "NOT_FOUND" == partner.code(ONE, id="AAAA")


def test_many_orders_can_be_read_at_once_under_aliases(partner: Partner) -> None:
    """One of them that is not there leaves no data."""
    first, second = partner.fake.place(2)
    text = '{{ a: orderTransaction(id: "{}") {{ id }} b: orderTransaction(id: "{}") {{ id }} }}'

    told = partner.data(text.format(first, second))
    assert {"a": {"id": first}, "b": {"id": second}} == told
    assert "NOT_FOUND" == partner.code(text.format(first, "AAAA"))


def test_amounts_and_quantities_add_up(partner: Partner) -> None:
    """What was paid is what was bought, with the shipping of each line."""
    for _ in range(3):
        for edge in partner.page(first=100)["edges"]:
            order = edge["node"]
            products = order["products"]
            goods = sum(one["unitPrice"] * one["purchasedQuantity"] for one in products)
            fees = sum(one["buyerShippingFee"] for one in products)
            assert goods + fees == order["totalPrice"]
            for one in products:
                gone = one["unshippedCanceledQuantity"] + one["shippedCanceledQuantity"]
                assert 0 <= gone + one["unshippedQuantity"] <= one["purchasedQuantity"]


def test_an_unpaid_order_has_no_address_until_it_is_paid(partner: Partner) -> None:
    """It comes with the payment."""
    (number,) = partner.fake.place(paid=False)
    before = partner.get(number)
    partner.fake.pay(number)
    after = partner.get(number)
    partner.fake.pay(number)

    assert ("WAITING_FOR_PAYMENT", None, None) == (
        before["status"],
        before["paidAt"],
        before["shippingAddress"],
    )
    assert "WAITING_FOR_SHIPPING" == after["status"]
    assert after["paidAt"]
    assert after["shippingAddress"]["state"]["name"]
    assert after == partner.get(number)


def test_an_order_that_is_never_paid_ends_at_midnight_of_the_fourth_day(partner: Partner) -> None:
    """The day of the order is the first, in Japan."""
    (number,) = partner.fake.place(paid=False)
    midnight = datetime(NOW.year, NOW.month, NOW.day, tzinfo=JST) + 3 * DAY
    partner.mall.clock.set(midnight - timedelta(seconds=1))
    assert "WAITING_FOR_PAYMENT" == partner.get(number)["status"]
    partner.mall.clock.set(midnight)
    order = partner.get(number)

    assert "CANCELED" == order["status"]
    (line,) = order["products"]
    assert (0, line["purchasedQuantity"]) == (
        line["unshippedQuantity"],
        line["unshippedCanceledQuantity"],
    )


def test_a_paid_order_does_not_end_then(partner: Partner) -> None:
    """Nor does one that was cancelled before end twice."""
    paid, cancelled = partner.fake.place(2, paid=False)
    partner.fake.pay(paid)
    partner.fake.cancel(cancelled)
    partner.mall.clock.advance(4 * DAY)

    assert "WAITING_FOR_SHIPPING" == partner.get(paid)["status"]
    assert "CANCELED" == partner.get(cancelled)["status"]


def test_an_anonymous_order_has_no_address_or_a_masked_one(partner: Partner) -> None:
    """Which of the two the mall shows is not known."""
    (number,) = partner.fake.place(methods=(ANONYMOUS,))
    assert partner.get(number)["shippingAddress"] is None
    assert {ANONYMOUS} == {one["shippingMethod"] for one in partner.get(number)["products"]}
    partner.fake.settings.masks_address = True

    masked = partner.get(number)["shippingAddress"]
    assert ("匿名配送", "匿名配送", "", None) == (
        masked["lastName"],
        masked["firstName"],
        masked["postalCode"],
        masked["state"],
    )


def test_pieces_can_be_cancelled_while_the_order_goes_on(partner: Partner) -> None:
    """The line says how many."""
    (number,) = partner.fake.place()
    partner.fake.see(number).lines[0].quantity = 3
    partner.fake.cancel_units(number, quantity=2)
    (line,) = partner.get(number)["products"]

    assert (3, 1, 2) == tuple(
        line[f"{name}Quantity"] for name in ("purchased", "unshipped", "unshippedCanceled")
    )


def test_messages_are_told_or_not(partner: Partner) -> None:
    """After the move to inquiries they may be null."""
    (number,) = partner.fake.place()
    partner.fake.write(number, "よろしくお願いします")
    partner.fake.write(number, "発送しました", Role.SELLER)

    assert ["BUYER", "SELLER"] == [one["role"] for one in partner.get(number)["messages"]]
    partner.fake.settings.messages_null = True
    assert partner.get(number)["messages"] is None


def test_moments_are_told_in_one_zone_or_the_other(partner: Partner) -> None:
    """Both are seen."""
    (number,) = partner.fake.place()
    assert partner.get(number)["createdAt"] == "2026-04-10T03:00:00Z"
    partner.fake.settings.zone = "+09:00"

    assert partner.get(number)["createdAt"] == "2026-04-10T12:00:00+09:00"


def test_orders_are_of_every_kind(partner: Partner) -> None:
    """Paid and unpaid, sent and cancelled, anonymous, with variants, with messages."""
    orders = [partner.fake.document(one) for one in partner.fake.orders.values()]
    statuses = Counter(str(order["status"]) for order in orders)

    assert {"WAITING_FOR_PAYMENT", "WAITING_FOR_SHIPPING", "COMPLETED", "CANCELED"} == set(statuses)
    assert any(order["messages"] for order in orders)
    assert any(one.anonymous for one in partner.fake.orders.values())
    assert {ARRANGED, ANONYMOUS} == {
        line.method for order in partner.fake.orders.values() for line in order.lines
    }
    part = [
        order
        for order in partner.fake.orders.values()
        if order.status is Status.TO_SHIP and any(line.cancelled for line in order.lines)
    ]
    assert part


def test_life_goes_on_with_the_clock(partner: Partner) -> None:
    """Within two days some are paid, and some regretted."""
    before = {number: order.status for number, order in partner.fake.orders.items()}
    partner.mall.clock.advance(2 * DAY)
    partner.fake.tick()
    moves = {
        (before[number], order.status)
        for number, order in partner.fake.orders.items()
        if before[number] is not order.status
    }

    assert {(Status.UNPAID, Status.TO_SHIP), (Status.TO_SHIP, Status.CANCELED)} <= moves


def test_the_same_seed_makes_the_same_orders() -> None:
    """And another one others."""
    one, same, other = (MercariShops(Clock(NOW), seed, 20) for seed in (1, 1, 2))

    assert [one.document(order) for order in one.orders.values()] == [
        same.document(order) for order in same.orders.values()
    ]
    assert set(one.orders).isdisjoint(other.orders)


def test_a_hundred_thousand_orders_are_made_in_seconds() -> None:
    """What is in them is made up when it is asked for."""
    started = time.perf_counter()
    fake = MercariShops(Clock(NOW), 1, 100_000)

    assert 100_000 == len(fake.orders)
    assert time.perf_counter() - started < 20.0


def test_an_order_that_is_not_there_cannot_be_looked_at(partner: Partner) -> None:
    """A test that names one has a mistake."""
    with pytest.raises(KeyError):
        partner.fake.see("AAAA")


def test_credentials_and_address_are_what_a_client_needs(partner: Partner) -> None:
    """They are typed, and the secret shows nowhere."""
    key = partner.mall.credentials

    assert (partner.fake.account.access_token, "mihon-client") == (
        key.access_token,
        key.client_name,
    )
    assert key.access_token not in repr(key)
    assert partner.mall.base_url.endswith("/v1/graphql")
    assert isinstance(partner.mall, sandbox.MercariShopsMall)
    assert partner.fake.in_status(Status.TO_SHIP)
