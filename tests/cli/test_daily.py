"""The commands of the daily work, from the file of shops to the exit code."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from click.testing import CliRunner, Result

from mallsync import OrderKey, Outcome, Period, sandbox
from mallsync import sync as sync_package
from mallsync.cli import cli, daily, work
from mallsync.errors import DecodeError, StoreError
from mallsync.model.journal import EntryKey
from mallsync.model.period import JST
from mallsync.model.sighting import Remark, Unreadable
from mallsync.store import ShopKey, SqlStore
from mallsync.sync import ExportReport, FetchReport, Round, Sync, Written
from mallsync.sync.plan import plan_of
from tests.sync.processes import shop_file

TODAY = f"{datetime.now(JST):%Y-%m-%d}"


@frozen
class Shell:
    """Runs commands on a shop at a fake mall."""

    malls: sandbox.Malls
    folder: Path

    def __call__(self, *args: str, answer: str | None = None) -> Result:
        """Run a command with the shop's file and a store."""
        place = ["--store", f"sqlite:///{self.folder / 'orders.db'}"]
        shops = [] if args[0] == "store" else ["--shops", str(self.folder / "shops.toml")]
        return CliRunner().invoke(cli, [*args, *shops, *place], input=answer)

    def json(self, *args: str) -> Any:
        """Return what a command prints for programs."""
        return json.loads(self(*args, "--json").stdout)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Run a fake Rakuten with a few orders, and write the file of its shop."""
    with sandbox.running(seed=5, orders=40) as malls:
        shop_file(tmp_path, malls)
        yield Shell(malls, tmp_path)


def one_to_ship(shell: Shell) -> str:
    """Fetch, and return an order that can be shipped."""
    assert 0 == shell("fetch").exit_code
    with SqlStore(f"sqlite:///{shell.folder / 'orders.db'}") as store:
        (shop,) = store.shops.all().values()
        return next(
            one.order.number
            for one in store.orders.find(shop)
            if one.order.mall_status == "300"
            and len(one.order.shipments) == 1
            and not one.order.holds
            and not any(parcel.tracking_number for parcel in one.order.shipments[0].parcels)
        )


FILLED = ("--status", "発送待ち", "--carrier", "ヤマト運輸", "--tracking", "000011112222")


def test_a_day_by_hand_from_fetch_to_why(shell: Shell) -> None:
    """Fetch, look, fill in, plan, export once, and see why."""
    number = one_to_ship(shell)
    listed = shell("orders", "--number", number)
    filled = shell("handle", number, *FILLED, "--ship-date", TODAY, "--method", "宅急便")
    noted = shell("handle", number, "--memo", "急ぎ")
    plan = shell.json("plan")
    shown = shell("plan", "--lang", "en")
    refused = shell("export", answer="n\n")
    sent = shell("export", "--yes")
    again = shell("export", "--yes")
    why = shell("why", number, "--lang", "en")

    assert number in listed.stdout
    assert "報告できます" in filled.stdout
    assert 0 == noted.exit_code
    assert [number] == [row["order"] for row in plan["rows"] if row["verdict"] == "SEND"]
    assert "1 to report, of" in shown.stdout
    assert 1 == refused.exit_code
    assert "rakuten/one: 1 SENT" in sent.stdout
    assert "0 to report" in again.stdout
    assert "notice 1: sent" in why.stdout
    assert 1 == shell.malls.rakuten.fake.effective(number)
    assert "made-up" not in shown.output


def test_programs_are_told_in_json(shell: Shell) -> None:
    """Each command has it; exit codes say whether a person is needed."""
    number = one_to_ship(shell)
    shell("handle", number, *FILLED, "--ship-date", TODAY)
    digest = shell.json("plan")["digest"]
    (fetched,) = shell.json("fetch", "--from", TODAY, "--to", TODAY)
    wrong = shell("export", "--digest", "another", "--json")
    (sent,) = shell.json("export", "--digest", digest)

    assert (True, None) == (fetched["ok"], fetched["error"])
    assert 1 == wrong.exit_code
    assert "look at mallsync plan again" in wrong.output
    assert ({"SENT": 1}, [[number, "SENT", ""]]) == (sent["counts"], sent["written"])
    nothing: dict[str, Any] = {"counts": {}, "written": [], "unreadable": [], "error": None}
    assert [{"shop": "rakuten/one", "ok": True, **nothing}] == shell.json("reconcile")
    assert [] == shell.json("review")
    assert isinstance(shell.json("gaps"), list)
    assert {"rakuten/one"} == set(shell.json("check"))
    assert json.loads(shell("orders", "--json").stdout.splitlines()[0])["shop"] == "one"


def test_what_goes_wrong_is_told_and_ends_with_1(shell: Shell) -> None:
    """A mall that refuses, a key that ends, a stretch that is not covered."""
    shell("fetch")
    shell.malls.rakuten.fail_next("UNAUTHORISED", operation="searchOrder")
    failed = shell("fetch")
    old = f"{datetime.now(JST) - timedelta(days=80):%Y-%m-%d}"
    shell("fetch", "--from", old, "--to", old)
    gaps = shell("gaps")
    shell.malls.rakuten.fail_next("UNAUTHORISED", times=3)
    check = shell("check", "--shop", "one")
    license_ = shell.malls.rakuten.fake.operations[-1]
    shell.malls.rakuten.fail_next("UNAUTHORISED", operation=license_, times=3)
    unclear = [shell("check"), shell("fetch"), shell("run", "--once")]

    assert 1 == failed.exit_code
    assert "stopped by rakuten searchOrder" in failed.stdout
    assert 1 == gaps.exit_code
    assert gaps.stdout.startswith("rakuten/one: 20")
    assert 1 == check.exit_code
    assert "rakuten/one: WRONG" in check.stdout
    assert [1, 1, 0] == [one.exit_code for one in unclear]
    assert "one: " in unclear[0].stderr
    assert "one: " in unclear[1].stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("fetch", "--from", TODAY), "write --from and --to"),
        (("why", "1", "--shop", "two"), "write --shop, one of rakuten/one"),
        (("handle", "none", "--memo", "a"), "never"),
        (("store", "purge", "--older-than", "long"), "such as 90d"),
    ],
)
def test_a_mistake_of_the_call_is_told(shell: Shell, args: tuple[str, ...], said: str) -> None:
    """With what to write."""
    done = shell(*args)

    assert done.exit_code in {1, 2}
    assert said in done.output


def test_an_order_is_found_in_the_shop_that_has_it(shell: Shell) -> None:
    """Where several have it, one has to be named."""
    file = shell.folder / "shops.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + text.replace("one]", "two]"), encoding="utf-8")
    number = one_to_ship_in(shell, "one")
    found = shell("why", number)
    shell("fetch", "--shop", "two")
    both = shell("why", number)

    assert 0 == found.exit_code
    assert 2 == both.exit_code


def one_to_ship_in(shell: Shell, shop: str) -> str:
    """Fetch one shop, and return an order of it."""
    shell("fetch", "--shop", shop)
    return str(json.loads(shell("orders", "--json").stdout.splitlines()[0])["number"])


def test_a_file_or_a_store_that_is_wrong_is_named(shell: Shell) -> None:
    """In one line, without a trace."""
    file = shell.folder / "shops.toml"
    file.write_text("shops = ", encoding="utf-8")
    no_toml = shell("fetch")
    file.write_text("", encoding="utf-8")
    no_shop = shell("fetch")
    (shell.folder / "orders.db").write_bytes(b"no database" * 100)
    results = [shell("store", "check"), shell("store", "purge", "--older-than", "90")]

    assert f"{file}: no TOML" in no_toml.output
    assert "there is no shop" in no_shop.output
    assert all("no SQLite database" in one.output for one in results)
    assert {1} == {one.exit_code for one in (no_toml, no_shop, *results)}


def test_a_store_is_verified_and_purged(shell: Shell) -> None:
    """What is wrong is named, and ends with 1."""
    shell("fetch")
    sound = shell("store", "check")
    purged = shell("store", "purge", "--older-than", "0d")
    with sqlite3.connect(shell.folder / "orders.db") as connection:
        connection.execute("UPDATE orders SET cache = '{'")
    connection.close()
    broken = shell("store", "check")

    assert (0, "it is sound\n") == (sound.exit_code, sound.stdout)
    assert 0 == purged.exit_code
    assert "raw records" in purged.stdout
    assert 1 == broken.exit_code
    assert "cannot be read: check --repair, then fetch it again" in broken.stdout


def test_a_run_does_one_round_for_cron(shell: Shell) -> None:
    """What is not due is not done."""
    first, second = shell("run", "--once"), shell("run", "--once")

    assert "rakuten/one:" in first.stdout
    assert (0, 0, "") == (first.exit_code, second.exit_code, second.stdout)


def test_a_signal_ends_a_run_cleanly(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of a round; what was written is told, and so are keys that end."""
    number = one_to_ship(shell)
    shell("handle", number, *FILLED, "--ship-date", TODAY)
    license_ = shell.malls.rakuten.fake.operations[-1]
    shell.malls.rakuten.fail_next("UNAUTHORISED", operation=license_, times=3)
    file = shell.folder / "shops.toml"
    more = "export.auto = true\nfetch.every = 0\n"
    file.write_text(file.read_text("utf-8") + more.replace("0", "1"), encoding="utf-8")
    told: list[Round] = []
    plain = sync_package.run

    def interrupted(sync: Any, **more: Any) -> bool:
        tell = more.pop("told")

        def then(done: Round) -> None:
            tell(done)
            told.append(done)
            os.kill(os.getpid(), signal.SIGTERM)

        sync.store.fetches.begin(next(iter(sync.shops)), sync.store.now())
        with sync.store.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM fetches")
        return plain(sync, told=then, **more)

    monkeypatch.setattr(daily, "run_sync", interrupted)
    before = signal.getsignal(signal.SIGTERM)
    done = shell("run")

    assert "rakuten/one: 1 SENT" in done.stdout
    assert 1 == len(told)
    assert before is signal.getsignal(signal.SIGTERM)
    assert "one: " in done.stderr


