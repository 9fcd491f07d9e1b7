"""How the calls are written, and how their answers are read (A3, A5, A6, A9)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from mallsync import Period
from mallsync.adapters.mercari_shops import codec
from mallsync.adapters.mercari_shops.documents import Documents
from mallsync.errors import (
    AuthFailed,
    ConfigError,
    Conflict,
    DecodeError,
    MallError,
    NotFound,
    Rejected,
    Throttled,
)
from mallsync.model.sighting import Seen, Unreadable
from mallsync.wire.messages import Effect, Operation, Request, Response
from tests.adapters.mercari_shops.made import READER, answer, page, record, refusal

DAYS = Period(datetime(2031, 3, 31, 15, tzinfo=UTC), datetime(2031, 4, 7, 15, tzinfo=UTC))
LISTED = codec.ListOrders(period=DAYS)
ONE = codec.GetOrder(number="AAAAbbbbCCCCddddEEEE01", reader=READER)
PACKAGE = codec.Package(method="UNDECIDED", lines=(("PROD", "VAR", 2),))
CREATE = codec.CreateShipping(number="A", package=PACKAGE, idempotency_key="key")
TRACK = codec.SetTracking(number="A", shipping_id="SHIP", text="ヤマト運輸\n0001")
COMPLETE = codec.CompleteShipping(number="A", shipping_id="SHIP")
MESSAGE = codec.AddMessage(number="A", text="本日発送しました。")
WRITES: tuple[Operation[str], ...] = (CREATE, TRACK, COMPLETE, MESSAGE)


def variables(request: Request) -> Any:
    """Return the variables of a request, which is a POST of JSON to the endpoint itself."""
    assert ("POST", "") == (request.method, request.path)
    assert {"Content-Type": "application/json"} == dict(request.headers)
    body = json.loads(request.body)
    assert {"query", "variables"} == set(body)
    return body["variables"]


def test_a_list_is_asked_for_by_order_date_and_all_six_statuses() -> None:
    """What the mall lists without a filter is not known; moments bear Japan's zone."""
    assert {
        "first": 100,
        "after": None,
        "orderedDateGte": "2031-04-01T00:00:00+09:00",
        "orderedDateLt": "2031-04-08T00:00:00+09:00",
        "statuses": [
            "WAITING_FOR_PAYMENT",
            "WAITING_FOR_SHIPPING",
            "COMPLETING",
            "COMPLETED",
            "CANCELING",
            "CANCELED",
        ],
    } == variables(LISTED.encode())


def test_writes_are_asked_for_as_clients_do() -> None:
    """One input each."""
    assert {
        "input": {
            "idempotencyKey": "key",
            "orderTransactionId": "A",
            "products": [{"productId": "PROD", "variantId": "VAR", "quantity": 2}],
        }
    } == variables(CREATE.encode())
    named = {"orderShippingId": "SHIP", "orderTransactionId": "A"}
    assert {"input": {**named, "trackingCode": "ヤマト運輸\n0001"}} == variables(TRACK.encode())
    assert {"input": named} == variables(COMPLETE.encode())
    assert {"input": {"orderTransactionId": "A", "message": "本日発送しました。"}} == variables(
        MESSAGE.encode()
    )
    assert {"id": ONE.number} == variables(ONE.encode())


def test_only_what_the_mall_makes_one_may_be_repeated() -> None:
    """An idempotency key and a last text may; a completion and a message may not."""
    assert [
        Effect.IDEMPOTENT_WRITE,
        Effect.IDEMPOTENT_WRITE,
        Effect.UNSAFE_WRITE,
        Effect.UNSAFE_WRITE,
    ] == [operation.effect for operation in WRITES]


def test_a_page_is_its_records_and_the_next_cursor() -> None:
    """The records are not read yet."""
    told = LISTED.decode(page(record(), record(id="B"), cursor="next"))
    seen = [one.sight(READER) for one in told.listed]

    assert "next" == told.cursor
    assert ["AAAAbbbbCCCCddddEEEE01", "B"] == [
        one.order.number for one in seen if isinstance(one, Seen)
    ]


