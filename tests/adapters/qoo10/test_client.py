"""The client against the fake: what the laws of the conformance suite do not ask."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mallsync import Outcome, Phase, Remark, Seen, ShipmentNotice, sandbox
from mallsync.adapters import qoo10
from mallsync.errors import ConfigError
from mallsync.testing.memory import MemoryJournal
from tests.adapters.qoo10.shop import NOW, WEEK, client_of


def notice(number: str, carrier: str = "ヤマト運輸") -> ShipmentNotice:
    """Return a notice for a cart."""
    return ShipmentNotice(
        order_number=number,
        carrier=carrier,
        tracking_numbers=("000011112222", "000011113333"),
        ship_date=NOW.date(),
    )


def test_a_cart_is_one_order_with_an_item_for_each_line(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """Under the cart's number; the shipment is named after the lines."""
    (cart,) = mall.fake.place(lines=3)
    (order,) = client.get_orders([cart])
    lines = mall.fake.lines_of(cart)

    assert order.number == cart
    assert [item.id for item in order.shipments[0].items] == sorted(lines)
    assert order.shipments[0].id == ",".join(sorted(lines))
    assert order.phase is Phase.TO_SHIP
    assert [order] == list(client.get_orders([lines[1]]))


def test_a_cancelled_line_is_found_by_its_claim(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """It vanishes from the lists, not from the order."""
    part, whole = mall.fake.place(2, lines=2)
    mall.fake.cancel(mall.fake.lines_of(part)[0], *mall.fake.lines_of(whole))
    orders = {order.number: order for order in client.fetch_orders(WEEK)}
    phases = [item.phase for item in orders[part].shipments[0].items]

    assert sorted(phases) == [Phase.CANCELLED, Phase.TO_SHIP]
    assert orders[part].phase is Phase.TO_SHIP
    assert orders[whole].phase is Phase.CANCELLED


def test_a_filtered_fetch_does_not_cover_the_lines(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """And names what a planned ship date has moved on (R6)."""
    (seen, moved) = mall.fake.place(2, lines=2)
    results = client.confirm_orders([moved], planned_ship_date=date(2026, 11, 24))
    events = list(client.sightings(WEEK, statuses={"2"}))
    found = {event.order.number: event for event in events if isinstance(event, Seen)}

    assert [Outcome.SENT] == [result.outcome for result in results]
    assert moved not in found
    assert "lines" not in found[seen].covers
    remarks = [event.code for event in events if isinstance(event, Remark)]
    assert remarks == ["FETCH_QOO10_SHIP_PLAN_SET"]
    everything = client.sightings(WEEK, statuses={"2", "3"})
    assert not any(isinstance(event, Remark) for event in everything)


def test_of_five_lines_four_sent_and_one_refused_only_the_rest_is_sent_again(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """One result for the cart, with one for each line."""
    (cart,) = mall.fake.place(lines=5)
    lines = mall.fake.lines_of(cart)
    bulk = "ShippingBasic.SetSendingInfoBulk"
    mall.fail_next("ORDER_ERRORS", operation=bulk, orders=(lines[2],), code=-10010)
    (first,) = client.send_notices([notice(cart)])
    (again,) = client.send_notices([notice(cart)])

    assert first.outcome is not Outcome.SENT
    assert sorted(one.outcome for one in first.lines) == sorted(
        [Outcome.SENT] * 4 + [first.outcome]
    )
    assert again.outcome is Outcome.SENT
    assert [mall.fake.effective(line, "shipped") for line in lines] == [1] * 5
    assert mall.hits[-1].operation != bulk


@pytest.mark.parametrize("fault", ["RESET_AFTER", "RESET_BEFORE"])
@pytest.mark.parametrize("journalled", [False, True])
def test_a_lost_answer_for_one_line_is_looked_up(
    mall: sandbox.Qoo10Mall, client: qoo10.Client, fault: str, *, journalled: bool
) -> None:
    """Never reported twice, whether it had arrived or not."""
    (cart,) = mall.fake.place()
    (line,) = mall.fake.lines_of(cart)
    journal = MemoryJournal(mall.clock.now) if journalled else None
    mall.fail_next(fault, operation="ShippingBasic.SetSendingInfo")
    for _ in range(3):
        (result,) = client.send_notices([notice(cart)], journal=journal)
        mall.clock.advance(7200)

    assert result.outcome is Outcome.SENT
    assert mall.fake.effective(line, "shipped") == 1


def test_what_qoo10_cannot_take_is_named_before_anything_is_sent(client: qoo10.Client) -> None:
    """A carrier without a label; a second number, which is dropped."""
    told = client.preview(notice("880000001", "気球便"))

    assert [one.code for one in told.problems] == ["CARRIER_UNMAPPED"]
    assert "NUMBERS_DROPPED" in [one.code for one in told.dropped]
    assert client.preview(notice("880000001")).problems == ()


def test_a_key_ends_a_year_after_its_issue(mall: sandbox.Qoo10Mall) -> None:
    """The mall never says: an issue date that is not known is not made up."""
    own = qoo10.Credentials.from_certification_key(
        mall.certification_key, issued_on=date(2026, 3, 1)
    )
    unknown = qoo10.Credentials.from_certification_key(mall.certification_key)
    with client_of(mall, own) as client:
        assert client.check_connection().ok
        ends_at = client.credential_expiry()
        assert ends_at is not None
        assert ends_at.date() in (date(2027, 3, 1), date(2027, 2, 28))
    with client_of(mall, unknown) as client:
        assert client.credential_expiry() is None


def test_an_expired_key_is_issued_anew_and_a_new_password_is_a_cause(
    mall: sandbox.Qoo10Mall, client: qoo10.Client
) -> None:
    """Once, by itself; a key that nobody can renew asks for a person."""
    assert client.check_connection().ok
    mall.clock.advance(366 * 86_400)
    assert client.check_connection().ok
    old = qoo10.Credentials.from_certification_key(mall.certification_key)
    mall.fake.change_password()
    with client_of(mall, old) as alone:
        report = alone.check_connection()
    assert not report.ok
    assert "パスワード" in report.hint("ja")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "write"),
        ({"user_id": "mihon", "password": "made-up"}, "api_key"),
        ({"user_id": 3, "password": "made-up", "api_key": "made-up"}, "user_id"),
        ({"user_id": "mihon", "password": None, "api_key": "made-up"}, "password"),
        ({"user_id": "mihon", "password": "made-up", "api_key": "a b"}, "api_key"),
    ],
)
def test_credentials_that_cannot_be_are_refused(wrong: dict[str, Any], says: str) -> None:
    """Without showing them."""
    with pytest.raises(ConfigError, match=says):
        qoo10.Credentials(**wrong)
