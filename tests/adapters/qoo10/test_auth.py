"""Credentials, and the certification key that they are exchanged for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mallsync import JST
from mallsync.adapters import qoo10
from mallsync.adapters.qoo10.auth import vault_name
from mallsync.errors import AuthCause, AuthFailed, ConfigError
from mallsync.testing.memory import MemoryVault
from mallsync.wire.messages import Response
from tests.adapters.qoo10.made import Desk, client_at, reply
from tests.adapters.qoo10.shop import NOW

LOGIN = qoo10.Credentials(user_id="mihon", password="made-up word", api_key="made-up-key")
NAME = vault_name("demo", LOGIN)
ISSUE = "CreateCertificationKey"
LIST = "GetShippingInfo_v3"


def desk_of(*keys: str, refuses: Callable[[], Response | None] = lambda: None) -> Desk:
    """Return a desk that issues keys in turn."""
    waiting = iter(keys)
    desk = Desk()
    desk.answers[ISSUE] = lambda _: reply(next(waiting, ""))
    desk.answers[LIST] = lambda _: refuses() or reply([])
    return desk


# --------------------------------------------------------------------------------- credentials


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "user_id is empty: write user_id, password and api_key"),
        ({"user_id": "mihon"}, "password is empty"),
        ({"user_id": "mihon", "password": "made-up"}, "api_key is empty"),
        ({"user_id": "mihon", "password": 7, "api_key": "k"}, "password is int: write the QSM"),
        ({"user_id": "two words", "password": "p", "api_key": "k"}, "user_id"),
        ({"certification_key": "made-up", "api_key": "k"}, "write one of the two"),
        ({"certification_key": "made-up", "issued_on": "2026-03-02"}, "issued_on"),
        (
            {"certification_key": "made-up", "issued_on": datetime(2026, 3, 2)},  # noqa: DTZ001 -- naive on purpose
            "issued_on has no time zone",
        ),
    ],
)
def test_credentials_that_cannot_be_are_refused(values: dict[str, Any], says: str) -> None:
    """The text says what to write instead, and no value."""
    with pytest.raises(ConfigError) as caught:
        qoo10.Credentials(**values)

    assert says in str(caught.value)
    assert "made-up" not in str(caught.value)


def test_blanks_around_secrets_are_an_accident_of_copying() -> None:
    """A password may hold one inside."""
    told = qoo10.Credentials(user_id=" mihon\n", password=" made up ", api_key="\tkey ")

    assert (told.user_id, told.password, told.api_key) == ("mihon", "made up", "key")
    assert "made" not in repr(told)


def test_the_day_of_a_key_s_issue_is_one_in_japan() -> None:
    """A moment is taken for its day there."""
    late = datetime.fromisoformat("2026-03-01T20:00:00+00:00")
    told = qoo10.Credentials.from_certification_key("made-up", issued_on=late)

    assert told.issued_on == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("argument", "value", "says"),
    [
        ("credentials", "made-up", r"qoo10\.Credentials\(user_id=…"),
        ("options", 3, r"qoo10\.Options\(version=…"),
        ("settings", 60, r"Settings\(deadline=…"),
        ("keep_raw", "yes", "keep_raw=True"),
        ("pace", 3, r"Pace\(3, per=1\)"),
        ("shop_id", "", "shop_id"),
        ("vault", {}, "vault"),
    ],
)
def test_a_client_refuses_what_cannot_be_right(argument: str, value: object, says: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigError, match=says):
        client_at(Desk(), **{argument: value})


def test_a_client_keeps_to_a_pace_unless_told_otherwise() -> None:
    """Three requests a second, a custom of clients (§11)."""
    desk = Desk()
    with client_at(desk, pace="default") as client:
        assert client.check_connection().ok
        assert (client.mall, client.shop_id) == ("qoo10", "demo")


# --------------------------------------------------------------------------------- the key


def test_a_key_is_issued_when_it_is_first_needed_and_kept_with_its_date() -> None:
    """Another client of the same shop finds it in the vault."""
    vault = MemoryVault()
    desk = desk_of("FIRST")
    with client_at(desk, credentials=LOGIN, vault=vault) as client:
        assert client.credential_expiry() is None
        assert client.check_connection().ok
        assert client.credential_expiry() == NOW.replace(year=NOW.year + 1)
    with client_at(desk, credentials=LOGIN, vault=vault) as other:
        assert other.credential_expiry() == NOW.replace(year=NOW.year + 1)
        assert other.check_connection().ok

    assert len(desk.calls(ISSUE)) == 1
    assert "mihon" not in NAME
    assert vault.load(NAME) == f"{NOW.isoformat()} FIRST"


@pytest.mark.parametrize("text", ["HOSTS-OWN-KEY", "issued in spring: HOSTS-OWN-KEY"])
def test_a_key_that_a_host_put_into_the_vault_has_no_known_end(text: str) -> None:
    """Whatever else the host has written before it."""
    vault = MemoryVault()
    vault.save(NAME, text, None)
    desk = desk_of()
    with client_at(desk, credentials=LOGIN, vault=vault) as client:
        assert client.check_connection().ok
        assert client.credential_expiry() is None
    assert not desk.calls(ISSUE)


def test_a_key_that_is_refused_is_issued_anew_once() -> None:
    """If it is not fresh; the second one works."""
    vault = MemoryVault()
    vault.save(NAME, f"{(NOW - timedelta(days=30)).isoformat()} OLD", None)
    refusals = iter([reply(code=-90004)])
    desk = desk_of("NEW", refuses=lambda: next(refusals, None))
    with client_at(desk, credentials=LOGIN, vault=vault) as client:
        assert client.check_connection().ok

    assert vault.load(NAME) == f"{NOW.isoformat()} NEW"
    assert len(desk.calls(ISSUE)) == 1


def test_the_key_that_another_process_has_renewed_is_taken_over() -> None:
    """Whether a new key ends the old one is not known (§16), so none is issued without need."""
    vault = MemoryVault()
    vault.save(NAME, f"{(NOW - timedelta(days=30)).isoformat()} OLD", None)

    def refuse() -> Response | None:
        if vault.load(NAME) == renewed:
            return None
        vault.save(NAME, renewed, None)
        return reply(code=-90005)

    renewed = f"{NOW.isoformat()} THEIRS"
    desk = desk_of("OURS", refuses=refuse)
    with client_at(desk, credentials=LOGIN, vault=vault) as client:
        assert client.check_connection().ok
    assert not desk.calls(ISSUE)


def test_a_fresh_key_that_is_refused_is_not_issued_again() -> None:
    """Another would fare no better."""
    desk = desk_of("FIRST", "SECOND", refuses=lambda: reply(code=-90001))
    with client_at(desk, credentials=LOGIN) as client:
        report = client.check_connection()

    assert not report.ok
    assert len(desk.calls(ISSUE)) == 1


def test_a_given_key_is_never_renewed_and_its_age_tells_why_it_was_refused() -> None:
    """A year after its issue it has ended, whatever code the mall gives."""
    desk = desk_of("NEW", refuses=lambda: reply(code=-90001))
    old = qoo10.Credentials.from_certification_key("made-up", issued_on=date(2025, 11, 22))
    new = qoo10.Credentials.from_certification_key("made-up", issued_on=date(2026, 11, 21))
    causes = []
    for credentials in (old, new):
        with client_at(desk, credentials=credentials) as client:
            causes.append(client.check_connection().cause)

    assert causes == [AuthCause.EXPIRED, AuthCause.WRONG]
    assert not desk.calls(ISSUE)


@pytest.mark.parametrize("told", [reply(code=-10001), Response(status=200)])
def test_a_login_that_is_refused_names_the_password_as_a_cause(told: Response) -> None:
    """A change of it ends every key, and the next issue with the old one fails (§3)."""
    desk = Desk()
    desk.answers[ISSUE] = lambda _: told
    with client_at(desk, credentials=LOGIN) as client:
        report = client.check_connection()
        with pytest.raises(AuthFailed):
            list(client.get_orders(["1900000011"]))

    assert not report.ok
    assert report.hint is not None
    assert "QSMのパスワード（変更していないか）" in report.hint("ja")
    assert "made-up" not in report.hint("ja")


def test_a_key_ends_a_year_after_its_issue_in_leap_years_too() -> None:
    """The last day of February stands for the day that is not there."""
    told = qoo10.Credentials.from_certification_key("made-up", issued_on=date(2028, 2, 29))
    with client_at(Desk(), credentials=told) as client:
        assert client.credential_expiry() == datetime(2029, 2, 28, tzinfo=JST)
