"""Webhooks: topics as values, and bodies that name an order and no more (A7)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from mallsync import JST, sandbox
from mallsync.adapters import mercari_shops
from mallsync.adapters.mercari_shops import events
from mallsync.errors import ConfigError, DecodeError

BODY: dict[str, Any] = {
    "topic": "order_transaction_paid",
    "shop_id": "SHOPexample0000000001",
    "order_transaction_id": "AAAAbbbbCCCCddddEEEE01",
    "created_at": "2031-04-02T01:15:21Z",
}


@pytest.mark.parametrize("wrap", [str, str.encode])
def test_a_notification_says_what_has_happened_to_which_order(wrap: Any) -> None:
    """As bytes, or as text."""
    event = events.parse(wrap(json.dumps(BODY)))

    assert (events.Topic.ORDER_TRANSACTION_PAID, "AAAAbbbbCCCCddddEEEE01") == (
        event.topic,
        event.order_number,
    )
    assert "SHOPexample0000000001" == event.shop_id
    assert datetime(2031, 4, 2, 10, 15, 21, tzinfo=JST) == event.at
    assert BODY == event.values


def test_a_topic_may_come_in_capital_letters_and_a_number_with_its_prefix() -> None:
    """As the API's enum and the mails have them."""
    body = {"topic": "ORDER_TRANSACTION_CREATED", "order_transaction_id": "order_A"}
    event = events.parse(json.dumps(body))

    assert (events.Topic.ORDER_TRANSACTION_CREATED, "A") == (event.topic, event.order_number)
    assert event.at is None


def test_an_unknown_topic_and_an_unreadable_moment_are_kept() -> None:
    """They are no reason to refuse a notification."""
    event = events.parse(json.dumps({"topic": "new_thing", "created_at": "soon", "n": 3}))

    assert ("new_thing", "", None, {"topic": "new_thing", "created_at": "soon"}) == (
        event.topic,
        event.order_number,
        event.at,
        dict(event.values),
    )
    assert events.parse('{"topic": "x", "created_at": "2031-04-02T01:15:21"}').at is None
    assert events.parse('{"topic": "x", "created_at": "9999-12-31T23:15:21Z"}').at is None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"3", b"{}", b'{"topic": ""}', b'{"topic": 3}', b"\xff", "\ud800"]
)
def test_what_is_no_notification_is_refused(body: bytes | str) -> None:
    """The mall sends it again for some days."""
    with pytest.raises(DecodeError):
        events.parse(body)


def test_what_is_no_body_is_a_mistake_of_the_host() -> None:
    """It says what to give."""
    with pytest.raises(ConfigError, match="write the bytes"):
        events.parse(None)  # type: ignore[arg-type]  # wrong on purpose


def test_a_notification_of_the_fake_leads_to_the_order(
    mall: sandbox.MercariShopsMall, client: mercari_shops.Client
) -> None:
    """It is a trigger, and nothing else."""
    (number,) = mall.fake.place()
    body = json.dumps(mall.fake.webhook_body("order_transaction_created", number))
    event = events.parse(body)

    (order,) = client.get_orders([event.order_number])
    assert number == order.number
    assert 204 in events.ACCEPTED
