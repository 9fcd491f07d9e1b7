"""The fictional mall: two desks, one store of transactions, reviews from both sides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import attrs
import pytest
import requests

from mallsync import sandbox
from mallsync.sandbox.fakes.examplemarket import Examplemarket, Stage
from mallsync.sandbox.world import Clock
from tests.sandbox.conftest import NOW

SINCE, UNTIL = NOW - timedelta(days=61), NOW + timedelta(days=30)


@attrs.define
class Buyerless:
    """Speak to both desks as a shop does, with nothing of ours in between."""

    mall: sandbox.ExamplemarketMall
    session: requests.Session
    token: str = ""

    def call(self, method: str, path: str, body: Any = None, **query: str) -> requests.Response:
        """Speak to the desk of JSON."""
        return self.session.request(
            method,
            f"{self.mall.base_url}{path}",
            json=body,
            params=query,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=5.0,
        )

    def log_in(self, **other: str) -> requests.Response:
        """Ask for a token."""
        account = self.mall.fake.account
        body = {
            "grant": "password",
            "email": account.email,
            "password": account.password,
            "client_id": account.client_id,
            "client_secret": account.client_secret,
            **other,
        }
        return self.call("POST", "/token", body)

    def code(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, str]:
        """Return status and code of a refusal."""
        answer = self.call(method, path, body, **query)
        return answer.status_code, answer.json()["error"]["code"]

    def form(self, name: str, key: str | None = None, **fields: str) -> Any:
        """Speak to the desk of forms."""
        headers = {"X-Example-Key": self.mall.fake.account.key if key is None else key}
        url = f"{self.mall.form_url}/{name}"
        return self.session.post(url, data=fields, headers=headers, timeout=5.0).json()


@pytest.fixture
def shop() -> Iterator[Buyerless]:
    """Run the fake at a fixed moment, and log in."""
    with sandbox.running(seed=1, orders=300, now=NOW) as malls, requests.Session() as session:
        session.trust_env = False
        made = Buyerless(malls.examplemarket, session)
        made.token = made.log_in().json()["token"]
        yield made


def test_a_token_is_given_for_all_four_parts(shop: Buyerless) -> None:
    """It ends after an hour; a wrong part gets none."""
    assert (401, "bad_login") == (
        shop.log_in(password="x").status_code,
        shop.log_in(grant="other").json()["error"]["code"],
    )
    assert 200 == shop.call("GET", "/orders/EXRK0100000001").status_code
    shop.mall.clock.advance(timedelta(hours=1))
    assert (401, "bad_token") == shop.code("GET", "/orders/EXRK0100000001")
    assert "mihon" not in repr(shop.mall.credentials)


def test_a_life_ends_with_both_reviews(shop: Buyerless) -> None:
    """Bought, paid, shipped, received and rated, rated back."""
    (number,) = shop.mall.fake.place()
    path = f"/orders/{number}"
    early = shop.code("POST", f"{path}/review", {"score": "good", "comment": ""})
    shipped = shop.call("POST", f"{path}/ship", {"tracking": "1", "carrier": "架空運輸"}).json()
    twice = shop.code("POST", f"{path}/ship", {"tracking": "1", "carrier": "架空運輸"})
    shop.mall.clock.advance(timedelta(days=2))
    shop.token = shop.log_in().json()["token"]
    waiting = shop.call("GET", path).json()["order"]["state"]
    rated = shop.call("POST", f"{path}/review", {"score": "good", "comment": "見本"}).json()
    again = shop.code("POST", f"{path}/review", {"score": "bad", "comment": "見本"})

    assert (409, "invalid_state") == early == twice == again
    assert ["wait_receive", "wait_review", "done"] == [shipped["state"], waiting, rated["state"]]
    assert 1 == shop.mall.fake.effective(number, "shipped")
    assert 1 == shop.mall.fake.effective(number, "reviewed")
    order = shop.call("GET", path).json()["order"]
    assert {"tracking": "1", "carrier": "架空運輸"} == order["parcel"]
    assert order["completed"]


def test_the_same_again_is_taken_once_if_a_test_wants_it(shop: Buyerless) -> None:
    """Reports and reviews of the same content."""
    shop.mall.fake.settings.repeats = True
    (number,) = shop.mall.fake.place()
    body = {"tracking": "1", "carrier": "架空運輸"}
    for _ in range(2):
        assert 200 == shop.call("POST", f"/orders/{number}/ship", body).status_code
    shop.mall.fake.move(shop.mall.fake.trades[number], Stage.RECEIVED, 1)
    for _ in range(2):
        told = {"score": "good", "comment": "x"}
        assert 200 == shop.call("POST", f"/orders/{number}/review", told).status_code

    assert 2 == shop.mall.fake.effective(number)
    assert (409, "invalid_state") == shop.code(
        "POST", f"/orders/{number}/ship", {**body, "tracking": "2"}
    )


def test_both_desks_list_the_same(shop: Buyerless) -> None:
    """One by cursor and newest first, the other by number and oldest first."""
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        query = {"from": SINCE.isoformat(), "to": UNTIL.isoformat(), "cursor": cursor}
        page = shop.call("GET", "/orders", **query).json()
        found += [one["order_no"] for one in page["orders"]]
        cursor = page["next"]
    rows: list[str] = []
    for number in range(1, 20):
        since, until = f"{SINCE:%Y/%m/%d %H:%M:%S}", f"{UNTIL:%Y/%m/%d %H:%M:%S}"
        told = shop.form("list", page=str(number), since=since, until=until)
        rows += [row["id"] for row in told["rows"]]

    assert sorted(shop.mall.fake.trades) == sorted(found) == sorted(rows)
    assert 300 == len(found)


def test_messages_are_each_another(shop: Buyerless) -> None:
    """Neither desk makes two of them one; a cancelled transaction takes none."""
    (number,) = shop.mall.fake.place()
    shop.mall.fake.trades[number].words.clear()
    shop.mall.fake.say(number, "よろしく", mine=False)
    for _ in range(2):
        shop.call("POST", f"/orders/{number}/messages", {"text": "見本"})
    shop.form("say", id=number, words="見本")
    listed = shop.call("GET", f"/orders/{number}/messages").json()["messages"]
    talk = shop.form("messages", id=number)["talk"]
    shop.mall.fake.cancel(number)

    assert ["buyer", "seller", "seller", "seller"] == [one["by"] for one in listed]
    assert [0, 1, 1, 1] == [one["who"] for one in talk]
    assert 3 == shop.mall.fake.effective(number, "message")
    assert {"ok": 0, "why": "E201"} == shop.form("say", id=number, words="x")


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/nothing", None, (404, "no_such_path")),
        ("DELETE", "/orders", {}, (404, "no_such_path")),
        ("GET", "/orders/EXRKnone", None, (404, "no_such_order")),
        ("GET", "/orders", None, (400, "bad_time")),
        ("POST", "/orders/EXRK0100000001/ship", {"tracking": 1, "carrier": ""}, (400, "bad_field")),
        ("POST", "/orders/EXRK0100000001/ship", [], (400, "bad_json")),
        (
            "POST",
            "/orders/EXRK0100000001/review",
            {"score": "best", "comment": ""},
            (400, "bad_field"),
        ),
    ],
)
def test_what_cannot_be_done_is_refused(
    shop: Buyerless, method: str, path: str, body: Any, code: tuple[int, str]
) -> None:
    """With status and code."""
    assert code == shop.code(method, path, body)


def test_moments_have_a_zone_and_bodies_are_json(shop: Buyerless) -> None:
    """Else they are refused."""
    query = {"from": "2026-04-01T00:00:00", "to": UNTIL.isoformat()}
    assert (400, "bad_time") == shop.code("GET", "/orders", **query)
    url = f"{shop.mall.base_url}/orders/EXRK0100000001/ship"
    headers = {"Authorization": f"Bearer {shop.token}", "Content-Type": "application/json"}
    answer = shop.session.post(url, data=b"{", headers=headers, timeout=5.0)

    assert "bad_json" == answer.json()["error"]["code"]


@pytest.mark.parametrize(
    ("name", "key", "fields", "why"),
    [
        ("list", "wrong", {"page": "1"}, "E001"),
        ("nothing", None, {"page": "1"}, "E404"),
        ("one", None, {"id": "none"}, "E404"),
        ("list", None, {"page": "0"}, "E102"),
        ("list", None, {"page": "1", "since": "2026-04-01"}, "E101"),
    ],
)
def test_the_desk_of_forms_says_200_and_why_not(
    shop: Buyerless, name: str, key: str | None, fields: dict[str, str], why: str
) -> None:
    """In short codes."""
    assert {"ok": 0, "why": why} == shop.form(name, key, **fields)


def test_the_desk_of_forms_takes_forms_alone(shop: Buyerless) -> None:
    """By POST."""
    url = f"{shop.mall.form_url}/list"
    answers = [
        shop.session.get(url, timeout=5.0).json(),
        shop.session.post(url, json={}, timeout=5.0).json(),
    ]

    assert [{"ok": 0, "why": "E100"}] * 2 == answers


def test_faults_strike_at_either_desk(shop: Buyerless) -> None:
    """Refusals of an order, cancellations in between, dead credentials."""
    first, second = shop.mall.fake.place(2)
    shop.mall.fail_next("ORDER_ERRORS", operation="one")
    assert (409, "invalid_state") == shop.code("GET", f"/orders/{first}")
    shop.mall.fail_next("CANCELLED_BETWEEN", operation="one", orders=[second, "none"])
    assert {"ok", "rows"} == set(shop.form("one", id=first))
    assert Stage.CANCELLED is shop.mall.fake.see(second).stage
    shop.mall.fail_next("UNAUTHORISED", operation="one", times=2)
    assert (401, "bad_token") == shop.code("GET", f"/orders/{first}")
    assert {"ok": 0, "why": "E001"} == shop.form("one", id=first)


def test_too_many_requests_are_refused_if_asked_for() -> None:
    """By the machine's own time; the desk of forms says so by status, too."""
    with sandbox.running(orders=1, now=NOW, throttle=True) as malls, requests.Session() as session:
        session.trust_env = False
        shop = Buyerless(malls.examplemarket, session)
        shop.form("one", id="x")
        url = f"{shop.mall.form_url}/one"
        key = {"X-Example-Key": shop.mall.fake.account.key}
        answer = session.post(url, data={"id": "x"}, headers=key, timeout=5.0)

    assert (429, "E429") == (answer.status_code, answer.json()["why"])


def test_transactions_are_of_every_kind_and_the_same_for_a_seed() -> None:
    """In every stage, some hidden, some with words."""
    one, same = (Examplemarket(Clock(NOW), 1, 3000) for _ in range(2))
    stages = {trade.stage for trade in one.trades.values()}

    assert set(Stage) == stages
    assert any(trade.hidden for trade in one.trades.values())
    assert any(trade.words for trade in one.trades.values())
    assert [attrs.asdict(trade) for trade in one.trades.values()] == [
        attrs.asdict(trade) for trade in same.trades.values()
    ]


def test_a_buyer_rates_what_was_shipped_unless_it_was_cancelled(shop: Buyerless) -> None:
    """Two days later."""
    kept, gone = shop.mall.fake.place(2, stage=Stage.SHIPPED)
    shop.mall.fake.cancel(gone)
    shop.mall.clock.advance(timedelta(days=2))

    assert [Stage.RECEIVED, Stage.CANCELLED] == [
        shop.mall.fake.see(number).stage for number in (kept, gone)
    ]
