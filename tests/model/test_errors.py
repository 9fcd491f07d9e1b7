"""Every error: its facts, its hint, and that it crosses a process boundary whole."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from mallsync import errors
from mallsync.errors import (
    AuthCause,
    AuthFailed,
    ConfigError,
    FileError,
    Hint,
    MallError,
    MallsyncError,
    Problem,
    Rejected,
    Throttled,
    Unavailable,
)
from mallsync.model.writebacks import Outcome, outcome_of

E = TypeVar("E", bound=MallsyncError)


def family(kind: type[MallsyncError]) -> Iterator[type[MallsyncError]]:
    """Yield a class and all below it."""
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


OURS = [kind for kind in family(MallsyncError) if kind.__module__ == "mallsync.errors"]
MALL = [kind for kind in OURS if issubclass(kind, MallError)]

# retryable, uncertain, and what that says of a write
FACTS = {
    "MallError": (False, False, "REFUSED"),
    "NotSent": (True, False, "NOT_SENT"),
    "AnswerLost": (True, True, "UNKNOWN"),
    "Throttled": (True, False, "NOT_SENT"),
    "Unavailable": (True, True, "UNKNOWN"),
    "AuthFailed": (False, False, "NOT_SENT"),
    "Rejected": (False, False, "REFUSED"),
    "NotFound": (False, False, "REFUSED"),
    "Conflict": (False, False, "REFUSED"),
    "DecodeError": (False, True, "UNKNOWN"),
}


def pickled(error: E) -> E:
    """Return an error as another process gets it."""
    again: E = pickle.loads(pickle.dumps(error))  # noqa: S301 -- our own
    return again


def full(kind: type[MallError]) -> MallError:
    """Return an error with every fact filled in."""
    error = kind(
        "said",
        mall="rakuten",
        operation="getOrder",
        code="E1",
        request_id="R1",
        hint=Hint(ja="待て", en="wait"),
        problems=(Problem(place="units", code="missing", mall_text="text"),),
    )
    if isinstance(error, Throttled | Unavailable):
        error.retry_after = 3.0
    if isinstance(error, AuthFailed):
        error.cause = AuthCause.EXPIRED
    return error


def drawn(kind: type[MallsyncError], indent: str = "") -> Iterator[str]:
    """Yield the lines of the drawing of a class and all below it."""
    children = kind.__subclasses__()
    ours = [child for child in children if child in OURS]
    for child in ours:
        last = child is ours[-1]
        yield f"{indent}{'└── ' if last else '├── '}{child.__name__}"
        yield from drawn(child, indent + ("    " if last else "│   "))


def test_the_tree_is_the_one_that_is_drawn() -> None:
    """The drawing at the top of the module shows every class at its place."""
    tree = "\n".join(f"    {line}" for line in ("MallsyncError", *drawn(MallsyncError)))

    assert tree in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", MALL)
def test_two_facts_of_a_class_decide_what_a_failed_write_means(kind: type[MallError]) -> None:
    """As tabled."""
    assert FACTS[kind.__name__] == (kind.retryable, kind.uncertain, outcome_of(kind()).value)
    assert set(Outcome) - {Outcome.SENT} == {Outcome(row[2]) for row in FACTS.values()}


@pytest.mark.parametrize("kind", MALL)
@pytest.mark.parametrize("carry", [pickled, copy.copy, copy.deepcopy])
def test_an_error_of_a_mall_keeps_every_fact_across_processes(
    kind: type[MallError], carry: Callable[[MallError], MallError]
) -> None:
    """Pickled or copied, it says the same."""
    error = full(kind)
    again = carry(error)

    assert type(error) is type(again)
    assert vars(error) == vars(again)
    assert str(error) == str(again)
    assert ("待て", "wait") == (again.hint("ja"), again.hint("en"))
    assert ("text",) == tuple(problem.mall_text for problem in again.problems)
    assert getattr(error, "retry_after", None) == getattr(again, "retry_after", None)
    assert getattr(error, "cause", None) == getattr(again, "cause", None)


@pytest.mark.parametrize("kind", [kind for kind in OURS if kind not in MALL])
def test_any_other_error_keeps_its_message_across_processes(kind: type[MallsyncError]) -> None:
    """As pickling does by itself."""
    again = pickled(kind("said"))

    assert (kind, ("said",)) == (type(again), again.args)


def test_a_file_error_keeps_its_place_across_processes() -> None:
    """Path, line and column."""
    error = FileError("said", path=Path("shops.toml"), line=3, column="days")
    again = pickled(error)

    assert ("said", Path("shops.toml"), 3, "days") == (
        str(again), again.path, again.line, again.column,
    )  # fmt: skip


@pytest.mark.parametrize("kind", MALL)
def test_every_class_tells_a_person_what_to_do_in_both_languages(kind: type[MallError]) -> None:
    """The Japanese one is Japanese."""
    ja, en = kind().hint("ja"), kind().hint("en")

    assert not ja.isascii()
    assert en.isascii()
    assert en == kind().hint()


@pytest.mark.parametrize("lang", ["fr", "", "JA", None])
def test_a_hint_in_another_language_is_refused(lang: object) -> None:
    """There are two."""
    with pytest.raises(ConfigError, match='write "ja" or "en"'):
        MallError().hint(lang)  # type: ignore[arg-type]  # wrong on purpose


def test_a_message_is_one_line_of_facts() -> None:
    """Where, what, code and the first problems; what is not known is left out."""
    many = tuple(Problem(place=f"p{number}", code="missing") for number in range(5))

    assert "MallError" == str(MallError())
    assert "said" == str(MallError("said"))
    assert "Rejected [E1]" == str(Rejected(code="E1"))
    assert "rakuten: Rejected" == str(Rejected(mall="rakuten"))
    assert "rakuten getOrder: said [E1] units: missing" == str(full(Rejected))
    assert "Rejected p0: missing; p1: missing; p2: missing (+2 more)" == str(
        Rejected(problems=many)
    )


def test_a_problem_shows_its_place_and_never_the_malls_wording() -> None:
    """The wording may quote personal data."""
    problem = Problem(place="", code="missing", mall_text="marker")

    assert "missing" == str(problem)
    assert "marker" not in repr(problem) + repr(full(Rejected)) + str(full(Rejected))


def test_the_defaults_of_a_class_are_modest() -> None:
    """Nothing is claimed that is not known."""
    assert (None, None) == (Throttled().retry_after, Unavailable().retry_after)
    assert AuthCause.WRONG is AuthFailed().cause
    assert all(cause.value == cause.name for cause in AuthCause)
