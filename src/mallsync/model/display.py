"""Values as HTML for notebooks: escaped, and masked where they are personal. Pure.

What is shown reads on white and on black: colours are the page's own, rules are half transparent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

__all__ = ["MASK", "mask", "table", "values"]

MASK = "●●●"
"""What stands for something personal."""

_CELL = "text-align:left;vertical-align:top;padding:.15em .9em .15em 0"
_RULE = "border-bottom:1px solid rgba(128,128,128,.45)"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;padding:.2em 0"


def mask(text: str, *, shown: bool = False) -> str:
    """Return a personal text as it may be shown: nothing of it, but that there is one.

    >>> mask("見本 花子"), mask(""), mask("見本 花子", shown=True)
    ('●●●', '', '見本 花子')
    """
    return text if shown or not text else MASK


def table(
    headers: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str = "", foot: str = ""
) -> str:
    """Return a table; cells are escaped, None is blank.

    Args:
        headers: Names of the columns.
        rows: Their cells, as many as there are headers.
        caption: What stands above.
        foot: What stands below, in one line.

    >>> "<td" in table(["<a>"], [["&"]]), "&lt;a&gt;" in table(["<a>"], []), table([], [])[:6]
    (True, True, '<table')
    """
    head = "".join(f'<th style="{_CELL};{_RULE}">{_text(name)}</th>' for name in headers)
    body = "".join(f"<tr>{_row(cells)}</tr>" for cells in rows)
    above = f'<caption style="{_CAPTION}">{_text(caption)}</caption>' if caption else ""
    below = f"<p>{_text(foot)}</p>" if foot else ""
    return (
        '<table style="border-collapse:collapse;background:none">'
        f"{above}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"
    )


def values(told: Mapping[str, object], *, caption: str = "") -> str:
    """Return names and values below each other; what is None or blank is left out.

    >>> "件" in values({"件": 3, "なし": None}), "なし" in values({"件": 3, "なし": None})
    (True, False)
    """
    rows = [(name, value) for name, value in told.items() if value not in (None, "", ())]
    return table(("", ""), rows, caption=caption)


def _row(cells: Sequence[object]) -> str:
    return "".join(f'<td style="{_CELL}">{_text(cell)}</td>' for cell in cells)


def _text(value: object) -> str:
    return "" if value is None else escape(str(value)).replace("\n", "<br>")
