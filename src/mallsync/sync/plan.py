"""What would be reported, and why the rest would not: a value, made of what the store knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256

from attrs import evolve, field, frozen

from mallsync.errors import ConfigError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.display import table
from mallsync.model.handling import Handling
from mallsync.model.journal import EntryKey
from mallsync.model.order import Order, OrderKey
from mallsync.model.period import Period
from mallsync.model.words import Phase
from mallsync.model.writebacks import NoticeWarning, Outcome, Preview, ShipmentNotice, Standing
from mallsync.policy import bundle, export, notice
from mallsync.policy.decision import Decision, in_order
from mallsync.policy.dispatch import strays
from mallsync.policy.guard import HELD_BY_MALL, PASSING, guards
from mallsync.policy.rule import PeriodUse
from mallsync.ports import HandlingSource
from mallsync.store import Record, ShopKey
from mallsync.store.encoding import to_text
from mallsync.sync.shop import Shop

__all__ = [
    "Candidate",
    "Plan",
    "PlanDifference",
    "PlanRow",
    "Planned",
    "Verdict",
    "inputs_of",
    "plan_of",
    "still_wanted",
]

_IN_DOUBT = Reason(ReasonCode.IN_DOUBT)
_REPORTED = Reason(ReasonCode.ALREADY_REPORTED)
_REPORTED_OTHERWISE = Reason(ReasonCode.REPORTED_OTHERWISE)
_TOO_LATE = ReasonCode.MALL_STATE_TOO_LATE
_SHIPPED = (Phase.SHIPPED, Phase.DONE)


class Verdict(StrEnum):
    """What a plan does about an order."""

    SEND = "SEND"
    HOLD = "HOLD"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    MANUAL = "MANUAL"


@frozen(kw_only=True)
class Planned:
    """One notice that would be sent, and its place in the journal."""

    key: EntryKey
    notice: ShipmentNotice


@frozen(kw_only=True)
class PlanRow:
    """One candidate: what the rule says of it, and what would be done.

    Args:
        order: Which.
        status: The host's.
        verdict: What is done.
        decision: The rule's, with every reason; a bundle's children have their parent's.
        notices: What would be sent now.
        guards: What holds back an eligible shipment, or the order.
        warnings: What to know: fields that the mall drops, placeholders without a value and so on.
        inputs: The digest of what the row was made of.
    """

    order: OrderKey
    status: str
    verdict: Verdict
    decision: Decision
    notices: tuple[Planned, ...] = ()
    guards: tuple[Reason, ...] = ()
    warnings: tuple[NoticeWarning, ...] = ()
    inputs: str = ""

    def explain(self, lang: str = "en") -> str:
        """Return the row in words, in ``"ja"`` or ``"en"``, with what the mall would drop."""
        said = [self.decision.explain(lang), *(one.explain(lang) for one in self.guards)]
        told = [f"{one.code} {one.detail}".rstrip() for one in self.warnings]
        return "; ".join([*said, *told])


@frozen(kw_only=True)
class PlanDifference:
    """What another plan does otherwise, by order: verdicts before and after, None where absent."""

    changed: Mapping[OrderKey, tuple[Verdict | None, Verdict | None]]
    other_notices: tuple[OrderKey, ...]


@frozen(kw_only=True)
class Plan:
    """What would be reported now. It writes nothing: see `Sync.export`.

    Args:
        today: The day in Japan that it was made for.
        period: The export period (作成期間) of an export by hand; None for the automatic one.
        shops: The shops that it is about.
        rows: One for each candidate, by shop and order number.
        digest: The fingerprint of all that it was made of. An export refuses a plan whose inputs
            have changed since.
    """

    today: date
    period: Period | None
    shops: tuple[ShopKey, ...]
    rows: tuple[PlanRow, ...] = field(repr=False)
    digest: str
    retry_refused: bool = False
    correct: tuple[OrderKey, ...] = ()
    source: HandlingSource | None = field(default=None, eq=False, repr=False)

    @property
    def notices(self) -> tuple[Planned, ...]:
        """Everything that would be sent."""
        return tuple(one for row in self.rows for one in row.notices)

    @property
    def inputs(self) -> dict[OrderKey, str]:
        """The digest of what each row was made of."""
        return {row.order: row.inputs for row in self.rows}

    def explain(self, lang: str = "en") -> str:
        """Return the plan line by line, in ``"ja"`` or ``"en"``."""
        return "\n".join(_line(row, lang) for row in self.rows)

    def __str__(self) -> str:
        """Return the plan in English."""
        return self.explain()

    def _repr_html_(self) -> str:
        """Return a table for notebooks; buyers and recipients are not in a plan."""
        rows = [
            (_shop(row), row.order.number, row.verdict.value, row.explain("ja"))
            for row in self.rows
        ]
        title = f"{len(self.notices)} to report of {len(self.rows)} candidates on {self.today}"
        return table(("shop", "order", "verdict", "why"), rows, caption=title)

    def as_dict(self) -> dict[str, object]:
        """Return the plan as plain values, for JSON."""
        return {
            "today": self.today.isoformat(),
            "period": None
            if self.period is None
            else [self.period.start.isoformat(), self.period.end.isoformat()],
            "shops": [str(shop) for shop in self.shops],
            "digest": self.digest,
            "rows": [_dict(row) for row in self.rows],
        }

    def difference(self, other: Plan) -> PlanDifference:
        """Return what another plan does otherwise."""
        before = {row.order: row for row in self.rows}
        after = {row.order: row for row in other.rows}
        changed: dict[OrderKey, tuple[Verdict | None, Verdict | None]] = {}
        rewritten = []
        for key in sorted({*before, *after}, key=_by_shop):
            old, new = before.get(key), after.get(key)
            if _verdict(old) is not _verdict(new):
                changed[key] = (_verdict(old), _verdict(new))
            elif old and new and _sent(old) != _sent(new):
                rewritten.append(key)
        return PlanDifference(changed=changed, other_notices=tuple(rewritten))


@frozen(kw_only=True)
class Candidate:
    """An order that a plan looks at, with what the shop says of it and what was written before."""

    order: Order
    handling: Handling
    digest: str
    records: Mapping[EntryKey, Record] = field(factory=dict)

    @property
    def key(self) -> OrderKey:
        """The order's."""
        return self.order.key


