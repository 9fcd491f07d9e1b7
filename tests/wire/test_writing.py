"""The journal behind one write: what the mall shows counts for more than what was written down."""

from __future__ import annotations

from datetime import datetime

from mallsync import OrderKey, Outcome
from mallsync.errors import Conflict, MallError
from mallsync.model.journal import EntryKey
from mallsync.model.period import JST
from mallsync.testing.memory import MemoryJournal
from mallsync.wire.writing import SEND, Ledger, Write

KEY = EntryKey(OrderKey("rakuten", "demo", "1"), "7")


def failing(kind: type[MallError], code: str) -> MallError:
    """Return an error as an adapter makes it."""
    return kind(code=code)


def test_another_payload_refuses_a_write_unless_the_mall_shows_it() -> None:
    """A person has reported it there by hand; else the shop has changed its mind."""
    journal = MemoryJournal(lambda: datetime(2026, 11, 22, tzinfo=JST))
    journal.open(KEY, "the first number")
    journal.begin(KEY, SEND)
    seen, unseen = (Write(key=KEY, payload="another number") for _ in range(2))
    seen.settle(Outcome.SENT)

    assert [] == Ledger(journal, failing).begun([seen, unseen])
    assert (Outcome.SENT, Outcome.REFUSED) == (seen.outcome, unseen.outcome)
    assert isinstance(unseen.error, Conflict)
