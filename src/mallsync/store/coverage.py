"""Which stretches of time have been covered, and which never were."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from attrs import frozen
from sqlalchemy import Connection, select

from mallsync.model.period import Period
from mallsync.model.sighting import Covered
from mallsync.store.database import Database
from mallsync.store.schema import coverage
from mallsync.store.shops import ShopKey, Shops

__all__ = ["Coverage", "cover", "holes", "union"]


@frozen
class Coverage:
    """The covered stretches of each shop, by what was asked for: some statuses, or every one."""

    database: Database
    shops: Shops

    def stretches(
        self, shop: ShopKey, statuses: Collection[str] | None = None
    ) -> tuple[Period, ...]:
        """Return what is covered of some statuses: by fetches of just these, or of all."""
        names = {"", _name(statuses)}
        row = self.shops.row(shop)
        with self.database.read() as connection:
            found = connection.execute(
                select(coverage.c.start_at, coverage.c.end_at).where(
                    coverage.c.shop == row, coverage.c.statuses.in_(names)
                )
            ).all()
        return union(Period(one.start_at, one.end_at) for one in found)

    def holes(
        self, shop: ShopKey, asked: Period, statuses: Collection[str] | None = None
    ) -> tuple[Period, ...]:
        """Return what of a period was never covered."""
        return holes(self.stretches(shop, statuses), asked)


def cover(connection: Connection, row: int, covered: Covered) -> None:
    """Add a stretch, and join it with those that it touches."""
    name, period = _name(covered.statuses), covered.period
    touching = (
        (coverage.c.shop == row)
        & (coverage.c.statuses == name)
        & (coverage.c.start_at <= period.end)
        & (coverage.c.end_at >= period.start)
    )
    found = connection.execute(select(coverage).where(touching)).all()
    if found:
        connection.execute(coverage.delete().where(touching))
    connection.execute(
        coverage.insert().values(
            shop=row,
            statuses=name,
            start_at=min([period.start, *(one.start_at for one in found)]),
            end_at=max([period.end, *(one.end_at for one in found)]),
        )
    )


def union(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return periods in order, those that touch joined to one.

    >>> from datetime import date
    >>> first, second = date(2026, 11, 1), date(2026, 11, 2)
    >>> two = [Period.days(second, second), Period.days(first, first)]
    >>> union(two) == (Period.days(first, second),)
    True
    """
    joined: list[Period] = []
    for period in sorted(periods, key=lambda one: one.start):
        if joined and period.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, period.end))
        else:
            joined.append(period)
    return tuple(joined)


def holes(covered: Sequence[Period], asked: Period) -> tuple[Period, ...]:
    """Return what of a period lies outside of joined ones."""
    inside = [one for one in covered if one.end > asked.start and one.start < asked.end]
    ends = [asked.start, *(one.end for one in inside)]
    starts = [*(one.start for one in inside), asked.end]
    between = zip(ends, starts, strict=True)
    return tuple(Period(end, start) for end, start in between if start > end)


def _name(statuses: Collection[str] | None) -> str:
    return ",".join(sorted(statuses or ()))
