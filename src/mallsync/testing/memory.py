"""The ports of a store, kept in memory: for tests, and for hosts that keep nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from attrs import define, evolve, field

from mallsync.errors import ConfigError
from mallsync.model.journal import Entry, EntryKey, Step, StepState
from mallsync.wire.credentials import MemoryVault

__all__ = ["MemoryJournal", "MemoryVault"]


@define
class MemoryJournal:
    """A `Journal` in memory; thread-safe, gone with the process.

    Args:
        now: The journal's clock, aware.
    """

    now: Callable[[], datetime]
    entries: dict[EntryKey, Entry] = field(factory=dict)
    _begun_at: dict[tuple[EntryKey, str], datetime] = field(factory=dict, repr=False)
    _lock: Lock = field(factory=Lock, repr=False, eq=False)

    def open(self, key: EntryKey, payload: str) -> Entry:
        """Return the entry of `key`, made if new; one with steps has the payload it has."""
        with self._lock:
            entry = self.entries.get(key)
            if entry is None or not entry.steps:
                entry = self.entries[key] = Entry(key=key, payload=payload)
            if entry.payload != payload:
                raise ConfigError("this write-back has another payload: ask for a new revision")
            return entry

    def begin(self, key: EntryKey, step: str) -> bool:
        """Mark a step as begun; False if it was begun or done already."""
        with self._lock:
            if self.entries[key].step(step) is not None:
                return False
            self._begun_at[key, step] = self.now()
            self._put(key, Step(name=step, state=StepState.BEGUN))
            return True

    def end(self, key: EntryKey, step: str, receipt: str = "") -> None:
        """Mark a step as done."""
        with self._lock:
            self._put(key, Step(name=step, state=StepState.DONE, receipt=receipt))

    def drop(self, key: EntryKey, step: str) -> None:
        """Forget a step."""
        with self._lock:
            self._put(key, None, step)

    def retake(self, key: EntryKey, step: str, after: timedelta) -> bool:
        """Begin a step anew that was begun `after` ago or earlier, and never ended."""
        with self._lock:
            found = self.entries[key].step(step)
            if found is None or found.state is not StepState.BEGUN:
                return False
            if self.now() - self._begun_at[key, step] < after:
                return False
            self._begun_at[key, step] = self.now()
            return True

    def _put(self, key: EntryKey, step: Step | None, name: str = "") -> None:
        name = step.name if step is not None else name
        entry = self.entries[key]
        rest = tuple(one for one in entry.steps if one.name != name)
        self.entries[key] = evolve(entry, steps=(*rest, step) if step is not None else rest)
