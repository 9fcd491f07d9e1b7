"""Charts of a shop's work: what they show, in both languages, without persons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NoReturn

import altair as alt
import pytest
from attrs import evolve

from mallsync import BuyerReview, Outcome, Period
from mallsync.errors import AuthFailed
from mallsync.model.journal import EntryKey
from mallsync.model.period import JST
from mallsync.notebook import charts
from mallsync.sync import Planned, Shop, ShopSettings, Sync
from tests.sync.conftest import NOW, World, ready, waiting
from tests.sync.conftest import orders as orders  # noqa: PLC0414 -- fixtures
from tests.sync.conftest import world as world  # noqa: PLC0414 -- a fixture is found by its name


@pytest.fixture
def sync(world: World) -> Sync:
    """Return a sync of two malls that have been fetched; one order is reported."""
    world.malls.rakuten.fake.settings = evolve(
        world.malls.rakuten.fake.settings, async_delay=timedelta()
    )
    sync = world.sync(rakuten=ShopSettings(label="楽天市場店"), qoo10=ShopSettings())
    sync.fetch()
    key = next(one for one in waiting(sync) if one.mall == "rakuten")
    ready(sync, key)
    sync.export(sync.plan_export())
    return sync


def shown(chart: Any) -> list[list[dict[str, Any]]]:
    """Return the rows of each part of a chart."""
    told = chart.to_dict()
    parts = [told, *told.get("vconcat", ()), *told.get("layer", ())]
    names = [part["data"]["name"] for part in parts if "data" in part]
    return [told["datasets"][name] for name in names]


def test_a_funnel_shows_how_far_the_orders_of_each_mall_have_come(sync: Sync) -> None:
    """From fetched to confirmed, and never more behind than before."""
    stages, drops = shown(charts.funnel(sync))
    (first,) = [one for one in sync.funnel() if one.mall == "rakuten"]
    told = [one["orders"] for one in stages if one["mall"] == "rakuten"]

    assert ["取得", "報告対象", "報告済", "確認済"] == [one["stage"] for one in stages[:4]]
    assert [first.fetched, first.eligible, first.sent, first.confirmed] == told
    assert first.fetched > first.eligible >= first.sent == 1 > first.confirmed
    assert {"rakuten", "qoo10"} == {one["mall"] for one in stages}
    assert "出荷日が未入力です" in {one["reason"] for one in drops}


def test_a_report_that_a_fetch_has_seen_is_confirmed(sync: Sync) -> None:
    """It is one order in every stage."""
    sync.fetch()
    (first,) = [one for one in sync.funnel() if one.mall == "rakuten"]

    assert (1, 1) == (first.sent, first.confirmed)


def test_a_report_that_a_mall_has_refused_is_told_by_its_code(world: World) -> None:
    """It was allowed, and is not sent; a code of the mall's own stands for itself."""
    sync = world.sync(qoo10=ShopSettings())
    sync.fetch()
    key = waiting(sync)[0]
    ready(sync, key)
    plan = sync.plan_export()
    (notice,) = plan.notices
    world.store.journal.claim(notice.key, notice.notice)
    before = sync.funnel(plan)
    world.store.journal.settle(notice.key, Outcome.REFUSED, "-20004")
    (after,) = sync.funnel()
    _, drops = shown(charts.funnel(sync))

    assert "UNKNOWN" not in before[0].dropped  # nothing has begun
    assert (1, 0, 1) == (after.eligible, after.sent, after.dropped["-20004"])
    assert "-20004" in {one["reason"] for one in drops}


def ready_alone(world: World) -> tuple[Sync, Planned]:
    """Return a sync of which one order alone is ready to be reported, and its notice."""
    sync = world.sync(qoo10=ShopSettings())
    sync.fetch()
    ready(sync, waiting(sync)[0])
    (notice,) = sync.plan_export().notices
    return sync, notice


def counts(sync: Sync, *, retry_refused: bool = False) -> tuple[int, int]:
    """Return how many orders are eligible, and how many are sent."""
    (one,) = sync.funnel(sync.plan_export(retry_refused=retry_refused))
    return one.eligible, one.sent


def test_an_order_is_counted_once_whatever_was_tried(world: World) -> None:
    """It is eligible while the rule allows it, and after it was sent."""
    sync, notice = ready_alone(world)
    journal = world.store.journal
    told = [counts(sync)]
    journal.claim(notice.key, notice.notice)
    told.append(counts(sync))
    for outcome in (Outcome.NOT_SENT, Outcome.REFUSED):
        journal.settle(notice.key, outcome, "MADE_UP")
        told += [counts(sync), counts(sync, retry_refused=True)]

    assert [(1, 0)] * 6 == told
    sync.handle(notice.key.order, status="キャンセル")
    assert (0, 0) == counts(sync)
    journal.settle(notice.key, Outcome.SENT)
    assert (1, 1) == counts(sync)


