"""A shop of files (カスタムCSV店舗): orders come in by import, reports go out into result files.

Its client is to a plan what a mall's is. The folder of results takes the place of the mall: what
lies there has been reported, and that is where a write whose end is not known is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NoReturn

from attrs import field, frozen

from mallsync.errors import ConfigError, Conflict, DecodeError, NotFound, NotSent, NotSupported
from mallsync.files.mapped import orders_by
from mallsync.files.mapping import CsvMapping, ResultsLayout
from mallsync.files.opening import opened
from mallsync.files.results import result_rows
from mallsync.files.safety import unwritable
from mallsync.files.writing import csv_text, write_bytes
from mallsync.model.journal import WITHDRAWN, Entry, EntryKey, StepState
from mallsync.model.order import Order, OrderKey
from mallsync.model.period import Period
from mallsync.model.sighting import Sighting, Unreadable
from mallsync.model.words import Phase, require_text
from mallsync.model.writebacks import (
    ConnectionReport,
    NoticeResult,
    NoticeWarning,
    Outcome,
    Preview,
    ShipmentNotice,
    Standing,
)
from mallsync.ports import Journal
from mallsync.wire.csvs import NO_DAY, Layout, read_kept, table

__all__ = ["CsvShop"]

_SETTLE = timedelta(minutes=1)
_STEP = "row"
_RESULTS = "results"
_SECOND = "SECOND_NOTICE_FOR_SHIPMENT"
_Written = dict[str, list[list[str]]]


def _of_orders(mapping: object) -> CsvMapping:
    if not isinstance(mapping, CsvMapping) or not mapping.order:
        raise ConfigError('mapping: write load_mapping("my-shop.toml"), of a file with [order]')
    return mapping


@frozen
class CsvShop:
    """The client of a shop of files; no network is behind it.

    Args:
        mapping: What its files look like.
        shop_id: The host's own name of the shop.
        results: The folder where result files go, as ``<shop_id>-000001.csv`` and so on; it is
            made when the first is written. The mapping needs ``[results]`` for that.

    Raises:
        ConfigError: The mapping tells no orders, or an argument has the wrong type.
    """

    mapping: CsvMapping = field(converter=_of_orders)
    shop_id: str = field(kw_only=True)
    results: Path = field(kw_only=True, converter=Path)

    by_file = True
    """There is nothing to fetch."""

    def __attrs_post_init__(self) -> None:
        if not require_text(self.shop_id, "shop_id").strip():
            raise ConfigError('shop_id is empty: write your own name of the shop, "my-shop"')

    @property
    def mall(self) -> str:
        """The shop's own name in the place of a mall's."""
        return self.mapping.mall

    @property
    def settle(self) -> timedelta:
        """How long a writer that was killed may still be writing."""
        return _SETTLE

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def check_connection(self) -> ConnectionReport:
        """Return that all is well: there is no connection."""
        return ConnectionReport(ok=True)

    def credential_expiry(self) -> datetime | None:
        """Return None: there are no credentials."""
        return None

    # ------------------------------------------------------------------------------ what comes in

    def fetch_orders(
        self,
        period: Period,  # noqa: ARG002 -- the protocol's
        *,
        statuses: Collection[str] | None = None,  # noqa: ARG002 -- as every client
        on_problem: Callable[[Unreadable], None] | None = None,  # noqa: ARG002 -- as every client
    ) -> Iterator[Order]:
        """Refuse: orders come in by file.

        Raises:
            NotSupported: Always.
        """
        self._refuse()

    def sightings(
        self,
        period: Period,  # noqa: ARG002 -- the protocol's
        *,
        statuses: Collection[str] | None = None,  # noqa: ARG002 -- as every client
        known: Collection[str] | None = None,  # noqa: ARG002 -- as every client
        held: Mapping[str, str] | None = None,  # noqa: ARG002 -- as every client
    ) -> Iterator[Sighting]:
        """Refuse: orders come in by file.

        Raises:
            NotSupported: Always.
        """
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise NotSupported(f"{self.mall} has no API: bring its orders in with mallsync import")

    def get_orders(self, numbers: Iterable[str]) -> Iterator[Order]:
        """Yield what the result files show of orders: that there are rows of them, and which.

        Raises:
            NotFound: No file has a row of a number; the rest is not told then.
        """
        written = self._written()
        for number in numbers:
            rows = written.get(number)
            if not rows:
                raise NotFound("no result file has it", mall=self.mall, code="NO_RESULT")
            key = OrderKey(self.mall, self.shop_id, number)
            yield Order(
                key=key,
                phase=Phase.SHIPPED,
                mall_status=_RESULTS,
                ordered_at=NO_DAY,
                raw={_RESULTS: rows},
            )

    def read(self, raw: object) -> Order:
        """Normalise kept rows again; pure.

        Raises:
            DecodeError: They are no rows of this mapping, or a cell cannot be read.
        """
        order = read_kept(raw, orders_by(self.mapping), self.shop_id, self.mall)
        if order is None:
            raise DecodeError("no rows of this mapping", mall=self.mall, code="UNREADABLE")
        return order

    # ------------------------------------------------------------------------------ what goes out

    def preview(self, notice: ShipmentNotice) -> Preview:
        """Say what the result file cannot hold; pure."""
        layout = self.mapping.results
        if layout is None:
            text = "the mapping has no [results]: write which columns a result file has"
            return Preview(problems=(NoticeWarning("NOTICE_INCOMPLETE", text),))
        try:
            rows = result_rows(notice, layout)
        except ConfigError as error:
            return Preview(problems=(NoticeWarning("CARRIER_UNMAPPED", str(error)),))
        misfits = [
            NoticeWarning("UNWRITABLE", f"{header}: {what}")
            for row in rows
            for header, cell in zip(layout.columns, row, strict=True)
            for what in unwritable(cell, layout.encoding)
        ]
        return Preview(problems=tuple(misfits))

    def standing(self, order: Order, notice: ShipmentNotice) -> Standing:
        """Say whether a notice is in the result files that `get_orders` has read; pure.

        An order of the store tells nothing of them: ABSENT. The journal knows what was written.
        """
        raw = order.raw
        if not isinstance(raw, dict) or _RESULTS not in raw:
            return Standing.ABSENT
        there = self._ends_with(raw[_RESULTS], result_rows(notice, self._layout))
        return Standing.SAME if there else Standing.DIFFERENT

    def send_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal | None = None
    ) -> list[NoticeResult]:
        """Write notices into one new result file, which is there whole or not at all.

        With a journal each is written once: one whose end is not known is looked up in the files,
        which therefore stay in their folder for as long as a run may take them up again.
        """
        # One that is given twice is one.
        jobs = {one: _Job(one, self._key(one), journal) for one in notices}
        written = cache(self._written)  # the files are read at most once
        taken: set[EntryKey] = set()
        results: dict[ShipmentNotice, NoticeResult | None] = {}
        for notice, job in jobs.items():
            second = job.key in taken
            results[notice] = job.refused(_SECOND) if second else self._before(job, written)
            taken.add(job.key)
        fresh = [job for notice, job in jobs.items() if results[notice] is None]
        if fresh:
            name = self._write(
                [row for job in fresh for row in result_rows(job.notice, self._layout)]
            )
            for job in fresh:
                job.end(name)
        return [results[one] or jobs[one].result(Outcome.SENT) for one in notices]

    def conclude_notices(
        self, notices: Sequence[ShipmentNotice], *, journal: Journal
    ) -> list[NoticeResult]:
        """Find out what came of reports that nobody wants any more; nothing is written."""
        written = cache(self._written)
        jobs = [_Job(one, self._key(one), journal) for one in notices]
        return [self._withdrawn(job, written) for job in jobs]

    def _withdrawn(self, job: _Job, written: Callable[[], _Written]) -> NoticeResult:
        known = self._before(job, written)
        if known is not None:
            return known
        job.forget()
        return job.withdrawn()

    @property
    def _layout(self) -> ResultsLayout:
        layout = self.mapping.results
        assert layout is not None  # noqa: S101 -- a preview has said so before
        return layout

    def _key(self, notice: ShipmentNotice) -> EntryKey:
        order = OrderKey(self.mall, self.shop_id, notice.order_number)
        return EntryKey(order, notice.order_number, revision=notice.revision)

    def _before(self, job: _Job, written: Callable[[], _Written]) -> NoticeResult | None:
        """Return what is known of a notice without writing it; None for one that is to be."""
        problems = self.preview(job.notice).problems
        if problems:
            return job.refused(problems[0].code)
        rows = result_rows(job.notice, self._layout)
        try:
            entry = job.open(csv_text(rows))
        except ConfigError:
            return job.refused("OTHER_PAYLOAD_IN_JOURNAL")
        state = next((step.state for step in entry.steps), None)
        if state is None and job.begin():
            return None
        if state is StepState.DONE:
            return job.result(Outcome.SENT)
        if self._ends_with(written().get(job.notice.order_number, []), rows):
            job.end("found")
            return job.result(Outcome.SENT)
        return None if job.retake() else job.result(Outcome.UNKNOWN)

    def _ends_with(self, written: Sequence[list[str]], rows: Sequence[list[str]]) -> bool:
        """Tell whether the last rows of an order are these: older ones have been corrected since.

        They are compared as a file gives them back: cp932 makes one of 〜 and ～, of − and －.
        """
        encoding = self._layout.encoding
        as_read = [[cell.encode(encoding).decode(encoding) for cell in row] for row in rows]
        return list(written[-len(rows) :]) == as_read

    def _written(self) -> _Written:
        """Return by order number the rows of all result files, the last file's last."""
        layout = self.mapping.results
        if layout is None:
            return {}
        headers = tuple(layout.columns)
        number = next(h for h, one in layout.columns.items() if one.columns == ("order_number",))
        found: dict[str, list[list[str]]] = {}
        for _, path in sorted(self._own_files()):
            text = opened(path, encoding=layout.encoding)
            layouts = [Layout(name="result file", required=headers)]
            with text.lines() as lines:
                for row in table(lines, layouts).rows:
                    cells = [row.cells[header] for header in headers]
                    found.setdefault(row.cells[number], []).append(cells)
        return found

    def _write(self, rows: list[list[str]]) -> str:
        """Write a new result file and return its name."""
        layout = self._layout
        data = csv_text([list(layout.columns), *rows]).encode(layout.encoding)
        self.results.mkdir(parents=True, exist_ok=True)
        last = max((place for place, _ in self._own_files()), default=0)
        name = f"{self.shop_id}-{last + 1:06}.csv"
        write_bytes(self.results / name, data)
        return name

    def _own_files(self) -> Iterator[tuple[int, Path]]:
        """Yield the result files of this shop, each with its place."""
        own = re.compile(rf"{re.escape(self.shop_id)}-(\d{{6,}})\.csv")
        for path in self.results.iterdir() if self.results.is_dir() else ():
            if found := own.fullmatch(path.name):
                yield int(found[1]), path


