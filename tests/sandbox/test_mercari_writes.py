"""What a partner may change at Mercari Shops: shipments in three steps, and messages (A5, A6)."""

from __future__ import annotations

import pytest

from mallsync.sandbox.fakes.mercari_shops import ANONYMOUS, ARRANGED, OTHER, Status
from tests.sandbox.conftest import Partner

CREATE = "createOrderShipping"
TRACK = "updateOrderShippingTrackingCode"
COMPLETE = "completeOrderShipping"
WRITE = "addOrderTransactionMessage"


def test_three_steps_ship_an_order(partner: Partner) -> None:
    """It reads COMPLETING, and COMPLETED a minute later."""
    (number,) = partner.fake.place()
    named = partner.open(number)
    partner.change(TRACK, **named, trackingCode="ヤマト運輸\n000000000001")
    done = partner.change(COMPLETE, **named)

    assert {"orderShippingId": named["orderShippingId"]} == done
    order = partner.get(number)
    assert ("COMPLETING", None, 0) == (
        order["status"],
        order["completedAt"],
        order["products"][0]["unshippedQuantity"],
    )
    partner.mall.clock.advance(60)
    assert "COMPLETED" == partner.get(number)["status"]
    assert partner.get(number)["completedAt"]
    kinds = [change.kind for change in partner.fake.changes]
    assert ["created", "tracked", "shipped"] == kinds
    assert 1 == partner.fake.effective(number, "shipped")


def test_an_order_can_be_shipped_without_a_number(partner: Partner) -> None:
    """Letters have none; whether the mall minds is not known."""
    (number,) = partner.fake.place()
    partner.change(COMPLETE, **partner.open(number))

    assert "COMPLETING" == partner.get(number)["status"]


def test_the_same_key_gives_the_same_shipment(partner: Partner) -> None:
    """Even behind its completion; nothing is opened twice."""
    (number,) = partner.fake.place()
    asked = partner.shipment(number)
    first = partner.change(CREATE, **asked)
    assert first == partner.change(CREATE, **asked)
    named = {
        "orderTransactionId": number,
        "orderShippingId": first["orderShipping"]["id"],
    }
    partner.change(COMPLETE, **named)

    assert first == partner.change(CREATE, **asked)
    assert 1 == partner.fake.effective(number, "created")
    assert not partner.mall.hits[-1].took_effect


def test_the_same_key_with_other_contents_is_refused(partner: Partner) -> None:
    """It would be another shipment."""
    (number,) = partner.fake.place(methods=(ARRANGED, ARRANGED))
    asked = partner.shipment(number)
    partner.change(CREATE, **asked)
    asked["products"] = asked["products"][:1]

    assert "ALREADY_EXISTS" == partner.refusal(CREATE, **asked)


def test_what_is_in_an_open_shipment_cannot_be_shipped_again(partner: Partner) -> None:
    """Under another key."""
    (number,) = partner.fake.place()
    asked = partner.shipment(number)
    partner.change(CREATE, **asked)

    assert "FAILED_PRECONDITION" == partner.refusal(CREATE, **{**asked, "idempotencyKey": "b"})


@pytest.mark.parametrize(
    "products",
    [
        [],
        [{"productId": "P", "variantId": "V", "quantity": 1}],
    ],
)
def test_products_that_are_not_in_the_order_are_refused(
    partner: Partner, products: list[dict[str, object]]
) -> None:
    """And so is a shipment of nothing."""
    (number,) = partner.fake.place()
    asked = partner.shipment(number, products=products)

    assert "INVALID_ARGUMENT" == partner.refusal(CREATE, **asked)


def test_quantities_must_be_there(partner: Partner) -> None:
    """At least one, at most what is left, each line once."""
    (number,) = partner.fake.place()
    (line,) = partner.shipment(number)["products"]
    too_many = {**line, "quantity": line["quantity"] + 1}

    def refusal(*products: dict[str, object]) -> str:
        return partner.refusal(CREATE, **partner.shipment(number, products=list(products)))

    assert "INVALID_ARGUMENT" == refusal({**line, "quantity": 0})
    assert "INVALID_ARGUMENT" == refusal(line, line)
    assert "FAILED_PRECONDITION" == refusal(too_many)


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_has_a_length(partner: Partner, key: str) -> None:
    """Of 1 to 255; the mall's limit is not known."""
    (number,) = partner.fake.place()

    assert "INVALID_ARGUMENT" == partner.refusal(
        CREATE, **partner.shipment(number, idempotencyKey=key)
    )


def test_only_a_paid_and_living_order_can_be_shipped(partner: Partner) -> None:
    """Unpaid and cancelled ones cannot."""
    unpaid, cancelled = (*partner.fake.place(paid=False), *partner.fake.place())
    asked = {number: partner.shipment(number) for number in (unpaid, cancelled)}
    partner.fake.cancel(cancelled)

    assert {"FAILED_PRECONDITION"} == {partner.refusal(CREATE, **one) for one in asked.values()}


def test_an_order_that_is_not_there_cannot_be_shipped(partner: Partner) -> None:
    """Nor one whose id has the prefix."""
    (number,) = partner.fake.place()
    asked = partner.shipment(number)

    assert "NOT_FOUND" == partner.refusal(
        CREATE, **{**asked, "orderTransactionId": f"order_{number}"}
    )


def test_anonymous_lines_are_shipped_in_mercari_shops_alone(partner: Partner) -> None:
    """Unless a test wants it otherwise."""
    (number,) = partner.fake.place(methods=(ANONYMOUS,))
    assert "FAILED_PRECONDITION" == partner.refusal(CREATE, **partner.shipment(number))
    partner.fake.settings.ships_anonymous = True

    partner.change(CREATE, **partner.shipment(number))


