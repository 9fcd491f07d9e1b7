"""The GraphQL documents, one for each call; a host can put its own in their place.

Field and argument names come from clients, not from the schema itself (wire page A10): where
`Client.verify_schema` finds a difference, a mended document is the way out. A document's variables
bear the names of the arguments that they fill.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from attrs import Attribute, field, frozen

from mallsync.errors import ConfigError

__all__ = ["Documents"]

_ORDER = """
    id status orderType createdAt paidAt completedAt totalPrice
    shippingAddress {
      postalCode state { name } city address1 address2 lastName firstName phoneNumber country
    }
    products {
      productId name purchasedQuantity unshippedQuantity
      unshippedCanceledQuantity shippedCanceledQuantity
      unitPrice buyerShippingFee shippingMethod
      variant { id name skuCode janCode }
    }
    messages { id role message createdAt }
"""

# A variable that is always given is declared non-null: such a one fits a nullable argument, too.
_ORDER_TRANSACTIONS = f"""\
query orderTransactions(
  $first: Int!, $after: String,
  $orderedDateGte: DateTime!, $orderedDateLt: DateTime!,
  $statuses: [OrderTransactionStatusFilter!]!
) {{
  orderTransactions(
    first: $first, after: $after,
    orderedDateGte: $orderedDateGte, orderedDateLt: $orderedDateLt, statuses: $statuses
  ) {{
    edges {{ node {{ {_ORDER} }} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""

_ORDER_TRANSACTION = f"""\
query orderTransaction($id: ID!) {{
  orderTransaction(id: $id) {{ {_ORDER} }}
}}
"""

_CREATE = """\
mutation createOrderShipping($input: CreateOrderShippingInput!) {
  createOrderShipping(input: $input) { orderShipping { id } }
}
"""

_TRACK = """\
mutation updateOrderShippingTrackingCode($input: UpdateOrderShippingTrackingCodeInput!) {
  updateOrderShippingTrackingCode(input: $input) { orderShipping { id } }
}
"""

_COMPLETE = """\
mutation completeOrderShipping($input: CompleteOrderShippingInput!) {
  completeOrderShipping(input: $input) { orderShippingId }
}
"""

# The name of the input type follows the others'; no source has it (weak).
_ADD_MESSAGE = """\
mutation addOrderTransactionMessage($input: AddOrderTransactionMessageInput!) {
  addOrderTransactionMessage(input: $input) {
    orderTransaction { id messages { id role message createdAt } }
  }
}
"""


def _with(*variables: str) -> Callable[[object, Attribute[str], object], None]:
    """Return a validator: the text of a document that declares these variables."""

    def check(_: object, attribute: Attribute[str], value: object) -> None:
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(f"{attribute.name} is no document: write GraphQL text")
        for name in variables:
            if not re.search(rf"\${name}\b", value):
                raise ConfigError(f"{attribute.name} lacks ${name}: write a variable of that name")

    return check


@frozen(kw_only=True)
class Documents:
    """The documents that a client sends.

    Args:
        order_transactions: Lists orders.
        order_transaction: Reads one.
        create_order_shipping: Opens a shipment; the answer tells its id.
        update_order_shipping_tracking_code: Writes the tracking text.
        complete_order_shipping: Reports it as shipped.
        add_order_transaction_message: Writes to the buyer.

    Raises:
        ConfigError: A document is empty or lacks a variable.

    >>> Documents(order_transaction="{ shop { id } }")
    Traceback (most recent call last):
    mallsync.errors.ConfigError: order_transaction lacks $id: write a variable of that name
    """

    order_transactions: str = field(
        default=_ORDER_TRANSACTIONS,
        validator=_with("first", "after", "orderedDateGte", "orderedDateLt", "statuses"),
        repr=False,
    )
    order_transaction: str = field(default=_ORDER_TRANSACTION, validator=_with("id"), repr=False)
    create_order_shipping: str = field(default=_CREATE, validator=_with("input"), repr=False)
    update_order_shipping_tracking_code: str = field(
        default=_TRACK, validator=_with("input"), repr=False
    )
    complete_order_shipping: str = field(default=_COMPLETE, validator=_with("input"), repr=False)
    add_order_transaction_message: str = field(
        default=_ADD_MESSAGE, validator=_with("input"), repr=False
    )