@frozen(kw_only=True)
class _Judge:
    """What candidates of one shop are judged by."""

    shop: Shop
    today: date
    period: Period | None
    retry_refused: bool
    correct: Collection[OrderKey] = ()
    guarded: bool = True
    """Whether what the mall and the journal say counts, too; else the shop's word alone."""

    def rows(self, candidates: Sequence[Candidate]) -> Iterator[PlanRow]:
        """Yield a row for each candidate: bundles by their parents, the others by themselves."""
        known = {one.key: one for one in candidates}
        children: dict[OrderKey, list[Candidate]] = {}
        for one in candidates:
            parent = one.handling.bundle_parent
            if parent in known:
                _refuse_chain(one, known[parent])
                children.setdefault(parent, []).append(one)
        told = {child.key for some in children.values() for child in some}
        for one in candidates:
            if one.key in children:
                yield from self._bundle(one, children[one.key])
            elif one.key not in told:
                yield self._row(one, self._decision(one))

    def _bundle(self, parent: Candidate, children: list[Candidate]) -> Iterator[PlanRow]:
        """Yield the rows of a bundle (R7)."""
        parts = [(one.order, one.handling) for one in (parent, *children)]
        targets = bundle.targets(parts[0], parts[1:], rule=self.shop.convention.notice)
        if not targets.shared:
            for one in (parent, *children):
                yield self._row(one, self._decision(one))
            return
        decision = self._decision(parent)
        told = tuple(NoticeWarning(one.code, one.detail) for one in targets.warnings)
        row = self._row(parent, decision)
        yield evolve(row, warnings=(*row.warnings, *told))
        manual = Reason(ReasonCode.BUNDLE_CHILD_MANUAL, parent.key.number)
        for child in children:
            if child.key in targets.write:
                yield self._row(child, decision, parent=parent)
            else:
                yield evolve(self._bare(child, decision, Verdict.MANUAL), guards=(manual,))

    def _decision(self, one: Candidate) -> Decision:
        return export.decide(
            one.order,
            one.handling,
            rule=self.shop.rule(manual=self.period is not None),
            today=self.today,
            period=self.period,
        )

    def _bare(self, one: Candidate, decision: Decision, verdict: Verdict) -> PlanRow:
        return PlanRow(
            order=one.key,
            status=one.handling.status,
            verdict=verdict,
            decision=decision,
            inputs=inputs_of(one),
        )

    def _row(
        self, one: Candidate, decision: Decision, *, parent: Candidate | None = None
    ) -> PlanRow:
        row = self._bare(one, decision, Verdict.NOT_ELIGIBLE)
        built = self._built(parent or one)
        allowed = [each for each in self._notices(one, built, parent) if self._may(decision, each)]
        held = _astray(parent or one)
        if not allowed:
            # An order that was cancelled says so, whatever else the shop has left open.
            cancelled = [one for one in guards(one.order) if _is_final(one)]
            verdict = Verdict.HOLD if held and decision.eligible else row.verdict
            told = (*cancelled, *held)
            return evolve(row, verdict=verdict, guards=told, warnings=built.warnings)
        going: list[Planned] = []
        warnings = list(built.warnings)
        for plain in allowed:
            planned, preview, against = self._weighed(one, plain)
            warnings.extend(preview.dropped)
            held.extend(against)
            if not against:
                going.append(planned)
        return evolve(
            row,
            verdict=Verdict.SEND if going else Verdict.HOLD,
            notices=tuple(going),
            guards=in_order(held),
            warnings=tuple(dict.fromkeys(warnings)),
        )

    def _weighed(
        self, one: Candidate, plain: ShipmentNotice
    ) -> tuple[Planned, Preview, tuple[Reason, ...]]:
        """Return a notice as it would be sent, what the mall makes of it, what holds it back."""
        key = self._entry(one, plain)
        last = _latest(one.records, key)
        standing = self.shop.client.standing(one.order, plain)
        each = self._revised(plain, last, standing, corrects=one.key in self.correct)
        planned = Planned(key=evolve(key, revision=each.revision), notice=each)
        preview = self.shop.client.preview(each)
        if not self.guarded:
            return planned, preview, _held_by_mall(one.order)
        against = guards(one.order, each, standing=standing, preview=preview)
        if each.revision > 1:
            against = tuple(one for one in against if one != _REPORTED_OTHERWISE)
        return planned, preview, self._known(against, last, each)

    def _built(self, one: Candidate) -> notice.Built:
        rule = self.shop.rule(manual=self.period is not None)
        return notice.build(one.order, one.handling, self.shop.settings.message, rule=rule)

    def _notices(
        self, one: Candidate, built: notice.Built, parent: Candidate | None
    ) -> Iterable[ShipmentNotice]:
        """Return the notices to an order: its own, or the one of its bundle's parent."""
        if parent is None:
            return built.notices
        live = [shipment for shipment in one.order.shipments if not shipment.cancelled]
        return [
            evolve(built.notices[0], order_number=one.key.number, shipment_id=shipment.id)
            for shipment in live
            if built.notices
        ]

    def _may(self, decision: Decision, each: ShipmentNotice) -> bool:
        """Tell whether the rule lets a notice go: with its whole order, or by itself (R2.7)."""
        rule = self.shop.rule(manual=self.period is not None)
        if decision.eligible or not rule.independent_shipments:
            return decision.eligible
        return any(
            one.eligible for one in decision.shipments if one.shipment_id == each.shipment_id
        )

    def _revised(
        self, each: ShipmentNotice, last: Record | None, standing: Standing, *, corrects: bool
    ) -> ShipmentNotice:
        """Return a notice as the correction that was asked for, if there is one to make."""
        sent = last is not None and last.outcome is Outcome.SENT
        half_done = last is not None and last.half_done
        there = sent or half_done or standing is Standing.DIFFERENT
        if not (corrects and there) or standing is Standing.SAME:
            return each
        before = 1 if last is None else last.key.revision
        return evolve(each, revision=before if before > 1 and not sent else before + 1)

    def _known(
        self, against: tuple[Reason, ...], record: Record | None, each: ShipmentNotice
    ) -> tuple[Reason, ...]:
        """Return the guards, with what the journal knows of this write-back."""
        if record is None:
            return against
        if record.half_done:  # it has moved the order on itself
            against = tuple(one for one in against if one.code is not _TOO_LATE)
        said = self._said(record, each)
        return against if said is None else in_order([*against, said])

    def _said(self, record: Record, each: ShipmentNotice) -> Reason | None:
        if record.in_doubt:
            return _IN_DOUBT
        if record.key.revision < each.revision:
            return None  # a correction of it
        same = self._is_same(record, each)
        if record.outcome is Outcome.SENT:
            return _REPORTED if same else _REPORTED_OTHERWISE
        if not same:  # what of it is on the mall has the values of before
            return _REPORTED_OTHERWISE if record.half_done else None
        refused = record.outcome is Outcome.REFUSED and record.code not in PASSING
        if self.retry_refused:
            return None
        return Reason(ReasonCode.REFUSED_BEFORE, record.code) if refused else None

    def _is_same(self, record: Record, each: ShipmentNotice) -> bool:
        """Tell whether the mall takes the same of a notice as of one that was written before."""
        told = record.write_back
        return isinstance(told, ShipmentNotice) and self.shop.taken(told) == self.shop.taken(each)

    def _entry(self, one: Candidate, each: ShipmentNotice) -> EntryKey:
        by_shipment = self.shop.convention.notice.by_shipment
        return EntryKey(one.key, each.shipment_id if by_shipment else one.key.number)


