"""For tests of adapters and of host applications: scripted callers, memories, laws, strategies.

`mallsync.testing.laws` is the conformance suite that every adapter with its fake must pass;
`mallsync.testing.plugin` gives hosts pytest fixtures.
"""

from __future__ import annotations

from mallsync.testing.memory import MemoryJournal, MemoryVault
from mallsync.testing.scripted import RewritingTransport, ScriptedCaller, ScriptedTransport

__all__ = [
    "MemoryJournal",
    "MemoryVault",
    "RewritingTransport",
    "ScriptedCaller",
    "ScriptedTransport",
]
