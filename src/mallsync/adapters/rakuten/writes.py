"""Confirming, cancelling and noting: the writes beside shipment notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mallsync.adapters.rakuten.codec import CancelOrder, ConfirmOrders, UpdateMemo
from mallsync.adapters.rakuten.flows import Fetch
from mallsync.adapters.rakuten.sending import look
from mallsync.adapters.rakuten.shapes import CHANGE_REASONS, WRITE_BATCH
from mallsync.errors import ConfigError, MallError
from mallsync.model.order import Order
from mallsync.model.writebacks import WriteResult
from mallsync.wire.calls import Caller
from mallsync.wire.paging import batches, unique
from mallsync.wire.texts import platform_dependent
from mallsync.wire.writing import write_result

__all__ = ["cancel", "confirm", "memo_fields", "update_memo"]

_CONFIRMED = ("200", "300", "400", "500", "600", "700")
_CANCELLED = ("800", "900")
_LONGEST = {
    "memo": ("memo", 1000),
    "operator": ("operator", 6),
    "mailPlugSentence": ("mail_text", 1024),
}
"""The mall's field: our name of it, and the most characters."""

_NUMBERS = {
    "deliveryClass": ("delivery_class", range(9)),
    "subStatusId": ("sub_status_id", range(2**31)),
}
"""The mall's field: our name of it, and the numbers that it takes."""


def confirm(caller: Caller, fetch: Fetch, numbers: Sequence[str]) -> list[WriteResult]:
    """Confirm orders, a hundred to a call; a lost answer is looked up, never sent again."""
    results: dict[str, WriteResult] = {}
    for batch in batches(unique(numbers), WRITE_BATCH):
        results.update(_confirm_batch(caller, fetch, batch))
    return [results[number] for number in numbers]


def _confirm_batch(
    caller: Caller, fetch: Fetch, numbers: tuple[str, ...]
) -> dict[str, WriteResult]:
    try:
        refusals = caller.call(ConfirmOrders(numbers=numbers))
    except MallError as error:
        return _after_failure(caller, fetch, numbers, error, _is_confirmed)
    told = {number: write_result(number, error) for number, error in refusals.items()}
    for number, doubt in refusals.items():
        if doubt is not None and doubt.uncertain:
            told |= _after_failure(caller, fetch, (number,), doubt, _is_confirmed)
    return told


def _is_confirmed(order: Order) -> bool:
    return order.mall_status in _CONFIRMED


def _after_failure(
    caller: Caller,
    fetch: Fetch,
    numbers: tuple[str, ...],
    error: MallError,
    has_landed: Callable[[Order], bool],
) -> dict[str, WriteResult]:
    """Return what a failed write came to; where in doubt, the mall's state tells."""
    found = look(caller, fetch, numbers) if error.uncertain else {}
    landed = {
        number: write_result(number, None)
        for number, order in found.items()
        if isinstance(order, Order) and has_landed(order)
    }
    return {number: landed.get(number) or write_result(number, error) for number in numbers}


def cancel(caller: Caller, fetch: Fetch, operation: CancelOrder) -> WriteResult:
    """Cancel one order; a lost answer is looked up, never sent again."""
    if type(operation.reason) is not int or operation.reason not in CHANGE_REASONS:
        choices = ", ".join(f"{code} {text}" for code, text in CHANGE_REASONS.items())
        raise ConfigError(f"reason {operation.reason!r} is not Rakuten's: write one of {choices}")
    if type(operation.restore_stock) is not int or operation.restore_stock not in (0, 1, 2):
        raise ConfigError("restore_stock: write 0 (as the item is set), 1 (restore) or 2 (do not)")
    number = operation.number
    try:
        caller.call(operation)
    except MallError as error:
        results = _after_failure(
            caller, fetch, (number,), error, lambda order: order.mall_status in _CANCELLED
        )
        return results[number]
    return write_result(number, None)


def update_memo(caller: Caller, operation: UpdateMemo) -> WriteResult:
    """Set notes on one order; setting them twice changes nothing, so a lost answer is repeated."""
    try:
        caller.call(operation)
    except MallError as error:
        return write_result(operation.number, error)
    return write_result(operation.number, None)


def memo_fields(fields: Mapping[str, object]) -> Mapping[str, object]:
    """Return the fields of updateOrderMemo that are given, checked against its limits.

    Raises:
        ConfigError: A text is too long or holds characters that Rakuten refuses, or nothing is
            given at all.

    >>> memo_fields({"memo": "見本", "operator": None})
    {'memo': '見本'}
    """
    given = {name: value for name, value in fields.items() if value is not None}
    if not given:
        raise ConfigError("nothing to update: write a value for memo, operator, mail_text, …")
    for field, (name, longest) in _LONGEST.items():
        text = given.get(field, "")
        if not isinstance(text, str) or len(text) > longest:
            raise ConfigError(f"{name}: write text of at most {longest} characters")
        if platform_dependent(text.replace("\r\n", "").replace("\n", "")):
            raise ConfigError(f"{name} holds 機種依存文字, which Rakuten refuses: write others")
    for field, (name, numbers) in _NUMBERS.items():
        number = given.get(field, 0)
        if type(number) is not int or number not in numbers:
            raise ConfigError(f"{name}: write a number from 0 to {numbers[-1]}")
    return given
