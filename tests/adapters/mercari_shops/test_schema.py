"""The mall's schema held against our documents, and a stock GraphQL client that uses them."""

from __future__ import annotations

import builtins
from typing import Any

import pytest
from gql import Client as StockClient
from gql import gql
from gql.transport.requests import RequestsHTTPTransport
from graphql import build_schema, introspection_from_schema

from mallsync import sandbox
from mallsync.adapters import mercari_shops
from mallsync.adapters.mercari_shops.documents import Documents
from mallsync.adapters.mercari_shops.reading import Reader
from mallsync.adapters.mercari_shops.schema import SchemaDifference, differences
from mallsync.errors import ConfigError, MallError
from tests.adapters.mercari_shops.shop import NOW, client_of

METHODS = "OrderTransaction.products.shippingMethod"


def stock_client(mall: sandbox.MercariShopsMall, *, fetch_schema: bool = False) -> StockClient:
    """Return a client of somebody else's."""
    key = mall.credentials
    transport = RequestsHTTPTransport(
        url=mall.base_url,
        headers={
            "Authorization": f"Bearer {key.access_token}",
            "User-Agent": f"{key.client_name}/1.0",
        },
    )
    return StockClient(transport=transport, fetch_schema_from_transport=fetch_schema)


def test_a_stock_client_reads_orders_with_our_own_documents(mall: sandbox.MercariShopsMall) -> None:
    """Page by page and singly; what it gets is what our reader reads."""
    placed = set(mall.fake.place(3))
    documents = Documents()
    with stock_client(mall, fetch_schema=True) as session:
        asked = gql(documents.order_transactions)
        asked.variable_values = {
            "first": 100,
            "after": None,
            "orderedDateGte": "2026-09-01T00:00:00+09:00",
            "orderedDateLt": "2026-12-01T00:00:00+09:00",
            "statuses": ["WAITING_FOR_SHIPPING"],
        }
        page = session.execute(asked)["orderTransactions"]
        one = gql(documents.order_transaction)
        one.variable_values = {"id": min(placed)}
        single = session.execute(one)["orderTransaction"]
        assert session.client.schema is not None
        kinds = session.client.schema.type_map

    seen = {Reader("demo").read(edge["node"]).number for edge in page["edges"]}
    assert placed <= seen
    assert min(placed) == Reader("demo").read(single).number
    assert "OrderTransactionStatusFilter" in kinds


def test_the_documents_fit_the_schema_of_the_fake(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """What is told are the methods, of which nobody knows which are anonymous."""
    assert {METHODS} == {one.place for one in client.verify_schema()}
    known = mercari_shops.Options(
        anonymous_methods={"MERCARI_BIN_PLACEHOLDER", "OTHER_PLACEHOLDER"}
    )
    with client_of(mall, options=known) as better:
        assert () == better.verify_schema()


def schema_with(old: str, new: str) -> dict[str, Any]:
    """Return the introspection of a small schema in which something is called otherwise."""
    text = _SDL.replace(old, new)
    assert text != _SDL
    return dict(introspection_from_schema(build_schema(text)))


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("endCursor: String", "lastCursor: String", "order_transactions", "endCursor"),
        ("first: Int", "limit: Int", "order_transactions", "first"),
        ("paidAt: DateTime", "paid: DateTime", "order_transaction", "paidAt"),
        ("CreateOrderShippingInput", "NewShippingInput", "create_order_shipping", "Create"),
        (
            "orderShippingId: ID!\n",
            "shippingId: ID!\n",
            "complete_order_shipping",
            "orderShippingId",
        ),
        ("COMPLETING COMPLETED", "COMPLETED", "OrderTransactionStatusFilter", "COMPLETING is not"),
        ("CANCELED }", "CANCELED RETURNED }", "OrderTransaction.status", "RETURNED is not known"),
        ("UNDECIDED", "UNDECIDED BIN", METHODS, "BIN is not known here"),
        ("enum Filter_", "enum Filters", "OrderTransactionStatusFilter", "is no enum"),
    ],
)
def test_each_difference_is_named(old: str, new: str, place: str, said: str) -> None:
    """With the document or the type that it is in."""
    if old == "enum Filter_":
        old, new = "enum OrderTransactionStatusFilter", "scalar Other\nenum Filters"
        told = dict(
            introspection_from_schema(
                build_schema(
                    _SDL.replace(old, new).replace("[OrderTransactionStatusFilter!]", "[Filters!]")
                )
            )
        )
    else:
        told = schema_with(old, new)
    found = differences(told, Documents())

    assert [one for one in found if one.place == place and said in one.problem], found


