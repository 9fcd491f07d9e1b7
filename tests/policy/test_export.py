"""May this be reported now: the worked examples of R11, and what a decision says."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from attrs import frozen

from mallsync import Dispatch, Handling, HostStatus, Mall, Order, OrderKey, Period, Phase, Shipment
from mallsync.errors import ConfigError
from mallsync.model.codes import CODES, CodeKind, Reason, ReasonCode
from mallsync.model.period import JST
from mallsync.policy import export
from mallsync.policy.conventions import CONVENTIONS
from mallsync.policy.export import (
    Decision,
    ExportRule,
    Facts,
    Flip,
    PeriodBasis,
    PeriodUse,
    Simulation,
    decide,
    decide_facts,
    simulate,
    tracking_exempt,
)

TODAY = date(2026, 11, 22)
TOMORROW = date(2026, 11, 23)
RULE = export.RULES[Mall.RAKUTEN]
RAKUMA, MERCARI, QOO10 = (
    export.RULES[mall] for mall in (Mall.RAKUMA, Mall.MERCARI_SHOPS, Mall.QOO10)
)
FILLED = "000011112222"

DATE_MISSING, DATE_FUTURE = ReasonCode.SHIP_DATE_MISSING, ReasonCode.SHIP_DATE_FUTURE
NO_NUMBER, EXCLUDED = ReasonCode.TRACKING_MISSING, ReasonCode.STATUS_EXCLUDED
UNPAID, CUSTOM = ReasonCode.STATUS_UNPAID, ReasonCode.STATUS_CUSTOM
NEAR, OUTSIDE = ReasonCode.NEAR_MISS_EXEMPTION, ReasonCode.OUT_OF_PERIOD


def order(*shipments: Shipment) -> Order:
    """Return an order with these shipments; with one, if none is given."""
    return Order(
        key=OrderKey("rakuten", "demo", "999003-1"),
        phase=Phase.TO_SHIP,
        mall_status="300",
        ordered_at=datetime(2026, 11, 20, tzinfo=JST),
        shipments=shipments or (Shipment(id="1"),),
    )


def handling(status: str = HostStatus.TO_SHIP, *dispatches: Dispatch) -> Handling:
    """Return what the shop says."""
    return Handling(status=status, dispatches=dispatches)


def dispatch(
    day: date | None = TODAY, number: str = FILLED, carrier: str = "ヤマト運輸", *methods: str
) -> Dispatch:
    """Return a dispatch for the only shipment."""
    return Dispatch(
        ship_date=day, tracking_number=number, carrier=carrier, delivery_methods=frozenset(methods)
    )


class OwnDate(date):
    """A day as another library has it."""


def codes(reasons: Any) -> list[ReasonCode]:
    """Return the codes alone."""
    return [reason.code for reason in reasons]


# rules R11: number, status, dispatch, reasons, warnings. Rows 15 and 16 have tests of their own.
ROWS: list[tuple[int, str, Dispatch, list[ReasonCode], list[ReasonCode]]] = [
    (1, "発送待ち", dispatch(), [], []),
    (2, "発送待ち", dispatch(TOMORROW), [DATE_FUTURE], []),
    (3, "発送待ち", dispatch(None), [DATE_MISSING], []),
    (4, "発送待ち", dispatch(TODAY, "", "日本郵便", "定形外"), [], []),
    (5, "発送待ち", dispatch(TODAY, "", "ゆうパック", "メール便"), [NO_NUMBER], []),
    (6, "発送待ち", dispatch(TODAY, "", "佐川急便", "メール便"), [], []),
    (7, "発送待ち", dispatch(TODAY, "", "佐川急便", "定形外"), [NO_NUMBER], []),
    (8, "発送待ち", dispatch(TOMORROW, "", "日本郵便", "定形外"), [DATE_FUTURE], []),
    (9, "保留", dispatch(None, ""), [EXCLUDED, DATE_MISSING, NO_NUMBER], []),
    (10, "発送前入金待ち", dispatch(), [], [UNPAID]),
    (11, "★宅急便", dispatch(), [], [CUSTOM]),
    (12, "発送待ち", dispatch(date(2026, 11, 21), "", "日本郵便", "メール便", "速達"), [], []),
    (13, "発送待ち", dispatch(TODAY, "　", "佐川急便"), [NO_NUMBER], []),
    (14, "発送待ち", dispatch(TODAY, "", "日本郵便", "レターパックライト"), [NO_NUMBER], [NEAR]),
]


@pytest.mark.parametrize("rule", [RULE, RAKUMA, MERCARI])
@pytest.mark.parametrize(("row", "status", "sent", "reasons", "warnings"), ROWS)
def test_the_worked_examples_come_out_as_the_rules_say(
    row: int,
    status: str,
    sent: Dispatch,
    reasons: list[ReasonCode],
    warnings: list[ReasonCode],
    rule: ExportRule,
) -> None:
    """Rows 1 to 14 of R11 against three malls' rules, every reason in the fixed order."""
    decision = decide(order(), handling(status, sent), rule=rule, today=TODAY)

    assert reasons == codes(decision.reasons), row
    assert warnings == codes(decision.warnings), row
    assert decision.eligible is (not reasons)


