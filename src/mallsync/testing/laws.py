"""The conformance suite: laws that any adapter with its fake must satisfy.

Subclass `AdapterLaws` in a test module and give it a fixture ``subject``::

    class TestConformance(AdapterLaws):
        @pytest.fixture
        def subject(self) -> Iterator[Subject]: ...
"""

from __future__ import annotations

import inspect
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest
from attrs import evolve
from hypothesis import given, settings

from mallsync.errors import ConfigError, MallError, NotFound, NotSupported
from mallsync.model.capabilities import Support
from mallsync.model.order import Order
from mallsync.model.period import JST, Period
from mallsync.model.sighting import Covered, Remark, Seen, Sighting, Unreadable
from mallsync.model.words import Phase
from mallsync.model.writebacks import Outcome, ShipmentNotice, Standing
from mallsync.ports import MallClient, ReviewsBuyers
from mallsync.testing.memory import MemoryJournal
from mallsync.testing.mutants import (
    MARKER,
    Place,
    changed,
    found,
    is_foreign,
    marked,
    mutations,
    places,
)
from mallsync.testing.scripted import RewritingTransport
from mallsync.testing.strategies import responses
from mallsync.testing.subject import Subject
from mallsync.wire.messages import Operation, Request, Response

__all__ = ["AdapterLaws"]

_DAYS = 61
_NOWHERE = "000000-20000101-0000000000"
_NO_ITEM = "1"
"""Of an order, and of an item, that no mall has."""
_quick = settings(max_examples=50, deadline=None)  # for each operation of a mall


