"""Checking what a shop types in as a secret; the value never shows."""

from __future__ import annotations

from mallsync.errors import ConfigError

__all__ = ["secret"]


def secret(value: object, name: str) -> str:
    """Return a key without the blanks around it; what cannot be a key is a `ConfigError`.

    >>> secret("  SL000000_made-up ", "license_key")
    'SL000000_made-up'
    """
    if not isinstance(value, str):
        raise ConfigError(f"{name} is {type(value).__name__}: write the key as text")
    text = value.strip()
    if not text:
        raise ConfigError(f"{name} is empty: write the key that the mall has issued")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ConfigError(f"{name} holds characters that no key has: copy the key again")
    return text
