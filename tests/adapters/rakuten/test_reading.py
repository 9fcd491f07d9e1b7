"""A record of getOrder becomes an `Order`: each rule with the smallest record that shows it."""

from __future__ import annotations

import copy
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mallsync import Address, Charges, Contact, Order, Parcel, Payment, Phase
from mallsync.adapters.rakuten.reading import Reader
from mallsync.adapters.rakuten.remarks import slot_of_term, wish_of_remarks
from mallsync.errors import DecodeError
from mallsync.model.order import Discount, Gift, PickUp, Shipment, Wrapping
from mallsync.model.period import JST
from mallsync.model.words import Funder, Hold
from mallsync.wire.moments import moment
from tests.adapters.rakuten.made import BASKET, NUMBER, detail, item, package, record, sender

UNDECIDED = -9999


def read(**changes: Any) -> Order:
    """Read a record with some keys changed."""
    return Reader("demo").read(record(**changes))


def shipment(**changes: Any) -> Shipment:
    """Read a record whose only package has some keys changed."""
    (only,) = read(PackageModelList=[package(**changes)]).shipments
    return only


def without(found: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return a record without some of its keys."""
    return {key: value for key, value in found.items() if key not in keys}


# ------------------------------------------------------------------------------- the order itself


def test_an_order_carries_its_key_its_times_and_its_record() -> None:
    """The key names mall, shop and number; times are in Japan; raw is the record itself."""
    raw = record(shippingCmplRptDatetime="2026-11-22T00:05:00+0900")
    order = Reader("demo").read(raw)

    assert ("rakuten", "demo", NUMBER) == (order.mall, order.shop_id, order.number)
    assert datetime(2026, 11, 20, 21, 5, 9, tzinfo=JST) == order.ordered_at
    assert datetime(2026, 11, 22, 0, 5, tzinfo=JST) == order.shipped_at
    assert (None, None, None, None) == (
        order.paid_at,
        order.cancelled_at,
        order.completed_at,
        order.updated_at,
    )
    assert order.raw is raw


def test_the_record_is_dropped_where_it_is_not_wanted() -> None:
    """A reader that keeps no raw gives an equal order without it."""
    order = Reader("demo", keep_raw=False).read(record())

    assert order.raw is None
    assert read() == order


@pytest.mark.parametrize(
    ("progress", "phase"),
    [
        (100, Phase.UNPAID),
        (200, Phase.UNPAID),
        (300, Phase.TO_SHIP),
        (400, Phase.HELD),
        (500, Phase.SHIPPED),
        (600, Phase.SHIPPED),
        (700, Phase.DONE),
        (800, Phase.HELD),
        (900, Phase.CANCELLED),
        (850, Phase.UNKNOWN),
        (0, Phase.UNKNOWN),
    ],
)
def test_an_order_progress_is_a_phase_and_kept_as_text(progress: int, phase: Phase) -> None:
    """The nine documented values have a phase, any other is UNKNOWN; the lines follow."""
    order = read(orderProgress=progress)

    assert (str(progress), phase) == (order.mall_status, order.phase)
    assert phase is order.shipments[0].items[0].phase


def test_a_cancelled_order_tells_when_it_was_cancelled() -> None:
    """The latest time of a settled cancellation counts; one that was withdrawn does not."""
    changes = [
        _change(0, fix="2026-11-25T09:00:00+0900"),
        _change(1, fix="2026-11-21T09:00:00+0900"),
        _change(2, fix="2026-11-21T09:00:00+0900", done="2026-11-21T10:00:00+0900"),
        _change(3, done="2026-11-24T09:00:00+0900"),
        _change(None),
    ]
    cancelled = read(orderProgress=900, ChangeReasonModelList=changes)
    live = read(orderProgress=300, ChangeReasonModelList=changes)

    assert datetime(2026, 11, 21, 10, 0, tzinfo=JST) == cancelled.cancelled_at
    assert live.cancelled_at is None


@pytest.mark.parametrize("changes", [None, [], [{"changeType": 2}], [{}]])
def test_a_cancelled_order_may_not_say_when(changes: object) -> None:
    """Without a time in the changes there is none to tell."""
    assert read(orderProgress=900, ChangeReasonModelList=changes).cancelled_at is None


def _change(kind: int | None, fix: str | None = None, done: str | None = None) -> dict[str, Any]:
    return {"changeType": kind, "changeFixDatetime": fix, "changeCmplDatetime": done}


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01T10:15:30+0900",
        "2026-04-01T10:15:30+09:00",
        "2026-04-01T01:15:30Z",
        "2026-04-01T10:15:30",
        "2026-04-01 10:15:30",
    ],
)
def test_a_moment_is_read_with_any_spelling_of_its_zone(text: str) -> None:
    """Both spellings of the offset are documented; without one it is Japan's."""
    assert datetime(2026, 4, 1, 10, 15, 30, tzinfo=JST) == moment(text)
    assert JST is moment(text).tzinfo


# ----------------------------------------------------------------------------------------- people


def test_the_buyer_is_the_orderer_with_the_masked_address() -> None:
    """Every part of the orderer is kept; the relay address is the e-mail."""
    assert (
        Contact(
            family_name="見本",
            given_name="一子",
            family_name_kana="ミホン",
            given_name_kana="イチコ",
            address=Address(
                postal_code="100-0009", prefecture="東京都", city="架空区", street="見本町7-8-9"
            ),
            phone="03-0000-0031",
            email="00000000000000000000000000000031s1@pc.fw.rakuten.ne.jp",
        )
        == read().buyer
    )


def test_the_recipient_is_what_rakuten_calls_the_sender() -> None:
    """SenderModel is the person who gets the parcel; it has no e-mail."""
    changed = sender(familyName="例示", firstName=None, familyNameKana=None, firstNameKana=None)
    contact = shipment(SenderModel=changed).recipient

    assert contact is not None
    assert ("例示", "", "", "") == (
        contact.family_name,
        contact.given_name,
        contact.family_name_kana,
        contact.given_name_kana,
    )
    assert contact.email == ""


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("03", "0000", "0031"), "03-0000-0031"),
        ((None, "0000", "0031"), "0000-0031"),
        (("0300", None, "0031"), "0300-0031"),
        (("03", "0000", None), "03-0000"),
        (("", "09000000031", ""), "09000000031"),
        ((None, None, None), ""),
    ],
)
def test_a_phone_is_what_is_there_of_its_three_parts(
    parts: tuple[str | None, ...], expected: str
) -> None:
    """One of the parts may be null; leading zeros stay."""
    changed = sender(**{f"phoneNumber{place}": part for place, part in enumerate(parts, 1)})
    contact = shipment(SenderModel=changed).recipient

    assert contact is not None
    assert expected == contact.phone


