"""How the cost of a sync grows: with orders, with orders stored before, with shops, with workers.

``python -m benchmarks.growth`` measures each point in a process of its own, fits ``time = c · nᵏ``
to each series by least squares of the logarithms, and writes docs/growth.csv and docs/growth.svg.
The fake malls run in a process of their own, and share the machine.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from math import log
from pathlib import Path
from statistics import linear_regression
from tempfile import TemporaryDirectory
from threading import Lock

from attrs import define, field, frozen

from benchmarks.answers import NOW, PERIOD
from benchmarks.malls import serving
from benchmarks.measuring import ROOT, peak, python, seconds
from benchmarks.sync import cost, grown
from mallsync.adapters import rakuten
from mallsync.store import SqlStore
from mallsync.sync import Shop, Sync
from mallsync.transport import HttpTransport
from mallsync.wire.messages import Request, Response
from tests.services import postgres_url

__all__ = ["Point", "exponent", "main"]

SERIES: Mapping[str, Sequence[int]] = {
    "orders": (1_000, 10_000, 100_000),
    "orders, PostgreSQL": (1_000, 10_000, 100_000),
    "stored": (10_000, 100_000, 1_000_000),
    "shops": (1, 5, 20, 100, 500),
    "workers": (1, 2, 4, 8),
}
_TITLES = {
    "orders": "one shop with so many orders, into SQLite",
    "orders, PostgreSQL": "one shop with so many orders, into PostgreSQL",
    "stored": "a thousand orders more, with so many old ones of the shop",
    "shops": "so many shops with 50 orders each, into SQLite",
    "workers": "40 shops with 50 orders each, so many processes, PostgreSQL",
}
_SMALL = 50
_SHARED = 40


@frozen
class Point:
    """What a run has taken.

    Args:
        series: A key of `SERIES`.
        size: How many of what the series counts.
        time: Seconds.
        memory: Peak, in MB; of the largest process.
        requests: To the mall, for each order; 0 where they are not counted.
    """

    series: str
    size: int
    time: float
    memory: float
    requests: float


@define
class _Counting:
    """A transport that counts."""

    inner: HttpTransport
    requests: int = 0
    _lock: Lock = field(factory=Lock)

    def send(self, request: Request, *, timeout: float) -> Response:
        with self._lock:
            self.requests += 1
        return self.inner.send(request, timeout=timeout)

    def close(self) -> None:
        self.inner.close()


def main() -> int:
    """Measure, and write the table and the plot into docs."""
    points = []
    for series, sizes in SERIES.items():
        for size in sizes:
            print(f"measuring {series} {size:,} …", file=sys.stderr)
            told = json.loads(python("-m", "benchmarks.growth", series, str(size)))
            points.append(Point(series, size, **told))
    _write(points, ROOT / "docs" / "growth.csv")
    (ROOT / "docs" / "growth.svg").write_text(_plot(points), "utf-8")
    return 0


def exponent(points: Sequence[Point]) -> float:
    """Return k of ``time = c · sizeᵏ``.

    >>> points = [Point("orders", size, 3 * size**2.0, 0, 0) for size in (1, 10, 100)]
    >>> round(exponent(points), 6)
    2.0
    """
    sizes, times = [log(one.size) for one in points], [log(one.time) for one in points]
    return linear_regression(sizes, times).slope


# --------------------------------------------------------------------------------- one point


def _one(series: str, size: int) -> dict[str, float]:
    """Measure a point in this process."""
    if series == "workers":
        return _workers(size)
    if series == "orders, PostgreSQL":
        with postgres_url() as url, serving(size) as mall:
            return _synced(url, mall, ["shop"], size)
    with TemporaryDirectory() as folder:
        if series == "stored":
            with serving(1000) as mall, grown(Path(folder), mall, size) as sync:
                return {"time": cost(sync), "memory": peak() / 1000, "requests": 0.0}
        url = f"sqlite:///{folder}/orders.db"
        shops, each = (1, size) if series == "orders" else (size, _SMALL)
        with serving(each) as mall:
            return _synced(url, mall, [f"shop-{at}" for at in range(shops)], shops * each)


def _synced(
    url: str, mall: tuple[str, rakuten.Credentials], names: Sequence[str], orders: int
) -> dict[str, float]:
    """Fetch shops into a store for the first time."""
    base, key = mall
    with ExitStack() as stack:
        store = stack.enter_context(SqlStore(url, clock=lambda: NOW))
        counting = _Counting(HttpTransport(base_url=base))
        clients = [
            stack.enter_context(rakuten.Client(key, shop_id=name, transport=counting, pace=None))
            for name in names
        ]
        sync = Sync([Shop(client) for client in clients], store)

        def whole() -> None:
            assert all(report.ok for report in sync.fetch(period=PERIOD))

        took = seconds(whole)
    return {"time": took, "memory": peak() / 1000, "requests": counting.requests / orders}


def _workers(count: int) -> dict[str, float]:
    """Let processes share shops and a store; the time is that of all of them."""
    names = [f"shop-{at}" for at in range(_SHARED)]
    with postgres_url() as url, serving(_SMALL) as mall, ExitStack() as stack:
        SqlStore(url).close()  # makes the tables
        parts = [names[at::count] for at in range(count)]
        base, key = mall
        asked = [
            json.dumps([url, base, key.service_secret, key.license_key, part]) for part in parts
        ]
        running = [stack.enter_context(_worker(one)) for one in asked]
        for one in running:
            assert one.stdout is not None
            assert one.stdout.readline().strip() == "ready"
        told: list[dict[str, float]] = []

        def work() -> None:
            for one in running:
                assert one.stdin is not None
                print("go", file=one.stdin, flush=True)
            told.extend(json.loads(one.stdout.readline()) for one in running if one.stdout)

        took = seconds(work)
    most = max(one["memory"] for one in told)
    return {"time": took, "memory": most, "requests": told[0]["requests"]}


@contextmanager
def _worker(asked: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.growth", "worker", asked]
    with subprocess.Popen(  # noqa: S603 -- this interpreter, with arguments of our own
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


def _work(asked: str) -> dict[str, float]:
    url, base, secret, licence, names = json.loads(asked)
    key = rakuten.Credentials(service_secret=secret, license_key=licence)
    print("ready", flush=True)
    sys.stdin.readline()
    return _synced(url, (base, key), names, len(names) * _SMALL)


# ------------------------------------------------------------------------- the table and the plot


def _write(points: Sequence[Point], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["series", "n", "time", "peak memory", "requests per order", "time ~ n^k"])
        for series in SERIES:
            mine = [one for one in points if one.series == series]
            for at, one in enumerate(mine):
                rows.writerow(
                    [
                        "" if at else _TITLES[series],
                        f"{one.size:,}",
                        f"{one.time:.2f} s",
                        f"{one.memory:.0f} MB",
                        f"{one.requests:.3f}" if one.requests else "",
                        "" if at else f"k = {exponent(mine):.2f}",
                    ]
                )


def _plot(points: Sequence[Point]) -> str:
    """Return the times of each series, both axes logarithmic, as SVG."""
    import altair as alt  # noqa: PLC0415 -- only here
    import vl_convert  # noqa: PLC0415

    rows = [{"series": one.series, "n": one.size, "seconds": one.time} for one in points]
    line = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(point=True)
        .encode(
            alt.X("n:Q", scale=alt.Scale(type="log"), title="n"),
            alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="seconds"),
            alt.Color("series:N", sort=list(SERIES), title=None),
        )
        .properties(width=480, height=300, background="white")
    )
    return str(vl_convert.vegalite_to_svg(line.to_json()))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["worker", asked]:
            print(json.dumps(_work(asked)), flush=True)
        case [series, size]:
            print(json.dumps(_one(series, int(size))))
        case _:
            sys.exit(main())
