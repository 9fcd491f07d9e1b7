"""From rows to an order: lines, phases, amounts, and every way to write a value."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from mallsync import JST, Phase
from mallsync.adapters.qoo10.labels import choices
from mallsync.adapters.qoo10.lines import line_of, related
from mallsync.errors import DecodeError
from mallsync.model.order import Discount
from mallsync.model.words import Funder, Hold
from tests.adapters.qoo10.made import claim, order, row

SECOND = 1900000012


def refused(*rows: Any) -> list[str]:
    """Return the places for which rows are refused."""
    with pytest.raises(DecodeError) as caught:
        order(*rows)
    return [problem.place for problem in caught.value.problems]


# ------------------------------------------------------------------------------------- the cart


def test_the_lines_of_a_cart_are_the_items_of_one_order() -> None:
    """Numbered by the cart; sorted by the line, whatever the order of the rows."""
    found = order(row(SECOND, ItemTitle="架空の鉢"), row())

    assert (found.mall, found.number) == ("qoo10", "880000001")
    assert [item.id for item in found.shipments[0].items] == ["1900000011", "1900000012"]
    assert [item.name for item in found.shipments[0].items] == ["架空の皿", "架空の鉢"]
    assert found.shipments[0].id == "1900000011,1900000012"
    assert found.ordered_at == datetime(2026, 11, 21, 21, 14, 5, tzinfo=JST)
    assert found.paid_at == datetime(2026, 11, 21, 21, 15, tzinfo=JST)
    assert found.raw == (row(SECOND, ItemTitle="架空の鉢"), row())


def test_rows_of_two_carts_are_no_order() -> None:
    """Nor are none at all."""
    assert refused(row(), row(SECOND, PackNo=880000002)) == ["PackNo"]
    assert refused() == ["PackNo"]


def test_lines_to_two_places_are_two_shipments_with_goods_of_their_own() -> None:
    """What else the cart costs is known of the cart alone; a bare claim goes with the first."""
    other = row(SECOND, ZipCode="999-0002", Address1="見本県例市", OrderPrice=300, Total=600)
    found = order(row(), other, claim(1900000013))
    first, second = found.shipments

    assert [item.id for item in first.items] == ["1900000011", "1900000013"]
    assert (first.charges.goods, second.charges.goods) == (2000, 600)
    assert (first.charges.shipping, found.charges.shipping) == (None, 500)
    assert found.charges.goods == 2600
    assert second.recipient is not None
    assert second.recipient.address.prefecture == "見本県"


def test_a_shipment_of_cancelled_lines_alone_costs_nothing() -> None:
    """It stays in the order."""
    gone = row(SECOND, ZipCode="999-0002", ClaimStatus="3")
    found = order(row(), gone)

    assert [shipment.cancelled for shipment in found.shipments] == [False, True]
    assert found.shipments[1].charges.goods is None


def test_keys_are_known_in_every_casing() -> None:
    """Version 2 writes them in small letters and renames some."""
    renamed = {
        "ShippingStatus": "shippingStatus",
        "OrderNo": "orderNo",
        "PackNo": "packNo",
        "ItemNo": "itemCode",
        "DesiredDeliveryDate": "hopeDate",
        "ShippingMessage": "ShippingMsg",
        "ReceiverKana": "receiver_gata",
        "Address1": "Addr1",
    }
    told = row(DesiredDeliveryDate="2026-11-25 ", ShippingMessage="置き配希望")
    old = {renamed.get(key, key): value for key, value in told.items()}

    assert order(old) == order(told)
    assert order(old).shipments[0].wish_date == date(2026, 11, 25)
    assert order(old).remarks == "置き配希望"


def test_a_field_may_be_there_in_two_spellings() -> None:
    """The later one counts."""
    both = {**row(), "ItemNo": "", "itemCode": "700000007", "EstShippingDate": "2026-11-25"}

    assert "700000007" == order(both).shipments[0].items[0].product_id


@pytest.mark.parametrize(
    "odd",
    [
        {"EstimatedShippingDate": "2026-11-25 以降"},
        {"SellerDiscount": "", "cod_price": "-", "ShippingRate": ""},
        {"ShippingStatus": "Delivered(5)", "ClaimStatus": "3", "RequestDate": "3日前"},
    ],
)
def test_what_is_not_asked_for_does_no_harm(odd: dict[str, Any]) -> None:
    """Not in the second line of a cart, of which the first tells what counts."""
    assert 2 == len(
        order(row(ShippingRate=500, cod_price=0), row(1900000012, **odd)).shipments[0].items
    )


@pytest.mark.parametrize("day", ["", "0001-01-01", "3日前"])
def test_the_date_of_a_claim_counts_where_nothing_else_tells_of_its_line(day: str) -> None:
    """It is named then."""
    told = claim(orderDate=day)

    assert Phase.CANCELLED is order(row(), told).phase
    assert ["orderDate"] == refused(told)


def test_what_related_orders_say_is_read_with_and_without_blanks() -> None:
    """Its own number counts, even where the list is empty."""
    lines = [line_of(row(RelatedOrder="1900000011, 1900000012,")), line_of(row(1900000013))]

    assert related(lines) == {"1900000011", "1900000012", "1900000013"}


# ------------------------------------------------------------------------------------- the phase


@pytest.mark.parametrize(
    ("label", "phase", "code"),
    [
        ("Awaiting shipping(1)", Phase.UNPAID, "1"),
        ("On request(2)", Phase.TO_SHIP, "2"),
        ("配送準備(3)", Phase.TO_SHIP, "3"),
        ("4", Phase.SHIPPED, "4"),
        ("配送完了(5) ", Phase.DONE, "5"),
        ("On the moon", Phase.UNKNOWN, "On the moon"),
        ("Beyond(9)", Phase.UNKNOWN, "9"),
    ],
)
def test_a_status_is_read_by_its_number(label: str, phase: Phase, code: str) -> None:
    """The label follows the account's language; one that is new is kept."""
    found = order(row(ShippingStatus=label))

    assert (found.phase, found.mall_status) == (phase, code)


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("1", Phase.HELD),
        ("2", Phase.HELD),
        ("3", Phase.CANCELLED),
        ("14", Phase.CANCELLED),
        ("16", Phase.CANCELLED),
        ("4", Phase.TO_SHIP),
        ("11", Phase.TO_SHIP),
    ],
)
def test_a_claim_holds_or_ends_a_line_and_a_return_does_not(status: str, phase: Phase) -> None:
    """キャンセル要請 and キャンセル中 hold it back, キャンセル完了 ends it."""
    found = order(row(), claim(status=status))

    assert found.phase is phase
    assert (Hold.CAUTION in found.holds) == (phase is Phase.HELD)