def test_the_last_page_has_no_cursor() -> None:
    """Even if the mall tells one."""
    connection = {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": "more"}}

    assert codec.Page(()) == LISTED.decode(answer({"data": {"orderTransactions": connection}}))


@pytest.mark.parametrize(
    "connection",
    [
        None,
        [],
        {},
        {"edges": None, "pageInfo": {"hasNextPage": False}},
        {"edges": []},
        {"edges": [], "pageInfo": {}},
        {"edges": [], "pageInfo": {"hasNextPage": "no"}},
        {"edges": [], "pageInfo": {"hasNextPage": True}},
        {"edges": [], "pageInfo": {"hasNextPage": True, "endCursor": ""}},
        {"edges": [], "pageInfo": {"hasNextPage": True, "endCursor": 3}},
    ],
)
def test_a_page_that_cannot_be_told_from_the_last_is_no_page(connection: object) -> None:
    """Orders behind it would be lost."""
    with pytest.raises(DecodeError):
        LISTED.decode(answer({"data": {"orderTransactions": connection}}))


def test_an_order_that_cannot_be_read_is_named() -> None:
    """The others are there."""
    told = LISTED.decode(page(record(status=3), None, 7, {"id": "order_B"}, record()))
    seen = [one.sight(READER) for one in told.listed]

    assert ["AAAAbbbbCCCCddddEEEE01", "", "", "B"] == [
        one.number for one in seen if isinstance(one, Unreadable)
    ]
    assert isinstance(seen[-1], Seen)


def error(*path: object, code: str = "INTERNAL") -> dict[str, object]:
    """Return an error with its place."""
    return {"message": "見本 様", "path": list(path), "extensions": {"code": code}}


def test_an_error_beside_data_costs_the_order_that_it_is_about() -> None:
    """An address that could not be told is not "no address": that would be an anonymous order."""
    place = ("orderTransactions", "edges", 1, "node")
    errors = [error(*place), error("orderTransactions", "edges", 2, "node", "shippingAddress")]
    told = LISTED.decode(page(record(), None, record(id="C", shippingAddress=None), errors=errors))
    seen = [one.sight(READER) for one in told.listed]

    assert isinstance(seen[0], Seen)
    assert ["", "C"] == [one.number for one in seen[1:] if isinstance(one, Unreadable)]
    assert all("見本" not in f"{one!r} {one.error}" for one in seen if isinstance(one, Unreadable))


@pytest.mark.parametrize(
    "path", [(), ("orderTransactions",), ("orderTransactions", "pageInfo"), ("other", "edges", 0)]
)
def test_an_error_about_all_of_the_page_spoils_it(path: tuple[object, ...]) -> None:
    """What it hides is not known."""
    with pytest.raises(MallError) as caught:
        LISTED.decode(page(record(), errors=[error(*path)]))

    assert "INTERNAL" == caught.value.code


def test_one_order_is_seen_or_named() -> None:
    """It must be the one that was asked for."""
    assert isinstance(ONE.decode(answer({"data": {"orderTransaction": record()}})), Seen)
    for payload, kind in (
        ({"orderTransaction": None}, NotFound),
        ({"orderTransaction": record(id="B")}, DecodeError),
        ({"orderTransaction": record(status=None)}, DecodeError),
        ({"orderTransaction": "order"}, DecodeError),
    ):
        told = ONE.decode(answer({"data": payload}))
        assert isinstance(told, Unreadable), payload
        assert isinstance(told.error, kind), payload
        assert ONE.number == told.number


def test_one_order_with_an_error_beside_it_is_not_believed() -> None:
    """Its record is kept."""
    told = ONE.decode(
        answer({"data": {"orderTransaction": record()}, "errors": [error("orderTransaction")]})
    )

    assert isinstance(told, Unreadable)
    assert record() == told.raw


@pytest.mark.parametrize(
    ("code", "kind"), [("NOT_FOUND", NotFound), ("INVALID_ARGUMENT", Rejected)]
)
def test_an_order_that_is_refused_is_named(code: str, kind: type[MallError]) -> None:
    """The others are read all the same."""
    told = ONE.decode(refusal(code))

    assert isinstance(told, Unreadable)
    assert type(told.error) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [("PERMISSION_DENIED", AuthFailed), ("RESOURCE_EXHAUSTED", Throttled)],
)
def test_what_is_wrong_with_all_orders_is_raised(code: str, kind: type[MallError]) -> None:
    """It is not about this one."""
    with pytest.raises(kind):
        ONE.decode(refusal(code))


