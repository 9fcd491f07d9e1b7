"""The golden exchanges, written from the wire facts. All data is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from attrs import evolve, field, frozen

from mallsync import (
    Address,
    Charges,
    Contact,
    Item,
    Order,
    OrderKey,
    Parcel,
    Payment,
    Period,
    Phase,
    Shipment,
)
from mallsync.adapters.rakuten import codec
from mallsync.adapters.rakuten.reading import Reader
from mallsync.adapters.rakuten.shapes import StatusRecord, SubStatusRecord
from mallsync.errors import AuthFailed, Conflict, DecodeError, MallError, NotFound, Rejected
from mallsync.model.order import Discount
from mallsync.model.period import JST
from mallsync.model.sighting import Seen, Unreadable
from mallsync.model.words import Funder
from mallsync.wire.messages import Operation

__all__ = ["EXCHANGES", "Exchange", "Refusal"]

_JSON = {"Content-Type": "application/json; charset=utf-8"}


@frozen(init=False)
class Refusal:
    """The error that an answer stands for: its class, its code and its places."""

    kind: type[MallError]
    code: str
    problems: tuple[str, ...]

    def __init__(self, kind: type[MallError], code: str, *problems: str) -> None:
        self.__attrs_init__(kind, code, problems)


@frozen(kw_only=True)
class Exchange:
    """One request with one answer, both as they stand on the wire."""

    title: str
    operation: Operation[object]
    path: str
    body: str = ""
    method: str = "POST"
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(factory=lambda: _JSON)
    status: int = 200
    answer: str
    result: object


_NO_ORDERS: tuple[object, ...] = ()
_A = "999003-20261120-0000000101"
_B = "999003-20261120-0000000102"
_UNAUTHORISED = '{"errors":[{"code":"GA0001","message":"Un-Authorised"}]}'


def _message(code: str, more: str = "") -> str:
    kind = next(word for word in ("INFO", "WARNING", "ERROR") if f"_{word}_" in code)
    whole = f"ORDER_EXT_API_{code}"
    return f'{{"messageType":"{kind}","messageCode":"{whole}","message":"見本の文"{more}}}'


def _messages(*messages: str) -> str:
    return f'{{"MessageModelList":[{",".join(messages)}]}}'


# -------------------------------------------------------------------------------------- searchOrder

_SEARCH = codec.SearchOrders(
    period=Period(
        datetime(2026, 11, 14, 15, 0, tzinfo=UTC), datetime(2026, 11, 22, 12, 30, tzinfo=JST)
    ),
    progresses=(100, 300),
    page=2,
    size=50,
)
_SEARCH_PATH = "/es/2.0/order/searchOrder/"
_SEARCH_BODY = (
    '{"dateType":1,"startDatetime":"2026-11-15T00:00:00+0900",'
    '"endDatetime":"2026-11-22T12:30:00+0900",'
    '"PaginationRequestModel":{"requestRecordsAmount":50,"requestPage":2,'
    '"SortModelList":[{"sortColumn":1,"sortDirection":1}]},"orderProgressList":[100,300]}'
)

_SEARCHES = (
    Exchange(
        title="searchOrder finds two orders",
        operation=_SEARCH,
        path=_SEARCH_PATH,
        body=_SEARCH_BODY,
        answer=f'{{"orderNumberList":["{_A}","{_B}"],"MessageModelList":['
        f"{_message('SEARCH_ORDER_INFO_101')}],"
        '"PaginationResponseModel":{"totalRecordsAmount":52,"totalPages":2,"requestPage":2}}',
        result=codec.Page(numbers=(_A, _B), total=52, pages=2),
    ),
    Exchange(
        title="searchOrder finds nothing",
        operation=_SEARCH,
        path=_SEARCH_PATH,
        body=_SEARCH_BODY,
        answer=f'{{"orderNumberList":[],"MessageModelList":[{_message("SEARCH_ORDER_INFO_102")}],'
        '"PaginationResponseModel":{"totalRecordsAmount":null,"totalPages":null,"requestPage":null}}',
        result=codec.Page(numbers=(), total=0, pages=0),
    ),
    Exchange(
        title="searchOrder refuses a date",
        operation=_SEARCH,
        path=_SEARCH_PATH,
        body=_SEARCH_BODY,
        status=400,
        answer=f'{{"orderNumberList":null,"MessageModelList":['
        f'{_message("SEARCH_ORDER_ERROR_011")}],"PaginationResponseModel":null}}',
        result=Refusal(Rejected, "SEARCH_ORDER_ERROR_011", "SEARCH_ORDER_ERROR_011"),
    ),
    Exchange(
        title="searchOrder refuses within a 200",
        operation=_SEARCH,
        path=_SEARCH_PATH,
        body=_SEARCH_BODY,
        answer=f'{{"orderNumberList":null,"MessageModelList":['
        f'{_message("SEARCH_ORDER_ERROR_009")}],"PaginationResponseModel":null}}',
        result=Refusal(Rejected, "SEARCH_ORDER_ERROR_009", "SEARCH_ORDER_ERROR_009"),
    ),
    Exchange(
        title="searchOrder answers in another shape",
        operation=_SEARCH,
        path=_SEARCH_PATH,
        body=_SEARCH_BODY,
        answer='{"orderNumberList":["1"],"MessageModelList":[],'
        '"PaginationResponseModel":{"totalRecordsAmount":"1","totalPages":1,"requestPage":1}}',
        result=Refusal(
            DecodeError,
            "UNREADABLE",
            "PaginationResponseModel.totalRecordsAmount: a str, expected int or null",
        ),
    ),
)

# ----------------------------------------------------------------------------------------- getOrder

_GET = codec.GetOrders(numbers=(_A, _B), reader=Reader("demo"), version=9)
_GET_PATH = "/es/2.0/order/getOrder/"
_GET_BODY = f'{{"orderNumberList":["{_A}","{_B}"],"version":9}}'

# wire facts §10.2, shortened; everything is invented
_PERSON = (
    '"zipCode1":"060","zipCode2":"0001","prefecture":"北海道","city":"架空市",'
    '"subAddress":"見本通4-5",'
    '"familyName":"例示","firstName":null,"familyNameKana":null,"firstNameKana":null,'
    '"phoneNumber1":"090","phoneNumber2":"0000","phoneNumber3":"0002"'
)
_RECORD = (
    f'{{"orderNumber":"{_A}","orderProgress":300,"orderDatetime":"2026-11-20T10:15:30+0900",'
    '"deliveryDate":"2026-11-25","shippingTerm":1416,"remarks":null,"giftCheckFlag":0,'
    '"cautionDisplayType":0,"rakutenConfirmFlag":0,"goodsPrice":1200,"postagePrice":800,'
    '"deliveryPrice":0,"paymentCharge":0,"totalPrice":2096,"requestPrice":1296,'
    '"couponAllTotalPrice":300,"couponShopPrice":300,"additionalFeeOccurAmountToUser":0,'
    f'"OrdererModel":{{{_PERSON},"emailAddress":"0031s1@pc.fw.rakuten.ne.jp"}},'
    '"SettlementModel":{"settlementMethodCode":2,"settlementMethod":"代金引換"},'
    '"PointModel":{"usedPoint":500},"PackageModelList":[{"basketId":5000000031,'
    '"postagePrice":800,"deliveryPrice":0,"goodsPrice":1200,"totalPrice":2096,"noshi":"御礼",'
    f'"packageDeleteFlag":0,"SenderModel":{{{_PERSON}}},"ItemModelList":[{{'
    '"itemDetailId":5000000032,"itemName":"見本クッキー","itemNumber":null,'
    '"manageNumber":"mihon-cookie","price":1200,"units":1,"selectedChoice":"カード:あり",'
    '"deleteItemFlag":0,"taxRate":0.08,"priceTaxIncl":1296,"SkuModelList":['
    '{"variantId":"cookie-12","merchantDefinedSkuId":null,"skuInfo":"味:見本"}]}],'
    '"ShippingModelList":[{"shippingDetailId":600000000031,"shippingNumber":null,'
    '"deliveryCompany":"1000","deliveryCompanyName":"その他","shippingDate":null}],'
    '"DeliveryCvsModel":null}],"CouponModelList":[{"couponCode":"AAAA-0031",'
    '"couponName":"見本クーポン","couponCapitalCode":1,"couponTotalPrice":300}],'
    '"TaxSummaryModelList":[{"reqPriceTax":96}]}'
)
_ADDRESS = Address(postal_code="060-0001", prefecture="北海道", city="架空市", street="見本通4-5")
_RECIPIENT = Contact(family_name="例示", address=_ADDRESS, phone="090-0000-0002")
_ORDER = Order(
    key=OrderKey("rakuten", "demo", _A),
    phase=Phase.TO_SHIP,
    mall_status="300",
    ordered_at=datetime(2026, 11, 20, 10, 15, 30, tzinfo=JST),
    buyer=evolve(_RECIPIENT, email="0031s1@pc.fw.rakuten.ne.jp"),
    shipments=(
        Shipment(
            id="5000000031",
            recipient=_RECIPIENT,
            items=(
                Item(
                    id="5000000032",
                    product_id="mihon-cookie",
                    sku="cookie-12",
                    name="見本クッキー",
                    options="カード:あり\n味:見本",
                    quantity=1,
                    unit_price=1200,
                    price_with_tax=1296,
                    tax_rate=0.08,
                    phase=Phase.TO_SHIP,
                ),
            ),
            parcels=(Parcel(id="600000000031", carrier="その他", carrier_code="1000"),),
            wish_date=date(2026, 11, 25),
            wish_slot="14-16",
            charges=Charges(goods=1200, shipping=800, cod_fee=0, total=2096),
            noshi="御礼",
        ),
    ),
    charges=Charges(
        goods=1200,
        shipping=800,
        cod_fee=0,
        payment_fee=0,
        wrapping=0,
        buyer_fee=0,
        discounts=(
            Discount(funder=Funder.SHOP, amount=300, name="見本クーポン", code="AAAA-0031"),
        ),
        points=500,
        tax=96,
        total=2096,
        requested=1296,
    ),
    payment=Payment(method="代金引換", code="2"),
)

_MISSING = _message("GET_ORDER_INFO_102", f',"orderNumber":"{_B}"')

_DETAILS = (
    Exchange(
        title="getOrder shows one order and lacks the other",
        operation=_GET,
        path=_GET_PATH,
        body=_GET_BODY,
        answer=f'{{"version":9,"MessageModelList":[{_message("GET_ORDER_INFO_101")},'
        f"{_MISSING}],"
        f'"OrderModelList":[{_RECORD}]}}',
        result=(
            Seen(_ORDER),
            Unreadable(_B, None, NotFound(code="GET_ORDER_INFO_102")),
        ),
    ),
    Exchange(
        title="getOrder has none to ask for",
        operation=codec.GetOrders(numbers=(), reader=Reader("demo")),
        path=_GET_PATH,
        body='{"orderNumberList":[],"version":10}',
        answer='{"version":10,"MessageModelList":[],"OrderModelList":[]}',
        result=_NO_ORDERS,
    ),
    Exchange(
        title="getOrder refuses the whole call",
        operation=_GET,
        path=_GET_PATH,
        body=_GET_BODY,
        status=400,
        answer=_messages(_message("GET_ORDER_ERROR_009")),
        result=Refusal(Rejected, "GET_ORDER_ERROR_009", "GET_ORDER_ERROR_009"),
    ),
    Exchange(
        title="getOrder meets the gateway",
        operation=_GET,
        path=_GET_PATH,
        body=_GET_BODY,
        status=401,
        answer=_UNAUTHORISED,
        result=Refusal(AuthFailed, "GA0001"),
    ),
)

# ------------------------------------------------------------------------------------- confirmOrder

_CONFIRM = codec.ConfirmOrders(numbers=(_A, _B))
_CONFIRM_PATH = "/es/2.0/order/confirmOrder/"
_CONFIRM_BODY = f'{{"orderNumberList":["{_A}","{_B}"]}}'

_CONFIRMS = (
    Exchange(
        title="confirmOrder takes both",
        operation=_CONFIRM,
        path=_CONFIRM_PATH,
        body=_CONFIRM_BODY,
        answer=_messages(
            _message("CONFIRM_ORDER_INFO_101", f',"orderNumber":"{_A}"'),
            _message("CONFIRM_ORDER_INFO_101", f',"orderNumber":"{_B}"'),
        ),
        result={_A: None, _B: None},
    ),
    Exchange(
        title="confirmOrder refuses the list",
        operation=_CONFIRM,
        path=_CONFIRM_PATH,
        body=_CONFIRM_BODY,
        status=400,
        answer=_messages(_message("CONFIRM_ORDER_ERROR_010")),
        result=Refusal(Rejected, "CONFIRM_ORDER_ERROR_010", "CONFIRM_ORDER_ERROR_010"),
    ),
)

# ------------------------------------------------------------------------------ updateOrderShipping

_UPDATE = codec.UpdateShipping(
    number=_A,
    basket=5_000_000_031,
    records=(
        {
            "deliveryCompany": "1003",
            "shippingDetailId": 600_000_000_031,
            "shippingNumber": "000011112222",
            "shippingDate": "2026-11-22",
        },
        {"deliveryCompany": "1003", "shippingNumber": "A-1", "shippingDate": "2026-11-22"},
    ),
)
_UPDATE_MODEL = (
    f'{{"orderNumber":"{_A}","BasketidModelList":[{{"basketId":5000000031,"ShippingModelList":['
    '{"deliveryCompany":"1003","shippingDetailId":600000000031,'
    '"shippingNumber":"000011112222","shippingDate":"2026-11-22"},'
    '{"deliveryCompany":"1003","shippingNumber":"A-1","shippingDate":"2026-11-22"}]}]}'
)
_UPDATE_PATH = "/es/2.0/order/updateOrderShipping/"

_UPDATES = (
    Exchange(
        title="updateOrderShipping updates one record and adds one",
        operation=_UPDATE,
        path=_UPDATE_PATH,
        body=_UPDATE_MODEL,
        answer=_messages(
            _message(
                "UPDATE_ORDERSHIPPING_INFO_102", ',"dataNumber":1,"shippingDetailId":600000000031'
            ),
            _message(
                "UPDATE_ORDERSHIPPING_INFO_101", ',"dataNumber":2,"shippingDetailId":600000000032'
            ),
        ),
        result="600000000031,600000000032",
    ),
    Exchange(
        title="updateOrderShipping names no id",
        operation=_UPDATE,
        path=_UPDATE_PATH,
        body=_UPDATE_MODEL,
        answer=_messages(_message("UPDATE_ORDERSHIPPING_INFO_101", ',"shippingDetailId":null')),
        result="",
    ),
    Exchange(
        title="updateOrderShipping refuses two records",
        operation=_UPDATE,
        path=_UPDATE_PATH,
        body=_UPDATE_MODEL,
        status=400,
        answer=_messages(
            _message("UPDATE_ORDERSHIPPING_ERROR_011", ',"dataNumber":1,"shippingDetailId":null'),
            _message("UPDATE_ORDERSHIPPING_ERROR_011", ',"dataNumber":2,"shippingDetailId":null'),
        ),
        result=Refusal(
            Rejected,
            "UPDATE_ORDERSHIPPING_ERROR_011",
            "ShippingModelList[0]: UPDATE_ORDERSHIPPING_ERROR_011",
            "ShippingModelList[1]: UPDATE_ORDERSHIPPING_ERROR_011",
        ),
    ),
    Exchange(
        title="updateOrderShipping meets a cancelled order",
        operation=_UPDATE,
        path=_UPDATE_PATH,
        body=_UPDATE_MODEL,
        answer=_messages(_message("UPDATE_ORDERSHIPPING_ERROR_102", ',"dataNumber":null')),
        result=Refusal(
            Conflict, "UPDATE_ORDERSHIPPING_ERROR_102", "UPDATE_ORDERSHIPPING_ERROR_102"
        ),
    ),
    Exchange(
        title="updateOrderShipping says nothing at all",
        operation=_UPDATE,
        path=_UPDATE_PATH,
        body=_UPDATE_MODEL,
        answer="{}",
        result=Refusal(DecodeError, "UNCLEAR_ANSWER"),
    ),
    Exchange(
        title="updateOrderShipping takes one record and not the other",
        operation=_UPDATE,
        path=_UPDATE_PATH,
        body=_UPDATE_MODEL,
        answer=_messages(
            _message("UPDATE_ORDERSHIPPING_INFO_101", ',"dataNumber":1'),
            _message("UPDATE_ORDERSHIPPING_ERROR_011", ',"dataNumber":2'),
        ),
        result=Refusal(
            DecodeError, "UNCLEAR_ANSWER", "ShippingModelList[1]: UPDATE_ORDERSHIPPING_ERROR_011"
        ),
    ),
)

# ------------------------------------------------------------------------- updateOrderShippingAsync

_ASYNC = codec.UpdateShippingAsync(
    updates=(
        _UPDATE,
        codec.UpdateShipping(number=_B, basket=7, records=({"deliveryCompany": "1001"},)),
    )
)
_ASYNC_PATH = "/es/2.0/order/updateOrderShippingAsync/"
_ASYNC_BODY = (
    f'{{"OrderShippingModelList":[{_UPDATE_MODEL},{{"orderNumber":"{_B}",'
    '"BasketidModelList":[{"basketId":7,"ShippingModelList":[{"deliveryCompany":"1001"}]}]}]}'
)
_REQUEST_ID = "00000000-0000-4000-8000-000000000031_20261122120000"

_ASYNCS = (
    Exchange(
        title="updateOrderShippingAsync is accepted",
        operation=_ASYNC,
        path=_ASYNC_PATH,
        body=_ASYNC_BODY,
        answer=_messages(
            _message(
                "UPDATE_ORDERSHIPPING_ASYNC_INFO_101",
                f',"requestId":"{_REQUEST_ID}","dataNumber":null,"shippingDetailId":null',
            )
        ),
        result=_REQUEST_ID,
    ),
    Exchange(
        title="updateOrderShippingAsync refuses its form within a 200",
        operation=_ASYNC,
        path=_ASYNC_PATH,
        body=_ASYNC_BODY,
        answer=_messages(_message("UPDATE_ORDERSHIPPING_ASYNC_ERROR_011", ',"dataNumber":2')),
        result=Refusal(
            Rejected,
            "UPDATE_ORDERSHIPPING_ASYNC_ERROR_011",
            "ShippingModelList[1]: UPDATE_ORDERSHIPPING_ASYNC_ERROR_011",
        ),
    ),
    Exchange(
        title="updateOrderShippingAsync gives no request id",
        operation=_ASYNC,
        path=_ASYNC_PATH,
        body=_ASYNC_BODY,
        answer=_messages(_message("UPDATE_ORDERSHIPPING_ASYNC_INFO_101", ',"requestId":null')),
        result=Refusal(
            DecodeError,
            "UNREADABLE",
            "MessageModelList[0].requestId: missing or of another type",
        ),
    ),
)

# ---------------------------------------------------------------- getResultUpdateOrderShippingAsync

_RESULT = codec.ShippingResult(request_id=_REQUEST_ID)
_RESULT_PATH = "/es/2.0/order/getResultUpdateOrderShippingAsync/"
_RESULT_BODY = f'{{"requestId":"{_REQUEST_ID}"}}'

_RESULTS = (
    Exchange(
        title="a result of both orders",
        operation=_RESULT,
        path=_RESULT_PATH,
        body=_RESULT_BODY,
        answer='{"ResultShippingModelList":['
        f'{{"orderNumber":"{_B}","MessageModelList":['
        f"{_message('UPDATE_ORDERSHIPPING_INFO_101')}]}},"
        f'{{"orderNumber":"{_A}","MessageModelList":['
        f"{_message('UPDATE_ORDERSHIPPING_INFO_102')}]}}]}}",
        result={_A: None, _B: None},
    ),
    Exchange(
        title="no result yet, or none any more",
        operation=_RESULT,
        path=_RESULT_PATH,
        body=_RESULT_BODY,
        answer='{"ResultShippingModelList":[{"MessageModelList":['
        f'{_message("GET_RESULT_UPDATEORDERSHIPPING_ASYNC_INFO_101")}]}}, "strange"]}}',
        result={},
    ),
    Exchange(
        title="a result is asked for without its id",
        operation=_RESULT,
        path=_RESULT_PATH,
        body=_RESULT_BODY,
        status=400,
        answer=_messages(_message("GET_RESULT_UPDATEORDERSHIPPING_ASYNC_ERROR_009")),
        result=Refusal(
            Rejected,
            "GET_RESULT_UPDATEORDERSHIPPING_ASYNC_ERROR_009",
            "GET_RESULT_UPDATEORDERSHIPPING_ASYNC_ERROR_009",
        ),
    ),
    Exchange(
        title="a result in another shape",
        operation=_RESULT,
        path=_RESULT_PATH,
        body=_RESULT_BODY,
        answer='{"ResultShippingModelList":{}}',
        result=Refusal(
            DecodeError, "UNREADABLE", "ResultShippingModelList: missing or of another type"
        ),
    ),
)

# -------------------------------------------------------------------------------------- cancelOrder

_CANCEL = codec.CancelOrder(number=_A, reason=8, restore_stock=1)
_CANCEL_BODY = f'{{"orderNumber":"{_A}","inventoryRestoreType":1,"changeReasonDetailApply":8}}'

_CANCELS = (
    Exchange(
        title="cancelOrder is accepted",
        operation=_CANCEL,
        path="/es/2.0/order/cancelOrder/",
        body=_CANCEL_BODY,
        answer=_messages(_message("CANCEL_ORDER_INFO_101", f',"orderNumber":"{_A}"')),
        result=None,
    ),
    Exchange(
        title="cancelOrderAfterShipping is another call",
        operation=codec.CancelOrder(number=_A, reason=2, after_shipping=True),
        path="/es/2.0/order/cancelOrderAfterShipping/",
        body=f'{{"orderNumber":"{_A}","inventoryRestoreType":0,"changeReasonDetailApply":2}}',
        answer=_messages(_message("CANCEL_ORDERAFTERSHIPPING_INFO_101", "")),
        result=None,
    ),
    Exchange(
        title="cancelOrderAfterShipping without a word is no yes",
        operation=codec.CancelOrder(number=_A, reason=2, after_shipping=True),
        path="/es/2.0/order/cancelOrderAfterShipping/",
        body=f'{{"orderNumber":"{_A}","inventoryRestoreType":0,"changeReasonDetailApply":2}}',
        answer=_messages(),
        result=Refusal(DecodeError, "UNCLEAR_ANSWER"),
    ),
    Exchange(
        title="cancelOrder is refused",
        operation=_CANCEL,
        path="/es/2.0/order/cancelOrder/",
        body=_CANCEL_BODY,
        answer=_messages(_message("CANCEL_ORDER_ERROR_101", f',"orderNumber":"{_A}"')),
        result=Refusal(Rejected, "CANCEL_ORDER_ERROR_101", "CANCEL_ORDER_ERROR_101"),
    ),
)

# ---------------------------------------------------------------------------------- updateOrderMemo

_MEMO = codec.UpdateMemo(number=_A, fields={"memo": "見本のメモ", "deliveryDate": "2026-11-25"})
_MEMO_PATH = "/es/2.0/order/updateOrderMemo/"
_MEMO_BODY = f'{{"orderNumber":"{_A}","memo":"見本のメモ","deliveryDate":"2026-11-25"}}'

_MEMOS = (
    Exchange(
        title="updateOrderMemo is taken",
        operation=_MEMO,
        path=_MEMO_PATH,
        body=_MEMO_BODY,
        answer=_messages(_message("UPDATE_ORDERMEMO_INFO_101", f',"orderNumber":"{_A}"')),
        result=None,
    ),
    Exchange(
        title="updateOrderMemo is refused",
        operation=_MEMO,
        path=_MEMO_PATH,
        body=_MEMO_BODY,
        answer=_messages(_message("UPDATE_ORDERMEMO_ERROR_107", f',"orderNumber":"{_A}"')),
        result=Refusal(Rejected, "UPDATE_ORDERMEMO_ERROR_107", "UPDATE_ORDERMEMO_ERROR_107"),
    ),
)

# --------------------------------------------------------------------------------- getSubStatusList

_SUB = codec.GetSubStatusList()
_SUB_PATH = "/es/2.0/order/getSubStatusList/"

_SUBS = (
    Exchange(
        title="getSubStatusList lists the shop's own",
        operation=_SUB,
        path=_SUB_PATH,
        body="{}",
        answer='{"StatusModelList":[{"orderProgress":300,"SubStatusModelList":['
        '{"subStatusId":31,"subStatusName":"見本待ち","orderby":1}]},'
        '{"orderProgress":500,"SubStatusModelList":null}],"MessageModelList":[]}',
        result=(
            StatusRecord(
                orderProgress=300,
                SubStatusModelList=[SubStatusRecord(subStatusId=31, subStatusName="見本待ち")],
            ),
            StatusRecord(orderProgress=500),
        ),
    ),
    Exchange(
        title="getSubStatusList meets the older gateway",
        operation=_SUB,
        path=_SUB_PATH,
        body="{}",
        status=400,
        answer='{"Results":{"errorCode":"ES04-01","message":"Bad Request"}}',
        result=Refusal(AuthFailed, "ES04-01"),
    ),
    Exchange(
        title="getSubStatusList has no list",
        operation=_SUB,
        path=_SUB_PATH,
        body="{}",
        answer='{"MessageModelList":null}',
        result=Refusal(DecodeError, "UNREADABLE", "StatusModelList: missing or of another type"),
    ),
)

# ------------------------------------------------------------------------- license-key/expiry-date

_KEY = codec.KeyExpiry("SL000000_made-up")
_KEY_PATH = "/es/1.0/license-management/license-key/expiry-date"
_KEY_QUERY = (("licenseKey", "SL000000_made-up"),)


def _expiry(title: str, text: str, result: object) -> Exchange:
    return Exchange(
        title=title,
        operation=_KEY,
        method="GET",
        path=_KEY_PATH,
        query=_KEY_QUERY,
        headers={},
        answer=f'{{"expiryDate":"{text}"}}',
        result=result,
    )


_LAST = datetime(2026, 11, 28, 23, 59, 59, tzinfo=JST)

_KEYS = (
    _expiry("the key's end without a zone is Japan's", "2026-11-28T23:59:59", _LAST),
    _expiry("the key's end with a zone", "2026-11-28T14:59:59Z", _LAST),
    _expiry("the key's end as a day is that day's end", "2026-11-28", _LAST),
    _expiry(
        "the key's end is no date",
        "soon",
        Refusal(DecodeError, "UNREADABLE", "expiryDate: missing or of another type"),
    ),
    Exchange(
        title="the licence API refuses an expired key",
        operation=_KEY,
        method="GET",
        path=_KEY_PATH,
        query=_KEY_QUERY,
        headers={},
        status=401,
        answer=_UNAUTHORISED,
        result=Refusal(AuthFailed, "GA0001"),
    ),
    Exchange(
        title="the licence API leaves the date out",
        operation=_KEY,
        method="GET",
        path=_KEY_PATH,
        query=_KEY_QUERY,
        headers={},
        answer="{}",
        result=Refusal(DecodeError, "UNREADABLE", "expiryDate: missing"),
    ),
)

EXCHANGES: Sequence[Exchange] = (
    *_SEARCHES,
    *_DETAILS,
    *_CONFIRMS,
    *_UPDATES,
    *_ASYNCS,
    *_RESULTS,
    *_CANCELS,
    *_MEMOS,
    *_SUBS,
    *_KEYS,
)
