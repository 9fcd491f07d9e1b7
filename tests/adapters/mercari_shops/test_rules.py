"""The rules at work on what the fake tells: R4 to R7, end to end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from mallsync import (
    Address,
    Contact,
    Dispatch,
    Handling,
    Mall,
    Order,
    Outcome,
    Phase,
    Standing,
    sandbox,
)
from mallsync.adapters import mercari_shops
from mallsync.model.codes import ReasonCode
from mallsync.policy import balance, bundle, buyer, export, guard, intake, notice
from mallsync.sandbox.fakes.mercari_shops import ANONYMOUS
from mallsync.sandbox.fakes.mercari_shops import Status as MallStatus
from tests.adapters.mercari_shops.shop import NOW, WEEK, client_of

RULE = intake.RULES[Mall.MERCARI_SHOPS]
EXPORT = export.RULES[Mall.MERCARI_SHOPS]
SHOP = Contact(family_name="見本商店", address=Address(postal_code="999-0000"))
TEMPLATE = "[配送業者]で発送しました。お荷物伝票番号: [伝票番号]"


def one(client: mercari_shops.Client, number: str) -> Order:
    """Return an order as the mall shows it now."""
    (order,) = client.get_orders([number])
    return order


def handled(number: str = "000011112222", carrier: str = "ヤマト運輸") -> Handling:
    """Return what the shop has typed in."""
    dispatch = Dispatch(
        shipment_id="", ship_date=NOW.date(), carrier=carrier, tracking_number=number
    )
    return Handling(status="発送待ち", updated_at=NOW, dispatches=(dispatch,))


# -------------------------------------------------------------------------------------- intake, R6


def test_paid_orders_to_ship_and_done_come_in(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """発送前 and 完了, and what an order reads between them."""
    (number,) = mall.fake.place()
    first = intake.decide(one(client, number), RULE)
    client.send_notices(notice.build(one(client, number), handled()).notices)
    between = intake.decide(one(client, number), RULE)
    mall.clock.advance(120)
    last = intake.decide(one(client, number), RULE)

    assert all(decision.comes_in for decision in (first, between, last))
    assert first.handling is not None
    assert "新規受付" == first.handling.status


def test_an_unpaid_order_waits_and_is_seen_when_it_is_paid(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """Whether or not the window still covers it; it has its address then."""
    (number,) = mall.fake.place(paid=False)
    waiting = intake.decide(one(client, number), RULE)
    mall.clock.advance(timedelta(days=2))
    mall.fake.pay(number)
    yesterday = WEEK.end + timedelta(days=1)
    recent = type(WEEK)(yesterday, yesterday + timedelta(days=1))
    seen = [
        event.order
        for event in client.sightings(recent, known=[number])
        if hasattr(event, "order") and event.order.number == number
    ]

    assert (False, True) == (waiting.comes_in, waiting.waiting)
    assert intake.decide(seen[0], RULE).comes_in
    assert seen[0].shipments[0].recipient is not None


def test_an_unpaid_order_that_is_given_up_stays_out(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """It is waited for no longer."""
    (number,) = mall.fake.place(paid=False)
    mall.clock.advance(timedelta(days=4))
    decision = intake.decide(one(client, number), RULE)

    assert (False, False) == (decision.comes_in, decision.waiting)
    assert [ReasonCode.FETCH_CANCELLED_BEFORE] == [reason.code for reason in decision.reasons]


def test_an_order_that_is_being_cancelled_does_not_come_in(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """CANCELING is on its way to CANCELED."""
    (number,) = mall.fake.place()
    mall.fake.see(number).status = MallStatus.CANCELING
    decision = intake.decide(one(client, number), RULE)

    assert (False, False) == (decision.comes_in, decision.waiting)


@pytest.mark.parametrize("masked", [False, True])
def test_an_anonymous_paid_order_is_never_left_out(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client, *, masked: bool
) -> None:
    """Whether its address is null or masked."""
    mall.fake.settings.masks_address = masked
    (number,) = mall.fake.place(methods=(ANONYMOUS,))
    order = one(client, number)

    assert order.shipments[0].anonymous
    assert intake.decide(order, RULE).comes_in


def test_every_order_of_the_fake_has_its_decision(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """Which comes in is told by its status alone, as the rule has it."""
    mall.fake.place(3)
    for order in client.fetch_orders(WEEK):
        expected = order.phase in (Phase.TO_SHIP, Phase.SHIPPED, Phase.DONE)
        assert expected == intake.decide(order, RULE).comes_in


# --------------------------------------------------------------------------------------- buyer, R5


def test_the_recipient_can_be_registered_as_the_buyer(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """The mall names no buyer."""
    (number,) = mall.fake.place()
    order = one(client, number)
    found = buyer.resolve(order, buyer.CopyRecipient())
    recipient = order.shipments[0].recipient

    assert order.buyer is None
    assert found is not None
    assert recipient is not None
    assert recipient.family_name == found.family_name
    assert recipient.origin != found.origin


def test_one_contact_of_the_shop_s_can_be_used_instead(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """For every order, or for those whose recipient is hidden."""
    (plain,), (hidden,) = mall.fake.place(), mall.fake.place(methods=(ANONYMOUS,))
    fixed = buyer.FixedContact(SHOP)
    both = buyer.CopyRecipient(anonymous=fixed)
    named = {number: buyer.resolve(one(client, number), both) for number in (plain, hidden)}
    always = buyer.resolve(one(client, plain), fixed)

    assert always is not None
    assert "見本商店" == always.family_name
    assert named[hidden] is not None
    assert "見本商店" == named[hidden].family_name  # type: ignore[union-attr]  # both have one
    assert named[plain] is not None
    assert "見本商店" != named[plain].family_name  # type: ignore[union-attr]  # both have one


def test_a_hidden_recipient_without_a_contact_stays_blank(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """With a warning."""
    (number,) = mall.fake.place(methods=(ANONYMOUS,))
    decision = buyer.decide(one(client, number), buyer.CopyRecipient())

    assert decision.contact is None
    assert [ReasonCode.ANONYMOUS_WITH_COPY] == [reason.code for reason in decision.warnings]


# -------------------------------------------------------------------- what is written, R2, R4, R7


def test_a_notice_is_written_with_its_placeholders_filled(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """Several numbers in one field: the message as entered, a block for each in the text."""
    (number,) = mall.fake.place()
    order, handling = one(client, number), handled("0001,0002")
    decision = export.decide(order, handling, rule=EXPORT, today=NOW.date())
    (built,) = notice.build(order, handling, TEMPLATE).notices
    (result,) = client.send_notices([built])
    there = mall.fake.see(number)

    assert decision.eligible
    assert Outcome.SENT is result.outcome
    assert ["ヤマト運輸で発送しました。お荷物伝票番号: 0001,0002"] == [
        told.text for told in there.messages
    ]
    assert ["ヤマト運輸\n0001\n\nヤマト運輸\n0002"] == [
        told.tracking_code for told in there.shipments
    ]
    assert Standing.SAME is client.standing(one(client, number), built)


def test_an_order_cancelled_after_intake_is_never_reported(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """The plan's guard says so, and so does the client."""
    (number,) = mall.fake.place()
    mall.fake.cancel(number)
    order = one(client, number)
    (built,) = notice.build(order, handled()).notices or (None,)

    assert [ReasonCode.CANCELLED_ON_MALL] == [reason.code for reason in guard.guards(order)]
    assert built is None or client.send_notices([built])[0].outcome is Outcome.REFUSED
    assert 0 == mall.fake.effective(number)


