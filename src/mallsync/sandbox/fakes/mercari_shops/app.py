"""The gateway: who may come in, what is refused before GraphQL, and what GraphQL answers (A1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from attrs import define, field, frozen
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
)
from werkzeug.wrappers import Request

from mallsync.sandbox.fakes.mercari_shops import reads, writes
from mallsync.sandbox.fakes.mercari_shops.codes import Code
from mallsync.sandbox.fakes.mercari_shops.schema import build, checked, read
from mallsync.sandbox.fakes.mercari_shops.state import State
from mallsync.sandbox.world import (
    Clock,
    Fault,
    Hit,
    JsonObject,
    Refused,
    Reply,
    Script,
    Scripted,
    SlidingWindow,
)

__all__ = ["OPERATIONS", "PATH", "Account", "MercariShops"]

PATH = "/v1/graphql"

_HOUR = 3600
_ANY_ERROR = Code.FAILED_PRECONDITION.value
_PAGE = (
    "<!DOCTYPE html><html lang='en-US'><head><title>{text} | api.mercari-shops.com | Cloudflare"
    "</title></head><body><h1>{text}</h1><p>Cloudflare Ray ID: 0000000000000000</p></body></html>"
)

_RESOLVERS: Mapping[str, Mapping[str, Callable[..., object]]] = MappingProxyType(
    {
        "Query": {
            "orderTransactions": reads.order_transactions,
            "orderTransaction": reads.order_transaction,
            "webhooks": reads.webhooks,
            "webhook": reads.webhook,
        },
        "Mutation": {
            "createOrderShipping": writes.create_shipping,
            "updateOrderShippingTrackingCode": writes.update_tracking,
            "completeOrderShipping": writes.complete_shipping,
            "addOrderTransactionMessage": writes.add_message,
            "createWebhook": writes.create_webhook,
            "deleteWebhook": writes.delete_webhook,
        },
        "OrderTransactionEdge": {"node": reads.node},
    }
)
OPERATIONS = (*_RESOLVERS["Query"], *_RESOLVERS["Mutation"], "__schema", "__type")

_RESETS: Mapping[str, Callable[[int, int], str]] = MappingProxyType(
    {
        "epoch": lambda at, _now: str(at),
        "epoch_ms": lambda at, _now: str(at * 1000),
        "seconds": lambda at, now: str(at - now),
        "http-date": lambda at, _now: format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True),
        "iso": lambda at, _now: datetime.fromtimestamp(at, UTC).isoformat(),
    }
)


@define(kw_only=True)
class Account:
    """Hold what the shop and the company were given; `tokens` are those that are alive."""

    access_token: str = "msp_mihon_0000_made_up"  # noqa: S105 -- made up
    client_name: str = "mihon-client"
    tokens: set[str] = field(factory=lambda: {"msp_mihon_0000_made_up"})
    address_known: bool = True
    """Whether the caller's address is on the allow-list."""


@frozen(kw_only=True)
class _Asked:
    """Hold what a body asks for."""

    text: str
    variables: Mapping[str, object]
    root: tuple[str, ...]
    writes: bool
    operation_name: str | None


@lru_cache(maxsize=1)
def _schema() -> GraphQLSchema:
    """Return the schema with its resolvers: the same for every fake, which a call brings along."""
    schema = build()
    for kind, fields in _RESOLVERS.items():
        for name, resolve in fields.items():
            schema.type_map[kind].fields[name].resolve = resolve  # type: ignore[attr-defined]  # of objects
    return schema


