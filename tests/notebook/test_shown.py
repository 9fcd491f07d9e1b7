"""What decisions, plans, reports and capabilities show in a notebook: all of it, and nobody."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from attrs import evolve

from mallsync import Handling, OrderKey, Outcome, Period, Phase
from mallsync.adapters import mercari_shops, qoo10, rakuma, rakuten
from mallsync.errors import DecodeError, FileError, NotFound, StoreError
from mallsync.files import ImportReport, Refused, StatusMove
from mallsync.model.journal import EntryKey
from mallsync.model.period import JST
from mallsync.model.sighting import Remark, Unreadable
from mallsync.policy import export
from mallsync.policy.merge import Mode
from mallsync.store import ShopKey
from mallsync.sync import ExportReport, FetchReport, Shop, Sync, Written
from tests.model.test_display import ORDER, SECRET
from tests.sync.conftest import World, ready
from tests.sync.conftest import orders as orders  # noqa: PLC0414 -- fixtures
from tests.sync.conftest import world as world  # noqa: PLC0414 -- a fixture is found by its name

SHOP = ShopKey("rakuten", "demo")
DAY = date(2026, 11, 22)


def test_a_decision_shows_every_reason_and_what_would_be_enough() -> None:
    """One that is eligible shows what there is to know."""
    rule = export.RULES["rakuma"]
    no = export.decide(ORDER, Handling(status="保留"), rule=rule, today=DAY)._repr_html_()
    custom = evolve(ORDER, shipments=())
    facts = export.Facts(
        status="★宅急便",
        ship_date=DAY,
        tracking_number="000011112222",
        carrier="ヤマト運輸",
        delivery_methods=frozenset(),
    )
    yes = export.decide_facts(facts, rule=rule, today=DAY)._repr_html_()

    for code in ("STATUS_EXCLUDED", "SHIP_DATE_MISSING", "TRACKING_MISSING", "報告できません"):
        assert code in no
    assert "出荷日を本日以前で入力する" in no
    assert "STATUS_CUSTOM" in yes
    assert "報告できます" in yes
    assert custom.phase is Phase.TO_SHIP


def test_the_capabilities_of_each_mall_show_their_sources() -> None:
    """With the day on which each was checked."""
    for mall in (rakuten, qoo10, mercari_shops, rakuma):
        html = mall.CAPABILITIES._repr_html_()
        assert mall.CAPABILITIES.mall in html
        assert all(one.name in html for one in mall.CAPABILITIES.can)
        assert all(one.name in html for one in mall.CAPABILITIES.limits)
        assert str(mall.CAPABILITIES.can[0].checked_on) in html


def test_a_plan_and_its_export_show_order_by_order(world: World) -> None:
    """Numbers, verdicts, outcomes; no person is in them."""
    sync = Sync([Shop(world.rakuten)], world.store)
    key = world.place()
    (fetched,) = sync.fetch()
    order = ready(sync, key)
    plan = sync.plan_export()
    (written,) = sync.export(plan)
    shown = plan._repr_html_() + written._repr_html_() + fetched._repr_html_()
    assert order.buyer is not None

    assert key.number in plan._repr_html_()
    assert "1 SENT" in written._repr_html_()
    assert "<td" in shown
    assert order.buyer.family_name not in shown


def test_a_fetch_shows_what_a_person_should_look_at() -> None:
    """Cancellations, what could not be read, remarks, the error that ended it."""
    report = FetchReport(
        shop=SHOP,
        period=Period.days(DAY, DAY),
        cancelled=("1-2-3",),
        unreadable=(Unreadable("4-5-6", {"name": SECRET}, NotFound()),),
        remarks=(Remark("GAP", "見本"), Remark("ODD")),
        error=StoreError("the disk is full"),
    )
    html = report._repr_html_()

    for told in ("1-2-3", "4-5-6", "GAP 見本<br>ODD", "the disk is full", "要確認", "2026-11-22"):
        assert told in html
    assert SECRET not in html
    assert "要確認" not in FetchReport(shop=SHOP, period=report.period)._repr_html_()


def test_an_export_that_ended_early_shows_why() -> None:
    """And each write-back with its code."""
    key = EntryKey(OrderKey("rakuten", "demo", "1-2-3"), "7")
    told = Written(key=key, outcome=Outcome.REFUSED, code="OTHER", warnings=("NUMBERS_DROPPED",))
    strange = Unreadable("4-5-6", None, DecodeError(code="ODD"))
    html = ExportReport(
        shop=SHOP, written=(told,), error=StoreError("full"), unreadable=(strange,)
    )._repr_html_()

    for cell in ("1-2-3", "REFUSED", "OTHER", "NUMBERS_DROPPED", "full", "4-5-6", "ODD"):
        assert cell in html
    assert "nothing to write" in ExportReport(shop=SHOP)._repr_html_()


def test_an_import_shows_what_was_refused() -> None:
    """With the lines of the file."""
    refused = Refused("1-2-3", (4, 5), FileError("total cannot be read", path=Path("a.csv")))
    report = ImportReport(
        shop=SHOP,
        mode=Mode.UPDATE,
        status="受注処理中",
        files=(),
        inserted=3,
        updated=0,
        unchanged=1,
        moves=(StatusMove("7", ""),),
        refused=(refused,),
    )
    html = report._repr_html_()

    for told in ("受注処理中", "1-2-3", "4, 5", "total cannot be read", "UPDATE"):
        assert told in html
    assert "refused" not in evolve(report, refused=())._repr_html_()
    assert datetime(2026, 11, 22, tzinfo=JST).date() == DAY
