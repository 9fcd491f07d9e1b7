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
    DeliveryCvsRecord,
    ItemRecord,
    OrdererRecord,
    OrderRecord,
    PackageRecord,
    PersonRecord,
    SettlementRecord,
    ShippingRecord,
    SkuRecord,
    WrappingRecord,
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
from mallsync.model.words import Funder, Hold, Mall, Phase
from mallsync.wire.making import maker
from mallsync.wire.moments import moment
from mallsync.wire.strict import Shape

__all__ = ["Reader"]

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
# Asking the class for a member takes ten times as long as a name of the module.
_UNKNOWN, _CANCELLED = Phase.UNKNOWN, Phase.CANCELLED
_OPEN_ZIP = "999"  # a social gift whose recipient has not entered the address
_OPEN_WORD = "入力待ち"
_CANCELLED_TYPES = (1, 2)  # changeType: cancel fixed, cancel done
_WRAPPING_KINDS = {1: "包装紙", 2: "リボン"}
_NO_HOLDS: frozenset[Hold] = frozenset()
_NO_PAYMENT = Payment()
_NO_SKU = SkuRecord()


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
            return self.order(_ORDERS.read(record), record if raw is None else raw)
        except (ValueError, OverflowError):  # a Mismatch is a ValueError
            problems = _ORDERS.explain(record) or (Problem(place="", code="unreadable"),)
            raise failure(DecodeError, "getOrder", "UNREADABLE", problems=problems) from None

    def order(self, record: OrderRecord, raw: object) -> Order:
        """Return the order that a record which was read describes."""
        progress = record.orderProgress
        phase = PHASES.get(progress, _UNKNOWN)
        remarks = record.remarks
        wish = _wish(record, remarks)
        wrappings = _wrappings(record)
        shipments = tuple([_shipment(one, phase, wish) for one in record.PackageModelList])
        charges = _charges(record, wrappings)
        return _new_order(
            key=_new_key(mall=_MALL, shop_id=self.shop_id, number=record.orderNumber),
            phase=phase,
            mall_status=str(progress),
            ordered_at=record.orderDatetime,
            cancelled_at=_cancelled_at(record) if phase is _CANCELLED else None,
            shipped_at=record.shippingCmplRptDatetime,
            buyer=_buyer(record.OrdererModel),
            shipments=shipments,
            charges=charges,
            payment=_payment(record.SettlementModel),
            remarks=remarks,
            gift=_gift(record, wrappings),
            holds=_holds(record, shipments, charges),
            raw=raw if self.keep_raw else None,
        )


_ORDERS = Shape(OrderRecord)


def _yen(amount: int) -> int | None:
    return None if amount == UNDECIDED else amount


def _wish(record: OrderRecord, remarks: str) -> tuple[date | None, str]:
    """Return the requested day and slot: the fields first, then the remarks for what is missing."""
    day = record.deliveryDate
    slot = slot_of_term(record.shippingTerm)
    if not remarks or (day and slot):
        return day, slot
    told_day, told_slot = wish_of_remarks(remarks)
    return day or told_day, slot or told_slot


def _cancelled_at(record: OrderRecord) -> datetime | None:
    times = [
        change.changeCmplDatetime or change.changeFixDatetime
        for change in record.ChangeReasonModelList
        if change.changeType in _CANCELLED_TYPES
    ]
    return max((moment(text) for text in times if text), default=None)


def _buyer(record: OrdererRecord) -> Contact:
    return _contact(record, record.emailAddress)


def _contact(record: PersonRecord, email: str = "") -> Contact:
    first, second = record.zipCode1, record.zipCode2
    return _new_contact(
        family_name=record.familyName,
        given_name=record.firstName,
        family_name_kana=record.familyNameKana,
        given_name_kana=record.firstNameKana,
        address=_new_address(
            postal_code=f"{first}-{second}" if first or second else "",
            prefecture=record.prefecture,
            city=record.city,
            street=record.subAddress,
        ),
        phone=_phone(record),
        email=email,
    )


def _phone(record: PersonRecord) -> str:
    parts = (record.phoneNumber1, record.phoneNumber2, record.phoneNumber3)
    return "-".join([part for part in parts if part])


def _payment(record: SettlementRecord | None) -> Payment:
    if not record:
        return _NO_PAYMENT
    code = record.settlementMethodCode
    return _new_payment(method=record.settlementMethod, code="" if code is None else str(code))


def _charges(record: OrderRecord, wrappings: list[WrappingRecord]) -> Charges:
    points = record.PointModel
    taxes = record.TaxSummaryModelList
    return _new_charges(
        goods=_yen(record.goodsPrice),
        shipping=_yen(record.postagePrice),
        cod_fee=_yen(record.deliveryPrice),
        payment_fee=_yen(record.paymentCharge),
        wrapping=_wrapping_total(wrappings),
        buyer_fee=_yen(record.additionalFeeOccurAmountToUser),
        discounts=_discounts(record),
        points=points.usedPoint if points else 0,
        tax=sum([rate.reqPriceTax for rate in taxes]) if taxes else None,
        total=_yen(record.totalPrice),
        requested=_yen(record.requestPrice),
    )