def test_of_two_claims_a_finished_cancellation_counts() -> None:
    """Whichever row comes first."""
    rows = [claim(status="3"), claim(status="4")]

    assert order(*rows).phase is order(*reversed(rows)).phase is Phase.CANCELLED


def test_of_two_claims_the_one_requested_last_counts() -> None:
    """In whatever order the mall lists them; one without a date is older than any with one."""
    asked = claim(status="1", requestDate="2026-11-22 09:00:00")
    returned = claim(status="6", requestDate="2026-11-22 18:00:00")
    undated = claim(status="1", requestDate="")

    for older in (asked, undated):
        assert order(row(), older, returned).phase is Phase.TO_SHIP
        assert order(row(), returned, older).phase is Phase.TO_SHIP


def test_of_two_claims_requested_at_one_moment_the_later_row_counts() -> None:
    """There is nothing else to go by; no date at all is one moment, too."""
    for told in ("2026-11-22 09:00:00", None):
        rows = [claim(status="1", requestDate=told), claim(status="11", requestDate=told)]
        assert order(row(), *rows).phase is Phase.TO_SHIP
        assert order(row(), *reversed(rows)).phase is Phase.HELD


def test_a_finished_cancellation_counts_before_what_was_requested_later() -> None:
    """Of two the later one, whose time is the cart's."""
    first = claim(requestDate="2026-11-22 09:00:00", cancelRefundDate="2026-11-22 10:00:00")
    second = claim(requestDate="2026-11-23 09:00:00", cancelRefundDate="2026-11-23 10:00:00")
    returned = claim(status="6", requestDate="2026-11-24 09:00:00")

    for rows in ([first, second, returned], [returned, second, first]):
        found = order(*rows)
        assert found.phase is Phase.CANCELLED
        assert found.cancelled_at == datetime(2026, 11, 23, 10, tzinfo=JST)


@pytest.mark.parametrize(
    ("dates", "phase"),
    [
        ({"shippingDate": "2026-11-21 10:00:00"}, Phase.SHIPPED),
        (
            {"shippingDate": "2026-11-21 10:00:00", "DeliveredDate": "2026-11-22 10:00:00"},
            Phase.DONE,
        ),
        ({}, Phase.UNKNOWN),
    ],
)
def test_a_line_of_which_only_a_return_tells_is_as_far_as_its_dates(
    dates: dict[str, str], phase: Phase
) -> None:
    """The claims say nothing of shipping otherwise."""
    assert order(claim(status="6", **dates)).phase is phase


