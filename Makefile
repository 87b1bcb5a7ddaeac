# Two commands matter: `make demo` plays the whole road, `make test` passes every check.
# `make demo ONCE=1` ends by itself; PYTHON=... chooses the interpreter (3.11 or newer).

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
OCTOKIT := tests/contract/octokit
AIMOCK := tests/contract/aimock
ROOMS := p2a ccg quality worker bot action playground

.PHONY: demo test install check unit lock clean

demo: $(VENV)/.run
	@scripts/system_packages.sh demo
	@$(VENV)/bin/p2a demo $(if $(ONCE),--once)

test: check unit

install: $(VENV)/.dev $(OCTOKIT)/node_modules/.installed $(AIMOCK)/node_modules/.installed
	@scripts/system_packages.sh test

check: install
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(VENV)/bin/mypy

unit: install
	$(VENV)/bin/pytest -q -n 3 --dist loadfile --no-loadscope-reorder

$(VENV)/bin/python:
	@scripts/system_packages.sh python $(PYTHON)
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/all.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing Prompt2Action into $(VENV) ..."
	@test -e $(VENV)/.dev || $(PIP) install --require-hashes -r requirements/all.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing Prompt2Action and its tools into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

%/node_modules/.installed: %/package-lock.json
	npm ci --prefix $* --no-audit --no-fund
	@touch $@

# Needs uv (pip install uv); commit the result. Extras stay in the list, and what has some is named
# without them as well: pip takes the newest version of the form that is not named, and refuses it for want of a hash.
lock:
	uv pip compile pyproject.toml --extra postgres --group build --universal --generate-hashes \
		--python-version 3.11 --no-strip-extras --no-header --no-annotate --quiet -o requirements/bot.txt
	uv pip compile pyproject.toml --extra all --group build --universal --generate-hashes \
		--python-version 3.11 --no-strip-extras --no-header --no-annotate --quiet -o requirements/all.txt
	uv pip compile pyproject.toml --extra all --group dev --universal --generate-hashes \
		--python-version 3.11 --no-strip-extras --no-header --no-annotate --quiet -o requirements/dev.txt
	python3 scripts/name_extras_twice.py requirements/bot.txt requirements/all.txt requirements/dev.txt

clean:
	rm -rf $(VENV) $(OCTOKIT)/node_modules $(AIMOCK)/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
