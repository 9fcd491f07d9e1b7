"""What a refusal means: the table of codes, four families of bodies, statuses and hints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from mallsync import Period
from mallsync.adapters.rakuten.auth import KEY_LIFE, NEW_KEY, Credentials, RakutenAuth, refused
from mallsync.adapters.rakuten.codec import (
    CancelOrder,
    ConfirmOrders,
    SearchOrders,
    ShippingResult,
    UpdateMemo,
    UpdateShipping,
)
from mallsync.adapters.rakuten.faults import CODES, answer, failure
from mallsync.errors import (
    AnswerLost,
    AuthCause,
    AuthFailed,
    Conflict,
    DecodeError,
    MallError,
    NotFound,
    Rejected,
    Throttled,
    Unavailable,
)
from mallsync.testing import ScriptedCaller
from mallsync.wire.messages import Request, Response
from tests.adapters.rakuten.made import NOW, NUMBER, PREFIX, message, response

OPERATION = "searchOrder"


def error_of(given: Response) -> MallError:
    """Return what an answer raises."""
    with pytest.raises(MallError) as caught:
        answer(given, OPERATION)
    return caught.value


def current(code: object) -> dict[str, object]:
    """Return a body of today's gateway."""
    return {"errors": [{"code": code, "message": "Un-Authorised"}]}


def older(code: object) -> dict[str, object]:
    """Return a body of the older gateway."""
    return {"Results": {"errorCode": code, "message": "Un-Authorised"}}


def application(code: str, **more: Any) -> dict[str, object]:
    """Return a refusal of the order application."""
    return {"MessageModelList": [message(code, **more)], "orderNumberList": None}


# ---------------------------------------------------------------------------------------- the table


# wire facts §1.5 and §1.7, written out once more: the expected table stands on its own
EXPECTED: Mapping[str, type[MallError]] = {
    "GA0001": AuthFailed,
    "GK0001": AuthFailed,
    "GK0005": AuthFailed,
    "GK0006": AuthFailed,
    "ES01-01": AuthFailed,
    "ES04-01": AuthFailed,
    "ES04-03": Rejected,
    "GET_ORDER_INFO_102": NotFound,
    "UPDATE_ORDERSHIPPING_ERROR_102": Conflict,
    "UPDATE_ORDERSUBSTATUS_ERROR_101": Conflict,
    "UPDATE_ORDERSUBSTATUS_ERROR_102": Conflict,
    "CONFIRM_ORDER_ERROR_102": Conflict,
    "CONFIRM_ORDER_ERROR_103": Conflict,
}


def test_the_table_of_codes_is_that_of_the_facts() -> None:
    """No code is there without a fact behind it."""
    assert dict(EXPECTED) == CODES


@pytest.mark.parametrize("code", [code for code in CODES if "_" not in code])
@pytest.mark.parametrize("family", [current, older])
@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_a_gateways_code_decides_at_any_status(code: str, family: Any, status: int) -> None:
    """Which body comes with which status is not known: the key is looked for, not the status."""
    error = error_of(response(family(code), status))

    assert type(error) is EXPECTED[code]
    assert code == error.code


@pytest.mark.parametrize("code", [code for code in CODES if "_ERROR_" in code])
@pytest.mark.parametrize("status", [400, 404])
def test_an_applications_code_decides_at_an_error_status(code: str, status: int) -> None:
    """The code without its prefix is kept; the mall's words stay out of the text."""
    error = error_of(response(application(code), status))

    assert type(error) is EXPECTED[code]
    assert code == error.code
    assert [code] == [problem.code for problem in error.problems]
    assert "見本の文" not in str(error)


