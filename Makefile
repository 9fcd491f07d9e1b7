# Two commands need no set-up: `make demo` and `make test`. The others are for developers.

PYTHON ?= python3
# A python3 that is too old is no reason to stop while a newer one is at hand; a PYTHON that was
# asked for by name is taken at its word.
PYTHONS := $(strip $(PYTHON) $(if $(filter file,$(origin PYTHON)),python3.11 python3.12 python3.13))

VENV := .venv
BIN := $(VENV)/bin
CODE := src tests docs examples $(wildcard benchmarks)
SPHINX := $(BIN)/python -m sphinx --nitpicky --fail-on-warning --keep-going --quiet
TESTS := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DELETE_ON_ERROR:
.PHONY: help demo test check bench soak mutants docs look format clean

help:
	@echo 'make demo     a day of a shop at fake malls; run it again for the next day'
	@echo 'make test     the whole test suite'
	@echo 'make check    everything that must hold: format, lint, types, docs, doctests, coverage'
	@echo 'make bench    measure; make soak: kill, fail and measure for long (an hour)'
	@echo 'make mutants  whether the tests notice a change of the rules'
	@echo 'make docs     build the documentation into docs/_build/html'
	@echo 'make look     the same, checked in Chromium (chromium, chromedriver)'
	@echo 'make format   write the code in the one format'
	@echo 'make clean    remove everything that was made'

demo: $(VENV)/demo.stamp
	@PYTHONPATH=examples/rakuma $(BIN)/mallsync demo --store demo.db

test: $(VENV)/dev.stamp
	$(TESTS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(if $(wildcard benchmarks),$(BIN)/mypy benchmarks)
	$(SPHINX) -b html docs docs/_build/html
	$(SPHINX) -D nb_execution_mode=off -b doctest docs docs/_build/doctest
	$(BIN)/python -m pytest --doctest-modules src
	MALLSYNC_DOCS=docs/_build/html $(TESTS) --cov=mallsync --cov-report=term

look: docs
	MALLSYNC_DOCS=docs/_build/html $(BIN)/python -m pytest --no-cov -p no:xdist tests/docs/test_built.py

bench: $(VENV)/dev.stamp $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks

soak: $(VENV)/dev.stamp
	MALLSYNC_SOAK=1 $(BIN)/python -m pytest --no-cov tests/sync tests/adapters/mercari_shops/test_kill.py
	$(BIN)/python -m benchmarks.soak

mutants: $(VENV)/dev.stamp
	rm -rf mutants
	$(BIN)/mutmut run
	$(BIN)/mutmut results

docs: $(VENV)/dev.stamp
	$(SPHINX) -b html docs docs/_build/html
	@echo 'open docs/_build/html/index.html'

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix-only $(CODE)
	$(BIN)/ruff format $(CODE)

clean:
	rm -rf $(VENV) build dist docs/_build .coverage .coverage.* htmlcov mutants
	rm -f demo.db demo.db-shm demo.db-wal
	rm -rf demo-files
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# The set-up, once for each state of pyproject.toml. A stamp is written after all else went well.

$(VENV)/bin/python:
	@for python in $(PYTHONS); do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    echo "setting up $(VENV) with $$("$$python" --version)"; \
	    "$$python" -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "$$python cannot make a virtual environment: install its venv module." >&2; exit 1; \
	done; \
	echo 'mallsync needs Python 3.11 or newer; none found among: $(PYTHONS).' >&2; \
	echo 'Name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11' >&2; exit 1

$(VENV)/demo.stamp: pyproject.toml | $(VENV)/bin/python
	@echo 'installing mallsync and what the demo needs (only this once)'
	@$(BIN)/python -m pip install --quiet --editable '.[sandbox,cli]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml | $(VENV)/bin/python
	@echo 'installing mallsync and what its developers need (only this once)'
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $(VENV)/demo.stamp $@

$(VENV)/bench.stamp: pyproject.toml | $(VENV)/bin/python
	@echo 'installing the libraries that are measured beside mallsync (only this once)'
	@$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@touch $@
