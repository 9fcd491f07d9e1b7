"""Who may come in at Mercari Shops, and what is refused before GraphQL (A1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from mallsync import sandbox
from mallsync.sandbox.fakes.mercari_shops import Role
from tests.sandbox.conftest import CHANGES, LIST, NOW, ONE, Partner

NAMES = "{ __schema { queryType { name } } }"


def test_an_address_that_is_not_on_the_list_gets_404_before_the_token_is_looked_at(
    partner: Partner,
) -> None:
    """Ten bytes of plain text, whoever asks."""
    partner.fake.account.address_known = False
    for headers in ({}, {"Authorization": None}, {"Authorization": "Bearer wrong"}):
        answer = partner.post(NAMES, headers=headers)

        assert (404, b"Not Found\n") == (answer.status_code, answer.content)
        assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_path_that_is_not_there_has_another_text(partner: Partner) -> None:
    """Of 19 bytes."""
    answer = partner.post(NAMES, url=partner.mall.base_url.replace("graphql", "graph"))

    assert (404, 19) == (answer.status_code, len(answer.content))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": None}, 401),
        ({"Authorization": "Bearer msp_wrong"}, 401),
        ({"Authorization": "msp_mihon_0000_made_up"}, 400),
        ({"Authorization": "Basic msp_mihon_0000_made_up"}, 400),
        ({"Authorization": "Bearer two words"}, 400),
        ({"Authorization": "Bearer "}, 400),
        ({"User-Agent": None}, 400),
        ({"User-Agent": "mihon-client"}, 400),
        ({"User-Agent": "mihon-client/"}, 400),
        ({"User-Agent": "another-client/1.0"}, 400),
        ({"User-Agent": "mihon-client/1.0 extra"}, 400),
        ({"Content-Type": "text/plain"}, 400),
    ],
)
def test_a_header_that_is_wrong_is_refused(
    partner: Partner, headers: dict[str, str | None], status: int
) -> None:
    """Token, client name and content type must be just so."""
    assert status == partner.post(NAMES, headers=headers).status_code


def test_a_deleted_token_is_dead(partner: Partner) -> None:
    """It has no other end."""
    assert 200 == partner.post(NAMES).status_code
    partner.fake.revoke_token()

    assert 401 == partner.post(NAMES).status_code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"{}",
        b'{"query": 3}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename"}',
        b'{"query": "fragment f on Query { __typename }"}',
        b'{"query": "query a { __typename } query b { __typename }"}',
        b'{"query": "query a { __typename }", "operationName": "b"}',
        b'{"query": "{ ...f } fragment f on Query { __typename }"}',
    ],
)
def test_what_is_no_graphql_request_gets_400(partner: Partner, body: bytes) -> None:
    """JSON and syntax are looked at before anything is done."""
    assert 400 == partner.post(body).status_code


def test_a_get_is_refused(partner: Partner) -> None:
    """Everything is posted."""
    headers = partner.header()
    answer = partner.session.get(partner.mall.base_url, headers=headers, timeout=5.0)

    assert 400 == answer.status_code


def test_of_several_operations_the_named_one_is_carried_out(partner: Partner) -> None:
    """As GraphQL has it."""
    text = "query a { __schema { queryType { name } } } query b { webhooks { id } }"
    answer = partner.post(json.dumps({"query": text, "operationName": "b"}).encode())

    assert {"data": {"webhooks": []}} == answer.json()


def test_a_document_that_does_not_fit_the_schema_is_an_error_with_status_200(
    partner: Partner,
) -> None:
    """No data comes with it."""
    assert "INVALID_ARGUMENT" == partner.code("{ orders { id } }")
    assert "INVALID_ARGUMENT" == partner.code(ONE)
    assert "INVALID_ARGUMENT" == partner.code(LIST, first="ten")


def test_several_mutations_in_one_request_are_refused(partner: Partner) -> None:
    """The mall discourages them; this fake is stricter."""
    number = partner.fake.place()[0]
    one = f'addOrderTransactionMessage(input: {{orderTransactionId: "{number}", message: "x"}})'
    twice = f"mutation {{ a: {one} {{ orderTransaction {{ id }} }} b: {one} "
    twice += "{ orderTransaction { id } } }"

    assert "INVALID_ARGUMENT" == partner.code(twice)
    assert [] == partner.get(number)["messages"]


def test_the_schema_can_be_asked_for(partner: Partner) -> None:
    """Introspection works, as it does in production."""
    told = partner.data('{ __type(name: "OrderTransactionStatusFilter") { enumValues { name } } }')

    assert 6 == len(told["__type"]["enumValues"])
    assert "__type" == partner.mall.hits[-1].operation


@pytest.mark.parametrize("form", ["epoch", "epoch_ms", "seconds", "http-date", "iso"])
def test_an_hour_has_so_many_points(partner: Partner, form: str) -> None:
    """Behind them comes 429, with the moment of the reset in one of its plausible forms."""
    settings = partner.fake.settings
    settings.points, settings.point_cost, settings.reset_form = 25, 10, form
    assert [200, 200, 429] == [partner.post(NAMES).status_code for _ in range(3)]

    told = partner.post(NAMES).headers["X-Ratelimit-Reset"]
    reset = {
        "epoch": lambda: datetime.fromtimestamp(int(told), UTC),
        "epoch_ms": lambda: datetime.fromtimestamp(int(told) / 1000, UTC),
        "seconds": lambda: NOW + timedelta(seconds=int(told)),
        "http-date": lambda: parsedate_to_datetime(told),
        "iso": lambda: datetime.fromisoformat(told),
    }[form]()
    assert NOW + timedelta(hours=1) == reset
    partner.mall.clock.advance(timedelta(hours=1))
    assert 200 == partner.post(NAMES).status_code


def test_too_many_requests_a_second_are_refused_if_asked_for() -> None:
    """By the machine's own time."""
    with sandbox.running(orders=1, now=NOW, throttle=True) as malls, requests.Session() as session:
        session.trust_env = False
        partner = Partner(malls.mercari_shops, session)

        assert [200, 429] == [partner.post(NAMES).status_code for _ in range(2)]


