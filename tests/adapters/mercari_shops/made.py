"""Made-up records and answers, written by hand from the facts (A4, A9)."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from mallsync import Order
from mallsync.adapters.mercari_shops.reading import Reader
from mallsync.wire.messages import Response

READER = Reader("demo")


def product(**other: object) -> dict[str, Any]:
    """Return a line of two dishes."""
    return {
        "productId": "PRODexample0000000001",
        "name": "サンプル皿",
        "purchasedQuantity": 2,
        "unshippedQuantity": 2,
        "unshippedCanceledQuantity": 0,
        "shippedCanceledQuantity": 0,
        "unitPrice": 1440,
        "buyerShippingFee": 600,
        "shippingMethod": "UNDECIDED",
        "variant": {
            "id": "VARexample00000000001",
            "name": "青",
            "skuCode": "DISH-BLUE",
            "janCode": None,
        },
        **other,
    }


def record(**other: object) -> dict[str, Any]:
    """Return a paid order that waits to be shipped."""
    return {
        "id": "AAAAbbbbCCCCddddEEEE01",
        "status": "WAITING_FOR_SHIPPING",
        "orderType": "EXAMPLE_TYPE",
        "createdAt": "2031-04-02T01:15:00Z",
        "paidAt": "2031-04-02T01:15:20Z",
        "completedAt": None,
        "totalPrice": 3480,
        "shippingAddress": deepcopy(ADDRESS),
        "products": [product()],
        "messages": [],
        **other,
    }


ADDRESS: dict[str, Any] = {
    "postalCode": "100-0000",
    "state": {"name": "東京都"},
    "city": "架空区",
    "address1": "例町1-2-3",
    "address2": "サンプル荘101",
    "lastName": "見本",
    "firstName": "太郎",
    "phoneNumber": "0300000000",
    "country": "JP",
}


def order(**other: object) -> Order:
    """Return it normalised."""
    return READER.read(record(**other))


def answer(payload: object, status: int = 200, **headers: str) -> Response:
    """Return an answer of the endpoint."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Response(status=status, body=body, headers=headers)


def page(*nodes: object, cursor: str | None = None, errors: object = None) -> Response:
    """Return a page of the list."""
    connection = {
        "edges": [{"node": node} for node in nodes],
        "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor},
    }
    payload: dict[str, object] = {"data": {"orderTransactions": connection}}
    if errors is not None:
        payload["errors"] = errors
    return answer(payload)


def refusal(code: object = "NOT_FOUND", path: object = None, message: str = "見本") -> Response:
    """Return an answer without data."""
    error = {"message": message, "path": path, "extensions": {"code": code}}
    return answer({"errors": [error], "data": None})