@pytest.mark.parametrize(
    ("code", "operation"),
    [
        ("UPDATE_ORDERSHIPPING_ERROR_102", UpdateShipping(number=NUMBER, basket=1, records=())),
        ("UPDATE_ORDERMEMO_ERROR_107", UpdateMemo(number=NUMBER, fields={})),
        ("CANCEL_ORDER_ERROR_999", CancelOrder(number=NUMBER, reason=1)),
    ],
)
def test_a_code_within_a_200_decides_for_its_order(code: str, operation: Any) -> None:
    """HTTP 200 is no success: the messages say what came of the order."""
    with pytest.raises(Rejected) as caught:
        operation.decode(response(application(code, orderNumber=NUMBER)))

    assert code == caught.value.code
    assert type(caught.value) is EXPECTED.get(code, Rejected)
    assert operation.name == caught.value.operation


def test_an_error_of_another_order_is_not_this_orders() -> None:
    """Only messages without a number and those of the order itself count; WARNING is no yes."""
    messages = [
        message("CONFIRM_ORDER_INFO_101", orderNumber="1"),
        message("CONFIRM_ORDER_ERROR_103", orderNumber="2"),
        message("CONFIRM_ORDER_WARNING_101", orderNumber="3"),
    ]
    told = ConfirmOrders(numbers=("1", "2", "3")).decode(response({"MessageModelList": messages}))

    assert [None, Conflict, DecodeError] == [error and type(error) for error in told.values()]


def test_an_error_without_a_number_is_every_orders() -> None:
    """A message that names no order refuses the whole call."""
    messages = [message("CONFIRM_ORDER_ERROR_011", orderNumber=None)]
    told = ConfirmOrders(numbers=("1", "2")).decode(response({"MessageModelList": messages}))

    assert ["CONFIRM_ORDER_ERROR_011"] * 2 == [error.code for error in told.values() if error]


def test_a_running_number_names_the_place_of_a_record() -> None:
    """The number counts from 1 across the baskets of the request."""
    body = application("UPDATE_ORDERSHIPPING_ERROR_011", dataNumber=3)
    (problem,) = error_of(response(body, 400)).problems

    assert problem.place == "ShippingModelList[2]"


# ----------------------------------------------------------------------------------------- statuses


@pytest.mark.parametrize("body", [{}, current("GA0001"), older("X"), application("A_ERROR_1")])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
        (301, Unavailable),
        (302, Unavailable),
    ],
)
def test_some_statuses_decide_whatever_the_body_says(
    body: object, status: int, kind: type[MallError]
) -> None:
    """Too many requests, failures and redirects are never the caller's fault."""
    assert type(error_of(response(body, status))) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, DecodeError),
        (204, DecodeError),
        (400, DecodeError),
        (408, AnswerLost),
        (401, AuthFailed),
        (403, AuthFailed),
        (404, Rejected),
        (405, Rejected),
        (415, Rejected),
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
        (302, Unavailable),
    ],
)
@pytest.mark.parametrize("body", [b"<html>maintenance</html>", b"", b"\xff\xfe", b"[1]", b'"x"'])
def test_an_answer_that_is_no_object_is_told_by_its_status(
    status: int, kind: type[MallError], body: bytes
) -> None:
    """Proxies answer with pages of their own; none of it is shown."""
    error = error_of(Response(status=status, body=body))

    assert type(error) is kind
    assert error.code in (f"HTTP_{status}", "NOT_AN_OBJECT")
    assert "maintenance" not in str(error)


@pytest.mark.parametrize(
    ("status", "kind"), [(201, Rejected), (400, Rejected), (401, AuthFailed), (404, Rejected)]
)
def test_an_object_without_a_refusal_is_told_by_its_status(
    status: int, kind: type[MallError]
) -> None:
    """Only 200 is an answer; the status is the code where nothing else is."""
    error = error_of(response({"hello": "見本"}, status))

    assert (kind, f"HTTP_{status}") == (type(error), error.code)


def test_the_content_type_without_a_charset_is_a_refusal() -> None:
    """415 is the caller's to mend, with either body."""
    assert type(error_of(response(older("ES04-03"), 415))) is Rejected
    assert type(error_of(Response(status=415, body=b"<html>"))) is Rejected