def test_a_bundle_is_written_to_parent_and_children(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """Each order gets the parent's notice (R7)."""
    parent, child = mall.fake.place(2)
    orders = [one(client, number) for number in (parent, child)]
    pairs = [(order, handled()) for order in orders]
    targets = bundle.targets(pairs[0], pairs[1:])
    (built,) = notice.build(orders[0], handled(), TEMPLATE).notices
    given = [evolve(built, order_number=key.number, shipment_id="") for key in targets.write]
    results = client.send_notices(given)

    assert {parent, child} == {key.number for key in targets.write}
    assert [Outcome.SENT] * 2 == [result.outcome for result in results]
    assert 1 == len(
        {mall.fake.see(number).shipments[0].tracking_code for number in (parent, child)}
    )


def test_a_bundle_by_mercari_s_own_label_is_for_a_person(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """Its children are listed, with the warning that the mall prints the label (R7)."""
    (parent,), (child,) = mall.fake.place(methods=(ANONYMOUS,)), mall.fake.place()
    pairs = [(one(client, number), handled()) for number in (parent, child)]
    targets = bundle.targets(pairs[0], pairs[1:])

    assert ([parent], [child]) == (
        [key.number for key in targets.write],
        [key.number for key in targets.manual],
    )
    assert ReasonCode.MALL_LABEL_ONLY in {reason.code for reason in targets.warnings}


@pytest.mark.parametrize("seed", [1, 3, 6])
def test_the_amounts_of_the_fake_s_orders_add_up(seed: int) -> None:
    """Cancelled pieces may have been paid for: totalPrice is what was paid at the checkout."""
    with (
        sandbox.running(seed=seed, orders=60, now=NOW) as malls,
        client_of(malls.mercari_shops) as client,
    ):
        found = [balance.check(order) for order in client.fetch_orders(WEEK)]

    assert found
    assert all(one_.ok for one_ in found)
