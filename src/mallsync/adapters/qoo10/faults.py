"""How Qoo10 refuses: the three families of replies (§4), and the errors that they stand for.

HTTP says 200 to nearly everything. A reply is the envelope of a method (ResultCode), that of the
gateway before it (ErrorCode), or plain text or HTML from before either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mallsync.adapters.qoo10.codes import HINTS, meaning_of
from mallsync.errors import (
    AuthCause,
    AuthFailed,
    DecodeError,
    Hint,
    MallError,
    Problem,
    Rejected,
    Unavailable,
)
from mallsync.model.words import Mall
from mallsync.wire.bodies import load_json
from mallsync.wire.messages import Response
from mallsync.wire.retry import fault_of_status
from mallsync.wire.texts import word

__all__ = ["answer", "failure", "refusal", "result_of", "unreadable", "wrong_login"]

_LOGIN = Hint(
    ja="販売者認証キーを発行できません。ログインID・QSMのパスワード（変更していないか）・APIキーを"
    "確認してください。",
    en="No certification key is issued. Check login id, QSM password (changed?) and API key.",
)

_NO_SUCH_METHOD = Hint(
    ja="モールにこのメソッドがありません。base_url を確認し、mallsync を更新してください。",
    en="The mall has no such method. Check base_url, and update mallsync.",
)


_TAKEN = "0"
_OK = 200
_BAD = 400
_FORBIDDEN = 403
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_LOST = b"Can't find "  # "Can't find service Name X", "Can't find method Info Y", seen live


def answer(response: Response, operation: str) -> dict[str, object]:
    """Return the envelope of a method that succeeded.

    Raises:
        MallError: Cloudflare, the gateway or the method refused, or the answer cannot be read.
    """
    try:
        payload = load_json(response)
    except ValueError:
        raise _without_json(response, operation) from None
    by_status = _by_status(response)
    if by_status is not None:
        raise _refused_before(by_status, response, operation)
    if not isinstance(payload, dict):
        raise failure(DecodeError, operation, "NOT_AN_OBJECT", response)
    code = _code_of(payload)
    if code is None:
        raise failure(DecodeError, operation, "NO_CODE", response)
    if code != _TAKEN:
        raise refusal(operation, code, response, payload)
    return payload


def refusal(
    operation: str,
    code: str,
    response: Response | None = None,
    payload: Mapping[str, object] | None = None,
) -> MallError:
    """Return the error that a code of a method stands for."""
    meaning = meaning_of(operation, code)
    told = (payload or {}).get("ResultMsg") or (payload or {}).get("ErrorMsg")
    text = told if isinstance(told, str) else ""
    error = failure(
        meaning.kind,
        operation,
        code,
        response,
        problems=(Problem(place="", code=code, mall_text=text),) if text else (),
        hint=meaning.hint,
    )
    if isinstance(error, AuthFailed):
        error.cause = meaning.cause
    return error


def failure(
    kind: type[MallError],
    operation: str,
    code: str,
    response: Response | None = None,
    *,
    problems: tuple[Problem, ...] = (),
    hint: Hint | None = None,
) -> MallError:
    """Return an error of Qoo10's; the request id is Cloudflare's, Qoo10 gives none."""
    ray = response.headers.get("cf-ray") if response else None
    return kind(
        mall=Mall.QOO10,
        operation=operation,
        code=code,
        request_id=word(ray) if ray else "",
        problems=problems,
        hint=hint,
    )


def unreadable(operation: str, place: str) -> MallError:
    """Return the error for a place that is missing or of another type."""
    problem = Problem(place=place, code="missing or of another type")
    return failure(DecodeError, operation, "UNREADABLE", problems=(problem,))


def wrong_login(operation: str, code: str) -> MallError:
    """Return the error for login id, password or API key that the mall does not take."""
    return failure(AuthFailed, operation, code, hint=_LOGIN)


def result_of(row: Mapping[str, object], operation: str) -> MallError | None:
    """Return what a row of a bulk reply says: None only if it was taken.

    A row has result_cd, and ResultCode beside it; where they differ nothing is clear, nor where one
    is no whole number: they are int (§7, one source), and text of one is taken too (§4).
    """
    codes = {_row_code(row[name]) for name in ("result_cd", "ResultCode") if name in row}
    code = codes.pop() if len(codes) == 1 else None
    if code is None:
        return failure(DecodeError, operation, "UNCLEAR_ANSWER")
    return None if code == _TAKEN else refusal(operation, code)


def _row_code(value: object) -> str | None:
    code = _code(value)
    return code if code is not None and _WHOLE.fullmatch(code) else None


def _code_of(payload: Mapping[str, object]) -> str | None:
    """Return the code of a method's envelope or of the gateway's, None if it is neither.

    Which of the two fields tells of an expired key is not known (§16): both are read alike. The
    code is a number; text is taken too, as several clients do.
    """
    refused, done = (_code(payload.get(name)) for name in ("ErrorCode", "ResultCode"))
    return done if refused in (None, _TAKEN) else refused


def _code(value: object) -> str | None:
    return word(value) if type(value) in (int, str) and value != "" else None


def _by_status(response: Response) -> type[MallError] | None:
    if response.status == _OK:
        return None
    if response.status == _FORBIDDEN:
        return AuthFailed  # the mall itself says 200 (§4): Cloudflare shuts the door
    return fault_of_status(response) or (Rejected if response.status >= _BAD else DecodeError)


def _refused_before(kind: type[MallError], response: Response, operation: str) -> MallError:
    """Return the error of a status: it is not the mall's, whatever the body says."""
    hint = HINTS[AuthCause.IP_NOT_ALLOWED] if kind is AuthFailed else None
    error = failure(kind, operation, f"HTTP_{response.status}", response, hint=hint)
    if isinstance(error, AuthFailed):
        error.cause = AuthCause.IP_NOT_ALLOWED
    return error


def _without_json(response: Response, operation: str) -> MallError:
    """Return what plain text, HTML or nothing means: most likely it has reached no method."""
    by_status = _by_status(response)
    if by_status is not None:
        return _refused_before(by_status, response, operation)
    body = response.body.lstrip()
    if body.startswith(_LOST):
        return failure(Rejected, operation, "NO_SUCH_METHOD", response, hint=_NO_SUCH_METHOD)
    if body.startswith(b"<"):
        return failure(Unavailable, operation, "HTML", response)
    return failure(DecodeError, operation, "NO_JSON" if body else "NO_BODY", response)