def test_a_postal_code_keeps_its_zeros() -> None:
    """Both parts are text: 060-0001 is not 60-1."""
    contact = shipment(SenderModel=sender(zipCode1="060", zipCode2="0001")).recipient

    assert contact is not None
    assert contact.address.postal_code == "060-0001"


# -------------------------------------------------------------------------- packages and parcels


def test_each_package_is_a_shipment_of_its_own() -> None:
    """Several destinations come with their own ids, people, items, sums and parcels."""
    other = package(
        basketId=7,
        SenderModel=sender(familyName="例示"),
        ItemModelList=[item(itemDetailId=71), item(itemDetailId=72)],
        noshi="御祝",
        goodsPrice=4400,
        postagePrice=0,
        deliveryPrice=330,
        totalPrice=4400,
    )
    one, two = read(PackageModelList=[package(), other]).shipments

    assert (str(BASKET), "7") == (one.id, two.id)
    assert ["71", "72"] == [item_.id for item_ in two.items]
    assert ("", "御祝") == (one.noshi, two.noshi)
    assert Charges(goods=2200, shipping=600, cod_fee=0, total=2800) == one.charges
    assert Charges(goods=4400, shipping=0, cod_fee=330, total=4400) == two.charges
    assert two.recipient is not None
    assert two.recipient.family_name == "例示"


def test_each_shipping_record_is_a_parcel() -> None:
    """Carrier by the mall's name, else by the table, else by nothing; null is empty."""
    told = {**detail(1, "000011112222", "1003", "2026-11-22"), "deliveryCompanyName": "見本の名"}
    parcels = shipment(
        ShippingModelList=[told, detail(2, "A-1", "1028"), detail(3, None, "9999"), detail(4)]
    ).parcels

    assert (
        Parcel(
            id="1",
            carrier="見本の名",
            carrier_code="1003",
            tracking_number="000011112222",
            ship_date=date(2026, 11, 22),
        ),
        Parcel(id="2", carrier="Rakuten EXPRESS", carrier_code="1028", tracking_number="A-1"),
        Parcel(id="3", carrier_code="9999"),
        Parcel(id="4"),
    ) == parcels


