"""Qoo10's operations, one class each: inputs as fields, ``encode``, ``decode``. No I/O.

Every call is a POST with a form to ``/<Service>.<Method>`` below ``…/ebayjapan.qapi``: the key goes
in a header and the password in the body, so that no address holds a secret (§2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar
from urllib.parse import urlencode

from attrs import field, frozen

from mallsync.adapters.qoo10.faults import (
    answer,
    failure,
    refusal,
    result_of,
    unreadable,
    wrong_login,
)
from mallsync.adapters.qoo10.lines import Line, Reply
from mallsync.adapters.qoo10.shapes import CANCEL_REASONS, DEFAULT_VERSION
from mallsync.errors import AuthFailed, DecodeError, MallError, Rejected
from mallsync.model.period import JST, Period
from mallsync.model.sighting import Unreadable
from mallsync.wire.bodies import dump_json
from mallsync.wire.messages import Effect, Request, Response

__all__ = [
    "KEY_HEADER",
    "CancelLine",
    "ConfirmLine",
    "ConfirmLines",
    "CreateKey",
    "GetClaims",
    "GetLine",
    "GetLines",
    "Listing",
    "Qapi",
    "SendLine",
    "SendLines",
    "Shipped",
    "moment_text",
]

KEY_HEADER = "GiosisCertificationKey"

_ORDER_DATE = "1"  # search_condition: the one date that all lines of a cart share
_ALMOST_A_SECOND = timedelta(microseconds=999_999)
_LONGEST_KEY = 4096
_HEADERS: Mapping[str, str] = {
    "Content-Type": "application/x-www-form-urlencoded",
    "QAPIVersion": "1.0",
}
_NAMES = {
    2: ("ShippingStat", "search_Sdate", "search_Edate", "search_condition"),
    3: ("ShippingStatus", "SearchStartDate", "SearchEndDate", "SearchCondition"),
}
"""The parameters of GetShippingInfo by version: status, start, end, which date."""


def moment_text(value: datetime) -> str:
    """Return a moment as Qoo10 wants it: Japan time, 14 digits.

    >>> from datetime import UTC
    >>> moment_text(datetime(2026, 11, 22, 0, 0, 0, 999, tzinfo=UTC))
    '20261122090000'
    """
    return value.astimezone(JST).strftime("%Y%m%d%H%M%S")


def _request(service: str, method: str, form: Mapping[str, str], key: str = "") -> Request:
    body = urlencode({"returnType": "json", **form}).encode("ascii")
    headers = {**_HEADERS, KEY_HEADER: key} if key else _HEADERS
    return Request(method="POST", path=f"/{service}.{method}", headers=headers, body=body)


class Qapi:
    """What all operations share: one rate limit for the seller, one unit a call."""

    budget: ClassVar[str] = "qapi"
    cost: ClassVar[int] = 1


@frozen
class Listing:
    """The rows of a list, and what in it is no row with numbers."""

    lines: tuple[Line, ...]
    nameless: tuple[Unreadable, ...] = ()


def _listing(payload: Mapping[str, object], operation: str) -> Listing:
    """Return the rows; null, missing, ``[]`` and ``""`` are none, one row may come bare (§4)."""
    rows = _rows(payload, operation)
    lines: list[Line] = []
    nameless: list[Unreadable] = []
    reply = Reply()
    for row in rows:
        try:
            lines.append(reply.line(row))
        except DecodeError as error:
            nameless.append(Unreadable("", row, error))
    return Listing(tuple(lines), tuple(nameless))


def _rows(payload: Mapping[str, object], operation: str) -> Sequence[object]:
    found = payload.get("ResultObject")
    if found is None or found == "":
        return ()
    if isinstance(found, dict):
        return (found,)
    if not isinstance(found, list):
        raise unreadable(operation, "ResultObject")
    return found


def _bounds(period: Period) -> tuple[str, str]:
    """Return start and end: whether the end counts is not known, so flows leave out what is out."""
    return moment_text(period.start), moment_text(period.end + _ALMOST_A_SECOND)


@frozen(kw_only=True)
class GetLines(Qapi):
    """The order lines in one status, ordered in a period; no paging, no order, no "all"."""

    effect: ClassVar[Effect] = Effect.READ

    period: Period
    status: str
    version: int = DEFAULT_VERSION

    @property
    def name(self) -> str:
        """The mall's name of the call."""
        return f"GetShippingInfo_v{self.version}"

    def encode(self) -> Request:
        """Return the request."""
        values = (self.status, *_bounds(self.period), _ORDER_DATE)
        form = dict(zip(_NAMES[self.version], values, strict=True))
        return _request("ShippingBasic", self.name, form)

    def decode(self, response: Response) -> Listing:
        """Return the lines as the mall lists them."""
        return _listing(answer(response, self.name), self.name)


