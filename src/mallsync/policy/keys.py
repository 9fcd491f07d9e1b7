"""Comparison keys for what people type: numbers and addresses. Never stored, never printed."""

from __future__ import annotations

from mallsync.model.words import fold

__all__ = ["compact", "digits"]

_HYPHENS = "‐‒–—―−⁃─━ー"
"""What NFKC leaves of the hyphens that people type; ー and ｰ stand for one in "１ー２ー３"."""

_ONE_HYPHEN = str.maketrans(dict.fromkeys(_HYPHENS, "-"))
_DIGITS = frozenset("0123456789")


def compact(text: str) -> str:
    """Return `text` folded, case-folded, without spaces, and with one kind of hyphen.

    >>> compact("Ｓｕｎ　ハイツ １ー２０３")
    'sunハイツ1-203'
    """
    return "".join(fold(text).casefold().translate(_ONE_HYPHEN).split())


def digits(text: str) -> str:
    """Return the digits of `text`, whatever their width and whatever stands between them.

    >>> digits("〒１００-０００１")
    '1000001'
    """
    return "".join(sign for sign in fold(text) if sign in _DIGITS)
