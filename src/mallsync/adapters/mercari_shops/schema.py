"""What the mall's schema says of the documents that we send: an introspection, and what differs.

graphql-core does the work; it comes with ``pip install 'mallsync[schema]'``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from attrs import asdict, frozen

from mallsync.adapters.mercari_shops.codec import Introspect
from mallsync.adapters.mercari_shops.documents import Documents
from mallsync.adapters.mercari_shops.flows import STATUSES, Fetch
from mallsync.adapters.mercari_shops.shapes import ARRANGED_BY_SHOP
from mallsync.errors import ConfigError
from mallsync.wire.calls import Caller

if TYPE_CHECKING:
    from graphql import GraphQLSchema

__all__ = ["SchemaDifference", "differences", "verify"]

_STATUSES = frozenset(STATUSES)


@frozen
class SchemaDifference:
    """One thing that the schema says otherwise; ``place`` is a document or a type."""

    place: str
    problem: str


def verify(caller: Caller, fetch: Fetch) -> tuple[SchemaDifference, ...]:
    """Introspect the mall's schema and return what differs from what the documents ask.

    Raises:
        ConfigError: graphql-core is not installed.
        MallError: The mall does not tell its schema.
    """
    query = _graphql().get_introspection_query(descriptions=False)
    told = caller.call(Introspect(document=query))
    return differences(told, fetch.documents, fetch.options.anonymous_methods)


def differences(
    introspection: Mapping[str, object],
    documents: Documents,
    anonymous_methods: frozenset[str] = frozenset(),
) -> tuple[SchemaDifference, ...]:
    """Return what a schema says otherwise than the documents and code tables; pure.

    Args:
        introspection: The data of an introspection query's answer.
        documents: What is asked of the mall.
        anonymous_methods: Values of shippingMethod that the shop knows.

    Raises:
        ConfigError: graphql-core is not installed.
    """
    graphql = _graphql()
    try:
        schema = graphql.build_client_schema(introspection)
    except (graphql.GraphQLError, TypeError, KeyError, AttributeError) as error:
        return (SchemaDifference("__schema", f"cannot be read: {type(error).__name__}"),)
    methods = anonymous_methods | {ARRANGED_BY_SHOP}
    order = "OrderTransaction"
    return (
        *_of_documents(schema, documents),
        *_of_enum("OrderTransactionStatusFilter", schema, (), _STATUSES, complete=True),
        *_of_enum(order, schema, ("status",), _STATUSES, complete=True),
        *_of_enum(order, schema, ("products", "shippingMethod"), methods, complete=False),
    )


def _graphql() -> ModuleType:
    try:
        import graphql  # noqa: PLC0415 -- an extra
    except ImportError:
        raise ConfigError(
            "the schema is compared by graphql-core: write pip install 'mallsync[schema]'"
        ) from None
    return graphql


def _of_documents(schema: GraphQLSchema, documents: Documents) -> Iterator[SchemaDifference]:
    graphql = _graphql()
    for name, text in asdict(documents).items():
        try:
            found = graphql.validate(schema, graphql.parse(text))
        except graphql.GraphQLSyntaxError as error:
            found = [error]
        yield from (SchemaDifference(name, error.message) for error in found)


def _of_enum(
    kind: str,
    schema: GraphQLSchema,
    path: tuple[str, ...],
    known: frozenset[str],
    *,
    complete: bool,
) -> Iterator[SchemaDifference]:
    """Yield the values of an enum that are not known here, and those known that it has not.

    Args:
        kind: A type of the schema.
        schema: The schema.
        path: The fields that lead from there to the enum.
        known: The values known here.
        complete: Whether all that is known here must be there.
    """
    place = ".".join((kind, *path))
    values = _values(schema, kind, path)
    if values is None:
        yield SchemaDifference(place, "is no enum of the schema")
        return
    for value in sorted(values - known):
        yield SchemaDifference(place, f"{value} is not known here")
    for value in sorted(known - values if complete else ()):
        yield SchemaDifference(place, f"{value} is not there")


def _values(schema: GraphQLSchema, kind: str, path: tuple[str, ...]) -> frozenset[str] | None:
    graphql = _graphql()
    found: Any = schema.type_map.get(kind)
    for name in path:
        asked = getattr(found, "fields", {}).get(name)
        found = graphql.get_named_type(asked.type) if asked is not None else None
    return frozenset(found.values) if graphql.is_enum_type(found) else None
