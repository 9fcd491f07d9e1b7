"""getOrder, and the made-up orders that it gives."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from mallsync.sandbox.fakes.rakuten.specials import HELD, SPECIALS, special_of
from tests.sandbox.conftest import Shop, codes

_ORDER_KEYS = """
    orderNumber orderProgress subStatusId subStatusName orderDatetime shopOrderCfmDatetime
    orderFixDatetime shippingInstDatetime shippingCmplRptDatetime cancelDueDate deliveryDate
    shippingTerm remarks giftCheckFlag socialGiftFlag severalSenderFlag equalSenderFlag
    isolatedIslandFlag rakutenMemberFlag carrierCode emailCarrierCode orderType reserveNumber
    reserveDeliveryCount cautionDisplayType cautionDisplayDetailType rakutenConfirmFlag
    goodsPrice postagePrice deliveryPrice paymentCharge totalPrice requestPrice
    paymentChargeTaxRate couponAllTotalPrice couponShopPrice couponOtherPrice
    additionalFeeOccurAmountToUser additionalFeeOccurAmountToShop asurakuFlag drugFlag dealFlag
    deliveryCertPrgFlag oneDayOperationFlag membershipType memo operator mailPlugSentence
    modifyFlag receiptIssueCount receiptIssueHistoryList OrdererModel DeliveryModel
    PackageModelList SettlementModel PointModel WrappingModel1 WrappingModel2 CouponModelList
    ChangeReasonModelList TaxSummaryModelList DueDateModelList
"""
_PACKAGE_KEYS = """
    basketId postagePrice postageTaxRate deliveryPrice deliveryTaxRate goodsPrice totalPrice
    noshi packageDeleteFlag SenderModel ItemModelList ShippingModelList DeliveryCvsModel
    defaultDeliveryCompanyCode dropOffFlag dropOffLocation SocialGiftModel
"""
_ITEM_KEYS = """
    itemDetailId itemName itemId itemNumber manageNumber price units includePostageFlag
    includeTaxFlag includeCashOnDeliveryPostageFlag selectedChoice pointRate pointType
    inventoryType delvdateInfo restoreInventoryFlag dealFlag drugFlag deleteItemFlag taxRate
    priceTaxIncl isSingleItemShipping SkuModelList
"""
V10_ORDER = frozenset(_ORDER_KEYS.split())
V10_PACKAGE = frozenset(_PACKAGE_KEYS.split())
V10_ITEM = frozenset(_ITEM_KEYS.split())


def all_orders(shop: Shop) -> list[dict[str, Any]]:
    """Return every order as version 10."""
    numbers = list(shop.fake.orders)
    answers = [shop.get(*numbers[at : at + 100]) for at in range(0, len(numbers), 100)]
    return [order for answer in answers for order in answer["OrderModelList"]]


def live(order: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the packages that are not deleted."""
    return [one for one in order["PackageModelList"] if not one["packageDeleteFlag"]]


