"""What Qoo10's codes mean: one table (§5).

Codes in the -10000 block are each method's own and collide, so the table is keyed by method and
code. The text that comes with a code is localised: nothing here looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from mallsync.errors import AuthCause, AuthFailed, Conflict, Hint, MallError, NotFound, Rejected

__all__ = ["CODES", "HINTS", "RENEWABLE", "Meaning", "meaning_of"]

HINTS: Mapping[AuthCause, Hint] = {
    AuthCause.WRONG: Hint(
        ja="販売者認証キーが無効です。QSMのパスワードを変更するとキーは失効します。ログインID・"
        "パスワード・APIキーを確認するか、認証キーを再発行してください。",
        en="The certification key is not valid. A change of the QSM password ends it. Check login"
        " id, password and API key, or issue a new certification key.",
    ),
    AuthCause.EXPIRED: Hint(
        ja="販売者認証キーの有効期限（発行から1年）が切れたか、QSMのパスワード変更で失効しました。"
        "認証キーを再発行してください。",
        en="The certification key has expired (one year after its issue), or a change of the QSM"
        " password has ended it. Issue a new one.",
    ),
    AuthCause.NOT_PERMITTED: Hint(
        ja="この機能の利用権限がありません。Qoo10にAPI権限の付与・更新を依頼してください。",
        en="The seller has no right to this method. Ask Qoo10 to grant or renew the API right.",
    ),
    AuthCause.IP_NOT_ALLOWED: Hint(
        ja="Cloudflareに遮断されました。アクセス頻度を下げ、接続元のIPアドレスを確認してください。",
        en="Cloudflare blocks this machine. Call less often, and check the source address.",
    ),
}


@frozen
class Meaning:
    """What one code stands for."""

    kind: type[MallError]
    ja: str = ""
    en: str = ""
    cause: AuthCause = AuthCause.WRONG

    @property
    def hint(self) -> Hint | None:
        """What a person can do, if it is more precise than the kind's own."""
        if self.kind is AuthFailed:
            return HINTS[self.cause]
        return Hint(ja=self.ja, en=self.en) if self.ja else None


_ANY = ""
_LISTS = ("GetShippingInfo_v2", "GetShippingInfo_v3")
_CLAIMS = "GetClaimInfo_V3"
_ONE = "GetShippingAndClaimInfoByOrderNo_V2"
_SENDS = ("SetSendingInfo", "SetSendingInfoBulk")
_CHECK = "SetSellerCheckYN_V2"
_CHECKS = "SetSellerCheckYNBulk"
_CANCEL = "SetCancelProcess"

_UNKNOWN = Meaning(Rejected)
_WRONG_KEY = Meaning(AuthFailed)
_NOT_ALLOWED = Meaning(AuthFailed, cause=AuthCause.NOT_PERMITTED)
_OLD_KEY = Meaning(AuthFailed, cause=AuthCause.EXPIRED)
_DATES = Meaning(
    Rejected,
    "検索期間の日付がモールに受け付けられませんでした。",
    "The mall does not take the dates of the period.",
)
_TOO_LONG = Meaning(
    Rejected,
    "検索期間が90日を超えています。window を短くしてください。",
    "The period is over 90 days. Make the window shorter.",
)
_STATUS = Meaning(
    Rejected,
    "配送状態と検索条件の組み合わせが受け付けられませんでした。",
    "The mall does not take this status with this search condition.",
)
_FORMAT = Meaning(
    Rejected,
    "注文番号の形式が正しくありません。1件ずつ数字だけで指定してください。",
    "The order number has a wrong form. Give one number at a time, digits only.",
)
_NO_ORDER = Meaning(
    NotFound,
    "この販売者の注文に該当がありません。注文番号（カート番号ではない）を確認してください。",
    "This seller has no such order line. Check the order number, which is not the cart number.",
)
_NOT_UPDATED = Meaning(
    Conflict,
    "モールが更新を拒否しました。配送状態とキャンセル申請の有無を確認してください。",
    "The mall has refused the update. Check the line's status, and whether a claim is open.",
)
_MOVED_ON = Meaning(
    Conflict,
    "配送要請の状態ではありません。注文を取り直して判断してください。",
    "The line is not in 配送要請 any more. Fetch it again, then decide.",
)

