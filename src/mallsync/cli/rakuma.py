"""``mallsync rakuma check-wire``: prove a shop's own wire against recorded samples, offline."""

from __future__ import annotations

import sys
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import click

from mallsync.errors import MallsyncError
from mallsync.testing.rakuma import check_rakuma_wire, samples_in

__all__ = ["rakuma"]


@click.group()
def rakuma() -> None:
    """Work on a wire of Rakuma's, which an approved shop writes from its specification."""


@rakuma.command("check-wire")
@click.argument("wire", metavar="MODULE:NAME")
@click.option("--samples", type=click.Path(path_type=Path), help="A folder of recorded answers.")
def check_wire(wire: str, samples: Path | None) -> None:
    """Write every call of a wire, read every sample with it, and name what does not fit."""
    try:
        report = check_rakuma_wire(_loaded(wire), samples_in(samples) if samples else ())
    except MallsyncError as error:
        raise click.ClickException(f"{getattr(error, 'path', '')} {error}".strip()) from None
    for line in report.lines():
        click.echo(line)
    sys.exit(0 if report.ok else 1)


def _loaded(place: str) -> Any:  # noqa: ANN401 -- whatever the shop has written
    """Return what lies at MODULE:NAME; modules of the present folder are found, too."""
    module, _, name = place.partition(":")
    if not module or not name:
        raise click.BadParameter("write MODULE:NAME, such as my_wire:WIRE")
    sys.path.insert(0, str(Path.cwd()))
    try:
        return resolve_name(place)
    except (ImportError, AttributeError, ValueError) as error:
        raise click.BadParameter(f"{place} is not there: {error}") from None
    finally:
        sys.path.pop(0)
