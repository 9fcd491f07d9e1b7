"""How Mercari Shops refuses (A1): each case has its error, its cause and its hint."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mallsync import sandbox
from mallsync.adapters import mercari_shops
from mallsync.adapters.mercari_shops.codec import CompleteShipping
from mallsync.adapters.mercari_shops.faults import CODES, answer, only
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
from mallsync.transport import Pace
from mallsync.wire.messages import Response
from tests.adapters.mercari_shops.made import answer as answered
from tests.adapters.mercari_shops.made import refusal
from tests.adapters.mercari_shops.shop import WEEK, client_of, notice

NAME = "orderTransaction"


def failure(response: Response) -> MallError:
    """Return the error that an answer stands for."""
    with pytest.raises(MallError) as caught:
        answer(response, NAME)
    error = caught.value
    assert ("mercari_shops", NAME) == (error.mall, error.operation)
    return error


@pytest.mark.parametrize(
    ("status", "body", "kind", "cause"),
    [
        (404, b"Not Found\n", AuthFailed, AuthCause.IP_NOT_ALLOWED),
        (404, b"Not Found", AuthFailed, AuthCause.IP_NOT_ALLOWED),
        (404, b"404 page not found\n", Rejected, None),
        (400, b"Bad Request", AuthFailed, AuthCause.WRONG),
        (400, b"", AuthFailed, AuthCause.WRONG),
        (401, b"Unauthorized", AuthFailed, AuthCause.WRONG),
        (401, b'{"message": "no"}', AuthFailed, AuthCause.WRONG),
        (403, b"<html>", AuthFailed, AuthCause.NOT_PERMITTED),
        (405, b"", Rejected, None),
        (408, b"", AnswerLost, None),
        (429, b"Too Many Requests", Throttled, None),
        (429, b'{"data": null}', Throttled, None),
        (500, b"", Unavailable, None),
        (503, b"<html>", Unavailable, None),
        (302, b"", Unavailable, None),
        (200, b"<html>", Unavailable, None),
        (200, b"", DecodeError, None),
        (200, b"nonsense", DecodeError, None),
        (200, b"[]", DecodeError, None),
        (200, b"{}", DecodeError, None),
        (200, b'{"data": null}', DecodeError, None),
        (200, b'{"errors": [], "data": null}', DecodeError, None),
        (200, b'{"errors": {}, "data": null}', DecodeError, None),
        (200, b'{"errors": {"a": 1}, "data": null}', DecodeError, None),
        (204, b'{"data": {"orderTransaction": null}}', DecodeError, None),
    ],
)
def test_an_answer_from_before_graphql_is_told_by_status_and_body(
    status: int, body: bytes, kind: type[MallError], cause: AuthCause | None
) -> None:
    """A refusal of the source address comes before the token is looked at."""
    error = failure(answered(body, status))

    assert type(error) is kind
    assert cause is getattr(error, "cause", None)


def test_the_hint_of_a_refused_address_says_what_to_have_registered() -> None:
    """In both languages."""
    error = failure(answered(b"Not Found\n", 404))

    assert "日本の固定IP" in error.hint("ja")
    assert "fixed Japanese address" in error.hint("en")


def test_the_hint_of_a_refused_token_names_the_ways_it_dies() -> None:
    """Deleted, of a deleted account, or of the other environment."""
    for status in (400, 401):
        hint = failure(answered(b"", status)).hint("en")
        assert all(word in hint for word in ("deleted", "account", "sandbox", "client_name"))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NOT_FOUND", NotFound),
        ("FAILED_PRECONDITION", Conflict),
        ("PERMISSION_DENIED", AuthFailed),
        ("UNAUTHENTICATED", AuthFailed),
        ("INVALID_ARGUMENT", Rejected),
        ("ALREADY_EXISTS", Conflict),
        ("RESOURCE_EXHAUSTED", Throttled),
        ("UNAVAILABLE", Unavailable),
        ("INTERNAL", Unavailable),
        ("DEADLINE_EXCEEDED", AnswerLost),
        ("NEVER_HEARD_OF", Rejected),
        (7, Rejected),
    ],
)
def test_an_error_of_the_application_is_told_by_its_code(
    code: object, kind: type[MallError]
) -> None:
    """An unknown one is kept as it is; its text shows nowhere."""
    error = failure(refusal(code, ["orderTransaction", "products", 0], "見本 様の注文"))

    assert type(error) is kind
    assert str(code) == error.code
    assert "orderTransaction.products.0" == error.problems[0].place
    assert "見本 様の注文" == error.problems[0].mall_text
    assert "見本" not in f"{error} {error!r} {error.problems!r}"


def test_every_code_of_the_table_makes_an_error() -> None:
    """Each of its own class."""
    assert [*CODES.values()] == [type(failure(refusal(code))) for code in CODES]


def test_permission_is_denied_to_a_shop_that_is_not_public() -> None:
    """So says the mall's FAQ."""
    error = failure(refusal("PERMISSION_DENIED"))

    assert isinstance(error, AuthFailed)
    assert AuthCause.NOT_PERMITTED is error.cause
    assert "public" in error.hint("en")


