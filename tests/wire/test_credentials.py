"""What a shop types in as a secret."""

from __future__ import annotations

from typing import Any

import pytest

from mallsync.errors import ConfigError
from mallsync.wire.credentials import MemoryVault, secret, vault_of


def test_blanks_around_a_key_are_taken_off() -> None:
    """They come along when it is copied; full-width ones and line ends as well."""
    assert ["SL_a-1"] * 3 == [secret(key, "key") for key in ("SL_a-1", " SL_a-1\n", "　SL_a-1\t")]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "license_key is NoneType: write the key as text"),
        (b"SL", "license_key is bytes: write the key as text"),
        ("", "license_key is empty"),
        (" 　\n", "license_key is empty"),
        ("ＳＬ", "copy the key again"),
        ("SL 1", "copy the key again"),
        ("SL\x001", "copy the key again"),
        ("SL\r\nX-Injected: 1", "copy the key again"),
    ],
)
def test_what_cannot_be_a_key_is_refused_without_showing_it(value: object, said: str) -> None:
    """The text names the field and what to do."""
    with pytest.raises(ConfigError) as caught:
        secret(value, "license_key")

    assert said in str(caught.value)
    assert "Injected" not in str(caught.value)


def test_a_vault_is_what_loads_and_saves() -> None:
    """Left out, tokens are kept in memory; anything else is refused."""
    own = MemoryVault()
    wrong: Any = {"load": "save"}

    assert vault_of(own) is own
    assert isinstance(vault_of(None), MemoryVault)
    with pytest.raises(ConfigError, match="with load and save"):
        vault_of(wrong)
