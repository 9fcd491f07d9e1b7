"""Every error of mallsync, ordered by what the caller does next.

::

    MallsyncError
    ├── ConfigError
    ├── NotSupported
    ├── FileError
    ├── StoreError
    └── MallError
        ├── NotSent
        ├── AnswerLost
        ├── Throttled
        ├── Unavailable
        ├── AuthFailed
        ├── Rejected
        │   ├── NotFound
        │   └── Conflict
        └── DecodeError

Two facts of a class carry every decision about trying again: ``retryable`` (later may help) and
``uncertain`` (a write may have landed all the same). No message holds a secret, a request or
reply body, or personal data.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from attrs import field, frozen

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "AnswerLost",
    "AuthCause",
    "AuthFailed",
    "ConfigError",
    "Conflict",
    "DecodeError",
    "FileError",
    "Hint",
    "MallError",
    "MallsyncError",
    "NotFound",
    "NotSent",
    "NotSupported",
    "Problem",
    "Rejected",
    "StoreError",
    "Throttled",
    "Unavailable",
]


@frozen
class Hint:
    """What a person can do next, in Japanese and English.

    >>> Hint(ja="待ってください", en="Wait")("en")
    'Wait'
    """

    ja: str
    en: str

    def __call__(self, lang: str = "en") -> str:
        """Return the text in ``"ja"`` or ``"en"``; any other language is a `ConfigError`."""
        if lang not in ("ja", "en"):
            raise ConfigError(f'no hints in {lang!r}: write "ja" or "en"')
        return self.ja if lang == "ja" else self.en


@frozen
class Problem:
    """One place that a mall refused, or that could not be read.

    ``place`` is a path in the mall's own field names, ``code`` the mall's message code or a short
    word of ours. ``mall_text`` is the mall's wording: it may quote personal data, so it is left
    out of every repr and message.
    """

    place: str
    code: str
    mall_text: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Return ``place: code``, or the code alone when the place is unknown."""
        return f"{self.place}: {self.code}" if self.place else self.code


class MallsyncError(Exception):
    """Base of everything that mallsync raises on purpose."""


class ConfigError(MallsyncError):
    """The call or the settings are wrong: fix them. Raised before any I/O."""


class NotSupported(MallsyncError):
    """The mall cannot do this; its ``CAPABILITIES`` say so."""


class FileError(MallsyncError):
    """A file cannot be read as what it should be.

    Args:
        message: What is wrong and what to write instead.
        path: The file.
        line: 1-based line, when known.
        column: Name or 1-based number of the column, when known.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | str = "",
        line: int | None = None,
        column: str | int | None = None,
    ) -> None:
        super().__init__(message)
        self.path = path
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the place when the error crosses a process boundary."""
        return type(self), self.args, self.__dict__


class StoreError(MallsyncError):
    """The store is full, locked, read-only, or newer than this version of mallsync."""


