"""TOML files, with each mistake in its place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from mallsync.errors import FileError

__all__ = ["read_toml"]

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")


def read_toml(place: Path, what: str) -> dict[str, Any]:
    """Return the document of a file.

    Args:
        place: The file.
        what: What it is, for errors: ``"the file with the shops"``.

    Raises:
        FileError: It is not there, not UTF-8 or no TOML; with line and column.
    """
    try:
        data = place.read_bytes()
    except OSError as error:
        raise FileError(f"{what} cannot be read ({type(error).__name__})", path=place) from None
    try:
        return tomllib.loads(data.decode("utf-8-sig"))  # some editors begin with a mark
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(f"{what} is not UTF-8: save it so", path=place, line=line) from None
    except (ValueError, RecursionError) as error:  # no TOML; or a number or nesting without end
        at = _PLACE.search(str(error))
        spot = {"line": int(at[1]), "column": int(at[2])} if at else {}
        raise FileError(f"no TOML: {error}", path=place, **spot) from None
