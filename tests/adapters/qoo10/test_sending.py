"""Reporting shipments line by line: what is looked at, sent together, alone, or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from mallsync import Outcome, ShipmentNotice
from mallsync.adapters import qoo10
from mallsync.adapters.qoo10.sending import FEW_LINES
from mallsync.errors import AnswerLost, Conflict, DecodeError, NotFound, Rejected, Unavailable
from mallsync.model.journal import EntryKey
from mallsync.model.writebacks import NoticeResult
from mallsync.testing.memory import MemoryJournal
from mallsync.wire.messages import Response
from tests.adapters.qoo10.made import Desk, claim, client_at, reply, row
from tests.adapters.qoo10.shop import NOW

ONE, BULK = "SetSendingInfo", "SetSendingInfoBulk"
LINE, LIST = "GetShippingAndClaimInfoByOrderNo_V2", "GetShippingInfo_v3"


def notice(lines: str = "", cart: str = "880000001", **changes: Any) -> ShipmentNotice:
    """Return a notice for a cart, or for some of its lines."""
    told: dict[str, Any] = {
        "order_number": cart,
        "shipment_id": lines,
        "carrier": "ヤマト運輸",
        "tracking_numbers": ("000011112222",),
        "ship_date": date(2026, 11, 22),
    }
    return ShipmentNotice(**told | changes)


def send(desk: Desk, *notices: ShipmentNotice, **more: Any) -> list[NoticeResult]:
    """Send notices at a desk."""
    with client_at(desk) as client:
        return client.send_notices(notices, **more)


def kinds(results: list[NoticeResult]) -> list[object]:
    """Return for each result SENT, or what kind of error it has."""
    return [one.outcome.value if one.error is None else type(one.error) for one in results]


# ------------------------------------------------------------------------------------- the look


def test_few_lines_that_are_named_are_read_by_themselves() -> None:
    """Listing everything would take more calls."""
    desk = Desk([row(), row(1900000012)])
    desk.answers[ONE] = lambda _: reply()
    (result,) = send(desk, notice("1900000011"))

    assert result.outcome is Outcome.SENT
    assert [method for method, _ in desk.asked] == [LINE, ONE]


def test_many_lines_are_listed() -> None:
    """One call for each status, whatever their number."""
    rows = [row(1900000011 + at) for at in range(FEW_LINES + 1)]
    desk = Desk(rows)
    desk.answers[BULK] = lambda form: reply(
        [{"contr_no": 1900000011 + at, "result_cd": 0} for at in range(len(rows))]
    )
    (result,) = send(desk, notice(",".join(str(one["OrderNo"]) for one in rows)))

    assert result.outcome is Outcome.SENT
    assert desk.calls(LINE) == []
    assert len(desk.calls(BULK)) == 1


def test_a_line_of_another_cart_is_not_the_one_that_is_meant() -> None:
    """Whether the other notice means it or not."""
    desk = Desk([row(), row(1900000021, PackNo=880000002)])
    desk.answers[ONE] = lambda _: reply()
    desk.answers[BULK] = lambda _: reply([{"contr_no": 1900000021, "result_cd": 0}])
    strange, own = send(desk, notice("1900000021"), notice("1900000021", cart="880000002"))

    assert kinds([strange, own]) == [NotFound, "SENT"]
    assert len(desk.calls(ONE)) == 1


def test_a_cart_too_old_to_be_listed_is_found_by_the_lines_that_are_named() -> None:
    """Beside another that names none, so that everything is listed first."""
    old, new = row(1900000001, PackNo=870000001), row()
    desk = Desk([new])
    desk.answers[LINE] = lambda form: reply([old] if form["OrderNo"] == "1900000001" else [])
    desk.answers[BULK] = lambda _: reply(
        [{"contr_no": 1900000011, "result_cd": 0}, {"contr_no": 1900000001, "result_cd": 0}]
    )
    results = send(desk, notice(), notice("1900000001", cart="870000001"))

    assert kinds(results) == ["SENT", "SENT"]


def test_a_cart_that_cannot_be_read_is_not_written_to() -> None:
    """Neither by its number nor by one of its lines."""
    desk = Desk([row(OrderQty="many")])
    by_line, whole = send(desk, notice("1900000011"))[0], send(desk, notice())[0]

    assert [by_line.outcome, whole.outcome] == [Outcome.NOT_SENT] * 2
    assert isinstance(by_line.error, DecodeError)
    assert isinstance(whole.error, DecodeError)
    assert not desk.calls(ONE)


@pytest.mark.parametrize(("lines", "method"), [("1900000011", LINE), ("", LIST)])
def test_nothing_is_sent_when_the_look_fails(lines: str, method: str) -> None:
    """It could be there already."""
    desk = Desk([row()])
    desk.answers[method] = lambda _: Response(status=503)
    (result,) = send(desk, notice(lines))

    assert result.outcome is Outcome.NOT_SENT
    assert isinstance(result.error, Unavailable)
    assert not desk.calls(ONE)


def test_a_cart_that_is_not_there_is_refused() -> None:
    """As are lines that it lacks, without a call."""
    desk = Desk([row()])
    missing, lacking = send(desk, notice(cart="889999999"), notice("1900000011,1900000099"))

    assert kinds([missing, lacking]) == [NotFound, NotFound]
    assert not desk.calls(ONE)


@pytest.mark.parametrize("lines", ["1900000099", "1900000011,1900000099"])
def test_a_line_that_is_not_there_refuses_the_notice_that_names_it(lines: str) -> None:
    """A part of what was meant would be something else."""
    desk = Desk([row()])
    (result,) = send(desk, notice(lines))

    assert kinds([result]) == [NotFound]
    assert not desk.calls(ONE)


@pytest.mark.parametrize("more", [0, FEW_LINES])
@pytest.mark.parametrize("strange", ["1900000099", "1900000011,1900000099", "1900000021"])
def test_a_line_that_is_not_there_refuses_no_other_notice_of_its_cart(
    strange: str, more: int
) -> None:
    """Few lines are read one by one and many are listed: what comes of a notice is the same."""
    numbers = [1900000012 + at for at in range(1 + more)]
    other = row(1900000021, PackNo=880000002)
    desk = Desk([row(), other, *(row(number) for number in numbers)])
    desk.answers[ONE] = lambda _: reply()
    desk.answers[BULK] = lambda _: reply(
        [{"contr_no": number, "result_cd": 0} for number in numbers]
    )
    good = ",".join(str(number) for number in numbers)
    bad = notice(strange, tracking_numbers=("000099998888",))
    for told in (send(desk, bad, notice(good)), send(desk, notice(good), bad)[::-1]):
        assert kinds(told) == [NotFound, "SENT"]
    written = [form["OrderNo"] for form in desk.calls(ONE)]
    assert not set(strange.split(",")) & set(written)


def test_notices_for_old_carts_have_each_its_own_result() -> None:
    """Beside one that names no line, so that everything is listed first."""
    old = row(1900000001, PackNo=870000001)
    desk = Desk([row()])
    desk.answers[LINE] = lambda form: reply([old] if form["OrderNo"] == "1900000001" else [])
    desk.answers[BULK] = lambda _: reply(
        [{"contr_no": 1900000011, "result_cd": 0}, {"contr_no": 1900000001, "result_cd": 0}]
    )
    good, bad = (notice(line, cart="870000001") for line in ("1900000001", "1900000002"))
    results = send(desk, notice(), bad, good)

    assert kinds(results) == ["SENT", NotFound, "SENT"]


@pytest.mark.parametrize("wrong", ["0000\n1111", "0000\ud8001111"])
def test_a_number_that_cannot_be_sent_asks_nobody_and_begins_nothing(wrong: str) -> None:
    """It would break the call, with the line begun in the journal."""
    desk = Desk([row()])
    (result,) = send(desk, notice(tracking_numbers=(wrong,)), journal=MemoryJournal(lambda: NOW))

    assert (result.outcome, desk.asked) == (Outcome.REFUSED, [])
    assert result.error is not None
    assert result.error.code == "TRACKING_NUMBER_WRONG"


def test_a_line_whose_answer_cannot_be_read_is_looked_at_and_not_refused() -> None:
    """A row code that is no number says neither yes nor no."""
    desk = Desk([row(), row(1900000012)])

    def write(_: object) -> Response:
        desk.rows[0] |= {"ShippingStatus": "On delivery(4)", "TrackingNo": "000011112222"}
        rows = [{"contr_no": 1900000011 + at, "result_cd": None} for at in range(2)]
        return reply(rows)

    desk.answers[BULK] = write
    (result,) = send(desk, notice())

    assert [line.outcome for line in result.lines] == [Outcome.SENT, Outcome.UNKNOWN]


def test_what_preview_refuses_is_refused_without_a_look() -> None:
    """It names the field."""
    desk = Desk([row()])
    (result,) = send(desk, notice(carrier="気球便"))

    assert (result.outcome, desk.asked) == (Outcome.REFUSED, [])
    assert result.error is not None
    assert result.error.code == "CARRIER_UNMAPPED"


# ------------------------------------------------------------------------------------- sending


def test_two_notices_for_one_line_are_one_and_a_refusal() -> None:
    """Which of the two is right, only a person knows; the same twice is one."""
    desk = Desk([row()])
    desk.answers[ONE] = lambda _: reply()
    first, second, same = send(desk, notice(), notice(tracking_numbers=("000099998888",)), notice())

    assert kinds([first, same]) == ["SENT", "SENT"]
    assert isinstance(second.error, Conflict)
    assert second.error.code == "SECOND_NOTICE_FOR_LINE"
    assert len(desk.calls(ONE)) == 1


def test_a_bulk_call_that_is_refused_as_a_whole_is_made_line_by_line() -> None:
    """Perhaps for one bad row, which then shows."""
    desk = Desk([row(), row(1900000012)])
    desk.answers[BULK] = lambda _: reply(code=-999)
    desk.answers[ONE] = lambda form: reply(code=0 if form["OrderNo"].endswith("11") else -10010)
    (result,) = send(desk, notice())

    assert kinds(list(result.lines)) == ["SENT", Conflict]
    assert isinstance(result.error, Conflict)


def test_a_line_that_a_refused_bulk_call_has_written_is_not_written_again() -> None:
    """That a refusal of the whole leaves every row alone is nowhere promised."""
    desk = Desk([row(), row(1900000012)])

    def half_done(_: object) -> Response:
        sent = {"ShippingStatus": "On delivery(4)", "DeliveryCompany": "ヤマト宅急便"}
        desk.rows[0] |= sent | {"TrackingNo": "000011112222"}
        return reply(code=-10100)

    desk.answers[BULK] = half_done
    desk.answers[ONE] = lambda _: reply()
    (result,) = send(desk, notice())

    assert [Outcome.SENT, Outcome.SENT] == [line.outcome for line in result.lines]
    assert ["1900000012"] == [form["OrderNo"] for form in desk.calls(ONE)]


def test_a_refused_bulk_call_that_cannot_be_looked_into_stays_in_doubt() -> None:
    """Nothing is sent a second time on trust."""
    desk = Desk([row(), row(1900000012)])

    def refuse(_: object) -> Response:
        desk.rows[0]["OrderQty"] = "many"  # the look cannot be read
        return reply(code=-999)

    desk.answers[BULK] = refuse
    (result,) = send(desk, notice())

    assert Outcome.UNKNOWN is result.outcome
    assert not desk.calls(ONE)


def test_a_bulk_call_whose_answer_is_lost_is_not_repeated() -> None:
    """The look that follows tells what has arrived."""
    arrived: list[dict[str, Any]] = []
    desk = Desk([row(), row(1900000012)])

    def lose(_: object) -> AnswerLost:
        sent = {"ShippingStatus": "On delivery(4)", "DeliveryCompany": "ヤマト宅急便"}
        desk.rows[0] |= sent | {"TrackingNo": "000011112222"}
        arrived.append(desk.rows[0])
        return AnswerLost()

    desk.answers[BULK] = lose
    (result,) = send(desk, notice())

    assert [line.outcome for line in result.lines] == [Outcome.SENT, Outcome.UNKNOWN]
    assert result.outcome is Outcome.UNKNOWN
    assert len(arrived) == 1
    assert not desk.calls(ONE)


def test_without_a_later_look_a_lost_answer_stays_in_doubt() -> None:
    """Neither yes nor no is made up."""
    desk = Desk([row()])
    looks = iter([reply([row()])])
    desk.answers[LINE] = lambda _: next(looks, Response(status=503))
    desk.answers[ONE] = lambda _: AnswerLost()
    (result,) = send(desk, notice("1900000011"))

    assert result.outcome is Outcome.UNKNOWN


def test_lines_beyond_the_limit_of_a_bulk_call_go_into_another() -> None:
    """A last one by itself."""
    desk = Desk([row(), row(1900000012), row(1900000013)])
    desk.answers[BULK] = lambda _: reply(
        [{"contr_no": number, "result_cd": 0} for number in (1900000011, 1900000012)]
    )
    desk.answers[ONE] = lambda _: reply()
    with client_at(desk, options=qoo10.Options(batch=2)) as client:
        (result,) = client.send_notices([notice()])

    assert result.outcome is Outcome.SENT
    assert (len(desk.calls(BULK)), len(desk.calls(ONE))) == (1, 1)


# ------------------------------------------------------------------------------------- journal


def test_a_line_that_another_process_is_sending_is_left_to_it() -> None:
    """It is in doubt, not sent twice."""
    journal = MemoryJournal(lambda: NOW)
    desk = Desk([row()])
    desk.answers[ONE] = lambda _: AnswerLost()
    (first,) = send(desk, notice(), journal=journal)
    desk.answers[ONE] = lambda _: reply()
    (second,) = send(desk, notice(), journal=journal)

    assert [first.outcome, second.outcome] == [Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert len(desk.calls(ONE)) == 1


def test_a_line_that_another_process_begins_at_the_same_moment_is_left_to_it() -> None:
    """Who begins it in the journal sends it."""

    class Taken(MemoryJournal):
        def begin(self, key: EntryKey, step: str) -> bool:
            return False

    desk = Desk([row()])
    (result,) = send(desk, notice(), journal=Taken(lambda: NOW))

    assert result.outcome is Outcome.UNKNOWN
    assert not desk.calls(ONE)


def test_a_begun_line_that_the_mall_shows_is_done() -> None:
    """The journal learns it from the look."""
    journal = MemoryJournal(lambda: NOW)
    desk = Desk([row()])
    desk.answers[ONE] = lambda _: AnswerLost()
    send(desk, notice(), journal=journal)
    desk.rows[0] |= {
        "ShippingStatus": "On delivery(4)",
        "TrackingNo": "000011112222",
        "DeliveryCompany": "ヤマト宅急便",
    }
    (found,) = send(desk, notice(), journal=journal)
    desk.rows[0] |= row()  # an old copy of the list
    (again,) = send(desk, notice(), journal=journal)

    assert [found.outcome, again.outcome] == [Outcome.SENT, Outcome.SENT]
    assert len(desk.calls(ONE)) == 1


def test_another_number_than_the_journal_s_is_a_conflict() -> None:
    """A shop that has changed its mind must say so elsewhere; another line is another matter."""
    journal = MemoryJournal(lambda: NOW)
    desk = Desk([row(), row(1900000012)])
    desk.answers[ONE] = lambda _: reply()
    send(desk, notice("1900000011"), journal=journal)
    other = evolve(notice("1900000012"), tracking_numbers=("000099998888",))
    (second,) = send(desk, other, journal=journal)
    (result,) = send(desk, evolve(other, shipment_id="1900000011"), journal=journal)

    assert Outcome.SENT is second.outcome
    assert isinstance(result.error, Conflict)
    assert result.error.code == "OTHER_PAYLOAD_IN_JOURNAL"


def test_the_worst_of_the_lines_speaks_for_the_cart() -> None:
    """A cart is sent when each of its lines is."""
    desk = Desk([row(), row(1900000012)], [claim(1900000013)])
    desk.answers[BULK] = lambda _: reply(
        [
            {"contr_no": 1900000011, "result_cd": 0},
            {"contr_no": 1900000012, "result_cd": -10002},
        ]
    )
    (result,) = send(desk, notice())

    assert kinds(list(result.lines)) == ["SENT", Rejected]
    assert result.outcome is Outcome.REFUSED
    assert [warning.code for warning in result.warnings] == ["SHIP_DATE_DROPPED"]
