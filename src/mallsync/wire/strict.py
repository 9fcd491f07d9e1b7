"""Strict reading of parsed JSON: a fast check, and a detailed one that explains a failure.

A *shape* is a ``TypedDict`` with the mall's own field names and only the fields that are read.
The fast check is a function written out from the shape; it coerces nothing and copies nothing.
Where it fails, a cattrs converter with strict primitives reads the same shape again to name each
place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import NoneType, UnionType
from typing import (
    Any,
    Generic,
    NotRequired,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from attrs import field, frozen
from cattrs import Converter, transform_error
from cattrs.cols import list_structure_factory
from cattrs.errors import BaseValidationError
from cattrs.gen.typeddicts import make_dict_structure_fn

from mallsync.errors import Problem

__all__ = ["Mismatch", "Shape", "strict_converter"]

T = TypeVar("T")

Type = Any
"""A type as an annotation writes it: a class, a union, a list of something, a NewType."""

_LEAVES = (int, str, bool, float, NoneType)
"""What a field may hold in the end; those that are most often there first."""
_Parsers = Mapping[object, Callable[[Any], object]]


class Mismatch(ValueError):
    """A record does not have its shape; `Shape.explain` names the places."""


@frozen(slots=False)
class Shape(Generic[T]):
    """The strict reader of one kind of record.

    Args:
        record: The ``TypedDict``.
        texts: For each ``NewType`` of text or of a number (a date, say) what raises `ValueError`
            if it is not one. The fast check leaves that to the mapper; `explain` names the place.

    >>> from typing import TypedDict
    >>> Coupon = TypedDict("Coupon", {"couponPrice": int, "couponName": NotRequired[str | None]})
    >>> coupons = Shape(Coupon)
    >>> coupons.check({"couponPrice": 300, "couponUnit": 1})
    {'couponPrice': 300, 'couponUnit': 1}
    >>> [str(problem) for problem in coupons.explain({"couponPrice": "300"})]
    ['couponPrice: a str, expected int']
    """

    record: type[T]
    texts: _Parsers = field(factory=dict, repr=False)
    check: Callable[[object], T] = field(init=False, repr=False, eq=False)
    """Returns a value itself, known to have the shape; raises `Mismatch`. Nothing is coerced."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "check", _checker(self.record))

    def check_for(self, keys: Iterable[str]) -> Callable[[object], T]:
        """Return the check for records with just these keys: quicker, for many that share them.

        >>> from typing import TypedDict
        >>> coupons = Shape(TypedDict("Coupon", {"couponPrice": int}))
        >>> coupons.check_for(["couponPrice", "couponUnit"])({"couponPrice": 3, "couponUnit": 1})
        {'couponPrice': 3, 'couponUnit': 1}
        """
        return _checker(self.record, frozenset(keys))

    def explain(self, value: object) -> tuple[Problem, ...]:
        """Return each place that does not have the shape, in the mall's own field names."""
        try:
            self._converter.structure(value, self.record)
        except BaseValidationError as error:
            return tuple(_problem(line) for line in transform_error(error, format_exception=_said))
        except (TypeError, ValueError) as error:
            return (Problem(place="", code=_said(error, None)),)
        return ()

    @cached_property
    def _converter(self) -> Converter:
        """The detailed converter, made when a failure is first explained."""
        return strict_converter(self.texts)


def strict_converter(texts: _Parsers | None = None) -> Converter:
    """Return a cattrs converter that coerces nothing and says where it fails.

    Args:
        texts: What each named type of text or of a number must parse with.

    >>> strict_converter().structure(3, int)
    3
    """
    converter = Converter(detailed_validation=True)
    converter.register_structure_hook_factory(is_typeddict, _record_hook)
    converter.register_structure_hook_factory(_is_list, _list_hook)
    structure_leaf = _leaf_hook(texts or {})
    converter.register_structure_hook_func(_is_leaf, structure_leaf)
    for kind in _LEAVES:
        converter.register_structure_hook(kind, structure_leaf)
    return converter


def _record_hook(record: Type, converter: Converter) -> Callable[[object, object], object]:
    structure = make_dict_structure_fn(record, converter, _cattrs_detailed_validation=True)
    return _only(dict, "an object", structure)


def _list_hook(kind: Type, converter: Converter) -> Callable[[object, object], object]:
    return _only(list, "a list", list_structure_factory(kind, converter))


def _only(
    kind: type, expected: str, structure: Callable[..., object]
) -> Callable[[object, object], object]:
    def strictly(value: object, target: object) -> object:
        if type(value) is not kind:
            raise TypeError(f"{_name(value)}, expected {expected}")
        return structure(value, target)

    return strictly


