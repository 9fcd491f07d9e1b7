"""The fake Rakuten in a process of its own: ``python -m benchmarks.malls ORDERS``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.answers import NOW
from benchmarks.measuring import ROOT
from mallsync import sandbox
from mallsync.adapters import rakuten

__all__ = ["serving"]


@contextmanager
def serving(orders: int) -> Iterator[tuple[str, rakuten.Credentials]]:
    """Run it while the `with` block lasts; yield its base URL and a key."""
    command = [sys.executable, "-m", "benchmarks.malls", str(orders)]
    with subprocess.Popen(  # noqa: S603 -- this interpreter, with arguments of our own
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url, secret, key = json.loads(process.stdout.readline())
            yield url, rakuten.Credentials(service_secret=secret, license_key=key)
        finally:
            process.terminate()


def _main(orders: str) -> None:
    with sandbox.running(orders=int(orders), now=NOW) as malls:
        key = malls.rakuten.credentials
        print(json.dumps([malls.rakuten.base_url, key.service_secret, key.license_key]), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _main(sys.argv[1])