def test_an_order_that_was_updated_after_the_period_is_outside() -> None:
    """Row 15: the period ends with the 20th, the host's last update is of the 21st."""
    told = Handling(
        status="発送待ち",
        dispatches=(dispatch(),),
        updated_at=datetime(2026, 11, 21, 9, tzinfo=JST),
    )
    period = Period.days(date(2026, 11, 1), date(2026, 11, 20))
    for rule in export.MANUAL_RULES.values():
        decision = decide(order(), told, rule=rule, today=TODAY, period=period)
        assert decision.reasons == (Reason(OUTSIDE, "2026-11-21"),)
        assert decision.change("ja") == "2026-11-21を含む期間にする"


def test_the_day_is_the_one_in_japan() -> None:
    """Row 16: at 15:30 UTC of the 21st the host's today is the 22nd in Japan."""
    moment = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    sent = handling(HostStatus.TO_SHIP, dispatch(TODAY))

    assert decide(order(), sent, rule=RULE, today=moment.astimezone(JST).date()).eligible
    assert not decide(order(), sent, rule=RULE, today=moment.date()).eligible


# ---------------------------------------------------------------------------------------- statuses


@pytest.mark.parametrize("status", ["新規受付", "保留", "キャンセル"])
@pytest.mark.parametrize("written", ["{}", " {}　", "　{}\n"])
def test_the_excluded_statuses_are_compared_after_folding(status: str, written: str) -> None:
    """Blanks around a status, wide ones too, make no difference."""
    told = handling(written.format(status), dispatch())
    decision = decide(order(), told, rule=RULE, today=TODAY)

    assert [EXCLUDED] == codes(decision.reasons)
    assert [] == codes(decision.warnings)
    assert status in decision.explain("ja")


@pytest.mark.parametrize("status", ["ｷｬﾝｾﾙ", "キャンセル"])
def test_half_width_kana_is_the_same_status(status: str) -> None:
    """Hosts store what people type."""
    assert [EXCLUDED] == codes(
        decide(order(), handling(status, dispatch()), rule=RULE, today=TODAY).reasons
    )


@pytest.mark.parametrize(
    ("status", "warnings"),
    [
        ("発送待ち", []),
        ("発送後入金待ち", []),
        ("処理済", []),
        ("受注処理中", []),
        ("発送前入金待ち", [UNPAID]),
        ("保留中", [CUSTOM]),
        ("", [CUSTOM]),
    ],
)
def test_every_other_status_passes(status: str, warnings: list[ReasonCode]) -> None:
    """The shop's own names pass with a warning; part of an excluded name is another name."""
    decision = decide(order(), handling(status, dispatch()), rule=RULE, today=TODAY)

    assert decision.eligible
    assert warnings == codes(decision.warnings)


# ---------------------------------------------------------------------------------------- exemption


_METHODS = ("定形外", "レターパック", "メール便", "宅急便")

# the table of R2.4: carrier, then exempt or not for each of the methods above
_EXEMPT = {
    "日本郵便": (True, True, True, False),
    "ゆうパック": (True, True, False, False),
    "佐川急便": (False, False, True, False),
    "ヤマト運輸": (False, False, False, False),
    "": (False, False, False, False),
}


@pytest.mark.parametrize(("carrier", "row"), _EXEMPT.items())
def test_the_exemption_table_is_that_of_the_rules(carrier: str, row: tuple[bool, ...]) -> None:
    """Carrier and method together need no number, or do."""
    assert row == tuple(tracking_exempt(carrier, {method}, rule=RULE) for method in _METHODS)
    assert not tracking_exempt(carrier, (), rule=RULE)


def test_one_exempt_method_among_others_is_enough() -> None:
    """Methods are check boxes: any pair that is exempt lifts the need for a number."""
    assert tracking_exempt("日本郵便", ["速達", "定形外"], rule=RULE)