def _leaf_hook(texts: _Parsers) -> Callable[[object, object], object]:
    def structure(value: object, kind: object) -> object:
        named = _alternatives(kind)
        kinds = [_plain(part) for part in named]
        if type(value) not in kinds:
            raise TypeError(f"{_name(value)}, expected {' or '.join(map(_kind_name, kinds))}")
        for part in named:
            # An empty text where null is allowed means the same; the mapper reads both alike.
            meant = part in texts and type(value) is _plain(part)
            if meant and (value != "" or NoneType not in kinds):
                _parse(texts[part], value, part)
        return value

    return structure


def _parse(parser: Callable[[Any], object], value: object, kind: Type) -> None:
    try:
        parser(value)
    except ValueError:
        raise TypeError(f"no {kind.__name__}") from None  # the value itself may be personal


def _is_list(kind: object) -> bool:
    return get_origin(kind) is list


def _is_leaf(kind: object) -> bool:
    return all(_plain(part) in _LEAVES for part in _alternatives(kind))


def _alternatives(kind: object) -> tuple[Type, ...]:
    while get_origin(kind) is NotRequired:
        (kind,) = get_args(kind)
    return get_args(kind) if isinstance(kind, UnionType) or get_origin(kind) is Union else (kind,)


def _plain(kind: Type) -> Type:
    """Return what a named type stands for."""
    return getattr(kind, "__supertype__", kind)


def _checker(record: type[T], keys: frozenset[str] | None = None) -> Callable[[object], T]:
    """Return the fast check of a record: one flat function, written out from the shape.

    Where the keys are known, what may be absent is not looked for: it is there, or it is not.

    Written out, as attrs writes out ``__init__``, because it runs on every record that a mall
    sends: a loop over tables takes three times as long (benchmarks/decode.py).
    """
    writer = _Writer()
    writer.record("value", record, "        ", keys)
    tail = ["    except KeyError:", "        raise Mismatch from None", "    return value"]
    source = "\n".join(["def check(value):", "    try:", *writer.lines, *tail])
    scope: dict[str, Any] = {"Mismatch": Mismatch, "NoneType": NoneType}
    exec(source, scope)  # noqa: S102 -- made of our own field names only
    return cast("Callable[[object], T]", scope["check"])


class _Writer:
    """Writes the source of a check."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names = 0

    def record(
        self, name: str, record: Type, indent: str, keys: frozenset[str] | None = None
    ) -> None:
        """Check that a name is a dict and that each of its fields has its type."""
        self._unless(f"type({name}) is dict", indent)
        for key, hint in get_type_hints(record, include_extras=True).items():
            may_be_absent = get_origin(hint) is NotRequired
            if keys is not None and may_be_absent:
                if key not in keys:
                    continue
                may_be_absent = False
            kinds = {_plain(part) for part in _alternatives(hint)}
            field_name = self._name()
            source = f"{name}.get({key!r})" if may_be_absent else f"{name}[{key!r}]"
            self.lines.append(f"{indent}{field_name} = {source}")
            if may_be_absent and NoneType not in kinds:
                self.lines.append(f"{indent}if {key!r} in {name}:")
                self._value(field_name, kinds, indent + "    ")
            else:
                self._value(field_name, kinds, indent)

    def _value(self, name: str, kinds: set[Type], indent: str) -> None:
        parts = [kind for kind in kinds if kind not in _LEAVES]
        if not parts:
            self._unless(_is_one_of(name, kinds), indent)
            return
        if NoneType in kinds:
            self.lines.append(f"{indent}if {name} is not None:")
            indent += "    "
        self._part(name, parts[0], indent)

    def _part(self, name: str, kind: Type, indent: str) -> None:
        if not _is_list(kind):
            self.record(name, kind, indent)
            return
        self._unless(f"type({name}) is list", indent)
        element = self._name()
        self.lines.append(f"{indent}for {element} in {name}:")
        self._value(
            element, {_plain(part) for part in _alternatives(*get_args(kind))}, indent + "    "
        )

    def _unless(self, condition: str, indent: str) -> None:
        self.lines.append(f"{indent}if not ({condition}): raise Mismatch")

    def _name(self) -> str:
        self._names += 1
        return f"v{self._names}"


def _is_one_of(name: str, kinds: set[Type]) -> str:
    listed = sorted(kinds - {NoneType}, key=_LEAVES.index)
    tests = [f"type({name}) is {kind.__name__}" for kind in listed]
    return " or ".join(tests + [f"{name} is None"] * (NoneType in kinds))


def _problem(line: str) -> Problem:
    said, _, path = line.rpartition(" @ ")
    return Problem(place=path.removeprefix("$").removeprefix("."), code=said)


def _said(error: BaseException, _: type | None) -> str:
    return "missing" if isinstance(error, KeyError) else str(error)


def _name(value: object) -> str:
    return "null" if value is None else f"a {type(value).__name__}"


def _kind_name(kind: type) -> str:
    return "null" if kind is NoneType else kind.__name__