@frozen(kw_only=True)
class GetClaims(Qapi):
    """The claims on lines ordered in a period: cancelled lines are in no other list.

    ClaimStat is left out for all claims: the guide calls it optional (§16: other sources differ).
    """

    name: ClassVar[str] = "GetClaimInfo_V3"
    effect: ClassVar[Effect] = Effect.READ

    period: Period

    def encode(self) -> Request:
        """Return the request."""
        start, end = _bounds(self.period)
        form = {"search_Sdate": start, "search_Edate": end, "search_condition": _ORDER_DATE}
        return _request("ShippingBasic", self.name, form)

    def decode(self, response: Response) -> Listing:
        """Return the claims as the mall lists them."""
        return _listing(answer(response, self.name), self.name)


@frozen(kw_only=True)
class GetLine(Qapi):
    """One order line by its number, cancelled or not, with its claim."""

    name: ClassVar[str] = "GetShippingAndClaimInfoByOrderNo_V2"
    effect: ClassVar[Effect] = Effect.READ

    number: str

    def encode(self) -> Request:
        """Return the request."""
        return _request("ShippingBasic", self.name, {"OrderNo": self.number})

    def decode(self, response: Response) -> Line | Unreadable:
        """Return the line, or why it could not be read or is not there."""
        try:
            payload = answer(response, self.name)
        except MallError as error:
            if isinstance(error, DecodeError) or error.retryable or isinstance(error, AuthFailed):
                raise
            return Unreadable(self.number, None, error)
        listing = _listing(payload, self.name)
        mine = [line for line in listing.lines if line.number == self.number]
        if mine:
            return mine[-1]
        if listing.nameless:
            return Unreadable(self.number, listing.nameless[0].raw, listing.nameless[0].error)
        return Unreadable(self.number, None, refusal(self.name, "-10003"))


@frozen(kw_only=True)
class Shipped:
    """What is told of one line: OrderNo, ShippingCorp, TrackingNo. Never the ship date (R4)."""

    number: str
    carrier: str
    tracking_number: str

    def form(self) -> dict[str, str]:
        """Return the parameters, by the mall's names."""
        return {
            "OrderNo": self.number,
            "ShippingCorp": self.carrier,
            "TrackingNo": self.tracking_number,
        }


@frozen(kw_only=True)
class SendLine(Qapi):
    """Report one line as shipped: it goes to 配送中 at once. What a repetition does is unknown."""

    name: ClassVar[str] = "SetSendingInfo"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    shipped: Shipped

    def encode(self) -> Request:
        """Return the request."""
        return _request("ShippingBasic", self.name, self.shipped.form())

    def decode(self, response: Response) -> Mapping[str, MallError | None]:
        """Return nothing against the line; a refusal raises."""
        answer(response, self.name)
        return {self.shipped.number: None}


@frozen(kw_only=True)
class SendLines(Qapi):
    """The same for up to 500 lines, each with an answer of its own."""

    name: ClassVar[str] = "SetSendingInfoBulk"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    shipped: tuple[Shipped, ...]

    def encode(self) -> Request:
        """Return the request."""
        rows = [one.form() for one in self.shipped]
        return _request("ShippingBasic", self.name, {"ShippingInfoJson": _json(rows)})

    def decode(self, response: Response) -> Mapping[str, MallError | None]:
        """Return for each line None, or why it was refused or is in doubt."""
        numbers = [one.number for one in self.shipped]
        return _verdicts(answer(response, self.name), self.name, numbers)


