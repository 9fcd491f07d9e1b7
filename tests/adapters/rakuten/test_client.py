"""The client's front: what it refuses before anything is sent, and how it is opened and closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import requests_mock

from mallsync import Period, ShipmentNotice
from mallsync.adapters import rakuten
from mallsync.adapters.rakuten.client import BASE_URL, REQUESTS_PER_SECOND
from mallsync.errors import ConfigError, NotFound
from mallsync.model.period import JST
from mallsync.ports import MallClient
from mallsync.testing import ScriptedTransport
from mallsync.transport import Pace
from tests.adapters.rakuten.made import NOW, NUMBER, message, notice, order, record, response

DAY = Period.days(date(2026, 11, 22), date(2026, 11, 22))


def credentials(**more: Any) -> rakuten.Credentials:
    """Return credentials, with some fields changed."""
    facts = {"service_secret": "SP000000_made-up", "license_key": "SL000000_made-up"}
    return rakuten.Credentials(**{**facts, **more})


def client(*script: Any, **more: Any) -> rakuten.Client:
    """Return a client that answers from a script."""
    transport = ScriptedTransport(list(script))
    return rakuten.Client(
        credentials(), **{"shop_id": "demo", "transport": transport, "pace": None, **more}
    )


# ------------------------------------------------------------------------------------- credentials


@pytest.mark.parametrize("field", ["service_secret", "license_key"])
@pytest.mark.parametrize("wrong", ["", "   ", "\u3000", None, 3, "a b", "キー", "a\nb"])
def test_a_key_that_cannot_be_one_is_refused_by_name(field: str, wrong: object) -> None:
    """The message names the field and says what to write, and shows no key."""
    with pytest.raises(ConfigError, match=field) as caught:
        credentials(**{field: wrong})

    assert "a b" not in str(caught.value)


def test_blanks_around_a_key_are_stripped() -> None:
    """Copied keys bring blanks, wide ones too; they would be refused as wrong."""
    stripped = credentials(service_secret=" SP_x\n", license_key="\u3000SL_y\t")

    assert ("SP_x", "SL_y") == (stripped.service_secret, stripped.license_key)


@pytest.mark.parametrize("field", ["issued_at", "expires_at"])
@pytest.mark.parametrize("wrong", [datetime(2026, 11, 22), date(2026, 11, 22), "2026-11-22"])  # noqa: DTZ001 -- naive on purpose
def test_a_keys_date_must_be_aware(field: str, wrong: object) -> None:
    """A naive moment means nothing; the message says what to write."""
    with pytest.raises(ConfigError, match="write"):
        credentials(**{field: wrong})


def test_credentials_show_their_dates_only() -> None:
    """Neither secret is in a repr."""
    shown = repr(credentials(expires_at=NOW))

    assert "made-up" not in shown
    assert "2026" in shown


# ------------------------------------------------------------------------------------ construction


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"shop_id": ""}, "shop_id is empty: write"),
        ({"shop_id": "  "}, "shop_id is empty: write"),
        ({"shop_id": 3}, "shop_id is empty: write"),
        ({"base_url": "http://mall.example"}, "no TLS: write https"),
        ({"base_url": "mall.example"}, "write https"),
        ({"base_url": None}, "write https"),
        ({"base_url": "https://user:word@mall.example"}, "take out"),
    ],
)
def test_a_client_that_cannot_work_is_not_made(arguments: dict[str, Any], said: str) -> None:
    """Each wrong argument is a ConfigError that says what to write."""
    with pytest.raises(ConfigError, match=said):
        rakuten.Client(credentials(), **{"shop_id": "demo", **arguments})


@pytest.mark.parametrize("wrong", [None, "SP:SL", ("SP", "SL"), {"license_key": "x"}])
def test_credentials_of_another_kind_are_refused(wrong: Any) -> None:
    """The message says how to write them."""
    with pytest.raises(ConfigError, match=r"write rakuten\.Credentials"):
        rakuten.Client(wrong, shop_id="demo")


def test_a_shop_id_is_stripped_and_shows() -> None:
    """Mall and shop are what a client says of itself."""
    with client(shop_id=" demo ") as one:
        assert ("rakuten", "demo") == (one.mall, one.shop_id)
        assert repr(one) == "rakuten.Client(shop_id='demo')"


def test_a_client_is_a_mall_client() -> None:
    """It fits the port that hosts are written against."""
    with client() as one:
        port: MallClient = one

        assert port.mall == "rakuten"


def test_left_alone_a_client_goes_to_the_mall_at_its_pace() -> None:
    """TLS, the documented host, one request a second."""
    one = rakuten.Client(credentials(), shop_id="demo")

    assert one._engine.pace is not None
    assert one._engine.pace.interval >= 1 / REQUESTS_PER_SECOND
    assert BASE_URL == "https://api.rms.rakuten.co.jp"
    one.close()


def test_a_pace_can_be_shared() -> None:
    """Two clients of one licence draw on the same limit."""
    pace = Pace(1)
    with client(pace=pace) as one, client(pace=pace) as two:
        assert one._engine.pace is pace
        assert two._engine.pace is pace


# ---------------------------------------------------------------------------------- wrong arguments


_WRONG: tuple[Callable[[Any], object], ...] = (
    lambda one: one.fetch_orders("today"),
    lambda one: one.fetch_orders(DAY, statuses="300"),
    lambda one: one.fetch_orders(DAY, statuses={"301"}),
    lambda one: one.fetch_orders(DAY, statuses=3),
    lambda one: one.sightings(None),
    lambda one: one.sightings(DAY, known=NUMBER),
    lambda one: one.sightings(DAY, held=[NUMBER]),
    lambda one: one.sightings(DAY, known=[3]),
    lambda one: one.get_orders(NUMBER),
    lambda one: one.get_orders([""]),
    lambda one: one.get_orders(3),
    lambda one: one.send_notices(notice()),
    lambda one: one.send_notices("x"),
    lambda one: one.send_notices([NUMBER]),
    lambda one: one.confirm_orders(NUMBER),
    lambda one: one.confirm_orders([None]),
    lambda one: one.cancel_order("", reason=1),
    lambda one: one.cancel_order(NUMBER, reason=7),
    lambda one: one.cancel_order(NUMBER, reason=1, restore_stock=3),
    lambda one: one.update_memo(NUMBER),
    lambda one: one.update_memo("", memo="見本"),
    lambda one: one.update_memo(NUMBER, delivery_date=NOW),
    lambda one: one.update_memo(NUMBER, delivery_date="2026-11-25"),
    lambda one: one.update_memo(NUMBER, delivery_class=9),
)


@pytest.mark.parametrize("call", _WRONG)
def test_a_wrong_argument_is_refused_before_anything_is_sent(call: Callable[[Any], object]) -> None:
    """Each is a ConfigError at the call itself that says what to write."""
    transport = ScriptedTransport([])
    with client(transport=transport) as one, pytest.raises(ConfigError, match="write"):
        call(one)

    assert [] == transport.sent


def test_an_empty_set_of_statuses_is_refused() -> None:
    """An empty set of statuses is a slip: leaving it out means every status."""
    with client() as one, pytest.raises(ConfigError, match="leave it out"):
        one.fetch_orders(DAY, statuses=set())


# ------------------------------------------------------------------------------------------- calls


def test_single_orders_are_read_by_number() -> None:
    """They come in the order asked; one that is not there raises."""
    payload = {"version": 10, "MessageModelList": [], "OrderModelList": [record()]}
    with client(response(payload)) as one:
        orders = one.get_orders([NUMBER, "999003-9"])

        assert order() == next(orders)
        with pytest.raises(NotFound):
            next(orders)


def test_a_record_can_be_read_again_without_a_call() -> None:
    """Reading, previewing and comparing are pure."""
    with client(keep_raw=False) as one:
        assert order() == one.read(record())
        assert one.read(record()).raw is None
        assert () == one.preview(notice()).problems
        assert one.standing(order(), notice()) == "ABSENT"


def test_a_memo_is_written_with_its_day() -> None:
    """The arguments go out under the mall's names."""
    done = {"MessageModelList": [message("UPDATE_ORDERMEMO_INFO_101", orderNumber=NUMBER)]}
    transport = ScriptedTransport([response(done)])
    with client(transport=transport) as one:
        result = one.update_memo(f" {NUMBER} ", memo="見本", delivery_date=date(2026, 11, 25))

    assert result.outcome == "SENT"
    assert (
        f'{{"orderNumber":"{NUMBER}","memo":"見本","deliveryDate":"2026-11-25"}}'
        == transport.sent[0].body.decode()
    )


