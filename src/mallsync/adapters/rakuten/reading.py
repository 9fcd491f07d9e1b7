"""Rakuten's record of an order → `Order`. Pure; strict about types, tolerant of what is new."""

from __future__ import annotations

from datetime import date, datetime

from attrs import frozen

from mallsync.adapters.rakuten.faults import failure
from mallsync.adapters.rakuten.remarks import slot_of_term, wish_of_remarks
from mallsync.adapters.rakuten.shapes import (
    CARRIERS,
    COUPON_FUNDERS,
    PHASES,
    UNDECIDED,
    DayText,
    DeliveryCvsModel,
    ItemModel,
    MomentText,
    OrdererModel,
    OrderModel,
    PackageModel,
    PersonModel,
    SettlementModel,
    ShippingModel,
    SkuModel,
    WrappingModel,
)
from mallsync.errors import DecodeError, Problem
from mallsync.model.order import (
    Address,
    Charges,
    Contact,
    Discount,
    Gift,
    Item,
    Order,
    OrderKey,
    Parcel,
    Payment,
    PickUp,
    Shipment,
    Wrapping,
)
from mallsync.model.period import JST
from mallsync.model.words import Funder, Hold, Mall, Phase
from mallsync.wire.making import maker
from mallsync.wire.strict import Shape

__all__ = ["Reader", "moment"]

_new_address = maker(Address)
_new_charges = maker(Charges)
_new_contact = maker(Contact)
_new_item = maker(Item)
_new_key = maker(OrderKey)
_new_order = maker(Order)
_new_parcel = maker(Parcel)
_new_payment = maker(Payment)
_new_shipment = maker(Shipment)
_MALL = Mall.RAKUTEN.value
_OPEN_ZIP = "999"  # a social gift whose recipient has not entered the address
_OPEN_WORD = "入力待ち"
_CANCELLED_TYPES = (1, 2)  # changeType: cancel fixed, cancel done
_WRAPPING_KINDS = {1: "包装紙", 2: "リボン"}
_NO_HOLDS: frozenset[Hold] = frozenset()
_NO_PAYMENT = Payment()
_NO_SKU: SkuModel = {}


@frozen
class Reader:
    """Reads records for one shop.

    Args:
        shop_id: The shop's id, for the order's key.
        keep_raw: Whether the record is kept on the order.
    """

    shop_id: str
    keep_raw: bool = True

    def read(self, record: object, *, raw: object = None) -> Order:
        """Return the order that a record of OrderModelList describes.

        Args:
            record: The record.
            raw: What is kept as the order's; None is the record.

        Raises:
            DecodeError: A field that is read is missing or has another type.
        """
        try:
            return self._order(_ORDERS.check(record), record if raw is None else raw)
        except (ValueError, OverflowError):  # a Mismatch is a ValueError
            problems = _ORDERS.explain(record) or (Problem(place="", code="unreadable"),)
            raise failure(DecodeError, "getOrder", "UNREADABLE", problems=problems) from None

    def _order(self, record: OrderModel, raw: object) -> Order:
        progress = record["orderProgress"]
        phase = PHASES.get(progress, Phase.UNKNOWN)
        remarks = record.get("remarks") or ""
        wish = _wish(record, remarks)
        wrappings = _wrappings(record)
        shipments = tuple([_shipment(one, phase, wish) for one in record["PackageModelList"]])
        charges = _charges(record, wrappings)
        return _new_order(
            key=_new_key(mall=_MALL, shop_id=self.shop_id, number=record["orderNumber"]),
            phase=phase,
            mall_status=str(progress),
            ordered_at=moment(record["orderDatetime"]),
            cancelled_at=_cancelled_at(record) if phase is Phase.CANCELLED else None,
            shipped_at=_optional_moment(record.get("shippingCmplRptDatetime")),
            buyer=_buyer(record["OrdererModel"]),
            shipments=shipments,
            charges=charges,
            payment=_payment(record.get("SettlementModel")),
            remarks=remarks,
            gift=_gift(record, wrappings),
            holds=_holds(record, shipments, charges),
            raw=raw if self.keep_raw else None,
        )


def moment(text: str) -> datetime:
    """Return Rakuten's datetime text as an aware datetime in Japan time.

    >>> moment("2026-04-01T10:15:30+0900").isoformat()
    '2026-04-01T10:15:30+09:00'
    """
    # Japan's own zone is left out and put back: converting costs more than parsing the rest, and
    # `replace` five times what `combine` does.
    value = datetime.fromisoformat(text.removesuffix("+0900"))
    if value.tzinfo is not None:
        return value.astimezone(JST)
    return datetime.combine(value.date(), value.time(), JST)


_ORDERS = Shape(OrderModel, {MomentText: moment, DayText: date.fromisoformat})


