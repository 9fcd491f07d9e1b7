"""The Django host of the documentation: its own table decides what is reported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from tests.examples.conftest import Host, reports

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_host.settings")

import django
from django.core.management import call_command
from django.db import connections
from django.test import Client

django.setup()

from django_host.keeping import opened  # noqa: E402 -- models want a Django that is set up
from django_host.models import Parcel  # noqa: E402 -- only behind its set-up


@pytest.fixture(autouse=True)
def _database(host: Host, tmp_path: Path, settings_of_django: None) -> Iterator[None]:
    """Make the host's own tables in a new file."""
    from django.conf import settings  # noqa: PLC0415 -- behind django.setup

    settings.MALLSYNC_SHOPS, settings.MALLSYNC_STORE = str(host.shops), host.store
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = str(tmp_path / "host.db")
    call_command("migrate", verbosity=0)
    yield
    connections.close_all()


@pytest.fixture
def settings_of_django() -> Iterator[None]:
    """Leave Django's settings as they were."""
    from django.conf import settings  # noqa: PLC0415 -- only behind its set-up

    before = settings.MALLSYNC_SHOPS, settings.MALLSYNC_STORE
    yield
    settings.MALLSYNC_SHOPS, settings.MALLSYNC_STORE = before


def sync_orders() -> str:
    """Run what cron runs."""
    told = StringIO()
    call_command("sync_orders", stdout=told)
    return told.getvalue().strip()


def test_orders_become_rows_and_rows_become_reports(host: Host) -> None:
    """Each once, though cron runs again."""
    first = sync_orders()
    row = Parcel.objects.get(mall="qoo10", shop="two", number=host.cart.number)
    row.status, row.carrier, row.tracking_number = "発送待ち", "ヤマト運輸", "000011112222"
    row.ship_date = date(2026, 11, 20)
    row.save()
    second, third = sync_orders(), sync_orders()
    with opened() as sync:
        effects = reports(sync, host)

    assert ["in step"] * 3 == [first, second, third]
    assert [1, 1] == effects
    assert 1 == Parcel.objects.filter(number=row.number).count()


def test_a_page_says_why_by_the_hosts_own_table() -> None:
    """Not by the handling of the store."""
    sync_orders()
    row = Parcel.objects.filter(mall="rakuten").first()
    assert row is not None
    row.status = "保留"
    row.save()
    answer = Client().get(f"/orders/rakuten/one/{row.number}/why")

    unknown = Client().get(f"/orders/rakuten/other/{row.number}/why")

    assert 404 == unknown.status_code
    assert "other" in unknown.json()["error"]
    assert 200 == answer.status_code
    assert "保留" in answer.json()["why"] or "発送後" in answer.json()["why"]
