# People and CI run the same targets. PYTHON chooses the interpreter: make PYTHON=python3.12 setup

PYTHON ?= python3
BIN := .venv/bin
CODE := orderflow agents tables web benchmarks examples deploy
PIP := $(BIN)/python -m pip --disable-pip-version-check
.DEFAULT_GOAL := help
.PHONY: help setup tools run check test test-browser screenshots chaos fuzz takeover bench bench-long schemas audit sbom licences constraints clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/installed ## make .venv with everything pinned in constraints.txt (again only when that changes)

run: setup ## run the embedded servers and all roles in this terminal
	@$(BIN)/orderflow up

check: setup ## lint, format, types, layers, insecure constructs, duplicates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(CODE)
	$(BIN)/pylint --score=n --disable=all --enable=duplicate-code --min-similarity-lines=6 \
		--ignore-imports=y --ignore-docstrings=y --ignore-signatures=y $(CODE) tests

test: setup ## run the tests, four files at a time; ARGS="tests/unit -x" narrows them down
	@$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

test-browser: setup ## open the dashboard in a real Chromium; needs Debian's chromium and chromium-driver
	@$(BIN)/pytest tests/browser $(ARGS)

screenshots: setup ## take the pictures of the dashboard in docs/images anew, from a deployment under load, for about 2 minutes
	@$(BIN)/python -m tests.browser.pictures docs/images

chaos: setup ## break everything under load for about 3 minutes, then verify; SEED=7 MINUTES=30
	@$(BIN)/python -m tests.chaos --seed $(or $(SEED),1) --minutes $(or $(MINUTES),3)

fuzz: setup ## send what no client should over HTTP and Kafka for about 4 minutes; SEED=7 CASES=4000 RECORDS=20000
	@$(BIN)/python -m tests.fuzz $(if $(SEED),--seed $(SEED)) $(if $(CASES),--cases $(CASES)) \
		$(if $(RECORDS),--records $(RECORDS))

takeover: setup ## measure how long commands wait when a worker joins, leaves or dies
	@$(BIN)/python -m tests.chaos.takeover

bench: setup ## measure for about 13 minutes on an idle machine; ONLY=worker|http|auth|telemetry|latency|footprint|insights|growth, TARGET=URL
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(TARGET),--target $(TARGET)) $(ARGS)

bench-long: setup ## the same with a million orders and memory over ten minutes, about 27 minutes
	@$(BIN)/python -m benchmarks --long $(ARGS)

schemas: setup ## write the JSON Schemas of every record to docs/schemas
	@$(BIN)/python -m orderflow.wire.documents.files docs/schemas

tools: .venv/tools ## install what tests of the deployment files, audit and sbom need; promtool is Debian's prometheus

audit: tools ## look everything in constraints.txt up for known vulnerabilities; fails too where nobody answers
	@$(BIN)/python -m deploy.supply_chain.vulnerabilities

sbom: tools ## write the bill of materials (CycloneDX) of this environment to build/
	@mkdir -p build
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom.cdx.json $(BIN)/python

licences: tools ## write docs/licences.md
	@$(BIN)/python -m deploy.supply_chain.licences docs/licences.md

constraints: ## take the newest allowed versions of everything into constraints.txt
	@rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	@build/constraints/bin/pip install -q -e '.[local,dev,otel,deployment]'
	@build/constraints/bin/pip freeze --exclude-editable > constraints.txt

clean: ## remove what setup, check and test made; stored orders (.orderflow) stay
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find $(CODE) tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "orderflow needs Python 3.11 to 3.13: name one, as in make PYTHON=python3.12 setup" >&2; exit 1; }
	@echo "installing into .venv ..." >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) install -q -c constraints.txt -e '.[local,dev,otel]'
	@touch $@

.venv/tools: .venv/installed
	@$(PIP) install -q -c constraints.txt -e '.[local,dev,otel,deployment]'
	@touch $@
