"""A Flask host: fetch and report at the push of a button, say why, and take Rakuten's push.

flask --app "flask_host:create_app('shops.toml', 'sqlite:///orders.db')" run
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from mallsync import OrderKey, Outcome
from mallsync.adapters.rakuten import events
from mallsync.errors import ConfigError, MallError
from mallsync.shops import load_shops
from mallsync.store import ShopKey, SqlStore
from mallsync.sync import Sync

__all__ = ["close", "create_app"]


def create_app(shops: Path | str, store: str, *, event_key: str = "") -> Flask:
    """Return a host that has one sync for as long as it lives; threads may share it."""
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Japanese stays Japanese
    kept = SqlStore(store)
    sync = app.extensions["mallsync"] = Sync(load_shops(shops, tokens=kept.tokens), kept)
    app.extensions["mallsync_work"] = ThreadPoolExecutor(1)  # one push behind the other

    def fetch(shops: list[ShopKey]) -> None:
        for one in sync.fetch(shops):
            if not one.ok:
                app.logger.warning("%s: %s", one.shop, one.error or one)

    @app.post("/sync")
    def keep_in_step() -> dict[str, Any]:
        fetched = sync.fetch()
        reports = [*sync.reconcile(), *sync.export(sync.plan_export())]
        sent = Counter({str(key): 0 for key in sync.shops})
        for one in reports:
            sent[str(one.shop)] += sum(each.outcome is Outcome.SENT for each in one.written)
        good = all(one.ok for one in fetched) and all(one.ok for one in reports)
        return {"new": {str(one.shop): one.new for one in fetched}, "sent": sent, "ok": good}

    @app.get("/orders/<mall>/<shop>/<number>/why")
    def why(mall: str, shop: str, number: str) -> dict[str, str]:
        return {"why": sync.why(OrderKey(mall, shop, number), "ja")}

    @app.post("/rakuten/events")
    def happened() -> Response:
        try:
            events.parse(request.get_data(), auth_key=event_key)
        except MallError as error:
            return Response(events.reply(error), content_type=events.CONTENT_TYPE)
        # An event is a trigger, not the news itself: what has changed is fetched. Answer first.
        shops = [key for key in sync.shops if key.mall == "rakuten"]
        app.extensions["mallsync_work"].submit(fetch, shops)
        return Response(events.reply(), content_type=events.CONTENT_TYPE)

    @app.errorhandler(ConfigError)
    def told(error: ConfigError) -> tuple[dict[str, str], int]:
        return {"error": str(error)}, 400  # our messages hold no secret and no person

    return app


def close(app: Flask) -> None:
    """Give back threads and connections, where the host's process ends."""
    app.extensions["mallsync_work"].shutdown()
    sync: Sync = app.extensions["mallsync"]
    for shop in sync.shops.values():
        shop.client.close()
    sync.store.close()
