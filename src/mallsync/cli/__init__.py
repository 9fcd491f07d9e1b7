"""The command line: one module for each command group."""

from __future__ import annotations

import click

from mallsync.cli.daily import COMMANDS
from mallsync.cli.demo import demo
from mallsync.cli.files import FILE_COMMANDS
from mallsync.cli.rakuma import rakuma
from mallsync.cli.sandbox import sandbox
from mallsync.cli.store import store

__all__ = ["cli"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mallsync")
def cli() -> None:
    """Keep orders in step with Japanese e-commerce malls."""


for command in (*COMMANDS, *FILE_COMMANDS, demo, rakuma, sandbox, store):
    cli.add_command(command)
