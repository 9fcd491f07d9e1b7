"""Whatever goes wrong between us and Qoo10: every order is read, and each line is reported once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mallsync import Outcome, ShipmentNotice, sandbox
from mallsync.adapters import qoo10
from mallsync.errors import MallError
from mallsync.sandbox import Fault
from mallsync.testing.memory import MemoryJournal
from tests.adapters.qoo10.shop import NOW, WEEK, client_of
from tests.patience import patience

SERVICE = "ShippingBasic"
FAULTS = sorted(set(Fault))


@pytest.fixture
def hurried(mall: sandbox.Qoo10Mall, fault: Fault) -> Iterator[qoo10.Client]:
    """Make a client that does not wait long for a mall that never answers."""
    with client_of(mall, mall.credentials, deadline=patience(fault)) as made:
        yield made


def notice(cart: str) -> ShipmentNotice:
    """Return a notice for a cart."""
    return ShipmentNotice(
        order_number=cart,
        carrier="ヤマト運輸",
        tracking_numbers=("000011112222",),
        ship_date=NOW.date(),
    )


@pytest.mark.parametrize("journalled", [False, True])
@pytest.mark.parametrize(
    ("lines", "method"),
    [
        (1, "SetSendingInfo"),
        (3, "SetSendingInfoBulk"),
        (2, "GetShippingInfo_v3"),
        (2, "GetShippingAndClaimInfoByOrderNo_V2"),
    ],
)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_the_way_reports_no_line_twice(
    mall: sandbox.Qoo10Mall,
    hurried: qoo10.Client,
    client: qoo10.Client,
    fault: Fault,
    lines: int,
    method: str,
    *,
    journalled: bool,
) -> None:
    """The first run may not know; a later one does, and has never written a line again."""
    (cart,) = mall.fake.place(lines=lines)
    journal = MemoryJournal(mall.clock.now) if journalled else None
    mall.fail_next(fault, operation=f"{SERVICE}.{method}", times=2)
    told: list[Outcome] = []
    for sender in (hurried, hurried, hurried, client):
        (result,) = sender.send_notices([notice(cart)], journal=journal)
        told.append(result.outcome)
        mall.clock.advance(7200)

    if fault is Fault.CANCELLED_BETWEEN:
        assert told[-1] in (Outcome.SENT, Outcome.REFUSED)
    else:
        assert told[-1] is Outcome.SENT, told
    counts = [mall.fake.effective(line, "shipped") for line in mall.fake.lines_of(cart)]
    assert max(counts) <= 1
    assert (told[-1] is Outcome.SENT) == all(counts)


@pytest.mark.parametrize("method", ["GetShippingInfo_v3", "GetClaimInfo_V3"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_the_way_loses_no_order(
    mall: sandbox.Qoo10Mall,
    hurried: qoo10.Client,
    client: qoo10.Client,
    fault: Fault,
    method: str,
) -> None:
    """A fetch brings all of them, or says that it has not."""
    carts = set(mall.fake.place(4, lines=2))
    mall.fail_next(fault, operation=f"{SERVICE}.{method}")
    try:
        found = {order.number for order in hurried.fetch_orders(WEEK)}
    except MallError:
        found = {order.number for order in client.fetch_orders(WEEK)}

    assert carts <= found
