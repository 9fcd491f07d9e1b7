"""A shop of files: orders in by import, a plan like any other's, reports out into result files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from mallsync import Dispatch, OrderKey, Outcome, Period, ShipmentNotice
from mallsync.errors import ConfigError, DecodeError, NotFound, NotSupported, StoreError
from mallsync.files import CsvShop, import_orders, load_mapping
from mallsync.files import custom as client_module
from mallsync.files.custom import CsvShop as Client
from mallsync.model.codes import ReasonCode
from mallsync.model.journal import EntryKey
from mallsync.model.period import JST
from mallsync.model.writebacks import Standing
from mallsync.store import SqlStore
from mallsync.sync import Plan, Shop, ShopSettings, Sync, Verdict
from tests.files.test_mapping import EXAMPLES, HEADERS, ROW

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=JST)
TODAY = NOW.date()
KEY = OrderKey("my-page", "demo", "A-1")
NOTICE = ShipmentNotice(
    order_number="A-1",
    carrier="ヤマト運輸",
    tracking_numbers=("000011112222",),
    ship_date=date(2026, 11, 22),
)


class Clock:
    """A clock that is set by hand."""

    now = NOW

    def __call__(self) -> datetime:
        """Return its time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the store's clock."""
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Iterator[SqlStore]:
    """Return an empty store."""
    with SqlStore("sqlite://", clock=clock) as store:
        yield store


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """Return the shop of the example."""
    mapping = load_mapping(EXAMPLES / "my_page.toml")
    return CsvShop(mapping, shop_id="demo", results=tmp_path / "results")


@pytest.fixture
def sync(client: Client, store: SqlStore, tmp_path: Path) -> Sync:
    """Return a sync of the shop, which has one order that is filled in."""
    path = tmp_path / "orders.csv"
    path.write_bytes(f"{HEADERS}\r\n{ROW}\r\n".encode("cp932"))
    sync = Sync([Shop(client, ShopSettings())], store)
    import_orders(sync, "demo", [path], status="発送待ち")
    fill_in(sync)
    return sync


def fill_in(sync: Sync, carrier: str = "ヤマト運輸", number: str = "000011112222") -> None:
    """Let the shop fill in what a report needs."""
    told = Dispatch(ship_date=TODAY, carrier=carrier, tracking_number=number)
    sync.handle(KEY, dispatch=told)


def results(client: Client) -> list[str]:
    """Return the text of the result files, the first line of each left out."""
    files = sorted(client.results.glob("*.csv")) if client.results.exists() else []
    texts = [path.read_bytes().decode("cp932") for path in files]
    return [line for text in texts for line in text.splitlines()[1:]]


def codes(plan: Plan) -> list[ReasonCode]:
    """Return the guards of the only row."""
    (row,) = plan.rows
    return [one.code for one in row.guards]


def test_a_report_becomes_a_row_of_a_result_file_once(sync: Sync, client: Client) -> None:
    """In the layout of the mapping; a second export of the same plan writes nothing."""
    plan = sync.plan_export()
    (first,) = sync.export(plan)
    (second,) = sync.export(plan)
    (path,) = client.results.iterdir()

    assert first.ok
    assert second.ok
    assert "demo-000001.csv" == path.name
    assert (
        "受注番号,伝票番号,運送会社,出荷日,区分\r\nA-1,000011112222,01,2026/11/22,出荷\r\n".encode(
            "cp932"
        )
        == path.read_bytes()
    )
    assert [ReasonCode.ALREADY_REPORTED] == codes(sync.plan_export())


def test_the_rule_is_the_convention_of_the_field(sync: Sync) -> None:
    """A ship date in the future holds it back, as at Rakuten."""
    told = Dispatch(
        ship_date=TODAY + timedelta(days=1), carrier="ヤマト運輸", tracking_number="000011112222"
    )
    sync.handle(KEY, dispatch=told)
    (row,) = sync.plan_export().rows

    assert Verdict.NOT_ELIGIBLE is row.verdict
    assert [ReasonCode.SHIP_DATE_FUTURE] == [one.code for one in row.decision.reasons]


def test_several_numbers_are_several_rows(sync: Sync, client: Client) -> None:
    """One for each parcel."""
    numbers = ("000011112222", "000011113333")
    (result,) = client.send_notices([evolve(NOTICE, tracking_numbers=numbers)])

    assert Outcome.SENT is result.outcome
    assert [f"A-1,{number},01,2026/11/22,出荷" for number in numbers] == results(client)
    assert sync.plan_export().notices, "nobody has told the journal"


def test_a_carrier_without_a_code_is_a_guard_of_the_plan(sync: Sync, client: Client) -> None:
    """And refused by the client before anything is written."""
    fill_in(sync, carrier="西濃運輸")
    (refused,) = client.send_notices([evolve(NOTICE, carrier="西濃運輸")])

    assert [ReasonCode.CARRIER_UNMAPPED] == codes(sync.plan_export())
    assert (Outcome.REFUSED, []) == (refused.outcome, results(client))
    assert refused.error is not None
    assert "CARRIER_UNMAPPED" == refused.error.code


