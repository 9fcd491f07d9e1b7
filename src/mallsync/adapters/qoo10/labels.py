"""Which display name of a carrier is sent (ShippingCorp): QSM has names only, and no list of them.

The label that the row has itself (DeliveryCompany) is the safest answer, so it is echoed wherever
the host's carrier is the same one (§8).
"""

from __future__ import annotations

from mallsync.adapters.qoo10.shapes import CARRIERS, SERVICES
from mallsync.model.words import fold

__all__ = ["carrier_of", "choices", "label_for"]

_SERVICES = {fold(label): label for label in SERVICES}


def carrier_of(label: str) -> str | None:
    """Return the carrier that a display name, or a host's name, stands for.

    >>> carrier_of("ネコポス"), carrier_of("ヤマト運輸"), carrier_of("気球便")
    ('ヤマト宅急便', 'ヤマト宅急便', None)
    """
    service = _SERVICES.get(fold(label))
    return CARRIERS.code_of(label) if service is None else SERVICES[service]


def label_for(carrier: str, own: str = "") -> str | None:
    """Return the label to send for a host's carrier, None if no label is known.

    Args:
        carrier: The host's name of the carrier, or a display name.
        own: The DeliveryCompany of the row.

    >>> label_for("ヤマト運輸", own="ネコポス"), label_for("ヤマト運輸", own="佐川急便")
    ('ネコポス', 'ヤマト宅急便')
    >>> label_for("ゆうパケット", own="ゆうパック")
    'ゆうパケット'
    """
    service = _SERVICES.get(fold(carrier))
    if service is not None:
        return service
    known = CARRIERS.code_of(carrier)
    return own if known is not None and carrier_of(own) == known else known


def choices() -> str:
    """Return every known display name, to put into a message."""
    return ", ".join((CARRIERS.choices(), *SERVICES))
