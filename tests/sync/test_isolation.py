"""What goes wrong with one order, one row or one shop holds up no other."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from mallsync import Phase
from mallsync.adapters.qoo10.codec import GetLine
from mallsync.adapters.rakuma.reading import Reader
from mallsync.errors import ConfigError, StoreError, Unavailable
from mallsync.policy.export import RULES
from mallsync.policy.rule import PeriodUse
from mallsync.sandbox.fakes.examplemarket import app, desks
from mallsync.sandbox.fakes.examplemarket.trade import Stage
from mallsync.store import schema
from mallsync.store.journal import SqlJournal
from mallsync.sync import Round, Shop, Sync, run
from mallsync.sync.fetch import _Watched
from tests.sync.conftest import World, ready
from tests.sync.stories import started, stored
from tests.sync.troubles import SETTINGS, fake_of, fill_in, written


@pytest.fixture
def orders() -> int:
    """Return none: the test places its own."""
    return 0


def two_shops(world: World, **of_qoo10: Any) -> tuple[Sync, str]:
    """Return a sync of two automatic shops with an order each to report, and Qoo10's number."""
    numbers = {mall: fake_of(world, mall).place(1)[0] for mall in ("qoo10", "rakuma")}
    world.advance(seconds=1)
    automatic = {
        mall: evolve(SETTINGS[mall], days=3, auto_export=True, **more)
        for mall, more in (("qoo10", of_qoo10), ("rakuma", {}))
    }
    sync = Sync([Shop(getattr(world, mall), one) for mall, one in automatic.items()], world.store)
    sync.fetch()
    for number in numbers.values():
        ready(sync, stored(sync, number).order.key)
    world.advance(hours=1)
    return sync, numbers["qoo10"]


def one_round(sync: Sync) -> Round:
    """Do what is due, once."""
    rounds: list[Round] = []
    run(sync, told=rounds.append, once=True)
    (done,) = rounds
    return done


def spoil(world: World, table: Any, number: str, **values: str) -> None:
    """Damage what is stored of an order."""
    mine = table.c.number == number
    with world.store.database.write() as connection:
        connection.execute(table.update().where(mine).values(values))


@pytest.mark.parametrize(
    ("table", "damage"),
    [(schema.handlings, {"dispatches": '[{"ca'}), (schema.orders, {"cache": "{"})],
)
def test_a_damaged_row_of_a_shop_holds_up_no_other_shop(
    world: World, table: Any, damage: dict[str, str]
) -> None:
    """The run goes on, and says which shop it is; `check` says which order."""
    sync, number = two_shops(world)
    spoil(world, table, number, **damage)
    done = one_round(sync)
    broken, other = done.exported

    assert isinstance(broken.error, StoreError)
    assert other.ok
    assert 1 == written(world, "rakuma")
    assert 2 == len(done.fetched)
    (told,) = world.store.care.check()
    assert number in told


def test_what_was_written_and_cannot_be_read_is_told_by_check(world: World) -> None:
    """Beside what the shop has said."""
    sync, _, number = started(world, "rakuma")
    sync.export(fill_in(sync))
    before = world.store.care.check()
    spoil(world, schema.entries, number, write_back="{")
    (told,) = world.store.care.check()

    assert before == ()
    assert f"what was written of order {number} cannot be read" in told


def test_a_rule_that_lacks_its_period_holds_up_no_other_shop(world: World) -> None:
    """Each shop has a plan of its own."""
    sync, _ = two_shops(world, rule=evolve(RULES["qoo10"], period=PeriodUse.REQUIRED))
    broken, other = one_round(sync).exported

    assert isinstance(broken.error, ConfigError)
    assert other.ok
    assert 1 == written(world, "rakuma")


@pytest.mark.parametrize("strange", ["", " ", "R\ud800", "R\0"])
def test_an_order_without_a_usable_number_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, strange: str
) -> None:
    """It is set aside; the next fetches go on as ever."""
    sync, fake, kept = started(world, "rakuma")
    (spoilt,) = fake.place(1)
    record = Reader.record

    def misread(reader: Reader, raw: object) -> Any:
        made = record(reader, raw)
        return evolve(made, number=strange) if made.number == spoilt else made

    monkeypatch.setattr(Reader, "record", misread)
    reports = []
    for _ in range(2):
        world.advance(seconds=1)
        reports += sync.fetch()
        later = fake.place(1)
    world.advance(seconds=1)
    reports += sync.fetch()

    assert [None] * 3 == [report.error for report in reports]
    assert ["NUMBER"] == [one.error.code for one in reports[0].unreadable]
    assert {kept, *later} <= {one.order.number for one in sync.orders()}


