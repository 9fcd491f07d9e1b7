"""Whole stories against the fake mall, with its clock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve

from mallsync import Outcome, Phase, sandbox
from mallsync.adapters import rakuten
from mallsync.errors import AuthCause, AuthFailed, Conflict
from mallsync.model.sighting import Covered, Seen
from mallsync.model.writebacks import Standing
from mallsync.testing import MemoryJournal
from mallsync.transport import Pace
from tests.adapters.rakuten.made import NOW
from tests.adapters.rakuten.shop import Shop


@pytest.mark.parametrize("journalled", [False, True])
def test_an_order_goes_from_new_to_shipped(shop: Shop, *, journalled: bool) -> None:
    """Confirmed, cleared by the mall, reported once, and completed in the night."""
    numbers = shop.mall.fake.place(2)
    journal = MemoryJournal(shop.mall.clock.now) if journalled else None
    with shop.client() as client:
        assert [Phase.UNPAID] * 2 == [one.phase for one in client.get_orders(numbers)]
        assert [Outcome.SENT] * 2 == [one.outcome for one in client.confirm_orders(numbers)]
        assert ["200"] * 2 == [one.mall_status for one in client.get_orders(numbers)]
        shop.mall.clock.advance(timedelta(minutes=15))
        orders = list(client.get_orders(numbers))
        assert [Phase.TO_SHIP] * 2 == [one.phase for one in orders]
        notices = [_notice_of(shop, order) for order in orders]
        results = client.send_notices(notices, journal=journal)
        assert [Outcome.SENT] * 2 == [one.outcome for one in results]
        assert ["300"] * 2 == [one.mall_status for one in client.get_orders(numbers)]
        shop.mall.clock.advance(timedelta(days=1))
        shipped = list(client.get_orders(numbers))

    assert ["500"] * 2 == [one.mall_status for one in shipped]
    assert [Phase.SHIPPED] * 2 == [one.phase for one in shipped]
    assert [datetime(2026, 11, 23, 0, 5, tzinfo=NOW.tzinfo)] * 2 == [
        one.shipped_at for one in shipped
    ]
    assert all(
        client.standing(order, notice) is Standing.SAME
        for order, notice in zip(shipped, notices, strict=True)
    )


def _notice_of(shop: Shop, order: Any) -> Any:
    return evolve(shop.notice(order), shipment_id=order.shipments[0].id)


def test_a_confirmation_is_given_once(shop: Shop) -> None:
    """A second confirmation is told to be too late, and the first stands."""
    (number,) = shop.mall.fake.place()
    with shop.client() as client:
        first, second = client.confirm_orders([number]), client.confirm_orders([number])

    assert [Outcome.SENT] == [one.outcome for one in first]
    assert [Outcome.REFUSED] == [one.outcome for one in second]
    assert isinstance(second[0].error, Conflict)


def test_a_lost_confirmation_is_found_on_the_mall(shop: Shop) -> None:
    """The answer is lost, the effect is not: it is seen, and nothing is sent again."""
    (number,) = shop.mall.fake.place()
    shop.mall.fail_next("RESET_AFTER", operation="confirmOrder")
    with shop.client() as client:
        (result,) = client.confirm_orders([number])

    assert result.outcome is Outcome.SENT
    assert 1 == _hits(shop, "confirmOrder")


def _hits(shop: Shop, operation: str) -> int:
    return sum(hit.operation == operation for hit in shop.mall.hits)


@pytest.mark.parametrize("journalled", [False, True])
def test_an_order_that_is_cancelled_between_look_and_write_is_refused(
    shop: Shop, *, journalled: bool
) -> None:
    """The mall's own refusal is the result, and the others go on."""
    orders = shop.shippable()[:3]
    gone = orders[1].number
    journal = MemoryJournal(shop.mall.clock.now) if journalled else None
    with shop.client() as client:
        _cancel_after_the_look(shop, client, gone)
        results = client.send_notices([shop.notice(one) for one in orders], journal=journal)

    assert [Outcome.SENT, Outcome.REFUSED, Outcome.SENT] == [one.outcome for one in results]
    assert isinstance(results[1].error, Conflict)
    assert results[1].error.code == "UPDATE_ORDERSHIPPING_ERROR_102"
    assert 0 == shop.mall.fake.effective(gone)


