# The two commands: make run, make test. The others serve them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data
SOURCES := src tests bench fuzz packages
.DEFAULT_GOAL := help
.PHONY: help run test check fix bench gate lock clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Lurewatch needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements/serve.txt pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/serve.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python requirements/dev.txt pyproject.toml packages/lurewatch-semantic/pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . -e packages/lurewatch-semantic
	@touch $@ $(VENV)/.run

run: $(VENV)/.run ## Set up and start the service on 127.0.0.1:8000
	$(BIN)/lurewatch serve

test: $(VENV)/.dev ## Set up and pass all tests
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(VENV)/.dev ## Format, lint, types, import contracts, rule lint, docs
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/lurewatch rules lint
	$(BIN)/python -m pytest -q tests/house

fix: $(VENV)/.dev ## Mend what can be mended by machine
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: $(VENV)/.dev ## Measure speed and memory; renews the table in bench/README.md
	$(BIN)/python -m bench.speed
	$(BIN)/python -m bench.hostile
	$(BIN)/python -m bench.service
	$(BIN)/python -m bench.recording
	$(BIN)/python -m bench.semantic
	$(BIN)/python -m bench.summary

gate: $(VENV)/.dev ## The quality gate over labelled data: make gate DATA=folder
	$(BIN)/python -m lurewatch.lab.gate $(DATA)

lock: ## Lock the dependencies anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra serve --extra build -o requirements/serve.txt pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra dev -o requirements/dev.txt pyproject.toml

clean: ## Remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
