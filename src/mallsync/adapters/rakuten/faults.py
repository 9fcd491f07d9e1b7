"""What Rakuten's refusals mean: one table of codes, and the four families of error bodies.

Facts: HTTP statuses and bodies as seen live and in public clients (checked 2026-11). Which gateway
body today's order API sends in every case is not known: both are read, at any status.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from mallsync.adapters.rakuten.shapes import MessageRecord
from mallsync.errors import (
    AuthFailed,
    Conflict,
    DecodeError,
    Hint,
    MallError,
    NotFound,
    Problem,
    Rejected,
)
from mallsync.model.words import Mall
from mallsync.wire.bodies import load_json
from mallsync.wire.messages import Response
from mallsync.wire.retry import fault_of_status
from mallsync.wire.strict import Mismatch, Shape
from mallsync.wire.texts import word

__all__ = [
    "CODES",
    "answer",
    "checked",
    "code_of",
    "errors_of",
    "failure",
    "messages_of",
    "refuse",
    "unreadable",
    "verdict",
]

T = TypeVar("T")

CODES: dict[str, type[MallError]] = {
    # gateway, current: {"errors": [{"code": …}]}
    "GA0001": AuthFailed,  # Un-Authorised
    "GK0001": AuthFailed,  # structurally bad credentials: one client's comment, weak
    "GK0005": AuthFailed,  # as above
    "GK0006": AuthFailed,  # as above
    # gateway, older: {"Results": {"errorCode": …}}
    "ES01-01": AuthFailed,  # Un-Authorised
    "ES04-01": AuthFailed,  # Bad Request; vendors meet it with a function that is not switched on
    "ES04-03": Rejected,  # Unsupported Media Type, weak
    # order application, after the common prefix
    "GET_ORDER_INFO_102": NotFound,  # that number could not be fetched
    "UPDATE_ORDERSHIPPING_ERROR_102": Conflict,  # cancelled already
    "UPDATE_ORDERSUBSTATUS_ERROR_101": Conflict,  # cancelled already
    "UPDATE_ORDERSUBSTATUS_ERROR_102": Conflict,  # sub-status not allowed in this status
    "CONFIRM_ORDER_ERROR_102": Conflict,  # cancelled already: one client, weak
    "CONFIRM_ORDER_ERROR_103": Conflict,  # moved on already: one client, weak
}
"""A code that is not here is `Rejected` and is kept as it is."""

_PREFIX = "ORDER_EXT_API_"
_FORBIDDEN = (401, 403)
_UNHANDLED = (404, 405, 415)
"""Unknown path, wrong method, content type: refused before anything is done."""

_OK = 200
_BAD = 400
_MESSAGES = Shape(MessageRecord)

_AUTH_HINT = Hint(
    ja="キーが誤っているか期限切れ、利用機能が未設定、または発行直後で未反映（10〜30分）の"
    "可能性があります。RMSのWEB APIサービスで確認してください。",
    en="The key is wrong or expired, the function is not switched on, or the key is so new that it"
    " is not active yet (10 to 30 minutes). Check the WEB API service in RMS.",
)


def answer(response: Response, operation: str) -> dict[str, object]:
    """Return the payload of an answer that is no refusal as a whole.

    Raises:
        MallError: The gateway or the application refused, or the answer cannot be read.
    """
    try:
        payload = load_json(response)
    except ValueError:
        kind = _class_without_json(response)
        raise failure(kind, operation, f"HTTP_{response.status}", response) from None
    if not isinstance(payload, dict):
        raise failure(_class_without_json(response), operation, "NOT_AN_OBJECT", response)
    code = _gateway_code(payload)
    if code is not None:
        raise failure(_class_of(response, code), operation, code, response)
    if response.status != _OK:
        refusals = errors_of(messages_of(payload, operation))
        code = refusals[0].code if refusals else f"HTTP_{response.status}"
        raise failure(_class_of(response, code), operation, code, response, refusals)
    return payload


def failure(
    kind: type[MallError],
    operation: str,
    code: str,
    response: Response | None = None,
    problems: tuple[Problem, ...] = (),
) -> MallError:
    """Return an error of Rakuten's, with the hint of its kind."""
    request_id = response.headers.get("requestid") if response else None
    return kind(
        mall=Mall.RAKUTEN,
        operation=operation,
        code=code,
        request_id=word(request_id) if request_id else "",
        hint=_AUTH_HINT if kind is AuthFailed else None,
        problems=problems,
    )


