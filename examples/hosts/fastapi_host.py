r"""A FastAPI host: one sync for the life of the app, and work in the threads of the framework.

MALLSYNC_SHOPS=shops.toml MALLSYNC_STORE=sqlite:///orders.db \
        uvicorn --factory fastapi_host:create_app
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request

from mallsync import OrderKey
from mallsync.errors import ConfigError
from mallsync.shops import load_shops
from mallsync.store import SqlStore
from mallsync.sync import Sync

__all__ = ["create_app"]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the store and the shops while the app runs, and give them back in turn."""
    with ExitStack() as stack:
        store = stack.enter_context(SqlStore(os.environ["MALLSYNC_STORE"]))
        shops = load_shops(os.environ["MALLSYNC_SHOPS"], tokens=store.tokens)
        for shop in shops:
            stack.callback(shop.client.close)
        app.state.sync = Sync(shops, store)
        yield


def sync_of(request: Request) -> Sync:
    """Return the app's sync."""
    found: Sync = request.app.state.sync
    return found


Shops = Annotated[Sync, Depends(sync_of)]


def create_app() -> FastAPI:
    """Return the host. Its views are plain functions: the framework runs them in threads."""
    app = FastAPI(lifespan=lifespan)

    @app.post("/sync")
    def keep_in_step(sync: Shops) -> dict[str, bool]:
        fetched = sync.fetch()
        sync.reconcile()
        exported = sync.export(sync.plan_export())
        good = {str(one.shop): one.ok for one in exported}
        return {str(one.shop): one.ok and good[str(one.shop)] for one in fetched}

    @app.get("/orders")
    def orders(sync: Shops, status: str | None = None) -> list[dict[str, str]]:
        # Numbers and states; who bought stays in the store until a page needs it.
        found = (one.order for one in sync.orders(status=status))
        return [
            {"mall": one.mall, "shop": one.shop_id, "number": one.number, "phase": one.phase}
            for one in found
        ]

    @app.get("/orders/{mall}/{shop}/{number}/why")
    def why(sync: Shops, mall: str, shop: str, number: str) -> dict[str, str]:
        try:
            return {"why": sync.why(OrderKey(mall, shop, number), "ja")}
        except ConfigError as error:
            raise HTTPException(404, str(error)) from None

    return app
