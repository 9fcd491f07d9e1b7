"""The gateway: who may come in, where a request goes, and what wraps the answer (§1 to §5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from urllib.parse import parse_qsl

from attrs import define, field
from werkzeug.wrappers import Request

from mallsync.sandbox.fakes.qoo10 import forms, search, shipping
from mallsync.sandbox.fakes.qoo10.columns import dumps
from mallsync.sandbox.fakes.qoo10.messages import Answer, Call, result
from mallsync.sandbox.fakes.qoo10.state import State
from mallsync.sandbox.world import (
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

__all__ = ["BASE_PATH", "OPERATIONS", "Account", "Qoo10"]

BASE_PATH = "/GMKT.INC.Front.QAPIService/ebayjapan.qapi"

_KEY_LIFE = timedelta(days=365)
_CERTIFY = "CertificationAPI.CreateCertificationKey"
_ANY_ERROR = "-10010"
_BAD_KEY = (-90001, "存在しないAPIです。")  # what a bad key gets, seen live (qoo10.md §5)
_NOT_ALLOWED = (-90002, "見本")
_EXPIRED = (-90004, "見本")
_EXPIRED_IN_RESULT = -90005
_BAD_SECRETS = -10000

_CLOUDFLARE = (
    "<!DOCTYPE html><html lang='en-US'><head><title>{text} | api.qoo10.jp | Cloudflare</title>"
    "</head><body><div id='cf-wrapper'><h1>{text}</h1><p>Cloudflare Ray ID: 0000000000000000</p>"
    "</div></body></html>"
)

_Handler = Callable[[State, Call], Answer]

_HANDLERS: Mapping[str, _Handler] = MappingProxyType(
    {
        "ShippingBasic.GetShippingInfo_v2": search.get_list_v2,
        "ShippingBasic.GetShippingInfo_v3": search.get_list_v3,
        "ShippingBasic.GetClaimInfo_V3": search.get_claims,
        "ShippingBasic.GetShippingAndClaimInfoByOrderNo_V2": search.get_one,
        "ShippingBasic.SetSendingInfo": shipping.send,
        "ShippingBasic.SetSendingInfoBulk": shipping.send_bulk,
        "ShippingBasic.SetSellerCheckYN_V2": shipping.check,
        "ShippingBasic.SetSellerCheckYNBulk": shipping.check_bulk,
        "Claim.SetCancelProcess": shipping.cancel,
    }
)
OPERATIONS = (_CERTIFY, *_HANDLERS)

# Known to the mall but not to this fake: answered as if this seller had no right to them.
_SWITCHED_OFF = (
    "ShippingBasic.GetShippingInfo",
    "ShippingBasic.GetShippingInfo_Logistics",
    "ShippingBasic.GetClaimInfo",
    "ShippingBasic.GetClaimInfo_V2",
    "ShippingBasic.SetSendingComplete",
    "Claim.SetClaimAccept",
    "Claim.SetClaimRedelivery",
)
_ROUTES: Mapping[str, str] = MappingProxyType(
    {name.lower(): name for name in (*OPERATIONS, *_SWITCHED_OFF)}
)
_SERVICES = frozenset(name.partition(".")[0] for name in _ROUTES)

# The parameters that hold order numbers: of one order, or of rows of them.
_SINGLE_NUMBERS = ("OrderNo", "ContrNo")
_BULK_NUMBERS = ("ShippingInfoJson", "SendPlanDtInfoJson")


@define(kw_only=True)
class Account:
    """Hold the seller's secrets, and when each certification key was issued."""

    user_id: str = "mihon_shop"
    password: str = "mihon-Password-0"  # noqa: S105 -- made up
    api_key: str = "MIHONAPIKEY_g_1_0000_g_2_0000"
    keys: dict[str, datetime] = field(factory=dict)


