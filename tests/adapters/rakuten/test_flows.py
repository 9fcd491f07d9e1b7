"""Fetching against a script: windows, pages, details and what is said of the gaps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from mallsync import Order, Period
from mallsync.adapters.rakuten.codec import GetOrders, Page, SearchOrders, date_text
from mallsync.adapters.rakuten.flows import Fetch, Options, details, sightings
from mallsync.errors import ConfigError, DecodeError, MallError, NotFound, Unavailable
from mallsync.model.period import JST
from mallsync.model.sighting import Covered, Remark, Seen, Sighting, Unreadable
from mallsync.testing import ScriptedCaller
from mallsync.wire.messages import Response
from tests.adapters.rakuten.made import FETCH, NOW, message, order, reader, record, response

SEARCH = "searchOrder"
DETAILS = "getOrder"
HOUR = Period(NOW - timedelta(hours=1), NOW)
A, B, C, D, E = (f"999003-{serial}" for serial in range(1, 6))


def placed(number: str, moment: datetime = NOW - timedelta(minutes=1)) -> Order:
    """Return an order that was placed at a moment."""
    return evolve(order(number), ordered_at=moment)


def page(*numbers: str, total: int | None = None, pages: int = 1) -> tuple[str, object]:
    """Return a row of a script: a page of search hits."""
    return SEARCH, Page(numbers, len(numbers) if total is None else total, pages)


NONE = page(pages=0)


def shown(*orders: Order) -> tuple[str, object]:
    """Return a row of a script: the details of orders."""
    return DETAILS, tuple(Seen(one) for one in orders)


def fetch(
    script: list[tuple[str, object]], period: Period = HOUR, **more: Any
) -> tuple[list[Sighting], ScriptedCaller]:
    """Fetch a period against a script, all of which must be used."""
    known = more.pop("known", ())
    held = more.pop("held", {})
    progresses = more.pop("progresses", ())
    caller = ScriptedCaller(script)
    how = Fetch(reader=reader(), options=Options(**more), progresses=progresses)
    events = list(sightings(caller, how, period, known, held))

    assert [] == caller.script
    return events, caller


def searched(caller: ScriptedCaller) -> list[SearchOrders]:
    """Return the searches that were made."""
    return [one for one in caller.asked if isinstance(one, SearchOrders)]


def numbers(events: Sequence[Sighting]) -> list[str]:
    """Return the numbers of the orders seen."""
    return [event.order.number for event in events if isinstance(event, Seen)]


def covered(events: Sequence[Sighting]) -> list[Period]:
    """Return the stretches that are done."""
    return [event.period for event in events if isinstance(event, Covered)]


# ----------------------------------------------------------------------------------------- windows


def test_a_short_period_is_one_search() -> None:
    """The orders come first, then the word that their period is covered."""
    one, two = placed(A), placed(B)
    events, caller = fetch([page(A, B), shown(one, two)])

    assert [Seen(one), Seen(two), Covered(HOUR)] == events
    assert [HOUR] == [search.period for search in searched(caller)]


def test_a_period_without_hits_is_covered_all_the_same() -> None:
    """Nothing to see is a finding, too."""
    events, _ = fetch([NONE])

    assert [Covered(HOUR)] == events


def test_a_period_over_63_days_is_split() -> None:
    """The windows adjoin, cover the whole period, and each is short enough for the mall."""
    period = Period(NOW - timedelta(days=150, microseconds=7), NOW)
    events, caller = fetch([NONE, NONE, NONE], period)
    windows = [search.period for search in searched(caller)]

    assert windows == covered(events)
    assert (period.start, period.end) == (windows[0].start, windows[-1].end)
    assert [one.end for one in windows[:-1]] == [two.start for two in windows[1:]]


@pytest.mark.parametrize("odd", [timedelta(0), timedelta(microseconds=1), timedelta(seconds=0.5)])
def test_no_window_is_longer_than_63_days_as_it_is_written(odd: timedelta) -> None:
    """Rounded to whole seconds, start and end lie at most 63 days apart."""
    period = Period(NOW - timedelta(days=150) + odd, NOW + odd)
    _, caller = fetch([NONE, NONE, NONE], period)

    for search in searched(caller):
        body = json.loads(search.encode().body)
        start, end = (datetime.fromisoformat(body[key]) for key in ("startDatetime", "endDatetime"))
        assert end - start <= timedelta(days=63)


def test_the_cap_is_met_by_halving_the_window() -> None:
    """A window with more hits than can be listed is cut in two, and both halves are covered."""
    half = NOW - timedelta(minutes=30)
    early, late = placed(A, half - timedelta(minutes=1)), placed(B, half)
    events, caller = fetch([page(A, total=2), page(A), shown(early), page(B), shown(late)], cap=2)

    assert [A, B] == numbers(events)
    assert [Period(HOUR.start, half), Period(half, HOUR.end)] == covered(events)
    assert 3 == len(searched(caller))


def test_a_second_over_the_cap_is_remarked_and_not_covered() -> None:
    """One second cannot be halved: the gap is named."""
    second = Period(NOW - timedelta(seconds=1), NOW)
    events, _ = fetch([page(A, total=5)], second, cap=5)

    assert [Remark("SEARCH_CAP", gap=second)] == events


def test_halving_ends_at_single_seconds() -> None:
    """Three seconds, all of them over the cap, make three remarks and no end of searches."""
    period = Period(NOW - timedelta(seconds=2, milliseconds=500), NOW)
    events, caller = fetch([page(A, total=9)] * 5, period, cap=9)

    assert [Remark] * 3 == [type(event) for event in events]
    assert 5 == len(searched(caller))


def test_an_order_on_the_edge_of_two_windows_is_seen_once() -> None:
    """Rakuten may count both ends in: each order belongs to the window that starts with it."""
    edge = NOW - timedelta(minutes=30)
    one = placed(A, edge)
    events, _ = fetch(
        [page(A), shown(one), page(A), shown(one)], window=timedelta(minutes=30, seconds=1)
    )

    assert [A] == numbers(events)
    assert [Covered, Seen, Covered] == [type(event) for event in events]


def test_an_unreadable_order_on_the_edge_of_two_windows_is_told_once() -> None:
    """What cannot be read has no moment, so it is told where it is met first."""
    broken = Unreadable(A, {}, DecodeError())
    look = (DETAILS, (broken,))
    events, _ = fetch([page(A), look, page(A), look], window=timedelta(minutes=30, seconds=1))

    assert 1 == events.count(broken)


def test_the_moments_are_written_exactly_as_rakuten_wants_them() -> None:
    """Japan time, whole seconds and +0900; the end is rounded up, so that nothing is cut off."""
    period = Period(
        datetime(2026, 11, 21, 15, 0, 0, 999, tzinfo=UTC),
        datetime(2026, 11, 22, 3, 0, 0, 1, tzinfo=UTC),
    )
    body = json.loads(SearchOrders(period=period).encode().body)

    assert body["startDatetime"] == "2026-11-22T00:00:00+0900"
    assert body["endDatetime"] == "2026-11-22T12:00:01+0900"
    assert date_text(datetime(2026, 4, 1, 10, 15, 30, tzinfo=JST)) == "2026-04-01T10:15:30+0900"


def test_the_statuses_asked_for_are_sent_and_told() -> None:
    """A filtered list covers only what was asked."""
    events, caller = fetch([NONE], progresses=(100, 300))

    assert [Covered(HOUR, frozenset({"100", "300"}))] == events
    body = json.loads(searched(caller)[0].encode().body)
    assert [100, 300] == body["orderProgressList"]


def test_without_statuses_none_are_sent() -> None:
    """Every status is the mall's default: the key is left out."""
    body = json.loads(SearchOrders(period=HOUR).encode().body)

    assert "orderProgressList" not in body


