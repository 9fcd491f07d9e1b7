"""The sans-I/O kit that adapters are made of: nothing here opens, sends, waits or looks at a clock."""

from __future__ import annotations

__all__: list[str] = []