def plan_of(
    shops: Iterable[tuple[Shop, Sequence[Candidate]]],
    *,
    today: date,
    period: Period | None = None,
    retry_refused: bool = False,
    correct: Sequence[OrderKey] = (),
    source: HandlingSource | None = None,
) -> Plan:
    """Return the plan of some shops; pure but for the fingerprint of what it is made of.

    Raises:
        ConfigError: A rule lacks its period, or a value has the wrong type.
    """
    rows: list[PlanRow] = []
    keys = []
    asked = f"{today} {period and (period.start, period.end)} {retry_refused} {correct}"
    told = sha256(asked.encode())
    for shop, candidates in shops:
        judge = _Judge(
            shop=shop, today=today, period=period, retry_refused=retry_refused, correct=correct
        )
        made = sorted(judge.rows(candidates), key=lambda row: row.order.number)
        rule = to_text(shop.rule(manual=period is not None))
        told.update(f"{shop.key} {rule} {shop.settings.message}".encode())
        for row in made:
            told.update(row.inputs.encode())
        rows += made
        keys.append(shop.key)
    return Plan(
        today=today,
        period=period,
        shops=tuple(keys),
        rows=tuple(rows),
        digest=told.hexdigest(),
        retry_refused=retry_refused,
        correct=tuple(correct),
        source=source,
    )


