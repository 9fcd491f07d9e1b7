"""Requests as the mall documents them, and replies of all three families."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from mallsync import JST, Period
from mallsync.adapters.qoo10.codec import (
    CancelLine,
    ConfirmLine,
    ConfirmLines,
    CreateKey,
    GetClaims,
    GetLine,
    GetLines,
    SendLine,
    SendLines,
    Shipped,
)
from mallsync.adapters.qoo10.lines import Line
from mallsync.errors import (
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
from mallsync.model.sighting import Unreadable
from mallsync.wire.messages import Request, Response
from tests.adapters.qoo10.made import claim, reply, row

START = datetime(2026, 11, 20, tzinfo=JST)
PERIOD = Period(START, START + timedelta(days=2))
NEW = GetLines(period=PERIOD, status="2")
SHIPPED = Shipped(number="1900000011", carrier="ヤマト宅急便", tracking_number="000011112222")
BULK = SendLines(
    shipped=(SHIPPED, Shipped(number="1900000012", carrier="EMS", tracking_number="1"))
)
PLANNED = date(2026, 11, 24)


def form(request: Request) -> dict[str, str]:
    """Return the parameters of a request."""
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True))


# ------------------------------------------------------------------------------------ requests


@pytest.mark.parametrize(
    ("operation", "path", "parameters"),
    [
        (
            NEW,
            "/ShippingBasic.GetShippingInfo_v3",
            {
                "ShippingStatus": "2",
                "SearchStartDate": "20261120000000",
                "SearchEndDate": "20261122000000",
                "SearchCondition": "1",
            },
        ),
        (
            GetLines(period=PERIOD, status="4", version=2),
            "/ShippingBasic.GetShippingInfo_v2",
            {
                "ShippingStat": "4",
                "search_Sdate": "20261120000000",
                "search_Edate": "20261122000000",
                "search_condition": "1",
            },
        ),
        (
            GetClaims(period=PERIOD),
            "/ShippingBasic.GetClaimInfo_V3",
            {
                "search_Sdate": "20261120000000",
                "search_Edate": "20261122000000",
                "search_condition": "1",
            },
        ),
        (
            GetLine(number="1900000011"),
            "/ShippingBasic.GetShippingAndClaimInfoByOrderNo_V2",
            {"OrderNo": "1900000011"},
        ),
        (
            SendLine(shipped=SHIPPED),
            "/ShippingBasic.SetSendingInfo",
            {
                "OrderNo": "1900000011",
                "ShippingCorp": "ヤマト宅急便",
                "TrackingNo": "000011112222",
            },
        ),
        (
            ConfirmLine(number="1900000011"),
            "/ShippingBasic.SetSellerCheckYN_V2",
            {"OrderNo": "1900000011"},
        ),
        (
            ConfirmLine(number="1900000011", planned=PLANNED),
            "/ShippingBasic.SetSellerCheckYN_V2",
            {"OrderNo": "1900000011", "EstShipDt": "20261124"},
        ),
        (
            CancelLine(number="1900000011", reason=0, memo="在庫切れ"),
            "/Claim.SetCancelProcess",
            {"ContrNo": "1900000011", "CancelReason": "", "SellerMemo": "在庫切れ"},
        ),
    ],
)
def test_a_call_is_a_form_posted_to_its_path(
    operation: Any, path: str, parameters: dict[str, str]
) -> None:
    """By the mall's own names, never in the address."""
    request = operation.encode()

    assert (request.method, request.path) == ("POST", path)
    assert form(request) == {"returnType": "json", **parameters}
    assert request.headers["QAPIVersion"] == "1.0"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_bulk_calls_carry_their_rows_as_json() -> None:
    """In one parameter, whose name differs."""
    sent = json.loads(form(BULK.encode())["ShippingInfoJson"])
    planned = ConfirmLines(numbers=("1900000011",), planned=PLANNED).encode()

    assert sent == [
        {"OrderNo": "1900000011", "ShippingCorp": "ヤマト宅急便", "TrackingNo": "000011112222"},
        {"OrderNo": "1900000012", "ShippingCorp": "EMS", "TrackingNo": "1"},
    ]
    assert json.loads(form(planned)["SendPlanDtInfoJson"]) == [
        {"OrderNo": "1900000011", "EstShipDt": "20261124"}
    ]