def test_the_key_of_an_order_needs_a_shop(shell: Shell) -> None:
    """A helper of several commands."""
    assert work.day(None) is None
    assert work.period_of(None, None) is None
    assert shell("handle", "none", "--shop", "one", "--memo", "a").exit_code == 1


def test_what_did_not_end_well_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """For each shop, and for each order that was refused."""
    shop = ShopKey("rakuten", "one")
    period = Period.days(date(2026, 11, 1), date(2026, 11, 1))
    remark = Remark("SEARCH_CAP", gap=period)
    refused = Written(
        key=EntryKey(OrderKey("rakuten", "one", "9"), "1"), outcome=Outcome.REFUSED, code="ODD"
    )
    strange = Unreadable("8", None, DecodeError(code="ODD"))
    fetched = FetchReport(shop=shop, period=period)
    lines = [
        daily._fetched_line(evolve(fetched, busy=True)),
        daily._fetched_line(evolve(fetched, remarks=(remark,), stopped=True, confirmed=2)),
        *daily._written_lines(
            [
                ExportReport(shop=shop, busy=True),
                ExportReport(shop=shop, written=(refused,), stopped=True),
                ExportReport(shop=shop, error=ValueError("odd")),
                ExportReport(shop=shop, written=(refused,), unreadable=(strange,)),
            ]
        ),
    ]
    daily._show(plan_of([], today=date(2026, 11, 1), period=None), "ja", as_json=False)

    assert [
        "rakuten/one: another process is fetching it",
        "rakuten/one: 0 seen, 0 new, 0 changed, 2 reports seen on the mall; SEARCH_CAP; stopped",
        "rakuten/one: another process is writing to it",
        "rakuten/one: 1 REFUSED; stopped",
        "  9: REFUSED ODD",
        "rakuten/one: nothing to write; stopped by odd",
        "rakuten/one: 1 REFUSED, 1 unreadable",
        "  9: REFUSED ODD",
        "  8: unreadable ODD",
    ] == lines
    assert capsys.readouterr().out.startswith("0 to report, of 0; plan ")


