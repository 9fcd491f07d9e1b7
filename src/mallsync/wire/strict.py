"""Strict reading of parsed JSON: a fast reader, and a detailed one that explains a failure.

A *shape* is an attrs class with the mall's own field names and only the fields that are read. A
field with a default may be absent or null, and is its default then. What a text means (a moment,
an amount) its annotation says: see `Meaning`.

The fast reader is a function written out from the class; it coerces nothing and keeps nothing of
the record but what it read. Where it fails, a cattrs converter with strict primitives reads the
same record again to name each place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Generic,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
from attrs import NOTHING, field, frozen
from cattrs import Converter, transform_error
from cattrs.cols import list_structure_factory
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn, override

from mallsync.errors import Problem
from mallsync.wire.making import plain_fields

__all__ = ["Meaning", "Mismatch", "Shape", "Spot", "spots"]

T = TypeVar("T")

Type = Any
"""A type as an annotation writes it: a class, a union, a list of something."""

_LEAVES = (int, str, bool, float)
"""What JSON has besides objects, lists and null; those that are most often there first."""


class Mismatch(ValueError):
    """A record does not have its shape; `Shape.explain` names the places."""


@frozen
class Meaning:
    """What a value of JSON means, in an annotation: ``Annotated[date, Meaning("day", day)]``.

    Args:
        name: What it is called where it cannot be read.
        parse: Makes the meaning; a ValueError says that there is none. Where null is allowed an
            empty text means the same, and is not parsed.
        kinds: The types in which it may come.
        plain: Of these the one that stands for itself.
        is_kept: Whether the field keeps what came, for someone who parses it later: so that what
            nobody asks for does no harm. `Shape.explain` names it all the same.
    """

    name: str
    parse: Callable[[Any], object]
    kinds: tuple[type, ...] = (str,)
    plain: type | None = None
    is_kept: bool = False


@frozen(kw_only=True)
class Spot:
    """What a field of a shape takes."""

    name: str
    kinds: tuple[type, ...] = ()
    """Types of JSON; of the elements, where it is a list; none where `record` tells more."""
    record: type | None = None
    is_list: bool = False
    meaning: Meaning | None = None
    may_be_absent: bool
    may_be_null: bool
    default: object = None

    @property
    def parse(self) -> Callable[[Any], object] | None:
        """What the reader makes the meaning with; None where what came is kept."""
        return self.meaning.parse if self.meaning and not self.meaning.is_kept else None

    @property
    def plain(self) -> type | None:
        """The type of a value that the reader takes as it is, though others are parsed."""
        return self.meaning.plain if self.meaning else None


@cache
def spots(record: type) -> tuple[Spot, ...]:
    """Return what the fields of a shape take, in their order.

    Raises:
        TypeError: One has a converter, a validator or a factory.

    >>> @attrs.define
    ... class Coupon:
    ...     couponPrice: int
    ...     couponName: str = ""
    >>> [(spot.name, spot.kinds, spot.may_be_absent) for spot in spots(Coupon)]
    [('couponPrice', (<class 'int'>,), False), ('couponName', (<class 'str'>,), True)]
    """
    hints = get_type_hints(record, include_extras=True)
    return tuple([_spot(one, hints[one.name]) for one in plain_fields(record)])


def _spot(one: attrs.Attribute[Any], hint: Type) -> Spot:
    has_default = one.default is not NOTHING
    parts = _alternatives(hint)
    meaning = next((extra for part in parts for extra in _extras(part)), None)
    kinds = meaning.kinds if meaning else tuple([part for part in parts if part is not NoneType])
    is_list = _origin(kinds[0]) in (list, Sequence)
    if is_list:
        kinds = _alternatives(*get_args(kinds[0]))
    is_record = attrs.has(kinds[0])
    return Spot(
        name=one.name,
        kinds=() if is_record else tuple(sorted(kinds, key=_LEAVES.index)),
        record=kinds[0] if is_record else None,
        is_list=is_list,
        meaning=meaning,
        may_be_absent=has_default,
        may_be_null=has_default or NoneType in [bare for one in parts for bare in _bare(one)],
        default=one.default if has_default else None,
    )


def _alternatives(hint: Type) -> tuple[Type, ...]:
    return get_args(hint) if _origin(hint) in (Union, UnionType) else (hint,)


def _bare(hint: Type) -> tuple[Type, ...]:
    """Return the alternatives of a type without what its annotation adds."""
    return _alternatives(get_args(hint)[0] if _origin(hint) is Annotated else hint)


def _origin(hint: Type) -> Type:
    """Return a type's origin, which mypy takes for no more than classes."""
    return get_origin(hint)


