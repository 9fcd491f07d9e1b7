"""A shipment notice: what Rakuten would refuse, whether it is there, and what has to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from mallsync import Order, Parcel, Shipment, ShipmentNotice
from mallsync.adapters.rakuten.notices import fill, has_unfilled, preview, standing
from mallsync.adapters.rakuten.shapes import CARRIERS
from mallsync.errors import Conflict, NotFound
from mallsync.model.words import Carrier
from mallsync.model.writebacks import Standing
from tests.adapters.rakuten.made import BASKET, NUMBER, detail, notice, order, package

DAY = "2026-11-22"
ONE = "000011112222"
TWO = "000033334444"

# wire facts §4.3, written out once more: the expected table stands on its own
CARRIER_FACTS = {
    "1000": "その他",
    "1001": "ヤマト運輸",
    "1002": "佐川急便",
    "1003": "日本郵便",
    "1004": "西濃運輸",
    "1005": "セイノースーパーエクスプレス",
    "1006": "福山通運",
    "1007": "名鉄運輸",
    "1008": "トナミ運輸",
    "1009": "第一貨物",
    "1010": "新潟運輸",
    "1011": "中越運送",
    "1012": "岡山県貨物運送",
    "1013": "久留米運送",
    "1014": "山陽自動車運送",
    "1015": "NXトランスポート",
    "1016": "エコ配",
    "1017": "EMS",
    "1018": "DHL",
    "1019": "FedEx",
    "1020": "UPS",
    "1021": "日本通運",
    "1022": "TNT",
    "1023": "OCS",
    "1024": "USPS",
    "1025": "SFエクスプレス",
    "1026": "Aramex",
    "1027": "SGHグローバル・ジャパン",
    "1028": "Rakuten EXPRESS",
    "1029": "日本郵便 楽天倉庫出荷",
    "1030": "ヤマト運輸 クロネコゆうパケット",
    "1031": "名鉄NX運輸",
}


# -------------------------------------------------------------------------------------- carriers


def test_the_carrier_table_holds_the_thirty_two_codes() -> None:
    """Each code of the wire facts has its name, and there is no other."""
    assert {code: CARRIERS.name_of(code) for code in CARRIERS.names} == CARRIER_FACTS
    assert len(CARRIER_FACTS) == 32


@pytest.mark.parametrize(("code", "name"), CARRIER_FACTS.items())
def test_a_carrier_is_found_by_code_and_by_name(code: str, name: str) -> None:
    """The mall's own name and the code itself both lead to the code."""
    assert code == CARRIERS.code_of(name)
    assert code == CARRIERS.code_of(code)


def test_every_other_name_of_a_carrier_leads_to_one_code() -> None:
    """No name stands for two carriers, even after folding."""
    for code, names in CARRIERS.names.items():
        assert {code} == {CARRIERS.code_of(name) for name in names}


@pytest.mark.parametrize("carrier", Carrier)
def test_every_carrier_that_hosts_know_has_a_code(carrier: Carrier) -> None:
    """The built-in carrier names can all be reported to Rakuten."""
    assert CARRIERS.code_of(carrier) is not None


@pytest.mark.parametrize(
    ("name", "code"), [(" ﾔﾏﾄ運輸　", "1001"), ("ゆうパック", "1003"), ("ＤＨＬ", "1018")]
)
def test_carrier_names_are_compared_after_folding(name: str, code: str) -> None:
    """Half-width kana, full-width letters and blanks make no difference."""
    assert code == CARRIERS.code_of(name)


# --------------------------------------------------------------------------------------- preview


def test_a_complete_notice_has_neither_drops_nor_problems() -> None:
    """Nothing is said of a notice that Rakuten takes as it is."""
    assert ((), ()) == (preview(notice()).dropped, preview(notice()).problems)


def test_an_unknown_carrier_names_the_choices() -> None:
    """The person reads which names can be written instead."""
    (problem,) = preview(notice(carrier="見本気球便")).problems

    assert problem.code == "CARRIER_UNMAPPED"
    assert all(name in problem.detail for name in CARRIER_FACTS.values())


