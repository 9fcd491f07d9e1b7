"""The gateway: who may come in, where a request goes, and what wraps the answer."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from uuid import uuid4

from attrs import define
from werkzeug.wrappers import Request

from mallsync.sandbox.fakes.rakuten import changes, checks, details, search, shipping
from mallsync.sandbox.fakes.rakuten.checks import Check
from mallsync.sandbox.fakes.rakuten.messages import Answer, Call, message, refusal
from mallsync.sandbox.fakes.rakuten.state import State
from mallsync.sandbox.world import (
    PAGE,
    Clock,
    Fault,
    Hit,
    JsonObject,
    Refused,
    Reply,
    Script,
    Scripted,
    SlidingWindow,
)

__all__ = ["OPERATIONS", "License", "Rakuten"]

_ROOT = "/es/2.0/order/"
_LICENSE_PATH = "/es/1.0/license-management/license-key/expiry-date"
_LICENSE = "license.expiryDate.get"
_CONTENT_TYPE = "application/json; charset=utf-8"

_ANY_ERROR = "ERROR_999"

_Handler = Callable[[State, Call], Answer]

OPERATIONS: Mapping[str, tuple[Check, _Handler]] = MappingProxyType(
    {
        "searchOrder": (search.SEARCH, search.search_order),
        "getOrder": (details.DETAILS, details.get_order),
        "confirmOrder": (changes.CONFIRM, changes.confirm_order),
        "updateOrderShipping": (shipping.SHIPPING, shipping.update_shipping),
        "updateOrderShippingAsync": (shipping.SHIPPING_ASYNC, shipping.update_shipping_async),
        "getResultUpdateOrderShippingAsync": (shipping.SHIPPING_RESULT, shipping.get_result),
        "getSubStatusList": (changes.NOTHING, changes.list_sub_statuses),
        "updateOrderSubStatus": (changes.SUB_STATUS, changes.update_sub_status),
        "updateOrderMemo": (changes.MEMO, changes.update_memo),
        "updateOrderRemarks": (changes.REMARKS, changes.update_remarks),
        "cancelOrder": (changes.CANCEL, changes.cancel_order),
        "cancelOrderAfterShipping": (changes.CANCEL, changes.cancel_order),
    }
)

# Known to the mall but not to this fake: answered as if switched off (wire facts §1.3).
_SWITCHED_OFF = frozenset(
    {
        "updateOrderSender",
        "updateOrderSenderAfterShipping",
        "updateOrderOrderer",
        "updateOrderDelivery",
        "simulateCouponAmount",
        "getPayment",
    }
)

# What a refused request carries beside its messages (wire facts §1.5).
_EMPTY_PAYLOADS: Mapping[str, JsonObject] = MappingProxyType(
    {"searchOrder": {"orderNumberList": None, "PaginationResponseModel": None}}
)


@define(kw_only=True)
class License:
    """Hold the shop's key; it lives 90 days, to the last second of its last day.

    `active_from`: a new key is not taken everywhere at once (wire facts §5).
    """

    service_secret: str = "SP000000_mihon00"  # noqa: S105 -- made up
    license_key: str = "SL000000_mihonKey00"
    issued_at: datetime
    active_from: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        """When the key ends, in JST."""
        last = self.issued_at + timedelta(days=90)
        return last.replace(hour=23, minute=59, second=59, microsecond=0)


class Rakuten(State):
    """Be Rakuten Ichiba's order API for one invented shop.

    Args:
        clock: the mall's time.
        seed: the same seed makes the same orders.
        orders: how many lie in the 60 days before.
        window: limits the requests of each key; None lets all of them pass.
    """

    def __init__(
        self, clock: Clock, seed: int = 1, orders: int = 300, window: SlidingWindow | None = None
    ) -> None:
        super().__init__(clock, seed, orders)
        self.page = PAGE
        self.operations = (*OPERATIONS, _LICENSE)
        self.script = Script()
        self.hits: list[Hit] = []
        self.window = window
        self.old_auth_errors = False
        self.switched_off = set(_SWITCHED_OFF)
        self.license = License(issued_at=clock.now() - timedelta(days=30))

    def renew_key(self, delay: timedelta = timedelta(minutes=20)) -> License:
        """Issue a new key: the old one is dead at once, the new one not yet alive."""
        now = self.clock.now()
        name = f"SL000000_mihonKey{uuid4().hex[:8]}"
        self.license = License(license_key=name, issued_at=now, active_from=now + delay)
        return self.license

    def operation(self, request: Request) -> str:
        """Return the operation's name, or the path if it is none of ours."""
        if request.path == _LICENSE_PATH:
            return _LICENSE
        tail = request.path.removeprefix(_ROOT).removesuffix("/")
        known = request.path.startswith(_ROOT) and tail in {*OPERATIONS, *_SWITCHED_OFF}
        return tail if known else request.path

    def respond(self, request: Request, scripted: Scripted | None) -> Reply:
        """Do the work and answer."""
        operation = self.operation(request)
        with self.lock:
            self.tick()
            try:
                self._admit(request, operation)
                if operation == _LICENSE:
                    return _json({"expiryDate": f"{self.license.expires_at:%Y-%m-%dT%H:%M:%S}"})
                answer = self._work(operation, self._body(request), scripted)
            except Refused as refused:
                return refused.reply
        return _json(answer.payload, answer.status, took_effect=answer.took_effect)

    def stand_in(self, _request: Request, scripted: Scripted) -> Reply:
        """Answer a scripted fault in the gateway's own words."""
        return _unauthorised(old=scripted.fault is Fault.UNAUTHORISED_OLD)

    def _admit(self, request: Request, operation: str) -> None:
        if operation == request.path:
            raise Refused(reply=_html(404, "Not Found"))
        wanted = "GET" if operation == _LICENSE else "POST"
        if request.method != wanted:
            raise Refused(reply=_html(405, "Method Not Allowed"))
        self._know(request)
        asked = request.args.get("licenseKey")
        other_key = operation == _LICENSE and asked != self.license.license_key
        if other_key or operation in self.switched_off:
            raise Refused(reply=_unauthorised(old=self.old_auth_errors))
        if self.window and not self.window.allow(self.license.license_key):
            raise Refused(reply=_html(429, "Too Many Requests"))

    def _know(self, request: Request) -> None:
        header = request.headers.get("Authorization")
        secrets = f"{self.license.service_secret}:{self.license.license_key}"
        said = None if header is None else _decoded(header)
        now = self.clock.now()
        alive = (self.license.active_from or now) <= now <= self.license.expires_at
        if said != secrets or not alive:
            raise Refused(reply=_unauthorised(old=self.old_auth_errors))

    def _body(self, request: Request) -> JsonObject:
        if request.headers.get("Content-Type", "").lower() != _CONTENT_TYPE:
            raise Refused(reply=_gateway(415, "ES04-03", "Unsupported Media Type"))
        data = request.get_data()
        nothing = self.operation(request) == "getSubStatusList" and data in (b"", b"null", b"[]")
        try:
            body = {} if nothing else json.loads(data.decode("utf-8"))
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Refused(reply=_gateway(400, "ES04-01", "Bad Request"))
        return body

    def _cancel_between(self, numbers: list[str]) -> None:
        for number in numbers:
            self.cancel(number)

    def _work(self, operation: str, body: JsonObject, scripted: Scripted | None) -> Answer:
        check, handle = OPERATIONS[operation]
        problems = check(body, operation)
        # wire facts §4.2: the asynchronous call tells bad form with 200
        status = 200 if operation == "updateOrderShippingAsync" else 400
        if problems:
            return _with_empty(refusal(operation, problems, status=status), operation)
        numbers = _numbers_in(body)
        if scripted and scripted.fault is Fault.CANCELLED_BETWEEN:
            self._cancel_between(scripted.struck(numbers))
        refused = scripted.refusals(numbers or [""], _ANY_ERROR) if scripted else {}
        if refused and not numbers:
            (code,) = set(refused.values())
            answer = Answer(payload={"MessageModelList": [message(operation, code)]})
            return _with_empty(answer, operation)
        call = Call(operation=operation, body=body, now=self.now, refused=refused)
        answer = handle(self, call)
        return answer if answer.status == HTTPStatus.OK else _with_empty(answer, operation)


