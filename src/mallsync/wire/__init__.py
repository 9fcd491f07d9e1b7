"""The sans-I/O kit that adapters are made of: nothing here sends, waits or knows the time."""

from __future__ import annotations

__all__: list[str] = []
