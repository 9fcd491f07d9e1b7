"""What a file can hold: characters that an encoding lacks, and cells that a spreadsheet runs.

Two pairs look alike, and cp932 does not tell them apart: 〜 (U+301C) and ～ (U+FF5E), and
− (U+2212) and － (U+FF0D). Both of a pair are written as the same bytes, and read back as the
second.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from attrs import frozen

__all__ = ["Unwritable", "for_spreadsheet", "unwritable"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_INSTEAD: Mapping[str, str] = MappingProxyType(
    {
        "\u2014": "\u2015",  # em dash → horizontal bar, which is 0x815C
        "\u2013": "-",
        "\u2011": "-",
        "\u00a0": " ",
        "\u00a5": "\uffe5",  # yen sign → full-width
        "\u203e": "\uffe3",  # overline → full-width
        "\u2022": "・",
        "\u3094": "ヴ",
        "𠮷": "吉",
        "𩸽": "ほっけ",
        "俠": "侠",
        "剝": "剥",
        "噓": "嘘",
        "塡": "填",
        "頰": "頬",
        "鷗": "鴎",
        "繫": "繋",
        "麴": "麹",
    }
)
"""What to write for a character that cp932 lacks, where its parts do not tell."""


@frozen
class Unwritable:
    """A character that an encoding lacks.

    Args:
        place: Its place in the text, from 0.
        character: It, or it with what belongs to it.
        instead: What to write for it; ``""`` to leave it out.
    """

    place: int
    character: str
    instead: str

    def __str__(self) -> str:
        """Return the character by its code, and what to write: ``U+20BB7: write 吉``."""
        codes = " ".join(f"U+{ord(one):04X}" for one in self.character)
        return f"{codes}: write {self.instead}" if self.instead else f"{codes}: leave it out"


def unwritable(text: str, encoding: str = "cp932") -> Iterator[Unwritable]:
    """Yield the characters of a text that an encoding lacks, each with what to write instead.

    >>> [str(one) for one in unwritable("𠮷野家〜①")]
    ['U+20BB7: write 吉']
    """
    if _fits(text, encoding):
        return
    for place, character in enumerate(text):
        if not _fits(character, encoding):
            yield Unwritable(place, character, _instead(character, encoding))


def for_spreadsheet(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; never for a file that a mall reads.

    >>> for_spreadsheet("=1+1"), for_spreadsheet("東京都")
    ("'=1+1", '東京都')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _instead(character: str, encoding: str) -> str:
    """Return what looks or reads alike, and fits; "" if nothing does."""
    told = _INSTEAD.get(character, "")
    whole = unicodedata.normalize("NFKC", character)
    parts = unicodedata.normalize("NFKD", character)
    base = "".join(one for one in parts if not unicodedata.combining(one))
    return next((one for one in (told, whole, base) if one and _fits(one, encoding)), "")


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
