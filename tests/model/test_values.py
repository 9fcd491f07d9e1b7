"""Orders, handlings, write-backs and the journal as values."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime

import pytest
from attrs import evolve, fields
from attrs.exceptions import FrozenInstanceError

from mallsync.errors import ConfigError, DecodeError, NotSent
from mallsync.model.capabilities import Capabilities, Capability, Limit, Support
from mallsync.model.handling import Dispatch, Handling, as_names
from mallsync.model.journal import Entry, EntryKey, Lease, Step, StepState, digest
from mallsync.model.order import (
    Address,
    Contact,
    Gift,
    Item,
    Order,
    OrderKey,
    Payment,
    PickUp,
    Shipment,
)
from mallsync.model.period import JST
from mallsync.model.sighting import EVERYTHING, Covered, Remark, Seen, Unreadable
from mallsync.model.words import HostStatus, Phase, fold, is_blank
from mallsync.model.writebacks import (
    BuyerMessage,
    BuyerReview,
    ConnectionReport,
    NoticeResult,
    Outcome,
    Preview,
    Rating,
    ShipmentNotice,
    WriteResult,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=JST)
NAIVE = datetime(2026, 11, 22, 12)  # noqa: DTZ001 -- what the tests are about
KEY = OrderKey("rakuten", "my-shop", "1-2-3")
MARKER = "見本太郎"


def contact() -> Contact:
    """Return a person made of markers."""
    address = Address(
        postal_code=MARKER, prefecture=MARKER, city=MARKER, street=MARKER, building=MARKER,
        country=MARKER,
    )  # fmt: skip
    return Contact(
        family_name=MARKER, given_name=MARKER, family_name_kana=MARKER, given_name_kana=MARKER,
        company=MARKER, address=address, phone=MARKER, email=MARKER,
    )  # fmt: skip


def order() -> Order:
    """Return an order with a marker wherever a person may be."""
    shipment = Shipment(
        id="10",
        recipient=contact(),
        items=(Item(id="100", name="りんご", options=MARKER),),
        drop_off=MARKER,
        noshi=MARKER,
        pick_up=PickUp(store_name=MARKER, address=MARKER, remarks=MARKER),
    )
    return Order(
        key=KEY,
        phase=Phase.TO_SHIP,
        mall_status="300",
        ordered_at=NOW,
        buyer=contact(),
        shipments=(shipment,),
        remarks=MARKER,
        gift=Gift(requested=True),
        raw={"name": MARKER},
    )


NOTICE = ShipmentNotice(
    order_number="1-2-3",
    shipment_id="10",
    carrier="ヤマト運輸",
    delivery_methods=frozenset({"定形外", "メール便"}),
    tracking_numbers=("000011112222", "000011112233"),
    ship_date=date(2026, 11, 22),
    message=MARKER,
)


# --------------------------------------------------------------------------------- nobody shows


@pytest.mark.parametrize(
    "value",
    [
        contact(),
        contact().address,
        order(),
        order().shipments[0],
        order().shipments[0].items[0],
        NOTICE,
        Handling(memo=MARKER),
        BuyerReview(order_number="1", message=MARKER),
        BuyerMessage(order_number="1", text=MARKER),
        Seen(order()),
        Unreadable("1", {"name": MARKER}, DecodeError()),
        NoticeResult(notice=NOTICE, outcome=Outcome.SENT),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_repr_shows_a_person(value: object) -> None:
    """A value in a log or in a traceback is no leak."""
    assert MARKER not in repr(value)
    assert MARKER not in str(value)
    assert MARKER not in f"{value}"


def test_a_repr_still_shows_what_helps() -> None:
    """Which order, and what of it."""
    assert "1-2-3" in repr(order())
    assert "000011112222" in repr(NOTICE)
    assert "Contact(origin='mall')" == repr(contact())
    assert "Address()" == repr(contact().address)


# ------------------------------------------------------------------------------------- the order


@pytest.mark.parametrize(
    "name",
    ["ordered_at", "paid_at", "cancelled_at", "shipped_at", "completed_at", "updated_at"],
)
def test_an_order_takes_no_naive_datetime(name: str) -> None:
    """Whichever time it is."""
    with pytest.raises(ConfigError, match="aware datetimes"):
        evolve(order(), **{name: NAIVE})  # type: ignore[arg-type]  # wrong on purpose
    evolve(order(), **{name: NOW})  # type: ignore[arg-type]  # the names are the test's


def test_a_payment_time_is_aware_too() -> None:
    """It is one of the order's times."""
    with pytest.raises(ConfigError, match="aware datetimes"):
        evolve(order(), payment=Payment(paid_at=NAIVE))
    evolve(order(), payment=Payment(paid_at=NOW))


