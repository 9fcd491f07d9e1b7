"""Bundles: which orders are written, and which orders could make one (R7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from mallsync import Address, Contact, Dispatch, Handling, Order, OrderKey, Parcel, Phase, Shipment
from mallsync.errors import ConfigError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.order import PickUp
from mallsync.model.period import JST
from mallsync.policy.bundle import Candidate, Part, Targets, candidates, targets
from mallsync.policy.settings import NoticeRule

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=JST)
MERCARI = "mercari_shops"
HOME = Contact(
    family_name="見本",
    given_name="花子",
    phone="03-0000-0000",
    address=Address(
        postal_code="100-0001", prefecture="東京都", city="千代田区", street="見本町1-2-3"
    ),
)
ELSEWHERE = Contact(
    family_name="試験",
    given_name="次郎",
    phone="06-0000-0000",
    address=Address(
        postal_code="530-0001", prefecture="大阪府", city="大阪市北区", street="試験町4-5"
    ),
)


def key(number: str, mall: str = MERCARI, shop_id: str = "s") -> OrderKey:
    """Return the key of an order."""
    return OrderKey(mall, shop_id, number)


def part(of: OrderKey, method: str = "ネコポス", *, anonymous: bool = False) -> Part:
    """Return an order of a bundle with its handling."""
    shipment = Shipment(id=of.number, anonymous=anonymous)
    order = Order(
        key=of,
        phase=Phase.TO_SHIP,
        mall_status="WAITING_FOR_SHIPPING",
        ordered_at=NOON,
        shipments=(shipment,),
    )
    return order, Handling(dispatches=(Dispatch(delivery_methods={method}),))


RAKURAKU = "らくらくメルカリ便"
LABELLED = [{"method": RAKURAKU}, {"method": "らくらくﾒﾙｶﾘ便　"}, {"anonymous": True}]


# ----------------------------------------------------------------------------- what is written


def test_the_parents_notice_goes_to_the_parent_and_to_every_child() -> None:
    """By any other method than the mall's own."""
    assert Targets(write=(key("1"), key("2"), key("3")), shared=True) == targets(
        part(key("1")), [part(key("2")), part(key("3"))]
    )


@pytest.mark.parametrize("labelled", LABELLED)
def test_with_the_malls_own_label_only_the_parent_is_written(labelled: Any) -> None:
    """Each child is for a person, and the parent's label is the mall's to print."""
    assert Targets(
        write=(key("1"),),
        manual=(key("2"), key("3")),
        warnings=(
            Reason(ReasonCode.MALL_LABEL_ONLY, "1"),
            Reason(ReasonCode.BUNDLE_CHILD_MANUAL, "2"),
            Reason(ReasonCode.BUNDLE_CHILD_MANUAL, "3"),
        ),
        shared=True,
    ) == targets(part(key("1"), **labelled), [part(key("2")), part(key("3"))])


@pytest.mark.parametrize("labelled", LABELLED)
def test_a_child_alone_makes_the_whole_bundle_so(labelled: Any) -> None:
    """Whichever it is."""
    found = targets(part(key("1")), [part(key("2")), part(key("3"), **labelled)])

    assert ((key("1"),), (key("2"), key("3"))) == (found.write, found.manual)


def test_an_order_without_children_is_a_bundle_of_its_own() -> None:
    """It is written, with the warning if the label is the mall's."""
    label = Reason(ReasonCode.MALL_LABEL_ONLY, "1")

    assert Targets(write=(key("1"),), shared=True) == targets(part(key("1")), [])
    assert (label,) == targets(part(key("1"), RAKURAKU), []).warnings


@pytest.mark.parametrize("mall", ["rakuten", "qoo10", "rakuma", "my-csv-shop"])
def test_on_other_malls_each_order_is_written_by_itself(mall: str) -> None:
    """With a notice of its own, whatever the method: there is no bundle on the mall."""
    one, two = key("1", mall), key("2", mall)

    assert Targets(write=(one, two)) == targets(part(one, RAKURAKU), [part(two)])


