"""A process that is killed after any of its deeds, and those after it: each step happens once."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from mallsync import sandbox
from tests.adapters.mercari_shops.mortal import MESSAGE, Task
from tests.adapters.mercari_shops.shop import NOW
from tests.sync.processes import SOAK

ROOT = Path(__file__).parents[3]
STRIDE = 1 if SOAK else 2
"""Behind every deed in `make soak`, behind every second elsewhere."""

CREATE, TRACK = "createOrderShipping UNDECIDED", "updateOrderShippingTrackingCode UNDECIDED"
COMPLETE = "completeOrderShipping UNDECIDED"
KEY = re.compile(" mallsync-[0-9a-f]{40}$")
DEEDS = (
    "call",  # the look
    *("open", "begin packages", "end packages"),
    *(f"begin {CREATE}", "call", f"end {CREATE}"),
    *("open", f"begin {TRACK}", "call", f"end {TRACK}"),
    *(f"begin {COMPLETE}", "call", f"end {COMPLETE}"),
    *("begin message", "call", "end message"),
)


def run(task: Task) -> subprocess.CompletedProcess[str]:
    """Run a process of its own to its end, whatever that is."""
    return subprocess.run(
        [sys.executable, "-m", "tests.adapters.mercari_shops.mortal", task.argument()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def task_of(mall: sandbox.MercariShopsMall, folder: Path) -> Task:
    """Return the report of a new order."""
    (number,) = mall.fake.place()
    return Task(
        base_url=mall.base_url,
        token=mall.credentials.access_token,
        client_name=mall.credentials.client_name,
        number=number,
        journal=str(folder / "journal"),
        now=NOW.isoformat(),
    )


def counts(mall: sandbox.MercariShopsMall, number: str) -> list[int]:
    """Return how often shipments were opened, told their numbers and completed, and messages."""
    kinds = ("created", "tracked", "shipped", "message")
    return [mall.fake.effective(number, kind) for kind in kinds]


def test_a_process_that_lives_does_all_its_deeds(
    mall: sandbox.MercariShopsMall, tmp_path: Path
) -> None:
    """So that the list of those after which it is killed is whole."""
    done = run(task_of(mall, tmp_path))

    assert "" == done.stderr
    outcome, deeds = json.loads(done.stdout)
    assert ["SENT", list(DEEDS)] == [outcome, [KEY.sub("", deed) for deed in deeds]]


@pytest.mark.parametrize(
    ("deed", "counts_at"),
    [
        *((deed, "complete") for deed in range(1, len(DEEDS) + 1, STRIDE)),
        *((deed, "create") for deed, name in enumerate(DEEDS, 1) if name == "call"),
    ],
)
def test_a_killed_process_is_followed_by_one_that_goes_on(
    mall: sandbox.MercariShopsMall, tmp_path: Path, deed: int, counts_at: str
) -> None:
    """At once where the mall shows what was done, else once it has settled; nothing twice."""
    mall.fake.settings.counts_at = counts_at
    task = task_of(mall, tmp_path)
    killed = run(evolve(task, dies_after=deed))
    at_once = run(task)
    later = datetime.fromisoformat(task.now) + timedelta(hours=2)
    mall.clock.set(later)
    in_the_end = run(evolve(task, now=later.isoformat()))

    assert -signal.SIGKILL == killed.returncode
    assert json.loads(at_once.stdout)[0] in {"SENT", "UNKNOWN"}
    assert "SENT" == json.loads(in_the_end.stdout)[0]
    assert [1, 1, 1, 1] == counts(mall, task.number)
    order = mall.fake.see(task.number)
    assert [MESSAGE] == [told.text for told in order.messages]
    assert ["ヤマト運輸\n000011112222"] == [one.tracking_code for one in order.shipments]
