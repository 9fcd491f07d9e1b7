"""Orders that are at a mall and could not be read: kept with the reason, until they can be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import blake2b

from attrs import field, frozen
from sqlalchemy import Connection, select

from mallsync.errors import NotFound
from mallsync.model.sighting import Unreadable
from mallsync.store.database import Database, upsert
from mallsync.store.encoding import CODEC, pack_raw, storable, unpack_raw
from mallsync.store.schema import quarantine
from mallsync.store.shops import ShopKey, Shops

__all__ = ["Quarantine", "Quarantined", "hold_back", "let_go"]


@frozen(kw_only=True)
class Quarantined:
    """An order that could not be read.

    ``number`` begins with ``?`` where the mall's record does not even tell that. ``reason`` names
    places, never a value. ``codec`` is that of the version that failed.
    """

    number: str
    code: str
    reason: str
    first_seen_at: datetime
    codec: int
    raw: object = field(repr=False)


@frozen
class Quarantine:
    """What a store holds back."""

    database: Database
    shops: Shops

    def of(self, shop: ShopKey) -> tuple[Quarantined, ...]:
        """Return what could not be read of a shop, by number."""
        asked = select(quarantine).where(quarantine.c.shop == self.shops.row(shop))
        with self.database.read() as connection:
            rows = connection.execute(asked.order_by(quarantine.c.number)).all()
        return tuple(
            Quarantined(
                number=row.number,
                code=row.code,
                reason=row.reason,
                first_seen_at=row.first_seen_at,
                codec=row.codec,
                raw=None if row.raw is None else unpack_raw(row.raw),
            )
            for row in rows
        )

    def numbers(self, shop: ShopKey) -> tuple[str, ...]:
        """Return the numbers of what could not be read, where the mall told them."""
        asked = select(quarantine.c.number).where(
            quarantine.c.shop == self.shops.row(shop), ~quarantine.c.number.startswith("?")
        )
        with self.database.read() as connection:
            return tuple(connection.execute(asked).scalars())

    def drop(self, shop: ShopKey, numbers: Collection[str]) -> None:
        """Forget what has been read since, under whatever name it was held back."""
        with self.database.write() as connection:
            let_go(connection, self.shops.row(shop), numbers)


def let_go(connection: Connection, row: int, numbers: Collection[str]) -> None:
    """Forget what can be read now."""
    connection.execute(
        quarantine.delete().where(quarantine.c.shop == row, quarantine.c.number.in_(list(numbers)))
    )


def hold_back(
    connection: Connection, row: int, unreadable: Sequence[Unreadable], now: datetime
) -> None:
    """Keep what could not be read, each once; a record that is not told again stays.

    So does its reason where the mall does not find it any more: that mends nothing.
    """
    for one in unreadable:
        packed = None if one.raw is None else pack_raw(one.raw)
        reason = {"code": one.error.code, "reason": _reason(one)}
        values = {**reason, "codec": CODEC, "raw": packed}
        told = storable(one.number) if one.number.strip() else ""
        number = told or f"?{blake2b(packed or b'', digest_size=8).hexdigest()}"
        made = upsert(connection, quarantine).values(
            shop=row, number=number, first_seen_at=now, **values
        )
        if packed is None and isinstance(one.error, NotFound):
            connection.execute(made.on_conflict_do_nothing())
            continue
        connection.execute(
            made.on_conflict_do_update(
                index_elements=["shop", "number"], set_=reason if packed is None else values
            )
        )


def _reason(one: Unreadable) -> str:
    return "; ".join(str(problem) for problem in one.error.problems) or str(one.error)
