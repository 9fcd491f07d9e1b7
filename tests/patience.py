"""How long a test's client waits for a mall, so that a slow machine is not taken for a fault."""

from __future__ import annotations

from mallsync.sandbox import Fault

# The faults that end only when the client does not wait any longer.
SILENT = {Fault.NEVER_ANSWERS, Fault.DRIP}


def patience(fault: Fault) -> float:
    """Return the deadline of a call, in seconds: short only where a fault would use it up."""
    return 0.5 if fault in SILENT else 60.0