def still_wanted(
    shop: Shop, candidates: Sequence[Candidate], today: date
) -> dict[EntryKey, list[ShipmentNotice]]:
    """Return what the shop's word makes of orders now, whatever was written before and whenever.

    No export period counts, nor where the mall stands, which a report that was half done may have
    moved on: what is asked is whether the shop has withdrawn or changed it. What the mall itself
    holds back is not wanted for now; once it lets go, a plan takes it up. Nobody knows by which
    rule it was made, so each of both may want it.
    """
    automatic, by_hand = (
        evolve(shop.rule(manual=manual), period=PeriodUse.IGNORED, last_days=None)
        for manual in (False, True)
    )
    wanted: dict[EntryKey, list[ShipmentNotice]] = {}
    for rule in [automatic] if automatic == by_hand else [automatic, by_hand]:
        always = evolve(shop, settings=evolve(shop.settings, rule=rule))
        judge = _Judge(shop=always, today=today, period=None, retry_refused=False, guarded=False)
        for row in judge.rows(candidates):
            for one in row.notices:
                wanted.setdefault(one.key, []).append(one.notice)
    return wanted


def _latest(records: Mapping[EntryKey, Record], key: EntryKey) -> Record | None:
    """Return the record of the last revision of a write-back.

    A client keeps entries of its own, as for a line of a cart, which may be a shipment's by now.
    """
    claimed = (one for one in records.values() if one.write_back is not None)
    found = (one for one in claimed if evolve(one.key, revision=1) == key)
    return max(found, key=lambda one: one.key.revision, default=None)