def messages_of(payload: dict[str, object], operation: str) -> tuple[MessageRecord, ...]:
    """Return the checked MessageModelList of a payload; absent or null is empty.

    Raises:
        DecodeError: It is there and is no list of messages.
    """
    listed = payload.get("MessageModelList")
    if listed is None:
        return ()
    if not isinstance(listed, list):
        problem = Problem(place="MessageModelList", code="expected a list")
        raise failure(DecodeError, operation, "UNREADABLE", problems=(problem,))
    try:
        return tuple(_MESSAGES.read(message) for message in listed)
    except Mismatch:
        problems = tuple(found for message in listed for found in _MESSAGES.explain(message))
        raise failure(DecodeError, operation, "UNREADABLE", problems=problems) from None


def errors_of(messages: Iterable[MessageRecord]) -> tuple[Problem, ...]:
    """Return the ERROR messages, with the place that each names.

    >>> [str(found) for found in errors_of([MessageRecord(messageType="ERROR", dataNumber=2,
    ...     messageCode="ORDER_EXT_API_UPDATE_ORDERSHIPPING_ERROR_011")])]
    ['ShippingModelList[1]: UPDATE_ORDERSHIPPING_ERROR_011']
    """
    return tuple(
        Problem(place=_place(message), code=code_of(message), mall_text=message.message)
        for message in messages
        if message.messageType == "ERROR"
    )


def code_of(message: MessageRecord) -> str:
    """Return a message's code without what all of them begin with."""
    return word(message.messageCode.removeprefix(_PREFIX))


def checked(shape: Shape[T], value: object, operation: str) -> T:
    """Return a payload that has its shape; one that has not is a `DecodeError` with its places."""
    try:
        return shape.read(value)
    except Mismatch:
        problems = shape.explain(value)
        raise failure(DecodeError, operation, "UNREADABLE", problems=problems) from None


def unreadable(operation: str, place: str) -> MallError:
    """Return the error for a place that is missing or of another type."""
    problem = Problem(place=place, code="missing or of another type")
    return failure(DecodeError, operation, "UNREADABLE", problems=(problem,))


def verdict(messages: tuple[MessageRecord, ...], operation: str, number: str) -> MallError | None:
    """Return what the messages say of a write to one order: None only if it was taken.

    Nothing but INFO is a yes, nothing but ERROR a no. Anything else (no message, both, WARNING,
    another type) leaves open what has been written: whether a part is applied is not documented.
    """
    mine = [one for one in messages if one.orderNumber in (None, number)]
    kinds = {one.messageType for one in mine}
    if kinds == {"INFO"}:
        return None
    problems = errors_of(mine)
    if kinds == {"ERROR"}:
        return _refusal(problems, operation)
    return failure(DecodeError, operation, "UNCLEAR_ANSWER", problems=problems)


def refuse(payload: dict[str, object], operation: str) -> None:
    """Raise what the messages of a payload refuse, if they refuse anything."""
    problems = errors_of(messages_of(payload, operation))
    if problems:
        raise _refusal(problems, operation)


def _refusal(problems: tuple[Problem, ...], operation: str) -> MallError:
    code = problems[0].code
    return failure(CODES.get(code, Rejected), operation, code, problems=problems)


def _place(message: MessageRecord) -> str:
    number = message.dataNumber  # 1-based, counted across the baskets of the request
    return f"ShippingModelList[{number - 1}]" if number else ""


def _class_of(response: Response, code: str = "") -> type[MallError]:
    by_status = fault_of_status(response)
    if by_status is not None:
        return by_status
    if code in CODES:
        return CODES[code]
    if response.status in _FORBIDDEN:
        return AuthFailed
    return Rejected if response.status >= _BAD or code else DecodeError


def _class_without_json(response: Response) -> type[MallError]:
    """Return what a page means that is no word of the mall's application, but of one before it."""
    known = response.status in (*_FORBIDDEN, *_UNHANDLED)
    return _class_of(response) if known else fault_of_status(response) or DecodeError


def _gateway_code(payload: dict[str, object]) -> str | None:
    results = payload.get("Results")
    if isinstance(results, dict) and "errorCode" in results:
        return word(results["errorCode"])
    errors = payload.get("errors")
    if not isinstance(errors, list) or not errors:
        return None
    first = errors[0]
    return word(first.get("code") or "UNKNOWN") if isinstance(first, dict) else "UNKNOWN"
