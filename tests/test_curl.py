"""The shell lines of docs/sandbox.rst work against the sandbox: search, get, ship, get."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mallsync import JST, sandbox

SCRIPTS = Path(__file__).parent.parent / "docs" / "curl"

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None, reason="the documented shell lines need curl"
)


def run(script: str, environment: dict[str, str]) -> Any:
    """Run one of the documented scripts, and return the JSON that it prints."""
    done = subprocess.run(
        ["/bin/sh", str(SCRIPTS / script)],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=30,
    )
    return json.loads(done.stdout)


def test_the_documented_shell_lines_search_get_ship_and_get() -> None:
    """After the third line the fourth shows the shipping record."""
    now = datetime(2026, 11, 22, 9, tzinfo=JST)
    with sandbox.running(seed=1, orders=120, now=now) as malls:
        key = malls.rakuten.credentials
        known = {
            "MALL": malls.rakuten.base_url,
            "SERVICE_SECRET": key.service_secret,
            "LICENSE_KEY": key.license_key,
            "FROM": "2026-11-15",
            "UNTIL": "2026-11-22",
        }
        numbers = run("1-search.sh", known)["orderNumberList"]
        known["ORDER"] = next(
            number for number in numbers if malls.rakuten.fake.shipment_records(number) == 0
        )
        (order,) = run("2-get.sh", known)["OrderModelList"]
        package = order["PackageModelList"][0]
        known["BASKET"] = str(package["basketId"])
        shipped = run("3-ship.sh", known)
        (after,) = run("4-get-again.sh", known)["OrderModelList"]

    assert "INFO" == shipped["MessageModelList"][0]["messageType"]
    assert [] == package["ShippingModelList"]
    record = after["PackageModelList"][0]["ShippingModelList"][0]
    assert ("1001", "000011112222") == (record["deliveryCompany"], record["shippingNumber"])


def test_the_documented_shell_lines_do_the_same_at_qoo10() -> None:
    """HTTP says 200 to everything, so that only the body tells."""
    now = datetime(2026, 11, 22, 9, tzinfo=JST)
    with sandbox.running(seed=1, orders=120, now=now) as malls:
        known = {
            "QOO10": malls.qoo10.base_url,
            "QOO10_KEY": malls.qoo10.certification_key,
            "FROM": "2026-11-15",
            "UNTIL": "2026-11-22",
        }
        listed = run("qoo10-1-search.sh", known)["ResultObject"]
        lines = malls.qoo10.fake.lines
        numbers = [str(row["OrderNo"]) for row in listed]
        known["ORDER"] = next(number for number in numbers if lines[number].claim is None)
        (before,) = run("qoo10-2-get.sh", known)["ResultObject"]
        shipped = run("qoo10-3-ship.sh", known)
        (after,) = run("qoo10-4-get-again.sh", known)["ResultObject"]

    assert "On request(2)" == before["shippingStatus"]
    assert {"ResultCode": 0, "ResultMsg": "SUCCESS"} == shipped
    assert "On delivery(4)" == after["shippingStatus"]
    assert ("ヤマト宅急便", "000011112222") == (after["deliveryCompany"], after["trackingNo"])


def test_the_documented_shell_lines_do_the_same_at_mercari_shops() -> None:
    """In three steps, of which each needs what the one before has told."""
    now = datetime(2026, 11, 22, 9, tzinfo=JST)
    with sandbox.running(seed=1, orders=120, now=now) as malls:
        mall = malls.mercari_shops
        known = {
            "MERCARI": mall.base_url,
            "MERCARI_TOKEN": mall.credentials.access_token,
            "MERCARI_CLIENT": mall.credentials.client_name,
            "FROM": "2026-11-15",
            "UNTIL": "2026-11-22",
        }
        edges = run("mercari-1-search.sh", known)["data"]["orderTransactions"]["edges"]
        numbers = [edge["node"]["id"] for edge in edges]
        known["ORDER"] = next(
            number
            for number in numbers
            if not mall.fake.see(number).anonymous and len(mall.fake.see(number).lines) == 1
        )
        before = run("mercari-2-get.sh", known)["data"]["orderTransaction"]
        (product,) = before["products"]
        known |= {
            "PRODUCT": product["productId"],
            "VARIANT": product["variant"]["id"],
            "QUANTITY": str(product["unshippedQuantity"]),
        }
        opened = run("mercari-3-open.sh", known)["data"]["createOrderShipping"]
        known["SHIPPING"] = opened["orderShipping"]["id"]
        run("mercari-4-track.sh", known)
        run("mercari-5-complete.sh", known)
        after = run("mercari-6-get-again.sh", known)["data"]["orderTransaction"]
        text = mall.fake.see(known["ORDER"]).shipments[0].tracking_code

    assert ("WAITING_FOR_SHIPPING", "COMPLETING") == (before["status"], after["status"])
    assert "ヤマト運輸\n000011112222" == text