def test_a_cart_is_cancelled_when_its_last_line_is() -> None:
    """At the time of its last refund, or of the request where none is told."""
    part = order(row(), claim(SECOND))
    gone = order(claim(), claim(SECOND, cancelRefundDate="", requestDate="2026-11-23 08:00:00"))

    assert (part.phase, part.cancelled_at) == (Phase.TO_SHIP, None)
    assert gone.phase is Phase.CANCELLED
    assert gone.cancelled_at == datetime(2026, 11, 23, 8, tzinfo=JST)
    assert gone.charges.total is None


def test_a_cart_has_been_shipped_when_each_line_has() -> None:
    """At the time of the last one."""
    sent = {"ShippingStatus": "On delivery(4)", "ShippingDate": "2026-11-22 10:00:00"}
    later = sent | {"ShippingDate": "2026-11-22 18:00:00"}

    assert order(row(**sent), row(SECOND)).shipped_at is None
    assert order(row(SECOND), row(**sent)).shipped_at is None
    both = order(row(**sent), row(SECOND, **later))
    assert both.shipped_at == datetime(2026, 11, 22, 18, tzinfo=JST)
    assert order(row(**sent), row(SECOND, **sent)).shipped_at == datetime(
        2026, 11, 22, 10, tzinfo=JST
    )


# ------------------------------------------------------------------------------------- amounts


def test_a_line_costs_price_times_quantity_with_options_less_discount() -> None:
    """Total = OrderPrice x OrderQty + options - Discount (§12)."""
    found = order(row(Option="色:青", OptionCode="DISH-B", Total=2100, Discount=200))
    (item,) = found.shipments[0].items

    assert (item.unit_price, item.quantity, item.option_price) == (1000, 2, 300)
    assert (item.sku, item.options) == ("DISH-B", "色:青")
    assert found.charges.goods == 2300
    assert found.charges.total == 2800
    assert found.charges.requested == 2600


def test_what_repeats_on_each_line_of_a_cart_counts_once() -> None:
    """Shipping, cart coupons, the fee of cash on delivery."""
    cart = {"CartDiscountSeller": 100, "CartDiscountQoo10": 50, "cod_price": 330}
    charges = order(row(**cart), row(SECOND, **cart)).charges

    assert (charges.goods, charges.shipping, charges.cod_fee) == (4000, 500, 330)
    assert charges.discounts == (
        Discount(funder=Funder.SHOP, amount=100),
        Discount(funder=Funder.MALL, amount=50),
    )
    assert charges.requested == 4000 + 500 + 330 - 150


@pytest.mark.parametrize(
    ("sellers", "parts"),
    [
        (0, {Funder.MALL: 300}),
        (120, {Funder.SHOP: 120, Funder.MALL: 180}),
        (300, {Funder.SHOP: 300}),
        (400, {Funder.UNKNOWN: 300}),
        (None, {Funder.MALL: 300}),
    ],
)
def test_a_discount_is_the_sellers_as_far_as_is_told(
    sellers: int | None, parts: dict[Funder, int]
) -> None:
    """More than there is makes no sense: then nobody knows whose it is."""
    found = order(row(Total=1700, Discount=300, SellerDiscount=sellers)).charges.discounts

    assert {one.funder: one.amount for one in found} == parts


def test_without_shipping_told_the_total_is_not_known() -> None:
    """Nothing is made up."""
    charges = order(row(ShippingRate=None)).charges

    assert (charges.shipping, charges.total, charges.requested) == (None, None, None)


@pytest.mark.parametrize("amount", [1000, 1000.0, "1000", "1000.0000", " 1000 "])
def test_whole_yen_may_be_written_in_several_ways(amount: object) -> None:
    """No raw sample shows which one it is (§16)."""
    assert order(row(OrderPrice=amount)).shipments[0].items[0].unit_price == 1000


@pytest.mark.parametrize("amount", [1000.5, "1000.5", "千円", "", True, None, float("nan"), [1000]])
def test_an_amount_that_is_not_whole_yen_is_refused_at_its_place(amount: object) -> None:
    """Never rounded, never guessed."""
    assert refused(row(OrderPrice=amount)) == ["OrderPrice"]
    assert refused(row(), row(SECOND, OrderPrice=amount)) == ["[1].OrderPrice"]


# ------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("mobile", "telephone", "dialled"),
    [
        ("+81-90-0000-1111", "+81-3-0000-3333", "090-0000-1111"),
        ("+81-090-0000-1111", "", "090-0000-1111"),
        ("+81--", "+81-3-0000-3333", "03-0000-3333"),
        ("+81-", "+81", ""),
        ("", None, ""),
        ("090-0000-1111", "", "090-0000-1111"),
    ],
)
def test_a_phone_number_is_as_it_is_dialled_in_japan(
    mobile: str, telephone: str | None, dialled: str
) -> None:
    """The mobile one first; the forms of none are none."""
    found = order(row(ReceiverMobile=mobile, ReceiverTel=telephone)).shipments[0].recipient

    assert found is not None
    assert found.phone == dialled