def test_the_secrets_of_a_key_issue_are_in_header_and_body_alone() -> None:
    """The API key stands where the certification key does elsewhere."""
    operation = CreateKey(user_id="mihon", password="made-up&word", api_key="made-up-key")
    request = operation.encode()

    assert request.path == "/CertificationAPI.CreateCertificationKey"
    assert request.headers["GiosisCertificationKey"] == "made-up-key"
    assert form(request) == {"returnType": "json", "user_id": "mihon", "pwd": "made-up&word"}
    assert "made-up" not in repr(operation)


# ------------------------------------------------------------------------------------ lists


def test_a_list_is_its_rows() -> None:
    """Each with the numbers that it goes by."""
    found = NEW.decode(reply([row(), row(1900000012)]))

    assert [(line.cart, line.number) for line in found.lines] == [
        ("880000001", "1900000011"),
        ("880000001", "1900000012"),
    ]
    assert found.nameless == ()


@pytest.mark.parametrize("nothing", [..., None, [], ""])
def test_an_empty_list_has_several_forms(nothing: object) -> None:
    """None of them is an error (§4)."""
    assert NEW.decode(reply(nothing)).lines == ()


def test_one_row_may_come_bare() -> None:
    """Without a list around it."""
    assert [line.number for line in NEW.decode(reply(row())).lines] == ["1900000011"]


def test_rows_without_numbers_do_not_spoil_the_list() -> None:
    """Each is told, with what it was."""
    found = NEW.decode(reply([row(OrderNo="?"), row(), 7]))

    assert len(found.lines) == 1
    assert [one.raw for one in found.nameless] == [row(OrderNo="?"), 7]


@pytest.mark.parametrize("wrong", ["rows", 7, True])
def test_a_list_of_another_type_is_refused_at_its_place(wrong: object) -> None:
    """As no list at all."""
    with pytest.raises(DecodeError) as caught:
        NEW.decode(reply(wrong))
    assert [problem.place for problem in caught.value.problems] == ["ResultObject"]


def test_a_single_line_is_told_with_its_claim() -> None:
    """Of rows for other lines nothing is taken; the last of its own counts."""
    operation = GetLine(number="1900000011")
    found = operation.decode(reply([row(1900000012), row(), row(ClaimStatus="3")]))

    assert isinstance(found, Line)
    assert found.record["ClaimStatus"] == "3"


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (reply([]), NotFound),
        (reply([row(1900000012)]), NotFound),
        (reply([row(OrderNo="?")]), DecodeError),
        (reply(code=-10003), NotFound),
        (reply(code=-10002), NotFound),
        (reply(code=-77777), Rejected),
    ],
)
def test_a_line_that_is_not_there_is_unreadable_and_stops_no_other(
    told: Response, kind: type[MallError]
) -> None:
    """It is one among many that were asked for."""
    found = GetLine(number="1900000011").decode(told)

    assert isinstance(found, Unreadable)
    assert found.number == "1900000011"
    assert type(found.error) is kind


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (reply(code=-90004), AuthFailed),
        (Response(status=503, body=b""), Unavailable),
        (Response(status=200, body=b"{"), DecodeError),
    ],
)
def test_what_would_befall_every_line_is_raised(told: Response, kind: type[MallError]) -> None:
    """A bad key says nothing of one line."""
    with pytest.raises(kind):
        GetLine(number="1900000011").decode(told)


# ------------------------------------------------------------------------------------ writes


@pytest.mark.parametrize(
    "operation",
    [
        SendLine(shipped=SHIPPED),
        ConfirmLine(number="1900000011"),
        CancelLine(number="1900000011", reason=0),
    ],
)
def test_a_single_write_is_taken_or_raises(operation: Any) -> None:
    """There is nothing between."""
    assert operation.decode(reply()) == {"1900000011": None}
    with pytest.raises(Rejected):
        operation.decode(reply(code=-10001))


