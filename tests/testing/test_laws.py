"""The laws catch what they are there for: each fault is planted in an adapter, and seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest
from attrs import evolve, frozen

from mallsync import NoticeResult, Order, Outcome, Period, ShipmentNotice, sandbox
from mallsync.adapters import rakuten
from mallsync.adapters.rakuten.codec import UpdateShipping
from mallsync.adapters.rakuten.notices import fill
from mallsync.errors import AnswerLost, NotSupported
from mallsync.model.capabilities import Capabilities, Capability, Support
from mallsync.model.sighting import Covered, Remark, Seen, Sighting, Unreadable
from mallsync.model.writebacks import Standing
from mallsync.ports import Journal
from mallsync.testing.laws import AdapterLaws
from mallsync.testing.mutants import mutations, places
from mallsync.wire.calls import Transport
from tests.conformance.rakuten import NOW, Rakuten

LAWS = AdapterLaws()


@frozen
class Planted(Rakuten):
    """The subject of the laws, whose clients have a fault."""

    kind: type[rakuten.Client] = rakuten.Client

    def client(self, *, transport: Transport | None = None) -> rakuten.Client:
        """Return a client with the fault."""
        return self._with_fault(super().client(transport=transport))

    def paged_clients(self) -> Iterable[rakuten.Client]:
        """Return paged clients with the fault."""
        return map(self._with_fault, super().paged_clients())

    def _with_fault(self, client: rakuten.Client) -> rakuten.Client:
        client.__class__ = self.kind
        return client


@pytest.fixture
def plant() -> Iterator[Callable[..., Planted]]:
    """Run a small fake, and return what makes a subject with a fault."""
    with sandbox.running(seed=7, orders=40, now=NOW) as malls:

        def planted(kind: type[rakuten.Client], subject: type[Planted] = Planted) -> Planted:
            return subject(malls.rakuten, kind)

        yield planted


# ------------------------------------------------------------------------------- the planted faults


class LosesOrdersAtPageEdges(rakuten.Client):
    """Forgets the last order of each small page."""

    def sightings(self, *args: Any, **kwargs: Any) -> Iterator[Sighting]:
        """Leave out each seventh order, if a page holds seven."""
        size = self._options.page
        for place, event in enumerate(super().sightings(*args, **kwargs), 1):
            if place % size:
                yield event


class TellsItsKey(rakuten.Client):
    """Shows a secret."""

    def __repr__(self) -> str:
        return f"rakuten.Client({self._credentials.license_key})"


class WritesAgain(rakuten.Client):
    """Sends a write once more when its answer was lost."""

    def send_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal | None = None
    ) -> list[NoticeResult]:
        """Write without a second look."""
        for notice in notices:
            (order,) = self.get_orders([notice.order_number])
            if self.standing(order, notice) is not Standing.SAME:
                filling = fill(order, notice)
                self._write(
                    UpdateShipping(
                        number=order.number, basket=filling.basket, records=filling.records
                    )
                )
        return [NoticeResult(notice=notice, outcome=Outcome.SENT) for notice in notices]

    def _write(self, update: UpdateShipping) -> None:
        try:
            self._engine.call(update)
        except AnswerLost:
            self._engine.call(update)


class SendsWhatNobodyWants(rakuten.Client):
    """Takes a look for an order to go on."""

    def conclude_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal
    ) -> list[NoticeResult]:
        """Send what is not there."""
        return self.send_notices(notices, journal=journal)


class CoversTooEarly(rakuten.Client):
    """Says that a period is done before its orders have come."""

    def sightings(self, *args: Any, **kwargs: Any) -> Iterator[Sighting]:
        """Put each `Covered` first."""
        events = list(super().sightings(*args, **kwargs))
        yield from sorted(events, key=lambda event: not isinstance(event, Covered))


class NamesAGap(rakuten.Client):
    """Covers nothing and says so: that is allowed."""

    def sightings(self, *args: Any, **kwargs: Any) -> Iterator[Sighting]:
        """Remark first, and cover nothing."""
        yield Remark("SEARCH_CAP")
        for event in super().sightings(*args, **kwargs):
            if not isinstance(event, Covered):
                yield event


class CoversTooLittle(rakuten.Client):
    """Leaves out the end of a period, and says nothing of it."""

    def sightings(self, *args: Any, **kwargs: Any) -> Iterator[Sighting]:
        """Cover half."""
        for event in super().sightings(*args, **kwargs):
            if isinstance(event, Covered):
                whole = event.period
                yield Covered(Period(whole.start, whole.start + whole.length / 2))
            else:
                yield event


class SaysThatItCannot(rakuten.Client):
    """Has a method for what the mall cannot do, which says so."""

    def send_message(self) -> None:
        """Refuse."""
        raise NotSupported


class PretendsThatItCan(rakuten.Client):
    """Has a method for what the mall cannot do, which does nothing."""

    def send_message(self) -> None:
        """Do nothing, silently."""


@frozen
class Coercing(Planted):
    """An adapter that makes numbers of text."""

    def decode(
        self, numbers: Sequence[str], records: Sequence[object]
    ) -> Sequence[Seen | Unreadable]:
        """Read a price from text."""
        return super().decode(numbers, [_coerced(one) for one in records])


def _coerced(record: object) -> object:
    assert isinstance(record, dict)
    price = record.get("postagePrice")
    return {**record, "postagePrice": int(price)} if price == "3" else record


@frozen
class Vague(Planted):
    """An adapter that does not say where a record is wrong."""

    def decode(
        self, numbers: Sequence[str], records: Sequence[object]
    ) -> Sequence[Seen | Unreadable]:
        """Take the places out of every error."""
        found = super().decode(numbers, records)
        for one in found:
            if isinstance(one, Unreadable):
                one.error.problems = ()
        return found


Plant = Callable[..., Planted]


def test_an_order_that_is_lost_at_the_edge_of_a_page_is_missed(plant: Plant) -> None:
    """The law of pages compares what small pages bring with what large ones did."""
    with pytest.raises(AssertionError):
        LAWS.test_the_page_size_makes_no_difference(plant(LosesOrdersAtPageEdges))


def test_a_secret_in_a_repr_is_seen(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    """The law of privacy looks for every secret in everything that is shown."""
    with pytest.raises(AssertionError):
        LAWS.test_nothing_secret_or_personal_shows(plant(TellsItsKey), caplog)


def test_a_number_that_is_made_of_text_is_seen(plant: Plant) -> None:
    """The law of keys wants a value of another type refused, or without any influence."""
    with pytest.raises(AssertionError, match="was coerced"):
        LAWS.test_no_key_of_a_record_can_spoil_the_others(plant(rakuten.Client, Coercing))


def test_an_error_that_names_no_place_is_seen(plant: Plant) -> None:
    """The law of keys wants the key at fault in the error."""
    with pytest.raises(AssertionError, match="orderNumber"):
        LAWS.test_no_key_of_a_record_can_spoil_the_others(plant(rakuten.Client, Vague))


def test_a_second_write_after_a_lost_answer_is_seen(plant: Plant) -> None:
    """The law of lost answers counts the effects at the mall."""
    with pytest.raises(AssertionError, match="2 == 1"):
        LAWS.test_a_lost_answer_leads_to_no_second_write(plant(WritesAgain))


def test_a_report_that_nobody_wants_any_more_is_seen(plant: Plant) -> None:
    """The law of what is withdrawn counts the effects, too."""
    with pytest.raises(AssertionError):
        LAWS.test_what_nobody_wants_any_more_is_looked_up_and_never_written(
            plant(SendsWhatNobodyWants)
        )


@pytest.mark.parametrize("kind", [CoversTooEarly, CoversTooLittle])
def test_a_period_that_is_covered_too_early_or_too_little_is_seen(
    plant: Plant, kind: type[rakuten.Client]
) -> None:
    """The law of coverage wants each `Covered` after its orders, and all of them to adjoin."""
    with pytest.raises(AssertionError):
        LAWS.test_what_is_covered_is_the_period_or_a_gap_is_named(plant(kind))


def test_a_gap_that_is_named_is_allowed(plant: Plant) -> None:
    """A `Remark` stands in for what is not covered."""
    LAWS.test_what_is_covered_is_the_period_or_a_gap_is_named(plant(NamesAGap))


def test_a_method_that_says_that_the_mall_cannot_is_allowed(plant: Plant) -> None:
    """What the table denies may be there if it says so."""
    LAWS.test_the_capability_table_is_truthful(plant(SaysThatItCannot))


def test_a_method_that_pretends_is_seen(plant: Plant) -> None:
    """What the table denies must not seem to work."""
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        LAWS.test_the_capability_table_is_truthful(plant(PretendsThatItCan))


class PassesOver(rakuten.Client):
    """Is asked for orders that may wait for a review, and looks at none of those it is given."""

    def reviewable_orders(
        self,
        period: Period,
        *,
        known: Collection[str] | None = None,
        on_problem: Callable[[Unreadable], None] | None = None,
        on_other: Callable[[Order], None] | None = None,
    ) -> Iterator[Order]:
        """Read the period alone."""
        return self.fetch_orders(period, on_problem=on_problem)


@frozen
class Rating(Planted):
    """An adapter whose table says that the shop rates buyers."""

    @property
    def package(self) -> ModuleType:
        """Return a package with that table."""
        row = Capability("reviewable_orders", Support.YES, "made up", NOW.date())
        table = Capabilities(mall="rakuten", can=(row,), limits=())
        return cast("ModuleType", SimpleNamespace(CAPABILITIES=table))


def test_an_order_that_nobody_looks_at_for_a_review_is_seen(plant: Plant) -> None:
    """The law of reviews wants each known order to wait, or to be told as another."""
    with pytest.raises(AssertionError):
        LAWS.test_known_orders_are_looked_at_for_a_review(plant(PassesOver, Rating))


class NeverSaysGone(rakuten.Client):
    """Tells an order that the mall does not know as one that could not be read."""

    def sightings(self, *args: Any, **kwargs: Any) -> Iterator[Sighting]:
        """Leave out the word."""
        for event in super().sightings(*args, **kwargs):
            yield evolve(event, gone=False) if isinstance(event, Unreadable) else event


class PassesOverWhatIsGone(rakuten.Client):
    """Says nothing of an order that the mall does not know."""

    def sightings(self, *args: Any, **kwargs: Any) -> Iterator[Sighting]:
        """Leave it out."""
        events = super().sightings(*args, **kwargs)
        yield from (event for event in events if not isinstance(event, Unreadable))


@pytest.mark.parametrize("kind", [NeverSaysGone, PassesOverWhatIsGone])
def test_an_order_that_is_gone_and_is_not_told_so_is_seen(
    plant: Plant, kind: type[rakuten.Client]
) -> None:
    """The law of what is gone asks for a number that the mall does not know."""
    with pytest.raises(AssertionError):
        LAWS.test_a_known_order_that_the_mall_does_not_know_is_gone(plant(kind))


@frozen
class Boasting(Planted):
    """An adapter whose credentials take nothing for an answer."""

    @property
    def package(self) -> ModuleType:
        """Return a package without checks."""
        return cast("ModuleType", SimpleNamespace(Credentials=lambda: None))


def test_credentials_that_check_nothing_are_seen(plant: Plant) -> None:
    """Without values they must be refused."""
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        LAWS.test_credentials_check_themselves(plant(rakuten.Client, Boasting))


# -------------------------------------------------------------------------------------- the helpers


def test_places_are_the_paths_of_every_key() -> None:
    """The first element of a list stands for all; an empty one has none."""
    record = {"a": {"b": 1}, "c": [{"d": 2}, {"e": 3}], "f": [], "g": [4]}

    assert [("a",), ("a", "b"), ("c",), ("c", 0, "d"), ("f",), ("g",)] == list(places(record))


def test_mutations_change_one_key_of_a_copy() -> None:
    """Each key goes missing, takes a value of every type, and gets a neighbour."""
    record = {"a": {"b": 1}}
    found = list(mutations(record))
    changes = {(place, change): mutant for place, change, mutant in found}

    assert record == {"a": {"b": 1}}
    assert {"a": {}} == changes[("a", "b"), "missing"]
    assert {"a": {"b": None}} == changes[("a", "b"), "None"]
    assert {"a": {"b": "3"}} == changes[("a", "b"), "'3'"]
    assert {"a": {"b": 1, "aKeyThatNobodyKnows": {"new": [1]}}} == changes[
        ("a", "aKeyThatNobodyKnows"), "extra"
    ]
    assert all(repr(record) != repr(mutant) for place, _, mutant in found if place[-1] == "a")
