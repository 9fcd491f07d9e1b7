"""Values of the model ↔ columns: normalised orders, the mall's records, write-backs.

All are compact JSON in UTF-8. orjson writes it in less than half the time of ``json`` and is used
if it is installed (the extra `fast`); what it cannot write, or would write otherwise, goes to
``json``: the digests of two machines agree (but for a number beyond all, such as 1e999, of which
orjson makes null).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from hashlib import blake2b
from typing import Any

from attrs import frozen, has
from cattrs import Converter
from cattrs.fns import identity
from cattrs.gen import make_dict_unstructure_fn, override

from mallsync.errors import StoreError
from mallsync.model.order import Order

__all__ = [
    "ADDED_TO",
    "CODEC",
    "Encoded",
    "encode",
    "from_text",
    "is_number",
    "load_order",
    "pack_raw",
    "storable",
    "to_text",
    "unpack_raw",
]

CODEC = 1
"""Of the normalised orders that are stored. Whoever changes `Order`, or what an adapter makes of a
record, raises it: orders with another are then read again from their raw records."""

ADDED_TO = -2
"""In the place of a codec: what files have added to, which its record alone does not make."""

_DAMAGED = "a stored row cannot be read: run mallsync store check"

_quick: Callable[[object], bytes] | None
try:
    from orjson import dumps as _quick
except ImportError:
    _quick = None

_UTF8, _ASCII = (
    json.JSONEncoder(separators=(",", ":"), check_circular=False, ensure_ascii=ascii_only)
    for ascii_only in (False, True)
)
_OUTLINE = bytes.maketrans(b"123456789-", b"0" * 10)
_AS_THEY_ARE = (str | None, int | None, bool | None)
_LEVEL = 1
"""Of compression: a record shrinks to a fifth; higher levels cost more than they save."""


@frozen
class Encoded:
    """An order as it is stored, and the digest by which a sighting that changes nothing is known.

    ``cache`` is JSON that any tool can query; ``raw`` is not compressed yet, for most sightings
    change nothing.
    """

    digest: str
    cache: str
    raw: bytes | None


def encode(order: Order) -> Encoded:
    """Return an order as it is stored, with its raw record where it keeps one."""
    cached = _json(_unstructure_order()(order))
    raw = None if order.raw is None else _json(order.raw)
    digest = blake2b(cached, digest_size=16)
    digest.update(raw or b"")
    return Encoded(digest.hexdigest(), cached.decode(), raw)


def load_order(cached: str, raw: bytes | None = None) -> Order:
    """Return a stored order; with its raw record if that is given, too.

    Raises:
        StoreError: The row is damaged.
    """
    values = _loaded(cached)
    if raw is not None:
        values["raw"] = unpack_raw(raw)
    order: Order = _structured(values, Order)
    return order


def storable(text: str) -> str:
    r"""Return text that any database takes: a mall may send what no encoding has.

    >>> storable("3"), storable("\ud800\0")
    ('3', '\\ud800\\x00')
    """
    if text.isprintable():
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", r"\x00")


def is_number(text: str) -> bool:
    r"""Tell whether an order can be kept and asked for by it: no blank, and all of it storable.

    >>> is_number("999001-20261122-0000000001"), is_number(" "), is_number("1\ud800")
    (True, False, False)
    """
    return bool(text.strip()) and storable(text) == text


def pack_raw(raw: object) -> bytes:
    """Return a record of the mall's, compressed; bytes are the JSON of one.

    >>> unpack_raw(pack_raw(({"orderNo": "1"},)))
    ({'orderNo': '1'},)
    """
    return zlib.compress(raw if isinstance(raw, bytes) else _json(raw), _LEVEL)


def unpack_raw(packed: bytes) -> object:
    """Return a record of the mall's as an adapter reads it: the rows of a cart are a tuple.

    Raises:
        StoreError: The row is damaged.
    """
    try:
        value = json.loads(zlib.decompress(packed))
    except (ValueError, zlib.error):
        raise StoreError(_DAMAGED) from None
    return tuple(value) if isinstance(value, list) else value


def to_text(value: object, kind: Any = None) -> str:  # noqa: ANN401 -- an annotation
    """Return a value of the model as the text of its column."""
    return _json(_converter().unstructure(value, kind)).decode()


def from_text(text: str, kind: Any) -> Any:  # noqa: ANN401 -- an annotation, and a value of it
    """Return a value of the model from the text of its column.

    Raises:
        StoreError: The row is damaged.
    """
    return _structured(_loaded(text), kind)


def _loaded(text: str) -> Any:  # noqa: ANN401 -- whatever it holds
    try:
        return json.loads(text)
    except ValueError:
        raise StoreError(_DAMAGED) from None


def _structured(values: object, kind: Any) -> Any:  # noqa: ANN401 -- of that kind
    try:
        return _converter().structure(values, kind)
    except Exception:  # noqa: BLE001 -- whatever a damaged row makes a converter raise
        raise StoreError(_DAMAGED) from None


def _json(value: object) -> bytes:
    """Return JSON; a mall may send half of a surrogate pair, which ASCII alone can tell."""
    if _quick is not None:
        try:
            quick = _quick(value)
        except TypeError:  # half a pair, or an integer beyond 64 bits
            pass
        else:
            if _is_as_json_writes(quick):
                return quick
    try:
        return _UTF8.encode(value).encode()
    except UnicodeEncodeError:
        return _ASCII.encode(value).encode()


def _is_as_json_writes(text: bytes) -> bool:
    """Tell whether it has no fraction with an exponent (1e+16), nor one that ``json`` gives one."""
    return b"0e0" not in text.translate(_OUTLINE) and b"0.0000" not in text


@cache
def _unstructure_order() -> Callable[[Order], dict[str, object]]:
    made: Callable[[Order], dict[str, object]] = _converter().get_unstructure_hook(Order)
    return made


@cache
def _converter() -> Converter:
    """Return the one converter; it writes only what is not the default, which is most of it."""
    converter = Converter(detailed_validation=False)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)
    converter.register_unstructure_hook_func(_is_frozenset, sorted)
    converter.register_unstructure_hook_func(lambda kind: kind in _AS_THEY_ARE, identity)
    converter.register_unstructure_hook_factory(has, lambda kind: _sparse(kind, converter))
    return converter


def _is_frozenset(kind: Any) -> bool:  # noqa: ANN401 -- any annotation
    return getattr(kind, "__origin__", None) is frozenset


def _sparse(kind: Any, converter: Converter) -> Callable[[Any], dict[str, Any]]:  # noqa: ANN401 -- a class
    if kind is Order:  # its raw record has a column of its own
        return make_dict_unstructure_fn(
            kind, converter, _cattrs_omit_if_default=True, raw=override(omit=True)
        )
    return make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True)
