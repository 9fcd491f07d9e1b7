"""Order and handling become notices: only what the shop has filled in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from mallsync import (
    Dispatch,
    Handling,
    Mall,
    Order,
    OrderKey,
    Phase,
    Shipment,
    ShipmentNotice,
)
from mallsync.errors import ConfigError
from mallsync.model.codes import ReasonCode, text_of
from mallsync.model.period import JST
from mallsync.model.writebacks import NoticeWarning
from mallsync.policy import export, message, tracking
from mallsync.policy.notice import Built, build, dispatches, mall_prints_label
from mallsync.policy.settings import NumberRule

DAY = date(2026, 11, 22)
RIGHT, WRONG = "123456789013", "123456789031"
TEMPLATE = "[配送業者] [伝票番号] [店名]"


def order(*shipments: Shipment, mall: str = "rakuten") -> Order:
    """Return an order with these shipments."""
    return Order(
        key=OrderKey(mall, "demo", "999003-1"),
        phase=Phase.TO_SHIP,
        mall_status="300",
        ordered_at=datetime(2026, 11, 20, tzinfo=JST),
        shipments=shipments,
    )


def test_a_notice_says_what_the_dispatch_says() -> None:
    """Order, shipment, carrier, methods, numbers and day; no message of its own."""
    told = Dispatch(
        shipment_id="7",
        ship_date=DAY,
        carrier="日本郵便",
        delivery_methods=frozenset({"定形外"}),
        tracking_number="000011112222",
    )

    assert (
        ShipmentNotice(
            order_number="999003-1",
            shipment_id="7",
            carrier="日本郵便",
            delivery_methods=frozenset({"定形外"}),
            tracking_numbers=("000011112222",),
            ship_date=DAY,
        ),
    ) == build(order(Shipment(id="7")), Handling(dispatches=(told,))).notices


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", ()),
        ("　", ()),
        (",", ()),
        ("1", ("1",)),
        ("1, 2", ("1", "2")),
        ("1,,2,", ("1", "2")),
        ("1、2，3", ("1", "2", "3")),
        ("　1　,\t2 ", ("1", "2")),
    ],
)
def test_several_numbers_stand_in_one_field(text: str, numbers: tuple[str, ...]) -> None:
    """Commas of every width part them; blanks around them are no part of them."""
    told = Handling(dispatches=(Dispatch(ship_date=DAY, tracking_number=text),))
    (notice,) = build(order(Shipment(id="7")), told).notices

    assert numbers == notice.tracking_numbers


def test_a_shipment_that_has_not_left_has_no_notice() -> None:
    """Without a ship date there is nothing to report, whatever else is filled in."""
    told = Handling(
        dispatches=(
            Dispatch(shipment_id="1", tracking_number="1"),
            Dispatch(shipment_id="2", ship_date=DAY),
        )
    )

    assert ["2"] == [
        notice.shipment_id
        for notice in build(order(Shipment(id="1"), Shipment(id="2")), told).notices
    ]


def test_a_cancelled_shipment_has_no_notice() -> None:
    """The one that is left takes an unnamed dispatch."""
    told = Handling(dispatches=(Dispatch(ship_date=DAY),))
    both = order(Shipment(id="1", cancelled=True), Shipment(id="2"))

    assert ["2"] == [notice.shipment_id for notice in build(both, told).notices]


def test_an_unnamed_dispatch_means_nothing_for_two_shipments() -> None:
    """Nobody knows which of them has left."""
    told = Handling(dispatches=(Dispatch(ship_date=DAY),))

    assert () == build(order(Shipment(id="1"), Shipment(id="2")), told).notices


# ------------------------------------------------------------------------- when there is a notice


def built(mall: str, dispatch: Dispatch, template: str = "", **more: Any) -> Built:
    """Return what is built of one shipment."""
    told = Handling(dispatches=(dispatch,))
    return build(order(Shipment(id="7"), mall=mall), told, template, **more)


def codes(result: Built) -> list[str]:
    """Return the codes of the warnings."""
    return [warning.code for warning in result.warnings]


@pytest.mark.parametrize(
    "filled", [{"tracking_number": "1"}, {"carrier": "エコ配"}, {"delivery_methods": {"速達"}}]
)
def test_where_no_ship_date_is_needed_any_filled_field_makes_a_notice(filled: Any) -> None:
    """Qoo10's rule needs none (R3): what is still missing is for a guard of the plan to say."""
    (notice,) = built("qoo10", Dispatch(**filled)).notices

    assert notice.ship_date is None


def test_a_ship_date_alone_makes_a_notice_too() -> None:
    """On every mall."""
    assert all(1 == len(built(mall, Dispatch(ship_date=DAY)).notices) for mall in Mall)


def test_a_dispatch_of_blanks_makes_no_notice() -> None:
    """There is nothing to say."""
    blank = Dispatch(carrier="　", tracking_number=",", delivery_methods={" "})

    assert Built(notices=()) == built("qoo10", blank) == built("rakuten", blank)


