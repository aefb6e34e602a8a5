# Every step a bare machine needs is here: `make demo` and `make test` are the only two commands a newcomer has to know.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
CASE ?= examples/example-1.yaml
OUT ?= build/demo

.PHONY: setup demo test check bench docs fonts browser lock clean

setup: .venv/.ready

.venv/.ready: pyproject.toml locks/dev.txt
	@$(PYTHON) -c "import venv, ensurepip" 2>/dev/null || { echo "python3-venv is missing"; [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --require-hashes -r locks/dev.txt
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --no-deps -e .
	@touch $@

fonts: ; @sh tools/system_packages.sh fonts
browser: ; @sh tools/system_packages.sh fonts browser

check: setup
	@$(BIN)/ruff format --check --quiet src tests tools
	@$(BIN)/ruff check --quiet src tests tools
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pelvicrt evidence check

test: setup browser check
	@$(BIN)/python -m pytest -n 2

clean:
	rm -rf .venv build dist