@pytest.mark.parametrize(
    ("told", "day", "slot"),
    [
        ("2026-11-25", date(2026, 11, 25), ""),
        ("2026/11/25 00:00:00", date(2026, 11, 25), ""),
        ("14:00~16:00", None, "14-16"),
        ("2026-11-25 14:00～16:00", date(2026, 11, 25), "14-16"),
        ("2026-11-25 9:30-12:00", date(2026, 11, 25), "09:30-12:00"),
        ("0001-01-01", None, ""),
        ("2026-11-31", None, "2026-11-31"),
        ("午前中", None, "午前中"),
        ("", None, ""),
        (None, None, ""),
    ],
)
def test_a_wish_is_a_day_a_slot_or_both(told: str | None, day: date | None, slot: str) -> None:
    """What has another form is kept in its own words."""
    (shipment,) = order(row(DesiredDeliveryDate=told)).shipments

    assert (shipment.wish_date, shipment.wish_slot) == (day, slot)


@pytest.mark.parametrize("told", ["", None, "0001-01-01 00:00:00", "1900-01-01", " "])
def test_a_moment_that_is_a_placeholder_is_none(told: str | None) -> None:
    """As is one that is not told."""
    assert order(row(PaymentDate=told)).paid_at is None


def test_a_moment_with_a_zone_of_its_own_is_the_same_moment() -> None:
    """None is known to be sent, and none would be misread."""
    assert order(row(OrderDate="2026-11-21T12:14:05+00:00")).ordered_at == datetime(
        2026, 11, 21, 21, 14, 5, tzinfo=JST
    )


def test_of_the_buyer_s_words_each_is_kept_once() -> None:
    """They repeat on each line."""
    rows = [row(ShippingMessage="置き配希望"), row(SECOND, ShippingMessage="置き配希望")]

    assert (
        order(*rows, row(1900000013, ShippingMessage="のし希望")).remarks == "置き配希望\nのし希望"
    )
    assert order(row(SenderName="贈 主")).gift is not None


@pytest.mark.parametrize(
    ("first", "second", "text", "place"),
    [
        ("東京都見本区", "1-2-3", "", ("東京都", "見本区", "1-2-3")),
        (None, None, "架空県見本市 9-9", ("架空県", "見本市", "9-9")),
        ("見本市例町", "1", "", ("", "見本市例町", "1")),
    ],
)
def test_an_address_is_parted_where_the_prefecture_ends(
    first: str | None, second: str | None, text: str, place: tuple[str, str, str]
) -> None:
    """Where both parts are missing, the whole is parted."""
    told = order(row(Address1=first, Address2=second, ShippingAddress=text)).shipments[0].recipient

    assert told is not None
    assert (told.address.prefecture, told.address.city, told.address.street) == place


# ------------------------------------------------------------------------------------- bad rows


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"OrderQty": ...}, "OrderQty"),
        ({"OrderQty": True}, "OrderQty"),
        ({"ShippingStatus": 2}, "ShippingStatus"),
        ({"OrderDate": "yesterday"}, "OrderDate"),
        ({"OrderDate": "0001-01-01 00:00:00"}, "OrderDate"),
        ({"Buyer": 7}, "Buyer"),
        ({"ShippingRate": "free"}, "ShippingRate"),
    ],
)
def test_a_field_of_another_type_is_named_in_the_mall_s_words(
    changes: dict[str, Any], place: str
) -> None:
    """And its value, which may be personal, is not."""
    assert refused(row(**changes)) == [place]
    with pytest.raises(DecodeError) as caught:
        order(row(Buyer=["見本 太郎"]))
    assert "太郎" not in str(caught.value)


def test_a_claim_that_cannot_be_read_is_named_as_the_claims_spell_it() -> None:
    """Its keys have a casing of their own."""
    assert refused(claim(orderQty="many")) == ["orderQty"]
    assert refused(row(ClaimStatus="3", CancelRefundDate="soon")) == ["CancelRefundDate"]


@pytest.mark.parametrize(
    "wrong", ["row", 7, None, {}, row(OrderNo=0), row(PackNo="880,1"), row(OrderNo=True)]
)
def test_a_row_that_does_not_say_which_line_it_is_is_refused(wrong: object) -> None:
    """There is nothing to keep it under."""
    with pytest.raises(DecodeError):
        line_of(wrong)


def test_the_display_names_of_carriers_can_be_listed() -> None:
    """For a message that says what to write instead."""
    assert {"ヤマト宅急便", "佐川急便", "ゆうパケット"} <= set(choices().split(", "))
