"""No test can leave this machine by accident."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "mall.example", "8.8.8.8"])
def test_a_connection_to_another_machine_is_refused_before_it_is_tried(host: str) -> None:
    """Both ways of connecting name the host and point to the sandbox."""
    with socket.socket() as sock:
        with pytest.raises(AssertionError, match=host):
            sock.connect((host, 80))
        with pytest.raises(AssertionError, match="use the sandbox"):
            sock.connect_ex((host, 80))


def test_a_connection_to_ipv6_beyond_this_machine_is_refused() -> None:
    """The guard knows both address families."""
    with (
        socket.socket(socket.AF_INET6) as sock,
        pytest.raises(AssertionError, match="2001:db8::1"),
    ):
        sock.connect(("2001:db8::1", 80, 0, 0))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_on_this_machine_can_be_reached(host: str) -> None:
    """Loopback is what sandboxes are made of."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as sock:
        sock.connect((host, server.getsockname()[1]))

        assert server.getsockname() == sock.getpeername()


def test_sockets_without_a_network_are_left_alone() -> None:
    """A pair of connected sockets, as servers use to wake up, is no connection outside."""
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"x")

        assert b"x" == right.recv(1)
