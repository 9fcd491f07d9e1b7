"""A loopback server with prepared answers: ``python -m benchmarks.server FILE LATENCY LIMIT``.

It prints its port. LIMIT is how many requests it takes in any trailing second, 0 for any number;
``GET /counts`` tells how many were answered and how many were refused with 429.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import requests
from attrs import define, field, frozen

from benchmarks.answers import Answers
from benchmarks.measuring import ROOT

__all__ = ["Running", "running"]


@frozen
class Running:
    """A server under way."""

    base_url: str

    def counts(self) -> tuple[int, int]:
        """Return how many requests were answered and refused so far."""
        reply = requests.get(f"{self.base_url}/counts", timeout=5)
        answered, refused = reply.text.split()
        return int(answered), int(refused)


@contextmanager
def running(answers: Path, latency: float, limit: int = 0) -> Iterator[Running]:
    """Run a server in a process of its own while the `with` block lasts."""
    command = [sys.executable, "-m", "benchmarks.server", str(answers), str(latency), str(limit)]
    with subprocess.Popen(  # noqa: S603 -- this interpreter, with arguments of our own
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Running(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


@define
class _Server:
    answers: Answers
    latency: float
    limit: int
    answered: int = 0
    refused: int = 0
    _arrivals: deque[float] = field(factory=deque)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer the requests of one connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                length = next(
                    (line.split(":")[1] for line in head if line.lower().startswith("content-l")),
                    "0",
                )
                asked = await reader.readexactly(int(length))
                status, body = await self._answer(head[0].split()[1], asked)
                lines = f"HTTP/1.1 {status} -\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(lines.encode() + body)
                await writer.drain()
        writer.close()

    async def _answer(self, path: str, asked: bytes) -> tuple[int, bytes]:
        if path == "/counts":
            return 200, f"{self.answered} {self.refused}".encode()
        if self._is_too_much():
            self.refused += 1
            return 429, b"{}"
        self.answered += 1
        await asyncio.sleep(self.latency)
        return 200, self.answers.body(path, asked)

    def _is_too_much(self) -> bool:
        now = monotonic()
        while self._arrivals and self._arrivals[0] <= now - 1:
            self._arrivals.popleft()
        if self.limit and len(self._arrivals) >= self.limit:
            return True
        self._arrivals.append(now)
        return False


async def _main(file: str, latency: str, limit: str) -> None:
    own = _Server(Answers.load(Path(file)), float(latency), int(limit))
    server = await asyncio.start_server(own.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
