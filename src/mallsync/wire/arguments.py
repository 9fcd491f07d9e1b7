"""Checking what a caller passes to a client, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from types import UnionType

from attrs import Attribute

from mallsync.errors import ConfigError
from mallsync.model.period import Period
from mallsync.model.sighting import Unreadable
from mallsync.model.writebacks import ShipmentNotice

__all__ = [
    "at_most",
    "handler_of",
    "held_of",
    "notices_of",
    "number_of",
    "numbers_of",
    "period_of",
    "require",
    "shop_id_of",
    "statuses_of",
    "window_within",
]


_SHORTEST = timedelta(seconds=2)


def require(value: object, kind: type | UnionType, instead: str) -> None:
    """Refuse a value of another type, and say what to write instead.

    >>> require(60, int, "a number")
    """
    if not isinstance(value, kind):
        raise ConfigError(f"{type(value).__name__} is no good here: write {instead}")


def period_of(value: object) -> Period:
    """Return `value` if it is a `Period`; anything else is a `ConfigError`."""
    if not isinstance(value, Period):
        raise ConfigError(f"period is {type(value).__name__}: write Period.last_days(7, now=now)")
    return value


def shop_id_of(value: object) -> str:
    """Return a shop's id without blanks around it; an empty one is a `ConfigError`.

    >>> shop_id_of(" my-shop ")
    'my-shop'
    """
    if not isinstance(value, str) or not value.strip():
        raise ConfigError('shop_id is empty: write your own name of the shop, such as "my-shop"')
    return value.strip()


def number_of(value: object) -> str:
    """Return one order number without blanks around it; an empty one is a `ConfigError`.

    >>> number_of("999001-20260401-0000000101")
    '999001-20260401-0000000101'
    """
    if not isinstance(value, str) or not value.strip():
        raise ConfigError("an order number is text: write the mall's own order number")
    return value.strip()


def numbers_of(values: object) -> tuple[str, ...]:
    """Return order numbers as a tuple; a bare str is a `ConfigError`.

    >>> numbers_of(["1", "2"])
    ('1', '2')
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ConfigError('order numbers come in a list: write ["…"]')
    return tuple(number_of(value) for value in values)


def held_of(values: object) -> dict[str, str]:
    """Return by order number the mall's status in which it is held; none for None.

    >>> held_of({"1": "300"}), held_of(None)
    ({'1': '300'}, {})
    """
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise ConfigError('held gives the status of each number: write {"…": "300"}')
    return {number_of(number): str(status) for number, status in values.items()}


def statuses_of(values: object, known: Iterable[str]) -> tuple[str, ...]:
    """Return the mall's statuses to ask for; None and none are every status.

    >>> statuses_of({"300"}, ["100", "300"])
    ('300',)
    """
    choices = tuple(known)
    if values is None:
        return ()
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ConfigError(f'statuses come in a set: write {{"{choices[0]}"}}')
    asked = tuple(sorted(str(value) for value in values))
    if not asked:
        raise ConfigError("statuses is empty: leave it out for every status")
    unknown = [status for status in asked if status not in choices]
    if unknown:
        raise ConfigError(f"no such status: {unknown[0]!r}; write some of {', '.join(choices)}")
    return asked


def handler_of(value: Callable[[Unreadable], None] | None) -> Callable[[Unreadable], None] | None:
    """Return what takes each `Unreadable`, or None; what cannot be called is a `ConfigError`."""
    if value is not None and not callable(value):
        raise ConfigError("on_problem takes each Unreadable: write a function of one argument")
    return value


def at_most(most: int) -> Callable[[object, Attribute[int], int], None]:
    """Return a validator of an option: a whole number from 1 up to the mall's own limit."""

    def check(_: object, attribute: Attribute[int], value: object) -> None:
        if type(value) is not int or not 0 < value <= most:
            raise ConfigError(f"{attribute.name} is {value!r}: write a number from 1 to {most}")

    return check


def window_within(longest: timedelta) -> Callable[[object, Attribute[timedelta], timedelta], None]:
    """Return a validator of an option: a stretch of two seconds up to the mall's own limit."""

    def check(_: object, attribute: Attribute[timedelta], value: object) -> None:
        if not (isinstance(value, timedelta) and _SHORTEST <= value <= longest):
            raise ConfigError(
                f"{attribute.name}: write a timedelta of 2 seconds to {longest.days} days"
            )

    return check


def notices_of(values: object) -> tuple[ShipmentNotice, ...]:
    """Return notices as a tuple; anything else in it is a `ConfigError`."""
    if not isinstance(values, Iterable) or isinstance(values, str):
        raise ConfigError("notices come in a list: write [ShipmentNotice(…)]")
    notices = tuple(values)
    if not all(isinstance(notice, ShipmentNotice) for notice in notices):
        raise ConfigError("send_notices takes ShipmentNotice values: write ShipmentNotice(…)")
    return notices
