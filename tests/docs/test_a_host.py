"""The test of a host that the documentation shows."""

from __future__ import annotations

from datetime import timedelta

# The page begins here.
from mallsync import Dispatch, OrderKey, sandbox
from mallsync.adapters import mercari_shops
from mallsync.store import SqlStore
from mallsync.sync import Shop, ShopSettings, Sync


def test_a_lost_answer_sends_the_buyer_one_mail(malls: sandbox.Malls) -> None:
    """Though the host runs its export again, and again."""
    mall = malls.mercari_shops
    (number,) = mall.fake.place()
    client = mercari_shops.Client(
        mall.credentials, shop_id="demo", base_url=mall.base_url, pace=None
    )
    store = SqlStore("sqlite://", clock=lambda: mall.clock.now() + timedelta(seconds=1))
    with client, store:
        sync = Sync([Shop(client, ShopSettings(message="[伝票番号]"))], store)
        sync.fetch()
        leaves = Dispatch(
            ship_date=mall.clock.now().date(), carrier="ヤマト運輸", tracking_number="000011112220"
        )
        key = OrderKey("mercari_shops", "demo", number)
        sync.handle(key, status="発送待ち", dispatch=leaves)

        mall.fail_next("RESET_AFTER", operation="completeOrderShipping")
        for _ in range(3):
            sync.reconcile()
            sync.export(sync.plan_export())

        assert mall.fake.effective(number, "shipped") == 1