@pytest.mark.parametrize("records", [None, []])
def test_a_package_may_have_no_parcel_yet(records: object) -> None:
    """Null and an empty list say the same."""
    assert () == shipment(ShippingModelList=records).parcels


def test_a_ship_date_of_empty_text_is_none() -> None:
    """Empty and null are read alike."""
    assert shipment(ShippingModelList=[detail(1, day="")]).parcels[0].ship_date is None


def test_a_removed_package_is_kept_and_cancelled() -> None:
    """It stays with its lines, all of them cancelled; the order's phase is its own."""
    order = read(PackageModelList=[package(), package(basketId=7, packageDeleteFlag=1)])

    assert order.phase is Phase.TO_SHIP
    assert [False, True] == [one.cancelled for one in order.shipments]
    assert [Phase.TO_SHIP, Phase.CANCELLED] == [one.items[0].phase for one in order.shipments]


def test_a_removed_item_is_kept_and_cancelled() -> None:
    """A line that was taken out is still told, beside those that remain."""
    lines = [item(), item(itemDetailId=72, deleteItemFlag=1)]

    assert [Phase.TO_SHIP, Phase.CANCELLED] == [
        line.phase for line in shipment(ItemModelList=lines).items
    ]


@pytest.mark.parametrize(
    ("flag", "place", "expected"),
    [
        (1, "玄関前", "玄関前"),
        (1, "ポスト（郵便受箱）", "ポスト（郵便受箱）"),
        (1, None, ""),
        (0, None, ""),
        (0, "玄関前", ""),
        (None, "玄関前", ""),
    ],
)
def test_the_place_for_unattended_delivery_counts_only_with_its_flag(
    flag: int | None, place: str | None, expected: str
) -> None:
    """置き配: flag 0 means that the parcel is handed over, whatever place is told."""
    assert expected == shipment(dropOffFlag=flag, dropOffLocation=place).drop_off


def test_a_pick_up_names_the_shop_that_keeps_the_parcel() -> None:
    """コンビニ受取: the store's address is where the parcel goes."""
    store = {
        "cvsCode": 50,
        "storeGenreCode": "1",
        "storeCode": "00031",
        "storeName": "見本店",
        "storeZip": "0600001",
        "storePrefecture": "北海道",
        "storeAddress": "架空市1-1",
        "areaCode": None,
        "depo": None,
        "openTime": "07:00",
        "closeTime": "23:00",
        "cvsRemarks": "見本の備考",
    }

    assert (
        PickUp(
            chain_code="50",
            store_code="00031",
            store_name="見本店",
            postal_code="0600001",
            prefecture="北海道",
            address="架空市1-1",
            hours="07:00-23:00",
            remarks="見本の備考",
        )
        == shipment(DeliveryCvsModel=store).pick_up
    )


def test_a_pick_up_of_which_nothing_is_told_is_empty() -> None:
    """Each part of a store may be null."""
    names = ("cvsCode", "storeCode", "storeName", "storeZip", "storePrefecture", "storeAddress")
    nothing = dict.fromkeys((*names, "openTime", "closeTime", "cvsRemarks"))

    assert PickUp() == shipment(DeliveryCvsModel=nothing).pick_up


# ------------------------------------------------------------------------------------------ items


def test_an_item_carries_its_sku_its_options_and_its_prices() -> None:
    """SKU管理番号 is the sku; the buyer's choices come before those of the variation."""
    (line,) = shipment(
        ItemModelList=[
            item(
                price=1200,
                priceTaxIncl=1296,
                taxRate=0.08,
                units=3,
                selectedChoice="名入れ:見本\nのし:あり",
            )
        ]
    ).items

    assert ("5000000032", "mihon-pot", "pot-blue", "見本の急須") == (
        line.id,
        line.product_id,
        line.sku,
        line.name,
    )
    assert line.options == "名入れ:見本\nのし:あり\n色:藍"
    assert (3, 1200, 1296, 0.08) == (
        line.quantity,
        line.unit_price,
        line.price_with_tax,
        line.tax_rate,
    )


@pytest.mark.parametrize(
    ("chosen", "info", "expected"),
    [("a:b", None, "a:b"), (None, "c:d", "c:d"), ("", "", ""), (None, None, "")],
)
def test_options_are_what_is_told_of_both(
    chosen: str | None, info: str | None, expected: str
) -> None:
    """Either may be missing, and no empty line is left."""
    line = item(selectedChoice=chosen, SkuModelList=[{"variantId": "v", "skuInfo": info}])

    assert expected == shipment(ItemModelList=[line]).items[0].options