def _cancel_after_the_look(shop: Shop, client: rakuten.Client, number: str) -> None:
    """Let the buyer cancel while the client reads the answer of its look."""
    reader = client._reader
    read: Callable[[object], Any] = reader.read

    class Meddling(type(reader)):  # type: ignore[misc]  # the reader's own class
        def read(self, raw: object) -> Any:
            shop.mall.fake.cancel(number)
            return read(raw)

    client._reader = Meddling(reader.shop_id)


def test_a_cancellation_before_and_after_shipment(shop: Shop) -> None:
    """Each has its own call, and the wrong one is refused."""
    order = shop.shippable()[0]
    with shop.client() as client:
        early = client.cancel_order(order.number, reason=8, after_shipping=True)
        done = client.cancel_order(order.number, reason=8, restore_stock=2)
        shop.mall.clock.advance(timedelta(minutes=5))
        (seen,) = client.get_orders([order.number])

    assert (Outcome.REFUSED, Outcome.SENT) == (early.outcome, done.outcome)
    assert seen.phase is Phase.CANCELLED


def test_a_lost_cancellation_is_found_on_the_mall(shop: Shop) -> None:
    """The order stands in 800: it was cancelled."""
    order = shop.shippable()[0]
    shop.mall.fail_next("RESET_AFTER", operation="cancelOrder")
    with shop.client() as client:
        assert client.cancel_order(order.number, reason=1).outcome is Outcome.SENT

    assert 1 == _hits(shop, "cancelOrder")


def test_a_memo_is_kept_by_the_mall(shop: Shop) -> None:
    """What is given is written, what is not given stays; a lost answer is repeated."""
    order = shop.shippable()[0]
    with shop.client() as client:
        client.update_memo(order.number, memo="一行目\n二行目", operator="見本")
        shop.mall.fail_next("RESET_AFTER", operation="updateOrderMemo")
        result = client.update_memo(
            order.number,
            mail_text="見本の文",
            delivery_class=2,
            delivery_date=date(2026, 11, 25),
            sub_status_id=31,
        )
        (seen,) = client.get_orders([order.number])

    assert result.outcome is Outcome.SENT
    assert isinstance(seen.raw, dict)
    assert ("一行目\n二行目", "見本", "見本の文", 31) == tuple(
        seen.raw[key] for key in ("memo", "operator", "mailPlugSentence", "subStatusId")
    )
    assert seen.shipments[0].wish_date == date(2026, 11, 25)


def test_the_shops_own_statuses_are_listed(shop: Shop) -> None:
    """They come as the mall lists them, below its own statuses."""
    with shop.client() as client:
        listed = client.get_sub_statuses()

    assert [100, 300, 500] == [one.orderProgress for one in listed]
    assert [(31, "入荷待ち"), (32, "出荷準備中")] == [
        (one.subStatusId, one.subStatusName) for one in listed[1].SubStatusModelList
    ]


@pytest.mark.parametrize("version", [7, 8, 9, 10])
def test_every_order_of_the_fake_can_be_read_in_every_version(shop: Shop, version: int) -> None:
    """Nothing is unreadable, and the whole period is covered."""
    with shop.client(options=rakuten.Options(version=version)) as client:
        events = list(client.sightings(shop.period()))

    assert len(shop.mall.fake.orders) == sum(isinstance(event, Seen) for event in events)
    assert {Seen, Covered} == {type(event) for event in events}


def test_a_long_period_is_fetched_whole(shop: Shop) -> None:
    """Windows of 63 days reach back as far as the mall does, from any odd moment."""
    period = evolve(shop.period(), start=NOW - timedelta(days=200, microseconds=3))
    with shop.client() as client:
        assert len(shop.mall.fake.orders) == len(list(client.fetch_orders(period)))


def test_a_pace_keeps_a_client_within_the_malls_limit() -> None:
    """The fake refuses more than its rate; with a pace below it, not one call is refused."""
    with sandbox.running(seed=3, orders=20, now=NOW, throttle=True, rate=20.0) as malls:
        shop = Shop(malls.rakuten)
        with shop.client(pace=Pace(20), options=rakuten.Options(batch=4)) as client:
            assert 20 == len(list(client.fetch_orders(shop.period())))

    statuses = [hit.status for hit in malls.rakuten.hits]
    assert 6 == len(statuses)
    assert {200} == set(statuses)


