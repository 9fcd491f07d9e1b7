"""What the clients of all malls have in common: one shop, one engine, one end."""

from __future__ import annotations

from datetime import timedelta
from types import TracebackType
from typing import ClassVar, Literal, Self

from mallsync.transport.engine import Engine, Settings
from mallsync.transport.http import HttpTransport
from mallsync.transport.pace import Pace
from mallsync.wire.arguments import require, shop_id_of
from mallsync.wire.calls import Auth, Transport
from mallsync.wire.writing import SETTLE

__all__ = ["ShopClient", "settings_of"]


def settings_of(value: Settings | None) -> Settings:
    """Return settings, the usual ones for None; anything else is a `ConfigError`."""
    require(value, Settings | None, "Settings(deadline=…) of mallsync.transport")
    return value or Settings()


class ShopClient:
    """One shop at one mall. Close it after use, or write it as a ``with`` block.

    Args:
        shop_id: The host's own name of the shop.
        auth: How the mall knows who asks.
        base_url: What stands before each request's path.
        transport: Another way to the network, which stays the caller's to close.
        pace: A rate limit shared with others, None for none.
        settings: Deadline, retries and calls in flight.

    Raises:
        ConfigError: An argument cannot be right. Nothing has been sent.
    """

    MALL: ClassVar[str]
    """The mall's key, such as ``"rakuten"``."""

    REQUESTS_PER_SECOND: ClassVar[float]
    """The pace where none is given."""

    def __init__(
        self,
        *,
        shop_id: str,
        auth: Auth,
        base_url: str,
        transport: Transport | None,
        pace: Pace | Literal["default"] | None,
        settings: Settings | None,
    ) -> None:
        if pace != "default":
            instead = f"Pace({self.REQUESTS_PER_SECOND:g}, per=1), or None for no limit"
            require(pace, Pace | None, instead)
        self._shop_id = shop_id_of(shop_id)
        self._engine = Engine(
            mall=self.MALL,
            transport=HttpTransport(base_url=base_url) if transport is None else transport,
            owns_transport=transport is None,
            auth=auth,
            pace=Pace(self.REQUESTS_PER_SECOND) if pace == "default" else pace,
            settings=settings_of(settings),
        )

    @property
    def mall(self) -> str:
        """The mall's key, such as ``"rakuten"``."""
        return self.MALL

    @property
    def settle(self) -> timedelta:
        """How long a write that arrived may take to show: absence is no proof before."""
        return SETTLE

    @property
    def shop_id(self) -> str:
        """The shop's id, as the host names it."""
        return self._shop_id

    def __enter__(self) -> Self:
        """Return the client; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the client."""
        self.close()

    def __repr__(self) -> str:
        """Return mall and shop, nothing secret."""
        return f"{self.MALL}.Client(shop_id={self._shop_id!r})"

    def close(self) -> None:
        """Give back threads and connections; what other threads have under way goes on."""
        self._engine.close()
