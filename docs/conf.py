"""How Sphinx builds the documentation; run from the repository's root by `make docs`."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

import altair as alt
import pandas as pd
import polars as pl
from sphinx.application import Sphinx

from mallsync.notebook import charts, columnar, frames

project = "mallsync"
author = "the mallsync authors"
project_copyright = f"2026 {author}"
release = version = version_of("mallsync")

sys.path.append(str(Path(__file__).parent / "_ext"))
extensions = [
    "mallsync_docs",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.doctest",
]
exclude_patterns = ["_build", "_ext", "jupyter_execute"]
root_doc = "index"

# Notebooks are kept without outputs and run at each build, against the sandbox.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_output_stderr = "remove"  # bars of progress

html_theme = "furo"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["pictures.css"]
html_title = f"mallsync {release}"

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
default_role = "code"  # single backticks name parameters and values as often as objects

# Sphinx runs the marked blocks of these pages; the doctests of the package need their module's
# names and run under pytest. `make check` does both.
doctest_test_doctest_blocks = ""
sys.path.append(str(Path(__file__).parents[1] / "examples" / "rakuma"))  # as make demo does

# No other project's inventory is loaded, so that the build needs no network. Names that stand in
# our signatures but in nobody's inventory are listed here, once, each with the reason.
_EXTERNAL = {
    r"(abc|collections|concurrent|contextlib|datetime|decimal|enum|types|typing)\..+": (
        "the standard library"
    ),
    r"Attribute|timedelta": "imported for type checkers only, so bare",
    r"Raw": "a row of Qoo10's, an alias that autodoc shows by its bare name",
    r"(pathlib\.)?Path": "the standard library; imported for type checkers only where it is bare",
    r"(_thread|threading)\..+": "the standard library, which has no inventory here",
    r"(altair|dateutil|pandas|polars|sqlalchemy)\..+": "what signatures take from others",
    r"(attrs?|cattrs|werkzeug|_?pytest|hypothesis)\..+": "what signatures take from others",
    r"mallsync\..+\.[TRPKEW](_co|_contra)?": "type variables, which autodoc does not document",
    r"mallsync\.sandbox\.(fakes|world)\..+": "inside of the sandbox, which is no public interface",
    r"mallsync\..+\._\w+": "private bases of public classes",
}
nitpick_ignore_regex = [(r"py:.*", pattern) for pattern in _EXTERNAL]


# What these modules import for type checkers alone, so that Sphinx can read their signatures.
for module in (charts, columnar, frames):
    vars(module).update(alt=alt, pd=pd, pl=pl)


def _no_inline_type(
    _app: Sphinx, what: str, _name: str, _object: object, _options: object, lines: list[str]
) -> None:
    """Keep napoleon from reading "What it is: more" above a constant as "type: description"."""
    if what in {"attribute", "data", "property"} and lines:
        lines[0] = f": {lines[0]}"  # an empty type


def setup(app: Sphinx) -> None:
    """Let constants be described in sentences."""
    app.connect("autodoc-process-docstring", _no_inline_type, priority=400)
