"""What there is to say of a shop's credentials before they stop a fetch (R8)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from mallsync.errors import AuthFailed, MallError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.policy import expiry
from mallsync.policy.missing import Clues, explain_missing
from mallsync.store import ShopKey
from mallsync.sync.shop import Shop

__all__ = ["CredentialNotice", "notice_of"]

_LANGUAGES = ("ja", "en")


@frozen(kw_only=True)
class CredentialNotice:
    """Credentials that end soon, have ended, are refused, or whose end cannot be asked for."""

    shop: ShopKey
    reason: Reason
    ja: str
    en: str


def notice_of(shop: Shop, now: datetime) -> CredentialNotice | None:
    """Return what to say of a shop's credentials, None where they are good or have no end.

    A mall that cannot be asked now says nothing of them.
    """
    try:
        ends_at = shop.client.credential_expiry()
    except AuthFailed as error:
        clues = Clues(error=error, expiry_known=False)
        reasons = explain_missing(clues, rule=shop.intake, now=now)
        return _notice(shop, reasons[0], error)
    except MallError:
        return None
    if ends_at is None:
        return None
    told = expiry.notice(ends_at, now=now, shop=shop.label)
    if told.reason is None:
        return None
    return CredentialNotice(
        shop=shop.key, reason=told.reason, ja=told.message("ja"), en=told.message("en")
    )


def _notice(shop: Shop, reason: Reason, error: AuthFailed) -> CredentialNotice:
    """Return what a refusal to tell the end means; a key that is refused says why itself."""
    ja, en = (
        f"{shop.label}: {reason.explain(lang)}"
        if reason.code is ReasonCode.CREDENTIAL_NOTICE_OFF
        else f"{shop.label}: {error.hint(lang)}"
        for lang in _LANGUAGES
    )
    return CredentialNotice(shop=shop.key, reason=reason, ja=ja, en=en)
