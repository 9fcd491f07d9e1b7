"""A wire of Rakuma, to be filled in from the specification that Rakuma has handed to you.

1. Copy this file, and fill in what is marked FILL. Each is a fact of your specification; none of
   it is public, so nothing here is a guess of ours.
2. Record some answers of the mall into a folder: ``list_orders.json``, ``get_order.json``,
   ``get_order.404.json`` and so on.
3. Prove it, offline: ``mallsync rakuma check-wire my_wire:WIRE --samples my-samples``
4. Use it: ``rakuma.Client(credentials, shop_id="…", wire=my_wire.WIRE)``

Leave out what your specification does not have: it is `NotSupported` then. A whole wire, for a mall
that does not exist, is in ``examplemarket_wire.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from mallsync import Address, BuyerReview, Contact, Period, ShipmentNotice
from mallsync.adapters import rakuma
from mallsync.adapters.rakuma import Call, Method, State
from mallsync.errors import MallError
from mallsync.ports import TokenVault
from mallsync.wire.messages import Effect, Response

# FILL: the mall's code of each state. All seven must be reached by one, or check-wire says so.
STATES: dict[str, State] = {
    "FILL-1": State.PURCHASE_REQUESTED,
    "FILL-2": State.AWAITING_PAYMENT,
    "FILL-3": State.AWAITING_SHIPMENT,
    "FILL-4": State.AWAITING_RECEIPT,
    "FILL-5": State.AWAITING_SELLER_REVIEW,
    "FILL-6": State.COMPLETED,
    "FILL-7": State.CANCELLED,
}

# FILL: the mall's code of each delivery method; anonymous is left out where nothing is said of it.
METHODS: dict[str, Method] = {"FILL-1": Method("FILL", anonymous=False)}

# FILL: the mall's error codes, by what a caller does next (see mallsync.errors).
CODES: dict[str, type[MallError]] = {}

# FILL: the keys that lead to the error code in an answer, such as ("error", "code").
CODE_AT = ("FILL", "FILL")


def answer(response: Response, name: str) -> dict[str, object]:
    """Return the JSON of an answer that is no refusal."""
    return rakuma.json_answer(response, name, code_at=CODE_AT, codes=CODES)


class MyWire(rakuma.Wire):
    """What my specification says."""

    facts = rakuma.Facts(
        base_url="https://fill.invalid",  # FILL: what stands before each path
        requests_per_second=1.0,  # FILL
        # FILL: name a write here only if the specification promises that repeating it is harmless.
        idempotent=frozenset(),
        notice_fields=frozenset({"carrier", "tracking_numbers"}),  # FILL
    )
    states: ClassVar = STATES
    methods: ClassVar = METHODS

    def auth(
        self, credentials: rakuma.Credentials, vault: TokenVault, now: Callable[[], datetime]
    ) -> rakuma.StaticHeaders:
        """Say how the mall knows who asks: rakuma.bearer, StaticHeaders or PasswordGrant."""
        return rakuma.StaticHeaders({"X-FILL": credentials.password})

    def list_orders(self, period: Period, place: str) -> Call[rakuma.Page]:
        """Ask for a page of the orders of a period; `place` is what the page before told."""
        request = rakuma.get("/FILL", fill_from=period.start.isoformat(), fill_place=place)

        def page(response: Response) -> rakuma.Page:
            told = answer(response, "FILL")
            return rakuma.by_cursor(told["FILL"], told["FILL"])  # or by_page, by_offset

        return Call(name="FILL", request=request, meaning=page)

    def get_order(self, number: str) -> Call[object]:
        """Ask for one order; the mall's code for "not there" must be `NotFound` in CODES."""
        request = rakuma.get(f"/FILL/{number}")
        return Call(
            name="FILL", request=request, meaning=lambda response: answer(response, "FILL")["FILL"]
        )

    def notify_shipped(self, notice: ShipmentNotice) -> Call[str]:
        """Report a shipment."""
        body = {"FILL": notice.order_number, "FILL-2": ",".join(notice.tracking_numbers)}
        request = rakuma.post_json("/FILL", body)  # or rakuma.form
        return Call(
            name="FILL",
            request=request,
            meaning=lambda response: str(answer(response, "FILL")["FILL"]),
            effect=Effect.UNSAFE_WRITE,
        )

    def register_review(self, review: BuyerReview) -> Call[str]:
        """Rate the buyer."""
        request = rakuma.post_json("/FILL", {"FILL": review.message})
        return Call(
            name="FILL",
            request=request,
            meaning=lambda response: str(answer(response, "FILL")["FILL"]),
            effect=Effect.UNSAFE_WRITE,
        )

    def record(self, fields: rakuma.Fields) -> rakuma.RakumaRecord:
        """Say what each field means; paths are keys with points between."""
        return rakuma.RakumaRecord(
            number=fields.text("FILL.number"),
            state=fields.code("FILL.state", STATES),
            code=fields.text("FILL.state"),
            ordered_at=fields.moment("FILL.ordered"),
            paid_at=fields.optional_moment("FILL.paid"),
            title=fields.text("FILL.title"),
            unit_price=fields.count("FILL.price"),
            shipping_fee=fields.optional_count("FILL.postage"),
            recipient=Contact(
                family_name=fields.text("FILL.name", ""),
                address=Address(postal_code=fields.text("FILL.zip", "")),
            )
            if fields.has("FILL.name")
            else None,
            anonymous=fields.flag("FILL.anonymous"),
            delivery_method=fields.code("FILL.method", METHODS),
            tracking_number=fields.text("FILL.tracking", ""),
        )


WIRE = MyWire()
