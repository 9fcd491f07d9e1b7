"""Bundles (同梱): which orders of a bundle are written (R7), and which orders could make one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import field, frozen

from mallsync.errors import ConfigError
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.handling import Handling
from mallsync.model.order import Contact, Order, OrderKey, Shipment
from mallsync.model.words import Phase
from mallsync.policy.conventions import convention_followed_by
from mallsync.policy.keys import compact, digits
from mallsync.policy.notice import dispatches, mall_prints_label
from mallsync.policy.settings import NoticeRule

__all__ = ["Candidate", "Part", "Targets", "candidates", "targets"]

Part = tuple[Order, Handling]
"""One order of a bundle, with what the shop says of it: its delivery methods decide too."""


@frozen(kw_only=True)
class Targets:
    """What is written to a mall for a bundle: each order of it is in `write` or in `manual`.

    Args:
        write: The orders that are written, the parent first.
        manual: The orders that a person has to handle on the mall.
        warnings: What to know; the detail is an order number.
        shared: Whether the parent's notice goes to every order in `write`; if not, each has its
            own.
    """

    write: tuple[OrderKey, ...]
    manual: tuple[OrderKey, ...] = ()
    warnings: tuple[Reason, ...] = ()
    shared: bool = False


@frozen
class Candidate:
    """Orders that could be shipped together, the oldest first.

    Args:
        keys: The orders.
        differs: The fields of the recipients that are not the same everywhere, such as
            ``"address.street"``; none for one and the same recipient. Values are never named.
    """

    keys: tuple[OrderKey, ...]
    differs: tuple[str, ...] = ()

    @property
    def near(self) -> bool:
        """Whether it is a near miss: one recipient by some of the fields only."""
        return bool(self.differs)


def targets(parent: Part, children: Iterable[Part], *, rule: NoticeRule | None = None) -> Targets:
    """Return which orders of a bundle are written, and which are left to a person.

    Args:
        parent: The order whose notice counts, and its handling. Eligibility is judged on it.
        children: The other orders, each with its handling.
        rule: ``NoticeRule(children=True)`` opts in to the parent's notice for every child; by
            default the mall's convention decides.

    Raises:
        ConfigError: The parent is among the children, a child comes twice, the orders are not
            of one shop, or an argument has the wrong type.

    >>> from datetime import datetime
    >>> from mallsync.model.period import JST
    >>> def part(number, anonymous=False):
    ...     shipment = Shipment(id=number, anonymous=anonymous)
    ...     key = OrderKey("mercari_shops", "s", number)
    ...     return Order(key=key, phase=Phase.TO_SHIP, mall_status="WAITING_FOR_SHIPPING",
    ...         ordered_at=datetime(2026, 11, 22, tzinfo=JST), shipments=(shipment,)), Handling()
    >>> [key.number for key in targets(part("1"), [part("2")]).write]
    ['1', '2']
    >>> [key.number for key in targets(part("1", anonymous=True), [part("2")]).manual]
    ['2']
    """
    parts = (_part(parent, "parent"), *(_part(one, "a child") for one in children))
    keys = tuple(order.key for order, _ in parts)
    _one_bundle(keys)
    if not _rule(rule, keys[0].mall).children:
        return Targets(write=keys)
    if not any(_by_mall_label(part) for part in parts):
        return Targets(write=keys, shared=True)
    label = Reason(ReasonCode.MALL_LABEL_ONLY, keys[0].number)
    by_hand = (Reason(ReasonCode.BUNDLE_CHILD_MANUAL, key.number) for key in keys[1:])
    return Targets(write=keys[:1], manual=keys[1:], warnings=(label, *by_hand), shared=True)


def _part(value: Part, name: str) -> Part:
    match value:
        case (Order(), Handling()):
            return value
    raise ConfigError(f"{name} is {type(value).__name__}: write a pair, (order, handling)")


def _rule(value: NoticeRule | None, mall: str) -> NoticeRule:
    if value is None:
        return convention_followed_by(mall).notice
    if not isinstance(value, NoticeRule):
        raise ConfigError(f"rule is {type(value).__name__}: write NoticeRule(children=True)")
    return value


def _one_bundle(keys: Sequence[OrderKey]) -> None:
    parent, *children = keys
    if parent in children:
        raise ConfigError(f"order {parent.number} is parent and child: name it once")
    if len(set(children)) < len(children):
        raise ConfigError("children: an order comes twice: name each child once")
    if len({(key.mall, key.shop_id) for key in keys}) > 1:
        raise ConfigError("children: a bundle is of one shop: name orders of the parent's shop")


def _by_mall_label(part: Part) -> bool:
    return any(mall_prints_label(*one) for one in dispatches(*part))


_OPEN = frozenset({Phase.UNPAID, Phase.TO_SHIP, Phase.HELD})
"""Phases that an order has before it is shipped; of an unknown one nobody can tell."""


@frozen
class _Field:
    """One field of a recipient: its name, what it holds, and how it compares."""

    name: str
    of: Callable[[Contact], str]
    key: Callable[[str], str] = compact


_FIELDS: Mapping[str, tuple[_Field, ...]] = {
    # Malls cut names and addresses at other places: the parts of a line are compared as one text.
    "name": (
        _Field("family_name", lambda one: one.family_name),
        _Field("given_name", lambda one: one.given_name),
    ),
    "company": (_Field("company", lambda one: one.company),),
    "phone": (_Field("phone", lambda one: one.phone, digits),),
    "postal_code": (_Field("address.postal_code", lambda one: one.address.postal_code, digits),),
    "place": (
        _Field("address.prefecture", lambda one: one.address.prefecture),
        _Field("address.city", lambda one: one.address.city),
        _Field("address.street", lambda one: one.address.street),
        _Field("address.building", lambda one: one.address.building),
    ),
}
"""What makes a recipient one recipient, line by line."""

_NEEDED = ("name", "place")
"""Lines without which nobody can tell that two recipients are one."""

_CLUES = (("phone", "postal_code"), ("name", "postal_code"))
"""Lines that make a near miss when they are filled and agree, and another does not."""


@frozen
class _Place:
    """One order and its folded recipient, which is personal and shows in no repr."""

    order: OrderKey
    parts: Mapping[str, tuple[str, ...]] = field(repr=False)
    lines: Mapping[str, str] = field(repr=False)

    def agreeing(self, names: Iterable[str]) -> Hashable:
        """Return what orders have in common that agree in these lines; nothing if one is blank."""
        values = tuple(self.lines[name] for name in names)
        return (self.order.mall, self.order.shop_id, *values) if all(values) else None

    @property
    def recipient(self) -> Hashable:
        """What orders of the same recipient have in common; nothing if it says too little."""
        if self.agreeing(_NEEDED) is None:
            return None
        return (self.order.mall, self.order.shop_id, *self.lines.values())


def candidates(orders: Iterable[Order]) -> tuple[Candidate, ...]:
    """Return the orders of a shop that could be shipped together, and the near misses.

    Taken are orders that are neither shipped nor cancelled, with one live shipment to an address
    that the mall tells: not to an anonymous recipient, not to a counter. A recipient is the same
    when name, company, phone, postal code and address are, apart from spaces, width, case, hyphens
    and where the mall cuts a line. It is nearly the same when the phone and the postal code
    agree, or the name and the postal code. The time is linear in the number of orders, but for
    sorting them; the order in which they come does not matter.

    Args:
        orders: Orders of any shops. Of one that comes twice the last counts.

    Returns:
        First the groups with one recipient, then the near misses, each from its oldest order on.

    >>> from datetime import datetime
    >>> from mallsync.model.order import Address
    >>> from mallsync.model.period import JST
    >>> def order(number, street):
    ...     to = Contact(family_name="見本", address=Address(postal_code="1000001", street=street))
    ...     return Order(key=OrderKey("rakuten", "s", number), phase=Phase.TO_SHIP,
    ...         mall_status="300", ordered_at=datetime(2026, 11, 22, tzinfo=JST),
    ...         shipments=(Shipment(id="1", recipient=to),))
    >>> orders = [order("1", "見本町 1-2"), order("2", "見本町１－２"), order("3", "見本町1-3")]
    >>> [([key.number for key in one.keys], one.differs) for one in candidates(orders)]
    [(['1', '2'], ()), (['1', '2', '3'], ('address.street',))]
    """
    each = {order.key: order for order in orders}
    places = tuple(_places(sorted(each.values(), key=_age)))
    same = _groups(places, [place.recipient for place in places])
    return (
        *(Candidate(_keys(group)) for group in same),
        *(Candidate(_keys(group), _differing(group)) for group in _near(places)),
    )


def _age(order: Order) -> tuple[datetime, str, str, str]:
    return (order.ordered_at, order.mall, order.shop_id, order.number)


def _places(orders: Iterable[Order]) -> Iterator[_Place]:
    for order in orders:
        recipient = _recipient(order)
        if recipient is not None:
            parts = {
                line: tuple(one.key(one.of(recipient)) for one in fields)
                for line, fields in _FIELDS.items()
            }
            yield _Place(order.key, parts, {line: "".join(said) for line, said in parts.items()})


def _recipient(order: Order) -> Contact | None:
    """Return to whom an order can still be shipped, together with others."""
    live = [shipment for shipment in order.shipments if not shipment.cancelled]
    waits = order.phase in _OPEN and order.cancelled_at is None and order.shipped_at is None
    if len(live) != 1 or not waits or not _is_open(live[0]):
        return None
    return live[0].recipient


def _is_open(shipment: Shipment) -> bool:
    reported = any(parcel.tracking_number or parcel.ship_date for parcel in shipment.parcels)
    return not (shipment.anonymous or shipment.pick_up is not None or reported)


def _groups(places: Sequence[_Place], common: Iterable[Hashable]) -> list[tuple[_Place, ...]]:
    """Return the places that have something in common, from the oldest on; none for one alone."""
    found: dict[Hashable, list[_Place]] = defaultdict(list)
    for place, having in zip(places, common, strict=True):
        if having is not None:
            found[having].append(place)
    return [tuple(group) for group in found.values() if len(group) > 1]


def _near(places: Sequence[_Place]) -> Iterator[tuple[_Place, ...]]:
    """Return the near misses, without those that are part of one that an earlier clue found."""
    told: dict[OrderKey, frozenset[OrderKey]] = {}
    for clue in _CLUES:
        for group in _groups(places, [place.agreeing(clue) for place in places]):
            keys = frozenset(_keys(group))
            if _differing(group) and not keys <= told.get(group[0].order, frozenset()):
                told.update(dict.fromkeys(keys, keys))
                yield group


def _keys(group: Iterable[_Place]) -> tuple[OrderKey, ...]:
    return tuple(place.order for place in group)


def _differing(group: Sequence[_Place]) -> tuple[str, ...]:
    """Return the names of the fields in which recipients differ; never a value."""
    return tuple(
        one.name
        for line, fields in _FIELDS.items()
        if len({place.lines[line] for place in group}) > 1
        for at, one in enumerate(fields)
        if len({place.parts[line][at] for place in group}) > 1
    )
