"""The smaller writes: confirm, cancel, memo, remarks, sub-status (wire facts §2, §2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mallsync.sandbox.fakes.rakuten import checks
from mallsync.sandbox.fakes.rakuten.checks import Check, Key
from mallsync.sandbox.fakes.rakuten.codes import (
    CANCELLED,
    CHANGE_REASONS,
    SUB_STATUSES,
    Progress,
)
from mallsync.sandbox.fakes.rakuten.messages import Answer, Call, message
from mallsync.sandbox.fakes.rakuten.state import State, sub_status_name
from mallsync.sandbox.world import JsonObject

__all__ = [
    "CANCEL",
    "CONFIRM",
    "MEMO",
    "NOTHING",
    "REMARKS",
    "SUB_STATUS",
    "cancel_order",
    "confirm_order",
    "list_sub_statuses",
    "update_memo",
    "update_remarks",
    "update_sub_status",
]

_NUMBER = Key(checks.text(60), required=True)
_SUB_STATUS = Key(checks.one_of(*SUB_STATUSES))
_HOURS = tuple(100 * start + end for start in range(7, 25) for end in range(7, 25) if start < end)
_UNKNOWN = "ERROR_901"  # what the mall says of an unknown order is not known: a code of ours

NOTHING: Check = checks.object_of({})
CONFIRM: Check = checks.object_of({"orderNumberList": checks.numbers()})
CANCEL: Check = checks.object_of(
    {
        "orderNumber": _NUMBER,
        "inventoryRestoreType": Key(checks.one_of(0, 1, 2), required=True),
        "changeReasonDetailApply": Key(checks.one_of(*CHANGE_REASONS), required=True),
    }
)
MEMO: Check = checks.object_of(
    {
        "orderNumber": _NUMBER,
        "subStatusId": _SUB_STATUS,
        "deliveryClass": Key(checks.integer(0, 8)),
        "deliveryDate": Key(checks.day(or_empty=True)),
        "shippingTerm": Key(checks.one_of(0, 1, 2, 9, *_HOURS)),
        "memo": Key(checks.plain(1000, lines=True)),
        "operator": Key(checks.plain(6)),
        "mailPlugSentence": Key(checks.plain(1024, lines=True)),
    }
)
REMARKS: Check = checks.object_of(
    {
        "orderNumber": _NUMBER,
        "giftCheck": Key(checks.one_of(0, 1)),
        "remarks": Key(checks.plain(4000, lines=True)),
    }
)
SUB_STATUS: Check = checks.object_of(
    {"subStatusId": _SUB_STATUS, "orderNumberList": checks.numbers()}
)

# operation -> (where it is valid, where it leads) (wire facts §2)
_CANCELS: Mapping[str, tuple[frozenset[Progress], Progress]] = MappingProxyType(
    {
        "cancelOrder": (
            frozenset({Progress.CONFIRMING, Progress.PROCESSING, Progress.TO_SHIP}),
            Progress.CANCELLING,
        ),
        "cancelOrderAfterShipping": (
            frozenset({Progress.SHIPPED, Progress.PAYING, Progress.PAID, Progress.CANCELLING}),
            Progress.CANCELLED,
        ),
    }
)


def _answer(messages: list[JsonObject], **more: object) -> Answer:
    done = any(one["messageType"] == "INFO" for one in messages)
    return Answer(payload={"MessageModelList": messages, **more}, took_effect=done)


def _asked(call: Call) -> list[str]:
    return [str(number) for number in checks.as_list(call.body["orderNumberList"])]


def confirm_order(state: State, call: Call) -> Answer:
    """Confirm what still waits for it."""
    return _answer([_confirm(state, call, number) for number in _asked(call)])


def _confirm(state: State, call: Call, number: str) -> JsonObject:
    record = state.orders.get(number)
    code = call.refused.get(number) or "INFO_101"
    if record is None:
        code = _UNKNOWN
    elif record.progress in CANCELLED:
        code = "ERROR_102"
    elif record.progress != Progress.CONFIRMING:
        code = "ERROR_103"
    elif code == "INFO_101":
        state.move(record, Progress.PROCESSING, call.now)
    return message(call.operation, code, orderNumber=number)


def cancel_order(state: State, call: Call) -> Answer:
    """Cancel an order, before or after its shipment."""
    number = str(call.body["orderNumber"])
    record = state.orders.get(number)
    valid, goal = _CANCELS[call.operation]
    code = call.refused.get(number) or "INFO_101"
    if record is None:
        code = _UNKNOWN
    elif record.progress not in valid:
        code = "ERROR_101"
    elif code == "INFO_101":
        state.move(record, goal, call.now)
    return _answer([message(call.operation, code, orderNumber=number)])


def update_memo(state: State, call: Call) -> Answer:
    """Change memo, staff, mail text, delivery wish and sub-status; what is left out stays."""
    number = str(call.body["orderNumber"])
    code = call.refused.get(number) or _sub_status_problem(state, number, call.body)
    if code is None:
        notes: JsonObject = {
            name: call.body[name] or None
            for name in ("memo", "operator", "mailPlugSentence", "deliveryDate")
            if call.body.get(name) is not None
        }
        notes |= _told_as_is(state, number, call.body)
        state.orders[number].notes |= notes
    return _answer([message(call.operation, code or "INFO_101", orderNumber=number)])


def _told_as_is(state: State, number: str, body: JsonObject) -> JsonObject:
    notes: JsonObject = {}
    if body.get("shippingTerm") is not None:
        notes["shippingTerm"] = body["shippingTerm"]
    if body.get("deliveryClass") is not None:
        held = checks.as_object(state.document(number)["DeliveryModel"])
        notes["DeliveryModel"] = held | {"deliveryClass": body["deliveryClass"]}
    if body.get("subStatusId") is not None:
        notes |= _sub_status(body["subStatusId"])
    return notes


def _sub_status(told: object) -> JsonObject:
    held = told if isinstance(told, int) else None
    return {"subStatusId": held, "subStatusName": sub_status_name(held)}


def _sub_status_problem(state: State, number: str, body: JsonObject) -> str | None:
    record = state.orders.get(number)
    if record is None:
        return _UNKNOWN
    told = body.get("subStatusId")
    if isinstance(told, int) and SUB_STATUSES[told][0] != record.progress:
        return "ERROR_102"
    return None


def update_remarks(state: State, call: Call) -> Answer:
    """Change the gift flag and the remarks."""
    number = str(call.body["orderNumber"])
    names = {"giftCheck": "giftCheckFlag", "remarks": "remarks"}
    told = {names[key]: call.body[key] for key in names if call.body.get(key) is not None}
    code = call.refused.get(number) or "INFO_101"
    if number not in state.orders:
        code = _UNKNOWN
    elif not told:
        code = checks.MISSING
    elif code == "INFO_101":
        state.orders[number].notes |= told
    return _answer([message(call.operation, code, orderNumber=number)])


def update_sub_status(state: State, call: Call) -> Answer:
    """Set or clear the sub-status of orders."""
    return _answer([_set_sub_status(state, call, number) for number in _asked(call)])


def _set_sub_status(state: State, call: Call, number: str) -> JsonObject:
    record = state.orders.get(number)
    code = call.refused.get(number) or _sub_status_problem(state, number, call.body)
    if record is not None and record.progress in CANCELLED:
        code = "ERROR_101"
    if record is not None and code is None:
        record.notes |= _sub_status(call.body.get("subStatusId"))
    return message(call.operation, code or "INFO_101", orderNumber=number)


def list_sub_statuses(_state: State, call: Call) -> Answer:
    """Answer with the sub-statuses that the shop made for itself."""
    models: list[JsonObject] = []
    for progress in Progress:
        held = [(key, name) for key, (at, name) in SUB_STATUSES.items() if at == progress]
        listed = [
            {"subStatusId": key, "subStatusName": name, "orderby": place}
            for place, (key, name) in enumerate(held, 1)
        ]
        if listed:
            models.append({"orderProgress": int(progress), "SubStatusModelList": listed})
    told = [message(call.operation, "INFO_101")]
    return Answer(payload={"MessageModelList": told, "StatusModelList": models})
