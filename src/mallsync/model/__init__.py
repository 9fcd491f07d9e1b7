"""What is known: frozen values, one module for each kind of fact."""

from __future__ import annotations

__all__: list[str] = []