def _extras(hint: Type) -> Iterator[Meaning]:
    if _origin(hint) is Annotated:
        yield from (extra for extra in get_args(hint) if isinstance(extra, Meaning))


@frozen(slots=False)
class Shape(Generic[T]):
    """The strict reader of one kind of record.

    Args:
        record: The attrs class.

    >>> @attrs.define
    ... class Coupon:
    ...     couponPrice: int
    ...     couponName: str = ""
    >>> coupons = Shape(Coupon)
    >>> coupons.read({"couponPrice": 300, "couponUnit": 1})
    Coupon(couponPrice=300, couponName='')
    >>> [str(problem) for problem in coupons.explain({"couponPrice": "300"})]
    ['couponPrice: a str, expected int']
    """

    record: type[T]
    read: Callable[[object], T] = field(init=False, repr=False, eq=False)
    """Returns what a value tells; raises `Mismatch`, or the ValueError of a meaning."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "read", self._reader())

    def reader_for(self, keys: Iterable[str]) -> Callable[[object], T]:
        """Return the reader of records with just these keys in this order: quicker, for many alike.

        Of others it would take one field for another.

        >>> @attrs.define
        ... class Coupon:
        ...     couponPrice: int
        ...     couponName: str = ""
        >>> Shape(Coupon).reader_for(["couponPrice"])({"couponPrice": 3})
        Coupon(couponPrice=3, couponName='')
        """
        return self._reader(tuple(keys))

    def explain(self, value: object) -> tuple[Problem, ...]:
        """Return each place that does not have the shape, in the mall's own field names."""
        try:
            self._converter.structure(value, self.record)
        except BaseValidationError as error:
            return tuple(_problem(line) for line in transform_error(error, format_exception=_said))
        except (TypeError, ValueError) as error:
            return (Problem(place="", code=_said(error, None)),)
        return ()

    def _reader(self, keys: tuple[str, ...] | None = None) -> Callable[[object], T]:
        record: Any = self.record
        return cast("Callable[[object], T]", _reader(record, keys))

    @cached_property
    def _converter(self) -> Converter:
        """The detailed converter, made when a failure is first explained."""
        converter = Converter(detailed_validation=True)
        converter.register_structure_hook_factory(attrs.has, _explain_record)
        for kind in _LEAVES:  # elements of lists
            alone = Spot(name="", kinds=(kind,), may_be_absent=False, may_be_null=False)
            converter.register_structure_hook(kind, _leaf(alone))
        return converter


# -------------------------------------------------------------------------------- the fast reader

_TYPES = [f"{kind.__name__}={kind.__name__}" for kind in (type, dict, list, *_LEAVES)]
_HEAD = f"def read(value, {', '.join(_TYPES)}):"
"""Each value is asked for its type: what is at hand is found sooner than what is built in."""


@lru_cache(maxsize=256)
def _reader(record: type, keys: tuple[str, ...] | None = None) -> Callable[[object], object]:
    """Return the fast reader of a record, written out from its fields.

    Where the keys are known, no key is looked up: the values are taken by their places.

    Written out, as attrs writes out ``__init__``, because it runs on every record that a mall
    sends: a loop over tables takes three times as long (benchmarks/decode.py).
    """
    scope: dict[str, Any] = {"Mismatch": Mismatch, "_new": object.__new__, "_record": record}
    lines = ["if type(value) is not dict: raise Mismatch"]
    found = spots(record)
    lines += _taking(found) if keys is None else _taking_by_place(found, keys)
    lines.append("made = _new(_record)")
    for at, spot in enumerate(found):
        inner = _reader(spot.record) if spot.record else None
        scope.update({f"d{at}": spot.default, f"p{at}": spot.parse, f"r{at}": inner})
        is_absent = keys is not None and spot.name not in keys
        lines += [f"made.{spot.name} = d{at}"] if is_absent else _reading(spot, at)
    lines.append("return made")
    exec("\n    ".join([_HEAD, *lines]), scope)  # noqa: S102 -- our own names only
    return cast("Callable[[object], object]", scope["read"])


def _taking(found: Iterable[Spot]) -> Iterator[str]:
    """Yield the lines that look the values up; most records have all keys, which is quicker."""
    yield "try:"
    yield from (f"    v{at} = value[{spot.name!r}]" for at, spot in enumerate(found))
    yield "except KeyError:"
    yield "    try:"
    for at, spot in enumerate(found):
        looked_up = f".get({spot.name!r})" if spot.may_be_absent else f"[{spot.name!r}]"
        yield f"        v{at} = value{looked_up}"
    yield "    except KeyError: raise Mismatch from None"


