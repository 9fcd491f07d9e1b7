"""What an export rule comes to: eligible or not, every reason, and the smallest change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial

from attrs import field, frozen

from mallsync.errors import Hint
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.display import table
from mallsync.model.words import HostStatus, fold

__all__ = [
    "NEAR_MISS",
    "NO_DATE",
    "NO_METHOD",
    "SHIP_DATE_MISSING",
    "TRACKING_MISSING",
    "ByLack",
    "Decision",
    "Known",
    "KnownByStatus",
    "ShipmentDecision",
    "in_order",
    "status_reasons",
    "status_warnings",
    "tracking_missing",
]

NO_DATE = "no_date"
"""The detail of OUT_OF_PERIOD where no moment is known that could lie in a period."""

SHIP_DATE_MISSING = Reason(ReasonCode.SHIP_DATE_MISSING)
TRACKING_MISSING = Reason(ReasonCode.TRACKING_MISSING)

_HEADS: Mapping[bool, Hint] = {
    True: Hint(ja="報告できます", en="may be reported"),
    False: Hint(ja="報告できません", en="may not be reported"),
}
_CHANGES: Mapping[ReasonCode, Hint] = {
    ReasonCode.OUT_OF_PERIOD: Hint(
        ja="{detail}を含む期間にする", en="in a period that holds {detail}"
    ),
    ReasonCode.STATUS_EXCLUDED: Hint(
        ja="「{detail}」以外のステータスにする", en="with another status than {detail}"
    ),
    ReasonCode.SHIP_DATE_MISSING: Hint(
        ja="出荷日を本日以前で入力する", en="with a ship date, today or before"
    ),
    ReasonCode.SHIP_DATE_FUTURE: Hint(ja="{detail}になるのを待つ", en="on {detail}"),
    ReasonCode.TRACKING_MISSING: Hint(ja="お荷物伝票番号を入力する", en="with a tracking number"),
}
_OR = Hint(ja="、または配送方法を{choices}にする ({detail})", en=", or {choices} by {detail}")


_NO_DATE = Hint(ja="最終更新日時を記録する", en="with the time of its last update")


def _change(reason: Reason, lang: str) -> str:
    """Return the smallest change that takes a reason away (R2.8)."""
    if reason.detail == NO_DATE:
        return _NO_DATE(lang)
    text = _CHANGES[reason.code](lang).format(detail=reason.detail)
    if not reason.choices:
        return text
    return text + _OR(lang).format(choices="/".join(reason.choices), detail=reason.detail)


@frozen
class ShipmentDecision:
    """The decision for one shipment: eligible when no reason speaks against it.

    ``shipment_id`` is ``""`` for the only shipment of an order.
    """

    shipment_id: str = ""
    reasons: tuple[Reason, ...] = ()

    @property
    def eligible(self) -> bool:
        """Whether this shipment may be reported."""
        return not self.reasons


@frozen
class Decision:
    """The decision for an order: eligible when each of its shipments is, and it has one.

    Args:
        reasons: Every reason against it, each once, in the fixed order of R2.7.
        warnings: What to know, whether it is eligible or not.
        shipments: The decision for each live shipment, in the order's own order.
    """

    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    shipments: tuple[ShipmentDecision, ...] = field(default=(), repr=False)

    @property
    def eligible(self) -> bool:
        """Whether the whole order may be reported."""
        return not self.reasons

    def explain(self, lang: str = "en") -> str:
        """Return the decision in words, in ``"ja"`` or ``"en"``.

        >>> Decision((SHIP_DATE_MISSING, TRACKING_MISSING)).explain("ja")
        '報告できません: 出荷日が未入力です; お荷物伝票番号が未入力です'
        """
        head = _HEADS[self.eligible](lang)
        said = "; ".join(reason.explain(lang) for reason in (*self.reasons, *self.warnings))
        return f"{head}: {said}" if said else head

    def _repr_html_(self) -> str:
        """Return the decision for a notebook: what it comes to, and reason by reason."""
        kinds = (("理由", self.reasons), ("注意", self.warnings))
        rows = [
            (kind, reason.code.value, reason.explain("ja"))
            for kind, reasons in kinds
            for reason in reasons
        ]
        change = "" if self.eligible else self.change("ja")
        return table(("", "コード", "説明"), rows, caption=_HEADS[self.eligible]("ja"), foot=change)

    def change(self, lang: str = "en") -> str:
        """Return the smallest change that would make it eligible (R2.8); ``""`` if it is.

        >>> Decision((Reason(ReasonCode.SHIP_DATE_FUTURE, "2026-12-01"),)).change("en")
        'on 2026-12-01'
        """
        return "; ".join(dict.fromkeys(_change(reason, lang) for reason in self.reasons))


_RANKS = {code: rank for rank, code in enumerate(ReasonCode)}
_UNPAID = fold(HostStatus.UNPAID)
_BUILT_IN = frozenset(fold(status) for status in HostStatus)


def in_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return reasons each once, in the fixed order of R2.7.

    >>> [one.code.value for one in in_order([TRACKING_MISSING, SHIP_DATE_MISSING] * 2)]
    ['SHIP_DATE_MISSING', 'TRACKING_MISSING']
    """
    return tuple(sorted(set(reasons), key=lambda one: (_RANKS[one.code], one.detail)))