# ------------------------------------------------------------------------------------------- pages


def test_every_page_is_read() -> None:
    """The pages behind the first are asked for by number, with the same size."""
    one, two, three = placed(A), placed(B), placed(C)
    events, caller = fetch(
        [
            page(A, total=3, pages=3),
            page(B, total=3, pages=3),
            page(C, total=3, pages=3),
            shown(one, two, three),
        ],
        page=1,
    )

    assert [A, B, C] == numbers(events)
    assert [(1, 1), (2, 1), (3, 1)] == [(search.page, search.size) for search in searched(caller)]


def test_a_number_that_two_pages_list_is_asked_for_once() -> None:
    """A list that shifts while it is read shows some numbers twice."""
    events, caller = fetch(
        [
            page(A, B, total=3, pages=2),
            page(B, C, total=3, pages=2),
            shown(placed(A), placed(B), placed(C)),
        ]
    )

    assert [A, B, C] == numbers(events)
    assert [(A, B, C)] == _asked_for(caller)


def test_a_list_that_shrinks_between_its_pages_is_read_again() -> None:
    """What slid over the edge of a page is found in the next round; all that any saw counts."""
    events, caller = fetch(
        [
            page(A, total=3, pages=3),
            page(C, total=2, pages=2),
            page(total=2, pages=2),
            page(B, total=2, pages=2),
            page(C, total=2, pages=2),
            shown(placed(A), placed(C), placed(B)),
        ],
        page=1,
    )

    assert [A, C, B] == numbers(events)
    assert [Covered(HOUR)] == events[-1:]
    assert 5 == len(searched(caller))


