"""Fake malls on the loopback interface, for tests, demonstrations and trying things out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import field, frozen

from mallsync.sandbox.fakes.examplemarket import FORM_PATH, JSON_PATH, Examplemarket
from mallsync.sandbox.fakes.mercari_shops import PATH, MercariShops
from mallsync.sandbox.fakes.qoo10 import BASE_PATH, Qoo10
from mallsync.sandbox.fakes.rakuten import Rakuten
from mallsync.sandbox.world import Clock, FakeMall, Fault, Hit, Scripted, Server, SlidingWindow

if TYPE_CHECKING:
    from mallsync.adapters import mercari_shops, qoo10, rakuma, rakuten

__all__ = [
    "Clock",
    "ExamplemarketMall",
    "Fault",
    "Hit",
    "Malls",
    "MercariShopsMall",
    "Qoo10Mall",
    "RakutenMall",
    "RunningMall",
    "running",
]

_OPTIONS = ("after", "code", "headers", "interval", "orders", "retry_after")

T = TypeVar("T", bound=FakeMall)


@frozen(kw_only=True)
class RunningMall(Generic[T]):
    """Hold what a client needs to reach a fake, and what a test needs to steer it."""

    base_url: str
    fake: T = field(repr=False)

    @property
    def clock(self) -> Clock:
        """The time, which all the malls share."""
        return self.fake.clock

    @property
    def hits(self) -> list[Hit]:
        """Every request so far, in order."""
        return self.fake.hits

    def fail_next(
        self, fault: Fault | str, *, operation: str | None = None, times: int = 1, **options: object
    ) -> None:
        """Let the next requests go wrong.

        Args:
            fault: what happens.
            operation: only to requests of this one, as the mall names it: "getOrder" (Rakuten),
                "ShippingBasic.SetSendingInfo" (Qoo10), "createOrderShipping" (Mercari Shops).
            times: how often.
            options: `retry_after` (THROTTLED, UNAVAILABLE), `after` (UNAVAILABLE, NEVER_ANSWERS,
                HTML_200: do the work first), `headers` and `interval` (DRIP), `orders` and `code`
                (ORDER_ERRORS: which, and the mall's code, at Rakuten what follows the operation's
                prefix), `orders` (CANCELLED_BETWEEN: which the buyers cancel just before), `code`
                (UNAUTHORISED, UNAUTHORISED_OLD of Qoo10). At Mercari Shops, ORDER_ERRORS of a list
                leaves the other orders of the page in place.

        Raises:
            ValueError: There is no such fault, operation or option: a test of it would prove
                nothing.
        """
        _refuse_unknown("operation", operation or "", ("", *self.fake.operations))
        for option in options:
            _refuse_unknown("option", option, _OPTIONS)
        scripted = Scripted(fault=Fault(fault), operation=operation, options=options)
        self.fake.script.add(scripted, times)


def _refuse_unknown(what: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise ValueError(f"no such {what}: {name!r}; write one of {', '.join(filter(None, known))}")


@frozen(kw_only=True)
class RakutenMall(RunningMall[Rakuten]):
    """Know the keys of the fake Rakuten."""

    @property
    def credentials(self) -> rakuten.Credentials:
        """The key that is good now."""
        from mallsync.adapters.rakuten import Credentials  # noqa: PLC0415 -- a fake needs no adapter

        license_ = self.fake.license
        return Credentials(
            service_secret=license_.service_secret,
            license_key=license_.license_key,
            issued_at=license_.issued_at,
            expires_at=license_.expires_at,
        )


@frozen(kw_only=True)
class Qoo10Mall(RunningMall[Qoo10]):
    """Know the keys of the fake Qoo10."""

    @property
    def credentials(self) -> qoo10.Credentials:
        """The seller's secrets, from which a certification key can be had."""
        from mallsync.adapters.qoo10 import Credentials  # noqa: PLC0415 -- a fake needs no adapter

        account = self.fake.account
        return Credentials(
            user_id=account.user_id, password=account.password, api_key=account.api_key
        )

    @property
    def certification_key(self) -> str:
        """The certification key that was issued last; empty after a change of the password."""
        return self.fake.certification_key


@frozen(kw_only=True)
class MercariShopsMall(RunningMall[MercariShops]):
    """Know the token of the fake Mercari Shops."""

    @property
    def credentials(self) -> mercari_shops.Credentials:
        """The token of the shop, and the name that the company was assigned."""
        from mallsync.adapters.mercari_shops import Credentials  # noqa: PLC0415 -- as above

        account = self.fake.account
        return Credentials(access_token=account.access_token, client_name=account.client_name)


@frozen(kw_only=True)
class ExamplemarketMall(RunningMall[Examplemarket]):
    """Know what the fictional mall has handed to the shop; it is not Rakuma.

    ``base_url`` speaks JSON and takes a token for ``credentials``; ``form_url`` speaks forms and
    takes the client secret of ``form_credentials`` as a key.
    """

    form_url: str

    @property
    def credentials(self) -> rakuma.Credentials:
        """The four parts, for the desk that speaks JSON."""
        from mallsync.adapters.rakuma import Credentials  # noqa: PLC0415 -- as above

        account = self.fake.account
        return Credentials(
            email=account.email,
            password=account.password,
            client_id=account.client_id,
            client_secret=account.client_secret,
        )

    @property
    def form_credentials(self) -> rakuma.Credentials:
        """The key of the desk that speaks forms, as the client secret."""
        from mallsync.adapters.rakuma import Credentials  # noqa: PLC0415 -- as above

        account = self.fake.account
        return Credentials(
            email=account.email, password=account.password, client_secret=account.key
        )


@frozen(kw_only=True)
class Malls:
    """Hold the malls that are running, one field each."""

    rakuten: RakutenMall
    qoo10: Qoo10Mall
    mercari_shops: MercariShopsMall
    examplemarket: ExamplemarketMall


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
        orders: how many each mall has in the 60 days before `now`; at Qoo10 that many carts.
        now: the aware moment at which the clock stands until moved; None follows the machine's.
        throttle: answer 429 to more than `rate` requests a second, as Rakuten says it does.
        rate: requests a second and key; real time, whatever the fake's clock says.
        port: that of Rakuten, then come those of Qoo10, Mercari Shops and examplemarket; 0 lets the
            system choose free ones.
    """
    clock = Clock(now)
    shop = Rakuten(clock, seed, orders, SlidingWindow(rate) if throttle else None)
    seller = Qoo10(clock, seed, orders, SlidingWindow(rate) if throttle else None)
    graph = MercariShops(clock, seed, orders, SlidingWindow(rate) if throttle else None)
    market = Examplemarket(clock, seed, orders, SlidingWindow(rate) if throttle else None)
    with ExitStack() as stack:
        first = stack.enter_context(Server(shop, port))
        second = stack.enter_context(Server(seller, port and port + 1))
        third = stack.enter_context(Server(graph, port and port + 2))
        fourth = stack.enter_context(Server(market, port and port + 3))
        yield Malls(
            rakuten=RakutenMall(base_url=first.base_url, fake=shop),
            qoo10=Qoo10Mall(base_url=f"{second.base_url}{BASE_PATH}", fake=seller),
            mercari_shops=MercariShopsMall(base_url=f"{third.base_url}{PATH}", fake=graph),
            examplemarket=ExamplemarketMall(
                base_url=f"{fourth.base_url}{JSON_PATH}",
                form_url=f"{fourth.base_url}{FORM_PATH}",
                fake=market,
            ),
        )
