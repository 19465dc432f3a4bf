# `make rehearse` and `make test` need Python 3.11+ and nothing else; they set up .venv themselves.
PYTHON ?= python3
STACK ?= dev
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: rehearse test lint bench lock clean

rehearse: ## deploy STACK on an emulated AWS, write its profile, run a flow
	@$(PYTHON) tools/set_up.py $(VENV) requirements/rehearsal.txt
	@$(RUN) -m rehearsal --stack $(STACK)

test: ## run the tests
	@$(PYTHON) tools/set_up.py $(VENV) requirements/tests.txt
	@$(RUN) -m pytest -q -n auto --dist loadfile

lint: ## check format, style and types
	@$(PYTHON) tools/set_up.py $(VENV) requirements/tests.txt
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy

bench: ## measure what the README claims
	@$(PYTHON) tools/set_up.py $(VENV) requirements/tests.txt
	@$(RUN) bench/mfconfig.py

lock: ## pin the dependencies anew; needs uv
	for name in program rehearsal tests; do \
	  case $$name in program) out=requirements.txt ;; *) out=requirements/$$name.txt ;; esac; \
	  uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	    --no-emit-index-url --no-header --no-annotate -o $$out requirements/$$name.in || exit 1; \
	done

clean: ## remove what the targets above made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