@pytest.mark.parametrize(
    "skus", [None, [], [{}], [{"variantId": "", "skuInfo": None}], [{"variantId": None}]]
)
def test_an_item_from_before_the_sku_migration_has_its_item_number(skus: object) -> None:
    """Orders of that time have no SKU管理番号: 商品番号 with the choices appended stands in."""
    line = item(itemNumber="POT-31-blue-l", SkuModelList=skus)

    assert shipment(ItemModelList=[line]).items[0].sku == "POT-31-blue-l"


def test_an_item_without_any_number_has_an_empty_sku() -> None:
    """Nothing is made up for an item that has neither."""
    line = item(itemNumber=None, SkuModelList=None, manageNumber=None)
    read_item = shipment(ItemModelList=[line]).items[0]

    assert ("", "") == (read_item.sku, read_item.product_id)


def test_an_old_item_may_lack_its_tax() -> None:
    """Orders from before the tax reform have no rate and no price with tax."""
    line = shipment(ItemModelList=[item(taxRate=None, priceTaxIncl=None)]).items[0]

    assert (None, None) == (line.tax_rate, line.price_with_tax)


def test_a_tax_rate_may_be_a_whole_number() -> None:
    """0 % arrives without a point."""
    assert shipment(ItemModelList=[item(taxRate=0)]).items[0].tax_rate == 0


# ------------------------------------------------------------------------------------------ money


def test_the_charges_are_the_orders_own_sums() -> None:
    """Each amount stands in its place; the tax is that of all rates together."""
    order = read(
        goodsPrice=7800,
        postagePrice=800,
        deliveryPrice=330,
        paymentCharge=250,
        additionalFeeOccurAmountToUser=110,
        totalPrice=8696,
        requestPrice=7896,
        PointModel={"usedPoint": 500},
        TaxSummaryModelList=[{"reqPriceTax": 645}, {"reqPriceTax": 96}],
    )

    assert (
        Charges(
            goods=7800,
            shipping=800,
            cod_fee=330,
            payment_fee=250,
            wrapping=0,
            buyer_fee=110,
            points=500,
            tax=741,
            total=8696,
            requested=7896,
        )
        == order.charges
    )


@pytest.mark.parametrize("taxes", [None, []])
def test_a_tax_that_is_not_told_is_none(taxes: object) -> None:
    """No summary is no statement about the tax."""
    assert read(TaxSummaryModelList=taxes).charges.tax is None


def test_points_that_were_not_used_are_zero() -> None:
    """PointModel is null when no points were used."""
    assert read(PointModel=None).charges.points == 0


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("goodsPrice", "goods"),
        ("postagePrice", "shipping"),
        ("deliveryPrice", "cod_fee"),
        ("paymentCharge", "payment_fee"),
        ("additionalFeeOccurAmountToUser", "buyer_fee"),
        ("totalPrice", "total"),
        ("requestPrice", "requested"),
    ],
)
def test_an_amount_that_is_not_decided_is_none_and_holds_the_order(key: str, field: str) -> None:
    """-9999 is no money: the amount is None, and the order must wait."""
    order = read(**{key: UNDECIDED})

    assert getattr(order.charges, field) is None
    assert frozenset({Hold.AMOUNT_UNDECIDED}) == order.holds


def test_an_undecided_postage_of_one_package_holds_the_order() -> None:
    """A package's own amounts count, too."""
    order = read(PackageModelList=[package(postagePrice=UNDECIDED, totalPrice=UNDECIDED)])

    assert Charges(goods=2200, cod_fee=0) == order.shipments[0].charges
    assert frozenset({Hold.AMOUNT_UNDECIDED}) == order.holds


def _coupon(yen: int, funder: int = 1, **more: Any) -> dict[str, Any]:
    return {"couponCapitalCode": funder, "couponTotalPrice": yen, **more}


def test_coupons_are_told_by_who_pays_for_them() -> None:
    """Shop, maker and Rakuten are told apart, and an unknown funder is kept as such."""
    order = read(
        couponAllTotalPrice=1000,
        couponShopPrice=100,
        CouponModelList=[
            _coupon(100, 1, couponCode="AAAA-0031", couponName="見本クーポン"),
            _coupon(200, 2),
            _coupon(300, 3, couponCode=None, couponName=None),
            _coupon(400, 9),
        ],
    )

    assert (
        Discount(funder=Funder.SHOP, amount=100, name="見本クーポン", code="AAAA-0031"),
        Discount(funder=Funder.MAKER, amount=200),
        Discount(funder=Funder.MALL, amount=300),
        Discount(funder=Funder.UNKNOWN, amount=400),
    ) == order.charges.discounts


