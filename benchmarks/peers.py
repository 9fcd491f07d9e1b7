"""What one would take or write instead: pydantic or msgspec with the same mapping, or bare code."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec
import typing_extensions as te
from dateutil import parser
from pydantic import ConfigDict, TypeAdapter

from benchmarks.decode import Case, by_json
from benchmarks.measuring import Figure, figure, seconds
from mallsync.adapters.rakuten.reading import Reader
from mallsync.adapters.rakuten.shapes import OrderModel

__all__ = ["measure"]

_READER = Reader("bench")


def measure(cases: Sequence[Case], rounds: int = 7) -> list[Figure]:
    """Return how long decoding takes against each of them, in one run by turns."""
    reply = _reply()
    validate, structs = TypeAdapter(reply).validate_json, msgspec.json.Decoder(reply).decode
    works: dict[str, Callable[[Case], object]] = {
        "decode": lambda case: by_json(case.decode),
        "pydantic": lambda case: [
            _READER._order(one, one)  # noqa: SLF001 -- the mapping alone
            for one in validate(case.body)["OrderModelList"]
        ],
        "msgspec": lambda case: [
            _READER._order(one, one)  # noqa: SLF001
            for one in structs(case.body)["OrderModelList"]
        ],
        "by hand": lambda case: [*map(_by_hand, json.loads(case.body)["OrderModelList"])],
    }
    totals = [_round(works, cases, at) for at in range(rounds)]

    def over(name: str) -> list[float]:
        return [total["decode"] / total[name] for total in totals]

    name = "decode / pydantic 2 validating the same fields, and the same mapping"
    return [
        figure(name, over("pydantic"), unit="x", target=1.0),
        # It drops the fields that it has no type for: an order has no record of them then.
        figure("decode / msgspec doing so without keeping the record", over("msgspec"), unit="x"),
        figure("decode / a dozen fields by hand, moments by dateutil", over("by hand"), unit="x"),
    ]


def _round(
    works: dict[str, Callable[[Case], object]], cases: Sequence[Case], at: int
) -> dict[str, float]:
    names = [*works][at % len(works) :] + [*works][: at % len(works)]
    return {name: sum(seconds(partial(works[name], case)) for case in cases) for name in names}


def _by_hand(record: dict[str, Any]) -> dict[str, Any]:
    """Return what a first script reads of an order, without a check."""
    buyer = record["OrdererModel"]
    return {
        "number": record["orderNumber"],
        "status": record["orderProgress"],
        "ordered_at": parser.parse(record["orderDatetime"]),
        "name": f"{buyer['familyName']} {buyer['firstName']}",
        "zip": f"{buyer['zipCode1']}-{buyer['zipCode2']}",
        "total": record["totalPrice"],
        "packages": [
            {
                "name": package["SenderModel"]["familyName"],
                "items": [
                    {"name": item["itemName"], "units": item["units"], "price": item["price"]}
                    for item in package["ItemModelList"]
                ],
            }
            for package in record["PackageModelList"]
        ],
    }


def _reply() -> Any:  # noqa: ANN401 -- a type
    """Return the type of a reply: the same fields, strict; in pydantic nothing is dropped.

    An order keeps its record, unknown keys included: malls add some, and codecs learn to read them.
    """
    return _typed("Reply", {"OrderModelList": list[_as_pydantic(OrderModel)]})  # type: ignore[misc]


def _as_pydantic(kind: Any) -> Any:  # noqa: ANN401 -- a type
    """Return a type whose TypedDicts are those that pydantic takes before Python 3.12."""
    if is_typeddict(kind):
        hints = get_type_hints(kind, include_extras=True)
        return _typed(kind.__name__, {name: _as_pydantic(one) for name, one in hints.items()})
    if kind is NoneType or not (inner := get_args(kind)):
        return getattr(kind, "__supertype__", kind)
    made = tuple(map(_as_pydantic, inner))
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return Union[made]  # noqa: UP007 -- made at run time
    return te.NotRequired[made[0]] if origin == te.NotRequired else origin[made]


def _typed(name: str, fields: dict[str, Any]) -> Any:  # noqa: ANN401 -- a type
    functional: Any = te.TypedDict  # a type checker wants to read the name
    made = functional(name, fields)
    made.__pydantic_config__ = ConfigDict(strict=True, extra="allow")
    return made