def _refuse_chain(child: Candidate, parent: Candidate) -> None:
    """Refuse a bundle within a bundle, which only a host's own tables can hold."""
    if parent.handling.bundle_parent is not None:
        raise ConfigError(
            f"order {child.key.number} is bundled with {parent.key.number},"
            " which is a child itself: name its parent"
        )


def _held_by_mall(order: Order) -> tuple[Reason, ...]:
    return tuple(one for one in guards(order) if one.code in HELD_BY_MALL)


def _astray(one: Candidate) -> list[Reason]:
    """Return what the shop has typed for shipments that the order has no more."""
    if one.order.phase in _SHIPPED:
        return []
    return [
        Reason(ReasonCode.SHIPMENT_UNKNOWN, said.shipment_id)
        for said in strays(one.order, one.handling)
    ]


def _is_final(reason: Reason) -> bool:
    return reason.code is ReasonCode.CANCELLED_ON_MALL


def inputs_of(one: Candidate) -> str:
    """Return the digest of what the row of a candidate is made of."""
    text = f"{one.key} {one.digest} {to_text(one.handling)}"
    return sha256(text.encode()).hexdigest()


def _by_shop(key: OrderKey) -> tuple[str, str, str]:
    return (key.mall, key.shop_id, key.number)


def _verdict(row: PlanRow | None) -> Verdict | None:
    return None if row is None else row.verdict


def _sent(row: PlanRow) -> tuple[ShipmentNotice, ...]:
    return tuple(one.notice for one in row.notices)


def _line(row: PlanRow, lang: str) -> str:
    return f"{row.verdict:<12} {_shop(row)} {row.order.number}: {row.explain(lang)}"


def _shop(row: PlanRow) -> ShopKey:
    return ShopKey(row.order.mall, row.order.shop_id)


def _dict(row: PlanRow) -> dict[str, object]:
    return {
        "mall": row.order.mall,
        "shop": row.order.shop_id,
        "order": row.order.number,
        "status": row.status,
        "verdict": row.verdict.value,
        "reasons": [_reason(one) for one in row.decision.reasons],
        "guards": [_reason(one) for one in row.guards],
        "warnings": [_reason(one) for one in row.decision.warnings]
        + [_reason(one) for one in row.warnings],
        "notices": [_notice(one.notice) for one in row.notices],
    }


def _reason(one: Reason | NoticeWarning) -> dict[str, str]:
    return {"code": str(one.code), "detail": one.detail}


def _notice(one: ShipmentNotice) -> dict[str, object]:
    return {
        "order": one.order_number,
        "shipment": one.shipment_id,
        "carrier": one.carrier,
        "delivery_methods": sorted(one.delivery_methods),
        "tracking_numbers": list(one.tracking_numbers),
        "ship_date": one.ship_date and one.ship_date.isoformat(),
        "message": one.message,
    }
