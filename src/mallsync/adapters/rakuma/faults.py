"""Errors of Rakuma's adapter, and how a wire tells its own codes apart."""

from __future__ import annotations

from collections.abc import Mapping

from mallsync.errors import AuthCause, AuthFailed, DecodeError, Hint, MallError, Problem, Rejected
from mallsync.model.words import Mall
from mallsync.wire.bodies import load_json
from mallsync.wire.messages import Response
from mallsync.wire.retry import fault_of_status
from mallsync.wire.texts import word

__all__ = ["failure", "json_answer", "refusal"]

_OK = range(200, 300)
_CAUSES: Mapping[int, AuthCause] = {401: AuthCause.WRONG, 403: AuthCause.NOT_PERMITTED}


def failure(
    kind: type[MallError],
    operation: str,
    code: str,
    *,
    problems: tuple[Problem, ...] = (),
    hint: Hint | None = None,
    cause: AuthCause = AuthCause.WRONG,
) -> MallError:
    """Return an error of Rakuma's."""
    error = kind(mall=Mall.RAKUMA, operation=operation, code=code, problems=problems, hint=hint)
    if isinstance(error, AuthFailed):
        error.cause = cause
    return error


def refusal(
    response: Response, operation: str, code: object = "", codes: Mapping[str, type[MallError]] = {}
) -> MallError:
    """Return the error of a refusal: by the mall's own code if the wire knows it, else by status.

    Args:
        response: The answer.
        operation: The call.
        code: What the mall says, ``""`` where it says nothing.
        codes: What the specification says of codes.
    """
    told = word(code) if isinstance(code, str | int) and code != "" else ""
    status = response.status
    by_status = AuthFailed if status in _CAUSES else fault_of_status(response)
    kind = codes.get(told) or by_status or Rejected
    named = told or f"HTTP_{status}"
    return failure(kind, operation, named, cause=_CAUSES.get(status, AuthCause.WRONG))


def json_answer(
    response: Response,
    operation: str,
    *,
    code_at: tuple[str, ...] = (),
    codes: Mapping[str, type[MallError]] = {},
) -> dict[str, object]:
    """Return the JSON object of an answer that is no refusal.

    Args:
        response: The answer.
        operation: The call.
        code_at: The path of keys to the mall's error code, where there is one: an answer that has
            it is a refusal, whatever its status.
        codes: What the specification says of codes; another is `Rejected`.

    Raises:
        MallError: The mall refused, or the answer is no JSON object.
    """
    try:
        payload = load_json(response)
    except ValueError:
        payload = None
    code = _at(payload, code_at) if code_at else None
    if response.status not in _OK or code is not None:
        raise refusal(response, operation, "" if code is None else code, codes)
    if not isinstance(payload, dict):
        raise failure(DecodeError, operation, "NO_JSON_OBJECT")
    return payload


def _at(value: object, path: tuple[str, ...]) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
