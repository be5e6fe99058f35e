# make run | test | check | fix | bench | bench-understanding | proof | train | lock: each sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
DEV := $(VENV)/.dev
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --require-virtualenv
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench bench-understanding proof train lock clean

help:
	@head -1 Makefile | sed 's/^# //'

# What the bot needs, at the versions of the lock.
$(RUN): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Linli needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --no-compile --constraint requirements.lock setuptools
	$(PIP) install --no-compile --constraint requirements.lock --no-build-isolation --editable .
	@touch $@

# And what its tests need.
$(DEV): $(RUN)
	$(PIP) install --no-compile --requirement requirements.lock
	@touch $@

setup: $(DEV)
	@$(BIN)/linli train --if-needed

train: $(RUN)
	$(BIN)/linli train

run: $(RUN)
	@$(BIN)/linli train --if-needed
	$(BIN)/linli run

test: setup
	@tests/peers/setup.sh
	$(BIN)/pytest -n 2 --dist loadfile -q

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/linli check

fix: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m benchmarks

bench-understanding: setup
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.understanding

proof: setup
	@tests/peers/setup.sh
	$(BIN)/python -m benchmarks.proof

lock: $(DEV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --no-emit-index-url --no-header --group dev --extra wechaty pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