@frozen(kw_only=True)
class ConfirmLine(Qapi):
    """Confirm one line (配送要請 → 配送準備), with or without a planned ship date."""

    name: ClassVar[str] = "SetSellerCheckYN_V2"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    number: str
    planned: date | None = None

    def encode(self) -> Request:
        """Return the request."""
        return _request("ShippingBasic", self.name, _plan(self.number, self.planned))

    def decode(self, response: Response) -> Mapping[str, MallError | None]:
        """Return nothing against the line; a refusal raises."""
        answer(response, self.name)
        return {self.number: None}


@frozen(kw_only=True)
class ConfirmLines(Qapi):
    """The same for up to 500 lines, which must have a planned ship date."""

    name: ClassVar[str] = "SetSellerCheckYNBulk"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    numbers: tuple[str, ...]
    planned: date

    def encode(self) -> Request:
        """Return the request."""
        rows = [_plan(number, self.planned) for number in self.numbers]
        return _request("ShippingBasic", self.name, {"SendPlanDtInfoJson": _json(rows)})

    def decode(self, response: Response) -> Mapping[str, MallError | None]:
        """Return for each line None, or why it was refused or is in doubt."""
        return _verdicts(answer(response, self.name), self.name, self.numbers)


@frozen(kw_only=True)
class CancelLine(Qapi):
    """Cancel one line."""

    name: ClassVar[str] = "SetCancelProcess"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    number: str
    reason: int
    memo: str = field(default="", repr=False)

    def encode(self) -> Request:
        """Return the request."""
        form = {"ContrNo": self.number, "CancelReason": CANCEL_REASONS[self.reason]}
        return _request("Claim", self.name, {**form, "SellerMemo": self.memo})

    def decode(self, response: Response) -> Mapping[str, MallError | None]:
        """Return nothing against the line; a refusal raises."""
        answer(response, self.name)
        return {self.number: None}


@frozen(kw_only=True)
class CreateKey(Qapi):
    """A new certification key, for the API key and the QSM login; any number may be issued."""

    name: ClassVar[str] = "CreateCertificationKey"
    effect: ClassVar[Effect] = Effect.IDEMPOTENT_WRITE

    user_id: str = field(repr=False)
    password: str = field(repr=False)
    api_key: str = field(repr=False)

    def encode(self) -> Request:
        """Return the request; the API key stands where the certification key does elsewhere."""
        form = {"user_id": self.user_id, "pwd": self.password}
        return _request("CertificationAPI", self.name, form, key=self.api_key)

    def decode(self, response: Response) -> str:
        """Return the key, a bare string.

        No code of its own is known. A refusal is taken for wrong credentials, and so is an empty
        body, which one source reports (§3).
        """
        try:
            payload = answer(response, self.name)
        except (DecodeError, Rejected) as error:
            if error.code == "NO_BODY" or error.code.removeprefix("-").isdecimal():
                raise wrong_login(self.name, error.code) from None
            raise
        key = payload.get("ResultObject")
        if not (isinstance(key, str) and 0 < len(key) <= _LONGEST_KEY and _is_plain(key)):
            raise unreadable(self.name, "ResultObject")
        return key


def _is_plain(key: str) -> bool:
    return key.isascii() and key.isprintable() and " " not in key


def _json(rows: Sequence[Mapping[str, str]]) -> str:
    return dump_json(list(rows)).decode()


def _plan(number: str, planned: date | None) -> dict[str, str]:
    told = {"EstShipDt": planned.strftime("%Y%m%d")} if planned else {}
    return {"OrderNo": number, **told}


def _verdicts(
    payload: Mapping[str, object], operation: str, numbers: Sequence[str]
) -> Mapping[str, MallError | None]:
    """Return what the rows of a bulk reply say of each number.

    contr_no (cont_no when confirming) is taken for the order number (§16: almost certain); a line
    without a row of its own is in doubt.
    """
    found: dict[str, MallError | None] = {}
    for row in _rows(payload, operation):
        if isinstance(row, dict):
            number = str(row.get("contr_no") or row.get("cont_no"))
            twice = number in found
            found[number] = _unclear(operation) if twice else result_of(row, operation)
    return {number: found[number] if number in found else _unclear(operation) for number in numbers}


def _unclear(operation: str) -> MallError:
    return failure(DecodeError, operation, "UNCLEAR_ANSWER")