def test_a_schema_that_fits_differs_in_nothing() -> None:
    """So that the differences above are those that were made."""
    told = dict(introspection_from_schema(build_schema(_SDL)))

    assert () == differences(told, Documents())


def test_a_document_of_the_host_is_looked_at_too() -> None:
    """Its mistakes are its own."""
    told = dict(introspection_from_schema(build_schema(_SDL)))
    mine = Documents(
        order_transaction="query($id: ID!) { orderTransaction(id: $id) { id colour } }",
        complete_order_shipping="mutation($input: X!) {",
    )

    assert ["order_transaction", "complete_order_shipping"] == [
        one.place for one in differences(told, mine)
    ]


@pytest.mark.parametrize("told", [{}, {"__schema": {}}, {"__schema": {"types": [3]}}])
def test_what_is_no_schema_is_named(told: dict[str, Any]) -> None:
    """Instead of an error from deep inside."""
    (found,) = differences(told, Documents())

    assert isinstance(found, SchemaDifference)
    assert "__schema" == found.place


def test_without_graphql_core_it_says_what_to_install(
    client: mercari_shops.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes with an extra."""
    plain = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "graphql":
            raise ImportError(name)
        return plain(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match="write pip install"):
        client.verify_schema()


def test_a_mall_that_does_not_tell_its_schema_says_so(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """As any other call."""
    mall.fake.revoke_token()
    with pytest.raises(MallError):
        client.verify_schema()
    assert NOW == mall.clock.now()


_ORDER = """
  id: ID!
  status: OrderTransactionStatus!
  orderType: String
  createdAt: DateTime!
  paidAt: DateTime
  completedAt: DateTime
  totalPrice: Int
  shippingAddress: Address
  products: [Product!]!
  messages: [Message!]
"""
_SDL = f"""
scalar DateTime
type Query {{
  orderTransactions(first: Int, after: String, orderedDateGte: DateTime, orderedDateLt: DateTime,
    statuses: [OrderTransactionStatusFilter!]): Orders
  orderTransaction(id: ID!): OrderTransaction
}}
type Orders {{ edges: [Edge!]! pageInfo: PageInfo! }}
type Edge {{ node: OrderTransaction }}
type PageInfo {{ hasNextPage: Boolean! endCursor: String }}
type OrderTransaction {{ {_ORDER} }}
enum OrderTransactionStatus {{
  WAITING_FOR_PAYMENT WAITING_FOR_SHIPPING COMPLETING COMPLETED CANCELING CANCELED }}
enum OrderTransactionStatusFilter {{
  WAITING_FOR_PAYMENT WAITING_FOR_SHIPPING COMPLETING COMPLETED CANCELING CANCELED }}
type State {{ name: String }}
type Address {{ postalCode: String state: State city: String address1: String address2: String
  lastName: String firstName: String phoneNumber: String country: String }}
enum Method {{ UNDECIDED }}
type Variant {{ id: ID! name: String skuCode: String janCode: String }}
type Product {{ productId: ID! name: String purchasedQuantity: Int! unshippedQuantity: Int!
  unshippedCanceledQuantity: Int! shippedCanceledQuantity: Int! unitPrice: Int!
  buyerShippingFee: Int! shippingMethod: Method! variant: Variant }}
type Message {{ id: ID! role: String! message: String! createdAt: DateTime! }}
type Shipping {{ id: ID! }}
type Shipped {{ orderShipping: Shipping! }}
type Completed {{
  orderShippingId: ID!
}}
type Written {{ orderTransaction: OrderTransaction! }}
input CreateOrderShippingInput {{ orderTransactionId: ID! }}
input UpdateOrderShippingTrackingCodeInput {{ orderTransactionId: ID! }}
input CompleteOrderShippingInput {{ orderTransactionId: ID! }}
input AddOrderTransactionMessageInput {{ orderTransactionId: ID! }}
type Mutation {{
  createOrderShipping(input: CreateOrderShippingInput!): Shipped
  updateOrderShippingTrackingCode(input: UpdateOrderShippingTrackingCodeInput!): Shipped
  completeOrderShipping(input: CompleteOrderShippingInput!): Completed
  addOrderTransactionMessage(input: AddOrderTransactionMessageInput!): Written
}}
"""
