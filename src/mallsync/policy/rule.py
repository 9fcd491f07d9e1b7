"""An export rule as data: a host can build its own and give it instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from attrs import Attribute, field, fields, frozen

from mallsync.errors import ConfigError
from mallsync.model.words import Carrier, DeliveryMethod, fold, key_of
from mallsync.policy.decision import NEAR_MISS, NO_METHOD, Known, KnownByStatus

E = TypeVar("E", bound=StrEnum)

__all__ = ["EXEMPT_PAIRS", "NEAR_MISSES", "ExportRule", "PeriodBasis", "PeriodUse"]

EXEMPT_PAIRS = frozenset(
    {
        (Carrier.JAPAN_POST, DeliveryMethod.TEIKEIGAI),
        (Carrier.JAPAN_POST, DeliveryMethod.LETTER_PACK),
        (Carrier.JAPAN_POST, DeliveryMethod.MAIL_BIN),
        (Carrier.YU_PACK, DeliveryMethod.TEIKEIGAI),
        (Carrier.YU_PACK, DeliveryMethod.LETTER_PACK),
        (Carrier.SAGAWA, DeliveryMethod.MAIL_BIN),
    }
)
"""Carrier and method that need no tracking number (R2.4); every other pair needs one."""

NEAR_MISSES: Mapping[str, str] = MappingProxyType(
    {
        "定型外": DeliveryMethod.TEIKEIGAI.value,
        "定形外郵便": DeliveryMethod.TEIKEIGAI.value,
        "定型外郵便": DeliveryMethod.TEIKEIGAI.value,
        "レターパックプラス": DeliveryMethod.LETTER_PACK.value,
        "レターパックライト": DeliveryMethod.LETTER_PACK.value,
        "ゆうメール": DeliveryMethod.MAIL_BIN.value,
    }
)
"""Spellings that are not exempt (R2.6). Give them as a rule's ``synonyms`` to make them so."""


class PeriodUse(StrEnum):
    """What a rule does with an export period (作成期間)."""

    REQUIRED = "REQUIRED"
    IF_GIVEN = "IF_GIVEN"
    IGNORED = "IGNORED"


class PeriodBasis(StrEnum):
    """Which moment must lie in the period.

    That of the host's last update (of its creation, where there is none), of the host's creation,
    or of the order at the mall.
    """

    UPDATED = "UPDATED"
    CREATED = "CREATED"
    ORDERED = "ORDERED"


def _names(value: object, name: str) -> frozenset[str]:
    if isinstance(value, str) or not isinstance(value, set | frozenset | tuple | list):
        raise ConfigError(f'{name} is a set of names: write frozenset({{"保留"}})')
    if not all(isinstance(one, str) for one in value):
        raise ConfigError(f'{name} are text: write frozenset({{"保留"}})')
    return frozenset(fold(one) for one in value)


def _excluded(value: object) -> frozenset[str]:
    return _names(value, "excluded_statuses")