def test_writes_answer_with_an_id() -> None:
    """It is what the journal keeps."""
    shipping = {"orderShipping": {"id": "SHIP"}}
    messages = [
        {"id": "m-1", "role": "SELLER", "message": "本日発送しました。"},
        {"id": "m-2", "role": "BUYER", "message": "本日発送しました。"},
        {"id": "m-3", "role": "SELLER", "message": "本日発送しました。\r\n"},
        {"id": "m-4", "role": "SELLER", "message": "他の話"},
    ]
    order = {"orderTransaction": {"id": "A", "messages": messages}}
    told = {
        CREATE: {"createOrderShipping": shipping},
        TRACK: {"updateOrderShippingTrackingCode": shipping},
        COMPLETE: {"completeOrderShipping": {"orderShippingId": "SHIP"}},
        MESSAGE: {"addOrderTransactionMessage": order},
    }

    assert ["SHIP", "SHIP", "SHIP", "m-3"] == [
        operation.decode(answer({"data": told[operation]}))  # type: ignore[index]  # all are there
        for operation in WRITES
    ]


@pytest.mark.parametrize("messages", [None, [], "x", [{"role": "SELLER"}]])
def test_a_message_without_an_id_was_written_all_the_same(messages: object) -> None:
    """The answer names the order."""
    told = {"addOrderTransactionMessage": {"orderTransaction": {"id": "A", "messages": messages}}}

    assert "" == MESSAGE.decode(answer({"data": told}))


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("told", [None, {}, {"orderShipping": {"id": 3}}, {"orderShippingId": ""}])
def test_a_write_whose_answer_names_nothing_is_in_doubt(
    operation: Operation[str], told: object
) -> None:
    """It may have taken effect."""
    with pytest.raises(DecodeError) as caught:
        operation.decode(answer({"data": {operation.name: told}}))

    assert caught.value.uncertain


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_with_an_error_beside_its_data_is_in_doubt(operation: Operation[str]) -> None:
    """Without data it is refused."""
    told = {operation.name: {"orderShipping": {"id": "SHIP"}, "orderShippingId": "SHIP"}}
    with pytest.raises(DecodeError, match="DATA_WITH_ERRORS"):
        operation.decode(answer({"data": told, "errors": [error()]}))
    with pytest.raises(Conflict):
        operation.decode(refusal("FAILED_PRECONDITION"))


def test_a_refusal_beside_other_data_is_the_refusal() -> None:
    """Whatever else a document of the host asks for."""
    payload = {"data": {"other": 1, "completeOrderShipping": None}, "errors": [error(code="NO")]}
    with pytest.raises(Rejected, match="NO"):
        COMPLETE.decode(answer(payload))


def test_the_schema_is_an_object() -> None:
    """What is in it is for graphql-core to read."""
    asked = codec.Introspect(document="{ __schema { types { name } } }")

    assert {"__schema": {"types": []}} == asked.decode(
        answer({"data": {"__schema": {"types": []}}})
    )
    assert {} == variables(asked.encode())
    with pytest.raises(DecodeError):
        asked.decode(answer({"data": {"__schema": None, "other": 1}}))


def test_a_document_can_be_replaced() -> None:
    """It is sent as it is."""
    mine = "query($id: ID!) { orderTransaction(id: $id) { id status createdAt products { x } } }"
    asked = codec.GetOrder(number="A", reader=READER, document=mine)

    assert mine == json.loads(asked.encode().body)["query"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("order_transactions", "query($first: Int!) { orderTransactions(first: $first) { x } }"),
        ("order_transaction", "query($ident: ID!) { orderTransaction(id: $ident) { id } }"),
        ("create_order_shipping", "mutation($inputs: X!) { a(input: $inputs) { id } }"),
        ("update_order_shipping_tracking_code", ""),
        ("complete_order_shipping", None),
        ("add_order_transaction_message", "mutation { a }"),
    ],
)
def test_a_document_must_take_what_it_is_given(field: str, text: Any) -> None:
    """A variable bears the name of the argument that it fills."""
    with pytest.raises(ConfigError, match=f"{field}.*write"):
        Documents(**{field: text})


def test_answers_of_any_bytes_are_errors_of_the_mall() -> None:
    """A broken edge or a path of odd steps is no reason to crash."""
    odd = {"message": 3, "path": ["orderTransactions", "edges", "見本 様", None], "extensions": []}
    for response in (
        page("node", errors=[odd]),
        page(record(), errors=["x"]),
        answer({"data": {"orderTransactions": {"edges": [3], "pageInfo": {"hasNextPage": 1}}}}),
        Response(status=200, body=b'{"data": {"orderTransactions": null}}'),
    ):
        with pytest.raises(MallError) as caught:
            LISTED.decode(response)
        assert "見本" not in str(caught.value)
