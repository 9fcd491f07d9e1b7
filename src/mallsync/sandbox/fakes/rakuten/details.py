"""getOrder: the fields of each version, and orders not in the order asked (wire facts §3)."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from mallsync.sandbox.fakes.rakuten import checks
from mallsync.sandbox.fakes.rakuten.checks import Check, Key
from mallsync.sandbox.fakes.rakuten.messages import Answer, Call, message
from mallsync.sandbox.fakes.rakuten.state import State, packages_of
from mallsync.sandbox.world import JsonObject

__all__ = ["DETAILS", "get_order"]

DETAILS: Check = checks.object_of(
    {
        "orderNumberList": checks.numbers(),
        "version": Key(checks.integer(7, 10), required=True),
    }
)

_OLDEST = int(timedelta(days=730).total_seconds())

# key -> (first version, last version) that has it (wire facts §3.0)
_ORDER_KEYS = {
    "deliveryCertPrgFlag": (8, 10),
    "oneDayOperationFlag": (8, 10),
    "socialGiftFlag": (10, 10),
    "isTaxRecalc": (7, 7),
    "goodsTax": (7, 7),
}
_PACKAGE_KEYS = {
    "dropOffFlag": (9, 10),
    "dropOffLocation": (9, 10),
    "SocialGiftModel": (10, 10),
    "goodsTax": (7, 7),
}


def get_order(state: State, call: Call) -> Answer:
    """Answer with the orders, shuffled, and a message for each that is not to be had."""
    asked = [str(number) for number in checks.as_list(call.body["orderNumberList"])]
    version = int(str(call.body["version"]))
    messages = [
        message(call.operation, call.refused[number], orderNumber=number)
        for number in asked
        if number in call.refused
    ]
    asked = [number for number in asked if number not in call.refused]
    known = [number for number in asked if _is_had(state, number, call.now)]
    messages += [
        message(call.operation, "INFO_102", orderNumber=number)
        for number in asked
        if number not in set(known)
    ]
    if known:
        text = f"見本(取得件数{len(known)}件)"
        messages.insert(0, message(call.operation, "INFO_101", text))
    orders = [of_version(state.document(number), version) for number in _shuffled(known)]
    payload: JsonObject = {
        "version": version,
        "MessageModelList": messages,
        "OrderModelList": orders,
    }
    return Answer(payload=payload)


def of_version(order: JsonObject, version: int) -> JsonObject:
    """Return an OrderModel with just the fields of a version."""
    _drop(order, _ORDER_KEYS, version)
    for package in packages_of(order):
        _drop(package, _PACKAGE_KEYS, version)
    return order


def _drop(model: JsonObject, keys: dict[str, tuple[int, int]], version: int) -> None:
    for name, (first, last) in keys.items():
        if not first <= version <= last:
            model.pop(name, None)


def _is_had(state: State, number: str, now: int) -> bool:
    record = state.orders.get(number)
    return record is not None and record.ordered >= now - _OLDEST


def _shuffled(asked: list[str]) -> list[str]:
    # what order the mall keeps is unknown (wire facts §11 point 10): never the one asked for
    shuffled = asked.copy()
    Random("".join(asked)).shuffle(shuffled)
    return shuffled[1:] + shuffled[:1] if shuffled == asked else shuffled
