# Every command of the project. `make` alone lists them.
#
# Each target installs what it needs into .venv: exact versions with hashes from requirements/, then the project itself.
# Nothing is installed outside .venv, and pip's own configuration (mirrors, certificates, caches) is respected.

# The distribution's own Python where it will do: it is built with the compiler's profile of itself, and runs all this in
# three quarters of the time that one built by a version manager takes (docs/adr/0012). PYTHON=python3.13 takes another.
SYSTEM := /usr/bin/python3
PYTHON ?= $(shell $(SYSTEM) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(SYSTEM) || echo python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
ARGS   ?=
ONCE   ?=
BASE   ?= localhost/referral-gateway-base
VOLUMES ?=
# Two workers: the tests wait for processes and disks more often than for the processor.
WORKERS ?= 2
# Each begins with one half of the tests in their order, so that what a module or a folder shares is made once.
SHARED := -n $(WORKERS) --dist worksteal

# Bytecode is kept whatever the caller's shell says: without it every process a test starts compiles the gateway anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo serve test lint types imports format check coverage bench evidence mutants lock base-image images compose-up compose-down clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.test ## install everything into .venv

demo: $(VENV)/.run ## the whole line on this machine with invented people (ONCE=1: run it once and stop)
	@$(BIN)/referral-gateway demo $(if $(ONCE),--once) $(ARGS)

serve: $(VENV)/.run ## the gateway itself (settings come from the environment, options in ARGS)
	@$(BIN)/referral-gateway serve $(ARGS)

test: $(VENV)/.test ## all tests (ARGS="tests/consent -k withdrawal" for some)
	@$(BIN)/python -m pytest $(SHARED) $(ARGS)

lint: $(VENV)/.test ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.test ## mypy, strict
	@$(BIN)/mypy

imports: $(VENV)/.test ## the import rule
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.test ## put the code in order
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

check: lint types imports test ## what .ci/run checks, without proving the wheel

coverage: $(VENV)/.test ## the tests with branch coverage: everything of the inner parts, most of the doors
	@$(BIN)/python -m pytest $(SHARED) --cov --cov-report= $(ARGS)
	@$(BIN)/coverage report --include='schemas/*,consent/*,adapters/sdk/*,gateway/core/*' --fail-under=100
	@$(BIN)/coverage report --fail-under=90

bench: $(VENV)/.test ## speed, as ratios on this machine (ARGS="--postgresql" for another database)
	@$(BIN)/python tests/benchmarks/run.py $(ARGS)

evidence: $(VENV)/.test ## the full figures, written to docs/evidence with the commit id
	@$(BIN)/python tests/evidence/run.py $(ARGS)

mutants: $(VENV)/.mutants ## does a test notice when a rule says something else? (ARGS="decision records" for some modules)
	@$(BIN)/python tests/mutants/run.py $(ARGS)

lock: $(VENV)/lock/.made ## resolve the dependencies again and write requirements/*.txt
	@$(VENV)/lock/bin/python requirements/lock.py $(ARGS)

base-image: ## a base for the images by debootstrap, where no registry answers (root, podman)
	@docker/base-image.sh

images: $(VENV)/.run ## gateway, operator, database and proxy as images (BASE=debian:12-slim where a registry answers)
	@BASE="$(BASE)" docker/images.sh $(BIN)/python

compose-up: ## a whole deployment on this machine: two nodes, courier, PostgreSQL, TLS proxy (docs/running.md)
	@docker/up.sh

compose-down: ## end it; the volumes stay (VOLUMES=1: with every key and all data)
	@VOLUMES="$(VOLUMES)" docker/down.sh

clean: ## remove .venv, caches and builds
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*

# -------------------------------------------------------------------------------------------------------- the .venv
# A stamp is the last thing a step writes, so an interrupted step is done again from its beginning.

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: apt-get install -y python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is too old (3.11 or newer is needed): apt-get install -y python3.11 python3.11-venv && make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module: apt-get install -y $$(basename $(PYTHON))-venv" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: requirements/run.txt requirements/build.txt pyproject.toml | $(VENV)/.made
	@echo "Installing the gateway into $(VENV) ..."
	@$(PIP) install --quiet --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "Installing what the tests need into $(VENV) ..."
	@$(PIP) install --quiet --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.mutants: requirements/mutants.txt $(VENV)/.test
	@$(PIP) install --quiet --require-hashes -r requirements/mutants.txt
	@touch $@

$(VENV)/lock/.made: requirements/lock.txt | $(VENV)/.made
	@$(PYTHON) -m venv --clear $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip install --quiet --require-hashes -r requirements/lock.txt
	@touch $@
