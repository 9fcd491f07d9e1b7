"""Imports point down, effects stay at one door, and rules know no mall: read with `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeGuard

import pytest

from mallsync.model.words import Mall
from tests.layers import ALLOWED, DOORS, IMPURE_MODULES, IMPURE_NAMES, PURE, ROOT

PACKAGE = "mallsync"
COMPUTED = f"{PACKAGE}.(computed at run time)"
FACE = ("__init__.py", COMPUTED.removeprefix(f"{PACKAGE}."))
SOURCE = Path(__file__).parents[1] / "src" / PACKAGE
BUILTINS = frozenset(name.removeprefix("builtins.") for name in IMPURE_NAMES)


# ------------------------------------------------------------------------------ reading a module


def sources() -> dict[str, str]:
    """Return every module under src/mallsync: its path below that, and its text."""
    return {
        path.relative_to(SOURCE).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(SOURCE.rglob("*.py"))
    }


def module_of(path: str) -> str:
    """Return the dotted name below mallsync of a path below src/mallsync; "" is the root."""
    return ".".join(Path(path).with_suffix("").parts).removesuffix("__init__").rstrip(".")


def unit_of(module: str) -> str:
    """Return the longest row of the table that a module belongs to; "" if there is none."""
    if not module:
        return ROOT
    parts = module.split(".")
    heads = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    rows = (row for head in heads for row in ALLOWED if fits(head, row))
    return next(rows, "")


def fits(head: str, row: str) -> bool:
    """Tell whether a dotted name is what a row names, ``*`` being any one part."""
    return head.count(".") == row.count(".") and fnmatchcase(head, row)


def folder_of(path: str, level: int) -> list[str]:
    """Return the package that a relative import of that level starts from."""
    parts = [PACKAGE, *Path(path).parent.parts]
    return parts[: len(parts) - level + 1]


def imports(path: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, module and name (or "") of every import, wherever it stands in the text."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = folder_of(path, node.level) if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((node.lineno, module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in {"import_module", "__import__"}:
            yield node.lineno, literal(node), ""


def called(node: ast.Call) -> str:
    """Return the last part of the name that is called."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def literal(node: ast.Call) -> str:
    """Return the first argument if it is written out; what is not cannot be checked."""
    match node.args:
        case [ast.Constant(value=str(name)), *_]:
            return name
    return COMPUTED