def test_a_missing_ship_date_is_a_problem() -> None:
    """Rakuten completes nothing without a ship date."""
    assert ["NOTICE_INCOMPLETE"] == _problems(notice(ship_date=None))


@pytest.mark.parametrize("wrong", ["A-1", "12345678901", "１２３", "-1", "1.5", " 7"])
def test_a_shipment_id_that_is_no_basket_is_a_problem(wrong: str) -> None:
    """A basketId is at most ten plain digits."""
    assert ["SHIPMENT_ID_WRONG"] == _problems(notice(shipment_id=wrong))


@pytest.mark.parametrize("right", ["", "7", "5000000031"])
def test_a_basket_or_none_is_no_problem(right: str) -> None:
    """A notice may leave the shipment out."""
    assert [] == _problems(notice(shipment_id=right))


@pytest.mark.parametrize("wrong", ["", "　", "9" * 121, "①234", "㈱1", "ﾃｽﾄ1", "12\n34"])
def test_a_number_that_rakuten_refuses_is_a_problem_with_its_place(wrong: str) -> None:
    """Empty, too long, and 機種依存文字 are named before anything is sent."""
    (problem,) = preview(notice(NUMBER, ONE, wrong)).problems

    assert problem.code == "TRACKING_NUMBER_WRONG"
    assert problem.detail.startswith("tracking_numbers[1]")
    assert "9" * 120 not in problem.detail


@pytest.mark.parametrize("right", ["9" * 120, "AB-123", "１２３", "見本"])
def test_an_ordinary_number_is_no_problem(right: str) -> None:
    """Letters, dashes and full-width digits are in JIS X 0208."""
    assert [] == _problems(notice(NUMBER, right))


def test_numbers_behind_the_nineteenth_are_named_as_dropped() -> None:
    """What is dropped is told before it is sent, and is looked at no further."""
    numbers = (*map(str, range(1, 20)), "①", "②")
    preview_ = preview(notice(NUMBER, *numbers))

    assert [("NUMBERS_DROPPED", "2 behind the first 19")] == [
        (one.code, one.detail) for one in preview_.dropped
    ]
    assert () == preview_.problems


def test_a_message_is_named_as_dropped() -> None:
    """Rakuten takes no text for the buyer with a shipment."""
    assert ["MESSAGE_DROPPED"] == [one.code for one in preview(notice(message="見本")).dropped]


def _problems(notice_: ShipmentNotice) -> list[str]:
    return [problem.code for problem in preview(notice_).problems]


# -------------------------------------------------------------------------------------- standing


SAME = detail(1, ONE, "1001", DAY)

STANDINGS: Sequence[tuple[str, list[dict[str, Any]], tuple[str, ...], Standing]] = [
    ("nothing is there", [], (ONE,), Standing.ABSENT),
    ("an unfilled record is nothing", [detail(1)], (ONE,), Standing.ABSENT),
    ("a dated record is nothing yet", [detail(1, None, "1001", DAY)], (ONE,), Standing.ABSENT),
    ("just so", [SAME], (ONE,), Standing.SAME),
    ("just so, beside an unfilled one", [detail(2), SAME], (ONE,), Standing.SAME),
    ("just so, twice", [SAME, detail(2, ONE, "1001", DAY)], (ONE,), Standing.SAME),
    ("another carrier", [detail(1, ONE, "1002", DAY)], (ONE,), Standing.DIFFERENT),
    ("another day", [detail(1, ONE, "1001", "2026-11-21")], (ONE,), Standing.DIFFERENT),
    ("no day", [detail(1, ONE, "1001")], (ONE,), Standing.DIFFERENT),
    ("another number", [detail(1, TWO, "1001", DAY)], (ONE,), Standing.DIFFERENT),
    ("a number more", [SAME, detail(2, TWO, "1001", DAY)], (ONE,), Standing.DIFFERENT),
    ("a number less", [SAME], (ONE, TWO), Standing.DIFFERENT),
    ("both", [detail(2, TWO, "1001", DAY), SAME], (ONE, TWO), Standing.SAME),
    ("a number given twice", [SAME], (ONE, ONE), Standing.SAME),
    ("no number, nothing there", [], (), Standing.ABSENT),
    ("no number, an empty record", [detail(1)], (), Standing.ABSENT),
    ("no number, just so", [detail(1, None, "1001", DAY)], (), Standing.SAME),
    (
        "no number, one of two just so",
        [detail(1, None, "1002", DAY), detail(2, None, "1001", DAY)],
        (),
        Standing.SAME,
    ),
    ("no number, no carrier", [detail(1, None, None, DAY)], (), Standing.DIFFERENT),
    ("no number, one is there", [SAME], (), Standing.DIFFERENT),
]