def verdicts(*rows: object, code: object = 0) -> dict[str, str]:
    """Return what a bulk reply says of two lines: the kind and code of each error."""
    told = BULK.decode(reply(list(rows), code=code))
    return {
        number: "taken" if error is None else f"{type(error).__name__} {error.code}"
        for number, error in told.items()
    }


def test_a_bulk_write_has_a_verdict_for_each_row() -> None:
    """In whatever order they come, by either name of the number."""
    taken = {"contr_no": 1900000012, "result_cd": 0, "ResultCode": 0}
    refused = {"cont_no": "1900000011", "result_cd": -10004}

    assert verdicts(taken, refused) == {
        "1900000011": "NotFound -10004",
        "1900000012": "taken",
    }


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"contr_no": 1, "result_cd": 0}],
        [{"contr_no": 1900000011}],
        [{"contr_no": 1900000011, "result_cd": 0, "ResultCode": -10010}],
        [{"contr_no": 1900000011, "result_cd": 0}, {"contr_no": 1900000011, "result_cd": 0}],
        ["taken"],
    ],
)
def test_a_line_of_which_a_bulk_reply_says_nothing_clear_is_in_doubt(rows: list[object]) -> None:
    """None is ever taken for done."""
    assert verdicts(*rows) == dict.fromkeys(
        ("1900000011", "1900000012"), "DecodeError UNCLEAR_ANSWER"
    )
    assert all(error and error.uncertain for error in BULK.decode(reply(rows)).values())


@pytest.mark.parametrize("code", [None, 0.0, -10010.0, "", " ", True, False, [], {}, "成功", "-"])
@pytest.mark.parametrize("name", ["result_cd", "ResultCode"])
def test_a_row_code_that_is_no_whole_number_is_in_doubt(name: str, code: object) -> None:
    """It refuses nothing for certain, and takes nothing either, whatever stands beside it."""
    other = {"result_cd": "ResultCode", "ResultCode": "result_cd"}[name]
    alone = {"contr_no": 1900000011, name: code}
    beside = {"contr_no": 1900000012, name: code, other: -10010}

    assert verdicts(alone, beside) == dict.fromkeys(
        ("1900000011", "1900000012"), "DecodeError UNCLEAR_ANSWER"
    )


def test_a_row_code_may_be_a_whole_number_as_text() -> None:
    """As several clients take it (§4)."""
    rows = (
        {"contr_no": 1900000011, "result_cd": "0", "ResultCode": 0},
        {"contr_no": 1900000012, "result_cd": "-10010"},
    )

    assert verdicts(*rows) == {"1900000011": "taken", "1900000012": "Conflict -10010"}


# ------------------------------------------------------------------------------------ key issue


def issue(told: Response) -> str:
    """Return the key of a reply."""
    return CreateKey(user_id="mihon", password="made-up", api_key="made-up").decode(told)


def test_a_key_is_a_bare_string() -> None:
    """As long as it likes within reason."""
    assert issue(reply("MADEUP_g_1_KEY_g_2_")) == "MADEUP_g_1_KEY_g_2_"


@pytest.mark.parametrize("key", ["", None, 7, ["K"], "K" * 4097, "two words", "鍵", "K\n"])
def test_what_cannot_be_a_key_is_refused(key: object) -> None:
    """It would go into a header."""
    with pytest.raises(DecodeError) as caught:
        issue(reply(key))
    assert [problem.place for problem in caught.value.problems] == ["ResultObject"]


@pytest.mark.parametrize("told", [reply(code=-10001), reply(code=-999), Response(status=200)])
def test_any_refusal_of_a_key_means_a_wrong_login(told: Response) -> None:
    """No code of its own is known; an empty body was seen as well (§3)."""
    with pytest.raises(AuthFailed) as caught:
        issue(told)
    assert caught.value.hint is not None
    assert "QSM password (changed?)" in caught.value.hint("en")


@pytest.mark.parametrize(
    "told", [Response(status=200, body=b"null"), Response(status=200, body=b'{"odd": 1}')]
)
def test_an_answer_that_is_no_refusal_is_not_taken_for_one(told: Response) -> None:
    """Something else is wrong then."""
    with pytest.raises(DecodeError):
        issue(told)


