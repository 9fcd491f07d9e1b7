"""``mallsync sandbox``: the fake malls for other programs, until Ctrl-C."""

from __future__ import annotations

import signal
import threading

import click

from mallsync import sandbox as malls

__all__ = ["sandbox"]


@click.command()
@click.option(
    "--port", default=8701, show_default=True, help="First loopback port; 0 for any free ones."
)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same orders.")
@click.option("--orders", default=300, show_default=True, help="How many for each mall.")
@click.option("--throttle", is_flag=True, help="Answer 429 above one request a second.")
def sandbox(port: int, seed: int, orders: int, *, throttle: bool) -> None:
    """Run the fake malls on this machine until you press Ctrl-C."""
    # A script that starts it in the background hides the signal from it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with malls.running(seed=seed, orders=orders, throttle=throttle, port=port) as running:
        key = running.rakuten.credentials
        click.echo(f"export MALL={running.rakuten.base_url}")
        click.echo(f"export SERVICE_SECRET={key.service_secret}")
        click.echo(f"export LICENSE_KEY={key.license_key}")
        click.echo(f"export QOO10={running.qoo10.base_url}")
        click.echo(f"export QOO10_KEY={running.qoo10.certification_key}")
        click.echo(f"export MERCARI={running.mercari_shops.base_url}")
        click.echo(f"export MERCARI_TOKEN={running.mercari_shops.credentials.access_token}")
        click.echo(f"export MERCARI_CLIENT={running.mercari_shops.credentials.client_name}")
        click.echo("# made-up orders, made-up keys; Ctrl-C ends it", err=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("# ended", err=True)
