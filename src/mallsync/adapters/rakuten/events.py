"""The push of Rakuten's system event notification service (システムイベント通知サービス).

Rakuten POSTs XML to a URL of the host and wants XML back. A notification carries no personal
data: it is a trigger for ``client.get_orders``. One public client is the only source of the
format (weak): what is not known is kept, not refused. HTTP headers, repetition and source
addresses are not documented: verify the auth key, and serve the URL by TLS only.

A host's view, whatever its framework::

    try:
        happened = events.parse(request.body, auth_key=key)
    except MallError as error:
        answer = events.reply(error)
    else:
        queue.extend(event.order_number for event in happened if event.order_number)
        answer = events.reply()
    return Response(answer, content_type=events.CONTENT_TYPE)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING

from attrs import field, frozen
from dateutil import parser as dates
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from mallsync.adapters.rakuten.faults import failure
from mallsync.errors import AuthFailed, DecodeError, MallError
from mallsync.model.period import JST
from mallsync.wire.credentials import secret

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["CONTENT_TYPE", "KINDS", "Event", "parse", "reply"]

CONTENT_TYPE = "text/xml; charset=utf-8"

KINDS = {
    "3000:1100": "items_edited",
    "3100:1100": "images_edited",
    "4000:1100": "purchase_history_changed",
    "4100:1100": "restock_requested",
    "4200:1100": "restock_requested",
    "5000:1100": "screening_result",
    "5100:1100": "caution",
}
"""serviceId:functionId → what has happened; another pair is kept as its kind."""

_OPERATION = "systemEventNotification"
_NO_DAY = datetime(1, 1, 1, tzinfo=JST)
"""What a text leaves out is taken from here, never from the day on which it is read."""

_CODES: tuple[tuple[type[MallError], str], ...] = (
    (AuthFailed, "E-400-101"),
    (DecodeError, "E-400-100"),
    (MallError, "E-400-900"),
)


@frozen(kw_only=True)
class Event:
    """One thing that has happened at the mall.

    ``kind`` is ``"order_placed"``, one of `KINDS`, or an unknown ``serviceId:functionId``.
    ``values`` are the event's own values by the names that Rakuten gives them.
    """

    kind: str
    order_number: str = ""
    at: datetime | None = None
    shop_url: str = ""
    id: str = ""
    values: Mapping[str, str] = field(factory=dict, repr=False)


def parse(body: bytes, *, auth_key: str) -> tuple[Event, ...]:
    """Return what a notification tells, once its auth key is verified.

    Args:
        body: The request's body as it came.
        auth_key: The key that RMS shows for the service.

    Raises:
        ConfigError: The auth key is empty.
        AuthFailed: The notification carries another key: it may be forged.
        DecodeError: It is no such XML, or holds a DTD or an entity.
    """
    key = secret(auth_key, "auth_key")
    try:
        root = fromstring(body, forbid_dtd=True)
    except (
        ParseError,
        DefusedXmlException,
        ValueError,
        LookupError,
    ):  # LookupError: no such encoding
        raise failure(DecodeError, _OPERATION, "NO_XML") from None
    given = _text(root, "authModel/authKey").encode()
    if not compare_digest(given, key.encode()):
        raise failure(AuthFailed, _OPERATION, "AUTH_KEY")
    if root.tag not in ("orderNotifyModel", "notifyModel"):
        raise failure(DecodeError, _OPERATION, "UNKNOWN_MODEL")
    shop_url = _text(root, "authModel/shopUrl")
    return (*_placed(root, shop_url), *_happened(root, shop_url))


def reply(error: MallError | None = None) -> bytes:
    """Return the body to answer with: accepted, or the code that an error of `parse` stands for.

    >>> reply().decode()
    '<responseModel><resultCode>N-000-000</resultCode></responseModel>'
    """
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "N-000-000")
    return f"<responseModel><resultCode>{code}</resultCode></responseModel>".encode()


def _placed(root: Element, shop_url: str) -> Iterator[Event]:
    for info in root.findall("orderInfoNotifyModel"):
        yield Event(
            kind="order_placed",
            order_number=_text(info, "orderNumber"),
            at=_moment(_text(info, "orderDate")),
            shop_url=shop_url,
            id=_text(info, "seqId"),
            values={child.tag: child.text or "" for child in info if not len(child)},
        )


def _happened(root: Element, shop_url: str) -> Iterator[Event]:
    for info in root.findall("notifyInfoModel"):
        pair = f"{_text(info, 'serviceId')}:{_text(info, 'functionId')}"
        values = {
            child.get("name") or child.tag: child.text or ""
            for child in info
            if child.tag.startswith("value")
        }
        yield Event(
            kind=KINDS.get(pair, pair),
            order_number=values.get("orderNumber", ""),
            at=_moment(values.get("timestamp") or values.get("time") or ""),
            shop_url=shop_url,
            id=_text(info, "requestId"),
            values=values,
        )


def _text(node: Element, path: str) -> str:
    return (node.findtext(path) or "").strip()


def _moment(text: str) -> datetime | None:
    """Return "yyyy/MM/dd hh:mm:ss" as a moment in Japan; None for what is no date."""
    try:
        moment = dates.parse(text, default=_NO_DAY)
    except (ValueError, OverflowError):
        return None
    return None if moment.year == _NO_DAY.year else moment
