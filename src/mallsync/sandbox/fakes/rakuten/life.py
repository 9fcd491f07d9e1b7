"""How far an order has come, and when it moves on by itself (wire facts §2.3, §4.4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from attrs import define, field

from mallsync.sandbox.fakes.rakuten.codes import CANCELLED, CARRIERS, Progress
from mallsync.sandbox.fakes.rakuten.specials import HELD, special_of
from mallsync.sandbox.world import JST, JsonObject, draw

__all__ = ["Parcel", "Record", "Terms", "beginning", "next_run", "stamp"]

DAY = 86_400


@define(frozen=True, kw_only=True)
class Terms:
    """Hold the spans after which things happen by themselves."""

    cancel_after: timedelta = timedelta(days=14)
    processing: timedelta = timedelta(minutes=10)
    paying_after: timedelta = timedelta(days=1)
    paid_after: timedelta = timedelta(days=2)
    cancelling: timedelta = timedelta(minutes=2)


@define(kw_only=True)
class Parcel:
    """Hold one shipping record."""

    detail_id: int
    company: str | None = None
    number: str | None = None
    date: str | None = None

    @property
    def complete(self) -> bool:
        """Whether carrier, number and date are all there."""
        return bool(self.company and self.number and self.date)

    def document(self) -> JsonObject:
        """Return the ShippingModel."""
        return {
            "shippingDetailId": self.detail_id,
            "shippingNumber": self.number,
            "deliveryCompany": self.company,
            "deliveryCompanyName": CARRIERS[self.company] if self.company else None,
            "shippingDate": self.date,
        }


@define(kw_only=True, eq=False)
class Record:
    """Hold what can change about an order; the rest is made up again whenever it is asked for.

    Times are whole seconds since 1970; 0: not yet. `since`: when the progress, or what it waits
    for, last changed. `plan`: how the shipping records began.
    """

    index: int
    number: str
    ordered: int
    since: int
    progress: Progress
    plan: str
    confirmed: int = 0
    fixed: int = 0
    reported: int = 0
    paid: int = 0
    due: int = 0
    parcels: dict[int, list[Parcel]] | None = None
    notes: JsonObject = field(factory=dict)
    base: JsonObject | None = None

    @staticmethod
    def day(seconds: int) -> str:
        """Return the day in Japan as order numbers write it."""
        return datetime.fromtimestamp(seconds, JST).strftime("%Y%m%d")

    @property
    def ordered_at(self) -> datetime:
        """When the buyer ordered, in JST."""
        return datetime.fromtimestamp(self.ordered, JST)

    def life(self) -> JsonObject:
        """Return the fields of the OrderModel that tell how far it has come."""
        return {
            "orderProgress": int(self.progress),
            "orderDatetime": stamp(self.ordered),
            "shopOrderCfmDatetime": stamp(self.confirmed),
            "orderFixDatetime": stamp(self.fixed),
            "shippingInstDatetime": stamp(self.fixed),
            "shippingCmplRptDatetime": stamp(self.reported),
        }


def stamp(seconds: int) -> str | None:
    """Return a moment as the mall writes it; None for 0."""
    if not seconds:
        return None
    return datetime.fromtimestamp(seconds, JST).strftime("%Y-%m-%dT%H:%M:%S+0900")


def next_run(seconds: int) -> int:
    """Return the first nightly run, 00:05 in Japan, that comes after a moment."""
    moment = datetime.fromtimestamp(seconds, JST)
    run = moment.replace(hour=0, minute=5, second=0, microsecond=0)
    if run <= moment:
        run += timedelta(days=1)
    return int(run.timestamp())


# age in days up to which the row holds -> (progress, weight); PAID stands for 500 to 700 here
_MIXES: tuple[tuple[int, tuple[tuple[Progress, int], ...]], ...] = (
    (1, ((Progress.CONFIRMING, 40), (Progress.PROCESSING, 20), (Progress.TO_SHIP, 40))),
    (
        13,
        (
            (Progress.CONFIRMING, 4),
            (Progress.PROCESSING, 2),
            (Progress.TO_SHIP, 46),
            (Progress.CHANGING, 1),
            (Progress.PAID, 41),
            (Progress.CANCELLING, 1),
            (Progress.CANCELLED, 5),
        ),
    ),
    (
        9_999,
        (
            (Progress.TO_SHIP, 10),
            (Progress.CHANGING, 1),
            (Progress.PAID, 80),
            (Progress.CANCELLED, 9),
        ),
    ),
)

_PLANS = (
    ("none", 60),
    ("blank", 12),
    ("dated", 8),
    ("partly", 10),
    ("reported", 10),
)


def beginning(random: Random, seed: int, index: int, number: str, times: tuple[int, int]) -> Record:
    """Return an order as it stands when the fake starts.

    Args:
        times: when it was ordered, and the present, in seconds since 1970.
    """
    ordered, now = times
    age = (now - ordered) // DAY
    mix = next(rows for days, rows in _MIXES if age < days)
    progress = draw(random, mix)
    held = special_of(index, seed) in HELD
    if held and progress == Progress.PAID:
        progress = Progress.TO_SHIP
    plan = "none" if held else draw(random, _PLANS)
    record = Record(
        index=index, number=number, ordered=ordered, since=now, progress=progress, plan=plan
    )
    _date(record, random, now)
    if record.progress != Progress.TO_SHIP and not record.reported:
        record.plan = "none"
    return record


def _date(record: Record, random: Random, now: int) -> None:
    span = now - record.ordered
    if record.progress == Progress.CONFIRMING or record.progress in CANCELLED:
        return
    record.confirmed = record.ordered + min(int(random.random() * 7200), span // 4)
    if record.progress == Progress.PROCESSING:
        return
    record.fixed = record.confirmed + min(600 + int(random.random() * 600), span // 4)
    if record.progress == Progress.PAID:
        _date_shipped(record, next_run(record.fixed + int(random.random() * 6 * DAY)), now)


def _date_shipped(record: Record, run: int, now: int) -> None:
    if run > now:
        record.progress, record.plan = Progress.TO_SHIP, "reported"
        return
    record.plan, record.reported, record.since = "shipped", run, run
    age = now - run
    if age < DAY:
        record.progress = Progress.SHIPPED
    elif age < 3 * DAY:
        record.progress, record.since = Progress.PAYING, run + DAY
    else:
        record.paid = run + 3 * DAY
