"""Proving a wire offline: what fits is told, and each mistake is named with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner
from examplemarket_form_wire import FormWire
from examplemarket_wire import ExamplemarketWire, call
from template_wire import WIRE as TEMPLATE

from mallsync import BuyerReview, Period, ShipmentNotice
from mallsync.adapters import rakuma
from mallsync.cli import cli
from mallsync.errors import ConfigError, FileError
from mallsync.ports import TokenVault
from mallsync.testing.rakuma import Sample, check_rakuma_wire, samples_in
from mallsync.wire.messages import Effect

RECORD: dict[str, Any] = {
    "order_no": "EXRK0100000001",
    "item_no": "900000001",
    "account_kind": "one_off",
    "qty": 1,
    "state": "wait_ship",
    "title": "サンプル帽子",
    "amount": 2500,
    "postage": 300,
    "ordered": "2026-11-20T10:00:00+09:00",
    "paid": "2026-11-20T10:02:00+09:00",
    "anonymous": False,
    "method": "example_self",
    "to": {"zip": "0600000", "pref": "北海道", "addr": "架空市1-1", "name": "例 花子", "tel": "0"},
}


def sample(operation: str, body: object, status: int = 200) -> Sample:
    """Return a recorded answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Sample(operation=operation, body=data, status=status)


GOOD = (
    sample("list_orders", {"orders": [RECORD, {**RECORD, "to": None}], "next": None}),
    sample("get_order", {"order": RECORD}),
    sample("get_order", {"error": {"code": "no_such_order"}}, 404),
    sample("notify_shipped", {"order_no": "EXRK0100000001", "state": "wait_receive"}),
    sample("list_messages", {"messages": []}),
)


def test_a_wire_that_fits_says_which_fields_were_found_where() -> None:
    """And how often."""
    report = check_rakuma_wire(ExamplemarketWire(), GOOD)

    assert report.ok, report.findings
    assert 3 == report.records
    assert {"found": 3} == report.fields["order_no"]
    assert {"found": 2} == report.fields["to.zip"]
    assert {"missing": 3} == report.fields["shipped"]
    assert ["3 records read", "it fits"] == [
        line for line in report.lines() if not line.startswith("  ")
    ]


def test_both_example_wires_and_the_template_can_be_checked_without_samples() -> None:
    """What the template leaves out is told."""
    reports = [check_rakuma_wire(wire) for wire in (ExamplemarketWire(), FormWire(), TEMPLATE)]

    assert [True, True, True] == [report.ok for report in reports]
    assert ("send_message", "list_messages") == reports[-1].not_offered


class FiveMistakes(ExamplemarketWire):
    """A wire with five mistakes, which are named beside them."""

    # 1: a code of the samples is not mapped, and no code leads to a state
    states: ClassVar = {
        code: state for code, state in ExamplemarketWire.states.items() if code != "done"
    }

    def list_orders(self, period: Period, place: str) -> rakuma.Call[rakuma.Page]:
        """2: the key of the records is another."""
        return call(
            "list",
            rakuma.get("/orders"),
            lambda answer: rakuma.by_cursor(answer["rows"], answer["next"]),
        )

    def notify_shipped(self, notice: ShipmentNotice) -> rakuma.Call[str]:
        """3: a write says that it reads."""
        return super().notify_shipped(notice).with_effect(Effect.READ)

    def auth(
        self, credentials: rakuma.Credentials, vault: TokenVault, now: Callable[[], datetime]
    ) -> Any:
        """4: the password stands in the address."""

        class InAddress(rakuma.StaticHeaders):
            def sign(self, request: Any, now: datetime) -> Any:
                return rakuma.get("/", password=credentials.password)

        return InAddress({})

    def record(self, fields: rakuma.Fields) -> rakuma.RakumaRecord:
        """5: a path is misspelled."""
        fields.text("to.postcode")
        fields.code("state", {})
        return super().record(fields)


def test_each_of_five_mistakes_is_named_with_its_place() -> None:
    """And nothing of a record is shown."""
    report = check_rakuma_wire(FiveMistakes(), GOOD)
    found = {str(finding) for finding in report.findings}

    assert {
        "states: no code leads to COMPLETED",
        "list_orders: cannot be read: UNREADABLE",
        "notify_shipped: it writes, and says that it reads",
        "auth: a secret stands in the address: put it into a header or the body",
        "get_order to.postcode: missing",
        "get_order state: 'wait_ship' is not mapped",
    } == found
    assert not report.ok
    assert "花子" not in "\n".join(report.lines())
    assert "6 problems" == list(report.lines())[-1]


class Odd(ExamplemarketWire):
    """A wire with rarer mistakes."""

    kinds: ClassVar = {}
    methods: ClassVar = {
        "example_self": "self",  # type: ignore[dict-item]  # the mistake
        "example_pack": rakuma.Method(""),
    }

    def auth(self, credentials: Any, vault: Any, now: Any) -> Any:
        """It breaks."""
        raise ZeroDivisionError

    def get_order(self, number: str) -> rakuma.Call[object]:
        """It takes anything for an answer, and its path has no stroke."""
        return rakuma.Call(
            name="one", request=rakuma.get("orders"), meaning=lambda response: {"a": 1}
        )

    def list_orders(self, period: Period, place: str) -> Any:
        """It returns no page."""
        return call("list", rakuma.get("/orders"), lambda answer: answer["orders"])

    def register_review(self, review: BuyerReview) -> Any:
        """It breaks."""
        raise ZeroDivisionError

    def list_messages(self, number: str) -> Any:
        """It is no Call, and breaks where it reads."""

        class Raw:
            name = "messages"
            effect = Effect.READ

            def encode(self) -> Any:
                return rakuma.get("/messages")

            def decode(self, response: Any) -> Any:
                raise ZeroDivisionError

        return Raw()

    def record(self, fields: rakuma.Fields) -> Any:
        """It returns something else, or breaks."""
        if fields.has("order_no"):
            raise ZeroDivisionError
        return {}


