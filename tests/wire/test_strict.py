"""Strict reading: nothing is coerced, and each wrong place is named as the mall names it."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from typing import Annotated, Any

import pytest
from attrs import asdict, define
from hypothesis import given, settings
from hypothesis import strategies as st

from mallsync.errors import Problem
from mallsync.wire.strict import Meaning, Mismatch, Shape, spots

Day = Annotated[date, Meaning("day", date.fromisoformat)]
DayText = Annotated[str, Meaning("day", date.fromisoformat, is_kept=True)]
Whole = Annotated[int, Meaning("whole number", int, (int, str), plain=int)]


@define(kw_only=True)
class Sku:
    """The innermost record."""

    variantId: str = ""
    stock: int


@define(kw_only=True)
class Item:
    """A record in a list."""

    itemName: str
    units: int
    onSale: bool
    taxRate: int | float
    SkuModelList: Sequence[Sku] = ()


@define(kw_only=True)
class Order:
    """The record on the outside."""

    orderNumber: str
    orderDate: Day
    note: str | None
    deliveryDate: Day | None = None
    dueDate: DayText = ""
    total: Whole
    fee: Whole = 0
    coupons: Sequence[str] = ()
    ItemModelList: Sequence[Item]
    GiftModel: Sku | None = None


ORDERS = Shape(Order)


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
        "dueDate": "2026-04-03",
        "total": 3,
        "fee": "4",
        "coupons": ["x"],
        "ItemModelList": [item(), item()],
        "GiftModel": {"stock": 0},
    }


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Return a good record with another value at one place."""
    record = order()
    place: Any = record
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return record


def is_read(value: object) -> bool:
    """Tell whether the fast reader lets a value through."""
    try:
        ORDERS.read(value)
    except ValueError:
        return False
    return True


def told(value: object) -> list[str]:
    """Return what the detailed converter says."""
    return [str(problem) for problem in ORDERS.explain(value)]


def test_a_record_tells_what_it_means() -> None:
    """Days are days, amounts are numbers; what is not known is left aside."""
    record = {**order(), "unknown": object()}
    found = ORDERS.read(record)

    assert () == ORDERS.explain(record)
    assert (date(2026, 4, 1), date(2026, 4, 2)) == (found.orderDate, found.deliveryDate)
    assert ("2026-04-03", 3, 4, ["x"]) == (found.dueDate, found.total, found.fee, found.coupons)
    assert ["見本", "見本"] == [one.itemName for one in found.ItemModelList]
    assert [("a", 1), ("", 2)] == [
        (sku.variantId, sku.stock) for sku in found.ItemModelList[0].SkuModelList
    ]
    assert found.GiftModel is not None
    assert 0 == found.GiftModel.stock


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
    (("total",), 3.0, "total: a float, expected int or str"),
    (("total",), "見本", "total: no whole number"),
    (("total",), None, "total: null, expected int or str"),
    (("fee",), True, "fee: a bool, expected int or str or null"),
    (("dueDate",), 20260401, "dueDate: a int, expected str or null"),
    (("GiftModel",), [], "GiftModel: a list, expected an object"),
    (("GiftModel",), "", "GiftModel: a str, expected an object"),
    (("GiftModel",), {}, "GiftModel.stock: missing"),
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
    """By the fast reader, and by the converter that says where."""
    record = changed(path, value)

    assert not is_read(record)
    assert [said] == told(record)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("note",), "text"),
        (("deliveryDate",), None),
        (("dueDate",), None),
        (("fee",), None),
        (("coupons",), None),
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

    assert is_read(record)
    assert [] == told(record)


@pytest.mark.parametrize("name", ["deliveryDate", "dueDate", "fee", "coupons", "GiftModel"])
def test_a_field_that_may_be_absent_is_its_default(name: str) -> None:
    """Older versions of a mall lack some; null means the same."""
    record, default = order(), next(spot.default for spot in spots(Order) if spot.name == name)
    del record[name]

    assert default == getattr(ORDERS.read(record), name)
    assert default == getattr(ORDERS.read({**record, name: None}), name)
    assert [] == told(record)


@pytest.mark.parametrize("name", ["orderNumber", "orderDate", "note", "total", "ItemModelList"])
def test_a_field_that_is_needed_is_missed(name: str) -> None:
    """Null is not absent: a field that may be null must still be there."""
    record = order()
    del record[name]

    assert not is_read(record)
    assert [f"{name}: missing"] == told(record)


@pytest.mark.parametrize("value", [None, [], "", "abc", 3, True, (), [order()]])
def test_what_is_no_record_is_refused_as_a_whole(value: object) -> None:
    """There is no place to name."""
    assert not is_read(value)
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
    """The text may be anything, even personal."""
    record = changed(("orderDate",), "見本太郎")
    record["deliveryDate"] = "2026-02-30"

    assert not is_read(record)
    assert {"orderDate: no day", "deliveryDate: no day"} == set(told(record))
    assert "見本太郎" not in repr(ORDERS.explain(record))


def test_what_is_kept_is_not_parsed_but_explained() -> None:
    """So that a placeholder in a field that is hardly ever asked for costs no order."""
    record = changed(("dueDate",), "0000-00-00")

    assert "0000-00-00" == ORDERS.read(record).dueDate
    assert ["dueDate: no day"] == told(record)


def test_an_empty_text_is_no_date_where_null_is_none() -> None:
    """Where null is allowed a mall may as well send an empty text; elsewhere it is wrong."""
    record = changed(("deliveryDate",), "")

    assert ORDERS.read(record).deliveryDate is None
    assert [] == told(record)
    assert ["orderDate: no day"] == told(changed(("orderDate",), ""))
    assert not is_read(changed(("orderDate",), ""))


def test_no_value_shows_in_a_problem() -> None:
    """Only the type of what was found is told."""
    problems = ORDERS.explain(changed((*FIRST, "units"), "marker"))

    assert (Problem(place="ItemModelList[0].units", code="a str, expected int"),) == problems
    assert "marker" not in repr(problems)


def test_a_shape_shows_only_its_record() -> None:
    """Its repr is short; two shapes of one record are equal."""
    assert "Order" in repr(ORDERS)
    assert ORDERS == Shape(Order)


# -------------------------------------------------------------------------- the two readers agree

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
def test_the_fast_reader_and_the_detailed_one_agree(data: st.DataObject) -> None:
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
    problems = [
        one for one in ORDERS.explain(record) if (one.place, one.code) != ("dueDate", "no day")
    ]

    assert is_read(record) == (not problems)
    assert kept == record


def test_a_reader_for_known_keys_says_the_same() -> None:
    """By their places: of what is there, what is not, and what has another type."""
    without = {"x": 1, **{key: one for key, one in order().items() if key != "GiftModel"}}
    read = ORDERS.reader_for(without)

    assert asdict(ORDERS.read(without)) == asdict(read(without))
    for key, value in (("note", 7), ("coupons", [7]), ("deliveryDate", 3), ("x", 2)):
        damaged = {**without, key: value}
        if is_read(damaged):
            assert asdict(ORDERS.read(damaged)) == asdict(read(damaged))
        else:
            with pytest.raises(Mismatch):
                read(damaged)


def test_a_reader_for_known_keys_still_misses_a_required_one() -> None:
    """Whatever else is there."""
    short = {key: value for key, value in order().items() if key != "orderNumber"}
    with pytest.raises(Mismatch):
        ORDERS.reader_for(short)(short)
