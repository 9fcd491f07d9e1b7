"""The sync of this process, and the host's table as its source of handlings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import current_thread

from django.conf import settings
from django.db import connection

from django_host.models import Parcel
from mallsync import Handling, OrderKey
from mallsync.shops import load_shops
from mallsync.store import SqlStore
from mallsync.sync import Sync

__all__ = ["ParcelTable", "keep_in_step", "opened"]


class ParcelTable:
    """What a plan asks instead of the store: a `HandlingSource`. One parcel to an order."""

    def handling(self, key: OrderKey) -> Handling | None:
        """Return what the host says of an order; None leaves the order alone."""
        row = Parcel.objects.filter(mall=key.mall, shop=key.shop_id, number=key.number).first()
        if current_thread().name.startswith("mallsync"):
            connection.close()  # plans of several shops are made in threads that Django knows not
        return None if row is None else row.handling()


@contextmanager
def opened() -> Iterator[Sync]:
    """Open the store and the shops for one piece of work."""
    with ExitStack() as stack:
        store = stack.enter_context(SqlStore(settings.MALLSYNC_STORE))
        shops = load_shops(settings.MALLSYNC_SHOPS, tokens=store.tokens)
        for shop in shops:
            stack.callback(shop.client.close)
        yield Sync(shops, store)


def keep_in_step(sync: Sync) -> bool:
    """Fetch, add rows for orders that have come in, and report what the host has filled in."""
    fetched = sync.fetch()
    for stored in sync.orders():
        if stored.handling is not None:  # it has come in
            key = stored.order.key
            Parcel.objects.get_or_create(mall=key.mall, shop=key.shop_id, number=key.number)
    table = ParcelTable()
    reconciled = sync.reconcile(handlings=table)
    exported = sync.export(sync.plan_export(handlings=table))
    return all(one.ok for one in fetched) and all(one.ok for one in (*reconciled, *exported))
