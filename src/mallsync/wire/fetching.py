"""``fetch_orders`` and ``get_orders`` as sugar over sightings, written once for every mall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mallsync.model.order import Order
from mallsync.model.sighting import Seen, Sighting, Unreadable

__all__ = ["orders_of"]


def orders_of(
    events: Iterable[Sighting], on_problem: Callable[[Unreadable], None] | None = None
) -> Iterator[Order]:
    """Yield the orders of a fetch.

    Args:
        events: What the fetch sees.
        on_problem: Takes each `Unreadable`, and nothing else.

    Raises:
        MallError: That of the first `Unreadable`, unless `on_problem` takes it.
    """
    for event in events:
        if isinstance(event, Seen):
            yield event.order
        elif isinstance(event, Unreadable):
            if on_problem is None:
                raise event.error
            on_problem(event)
