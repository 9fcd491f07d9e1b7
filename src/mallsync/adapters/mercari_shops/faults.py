"""How Mercari Shops refuses (A1): by HTTP status before GraphQL, and by ``errors[]`` within it.

An address that is not on the allow-list gets 404 and text, before the token is looked at. An error
of the application has a code that looks like gRPC's. One may stand beside data: the data is then
no word of the mall on what the error is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from mallsync.errors import (
    AnswerLost,
    AuthCause,
    AuthFailed,
    Conflict,
    DecodeError,
    Hint,
    MallError,
    NotFound,
    Problem,
    Rejected,
    Throttled,
    Unavailable,
)
from mallsync.model.words import Mall
from mallsync.wire.bodies import load_json
from mallsync.wire.messages import Response
from mallsync.wire.retry import fault_of_status
from mallsync.wire.texts import word

__all__ = ["CODES", "HINTS", "Answer", "Fault", "answer", "failure", "only", "unreadable"]

CODES: Mapping[str, type[MallError]] = {
    # seen: NOT_FOUND, FAILED_PRECONDITION, and permission denied by its text (A1)
    "NOT_FOUND": NotFound,
    "FAILED_PRECONDITION": Conflict,
    "PERMISSION_DENIED": AuthFailed,
    # gRPC's other names, taken to mean what gRPC means by them (weak)
    "UNAUTHENTICATED": AuthFailed,
    "INVALID_ARGUMENT": Rejected,
    "OUT_OF_RANGE": Rejected,
    "UNIMPLEMENTED": Rejected,
    "ALREADY_EXISTS": Conflict,
    "ABORTED": Conflict,
    "RESOURCE_EXHAUSTED": Throttled,
    "UNAVAILABLE": Unavailable,
    "INTERNAL": Unavailable,
    "UNKNOWN": Unavailable,
    "DATA_LOSS": Unavailable,
    "DEADLINE_EXCEEDED": AnswerLost,
    "CANCELLED": AnswerLost,
    # what GraphQL servers say of a document
    "GRAPHQL_PARSE_FAILED": Rejected,
    "GRAPHQL_VALIDATION_FAILED": Rejected,
}
"""``extensions.code`` to error; one that is not here is `Rejected` and kept as it is."""

HINTS: Mapping[AuthCause, Hint] = {
    AuthCause.WRONG: Hint(
        ja="アクセストークンを確認してください。トークンの削除、発行したアカウントの削除、"
        "サンドボックスと本番の取り違えでも拒否されます。client_name の確認もお願いします。",
        en="Check the access token. It dies when it is deleted or when the account that issued it"
        " is, and one of the sandbox does not open production. Check client_name as well.",
    ),
    AuthCause.NOT_PERMITTED: Hint(
        ja="権限がないため処理できません。ショップが公開されていること（商品登録）を確認して"
        "ください。",
        en="The mall denies permission. Check that the shop is public, with products registered.",
    ),
    AuthCause.IP_NOT_ALLOWED: Hint(
        ja="接続元のIPアドレスがMercari Shopsに登録されていません。日本の固定IPを、サンドボックスと"
        "本番のそれぞれについて登録してもらってください。",
        en="Mercari Shops does not know this source address. Have a fixed Japanese address"
        " registered, for the sandbox and for production each.",
    ),
}

_NO_SUCH_PATH = Hint(
    ja="アドレスが正しくありません。base_url を確認してください。",
    en="There is nothing at this address. Check base_url.",
)
_DOCUMENT = Hint(
    ja="モールのスキーマと問い合わせが合いません。client.verify_schema() で差を確認してください。",
    en="The document does not fit the mall's schema. See client.verify_schema() for what differs.",
)

_CAUSES = {"PERMISSION_DENIED": AuthCause.NOT_PERMITTED}
_OF_DOCUMENT = frozenset({"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "UNIMPLEMENTED"})
_NOT_ALLOWED_BODY = b"Not Found"  # 10 bytes with the line feed; another path has another text
_OK = 200
_BAD = 400
_NOT_FOUND = 404
_STATUSES: Mapping[int, AuthCause] = {
    400: AuthCause.WRONG,  # a wrong environment, a malformed header, a deleted account
    401: AuthCause.WRONG,
    403: AuthCause.NOT_PERMITTED,  # no source
}

Path = tuple[str | int, ...]


@frozen
class Fault:
    """One of ``errors[]``: what it means, and where in the data it belongs."""

    error: MallError
    path: Path = ()


@frozen
class Answer:
    """The data of an answer by root field, and the errors beside it."""

    data: Mapping[str, object] = field(repr=False)
    faults: tuple[Fault, ...] = ()


def answer(response: Response, operation: str) -> Answer:
    """Return what an answer says, errors of parts of it included.

    Raises:
        MallError: It was refused as a whole, or cannot be read.
    """
    payload = _payload(response, operation)
    faults = _faults(payload.get("errors"), operation, response)
    data = payload.get("data")
    if isinstance(data, dict) and any(value is not None for value in data.values()):
        return Answer(data, faults)
    if faults:
        raise faults[0].error
    if isinstance(data, dict):
        return Answer(data)
    raise failure(DecodeError, operation, "NO_DATA", response)


def only(response: Response, operation: str) -> object:
    """Return the value of the one root field that was asked for, whose name is the operation's.

    Raises:
        MallError: It was refused, in whole or in part. Data beside an error is not believed.
    """
    told = answer(response, operation)
    value = told.data.get(operation)
    if not told.faults:
        return value
    if value is None:
        raise told.faults[0].error
    raise failure(DecodeError, operation, "DATA_WITH_ERRORS", response)


def failure(
    kind: type[MallError],
    operation: str,
    code: str,
    response: Response | None = None,
    *,
    problems: tuple[Problem, ...] = (),
    hint: Hint | None = None,
    cause: AuthCause = AuthCause.WRONG,
) -> MallError:
    """Return an error of Mercari Shops'; the request id is Cloudflare's, the mall gives none."""
    ray = response.headers.get("cf-ray") if response else None
    is_auth = issubclass(kind, AuthFailed)
    error = kind(
        mall=Mall.MERCARI_SHOPS,
        operation=operation,
        code=code,
        request_id=word(ray) if ray else "",
        problems=problems,
        hint=HINTS[cause] if is_auth and hint is None else hint,
    )
    if isinstance(error, AuthFailed):
        error.cause = cause
    return error


def unreadable(operation: str, problems: Sequence[Problem]) -> MallError:
    """Return the error for an answer of which these places cannot be read."""
    return failure(DecodeError, operation, "UNREADABLE", problems=tuple(problems))


def _payload(response: Response, operation: str) -> dict[str, object]:
    """Return the JSON object of an answer that GraphQL gave, whatever its status."""
    try:
        payload = load_json(response)
    except ValueError:
        raise _without_graphql(response, operation) from None
    if isinstance(payload, dict) and (payload.get("errors") or _is_data(payload, response)):
        return payload
    raise _without_graphql(response, operation)


def _is_data(payload: Mapping[str, object], response: Response) -> bool:
    return response.status == _OK and "data" in payload


def _without_graphql(response: Response, operation: str) -> MallError:
    """Return what an answer means that has come from before GraphQL."""
    code = f"HTTP_{response.status}"
    status = response.status
    if status == _NOT_FOUND:
        if response.body.strip() == _NOT_ALLOWED_BODY:
            return failure(AuthFailed, operation, code, cause=AuthCause.IP_NOT_ALLOWED)
        return failure(Rejected, operation, code, response, hint=_NO_SUCH_PATH)
    if status in _STATUSES:
        return failure(AuthFailed, operation, code, response, cause=_STATUSES[status])
    kind = fault_of_status(response) or (Rejected if status >= _BAD else None)
    if kind is not None:
        return failure(kind, operation, code, response)
    is_page = response.body.lstrip().startswith(b"<")
    return failure(
        Unavailable if is_page else DecodeError,
        operation,
        "HTML" if is_page else "NO_JSON",
        response,
    )


def _faults(listed: object, operation: str, response: Response) -> tuple[Fault, ...]:
    if listed is None or listed == []:
        return ()
    if not isinstance(listed, list):
        raise failure(DecodeError, operation, "NO_ERRORS_LIST", response)
    return tuple([_fault(one, operation, response) for one in listed])


def _fault(told: object, operation: str, response: Response) -> Fault:
    """Return one of ``errors[]``; its message is the mall's wording and shows nowhere."""
    error = told if isinstance(told, dict) else {}
    extensions = error.get("extensions")
    given = extensions.get("code") if isinstance(extensions, dict) else None
    code = word(given) if isinstance(given, str | int) and given != "" else "NO_CODE"
    text = error.get("message")
    path = _path(error.get("path"))
    problem = Problem(
        place=".".join(map(str, path)), code=code, mall_text=text if isinstance(text, str) else ""
    )
    kind = _kind_of(code, response)
    return Fault(
        failure(
            kind,
            operation,
            code,
            response,
            problems=(problem,),
            hint=_DOCUMENT if code in _OF_DOCUMENT else None,
            cause=_CAUSES.get(code, AuthCause.WRONG),
        ),
        path,
    )


def _kind_of(code: str, response: Response) -> type[MallError]:
    """Return the class of a code; one that says nothing leaves the word to the HTTP status."""
    if code in CODES:
        return CODES[code]
    if response.status in _STATUSES and response.status != _BAD:
        return AuthFailed
    return fault_of_status(response) or Rejected


def _path(value: object) -> Path:
    """Return the place of an error in the data; steps that are no names or positions end it."""
    steps: list[str | int] = []
    for step in value if isinstance(value, list) else ():
        if type(step) is not int and word(step) == "UNRECOGNISED":
            break
        steps.append(step)
    return tuple(steps)
