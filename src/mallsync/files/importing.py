"""Orders by file into the store: all of it in one transaction, or nothing (R10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from attrs import define, evolve, field, frozen

from mallsync.errors import ConfigError, FileError, StoreError
from mallsync.files.custom import CsvShop
from mallsync.files.orders import Numbers, OrdersFile, Refused, read_orders
from mallsync.model.display import table, values
from mallsync.model.handling import Handling
from mallsync.model.sighting import Seen
from mallsync.model.words import HostStatus, require_text
from mallsync.policy.merge import Mode, merge
from mallsync.store import Arrival, Importing, ShopKey, Stored
from mallsync.sync import Progress, Shop, Sync
from mallsync.sync.shop import courteous
from mallsync.wire.csvs import kept_rows

__all__ = ["ImportReport", "StatusMove", "import_orders"]

_BATCH = 200
_WAIT = 60.0
"""Seconds to wait for a fetch of the same shop."""


@frozen
class StatusMove:
    """An order that an import has moved; ``before`` is ``""`` for one that is new."""

    number: str
    before: str


@frozen(kw_only=True)
class ImportReport:
    """What an import has done.

    Args:
        shop: Where to.
        mode: How blank cells counted.
        status: The host status that every order of the files has now.
        files: What was read.
        inserted: How many orders are new.
        updated: How many are known otherwise than before.
        unchanged: How many are as they were.
        moves: The orders that had another host status, or none.
        refused: Rows that made no order; nothing of theirs was kept.
    """

    shop: ShopKey
    mode: Mode
    status: str
    files: tuple[OrdersFile, ...]
    inserted: int
    updated: int
    unchanged: int
    moves: tuple[StatusMove, ...] = field(repr=False)
    refused: tuple[Refused, ...]

    def _repr_html_(self) -> str:
        """Return what the import has done, for a notebook."""
        told = {
            "登録": self.inserted,
            "更新": self.updated,
            "変更なし": self.unchanged,
            "ステータス": self.status,
            "移動": len(self.moves),
            "未知の列": ", ".join(name for one in self.files for name in one.unknown_headers),
        }
        rows = [
            (one.number, ", ".join(map(str, one.lines)), str(one.error)) for one in self.refused
        ]
        refused = table(("order", "lines", "why"), rows, caption="refused") if rows else ""
        return values(told, caption=f"{self.shop} ({self.mode.value})") + refused

    @property
    def ok(self) -> bool:
        """Whether every row has come in."""
        return not self.refused


def import_orders(
    sync: Sync,
    shop: ShopKey | str,
    paths: Iterable[Path | str],
    *,
    mode: Mode = Mode.UPDATE,
    status: str = HostStatus.IN_PROCESS.value,
    encoding: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring orders in by file: each is inserted, or merged into what is known of it (R10).

    Every file is read through before anything is written, and all are written in one transaction.
    Every order in them moves to one host status; no stock is moved by that. What the shop has
    filled in stays.

    Args:
        sync: The shops and their store.
        shop: Key or id; its mall says what its files look like, or its mapping.
        paths: Files, in the order in which they are to count. Where a file tells all lines of its
            orders, as Rakuten's does, an order may be in one of them alone.
        mode: UPDATE (更新): a blank cell leaves the old value; REWRITE (書換): it erases that. A
            column that a file does not have is not a blank cell.
        status: Where the orders move to.
        encoding: Python's name of an encoding, where BOM, UTF-8 and cp932 are not to be tried.
        progress: Told the shop and how many orders have been read so far.

    Raises:
        FileError: A file cannot be read, or two tell all lines of one order; nothing was written.
        ConfigError: The shop is not known, its mall has no order CSV, or an argument is wrong.
        StoreError: A fetch or another import of the shop does not end.
    """
    one = sync.shop(shop)
    if mode not in (Mode.UPDATE, Mode.REWRITE):
        raise ConfigError("mode: write Mode.UPDATE (更新) or Mode.REWRITE (書換)")
    if not require_text(status, "status").strip():
        raise ConfigError(f'status is empty: write "{HostStatus.IN_PROCESS.value}"')
    tell = courteous(progress)
    files = tuple(_read(one, path, encoding) for path in _listed(paths))
    with sync.store.leases.held(f"fetch {one.key}", wait=_WAIT) as lease:
        if lease is None:
            raise StoreError(f"{one.key} is being fetched: try again when that has ended")
        with sync.store.orders.importing(one.key, lease) as importing, Numbers() as numbers:
            run = _Run(importing, mode, status, numbers if len(files) > 1 else None)
            for file in files:
                for _ in run.take(file):
                    tell(one.key, run.orders)
    return ImportReport(
        shop=one.key,
        mode=mode,
        status=status,
        files=files,
        inserted=run.inserted,
        updated=run.updated,
        unchanged=run.unchanged,
        moves=tuple(run.moves),
        refused=tuple(run.refused),
    )