def test_a_list_that_shows_fewer_numbers_than_it_counts_is_read_again() -> None:
    """The total of the answer says when a number is missing."""
    events, caller = fetch([page(A, total=2), page(A, B, total=2), shown(placed(A), placed(B))])

    assert [A, B] == numbers(events)
    assert 2 == len(searched(caller))


def test_a_list_that_never_stands_still_is_remarked_and_not_covered() -> None:
    """After four rounds what was seen is told, and the gap is named."""
    events, caller = fetch([page(A, total=2)] * 4 + [shown(placed(A))])

    assert [A] == numbers(events)
    assert [] == covered(events)
    assert ["SEARCH_UNSTEADY"] == [one.code for one in events if isinstance(one, Remark)]
    assert 4 == len(searched(caller))


def test_an_order_that_hides_behind_an_equal_total_is_found() -> None:
    """One order leaves a status and one enters: the total stands still, the pages do not."""
    first = [page(A, B, total=4, pages=2), page(D, E, total=4, pages=2)]
    steady = [page(B, C, total=4, pages=2), page(D, E, total=4, pages=2)]
    events, caller = fetch(
        [*first, *steady, *steady, shown(*map(placed, (A, B, D, E, C)))], progresses=(300,)
    )

    assert {A, B, C, D, E} == set(numbers(events))
    assert 1 == len(covered(events))
    assert 6 == len(searched(caller))


def test_hits_without_pages_are_not_read_as_none() -> None:
    """Numbers beside null pagination mean that the answer is not what we know."""
    payload = {
        "orderNumberList": [A],
        "MessageModelList": [message("SEARCH_ORDER_INFO_101")],
        "PaginationResponseModel": None,
    }

    with pytest.raises(DecodeError, match="totalPages"):
        SearchOrders(period=HOUR).decode(response(payload))


def test_a_search_that_fails_ends_the_fetch() -> None:
    """Nothing is covered by a search that was not answered."""
    with pytest.raises(Unavailable):
        fetch([(SEARCH, Unavailable())])


@pytest.mark.parametrize("pagination", [None, {"totalRecordsAmount": None, "totalPages": None}])
@pytest.mark.parametrize("listed", [None, []])
def test_pagination_is_null_where_there_are_no_hits(
    pagination: object, listed: list[str] | None
) -> None:
    """All of it null, or the whole model, means no page at all."""
    payload = {
        "orderNumberList": listed,
        "MessageModelList": [message("SEARCH_ORDER_INFO_102")],
        "PaginationResponseModel": pagination,
    }

    assert Page((), 0, 0) == SearchOrders(period=HOUR).decode(response(payload))


# ----------------------------------------------------------------------------------------- details


def _asked_for(caller: ScriptedCaller) -> list[tuple[str, ...]]:
    return [one.numbers for one in caller.asked if isinstance(one, GetOrders)]


def test_details_are_read_a_hundred_to_a_call_each_number_once() -> None:
    """250 numbers with repetitions make calls of 100, 100 and 50."""
    many = [f"999003-{serial}" for serial in range(250)]
    script = [shown(*map(placed, many[start : start + 100])) for start in (0, 100, 200)]
    caller = ScriptedCaller(script)
    events = list(details(caller, FETCH, [*many, *many[:30]]))

    assert many == numbers(events)
    assert [100, 100, 50] == list(map(len, _asked_for(caller)))


