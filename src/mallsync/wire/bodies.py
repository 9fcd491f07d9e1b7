"""Bodies in and out, with encodings stated.

orjson reads a reply in half the time of ``json`` and is used if it is installed (the extra `fast`).
What the two read differently goes to ``json``, so that nothing depends on what is installed (but
for a body with a thousand brackets in each other, which one of them may refuse).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from string import digits

from mallsync.wire.messages import Response

__all__ = ["dump_json", "load_json"]

_quick: Callable[[bytes], object] | None
try:
    from orjson import loads as _quick
except ImportError:
    _quick = None

_BRACKETS = (b"{", b"[")
_BEFORE_NUMBERS = ":[,- \t\r\n"
_OUTLINE = bytes.maketrans((digits + _BEFORE_NUMBERS).encode(), b"0" * 10 + b":" * 8)
_LONG = b":" + b"0" * 19
"""The outline of a number of so many digits, which may be beyond 64 bits: orjson would round it."""


def dump_json(value: object) -> bytes:
    """Return compact UTF-8 JSON.

    >>> dump_json({"memo": "見本"}).decode()
    '{"memo":"見本"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def load_json(response: Response) -> object:
    """Return the parsed body, whatever the content type says.

    Raises:
        ValueError: The body is no JSON: malformed, not UTF-8, nested too deeply, or with NaN.
    """
    body = response.body
    if _quick is not None and body[:1] in _BRACKETS and _LONG not in body.translate(_OUTLINE):
        try:
            return _quick(body)
        except ValueError:  # json reads more, such as half a surrogate pair, or says what is wrong
            pass
    try:
        return json.loads(body, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")
