"""What every test gets: no way out of this machine, and steady property tests."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import settings

pytest_plugins = ["mallsync.testing.plugin"]

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if "CI" in os.environ else "default")

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded_connect)
        patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
        yield


def _guarded_connect(self: socket.socket, address: object) -> None:
    _refuse_outside(self, address)
    _connect(self, address)  # type: ignore[arg-type]  # typed as the stub's private union


def _guarded_connect_ex(self: socket.socket, address: object) -> int:
    _refuse_outside(self, address)
    return _connect_ex(self, address)  # type: ignore[arg-type]  # as above


def _refuse_outside(sock: socket.socket, address: object) -> None:
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = address[0] if isinstance(address, tuple) else address
    if not _is_loopback(str(host)):
        message = f"a test tried to connect to {host}: use the sandbox or a scripted transport"
        raise AssertionError(message)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
