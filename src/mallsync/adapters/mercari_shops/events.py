"""The webhooks of Mercari Shops: bare notifications that something has happened to an order.

Mercari POSTs JSON to a URL of the host. It names the order and says no more: it is a trigger for
``client.get_orders``. No signature is known: put a secret into the URL, and serve it by TLS only.
About a quarter came more than five minutes late at one company, so go on polling (A7).

A host's view, whatever its framework::

    event = events.parse(request.body)
    if event.order_number:
        queue.append(event.order_number)
    return Response(status=204)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from mallsync.adapters.mercari_shops.faults import failure, unreadable
from mallsync.adapters.mercari_shops.shapes import order_id
from mallsync.errors import ConfigError, DecodeError, Problem
from mallsync.wire.bodies import load_json
from mallsync.wire.messages import Response
from mallsync.wire.moments import zoned_moment

__all__ = ["ACCEPTED", "Event", "Topic", "parse"]

ACCEPTED = (102, 200, 201, 202, 204)
"""HTTP statuses that end a delivery; after any other it is repeated for several days (A7)."""

_OPERATION = "webhook"


class Topic(StrEnum):
    """What a webhook can be about, as the body spells it; the API's enum has capital letters."""

    ORDER_TRANSACTION_CREATED = "order_transaction_created"
    ORDER_TRANSACTION_PAID = "order_transaction_paid"
    ORDER_TRANSACTION_CANCELED = "order_transaction_canceled"
    ORDER_CANCELLATION_COMPLETED = "order_cancellation_completed"
    ORDER_TRANSACTION_MESSAGE_CREATED = "order_transaction_message_created"
    INQUIRY_MESSAGE_CREATED = "inquiry_message_created"
    INQUIRY_RESOLVED = "inquiry_resolved"
    INQUIRY_MESSAGE_ADMIN_DELETED = "inquiry_message_admin_deleted"


@frozen(kw_only=True)
class Event:
    """One thing that has happened at the mall.

    ``topic`` is one of `Topic` or an unknown one, in small letters. ``values`` are the body's own
    texts by the names that Mercari gives them. That the topics of inquiries name an order is not
    known.
    """

    topic: str
    shop_id: str = ""
    order_number: str = ""
    at: datetime | None = None
    values: Mapping[str, str] = field(factory=dict, repr=False)


def parse(body: bytes | str) -> Event:
    """Return what a notification says.

    Args:
        body: The body of the POST.

    Raises:
        DecodeError: It is no notification: answer with 400.
        ConfigError: `body` is neither bytes nor text.

    >>> event = parse('{"topic": "order_transaction_paid", "order_transaction_id": "AAAA01"}')
    >>> event.topic == Topic.ORDER_TRANSACTION_PAID, event.order_number
    (True, 'AAAA01')
    """
    if not isinstance(body, bytes | str):
        raise ConfigError(f"body is {type(body).__name__}: write the bytes of the POST")
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    try:
        told = load_json(Response(status=200, body=data))
    except ValueError:
        raise failure(DecodeError, _OPERATION, "NO_JSON") from None
    if not isinstance(told, dict):
        raise failure(DecodeError, _OPERATION, "NOT_AN_OBJECT")
    values = {key: value for key, value in told.items() if isinstance(value, str)}
    topic = values.get("topic", "").strip().lower()
    if not topic:
        raise unreadable(_OPERATION, [Problem(place="topic", code="missing or of another type")])
    return Event(
        topic=topic,
        shop_id=values.get("shop_id", ""),
        order_number=order_id(values.get("order_transaction_id", "")),
        at=_moment(values.get("created_at", "")),
        values=values,
    )


def _moment(text: str) -> datetime | None:
    """Return when it happened; None for what cannot be read, which is no reason to refuse."""
    try:
        return zoned_moment(text)
    except ValueError:
        return None