def _optional_moment(text: str | None) -> datetime | None:
    return moment(text) if text else None


def _optional_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _yen(amount: int) -> int | None:
    return None if amount == UNDECIDED else amount


def _wish(record: OrderModel, remarks: str) -> tuple[date | None, str]:
    """Return the requested day and slot: the fields first, then the remarks for what is missing."""
    day = _optional_day(record.get("deliveryDate"))
    slot = slot_of_term(record.get("shippingTerm"))
    if not remarks or (day and slot):
        return day, slot
    told_day, told_slot = wish_of_remarks(remarks)
    return day or told_day, slot or told_slot


def _cancelled_at(record: OrderModel) -> datetime | None:
    times = [
        change.get("changeCmplDatetime") or change.get("changeFixDatetime")
        for change in record.get("ChangeReasonModelList") or ()
        if change.get("changeType") in _CANCELLED_TYPES
    ]
    return max((moment(text) for text in times if text), default=None)


def _buyer(record: OrdererModel) -> Contact:
    return _contact(record, record.get("emailAddress") or "")


def _contact(record: PersonModel, email: str = "") -> Contact:
    first, second = record["zipCode1"], record["zipCode2"]
    return _new_contact(
        family_name=record["familyName"],
        given_name=record.get("firstName") or "",
        family_name_kana=record.get("familyNameKana") or "",
        given_name_kana=record.get("firstNameKana") or "",
        address=_new_address(
            postal_code=f"{first}-{second}" if first or second else "",
            prefecture=record["prefecture"],
            city=record["city"],
            street=record["subAddress"],
        ),
        phone=_phone(record),
        email=email,
    )


def _phone(record: PersonModel) -> str:
    parts = (record.get("phoneNumber1"), record.get("phoneNumber2"), record.get("phoneNumber3"))
    return "-".join([part for part in parts if part])


def _payment(record: SettlementModel | None) -> Payment:
    if not record:
        return _NO_PAYMENT
    code = record.get("settlementMethodCode")
    return _new_payment(method=record["settlementMethod"], code="" if code is None else str(code))


def _charges(record: OrderModel, wrappings: list[WrappingModel]) -> Charges:
    points = record.get("PointModel")
    taxes = record.get("TaxSummaryModelList")
    return _new_charges(
        goods=_yen(record["goodsPrice"]),
        shipping=_yen(record["postagePrice"]),
        cod_fee=_yen(record["deliveryPrice"]),
        payment_fee=_yen(record["paymentCharge"]),
        wrapping=_wrapping_total(wrappings),
        buyer_fee=_yen(record["additionalFeeOccurAmountToUser"]),
        discounts=_discounts(record),
        points=points["usedPoint"] if points else 0,
        tax=sum([rate["reqPriceTax"] for rate in taxes]) if taxes else None,
        total=_yen(record["totalPrice"]),
        requested=_yen(record["requestPrice"]),
    )


def _discounts(record: OrderModel) -> tuple[Discount, ...]:
    """Return the coupons by funder; the order's own totals where the list does not add up."""
    total = record["couponAllTotalPrice"]
    if not total:
        return ()
    coupons = record.get("CouponModelList") or []
    if sum(coupon["couponTotalPrice"] for coupon in coupons) != total:
        by_shop = record["couponShopPrice"]
        parts = ((Funder.SHOP, by_shop), (Funder.UNKNOWN, total - by_shop))
        return tuple(Discount(funder=funder, amount=yen) for funder, yen in parts if yen)
    return tuple(
        Discount(
            funder=COUPON_FUNDERS.get(coupon["couponCapitalCode"], Funder.UNKNOWN),
            amount=coupon["couponTotalPrice"],
            name=coupon.get("couponName") or "",
            code=coupon.get("couponCode") or "",
        )
        for coupon in coupons
    )


def _wrappings(record: OrderModel) -> list[WrappingModel]:
    both = (record.get("WrappingModel1"), record.get("WrappingModel2"))
    return [one for one in both if one and not one["deleteWrappingFlag"]]


def _wrapping_total(wrappings: list[WrappingModel]) -> int | None:
    """Return what the wrapping costs with tax; a removed one counts no more."""
    total = 0
    for one in wrappings:
        price = one.get("price") or 0
        if price == UNDECIDED:
            return None
        total += price if one["includeTaxFlag"] else price + (one.get("taxPrice") or 0)
    return total


def _gift(record: OrderModel, wrappings: list[WrappingModel]) -> Gift | None:
    social = bool(record.get("socialGiftFlag"))
    if not (record["giftCheckFlag"] or social or wrappings):
        return None
    forms = [one.get("SocialGiftModel") for one in record["PackageModelList"]]
    dues = [form.get("inputDueDate") for form in forms if form]
    return Gift(
        requested=bool(record["giftCheckFlag"]),
        wrappings=tuple(
            Wrapping(
                kind=_WRAPPING_KINDS.get(one["title"], str(one["title"])),
                name=one["name"],
                price=_yen(one.get("price") or 0),
            )
            for one in wrappings
        ),
        social=social,
        address_due=max((date.fromisoformat(due) for due in dues if due), default=None),
    )