def test_a_caller_can_opt_in_on_other_malls() -> None:
    """Then the same holds there; and a caller can opt out."""
    one, two = key("1", "rakuma"), key("2", "rakuma")
    together = NoticeRule(children=True)

    assert targets(part(one), [part(two)], rule=together).shared
    assert (two,) == targets(part(one, RAKURAKU), [part(two)], rule=together).manual
    assert not targets(part(key("1")), [part(key("2"))], rule=NoticeRule()).shared


@given(
    st.lists(st.tuples(st.sampled_from(["", RAKURAKU, "ネコポス"]), st.booleans()), min_size=1),
    st.sampled_from([MERCARI, "rakuten"]),
    st.sampled_from([None, NoticeRule(children=True), NoticeRule()]),
)
def test_every_order_of_a_bundle_is_written_or_left_to_a_person(
    kinds: list[tuple[str, bool]], mall: str, rule: NoticeRule | None
) -> None:
    """Each once, the parent always written, and each that is not is named."""
    parts = [
        part(key(str(at), mall), method, anonymous=anonymous)
        for at, (method, anonymous) in enumerate(kinds)
    ]
    found = targets(parts[0], parts[1:], rule=rule)
    named = [one.detail for one in found.warnings if one.code == "BUNDLE_CHILD_MANUAL"]

    assert [order.key for order, _ in parts] == [*found.write, *found.manual]
    assert parts[0][0].key in found.write
    assert [one.number for one in found.manual] == named


@pytest.mark.parametrize(
    ("children", "said"),
    [
        (["1"], r"^order 1 is parent and child: name it once"),
        (["2", "2"], r"^children: an order comes twice"),
    ],
)
def test_an_order_is_in_a_bundle_once(children: list[str], said: str) -> None:
    """Else it would be written twice."""
    with pytest.raises(ConfigError, match=said):
        targets(part(key("1")), [part(key(number)) for number in children])


@pytest.mark.parametrize("other", [key("2", "rakuten"), key("2", shop_id="t")])
def test_a_bundle_is_of_one_shop(other: OrderKey) -> None:
    """A mall ships for one shop at a time."""
    with pytest.raises(ConfigError, match=r"^children: a bundle is of one shop"):
        targets(part(key("1")), [part(other)])


@pytest.mark.parametrize("wrong", [None, key("1"), part(key("1"))[0], (1, 2)])
def test_what_is_no_pair_is_refused_with_an_example(wrong: Any) -> None:
    """An order alone does not say by which method it goes."""
    with pytest.raises(
        ConfigError, match=rf"^parent is {type(wrong).__name__}: write a pair, \(order, handling\)"
    ):
        targets(wrong, [])
    with pytest.raises(ConfigError, match=r"^a child is \w+: write a pair, \(order, handling\)"):
        targets(part(key("2")), [wrong])


def test_a_rule_of_another_type_is_refused_with_an_example() -> None:
    """True says too little."""
    wrong: Any = True

    with pytest.raises(ConfigError, match=r"^rule is bool: write NoticeRule\(children=True\)"):
        targets(part(key("1")), [], rule=wrong)


# ------------------------------------------------------------------- what could be shipped together


def order(number: str, recipient: Contact | None = HOME, **changed: Any) -> Order:
    """Return an order to a recipient."""
    made = Order(
        key=key(number, "rakuten"),
        phase=Phase.TO_SHIP,
        mall_status="300",
        ordered_at=NOON + timedelta(minutes=int(number)),
        shipments=(Shipment(id="1", recipient=recipient),),
    )
    return evolve(made, **changed)


def found(*orders: Order) -> list[tuple[list[str], tuple[str, ...]]]:
    """Return the numbers and the differing fields of the candidates."""
    return [([one.number for one in got.keys], got.differs) for got in candidates(orders)]


def moved(**address: str) -> Contact:
    """Return the recipient at a changed address."""
    return evolve(HOME, address=evolve(HOME.address, **address))