def test_what_the_encoding_lacks_is_a_guard_of_the_plan(sync: Sync) -> None:
    """With its column and what to write instead."""
    fill_in(sync, number="0000🍎")
    (row,) = sync.plan_export().rows

    assert ["UNWRITABLE 伝票番号: U+1F34E: leave it out"] == [one.detail for one in row.guards]


def test_a_correction_is_another_row(sync: Sync, client: Client) -> None:
    """Asked for explicitly, as everywhere."""
    sync.export(sync.plan_export())
    fill_in(sync, number="999911112222")
    held = codes(sync.plan_export())
    sync.export(sync.plan_export(correct=[KEY]))

    assert [ReasonCode.REPORTED_OTHERWISE] == held
    assert 2 == len(results(client))
    assert {"demo-000001.csv", "demo-000002.csv"} == {p.name for p in client.results.iterdir()}


def test_a_run_that_was_killed_behind_the_file_finds_its_row(
    sync: Sync, client: Client, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked up in the files, and not written again."""
    plan = sync.plan_export()
    with monkeypatch.context() as patched:
        patched.setattr("mallsync.files.custom._Job.end", fail)
        (cut,) = sync.export(plan)
    doubtful = codes(sync.plan_export())
    (found,) = sync.reconcile()

    assert isinstance(cut.error, StoreError)
    assert [ReasonCode.IN_DOUBT] == doubtful
    assert {Outcome.SENT: 1} == found.counts
    assert 1 == len(results(client))
    assert () == store.journal.unfinished(plan.shops[0])


def test_a_run_that_was_killed_before_the_file_writes_it_later(
    sync: Sync, client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at once: another process may be about to."""
    with monkeypatch.context() as patched:
        patched.setattr("mallsync.files.custom.CsvShop._write", fail)
        sync.export(sync.plan_export())
    (early,) = sync.reconcile()
    clock.now += timedelta(minutes=2)
    (late,) = sync.reconcile()

    assert {Outcome.UNKNOWN: 1} == early.counts
    assert {Outcome.SENT: 1} == late.counts
    assert 1 == len(results(client))


def withdrawn(sync: Sync, monkeypatch: pytest.MonkeyPatch, *, fails_at: str) -> None:
    """Export until something fails, and let the shop want it no more."""
    with monkeypatch.context() as patched:
        patched.setattr(f"mallsync.files.custom.{fails_at}", fail)
        sync.export(sync.plan_export())
    sync.handle(KEY, status="保留")


def test_what_was_withdrawn_since_is_looked_up_and_ends(
    sync: Sync, client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the files: nothing is sent that the shop does not want any more."""
    withdrawn(sync, monkeypatch, fails_at="CsvShop._write")
    client.send_notices([evolve(NOTICE, tracking_numbers=("555511112222",))])
    (unknown,) = sync.reconcile()
    clock.now += client.settle
    (ended,) = sync.reconcile()

    assert {Outcome.UNKNOWN: 1} == unknown.counts, "its writer may still be at it"
    assert {(Outcome.NOT_SENT, "WITHDRAWN")} == {(one.outcome, one.code) for one in ended.written}
    assert 1 == len(results(client))


def test_what_was_withdrawn_since_is_adopted_where_a_file_has_it(
    sync: Sync, client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the knowledge of it was lost."""
    withdrawn(sync, monkeypatch, fails_at="_Job.end")
    clock.now += timedelta(minutes=2)
    (found,) = sync.reconcile()

    assert {Outcome.SENT: 1} == found.counts
    assert 1 == len(results(client))


def test_a_number_that_is_corrected_back_is_written_though_an_older_row_has_it(
    client: Client, store: SqlStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order's last row counts: the run that wrote it back was killed before the file."""
    client.send_notices([NOTICE], journal=store.journal)
    second = evolve(NOTICE, tracking_numbers=("222211112222",), revision=2)
    client.send_notices([second], journal=store.journal)
    third = evolve(NOTICE, revision=3)
    with monkeypatch.context() as patched:
        patched.setattr("mallsync.files.custom.CsvShop._write", fail)
        with pytest.raises(StoreError):
            client.send_notices([third], journal=store.journal)
    clock.now += timedelta(minutes=2)
    (shown,) = client.get_orders(["A-1"])
    standing = client.standing(shown, third)
    client.send_notices([third], journal=store.journal)

    assert Standing.DIFFERENT is standing
    assert 3 == len(results(client))


def test_a_result_file_never_takes_the_place_of_one_that_was_moved_away(client: Client) -> None:
    """Their order tells which row is the last."""
    client.send_notices([NOTICE])
    client.send_notices([evolve(NOTICE, order_number="A-2")])
    (client.results / "demo-000001.csv").unlink()
    client.send_notices([evolve(NOTICE, order_number="A-3")])

    assert ["demo-000002.csv", "demo-000003.csv"] == sorted(
        p.name for p in client.results.iterdir()
    )


def fail(*_: object) -> None:
    """Fail as a store does."""
    raise StoreError("the disk is full")


def test_of_two_notices_to_one_order_the_second_is_refused(client: Client) -> None:
    """One that is given twice is one."""
    other = evolve(NOTICE, tracking_numbers=("999911112222",))
    found = client.send_notices([NOTICE, NOTICE, other])

    assert [Outcome.SENT, Outcome.SENT, Outcome.REFUSED] == [one.outcome for one in found]
    assert 1 == len(results(client))


def test_another_payload_under_the_same_entry_is_refused(client: Client, store: SqlStore) -> None:
    """It would be a correction, which is asked for by its revision."""
    client.send_notices([NOTICE], journal=store.journal)
    (again,) = client.send_notices([NOTICE], journal=store.journal)
    other = evolve(NOTICE, tracking_numbers=("999911112222",))
    (found,) = client.send_notices([other], journal=store.journal)

    assert (Outcome.SENT, 1) == (again.outcome, len(results(client)))
    assert found.error is not None
    assert "OTHER_PAYLOAD_IN_JOURNAL" == found.error.code


def test_the_files_are_what_a_notice_is_looked_up_in(client: Client) -> None:
    """An order of the store tells nothing of them."""
    with pytest.raises(NotFound):
        list(client.get_orders(["A-1"]))
    client.send_notices([NOTICE])
    (shown,) = client.get_orders(["A-1"])
    other = evolve(NOTICE, carrier="佐川急便")

    assert Standing.SAME is client.standing(shown, NOTICE)
    assert Standing.DIFFERENT is client.standing(shown, other)
    assert Standing.ABSENT is client.standing(evolve(shown, raw=()), NOTICE)


def test_kept_rows_are_read_again(client: Client, sync: Sync) -> None:
    """As after an upgrade; what is no row of the mapping is told."""
    stored = sync.store.orders.get(KEY, raw=True)
    assert stored is not None

    assert stored.order == client.read(stored.order.raw)
    with pytest.raises(DecodeError, match="no rows of this mapping"):
        client.read({"orderNumber": "A-1"})
    with pytest.raises(DecodeError, match="受注日 cannot be read"):
        client.read([{**stored.order.raw[0], "受注日": "soon"}])  # type: ignore[index]  # wrong on purpose


def test_there_is_nothing_to_fetch(client: Client, sync: Sync) -> None:
    """A fetch of all shops leaves it out; asked for by name, it says what to do."""
    (named,) = sync.fetch(["demo"])

    assert [] == sync.fetch()
    assert [] == sync.gaps()
    assert [] == sync.credentials()
    assert isinstance(named.error, NotSupported)
    assert "mallsync import" in str(named.error)
    assert client.check_connection().ok
    assert client.credential_expiry() is None
    with pytest.raises(NotSupported):
        client.fetch_orders(Period.days(TODAY, TODAY))
    client.close()


def test_without_a_results_layout_a_plan_says_so(tmp_path: Path, store: SqlStore) -> None:
    """And nothing is written."""
    mapping = evolve(load_mapping(EXAMPLES / "my_page.toml"), results=None)
    client = CsvShop(mapping, shop_id="demo", results=tmp_path / "results")
    (problem,) = client.preview(NOTICE).problems

    assert "the mapping has no [results]" in problem.detail
    with pytest.raises(NotFound):
        list(client.get_orders(["A-1"]))
    with pytest.raises(ConfigError, match="mapping: write load_mapping"):
        CsvShop(load_mapping(EXAMPLES / "yupuri_r.toml"), shop_id="demo", results=tmp_path)
    with pytest.raises(ConfigError, match="shop_id is empty"):
        CsvShop(mapping, shop_id=" ", results=tmp_path)


def test_a_row_that_was_begun_by_another_is_left_to_it(client: Client, store: SqlStore) -> None:
    """Until it may be taken for dead."""
    key = EntryKey(KEY, "A-1")
    client.send_notices([evolve(NOTICE, order_number="A-2")], journal=store.journal)
    store.journal.open(key, "A-1,000011112222,01,2026/11/22,出荷\r\n")
    store.journal.begin(key, "row")
    (found,) = client.send_notices([NOTICE], journal=store.journal)

    assert Outcome.UNKNOWN is found.outcome
    assert 1 == len(results(client))


def test_a_row_that_another_takes_in_the_same_moment_is_left_to_it(
    client: Client, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the entry and the claim."""
    monkeypatch.setattr(client_module._Job, "begin", lambda _: False)
    (found,) = client.send_notices([NOTICE], journal=store.journal)

    assert Outcome.UNKNOWN is found.outcome
    assert [] == results(client)


def test_a_row_is_found_again_though_cp932_gives_it_back_otherwise(
    sync: Sync, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The minus of some keyboards comes back as another; a file beside the results is no matter."""
    fill_in(sync, number="1234\u22125678")
    with monkeypatch.context() as patched:
        patched.setattr("mallsync.files.custom._Job.end", fail)
        sync.export(sync.plan_export())
    (client.results / "demo-orders.csv").write_text("a,b\n", encoding="utf-8")
    (found,) = sync.reconcile()

    assert {Outcome.SENT: 1} == found.counts
    assert ["demo-000001.csv", "demo-orders.csv"] == sorted(
        p.name for p in client.results.iterdir()
    )