class Qoo10(State):
    """Be the QAPI of Qoo10 Japan for one invented seller.

    Args:
        clock: the mall's time.
        seed: the same seed makes the same orders and keys.
        orders: how many carts lie in the 60 days before.
        window: limits the requests of each key; None lets all of them pass.
    """

    def __init__(
        self, clock: Clock, seed: int = 1, orders: int = 300, window: SlidingWindow | None = None
    ) -> None:
        super().__init__(clock, seed, orders)
        self.page = _CLOUDFLARE
        self.operations = OPERATIONS
        self.script = Script()
        self.hits: list[Hit] = []
        self.window = window
        self.switched_off = set(_SWITCHED_OFF)
        self.account = Account()
        self._letters = Random(seed)
        self._issue(clock.now() - timedelta(days=30))

    @property
    def certification_key(self) -> str:
        """The key that was issued last; empty if all are dead."""
        return next(reversed(self.account.keys), "")

    def issue_key(self) -> str:
        """Issue a key, as the mall does for CreateCertificationKey."""
        if self.settings.new_key_ends_old:
            self.account.keys.clear()
        return self._issue(self.clock.now())

    def change_password(self, password: str = "mihon-Password-1") -> None:  # noqa: S107 -- made up
        """Change the seller's password, which kills every key (qoo10.md §3)."""
        self.account.password = password
        self.account.keys.clear()

    def operation(self, request: Request) -> str:
        """Return Service.Method as the guide spells it, or the path if it is none of ours."""
        return _ROUTES.get(_tail(request).lower(), request.path)

    def respond(self, request: Request, scripted: Scripted | None) -> Reply:
        """Do the work and answer; HTTP says 200 to nearly everything (qoo10.md §4)."""
        operation = self.operation(request)
        with self.lock:
            now = self.tick()
            try:
                self._route(request, operation)
                form = _form(request)
                self._know(request, operation)
            except Refused as refused:
                return refused.reply
            if operation == _CERTIFY:
                return self._certify(form)
            return self._work(Call(operation=operation, form=form, now=now), scripted)

    def stand_in(self, _request: Request, scripted: Scripted) -> Reply:
        """Answer a scripted fault in the words of the gateway, or of a method (qoo10.md §4)."""
        in_result = scripted.fault is Fault.UNAUTHORISED_OLD
        code = int(str(scripted.options.get("code", _BAD_SECRETS if in_result else _BAD_KEY[0])))
        if in_result:
            return _json({"ResultObject": None, **result(code)})
        return _gateway(code, _BAD_KEY[1])

    def _issue(self, at: datetime) -> str:
        parts = [f"{self._letters.getrandbits(48):012X}" for _ in range(3)]
        key = f"FAKEKEY{parts[0]}_g_1_{parts[1]}_g_2_{parts[2]}"
        self.account.keys[key] = at
        return key

    def _route(self, request: Request, operation: str) -> None:
        if not request.path.startswith(BASE_PATH):
            raise Refused(reply=_text(404, "<h1>404 - File or directory not found.</h1>", "html"))
        # The mall takes GET and parameters in the address, too: there they end up in logs.
        if request.method != "POST" or request.query_string:
            raise Refused(reply=_invalid("POST the parameters, leave the address alone"))
        if operation == request.path:
            service, _, method = _tail(request).partition(".")
            known = service.lower() in _SERVICES and method
            lost = f"method Info {method}" if known else f"service Name {service}"
            raise Refused(reply=_text(200, f"Can't find {lost}"))
        if request.headers.get("QAPIVersion") != "1.0":
            raise Refused(reply=_invalid("QAPIVersion is not 1.0"))

    def _know(self, request: Request, operation: str) -> None:
        key = request.headers.get("GiosisCertificationKey", "")
        certifying = operation == _CERTIFY
        keys = (self.account.api_key,) if certifying else tuple(self.account.keys)
        if key not in keys:
            raise Refused(reply=_gateway(*_BAD_KEY))
        if not certifying and self.clock.now() >= self.account.keys[key] + _KEY_LIFE:
            raise Refused(reply=self._expired())
        if operation in self.switched_off:
            raise Refused(reply=_gateway(*_NOT_ALLOWED))
        if self.window and not self.window.allow(key):
            page = self.page.format(text="Error 1015: You are being rate limited")
            raise Refused(reply=_text(429, page, "html"))

    def _expired(self) -> Reply:
        # which of the two it is, and in which field, is not known (qoo10.md §5, §16)
        if self.settings.expired_in_result:
            return _json({"ResultObject": None, **result(_EXPIRED_IN_RESULT)})
        return _gateway(*_EXPIRED)

    def _certify(self, form: Mapping[str, str]) -> Reply:
        asked = (form.get("user_id"), form.get("pwd"))
        if asked != (self.account.user_id, self.account.password):
            # what the mall says to a wrong password is not known; one source saw nothing (§3)
            silent = Reply(headers=_headers("application/json"))
            refused = _json({"ResultObject": None, **result(_BAD_SECRETS)})
            return silent if self.settings.silent_issue else refused
        payload: JsonObject = {"ResultObject": self.issue_key(), **result(0, "成功")}
        return _json(payload, took_effect=True)

    def _work(self, call: Call, scripted: Scripted | None) -> Reply:
        numbers = _numbers_in(call.form)
        if scripted and scripted.fault is Fault.CANCELLED_BETWEEN:
            self.cancel(*(one for one in scripted.struck(numbers) if one in self.lines))
        refused = scripted.refusals(numbers or [""], _ANY_ERROR) if scripted else {}
        if refused and not numbers:
            (code,) = set(refused.values())
            return _json({"ResultObject": None, **result(int(code))})
        call = Call(operation=call.operation, form=call.form, now=call.now, refused=refused)
        answer = _HANDLERS[call.operation](self, call)
        decimals = self.settings.decimals.get(call.operation, "")
        lead = self.settings.lead
        return _json(answer.payload, decimals, took_effect=answer.took_effect, lead=lead)


