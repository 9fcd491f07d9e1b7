"""Who stands for a buyer that a mall does not name: rules R5."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from mallsync import Contact, Mall, Order, OrderKey, Phase, Shipment
from mallsync.errors import ConfigError
from mallsync.model.period import JST
from mallsync.policy import buyer
from mallsync.policy.buyer import CopyRecipient, FixedContact, LeaveBlank, decide, resolve

TO = Contact(family_name="見本", given_name="花子")
SHOP = Contact(company="見本商店", phone="03-0000-0000")
FIXED = FixedContact(SHOP)
MODES = [None, CopyRecipient(), CopyRecipient(anonymous=FIXED), FIXED, LeaveBlank()]


def order(mall: str, *shipments: Shipment, buyer: Contact | None = None) -> Order:
    """Return an order of a mall."""
    return Order(
        key=OrderKey(mall, "demo", "1"),
        phase=Phase.TO_SHIP,
        mall_status="1",
        ordered_at=datetime(2026, 11, 22, tzinfo=JST),
        buyer=buyer,
        shipments=shipments,
    )


def codes(decision: buyer.BuyerDecision) -> list[str]:
    """Return the codes of the warnings."""
    return [warning.code.value for warning in decision.warnings]


NAMED, HIDDEN = Shipment(id="1", recipient=TO), Shipment(id="1", anonymous=True)
MERCARI, RAKUMA = order(Mall.MERCARI_SHOPS, NAMED), order(Mall.RAKUMA, NAMED)


@given(st.sampled_from([*Mall, "a-csv-shop"]), st.sampled_from(MODES), st.booleans())
def test_a_buyer_that_the_mall_named_is_never_replaced(
    mall: str, mode: buyer.BuyerMode | None, hidden: bool
) -> None:
    """Whatever the mode, and without a warning."""
    given_one = Contact(family_name="注文者")
    told = order(mall, HIDDEN if hidden else NAMED, buyer=given_one)

    assert decide(told, mode) == buyer.BuyerDecision(given_one)


def test_the_recipient_is_copied_and_marked() -> None:
    """So that nobody takes it for what the mall said."""
    assert decide(MERCARI, CopyRecipient()).contact == evolve(TO, origin="recipient")
    assert resolve(MERCARI, FIXED) == evolve(SHOP, origin="fixed")
    assert decide(MERCARI, LeaveBlank()) == buyer.BuyerDecision(None)


def test_of_several_recipients_the_first_that_is_not_cancelled_counts() -> None:
    """A package that was taken out names nobody."""
    gone = Shipment(id="1", recipient=Contact(family_name="先"), cancelled=True)
    other = Shipment(id="3", recipient=Contact(family_name="後"))

    assert resolve(
        order(Mall.MERCARI_SHOPS, gone, evolve(NAMED, id="2"), other), CopyRecipient()
    ) == (evolve(TO, origin="recipient"))


def test_a_shop_that_has_not_chosen_gets_blanks_and_a_warning() -> None:
    """As if it had fixed a contact without a value."""
    decision = decide(MERCARI)

    assert decision.contact == Contact(origin="fixed")
    assert codes(decision) == ["BUYER_MODE_UNSET"]
    assert buyer.DEFAULTS[Mall.MERCARI_SHOPS] is None


@pytest.mark.parametrize("mode", [None, CopyRecipient(), FIXED, LeaveBlank()])
def test_rakuma_always_copies(mode: buyer.BuyerMode | None) -> None:
    """It leaves the shop no choice."""
    assert decide(RAKUMA, mode) == buyer.BuyerDecision(evolve(TO, origin="recipient"))


def test_an_anonymous_recipient_cannot_be_copied() -> None:
    """What the mall shows is nobody's name: the fixed contact must be used."""
    for mall in (Mall.MERCARI_SHOPS, Mall.RAKUMA):
        hidden = order(mall, HIDDEN)
        decision = decide(hidden, CopyRecipient())
        assert (decision.contact, codes(decision)) == (None, ["ANONYMOUS_WITH_COPY"])
        both = CopyRecipient(anonymous=FIXED)
        assert decide(hidden, both) == buyer.BuyerDecision(evolve(SHOP, origin="fixed"))
    assert resolve(order(Mall.MERCARI_SHOPS, HIDDEN), FIXED) == evolve(SHOP, origin="fixed")


@pytest.mark.parametrize("shipments", [(), (Shipment(id="1"),), (evolve(NAMED, cancelled=True),)])
def test_without_a_recipient_there_is_nobody_to_copy(shipments: tuple[Shipment, ...]) -> None:
    """Not yet, for an order that is not paid: that is no reason to warn."""
    assert decide(order(Mall.RAKUMA, *shipments)) == buyer.BuyerDecision(None)


def test_where_the_mall_names_buyers_a_missing_one_stays_blank() -> None:
    """Unless the shop says otherwise."""
    assert resolve(order(Mall.RAKUTEN, NAMED)) is None
    assert resolve(order(Mall.RAKUTEN, NAMED), CopyRecipient()) == evolve(TO, origin="recipient")


def test_a_mode_is_one_of_three() -> None:
    """The message says which."""
    wrong: Any = "copy"
    with pytest.raises(ConfigError, match=r"^mode is str: write CopyRecipient\(\)"):
        decide(MERCARI, wrong)


def test_a_fixed_contact_is_a_contact() -> None:
    """The message says what to write, and shows no name."""
    wrong: Any = "見本商店"
    with pytest.raises(ConfigError, match=r"^contact is str: write Contact\(") as told:
        FixedContact(wrong)
    assert "見本" not in str(told.value)
    with pytest.raises(ConfigError, match=r"^anonymous is str: write FixedContact\("):
        CopyRecipient(anonymous=wrong)