def test_a_throttled_call_is_made_again(shop: Shop) -> None:
    """429 says that nothing happened: even a write is repeated, after the time that was asked."""
    order = shop.shippable()[0]
    shop.mall.fail_next("THROTTLED", operation="updateOrderShipping", retry_after=7)
    with shop.client() as client:
        (result,) = client.send_notices([shop.notice(order)])

    assert result.outcome is Outcome.SENT
    assert 1 == shop.mall.fake.effective(order.number)
    one, two = [hit.at for hit in shop.mall.hits if hit.operation == "updateOrderShipping"]
    assert timedelta(seconds=7) == two - one


def _expire(shop: Shop) -> None:
    shop.mall.clock.advance(timedelta(days=90))


def _renew(shop: Shop) -> None:
    shop.mall.fake.renew_key()


def _switch_off(shop: Shop) -> None:
    shop.mall.fake.switched_off.add("searchOrder")


@pytest.mark.parametrize("old_bodies", [False, True])
@pytest.mark.parametrize(
    ("happen", "cause"),
    [
        (_expire, AuthCause.EXPIRED),
        (_renew, AuthCause.NOT_YET_ACTIVE),
        (_switch_off, AuthCause.NOT_PERMITTED),
    ],
)
def test_each_fault_of_a_key_is_told_by_its_cause(
    shop: Shop, happen: Callable[[Shop], None], cause: AuthCause, *, old_bodies: bool
) -> None:
    """Expired, too new, or without the function: the check says which, in either body."""
    shop.mall.fake.old_auth_errors = old_bodies
    credentials = shop.mall.credentials
    happen(shop)
    if cause is not AuthCause.EXPIRED:
        credentials = shop.mall.credentials
    with shop.client(credentials=credentials) as client:
        report = client.check_connection()

    assert (False, cause) == (report.ok, report.cause)


def test_a_wrong_key_is_wrong(shop: Shop) -> None:
    """A key that was replaced is refused; without dates every cause is named."""
    old = rakuten.Credentials(service_secret="SP000000_mihon00", license_key="SL000000_gone")
    with shop.client(credentials=old) as client:
        report = client.check_connection()
        with pytest.raises(AuthFailed) as caught:
            list(client.fetch_orders(shop.period()))

    assert (False, AuthCause.WRONG) == (report.ok, report.cause)
    assert caught.value.cause is AuthCause.WRONG
    assert caught.value.code == "GA0001"


def test_a_good_key_is_ok_with_its_end(shop: Shop) -> None:
    """接続チェック and the end of the key, as the mall tells them."""
    with shop.client() as client:
        report = client.check_connection()

        assert (True, shop.mall.fake.license.expires_at) == (report.ok, report.expires_at)
        assert shop.mall.fake.license.expires_at == client.credential_expiry()


def test_without_the_licence_api_the_typed_end_counts(shop: Shop) -> None:
    """The function is one of its own."""
    shop.mall.fake.switched_off.add("license.expiryDate.get")
    with shop.client() as client:
        report = client.check_connection()

        assert (True, shop.mall.credentials.expires_at) == (report.ok, report.expires_at)
        assert "license.expiryDate.get" in report.hint("en")
        assert shop.mall.credentials.expires_at == client.credential_expiry()


def test_orders_are_told_oldest_first(shop: Shop) -> None:
    """Whatever the size of a page, the stream follows the order dates."""
    with shop.client(options=rakuten.Options(page=9, batch=5)) as client:
        moments = [one.ordered_at for one in client.fetch_orders(shop.period())]

    assert all(one <= two for one, two in pairwise(moments))


def test_threads_of_one_client_take_turns(shop: Shop) -> None:
    """Four threads report the same shipment: it is on the mall once."""
    order = shop.shippable()[0]
    with shop.client() as client, ThreadPoolExecutor(4) as pool:
        notice = shop.notice(order)
        results = list(pool.map(lambda _: client.send_notices([notice])[0], range(4)))

    assert {Outcome.SENT} == {result.outcome for result in results}
    assert 1 == shop.mall.fake.effective(order.number)
