"""Rakuma, on the wire that an approved shop writes from its own specification."""

from __future__ import annotations

from mallsync.adapters.rakuma.auth import Credentials, PasswordGrant, StaticHeaders, Token, bearer
from mallsync.adapters.rakuma.capabilities import CAPABILITIES
from mallsync.adapters.rakuma.client import Client
from mallsync.adapters.rakuma.faults import json_answer, refusal
from mallsync.adapters.rakuma.fields import Fields
from mallsync.adapters.rakuma.pieces import (
    Call,
    by_cursor,
    by_offset,
    by_page,
    form,
    get,
    post_json,
)
from mallsync.adapters.rakuma.records import AccountKind, Method, Page, RakumaRecord, State
from mallsync.adapters.rakuma.wiring import Facts, RakumaWire, Wire
from mallsync.model.writebacks import Rating

__all__ = [
    "CAPABILITIES",
    "AccountKind",
    "Call",
    "Client",
    "Credentials",
    "Facts",
    "Fields",
    "Method",
    "Page",
    "PasswordGrant",
    "RakumaRecord",
    "RakumaWire",
    "Rating",
    "State",
    "StaticHeaders",
    "Token",
    "Wire",
    "bearer",
    "by_cursor",
    "by_offset",
    "by_page",
    "form",
    "get",
    "json_answer",
    "post_json",
    "refusal",
]
