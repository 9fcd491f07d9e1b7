"""Rows and replies as Qoo10 sends them (v3), made up by hand from the facts, not by our codecs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from attrs import define, field

from mallsync.adapters import qoo10
from mallsync.adapters.qoo10.reading import Reader
from mallsync.errors import MallError
from mallsync.model.order import Order
from mallsync.transport import Settings, Surroundings
from mallsync.wire.messages import Request, Response
from mallsync.wire.retry import Backoff
from tests.adapters.qoo10.shop import NOW

READER = Reader("demo")


def row(number: int = 1900000011, /, **changes: Any) -> dict[str, Any]:
    """Return the row of a line of cart 880000001 that waits to be shipped; `...` drops a key."""
    told: dict[str, Any] = {
        "ShippingStatus": "On request(2)",
        "SellerID": "mihon_shop",
        "OrderNo": number,
        "PackNo": 880000001,
        "OrderDate": "2026-11-21 21:14:05",
        "PaymentDate": "2026-11-21 21:15:00",
        "ShippingDate": "",
        "DeliveredDate": "",
        "EstimatedShippingDate": "",
        "Buyer": "見本 太郎",
        "BuyerKana": "ミホン タロウ",
        "BuyerTel": "+81--",
        "BuyerMobile": "+81-90-0000-1111",
        "BuyerEmail": "buyer@example.invalid",
        "ItemNo": "700000001",
        "SellerItemCode": "DISH",
        "ItemTitle": "架空の皿",
        "Option": "",
        "OptionCode": "",
        "OrderPrice": 1000,
        "OrderQty": 2,
        "Discount": 0,
        "Total": 2000,
        "SellerDiscount": 0,
        "CartDiscountSeller": 0,
        "CartDiscountQoo10": 0,
        "ShippingRate": 500,
        "PaymentMethod": "コンビニ決済",
        "Receiver": "試験 花子",
        "ReceiverKana": "シケン ハナコ",
        "ZipCode": "999-0001",
        "ShippingAddress": "架空県見本市例町 1-2-3",
        "Address1": "架空県見本市例町",
        "Address2": "1-2-3",
        "ReceiverTel": "",
        "ReceiverMobile": "+81-90-0000-2222",
        "ShippingCountry": "JP",
        "DesiredDeliveryDate": "",
        "SenderName": "",
        "ShippingMessage": "",
        "RelatedOrder": "",
        "DeliveryCompany": "",
        "TrackingNo": "",
    }
    return {key: value for key, value in (told | changes).items() if value is not ...}


def claim(number: int = 1900000011, /, status: str = "3", **changes: Any) -> dict[str, Any]:
    """Return a row of the claims, which spell their keys otherwise."""
    told: dict[str, Any] = {
        "claimStatus": status,
        "cancelRefundDate": "2026-11-22 10:00:00",
        "reason": "お客様都合",
        "requestDate": "2026-11-22 09:30:00",
        "orderDate": "2026-11-21 21:14:05",
        "shippingDate": "",
        "DeliveredDate": "",
        "orderNo": number,
        "packNo": 880000001,
        "itemCode": "700000001",
        "sellerItemCode": "DISH",
        "itemTitle": "架空の皿",
        "orderQty": 2,
    }
    return told | changes


def order(*rows: dict[str, Any]) -> Order:
    """Return the order that rows make."""
    return READER.read(list(rows))


def reply(found: object = ..., *, code: object = 0, status: int = 200, **more: Any) -> Response:
    """Return the reply of a method: its envelope around what was found."""
    envelope = {"ResultCode": code, "ResultMsg": "見本", **more}
    if found is not ...:
        envelope["ResultObject"] = found
    return Response(status=status, body=json.dumps(envelope, ensure_ascii=False).encode())


@define
class Desk:
    """A transport that answers from rows made up by hand, and keeps what was asked.

    ``answers`` has replies for single methods, which come before the rows.
    """

    rows: list[dict[str, Any]] = field(factory=list)
    claims: list[dict[str, Any]] = field(factory=list)
    answers: dict[str, Callable[[dict[str, str]], Response | MallError]] = field(factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(factory=list)

    def send(self, request: Request, *, timeout: float) -> Response:
        """Answer."""
        method = request.path.rpartition(".")[2]
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        self.asked.append((method, form))
        if method in self.answers:
            told = self.answers[method](form)
            if isinstance(told, MallError):
                raise told
            return told
        return reply(self._found(method, form))

    def close(self) -> None:
        """Nothing is open."""

    def calls(self, method: str) -> list[dict[str, str]]:
        """Return the forms of the calls of one method."""
        return [form for asked, form in self.asked if asked == method]

    def _found(self, method: str, form: dict[str, str]) -> object:
        if method == "GetShippingInfo_v3":
            status = f"({form['ShippingStatus']})"
            return [one for one in self.rows if one["ShippingStatus"].endswith(status)]
        if method == "GetClaimInfo_V3":
            return self.claims
        number = form.get("OrderNo")
        return [one for one in self.rows if str(one["OrderNo"]) == number]


def client_at(desk: Desk, /, **more: Any) -> qoo10.Client:
    """Return a client that asks a desk."""
    credentials = qoo10.Credentials.from_certification_key("made-up")
    world = Surroundings(now=lambda: NOW, sleep=lambda _: None)
    settings = Settings(world=world, backoff=Backoff(attempts=1))
    return qoo10.Client(
        **{
            "credentials": credentials,
            "shop_id": "demo",
            "transport": desk,
            "pace": None,
            "settings": settings,
            **more,
        }
    )
