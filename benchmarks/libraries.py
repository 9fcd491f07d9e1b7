"""What others build of an answer: their objects from their own documents, against ``json.loads``.

They do less: none of them checks a field, and none maps it to a common form. rakuten-ws speaks the
SOAP interface that Rakuten has closed, so that no sandbox can answer it: what is measured is how it
reads an order of today's fields as XML. ``pip install 'mallsync[bench]'`` brings them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from xml.etree import ElementTree as ET

import shopify
import stripe
from rakuten_ws.utils import xml2dict

from benchmarks.decode import Case, by_json
from benchmarks.measuring import Figure, figure, seconds

__all__ = ["measure"]

_ORDERS = 200

Document = dict[str, object]


def measure(cases: Sequence[Case], rounds: int = 7) -> list[Figure]:
    """Return the figures; each library builds as many orders as it is given, by turns."""
    shopify.ShopifyResource.set_site("https://demo.example.invalid")
    ours: list[Document] = json.loads(cases[0].body)["OrderModelList"]
    xml = [ET.tostring(_element("OrderModel", one)) for one in ours]
    sessions, orders = _bodies(_stripe_session), _bodies(_shopify_order)
    build = stripe.checkout.Session.construct_from
    works: dict[str, tuple[Callable[[], object], list[bytes]]] = {
        "stripe, a checkout session": (
            lambda: [build(json.loads(one), None) for one in sessions],
            sessions,
        ),
        "ShopifyAPI, an order": (
            lambda: [shopify.Order(json.loads(one)) for one in orders],
            orders,
        ),
        "rakuten-ws, an order as XML": (
            partial(_each, xml2dict, xml),
            [json.dumps(one, ensure_ascii=False).encode() for one in ours],
        ),
        "mallsync, an order of Rakuten": (
            partial(by_json, cases[0].decode),
            [cases[0].body],
        ),
    }
    return [
        figure(
            f"  objects of {name} / json.loads",
            [seconds(work) / seconds(partial(_each, json.loads, plain)) for _ in range(rounds)],
            unit="x",
        )
        for name, (work, plain) in works.items()
    ]


def _each(work: Callable[[bytes], object], bodies: Sequence[bytes]) -> list[object]:
    return [work(one) for one in bodies]


def _bodies(made: Callable[[int], Document]) -> list[bytes]:
    return [json.dumps(made(number), ensure_ascii=False).encode() for number in range(_ORDERS)]


def _element(name: str, value: object) -> ET.Element:
    """Return a value as XML, each item of a list under the list's own name."""
    element = ET.Element(name)
    if isinstance(value, dict):
        for key, each in value.items():
            element.extend(
                _element(key, one) for one in (each if isinstance(each, list) else [each])
            )
    elif value is not None:
        element.text = str(value)
    return element


def _stripe_session(number: int) -> Document:
    """Return a made-up session with the fields of Stripe's own example, 1.9 kB."""
    address = {
        "city": "見本市",
        "country": "JP",
        "line1": f"例示通 {number}",
        "line2": None,
        "postal_code": "999-0100",
        "state": "架空県",
    }
    absent = [
        "after_expiration",
        "allow_promotion_codes",
        "client_reference_id",
        "consent",
        "consent_collection",
        "customer",
        "customer_creation",
        "expires_at",
        "invoice",
        "locale",
        "payment_link",
        "payment_status",
        "phone_number_collection",
        "recovered_from",
        "setup_intent",
        "shipping_cost",
        "submit_type",
        "subscription",
        "cancel_url",
    ]
    return {
        "id": f"cs_made_up_{number}",
        "object": "checkout.session",
        **dict.fromkeys(absent),
        "amount_subtotal": 1980 + number,
        "amount_total": 2480 + number,
        "automatic_tax": {"enabled": False, "liability": None, "status": None},
        "created": 1795000000 + number,
        "currency": "jpy",
        "custom_text": {"shipping_address": None, "submit": None},
        "customer_details": {
            "address": address,
            "email": f"buyer{number}@example.invalid",
            "name": "見本 試験",
            "phone": "+819000001111",
            "tax_exempt": "none",
            "tax_ids": [{"type": "jp_cn", "value": "0000000000000"}],
        },
        "livemode": False,
        "metadata": {"order": str(number), "shop": "demo"},
        "mode": "payment",
        "payment_intent": f"pi_made_up_{number}",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card", "konbini"],
        "shipping_details": {"address": address, "name": "見本 試験"},
        "shipping_options": [{"shipping_amount": 500, "shipping_rate": "shr_made_up"}],
        "status": "complete",
        "total_details": {"amount_discount": 0, "amount_shipping": 500, "amount_tax": 0},
        "url": None,
    }


def _shopify_order(number: int) -> Document:
    """Return a made-up order with the fields of Shopify's REST order, 5 kB."""
    address = {
        "first_name": "試験",
        "last_name": "見本",
        "address1": f"例示通 {number}",
        "address2": None,
        "phone": "090-0000-1111",
        "city": "見本市",
        "zip": "999-0100",
        "province": "架空県",
        "country": "Japan",
        "company": None,
        "latitude": None,
        "longitude": None,
        "name": "見本 試験",
        "country_code": "JP",
        "province_code": "JP-00",
    }
    texts = [
        "browser_ip",
        "cart_token",
        "checkout_token",
        "client_details",
        "confirmation_number",
        "contact_email",
        "customer_locale",
        "financial_status",
        "fulfillment_status",
        "landing_site",
        "name",
        "note",
        "order_status_url",
        "phone",
        "processing_method",
        "referring_site",
        "source_name",
        "tags",
        "token",
    ]
    prices = ("current_subtotal_price", "subtotal_price", "total_discounts", "total_price")
    amounts = {name: {"amount": "2480", "currency_code": "JPY"} for name in ("shop_money", "paid")}
    return {
        "id": 45000000 + number,
        **dict.fromkeys(texts, "made up"),
        **dict.fromkeys(prices, "2480"),
        **{f"{name}_set": amounts for name in prices},
        "created_at": "2026-11-22T09:00:00+09:00",
        "updated_at": "2026-11-22T09:05:00+09:00",
        "currency": "JPY",
        "billing_address": address,
        "shipping_address": address,
        "customer": {"id": number, "email": None, "default_address": address, "tags": ""},
        "discount_codes": [{"code": "MIHON", "amount": "100", "type": "fixed_amount"}],
        "fulfillments": [
            {"id": 1, "order_id": number, "status": "success", "tracking_number": "0"}
        ],
        "line_items": [
            {
                "id": 46000000 + number * 3 + at,
                "title": "架空の茶",
                "variant_title": "大",
                "sku": f"DEMO-{at}",
                "vendor": "demo",
                "quantity": 1,
                "price": "1980",
                "price_set": amounts,
                "grams": 100,
                "taxable": True,
                "requires_shipping": True,
                "product_id": 47000000 + at,
                "variant_id": 48000000 + at,
                "properties": [{"name": "熨斗", "value": "なし"}],
                "tax_lines": [
                    {"title": "消費税", "price": "180", "rate": 0.1, "price_set": amounts}
                ],
            }
            for at in range(2)
        ],
        "shipping_lines": [{"id": 1, "title": "宅配便", "price": "500", "price_set": amounts}],
        "tax_lines": [{"title": "消費税", "price": "225", "rate": 0.1}],
    }
