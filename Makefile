# Needs Python 3.11 or later, pip and git. Node and Chromium, where present, let more tests run.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
NPM := $(shell command -v npm)
# Who stays together, as they share a server or a browser, and in what order: tests/conftest.py.
# One more than there are cores: much of a test is waiting for a browser or a server.
SIDE_BY_SIDE = -n $(shell $(PYTHON) -c 'import os; print(min(4, os.cpu_count() + 1))') --dist loadfile --no-loadscope-reorder

.PHONY: help run test check soak format vendor extension pictures lock clean
help:
	@echo "make run       start the product with its sandbox on http://localhost:$(PORT)"
	@echo "make test      every check and test"
	@echo "make check     the fast part: format, lint, types, import rules, unit tests"
	@echo "make soak      the long rounds of the tests"
	@echo "make format    put the code into its format"
	@echo "make vendor    renew the vendored front-end library and icons"
	@echo "make extension the Chrome extension into build/extension, and as a zip for the store into dist"
	@echo "make pictures  screenshots of every view into build/pictures"
	@echo "make lock      renew the locked versions"

run: $(VENV)/run.stamp
	$(BIN)/livefeed demo --port $(PORT)

# The tests start the product some hundred times; without its bytecode it would be compiled each time.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/dev.stamp node lint
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not slow"

check: $(VENV)/dev.stamp lint
	$(BIN)/python -m pytest -m "not slow and not browser and not server"

soak: $(VENV)/dev.stamp node
	$(BIN)/python -m pytest -m slow
	HYPOTHESIS_PROFILE=soak $(BIN)/python -m pytest tests/domain tests/gmail tests/test_tokens.py tests/web/test_api_document.py

.PHONY: lint
lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pictures: $(VENV)/dev.stamp
	$(BIN)/python -m tests.screenshots build/pictures

# pip's --python spares the machine the venv module's own pip, which some systems leave out.
$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Live Feed needs Python 3.11 or later")'
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/run.stamp

# What the tests use from npm; they name what they leave out where Node is missing.
.PHONY: node
node:
ifneq ($(NPM),)
	@for folder in server/web/frontend tests; do \
	  test $$folder/node_modules -nt $$folder/package-lock.json || ( cd $$folder && npm ci --silent && touch node_modules ) || exit 1; \
	done
endif

vendor:
	cd server/web/frontend && npm ci --silent && npm run vendor

# Plain Python: nothing has to be installed for it.
extension: node
	$(PYTHON) extension/build.py

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --extra dev -o requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist data .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