@pytest.mark.parametrize("coupons", [None, [], [_coupon(250)], [_coupon(400), _coupon(1)]])
def test_coupons_that_do_not_add_up_give_way_to_the_orders_totals(coupons: object) -> None:
    """The order's own sums decide: the shop's part, and the rest of unknown funder."""
    order = read(couponAllTotalPrice=400, couponShopPrice=150, CouponModelList=coupons)

    assert (
        Discount(funder=Funder.SHOP, amount=150),
        Discount(funder=Funder.UNKNOWN, amount=250),
    ) == order.charges.discounts


@pytest.mark.parametrize(("by_shop", "funder"), [(400, Funder.SHOP), (0, Funder.UNKNOWN)])
def test_a_total_that_one_side_pays_alone_is_one_discount(by_shop: int, funder: Funder) -> None:
    """No discount of zero yen is told."""
    order = read(couponAllTotalPrice=400, couponShopPrice=by_shop)

    assert (Discount(funder=funder, amount=400),) == order.charges.discounts


def test_no_coupon_is_no_discount() -> None:
    """The list is null when no coupon was used."""
    assert () == read(couponAllTotalPrice=0, CouponModelList=None).charges.discounts


# --------------------------------------------------------------------------------- gifts, wrapping


def _wrapping(title: int, price: int | None, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "name": "見本の包み",
        "price": price,
        "includeTaxFlag": 1,
        "deleteWrappingFlag": 0,
        "taxRate": 0.1,
        "taxPrice": 10,
        **more,
    }


def test_wrappings_are_told_and_summed_with_tax() -> None:
    """A price without tax gets its tax; one that includes it does not."""
    order = read(
        WrappingModel1=_wrapping(1, 100, includeTaxFlag=0), WrappingModel2=_wrapping(2, 110)
    )

    assert order.charges.wrapping == 220
    assert (
        Gift(
            wrappings=(
                Wrapping(kind="包装紙", name="見本の包み", price=100),
                Wrapping(kind="リボン", name="見本の包み", price=110),
            )
        )
        == order.gift
    )


def test_a_wrapping_that_was_taken_out_counts_no_more() -> None:
    """A deleted wrapping is neither told nor summed."""
    order = read(
        WrappingModel1=_wrapping(1, 220, deleteWrappingFlag=1), WrappingModel2=_wrapping(2, 110)
    )

    assert order.charges.wrapping == 110
    assert order.gift is not None
    assert ["リボン"] == [one.kind for one in order.gift.wrappings]


@pytest.mark.parametrize(("price", "tax", "expected"), [(None, None, 0), (100, None, 100)])
def test_a_wrapping_may_have_no_price_and_no_tax(
    price: int | None, tax: int | None, expected: int
) -> None:
    """Null is nothing to pay."""
    model = _wrapping(3, price, taxPrice=tax, includeTaxFlag=0)
    order = read(WrappingModel1=model)

    assert expected == order.charges.wrapping
    assert order.gift is not None
    assert ["3"] == [one.kind for one in order.gift.wrappings]


def test_a_wrapping_whose_price_is_not_decided_holds_the_order() -> None:
    """The sum is None, and so is the wrapping's own price."""
    order = read(WrappingModel1=_wrapping(1, UNDECIDED), WrappingModel2=_wrapping(2, 110))

    assert order.charges.wrapping is None
    assert order.gift is not None
    assert [None, 110] == [one.price for one in order.gift.wrappings]
    assert frozenset({Hold.AMOUNT_UNDECIDED}) == order.holds


def test_a_gift_may_be_asked_for_without_wrapping() -> None:
    """ギフト配送希望 alone makes a gift."""
    assert Gift(requested=True) == read(giftCheckFlag=1).gift


def test_an_ordinary_order_is_no_gift() -> None:
    """Neither flag, no wrapping: no gift."""
    assert read().gift is None


def _form(done: int, due: str | None = "2026-12-05") -> dict[str, Any]:
    return {
        "sgMngNumber": "999003-20261120-000000031-sg",
        "inputDueDate": due,
        "inputFlag": done,
        "inputCompDatetime": None,
        "receiverEmailAddress": None,
    }


