"""Measure mallsync: ``python -m benchmarks``, and ``python -m benchmarks.soak`` for long.

Nothing leaves this machine. Times depend on it, so each target is a ratio of two things that were
measured by turns in one run.
"""

from __future__ import annotations

__all__: list[str] = []