class MallError(MallsyncError):
    """A mall, or the way to it, did not do what was asked.

    Args:
        message: What happened, without secrets, bodies or personal data.
        mall: The mall's key, such as ``"rakuten"``.
        operation: The mall's own name of the call.
        code: The mall's own code, or a short word of ours.
        request_id: What the mall calls this exchange, for its support desk.
        hint: What a person can do, if it is more precise than the class's own.
        problems: The places that the mall refused or that could not be read.
    """

    retryable: ClassVar[bool] = False
    uncertain: ClassVar[bool] = False
    default_hint: ClassVar[Hint] = Hint(
        ja="エラーコードを確認してください。", en="Look up the error code."
    )

    def __init__(
        self,
        message: str = "",
        *,
        mall: str = "",
        operation: str = "",
        code: str = "",
        request_id: str = "",
        hint: Hint | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__(message)
        self.mall = mall
        self.operation = operation
        self.code = code
        self.request_id = request_id
        self.problems = problems
        self._hint = hint

    def hint(self, lang: str = "en") -> str:
        """Say what a person can do next, in ``"ja"`` or ``"en"``."""
        return (self._hint or self.default_hint)(lang)

    def __str__(self) -> str:
        """Return one line: where, what, code and the first problems."""
        where = " ".join(part for part in (self.mall, self.operation) if part)
        code = f"[{self.code}]" if self.code else ""
        places = "; ".join(str(problem) for problem in self.problems[:3])
        rest = len(self.problems[3:])
        more = f" (+{rest} more)" if rest else ""
        said = self.args[0] if self.args and self.args[0] else type(self).__name__
        text = f"{where}: {said}" if where else str(said)
        return " ".join(part for part in (text, code, places + more) if part)

    def __reduce__(self) -> tuple[object, ...]:
        """Keep every fact when the error crosses a process boundary."""
        return type(self), self.args, self.__dict__


class NotSent(MallError):
    """The request never left: trying again is safe."""

    retryable = True
    default_hint = Hint(
        ja="通信できませんでした。モールには届いていません。回線を確認して再実行してください。",
        en="Nothing reached the mall. Check the network and run again.",
    )


class AnswerLost(MallError):
    """The request may have arrived, its answer did not: look before writing again."""

    retryable = True
    uncertain = True
    default_hint = Hint(
        ja="応答が失われました。モール側で反映済みか確認してから再実行してください。",
        en="The answer was lost. Look at the mall before you write again.",
    )


class Throttled(MallError):
    """The mall refused for now: too many requests. It did nothing.

    ``retry_after`` is in seconds, ``None`` when the mall did not say.
    """

    retryable = True
    default_hint = Hint(
        ja="アクセスが多すぎます。しばらく待って再実行してください。",
        en="Too many requests. Wait, then run again.",
    )
    retry_after: float | None = None


class Unavailable(MallError):
    """Maintenance or a failure at the mall (5xx). A write may have landed."""

    retryable = True
    uncertain = True
    default_hint = Hint(
        ja="モールがメンテナンス中か障害中です。書き込みは反映済みの可能性があります。",
        en="The mall is in maintenance or failing. A write may have landed: look first.",
    )
    retry_after: float | None = None


class AuthCause(StrEnum):
    """Why a mall refused the credentials, as far as it can be told."""

    EXPIRED = "EXPIRED"
    WRONG = "WRONG"
    NOT_YET_ACTIVE = "NOT_YET_ACTIVE"
    NOT_PERMITTED = "NOT_PERMITTED"
    CONSENT_EXPIRED = "CONSENT_EXPIRED"
    IP_NOT_ALLOWED = "IP_NOT_ALLOWED"


class AuthFailed(MallError):
    """The credentials were refused: a person must act. ``cause`` says how."""

    default_hint = Hint(ja="認証情報を確認してください。", en="Check the credentials.")
    cause: AuthCause = AuthCause.WRONG


class Rejected(MallError):
    """The mall understood and refused: change the input. ``problems`` name the places."""

    default_hint = Hint(
        ja="モールが内容を拒否しました。指摘された項目を直してください。",
        en="The mall refused the input. Change the places named.",
    )


class NotFound(Rejected):
    """What was asked for does not exist at the mall."""

    default_hint = Hint(
        ja="該当する注文がモールにありません。番号と期間を確認してください。",
        en="The mall does not know it. Check the number and its age.",
    )


class Conflict(Rejected):
    """The mall's state has moved on: look again, then decide."""

    default_hint = Hint(
        ja="モール側の状態が変わっています。注文を取り直して判断してください。",
        en="The order has moved on at the mall. Fetch it again, then decide.",
    )


class DecodeError(MallError):
    """The answer is not what we know of this mall: our knowledge is out of date."""

    uncertain = True
    default_hint = Hint(
        ja="モールの応答を解釈できません。mallsync を更新してください。",
        en="The mall's answer cannot be read. Update mallsync.",
    )
