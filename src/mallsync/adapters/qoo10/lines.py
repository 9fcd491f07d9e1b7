"""Qoo10's rows → what all of them together say of each order line. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from attrs import frozen

from mallsync.adapters.qoo10.faults import failure
from mallsync.adapters.qoo10.names import names_of, normal, spelling
from mallsync.adapters.qoo10.shapes import (
    CANCEL_CLAIMS,
    CLAIM_PHASES,
    PHASES,
    ClaimRecord,
    LineRecord,
    RowRecord,
)
from mallsync.adapters.qoo10.values import TOO_LARGE, code_of, digits, optional_moment
from mallsync.errors import DecodeError, MallError, Problem
from mallsync.model.words import Phase
from mallsync.wire.making import maker
from mallsync.wire.strict import Shape

__all__ = [
    "Line",
    "Raw",
    "Reply",
    "Told",
    "by_number",
    "cart_named",
    "line_of",
    "related",
    "tells_of_shipping",
    "told_of",
    "told_of_shipping",
    "unreadable_rows",
]

_OPERATION = "GetShippingInfo"
_LINES = Shape(LineRecord)
_ROWS = Shape(RowRecord)
_CLAIMS = Shape(ClaimRecord)

Raw = dict[str, object]
_Spelling = tuple[tuple[str, ...] | None, Callable[[object], LineRecord]]
"""The normal form of some keys, None if they have it, and the reader of rows that have them."""


@frozen
class Line:
    """One row with the numbers that it goes by, under normal keys and as the mall sent it.

    ``read`` is what reads the record, which may not be one of a line.
    """

    cart: str
    number: str
    record: Raw
    raw: Raw
    read: Callable[[object], LineRecord]

    def __repr__(self) -> str:
        """Return its numbers; the rest is personal."""
        return f"Line({self.cart}, {self.number})"


@frozen
class Told:
    """What all rows of one order line say; ``row`` is the one that knows most."""

    number: str
    row: RowRecord
    shipping: LineRecord | None
    claim: ClaimRecord | None
    phase: Phase
    status: str

    def __repr__(self) -> str:
        """Return its number and status; the rest is personal."""
        return f"Told({self.number}, {self.status})"


_new_line = maker(Line)
_new_told = maker(Told)


class Reply:
    """How the rows of one reply are spelled: they share the very keys, which pays for a look."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], _Spelling] = {}
        self._last: tuple[str, ...] = ()
        self._spelling: _Spelling = (None, _LINES.read)

    def line(self, raw: object) -> Line:
        """Return a row with its numbers.

        Raises:
            DecodeError: It does not say which line of which cart it is.
        """
        if not isinstance(raw, dict):
            raise unreadable_rows((raw,))
        keys = tuple(raw)
        if keys != self._last:
            self._last, self._spelling = keys, self._seen.get(keys) or self._learn(keys)
        names, read = self._spelling
        record = raw if names is None else dict(zip(names, raw.values(), strict=True))
        cart, number = record.get("PackNo"), record.get("OrderNo")
        try:
            cart = str(cart) if type(cart) is int and 0 < cart < TOO_LARGE else digits(cart)
            number = (
                str(number) if type(number) is int and 0 < number < TOO_LARGE else digits(number)
            )
        except ValueError:
            raise unreadable_rows((raw,)) from None
        return _new_line(cart, number, record, raw, read)

    def _learn(self, keys: tuple[str, ...]) -> _Spelling:
        names = names_of(keys)
        spelling = self._seen[keys] = (
            None if names == keys else names,
            _LINES.reader_for(dict.fromkeys(names)),  # a field may be there in two spellings
        )
        return spelling


def cart_named(raw: object) -> str:
    """Return the cart that a row names, "" if it names none that can be read.

    >>> cart_named({"PackNo": 880000001, "OrderNo": None}), cart_named({"PackNo": "?"})
    ('880000001', '')
    """
    if not isinstance(raw, dict):
        return ""
    names = names_of(tuple(raw))
    record = dict(zip(names, raw.values(), strict=True))
    try:
        return digits(record.get("PackNo"))
    except ValueError:
        return ""


def line_of(raw: object) -> Line:
    """Return a row by itself, as `Reply.line`."""
    return Reply().line(raw)


def related(lines: Iterable[Line]) -> frozenset[str]:
    """Return the line numbers of a cart as its rows list them (RelatedOrder), its own included."""
    found: set[str] = set()
    for line in lines:
        listed = line.record.get("RelatedOrder")
        found.add(line.number)
        if isinstance(listed, str):
            found.update(part.strip() for part in listed.split(",") if part.strip())
    return frozenset(found)


def tells_of_shipping(record: Mapping[str, object]) -> bool:
    """Return whether a row is more than a claim: a single read may be both.

    >>> tells_of_shipping({"ShippingStatus": "2"}), tells_of_shipping({"ClaimStatus": "3"})
    (True, False)
    """
    return not record.get("ClaimStatus") or bool(record.get("ShippingStatus"))


