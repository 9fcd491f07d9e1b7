"""The house rules as tables: `tests/test_layers.py` enforces them and the documentation shows them.

A unit is a module or a package below ``mallsync``, with everything inside it that has no row of
its own; ``*`` stands for any one name, and the longest row that fits a module counts. A unit may
import itself; inside ``adapters`` that ends at the mall's own folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ALLOWED", "DOORS", "IMPURE_MODULES", "IMPURE_NAMES", "PURE", "ROOT"]

ROOT = "(root)"
"""The package itself, ``mallsync/__init__.py``. No row names it: nobody imports the face."""

_MODEL = frozenset({"model", "errors"})
_PORTS = _MODEL | {"ports"}
_WIRE = _PORTS | {"wire"}
_SYNC = _PORTS | {"policy", "store"}
_BELOW_SHOPS = _SYNC | {"sync", "wire", "transport", "adapters.*"}
_ALL = _BELOW_SHOPS | {"cli", "files", "notebook", "sandbox", "shops", "testing", "testing.rakuma"}

# The table starts.
ALLOWED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        # level 0: nothing of ours
        "errors": frozenset(),
        "sandbox.world": frozenset(),
        # a fake speaks the wire from the facts, not from our codecs
        "sandbox.fakes": frozenset({"sandbox.world"}),
        # level 1: what is known; pure
        "model": frozenset({"errors"}),
        # level 2: the rules, pure; and the seams, protocols only
        "policy": _MODEL,
        "ports": _MODEL,
        # level 3: the kit that adapters are made of, pure; and what implements the ports
        "wire": _PORTS,
        "store": _PORTS,
        # level 4: the network; the adapter under test and the malls are given, never imported
        "transport": frozenset({"wire", "errors"}),
        "testing": _WIRE,
        "sync": _SYNC,
        # level 5: one mall each, never another; only a client knows that there is a network
        "adapters": frozenset(),
        "adapters.*": _WIRE,
        "adapters.*.client": _WIRE | {"transport"},
        # level 6: where the parts are put together
        "shops": _BELOW_SHOPS | {"files"},
        "files": _BELOW_SHOPS,
        "sandbox": frozenset({"sandbox.fakes", "sandbox.world", "adapters.*"}),  # Credentials only
        "notebook": _MODEL | {"policy", "sync"},
        # level 7: the edges
        "cli": _ALL,
        "__main__": _ALL,
        "testing.plugin": frozenset({"sandbox", "testing"}),
        "testing.rakuma": _WIRE | {"adapters.*", "testing"},  # Rakuma's wires only
        ROOT: _MODEL,
    }
)
# The table ends.

DOORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "requests": ("transport.http",),
        "urllib3": ("transport",),
        "pyrate_limiter": ("transport.pace",),
        "sqlalchemy": ("store",),
        "psycopg": ("store",),
        # the fake runs a schema; a shop holds the mall's own against the documents
        "graphql": ("sandbox.fakes", "adapters.mercari_shops.schema"),
        "werkzeug": ("sandbox",),
        "click": ("cli",),
        "rich": ("cli", "notebook"),
        "altair": ("notebook",),
        "tqdm": ("notebook",),
        "pandas": ("notebook",),
        "polars": ("notebook",),
        "hypothesis": ("testing",),
        "pytest": ("testing",),
    }
)
"""Packages of others that few units import: the network, and what an extra installs."""

PURE = frozenset({"errors", "model", "policy", "ports", "wire", "adapters", "adapters.*"})
"""Units without I/O, clock, randomness or threads. ``adapters.*.client`` is another unit."""

IMPURE_MODULES = frozenset(
    {
        "asyncio",
        "concurrent",
        "http.client",
        "multiprocessing",
        "os",
        "random",
        "secrets",
        "shutil",
        "socket",
        "sqlite3",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
    }
)
"""Modules that a pure unit does not import at all."""

IMPURE_NAMES = frozenset(
    {
        "builtins.input",
        "builtins.open",
        "builtins.print",
        "datetime.date.today",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "uuid.uuid1",
        "uuid.uuid4",
    }
)
"""Single functions that a pure unit neither calls nor hands on."""