def test_a_document_that_does_not_fit_says_how_to_find_out() -> None:
    """By asking the mall for its schema."""
    assert "verify_schema" in failure(refusal("GRAPHQL_VALIDATION_FAILED")).hint("en")


@pytest.mark.parametrize(
    "told",
    [
        {"message": "x"},
        {"message": "x", "extensions": {}},
        {"message": "x", "extensions": {"code": ""}},
        {"message": "x", "extensions": {"code": None}},
        {"extensions": "x"},
        {},
        "x",
        None,
    ],
)
def test_an_error_without_a_code_is_a_refusal(told: object) -> None:
    """Whatever its shape."""
    error = failure(answered({"errors": [told], "data": None}))

    assert (Rejected, "NO_CODE") == (type(error), error.code)


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Rejected), (401, AuthFailed), (429, Throttled), (503, Unavailable)]
)
def test_an_unknown_code_leaves_the_word_to_the_status(status: int, kind: type[MallError]) -> None:
    """A known one has it, whatever the status."""
    unknown, known = (
        answered({"errors": [{"extensions": {"code": code}}]}, status)
        for code in ("NEVER_HEARD_OF", "NOT_FOUND")
    )

    assert type(failure(unknown)) is kind
    assert type(failure(known)) is NotFound


def test_a_code_that_is_no_word_is_not_shown() -> None:
    """It might quote someone."""
    assert "UNRECOGNISED" == failure(refusal("見本 様")).code


def test_the_request_id_is_what_cloudflare_gives() -> None:
    """Mercari gives none."""
    error = failure(answered({"errors": [{}], "data": None}, 200, **{"cf-ray": "0000-NRT"}))

    assert "0000-NRT" == error.request_id


def test_data_of_one_field_needs_no_error_list() -> None:
    """Null is an answer where nothing was refused."""
    assert only(answered({"data": {NAME: {"id": "A"}}, "errors": None}), NAME) == {"id": "A"}
    assert only(answered({"data": {NAME: None}, "errors": []}), NAME) is None


def test_a_refused_address_and_a_refused_token_are_told_apart_by_the_check(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """接続チェック says what to do."""
    assert client.check_connection().ok
    mall.fake.account.address_known = False
    blocked = client.check_connection()
    mall.fake.account.address_known = True
    mall.fake.revoke_token()
    dead = client.check_connection()

    assert [(False, AuthCause.IP_NOT_ALLOWED), (False, AuthCause.WRONG)] == [
        (one.ok, one.cause) for one in (blocked, dead)
    ]
    assert client.credential_expiry() is None


def test_a_mall_in_trouble_is_no_matter_of_credentials(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """The check says so."""
    mall.fail_next("UNAVAILABLE", times=9)
    report = client.check_connection()

    assert (False, None) == (report.ok, report.cause)


@pytest.mark.parametrize("form", ["epoch", "epoch_ms", "seconds", "http-date", "iso"])
def test_a_spent_hour_is_waited_out_by_every_call(
    mall: sandbox.MercariShopsMall, form: str
) -> None:
    """X-Ratelimit-Reset is understood in any of its plausible forms."""
    mall.fake.settings.points, mall.fake.settings.reset_form = 1, form
    now = mall.clock.now
    began = now()

    def sleep(seconds: float) -> None:
        mall.clock.advance(seconds)

    def passed() -> float:
        return (now() - began).total_seconds()

    pace = Pace(1000, monotonic=passed, sleep=sleep)
    with client_of(mall, pace=pace) as client:
        client.check_connection()
        for _ in range(2):
            with pytest.raises(Throttled) as caught:
                list(client.fetch_orders(WEEK))
            wait = caught.value.retry_after
            assert wait is not None
            assert 3590 < wait <= 3600
        hits = len(mall.hits)
        mall.clock.advance(timedelta(hours=1))

        assert list(client.fetch_orders(WEEK)) is not None
        assert len(mall.hits) > hits


def test_a_throttled_write_was_not_written(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """So it may be tried again."""
    mall.fail_next("THROTTLED", operation="completeOrderShipping", times=9, retry_after=7200)
    (number,) = mall.fake.place()
    (result,) = client.send_notices([notice(number)])

    assert "NOT_SENT" == result.outcome
    assert isinstance(result.error, Throttled)
    assert CompleteShipping.name == result.error.operation