@pytest.mark.parametrize("carrier", [" 日本郵便 ", "日本郵便　"])
@pytest.mark.parametrize("method", ["メール便", " ﾒｰﾙ便", "メール便　"])
def test_names_of_an_exemption_match_after_folding(carrier: str, method: str) -> None:
    """Half-width kana and blanks make no difference."""
    assert tracking_exempt(carrier, {method}, rule=RULE)


@pytest.mark.parametrize("method", ["レターパックプラス", "定形外郵便", "ゆうメール"])
def test_a_variant_of_a_method_is_not_exempt(method: str) -> None:
    """Names match exactly: what only resembles one needs a number."""
    assert not tracking_exempt("日本郵便", {method}, rule=RULE)


@pytest.mark.parametrize("blank", ["", " ", "　", ",", " ， "])
def test_a_blank_number_is_no_number(blank: str) -> None:
    """A lone comma is blank as well."""
    told = handling(HostStatus.TO_SHIP, dispatch(TODAY, blank))

    assert [NO_NUMBER] == codes(decide(order(), told, rule=RULE, today=TODAY).reasons)


# ------------------------------------------------------------------------------------ per shipment


TWO = order(Shipment(id="1"), Shipment(id="2"))


def test_each_shipment_has_a_decision_of_its_own() -> None:
    """One may go while the other waits: the rule of Rakuten lets a plan take it alone."""
    told = handling(
        HostStatus.TO_SHIP,
        Dispatch(shipment_id="2", ship_date=TOMORROW),
        Dispatch(shipment_id="1", ship_date=TODAY, tracking_number=FILLED),
    )
    decision = decide(TWO, told, rule=RULE, today=TODAY)

    assert [("1", True), ("2", False)] == [
        (one.shipment_id, one.eligible) for one in decision.shipments
    ]
    assert [DATE_FUTURE, NO_NUMBER] == codes(decision.shipments[1].reasons)
    assert not decision.eligible
    assert RULE.independent_shipments


def test_an_order_goes_when_each_of_its_shipments_does() -> None:
    """Both are filled in."""
    told = handling(
        HostStatus.TO_SHIP,
        *[
            Dispatch(shipment_id=ident, ship_date=TODAY, tracking_number=FILLED)
            for ident in ("1", "2")
        ],
    )

    assert decide(TWO, told, rule=RULE, today=TODAY).eligible


def test_the_dispatch_of_another_shipment_is_not_that_of_the_only_one() -> None:
    """What was typed for a shipment that is gone says nothing of the one that is left."""
    sent = Dispatch(shipment_id="7", ship_date=TODAY, tracking_number=FILLED)
    decision = decide(order(), handling("発送待ち", sent), rule=RULE, today=TODAY)

    assert [DATE_MISSING, NO_NUMBER] == codes(decision.reasons)


def test_the_only_shipment_has_the_reasons_of_its_order() -> None:
    """Also where a value of it is told."""
    late = dispatch(TOMORROW, "", "日本郵便")
    decision = decide(order(), handling("保留", late), rule=RULE, today=TODAY)
    (only,) = decision.shipments

    assert only.shipment_id == ""
    assert only.reasons == decision.reasons
    assert decision.reasons[-1].choices == ("メール便", "レターパック", "定形外")


def test_an_unnamed_dispatch_serves_the_only_shipment_alone() -> None:
    """With two shipments nobody knows which it means."""
    told = handling(HostStatus.TO_SHIP, dispatch())

    assert decide(order(), told, rule=RULE, today=TODAY).eligible
    assert [DATE_MISSING, NO_NUMBER] == codes(decide(TWO, told, rule=RULE, today=TODAY).reasons)


def test_a_cancelled_shipment_is_not_decided_about() -> None:
    """What was taken out of the order neither goes nor holds the others back."""
    one_left = order(Shipment(id="1", cancelled=True), Shipment(id="2"))
    decision = decide(one_left, handling("発送待ち", dispatch()), rule=RULE, today=TODAY)

    assert [""] == [one.shipment_id for one in decision.shipments]
    assert decision.eligible


@pytest.mark.parametrize(
    ("status", "expected"), [("発送待ち", [DATE_MISSING]), ("保留", [EXCLUDED, DATE_MISSING])]
)
def test_an_order_without_a_live_shipment_never_goes(
    status: str, expected: list[ReasonCode]
) -> None:
    """There is nothing that could have been shipped."""
    empty = order(Shipment(id="1", cancelled=True))
    decision = decide(empty, handling(status, dispatch()), rule=RULE, today=TODAY)

    assert () == decision.shipments
    assert expected == codes(decision.reasons)