def targets(path: str, text: str, modules: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Yield line, module of ours (below mallsync) and name of every import of our own."""
    known = {f"{PACKAGE}.{module}".rstrip(".") for module in modules}
    for line, module, name in imports(path, text):
        if module.split(".")[0] != PACKAGE:
            continue
        whole = f"{module}.{name}"
        inner, rest = (whole, "") if name and whole in known else (module, name)
        yield line, inner.removeprefix(PACKAGE).lstrip("."), rest


# --------------------------------------------------------------------------------------- the laws


def forbidden_imports(files: Mapping[str, str]) -> list[str]:
    """Return a line for each import of ours that the table does not allow."""
    modules = [module_of(path) for path in files]
    return [
        f"src/{PACKAGE}/{path}:{line}: {unit_of(module_of(path))} may not import {wanted or ROOT}"
        for path, text in files.items()
        for line, wanted, _ in targets(path, text, modules)
        # The face loads by its table of homes, which test_exports holds against its imports.
        if not may_import(module_of(path), wanted) and (path, wanted) != FACE
    ]


def may_import(module: str, wanted: str) -> bool:
    """Tell whether one module may import another, by the table."""
    here, there = unit_of(module), unit_of(wanted)
    if same_mall(module, wanted):
        return True
    own = here == there and not here.startswith("adapters.") and wanted != ""
    return own or any(unit_is(there, row) for row in ALLOWED.get(here, ()))


def same_mall(module: str, wanted: str) -> bool:
    """Tell whether both are in the folder of one mall."""
    left, right = module.split("."), wanted.split(".")
    return len(left) > 1 and left[0] == "adapters" and left[:2] == right[:2]


def unit_is(unit: str, row: str) -> bool:
    """Tell whether an imported unit is what a row allows; a mall's folder includes its client."""
    return unit == row or (row == "adapters.*" and unit == "adapters.*.client")


def forbidden_packages(files: Mapping[str, str]) -> list[str]:
    """Return a line for each package of others that is imported beside its doors."""
    return [
        f"src/{PACKAGE}/{path}:{line}: {package} is imported in {', '.join(doors)} only"
        for path, text in files.items()
        for line, wanted, _ in imports(path, text)
        for package, doors in DOORS.items()
        if wanted.split(".")[0] == package and not is_within(module_of(path), doors)
    ]


def is_within(module: str, units: Sequence[str]) -> bool:
    """Tell whether a module is one of these units, or inside one."""
    return any(f"{module}.".startswith(f"{unit}.") for unit in units)


def effects(files: Mapping[str, str]) -> list[str]:
    """Return a line for each effect in a pure unit."""
    return [
        f"src/{PACKAGE}/{path}:{line}: {what} in {unit_of(module_of(path))}, which is pure"
        for path, text in files.items()
        if unit_of(module_of(path)) in PURE
        for line, what in sorted({*impure_imports(path, text), *impure_names(path, text)})
    ]


def impure_imports(path: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the imports of modules that reach outside."""
    for line, module, name in imports(path, text):
        for outside in IMPURE_MODULES:
            if f"{module}.{name}.".startswith(f"{outside}."):
                yield line, outside


def impure_names(path: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the uses of single functions that reach outside, by their full names."""
    bound = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        if isinstance(node, ast.ImportFrom)
        else alias.name
        for node in ast.walk(ast.parse(text, path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(ast.parse(text, path)):
        if isinstance(node, ast.Attribute):
            head, _, rest = ast.unparse(node).partition(".")
            name = f"{bound.get(head, head)}.{rest}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            builtin = node.func.id in BUILTINS and node.func.id not in bound
            name = f"builtins.{node.func.id}" if builtin else bound.get(node.func.id, "")
        else:
            continue
        if name in IMPURE_NAMES:
            yield node.lineno, name


def malls_in_rules(files: Mapping[str, str]) -> list[str]:
    """Return a line for each place outside the conventions where a rule names a mall."""
    return [
        f"src/{PACKAGE}/{path}:{node.lineno}: a rule names a mall: {ast.unparse(node)}"
        for path, text in files.items()
        if path.startswith("policy/") and path != "policy/conventions.py"
        for node in ast.walk(ast.parse(text))
        if names_a_mall(node)
    ]


def names_a_mall(node: ast.AST) -> TypeGuard[ast.expr]:
    """Tell whether a node is a mall's key as text, or a member of Mall."""
    match node:
        case ast.Constant(value=str(text)):
            return text in set(Mall)
        case ast.Attribute(value=ast.Name(id="Mall"), attr=member):
            return member in Mall.__members__
    return False


def more_than_credentials(files: Mapping[str, str]) -> list[str]:
    """Return a line for each thing but Credentials that the sandbox takes from an adapter."""
    path, modules = "sandbox/__init__.py", [module_of(path) for path in files]
    text = files.get(path, "")
    taken = [
        (line, name)
        for line, module, name in targets(path, text, modules)
        if module.startswith("adapters.") and name not in {"", "Credentials"}
    ]
    malls = {
        module.split(".")[-1]
        for _, module, name in targets(path, text, modules)
        if module.startswith("adapters.") and not name
    }
    used = [
        (node.lineno, node.attr)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in malls
        and node.attr != "Credentials"
    ]
    return [f"src/{PACKAGE}/{path}:{line}: not Credentials: {name}" for line, name in taken + used]


# ------------------------------------------------------------------------------ the laws, applied


def test_every_module_belongs_to_a_row_of_the_table() -> None:
    """A new part of the house needs a row before it can have a module."""
    strangers = [path for path in sources() if not unit_of(module_of(path))]

    assert [] == strangers


def test_imports_follow_the_table() -> None:
    """No module imports what the table does not allow it."""
    assert [] == forbidden_imports(sources())


def test_each_outside_package_has_its_doors() -> None:
    """The network and every extra are imported where the table says, and nowhere else."""
    assert [] == forbidden_packages(sources())


def test_requests_is_imported_in_exactly_one_module() -> None:
    """There is a door to the network, and only one."""
    doors = [
        path
        for path, text in sources().items()
        if any(module.split(".")[0] == "requests" for _, module, _ in imports(path, text))
    ]

    assert ["transport/http.py"] == doors


def test_pure_units_have_no_effects() -> None:
    """Model, rules, wire and codecs neither read nor write, wait, roll dice or ask the clock."""
    assert [] == effects(sources())


def test_rules_name_no_mall_outside_the_conventions() -> None:
    """What differs from mall to mall is a row of a table, never a branch."""
    assert [] == malls_in_rules(sources())


def test_the_sandbox_takes_only_credentials_from_adapters() -> None:
    """A fake mall that used our codecs would share their mistakes."""
    assert [] == more_than_credentials(sources())


# ------------------------------------------------------------------------ the laws, proved to bite

HOUSE = {
    "__init__.py": "",
    "errors.py": "",
    "model/order.py": "",
    "policy/export.py": "",
    "wire/messages.py": "",
    "transport/engine.py": "",
    "adapters/__init__.py": "",
    "adapters/rakuten/__init__.py": "",
    "adapters/rakuten/codec.py": "",
    "adapters/rakuten/client.py": "",
    "adapters/qoo10/codec.py": "",
    "sandbox/__init__.py": "",
    "sandbox/world.py": "",
    "sandbox/fakes/rakuten.py": "",
    "testing/__init__.py": "",
    "testing/plugin.py": "",
    "cli/__init__.py": "",
}


def planted(path: str, text: str) -> dict[str, str]:
    """Return a small house with one text put in."""
    return {**HOUSE, path: text}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("model/order.py", "from mallsync.policy import export"),
        ("model/order.py", "import mallsync.policy.export as rules"),
        ("model/order.py", "from ..policy.export import decide"),
        ("model/order.py", "def f():\n    from mallsync.policy.export import decide"),
        ("model/order.py", "if TYPE_CHECKING:\n    from mallsync.wire.messages import Request"),
        ("model/order.py", "import mallsync"),
        ("model/order.py", "from mallsync import Order"),
        ("model/order.py", "import_module('mallsync.policy.export')"),
        ("model/order.py", "importlib.import_module(name)"),
        ("model/order.py", "__import__(name)"),
        ("cli/__init__.py", "from mallsync import Order"),
        ("__init__.py", "from mallsync.policy import export"),
        ("__init__.py", "from mallsync.adapters import rakuten"),
        ("adapters/rakuten/codec.py", "from mallsync.transport.engine import Engine"),
        ("adapters/rakuten/codec.py", "from mallsync.adapters.qoo10 import codec"),
        ("adapters/rakuten/codec.py", "from ..qoo10 import codec"),
        ("adapters/rakuten/client.py", "from mallsync.adapters.qoo10.codec import Search"),
        ("adapters/rakuten/__init__.py", "from mallsync.transport.engine import Engine"),
        ("adapters/__init__.py", "from mallsync.adapters.rakuten import Client"),
        ("sandbox/fakes/rakuten.py", "from mallsync.adapters.rakuten import codec"),
        ("sandbox/fakes/rakuten.py", "from mallsync.wire.messages import Request"),
        ("sandbox/fakes/rakuten.py", "from mallsync import sandbox"),
        ("sandbox/world.py", "from mallsync.errors import ConfigError"),
        ("testing/__init__.py", "from mallsync import sandbox"),
        ("testing/__init__.py", "from mallsync.testing import plugin"),
    ],
)
def test_a_forbidden_import_is_found_with_its_place(path: str, text: str) -> None:
    """Each way of writing an import is seen, wherever it stands."""
    found = forbidden_imports(planted(path, text))

    line = text.count("\n") + 1
    assert [True] == [row.startswith(f"src/mallsync/{path}:{line}: ") for row in found]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("model/order.py", "from mallsync import errors"),
        ("model/order.py", "from . import order"),
        ("policy/export.py", "from mallsync.model.order import Order"),
        ("adapters/rakuten/codec.py", "from mallsync.wire.messages import Request"),
        ("adapters/rakuten/__init__.py", "from mallsync.adapters.rakuten.client import Client"),
        ("adapters/rakuten/client.py", "from mallsync.adapters.rakuten import codec"),
        ("adapters/rakuten/client.py", "from mallsync.transport.engine import Engine"),
        ("sandbox/__init__.py", "from mallsync.sandbox import world\nimport json"),
        ("sandbox/__init__.py", "from mallsync.adapters import rakuten"),
        ("sandbox/fakes/rakuten.py", "from mallsync.sandbox.world import World"),
        ("testing/plugin.py", "from mallsync import sandbox, testing"),
        ("cli/__init__.py", "from mallsync.adapters.rakuten.client import Client"),
        ("__init__.py", "from mallsync.model.order import Order"),
    ],
)
def test_an_allowed_import_is_left_alone(path: str, text: str) -> None:
    """What the table allows is no finding."""
    assert [] == forbidden_imports(planted(path, text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("transport/engine.py", "import requests.adapters"),
        ("adapters/rakuten/client.py", "from requests import Session"),
        ("wire/retry.py", "from urllib3.exceptions import NewConnectionError"),
        ("model/order.py", "import pandas as pd"),
    ],
)
def test_a_package_beside_its_door_is_found(path: str, text: str) -> None:
    """An import of requests or of an extra is a finding anywhere else."""
    assert [f"src/mallsync/{path}:1"] == [
        row.split(": ")[0] for row in forbidden_packages(planted(path, text))
    ]


