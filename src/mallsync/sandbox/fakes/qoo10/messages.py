"""What a handler is given and gives back, and the method envelope (qoo10.md §4)."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from mallsync.sandbox.fakes.qoo10.codes import CODES, DONE, Why
from mallsync.sandbox.world import JsonObject

__all__ = ["Answer", "Call", "refusal", "result"]

_UNTOLD = "見本"  # the text is localised: nobody may match on it


@frozen(kw_only=True)
class Call:
    """Hold one request that was let in.

    `refused`: order numbers that a scripted fault wants refused, with the code to give.
    """

    operation: str
    form: Mapping[str, str]
    now: int
    refused: Mapping[str, str] = field(factory=dict)

    def code(self, why: Why | None) -> int:
        """Return this method's number for what is wrong; 0 for nothing."""
        return DONE if why is None else CODES[self.operation][why]


@frozen(kw_only=True)
class Answer:
    """Hold what a handler answers; `payload` is the whole envelope."""

    payload: JsonObject
    took_effect: bool = False


def result(code: int, text: str = "") -> JsonObject:
    """Return the two fields that every method's answer has."""
    said = text or ("SUCCESS" if code == DONE else _UNTOLD)
    return {"ResultCode": code, "ResultMsg": said}


def refusal(call: Call, why: Why) -> Answer:
    """Return the answer to a read that is refused as a whole."""
    return Answer(payload={"ResultObject": None, **result(call.code(why), why)})
