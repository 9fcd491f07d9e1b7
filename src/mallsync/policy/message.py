"""The message of a notice: a template in which two tokens are replaced (R4)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mallsync.errors import ConfigError
from mallsync.model.words import is_blank, require_text

__all__ = ["CARRIER", "TRACKING_NUMBER", "missing", "render"]

TRACKING_NUMBER = "[伝票番号]"
CARRIER = "[配送業者]"

_TOKENS = re.compile("|".join(re.escape(token) for token in (TRACKING_NUMBER, CARRIER)))


def render(template: str, *, tracking_number: str = "", carrier: str = "") -> str:
    """Return the template with its tokens replaced, in one pass: a value is not scanned again.

    Args:
        template: Any text; ``[伝票番号]`` and ``[配送業者]`` in it are tokens, wherever they stand.
            Other brackets, full-width ones too, stay as they are.
        tracking_number: What stands for ``[伝票番号]``, as entered; a blank inserts nothing.
        carrier: What stands for ``[配送業者]``, as entered; a blank inserts nothing.

    Raises:
        ConfigError: One of them is not text.

    >>> render("[配送業者] [伝票番号] [店名]", tracking_number="123456789013", carrier="エコ配")
    'エコ配 123456789013 [店名]'
    """
    values = _values(tracking_number, carrier)
    return _TOKENS.sub(lambda token: values[token[0]], _template(template))


def missing(template: str, *, tracking_number: str = "", carrier: str = "") -> tuple[str, ...]:
    """Return the tokens of a template that have no value, each once, as they come.

    Raises:
        ConfigError: One of the arguments is not text.

    >>> missing("[配送業者]: [伝票番号]", carrier="エコ配")
    ('[伝票番号]',)
    """
    values = _values(tracking_number, carrier)
    tokens = dict.fromkeys(_TOKENS.findall(_template(template)))
    return tuple(token for token in tokens if not values[token])


def _template(value: object) -> str:
    if not isinstance(value, str):
        raise ConfigError(
            f'template is {type(value).__name__}: write text, such as "{CARRIER} {TRACKING_NUMBER}"'
        )
    return value


def _values(tracking_number: str, carrier: str) -> Mapping[str, str]:
    return {
        TRACKING_NUMBER: _filled(tracking_number, "tracking_number"),
        CARRIER: _filled(carrier, "carrier"),
    }


def _filled(value: str, name: str) -> str:
    """Return the value, or nothing for one that counts as not filled: spaces, a lone comma."""
    return "" if is_blank(require_text(value, name)) else value
