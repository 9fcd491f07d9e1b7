"""updateOrderShipping and its two asynchronous companions (wire facts §4)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from uuid import UUID

from attrs import evolve, frozen

from mallsync.sandbox.fakes.rakuten import checks
from mallsync.sandbox.fakes.rakuten.checks import BAD, MISSING, Check, Key, Problem
from mallsync.sandbox.fakes.rakuten.codes import CANCELLED, CARRIERS
from mallsync.sandbox.fakes.rakuten.life import DAY, Parcel, Record
from mallsync.sandbox.fakes.rakuten.messages import Answer, Call, message, refusal
from mallsync.sandbox.fakes.rakuten.state import Change, Job, State
from mallsync.sandbox.world import JsonObject

__all__ = [
    "SHIPPING",
    "SHIPPING_ASYNC",
    "SHIPPING_RESULT",
    "get_result",
    "update_shipping",
    "update_shipping_async",
]

_SYNC = "updateOrderShipping"
_MOST = 20  # records of one basket
_KEPT = 30 * DAY

_RECORD = checks.object_of(
    {
        "shippingDetailId": Key(checks.integer(1, 999_999_999_999)),
        "deliveryCompany": Key(checks.one_of(*CARRIERS)),
        "shippingNumber": Key(checks.plain(120)),
        "shippingDate": Key(checks.day(or_empty=True)),
        "shippingDeleteFlag": Key(checks.one_of(0, 1)),
    }
)
_BASKET = checks.object_of(
    {
        "basketId": Key(checks.integer(1), required=True),
        "ShippingModelList": Key(checks.list_of(_RECORD, _MOST), required=True),
    }
)
_ORDER = {
    "orderNumber": Key(checks.text(60), required=True),
    "BasketidModelList": Key(checks.list_of(_BASKET), required=True),
}

SHIPPING: Check = checks.object_of(_ORDER)
SHIPPING_ASYNC: Check = checks.object_of(
    {"OrderShippingModelList": Key(checks.list_of(checks.object_of(_ORDER), 100), required=True)}
)
SHIPPING_RESULT: Check = checks.object_of({"requestId": Key(checks.text(60), required=True)})


@frozen(kw_only=True)
class _Told:
    """Hold one record of a request; `number` is its running number, from 1."""

    number: int
    basket: int
    fields: JsonObject

    @property
    def detail(self) -> int | None:
        held = self.fields.get("shippingDetailId")
        return held if isinstance(held, int) else None


def update_shipping(state: State, call: Call) -> Answer:
    """Write shipping records of one order: all of them, or none."""
    messages, problems = _apply(state, call, call.body)
    failed = any(one["messageType"] == "ERROR" for one in messages)
    return Answer(
        payload={"MessageModelList": messages},
        status=400 if problems else 200,
        took_effect=not failed,
    )


def update_shipping_async(state: State, call: Call) -> Answer:
    """Take in a batch; it is worked through later, by the clock."""
    orders = [checks.as_object(one) for one in checks.as_list(call.body["OrderShippingModelList"])]
    asked = [str(one["orderNumber"]) for one in orders]
    problems = [
        Problem("orderNumber", BAD, f"{one} named twice")
        for one in sorted({one for one in asked if asked.count(one) > 1})
    ]
    problems += [one for order in orders for one in _form_problems(order)]
    if problems:
        return refusal(call.operation, problems, status=200)
    job = Job(request_id=_request_id(state), accepted=call.now)
    state.jobs[job.request_id] = job
    delay = int(state.settings.async_delay.total_seconds())
    due = call.now + delay
    state.later(due, lambda at: _work_through(state, evolve(call, now=at), job))
    state.tick()
    accepted = message(
        call.operation,
        "INFO_101",
        requestId=job.request_id,
        dataNumber=None,
        shippingDetailId=None,
    )
    return Answer(payload={"MessageModelList": [accepted]}, took_effect=True)


def get_result(state: State, call: Call) -> Answer:
    """Answer with what came of a batch; unknown, unfinished and forgotten look the same."""
    job = state.jobs.get(str(call.body["requestId"]))
    if job is None or job.results is None or job.accepted < call.now - _KEPT:
        nothing: JsonObject = {"MessageModelList": [message(call.operation, "INFO_101")]}
        return Answer(payload={"ResultShippingModelList": [nothing]})
    return Answer(payload={"ResultShippingModelList": job.results})


def _request_id(state: State) -> str:
    unique = UUID(int=Random(state.seed * 31 + len(state.jobs)).getrandbits(128), version=4)
    return f"{unique}_{state.clock.now():%Y%m%d%H%M%S}"


def _work_through(state: State, call: Call, job: Job) -> None:
    results: list[JsonObject] = []
    for one in checks.as_list(call.body["OrderShippingModelList"]):
        order = checks.as_object(one)
        messages, _ = _apply(state, call, order)
        results.append({"orderNumber": order["orderNumber"], "MessageModelList": messages})
    Random(job.request_id).shuffle(results)  # their order is unknown (wire facts §11 point 9)
    state.jobs[job.request_id] = evolve(job, results=results)


def _apply(state: State, call: Call, order: JsonObject) -> tuple[list[JsonObject], bool]:
    """Write one order's records; also say whether their form was bad."""
    number = str(order["orderNumber"])
    code = call.refused.get(number) or _standing_problem(state, number)
    if code:
        return [_said(code, None, None)], False
    told = list(_records(order))
    problems = _form_problems(order) or list(_record_problems(state, number, told))
    if problems:
        return _problems_said(problems), True
    messages = [_write(state, state.orders[number], one, call.now) for one in told]
    state.touched(state.orders[number], call.now)
    return messages, False