def test_an_order_is_known_by_its_key() -> None:
    """Mall, shop and number are one step away."""
    made = order()

    assert ("rakuten", "my-shop", "1-2-3") == (made.mall, made.shop_id, made.number)


def test_the_raw_record_takes_no_part_in_comparison() -> None:
    """The same order read twice is the same order."""
    assert order() == evolve(order(), raw=None)
    assert order() != evolve(order(), mall_status="500")


def test_values_are_frozen_and_cross_processes() -> None:
    """Nobody changes an order under the hands of another."""
    made = order()

    with pytest.raises(FrozenInstanceError):
        made.phase = Phase.DONE  # type: ignore[misc]  # wrong on purpose
    assert made == pickle.loads(pickle.dumps(made))  # noqa: S301 -- our own
    assert NOTICE == pickle.loads(pickle.dumps(NOTICE))  # noqa: S301 -- our own


def test_a_whole_sighting_covers_every_field_of_an_order() -> None:
    """A field that is added to `Order` is added there."""
    dotted = {"shipments.items", "shipments.parcels", "lines"}

    names = {one.name for one in fields(Order)}
    assert names - {"key", "raw"} == EVERYTHING - dotted
    assert EVERYTHING == Seen(order()).covers


def test_events_are_values() -> None:
    """Two that say the same are equal; the raw record of an unreadable one does not count."""
    error = DecodeError()

    assert Remark("CODE") == Remark("CODE", "")
    assert Covered(None, frozenset({"300"})) != Covered(None)  # type: ignore[arg-type]  # a period is no matter here
    assert Unreadable("1", {}, error) == Unreadable("1", [], error)


# ----------------------------------------------------------------------------------- the handling


def test_a_handling_begins_as_new_and_blank() -> None:
    """The shop fills it in."""
    assert HostStatus.NEW.value == Handling().status
    assert (None, "", frozenset(), "") == (
        Dispatch().ship_date,
        Dispatch().carrier,
        Dispatch().delivery_methods,
        Dispatch().tracking_number,
    )


@pytest.mark.parametrize("name", ["created_at", "updated_at"])
def test_the_times_of_a_handling_are_aware(name: str) -> None:
    """They are kept in Japan time; naive ones are refused."""
    made = Handling(**{name: NOW.astimezone(UTC)})  # type: ignore[arg-type]  # the names are the test's

    assert JST is getattr(made, name).tzinfo
    with pytest.raises(ConfigError, match="no time zone"):
        Handling(**{name: NAIVE})  # type: ignore[arg-type]  # wrong on purpose


def test_delivery_methods_are_a_set_of_names() -> None:
    """Any collection of text will do; a bare text would fall to letters."""
    assert frozenset({"a"}) == as_names({"a"}) == as_names(["a", "a"]) == as_names(("a",))
    for wrong in ("定形外", None, 7, {"a": 1}, [1], [None]):
        with pytest.raises(ConfigError, match=r'write {"定形外"}'):
            as_names(wrong)


@pytest.mark.parametrize("value", ["2026-11-22", NOW])
def test_a_ship_date_is_a_day(value: object) -> None:
    """Neither text nor a moment."""
    with pytest.raises(ConfigError, match=r"ship_date is .* write a date"):
        Dispatch(ship_date=value)
    with pytest.raises(ConfigError, match=r"ship_date is .* write a date"):
        ShipmentNotice(order_number="1", ship_date=value)


# -------------------------------------------------------------------------------- the write-backs


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("order_number", "", "write the mall's own order number"),
        ("order_number", "　", "write the mall's own order number"),
        ("order_number", 7, "write the mall's own order number"),
        ("shipment_id", 10, 'shipment_id is int: write text, "" for none'),
        ("carrier", None, 'carrier is NoneType: write text, "" for none'),
        ("message", None, 'message is NoneType: write text, "" for none'),
        ("delivery_methods", "定形外", 'write {"定形外"}'),
        ("delivery_methods", [1], 'write {"定形外"}'),
        ("tracking_numbers", "000011112222", 'write ("000011112222",)'),
        ("tracking_numbers", [11112222], 'write ("000011112222",)'),
        ("tracking_numbers", None, 'write ("000011112222",)'),
    ],
)
def test_a_notice_of_a_wrong_type_is_refused(name: str, value: object, said: str) -> None:
    """The text names the field and what to write."""
    with pytest.raises(ConfigError) as caught:
        ShipmentNotice(**{"order_number": "1", name: value})  # type: ignore[arg-type]  # wrong on purpose

    assert said in str(caught.value)


def test_a_notice_takes_lists_and_keeps_tuples() -> None:
    """So that it stays a value; blanks around the number are taken off."""
    notice = ShipmentNotice(order_number=" 1 ", tracking_numbers=["a", "b"])

    assert ("1", ("a", "b")) == (notice.order_number, notice.tracking_numbers)
    assert hash(notice)


