"""Hypothesis strategies for what comes over a wire."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import strategies as st

from mallsync.wire.messages import Response

__all__ = ["json_values", "responses"]

_STATUSES = st.sampled_from([200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 415, 429, 500, 503])


def json_values(keys: Sequence[str] = ()) -> st.SearchStrategy[object]:
    """Return any JSON value; objects use `keys` often.

    Args:
        keys: Names that a mall's answers use.
    """
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    names = st.sampled_from(list(keys)) | st.text() if keys else st.text()
    return st.recursive(
        scalars,
        lambda part: st.lists(part, max_size=4) | st.dictionaries(names, part, max_size=6),
        max_leaves=20,
    )


def responses(keys: Sequence[str] = ()) -> st.SearchStrategy[Response]:
    """Return any response: any status, any headers, bytes that are JSON or nothing known.

    Args:
        keys: Names that a mall's answers use.
    """
    texts = json_values(keys).map(lambda value: json.dumps(value).encode())
    cut = texts.map(lambda body: body[: len(body) // 2])
    deep = st.integers(1, 20_000).map(lambda depth: b"[" * depth)
    names = st.sampled_from(["retry-after", "content-type", "requestid", "date"]) | st.text()
    return st.builds(
        Response,
        status=_STATUSES | st.integers(100, 599),
        headers=st.dictionaries(names, st.text(), max_size=3),
        body=texts | st.binary() | cut | deep,
    )
