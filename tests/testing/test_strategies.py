"""The strategies make what comes over a wire, and worse."""

from __future__ import annotations

import json

from hypothesis import given

from mallsync.testing.strategies import json_values, responses
from mallsync.wire.messages import Response


@given(json_values())
def test_values_are_json(value: object) -> None:
    """Whatever is made can be written and read back."""
    assert value == json.loads(json.dumps(value))


@given(responses(["orderNumber"]))
def test_responses_are_responses(response: Response) -> None:
    """Any status, any headers, any bytes."""
    assert 100 <= response.status <= 599
    assert isinstance(response.body, bytes)
