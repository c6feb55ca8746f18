# Two commands: `make serve` opens the academy, `make test` runs its tests.
# Python 3.11 to 3.13; choose one with `make serve PYTHON=python3.12`.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: serve test install lint lock build prove clean

serve: $(VENV)/installed
	$(BIN)/academy serve

test: $(VENV)/tests-installed
	$(BIN)/python -m pytest $(TESTS)

install: $(VENV)/installed

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found. Install one, or run: make serve PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/tests-installed: requirements-test.lock $(VENV)/installed
	$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

lint: $(VENV)/tests-installed
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/codespell

build: $(VENV)/installed
	$(BIN)/academy build

prove: $(VENV)/installed
	$(BIN)/academy prove

# Lock again after a change of requirements/*.in (needs uv).
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
		--custom-compile-command "make lock" requirements/runtime.in -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
		--custom-compile-command "make lock" -c requirements.lock requirements/test.in -o requirements-test.lock
	$(BIN)/python requirements/environment.py

clean:
	rm -rf $(VENV)
