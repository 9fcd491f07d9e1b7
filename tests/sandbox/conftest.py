"""Running fakes and plain hands to knock at them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest
import requests

from mallsync import sandbox
from mallsync.sandbox.fakes.mercari_shops import MercariShops
from mallsync.sandbox.fakes.qoo10 import Qoo10
from mallsync.sandbox.fakes.rakuten import Rakuten
from mallsync.sandbox.world import JST

NOW = datetime(2026, 4, 10, 12, 0, tzinfo=JST)


@attrs.define
class Shop:
    """Speak to the fake as a shop does, with nothing of ours in between."""

    mall: sandbox.RakutenMall
    session: requests.Session

    @property
    def fake(self) -> Rakuten:
        """The data behind the counter."""
        return self.mall.fake

    def header(self) -> dict[str, str]:
        """Return the headers of a good request."""
        held = self.fake.license
        pair = f"{held.service_secret}:{held.license_key}".encode()
        return {
            "Authorization": f"ESA {base64.b64encode(pair).decode()}",
            "Content-Type": "application/json; charset=utf-8",
        }

    def post(
        self,
        operation: str,
        body: object,
        headers: Mapping[str, str | None] | None = None,
        timeout: float = 5.0,
    ) -> requests.Response:
        """Send one request; `headers` are laid over the good ones, None takes one away."""
        laid = {**self.header(), **(headers or {})}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = f"{self.mall.base_url}/es/2.0/order/{operation}/"
        return self.session.post(url, data=data, headers=laid, timeout=timeout)

    def ask(self, operation: str, body: object, status: int = 200) -> Any:
        """Send one request and return the JSON of its answer, which must have this status."""
        response = self.post(operation, body)
        assert response.status_code == status, response.text
        return response.json()

    def search(self, status: int = 200, **more: object) -> Any:
        """Search the last 62 days by order date."""
        now = self.mall.clock.now()
        body = {
            "dateType": 1,
            "startDatetime": stamp(now - timedelta(days=62)),
            "endDatetime": stamp(now),
            **more,
        }
        return self.ask("searchOrder", body, status)

    def get(self, *numbers: str, version: int = 10) -> Any:
        """Return the answer of getOrder."""
        return self.ask("getOrder", {"orderNumberList": list(numbers), "version": version})

    def ship(self, number: str, *records: object, status: int = 200) -> Any:
        """Report records of the first package of an order."""
        return self.ask("updateOrderShipping", self.shipment(number, *records), status)

    def shipment(self, number: str, *records: object) -> dict[str, Any]:
        """Return the body that reports records of the first package of an order."""
        basket = next(iter(self.fake.parcels(number)))
        baskets = [{"basketId": basket, "ShippingModelList": list(records)}]
        return {"orderNumber": number, "BasketidModelList": baskets}

    def to_ship(self, *, plan: str = "none", packages: int = 1) -> str:
        """Return the number of an order to ship that began so and has so many live packages."""
        return next(
            number
            for number in self.fake.in_progress(300)
            if self.fake.orders[number].plan == plan and len(self.fake.parcels(number)) == packages
        )


@attrs.define
class Seller:
    """Speak to the fake Qoo10 as a seller does, with nothing of ours in between."""

    mall: sandbox.Qoo10Mall
    session: requests.Session

    @property
    def fake(self) -> Qoo10:
        """The data behind the counter."""
        return self.mall.fake

    def header(self) -> dict[str, str]:
        """Return the headers of a good request."""
        return {
            "GiosisCertificationKey": self.mall.certification_key,
            "QAPIVersion": "1.0",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def post(
        self,
        operation: str,
        form: Mapping[str, str] | bytes,
        headers: Mapping[str, str | None] | None = None,
        timeout: float = 5.0,
    ) -> requests.Response:
        """Send one request; `headers` are laid over the good ones, None takes one away."""
        data = form if isinstance(form, bytes) else dict(form)
        laid = {**self.header(), **(headers or {})}
        url = f"{self.mall.base_url}/{operation}"
        return self.session.post(url, data=data, headers=laid, timeout=timeout)

    def ask(self, operation: str, **form: str) -> Any:
        """Send one request and return the JSON of its answer; HTTP says 200 to everything."""
        response = self.post(operation, form)
        assert 200 == response.status_code
        return json.loads(response.content)

    def list(self, status: str = "2", **more: str) -> Any:
        """List the last 80 days by order date, in the words of v3."""
        now = self.mall.clock.now()
        form = {
            "ShippingStatus": status,
            "SearchStartDate": f"{now - timedelta(days=80):%Y%m%d%H%M%S}",
            "SearchEndDate": f"{now:%Y%m%d%H%M%S}",
            "SearchCondition": "1",
        }
        return self.ask("ShippingBasic.GetShippingInfo_v3", **(form | more))

    def listed(self, status: str = "2", **more: str) -> set[str]:
        """Return the order numbers of a list."""
        return {str(row["OrderNo"]) for row in self.list(status, **more).get("ResultObject") or ()}

    def claims(self, **more: str) -> Any:
        """List the claims of the last 80 days by the day of the request."""
        now = self.mall.clock.now()
        form = {
            "search_Sdate": f"{now - timedelta(days=80):%Y%m%d%H%M%S}",
            "search_Edate": f"{now:%Y%m%d%H%M%S}",
            "search_condition": "2",
        }
        return self.ask("ShippingBasic.GetClaimInfo_V3", **(form | more))

    def get(self, number: str) -> Any:
        """Return the row of one order."""
        answer = self.ask("ShippingBasic.GetShippingAndClaimInfoByOrderNo_V2", OrderNo=number)
        return answer["ResultObject"][0]

    def send(self, number: str, carrier: str = "ゆうパック", tracking: str = "000011112222") -> int:
        """Report a shipment and return the code of the answer."""
        answer = self.ask(
            "ShippingBasic.SetSendingInfo",
            OrderNo=number,
            ShippingCorp=carrier,
            TrackingNo=tracking,
        )
        return int(answer["ResultCode"])

    def send_bulk(self, *rows: Mapping[str, object]) -> Any:
        """Report several shipments."""
        text = json.dumps(rows, ensure_ascii=False)
        return self.ask("ShippingBasic.SetSendingInfoBulk", ShippingInfoJson=text)

    def free(self, status: int = 2, size: int = 0) -> str:
        """Return the number of a line in a status that has no claim."""
        numbers = self.fake.in_status(status, size=size)
        return next(number for number in numbers if self.fake.lines[number].claim is None)


@attrs.define
class Partner:
    """Speak to the fake Mercari Shops as a partner company does, with nothing of ours between."""

    mall: sandbox.MercariShopsMall
    session: requests.Session

    @property
    def fake(self) -> MercariShops:
        """The data behind the counter."""
        return self.mall.fake

    def header(self) -> dict[str, str]:
        """Return the headers of a good request."""
        return {
            "Authorization": f"Bearer {self.fake.account.access_token}",
            "User-Agent": "mihon-client/1.0",
            "Content-Type": "application/json",
        }

    def post(
        self,
        document: object,
        variables: object = None,
        headers: Mapping[str, str | None] | None = None,
        url: str = "",
    ) -> requests.Response:
        """Send one request; `headers` are laid over the good ones, None takes one away."""
        body = {"query": document, "variables": variables}
        data = document if isinstance(document, bytes) else json.dumps(body).encode()
        laid = {**self.header(), **(headers or {})}
        return self.session.post(url or self.mall.base_url, data=data, headers=laid, timeout=5.0)

    def ask(self, document: str, **variables: object) -> Any:
        """Send one request and return the JSON of its answer."""
        response = self.post(document, variables)
        assert 200 == response.status_code, response.text
        return response.json()

    def data(self, document: str, **variables: object) -> Any:
        """Send one request and return its data, of which no error may be told."""
        answer = self.ask(document, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    def code(self, document: str, **variables: object) -> str:
        """Send one request and return the code of its refusal, which leaves no data."""
        answer = self.ask(document, **variables)
        assert answer["data"] is None
        return str(answer["errors"][0]["extensions"]["code"])

    def page(self, **more: object) -> Any:
        """Return a page of the list."""
        return self.data(LIST, **more)["orderTransactions"]

    def get(self, number: str) -> Any:
        """Return one order."""
        return self.data(ONE, id=number)["orderTransaction"]

    def change(self, mutation: str, **told: object) -> Any:
        """Return what a mutation gives."""
        return self.data(CHANGES[mutation], input=told)[mutation]

    def refusal(self, mutation: str, **told: object) -> str:
        """Return the code by which a mutation is refused."""
        return self.code(CHANGES[mutation], input=told)

    def shipment(self, number: str, **more: object) -> dict[str, Any]:
        """Return the input that opens a shipment of all that is left of an order."""
        products = [
            {
                "productId": one["productId"],
                "variantId": one["variant"]["id"],
                "quantity": one["unshippedQuantity"],
            }
            for one in self.get(number)["products"]
            if one["unshippedQuantity"]
        ]
        return {
            "orderTransactionId": number,
            "idempotencyKey": f"key-{number}",
            "products": products,
            **more,
        }

    def open(self, number: str) -> dict[str, Any]:
        """Open a shipment and return what names it to the other two mutations."""
        opened = self.change("createOrderShipping", **self.shipment(number))
        return {"orderTransactionId": number, "orderShippingId": opened["orderShipping"]["id"]}


_FIELDS = """
id status orderType createdAt paidAt completedAt totalPrice
shippingAddress { postalCode state { name } city address1 address2 lastName firstName phoneNumber }
products { productId name variant { id name skuCode janCode } purchasedQuantity unshippedQuantity
  unshippedCanceledQuantity shippedCanceledQuantity unitPrice buyerShippingFee shippingMethod }