def test_the_rule_that_judged_an_order_decides_whether_a_date_is_needed() -> None:
    """A plan that judges by a rule of the shop's own builds by it too."""
    undated = evolve(export.RULES[Mall.RAKUTEN], needs_ship_date=False)
    dispatch = Dispatch(tracking_number="1")

    assert () == built("rakuten", dispatch).notices
    assert 1 == len(built("rakuten", dispatch, rule=undated).notices)
    assert () == built("qoo10", dispatch, rule=export.RULES[Mall.RAKUTEN]).notices


def test_a_mall_without_a_row_follows_the_convention_of_the_field() -> None:
    """A shop of CSV files: a ship date, every number, the message as it stands."""
    dispatch = Dispatch(ship_date=DAY, tracking_number="1,2", carrier="エコ配")
    (notice,) = built("my-csv-shop", dispatch, TEMPLATE).notices

    assert (("1", "2"), TEMPLATE) == (notice.tracking_numbers, notice.message)
    assert () == built("my-csv-shop", evolve(dispatch, ship_date=None)).notices
    assert [] == codes(built("my-csv-shop", Dispatch(ship_date=DAY)))


def test_a_mall_without_a_client_keeps_its_limit_of_numbers() -> None:
    """R4 tells it: Amazon takes the first."""
    dispatch = Dispatch(ship_date=DAY, tracking_number="1,2")

    assert ("1",) == built("amazon", dispatch).notices[0].tracking_numbers


def test_each_live_shipment_comes_with_what_the_shop_says_of_it() -> None:
    """A cancelled one does not, and one of which nothing is said has a blank dispatch."""
    one, gone, two = Shipment(id="1"), Shipment(id="2", cancelled=True), Shipment(id="3")
    said = Dispatch(shipment_id="3", carrier="エコ配")

    assert [(one, Dispatch(shipment_id="1")), (two, said)] == list(
        dispatches(order(one, gone, two), Handling(dispatches=(said,)))
    )


# ---------------------------------------------------------------------------------- the message


def test_placeholders_are_replaced_where_the_mall_has_them() -> None:
    """By the field as entered; other brackets stay."""
    dispatch = Dispatch(ship_date=DAY, carrier="エコ配", tracking_number="1, 2 ")
    result = built("mercari_shops", dispatch, TEMPLATE)

    assert "エコ配 1, 2  [店名]" == result.notices[0].message
    assert ("1", "2") == result.notices[0].tracking_numbers
    assert [] == codes(result)


@pytest.mark.parametrize("mall", ["rakuma", "rakuten", "qoo10"])
def test_elsewhere_the_template_is_the_message(mall: str) -> None:
    """Placeholders are off, so nothing is missing either."""
    result = built(mall, Dispatch(ship_date=DAY, tracking_number="1"), TEMPLATE)

    assert TEMPLATE == result.notices[0].message
    assert [] == codes(result)


def test_a_placeholder_without_a_value_is_named() -> None:
    """The message goes all the same (R4): the buyer will see the gap."""
    result = built("mercari_shops", Dispatch(ship_date=DAY, carrier="エコ配"), TEMPLATE)

    assert "エコ配  [店名]" == result.notices[0].message
    assert (NoticeWarning("MESSAGE_INCOMPLETE", "[伝票番号]"),) == result.warnings


def test_a_template_that_is_not_text_is_refused() -> None:
    """Whether or not there is a notice to write."""
    wrong: Any = None

    with pytest.raises(ConfigError, match=r"^template is NoneType"):
        build(order(), Handling(), wrong)


# --------------------------------------------------------------------------------- the warnings


@pytest.mark.parametrize(
    ("mall", "count", "detail"),
    [("qoo10", 3, "2 behind the first 1"), ("rakuten", 20, "1 behind the first 19")],
)
def test_numbers_that_a_mall_does_not_take_are_counted(mall: str, count: int, detail: str) -> None:
    """Before anything is sent."""
    several = ",".join(str(number) for number in range(count))

    assert (NoticeWarning("NUMBERS_DROPPED", detail),) == built(
        mall, Dispatch(ship_date=DAY, tracking_number=several)
    ).warnings


def test_a_caller_can_have_a_limit_of_its_own() -> None:
    """It goes before the mall's."""
    dispatch = Dispatch(ship_date=DAY, tracking_number="1,2,3")
    result = built("rakuten", dispatch, mall_limits=NumberRule(most=2))

    assert (("1", "2"), ["NUMBERS_DROPPED"]) == (
        result.notices[0].tracking_numbers,
        codes(result),
    )


def test_a_limit_of_another_type_is_refused_with_an_example() -> None:
    """A number says nothing of how a field is parted."""
    with pytest.raises(ConfigError, match=r"^mall_limits is int: write NumberRule\(most=19\)"):
        built("rakuten", Dispatch(ship_date=DAY), mall_limits=19)


