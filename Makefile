# Each target sets up what it needs: a virtual environment in .venv, rebuilt when the dependencies change.
PYTHON ?= python3
WINDOWS_PYTHON ?= 3.11
VENV := .venv
READY := $(VENV)/.ready
RUN := $(VENV)/bin/python -m
SEED ?= 1
NIGHTS ?= 500

.DEFAULT_GOAL := help
.PHONY: help demo test test-windows quick torture soak lint format bench docs golden windows-zip clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check --upgrade --constraint constraints.txt pip
	$(RUN) pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev --editable .
	@touch $@

demo: $(READY)  ## set up and run the main job on a recorded school, with the profiles of profiles.d
	$(RUN) sdssync run-all --today 2026-09-01

test: $(READY)  ## set up and run the tests
	$(RUN) pytest -n auto -m "not torture and not soak"

test-windows:  ## run the tests on a Python for Windows, under Wine (WINDOWS_PYTHON=3.13, TESTS=tests/files)
	tests/windows/run.sh $(WINDOWS_PYTHON) $(TESTS)

quick: $(READY)  ## the tests that take no time: without kills, canaries and random data
	$(RUN) pytest -n auto -m "not torture and not soak and not slow" -q

torture: $(READY)  ## kill publishing two thousand times at random, and fail at every call that writes
	$(RUN) pytest -m torture -s

soak: $(READY)  ## hundreds of nights with a model of what must be published; SEED=7 NIGHTS=500
	SOAK_SEED=$(SEED) SOAK_NIGHTS=$(NIGHTS) $(RUN) pytest -m soak -s tests/test_soak.py

lint: $(READY)  ## check formatting, lint and types
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy

bench: $(READY)  ## measure time and memory, each next to a floor measured in the same run
	$(RUN) pip install --quiet --disable-pip-version-check --constraint constraints.txt --group bench
	$(RUN) benchmarks.bench

docs: $(READY)  ## write the pages that are generated from tables
	$(VENV)/bin/python docs/generate.py

golden: $(READY)  ## write the golden files; look at the difference before you commit it
	SDSSYNC_GOLDEN=write $(RUN) pytest -q -m "not torture" tests/report/test_validation.py tests/test_golden.py tests/test_screens.py tests/jobs/test_explain.py

windows-zip:  ## build sdssync.exe with a Python for Windows under Wine, and try it; Debian and root
	packaging/windows-zip.sh

format: $(READY)  ## fix formatting and imports
	$(RUN) ruff check --fix-only .
	$(RUN) ruff format .

clean:  ## remove what the targets made
	rm -rf $(VENV) state csv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
