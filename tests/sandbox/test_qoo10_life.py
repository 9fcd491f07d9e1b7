"""What happens by itself at Qoo10, and what a test can make happen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mallsync.sandbox.fakes.qoo10 import ClaimStatus, Qoo10, Status
from mallsync.sandbox.world import Clock
from tests.sandbox.conftest import NOW, Seller


def test_a_line_goes_from_unpaid_to_delivered(seller: Seller) -> None:
    """One status after the other, each with its date."""
    (cart,) = seller.fake.place(paid=False)
    (number,) = seller.fake.lines_of(cart)
    assert ("Awaiting shipping(1)", "コンビニ決済") == tuple(
        seller.get(number)[name] for name in ("shippingStatus", "PaymentMethod")
    )
    assert not seller.get(number)["PaymentDate"]
    assert not seller.get(number)["PackingNo"]
    seller.mall.clock.advance(timedelta(hours=3))
    seller.fake.pay(cart)
    row = seller.get(number)
    assert ("On request(2)", "2026-04-10 15:00:00") == (row["shippingStatus"], row["PaymentDate"])
    assert "コンビニ決済" == row["PaymentMethod"]
    seller.ask("ShippingBasic.SetSellerCheckYN_V2", OrderNo=number, EstShipDt="20260412")
    seller.mall.clock.advance(timedelta(days=1))
    assert 0 == seller.send(number)
    seller.mall.clock.advance(timedelta(days=2))
    row = seller.get(number)
    assert ("Delivered(5)", "2026-04-13 15:00:00") == (row["shippingStatus"], row["DeliveredDate"])
    assert "2026-04-11 15:00:00" == row["shippingDate"]


def test_who_does_not_pay_in_five_days_is_cancelled(seller: Seller) -> None:
    """The claim says so; the line is gone."""
    (cart,) = seller.fake.place(lines=2, paid=False)
    seller.mall.clock.advance(timedelta(days=5, seconds=-1))
    assert len(set(seller.fake.lines_of(cart)) & seller.listed("1")) == 2
    seller.mall.clock.advance(1)
    for number in seller.fake.lines_of(cart):
        assert number not in seller.listed("1")
        assert "16" == seller.get(number)["claimStatus"]
    seller.fake.pay(cart)
    assert Status.UNPAID == seller.fake.line(number).status


def test_buyers_pay_and_regret_within_two_days() -> None:
    """Not all of them; nobody has to script it."""
    fake = Qoo10(Clock(NOW), orders=1500)
    unpaid, requested = set(fake.in_status(1)), set(fake.in_status(2))
    fake.clock.advance(timedelta(days=2))
    assert set() < unpaid & set(fake.in_status(2)) < unpaid
    gone = [fake.lines[number] for number in requested - set(fake.in_status(2))]
    assert gone
    assert {ClaimStatus.CANCELLED} == {line.claim.status for line in gone if line.claim}
    assert any(len(line.cart.lines) > 1 for line in gone)


def test_who_regrets_too_late_keeps_the_order(seller: Seller) -> None:
    """A line that went on in the meantime stays."""
    for number in seller.fake.in_status(2):
        seller.fake.set_status(number, 3)
    confirmed = set(seller.fake.in_status(3))
    seller.mall.clock.advance(timedelta(days=2))
    assert confirmed <= set(seller.fake.in_status(3))


def test_a_test_can_put_a_line_anywhere(seller: Seller) -> None:
    """All that belongs there comes with it."""
    number = seller.free(5)
    stamp = f"{NOW:%Y-%m-%d %H:%M:%S}"
    dates = ("PaymentDate", "shippingDate", "DeliveredDate", "trackingNo")
    told = {
        1: ("", "", "", ""),
        3: (stamp, "", "", ""),
        5: (stamp, stamp, stamp, f"0000{number}"),
    }
    for status, expected in told.items():
        seller.fake.set_status(number, status)
        row = seller.get(number)
        assert expected == tuple(row[name] or "" for name in dates)
        assert f"({status})" in row["shippingStatus"]
    seller.fake.cancel(number)
    seller.fake.set_status(number, 2)
    assert number in seller.listed("2")
    seller.mall.clock.advance(timedelta(days=30))
    assert Status.REQUESTED == seller.fake.line(number).status


def test_a_wish_to_cancel_does_not_pay(seller: Seller) -> None:
    """The unpaid line ends as cancelled, not as never paid."""
    (cart,) = seller.fake.place(paid=False)
    (number,) = seller.fake.lines_of(cart)
    seller.fake.cancel(number, pending=True)
    seller.mall.clock.advance(timedelta(days=5))
    assert "3" == seller.get(number)["claimStatus"]


def test_a_look_by_date_finds_the_moment_when_it_happened(seller: Seller) -> None:
    """Not the moment when somebody looked."""
    number = seller.free()
    seller.send(number)
    seller.mall.clock.advance(timedelta(days=9))
    assert "2026-04-12 12:00:00" == seller.get(number)["DeliveredDate"]


@pytest.mark.parametrize("status", list(Status))
def test_lines_of_every_status_are_there_at_the_start(seller: Seller, status: Status) -> None:
    """Their moments fit where they stand."""
    numbers = seller.fake.in_status(status)
    assert numbers
    now = seller.fake.now
    for number in numbers:
        line = seller.fake.lines[number]
        assert line.ordered < now
        assert bool(line.paid) == (status > Status.UNPAID)
        assert bool(line.shipped) == bool(line.tracking) == (status >= Status.ON_DELIVERY)
        assert bool(line.delivered) == (status == Status.DELIVERED)
        reached = [at for at in (line.ordered, line.paid, line.shipped, line.delivered) if at]
        assert sorted(reached) == reached
        assert max(reached) <= now


def test_carts_with_lines_in_different_states_are_there_at_the_start(seller: Seller) -> None:
    """Some cancelled, some shipped, some still to be shipped."""
    mixtures = {
        frozenset(int(line.status) if line.listed else 0 for line in cart.lines)
        for cart in seller.fake.carts.values()
    }
    assert any({2, 4} <= states for states in mixtures)
    assert any({0, 2} <= states for states in mixtures)
    assert any({0, 5} <= states for states in mixtures)


def test_every_kind_of_claim_is_there_at_the_start(seller: Seller) -> None:
    """Those that end a line and those that leave it."""
    claims = [line.claim for line in seller.fake.lines.values() if line.claim]
    kinds = {claim.status for claim in claims}
    assert kinds >= {1, 3, 4, 6, 16}
    assert all(claim.requested <= seller.fake.now for claim in claims)
    assert all(claim.completed >= claim.requested for claim in claims if claim.completed)
