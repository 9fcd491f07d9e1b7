"""Directives that make tables and pictures of the tables that the library itself reads.

``.. capabilities:: mallsync.adapters.rakuten`` shows what a client can do and its limits;
``.. reasons:: GUARD`` the codes of a kind with what to do; ``.. layers::`` who may import whom.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path.append(str(Path(__file__).parents[2]))  # tests/layers.py is the one table of the layers

from remedies import REMEDIES

from mallsync.model.capabilities import Capabilities
from mallsync.model.codes import CODES, CodeKind
from tests.layers import ALLOWED

_HEADS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "can": {
        "en": ("call", "support", "note", "source, checked on"),
        "ja": ("呼び出し", "対応", "補足", "根拠と確認日"),
    },
    "limits": {
        "en": ("limit", "value", "source, checked on"),
        "ja": ("制限", "値", "根拠と確認日"),
    },
    "codes": {
        "en": ("code", "what it says", "what to do"),
        "ja": ("コード", "意味", "対処"),
    },
}
_SUPPORT = {
    "en": {"YES": "yes", "EMULATED": "by our own means", "NO": "no", "UNKNOWN": "not known"},
    "ja": {"YES": "対応", "EMULATED": "自前で実現", "NO": "非対応", "UNKNOWN": "不明"},
}


class _Tables(SphinxDirective):
    """A directive that writes list tables and lets Sphinx read them."""

    option_spec: ClassVar[dict[str, Any]] = {"lang": directives.unchanged}

    @property
    def lang(self) -> str:
        """The page's language."""
        return str(self.options.get("lang", "en"))

    def tables(self) -> Iterable[tuple[Sequence[str], Sequence[Sequence[str]]]]:
        """Return heads and rows of each table."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        lines: list[str] = []
        for heads, rows in self.tables():
            if rows:
                lines += [".. list-table::", "   :header-rows: 1", ""]
                for row in (heads, *rows):
                    lines += [
                        f"   {'*' if at == 0 else ' '} - {cell}" for at, cell in enumerate(row)
                    ]
                lines.append("")
        found = nodes.Element()
        self.state.nested_parse(StringList(lines, source="made"), self.content_offset, found)
        return list(found.children)


class CapabilityTables(_Tables):
    """What a mall can do, and its limits, from ``CAPABILITIES``."""

    required_arguments = 1

    def tables(self) -> Iterable[tuple[Sequence[str], Sequence[Sequence[str]]]]:
        """Return both tables."""
        found: Capabilities = import_module(self.arguments[0]).CAPABILITIES
        support = _SUPPORT[self.lang]
        yield (
            _HEADS["can"][self.lang],
            [
                (
                    f"``{one.name}``",
                    support[one.support.value],
                    _plain(one.note),
                    _plain(f"{one.source}, {one.checked_on}"),
                )
                for one in found.can
            ],
        )
        yield (
            _HEADS["limits"][self.lang],
            [
                (
                    f"``{one.name}``",
                    f"{one.value:,} {one.unit}",
                    _plain(f"{one.source}, {one.checked_on}"),
                )
                for one in found.limits
            ],
        )


class ReasonTable(_Tables):
    """The codes of a kind, from ``CODES``, with what to do about each."""

    required_arguments = 1

    def tables(self) -> Iterable[tuple[Sequence[str], Sequence[Sequence[str]]]]:
        """Return the table."""
        kind = CodeKind(self.arguments[0])
        codes = {code: one for code, one in CODES.items() if one.kind is kind}
        rows = [
            (f"``{code}``", _plain(one.text(self.lang)), _plain(REMEDIES[code](self.lang)))
            for code, one in codes.items()
        ]
        yield _HEADS["codes"][self.lang], rows


class Picture(SphinxDirective):
    """A picture of a file, within the page: so it takes the page's colours."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        return [_framed(Path(path).read_text(encoding="utf-8"))]


class LayerPicture(SphinxDirective):
    """Who may import whom, drawn of the table that the tests read."""

    def run(self) -> list[nodes.Node]:
        """Return the picture."""
        return [_framed(_drawn())]


def _framed(picture: str) -> nodes.Node:
    return nodes.raw("", f'<div class="picture">{picture}</div>', format="html")


def _plain(text: str) -> str:
    """Return text that reStructuredText takes as it stands."""
    return "".join(f"\\{sign}" if sign in "\\`*_|<" else sign for sign in text) or "–"


# --------------------------------------------------------------------------------------- picture

_WIDE, _HIGH, _GAP, _ROW = 152, 34, 14, 86


def _levels() -> dict[str, int]:
    """Return how high each unit stands: one above the highest that it may import."""
    named = {unit: allowed & set(ALLOWED) - {unit} for unit, allowed in ALLOWED.items()}
    levels: dict[str, int] = {}
    for unit in TopologicalSorter(named).static_order():
        levels[unit] = max((levels[one] + 1 for one in named[unit]), default=0)
    return levels


def _direct(unit: str) -> set[str]:
    """Return what a unit imports that nothing else below it imports already."""
    below = set(ALLOWED[unit]) & set(ALLOWED) - {unit}
    reached = {one for other in below for one in _all_below(other)}
    return below - reached


def _all_below(unit: str) -> set[str]:
    below = set(ALLOWED[unit]) & set(ALLOWED) - {unit}
    return below | {one for other in below for one in _all_below(other)}


def _drawn() -> str:
    levels = _levels()
    rows: dict[int, list[str]] = {}
    for unit, level in levels.items():
        rows.setdefault(level, []).append(unit)
    most, top = max(map(len, rows.values())), max(rows)
    wide = most * (_WIDE + _GAP) + _GAP
    places = {}
    for level, units in rows.items():
        first = (wide - len(units) * (_WIDE + _GAP) + _GAP) / 2
        for at, unit in enumerate(units):
            places[unit] = (first + at * (_WIDE + _GAP), _GAP + (top - level) * _ROW)
    lines = [_line(places[unit], places[one]) for unit in levels for one in sorted(_direct(unit))]
    boxes = [_box(unit, *place) for unit, place in places.items()]
    high = (top + 1) * _ROW - (_ROW - _HIGH) + 2 * _GAP
    head = f'<svg viewBox="0 0 {wide} {high}" role="img" aria-label="layers" class="layers">'
    return "\n".join([head, *lines, *boxes, "</svg>"])


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1, x2, y2 = start[0] + _WIDE / 2, start[1] + _HIGH, end[0] + _WIDE / 2, end[1]
    bend = (y1 + y2) / 2
    return f'<path d="M{x1},{y1} C{x1},{bend} {x2},{bend} {x2},{y2}"/>'


def _box(unit: str, x: float, y: float) -> str:
    text = f'<text x="{x + _WIDE / 2}" y="{y + _HIGH / 2 + 4}">{escape(unit)}</text>'
    return f'<rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="5"/>{text}'


_WIDE_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")
"""A line end between two full-width characters: a browser would show a blank there."""


def _join_lines(_: Sphinx, doctree: nodes.document) -> None:
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, nodes.literal_block | nodes.raw):
            joined = _WIDE_BREAK.sub("", text.astext())
            if joined != text.astext():
                text.parent.replace(text, nodes.Text(joined))


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives, and let Japanese lines join without a blank."""
    app.connect("doctree-read", _join_lines)
    app.add_directive("capabilities", CapabilityTables)
    app.add_directive("reasons", ReasonTable)
    app.add_directive("layers", LayerPicture)
    app.add_directive("picture", Picture)
    return {"parallel_read_safe": True}
