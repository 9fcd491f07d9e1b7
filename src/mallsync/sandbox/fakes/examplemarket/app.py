"""The doors of examplemarket, a mall that does not exist: ``/json`` and ``/form``."""

from __future__ import annotations

import json
from collections.abc import Mapping

from attrs import define, field
from werkzeug.wrappers import Request

from mallsync.sandbox.fakes.examplemarket.desks import (
    FORMS,
    JSON,
    No,
    form_fields,
    json_fields,
)
from mallsync.sandbox.fakes.examplemarket.state import State
from mallsync.sandbox.world import (
    PAGE,
    Clock,
    Fault,
    Hit,
    JsonObject,
    Reply,
    Script,
    Scripted,
    SlidingWindow,
)

__all__ = ["FORM_PATH", "JSON_PATH", "OPERATIONS", "Account", "Examplemarket"]

JSON_PATH, FORM_PATH = "/json", "/form"
_TOKEN = "token"  # noqa: S105 -- the name of a deed
OPERATIONS = (_TOKEN, *FORMS)
_ANY_ERROR = "invalid_state"


@define(kw_only=True)
class Account:
    """Hold what the shop was given; `tokens`: when each ends."""

    email: str = "mihon-api@example.invalid"
    password: str = "mihon-password-0"  # noqa: S105 -- made up
    client_id: str = "mihon-client"
    client_secret: str = "mihon-client-secret"  # noqa: S105 -- made up
    key: str = "mihon-form-key-0000"
    tokens: dict[str, int] = field(factory=dict)


class Examplemarket(State):
    """Be a fictional flea market for one invented shop.

    Args:
        clock: the mall's time.
        seed: the same seed makes the same transactions.
        orders: how many lie in the 60 days before.
        window: limits the requests of the shop; None lets all of them pass.
    """

    def __init__(
        self, clock: Clock, seed: int = 1, orders: int = 300, window: SlidingWindow | None = None
    ) -> None:
        super().__init__(clock, seed, orders)
        self.page = PAGE
        self.operations = OPERATIONS
        self.script = Script()
        self.hits: list[Hit] = []
        self.window = window
        self.account = Account()

    def operation(self, request: Request) -> str:
        """Return the name of the deed, or the path if it is none."""
        return _deed(request)[0] or request.path

    def respond(self, request: Request, scripted: Scripted | None) -> Reply:
        """Do the work and answer."""
        with self.lock:
            self.tick()
            by_form = request.path.startswith(FORM_PATH)
            before = len(self.changes)
            try:
                payload = self._work(request, scripted)
            except No as no:
                return _no(no.code, no.status, by_form=by_form)
            done = {"ok": 1, **payload} if by_form else payload
            return _json(done, took_effect=len(self.changes) > before)

    def stand_in(self, request: Request, _scripted: Scripted) -> Reply:
        """Refuse the credentials, in the words of the desk."""
        return _no("bad_token", 401, by_form=request.path.startswith(FORM_PATH))

    def _work(self, request: Request, scripted: Scripted | None) -> JsonObject:
        name, number = _deed(request)
        by_form = request.path.startswith(FORM_PATH)
        fields = form_fields(request) if by_form else json_fields(request)
        if name == _TOKEN:
            return self._issue(fields)
        self._let_in(request, by_form=by_form)
        if not name:
            raise No("no_such_path", 404)
        number = str(fields.get("id", "")) if by_form else number
        asked = [number] if number else []
        if scripted and scripted.fault is Fault.CANCELLED_BETWEEN:
            self.cancel(*(one for one in scripted.struck(asked) if one in self.trades))
        refused = scripted.refusals(asked, _ANY_ERROR) if scripted else {}
        if number in refused:
            raise No(refused[number], 409)
        deeds = FORMS if by_form else dict(JSON.values())
        return deeds[name](self, fields, number)

    def _let_in(self, request: Request, *, by_form: bool) -> None:
        if by_form:
            known = request.headers.get("X-Example-Key") == self.account.key
        else:
            _, _, token = request.headers.get("Authorization", "").partition("Bearer ")
            known = self.account.tokens.get(token, 0) > self.now
        if not known:
            raise No("bad_token", 401)
        if self.window and not self.window.allow(self.account.email):
            raise No("too_many", 429)

    def _issue(self, fields: Mapping[str, object]) -> JsonObject:
        account = self.account
        given = tuple(
            fields.get(one) for one in ("email", "password", "client_id", "client_secret")
        )
        wanted = (account.email, account.password, account.client_id, account.client_secret)
        if fields.get("grant") != "password" or given != wanted:
            raise No("bad_login", 401)
        seconds = int(self.settings.token_life.total_seconds())
        token = f"mihon-token-{len(account.tokens) + 1:04d}"
        account.tokens[token] = self.now + seconds
        return {"token": token, "expires": seconds}


def _deed(request: Request) -> tuple[str, str]:
    """Return the name of the deed and the order number that the address asks for."""
    parts = request.path.strip("/").split("/")
    if parts[0] == FORM_PATH[1:]:
        name = parts[-1] if len(parts) == 2 and parts[1] in FORMS else ""  # noqa: PLR2004 -- parts of the path
        return name, ""
    if parts[1:] == [_TOKEN] and request.method == "POST":
        return _TOKEN, ""
    if parts[:2] != [JSON_PATH[1:], "orders"]:
        return "", ""
    number = parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 -- parts of the path
    last = parts[3] if len(parts) > 3 else ("one" if number else "")  # noqa: PLR2004 -- parts of the path
    name, _ = JSON.get((request.method, last), ("", None))
    return name, number


def _no(code: str, status: int, *, by_form: bool) -> Reply:
    """Refuse: the desk of forms says 200 to all but a flood, and has short codes."""
    if not by_form:
        return _json({"error": {"code": code, "message": "見本"}}, status)
    short = _SHORT.get(code, code)
    return _json({"ok": 0, "why": short}, status if status == _FLOOD else 200)


_FLOOD = 429
_SHORT = {
    "no_such_order": "E404",
    "no_such_path": "E404",
    "invalid_state": "E201",
    "bad_token": "E001",
    "bad_field": "E103",
    "too_many": "E429",
}


def _json(payload: JsonObject, status: int = 200, *, took_effect: bool = False) -> Reply:
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = (("Content-Type", "application/json"),)
    return Reply(status=status, body=body, headers=headers, took_effect=took_effect)
