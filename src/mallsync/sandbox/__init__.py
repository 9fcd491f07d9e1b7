"""Fake malls on the loopback interface, for tests, demonstrations and trying things out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

from mallsync.sandbox.fakes.rakuten import OPERATIONS, Rakuten
from mallsync.sandbox.world import Clock, Fault, Hit, Scripted, Server, SlidingWindow

if TYPE_CHECKING:
    from mallsync.adapters.rakuten import Credentials

__all__ = ["Clock", "Fault", "Hit", "Malls", "RakutenMall", "running"]

_OPTIONS = ("after", "code", "headers", "interval", "orders", "retry_after")


@frozen(kw_only=True)
class RakutenMall:
    """Hold what a client needs to reach the fake, and what a test needs to steer it."""

    base_url: str
    fake: Rakuten = field(repr=False)

    @property
    def clock(self) -> Clock:
        """The mall's time."""
        return self.fake.clock

    @property
    def hits(self) -> list[Hit]:
        """Every request so far, in order."""
        return self.fake.hits

    @property
    def credentials(self) -> Credentials:
        """The key that is good now."""
        from mallsync.adapters.rakuten import Credentials  # noqa: PLC0415  a fake needs no adapter

        license_ = self.fake.license
        return Credentials(
            service_secret=license_.service_secret,
            license_key=license_.license_key,
            issued_at=license_.issued_at,
            expires_at=license_.expires_at,
        )

    def fail_next(
        self, fault: Fault | str, *, operation: str | None = None, times: int = 1, **options: object
    ) -> None:
        """Let the next requests go wrong.

        Args:
            fault: what happens.
            operation: only to requests of this one, such as "getOrder".
            times: how often.
            options: `retry_after` (THROTTLED, UNAVAILABLE), `after` (UNAVAILABLE, NEVER_ANSWERS,
                HTML_200: do the work first), `headers` and `interval` (DRIP), `orders` and `code`
                (ORDER_ERRORS: which, and the code after the operation's prefix).

        Raises:
            ValueError: There is no such fault, operation or option: a test of it would prove
                nothing.
        """
        _refuse_unknown("operation", operation or "", ("", *OPERATIONS, "license.expiryDate.get"))
        for option in options:
            _refuse_unknown("option", option, _OPTIONS)
        scripted = Scripted(fault=Fault(fault), operation=operation, options=options)
        self.fake.script.add(scripted, times)


def _refuse_unknown(what: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise ValueError(f"no such {what}: {name!r}; write one of {', '.join(filter(None, known))}")


@frozen(kw_only=True)
class Malls:
    """Hold the malls that are running, one field each."""

    rakuten: RakutenMall


@contextmanager
def running(
    seed: int = 1,
    orders: int = 300,
    now: datetime | None = None,
    *,
    throttle: bool = False,
    rate: float = 1.0,
    port: int = 0,
) -> Iterator[Malls]:
    """Run the fake malls while the `with` block lasts.

    Args:
        seed: the same seed and `now` make the same orders.
        orders: how many lie in the 60 days before `now`.
        now: the aware moment at which the clock stands until moved; None follows the machine's.
        throttle: answer 429 to more than `rate` requests a second, as the mall says it does.
        rate: requests a second and key; real time, whatever the fake's clock says.
        port: 0 lets the system choose a free one.
    """
    window = SlidingWindow(rate) if throttle else None
    fake = Rakuten(Clock(now), seed, orders, window)
    with Server(fake, port) as server:
        yield Malls(rakuten=RakutenMall(base_url=server.base_url, fake=fake))