@pytest.mark.parametrize(
    ("fault", "status"), [("UNAUTHORISED", 401), ("UNAUTHORISED_OLD", 400), ("UNAVAILABLE", 503)]
)
def test_a_refusal_can_be_asked_for(partner: Partner, fault: str, status: int) -> None:
    """Once, for one operation."""
    partner.mall.fail_next(fault, operation="orderTransactions")

    assert 200 == partner.post(NAMES).status_code
    assert status == partner.post(LIST, {"first": 1}).status_code
    assert 200 == partner.post(LIST, {"first": 1}).status_code


def test_a_scripted_error_of_one_order_leaves_the_rest_of_the_page(partner: Partner) -> None:
    """Partial data: the node is null, and the error has its place."""
    first, second = partner.fake.place(2)
    partner.mall.fail_next("ORDER_ERRORS", orders=[first], code="INTERNAL")
    answer = partner.ask(LIST, first=2)
    edges = answer["data"]["orderTransactions"]["edges"]

    assert [second, None] == [edge["node"] and edge["node"]["id"] for edge in edges]
    (error,) = answer["errors"]
    assert ["orderTransactions", "edges", 1, "node"] == error["path"]
    assert {"code": "INTERNAL"} == error["extensions"]


def test_a_scripted_error_of_an_order_refuses_its_reads_and_writes(partner: Partner) -> None:
    """Without an order it is the one that is asked for."""
    (number,) = partner.fake.place()
    partner.mall.fail_next("ORDER_ERRORS", times=2)

    assert "FAILED_PRECONDITION" == partner.code(ONE, id=number)
    message = {"orderTransactionId": number, "message": "x"}
    assert "FAILED_PRECONDITION" == partner.refusal("addOrderTransactionMessage", **message)


def test_an_order_can_be_cancelled_just_before_a_request(partner: Partner) -> None:
    """The one that is asked for, or another."""
    first, second = partner.fake.place(2)
    partner.mall.fail_next("CANCELLED_BETWEEN")
    assert "CANCELED" == partner.get(first)["status"]
    partner.mall.fail_next("CANCELLED_BETWEEN", orders=[second, "no such order"])
    partner.get(first)

    assert "CANCELED" == partner.get(second)["status"]


def test_the_log_says_what_was_asked_and_what_took_effect(partner: Partner) -> None:
    """By the name of the first root field."""
    (number,) = partner.fake.place()
    partner.get(number)
    partner.change("addOrderTransactionMessage", orderTransactionId=number, message="見本")
    partner.post(b"{")

    assert [
        ("orderTransaction", 200, False),
        ("addOrderTransactionMessage", 200, True),
        ("/v1/graphql", 400, False),
    ] == [(hit.operation, hit.status, hit.took_effect) for hit in partner.mall.hits]


def test_webhooks_are_kept_and_their_bodies_are_bare(partner: Partner) -> None:
    """A notification names the order and says nothing else of it (A7)."""
    topic, target = "ORDER_TRANSACTION_PAID", "https://host.example.invalid/hook"
    assert "INVALID_ARGUMENT" == partner.refusal("createWebhook", topic=topic, endPoint="http://x")
    made = partner.change("createWebhook", topic=topic, endPoint=target)["webhook"]
    one = "query($id: ID!) { webhook(id: $id) { topic } }"

    assert (topic, target, "v1") == (made["topic"], made["endPoint"], made["apiVersion"])
    assert [{"id": made["id"]}] == partner.data("{ webhooks { id } }")["webhooks"]
    assert {"topic": topic} == partner.data(one, id=made["id"])["webhook"]
    assert {"id": made["id"]} == partner.change("deleteWebhook", id=made["id"])
    assert "NOT_FOUND" == partner.refusal("deleteWebhook", id=made["id"])
    assert "NOT_FOUND" == partner.code(one, id=made["id"])
    body = partner.fake.webhook_body("order_transaction_paid", "A")
    assert {"topic", "shop_id", "order_transaction_id", "created_at"} == set(body)


def test_mutations_have_one_input_each() -> None:
    """So says every client."""
    assert all("(input: $input)" in text for text in CHANGES.values())
    assert {"BUYER", "SELLER"} == set(Role)