def _discounts(record: OrderRecord) -> tuple[Discount, ...]:
    """Return the coupons by funder; the order's own totals where the list does not add up."""
    total = record.couponAllTotalPrice
    if not total:
        return ()
    coupons = record.CouponModelList
    if sum(coupon.couponTotalPrice for coupon in coupons) != total:
        by_shop = record.couponShopPrice
        parts = ((Funder.SHOP, by_shop), (Funder.UNKNOWN, total - by_shop))
        return tuple(Discount(funder=funder, amount=yen) for funder, yen in parts if yen)
    return tuple(
        Discount(
            funder=COUPON_FUNDERS.get(coupon.couponCapitalCode, Funder.UNKNOWN),
            amount=coupon.couponTotalPrice,
            name=coupon.couponName,
            code=coupon.couponCode,
        )
        for coupon in coupons
    )


def _wrappings(record: OrderRecord) -> list[WrappingRecord]:
    both = (record.WrappingModel1, record.WrappingModel2)
    return [one for one in both if one and not one.deleteWrappingFlag]


def _wrapping_total(wrappings: list[WrappingRecord]) -> int | None:
    """Return what the wrapping costs with tax; a removed one counts no more."""
    total = 0
    for one in wrappings:
        if one.price == UNDECIDED:
            return None
        total += one.price if one.includeTaxFlag else one.price + one.taxPrice
    return total


def _gift(record: OrderRecord, wrappings: list[WrappingRecord]) -> Gift | None:
    social = bool(record.socialGiftFlag)
    if not (record.giftCheckFlag or social or wrappings):
        return None
    forms = [one.SocialGiftModel for one in record.PackageModelList]
    dues = [form.inputDueDate for form in forms if form]
    return Gift(
        requested=bool(record.giftCheckFlag),
        wrappings=tuple(
            Wrapping(
                kind=_WRAPPING_KINDS.get(one.title, str(one.title)),
                name=one.name,
                price=_yen(one.price),
            )
            for one in wrappings
        ),
        social=social,
        address_due=max((date.fromisoformat(due) for due in dues if due), default=None),
    )


def _holds(
    record: OrderRecord, shipments: tuple[Shipment, ...], charges: Charges
) -> frozenset[Hold]:
    holds = []
    if record.rakutenConfirmFlag:
        holds.append(Hold.MALL_REVIEW)
    if record.cautionDisplayType:
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


def _awaits_address(package: PackageRecord) -> bool:
    """Tell whether a social gift still lacks its address; up to version 9 only the words say so."""
    form = package.SocialGiftModel
    if form is not None:
        return not form.inputFlag
    sender = package.SenderModel
    return sender.zipCode1 == _OPEN_ZIP and sender.prefecture == _OPEN_WORD


def _shipment(record: PackageRecord, phase: Phase, wish: tuple[date | None, str]) -> Shipment:
    cancelled = bool(record.packageDeleteFlag)
    if cancelled:
        phase = Phase.CANCELLED
    pick_up = record.DeliveryCvsModel
    return _new_shipment(
        id=str(record.basketId),
        recipient=None if _awaits_address(record) else _contact(record.SenderModel),
        items=tuple([_item(item, phase) for item in record.ItemModelList]),
        parcels=tuple([_parcel(parcel) for parcel in record.ShippingModelList]),
        wish_date=wish[0],
        wish_slot=wish[1],
        charges=_new_charges(
            goods=_yen(record.goodsPrice),
            shipping=_yen(record.postagePrice),
            cod_fee=_yen(record.deliveryPrice),
            total=_yen(record.totalPrice),
        ),
        drop_off=record.dropOffLocation if record.dropOffFlag else "",
        noshi=record.noshi,
        pick_up=_pick_up(pick_up) if pick_up else None,
        cancelled=cancelled,
    )


def _item(record: ItemRecord, phase: Phase) -> Item:
    skus = record.SkuModelList
    sku = skus[0] if skus else _NO_SKU
    chosen = record.selectedChoice
    info = sku.skuInfo
    return _new_item(
        id=str(record.itemDetailId),
        product_id=record.manageNumber,
        sku=sku.variantId or record.itemNumber,
        name=record.itemName,
        options=f"{chosen}\n{info}" if chosen and info else chosen or info,
        quantity=record.units,
        unit_price=record.price,
        price_with_tax=record.priceTaxIncl,
        tax_rate=record.taxRate,
        phase=Phase.CANCELLED if record.deleteItemFlag else phase,
    )


def _parcel(record: ShippingRecord) -> Parcel:
    code = record.deliveryCompany
    return _new_parcel(
        id=str(record.shippingDetailId),
        carrier=record.deliveryCompanyName or CARRIERS.name_of(code) or "",
        carrier_code=code,
        tracking_number=record.shippingNumber,
        ship_date=record.shippingDate,
    )


def _pick_up(record: DeliveryCvsRecord) -> PickUp:
    chain = record.cvsCode
    hours = (record.openTime, record.closeTime)
    return PickUp(
        chain_code="" if chain is None else str(chain),
        store_code=record.storeCode,
        store_name=record.storeName,
        postal_code=record.storeZip,
        prefecture=record.storePrefecture,
        address=record.storeAddress,
        hours="-".join(hours) if any(hours) else "",
        remarks=record.cvsRemarks,
    )
