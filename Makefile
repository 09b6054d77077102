# Every target sets up what it needs; nothing has to be done by hand before it.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
export CHROMIUM ?= /usr/bin/chromium
export PROMTOOL ?= /usr/bin/promtool
export PGBOUNCER ?= /usr/sbin/pgbouncer
# What only some machines have: the mark of the tests that need it, and where it was found.
HAS_browser = $(shell command -v $(CHROMIUM) 2>/dev/null)
HAS_promtool = $(shell command -v $(PROMTOOL) 2>/dev/null)
HAS_pgbouncer = $(shell command -v $(PGBOUNCER) 2>/dev/null)
NO_browser = There is no browser at $(CHROMIUM). Install Chromium (Debian: apt-get install chromium), or say where it is: CHROMIUM=/path/to/chromium.
NO_promtool = There is no promtool at $(PROMTOOL). Install Prometheus (Debian: apt-get install prometheus), or say where it is: PROMTOOL=/path/to/promtool.
NO_pgbouncer = There is no PgBouncer at $(PGBOUNCER). Install it (Debian: apt-get install pgbouncer), or say where it is: PGBOUNCER=/path/to/pgbouncer.
# Tests that need it are left out, which is said; in CI that is an error.
define ask_for
	@test -n "$(HAS_$(1))" || test -z "$$CI" || { echo "$(NO_$(1))" >&2; exit 1; }
	@test -n "$(HAS_$(1))" || echo "Tests are left out. $(NO_$(1))"
endef
MISSING = $(strip $(foreach each,browser promtool pgbouncer,$(if $(HAS_$(each)),,$(each))))
EMPTY :=
PRESENT = $(if $(MISSING),-m "not ($(subst $(EMPTY) $(EMPTY), or ,$(MISSING)))")
# Tests start hundreds of processes. None of them should compile again what it imports.
export PYTHONDONTWRITEBYTECODE =
INSTALL := $(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python
COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links
CODE := app.py bot handlers commandline playground slack_rules bench migrations tests

.DEFAULT_GOAL := help
.PHONY: help install setup demo test faults soak fuzz mutants check format bench e2e requirements clean

help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## Create the virtual environment with what the bot needs, and no more

setup: $(VENV)/.ready ## Create the virtual environment with what tests and checks need too

$(VENV)/.installed: requirements.txt requirements-uv.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.ready: $(VENV)/.installed requirements-dev.txt
	@$(INSTALL) -r requirements.txt -r requirements-dev.txt
	@touch $@

demo: install ## Start the bot and the playground on SQLite, without a Slack account
	@$(BIN)/python app.py demo

test: setup ## Run the tests, on SQLite and PostgreSQL, and in a browser if there is one
	$(call ask_for,browser)
	$(call ask_for,promtool)
	$(call ask_for,pgbouncer)
	@$(BIN)/python -m pytest -n 5 --compare-databases --ignore tests/faults --ignore tests/crashpoints $(PRESENT)

e2e: setup ## Run the tests in a browser, and leave pictures of each step in var/e2e
	@TOCSIN_PICTURES=1 $(BIN)/python -m pytest -m browser tests/e2e tests/playground/page

faults: setup ## Cause every fault and crash point in its short form, with real processes
	@$(BIN)/python -m pytest tests/faults tests/crashpoints -n 4

soak: setup ## Cause every fault, crash point and walk in its long form (hours)
	@$(BIN)/python -m pytest tests/faults tests/crashpoints tests/model --soak --timeout 0 -n 2 --fault-table docs/faults.md

fuzz: setup ## Try odd input of every kind, in the long form; TOCSIN_FUZZ_SEED sets the order
	@TOCSIN_FUZZ=long $(BIN)/python -m pytest tests/fuzz tests/writings --timeout 0

mutants: setup ## Change the code in small ways and list what no test notices (hours; continues where it stopped); ONLY=bot/store SAMPLE=500 SEED=1
	@$(BIN)/python -m tests.mutants $(ONLY) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED))

check: setup ## Format, lint, types, layers, documentation, alert rules, dependencies
	$(call ask_for,promtool)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/mypy $(CODE)
	@$(BIN)/lint-imports
	@$(BIN)/deptry .
	@$(BIN)/python -m pytest -q tests/docs $(PRESENT)

format: setup ## Format the code
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

bench: setup ## Measure against baselines; machine-readable figures go to build/bench.json
	@mkdir -p build
	@$(BIN)/python -m bench --json build/bench.json

requirements: setup ## Pin the newest versions allowed by pyproject.toml
	@$(COMPILE) pyproject.toml -o requirements.txt
	@$(COMPILE) --group dev -c requirements.txt -o requirements-dev.txt
	@$(COMPILE) --group installer -o requirements-uv.txt

clean: ## Remove generated files
	@rm -rf $(VENV) var build .pytest_cache .mypy_cache .ruff_cache .hypothesis