def test_a_report_is_corrected_when_it_is_asked_for(shell: Shell) -> None:
    """By its number; without that it is held back."""
    number = one_to_ship(shell)
    shell("handle", number, *FILLED, "--ship-date", TODAY)
    shell("export", "--yes")
    shell("fetch")
    shell("handle", number, "--tracking", "999911112222")
    held = shell("export", "--yes")
    planned = json.loads(shell("plan", "--correct", number, "--json").stdout)
    corrected = shell("export", "--yes", "--correct", number)

    (said,) = [line for line in held.stdout.splitlines() if number in line]
    assert "別の内容で報告済みです" in said
    assert 1 == sum(len(row["notices"]) for row in planned["rows"])
    assert "1 SENT" in corrected.stdout


def test_a_report_that_was_refused_is_sent_again_when_it_is_asked_for(shell: Shell) -> None:
    """As it is; without that it is held back."""
    number = one_to_ship(shell)
    shell("handle", number, *FILLED, "--ship-date", TODAY)
    refuses = shell.malls.rakuten.fail_next
    refuses("ORDER_ERRORS", operation="updateOrderShipping", orders=[number])
    refused = shell("export", "--yes")
    held = shell("export", "--yes")
    planned = json.loads(shell("plan", "--retry-refused", "--json").stdout)
    again = shell("export", "--yes", "--retry-refused")

    assert "1 REFUSED" in refused.stdout
    assert "0 to report" in held.stdout
    assert [number] == [row["order"] for row in planned["rows"] if row["verdict"] == "SEND"]
    assert "1 SENT" in again.stdout
    assert 1 == shell.malls.rakuten.fake.effective(number)


def test_a_review_that_was_refused_is_posted_again_when_it_is_asked_for(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not otherwise."""
    asked: list[bool] = []

    def review(_: Sync, shops: object, *, retry_refused: bool) -> list[ExportReport]:
        assert shops == ("one",)
        asked.append(retry_refused)
        return []

    monkeypatch.setattr(Sync, "review", review)
    done = [shell("review", "--shop", "one"), shell("review", "--shop", "one", "--retry-refused")]

    assert [0, 0] == [one.exit_code for one in done]
    assert [False, True] == asked


def test_what_ends_a_round_early_is_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one takes it up."""

    def full(_: object, *, told: Any, once: bool) -> bool:
        told(Round(error=StoreError("the disk is full")))
        return False

    monkeypatch.setattr(daily, "run_sync", full)
    done = shell("run", "--once")

    assert (1, "the disk is full\n") == (done.exit_code, done.stderr)


def test_an_export_of_nothing_is_json_too(shell: Shell) -> None:
    """For programs."""
    shell("fetch")

    assert [] == json.loads(shell("export", "--yes", "--json").stdout)


def test_a_store_that_is_not_there_is_not_made(shell: Shell) -> None:
    """A mistyped name is no sound store."""
    told = shell("store", "check", "--store", f"sqlite:///{shell.folder}/typo.db")

    assert 1 == told.exit_code
    assert "there is no store" in told.stderr
    assert not (shell.folder / "typo.db").exists()
