"""The mall's data: every order, how it moves on, and what a test may do to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from attrs import define, frozen

from mallsync.sandbox.fakes.mercari_shops.codes import (
    ANONYMOUS,
    ARRANGED,
    Role,
    Status,
)
from mallsync.sandbox.fakes.mercari_shops.draft import address, fill, line
from mallsync.sandbox.fakes.mercari_shops.life import (
    DAY,
    Message,
    Order,
    begin,
    unpaid_until,
)
from mallsync.sandbox.world import JST, Agenda, Clock, Dice, JsonObject, Timeline, past_moments

__all__ = ["Change", "Settings", "State"]

_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # base58
_ID_LENGTH = 22
_PAYS = 0.7
_REGRETS = 0.1
_HIDDEN = "匿名配送"


@frozen(kw_only=True)
class Change:
    """Record what the seller really changed: "created", "tracked", "shipped" or "message"."""

    kind: str
    order_id: str
    at: int


@define(kw_only=True)
class Settings:
    """Hold what nobody knows for certain (A1, A3 to A6), and what a test may want otherwise.

    `points`: an hour's. `point_cost`: of each root field. `reset_form`: how X-Ratelimit-Reset tells
    the moment: epoch, epoch_ms, seconds, http-date or iso. `largest_page`: of a list. `loops`: a
    list never ends, its cursor stays. `zone`: of the moments told, "Z" or "+09:00".
    `masks_address`: an anonymous order has an address of 匿名配送 instead of null. `messages_null`:
    the order tells no messages. `counts_at`: when unshippedQuantity drops, "complete" or "create".
    `completing`: how long an order reads COMPLETING. `mixes_methods`: a shipment may hold lines of
    several methods. `ships_anonymous`: a shipment of らくらくメルカリ便 can be reported.
    """

    points: int = 10_000
    point_cost: int = 1
    reset_form: str = "epoch"
    largest_page: int = 100
    loops: bool = False
    zone: str = "Z"
    masks_address: bool = False
    messages_null: bool = False
    counts_at: str = "complete"
    completing: timedelta = timedelta(seconds=60)
    mixes_methods: bool = False
    ships_anonymous: bool = False


class State(Agenda):
    """Keep the orders of one shop.

    Args:
        clock: what drives the life of the orders.
        seed: the same seed makes the same orders.
        orders: how many lie in the 60 days before the clock's start.
    """

    def __init__(self, clock: Clock, seed: int, orders: int) -> None:
        super().__init__(clock)
        self.seed = seed
        self.settings = Settings()
        self.orders: dict[str, Order] = {}
        self.changes: list[Change] = []
        self.webhooks: dict[str, JsonObject] = {}
        self._timeline = Timeline()
        self._random = Random(seed)
        now = self.now
        for ordered in past_moments(self._random, orders, now):
            order = self._new_order(ordered)
            begin(self._random, order, now)
            self._foresee(order)

    def order(self, number: str) -> Order | None:
        """Return an order with everything in it, None if there is none of that id."""
        order = self.orders.get(number)
        if order is not None and not order.lines:
            fill(order, self.seed)
        return order

    def see(self, number: str) -> Order:
        """Return an order as it stands now, for a test."""
        self.tick()
        order = self.order(number)
        if order is None:
            raise KeyError(number)
        return order

    def between(self, start: float, end: float) -> list[str]:
        """Return the ids of [start, end), newest first (A3)."""
        first, last = int(-(-start // 1)), int(-(-end // 1)) - 1
        return self._timeline.between(first, last)[::-1]

    def in_status(self, status: Status) -> list[str]:
        """Return the ids of the orders that stand there now."""
        self.tick()
        return [order.id for order in self.orders.values() if order.status is status]

    def moment(self, seconds: int) -> str | None:
        """Return a moment as the mall writes it, None for 0."""
        if not seconds:
            return None
        if self.settings.zone == "Z":
            return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
        return datetime.fromtimestamp(seconds, JST).isoformat()

    def document(self, order: Order) -> JsonObject:
        """Return what the mall tells of an order (A4)."""
        full = self.order(order.id) or order
        return {
            "id": full.id,
            "status": full.status.value,
            "orderType": "EXAMPLE_TYPE",  # its values are not known
            "createdAt": self.moment(full.ordered),
            "paidAt": self.moment(full.paid),
            "completedAt": self.moment(full.completed),
            "totalPrice": sum(one.price * one.quantity + one.fee for one in full.lines),
            "shippingAddress": self._address(full),
            "products": [self._product(full, at) for at in range(len(full.lines))],
            "messages": None
            if self.settings.messages_null
            else [self._message(one) for one in full.messages],
        }

    def effective(self, number: str | None = None, kind: str | None = None) -> int:
        """Count what was really changed by the seller, of one order or kind, or all."""
        return sum(
            number in (None, change.order_id) and kind in (None, change.kind)
            for change in self.changes
        )

    def place(
        self, count: int = 1, *, methods: Sequence[str] = (ARRANGED,), paid: bool = True
    ) -> list[str]:
        """Let buyers place orders now, one line for each shipping method, and return their ids."""
        with self.lock:
            now = self.tick()
            placed = [self._new_order(now) for _ in range(count)]
            for order in placed:
                dice = Dice(self.seed * 1_000_003 + order.index)
                order.lines = [line(dice, order, at, one) for at, one in enumerate(methods)]
                order.anonymous = all(one == ANONYMOUS for one in methods)
                order.pays_later = not paid
                if paid:
                    self._pay(order, now)
                else:
                    self.later(unpaid_until(now), partial(self._give_up, order))
            return [order.id for order in placed]

    def pay(self, number: str) -> None:
        """Let the buyer pay."""
        with self.lock:
            self._pay(self.see(number), self.tick())

    def cancel(self, *numbers: str) -> None:
        """Let orders be cancelled, by whomever."""
        with self.lock:
            for number in numbers:
                self.see(number).close()

    def cancel_units(self, number: str, at: int = 0, quantity: int = 1) -> None:
        """Let pieces of a line be cancelled; the order goes on."""
        with self.lock:
            self.see(number).lines[at].cancelled += quantity

    def write(self, number: str, text: str, role: Role = Role.BUYER) -> Message:
        """Let somebody write a message, and return it."""
        with self.lock:
            order, now = self.see(number), self.now
            told = Message(id=f"m-{len(order.messages) + 1}", role=role, text=text, at=now)
            order.messages.append(told)
            return told

    def note(self, kind: str, order: Order, at: int) -> None:
        """Write down that the seller really changed something."""
        self.changes.append(Change(kind=kind, order_id=order.id, at=at))

    def new_id(self) -> str:
        """Return an id that looks like the mall's (A4)."""
        return "".join(self._random.choices(_LETTERS, k=_ID_LENGTH))

    def complete(self, order: Order, at: int) -> None:
        """Put an order of which everything is shipped on its way to COMPLETED (A5)."""
        order.status = Status.COMPLETING
        end = at + int(self.settings.completing.total_seconds())
        self.later(end, partial(self._finish, order))

    def webhook_body(self, topic: str, number: str) -> JsonObject:
        """Return the bare notification of something that has happened to an order (A7)."""
        return {
            "topic": topic,
            "shop_id": "SHOPmihon0000000000001",
            "order_transaction_id": number,
            "created_at": self.moment(self.now),
        }

    def _new_order(self, ordered: int) -> Order:
        order = Order(
            index=len(self.orders), id=self.new_id(), ordered=ordered, status=Status.UNPAID
        )
        self.orders[order.id] = order
        self._timeline.add(ordered, order.id)
        return order

    def _foresee(self, order: Order) -> None:
        """Decide what buyers will do within two days: pay, or cancel."""
        if order.status is Status.UNPAID:
            self.later(unpaid_until(order.ordered), partial(self._give_up, order))
            if self._random.random() < _PAYS:
                self.later(self._soon(), partial(self._pay, order))
        elif order.status is Status.TO_SHIP and self._random.random() < _REGRETS:
            self.later(self._soon(), partial(self._regret, order))

    def _soon(self) -> int:
        return self.now + int(self._random.random() * 2 * DAY)

    def _pay(self, order: Order, at: int) -> None:
        if order.status is Status.UNPAID:
            order.status, order.paid = Status.TO_SHIP, at

    def _give_up(self, order: Order, _at: int) -> None:
        if order.status is Status.UNPAID:
            self.see(order.id).close()

    def _regret(self, order: Order, _at: int) -> None:
        if order.status is Status.TO_SHIP and not order.shipments:
            self.see(order.id).close()

    def _finish(self, order: Order, at: int) -> None:
        if order.status is Status.COMPLETING:
            order.status, order.completed = Status.COMPLETED, at

    def _address(self, order: Order) -> JsonObject | None:
        if not order.paid:
            return None  # of an unpaid order it is not guaranteed (A4)
        if any(one.method == ANONYMOUS for one in order.lines):
            return dict(_MASKED) if self.settings.masks_address else None
        return address(order, self.seed)

    def _product(self, order: Order, at: int) -> JsonObject:
        one = order.lines[at]
        return {
            "productId": one.product_id,
            "name": one.name,
            "variant": {
                "id": one.variant_id,
                "name": one.variant,
                "skuCode": one.sku,
                "janCode": one.jan,
            },
            "purchasedQuantity": one.quantity,
            "unshippedQuantity": one.left - self._counted(order, at),
            "unshippedCanceledQuantity": one.cancelled,
            "shippedCanceledQuantity": one.taken_back,
            "unitPrice": one.price,
            "buyerShippingFee": one.fee,
            "shippingMethod": one.method,
        }

    def _counted(self, order: Order, at: int) -> int:
        """Return how many pieces count as shipped although their shipment is still open."""
        return self.opened(order, at) if self.settings.counts_at == "create" else 0

    def opened(self, order: Order, at: int) -> int:
        """Return how many pieces of a line are in shipments that are not completed."""
        return sum(one.pieces.get(at, 0) for one in order.shipments if not one.completed)

    def _message(self, told: Message) -> JsonObject:
        return {
            "id": told.id,
            "role": told.role.value,
            "message": told.text,
            "createdAt": self.moment(told.at),
        }


_MASKED: JsonObject = {
    "postalCode": "",
    "state": None,
    "city": "",
    "address1": "",
    "address2": "",
    "lastName": _HIDDEN,
    "firstName": _HIDDEN,
    "phoneNumber": "",
    "country": "JP",
}
