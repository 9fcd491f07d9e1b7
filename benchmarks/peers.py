"""What one would take or write instead: pydantic or msgspec with the same mapping, or bare code."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Literal, Union

import msgspec
from attrs import define
from dateutil import parser
from pydantic import ConfigDict, create_model

from benchmarks.decode import Case, by_json
from benchmarks.measuring import Figure, figure, seconds
from mallsync.adapters.rakuten.reading import Reader
from mallsync.adapters.rakuten.shapes import OrderRecord
from mallsync.wire.strict import Spot, spots

__all__ = ["measure"]

_READER = Reader("bench")


@define
class _Reply:
    """What getOrder answers, as far as it is read."""

    OrderModelList: Sequence[OrderRecord]


def measure(cases: Sequence[Case], rounds: int = 7) -> list[Figure]:
    """Return how long decoding takes against each of them, in one run by turns."""
    whole, lossy = _pydantic(_Reply, "allow"), _pydantic(_Reply, "ignore")
    structs = msgspec.json.Decoder(_struct(_Reply)).decode
    works: dict[str, Callable[[Case], object]] = {
        "decode": lambda case: by_json(case.decode),
        "pydantic": lambda case: [
            _READER.order(one, one) for one in whole.model_validate_json(case.body).OrderModelList
        ],
        "pydantic, lossy": lambda case: [
            _READER.order(one, one) for one in lossy.model_validate_json(case.body).OrderModelList
        ],
        "msgspec": lambda case: [
            _READER.order(one, one) for one in structs(case.body).OrderModelList
        ],
        "by hand": lambda case: [*map(_by_hand, json.loads(case.body)["OrderModelList"])],
    }
    totals = [_round(works, cases, at) for at in range(rounds)]

    def over(name: str) -> list[float]:
        return [total["decode"] / total[name] for total in totals]

    name = "decode / pydantic 2 validating the same fields, and the same mapping"
    return [
        figure(name, over("pydantic"), unit="x", target=1.0),
        # These drop the fields that they have no type for: an order has no record of them then.
        figure(
            "decode / pydantic 2 doing so without keeping the record",
            over("pydantic, lossy"),
            unit="x",
        ),
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


def _pydantic(record: type, unknown: Literal["allow", "ignore"]) -> Any:  # noqa: ANN401 -- a class
    """Return pydantic's model of a record, and what it does with fields that it does not know.

    An order keeps its record: malls add keys, and codecs learn to read them. A null text stays
    null, which is kind to it.
    """
    inner = partial(_pydantic, unknown=unknown)
    fields: dict[str, Any] = {
        spot.name: (_hint(spot, inner), spot.default if spot.may_be_absent else ...)
        for spot in spots(record)
    }
    config = ConfigDict(strict=True, extra=unknown)
    return create_model(record.__name__, __config__=config, **fields)


def _struct(record: type) -> Any:  # noqa: ANN401 -- a class
    """Return msgspec's struct of a record."""
    fields: list[Any] = [
        (spot.name, _hint(spot, _struct), *([spot.default] if spot.may_be_absent else []))
        for spot in spots(record)
    ]
    return msgspec.defstruct(record.__name__, fields, kw_only=True)


def _hint(spot: Spot, model_of: Callable[[type], Any]) -> Any:  # noqa: ANN401 -- a type
    """Return what a field may hold: their own moments and days, models, and null."""
    kinds: list[Any] = [model_of(spot.record)] if spot.record else list(spot.kinds)
    if spot.meaning and not spot.meaning.is_kept:
        kinds = [date if spot.meaning.name == "day" else datetime]
    inner: Any = Union[tuple(kinds)]  # noqa: UP007 -- made at run time
    kind: Any = list[inner] if spot.is_list else inner
    return kind | None if spot.may_be_null else kind