def test_a_package_at_its_door_is_left_alone() -> None:
    """The door itself, and modules below it, may import."""
    at_the_door = {"transport/http.py": "import requests", "cli/show.py": "import rich.table"}

    assert [] == forbidden_packages(at_the_door)


@pytest.mark.parametrize(
    "text",
    [
        "import time",
        "from time import sleep",
        "import random as dice",
        "import os",
        "from os import environ",
        "import threading",
        "import socket",
        "import urllib.request",
        "from urllib import request",
        "open('x')",
        "print(1)",
        "input()",
        "from datetime import datetime\nnow = datetime.now()",
        "from datetime import datetime\ndef f(clock=datetime.now): ...",
        "import datetime as dt\ndt.datetime.utcnow()",
        "from datetime import datetime as D\nD.today()",
        "from datetime import date\ndate.today()",
        "from uuid import uuid4\nuuid4()",
    ],
)
@pytest.mark.parametrize(
    "path",
    ["model/order.py", "policy/export.py", "wire/messages.py", "adapters/rakuten/codec.py"],
)
def test_an_effect_in_a_pure_unit_is_found(path: str, text: str) -> None:
    """I/O, clock, dice, threads and environment are seen under any name."""
    found = effects(planted(path, text))

    line = text.count("\n") + 1
    assert [f"src/mallsync/{path}:{line}"] == [row.split(": ")[0] for row in found]


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import date, datetime, time\ntime(9)\ndatetime(2026, 1, 1)\ndate.min",
        "from urllib.parse import quote\nquote('x')",
        "def f(journal): return journal.open('x')",
        "from mallsync.wire import open\nopen('x')",
        "'datetime.now() in a text'",
    ],
)
def test_what_only_looks_like_an_effect_is_left_alone(text: str) -> None:
    """A time of day, a method called open and a text are no effects."""
    assert [] == effects(planted("wire/messages.py", text))