# ------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("operation", "code", "kind"),
    [
        (NEW, -10002, Rejected),
        (GetClaims(period=PERIOD), -10001, AuthFailed),
        (SendLine(shipped=SHIPPED), -10004, NotFound),
        (SendLine(shipped=SHIPPED), -10010, Conflict),
        (ConfirmLine(number="1"), -10012, Conflict),
        (CancelLine(number="1", reason=0), -10004, Conflict),
        (NEW, -90001, AuthFailed),
        (NEW, "-90001", AuthFailed),
        (NEW, -123456, Rejected),
    ],
)
def test_a_code_means_what_its_method_says(
    operation: Any, code: object, kind: type[MallError]
) -> None:
    """The same number is another thing elsewhere (§5); the mall's words are kept aside."""
    with pytest.raises(MallError) as caught:
        operation.decode(reply(code=code, ResultMsg="見本の説明"))

    assert type(caught.value) is kind
    assert caught.value.code == str(code)
    assert [problem.mall_text for problem in caught.value.problems] == ["見本の説明"]


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        ({"ErrorCode": -90004, "ErrorMsg": "見本"}, "-90004"),
        ({"ErrorCode": -90004, "ResultCode": 0}, "-90004"),
        ({"ErrorCode": 0, "ResultCode": -90005}, "-90005"),
    ],
)
def test_an_expired_key_is_known_in_either_envelope(envelope: dict[str, Any], code: str) -> None:
    """Which of the two tells it is not known (§16)."""
    with pytest.raises(AuthFailed) as caught:
        NEW.decode(Response(status=200, body=json.dumps(envelope).encode()))

    assert (caught.value.cause, caught.value.code) == (AuthCause.EXPIRED, code)


@pytest.mark.parametrize(
    ("told", "kind", "code"),
    [
        (Response(status=200, body=b"[]"), DecodeError, "NOT_AN_OBJECT"),
        (Response(status=200, body=b'{"ResultCode": null}'), DecodeError, "NO_CODE"),
        (Response(status=200, body=b'{"ResultCode": 0.0}'), DecodeError, "NO_CODE"),
        (Response(status=200, body=b'{"ResultCode": true}'), DecodeError, "NO_CODE"),
        (Response(status=200, body=b"welcome"), DecodeError, "NO_JSON"),
        (Response(status=200, body=b""), DecodeError, "NO_BODY"),
        (Response(status=200, body=b" <html>maintenance</html>"), Unavailable, "HTML"),
        (Response(status=200, body=b"Can't find method Info"), Rejected, "NO_SUCH_METHOD"),
        (Response(status=403, body=b"<html>"), AuthFailed, "HTTP_403"),
        (Response(status=403, body=b'{"ResultCode": 0}'), AuthFailed, "HTTP_403"),
        (Response(status=404, body=b"{}"), Rejected, "HTTP_404"),
        (Response(status=429, body=b""), Throttled, "HTTP_429"),
        (Response(status=500, body=b""), Unavailable, "HTTP_500"),
        (Response(status=503, body=b"<html>"), Unavailable, "HTTP_503"),
        (Response(status=204, body=b""), DecodeError, "HTTP_204"),
    ],
)
def test_what_is_no_method_s_reply_is_told_apart(
    told: Response, kind: type[MallError], code: str
) -> None:
    """Cloudflare, the gateway, plain text and nothing at all."""
    with pytest.raises(MallError) as caught:
        NEW.decode(told)

    assert (type(caught.value), caught.value.code) == (kind, code)


def test_a_closed_door_names_the_address_as_its_cause_and_cloudflare_s_ray() -> None:
    """The mall itself says 200 to everything (§4)."""
    told = Response(status=403, body=b"<html>", headers={"cf-ray": "0000000000000000-NRT"})
    with pytest.raises(AuthFailed) as caught:
        NEW.decode(told)

    assert caught.value.cause is AuthCause.IP_NOT_ALLOWED
    assert caught.value.request_id == "0000000000000000-NRT"


def test_claims_are_rows_too() -> None:
    """Under their own spelling."""
    (line,) = GetClaims(period=PERIOD).decode(reply([claim()])).lines

    assert (line.cart, line.number) == ("880000001", "1900000011")