@pytest.mark.parametrize(
    ("mall", "number", "expected"),
    [("rakuten", "", True), ("rakuten", "1", False), ("rakuma", "", False)],
)
def test_an_order_that_stays_open_without_a_number_is_named(
    mall: str, number: str, expected: bool
) -> None:
    """Only where the convention says so."""
    result = built(mall, Dispatch(ship_date=DAY, tracking_number=number))

    assert expected == ("RAKUTEN_STAYS_OPEN" in codes(result))


@pytest.mark.parametrize(
    ("anonymous", "method", "expected"),
    [
        (False, "らくらくメルカリ便", True),
        (False, " らくらくﾒﾙｶﾘ便", True),
        (True, "", True),
        (False, "ゆうゆうメルカリ便", False),
        (False, "宅急便", False),
    ],
)
def test_a_label_that_only_the_mall_can_issue_is_named(
    anonymous: bool, method: str, expected: bool
) -> None:
    """Anonymous delivery, or the method among others."""
    shipment = Shipment(id="7", anonymous=anonymous)
    dispatch = Dispatch(ship_date=DAY, tracking_number="1", delivery_methods={"速達", method})
    result = build(
        order(shipment, mall="mercari_shops"), Handling(dispatches=(dispatch,)), "発送しました"
    )

    assert expected == mall_prints_label(shipment, dispatch)
    assert (["MALL_LABEL_ONLY"] if expected else []) == codes(result)


@pytest.mark.parametrize("mall", ["rakuten", "rakuma", "mercari_shops"])
def test_a_number_that_looks_mistyped_is_named_by_its_place(mall: str) -> None:
    """In a field that is sent as entered, too; the number itself is not repeated."""
    dispatch = Dispatch(ship_date=DAY, carrier="ヤマト運輸", tracking_number=f"{RIGHT},{WRONG}")

    assert (NoticeWarning("TRACKING_SUSPECT", "number 2, ヤマト運輸: check digit"),) == built(
        mall, dispatch
    ).warnings


def test_a_number_that_is_not_sent_is_not_checked() -> None:
    """That it is dropped is all there is to know."""
    dispatch = Dispatch(ship_date=DAY, carrier="ヤマト運輸", tracking_number=f"{RIGHT},{WRONG}")

    assert ["NUMBERS_DROPPED"] == codes(built("qoo10", dispatch))


def test_with_several_shipments_a_warning_says_of_which() -> None:
    """In the order of the notices."""
    told = Handling(
        dispatches=(
            Dispatch(shipment_id="1", ship_date=DAY),
            Dispatch(shipment_id="2", ship_date=DAY, carrier="佐川急便", tracking_number="1"),
        )
    )

    assert (
        NoticeWarning("RAKUTEN_STAYS_OPEN", "shipment 1"),
        NoticeWarning("TRACKING_SUSPECT", "shipment 2: number 1, 佐川急便: 12 digits"),
    ) == build(order(Shipment(id="1"), Shipment(id="2")), told).warnings


dispatched = st.builds(
    Dispatch,
    ship_date=st.none() | st.just(DAY),
    carrier=st.sampled_from(["", "ヤマト運輸", "日本郵便", "エコ配"]),
    delivery_methods=st.frozensets(st.sampled_from(["定形外", "らくらくメルカリ便"])),
    tracking_number=st.text(alphabet="12,、 ", max_size=12) | st.sampled_from([RIGHT, WRONG]),
)


@given(st.sampled_from([*Mall, "amazon", "my-csv-shop"]), dispatched, st.text() | st.just(TEMPLATE))
def test_a_notice_sends_what_the_shop_has_filled_in_and_no_more(
    mall: str, dispatch: Dispatch, template: str
) -> None:
    """Nothing is made up, and every warning can be put into words."""
    result = built(mall, dispatch, template)

    for notice in result.notices:
        typed = tracking.split(dispatch.tracking_number)
        rendered = message.render(
            template, tracking_number=dispatch.tracking_number, carrier=dispatch.carrier
        )
        sent = [one for text in notice.tracking_numbers for one in tracking.split(text)]
        assert list(typed[: len(sent)]) == sent
        assert notice.message in {template, rendered}
        assert (dispatch.carrier, dispatch.ship_date) == (notice.carrier, notice.ship_date)
    assert all(text_of(code) for code in codes(result))
    assert result.notices or not result.warnings


def test_every_code_of_a_warning_is_one_of_the_table() -> None:
    """A host can show each in Japanese."""
    dispatch = Dispatch(ship_date=DAY, delivery_methods={"らくらくメルカリ便"})

    assert ["MALL_LABEL_ONLY", "MESSAGE_INCOMPLETE", "MESSAGE_INCOMPLETE"] == codes(
        built("mercari_shops", dispatch, TEMPLATE)
    )
    assert set(codes(built("mercari_shops", dispatch, TEMPLATE))) <= set(ReasonCode)