def test_orders_of_a_shop_to_one_recipient_could_be_shipped_together() -> None:
    """All of them in one group; one to somebody else is in none."""
    assert [(["1", "2", "4"], ())] == found(
        order("1"), order("2"), order("3", ELSEWHERE), order("4")
    )


@pytest.mark.parametrize(
    "same",
    [
        evolve(HOME, family_name=" 見　本", given_name="花子 "),
        evolve(HOME, family_name="見本花子", given_name=""),
        evolve(HOME, phone="０３（００００）００００"),
        moved(postal_code="〒1000001"),
        moved(street="見本町１ー２−３"),
        moved(prefecture="", city="", street="東京都千代田区 見本町1-2-3"),
        evolve(HOME, email="other@example.com", family_name_kana="ミホン"),
    ],
)
def test_a_recipient_is_the_same_however_it_is_written(same: Contact) -> None:
    """Spaces, width, hyphens, and where the mall cuts a line; kana and mail do not count."""
    assert [(["1", "2"], ())] == found(order("1"), order("2", same))


def test_case_and_half_width_kana_do_not_matter() -> None:
    """A building has a name in letters."""
    assert [(["1", "2"], ())] == found(
        order("1", moved(building="Ｓｕｎハイツ")), order("2", moved(building="SUNﾊｲﾂ"))
    )


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        (moved(street="見本町1-2-4"), ("address.street",)),
        (moved(building="201"), ("address.building",)),
        (moved(city="千代田区霞が関"), ("address.city",)),
        (moved(prefecture="東京"), ("address.prefecture",)),
        (evolve(HOME, given_name="太郎"), ("given_name",)),
        (evolve(HOME, family_name="試験", given_name="太郎"), ("family_name", "given_name")),
        (evolve(HOME, company="見本商店"), ("company",)),
        (evolve(HOME, phone="090-0000-0000"), ("phone",)),
        (evolve(HOME, phone=""), ("phone",)),
    ],
)
def test_a_near_miss_names_the_fields_that_differ(other: Contact, differs: tuple[str, ...]) -> None:
    """Phone and postal code agree, or name and postal code."""
    assert [(["1", "2"], differs)] == found(order("1"), order("2", other))


@pytest.mark.parametrize(
    "other",
    [
        ELSEWHERE,
        moved(postal_code="100-0002"),
        moved(postal_code=""),
        evolve(HOME, phone="090-0000-0000", given_name="太郎"),
        evolve(ELSEWHERE, phone=HOME.phone),
        None,
    ],
)
def test_less_in_common_is_no_near_miss(other: Contact | None) -> None:
    """A postal code, a phone or a name alone is shared by many."""
    assert [] == found(order("1"), order("2", other))


def test_a_near_miss_stands_beside_the_group_that_it_would_join() -> None:
    """The sure ones first."""
    assert [(["1", "3"], ()), (["1", "2", "3"], ("address.street",))] == found(
        order("1"), order("2", moved(street="見本町9")), order("3")
    )


def test_a_near_miss_is_told_once() -> None:
    """By the phone, and not again by the name; another phone makes another group."""
    away = moved(street="見本町9")

    assert [(["1", "2"], ("address.street",))] == found(order("1"), order("2", away))
    assert [
        (["1", "2"], ("address.street",)),
        (["1", "2", "3"], ("phone", "address.street")),
    ] == found(order("1"), order("2", away), order("3", evolve(HOME, phone="090")))