def _with_empty(answer: Answer, operation: str) -> Answer:
    payload = dict(_EMPTY_PAYLOADS.get(operation, {})) | answer.payload
    return Answer(payload=payload, status=answer.status, took_effect=answer.took_effect)


def _numbers_in(body: JsonObject) -> list[object]:
    batch = [
        checks.as_object(one)["orderNumber"]
        for one in checks.as_list(body.get("OrderShippingModelList"))
    ]
    single = [body["orderNumber"]] if "orderNumber" in body else []
    return checks.as_list(body.get("orderNumberList")) or batch or single


def _decoded(header: str) -> str:
    scheme, _, code = header.partition(" ")
    try:
        said = base64.b64decode(code, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        said = ""
    if scheme != "ESA" or ":" not in said:
        raise Refused(reply=_json({"errors": [{"code": "GK0001", "message": "Bad Request"}]}, 400))
    return said


def _unauthorised(*, old: bool) -> Reply:
    if old:
        return _gateway(401, "ES01-01", "Un-Authorised")
    return _json({"errors": [{"code": "GA0001", "message": "Un-Authorised"}]}, 401)


def _gateway(status: int, code: str, text: str) -> Reply:
    return _json({"Results": {"errorCode": code, "message": text}}, status)


def _headers(content_type: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Server", "openresty"),
        ("Content-Type", content_type),
        ("RequestId", str(uuid4())),
        ("Timestamp", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"),
        ("Cache-Control", "no-cache,no-store"),
        ("Set-Cookie", f"WMONID={uuid4().hex[:11]}; Path=/"),
    )


def _json(payload: JsonObject, status: int = 200, *, took_effect: bool = False) -> Reply:
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    headers = _headers("application/json;charset=UTF-8")
    return Reply(status=status, body=body, headers=headers, took_effect=took_effect)


def _html(status: int, text: str) -> Reply:
    body = f"<html><body><h1>{text}</h1></body></html>".encode()
    return Reply(status=status, body=body, headers=_headers("text/html; charset=UTF-8"))