def test_a_social_gift_without_an_address_holds_the_order() -> None:
    """Version 10: the form says that the recipient has not entered the address yet."""
    order = read(
        socialGiftFlag=1,
        PackageModelList=[
            package(SocialGiftModel=_form(0), SenderModel=sender(**_PLACEHOLDER)),
            package(basketId=7, SocialGiftModel=_form(1, "2026-12-07")),
        ],
    )

    assert Gift(social=True, address_due=date(2026, 12, 7)) == order.gift
    assert frozenset({Hold.GIFT_ADDRESS_OPEN}) == order.holds
    assert order.shipments[0].recipient is None
    assert order.shipments[1].recipient is not None


@pytest.mark.parametrize("due", [None, "2026-12-05"])
def test_a_social_gift_with_its_address_is_an_ordinary_shipment(due: str | None) -> None:
    """Version 10: once the form is filled in, the order goes its way."""
    order = read(socialGiftFlag=1, PackageModelList=[package(SocialGiftModel=_form(1, due))])

    assert frozenset() == order.holds
    assert order.shipments[0].recipient is not None
    assert order.gift is not None
    assert (due and date.fromisoformat(due)) == order.gift.address_due


_PLACEHOLDER = {
    "zipCode1": "999",
    "zipCode2": "9999",
    **dict.fromkeys(("prefecture", "city", "subAddress", "familyName", "firstName"), "入力待ち"),
    **dict.fromkeys(("familyNameKana", "firstNameKana"), "ニュウリョクマチ"),
    "phoneNumber1": "999",
    "phoneNumber2": "9999",
    "phoneNumber3": "9999",
}


def test_up_to_version_9_only_the_placeholder_tells_an_open_social_gift() -> None:
    """Without a form, 999-9999 and 入力待ち are what the mall shows for an address."""
    bare = without(package(SenderModel=sender(**_PLACEHOLDER)), "SocialGiftModel")
    raw = without(record(PackageModelList=[bare]), "socialGiftFlag")
    order = Reader("demo").read(raw)

    assert frozenset({Hold.GIFT_ADDRESS_OPEN}) == order.holds
    assert order.shipments[0].recipient is None


@pytest.mark.parametrize("part", [{"zipCode1": "998"}, {"prefecture": "北海道"}])
def test_one_part_of_the_placeholder_alone_is_an_address(part: dict[str, str]) -> None:
    """A real address may resemble it by half."""
    assert shipment(SenderModel=sender(**{**_PLACEHOLDER, **part})).recipient is not None


# ------------------------------------------------------------------------------------------ holds


@pytest.mark.parametrize(
    ("changes", "hold"),
    [
        ({"rakutenConfirmFlag": 1}, Hold.MALL_REVIEW),
        ({"cautionDisplayType": 1}, Hold.CAUTION),
        ({"cautionDisplayType": 2}, Hold.CAUTION),
    ],
)
def test_what_rakuten_warns_of_holds_the_order(changes: dict[str, int], hold: Hold) -> None:
    """Rakuten's own checks and its cautions ask for a person."""
    assert frozenset({hold}) == read(**changes).holds


def test_an_order_may_have_every_hold_at_once() -> None:
    """Each reason to wait is told."""
    order = read(
        rakutenConfirmFlag=1,
        cautionDisplayType=1,
        postagePrice=UNDECIDED,
        PackageModelList=[package(SocialGiftModel=_form(0))],
    )

    assert frozenset(Hold) == order.holds


# ------------------------------------------------------------------------------- the wished-for day


def test_the_fields_say_the_wished_for_day_and_slot() -> None:
    """The fields deliveryDate and shippingTerm count before anything in the remarks."""
    order = read(
        deliveryDate="2026-11-25",
        shippingTerm=1416,
        remarks="[配送日時指定:]\n2026-12-31(木)\n午前中\n",
    )

    assert (date(2026, 11, 25), "14-16") == _wish(order)
    assert order.remarks.startswith("[配送日時指定:]")


def test_the_remarks_say_what_the_fields_leave_out() -> None:
    """The official sample has the day in both places and the slot in the remarks only."""
    order = read(deliveryDate="2026-11-25", remarks="[配送日時指定:]\n2026-12-31(木)\n18:00〜20:00")

    assert (date(2026, 11, 25), "18-20") == _wish(order)


def test_a_wish_holds_for_every_shipment() -> None:
    """Rakuten has one wish for the order."""
    order = read(deliveryDate="2026-11-25", PackageModelList=[package(), package(basketId=7)])

    assert [date(2026, 11, 25)] * 2 == [one.wish_date for one in order.shipments]


