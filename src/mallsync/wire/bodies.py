"""Bodies in and out, with encodings stated."""

from __future__ import annotations

import json

from mallsync.wire.messages import Response

__all__ = ["dump_json", "load_json"]


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
    try:
        return json.loads(response.body, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")
