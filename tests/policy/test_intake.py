"""Which orders come in, and why one is missing: rules R6 and the diagnostics of R12."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from mallsync import Contact, Mall, Order, OrderKey, Payment, Period, Phase, Shipment, Unreadable
from mallsync.errors import AuthCause, AuthFailed, ConfigError, DecodeError, NotSent
from mallsync.model.codes import Reason, ReasonCode
from mallsync.model.period import JST
from mallsync.policy import intake
from mallsync.policy.intake import IntakeRule, decide
from mallsync.policy.missing import Clues, explain_missing

NOW = datetime(2026, 11, 22, 9, tzinfo=JST)
MERCARI, QOO10 = intake.RULES[Mall.MERCARI_SHOPS], intake.RULES[Mall.QOO10]


def order(status: str, phase: Phase, **more: Any) -> Order:
    """Return an order."""
    return Order(
        key=OrderKey("any", "demo", "1"),
        phase=phase,
        mall_status=status,
        ordered_at=NOW - timedelta(days=1),
        **more,
    )


SHIPPING = order("WAITING_FOR_SHIPPING", Phase.TO_SHIP)
UNPAID = order("WAITING_FOR_PAYMENT", Phase.UNPAID)


def codes(reasons: Any) -> list[str]:
    """Return the codes alone."""
    return [reason.code.value for reason in reasons]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (SHIPPING, []),
        (order("COMPLETED", Phase.DONE), []),
        (order("COMPLETING", Phase.DONE), []),
        (UNPAID, ["FETCH_UNPAID"]),
        (order("CANCELED", Phase.CANCELLED), ["FETCH_CANCELLED_BEFORE"]),
        (evolve(SHIPPING, cancelled_at=NOW), ["FETCH_CANCELLED_BEFORE"]),
        (order("CANCELING", Phase.TO_SHIP), ["FETCH_STATUS_NOT_ASKED"]),
        (order("NEW_ONE", Phase.UNKNOWN), ["FETCH_UNPAID"]),
        (order("NEW_ONE", Phase.UNKNOWN, paid_at=NOW), ["FETCH_STATUS_NOT_ASKED"]),
        (order("NEW_ONE", Phase.HELD, payment=Payment(paid_at=NOW)), ["FETCH_STATUS_NOT_ASKED"]),
    ],
)
def test_mercari_takes_in_what_is_paid_and_not_cancelled(told: Order, expected: list[str]) -> None:
    """発送前 and 完了; an unpaid one waits."""
    found = decide(told, MERCARI)

    assert codes(found.reasons) == expected
    assert found.comes_in is (not expected)
    assert found.waiting is (expected == ["FETCH_UNPAID"])
    assert (found.handling is None) is bool(expected)


def test_what_comes_in_lands_in_the_status_that_the_shop_chose() -> None:
    """新規受付 unless it says otherwise; the times are the store's."""
    own = evolve(MERCARI, landing_status="★確認待ち")
    landed, plain = decide(SHIPPING, own).handling, decide(SHIPPING, MERCARI).handling

    assert landed is not None
    assert plain is not None
    assert (plain.status, landed.status) == ("新規受付", "★確認待ち")
    assert (landed.created_at, landed.updated_at, landed.dispatches) == (None, None, ())


@given(st.sampled_from([None, Contact()]), st.booleans())
def test_a_paid_order_without_an_address_is_never_left_out(
    recipient: Contact | None, anonymous: bool
) -> None:
    """It is anonymous, and to be shipped like any other."""
    hidden = Shipment(id="1", recipient=recipient, anonymous=anonymous)
    for shipments in ((), (hidden,)):
        assert decide(evolve(SHIPPING, shipments=shipments), MERCARI).comes_in


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("2", []),
        ("3", ["FETCH_QOO10_SHIP_PLAN_SET"]),
        ("1", ["FETCH_STATUS_NOT_ASKED"]),
        ("4", ["FETCH_STATUS_NOT_ASKED"]),
    ],
)
def test_qoo10_takes_in_new_orders_and_names_the_trap(status: str, expected: list[str]) -> None:
    """A planned ship date moves an order on before it is fetched."""
    found = decide(order(status, Phase.TO_SHIP), QOO10)

    assert codes(found.reasons) == expected
    assert not found.waiting


@pytest.mark.parametrize("mall", [Mall.RAKUTEN, Mall.RAKUMA])
@pytest.mark.parametrize("phase", Phase)
def test_the_other_malls_take_in_everything(mall: str, phase: Phase) -> None:
    """A setting of the shop's narrows it."""
    told = order("any", phase)

    assert decide(told, intake.RULES[mall]).comes_in
    narrow = evolve(intake.RULES[mall], statuses=frozenset({"300"}))
    assert codes(decide(told, narrow).reasons) == ["FETCH_STATUS_NOT_ASKED"]


def test_the_window_reaches_back_to_midnight_in_japan() -> None:
    """Seven days, from 00:00."""
    found = intake.window(MERCARI, now=datetime(2026, 11, 21, 15, 30, tzinfo=UTC))

    assert found.start.isoformat() == "2026-11-15T00:00:00+09:00"
    assert found.end == datetime(2026, 11, 22, 0, 30, tzinfo=JST)


