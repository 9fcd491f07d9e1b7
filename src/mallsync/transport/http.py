"""The one door to the network: a pool of sessions, a hard deadline, and what a failure means."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import requests
from attrs import field, frozen
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError as ConnectTimedOut
from urllib3.exceptions import (
    HTTPError,
    InvalidHeader,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
)

from mallsync.errors import AnswerLost, ConfigError, DecodeError, MallError, NotSent
from mallsync.transport.connections import Exchange, pools
from mallsync.wire.messages import Request, Response

__all__ = ["HttpTransport", "check_base_url"]

_CHUNK = 1024 * 1024
"""What is read at once: each reading gives way to other threads, and may have to wait for one that
decodes (benchmarks/fetch.py)."""
_PACKED_CHUNK = 64 * 1024
"""The same of what is compressed, and may be a thousand times as large."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_base_url(base_url: object) -> str:
    """Return a base URL without its last slash; without TLS only loopback is let through.

    Raises:
        ConfigError: It is no URL, or would send secrets in the clear.

    >>> check_base_url("https://api.example.jp/")
    'https://api.example.jp'
    """
    if not isinstance(base_url, str):
        raise ConfigError(f"base_url is {type(base_url).__name__}: write https://…")
    try:
        parts = urlsplit(base_url)
        is_url = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets without an end, or a port that is none
        is_url = False
    if not is_url:
        raise ConfigError("base_url is no URL: write https:// and a host")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ConfigError("base_url has no TLS: write https://, or a loopback host for a sandbox")
    if "@" in parts.netloc or "?" in base_url or "#" in base_url:
        raise ConfigError("base_url is scheme, host and path only: take out the rest")
    return base_url.rstrip("/")


class _Adapter(HTTPAdapter):
    """One connection at a time, no retry of its own, every read under the session's deadline."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- as requests has it
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = pools(self._exchange)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as above
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = pools(self._exchange)
        return manager


def _bundle(verify: bool | str) -> bool | str:  # noqa: FBT001 -- as requests has it
    if verify is not True and not (isinstance(verify, str) and verify and Path(verify).exists()):
        raise ConfigError("verify is True, or the path of a CA bundle that is there: write one")
    return verify


class _Session(requests.Session):
    """A session that does not even look where a redirect leads."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: requests would parse the place and read the whole body for it."""


@frozen
class _Line:
    """One session with the exchange that its connection obeys."""

    session: requests.Session
    exchange: Exchange


@frozen(kw_only=True, eq=False)
class HttpTransport:
    """Sends requests over TLS with `requests`; each session serves one thread at a time.

    The environment is not read (no proxies, no ``~/.netrc``, no CA bundle), cookies are not kept
    and redirects are not followed. Give ``proxies`` and ``verify`` here where a host needs them.

    Args:
        base_url: What stands before each request's path.
        connect_timeout: Seconds for connecting and the TLS handshake.
        read_timeout: Seconds without a single byte.
        largest: The most bytes of a decompressed answer.
        verify: True, or the path of a CA bundle.
        proxies: URL by scheme, as `requests` takes it.
    """

    base_url: str = field(converter=check_base_url)
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    largest: int = 64 * 1024 * 1024
    verify: bool | str = field(default=True, converter=_bundle)
    proxies: dict[str, str] = field(factory=dict, repr=False)
    monotonic: Callable[[], float] = field(default=time.monotonic, repr=False)
    _closed: Event = field(factory=Event, init=False, repr=False)
    _idle: LifoQueue[_Line] = field(factory=LifoQueue, init=False, repr=False)

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send once and return the whole answer within `timeout` seconds.

        Raises:
            NotSent: The request surely never left.
            AnswerLost: It may have arrived.
            DecodeError: The answer is larger than ``largest``.
        """
        line = self._take()
        line.exchange.start(request, timeout)
        try:
            return self._exchange(line, request, timeout)
        except requests.RequestException as error:
            # The cause is not chained: its text may hold the URL, and a URL may hold a key.
            raise _meaning(error) from None
        except (OSError, ValueError, HTTPError) as error:  # what requests has let through
            code = type(error).__name__
            raise AnswerLost("the answer could not be taken in", code=code) from None
        finally:
            self._give_back(line)

    def close(self) -> None:
        """Close the sessions: the idle ones now, the others when their request ends."""
        self._closed.set()
        while True:
            try:
                self._idle.get_nowait().session.close()
            except Empty:
                return

    def _give_back(self, line: _Line) -> None:
        line.session.cookies.clear()
        if self._closed.is_set():
            line.session.close()
        else:
            self._idle.put(line)

    def _take(self) -> _Line:
        try:
            return self._idle.get_nowait()
        except Empty:
            return self._new_line()

    def _new_line(self) -> _Line:
        exchange = Exchange(self.monotonic)
        session = _Session()
        session.trust_env = False
        session.verify = self.verify
        session.proxies.update(self.proxies)
        session.headers.clear()
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(exchange))
        return _Line(session, exchange)

    def _exchange(self, line: _Line, request: Request, timeout: float) -> Response:
        with line.session.request(
            request.method,
            self.base_url + request.path,
            headers={"Accept-Encoding": "gzip", **request.headers},
            data=request.body or None,
            timeout=(min(self.connect_timeout, timeout), min(self.read_timeout, timeout)),
            allow_redirects=False,
            stream=True,
        ) as reply:
            return Response(
                status=reply.status_code,
                headers={name.lower(): value for name, value in reply.headers.items()},
                body=self._body(reply),
            )

    def _body(self, reply: requests.Response) -> bytes:
        chunks = []
        size = 0
        at_once = _PACKED_CHUNK if "content-encoding" in reply.headers else _CHUNK
        for chunk in reply.iter_content(at_once):
            size += len(chunk)
            if size > self.largest:
                raise DecodeError(
                    f"the answer is larger than {self.largest} bytes", code="TOO_LARGE"
                )
            chunks.append(chunk)
        return b"".join(chunks)


_NEVER_LEFT = (NewConnectionError, ConnectTimedOut, ProxyError)


def _meaning(error: requests.RequestException) -> MallError:
    """Tell "never left" from "answer lost" by the cause: `ConnectionError` alone means both."""
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    # A ValueError is a request that cannot be written, but for a header of the answer.
    is_unwritten = isinstance(error, ValueError) and not isinstance(reason, InvalidHeader)
    never_left = isinstance(reason, _NEVER_LEFT) or isinstance(error, requests.ConnectTimeout)
    if is_unwritten or never_left:
        return NotSent("the mall could not be reached", code=_code(reason, error))
    return AnswerLost("the answer did not arrive", code=_code(reason, error))


def _code(reason: object, error: requests.RequestException) -> str:
    """Return one word for a person: what stands behind a failed connection, where it is known."""
    known = reason if isinstance(reason, Exception) else error
    is_vague = type(known) is NewConnectionError
    return type((known.__cause__ if is_vague else None) or known).__name__
