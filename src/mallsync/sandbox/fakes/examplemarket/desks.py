"""Two ways to speak to the same fictional mall: JSON with a token, and forms with a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import parse_qsl

from attrs import frozen
from werkzeug.wrappers import Request

from mallsync.sandbox.fakes.examplemarket.state import State, Unfit
from mallsync.sandbox.fakes.examplemarket.trade import Stage, Trade, Words
from mallsync.sandbox.world import JST, JsonObject

__all__ = ["FORMS", "JSON", "No", "form_fields", "json_fields"]

_PAGE = 50
_ROWS = 20
_STATES: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.REQUESTED: "request",
        Stage.UNPAID: "wait_pay",
        Stage.TO_SHIP: "wait_ship",
        Stage.SHIPPED: "wait_receive",
        Stage.RECEIVED: "wait_review",
        Stage.DONE: "done",
        Stage.CANCELLED: "cancelled",
    }
)
_HIDES = (Stage.REQUESTED, Stage.UNPAID, Stage.CANCELLED)


@frozen
class No(Exception):
    """Refuse, with the mall's code and a status where it has one."""

    code: str
    status: int = 400


def _trade(state: State, number: object) -> Trade:
    trade = state.trades.get(str(number))
    if trade is None:
        raise No("no_such_order", 404)
    return trade


def _fit(deed: Callable[[], object]) -> None:
    try:
        deed()
    except Unfit:
        raise No("invalid_state", 409) from None


def _told(fields: Mapping[str, object], name: str, *, longest: int = 1000) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise No("bad_field", 400)
    return value


# ------------------------------------------------------------------------------ JSON, by a token


def json_fields(request: Request) -> dict[str, object]:
    """Return the query of a GET, or the object of a POST."""
    if request.method == "GET":
        return dict(request.args.items())
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise No("bad_json", 400) from None
    if not isinstance(body, dict) or request.mimetype != "application/json":
        raise No("bad_json", 400)
    return body


def _iso(seconds: int) -> str | None:
    return datetime.fromtimestamp(seconds, JST).isoformat() if seconds else None


def _document(trade: Trade) -> JsonObject:
    hides = trade.hidden or trade.stage in _HIDES
    to = {
        "zip": trade.postal,
        "pref": trade.state,
        "addr": trade.street,
        "name": trade.person,
        "tel": trade.phone,
    }
    return {
        "order_no": trade.number,
        "item_no": str(900_000_000 + trade.index),
        "account_kind": "stock" if trade.stock else "one_off",
        "qty": trade.quantity,
        "state": _STATES[trade.stage],
        "title": trade.title,
        "amount": trade.price,
        "postage": trade.postage,
        "ordered": _iso(trade.bought),
        "paid": _iso(trade.paid),
        "shipped": _iso(trade.shipped),
        "completed": _iso(trade.done),
        "cancelled": _iso(trade.cancelled),
        "method": "example_pack" if trade.hidden else "example_self",
        "anonymous": trade.hidden,
        "buyer": {"no": str(700_000 + trade.index), "nick": "sample_buyer"},
        "to": None if hides else to,
        "parcel": {"tracking": trade.slip, "carrier": trade.company} if trade.shipped else None,
    }


def _moment(fields: Mapping[str, object], name: str) -> float:
    try:
        moment = datetime.fromisoformat(str(fields.get(name)))
    except ValueError:
        raise No("bad_time", 400) from None
    if moment.tzinfo is None:
        raise No("bad_time", 400)
    return moment.timestamp()


def _list(state: State, fields: Mapping[str, object], _number: str) -> JsonObject:
    found = state.between(_moment(fields, "from"), _moment(fields, "to"))[::-1]
    cursor = str(fields.get("cursor", ""))
    behind = [one for one in found if not cursor or one.number < cursor]
    page = behind[:_PAGE]
    more = len(behind) > _PAGE or state.settings.loops
    if state.settings.loops:
        page = found[:_PAGE]
    return {
        "orders": [_document(one) for one in page],
        "next": page[-1].number if more and page else None,
    }


def _one(state: State, _fields: Mapping[str, object], number: str) -> JsonObject:
    return {"order": _document(_trade(state, number))}


def _ship(state: State, fields: Mapping[str, object], number: str) -> JsonObject:
    trade = _trade(state, number)
    company, slip = _told(fields, "carrier"), _told(fields, "tracking", longest=50)
    _fit(lambda: state.ship(number, company, slip))
    return {"order_no": number, "state": _STATES[trade.stage]}