def test_rarer_mistakes_are_named_as_well() -> None:
    """A wire that breaks does not break the check."""
    samples = (*GOOD, sample("register_review", {}))
    found = {str(finding) for finding in check_rakuma_wire(Odd(), samples).findings}

    assert {
        "auth: raises ZeroDivisionError",
        "kinds: no code leads to 1点もの",
        "methods: 'example_self' leads to no Method with a name",
        "methods: 'example_pack' leads to no Method with a name",
        "get_order: its path does not begin with /",
        "get_order: get_order takes an empty body for an answer",
        "get_order: get_order takes a page of HTML for an answer",
        "get_order: get_order takes status 500 for an answer",
        "get_order: takes a refusal for an answer",
        "get_order: record returns no RakumaRecord",
        "list_orders: no page: return by_cursor, by_page or by_offset",
        "register_review: raises ZeroDivisionError",
        "list_messages: raises ZeroDivisionError",
    } == found


def test_a_delivery_method_of_the_samples_that_the_map_lacks_is_named() -> None:
    """With its place; the record can be read all the same."""
    told = sample("get_order", {"order": {**RECORD, "method": "example_bike"}})
    report = check_rakuma_wire(ExamplemarketWire(), [told])

    assert ["get_order method: 'example_bike' is not mapped"] == [str(o) for o in report.findings]


def test_a_record_that_breaks_the_wire_is_named() -> None:
    """By the kind of what it raises."""

    class Breaks(Odd):
        list_orders = ExamplemarketWire.list_orders

    report = check_rakuma_wire(Breaks(), [GOOD[0]])

    assert "list_orders: raises ZeroDivisionError" in {str(one) for one in report.findings}
    assert 2 == report.records


def test_a_wire_that_breaks_on_what_is_missing_is_told_what_is_missing() -> None:
    """That it broke on it says nothing more."""

    class Hasty(ExamplemarketWire):
        def record(self, fields: rakuma.Fields) -> rakuma.RakumaRecord:
            raise ValueError(fields.text("nothing") or "見本")

    report = check_rakuma_wire(Hasty(), [GOOD[1]])

    assert ["get_order nothing: missing"] == [str(one) for one in report.findings]


def test_what_is_no_wire_or_no_sample_is_refused() -> None:
    """It is a mistake of the call."""
    with pytest.raises(ConfigError, match="write it as a subclass"):
        check_rakuma_wire(object())  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ConfigError, match="write one of list_orders"):
        check_rakuma_wire(ExamplemarketWire(), [sample("cancel_order", {})])


def recorded(folder: Path) -> Path:
    """Write samples into a folder."""
    for name, body in (
        ("list_orders.json", {"orders": [RECORD], "next": None}),
        ("get_order.one.json", {"order": RECORD}),
        ("get_order.404.json", {"error": {"code": "no_such_order"}}),
    ):
        (folder / name).write_text(json.dumps(body), encoding="utf-8")
    (folder / "sub").mkdir()
    return folder


def test_samples_are_files_named_by_operation_and_status(tmp_path: Path) -> None:
    """Folders in between are left alone."""
    found = {(one.operation, one.status, one.name) for one in samples_in(recorded(tmp_path))}

    assert {
        ("list_orders", 200, "list_orders.json"),
        ("get_order", 200, "get_order.one.json"),
        ("get_order", 404, "get_order.404.json"),
    } == found


def test_a_folder_that_is_not_there_or_a_strange_file_is_refused(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(FileError, match="recorded answers"):
        samples_in(tmp_path / "none")
    (tmp_path / "orders.json").write_text("{}", encoding="utf-8")
    with pytest.raises(FileError, match="begin its name") as caught:
        samples_in(str(tmp_path))
    assert tmp_path / "orders.json" == caught.value.path
    (tmp_path / "orders.json").rename(tmp_path / "orders")
    with pytest.raises(FileError):
        samples_in(tmp_path)


def test_the_command_prints_the_report_and_says_by_its_code_whether_it_fits(tmp_path: Path) -> None:
    """0 if it does, 1 if not, 2 for a mistake of the call."""
    folder = str(recorded(tmp_path))
    run = CliRunner().invoke
    good = run(cli, ["rakuma", "check-wire", "examplemarket_wire:WIRE", "--samples", folder])
    bad = run(cli, ["rakuma", "check-wire", "examplemarket_form_wire:WIRE", "--samples", folder])
    plain = run(cli, ["rakuma", "check-wire", "template_wire:WIRE"])
    missing = run(cli, ["rakuma", "check-wire", "examplemarket_wire:WIRE", "--samples", "none"])

    assert (0, 1, 0, 1) == tuple(one.exit_code for one in (good, bad, plain, missing))
    assert "order_no: 2 found" in good.output
    assert "PROBLEM get_order.one.json: cannot be read" in bad.output
    assert "not offered: send_message, list_messages" in plain.output
    assert "none no such folder" in missing.output


@pytest.mark.parametrize(
    "place", ["examplemarket_wire", "no_such_module:WIRE", "template_wire:NONE"]
)
def test_a_wire_that_is_not_there_is_named(place: str) -> None:
    """With how to write it."""
    done = CliRunner().invoke(cli, ["rakuma", "check-wire", place])

    assert 2 == done.exit_code
    assert "MODULE:NAME" in done.output
