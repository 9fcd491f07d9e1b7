"""What the shop does about an order, in the host's own words and its own table."""

from __future__ import annotations

from django.db import models

from mallsync import Dispatch, Handling

__all__ = ["Parcel"]


class Parcel(models.Model):
    """One order of one mall, from the host's side. The mall's side is in mallsync's store."""

    mall = models.CharField(max_length=40)
    shop = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    status = models.CharField(max_length=40, default="新規受付")
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=120, blank=True)
    ship_date = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        """An order is one row."""

        constraints = (
            models.UniqueConstraint(fields=["mall", "shop", "number"], name="one_row_an_order"),
        )

    def __str__(self) -> str:
        """Return the order's place."""
        return f"{self.mall}/{self.shop} {self.number}"

    def handling(self) -> Handling:
        """Return the row as the rules read it."""
        leaves = Dispatch(
            carrier=self.carrier, tracking_number=self.tracking_number, ship_date=self.ship_date
        )
        return Handling(status=self.status, dispatches=(leaves,), updated_at=self.updated_at)