def _review(state: State, fields: Mapping[str, object], number: str) -> JsonObject:
    trade = _trade(state, number)
    score, comment = _told(fields, "score"), _told(fields, "comment", longest=140)
    if score not in ("good", "normal", "bad"):
        raise No("bad_field", 400)
    _fit(lambda: state.review(number, score, comment))
    return {"order_no": number, "state": _STATES[trade.stage]}


def _word(told: Words) -> JsonObject:
    return {
        "id": told.id,
        "by": "seller" if told.mine else "buyer",
        "text": told.text,
        "at": datetime.fromtimestamp(told.at, UTC).isoformat(),
    }


def _messages(state: State, _fields: Mapping[str, object], number: str) -> JsonObject:
    return {"messages": [_word(one) for one in _trade(state, number).words]}


def _say(state: State, fields: Mapping[str, object], number: str) -> JsonObject:
    _trade(state, number)
    text = _told(fields, "text")
    _fit(lambda: state.say(number, text))
    return {"message": _word(state.trades[number].words[-1])}


Deed = Callable[[State, Mapping[str, object], str], JsonObject]

JSON: Mapping[tuple[str, str], tuple[str, Deed]] = MappingProxyType(
    {
        ("GET", ""): ("list", _list),
        ("GET", "one"): ("one", _one),
        ("POST", "ship"): ("ship", _ship),
        ("POST", "review"): ("review", _review),
        ("GET", "messages"): ("messages", _messages),
        ("POST", "messages"): ("say", _say),
    }
)
"""Method and last part of the path → the deed's name, and the deed."""


# --------------------------------------------------------------------------------- forms, by a key


def form_fields(request: Request) -> dict[str, object]:
    """Return the fields of a form."""
    if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded":
        raise No("E100")
    return dict(parse_qsl(request.get_data(as_text=True), keep_blank_values=True))


def _row(trade: Trade) -> JsonObject:
    hides = trade.hidden or trade.stage in _HIDES
    return {
        "id": trade.number,
        "kind": "2" if trade.stock else "1",
        "stage": int(trade.stage),
        "bought": trade.bought,
        "paid": trade.paid,
        "sent": trade.shipped,
        "closed": trade.done,
        "dropped": trade.cancelled,
        "name": trade.title,
        "price": str(trade.price),
        "pieces": trade.quantity,
        "fee": str(trade.postage),
        "way": 20 if trade.hidden else 10,
        "zip": "" if hides else trade.postal,
        "addr1": "" if hides else trade.state,
        "addr2": "" if hides else trade.street,
        "person": "" if hides else trade.person,
        "phone": "" if hides else trade.phone,
        "slip": trade.slip,
        "company": trade.company,
    }


def _form_moment(fields: Mapping[str, object], name: str) -> float:
    try:
        told = datetime.strptime(str(fields.get(name)), "%Y/%m/%d %H:%M:%S")  # noqa: DTZ007 -- below
    except ValueError:
        raise No("E101") from None
    return told.replace(tzinfo=JST).timestamp()


def _form_list(state: State, fields: Mapping[str, object], _number: str) -> JsonObject:
    page = str(fields.get("page"))
    if not page.isdecimal() or page == "0":
        raise No("E102")
    start = 0 if state.settings.loops else (int(page) - 1) * _ROWS
    found = state.between(_form_moment(fields, "since"), _form_moment(fields, "until"))
    return {"rows": [_row(one) for one in found[start : start + _ROWS]]}


def _renamed(deed: Deed, names: Mapping[str, str]) -> Deed:
    """Return a deed of the other desk whose fields bear other names here."""

    def renamed(state: State, fields: Mapping[str, object], number: str) -> JsonObject:
        deed(state, {names.get(name, name): value for name, value in fields.items()}, number)
        return {}

    return renamed


def _form_one(state: State, _fields: Mapping[str, object], number: str) -> JsonObject:
    return {"rows": [_row(_trade(state, number))]}


def _form_talk(state: State, _fields: Mapping[str, object], number: str) -> JsonObject:
    talk = [
        {"no": one.id, "who": int(one.mine), "words": one.text}
        for one in _trade(state, number).words
    ]
    return {"talk": talk}


FORMS: Mapping[str, Deed] = MappingProxyType(
    {
        "list": _form_list,
        "one": _form_one,
        "ship": _renamed(_ship, {"slip": "tracking", "company": "carrier"}),
        "review": _renamed(_review, {"stars": "score", "words": "comment"}),
        "messages": _form_talk,
        "say": _renamed(_say, {"words": "text"}),
    }
)
"""The last part of the path → the deed."""
