"""The README is true: its screen of output is the demo's, and its program runs as printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.ja.md")


def text_of(name: str) -> str:
    """Return a README's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def run(*arguments: str) -> str:
    """Run this interpreter, and return what it prints."""
    wires = str(ROOT / "examples" / "rakuma")  # as make demo does
    environment = {
        **os.environ,
        "COLUMNS": "96",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": wires,
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_screen_of_output_is_what_the_demo_prints() -> None:
    """Each line of both screens is printed, in this order; "…" stands for lines left out."""
    printed = [line.rstrip() for line in run("-m", "mallsync", "demo").splitlines()]
    for name in READMES:
        screen = re.search(r"<!-- demo output -->\n```text\n(.*?)```", text_of(name), re.DOTALL)
        assert screen is not None
        told = iter(printed)
        shown = [one for one in screen[1].splitlines() if one.strip() not in ("$ make demo", "…")]
        assert len(shown) > 10
        assert [] == [line for line in shown if line not in told]


@pytest.mark.parametrize("name", READMES)
def test_the_first_program_runs_as_printed(name: str) -> None:
    """The ten lines print orders of the sandbox."""
    program = re.search(r"```python\n(.*?)```", text_of(name), re.DOTALL)
    assert program is not None
    assert len(program[1].splitlines()) <= 11

    lines = run("-c", program[1]).splitlines()

    assert lines
    assert all(re.fullmatch(r"\d{6}-\d{8}-\d{10} [A-Z_]+ (\d+|None)", line) for line in lines)