def test_what_was_claimed_and_never_begun_holds_nothing_back(world: World) -> None:
    """As after a kill between the two: a plan sends it."""
    sync, notice = ready_alone(world)
    (before,) = sync.funnel()
    world.store.journal.claim(notice.key, notice.notice)
    (after,) = sync.funnel()

    assert before == after


def test_what_was_sent_is_not_held_back(world: World) -> None:
    """Although the rule would not allow it again: it is past its period, or cancelled since."""
    sync, notice = ready_alone(world)
    world.store.journal.claim(notice.key, notice.notice)
    world.store.journal.settle(notice.key, Outcome.SENT)
    (before,) = sync.funnel()
    sync.handle(notice.key.order, status="キャンセル")
    (after,) = sync.funnel()

    assert before.dropped == after.dropped


def test_a_review_is_no_report(world: World) -> None:
    """The order is as far as it was."""
    sync, notice = ready_alone(world)
    order = notice.key.order
    review = BuyerReview(order_number=order.number, message="ありがとうございました。")
    key = EntryKey(order, "", "review")
    world.store.journal.claim(key, review)
    world.store.journal.settle(key, Outcome.SENT)

    assert (1, 0) == counts(sync)


def test_a_funnel_is_about_the_shops_of_its_plan(sync: Sync) -> None:
    """A plan of one shop says nothing of another."""
    (shop,) = [key for key in sync.shops if key.mall == "qoo10"]

    assert ["qoo10"] == [one.mall for one in sync.funnel(sync.plan_export(shops=[shop]))]


def test_coverage_shows_what_was_fetched_and_what_never_was(sync: Sync) -> None:
    """By the shop's name for people."""
    early = Period(NOW - timedelta(days=60), NOW - timedelta(days=50))
    sync.fetch(period=early)
    (rows,) = shown(charts.coverage(sync, lang="en"))
    gaps = [one for one in rows if one["state"] == "gap"]

    assert {"楽天市場店", "demo"} == {one["shop"] for one in rows}
    assert {"covered", "gap"} == {one["state"] for one in rows}
    assert "2026-10-03T12:00:00" in {one["start"] for one in gaps}


def test_shops_of_one_name_are_told_apart(world: World) -> None:
    """By their mall: one's gap is not drawn over the other's coverage."""
    sync = world.sync(rakuten=ShopSettings(), qoo10=ShopSettings())
    sync.fetch()
    expected = {"demo (rakuten/demo)", "demo (qoo10/demo)"}

    assert expected == {one["shop"] for one in shown(charts.coverage(sync))[0]}
    assert expected == {one["shop"] for one in shown(charts.credentials(sync))[0]}


def test_credentials_show_when_they_end(sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    """In days left; one whose end is not known says so, and one that is refused why."""
    now = sync.store.now()

    def told(chart: Any) -> dict[str, tuple[str, str | None]]:
        return {one["shop"]: (one["state"], one["until"]) for one in shown(chart)[0]}

    rakuten, qoo10 = (type(shop.client) for shop in sync.shops.values())
    monkeypatch.setattr(rakuten, "credential_expiry", lambda _: now + timedelta(days=3))
    monkeypatch.setattr(qoo10, "credential_expiry", lambda _: None)
    soon = told(charts.credentials(sync))

    def refuse(_: object) -> NoReturn:
        raise AuthFailed("refused", mall="qoo10", code="REFUSED")

    monkeypatch.setattr(qoo10, "credential_expiry", refuse)
    refused = told(charts.credentials(sync, lang="en"))

    assert ("7日以内", f"{(now + timedelta(days=3)).astimezone(JST):%Y-%m-%dT%H:%M:%S}") == soon[
        "楽天市場店"
    ]
    assert ("期限不明・期限なし", None) == soon["demo"]
    assert "within 7 days" == refused["楽天市場店"][0]
    assert None is refused["demo"][1]
    assert refused["demo"][0]


@pytest.mark.parametrize("draw", [charts.funnel, charts.coverage, charts.credentials])
def test_a_chart_can_be_drawn(sync: Sync, draw: Any) -> None:
    """Japanese texts are in it as text, for the fonts of who looks at it."""
    pytest.importorskip("vl_convert", reason="vl-convert-python draws charts without a browser")
    chart = draw(sync)
    drawn = chart.to_svg() if hasattr(chart, "to_svg") else _svg(chart)

    assert "楽天市場店" in drawn or "取得" in drawn


def _svg(chart: alt.TopLevelMixin) -> str:
    import vl_convert  # noqa: PLC0415 -- an extra

    return str(vl_convert.vegalite_to_svg(chart.to_json()))


def test_a_shop_without_orders_has_empty_charts(world: World) -> None:
    """And no error."""
    sync = Sync([Shop(world.rakuten)], world.store)

    assert [0, 0, 0, 0] == [one["orders"] for one in shown(charts.funnel(sync))[0]]
    assert [[]] == shown(charts.coverage(sync))