messages { id role message createdAt }
"""
LIST = f"""query($first: Int, $after: String, $orderedDateGte: DateTime, $orderedDateLt: DateTime,
  $statuses: [OrderTransactionStatusFilter!]) {{
  orderTransactions(first: $first, after: $after, orderedDateGte: $orderedDateGte,
    orderedDateLt: $orderedDateLt, statuses: $statuses) {{
    edges {{ cursor node {{ {_FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
ONE = f"query($id: ID!) {{ orderTransaction(id: $id) {{ {_FIELDS} }} }}"
_KINDS = {
    "createOrderShipping": ("CreateOrderShippingInput", "orderShipping { id }"),
    "updateOrderShippingTrackingCode": (
        "UpdateOrderShippingTrackingCodeInput",
        "orderShipping { id }",
    ),
    "completeOrderShipping": ("CompleteOrderShippingInput", "orderShippingId"),
    "addOrderTransactionMessage": (
        "AddOrderTransactionMessageInput",
        "orderTransaction { id messages { id role message } }",
    ),
    "createWebhook": ("CreateWebhookInput", "webhook { id topic endPoint createdAt apiVersion }"),
    "deleteWebhook": ("DeleteWebhookInput", "id"),
}
CHANGES = {
    name: f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {fields} }} }}"
    for name, (kind, fields) in _KINDS.items()
}


def stamp(moment: datetime) -> str:
    """Write a moment as the mall wants it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0900")


def codes(answer: Any) -> list[str]:
    """Return the message codes of an answer, without what all of them begin with."""
    return [one["messageCode"].removeprefix("ORDER_EXT_API_") for one in answer["MessageModelList"]]


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Run a fake at a fixed moment."""
    with sandbox.running(seed=1, orders=300, now=NOW) as malls, requests.Session() as session:
        session.trust_env = False
        yield Shop(malls.rakuten, session)


@pytest.fixture
def seller() -> Iterator[Seller]:
    """Run a fake Qoo10 at a fixed moment."""
    with sandbox.running(seed=1, orders=300, now=NOW) as malls, requests.Session() as session:
        session.trust_env = False
        yield Seller(malls.qoo10, session)


@pytest.fixture
def partner() -> Iterator[Partner]:
    """Run a fake Mercari Shops at a fixed moment."""
    with sandbox.running(seed=1, orders=300, now=NOW) as malls, requests.Session() as session:
        session.trust_env = False
        yield Partner(malls.mercari_shops, session)
