"""Rakuten's operations, one class each: inputs as fields, ``encode``, ``decode``. No I/O.

Every call of the order API is a POST with a JSON object to ``/es/2.0/order/<operation>/``; the
content type must name its charset, or the gateway answers 415.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import ClassVar

from attrs import field, frozen

from mallsync.adapters.rakuten.faults import (
    answer,
    checked,
    code_of,
    failure,
    messages_of,
    refuse,
    unreadable,
    verdict,
)
from mallsync.adapters.rakuten.reading import Reader
from mallsync.adapters.rakuten.shapes import (
    DEFAULT_VERSION,
    SEARCH_PAGE,
    KeyExpiryRecord,
    MessageRecord,
    SearchRecord,
    StatusRecord,
)
from mallsync.errors import DecodeError, MallError, NotFound
from mallsync.model.period import JST, Period
from mallsync.model.sighting import Seen, Unreadable
from mallsync.wire.bodies import dump_json
from mallsync.wire.making import maker
from mallsync.wire.messages import Effect, Request, Response
from mallsync.wire.moments import moment
from mallsync.wire.strict import Shape

__all__ = [
    "CancelOrder",
    "ConfirmOrders",
    "GetOrders",
    "GetSubStatusList",
    "KeyExpiry",
    "Page",
    "Rms",
    "SearchOrders",
    "ShippingResult",
    "UpdateMemo",
    "UpdateShipping",
    "UpdateShippingAsync",
    "date_text",
]

_ORDER_DATE = 1  # dateType: the day of the order
_ASCENDING = 1  # sortDirection; orderDatetime is the only sort column
_NO_RESULT = "GET_RESULT_"  # the poll's own messages: still running, unknown or expired
_ALMOST_A_SECOND = timedelta(microseconds=999_999)
_HEADERS: Mapping[str, str] = {"Content-Type": "application/json; charset=utf-8"}

_new_seen = maker(Seen)
_SEARCH = Shape(SearchRecord)
_EXPIRY = Shape(KeyExpiryRecord)
_STATUS = Shape(StatusRecord)


def date_text(value: datetime) -> str:
    """Return a moment exactly as Rakuten wants it: Japan time, whole seconds, ``+0900``.

    >>> from datetime import UTC
    >>> date_text(datetime(2026, 11, 22, 0, 0, 0, 999, tzinfo=UTC))
    '2026-11-22T09:00:00+0900'
    """
    return value.astimezone(JST).strftime("%Y-%m-%dT%H:%M:%S+0900")


def _order_request(name: str, body: object) -> Request:
    return Request(
        method="POST", path=f"/es/2.0/order/{name}/", headers=_HEADERS, body=dump_json(body)
    )


class Rms:
    """What all operations share: one rate limit for the licence, one unit a call."""

    budget: ClassVar[str] = "rms"
    cost: ClassVar[int] = 1


@frozen
class Page:
    """One page of search hits: order numbers, how many hits in all, on how many pages."""

    numbers: tuple[str, ...]
    total: int
    pages: int


@frozen(kw_only=True)
class SearchOrders(Rms):
    """Order numbers by order date, oldest first.

    The period's end is sent as it is, rounded up to a second: whether Rakuten counts it in is not
    known, so the flow leaves out what lies outside.
    """

    name: ClassVar[str] = "searchOrder"
    effect: ClassVar[Effect] = Effect.READ

    period: Period
    progresses: tuple[int, ...] = ()
    page: int = 1
    size: int = SEARCH_PAGE

    def encode(self) -> Request:
        """Return the request."""
        body: dict[str, object] = {
            "dateType": _ORDER_DATE,
            "startDatetime": date_text(self.period.start),
            "endDatetime": date_text(self.period.end + _ALMOST_A_SECOND),
            "PaginationRequestModel": {
                "requestRecordsAmount": self.size,
                "requestPage": self.page,
                "SortModelList": [{"sortColumn": 1, "sortDirection": _ASCENDING}],
            },
        }
        if self.progresses:
            body["orderProgressList"] = list(self.progresses)
        return _order_request(self.name, body)

    def decode(self, response: Response) -> Page:
        """Return the page; on no hits all of its pagination is null."""
        payload = answer(response, self.name)
        refuse(payload, self.name)
        found = checked(_SEARCH, payload, self.name)
        pages = found.PaginationResponseModel
        if found.orderNumberList and not (pages and pages.totalPages):
            raise unreadable(self.name, "PaginationResponseModel.totalPages")
        return Page(
            numbers=tuple(found.orderNumberList or ()),
            total=(pages.totalRecordsAmount if pages else 0) or 0,
            pages=(pages.totalPages if pages else 0) or 0,
        )


@frozen(kw_only=True)
class GetOrders(Rms):
    """Up to 100 orders by number; one that is missing or unreadable costs only itself."""

    name: ClassVar[str] = "getOrder"
    effect: ClassVar[Effect] = Effect.READ

    numbers: tuple[str, ...]
    reader: Reader
    version: int = DEFAULT_VERSION

    def encode(self) -> Request:
        """Return the request."""
        return _order_request(
            self.name, {"orderNumberList": list(self.numbers), "version": self.version}
        )

    def decode(self, response: Response) -> tuple[Seen | Unreadable, ...]:
        """Return one sighting for each number asked, in the order asked."""
        payload = answer(response, self.name)
        messages = messages_of(payload, self.name)
        listed = payload.get("OrderModelList")
        if not isinstance(listed, list):
            refuse(payload, self.name)
            if listed is not None or "OrderModelList" not in payload:
                raise unreadable(self.name, "OrderModelList")
            listed = []
        found: dict[str, Seen | Unreadable] = {}
        nameless: list[object] = []
        for raw in listed:
            number = raw.get("orderNumber") if isinstance(raw, dict) else None
            if isinstance(number, str):
                found[number] = self._sight(number, raw)
            else:
                nameless.append(raw)
        return tuple(
            found.get(number) or self._absent(number, nameless, messages) for number in self.numbers
        )

    def _sight(self, number: str, raw: object) -> Seen | Unreadable:
        try:
            return _new_seen(order=self.reader.read(raw))
        except DecodeError as error:
            return Unreadable(number, raw, error)

    def _absent(
        self, number: str, nameless: list[object], messages: tuple[MessageRecord, ...]
    ) -> Unreadable:
        """Say why an order asked for is not there; a record without a number may be it."""
        if nameless:
            raw = nameless[0] if len(nameless) == 1 else tuple(nameless)
            try:
                self.reader.read(nameless[0])
            except DecodeError as error:
                return Unreadable(number, raw, error)
        codes = [code_of(one) for one in messages if one.orderNumber == number]
        code = codes[0] if codes else "NOT_RETURNED"
        return Unreadable(number, None, failure(NotFound, self.name, code))


@frozen(kw_only=True)
class ConfirmOrders(Rms):
    """注文確認: 100 → 200 for up to 100 orders. It starts the credit check: not to be repeated."""

    name: ClassVar[str] = "confirmOrder"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    numbers: tuple[str, ...]

    def encode(self) -> Request:
        """Return the request."""
        return _order_request(self.name, {"orderNumberList": list(self.numbers)})

    def decode(self, response: Response) -> Mapping[str, MallError | None]:
        """Return for each order None, or why it was refused."""
        messages = messages_of(answer(response, self.name), self.name)
        return {number: verdict(messages, self.name, number) for number in self.numbers}


@frozen(kw_only=True)
class UpdateShipping(Rms):
    """Add or update the shipping records of one basket. An added record is added again if repeated.

    ``records`` are ShippingModel objects as `mallsync.adapters.rakuten.notices` makes them.
    """

    name: ClassVar[str] = "updateOrderShipping"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    number: str
    basket: int
    records: tuple[Mapping[str, object], ...] = field(repr=False)

    def model(self) -> dict[str, object]:
        """Return the OrderShippingModel, which the async call takes in a list."""
        baskets = [{"basketId": self.basket, "ShippingModelList": list(self.records)}]
        return {"orderNumber": self.number, "BasketidModelList": baskets}

    def encode(self) -> Request:
        """Return the request."""
        return _order_request(self.name, self.model())

    def decode(self, response: Response) -> str:
        """Return the ids of the shipping records, joined by commas."""
        messages = _taken(response, self.name, self.number)
        return ",".join(str(message.shippingDetailId or "") for message in messages)


@frozen(kw_only=True)
class UpdateShippingAsync(Rms):
    """The same for up to 100 different orders, carried out later."""

    name: ClassVar[str] = "updateOrderShippingAsync"
    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    updates: tuple[UpdateShipping, ...]

    def encode(self) -> Request:
        """Return the request."""
        models = [update.model() for update in self.updates]
        return _order_request(self.name, {"OrderShippingModelList": models})

    def decode(self, response: Response) -> str:
        """Return the requestId to ask for the result with; format errors come at once, as 200."""
        payload = answer(response, self.name)
        ids = [message.requestId for message in messages_of(payload, self.name)]
        accepted = [value for value in ids if value]
        if accepted:  # whatever else is said, the batch is on its way
            return accepted[0]
        refuse(payload, self.name)
        raise unreadable(self.name, "MessageModelList[0].requestId")


@frozen(kw_only=True)
class ShippingResult(Rms):
    """What became of an async update; kept 30 days by the mall."""

    name: ClassVar[str] = "getResultUpdateOrderShippingAsync"
    effect: ClassVar[Effect] = Effect.READ

    request_id: str

    def encode(self) -> Request:
        """Return the request."""
        return _order_request(self.name, {"requestId": self.request_id})

    def decode(self, response: Response) -> Mapping[str, MallError | None]:
        """Return None or a refusal for each order that has a result.

        Empty while it is still running; an unknown or expired id looks just the same.
        """
        payload = answer(response, self.name)
        refuse(payload, self.name)
        listed = payload.get("ResultShippingModelList")
        if not isinstance(listed, list):
            raise unreadable(self.name, "ResultShippingModelList")
        results: dict[str, MallError | None] = {}
        for one in listed:
            number = one.get("orderNumber") if isinstance(one, dict) else None
            if not isinstance(number, str):
                continue
            messages = messages_of(one, self.name)
            if not any(code_of(message).startswith(_NO_RESULT) for message in messages):
                results[number] = verdict(messages, self.name, number)
        return results


@frozen(kw_only=True)
class CancelOrder(Rms):
    """Cancel one order: before shipment (100 to 300), or after it (500 to 800)."""

    effect: ClassVar[Effect] = Effect.UNSAFE_WRITE

    number: str
    reason: int
    restore_stock: int = 0
    after_shipping: bool = False

    @property
    def name(self) -> str:
        """The mall's name of the call."""
        return "cancelOrderAfterShipping" if self.after_shipping else "cancelOrder"

    def encode(self) -> Request:
        """Return the request."""
        return _order_request(
            self.name,
            {
                "orderNumber": self.number,
                "inventoryRestoreType": self.restore_stock,
                "changeReasonDetailApply": self.reason,
            },
        )

    def decode(self, response: Response) -> None:
        """Return nothing; a refusal raises."""
        _taken(response, self.name, self.number)


