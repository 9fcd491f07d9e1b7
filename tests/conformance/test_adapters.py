"""Every adapter passes the laws: the directories under ``adapters/`` say which there are."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import mallsync.adapters
from mallsync.testing.laws import AdapterLaws
from mallsync.testing.subject import Subject

ADAPTERS = sorted(
    path.parent.name for path in Path(mallsync.adapters.__file__).parent.glob("*/__init__.py")
)
SUBJECTS = [*ADAPTERS, "rakuma_form"]
"""One for each adapter, and a second wire of Rakuma's, for the seam must carry any."""


@pytest.fixture(params=SUBJECTS)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Run each adapter's fake; an adapter without a module of its name here fails."""
    module = importlib.import_module(f"tests.conformance.{request.param}")
    with module.running() as running:
        yield running


class TestConformance(AdapterLaws):
    """The laws of mallsync.testing, for each adapter."""


def test_there_is_an_adapter_to_judge() -> None:
    """The directories are found: an empty list would let every law pass unseen."""
    assert "rakuten" in ADAPTERS