def status_reasons(status: str, excluded: frozenset[str]) -> tuple[Reason, ...]:
    """Return what speaks against a folded status (R2.2).

    >>> status_reasons("発送待ち", frozenset({"保留"}))
    ()
    """
    return (Reason(ReasonCode.STATUS_EXCLUDED, status),) if status in excluded else ()


def status_warnings(status: str, excluded: frozenset[str]) -> tuple[Reason, ...]:
    """Return what to know of a folded status that is not excluded (R2.2).

    >>> status_warnings("★宅急便", frozenset())[0].code.value
    'STATUS_CUSTOM'
    """
    if status in excluded:
        return ()
    if status == _UNPAID:
        return (Reason(ReasonCode.STATUS_UNPAID),)
    return () if status in _BUILT_IN else (Reason(ReasonCode.STATUS_CUSTOM, status),)


# What is lacking is a carrier's number by its folded name, or one of these, which are no such name.
NO_METHOD = " "
"""The number of a carrier that has no exempt method."""
NEAR_MISS = " ?"
"""A number where a hint must name the method: there is no decision that could be kept."""

ByLack = Mapping[str | None, Decision]
"""Decisions by what is lacking: None where a number is there or none is needed, `NO_METHOD`, else
the carrier. What is not there holds a value of the order, as `NEAR_MISS` never is."""

Known = tuple[ByLack, ByLack, ByLack]
"""Decisions with the ship date filled, with none, and with one in the future."""


class KnownByStatus(dict[str, Known]):
    """The decisions on each status that hold no value of an order, made once.

    Every status has its own, though those of a host are not among the keys.

    Args:
        excluded: Statuses that are never reported.
        needs_ship_date: Whether the ship date matters.
        exempt_pairs: Carrier and method that need no tracking number; None where none is needed.

    >>> rule = KnownByStatus(excluded=frozenset({"保留"}), needs_ship_date=True, exempt_pairs=None)
    >>> filled, undated, future = rule["保留"]
    >>> len(filled[None].reasons), len(undated[None].reasons), len(future)
    (1, 2, 0)
    """

    __slots__ = ("_make",)

    def __init__(
        self,
        *,
        excluded: frozenset[str],
        needs_ship_date: bool,
        exempt_pairs: frozenset[tuple[str, str]] | None,
    ) -> None:
        self._make = partial(
            _known,
            excluded=excluded,
            needs_ship_date=needs_ship_date,
            exempt_pairs=exempt_pairs,
        )
        super().__init__({status.value: self._make(status.value) for status in HostStatus})

    def __missing__(self, status: str) -> Known:
        """Return the decisions on a status of the host's own."""
        return self._make(status)


@lru_cache(maxsize=1024)
def _known(
    status: str,
    *,
    excluded: frozenset[str],
    needs_ship_date: bool,
    exempt_pairs: frozenset[tuple[str, str]] | None,
) -> Known:
    status = fold(status)
    numbers: dict[str | None, tuple[Reason, ...]] = {None: ()}
    if exempt_pairs is not None:
        numbers[NO_METHOD] = (TRACKING_MISSING,)
        for carrier in {carrier for carrier, _ in exempt_pairs}:
            numbers[carrier] = (tracking_missing(carrier, exempt_pairs),)
    before = status_reasons(status, excluded)
    warnings = status_warnings(status, excluded)

    def decisions(*dates: Reason) -> ByLack:
        return {
            lack: _only((*before, *dates, *number), warnings) for lack, number in numbers.items()
        }

    filled = decisions()
    return (filled, decisions(SHIP_DATE_MISSING), {}) if needs_ship_date else (filled,) * 3


def _only(reasons: tuple[Reason, ...], warnings: tuple[Reason, ...]) -> Decision:
    return Decision(reasons, warnings, (ShipmentDecision("", reasons),))


def tracking_missing(carrier: str, exempt_pairs: frozenset[tuple[str, str]]) -> Reason:
    """Return that a number is missing, with the methods of this carrier that need none.

    >>> tracking_missing("佐川急便", frozenset({("佐川急便", "メール便")})).choices
    ('メール便',)
    """
    choices = tuple(sorted(method for one, method in exempt_pairs if one == carrier))
    return Reason(ReasonCode.TRACKING_MISSING, carrier, choices) if choices else TRACKING_MISSING
