"""pytest fixtures for host applications: a fake mall to run against.

Installed with mallsync, found by pytest on its own. Nothing starts until a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mallsync.sandbox import Malls

__all__ = ["malls"]

pytest.register_assert_rewrite("mallsync.testing.laws")


@pytest.fixture
def malls() -> Iterator[Malls]:
    """Run the fake malls for one test; needs the extra ``sandbox``.

    ``malls.rakuten`` and ``malls.qoo10`` have ``base_url``, ``credentials``, ``clock`` and
    ``fail_next``.
    """
    from mallsync import sandbox  # noqa: PLC0415 -- only a test that asks needs the extra

    with sandbox.running(seed=1, orders=60) as running:
        yield running