def test_an_order_that_rakuma_fails_on_hides_the_others_only_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose turn it is goes by lot: some time each is asked for before it."""
    sync, fake, number = started(world, "rakuma")
    (second,) = fake.place(1)
    world.advance(seconds=1)
    sync.fetch()
    world.advance(days=10)
    sync.fetch()
    fake.cancel(second)
    name, shows = desks.JSON["GET", "one"]

    def fails(state: Any, fields: Any, asked: str) -> Any:
        if asked == number:
            raise RuntimeError
        return shows(state, fields, asked)

    monkeypatch.setattr(app, "JSON", {**desks.JSON, ("GET", "one"): (name, fails)})
    errors = []
    for _ in range(40):  # half of the lots put it in front
        world.advance(hours=1)
        errors += [report.error for report in sync.fetch()]
        if stored(sync, second).order.phase is Phase.CANCELLED:
            break

    assert all(isinstance(error, Unavailable) for error in errors)
    assert stored(sync, second).order.phase is Phase.CANCELLED


def fail_at(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Qoo10 fail on the single read of a line."""
    decode = GetLine.decode

    def fails(operation: GetLine, response: Any) -> Any:
        if operation.number == line:
            raise Unavailable(code="HTTP_500")
        return decode(operation, response)

    monkeypatch.setattr(GetLine, "decode", fails)


def test_an_old_line_that_qoo10_fails_on_hides_the_others_only_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the lists show is told as well."""
    fake = fake_of(world, "qoo10")
    bad, old = (fake.place(1)[0] for _ in range(2))
    sync = Sync([Shop(world.qoo10, evolve(SETTINGS["qoo10"], days=3))], world.store)
    world.advance(seconds=1)
    sync.fetch()
    world.advance(days=60)
    (listed,) = fake.place(1)
    world.advance(seconds=1)
    sync.fetch()
    world.advance(days=31)
    sync.fetch()
    fake.cancel(*fake.lines_of(old), *fake.lines_of(listed))
    fail_at(fake.lines_of(bad)[0], monkeypatch)
    for _ in range(6):
        world.advance(hours=1)
        sync.fetch()

    phases = [stored(sync, number).order.phase for number in (bad, old, listed)]
    assert [Phase.TO_SHIP, Phase.CANCELLED, Phase.CANCELLED] == phases


def test_a_line_that_qoo10_fails_on_holds_up_no_other_report(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cart is looked at by itself then."""
    sync, fake, number = started(world, "qoo10", lambda fake: list(fake.place(1)))
    (second,) = fake.place(1)
    world.advance(seconds=1)
    sync.fetch()
    fail_at(fake.lines_of(number)[0], monkeypatch)
    (report,) = sync.export(fill_in(sync))
    (other,) = fake.lines_of(second)

    assert {"SENT": 1, "NOT_SENT": 1} == {one.value: n for one, n in report.counts.items()}
    assert 1 == fake.effective(other, "shipped")


def test_a_report_tells_what_was_done_before_the_store_failed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five reviews are posted, and told."""
    sync, fake, _ = started(world, "rakuma", review_message="ありがとう")
    fake.place(9, stage=Stage.RECEIVED)
    world.advance(seconds=1)
    sync.fetch()
    claim, claimed = SqlJournal.claim, []

    def fails(journal: SqlJournal, *claims: Any) -> Any:
        claimed.append(claims)
        if len(claimed) > 5:
            raise StoreError("the database was locked")
        return claim(journal, *claims)

    monkeypatch.setattr(SqlJournal, "claim", fails)
    (report,) = sync.review()

    assert isinstance(report.error, StoreError)
    assert 5 == len(report.written) == fake.effective(kind="reviewed")


def test_what_is_watched_holds_no_other_number(world: World) -> None:
    """A host's own client may ask."""
    sync, _, number = started(world, "qoo10")
    (shop,) = sync.shops
    watched = _Watched(world.store, shop, {number: None})

    assert number in watched
    assert "nobody's" not in watched
