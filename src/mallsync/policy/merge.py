"""What a new sighting, or a file, changes of an order (R6, R10).

Only fields that the sighting covers are touched: what a list, a layout or a mall does not carry is
not blank, it is unknown. Nothing here is the shop's: a `Handling` has no way in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from attrs import evolve, fields, frozen, has

from mallsync.errors import ConfigError
from mallsync.model.order import Item, Order, Shipment
from mallsync.model.sighting import EVERYTHING, Seen
from mallsync.model.words import Phase, is_blank

__all__ = ["Mode", "merge"]

T = TypeVar("T")
Covers = frozenset[str]

_LINES = "lines"
_SHIPMENTS = "shipments"
_ITEMS = "shipments.items"


class Mode(StrEnum):
    """How what is covered is applied.

    ``UPDATE`` (更新): a blank leaves the old value. ``REWRITE`` (書換): a blank erases it.
    ``SIGHTING``: what the mall says now is what holds.
    """

    UPDATE = "UPDATE"
    REWRITE = "REWRITE"
    SIGHTING = "SIGHTING"


def merge(old: Order | None, seen: Seen, *, mode: Mode = Mode.SIGHTING) -> Order:
    """Return an order as it is known after a sighting; the same again changes nothing more.

    Shipments are matched by their ids, or by a line that they share; lines by theirs. What the
    sighting lacks is removed only if its ``covers`` has ``lines``. The raw record is kept of the
    last sighting with all lines and what ships of them: claims know the lines alone. The time of a
    cancellation, once known, stays.

    Args:
        old: The order as it was known; None for a new one, which comes in as it is in every mode.
        seen: The sighting, or a file's row, with the dotted `Order` fields that it covers.
        mode: How blanks count.

    Raises:
        ConfigError: The sighting is of another order, or an argument has the wrong type.

    >>> from datetime import datetime
    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> old = Order(key=OrderKey("qoo10", "s", "1"), phase=Phase.TO_SHIP, mall_status="2",
    ...     ordered_at=datetime(2026, 11, 22, tzinfo=JST), remarks="不在時は宅配ボックスへ")
    >>> blank = Seen(evolve(old, remarks="", mall_status="3"), frozenset({"remarks"}))
    >>> [merge(old, blank, mode=mode).remarks for mode in (Mode.UPDATE, Mode.REWRITE)]
    ['不在時は宅配ボックスへ', '']
    """
    _check(old, seen, mode)
    new = seen.order
    if old is None:
        return new
    if seen.covers >= EVERYTHING and mode is not Mode.UPDATE:
        return _still_marked(old, new)
    how = _How(seen.covers, mode)
    known = {
        "key": old.key,
        "shipments": _shipments(old, new, how),
        "raw": new.raw if how.complete and how.touches(_SHIPMENTS) else old.raw,
    }
    return _still_marked(old, how.fields(old, new, "", **known))


def _check(old: object, seen: object, mode: object) -> None:
    if not isinstance(seen, Seen):
        raise ConfigError(f"seen is {type(seen).__name__}: write Seen(order, covers=…)")
    if not isinstance(mode, Mode):
        raise ConfigError(f"mode is {mode!r}: write merge.Mode.UPDATE, REWRITE or SIGHTING")
    if old is None:
        return
    if not isinstance(old, Order):
        raise ConfigError(f"old is {type(old).__name__}: write an Order, or None")
    if old.key != seen.order.key:
        raise ConfigError("seen is of another order than old: merge sightings of one key")


def _still_marked(old: Order, new: Order) -> Order:
    """Keep when it was cancelled: a list that shows it as cancelled need not say when (R6)."""
    if new.phase is not Phase.CANCELLED or new.cancelled_at or not old.cancelled_at:
        return new
    return evolve(new, cancelled_at=old.cancelled_at)


def _is_covered(path: str, covers: Covers) -> bool:
    """Tell whether a field is covered, itself or as a part of another."""
    parts = path.split(".")
    return any(".".join(parts[:depth]) in covers for depth in range(1, len(parts) + 1))


@frozen
class _How:
    """What a sighting covers, and how it is applied."""

    covers: Covers
    mode: Mode

    @property
    def complete(self) -> bool:
        """Whether what the sighting lacks is gone."""
        return _LINES in self.covers

    def touches(self, path: str) -> bool:
        """Tell whether a field is covered, itself, as a part of another or in a part of it."""
        inside = f"{path}."
        return _is_covered(path, self.covers) or any(one.startswith(inside) for one in self.covers)

    def field(self, old: Any, new: Any, path: str) -> Any:  # noqa: ANN401 -- any field
        """Return a field as it is known after the sighting."""
        if _is_covered(path, self.covers):
            return _filled(old, new) if self.mode is Mode.UPDATE else new
        if new is None or not self.touches(path):
            return old
        return self.fields(type(new)() if old is None else old, new, f"{path}.")

    def fields(self, old: T, new: T, path: str, **known: object) -> T:
        """Return a value whose fields are as they are known after the sighting."""
        return _each(
            old, lambda name: self.field(getattr(old, name), getattr(new, name), path + name), known
        )


def _each(value: T, field_of: Callable[[str], object], known: Mapping[str, object]) -> T:
    kind: Any = type(value)
    names = (one.name for one in fields(kind) if one.name not in known)
    made: T = kind(**{name: field_of(name) for name in names}, **known)
    return made


def _filled(old: Any, new: Any) -> Any:  # noqa: ANN401 -- any field
    """Return the new value where it is filled, and the old one elsewhere (R10 更新)."""
    if has(type(new)) and type(old) is type(new):
        return _each(new, lambda name: _filled(getattr(old, name), getattr(new, name)), {})
    is_text = isinstance(new, str) and is_blank(new)
    return old if new is None or is_text or new in ((), frozenset(), Phase.UNKNOWN) else new


def _shipments(old: Order, new: Order, how: _How) -> tuple[Shipment, ...]:
    if not (how.complete or how.touches(_SHIPMENTS)):
        return old.shipments
    places = _places(old.shipments, new.shipments, _is_same_shipment)
    seen = frozenset(item.id for shipment in new.shipments for item in shipment.items)
    after = {
        at: _shipment(how, old.shipments[at], new.shipments[by], seen) for by, at in places.items()
    }
    if how.complete:
        return tuple(
            after[places[by]] if by in places else one for by, one in enumerate(new.shipments)
        )
    if not how.touches(_ITEMS):
        return tuple(after.get(at, one) for at, one in enumerate(old.shipments))
    kept = (after.get(at) or _without(one, seen) for at, one in enumerate(old.shipments))
    added = (one for by, one in enumerate(new.shipments) if by not in places)
    return (*(one for one in kept if one is not None), *added)


def _places(
    olds: Sequence[T], news: Sequence[T], is_same: Callable[[T, T], bool]
) -> dict[int, int]:
    """Return by the place of a new one that of its old; none is paired twice."""
    found: dict[int, int] = {}
    left = dict(enumerate(olds))
    for by, new in enumerate(news):
        at = next((at for at, old in left.items() if is_same(old, new)), None)
        if at is not None:
            found[by] = at
            del left[at]
    return found


def _is_same_shipment(old: Shipment, new: Shipment) -> bool:
    lines = {item.id for item in new.items}
    return old.id == new.id or any(item.id in lines for item in old.items)


def _shipment(how: _How, old: Shipment, new: Shipment, seen: frozenset[str]) -> Shipment:
    items = old.items
    if how.complete or how.touches(_ITEMS):
        items = _items(how, old.items, new.items, seen)
    ident = new.id if how.complete else _id_of(old, items) or old.id
    return how.fields(old, new, f"{_SHIPMENTS}.", id=ident, items=items)


def _without(old: Shipment, seen: frozenset[str]) -> Shipment | None:
    """Return a shipment that was not seen without the lines that were, elsewhere."""
    items = tuple(item for item in old.items if item.id not in seen)
    if items == old.items:
        return old
    return evolve(old, items=items, id=_id_of(old, items) or old.id) if items else None


def _id_of(old: Shipment, items: Iterable[Item]) -> str:
    """Return the id that follows from the lines, if that is what it is made of (Qoo10)."""
    by_line = old.id == ",".join(item.id for item in old.items)
    return ",".join(item.id for item in items) if by_line else ""


def _items(
    how: _How, olds: tuple[Item, ...], news: tuple[Item, ...], seen: frozenset[str]
) -> tuple[Item, ...]:
    """Return the lines: as they are now if that is all, else with those that were not seen."""
    places = _places(olds, news, _is_same_item)
    after = {by: how.fields(olds[at], news[by], f"{_ITEMS}.") for by, at in places.items()}
    if how.complete:
        return tuple(after.get(by, one) for by, one in enumerate(news))
    stays = {at: after[by] for by, at in places.items()}
    kept = (stays.get(at, one) for at, one in enumerate(olds) if at in stays or one.id not in seen)
    return (*kept, *(one for by, one in enumerate(news) if by not in places))


def _is_same_item(old: Item, new: Item) -> bool:
    return old.id == new.id
