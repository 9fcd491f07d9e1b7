"""What a shop types in as a secret, where renewed tokens live, and why a mall refuses them."""

from __future__ import annotations

from datetime import datetime

from attrs import define, field

from mallsync.errors import AuthCause, AuthFailed, ConfigError, Hint
from mallsync.ports import TokenVault

__all__ = ["MemoryVault", "refused_for", "secret", "vault_of"]


@define
class MemoryVault:
    """A `TokenVault` in memory; its tokens show in no repr."""

    tokens: dict[str, str] = field(factory=dict, repr=False)

    def load(self, name: str) -> str | None:
        """Return the token of that name, or None."""
        return self.tokens.get(name)

    def save(self, name: str, value: str, expires_at: datetime | None) -> None:  # noqa: ARG002 -- the port's
        """Keep a token; its expiry is the client's to watch."""
        self.tokens[name] = value


def refused_for(error: AuthFailed, cause: AuthCause, hint: Hint) -> AuthFailed:
    """Return the same refusal with a cause that is known better, and its hint.

    >>> why = Hint(ja="期限切れです", en="It has expired")
    >>> refused_for(AuthFailed(code="-90001"), AuthCause.EXPIRED, why).hint("en")
    'It has expired'
    """
    better = AuthFailed(
        mall=error.mall,
        operation=error.operation,
        code=error.code,
        request_id=error.request_id,
        hint=hint,
    )
    better.cause = cause
    return better


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


def vault_of(value: TokenVault | None) -> TokenVault:
    """Return a vault, one in memory for None; what keeps no tokens is a `ConfigError`."""
    if value is None:
        return MemoryVault()
    if not all(callable(getattr(value, name, None)) for name in ("load", "save")):
        raise ConfigError("vault keeps tokens: write an object with load and save, or leave it out")
    return value
