"""Making attrs values quickly, where a mapper makes a dozen for each record that a mall sends.

Calling a frozen, keyword-only class costs four times what it must: Python packs the arguments into
a dict, and attrs sets each field through the general ``object.__setattr__``. Here a function is
written out for a class that takes the same arguments and sets the same slots while the value still
belongs to a *draft*, a subclass that is not frozen yet (benchmarks/decode.py).
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

from attrs import NOTHING, Attribute, AttrsInstance, Factory, fields

__all__ = ["maker", "plain_fields"]

T = TypeVar("T", bound=AttrsInstance)


def maker(kind: type[T]) -> type[T]:
    """Return a function that makes values of `kind`, to be called just like the class.

    It is typed as the class, so that a type checker holds each call against its fields.

    Raises:
        TypeError: The class has converters, validators or factories: call it itself.

    >>> from mallsync.model.order import Parcel
    >>> maker(Parcel)(id="7", carrier="エコ配") == Parcel(id="7", carrier="エコ配")
    True
    """
    arguments, lines = [], []
    scope: dict[str, Any] = {"_kind": kind, "_draft": _draft(kind)}
    # Not keyword-only: what is not given then comes from a tuple, and is not looked up by name.
    for one in sorted(plain_fields(kind), key=lambda one: one.default is not NOTHING):
        scope[f"_default_{one.name}"] = one.default
        default = "" if one.default is NOTHING else f"=_default_{one.name}"
        arguments.append(f"{one.name}{default}")
        lines.append(f"    self.{one.name} = {one.name}")
    lines.append("    self.__class__ = _kind")
    check = ["    self.__attrs_post_init__()"] if hasattr(kind, "__attrs_post_init__") else []
    head = [f"def make({', '.join(arguments)}):", "    self = _draft()"]
    exec("\n".join([*head, *lines, *check, "    return self"]), scope)  # noqa: S102 -- our names
    return cast("type[T]", scope["make"])


def plain_fields(kind: type[Any]) -> tuple[Attribute[Any], ...]:
    """Return the fields of a class whose values can be set as they are.

    Raises:
        TypeError: One has a converter, a validator or a factory.
    """
    found: tuple[Attribute[Any], ...] = fields(kind)
    for one in found:
        if one.converter or one.validator or isinstance(one.default, type(Factory(list))):
            raise TypeError(f"{kind.__name__}.{one.name} is more than a plain field")
    return found


def _draft(kind: type[T]) -> type[T]:
    """Return a subclass of the same layout that begins empty, and whose fields may be set."""
    plain = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    return type(kind.__name__, (kind,), {"__slots__": (), **plain})
