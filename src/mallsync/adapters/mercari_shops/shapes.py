"""Mercari Shops' records and code tables, as the mall names them; only what is read.

Source: the official page's opening, independent clients in production and a production
introspection (wire page part A, 2026-10). The schema itself was not read: see `verify_schema`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from attrs import define

from mallsync.model.words import Phase
from mallsync.wire.moments import zoned_moment
from mallsync.wire.strict import Meaning

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
    "AddressRecord",
    "MessageRecord",
    "OrderRecord",
    "ProductRecord",
    "StateRecord",
    "VariantRecord",
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

Moment = Annotated[datetime, Meaning("moment", zoned_moment)]
"""A moment as text, ISO 8601 with its zone, ``Z`` or ``+09:00`` (A3)."""


@define(kw_only=True, eq=False, repr=False)
class StateRecord:
    """The prefecture."""

    name: str = ""


@define(kw_only=True, eq=False, repr=False)
class AddressRecord:
    """Where it goes; kana, company and mail are not there."""

    postalCode: str = ""
    state: StateRecord | None = None
    city: str = ""
    address1: str = ""
    address2: str = ""
    lastName: str = ""
    firstName: str = ""
    phoneNumber: str = ""
    country: str = ""


@define(kw_only=True, eq=False, repr=False)
class VariantRecord:
    """The variant of a product that was bought; its id is needed for shipping it."""

    id: str
    name: str = ""
    skuCode: str = ""


@define(kw_only=True, eq=False, repr=False)
class ProductRecord:
    """One line. What is not told of cancelled and unshipped pieces is taken for none and all."""

    productId: str
    name: str = ""
    variant: VariantRecord | None = None
    purchasedQuantity: int
    unshippedQuantity: int | None = None
    unshippedCanceledQuantity: int = 0
    shippedCanceledQuantity: int = 0
    unitPrice: int
    buyerShippingFee: int | None = None
    shippingMethod: str = ""


@define(kw_only=True, eq=False, repr=False)
class MessageRecord:
    """One message; role is BUYER or SELLER."""

    id: str
    role: str = ""
    message: str = ""
    createdAt: Moment | None = None


@define(kw_only=True, eq=False, repr=False)
class OrderRecord:
    """An OrderTransaction: one checkout."""

    id: str
    status: str
    createdAt: Moment
    paidAt: Moment | None = None
    completedAt: Moment | None = None
    totalPrice: int | None = None
    shippingAddress: AddressRecord | None = None
    products: Sequence[ProductRecord]
    messages: Sequence[MessageRecord] | None = None


def order_id(number: str) -> str:
    """Return an order's id as the API has it.

    >>> order_id("order_AAAAbbbbCCCCddddEEEE01"), order_id(" AAAAbbbbCCCCddddEEEE01")
    ('AAAAbbbbCCCCddddEEEE01', 'AAAAbbbbCCCCddddEEEE01')
    """
    return number.strip().removeprefix(PREFIX)