def test_no_wish_is_none() -> None:
    """Null in all three places is no wish."""
    assert (None, "") == _wish(read())


def _wish(order: Order) -> tuple[date | None, str]:
    return order.shipments[0].wish_date, order.shipments[0].wish_slot


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (None, ""),
        (0, ""),
        (1, "AM"),
        (2, "PM"),
        (9, "OTHER"),
        (5, "5"),
        (708, "07-08"),
        (1416, "14-16"),
        (1820, "18-20"),
        (2324, "23-24"),
    ],
)
def test_a_shipping_term_is_a_slot(term: int | None, expected: str) -> None:
    """The last two digits are the end's hour, those before the start's."""
    assert expected == slot_of_term(term)


@pytest.mark.parametrize(
    ("lines", "day", "slot"),
    [
        (["2026-04-05(日)", "14:00-16:00"], date(2026, 4, 5), "14-16"),
        (["14:00-16:00"], None, "14-16"),
        (["18:00〜20:00"], None, "18-20"),
        (["18:00～20:00"], None, "18-20"),
        (["12時-14時"], None, "12-14"),
        (["１２時～１４時"], None, "12-14"),
        (["8:00-12:00"], None, "08-12"),
        (["午前中"], None, "AM"),
        (["午後"], None, "PM"),
        (["14:00"], None, "14:00"),
        (["夕方ごろ"], None, "夕方ごろ"),
        (["2026-04-05(日)"], date(2026, 4, 5), ""),
        (["2026/04/05"], date(2026, 4, 5), ""),
        (["2026年4月5日(日)"], date(2026, 4, 5), ""),
        (["２０２６－０４－０５（日）"], date(2026, 4, 5), ""),
        (["", "", "2026-04-05(日)", "", "午前中"], date(2026, 4, 5), "AM"),
        (["午前中", "2026-04-05(日)"], date(2026, 4, 5), "AM"),
        (["2026-04-05(日)", "2026-04-06(月)", "午前中", "午後"], date(2026, 4, 5), "AM"),
        (["2026-02-30(月)", "午前中"], None, "2026-02-30(月)"),
        ([], None, ""),
    ],
)
def test_the_wish_is_read_in_every_wording(lines: list[str], day: date | None, slot: str) -> None:
    """Shops choose the words: day and slot, either alone, wide or narrow, in any order."""
    remarks = "\n".join(["[配送日時指定:]", *lines, "", "[備考:]", "2026-05-05(火)", "午後"])

    assert (day, slot) == wish_of_remarks(remarks)


