"""The MessageModelList, and what a handler is given and gives back (wire facts §1.5 to §1.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from mallsync.sandbox.fakes.rakuten.checks import Problem
from mallsync.sandbox.fakes.rakuten.codes import PREFIXES
from mallsync.sandbox.world import JsonObject

__all__ = ["Answer", "Call", "message", "refusal"]

_PREFIX = "ORDER_EXT_API_"


@frozen(kw_only=True)
class Call:
    """Hold one request whose form has been found good.

    `refused`: order numbers that a scripted fault wants refused, with the code to give.
    """

    operation: str
    body: JsonObject
    now: int
    refused: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Answer:
    """Hold what a handler answers."""

    payload: JsonObject
    status: int = 200
    took_effect: bool = False


def message(operation: str, code: str, text: str = "見本", **more: object) -> JsonObject:
    """Return one MessageModel.

    Args:
        code: what follows the operation's prefix, or the whole code.
    """
    whole = code if code.startswith(_PREFIX) else f"{_PREFIX}{PREFIXES[operation]}_{code}"
    kind = next((one for one in ("INFO", "WARNING") if f"_{one}_" in whole), "ERROR")
    return {"messageType": kind, "messageCode": whole, "message": text, **more}


def refusal(operation: str, problems: Sequence[Problem], *, status: int = 400) -> Answer:
    """Return the answer to a request whose form is bad: every problem, nothing done."""
    listed = [message(operation, one.code, f"{one.place}: {one.why}") for one in problems]
    return Answer(payload={"MessageModelList": listed}, status=status)
