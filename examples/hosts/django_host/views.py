"""One page: why was this order not written out?"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from django_host.keeping import ParcelTable, opened
from mallsync import OrderKey
from mallsync.errors import ConfigError
from mallsync.store import ShopKey

__all__ = ["why"]


def why(request: HttpRequest, mall: str, shop: str, number: str) -> JsonResponse:  # noqa: ARG001
    """Answer from the plan of this moment, by the host's own table."""
    key = OrderKey(mall, shop, number)
    with opened() as sync:
        try:
            plan = sync.plan_export(shops=[ShopKey(mall, shop)], handlings=ParcelTable())
            row = next((row for row in plan.rows if row.order == key), None)
            text = sync.why(key, "ja") if row is None else row.explain("ja")
        except ConfigError as error:  # our messages hold no secret and no person
            return JsonResponse({"error": str(error)}, status=404)
    return JsonResponse({"why": text}, json_dumps_params={"ensure_ascii": False})