def _taking_by_place(found: Iterable[Spot], keys: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines that take the values by their places, of those that are there."""
    names = {spot.name: f"v{at}" for at, spot in enumerate(found)}
    yield f"[{', '.join([names.get(key, '_') for key in keys])}] = value.values()"
    if not {spot.name for spot in found if not spot.may_be_absent}.issubset(keys):
        yield "raise Mismatch"


def _reading(spot: Spot, at: int) -> Iterator[str]:
    """Yield the lines that read one field of its value."""
    name, value = spot.name, f"v{at}"
    if spot.plain:
        yield f"if type({value}) is {spot.plain.__name__}: made.{name} = {value}"
    yield f"{'elif' if spot.plain else 'if'} {_fits(spot, value)}:"
    if spot.is_list and not spot.record:
        fits = _is_one_of("one", spot.kinds)
        yield f"    if not all([{fits} for one in {value}]): raise Mismatch"
    yield f"    made.{name} = {_kept(spot, at)}"
    if spot.may_be_null:
        yield f"elif {value} is None: made.{name} = d{at}"
    yield "else: raise Mismatch"


def _fits(spot: Spot, value: str) -> str:
    """Return the condition that a value has the type that its field wants."""
    if spot.is_list or spot.record:
        return f"type({value}) is {'list' if spot.is_list else 'dict'}"
    others = [kind for kind in spot.kinds if kind is not spot.plain]
    return _is_one_of(value, others) or "False"


def _kept(spot: Spot, at: int) -> str:
    """Return the expression of what a field keeps of a value that has its type."""
    if spot.record:
        return f"[r{at}(one) for one in v{at}]" if spot.is_list else f"r{at}(v{at})"
    if not spot.parse:
        return f"v{at}"
    is_blank_null = spot.may_be_null and str in spot.kinds
    return f"p{at}(v{at}) if v{at} != '' else d{at}" if is_blank_null else f"p{at}(v{at})"


def _is_one_of(name: str, kinds: Iterable[type]) -> str:
    return " or ".join([f"type({name}) is {kind.__name__}" for kind in kinds])


# ---------------------------------------------------------------------------- the detailed reader

_Structure = Callable[[Any, Any], object]


def _explain_record(record: type, converter: Converter) -> _Structure:
    hooks: dict[str, Any] = {
        spot.name: override(struct_hook=_explainer(spot, converter)) for spot in spots(record)
    }
    return _only(dict, "an object", make_dict_structure_fn(record, converter, **hooks))


def _explainer(spot: Spot, converter: Converter) -> _Structure:
    """Return what reads a field again, and says what is wrong with it."""
    kind: Type = spot.record or spot.kinds[0]
    if spot.is_list:
        structure = _only(list, "a list", list_structure_factory(list[kind], converter))
        kind = list[kind]
    else:
        structure = converter.structure if spot.record else _leaf(spot)
    if not spot.may_be_null:
        return lambda value, _: structure(value, kind)
    return lambda value, _: None if value is None else structure(value, kind)


def _only(kind: type, expected: str, structure: _Structure) -> _Structure:
    def strictly(value: object, target: object) -> object:
        if type(value) is not kind:
            raise TypeError(f"{_name(value)}, expected {expected}")
        return structure(value, target)

    return strictly


def _leaf(spot: Spot) -> _Structure:
    expected = " or ".join([kind.__name__ for kind in spot.kinds] + ["null"] * spot.may_be_null)
    meaning = spot.meaning

    def structure(value: object, _: object) -> object:
        if type(value) not in spot.kinds:
            raise TypeError(f"{_name(value)}, expected {expected}")
        # An empty text where null is allowed means the same.
        if meaning and (value != "" or not spot.may_be_null):
            _parse(meaning, value)
        return value

    return structure


def _parse(meaning: Meaning, value: object) -> None:
    try:
        meaning.parse(value)
    except (ValueError, OverflowError):
        raise TypeError(f"no {meaning.name}") from None  # the value itself may be personal


def _problem(line: str) -> Problem:
    said, _, path = line.rpartition(" @ ")
    return Problem(place=path.removeprefix("$").removeprefix("."), code=said)


def _said(error: BaseException, _: type | None) -> str:
    return "missing" if isinstance(error, KeyError) else str(error)


def _name(value: object) -> str:
    return "null" if value is None else f"a {type(value).__name__}"