def test_a_reason_of_several_shipments_is_told_once() -> None:
    """Two shipments without a date make one sentence; two dates make two, the earlier first."""
    bare = decide(TWO, handling(), rule=RULE, today=TODAY)
    told = handling(
        HostStatus.TO_SHIP,
        Dispatch(shipment_id="1", ship_date=date(2026, 12, 24), tracking_number=FILLED),
        Dispatch(shipment_id="2", ship_date=TOMORROW, tracking_number=FILLED),
    )
    dated = decide(TWO, told, rule=RULE, today=TODAY)

    assert [DATE_MISSING, NO_NUMBER] == codes(bare.reasons)
    assert ["2026-11-23", "2026-12-24"] == [reason.detail for reason in dated.reasons]


_ORDERED = """
from datetime import date
from mallsync.model.codes import ReasonCode
from mallsync.model.codes import Reason
from mallsync.policy.decision import in_order
days = [Reason(ReasonCode.SHIP_DATE_FUTURE, f"2026-12-{day}") for day in range(10, 28)]
print([reason.detail for reason in in_order(days)])
"""


def test_the_order_of_reasons_is_the_same_in_every_process() -> None:
    """Text hashes differently in each process; a decision must not."""
    said = {
        subprocess.run(
            [sys.executable, "-c", _ORDERED],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(said) == 1


# ---------------------------------------------------------------------------------------- in words


def test_a_decision_explains_itself_in_both_languages() -> None:
    """Every reason is in the sentence, with its detail."""
    decision = decide(order(), handling("保留", dispatch(TOMORROW, "")), rule=RULE, today=TODAY)

    assert decision.explain("ja") == (
        "報告できません: 対象外のステータスです (保留); 出荷日が未来です (2026-11-23); "
        "お荷物伝票番号が未入力です"
    )
    assert decision.explain() == (
        "may not be reported: the status is excluded (保留); the ship date lies ahead "
        "(2026-11-23); no tracking number"
    )


def test_an_eligible_decision_says_so_with_its_warnings() -> None:
    """A warning is told where nothing speaks against it."""
    plain = decide(order(), handling("発送待ち", dispatch()), rule=RULE, today=TODAY)
    warned = decide(order(), handling("★宅急便", dispatch()), rule=RULE, today=TODAY)

    assert (plain.explain("ja"), plain.explain("en")) == ("報告できます", "may be reported")
    assert warned.explain("ja") == "報告できます: 独自ステータスです (★宅急便)"
    assert warned.explain("en") == "may be reported: a status of the shop's own (★宅急便)"


def test_a_language_that_is_not_spoken_is_refused() -> None:
    """Only Japanese and English are known."""
    decision = decide(order(), handling(), rule=RULE, today=TODAY)
    with pytest.raises(ConfigError, match='write "ja" or "en"'):
        decision.explain("fr")


def test_every_code_has_its_text_in_both_languages() -> None:
    """No code is without words, and none stands twice."""
    assert list(ReasonCode) == list(CODES)
    for code in ReasonCode:
        assert CODES[code].text.ja
        assert CODES[code].text.en
    assert len({code.text.ja for code in CODES.values()}) == len(CODES)


def test_only_reasons_make_ineligible() -> None:
    """The first five codes are reasons; a value equals its name."""
    kinds = [CODES[code].kind for code in ReasonCode]

    assert [CodeKind.REASON] * 5 == kinds[:5]
    assert CodeKind.REASON not in kinds[5:]
    assert all(code.value == code.name for code in ReasonCode)


# -------------------------------------------------------------------------------------- the rule


def test_a_rule_is_data_that_a_host_can_replace() -> None:
    """Its names are folded once, as those that they are compared with."""
    own = ExportRule(
        excluded_statuses=frozenset({" ﾃｽﾄ "}), exempt_pairs=frozenset({("見本便", " ﾎﾟｽﾄ ")})
    )
    told = handling("テスト", dispatch(TODAY, "", "見本便", "ポスト"))

    assert [EXCLUDED] == codes(decide(order(), told, rule=own, today=TODAY).reasons)
    assert not own.independent_shipments


@pytest.mark.parametrize("wrong", [None, "rakuten", CONVENTIONS[Mall.RAKUTEN]])
def test_what_is_no_rule_is_refused(wrong: Any) -> None:
    """The message says where the rules are."""
    with pytest.raises(ConfigError, match=r"^rule: write export\.RULES"):
        decide(order(), handling(), rule=wrong, today=TODAY)


@pytest.mark.parametrize("wrong", [None, "2026-11-22", datetime(2026, 11, 22, tzinfo=JST)])
@pytest.mark.parametrize(
    "sent", [(), (dispatch(),), (dispatch(None),), (dispatch(OwnDate(2026, 11, 22)),)]
)
def test_today_is_a_day(wrong: Any, sent: tuple[Dispatch, ...]) -> None:
    """Dates are compared, never moments; it matters not with what."""
    with pytest.raises(ConfigError, match=f"^today is {type(wrong).__name__}: write a date"):
        decide(order(), handling("発送待ち", *sent), rule=RULE, today=wrong)


def test_a_decision_without_shipments_and_reasons_may_stand_alone() -> None:
    """The values are plain: what is not given is empty."""
    assert Decision(()).eligible


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"excluded_statuses": "保留"}, "excluded_statuses"),
        ({"excluded_statuses": {3}}, "excluded_statuses"),
        ({"exempt_pairs": {"日本郵便"}}, "exempt_pairs"),
        ({"exempt_pairs": 3}, "exempt_pairs"),
        ({"synonyms": {"ゆうメール"}}, "synonyms"),
        ({"synonyms": {"ゆうメール": None}}, "synonyms"),
        ({"needs_tracking": "false"}, "needs_tracking"),
        ({"period": "SOMETIMES"}, "REQUIRED, IF_GIVEN, IGNORED"),
        ({"basis": None}, "UPDATED, CREATED, ORDERED"),
        ({"last_days": -1}, "last_days"),
        ({"last_days": True}, "last_days"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    """The message names the field and says what to write."""
    with pytest.raises(ConfigError, match=says):
        ExportRule(**{"excluded_statuses": frozenset(), **wrong})


def test_a_rule_may_need_no_number_and_no_date() -> None:
    """Each need is a switch of its own."""
    told = handling("発送待ち", dispatch(None, ""))
    for needs_number, needs_date in ((True, False), (False, True), (False, False)):
        rule = ExportRule(
            excluded_statuses=frozenset(),
            needs_tracking=needs_number,
            needs_ship_date=needs_date,
        )
        expected = [DATE_MISSING] * needs_date + [NO_NUMBER] * needs_number
        late = handling("発送待ち", dispatch(TOMORROW))
        assert expected == codes(decide(order(), told, rule=rule, today=TODAY).reasons)
        assert decide(order(), late, rule=rule, today=TODAY).eligible is not needs_date


@frozen(kw_only=True)
class OwnRule(ExportRule):
    """A rule of a host that says more of it."""

    _note: str = ""


def pickled(rule: ExportRule) -> ExportRule:
    """Return it as another process gets it."""
    again: ExportRule = pickle.loads(pickle.dumps(rule))  # noqa: S301 -- our own
    return again


@pytest.mark.parametrize("carried", [pickled, copy.copy, copy.deepcopy])
def test_a_rule_decides_alike_in_another_process(
    carried: Callable[[ExportRule], ExportRule],
) -> None:
    """It is a value: what it has worked out is worked out there again."""
    assert OwnRule(excluded_statuses=frozenset(), note="見本") == carried(
        OwnRule(excluded_statuses=frozenset(), note="見本")
    )
    rule = carried(RAKUMA)
    assert rule == RAKUMA
    for status in ("発送待ち", "★宅急便", "★定形外"):
        told = handling(status, dispatch(TODAY, "", "佐川急便"))
        before = decide(order(), told, rule=RAKUMA, today=TODAY)

        assert before == decide(order(), told, rule=rule, today=TODAY)


def test_a_rule_does_not_grow_with_what_shops_type() -> None:
    """Carriers and methods are free text: those that were met are not all remembered."""
    rule = ExportRule(excluded_statuses=frozenset())
    for carrier in map(str, range(3000)):
        sent = handling("発送待ち", dispatch(TODAY, "", carrier))
        assert not decide(order(), sent, rule=rule, today=TODAY).eligible

    assert len(rule.lacking) <= 1024


def test_equal_rules_are_equal_and_hash_alike() -> None:
    """A rule is a value: it may be a key."""
    one, other = (ExportRule(excluded_statuses=frozenset({"保留"})) for _ in range(2))

    assert one == other
    assert len({one, other}) == 1


@pytest.mark.parametrize("near", ["レターパックライト", "ﾚﾀｰﾊﾟｯｸﾗｲﾄ", " レターパックライト　"])
def test_a_shop_can_let_a_variant_count(near: str) -> None:
    """The table of spellings is off by default, and replaceable (R2.6)."""
    lenient = ExportRule(excluded_statuses=frozenset(), synonyms=export.NEAR_MISSES)
    told = handling("発送待ち", dispatch(TODAY, "", "日本郵便", near))

    assert decide(order(), told, rule=lenient, today=TODAY).eligible
    assert tracking_exempt("日本郵便", {near}, rule=lenient)
    strict = decide(order(), told, rule=RAKUMA, today=TODAY)
    assert strict.warnings == (Reason(NEAR, "レターパックライト → レターパック"),)


@pytest.mark.parametrize(
    ("carrier", "method"), [("佐川急便", "レターパックライト"), ("", "ゆうメール")]
)
def test_a_variant_that_would_not_be_exempt_gives_no_hint(carrier: str, method: str) -> None:
    """The hint is given only where the mapped name would be exempt with that carrier."""
    told = handling("発送待ち", dispatch(TODAY, "", carrier, method))

    assert () == decide(order(), told, rule=RAKUMA, today=TODAY).warnings


# ---------------------------------------------------------------------------------- smallest change


@pytest.mark.parametrize(
    ("sent", "ja", "en"),
    [
        (dispatch(), "", ""),
        (dispatch(date(2026, 12, 1)), "2026-12-01になるのを待つ", "on 2026-12-01"),
        (dispatch(None), "出荷日を本日以前で入力する", "with a ship date, today or before"),
        (dispatch(TODAY, ""), "お荷物伝票番号を入力する", "with a tracking number"),
        (
            dispatch(TODAY, "", "佐川急便", "定形外"),
            "お荷物伝票番号を入力する、または配送方法をメール便にする (佐川急便)",
            "with a tracking number, or メール便 by 佐川急便",
        ),
    ],
)
def test_a_decision_says_the_smallest_change(sent: Dispatch, ja: str, en: str) -> None:
    """What would make it eligible, in one line (R2.8)."""
    decision = decide(order(), handling("発送待ち", sent), rule=RAKUMA, today=TODAY)

    assert (ja, en) == (decision.change("ja"), decision.change("en"))


def test_several_changes_are_told_once_each() -> None:
    """Two shipments that lack the same lack it in one sentence."""
    decision = decide(TWO, handling("保留"), rule=RAKUMA, today=TODAY)

    assert decision.change("en") == (
        "with another status than 保留; with a ship date, today or before; with a tracking number"
    )


# ------------------------------------------------------------------------------------------ periods


NOVEMBER = Period.days(date(2026, 11, 1), date(2026, 11, 20))
INSIDE, AFTER = datetime(2026, 11, 20, 23, 59, tzinfo=JST), datetime(2026, 11, 21, tzinfo=JST)


def facts(**more: Any) -> Facts:
    """Return facts that pass every rule but for their times."""
    return Facts(**{"status": "発送待ち", "ship_date": TODAY, "tracking_number": FILLED, **more})


@pytest.mark.parametrize(
    ("basis", "times", "passes"),
    [
        (PeriodBasis.UPDATED, {"updated_at": INSIDE}, True),
        (PeriodBasis.UPDATED, {"updated_at": AFTER}, False),
        (PeriodBasis.UPDATED, {"updated_at": AFTER, "created_at": INSIDE}, False),
        (PeriodBasis.UPDATED, {"created_at": INSIDE}, True),
        (PeriodBasis.UPDATED, {"ordered_at": INSIDE}, False),
        (PeriodBasis.CREATED, {"created_at": INSIDE, "updated_at": AFTER}, True),
        (PeriodBasis.CREATED, {"updated_at": INSIDE}, False),
        (PeriodBasis.ORDERED, {"ordered_at": INSIDE, "updated_at": AFTER}, True),
        (PeriodBasis.ORDERED, {"updated_at": INSIDE}, False),
    ],
)
def test_the_basis_of_the_period_is_part_of_the_rule(
    basis: PeriodBasis, times: dict[str, datetime], passes: bool
) -> None:
    """The host's last update, or its creation where there is none; creation; or the order."""
    rule = ExportRule(excluded_statuses=frozenset(), period=PeriodUse.REQUIRED, basis=basis)
    decision = decide_facts(facts(**times), rule=rule, today=TODAY, period=NOVEMBER)

    assert decision.eligible is passes
    assert passes or [OUTSIDE] == codes(decision.reasons)


def test_a_record_without_a_date_is_outside_every_period() -> None:
    """And the change that it needs is told."""
    decision = decide_facts(
        facts(), rule=export.MANUAL_RULES["rakuma"], today=TODAY, period=NOVEMBER
    )

    assert decision.reasons == (Reason(OUTSIDE, "no_date"),)
    assert decision.change("ja") == "最終更新日時を記録する"
    assert decision.change("en") == "with the time of its last update"


@pytest.mark.parametrize("mall", export.MANUAL_RULES)
def test_a_manual_rule_needs_a_period(mall: str) -> None:
    """Before anything is decided."""
    with pytest.raises(ConfigError, match=r"^this rule needs a period: write period=Period\.days"):
        decide(order(), handling(), rule=export.MANUAL_RULES[mall], today=TODAY)
    with pytest.raises(ConfigError, match=r"Period\.days"):
        decide_facts(facts(), rule=export.MANUAL_RULES[mall], today=TODAY)


def test_a_period_is_a_period() -> None:
    """A pair of dates is not."""
    wrong: Any = (TODAY, TOMORROW)
    with pytest.raises(ConfigError, match=r"^period is tuple: write Period\.days"):
        decide(order(), handling(), rule=RAKUMA, today=TODAY, period=wrong)


def test_the_automatic_rule_of_mercari_ignores_a_period_and_says_so() -> None:
    """It has none (R2.1)."""
    decision = decide_facts(facts(updated_at=AFTER), rule=MERCARI, today=TODAY, period=NOVEMBER)

    assert decision.eligible
    assert [ReasonCode.PERIOD_IGNORED] == codes(decision.warnings)


def test_the_automatic_rule_of_rakuma_applies_a_period_only_if_given() -> None:
    """Without one every time passes."""
    assert decide_facts(facts(updated_at=AFTER), rule=RAKUMA, today=TODAY).eligible
    decision = decide_facts(facts(updated_at=AFTER), rule=RAKUMA, today=TODAY, period=NOVEMBER)
    assert decision.reasons == (Reason(OUTSIDE, "2026-11-21"),)


# ------------------------------------------------------------------------------------------- Qoo10


@pytest.mark.parametrize(
    ("updated", "passes"),
    [
        (datetime(2026, 11, 22, 23, 59, tzinfo=JST), True),
        (datetime(2026, 11, 21, 0, 0, tzinfo=JST), True),
        (datetime(2026, 11, 20, 23, 59, tzinfo=JST), False),
        (datetime(2026, 11, 20, 15, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 0, 0, tzinfo=JST), False),
    ],
)
def test_qoo10_takes_what_was_updated_today_or_yesterday(updated: datetime, passes: bool) -> None:
    """In Japan, whatever the ship date and the number."""
    told = Handling(status="保留", updated_at=updated)
    decision = decide(order(), told, rule=QOO10, today=TODAY)

    assert decision.eligible is passes
    assert passes or [OUTSIDE] == codes(decision.reasons)


@pytest.mark.parametrize(
    ("status", "passes"), [("新規受付", False), ("キャンセル", False), ("保留", True)]
)
def test_qoo10_excludes_two_statuses(status: str, passes: bool) -> None:
    """保留 passes there, automatically and by hand."""
    now = datetime(2026, 11, 22, 9, tzinfo=JST)
    told = Facts(status=status, updated_at=now)
    by_hand = decide_facts(
        told,
        rule=export.MANUAL_RULES[Mall.QOO10],
        today=date(2027, 1, 1),
        period=Period.days(TODAY, TODAY),
    )

    assert decide_facts(told, rule=QOO10, today=TODAY).eligible is passes
    assert by_hand.eligible is passes


# ------------------------------------------------------------------------------------------- facts


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"status": None}, "^status is NoneType: write text"),
        ({"ship_date": datetime(2026, 11, 22, tzinfo=JST)}, "^ship_date is datetime: write a date"),
        ({"ship_date": "2026-11-22"}, "^ship_date is str"),
        ({"updated_at": datetime(2026, 11, 22)}, "^a time of Facts has no time zone"),  # noqa: DTZ001 -- that it is naive is the point
        ({"created_at": "2026-11-22"}, "^a time of Facts is str"),
        ({"delivery_methods": "定形外"}, "set of names"),
        ({"tracking_number": 12}, "^tracking_number is int"),
        ({"carrier": None}, "^carrier is NoneType"),
    ],
)
def test_facts_of_a_wrong_type_are_refused(wrong: dict[str, Any], says: str) -> None:
    """The message names the field and says what to write instead."""
    with pytest.raises(ConfigError, match=says):
        facts(**wrong)


