"""One package for each mall; none knows another."""

from __future__ import annotations

__all__: list[str] = []