class AdapterLaws:
    """One test for each law; `subject` is a fixture of the subclass."""

    def test_a_fetch_sees_every_order_once(self, subject: Subject) -> None:
        """Every order of the fake arrives, none twice, under the shop's key."""
        with _closing(subject.client()) as client:
            orders = list(client.fetch_orders(_period(subject)))

        assert sorted(subject.numbers()) == sorted(order.number for order in orders)
        assert {client.mall} == {order.mall for order in orders}
        assert {client.shop_id} == {order.shop_id for order in orders}

    def test_fetching_twice_gives_the_same_orders(self, subject: Subject) -> None:
        """A repeated fetch of unchanged orders is equal, in the same order."""
        with _closing(subject.client()) as client:
            first = list(client.fetch_orders(_period(subject)))
            second = list(client.fetch_orders(_period(subject)))

        assert first == second

    def test_the_page_size_makes_no_difference(self, subject: Subject) -> None:
        """However little one call carries, the orders are the same, in the same order."""
        with _closing(subject.client()) as client:
            expected = list(client.fetch_orders(_period(subject)))

        for paged in subject.paged_clients():
            with _closing(paged) as client:
                assert expected == list(client.fetch_orders(_period(subject)))

    def test_the_zone_of_a_period_makes_no_difference(self, subject: Subject) -> None:
        """The same moments written in UTC and in Japan time are the same period."""
        period = _period(subject)
        in_utc = Period(period.start.astimezone(UTC), period.end.astimezone(UTC))
        in_japan = Period(period.start.astimezone(JST), period.end.astimezone(JST))
        with _closing(subject.client()) as client:
            assert list(client.fetch_orders(in_utc)) == list(client.fetch_orders(in_japan))

    def test_adjoining_periods_share_no_order(self, subject: Subject) -> None:
        """Periods are half-open: cut at an order's own moment, each order is there once."""
        with _closing(subject.client()) as client:
            whole = list(client.fetch_orders(_period(subject)))
            cut = whole[len(whole) // 2].ordered_at
            parts = (Period(_period(subject).start, cut), Period(cut, _period(subject).end))
            halves = [order for part in parts for order in client.fetch_orders(part)]

        assert sorted(map(_number, whole)) == sorted(map(_number, halves))

    def test_what_is_covered_is_the_period_or_a_gap_is_named(self, subject: Subject) -> None:
        """The `Covered` events adjoin from start to end, each after its orders."""
        period = _period(subject)
        with _closing(subject.client()) as client:
            events = list(client.sightings(period))
        covered = [event.period for event in events if isinstance(event, Covered)]

        if not any(isinstance(event, Remark) for event in events):
            assert period.start == covered[0].start
            assert period.end == covered[-1].end
            assert all(one.end == two.start for one, two in pairwise(covered))
        _assert_covered_comes_after_its_orders(events)

    def test_known_orders_outside_the_period_are_read_again(self, subject: Subject) -> None:
        """A number held as open is seen even when the period's list lacks it."""
        number = subject.numbers()[0]
        empty = Period(subject.now - timedelta(seconds=1), subject.now)
        with _closing(subject.client()) as client:
            events = list(client.sightings(empty, known=[number]))

        assert number in [event.order.number for event in events if isinstance(event, Seen)]

    def test_a_known_order_that_the_mall_does_not_know_is_gone(self, subject: Subject) -> None:
        """It is told as gone, or every fetch would ask for it again.

        The id of its item comes with it, for a mall that finds an old order by that alone.
        """
        there = subject.numbers()[0]
        empty = Period(subject.now - timedelta(seconds=1), subject.now)
        with _closing(subject.client()) as client:
            events = list(client.sightings(empty, known={there: (), _NOWHERE: (_NO_ITEM,)}))
        unread = [event for event in events if isinstance(event, Unreadable)]

        assert there in [event.order.number for event in events if isinstance(event, Seen)]
        assert [(_NOWHERE, True)] == [(event.number, event.gone) for event in unread]

    def test_known_orders_are_looked_at_for_a_review(self, subject: Subject) -> None:
        """Where a shop rates buyers, each waits for it or not, as the period's list says, too."""
        if not _rates_buyers(subject):
            return
        numbers = subject.numbers()[:40]
        empty = Period(subject.now - timedelta(seconds=1), subject.now)
        others: list[Order] = []
        with _closing(subject.client()) as client:
            rating = cast("ReviewsBuyers", client)
            listed = {order.number for order in rating.reviewable_orders(_period(subject))}
            found = rating.reviewable_orders(empty, known=numbers, on_other=others.append)
            waiting = [order.number for order in found]

        assert sorted(numbers) == sorted([*waiting, *map(_number, others)])
        assert listed & set(numbers) == set(waiting)

    def test_orders_come_in_the_order_asked(self, subject: Subject) -> None:
        """`get_orders` answers in the caller's order, whatever the mall's is."""
        asked = list(reversed(subject.numbers()[:40]))
        with _closing(subject.client()) as client:
            assert asked == [order.number for order in client.get_orders(asked)]

    def test_an_order_that_is_not_there_is_named(self, subject: Subject) -> None:
        """A number that the mall does not know raises, and the others arrive before it."""
        known = subject.numbers()[0]
        with _closing(subject.client()) as client:
            orders = client.get_orders([known, _NOWHERE])

            assert known == next(orders).number
            with pytest.raises(MallError):
                next(orders)

    def test_read_gives_what_the_fetch_gave(self, subject: Subject) -> None:
        """The kept raw record normalises to the same order again."""
        with _closing(subject.client()) as client:
            for order in client.fetch_orders(_period(subject)):
                assert order.raw is not None
                assert order == client.read(order.raw)

    def test_orders_survive_pickling(self, subject: Subject) -> None:
        """An order crosses a process boundary unchanged."""
        with _closing(subject.client()) as client:
            order = next(client.fetch_orders(_period(subject)))

        assert order == pickle.loads(pickle.dumps(order))  # noqa: S301 -- our own bytes

    def test_an_unknown_status_is_kept_and_never_exported(self, subject: Subject) -> None:
        """A status that no document names is kept as text, and nothing is written for its order."""
        strange = subject.with_unknown_status(subject.record())
        with _closing(subject.client()) as client:
            order = client.read(strange)

        assert order.phase is Phase.UNKNOWN
        assert order.mall_status
        self._assert_nothing_is_sent_for(strange, subject)

    def _assert_nothing_is_sent_for(self, strange: dict[str, Any], subject: Subject) -> None:
        order = subject.shippable()[0]
        inner = RewritingTransport(
            subject.transport(),
            lambda _request, response: subject.rewrite_orders(response, strange),
        )
        with _closing(subject.client(transport=inner)) as client:
            (result,) = client.send_notices([subject.notice(order)])
        inner.close()

        assert result.outcome is Outcome.REFUSED
        assert subject.effects(order) == 0

    @pytest.mark.parametrize("journalled", [False, True])
    def test_a_notice_sent_twice_is_on_the_mall_once(
        self, subject: Subject, *, journalled: bool
    ) -> None:
        """Sending again finds the notice there and writes nothing."""
        orders = subject.shippable()[:3]
        notices = [subject.notice(order) for order in orders]
        journal = MemoryJournal(lambda: subject.now) if journalled else None
        with _closing(subject.client()) as client:
            first = client.send_notices(notices, journal=journal)
            second = client.send_notices(notices, journal=journal)
            seen = list(client.get_orders([order.number for order in orders]))

        assert [Outcome.SENT] * 3 == [result.outcome for result in first]
        assert [Outcome.SENT] * 3 == [result.outcome for result in second]
        assert [1, 1, 1] == [subject.effects(order) for order in orders]
        for order, notice in zip(seen, notices, strict=True):
            assert client.standing(order, notice) is Standing.SAME

    def test_a_lost_answer_leads_to_no_second_write(self, subject: Subject) -> None:
        """When the answer to a write is lost, a look finds the effect; nothing is sent again."""
        order = subject.shippable()[0]
        subject.lose_next_answer()
        with _closing(subject.client()) as client:
            (result,) = client.send_notices([subject.notice(order)])
            (again,) = client.send_notices([subject.notice(order)])

        assert result.outcome is Outcome.SENT
        assert again.outcome is Outcome.SENT
        assert subject.effects(order) == 1

    def test_what_nobody_wants_any_more_is_looked_up_and_never_written(
        self, subject: Subject
    ) -> None:
        """What has arrived is SENT; what has not stays so."""
        orders = subject.shippable()[:2]
        notices = [subject.notice(order) for order in orders]
        journal = MemoryJournal(lambda: subject.now)
        with _closing(subject.client()) as client:
            client.send_notices(notices[:1], journal=journal)
            results = client.conclude_notices(notices, journal=journal)

        assert notices == [result.notice for result in results]
        assert [Outcome.SENT, Outcome.NOT_SENT] == [result.outcome for result in results]
        assert [1, 0] == [subject.effects(order) for order in orders]

    def test_results_answer_the_notices_one_for_one(self, subject: Subject) -> None:
        """There is one result for each notice, in order, good and bad mixed."""
        good = [subject.notice(order) for order in subject.shippable()[:2]]
        bad = _renumbered(good[0])
        with _closing(subject.client()) as client:
            results = client.send_notices([good[0], bad, good[1]])

        assert [good[0], bad, good[1]] == [result.notice for result in results]
        assert [Outcome.SENT, Outcome.REFUSED, Outcome.SENT] == [one.outcome for one in results]
        assert all((one.error is None) == (one.outcome is Outcome.SENT) for one in results)

    def test_no_key_of_a_record_can_spoil_the_others(self, subject: Subject) -> None:
        """Each key missing, null, wrong or unknown costs at most its own order, with its place.

        A value of another type is refused or makes no difference: nothing is coerced.
        """
        good = subject.record()
        numbers = ("good-1", "bad", "good-2")
        (expected,) = subject.decode(["bad"], [subject.with_number(good, "bad")])
        for place, change, mutant in mutations(subject.with_number(good, "bad")):
            before, after = (subject.with_number(good, number) for number in ("good-1", "good-2"))
            first, middle, last = subject.decode(numbers, [before, mutant, after])

            assert isinstance(first, Seen), (place, change)
            assert isinstance(last, Seen), (place, change)
            if isinstance(middle, Unreadable):
                _assert_place_is_named(middle, place, change)
            elif is_foreign(found(good, place), found(mutant, place), place, subject.as_text):
                assert middle == expected, (place, change, "was coerced")

    def test_decode_raises_nothing_but_mall_errors(self, subject: Subject) -> None:
        """Any status, headers and bytes are an answer or a `MallError`, for each operation."""
        for operation in subject.operations():
            _assert_decodes_anything(operation, subject.keys)

    def test_nothing_secret_or_personal_shows(
        self, subject: Subject, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Neither secrets nor a customer's name are in a repr, message, traceback or log."""
        caplog.set_level(logging.DEBUG)
        strange = marked(subject.record(), subject.personal)
        shown = [repr(subject.client()), *_shown_by_reading(subject, strange)]
        inner = RewritingTransport(subject.transport(), _echo)
        with _closing(subject.client()) as client:
            shown.append(f"{client.check_connection()!r} {client.credential_expiry()!r}")
        with _closing(subject.client(transport=inner)) as client:
            shown.append(repr([(one, one.encode()) for one in subject.operations()]))
            try:
                list(client.fetch_orders(_period(subject)))
            except MallError:
                shown.append(traceback.format_exc())
        inner.close()

        text = "\n".join([*shown, caplog.text])
        assert "Traceback" in text
        for secret in (*subject.secrets, MARKER):
            assert secret not in text

    def test_the_capability_table_is_truthful(self, subject: Subject) -> None:
        """What the table promises is there; what it denies is not, or says so."""
        table = subject.package.CAPABILITIES
        with _closing(subject.client()) as client:
            assert client.mall == table.mall
            for row in table.can:
                method = getattr(client, row.name, None)
                if row.support in _PROMISED:
                    assert callable(method), row.name
                elif method is not None:
                    with pytest.raises(NotSupported):
                        method()
                assert row.source, row.name
        public = {name for name, _ in inspect.getmembers(client, callable) if name[0] != "_"}
        assert public - _PURE <= {row.name for row in table.can}

    def test_credentials_check_themselves(self, subject: Subject) -> None:
        """Credentials without values are refused before anything is sent, and never show."""
        with pytest.raises((ConfigError, TypeError)):
            subject.package.Credentials()

    def test_wrong_arguments_are_refused_before_anything_is_sent(self, subject: Subject) -> None:
        """A wrong type is a `ConfigError` that says what to write instead."""
        with _closing(subject.client()) as client:
            for call in _wrong_calls(client):
                with pytest.raises(ConfigError, match="write"):
                    call()


_PROMISED = (Support.YES, Support.EMULATED)
_PURE = {
    "close",
    "conclude_notices",
    "conclude_review",
    "preview",
    "read",
    "sightings",
    "standing",
}
"""Methods that are no capability of a mall."""


def _wrong_calls(client: Any) -> Sequence[Callable[[], object]]:
    day = Period.days(date(2026, 11, 22), date(2026, 11, 22))
    return (
        lambda: client.fetch_orders("today"),
        lambda: client.sightings(None),
        lambda: client.sightings(day, known="999001-20260401-0000000101"),
        lambda: client.get_orders("999001-20260401-0000000101"),
        lambda: client.get_orders([""]),
        lambda: client.send_notices(["notice"]),
        lambda: client.fetch_orders(day, statuses="300"),
        lambda: client.fetch_orders(day, statuses={"no such status"}),
    )


def _period(subject: Subject) -> Period:
    return Period.last_days(_DAYS, now=subject.now)


def _rates_buyers(subject: Subject) -> bool:
    promised = {one.name for one in subject.package.CAPABILITIES.can if one.support in _PROMISED}
    return "reviewable_orders" in promised


def _number(order: Order) -> str:
    return order.number


def _renumbered(notice: ShipmentNotice) -> ShipmentNotice:
    return evolve(notice, order_number=_NOWHERE)


def _assert_decodes_anything(operation: Operation[object], keys: Sequence[str]) -> None:
    @_quick
    @given(responses(keys))
    def decodes(response: Response) -> None:
        try:
            operation.decode(response)
        except MallError as error:
            assert str(error)

    decodes()


def _assert_covered_comes_after_its_orders(events: Sequence[Sighting]) -> None:
    done: list[Period] = []
    for event in events:
        if isinstance(event, Covered):
            done.append(event.period)
        elif isinstance(event, Seen):
            assert not any(event.order.ordered_at in period for period in done)


def _assert_place_is_named(event: Unreadable, place: Place, change: str) -> None:
    """A record that cannot be read names its key; one that lost its number is not found."""
    if isinstance(event.error, NotFound):
        return
    keys = [step for step in place if isinstance(step, str)]
    named = [problem.place for problem in event.error.problems]
    assert any(keys[-1] in path for path in named), (place, change, named)


def _shown_by_reading(subject: Subject, record: dict[str, Any]) -> list[str]:
    """Return what reading shows: the order, its parts, and the error of each broken mutant."""
    shown = []
    with _closing(subject.client()) as client:
        order = client.read(record)
        assert MARKER in pickle.dumps(order).decode("utf-8", "replace")
        shown.append(f"{order!r} {order} {order.buyer!r} {order.shipments!r} {Seen(order)!r}")
        for place in places(record):
            spoilt = changed(record, place, MARKER)
            try:
                client.read(spoilt)
            except MallError as error:
                shown.append(f"{error!r} {error} {error.problems!r} {error.hint('ja')}")
                shown.append(repr(Unreadable("1", spoilt, error)))
                shown.append("".join(traceback.format_exception(error)))
    return shown


def _echo(request: Request, response: Response) -> Response:
    """Return a refusal that quotes everything: what a careless mall might do."""
    said = [MARKER, *request.headers.values(), request.body.decode("utf-8", "replace")]
    body = json.dumps({"errors": [{"code": " ".join(said), "message": said}], "said": said})
    return evolve(response, status=400, body=body.encode())


@contextmanager
def _closing(client: MallClient) -> Iterator[MallClient]:
    try:
        yield client
    finally:
        client.close()