def test_a_carrier_is_text() -> None:
    """And methods are a set of names."""
    wrong: Any = None
    with pytest.raises(ConfigError, match=r"^carrier is NoneType"):
        tracking_exempt(wrong, {"定形外"}, rule=RULE)
    with pytest.raises(ConfigError, match="set of names"):
        tracking_exempt("日本郵便", "定形外", rule=RULE)


def test_what_is_no_facts_is_refused() -> None:
    """A dict, say."""
    wrong: Any = {"status": "発送待ち"}
    with pytest.raises(ConfigError, match=r"^facts is dict: write export\.Facts"):
        decide_facts(wrong, rule=RAKUMA, today=TODAY)


@pytest.mark.parametrize(("row", "status", "sent", "reasons", "warnings"), ROWS)
def test_facts_and_orders_are_decided_alike(
    row: int,
    status: str,
    sent: Dispatch,
    reasons: list[ReasonCode],
    warnings: list[ReasonCode],
) -> None:
    """The same rule on a host's own record."""
    told = Facts(
        status=status,
        ship_date=sent.ship_date,
        tracking_number=sent.tracking_number,
        carrier=sent.carrier,
        delivery_methods=sent.delivery_methods,
    )
    decision = decide_facts(told, rule=RAKUMA, today=TODAY)

    assert decision == decide(order(), handling(status, sent), rule=RAKUMA, today=TODAY), row
    assert (reasons, warnings) == (codes(decision.reasons), codes(decision.warnings))