def _holds(
    record: OrderModel, shipments: tuple[Shipment, ...], charges: Charges
) -> frozenset[Hold]:
    holds = []
    if record["rakutenConfirmFlag"]:
        holds.append(Hold.MALL_REVIEW)
    if record["cautionDisplayType"]:
        holds.append(Hold.CAUTION)
    live = [one for one in shipments if not one.cancelled]
    if _is_undecided(charges) or True in [_is_undecided_part(one.charges) for one in live]:
        holds.append(Hold.AMOUNT_UNDECIDED)
    if None in [one.recipient for one in live]:
        holds.append(Hold.GIFT_ADDRESS_OPEN)
    return frozenset(holds) if holds else _NO_HOLDS


def _is_undecided(charges: Charges) -> bool:
    fees = (charges.payment_fee, charges.wrapping, charges.buyer_fee, charges.requested)
    return None in fees or _is_undecided_part(charges)


def _is_undecided_part(charges: Charges) -> bool:
    """Tell whether an amount that an order and each package have is undecided."""
    return None in (charges.goods, charges.shipping, charges.cod_fee, charges.total)


def _awaits_address(package: PackageModel) -> bool:
    """Tell whether a social gift still lacks its address; up to version 9 only the words say so."""
    form = package.get("SocialGiftModel")
    if form is not None:
        return not form["inputFlag"]
    sender = package["SenderModel"]
    return sender["zipCode1"] == _OPEN_ZIP and sender["prefecture"] == _OPEN_WORD


def _shipment(record: PackageModel, phase: Phase, wish: tuple[date | None, str]) -> Shipment:
    cancelled = bool(record["packageDeleteFlag"])
    if cancelled:
        phase = Phase.CANCELLED
    pick_up = record.get("DeliveryCvsModel")
    return _new_shipment(
        id=str(record["basketId"]),
        recipient=None if _awaits_address(record) else _contact(record["SenderModel"]),
        items=tuple([_item(item, phase) for item in record["ItemModelList"]]),
        parcels=tuple([_parcel(parcel) for parcel in record.get("ShippingModelList") or ()]),
        wish_date=wish[0],
        wish_slot=wish[1],
        charges=_new_charges(
            goods=_yen(record["goodsPrice"]),
            shipping=_yen(record["postagePrice"]),
            cod_fee=_yen(record["deliveryPrice"]),
            total=_yen(record["totalPrice"]),
        ),
        drop_off=(record.get("dropOffLocation") or "") if record.get("dropOffFlag") else "",
        noshi=record.get("noshi") or "",
        pick_up=_pick_up(pick_up) if pick_up else None,
        cancelled=cancelled,
    )


def _item(record: ItemModel, phase: Phase) -> Item:
    skus = record.get("SkuModelList")
    sku = skus[0] if skus else _NO_SKU
    chosen = record.get("selectedChoice") or ""
    info = sku.get("skuInfo") or ""
    return _new_item(
        id=str(record["itemDetailId"]),
        product_id=record.get("manageNumber") or "",
        sku=sku.get("variantId") or record.get("itemNumber") or "",
        name=record["itemName"],
        options=f"{chosen}\n{info}" if chosen and info else chosen or info,
        quantity=record["units"],
        unit_price=record["price"],
        price_with_tax=record.get("priceTaxIncl"),
        tax_rate=record.get("taxRate"),
        phase=Phase.CANCELLED if record["deleteItemFlag"] else phase,
    )


def _parcel(record: ShippingModel) -> Parcel:
    code = record.get("deliveryCompany") or ""
    return _new_parcel(
        id=str(record["shippingDetailId"]),
        carrier=record.get("deliveryCompanyName") or CARRIERS.name_of(code) or "",
        carrier_code=code,
        tracking_number=record.get("shippingNumber") or "",
        ship_date=_optional_day(record.get("shippingDate")),
    )


def _pick_up(record: DeliveryCvsModel) -> PickUp:
    chain = record.get("cvsCode")
    hours = (record.get("openTime") or "", record.get("closeTime") or "")
    return PickUp(
        chain_code="" if chain is None else str(chain),
        store_code=record.get("storeCode") or "",
        store_name=record.get("storeName") or "",
        postal_code=record.get("storeZip") or "",
        prefecture=record.get("storePrefecture") or "",
        address=record.get("storeAddress") or "",
        hours="-".join(hours) if any(hours) else "",
        remarks=record.get("cvsRemarks") or "",
    )
