"""The ready-made pieces of a wire: fields, calls, answers, paging, signing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mallsync import JST, Contact, Phase
from mallsync.adapters import rakuma
from mallsync.adapters.rakuma.fields import FieldsError, Found
from mallsync.adapters.rakuma.reading import Reader
from mallsync.errors import (
    AuthFailed,
    ConfigError,
    Conflict,
    DecodeError,
    MallError,
    NotFound,
    Rejected,
    Throttled,
    Unavailable,
)
from mallsync.testing import ScriptedCaller
from mallsync.testing.memory import MemoryVault
from mallsync.wire.messages import Effect, Request, Response
from tests.adapters.rakuma.shop import NOW

# ---------------------------------------------------------------------------------------- fields


def said(fields: rakuma.Fields) -> list[tuple[str, str]]:
    """Return what came of each question."""
    return [(one.path, one.said) for one in fields.asked]


def test_fields_are_read_by_path_and_remembered() -> None:
    """Of each kind; what may be missing has a default."""
    fields = rakuma.Fields(
        {
            "a": {"b": " text "},
            "n": 3,
            "t": "4",
            "f": True,
            "m": "2031-05-01T10:00:00",
            "z": "2031-05-01T01:00:00Z",
            "e": 1_795_000_000,
            "o": 0,
            "d": "2031-05-01T10:00:00+09:00",
            "c": 7,
        }
    )
    ten = datetime(2031, 5, 1, 10, tzinfo=JST)

    assert ("text", "none") == (fields.text("a.b"), fields.text("a.x", "none"))
    assert (3, 4, 9) == (fields.count("n"), fields.count("t"), fields.count("x", 9))
    assert (3, None) == (fields.optional_count("n"), fields.optional_count("x"))
    assert (True, None) == (fields.flag("f"), fields.flag("x"))
    assert ten == fields.moment("m") == fields.moment("z") == fields.optional_moment("m")
    assert datetime(2031, 5, 1, 10, tzinfo=UTC) == fields.moment("m", UTC)
    assert fields.optional_moment("x") is None
    assert fields.epoch("e") == datetime.fromtimestamp(1_795_000_000, JST)
    assert (None, None) == (fields.optional_epoch("o"), fields.optional_epoch("x"))
    assert fields.optional_epoch("e") == fields.epoch("e")
    assert (date(2031, 5, 1), None) == (fields.day("d"), fields.day("x"))
    assert ("seven", "7") == (
        fields.code("c", {"7": "seven"}, numeric=True),
        fields.code("c", {}, numeric=True),
    )
    assert (True, False) == (fields.has("a"), fields.has("x.y"))
    fields.check()
    assert ("a.b", "found") in said(fields)
    assert ("c", "'7' is not mapped") in said(fields)


@pytest.mark.parametrize(
    ("ask", "value"),
    [
        (lambda fields: fields.text("p"), 3),
        (lambda fields: fields.text("p"), None),
        (lambda fields: fields.text("p", ""), {}),
        (lambda fields: fields.count("p"), "x"),
        (lambda fields: fields.count("p"), 1.5),
        (lambda fields: fields.count("p"), True),
        (lambda fields: fields.optional_count("p"), []),
        (lambda fields: fields.flag("p"), 1),
        (lambda fields: fields.moment("p"), "soon"),
        (lambda fields: fields.moment("p"), None),
        (lambda fields: fields.epoch("p"), 10**30),
        (lambda fields: fields.epoch("p"), None),
        (lambda fields: fields.day("p"), "yesterday"),
        (lambda fields: fields.code("p", {}), 3),
        (lambda fields: fields.text("p.q", ""), "no object"),
        (lambda fields: fields.has("p.q"), [1]),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_place(ask: Any, value: object) -> None:
    """All of a record are collected; what stands there is not shown."""
    fields = rakuma.Fields({"p": value})
    ask(fields)
    with pytest.raises(FieldsError) as caught:
        fields.check()

    assert ["p"] == [problem.place for problem in caught.value.problems]
    assert "soon" not in f"{fields!r} {caught.value}"


def test_a_record_that_the_wire_cannot_read_names_all_places() -> None:
    """Or says that the wire cannot read it."""

    class Odd(rakuma.Wire):
        facts = rakuma.Facts(base_url="https://example.invalid")

        def record(self, fields: rakuma.Fields) -> rakuma.RakumaRecord:
            if fields.has("odd"):
                raise KeyError("odd")
            if fields.has("mall"):
                raise Conflict(code="ITS_OWN")
            return rakuma.RakumaRecord(
                number=fields.text("a"), state="x", code=fields.text("b"), ordered_at=NOW
            )

    reader = Reader(Odd(), "demo")
    for raw, places in (
        ({}, ["a", "b"]),
        ({"odd": 1}, [""]),
        ([], [""]),
    ):
        with pytest.raises(DecodeError) as caught:
            reader.read(raw)
        assert places == [problem.place for problem in caught.value.problems]
    with pytest.raises(Conflict):
        reader.read({"mall": 1})
    unknown = reader.read({"a": "A", "b": "x"})
    assert (Phase.UNKNOWN, "x") == (unknown.phase, unknown.mall_status)


def test_a_record_may_tell_little() -> None:
    """What it does not tell is not known, and never zero."""
    reader = Reader(rakuma.Wire(), "demo")
    little = rakuma.RakumaRecord(
        number="A", state=rakuma.State.AWAITING_SHIPMENT, code="3", ordered_at=NOW
    )
    more = rakuma.RakumaRecord(
        number="A",
        state=rakuma.State.AWAITING_SHIPMENT,
        code="3",
        ordered_at=NOW,
        recipient=Contact(family_name="見本"),
        unit_price=1000,
        quantity=2,
        shipping_fee=300,
        ship_date=NOW.date(),
    )
    few, many = reader.order(little, {}), reader.order(more, {})

    assert (None, None, None) == (
        few.charges.goods,
        few.charges.total,
        few.charges.requested,
    )
    assert (2000, 2300) == (many.charges.goods, many.charges.total)
    assert [True, False] == [order.shipments[0].anonymous for order in (few, many)]
    assert ((), NOW.date()) == (few.shipments[0].parcels, many.shipments[0].parcels[0].ship_date)
    assert Found("a", "found") == Found("a", "found")


# --------------------------------------------------------------------------------- calls, answers


def answer(payload: object, status: int = 200) -> Response:
    """Return an answer."""
    return Response(status=status, body=json.dumps(payload).encode())


CODES = {"no_such": NotFound, "state": Conflict}


@pytest.mark.parametrize(
    ("response", "kind", "code"),
    [
        (answer({"error": {"code": "no_such"}}, 404), NotFound, "no_such"),
        (answer({"error": {"code": "state"}}), Conflict, "state"),
        (answer({"error": {"code": "other"}}), Rejected, "other"),
        (answer({"error": {"code": "other"}}, 503), Unavailable, "other"),
        (answer({"error": {"code": "見本 様"}}), Rejected, "UNRECOGNISED"),
        (answer({"error": {"code": ""}}, 400), Rejected, "HTTP_400"),
        (answer({"error": {"code": [1]}}, 400), Rejected, "HTTP_400"),
        (answer({}, 401), AuthFailed, "HTTP_401"),
        (answer({}, 403), AuthFailed, "HTTP_403"),
        (answer({}, 429), Throttled, "HTTP_429"),
        (Response(status=502, body=b"<html>"), Unavailable, "HTTP_502"),
        (Response(status=200, body=b"<html>"), DecodeError, "NO_JSON_OBJECT"),
        (answer([]), DecodeError, "NO_JSON_OBJECT"),
    ],
)
def test_a_refusal_is_told_by_its_code_else_by_its_status(
    response: Response, kind: type[MallError], code: str
) -> None:
    """The wire's table says what a code means."""
    with pytest.raises(MallError) as caught:
        rakuma.json_answer(response, "deed", code_at=("error", "code"), codes=CODES)

    assert (kind, code, "deed") == (
        type(caught.value),
        caught.value.code,
        caught.value.operation,
    )