def items(package: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the items that are not deleted."""
    return [one for one in package["ItemModelList"] if not one["deleteItemFlag"]]


def wrapping(order: dict[str, Any]) -> int:
    """Return what the wrappings of an order cost."""
    held = [order["WrappingModel1"], order["WrappingModel2"]]
    return sum(one["price"] for one in held if one and not one["deleteWrappingFlag"])


def test_version_10_has_every_documented_field(shop: Shop) -> None:
    """No more and no less, in orders, packages and items."""
    for order in all_orders(shop):
        assert set(order) == V10_ORDER
        for package in order["PackageModelList"]:
            assert set(package) == V10_PACKAGE
            assert {frozenset(item) for item in package["ItemModelList"]} == {V10_ITEM}


@pytest.mark.parametrize(
    ("version", "order_keys", "package_keys"),
    [
        (10, set(), set()),
        (9, {"socialGiftFlag"}, {"SocialGiftModel"}),
        (8, {"socialGiftFlag"}, {"SocialGiftModel", "dropOffFlag", "dropOffLocation"}),
    ],
)
def test_older_versions_lack_what_came_later(
    shop: Shop, version: int, order_keys: set[str], package_keys: set[str]
) -> None:
    """Each version has just its fields."""
    answer = shop.get(next(iter(shop.fake.orders)), version=version)
    order = answer["OrderModelList"][0]
    assert answer["version"] == version
    assert V10_ORDER - set(order) == order_keys
    assert V10_PACKAGE - set(order["PackageModelList"][0]) == package_keys
    assert "goodsTax" not in order


def test_version_7_still_has_the_old_tax_fields(shop: Shop) -> None:
    """They went with version 8."""
    order = shop.get(next(iter(shop.fake.orders)), version=7)["OrderModelList"][0]
    assert {"goodsTax", "isTaxRecalc"} <= set(order)
    assert "goodsTax" in order["PackageModelList"][0]
    assert "deliveryCertPrgFlag" not in order


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"orderNumberList": ["1"]}, "009"),
        ({"version": 10}, "009"),
        ({"orderNumberList": [], "version": 10}, "010"),
        ({"orderNumberList": ["1"], "version": "10"}, "011"),
        ({"orderNumberList": ["1"], "version": 6}, "011"),
        ({"orderNumberList": ["1"], "version": 11}, "011"),
        ({"orderNumberList": ["1", "1"], "version": 10}, "011"),
        ({"orderNumberList": [str(at) for at in range(101)], "version": 10}, "011"),
        ({"orderNumberList": [1], "version": 10}, "011"),
        ({"orderNumberList": "1", "version": 10}, "011"),
    ],
)
def test_a_bad_request_has_no_orders(shop: Shop, body: dict[str, object], code: str) -> None:
    """The payload key is left out."""
    answer = shop.ask("getOrder", body, 400)
    assert codes(answer) == [f"GET_ORDER_ERROR_{code}"]
    assert "OrderModelList" not in answer


def test_orders_come_in_another_order_than_asked(shop: Shop) -> None:
    """Nobody may count on it; it is the same each time all the same."""
    numbers = list(shop.fake.orders)
    for count in (2, 3, 100):
        asked = numbers[:count]
        answers = [shop.get(*asked)["OrderModelList"] for _ in range(2)]
        given = [order["orderNumber"] for order in answers[0]]
        assert given != asked
        assert sorted(given) == sorted(asked)
        assert answers[0] == answers[1]


def test_an_order_that_is_not_to_be_had_gets_a_message_of_its_own(shop: Shop) -> None:
    """INFO_102 names it; the others are there."""
    known = next(iter(shop.fake.orders))
    answer = shop.get("999001-20260401-0000000000", known)
    assert codes(answer) == ["GET_ORDER_INFO_101", "GET_ORDER_INFO_102"]
    assert answer["MessageModelList"][1]["orderNumber"] == "999001-20260401-0000000000"
    assert [order["orderNumber"] for order in answer["OrderModelList"]] == [known]


def test_an_order_older_than_730_days_is_not_to_be_had(shop: Shop) -> None:
    """Time makes it unknown."""
    number = next(iter(shop.fake.orders))
    shop.fake.license.issued_at = shop.mall.clock.advance(timedelta(days=731))
    answer = shop.get(number)
    assert codes(answer) == ["GET_ORDER_INFO_102"]
    assert answer["OrderModelList"] == []


def test_packages_add_up(shop: Shop) -> None:
    """Goods as priced, the total with tax and postage."""
    for order in all_orders(shop):
        for package in order["PackageModelList"]:
            counted = items(package)
            gross = sum(one["priceTaxIncl"] * one["units"] for one in counted)
            postage = package["postagePrice"]
            assert package["goodsPrice"] == sum(one["price"] * one["units"] for one in counted)
            assert package["totalPrice"] == (-9999 if postage == -9999 else gross + postage)


def test_orders_add_up(shop: Shop) -> None:
    """The documented formulas hold unless something is still undecided."""
    undecided = 0
    for order in all_orders(shop):
        packages = live(order)
        if order["postagePrice"] == -9999:
            undecided += 1
            assert order["totalPrice"] == order["requestPrice"] == -9999
            assert order["TaxSummaryModelList"] is None
            continue
        total = sum(one["totalPrice"] for one in packages) + wrapping(order)
        points = (order["PointModel"] or {"usedPoint": 0})["usedPoint"]
        assert order["goodsPrice"] == sum(one["goodsPrice"] for one in packages)
        assert order["postagePrice"] == sum(one["postagePrice"] for one in packages)
        assert order["deliveryPrice"] == sum(one["deliveryPrice"] for one in packages)
        assert order["totalPrice"] == total
        request = total + order["paymentCharge"] + order["additionalFeeOccurAmountToUser"]
        assert order["requestPrice"] == request - order["couponAllTotalPrice"] - points
        assert order["requestPrice"] > 0
    assert undecided


def test_coupons_add_up_by_funder(shop: Shop) -> None:
    """Shop coupons on one side, all others on the other."""
    seen = set()
    for order in all_orders(shop):
        coupons = order["CouponModelList"] or []
        for one in coupons:
            seen.add(one["couponCapitalCode"])
            assert one["couponTotalPrice"] == one["couponPrice"] * one["couponUnit"]
        shop_paid = sum(one["couponTotalPrice"] for one in coupons if one["couponCapitalCode"] == 1)
        assert order["couponShopPrice"] == shop_paid
        every = sum(one["couponTotalPrice"] for one in coupons)
        assert order["couponAllTotalPrice"] == every
        assert order["couponOtherPrice"] == every - shop_paid
    assert seen == {1, 2, 3}


def test_the_tax_summary_adds_up(shop: Shop) -> None:
    """Its rows together are the request before points and the buyer's extra fee."""
    rates = set()
    for order in all_orders(shop):
        rows = order["TaxSummaryModelList"]
        if rows is None:
            continue
        rates |= {row["taxRate"] for row in rows}
        assert sum(row["totalPrice"] for row in rows) == order["totalPrice"]
        assert sum(row["couponPrice"] for row in rows) == order["couponAllTotalPrice"]
        asked = order["totalPrice"] + order["paymentCharge"] - order["couponAllTotalPrice"]
        assert sum(row["reqPrice"] for row in rows) == asked
    assert rates == {0.0, 0.08, 0.1}


def test_the_orders_have_all_the_variety_that_a_client_must_bear(shop: Shop) -> None:
    """Each kind is there among three hundred."""
    orders = all_orders(shop)
    packages = [package for order in orders for package in order["PackageModelList"]]
    every = [item for package in packages for item in package["ItemModelList"]]
    text = json.dumps(orders, ensure_ascii=False)
    assert {len(order["PackageModelList"]) for order in orders} == {1, 2, 3, 4}
    assert {len(items(package)) for package in packages} == {1, 2, 3, 4, 5}
    assert {order["orderType"] for order in orders} == {1, 4, 5, 6}
    assert {order["cautionDisplayType"] for order in orders} == {0, 1, 2}
    assert {order["shippingTerm"] for order in orders} >= {None, 0, 1, 1416}
    assert {item["taxRate"] for item in every} == {0.0, 0.08, 0.1}
    assert any(item["deleteItemFlag"] for item in every)
    assert any(not item["includeTaxFlag"] for item in every)
    assert any(item["SkuModelList"][0]["variantId"] == "" for item in every)
    assert any(package["packageDeleteFlag"] for package in packages)
    assert any(package["DeliveryCvsModel"] for package in packages)
    assert any(package["dropOffLocation"] for package in packages)
    assert any(package["noshi"] for package in packages)
    assert any(len(package["ShippingModelList"]) > 1 for package in packages)
    blank = [one for package in packages for one in package["ShippingModelList"]]
    assert any(one["shippingNumber"] is None for one in blank)
    gifts = [package["SocialGiftModel"] for package in packages if package["SocialGiftModel"]]
    assert {gift["inputFlag"] for gift in gifts} == {0, 1}
    assert any(order["SettlementModel"] is None for order in orders)
    assert any(order["PointModel"] is None for order in orders)
    assert any(order["rakutenConfirmFlag"] for order in orders)
    assert any(order["WrappingModel1"] for order in orders)
    assert any(order["remarks"] is None for order in orders)
    for odd in ("𠮷", "髙", "﨑", "🌸", "ﾐﾎﾝ", "〜", "～", "[配送日時指定:]", "[配送日時指定：]"):
        assert odd in text


def test_a_gift_without_an_address_is_never_shipped(shop: Shop) -> None:
    """Nor is what the mall still looks at, or what has no postage yet."""
    for record in shop.fake.orders.values():
        if special_of(record.index, shop.fake.seed) in HELD:
            assert record.progress not in {500, 600, 700}


def test_every_special_kind_is_dealt_out() -> None:
    """The table has none that never comes."""
    dealt = {special_of(index, 1) for index in range(2 * len(SPECIALS))}
    assert dealt == set(SPECIALS)


def test_ids_do_not_repeat_and_do_not_fit_into_32_bits(shop: Shop) -> None:
    """Baskets, lines and shipping records each have their own."""
    packages = [one for order in all_orders(shop) for one in order["PackageModelList"]]
    for ids in (
        [one["basketId"] for one in packages],
        [item["itemDetailId"] for one in packages for item in one["ItemModelList"]],
        [row["shippingDetailId"] for one in packages for row in one["ShippingModelList"]],
    ):
        assert len(set(ids)) == len(ids)
        assert 2**32 < min(ids) <= max(ids) < 10**12


def test_an_order_is_about_five_kilobytes(shop: Shop) -> None:
    """As large as a real one."""
    size = len(json.dumps(all_orders(shop), ensure_ascii=False).encode()) / 300
    assert 3_500 < size < 7_000


def test_the_shop_can_edit_an_order(shop: Shop) -> None:
    """Fields are replaced, dicts are laid over, and the rest stays."""
    number = next(iter(shop.fake.orders))
    before = shop.get(number)["OrderModelList"][0]
    shop.ask("updateOrderMemo", {"orderNumber": number, "memo": "old"})
    shop.fake.edit(number, memo="new", OrdererModel={"familyName": "例示"})
    after = shop.get(number)["OrderModelList"][0]
    assert after["memo"] == "new"
    assert after["OrdererModel"] == before["OrdererModel"] | {"familyName": "例示"}
    assert after["PackageModelList"] == before["PackageModelList"]


def test_an_order_can_be_rewritten_by_a_function(shop: Shop) -> None:
    """For what lies deeper."""
    number = next(iter(shop.fake.orders))

    def change(order: dict[str, Any]) -> None:
        order["PackageModelList"][0]["ItemModelList"][0]["units"] = 99

    shop.fake.rewrite(number, change)
    order = shop.get(number)["OrderModelList"][0]
    assert order["PackageModelList"][0]["ItemModelList"][0]["units"] == 99