class MercariShops(State):
    """Be the seller API of Mercari Shops for one invented shop.

    Args:
        clock: the mall's time.
        seed: the same seed makes the same orders.
        orders: how many lie in the 60 days before.
        window: limits the requests of each token; None lets all of them pass.
    """

    def __init__(
        self, clock: Clock, seed: int = 1, orders: int = 300, window: SlidingWindow | None = None
    ) -> None:
        super().__init__(clock, seed, orders)
        self.page = _PAGE
        self.operations = OPERATIONS
        self.script = Script()
        self.hits: list[Hit] = []
        self.window = window
        self.account = Account()
        self._points: list[int] = [0, 0]  # when the hour ends, and what is spent of it

    def revoke_token(self) -> None:
        """Let the shop delete its token in the admin."""
        self.account.tokens.clear()

    def operation(self, request: Request) -> str:
        """Return the first root field that is asked for, or the path if there is none."""
        try:
            return _asked(request).root[0]
        except Refused:
            return request.path

    def respond(self, request: Request, scripted: Scripted | None) -> Reply:
        """Do the work and answer."""
        with self.lock:
            now = self.tick()
            try:
                self._let_in(request)
                asked = _asked(request)
                self._charge(asked, now)
            except Refused as refused:
                return refused.reply
            return self._work(asked, now, scripted)

    def stand_in(self, _request: Request, scripted: Scripted) -> Reply:
        """Answer a scripted refusal: 401, or 400 as for a token of the other environment (A1)."""
        old = scripted.fault is Fault.UNAUTHORISED_OLD
        return _text(400, "Bad Request") if old else _text(401, "Unauthorized")

    def _let_in(self, request: Request) -> None:
        if request.path != PATH:
            raise Refused(reply=_text(404, "404 page not found\n"))
        if not self.account.address_known:
            raise Refused(reply=_text(404, "Not Found\n"))  # 10 bytes, before the token (A1)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            raise Refused(reply=_text(401, "Unauthorized"))
        if scheme != "Bearer" or not token or " " in token:
            raise Refused(reply=_text(400, "Bad Request"))
        if token not in self.account.tokens:
            raise Refused(reply=_text(401, "Unauthorized"))
        # Whether the mall refuses another agent is not proven (A1): here it does.
        name, _, version = request.headers.get("User-Agent", "").partition("/")
        if name != self.account.client_name or not version or " " in version:
            raise Refused(reply=_text(400, "Bad Request"))
        if self.window and not self.window.allow(token):
            raise Refused(reply=_limited("1"))

    def _charge(self, asked: _Asked, now: int) -> None:
        if now >= self._points[0]:
            self._points = [now + _HOUR, 0]
        cost = self.settings.point_cost * len(asked.root)
        if self._points[1] + cost > self.settings.points:
            raise Refused(reply=_limited(_RESETS[self.settings.reset_form](self._points[0], now)))
        self._points[1] += cost

    def _work(self, asked: _Asked, now: int, scripted: Scripted | None) -> Reply:
        invalid = checked(_schema(), asked.text)
        if invalid:
            return _errors([reads.no(Code.INVALID_ARGUMENT, one.message) for one in invalid])
        if asked.writes and len(asked.root) > 1:
            # several are discouraged, not forbidden (A1): here they are refused
            return _errors([reads.no(Code.INVALID_ARGUMENT, "one mutation in a request")])
        numbers = _numbers_in(asked.variables)
        if scripted and scripted.fault is Fault.CANCELLED_BETWEEN:
            self.cancel(*(one for one in scripted.struck(numbers) if one in self.orders))
        refused = scripted.refusals(numbers, _ANY_ERROR) if scripted else {}
        before = len(self.changes)
        result = execute_sync(
            _schema(),
            read(asked.text),
            context_value=reads.Call(state=self, now=now, refused=refused),
            variable_values=dict(asked.variables),
            operation_name=asked.operation_name,
        )
        took_effect = len(self.changes) > before
        if result.errors:
            return _errors(result.errors, result.data, took_effect=took_effect)
        return _json({"data": result.data}, took_effect=took_effect)


def _asked(request: Request) -> _Asked:
    """Return what a request asks for; what is no GraphQL is refused with 400 (A1)."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip()
    if request.method != "POST" or request.query_string or kind != "application/json":
        raise _bad()
    try:
        payload = json.loads(request.get_data())
    except ValueError:
        raise _bad() from None
    if not isinstance(payload, dict):
        raise _bad()
    text, variables, name = (payload.get(key) for key in ("query", "variables", "operationName"))
    variables = {} if variables is None else variables
    if not isinstance(text, str) or not isinstance(variables, dict):
        raise _bad()
    operation = _operation_of(text, name)
    fields = [one for one in operation.selection_set.selections if isinstance(one, FieldNode)]
    if not fields:
        raise _bad()
    return _Asked(
        text=text,
        variables=variables,
        root=tuple(one.name.value for one in fields),
        writes=operation.operation is OperationType.MUTATION,
        operation_name=name,
    )


def _operation_of(text: str, name: object) -> OperationDefinitionNode:
    try:
        document = read(text)
    except GraphQLSyntaxError:
        raise _bad() from None
    found = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if name is not None:
        found = [one for one in found if one.name and one.name.value == name]
    if len(found) != 1:
        raise _bad()
    return found[0]


def _bad() -> Refused:
    return Refused(reply=_text(400, "Bad Request"))


def _numbers_in(variables: Mapping[str, object]) -> list[str]:
    told = variables.get("input")
    number = told.get("orderTransactionId") if isinstance(told, dict) else variables.get("id")
    return [number] if isinstance(number, str) else []


def _errors(errors: list[GraphQLError], data: object = None, *, took_effect: bool = False) -> Reply:
    listed: list[Any] = [one.formatted for one in errors]
    for one in listed:
        one.setdefault("extensions", {"code": Code.INVALID_ARGUMENT.value})
        one.pop("locations", None)
    return _json({"errors": listed, "data": data}, took_effect=took_effect)


def _limited(reset: str) -> Reply:
    # the status is assumed, the form of the header is not known (A1)
    return Reply(
        status=429,
        body=b"Too Many Requests",
        headers=(("Content-Type", "text/plain"), ("X-Ratelimit-Reset", reset)),
    )


def _json(payload: JsonObject, *, took_effect: bool = False) -> Reply:
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = (("Server", "cloudflare"), ("Content-Type", "application/json"))
    return Reply(body=body, headers=headers, took_effect=took_effect)


def _text(status: int, text: str) -> Reply:
    headers = (("Server", "cloudflare"), ("Content-Type", "text/plain; charset=utf-8"))
    return Reply(status=status, body=text.encode(), headers=headers)
