"""A whole wire, for a mall that does not exist: JSON bodies, a token, a cursor.

``examplemarket`` is the sandbox's fiction. Nothing here is Rakuma's: it shows how one is written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, TypeVar

from mallsync import Address, BuyerMessage, BuyerReview, Contact, Message, Period, ShipmentNotice
from mallsync.adapters import rakuma
from mallsync.adapters.rakuma import AccountKind, Call, Method, State
from mallsync.errors import AuthFailed, Conflict, NotFound, Rejected, Throttled
from mallsync.ports import TokenVault
from mallsync.wire.messages import Effect, Request, Response

T = TypeVar("T")

STATES = {
    "request": State.PURCHASE_REQUESTED,
    "wait_pay": State.AWAITING_PAYMENT,
    "wait_ship": State.AWAITING_SHIPMENT,
    "wait_receive": State.AWAITING_RECEIPT,
    "wait_review": State.AWAITING_SELLER_REVIEW,
    "done": State.COMPLETED,
    "cancelled": State.CANCELLED,
}
KINDS = {"one_off": AccountKind.ONE_OFF, "stock": AccountKind.STOCK}
METHODS = {
    "example_self": Method("出品者が手配", anonymous=False),
    "example_pack": Method("見本パック", anonymous=True),
}
RATINGS = {rakuma.Rating.GOOD: "good", rakuma.Rating.NORMAL: "normal", rakuma.Rating.BAD: "bad"}
CODES = {
    "bad_login": AuthFailed,
    "bad_token": AuthFailed,
    "no_such_order": NotFound,
    "invalid_state": Conflict,
    "bad_field": Rejected,
    "too_many": Throttled,
}


def call(
    name: str,
    request: Request,
    meaning: Callable[[dict[str, object]], T],
    effect: Effect = Effect.READ,
) -> Call[T]:
    """Return a call whose refusals look like all of this mall's."""

    def read(response: Response) -> T:
        answer = rakuma.json_answer(response, name, code_at=("error", "code"), codes=CODES)
        return meaning(answer)

    return Call(name=name, request=request, meaning=read, effect=effect)


class ExamplemarketWire(rakuma.Wire):
    """What the specification of examplemarket would say."""

    facts = rakuma.Facts(
        base_url="https://examplemarket.invalid/json",
        requests_per_second=5.0,
        longest_message=140,
    )
    states: ClassVar = STATES
    kinds: ClassVar = KINDS
    methods: ClassVar = METHODS

    def auth(
        self, credentials: rakuma.Credentials, vault: TokenVault, now: Callable[[], datetime]
    ) -> rakuma.PasswordGrant:
        """Exchange the four parts for a token."""
        body = {
            "grant": "password",
            "email": credentials.email,
            "password": credentials.password,
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        }
        ask = call(
            "token",
            rakuma.post_json("/token", body),
            lambda answer: rakuma.Token(
                value=str(answer["token"]), seconds=float(str(answer["expires"]))
            ),
            Effect.IDEMPOTENT_WRITE,
        )
        return rakuma.PasswordGrant(ask=ask, vault=vault, name="examplemarket/token", now=now)

    def list_orders(self, period: Period, place: str) -> Call[rakuma.Page]:
        """Ask for a page; the answer tells the cursor of the next."""
        query = {"from": period.start.isoformat(), "to": period.end.isoformat(), "cursor": place}
        return call(
            "list",
            rakuma.get("/orders", **query),
            lambda answer: rakuma.by_cursor(answer["orders"], answer["next"]),
        )

    def get_order(self, number: str) -> Call[object]:
        """Ask for one order."""
        return call("one", rakuma.get(f"/orders/{number}"), lambda answer: answer["order"])

    def notify_shipped(self, notice: ShipmentNotice) -> Call[str]:
        """Report a shipment: carrier and number, nothing else."""
        body = {"tracking": ",".join(notice.tracking_numbers), "carrier": notice.carrier}
        request = rakuma.post_json(f"/orders/{notice.order_number}/ship", body)
        return call("ship", request, lambda answer: str(answer["state"]), Effect.UNSAFE_WRITE)

    def register_review(self, review: BuyerReview) -> Call[str]:
        """Rate the buyer."""
        body = {"score": RATINGS[review.rating], "comment": review.message}
        request = rakuma.post_json(f"/orders/{review.order_number}/review", body)
        return call("review", request, lambda answer: str(answer["state"]), Effect.UNSAFE_WRITE)

    def send_message(self, message: BuyerMessage) -> Call[str]:
        """Write to the buyer."""
        request = rakuma.post_json(
            f"/orders/{message.order_number}/messages", {"text": message.text}
        )

        def receipt(answer: dict[str, object]) -> str:
            return rakuma.Fields(answer).text("message.id")

        return call("say", request, receipt, Effect.UNSAFE_WRITE)

    def list_messages(self, number: str) -> Call[tuple[Message, ...]]:
        """Ask for what was said."""
        senders = {"seller": "shop"}

        def told(answer: dict[str, object]) -> tuple[Message, ...]:
            listed = answer["messages"]
            assert isinstance(listed, list)  # what it is not becomes a DecodeError
            return tuple(
                Message(
                    id=str(one["id"]),
                    sender=senders.get(one["by"], one["by"]),
                    text=one["text"],
                    sent_at=datetime.fromisoformat(one["at"]),
                )
                for one in listed
            )

        return call("messages", rakuma.get(f"/orders/{number}/messages"), told)

    def record(self, fields: rakuma.Fields) -> rakuma.RakumaRecord:
        """Say what each field means."""
        return rakuma.RakumaRecord(
            number=fields.text("order_no"),
            state=fields.code("state", STATES),
            code=fields.text("state"),
            ordered_at=fields.moment("ordered"),
            paid_at=fields.optional_moment("paid"),
            shipped_at=fields.optional_moment("shipped"),
            completed_at=fields.optional_moment("completed"),
            cancelled_at=fields.optional_moment("cancelled"),
            account_kind=fields.code("account_kind", KINDS),
            item_id=fields.text("item_no"),
            title=fields.text("title"),
            quantity=fields.count("qty"),
            unit_price=fields.count("amount"),
            shipping_fee=fields.count("postage"),
            recipient=self._recipient(fields) if fields.has("to") else None,
            anonymous=fields.flag("anonymous"),
            delivery_method=fields.code("method", METHODS),
            carrier=fields.text("parcel.carrier", ""),
            tracking_number=fields.text("parcel.tracking", ""),
        )

    def _recipient(self, fields: rakuma.Fields) -> Contact:
        family, _, given = fields.text("to.name").partition(" ")
        return Contact(
            family_name=family,
            given_name=given,
            phone=fields.text("to.tel", ""),
            address=Address(
                postal_code=fields.text("to.zip"),
                prefecture=fields.text("to.pref"),
                street=fields.text("to.addr"),
            ),
        )


WIRE = ExamplemarketWire()