@pytest.mark.parametrize(
    "changed",
    [
        {"phase": Phase.SHIPPED},
        {"phase": Phase.DONE},
        {"phase": Phase.CANCELLED},
        {"phase": Phase.UNKNOWN},
        {"shipped_at": NOON},
        {"cancelled_at": NOON},
        {"shipments": ()},
        {"shipments": (Shipment(id="1", recipient=HOME), Shipment(id="2", recipient=HOME))},
        {"shipments": (Shipment(id="1", recipient=HOME, cancelled=True),)},
        {"shipments": (Shipment(id="1", recipient=HOME, anonymous=True),)},
        {"shipments": (Shipment(id="1", recipient=HOME, pick_up=PickUp(store_code="1")),)},
        {"shipments": (Shipment(id="1", recipient=HOME, parcels=(Parcel(tracking_number="1"),)),)},
        {"shipments": (Shipment(id="1", recipient=HOME, parcels=(Parcel(ship_date=DAY),)),)},
        {"shipments": (Shipment(id="1"),)},
        {"key": key("2", "rakuten", "another")},
        {"key": key("2", "rakuma")},
    ],
)
def test_an_order_that_cannot_go_along_is_no_candidate(changed: Any) -> None:
    """Shipped, cancelled, in several parts, hidden, to a counter, or of another shop."""
    assert [] == found(order("1"), order("2", **changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"phase": Phase.UNPAID},
        {"phase": Phase.HELD},
        {"shipments": (Shipment(id="1", recipient=HOME, parcels=(Parcel(id="9"),)),)},
        {
            "shipments": (
                Shipment(id="1", recipient=ELSEWHERE, cancelled=True),
                Shipment(id="2", recipient=HOME),
            )
        },
    ],
)
def test_an_order_that_still_waits_can_go_along(changed: Any) -> None:
    """Unpaid, held, with an unfilled record, or with one live shipment among cancelled ones."""
    assert [(["1", "2"], ())] == found(order("1"), order("2", **changed))


@pytest.mark.parametrize(
    "little",
    [
        Contact(),
        Contact(family_name="見本"),
        Contact(address=HOME.address),
        Contact(family_name="見本", phone="03", address=Address(postal_code="1000001")),
    ],
)
def test_two_recipients_of_whom_little_is_told_are_not_one(little: Contact) -> None:
    """Blank is not the same as blank: name and address are needed."""
    assert [] == found(order("1", little), order("2", little))


def test_an_order_that_comes_twice_is_one_and_the_last_counts() -> None:
    """Repeated sightings are one order."""
    assert [] == found(order("1"), order("1"))
    assert [] == found(order("1"), order("2"), order("2", ELSEWHERE))


def test_nothing_personal_shows_in_a_repr() -> None:
    """Keys and names of fields only."""
    shown = repr(candidates([order("1"), order("2", moved(street="見本町9"))]))

    assert "address.street" in shown
    assert not any(told in shown for told in ("見本", "花子", "0000-0000", "100", "東京"))


def test_a_candidate_is_near_when_something_differs() -> None:
    """So a host can show the sure ones first."""
    assert not Candidate((key("1"), key("2"))).near
    assert Candidate((key("1"), key("2")), ("phone",)).near


contacts = st.builds(
    Contact,
    family_name=st.sampled_from(["見本", "試験", ""]),
    phone=st.sampled_from(["03", "06", ""]),
    address=st.builds(
        Address,
        postal_code=st.sampled_from(["1000001", ""]),
        street=st.sampled_from(["1-2", "１ー２", "3", ""]),
    ),
)
many = st.lists(contacts, max_size=12).map(
    lambda some: [order(str(at), one) for at, one in enumerate(some)]
)


@given(many, st.randoms())
def test_the_order_of_the_orders_does_not_matter(orders: list[Order], chance: Any) -> None:
    """A store may give them in any."""
    mixed = list(orders)
    chance.shuffle(mixed)

    assert candidates(orders) == candidates(mixed)


@given(many)
def test_an_order_has_one_recipient_and_a_near_miss_has_several(orders: list[Order]) -> None:
    """The sure groups share no order; each group is told once, the oldest first."""
    made = candidates(orders)
    sure = [one for got in made if not got.near for one in got.keys]

    assert len(sure) == len(set(sure))
    assert len(made) == len({got.keys for got in made})
    assert all(len(got.keys) > 1 for got in made)
    assert all(list(got.keys) == sorted(got.keys, key=lambda one: int(one.number)) for got in made)
    assert sorted(made, key=lambda got: got.near) == list(made)
