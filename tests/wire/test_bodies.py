"""Bodies in and out."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mallsync.wire import bodies
from mallsync.wire.bodies import dump_json, load_json
from mallsync.wire.messages import Request, Response

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
)  # fmt: skip


@pytest.fixture(autouse=True, params=["with orjson", "without"])
def reader(request: pytest.FixtureRequest) -> Iterator[None]:
    """Read each body with orjson, which the environment of the tests has, and without."""
    assert bodies._quick is not None
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "without":
            patch.setattr(bodies, "_quick", None)
        yield


with_either = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(body: bytes) -> object:
    """Return what a body is read as, told apart by type too, or that it is refused."""
    try:
        return repr(load_json(Response(status=200, body=body)))
    except ValueError:
        return ValueError


def test_without_orjson_everything_is_there_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "orjson", None)
        importlib.reload(bodies)
        lacks_it, told = bodies._quick is None, read(b'{"a":1}')
    importlib.reload(bodies)

    assert lacks_it
    assert "{'a': 1}" == told
    assert bodies._quick is not None


@with_either
@given(JSON)
def test_what_is_written_can_be_read(value: object) -> None:
    """Every value comes back as it was."""
    assert value == load_json(Response(status=200, body=dump_json(value)))


def test_a_body_is_compact_and_in_utf8() -> None:
    """Japanese stays Japanese."""
    assert '{"memo":"見本","list":[1,2]}'.encode() == dump_json({"memo": "見本", "list": [1, 2]})


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"[-0]", [0]),
        (b"[-0.0]", [-0.0]),
        (b"[1E5]", [100000.0]),
        (b"18446744073709551616", 2**64),
        (b"[18446744073709551616]", [2**64]),
        (b"[-9223372036854775809]", [-(2**63) - 1]),
        (b'{"a": 1, "b":\n18446744073709551616}', {"a": 1, "b": 2**64}),
        (b'{"a":"00000000000000000000000s0@pc"}', {"a": "00000000000000000000000s0@pc"}),
        (b"[123456789012345678901234567890.5]", [1.2345678901234568e29]),
        (b"[1e400]", [float("inf")]),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (rb'["\ud800"]', ["\ud800"]),
        (rb'["\u0000"]', ["\0"]),
        ('{"a":"見本"}'.encode("utf-16"), {"a": "見本"}),
    ],
)
def test_it_reads_what_json_reads_whatever_is_installed(body: bytes, value: object) -> None:
    """Numbers beyond 64 bits, a byte order mark, half a surrogate pair: nothing is rounded."""
    assert repr(value) == read(body) == repr(json.loads(body))


@with_either
@given(st.text('0123456789-+.eE{}[]:,"\\ue9f ', max_size=40) | st.integers().map(str))
def test_any_text_reads_as_json_reads_it(text: str) -> None:
    """The quick reader is never another reader; only NaN and the infinities are not JSON here."""
    for body in (text, f"[{text}]"):
        try:
            expected: object = repr(json.loads(body))
        except ValueError:
            expected = ValueError
        assert expected == read(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html></html>",
        b'{"a": NaN}',
        b"[Infinity, -Infinity]",
        "見本".encode("shift_jis"),
        b"\xff\xff",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"1" * 10_000,
    ],
    ids=["empty", "cut", "HTML", "NaN", "infinity", "Shift_JIS", "bytes", "deep", "deeper", "long"],
)
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    """Whatever is wrong with it, the codec has one thing to catch."""
    with pytest.raises(ValueError):  # noqa: PT011 -- its text is json's own
        load_json(Response(status=200, body=body))


@with_either
@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_a_value_error(body: bytes) -> None:
    """Nothing else is raised."""
    try:
        load_json(Response(status=200, body=body))
    except ValueError:
        return


def test_messages_show_neither_headers_nor_bodies() -> None:
    """A request or an answer in a log is no leak."""
    request = Request(
        method="POST", path="/p", query=(("k", "marker"),), headers={"a": "marker"}, body=b"marker"
    )
    response = Response(status=200, headers={"a": "marker"}, body=b"marker")

    assert "Request(method='POST', path='/p') Response(status=200)" == f"{request} {response}"
