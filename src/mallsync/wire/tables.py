"""Code tables with names: looked up by folded name, either way, and listed for a person."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from mallsync.model.words import fold

__all__ = ["NameTable"]


def _index(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold(name): code for code, row in names.items() for name in (code, *row)}


@frozen
class NameTable:
    """The codes of a mall with the names that mean them; the first name is the mall's own.

    >>> carriers = NameTable({"1003": ("日本郵便", "ゆうパック")})
    >>> carriers.code_of("ﾕｳﾊﾟｯｸ"), carriers.name_of("1003"), carriers.code_of("気球便")
    (None, '日本郵便', None)
    >>> carriers.code_of(" ゆうパック "), carriers.code_of("1003")
    ('1003', '1003')
    """

    names: Mapping[str, tuple[str, ...]]
    _codes: Mapping[str, str] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_codes", _index(self.names))

    def code_of(self, name: str) -> str | None:
        """Return the mall's code of a name (or of the code itself), compared after folding."""
        return self._codes.get(fold(name))

    def name_of(self, code: str) -> str | None:
        """Return the mall's own name of a code, or None for a code that is not in the table."""
        row = self.names.get(code)
        return row[0] if row else None

    def choices(self) -> str:
        """Return the mall's own names, to put into a message."""
        return ", ".join(row[0] for row in self.names.values())