@pytest.mark.parametrize("head", ["[配送日時指定:]", "[配送日時指定：]", "［配送日時指定：］"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_heading_of_the_wish_may_be_wide(head: str, end: str) -> None:
    """Colons are known to arrive full-width; lines end as they like."""
    assert (date(2026, 4, 5), "AM") == wish_of_remarks(f"{head}{end}2026-04-05(日){end}午前中{end}")


@pytest.mark.parametrize(
    "remarks",
    ["", "[備考:]\n2026-04-05(日)", "配送日時指定は 2026-04-05(日) で", "[配送日時指定:"],
)
def test_remarks_without_the_block_hold_no_wish(remarks: str) -> None:
    """A day that a buyer writes elsewhere is no wish that the mall knows."""
    assert (None, "") == wish_of_remarks(remarks)


def test_the_block_may_come_after_others() -> None:
    """It is normally the first, not always."""
    assert (None, "PM") == wish_of_remarks("[備考:]\n見本\n\n[配送日時指定:]\n午後\n")


@given(st.text())
def test_any_remarks_can_be_read(text: str) -> None:
    """Buyers write what they like: a wish comes out, or none."""
    day, slot = wish_of_remarks(f"[配送日時指定:]\n{text}")

    assert day is None or day.year >= 1
    assert slot == slot.strip()


# ---------------------------------------------------------------------------------------- payment


@pytest.mark.parametrize(
    ("settlement", "expected"),
    [
        (
            {"settlementMethodCode": 14, "settlementMethod": "見本の前払い"},
            Payment(method="見本の前払い", code="14"),
        ),
        ({"settlementMethod": "代金引換"}, Payment(method="代金引換")),
        (
            {"settlementMethodCode": None, "settlementMethod": "銀行振込"},
            Payment(method="銀行振込"),
        ),
        (None, Payment()),
    ],
)
def test_a_payment_is_the_malls_name_and_code(settlement: object, expected: Payment) -> None:
    """The code is absent in old records, the whole model where nothing was paid."""
    assert expected == read(SettlementModel=settlement).payment


# --------------------------------------------------------------------------- versions, null, absent


_GONE = {
    10: ((), ()),
    9: (("socialGiftFlag",), ("SocialGiftModel",)),
    8: (("socialGiftFlag",), ("SocialGiftModel", "dropOffFlag", "dropOffLocation")),
    7: (
        ("socialGiftFlag", "deliveryCertPrgFlag", "oneDayOperationFlag"),
        ("SocialGiftModel", "dropOffFlag", "dropOffLocation"),
    ),
}


@pytest.mark.parametrize("version", _GONE)
def test_every_readable_version_gives_the_same_order(version: int) -> None:
    """Versions 7 to 10 differ in keys alone; what an ordinary order says is the same."""
    of_order, of_package = _GONE[version]
    older = without(record(PackageModelList=[without(package(), *of_package)]), *of_order)
    if version == 7:
        older |= {"goodsTax": 0, "isTaxRecalc": 0}

    assert read() == Reader("demo").read(older)


_MAY_BE_NULL = (
    ("shippingCmplRptDatetime",),
    ("deliveryDate",),
    ("shippingTerm",),
    ("remarks",),
    ("SettlementModel",),
    ("PointModel",),
    ("WrappingModel1",),
    ("WrappingModel2",),
    ("CouponModelList",),
    ("ChangeReasonModelList",),
    ("TaxSummaryModelList",),
    *(
        ("OrdererModel", key)
        for key in (
            "firstName",
            "familyNameKana",
            "firstNameKana",
            "phoneNumber1",
            "phoneNumber2",
            "phoneNumber3",
        )
    ),
    ("SettlementModel", "settlementMethodCode"),
    *(
        ("PackageModelList", 0, key)
        for key in (
            "noshi",
            "ShippingModelList",
            "DeliveryCvsModel",
            "dropOffLocation",
            "SocialGiftModel",
        )
    ),
    *(
        ("PackageModelList", 0, "SenderModel", key)
        for key in ("firstName", "familyNameKana", "firstNameKana", "phoneNumber1")
    ),
    *(
        ("PackageModelList", 0, "ItemModelList", 0, key)
        for key in ("itemNumber", "selectedChoice", "taxRate")
    ),
    ("PackageModelList", 0, "ItemModelList", 0, "SkuModelList", 0, "skuInfo"),
)


@pytest.mark.parametrize("path", _MAY_BE_NULL, ids=lambda path: ".".join(map(str, path)))
def test_null_is_read_wherever_it_is_allowed_and_means_absent(path: tuple[str | int, ...]) -> None:
    """What the documents mark as nullable may be null or left out: the order is the same."""
    null, absent = copy.deepcopy(record()), copy.deepcopy(record())
    *steps, key = path
    for raw in (null, absent):
        target: Any = raw
        for step in steps:
            target = target[step]
        if raw is null:
            target[key] = None
        else:
            target.pop(key, None)

    assert Reader("demo").read(null) == Reader("demo").read(absent)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"orderProgress": "300"}, "orderProgress"),
        ({"goodsPrice": 2200.0}, "goodsPrice"),
        ({"giftCheckFlag": True}, "giftCheckFlag"),
        ({"orderDatetime": "yesterday"}, "orderDatetime"),
        ({"deliveryDate": "2026-02-30"}, "deliveryDate"),
        ({"PackageModelList": {}}, "PackageModelList"),
        ({"PackageModelList": [package(basketId="7")]}, "PackageModelList[0].basketId"),
    ],
)
def test_a_field_of_another_type_is_named_and_nothing_is_coerced(
    changes: dict[str, Any], place: str
) -> None:
    """The error names the place in the mall's own words, and quotes no value."""
    with pytest.raises(DecodeError) as caught:
        read(**changes)

    assert [place] == [
        problem.place.replace("['", ".").replace("']", "") for problem in caught.value.problems
    ]
    assert "yesterday" not in str(caught.value)


@pytest.mark.parametrize("raw", [None, [], "text", 3])
def test_what_is_no_record_is_a_decode_error(raw: object) -> None:
    """Anything but an object is refused as a whole."""
    with pytest.raises(DecodeError):
        Reader("demo").read(raw)


def test_a_day_that_no_calendar_has_room_for_is_a_decode_error() -> None:
    """A moment so late that Japan's zone cannot hold it is unreadable, not a crash."""
    with pytest.raises(DecodeError):
        read(orderDatetime="9999-12-31T23:59:59-0900")
