"""What a notebook and a terminal show: enough to work with, and nobody's name by accident."""

from __future__ import annotations

from datetime import date, datetime

from attrs import evolve

from mallsync import Charges, Contact, Item, Order, OrderKey, Parcel, Phase, Shipment
from mallsync.model.display import MASK, mask, table, values
from mallsync.model.order import Address
from mallsync.model.period import JST
from mallsync.model.words import Hold

SECRET = "見本秘密"
PERSON = Contact(
    family_name=SECRET,
    company=SECRET,
    phone=SECRET,
    email=SECRET,
    address=Address(postal_code=SECRET, prefecture="北海道", city=SECRET, street=SECRET),
)
ORDER = Order(
    key=OrderKey("rakuten", "demo", "1-2-3"),
    phase=Phase.TO_SHIP,
    mall_status="300",
    ordered_at=datetime(2026, 11, 22, 9, 5, tzinfo=JST),
    buyer=PERSON,
    remarks=SECRET,
    charges=Charges(goods=2200, total=2700),
    holds=frozenset({Hold.CAUTION}),
    shipments=(
        Shipment(
            id="7",
            recipient=PERSON,
            items=(Item(id="1", name="<見本の品>", options=SECRET, quantity=2, unit_price=1100),),
            parcels=(
                Parcel(
                    carrier="ヤマト運輸",
                    tracking_number="000011112222",
                    ship_date=date(2026, 11, 22),
                ),
                Parcel(tracking_number="000011113333"),
            ),
        ),
    ),
    raw={"name": SECRET},
)


def test_a_notebook_shows_an_order_without_its_persons() -> None:
    """Masked where there is something; the prefecture is nobody's alone."""
    html = ORDER._repr_html_()

    assert SECRET not in html
    assert MASK in html
    for shown in ("1-2-3", "TO_SHIP (300)", "2026-11-22 09:05", "2,200 円", "CAUTION", "北海道"):
        assert shown in html
    assert "&lt;見本の品&gt;" in html
    assert "ヤマト運輸 000011112222 11-22 · 000011113333" in html


def test_persons_are_shown_when_it_is_asked_for() -> None:
    """On purpose: the notebook's file keeps what it shows."""
    html = ORDER.revealed()._repr_html_()

    assert 16 == html.count(SECRET)
    assert MASK not in html
    assert SECRET not in repr(ORDER.revealed())


def test_an_order_is_one_line_in_a_terminal() -> None:
    """Which, where it stands, when, and how much."""
    bare = evolve(ORDER, charges=Charges(), shipments=())

    assert (
        "<Order rakuten/demo 1-2-3, TO_SHIP (300), 2026-11-22 09:05, 1 shipments, 2,700 yen>"
        == repr(ORDER)
    )
    assert repr(bare).endswith("0 shipments>")
    assert SECRET not in f"{ORDER}"


def test_a_shipment_that_was_taken_out_or_is_anonymous_says_so() -> None:
    """And an order without a buyer shows none."""
    (shipment,) = ORDER.shipments
    items = (Item(id="1"),)
    odd = evolve(
        ORDER,
        buyer=None,
        shipments=(evolve(shipment, anonymous=True, cancelled=True, parcels=(), items=items),),
    )
    html = odd._repr_html_()

    assert "送付先 7: 匿名配送 · 取消" in html
    assert "注文者" not in html


def test_what_is_shown_is_escaped() -> None:
    """Wherever it stands."""
    text = '<b a="1">&'
    html = table([text], [[text]], caption=text, foot=text) + values({text: text})

    assert "<b" not in html.replace("<tbody", "").replace("<br", "")
    assert 6 == html.count("&lt;b a=&quot;1&quot;&gt;&amp;")


def test_a_table_takes_the_pages_colours() -> None:
    """So it reads on white and on black."""
    html = table(["a"], [[None], ["x\ny"]])

    assert "color:" not in html.replace("background:none", "")
    assert "x<br>y" in html
    assert ("", "x") == (mask(""), mask("x", shown=True))
