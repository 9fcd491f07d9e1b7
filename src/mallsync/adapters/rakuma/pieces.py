"""Ready-made pieces, so that a wire is short: calls, bodies, paging."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from attrs import evolve, field, frozen

from mallsync.adapters.rakuma.faults import failure
from mallsync.adapters.rakuma.records import Page
from mallsync.errors import DecodeError, MallError
from mallsync.wire.bodies import dump_json
from mallsync.wire.messages import Effect, Request, Response

__all__ = ["Call", "by_cursor", "by_offset", "by_page", "form", "get", "post_json"]

T = TypeVar("T")

_FORM = "application/x-www-form-urlencoded"


@frozen(kw_only=True)
class Call(Generic[T]):
    """An operation: a request, and what its answer means.

    Args:
        name: The specification's name of the call; errors and logs say it.
        request: What is sent, without credentials.
        meaning: Returns the answer's meaning. Whatever it raises beside a `MallError` becomes a
            `DecodeError`: the answer is not what the wire expects.
        effect: What the call does; of writes the facts decide whether they may be repeated.
    """

    name: str
    request: Request = field(repr=False)
    meaning: Callable[[Response], T] = field(repr=False)
    effect: Effect = Effect.READ

    budget: ClassVar[str] = "rakuma"
    cost: ClassVar[int] = 1

    def encode(self) -> Request:
        """Return the request."""
        return self.request

    def decode(self, response: Response) -> T:
        """Return the answer's meaning; raises only `MallError`."""
        try:
            return self.meaning(response)
        except MallError:
            raise
        except Exception:  # noqa: BLE001 -- a wire is the shop's own code
            raise failure(DecodeError, self.name, "UNREADABLE") from None

    def with_effect(self, effect: Effect) -> Call[T]:
        """Return the same call with another effect."""
        return evolve(self, effect=effect)


def get(path: str, **query: str) -> Request:
    """Return a GET; values that are empty are left out.

    >>> get("/orders", cursor="").query, get("/orders", limit="50").query
    ((), (('limit', '50'),))
    """
    return Request(
        method="GET",
        path=path,
        query=tuple((name, value) for name, value in query.items() if value),
    )


def post_json(path: str, body: Mapping[str, object]) -> Request:
    """Return a POST of JSON.

    >>> post_json("/ship", {"order_no": "A"}).body
    b'{"order_no":"A"}'
    """
    headers = {"Content-Type": "application/json"}
    return Request(method="POST", path=path, headers=headers, body=dump_json(body))


def form(path: str, **fields: str) -> Request:
    """Return a POST of a form.

    >>> form("/ship", id="A", carrier="ヤマト運輸").body[:24]
    b'id=A&carrier=%E3%83%A4%E'
    """
    body = urlencode(fields).encode("ascii")
    return Request(method="POST", path=path, headers={"Content-Type": _FORM}, body=body)


def by_cursor(records: object, cursor: object) -> Page:
    """Return a page whose answer tells what asks for the next.

    >>> by_cursor([{}], "abc").next, by_cursor([], None).next
    ('abc', '')
    """
    return Page(records=_listed(records), next=str(cursor) if cursor else "")


def by_page(records: object, place: str, size: int) -> Page:
    """Return a page of a list that is asked for by numbers from 1; a full one has a next.

    >>> by_page([{}, {}], "", 2).next, by_page([{}], "2", 2).next
    ('2', '')
    """
    found = _listed(records)
    return Page(records=found, next=str(int(place or 1) + 1) if len(found) >= size else "")


def by_offset(records: object, place: str, size: int) -> Page:
    """Return a page of a list that is asked for by how many came before.

    >>> by_offset([{}, {}], "4", 2).next
    '6'
    """
    found = _listed(records)
    return Page(records=found, next=str(int(place or 0) + len(found)) if len(found) >= size else "")


def _listed(records: object) -> tuple[object, ...]:
    if not isinstance(records, list):
        raise TypeError
    return tuple(records)