def test_the_version_of_the_options_is_asked_for() -> None:
    """The call names its version, for without one the mall refuses."""
    caller = ScriptedCaller([shown(placed(A))])
    list(details(caller, evolve(FETCH, options=Options(version=8)), [A]))

    assert {"orderNumberList": [A], "version": 8} == json.loads(caller.asked[0].encode().body)


@pytest.mark.parametrize("version", [6, 11, "10", None, 7.0])
def test_a_version_that_cannot_be_read_is_refused(version: Any) -> None:
    """Only versions 7 to 10 have fields that are known."""
    with pytest.raises(ConfigError, match="write 7 to 10"):
        Options(version=version)


def test_known_numbers_that_the_lists_lack_are_read_again() -> None:
    """There is no "updated since": what is held as open is read at the end, the others are not."""
    old = placed(C, NOW - timedelta(days=90))
    events, caller = fetch([page(A), shown(placed(A)), shown(old)], known=[A, C])

    assert [A, C] == numbers(events)
    assert [(A,), (C,)] == _asked_for(caller)


def test_a_known_number_that_is_unreadable_in_the_list_is_not_asked_for_again() -> None:
    """Once told is enough."""
    broken = Unreadable(A, {}, DecodeError())
    events, caller = fetch([page(A), (DETAILS, (broken,))], known=[A])

    assert [broken, Covered(HOUR)] == events
    assert [(A,)] == _asked_for(caller)


def test_only_what_no_list_shows_and_the_mall_does_not_know_is_gone() -> None:
    """What is listed is there, though its details are not; and a failure is no answer."""
    listed, unknown = (Unreadable(one, None, NotFound()) for one in (A, B))
    failed = Unreadable(C, None, MallError())
    script = [page(A), (DETAILS, (listed,)), (DETAILS, (unknown, failed))]
    events, _ = fetch(script, known=[A, B, C])

    assert [listed, Covered(HOUR), evolve(unknown, gone=True), failed] == events


# ------------------------------------------------------------------------------- getOrder's answer


def decode(payload: object, *numbers_: str) -> tuple[Seen | Unreadable, ...]:
    """Decode an answer of getOrder."""
    return GetOrders(numbers=numbers_, reader=reader()).decode(response(payload))


def _details(records: object, *messages: dict[str, Any]) -> dict[str, object]:
    return {"version": 10, "MessageModelList": list(messages), "OrderModelList": records}


def _errors(found: Sequence[Seen | Unreadable]) -> list[MallError | None]:
    return [one.error if isinstance(one, Unreadable) else None for one in found]


def test_orders_come_in_the_order_asked() -> None:
    """Whatever order the mall keeps, the caller's counts; an order nobody asked for is left out."""
    records = [record(orderNumber=number) for number in (C, A, "999003-9", B)]

    assert [A, B, C] == numbers(decode(_details(records), A, B, C))


def test_an_order_asked_for_and_not_returned_is_unreadable() -> None:
    """Its message says why; without one the answer's silence does."""
    refused = message("GET_ORDER_INFO_102", orderNumber=B)
    first, second, third = decode(_details([record(orderNumber=A)], refused), A, B, C)

    assert isinstance(first, Seen)
    assert isinstance(second, Unreadable)
    assert isinstance(third, Unreadable)
    assert [B, C] == [second.number, third.number]
    assert ["GET_ORDER_INFO_102", "NOT_RETURNED"] == [second.error.code, third.error.code]
    assert isinstance(second.error, NotFound)
    assert second.raw is None


def test_no_list_at_all_is_every_order_missing() -> None:
    """Null where none could be had is not a failure of the call."""
    found = decode(_details(None, message("GET_ORDER_INFO_102", orderNumber=A)), A)

    assert ["GET_ORDER_INFO_102"] == [error.code for error in _errors(found) if error]


def test_a_record_that_cannot_be_read_keeps_its_raw_and_costs_only_itself() -> None:
    """The broken one is told with its record, the other is seen."""
    broken = record(orderNumber=A, orderProgress="300")
    first, second = decode(_details([broken, record(orderNumber=B)]), A, B)

    assert isinstance(first, Unreadable)
    assert first.raw == broken
    assert isinstance(second, Seen)


