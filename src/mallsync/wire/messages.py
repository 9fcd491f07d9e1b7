"""What goes over the wire, as values: requests, responses, and the operations between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Protocol, TypeVar

from attrs import field, frozen

__all__ = ["Effect", "Operation", "Request", "Response"]

T_co = TypeVar("T_co", covariant=True)


class Effect(Enum):
    """What a call does to the mall. HTTP verbs say nothing here: malls read by POST."""

    READ = "READ"
    IDEMPOTENT_WRITE = "IDEMPOTENT_WRITE"
    UNSAFE_WRITE = "UNSAFE_WRITE"


@frozen(kw_only=True)
class Request:
    """One HTTP request. ``path`` follows the client's base URL; ``query`` is kept out of logs."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@frozen(kw_only=True)
class Response:
    """One HTTP response; header names in lower case, the body decompressed."""

    status: int
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class Operation(Protocol[T_co]):
    """One call of a mall's API as a frozen value, its inputs as fields.

    ``budget`` names the rate limit that it draws on and ``cost`` how much.
    """

    @property
    def name(self) -> str:
        """The mall's own name of the call; what errors and logs say."""

    @property
    def effect(self) -> Effect:
        """What the call does to the mall, and so whether it may be repeated."""

    @property
    def budget(self) -> str:
        """The name of the rate limit that the call draws on."""

    @property
    def cost(self) -> int:
        """How many units of the rate limit the call takes."""

    def encode(self) -> Request:
        """Return the request, unsigned."""

    def decode(self, response: Response) -> T_co:
        """Return the answer's meaning; raises only `MallError`, for any status and any bytes."""
