"""Who asks: a token, and the name that Mercari has assigned (A1)."""

from __future__ import annotations

from typing import Any

import pytest

from mallsync.adapters.mercari_shops.auth import Credentials, MercariAuth
from mallsync.errors import AuthFailed, ConfigError
from mallsync.testing import ScriptedCaller
from mallsync.wire.messages import Request, Response
from tests.adapters.mercari_shops.shop import NOW

GOOD = {"access_token": "msp_made_up", "client_name": "made-up-client"}


def test_each_request_has_token_and_agent() -> None:
    """Both are mandatory, in production and in the sandbox."""
    auth = MercariAuth(Credentials(**GOOD, client_version="2026-11"))
    request = Request(method="POST", path="", headers={"Content-Type": "application/json"})

    signed = auth.sign(request, NOW)

    assert {
        "Content-Type": "application/json",
        "Authorization": "Bearer msp_made_up",
        "User-Agent": "made-up-client/2026-11",
    } == dict(signed.headers)


def test_the_version_may_be_left_out() -> None:
    """The official page says 0.0.0 then."""
    assert "0.0.0" == Credentials(**GOOD).client_version


@pytest.mark.parametrize("token", [" msp_made_up\n", "Bearer msp_made_up", "bearer  msp_made_up"])
def test_a_token_is_taken_as_it_was_copied(token: str) -> None:
    """With blanks around it, or with the word before it."""
    assert "msp_made_up" == Credentials(**{**GOOD, "access_token": token}).access_token


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("access_token", ""),
        ("access_token", None),
        ("access_token", "two words"),
        ("access_token", "Bearer "),
        ("access_token", "見本"),
        ("client_name", ""),
        ("client_name", "  "),
        ("client_name", None),
        ("client_name", "two words"),
        ("client_name", "a/b"),
        ("client_name", "見本"),
        ("client_version", ""),
        ("client_version", "1\n2"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(field: str, value: Any) -> None:
    """With what to write instead."""
    with pytest.raises(ConfigError, match=r"write|copy") as caught:
        Credentials(**{**GOOD, field: value})

    assert "msp_made_up" not in str(caught.value)


def test_a_client_without_a_name_does_not_start() -> None:
    """No name can be made up for it."""
    with pytest.raises(TypeError, match="client_name"):
        Credentials(access_token="msp_made_up")  # type: ignore[call-arg]  # wrong on purpose


def test_there_is_nothing_to_renew_and_nothing_to_learn() -> None:
    """A person issues a token."""
    auth = MercariAuth(Credentials(**GOOD))
    error = AuthFailed(code="HTTP_401")
    auth.observe(Response(status=200), NOW)

    assert not auth.renew(ScriptedCaller([]))
    assert error is auth.explain(error, NOW)
    assert "msp_made_up" not in repr(auth)
