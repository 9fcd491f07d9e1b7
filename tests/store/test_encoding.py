"""What is stored is one text, whether orjson is installed or not."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.store import encoding
from mallsync.store.encoding import encode, load_order, pack_raw, to_text, unpack_raw
from tests.store.made import order

FRACTIONS = (
    st.floats(allow_nan=False, allow_infinity=False) | st.floats(1e-9, 1e-3) | st.floats(1e14, 1e18)
)
RECORDS = st.recursive(
    st.none() | st.booleans() | st.integers() | FRACTIONS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab\ud800"), inner),
)


@contextmanager
def without_orjson() -> Iterator[None]:
    """Write as where it is not installed; the environment of the tests has it."""
    assert encoding._quick is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "_quick", None)
        yield


@given(RECORDS)
def test_both_write_one_text_which_reads_as_what_was_written(record: object) -> None:
    """Numbers beyond 64 bits, fractions with exponents and half a surrogate pair among them."""
    quick = to_text(record)
    with without_orjson():
        plain = to_text(record)

    assert plain == quick
    assert record == json.loads(quick)


@pytest.mark.parametrize("number", [1e16, 1.5e-7, 0.00001, 2**70])
def test_numbers_that_the_two_write_in_two_ways_are_written_as_json_writes_them(
    number: float,
) -> None:
    """A digest would tell two machines apart."""
    assert json.dumps(number) == to_text(number)


def test_an_order_has_one_digest_on_all_machines() -> None:
    """Two workers of one store would else take each order of the other's for a changed one."""
    quick = encode(order())
    with without_orjson():
        plain = encode(order())

    assert plain == quick


def test_people_can_read_and_search_what_is_stored() -> None:
    """Not as escapes."""
    assert "注文" in encode(order(mall_status="注文")).cache


def test_half_a_surrogate_pair_comes_back_as_it_was() -> None:
    """A mall may send it, and no encoding has it: the rest of the order keeps it company."""
    strange = order(remarks="見\ud800本", raw={"memo": "\ud800"})
    stored = encode(strange)
    assert stored.raw is not None

    assert strange == load_order(stored.cache, pack_raw(stored.raw))
    assert {"memo": "\ud800"} == unpack_raw(pack_raw({"memo": "\ud800"}))


def test_without_orjson_everything_is_there_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "orjson", None)
        importlib.reload(encoding)
        lacks_it, told = encoding._quick is None, encoding.to_text({"a": 1})
    importlib.reload(encoding)

    assert lacks_it
    assert '{"a":1}' == told
    assert encoding._quick is not None
