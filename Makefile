.PHONY: run test check fix schema migration conformance sdks settlement chaos reconciliation hostile differential bench bench-quick bench-lock lock help
.DEFAULT_GOAL := help
# Asked when the environment is made, and not before.
PYTHON ?= $(shell python3 cli/quickest_python.py)
BIN := .venv/bin
STAMP := .venv/.installed

# The lock file holds names, versions and hashes only: where packages come from is the machine's own pip configuration.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || { python="$(PYTHON)"; echo "Making .venv with $$python ..."; "$$python" -m venv .venv; }
	@echo "Installing the locked packages into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $(STAMP)

run: $(STAMP)  ## Start the whole stack: database, sandbox upstreams with a city, API, worker
	@exec $(BIN)/clearway dev $(ARGS)

test: $(STAMP)  ## Run every test
	@$(BIN)/python -m pytest -q -n auto --dist worksteal $(ARGS)

check: $(STAMP)  ## Lint, types, import contracts, printed schema
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/clearway schema --check

fix: $(STAMP)  ## Format and mend what the linter can mend
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

schema: $(STAMP)  ## Print the public contract into schema.graphql
	@$(BIN)/clearway schema > schema.graphql.new && mv schema.graphql.new schema.graphql

migration: $(STAMP)  ## Draft a revision from the models: make migration NAME="add payments"
	@$(BIN)/python -m cli.draft_migration "$(NAME)"

conformance: $(STAMP)  ## GraphQL-over-HTTP audits: GRAPHQL_HTTP_MODULES=<a node_modules folder>
	@$(BIN)/python -m pytest -q -rs tests/conformance $(ARGS)

sdks: $(STAMP)  ## The channels' own SDKs against our sandboxes, each in an environment of its own (.sdks)
	@sh tests/conformance/prepare_sdks.sh .sdks
	@CLEARWAY_SDK_VENVS=$(CURDIR)/.sdks $(BIN)/python -m pytest -q -rs tests/conformance $(ARGS)

settlement: $(STAMP)  ## Settlements and payments a second, and whether every fen is where it belongs
	@$(BIN)/python -m benchmarks.settlement $(ARGS)

chaos: $(STAMP)  ## Payments while API, worker and PostgreSQL are killed; the truth logs are the judge
	@$(BIN)/python -m benchmarks.chaos $(ARGS)

reconciliation: $(STAMP)  ## Every kind of discrepancy found in 100,000 rows and nothing else; 300,000 rows in time
	@$(BIN)/python -m benchmarks.reconciliation $(ARGS)

differential: $(STAMP)  ## Compare the executor with graphql-core on 20,000 generated documents
	@$(BIN)/python -m tests.execution.longer $(ARGS)

hostile: $(STAMP)  ## CPU cost of hostile documents, the worst of each shape
	@$(BIN)/python -m benchmarks.hostile_documents

bench: $(STAMP)  ## Clearway and what a team would pick instead, side by side; writes benchmarks/results
	@$(BIN)/python -m benchmarks.speed $(ARGS)

bench-quick: $(STAMP)  ## Four contenders in 90 seconds, nothing kept
	@$(BIN)/python -m benchmarks.speed --quick $(ARGS)

bench-lock: $(STAMP)  ## Resolve what the peers depend on anew; neither lock holds an address
	@cd benchmarks/peers && $(CURDIR)/$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header requirements.in -o requirements.lock
	@cd benchmarks/peers/node && npm install --package-lock-only --omit-lockfile-registry-resolved --no-fund --no-audit
	@$(BIN)/python -m benchmarks.peers.plain_lock benchmarks/peers/node/package-lock.json

lock: $(STAMP)  ## Resolve the dependency ranges anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements.lock

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'
