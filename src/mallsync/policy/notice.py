"""Order and handling → the notices to send: only what the shop has filled in, one a shipment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from mallsync.model.codes import ReasonCode
from mallsync.model.handling import Dispatch, Handling
from mallsync.model.order import Order, Shipment
from mallsync.model.words import DeliveryMethod, fold, require_text
from mallsync.model.writebacks import NoticeWarning, ShipmentNotice
from mallsync.policy import message, tracking
from mallsync.policy.conventions import convention_followed_by
from mallsync.policy.dispatch import dispatches, is_filled
from mallsync.policy.rule import ExportRule
from mallsync.policy.settings import NoticeRule, NumberRule

__all__ = ["Built", "build", "dispatches", "mall_prints_label"]

_MALL_LABELS = frozenset({fold(DeliveryMethod.RAKURAKU_MERCARI)})
"""Delivery methods whose label only the mall itself can issue (R7)."""


@frozen(kw_only=True)
class Built:
    """The notices of an order, and what to know before they are sent.

    The warnings are in the order of the notices; with several live shipments each detail begins
    with the shipment. None of them holds a notice back: guards are the plan's.
    """

    notices: tuple[ShipmentNotice, ...]
    warnings: tuple[NoticeWarning, ...] = ()


def build(
    order: Order,
    handling: Handling,
    template: str = "",
    mall_limits: NumberRule | None = None,
    *,
    rule: ExportRule | None = None,
) -> Built:
    """Return a notice for each live shipment whose dispatch says that it has left.

    That is one with a ship date; where the export rule needs none (R3), one with any field
    filled. Whether a notice may be sent is not decided here: see `mallsync.policy.export`.

    Args:
        order: An order of any mall; one without a row in the conventions, such as a shop of CSV
            files, follows the convention of the field.
        handling: What the shop says of it.
        template: The message. Its placeholders are replaced where the mall's convention has them,
            by the fields as entered; elsewhere it is the message as it stands.
        mall_limits: What is sent of several tracking numbers; the mall's own limit by default.
        rule: The export rule that the order was judged by; the mall's automatic one by default.

    Raises:
        ConfigError: An argument has the wrong type; the text says what to write.

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
    require_text(template, "template")
    convention = convention_followed_by(order.mall)
    held = convention.notice
    if mall_limits is not None:
        held = evolve(held, numbers=mall_limits)
    live = tuple(dispatches(order, handling))
    left = [one for one in live if _has_left(one[1], rule or convention.export)]
    told = [(one, warning) for one in left for warning in _warnings(*one, template, held)]
    return Built(
        notices=tuple(_notice(order, *one, template, held) for one in left),
        warnings=tuple(
            _named(one[0], warning) if len(live) > 1 else warning for one, warning in told
        ),
    )


def mall_prints_label(shipment: Shipment, dispatch: Dispatch) -> bool:
    """Tell whether only the mall can issue the label: anonymous delivery, or a method of its own.

    >>> mall_prints_label(Shipment(id="7"), Dispatch(delivery_methods={"らくらくﾒﾙｶﾘ便"}))
    True
    """
    methods = {fold(method) for method in dispatch.delivery_methods}
    return shipment.anonymous or not methods.isdisjoint(_MALL_LABELS)


def _has_left(dispatch: Dispatch, rule: ExportRule) -> bool:
    if rule.needs_ship_date:
        return dispatch.ship_date is not None
    return is_filled(dispatch)


def _notice(
    order: Order, shipment: Shipment, dispatch: Dispatch, template: str, rule: NoticeRule
) -> ShipmentNotice:
    return ShipmentNotice(
        order_number=order.number,
        shipment_id=shipment.id,
        carrier=dispatch.carrier,
        delivery_methods=dispatch.delivery_methods,
        tracking_numbers=tracking.limited(dispatch.tracking_number, rule.numbers).sent,
        ship_date=dispatch.ship_date,
        message=message.render(template, **_values(dispatch)) if rule.placeholders else template,
    )


def _values(dispatch: Dispatch) -> dict[str, str]:
    """Return what stands for the placeholders: the fields as entered (R4)."""
    return {"tracking_number": dispatch.tracking_number, "carrier": dispatch.carrier}


def _warnings(
    shipment: Shipment, dispatch: Dispatch, template: str, rule: NoticeRule
) -> Iterator[NoticeWarning]:
    numbers = tracking.limited(dispatch.tracking_number, rule.numbers)
    if numbers.dropped:
        said = f"{len(numbers.dropped)} behind the first {len(numbers.sent)}"
        yield NoticeWarning(ReasonCode.NUMBERS_DROPPED, said)
    if rule.open_without_number and not numbers.sent:
        yield NoticeWarning(ReasonCode.RAKUTEN_STAYS_OPEN)
    if mall_prints_label(shipment, dispatch):
        yield NoticeWarning(ReasonCode.MALL_LABEL_ONLY)
    yield from _suspects(numbers.sent, dispatch.carrier)
    # The buyer will see the gap; the message goes all the same (R4).
    for token in message.missing(template, **_values(dispatch)) if rule.placeholders else ():
        yield NoticeWarning(ReasonCode.MESSAGE_INCOMPLETE, token)


def _suspects(sent: Iterable[str], carrier: str) -> Iterator[NoticeWarning]:
    """Return what looks mistyped; a field that is sent as entered may still hold several."""
    numbers = [number for text in sent for number in tracking.split(text)]
    for place, number in enumerate(numbers, start=1):
        for reason in tracking.check(number, carrier):
            yield NoticeWarning(reason.code, f"number {place}, {reason.detail}")


def _named(shipment: Shipment, warning: NoticeWarning) -> NoticeWarning:
    """Return the warning of one shipment among several."""
    said = f": {warning.detail}" if warning.detail else ""
    return evolve(warning, detail=f"shipment {shipment.id}{said}")
