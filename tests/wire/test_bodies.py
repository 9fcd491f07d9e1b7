"""Bodies in and out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.wire.bodies import dump_json, load_json
from mallsync.wire.messages import Request, Response

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
)  # fmt: skip


@given(JSON)
def test_what_is_written_can_be_read(value: object) -> None:
    """Every value comes back as it was."""
    assert value == load_json(Response(status=200, body=dump_json(value)))


def test_a_body_is_compact_and_in_utf8() -> None:
    """Japanese stays Japanese."""
    assert '{"memo":"見本","list":[1,2]}'.encode() == dump_json({"memo": "見本", "list": [1, 2]})


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