def _standing_problem(state: State, number: str) -> str | None:
    record = state.orders.get(number)
    if record is None:
        return "ERROR_101"  # its meaning is unknown (wire facts §1.7): ours
    if record.progress in CANCELLED:
        return "ERROR_102"
    return None if record.progress in state.settings.shippable else "ERROR_101"


def _said(code: str, data_number: int | None, detail: int | None) -> JsonObject:
    return message(_SYNC, code, dataNumber=data_number, shippingDetailId=detail)


def _problems_said(problems: list[Problem]) -> list[JsonObject]:
    listed: list[JsonObject] = []
    for one in problems:
        at = int(one.place) if one.place.isdigit() else None
        listed.append(message(_SYNC, one.code, one.why, dataNumber=at, shippingDetailId=None))
    return listed


def _records(order: JsonObject) -> Iterator[_Told]:
    count = 0
    for basket in map(checks.as_object, checks.as_list(order["BasketidModelList"])):
        for fields in checks.as_list(basket["ShippingModelList"]):
            count += 1
            yield _Told(
                number=count,
                basket=int(str(basket["basketId"])),
                fields=checks.as_object(fields),
            )


def _form_problems(order: JsonObject) -> list[Problem]:
    """Return what is wrong whatever the order holds."""
    told = list(_records(order))
    frames = map(checks.as_object, checks.as_list(order["BasketidModelList"]))
    found: list[Problem] = []
    if _repeated([int(str(frame["basketId"])) for frame in frames]):
        found.append(Problem("BasketidModelList", BAD, "basketId named twice"))
    twice = _repeated([one.detail for one in told if one.detail is not None])
    for one in told:
        if one.detail is None:
            found += _problems_of_new(one)
        elif one.detail in twice:
            found.append(Problem(str(one.number), BAD, "shippingDetailId named twice"))
    return found


def _problems_of_new(told: _Told) -> Iterator[Problem]:
    if told.fields.get("shippingDeleteFlag") == 1:
        yield Problem(str(told.number), MISSING, "no shippingDetailId to delete")
    if told.fields.get("deliveryCompany") is None:
        yield Problem(str(told.number), MISSING, "a new record needs deliveryCompany")


def _repeated(ids: list[int]) -> set[int]:
    return {one for one in ids if ids.count(one) > 1}


def _record_problems(state: State, number: str, told: list[_Told]) -> Iterator[Problem]:
    parcels = state.parcels(number)
    room = {basket: _MOST - len(held) for basket, held in parcels.items()}
    for one in told:
        place = str(one.number)
        if one.basket not in parcels:
            yield Problem(place, BAD, "no such basketId")
            continue
        details = {parcel.detail_id for parcel in parcels[one.basket]}
        if one.detail is not None and one.detail not in details:
            yield Problem(place, BAD, "no such shippingDetailId")
        if one.detail is None:
            room[one.basket] -= 1
            if room[one.basket] < 0:
                yield Problem(place, BAD, f"more than {_MOST} records")


def _write(state: State, record: Record, told: _Told, now: int) -> JsonObject:
    held = state.parcels(record.number)[told.basket]
    if told.detail is None:
        parcel = Parcel(detail_id=state.new_detail())
        held.append(parcel)
        kind, code = "added", "INFO_101"
    else:
        parcel = next(one for one in held if one.detail_id == told.detail)
        kind, code = "updated", "INFO_102"
    if told.fields.get("shippingDeleteFlag") == 1:
        held.remove(parcel)
        kind, code = "deleted", "INFO_103"
    else:
        _fill(parcel, told.fields)
    state.note(
        Change(
            kind=kind,
            order_number=record.number,
            basket_id=told.basket,
            detail_id=parcel.detail_id,
            at=now,
        )
    )
    return _said(code, told.number, parcel.detail_id)


def _fill(parcel: Parcel, fields: JsonObject) -> None:
    # absent or null keeps, empty erases (wire facts §4.1)
    if fields.get("deliveryCompany") is not None:
        parcel.company = str(fields["deliveryCompany"])
    if fields.get("shippingNumber") is not None:
        parcel.number = str(fields["shippingNumber"]) or None
    if fields.get("shippingDate") is not None:
        parcel.date = str(fields["shippingDate"]) or None
