"""The push of system events: what a notification tells, and what is answered."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync.adapters.rakuten import events
from mallsync.errors import AuthFailed, ConfigError, DecodeError, MallError, Unavailable
from mallsync.model.period import JST
from tests.adapters.rakuten.made import NUMBER

KEY = "made-up-auth-key"

# wire facts §7; everything is invented
PLACED = f"""<?xml version="1.0" encoding="UTF-8"?>
<orderNotifyModel>
  <authModel><contractId>31</contractId><shopUrl>mihon-shop</shopUrl><authKey>{KEY}</authKey></authModel>
  <orderInfoNotifyModel>
    <orderNumber>{NUMBER}</orderNumber><seqId>7</seqId>
    <orderDate>2026/11/22 09:05:07</orderDate><orderType>1</orderType>
    <basketModel><itemId>10000031</itemId><units>1</units></basketModel>
  </orderInfoNotifyModel>
  <orderInfoNotifyModel>
    <orderNumber>999003-20261122-0000000102</orderNumber><seqId/><orderDate>soon</orderDate>
  </orderInfoNotifyModel>
</orderNotifyModel>"""


def notify(service: str, function: str, values: str, key: str = KEY) -> bytes:
    """Return a notification of the general kind."""
    return (
        f"<notifyModel><authModel><shopUrl>mihon-shop</shopUrl><authKey>{key}</authKey></authModel>"
        f"<notifyInfoModel><requestId>req-31</requestId><serviceId>{service}</serviceId>"
        f"<functionId>{function}</functionId>{values}</notifyInfoModel></notifyModel>"
    ).encode()


def parse(body: bytes) -> tuple[events.Event, ...]:
    """Parse with the good key."""
    return events.parse(body, auth_key=KEY)


def test_placed_orders_are_told_by_number_and_moment() -> None:
    """Each order is an event; its parts of one value are kept, a date that is none is None."""
    first, second = parse(PLACED.encode())

    assert (
        events.Event(
            kind="order_placed",
            order_number=NUMBER,
            at=datetime(2026, 11, 22, 9, 5, 7, tzinfo=JST),
            shop_url="mihon-shop",
            id="7",
            values={
                "orderNumber": NUMBER,
                "seqId": "7",
                "orderDate": "2026/11/22 09:05:07",
                "orderType": "1",
            },
        )
        == first
    )
    assert (None, "") == (second.at, second.id)


@pytest.mark.parametrize(
    ("service", "function", "kind"),
    [
        ("3000", "1100", "items_edited"),
        ("3100", "1100", "images_edited"),
        ("4000", "1100", "purchase_history_changed"),
        ("4100", "1100", "restock_requested"),
        ("4200", "1100", "restock_requested"),
        ("5000", "1100", "screening_result"),
        ("5100", "1100", "caution"),
        ("9999", "1", "9999:1"),
    ],
)
def test_a_service_and_its_function_say_what_has_happened(
    service: str, function: str, kind: str
) -> None:
    """The pairs of the facts have a name; one that nobody knows is kept as it is."""
    (event,) = parse(notify(service, function, "<value1 name='orderNumber'>31</value1>"))

    assert (kind, "31", "mihon-shop", "req-31") == (
        event.kind,
        event.order_number,
        event.shop_url,
        event.id,
    )


def test_values_are_told_by_the_names_that_rakuten_gives_them() -> None:
    """A value without a name keeps its place; an empty one is empty."""
    values = (
        "<value1 name='orderNumber'>31</value1>"
        "<value2 name='timestamp'>2026/11/22 10:00:00</value2>"
        "<value3>x</value3><value4 name='before'/>"
    )
    (event,) = parse(notify("4000", "1100", values))

    assert {
        "orderNumber": "31",
        "timestamp": "2026/11/22 10:00:00",
        "value3": "x",
        "before": "",
    } == event.values
    assert datetime(2026, 11, 22, 10, 0, tzinfo=JST) == event.at


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026/11/22 10:00:00", datetime(2026, 11, 22, 10, 0, tzinfo=JST)),
        ("2026-11-22T01:00:00+00:00", datetime(2026, 11, 22, 10, 0, tzinfo=JST)),
        ("9" * 19, None),
        ("10:00:00", None),
        ("", None),
    ],
)
def test_a_moment_is_japans_unless_it_says_otherwise(text: str, expected: datetime | None) -> None:
    """What is no date is None: the event counts all the same."""
    (event,) = parse(notify("5000", "1100", f"<value1 name='time'>{text}</value1>"))

    assert expected == event.at


@pytest.mark.parametrize("key", ["", "other", KEY.upper(), "見本"])
def test_a_notification_with_another_key_is_refused(key: str) -> None:
    """It may be forged: nothing of it is told."""
    with pytest.raises(AuthFailed) as caught:
        parse(notify("3000", "1100", "", key))

    assert caught.value.code == "AUTH_KEY"
    assert KEY not in f"{caught.value} {caught.value!r}"


def test_a_notification_without_a_key_is_refused() -> None:
    """No authModel is no key."""
    with pytest.raises(AuthFailed):
        parse(b"<notifyModel/>")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<notifyModel>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><notifyModel>&a;</notifyModel>',
        b'<!DOCTYPE x SYSTEM "http://mall.example/x.dtd"><notifyModel/>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>',
        b'<?xml version="1.0" encoding="nobody-knows"?><notifyModel/>',
        b'<?xml version="1.0" encoding="Shift_JIS"?><notifyModel/>',
        b"\xff\xfe<",
    ],
)
def test_what_is_no_plain_xml_is_refused(body: bytes) -> None:
    """Neither a DTD nor an entity nor an unknown encoding is read."""
    with pytest.raises(DecodeError, match="NO_XML"):
        parse(body)


def test_another_document_with_the_right_key_is_refused() -> None:
    """Only the two documented models are read."""
    body = f"<other><authModel><authKey>{KEY}</authKey></authModel></other>".encode()
    with pytest.raises(DecodeError, match="UNKNOWN_MODEL"):
        parse(body)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_refused_with_a_mall_error(body: bytes) -> None:
    """Whatever comes from the internet, the host's view gets a `MallError`."""
    with pytest.raises(MallError):
        parse(body)


@pytest.mark.parametrize("key", ["", "  "])
def test_an_empty_key_is_refused_before_anything_is_read(key: str) -> None:
    """A shop without a key would take every notification for its own."""
    with pytest.raises(ConfigError, match="write the key"):
        events.parse(PLACED.encode(), auth_key=key)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, "N-000-000"),
        (AuthFailed(), "E-400-101"),
        (DecodeError(), "E-400-100"),
        (Unavailable(), "E-400-900"),
    ],
)
def test_the_reply_says_what_came_of_it(error: MallError | None, code: str) -> None:
    """Accepted, another key, bad values, or something unexpected."""
    expected = f"<responseModel><resultCode>{code}</resultCode></responseModel>"

    assert expected == events.reply(error).decode()
    assert events.CONTENT_TYPE.startswith("text/xml")