def test_results_need_no_notices() -> None:
    """An empty list of notices sends nothing."""
    nothing: list[ShipmentNotice] = []
    with client() as one:
        assert [] == one.send_notices(nothing)


# ------------------------------------------------------------------------------------------ closing


def test_a_transport_that_was_given_is_not_closed() -> None:
    """It belongs to the caller."""
    transport = ScriptedTransport([])
    with client(transport=transport):
        pass

    assert not transport.is_closed


def test_a_closed_client_makes_no_more_calls() -> None:
    """Closing twice is allowed; a call after it says what to do."""
    one = client()
    one.close()
    one.close()

    with pytest.raises(ConfigError, match="make a new one"):
        list(one.get_orders([NUMBER]))


def test_a_client_can_be_mocked_with_requests_mock() -> None:
    """Hosts test against our clients with the tool that they know."""
    payload = {
        "orderNumberList": [],
        "MessageModelList": [message("SEARCH_ORDER_INFO_102")],
        "PaginationResponseModel": None,
    }
    one = rakuten.Client(credentials(), shop_id="demo", pace=None)
    with requests_mock.Mocker() as mocker, one:
        mocker.post(f"{BASE_URL}/es/2.0/order/searchOrder/", json=payload)

        assert [] == list(one.fetch_orders(Period(NOW, NOW.astimezone(JST))))
        asked = mocker.last_request

    assert asked is not None
    assert asked.headers["Content-Type"] == "application/json; charset=utf-8"
    assert asked.headers["Authorization"].startswith("ESA ")


@pytest.mark.parametrize(
    "wrong",
    [
        {"pace": 1.0},
        {"settings": 60},
        {"options": {}},
        {"keep_raw": "no"},
    ],
)
def test_a_client_of_wrong_parts_is_not_made(wrong: dict[str, Any]) -> None:
    """What it is made of is checked when it is made, not by the first call."""
    with pytest.raises(ConfigError, match="write"):
        client(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"page": 0}, {"page": 1001}, {"batch": True}, {"cap": "1"}, {"window": timedelta(days=64)}],
)
def test_options_beyond_the_limits_are_refused(wrong: dict[str, Any]) -> None:
    """Less than the mall allows is for tests; more is never right."""
    with pytest.raises(ConfigError, match="write"):
        rakuten.Options(**wrong)


def test_pure_questions_refuse_wrong_values_too() -> None:
    """A message says what to write instead."""
    with client() as one:
        strange: Any = one
        asks: tuple[Callable[[], object], ...] = (
            lambda: strange.preview("notice"),
            lambda: strange.standing("order", "notice"),
            lambda: strange.fetch_orders(DAY, on_problem=5),
            lambda: strange.update_memo("1", sub_status_id="abc"),
            lambda: strange.update_memo("1", delivery_class=True),
        )
        for ask in asks:
            with pytest.raises(ConfigError, match="write"):
                ask()
