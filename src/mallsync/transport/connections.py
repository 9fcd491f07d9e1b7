"""Connections that obey a hard deadline, and that alone know the query of a URL.

A read timeout bounds the silence between two bytes, not the whole: an answer that drips one byte
every 200 ms never trips it. So each read is given what is left of the deadline. A query may hold
a key, and requests and urllib3 write URLs into logs and exceptions: so the query is put on last.
"""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from mallsync.wire.messages import Request

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer

__all__ = ["Exchange", "pools"]

_BUFFER = 64 * 1024
"""What is read with the headers: most answers come whole with them."""


class Exchange:
    """The running request of one session: when it must be over, and its query."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ends_at = 0.0
        self.query = ""

    def start(self, request: Request, timeout: float) -> None:
        """Begin a request that must be over in `timeout` seconds."""
        self._ends_at = self._monotonic() + timeout
        self.query = urlencode(request.query)

    def left(self) -> float:
        """Return the seconds left, never negative."""
        return max(self._ends_at - self._monotonic(), 0.0)


def pools(exchange: Exchange) -> dict[str, type]:
    """Return urllib3's pool classes by scheme, with connections that obey `exchange`."""
    return {
        "http": _pool(HTTPConnectionPool, HTTPConnection, exchange),
        "https": _pool(HTTPSConnectionPool, HTTPSConnection, exchange),
    }


def _pool(pool: type, connection: type[HTTPConnection], exchange: Exchange) -> type:
    class Connection(connection):  # type: ignore[misc, valid-type]  # one of two bases
        response_class = staticmethod(partial(_Answer, exchange=exchange))

        def connect(self) -> None:
            try:
                super().connect()
            except (OSError, http.client.HTTPException) as error:
                # A failed handshake or tunnel is told like a refused connection: nothing has left.
                raise NewConnectionError(self, "not connected") from error

        def request(self, method: str, url: str, *args: object, **kwargs: object) -> None:
            full = f"{url}?{exchange.query}" if exchange.query else url
            super().request(method, full, *args, **kwargs)

    return type(pool.__name__, (pool,), {"ConnectionCls": Connection})


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, exchange: Exchange, **more: Any) -> None:  # noqa: ANN401 -- http.client's own
        super().__init__(_File(sock, exchange), *args, **more)  # type: ignore[arg-type]  # makefile is all it asks for


class _File(io.RawIOBase):
    """Stands in for a socket where http.client asks it for a file to read headers and body from."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        self._sock = sock
        # http.client closes the socket under an answer that ends the connection: this keeps it.
        self._stream = sock.makefile("rb", buffering=0)
        self._exchange = exchange
        self._patience = sock.gettimeout() or 0.0

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the buffered file."""
        return io.BufferedReader(self, _BUFFER)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """Read what has come, and wait no longer than the deadline allows."""
        left = self._exchange.left()
        if not left:
            raise TimeoutError("deadline")
        self._sock.settimeout(min(self._patience, left))
        return self._stream.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._stream.close()
        super().close()