CODES: Mapping[tuple[str, str], Meaning] = {
    (_ANY, "-10000"): _WRONG_KEY,
    (_ANY, "-90000"): _WRONG_KEY,  # probably "Invalid Access": one client, weak
    (_ANY, "-90001"): _WRONG_KEY,  # "API does not exist" is what a bad key gets, seen live
    (_ANY, "-90002"): _NOT_ALLOWED,
    (_ANY, "-90003"): _NOT_ALLOWED,
    (_ANY, "-90004"): _OLD_KEY,
    (_ANY, "-90005"): _OLD_KEY,
    **{(name, "-10001"): _DATES for name in _LISTS},  # this block: one source, weak
    **{(name, "-10002"): _TOO_LONG for name in _LISTS},
    **{(name, "-10003"): _STATUS for name in _LISTS},
    **{(name, "-10004"): _STATUS for name in _LISTS},
    (_CLAIMS, "-10001"): _WRONG_KEY,  # seller not found
    (_CLAIMS, "-10002"): _DATES,
    (_CLAIMS, "-10003"): _TOO_LONG,
    (_ONE, "-10001"): _WRONG_KEY,  # seller not found; this block: one source, weak
    (_ONE, "-10002"): Meaning(NotFound, _FORMAT.ja, _FORMAT.en),
    (_ONE, "-10003"): _NO_ORDER,
    **{(name, "-10001"): _FORMAT for name in _SENDS},
    **{
        (name, "-10002"): Meaning(
            Rejected, "配送会社を入力してください。", "Give the carrier (ShippingCorp)."
        )
        for name in _SENDS
    },
    **{
        (name, "-10003"): Meaning(
            Rejected, "送り状番号を入力してください。", "Give the tracking number (TrackingNo)."
        )
        for name in _SENDS
    },
    **{(name, "-10004"): _NO_ORDER for name in _SENDS},
    **{(name, "-10005"): _FORMAT for name in _SENDS},
    **{(name, "-10010"): _NOT_UPDATED for name in _SENDS},
    **{(name, "-10100"): _NOT_UPDATED for name in _SENDS},
    # The guide says "seller not found"; two numbers with a comma got it, seen live (§15).
    **{(name, "-10001"): _FORMAT for name in (_CHECK, _CHECKS)},
    **{
        (name, "-10011"): Meaning(
            Rejected, "1回に送れるのは500件までです。", "One call takes 500 rows at most."
        )
        for name in (_CHECK, _CHECKS)
    },
    **{
        (name, "-10012"): Meaning(
            Conflict,
            "注文確認済みです。発送予定日はQSMで変更してください。",
            "It is confirmed already. Change the planned ship date in QSM.",
        )
        for name in (_CHECK, _CHECKS)
    },
    **{(name, "-10013"): _MOVED_ON for name in (_CHECK, _CHECKS)},
    **{
        (name, code): Meaning(
            Rejected,
            "発送予定日には明日以降で、モールの上限以内の日付を指定してください。",
            "Give a planned ship date from tomorrow on, within the mall's limit.",
        )
        for name in (_CHECK, _CHECKS)
        for code in ("-10016", "-10017", "-10018")
    },
    (_CANCEL, "-10001"): _FORMAT,
    (_CANCEL, "-10002"): _NO_ORDER,
    (_CANCEL, "-10003"): _NO_ORDER,
    (_CANCEL, "-10004"): Meaning(
        Conflict,
        "キャンセルできる状態ではありません。注文を取り直して判断してください。",
        "The line is in no status that can be cancelled. Fetch it again, then decide.",
    ),
}
"""What a code means, by method; ``""`` is any method. A code that is not here is `Rejected`."""

RENEWABLE = frozenset({"-10000", "-90000", "-90001", "-90004", "-90005"})
"""Refusals that a new certification key may end."""


def meaning_of(operation: str, code: str) -> Meaning:
    """Return what a code of a method means.

    >>> meaning_of("GetClaimInfo_V3", "-10003").kind.__name__
    'Rejected'
    """
    return CODES.get((operation, code)) or CODES.get((_ANY, code)) or _UNKNOWN