def test_an_answer_without_codes_is_its_object() -> None:
    """Where the specification has none."""
    assert {"a": 1} == rakuma.json_answer(answer({"a": 1}), "deed")


def test_a_mistake_of_the_wire_is_a_decode_error() -> None:
    """Whatever it raises, except what is an error of the mall already."""

    def boom(_response: Response) -> str:
        raise KeyError("見本 様")

    call = rakuma.Call(name="deed", request=rakuma.get("/x"), meaning=boom)
    with pytest.raises(DecodeError) as caught:
        call.decode(answer({}))

    assert "見本" not in str(caught.value)
    assert Effect.READ is call.effect


def test_bodies_say_what_they_are() -> None:
    """JSON, forms, and queries without their empty values."""
    asked = rakuma.get("/orders", since="a", cursor="")
    posted = rakuma.post_json("/ship", {"no": "A", "carrier": "ヤマト運輸"})
    filled = rakuma.form("/ship", no="A", carrier="ヤマト運輸")

    assert ("GET", (("since", "a"),)) == (asked.method, asked.query)
    assert {"no": "A", "carrier": "ヤマト運輸"} == json.loads(posted.body)
    assert "application/json" == posted.headers["Content-Type"]
    assert filled.body.startswith(b"no=A&carrier=%E3")


