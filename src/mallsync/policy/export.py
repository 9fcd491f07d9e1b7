"""May this be reported now, and if not, why (rules R2 and R3).

Deciding is a function of its arguments: the same order, handling, rule and day give the same
decision. What holds no value of the order comes from a table that the rule keeps, so that deciding
allocates nothing for most orders (benchmarks/deciding.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from attrs import field, frozen

from mallsync.errors import ConfigError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.handling import Dispatch, Handling, as_names
from mallsync.model.order import Order, OrderKey
from mallsync.model.period import JST, Period, require_aware, require_day
from mallsync.model.words import is_blank, key_of, require_text
from mallsync.policy.conventions import CONVENTIONS
from mallsync.policy.decision import (
    NO_DATE,
    SHIP_DATE_MISSING,
    Decision,
    ShipmentDecision,
    in_order,
    status_reasons,
    status_warnings,
    tracking_missing,
)
from mallsync.policy.dispatch import dispatches
from mallsync.policy.rule import (
    NEAR_MISSES,
    ExportRule,
    PeriodBasis,
    PeriodUse,
)

__all__ = [
    "MANUAL_RULES",
    "NEAR_MISSES",
    "RULES",
    "Decision",
    "ExportRule",
    "Facts",
    "Flip",
    "PeriodBasis",
    "PeriodUse",
    "Reason",
    "ShipmentDecision",
    "Simulation",
    "decide",
    "decide_facts",
    "simulate",
    "tracking_exempt",
]

RULES: Mapping[str, ExportRule] = {mall: row.export for mall, row in CONVENTIONS.items()}
"""The automatic rule of each mall, a view of the conventions."""

MANUAL_RULES: Mapping[str, ExportRule] = {mall: row.manual for mall, row in CONVENTIONS.items()}
"""The rule of an export that a person starts: it needs a period, which replaces any window."""


def _optional_day(value: object) -> date | None:
    return None if value is None else require_day(value, "ship_date")


def _optional_moment(value: object) -> datetime | None:
    return None if value is None else require_aware(value, "a time of Facts")


@frozen(kw_only=True)
class Facts:
    """What a rule looks at, for a host that keeps its own records: one shipment of one order.

    Args:
        status: The host's status.
        ship_date: The day in Japan (出荷日); None if blank.
        tracking_number: As typed (お荷物伝票番号).
        carrier: The host's name (配送業者).
        delivery_methods: The host's names (配送方法), a set.
        updated_at: The host's last update, aware.
        created_at: When the host made its record, aware.
        ordered_at: The mall's order date, aware.

    Raises:
        ConfigError: A value has the wrong type; the text says what to write.
    """

    status: str
    ship_date: date | None = field(default=None, converter=_optional_day)
    tracking_number: str = ""
    carrier: str = ""
    delivery_methods: frozenset[str] = field(default=frozenset(), converter=as_names)
    updated_at: datetime | None = field(default=None, converter=_optional_moment)
    created_at: datetime | None = field(default=None, converter=_optional_moment)
    ordered_at: datetime | None = field(default=None, converter=_optional_moment)

    def __attrs_post_init__(self) -> None:
        for name in ("status", "tracking_number", "carrier"):
            require_text(getattr(self, name), name)


def decide(
    order: Order,
    handling: Handling,
    *,
    rule: ExportRule,
    today: date,
    period: Period | None = None,
) -> Decision:
    """Return whether an order's shipments may be reported, with every reason against it.

    Args:
        order: What the mall says.
        handling: What the shop says.
        rule: One of `RULES` or `MANUAL_RULES`, or the host's own.
        today: The day in Japan.
        period: The export period (作成期間); a manual rule requires one.

    Raises:
        ConfigError: An argument has the wrong type, or the rule lacks its period.

    >>> from mallsync.model.period import JST
    >>> from mallsync.model.order import Shipment
    >>> from mallsync.model.words import Mall, Phase
    >>> order = Order(key=OrderKey("rakuma", "s", "1"), phase=Phase.TO_SHIP, mall_status="3",
    ...     ordered_at=datetime(2026, 11, 20, tzinfo=JST), shipments=(Shipment(id="1"),))
    >>> ready = Dispatch(ship_date=date(2026, 12, 1), carrier="日本郵便")
    >>> decision = decide(order, Handling(status="発送待ち", dispatches=(ready,)),
    ...     rule=RULES[Mall.RAKUMA], today=date(2026, 11, 22))
    >>> print(decision.explain("ja"))
    報告できません: 出荷日が未来です (2026-12-01); お荷物伝票番号が未入力です (日本郵便)
    >>> for change in decision.change("ja").split("; "):
    ...     print(change)
    2026-12-01になるのを待つ
    お荷物伝票番号を入力する、または配送方法をメール便/レターパック/定形外にする (日本郵便)
    """
    if period is None and type(today) is date:
        try:
            (shipment,), (sent,) = order.shipments, handling.dispatches
            if not shipment.cancelled and (not sent.shipment_id or sent.shipment_id == shipment.id):
                # `_kept`, written out: calling it takes a sixth of the time
                filled, undated, future = rule.known[handling.status]
                day = sent.ship_date
                if day is None:
                    filled = undated
                elif day > today:
                    filled = future
                number = sent.tracking_number
                if "-" <= number < "\x7f" or not is_blank(number):
                    return filled[None]
                return filled[rule.lacking[sent.carrier, sent.delivery_methods]]
        except (KeyError, ValueError, AttributeError):
            pass  # a value must be told; it is not one shipment; an argument is of another type
    return _at_length(order, handling, rule, today, period)


def decide_facts(
    facts: Facts, *, rule: ExportRule, today: date, period: Period | None = None
) -> Decision:
    """Return the same decision for one record of a host's own.

    Args:
        facts: What the host knows.
        rule: One of `RULES` or `MANUAL_RULES`, or the host's own.
        today: The day in Japan.
        period: The export period (作成期間); a manual rule requires one.

    Raises:
        ConfigError: An argument has the wrong type, or the rule lacks its period.

    >>> facts = Facts(status="保留", ship_date=date(2026, 11, 22), tracking_number="0000-1111-2222")
    >>> decide_facts(facts, rule=RULES["mercari_shops"], today=date(2026, 11, 22)).reasons[0].code
    <ReasonCode.STATUS_EXCLUDED: 'STATUS_EXCLUDED'>
    """
    if not isinstance(facts, Facts):
        raise ConfigError(f'facts is {type(facts).__name__}: write export.Facts(status="発送待ち")')
    _check(rule, today)
    if period is None:
        try:
            return _kept(facts, rule, today)
        except KeyError:
            pass
    times = facts.updated_at, facts.created_at, facts.ordered_at
    return _told(facts.status, [("", facts)], rule, today, _timing(rule, today, period, times))


def tracking_exempt(carrier: str, methods: Collection[str], *, rule: ExportRule) -> bool:
    """Tell whether a carrier with any of these methods needs no tracking number (R2.4, R2.5).

    >>> tracking_exempt("日本郵便", {"定形外"}, rule=RULES["rakuten"])
    True
    >>> tracking_exempt("ゆうパック", {"メール便", "速達"}, rule=RULES["rakuten"])
    False
    """
    return rule.exempts(require_text(carrier, "carrier"), as_names(methods))


@frozen(kw_only=True)
class Flip:
    """An order on which two rules disagree."""

    key: OrderKey
    before: Decision
    after: Decision

    def explain(self, lang: str = "en") -> str:
        """Return both decisions in words, in ``"ja"`` or ``"en"``."""
        return f"{self.key.number}: {self.before.explain(lang)} ⇒ {self.after.explain(lang)}"


@frozen(kw_only=True)
class Simulation:
    """What another rule would have changed: how many orders pass, and which ones flip."""

    orders: int
    eligible_before: int
    eligible_after: int
    flips: tuple[Flip, ...] = field(default=(), repr=False)


def simulate(
    old_rule: ExportRule,
    new_rule: ExportRule,
    orders: Iterable[tuple[Order, Handling]],
    today: date,
    *,
    period: Period | None = None,
) -> Simulation:
    """Try a rule on past orders before living with it; only the flips are kept in memory.

    Args:
        old_rule: The rule of today.
        new_rule: The rule to try.
        orders: Orders with what the shop says of each; any iterable.
        today: The day in Japan on which both decide.
        period: The export period, where a rule takes one.

    Raises:
        ConfigError: An argument has the wrong type, or a rule lacks its period.

    >>> simulate(RULES["rakuma"], RULES["qoo10"], [], date(2026, 11, 22))
    Simulation(orders=0, eligible_before=0, eligible_after=0)
    """
    _check(old_rule, today)
    _check(new_rule, today)
    count = passed_before = passed_after = 0
    flips = []
    for order, handling in map(_pair, orders):
        before = decide(order, handling, rule=old_rule, today=today, period=period)
        after = decide(order, handling, rule=new_rule, today=today, period=period)
        count += 1
        passed_before += before.eligible
        passed_after += after.eligible
        if before.eligible is not after.eligible:
            flips.append(Flip(key=order.key, before=before, after=after))
    return Simulation(
        orders=count,
        eligible_before=passed_before,
        eligible_after=passed_after,
        flips=tuple(flips),
    )


def _pair(one: object) -> tuple[Order, Handling]:
    match one:
        case (Order() as order, Handling() as handling):
            return order, handling
    raise ConfigError("orders: write pairs, such as [(order, handling)]")


def _check(rule: object, today: object) -> None:
    if not isinstance(rule, ExportRule):
        raise ConfigError("rule: write export.RULES[mall], or your own ExportRule")
    require_day(today, "today")


@frozen
class _Timing:
    """What the period comes to: reasons and warnings that hold for the whole order."""

    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()


_NO_TIMING = _Timing()
_IGNORED = _Timing(warnings=(Reason(ReasonCode.PERIOD_IGNORED),))
_UNDATED = _Timing(reasons=(Reason(ReasonCode.OUT_OF_PERIOD, NO_DATE),))
_Times = tuple[datetime | None, datetime | None, datetime | None]
# R2.1: the host's last update falls back to the time at which the host made its record.
_BASES: Mapping[PeriodBasis, tuple[int, ...]] = {
    PeriodBasis.UPDATED: (0, 1),
    PeriodBasis.CREATED: (1,),
    PeriodBasis.ORDERED: (2,),
}


def _timing(rule: ExportRule, today: date, period: Period | None, times: _Times) -> _Timing:
    if period is not None and not isinstance(period, Period):
        raise ConfigError(f"period is {type(period).__name__}: write Period.days(first, last)")
    if period is None and rule.period is PeriodUse.REQUIRED:
        raise ConfigError("this rule needs a period: write period=Period.days(first, last)")
    if period is not None and rule.period is PeriodUse.IGNORED:
        return _IGNORED
    stretches = [*_given(period), *_last_days(rule, today)]
    if not stretches:
        return _NO_TIMING
    moment = next((times[place] for place in _BASES[rule.basis] if times[place]), None)
    if moment is None:
        return _UNDATED
    if all(moment in stretch for stretch in stretches):
        return _NO_TIMING
    day = moment.astimezone(JST).date().isoformat()
    return _Timing(reasons=(Reason(ReasonCode.OUT_OF_PERIOD, day),))


def _given(period: Period | None) -> Iterator[Period]:
    if period is not None:
        yield period


def _last_days(rule: ExportRule, today: date) -> Iterator[Period]:
    if rule.last_days is not None:
        yield Period.days(today - timedelta(days=rule.last_days), today)


def _at_length(
    order: Order, handling: Handling, rule: ExportRule, today: date, period: Period | None
) -> Decision:
    _check(rule, today)
    live = list(dispatches(order, handling))
    parts = [("" if len(live) == 1 else one.id, said) for one, said in live]
    times = handling.updated_at, handling.created_at, order.ordered_at
    return _told(handling.status, parts, rule, today, _timing(rule, today, period, times))


def _kept(facts: Facts, rule: ExportRule, today: date) -> Decision:
    """Return the rule's own decision on an only shipment.

    Raises:
        KeyError: There is none: a value of the shipment must be told.
    """
    filled, undated, future = rule.known[facts.status]
    day = facts.ship_date
    if day is None:
        filled = undated
    elif day > today:
        filled = future
    number = facts.tracking_number
    # What begins with a sign of ASCII from "-" on is not blank, and nearly all numbers do.
    if "-" <= number < "\x7f" or not is_blank(number):
        return filled[None]
    return filled[rule.lacking[facts.carrier, facts.delivery_methods]]


def _told(
    status: str,
    parts: Iterable[tuple[str, Dispatch | Facts]],
    rule: ExportRule,
    today: date,
    timing: _Timing,
) -> Decision:
    """Decide on any number of shipments, with every value that the reasons are about."""
    status = key_of(status)
    common = (*timing.reasons, *status_reasons(status, rule.excluded_statuses))
    shipments = []
    hints: list[Reason] = []
    for name, part in parts:
        own, near = _shipment(part, rule, today)
        shipments.append(ShipmentDecision(name, (*common, *own)))
        hints.extend(near)
    # R2.7: without a shipment there is nothing that a ship date could be of.
    reasons = (
        [reason for one in shipments for reason in one.reasons]
        if shipments
        else [
            *common,
            SHIP_DATE_MISSING,
        ]
    )
    warnings = [*status_warnings(status, rule.excluded_statuses), *timing.warnings, *hints]
    return Decision(in_order(reasons), in_order(warnings), tuple(shipments))


def _shipment(
    sent: Dispatch | Facts, rule: ExportRule, today: date
) -> tuple[list[Reason], list[Reason]]:
    """Return the reasons against one shipment, and the near misses of an exemption."""
    reasons = []
    if rule.needs_ship_date:
        if sent.ship_date is None:
            reasons.append(SHIP_DATE_MISSING)
        elif sent.ship_date > today:
            reasons.append(Reason(ReasonCode.SHIP_DATE_FUTURE, sent.ship_date.isoformat()))
    lacks_number = rule.needs_tracking and is_blank(sent.tracking_number)
    if not lacks_number or rule.exempts(sent.carrier, sent.delivery_methods):
        return reasons, []
    carrier = key_of(sent.carrier)
    near = [_near_miss(key_of(one), carrier, rule) for one in sorted(sent.delivery_methods)]
    missing = tracking_missing(carrier, rule.exempt_pairs)
    return [*reasons, missing], [hint for hint in near if hint]


def _near_miss(method: str, carrier: str, rule: ExportRule) -> Reason | None:
    """Return a hint where only the spelling keeps a method from being exempt (R2.6)."""
    meant = NEAR_MISSES.get(method)
    if meant is None or (carrier, meant) not in rule.exempt_pairs:
        return None
    return Reason(ReasonCode.NEAR_MISS_EXEMPTION, f"{method} → {meant}")
