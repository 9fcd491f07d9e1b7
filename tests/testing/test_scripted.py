"""Stand-ins for the outside: what they give back, and what they refuse to make up."""

from __future__ import annotations

import pytest

from mallsync import Period
from mallsync.adapters.rakuten.codec import GetSubStatusList, Page, SearchOrders
from mallsync.errors import NotSent
from mallsync.testing import RewritingTransport, ScriptedCaller, ScriptedTransport
from mallsync.wire.messages import Operation, Request, Response
from tests.adapters.rakuten.made import NOW

SEARCH = SearchOrders(period=Period(NOW, NOW))
PAGE = Page((), 0, 0)
REQUEST = Request(method="POST", path="/x")


def test_a_caller_gives_what_its_script_says_in_order() -> None:
    """Calls, calls in a row and waits are all kept."""
    caller = ScriptedCaller(
        [("searchOrder", PAGE), ("searchOrder", PAGE), ("getSubStatusList", ())]
    )
    caller.pause(3.0)

    assert [PAGE, PAGE] == list(caller.map([SEARCH, SEARCH]))
    calls: list[Operation[object]] = [SEARCH, SEARCH, GetSubStatusList()]
    assert () == caller.call(GetSubStatusList())
    assert calls == caller.asked
    assert [3.0] == caller.paused


def test_a_caller_raises_an_error_of_its_script() -> None:
    """A failure is scripted like an answer."""
    error = NotSent()
    with pytest.raises(NotSent) as caught:
        ScriptedCaller([("searchOrder", error)]).call(SEARCH)

    assert error is caught.value


def test_a_call_too_many_fails_the_test() -> None:
    """The message names the call."""
    with pytest.raises(AssertionError, match=r"searchOrder was called, .* at its end"):
        ScriptedCaller([]).call(SEARCH)


def test_a_call_of_another_name_fails_the_test() -> None:
    """The message names both."""
    with pytest.raises(AssertionError, match=r"searchOrder was called .* has getOrder"):
        ScriptedCaller([("getOrder", ())]).call(SEARCH)


def test_a_transport_answers_from_its_script() -> None:
    """What is sent is kept, an error is raised, and closing is noted."""
    transport = ScriptedTransport([Response(status=200), NotSent()])

    assert Response(status=200) == transport.send(REQUEST, timeout=1)
    with pytest.raises(NotSent):
        transport.send(REQUEST, timeout=1)
    with pytest.raises(AssertionError, match="/x was sent"):
        transport.send(REQUEST, timeout=1)
    assert [REQUEST] * 3 == transport.sent
    assert not transport.is_closed
    transport.close()
    assert transport.is_closed


def test_a_rewriting_transport_changes_what_comes_back() -> None:
    """The request goes on as it is, the answer is what the function makes of it."""
    inner = ScriptedTransport([Response(status=200)])
    outer = RewritingTransport(inner, lambda request, answer: Response(status=answer.status + 1))

    assert Response(status=201) == outer.send(REQUEST, timeout=1)
    assert [REQUEST] == inner.sent
    outer.close()
    assert inner.is_closed
