"""A wire of quite another shape, for the same fiction: forms, a key in a header, page numbers.

Refusals have HTTP status 200, moments are seconds since 1970, and fields have other names. It shows
that the seam carries; nothing here is Rakuma's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, TypeVar

from mallsync import (
    JST,
    Address,
    BuyerMessage,
    BuyerReview,
    Contact,
    Message,
    Period,
    ShipmentNotice,
)
from mallsync.adapters import rakuma
from mallsync.adapters.rakuma import AccountKind, Call, Method, State
from mallsync.errors import AuthFailed, Conflict, NotFound, Rejected, Throttled
from mallsync.ports import TokenVault
from mallsync.wire.messages import Effect, Request, Response

T = TypeVar("T")

SIZE = 20
STATES = {
    "1": State.PURCHASE_REQUESTED,
    "2": State.AWAITING_PAYMENT,
    "3": State.AWAITING_SHIPMENT,
    "4": State.AWAITING_RECEIPT,
    "5": State.AWAITING_SELLER_REVIEW,
    "6": State.COMPLETED,
    "9": State.CANCELLED,
}
KINDS = {"1": AccountKind.ONE_OFF, "2": AccountKind.STOCK}
METHODS = {
    "10": Method("出品者が手配", anonymous=False),
    "20": Method("見本パック", anonymous=True),
}
STARS = {rakuma.Rating.GOOD: "good", rakuma.Rating.NORMAL: "normal", rakuma.Rating.BAD: "bad"}
CODES = {
    "E001": AuthFailed,
    "E404": NotFound,
    "E201": Conflict,
    "E103": Rejected,
    "E429": Throttled,
}


def call(
    name: str,
    request: Request,
    meaning: Callable[[dict[str, object]], T],
    effect: Effect = Effect.READ,
) -> Call[T]:
    """Return a call whose refusals look like all of this desk's."""

    def read(response: Response) -> T:
        answer = rakuma.json_answer(response, name, code_at=("why",), codes=CODES)
        return meaning(answer)

    return Call(name=name, request=request, meaning=read, effect=effect)


def moment(value: datetime) -> str:
    """Return a moment as the desk wants it, in Japan time."""
    return value.astimezone(JST).strftime("%Y/%m/%d %H:%M:%S")


class FormWire(rakuma.Wire):
    """What the specification of the desk of forms would say."""

    facts = rakuma.Facts(base_url="https://examplemarket.invalid/form", requests_per_second=5.0)
    states: ClassVar = STATES
    kinds: ClassVar = KINDS
    methods: ClassVar = METHODS

    def auth(
        self, credentials: rakuma.Credentials, vault: TokenVault, now: Callable[[], datetime]
    ) -> rakuma.StaticHeaders:
        """Sign with the key that the mall has handed out as the client secret."""
        return rakuma.StaticHeaders({"X-Example-Key": credentials.client_secret or ""})

    def list_orders(self, period: Period, place: str) -> Call[rakuma.Page]:
        """Ask for a page by its number; whole seconds, so the client leaves out what is outside."""
        request = rakuma.form(
            "/list",
            page=place or "1",
            since=moment(period.start),
            until=moment(period.end),
        )
        return call("list", request, lambda answer: rakuma.by_page(answer["rows"], place, SIZE))

    def get_order(self, number: str) -> Call[object]:
        """Ask for one row."""

        def first(answer: dict[str, object]) -> object:
            rows = answer["rows"]
            assert isinstance(rows, list)  # what it is not becomes a DecodeError
            return rows[0]

        return call("one", rakuma.form("/one", id=number), first)

    def notify_shipped(self, notice: ShipmentNotice) -> Call[str]:
        """Report a shipment."""
        request = rakuma.form(
            "/ship",
            id=notice.order_number,
            slip=",".join(notice.tracking_numbers),
            company=notice.carrier,
        )
        return call("ship", request, lambda _answer: "", Effect.UNSAFE_WRITE)

    def register_review(self, review: BuyerReview) -> Call[str]:
        """Rate the buyer."""
        request = rakuma.form(
            "/review", id=review.order_number, stars=STARS[review.rating], words=review.message
        )
        return call("review", request, lambda _answer: "", Effect.UNSAFE_WRITE)

    def send_message(self, message: BuyerMessage) -> Call[str]:
        """Write to the buyer."""
        request = rakuma.form("/say", id=message.order_number, words=message.text)
        return call("say", request, lambda _answer: "", Effect.UNSAFE_WRITE)

    def list_messages(self, number: str) -> Call[tuple[Message, ...]]:
        """Ask for what was said."""

        def told(answer: dict[str, object]) -> tuple[Message, ...]:
            talk = answer["talk"]
            assert isinstance(talk, list)  # as above
            return tuple(
                Message(id=one["no"], sender="shop" if one["who"] else "buyer", text=one["words"])
                for one in talk
            )

        return call("messages", rakuma.form("/messages", id=number), told)

    def record(self, fields: rakuma.Fields) -> rakuma.RakumaRecord:
        """Say what each field means; 0 and "" are what this desk has for nothing."""
        return rakuma.RakumaRecord(
            number=fields.text("id"),
            state=fields.code("stage", STATES, numeric=True),
            code=str(fields.count("stage")),
            ordered_at=fields.epoch("bought"),
            paid_at=fields.optional_epoch("paid"),
            shipped_at=fields.optional_epoch("sent"),
            completed_at=fields.optional_epoch("closed"),
            cancelled_at=fields.optional_epoch("dropped"),
            account_kind=fields.code("kind", KINDS),
            item_id=fields.text("id"),
            title=fields.text("name"),
            quantity=fields.count("pieces"),
            unit_price=fields.count("price"),
            shipping_fee=fields.count("fee"),
            recipient=self._recipient(fields) if fields.text("person", "") else None,
            delivery_method=fields.code("way", METHODS, numeric=True),
            carrier=fields.text("company", ""),
            tracking_number=fields.text("slip", ""),
        )

    def _recipient(self, fields: rakuma.Fields) -> Contact:
        family, _, given = fields.text("person").partition(" ")
        return Contact(
            family_name=family,
            given_name=given,
            phone=fields.text("phone", ""),
            address=Address(
                postal_code=fields.text("zip"),
                prefecture=fields.text("addr1"),
                street=fields.text("addr2"),
            ),
        )


WIRE = FormWire()
