"""The schema: names as clients in production declare them; what they leave open is marked."""

from __future__ import annotations

from functools import lru_cache

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)

__all__ = ["build", "checked", "read"]

# Root fields are never null, so that an error leaves no data, as was seen (A9). A node of a list
# may be null: whether the mall tells the rest of a list then is not known (A1).
_SDL = '''
scalar DateTime

type Query {
  orderTransactions(
    first: Int
    after: String
    orderedDateGte: DateTime
    orderedDateLt: DateTime
    salesChannels: [OrderSalesChannel!]
    statuses: [OrderTransactionStatusFilter!]
  ): OrderTransactionConnection!
  orderTransaction(id: ID!): OrderTransaction!
  webhooks: [Webhook!]!
  webhook(id: ID!): Webhook!
}

type Mutation {
  createOrderShipping(input: CreateOrderShippingInput!): CreateOrderShippingPayload!
  updateOrderShippingTrackingCode(
    input: UpdateOrderShippingTrackingCodeInput!
  ): UpdateOrderShippingTrackingCodePayload!
  completeOrderShipping(input: CompleteOrderShippingInput!): CompleteOrderShippingPayload!
  addOrderTransactionMessage(
    input: AddOrderTransactionMessageInput!
  ): AddOrderTransactionMessagePayload!
  createWebhook(input: CreateWebhookInput!): CreateWebhookPayload!
  deleteWebhook(input: DeleteWebhookInput!): DeleteWebhookPayload!
}

"""Values beside the one seen are not known."""
enum OrderSalesChannel { MERCARI_SHOPS }

enum OrderTransactionStatus {
  WAITING_FOR_PAYMENT WAITING_FOR_SHIPPING COMPLETING COMPLETED CANCELING CANCELED
}

enum OrderTransactionStatusFilter {
  WAITING_FOR_PAYMENT WAITING_FOR_SHIPPING COMPLETING COMPLETED CANCELING CANCELED
}

"""The name of the type and all values but UNDECIDED are made up."""
enum ShippingMethod { UNDECIDED MERCARI_BIN_PLACEHOLDER OTHER_PLACEHOLDER }

type OrderTransactionConnection { edges: [OrderTransactionEdge!]! pageInfo: PageInfo! }
type OrderTransactionEdge { cursor: String! node: OrderTransaction }
type PageInfo { hasNextPage: Boolean! endCursor: String }

type OrderTransaction {
  id: ID!
  status: OrderTransactionStatus!
  orderType: String
  createdAt: DateTime!
  paidAt: DateTime
  completedAt: DateTime
  totalPrice: Int!
  shippingAddress: ShippingAddress
  products: [OrderTransactionProduct!]!
  messages: [OrderTransactionMessage!]
}

"""The names of these four types are made up; their fields are not."""
type ShippingAddress {
  postalCode: String
  state: State
  city: String
  address1: String
  address2: String
  lastName: String
  firstName: String
  phoneNumber: String
  country: String
}

type State { name: String! }

type OrderTransactionProduct {
  productId: ID!
  name: String!
  variant: OrderTransactionProductVariant!
  purchasedQuantity: Int!
  unshippedQuantity: Int!
  unshippedCanceledQuantity: Int!
  shippedCanceledQuantity: Int!
  unitPrice: Int!
  buyerShippingFee: Int!
  shippingMethod: ShippingMethod!
}

type OrderTransactionProductVariant { id: ID! name: String skuCode: String janCode: String }

enum OrderTransactionMessageRole { BUYER SELLER }

type OrderTransactionMessage {
  id: ID!
  role: OrderTransactionMessageRole!
  message: String!
  createdAt: DateTime!
}

input CreateOrderShippingInput {
  orderTransactionId: ID!
  idempotencyKey: String!
  products: [CreateOrderShippingProductInput!]!
}

"""The name is made up."""
input CreateOrderShippingProductInput { productId: ID! variantId: ID! quantity: Int! }

input UpdateOrderShippingTrackingCodeInput {
  orderShippingId: ID!
  orderTransactionId: ID!
  trackingCode: String!
}

input CompleteOrderShippingInput { orderShippingId: ID! orderTransactionId: ID! }

"""The name is made up, as the others are built."""
input AddOrderTransactionMessageInput { orderTransactionId: ID! message: String! }

type OrderShipping { id: ID! }
type CreateOrderShippingPayload { orderShipping: OrderShipping! }
type UpdateOrderShippingTrackingCodePayload { orderShipping: OrderShipping! }
type CompleteOrderShippingPayload { orderShippingId: ID! }
type AddOrderTransactionMessagePayload { orderTransaction: OrderTransaction! }

enum WebhookTopic {
  ORDER_TRANSACTION_CREATED ORDER_TRANSACTION_PAID ORDER_TRANSACTION_CANCELED
  ORDER_CANCELLATION_COMPLETED ORDER_TRANSACTION_MESSAGE_CREATED
  INQUIRY_MESSAGE_CREATED INQUIRY_RESOLVED INQUIRY_MESSAGE_ADMIN_DELETED
}

type Webhook {
  id: ID!
  topic: WebhookTopic!
  endPoint: String!
  createdAt: DateTime!
  apiVersion: String
}

input CreateWebhookInput { topic: WebhookTopic! endPoint: String! }
input DeleteWebhookInput { id: ID! }
type CreateWebhookPayload { webhook: Webhook! }
type DeleteWebhookPayload { id: ID! }
'''


def build() -> GraphQLSchema:
    """Return the schema, whose root fields have no resolvers yet; a DateTime is text to it."""
    return build_schema(_SDL)


@lru_cache(maxsize=256)
def read(text: str) -> DocumentNode:
    """Return a parsed document; clients send the same few again and again.

    Raises:
        GraphQLSyntaxError: It is none.
    """
    return parse(text)


@lru_cache(maxsize=256)
def checked(schema: GraphQLSchema, text: str) -> tuple[GraphQLError, ...]:
    """Return what in a document does not fit the schema."""
    return tuple(validate(schema, read(text)))
