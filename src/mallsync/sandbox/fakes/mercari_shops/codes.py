"""What the fake Mercari Shops calls things; (A…) are sections of mercari_shops_and_rakuma.md."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ANONYMOUS", "ARRANGED", "OTHER", "Code", "Role", "Status"]


class Status(StrEnum):
    """The six states of an order (A4)."""

    UNPAID = "WAITING_FOR_PAYMENT"
    TO_SHIP = "WAITING_FOR_SHIPPING"
    COMPLETING = "COMPLETING"
    COMPLETED = "COMPLETED"
    CANCELING = "CANCELING"
    CANCELED = "CANCELED"


class Role(StrEnum):
    """Who wrote a message (A4)."""

    BUYER = "BUYER"
    SELLER = "SELLER"


class Code(StrEnum):
    """``extensions.code``: it looks like gRPC's (A1); the last three are guesses."""

    NOT_FOUND = "NOT_FOUND"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    INTERNAL = "INTERNAL"


ARRANGED = "UNDECIDED"
"""未定(出品者が手配), the one shippingMethod that is known (A4)."""

ANONYMOUS = "MERCARI_BIN_PLACEHOLDER"
"""らくらくメルカリ便, under a name that says that the real one is not known (A4)."""

OTHER = "OTHER_PLACEHOLDER"
"""A third method, so that an order can need two shipments; made up."""