@pytest.mark.parametrize("nameless", [[{}], [{"orderNumber": 3}], [None], [{}, "x"]])
def test_a_record_without_a_number_may_be_the_one_that_is_missing(nameless: list[object]) -> None:
    """It is kept for whoever looks into the order that was not returned."""
    (found,) = decode(_details(nameless), A)

    assert isinstance(found, Unreadable)
    assert isinstance(found.error, DecodeError)
    assert (nameless[0] if len(nameless) == 1 else tuple(nameless)) == found.raw


@pytest.mark.parametrize("payload", [{}, {"OrderModelList": {}}, {"OrderModelList": "x"}])
def test_an_answer_without_a_list_of_orders_cannot_be_read(payload: object) -> None:
    """Null is no orders; anything else that is no list is unknown to us."""
    with pytest.raises(DecodeError, match="OrderModelList"):
        decode(payload, A)


def test_a_refusal_of_the_whole_call_raises() -> None:
    """A missing version, say, refuses every order at once."""
    with pytest.raises(MallError, match="GET_ORDER_ERROR_009"):
        decode({"MessageModelList": [message("GET_ORDER_ERROR_009")]}, A)


def test_an_empty_answer_is_a_decode_error() -> None:
    """No bytes are no answer."""
    with pytest.raises(DecodeError):
        GetOrders(numbers=(A,), reader=reader()).decode(Response(status=200))


# --------------------------------------------------------------- many orders that are known already

MANY = [f"999003-{serial:04}" for serial in range(22)]
HELD = dict.fromkeys(MANY, "700")
LISTED = ("100", "200", "300", "400", "500", "600", "700", "800", "900")


def by_status(**found: list[str]) -> list[tuple[str, object]]:
    """Return the rows of a script in which each status is listed, such as ``s300=[…]``."""
    return [page(*found[f"s{status}"]) if f"s{status}" in found else NONE for status in LISTED]


def test_of_many_known_orders_only_those_in_another_status_are_read() -> None:
    """One that is new is, too; the lists must have as many numbers as the window."""
    moved, new = placed(MANY[3]), placed("999003-9999")
    rest = [one for one in MANY if one != moved.number]
    whole = page(*MANY, new.number)
    script = [whole, *by_status(s300=[moved.number, new.number], s700=rest), whole]
    events, caller = fetch([*script, shown(moved), shown(new)], held=HELD, batch=1)

    assert [moved.number, new.number] == numbers(events)
    assert [HOUR] == covered(events)
    assert [(), *((int(one),) for one in LISTED), ()] == [
        search.progresses for search in searched(caller)
    ]


def test_a_known_order_that_no_list_has_is_read_at_the_end() -> None:
    """It is older than the period."""
    old = placed(A, NOW - timedelta(days=9))
    script = [page(*MANY), *by_status(s700=MANY), page(*MANY), shown(old)]
    events, _ = fetch(script, known=[A], held=HELD, batch=1)

    assert [Covered(HOUR), Seen(old)] == events


def test_an_order_that_two_lists_have_is_read() -> None:
    """It has moved on between them."""
    moved = placed(MANY[0])
    script = [page(*MANY), *by_status(s300=[moved.number], s700=MANY), page(*MANY)]
    events, _ = fetch([*script, shown(moved)], held=HELD, batch=1)

    assert [Seen(moved), Covered(HOUR)] == events


@pytest.mark.parametrize("after", [MANY, [*MANY, A]])
def test_lists_that_do_not_add_up_lead_to_a_whole_reading(after: list[str]) -> None:
    """A status that we do not know is in no list; an order came in while they were read."""
    some = MANY if after != MANY else MANY[1:]
    seen = [placed(number) for number in MANY]
    last = [page(*after)] if some == MANY else []
    script = [page(*MANY), *by_status(s700=some), *last, *(shown(one) for one in seen)]
    events, _ = fetch(script, held=HELD, batch=1)

    assert MANY == numbers(events)
    assert [HOUR] == covered(events)


def test_few_orders_are_read_whole() -> None:
    """Reading them takes fewer calls than listing them by status, and shows what was edited."""
    seen = [placed(number) for number in MANY[1:]]
    events, _ = fetch([page(*MANY[1:]), *(shown(one) for one in seen)], held=HELD, batch=1)

    assert MANY[1:] == numbers(events)