@frozen(kw_only=True)
class UpdateMemo(Rms):
    """Set the shop's own notes on an order; a field that is not given stays as it is."""

    name: ClassVar[str] = "updateOrderMemo"
    effect: ClassVar[Effect] = Effect.IDEMPOTENT_WRITE

    number: str
    fields: Mapping[str, object] = field(repr=False)

    def encode(self) -> Request:
        """Return the request."""
        return _order_request(self.name, {"orderNumber": self.number, **self.fields})

    def decode(self, response: Response) -> None:
        """Return nothing; a refusal raises."""
        _taken(response, self.name, self.number)


@frozen
class GetSubStatusList(Rms):
    """The shop's own statuses below the mall's."""

    name: ClassVar[str] = "getSubStatusList"
    effect: ClassVar[Effect] = Effect.READ

    def encode(self) -> Request:
        """Return the request; clients send nothing, null or {}: we send {}."""
        return _order_request(self.name, {})

    def decode(self, response: Response) -> tuple[StatusRecord, ...]:
        """Return the statuses as the mall lists them."""
        payload = answer(response, self.name)
        refuse(payload, self.name)
        listed = payload.get("StatusModelList")
        if not isinstance(listed, list):
            raise unreadable(self.name, "StatusModelList")
        return tuple(checked(_STATUS, one, self.name) for one in listed)


@frozen
class KeyExpiry(Rms):
    """When the licence key ends. The key is in the query: this URL must never be logged."""

    name: ClassVar[str] = "license-key/expiry-date"
    effect: ClassVar[Effect] = Effect.READ

    license_key: str = field(repr=False)

    def encode(self) -> Request:
        """Return the request."""
        return Request(
            method="GET",
            path="/es/1.0/license-management/license-key/expiry-date",
            query=(("licenseKey", self.license_key),),
        )

    def decode(self, response: Response) -> datetime:
        """Return the end of the key, aware; without a zone it is Japan's, a bare day its end."""
        payload = answer(response, self.name)
        text = checked(_EXPIRY, payload, self.name).expiryDate
        try:
            end = moment(text)
        except ValueError:
            raise unreadable(self.name, "expiryDate") from None
        return end if "T" in text else datetime.combine(end.date(), time(23, 59, 59), JST)


def _taken(response: Response, operation: str, number: str) -> tuple[MessageRecord, ...]:
    """Return the messages of a write that was taken; anything else raises."""
    messages = messages_of(answer(response, operation), operation)
    error = verdict(messages, operation, number)
    if error is not None:
        raise error
    return messages
