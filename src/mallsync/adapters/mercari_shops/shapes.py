"""Mercari Shops' records and code tables, as the mall names them; only what is read.

Source: the official page's opening, independent clients in production and a production
introspection (wire page part A, 2026-10). The schema itself was not read: see `verify_schema`.
"""

# No postponed annotations here: with them a TypedDict cannot tell which keys are required.

from datetime import timedelta
from typing import NewType, NotRequired, TypedDict

from mallsync.model.words import Phase

__all__ = [
    "ARRANGED_BY_SHOP",
    "HIDDEN_NAME",
    "LONGEST_MESSAGE",
    "PAGE",
    "PAID",
    "PHASES",
    "POINTS_PER_HOUR",
    "PREFIX",
    "SENDERS",
    "WINDOW",
    "AddressModel",
    "MessageModel",
    "MomentText",
    "OrderModel",
    "ProductModel",
    "StateModel",
    "VariantModel",
    "order_id",
]

PREFIX = "order_"
"""What mails, CSV and the shop admin put before an order's id; the API has it without (A4)."""

PAGE = 100
"""Orders of one page: what clients ask for; the mall's most and its default are not known (A3)."""

WINDOW = timedelta(days=10)
"""How much is listed between two `Covered`: more than a fetch of a week. The mall sets no limit."""

LONGEST_MESSAGE = 1000
"""Characters of a message to the buyer (A6, one vendor's manual: weak)."""

POINTS_PER_HOUR = 10_000
"""Points for each shop; what a call costs is not known (A1)."""

PHASES = {
    "WAITING_FOR_PAYMENT": Phase.UNPAID,  # 支払い待ち
    "WAITING_FOR_SHIPPING": Phase.TO_SHIP,  # 発送待ち, once 発送前
    "COMPLETING": Phase.SHIPPED,  # on its way to COMPLETED, once the shipping was completed
    "COMPLETED": Phase.DONE,  # 完了: shops are not rated, so nothing comes after the shipping
    "CANCELING": Phase.HELD,  # on its way to CANCELED
    "CANCELED": Phase.CANCELLED,  # キャンセル, with one L
}
"""OrderTransactionStatus to phase; the filter takes the same six (A4)."""

PAID = frozenset({"WAITING_FOR_SHIPPING", "COMPLETING", "COMPLETED"})
"""Statuses that only a paid order reaches."""

ARRANGED_BY_SHOP = "UNDECIDED"
"""The shippingMethod 未定(出品者が手配); the names of らくらくメルカリ便 are not known (A4)."""

HIDDEN_NAME = "匿名配送"
"""What stands for a recipient who is not told (rules R5); the API may send null instead."""

SENDERS = {"BUYER": "buyer", "SELLER": "shop"}
"""OrderTransactionMessage.role."""

MomentText = NewType("MomentText", str)
"""A moment as text, ISO 8601 with its zone, ``Z`` or ``+09:00`` (A3)."""


class StateModel(TypedDict):
    """The prefecture."""

    name: NotRequired[str | None]


class AddressModel(TypedDict):
    """Where it goes; kana, company and mail are not there."""

    postalCode: NotRequired[str | None]
    state: NotRequired[StateModel | None]
    city: NotRequired[str | None]
    address1: NotRequired[str | None]
    address2: NotRequired[str | None]
    lastName: NotRequired[str | None]
    firstName: NotRequired[str | None]
    phoneNumber: NotRequired[str | None]
    country: NotRequired[str | None]


class VariantModel(TypedDict):
    """The variant of a product that was bought; its id is needed for shipping it."""

    id: str
    name: NotRequired[str | None]
    skuCode: NotRequired[str | None]
    janCode: NotRequired[str | None]


class ProductModel(TypedDict):
    """One line. What is not told of cancelled and unshipped pieces is taken for none and all."""

    productId: str
    name: NotRequired[str | None]
    variant: NotRequired[VariantModel | None]
    purchasedQuantity: int
    unshippedQuantity: NotRequired[int | None]
    unshippedCanceledQuantity: NotRequired[int | None]
    shippedCanceledQuantity: NotRequired[int | None]
    unitPrice: int
    buyerShippingFee: NotRequired[int | None]
    shippingMethod: NotRequired[str | None]


class MessageModel(TypedDict):
    """One message; role is BUYER or SELLER."""

    id: str
    role: NotRequired[str | None]
    message: NotRequired[str | None]
    createdAt: NotRequired[MomentText | None]


class OrderModel(TypedDict):
    """An OrderTransaction: one checkout."""

    id: str
    status: str
    createdAt: MomentText
    paidAt: NotRequired[MomentText | None]
    completedAt: NotRequired[MomentText | None]
    totalPrice: NotRequired[int | None]
    shippingAddress: NotRequired[AddressModel | None]
    products: list[ProductModel]
    messages: NotRequired[list[MessageModel] | None]


def order_id(number: str) -> str:
    """Return an order's id as the API has it.

    >>> order_id("order_AAAAbbbbCCCCddddEEEE01"), order_id(" AAAAbbbbCCCCddddEEEE01")
    ('AAAAbbbbCCCCddddEEEE01', 'AAAAbbbbCCCCddddEEEE01')
    """
    return number.strip().removeprefix(PREFIX)