def told_of(lines: Sequence[Line]) -> list[Told]:
    """Return what is told of each order line, by number; a later row replaces an earlier one.

    Raises:
        ValueError: A row has not its shape; `unreadable_rows` names the places.
    """
    told: dict[str, Told] = {}
    for line in lines:
        if line.record.get("ClaimStatus"):
            return _told_with_claims(lines)
        row = line.read(line.record)
        # As `told_of_shipping` without a claim, written out because it runs on every row.
        status, phase = _stage(row.ShippingStatus)
        number = line.number
        told[number] = _new_told(number, row, row, None, phase, status)
    return by_number(told)


def unreadable_rows(rows: Sequence[object]) -> MallError:
    """Return the error for rows of which one cannot be read, with each place in its own words."""
    problems: list[Problem] = []
    for at, row in enumerate(rows):
        within = f"[{at}]." if len(rows) > 1 else ""
        problems += [
            Problem(place=f"{within}{problem.place}", code=problem.code)
            for problem in _explain(row)
        ]
    found = tuple(problems) or (Problem(place="", code="unreadable"),)
    return failure(DecodeError, _OPERATION, "UNREADABLE", problems=found)


def by_number(told: Mapping[str, Told]) -> list[Told]:
    """Return order lines by their numbers, which have no zeros in front."""
    last = ""
    for number in told:
        if len(number) < len(last) or (len(number) == len(last) and number < last):
            return [told[one] for one in sorted(told, key=int)]
        last = number
    return list(told.values())  # as most carts have them


def _told_with_claims(lines: Sequence[Line]) -> list[Told]:
    """Return what is told of lines of which some rows tell of a claim."""
    shipping: dict[str, LineRecord] = {}
    claims: dict[str, _Claim] = {}
    for line in lines:
        number, record = line.number, line.record
        if record.get("ClaimStatus"):
            _add_claim(claims, number, (_CLAIMS.read(record), record))
        if tells_of_shipping(record):
            shipping[number] = line.read(record)
    told = {
        number: told_of_shipping(number, row, claims[number][0] if number in claims else None)
        for number, row in shipping.items()
    }
    told |= {number: _of_claim(number, *claims[number]) for number in claims.keys() - told.keys()}
    return by_number(told)


_Claim = tuple[ClaimRecord, Raw]
"""A claim, and its row, which is read where no other tells of the line."""


def _add_claim(claims: dict[str, _Claim], number: str, claim: _Claim) -> None:
    """Keep the claim that counts; of two that count alike the later row."""
    before = claims.get(number)
    if before is None or _weight(claim[0]) >= _weight(before[0]):
        claims[number] = claim


def _weight(claim: ClaimRecord) -> tuple[bool, bool, datetime | None]:
    """Return what counts of a claim: whether a cancellation is finished, then when it was asked.

    In which order the mall lists claims is not told; each has its RequestDate (§10).
    """
    requested_at = optional_moment(claim.RequestDate)
    is_finished = code_of(claim.ClaimStatus) in CANCEL_CLAIMS
    return is_finished, requested_at is not None, requested_at


@lru_cache(maxsize=64)
def _stage(label: str) -> tuple[str, Phase]:
    """Return the code and the phase of a ShippingStatus; there are few."""
    code = code_of(label)
    return code, PHASES.get(code, Phase.UNKNOWN)


def told_of_shipping(number: str, row: LineRecord, claim: ClaimRecord | None = None) -> Told:
    """Return what a row of shipping tells, and the claim on its line."""
    status, phase = _stage(row.ShippingStatus)
    if claim is not None:
        code = code_of(claim.ClaimStatus)
        if code in CLAIM_PHASES:
            status, phase = _claim_status(code), CLAIM_PHASES[code]
    return _new_told(number, row, row, claim, phase, status)


def _of_claim(number: str, claim: ClaimRecord, record: Raw) -> Told:
    row = _ROWS.read(record)
    code = code_of(claim.ClaimStatus)
    phase = CLAIM_PHASES.get(code) or _phase_of_dates(row)
    return Told(number, row, None, claim, phase, _claim_status(code))


def _claim_status(code: str) -> str:
    """Return a claim's code as a status; alone it could be taken for one of shipping."""
    return f"claim:{code}"


def _phase_of_dates(row: RowRecord) -> Phase:
    """Return how far a line had come of which only a return or an exchange tells."""
    if row.DeliveredDate:
        return Phase.DONE
    return Phase.SHIPPED if row.ShippingDate else Phase.UNKNOWN


def _explain(row: object) -> Iterable[Problem]:
    if not isinstance(row, dict):
        yield Problem(place="", code="expected an object")
        return
    record = normal(row)
    if record.get("ClaimStatus"):
        yield from _misfits(_CLAIMS, row, record)
    yield from _misfits(_LINES if tells_of_shipping(record) else _ROWS, row, record)


def _misfits(shape: Shape[Any], row: Raw, record: Raw) -> Iterable[Problem]:
    for problem in shape.explain(record):
        yield Problem(place=spelling(row, problem.place), code=problem.code)