@pytest.mark.parametrize(
    ("records", "numbers", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in STANDINGS],
)
def test_a_notice_is_absent_the_same_or_different(
    records: list[dict[str, Any]], numbers: tuple[str, ...], expected: Standing
) -> None:
    """The records with a number are compared with the notice's numbers, carrier and day."""
    assert expected is standing(order(NUMBER, *records), notice(tracking_numbers=numbers))


def test_a_notice_for_a_shipment_that_is_not_there_is_absent() -> None:
    """A basket that the order does not have shows nothing."""
    assert standing(order(NUMBER, SAME), notice(shipment_id="7")) is Standing.ABSENT


def test_a_notice_without_a_shipment_means_the_only_live_one() -> None:
    """A cancelled package does not count; with two live ones nothing is meant."""
    gone = package(basketId=7, packageDeleteFlag=1)
    here = package(ShippingModelList=[SAME])
    unnamed = notice(shipment_id="")

    one = order(PackageModelList=[gone, here])
    two = order(PackageModelList=[package(basketId=7), here])

    assert standing(one, unnamed) is Standing.SAME
    assert standing(two, unnamed) is Standing.ABSENT


# ------------------------------------------------------------------------------------------ fill


def _full(number: str = ONE, **more: Any) -> dict[str, Any]:
    return {
        "deliveryCompany": "1001",
        "shippingNumber": number,
        "shippingDate": DAY,
        **more,
    }


FILLINGS: Sequence[tuple[str, list[dict[str, Any]], tuple[str, ...], list[dict[str, Any]]]] = [
    ("a record is added where there is none", [], (ONE,), [_full()]),
    ("an unfilled one is taken first", [detail(5)], (ONE,), [_full(shippingDetailId=5)]),
    (
        "a dated one is unfilled, too",
        [detail(5, None, "1000", "2026-12-24")],
        (ONE,),
        [_full(shippingDetailId=5)],
    ),
    (
        "one is filled and one added",
        [detail(5)],
        (ONE, TWO),
        [_full(shippingDetailId=5), _full(TWO)],
    ),
    ("what agrees is left alone", [SAME], (ONE, TWO), [_full(TWO)]),
    (
        "the record with the number is mended",
        [detail(5), detail(6, ONE, "1002", DAY)],
        (ONE,),
        [_full(shippingDetailId=6)],
    ),
    (
        "each record with the number is mended",
        [detail(5, ONE, "1002", DAY), SAME, detail(6, ONE)],
        (ONE,),
        [_full(shippingDetailId=5), _full(shippingDetailId=6)],
    ),
    ("a number given twice is one parcel", [], (ONE, ONE), [_full()]),
    (
        "without a number the first unfilled one is dated",
        [detail(5), detail(6)],
        (),
        [{"deliveryCompany": "1001", "shippingDate": DAY, "shippingDetailId": 5}],
    ),
    (
        "without a number and a record, one is added",
        [],
        (),
        [{"deliveryCompany": "1001", "shippingDate": DAY}],
    ),
]


@pytest.mark.parametrize(
    ("records", "numbers", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in FILLINGS],
)
def test_records_are_filled_before_any_is_added(
    records: list[dict[str, Any]], numbers: tuple[str, ...], expected: list[dict[str, Any]]
) -> None:
    """The record with the number is mended, else an unfilled one taken, else one added."""
    filling = fill(order(NUMBER, *records), notice(tracking_numbers=numbers))

    assert filling.basket == BASKET
    assert expected == [dict(one) for one in filling.records]


