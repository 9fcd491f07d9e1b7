"""Why an order is where it is, in one call: fetched or not, taken in or not, reported or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from mallsync.errors import Hint
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.order import OrderKey
from mallsync.model.words import Phase
from mallsync.model.writebacks import Outcome
from mallsync.policy import intake
from mallsync.store import Record, SqlStore, Stored
from mallsync.store.journal import REVIEW
from mallsync.sync.plan import PlanRow
from mallsync.sync.reviews import WATCHED, rates_buyers, refused_before
from mallsync.sync.shop import Shop

__all__ = ["why_missing", "why_row", "why_unrated"]

_NEVER = Hint(
    ja="まだ取得していません。期間を指定して取得してください",
    en="never seen by a fetch: fetch the period of its order date",
)
_FAILED = Hint(ja="最後の取得は失敗しました", en="the last fetch failed")
_NO_FETCH = Hint(ja="このショップはまだ取得していません", en="this shop was never fetched")
_SEEN = Hint(ja="モールで確認済み", en="seen on the mall")
_OUTCOMES = {
    None: Hint(ja="送信前", en="claimed, not sent"),
    Outcome.SENT: Hint(ja="送信済み", en="sent"),
    Outcome.NOT_SENT: Hint(ja="未送信", en="not sent"),
    Outcome.REFUSED: Hint(ja="拒否", en="refused"),
    Outcome.UNKNOWN: Hint(ja="結果不明", en="its end is not known"),
}
_PAST = Hint(
    ja="モールで発送後の状態のため報告の対象外です",
    en="past shipping on the mall: there is nothing to report",
)

_UNRATED = Hint(
    ja="評価は購入者の評価の後に送ります",
    en="no review yet: a review run posts it once the buyer has rated",
)
_UNRATED_FOR_GOOD = Hint(
    ja=f"自動の評価では確認しません(購入から{WATCHED.days}日経過、個人情報の消去後、またはモールにない注文)。"
    "モールで評価してください",
    en=f"no review run looks at it any more (bought more than {WATCHED.days} days ago, purged, or"
    " unknown to the mall): rate the buyer on the mall",
)


def why_missing(shop: Shop, store: SqlStore, key: OrderKey, lang: str) -> str:
    """Return why an order is not in the store, or was not taken in."""
    return "; ".join(_missing(shop, store, key, lang))


def _missing(shop: Shop, store: SqlStore, key: OrderKey, lang: str) -> Iterator[str]:
    stored = store.orders.get(key)
    if stored is not None:
        yield from _left_out(stored, shop, store.now(), lang)
        return
    for held in store.quarantine.of(shop.key):
        if held.number == key.number:
            yield Reason(ReasonCode.FETCH_UNREADABLE, held.reason).explain(lang)
            return
    last = store.fetches.last(shop.key)
    if last is None:
        yield _NO_FETCH(lang)
        return
    if last.trouble:
        yield f"{_FAILED(lang)} ({last.trouble})"
    yield _NEVER(lang)


def _left_out(stored: Stored, shop: Shop, now: datetime, lang: str) -> Iterator[str]:
    """Return why an order that was seen has not come in."""
    for reason in intake.decide(stored.order, shop.intake).reasons:
        yield reason.explain(lang)
    if stored.order.ordered_at not in intake.window(shop.intake, now=now):
        day = stored.order.ordered_at.date().isoformat()
        yield Reason(ReasonCode.FETCH_OUT_OF_WINDOW, day).explain(lang)


def why_row(row: PlanRow | None, records: tuple[Record, ...], lang: str) -> str:
    """Return what a plan says of an order, and what was written to the mall.

    Of what a client keeps for itself (a line of a cart, an open shipment) nothing is said.
    """
    said = [_PAST(lang) if row is None else row.explain(lang)]
    said += [_told(record, lang) for record in records if _is_of_sync(record)]
    return "; ".join(said)


def _is_of_sync(record: Record) -> bool:
    """Tell whether the sync has claimed a record; the text of a review may be purged since."""
    return record.write_back is not None or record.outcome is not None


def why_unrated(
    shop: Shop, store: SqlStore, stored: Stored, records: Iterable[Record], lang: str
) -> Iterator[str]:
    """Yield why the buyer of a shipped order has no review, at a mall where the shop rates buyers.

    What is posted, or in doubt, says so itself.
    """
    if not rates_buyers(shop) or stored.order.phase is not Phase.SHIPPED:
        return
    last = next((one for one in records if one.key.kind == REVIEW), None)
    if last is not None and refused_before(shop, last):
        yield Reason(ReasonCode.REFUSED_BEFORE, last.code).explain(lang)
    elif last is None or not (last.is_sent or last.in_doubt):
        yield (_UNRATED if _is_looked_at(stored, shop, store) else _UNRATED_FOR_GOOD)(lang)


def _is_looked_at(stored: Stored, shop: Shop, store: SqlStore) -> bool:
    """Tell whether review runs ask for an order."""
    at = stored.order.ordered_at
    found = store.orders.shipped(shop.key, at, at + timedelta.resolution)
    return at >= store.now() - WATCHED and stored.order.number in found


def _told(record: Record, lang: str) -> str:
    outcome = _OUTCOMES[Outcome.UNKNOWN if record.in_doubt else record.outcome](lang)
    code = f" {record.code}" if record.code else ""
    at = "" if record.told_at is None else f" {record.told_at:%Y-%m-%d %H:%M}"
    seen = f", {_SEEN(lang)}" if record.confirmed_at is not None else ""
    return f"{record.key.kind} {record.key.revision}: {outcome}{code}{at}{seen}"
