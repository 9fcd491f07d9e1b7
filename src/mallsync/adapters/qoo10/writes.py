"""Confirming and cancelling: the writes beside shipment notices, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from attrs import frozen

from mallsync.adapters.qoo10.codec import CancelLine, ConfirmLine, ConfirmLines
from mallsync.adapters.qoo10.faults import failure
from mallsync.adapters.qoo10.flows import Fetch, details, lines_by_number
from mallsync.adapters.qoo10.lines import Line, Told, line_of, told_of
from mallsync.adapters.qoo10.shapes import CANCEL_REASONS
from mallsync.adapters.qoo10.values import optional_moment
from mallsync.errors import ConfigError, Conflict, MallError
from mallsync.model.order import Order
from mallsync.model.sighting import Seen, Unreadable
from mallsync.model.words import Phase
from mallsync.model.writebacks import WriteResult
from mallsync.wire.calls import Caller
from mallsync.wire.paging import batches
from mallsync.wire.writing import outcome_of_look, write_result

__all__ = ["LONGEST_MEMO", "cancel", "confirm"]

LONGEST_MEMO = 1000

_Errors = Mapping[str, MallError | None]

_REQUESTED = "2"
_CONFIRMED = "3"
_CANCELLED = ("claim:2", "claim:3", "claim:16")
_OPEN_TO_CANCEL = (Phase.UNPAID, Phase.TO_SHIP, Phase.HELD)


@frozen(kw_only=True)
class _Kind:
    """A kind of write: when a line has it already, which lines may have it, and its calls."""

    name: str
    is_done: Callable[[Told], bool]
    is_open: Callable[[Told], bool]
    carry_out: Callable[[Caller, Sequence[str]], _Errors]


def confirm(
    caller: Caller, fetch: Fetch, numbers: Sequence[str], planned: date | None
) -> list[WriteResult]:
    """Confirm carts or single lines (2 → 3); a lost answer is looked up, never sent again."""
    kind = _Kind(
        name=ConfirmLine.name,
        is_done=lambda line: _is_confirmed(line, planned),
        is_open=lambda line: line.status == _REQUESTED,
        carry_out=partial(_confirm_lines, planned=planned, size=fetch.options.batch),
    )
    return _write(caller, fetch, numbers, kind)


def cancel(
    caller: Caller, fetch: Fetch, number: str, *, reason: object, memo: object
) -> WriteResult:
    """Cancel a cart or a single line; a lost answer is looked up, never sent again.

    Raises:
        ConfigError: The reason is not one of the mall's, or the memo is too long.
    """
    if not isinstance(reason, int) or isinstance(reason, bool) or reason not in CANCEL_REASONS:
        choices = "0 out of stock, 1 order change, 2 undeliverable area, 3 shipping delay"
        raise ConfigError(f"reason {reason!r} is not Qoo10's: write one of {choices}")
    if not isinstance(memo, str) or len(memo) > LONGEST_MEMO:
        raise ConfigError(f"memo: write text of at most {LONGEST_MEMO} characters")
    kind = _Kind(
        name=CancelLine.name,
        is_done=lambda line: line.status in _CANCELLED,
        is_open=lambda line: line.phase in _OPEN_TO_CANCEL,
        carry_out=partial(_cancel_lines, reason=reason, memo=memo),
    )
    return _write(caller, fetch, [number], kind)[0]


def _is_confirmed(line: Told, planned: date | None) -> bool:
    if line.status != _CONFIRMED or line.shipping is None:
        return False
    there = optional_moment(line.shipping.EstimatedShippingDate)
    return planned is None or (there is not None and there.date() == planned)


def _confirm_lines(
    caller: Caller, numbers: Sequence[str], planned: date | None, size: int
) -> _Errors:
    """Confirm with a date in bulk; without one each by itself, for the bulk call insists on it."""
    errors: dict[str, MallError | None] = {}
    if planned is None or len(numbers) == 1:
        return _one_by_one(caller, [ConfirmLine(number=one, planned=planned) for one in numbers])
    for batch in batches(numbers, size):
        try:
            errors |= caller.call(ConfirmLines(numbers=batch, planned=planned))
        except MallError as error:
            errors |= dict.fromkeys(batch, error)
    return errors


def _cancel_lines(caller: Caller, numbers: Sequence[str], reason: int, memo: str) -> _Errors:
    return _one_by_one(
        caller, [CancelLine(number=one, reason=reason, memo=memo) for one in numbers]
    )


def _one_by_one(
    caller: Caller, operations: Iterable[ConfirmLine | CancelLine]
) -> dict[str, MallError | None]:
    errors: dict[str, MallError | None] = {}
    for operation in operations:
        try:
            errors |= caller.call(operation)
        except MallError as error:
            errors[operation.number] = error
    return errors


def _write(caller: Caller, fetch: Fetch, numbers: Sequence[str], kind: _Kind) -> list[WriteResult]:
    """Write to the lines that the numbers mean, as far as they need it; one result a number."""
    meant = _lines_meant(caller, fetch, numbers)
    lines = {line.number: line for found in meant.values() for line in found.lines}
    errors: dict[str, MallError | None] = dict.fromkeys(lines)
    todo = []
    for line in lines.values():
        if kind.is_done(line):
            continue
        if kind.is_open(line):
            todo.append(line.number)
        else:
            errors[line.number] = failure(Conflict, kind.name, "MALL_STATE_WRONG")
    errors |= kind.carry_out(caller, todo) if todo else {}
    errors |= _landed(caller, errors, kind)
    return [_result(number, meant[number], errors) for number in numbers]


@frozen(kw_only=True)
class _Meant:
    """The lines that a number of a cart or a line means, or why they are not known."""

    lines: tuple[Told, ...] = ()
    error: MallError | None = None


def _lines_meant(caller: Caller, fetch: Fetch, numbers: Sequence[str]) -> dict[str, _Meant]:
    """Return what each number means, as the mall has it now: a line's number that line alone.

    A number that is both, a cart's and a line's, is taken for the cart's, as `details` does.
    """
    try:
        events = list(details(caller, fetch.for_looking(), numbers))
    except MallError as error:
        return dict.fromkeys(numbers, _Meant(error=error))
    lines: dict[str, _Meant] = {}
    carts: dict[str, _Meant] = {}
    for event in events:
        if isinstance(event, Seen):
            told = _told_by(event.order)
            lines |= {line.number: _Meant(lines=(line,)) for line in told}
            carts[event.order.number] = _Meant(lines=_living(told))
        else:
            unknown = _Meant(error=event.error)
            lines |= dict.fromkeys(_numbers_in(event), unknown)
            carts[event.number] = unknown
    known = lines | carts
    return {number: known[number] for number in numbers}


def _told_by(order: Order) -> list[Told]:
    rows = order.raw if isinstance(order.raw, tuple) else ()
    return told_of([line_of(row) for row in rows])


def _living(told: Sequence[Told]) -> tuple[Told, ...]:
    """Return the lines that a cart's number means: without cancelled ones, if others live."""
    return tuple([line for line in told if line.phase is not Phase.CANCELLED]) or tuple(told)


def _numbers_in(event: Unreadable) -> list[str]:
    rows = event.raw if isinstance(event.raw, tuple) else ()
    return [line_of(row).number for row in rows]


def _landed(caller: Caller, errors: _Errors, kind: _Kind) -> dict[str, MallError | None]:
    """Return the doubtful lines that a look finds written after all."""
    doubtful = [number for number, error in errors.items() if error is not None and error.uncertain]
    landed: dict[str, MallError | None] = {}
    try:
        for number, line in lines_by_number(caller, doubtful):
            if isinstance(line, Line) and kind.is_done(told_of([line])[0]):
                landed[number] = None
    except (MallError, ValueError):
        return landed  # the look failed: what is in doubt stays so
    return landed


def _result(number: str, meant: _Meant, errors: _Errors) -> WriteResult:
    """Return what came of a number: SENT once each of its lines has it, else the worst of them."""
    if meant.error is not None:
        outcome = outcome_of_look(meant.error)
        return WriteResult(order_number=number, outcome=outcome, error=meant.error)
    found = [errors[line.number] for line in meant.lines]
    failed = [error for error in found if error is not None]
    in_doubt = [error for error in failed if error.uncertain]
    return write_result(number, next(iter((*in_doubt, *failed)), None))
