# kaigo-gateway: one place for every task. `make help` lists them.
VENV ?= .venv
BIN := $(VENV)/bin
export VENV

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Prepare this machine: packages, virtual environment, extras (repeatable)
	@scripts/bootstrap.sh demo

.PHONY: demo
demo: setup ## Run the whole job against simulated counterparts; papers go to demo-out/
	@$(BIN)/kaigo-gateway demo --out demo-out

.PHONY: test
test: ## Prepare everything and run all tests (PYTEST="-k name" for some)
	@scripts/bootstrap.sh test
	$(BIN)/python -m pytest $(PYTEST)

.PHONY: dev
dev: ## Prepare for development: tests, linters, type checker
	@scripts/bootstrap.sh test
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install --group dev

.PHONY: lint
lint: ## Lint, format check, layer rules, message catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/catalogues.py --check

.PHONY: types
types: ## Type check (strict)
	$(BIN)/mypy gateway/kaigo_gateway certs/kaigo_certs plugins/card_reader/kaigo_card_reader plugins/platform_link/kaigo_platform_link plugins/careplan_link/kaigo_careplan_link plugins/subsidy/kaigo_subsidy

.PHONY: catalogues
catalogues: ## Bring the Japanese catalogues up to date with the code
	$(BIN)/python scripts/catalogues.py

.PHONY: docs
docs: ## Write the reference pages and the OpenAPI document that are generated from the code
	$(BIN)/python scripts/reference.py
	$(BIN)/python -m kaigo_gateway.web.api.openapi > docs/openapi.json

.PHONY: wheel
wheel: ## Build the wheel into dist/
	$(BIN)/python -m pip --disable-pip-version-check --quiet wheel --no-deps --wheel-dir dist .

.PHONY: bench
bench: ## Measure: every bench/*.py prints its ratios as JSON
	@scripts/bootstrap.sh test
	@for file in bench/[a-z]*.py; do echo "== $$file" >&2; $(BIN)/python $$file || exit 1; done

.PHONY: clean
clean: ## Remove what was built here (not the virtual environment)
	rm -rf dist build demo-out .mypy_cache .ruff_cache .pytest_cache .hypothesis
