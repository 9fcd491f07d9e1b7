"""Golden exchanges: for each operation the exact request, and what each answer means."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from mallsync.adapters.rakuten import codec
from mallsync.errors import MallError
from mallsync.model.sighting import Unreadable
from mallsync.wire.messages import Effect, Response
from tests.adapters.rakuten.exchanges.table import EXCHANGES, Exchange, Refusal

# what a repeated call would do, by the wire facts: §4.4 (an added record), §2 (confirm, cancel)
EFFECTS = {
    "SearchOrders": Effect.READ,
    "GetOrders": Effect.READ,
    "ConfirmOrders": Effect.UNSAFE_WRITE,
    "UpdateShipping": Effect.UNSAFE_WRITE,
    "UpdateShippingAsync": Effect.UNSAFE_WRITE,
    "ShippingResult": Effect.READ,
    "CancelOrder": Effect.UNSAFE_WRITE,
    "UpdateMemo": Effect.IDEMPOTENT_WRITE,
    "GetSubStatusList": Effect.READ,
    "KeyExpiry": Effect.READ,
}


@pytest.mark.parametrize("row", EXCHANGES, ids=lambda row: row.title)
def test_an_operation_asks_and_understands_exactly(row: Exchange) -> None:
    """Method, path, query, headers and body are as documented; the answer is read as meant."""
    request = row.operation.encode()

    assert row.method == request.method
    assert row.path == request.path
    assert row.query == request.query
    assert row.headers == dict(request.headers)
    assert row.body == request.body.decode()
    _assert_understood(row, Response(status=row.status, body=row.answer.encode()))


def _assert_understood(row: Exchange, response: Response) -> None:
    if not isinstance(row.result, Refusal):
        assert _plain(row.result) == _plain(row.operation.decode(response))
        return
    with pytest.raises(MallError) as caught:
        row.operation.decode(response)
    error = caught.value
    assert row.result == Refusal(type(error), error.code, *map(str, error.problems))
    assert ("rakuten", row.operation.name) == (error.mall, error.operation)


def _plain(result: object) -> object:
    """Return a result in which errors are compared by class and code."""
    if not isinstance(result, tuple):
        return result
    return [
        (one.number, type(one.error), one.error.code) if isinstance(one, Unreadable) else one
        for one in result
    ]


def _operations() -> dict[str, Any]:
    return {
        name: kind
        for name, kind in inspect.getmembers(codec, inspect.isclass)
        if kind.__module__ == codec.__name__ and hasattr(kind, "encode")
    }


@pytest.mark.parametrize("name", _operations())
def test_each_operation_has_a_success_and_a_refusal(name: str) -> None:
    """No operation is without its golden rows."""
    rows = [row.result for row in EXCHANGES if type(row.operation).__name__ == name]

    assert {True, False} == {isinstance(result, Refusal) for result in rows}


@pytest.mark.parametrize(("name", "kind"), _operations().items())
def test_each_operation_states_what_it_does_to_the_mall(name: str, kind: Any) -> None:
    """Its effect says whether it may be repeated; all of them draw on one limit."""
    assert (EFFECTS[name], "rms", 1) == (kind.effect, kind.budget, kind.cost)
