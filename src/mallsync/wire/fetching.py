"""``fetch_orders`` and ``get_orders`` as sugar over sightings, written once for every mall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import evolve

from mallsync.errors import NotFound, Problem, Unavailable
from mallsync.model.order import Order
from mallsync.model.sighting import Remark, Seen, Sighting, Unreadable

__all__ = ["number_seen", "orders_of", "unlisted"]


def orders_of(
    events: Iterable[Sighting], on_problem: Callable[[Unreadable], None] | None = None
) -> Iterator[Order]:
    """Yield the orders of a fetch.

    Args:
        events: What the fetch sees.
        on_problem: Takes each `Unreadable`, and nothing else.

    Raises:
        MallError: That of the first `Unreadable`, unless `on_problem` takes it.
        Unavailable: After the last order, if a stretch of the period could not be covered.
    """
    gaps: list[Remark] = []
    for event in events:
        if isinstance(event, Seen):
            yield event.order
        elif isinstance(event, Unreadable):
            if on_problem is None:
                raise event.error
            on_problem(event)
        elif isinstance(event, Remark) and event.gap is not None:
            gaps.append(event)
    if gaps:
        places = tuple(Problem(place=_stretch(remark), code=remark.code) for remark in gaps)
        raise Unavailable("part of the period is not covered", code=gaps[0].code, problems=places)


def number_seen(event: Sighting) -> str:
    """Return the order number that an event is about, ``""`` for none."""
    if isinstance(event, Seen):
        return event.order.number
    return event.number if isinstance(event, Unreadable) else ""


def unlisted(events: Iterable[Seen | Unreadable]) -> Iterator[Seen | Unreadable]:
    """Yield what numbers lead to that no list has shown: what the mall does not know is gone."""
    for event in events:
        if isinstance(event, Unreadable) and isinstance(event.error, NotFound):
            yield evolve(event, gone=True)
        else:
            yield event


def _stretch(remark: Remark) -> str:
    assert remark.gap is not None  # noqa: S101 -- only remarks with a gap get here
    return f"{remark.gap.start.isoformat()} .. {remark.gap.end.isoformat()}"
