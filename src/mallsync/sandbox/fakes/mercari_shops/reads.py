"""What can be asked of the orders (A3, A4), and of the webhooks (A7)."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import field, frozen
from graphql import GraphQLError

from mallsync.sandbox.fakes.mercari_shops.codes import Code, Status
from mallsync.sandbox.fakes.mercari_shops.state import State
from mallsync.sandbox.world import JsonObject

if TYPE_CHECKING:
    from graphql import GraphQLResolveInfo

    Info: TypeAlias = GraphQLResolveInfo[Any]

__all__ = ["Call", "no", "order_transaction", "order_transactions", "webhook", "webhooks"]

_DEFAULT_PAGE = 20  # not known
_PREFIX = "見本"
_FOREVER = 4_102_444_800.0  # the year 2100


@frozen(kw_only=True)
class Call:
    """Hold one request on its way through the resolvers; `refused`: orders to be refused."""

    state: State
    now: int
    refused: Mapping[str, str] = field(factory=dict)

    def check(self, number: str) -> None:
        """Refuse an order that a test wants refused."""
        if number in self.refused:
            raise no(self.refused[number], "scripted")


def no(code: str, why: str) -> GraphQLError:
    """Return a refusal; its text is invented (A9)."""
    return GraphQLError(f"{_PREFIX}: {why}", extensions={"code": str(code)})


def call_of(info: Info) -> Call:
    """Return the call that a resolver works for."""
    call = info.context
    assert isinstance(call, Call)  # noqa: S101 -- what the gateway puts in
    return call


def order_transactions(
    _root: object,
    info: Info,
    *,
    first: int | None = None,
    after: str | None = None,
    orderedDateGte: object = None,  # noqa: N803 -- the mall's name
    orderedDateLt: object = None,  # noqa: N803 -- the mall's name
    salesChannels: Sequence[str] | None = None,  # noqa: ARG001, N803 -- there is one channel
    statuses: Sequence[str] | None = None,
) -> JsonObject:
    """Return a page of orders, newest first."""
    call = call_of(info)
    state = call.state
    size = _DEFAULT_PAGE if first is None else first
    if not 1 <= size <= state.settings.largest_page:
        raise no(Code.INVALID_ARGUMENT, "first is out of range")  # the most is not known
    if statuses is not None and not statuses:
        raise no(Code.INVALID_ARGUMENT, "statuses is empty")
    numbers = state.between(_seconds(orderedDateGte, 0.0), _seconds(orderedDateLt, _FOREVER))
    wanted = set(statuses or Status)
    listed = [one for one in numbers if state.orders[one].status in wanted]
    if after is not None:
        listed = _behind(state, listed, after)
    page = listed[:size]
    more = len(listed) > size
    end = _cursor(state, page[-1]) if page else None
    if state.settings.loops and page:
        more, end = True, "bG9vcA=="
    return {
        "edges": [{"cursor": _cursor(state, one), "node": _Node(call, one)} for one in page],
        "pageInfo": {"hasNextPage": more, "endCursor": end},
    }


def _seconds(told: object, default: float) -> float:
    """Return a DateTime as seconds since 1970: ISO 8601, which must have its zone (A3)."""
    if told is None:
        return default
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        raise no(Code.INVALID_ARGUMENT, "DateTime must be ISO 8601") from None
    if moment.tzinfo is None:
        raise no(Code.INVALID_ARGUMENT, "DateTime must have a zone")
    return moment.timestamp()


class _Node(dict[str, object]):
    """An order that is told when it is its turn."""

    def __init__(self, call: Call, number: str) -> None:
        super().__init__()
        self.call, self.number = call, number


def node(edge: Mapping[str, _Node], _info: Info) -> JsonObject:
    """Return the order of an edge, or refuse that one alone."""
    one = edge["node"]
    one.call.check(one.number)
    return one.call.state.document(one.call.state.orders[one.number])


def _cursor(state: State, number: str) -> str:
    order = state.orders[number]
    return base64.b64encode(f"{order.ordered}:{order.index}".encode()).decode()


def _behind(state: State, numbers: list[str], cursor: str) -> list[str]:
    """Return the orders behind a cursor: stable, whatever comes on top meanwhile."""
    if state.settings.loops:
        return numbers
    try:
        ordered, index = map(int, base64.b64decode(cursor, validate=True).decode().split(":"))
    except ValueError:
        raise no(Code.INVALID_ARGUMENT, "no such cursor") from None
    mark = (ordered, index)
    found = (state.orders[one] for one in numbers)
    return [one.id for one in found if (one.ordered, one.index) < mark]


def order_transaction(_root: object, info: Info, *, id: str) -> JsonObject:  # noqa: A002 -- the schema's name
    """Return one order by its id, which has no prefix."""
    call = call_of(info)
    call.check(id)
    order = call.state.order(id)
    if order is None:
        raise no(Code.NOT_FOUND, "order transaction is not found")
    return call.state.document(order)


def webhooks(_root: object, info: Info) -> list[JsonObject]:
    """Return the registered webhooks."""
    return list(call_of(info).state.webhooks.values())


def webhook(_root: object, info: Info, *, id: str) -> JsonObject:  # noqa: A002 -- the schema's name
    """Return one webhook."""
    found = call_of(info).state.webhooks.get(id)
    if found is None:
        raise no(Code.NOT_FOUND, "webhook is not found")
    return found
