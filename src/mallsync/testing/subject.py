"""What the laws need to know of an adapter: the seam that each adapter's own tests fill."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import ModuleType
from typing import Any, Protocol

from mallsync.model.order import Order
from mallsync.model.sighting import Seen, Unreadable
from mallsync.model.writebacks import ShipmentNotice
from mallsync.ports import MallClient
from mallsync.wire.calls import Transport
from mallsync.wire.messages import Operation, Response

__all__ = ["Subject"]


class Subject(Protocol):
    """An adapter together with its running fake, full of orders of the 60 days before ``now``."""

    @property
    def package(self) -> ModuleType:
        """The adapter's package, with ``Client``, ``Credentials`` and ``CAPABILITIES``."""

    @property
    def now(self) -> datetime:
        """The fake's present, aware."""

    @property
    def secrets(self) -> Sequence[str]:
        """Every secret that the client was given."""

    @property
    def personal(self) -> Collection[str]:
        """Keys of a raw order whose text is a customer's."""

    @property
    def as_text(self) -> Collection[str]:
        """Keys whose numbers the mall may send as text; no other number is taken from text."""

    @property
    def keys(self) -> Sequence[str]:
        """Keys that the mall's answers use, to make up answers that go deep."""

    def client(self, *, transport: Transport | None = None) -> MallClient:
        """Return a new client of the fake, without a pace."""

    def transport(self) -> Transport:
        """Return a new transport to the fake."""

    def paged_clients(self) -> Iterable[MallClient]:
        """Return clients that carry less in one call than the mall allows, each differently."""

    def numbers(self) -> Sequence[str]:
        """Return every order number that the fake lists."""

    def shippable(self) -> Sequence[Order]:
        """Return orders that can be reported as shipped now."""

    def notice(self, order: Order) -> ShipmentNotice:
        """Return a notice that the fake takes for the first shipment of an order."""

    def lose_next_answer(self) -> None:
        """Let the next write take effect and its answer get lost."""

    def effects(self, order: Order) -> int:
        """Count the shipping reports of an order that took effect on the fake."""

    def operations(self) -> Sequence[Operation[object]]:
        """Return at least one of each operation of the adapter."""

    def record(self) -> dict[str, Any]:
        """Return one raw order with every field that is read, none of them null."""

    def with_number(self, record: Mapping[str, Any], number: str) -> dict[str, Any]:
        """Return a copy of a raw order under another number."""

    def with_unknown_status(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return a copy of a raw order in a status that no document names."""

    def decode(
        self, numbers: Sequence[str], records: Sequence[object]
    ) -> Sequence[Seen | Unreadable]:
        """Decode a detail answer that was asked for `numbers` and holds `records`."""

    def rewrite_orders(self, response: Response, record: Mapping[str, Any]) -> Response:
        """Return a detail answer with each order's fields replaced by those given."""
