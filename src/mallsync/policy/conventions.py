"""One row for each mall: the only place where malls differ."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from mallsync.model.words import HostStatus, Mall
from mallsync.policy.rule import ExportRule

__all__ = ["CONVENTIONS", "Convention"]


@frozen(kw_only=True)
class Convention:
    """What a mall's shops are used to."""

    export: ExportRule


_EXCLUDED = frozenset({HostStatus.NEW, HostStatus.ON_HOLD, HostStatus.CANCELLED})

CONVENTIONS: Mapping[str, Convention] = {
    # R3: the source manuals state no rule for Rakuten; this is the convention of the field.
    Mall.RAKUTEN: Convention(
        export=ExportRule(excluded_statuses=_EXCLUDED, independent_shipments=True),
    ),
}
