"""``mallsync`` and ``python -m mallsync``."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; say which extra is missing if it cannot be loaded."""
    try:
        from mallsync.cli import cli  # noqa: PLC0415 -- click and rich belong to an extra
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("mallsync"):
            raise
        sys.exit(f"the command line needs {error.name}: pip install 'mallsync[cli,sandbox]'")
    cli(prog_name="mallsync")


if __name__ == "__main__":  # pragma: no cover -- the line above, run by tests as a subprocess
    main()
