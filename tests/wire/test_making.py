"""Making values quickly gives what the class gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
import pytest

from mallsync.errors import ConfigError
from mallsync.model import order
from mallsync.model.handling import Handling
from mallsync.model.words import Phase
from mallsync.wire.making import maker

KINDS = [getattr(order, name) for name in order.__all__ if attrs.has(getattr(order, name))]


def arguments(kind: Any) -> dict[str, Any]:
    """Return a value for each field that has no default."""
    wanted = [one.name for one in attrs.fields(kind) if one.default is attrs.NOTHING]
    return {name: Phase.DONE if name == "phase" else f"made up {name}" for name in wanted}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not order.Order])
def test_what_is_made_is_what_the_class_makes(kind: Any) -> None:
    """Defaults, equality, hash and immutability are those of the class."""
    given = arguments(kind)
    made, called = maker(kind)(**given), kind(**given)

    assert called == made
    assert hash(called) == hash(made)
    assert kind is type(made)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(made, attrs.fields(kind)[0].name, "other")


def test_every_field_arrives_at_its_place() -> None:
    """Each argument is set by its own name."""
    given = {one.name: object() for one in attrs.fields(order.Shipment)}
    made = maker(order.Shipment)(**given)  # type: ignore[arg-type]  # any object will do

    assert given == {name: getattr(made, name) for name in given}


def test_what_the_class_checks_is_checked() -> None:
    """An order with a naive datetime is refused as ever."""
    given = {**arguments(order.Order), "payment": order.Payment()}
    given["ordered_at"] = datetime(2026, 11, 22)  # noqa: DTZ001 -- the point of the test
    with pytest.raises(ConfigError, match="aware"):
        maker(order.Order)(**given)


def test_a_wrong_argument_is_refused() -> None:
    """As by the class: a field that there is not, and one that is missing."""
    make: Any = maker(order.Parcel)
    item: Any = maker(order.Item)
    for wrong in (lambda: make(colour="red"), item):
        with pytest.raises(TypeError):
            wrong()


@pytest.mark.parametrize(
    "kind", [Handling, attrs.make_class("Lists", {"some": attrs.field(factory=list)})]
)
def test_a_class_that_does_more_than_set_its_fields_is_refused(kind: Any) -> None:
    """Converters, validators and factories would be passed over."""
    with pytest.raises(TypeError, match="more than a plain field"):
        maker(kind)
