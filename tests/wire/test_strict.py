"""Strict reading: nothing is coerced, and each wrong place is named as the mall names it."""

# No postponed annotations here: with them a TypedDict cannot tell which keys are required.

from copy import deepcopy
from datetime import date
from typing import Any, NewType, NotRequired, TypedDict

import pytest
from cattrs.errors import BaseValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from mallsync.errors import Problem
from mallsync.wire.strict import Mismatch, Shape, strict_converter

DayText = NewType("DayText", str)


class Sku(TypedDict):
    """The innermost record."""

    variantId: NotRequired[str | None]
    stock: int


class Item(TypedDict):
    """A record in a list."""

    itemName: str
    units: int
    onSale: bool
    taxRate: int | float
    SkuModelList: NotRequired[list[Sku] | None]


class Order(TypedDict):
    """The record on the outside."""

    orderNumber: str
    orderDate: DayText
    note: str | None
    deliveryDate: NotRequired[DayText | None]
    coupons: NotRequired[list[str]]
    ItemModelList: list[Item]
    GiftModel: NotRequired[Sku | None]
    PayModel: NotRequired[Sku]


ORDERS = Shape(Order, {DayText: date.fromisoformat})


def item() -> dict[str, Any]:
    """Return a good record of a list."""
    return {
        "itemName": "見本",
        "units": 3,
        "onSale": False,
        "taxRate": 0.1,
        "SkuModelList": [{"variantId": "a", "stock": 1}, {"stock": 2}],
    }


