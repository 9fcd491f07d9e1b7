"""Mercari Shops' operations, one class each: inputs as fields, ``encode``, ``decode``. No I/O.

Every call is a POST of a GraphQL document and its variables to the one endpoint. An operation's
name is that of the root field that it asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from mallsync.adapters.mercari_shops.documents import Documents
from mallsync.adapters.mercari_shops.faults import Answer, answer, failure, only, unreadable
from mallsync.adapters.mercari_shops.reading import Reader
from mallsync.adapters.mercari_shops.shapes import PAGE, PHASES, order_id
from mallsync.errors import (
    AuthFailed,
    DecodeError,
    MallError,
    NotFound,
    Problem,
)
from mallsync.model.period import JST, Period
from mallsync.model.sighting import Seen, Unreadable
from mallsync.wire.bodies import dump_json
from mallsync.wire.making import maker
from mallsync.wire.messages import Effect, Request, Response
from mallsync.wire.texts import same_text

__all__ = [
    "AddMessage",
    "CompleteShipping",
    "CreateShipping",
    "GetOrder",
    "Graph",
    "Introspect",
    "ListOrders",
    "Listed",
    "Package",
    "Page",
    "SetTracking",
]

_HEADERS = {"Content-Type": "application/json"}
_new_seen = maker(Seen)


def _request(document: str, variables: Mapping[str, object]) -> Request:
    body = dump_json({"query": document, "variables": variables})
    return Request(method="POST", path="", headers=_HEADERS, body=body)


def _at(value: object, *path: str) -> object:
    """Return what lies at a path of objects, None where it ends before."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text_at(value: object, operation: str, *path: str) -> str:
    found = _at(value, *path)
    if not isinstance(found, str) or not found:
        place = ".".join((operation, *path))
        raise unreadable(operation, [Problem(place=place, code="missing or of another type")])
    return found


class Graph:
    """What all operations share: one rate limit for the shop. What a call costs is not known."""

    budget: ClassVar[str] = "points"
    cost: ClassVar[int] = 1


@frozen
class Listed:
    """A record of a list, not read yet; ``error`` says that the mall itself could not tell it."""

    record: object = field(repr=False)
    error: MallError | None = None

    def sight(self, reader: Reader) -> Seen | Unreadable:
        """Return what it shows."""
        if self.error is not None:
            return self._unreadable(self.error)
        try:
            return _new_seen(order=reader.read(self.record))
        except DecodeError as error:
            return self._unreadable(error)

    def _unreadable(self, error: MallError) -> Unreadable:
        number = order_id(_text_or_nothing(self.record, "id"))
        return Unreadable(number, self.record, error)


def _text_or_nothing(record: object, key: str) -> str:
    found = _at(record, key)
    return found if isinstance(found, str) else ""


_new_listed = maker(Listed)


@frozen
class Page:
    """A page of orders, newest first, and the cursor of the next, ``""`` for none."""

    listed: tuple[Listed, ...]
    cursor: str = ""


@frozen(kw_only=True)
class ListOrders(Graph):
    """Orders by the moment of the order, which is the only one that can be asked for."""

    name: ClassVar[str] = "orderTransactions"
    effect: ClassVar[Effect] = Effect.READ

    period: Period
    statuses: tuple[str, ...] = tuple(PHASES)
    after: str | None = None
    size: int = PAGE
    document: str = field(default=Documents().order_transactions, repr=False)

    def encode(self) -> Request:
        """Return the request."""
        return _request(
            self.document,
            {
                "first": self.size,
                "after": self.after,
                "orderedDateGte": _moment_text(self.period.start),
                "orderedDateLt": _moment_text(self.period.end),
                "statuses": list(self.statuses),
            },
        )

    def decode(self, response: Response) -> Page:
        """Return the page; an order that the mall could not tell in full is no order but named."""
        told = answer(response, self.name)
        connection = told.data.get(self.name)
        faulty = _faulty_edges(told, self.name)
        edges = _at(connection, "edges")
        has_next = _at(connection, "pageInfo", "hasNextPage")
        if not isinstance(edges, list) or not isinstance(has_next, bool):
            raise unreadable(self.name, [Problem(place="edges, pageInfo", code="missing")])
        # `_at`, written out because it runs on every order.
        nodes = [edge.get("node") if type(edge) is dict else None for edge in edges]
        listed = [_new_listed(node, faulty.get(at)) for at, node in enumerate(nodes)]
        return Page(tuple(listed), self._cursor(connection) if has_next else "")

    def _cursor(self, connection: object) -> str:
        return _text_at(connection, self.name, "pageInfo", "endCursor")


def _moment_text(value: datetime) -> str:
    """Return a moment with Japan's zone, as one client in production writes it (A3).

    >>> from datetime import UTC
    >>> _moment_text(datetime(2031, 4, 1, tzinfo=UTC))
    '2031-04-01T09:00:00+09:00'
    """
    return value.astimezone(JST).isoformat()


def _faulty_edges(told: Answer, name: str) -> dict[int, MallError]:
    """Return the error of each edge that one is about.

    Raises:
        MallError: An error is about something else, and so perhaps about all of the page.
    """
    faulty: dict[int, MallError] = {}
    for fault in told.faults:
        match fault.path:
            case (root, "edges", int(at), *_) if root == name:
                faulty[at] = fault.error
            case _:
                raise fault.error
    return faulty


