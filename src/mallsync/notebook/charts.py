"""Charts of a shop's work (altair): how far orders have come, what was fetched, which keys end.

They show counts, times and shops' names, and nothing of a person. Texts are Japanese, or English
with ``lang="en"``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from mallsync.errors import Hint, MallError
from mallsync.model.codes import ReasonCode, text_of
from mallsync.model.period import JST, Period
from mallsync.policy import expiry
from mallsync.sync import Funnel, Plan, Shop, Sync

if TYPE_CHECKING:
    import altair as alt

__all__ = ["coverage", "credentials", "funnel"]

_WIDTH = 420
_DAY = "%Y-%m-%d"
_MOST_DROPS = 12
"""How many reasons a chart names; the rest is seldom worth a line."""

_STAGES: Mapping[str, Hint] = MappingProxyType(
    {
        "fetched": Hint(ja="取得", en="fetched"),
        "eligible": Hint(ja="報告対象", en="eligible"),
        "sent": Hint(ja="報告済", en="sent"),
        "confirmed": Hint(ja="確認済", en="confirmed"),
    }
)
_WORDS: Mapping[str, Hint] = MappingProxyType(
    {
        "orders": Hint(ja="注文数", en="orders"),
        "mall": Hint(ja="モール", en="mall"),
        "reason": Hint(ja="止まっている理由", en="held back by"),
        "state": Hint(ja="状態", en="state"),
        "covered": Hint(ja="取得済", en="covered"),
        "gap": Hint(ja="未取得", en="gap"),
        "time": Hint(ja="日時 (日本時間)", en="time in Japan"),
        "until": Hint(ja="有効期限 (日本時間)", en="good until (time in Japan)"),
        "no end": Hint(ja="期限不明・期限なし", en="no end known"),
    }
)
_LEVELS: Mapping[expiry.Level, tuple[Hint, str]] = MappingProxyType(
    {
        expiry.Level.OK: (Hint(ja="有効", en="good"), "#2a9d8f"),
        expiry.Level.NOTICE: (Hint(ja="30日以内", en="within 30 days"), "#e9a23b"),
        expiry.Level.URGENT: (Hint(ja="7日以内", en="within 7 days"), "#d1495b"),
        expiry.Level.EXPIRED: (Hint(ja="期限切れ", en="expired"), "#7a1f2b"),
    }
)


def funnel(sync: Sync, plan: Plan | None = None, *, lang: str = "ja") -> alt.VConcatChart:
    """Return how far the orders of each mall have come, and below it what holds back the others.

    Args:
        sync: The shops and their store.
        plan: What is allowed now; None makes one.
        lang: ``"ja"`` or ``"en"``.

    Needs altair (``mallsync[notebook]``).
    """
    import altair as alt  # noqa: PLC0415 -- an extra

    found = sync.funnel(plan)
    say = _speaking(lang)
    order = [say(name, _STAGES) for name in _STAGES]
    stages = (
        alt.Chart(_data(_stages(found, lang)))
        .mark_bar()
        .encode(
            alt.X("orders:Q", title=say("orders"), axis=alt.Axis(tickMinStep=1)),
            alt.Y("stage:N", title=None, sort=order),
            alt.Color("stage:N", legend=None, sort=order),
            alt.Row("mall:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left")),
            tooltip=["mall:N", "stage:N", "orders:Q"],
        )
        .properties(width=_WIDTH)
    )
    drops = (
        alt.Chart(_data(_drops(found, lang)))
        .mark_bar()
        .encode(
            alt.X("orders:Q", title=say("orders"), axis=alt.Axis(tickMinStep=1)),
            alt.Y("reason:N", title=None, sort="-x", axis=alt.Axis(labelLimit=320)),
            alt.Color("mall:N", title=say("mall")),
            tooltip=["mall:N", "code:N", "reason:N", "orders:Q"],
        )
        .properties(width=_WIDTH, title=say("reason"))
    )
    chart: alt.VConcatChart = alt.vconcat(stages, drops).resolve_scale(color="independent")
    return chart


def coverage(sync: Sync, *, lang: str = "ja") -> alt.Chart:
    """Return a timeline of what was fetched of each shop, and what never was (`Sync.gaps`).

    Needs altair (``mallsync[notebook]``).
    """
    import altair as alt  # noqa: PLC0415 -- an extra

    say = _speaking(lang)
    names = [say("covered"), say("gap")]
    colours = alt.Scale(domain=names, range=["#2a9d8f", "#d1495b"])
    chart: alt.Chart = (
        alt.Chart(_data(_stretches(sync, names)))
        .mark_bar(minBandSize=12)
        .encode(
            alt.X("start:T", title=say("time"), axis=alt.Axis(format=_DAY)),
            alt.X2("end:T"),
            alt.Y("shop:N", title=None),
            alt.Color("state:N", title=say("state"), scale=colours),
            tooltip=["shop:N", "state:N", "start:T", "end:T"],
        )
        .properties(width=_WIDTH)
    )
    return chart


def credentials(sync: Sync, *, lang: str = "ja") -> alt.LayerChart:
    """Return when the credentials of each shop end, beside today.

    Each mall that can tell is asked now: a call for each shop.

    Needs altair (``mallsync[notebook]``).
    """
    import altair as alt  # noqa: PLC0415 -- an extra

    say = _speaking(lang)
    now = sync.store.now()
    labels = _labels(sync)
    rows = [{"shop": labels[key], **_ending(shop, now, lang)} for key, shop in sync.shops.items()]
    colours = alt.Scale(
        domain=[told(lang) for told, _ in _LEVELS.values()],
        range=[colour for _, colour in _LEVELS.values()],
    )
    bars = (
        alt.Chart(_data(rows))
        .mark_bar()
        .encode(
            alt.X("today:T", title=say("until"), axis=alt.Axis(format=_DAY)),
            alt.X2("until:T"),
            alt.Y("shop:N", title=None),
            alt.Color("state:N", title=say("state"), scale=colours),
            tooltip=["shop:N", "state:N", "until:T"],
        )
        .transform_filter("isValid(datum.until)")
    )
    unknown = (
        alt.Chart(_data(rows))
        .mark_text(align="left")
        .encode(alt.X("today:T"), alt.Y("shop:N"), alt.Text("state:N"))
        .transform_filter("!isValid(datum.until)")
    )
    return alt.LayerChart(layer=[bars, unknown], width=_WIDTH)


# ----------------------------------------------------------------------------- what a chart shows


def _stages(found: Sequence[Funnel], lang: str) -> list[dict[str, object]]:
    return [
        {"mall": one.mall, "stage": told(lang), "orders": getattr(one, name)}
        for one in found
        for name, told in _STAGES.items()
    ]


def _drops(found: Sequence[Funnel], lang: str) -> list[dict[str, object]]:
    """Return the reasons that hold back the most, in words."""
    rows = [
        {"mall": one.mall, "code": code, "reason": _reason(code, lang), "orders": count}
        for one in found
        for code, count in one.dropped.items()
    ]
    totals = sum((Counter(one.dropped) for one in found), Counter[str]())
    most = {code for code, _ in totals.most_common(_MOST_DROPS)}
    return [row for row in rows if row["code"] in most]


def _reason(code: str, lang: str) -> str:
    """Return what a code of ours means; a mall's own stands for itself."""
    return text_of(code)(lang) if code in set(ReasonCode) else code


