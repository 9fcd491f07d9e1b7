"""What a caller passes to a client, checked before anything is sent."""

from __future__ import annotations

from datetime import datetime

import pytest

from mallsync.errors import ConfigError
from mallsync.model.period import JST, Period
from mallsync.model.writebacks import ShipmentNotice
from mallsync.wire.arguments import (
    notices_of,
    number_of,
    numbers_of,
    period_of,
    shop_id_of,
    statuses_of,
)

PERIOD = Period.last_days(7, now=datetime(2026, 11, 22, tzinfo=JST))
NOTICE = ShipmentNotice(order_number="1")


def test_a_period_is_a_period() -> None:
    """Nothing else is taken for one, and the text shows how to write one."""
    assert PERIOD is period_of(PERIOD)
    for value in (None, 7, (PERIOD.start, PERIOD.end)):
        with pytest.raises(ConfigError, match=r"write Period\.last_days\(7, now=now\)"):
            period_of(value)


@pytest.mark.parametrize("value", [None, "", "  ", "　", 7, b"my-shop"])
def test_a_shop_needs_a_name(value: object) -> None:
    """Text that is not blank; blanks around it are taken off."""
    assert "my-shop" == shop_id_of(" my-shop ")
    with pytest.raises(ConfigError, match='such as "my-shop"'):
        shop_id_of(value)


@pytest.mark.parametrize("value", [None, "", " ", 7, b"1"])
def test_an_order_number_is_text(value: object) -> None:
    """A number is no text: leading zeros would be lost."""
    assert "0012" == number_of(" 0012 ")
    with pytest.raises(ConfigError, match="write the mall's own order number"):
        number_of(value)


def test_order_numbers_come_in_any_iterable() -> None:
    """Their order is kept."""
    assert ("2", "1") == numbers_of(["2", " 1"]) == numbers_of(iter(["2", "1"]))
    assert () == numbers_of(())


@pytest.mark.parametrize("values", ["12", None, 7, [7], [""], b"12"])
def test_what_is_no_list_of_order_numbers_is_refused(values: object) -> None:
    """A bare text would fall to single letters."""
    with pytest.raises(ConfigError, match="write"):
        numbers_of(values)


def test_statuses_are_the_malls_own_codes() -> None:
    """Sorted, as text; left out they are every status."""
    assert ("100", "300") == statuses_of([300, "100"], ["100", "300"])
    assert () == statuses_of(None, ["100"])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("300", 'write {"100"}'),
        (300, 'write {"100"}'),
        ([], "leave it out"),
        ({"999"}, "no such status: '999'; write some of 100, 300"),
    ],
)
def test_statuses_that_cannot_be_right_are_refused(values: object, said: str) -> None:
    """The text names the choices."""
    with pytest.raises(ConfigError) as caught:
        statuses_of(values, ["100", "300"])

    assert said in str(caught.value)


def test_notices_come_in_any_iterable() -> None:
    """Their order is kept."""
    assert (NOTICE,) == notices_of([NOTICE]) == notices_of(iter([NOTICE]))
    assert () == notices_of([])


@pytest.mark.parametrize("values", [NOTICE, None, "1", ["1"], [NOTICE, None]])
def test_what_is_no_list_of_notices_is_refused(values: object) -> None:
    """A single notice wants brackets around it."""
    with pytest.raises(ConfigError, match=r"write (\[ShipmentNotice|ShipmentNotice)"):
        notices_of(values)