@pytest.mark.parametrize("code", ["ES99-99", "GA9999", "SOMETHING_NEW"])
@pytest.mark.parametrize("family", [current, older])
def test_a_code_that_nobody_knows_is_kept_and_rejected(code: str, family: Any) -> None:
    """What is new is not dropped: the code goes on, the meaning is Rejected."""
    error = error_of(response(family(code), 400))

    assert (Rejected, code) == (type(error), error.code)


def test_an_unknown_code_at_401_is_still_about_the_credentials() -> None:
    """The status tells what the code does not."""
    assert type(error_of(response(current("GA9999"), 401))) is AuthFailed


@pytest.mark.parametrize(
    "body", [{"errors": ["x"]}, {"errors": [{}]}, {"errors": [{"code": None}]}]
)
def test_a_gateways_error_without_a_code_is_unknown(body: object) -> None:
    """The family is recognised even where its code is missing."""
    assert error_of(response(body, 400)).code == "UNKNOWN"


@pytest.mark.parametrize(
    "body", [{"errors": []}, {"errors": "x"}, {"Results": []}, {"Results": {}}]
)
def test_what_only_looks_like_a_gateways_error_is_none(body: dict[str, object]) -> None:
    """An empty list of errors in a 200 is an answer."""
    assert body == answer(response(body), OPERATION)


@pytest.mark.parametrize("said", ["太郎 見本", "a b", "x" * 65, "<b>", "", ["GA0001"], {"a": 1}])
def test_a_code_that_is_not_one_word_is_not_shown(said: object) -> None:
    """A careless mall might quote a customer in its code."""
    error = error_of(response(older(said), 400))

    assert error.code == "UNRECOGNISED"
    assert type(error) is Rejected


def test_a_message_code_that_is_not_one_word_is_not_shown() -> None:
    """Neither as the code nor among the problems."""
    told = {"messageType": "ERROR", "messageCode": PREFIX + "見本 花子", "message": "見本 花子"}
    error = error_of(response({"MessageModelList": [told]}, 400))

    assert error.code == "UNRECOGNISED"
    assert "花子" not in f"{error} {error!r} {error.problems!r}"


@pytest.mark.parametrize("listed", ["x", {}, [3], [{"messageType": 1, "messageCode": "x"}], [{}]])
def test_messages_that_are_no_messages_cannot_be_read(listed: object) -> None:
    """A MessageModelList of another shape is unknown to us, not a success."""
    with pytest.raises(DecodeError) as caught:
        SearchOrders(period=Period(NOW, NOW)).decode(response({"MessageModelList": listed}))

    assert caught.value.problems


def test_the_malls_name_of_the_exchange_is_kept() -> None:
    """RequestId is what the mall's support desk asks for; a strange one is not shown."""
    given = "00000000-0000-4000-8000-000000000031"

    assert given == error_of(response({}, 400, requestid=given)).request_id
    assert error_of(response({}, 400, requestid="見本 花子")).request_id == "UNRECOGNISED"
    assert error_of(response({}, 400)).request_id == ""


# -------------------------------------------------------------------------------------------- hints


def _credentials(**more: datetime) -> Credentials:
    return Credentials(service_secret="SP000000_made-up", license_key="SL000000_made-up", **more)


def _explained(now: datetime = NOW, **more: datetime) -> MallError:
    error = failure(AuthFailed, OPERATION, "GA0001", response({}, requestid="req-31"))
    return RakutenAuth(_credentials(**more)).explain(error, now)


def _cause(error: MallError) -> AuthCause:
    assert isinstance(error, AuthFailed)
    return error.cause