def _stretches(sync: Sync, names: Sequence[str]) -> list[dict[str, object]]:
    rows = []
    labels = _labels(sync)
    for key, shop in sync.shops.items():
        covered = sync.store.coverage.stretches(key, shop.settings.statuses)
        rows += [_stretch(labels[key], names[0], one) for one in covered]
    return rows + [_stretch(labels[one.shop], names[1], one.period) for one in sync.gaps()]


def _labels(sync: Sync) -> dict[object, str]:
    """Return by key the shops' names for people, with the mall where two have the same."""
    shared = Counter(shop.label for shop in sync.shops.values())
    return {
        key: shop.label if shared[shop.label] == 1 else f"{shop.label} ({key})"
        for key, shop in sync.shops.items()
    }


def _stretch(label: str, state: str, period: Period) -> dict[str, object]:
    return {"shop": label, "state": state, "start": _told(period.start), "end": _told(period.end)}


def _ending(shop: Shop, now: datetime, lang: str) -> dict[str, object]:
    """Return when a shop's credentials end; one that cannot be asked has no end that is known."""
    try:
        until = shop.client.credential_expiry()
    except MallError as error:
        return {"state": error.hint(lang), "today": _told(now), "until": None}
    if until is None:
        state = _WORDS["no end"](lang)
        return {"state": state, "today": _told(now), "until": None}
    level = expiry.notice(until, now=now).level
    state = _LEVELS[level][0](lang)
    return {"state": state, "today": _told(now), "until": _told(until)}


# ------------------------------------------------------------------------------------------ inside


def _speaking(lang: str) -> Callable[..., str]:
    """Return what gives the words of a chart in a language."""

    def say(name: str, words: Mapping[str, Hint] = _WORDS) -> str:
        return words[name](lang)

    return say


def _data(rows: Iterable[Mapping[str, object]]) -> alt.InlineData:
    import altair as alt  # noqa: PLC0415 -- an extra

    return alt.InlineData(values=list(rows))


def _told(moment: datetime) -> str:
    """Return the time in Japan, without its zone: a browser would show its own."""
    return moment.astimezone(JST).replace(tzinfo=None).isoformat(timespec="seconds")