def test_the_intervals_are_those_of_the_field() -> None:
    """Rakuma ten minutes, Qoo10 thirty, the others fifteen."""
    minutes = {mall: rule.every / timedelta(minutes=1) for mall, rule in intake.RULES.items()}

    assert minutes == {"rakuten": 15, "mercari_shops": 15, "qoo10": 30, "rakuma": 10}
    assert {rule.days for rule in intake.RULES.values()} == {7}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"account_kind": "縦積み"}, r'^account_kind: .*write "1点もの"'),
        ({"account_kind": " 縦組み　"}, r"^account_kind"),
        ({"account_kind": "縦づみ"}, r"^account_kind"),
        ({"account_kind": None}, r"^account_kind is NoneType"),
        ({"days": -1}, r"^days is -1: write a whole number of days"),
        ({"days": True}, r"^days is True"),
        ({"days": 7.0}, r"^days is 7.0"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    """Orders of the 縦積み kind cannot be taken in at all."""
    with pytest.raises(ConfigError, match=says):
        IntakeRule(**wrong)


def test_what_is_no_rule_is_refused() -> None:
    """The message says where the rules are."""
    wrong: Any = "rakuma"
    with pytest.raises(ConfigError, match=r"^rule is str: write intake\.RULES\[mall\]"):
        decide(SHIPPING, wrong)
    with pytest.raises(ConfigError, match=r"^rule is str"):
        intake.window(wrong, now=NOW)


# ------------------------------------------------------------------------------ explain_missing


def refused(cause: AuthCause) -> AuthFailed:
    """Return the error of a mall that refused the credentials."""
    error = AuthFailed()
    error.cause = cause
    return error


def why(**clues: Any) -> list[str]:
    """Return the diagnostics for a shop of Mercari's."""
    return codes(explain_missing(Clues(**clues), rule=MERCARI, now=NOW))


@pytest.mark.parametrize(
    ("clues", "expected"),
    [
        ({}, []),
        ({"ordered_at": NOW - timedelta(days=1)}, []),
        ({"ordered_at": NOW - timedelta(days=8)}, ["FETCH_OUT_OF_WINDOW"]),
        ({"mall_status": "CANCELING"}, ["FETCH_STATUS_NOT_ASKED"]),
        ({"mall_status": "COMPLETED"}, []),
        ({"order": UNPAID}, ["FETCH_UNPAID"]),
        ({"order": SHIPPING, "mall_status": "CANCELING"}, []),
        (
            {"order": evolve(UNPAID, ordered_at=NOW - timedelta(days=30))},
            ["FETCH_OUT_OF_WINDOW", "FETCH_UNPAID"],
        ),
        (
            {"unreadable": Unreadable("1", None, DecodeError(code="UNREADABLE"))},
            ["FETCH_UNREADABLE"],
        ),
        ({"other_account_kind": True}, ["FETCH_ACCOUNT_KIND"]),
        (
            {
                "other_account_kind": True,
                "unreadable": Unreadable("1", None, DecodeError(code="KIND")),
            },
            ["FETCH_ACCOUNT_KIND"],
        ),
        ({"error": NotSent()}, []),
        ({"error": AuthFailed()}, []),
        ({"error": refused(AuthCause.WRONG)}, []),
        ({"error": refused(AuthCause.EXPIRED)}, ["CREDENTIAL_EXPIRED"]),
        ({"error": refused(AuthCause.CONSENT_EXPIRED)}, ["CREDENTIAL_EXPIRED"]),
        ({"error": refused(AuthCause.NOT_YET_ACTIVE)}, ["CREDENTIAL_NOT_YET_ACTIVE"]),
        ({"error": refused(AuthCause.NOT_PERMITTED)}, ["CREDENTIAL_NOT_PERMITTED"]),
        ({"error": refused(AuthCause.IP_NOT_ALLOWED)}, ["IP_NOT_ALLOWED"]),
        ({"credential_expires_at": NOW + timedelta(days=31)}, []),
        ({"credential_expires_at": NOW + timedelta(days=30)}, ["CREDENTIAL_EXPIRING"]),
        ({"credential_expires_at": NOW - timedelta(days=1)}, ["CREDENTIAL_EXPIRED"]),
        ({"expiry_known": False}, ["CREDENTIAL_NOTICE_OFF"]),
        ({"expiry_known": False, "credential_expires_at": NOW + timedelta(days=99)}, []),
        ({"events_approved": False}, ["EVENT_SERVICE_NOT_APPROVED"]),
    ],
)
def test_a_missing_order_is_explained_as_far_as_the_clues_go(
    clues: dict[str, Any], expected: list[str]
) -> None:
    """And no further: what is not known is not guessed."""
    assert why(**clues) == expected


def test_the_same_diagnosis_from_two_clues_is_told_with_both_values() -> None:
    """An expired key, by its error and by its date."""
    clues = Clues(error=refused(AuthCause.EXPIRED), credential_expires_at=NOW - timedelta(days=2))

    assert explain_missing(clues, rule=MERCARI, now=NOW) == (
        Reason(ReasonCode.CREDENTIAL_EXPIRED, ""),
        Reason(ReasonCode.CREDENTIAL_EXPIRED, "-2"),
    )


def test_the_day_of_the_order_is_told_in_japan() -> None:
    """And the period that was fetched counts, if one is given."""
    clues = Clues(ordered_at=datetime(2026, 11, 10, 15, 30, tzinfo=UTC))
    period = Period(NOW - timedelta(days=30), NOW)

    assert explain_missing(clues, rule=MERCARI, now=NOW)[0].detail == "2026-11-11"
    assert explain_missing(clues, rule=MERCARI, now=NOW, period=period) == ()


def test_clues_are_checked() -> None:
    """A naive time, or something else altogether."""
    wrong: Any = {"order": SHIPPING}
    with pytest.raises(ConfigError, match=r"^clues is dict: write missing\.Clues"):
        explain_missing(wrong, rule=MERCARI, now=NOW)
    with pytest.raises(ConfigError, match=r"^a time of Clues has no time zone"):
        Clues(ordered_at=datetime(2026, 11, 22))  # noqa: DTZ001 -- that it is naive is the point