@pytest.mark.parametrize(
    ("dates", "cause", "ja", "en"),
    [
        ({}, AuthCause.WRONG, "期限切れ", "wrong or expired"),
        ({"issued_at": NOW - timedelta(days=9)}, AuthCause.WRONG, "利用機能", "function is not"),
        (
            {"expires_at": NOW - timedelta(seconds=1)},
            AuthCause.EXPIRED,
            "新しいキーを発行",
            "Issue a new one",
        ),
        (
            {"issued_at": NOW - timedelta(minutes=5)},
            AuthCause.NOT_YET_ACTIVE,
            "10〜30分待って",
            "Wait 10 to 30 minutes",
        ),
    ],
)
def test_a_refused_key_is_explained_by_its_dates(
    dates: dict[str, datetime], cause: AuthCause, ja: str, en: str
) -> None:
    """Expired and new keys are told apart; without dates the hint names every cause."""
    error = _explained(**dates)

    assert cause is _cause(error)
    assert ja in error.hint("ja")
    assert en in error.hint("en")
    assert ("rakuten", OPERATION, "GA0001", "req-31") == (
        error.mall,
        error.operation,
        error.code,
        error.request_id,
    )


@pytest.mark.parametrize(
    ("age", "cause"),
    [
        (timedelta(0), AuthCause.NOT_YET_ACTIVE),
        (NEW_KEY - timedelta(seconds=1), AuthCause.NOT_YET_ACTIVE),
        (NEW_KEY, AuthCause.WRONG),
        (-timedelta(seconds=1), AuthCause.WRONG),
    ],
)
def test_a_key_is_new_for_ninety_minutes(age: timedelta, cause: AuthCause) -> None:
    """Vendors saw up to half an hour; a key from the future is not new but wrongly dated."""
    assert timedelta(minutes=90) == NEW_KEY
    assert cause is _cause(_explained(issued_at=NOW - age))


def test_a_key_ends_with_its_last_second() -> None:
    """At its last moment a key is not expired yet; it lives 90 days."""
    assert _cause(_explained(expires_at=NOW)) is AuthCause.WRONG
    assert timedelta(days=90) == KEY_LIFE


def test_a_function_that_the_key_does_not_cover_has_a_hint_of_its_own() -> None:
    """Not switched on, or switched on after the key was issued: a new key is what helps."""
    error = AuthFailed(mall="rakuten", operation=OPERATION, code="ES04-01")
    better = refused(error, AuthCause.NOT_PERMITTED)

    assert better.cause is AuthCause.NOT_PERMITTED
    assert "キーの発行後に有効にされました" in better.hint("ja")
    assert "新しいキーを発行し、古いキーを停止" in better.hint("ja")
    assert "was after the key was issued" in better.hint("en")
    assert "stop the old one" in better.hint("en")


def test_other_errors_are_not_explained_by_the_key() -> None:
    """An outage is no matter of the key, however old it is."""
    error = Unavailable()

    assert error is RakutenAuth(_credentials(expires_at=NOW - KEY_LIFE)).explain(error, NOW)


def test_requests_are_signed_with_both_secrets() -> None:
    """ESA and the base64 of secret and key, joined by a colon; other headers stay."""
    request = Request(method="POST", path="/x", headers={"Content-Type": "text/plain"})
    signed = RakutenAuth(Credentials(service_secret="SP_x", license_key="SL_y")).sign(request, NOW)

    assert {
        "Content-Type": "text/plain",
        "Authorization": "ESA U1BfeDpTTF95",
    } == dict(signed.headers)


def test_a_licence_key_cannot_be_renewed_by_a_machine() -> None:
    """A person issues a new one behind a captcha; answers teach nothing."""
    auth = RakutenAuth(_credentials())

    assert auth.renew(ScriptedCaller([])) is False
    auth.observe(response({}), NOW)
    assert "made-up" not in repr(auth)


def test_a_poll_that_has_no_result_yet_is_no_result_whoever_it_names() -> None:
    """The poll's own message beside a number says nothing of the write."""
    waiting = message("GET_RESULT_UPDATEORDERSHIPPING_ASYNC_INFO_101")
    listed = [
        {"orderNumber": "1", "MessageModelList": [waiting]},
        {"orderNumber": "2", "MessageModelList": None},
        {"MessageModelList": [waiting]},
    ]
    told = ShippingResult(request_id="x").decode(response({"ResultShippingModelList": listed}))
    (error,) = told.values()

    assert ["2"] == list(told)
    assert error is not None
    assert "UNCLEAR_ANSWER" == error.code