# ---------------------------------------------------------------------------------------- simulate


def test_a_simulation_names_the_orders_that_flip_and_why() -> None:
    """A shop tries a rule before it lives with it."""
    lenient = ExportRule(excluded_statuses=RAKUMA.excluded_statuses, synonyms=export.NEAR_MISSES)
    past = [
        (order(), handling("発送待ち", dispatch(TODAY, "", "日本郵便", "ゆうメール"))),
        (order(), handling("発送待ち", dispatch())),
        (order(), handling("保留", dispatch())),
    ]
    tried = simulate(RAKUMA, lenient, iter(past), TODAY)

    assert tried == Simulation(orders=3, eligible_before=1, eligible_after=2, flips=tried.flips)
    (flip,) = tried.flips
    assert isinstance(flip, Flip)
    assert (flip.before.eligible, flip.after.eligible) == (False, True)
    assert "NEAR" in codes(flip.before.warnings)[0]
    assert flip.explain("ja").endswith("⇒ 報告できます")
    assert flip.explain() == flip.explain("en")


def test_a_simulation_gives_its_period_to_both_rules() -> None:
    """A manual rule is tried as it would be used."""
    told = Handling(status="発送待ち", dispatches=(dispatch(),), updated_at=AFTER)
    manual = export.MANUAL_RULES[Mall.RAKUMA]
    tried = simulate(manual, RAKUMA, [(order(), told)], TODAY, period=NOVEMBER)

    assert tried == Simulation(orders=1, eligible_before=0, eligible_after=0)


def test_a_simulation_refuses_what_is_no_rule_before_it_begins() -> None:
    """Even where there is no order to decide on."""
    wrong: Any = "rakuma"
    for old, new in ((wrong, RAKUMA), (RAKUMA, wrong)):
        with pytest.raises(ConfigError, match=r"export\.RULES"):
            simulate(old, new, [], TODAY)


@pytest.mark.parametrize("wrong", [[1], [(1,)], ["ab"], [(None, None)]])
def test_a_simulation_takes_pairs(wrong: Any) -> None:
    """What is none is refused with what to write."""
    with pytest.raises(
        ConfigError, match=r"^orders: write pairs, such as \[\(order, handling\)\]$"
    ):
        simulate(RAKUMA, RAKUMA, wrong, TODAY)


def test_the_conventions_hold_a_row_for_each_mall() -> None:
    """The rules of the malls are views of one table."""
    assert set(Mall) == set(export.RULES) == set(export.MANUAL_RULES) == set(CONVENTIONS)
    for mall, row in CONVENTIONS.items():
        assert export.RULES[mall] is row.export
        assert export.MANUAL_RULES[mall] is row.manual
        assert row.manual.period is PeriodUse.REQUIRED
        assert row.manual.last_days is None
