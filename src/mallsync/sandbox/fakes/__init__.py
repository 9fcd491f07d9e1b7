"""The fake malls, one package each; they speak the wire from the facts, not from our codecs."""

from __future__ import annotations

__all__: list[str] = []