def order() -> dict[str, Any]:
    """Return a good record."""
    return {
        "orderNumber": "1-2-3",
        "orderDate": "2026-04-01",
        "note": None,
        "deliveryDate": "2026-04-02",
        "coupons": ["x"],
        "ItemModelList": [item(), item()],
        "GiftModel": {"stock": 0},
        "PayModel": {"stock": 0},
    }


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Return a good record with another value at one place."""
    record = order()
    place: Any = record
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return record


def is_checked(value: object) -> bool:
    """Tell whether the fast check lets a value through."""
    try:
        return ORDERS.check(value) is value
    except Mismatch:
        return False


def told(value: object) -> list[str]:
    """Return what the detailed converter says."""
    return [str(problem) for problem in ORDERS.explain(value)]


def test_a_good_record_comes_back_as_it_is() -> None:
    """Nothing is copied and nothing is taken out, unknown fields included."""
    record = {**order(), "unknown": object()}

    assert record is ORDERS.check(record)
    assert () == ORDERS.explain(record)


FIRST = ("ItemModelList", 0)

TRAPS: list[tuple[tuple[str | int, ...], object, str]] = [
    ((*FIRST, "units"), "3", "ItemModelList[0].units: a str, expected int"),
    ((*FIRST, "units"), 3.0, "ItemModelList[0].units: a float, expected int"),
    ((*FIRST, "units"), 3.9, "ItemModelList[0].units: a float, expected int"),
    ((*FIRST, "units"), True, "ItemModelList[0].units: a bool, expected int"),
    ((*FIRST, "units"), None, "ItemModelList[0].units: null, expected int"),
    ((*FIRST, "onSale"), 0, "ItemModelList[0].onSale: a int, expected bool"),
    ((*FIRST, "onSale"), "false", "ItemModelList[0].onSale: a str, expected bool"),
    ((*FIRST, "taxRate"), "0.1", "ItemModelList[0].taxRate: a str, expected int or float"),
    ((*FIRST, "taxRate"), True, "ItemModelList[0].taxRate: a bool, expected int or float"),
    ((*FIRST, "itemName"), 3, "ItemModelList[0].itemName: a int, expected str"),
    ((*FIRST, "itemName"), None, "ItemModelList[0].itemName: null, expected str"),
    ((*FIRST, "itemName"), [], "ItemModelList[0].itemName: a list, expected str"),
    (("note",), 0, "note: a int, expected str or null"),
    (("orderDate",), 20260401, "orderDate: a int, expected str"),
    (("ItemModelList",), {}, "ItemModelList: a dict, expected a list"),
    (("ItemModelList",), "", "ItemModelList: a str, expected a list"),
    (("ItemModelList",), "abc", "ItemModelList: a str, expected a list"),
    (("ItemModelList",), None, "ItemModelList: null, expected a list"),
    (("ItemModelList",), (), "ItemModelList: a tuple, expected a list"),
    (("ItemModelList", 1), None, "ItemModelList[1]: null, expected an object"),
    (("ItemModelList", 1), [], "ItemModelList[1]: a list, expected an object"),
    (("coupons",), "x", "coupons: a str, expected a list"),
    (("coupons",), ["x", 1], "coupons[1]: a int, expected str"),
    (("coupons",), None, "coupons: null, expected a list"),
    (("GiftModel",), [], "GiftModel: a list, expected an object"),
    (("GiftModel",), "", "GiftModel: a str, expected an object"),
    (("GiftModel",), {}, "GiftModel.stock: missing"),
    (("PayModel",), None, "PayModel: null, expected an object"),
    (
        (*FIRST, "SkuModelList", 1, "stock"),
        "2",
        "ItemModelList[0].SkuModelList[1].stock: a str, expected int",
    ),
    (
        (*FIRST, "SkuModelList"),
        [None],
        "ItemModelList[0].SkuModelList[0]: null, expected an object",
    ),
]


@pytest.mark.parametrize(("path", "value", "said"), TRAPS, ids=[row[2] for row in TRAPS])
def test_a_coercion_trap_is_refused_at_its_place(
    path: tuple[str | int, ...], value: object, said: str
) -> None:
    """By the fast check, and by the converter that says where."""
    record = changed(path, value)

    assert not is_checked(record)
    assert [said] == told(record)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("note",), "text"),
        (("deliveryDate",), None),
        (("GiftModel",), None),
        ((*FIRST, "SkuModelList"), None),
        ((*FIRST, "SkuModelList"), []),
        ((*FIRST, "taxRate"), 0),
        (("ItemModelList",), []),
    ],
)
def test_what_the_shape_allows_is_let_through(path: tuple[str | int, ...], value: object) -> None:
    """Null only where the shape says so."""
    record = changed(path, value)

    assert is_checked(record)
    assert [] == told(record)


@pytest.mark.parametrize("name", ["deliveryDate", "coupons", "GiftModel", "PayModel"])
def test_a_field_that_may_be_absent_may_be_absent(name: str) -> None:
    """Older versions of a mall lack some."""
    record = order()
    del record[name]

    assert is_checked(record)
    assert [] == told(record)


@pytest.mark.parametrize("name", ["orderNumber", "orderDate", "note", "ItemModelList"])
def test_a_field_that_is_needed_is_missed(name: str) -> None:
    """Null is not absent: a field that may be null must still be there."""
    record = order()
    del record[name]

    assert not is_checked(record)
    assert [f"{name}: missing"] == told(record)


@pytest.mark.parametrize("value", [None, [], "", "abc", 3, True, (), [order()]])
def test_what_is_no_record_is_refused_as_a_whole(value: object) -> None:
    """There is no place to name."""
    assert not is_checked(value)
    (problem,) = ORDERS.explain(value)
    assert "" == problem.place
    assert problem.code.endswith("expected an object")


def test_every_wrong_place_is_named() -> None:
    """Not only the first."""
    record = changed((*FIRST, "units"), "3")
    record["orderNumber"] = 7
    del record["ItemModelList"][1]["itemName"]

    assert {
        "orderNumber: a int, expected str",
        "ItemModelList[0].units: a str, expected int",
        "ItemModelList[1].itemName: missing",
    } == set(told(record))


def test_a_text_that_is_no_date_is_named_without_the_text() -> None:
    """The fast check leaves it to the mapper; the text may be anything, even personal."""
    record = changed(("orderDate",), "見本太郎")
    record["deliveryDate"] = "2026-02-30"

    assert is_checked(record)
    assert {"orderDate: no DayText", "deliveryDate: no DayText"} == set(told(record))
    assert "見本太郎" not in repr(ORDERS.explain(record))


def test_an_empty_text_is_no_date_where_null_is_none() -> None:
    """Where null is allowed a mall may as well send an empty text; elsewhere it is wrong."""
    record = changed(("orderDate",), "")
    record["deliveryDate"] = ""

    assert ["orderDate: no DayText"] == told(record)


def test_no_value_shows_in_a_problem() -> None:
    """Only the type of what was found is told."""
    problems = ORDERS.explain(changed((*FIRST, "units"), "marker"))

    assert (Problem(place="ItemModelList[0].units", code="a str, expected int"),) == problems
    assert "marker" not in repr(problems)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (int, 3, [True, "3", 3.0, None]),
        (str, "3", [3, None, b"3"]),
        (bool, True, [1, "true", None]),
        (float, 0.5, [1, "0.5", None]),
        (list[int], [1, 2], [(1, 2), "12", {}, [1, "2"], None]),
        (list[str | None], ["a", None], ["ab", ["a", 1]]),
    ],
)
def test_the_converter_alone_coerces_nothing(kind: Any, good: object, bad: list[object]) -> None:
    """Each type takes itself and nothing like it."""
    converter = strict_converter()

    assert good == converter.structure(good, kind)
    for value in bad:
        with pytest.raises((TypeError, BaseValidationError)):
            converter.structure(value, kind)


def test_a_shape_shows_only_its_record() -> None:
    """Its repr is short; two shapes of one record are equal."""
    assert "texts" not in repr(ORDERS)
    assert "Order" in repr(ORDERS)
    assert ORDERS == Shape(Order, {DayText: date.fromisoformat})


# --------------------------------------------------------------------------- the two checks agree

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(0, 1) | st.sampled_from(["", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["stock", "variantId", "units", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of everything inside a value."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    found = [(*path, key) for key, _ in inner]
    return found + [place for key, one in inner for place in places(one, (*path, key))]


@settings(max_examples=300)
@given(data=st.data())
def test_the_fast_check_and_the_detailed_one_agree(data: st.DataObject) -> None:
    """On any damage to a good record: both let it through, or the detailed one says why not."""
    record: Any = order()
    for _ in range(data.draw(st.integers(1, 3), label="how often")):
        at = data.draw(st.sampled_from(places(record)), label="where")
        holder = record
        for key in at[:-1]:
            holder = holder[key]
        if data.draw(st.booleans(), label="take out"):
            del holder[at[-1]]
        else:
            holder[at[-1]] = data.draw(JSON, label="what")
    kept = deepcopy(record)
    problems = [one for one in ORDERS.explain(record) if one.code != "no DayText"]

    assert is_checked(record) == (not problems)
    assert kept == record


def test_a_check_for_known_keys_says_the_same() -> None:
    """Optional keys that are there are checked as ever; those that are not are not looked for."""
    without = {key: value for key, value in order().items() if key != "GiftModel"}
    check = ORDERS.check_for(without)

    assert check(without) is without
    for path, value in ((("note",), 7), (("coupons",), [7]), (("deliveryDate",), 3)):
        with pytest.raises(Mismatch):
            check({**without, path[0]: value})


def test_a_check_for_known_keys_still_misses_a_required_one() -> None:
    """A key that must be there is missed whether or not it was said to be there."""
    short = {key: value for key, value in order().items() if key != "orderNumber"}
    for keys in (short, order()):
        with pytest.raises(Mismatch):
            ORDERS.check_for(keys)(short)