def _tail(request: Request) -> str:
    return request.path.removeprefix(BASE_PATH).removeprefix("/")


def _form(request: Request) -> Mapping[str, str]:
    """Return the parameters; unknown ones stay in and harm nobody (qoo10.md §2)."""
    kind, _, charset = request.headers.get("Content-Type", "").lower().partition(";")
    good_charset = charset.strip() in ("", "charset=utf-8")
    if kind.strip() != "application/x-www-form-urlencoded" or not good_charset:
        raise Refused(reply=_invalid("the body is not form-urlencoded"))
    try:
        body = request.get_data().decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body), errors="strict")
    except ValueError:
        raise Refused(reply=_invalid("the body is not percent-encoded UTF-8")) from None
    form = dict(pairs)
    if len(form) < len(pairs):
        raise Refused(reply=_invalid("a parameter is there twice"))
    if form.get("returnType", "json") not in ("json", "application/json"):
        raise Refused(reply=_invalid("this fake speaks JSON alone"))
    return form


def _numbers_in(form: Mapping[str, str]) -> list[str]:
    single = [form[name] for name in _SINGLE_NUMBERS if name in form]
    bulk = [row for name in _BULK_NUMBERS for row in forms.rows(form.get(name, "")) or ()]
    return single + [row["OrderNo"] for row in bulk if "OrderNo" in row]


def _headers(content_type: str) -> tuple[tuple[str, str], ...]:
    return (("Server", "cloudflare"), ("Content-Type", content_type), ("Cache-Control", "private"))


def _json(
    payload: JsonObject, decimals: str = "", *, took_effect: bool = False, lead: bytes = b""
) -> Reply:
    headers = _headers("application/json")  # no charset: one client guessed it wrong (§2)
    body = lead + dumps(payload, decimals)
    return Reply(body=body, headers=headers, took_effect=took_effect)


def _gateway(code: int, text: str) -> Reply:
    return _json({"ErrorCode": code, "ErrorMsg": text})


def _invalid(why: str) -> Reply:
    """Refuse what the mall might take: "Invalid Access" is known, its number is a guess (§16)."""
    return _gateway(-90000, f"Invalid Access: {why}")


def _text(status: int, text: str, kind: str = "plain") -> Reply:
    headers = _headers(f"text/{kind}; charset=utf-8")
    return Reply(status=status, body=text.encode(), headers=headers)
