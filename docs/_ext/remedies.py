"""What to do about each code, for the page "Why was my order not fetched, or not written out?"."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mallsync.errors import Hint
from mallsync.model.codes import ReasonCode

__all__ = ["REMEDIES"]


def _of(**texts: tuple[str, str]) -> dict[ReasonCode, Hint]:
    return {ReasonCode(name): Hint(ja=ja, en=en) for name, (ja, en) in texts.items()}


REMEDIES: Mapping[ReasonCode, Hint] = MappingProxyType(
    _of(
        OUT_OF_PERIOD=(
            "期間を広げます。基準の日付(既定は自社側の最終更新)も確かめます。",
            "Widen the period; look which date it goes by (by default the host's last update).",
        ),
        STATUS_EXCLUDED=(
            "注文のステータスを、除外されていないものに変えます(発送待ちなど)。",
            "Move the order to a status that is not excluded, such as 発送待ち.",
        ),
        SHIP_DATE_MISSING=("出荷日を入力します。", "Fill in the ship date."),
        SHIP_DATE_FUTURE=(
            "その日になるのを待つか、出荷日を今日以前に直します。",
            "Wait for that day, or correct the date to today or before.",
        ),
        TRACKING_MISSING=(
            "お荷物伝票番号を入力します。番号が要らない配送会社と配送方法の組もあります。",
            "Fill in the number; some methods of some carriers need none.",
        ),
        STATUS_UNPAID=(
            "報告はされます。入金前に発送する運用か確かめます。",
            "It is reported all the same. Make sure that you ship before payment on purpose.",
        ),
        STATUS_CUSTOM=(
            "報告はされます。止めたいステータスなら規則の除外に加えます。",
            "It is reported all the same. Add the status to the rule's exclusions to hold it back.",
        ),
        NEAR_MISS_EXEMPTION=(
            "配送方法を正式な表記にするか、正規化の表を使います。",
            "Write the method as the rule spells it, or use the table that normalises it.",
        ),
        PERIOD_IGNORED=(
            "手動の規則を使うか、期間を渡さないようにします。",
            "Use the manual rule, or give no period.",
        ),
        TRACKING_SUSPECT=(
            "番号の打ち間違いがないか確かめます。正しければそのままで構いません。",
            "Look for a slip in the number; if it is right, leave it.",
        ),
        REVIEW_MESSAGE_EMPTY=(
            "店舗の設定にレビューメッセージを書きます。",
            "Write the shop's review message into its settings.",
        ),
        BUYER_MODE_UNSET=(
            "購入者の扱い(送付先を写す、固定、空欄)を設定します。",
            "Set how the buyer is filled in: copied, fixed or blank.",
        ),
        ANONYMOUS_WITH_COPY=(
            "匿名配送の注文に使う固定の購入者を設定します。",
            "Set a fixed buyer for orders that are delivered anonymously.",
        ),
        RAKUTEN_STAYS_OPEN=(
            "番号を入力するか、RMSで発送済にします。",
            "Fill in a number, or move the order on in RMS.",
        ),
        MALL_LABEL_ONLY=(
            "メルカリShopsの画面から発送します。",
            "Ship it on the mall's own page.",
        ),
        NUMBERS_DROPPED=(
            "モールが受け取るのは一部の番号だけです。残りはメッセージなどで伝えます。",
            "The mall takes only some of them; tell the buyer the others in a message.",
        ),
        MESSAGE_INCOMPLETE=(
            "差込に使う値を入力するか、テンプレートを直します。",
            "Fill in the value, or change the template.",
        ),
        CANCELLED_ON_MALL=(
            "発送を止めます。報告するものはありません。",
            "Stop the parcel; there is nothing to report.",
        ),
        ALREADY_REPORTED=("何もする必要はありません。", "Nothing: it is on the mall."),
        REPORTED_OTHERWISE=(
            "訂正する場合は plan_export(correct=[key]) で明示的に訂正します。",
            "To change it, ask for a correction: plan_export(correct=[key]).",
        ),
        MALL_STATE_TOO_EARLY=(
            "モール側で注文確認などを済ませます。",
            "Do on the mall what comes before, such as confirming the order.",
        ),
        MALL_STATE_TOO_LATE=(
            "モールの管理画面で確かめます。多くはすでに報告済みです。",
            "Look at it on the mall; mostly it was reported there by hand.",
        ),
        MALL_REVIEW=("モールの確認が終わるのを待ちます。", "Wait until the mall has finished."),
        CAUTION=(
            "モールの管理画面で警告の内容を確かめます。",
            "Read the caution on the mall's page.",
        ),
        AMOUNT_UNDECIDED=(
            "モール側で送料などの金額を確定します。",
            "Decide the amount (shipping, say) on the mall.",
        ),
        GIFT_ADDRESS_OPEN=(
            "受取人が住所を入力するのを待ちます。",
            "Wait for the recipient to enter the address.",
        ),
        UNKNOWN_STATE=(
            "新しい版に更新します。モールが状態を追加した可能性があります。",
            "Upgrade: the mall may have a state that this version does not know.",
        ),
        NOTICE_INCOMPLETE=(
            "示された項目を入力します。",
            "Fill in the field that the detail names.",
        ),
        CARRIER_UNMAPPED=(
            "モールにある配送会社の名前を使います。候補はメッセージにあります。",
            "Use a carrier that the mall knows; the detail lists them.",
        ),
        BUNDLE_CHILD_MANUAL=(
            "同梱した子注文をモールの画面で処理します。",
            "Handle the child order on the mall's page.",
        ),
        SHIPMENT_UNKNOWN=(
            "現在の送付先ごとに、出荷日・配送業者・伝票番号を入力し直します。",
            "Fill in anew each shipment that the order has now.",
        ),
        CORRECTION_UNKNOWN=(
            "モールの画面で訂正します。",
            "Correct it on the mall's page.",
        ),
        REFUSED_BEFORE=(
            "モールが示した項目を直します。同じ内容で送り直すには retry_refused を使います。",
            "Change what the mall named; retry_refused sends the same again.",
        ),
        IN_DOUBT=(
            "sync.reconcile() を実行します。モールを見て結果を確かめます。",
            "Run sync.reconcile(): it looks at the mall.",
        ),
        FETCH_OUT_OF_WINDOW=(
            "sync.fetch(period=…) でその注文日を含む期間を取得します。",
            "Fetch its day: sync.fetch(period=…).",
        ),
        FETCH_STATUS_NOT_ASKED=(
            "店舗の設定 statuses に加えるか、そのままにします。",
            "Add the status to the shop's statuses, if such orders are wanted.",
        ),
        FETCH_UNPAID=(
            "待ちます。入金されると自動的に取り込まれます。",
            "Wait: it comes in by itself once it is paid.",
        ),
        FETCH_CANCELLED_BEFORE=("何もする必要はありません。", "Nothing."),
        FETCH_ACCOUNT_KIND=(
            "1点ものアカウントの注文だけが対象です。",
            "Only orders of such accounts can be read.",
        ),
        FETCH_QOO10_SHIP_PLAN_SET=(
            "配送準備も取得するか、発送予定日は取得の後に入力します。",
            "Fetch 配送準備, too, or set planned ship dates after the fetch.",
        ),
        FETCH_UNREADABLE=(
            "理由を確かめて更新します。更新後の取得で自動的に読み直されます。",
            "Read the reason and upgrade: the next fetch reads it again.",
        ),
        CREDENTIAL_EXPIRED=("新しいキーを発行します。", "Issue a new key."),
        CREDENTIAL_EXPIRING=(
            "期限までに新しいキーを発行します。",
            "Issue a new key before that day.",
        ),
        CREDENTIAL_NOT_YET_ACTIVE=("10〜30分待ちます。", "Wait 10 to 30 minutes."),
        CREDENTIAL_NOTICE_OFF=(
            "RMSでライセンス管理APIの機能をオンにします。",
            "Switch the licence API on in RMS.",
        ),
        CREDENTIAL_NOT_PERMITTED=(
            "機能をオンにしてから新しいキーを発行し、古いキーを止めます。",
            "Switch the function on, issue a new key, stop the old one.",
        ),
        EVENT_SERVICE_NOT_APPROVED=(
            "RMSでシステムイベント通知サービスを承認します。",
            "Approve the service in RMS.",
        ),
        IP_NOT_ALLOWED=(
            "モールの管理画面で接続元のアドレスを許可します。",
            "Allow this address on the mall's page.",
        ),
    )
)
"""By code, in both languages; the build fails for one that is missing."""
