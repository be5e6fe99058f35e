# make run | test | check | fix | bench | proof | train — each sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check fix bench proof train lock clean

help:
	@grep -E '^# ' $(MAKEFILE_LIST) | sed 's/^# //'

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Linli needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-virtualenv -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP)
	@$(BIN)/linli train --if-needed

train: $(STAMP)
	$(BIN)/linli train

run: setup
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

fix: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m benchmarks

proof: setup
	@tests/peers/setup.sh
	$(BIN)/python -m benchmarks.proof

lock: $(STAMP)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --no-emit-index-url --no-header --group dev --extra wechaty pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