@frozen(kw_only=True)
class GetOrder(Graph):
    """One order by its id."""

    name: ClassVar[str] = "orderTransaction"
    effect: ClassVar[Effect] = Effect.READ

    number: str
    reader: Reader
    document: str = field(default=Documents().order_transaction, repr=False)

    def encode(self) -> Request:
        """Return the request."""
        return _request(self.document, {"id": self.number})

    def decode(self, response: Response) -> Seen | Unreadable:
        """Return the order, or why it could not be read or is not there."""
        try:
            told = answer(response, self.name)
        except MallError as error:
            if isinstance(error, DecodeError | AuthFailed) or error.retryable:
                raise
            return Unreadable(self.number, None, error)
        record = told.data.get(self.name)
        if told.faults:
            return Unreadable(self.number, record, told.faults[0].error)
        if record is None:
            return Unreadable(self.number, None, failure(NotFound, self.name, "NO_ORDER"))
        if order_id(_text_or_nothing(record, "id")) != self.number:
            problem = Problem(place=f"{self.name}.id", code="of another order, or missing")
            return Unreadable(self.number, record, unreadable(self.name, [problem]))
        return Listed(record).sight(self.reader)


@frozen(kw_only=True)
class Package:
    """Pieces that go out in one shipment: product, variant, quantity; all of one shippingMethod."""

    method: str
    lines: tuple[tuple[str, str, int], ...]


@frozen(kw_only=True)
class CreateShipping(Graph):
    """Open a shipment; the same key gives the same one again. Its answer is the shipment's id."""

    name: ClassVar[str] = "createOrderShipping"
    effect: ClassVar[Effect] = Effect.IDEMPOTENT_WRITE

    number: str
    package: Package
    idempotency_key: str
    document: str = field(default=Documents().create_order_shipping, repr=False)

    def encode(self) -> Request:
        """Return the request."""
        products = [
            {"productId": product, "variantId": variant, "quantity": quantity}
            for product, variant, quantity in self.package.lines
        ]
        return _request(
            self.document,
            {
                "input": {
                    "idempotencyKey": self.idempotency_key,
                    "orderTransactionId": self.number,
                    "products": products,
                }
            },
        )

    def decode(self, response: Response) -> str:
        """Return the id of the shipment."""
        return _text_at(only(response, self.name), self.name, "orderShipping", "id")


@frozen(kw_only=True)
class SetTracking(Graph):
    """Write the tracking text of a shipment: the last one counts, so it may be written again."""

    name: ClassVar[str] = "updateOrderShippingTrackingCode"
    effect: ClassVar[Effect] = Effect.IDEMPOTENT_WRITE

    number: str
    shipping_id: str
    text: str
    document: str = field(default=Documents().update_order_shipping_tracking_code, repr=False)

    def encode(self) -> Request:
        """Return the request."""
        return _request(
            self.document,
            {
                "input": {
                    "orderShippingId": self.shipping_id,
                    "orderTransactionId": self.number,
                    "trackingCode": self.text,
                }
            },
        )

    def decode(self, response: Response) -> str:
        """Return the id of the shipment."""
        return _text_at(only(response, self.name), self.name, "orderShipping", "id")


@frozen(kw_only=True)
class CompleteShipping(Graph):
    """Report a shipment as shipped. What a second report does is not known."""

    name: ClassVar[str] = "completeOrderShipping"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    number: str
    shipping_id: str
    document: str = field(default=Documents().complete_order_shipping, repr=False)

    def encode(self) -> Request:
        """Return the request."""
        return _request(
            self.document,
            {"input": {"orderShippingId": self.shipping_id, "orderTransactionId": self.number}},
        )

    def decode(self, response: Response) -> str:
        """Return the id of the shipment."""
        return _text_at(only(response, self.name), self.name, "orderShippingId")


@frozen(kw_only=True)
class AddMessage(Graph):
    """Write to the buyer. There is no key that would make a second one the same (A6)."""

    name: ClassVar[str] = "addOrderTransactionMessage"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    number: str
    text: str = field(repr=False)
    document: str = field(default=Documents().add_order_transaction_message, repr=False)

    def encode(self) -> Request:
        """Return the request."""
        return _request(
            self.document, {"input": {"message": self.text, "orderTransactionId": self.number}}
        )

    def decode(self, response: Response) -> str:
        """Return the id of the message: of the shop's with this text the last, ``""`` for none."""
        told = only(response, self.name)
        _text_at(told, self.name, "orderTransaction", "id")
        listed = _at(told, "orderTransaction", "messages")
        ids = [
            _text_or_nothing(one, "id")
            for one in (listed if isinstance(listed, list) else ())
            if _at(one, "role") == "SELLER" and same_text(_at(one, "message"), self.text)
        ]
        return ids[-1] if ids else ""


@frozen(kw_only=True)
class Introspect(Graph):
    """Ask the mall for its schema, which it tells in production, too (A1)."""

    name: ClassVar[str] = "__schema"
    effect: ClassVar[Effect] = Effect.READ

    document: str = field(repr=False)

    def encode(self) -> Request:
        """Return the request."""
        return _request(self.document, {})

    def decode(self, response: Response) -> Mapping[str, object]:
        """Return the data of the answer: what graphql-core makes a schema of."""
        schema = only(response, self.name)
        if not isinstance(schema, dict):
            raise unreadable(self.name, [Problem(place=self.name, code="missing")])
        return {self.name: schema}