def _listed(paths: Iterable[Path | str]) -> list[Path | str]:
    if isinstance(paths, str | Path):
        raise ConfigError('paths come in a list: write ["orders.csv"]')
    return list(paths)


def _read(shop: Shop, path: Path | str, encoding: str | None) -> OrdersFile:
    mapping = shop.client.mapping if isinstance(shop.client, CsvShop) else None
    key = shop.key
    return read_orders(path, mall=key.mall, shop_id=key.shop_id, mapping=mapping, encoding=encoding)


@define
class _Run:
    """An import on its way."""

    importing: Importing
    mode: Mode
    status: str
    numbers: Numbers | None
    column: str = ""
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    moves: list[StatusMove] = field(factory=list)
    refused: list[Refused] = field(factory=list)

    @property
    def orders(self) -> int:
        """How many have been brought in."""
        return self.inserted + self.updated + self.unchanged

    def take(self, file: OrdersFile) -> Iterator[None]:
        """Bring a file in, batch by batch."""
        self.column = file.number_header
        seen = self._readable(file)
        while some := {one.order.number: one for one in islice(seen, _BATCH)}:
            self._take(some)
            yield

    def _readable(self, file: OrdersFile) -> Iterator[Seen]:
        for event in file.sightings():
            if isinstance(event, Refused):
                self.refused.append(event)
                continue
            if self.numbers is not None and "lines" in file.covers:
                self._refuse_twice(event.order.number, file, self.numbers)
            yield event

    def _refuse_twice(self, number: str, file: OrdersFile, numbers: Numbers) -> None:
        if not numbers.add(number):
            text = f"order {number} is in a file before this one, too: which has all its lines?"
            raise FileError(f"{text} Import them one after the other", path=file.path)

    def _take(self, some: dict[str, Seen]) -> None:
        numbers = list(some)
        before = self.importing.load(numbers)
        arrived = self.importing.keep(
            [self._arrival(before.get(number), seen) for number, seen in some.items()]
        )
        self.importing.move(numbers, self.status)
        self.inserted += arrived.new
        self.updated += arrived.changed
        self.unchanged += arrived.unchanged
        had = {number: _status(before.get(number)) for number in numbers}
        self.moves += [StatusMove(n, was) for n, was in had.items() if was != self.status]

    def _arrival(self, before: Stored | None, seen: Seen) -> Arrival:
        """Return an order as it is known now; a record of the mall's own stays its raw record."""
        landing = Handling(status=self.status)
        if before is None:
            return Arrival(order=seen.order, handling=landing)
        old = before.order
        by_file = old.raw is None or kept_rows(old.raw, self.column) is not None
        raw = seen.order.raw if by_file else old.raw
        merged = evolve(merge(old, seen, mode=self.mode), raw=raw)
        told_before = before.by_raw and merged == old and raw == old.raw
        by_raw = told_before or (by_file and merged == seen.order)
        return Arrival(order=merged, handling=landing, by_raw=by_raw)


def _status(stored: Stored | None) -> str:
    return "" if stored is None or stored.handling is None else stored.handling.status
