"""The public face: every module says what it exports, and the drawn error tree is the real one."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TypeGuard

import pytest

import mallsync
from mallsync import errors

SOURCE = Path(mallsync.__file__).parent
API = Path(__file__).parents[1] / "docs" / "api"
SHOWN = ("errors", "files.", "model.", "policy.", "ports", "wire.", "transport.", "adapters.")
PACKAGES = [
    *("mallsync", "mallsync.adapters", "mallsync.errors", "mallsync.files", "mallsync.notebook"),
    *("mallsync.policy", "mallsync.ports", "mallsync.sandbox", "mallsync.shops", "mallsync.store"),
    *("mallsync.sync", "mallsync.testing", "mallsync.transport", "mallsync.wire"),
    *(f"mallsync.adapters.{mall}" for mall in ("mercari_shops", "qoo10", "rakuma", "rakuten")),
]
NODE = re.compile(r"^(?P<indent>(?:│   |    )*)(?P<branch>[├└]── )?(?P<name>[A-Z]\w*)\s*$")


def modules() -> list[str]:
    """Return the dotted name of every module under src/mallsync."""
    paths = (path.relative_to(SOURCE.parent) for path in sorted(SOURCE.rglob("*.py")))
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]


def in_order(name: str) -> tuple[int, str]:
    """Return the sorting key of a name: constants, then classes, then the rest (ruff RUF022)."""
    if name.isupper():
        return 0, name
    return (1, name) if name[:1].isupper() else (2, name)


def is_for_type_checkers(node: ast.stmt) -> TypeGuard[ast.If]:
    """Tell whether a statement is ``if TYPE_CHECKING:``."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def drawn_tree(text: str) -> dict[str, str]:
    """Return parent by child of a tree drawn with ``├──``; the root's parent is ""."""
    parents: dict[str, str] = {}
    above: list[str] = []
    shift: int | None = None
    for line in text.splitlines():
        if (node := NODE.match(line)) is None:
            continue
        depth = (len(node["indent"]) + len(node["branch"] or "")) // 4
        shift = depth if shift is None else shift
        above = [*above[: depth - shift], node["name"]]
        parents[node["name"]] = above[-2] if len(above) > 1 else ""
    return parents


def class_tree(root: type[Exception]) -> dict[str, str]:
    """Return parent by child of a class and everything below it; the root's parent is ""."""
    tree = {root.__name__: ""}
    for child in root.__subclasses__():
        if child.__module__ == root.__module__:
            tree |= class_tree(child) | {child.__name__: root.__name__}
    return tree


@pytest.mark.parametrize("name", modules())
def test_every_module_says_in_order_what_it_exports(name: str) -> None:
    """Each module has `__all__`, sorted, without repetition, and every name in it exists."""
    module = import_module(name)
    exported = module.__all__

    assert sorted(set(exported), key=in_order) == exported
    assert [] == [entry for entry in exported if not hasattr(module, entry)]


def test_the_root_exports_exactly_what_it_loads() -> None:
    """The face is explicit: what type checkers read, what is loaded and `__all__` are the same."""
    text = (SOURCE / "__init__.py").read_text(encoding="utf-8")
    (block,) = (node for node in ast.parse(text).body if is_for_type_checkers(node))
    read = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert sorted(read, key=in_order) == mallsync.__all__
    assert {**mallsync._HOME_OF, "errors": "mallsync"} == read
    assert sorted(mallsync.__all__) == dir(mallsync)


def test_the_errors_are_loaded_when_they_are_asked_for() -> None:
    """``mallsync.errors`` works without an import of its own."""
    assert errors is mallsync.__getattr__("errors")


def test_a_name_that_the_root_does_not_have_is_an_attribute_error() -> None:
    """A misspelt name fails as it does in any module."""
    with pytest.raises(AttributeError, match="no attribute 'Ordre'"):
        mallsync.Ordre  # type: ignore[attr-defined]  # noqa: B018  # the point of the test


def shown_modules() -> set[str]:
    """Return the modules whose names the reference shows."""
    pages = "\n".join(page.read_text(encoding="utf-8") for page in sorted(API.glob("*.rst")))
    return set(re.findall(r"^\.\. automodule:: (\S+)$", pages, flags=re.MULTILINE))


def _is_ours(thing: object) -> bool:
    return inspect.isclass(thing) or inspect.isfunction(thing)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_documented(package: str) -> None:
    """It has a docstring, and a module that exports it has its place under docs/api."""
    found = import_module(package)
    documented = {name for module in shown_modules() for name in import_module(module).__all__}
    parts = {name for name in found.__all__ if f"{package}.{name}" in modules()}
    things = {name: getattr(found, name) for name in found.__all__}

    assert set() == set(found.__all__) - documented - parts
    assert [] == [name for name, one in things.items() if _is_ours(one) and not one.__doc__]


def test_every_module_is_shown_in_the_documentation() -> None:
    """Each module that a host or an adapter is written against has its place under docs/api."""
    shown = shown_modules()
    wanted = {name for name in modules() if name.startswith(tuple(f"mallsync.{n}" for n in SHOWN))}

    assert set() == wanted - shown


def test_the_page_of_the_root_names_all_that_it_exports() -> None:
    """Whoever looks for a public name finds it on the first page of the reference."""
    page = (API / "mallsync.rst").read_text(encoding="utf-8")

    assert [] == [name for name in mallsync.__all__ if f".{name}`" not in page]


def test_the_drawn_error_tree_is_the_class_tree() -> None:
    """The drawing at the top of errors.py shows every error under its real parent."""
    assert class_tree(errors.MallsyncError) == drawn_tree(errors.__doc__ or "")


def test_a_wrong_drawing_would_be_noticed() -> None:
    """Depth counts: a child drawn one level out has another parent."""
    right = "\nA\n├── B\n│   ├── C\n│   └── D\n└── E\n    └── F\n"
    wrong = right.replace("│   └── D", "├── D")

    assert {"A": "", "B": "A", "C": "B", "D": "B", "E": "A", "F": "E"} == drawn_tree(right)
    assert "A" == drawn_tree(wrong)["D"]
    assert drawn_tree(right) == drawn_tree(right.replace("\n", "\n    "))


IMPORT_ALONE = """
import socket, sys

def refuse(*args, **kwargs):
    raise AssertionError("import mallsync touched a socket")

socket.socket.__init__ = socket.getaddrinfo = socket.create_connection = refuse
import mallsync

heavy = ("requests", "urllib3", "sqlalchemy", "werkzeug", "click", "mallsync.adapters")
print(sorted(name for name in sys.modules if name.startswith(heavy)))
"""


def test_importing_the_package_does_no_work() -> None:
    """With no environment and no sockets the import succeeds, and pulls in nothing heavy."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", IMPORT_ALONE],
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ("[]\n", "") == (done.stdout, done.stderr)
