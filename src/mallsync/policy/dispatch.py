"""Which dispatch is of which shipment, also where the mall has put its lines together anew.

A shipment whose id is made of its lines (Qoo10) has another id once a line comes or goes. So what
the shop has typed is matched by the lines, as `mallsync.policy.merge` matches shipments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve

from mallsync.model.handling import Dispatch, Handling
from mallsync.model.order import Order, Shipment
from mallsync.model.words import is_blank

__all__ = ["dispatch_of", "dispatches", "home_of", "is_filled", "strays"]


def dispatches(order: Order, handling: Handling) -> Iterator[tuple[Shipment, Dispatch]]:
    """Return each live shipment of an order with what the shop says of it.

    >>> from datetime import datetime
    >>> from mallsync.model.order import Item, OrderKey
    >>> from mallsync.model.period import JST
    >>> from mallsync.model.words import Phase
    >>> cart = Shipment(id="11,12", items=(Item(id="11"), Item(id="12")))
    >>> order = Order(key=OrderKey("qoo10", "s", "1"), phase=Phase.TO_SHIP, mall_status="2",
    ...     ordered_at=datetime(2026, 11, 22, tzinfo=JST), shipments=(cart,))
    >>> seen_in_part = Handling(dispatches=(Dispatch(shipment_id="11", carrier="エコ配"),))
    >>> [(one.id, said.carrier) for one, said in dispatches(order, seen_in_part)]
    [('11,12', 'エコ配')]
    """
    homes = [(home_of(order, said), said) for said in handling.dispatches]
    for shipment in order.shipments:
        if not shipment.cancelled:
            own = [said for home, said in homes if home is shipment]
            yield shipment, _one(own, handling.dispatches, shipment.id)


def dispatch_of(order: Order, handling: Handling, shipment_id: str) -> Dispatch:
    """Return what the shop says of the live shipment of an id; a blank dispatch for none.

    >>> from datetime import datetime
    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> from mallsync.model.words import Phase
    >>> order = Order(key=OrderKey("rakuten", "s", "1"), phase=Phase.TO_SHIP, mall_status="300",
    ...     ordered_at=datetime(2026, 11, 22, tzinfo=JST), shipments=(Shipment(id="7"),))
    >>> dispatch_of(order, Handling(dispatches=(Dispatch(carrier="エコ配"),)), "7").carrier
    'エコ配'
    """
    said = {shipment.id: one for shipment, one in dispatches(order, handling)}
    return said.get(shipment_id, Dispatch(shipment_id=shipment_id))


def home_of(order: Order, dispatch: Dispatch) -> Shipment | None:
    """Return the shipment that a dispatch is of: that of its id, or of its lines; None for none.

    One without an id is of the only live one. Of several that its lines went to the first counts:
    whether its parcel holds the lines of the others, too, nobody can tell.

    >>> from datetime import datetime
    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> from mallsync.model.words import Phase
    >>> order = Order(key=OrderKey("rakuten", "s", "1"), phase=Phase.TO_SHIP, mall_status="300",
    ...     ordered_at=datetime(2026, 11, 22, tzinfo=JST), shipments=(Shipment(id="7"),))
    >>> home_of(order, Dispatch(shipment_id="8")) is None
    True
    """
    live = [shipment for shipment in order.shipments if not shipment.cancelled]
    if not dispatch.shipment_id:
        return live[0] if len(live) == 1 else None
    for shipment in order.shipments:
        if shipment.id == dispatch.shipment_id:
            return shipment
    named = dispatch.shipment_id.split(",")
    gone = (shipment for shipment in order.shipments if shipment.cancelled)
    return next((one for one in (*live, *gone) if _has_some(one, named)), None)


def is_filled(said: Dispatch) -> bool:
    """Tell whether the shop has filled in any field.

    >>> is_filled(Dispatch(shipment_id="7")), is_filled(Dispatch(carrier="エコ配"))
    (False, True)
    """
    texts = (said.carrier, said.tracking_number, *said.delivery_methods)
    return said.ship_date is not None or not all(map(is_blank, texts))


def strays(order: Order, handling: Handling) -> tuple[Dispatch, ...]:
    """Return what the shop has typed that serves no shipment, or not all that it names.

    Its shipment is not there any more, or was parted, or two were put together of which it has said
    other things. Once something is typed for each shipment there are none.

    >>> from datetime import datetime
    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> from mallsync.model.words import Phase
    >>> order = Order(key=OrderKey("rakuten", "s", "1"), phase=Phase.TO_SHIP, mall_status="300",
    ...     ordered_at=datetime(2026, 11, 22, tzinfo=JST), shipments=(Shipment(id="7"),))
    >>> said = Dispatch(shipment_id="8", carrier="エコ配")
    >>> [one.shipment_id for one in strays(order, Handling(dispatches=(said,)))]
    ['8']
    """
    lacking = [one for one, said in dispatches(order, handling) if not is_filled(said)]
    if not lacking:
        return ()
    return tuple(
        said
        for said in handling.dispatches
        if is_filled(said) and (home_of(order, said) is None or _names_one_of(said, lacking))
    )


def _names_one_of(said: Dispatch, shipments: Iterable[Shipment]) -> bool:
    named = said.shipment_id.split(",")
    return any(_has_some(one, named) for one in shipments)


def _one(own: Sequence[Dispatch], said: Iterable[Dispatch], shipment_id: str) -> Dispatch:
    """Return the dispatch of a shipment, and a blank one where the shop has said two things of it.

    Against one of its own id speaks what names a part of its lines; where there is none, whatever
    names any of them, wherever it is at home.
    """
    lines, blank = set(shipment_id.split(",")), Dispatch(shipment_id=shipment_id)
    others = [(one, set(one.shipment_id.split(","))) for one in said if is_filled(one)]
    exact = next((one for one in own if one.shipment_id in ("", shipment_id)), None)
    if exact is not None:
        rivals = [one for one, named in others if named < lines]
        same = all(evolve(one, shipment_id=exact.shipment_id) == exact for one in rivals)
        return exact if same else blank
    rivals = [one for one, named in others if named & lines]
    told = {evolve(one, shipment_id=shipment_id) for one in (*own, *rivals)}
    return told.pop() if own and len(told) == 1 else blank


def _has_some(shipment: Shipment, named: Iterable[str]) -> bool:
    """Tell whether a shipment has one of some lines, if lines are what its id is made of."""
    lines = [item.id for item in shipment.items]
    return shipment.id == ",".join(lines) and not set(lines).isdisjoint(named)