def test_pages_know_what_comes_next() -> None:
    """By cursor, by number, by offset; what is no list of records is none."""
    two: list[object] = [{}, {}]

    assert ["c", "", "3", "", "4", ""] == [
        page.next
        for page in (
            rakuma.by_cursor(two, "c"),
            rakuma.by_cursor(two, None),
            rakuma.by_page(two, "2", 2),
            rakuma.by_page(two, "2", 3),
            rakuma.by_offset(two, "2", 2),
            rakuma.by_offset(two, "", 3),
        )
    ]
    with pytest.raises(TypeError):
        rakuma.by_cursor({}, None)


# ------------------------------------------------------------------------------- credentials, auth


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"email": None},
        {"password": ""},
        {"password": None},
        {"client_id": "two words"},
        {"client_secret": ""},
    ],
)
def test_credentials_that_cannot_be_right_are_refused(wrong: dict[str, Any]) -> None:
    """With what to write instead; and none shows."""
    good = {"email": "shop@example.invalid", "password": "made-up"}
    with pytest.raises(ConfigError, match=r"write|copy"):
        rakuma.Credentials(**{**good, **wrong})

    assert "Credentials()" == repr(rakuma.Credentials(**good))


def test_headers_that_never_change_have_nothing_to_renew() -> None:
    """A bearer token is one."""
    auth = rakuma.bearer("made-up")
    signed = auth.sign(Request(method="GET", path="/"), NOW)
    error = AuthFailed()
    auth.observe(Response(status=200), NOW)

    assert "Bearer made-up" == signed.headers["Authorization"]
    assert not auth.renew(ScriptedCaller([]))
    assert error is auth.explain(error, NOW)
    assert "made-up" not in repr(auth)


def grant(vault: MemoryVault) -> rakuma.PasswordGrant:
    """Return what gets tokens."""
    ask = rakuma.Call(
        name="token",
        request=rakuma.post_json("/token", {}),
        meaning=lambda _: rakuma.Token(value="t"),
    )
    return rakuma.PasswordGrant(ask=ask, vault=vault, name="market/token", now=lambda: NOW)


def test_a_token_of_another_process_is_taken_over() -> None:
    """If it is not the one that was refused, and lives."""
    vault = MemoryVault()
    auth = grant(vault)
    request = Request(method="GET", path="/")
    assert dict(request.headers) == dict(auth.sign(request, NOW).headers)
    soon, later = (NOW + timedelta(seconds=span) for span in (30, 3600))
    vault.save(auth.name, f"{later.isoformat()} theirs", later)

    assert auth.renew(ScriptedCaller([]))
    assert "Bearer theirs" == auth.sign(request, NOW).headers["Authorization"]
    asked = ScriptedCaller([("token", rakuma.Token(value="mine", seconds=60.0))])
    assert auth.renew(asked)
    assert "mine" in vault.tokens[auth.name]
    vault.save(auth.name, f"{soon.isoformat()} ending", soon)
    assert "Authorization" not in auth.sign(request, NOW).headers
    error = AuthFailed()
    auth.observe(Response(status=200), NOW)
    assert error is auth.explain(error, NOW)


def test_a_token_without_an_end_is_used_until_it_is_refused() -> None:
    """And a host's own words in the vault are no reason to stop."""
    vault = MemoryVault()
    auth = grant(vault)
    assert auth.renew(ScriptedCaller([("token", rakuma.Token(value="t"))]))
    request = Request(method="GET", path="/")
    assert "Bearer t" == auth.sign(request, NOW).headers["Authorization"]
    vault.save(auth.name, "by-hand other", None)

    assert "Bearer other" == auth.sign(request, NOW).headers["Authorization"]
    assert auth.ask.request is auth.sign(auth.ask.request, NOW)
