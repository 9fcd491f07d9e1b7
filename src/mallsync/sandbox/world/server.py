"""A small HTTP server on the loopback interface that can also answer badly."""

from __future__ import annotations

import contextlib
import gzip
import select
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType, TracebackType
from typing import Self, cast

from attrs import evolve
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from mallsync.sandbox.world.script import FakeMall, Fault, Hit, Reply, Scripted

__all__ = ["FAULTS", "Exchange", "Server"]

_GZIP_FROM = 1400  # bytes: below this a packed answer saves nothing


class Exchange:
    """Carry one request to its end, well or badly."""

    def __init__(self, handler: _Handler, scripted: Scripted | None, request: Request) -> None:
        self.mall = handler.server.mall
        self.scripted = scripted
        self.request = request
        self._handler = handler
        self._operation = self.mall.operation(request)
        self._took_effect = False

    def option(self, name: str, default: object = None) -> object:
        """Return an option of the scripted fault."""
        return default if self.scripted is None else self.scripted.options.get(name, default)

    def work(self) -> Reply:
        """Let the mall do the work; what breaks inside the fake becomes a plain 500."""
        try:
            reply = self.mall.respond(self.request, self.scripted)
        except Exception as broken:  # noqa: BLE001 -- a bug of the fake must not hang the client
            reply = self.page(500, f"the fake itself failed: {broken!r}")
        self._took_effect = reply.took_effect
        return reply

    def page(self, status: int, text: str, *headers: tuple[str, str]) -> Reply:
        """Return an HTML page, as whatever stands before the mall makes it."""
        body = self.mall.page.format(text=text).encode()
        kind = ("Content-Type", "text/html; charset=UTF-8")
        return Reply(status=status, body=body, headers=(kind, *headers))

    def log(self, status: int) -> None:
        """Write the hit down; before any byte leaves, so that a reader never comes too early."""
        fault = self.scripted.fault if self.scripted else None
        self.mall.hits.append(
            Hit(
                operation=self._operation,
                status=status,
                took_effect=self._took_effect,
                at=self.mall.clock.now(),
                fault=fault,
            )
        )

    def send(self, reply: Reply) -> None:
        """Send a whole, correct answer."""
        self.log(reply.status)
        self.request.get_data()
        self.write(b"".join(self.lines(reply)))

    def send_raw(self, data: bytes, status: int = 0) -> None:
        """Send these bytes and nothing more, then close."""
        self.log(status)
        self.request.get_data()
        self.write(data)
        self._handler.close_connection = True

    def lines(self, reply: Reply, length: int | None = None) -> tuple[bytes, bytes]:
        """Return head and body as bytes, packed if the client takes gzip and it pays.

        Args:
            length: the Content-Length to claim; None tells the truth.
        """
        reply = self._packed(reply)
        size = len(reply.body) if length is None else length
        headers = (*reply.headers, ("Content-Length", str(size)))
        text = "".join(f"{name}: {value}\r\n" for name, value in headers)
        phrase = HTTPStatus(reply.status).phrase
        return f"HTTP/1.1 {reply.status} {phrase}\r\n{text}\r\n".encode("latin-1"), reply.body

    def drip(self, data: bytes, interval: float) -> None:
        """Send byte by byte until the client or the server has had enough."""
        for at in range(len(data)):
            self.write(data[at : at + 1])
            if self._handler.server.stopping.wait(interval):
                self._handler.close_connection = True
                break

    def hang(self) -> None:
        """Say nothing until the client hangs up or the server stops."""
        self.log(0)
        self.request.get_data()
        select.select([self._handler.connection], [], [])  # stopping ends the connection, too
        self._handler.close_connection = True

    def reset(self) -> None:
        """Drop the connection with RST, once the client has said all it wanted."""
        self.log(0)
        self.request.get_data()
        self._handler.close_connection = True
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    def write(self, data: bytes) -> None:
        """Put bytes on the wire."""
        self._handler.wfile.write(data)

    def _packed(self, reply: Reply) -> Reply:
        wanted = "gzip" in self.request.headers.get("Accept-Encoding", "")
        packed = any(name == "Content-Encoding" for name, _ in reply.headers)
        if not wanted or packed or len(reply.body) < _GZIP_FROM:
            return reply
        headers = (*reply.headers, ("Content-Encoding", "gzip"))
        return evolve(reply, body=gzip.compress(reply.body, 1), headers=headers)


