"""Text that a mall may not take."""

from __future__ import annotations

__all__ = ["platform_dependent"]

_CP932_TWINS = str.maketrans("～－∥￠￡￢", "〜−‖¢£¬")


def platform_dependent(text: str) -> str:
    """Return the characters of a text that are 機種依存文字: not in JIS X 0208, nor ASCII.

    The pairs that Windows and Unix map differently (～ and 〜, － and −) are let through.

    >>> platform_dependent("㈱見本～①"), platform_dependent("1234-5678")
    ('㈱①', '')
    """
    return "".join(char for char in text if not _is_plain(char.translate(_CP932_TWINS)))


def _is_plain(char: str) -> bool:
    try:
        char.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return char.isprintable() or char == "\u3000"  # the full-width blank
