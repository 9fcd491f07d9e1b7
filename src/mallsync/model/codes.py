"""Every code that explains a decision (rules R12): its kind, and its Japanese and English text.

``MESSAGE_INCOMPLETE``, ``REPORTED_OTHERWISE``, ``SHIPMENT_UNKNOWN``, ``CORRECTION_UNKNOWN``,
``REFUSED_BEFORE`` and ``IN_DOUBT`` are ours: R12 has no word for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from mallsync.errors import Hint

__all__ = ["CODES", "Code", "CodeKind", "Reason", "ReasonCode", "text_of"]


class CodeKind(StrEnum):
    """What a code does: make ineligible, warn, hold a plan back, or tell why an order lacks."""

    REASON = "REASON"
    WARNING = "WARNING"
    GUARD = "GUARD"
    DIAGNOSTIC = "DIAGNOSTIC"


class ReasonCode(StrEnum):
    """The codes of R12, in the order in which they are told."""

    OUT_OF_PERIOD = "OUT_OF_PERIOD"
    STATUS_EXCLUDED = "STATUS_EXCLUDED"
    SHIP_DATE_MISSING = "SHIP_DATE_MISSING"
    SHIP_DATE_FUTURE = "SHIP_DATE_FUTURE"
    TRACKING_MISSING = "TRACKING_MISSING"

    STATUS_UNPAID = "STATUS_UNPAID"
    STATUS_CUSTOM = "STATUS_CUSTOM"
    NEAR_MISS_EXEMPTION = "NEAR_MISS_EXEMPTION"
    PERIOD_IGNORED = "PERIOD_IGNORED"
    TRACKING_SUSPECT = "TRACKING_SUSPECT"
    REVIEW_MESSAGE_EMPTY = "REVIEW_MESSAGE_EMPTY"
    BUYER_MODE_UNSET = "BUYER_MODE_UNSET"
    ANONYMOUS_WITH_COPY = "ANONYMOUS_WITH_COPY"
    RAKUTEN_STAYS_OPEN = "RAKUTEN_STAYS_OPEN"
    MALL_LABEL_ONLY = "MALL_LABEL_ONLY"
    NUMBERS_DROPPED = "NUMBERS_DROPPED"
    MESSAGE_INCOMPLETE = "MESSAGE_INCOMPLETE"

    CANCELLED_ON_MALL = "CANCELLED_ON_MALL"
    ALREADY_REPORTED = "ALREADY_REPORTED"
    REPORTED_OTHERWISE = "REPORTED_OTHERWISE"
    MALL_STATE_TOO_EARLY = "MALL_STATE_TOO_EARLY"
    MALL_STATE_TOO_LATE = "MALL_STATE_TOO_LATE"
    MALL_REVIEW = "MALL_REVIEW"
    CAUTION = "CAUTION"
    AMOUNT_UNDECIDED = "AMOUNT_UNDECIDED"
    GIFT_ADDRESS_OPEN = "GIFT_ADDRESS_OPEN"
    UNKNOWN_STATE = "UNKNOWN_STATE"
    NOTICE_INCOMPLETE = "NOTICE_INCOMPLETE"
    CARRIER_UNMAPPED = "CARRIER_UNMAPPED"
    BUNDLE_CHILD_MANUAL = "BUNDLE_CHILD_MANUAL"
    SHIPMENT_UNKNOWN = "SHIPMENT_UNKNOWN"
    CORRECTION_UNKNOWN = "CORRECTION_UNKNOWN"
    REFUSED_BEFORE = "REFUSED_BEFORE"
    IN_DOUBT = "IN_DOUBT"

    FETCH_OUT_OF_WINDOW = "FETCH_OUT_OF_WINDOW"
    FETCH_STATUS_NOT_ASKED = "FETCH_STATUS_NOT_ASKED"
    FETCH_UNPAID = "FETCH_UNPAID"
    FETCH_CANCELLED_BEFORE = "FETCH_CANCELLED_BEFORE"
    FETCH_ACCOUNT_KIND = "FETCH_ACCOUNT_KIND"
    FETCH_QOO10_SHIP_PLAN_SET = "FETCH_QOO10_SHIP_PLAN_SET"
    FETCH_UNREADABLE = "FETCH_UNREADABLE"
    CREDENTIAL_EXPIRED = "CREDENTIAL_EXPIRED"
    CREDENTIAL_EXPIRING = "CREDENTIAL_EXPIRING"
    CREDENTIAL_NOT_YET_ACTIVE = "CREDENTIAL_NOT_YET_ACTIVE"
    CREDENTIAL_NOTICE_OFF = "CREDENTIAL_NOTICE_OFF"
    CREDENTIAL_NOT_PERMITTED = "CREDENTIAL_NOT_PERMITTED"
    EVENT_SERVICE_NOT_APPROVED = "EVENT_SERVICE_NOT_APPROVED"
    IP_NOT_ALLOWED = "IP_NOT_ALLOWED"


@frozen
class Code:
    """What one code is, and how a person reads it."""

    kind: CodeKind
    text: Hint


def _codes(kind: CodeKind, **texts: tuple[str, str]) -> dict[ReasonCode, Code]:
    return {ReasonCode(name): Code(kind, Hint(ja=ja, en=en)) for name, (ja, en) in texts.items()}


CODES: Mapping[ReasonCode, Code] = {
    **_codes(
        CodeKind.REASON,
        OUT_OF_PERIOD=("作成期間外です", "outside the export period"),
        STATUS_EXCLUDED=("対象外のステータスです", "the status is excluded"),
        SHIP_DATE_MISSING=("出荷日が未入力です", "no ship date"),
        SHIP_DATE_FUTURE=("出荷日が未来です", "the ship date lies ahead"),
        TRACKING_MISSING=("お荷物伝票番号が未入力です", "no tracking number"),
    ),
    **_codes(
        CodeKind.WARNING,
        STATUS_UNPAID=("発送前入金待ちです", "the status says: awaiting payment"),
        STATUS_CUSTOM=("独自ステータスです", "a status of the shop's own"),
        NEAR_MISS_EXEMPTION=(
            "この配送方法の表記では伝票番号は免除されません",
            "this spelling of the method needs a number, a similar one does not",
        ),
        PERIOD_IGNORED=(
            "自動書き出しでは作成期間は使われません",
            "the automatic rule takes no period: the one given is ignored",
        ),
        TRACKING_SUSPECT=(
            "お荷物伝票番号の桁数または検査数字が合いません",
            "the tracking number does not look like one of this carrier",
        ),
        REVIEW_MESSAGE_EMPTY=("レビューメッセージが未設定です", "the review message is empty"),
        BUYER_MODE_UNSET=(
            "注文者情報の設定がないため空欄になります",
            "the buyer mode is not set: the buyer stays blank",
        ),
        ANONYMOUS_WITH_COPY=(
            "匿名配送のため送付先を注文者に写せません",
            "anonymous delivery: the recipient cannot be copied as the buyer",
        ),
        RAKUTEN_STAYS_OPEN=(
            "伝票番号がないと楽天では発送済になりません",
            "without a tracking number Rakuten does not move the order to shipped",
        ),
        MALL_LABEL_ONLY=(
            "らくらくメルカリ便の伝票はメルカリでのみ発行できます",
            "only the mall itself can issue the label of this delivery",
        ),
        NUMBERS_DROPPED=(
            "モールに送れない伝票番号があります",
            "the mall takes fewer tracking numbers than were entered",
        ),
        MESSAGE_INCOMPLETE=(
            "メッセージの差込に値がありません",
            "a placeholder of the message has no value",
        ),
    ),
    **_codes(
        CodeKind.GUARD,
        CANCELLED_ON_MALL=("モール側でキャンセル済みです", "cancelled on the mall"),
        ALREADY_REPORTED=("すでに報告済みです", "already reported"),
        REPORTED_OTHERWISE=("別の内容で報告済みです", "already reported with other values"),
        MALL_STATE_TOO_EARLY=(
            "モール側がまだ発送できる状態ではありません",
            "the mall does not take a shipment for this order yet",
        ),
        MALL_STATE_TOO_LATE=(
            "モール側ではすでに発送後の状態です",
            "on the mall this order is already past shipping",
        ),
        MALL_REVIEW=("モールが確認中です", "under review by the mall"),
        CAUTION=("モールの警告表示があります", "the mall shows a caution"),
        AMOUNT_UNDECIDED=("金額が未確定です", "an amount is not decided yet"),
        GIFT_ADDRESS_OPEN=(
            "ソーシャルギフトの住所が未入力です",
            "the recipient has not entered the gift's address yet",
        ),
        UNKNOWN_STATE=(
            "モールの状態を判別できません",
            "the mall's state of this order is not known to this version",
        ),
        NOTICE_INCOMPLETE=(
            "このモールの発送報告に必要な項目が未入力です",
            "a field that this mall's notice needs is not filled",
        ),
        CARRIER_UNMAPPED=(
            "配送会社に対応するモールのコードがありません",
            "the mall has no code for this carrier",
        ),
        BUNDLE_CHILD_MANUAL=(
            "同梱の子注文はモール側で処理してください",
            "a bundled child order: handle it on the mall by hand",
        ),
        SHIPMENT_UNKNOWN=(
            "入力された配送の送付先がモールの注文にありません",
            "this was filled in for a shipment that the order does not have any more",
        ),
        CORRECTION_UNKNOWN=(
            "このモールでの訂正の方法は公開されていません。管理画面で訂正してください",
            "no source tells how this mall takes a correction: make it on the mall's own page",
        ),
        REFUSED_BEFORE=(
            "モールに拒否された内容のままです",
            "the mall has refused just this: change what it names",
        ),
        IN_DOUBT=(
            "報告の結果が不明です。照合してください",
            "what came of an earlier report is not known: reconcile",
        ),
    ),
    **_codes(
        CodeKind.DIAGNOSTIC,
        FETCH_OUT_OF_WINDOW=(
            "取得日数より前の注文です。期間を指定して取得してください",
            "older than the days that are fetched: fetch it with a period",
        ),
        FETCH_STATUS_NOT_ASKED=(
            "取得対象のモールステータスではありません",
            "its status on the mall is not one that is fetched",
        ),
        FETCH_UNPAID=("未入金のため入金後に取り込まれます", "not paid yet: it comes in once paid"),
        FETCH_CANCELLED_BEFORE=(
            "取り込み前にキャンセルされました",
            "cancelled before it was taken in",
        ),
        FETCH_ACCOUNT_KIND=(
            "1点ものアカウントの注文ではありません",
            "not of the one-off (1点もの) account kind",
        ),
        FETCH_QOO10_SHIP_PLAN_SET=(
            "取得前に発送予定日が入力され配送準備に移りました",
            "its planned ship date was set on Qoo10 before the fetch, which moved it on",
        ),
        FETCH_UNREADABLE=(
            "注文データを読み取れず隔離しました",
            "it could not be read and was set aside, with the reason",
        ),
        CREDENTIAL_EXPIRED=("認証情報の有効期限が切れています", "the credentials have expired"),
        CREDENTIAL_EXPIRING=("認証情報の有効期限が近づいています", "the credentials end soon"),
        CREDENTIAL_NOT_YET_ACTIVE=(
            "新しいキーはまだ有効になっていません。10〜30分お待ちください",
            "the new key is not active yet: wait 10 to 30 minutes",
        ),
        CREDENTIAL_NOTICE_OFF=(
            "LicenseManagementAPIが未利用のため期限を確認できません",
            "the licence API is not enabled: the expiry cannot be asked for",
        ),
        CREDENTIAL_NOT_PERMITTED=(
            "キーに利用権限がありません。新しいキーを発行し古いキーを停止してください",
            "the key does not cover this function: issue a new key, stop the old one",
        ),
        EVENT_SERVICE_NOT_APPROVED=(
            "システムイベント通知サービスが未承認です",
            "the system event notification service is not approved",
        ),
        IP_NOT_ALLOWED=(
            "接続元IPアドレスが許可されていません",
            "the source address is not allowed",
        ),
    ),
}
"""Kind and text by code; the one table that decisions, documents and messages share."""


@frozen
class Reason:
    """One code with the value that it is about; ``choices`` name what would do instead."""

    code: ReasonCode
    detail: str = ""
    choices: tuple[str, ...] = ()

    def explain(self, lang: str = "en") -> str:
        """Return the reason in words, in ``"ja"`` or ``"en"``.

        >>> Reason(ReasonCode.SHIP_DATE_FUTURE, "2026-12-01").explain("ja")
        '出荷日が未来です (2026-12-01)'
        """
        text = text_of(self.code)(lang)
        return f"{text} ({self.detail})" if self.detail else text


def text_of(code: str) -> Hint:
    """Return the text of a code.

    >>> text_of(ReasonCode.TRACKING_MISSING)("ja")
    'お荷物伝票番号が未入力です'
    """
    return CODES[ReasonCode(code)].text
