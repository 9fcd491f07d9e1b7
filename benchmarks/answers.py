"""Answers of a mall, prepared as bytes, so that giving one costs next to nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from attrs import frozen

from mallsync.adapters import rakuten
from mallsync.model.period import JST, Period
from mallsync.wire.messages import Request, Response

__all__ = ["BATCH", "CREDENTIALS", "NOW", "PAGE", "PERIOD", "Answers", "PreparedTransport"]

NOW = datetime(2026, 11, 22, tzinfo=JST)
PERIOD = Period(NOW - timedelta(days=61), NOW)
PAGE = 1000
BATCH = 100
CREDENTIALS = rakuten.Credentials(service_secret="SP0_made-up", license_key="SL0_made-up")  # noqa: S106


@frozen
class Answers:
    """All that a mall answers while its orders are fetched once.

    Args:
        pages: The bodies of searchOrder, page by page.
        details: The bodies of getOrder by the first number that is asked for.
    """

    pages: tuple[bytes, ...]
    details: dict[str, bytes]

    @property
    def calls(self) -> int:
        """How many calls one fetch takes."""
        return len(self.pages) + len(self.details)

    def body(self, path: str, asked: bytes) -> bytes:
        """Return the answer to a request."""
        question = json.loads(asked)
        if path.endswith("/searchOrder/"):
            page: int = question["PaginationRequestModel"]["requestPage"]
            return self.pages[page - 1]
        return self.details[question["orderNumberList"][0]]

    def save(self, file: Path) -> None:
        """Write everything to a file, one body to a line."""
        head = json.dumps(list(self.details)).encode()
        file.write_bytes(b"\n".join([head, *self.details.values(), *self.pages]))

    @classmethod
    def load(cls, file: Path) -> Self:
        """Return what was saved."""
        head, *bodies = file.read_bytes().split(b"\n")
        firsts = json.loads(head)
        details = dict(zip(firsts, bodies, strict=False))
        return cls(tuple(bodies[len(firsts) :]), details)


@frozen
class PreparedTransport:
    """A `Transport` without a network."""

    answers: Answers

    def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ARG002 -- at once
        """Return the prepared answer."""
        return Response(status=200, body=self.answers.body(request.path, request.body))

    def close(self) -> None:
        """Have nothing to give back."""