@frozen(eq=False)
class _Job:
    """One notice and its place in the journal, if there is one."""

    notice: ShipmentNotice
    key: EntryKey
    journal: Journal | None

    def open(self, payload: str) -> Entry:
        """Return its entry; without a journal an empty one."""
        if self.journal is None:
            return Entry(key=self.key, payload=payload, steps=())
        return self.journal.open(self.key, payload)

    def begin(self) -> bool:
        """Claim the row; False if another has."""
        return self.journal is None or self.journal.begin(self.key, _STEP)

    def retake(self) -> bool:
        """Claim a row anew that was begun, and that no file has."""
        return self.journal is not None and self.journal.retake(self.key, _STEP, _SETTLE)

    def forget(self) -> None:
        """Forget a claim that came to nothing."""
        assert self.journal is not None  # noqa: S101 -- without one nothing is in doubt
        self.journal.drop(self.key, _STEP)

    def end(self, receipt: str) -> None:
        """Keep that the row is written."""
        if self.journal is not None:
            self.journal.end(self.key, _STEP, receipt)

    def result(self, outcome: Outcome) -> NoticeResult:
        """Return what came of it."""
        return NoticeResult(notice=self.notice, outcome=outcome)

    def withdrawn(self) -> NoticeResult:
        """Return that it was never written, and is not going to be."""
        mall = self.key.order.mall
        error = NotSent(WITHDRAWN, mall=mall, operation="results", code=WITHDRAWN)
        return NoticeResult(notice=self.notice, outcome=Outcome.NOT_SENT, error=error)

    def refused(self, code: str) -> NoticeResult:
        """Return that it cannot be written as it is."""
        error = Conflict(code, mall=self.key.order.mall, operation="results", code=code)
        return NoticeResult(notice=self.notice, outcome=Outcome.REFUSED, error=error)