def test_effects_outside_the_pure_units_are_left_alone() -> None:
    """Transport, clients and edges are where effects belong."""
    assert [] == effects({"transport/pace.py": "import time", "adapters/x/client.py": "import os"})


@pytest.mark.parametrize(
    "text",
    ["if mall == 'qoo10': pass", "RULES = {Mall.RAKUMA: 1}"],
)
def test_a_mall_named_by_a_rule_is_found(text: str) -> None:
    """Both the text and the member are seen, and only in rules."""
    assert ["src/mallsync/policy/export.py:1"] == [
        row.split(": ")[0] for row in malls_in_rules(planted("policy/export.py", text))
    ]
    assert [] == malls_in_rules({"policy/conventions.py": text, "model/order.py": text})


def test_a_doctest_may_name_a_mall() -> None:
    """A docstring that shows a mall is no branch on it."""
    text = 'def f():\n    """Decide.\n\n    >>> f(Mall.RAKUMA, "qoo10")\n    """'

    assert [] == malls_in_rules(planted("policy/export.py", text))


@pytest.mark.parametrize(
    "text",
    [
        "from mallsync.adapters.rakuten import Client",
        "from mallsync.adapters import rakuten\nrakuten.Client",
    ],
)
def test_more_than_credentials_in_the_sandbox_is_found(text: str) -> None:
    """Neither an import nor an attribute takes more than Credentials."""
    line = text.count("\n") + 1

    assert [f"src/mallsync/sandbox/__init__.py:{line}: not Credentials: Client"] == (
        more_than_credentials(planted("sandbox/__init__.py", text))
    )


def test_credentials_in_the_sandbox_are_left_alone() -> None:
    """The typed credentials of an adapter are what a fake hands out."""
    text = "from mallsync.adapters import rakuten\nrakuten.Credentials"

    assert [] == more_than_credentials(planted("sandbox/__init__.py", text))


def test_a_module_without_a_row_has_no_unit() -> None:
    """A stranger is named by the empty text, so that the first law finds it."""
    assert "" == unit_of("gadgets.toaster")
    assert ROOT == unit_of("")
    assert "adapters.*.client" == unit_of("adapters.rakuten.client")
    assert "testing.plugin" == unit_of("testing.plugin")
