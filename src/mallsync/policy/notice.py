"""Order and handling → the notices to send: only what the shop has filled in, one a shipment."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from mallsync.model.handling import Dispatch, Handling
from mallsync.model.order import Order, Shipment
from mallsync.model.writebacks import NoticeWarning, ShipmentNotice

__all__ = ["Built", "build"]


@frozen(kw_only=True)
class Built:
    """The notices of an order, and what to know before they are sent."""

    notices: tuple[ShipmentNotice, ...]
    warnings: tuple[NoticeWarning, ...] = ()


def build(order: Order, handling: Handling) -> Built:
    """Return a notice for each live shipment whose dispatch has a ship date.

    >>> from datetime import date, datetime
    >>> from mallsync.model.order import OrderKey
    >>> from mallsync.model.period import JST
    >>> from mallsync.model.words import Phase
    >>> order = Order(key=OrderKey("rakuten", "s", "1"), phase=Phase.TO_SHIP, mall_status="300",
    ...     ordered_at=datetime(2026, 11, 22, tzinfo=JST), shipments=(Shipment(id="7"),))
    >>> sent = Dispatch(ship_date=date(2026, 11, 22), carrier="エコ配", tracking_number="1, 2")
    >>> build(order, Handling(dispatches=(sent,))).notices[0].tracking_numbers
    ('1', '2')
    """
    return Built(notices=tuple(_notices(order, handling)))


def _notices(order: Order, handling: Handling) -> Iterator[ShipmentNotice]:
    live = [shipment for shipment in order.shipments if not shipment.cancelled]
    for shipment in live:
        dispatch = handling.dispatch_for(shipment.id, only=len(live) == 1)
        if dispatch.ship_date is not None:
            yield _notice(order, shipment, dispatch)


def _notice(order: Order, shipment: Shipment, dispatch: Dispatch) -> ShipmentNotice:
    return ShipmentNotice(
        order_number=order.number,
        shipment_id=shipment.id,
        carrier=dispatch.carrier,
        delivery_methods=dispatch.delivery_methods,
        tracking_numbers=_numbers(dispatch.tracking_number),
        ship_date=dispatch.ship_date,
    )


def _numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of a field that holds several, separated by commas (R4)."""
    parts = text.replace("、", ",").replace("，", ",").split(",")  # as people type
    return tuple(part.strip() for part in parts if part.strip())
