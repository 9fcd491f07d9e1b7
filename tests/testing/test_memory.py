"""The ports of a store in memory keep what they promise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from mallsync.errors import ConfigError
from mallsync.model.journal import Entry, EntryKey, Step, StepState
from mallsync.model.order import OrderKey
from mallsync.ports import Journal, TokenVault
from mallsync.testing import MemoryJournal, MemoryVault
from tests.adapters.rakuten.made import NOW

KEY = EntryKey(OrderKey("rakuten", "demo", "999003-1"), "7")


def journal() -> MemoryJournal:
    """Return a journal whose clock stands still."""
    return MemoryJournal(lambda: NOW)


def test_an_entry_is_made_once_and_kept() -> None:
    """Opening it again finds its steps."""
    port: Journal = journal()

    assert Entry(key=KEY, payload="p") == port.open(KEY, "p")
    port.begin(KEY, "send")
    assert (Step(name="send", state=StepState.BEGUN),) == port.open(KEY, "p").steps


def test_another_payload_is_refused() -> None:
    """A changed write-back is a new revision, once something of it was begun."""
    one = journal()
    one.open(KEY, "typed wrong")
    one.open(KEY, "p")
    one.begin(KEY, "send")
    with pytest.raises(ConfigError, match="revision"):
        one.open(KEY, "q")

    assert () == one.open(EntryKey(KEY.order, "7", revision=2), "q").steps


def test_a_step_is_begun_once_and_ended_with_its_receipt() -> None:
    """Begun or done, it cannot be begun again."""
    one = journal()
    one.open(KEY, "p")

    assert one.begin(KEY, "send")
    assert not one.begin(KEY, "send")
    one.end(KEY, "send", "req-1")
    assert not one.begin(KEY, "send")
    assert Step(name="send", state=StepState.DONE, receipt="req-1") == one.open(KEY, "p").step(
        "send"
    )


def test_a_dropped_step_can_be_begun_again_and_the_others_stay() -> None:
    """Its call had no effect; dropping what is not there changes nothing."""
    one = journal()
    one.open(KEY, "p")
    one.begin(KEY, "send")
    one.end(KEY, "other", "x")
    one.drop(KEY, "send")
    one.drop(KEY, "send")

    assert ("other",) == tuple(step.name for step in one.open(KEY, "p").steps)
    assert one.begin(KEY, "send")


def test_a_step_is_begun_anew_after_its_time() -> None:
    """The journal owns the clock; the exact moment counts, and one who asks is told True."""
    moments: list[datetime] = [NOW]
    one = MemoryJournal(lambda: moments[-1])
    one.open(KEY, "p")
    one.begin(KEY, "send")
    hour = timedelta(hours=1)

    assert not one.retake(KEY, "send", hour)
    moments.append(NOW + hour)
    assert one.retake(KEY, "send", hour)
    assert not one.retake(KEY, "send", hour)
    one.end(KEY, "send")
    assert not one.retake(KEY, "send", timedelta(0))


def test_only_one_of_many_threads_begins_a_step() -> None:
    """Each method is one transaction."""
    one = journal()
    one.open(KEY, "p")
    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda _: one.begin(KEY, "send"), range(200)))

    assert 1 == sum(begun)


def test_a_vault_keeps_the_last_token_of_a_name_and_shows_none() -> None:
    """Values are secrets: no repr shows them."""
    vault = MemoryVault()
    port: TokenVault = vault
    port.save("rakuten", "made-up-1", None)
    port.save("rakuten", "made-up-2", NOW)

    assert port.load("rakuten") == "made-up-2"
    assert port.load("other") is None
    assert "made-up" not in repr(vault)
