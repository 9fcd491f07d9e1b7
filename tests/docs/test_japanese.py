"""The Japanese pages are in step with the English ones."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
ORIGIN = re.compile(
    r"^\.\. translated from: /(?P<page>\S+) (?P<digest>[0-9a-f]{16})$", re.MULTILINE
)
HEADING = re.compile(r"^\S.*\n(?P<line>([=~^-])\2+)$", re.MULTILINE)
CODE = re.compile(
    r"^ *\.\. (?:code-block|testcode|testoutput|literalinclude)::.*\n(?P<body>(?:(?: +.*)?\n)*)",
    re.MULTILINE,
)
OPTION = re.compile(r"^ +:\w[\w-]*:.*\n", re.MULTILINE)
PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for path in (DOCS / "ja").rglob("*.rst")
    if ORIGIN.search(path.read_text(encoding="utf-8"))
)


def pair(page: str) -> tuple[str, str, str]:
    """Return a Japanese page, the English one, and the digest that the first was made from."""
    text = (DOCS / page).read_text(encoding="utf-8")
    origin = ORIGIN.search(text)
    assert origin is not None
    english = (DOCS / origin["page"]).read_text(encoding="utf-8")
    return text, english, origin["digest"]


def code(text: str) -> list[str]:
    """Return the code of a page, block by block, as it is run or shown."""
    return [OPTION.sub("", one["body"]).strip("\n") for one in CODE.finditer(text)]


def test_the_pages_that_sellers_read_first_are_there() -> None:
    """Quickstart, the malls, and why."""
    malls = [f"ja/malls/{path.name}" for path in sorted((DOCS / "malls").glob("*.rst"))]

    assert [*malls, "ja/quickstart.rst", "ja/why.rst"] == PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_the_english_one_says_now(page: str) -> None:
    """Whoever changes that one brings this one in step, and writes its digest down."""
    _, english, digest = pair(page)
    now = sha256(english.encode()).hexdigest()[:16]

    assert now == digest, f"bring docs/{page} in step, and write {now} into its first line"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_the_same_headings_and_code(page: str) -> None:
    """As many of each level, and the same lines of code in the same order."""
    japanese, english, _ = pair(page)
    levels = [
        Counter(one["line"][0] for one in HEADING.finditer(text)) for text in (japanese, english)
    ]

    assert levels[1] == levels[0]
    assert code(english) == code(japanese)
    assert code(english) or "ja/why.rst" == page
