"""Rakuma with the example wire that speaks forms: the same laws, another shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import examplemarket_form_wire

from mallsync import sandbox
from tests.conformance.rakuma import NOW, Rakuma

__all__ = ["running"]

_ROW: Mapping[str, Any] = {
    "id": "EXRK0100000001",
    "kind": "1",
    "stage": 3,
    "bought": 1_795_000_000,
    "paid": 1_795_000_100,
    "sent": 1_795_000_200,
    "closed": 1_795_000_300,
    "dropped": 1_795_000_400,
    "name": "サンプル帽子",
    "price": 2500,  # the desk writes it as text, which is taken as well
    "pieces": 1,
    "fee": 300,
    "way": 10,
    "zip": "0600000",
    "addr1": "北海道",
    "addr2": "架空市見本1-1",
    "person": "例 花子",
    "phone": "0110000000",
    "slip": "000000000003",
    "company": "架空運輸",
}


@contextmanager
def running() -> Iterator[Rakuma]:
    """Run the fake with orders of the 60 days before noon of 22 November 2026."""
    with sandbox.running(seed=7, orders=120, now=NOW) as malls:
        mall = malls.examplemarket
        times = ("bought", "paid", "sent", "closed", "dropped")
        yield Rakuma(
            mall=mall,
            wire=examplemarket_form_wire.FormWire(),
            url=mall.form_url,
            credentials=mall.form_credentials,
            good=_ROW,
            number_key="id",
            state_key="stage",
            strange=7,
            personal={"zip", "addr2", "person", "phone"},
            texts={*times, "stage", "price", "pieces", "fee", "way"},
        )