def test_no_more_than_nineteen_numbers_are_written() -> None:
    """What the preview names as dropped is not written."""
    filling = fill(order(), notice(NUMBER, *map(str, range(1, 25))))

    assert [str(number) for number in range(1, 20)] == [
        one["shippingNumber"] for one in filling.records
    ]


def test_a_day_that_is_not_given_is_not_written() -> None:
    """An absent key keeps what the mall has; an empty one would erase it."""
    (record,) = fill(order(), notice(ship_date=None)).records

    assert "shippingDate" not in record


def test_a_shipment_that_is_not_there_cannot_be_filled() -> None:
    """A basket of another order, or of a line added later, is NotFound."""
    with pytest.raises(NotFound, match=r"basketId: SHIPMENT_UNKNOWN"):
        fill(order(), notice(shipment_id="7"))


def test_a_cancelled_order_takes_no_notice() -> None:
    """Nothing is reported for an order that was cancelled on the mall."""
    with pytest.raises(Conflict, match=r"CANCELLED_ON_MALL"):
        fill(order(orderProgress=900), notice())


def test_a_cancelled_package_takes_no_notice() -> None:
    """A package that was taken out of the order is not shipped."""
    with pytest.raises(Conflict, match=r"CANCELLED_ON_MALL"):
        fill(order(PackageModelList=[package(packageDeleteFlag=1)]), notice())


def test_an_order_in_an_unknown_status_takes_no_notice() -> None:
    """A status that no document names is never written to."""
    with pytest.raises(Conflict, match=r"UNKNOWN_STATE"):
        fill(order(orderProgress=850), notice())


def test_a_correction_writes_over_the_records_that_are_there() -> None:
    """A number that is right stays where it is; a wrong one's record takes the new number."""
    there = order(NUMBER, detail(5, ONE, "1001", DAY), detail(6, "999", "1001", DAY))
    (record,) = fill(there, notice(tracking_numbers=(ONE, TWO), revision=2)).records
    more = fill(there, notice(tracking_numbers=(TWO, "3", "4"), revision=2)).records
    carrier = fill(
        order(NUMBER, detail(5, ONE, "1002", DAY)), notice(tracking_numbers=(ONE,), revision=2)
    ).records
    undated = fill(
        order(NUMBER, detail(5, "", "1001", DAY)), notice(tracking_numbers=(), revision=2)
    ).records

    assert (6, TWO) == (record["shippingDetailId"], record["shippingNumber"])
    assert [5, 6, None] == [one.get("shippingDetailId") for one in more]
    assert [(5, ONE, "1001")] == [
        (one["shippingDetailId"], one["shippingNumber"], one["deliveryCompany"]) for one in carrier
    ]
    assert 1 == len(undated)


@pytest.mark.parametrize("numbers", [(), (TWO,)])
def test_a_correction_takes_no_number_back(numbers: tuple[str, ...]) -> None:
    """Nothing tells how: a person does it on the mall's own page."""
    there = order(NUMBER, detail(5, ONE, "1001", DAY), detail(6, "999", "1001", DAY))
    with pytest.raises(Conflict, match=r"ShippingModelList: MORE_NUMBERS_ON_MALL"):
        fill(there, notice(tracking_numbers=numbers, revision=2))


@pytest.mark.parametrize("numbers", [(), (ONE,)])
def test_another_number_on_the_mall_is_not_written_over(numbers: tuple[str, ...]) -> None:
    """Someone has reported another parcel there: a person decides."""
    with pytest.raises(Conflict, match=r"ShippingModelList: OTHER_NUMBER_ON_MALL"):
        fill(order(NUMBER, detail(5, TWO, "1001", DAY)), notice(tracking_numbers=numbers))