@pytest.mark.parametrize(
    "make",
    [
        lambda number: BuyerReview(order_number=number, message="ok"),
        lambda number: BuyerMessage(order_number=number, text="ok"),
    ],
)
def test_other_write_backs_need_an_order_number_too(make: object) -> None:
    """And take it without blanks."""
    assert "1" == make(" 1").order_number  # type: ignore[operator]  # made by its name
    with pytest.raises(ConfigError):
        make("")  # type: ignore[operator]  # wrong on purpose


def test_results_hold_what_is_known() -> None:
    """With modest defaults."""
    error = NotSent()

    assert ((), (), None) == (
        NoticeResult(notice=NOTICE, outcome=Outcome.SENT).warnings,
        NoticeResult(notice=NOTICE, outcome=Outcome.SENT).lines,
        NoticeResult(notice=NOTICE, outcome=Outcome.SENT).error,
    )
    assert error is WriteResult(order_number="1", outcome=Outcome.NOT_SENT, error=error).error
    assert Preview() == Preview(dropped=(), problems=())
    assert ("接続できました。", None) == (
        ConnectionReport(ok=True).hint("ja"),
        ConnectionReport(ok=True).cause,
    )
    assert Rating.GOOD is BuyerReview(order_number="1", message="ok").rating


# ------------------------------------------------------------------------------------ the journal


def test_the_digest_of_a_notice_is_the_same_for_ever() -> None:
    """A journal on disk is compared with it years later: it depends on no order of a set."""
    assert "4d892af8d3339d79956c98293906b807" == digest(NOTICE)
    swapped = evolve(NOTICE, delivery_methods=frozenset({"メール便", "定形外"}))
    assert digest(NOTICE) == digest(swapped) == digest(evolve(NOTICE, revision=2))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("order_number", "2"),
        ("shipment_id", "11"),
        ("carrier", "佐川急便"),
        ("delivery_methods", frozenset()),
        ("tracking_numbers", ("000011112233", "000011112222")),
        ("ship_date", date(2026, 11, 23)),
        ("message", "another"),
    ],
)
def test_another_notice_has_another_digest(name: str, value: object) -> None:
    """Whatever would be written counts."""
    assert digest(NOTICE) != digest(evolve(NOTICE, **{name: value}))  # type: ignore[arg-type]  # the names are the test's


def test_an_entry_knows_its_steps_by_name() -> None:
    """One that was never begun is none."""
    step = Step(name="send", state=StepState.DONE, receipt="7")
    entry = Entry(key=EntryKey(KEY, "10"), payload="p", steps=(step,))

    assert step is entry.step("send")
    assert entry.step("other") is None
    assert ("notice", 1) == (entry.key.kind, entry.key.revision)
    assert 3 == Lease(name="rakuten/my-shop", holder="a", token=3, expires_at=NOW).token


# ------------------------------------------------------------------- capabilities, words and codes


def test_capabilities_tell_what_works_and_the_limits() -> None:
    """What is emulated works; what is not known does not."""
    day = date(2026, 11, 22)
    able = Capabilities(
        mall="rakuten",
        can=tuple(Capability(support.name, support, "source", day) for support in Support),
        limits=(Limit("batch", 100, "orders", "source", day),),
    )

    assert {"YES": True, "EMULATED": True, "NO": False, "UNKNOWN": False, "else": False} == {
        name: able.supports(name) for name in (*Support, "else")
    }
    assert 100 == able.limit("batch")
    with pytest.raises(KeyError):
        able.limit("else")


@pytest.mark.parametrize("text", [None, "", " ", "　", ",", "，", " , ", ",,", "\t\n"])
def test_a_field_with_nothing_in_it_is_blank(text: str | None) -> None:
    """Commas alone are what is left of empty columns."""
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", "-", "a", ",1", ".", "、"])
def test_a_field_with_something_in_it_is_not_blank(text: str) -> None:
    """Even a single mark says something."""
    assert not is_blank(text)


def test_names_are_compared_folded() -> None:
    """Width and blanks around make no difference, case does."""
    assert fold(" ﾔﾏﾄ運輸　") == fold("ヤマト運輸")
    assert fold("ＡＢＣ１") == "ABC1"
    assert fold("abc") != fold("ABC")


def test_an_order_takes_moments_of_any_zone() -> None:
    """As long as each has one."""
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    order = Order(
        key=OrderKey("rakuten", "demo", "1"),
        phase=Phase.TO_SHIP,
        mall_status="300",
        ordered_at=moment,
        paid_at=moment,
    )

    assert order.ordered_at == order.paid_at == moment
