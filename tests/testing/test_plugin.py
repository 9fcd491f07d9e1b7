"""The pytest plugin: hosts get a fake mall for one test, and nothing before they ask."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

_HOST = '''
from mallsync.adapters import rakuten
from mallsync import Period


def test_host(malls):
    """A host fetches from the fake."""
    mall = malls.rakuten
    with rakuten.Client(
        mall.credentials, shop_id="demo", base_url=mall.base_url, pace=None
    ) as client:
        orders = list(client.fetch_orders(Period.last_days(61, now=mall.clock.now())))
    assert len(orders) == 60


def test_idle():
    """A host that does not ask gets nothing."""
'''


def test_a_host_gets_a_fake_mall(pytester: pytest.Pytester) -> None:
    """The fixture `malls` runs the sandbox for one test."""
    pytester.makepyfile(_HOST)
    arguments = ("-p", "no:mallsync", "-p", "mallsync.testing.plugin", "-p", "no:randomly")
    result = pytester.runpytest_inprocess(*arguments, "-p", "no:cacheprovider")

    result.assert_outcomes(passed=2)


def test_the_plugin_loads_nothing_until_a_test_asks(pytester: pytest.Pytester) -> None:
    """Neither the sandbox nor the laws are imported by a host that does not use them."""
    pytester.makepyfile(
        """
        import sys

        def test_idle():
            assert "mallsync.testing.plugin" in sys.modules
            assert "mallsync.sandbox" not in sys.modules
            assert "mallsync.testing.laws" not in sys.modules
            assert "werkzeug" not in sys.modules
        """
    )
    arguments = ("-p", "no:mallsync", "-p", "mallsync.testing.plugin", "-p", "no:randomly")
    result = pytester.runpytest_subprocess(*arguments, "-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)
