"""Text that a mall may not take, and text of a mall that may not be shown."""

from __future__ import annotations

import re

__all__ = ["platform_dependent", "same_text", "word"]

_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")

_CP932_TWINS = str.maketrans("～－∥￠￡￢", "〜−‖¢£¬")


def platform_dependent(text: str) -> str:
    """Return the characters of a text that are 機種依存文字: not in JIS X 0208, nor ASCII.

    The pairs that Windows and Unix map differently (～ and 〜, － and −) are let through.

    >>> platform_dependent("㈱見本～①"), platform_dependent("1234-5678")
    ('㈱①', '')
    """
    return "".join(char for char in text if not _is_plain(char.translate(_CP932_TWINS)))


def word(value: object) -> str:
    """Return a mall's code as it is if it is one word; anything else might quote personal data.

    >>> word("GA0001"), word(-90001), word("見本 様")
    ('GA0001', '-90001', 'UNRECOGNISED')
    """
    text = str(value)
    return text if _WORD.fullmatch(text) else "UNRECOGNISED"


def same_text(one: object, other: str) -> bool:
    r"""Tell whether a message has a text: line ends and blanks around it may differ.

    >>> same_text("発送\r\nしました ", "発送\nしました"), same_text(None, "")
    (True, False)
    """
    return isinstance(one, str) and _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _is_plain(char: str) -> bool:
    try:
        char.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return char.isprintable() or char == "\u3000"  # the full-width blank
