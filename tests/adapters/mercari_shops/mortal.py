"""A process that reports one order, and that may end itself by SIGKILL after any of its deeds.

Run with one argument, the JSON of a `Task`. What it has done is in the file of its journal and on
the mall, nowhere else.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from datetime import datetime
from pathlib import Path

from attrs import asdict, define, field, frozen

from mallsync import ShipmentNotice
from mallsync.adapters import mercari_shops
from mallsync.model.journal import Entry, EntryKey
from mallsync.testing import MemoryJournal
from mallsync.transport import HttpTransport, Settings, Surroundings
from mallsync.wire.messages import Request, Response

__all__ = ["MESSAGE", "NEVER", "Task"]

NEVER = 10_000
MESSAGE = "本日発送しました。"


@frozen(kw_only=True)
class Task:
    """What to report where, and after which deed to die."""

    base_url: str
    token: str
    client_name: str
    number: str
    journal: str
    now: str
    dies_after: int = NEVER

    def argument(self) -> str:
        """Return it as the argument of the process."""
        return json.dumps(asdict(self))


@define
class Life:
    """Counts deeds, and ends the process after the n-th."""

    dies_after: int
    deeds: list[str] = field(factory=list)

    def did(self, deed: str) -> None:
        """Note a deed; it may be the last."""
        self.deeds.append(deed)
        if len(self.deeds) == self.dies_after:
            os.kill(os.getpid(), signal.SIGKILL)


@define
class MortalTransport:
    """A way to the mall behind which the process may end."""

    inner: HttpTransport
    life: Life

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send, and live on or not."""
        response = self.inner.send(request, timeout=timeout)
        self.life.did("call")
        return response

    def close(self) -> None:
        """Close the inner one."""
        self.inner.close()


@define
class FileJournal(MemoryJournal):
    """A journal that is on the disk before any of its changes counts."""

    path: Path = field(kw_only=True)
    life: Life = field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.path.exists():
            self.entries, self._begun_at = pickle.loads(self.path.read_bytes())  # noqa: S301 -- ours

    def open(self, key: EntryKey, payload: str) -> Entry:
        """Open an entry."""
        is_new = key not in self.entries
        entry = super().open(key, payload)
        if is_new:
            self._keep("open")
        return entry

    def begin(self, key: EntryKey, step: str) -> bool:
        """Begin a step."""
        begun = super().begin(key, step)
        self._keep(f"begin {step}")
        return begun

    def end(self, key: EntryKey, step: str, receipt: str = "") -> None:
        """End a step."""
        super().end(key, step, receipt)
        self._keep(f"end {step}")

    def drop(self, key: EntryKey, step: str) -> None:
        """Forget a step."""
        super().drop(key, step)
        self._keep(f"drop {step}")

    def _keep(self, deed: str) -> None:
        draft = self.path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(pickle.dumps((self.entries, self._begun_at)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        self.life.did(deed)


def main(task: Task) -> None:
    """Report the order; print outcome and deeds."""
    now = datetime.fromisoformat(task.now)
    life = Life(task.dies_after)
    transport = MortalTransport(HttpTransport(base_url=task.base_url), life)
    notice = ShipmentNotice(
        order_number=task.number,
        carrier="ヤマト運輸",
        tracking_numbers=("000011112222",),
        message=MESSAGE,
    )
    with mercari_shops.Client(
        mercari_shops.Credentials(access_token=task.token, client_name=task.client_name),
        shop_id="demo",
        transport=transport,
        pace=None,
        settings=Settings(world=Surroundings(now=lambda: now)),
    ) as client:
        journal = FileJournal(lambda: now, path=Path(task.journal), life=life)
        (result,) = client.send_notices([notice], journal=journal)
    transport.close()
    print(json.dumps([result.outcome, life.deeds]))  # noqa: T201 -- what the test reads


if __name__ == "__main__":
    main(Task(**json.loads(sys.argv[1])))
