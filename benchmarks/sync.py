"""The sync with its store, against what it cannot go below: the fetch alone, and bare sqlite3."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.answers import NOW, PERIOD
from benchmarks.malls import serving
from benchmarks.measuring import Figure, figure, peak, python, seconds
from mallsync.adapters import rakuten
from mallsync.model.journal import EntryKey
from mallsync.model.order import OrderKey
from mallsync.model.writebacks import Outcome, ShipmentNotice
from mallsync.store import SqlStore
from mallsync.sync import Shop, Sync
from mallsync.transport import Pace
from tests.services import postgres_url

__all__ = ["ORDERS", "cost", "grown", "measure", "measure_growth"]

ORDERS = 10_000
_ROUNDS = 3
_ENTRIES = 300
_SHOPS = 20
_LARGE, _SMALL = 1000, 100

_PAIR = tuple[str, rakuten.Credentials]


def measure(orders: int = ORDERS, rounds: int = _ROUNDS) -> list[Figure]:
    """Return the figures; the malls run in a process of their own.

    Args:
        orders: How many one shop has.
        rounds: How often each is measured; a fetch and a sync by turns.
    """
    first, again, outgrown = [], [], []
    with serving(orders) as mall:
        _fetch(mall, orders)  # warms both sides
        for _ in range(rounds):
            alone = seconds(lambda: _fetch(mall, orders))
            with TemporaryDirectory() as folder:
                stored, second = _sync(mall, orders, f"sqlite:///{folder}/orders.db")
            first.append(stored / alone)
            again.append(second / stored * 100)
            with postgres_url() as url:
                outgrown.append(_sync(mall, orders, url)[0] / alone)
    with serving(_LARGE) as large, serving(_SMALL) as small:
        begun, waiting = zip(*(_over_slowest(large, small) for _ in range(rounds)), strict=True)
        at_once = [_over_one(small) for _ in range(rounds)]
    return [
        figure(f"fetch {orders:,} orders and store them / fetch", first, unit="x", target=1 / 0.7),
        figure("  the same into PostgreSQL", outgrown, unit="x", target=1 / 0.5),
        figure("  a second run that finds nothing new, of the first", again, unit="%", target=10),
        figure(
            f"{_SHOPS} shops at 1 request/s, over the slowest alone", begun, unit="%", target=10
        ),
        figure("  their second run", waiting, unit="%", target=10),
        # All answers come in the same moment: what is left is the work of one core on them.
        figure(
            f"  a second run of {_SHOPS} alike, {_SMALL} orders each, over one", at_once, unit="%"
        ),
        figure("journal / bare sqlite3", _journals(), unit="x", target=1 / 0.4),
        _memory(orders),
    ]


def measure_growth(few: int = 10_000, many: int = 1_000_000, rounds: int = 9) -> Figure:
    """Return what an order costs where many are stored, against where few are."""
    with (
        TemporaryDirectory() as folder,
        serving(1000) as mall,
        grown(Path(folder), mall, few) as small,
        grown(Path(folder), mall, many) as large,
    ):
        costs = [cost(large) / cost(small) for _ in range(rounds)]
    return figure(f"cost per order at {many:,} stored / {few:,}", costs, unit="x", target=1.15)


# --------------------------------------------------------------------------------------- a fetch


def _client(mall: _PAIR, shop_id: str = "bench", pace: Pace | None = None) -> rakuten.Client:
    url, key = mall
    return rakuten.Client(key, shop_id=shop_id, base_url=url, pace=pace)


def _fetch(mall: _PAIR, orders: int) -> None:
    with _client(mall) as client:
        count = sum(1 for _ in client.fetch_orders(PERIOD))
    assert count == orders


def _sync(mall: _PAIR, orders: int, url: str) -> tuple[float, float]:
    """Return the seconds of a first run into an empty store, and of a second."""
    with _client(mall) as client, SqlStore(url, clock=lambda: NOW) as store:
        sync = Sync([Shop(client)], store)
        first = seconds(lambda: _whole(sync))
        assert sum(1 for _ in store.orders.find(Shop(client).key)) == orders
        return first, seconds(lambda: _whole(sync))


def _whole(sync: Sync) -> None:
    assert all(report.ok for report in sync.fetch(period=PERIOD))


def _over_slowest(large: _PAIR, small: _PAIR) -> tuple[float, float]:
    """Return how much longer than the slowest of them many shops take, in %.

    Each has the mall's own limit. For a first run and for a second, which finds nothing new: what
    a host does all day.
    """
    many, one = _shops([large, *[small] * (_SHOPS - 1)]), _shops([large])
    return (many[0] / one[0] - 1) * 100, (many[1] / one[1] - 1) * 100


def _over_one(mall: _PAIR) -> float:
    """Return the same of a second run of shops that are all alike."""
    return (_shops([mall] * _SHOPS)[1] / _shops([mall])[1] - 1) * 100


def _shops(malls: Sequence[_PAIR]) -> tuple[float, float]:
    """Return the seconds of a first run over shops at these malls, and of a second."""
    clients = [_client(mall, f"shop-{at}", Pace(1, per=1)) for at, mall in enumerate(malls)]
    with TemporaryDirectory() as folder, SqlStore(f"sqlite:///{folder}/orders.db") as store:
        sync = Sync([Shop(client) for client in clients], store)
        took = seconds(lambda: _whole(sync)), seconds(lambda: _whole(sync))
    for client in clients:
        client.close()
    return took


def _memory(orders: int) -> Figure:
    many, few = (
        [int(python("-m", "benchmarks.sync", str(count))) for _ in range(_ROUNDS)]
        for count in (orders, orders // 10)
    )
    ratios = [one / median(few) for one in many]
    name = f"peak memory of a sync, {orders:,} orders / {orders // 10:,}"
    return figure(name, ratios, unit="x", target=1.2)


# --------------------------------------------------------------------------------------- growth


@contextmanager
def grown(folder: Path, mall: _PAIR, rows: int) -> Iterator[Sync]:
    """Work on a store with a thousand orders and so many old ones of the same shop."""
    url = f"sqlite:///{folder}/{rows}.db"
    with _client(mall) as client, SqlStore(url, clock=lambda: NOW) as store:
        sync = Sync([Shop(client)], store)
        _whole(sync)
        _multiply(Path(folder, f"{rows}.db"), rows)
        yield sync


_NEW = "shop = 1 AND number >= '9'"  # what is copied begins with 0: this goes by the index
_OLD = {"is_open": "0", "ordered_at": "'2024-11-22 00:00:00.000000'"}


def _multiply(file: Path, rows: int) -> None:
    """Copy the orders of a store under other numbers, as old ones, until there are so many.

    Each thousand behind the one before, and kept by itself: in one go a million take long.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        (there,) = connection.execute("SELECT count(*) FROM orders").fetchone()
        for table in ("orders", "handlings"):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for at in range(1, rows // there):
                copied = {"number": f"'{at:04}-' || number", **_OLD}
                told = ", ".join(copied.get(one, one) for one in columns)
                connection.execute(
                    f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608 -- as above
                    f" SELECT {told} FROM {table} WHERE {_NEW}"
                )


def cost(sync: Sync) -> float:
    """Return the seconds of forgetting this mall's thousand orders and fetching them again."""
    store = sync.store
    (key,) = sync.shops
    with store.database.write() as connection:
        for table in ("handlings", "orders"):
            connection.exec_driver_sql(
                f"DELETE FROM {table} WHERE {_NEW}"  # noqa: S608 -- the schema's own names
            )
    assert store.orders.get(OrderKey(key.mall, key.shop_id, "none")) is None
    return seconds(lambda: _whole(sync))


# -------------------------------------------------------------------------------------- journal


def _journals() -> list[float]:
    """Return how much longer the journal takes than the same row changes in bare sqlite3."""
    ratios = []
    for _ in range(_ROUNDS):
        with TemporaryDirectory() as folder:
            bare = seconds(lambda: _bare(Path(folder, "bare.db")))
            with SqlStore(f"sqlite:///{folder}/ours.db") as store:
                ratios.append(seconds(lambda: _ours(store)) / bare)
    return ratios


def _ours(store: SqlStore) -> None:
    journal = store.journal
    for at in range(_ENTRIES):
        key = EntryKey(OrderKey("rakuten", "bench", f"999001-20261122-{at:010}"), "1")
        journal.claim(key, ShipmentNotice(order_number=key.order.number, carrier="ヤマト運輸"))
        journal.open(key, "payload")
        journal.begin(key, "send")
        journal.end(key, "send")
        journal.settle(key, Outcome.SENT)


def _bare(file: Path) -> None:
    """Change the same rows in the same transactions, under the same settings."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, number TEXT, payload TEXT, write_back TEXT,"
        " outcome TEXT, told_at TEXT, UNIQUE (number))"
    )
    connection.execute(
        "CREATE TABLE steps (entry INTEGER REFERENCES entries, name TEXT, state TEXT,"
        " PRIMARY KEY (entry, name))"
    )
    for at in range(1, _ENTRIES + 1):
        for statement, values in (
            ("INSERT INTO entries VALUES (?, ?, '', 'a notice', '', '')", (at, f"{at:026}")),
            ("UPDATE entries SET payload = 'payload' WHERE id = ?", (at,)),
            ("INSERT INTO steps VALUES (?, 'send', 'BEGUN')", (at,)),
            ("UPDATE steps SET state = 'DONE' WHERE entry = ? AND name = 'send'", (at,)),
            ("UPDATE entries SET outcome = 'SENT', told_at = 'now' WHERE id = ?", (at,)),
        ):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(statement, values)
            connection.execute("COMMIT")
    connection.close()


def _main(orders: str) -> None:
    """Fetch and store so many orders, and print this process's peak memory in kB."""
    with TemporaryDirectory() as folder, serving(int(orders)) as mall:
        _sync(mall, int(orders), f"sqlite:///{folder}/orders.db")
    print(peak())


if __name__ == "__main__":
    _main(sys.argv[1])
