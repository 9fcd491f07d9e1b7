"""Many shops in one store: fetch, plan, export, reconcile. Nothing is lost, nothing done twice."""

from __future__ import annotations

from mallsync.sync.credentials import CredentialNotice
from mallsync.sync.export import ExportReport, Written
from mallsync.sync.fetch import FetchReport
from mallsync.sync.funnel import Funnel
from mallsync.sync.plan import Plan, PlanDifference, Planned, PlanRow, Verdict
from mallsync.sync.run import Round, run
from mallsync.sync.shop import Progress, Shop, ShopSettings
from mallsync.sync.sync import Gap, Sync

__all__ = [
    "CredentialNotice",
    "ExportReport",
    "FetchReport",
    "Funnel",
    "Gap",
    "Plan",
    "PlanDifference",
    "PlanRow",
    "Planned",
    "Progress",
    "Round",
    "Shop",
    "ShopSettings",
    "Sync",
    "Verdict",
    "Written",
    "run",
]
