# `make rehearse` and `make test` need Python 3.11+ and nothing else; they set up .venv themselves.
PYTHON ?= python3
STACK ?= dev
VENV := .venv
BENCH_VENV := .venv-bench
RUN := $(VENV)/bin/python
LOCK := --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
  --no-header --no-annotate

PACKS := least-privilege-iam private-data
PACK_CONFIG := $(if $(wildcard $(PACKS:%=policies/%/config/$(STACK).json)),$(STACK),prod)

.PHONY: rehearse rehearse-all test test-all preview up lint bench bench-check settings lock clean

rehearse: ## deploy STACK on an emulated AWS, write its profile, run a flow
	@$(PYTHON) tools/set_up.py $(VENV) requirements/rehearsal.txt
	@$(RUN) -m rehearsal --stack $(STACK)

rehearse-all: STACK = prod
rehearse-all: ## do all that users do with STACK, then take each permission away in turn
	@$(PYTHON) tools/set_up.py $(VENV) requirements/rehearsal.txt
	@$(RUN) -m rehearsal --stack $(STACK) --all

test: ## run the tests but those that take long
	@$(PYTHON) tools/set_up.py $(VENV) requirements/tests.txt
	@$(RUN) -m pytest -q -n auto --dist loadfile -m "not thorough"

test-all: ## run every test
	@$(PYTHON) tools/set_up.py $(VENV) requirements/tests.txt
	@$(RUN) -m pytest -q -n auto --dist loadfile

preview: ## show what `pulumi up` would make of STACK, judged by both policy packs; needs the CLI
up: ## deploy STACK, judged by both policy packs; needs the CLI
preview up:
	@command -v pulumi >/dev/null || { echo "The Pulumi CLI is not on PATH; install it:" \
	  "https://www.pulumi.com/docs/install/" >&2; exit 1; }
	pulumi $@ --stack $(STACK) $(foreach pack,$(PACKS),--policy-pack policies/$(pack) \
	  --policy-pack-config policies/$(pack)/config/$(PACK_CONFIG).json)

lint: ## check format, style and types
	@$(PYTHON) tools/set_up.py $(VENV) requirements/tests.txt
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy

bench: ## measure what the README claims, and write it down; half an hour
	@$(PYTHON) tools/set_up.py $(VENV) requirements/tests.txt
	@$(PYTHON) tools/set_up.py $(BENCH_VENV) requirements/bench.txt --without-project
	@$(RUN) -m bench --scanners $(BENCH_VENV)

bench-check: ## compare what can be measured in two minutes with what is committed
	@$(PYTHON) tools/set_up.py $(VENV) requirements/tests.txt
	@$(RUN) -m bench --check

settings: ## write the settings' tables in the README, and the component's inputs, of their models
	@$(PYTHON) tools/set_up.py $(VENV) requirements/tests.txt
	@$(RUN) tools/write_settings.py
	@$(RUN) -m ruff format --quiet components/metaflow_args.py

lock: ## pin the dependencies anew; needs uv
	@# The tests' pins come first and bind the others: one .venv holds them all.
	uv pip compile $(LOCK) --upgrade -o requirements/tests.txt requirements/tests.in
	uv pip compile $(LOCK) -c requirements/tests.txt -o requirements.txt requirements/program.in
	uv pip compile $(LOCK) -c requirements/tests.txt -o requirements/rehearsal.txt \
	  requirements/rehearsal.in
	uv pip compile $(LOCK) -c requirements/tests.txt -o policies/requirements.txt \
	  policies/requirements.in
	@# What the bench compares with has an environment of its own: its pins contradict ours.
	uv pip compile $(LOCK) --upgrade -o requirements/bench.txt requirements/bench.in

clean: ## remove what the targets above made
	rm -rf $(VENV) $(BENCH_VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
