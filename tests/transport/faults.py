"""A small server on the loopback interface that goes wrong in every way of the fault table.

It speaks HTTP by hand, for a well-behaved server cannot cut, drip or reset, and it counts what it
has read in full: that alone tells whether a write could have taken effect.
"""

from __future__ import annotations

import contextlib
import gzip
import select
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from attrs import define, field, frozen

CERTIFICATE = Path(__file__).with_name("loopback.pem")
"""An invented, self-signed certificate for 127.0.0.1 and localhost, with its key."""

GOOD = b'{"ok": true}'
BEFORE_READING = frozenset({"reset before", "close before", "mute"})

_DRIP = 0.2
_BLOCK = b"x" * 65536


@frozen
class Received:
    """One request that was read in full."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


Work = Callable[[Received], bytes]


@define
class _Hand:
    """What a fault works with: the connection, the request and the server's work."""

    sock: socket.socket
    stopping: threading.Event
    work: Callable[[], bytes] = field(default=lambda: b"")

    def say(self, data: bytes) -> None:
        self.sock.sendall(data)

    def answer(self, body: bytes, *headers: str, status: str = "200 OK") -> None:
        lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
        self.say("\r\n".join(lines).encode() + body)

    def reset(self) -> None:
        """Hang up with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hang_up()

    def hang_up(self) -> None:
        raise ConnectionAbortedError

    def drip(self, data: bytes) -> None:
        for at in range(len(data)):
            self.say(data[at : at + 1])
            if self.stopping.wait(_DRIP):
                break
        self.hang_up()

    def wait(self) -> None:
        """Wait until the client says something or hangs up, and read nothing of it."""
        select.select([self.sock], [], [])

    def silence(self) -> None:
        """Say nothing until the client or the test has had enough."""
        self.wait()
        self.hang_up()


def _reset(hand: _Hand) -> None:
    hand.wait()
    hand.reset()


def _close(hand: _Hand) -> None:
    hand.wait()
    hand.sock.shutdown(socket.SHUT_WR)
    hand.hang_up()


def _mute(hand: _Hand) -> None:
    hand.stopping.wait(5)
    hand.hang_up()


def _reset_after(hand: _Hand) -> None:
    hand.work()
    hand.reset()


def _close_after(hand: _Hand) -> None:
    hand.work()
    hand.hang_up()


def _never_answers(hand: _Hand) -> None:
    hand.work()
    hand.silence()


def _server_error_after(hand: _Hand) -> None:
    hand.work()
    hand.answer(b"oops", status="500 Internal Server Error")


def _unavailable(hand: _Hand) -> None:
    hand.answer(b"closed", status="503 Service Unavailable")


def _throttled(hand: _Hand) -> None:
    hand.answer(b"slow down", "Retry-After: 0", status="429 Too Many Requests")


def _throttled_long(hand: _Hand) -> None:
    hand.answer(b"slow down", "Retry-After: 60", status="429 Too Many Requests")


def _body_cut(hand: _Hand) -> None:
    body = hand.work()
    hand.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) + 100) + body)
    hand.hang_up()


def _html(hand: _Hand) -> None:
    hand.work()
    hand.answer(b"<html><body>Please log in</body></html>", "Content-Type: text/html")


def _truncated_json(hand: _Hand) -> None:
    hand.answer(hand.work()[:-3])


def _bad_gzip(hand: _Hand) -> None:
    hand.answer(
        gzip.compress(hand.work())[:10] + b"\xff\x00 not deflated", "Content-Encoding: gzip"
    )


def _garbage_status(hand: _Hand) -> None:
    hand.work()
    hand.say(b"\x00\xff nonsense\r\n\r\n")
    hand.hang_up()


def _drip_body(hand: _Hand) -> None:
    body = hand.work() + b" " * 50
    hand.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
    hand.drip(body)


def _drip_headers(hand: _Hand) -> None:
    hand.work()
    hand.drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 50)


def _endless_headers(hand: _Hand) -> None:
    hand.work()
    hand.say(b"HTTP/1.1 200 OK\r\n")
    while True:
        hand.say(b"X-More: x\r\n" * 1000)


def _endless_body(hand: _Hand) -> None:
    hand.work()
    hand.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        hand.say(_BLOCK)


def _gzip_bomb(hand: _Hand) -> None:
    hand.work()
    hand.answer(gzip.compress(bytes(20_000_000)), "Content-Encoding: gzip")


def _redirect(hand: _Hand) -> None:
    hand.answer(b"", "Location: /elsewhere", status="302 Found")


def _bad_redirect(hand: _Hand) -> None:
    hand.answer(hand.work(), "Location: http://[", status="302 Found")


def _huge_redirect(hand: _Hand) -> None:
    hand.answer(bytes(3_000_000), "Location: /elsewhere", status="302 Found")


def _cookie(hand: _Hand) -> None:
    hand.answer(hand.work(), "Set-Cookie: session=s3cret; Path=/")


def _two_lengths(hand: _Hand) -> None:
    hand.work()
    hand.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")
    hand.hang_up()


def _idle_close(hand: _Hand) -> None:
    hand.answer(hand.work())
    hand.hang_up()


def _last_answer(hand: _Hand) -> None:
    hand.answer(hand.work(), "Connection: close")
    hand.hang_up()


def _no_length(hand: _Hand) -> None:
    hand.say(b"HTTP/1.0 200 OK\r\n\r\n" + hand.work())
    hand.hang_up()


def _good(hand: _Hand) -> None:
    hand.answer(hand.work())


FAULTS: dict[str, Callable[[_Hand], None]] = {
    "none": _good,
    "reset before": _reset,
    "close before": _close,
    "mute": _mute,
    "reset after": _reset_after,
    "close after": _close_after,
    "never answers": _never_answers,
    "500 after the work": _server_error_after,
    "503": _unavailable,
    "429": _throttled,
    "429 for a minute": _throttled_long,
    "body cut": _body_cut,
    "200 with HTML": _html,
    "truncated JSON": _truncated_json,
    "bad gzip": _bad_gzip,
    "garbage status line": _garbage_status,
    "drip in the body": _drip_body,
    "drip in the headers": _drip_headers,
    "endless headers": _endless_headers,
    "endless body": _endless_body,
    "gzip bomb": _gzip_bomb,
    "redirect": _redirect,
    "bad redirect": _bad_redirect,
    "huge redirect": _huge_redirect,
    "cookie": _cookie,
    "two lengths": _two_lengths,
    "closed while idle": _idle_close,
    "last answer": _last_answer,
    "no length": _no_length,
}


def _only_ok(_: Received) -> bytes:
    return GOOD


class FaultServer:
    """Plays faults while the `with` block lasts.

    Args:
        faults: The faults of the first requests, in order; the last one goes on for ever.
        work: What a request comes to: the body of a good answer.
        tls: Whether to speak TLS, with `CERTIFICATE`.
    """

    def __init__(
        self,
        *faults: str,
        work: Work = _only_ok,
        tls: bool = False,
    ) -> None:
        self.script = deque(faults or ("none",))
        self.received: list[Received] = []
        self.worked: list[Received] = []
        self.connections = 0
        self._work = work
        self._tls = _server_context() if tls else None
        self._scheme = "https" if tls else "http"
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._ended = threading.Semaphore(0)
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def base_url(self) -> str:
        """Scheme, host and port."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def posts(self, part: str = "") -> int:
        """Count the POSTs read in full whose path has this part."""
        return sum(one.method == "POST" and part in one.target for one in self.received)

    def effects(self, part: str = "") -> int:
        """Count the times that the work of such a request was done."""
        return sum(part in one.target for one in self.worked)

    def wait_for_end_of_connection(self) -> None:
        """Wait until the server has closed one more connection."""
        assert self._ended.acquire(timeout=5)

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):  # wakes the acceptor
            self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()
        for sock in tuple(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(
                target=self._serve, args=(sock, self.connections), daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError):  # the client, the test or a fault has hung up
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
            with sock:
                self._open.add(sock)
                self._converse(sock, number)
        self._open.discard(sock)
        self._ended.release()

    def _converse(self, sock: socket.socket, number: int) -> None:
        if self.script[0] in BEFORE_READING:
            FAULTS[self._take()](_Hand(sock, self._stopping))
        with sock.makefile("rb") as reader:
            while request := _read(reader, number):
                self.received.append(request)
                hand = _Hand(sock, self._stopping, partial(self._do, request))
                FAULTS[self._take()](hand)

    def _take(self) -> str:
        with self._lock:
            return self.script.popleft() if len(self.script) > 1 else self.script[0]

    def _do(self, request: Received) -> bytes:
        self.worked.append(request)
        return self._work(request)


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def _read(reader: BinaryIO, number: int) -> Received | None:
    """Return the next request in full, None where the client has hung up."""
    start = reader.readline().split()
    if len(start) != 3 or not start[2].startswith(b"HTTP/"):
        return None  # hung up, or no HTTP, as from a client that speaks TLS
    headers = {}
    while (line := reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    body = reader.read(length)
    method, target = start[0].decode(), start[1].decode()
    return Received(method, target, headers, body, number) if len(body) == length else None


@contextmanager
def closed_port() -> Iterator[int]:
    """Give a port of this machine at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