def _retry_after(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    wait = exchange.option("retry_after")
    return () if wait is None else (("Retry-After", str(wait)),)


def _work_if_asked(exchange: Exchange) -> None:
    if exchange.option("after", default=False):
        exchange.work()


def _answer(exchange: Exchange) -> None:
    exchange.send(exchange.work())


def _stand_in(exchange: Exchange) -> None:
    scripted = cast("Scripted", exchange.scripted)
    exchange.send(exchange.mall.stand_in(exchange.request, scripted))


def _throttled(exchange: Exchange) -> None:
    exchange.send(exchange.page(429, "Too Many Requests", *_retry_after(exchange)))


def _unavailable(exchange: Exchange) -> None:
    _work_if_asked(exchange)
    exchange.send(exchange.page(503, "Service Unavailable", *_retry_after(exchange)))


def _server_error_after(exchange: Exchange) -> None:
    exchange.work()
    exchange.send(exchange.page(500, "Internal Server Error"))


def _never_answers(exchange: Exchange) -> None:
    _work_if_asked(exchange)
    exchange.hang()


def _drip(exchange: Exchange) -> None:
    reply = exchange.work()
    head, body = exchange.lines(reply)
    exchange.log(reply.status)
    exchange.request.get_data()
    if exchange.option("headers", default=False):
        head, body = b"", head + body
    exchange.write(head)
    exchange.drip(body, float(str(exchange.option("interval", 0.2))))


def _truncated_json(exchange: Exchange) -> None:
    reply = exchange.work()
    exchange.send(evolve(reply, body=reply.body[: len(reply.body) // 2]))


def _bad_gzip(exchange: Exchange) -> None:
    reply = exchange.work()
    broken = gzip.compress(reply.body, 1)[:10] + b"\xff\x00 not deflated"
    headers = (*reply.headers, ("Content-Encoding", "gzip"))
    exchange.send(evolve(reply, body=broken, headers=headers))


def _body_cut(exchange: Exchange) -> None:
    reply = exchange.work()
    head, body = exchange.lines(reply, length=len(reply.body) + 4096)
    exchange.send_raw(head + body, reply.status)


def _html_200(exchange: Exchange) -> None:
    _work_if_asked(exchange)
    exchange.send(exchange.page(200, "Please log in"))


def _garbage_status(exchange: Exchange) -> None:
    exchange.work()
    exchange.send_raw(b"\x00\xffRMS ??? nonsense\r\n\r\n")


def _reset(exchange: Exchange) -> None:
    exchange.reset()


def _reset_after(exchange: Exchange) -> None:
    exchange.work()
    exchange.reset()


FAULTS: Mapping[Fault, Callable[[Exchange], None]] = MappingProxyType(
    {
        Fault.UNAUTHORISED: _stand_in,
        Fault.UNAUTHORISED_OLD: _stand_in,
        Fault.THROTTLED: _throttled,
        Fault.UNAVAILABLE: _unavailable,
        Fault.SERVER_ERROR_AFTER: _server_error_after,
        Fault.NEVER_ANSWERS: _never_answers,
        Fault.DRIP: _drip,
        Fault.TRUNCATED_JSON: _truncated_json,
        Fault.BAD_GZIP: _bad_gzip,
        Fault.BODY_CUT: _body_cut,
        Fault.HTML_200: _html_200,
        Fault.GARBAGE_STATUS: _garbage_status,
        Fault.RESET_BEFORE: _reset,
        Fault.RESET_AFTER: _reset_after,
        Fault.ORDER_ERRORS: _answer,
        Fault.CANCELLED_BETWEEN: _answer,
        Fault.KEEPALIVE_RESET: _reset,
    }
)


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    uses = 0
    server: _Shell

    def run_wsgi(self) -> None:
        """Serve one request; werkzeug's own way would close the connection after each."""
        self.uses += 1
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        mall = self.server.mall
        request = Request(self.make_environ())
        scripted = mall.script.take(mall.operation(request), self.uses)
        serve = FAULTS[scripted.fault] if scripted else _answer
        serve(Exchange(self, scripted, request))

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 -- werkzeug's
        """Keep quiet: the hits are the log."""


class _Shell(ThreadedWSGIServer):
    def __init__(self, mall: FakeMall, port: int) -> None:
        self.mall = mall
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        with socket.create_server(("127.0.0.1", port), backlog=128) as bound:
            # bound here: werkzeug would print and leave the process if the port is taken
            super().__init__(
                "127.0.0.1", port, Response(status=500), handler=_Handler, fd=bound.fileno()
            )

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]  # the stub has more
        """Remember the connection, so that stopping can end it."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]  # as above
        """Close the connection and forget it."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every open connection."""
        self.stopping.set()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Server:
    """Serve a fake mall on 127.0.0.1 while the `with` block lasts.

    Args:
        mall: what answers.
        port: 0 lets the system choose a free one.
    """

    def __init__(self, mall: FakeMall, port: int = 0) -> None:
        self._shell = _Shell(mall, port)
        self._thread = threading.Thread(
            target=self._shell.serve_forever, args=(0.005,), name="sandbox", daemon=True
        )

    @property
    def base_url(self) -> str:
        """Scheme, host and port, without a trailing slash."""
        return f"http://127.0.0.1:{self._shell.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._shell.shutdown()
        self._shell.hang_up()
        self._thread.join()
