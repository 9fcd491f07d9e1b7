"""接続チェック: what two answers together say about a key."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mallsync.adapters.rakuten.auth import Credentials
from mallsync.adapters.rakuten.codec import KeyExpiry, Page, SearchOrders
from mallsync.adapters.rakuten.connection import check, expiry
from mallsync.errors import AuthCause, AuthFailed, MallError, NotSent, Throttled, Unavailable
from mallsync.model.writebacks import ConnectionReport
from mallsync.testing import ScriptedCaller
from tests.adapters.rakuten.made import NOW

TOLD = NOW + timedelta(days=60)
TYPED = NOW + timedelta(days=50)
EMPTY = Page((), 0, 0)


def credentials(expires_at: datetime | None = TYPED) -> Credentials:
    """Return a key, with its end typed in."""
    return Credentials(service_secret="SP_x", license_key="SL_y", expires_at=expires_at)


def refusal(cause: AuthCause = AuthCause.WRONG) -> AuthFailed:
    """Return a refusal as the engine explains it."""
    error = AuthFailed(mall="rakuten", operation="searchOrder", code="GA0001")
    error.cause = cause
    return error


def report(search: object, *licence: object) -> tuple[ConnectionReport, ScriptedCaller]:
    """Check against the two answers."""
    caller = ScriptedCaller([("searchOrder", search)])
    caller.script += [("license-key/expiry-date", one) for one in licence]
    found = check(caller, credentials(), NOW)

    assert [] == caller.script
    return found, caller


def test_a_connection_that_works_is_ok_with_the_keys_end() -> None:
    """The orders come and the licence API answers."""
    found, caller = report(EMPTY, TOLD)

    assert (True, None, TOLD) == (found.ok, found.cause, found.expires_at)
    search, licence = caller.asked
    assert isinstance(search, SearchOrders)
    assert (timedelta(seconds=1), 1) == (search.period.length, search.size)
    assert licence == KeyExpiry("SL_y")


def test_a_connection_works_without_the_licence_api() -> None:
    """The shop is told how to be warned of the key's end; the typed date stands in."""
    found, _ = report(EMPTY, refusal())

    assert (True, None, TYPED) == (found.ok, found.cause, found.expires_at)
    assert "license.expiryDate.get" in found.hint("ja")
    assert "license.expiryDate.get" in found.hint("en")


@pytest.mark.parametrize("error", [Unavailable(), Throttled()])
def test_an_outage_of_the_licence_api_is_no_missing_function(error: MallError) -> None:
    """The connection works; nothing is said of a function that may well be switched on."""
    found, _ = report(EMPTY, error)

    assert (True, TYPED) == (found.ok, found.expires_at)
    assert "license.expiryDate.get" not in found.hint("en")


def test_a_new_key_that_opens_only_the_licence_api_is_not_active_yet() -> None:
    """Functions follow one after another: nobody is told to issue a newer key still."""
    error = refusal()
    error.cause = AuthCause.NOT_YET_ACTIVE
    found, _ = report(error, TOLD)

    assert (False, AuthCause.NOT_YET_ACTIVE, TOLD) == (found.ok, found.cause, found.expires_at)


def test_a_key_that_opens_only_the_licence_api_is_not_permitted() -> None:
    """The key is good and does not cover orders: a new key is needed."""
    found, _ = report(refusal(), TOLD)

    assert (False, AuthCause.NOT_PERMITTED, TOLD) == (found.ok, found.cause, found.expires_at)
    assert "新しいキーを発行" in found.hint("ja")
    assert "issue a new key" in found.hint("en")


@pytest.mark.parametrize("cause", [AuthCause.WRONG, AuthCause.EXPIRED, AuthCause.NOT_YET_ACTIVE])
@pytest.mark.parametrize("licence", [refusal(), Unavailable()])
def test_a_key_that_opens_nothing_is_refused_for_its_own_cause(
    cause: AuthCause, licence: MallError
) -> None:
    """What the key's dates tell is told."""
    search = refusal(cause)
    found, _ = report(search, licence)

    assert (False, cause, TYPED) == (found.ok, found.cause, found.expires_at)
    assert search.hint("ja") == found.hint("ja")


@pytest.mark.parametrize("error", [NotSent(), Unavailable(), Throttled()])
def test_a_mall_that_cannot_be_reached_says_nothing_about_the_key(error: MallError) -> None:
    """The second call is spared, and no cause is made up."""
    found, _ = report(error)

    assert (False, None, TYPED) == (found.ok, found.cause, found.expires_at)
    assert (error.hint("ja"), error.hint("en")) == (found.hint("ja"), found.hint("en"))


def test_the_malls_word_on_the_keys_end_comes_first() -> None:
    """What was typed in may be out of date."""
    caller = ScriptedCaller([("license-key/expiry-date", TOLD)])

    assert TOLD == expiry(caller, credentials())


def test_the_typed_end_stands_in_where_the_licence_api_refuses() -> None:
    """The function is one of its own, and may be off."""
    caller = ScriptedCaller([("license-key/expiry-date", refusal())])

    assert TYPED == expiry(caller, credentials())


def test_without_a_typed_end_the_refusal_is_raised() -> None:
    """Nothing is made up."""
    caller = ScriptedCaller([("license-key/expiry-date", refusal())])
    with pytest.raises(AuthFailed):
        expiry(caller, credentials(None))


def test_an_outage_is_raised_even_with_a_typed_end() -> None:
    """Asking again later may help: the typed date would hide that."""
    caller = ScriptedCaller([("license-key/expiry-date", Unavailable())])
    with pytest.raises(Unavailable):
        expiry(caller, credentials())
