"""The command line, run in process and as a program."""

from __future__ import annotations

import builtins
import re
import signal
import subprocess
import sys
import threading
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from mallsync.__main__ import main
from mallsync.cli import cli, stalls

WIDE = {"COLUMNS": "160"}


def writes(output: str) -> list[list[dict[str, str]]]:
    """Return the demo's tables of what was written, row by row."""
    found = []
    lines = iter(output.splitlines())
    for line in lines:
        if "records on the mall" in line:
            names = ["stall", *re.split(r"  +", line.strip())]
            next(lines)
            rows = list(takewhile(str.strip, lines))
            found.append(
                [dict(zip(names, re.split(r"  +", row.strip()), strict=True)) for row in rows]
            )
    return found


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "no tracking number"), ("ja", "お荷物伝票番号が未入力です")]
)
def test_the_demo_decides_reports_and_sends_nothing_twice(lang: str, words: str) -> None:
    """The reasons are in the language asked for, and both runs count the same records."""
    done = CliRunner(env=WIDE).invoke(cli, ["demo", "--lang", lang])

    assert 0 == done.exit_code, done.output
    assert words in " ".join(done.output.split())
    sent, again = writes(done.output)
    assert ["19", "12", "9", "15", "4"] == [row["to report"] for row in sent]
    assert ["19 SENT", "12 SENT", "9 SENT", "15 SENT", "4 SENT"] == [row["came to"] for row in sent]
    assert ["0", "0", "0", "0", "0"] == [row["to report"] for row in again]
    for table in (sent, again):
        assert ["19", "21", "9", "15", "4"] == [row["records on the mall"] for row in table]
    assert "REFUSED" not in done.output


def test_the_demo_goes_on_from_its_store(tmp_path: Path) -> None:
    """The next run is the next day: what was reported is not reported again."""
    call = ["demo", "--store", str(tmp_path / "demo.db")]
    first, second = (CliRunner(env=WIDE).invoke(cli, call) for _ in range(2))

    assert 0 == first.exit_code == second.exit_code, second.output
    assert "run this again for the next day" in first.output
    assert "They were told the 56 reports that the store knows of" in second.output
    assert "2026-11-23 16:00: fetch" in second.output
    before, after = writes(first.output), writes(second.output)
    assert ["3", "1", "3", "3", "5"] == [row["to report"] for row in after[0]]
    known, now = ([int(row["records on the mall"]) for row in one[1]] for one in (before, after))
    # One of Mercari Shops is anonymous: it goes by the mall's own label.
    assert [3, 1, 2, 3, 5] == [n - k for k, n in zip(known, now, strict=True)]


def test_the_demo_tells_why_a_notice_cannot_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A carrier that the mall does not know is named before anything is sent."""
    typed = stalls._DAY_OF_A_SHOP[0]
    monkeypatch.setattr(stalls, "_DAY_OF_A_SHOP", [(*typed[:2], "気球便", *typed[3:])])
    done = CliRunner(env=WIDE).invoke(cli, ["demo", "--orders", "60"])

    said = " ".join(done.output.split())
    assert "the mall has no code for this carrier (write one of: その他," in said
    assert 2 == said.count(" 0 shipments to report")


def test_the_demo_without_the_example_wire_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not in the package: nobody takes it for Rakuma's."""
    monkeypatch.setitem(sys.modules, "examplemarket_wire", None)
    done = CliRunner(env=WIDE).invoke(cli, ["demo", "--orders", "30"])

    assert 0 == done.exit_code, done.output
    assert "make demo puts the example wire on the path" in done.output
    assert "fictional" not in done.output


def test_the_demo_of_no_orders_ends_well() -> None:
    """There is nothing to report."""
    done = CliRunner(env=WIDE).invoke(cli, ["demo", "--orders", "1"])

    assert 0 == done.exit_code, done.output
    assert "Qoo10, of what was reported: nothing." in done.output


def test_the_sandbox_runs_until_it_is_interrupted() -> None:
    """It prints what another program needs, answers, and ends on Ctrl-C, in the background too."""
    program = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    program += "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    arguments = ["-m", "mallsync", "sandbox", "--port", "0", "--orders", "5"]
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(8)]
        url = lines[0].strip().removeprefix("export MALL=")
        status = requests.get(f"{url}/es/2.0/order/searchOrder/", timeout=5).status_code
        other = requests.get(lines[3].strip().removeprefix("export QOO10="), timeout=5).json()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)

    assert 405 == status
    assert -90000 == other["ErrorCode"]
    names = ["MALL", "SERVICE_SECRET", "LICENSE_KEY", "QOO10", "QOO10_KEY"]
    names += ["MERCARI", "MERCARI_TOKEN", "MERCARI_CLIENT"]
    assert [f"export {name}" for name in names] == [line.partition("=")[0] for line in lines]
    assert 0 == process.returncode
    assert "ended" in said


def test_the_sandbox_ends_on_ctrl_c_without_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it prints is for another program's environment; being interrupted is its normal end."""

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

    module = sys.modules["mallsync.cli.sandbox"]
    monkeypatch.setattr(module, "threading", SimpleNamespace(Event=Interrupted))
    done = CliRunner().invoke(cli, ["sandbox", "--port", "0", "--orders", "3", "--throttle"])

    assert 0 == done.exit_code
    assert "export QOO10_KEY=FAKEKEY" in done.output
    assert "ended" in done.output


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without click the program says what to install; a fault of ours is not hidden so."""
    original = builtins.__import__

    def without(name: str) -> Any:
        def fake(module: str, *args: Any, **kwargs: Any) -> Any:
            if module == "mallsync.cli":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            return original(module, *args, **kwargs)

        return fake

    monkeypatch.setattr(builtins, "__import__", without("click"))
    with pytest.raises(SystemExit, match=r"needs click: pip install 'mallsync\[cli,sandbox\]'"):
        main()
    monkeypatch.setattr(builtins, "__import__", without("mallsync.cli.gone"))
    with pytest.raises(ModuleNotFoundError):
        main()


def test_the_program_says_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """``mallsync --version`` runs the command line."""
    monkeypatch.setattr(sys, "argv", ["mallsync", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()

    assert 0 == ended.value.code