@pytest.mark.parametrize(
    ("records", "numbers", "expected"),
    [
        ([], (ONE,), False),
        ([detail(1)], (ONE,), False),
        ([detail(1), detail(2)], (ONE,), True),
        ([detail(1), SAME], (ONE,), True),
        ([detail(1), detail(2)], (ONE, TWO), False),
    ],
)
def test_a_record_that_stays_without_a_number_is_noticed(
    records: list[dict[str, Any]], numbers: tuple[str, ...], expected: bool
) -> None:
    """More unfilled records than new numbers leave the order open."""
    assert expected is has_unfilled(order(NUMBER, *records), notice(NUMBER, *numbers))


def test_a_shipment_that_is_not_there_has_nothing_unfilled() -> None:
    """Nothing is said of a basket that the order does not have."""
    assert not has_unfilled(order(NUMBER, detail(1), detail(2)), notice(shipment_id="7"))


# ------------------------------------------------------------------------------- the law of filling


_DAYS = st.sampled_from([None, date(2026, 11, 22), date(2026, 12, 24)])
_NUMBERS = st.sampled_from(["", "", "A-1", "B-2", "C-3"])
_PARCELS = st.lists(
    st.builds(
        Parcel,
        carrier_code=st.sampled_from(["", "1001", "1002"]),
        tracking_number=_NUMBERS,
        ship_date=_DAYS,
    ),
    max_size=7,
)
_WANTED = st.lists(st.sampled_from(["A-1", "B-2", "C-3"]), max_size=4).map(tuple)


def _carried_out(
    parcels: Sequence[Parcel], records: Sequence[Mapping[str, object]]
) -> list[Parcel]:
    """Return what the mall holds after a write, by the rule of wire facts §4.1.

    No id adds a record; an id updates that one; a key that is absent keeps what is there.
    """
    held = {parcel.id: parcel for parcel in parcels}
    for place, facts in enumerate(records):
        ident = str(facts.get("shippingDetailId", f"{900 + place}"))
        old = held.get(ident, Parcel(id=ident))
        day = facts.get("shippingDate")
        held[ident] = evolve(
            old,
            carrier_code=str(facts.get("deliveryCompany", old.carrier_code)),
            tracking_number=str(facts.get("shippingNumber", old.tracking_number)),
            ship_date=old.ship_date if day is None else date.fromisoformat(str(day)),
        )
    return list(held.values())


@given(_PARCELS, _WANTED)
def test_filling_makes_the_mall_show_the_notice_whatever_it_held(
    made: list[Parcel], numbers: tuple[str, ...]
) -> None:
    """Carried out, it makes the standing SAME, adds no record too many and spares the others."""
    parcels = tuple(evolve(one, id=str(place)) for place, one in enumerate(made, 1))
    before = _holding(parcels)
    wanted = notice(tracking_numbers=numbers)
    if {one.tracking_number for one in parcels} - {"", *numbers}:
        with pytest.raises(Conflict):
            fill(before, wanted)
        return
    if standing(before, wanted) is Standing.SAME:
        return
    records = fill(before, wanted).records
    after = _holding(tuple(_carried_out(parcels, records)))

    assert records
    assert standing(after, wanted) is Standing.SAME
    _assert_no_record_too_many(before, after, numbers)
    _assert_other_numbers_are_spared(before, records)


def _holding(parcels: tuple[Parcel, ...]) -> Order:
    bare = order()
    return evolve(bare, shipments=(Shipment(id=str(BASKET), parcels=parcels),))


def _parcels_of(one: Order) -> tuple[Parcel, ...]:
    return one.shipments[0].parcels


def _assert_no_record_too_many(before: Order, after: Order, numbers: tuple[str, ...]) -> None:
    unfilled = [one for one in _parcels_of(before) if not one.tracking_number]
    new = set(numbers or ("",)) - {one.tracking_number for one in _parcels_of(before)}
    added = len(_parcels_of(after)) - len(_parcels_of(before))

    assert added == max(0, len(new) - len(unfilled))


def _assert_other_numbers_are_spared(
    before: Order, records: Sequence[Mapping[str, object]]
) -> None:
    held = {one.id: one.tracking_number for one in _parcels_of(before)}
    for facts in records:
        old = held.get(str(facts.get("shippingDetailId", "")), "")
        assert old in ("", facts.get("shippingNumber"))