def test_lines_of_two_methods_need_two_shipments(partner: Partner) -> None:
    """The order waits until both are completed."""
    (number,) = partner.fake.place(methods=(ARRANGED, OTHER))
    asked = partner.shipment(number)
    assert "INVALID_ARGUMENT" == partner.refusal(CREATE, **asked)
    statuses = []
    for at, product in enumerate(asked["products"]):
        one = {**asked, "idempotencyKey": f"key-{at}", "products": [product]}
        shipping_id = partner.change(CREATE, **one)["orderShipping"]["id"]
        partner.change(COMPLETE, orderTransactionId=number, orderShippingId=shipping_id)
        statuses.append(partner.get(number)["status"])

    assert ["WAITING_FOR_SHIPPING", "COMPLETING"] == statuses


def test_lines_of_two_methods_may_go_together_if_asked_for(partner: Partner) -> None:
    """Whether they must not is not known."""
    partner.fake.settings.mixes_methods = True
    (number,) = partner.fake.place(methods=(ARRANGED, OTHER))

    assert partner.open(number)


@pytest.mark.parametrize("counts_at", ["create", "complete"])
def test_pieces_count_as_shipped_at_one_step_or_the_other(partner: Partner, counts_at: str) -> None:
    """Which it is, is not known."""
    partner.fake.settings.counts_at = counts_at
    (number,) = partner.fake.place()
    quantity = partner.get(number)["products"][0]["purchasedQuantity"]
    named = partner.open(number)
    opened = partner.get(number)["products"][0]["unshippedQuantity"]
    partner.change(COMPLETE, **named)

    assert {"create": 0, "complete": quantity}[counts_at] == opened
    assert 0 == partner.get(number)["products"][0]["unshippedQuantity"]


def test_a_shipment_is_completed_once(partner: Partner) -> None:
    """And one of another order is not there."""
    first, second = partner.fake.place(2)
    named = partner.open(first)
    partner.change(COMPLETE, **named)

    assert "FAILED_PRECONDITION" == partner.refusal(COMPLETE, **named)
    strange = {**named, "orderTransactionId": second}
    assert "NOT_FOUND" == partner.refusal(COMPLETE, **strange)
    assert "NOT_FOUND" == partner.refusal(TRACK, **strange, trackingCode="1")


def test_a_number_can_be_corrected_behind_the_completion(partner: Partner) -> None:
    """The same text again changes nothing."""
    (number,) = partner.fake.place()
    named = partner.open(number)
    partner.change(COMPLETE, **named)
    for code in ("1", "1", "2"):
        partner.change(TRACK, **named, trackingCode=code)

    assert 2 == partner.fake.effective(number, "tracked")
    assert "2" == partner.fake.see(number).shipments[0].tracking_code


@pytest.mark.parametrize("code", ["", "  ", "1" * 501])
def test_a_number_is_a_text_of_some_length(partner: Partner, code: str) -> None:
    """The limit is not known; here it is 500."""
    (number,) = partner.fake.place()

    assert "INVALID_ARGUMENT" == partner.refusal(TRACK, **partner.open(number), trackingCode=code)


def test_nothing_is_written_to_a_cancelled_order(partner: Partner) -> None:
    """Neither numbers nor words, and no shipment is completed."""
    (number,) = partner.fake.place()
    named = partner.open(number)
    partner.fake.cancel(number)

    assert "FAILED_PRECONDITION" == partner.refusal(TRACK, **named, trackingCode="1")
    assert "FAILED_PRECONDITION" == partner.refusal(COMPLETE, **named)
    words = {"orderTransactionId": number, "message": "見本"}
    assert "FAILED_PRECONDITION" == partner.refusal(WRITE, **words)


def test_an_order_cancelled_on_its_way_stays_so(partner: Partner) -> None:
    """COMPLETED does not come any more."""
    (number,) = partner.fake.place()
    partner.change(COMPLETE, **partner.open(number))
    partner.fake.cancel(number)
    partner.mall.clock.advance(60)

    order = partner.get(number)
    assert "CANCELED" == order["status"]
    line = order["products"][0]
    assert line["purchasedQuantity"] == line["shippedCanceledQuantity"]


def test_each_call_is_another_message(partner: Partner) -> None:
    """Nothing makes two of them one."""
    (number,) = partner.fake.place()
    words = {"orderTransactionId": number, "message": "発送しました"}
    partner.change(WRITE, **words)
    told = partner.change(WRITE, **words)["orderTransaction"]["messages"]

    assert [("m-1", "SELLER"), ("m-2", "SELLER")] == [(one["id"], one["role"]) for one in told]
    assert 2 == partner.fake.effective(number, "message")


@pytest.mark.parametrize("text", ["", " ", "あ" * 1001])
def test_a_message_has_a_length(partner: Partner, text: str) -> None:
    """Of 1 to 1000 characters."""
    (number,) = partner.fake.place()

    assert "INVALID_ARGUMENT" == partner.refusal(WRITE, orderTransactionId=number, message=text)


def test_an_order_with_a_shipment_is_not_regretted(partner: Partner) -> None:
    """What buyers do by themselves stops where a parcel begins."""
    for number in partner.fake.in_status(Status.TO_SHIP):
        if not partner.fake.see(number).anonymous:
            partner.open(number)
    before = len(partner.fake.in_status(Status.TO_SHIP))
    partner.mall.clock.advance(3 * 86_400)

    assert len(partner.fake.in_status(Status.TO_SHIP)) >= before - 5