def _pairs(value: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    try:
        return frozenset((fold(carrier), fold(method)) for carrier, method in value)
    except (TypeError, ValueError):
        raise ConfigError(
            'exempt_pairs: write pairs of carrier and method, such as {("佐川急便", "メール便")}'
        ) from None


def _synonyms(value: Mapping[str, str]) -> Mapping[str, str]:
    try:
        pairs = {fold(name): fold(meant) for name, meant in value.items()}
    except (AttributeError, TypeError):
        raise ConfigError('synonyms: write {"レターパックライト": "レターパック"}') from None
    return MappingProxyType(pairs)


def _a_bool(_: object, attribute: Attribute[Any], value: object) -> None:
    if not isinstance(value, bool):
        raise ConfigError(f"{attribute.name} is {value!r}: write True or False")


def _member(kind: type[E], value: object) -> E:
    try:
        return kind(str(value))
    except ValueError:
        known = ", ".join(kind)
        raise ConfigError(f"{value!r} is no {kind.__name__}: write one of {known}") from None


def _use(value: object) -> PeriodUse:
    return _member(PeriodUse, value)


def _basis(value: object) -> PeriodBasis:
    return _member(PeriodBasis, value)


def _days(_: object, attribute: Attribute[Any], value: object) -> None:
    if value is not None and (type(value) is not int or value < 0):
        raise ConfigError(f"{attribute.name} is {value!r}: write a whole number of days, or None")


_NEAR = frozenset(NEAR_MISSES)
_MANY = 1024


class _Lacking(dict[tuple[str, frozenset[str]], str | None]):
    """What a shipment without a number lacks, as `ByLack` has it; by its carrier and methods.

    Remembered, for a shop has few of either; begun anew where these are many.
    """

    __slots__ = ("_exempt",)

    def __init__(self, exempt: Mapping[str, frozenset[str]] | None) -> None:
        super().__init__()
        self._exempt = exempt

    def __missing__(self, sent: tuple[str, frozenset[str]]) -> str | None:
        if len(self) >= _MANY:
            self.clear()
        found = self[sent] = self._lack(*sent)
        return found

    def _lack(self, carrier: str, methods: frozenset[str]) -> str | None:
        if self._exempt is None:
            return None
        carrier = fold(carrier)
        exempt = self._exempt.get(carrier)
        if exempt is None:
            return NO_METHOD
        names = [fold(method) for method in methods]
        if not exempt.isdisjoint(names):
            return None
        return carrier if _NEAR.isdisjoint(names) else NEAR_MISS


@frozen(kw_only=True)
class ExportRule:
    """When a shipment may be reported. Names are compared after folding (R2.6).

    Args:
        excluded_statuses: Host statuses that are never reported (R2.2).
        needs_ship_date: Whether the ship date must be filled and not after today (R2.3).
        needs_tracking: Whether a tracking number is needed where no pair is exempt (R2.4).
        exempt_pairs: Carrier and method that need no tracking number (R2.4).
        synonyms: Method names that stand for others (R2.6); none by default, see `NEAR_MISSES`.
        period: Whether an export period must be given, may be, or is ignored (R2.1).
        basis: Which moment must lie in the period (R2.1).
        last_days: Only orders that the host updated today or this many days before; None for all.
        independent_shipments: Whether a plan may take the eligible shipments of an order alone.

    Raises:
        ConfigError: A value has the wrong type; the text says what to write.
    """

    excluded_statuses: frozenset[str] = field(converter=_excluded)
    needs_ship_date: bool = field(default=True, validator=_a_bool)
    needs_tracking: bool = field(default=True, validator=_a_bool)
    exempt_pairs: frozenset[tuple[str, str]] = field(default=EXEMPT_PAIRS, converter=_pairs)
    synonyms: Mapping[str, str] = field(factory=dict, converter=_synonyms, hash=False)
    period: PeriodUse = field(default=PeriodUse.IF_GIVEN, converter=_use)
    basis: PeriodBasis = field(default=PeriodBasis.UPDATED, converter=_basis)
    last_days: int | None = field(default=None, validator=_days)
    independent_shipments: bool = field(default=False, validator=_a_bool)
    # What follows is worked out once for each rule, for speed.
    exempt_methods: Mapping[str, frozenset[str]] = field(init=False, eq=False, repr=False)
    known: Mapping[str, Known] = field(init=False, eq=False, repr=False)
    lacking: Mapping[tuple[str, frozenset[str]], str | None] = field(
        init=False, eq=False, repr=False
    )

    @exempt_methods.default
    def _exempt_methods(self) -> Mapping[str, frozenset[str]]:
        """Return by carrier every method name that is exempt, synonyms included."""
        names = {method for _, method in self.exempt_pairs} | set(self.synonyms)
        return {
            carrier: frozenset(
                name
                for name in names
                if (carrier, self.synonyms.get(name, name)) in self.exempt_pairs
            )
            for carrier in {carrier for carrier, _ in self.exempt_pairs}
        }

    @known.default
    def _known(self) -> Mapping[str, Known]:
        """Return the decisions by status; none where they depend on a time in any case."""
        if self.last_days is not None or self.period is PeriodUse.REQUIRED:
            return {}
        return KnownByStatus(
            excluded=self.excluded_statuses,
            needs_ship_date=self.needs_ship_date,
            exempt_pairs=self.exempt_pairs if self.needs_tracking else None,
        )

    @lacking.default
    def _lacking(self) -> Mapping[tuple[str, frozenset[str]], str | None]:
        """Return by carrier and methods what a shipment without a number lacks."""
        return _Lacking(self.exempt_methods if self.needs_tracking else None)

    def __reduce__(self) -> tuple[Callable[[], ExportRule], tuple[()]]:
        """Return how a copy is made, here or in another process: of what this was made of."""
        given = {one.alias: getattr(self, one.name) for one in fields(type(self)) if one.init}
        given["synonyms"] = dict(self.synonyms)  # a read-only view cannot be pickled
        return partial(type(self), **given), ()

    def exempts(self, carrier: str, methods: Iterable[str]) -> bool:
        """Tell whether a carrier with any of these methods needs no number (R2.4, R2.5).

        >>> ExportRule(excluded_statuses=frozenset()).exempts("佐川急便", ["メール便", "速達"])
        True
        """
        exempt = self.exempt_methods.get(key_of(carrier))
        return exempt is not None and not exempt.isdisjoint(map(key_of, methods))
